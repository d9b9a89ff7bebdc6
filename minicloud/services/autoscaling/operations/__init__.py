"""The operations of Application Auto Scaling, a file for each noun."""

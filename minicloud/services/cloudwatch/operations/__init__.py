"""The operations of CloudWatch, a file for each noun."""

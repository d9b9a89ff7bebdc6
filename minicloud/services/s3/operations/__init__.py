"""The operations of S3, a file for each noun."""

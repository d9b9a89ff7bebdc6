"""The seat of real clients: boto3's calls answered in process by a cloud."""

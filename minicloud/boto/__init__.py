"""Real clients of boto3 and aiobotocore, their calls answered in process by a cloud."""

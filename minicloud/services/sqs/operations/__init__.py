"""services/sqs/operations."""

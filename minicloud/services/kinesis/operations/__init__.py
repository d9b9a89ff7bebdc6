"""services/kinesis/operations."""

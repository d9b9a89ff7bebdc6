"""services/sns/operations."""

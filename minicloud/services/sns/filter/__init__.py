"""services/sns/filter."""

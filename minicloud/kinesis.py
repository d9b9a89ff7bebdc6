"""Aggregated records of the Kinesis Producer Library."""

from .core.aggregation import UserRecord, aggregate, deaggregate

__all__ = ["UserRecord", "aggregate", "deaggregate"]

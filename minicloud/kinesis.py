"""Aggregated records of the Kinesis Producer Library."""

from .services.kinesis.aggregation import UserRecord, aggregate, deaggregate

__all__ = ["UserRecord", "aggregate", "deaggregate"]

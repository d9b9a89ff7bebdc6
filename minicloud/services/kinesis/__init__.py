"""Amazon Kinesis Data Streams, and the producer library's aggregated records."""

from .aggregation import UserRecord, aggregate, deaggregate

__all__ = ["UserRecord", "aggregate", "deaggregate"]

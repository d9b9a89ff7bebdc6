"""The constraints that the model of Firehose puts on members, and the check of a request's members against them.

botocore checks minimums before it sends, unless it was told not to; what is left to the service are patterns, upper
bounds and lists of values. What is only for sources and destinations that are refused is not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ...core.constraints import Choice, Length, Number, Table, Text, members_by_table, violations_of_members
from . import errors

__all__ = ["CREATED", "DESCRIBED", "LISTED", "PUT", "TAGGED", "UPDATED", "check"]


def check(given: Mapping[str, Any], table: Table) -> None:
    """Raise ValidationException when any member breaks a constraint; UNSET breaks none. O(members)."""
    violations = violations_of_members(members_by_table(given, table))
    if violations:
        raise errors.validation_failed(violations)


_NAME: Final = Text(1, 64, r"[a-zA-Z0-9_.-]+")
_TYPE: Final = Choice("DirectPut", "KinesisStreamAsSource", "MSKAsSource", "DatabaseAsSource")
_ROLE: Final = Text(1, 512, r"arn:.*:iam::\d{12}:role/[a-zA-Z_0-9+=,.@\-_/]+")
_TAG_KEY: Final = Text(1, 128, r"(?!aws:)[^\x00-\x1f]*")
_TAGS: Final = (Length(1, 50), {"Key": _TAG_KEY, "Value": Text(0, 256)})
_PREFIX: Final = Text(0, 1024, r".*")
_S3: Final = {
    "RoleARN": _ROLE,
    "BucketARN": Text(1, 2048, r"arn:.*:s3:::[\w\.\-]{1,255}"),
    "Prefix": _PREFIX,
    "ErrorOutputPrefix": _PREFIX,
    "BufferingHints": {"SizeInMBs": Number(1, 128), "IntervalInSeconds": Number(0, 900)},
    "CompressionFormat": Choice("UNCOMPRESSED", "GZIP", "ZIP", "Snappy", "HADOOP_SNAPPY"),
    "CloudWatchLoggingOptions": {
        "LogGroupName": Text(0, 512, r"[\.\-_/#A-Za-z0-9]*"),
        "LogStreamName": Text(0, 512, r"[^:*]*"),
    },
}
_EXTENDED: Final = {
    **_S3,
    "ProcessingConfiguration": {
        "Processors": (
            Length(0, 10_000),
            {
                "Type": Choice(
                    *("RecordDeAggregation", "Decompression", "CloudWatchLogProcessing", "Lambda"),
                    *("MetadataExtraction", "AppendDelimiterToRecord"),
                ),
                "Parameters": (Length(0, 10_000), {"ParameterValue": Text(1, 5120, r"(?!\s*$).+", is_shown=False)}),
            },
        )
    },
    "S3BackupMode": Choice("Disabled", "Enabled"),
    "DynamicPartitioningConfiguration": {"RetryOptions": {"DurationInSeconds": Number(0, 7200)}},
    "FileExtension": Text(0, 128, r"$|\.[0-9a-z!\-_.*'()]+"),
    "CustomTimeZone": Text(0, 50, r"$|[a-zA-Z/_]+"),
}
CREATED: Final = {
    "DeliveryStreamName": _NAME,
    "DeliveryStreamType": _TYPE,
    "DirectPutSourceConfiguration": {"ThroughputHintInMBs": Number(1, 100)},
    "KinesisStreamSourceConfiguration": {
        "KinesisStreamARN": Text(1, 512, r"arn:.*:kinesis:[a-zA-Z0-9\-]+:\d{12}:stream/[a-zA-Z0-9_.-]+"),
        "RoleARN": _ROLE,
    },
    "S3DestinationConfiguration": _S3,
    "ExtendedS3DestinationConfiguration": {**_EXTENDED, "S3BackupConfiguration": _S3},
    "Tags": _TAGS,
}
UPDATED: Final = {
    "DeliveryStreamName": _NAME,
    "CurrentDeliveryStreamVersionId": Text(1, 50, r"[0-9]+"),
    "DestinationId": Text(1, 100, r"[a-zA-Z0-9-]+"),
    "S3DestinationUpdate": _S3,
    "ExtendedS3DestinationUpdate": {**_EXTENDED, "S3BackupUpdate": _S3},
}
DESCRIBED: Final = {
    "DeliveryStreamName": _NAME,
    "Limit": Number(1, 10_000),
    "ExclusiveStartDestinationId": Text(1, 100, r"[a-zA-Z0-9-]+"),
}
LISTED: Final = {
    "Limit": Number(1, 10_000),
    "DeliveryStreamType": _TYPE,
    "ExclusiveStartDeliveryStreamName": _NAME,
}
TAGGED: Final = {
    "DeliveryStreamName": _NAME,
    "ExclusiveStartTagKey": _TAG_KEY,
    "Limit": Number(1, 50),
    "Tags": _TAGS,
    "TagKeys": (Length(1, 50), _TAG_KEY),
}
PUT: Final = {"DeliveryStreamName": _NAME, "Records": Length(1, 500)}

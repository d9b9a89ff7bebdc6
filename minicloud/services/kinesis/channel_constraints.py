"""The constraints that the model puts on what CreateChannel and UpdateChannel are given, member by member.

A structure is a dict of its members' constraints by name, a list of structures a list of one such dict.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ...core.constraints import Choice, Length, Member, Text
from ...core.unset import UNSET
from .constraints import CHANNEL_ARN, CHANNEL_NAME, CONFIGURATIONS, KEY_ID, STREAM_ARN, TAGS

__all__ = ["CREATE_CHANNEL", "UPDATE_CHANNEL", "members_in"]

_BUCKET: Final = Text(1, 2048, r"arn:aws[-a-z0-9]*:s3:::[a-z0-9._-]{3,63}")
_OWNER: Final = Text(12, 12, r"\d{12}")
_PREFIX: Final = Text(1, 512, r"[0-9A-Za-z!\-_'.*()\/]+")
_TABLE_TEXT: Final = Text(1, 255, r"[0-9a-z_]+")

_DEAD_LETTERS: Final = {"BucketARN": _BUCKET, "ExpectedBucketOwner": _OWNER, "ErrorOutputPrefix": _PREFIX}
_LOGGING: Final = {
    "CloudWatchLogs": {
        "LogGroupName": Text(1, 512, r"[\.\-_/#A-Za-z0-9]+"),
        "LogStreamName": Text(1, 512, r"[^:*]*"),
    }
}

CREATE_CHANNEL: Final[Mapping[str, Any]] = {
    "ChannelName": CHANNEL_NAME,
    "ServiceExecutionRoleARN": Text(1, 512, r"arn:aws[-a-z0-9]*:iam::\d{12}:role/[a-zA-Z_0-9+=,.@\-_/]+"),
    "StreamConfigurationList": [
        {
            "StreamARN": STREAM_ARN,
            "RecordConfiguration": {
                "RecordFormatType": Choice("GSR_JSON", "JSON", "STRING", "BYTE_ARRAY"),
                "GSRSchemaARN": Text(
                    1,
                    512,
                    r"arn:aws[-a-z0-9]*:glue:[-a-z0-9]+:\d{12}:schema/[-a-zA-Z0-9_$#.]+/[-a-zA-Z0-9_$#.]+",
                ),
            },
        }
    ],
    "S3DestinationConfiguration": {
        "DeadLetterQueueS3Configuration": _DEAD_LETTERS,
        "StorageConfiguration": {
            "BucketARN": _BUCKET,
            "ExpectedBucketOwner": _OWNER,
            "OutputKeyTemplate": Text(1, 1024, r"[0-9A-Za-z!\-_'.*()\/=:{}]+"),
            "StorageClass": Choice("STANDARD", "INTELLIGENT_TIERING", "GLACIER_IR"),
            "CompressionType": Choice("NONE", "GZIP", "ZSTD"),
        },
    },
    "S3TablesDestinationConfiguration": {
        "DeadLetterQueueS3Configuration": _DEAD_LETTERS,
        "S3TablesConfigurationList": [
            {
                "TableBucketARN": Text(
                    1, 2048, r"arn:aws[-a-z0-9]*:s3tables:[-a-z0-9]+:\d{12}:bucket/[a-z0-9_-]{3,63}"
                ),
                "Namespace": _TABLE_TEXT,
                "TableName": _TABLE_TEXT,
                "CompressionType": Choice("NONE", "ZSTD", "SNAPPY"),
                "PartitionSpec": {
                    "PartitionFields": [
                        {"Transform": Choice("TIME_HOUR"), "SourceName": Text(1, 255, r"[a-zA-Z0-9\.\_]+")}
                    ]
                },
            }
        ],
    },
    "EncryptionConfiguration": {"EncryptionType": Choice("KMS"), "KeyId": KEY_ID},
    "Tags": TAGS,
    "LoggingConfiguration": _LOGGING,
}

UPDATE_CHANNEL: Final[Mapping[str, Any]] = {"ChannelARN": CHANNEL_ARN, "LoggingConfiguration": _LOGGING}

_LENGTHS: Final = {"PartitionFields": Length(1, 10)}


def members_in(spec: Mapping[str, Any], values: Mapping[str, Any], path: str = "") -> Iterator[Member]:
    """What there is to check of a structure: each member's path, constraint and value, in the order of ``spec``."""
    for name, inner in spec.items():
        value = values.get(name, UNSET)
        if value is UNSET:
            continue
        here = f"{path}{name[0].lower()}{name[1:]}"
        if isinstance(inner, dict):
            yield from members_in(inner, value, f"{here}.")
        elif isinstance(inner, list):
            yield here, _LENGTHS.get(name, CONFIGURATIONS), value
            for number, item in enumerate(value, 1):
                yield from members_in(inner[0], item, f"{here}.{number}.member.")
        else:
            yield here, inner, value

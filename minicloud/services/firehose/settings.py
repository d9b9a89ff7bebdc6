"""What a delivery stream is set to: where it delivers to, when, and what becomes of records before.

A ``Destination`` never changes: a stream gets another one. What a request may ask for and minicloud does not have is
refused here, by its name.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Mapping
from typing import Any, Final

from ...core.timeline import SECOND
from . import errors
from .prefix import has_expressions, partition_keys, read_prefix

__all__ = ["DESTINATION_ID", "Destination", "Processing", "read_destination"]

DESTINATION_ID: Final = "destinationId-000000000001"
_MB: Final = 1 << 20
_EXTENSIONS: Final = {"GZIP": ".gz", "UNCOMPRESSED": "", "ZIP": ".zip"}
_DEFAULT_HINTS: Final = {"SizeInMBs": 5, "IntervalInSeconds": 300}
_TAKE_OUT: Final = "leave it out in the test"
_OF_S3: Final = (
    *("RoleARN", "BucketARN", "Prefix", "ErrorOutputPrefix", "BufferingHints", "CompressionFormat"),
    *("EncryptionConfiguration", "CloudWatchLoggingOptions"),
)
_OF_EXTENDED: Final = (
    *(*_OF_S3, "ProcessingConfiguration", "S3BackupMode", "S3BackupDescription"),
    *("DataFormatConversionConfiguration", "DynamicPartitioningConfiguration", "FileExtension", "CustomTimeZone"),
)


class Processing:
    """The function that transforms records."""

    __slots__ = ("function_arn", "interval", "retries", "size")

    def __init__(self, function_arn: str, retries: int, size: int, interval: int) -> None:
        self.function_arn = function_arn
        self.retries = retries
        """How often a run that fails is tried again."""
        self.size = size
        """How many bytes are gathered for a run."""
        self.interval = interval
        """For how long, in nanoseconds."""


class Destination:
    """A place in a bucket, and how objects come there."""

    __slots__ = (
        "backup",
        "bucket_arn",
        "compression",
        "delimiter",
        "error_prefix",
        "extension",
        "given",
        "has_partitions",
        "interval",
        "is_extended",
        "log",
        "partition_keys",
        "prefix",
        "processing",
        "size",
    )

    def __init__(self, given: Mapping[str, Any], *, is_extended: bool) -> None:
        self.given = given
        """As it was given, in the model's words; a backup under ``S3BackupConfiguration``."""
        self.is_extended = is_extended
        self.bucket_arn: str = given["BucketARN"]
        self.prefix: str = given.get("Prefix", "")
        self.error_prefix: str = given.get("ErrorOutputPrefix", "")
        hints = given.get("BufferingHints") or _DEFAULT_HINTS
        self.size: int = hints["SizeInMBs"] * _MB
        self.interval: int = hints["IntervalInSeconds"] * SECOND
        self.compression: str = given.get("CompressionFormat", "UNCOMPRESSED")
        self.extension: str = given.get("FileExtension") or _EXTENSIONS[self.compression]
        self.has_partitions = bool(given.get("DynamicPartitioningConfiguration", {}).get("Enabled"))
        self.partition_keys = partition_keys(self.prefix)
        self.processing, self.delimiter = _processing(given.get("ProcessingConfiguration", {}))
        backup = given.get("S3BackupConfiguration") if given.get("S3BackupMode") == "Enabled" else None
        self.backup = None if backup is None else Destination(backup, is_extended=False)
        """Where records go as they came."""
        logs = given.get("CloudWatchLoggingOptions", {})
        self.log = (logs.get("LogGroupName", ""), logs.get("LogStreamName", "")) if logs.get("Enabled") else None
        """The log group and the log stream that are told of failures."""

    def compressed(self, content: bytes, name: str) -> bytes:
        """A content as it is put; ``name`` is the object's."""
        if self.compression == "GZIP":
            return gzip.compress(content, mtime=0)
        if self.compression == "ZIP":
            archive = io.BytesIO()
            with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
                file.writestr(zipfile.ZipInfo(name), content)
            return archive.getvalue()
        return content

    def describe(self) -> dict[str, Any]:
        """As DescribeDeliveryStream shows it. An extended one is shown as both kinds. [recorded]"""
        given = dict(self.given)
        shown = {
            **given,
            "BufferingHints": dict(given.get("BufferingHints") or _DEFAULT_HINTS),
            "CompressionFormat": self.compression,
            "EncryptionConfiguration": {"NoEncryptionConfig": "NoEncryption"},
            "CloudWatchLoggingOptions": given.get("CloudWatchLoggingOptions") or {"Enabled": False},
        }
        plain = {name: shown[name] for name in _OF_S3 if name in shown}
        if not self.is_extended:
            return {"S3DestinationDescription": plain}
        shown["S3BackupMode"] = given.get("S3BackupMode", "Disabled")
        shown.setdefault("DataFormatConversionConfiguration", {"Enabled": False})
        if self.backup is not None:
            shown["S3BackupDescription"] = self.backup.describe()["S3DestinationDescription"]
        extended = {name: shown[name] for name in _OF_EXTENDED if name in shown}
        return {"S3DestinationDescription": plain, "ExtendedS3DestinationDescription": extended}


def read_destination(given: Mapping[str, Any], *, is_extended: bool) -> Destination:
    """A destination of a request, checked. Raises InvalidArgumentException; ``UsageError`` for what is not here."""
    _refuse(given)
    hints = given.get("BufferingHints")
    if hints and len(hints) != 2:
        raise errors.hints_incomplete()
    if given.get("S3BackupMode") == "Enabled":
        if "S3BackupConfiguration" not in given:
            raise errors.backup_missing()
        read_destination(given["S3BackupConfiguration"], is_extended=False)
    found = Destination(given, is_extended=is_extended)
    if found.has_partitions and found.size < 64 * _MB:
        raise errors.hints_of_partitions()
    read_prefix("Prefix", found.prefix, is_of_errors=False, has_partitions=found.has_partitions)
    read_prefix("ErrorOutputPrefix", found.error_prefix, is_of_errors=True, has_partitions=False)
    if has_expressions(found.prefix) and not found.error_prefix:
        raise errors.error_prefix_missing()
    return found


def _refuse(given: Mapping[str, Any]) -> None:
    if given.get("CompressionFormat", "UNCOMPRESSED") not in _EXTENSIONS:
        raise errors.not_here(given["CompressionFormat"], "Python cannot make it; use GZIP or ZIP in the test")
    if "KMSEncryptionConfig" in given.get("EncryptionConfiguration", {}):
        raise errors.not_here("KMSEncryptionConfig", f"objects are not encrypted here; {_TAKE_OUT}")
    conversion = given.get("DataFormatConversionConfiguration", {})
    if conversion and conversion.get("Enabled", True):
        raise errors.not_here("DataFormatConversionConfiguration", f"records stay as they are; {_TAKE_OUT}")
    if given.get("CustomTimeZone") not in (None, "", "UTC"):
        raise errors.not_here("CustomTimeZone", "times in keys are UTC here; leave it out in the test")


def _processing(given: Mapping[str, Any]) -> tuple[Processing | None, bytes]:
    function, delimiter = None, b""
    if not given.get("Enabled"):
        return None, b""
    kinds: set[str] = set()
    for processor in given.get("Processors", ()):
        kind = processor["Type"]
        if kind in kinds:
            raise errors.processors_twice(kind)
        kinds.add(kind)
        parameters = {one["ParameterName"]: one["ParameterValue"] for one in processor.get("Parameters", ())}
        if kind == "Lambda":
            function = _function(parameters)
        elif kind == "AppendDelimiterToRecord":
            text = parameters.get("Delimiter", "\\n")
            delimiter = text.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t").encode()
        else:
            raise errors.not_here(
                f"processor of type {kind}", "there are Lambda and AppendDelimiterToRecord; a function can do the same"
            )
    return function, delimiter


def _function(parameters: Mapping[str, str]) -> Processing:
    arn = parameters.get("LambdaArn")
    if arn is None:
        raise errors.function_missing()

    def number(name: str, default: float, least: float, most: float) -> float:
        try:
            value = float(parameters.get(name, default))
        except ValueError:
            value = -1
        if not least <= value <= most:
            raise errors.parameter_invalid(parameters[name], name)
        return value

    size = number("BufferSizeInMBs", 1, 0.2, 3)
    interval = number("BufferIntervalInSeconds", 60, 0, 900)
    retries = int(number("NumberOfRetries", 3, 0, 300))
    return Processing(arn, retries, round(size * _MB), round(interval * SECOND))

"""The structures of conversions between formats of records, which are refused."""

# No ``from __future__ import annotations`` here: a TypedDict with postponed annotations does not know at run time
# which of its members are required.

from collections.abc import Mapping, Sequence
from typing import Annotated, TypeAlias, TypedDict

from ...core.shapes import Minimum

# --- scalars, with the minimum that the client checks -----------------------------------------------------------------

BlockSizeBytes: TypeAlias = Annotated[int, Minimum(67108864)]
NonEmptyString: TypeAlias = Annotated[str, Minimum(1)]
NonEmptyStringWithoutWhitespace: TypeAlias = Annotated[str, Minimum(1)]
NonNegativeIntegerObject: TypeAlias = Annotated[int, Minimum(0)]
OrcRowIndexStride: TypeAlias = Annotated[int, Minimum(1000)]
OrcStripeSizeBytes: TypeAlias = Annotated[int, Minimum(8388608)]
ParquetPageSizeBytes: TypeAlias = Annotated[int, Minimum(65536)]

# --- structures -------------------------------------------------------------------------------------------------------


class SchemaConfiguration(TypedDict, total=False):
    """Of formats of records, which are not converted here."""

    RoleARN: NonEmptyStringWithoutWhitespace
    CatalogId: NonEmptyStringWithoutWhitespace
    DatabaseName: NonEmptyStringWithoutWhitespace
    TableName: NonEmptyStringWithoutWhitespace
    Region: NonEmptyStringWithoutWhitespace
    VersionId: NonEmptyStringWithoutWhitespace


class OpenXJsonSerDe(TypedDict, total=False):
    """Of formats of records, which are not converted here."""

    ConvertDotsInJsonKeysToUnderscores: bool
    CaseInsensitive: bool
    ColumnToJsonKeyMappings: Mapping[NonEmptyStringWithoutWhitespace, NonEmptyString]


class HiveJsonSerDe(TypedDict, total=False):
    """Of formats of records, which are not converted here."""

    TimestampFormats: Sequence[NonEmptyString]


class Deserializer(TypedDict, total=False):
    """Of formats of records, which are not converted here."""

    OpenXJsonSerDe: OpenXJsonSerDe
    HiveJsonSerDe: HiveJsonSerDe


class InputFormatConfiguration(TypedDict, total=False):
    """Of formats of records, which are not converted here."""

    Deserializer: Deserializer


class ParquetSerDe(TypedDict, total=False):
    """Of formats of records, which are not converted here."""

    BlockSizeBytes: BlockSizeBytes
    PageSizeBytes: ParquetPageSizeBytes
    Compression: str
    EnableDictionaryCompression: bool
    MaxPaddingBytes: NonNegativeIntegerObject
    WriterVersion: str


class OrcSerDe(TypedDict, total=False):
    """Of formats of records, which are not converted here."""

    StripeSizeBytes: OrcStripeSizeBytes
    BlockSizeBytes: BlockSizeBytes
    RowIndexStride: OrcRowIndexStride
    EnablePadding: bool
    PaddingTolerance: float
    Compression: str
    BloomFilterColumns: Sequence[NonEmptyStringWithoutWhitespace]
    BloomFilterFalsePositiveProbability: float
    DictionaryKeyThreshold: float
    FormatVersion: str


class Serializer(TypedDict, total=False):
    """Of formats of records, which are not converted here."""

    ParquetSerDe: ParquetSerDe
    OrcSerDe: OrcSerDe


class OutputFormatConfiguration(TypedDict, total=False):
    """Of formats of records, which are not converted here."""

    Serializer: Serializer


class DataFormatConversionConfiguration(TypedDict, total=False):
    """Of formats of records, which are not converted here."""

    SchemaConfiguration: SchemaConfiguration
    InputFormatConfiguration: InputFormatConfiguration
    OutputFormatConfiguration: OutputFormatConfiguration
    Enabled: bool

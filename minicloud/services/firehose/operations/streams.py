"""Delivery streams: made, shown, listed, changed, deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from ....core.operation import operation
from ....core.shapes import Minimum
from ....core.unset import UNSET
from .. import errors, facts, shapes
from .. import other_shapes as others
from ..common_shapes import S3DestinationConfiguration as S3Configuration
from ..common_shapes import S3DestinationUpdate as S3Update
from ..constraints import CREATED, DESCRIBED, LISTED, UPDATED, check
from ..settings import DESTINATION_ID, Destination, read_destination
from ..source import StreamReader
from ..state import DIRECT, FROM_STREAM, FirehoseState
from ..stream import DeliveryStream
from .tags import tags_of

__all__ = ["StreamOperations"]

_PAGE: Final = 10
_MOST: Final = 5_000
"""[quotas of Firehose: 5,000 streams in large regions]"""
_INSTEAD: Final = (
    "delivery streams lead to buckets here; look at what is delivered in a bucket (ExtendedS3DestinationConfiguration)"
)
_SOURCES: Final = "records are put, or come from a stream of Kinesis; have the test put what would come from elsewhere"


class StreamOperations(FirehoseState):
    """The operations on delivery streams."""

    @operation("CreateDeliveryStream")
    def create_delivery_stream(
        self,
        now: int,
        *,
        DeliveryStreamName: shapes.DeliveryStreamName,
        DeliveryStreamType: str = UNSET,
        DirectPutSourceConfiguration: shapes.DirectPutSourceConfiguration = UNSET,
        KinesisStreamSourceConfiguration: shapes.KinesisStreamSourceConfiguration = UNSET,
        DeliveryStreamEncryptionConfigurationInput: shapes.DeliveryStreamEncryptionConfigurationInput = UNSET,
        S3DestinationConfiguration: S3Configuration = UNSET,
        ExtendedS3DestinationConfiguration: shapes.ExtendedS3DestinationConfiguration = UNSET,
        RedshiftDestinationConfiguration: others.RedshiftDestinationConfiguration = UNSET,
        ElasticsearchDestinationConfiguration: others.ElasticsearchDestinationConfiguration = UNSET,
        AmazonopensearchserviceDestinationConfiguration: others.AmazonopensearchserviceDestinationConfiguration = UNSET,
        SplunkDestinationConfiguration: others.SplunkDestinationConfiguration = UNSET,
        HttpEndpointDestinationConfiguration: others.HttpEndpointDestinationConfiguration = UNSET,
        Tags: Annotated[Sequence[shapes.Tag], Minimum(1)] = UNSET,
        AmazonOpenSearchServerlessDestinationConfiguration: (
            others.AmazonOpenSearchServerlessDestinationConfiguration
        ) = UNSET,
        MSKSourceConfiguration: others.MSKSourceConfiguration = UNSET,
        SnowflakeDestinationConfiguration: others.SnowflakeDestinationConfiguration = UNSET,
        IcebergDestinationConfiguration: others.IcebergDestinationConfiguration = UNSET,
        DatabaseSourceConfiguration: others.DatabaseSourceConfiguration = UNSET,
    ) -> shapes.CreateDeliveryStreamOutput:
        """Have records delivered into a bucket. It is ACTIVE at once, and reads a source from now on. O(shards).

        Raises ResourceInUseException for a name that there is, InvalidArgumentException, LimitExceededException,
        ResourceNotFoundException for a source that there is not, ValidationException; ``UsageError`` for sources and
        destinations that minicloud does not have.
        """
        given = {name: value for name, value in locals().items() if value is not UNSET and name not in ("self", "now")}
        check(given, CREATED)
        kind = given.get("DeliveryStreamType", DIRECT)
        if kind not in (DIRECT, FROM_STREAM):
            raise errors.not_here(f"source {kind}", _SOURCES)
        if DeliveryStreamEncryptionConfigurationInput is not UNSET:
            instead = "records are not encrypted here; leave it out in the test"
            raise errors.not_here("DeliveryStreamEncryptionConfigurationInput", instead)
        for name in given:
            if name.endswith("DestinationConfiguration") and not name.endswith("S3DestinationConfiguration"):
                raise errors.not_here(name, _INSTEAD)
        if (S3DestinationConfiguration is UNSET) is (ExtendedS3DestinationConfiguration is UNSET):
            raise errors.one_destination()
        is_extended = S3DestinationConfiguration is UNSET
        asked: Any = ExtendedS3DestinationConfiguration if is_extended else S3DestinationConfiguration
        destination = read_destination(_copied(asked), is_extended=is_extended)
        source = None
        if kind == FROM_STREAM:
            if KinesisStreamSourceConfiguration is UNSET:
                raise errors.source_missing()
            source = dict(KinesisStreamSourceConfiguration)
        if DeliveryStreamName in self.streams.items:
            raise errors.stream_exists(DeliveryStreamName, self.account_id)
        if len(self.streams.items) >= _MOST:
            raise errors.too_many_streams(_MOST)
        arn = f"{self.arn_prefix}{DeliveryStreamName}"
        tags = tags_of(Tags or ())
        place: Any = source
        stream = DeliveryStream(self, DeliveryStreamName, arn, kind, place, destination, tags, now)
        if source is not None:
            stream.reader = self._reader_of(stream)
            stream.reader.start(now)
        if (trace := self.world.trace) is not None:
            facts.stream_created(trace, now, stream)
        self.streams.add(DeliveryStreamName, stream)  # from now on it is there, and will go on
        stream.go_on(now)
        return {"DeliveryStreamARN": arn}

    @operation("DescribeDeliveryStream")
    def describe_delivery_stream(
        self,
        now: int,
        *,
        DeliveryStreamName: shapes.DeliveryStreamName,
        Limit: shapes.DescribeDeliveryStreamInputLimit = UNSET,
        ExclusiveStartDestinationId: shapes.DestinationId = UNSET,
    ) -> shapes.DescribeDeliveryStreamOutput:
        """What a delivery stream is set to. O(settings). Raises ResourceNotFoundException."""
        given = {
            "DeliveryStreamName": DeliveryStreamName,
            "Limit": Limit,
            "ExclusiveStartDestinationId": ExclusiveStartDestinationId,
        }
        check(given, DESCRIBED)
        description: Any = _copied(self.stream(DeliveryStreamName).describe())
        if ExclusiveStartDestinationId is not UNSET and ExclusiveStartDestinationId >= DESTINATION_ID:
            description["Destinations"] = []
        return {"DeliveryStreamDescription": description}

    @operation("ListDeliveryStreams")
    def list_delivery_streams(
        self,
        now: int,
        *,
        Limit: shapes.ListDeliveryStreamsInputLimit = UNSET,
        DeliveryStreamType: str = UNSET,
        ExclusiveStartDeliveryStreamName: shapes.DeliveryStreamName = UNSET,
    ) -> shapes.ListDeliveryStreamsOutput:
        """Names in the order of the alphabet, ten by default. O(page), and what it passes over."""
        given = {name: value for name, value in locals().items() if name[0].isupper()}
        check(given, LISTED)
        size = Limit or _PAGE
        after = ExclusiveStartDeliveryStreamName if ExclusiveStartDeliveryStreamName is not UNSET else None
        names = self.streams.page(size + 1, after=after, accept=lambda one: DeliveryStreamType in (UNSET, one.kind))
        return {"DeliveryStreamNames": names[:size], "HasMoreDeliveryStreams": len(names) > size}

    @operation("UpdateDestination")
    def update_destination(
        self,
        now: int,
        *,
        DeliveryStreamName: shapes.DeliveryStreamName,
        CurrentDeliveryStreamVersionId: shapes.DeliveryStreamVersionId,
        DestinationId: shapes.DestinationId,
        S3DestinationUpdate: S3Update = UNSET,
        ExtendedS3DestinationUpdate: shapes.ExtendedS3DestinationUpdate = UNSET,
        RedshiftDestinationUpdate: others.RedshiftDestinationUpdate = UNSET,
        ElasticsearchDestinationUpdate: others.ElasticsearchDestinationUpdate = UNSET,
        AmazonopensearchserviceDestinationUpdate: others.AmazonopensearchserviceDestinationUpdate = UNSET,
        SplunkDestinationUpdate: others.SplunkDestinationUpdate = UNSET,
        HttpEndpointDestinationUpdate: others.HttpEndpointDestinationUpdate = UNSET,
        AmazonOpenSearchServerlessDestinationUpdate: others.AmazonOpenSearchServerlessDestinationUpdate = UNSET,
        SnowflakeDestinationUpdate: others.SnowflakeDestinationUpdate = UNSET,
        IcebergDestinationUpdate: others.IcebergDestinationUpdate = UNSET,
    ) -> shapes.UpdateDestinationOutput:
        """Change what is given of the destination, and leave the rest; the version rises. O(what is buffered).

        What has been gathered is delivered as is set now. Raises ResourceNotFoundException,
        ConcurrentModificationException for another version than the current one, and what CreateDeliveryStream raises.
        """
        given = {name: value for name, value in locals().items() if value is not UNSET and name not in ("self", "now")}
        check(given, UPDATED)
        for name in given:
            if name.endswith("DestinationUpdate") and not name.endswith("S3DestinationUpdate"):
                raise errors.not_here(name, _INSTEAD)
        if (S3DestinationUpdate is UNSET) is (ExtendedS3DestinationUpdate is UNSET):
            raise errors.one_destination()
        stream = self.stream(DeliveryStreamName)
        version, former, _ = stream.setting
        if CurrentDeliveryStreamVersionId != str(version):
            raise errors.version_differs(DeliveryStreamName, version, CurrentDeliveryStreamVersionId)
        if DestinationId != DESTINATION_ID:
            raise errors.destination_missing(DestinationId)
        asked: Any = S3DestinationUpdate if ExtendedS3DestinationUpdate is UNSET else ExtendedS3DestinationUpdate
        is_extended = former.is_extended or ExtendedS3DestinationUpdate is not UNSET
        destination = read_destination(_merged(former, _copied(asked)), is_extended=is_extended)
        stream.change(now, destination)
        answer: Any = {}
        return answer  # type: ignore[no-any-return]  # what the client adds is missing

    @operation("DeleteDeliveryStream")
    def delete_delivery_stream(
        self, now: int, *, DeliveryStreamName: shapes.DeliveryStreamName, AllowForceDelete: bool = UNSET
    ) -> shapes.DeleteDeliveryStreamOutput:
        """Delete a delivery stream at once, with the records that it has not delivered. O(those).

        Raises ResourceNotFoundException.
        """
        check({"DeliveryStreamName": DeliveryStreamName}, DESCRIBED)
        stream = self.stream(DeliveryStreamName)
        if (trace := self.world.trace) is not None:
            facts.stream_deleted(trace, now, stream, stream.held())
        self.world.carry_through(lambda: self._drop(stream))
        answer: Any = {}
        return answer  # type: ignore[no-any-return]  # what the client adds is missing

    # --- steps --------------------------------------------------------------------------------------------------------

    def _drop(self, stream: DeliveryStream) -> None:
        """Also when it was begun before."""
        self.streams.remove(stream.name)
        stream.end()

    def _reader_of(self, stream: DeliveryStream) -> StreamReader:
        _, _, _, region_name, account_id, _ = stream.source_arn.split(":", 5)
        source = self.world.find_service("kinesis", account_id, region_name).source(stream.source_arn)
        if source is None or not source.exists:
            raise errors.no_such_source(stream.source_arn.rpartition("/")[2], account_id)
        return StreamReader(stream, source)


def _merged(former: Destination, asked: Mapping[str, Any]) -> dict[str, Any]:
    found = {**former.given, **asked}
    backup = found.pop("S3BackupUpdate", None)
    if backup is not None:
        found["S3BackupConfiguration"] = {**found.get("S3BackupConfiguration", {}), **backup}
    return found


def _copied(value: Any) -> Any:
    """One's own copy of dicts and lists."""
    if isinstance(value, Mapping):
        return {name: _copied(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(item) for item in value]
    return value

"""Event source mappings: what leads messages of queues and records of streams to functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final

from ....core.operation import Http, operation
from ....core.unset import UNSET
from .. import constraints, errors, facts, notes
from .. import mapping_shapes as shapes
from ..constraints import check
from ..function import Resolved
from ..mapping import Current
from ..mapping import Mapping as EventSourceMapping
from ..mapping_settings import kind_of, read_settings, refuse_other_sources
from ..names import parse_name
from ..queue_mapping import QueueMapping, check_visibility
from ..shapes import DestinationConfig, MaxListItems, NamespacedFunctionName, TagKey
from ..state import LambdaState
from ..stream_mapping import StreamMapping

__all__ = ["MappingOperations"]

_CLASSES: Final[dict[str, type[EventSourceMapping]]] = {"kinesis": StreamMapping, "sqs": QueueMapping}
"""By the service that the source's ARN names."""
_PAGE: Final = 100
"""Mappings that a page has at most. [Lambda API: ListEventSourceMappings]"""
_ACCEPTED: Final = Http(status=202)


class MappingOperations(LambdaState):
    """Event source mappings: made, shown, listed, changed, deleted."""

    @operation("CreateEventSourceMapping", http=_ACCEPTED)
    def create_event_source_mapping(
        self,
        now: int,
        *,
        EventSourceArn: str = UNSET,
        FunctionName: NamespacedFunctionName,
        Enabled: bool = UNSET,
        BatchSize: shapes.BatchSize = UNSET,
        FilterCriteria: shapes.FilterCriteria = UNSET,
        KMSKeyArn: str = UNSET,
        MetricsConfig: shapes.EventSourceMappingMetricsConfig = UNSET,
        LoggingConfig: shapes.EventSourceMappingLoggingConfig = UNSET,
        ScalingConfig: shapes.ScalingConfig = UNSET,
        MaximumBatchingWindowInSeconds: shapes.MaximumBatchingWindowInSeconds = UNSET,
        ParallelizationFactor: shapes.ParallelizationFactor = UNSET,
        StartingPosition: str = UNSET,
        StartingPositionTimestamp: Annotated[datetime, "timestamp"] = UNSET,
        DestinationConfig: DestinationConfig = UNSET,
        MaximumRecordAgeInSeconds: shapes.MaximumRecordAgeInSeconds = UNSET,
        BisectBatchOnFunctionError: bool = UNSET,
        MaximumRetryAttempts: shapes.MaximumRetryAttemptsEventSourceMapping = UNSET,
        Tags: Mapping[TagKey, str] = UNSET,
        TumblingWindowInSeconds: shapes.TumblingWindowInSeconds = UNSET,
        Topics: shapes.Topics = UNSET,
        Queues: shapes.Queues = UNSET,
        SourceAccessConfigurations: Sequence[shapes.SourceAccessConfiguration] = UNSET,
        SelfManagedEventSource: shapes.SelfManagedEventSource = UNSET,
        FunctionResponseTypes: Sequence[str] = UNSET,
        AmazonManagedKafkaEventSourceConfig: shapes.AmazonManagedKafkaEventSourceConfig = UNSET,
        SelfManagedKafkaEventSourceConfig: shapes.SelfManagedKafkaEventSourceConfig = UNSET,
        DocumentDBEventSourceConfig: shapes.DocumentDBEventSourceConfig = UNSET,
        ProvisionedPollerConfig: shapes.ProvisionedPollerConfig = UNSET,
    ) -> shapes.EventSourceMappingConfigurationAnswer:
        """Have a function run with the messages of a queue, or the records of a stream. O(mappings).

        The answer says ``Creating``; whoever looks next finds it enabled, and what there is has been taken when the
        call returns. Raises ``InvalidParameterValueException`` for a function or a source that is not there, and for
        parameters that are not for the kind of source; ``ResourceConflictException`` for a second mapping of the same
        two. Raises ``UsageError`` for sources that minicloud does not have.
        """
        given = {name: value for name, value in locals().items() if value is not UNSET}
        check(given, constraints.MAPPING)
        refuse_other_sources(given)
        if EventSourceArn is UNSET:
            raise errors.unrecognized_source()
        kind = kind_of(EventSourceArn)
        settings = read_settings(now, kind, given, None, is_fifo=EventSourceArn.endswith(".fifo"))
        resolved = self._function_of(FunctionName)
        source = self._source_of(EventSourceArn)
        self._check_pair(EventSourceArn, source, resolved, None)
        mapping_class = _CLASSES[EventSourceArn.split(":")[2]]
        mapping = mapping_class(self, self.mapping_ids.next(), source, Current(settings, resolved, now), Tags or {})
        mapping.number = self.mapping_ids.position
        if (trace := self.world.trace) is not None:
            facts.mapping_created(trace, now, mapping)
        self.mappings[mapping.uuid] = mapping  # from now on it is there, and will go on
        mapping.go_on(now)
        return _answer(mapping, "Disabled" if kind.content == "body" and not mapping.is_enabled else "Creating")

    @operation("GetEventSourceMapping")
    def get_event_source_mapping(
        self, now: int, *, UUID: shapes.UUIDString
    ) -> shapes.EventSourceMappingConfigurationAnswer:
        """The settings and the state of a mapping. O(settings). Raises ``ResourceNotFoundException``."""
        return _answer(self._mapping(UUID))

    @operation("ListEventSourceMappings")
    def list_event_source_mappings(
        self,
        now: int,
        *,
        EventSourceArn: str = UNSET,
        FunctionName: NamespacedFunctionName = UNSET,
        Marker: str = UNSET,
        MaxItems: MaxListItems = UNSET,
    ) -> shapes.ListEventSourceMappingsResponse:
        """Mappings in the order of their making, of a source or a function if so asked. O(mappings).

        A page has up to a hundred. For what does not exist the list is empty. A name without a qualifier stands for the
        function with whatever qualifier. [inferred]
        """
        given = {"EventSourceArn": EventSourceArn, "FunctionName": FunctionName, "MaxItems": MaxItems}
        check({name: value for name, value in given.items() if value is not UNSET}, constraints.MAPPINGS_LISTED)
        after = 0
        if Marker:
            read = self.page_tokens.read("mappings", Marker)
            if read is None:
                raise errors.bad_marker()
            after = int(read[1][0])
        found = [
            mapping
            for mapping in self.mappings.values()
            if mapping.number > after
            and EventSourceArn in (UNSET, mapping.source_arn)
            and (FunctionName is UNSET or self._is_of(mapping, FunctionName))
        ]
        size = min(MaxItems or _PAGE, _PAGE)
        page = found[:size]
        answer: shapes.ListEventSourceMappingsResponse = {
            "EventSourceMappings": [mapping.describe() for mapping in page]
        }
        if len(found) > size:
            answer["NextMarker"] = self.page_tokens.make("mappings", now, page[-1].number)
        return answer

    @operation("UpdateEventSourceMapping", http=_ACCEPTED)
    def update_event_source_mapping(
        self,
        now: int,
        *,
        UUID: shapes.UUIDString,
        FunctionName: NamespacedFunctionName = UNSET,
        Enabled: bool = UNSET,
        BatchSize: shapes.BatchSize = UNSET,
        FilterCriteria: shapes.FilterCriteria = UNSET,
        KMSKeyArn: str = UNSET,
        MetricsConfig: shapes.EventSourceMappingMetricsConfig = UNSET,
        LoggingConfig: shapes.EventSourceMappingLoggingConfig = UNSET,
        ScalingConfig: shapes.ScalingConfig = UNSET,
        MaximumBatchingWindowInSeconds: shapes.MaximumBatchingWindowInSeconds = UNSET,
        ParallelizationFactor: shapes.ParallelizationFactor = UNSET,
        DestinationConfig: DestinationConfig = UNSET,
        MaximumRecordAgeInSeconds: shapes.MaximumRecordAgeInSeconds = UNSET,
        BisectBatchOnFunctionError: bool = UNSET,
        MaximumRetryAttempts: shapes.MaximumRetryAttemptsEventSourceMapping = UNSET,
        TumblingWindowInSeconds: shapes.TumblingWindowInSeconds = UNSET,
        SourceAccessConfigurations: Sequence[shapes.SourceAccessConfiguration] = UNSET,
        FunctionResponseTypes: Sequence[str] = UNSET,
        AmazonManagedKafkaEventSourceConfig: shapes.AmazonManagedKafkaEventSourceConfig = UNSET,
        SelfManagedKafkaEventSourceConfig: shapes.SelfManagedKafkaEventSourceConfig = UNSET,
        DocumentDBEventSourceConfig: shapes.DocumentDBEventSourceConfig = UNSET,
        ProvisionedPollerConfig: shapes.ProvisionedPollerConfig = UNSET,
    ) -> shapes.EventSourceMappingConfigurationAnswer:
        """Change what is given, and leave the rest; an empty structure takes a setting away. O(mappings).

        What is running goes on as it was begun. Raises ``ResourceNotFoundException``, and what
        CreateEventSourceMapping raises.
        """
        given = {name: value for name, value in locals().items() if value is not UNSET}
        check(given, constraints.MAPPING)
        mapping = self._mapping(UUID)
        refuse_other_sources(given)
        arn = mapping.source_arn
        settings = read_settings(now, kind_of(arn), given, mapping.settings, is_fifo=arn.endswith(".fifo"))
        resolved = mapping.resolved if FunctionName is UNSET else self._function_of(FunctionName)
        self._check_pair(arn, mapping.source, resolved, mapping)
        was_enabled, current = mapping.is_enabled, Current(settings, resolved, now)
        if (trace := self.world.trace) is not None:
            facts.mapping_changed(trace, now, mapping, current)
        mapping.change(now, current)
        if was_enabled != mapping.is_enabled:
            return _answer(mapping, "Disabling" if was_enabled else "Enabling")
        return _answer(mapping, "Updating")

    @operation("DeleteEventSourceMapping", http=_ACCEPTED)
    def delete_event_source_mapping(
        self, now: int, *, UUID: shapes.UUIDString
    ) -> shapes.EventSourceMappingConfigurationAnswer:
        """Delete a mapping; what is running goes on to its end. O(what it has taken).

        Raises ``ResourceNotFoundException``.
        """
        mapping = self._mapping(UUID)
        if (trace := self.world.trace) is not None:
            facts.mapping_deleted(trace, now, mapping)
        self.world.carry_through(lambda: self._drop(now, mapping))
        return _answer(mapping, "Deleting")

    # --- steps -------------------------------------------------------------------------------------------------------

    def _mapping(self, uuid: str) -> EventSourceMapping:
        mapping = self.mappings.get(uuid)
        if mapping is None:
            raise errors.mapping_not_found().noting(notes.no_mapping(self.mappings))
        return mapping

    def _drop(self, now: int, mapping: EventSourceMapping) -> None:
        self.mappings.pop(mapping.uuid, None)
        mapping.end(now)

    def _function_of(self, name: str) -> Resolved:
        """The function of a mapping. Its name may be of this account and region alone."""
        found = self.find(name)
        if found is None:
            parts = parse_name(name)
            raise errors.function_of_mapping_missing().noting(
                *notes.no_function(self, name if parts is None else parts.name)
            )
        return found

    def _source_of(self, arn: str) -> Any:
        """The queue or the stream of a mapping, which may be another account's, in this region."""
        _, _, service, region, account, *_ = [*arn.split(":", 5), "", "", ""]
        source = None
        if region == self.region_name and account:
            source = self.world.find_service(service, account, region).source(arn)
        if source is None:
            raise errors.queue_of_mapping_missing() if service == "sqs" else errors.stream_of_mapping_missing(arn)
        return source

    def _check_pair(self, arn: str, source: Any, resolved: Resolved, changed: EventSourceMapping | None) -> None:
        """Raise unless the two can be mapped."""
        is_queue = arn.split(":")[2] == "sqs"
        version = resolved.version()
        if is_queue and version is not None:
            check_visibility(source, version.timeout)
        for other in self.mappings.values():
            if other is not changed and other.source_arn == arn and other.resolved.arn == resolved.arn:
                text = errors.queue_is_mapped if is_queue else errors.stream_is_mapped
                raise text(arn, resolved.function.name, other.uuid)

    def _is_of(self, mapping: EventSourceMapping, name: str) -> bool:
        wanted, resolved = parse_name(name), mapping.resolved
        if wanted is None or wanted.name != resolved.function.name:
            return False
        if wanted.account_id not in (None, self.account_id) or wanted.region_name not in (None, self.region_name):
            return False
        return wanted.qualifier in (None, resolved.qualifier)


def _answer(mapping: EventSourceMapping, state: str | None = None) -> shapes.EventSourceMappingConfigurationAnswer:
    answer: Any = mapping.describe(state)
    return answer  # type: ignore[no-any-return]  # what the client adds is missing

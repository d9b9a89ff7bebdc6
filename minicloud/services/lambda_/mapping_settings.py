"""The settings of event source mappings: read from requests, checked by AWS's rules for the kind of source.

Settings are kept by the API's names. What a mapping can be told depends on what it reads from: a parameter of the other
kind is refused with AWS's text. Some are stored as given and have no effect (``_STORED``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from ...core.timestamps import nanoseconds_of
from ...core.unset import UNSET
from ...exceptions import UsageError
from . import errors
from .filters import filters_of
from .mapping import fresh

__all__ = ["KINDS", "SourceKind", "kind_of", "read_settings", "refuse_other_sources"]

_SHARED: Final = frozenset(
    {
        "BatchSize",
        "Enabled",
        "FilterCriteria",
        "FunctionResponseTypes",
        "KMSKeyArn",
        "MaximumBatchingWindowInSeconds",
        "MetricsConfig",
    }
)
_OF_QUEUES: Final = frozenset({"ProvisionedPollerConfig", "ScalingConfig"})
_OF_STREAMS: Final = frozenset(
    {
        "BisectBatchOnFunctionError",
        "DestinationConfig",
        "MaximumRecordAgeInSeconds",
        "MaximumRetryAttempts",
        "ParallelizationFactor",
        "StartingPosition",
        "StartingPositionTimestamp",
        "TumblingWindowInSeconds",
    }
)
_OF_OTHERS: Final = {
    "AmazonManagedKafkaEventSourceConfig": "Kafka",
    "DocumentDBEventSourceConfig": "DocumentDB",
    "Queues": "Amazon MQ",
    "SelfManagedEventSource": "Kafka",
    "SelfManagedKafkaEventSourceConfig": "Kafka",
    "SourceAccessConfigurations": "Kafka and Amazon MQ",
    "Topics": "Kafka",
}
"""Parameters that only sources have that there are not here."""
_OTHER_SOURCES: Final = {
    "docdb": "DocumentDB",
    "dynamodb": "DynamoDB streams",
    "kafka": "Kafka",
    "mq": "Amazon MQ",
    "rds": "DocumentDB",
}
_STORED: Final = ("KMSKeyArn", "MetricsConfig", "ProvisionedPollerConfig")
"""What is kept and shown, and has no effect."""
_NOT_EMPTY: Final = ("FilterCriteria", "KMSKeyArn", "MetricsConfig", "ProvisionedPollerConfig", "ScalingConfig")
"""What is as if not set when it is empty."""
MOST_FILTERS: Final = 10
"""Five, and ten for accounts with a higher quota. [Lambda developer guide: event filtering]"""
_LEAST_AGE: Final = 60


class SourceKind:
    """What mappings of one kind of source can be told, and what they are told by default."""

    def __init__(self, content: str, own: frozenset[str], defaults: Mapping[str, Any]) -> None:
        self.content = content
        """What of a record filters call the content."""
        self.parameters = _SHARED | own
        self.defaults = defaults


KINDS: Final = {
    "sqs": SourceKind(
        "body",
        _OF_QUEUES,
        {"Enabled": True, "BatchSize": 10, "MaximumBatchingWindowInSeconds": 0, "FunctionResponseTypes": []},
    ),
    "kinesis": SourceKind(
        "data",
        _OF_STREAMS,
        {
            "Enabled": True,
            "BatchSize": 100,
            "MaximumBatchingWindowInSeconds": 0,
            "ParallelizationFactor": 1,
            "DestinationConfig": {"OnFailure": {}},
            "MaximumRecordAgeInSeconds": -1,
            "BisectBatchOnFunctionError": False,
            "MaximumRetryAttempts": -1,
            "TumblingWindowInSeconds": 0,
            "FunctionResponseTypes": [],
        },
    ),
}
"""By the service that an ARN names."""


def kind_of(source_arn: str) -> SourceKind:
    """The kind of a source by its ARN. Raises InvalidParameterValueException, or UsageError for what is not here."""
    parts = source_arn.split(":")
    service = parts[2] if len(parts) > 2 else ""
    if service in _OTHER_SOURCES:
        raise UsageError(
            f"minicloud maps functions to queues and streams, not to {_OTHER_SOURCES[service]}: have the test call the "
            "function itself, by invoke() or as a plain call, with the event that it would get"
        )
    if service not in KINDS:
        raise errors.unrecognized_source()
    return KINDS[service]


def refuse_other_sources(given: Mapping[str, Any]) -> None:
    """Raise UsageError for parameters of sources that are not here."""
    for name, source in _OF_OTHERS.items():
        if given.get(name, UNSET) is not UNSET:
            raise UsageError(
                f"{name} is for mappings of {source}, which minicloud does not emulate: take it out of the call"
            )


def read_settings(
    now: int, kind: SourceKind, given: Mapping[str, Any], former: Mapping[str, Any] | None, *, is_fifo: bool
) -> Mapping[str, Any]:
    """The settings of a request, checked, with those that there were, or the defaults of the kind. Changes nothing.

    Raises InvalidParameterValueException.
    """
    settings = dict(kind.defaults if former is None else former)
    for name in sorted((_OF_QUEUES | _OF_STREAMS | {"LoggingConfig"}) - kind.parameters):
        if given.get(name, UNSET) is not UNSET:
            raise errors.parameter_not_for_source(name)
    for name in sorted(kind.parameters):
        value = given.get(name, UNSET)
        if value is not UNSET:
            settings[name] = fresh(value)
    criteria = settings.get("FilterCriteria")
    if criteria is not None and not criteria.get("Filters"):
        settings["FilterCriteria"] = {}  # also an empty list is not shown [recorded]
    if settings.get("DestinationConfig") == {}:
        settings["DestinationConfig"] = {"OnFailure": {}}  # as when there is none
    for name in _NOT_EMPTY:
        if not settings.get(name, True):
            del settings[name]
    if kind is KINDS["sqs"]:
        _check_queue(settings, is_fifo=is_fifo)
    else:
        _check_stream(now, settings)
    if len((settings.get("FilterCriteria") or {}).get("Filters", ())) > MOST_FILTERS:
        raise errors.too_many_filters(MOST_FILTERS)
    filters_of(settings, kind.content)
    return settings


def _check_queue(settings: Mapping[str, Any], *, is_fifo: bool) -> None:
    window = settings["MaximumBatchingWindowInSeconds"]
    if is_fifo and window:
        raise errors.window_on_fifo()
    if settings["BatchSize"] > 10 and not window:
        raise errors.window_missing()
    if "ScalingConfig" in settings and "ProvisionedPollerConfig" in settings:
        raise errors.scaling_and_pollers()


def _check_stream(now: int, settings: Mapping[str, Any]) -> None:
    position, moment = settings.get("StartingPosition"), settings.get("StartingPositionTimestamp")
    if position is None:
        raise errors.starting_position_missing()
    if position == "AT_TIMESTAMP":
        if moment is None:
            raise errors.timestamp_missing()
        if isinstance(moment, datetime) and nanoseconds_of(moment) > now:
            raise errors.timestamp_in_the_future()
    elif moment is not None:
        raise errors.timestamp_without_position()
    age = settings["MaximumRecordAgeInSeconds"]
    if age != -1 and age < _LEAST_AGE:
        raise errors.record_age_too_low(age, _LEAST_AGE)
    if settings["TumblingWindowInSeconds"] and settings["ParallelizationFactor"] > 1:
        raise UsageError(
            "minicloud knows no tumbling windows of shards that are handled in parallel, of which AWS says nothing: "
            "leave out TumblingWindowInSeconds or ParallelizationFactor"
        )
    destinations = settings["DestinationConfig"]
    if destinations.get("OnSuccess"):
        raise errors.parameter_not_for_source("DestinationConfig")
    _check_destination((destinations.get("OnFailure") or {}).get("Destination"))


def _check_destination(arn: str | None) -> None:
    service = arn.split(":")[2] if arn and arn.count(":") >= 5 else arn
    if service == "s3":
        raise UsageError(
            "minicloud writes no records of discarded batches into buckets: give a queue or a topic as the destination"
        )
    if service and (service not in ("sqs", "sns") or str(arn).endswith(".fifo")):
        raise errors.destination_invalid(arn)  # FIFO: [Lambda developer guide: destinations; the text: inferred]

"""What a pipe leads to: checked when the pipe is made, and what it is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from json import loads
from typing import Any, Final

from . import errors
from .template import as_json, value_of

__all__ = ["Target", "arn_parts", "read_target"]

_ARN: Final = re.compile(r"arn:aws[\w-]*:([\w-]+):([\w-]*):(\d{12}|):(.+)", re.ASCII)
_PARAMETERS: Final = {
    "events": "EventBridgeEventBusParameters",
    "kinesis": "KinesisStreamParameters",
    "lambda": "LambdaFunctionParameters",
    "sqs": "SqsQueueParameters",
}
"""The parameters that targets have, by the service that their ARN names."""
_KINDS: Final = {"events": 10, "firehose": 500, "kinesis": 500, "lambda": 10_000, "logs": 10_000, "sns": 10, "sqs": 10}
"""Kinds of targets, and how large a batch of the source may be for them. [EventBridge user guide: Pipes batching]"""
_HAS: Final = (
    "a pipe here leads to a queue, a topic, a function, a stream, a bus, a log group or a delivery stream; a function "
    "that stands in for it (cloud.function(name, handler)) can be the target in the test"
)


def arn_parts(arn: str) -> tuple[str, str, str, str]:
    """Service, region, account and resource of an ARN. Raises ValidationException for what is none."""
    found = _ARN.fullmatch(arn)
    if found is None:
        raise errors.arn_invalid(arn)
    return found[1], found[2], found[3], found[4]


class Target:
    """A target, as a request has it."""

    __slots__ = ("_own", "arn", "kind", "most", "parameters")

    def __init__(self, arn: str, kind: str, parameters: Mapping[str, Any]) -> None:
        self.arn = arn
        self.kind = kind
        self.most = _KINDS[kind]
        """How large a batch of the source may be."""
        self.parameters = parameters
        """TargetParameters."""
        self._own: Mapping[str, Any] = parameters.get(_PARAMETERS.get(kind, ""), {})

    @property
    def waits(self) -> bool:
        """Whether the answer of a function is waited for."""
        return bool(self._own.get("InvocationType", "REQUEST_RESPONSE") == "REQUEST_RESPONSE")

    def parameter(self, name: str, seen: Any) -> str | None:
        """A parameter of its kind, for a record; None when it is not set."""
        text = self._own.get(name)
        return None if text is None else value_of(text, seen)

    def body(self, text: str, seen: Any, pipe_name: str, event_source: str) -> str:
        """What is sent; to a bus the parts of an event."""
        if self.kind != "events":
            return text
        try:
            detail = loads(text)
        except (ValueError, RecursionError):
            detail = text
        resources = [value_of(one, seen) for one in self._own.get("Resources", ())]
        parts = {
            "source": self.parameter("Source", seen) or f"Pipe {pipe_name}",
            "detail-type": self.parameter("DetailType", seen) or f"Event from {event_source}",
            "detail": detail,
            **({"resources": resources} if resources else {}),
        }
        return as_json(parts)


def read_target(arn: str, parameters: Mapping[str, Any], batch_size: int | None) -> Target:
    """The target of a request. Raises ValidationException, and ``UsageError`` for what minicloud does not have."""
    kind = arn_parts(arn)[0]
    most = _KINDS.get(kind)
    if most is None:
        raise errors.not_here(f"target of pipes in {kind}", _HAS)
    own = _PARAMETERS.get(kind)
    if "CloudWatchLogsParameters" in parameters:
        raise errors.not_here("CloudWatchLogsParameters", "each delivery to a log group has a log stream of its own")
    for name in parameters:
        if name not in ("InputTemplate", own):
            raise errors.parameters_unwanted(name, "target")
    if kind == "kinesis" and own not in parameters:
        raise errors.parameters_missing(own, "target")
    if kind == "sqs" and arn.endswith(".fifo") and "MessageGroupId" not in parameters.get("SqsQueueParameters", {}):
        raise errors.parameters_missing("SqsQueueParameters.MessageGroupId", "target")
    bus = parameters.get("EventBridgeEventBusParameters", {})
    if "EndpointId" in bus or "Time" in bus:
        raise errors.not_here("EndpointId and Time of EventBridgeEventBusParameters", "leave them out")
    if batch_size is not None and batch_size > most:
        raise errors.batch_too_large(batch_size, most)
    return Target(arn, kind, parameters)

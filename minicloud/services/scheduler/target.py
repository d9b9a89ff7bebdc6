"""What a schedule invokes: read from the request, checked, and what is sent to it.

Targets are of two kinds. A *templated* one is a queue, a topic, a function, a stream, a bus or a delivery stream, by
its own ARN; what it gets is the schedule's Input, or an event that says that the time has come. A *universal* one is an
operation of any service (``arn:aws:scheduler:::aws-sdk:sqs:sendMessage``), which is called with Input as its
parameters (``universal``). [Scheduler user guide: targets]
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from json import JSONDecodeError, dumps, loads
from typing import Any, Final

from ...core.timestamps import datetime_of
from . import errors, universal

__all__ = ["Target", "in_order", "read_target", "time_text"]

_ARN: Final = re.compile(r"arn:aws[\w-]*:([\w-]+):([\w-]*):(\d{12}|):(.+)", re.ASCII)
_RESOURCES: Final = {
    "events": re.compile(r"event-bus/[/.\-_A-Za-z0-9]+"),
    "firehose": re.compile(r"deliverystream/[a-zA-Z0-9_.-]+"),
    "kinesis": re.compile(r"stream/[a-zA-Z0-9_.-]+"),
    "lambda": re.compile(r"function:[a-zA-Z0-9-_]+(:[$a-zA-Z0-9-_]+)?"),
    "sns": re.compile(r"[a-zA-Z0-9_-]+(\.fifo)?"),
    "sqs": re.compile(r"[a-zA-Z0-9_-]+(\.fifo)?"),
}
"""Templated targets that minicloud has, by the service that their ARN names, and what they are called there."""
_NOT_HERE: Final = {
    "codebuild": "projects of CodeBuild",
    "codepipeline": "pipelines of CodePipeline",
    "ecs": "tasks of ECS",
    "inspector": "assessments of Inspector",
    "sagemaker": "pipelines of SageMaker",
    "states": "state machines of Step Functions",
}
_PARAMETERS: Final = {
    "EcsParameters": "ecs",
    "EventBridgeParameters": "events",
    "KinesisParameters": "kinesis",
    "SageMakerPipelineParameters": "sagemaker",
    "SqsParameters": "sqs",
}
"""Parameters that are for one kind of target."""
_OF_BUSES_V2: Final = ("EventBridgePutEventsV2Parameters", "EventBridgePutRawEventsParameters")
_NEEDED: Final = {"events": "EventBridgeParameters", "kinesis": "KinesisParameters"}
_HAS: Final = (
    "its targets here are queues, topics, functions, streams, buses, delivery streams, and operations of services"
)


class Target:
    """A target, as a request has it."""

    __slots__ = ("arn", "kind", "settings")

    def __init__(self, arn: str, kind: str, settings: Mapping[str, Any]) -> None:
        self.arn = arn
        self.kind = kind
        """The service that its ARN names; empty for an operation of any."""
        self.settings = settings

    @property
    def group_id(self) -> str | None:
        """For a FIFO queue."""
        found: str | None = self.settings.get("SqsParameters", {}).get("MessageGroupId")
        return found

    @property
    def partition_key(self) -> str | None:
        """For a stream."""
        found: str | None = self.settings.get("KinesisParameters", {}).get("PartitionKey")
        return found

    def text(self, attributes: Mapping[str, str], event_id: str, place: tuple[str, str]) -> str:
        """What is sent to it: Input with the attributes of this invocation put in, or an event. O(Input)."""
        given: str | None = self.settings.get("Input")
        if given is None:
            return event_text(attributes, event_id, place)
        if "<aws.scheduler." not in given:
            return given
        for name, value in attributes.items():
            given = given.replace(f"<aws.scheduler.{name}>", value)
        return given

    def request(self, text: str) -> str:
        """The request that sends it, as dead letters have it. [inferred: what is in it; docs: that it is it]"""
        name, resource = self.arn.rpartition(":")[2], self.arn
        if self.kind == "sqs":
            _, _, _, region_name, account_id, _ = resource.split(":", 5)
            sent: dict[str, Any] = {
                "MessageBody": text,
                "QueueUrl": f"https://sqs.{region_name}.amazonaws.com/{account_id}/{name}",
            }
            if self.group_id is not None:
                sent["MessageGroupId"] = self.group_id
        elif self.kind == "sns":
            sent = {"Message": text, "TopicArn": resource}
        elif self.kind == "lambda":
            sent = {"FunctionName": resource, "InvocationType": "Event", "Payload": text}
        elif self.kind == "kinesis":
            sent = {"Data": text, "PartitionKey": self.partition_key, "StreamName": name.partition("/")[2]}
        elif self.kind == "firehose":
            sent = {"DeliveryStreamName": name.partition("/")[2], "Record": {"Data": text}}
        elif self.kind == "events":
            sent = {"Entries": [{**self.settings["EventBridgeParameters"], "Detail": text, "EventBusName": resource}]}
        else:
            return text
        return dumps(sent, separators=(",", ":"))


def event_text(attributes: Mapping[str, str], event_id: str, place: tuple[str, str]) -> str:
    """What a target gets without Input. [measured of AWS: ``detail`` is a string]"""
    account_id, region_name = place
    event = {
        "version": "0",
        "id": event_id,
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": account_id,
        "time": attributes["scheduled-time"],
        "region": region_name,
        "resources": [attributes["schedule-arn"]],
        "detail": "{}",
    }
    return dumps(event, separators=(",", ":"))


def time_text(moment: int) -> str:
    """A moment to the second, as Scheduler writes it."""
    return f"{datetime_of(moment):%Y-%m-%dT%H:%M:%SZ}"


def read_target(given: Mapping[str, Any], place: tuple[str, str], find_service: universal.FindService) -> Target:
    """The target of a request. O(Input).

    Raises ValidationException, as AWS refuses it, and ``UsageError`` for what minicloud does not have.
    """
    arn: str = given["Arn"]
    for name in _OF_BUSES_V2:
        if name in given:
            raise errors.target_not_here("buses of the newer kind (EventBridge v2)", _HAS)
    operation = universal.parse(arn)
    if operation is not None:
        universal.check(operation, given.get("Input"), place, find_service)
        _check_parameters("", given)
        return Target(arn, "", given)
    found = _ARN.fullmatch(arn)
    if found is None:
        raise errors.arn_malformed()
    kind, region_name, _, resource = found.groups()
    if kind in _NOT_HERE:
        raise errors.target_not_here(_NOT_HERE[kind], _HAS)
    pattern = _RESOURCES.get(kind)
    if pattern is None:
        raise errors.service_unsupported(kind)
    if pattern.fullmatch(resource) is None:
        raise errors.arn_malformed()
    if region_name != place[1]:
        raise errors.target_elsewhere(place[1])
    _check_parameters(kind, given)
    if kind == "sqs":
        _check_group(arn.endswith(".fifo"), given.get("SqsParameters"))
    needed = _NEEDED.get(kind)
    if needed is not None and needed not in given:
        raise errors.parameters_missing(needed)
    if kind in ("lambda", "events") and "Input" in given and not _is_json(given["Input"]):
        raise errors.input_not_json()
    return Target(arn, kind, given)


def in_order(given: Mapping[str, Any], structure: Any) -> dict[str, Any]:
    """A structure with its members in the order of the model, as answers have them."""
    return {name: given[name] for name in structure.__annotations__ if name in given}


def _check_parameters(kind: str, given: Mapping[str, Any]) -> None:
    for name, of in _PARAMETERS.items():
        if name in given and of != kind:
            raise errors.parameters_unwanted(name)


def _check_group(is_fifo: bool, parameters: Mapping[str, Any] | None) -> None:
    has_group = bool(parameters) and "MessageGroupId" in (parameters or {})
    if is_fifo and not has_group:
        raise errors.parameters_missing("SqsParameters")
    if has_group and not is_fifo:
        raise errors.group_id_unwanted()


def _is_json(text: str) -> bool:
    try:
        loads(text)
    except (JSONDecodeError, RecursionError):
        return False
    return True

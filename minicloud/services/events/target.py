"""A target of a rule: what was put, checked; and what it makes of an event.

The texts of what is refused are in ``errors``; in which order things are looked at is inferred. What minicloud delivers
to: queues, topics, functions, streams, buses, log groups, and Firehose. Other targets of AWS's are refused by a
``UsageError``; whether there is something of an ARN is seen when an event is delivered, as on AWS.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from ...core.json_path import MISSING, JsonPath, PathError, read_path
from ...core.json_text import compact
from ...core.target_deliveries import RetryPolicy
from . import errors
from .input_transformer import EVENT_JSON, NotRendered, Transformer, is_json

if TYPE_CHECKING:
    from .event import Event

__all__ = ["Target", "check_dead_letter_arn"]

_ARN: Final = re.compile(r"arn:[a-z\-]+:([a-z0-9\-]+):([a-z0-9\-]*):(\d{12}|aws|):(.+)", re.ASCII | re.DOTALL)
_RESOURCES: Final = {
    "events": "event-bus/.+",
    "firehose": "deliverystream/.+",
    "kinesis": "stream/.+",
    "lambda": "function:.+",
    "logs": "log-group:.+",
    "sns": "[A-Za-z0-9_\\-.]+",
    "sqs": "[A-Za-z0-9_\\-.]+",
}
"""What the ARNs of targets end in, of those that minicloud delivers to."""
_BY_ROLE: Final = ("events", "firehose", "kinesis")
"""Those that need a RoleArn. [measured]"""
_PARAMETERS: Final = {
    "AppSyncParameters": "appsync",
    "BatchParameters": "batch",
    "EcsParameters": "ecs",
    "HttpParameters": "execute-api",
    "KinesisParameters": "kinesis",
    "RedshiftDataParameters": "redshift",
    "RunCommandParameters": "ssm",
    "SageMakerPipelineParameters": "sagemaker",
}
"""Whose they are. SqsParameters are taken with any target. [measured]"""
_OTHERS: Final = frozenset(
    {
        "appsync",
        "apigateway",
        "batch",
        "codebuild",
        "codepipeline",
        "ec2",
        "ecs",
        "execute-api",
        "glue",
        "inspector",
        "kafka",
        "redshift",
        "redshift-serverless",
        "sagemaker",
        "ssm",
        "ssm-incidents",
        "states",
    }
)
"""Services that AWS delivers to, and minicloud has not."""


class Target:
    """A target, as it was put."""

    __slots__ = (
        "_key_path",
        "_path",
        "_text",
        "_transformer",
        "arn",
        "dead_letter_arn",
        "given",
        "group_id",
        "is_event",
        "is_plain",
        "kind",
        "policy",
        "target_id",
    )

    def __init__(self, given: Mapping[str, Any]) -> None:
        """Check all that it says. Raises ValidationException, and ``UsageError`` for what minicloud has not."""
        self.given = dict(given)
        """As it is listed."""
        self.target_id: str = given["Id"]
        self.arn: str = given["Arn"]
        self.kind = _kind_of(self.arn)
        """The service: ``"sqs"``."""
        self._text: str | None = None
        self._path: JsonPath | None = None
        self._transformer: Transformer | None = None
        self._key_path: JsonPath | None = None
        self._read_input(given)
        self.is_event = self._text is None and self._path is None and self._transformer is None
        """Whether it gets events as they are."""
        self.is_plain = self.is_event and self.kind == "sqs"
        """Whether it is a queue that does, as most are."""
        self.group_id: str | None = given.get("SqsParameters", {}).get("MessageGroupId")
        """For a queue with groups."""
        self.dead_letter_arn: str | None = given.get("DeadLetterConfig", {}).get("Arn")
        """The queue for what cannot be delivered."""
        self._check_parameters(given)
        if self.dead_letter_arn is not None:
            check_dead_letter_arn(self.dead_letter_arn)
        policy = given.get("RetryPolicy", {})
        self.policy = RetryPolicy(
            retries=policy.get("MaximumRetryAttempts", 185), age=policy.get("MaximumEventAgeInSeconds", 86_400)
        )

    def __repr__(self) -> str:
        return f"<target {self.target_id}: {self.arn}>"

    # --- reading ------------------------------------------------------------------------------------------------------

    def _read_input(self, given: Mapping[str, Any]) -> None:
        name = self.target_id
        if sum(key in given for key in ("Input", "InputPath", "InputTransformer")) > 1:
            raise errors.inputs_conflict(name)
        if "Input" in given:
            self._text = given["Input"]
            if not is_json(given["Input"]):
                raise errors.input_not_json(name)
        if "InputPath" in given:
            self._path = self._read_path(given["InputPath"])
        transformer = given.get("InputTransformer")
        if transformer is not None:
            paths = transformer.get("InputPathsMap", {})
            for path in paths.values():
                self._read_path(path)
            self._transformer = found = Transformer(paths, transformer["InputTemplate"])
            if (unknown := found.unknown()) is not None:
                raise errors.placeholder_unknown(name, unknown)
            if EVENT_JSON in found.variables and not found.is_object:
                raise errors.placeholder_of_objects(name)

    def _read_path(self, text: str) -> JsonPath:
        try:
            return read_path(text)
        except PathError:
            raise errors.path_invalid(self.target_id) from None

    def _check_parameters(self, given: Mapping[str, Any]) -> None:
        name = self.target_id
        for parameters, kind in _PARAMETERS.items():
            if parameters in given and kind != self.kind:
                raise errors.parameters_unsupported(parameters, name)
        if (
            self.kind == "sqs"
            and self.arn.endswith(".fifo")
            and not given.get("SqsParameters", {}).get("MessageGroupId")
        ):
            raise errors.parameters_missing("SqsParameters", name)
        if self.kind in _BY_ROLE and "RoleArn" not in given:
            raise errors.role_missing(self.arn)
        if "KinesisParameters" in given:
            try:
                self._key_path = read_path(given["KinesisParameters"]["PartitionKeyPath"])
            except PathError:
                raise errors.key_path_invalid(name) from None

    # --- what it makes of an event ------------------------------------------------------------------------------------

    def body_for(self, event: Event, rule_arn: str) -> str:
        """What the target gets. Raises ``NotRendered`` where AWS delivers nothing. O(event)."""
        if self._text is not None:
            return self._text
        if self._path is not None:
            found = self._path.find(event.members)
            if found is MISSING:
                raise NotRendered(f"the event has nothing at {self._path.text}")
            return compact(found)
        if self._transformer is not None:
            text = self._transformer.render(event, rule_arn)
            if self.kind == "lambda" and not is_json(text):
                raise NotRendered("several lines are no JSON, which a function takes")
            return text
        return event.text

    def partition_key_for(self, event: Event) -> str:
        """For a stream: what its path finds, else the event's id. [EventBridge user guide]"""
        found = MISSING if self._key_path is None else self._key_path.find(event.members)
        if found is MISSING or found in ("", None):
            return event.event_id
        return found if isinstance(found, str) else compact(found)


def _kind_of(arn: str) -> str:
    match = _ARN.fullmatch(arn)
    if match is None:
        raise errors.arn_invalid(arn)
    kind = match[1]
    if kind in _OTHERS or (kind == "events" and match[4].startswith("api-destination/")):
        raise errors.target_not_here(arn)
    resource = _RESOURCES.get(kind)
    if resource is None or re.fullmatch(resource, match[4]) is None:
        raise errors.arn_invalid(arn)
    return kind


def check_dead_letter_arn(arn: str, region_name: str | None = None) -> None:
    """Raise ValidationException for what cannot take dead letters."""
    match = _ARN.fullmatch(arn)
    if match is None:
        raise errors.arn_invalid(arn)
    if match[1] != "sqs":
        raise errors.dead_letters_to_other(match[1])
    if arn.endswith(".fifo"):
        raise errors.dead_letters_to_fifo()
    if region_name is not None and match[2] != region_name:
        raise errors.dead_letters_elsewhere(arn)

"""The attributes of a queue: text on the wire, typed values inside.

``TABLE`` is the whole truth of every attribute: its name, the field that holds it, what its text may be, and for which
queues it is. Reading the texts of a request and comparing a request with a queue are loops over it; only the rules that
tie two attributes together are code. A ``QueueAttributes`` never changes: a SetQueueAttributes makes a new one, or
raises and leaves the old.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from functools import lru_cache
from typing import Any, Final, Literal

from ...core.error_text import ErrorText
from ...core.limits import Limits
from ...core.notes import kind_of_name, meant
from ...core.shown import shown
from ...core.value import Value
from . import errors
from .permissions import check_policy
from .redrive import RedriveAllowPolicy, RedrivePolicy, Targets, parse_json_object

is_valid_queue_name: Callable[[str], object] = re.compile(r"[A-Za-z0-9_-]{1,80}").fullmatch
"""Truthy for a name that a standard queue may have."""

is_valid_fifo_queue_name: Callable[[str], object] = re.compile(r"[A-Za-z0-9_-]{1,75}\.fifo").fullmatch
"""Truthy for a name that a FIFO queue may have."""

_is_decimal = re.compile(r"[0-9]{1,18}").fullmatch
_BOOLEANS: Final = {"true": True, "false": False}


class Attribute(Value):
    """One row of the table."""

    name: str
    kind: Literal["integer", "boolean", "choice", "text", "policy", "redrive", "redrive allow", "read-only"]
    field: str = ""
    """The field of ``QueueAttributes``."""
    low: int = 0
    high: int = 0
    """The largest valid integer; 0: ``Limits.sqs_message_size``."""
    choices: tuple[str, ...] = ()
    fifo_only: bool = False
    refusal: ErrorText = errors.unknown_attribute
    """What a standard queue answers to an attribute for FIFO queues only."""


TABLE: Final = (
    Attribute("DelaySeconds", "integer", "delay_seconds", 0, 900),
    Attribute("MaximumMessageSize", "integer", "maximum_message_size", 1024),
    Attribute("MessageRetentionPeriod", "integer", "retention_seconds", 60, 1_209_600),
    Attribute("ReceiveMessageWaitTimeSeconds", "integer", "wait_seconds", 0, 20),
    Attribute("VisibilityTimeout", "integer", "visibility_seconds", 0, 43_200),
    Attribute("RedrivePolicy", "redrive", "redrive"),
    Attribute("RedriveAllowPolicy", "redrive allow", "redrive_allow"),
    Attribute("FifoQueue", "boolean", "fifo", fifo_only=True),
    Attribute("ContentBasedDeduplication", "boolean", "content_based_deduplication", fifo_only=True),
    Attribute(
        "DeduplicationScope",
        "choice",
        "deduplication_scope",
        choices=("queue", "messageGroup"),
        fifo_only=True,
        refusal=errors.only_for_fifo,
    ),
    Attribute(
        "FifoThroughputLimit",
        "choice",
        "fifo_throughput_limit",
        choices=("perQueue", "perMessageGroupId"),
        fifo_only=True,
        refusal=errors.only_for_fifo,
    ),
    Attribute("KmsMasterKeyId", "text", "kms_master_key_id"),
    Attribute("KmsDataKeyReusePeriodSeconds", "integer", "kms_data_key_reuse_seconds", 60, 86_400),
    Attribute("SqsManagedSseEnabled", "boolean", "sqs_managed_sse"),
    Attribute("Policy", "policy", "policy"),
    Attribute("QueueArn", "read-only"),
    Attribute("ApproximateNumberOfMessages", "read-only"),
    Attribute("ApproximateNumberOfMessagesNotVisible", "read-only"),
    Attribute("ApproximateNumberOfMessagesDelayed", "read-only"),
    Attribute("CreatedTimestamp", "read-only"),
    Attribute("LastModifiedTimestamp", "read-only"),
)
"""All attributes, in the order in which a difference to an existing queue is looked for."""

_WRITABLE: Final = {attribute.name: attribute for attribute in TABLE if attribute.kind != "read-only"}

READABLE_NAMES: Final = frozenset(attribute.name for attribute in TABLE)
"""The names that GetQueueAttributes accepts, beside ``All``."""


class QueueAttributes(Value):
    """What a queue is set to. Times are seconds, sizes bytes."""

    maximum_message_size: int
    delay_seconds: int = 0
    retention_seconds: int = 345_600
    wait_seconds: int = 0
    visibility_seconds: int = 30
    redrive: RedrivePolicy | None = None
    redrive_allow: RedriveAllowPolicy | None = None
    fifo: bool = False
    content_based_deduplication: bool = False
    deduplication_scope: str = "queue"
    fifo_throughput_limit: str = "perQueue"
    kms_master_key_id: str | None = None
    kms_data_key_reuse_seconds: int = 300
    sqs_managed_sse: bool = True
    policy: str | None = None
    """The JSON text, as it was set."""

    @classmethod
    def parse_for_create(
        cls, name: str, attributes: Mapping[Any, str], limits: Limits, *, queue_arn: str, targets: Targets
    ) -> QueueAttributes:
        """The attributes of a new queue of that name. Raises for a name or an attribute that AWS refuses."""
        fifo = attributes.get("FifoQueue", "").lower() == "true"
        if fifo and not is_valid_fifo_queue_name(name):
            note = None if name.endswith(".fifo") else f"{shown(name)} does not end in .fifo"
            raise errors.invalid_fifo_queue_name().noting(note)
        if not fifo and not is_valid_queue_name(name):
            raise errors.invalid_queue_name().noting(kind_of_name("queue", "FifoQueue", name))
        return _fresh(limits.sqs_message_size, fifo)._with(attributes, limits, queue_arn, targets)

    def merged(
        self, changes: Mapping[Any, str], limits: Limits, *, queue_arn: str, targets: Targets
    ) -> QueueAttributes:
        """These attributes with those of a SetQueueAttributes, all or none of them. Raises for what AWS refuses."""
        if self.fifo and changes.get("FifoQueue", "true").lower() == "false":
            raise errors.queue_type_is_fixed()
        return self._with(changes, limits, queue_arn, targets)

    def with_policy(self, policy: str | None) -> QueueAttributes:
        """These attributes with that policy, which is known to be valid."""
        return self.replace(policy=policy)

    def first_difference(self, requested: QueueAttributes, names: Container[str]) -> str | None:
        """The first of the attributes ``names`` in which ``requested`` differs, or None."""
        for attribute in TABLE:
            if attribute.name not in names:
                continue
            mine, other = getattr(self, attribute.field), getattr(requested, attribute.field)
            if mine != other and not (attribute.kind == "policy" and _is_same_json(mine, other)):
                return attribute.name
        return None

    def allows_source(self, source_arn: str) -> bool:
        """Whether the queue may be the dead-letter queue of that one."""
        return self.redrive_allow is None or self.redrive_allow.allows(source_arn)

    def as_text_map(self) -> dict[str, str]:
        """What GetQueueAttributes shows of them: a new dict, without the ARN, the timestamps and the counts."""
        shown = {
            "VisibilityTimeout": str(self.visibility_seconds),
            "MaximumMessageSize": str(self.maximum_message_size),
            "MessageRetentionPeriod": str(self.retention_seconds),
            "DelaySeconds": str(self.delay_seconds),
            "ReceiveMessageWaitTimeSeconds": str(self.wait_seconds),
        }
        if self.policy is not None:
            shown["Policy"] = self.policy
        if self.redrive is not None:
            shown["RedrivePolicy"] = self.redrive.text
        if self.redrive_allow is not None:
            shown["RedriveAllowPolicy"] = self.redrive_allow.text
        if self.kms_master_key_id is not None:
            shown["KmsMasterKeyId"] = self.kms_master_key_id
            shown["KmsDataKeyReusePeriodSeconds"] = str(self.kms_data_key_reuse_seconds)
        if self.fifo:
            shown["FifoQueue"] = "true"
            shown["DeduplicationScope"] = self.deduplication_scope
            shown["FifoThroughputLimit"] = self.fifo_throughput_limit
            shown["ContentBasedDeduplication"] = _boolean_text(self.content_based_deduplication)
        shown["SqsManagedSseEnabled"] = _boolean_text(self.sqs_managed_sse)
        return shown

    def _with(self, texts: Mapping[str, str], limits: Limits, queue_arn: str, targets: Targets) -> QueueAttributes:
        values: dict[str, Any] = {}
        for name, text in texts.items():
            attribute = _WRITABLE.get(name)
            if attribute is None:
                raise errors.unknown_attribute(name).noting(meant(name, _WRITABLE))
            if attribute.fifo_only and not self.fifo:
                raise attribute.refusal(name).noting(f"{name} is an attribute of FIFO queues")
            if attribute.kind == "redrive":
                values["redrive"] = (
                    RedrivePolicy.parse(text, queue_arn=queue_arn, is_fifo=self.fifo, targets=targets) if text else None
                )
            else:
                values[attribute.field] = _parse(attribute, text, limits, queue_arn)
        if values.get("kms_master_key_id") is not None:
            if values.get("sqs_managed_sse"):
                raise errors.two_kinds_of_encryption()
            values["sqs_managed_sse"] = False
        elif values.get("sqs_managed_sse"):
            values["kms_master_key_id"] = None
        changed = self.replace(**values) if values else self
        if changed.fifo_throughput_limit == "perMessageGroupId" and changed.deduplication_scope != "messageGroup":
            raise errors.throughput_limit_needs_scope()
        return changed


@lru_cache(16)
def _fresh(message_size: int, fifo: bool) -> QueueAttributes:
    """The attributes of a queue of which nothing is set."""
    return QueueAttributes(message_size, fifo=fifo)


def _parse(attribute: Attribute, text: str, limits: Limits, queue_arn: str) -> object:
    """The typed value of an attribute's text; raises when it is not valid."""
    kind = attribute.kind
    if kind == "integer":
        high = attribute.high or limits.sqs_message_size
        if _is_decimal(text) and min(attribute.low, high) <= int(text) <= high:
            return int(text)
    elif kind == "boolean":
        value = _BOOLEANS.get(text.lower())
        if value is not None:
            return value
    elif kind == "choice":
        if text in attribute.choices:
            return text
    elif not text:
        return None
    elif kind == "policy":
        return check_policy(text, queue_arn.split(":")[4])
    elif kind == "redrive allow":
        return RedriveAllowPolicy.parse(text, region_name=queue_arn.split(":")[3])
    else:
        return text
    raise errors.invalid_attribute_value(attribute.name).noting(_valid_values(attribute, limits))


def _valid_values(attribute: Attribute, limits: Limits) -> str | None:
    """What an attribute may be, for a note."""
    if attribute.kind == "integer":
        high = attribute.high or limits.sqs_message_size
        return f"{attribute.name} is a text of digits, from {attribute.low} to {high}"
    if attribute.kind == "boolean":
        return f"{attribute.name} is true or false"
    return f"{attribute.name} is one of {', '.join(attribute.choices)}" if attribute.choices else None


def _boolean_text(value: bool) -> str:
    return "true" if value else "false"


def _is_same_json(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and parse_json_object(one) == parse_json_object(other)

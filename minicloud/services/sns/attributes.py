"""The attributes of topics: which there are, what values they take, and how each is kept.

An attribute is a row of ``TOPIC_ATTRIBUTES``: who may have it, whether it can be changed, and a reader that checks a
value and returns it as SNS keeps and shows it (an empty text: the attribute is unset). Errors have one
prefix at creation and another one (none) at SetTopicAttributes; readers put the one they are given before their texts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...core.json_text import compact, parse_object
from ...core.notes import meant
from ...core.value import Value
from . import errors
from .access_policy import read_policy
from .delivery_policy import read_topic_policy
from .errors import AT_CHANGE, AT_CREATION

__all__ = ["read_boolean", "read_role", "read_topic_attribute", "read_topic_attributes"]

STANDARD_MESSAGE_SIZE = 262_144
"""Bytes that a message may have unless its topic's MaximumMessageSize says otherwise."""
_LARGEST_MESSAGE_SIZE = 1_048_576

Reader = Callable[[str, str, str, str], str]
"""``reader(name, value, topic_arn, prefix)``: the value as it is kept."""


class TopicAttribute(Value):
    """What SNS knows of one attribute."""

    read: Reader
    fifo_only: bool = False
    settable: bool = True


def read_topic_attributes(given: Mapping[str, str], topic_arn: str) -> dict[str, str]:
    """Check the attributes of CreateTopic; those that are set, as they are kept. Raises ``InvalidParameter``."""
    fifo = topic_arn.endswith(".fifo")
    kept = {}
    for name, value in given.items():
        attribute = TOPIC_ATTRIBUTES.get(name)
        if attribute is None or (attribute.fifo_only and not fifo):
            raise errors.attribute_unknown(prefix=AT_CREATION, name=name).noting(_note(attribute, name, fifo))
        text = attribute.read(name, value, topic_arn, AT_CREATION)
        if text or name == "DisplayName":
            kept[name] = text
    return kept


def read_topic_attribute(name: str, value: str, topic_arn: str) -> str:
    """Check an attribute of SetTopicAttributes; the value as it is kept. Raises ``InvalidParameter``."""
    attribute = TOPIC_ATTRIBUTES.get(name)
    if attribute is None or not attribute.settable or (attribute.fifo_only and not topic_arn.endswith(".fifo")):
        raise errors.attribute_name().noting(_note(attribute, name, topic_arn.endswith(".fifo")))
    return attribute.read(name, value, topic_arn, AT_CHANGE)


def _note(attribute: TopicAttribute | None, name: str, fifo: bool) -> str | None:
    """Why a topic does not take an attribute."""
    if attribute is None:
        return meant(name, TOPIC_ATTRIBUTES)
    if attribute.fifo_only and not fifo:
        return f"{name} is an attribute of FIFO topics"
    return f"{name} is given when a topic is made, and never changes"


def read_boolean(name: str, value: str, prefix: str) -> str:
    """``"true"`` or ``"false"``, whatever the case it was given in. Raises ``InvalidParameter``."""
    lower = value.lower()
    if lower not in ("true", "false"):
        raise errors.boolean(prefix=prefix, name=name, value=value)
    return lower


def read_role(name: str, value: str, prefix: str) -> str:
    """The ARN of a role, or an empty text. Raises ``InvalidParameter``."""
    count = value.count(":") + 1
    if value and count < 6:
        raise errors.role_arn(prefix=prefix, name=name, count=count)
    return value


def integer_between(text: str, low: int, high: int) -> int | None:
    """The number that ``text`` spells in decimal digits; None when it spells none, or one out of bounds."""
    if not (text.isascii() and text.isdigit() and len(text) <= 20):
        return None
    number = int(text)
    return number if low <= number <= high else None


def archive_days(policy: str) -> int:
    """The retention that a kept ArchivePolicy asks for, in days; 0 when there is none."""
    return int(parse_object(policy)["MessageRetentionPeriod"]) if policy else 0


def _display_name(name: str, value: str, topic_arn: str, prefix: str) -> str:
    if len(value) > 100:
        raise errors.display_name(prefix=prefix)
    return value


def _policy(name: str, value: str, topic_arn: str, prefix: str) -> str:
    return read_policy(value, topic_arn, prefix) if value else ""


def _delivery_policy(name: str, value: str, topic_arn: str, prefix: str) -> str:
    return compact(read_topic_policy(value, prefix)) if value else ""


def _boolean(name: str, value: str, topic_arn: str, prefix: str) -> str:
    return read_boolean(name, value, prefix)


def _throughput_scope(name: str, value: str, topic_arn: str, prefix: str) -> str:
    if value not in ("Topic", "MessageGroup"):
        raise errors.throughput_scope(prefix=prefix, value=value)
    return value


def _archive_policy(name: str, value: str, topic_arn: str, prefix: str) -> str:
    try:
        policy = parse_object(value)
    except ValueError:
        raise errors.archive_json(prefix=prefix) from None
    for member in policy:
        if member != "MessageRetentionPeriod":
            raise errors.archive_unknown(prefix=prefix, name=member)
    if not policy:
        return ""
    period = policy["MessageRetentionPeriod"]
    days = None if isinstance(period, bool | float) else integer_between(str(period), 1, 365)
    if days is None:
        raise errors.archive_retention(prefix=prefix)
    return compact({"MessageRetentionPeriod": str(days)})


def _signature_version(name: str, value: str, topic_arn: str, prefix: str) -> str:
    if value not in ("1", "2"):
        raise errors.signature_version(prefix=prefix)
    return value


def _tracing_config(name: str, value: str, topic_arn: str, prefix: str) -> str:
    if value not in ("PassThrough", "Active"):
        raise errors.tracing_config(prefix=prefix, value=value)
    return value


def _key(name: str, value: str, topic_arn: str, prefix: str) -> str:
    return value


def _maximum_message_size(name: str, value: str, topic_arn: str, prefix: str) -> str:
    if not value:
        return value
    size = integer_between(value, 1024, _LARGEST_MESSAGE_SIZE)
    if size is None:
        raise errors.maximum_message_size(prefix=prefix, value=value)
    return str(size)


def _role(name: str, value: str, topic_arn: str, prefix: str) -> str:
    return read_role(name, value, prefix)


def _sample_rate(name: str, value: str, topic_arn: str, prefix: str) -> str:
    rate = integer_between(value, 0, 100)
    if rate is None:
        raise errors.feedback_sample_rate(prefix=prefix, name=name, value=value)
    return str(rate)


TOPIC_ATTRIBUTES: Mapping[str, TopicAttribute] = {
    "DisplayName": TopicAttribute(_display_name),
    "Policy": TopicAttribute(_policy),
    "DeliveryPolicy": TopicAttribute(_delivery_policy),
    "FifoTopic": TopicAttribute(_boolean, settable=False),
    "ContentBasedDeduplication": TopicAttribute(_boolean, fifo_only=True),
    "FifoThroughputScope": TopicAttribute(_throughput_scope, fifo_only=True),
    "ArchivePolicy": TopicAttribute(_archive_policy, fifo_only=True),
    "SignatureVersion": TopicAttribute(_signature_version),
    "TracingConfig": TopicAttribute(_tracing_config),
    "KmsMasterKeyId": TopicAttribute(_key),
    "MaximumMessageSize": TopicAttribute(_maximum_message_size),
} | {
    f"{protocol}{outcome}Feedback{kind}": TopicAttribute(reader)
    for protocol in ("HTTP", "Firehose", "Lambda", "Application", "SQS")
    for outcome, kind, reader in (
        ("Success", "RoleArn", _role),
        ("Failure", "RoleArn", _role),
        ("Success", "SampleRate", _sample_rate),
    )
}

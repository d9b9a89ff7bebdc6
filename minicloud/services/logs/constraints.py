"""The constraints that the model of CloudWatch Logs puts on members, and the check of a request's members against them.

botocore checks minimums before it sends, unless it was told not to; what is left to the service are patterns, upper
bounds and lists of values. They are checked here, before anything else that a request asks for is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from ...core.constraints import Choice, Length, Member, Number, TagMap, Text, violations_of_members
from ...core.unset import UNSET
from . import errors

if TYPE_CHECKING:
    from .shapes import InputLogEvent

__all__ = ["check", "list_members"]


def check(*members: Member) -> None:
    """Raise InvalidParameterException when any of ``(path, constraint, value)`` is broken; UNSET breaks none."""
    violations = violations_of_members(members)
    if violations:
        raise errors.validation_failed(violations)


def list_members(path: str, constraint: Text, items: Sequence[str], most: int, least: int = 1) -> list[Member]:
    """What there is to check of a list of names."""
    each: list[Member] = [(f"{path}.{number}.member", constraint, item) for number, item in enumerate(items or (), 1)]
    return [(path, Length(least, most), items), *each]


GROUP_NAME: Final = Text(1, 512, r"[\.\-_/#A-Za-z0-9]+")
GROUP_NAME_PATTERN: Final = Text(0, 512, r"[\.\-_/#A-Za-z0-9]*")
GROUP_IDENTIFIER: Final = Text(1, 2048, r"[\w#+=/:,.@-]*", is_shown=False)
"""[field: that the value is not shown]"""
GROUP_CLASS: Final = Choice("STANDARD", "INFREQUENT_ACCESS", "DELIVERY", "ESSENTIALS")
STREAM_NAME: Final = Text(1, 512, r"[^:*]*")
ORDER: Final = Choice("LogStreamName", "LastEventTime")
KMS_KEY_ID: Final = Text(0, 256)
TAGS: Final = TagMap(50)
ACCOUNT_ID: Final = Text(12, 12, r"^\d{12}$")
EVENTS: Final = Length(1, 10_000)
RETENTION: Final = Choice(
    *map(
        str,
        (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
    )
)
"""Days. [CloudWatch Logs API: PutRetentionPolicy]"""
DESCRIBE_LIMIT: Final = Number(1, 50)
EVENTS_LIMIT: Final = Number(1, 10_000)
TIMESTAMP: Final = Number(0)
NEXT_TOKEN: Final = Text(1)
FILTER_PATTERN: Final = Text(0, 1024)
MESSAGE: Final = Text(1)


def event_members(events: Sequence[InputLogEvent]) -> list[Member]:
    """What there is to check of the events that cannot be: most can. O(events)."""
    return [
        member
        for number, event in enumerate(events, 1)
        if event["timestamp"] < 0 or not event["message"]
        for member in (
            (f"logEvents.{number}.member.timestamp", TIMESTAMP, event["timestamp"]),
            (f"logEvents.{number}.member.message", MESSAGE, event["message"]),
        )
    ]


def group_members(name: str, identifier: str) -> list[Member]:
    """What there is to check of the two ways to name a group."""
    return [("logGroupName", GROUP_NAME, name), ("logGroupIdentifier", GROUP_IDENTIFIER, identifier)]


def check_one_of(name: str, identifier: str) -> str:
    """The one of the two ways to name a group that is given. Raises InvalidParameterException for none, or both."""
    if (name is UNSET) == (identifier is UNSET):
        raise errors.one_of_two()
    return identifier if name is UNSET else name

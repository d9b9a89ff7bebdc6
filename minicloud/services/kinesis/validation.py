"""The constraints that AWS's model puts on members, and the one error that reports all that are broken.

botocore checks types, required members and minimums before it sends; what is left to the service are patterns, upper
bounds and lists of values. A rule yields the constraints that a value breaks, in AWS's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ...core.unset import UNSET
from . import errors

__all__ = ["Choice", "Number", "TagMap", "Text", "TextList", "check"]

_SATURATED: Final = 2_147_483_647


class Text:
    """A string of so many characters, of a pattern."""

    __slots__ = ("_maximum", "_minimum", "_pattern", "_regex")

    def __init__(self, minimum: int = 0, maximum: int | None = None, pattern: str | None = None) -> None:
        self._minimum = minimum
        self._maximum = maximum
        self._pattern = pattern
        self._regex = None if pattern is None else re.compile(pattern, re.ASCII)

    def holds(self, value: str) -> bool:
        """Whether ``value`` breaks nothing."""
        return (
            self._minimum <= len(value)
            and (self._maximum is None or len(value) <= self._maximum)
            and (self._regex is None or self._regex.fullmatch(value) is not None)
        )

    def broken(self, value: str) -> Iterator[str]:
        """The constraints that ``value`` breaks."""
        if self._regex is not None and self._regex.fullmatch(value) is None:
            yield f"Member must satisfy regular expression pattern: {self._pattern}"
        yield from _length(value, self._minimum, self._maximum)

    def shown(self, value: str) -> str:
        """How the error shows the value."""
        return value


class Number:
    """A number between two bounds."""

    __slots__ = ("_maximum", "_minimum")

    def __init__(self, minimum: int, maximum: int | None = None) -> None:
        self._minimum = minimum
        self._maximum = maximum

    def holds(self, value: int) -> bool:
        """Whether ``value`` lies between them."""
        return self._minimum <= value and (self._maximum is None or value <= self._maximum)

    def broken(self, value: int) -> Iterator[str]:
        """The constraints that ``value`` breaks."""
        if value < self._minimum:
            yield f"Member must have value greater than or equal to {self._minimum}"
        if self._maximum is not None and value > self._maximum:
            yield f"Member must have value less than or equal to {self._maximum}"

    def shown(self, value: int) -> str:
        """How the error shows the value: AWS's numbers have 32 bits."""
        return str(min(value, _SATURATED))


class Choice:
    """One of a few words."""

    __slots__ = ("_choices",)

    def __init__(self, *choices: str) -> None:
        self._choices = choices

    def holds(self, value: str) -> bool:
        """Whether it is one of them."""
        return value in self._choices

    def broken(self, value: str) -> Iterator[str]:
        """The constraint that ``value`` breaks."""
        if value not in self._choices:
            yield f"Member must satisfy enum value set: [{', '.join(self._choices)}]"

    def shown(self, value: str) -> str:
        """How the error shows the value."""
        return value


class TextList:
    """A list of strings; ``choices`` when they are words of a set, else strings of ``1..longest`` characters."""

    __slots__ = ("_choices", "_longest", "_maximum", "_minimum")

    def __init__(self, minimum: int, maximum: int, *, longest: int = 0, choices: tuple[str, ...] = ()) -> None:
        self._minimum = minimum
        self._maximum = maximum
        self._longest = longest
        self._choices = choices

    def holds(self, value: Sequence[str]) -> bool:
        """Whether ``value`` breaks nothing."""
        return not any(self.broken(value))

    def broken(self, value: Sequence[str]) -> Iterator[str]:
        """The constraints that ``value`` breaks."""
        yield from _length(value, self._minimum, self._maximum)
        if self._choices and any(item not in self._choices for item in value):
            yield f"Member must satisfy constraint: [Member must satisfy enum value set: [{', '.join(self._choices)}]]"
        if self._longest and any(not 1 <= len(item) <= self._longest for item in value):
            yield f"Member must satisfy constraint: [{_between(1, self._longest)}]"

    def shown(self, value: Sequence[str]) -> str:
        """How the error shows the value."""
        return f"[{', '.join(value)}]"


class TagMap:
    """Tags: up to so many keys of 1 to 128 characters, values of up to 256."""

    __slots__ = ("_maximum",)

    def __init__(self, maximum: int) -> None:
        self._maximum = maximum

    def holds(self, value: Mapping[str, str]) -> bool:
        """Whether ``value`` breaks nothing."""
        return not any(self.broken(value))

    def broken(self, value: Mapping[str, str]) -> Iterator[str]:
        """The constraints that ``value`` breaks."""
        yield from _length(value, 1, self._maximum)
        if any(not 1 <= len(key) <= 128 for key in value):
            yield f"Map keys must satisfy constraint: [{_between(1, 128)}]"
        if any(len(item) > 256 for item in value.values()):
            yield f"Map value must satisfy constraint: [{_between(0, 256)}]"

    def shown(self, value: Mapping[str, str]) -> str:
        """How the error shows the value."""
        return "{" + ", ".join(f"{key}={item}" for key, item in value.items()) + "}"


def check(*members: tuple[str, Any, Any]) -> None:
    """Raise ValidationException when any of ``(path, rule, value)`` breaks its rule; UNSET breaks none.

    The order is that of the report. AWS's follows no rule; where it has been seen, the name of the stream is late.
    """
    for _, rule, value in members:
        if value is not UNSET and not rule.holds(value):
            break
    else:
        return  # nearly always, and for a third of what looking for faults takes
    faults = [
        f"Value '{rule.shown(value)}' at '{path}' failed to satisfy constraint: {constraint}"
        for path, rule, value in members
        if value is not UNSET
        for constraint in rule.broken(value)
    ]
    raise errors.validation_failed(faults)


def _length(value: str | Sequence[str] | Mapping[str, str], minimum: int, maximum: int | None) -> Iterator[str]:
    if len(value) < minimum:
        yield f"Member must have length greater than or equal to {minimum}"
    if maximum is not None and len(value) > maximum:
        yield f"Member must have length less than or equal to {maximum}"


def _between(minimum: int, maximum: int) -> str:
    return (
        f"Member must have length less than or equal to {maximum}, "
        f"Member must have length greater than or equal to {minimum}"
    )


# --- the members of Kinesis' model ----------------------------------------------------------------------------------

_NAME = r"[a-zA-Z0-9_.-]+"

STREAM_NAME: Final = Text(1, 128, _NAME)
SHARD_ID: Final = Text(1, 128, _NAME)
CONSUMER_NAME: Final = Text(1, 128, _NAME)
STREAM_ARN: Final = Text(1, 2048, r"arn:aws.*:kinesis:.*:\d{12}:stream/\S+")
RESOURCE_ARN: Final = Text(1, 2048, r"arn:aws.*:kinesis:.*:\d{12}:.*stream/\S+")
CONSUMER_ARN: Final = Text(
    1, 2048, r"^(arn):aws.*:kinesis:.*:\d{12}:.*stream\/[a-zA-Z0-9_.-]+\/consumer\/[a-zA-Z0-9_.-]+:[0-9]+"
)
HASH_KEY: Final = Text(pattern=r"0|([1-9]\d{0,38})")
SEQUENCE_NUMBER: Final = Text(pattern=r"0|([1-9]\d{0,128})")
PARTITION_KEY: Final = Text(1, 256)
SHARD_ITERATOR: Final = Text(1, 512)
NEXT_TOKEN: Final = Text(1, 1_048_576)
KEY_ID: Final = Text(1, 2048)
TAG_KEY: Final = Text(1, 128)

ITERATOR_TYPE: Final = Choice("AFTER_SEQUENCE_NUMBER", "LATEST", "AT_TIMESTAMP", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON")
SHARD_FILTER_TYPE: Final = Choice(
    "AFTER_SHARD_ID", "AT_TRIM_HORIZON", "FROM_TRIM_HORIZON", "AT_LATEST", "AT_TIMESTAMP", "FROM_TIMESTAMP"
)
STREAM_MODE: Final = Choice("PROVISIONED", "ON_DEMAND")
SCALING_TYPE: Final = Choice("UNIFORM_SCALING")
ENCRYPTION_TYPE: Final = Choice("NONE", "KMS")
COMMITMENT_STATUS: Final = Choice("ENABLED", "DISABLED")

PAGE_LIMIT: Final = Number(1, 10_000)
TAG_PAGE_LIMIT: Final = Number(1, 50)
SHARD_COUNT: Final = Number(1, 100_000)
TARGET_SHARD_COUNT: Final = Number(1)
RETENTION_HOURS: Final = Number(1)
MAX_RECORD_SIZE: Final = Number(1024, 10_240)
WARM_THROUGHPUT: Final = Number(0)

METRICS: Final = (
    "IncomingBytes",
    "OutgoingRecords",
    "IteratorAgeMilliseconds",
    "IncomingRecords",
    "ReadProvisionedThroughputExceeded",
    "WriteProvisionedThroughputExceeded",
    "OutgoingBytes",
)
"""The shard-level metrics, in the order in which AWS lists them; ``ALL`` stands for all of them."""
METRIC_NAMES: Final = TextList(1, 7, choices=(*METRICS, "ALL"))
TAG_KEYS: Final = TextList(1, 50, longest=128)
TAGS: Final = TagMap(200)

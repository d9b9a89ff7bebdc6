"""Prefixes of objects' keys: texts with expressions in them, ``!{timestamp:yyyy/MM/dd}``, and what becomes of them.

Rules of AWS's [Firehose developer guide: custom prefixes]: a prefix without a timestamp gets ``yyyy/MM/dd/HH/``
appended, and no slash before it; ``!{firehose:error-output-type}`` is of error prefixes alone; times are UTC, of the
oldest record in the object.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from . import errors

__all__ = ["FAILED", "Partition", "evaluate", "evaluate_error", "has_expressions", "partition_keys", "read_prefix"]

Partition = tuple[tuple[str, str], ...]
"""The keys of a partition with their values, by key."""
FAILED: Final = "processing-failed"
"""What the type of all errors is that can be here."""
_EXPRESSION: Final = re.compile(r"!\{([^}]*)\}")
_HOUR: Final = "%Y/%m/%d/%H/"
_LETTERS: Final = {
    "yyyy": "%Y",
    "yy": "%y",
    "uuuu": "%Y",
    "MM": "%m",
    "dd": "%d",
    "HH": "%H",
    "mm": "%M",
    "ss": "%S",
    "DDD": "%j",
    "MMM": "%b",
    "EEE": "%a",
}
"""Of Java's patterns what is used in prefixes."""
_PATTERN: Final = re.compile(r"'([^']*)'|([A-Za-z])\2*|[^A-Za-z']+")
_MOST: Final = 512


def has_expressions(text: str) -> bool:
    """Whether there is anything to evaluate."""
    return "!{" in text


def partition_keys(prefix: str) -> list[str]:
    """The keys that a prefix takes from what the function says of a record."""
    found = [match[1].partition(":") for match in _EXPRESSION.finditer(prefix)]
    return [key for space, _, key in found if space == "partitionKeyFromLambda"]


def read_prefix(name: str, text: str, *, is_of_errors: bool, has_partitions: bool) -> None:
    """Check a prefix. Raises InvalidArgumentException; ``UsageError`` for what minicloud does not evaluate."""
    for match in _EXPRESSION.finditer(text):
        space, _, value = match[1].partition(":")
        if space == "timestamp":
            for part in _PATTERN.finditer(value):
                if part[2] is not None and part[0] not in _LETTERS:
                    raise errors.not_here(
                        f"{part[0]} in the pattern of a timestamp ({name})",
                        f"use {', '.join(_LETTERS)}, and texts in single quotes",
                    )
            continue
        if space == "firehose" and (value == "random-string" or (value == "error-output-type" and is_of_errors)):
            continue
        if space == "partitionKeyFromLambda" and has_partitions and not is_of_errors and value:
            continue
        if space == "partitionKeyFromQuery" and has_partitions and not is_of_errors:
            raise errors.not_here(
                "partitionKeyFromQuery", "have a function say what the partition is, and use partitionKeyFromLambda"
            )
        raise errors.expression_invalid(name, match[0])
    if has_expressions(_EXPRESSION.sub("", text)):
        raise errors.expression_invalid(name, text)


def evaluate(prefix: str, time: datetime, random: Callable[[], str], partition: Mapping[str, str]) -> str:
    """How the key of an object begins."""
    text = _evaluated(prefix, time, random, partition)
    return text if "!{timestamp:" in prefix else f"{text}{time:{_HOUR}}"


def evaluate_error(prefix: str, error_prefix: str, time: datetime, random: Callable[[], str]) -> str:
    """How the key of an object of failed records begins. [inferred where an error prefix has no type or no time]"""
    if not error_prefix:
        return f"{prefix}{FAILED}/{time:{_HOUR}}"
    text = _evaluated(error_prefix, time, random, {})
    if "!{firehose:error-output-type}" not in error_prefix:
        text += f"{FAILED}/"
    return text if has_expressions(error_prefix) else f"{text}{time:{_HOUR}}"


def _evaluated(prefix: str, time: datetime, random: Callable[[], str], partition: Mapping[str, str]) -> str:
    def value_of(match: re.Match[str]) -> str:
        space, _, value = match[1].partition(":")
        if space == "timestamp":
            return _PATTERN.sub(lambda part: _part_of(part, time), value)
        if space == "firehose":
            return random() if value == "random-string" else FAILED
        return partition.get(value, "")

    return _EXPRESSION.sub(value_of, prefix)[:_MOST]


def _part_of(part: re.Match[str], time: datetime) -> str:
    if part[1] is not None:
        return part[1]
    return time.strftime(_LETTERS[part[0]]) if part[2] is not None else part[0]

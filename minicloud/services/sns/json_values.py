"""JSON values in and out of strings, strictly, whatever the string holds.

For the documents that SNS takes apart itself; ``json_text`` says what is wrong with a text in AWS's words.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

__all__ = ["compact", "parse_json", "parse_object"]

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def compact(value: Any) -> str:
    """``value`` as JSON without blanks, other than ASCII characters as they are."""
    return _encode(value)


def parse_json(text: str) -> Any:
    """The value that ``text`` stands for; of a name that an object repeats, the last value holds.

    Raises ``ValueError``, also for what Python's parser lets pass (NaN), or gives up on (too deep, too many digits).
    """
    try:
        value = json.loads(text, parse_constant=_refuse)
        _encode(value)
        return value
    except RecursionError:
        raise ValueError("nested too deeply") from None


def parse_object(text: str) -> dict[str, Any]:
    """The JSON object that ``text`` stands for. Raises ``ValueError`` for anything else."""
    value = parse_json(text)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")

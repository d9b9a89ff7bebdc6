"""The tokens of a filter policy (``core/conditions/tokens``), and how SNS shows where its parser stands.

AWS writes a policy again without blanks before it walks it, so that is what its columns count in.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from ....core.conditions import tokens
from ....core.error_text import ErrorText
from ....core.json_text import NumberText, located

__all__ = ["Tokens", "compact"]


def compact(value: Any) -> str:
    """A value of ``read_json`` as JSON without blanks, its numbers as they were written."""
    if isinstance(value, NumberText):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join([f"{compact(name)}:{compact(member)}" for name, member in value.items()]) + "}"
    if isinstance(value, list):
        return "[" + ",".join([compact(member) for member in value]) + "]"
    return json.dumps(value, ensure_ascii=False)


class Tokens(tokens.Tokens):
    """The tokens of a policy without blanks. ``prefix`` is what stands before the text of an error."""

    __slots__ = ("prefix",)

    def __init__(self, compact: str, prefix: str) -> None:
        super().__init__(compact)
        self.prefix = prefix

    def refuse(self, error: ErrorText, **details: str) -> NoReturn:
        """Raise an error, with the place where the parser stands: the column of the next character it would consume."""
        raise error(prefix=self.prefix, at=located("", self.consumed + 1), **details)

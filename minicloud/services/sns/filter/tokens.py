"""The tokens of a filter policy, and where AWS's parser stands at each.

AWS walks a policy with a streaming parser, and an error shows the column after the last character that the parser had
consumed of the policy, written without blanks. A parser that stands on a name has looked at the value behind it
already, of which a number, a literal or a bracket is consumed whole and a string only to its opening quote.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from ....core.error_text import ErrorText
from ..json_text import NumberText, located

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


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^{}\[\],:"]+|[{}\[\]]')


class Tokens:
    """The tokens of a policy, with the column that AWS's parser shows at each.

    ``kind`` of the current token is a bracket, ``name``, ``string``, ``number``, ``true``, ``false`` or ``null``.
    """

    def __init__(self, compact: str, prefix: str) -> None:
        self._compact = compact
        self.prefix = prefix
        """What stands before the text of an error."""
        self._matches = list(_TOKEN.finditer(compact))
        self._index = -1
        self._consumed = False
        self.kind = ""

    def next(self) -> str:
        """Step to the next token and return its kind."""
        self._index += 1
        self._consumed = False
        self.kind = self._kind(self._index)
        return self.kind

    def _kind(self, index: int) -> str:
        match = self._matches[index]
        word = match.group()
        if word[0] == '"':
            return "name" if self._compact[match.end() : match.end() + 1] == ":" else "string"
        return "number" if word[0] in "-0123456789" else word

    @property
    def text(self) -> str:
        """The current token's text; reading it consumes a string."""
        self._consumed = True
        word = self._matches[self._index].group()
        return str(json.loads(word)) if word[0] == '"' else word

    @property
    def start(self) -> int:
        """Where the current token starts."""
        return self._matches[self._index].start()

    def since(self, start: int) -> str:
        """The policy from ``start`` to the end of the current token."""
        return self._compact[start : self._matches[self._index].end()]

    def refuse(self, error: ErrorText, **details: str) -> NoReturn:
        """Raise an error, with the place where the parser stands: the column of the next character it would consume."""
        index, consumed = self._index, self._consumed
        if self.kind == "name":
            index, consumed = index + 1, False
        match = self._matches[index]
        opening_quote_only = self._kind(index) == "string" and not consumed
        column = (match.start() if opening_quote_only else match.end() - 1) + 2
        raise error(prefix=self.prefix, at=located("", column), **details)

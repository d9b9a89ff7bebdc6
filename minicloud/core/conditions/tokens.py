"""The tokens of a JSON document, and where AWS's parser stands at each.

AWS walks such a document with a streaming parser, and an error shows the column of the first character that the parser
had not consumed. A parser that stands on a name has looked at the value behind it already, of which a number, a literal
or a bracket is consumed whole and a string only to its opening quote, until somebody asks for its text.
"""

from __future__ import annotations

import json
import re

__all__ = ["Tokens", "without_blanks"]

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^{}\[\],:"\s]+|[{}\[\]]')
_IS_NAME = re.compile(r"\s*:").match
_BLANK = re.compile(r'("(?:[^"\\]|\\.)*")|\s+')


def without_blanks(text: str) -> str:
    """A piece of JSON without the blanks between its tokens."""
    return _BLANK.sub(r"\1", text)


class Tokens:
    """The tokens of a valid JSON text, one after the other.

    ``kind`` of the current token is a bracket, ``name``, ``string``, ``number``, ``true``, ``false`` or ``null``.
    """

    __slots__ = ("_consumed", "_index", "_matches", "kind", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self._matches = list(_TOKEN.finditer(source))
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
            return "name" if _IS_NAME(self.source, match.end()) else "string"
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
        """The document from ``start`` to the end of the current token."""
        return self.source[start : self._matches[self._index].end()]

    @property
    def consumed(self) -> int:
        """How many characters the parser has consumed."""
        index, consumed = self._index, self._consumed
        if self.kind == "name":
            index, consumed = index + 1, False
        match = self._matches[index]
        opening_quote_only = self._kind(index) == "string" and not consumed
        return match.start() + 1 if opening_quote_only else match.end()

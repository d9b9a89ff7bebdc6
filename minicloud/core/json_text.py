"""JSON in and out of texts, as strictly as AWS takes it, and with AWS's words for what is wrong with a text.

``parse_json`` is for the documents of which a service says no more than that they are wrong. Others it parses with
Jackson, a Java library, and shows that library's complaint to the caller: ``read_json``. Good documents are read by the
standard library; only for a bad one ``describe_error`` goes through the text the way Jackson does, to say what it says
and where. How a location names its source is each service's: ``REDACTED``, or ``quoted_source(text)``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, NoReturn

__all__ = [
    "REDACTED",
    "JsonTextError",
    "NumberText",
    "compact",
    "compact_loaded",
    "find_fault",
    "line_and_column",
    "loaded_object",
    "located",
    "parse_json",
    "parse_object",
    "quoted_source",
    "read_json",
    "refuse_constant",
]

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_encode_finite = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
_make_encoder: Any = getattr(json.encoder, "c_make_encoder", None)

MAXIMUM_DEPTH = 1000
REDACTED = "REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)"
"""The source in the locations of a service that does not quote what it was sent: SNS."""
_LONGEST_QUOTE = 500
_VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
_BLANKS = " \t\n\r"
_DIGITS = "0123456789"
_HEXADECIMAL = "0123456789abcdefABCDEF"


def refuse_constant(constant: str) -> NoReturn:
    """The ``parse_constant`` of all readers: NaN and Infinity, which Python's parser knows, are not JSON."""
    raise ValueError(f"{constant} is not JSON")


_strict = json.JSONDecoder(parse_constant=refuse_constant)
_scan: Any = _strict.scan_once  # type: ignore[attr-defined]


def loaded_object(text: str) -> dict[str, Any]:
    """The JSON object that ``text`` stands for, as ``parse_object``, for what is written with ``compact`` afterwards.

    Raises ``ValueError`` for anything else, but not for what is nested too deeply.
    """
    value: Any
    try:
        value, end = _scan(text, 0)  # what ``decode`` does, but for the blanks around
    except StopIteration:
        value, end = None, -1
    if end != len(text):
        value = _strict.decode(text)
    if type(value) is not dict:
        raise ValueError("not an object")
    return value


def compact(value: Any) -> str:
    """``value`` as JSON without blanks, other than ASCII characters as they are."""
    return _encode(value)


def _quick_encoder() -> Callable[[Any], str]:
    """What ``compact`` does, without making an encoder each time, where CPython has what its own ones are made of."""
    if _make_encoder is None:
        return _encode_finite
    try:
        chunks = _make_encoder(None, None, json.encoder.encode_basestring, None, ":", ",", False, False, False)
        "".join(chunks([0], 0))
    except TypeError:  # of another release
        return _encode_finite
    return lambda value: "".join(chunks(value, 0))


compact_loaded: Final = _quick_encoder()
"""The same for what ``json.loads`` makes: twice as quick, for it asks nothing of what holds itself.

Raises ``ValueError`` for what was too large a number for Python (1e400), which would become ``Infinity``: no JSON.
"""


def parse_json(text: str) -> Any:
    """The value that ``text`` stands for; of a name that an object repeats, the last value holds.

    Raises ``ValueError``, also for what Python's parser lets pass (NaN), or gives up on (too deep, too many digits).
    """
    try:
        value = json.loads(text, parse_constant=refuse_constant)
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


# --- with AWS's words ------------------------------------------------------------------------------------------------


class NumberText(str):
    """A number of a document, as it was written."""

    __slots__ = ()


class JsonTextError(Exception):
    """The text is no JSON; the message is Jackson's, with the location."""


def quoted_source(text: str) -> str:
    """The source in the locations of a service that quotes what it was sent: EventBridge. [Jackson 2.9 to 2.15]"""
    cut = len(text) - _LONGEST_QUOTE
    return f'(String)"{text}"' if cut <= 0 else f'(String)"{text[:_LONGEST_QUOTE]}"[truncated {cut} chars]'


def _location(line: int, column: int, source: str) -> str:
    return f"[Source: {source}; line: {line}, column: {column}]"


def located(text: str, column: int, line: int = 1, source: str = REDACTED) -> str:
    """An error's text with the location that AWS puts behind it."""
    return f"{text}\n at {_location(line, column, source)}"


def line_and_column(text: str, position: int) -> tuple[int, int]:
    """The line that a position of a text is in, and the column there that a location names; both from 1."""
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


def read_json(text: str, source: str = REDACTED) -> Any:
    """The value of a JSON text, its numbers as ``NumberText``. Raises ``JsonTextError``. O(length of the text)."""
    try:
        return json.loads(text, parse_int=NumberText, parse_float=NumberText, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        raise JsonTextError(describe_error(text, source)) from None


def describe_error(text: str, source: str = REDACTED) -> str:
    """What Jackson says about a text that is no JSON, with the location."""
    return _fault_of(text, source) or located("Malformed JSON", len(text) + 1, source=source)


def find_fault(text: str, source: str = REDACTED) -> str | None:
    """What Jackson says about a text, with the location; None when it is JSON. O(length of the text)."""
    try:
        json.loads(text, parse_int=NumberText, parse_float=NumberText, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        return _fault_of(text, source)
    # Python's depth is its own, and another one in each version.
    return _fault_of(text, source) if text.count("{") + text.count("[") > MAXIMUM_DEPTH else None


def _fault_of(text: str, source: str) -> str | None:
    try:
        _Scanner(text, source).document()
    except _Fault as fault:
        line, column = line_and_column(text, fault.position)
        return located(fault.reason, column, line, source)
    return None


class _Fault(Exception):
    def __init__(self, reason: str, position: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position


def _shown(character: str) -> str:
    code = ord(character)
    if code < 0x20 or 0x7F <= code <= 0x9F:
        return f"((CTRL-CHAR, code {code}))"
    if code > 255:
        return f"('{character}' (code {code} / 0x{code:x}))"
    return f"('{character}' (code {code}))"


def _continues_word(character: str) -> bool:
    return character in ("_", "$") or character.isalnum()


class _Scanner:
    """One pass over a text; raises ``_Fault`` at the first thing that Jackson would not take."""

    def __init__(self, text: str, source: str) -> None:
        self.text = text
        self.source = source
        self.position = 0
        self.open: list[tuple[str, int]] = []  # "Object" or "Array", and where it starts
        self.fresh = False  # the innermost one was only just opened

    def document(self) -> None:
        character = self.peek()
        if not character:
            raise _Fault("No content to map due to end-of-input", self.position)
        self.value(character)
        while self.open:
            if self.fresh:
                self.first()
            else:
                self.following()
        character = self.peek()
        if character:
            self.value(character)
            raise _Fault("Trailing token found after value", self.position)

    def peek(self) -> str:
        """The next character that is not blank; empty at the end."""
        text, position = self.text, self.position
        while position < len(text) and text[position] in _BLANKS:
            position += 1
        self.position = position
        return text[position : position + 1]

    def unexpected(self, character: str, comment: str, joint: str = "") -> NoReturn:
        raise _Fault(f"Unexpected character {_shown(character)}{joint}: {comment}", self.position)

    def close(self, character: str) -> None:
        """A closing bracket where one may stand."""
        kind, start = self.open[-1] if self.open else ("root", -1)
        if (character, kind) not in (("}", "Object"), ("]", "Array")):
            line, column = line_and_column(self.text, start) if start >= 0 else (1, 0)
            expected = "]" if character == "}" else "}"
            raise _Fault(
                f"Unexpected close marker '{character}': expected '{expected}' "
                f"(for {kind} starting at {_location(line, column, self.source)})",
                self.position,
            )
        self.open.pop()
        self.position += 1

    def required(self) -> str:
        """The next character inside of an object or array, which must not end here."""
        character = self.peek()
        if not character:
            kind, start = self.open[-1]
            line, column = line_and_column(self.text, start)
            raise _Fault(
                f"Unexpected end-of-input: expected close marker for {kind} "
                f"(start marker at {_location(line, column, self.source)})",
                self.position,
            )
        return character

    def between(self) -> str:
        """The next character after a comma or a colon."""
        character = self.peek()
        if not character:
            raise _Fault(f"Unexpected end-of-input within/between {self.open[-1][0]} entries", self.position)
        return character

    def first(self) -> None:
        """What follows an opening bracket: the closing one, or the first entry."""
        self.fresh = False
        character = self.required()
        if character in "}]":
            self.close(character)
        elif self.open[-1][0] == "Object":
            self.entry(character)
        else:
            self.value(character)

    def following(self) -> None:
        """What follows a value in an object or array: its end, or a comma and the next entry."""
        character = self.required()
        if character in "}]":
            self.close(character)
            return
        kind = self.open[-1][0]
        if character != ",":
            self.unexpected(character, f"was expecting comma to separate {kind} entries")
        self.position += 1
        if kind == "Object":
            self.entry(self.between())
        else:
            self.value(self.between())

    def entry(self, character: str) -> None:
        """A name, a colon and a value."""
        if character != '"':
            self.unexpected(character, "was expecting double-quote to start field name")
        self.string(" in field name")
        colon = self.between()
        if colon != ":":
            self.unexpected(colon, "was expecting a colon to separate field name and value")
        self.position += 1
        self.value(self.between())

    def value(self, character: str) -> None:
        if character == '"':
            self.string(": was expecting closing quote for a string value")
        elif character in "{[":
            self.open.append(("Object" if character == "{" else "Array", self.position))
            if len(self.open) > MAXIMUM_DEPTH:
                raise _Fault(
                    f"Document nesting depth ({len(self.open)}) exceeds the maximum allowed ({MAXIMUM_DEPTH}, "
                    "from `StreamReadConstraints.getMaxNestingDepth()`)",
                    self.position + 1,
                )
            self.position += 1
            self.fresh = True
        elif character in _DIGITS or character == "-":
            self.number()
        elif character in "}]" and not self.open:
            self.close(character)
        elif character == "}":
            self.unexpected(character, "expected a value")
        elif character.isalpha() or character in "_$":
            self.word()
        else:
            self.unexpected(character, f"expected a valid value {_VALUES}")

    def word(self) -> None:
        start = self.position
        while self.position < len(self.text) and _continues_word(self.text[self.position]):
            self.position += 1
        word = self.text[start : self.position]
        if word in ("NaN", "Infinity"):
            raise _Fault(
                f"Non-standard token '{word}': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow",
                self.position,
            )
        if word not in ("true", "false", "null"):
            raise _Fault(f"Unrecognized token '{word}': was expecting {_VALUES}", self.position)

    def digits(self, comment: str) -> None:
        """One digit or more."""
        start = self.position
        while self.text[self.position : self.position + 1] in tuple(_DIGITS):
            self.position += 1
        if self.position == start:
            if start == len(self.text):
                raise _Fault("Unexpected end-of-input in a Number value", start)
            self.unexpected(self.text[start], comment, " in numeric value")

    def number(self) -> None:
        if self.text[self.position] == "-":
            self.position += 1
        start = self.position
        self.digits("expected digit (0-9) to follow minus sign, for valid numeric value")
        if self.text[start] == "0" and self.position > start + 1:
            raise _Fault("Invalid numeric value: Leading zeroes not allowed", start + 1)
        if self.text[self.position : self.position + 1] == ".":
            self.position += 1
            self.digits("Decimal point not followed by a digit")
        if self.text[self.position : self.position + 1] in ("e", "E"):
            self.position += 1
            if self.text[self.position : self.position + 1] in ("+", "-"):
                self.position += 1
            self.digits("Exponent indicator not followed by a digit")
        following = self.text[self.position : self.position + 1]
        if following and not self.open and following not in _BLANKS:
            self.unexpected(following, "Expected space separating root-level values")

    def string(self, at_end: str) -> None:
        """A string from its opening to its closing quote."""
        text, position = self.text, self.position + 1
        while True:
            character = text[position : position + 1]
            if not character:
                raise _Fault(f"Unexpected end-of-input{at_end}", position)
            if character == '"':
                self.position = position + 1
                return
            if character < " ":
                raise _Fault(
                    f"Illegal unquoted character ({_shown(character)[1:-1]}): has to be escaped using backslash "
                    "to be included in " + ("name" if at_end == " in field name" else "string value"),
                    position + 1,
                )
            position += 1
            if character == "\\":
                position = self.escape(position)

    def escape(self, position: int) -> int:
        """What follows a backslash; returns where it ends."""
        escaped = self.text[position : position + 1]
        if not escaped:
            raise _Fault("Unexpected end-of-input in character escape sequence", position)
        position += 1
        if escaped == "u":
            for digit in self.text[position : position + 4].ljust(4, "\0"):
                if digit == "\0" and position >= len(self.text):
                    raise _Fault("Unexpected end-of-input in character escape sequence", position)
                if digit not in _HEXADECIMAL:
                    self.position = position
                    self.unexpected(digit, "expected a hex-digit for character escape sequence")
                position += 1
        elif escaped not in '"\\/bfnrt':
            raise _Fault(f"Unrecognized character escape {_shown(escaped)[1:-1]}", position)
        return position

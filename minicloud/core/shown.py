r"""Texts from outside, made fit to be shown: in a trace, a report, a page, a repr, the text of an error.

A message's body, a name, a seed or what a handler's error says may hold anything. Shown as it is, an escape sequence
would reach the terminal, a line break would begin a line that nothing happened behind, a control of writing direction
would turn a line around, and a lone surrogate could not be written at all. So what is shown goes through here: such
characters become escapes (``\x1b``), and what is very long is cut, with its length said. The data itself (a message's
body, the details of an event) stays as it is.
"""

from __future__ import annotations

__all__ = ["VERY_LONG", "counted", "cut", "escaped", "shown"]

VERY_LONG = 1_000
"""From so many characters on, a text that is cut says how long it is."""


class _Escapes(dict[int, str]):
    """For ``str.translate``: what stands for a character that is not to be shown."""

    def __missing__(self, code: int) -> str:
        if 0xD800 <= code <= 0xDFFF:
            return f"\\u{code:04x}"
        raise LookupError(code)


_ESCAPES = _Escapes()
"""Controls (C0, C1), line and paragraph separators, what turns the direction of writing, the byte order mark."""
for _code in (*range(0x20), *range(0x7F, 0xA0)):
    _ESCAPES[_code] = f"\\x{_code:02x}"
for _code in (0x61C, 0x200E, 0x200F, 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF):
    _ESCAPES[_code] = f"\\u{_code:04x}"
for _name, _code in (("t", 9), ("n", 10), ("r", 13)):
    _ESCAPES[_code] = f"\\{_name}"


def escaped(text: str, limit: int | None = None) -> str:
    """A text on one line, with escapes for what is not to be shown; cut to ``limit`` characters when given. O(n)."""
    if limit is not None:
        text = cut(text, limit)
    return text if text.isprintable() else text.translate(_ESCAPES)


def cut(text: str, limit: int) -> str:
    """A text of at most ``limit`` characters; of a very long one, its length is said behind them."""
    size = len(text)
    if size <= limit:
        return text
    return f"{text[: limit - 1]}…{f' ({size:,} characters)' if size >= VERY_LONG else ''}"


def counted(number: float, noun: str, plural: str = "") -> str:
    """How many of something: ``"1 message"``, ``"2 messages"``."""
    amount = f"{number:g}" if isinstance(number, float) else str(number)
    return f"{amount} {noun if number == 1 else plural or f'{noun}s'}"


def shown(value: object, limit: int = 200) -> str:
    """``repr(value)``, fit to be shown, whatever the value is: also one whose ``repr`` raises."""
    if isinstance(value, str | bytes) and len(value) > limit:
        # The quotes around it stay, and a megabyte need not be looked at.
        unit = "bytes" if isinstance(value, bytes) else "characters"
        length = f" ({len(value):,} {unit})" if len(value) >= VERY_LONG else ""
        return f"{escaped(repr(value[: limit - 1]))}…{length}"
    try:
        text = repr(value)
    except Exception as error:  # noqa: BLE001  # an object of the caller's may do what it likes
        return f"<{type(value).__name__} whose repr raises {type(error).__name__}>"
    return escaped(text, limit)

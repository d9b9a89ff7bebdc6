"""Bodies of messages and data of records, as a line has room for them.

Shown alone, a body is cut at its end. Shown with others of its queue, topic or stream, it is shortened by what they
share, so that two of them can be told apart: of JSON objects, the keys go that have the same value in all; of texts,
the beginning that all have.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..core import facts
from ..core.shown import VERY_LONG, escaped
from ..services.kinesis.record import record_id_of
from .object_texts import s3_event_inside

if TYPE_CHECKING:
    from .trace_event import TraceEvent

__all__ = ["ENVELOPE", "WIDTH", "bodies_of", "excerpt", "excerpt_of_bytes", "excerpts", "message_inside"]

WIDTH = 60
"""How many characters of a body are shown, when nobody says otherwise."""

_LOOKED_AT = 4_096
"""How much of a body an excerpt is made from."""
_LARGEST_PARSED = 65_536
_MOST_COMPARED = 1_000
"""So many of a queue's bodies are compared with each other, the latest; of all others the beginning is shown."""
_LONGEST_LEAF = 24
"""Of a longer text inside of JSON that does not fit, the beginning is shown."""
_BEFORE = 8
"""So much of what texts share is shown before what they do not."""

ENVELOPE = '{\n  "Type" : "Notification"'
"""How a notification of SNS begins."""


def bodies_of(events: Iterable[TraceEvent], width: int = WIDTH) -> dict[str, str]:
    """Excerpts of the bodies of messages, and of the data of records, by their ids, as far as the events tell them."""
    told: dict[str, dict[str, str]] = {}
    for event in events:
        details = event.details
        if event.kind in (facts.SQS_MESSAGE_SENT, facts.SNS_MESSAGE_PUBLISHED):
            told.setdefault(event.resource, {})[details["message_id"]] = details["body"]
        elif event.kind in (facts.EVENT_LOST, facts.EVENT_PUT):
            told.setdefault(event.resource, {})[details["event_id"]] = details["body"]
        elif event.kind == facts.KINESIS_RECORD_PUT and "sequence_number" in details:
            text = details["data"].decode("utf-8", "backslashreplace")
            told.setdefault(event.resource, {})[record_id_of(details["sequence_number"])] = text
    shown: dict[str, str] = {}
    for bodies in told.values():
        shown |= excerpts(bodies, width)
    return shown


def excerpts(bodies: Mapping[str, str], width: int = WIDTH) -> dict[str, str]:
    """Excerpts of bodies that are shown together, each with what tells it from the others. O(characters)."""
    texts = {name: _what_is_said(body) for name, body in bodies.items()}
    long = [text for text in texts.values() if len(text) > width]
    if not long:
        return {name: excerpt(text, width) for name, text in texts.items()}
    objects = {text: parsed for text in dict.fromkeys(long[-_MOST_COMPARED:]) if (parsed := _object(text)) is not None}
    shared = _shared(list(objects.values())) if len(objects) > 1 else {}
    others = [text[:_LOOKED_AT] for text in dict.fromkeys(long[-_MOST_COMPARED:]) if text not in objects]
    start = max(_common_beginning(others) - _BEFORE, 0) if len(others) > 1 else 0
    start = start if start > width // 2 else 0
    found = {}
    for name, text in texts.items():
        parsed = objects.get(text)
        if parsed is not None and shared:
            found[name] = _quoted(_fitting(_without(parsed, shared), width), width)
        elif start and parsed is None and len(text) > width:
            found[name] = excerpt(f"…{text[start:]}", width)
        else:
            found[name] = excerpt(text, width)
    return found


def excerpt(body: str, limit: int = WIDTH) -> str:
    """A body in quotes, short and on one line, fit to be shown; of a notification, the message inside."""
    body = _what_is_said(body)
    size = len(body)
    text = " ".join(body[:_LOOKED_AT].split())
    if len(text) <= limit and size <= _LOOKED_AT:
        return f'"{escaped(text)}"'
    length = f" ({size:,} characters)" if size >= VERY_LONG else ""
    return f'"{escaped(text[: limit - 1])}…"{length}'


def excerpt_of_bytes(data: bytes, limit: int = WIDTH) -> str:
    """The same of bytes that may be text."""
    return excerpt(data.decode("utf-8", "backslashreplace"), limit)


def _what_is_said(body: str) -> str:
    """What a body is about: the message inside of a notification, and what S3 tells in a line."""
    text = message_inside(body) or body
    return s3_event_inside(text) or text


def message_inside(body: str) -> str | None:
    """The message that a notification from a topic carries; None when the body is something else."""
    if not body.startswith(ENVELOPE):
        return None
    try:
        message = json.loads(body)["Message"]
    except (KeyError, RecursionError, ValueError):
        return None
    return message if isinstance(message, str) else None


# --- what differs ----------------------------------------------------------------------------------------------------


def _common_beginning(texts: Sequence[str]) -> int:
    """How many characters all of some texts begin with."""
    first, last = min(texts), max(texts)
    for place, (one, other) in enumerate(zip(first, last, strict=False)):
        if one != other:
            return place
    return min(len(first), len(last))


def _object(text: str) -> dict[str, Any] | None:
    """What a text is in JSON, when that is an object."""
    if len(text) > _LARGEST_PARSED or text.lstrip()[:1] != "{":
        return None
    with suppress(RecursionError, ValueError):
        parsed = json.loads(text)
        if isinstance(parsed, dict):
            return parsed
    return None


def _shared(objects: Sequence[Mapping[str, Any]], depth: int = 0) -> dict[str, Any]:
    """The keys that say the same in all of some objects: None for the whole value, or what is shared inside of it."""
    shared: dict[str, Any] = {}
    first, others = objects[0], objects[1:]
    for key, value in first.items():
        if not all(key in other for other in others):
            continue
        if all(type(other[key]) is type(value) and other[key] == value for other in others):
            shared[key] = None
        elif depth < 5 and isinstance(value, dict) and all(isinstance(other[key], dict) for other in others):
            inside = _shared([one[key] for one in objects], depth + 1)
            if inside:
                shared[key] = inside
    return shared


def _without(value: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[Any, Any]:
    """An object without what is shared; ``...`` stands at the end of what has lost something."""
    left: dict[Any, Any] = {}
    for key, inside in value.items():
        if key not in shared:
            left[key] = inside
        elif shared[key] is not None:
            left[key] = _without(inside, shared[key])
    if any(shared[key] is None for key in shared):
        left[...] = ...
    return left


def _fitting(value: Any, width: int) -> str:
    """The object as JSON; with its long texts cut, where that is needed to make it fit."""
    text = _json(value, None)
    return text if len(text) <= width else _json(value, _LONGEST_LEAF)


def _json(value: Any, longest: int | None) -> str:
    if isinstance(value, dict):
        parts = [
            "…" if inside is ... else f"{json.dumps(key, ensure_ascii=False)}: {_json(inside, longest)}"
            for key, inside in value.items()
        ]
        return f"{{{', '.join(parts)}}}"
    if isinstance(value, str) and longest is not None and len(value) > longest:
        value = f"{value[: longest - 1]}…"
    return json.dumps(value, ensure_ascii=False)


def _quoted(text: str, width: int) -> str:
    return f'"{escaped(text)}"' if len(text) <= width else f'"{escaped(text[: width - 1])}…"'

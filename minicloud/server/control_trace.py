"""The control API's trace: as JSON lines, as a stream of server-sent events, and as the page of what happened."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from ..core.facts import KINDS
from ..core.near import did_you_mean
from ..core.shown import cut, shown
from ..exceptions import UsageError
from ..inspection.bodies import bodies_of
from ..inspection.jsonl import fields_of
from ..inspection.text import describe, subject_of
from ..inspection.trace import Trace
from ..wire.protocol import Answer
from .control_ask import Ask, Refused, Routes

if TYPE_CHECKING:
    from ..engine.engine import Engine
    from ..inspection.trace_event import TraceEvent

__all__ = ["ROUTES", "Following"]

_LONGEST_TEXT: Final = 1_000
"""In characters; of bytes so many in base64, which are whole: a multiple of four."""
_MOST_SHOWN: Final = 200
_KNOWN: Final = ("since", "limit", "kind", "follow", "text")


class Following(Answer):
    """An answer that goes on: the trace, as server-sent events. ``aio_follow`` asks for one piece after the other."""

    __slots__ = ("_kinds", "_mark", "_with_words", "cloud")

    def __init__(self, ask: Ask, kinds: frozenset[str], since: int, *, with_words: bool) -> None:
        made = ask.answer(200, "text/event-stream", b"")
        del made.headers["content-length"]
        made.headers["transfer-encoding"] = "chunked"
        super().__init__(200, made.headers, b"retry: 1000\n\n", ())
        self.cloud: Engine = ask.cloud
        self._kinds = kinds
        self._with_words = with_words
        record, last = Trace(self.cloud).mark()
        # Who has seen more than there is has followed another trace: a server before this one, or before a reset.
        self._mark: tuple[object, int] = (record, since) if since <= last else (None, 0)

    @property
    def has_news(self) -> bool:
        """Whether there is more to tell. O(1)."""
        mark = Trace(self.cloud).mark()
        return mark[0] != self._mark[0] or mark[1] > self._mark[1]

    def more(self, *, catch_up: bool) -> bytes:
        """What is new, as events; empty when nothing is. ``catch_up`` has noticed what has ended by itself."""
        trace = Trace(self.cloud)
        if catch_up:
            trace.catch_up()
        if not self.has_news:
            return b""
        mark, text = trace.mark(), ""
        if mark[0] != self._mark[0]:  # the trace has been cleared, and counts anew
            self._mark = (mark[0], 0)
            text = "event: reset\ndata: {}\n\n"
        first = self._mark[1]
        known = [event for event in trace if event.number <= mark[1]]
        bodies = bodies_of(known) if self._with_words else None
        news = _of((event for event in known if event.number > first), self._kinds)
        self._mark = mark
        lines = (f"id: {event.number}\ndata: {json.dumps(_fields(event, bodies))}\n\n" for event in news)
        return (text + "".join(lines)).encode()


def _trace(ask: Ask) -> Answer:
    trace = Trace(ask.cloud)
    since, limit = ask.count("since", *_KNOWN), ask.count("limit", *_KNOWN)
    kinds = _kinds(ask.text("kind", *_KNOWN))
    headers = ask.request.headers
    follows = "text/event-stream" in headers.get("accept", "") or _is_said(ask, "follow")
    with_words = _is_said(ask, "text")
    try:
        trace.demand("this")
    except UsageError:
        if ask.cloud.closed:
            raise
        raise Refused(
            409, "the trace is off: start the server without --no-trace, or call cloud.trace.start()"
        ) from None
    last = headers.get("last-event-id", "")
    if follows and ask.request.method != "HEAD":
        resumed = int(last) if last.isascii() and last.isdigit() and len(last) < 19 else since or 0
        return Following(ask, kinds, resumed, with_words=with_words)
    events = [event for event in _of(trace, kinds) if event.number > (since or 0)]
    if limit is not None:
        # After a number the first ones, so that who asks on misses none; else the latest.
        events = events[:limit] if since is not None else events[max(len(events) - limit, 0) :]
    bodies = bodies_of(trace) if with_words else None
    body = "".join(f"{json.dumps(_fields(event, bodies))}\n" for event in events)
    return ask.answer(200, "application/x-ndjson", body.encode())


def _kinds(text: str) -> frozenset[str]:
    """The kinds that are named, behind commas. Raises ``Refused`` for one that no event has."""
    kinds = frozenset(part for part in text.split(",") if part)
    beginnings = {kind[:place] for kind in KINDS for place, letter in enumerate(f"{kind}.") if letter == "."}
    for kind in sorted(kinds - beginnings):
        first = kind.partition(".")[0]
        if first in beginnings:
            there_are = sorted(one for one in KINDS if one.startswith(f"{first}."))
        else:
            there_are = sorted({one.partition(".")[0] for one in KINDS})
        near = did_you_mean(kind, sorted(beginnings))
        raise Refused(
            400, f"no event is of the kind {shown(kind, _MOST_SHOWN)}: there are {', '.join(there_are)}{near}"
        )
    return kinds


def _of(events: Iterable[TraceEvent], kinds: frozenset[str]) -> Iterator[TraceEvent]:
    """The events of some kinds: by their whole names, or by how they begin, up to a dot."""
    for event in events:
        if not kinds or any(event.kind == kind or event.kind.startswith(f"{kind}.") for kind in kinds):
            yield event


def _is_said(ask: Ask, name: str) -> bool:
    return ask.given(*_KNOWN).get(name) not in (None, "", "0", 0, False, "false")


def _fields(event: TraceEvent, bodies: Mapping[str, str] | None) -> dict[str, Any]:
    """An event in words of JSON; with excerpts of bodies also in words, as the timeline has it."""
    fields = fields_of(event)
    fields["actor"] = cut(fields["actor"], _LONGEST_TEXT)
    fields["details"] = _cut(fields["details"])
    if bodies is not None:
        about = subject_of(event, bodies)
        fields["text"] = f"{about}: {describe(event)}" if about else describe(event)
    return fields


def _cut(value: Any) -> Any:
    """A value with its texts cut: a few bodies of a megabyte would take seconds to write."""
    if isinstance(value, str):
        return cut(value, _LONGEST_TEXT)
    if isinstance(value, list):
        return [_cut(one) for one in value]
    if isinstance(value, dict):
        if len(value) == 1 and isinstance(encoded := value.get("$base64"), str) and len(encoded) > _LONGEST_TEXT:
            return {"$base64": encoded[:_LONGEST_TEXT]}
        return {name: _cut(one) for name, one in value.items()}
    return value


def _timeline(ask: Ask) -> Answer:
    from ..inspection.html import page
    from ..inspection.plots import plots_of

    ask.given()
    trace = Trace(ask.cloud)
    trace.catch_up()
    whole = page(f"seed={shown(ask.cloud.seed, 2_000)}", list(trace), plots_of(ask.cloud))
    return ask.answer(200, "text/html; charset=utf-8", whole.encode("utf-8", "backslashreplace"), ask.page_headers)


ROUTES: Routes = (
    (("trace",), {"GET": _trace}),
    (("timeline",), {"GET": _timeline}),
)

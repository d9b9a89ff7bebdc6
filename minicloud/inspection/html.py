"""What happened, as one page for a browser, which needs nothing but itself.

The page has a lane for each topic, queue and shard and for each thread or task that called, and a dot for each event;
bars show for how long a message was in flight and how long a poll waited. The events go into the page as JSON, the
drawing is a script's (``page.js``; what another page has of it as well, ``shared.js``).

On a virtual clock hundreds of events happen at one instant, and days pass between two. So each event has two places:
its time, and its number in the order of events. The page shows the latter first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from html import escape
from importlib import resources
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core import facts
from ..core.shown import counted, escaped, shown
from .bodies import bodies_of, excerpt
from .ledger import Ledger, identity_of
from .plots import Plot, pictures_of, plots_of
from .rendering import in_order
from .run_notes import Note
from .runs import ENDS, runs_joined
from .text import describe, run_of, shard_number, short_id, subject_of

if TYPE_CHECKING:
    from ..engine.engine import Engine
    from .trace_event import TraceEvent

__all__ = ["page", "part", "write"]

_LINES = re.compile(r"([\n\t])").split
_ROOM_FOR_BODIES = 256 * 1024
"""How many bytes of bodies go into a page."""
_GROUPS = ("topics", "streams", "queues", "functions", "consumers", "other")


def write(engine: Engine, events: Iterable[TraceEvent], path: str | PathLike[str], dropped: int = 0) -> None:
    """Write the page of some events to a file."""
    title = f"seed={shown(engine.seed, 2_000)}"
    if dropped:
        title += f", without the first {counted(dropped, 'event')}"
    whole = page(title, list(events), plots_of(engine))
    Path(path).write_text(whole, encoding="utf-8", errors="backslashreplace")


def page(title: str, events: Sequence[TraceEvent], plots: Sequence[Plot] = ()) -> str:
    """The page as a string."""
    data = json.dumps(_data(events), ensure_ascii=False, separators=(",", ":"))
    # Inside of a script element only "</" and "<!--" mean anything.
    data = data.replace("<", "\\u003c")
    whole = part("page.html")
    return whole.format(
        title=escape(f"minicloud: {title}"),
        subtitle=escape(title),
        style=part("shared.css") + part("page.css"),
        plots=pictures_of(plots),
        script=part("shared.js") + part("page.js"),
        data=data,
    )


def part(name: str) -> str:
    """A part of a page, which lies beside this file."""
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


class _Lanes:
    """The lanes that there are, in the order in which they were met."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], int] = {}

    def place(self, group: str, name: str) -> int:
        return self._places.setdefault((group, name), len(self._places))

    def in_groups(self) -> tuple[list[dict[str, str]], list[int]]:
        """The lanes in the order of the page, and the new place of each."""
        met = list(self._places)
        ordered = sorted(range(len(met)), key=lambda place: (_GROUPS.index(met[place][0]), place))
        moved = [0] * len(met)
        for new, old in enumerate(ordered):
            moved[old] = new
        return [{"group": met[old][0], "name": escaped(met[old][1], 120)} for old in ordered], moved


def _data(events: Sequence[TraceEvent]) -> dict[str, Any]:
    told = runs_joined(
        [event for event in in_order(events) if not event.told and event.kind != facts.SNS_MESSAGE_FANNED_OUT]
    )
    bodies = bodies_of(told)
    places = {event.number: place for place, event in enumerate(told)}
    lanes = _Lanes()
    items: list[dict[str, Any]] = []
    whole = _Bodies()
    for event in told:
        message_id = identity_of(event) if not event.kind.startswith("call") else ""
        whole.note(event, message_id)
        arrives = event.details["dead_letter_queue"] if event.kind == facts.SQS_MESSAGE_MOVED_TO_DLQ else None
        items.append(
            {
                "t": event.time_ns // 1000,
                "lane": lanes.place(*_lane_of(event)),
                "to": -1 if arrives is None else lanes.place("queues", arrives),
                "by": -1 if event.kind in facts.BY_THEMSELVES else lanes.place(*_whose(event)),
                "kind": event.kind,
                "hue": _hue_of(event),
                "text": describe(event),
                "about": subject_of(event, bodies),
                "id": message_id,
                "origin": event.details.get("origin") or event.details.get("redriven_from") or "",
            }
        )
    bars = [*_flights(events, places, lanes), *_polls(told, lanes), *_runs(told, lanes)]
    named, moved = lanes.in_groups()
    for item in items:
        item["lane"] = moved[item["lane"]]
        for other in ("by", "to"):
            item[other] = moved[item[other]] if item[other] >= 0 else -1
    for bar in bars:
        bar["lane"] = moved[bar["lane"]]
    messages = {account.identity: {"title": account.title, "lines": account.lines()} for account in Ledger(events)}
    return {"lanes": named, "events": items, "bars": bars, "messages": messages, **whole.data()}


class _Bodies:
    """Whole bodies, by the ids of messages, publications and records: the first ones, as far as there is room."""

    def __init__(self) -> None:
        self._room = _ROOM_FOR_BODIES
        self._texts: dict[str, str] = {}
        self._left_out: dict[str, int] = {}

    def note(self, event: TraceEvent, identity: str) -> None:
        """Keep the body that an event tells, if it tells one."""
        if event.kind in (facts.SQS_MESSAGE_SENT, facts.SNS_MESSAGE_PUBLISHED):
            text = event.details["body"]
        elif event.kind == facts.KINESIS_RECORD_PUT:
            text = event.details["data"].decode("utf-8", "backslashreplace")
        else:
            return
        size = len(text.encode("utf-8", "backslashreplace"))
        if size <= self._room:
            self._room -= size
            # With its lines and tabs; all else that is not to be shown appears as escapes.
            self._texts[identity] = "".join(escaped(part) if part not in "\n\t" else part for part in _LINES(text))
        else:
            self._left_out[identity] = size

    def data(self) -> dict[str, Any]:
        """The texts, and how many bytes those have that there was no room for."""
        return {"bodies": self._texts, "leftOut": self._left_out}


def _whose(event: TraceEvent) -> tuple[str, str]:
    """The lane of whoever has done it: what a mapping receives is received for its function."""
    if event.kind == facts.SQS_MESSAGE_RECEIVED and "function" in event.details:
        return "functions", event.details["function"]
    return "consumers", event.actor


def _lane_of(event: TraceEvent) -> tuple[str, str]:
    service, _, what = event.kind.partition(".")
    if service == "sqs":
        return "queues", event.resource
    if service == "sns":
        return "topics", event.resource
    if service == "kinesis":
        if event.kind in _OF_QUEUES:
            return "queues", event.resource
        shard = event.details.get("shard_id")
        if not shard:
            return "streams", event.resource
        return "streams", f"{event.resource}, shard {shard_number(shard)}"
    if service == "lambda":
        return "functions", event.resource
    if service == "mapping":
        if ":kinesis:" not in event.details["arn"]:
            return "queues", event.resource
        shard = event.details.get("shard")
        return "streams", f"{event.resource}, shard {shard_number(shard)}" if shard else event.resource
    if service == "call":
        return "consumers", event.actor
    if service == "chaos" and (":sqs:" in (arn := event.details.get("arn", "")) or ":queue/" in arn):
        return "queues", event.resource
    return "other", (what and service) or "chaos"


_OF_QUEUES = frozenset(
    {
        facts.KINESIS_POLL_ABANDONED,
        facts.KINESIS_POLL_BEGAN,
        facts.KINESIS_POLL_ENDED_EMPTY,
        facts.KINESIS_POLL_FILLED,
        facts.KINESIS_QUEUE_CREATED,
        facts.KINESIS_QUEUE_DELETED,
        facts.KINESIS_QUEUE_UPDATED,
        facts.KINESIS_RECORD_ACKNOWLEDGED,
        facts.KINESIS_RECORD_ACKNOWLEDGED_IN_VAIN,
        facts.KINESIS_RECORD_DEAD_LETTERED,
        facts.KINESIS_RECORD_EXPIRED,
        facts.KINESIS_RECORD_RECEIVED,
        facts.KINESIS_RECORD_RESTORED,
        facts.KINESIS_RECORD_RETURNED,
        facts.KINESIS_RECORD_VISIBILITY_CHANGED,
        facts.KINESIS_RECORD_VISIBLE,
    }
)
"""What a queue on a stream tells."""

_HUES = {
    facts.SQS_MESSAGE_SENT: "sent",
    facts.SNS_MESSAGE_PUBLISHED: "sent",
    facts.KINESIS_RECORD_PUT: "sent",
    facts.KINESIS_RECORD_ACKNOWLEDGED: "done",
    facts.KINESIS_RECORD_RECEIVED: "received",
    facts.KINESIS_RECORD_RESTORED: "again",
    facts.KINESIS_RECORD_RETURNED: "again",
    facts.KINESIS_RECORD_VISIBILITY_CHANGED: "again",
    facts.KINESIS_RECORD_VISIBLE: "again",
    facts.SQS_MESSAGE_RECEIVED: "received",
    facts.KINESIS_RECORDS_READ: "received",
    facts.KINESIS_RECORDS_PUSHED: "received",
    facts.SQS_MESSAGE_DELETED: "done",
    facts.SQS_MESSAGE_VISIBLE: "again",
    facts.SQS_MESSAGE_VISIBILITY_CHANGED: "again",
    facts.SQS_MESSAGE_RETURNED: "again",
    facts.SNS_DELIVERY_RETRIED: "again",
    facts.LAMBDA_INVOKED: "received",
    facts.LAMBDA_RETRIED: "again",
    facts.LAMBDA_SUCCEEDED: "done",
    facts.MAPPING_BISECTED: "again",
    facts.MAPPING_RETRIED: "again",
    "call": "plain",
}


# fmt: off
_TROUBLES = (
    "chaos", "dead_lettered", "discarded", "expired", "failed", "fired", "given_up", "in_vain", "lost", "moved_to_dlq",
    "refused", "throttled", "timed_out",
)
# fmt: on


def _hue_of(event: TraceEvent) -> str:
    hue = _HUES.get(event.kind)
    if event.kind == facts.LAMBDA_SUCCEEDED and event.details.get("reported"):
        return "trouble"
    if event.kind == facts.SQS_MESSAGE_VISIBLE and event.details.get("was") == "delayed":
        return "plain"
    if hue is not None:
        return hue
    return "trouble" if event.kind.endswith(_TROUBLES) else "plain"


def _flights(events: Sequence[TraceEvent], places: dict[int, int], lanes: _Lanes) -> list[dict[str, Any]]:
    """How long messages were in flight."""
    bars = []
    for account in Ledger(events):
        ends = [event for event in account.events if event.number in places]
        for delivery in account.deliveries:
            if not delivery.visibility_seconds or delivery.sequence not in places:
                continue
            begun = places[delivery.sequence]
            later = [event for event in ends if places[event.number] > begun and _ends_a_delivery(event)]
            bars.append(
                {
                    "lane": lanes.place("queues", delivery.queue),
                    "t0": delivery.time_ns // 1000,
                    "t1": None if delivery.ended_ns is None else delivery.ended_ns // 1000,
                    "i0": begun,
                    "i1": None if delivery.ended_ns is None or not later else places[later[0].number],
                    "hue": {"acknowledged": "done", "deleted": "done", "in flight": "received"}.get(
                        delivery.outcome, "again"
                    ),
                    "id": account.identity,
                    "text": f"{_named(account)}: {delivery.outcome}",
                }
            )
    return bars


_HUES_OF_FLIGHTS = {"acknowledged": "done", "deleted": "done", "in flight": "received"}
_GOING_ON = frozenset(
    {
        facts.KINESIS_RECORD_VISIBILITY_CHANGED,
        facts.SQS_MESSAGE_DEDUPLICATED,
        facts.SQS_MESSAGE_VISIBILITY_CHANGED,
    }
)
"""What does not end a delivery."""


def _ends_a_delivery(event: TraceEvent) -> bool:
    return event.kind not in _GOING_ON and not isinstance(event, Note)


def _named(account: Any) -> str:
    body = "" if account.body is None else f" {excerpt(account.body)}"
    return f"{short_id(account.message_id)}{body}"


def _polls(told: Sequence[TraceEvent], lanes: _Lanes) -> list[dict[str, Any]]:
    """How long calls waited."""
    begun: dict[tuple[str, int], tuple[int, TraceEvent]] = {}
    bars = []
    for place, event in enumerate(told):
        if not event.kind.startswith(("kinesis.poll.", "sqs.poll.")):
            continue
        key = event.details["arn"], event.details["poll"]
        if event.kind in (facts.KINESIS_POLL_BEGAN, facts.SQS_POLL_BEGAN):
            begun[key] = place, event
        elif key in begun:
            start, beginning = begun.pop(key)
            bars.append(_poll(lanes, start, beginning, place, event))
    bars += [_poll(lanes, start, beginning, None, None) for start, beginning in begun.values()]
    return bars


def _runs(told: Sequence[TraceEvent], lanes: _Lanes) -> list[dict[str, Any]]:
    """How long runs lasted that did not end when they began."""
    begun: dict[tuple[str, int], tuple[int, TraceEvent]] = {}
    bars = []
    for place, event in enumerate(told):
        if event.kind == facts.LAMBDA_INVOKED:
            begun[event.details["request_id"], event.details["attempt"]] = place, event
        elif event.kind in ENDS:
            start, beginning = begun.pop((event.details["request_id"], event.details["attempt"]), (0, None))
            if beginning is not None:
                bars.append(_run(lanes, start, beginning, place, event))
    return bars + [_run(lanes, start, beginning, None, None) for start, beginning in begun.values()]


def _run(lanes: _Lanes, start: int, beginning: TraceEvent, place: int | None, end: TraceEvent | None) -> dict[str, Any]:
    return {
        "lane": lanes.place("functions", beginning.resource),
        "t0": beginning.time_ns // 1000,
        "t1": None if end is None else end.time_ns // 1000,
        "i0": start,
        "i1": place,
        "hue": "received" if end is None else _hue_of(end),
        "id": "",
        "text": run_of(beginning.details),
    }


def _poll(
    lanes: _Lanes, start: int, beginning: TraceEvent, place: int | None, end: TraceEvent | None
) -> dict[str, Any]:
    return {
        "lane": lanes.place("consumers", beginning.actor),
        "t0": beginning.time_ns // 1000,
        "t1": None if end is None else end.time_ns // 1000,
        "i0": start,
        "i1": place,
        "hue": "plain",
        "id": "",
        "text": f"waits for something in {escaped(beginning.resource, 120)}",
    }

"""Events: put on buses, and tried against patterns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ....core.constraints import violation
from ....core.effects import Change
from ....core.event_pattern.values import read_event
from ....core.json_text import compact, parse_object
from ....core.operation import operation
from ....core.timeline import SECOND
from ....core.timestamps import nanoseconds_of
from ....core.unset import UNSET
from .. import constraints, errors, shapes
from ..bus import DEFAULT, Bus
from ..constraints import check
from ..state import EventsState

__all__ = ["EventOperations"]

_LARGEST: Final = 262_144
"""Bytes of a call's entries together. [recorded in January 2025; newer documents speak of 1 MB, not saying where]"""
_SIZE_OF_TIME: Final = 14
_REQUIRED: Final = ("Source", "DetailType", "Detail")
"""In the order in which they are looked at."""
_OF_AN_EVENT: Final = ("id", "account", "source", "time", "region", "detail-type")
"""What an event has to have to be tried. [recorded]"""
_OTHER_BUS: Final = re.compile(r"arn:[^:]*:events:([^:]*):(\d{12}):event-bus/(.+)", re.ASCII)


class EventOperations(EventsState):
    """The operations on events."""

    @operation("PutEvents")
    def put_events(
        self, now: int, *, Entries: shapes.PutEventsRequestEntries, EndpointId: shapes.Name = UNSET
    ) -> shapes.PutEventsResponse:
        """Put up to ten events; some may fail while others are put. O(rules that may match, and their targets).

        Each is put by itself: of a call into which an exception comes the first ones may be there, and no others. An
        event for a bus that there is not gets its id, and goes nowhere. Raises ValidationException for more than ten,
        and for more than 256 KiB together.
        """
        if EndpointId is not UNSET:
            raise errors.not_done("PutEvents", "EndpointId", "there are no global endpoints here: leave it out")
        self._check(Entries)
        answers: list[shapes.PutEventsResultEntry] = []
        failed = 0
        for entry in Entries:
            error = _error_of(entry)
            if error is None:
                try:
                    detail = compact(parse_object(entry["Detail"]))
                except ValueError:
                    error = "MalformedDetail", errors.DETAIL_MALFORMED
                else:
                    answers.append({"EventId": self._put(now, entry, detail)})
                    continue
            answers.append({"ErrorCode": error[0], "ErrorMessage": error[1]})
            failed += 1
        return {"FailedEntryCount": failed, "Entries": answers}

    def _put(self, now: int, entry: Mapping[str, Any], detail: str) -> str:
        time = now if "Time" not in entry else nanoseconds_of(entry["Time"]) // SECOND * SECOND
        change = Change()
        source, detail_type = entry["Source"], entry["DetailType"]
        event = self.make_event(now, time, source, detail_type, entry.get("Resources", ()), detail, change)
        found = self._bus_of(entry.get("EventBusName", DEFAULT))
        if found is not None:
            state, bus = found
            rules = state.route(now, bus, event)
            change.happened = True
            state.tell(now, bus, event, rules)
        return event.event_id

    def _bus_of(self, name: str) -> tuple[EventsState, Bus] | None:
        """The bus that an entry is for, of this account or another one, in this region."""
        state: EventsState = self
        match = _OTHER_BUS.fullmatch(name)
        if match is not None and match[1] == self.region_name and match[2] != self.account_id:
            state = self.world.find_service("events", match[2], match[1])
        bus = state.find_bus(name)
        return None if bus is None else (state, bus)

    def _check(self, entries: Sequence[Mapping[str, Any]]) -> None:
        if not 1 <= len(entries) <= constraints.ENTRIES:
            which = "less than or equal to 10" if entries else "greater than or equal to 1"
            shown = ", ".join(map(_shown, entries))
            text = f"Member must have length {which}"
            raise errors.validation_failed([violation("entries", text, f"Value '[{shown}]'")])
        size = 0
        for number, entry in enumerate(entries, 1):
            for name in ("Source", "DetailType", "Detail"):
                given = entry.get(name)
                if given:
                    size += len(given) if given.isascii() else len(given.encode("utf-8", "replace"))
            if "Time" in entry:
                size += _SIZE_OF_TIME
            if len(entry) > 3:
                path = f"entries.{number}.member"
                resources = entry.get("Resources", ())
                size += sum(len(one.encode("utf-8", "replace")) for one in resources)
                check(
                    *(
                        (f"{path}.resources.{place}.member", constraints.RESOURCE, one)
                        for place, one in enumerate(resources, 1)
                    ),
                    (f"{path}.eventBusName", constraints.OWN_BUS, entry.get("EventBusName", UNSET)),
                    (f"{path}.traceHeader", constraints.TRACE_HEADER, entry.get("TraceHeader", UNSET)),
                )
        if size > _LARGEST:
            raise errors.entries_too_large()

    @operation("TestEventPattern")
    def test_event_pattern(self, now: int, *, EventPattern: str, Event: str) -> shapes.TestEventPatternResponse:
        """Whether an event matches a pattern. O(lengths).

        Raises InvalidEventPatternException, and ValidationException for what is not an event.
        """
        check(("eventPattern", constraints.PATTERN, EventPattern))
        pattern = self.read_pattern(EventPattern)
        try:
            event = read_event(Event)
        except ValueError:
            raise errors.event_invalid() from None
        if not isinstance(event, dict) or any(name not in event for name in _OF_AN_EVENT):
            raise errors.event_invalid()
        return {"Result": pattern.matches(event)}


def _error_of(entry: Mapping[str, Any]) -> tuple[str, str] | None:
    """Why an entry is not put, but for its detail."""
    for name in _REQUIRED:
        if not entry.get(name):
            return "InvalidArgument", errors.ARGUMENT_MISSING.format(name)
    if entry["Source"].startswith("aws."):
        return "NotAuthorizedForSourceException", errors.SOURCE_RESERVED
    return None


def _shown(entry: Mapping[str, Any]) -> str:
    """An entry as Java shows it. [peer]"""
    names = ("Time", "Source", "Resources", "DetailType", "Detail", "EventBusName", "TraceHeader")
    shown = (f"{name[0].lower()}{name[1:]}={entry.get(name, 'null')}" for name in names)
    return f"PutEventsRequestEntry({', '.join(shown)})"

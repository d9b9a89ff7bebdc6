"""Events: put on buses, and tried against patterns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ....core.constraints import violation
from ....core.event_pattern.values import read_event
from ....core.json_text import loaded_object
from ....core.operation import operation
from ....core.timeline import SECOND
from ....core.timestamps import nanoseconds_of
from ....core.unset import UNSET
from .. import constraints, errors, facts, shapes
from ..bus import DEFAULT, Bus
from ..constraints import check
from ..event import Event
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
        trace = self.world.trace
        answers: list[shapes.PutEventsResultEntry] = []
        failed = 0
        for entry, bus in zip(Entries, self._check(Entries), strict=True):
            error = _error_of(entry) if bus is None else None
            if error is None:
                try:
                    if bus is None:
                        event = self._event(now, entry)
                    else:
                        detail = loaded_object(entry["Detail"])
                        event = self.make_event(now, now, entry["Source"], entry["DetailType"], (), detail, None)
                except (ValueError, RecursionError):
                    error = "MalformedDetail", errors.DETAIL_MALFORMED
                else:
                    if bus is None:
                        self._put(now, entry, event)
                    else:
                        rules = self.route(now, bus, event)
                        event.happen()
                        if trace is not None:
                            self.tell(now, bus, event, rules)
                    answers.append({"EventId": event.event_id})
                    continue
            answers.append({"ErrorCode": error[0], "ErrorMessage": error[1]})
            failed += 1
            if trace is not None:
                facts.refused(trace, now, entry.get("EventBusName", DEFAULT), len(answers), *error)
        return {"FailedEntryCount": failed, "Entries": answers}

    # What is unusual. An event as most are is seen to above, without these calls: 205 instructions of the first 318 are
    # left (CPython 3.11).

    def _event(self, now: int, entry: Mapping[str, Any]) -> Event:
        """The event of an entry. Raises ``ValueError`` for a detail that is no JSON object."""
        detail = loaded_object(entry["Detail"])
        time = now if "Time" not in entry else nanoseconds_of(entry["Time"]) // SECOND * SECOND
        source, detail_type = entry["Source"], entry["DetailType"]
        return self.make_event(now, time, source, detail_type, entry.get("Resources", ()), detail, None)

    def _put(self, now: int, entry: Mapping[str, Any], event: Event) -> None:
        state: EventsState = self
        bus = self.default_bus
        if "EventBusName" in entry:
            found = self._bus_of(entry["EventBusName"])
            if found is None:
                if self.world.trace is not None:
                    facts.lost(self.world.trace, now, entry["EventBusName"], event)
                return
            state, bus = found
        rules = state.route(now, bus, event)
        event.happen()
        if self.world.trace is not None:
            state.tell(now, bus, event, rules)

    def _bus_of(self, name: str) -> tuple[EventsState, Bus] | None:
        """The bus that an entry is for, of this account or another one, in this region."""
        state: EventsState = self
        match = _OTHER_BUS.fullmatch(name) if ":" in name else None
        if match is not None and match[1] == self.region_name and match[2] != self.account_id:
            state = self.world.find_service("events", match[2], match[1])
        bus = state.find_bus(name)
        return None if bus is None else (state, bus)

    def _check(self, entries: Sequence[Mapping[str, Any]]) -> list[Bus | None]:
        """The buses of the entries with which nothing is unusual, nor wrong but for the detail; else None."""
        if not 1 <= len(entries) <= constraints.ENTRIES:
            which = "less than or equal to 10" if entries else "greater than or equal to 1"
            shown = ", ".join(map(_shown, entries))
            text = f"Member must have length {which}"
            raise errors.validation_failed([violation("entries", text, f"Value '[{shown}]'")])
        buses: list[Bus | None] = []
        size = characters = 0
        for entry in entries:
            members = len(entry)
            bus = self.default_bus if members == 3 else self.buses.items.get(entry.get("EventBusName", ""))
            try:
                source, detail_type, detail = entry["Source"], entry["DetailType"], entry["Detail"]
            except KeyError:
                source, detail_type, detail = (entry.get(name, "") for name in _REQUIRED)
            characters += len(source) + len(detail_type) + len(detail)
            if bus is None or members > 4 or not (source and detail_type and detail) or source.startswith("aws."):
                bus = None
                size += self._check_rest(entry, len(buses) + 1)
            buses.append(bus)
        if size + 4 * characters > _LARGEST:  # no character has more bytes
            size += sum(_bytes_of(entry.get(name, "")) for entry in entries for name in _REQUIRED)
            if size > _LARGEST:
                raise errors.entries_too_large()
        return buses

    def _check_rest(self, entry: Mapping[str, Any], number: int) -> int:
        """What few entries have. Answers with its size."""
        path = f"entries.{number}.member"
        resources = entry.get("Resources", ())
        check(
            *(
                (f"{path}.resources.{place}.member", constraints.RESOURCE, one)
                for place, one in enumerate(resources, 1)
            ),
            (f"{path}.eventBusName", constraints.OWN_BUS, entry.get("EventBusName", UNSET)),
            (f"{path}.traceHeader", constraints.TRACE_HEADER, entry.get("TraceHeader", UNSET)),
        )
        return sum(map(_bytes_of, resources)) + (_SIZE_OF_TIME if "Time" in entry else 0)

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


def _bytes_of(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


def _error_of(entry: Mapping[str, Any]) -> tuple[str, str] | None:
    """Why an entry is not put, but for its detail."""
    get = entry.get
    source = get("Source")
    if not source or not get("DetailType") or not get("Detail"):
        missing = next(name for name in _REQUIRED if not get(name))
        return "InvalidArgument", errors.ARGUMENT_MISSING.format(missing)
    if source.startswith("aws."):
        return "NotAuthorizedForSourceException", errors.SOURCE_RESERVED
    return None


def _shown(entry: Mapping[str, Any]) -> str:
    """An entry as Java shows it. [peer]"""
    names = ("Time", "Source", "Resources", "DetailType", "Detail", "EventBusName", "TraceHeader")
    shown = (f"{name[0].lower()}{name[1:]}={entry.get(name, 'null')}" for name in names)
    return f"PutEventsRequestEntry({', '.join(shown)})"

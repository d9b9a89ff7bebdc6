"""``cloud.trace``: the reading side of the record of what happened (``engine.recorder`` is the writing side).

A queue notices that a timeout has ended when it is next used, so a fact may be older than the one before it. Before
somebody reads the record, ``catch_up`` has every queue notice what has happened so far. Everything that explains a run
is made from here: its text and its page (``text``, ``html``), the ledger of each message (``ledger``), the assertions
and the verdicts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ..core import facts
from ..core.shown import counted
from ..engine.recorder import LIMIT, Entry, given
from ..exceptions import UsageError
from .trace_event import TraceEvent

if TYPE_CHECKING:
    from os import PathLike

    from ..engine.engine import Engine
    from .ledger import Ledger

__all__ = ["Trace", "TraceEvent"]

_FILLING = 32
"""Within how many entries before it stands what filled a poll."""
_FILLED = (facts.KINESIS_POLL_FILLED, facts.SQS_POLL_FILLED)
_CAME_BACK = (facts.KINESIS_RECORD_VISIBLE, facts.SQS_MESSAGE_VISIBLE)
_RECEIVED = (facts.KINESIS_RECORD_RECEIVED, facts.SQS_MESSAGE_RECEIVED)
_TAKEN = (facts.MAPPING_TAKEN, facts.MAPPING_FILTERED)


class Trace:
    """The latest events, oldest first. Iterate it, ``render()`` it as text, write it: ``to_html()``, ``to_jsonl()``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._recorder = engine.recorder

    # --- on and off -------------------------------------------------------------------------------------------------

    def start(self, limit: int | None = LIMIT) -> None:
        """Record from now on, the latest ``limit`` events (None: all). While off, tracing costs a call one test."""
        self._recorder.start(limit)

    def stop(self) -> None:
        """Record no more; what is there stays."""
        self._recorder.stop()

    def clear(self) -> None:
        """Forget what was recorded."""
        self._recorder.clear()

    @property
    def is_on(self) -> bool:
        """Whether it records."""
        return self._recorder.is_on

    @property
    def dropped(self) -> int:
        """How many events were forgotten because there were more than the limit."""
        entries = self._recorder.entries
        return entries[0][0] - 1 if entries else 0

    def mark(self) -> tuple[object, int]:
        """Stands for how far the record has come; for ``since``."""
        return self._recorder.mark()

    def demand(self, purpose: str) -> None:
        """Have the record brought up to date. Raises ``UsageError`` when nothing was recorded since it never began."""
        if self._recorder.since is None:
            raise UsageError(
                f"{purpose} needs the trace, which is off: make the cloud with Cloud(trace=True), or call "
                "cloud.trace.start() before the code under test runs (the pytest fixtures have it on)"
            )
        self.catch_up()

    def catch_up(self) -> None:
        """Have everything noticed that is due, and every queue notice whose timeouts have ended. O(queues)."""
        if self._recorder.since is not None:
            self._engine.catch_up()

    # --- reading ----------------------------------------------------------------------------------------------------

    def of(self, *kinds: str) -> list[TraceEvent]:
        """The events of some kinds, oldest first. O(n)."""
        return [_event(entry) for entry in self._read() if (facts.CALL if len(entry) == 7 else entry[2]) in kinds]

    def since(self, mark: tuple[object, int]) -> list[TraceEvent]:
        """The events from after ``mark``, oldest first; all there are when it was cleared since. O(n)."""
        self.catch_up()
        first = mark[1] + 1 if mark[0] == self.mark()[0] else 0
        return [_event(entry) for entry in self._read() if entry[0] >= first]

    def ledger(self, find_queue: Callable[[str], object] | None = None) -> Ledger:
        """What became of each message so far. Raises ``UsageError`` when the trace never was on. O(events).

        ``find_queue`` finds the queues of the cloud that the trace knows nothing of; ``cloud.ledger`` gives it.
        """
        from .ledger import Ledger

        self.demand("the ledger")
        return Ledger(self, self.users(), find_queue)

    def receiver_of(self, message_id: str, number: int) -> str | None:
        """Who had received a message last when the event of that number had come; None if nobody knows. O(n)."""
        for entry in reversed(self._read()):
            if entry[2] == facts.SQS_MESSAGE_RECEIVED and entry[0] <= number and entry[4]["message_id"] == message_id:
                return str(entry[4].get("function") or entry[5])
        return None

    def users(self) -> set[str]:
        """The names of the threads and tasks that have used the cloud since it was traced and have not ended."""
        return {user.name if hasattr(user, "name") else user.get_name() for user in self._recorder.users()}

    def render(self, last: int | None = None) -> str:
        """What happened, as text: a line per event in order of time, what repeats folded.

        ``last`` keeps the last so many lines. A call is left out where what it did is told anyway.
        """
        from .rendering import render

        self.catch_up()
        return render(list(self), last)

    def to_html(self, path: str | PathLike[str]) -> None:
        """Write what happened as one page that needs nothing else: open it in a browser.

        Lanes per queue, topic, shard and consumer over the cloud's time, with zoom and search.
        """
        from .html import write

        self.catch_up()
        write(self._engine, list(self), path, self.dropped)

    def to_jsonl(self, path: str | PathLike[str]) -> None:
        """Write what happened as JSON lines, one event a line; ``python3 -m minicloud render`` makes text of them.

        Each has ``seq``, ``time``, ``kind``, ``resource``, ``actor`` and ``details``. O(events).
        """
        from .jsonl import write

        self.catch_up()
        write(self, path)

    def __iter__(self) -> Iterator[TraceEvent]:
        return map(_event, self._read())

    def __len__(self) -> int:
        return len(self._recorder.entries)

    def __repr__(self) -> str:
        return f"<trace of {counted(len(self._recorder.entries), 'event')}, {'on' if self.is_on else 'off'}>"

    def _read(self) -> list[Entry]:
        """What is recorded; what a poll got is put down to who waited in it, not to who filled it.

        What came back as the clock jumped past who had it in hand says so, and what a mapping received, for which
        function.
        """
        entries = list(self._recorder.entries)
        at_it: dict[str, str] = {}
        for place, entry in enumerate(entries):
            if entry[2] == facts.CLOCK_JUMPED and "holder" in entry[4]:
                at_it[entry[4]["held"]] = entry[4]["holder"]
            elif at_it and entry[2] in _CAME_BACK:
                holder = at_it.pop(entry[4].get("record_id") or entry[4]["message_id"], None)
                if holder is not None:
                    entries[place] = (*entry[:4], {**entry[4], "at_it": holder}, entry[5])
            elif entry[2] in _TAKEN:
                if "message_ids" in entry[4]:
                    _tell_for_whom(entries, place)
            elif entry[2] in _FILLED:
                handles = entry[4]["handles"]
                for before in range(max(place - _FILLING, 0), place):
                    fact = entries[before]
                    if fact[2] in _RECEIVED and fact[4]["handle"] in handles:
                        entries[before] = (*fact[:5], entry[5])
        return entries


def _tell_for_whom(entries: list[Entry], place: int) -> None:
    """Have the receives say so that a mapping has told of right after it had made them."""
    details = entries[place][4]
    wanted = set(details["message_ids"])
    before = place
    while wanted and before:
        before -= 1
        fact = entries[before]
        if fact[2] == facts.SQS_MESSAGE_RECEIVED and fact[4]["message_id"] in wanted:
            wanted.remove(fact[4]["message_id"])
            entries[before] = (*fact[:4], {**fact[4], "function": details["function"]}, fact[5])


def _event(entry: Entry) -> TraceEvent:
    if len(entry) == 7:
        number, now, operation, service, values, actor, told = entry
        details = given(zip(operation.input.members, values, strict=True))
        return TraceEvent(now, facts.CALL, f"{service}.{operation.name}", details, actor, number, told)
    number, now, kind, resource, details, actor = entry
    return TraceEvent(now, kind, resource, details, actor, number)

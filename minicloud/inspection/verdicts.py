"""What may have to hold of a cloud when a test is over; each verdict is a list of complaints, empty when it holds.

The pytest plugin asks those that a marker or the ini file names, of each cloud of the test before it is closed.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..core import facts
from ..core.near import did_you_mean
from ..core.shown import counted, escaped, shown
from ..core.timestamps import datetime_of
from ..engine.idle import what_is_owed
from ..engine.waits import who_waits
from ..exceptions import UsageError
from .bodies import excerpts
from .history import check_history
from .ledger import identity_of
from .measured_verdicts import MAKERS, Verdict, whole_trace
from .stream_accounts import StreamAccounts, expired_of
from .text import refusal_of, short_id
from .times import clock_time
from .trace import Trace
from .views.alarms import all_alarm_changes
from .views.queues import all_queues
from .views.stream_queues import all_stream_queues
from .views.streams import all_streams
from .work import Works

if TYPE_CHECKING:
    from datetime import datetime

    from ..engine.engine import Engine
    from .views.queues import MessageView, QueueView
    from .views.stream_queues import QueueRecordView, StreamQueueView

__all__ = ["VERDICTS", "check_verdicts", "judge"]


def _no_in_flight(engine: Engine) -> list[str]:
    told = _Told(engine, lambda _, message: message.state == "in_flight")
    return (
        [
            f"{told.name(message)} is still in flight in {view.name}: {told.received(message)}, never deleted; "
            f"hidden for {told.distance(message.visible_at)} s more"
            for view, message in told.messages
        ]
        + told.more
        + [
            f"{record!r} is still in flight in {view.name}: {told.received_from(view, record)}, never acknowledged"
            for view in all_stream_queues(engine)
            for record in view.records
            if record.state.endswith("in_flight")
        ]
    )


def _left_in(engine: Engine, which: Callable[[QueueView, MessageView], bool]) -> list[str]:
    told = _Told(engine, which)
    return [
        f"{told.name(message)} is left in {view.name}, received {counted(message.receive_count, 'time')}"
        f"{f': last {told.received(message)}' if message.receive_count and told.knows(message) else ''}"
        f"; sent {told.distance(message.sent)} s ago"
        f"{f', moves to {message.moves_to} at the next receive' if message.moves_to else ''}"
        for view, message in told.messages
    ] + told.more


def _dlqs_empty(engine: Engine) -> list[str]:
    letters = {view.arn for view in all_queues(engine) if view.is_dead_letter_queue}
    # One that has no receive left is a dead letter, which only nobody has looked for.
    return _left_in(engine, lambda view, message: view.arn in letters or message.moves_to is not None) + [
        f"{record!r} is left in {view.name}" for view in all_stream_queues(engine) for record in view.dead_letters
    ]


def _queues_empty(engine: Engine) -> list[str]:
    return _left_in(engine, lambda *_: True) + [
        f"{record!r} is left in {view.name}" for view in all_stream_queues(engine) for record in view.records
    ]


class _Told:
    """What there is to say of the messages that are in queues."""

    def __init__(self, engine: Engine, which: Callable[[QueueView, MessageView], bool]) -> None:
        self.messages: list[tuple[QueueView, MessageView]] = []
        self.more: list[str] = []
        """What is left out, a line for each queue."""
        for view in all_queues(engine):
            found = [message for message in view.messages if which(view, message)]
            self.messages += [(view, message) for message in found[:_MOST_TOLD]]
            if len(found) > _MOST_TOLD:
                self.more.append(f"… and {len(found) - _MOST_TOLD} more in {view.name}")
        self._now = datetime_of(engine.seen_ns())
        trace = Trace(engine)
        self._users = trace.users()
        received = trace.of(facts.SQS_MESSAGE_RECEIVED, facts.KINESIS_RECORD_RECEIVED)
        self._receives = {identity_of(event): event for event in received}
        self._bodies = excerpts({message.message_id: message.body for _, message in self.messages})

    def name(self, message: MessageView) -> str:
        """The beginning of its id, and its body."""
        return f"{short_id(message.message_id)} {self._bodies[message.message_id]}"

    def knows(self, message: MessageView) -> bool:
        """Whether the trace tells of its latest receive."""
        return message.message_id in self._receives

    def received(self, message: MessageView) -> str:
        """When and by whom it was received last, as far as the trace tells."""
        return self._received(message.message_id)

    def received_from(self, queue: StreamQueueView, record: QueueRecordView) -> str:
        """The same of a record."""
        return self._received(f"{queue.arn}/{record.record_id}")

    def _received(self, identity: str) -> str:
        event = self._receives.get(identity)
        if event is None:
            return "received"
        function = event.details.get("function")
        ended = "" if function or event.actor in self._users else ", which has ended"
        return f"received at {clock_time(event.time_ns)} by {function or event.actor}{ended}"

    def distance(self, time: datetime | None) -> str:
        """How far off a time is, in seconds."""
        return f"{0 if time is None else abs((time - self._now).total_seconds()):.12g}"


def _no_blocked_pollers(engine: Engine) -> list[str]:
    with engine.lock:
        blocked = sum(waiter not in engine.forsaken for waiter in engine.world.waiters)
        waiting = who_waits(engine)
    return [f"{counted(blocked, 'call is', 'calls are')} still waiting in the cloud ({waiting})"] if blocked else []


def _no_users_left(engine: Engine) -> list[str]:
    Trace(engine).demand("the verdict no_users_left")
    own = {threading.current_thread(), threading.main_thread(), _current_task()}
    return [
        f"{user.name if hasattr(user, 'name') else user.get_name()} has used the cloud and has not ended"
        for user in engine.recorder.users()
        if user not in own and not getattr(user, "name", "").startswith("minicloud")
    ]


def _current_task() -> object:
    """The task that asks, which may be the one that closes the cloud."""
    asyncio = sys.modules.get("asyncio")  # never imported for this
    return None if asyncio is None or asyncio._get_running_loop() is None else asyncio.current_task()


def _faults_fired(engine: Engine) -> list[str]:
    return [f"{fault!r} never fired" for fault in engine.unused_faults()]


def _history_holds(engine: Engine) -> list[str]:
    return [str(violation) for violation in check_history(engine).violations]


def _policies_allow(engine: Engine) -> list[str]:
    trace = Trace(engine)
    trace.demand("the verdict policies_allow")
    return [f"{event.resource}: {refusal_of(event.details)}" for event in trace.of(facts.POLICY_WOULD_REFUSE)]


def _streams_read(engine: Engine) -> list[str]:
    streams = StreamAccounts(whole_trace(engine, "streams_read"))
    complaints = []
    for view in all_streams(engine):
        accounts = view.accounts(streams)
        readers = [reader for account in accounts.values() for reader in account.readers]
        if (view.queues or view.channels) and all(reader._what == "channel" for reader in readers):
            continue  # it is read by those
        for account in accounts.values():
            unread = sum(end - first for first, end in account.unread())
            if unread:
                kept = account.tip - account.horizon
                which = counted(kept, "record") if unread == kept else f"{unread} of {counted(kept, 'record')}"
                who = "; ".join(map(str, account.readers[:_MOST_READERS])) or "nobody has read the shard"
                complaints.append(f"{which} of {account.label} {'was' if unread == 1 else 'were'} never read: {who}")
    return complaints


def _no_expired_iterators(engine: Engine) -> list[str]:
    trace = Trace(engine)
    trace.demand("the verdict no_expired_iterators")
    return [expired_of(event) for event in trace.of(facts.KINESIS_ITERATOR_EXPIRED)]


def _nothing_owed(engine: Engine) -> list[str]:
    return [f"the cloud still owes {owed}" for owed in dict.fromkeys(what_is_owed(engine))]


def _invocations_ok(engine: Engine) -> list[str]:
    return Works(whole_trace(engine, "invocations_ok")).complaints()


def _no_alarms(engine: Engine) -> list[str]:
    return [
        f"alarm {change.name} went to ALARM at {change.time:%H:%M:%S}: {change.reason}"
        for change in all_alarm_changes(engine)
        if change.state == "ALARM"
    ]


_JUDGES: dict[str, Callable[[Engine], list[str]]] = {
    "no_in_flight": _no_in_flight,
    "dlqs_empty": _dlqs_empty,
    "queues_empty": _queues_empty,
    "no_blocked_pollers": _no_blocked_pollers,
    "no_users_left": _no_users_left,
    "faults_fired": _faults_fired,
    "history_holds": _history_holds,
    "policies_allow": _policies_allow,
    "streams_read": _streams_read,
    "no_expired_iterators": _no_expired_iterators,
    "nothing_owed": _nothing_owed,
    "invocations_ok": _invocations_ok,
    "no_alarms": _no_alarms,
}

VERDICTS = tuple(_JUDGES)
"""The names of the verdicts without a number."""

_CURES = {
    "no_in_flight": "delete what is done; give back what is not: change_message_visibility(..., VisibilityTimeout=0)",
    "dlqs_empty": "cloud.ledger[message_id] tells why one is there; a test that wants it there receives and deletes it",
    "queues_empty": "receive and delete what the test is to work off; exempt a test by verdicts=()",
    "no_blocked_pollers": "stop the consumers, and join their threads or tasks, before the test ends",
    "no_users_left": "stop and join them before the test ends",
    "policies_allow": "have the queue's policy allow it, as that of the stack in production has to",
    "streams_read": "read each shard to its end, from TRIM_HORIZON on, or from an iterator made before the puts",
    "no_expired_iterators": "read at least every 300 s, or go on with an iterator AFTER_SEQUENCE_NUMBER",
    "nothing_owed": "let it be done, by cloud.run_until_idle(), before the test ends",
    "invocations_ok": "cloud.invocations.failed has the runs with their errors; exempt a test by verdicts=()",
    "no_alarms": "cloud.alarm(name).history has its changes; a test that wants an alarm exempts itself by verdicts=()",
    "faults_fired": "call what the fault is for, or add it with optional=True",
}
"""What to do about it."""
_MOST_TOLD = 20
"""Of a queue's messages."""
_MOST_READERS = 3
"""Of a shard."""


def check_verdicts(verdicts: Any) -> tuple[Verdict, ...]:
    """The verdicts that names, or values of ``minicloud.verdicts``, stand for.

    Raises ``UsageError`` for one that there is not.
    """
    given = (verdicts,) if isinstance(verdicts, str | Verdict) else verdicts
    if not isinstance(given, Iterable):
        raise UsageError(f"verdicts={shown(verdicts)}: give a tuple of names, such as ('no_in_flight',)")
    return tuple(map(_verdict, given))


def _verdict(given: Any) -> Verdict:
    if isinstance(given, Verdict):
        return given
    if isinstance(given, str):
        if given in _JUDGES:
            return Verdict(given, _JUDGES[given])
        name, has_values, values = given.partition("(")
        make = MAKERS.get(name)
        if make is not None and has_values and values.endswith(")"):
            try:
                return make(*map(_value, values[:-1].split(",")))
            except TypeError:
                pass  # not as many as it takes
    names = [*VERDICTS, *(f"{name}(...)" for name in MAKERS)]
    bare = getattr(given, "__name__", given)
    near = did_you_mean(bare.partition("(")[0], [*VERDICTS, *MAKERS]) if isinstance(bare, str) else ""
    raise UsageError(f"{shown(given)} is not a verdict{near or ': give one of ' + ', '.join(names)}")


def _value(text: str) -> Any:
    """A value in the ini file: a number, or a name."""
    text = text.strip().strip("'\"")
    for kind in (int, float):
        with suppress(ValueError):
            return kind(text)
    return text


def judge(engine: Engine, verdicts: Collection[str | Verdict]) -> str:
    """The complaints about a cloud as text, by verdict; empty when all hold."""
    lines = []
    for verdict in check_verdicts(verdicts):
        cure = _CURES.get(verdict.name)
        try:
            complaints = verdict.judge(engine)
        except UsageError as error:  # what it needs is not there: the trace, for instance
            complaints, cure = [str(error)], None
        if complaints:
            lines.append(f"{verdict}:")
            lines += [f"  {escaped(complaint, 1_000)}" for complaint in complaints]
            lines += [f"  ({cure})"] if cure else []
    return "\n".join(lines)

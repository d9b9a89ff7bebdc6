"""Snapshots: remember what is in a cloud, and go back to it.

Nothing is copied that could be left where it is. Taking a snapshot walks over every object that the services, their
ids and the timeline lead to, and notes for each *what it holds*: the items of a list, the values of an object's slots.
Restoring writes those notes back into the same objects. So clients, views, scheduled callbacks and closures, which all
hold the very objects, stay right without being known; what came into being later is simply no longer referred to; and
several snapshots of a cloud can be restored in any order.

The walk goes into minicloud's own objects and Python's containers, and stops at everything else: texts and numbers
never change, and handlers, locks and loops are not the services' state.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from functools import cache, partial
from operator import attrgetter
from random import Random
from types import FunctionType, MemberDescriptorType, MethodType
from typing import TYPE_CHECKING, Any

from ..core.effects import Departure
from ..core.limits import Limits
from ..core.shared_text import SharedText
from ..core.shown import counted, shown
from ..core.timeline import Timeline
from ..core.world import World
from ..engine.clock import FrozenClock
from ..exceptions import UsageError
from ..services.kinesis.record import Record
from ..services.sns.envelope import Notification
from ..services.sns.filter.document import Candidate
from ..services.sns.filter.policy import FilterPolicy
from ..services.sns.publication import Publication
from ..services.sqs.message import GONE, VISIBLE, Message
from ..services.sqs.queue import Queue

if TYPE_CHECKING:
    from ..engine.engine import Engine

__all__ = ["Snapshot", "put_back", "take"]

_INERT = (
    *(str, int, bytes, float, bool, type(None), type),
    *(Candidate, Departure, FilterPolicy, Limits, Message, Notification, Publication, Record, SharedText),
)
"""What never changes, or only ever learns more about itself. Messages do change: their queue tells of them."""

_SKIPPED = frozenset({str, int, bytes, float, bool, type(None)})


_UNDER_WAY = {Timeline: ("running", "torn"), World: ("_links", "redo")}
"""Slots that say what is under way: nothing is when a snapshot is taken, and a restore may be when it is put back; or a
server is, which is no part of the cloud."""

_CHANGING = ("state", "receive_count", "first_received", "received_at", "receiver", "due", "visible_since", "turn")
"""What changes of a message, beside its handles. What is not set yet is not looked at while it is not."""


class Snapshot:
    """What was in a cloud at one moment; for ``cloud.restore``."""

    def __init__(self, engine: Engine, now: int) -> None:
        self._engine = engine
        self.time_ns = now
        """When it was taken, on the cloud's clock."""
        self.request_ids = engine.request_ids
        self.trace = engine.recorder.save()
        self.lists: list[tuple[Any, list[Any]]] = []
        self.deques: list[tuple[Any, tuple[Any, ...]]] = []
        self.dicts: list[tuple[Any, dict[Any, Any]]] = []
        self.attributes: list[tuple[dict[str, Any], dict[str, Any]]] = []
        """The attributes of objects that have a dict for them."""
        self.sets: list[tuple[Any, set[Any]]] = []
        self.randoms: list[tuple[Random, Any]] = []
        self.objects: dict[type, list[tuple[Any, tuple[Any, ...]]]] = {}
        """By class, the values of the slots that are set for all of them."""
        self.partly: list[tuple[Any, dict[str, Any]]] = []
        """Objects some of whose slots are not set, with those that are."""
        self.fresh: list[Message] = []
        """Messages that were visible and had never been received, and whose place in line is that of their sending."""
        self.messages: list[tuple[Message, tuple[Any, ...]]] = []
        """The others, with what changes of a message."""

    @property
    def size(self) -> int:
        """How many objects it remembers."""
        kinds: list[Any] = [self.lists, self.deques, self.dicts, self.sets, self.randoms, self.partly]
        kinds += [self.attributes, self.fresh, self.messages]
        return sum(map(len, kinds)) + sum(map(len, self.objects.values()))

    def belongs_to(self, engine: Engine) -> bool:
        """Whether it was taken from this cloud."""
        return self._engine is engine

    def __repr__(self) -> str:
        return f"<snapshot of {counted(self.size, 'object')}>"


class _Shape:
    """How the objects of one class hold their state."""

    def __init__(self, kind: type) -> None:
        self.names = tuple(
            name
            for name in dir(kind)
            if type(getattr(kind, name, None)) is MemberDescriptorType and name not in _UNDER_WAY.get(kind, ())
        )
        self.has_dict = any("__dict__" in base.__dict__ for base in kind.__mro__)
        self.get: Callable[[Any], tuple[Any, ...]] | None = None
        if len(self.names) > 1:
            self.get = attrgetter(*self.names)
        elif self.names:
            only = attrgetter(self.names[0])
            self.get = lambda one: (only(one),)


# What is known of a class of minicloud's holds for all snapshots: found out once, not at each of them.
_shape_of = cache(_Shape)


def take(engine: Engine) -> Snapshot:
    """``Cloud.snapshot``."""
    with engine.gate("snapshot()"):
        now = engine.settled("snapshot()")
        if engine.errand_runner.is_busy:
            raise UsageError(
                "a handler or a post waits or is under way: take the snapshot once it has ended; run_until_idle() lets "
                "it"
            )
        waiting = len(engine.world.waiters)
        if waiting:
            raise UsageError(
                f"{counted(waiting, 'call')} waiting in the cloud cannot be part of a snapshot: "
                "take it while no poll is blocked"
            )
        snapshot = Snapshot(engine, now)
        _Walk(engine, snapshot).run(_roots(engine))
        return snapshot


def put_back(engine: Engine, snapshot: Snapshot) -> None:
    """``Cloud.restore``."""
    if not isinstance(snapshot, Snapshot) or not snapshot.belongs_to(engine):
        raise UsageError(f"{shown(snapshot)} is not a snapshot of this cloud: restore what its own snapshot() returned")
    with engine.gate("restore()"):
        if engine.closed:
            raise UsageError("this Cloud is closed: restore snapshots before you close it")
        try:
            messages = _messages(engine)  # while the services are whole
            engine.world.carry_through(lambda: _restore(engine, snapshot, messages))
        except BaseException:
            engine.timeline.torn = engine.timeline.next_due = -1
            raise


def _restore(engine: Engine, snapshot: Snapshot, messages: list[Message]) -> None:
    """Write everything back; also when it was begun before and interrupted.

    All messages are gone then but for those of the snapshot. One that had been deleted before the snapshot may have
    come back with another one, and may still be referred to where a queue drops what is stale when it gets there.
    """
    engine.end_polls("the cloud was restored while this call was waiting")
    engine.errand_runner.forget()
    for message in messages:
        message.state = GONE
    _write(snapshot)
    engine.request_ids = snapshot.request_ids
    engine.recorder.load(snapshot.trace)
    if isinstance(engine.clock, FrozenClock):
        engine.clock.rewind(snapshot.time_ns)
    engine.timeline.running = None
    engine.carried = -1
    # Whoever sleeps until the next due event has to look again.
    if engine.timeline.earlier is not None:
        engine.timeline.earlier()


def _messages(engine: Engine) -> list[Message]:
    """The messages of all queues. O(messages)."""
    queues = (queue for service in engine.services("sqs") for queue in service.queues.values())
    return [message for queue in queues for message in queue.all_messages()]


def _roots(engine: Engine) -> Iterable[Any]:
    yield engine.services_by_place
    yield engine.timeline
    yield engine.world
    yield engine.request_ids
    yield engine.outbox
    yield engine.effects
    yield engine.handlers.endpoints


class _Walk:
    """One walk over a cloud's state."""

    def __init__(self, engine: Engine, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._shapes: dict[type, _Shape | None] = {}
        self._seen = {
            id(one): one
            for one in (engine, engine.lock, engine.clock, engine.sleepers, engine.handlers, engine.errand_runner,
                        engine.recorder, engine.interception,
                        engine.limits, engine.world.receiver, vars(engine).get("faults"))
        }  # fmt: skip
        """What was met, kept alive so that no id is used twice."""
        self._skipped = set(_SKIPPED)

    def run(self, roots: Iterable[Any]) -> None:
        """Note everything that the roots lead to."""
        ahead: list[Any] = list(roots)
        seen, visit, skipped = self._seen, self._visit, self._skipped
        while ahead:
            one = ahead.pop()
            kind = type(one)
            if kind in skipped:
                continue
            key = id(one)
            if key not in seen:
                seen[key] = one
                visit(one, kind, ahead)

    def _visit(self, one: Any, kind: type, ahead: list[Any]) -> None:
        snapshot = self._snapshot
        if isinstance(one, list):
            snapshot.lists.append((one, one.copy()))
            if not self._is_all_inert(one):
                ahead += one
        elif isinstance(one, dict):
            snapshot.dicts.append((one, one.copy()))
            ahead += one
            ahead += one.values()
        elif isinstance(one, deque):
            snapshot.deques.append((one, tuple(one)))
            if not self._is_all_inert(one):
                ahead += one
        elif isinstance(one, set):
            snapshot.sets.append((one, one.copy()))
            ahead += one
        elif isinstance(one, tuple | frozenset):
            ahead += one
        elif kind is MethodType:
            ahead.append(one.__self__)
        elif kind is FunctionType:
            if (one.__module__ or "").startswith("minicloud."):
                ahead += [cell.cell_contents for cell in one.__closure__ or ()]
                ahead += one.__defaults__ or ()
                ahead += (one.__kwdefaults__ or {}).values()
        elif kind is partial:
            ahead += (one.func, *one.args, *one.keywords.values())
        elif isinstance(one, Random):
            if kind is Random:
                snapshot.randoms.append((one, one.getstate()))
        elif issubclass(kind, _INERT):
            self._skipped.add(kind)
        else:
            if isinstance(one, Queue):
                self._note_messages(one)
            self._visit_object(one, kind, ahead)

    def _is_all_inert(self, items: Any) -> bool:
        """Whether there is no need to look at the items one by one: a list or deque holds one sort of things."""
        return bool(items) and issubclass(type(items[0]), _INERT) and issubclass(type(items[-1]), _INERT)

    def _note_messages(self, queue: Queue) -> None:
        fresh, others = self._snapshot.fresh, self._snapshot.messages
        for message in queue.all_messages():
            if not message.state and not message.receive_count and getattr(message, "visible_since", None) is None:
                fresh.append(message)
            else:
                handles = message.handles
                if isinstance(handles, list):
                    handles = handles.copy()
                others.append((message, (handles, *(getattr(message, name, None) for name in _CHANGING))))

    def _visit_object(self, one: Any, kind: type, ahead: list[Any]) -> None:
        shape = self._shapes.get(kind)
        if shape is None:
            if kind in self._shapes:
                return
            if not kind.__module__.startswith("minicloud."):
                self._shapes[kind] = None
                return
            shape = self._shapes[kind] = _shape_of(kind)
        if shape.get is not None:
            try:
                values = shape.get(one)
            except AttributeError:
                known = {name: getattr(one, name) for name in shape.names if hasattr(one, name)}
                self._snapshot.partly.append((one, known))
                ahead += known.values()
            else:
                found = self._snapshot.objects.get(kind)
                if found is None:
                    found = self._snapshot.objects[kind] = []
                found.append((one, values))
                ahead += values
        if shape.has_dict:
            state = vars(one)
            self._snapshot.attributes.append((state, state.copy()))
            ahead += state.values()


# --- writing back ----------------------------------------------------------------------------------------------------


def _write(snapshot: Snapshot) -> None:
    for one_list, items in snapshot.lists:
        one_list[:] = items
    for one_deque, entries in snapshot.deques:
        one_deque.clear()
        one_deque.extend(entries)
    for one_dict, content in snapshot.dicts:
        one_dict.clear()
        one_dict.update(content)
    for attributes, values in snapshot.attributes:
        # No object lacks any in between: a restore that was interrupted is made again, and walks over the queues first.
        attributes.update(values)
        for name in attributes.keys() - values.keys():
            del attributes[name]
    for one_set, members in snapshot.sets:
        one_set.clear()
        one_set.update(members)
    for message in snapshot.fresh:
        if message.state or message.receive_count or message.handles is not None:
            message.state = VISIBLE
            message.receive_count = message.first_received = 0
            message.handles = None
    for message, (handles, *changing) in snapshot.messages:
        message.handles = handles.copy() if isinstance(handles, list) else handles
        for name, value in zip(_CHANGING, changing, strict=True):
            if value is not None:
                setattr(message, name, value)
    for random, state in snapshot.randoms:
        random.setstate(state)
    for kind, noted in snapshot.objects.items():
        _writer(kind)(noted)
    for one, known in snapshot.partly:
        for name in _shape_of(one.__class__).names:
            if name in known:
                object.__setattr__(one, name, known[name])
            elif hasattr(one, name):
                object.__delattr__(one, name)


@cache
def _writer(kind: type) -> Callable[[list[tuple[Any, tuple[Any, ...]]]], None]:
    """A function that writes the slots of many objects of a class: straight-line code, as there may be a million."""
    names = _shape_of(kind).names
    if "__setattr__" in kind.__dict__ or getattr(kind, "__dataclass_params__", None):

        def write_frozen(noted: list[tuple[Any, tuple[Any, ...]]]) -> None:
            for one, values in noted:
                for name, value in zip(names, values, strict=True):
                    object.__setattr__(one, name, value)

        return write_frozen
    targets = ", ".join(f"one.{name}" for name in names)
    source = f"def write(noted):\n    for one, values in noted:\n        ({targets},) = values\n"
    namespace: dict[str, Any] = {}
    exec(compile(source, f"<minicloud restore {kind.__name__}>", "exec"), namespace)
    write: Callable[[list[tuple[Any, tuple[Any, ...]]]], None] = namespace["write"]
    return write

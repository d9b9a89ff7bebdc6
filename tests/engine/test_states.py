"""What spares looks at struck worlds tells apart all states that differ, and puts back all that it says it does."""

from __future__ import annotations

import functools
import itertools
import logging
import random
import threading
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable
from contextvars import copy_context
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any
from weakref import ref

import pytest

import minicloud
from tests.support import looks as support_looks
from tests.support import strikes
from tests.support.states import Tracked, Unseen, shared_by, state_of
from tests.support.strikes import World


class Slotted:
    __slots__ = ("left", "right")


class Open(Slotted):
    """One that has a dict, too, and slots of its own."""


class Line(deque[Any]):
    """One of a type of C, with something beside it."""


def closing_over(value: Any) -> Callable[[], Any]:
    return lambda: value


def failed(*args: Any) -> ValueError:
    try:
        raise ValueError(*args)
    except ValueError as error:
        return error


def slotted(**parts: Any) -> Slotted:
    made = Open()
    for name, part in parts.items():
        setattr(made, name, part)
    return made


def lined(**parts: Any) -> Line:
    made = Line([1])
    vars(made).update(parts)
    return made


def circle(size: int) -> list[Any]:
    inner: list[Any] = []
    outer = inner
    for _ in range(size - 1):
        outer = [outer]
    inner.append(outer)
    return inner


class Finalized:
    def __del__(self) -> None:
        pass


HELD = Open()


def counting(steps: int) -> Any:
    counter = itertools.count()
    for _ in range(steps):
        next(counter)
    return counter


def held(times: int) -> Any:
    lock = threading.RLock()
    for _ in range(times):
        lock.acquire()
    return lock


ONE, OTHER = [1], [1]
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
PAIRS: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
    "numbers": (lambda: 1, lambda: 2),
    "types of numbers": (lambda: 1, lambda: True),
    "types": (lambda: [1], lambda: (1,)),
    "texts": (lambda: "a", lambda: b"a"),
    "lists": (lambda: [1, 2], lambda: [1, 3]),
    "lengths": (lambda: [[1], 2], lambda: [[1, 2]]),
    "order": (lambda: {"a": 1, "b": 2}, lambda: {"b": 2, "a": 1}),
    "keys": (lambda: {"a": 1}, lambda: {"b": 1}),
    "values": (lambda: {"a": 1}, lambda: {"a": 2}),
    "what is the same": (lambda: [ONE, ONE], lambda: [ONE, OTHER]),
    "circles": (lambda: circle(1), lambda: circle(2)),
    "sets": (lambda: {1, 2}, lambda: {1, 3}),
    "lengths of lines": (lambda: deque([1], 2), lambda: deque([1], 3)),
    "orders of dicts": (lambda: OrderedDict(a=1), lambda: OrderedDict(a=2)),
    "factories": (lambda: defaultdict(list), lambda: defaultdict(dict)),
    "attributes": (lambda: slotted(more=1), lambda: slotted(more=2)),
    "names of attributes": (lambda: slotted(more=1), lambda: slotted(less=1)),
    "slots": (lambda: slotted(left=1), lambda: slotted(left=2)),
    "slots with nothing": (lambda: slotted(left=1), lambda: slotted(right=1)),
    "nothing in a slot": (lambda: slotted(left=None), slotted),
    "what a line has beside it": (lambda: Line([1]), lambda: lined(b=1)),
    "what a line has": (lambda: Line([1]), lambda: Line([2])),
    "namespaces": (lambda: SimpleNamespace(a=1), lambda: SimpleNamespace(a=2)),
    "what is closed over": (lambda: closing_over(1), lambda: closing_over(2)),
    "methods": (lambda: [1].append, lambda: [2].append),
    "names of methods": (lambda: [1].append, lambda: [1].pop),
    "arguments": (lambda: functools.partial(int, "1"), lambda: functools.partial(int, "2")),
    "counters": (lambda: counting(1), lambda: counting(2)),
    "counters by their methods": (lambda: counting(1).__next__, lambda: counting(2).__next__),
    "random numbers": (lambda: random.Random(1), lambda: random.Random(2)),
    "locks": (lambda: held(1), lambda: held(2)),
    "errors": (lambda: failed("a"), lambda: failed("b")),
    "where errors were raised": (lambda: failed("a"), lambda: ValueError("a")),
    "moments": (lambda: MOMENT, lambda: MOMENT.astimezone(timezone(timedelta(hours=1)))),
    "what a thread keeps": (lambda: local(1), lambda: local(2)),
}


def local(value: int) -> Any:
    made = threading.local()
    made.value = value
    return made


@pytest.mark.parametrize("name", PAIRS)
def test_what_differs_has_another_state(name: str) -> None:
    one, other = PAIRS[name]
    assert state_of([one()]) == state_of([one()])
    assert state_of([other()]) == state_of([other()])
    assert state_of([one()]) != state_of([other()])


@pytest.mark.parametrize(
    "opaque", [(one for one in (1, 2)), iter([1]), memoryview(b""), iter([1]).__next__, Finalized(), ref(HELD)]
)
def test_what_cannot_be_seen_through_is_not_taken_for_anything(opaque: Any) -> None:
    with pytest.raises(Unseen):
        state_of([{"a": opaque}])


def counter() -> Callable[[], None]:
    count = 0

    def add() -> None:
        nonlocal count
        count += 1

    return add


CHANGES: dict[str, tuple[Callable[[], Any], Callable[[Any], object]]] = {
    "a list": (lambda: [1, 2], lambda one: one.append(3)),
    "a shorter list": (lambda: [1, 2], lambda one: one.pop()),
    "a list in a list": (lambda: [[1]], lambda one: one[0].clear()),
    "another list, that is alike": (lambda: [ONE, ONE], lambda one: one.__setitem__(1, OTHER)),
    "a dict": (lambda: {"a": 1}, lambda one: one.update(a=2)),
    "an order": (lambda: {"a": 1, "b": 2}, lambda one: one.update(a=one.pop("a"))),
    "an ordered dict": (lambda: OrderedDict(a=1, b=2), lambda one: one.move_to_end("a")),
    "a dict with a factory": (lambda: defaultdict(list), lambda one: one["a"]),
    "a set": (lambda: {1}, lambda one: one.add(2)),
    "a line": (lambda: deque([1, 2], 5), lambda one: one.rotate()),
    "bytes": (lambda: bytearray(b"a"), lambda one: one.append(1)),
    "an attribute": (lambda: slotted(more=1), lambda one: setattr(one, "more", 2)),
    "one that is new": (lambda: slotted(more=1), lambda one: setattr(one, "new", 2)),
    "one that has gone": (lambda: slotted(more=1), lambda one: delattr(one, "more")),
    "a slot": (lambda: slotted(left=1), lambda one: setattr(one, "left", 2)),
    "a slot that is filled": (lambda: slotted(left=1), lambda one: setattr(one, "right", None)),
    "a slot that is emptied": (lambda: slotted(left=1), lambda one: delattr(one, "left")),
    "what a line has beside it": (lambda: Line([1]), lambda one: setattr(one, "b", 1)),
    "what is closed over": (counter, lambda one: one()),
    "random numbers": (lambda: random.Random(1), lambda one: one.random()),
    "an error": (lambda: failed("a"), lambda one: setattr(one, "__context__", failed("b"))),
    "a namespace": (lambda: SimpleNamespace(a=1), lambda one: setattr(one, "a", 2)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_has_changed_is_told_and_put_back(name: str) -> None:
    make, change = CHANGES[name]
    changes = []
    for one in make(), make():
        before = state_of([one])
        tracked = Tracked([one])
        assert tracked.changes() == ()
        change(one)
        changes.append(tracked.changes())
        assert changes[-1] != ()
        assert state_of([one]) != before
        assert tracked.put_back()
        assert state_of([one]) == before
        assert tracked.changes() == ()
    assert changes[0] == changes[1]


def test_what_cannot_be_put_back_is_told_of() -> None:
    lock = held(0)
    tracked = Tracked([lock])
    lock.acquire()
    assert tracked.changes() != ()
    assert not tracked.put_back()
    lock.release()
    assert tracked.put_back()


def test_a_counter_is_put_back_where_it_is_referred_to() -> None:
    counter = counting(2)
    there = [counter, slotted(left=counter.__next__)]
    before = state_of(there)
    tracked = Tracked(there)
    for _ in range(2):
        assert there[1].left() == 2
        assert tracked.changes() != ()
        assert tracked.put_back()
        assert state_of(there) == before
        assert tracked.changes() == ()
        assert next(there[0]) == 2
        assert there[1].left() == 3
        assert tracked.put_back()
    there = [(counter,)]
    tracked = Tracked(there)
    next(counter)
    assert not tracked.put_back()


def test_changes_of_what_is_new_are_told_apart() -> None:
    there: list[Any] = []
    tracked = Tracked(there)
    seen = []
    for new in ([1], [2], [there], [[1]]):
        there.append(new)
        seen.append(tracked.changes())
        tracked.put_back()
    assert len(set(seen)) == len(seen)


def test_what_is_shared_is_not_gone_into() -> None:
    table, one, other = {"a": 1}, [1], [1]
    shared = shared_by([table, one], [table, other])
    assert [*shared.values()] == [table]
    before = state_of([table, one], shared)
    table["b"] = 2
    assert state_of([table, one], shared) == before


class Queue(World):
    """A queue, and what the world has of its own."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.sqs: Any = self.cloud.client("sqs")
        self.url = self.sqs.create_queue(QueueName="q")["QueueUrl"]
        self.noted: list[str] = []

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.noted.append(body)
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body)

    def look(self) -> Any:
        looks[0] += 1
        return [(one.body, one.state) for one in self.cloud.queue("q").messages], list(self.noted)


looks = [0]


def nothing(_: World) -> None:
    pass


@pytest.mark.parametrize(
    "row",
    [
        strikes.Row[Queue](lambda w: w.send("a"), lambda w: w.send("b", "c")),
        strikes.Row[Queue](nothing, lambda w: w.send("b", "c"), (lambda w: w.send("b"),)),
        strikes.Row[Queue](nothing, lambda w: w.send("b"), again=True),
        strikes.Row[Queue](lambda w: w.send("a"), lambda w: w.send("b", "c"), judge=lambda w: len(w.noted)),
    ],
)
def test_with_looks_that_are_spared_the_same_is_found_to_be_wrong(
    row: strikes.Row[Queue], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strikes, "is_deep", lambda: True)
    monkeypatch.setattr(strikes, "STRIDE", 1)
    counts, wrong = [], []
    for tries in 0, support_looks.TRIES:
        monkeypatch.setattr(support_looks, "TRIES", tries)
        looks[0] = 0
        wrong.append(strikes.wrong_places(row, Queue, strikes.BY_LOOKS))
        counts.append(looks[0])
    assert wrong[0] == wrong[1] != []
    assert counts[1] <= counts[0]


def test_looks_are_spared_also_after_a_handler_has_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    def call_one_that_logs() -> None:
        cloud = minicloud.Cloud(clock="virtual")
        cloud.function("f", lambda *_: logging.getLogger(__name__).warning("a word"))
        cloud.client("lambda").invoke(FunctionName="f")

    monkeypatch.setattr(strikes, "is_deep", lambda: True)
    row = strikes.Row[Queue](nothing, lambda w: w.sqs.list_queues())
    looks[0] = 0
    assert copy_context().run(strikes.wrong_places, row, Queue) == []
    as_ever = looks[0]
    call_one_that_logs()
    looks[0] = 0
    assert strikes.wrong_places(row, Queue) == []
    assert looks[0] == as_ever

"""Weak collections: what they hold, and that nothing runs in them when something dies."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from typing import Any
from weakref import ref

import pytest
from hypothesis import given
from hypothesis import strategies as st

import minicloud
from minicloud.engine import new_clouds
from minicloud.engine.weak import WeakKeys, WeakSet
from minicloud.pytest_plugin.clouds import CloudsOfTests


class One:
    def __init__(self, number: int = 0) -> None:
        self.number = number
        self.itself: object = None


STEPS = st.lists(st.tuples(st.sampled_from(["add", "die", "discard"]), st.integers(0, 5)), max_size=30)


@given(STEPS)
def test_they_hold_what_is_alive(steps: list[tuple[str, int]]) -> None:
    alive: dict[int, One] = {}
    members, values = WeakSet[One](), WeakKeys[One, int]()
    model: dict[int, int] = {}
    for step, (what, number) in enumerate(steps):
        if what == "add":
            alive.setdefault(number, One(number))
            members.add(alive[number])
            values[alive[number]] = step
            model[number] = step
        elif what == "die":
            alive.pop(number, None)
            model.pop(number, None)
        elif number in alive:
            members.discard(alive[number])
            assert values.pop(alive[number]) == model.pop(number, None)
        assert sorted(one.number for one in members) == sorted(model)
        assert bool(members) == bool(model)
        assert [(one.number, value) for one, value in values.items()] == list(model.items())
        assert [one.number for one in values] == list(model)
        for key in list(alive):
            assert (alive[key] in members) == (key in model)
            assert values.get(alive[key]) == model.get(key)
            if key in model:
                assert values[alive[key]] == model[key]


def test_what_dies_while_they_are_gone_through_is_left_out() -> None:
    ones = [One(number) for number in range(3)]
    members = WeakSet[One]()
    for one in ones:
        members.add(one)
    del one
    found = []
    for one in members:
        found.append(one.number)
        ones.clear()
    assert len(found) == 1


@pytest.mark.parametrize("what", [WeakSet, WeakKeys])
def test_garbage_may_be_collected_while_they_are_gone_through(what: Any) -> None:
    """Up to CPython 3.11, whenever an object is made."""
    before = gc.get_threshold()
    held: Any = what()
    gc.disable()  # so that all of them are young
    try:
        ones = [One(number) for number in range(100)]
        for one in ones:
            one.itself = one
            if what is WeakSet:
                held.add(one)
            else:
                held[one] = one.number
        kept = ones[50]
        del one
        ones.clear()
        pairs = [(number, str(number)) for number in range(5_000)]  # CPython has a store of them, which makes none anew
        gc.set_threshold(gc.get_count()[0] + 40)  # not at once, but in the middle
        gc.enable()
        found = [each.number for each in held]
    finally:
        gc.enable()
        gc.set_threshold(*before)
    assert kept.number in found
    assert len(pairs) == 5_000
    gc.collect()
    assert list(held) == [kept]


def test_a_key_that_there_is_not() -> None:
    with pytest.raises(KeyError):
        WeakKeys[One, int]()[One()]


def added(one: One) -> Callable[[], object]:
    members = WeakSet[One]()
    members.add(one)
    return lambda: list(members)


def kept(one: One) -> Callable[[], object]:
    values = WeakKeys[One, int]()
    values[one] = 1
    return values.items


@pytest.mark.parametrize("keep", [added, kept])
def test_no_line_of_python_runs_when_something_dies(keep: Callable[[One], Callable[[], object]]) -> None:
    """In one the handler of a signal would run, and what it raises would be lost."""
    ones = [One()]
    left = keep(ones[0])
    assert lines_of_python(ones.clear) == []
    assert left() == []


def test_nor_when_a_cloud_is_collected() -> None:
    """Which the plugin, too, knows as long as it lives."""
    cloud = minicloud.Cloud(clock="virtual")
    cloud.function("f", lambda *_: None)
    sqs = cloud.client("sqs")
    sqs.send_message(QueueUrl=sqs.create_queue(QueueName="q")["QueueUrl"], MessageBody="m")
    cloud.client("lambda").invoke(FunctionName="f")
    alive = ref(cloud)
    callbacks = gc.callbacks[:]
    gc.callbacks.clear()  # hypothesis has one
    try:
        gc.collect()
        forget = [one for one in new_clouds.listeners if isinstance(one, CloudsOfTests)]
        for one in forget:
            one._latest.remove(cloud)
        del cloud, sqs
        assert lines_of_python(gc.collect) == []
    finally:
        gc.callbacks.extend(callbacks)
    assert forget
    assert alive() is None


def lines_of_python(call: Callable[[], object]) -> list[str]:
    """The functions that are entered while something of C's is called."""
    entered: list[str] = []
    before = sys.getprofile()
    sys.setprofile(lambda frame, event, _: entered.append(str(frame.f_code)) if event == "call" else None)
    try:
        call()
    finally:
        sys.setprofile(before)
    return entered

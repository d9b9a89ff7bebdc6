"""How a receipt handle is found in the frames of a thread, and which green thread has a message."""

from __future__ import annotations

import gc
import sys
import types
from collections import deque
from collections.abc import Iterator
from functools import partial
from types import FrameType
from typing import Any
from weakref import ref

import pytest

import minicloud
from minicloud.engine import holders
from minicloud.engine.held_handlers import Holding
from minicloud.engine.holders import Patience, find_holder, handles_in, sleeps, wakes
from tests.support.clouds import make_queue, send
from tests.support.strikes_within import struck_within

HANDLE = "the-handle"


class Job:
    """An object of the application's."""

    def __init__(self, inside: Any) -> None:
        self.inside = inside

    def work(self) -> None:
        """Do nothing."""


class OfPackage(Job):
    """One whose package leads everywhere."""


OfPackage.__module__ = "boto3.resources.base"
NAMED = [HANDLE]
"""A global name of this module."""


def frame_of(value: Any) -> FrameType:
    """A frame that has this in a local variable."""
    return sys._getframe()


def frame_that_names() -> FrameType:
    assert NAMED
    return sys._getframe()


def frame_of_package(value: Any) -> FrameType:
    """The same, of a function of boto3's."""
    names: dict[str, Any] = {"__name__": "boto3.session", "sys": sys}
    exec("def frame_of(value):\n    return sys._getframe()", names)
    frame: FrameType = names["frame_of"](value)
    return frame


def nested(inside: Any, depth: int) -> Any:
    for _ in range(depth):
        inside = [inside]
    return inside


def closure(inside: Any) -> Any:
    return lambda: inside


def generated(inside: Any) -> Iterator[Any]:
    yield inside


def with_default(one: Any = NAMED) -> None:
    """What a function has by default is no more in hand than its module's names are."""


LEADS: dict[
    str, tuple[Any, bool, bool]
] = {  # the value; whether it leads there, and whether it does for the main thread
    "text": (HANDLE, True, True),
    "text that has it": (f"{HANDLE}~", False, False),
    "dict": ({"ReceiptHandle": HANDLE}, True, True),
    "list": ([HANDLE], True, False),
    "deque": (deque([HANDLE]), True, False),
    "set": ({HANDLE}, True, False),
    "object": (Job(HANDLE), True, False),
    "method": (Job(HANDLE).work, True, False),
    "closure": (closure(HANDLE), True, False),
    "partial": (partial(print, HANDLE), True, False),
    "default": (with_default, False, False),
    "class": (type("Told", (), {"handle": HANDLE}), False, False),
    "bytes": (HANDLE.encode(), False, False),
    "of a package": (OfPackage(HANDLE), True, True),
    "behind one of a package": (OfPackage([HANDLE]), False, False),
    "eight steps": (nested(HANDLE, 9), True, False),
    "nine steps": (nested(HANDLE, 10), False, False),
    "a circle": ((circle := [], circle.append(circle)), False, False),
    "4,000 objects": ([HANDLE, *([] for _ in range(3_998))], True, False),  # the last ones are looked at first
    "4,001 objects": ([HANDLE, *([] for _ in range(3_999))], False, False),
}


@pytest.mark.parametrize("name", LEADS)
def test_what_leads_to_a_handle(name: str) -> None:
    value, leads, leads_for_main = LEADS[name]
    assert [HANDLE in handles_in([frame_of(value)], is_main) for is_main in (False, True)] == [leads, leads_for_main]
    assert HANDLE not in handles_in([frame_of_package(value)], False)
    if not isinstance(value, str):
        assert HANDLE not in handles_in([frame_of(value)], False, (type(value),))


def test_names_of_the_module_that_the_function_says_lead_there() -> None:
    assert HANDLE in handles_in([frame_that_names()], False)
    assert HANDLE not in handles_in([frame_that_names()], True)


@pytest.mark.parametrize(("before", "leads"), [(63, True), (64, False)])
def test_so_many_frames_are_looked_at(before: int, leads: bool) -> None:
    assert (HANDLE in handles_in([*(frame_of(1) for _ in range(before)), frame_of(HANDLE)], False)) == leads


def test_a_cloud_and_its_clients_lead_nowhere() -> None:
    cloud = minicloud.Cloud(clock="virtual", trace=True)
    sqs = cloud.client("sqs")
    url = make_queue(cloud)
    send(cloud, url, "m")
    handle = sqs.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
    views = [cloud, sqs, cloud.queue(url), cloud.async_client("sqs"), cloud.trace, sqs.receive_message]
    assert [handle in handles_in([frame_of(one)], False) for one in views] == [False] * len(views)


# --- green threads ----------------------------------------------------------------------------------------------------


class Green:
    """A green thread, as greenlet has them."""

    dead = False

    def __init__(self, parent: object = "the main one", **names: Any) -> None:
        self.parent = parent
        vars(self).update(names)


class Delivered:
    due = 5
    handle = HANDLE
    identity = "id"

    def __init__(self, receiver: object) -> None:
        self.receiver = receiver


class Sleep:
    """What one sleeps for."""

    done = False
    caller = None


@pytest.fixture
def greens(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module greenlet, in which ``current`` runs."""
    module: Any = types.ModuleType("greenlet")
    module.current = Green()
    module.getcurrent = lambda: module.current
    monkeypatch.setitem(sys.modules, "greenlet", module)
    monkeypatch.setattr(holders, "threads_are_green", lambda: True)
    return module


def found(*held: Any) -> holders.Holder | None:
    return find_holder(list(held), (), lambda *_: None)


def test_which_green_thread_has_a_message(greens: Any) -> None:
    named, unnamed = Green(name="Greenlet-0"), Green()
    others = [Green(dead=True), Green(parent=None)]
    nobodies = [Delivered(ref(one)) for one in others] + [Delivered(ref(Green())), Delivered("a thread's ident")]
    assert found(*nobodies) is None
    first, second = Delivered(ref(named)), Delivered(ref(unnamed))
    holder = found(*nobodies, first, second)
    assert holder is not None
    assert (holder.thread, holder.held, holder.due, holder.handle) == ("Greenlet-0", first, 5, HANDLE)
    holder = found(second, first)
    assert holder is not None
    assert (holder.thread, holder.held) == ("a green thread", second)


def test_a_green_thread_that_sleeps_in_a_call_has_none(greens: Any) -> None:
    waiter: Any = Sleep()
    held = Delivered(ref(greens.current))
    sleeps(waiter)
    receiver: Any = holders.RECEIVER.of(waiter)
    assert receiver() is greens.current
    assert found(held) is None
    waiter.done = True  # it is about to wake
    assert found(held) is not None
    waiter.done = False
    wakes(waiter)
    wakes(waiter)  # twice is fine
    assert found(held) is not None
    assert Patience().holds(found(held), 0.0, 1.0)


# --- holding ----------------------------------------------------------------------------------------------------------


def test_what_comes_into_the_beginning_of_a_hold_ends_it() -> None:
    told: list[str] = []

    class Runner:
        held = types.SimpleNamespace(holders=set[object]())

        def hold(self, who: object) -> None:
            self.held.holders.add(who)
            raise KeyboardInterrupt

        def hold_no_more(self, who: object) -> None:
            told.append("no more")
            self.held.holders.discard(who)

    runner: Any = Runner()
    holding = Holding(runner)
    with pytest.raises(KeyboardInterrupt), holding:
        told.append("held")
    assert (told, runner.held.holders) == (["no more"], set())
    runner.held.holders.add(vars(holding)["_mark"])
    del holding
    assert runner.held.holders == set()  # whoever forgets it holds nothing either


def test_a_hold_whose_making_is_interrupted_goes_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    runner: Any = types.SimpleNamespace(held=types.SimpleNamespace(holders=set[object]()))
    places, _ = struck_within(lambda: Holding(runner), ("Holding.__init__",), 1)
    half = Holding.__new__(Holding)
    vars(half)["_mark"] = object()
    del half
    gc.collect()
    assert (places, [str(one.exc_value) for one in told]) == (1, [])

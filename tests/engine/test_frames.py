"""Frames of other threads, and the collector of garbage while they are read."""

from __future__ import annotations

import gc
import importlib.util
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from minicloud.engine import frames

from ..support.threads import Worker


class Garbage:
    """What only a collection ends."""

    def __init__(self, at_its_end: Callable[[], object]) -> None:
        self.me = self
        self.at_its_end = at_its_end

    def __del__(self) -> None:
        self.at_its_end()


class Made:
    """What the collector counts."""


class Elsewhere:
    """A thread that waits in ``inner``, called by ``middle``; sent on, it waits as deep in calls of other functions."""

    def __init__(self) -> None:
        self._inside, self._on, self.away, self.last = (threading.Lock() for _ in range(4))
        for lock in (self._inside, self._on, self.away, self.last):
            lock.acquire()
        self.is_sent_on = False
        self.worker = Worker(self._outer)
        self._inside.acquire()
        self.innermost = self._where()
        while self.innermost.f_code.co_name != "_inner":
            self.innermost = self._where()

    def send_on(self) -> None:
        """Have the thread return from where it waits, and wait until it has called the others."""
        if not self.is_sent_on:
            self.is_sent_on = True
            self._on.release()
            self.away.acquire()

    def end(self) -> None:
        self.send_on()
        self.last.release()
        self.worker.result()

    def _where(self) -> Any:
        return frames.frames_of_others()[self.worker.ident]

    def _inner(self) -> None:
        self._inside.release()
        self._on.acquire()

    def _middle(self) -> None:
        self._inner()

    def _outer(self) -> None:
        self._middle()
        _others(3, self)


def _others(more: int, elsewhere: Elsewhere) -> None:
    first = second = third = fourth = fifth = sixth = seventh = eighth = object()
    if more:
        _others(more - 1, elsewhere)
    else:
        elsewhere.away.release()
        elsewhere.last.acquire()
    del first, second, third, fourth, fifth, sixth, seventh, eighth


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    made = Elsewhere()
    yield made
    made.end()


def where_each_object_collects(number: int, elsewhere: Elsewhere, read: Callable[[], Any]) -> Any:
    """What ``read`` returns, where garbage is collected whenever an object is made, as up to Python 3.11.

    That collection finds some whose end sends the thread on which has this number.
    """
    thresholds, was_on, left = gc.get_threshold(), gc.isenabled(), number
    made: list[object] = []

    def have_next_object_collect(phase: str, _: object) -> None:
        nonlocal left
        if phase == "stop":
            made.extend([Made(), Made()])
        else:
            left -= 1
            if not left:
                Garbage(elsewhere.send_on)

    gc.callbacks.append(have_next_object_collect)
    gc.set_threshold(1)
    gc.enable()
    try:
        return read()
    finally:
        gc.disable()
        gc.callbacks.remove(have_next_object_collect)
        gc.set_threshold(*thresholds)
        if was_on:
            gc.enable()


@pytest.mark.parametrize("number", range(1, 6))
def test_a_frame_that_is_over_before_its_caller_has_an_object(elsewhere: Elsewhere, number: int) -> None:
    """CPython 3.11 takes what it then finds in the caller's place, which is another frame, or none: it crashed."""
    caller = where_each_object_collects(number, elsewhere, lambda: frames.caller_of(elsewhere.innermost))
    assert caller.f_code.co_name == "_middle"


class Looked:
    """Stands for a frame or a coroutine, and notes whether garbage would be collected while it is read."""

    def __init__(self, again: Callable[[], object] = lambda: None) -> None:
        self.seen: list[bool] = []
        self._again = again

    def __getattr__(self, name: str) -> str:
        self._again()
        self.seen.append(gc.isenabled())
        return name


@pytest.mark.parametrize("is_on", [True, False])
def test_nothing_is_collected_while_anything_is_read(is_on: bool) -> None:
    before = gc.isenabled()
    looked: Any = Looked()
    within: Any = Looked(lambda: frames.caller_of(looked))  # as the end of a value may do, or a handler of a signal
    try:
        (gc.enable if is_on else gc.disable)()
        for one in (looked, within):
            read = [frames.caller_of(one), frames.names_in(one), frames.frame_of(one, "cr_frame")]
            assert read == ["f_back", "f_locals", "cr_frame"]
            assert (gc.isenabled(), frames._pauses_collection) == (is_on, False)
        assert (looked.seen, within.seen) == ([False] * 6, [False] * 3)
    finally:
        (gc.enable if before else gc.disable)()


@pytest.mark.parametrize("is_on", [True, False])
def test_the_collector_is_off_while_frames_are_looked_at_and_then_as_before(
    monkeypatch: pytest.MonkeyPatch, is_on: bool
) -> None:
    seen: list[tuple[bool, bool]] = []
    before = gc.isenabled()

    def look() -> dict[int, Any]:
        seen.append((gc.isenabled(), frames._pauses_collection))
        return {}

    monkeypatch.setattr(sys, "_current_frames", look)
    try:
        (gc.enable if is_on else gc.disable)()
        frames.frames_of_others()
        assert (seen, gc.isenabled(), frames._pauses_collection) == ([(False, is_on)], is_on, False)
    finally:
        (gc.enable if before else gc.disable)()


def test_before_the_first_look_nobody_has_paused_the_collector(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is forked then, and whose collector is off, leaves it off."""
    monkeypatch.setattr("os.register_at_fork", lambda **_: None, raising=False)
    spec = importlib.util.spec_from_file_location("minicloud.engine.frames_anew", frames.__file__)
    assert spec is not None
    assert spec.loader is not None
    anew = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(anew)
    assert anew._pauses_collection is False


@pytest.mark.parametrize("was_paused", [True, False])
def test_a_forked_process_has_the_collector_as_it_was_before_a_look(
    monkeypatch: pytest.MonkeyPatch, was_paused: bool
) -> None:
    before, lock = gc.isenabled(), frames._looking
    monkeypatch.setattr(frames, "_looking", lock)
    monkeypatch.setattr(frames, "_pauses_collection", was_paused)
    try:
        gc.disable()
        frames._start_over()
        assert (gc.isenabled(), frames._pauses_collection) == (was_paused, False)
        assert frames._looking is not lock
    finally:
        (gc.enable if before else gc.disable)()

"""An exception that comes from the interpreter itself, at one of the instructions at which it looks for any.

All instructions are watched once, while the call is made that is to be struck: this says which are its places, in their
order. To strike one of them only its function is watched then, until the instruction has come as often as it had before
that place. So a call costs what it always costs, and not an event for each instruction that comes before the place.
"""

from __future__ import annotations

import ctypes
import gc
import sys
import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

import minicloud

__all__ = ["PACKAGE", "Instructions", "Struck", "is_ours"]

PACKAGE = str(Path(minicloud.__file__).parent)

MADE_ANEW = "<minicloud restore "
"""Functions that each call compiles anew: what was seen of one says nothing of the next, so places are counted."""


NO_THREAD = ctypes.c_ulong(0)


class Struck(BaseException):
    """What comes into a call."""


def is_ours(file_name: str) -> bool:
    """Whether it is minicloud's own, or was compiled by it."""
    return file_name.startswith((PACKAGE, "<minicloud "))


_looks: dict[int, tuple[CodeType, bytes, frozenset[int]]] = {}
"""Of each code that came, by its id: what is in it, and where the interpreter looks. CPython makes the bytes anew each
time it is asked."""


class Place(NamedTuple):
    """Where a call can be struck."""

    code: CodeType
    offset: int
    is_entered: bool
    """Whether it is where the function is entered, and no instruction in it."""
    occurrence: int
    """The how many-th time it is, from 1 on."""


def _once(threads: dict[str, ctypes.c_ulong]) -> Any:
    """The type of an argument: for the first call the thread in the dict, then what is passed. All of it is C."""

    class Once:
        from_param = partial(threads.pop, "thread")

    return Once


class Instructions:
    """Watches the instructions at which the interpreter looks for exceptions, and has one wait for it there.

    Setting an asynchronous exception from Python would have it raised on the spot, in the watcher itself: so one tool
    counts, in Python, and arms another one, which is C alone and is called next for the same instruction.
    """

    COUNTER, TRIGGER = 4, 3  # the higher one is called first
    CALLS = ("CALL", "CALL_KW", "CALL_FUNCTION_EX")
    """Armed at one of these, the exception comes when what is called is entered, or has returned."""

    def __init__(self) -> None:
        import dis

        self.monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
        events = self.monitoring.events
        self.event = events.INSTRUCTION
        self.entries = events.PY_START | events.PY_RESUME
        self.calls = {dis.opmap[name] for name in self.CALLS if name in dis.opmap}
        self.opcodes = {*self.calls, dis.opmap["JUMP_BACKWARD"]}
        self.places: list[Place] = []
        """Of the latest call that was made without being struck, in their order."""
        self.passed: Counter[tuple[int, int, bool]] = Counter()
        """How often each was passed, by the id of its code; that of the place alone if there is one to be struck."""
        self.place: Place | None = None
        """The one to be struck, if it is known; the n-th otherwise."""
        self.is_counting = False
        self.is_armed = False
        self.watches_all = False
        self.seen = self.target = 0
        self.struck = ""
        self.to_strike: dict[str, ctypes.c_ulong] = {}
        """The thread, until it is struck. CPython 3.14 has the trigger come at each instruction from the place on."""
        self.thread = threading.get_ident()
        """The one that is struck. Others may be under way, of a cloud that an earlier test has left behind."""
        set_async = ctypes.pythonapi.PyThreadState_SetAsyncExc
        self.take_back = partial(ctypes.PyDLL(None).PyThreadState_SetAsyncExc, ctypes.c_ulong(self.thread))
        # Of the code and the offset, which it is given too, a function of C takes no notice.
        set_async.argtypes = [_once(self.to_strike), ctypes.py_object, ctypes.py_object, ctypes.py_object]
        self.strike = partial(set_async, NO_THREAD, Struck)
        for tool in (self.COUNTER, self.TRIGGER):
            self.monitoring.use_tool_id(tool, "strikes")
            self.monitoring.register_callback(tool, self.event, self.look if tool == self.COUNTER else self.pass_by)
        for entered in (events.PY_START, events.PY_RESUME):
            self.monitoring.register_callback(self.COUNTER, entered, self.enter)

    def end(self) -> None:
        """Watch nothing any more."""
        self.watch_all(False)
        for tool in (self.COUNTER, self.TRIGGER):
            for event in (self.event, self.monitoring.events.PY_START, self.monitoring.events.PY_RESUME):
                self.monitoring.register_callback(tool, event, None)
            self.monitoring.free_tool_id(tool)

    def watch_all(self, on: bool) -> None:
        """Watch all that runs, or nothing of it."""
        if on != self.watches_all:
            self.watches_all = on
            self.monitoring.set_events(self.COUNTER, self.event | self.entries if on else 0)
            self.monitoring.set_events(self.TRIGGER, self.event if on else 0)

    def watch(self, place: Place, on: bool) -> None:
        """Watch the function of a place, or nothing of it."""
        event = self.entries if place.is_entered else self.event
        self.monitoring.set_local_events(self.COUNTER, place.code, event if on else 0)
        if not place.is_entered:
            self.monitoring.set_local_events(self.TRIGGER, place.code, event if on else 0)

    def is_a_place(self, code: CodeType, offset: int) -> bool:
        """Whether the interpreter looks there for exceptions, and the code is minicloud's."""
        known = _looks.get(id(code)) or self.looks_of(code)
        return offset in known[2]

    def looks_of(self, code: CodeType) -> tuple[CodeType, bytes, frozenset[int]]:
        """What is in a code, and where the interpreter looks; of one that is not minicloud's, nothing and nowhere."""
        text = code.co_code if is_ours(code.co_filename) else b""
        known = code, text, frozenset(place for place in range(0, len(text), 2) if text[place] in self.opcodes)
        if not code.co_filename.startswith(MADE_ANEW):
            _looks[id(code)] = known
        return known

    def pass_by(self, code: CodeType, offset: int) -> Any:
        """What the trigger does unless it is armed."""
        return None if self.is_a_place(code, offset) else self.monitoring.DISABLE

    def disarm(self) -> None:
        """Have no exception set by the next instruction."""
        if self.is_armed:
            self.monitoring.register_callback(self.TRIGGER, self.event, self.pass_by)
            self.is_armed = False

    def has_come(self, code: CodeType, offset: int, is_entered: bool) -> bool:
        """A place was reached: whether it is the one to be struck."""
        if self.place is not None:
            if self.place.offset != offset or self.place.code is not code:
                return False
            self.seen += 1
            return self.seen == self.place.occurrence
        self.seen += 1
        if not self.target:
            key = id(code), offset, is_entered
            self.passed[key] += 1
            self.places.append(Place(code, offset, is_entered, self.passed[key]))
        return self.seen == self.target

    def enter(self, code: CodeType, offset: int) -> Any:
        """A function is entered that was not called by an instruction which is a place itself: by an operator, say."""
        if threading.get_ident() != self.thread:
            return None
        self.disarm()
        if not is_ours(code.co_filename):
            return self.monitoring.DISABLE
        caller = sys._getframe(1).f_back
        text = b"" if caller is None else (_looks.get(id(caller.f_code)) or self.looks_of(caller.f_code))[1]
        was_called = text != b"" and text[caller.f_lasti] in self.calls
        if self.is_counting and not was_called and self.has_come(code, offset, True):
            self.is_counting = False
            self.struck = f"{code.co_filename}:{code.co_firstlineno}"
            raise Struck(self.struck)
        return None

    def look(self, code: CodeType, offset: int) -> Any:
        """An instruction comes."""
        if threading.get_ident() != self.thread:
            return None
        self.disarm()
        if not self.is_a_place(code, offset):
            return self.monitoring.DISABLE
        if self.is_counting and self.has_come(code, offset, False):
            self.is_counting = False
            self.struck = f"{code.co_filename}:{_line_of(code, offset)}"
            self.is_armed = True
            self.to_strike["thread"] = ctypes.c_ulong(self.thread)
            self.monitoring.register_callback(self.TRIGGER, self.event, self.strike)
        return None

    def end_call(self) -> None:
        """A call is over: nothing of what comes now is struck."""
        self.is_counting = False
        self.disarm()
        self.take_back(None)
        if self.place is not None:
            self.watch(self.place, False)

    def run(self, call: Callable[[], object], n: int) -> tuple[int, str]:
        """Make a call, struck at its n-th place: how many were passed, and which was struck."""
        self.seen, self.target, self.struck = 0, n, ""
        self.place = self.places[n - 1] if 0 < n <= len(self.places) else None
        if self.place is not None and self.place.code.co_filename.startswith(MADE_ANEW):
            self.place = None
        if n == 0:
            self.places = []
            self.passed.clear()
        if self.place is None:
            self.watch_all(True)
        else:
            self.watch_all(False)
            self.watch(self.place, True)
        was_enabled = gc.isenabled()
        gc.disable()  # garbage is collected where the interpreter looks, and what a callback raises there is lost
        try:
            self.is_counting = True
            call()
            self.is_counting = False
            _let_it_come()
        except Struck:
            pass
        except BaseException:
            self.end_call()
            raise
        finally:
            if was_enabled:
                gc.enable()
        try:
            self.end_call()
        except Struck:  # what is set as the call's last function ends may still come when all of it is over
            self.end_call()
        return n if self.struck else self.seen, self.struck


def _let_it_come() -> None:
    """Have an exception raised that is still to come. Apart: what comes into a loop may pass by the try around it."""
    for _ in range(2):
        pass


def _line_of(code: CodeType, offset: int) -> int | None:
    return next((line for start, end, line in code.co_lines() if start <= offset < end), None)

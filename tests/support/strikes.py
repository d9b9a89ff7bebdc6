"""An exception that comes into a call, at each place where one may, and what is to be seen of the cloud afterwards.

A test of a service has a world (a cloud, and what can be seen of it) and rows: how the world is made, the call that is
struck, and what else may have happened of it than all or nothing. ``wrong_places`` strikes the call of a row at each of
its places in turn, in a new world each time. What can be seen then, at once and when everything had its time, has to be
what can be seen when nothing was done, or when all of it was.

Where an exception may come in is where CPython looks for one: when a function is entered, when a call has returned, and
at a jump back. There are three ways to strike there:

``by_profile``       raises in a profiler, when a function is entered or one of C's has returned;
``by_instruction``   (from Python 3.12 on) has the interpreter itself raise an asynchronous exception at its next look,
                     from each instruction at which it looks: also at jumps back, and after calls of classes;
``by_return``        is the rest of ``by_profile``, which ``by_instruction`` passes by: a function of C's has returned,
                     in which one of Python's had run. (What waits for the call comes when that one is entered.)
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Generic, TypeVar

import minicloud
from minicloud.engine import function_runs, run_capture, turns
from minicloud.engine.turns import current_execution

from .depth import is_deep
from .instructions import PACKAGE, Instructions, Struck, is_ours
from .looks import Looks

__all__ = [
    "FORMS",
    "STRIDE",
    "WAYS",
    "Form",
    "Row",
    "Struck",
    "World",
    "by_instruction",
    "by_memory",
    "by_profile",
    "by_recursion",
    "by_return",
    "is_where_handlers_are_called",
    "places_of",
    "places_to_strike",
    "run_profiled",
    "wrong_places",
]

SHALLOW = 2
"""How many places of a row are struck unless everything is gone through."""


# --- striking --------------------------------------------------------------------------------------------------------

Strike = Callable[[Callable[[], object], int], tuple[int, str]]
"""Runs a call, struck at its n-th place: how many places were passed, and which was struck; none for n = 0."""
_passed: list[Hashable] = []
"""At which instructions the places of the latest call were that was not struck, in their order, where it is known."""


def _is_in(frame: Any, file_names: tuple[str, ...]) -> bool:
    """Whether something in one of these files runs, or has called what runs."""
    while frame is not None:
        if frame.f_code.co_filename.endswith(file_names):
            return True
        frame = frame.f_back
    return False


def run_profiled(call: Callable[[], object], look: Callable[[Any, str, Any], None], error: type[BaseException]) -> None:
    """Run a call under a profiler, which may end it by this error."""
    before = sys.getprofile()
    sys.setprofile(look)
    try:
        call()
    except error:
        pass
    finally:
        sys.setprofile(before)


def by_profile(
    call: Callable[[], object], n: int, error: type[BaseException] = Struck, passes_by: tuple[str, ...] = ()
) -> tuple[int, str]:
    """Raise when a function is entered, or one of C's has returned.

    Not in files of these names, nor in what they call.
    """
    seen, place = 0, ""
    if n == 0:
        _passed.clear()

    def look(frame: Any, event: str, _: object) -> None:
        nonlocal seen, place
        file_name = frame.f_code.co_filename
        if event in ("call", "c_return") and is_ours(file_name) and not (passes_by and _is_in(frame, passes_by)):
            seen += 1
            if n == 0:
                _passed.append((frame.f_code, frame.f_lasti, event))
            if seen == n:
                sys.setprofile(None)
                place = f"{file_name}:{frame.f_lineno}"
                raise error(place)

    run_profiled(call, look, error)
    return seen, place


def by_return(call: Callable[[], object], n: int) -> tuple[int, str]:
    """Raise when a function of C's has returned in which one of Python's had been entered."""
    seen, place, entered = 0, "", 0
    begun: list[int] = []
    """Of the functions of C that are under way: how many of Python's had been entered before."""
    if n == 0:
        _passed.clear()

    def look(frame: Any, event: str, _: object) -> None:
        nonlocal seen, place, entered
        if event == "call":
            entered += 1
        elif event == "c_call":
            begun.append(entered)
        elif event in ("c_return", "c_exception") and begun and begun.pop() != entered and event == "c_return":
            file_name = frame.f_code.co_filename
            if is_ours(file_name):
                seen += 1
                if n == 0:
                    _passed.append((frame.f_code, frame.f_lasti))
                if seen == n:
                    sys.setprofile(None)
                    place = f"{file_name}:{frame.f_lineno}"
                    raise Struck(place)

    run_profiled(call, look, Struck)
    return seen, place


_instructions: Instructions | None = None


def by_instruction(call: Callable[[], object], n: int) -> tuple[int, str]:
    """Have an asynchronous exception raised at the interpreter's next look."""
    global _instructions  # noqa: PLW0603  # what passes by is looked at once, not in each call
    if _instructions is None:
        _instructions = Instructions()
    found = _instructions.run(call, n)
    if n == 0:
        _passed[:] = [(place.code, place.offset, place.is_entered) for place in _instructions.places]
    return found


def stop_watching() -> None:
    """Be done with instructions: as long as they are watched everything is slower."""
    global _instructions  # noqa: PLW0603  # the same
    if _instructions is not None:
        _instructions.end()
        _instructions = None


def _depth() -> int:
    """How deep the caller is by the interpreter's own count, for which some calls of C count, too."""
    depth = 1
    while True:
        try:
            sys.setrecursionlimit(depth + 1)
        except RecursionError:  # that is not above the depth of this function
            depth += 1
        else:
            return depth - 1


def by_recursion(call: Callable[[], object], n: int) -> tuple[int, str]:
    """Leave the call a stack of n frames, of which there are enough at FRAMES."""
    limit = sys.getrecursionlimit()
    place = ""
    _passed.clear()
    try:
        if n:
            sys.setrecursionlimit(_depth() + n)
        call()
    except RecursionError as error:
        place = f"{n} frames: {error}"
    finally:
        sys.setrecursionlimit(limit)
    return FRAMES, place


FRAMES = 60


class Exhausted(MemoryError):
    """No memory is left. (To have allocations fail, as _testcapi can, crashes CPython itself.)"""


def by_memory(call: Callable[[], object], n: int) -> tuple[int, str]:
    """Have the memory be full at the n-th place."""
    return by_profile(call, n, Exhausted)


WAYS: dict[str, Strike] = {"by profile": by_profile}
if sys.version_info >= (3, 12):
    WAYS["by instruction"] = by_instruction
BY_LOOKS = by_instruction if sys.version_info >= (3, 12) else by_profile
"""The way that goes through most places."""
STRIDE = int(os.environ.get("MINICLOUD_STRIDE", "1"))
"""Every how many-th place is struck when all are gone through, on a Python that need not show all of them."""
SPARSELY = 5
"""Of what is another form of the same every how many-th place is struck when all are gone through."""
TRACED = 10
"""The same of what is struck with a trace: what keeps that is the same code in every call."""
OFTEN = 4
"""What comes again after so many times is another form of the same, but for the last time."""


@dataclass(frozen=True)
class Form:
    """How the places of a row are struck."""

    strike: Strike
    trace: bool = False
    stride: int = 1

    def __str__(self) -> str:
        return f"{self.strike.__name__}{'-traced' if self.trace else ''}"

    def wrong_places(self, row: Row[W], world_type: type[W], excuse: Excuse | None = None) -> list[str]:
        """The same as the function."""
        return wrong_places(row, world_type, self.strike, excuse, stride=self.stride, trace=self.trace)


FORMS = [Form(BY_LOOKS)]
"""Each place is struck without a trace (of those at one instruction, as OFTEN says), some are with one, and the places
of another way that are left; by default, and where only some are struck anyway, some are without a trace."""
if is_deep() and STRIDE == 1:
    FORMS.append(Form(BY_LOOKS, trace=True, stride=TRACED))
    if BY_LOOKS is not by_profile:
        FORMS.append(Form(by_return))


# --- worlds ----------------------------------------------------------------------------------------------------------


class World:
    """A cloud, and what can be seen of it."""

    LONG = 5 * 3600
    """Seconds in which everything comes to its end."""

    def __init__(self, **options: Any) -> None:
        self.cloud = minicloud.Cloud(**{"clock": "virtual", "seed": 1, **options})
        self.kept: Any = None
        """What the making of the world leaves for the call."""

    def picture(self) -> dict[str, Any]:
        """What can be seen at once, and when everything had its time."""
        return {"now": self.look(), "later": self.later()}

    def later(self) -> Any:
        """What can be seen when everything had its time. Nothing may be left half done."""
        self.cloud.clock.advance(self.LONG)
        later = self.look()
        engine: Any = self.cloud
        assert not engine.lock._is_owned()
        assert not engine.timeline.torn
        assert not engine.effects
        assert not engine.errands
        assert not engine.errand_runner.taken
        assert current_execution.get() is None, "this thread is inside of a handler for ever"
        self.check()
        return later

    def look(self) -> Any:
        """What can be seen; without ids and the like, which an interrupted call may have drawn."""
        raise NotImplementedError

    def check(self) -> None:
        """Complain about what is kept and is not what can be derived."""

    def close(self) -> None:
        """Let go of what the world has beside its cloud."""


W = TypeVar("W", bound=World)
Act = Callable[[W], Any]


@dataclass
class Row(Generic[W]):
    """A call, and the world in which it is made."""

    make: Act[W]
    act: Act[W]
    partly: tuple[Act[W], ...] = ()
    """What else may have happened of it than all or nothing."""
    again: bool = False
    """Whether the call is made again after it was interrupted; then only the whole is right."""
    options: dict[str, Any] = field(default_factory=dict)
    judge: Callable[[W], Any] | None = None
    """What is to be seen of the world, the same in each case; None: its picture."""
    stride: int = 1
    """For long calls that do the same over and over: every how many-th place is struck when all are gone through."""


def _calls_of_handlers() -> set[str]:
    return {
        f"/{name}:{number}"
        for name in ("core/errands.py", "engine/function_runs.py", "engine/handlers.py")
        for number, line in enumerate((Path(PACKAGE) / name).read_text("utf-8").splitlines(), 1)
        if "came = " in line and "handler(" in line
    }


CALLS_OF_HANDLERS = _calls_of_handlers()


def is_where_handlers_are_called(place: str) -> bool:
    """Whether a place is the call of a handler itself: what comes in there comes into the handler."""
    return place.partition(", ")[2] in CALLS_OF_HANDLERS


Excuse = Callable[[str, Any, list[Any]], bool]
"""Whether what was seen is right all the same: the place, what was seen, and what was to be seen."""


def places_of(row: Row[W], world_type: type[W], strike: Strike, **options: Any) -> int:
    """How many places the call of a row has."""
    world = _world(row, world_type, options)
    try:
        return strike(lambda: row.act(world), 0)[0]
    finally:
        world.close()


def wrong_places(
    row: Row[W],
    world_type: type[W],
    strike: Strike = by_profile,
    excuse: Excuse | None = None,
    *,
    stride: int = 1,
    each: bool = False,
    **options: Any,
) -> list[str]:
    """Strike the call of a row, at some of its places, or at all of them, as one goes; what was wrong afterwards.

    With ``each``, at all of those that ``strike`` knows, however deep one goes: few, as in ``strikes_within``.
    """
    runs: Any = function_runs
    clock = runs.perf_counter
    runs.perf_counter = _no_time  # how long a run took of real time is no two times the same
    try:
        return _wrong_places(row, world_type, strike, excuse, stride, each, options)
    finally:
        runs.perf_counter = clock
        stop_watching()


_no_time = (0.0).conjugate
"""A function of C, as the clock is one."""


def _wrong_places(
    row: Row[W],
    world_type: type[W],
    strike: Strike,
    excuse: Excuse | None,
    stride: int,
    each: bool,
    options: dict[str, Any],
) -> list[str]:
    warm = _world(row, world_type, options)  # what is loaded and compiled by the first call
    row.act(warm)
    # The places are counted where the call is made as a whole, to be looked at: that spares a world.
    counted = _world(row, world_type, options)
    places, _ = strike(partial(row.act, counted), 0)
    numbers = list(range(1, places + 1)) if each else places_to_strike(places, row.stride * stride * STRIDE)
    if not numbers:
        for world in warm, counted:
            world.close()
        return []
    looks = Looks(partial(_look, row), warm, counted) if len(numbers) >= FEW else None
    warm.close()
    allowed = [_seen(row, counted)]
    counted.close()
    for act in row.partly if row.again else (_nothing, *row.partly):
        world = _world(row, world_type, options)
        act(world)
        allowed.append(_seen(row, world))
        world.close()
    wrong = []
    new: W | None = None
    for n in numbers:
        world = new or _world(row, world_type, options)
        new = None
        if looks:
            looks.begin(world)
        _, place = strike(partial(row.act, world), n)
        if place:
            place = f"{n}, {place.removeprefix(PACKAGE)}"
            try:
                seen = looks.seen(world) if looks else _look(row, world)
                if seen not in allowed and not (excuse and excuse(place, seen, allowed)):
                    wrong.append(f"{place}: {_difference(seen, allowed)}")
            except Exception as error:
                wrong.append(f"{place}: {error!r}")
        elif each or strike is by_instruction:
            wrong.append(f"{n} of {places} has not come again")
        if looks and looks.put_back(world):
            new = world
        else:
            for run in [*run_capture._active]:  # whose end was struck: it is the process's until its cloud goes on
                run_capture.end(run)
            world.close()
    if looks:
        looks.end()
    if new is not None:  # it has been put back, and is as good as any
        row.act(new)
        assert _seen(row, new) == allowed[0], "a world that was put back is not as a new one"
        new.close()
    return wrong


FEW = 8
"""For fewer places than this it does not pay to compare states."""


def _look(row: Row[W], world: W) -> Any:
    if row.again:
        row.act(world)
    return _seen(row, world)


def places_to_strike(places: int, stride: int) -> list[int]:
    """Which of the places of the call that was made last."""
    if not is_deep():
        step = -(-places // SHALLOW)
        return list(range(1 + places % step, places + 1, step))
    numbers = list(range(1, places + 1))
    if len(_passed) == places:
        ahead, behind = Counter(_passed), Counter[Hashable]()
        numbers = []
        for number, instruction in enumerate(_passed, 1):
            ahead[instruction] -= 1
            behind[instruction] += 1
            if behind[instruction] <= OFTEN or behind[instruction] % SPARSELY == 0 or not ahead[instruction]:
                numbers.append(number)
    return numbers[len(numbers) % stride :: stride]


def _nothing(_: object) -> None:
    pass


def _world(row: Row[W], world_type: type[W], options: dict[str, Any]) -> W:
    turns._nobodies = count(-1, -1)  # all clouds have the same one
    world = world_type(**{**row.options, **options})
    made = row.make(world)
    world.kept = made if made is not None else world.kept
    return world


def _seen(row: Row[W], world: W) -> Any:
    return world.picture() if row.judge is None else row.judge(world)


def _difference(seen: Any, allowed: list[Any]) -> str:
    if not isinstance(seen, dict):
        return f"{seen} is none of {allowed}"
    parts = [name for name in seen if all(seen[name] != one[name] for one in allowed)]
    return f"{parts or 'only a part'}\n    seen {_short(seen, parts)}\n" + "\n".join(
        f"    not  {_short(one, parts)}" for one in allowed
    )


def _short(seen: dict[str, Any], parts: list[str]) -> str:
    return str([seen[part] for part in parts or seen])[:4000]

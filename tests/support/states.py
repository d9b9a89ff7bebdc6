"""The whole state of an object and of all that it leads to, as a value: where it is equal, nothing can be told apart.

Objects are numbered as they are come upon, so it does not matter where they are in memory, and what refers to the same
object twice differs from what refers to two that are alike. An order counts, of a dict's keys, say, even where nobody
minds it. So two states that are told apart may be alike; two that are not told apart are.

What the walk cannot see through (a thread, a generator, a thing of C that is not known here) makes it raise ``Unseen``,
and so does what is told of it when objects go, for who tracks states keeps them: finalizers, and weak references.
"""

from __future__ import annotations

import functools
import itertools
import operator
import random
import re
import struct
import sys
import threading
import types
import weakref
from array import array
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import compress
from operator import is_, is_not
from typing import Any, NamedTuple

from minicloud.core.operation import Operation
from minicloud.core.shapes import Shape

from .instructions import Instructions

__all__ = ["State", "Tracked", "Unseen", "shared_by", "state_of"]

State = tuple[Any, ...]
"""What a state is made of: values, and types and the like as they are. To be compared, and nothing else."""
_Look = Callable[[Any], Iterable[Any]]
_Put = Callable[[Any, list[Any]], None]


class Unseen(Exception):
    """There is something whose state cannot be told."""


class _Missing:
    """Stands for the value of a slot or a cell that has none."""


class _Shared:
    """Stands for an object that is not gone into."""


class _Changed:
    """Stands ahead of what an object is made of now."""


_VALUES = (str, bytes, int, float, bool, complex, types.NoneType, types.EllipsisType, types.NotImplementedType)
"""Types whose instances are what they are equal to."""
_VALUE_TYPES = frozenset(_VALUES)
_CONSTANTS: tuple[type, ...] = (
    *(type, types.ModuleType, types.CodeType, re.Pattern, property, operator.attrgetter, operator.itemgetter),
    *(types.MethodDescriptorType, types.WrapperDescriptorType, types.GetSetDescriptorType, types.MemberDescriptorType),
    *(types.ClassMethodDescriptorType, functools._lru_cache_wrapper, struct.Struct, threading.Thread),
    *(Operation, Shape, Instructions),
)
"""Types whose instances do not change: each is itself. What classes and modules have is not of any one object."""


def _of_function(one: types.FunctionType) -> Iterable[Any]:
    module = sys.modules.get(one.__globals__.get("__name__", ""))
    own = None if module is not None and vars(module) is one.__globals__ else one.__globals__
    return one.__code__, one.__closure__, one.__defaults__, one.__kwdefaults__, one.__dict__, own


def _of_cell(one: types.CellType) -> Iterable[Any]:
    try:
        return (one.cell_contents,)
    except ValueError:
        return (_Missing,)


def _of_frame(one: types.FrameType) -> Iterable[Any]:
    running: types.FrameType | None = sys._getframe()
    while running is not None:
        if running is one:
            raise Unseen("a frame that runs")
        running = running.f_back
    return one.f_code, one.f_lasti, dict(one.f_locals)


def _of_mapping(one: Any) -> Iterable[Any]:
    return [*one, *one.values()]


def _of_set(one: Any) -> Iterable[Any]:
    """In an order that does not depend on how it came to be, if that can be."""
    return sorted(one, key=repr) if _VALUE_TYPES.issuperset(map(type, one)) else one


def _of_text(one: Any) -> Iterable[Any]:
    return (repr(one),)


def _of_lock(one: Any) -> Iterable[Any]:
    return (repr(one).partition(" at 0x")[0],)  # who owns it, and how often


def _of_error(one: BaseException) -> Iterable[Any]:
    return one.args, one.__cause__, one.__context__, one.__suppress_context__, one.__traceback__


def _put_into_error(one: BaseException, parts: list[Any]) -> None:
    one.args, one.__cause__, one.__context__, one.__suppress_context__, one.__traceback__ = parts


def _put_into_mapping(one: Any, parts: list[Any]) -> None:
    one.clear()
    half = len(parts) // 2
    one.update(zip(parts[:half], parts[half:], strict=True))


def _put_into_default(one: Any, parts: list[Any]) -> None:
    one.default_factory = parts[0]
    _put_into_mapping(one, parts[1:])


def _put_into_list(one: Any, parts: list[Any]) -> None:
    one[:] = parts


def _put_into_deque(one: Any, parts: list[Any]) -> None:
    one.clear()
    one.extend(parts[1:])


def _put_into_set(one: Any, parts: list[Any]) -> None:
    one.clear()
    one.update(parts)


def _put_into_cell(one: types.CellType, parts: list[Any]) -> None:
    one.cell_contents = parts[0]
    if parts[0] is _Missing:
        del one.cell_contents


def _put_into_bytes(one: bytearray, parts: list[Any]) -> None:
    one[:] = parts[0]


def _of_weak(one: weakref.ref[Any]) -> Iterable[Any]:
    """Not of an object that may go, and would be kept by who looks at it."""
    there = one()
    if there is not None and not isinstance(there, _CONSTANTS):
        raise Unseen(one)
    return there, one.__callback__


def _of_random(one: random.Random) -> Iterable[Any]:
    return (array("L", one.getstate()[1]).tobytes(),)


def _put_into_random(one: random.Random, parts: list[Any]) -> None:
    numbers = array("L")
    numbers.frombytes(parts[0])
    one.setstate((3, tuple(numbers), vars(one)["gauss_next"]))


class _How(NamedTuple):
    """How to see an object, and to put it back."""

    parts: _Look
    """What it is made of, in an order."""
    put: _Put | None = None
    """Have it made of that again; None where that cannot be."""
    is_fixed: bool = False
    """Whether it is always made of the same."""
    is_made: bool = False
    """Whether its parts are made to be looked at: then it is equal ones that are the same."""


_KNOWN: dict[type, _How] = {
    object: _How(lambda _: (), is_fixed=True),
    list: _How(iter, _put_into_list),
    tuple: _How(iter, is_fixed=True),
    set: _How(_of_set, _put_into_set),
    frozenset: _How(_of_set, is_fixed=True),
    deque: _How(lambda one: [one.maxlen, *one], _put_into_deque),
    dict: _How(_of_mapping, _put_into_mapping),
    OrderedDict: _How(_of_mapping, _put_into_mapping),
    types.MappingProxyType: _How(_of_mapping),
    defaultdict: _How(lambda one: [one.default_factory, *_of_mapping(one)], _put_into_default),
    bytearray: _How(lambda one: (bytes(one),), _put_into_bytes, is_made=True),
    **dict.fromkeys((date, datetime, timedelta, timezone, Decimal, range), _How(_of_text, is_fixed=True)),
    itertools.count: _How(_of_text, is_made=True),
    types.SimpleNamespace: _How(lambda one: (vars(one),), is_fixed=True),
    types.FunctionType: _How(_of_function),
    types.CellType: _How(_of_cell, _put_into_cell),
    types.MethodType: _How(lambda one: (one.__func__, one.__self__), is_fixed=True),
    types.BuiltinMethodType: _How(lambda one: (one.__self__, one.__name__), is_fixed=True),
    types.MethodWrapperType: _How(lambda one: (one.__self__, one.__name__), is_fixed=True),
    types.TracebackType: _How(lambda one: (one.tb_frame, one.tb_lasti, one.tb_next), is_fixed=True),
    types.FrameType: _How(_of_frame, is_fixed=True),
    functools.partial: _How(lambda one: (one.func, one.args, one.keywords, vars(one)), is_fixed=True),
    random.Random: _How(_of_random, _put_into_random, is_made=True),
    type(threading.Lock()): _How(_of_lock, is_made=True),
    type(threading.RLock()): _How(_of_lock, is_made=True),
    weakref.ref: _How(_of_weak),
    threading.local: _How(lambda one: (vars(one),)),  # of this thread
    staticmethod: _How(lambda one: (one.__func__,), is_fixed=True),
    classmethod: _How(lambda one: (one.__func__,), is_fixed=True),
    BaseException: _How(_of_error, _put_into_error),
}
"""Of types of C."""
_IS_IMMUTABLE, _IS_MADE = 1 << 8, 1 << 9  # as CPython has it: Py_TPFLAGS_IMMUTABLETYPE, Py_TPFLAGS_HEAPTYPE


def _members(kind: type) -> list[types.MemberDescriptorType]:
    return [one for one in vars(kind).values() if isinstance(one, types.MemberDescriptorType)]


def _is_plain(kind: type) -> bool:
    """Whether what a type adds to its base is slots and a dict: a class statement's, or an exception of Python's."""
    if kind.__module__ == "builtins" and issubclass(kind, BaseException):
        return True
    more = kind.__basicsize__ - kind.__base__.__basicsize__  # type: ignore[union-attr]
    return (
        bool(kind.__flags__ & _IS_MADE)
        and not kind.__flags__ & _IS_IMMUTABLE
        and not isinstance(vars(kind).get("__new__"), types.BuiltinFunctionType)
        and more <= struct.calcsize("P") * (len(_members(kind)) + 2)  # the dict, and who refers to it weakly
    )


def _how_of_slots(slots: list[types.MemberDescriptorType]) -> _How:
    getters = [slot.__get__ for slot in slots]

    def part(get: Callable[[Any], Any], one: Any) -> Any:
        try:
            return get(one)
        except AttributeError:
            return _Missing

    def parts(one: Any) -> Iterable[Any]:
        try:
            return [get(one) for get in getters]
        except AttributeError:
            return [part(get, one) for get in getters]

    def put(one: Any, parts: list[Any]) -> None:
        for slot, part in zip(slots, parts, strict=True):
            slot.__set__(one, part)
            if part is _Missing:
                slot.__delete__(one)

    return _How(parts, put)


def _put_into_dict(one: Any, parts: list[Any]) -> None:
    _put_into_mapping(one.__dict__, parts)


_OF_DICT = _How(lambda one: _of_mapping(one.__dict__), _put_into_dict)


def _how(kind: type) -> tuple[_How, ...] | None:
    """How to see the instances of a type; None: they are themselves."""
    if kind in _VALUES or issubclass(kind, _CONSTANTS):
        return None
    base = next(one for one in kind.__mro__ if one in _KNOWN or one in _VALUES)
    above = [one for one in kind.__mro__ if not issubclass(base, one)]
    if not all(map(_is_plain, above)) or hasattr(kind, "__del__"):
        raise Unseen(kind)
    ways = []
    if base in _VALUES:
        repr_of_base: Callable[[Any], str] = base.__repr__  # type: ignore[assignment]  # mypy takes it for a bound one
        ways.append(_How(lambda one: (repr_of_base(one),), is_fixed=True))
    elif base is not object or not above:
        ways.append(_KNOWN[base])
    if slots := [member for one in above for member in _members(one)]:
        ways.append(_how_of_slots(slots))
    if kind.__dictoffset__ and base not in (types.SimpleNamespace, types.FunctionType, functools.partial):
        ways.append(_OF_DICT)
    return tuple(ways)


_known_ways: dict[type, tuple[_How, ...] | None] = {}


def _ways(kind: type) -> tuple[_How, ...] | None:
    try:
        return _known_ways[kind]
    except KeyError:
        ways = _known_ways[kind] = _how(kind)
        return ways


class _Walk:
    """Goes through objects, and writes down what it finds."""

    def __init__(self, but: Collection[int], numbers: dict[int, int]) -> None:
        self.but = but
        """The ids of what is not gone into."""
        self.numbers = numbers
        """Of the objects that were come upon, by their ids."""
        self.state: list[Any] = []
        self.found: list[Any] = []
        """The objects, which are kept: no other one gets an id."""

    def through(self, parts: Iterable[Any]) -> None:
        """Go through these parts, and what they are made of."""
        state, numbers, but, known = self.state, self.numbers, self.but, _known_ways
        stack: list[Any] = []
        ahead = [parts]
        while True:
            for some in ahead:
                each = [*some]
                kinds = tuple(map(type, each))
                state.append(kinds)
                if _VALUE_TYPES.issuperset(kinds):
                    state += each
                    continue
                for one, kind in zip(each, kinds, strict=True):
                    if kind in _VALUE_TYPES:
                        state.append(one)
                    else:
                        stack.append(one)
            ahead = []
            if not stack:
                return
            one = stack.pop()
            kind = type(one)
            ways = known[kind] if kind in known else _ways(kind)
            key = id(one)
            if ways is None:
                state += (kind, one)
            elif key in numbers:
                state.append(numbers[key])
            elif key in but:
                state += (_Shared, key)
            else:
                numbers[key] = len(numbers)
                self.found.append(one)
                state.append(kind)
                ahead = [way.parts(one) for way in ways]


def state_of(root: object, but: Collection[int] = ()) -> State:
    """The state of what this leads to. Objects with these ids are not gone into: each is just itself.

    It costs about a microsecond for an object.
    """
    walk = _Walk(but, {})
    walk.through((root,))
    return tuple(walk.state)


def shared_by(one: object, other: object) -> dict[int, Any]:
    """The objects to which both lead, by their ids."""
    walks = []
    for root in (one, other):
        walk = _Walk((), {})
        walk.through((root,))
        walks.append(walk)
    return {id(each): each for each in walks[0].found if id(each) in walks[1].numbers}


def _can_be_put(one: Any) -> bool:
    """Whether its order can be made again: not that of objects that go by where they are in memory."""
    return not isinstance(one, set) or _VALUE_TYPES.issuperset(map(type, one))


@dataclass(eq=False, slots=True)
class _Record:
    """What an object was made of."""

    number: int
    place: int
    """Which of the ways of its type this is."""
    one: Any
    way: _How
    parts: list[Any]


_Change = tuple[_Record, list[Any]]
"""And what it is made of now."""


class Tracked:
    """What something leads to, as it is now: what has changed of it later can be told, and put back."""

    def __init__(self, root: object, but: Collection[int] = ()) -> None:
        walk = _Walk(but, {})
        walk.through((root,))
        self.root = root
        self.state = tuple(walk.state)
        self._but = but
        self._numbers = walk.numbers
        self._found = walk.found
        self._records = [
            _Record(number, place, one, way if _can_be_put(one) else way._replace(put=None), [*way.parts(one)])
            for number, one in enumerate(walk.found)
            for place, way in enumerate(_ways(type(one)) or ())
            if not way.is_fixed
        ]
        self._latest: list[_Change] = []
        self._referring: dict[int, list[_Record] | None] = {}
        """By the number of a counter, or of a method of one: what refers to it."""
        self._find_counters()

    def _changed(self) -> list[_Change]:
        changed = []
        for record in self._records:
            way, parts = record.way, record.parts
            now = [*way.parts(record.one)]
            if now != parts if way.is_made else len(now) != len(parts) or not all(map(is_, now, parts)):
                changed.append((record, now))
        return changed

    def changes(self) -> State:
        """What has changed: of two that were in the same state, it is the same where they are so again.

        It costs about half a microsecond for an object, and more for what has changed.
        """
        walk = _Walk(self._but, self._numbers.copy())
        self._latest = self._changed()
        for record, now in self._latest:
            parts = record.parts
            indices = (
                range(len(now))
                if record.way.is_made
                else [*compress(range(len(now)), map(is_not, now, parts)), *range(len(parts), len(now))]
            )
            walk.state += (_Changed, record.number, record.place, len(now), *indices)
            walk.through(map(now.__getitem__, indices))
        return tuple(walk.state)

    def put_back(self, since_changes: bool = False) -> bool:
        """Have everything be as it was; whether that could be done.

        If nothing has happened since ``changes`` it is known what to do.
        """
        changed = self._latest if since_changes else self._changed()
        counters = [record for record, _ in changed if type(record.one) is itertools.count]
        if any(record.way.put is None and record not in counters for record, _ in changed):
            return False
        for record, _ in changed:
            if record.way.put is not None:
                record.way.put(record.one, record.parts)
        return all(map(self._renew, counters))

    def _find_counters(self) -> None:
        """Find who refers to counters, or to their methods, by records; none if it is one that cannot be changed."""
        for number, one in enumerate(self._found):
            if type(one) is itertools.count:
                methods = [
                    place
                    for place, each in enumerate(self._found)
                    if type(each) is types.MethodWrapperType and each.__self__ is one
                ]
                for place in (number, *methods):
                    self._referring[place] = self._who_refers(self._found[place], methods)

    def _who_refers(self, to: Any, methods: list[int]) -> list[_Record] | None:
        for place, each in enumerate(self._found):
            ways = _ways(type(each)) or ()
            if place not in methods and any(way.is_fixed and any(p is to for p in way.parts(each)) for way in ways):
                return None
        records = [record for record in self._records if any(part is to for part in record.parts)]
        return None if any(record.way.put is None for record in records) else records

    def _renew(self, record: _Record) -> bool:
        """Have another counter in the place of one that has gone on, which cannot be set back."""
        old = record.one
        new = itertools.count(*map(int, re.findall(r"-?\d+", record.parts[0])))
        pairs = [
            (number, each, new if each is old else getattr(new, each.__name__))
            for number in self._referring
            if (each := self._found[number]) is old or getattr(each, "__self__", None) is old
        ]
        if any(self._referring[number] is None for number, _, _ in pairs):  # a tuple does, say
            return False
        record.one = new
        for number, each, another in pairs:
            self._found[number] = another
            del self._numbers[id(each)]
            self._numbers[id(another)] = number
            for holder in self._referring[number] or ():
                holder.parts = [another if part is each else part for part in holder.parts]
                holder.way.put(holder.one, holder.parts)  # type: ignore[misc]  # as was seen when it was found
        return True

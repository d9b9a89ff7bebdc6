"""The control API's faults: those of ``cloud.faults``, made, looked at and removed by other processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from ..core.shown import escaped, shown
from ..exceptions import UsageError
from ..faults.faults import Fault, Faults, When
from .control_ask import ID, Ask, Refused, Routes, number_of

__all__ = ["ROUTES"]

_CHOICES: Final = tuple(name for name in When.__annotations__ if name != "where")
"""Which calls or deliveries it happens to; a predicate is code, which no request has."""


def _text(value: Any) -> list[Any]:
    """An effect that may have a text: ``true`` without."""
    if value is True:
        return []
    if isinstance(value, str):
        return [value]
    raise UsageError(f"{shown(value)} is neither true nor a text")


def _seconds(value: Any) -> list[Any]:
    """One that has a number of seconds."""
    seconds = None if isinstance(value, str) else number_of(value)
    if seconds is None:
        raise UsageError(f"{shown(value)} is not a number of seconds")
    return [seconds]


def _number(value: Any) -> list[Any]:
    """One that may have a number: ``true`` without."""
    return [] if value is True else _seconds(value)


def _bare(value: Any) -> list[Any]:
    """One that is there or is not."""
    if value is not True:
        raise UsageError(f"{shown(value)} is not true: leave it out, or give true")
    return []


def _error(value: Any) -> list[Any]:
    """An error's name, or its code, message and status."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and 2 <= len(value) <= 3 and all(isinstance(part, str) for part in value[:2]):
        return [tuple(value)]
    raise UsageError(f"{shown(value)} is not an error: give its name, or [code, message, status]")


def _entries(value: Any) -> list[Any]:
    """Chosen entries of a batch, or all."""
    if value is True:
        return []
    if isinstance(value, list) and all(type(one) in (int, str) for one in value):
        return value
    raise UsageError(f"{shown(value)} chooses no entries: give true, or a list of places (from 0) and Ids")


_EFFECTS: Final[Mapping[str, Callable[[Any], list[Any]]]] = {
    "refuse": _error,
    "disconnect": _text,
    "lose_answer": _text,
    "delay": _seconds,
    "crash": _text,
    "fail_entries": _entries,
    "drop": _bare,
    "duplicate": _number,
    "postpone": _seconds,
    "reorder": _number,
    "throttle": _bare,
    "time_out": _bare,
}


def _add(ask: Ask) -> tuple[int, dict[str, Any]]:
    given = ask.given(*_EFFECTS, *_CHOICES, "error")
    effects = [name for name in given if name in _EFFECTS]
    if len(effects) != 1:
        example = '{"refuse": "RequestThrottled", "operation": "SendMessage", "first": 2}'
        raise Refused(400, f"say what happens, by one of {', '.join(_EFFECTS)}: {example}")
    [effect] = effects
    if "error" in given and effect != "fail_entries":
        raise Refused(400, f"error says with what entries fail, and {effect} has none: leave it out")
    more = {name: value for name, value in given.items() if name in _CHOICES or name == "error"}
    for name in ("service", "operation", "resource", "function"):
        if not isinstance(more.get(name, ""), str):
            raise Refused(400, f"{name}={shown(more[name])} is not a text: give a string")
    if isinstance(more.get("error"), list):
        more["error"] = tuple(more["error"])
    _numbers(more)
    try:
        value = given[effect]
        arguments = _EFFECTS[effect](True if value == "true" else value)  # as a query string has it
    except UsageError as error:
        raise Refused(400, f"{effect}: {error}") from None
    fault = getattr(_faults(ask), effect)(*arguments, **more)
    return 201, _fault_of(ask, fault)


def _numbers(more: dict[str, Any]) -> None:
    """Of a query string, the numbers; what is none is said by the fault."""
    for name in ("every", "first", "nth"):
        if isinstance(more.get(name), str) and more[name].isascii() and more[name].isdigit():
            more[name] = int(more[name][:18])
    nth = more.get("nth")
    if not isinstance(nth, int | list | None) or (isinstance(nth, list) and not nth):
        raise Refused(400, f"nth={shown(nth)}: give a whole number, counted from 1, or a list of them")
    if isinstance(more.get("probability"), str):
        more["probability"] = number_of(more["probability"]) if number_of(more["probability"]) is not None else -1
    if more.get("optional") in ("true", "1"):
        more["optional"] = True
    if not isinstance(more.get("optional", True), bool):
        raise Refused(400, f"optional={shown(more['optional'])} is neither true nor false")


def _faults(ask: Ask) -> Faults:
    cloud: Any = ask.cloud
    faults: Faults = cloud.faults
    return faults


def _fault_of(ask: Ask, fault: Fault) -> dict[str, Any]:
    ids = ask.memory.fault_ids
    known = ids.get(fault) or ids.setdefault(fault, str(ask.memory.next_fault()))
    return {"id": known, "seen": fault.seen, "fired": fault.fired, "fault": escaped(repr(fault), 1_000)}


def _all(ask: Ask) -> list[Fault]:
    """Those that there are; the ids of others are forgotten."""
    faults = list(_faults(ask))
    for fault in list(ask.memory.fault_ids):
        if fault not in faults:
            ask.memory.fault_ids.pop(fault, None)
    return faults


def _list(ask: Ask) -> dict[str, Any]:
    ask.given()
    return {"faults": [_fault_of(ask, fault) for fault in _all(ask)]}


def _clear(ask: Ask) -> dict[str, Any]:
    ask.given()
    _faults(ask).clear()
    return {"faults": []}


def _find(ask: Ask) -> Fault:
    ask.given()
    [wanted] = ask.named
    for fault in _all(ask):
        if _fault_of(ask, fault)["id"] == wanted:
            return fault
    known = ", ".join(ask.memory.fault_ids.values()) or "none"
    raise Refused(404, f"there is no fault {shown(wanted)}; there are: {known}")


def _one(ask: Ask) -> dict[str, Any]:
    return _fault_of(ask, _find(ask))


def _remove(ask: Ask) -> dict[str, Any]:
    fault = _find(ask)
    shown_as = _fault_of(ask, fault)
    _faults(ask).remove(fault)
    return shown_as


ROUTES: Routes = (
    (("faults",), {"GET": _list, "POST": _add, "DELETE": _clear}),
    (("faults", ID), {"GET": _one, "DELETE": _remove}),
)

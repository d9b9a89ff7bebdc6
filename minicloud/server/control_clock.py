"""The control API's clock: what time it is, what is due next, and moving it.

Everything that becomes due on the way happens in its order, and polls whose time has come have their answers, before
the request has its own. What handlers raise on the way is kept for the test, which is somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from ..core.shown import shown
from ..core.timeline import SECOND
from ..core.timestamps import nanoseconds_of
from ..engine.clock import RealClock, pace_of, set_pace
from ..exceptions import UsageError
from ..inspection.jsonl import time_text
from .control_ask import Ask, Refused, Routes, number_of

if TYPE_CHECKING:
    from ..engine.engine import Engine

__all__ = ["ROUTES", "show", "span_of"]

_UNITS: Final = {"ms": 1_000_000, "s": SECOND, "m": 60 * SECOND, "h": 3_600 * SECOND, "d": 86_400 * SECOND}
_NUMBER = r"[0-9]{1,12}(?:\.[0-9]{1,9})?"
_SPAN = re.compile(rf"(?:{_NUMBER}(?:ms|[smhd]))+")
_PART_OF_A_SPAN = re.compile(rf"({_NUMBER})(ms|[smhd])")
_ISO_SPAN = re.compile(
    rf"P(?:({_NUMBER})D)?(?:T(?=[0-9])(?:({_NUMBER})H)?(?:({_NUMBER})M)?(?:({_NUMBER})S)?)?", re.IGNORECASE
)
_LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)
_FASTEST: Final = 1_000_000.0


def show(cloud: Engine) -> dict[str, Any]:
    """The clock, and what is due next."""
    clock = cloud.clock
    found = cloud.next_due()
    now = cloud.time_ns()
    speed, stands = pace_of(clock) if isinstance(clock, RealClock) else (1.0, not clock.autojump)
    return {
        "kind": kind_of(cloud),
        "now": time_text(now),
        "time": now / SECOND,
        "time_ns": now,
        "frozen": stands,
        "speed": speed,
        "next_due": None if found is None else time_text(found[0]),
        "next_due_is": None if found is None else found[1],
    }


def kind_of(cloud: Engine) -> str:
    """Real, virtual or frozen."""
    clock = cloud.clock
    return "real" if not clock.manual else "virtual" if clock.autojump else "frozen"


def span_of(text: str) -> int | None:
    """The nanoseconds that a duration has: ``1h30m``, ``250ms``, ``PT90S``; None if it is none."""
    if _SPAN.fullmatch(text):
        return sum(int(Decimal(number) * _UNITS[unit]) for number, unit in _PART_OF_A_SPAN.findall(text))
    match = _ISO_SPAN.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    return sum(
        int(Decimal(number) * _UNITS[unit]) for number, unit in zip(match.groups(), "dhms", strict=True) if number
    )


def _advance(ask: Ask) -> dict[str, Any]:
    given = ask.given("seconds", "duration")
    if len(given) != 1:
        raise Refused(400, 'say for how long: {"seconds": 30} or {"duration": "1h30m"}')
    if "seconds" in given:
        seconds = number_of(given["seconds"])
        if seconds is None:
            raise Refused(400, f"seconds={shown(given['seconds'])} is not a number of seconds")
        span = int(Decimal(repr(seconds)) * SECOND)
    else:
        duration = given["duration"]
        found = span_of(duration) if isinstance(duration, str) else None
        if found is None:
            raise Refused(400, f"{shown(duration)} is not a duration: give 30s, 1h30m, 250ms, 2d or PT90S")
        span = found
    if span < 0:
        back = -span / SECOND
        raise Refused(400, f"the clock cannot go back by {back:g} seconds: start a server for an earlier time")
    if ask.cloud.time_ns() + span >= nanoseconds_of(_LATEST):
        raise Refused(400, "the clock cannot go beyond the year 9998: give a shorter time")
    _move(ask.cloud, lambda: ask.cloud.clock.advance(timedelta(microseconds=span // 1_000)))
    return show(ask.cloud)


def _advance_to(ask: Ask) -> dict[str, Any]:
    given = ask.given("time")
    if "time" not in given:
        raise Refused(400, 'say to which moment: {"time": "2026-01-02T00:00:00Z"}, or seconds of the epoch')
    moment = _moment_of(given["time"])
    if moment is None:
        raise Refused(
            400,
            f"{shown(given['time'])} is not a moment: give one such as 2026-01-02T00:00:00Z, or seconds of the epoch",
        )
    if moment >= _LATEST:
        raise Refused(400, "the clock cannot go beyond the year 9998: give an earlier moment")
    _move(ask.cloud, lambda: ask.cloud.clock.advance_to(moment))
    return show(ask.cloud)


def _moment_of(value: Any) -> datetime | None:
    """A moment, to the microsecond that is not before it."""
    try:
        if isinstance(value, str) and number_of(value) is None:
            match = re.fullmatch(r"(.+:[0-9]{2}\.[0-9]{6})([0-9]{1,3})(Z|[+-][0-9:]+)?", value)
            rest = 0
            if match is not None:  # a clock counts nanoseconds
                value, rest = match[1] + (match[3] or ""), int(match[2])
            moment = datetime.fromisoformat(value)
            moment = (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).astimezone(UTC)
            return moment + timedelta(microseconds=1 if rest else 0)
        if number_of(value) is None:
            return None
        nanoseconds = int(Decimal(str(value)) * SECOND)
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=-(-nanoseconds // 1_000))
    except (ValueError, OverflowError, InvalidOperation):
        return None


def _move(cloud: Engine, move: Callable[[], object]) -> None:
    with cloud.for_others():
        try:
            move()
        except UsageError as misuse:
            if not cloud.closed and not _is_about_the_clock(misuse):
                cloud.keep_for_the_test(misuse)  # a handler's
            raise
        except BaseException as error:  # noqa: BLE001  # what a handler raises to end the test with is the test's
            cloud.keep_for_the_test(error)


def _is_about_the_clock(misuse: UsageError) -> bool:
    return str(misuse).startswith("the clock cannot")


def _freeze(ask: Ask) -> dict[str, Any]:
    ask.given()
    return _set_pace(ask, None, stands=True)


def _thaw(ask: Ask) -> dict[str, Any]:
    ask.given()
    return _set_pace(ask, None, stands=False)


def _run(ask: Ask) -> dict[str, Any]:
    given = ask.given("speed")
    speed = number_of(given.get("speed"))
    if speed is None or not 0 < speed <= _FASTEST:
        raise Refused(400, f'say how fast: {{"speed": 60}}, above 0 and at most {_FASTEST:,.0f}; freeze stands still')
    return _set_pace(ask, float(speed), stands=False)


def _set_pace(ask: Ask, speed: float | None, *, stands: bool) -> dict[str, Any]:
    cloud = ask.cloud
    clock = cloud.clock
    if not isinstance(clock, RealClock):
        raise Refused(
            409,
            f"a {kind_of(cloud)} clock stands still by itself: advance it, or start the server with --clock real",
        )

    def change(_: int) -> None:
        set_pace(clock, speed, stands=stands)
        cloud.look_again()

    cloud.change("a change of the clock's pace", change)
    return show(cloud)


def _clock(ask: Ask) -> dict[str, Any]:
    ask.given()
    return show(ask.cloud)


ROUTES: Routes = (
    (("clock",), {"GET": _clock}),
    (("clock", "advance"), {"POST": _advance}),
    (("clock", "advance_to"), {"POST": _advance_to}),
    (("clock", "run"), {"POST": _run}),
    (("clock", "freeze"), {"POST": _freeze}),
    (("clock", "thaw"), {"POST": _thaw}),
)

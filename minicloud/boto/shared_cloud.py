"""Whether a cloud is what somebody wants who shares it: a mock inside of another, or of a test with the fixture."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from types import FrameType
from typing import TYPE_CHECKING, Any

from ..core.limits import Limits
from ..core.shown import escaped, shown
from ..engine.clock import make_clock
from ..engine.held_handlers import ALWAYS
from ..exceptions import UsageError

if TYPE_CHECKING:
    from ..cloud import Cloud

__all__ = ["caller", "check_alike"]

_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120  # pathlib is dear to import
_NOT_TOLD = (_HERE + os.sep, *(os.sep + name + os.sep for name in ("_pytest", "pluggy", "unittest")), "contextlib.py")


def check_alike(cloud: Cloud, options: Mapping[str, Any], who: str, why: str) -> None:
    """Raise ``UsageError`` where an option says what the cloud is not like.

    ``who`` is the beginning of the sentence, with ``{}`` for the option; ``why`` is its end.
    """
    for name, value in options.items():
        if value is not None:
            has = _otherwise(cloud, name, value)
            if has:
                raise UsageError(f"{who.format(f'{name}={shown(value)}')}, whose cloud has {has}: {why}")


def _otherwise(cloud: Cloud, name: str, value: Any) -> str:
    """What the cloud has that is not what is wanted; empty where it is."""
    if name == "clock":
        clock = cloud.clock
        if value is clock or value is getattr(getattr(clock, "_source", None), "_source", clock):
            return ""
        kind = type(clock).__name__.removesuffix("Clock").lower()
        return "" if isinstance(value, str) and type(make_clock(value)) is type(clock) else f"a {kind} clock"
    if name == "limits":
        wanted = value if isinstance(value, Limits) else Limits.named(value)
        return "" if wanted == cloud.limits else "other limits"
    if name == "trace":
        is_on = cloud.trace.is_on
        return "" if bool(value) == is_on else f"its trace {'on' if is_on else 'off'}"
    if name == "handlers":
        handlers = "held" if ALWAYS in cloud.errand_runner.held.holders else "at_once"
        return "" if handlers == value else f"handlers={shown(handlers)}"
    has = cloud._delivery if name == "delivery" else getattr(cloud, name)
    alike = str(has) == str(value) if name == "seed" else has == value
    return "" if alike else f"{name}={shown(has)}"


def caller() -> str:
    """Where this was called from, outside of minicloud and of what runs tests: ``"conftest.py:12"``. O(frames)."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if _is_told(name):
            folder = f"{os.getcwd()}{os.sep}"  # noqa: PTH109
            return f"{escaped(name.removeprefix(folder), 200)}:{frame.f_lineno}"
        frame = frame.f_back
    return "elsewhere"


def _is_told(file_name: str) -> bool:
    # No generator: what comes into one that is just ended is lost, and this is where a mock begins.
    for part in _NOT_TOLD:  # noqa: SIM110
        if part in file_name:
            return False
    return True

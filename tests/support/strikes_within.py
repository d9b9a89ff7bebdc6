"""Strikes of a call at each place within some functions or files: few enough that all of them are made in every run.

``strikes`` goes through all of a call, and by default only touches it. Where a function is there for nothing but
interruptions, or has a clause for them, a test of that alone names the function, or the file that is full of such, and
says what is to be seen.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import CodeType
from typing import Any, TypeVar

from .instructions import Struck, is_ours
from .strikes import Row, World, run_profiled, wrong_places

__all__ = ["struck_within", "wrong_places_within"]

W = TypeVar("W", bound=World)


def struck_within(
    call: Callable[[], object], within: tuple[str, ...], n: int, error: type[BaseException] = Struck
) -> tuple[int, str]:
    """Raise at the n-th place within functions, by qualified names, and files, by how their names end (``.py``).

    Returns how many places there were, and which it was. A place is where one of the functions, or a function in a
    file, is entered, and where a call of one of C's has returned to it; of the functions that are named, also where
    they enter any other, and where a call of a class has returned.
    """
    files = tuple(name for name in within if name.endswith(".py"))
    known: dict[CodeType, bool] = {}
    seen, place = 0, ""

    def is_within(code: CodeType) -> bool:
        found = code.co_qualname in within or code.co_filename.endswith(files)
        known[code] = found = found and is_ours(code.co_filename)
        return found

    def look(frame: Any, event: str, _: object) -> None:
        nonlocal seen, place
        code, caller = frame.f_code, frame.f_back
        is_place = False
        if event in ("call", "c_return"):
            is_place = known[code] if code in known else is_within(code)
        if not is_place and (event == "call" or (event == "return" and code.co_name == "__init__")):
            is_place = caller is not None and caller.f_code.co_qualname in within
        if is_place:
            seen += 1
            if seen == n:
                sys.setprofile(None)
                place = f"{event} in {code.co_qualname}, line {frame.f_lineno}"
                raise error(place)

    run_profiled(call, look, error)
    return seen, place


def wrong_places_within(row: Row[W], world_type: type[W], within: tuple[str, ...], **options: Any) -> list[str]:
    """Strike the call of a row at each place within these functions and files; what was wrong afterwards."""

    def strike(call: Callable[[], object], n: int) -> tuple[int, str]:
        found = struck_within(call, within, n)
        assert n or found[0], f"the call does not come to {within}"
        return found

    return wrong_places(row, world_type, strike, each=True, **options)

"""Strikes of a call at each place within some functions: few enough that all of them are made in every run.

``strikes`` goes through all of a call, and by default only touches it. Where a function is there for nothing but
interruptions, or has a clause for them, a test of that alone names the function, and says what is to be seen.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from .instructions import Struck, is_ours
from .strikes import Excuse, Row, World, _look, _seen, _world

__all__ = ["struck_within", "wrong_places_within"]

W = TypeVar("W", bound=World)


def struck_within(
    call: Callable[[], object], functions: tuple[str, ...], n: int, error: type[BaseException] = Struck
) -> tuple[int, str]:
    """Raise at the n-th place of these functions, by their qualified names: how many there were, and which it was.

    A place is where one of them is entered, where it enters another function of ours, and where a call of one of C's or
    of a class has returned to it.
    """
    seen, place = 0, ""

    def look(frame: Any, event: str, _: object) -> None:
        nonlocal seen, place
        code, caller = frame.f_code, frame.f_back
        is_within = code.co_qualname in functions and is_ours(code.co_filename)
        if event == "c_return" or (event == "call" and is_within):
            is_place = is_within
        else:
            is_call = event == "call" or (event == "return" and code.co_name == "__init__")
            is_place = is_call and caller is not None and caller.f_code.co_qualname in functions
        if is_place:
            seen += 1
            if seen == n:
                sys.setprofile(None)
                place = f"{event} in {code.co_qualname}, line {frame.f_lineno}"
                raise error(place)

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        call()
    except error:
        pass
    finally:
        sys.setprofile(before)
    return seen, place


def wrong_places_within(
    row: Row[W], world_type: type[W], functions: tuple[str, ...], excuse: Excuse | None = None, **options: Any
) -> list[str]:
    """Strike the call of a row at each place of these functions; what was wrong afterwards."""
    warm = _world(row, world_type, options)
    row.act(warm)
    warm.close()
    whole = _world(row, world_type, options)
    places, _ = struck_within(partial(row.act, whole), functions, 0)
    assert places, f"the call does not come to {functions}"
    allowed = [_seen(row, whole)]
    whole.close()
    for act in (lambda _: None, *row.partly):
        world = _world(row, world_type, options)
        act(world)
        allowed.append(_seen(row, world))
        world.close()
    wrong = []
    for n in range(1, places + 1):
        world = _world(row, world_type, options)
        _, place = struck_within(partial(row.act, world), functions, n)
        try:
            seen = _look(row, world)
            if seen not in allowed and not (excuse and excuse(place, seen, allowed)):
                wrong.append(f"{n} of {places}, {place}: saw {seen}, and none of {allowed}")
        except Exception as error:
            wrong.append(f"{n} of {places}, {place}: {error!r}")
        world.close()
    return wrong

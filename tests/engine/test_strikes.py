"""What strikes calls in other tests goes where an exception may come in, and nowhere else."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable
from typing import Any

import pytest

from tests.support import strikes
from tests.support.strikes import by_instruction, by_profile, by_recursion, by_return

SOURCE = """
class Pair:
    pass

def inner(seen):
    seen.append("in")

def straight(seen):
    seen.append("a"); first = 1; second = 2
    Pair(); seen[0:1] = ["b"]; seen[0:1] = ["c"]
    inner(seen)

def key(one):
    return one

def sort(seen):
    seen += [2, 1]
    seen.sort(key=key)
    seen.append(3)

def loop(seen):
    place = 0
    while place < 3:
        place += 1
        seen += [place]
"""


def compiled() -> dict[str, Any]:
    """As if it were minicloud's own."""
    namespace: dict[str, Any] = {}
    exec(compile(SOURCE, "<minicloud test>", "exec"), namespace)
    return namespace


def all_outcomes(strike: Any, name: str) -> list[tuple[Any, ...]]:
    function: Callable[[list[Any]], None] = compiled()[name]
    places, struck = strike(lambda: function([]), 0)
    assert struck == ""
    outcomes = []
    for n in range(1, places + 1):
        seen: list[Any] = []
        passed, struck = strike(lambda seen=seen: function(seen), n)
        assert passed == n
        assert struck.startswith("<minicloud test>:")
        outcomes.append(tuple(seen))
    strikes.stop_watching()
    return outcomes


def test_a_profiler_strikes_when_functions_are_entered_and_when_those_of_c_return() -> None:
    assert all_outcomes(by_profile, "straight") == [(), ("a",), ("c",), ("c", "in")]


# What would be skipped on 3.11 is not there: it has no sys.monitoring to strike by.
if sys.version_info >= (3, 12):

    def test_the_interpreter_strikes_after_calls_of_classes_too_and_never_within_a_straight_line() -> None:
        outcomes = all_outcomes(by_instruction, "straight")
        assert set(outcomes) == {(), ("a",), ("c",), ("c", "in")}
        assert outcomes.count(("a",)) == 2  # after append, and after Pair(); no slice is assigned in between
        assert outcomes == sorted(outcomes, key=len)

    def test_functions_of_c_that_run_something_of_pythons_are_struck_as_they_return_by_a_way_of_its_own() -> None:
        assert set(all_outcomes(by_instruction, "sort")) == {(), (2, 1), (1, 2, 3)}
        assert all_outcomes(by_return, "sort") == [(1, 2)]
        assert set(all_outcomes(by_profile, "sort")) == {(), (2, 1), (1, 2), (1, 2, 3)}
        for name in "straight", "loop":
            assert all_outcomes(by_return, name) == []

    def test_the_interpreter_strikes_at_jumps_back() -> None:
        assert all_outcomes(by_profile, "loop") == [()]
        # From 3.14 on it looks after the last round, too.
        last = [(1, 2, 3)] if sys.version_info >= (3, 14) else []
        assert all_outcomes(by_instruction, "loop") == [(), (1,), (1, 2), *last]


def test_nothing_is_left_behind() -> None:
    before = sys.getprofile()
    for strike in {strikes.BY_LOOKS, by_profile, by_recursion, by_return}:
        function = compiled()["straight"]
        strike(lambda function=function: function([]), 2)
        assert sys.getprofile() is before
        for _ in range(100):
            deque()  # an exception that was still to come would come here
    strikes.stop_watching()


def test_a_stack_is_full_at_the_number_of_frames() -> None:
    def descend(frames: int) -> None:
        if frames > 1:
            descend(frames - 1)

    assert by_recursion(lambda: descend(5), 5)[1].startswith("5 frames: maximum recursion depth exceeded")
    assert by_recursion(lambda: descend(5), 20)[1] == ""


@pytest.mark.parametrize(
    ("stride", "numbers"),
    [(1, [1, 2, 3, 4, 5, 6, 11, 13, 14]), (2, [2, 4, 6, 13])],
)
def test_of_what_comes_often_the_first_times_the_last_and_some_are_struck(
    stride: int, numbers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strikes, "is_deep", lambda: True)
    monkeypatch.setattr(strikes, "_passed", list("abbbbbbbbbbbbc"))
    assert strikes.places_to_strike(14, stride) == numbers
    monkeypatch.setattr(strikes, "_passed", [])  # where nothing is known of the places
    assert strikes.places_to_strike(14, stride) == list(range(1, 15))[::stride]

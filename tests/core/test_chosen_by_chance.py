"""What AWS leaves to chance, by draws that are not by chance."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from minicloud.core.chaos import Chaos


class Draws:
    """Answers each draw with one of so many, and notes of how many that was."""

    def __init__(self, choose: Callable[[int], int]) -> None:
        self.choose = choose
        self.counts: list[int] = []

    def __call__(self, count: int) -> int:
        self.counts.append(count)
        return self.choose(count)


def test_the_odds_of_what_happens_seldom() -> None:
    """One of so many draws, the last."""
    for name, odds in (("is_repeated", 5), ("is_early", 4)):
        for place in range(odds):
            draws = Draws(lambda _, place=place: place)  # type: ignore[misc]
            assert getattr(Chaos(draws), name)() is (place == odds - 1)
            assert draws.counts == [odds]


def test_nothing_is_found_once_and_not_twice_in_a_row() -> None:
    """Of each resource by itself."""
    draws = Draws(lambda count: count - 1)
    chaos = Chaos(draws)
    found = [chaos.is_empty(name) for name in ("a", "a", "b", "a", "b", "b")]
    assert found == [True, False, True, True, False, True]
    assert draws.counts == [4] * 6
    assert not Chaos(Draws(lambda _: 0)).is_empty("a")


@pytest.mark.parametrize("count", [0, 1, 2, 10])
def test_which_comes_next_and_how_many(count: int) -> None:
    for place in range(max(count, 1)):
        draws = Draws(lambda _, place=place: place)  # type: ignore[misc]
        chaos = Chaos(draws)
        assert chaos.next_of(count) == (place if count > 1 else 0)
        assert chaos.fewer(count) == (count - place if count > 1 else count)
        assert draws.counts == ([count] * 2 if count > 1 else [])


def test_an_approximate_number_is_never_less_than_none() -> None:
    for exact in (0, 1, 5):
        near = {Chaos(Draws(lambda _, place=place: place)).count(exact) for place in range(_of("count"))}  # type: ignore[misc]
        assert min(near) >= 0
        assert exact in near
    late = [Chaos(Draws(lambda _, place=place: place)).lateness() for place in range(_of("lateness"))]  # type: ignore[misc]
    assert min(late) >= 0
    assert len(set(late)) > 1


def _of(name: str) -> int:
    """Of how many something is drawn."""
    draws = Draws(lambda _: 0)
    getattr(Chaos(draws), name)(*([1] if name == "count" else []))
    return draws.counts[0]

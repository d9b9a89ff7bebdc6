"""The listing against a dict and ``sorted()``."""

from __future__ import annotations

from collections.abc import Iterator

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from minicloud.core import listing as listing_module
from minicloud.core.listing import Listing
from tests.support.depth import deep

KEYS = st.integers(0, 40)
PLACES = st.none() | st.integers(-1, 41)


@pytest.fixture(autouse=True, scope="module")
def short_runs() -> Iterator[None]:
    """Runs of four keys at the most, so that few keys are cut into many runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listing_module, "_LONGEST", 4)
        yield


def plain_page(
    items: dict[int, str], size: int, after: int | None, since: int | None, accepted: str | None = None
) -> list[int]:
    return [
        key
        for key in sorted(items)
        if (after is None or key > after)
        and (since is None or key >= since)
        and (accepted is None or items[key] == accepted)
    ][:size]


class ListingMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.listing: Listing[int, str] = Listing()
        self.model: dict[int, str] = {}

    @rule(keys=st.lists(KEYS, min_size=1, max_size=12), item=st.sampled_from("ab"))
    def add(self, keys: list[int], item: str) -> None:
        for key in keys:
            if key not in self.model:
                self.model[key] = item
                self.listing.add(key, item)

    @rule(keys=st.lists(KEYS, min_size=1, max_size=12))
    def remove(self, keys: list[int]) -> None:
        """Also what is not there."""
        for key in keys:
            self.model.pop(key, None)
            self.listing.remove(key)

    @precondition(lambda self: self.model)
    @rule(first=st.booleans(), count=st.integers(1, 9))
    def remove_from_an_end(self, first: bool, count: int) -> None:
        for key in sorted(self.model, reverse=not first)[:count]:
            del self.model[key]
            self.listing.remove(key)

    @rule(
        size=st.integers(1, 12),
        after=PLACES,
        since=PLACES,
        accepted=st.none() | st.sampled_from("ab"),
    )
    def page(self, size: int, after: int | None, since: int | None, accepted: str | None) -> None:
        accept = None if accepted is None else lambda item: item == accepted
        found = self.listing.page(size, after=after, since=since, accept=accept)
        assert found == plain_page(self.model, size, after, since, accepted)

    @invariant()
    def the_items_are_there_in_order(self) -> None:
        assert self.listing.items == self.model
        assert self.listing.page(100) == sorted(self.model)


TestListing = ListingMachine.TestCase
TestListing.settings = settings(max_examples=deep(160), stateful_step_count=30, deadline=None)


@given(st.sets(KEYS), st.integers(1, 7))
def test_pages_behind_one_another_are_the_whole_list(keys: set[int], size: int) -> None:
    listing: Listing[int, None] = Listing()
    for key in keys:
        listing.add(key, None)
    found: list[int] = []
    while page := listing.page(size, after=found[-1] if found else None):
        found += page
    assert found == sorted(keys)


def test_texts_are_keys_as_well() -> None:
    listing: Listing[str, int] = Listing()
    for number, key in enumerate(("b", "ab", "a", "c", "ba", "b-1")):
        listing.add(key, number)
    assert listing.page(10, since="b") == ["b", "b-1", "ba", "c"]
    assert listing.page(2, after="a", since="a") == ["ab", "b"]


@pytest.mark.parametrize("count", [1, 5, 9, 14])
def test_runs_that_are_emptied_leave_no_trace(count: int) -> None:
    """The first, the last, any of them, one after the other."""
    for begin in range(count):
        listing: Listing[int, str] = Listing()
        for key in range(count):
            listing.add(key, "a")
        left = list(range(count))
        for key in [*range(begin, count), *range(begin)]:
            listing.remove(key)
            left.remove(key)
            assert listing.page(count) == left
            for after in range(-1, count + 1):
                assert listing.page(count, after=after) == [one for one in left if one > after], (begin, key)
                assert listing.page(1, since=after) == [one for one in left if one >= after][:1]
            assert len(listing._firsts) == len(listing._runs) - 1
        listing.add(7, "b")
        assert listing.page(9) == [7]


@pytest.mark.parametrize("count", [1, 4, 5, 9, 14])
def test_a_listing_that_is_mended_is_found_in_as_before(count: int) -> None:
    """By each key, those between included."""
    listing: Listing[int, str] = Listing()
    for key in range(0, 2 * count, 2):
        listing.add(key, "a")
    listing.mend()
    keys = list(range(0, 2 * count, 2))
    for place in range(-1, 2 * count + 1):
        assert listing.page(count, after=place) == [key for key in keys if key > place]
        assert listing.page(count, since=place) == [key for key in keys if key >= place]
    for key in range(1, 2 * count, 2):
        listing.add(key, "b")
    assert listing.page(2 * count) == list(range(2 * count))
    for key in keys:
        listing.remove(key)
    assert listing.page(2 * count) == list(range(1, 2 * count, 2))

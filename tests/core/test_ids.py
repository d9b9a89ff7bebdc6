"""Ids repeat with the seed, never within a stream, and each kind comes from a stream of its own."""

from __future__ import annotations

import re

import hypothesis.strategies as st
from hypothesis import given

from minicloud.core.ids import Identifiers, derived_random

SEEDS = st.text(max_size=8)
PURPOSES = st.sampled_from(["sqs/messages", "sns/messages", "requests"])
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@given(SEEDS, PURPOSES, st.integers(1, 600))
def test_they_look_like_uuids_and_do_not_repeat(seed: str, purpose: str, count: int) -> None:
    stream = Identifiers(seed).uuids(purpose)
    ids = [stream.next() for _ in range(count)]
    assert len(set(ids)) == count
    assert all(UUID.fullmatch(one) for one in ids)


@given(SEEDS, st.lists(PURPOSES, max_size=40))
def test_each_kind_has_its_stream_whatever_is_made_of_others(seed: str, purposes: list[str]) -> None:
    mixed = Identifiers(seed)
    made: dict[str, list[str]] = {}
    for purpose in purposes:
        stream = mixed.uuids(purpose)
        assert stream.position == len(made.setdefault(purpose, []))
        made[purpose].append(stream.next())
    for purpose, ids in made.items():
        alone = Identifiers(seed).uuids(purpose)
        assert [alone.next() for _ in ids] == ids


@given(st.lists(SEEDS, min_size=2, max_size=2, unique=True))
def test_another_seed_gives_other_ids(seeds: list[str]) -> None:
    one, other = (Identifiers(seed) for seed in seeds)
    assert one.uuids("requests").next() != other.uuids("requests").next()
    assert one.user_id("123456789012") != other.user_id("123456789012")


def test_seeds_make_use_of_every_digit() -> None:
    """So that ids of two clouds in one process are as unlikely to be the same as they can be."""
    ids = [Identifiers(f"seed {number}").uuids("requests").next() for number in range(400)]
    for place in range(36):
        digits = {one[place] for one in ids}
        assert digits == {14: {"4"}, 19: set("89ab")}.get(
            place, {"-"} if place in (8, 13, 18, 23) else set("0123456789abcdef")
        )


@given(SEEDS, PURPOSES)
def test_a_random_stream_begins_anew_each_time_it_is_asked_for(seed: str, purpose: str) -> None:
    ids = Identifiers(seed)
    expected = derived_random(seed, purpose).random()
    assert [ids.random(purpose).random() for _ in range(2)] == [expected, expected]


@given(SEEDS, st.from_regex(r"[0-9]{12}", fullmatch=True))
def test_a_user_id_belongs_to_its_account(seed: str, account_id: str) -> None:
    found = Identifiers(seed).user_id(account_id)
    assert re.fullmatch(r"AIDA[A-Z2-7]{17}", found)
    assert Identifiers(seed).user_id(account_id) == found
    assert Identifiers(seed).user_id("0" * 11 + "x") != found


def test_what_lies_in_the_pool_is_what_comes_next() -> None:
    stream = Identifiers("s").uuids("requests")
    stream.next()
    expected = list(reversed(stream.pool))
    assert expected
    assert [stream.next() for _ in expected] == expected

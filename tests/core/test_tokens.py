"""Tokens hold what was put into them, for whoever made them, and for nothing but what they were made for."""

from __future__ import annotations

from base64 import b64decode, b64encode

import hypothesis.strategies as st
import pytest
from hypothesis import given

from minicloud.core.tokens import TokenMaker

KEY = b"k" * 32
KINDS = st.sampled_from(["iterator", "shards", ""])
# A field is a name, a number or an ARN: no tab, as the maker says.
FIELDS = st.lists(
    st.text(st.characters(exclude_characters="\t", exclude_categories=["Cs"])) | st.integers(), max_size=4
)
MOMENTS = st.integers(0, 1 << 62)


@given(KINDS, MOMENTS, FIELDS)
def test_what_was_put_in_comes_out(kind: str, now: int, fields: list[object]) -> None:
    maker = TokenMaker(KEY)
    token = maker.make(kind, now, *fields)
    expected = now, list(map(str, fields))
    assert maker.read(kind, token) == expected
    # Also by whoever does not remember having made it.
    assert TokenMaker(KEY).read(kind, token) == expected


@given(MOMENTS, FIELDS)
def test_a_token_of_another_kind_is_none(now: int, fields: list[object]) -> None:
    maker = TokenMaker(KEY)
    token = maker.make("iterator", now, *fields)
    assert maker.read("shards", token) is None
    assert TokenMaker(KEY).read("shards", token) is None


def test_a_token_of_another_cloud_is_none() -> None:
    assert TokenMaker(b"o" * 32).read("iterator", TokenMaker(KEY).make("iterator", 1)) is None


@given(st.data())
def test_a_token_that_was_touched_is_none(data: st.DataObject) -> None:
    token = TokenMaker(KEY).make("iterator", 1, "stream", "shard")
    raw = bytearray(b64decode(token))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    assert TokenMaker(KEY).read("iterator", b64encode(raw).decode()) is None
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("ABCxyz019+/=-_ é"))
    touched = token[:place] + other + token[place + 1 :]
    assert (TokenMaker(KEY).read("iterator", touched) is None) == (touched != token)


@given(st.text(max_size=40) | st.binary(min_size=8, max_size=60).map(lambda raw: b64encode(raw).decode()))
def test_any_other_text_is_none(text: str) -> None:
    assert TokenMaker(KEY).read("iterator", text) is None


def test_no_two_tokens_are_alike_and_each_can_be_used_again_and_again() -> None:
    """More than a maker remembers."""
    maker = TokenMaker(KEY)
    tokens = [maker.make("iterator", 7, "same") for _ in range(600)]
    assert len(set(tokens)) == 600
    assert [maker.read("iterator", token) for token in tokens * 2] == [(7, ["same"])] * 1200


@pytest.mark.parametrize("length", [0, 50, 95, 110, 112, 200, 1000])
def test_a_token_grows_in_steps_of_16_bytes(length: int) -> None:
    raw = b64decode(TokenMaker(KEY).make("i", 1, "x" * length))
    assert raw.startswith(b"\0\0\0\0\0\0\0\1")
    content = f"i\t1\t{'x' * length}\t1"
    assert len(raw) == 8 + 16 + max(128, (len(content) + 15) // 16 * 16)

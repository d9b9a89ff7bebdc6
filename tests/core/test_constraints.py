"""Constraints of members: what is broken, and how the report says so."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicloud.core.constraints import (
    Choice,
    Constraint,
    Length,
    Number,
    TagMap,
    Text,
    TextList,
    members_of,
    report,
    violation,
    violations_of_members,
)
from minicloud.core.unset import UNSET

CONSTRAINTS: dict[str, Constraint] = {
    "text": Text(1, 3, "[a-c]*"),
    "text without bounds": Text(),
    "hidden text": Text(2, is_shown=False),
    "Java's pattern": Text(0, 3, r"\p{L}*", r"[^\W\d_]*"),
    "number": Number(1, 3),
    "number without an upper bound": Number(1),
    "choice": Choice("a", "b"),
    "length": Length(1, 3),
    "words of a set": TextList(1, 3, choices=("a", "b")),
    "short strings": TextList(1, 3, longest=2),
    "tags": TagMap(2),
}

texts = st.text("abcd0", max_size=5)
VALUES: dict[type, st.SearchStrategy[Any]] = {
    Text: texts,
    Number: st.integers(-1, 5),
    Choice: texts,
    Length: st.lists(st.none(), max_size=5),
    TextList: st.lists(texts, max_size=5),
    TagMap: st.dictionaries(texts | st.just("k" * 129), texts | st.just("v" * 257), max_size=3),
}


@pytest.mark.parametrize("constraint", CONSTRAINTS.values(), ids=CONSTRAINTS)
@given(st.data())
def test_a_value_holds_when_nothing_is_broken(constraint: Constraint, data: st.DataObject) -> None:
    value = data.draw(VALUES[type(constraint)])
    assert constraint.holds(value) is not any(constraint.broken(value))


@pytest.mark.parametrize(
    ("constraint", "value", "expected"),
    [
        (
            Text(2, 3, "[a-c]*"),
            "x",
            [
                "Value 'x' at 'm' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-c]*",
                "Value 'x' at 'm' failed to satisfy constraint: Member must have length greater than or equal to 2",
            ],
        ),
        (
            Text(0, 3, is_shown=False),
            "secret",
            ["Value at 'm' failed to satisfy constraint: Member must have length less than or equal to 3"],
        ),
        (
            Text(0, 9, r"\p{L}", r"[^\W\d_]"),
            "1",
            [r"Value '1' at 'm' failed to satisfy constraint: Member must satisfy regular expression pattern: \p{L}"],
        ),
        (
            Number(1, 3),
            4,
            ["Value '4' at 'm' failed to satisfy constraint: Member must have value less than or equal to 3"],
        ),
        (
            Choice("a", "b"),
            "c",
            ["Value 'c' at 'm' failed to satisfy constraint: Member must satisfy enum value set: [a, b]"],
        ),
        (
            Length(1, 2),
            [{}, {}, {}],
            ["Value at 'm' failed to satisfy constraint: Member must have length less than or equal to 2"],
        ),
        (
            TextList(1, 3, choices=("a",)),
            ["a", "b"],
            [
                "Value '[a, b]' at 'm' failed to satisfy constraint: "
                "Member must satisfy constraint: [Member must satisfy enum value set: [a]]"
            ],
        ),
        (
            TagMap(1),
            {"a": "b", "c": "d"},
            ["Value '{a=b, c=d}' at 'm' failed to satisfy constraint: Member must have length less than or equal to 1"],
        ),
        (Text(1), UNSET, []),
    ],
)
def test_what_is_broken(constraint: Constraint, value: object, expected: list[str]) -> None:
    assert violations_of_members([("m", constraint, value)]) == expected


def test_members_of_structures_are_named_by_their_place() -> None:
    items = [{"Key": "a"}, {"Key": "", "Value": "b"}]
    key, value = Text(1), Text(0, 0)
    members = members_of("tags", items, {"Key": key, "Value": value})
    assert [(path, given_value) for path, _, given_value in members] == [
        ("tags.1.member.key", "a"),
        ("tags.1.member.value", UNSET),
        ("tags.2.member.key", ""),
        ("tags.2.member.value", "b"),
    ]
    assert len(violations_of_members(members)) == 2
    assert members_of("tags", UNSET, {"Key": key}) == []


def test_a_report_counts_its_violations_and_stops_at_the_tenth() -> None:
    one = violation("m", "Member must not be null", "Value null")
    assert report([one]) == (
        "1 validation error detected: Value null at 'm' failed to satisfy constraint: Member must not be null"
    )
    assert report(["x", "y"]) == "2 validation errors detected: x; y"
    assert report(["x"] * 11) == "10 validation errors detected: " + "; ".join(["x"] * 10)

"""Why an event matches a pattern, or does not, in words."""

from __future__ import annotations

import pytest

import minicloud
from minicloud import UsageError, explain_pattern


def test_a_match_names_every_clause_and_the_condition_that_was_met():
    why = explain_pattern(
        {"source": ["app", {"prefix": "x"}], "detail": {"price": [{"numeric": [">", 3]}]}},
        {"source": "app", "detail": {"price": 4.0}},
    )
    assert why
    assert why.matched is True
    assert (
        str(why) == 'match: "source" is "app", which meets "app"; "detail.price" is 4, which meets {"numeric":[">",3]}'
    )
    assert repr(why) == f"<PatternExplanation {why}>"


@pytest.mark.parametrize(
    ("pattern", "event", "reason"),
    [
        ({"a": ["x"], "b": ["y"]}, {"a": "x", "b": "z"}, '"b" is "z", which does not meet ["y"]'),
        ({"a": {"b": [1]}}, {"a": {"c": 1}}, '"a.b" is absent, which does not meet [1]'),
        ({"a": {"b": [1]}}, {"A": {"b": 1}}, '"a.b" is absent (there is "A.b"), which does not meet [1]'),
        ({"a": [1]}, {"a": "1"}, '"a" is "1", which does not meet [1] (a string never equals a number or a literal)'),
        ({"a": ["x"]}, {"a": "X"}, '"a" is "X", which does not meet ["x"] (upper and lower case differ)'),
        (
            {"a": [{"numeric": [">", 1]}]},
            {"a": "7"},
            '"a" is "7", which does not meet [{"numeric":[">",1]}] (a string never meets a numeric condition)',
        ),
        (
            {"a": [{"exists": True}]},
            {"a": []},
            '"a" is absent ("a" is an empty array, which holds no value), which does not meet [{"exists":true}]',
        ),
        (
            {"a": [{"exists": True}]},
            {"a": {"b": 1}},
            '"a" is absent (it is an object, and only values count), which does not meet [{"exists":true}]',
        ),
        ({"a": [{"exists": False}]}, {"a": 1}, '"a" is 1, which does not meet [{"exists":false}]'),
        ({"a": ["x"]}, {"a": ["y", True, None]}, '"a" is one of ["y", true, null], which does not meet ["x"]'),
        (
            {"a": {"x": [1], "y": [2]}},
            {"a": [{"x": 1}, {"y": 2}]},
            "each condition is met, but by different elements of an array; one element must meet all of them "
            '("a.x" is 1, which meets 1; "a.y" is 2, which meets 2)',
        ),
        (
            {"$or": [{"a": ["x"]}, {"b": ["y"], "c": ["z"]}]},
            {"b": "y"},
            'no alternative of "$or" holds: (1) "a" is absent, which does not meet ["x"]; '
            '(2) "c" is absent, which does not meet ["z"]',
        ),
        (
            '{"a": [ "x" ,{ "prefix" : "y z" } ]}',
            '{"a": "z"}',
            '"a" is "z", which does not meet ["x",{"prefix":"y z"}]',
        ),
        (
            '{"a": [9007199254740993]}',
            '{"a": 9007199254740992}',
            '"a" is 9007199254740992, which does not meet [9007199254740993]',
        ),
        ({"a": [1]}, "[]", "the event matches no pattern: it is not a JSON object"),
    ],
)
def test_what_decided_is_named(pattern, event, reason):
    why = explain_pattern(pattern, event)
    assert not why
    assert str(why) == f"no match: {reason}"


def test_an_alternative_that_holds_is_named():
    why = explain_pattern({"$or": [{"a": ["x"]}, {"b": [{"exists": False}]}]}, {"c": "x"})
    assert str(why) == 'match: alternative 2 of "$or" holds: "b" is absent, which meets {"exists":false}'


@pytest.mark.parametrize(
    ("pattern", "event", "text"),
    [
        ({"a": 1}, {}, 'AWS refuses this event pattern: "a" must be an object or an array\\n at [Source: (String)"'),
        ({"a": [object()]}, {}, "explain_pattern(): pattern is not JSON: Object of type object"),
        ({"a": [1]}, {"a": {1}}, "explain_pattern(): event is not JSON: Object of type set"),
        ({"a": [1]}, "{a: 1}", "explain_pattern(): event is not JSON: "),
        ({"a": [1]}, {"a": float("nan")}, "explain_pattern(): event is not JSON: "),
    ],
)
def test_what_cannot_be_explained_is_a_usage_error(pattern, event, text):
    with pytest.raises(UsageError) as caught:
        explain_pattern(pattern, event)
    assert str(caught.value).startswith(text)


def test_it_is_a_name_of_the_package():
    assert "explain_pattern" in minicloud.__all__

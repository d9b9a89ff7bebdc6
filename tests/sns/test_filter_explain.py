"""Why a message passes a filter policy, in words."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from minicloud.exceptions import AwsError, UsageError
from minicloud.services.sns.filter.explain import explain_filter
from minicloud.services.sns.filter.policy import compile_policy


def test_a_match_names_every_clause_and_the_condition_that_was_met():
    explanation = explain_filter(
        {"store": ["x", "books"], "price": [{"numeric": [">", 3]}]}, attributes={"store": "books", "price": 4.5}
    )
    assert explanation
    assert explanation.matched is True
    assert (
        str(explanation)
        == 'match: "store" is "books", which meets "books"; "price" is 4.5, which meets {"numeric":[">",3]}'
    )
    assert repr(explanation) == f"<FilterExplanation {explanation}>"


@pytest.mark.parametrize(
    ("policy", "attributes", "reason"),
    [
        ({"a": ["x"], "b": ["y"]}, {"a": "x", "b": "z"}, '"b" is "z", which does not meet ["y"]'),
        ({"a": ["x", {"prefix": "y"}]}, {"a": "z"}, '"a" is "z", which does not meet ["x",{"prefix":"y"}]'),
        ({"a": ["x"]}, {"a": ["y", 1, None]}, '"a" is one of ["y", 1, null], which does not meet ["x"]'),
        ({"a": ["x"]}, {"b": "x"}, '"a" is absent, which does not meet ["x"]'),
        ({"a": ["x"]}, {"A": "x"}, '"a" is absent (there is "A"), which does not meet ["x"]'),
        ({"a": ["x"]}, {"a": "X"}, '"a" is "X", which does not meet ["x"] (upper and lower case differ)'),
        ({"a": [1]}, {"a": "1"}, '"a" is "1", which does not meet [1] (a string never equals a number or a literal)'),
        ({"a": ["1"]}, {"a": 1}, '"a" is 1, which does not meet ["1"] (a string never equals a number or a literal)'),
        (
            {"a": [{"numeric": ["=", 1]}]},
            {"a": "1"},
            '"a" is "1", which does not meet [{"numeric":["=",1]}] (a string never meets a numeric condition)',
        ),
        (
            {"a": ["x"]},
            {"a": b"x", "b": "x"},
            '"a" is absent for filters (its type is Binary, and only String, Number, String.Array count), '
            'which does not meet ["x"]',
        ),
        (
            {"$or": [{"a": ["x"]}, {"b": ["y"], "c": ["z"]}]},
            {"b": "y"},
            'no alternative of "$or" holds: (1) "a" is absent, which does not meet ["x"]; '
            '(2) "c" is absent, which does not meet ["z"]',
        ),
        (
            {"a": [{"exists": False}]},
            {},
            "the message has no attribute of type String, Number or String.Array; a filter policy never matches that",
        ),
        ({"a": [-1.25]}, {"a": -1.5}, '"a" is -1.5, which does not meet [-1.25]'),
        ({"ä": ["é"]}, {"ä": "ü"}, '"ä" is "ü", which does not meet ["é"]'),
        ({"ä": ["é"]}, {"Ä": "é"}, '"ä" is absent (there is "Ä"), which does not meet ["é"]'),
    ],
)
def test_a_refusal_names_the_clause_that_decided(policy, attributes, reason):
    explanation = explain_filter(policy, attributes=attributes)
    assert not explanation
    assert str(explanation) == f"no match: {reason}"


def test_an_alternative_that_holds_is_named():
    explanation = explain_filter({"$or": [{"a": ["x"]}, {"b": [{"exists": False}]}]}, attributes={"c": "x"})
    assert str(explanation) == 'match: alternative 2 of "$or" holds: "b" is absent, which meets {"exists":false}'


def test_json_in_an_attribute_is_pointed_at():
    explanation = explain_filter({"a": ["x"]}, attributes={"a": "x", "trace": '{"id":1}'})
    assert not explanation
    assert '"trace"' in str(explanation)
    assert "escaped" in str(explanation)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("text", "the message's body is not JSON; a filter policy never matches that"),
        ("[1]", "the message's body is not a JSON object; a filter policy never matches that"),
        ("{}", "the message's body is an empty object; a filter policy never matches that"),
        ({"a": {"c": 1}}, '"a" is absent (it is an object, and only values count), which does not meet [1]'),
        ({"a": []}, '"a" is absent ("a" is an empty array, which holds no value), which does not meet [1]'),
        ({"a": [[{}]]}, '"a" is absent ("a" is an empty object, which holds no value), which does not meet [1]'),
        ({"a": 10**10}, '"a" is 10000000000, which does not meet [1]'),
    ],
)
def test_bodies(body, reason):
    assert str(explain_filter({"a": [1]}, body=body)) == f"no match: {reason}"


def test_elements_of_an_array_that_meet_the_conditions_only_together():
    explanation = explain_filter({"r": {"a": [1], "b": [2]}}, body={"r": [{"a": 1}, {"b": 2}]})
    assert not explanation
    assert "different elements of an array" in str(explanation)
    assert '"r.b" is 2' in str(explanation)
    assert explain_filter({"r": {"a": [1], "b": [2]}}, body={"r": [{"a": 1, "b": 2}]})


def test_every_way_to_give_policy_and_attributes():
    structure = {"DataType": "Number", "StringValue": "7"}
    for policy in ({"a": [7]}, '{"a":[7]}'):
        for value in (7, 7.0, Decimal("7.00"), structure, [7], ("x", 7)):
            assert explain_filter(policy, attributes={"a": value})
    binary = {"DataType": "Binary", "BinaryValue": b"7"}
    assert explain_filter({"b": ["x"], "a": [{"exists": False}]}, attributes={"a": binary, "b": "x"})


@pytest.mark.parametrize(
    ("policy", "given", "says"),
    [
        ({"a": [1]}, {}, "give one of the two"),
        ({"a": [1]}, {"attributes": {}, "body": "{}"}, "give one of the two"),
        ({"a": [1]}, {"attributes": {"a": True}}, "'a' is a bool"),
        ({"a": [1]}, {"attributes": {"a": None}}, "'a' is a NoneType"),
        ({"a": [1]}, {"attributes": {"a": {"StringValue": "x"}}}, "without DataType"),
        ({"a": [1]}, {"attributes": {"a": {"DataType": "String"}}}, "without DataType"),
        ({"a": [{1}]}, {"attributes": {}}, "policy is not JSON"),
        ({"a": [1]}, {"body": {"a": {1}}}, "body is not JSON"),
        ({"a": 1}, {"attributes": {}}, 'AWS refuses this filter policy: Invalid parameter: FilterPolicy: "a" must be'),
    ],
)
def test_what_can_not_be_explained_is_a_usage_error(policy, given, says):
    with pytest.raises(UsageError, match=says.replace("(", "\\(")):
        explain_filter(policy, **given)


values = st.sampled_from(["x", "y", 1, 2.5, True, None])
CONDITIONS = [["x"], ["y", 1], [True], [{"exists": False}], [{"anything-but": "x"}], [{"numeric": [">", 0]}]]
leaves = st.sampled_from(CONDITIONS)
policies = st.dictionaries(
    st.sampled_from("abc"),
    leaves | st.dictionaries(st.sampled_from("abc"), leaves, min_size=1, max_size=2),
    min_size=1,
    max_size=2,
)


@given(
    policies,
    st.dictionaries(
        st.sampled_from("abc"),
        values | st.lists(st.dictionaries(st.sampled_from("abc"), values, max_size=2), max_size=3),
    ),
)
def test_the_verdict_is_that_of_the_policy(policy, body):
    text = json.dumps(body)
    try:
        compiled = compile_policy(json.dumps(policy), "MessageBody")
    except AwsError:
        reject()  # too complex
    assert bool(explain_filter(policy, body=text)) == compiled.matches(None, text)


@pytest.mark.parametrize(
    ("plain", "structure"),
    [
        ("x", {"DataType": "String", "StringValue": "x"}),
        (7, {"DataType": "Number", "StringValue": "7"}),
        (b"x", {"DataType": "Binary", "BinaryValue": b"x"}),
        (["x", 7], {"DataType": "String.Array", "StringValue": '["x", 7]'}),
    ],
)
def test_plain_values_and_structures_are_explained_alike(plain: object, structure: dict[str, object]) -> None:
    for policy in ({"a": ["x"]}, {"a": [7]}, {"a": [{"exists": True}]}, {"a": ["other"]}):
        told = [explain_filter(policy, attributes={"a": value}) for value in (plain, structure)]
        assert str(told[0]) == str(told[1])

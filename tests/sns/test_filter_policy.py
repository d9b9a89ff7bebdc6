"""Filter policies: what they match and what they do not."""

from __future__ import annotations

import json

import pytest

from minicloud.services.sns.filter.document import Candidate
from minicloud.services.sns.filter.explain import explain_filter
from minicloud.services.sns.filter.policy import compile_policy

BY_ATTRIBUTES = "MessageAttributes"
BY_BODY = "MessageBody"


def attribute(value):
    if isinstance(value, str):
        return {"DataType": "String", "StringValue": value}
    if isinstance(value, bytes):
        return {"DataType": "Binary", "BinaryValue": value}
    if isinstance(value, list):
        return {"DataType": "String.Array", "StringValue": json.dumps(value)}
    return {"DataType": "Number", "StringValue": str(value)}


def passes_attributes(policy, **attributes):
    compiled = compile_policy(json.dumps(policy), BY_ATTRIBUTES)
    return compiled.matches({name: attribute(value) for name, value in attributes.items()}, "")


def passes_body(policy, body):
    compiled = compile_policy(json.dumps(policy), BY_BODY)
    return compiled.matches(None, body if isinstance(body, str) else json.dumps(body))


# --- the truth table -------------------------------------------------------------------------------------------------

ABSENT = object()

TRUTH = [
    # condition, values that match, values that do not; ABSENT: another key only
    ("rugby", ["rugby", ["rugby", "tennis"]], ["Rugby", ABSENT, 7, ["tennis"]]),
    ("100", ["100"], [100, 100.0]),
    (100, [100, 100.0, 1e2, [1, 100]], ["100", 100.1]),
    (0.3, [0.1 + 0.2, 0.3], [0.300001]),
    (True, [[True]], ["true", [False], [1], ABSENT]),
    (False, [[False]], ["false", [True], [0]]),
    (None, [[None]], ["null", [0], ABSENT]),
    ({"prefix": "bas"}, ["bas", "baseball"], ["Baseball", 7, ABSENT]),
    ({"suffix": "ball"}, ["ball", "baseball"], ["balls", 7, ABSENT]),
    ({"equals-ignore-case": "tennis"}, ["TENNIS", "teNnis", "tennis"], ["tenis", 7, ABSENT]),
    ({"wildcard": "*ball"}, ["baseball", "ball"], ["base", "ballet", 7, ABSENT]),
    ({"wildcard": "a*b*c"}, ["abc", "a--b--c", "abbcc", "abcbc"], ["ab", "acb", "xabc", "abcx"]),
    ({"wildcard": "*aba*aba*"}, ["abaaba", "xabaxabax"], ["ababa", "aba"]),
    ({"wildcard": "ab*ba"}, ["abba", "ab--ba"], ["aba"]),
    ({"wildcard": "*"}, ["x"], [7, ABSENT]),
    ({"anything-but": ["rugby", "tennis"]}, ["baseball", ["rugby", "baseball"], 7], ["rugby", ["rugby"], ABSENT]),
    ({"anything-but": "rugby"}, ["Rugby"], ["rugby", ABSENT]),
    ({"anything-but": [100, 500]}, [101, 100.1, [100, 50], "100"], [100, 500.0, ABSENT]),
    ({"anything-but": 100}, [101, "x"], [100, 1e2]),
    ({"anything-but": "100"}, [100], ["100"]),
    ({"anything-but": {"prefix": "order-"}}, ["data-entry", "order_number", 7], ["order-cancelled", ABSENT]),
    ({"anything-but": {"suffix": "ball"}}, ["hockey", "balls"], ["baseball", ABSENT]),
    ({"anything-but": {"wildcard": "*ball"}}, ["hockey"], ["baseball", ABSENT]),
    ({"numeric": ["=", 301.5]}, [301.5, 3.015e2], ["301.5", 301.4, 301.6, ABSENT]),
    ({"numeric": [">", 0, "<=", 100]}, [99, 100, 0.00001, [200, 50]], [0, 111, "50", ABSENT]),
    ({"numeric": [">=", 0, "<", 100]}, [0, 99.99999], [100, 101, -0.00001]),
    ({"numeric": [">=", 0, "<=", 100]}, [0, 100], [-0.00001, 100.00001]),
    ({"numeric": [">", 0, "<", 100]}, [0.00001, 99.99999], [0, 100]),
    ({"numeric": ["<", 0]}, [-0.1, -5e9], [0, 1, -6e9]),
    ({"numeric": ["<=", 0]}, [0, -0.00001, -5e9], [0.00001]),
    ({"numeric": [">", 5]}, [5.1, 5e9], [5, 6e9]),
    ({"numeric": [">=", 5]}, [5, 5.1, 5e9], [4.9]),
    ({"exists": True}, ["x", 7, ["x"]], [ABSENT, []]),
    ({"exists": False}, [ABSENT], ["x", 7, ["x"]]),
    ({"cidr": "10.0.0.0/24"}, ["10.0.0.0", "10.0.0.255"], ["10.1.1.0", "10.0.1.0", "x", 10, "::", ABSENT]),
    ({"cidr": "10.0.0.77/24"}, ["10.0.0.1"], ["10.0.1.1"]),
    ({"cidr": "2001:db8::/32"}, ["2001:db8::1", "2001:0DB8:0:0::9"], ["2001:db9::1", "10.0.0.1", "2001:db8", "a:b"]),
    ("10.0.0.1", ["10.0.0.1", "010.000.0.1"], ["10.0.0.2", "10.0.1"]),
    ("::1", ["::1", "0:0:0:0:0:0:0:1", "0::0001"], ["::2", "0.0.0.1"]),
    ("::ffff:1.2.3.4", ["::ffff:102:304"], ["1.2.3.4"]),
]


@pytest.mark.parametrize(
    ("condition", "value", "expected"),
    [
        (condition, value, expected)
        for condition, good, bad in TRUTH
        for expected, values in ((True, good), (False, bad))
        for value in values
    ],
)
def test_truth_table(condition, value, expected):
    message = {"other": "x"} if value is ABSENT else {"key": value, "other": "x"}
    assert passes_attributes({"key": [condition]}, **message) is expected
    assert passes_body({"key": [condition]}, message) is expected
    assert passes_body({"outer": {"key": [condition]}}, {"outer": message}) is expected
    told = explain_filter({"key": ["never", condition]}, attributes=message)
    assert bool(told) is expected
    if expected and value is not ABSENT:
        assert str(told).endswith(f", which meets {json.dumps(condition, separators=(',', ':'))}")


@pytest.mark.parametrize("value", ["x", 7, True, False, 0, ["x"], {"a": [1]}])
def test_exists_in_a_body(value):
    assert passes_body({"key": [{"exists": True}]}, {"key": value}) is not isinstance(value, dict)
    assert passes_body({"key": [{"exists": False}]}, {"key": value}) is isinstance(value, dict)


@pytest.mark.parametrize("value", [None, ""])
def test_null_and_empty_do_not_exist_but_are_there(value):
    assert not passes_body({"key": [{"exists": True}]}, {"key": value})
    assert not passes_body({"key": [{"exists": False}]}, {"key": value})


@pytest.mark.parametrize("value", [True, False, None])
def test_literals_of_a_body(value):
    assert passes_body({"key": [value]}, {"key": value})
    assert not passes_body({"key": [value]}, {"key": json.dumps(value)})
    assert not passes_body({"key": [0, 1]}, {"key": value})
    assert passes_body({"key": [{"anything-but": "x"}]}, {"key": value})


def test_and_of_keys_or_of_values():
    policy = {"store": ["a", "b"], "price": [{"numeric": [">", 10]}, {"exists": False}]}
    assert passes_attributes(policy, store="b", price=11)
    assert passes_attributes(policy, store="a")
    assert not passes_attributes(policy, store="a", price=9)
    assert not passes_attributes(policy, store="c", price=11)
    assert not passes_attributes(policy, price=11)


def test_or():
    policy = {"source": ["s"], "$or": [{"name": ["n"]}, {"kind": ["k"], "$or": [{"x": [1]}, {"y": [2]}]}]}
    assert passes_attributes(policy, source="s", name="n")
    assert passes_attributes(policy, source="s", kind="k", y=2)
    assert not passes_attributes(policy, source="s", kind="k")
    assert not passes_attributes(policy, source="s", y=2)
    assert not passes_attributes(policy, name="n")


def test_or_inside_of_an_object():
    policy = {"detail": {"scope": ["s"], "$or": [{"a": [1]}, {"b": {"c": [2]}}]}}
    assert passes_body(policy, {"detail": {"scope": "s", "a": 1}})
    assert passes_body(policy, {"detail": {"scope": "s", "b": {"c": 2}}})
    assert not passes_body(policy, {"detail": {"scope": "s"}, "a": 1})


@pytest.mark.parametrize("alternatives", [["x"], ["x", "y"], [{"prefix": "x"}, {"prefix": "y"}], [{"prefix": "x"}]])
def test_or_as_an_ordinary_key(alternatives):
    assert passes_attributes({"$or": alternatives}, **{"$or": "x"})
    assert not passes_attributes({"$or": alternatives}, **{"$or": "z"})


def test_no_attributes_never_match():
    assert not passes_attributes({"key": [{"exists": False}]})
    assert not passes_attributes({"key": [None, {"anything-but": "x"}]})
    assert not compile_policy('{"key":[{"exists":false}]}', BY_ATTRIBUTES).matches(None, "")


def test_binary_and_custom_types_are_ignored():
    assert not passes_attributes({"key": [{"exists": True}]}, key=b"x", other="x")
    assert passes_attributes({"key": [{"exists": False}]}, key=b"x", other="x")
    policy = compile_policy('{"key":["x"]}', BY_ATTRIBUTES)
    assert not policy.matches({"key": {"DataType": "String.custom", "StringValue": "x"}}, "")


def test_a_dot_in_the_name_of_an_attribute_is_part_of_it():
    assert passes_attributes({"a.b": ["x"]}, **{"a.b": "x"})


@pytest.mark.parametrize(
    ("published", "value"), [('say \\"hi\\"', 'say "hi"'), ("C:\\\\temp", "C:\\temp"), ("a\\tb", "a\tb")]
)
def test_quotes_and_backslashes_have_to_be_escaped_in_the_attribute(published, value):
    assert passes_attributes({"key": [value]}, key=published)


@pytest.mark.parametrize("value", ['{"a":1}', "tab\there", "C:\\data", "line\nbreak"])
def test_an_attribute_that_spoils_the_document_spoils_all_of_them(value):
    assert not passes_attributes({"other": ["x"]}, other="x", key=value)
    assert passes_attributes({"other": ["x"]}, other="x", key="fine")


def test_elements_of_an_array_attribute():
    policy = compile_policy('{"key":[null,1,"a"]}', BY_ATTRIBUTES)
    for text, expected in (
        ("[null]", True),
        ("[1.0]", True),
        ('["b","a"]', True),
        ('["b",2,true]', False),
        ("[]", False),
    ):
        value = {"DataType": "String.Array", "StringValue": text}
        assert policy.matches({"key": value}, "") is expected


def test_escapes_in_wildcards():
    assert passes_attributes({"key": [{"wildcard": "a\\**"}]}, key="a*b")
    assert not passes_attributes({"key": [{"wildcard": "a\\**"}]}, key="ab")
    assert passes_body({"key": [{"wildcard": "\\\\*"}]}, {"key": "\\x"})
    assert passes_attributes({"key": [{"wildcard": "\\*"}]}, key="*")
    assert not passes_attributes({"key": [{"wildcard": "plain"}]}, key="plain!")


def test_equals_ignore_case_inside_of_anything_but_can_be_switched_on():
    with_case = frozenset({"prefix", "equals-ignore-case"})
    for operand in ("X", ["x", "y"]):
        policy = json.dumps({"key": [{"anything-but": {"equals-ignore-case": operand}}]})
        compiled = compile_policy(policy, BY_ATTRIBUTES, anything_but=with_case)
        assert not compiled.matches({"key": attribute("x")}, "")
        assert compiled.matches({"key": attribute("z")}, "")


# --- bodies ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", ["text", '"json"', "[1]", '[{"key":"x"}]', "7", "null", "{}", "{", '{"key":NaN}', ""])
def test_a_body_that_is_no_object_never_matches(body):
    assert not passes_body({"key": ["x", {"exists": False}, {"anything-but": "x"}]}, body)


@pytest.mark.parametrize("policy", [{"object.nested.test": ["v"]}, {"object": {"nested": {"test": ["v"]}}}])
@pytest.mark.parametrize(
    "body",
    [
        {"object": {"nested": {"test": "v"}}},
        {"object.nested.test": "v"},
        {"object.nested": {"test": "v"}},
        {"object": {"nested.test": "v"}},
    ],
)
def test_dots_and_nesting_are_the_same(policy, body):
    assert passes_body(policy, body)


def test_absence_inside_of_an_object():
    assert passes_body({"object": {"nested_key": [{"exists": False}]}}, {"object": {"key": "auto-test"}})
    assert not passes_body({"object": {"key": [{"exists": False}]}}, {"object": {"key": "auto-test"}})


RECORDS = {"Records": {"s3": {"object": {"key": [{"prefix": "auto-"}]}}, "eventName": [{"prefix": "ObjectCreated:"}]}}


def record(name, key):
    return {"eventName": name, "s3": {"object": {"key": key}}}


def test_one_element_of_an_array_must_meet_all_conditions():
    good, half, other = record("ObjectCreated:Put", "auto-1"), record("ObjectCreated:Put", "x"), record("x", "auto-1")
    assert passes_body(RECORDS, {"Records": [good, other]})
    assert passes_body(RECORDS, {"Records": [half, good]})
    assert passes_body(RECORDS, {"Records": good})
    assert not passes_body(RECORDS, {"Records": [half]})
    assert not passes_body(RECORDS, {"Records": [half, other]})


def test_arrays_of_arrays_are_transparent():
    policy = {"a": {"b": [1], "c": [2]}}
    assert passes_body(policy, {"a": [[{"b": 1, "c": 2}]]})
    assert passes_body(policy, {"a": [[[{"b": 0}], {"b": 1, "c": [0, [2]]}]]})
    assert not passes_body(policy, {"a": [[{"b": 1}], [{"c": 2}]]})
    assert not passes_body(policy, {"a": [[{"b": 1}, {"c": 2}]]})


def test_arrays_side_by_side_are_chosen_from_independently():
    policy = {"a": {"x": [1], "y": [2]}, "b": {"x": [3]}}
    assert passes_body(policy, {"a": [{"x": 0}, {"x": 1, "y": 2}], "b": [{"x": 3}, {"x": 4}]})
    inner = {"a": {"x": {"v": [1]}, "y": {"v": [2]}}}
    assert passes_body(inner, {"a": [{"x": [{"v": 0}, {"v": 1}], "y": [{"v": 2}]}]})
    assert not passes_body(inner, {"a": [{"x": [{"v": 1}]}, {"y": [{"v": 2}]}]})


def test_a_big_body_with_many_elements_is_decided_quickly():
    body = {"a": [{f"k{index % 7}": index % 3, "v": index % 2} for index in range(20_000)]}
    assert not passes_body({"a": {"k1": [1], "k2": [1], "v": [1]}}, body)


def test_a_body_nested_deeply():
    body = '{"a":' * 400 + "1" + "}" * 400
    assert passes_body({"a": [{"exists": False}]}, body)
    deep = '{"a":' + "[" * 400 + '{"b":1,"c":2}' + "]" * 400 + "}"
    assert passes_body({"a": {"b": [1], "c": [2]}}, deep)
    assert not passes_body({"a": ["x"]}, "[" * 100_000)


def test_numbers_out_of_range_are_compared_as_written():
    assert passes_body({"a": [10_000_000_000]}, {"a": 10_000_000_000})
    assert not passes_body({"a": [10_000_000_000]}, {"a": 10_000_000_001})
    assert passes_body({"a": [{"anything-but": 1}]}, {"a": 10**40})
    assert not passes_body({"a": [{"numeric": [">", 1]}]}, '{"a": 1e400}')
    assert not compile_policy('{"a":[' + "9" * 5000 + "]}", BY_BODY).matches(None, '{"a":1}')


def test_a_candidate_is_shared_by_policies():
    candidate = Candidate({"key": attribute("x")}, '{"key":"y"}')
    assert compile_policy('{"key":["x"]}', BY_ATTRIBUTES).accepts(candidate)
    assert compile_policy('{"key":["y"]}', BY_BODY).accepts(candidate)
    assert not compile_policy('{"key":["x"]}', BY_BODY).accepts(candidate)

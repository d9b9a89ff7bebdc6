"""The compiler of filter policies against a slow, obvious evaluator, over generated policies and messages."""

from __future__ import annotations

import itertools
import json
import operator as operators
from ipaddress import ip_address, ip_network

from hypothesis import given, settings
from hypothesis import strategies as st

from minicloud.exceptions import AwsError
from minicloud.services.sns.filter.policy import compile_policy
from tests.support.depth import deep

BY_ATTRIBUTES = "MessageAttributes"
BY_BODY = "MessageBody"
COMPARISONS = {"=": operators.eq, "<": operators.lt, "<=": operators.le, ">": operators.gt, ">=": operators.ge}


def attribute(value):
    if isinstance(value, str):
        return {"DataType": "String", "StringValue": value}
    if isinstance(value, bytes):
        return {"DataType": "Binary", "BinaryValue": value}
    if isinstance(value, list):
        return {"DataType": "String.Array", "StringValue": json.dumps(value)}
    return {"DataType": "Number", "StringValue": str(value)}


def leaves_by_choice(path, value):
    """For each choice of an element in each array of objects: the scalars with their paths."""
    if isinstance(value, dict):
        members = [leaves_by_choice(f"{path}.{name}" if path else name, member) for name, member in value.items()]
        return [list(itertools.chain(*choice)) for choice in itertools.product(*members)]
    if isinstance(value, list):
        scalars = [(path, member) for member in value if not isinstance(member, (dict, list))]
        containers = [member for member in value if isinstance(member, (dict, list))]
        if not containers:
            return [scalars]
        return [scalars + leaves for member in containers for leaves in leaves_by_choice(path, member)]
    return [[(path, value)]]


def same(one, other):
    if isinstance(one, bool) or isinstance(other, bool) or one is None or other is None:
        return one is other
    if isinstance(one, str) and isinstance(other, str):
        return one == other or (address_of(one) is not None and address_of(one) == address_of(other))
    return not isinstance(one, str) and not isinstance(other, str) and one == other


def address_of(text):
    try:
        return ip_address(text)
    except ValueError:
        return None


def wild(pattern, text):
    if not pattern:
        return not text
    if pattern[0] == "*":
        return wild(pattern[1:], text) or (bool(text) and wild(pattern, text[1:]))
    if pattern[0] == "\\":
        pattern = pattern[1:]
    return bool(text) and text[0] == pattern[0] and wild(pattern[1:], text[1:])


def meets(condition, value):
    if not isinstance(condition, dict):
        return same(condition, value)
    [(operator, operand)] = condition.items()
    if operator == "anything-but":
        if isinstance(operand, dict):
            return not meets(operand, value)
        excluded = operand if isinstance(operand, list) else [operand]
        return not any(type(value) is not bool and value is not None and one == value for one in excluded)
    if operator == "exists":
        return operand and value not in (None, "")
    if operator == "numeric":
        if isinstance(value, (str, bool)) or value is None:
            return False
        return all(COMPARISONS[name](value, bound) for name, bound in zip(operand[::2], operand[1::2], strict=True))
    if not isinstance(value, str):
        return False
    if operator == "cidr":
        address = address_of(value)
        return address is not None and address in ip_network(operand, strict=False)
    return {
        "prefix": value.startswith,
        "suffix": value.endswith,
        "equals-ignore-case": lambda text: value.lower() == text.lower(),
        "wildcard": lambda pattern: wild(pattern, value),
    }[operator](operand)


def holds(policy, path, leaves, paths):
    for name, member in policy.items():
        if name == "$or":
            if not any(holds(alternative, path, leaves, paths) for alternative in member):
                return False
            continue
        inner = f"{path}.{name}" if path else name
        if isinstance(member, dict):
            if not holds(member, inner, leaves, paths):
                return False
        elif not any(
            inner not in paths
            if condition == {"exists": False}
            else any(place == inner and meets(condition, value) for place, value in leaves)
            for condition in member
        ):
            return False
    return True


def slowly(policy, message):
    choices = leaves_by_choice("", message)
    paths = {path for leaves in choices for path, _ in leaves}
    return bool(message) and any(holds(policy, "", leaves, paths) for leaves in choices)


STRINGS = ["a", "A", "ab", "ba", "aba", "1", "", "10.0.0.1", "10.0.0.2", "::1"]
NUMBERS = [0, 1, 1.0, 2, 2.5, -1, 100]
NAMES = ["a", "b", "c", "a.b"]
strings, numbers = st.sampled_from(STRINGS), st.sampled_from(NUMBERS)
scalars = strings | numbers | st.sampled_from([True, False, None])
patterns = (
    st.lists(st.sampled_from(["a", "b", "*", "\\*"]), min_size=1, max_size=4)
    .map("".join)
    .filter(lambda pattern: "**" not in pattern.replace("\\*", "-"))
)
full = strings.filter(bool)


def between(bounds):
    low, high = sorted(bounds)
    return [">", low, "<=", high]


conditions = st.one_of(
    scalars,
    scalars,
    st.builds(lambda text: {"prefix": text}, strings),
    st.builds(lambda text: {"suffix": text}, strings),
    st.builds(lambda text: {"equals-ignore-case": text}, strings),
    st.builds(lambda text: {"wildcard": text}, patterns),
    st.builds(lambda value: {"anything-but": value}, strings | numbers),
    st.builds(lambda value: {"anything-but": value}, st.lists(strings, min_size=1) | st.lists(numbers, min_size=1)),
    st.builds(lambda text: {"anything-but": {"prefix": text}}, full),
    st.builds(lambda text: {"anything-but": {"suffix": text}}, full),
    st.builds(lambda text: {"anything-but": {"wildcard": text}}, patterns),
    st.builds(lambda op, value: {"numeric": [op, value]}, st.sampled_from(["=", "<", "<=", ">", ">="]), numbers),
    st.builds(lambda bounds: {"numeric": between(bounds)}, st.lists(numbers, min_size=2, max_size=2, unique=True)),
    st.builds(lambda value: {"exists": value}, st.booleans()),
    st.sampled_from([{"cidr": "10.0.0.0/31"}, {"cidr": "10.0.0.0/8"}, {"cidr": "::/64"}]),
)
arrays = st.lists(conditions, min_size=1, max_size=3)
flat_policies = st.dictionaries(st.sampled_from(NAMES), arrays, min_size=1, max_size=3)


def with_alternatives(policies):
    return st.builds(
        lambda policy, alternatives: policy | ({"$or": alternatives} if alternatives else {}),
        policies,
        st.none() | st.lists(policies, min_size=2, max_size=3),
    )


def nested(policies):
    return with_alternatives(st.dictionaries(st.sampled_from(NAMES), arrays | policies, min_size=1, max_size=3))


body_policies = st.recursive(with_alternatives(flat_policies), nested, max_leaves=4)
messages = st.dictionaries(
    st.sampled_from(NAMES),
    st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
        max_leaves=12,
    ),
    max_size=3,
)


def compiled_or_none(policy, scope):
    try:
        return compile_policy(json.dumps(policy), scope)
    except AwsError as error:
        if error.message.endswith(("too complex", "more than 5 keys")):
            return None
        raise


@settings(max_examples=deep(150))
@given(body_policies, st.lists(messages, min_size=1, max_size=4))
def test_the_compiler_agrees_with_the_evaluator_on_bodies(policy, bodies):
    compiled = compiled_or_none(policy, BY_BODY)
    if compiled is not None:
        for body in bodies:
            assert compiled.matches(None, json.dumps(body)) == slowly(policy, body)


ARRAY_POLICIES = [
    {"$or": [{"a": {"x": [1]}}, {"a": {"y": [2]}}], "b": [3]},
    {"$or": [{"a": {"x": [1], "y": [2]}}, {"b": [{"exists": False}]}], "c": [{"exists": False}]},
    {"a": {"x": [1], "y": [2]}},
    {"a": {"x": [1, {"prefix": "p"}], "y": [{"exists": False}]}},
    {"a": {"x": [{"exists": False}], "$or": [{"y": [2]}, {"z": [3]}]}},
    {"a": {"x": [1]}, "b": [3], "c": [{"exists": False}]},
    {"a": {"b": {"x": [1], "y": [2]}, "z": [3]}},
    {"a": {"b": {"x": [1]}, "c": {"x": [2]}}},
]
ARRAY_BODIES = [
    {"a": [{"x": 1, "y": 2}, {"z": 3}], "b": 3},
    {"a": [{"x": 1}, {"y": 2}], "b": 3},
    {"a": [{"x": "pq"}, {"x": 1, "y": 5}]},
    {"a": [{"x": "pq"}, {"z": 1}]},
    {"a": {"x": [1, 2], "y": [2]}, "b": [4, 3]},
    {"a": [{"x": 1, "y": 2}], "c": 0},
    {"a": [{"y": 2}, {"z": 3}, {"x": 9, "z": 3}]},
    {"a": [{"b": [{"x": 1, "y": 2}, {"x": 3}], "z": 3}, {"z": 3}]},
    {"a": [{"b": [{"x": 1}, {"y": 2}], "z": 3}, {"b": [{"x": 1, "y": 2}], "z": 4}]},
    {"a": [{"b": {"x": 1}}, {"c": {"x": 2}}]},
    {"a": [{"b": [{"x": 0}, {"x": 1}], "c": [{"x": 2}]}]},
    {"a": []},
    {"b": 3},
    {},
]


def test_arrays_of_objects():
    """All clauses have to be met by one choice of an element in each array."""
    results = {
        (place, number): (
            compile_policy(json.dumps(policy), BY_BODY).matches(None, json.dumps(body)),
            slowly(policy, body),
        )
        for place, policy in enumerate(ARRAY_POLICIES)
        for number, body in enumerate(ARRAY_BODIES)
    }
    assert {key: found for key, (found, expected) in results.items() if found != expected} == {}
    for place in range(len(ARRAY_POLICIES)):  # each says both
        assert {results[place, number][0] for number in range(len(ARRAY_BODIES))} == {False, True}


attribute_values = full | numbers | st.lists(scalars, max_size=3)


@settings(max_examples=deep(100))
@given(
    with_alternatives(with_alternatives(flat_policies)),
    st.lists(st.dictionaries(st.sampled_from(NAMES), attribute_values, max_size=4), min_size=1, max_size=4),
)
def test_the_compiler_agrees_with_the_evaluator_on_attributes(policy, sets):
    compiled = compiled_or_none(policy, BY_ATTRIBUTES)
    if compiled is not None:
        for attributes in sets:
            flat = {name: value for name, value in attributes.items() if value != []}
            expected = bool(flat) and slowly(policy, flat)
            structures = {name: attribute(value) for name, value in attributes.items()}
            assert compiled.matches(structures, "") == expected

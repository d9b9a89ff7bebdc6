"""The compiler of event patterns against a slow, obvious interpreter, over generated patterns and events.

The interpreter follows the fact sheet: a pattern is a list of rules, each a map of paths to conditions (``$or`` makes
more of them, a later path replaces an earlier one); an event is a list of choices of one element for each array.
"""

from __future__ import annotations

import itertools
import json
import operator as operators
from fractions import Fraction
from ipaddress import ip_address, ip_network

from hypothesis import given, note, settings
from hypothesis import strategies as st

from minicloud.core.event_pattern.errors import EventPatternError
from minicloud.core.event_pattern.explain import explain
from minicloud.core.event_pattern.matcher import compile_pattern, document_of
from minicloud.core.event_pattern.values import read_event
from tests.support.depth import deep

COMPARISONS = {"=": operators.eq, "<": operators.lt, "<=": operators.le, ">": operators.gt, ">=": operators.ge}
ABSENT = {"exists": False}


class Number(str):
    """A number of a JSON text."""

    __slots__ = ()

    @property
    def exact(self):
        """What it is, when a double is written so."""
        value = float(self)
        in_full = Fraction(self)
        return value if value not in (float("inf"), float("-inf")) and Fraction(repr(value)) == in_full else None


def loads(text, **options):
    return json.loads(text, parse_int=Number, parse_float=Number, **options)


def is_text(value):
    return isinstance(value, str) and not isinstance(value, Number)


def same(one, other):
    if isinstance(one, Number) and isinstance(other, Number):
        if one.exact is None or other.exact is None:
            return str(one) == str(other)
        return one.exact == other.exact
    if is_text(one) and is_text(other):
        return one == other
    return one is other and not isinstance(one, str)


def address_of(text):
    try:
        return ip_address(text) if is_text(text) else None
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
        address = address_of(condition)
        return same(condition, value) or (address is not None and address == address_of(value))
    [(operator, operand)] = condition.items()
    if operator == "exactly":
        return same(operand, value)
    if operator == "exists":
        return operand
    if operator == "anything-but":
        if isinstance(operand, dict):
            [(inner, texts)] = operand.items()
            return not any(meets({inner: text}, value) for text in (texts if isinstance(texts, list) else [texts]))
        return not any(same(one, value) for one in (operand if isinstance(operand, list) else [operand]))
    if operator == "numeric":
        if not isinstance(value, Number) or value.exact is None:
            return False
        terms = zip(operand[::2], operand[1::2], strict=True)
        return all(COMPARISONS[name](value.exact, bound.exact) for name, bound in terms)
    if not is_text(value):
        return False
    if operator == "cidr":
        address = address_of(value)
        return address is not None and address in ip_network(operand, strict=False)
    if operator == "wildcard":
        return wild(operand, value)
    if isinstance(operand, dict):
        operand, value = operand["equals-ignore-case"].lower(), value.lower()
    if operator == "equals-ignore-case":
        return value.lower() == operand.lower()
    return value.startswith(operand) if operator == "prefix" else value.endswith(operand)


class Pairs(list):
    """A JSON object with all its members, in their order."""

    __slots__ = ()


def rules_of(pairs, path, rules):
    """What AWS's library makes of a pattern."""
    for name, member in pairs:
        if name == "$or":
            rules = [rule for alternative in member for rule in rules_of(alternative, path, [dict(r) for r in rules])]
        elif isinstance(member, Pairs):
            rules = rules_of(member, (*path, name), rules)
        else:
            for rule in rules:
                rule[".".join((*path, name))] = [as_condition(condition) for condition in member]
    return rules


def as_condition(condition):
    if isinstance(condition, Pairs):
        return {name: as_condition(member) for name, member in condition}
    return [as_condition(member) for member in condition] if isinstance(condition, list) else condition


def choices_of(path, value, is_root=False):
    """For each choice of an element in each array of objects: the scalars with their paths."""
    if isinstance(value, dict):
        members = [choices_of(name if is_root else f"{path}.{name}", member) for name, member in value.items()]
        return [list(itertools.chain(*choice)) for choice in itertools.product(*members)]
    if isinstance(value, list):
        scalars = [(path, member) for member in value if not isinstance(member, (dict, list))]
        containers = [member for member in value if isinstance(member, (dict, list))]
        if not containers:
            return [scalars]
        return [scalars + leaves for member in containers for leaves in choices_of(path, member)]
    return [[(path, value)]]


def slowly(pattern, event):
    choices = choices_of("", loads(event), is_root=True)
    paths = {path for leaves in choices for path, _ in leaves}
    return any(
        all(
            any(
                path not in paths
                if condition == ABSENT
                else any(place == path and meets(condition, value) for place, value in leaves)
                for condition in conditions
            )
            for path, conditions in rule.items()
        )
        for rule in rules_of(loads(pattern, object_pairs_hook=Pairs), (), [{}])
        for leaves in choices
    )


# --- patterns and events, as texts -----------------------------------------------------------------------------------

STRINGS = ["a", "A", "ab", "ba", "aba", "1", "", "*", "é", "10.0.0.1", "10.0.0.2", "::1", "0:0::1"]
NUMBERS = ["0", "-0.0", "1", "1.0", "1e0", "2", "2.5", "-1", "100", "1e2", "9007199254740993", "9007199254740993.0"]
NUMBERS += ["9007199254740992", "1e400", "0.1", "0.10000000000000000001", "12345678901234567890"]
EXACT = [number for number in NUMBERS if Number(number).exact is not None]
NAMES = ["a", "a", "b", "b", "a.b", ""]

names = st.sampled_from(NAMES).map(json.dumps)
plain_strings = st.sampled_from(STRINGS)
strings = plain_strings.map(json.dumps)
full = plain_strings.filter(bool).map(json.dumps)
numbers = st.sampled_from(NUMBERS)
scalars = strings | numbers | st.sampled_from(["true", "false", "null"])
wildcards = (
    st.lists(st.sampled_from(["a", "b", "*", "\\*"]), max_size=5)
    .map("".join)
    .filter(lambda pattern: "**" not in pattern.replace("\\*", "-"))
    .map(json.dumps)
)
blanks = st.sampled_from(["", "", " ", "\n"])


def listed(items, least=0, most=3):
    return st.builds(
        lambda members, blank: "[" + blank + f",{blank}".join(members) + "]",
        st.lists(items, min_size=least, max_size=most),
        blanks,
    )


def members(name, value):
    return st.builds(lambda key, blank, member: f"{key}{blank}:{blank}{member}", name, blanks, value)


def objects(pairs, least=1):
    return st.lists(pairs, min_size=least, max_size=4).map(lambda several: "{" + ",".join(several) + "}")


def operator(name, operand):
    return operand.map(lambda text: f'{{"{name}":{text}}}')


def between(bounds):
    low, high = sorted(bounds, key=float)
    return f'[">",{low},"<=",{high}]'


conditions = st.one_of(
    scalars,
    scalars,
    operator("prefix", strings),
    operator("suffix", strings),
    operator("prefix", operator("equals-ignore-case", strings)),
    operator("suffix", operator("equals-ignore-case", strings)),
    operator("equals-ignore-case", strings),
    operator("exactly", strings),
    operator("wildcard", wildcards),
    operator("anything-but", strings | numbers | listed(strings, least=1) | listed(numbers, least=1)),
    operator("anything-but", operator("prefix", full | listed(full, least=1))),
    operator("anything-but", operator("suffix", full | listed(full, least=1))),
    operator("anything-but", operator("wildcard", wildcards | listed(wildcards, least=1))),
    operator("anything-but", operator("equals-ignore-case", strings | listed(strings, least=1))),
    operator(
        "numeric",
        st.builds(
            lambda name, value: f'["{name}",{value}]', st.sampled_from(list(COMPARISONS)), st.sampled_from(EXACT)
        ),
    ),
    operator(
        "numeric", st.lists(st.sampled_from(EXACT), min_size=2, max_size=2, unique_by=float).map(sorted).map(between)
    ),
    operator("exists", st.sampled_from(["true", "false"])),
    operator("cidr", st.sampled_from(['"10.0.0.0/31"', '"10.0.0.0/8"', '"::/64"'])),
)
clauses = members(names, listed(conditions, least=1, most=5))


def deeper(pairs):
    inner = objects(pairs)
    return clauses | members(names, inner) | members(st.just('"$or"'), listed(inner, least=2))


patterns = objects(st.recursive(clauses, deeper, max_leaves=6))
events = objects(
    members(
        names,
        st.recursive(scalars, lambda inner: listed(inner) | objects(members(names, inner), least=0), max_leaves=12),
    ),
    least=0,
)


@settings(max_examples=deep(400))
@given(patterns, st.lists(events, min_size=1, max_size=5))
def test_the_compiler_agrees_with_the_interpreter(pattern, several):
    note(pattern)
    try:
        compiled = compile_pattern(pattern)
    except EventPatternError as error:
        # Names that come several times make combinations of their own.
        assert error.reason.startswith("Rule is too complex")  # noqa: PT017
        return
    for text in several:
        event = read_event(text)
        expected = slowly(pattern, text)
        assert compiled.matches(event) is expected, text
        assert compiled.accepts(document_of(event)) is expected
        assert bool(explain(compiled, event)) is expected

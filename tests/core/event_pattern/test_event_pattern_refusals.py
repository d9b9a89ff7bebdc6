"""Event patterns that AWS refuses: its reasons, and where its parser stood."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from minicloud.core.event_pattern.errors import EventPatternError
from minicloud.core.event_pattern.grammar import MAPPING_OPERATORS
from minicloud.core.event_pattern.matcher import compile_pattern
from tests.support.depth import deep

STRING = "{} match pattern must be a string"
CASE_MEMBER = "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported."
MEMBER = "Inside anything but list, start|null|boolean is not supported."
MIXED = "Inside anything but list, either all values are number or string, mixed type is not supported"
ANYTHING_BUT = "Value of anything-but must be an array or single string/number value."
COMPLEX = (
    "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a "
    "wildcard character"
)


def refused(text, **options):
    with pytest.raises(EventPatternError) as caught:
        compile_pattern(text, **options)
    assert str(caught.value) == caught.value.reason + caught.value.location
    return str(caught.value)


def at(text, column, line=1):
    return f'\n at [Source: (String)"{text}"; line: {line}, column: {column}]'


# A pattern with a mark where the parser stands: the mark is taken out, and the column is its own.
LOCATED = [
    # recorded
    ('{"int": 42|}', '"int" must be an object or an array'),
    ('{"string": "|my-value"}', '"string" must be an object or an array'),
    ('{"resources": []|}', "Empty arrays are not allowed"),
    ('{"a": [{"NUMERIC": [|">", 0]}]}', "Unrecognized match type NUMERIC"),
    ('{"a": [{"EXISTS": true|}]}', "Unrecognized match type EXISTS"),
    ('{"a": [{"numeric": [">", 0, ">"|, 0]}]}', "Bad numeric range operator: >"),
    ('{"a": [{"numeric": [">", 0, "<"]|}]}', "Value of < must be numeric"),
    ('{"a": [{"prefix": 123|}]}', STRING.format("prefix")),
    ('{"a": [{"prefix": [|"x"]}]}', STRING.format("prefix")),
    ('{"a": [{"suffix": [|"x"]}]}', STRING.format("suffix")),
    ('{"a": [{"equals-ignore-case": [|"x"]}]}', STRING.format("equals-ignore-case")),
    ('{"a": [{"wildcard": 1|}]}', STRING.format("wildcard")),
    ('{"a": [{"exactly": null|}]}', STRING.format("exact")),
    ('{"a": [{"cidr": 10|}]}', STRING.format("prefix")),
    ('{"a": [{"anything-but": {"prefix": {|"x": 1}}}]}', ANYTHING_BUT),
    ('{"a": [{"anything-but": {"prefix": ""|}}]}', "Null prefix/suffix not allowed"),
    ('{"a": [{"anything-but": {"prefix": 123|}}]}', STRING.format("prefix/suffix")),
    ('{"a": [{"anything-but": {"equals-ignore-case": 123|}}]}', CASE_MEMBER),
    ('{"a": [{"anything-but": null|}]}', ANYTHING_BUT),
    (
        '{"a": [{"wildcard": "arn:aws:events:us-east-1:**:event-bus/x"|}]}',
        "Consecutive wildcard characters at pos 26",
    ),
    ('{"a": 1|}', '"a" must be an object or an array'),
    # the library's
    ("[|1]", "Filter is not an object"),
    ('"|x"', "Filter is not an object"),
    ("12|", "Filter is not an object"),
    ("{}|", "Empty objects are not allowed"),
    ('{"a": {}|}', "Empty objects are not allowed"),
    ('{"a": null|}', '"a" must be an object or an array'),
    ('{"a{}": null|}', '"a{}" must be an object or an array'),
    ('{"a": {"prefix": "|x"}}', '"prefix" must be an object or an array'),
    ('{"a": [[|1]]}', "Match value must be String, number, true, false, or null"),
    ('{"a": [{}|]}', "Match expression name not found"),
    ('{"a": [{"prefix": "x", "suffix": "|y"}]}', "Only one key allowed in match expression"),
    ('{"a": [{"exists": true, "exists": true|}]}', "Only one key allowed in match expression"),
    ('{"a": [{"anything-but": {"prefix": "x", "suffix": "|y"}}]}', "Only one key allowed in match expression"),
    ('{"a": [{"prefix": {"equals-ignore-case": "x", "y": [|]}}]}', "Only one key allowed in match expression"),
    ('{"a": [{"prefix": {}|}]}', "Prefix expression name not found"),
    ('{"a": [{"suffix": {}|}]}', "Suffix expression name not found"),
    ('{"a": [{"prefix": {"wildcard": "|x"}}]}', "Unsupported prefix pattern: wildcard"),
    ('{"a": [{"suffix": {"x": [|]}}]}', "Unsupported suffix pattern: x"),
    ('{"a": [{"suffix": {"equals-ignore-case": 1|}}]}', STRING.format("equals-ignore-case")),
    ('{"a": [{"exists": "|yes"}]}', "exists match pattern must be either true or false."),
    ('{"a": [{"exists": 1|}]}', "exists match pattern must be either true or false."),
    ('{"a": [{"numeric": "|x"}]}', "Value of numeric must be an array."),
    ('{"a": [{"numeric": []|}]}', "Invalid member in numeric match: ]"),
    ('{"a": [{"numeric": [1|]}]}', "Invalid member in numeric match: 1"),
    ('{"a": [{"numeric": ["x", 1|]}]}', "Unrecognized numeric range operator: x"),
    ('{"a": [{"numeric": ["=", "|1"]}]}', "Value of equals must be numeric"),
    ('{"a": [{"numeric": ["<=", null|]}]}', "Value of <= must be numeric"),
    ('{"a": [{"numeric": [">="]|}]}', "Value of >= must be numeric"),
    ('{"a": [{"numeric": ["=", 1, 2|]}]}', "Too many elements in numeric expression"),
    ('{"a": [{"numeric": ["<", 1, "|>", 0]}]}', "Too many elements in numeric expression"),
    ('{"a": [{"numeric": [">", 1, 2|]}]}', "Bad value in numeric range: 2"),
    ('{"a": [{"numeric": [">", 1, "<", 2, "|<"]}]}', "Too many terms in numeric range expression"),
    ('{"a": [{"numeric": [">", 2, "<", 1]|}]}', "Bottom must be less than top"),
    ('{"a": [{"numeric": [">=", 1, "<=", 1.0]|}]}', "Bottom must be less than top"),
    ('{"a": [{"numeric": ["=", 9007199254740993]|}]}', "Cannot compare number : 9007199254740993"),
    ('{"a": [{"numeric": [">", 1, "<=", 9007199254740993]|}]}', "Cannot compare number : 9007199254740993"),
    ('{"a": [{"numeric": [">", 1e400]|}]}', "Cannot compare number : 1e400"),
    ('{"a": [{"anything-but": {}|}]}', "Anything-But expression name not found"),
    ('{"a": [{"anything-but": {"numeric": [|]}}]}', "Unsupported anything-but pattern: numeric"),
    ('{"a": [{"anything-but": true|}]}', ANYTHING_BUT),
    ('{"a": [{"anything-but": {"suffix": false|}}]}', ANYTHING_BUT),
    ('{"a": [{"anything-but": {"wildcard": null|}}]}', ANYTHING_BUT),
    ('{"a": [{"anything-but": {"equals-ignore-case": null|}}]}', CASE_MEMBER),
    ('{"a": [{"anything-but": ["x", 1]|}]}', MIXED),
    ('{"a": [{"anything-but": []|}]}', MIXED),
    ('{"a": [{"wildcard": "a\\\\b"|}]}', "Invalid escape character at pos 2"),
    ('{"a": [{"wildcard": "é**"|}]}', "Consecutive wildcard characters at pos 3"),
    ('{"a": [{"wildcard": "x\\\\"|}]}', "Invalid escape character at pos 2"),
    ('{"a": [{"anything-but": {"wildcard": "a**"|}}]}', "Consecutive wildcard characters at pos 2"),
    ('{"$or": {|"a": [1]}}', "It must be an Array followed with $or."),
    ('{"$or": "|x"}', "It must be an Array followed with $or."),
    ('{"$or": [1|]}', "Only JSON object is allowed in array of $or relationship."),
    ('{"$or": [{"a": [1]}, [|]]}', "Only JSON object is allowed in array of $or relationship."),
    ('{"$or": [{"a": [1]}]|}', "There must have at least 2 Objects in $or relationship."),
    ('{"$or": [{}|, {}]}', "Empty objects are not allowed"),
    (
        '{"$or": [{"numeric": [|1]}, {"b": [1]}]}',
        "numeric is Ruler reserved fieldName which cannot be used inside $or.",
    ),
    (
        '{"$or": [{"a": [1]}, {"date-after": "|x"}]}',
        "date-after is Ruler reserved fieldName which cannot be used inside $or.",
    ),
    # blanks count, and so do lines; what is wrong is told where it is met first, even if its key comes again
    ('{ "a" : [ { "suffix" : 100| } ] }', STRING.format("suffix")),
    ('{"a": []|, "a": [1]}', "Empty arrays are not allowed"),
]


def test_reasons_with_a_location():
    wrong = {}
    for marked, reason in LOCATED:
        assert marked.count("|") == 1
        text = marked.replace("|", "")
        message = refused(text)
        if message != reason + at(text, marked.index("|") + 1):
            wrong[marked] = message
    assert wrong == {}


def test_lines_are_counted():
    text = '{\n  "a": [1],\n  "b": []\n}'
    assert refused(text) == "Empty arrays are not allowed" + at(text, 10, line=3)


@pytest.mark.parametrize(
    ("marked", "reason"),
    [
        ('{"a": [{"anything-but": [123, null|]}]}', MEMBER),
        ('{"a": [{"anything-but": ["x", {|"y": 1}]}]}', MEMBER),
        ('{"a": [{"anything-but": [true|]}]}', MEMBER),
        ('{"a": [{"anything-but": {"equals-ignore-case": [123|, 456]}}]}', CASE_MEMBER),
        ('{"a": [{"anything-but": {"equals-ignore-case": ["x", [|]]}}]}', CASE_MEMBER),
        ('{"a": [{"anything-but": {"prefix": [123|, 456]}}]}', STRING.format("prefix/suffix")),
        ('{"a": [{"anything-but": {"suffix": [""|]}}]}', "Null prefix/suffix not allowed"),
    ],
)
def test_inside_of_a_list_of_anything_but_the_location_stands_twice(marked, reason):
    text = marked.replace("|", "")
    assert refused(text) == reason + at(text, marked.index("|") + 1) * 2


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ('{"cidr":"bad-filter"}', "Malformed CIDR, one '/' required"),
        ('{"cidr":"10.0.0.0/8/8"}', "Malformed CIDR, one '/' required"),
        ('{"cidr":"bad-/64filter"}', "Malformed CIDR, mask bits must be an integer"),
        ('{"cidr":"xx.11.xx/8"}', "Nonstandard IP address: xx.11.xx"),
        ('{"cidr":"xxxx:db8:1234:1a00::/64"}', "Nonstandard IP address: xxxx:db8:1234:1a00::"),
        ('{"cidr":"10.0.0.0/-1"}', "Malformed CIDR, mask bits must not be negative"),
        ('{"cidr":"10.0.0.0/32"}', "IPv4 mask bits must be < 32"),
        ('{"cidr":"2001:db8::/128"}', "IPv6 mask bits must be < 128"),
        ('{"cidr":"10.0.0.300/8"}', "Invalid IP address: 10.0.0.300"),
        ('{"wildcard":"*:*:*:*:*:event-bus/*"}', COMPLEX),
        ('{"anything-but":{"wildcard":"*a*b*c*d*e*"}}', COMPLEX),
    ],
)
def test_reasons_without_a_location(condition, reason):
    assert refused(f'{{"a":[{condition}]}}') == reason


def test_stars_that_are_characters_are_no_wildcards():
    compile_pattern('{"a":[{"wildcard":"\\\\*\\\\*\\\\*\\\\*\\\\*\\\\*\\\\**\\\\\\\\*"}]}')


@pytest.mark.parametrize(
    ("text", "reason", "column"),
    [
        ("pattern", "Unrecognized token 'pattern': was expecting (JSON String, Number, Array, Object or token", 8),
        ("{'a': [1]}", "Unexpected character (''' (code 39)): was expecting double-quote to start field name", 2),
        ('{"a": [1]', "Unexpected end-of-input: expected close marker for Object (start marker at", 10),
        ('{"a": [NaN]}', "Non-standard token 'NaN'", 11),
        ("", "No content to map due to end-of-input", 1),
    ],
)
def test_what_is_no_json(text, reason, column):
    message = refused(text)
    assert message.startswith(reason)
    assert message.endswith(at(text, column))


def test_a_long_pattern_is_quoted_to_500_characters():
    text = '{"a": [1, [' + "2, " * 300 + "3]]}"
    message = refused(text)
    assert message.endswith(f'(String)"{text[:500]}"[truncated {len(text) - 500} chars]; line: 1, column: 12]')


def test_what_is_nested_too_deeply_is_refused():
    assert refused('{"a":' * 990 + "[1]" + "}" * 990) == COMPLEX
    assert refused("[" * 1001 + "]" * 1001).startswith("Document nesting depth (1001) exceeds the maximum allowed")
    deepest = '{"$or":[{"a":[1]},' * 400 + '{"a":[1]}' + "]}" * 400
    assert refused(deepest) == COMPLEX
    assert compile_pattern('{"a":' * 300 + "[1]" + "}" * 300).matches({".".join("a" * 300): 1})


def test_there_is_an_end_to_combinations():
    two = '{"$or":[{"a":[1]},{"b":[1]}]}'
    text = "{" + ",".join(f'"f{number}":{two}' for number in range(10)) + "}"
    assert refused(text) == COMPLEX
    twice = "{" + ",".join(['"$or":[{"a":[1]},{"b":[1]}]'] * 60) + "}"
    assert refused(twice) == COMPLEX


def _either(*counts):
    """A pattern of alternatives in alternatives, so many of each."""
    if not counts:
        return {"b": [1]}
    inner = _either(*counts[1:])
    return {"$or": [{f"a{number}": [1], **inner} for number in range(counts[0])]}


@pytest.mark.parametrize(
    ("pattern", "others"),
    [
        (_either(1000), _either(1001)),
        (_either(20, 50), _either(7, 143)),
        (_either(10, 10, 10), _either(7, 11, 13)),
        ({"p": _either(10, 10), "q": _either(10)}, {"p": _either(7, 11), "q": _either(13)}),
    ],
)
def test_a_thousand_combinations_are_not_too_many(pattern, others):
    assert not compile_pattern(json.dumps(pattern)).matches({})
    assert refused(json.dumps(others)) == COMPLEX


PIECES = ['{"a":', "{", "}", "[", "]", ",", ":", " ", '"$or"', "1", "-1e400", "null", "true", '"x"', '"**"', '"\\\\"']
PIECES += [
    f'"{name}"' for name in ("prefix", "suffix", "numeric", "anything-but", "exists", "cidr", "wildcard", "exactly")
]
PIECES += [
    '">"',
    '"<"',
    '"="',
    '"equals-ignore-case"',
    '"10.0.0.0/8"',
    "é",
    "\n",
    "\\ud800",
    '"\\ud800"',
    "NaN",
    "\x00",
]
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(PIECES)
names = st.sampled_from([piece[1:-1] for piece in PIECES if piece[0] == piece[-1] == '"' and len(piece) > 1])
trees = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=2), max_leaves=8
)


@settings(max_examples=deep(1000))
@given(st.lists(st.sampled_from(PIECES), max_size=15).map("".join) | st.text(max_size=30))
@example('{"a":[{"prefix":{"equals-ignore-case":"x"}}]}')
def test_whatever_the_text_it_is_a_pattern_or_an_error_of_patterns(text):
    for operators in ({}, {"operators": MAPPING_OPERATORS}):
        try:
            pattern = compile_pattern(text, **operators)
        except EventPatternError as error:
            assert error.reason  # noqa: PT017  # there need not be one
        else:
            assert pattern.matches({}) in (True, False)


@settings(max_examples=deep(1000))
@given(st.data())
def test_whatever_the_json_it_is_a_pattern_or_an_error_of_patterns(data):
    text = json.dumps({"a": [{data.draw(names): data.draw(trees)}], data.draw(names): data.draw(trees)})
    try:
        compile_pattern(text)
    except EventPatternError as error:
        assert error.reason  # noqa: PT017

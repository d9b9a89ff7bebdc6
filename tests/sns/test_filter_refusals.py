"""Filter policies that AWS refuses, in its words and with its columns."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicloud.exceptions import AwsError
from minicloud.services.sns.filter.policy import compile_policy

BY_ATTRIBUTES = "MessageAttributes"
BY_BODY = "MessageBody"


VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"


def refusal(policy, scope=BY_ATTRIBUTES, **options):
    with pytest.raises(AwsError) as caught:
        compile_policy(policy if isinstance(policy, str) else json.dumps(policy), scope, **options)
    error = caught.value
    assert (error.code, error.status, error.shape) == ("InvalidParameter", 400, "InvalidParameterException")
    return error.message


def location(column, line=1):
    return (
        "\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); "
        f"line: {line}, column: {column}]"
    )


NO_DIGIT = "Unexpected character (']' (code 93)) in numeric value"
MUST_BE_STRING = "{} match pattern must be a string"
LOCATED = [
    (
        "{invalidjson}",
        "failed to parse JSON. Unexpected character ('i' (code 105)): was expecting double-quote to start field name",
        2,
    ),
    ("invalid-json", f"failed to parse JSON. Unrecognized token 'invalid': was expecting {VALUES}", 8),
    ("[1]", "Filter is not an object", 2),
    ('"x"', "Filter is not an object", 2),
    ("12", "Filter is not an object", 3),
    ("{}", "Empty objects are not allowed", 3),
    ('{"a":{}}', "Empty objects are not allowed", 8),
    ('{"key":"value"}', '"key" must be an object or an array', 9),
    ('{"key":null}', '"key" must be an object or an array', 12),
    ('{"key":{"suffix":"value"}}', '"suffix" must be an object or an array', 19),
    ('{"key":[["value"]]}', "Match value must be String, number, true, false, or null", 10),
    ('{"key":[]}', "Empty arrays are not allowed", 10),
    ('{"key":[{"wrong-operator":true}]}', "Unrecognized match type wrong-operator", 31),
    ('{"key":[{"exactly":"x"}]}', "Unrecognized match type exactly", 21),
    ('{"$or":[{"a":["b"]}]}', "Unrecognized match type a", 15),
    ('{"$or":[{"a":["b"]},{"prefix":["b"]}]}', "Unrecognized match type a", 15),
    ('{"$or":[{"a":["b"]},{}]}', "Empty objects are not allowed", 23),
    ('{"$or":{"a":"b"}}', '"a" must be an object or an array', 14),
    ('{"key":[{}]}', "Match expression name not found", 11),
    ('{"key":[{"suffix":"value","prefix":"value2"}]}', "Only one key allowed in match expression", 37),
    ('{"key":[{"exists":true,"prefix":7}]}', "Only one key allowed in match expression", 34),
    ('{"key":[{"suffix":100}]}', MUST_BE_STRING.format("suffix"), 22),
    ('{"key":[{"suffix":null}]}', MUST_BE_STRING.format("suffix"), 23),
    ('{"key":[{"suffix":["a"]}]}', MUST_BE_STRING.format("suffix"), 20),
    ('{"key":[{"prefix":100}]}', MUST_BE_STRING.format("prefix"), 22),
    ('{"key":[{"equals-ignore-case":["a"]}]}', MUST_BE_STRING.format("equals-ignore-case"), 32),
    ('{"key":[{"wildcard":true}]}', MUST_BE_STRING.format("wildcard"), 25),
    ('{"key":[{"cidr":100}]}', MUST_BE_STRING.format("prefix"), 20),
    ('{"key":[{"cidr":["bad-filter"]}]}', MUST_BE_STRING.format("prefix"), 18),
    ('{"key":[{"anything-but":{"wrong-operator":null}}]}', "Unsupported anything-but pattern: wrong-operator", 47),
    ('{"key":[{"anything-but":{"exists":false}}]}', "Unsupported anything-but pattern: exists", 40),
    (
        '{"key":[{"anything-but":{"equals-ignore-case":"x"}}]}',
        "Unsupported anything-but pattern: equals-ignore-case",
        48,
    ),
    ('{"key":[{"anything-but":{"prefix":false}}]}', MUST_BE_STRING.format("prefix"), 40),
    ('{"key":[{"anything-but":{"suffix":1}}]}', MUST_BE_STRING.format("prefix/suffix"), 36),
    ('{"key":[{"anything-but":{"prefix":""}}]}', "Null prefix not allowed", 37),
    ('{"key":[{"anything-but":{"suffix":""}}]}', "Null prefix/suffix not allowed", 37),
    ('{"key":[{"anything-but":{"prefix":"a","suffix":"b"}}]}', "Only one key allowed in match expression", 49),
    ('{"key":[{"anything-but":{}}]}', "Anything-But expression name not found", 27),
    (
        '{"key":[{"anything-but":null}]}',
        "Value of anything-but must be an array or single string/number value.",
        29,
    ),
    ('{"key":[{"anything-but":["a",null]}]}', "Inside anything but list, start|null|boolean is not supported.", 34),
    ('{"key":[{"anything-but":[["a"]]}]}', "Inside anything but list, start|null|boolean is not supported.", 27),
    (
        '{"key":[{"anything-but":["a",1]}]}',
        "Inside anything but list, either all values are number or string, mixed type is not supported",
        32,
    ),
    (
        '{"key":[{"anything-but":[]}]}',
        "Inside anything but list, either all values are number or string, mixed type is not supported",
        27,
    ),
    ('{"key":[{"exists":"no"}]}', "exists match pattern must be either true or false.", 20),
    ('{"key":[{"exists":1}]}', "exists match pattern must be either true or false.", 20),
    ('{"key":[{"numeric":"x"}]}', "Value of numeric must be an array.", 21),
    ('{"key":[{"numeric":[]}]}', "Invalid member in numeric match: ]", 22),
    ('{"key":[{"numeric":[1]}]}', "Invalid member in numeric match: 1", 22),
    ('{"key":[{"numeric":["x",1]}]}', "Unrecognized numeric range operator: x", 26),
    ('{"key":[{"numeric":["=","1"]}]}', "Value of equals must be numeric", 26),
    ('{"key":[{"numeric":["<"]}]}', "Value of < must be numeric", 25),
    ('{"key":[{"numeric":["<=",null]}]}', "Value of <= must be numeric", 30),
    ('{"key":[{"numeric":[">","1"]}]}', "Value of > must be numeric", 26),
    ('{"key":[{"numeric":[">=","1"]}]}', "Value of >= must be numeric", 27),
    ('{"key":[{"numeric":["=",1,2]}]}', "Too many elements in numeric expression", 28),
    ('{"key":[{"numeric":["<",1,">",0]}]}', "Too many elements in numeric expression", 28),
    ('{"key":[{"numeric":[">",1,2]}]}', "Bad value in numeric range: 2", 28),
    ('{"key":[{"numeric":[">",1,">",2]}]}', "Bad numeric range operator: >", 30),
    ('{"key":[{"numeric":[">",1,"<"]}]}', "Value of < must be numeric", 31),
    ('{"key":[{"numeric":[">",1,"<=","x"]}]}', "Value of <= must be numeric", 33),
    ('{"key":[{"numeric":[">",1,"<",2,"<"]}]}', "Too many terms in numeric range expression", 34),
    ('{"key":[{"numeric":[">",2,"<",1]}]}', "Bottom must be less than top", 33),
    ('{"key":[{"numeric":[">",1,"<",1]}]}', "Bottom must be less than top", 33),
    ('{"key":[{"numeric":["=",5000000001]}]}', "Value must be between -5.0E9 and 5.0E9, inclusive", 35),
    ('{"key":[{"anything-but":-5000000001}]}', "Value must be between -5.0E9 and 5.0E9, inclusive", 36),
    # the column counts in the policy without its blanks
    ('{ "key" : [ { "suffix" : 100 } ] }', MUST_BE_STRING.format("suffix"), 22),
    ('{"a": [1, 2],\n"key": []}', "Empty arrays are not allowed", 20),
]


@pytest.mark.parametrize(("policy", "text", "column"), LOCATED)
def test_refusals_of_the_parser(policy, text, column):
    expected = f"FilterPolicy: {text}{location(column)}"
    assert refusal(policy) == "Invalid parameter: Attributes Reason: " + expected
    assert refusal(policy, BY_BODY) == "Invalid parameter: Attributes Reason: " + expected
    assert refusal(policy, prefix="") == "Invalid parameter: " + expected


RESERVED = (
    "exactly prefix suffix equals-ignore-case anything-but exists wildcard numeric cidr = < <= > >= regex not-wildcard "
    "not-equals-ignore-case"
)


def test_names_that_make_or_an_ordinary_key():
    """[AWS's event-ruler: Constants.RESERVED_FIELD_NAMES_IN_OR_RELATIONSHIP]"""
    for name in RESERVED.split():
        for alternatives in ([{"a": ["b"]}, {name: ["b"]}], [{"a": ["b"]}, {"c": ["d"], name: ["b"]}]):
            expected = "Unrecognized match type a" + location(15)
            assert refusal({"$or": alternatives}, prefix="") == f"Invalid parameter: FilterPolicy: {expected}", name
    for name in ("Prefix", "equals", "==", "in"):
        compile_policy(json.dumps({"$or": [{"a": ["b"]}, {name: ["b"]}]}), BY_ATTRIBUTES)


ELSEWHERE = [
    ("bad-filter", "Malformed CIDR, one '/' required"),
    ("10.0.0.0/", "Malformed CIDR, one '/' required"),
    ("10.0.0.0/8/8", "Malformed CIDR, one '/' required"),
    ("bad-/64filter", "Malformed CIDR, mask bits must be an integer"),
    ("bad-filter/64", "Nonstandard IP address: bad-filter"),
    ("xx.11.xx/8", "Nonstandard IP address: xx.11.xx"),
    ("xxxx:db8:1234:1a00::/64", "Nonstandard IP address: xxxx:db8:1234:1a00::"),
    ("10.0.0.0/-1", "Malformed CIDR, mask bits must not be negative"),
    ("10.0.0.0/32", "IPv4 mask bits must be < 32"),
    ("2001:db8::/128", "IPv6 mask bits must be < 128"),
    ("10.0.0.300/8", "Invalid IP address: 10.0.0.300"),
    ("1:2:3/8", "Invalid IP address: 1:2:3"),
    ("1::2::3/8", "Invalid IP address: 1::2::3"),
]


@pytest.mark.parametrize(("block", "text"), ELSEWHERE)
def test_refusals_of_blocks(block, text):
    policy = {"key": [{"cidr": block}]}
    assert refusal(policy) == f"Invalid parameter: Attributes Reason: FilterPolicy: {text}"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("**", "Consecutive wildcard characters at pos 1"),
        ("ab**", "Consecutive wildcard characters at pos 3"),
        ("\u00e9**", "Consecutive wildcard characters at pos 3"),
        ("\\a", "Invalid escape character at pos 1"),
        ("a\\", "Invalid escape character at pos 2"),
    ],
)
def test_refusals_of_wildcards(pattern, text):
    for condition in ({"wildcard": pattern}, {"anything-but": {"wildcard": pattern}}):
        assert refusal({"key": [condition]}) == f"Invalid parameter: Attributes Reason: FilterPolicy: {text}"


def test_nesting_needs_the_body():
    assert (
        refusal({"a": {"b": ["c"]}}) == "Invalid parameter: Attributes Reason: Filter policy scope MessageAttributes "
        "does not support nested filter policy"
    )
    assert refusal({"$or": [{"a": ["b"]}, {"c": {"d": [1]}}]}, prefix="").startswith(
        "Invalid parameter: Filter policy scope MessageAttributes does not support"
    )
    compile_policy('{"a":{"b":["c"]}}', BY_BODY)


def test_five_keys():
    policy = {name: ["x"] for name in "abcde"}
    compile_policy(json.dumps(policy), BY_ATTRIBUTES)
    expected = "Invalid parameter: Attributes Reason: FilterPolicy: Filter policy can not have more than 5 keys"
    assert refusal(policy | {"f": ["x"]}) == expected
    assert refusal(policy | {"f": ["x"]}, BY_BODY) == expected
    compile_policy(json.dumps({"parent": policy | {"f": ["x"]}}), BY_BODY)


TOO_COMPLEX = "Invalid parameter: Attributes Reason: FilterPolicy: Filter policy is too complex"


def test_150_combinations():
    compile_policy(json.dumps({"key": list(range(150))}), BY_ATTRIBUTES)
    assert refusal({"key": list(range(151))}) == TOO_COMPLEX
    compile_policy(json.dumps({"a": list(range(15)), "b": list(range(10))}), BY_ATTRIBUTES)
    assert refusal({"a": list(range(100)), "b": list(range(51))}) == TOO_COMPLEX
    assert refusal({"a": {"b": list(range(76))}}, BY_BODY) == TOO_COMPLEX


@pytest.mark.parametrize(
    ("policy", "combinations"),
    [
        ({"a": {"b": {"c": [1, 2, 3, 4]}}, "d": {"e": [1, 2, 3]}}, 72),
        (
            {
                "source": ["s"],
                "$or": [
                    {"metricName": ["a", "b"]},
                    {"metricType": ["c"], "$or": [{"metricId": [1, 2]}, {"spaceId": [1, 2, 3]}]},
                ],
            },
            7,
        ),
        (
            {
                "$or": [{"metricName": ["a", "b"]}, {"namespace": ["c", "d"]}],
                "detail": {"scope": ["s"], "$or": [{"source": ["x"]}, {"type": ["y"]}]},
            },
            32,
        ),
    ],
)
def test_combinations_of_the_documentation(policy, combinations):
    assert compile_policy(json.dumps(policy), BY_BODY).combinations == combinations


def test_a_policy_of_more_than_256_kilobytes():
    assert refusal({"key": ["x" * 262_144]}).endswith("FilterPolicy: Filter policy can not be larger than 256 KB")
    compile_policy(json.dumps({"key": ["x" * 262_000]}), BY_ATTRIBUTES)


def test_what_anything_but_may_hold_can_be_switched():
    only_prefix = frozenset({"prefix"})
    assert "Unsupported anything-but pattern: suffix" in refusal(
        {"key": [{"anything-but": {"suffix": "x"}}]}, anything_but=only_prefix
    )


def test_nesting_that_nothing_could_walk():
    assert "Document nesting depth (1001) exceeds the maximum allowed (1000" in refusal("[" * 5000, BY_BODY)
    assert refusal('{"a":' * 900 + "[1]" + "}" * 900, BY_BODY).endswith("Filter policy is too complex")


@pytest.mark.parametrize(
    ("text", "reason", "line", "column"),
    [
        ("{", f"Unexpected end-of-input: expected close marker for Object (start marker at{location(1)[4:]})", 1, 2),
        ('{"a"', "Unexpected end-of-input within/between Object entries", 1, 5),
        (
            '{"a":["b"',
            f"Unexpected end-of-input: expected close marker for Array (start marker at{location(6)[4:]})",
            1,
            10,
        ),
        ('{"a":["b}', "Unexpected end-of-input: was expecting closing quote for a string value", 1, 10),
        ('{"a', "Unexpected end-of-input in field name", 1, 4),
        ('{"a":["b",]}', f"Unexpected character (']' (code 93)): expected a valid value {VALUES}", 1, 11),
        (
            '{"a":["b"],}',
            "Unexpected character ('}' (code 125)): was expecting double-quote to start field name",
            1,
            12,
        ),
        ('{"a":["b"}', f"Unexpected close marker '}}': expected ']' (for Array starting at{location(6)[4:]})", 1, 10),
        (
            '{"a" ["b"]}',
            "Unexpected character ('[' (code 91)): was expecting a colon to separate field name and value",
            1,
            6,
        ),
        (
            '{"a":["b"] "c":[1]}',
            "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries",
            1,
            12,
        ),
        ('{"a":[1 2]}', "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries", 1, 9),
        ('{"a":[01]}', "Invalid numeric value: Leading zeroes not allowed", 1, 8),
        ('{"a":[tru]}', f"Unrecognized token 'tru': was expecting {VALUES}", 1, 10),
        ("{\n'a':[1]}", "Unexpected character (''' (code 39)): was expecting double-quote to start field name", 2, 1),
        (
            '{"a":["\t"]}',
            "Illegal unquoted character ((CTRL-CHAR, code 9)): "
            "has to be escaped using backslash to be included in string value",
            1,
            9,
        ),
        ('{"a":["\\x"]}', "Unrecognized character escape 'x' (code 120)", 1, 10),
        ('{"a":[NaN]}', "Non-standard token 'NaN': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow", 1, 10),
    ],
)
def test_mistakes_in_the_json(text, reason, line, column):
    assert (
        refusal(text, prefix="")
        == f"Invalid parameter: FilterPolicy: failed to parse JSON. {reason}{location(column, line)}"
    )


@given(st.text(alphabet='{}[]:,"ab\\ \n01.e-+tfnu$', max_size=12))
def test_every_text_is_either_taken_or_refused_in_words(text):
    try:
        compile_policy(text, BY_BODY)
        message = "Invalid parameter: Attributes Reason: FilterPolicy: "
    except AwsError as error:
        message = error.message
    assert message.startswith("Invalid parameter: Attributes Reason: FilterPolicy: ")
    assert "Malformed JSON" not in message


@pytest.mark.parametrize(
    ("text", "reason", "column"),
    [
        (
            r'{"a": ["\u12G4"]}',
            "Unexpected character ('G' (code 71)): expected a hex-digit for character escape sequence",
            13,
        ),
        (r'{"a": ["\u12', "Unexpected end-of-input in character escape sequence", 13),
        ('{"a": ["\\', "Unexpected end-of-input in character escape sequence", 10),
        (r'{"a": ["\u12345", tru]}', f"Unrecognized token 'tru': was expecting {VALUES}", 22),
        (
            r'{"a": ["\u1234"5]}',
            "Unexpected character ('5' (code 53)): was expecting comma to separate Array entries",
            16,
        ),
        (
            r'{"a": ["\"\\\/\b\f\n\r\t" 5]}',
            "Unexpected character ('5' (code 53)): was expecting comma to separate Array entries",
            27,
        ),
        ('{"a": [-]}', f"{NO_DIGIT}: expected digit (0-9) to follow minus sign, for valid numeric value", 9),
        ('{"a": [1.]}', f"{NO_DIGIT}: Decimal point not followed by a digit", 10),
        ('{"a": [1e]}', f"{NO_DIGIT}: Exponent indicator not followed by a digit", 10),
        ('{"a": [1.5E+]}', f"{NO_DIGIT}: Exponent indicator not followed by a digit", 13),
        ('{"a": [-', "Unexpected end-of-input in a Number value", 9),
        ('{"a": [1.', "Unexpected end-of-input in a Number value", 10),
        ('{"a": [1e-', "Unexpected end-of-input in a Number value", 11),
        (
            '{"a": [-1.5e-07 tru]}',
            "Unexpected character ('t' (code 116)): was expecting comma to separate Array entries",
            17,
        ),
        ('{"a": [-01]}', "Invalid numeric value: Leading zeroes not allowed", 10),
        ("12x", "Unexpected character ('x' (code 120)): Expected space separating root-level values", 3),
        ('{"a": }', "Unexpected character ('}' (code 125)): expected a value", 7),
        ("]", f"Unexpected close marker ']': expected '}}' (for root starting at{location(0)[4:]})", 1),
        ('{"a": 1]', f"Unexpected close marker ']': expected '}}' (for Object starting at{location(1)[4:]})", 8),
        ('{"a": [1]} x', f"Unrecognized token 'x': was expecting {VALUES}", 13),
        ('{"a": [1]} }', f"Unexpected close marker '}}': expected ']' (for root starting at{location(0)[4:]})", 12),
        ('{"a": [\x1f]}', f"Unexpected character ((CTRL-CHAR, code 31)): expected a valid value {VALUES}", 8),
        ('{"a": [~]}', f"Unexpected character ('~' (code 126)): expected a valid value {VALUES}", 8),
        (r'{"a": ["\u123', "Unexpected end-of-input in character escape sequence", 14),
        ('{"a": [\x9f]}', f"Unexpected character ((CTRL-CHAR, code 159)): expected a valid value {VALUES}", 8),
        ('{"a": [\xa0]}', f"Unexpected character ('\xa0' (code 160)): expected a valid value {VALUES}", 8),
        ('{"a": "\\\u0100"}', "Unrecognized character escape '\u0100' (code 256 / 0x100)", 10),
        ('{"a": "\\ÿ"}', "Unrecognized character escape 'ÿ' (code 255)", 10),
        ('{"a": [é]}', f"Unrecognized token 'é': was expecting {VALUES}", 9),
        ('{"a": [→]}', f"Unexpected character ('→' (code 8594 / 0x2192)): expected a valid value {VALUES}", 8),
        ('{"a": [\x7f]}', f"Unexpected character ((CTRL-CHAR, code 127)): expected a valid value {VALUES}", 8),
        (
            '{"a\t": [1]}',
            "Illegal unquoted character ((CTRL-CHAR, code 9)): "
            "has to be escaped using backslash to be included in name",
            5,
        ),
        (
            '{"a": [Infinity]}',
            "Non-standard token 'Infinity': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow",
            16,
        ),
        ("   ", "No content to map due to end-of-input", 4),
    ],
)
def test_what_the_parser_stumbles_over_is_named_with_its_place(text, reason, column):
    assert (
        refusal(text)
        == f"Invalid parameter: Attributes Reason: FilterPolicy: failed to parse JSON. {reason}{location(column)}"
    )

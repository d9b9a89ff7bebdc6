"""JSON in and out: what Jackson says of a text that is none, and what is read and written as strictly as AWS does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from minicloud.core import json_text
from minicloud.core.event_pattern.filters import Filters
from minicloud.core.event_pattern.values import FALSE, NULL, TRUE, atom_of, number_atom, read_event, shown_atom
from minicloud.core.json_text import (
    REDACTED,
    JsonTextError,
    NumberText,
    compact,
    compact_loaded,
    describe_error,
    find_fault,
    loaded_object,
    located,
    parse_json,
    parse_object,
    read_json,
)

VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
NO_DIGIT = "expected digit (0-9) to follow minus sign, for valid numeric value"
ESCAPE = "has to be escaped using backslash to be included in"
CLOSE = "expected close marker for"
START = "(start marker at [Source: S; line: 1, column: "

FAULTS = [
    ("", "No content to map due to end-of-input", 1, 1),
    (" ", "No content to map due to end-of-input", 1, 2),
    ("\n", "No content to map due to end-of-input", 2, 1),
    ("{", f"Unexpected end-of-input: {CLOSE} Object {START}1])", 1, 2),
    ("[", f"Unexpected end-of-input: {CLOSE} Array {START}1])", 1, 2),
    ("{ ", f"Unexpected end-of-input: {CLOSE} Object {START}1])", 1, 3),
    ("[ 1", f"Unexpected end-of-input: {CLOSE} Array {START}1])", 1, 4),
    ('{"a"', "Unexpected end-of-input within/between Object entries", 1, 5),
    ('{"a" ', "Unexpected end-of-input within/between Object entries", 1, 6),
    ('{"a":', "Unexpected end-of-input within/between Object entries", 1, 6),
    ('{"a":1', f"Unexpected end-of-input: {CLOSE} Object {START}1])", 1, 7),
    ('{"a":1,', "Unexpected end-of-input within/between Object entries", 1, 8),
    ("[1,", "Unexpected end-of-input within/between Array entries", 1, 4),
    ("[1, ", "Unexpected end-of-input within/between Array entries", 1, 5),
    ("[1 2]", "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries", 1, 4),
    ('{"a":1 "b":2}', "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries", 1, 8),
    ("{a:1}", "Unexpected character ('a' (code 97)): was expecting double-quote to start field name", 1, 2),
    ("{1:1}", "Unexpected character ('1' (code 49)): was expecting double-quote to start field name", 1, 2),
    ('{"a" 1}', "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value", 1, 6),
    ('{"a":}', "Unexpected character ('}' (code 125)): expected a value", 1, 6),
    ("[,]", f"Unexpected character (',' (code 44)): expected a valid value {VALUES}", 1, 2),
    ("[1,]", f"Unexpected character (']' (code 93)): expected a valid value {VALUES}", 1, 4),
    ('{"a":1,}', "Unexpected character ('}' (code 125)): was expecting double-quote to start field name", 1, 8),
    ("]", "Unexpected close marker ']': expected '}' (for root starting at [Source: S; line: 1, column: 0])", 1, 1),
    ("}", "Unexpected close marker '}': expected ']' (for root starting at [Source: S; line: 1, column: 0])", 1, 1),
    ("[}", "Unexpected close marker '}': expected ']' (for Array starting at [Source: S; line: 1, column: 1])", 1, 2),
    ("{]", "Unexpected close marker ']': expected '}' (for Object starting at [Source: S; line: 1, column: 1])", 1, 2),
    ("[1}", "Unexpected close marker '}': expected ']' (for Array starting at [Source: S; line: 1, column: 1])", 1, 3),
    (
        '{"a":1]',
        "Unexpected close marker ']': expected '}' (for Object starting at [Source: S; line: 1, column: 1])",
        1,
        7,
    ),
    (
        '{"a":[1}',
        "Unexpected close marker '}': expected ']' (for Array starting at [Source: S; line: 1, column: 6])",
        1,
        8,
    ),
    ("x", f"Unrecognized token 'x': was expecting {VALUES}", 1, 2),
    ("nul", f"Unrecognized token 'nul': was expecting {VALUES}", 1, 4),
    ("nulls", f"Unrecognized token 'nulls': was expecting {VALUES}", 1, 6),
    ("truex", f"Unrecognized token 'truex': was expecting {VALUES}", 1, 6),
    ("NaN", "Non-standard token 'NaN': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow", 1, 4),
    ("Infinity", "Non-standard token 'Infinity': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow", 1, 9),
    ("-Infinity", f"Unexpected character ('I' (code 73)) in numeric value: {NO_DIGIT}", 1, 2),
    ("[NaN]", "Non-standard token 'NaN': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow", 1, 5),
    ("[x$y_1,2]", f"Unrecognized token 'x$y_1': was expecting {VALUES}", 1, 7),
    ("$", f"Unrecognized token '$': was expecting {VALUES}", 1, 2),
    ("_a b", f"Unrecognized token '_a': was expecting {VALUES}", 1, 3),
    ("-", "Unexpected end-of-input in a Number value", 1, 2),
    ("- 1", f"Unexpected character (' ' (code 32)) in numeric value: {NO_DIGIT}", 1, 2),
    ("-x", f"Unexpected character ('x' (code 120)) in numeric value: {NO_DIGIT}", 1, 2),
    ("[-]", f"Unexpected character (']' (code 93)) in numeric value: {NO_DIGIT}", 1, 3),
    ("01", "Invalid numeric value: Leading zeroes not allowed", 1, 2),
    ("[00]", "Invalid numeric value: Leading zeroes not allowed", 1, 3),
    ("-01", "Invalid numeric value: Leading zeroes not allowed", 1, 3),
    ("1.", "Unexpected end-of-input in a Number value", 1, 3),
    ("1.x", "Unexpected character ('x' (code 120)) in numeric value: Decimal point not followed by a digit", 1, 3),
    ("[1. ]", "Unexpected character (' ' (code 32)) in numeric value: Decimal point not followed by a digit", 1, 4),
    ("1e", "Unexpected end-of-input in a Number value", 1, 3),
    ("1e+", "Unexpected end-of-input in a Number value", 1, 4),
    ("1ex", "Unexpected character ('x' (code 120)) in numeric value: Exponent indicator not followed by a digit", 1, 3),
    (
        "[1e-]",
        "Unexpected character (']' (code 93)) in numeric value: Exponent indicator not followed by a digit",
        1,
        5,
    ),
    ("1E5", None, 1, 0),
    ("1x", "Unexpected character ('x' (code 120)): Expected space separating root-level values", 1, 2),
    ("1 x", f"Unrecognized token 'x': was expecting {VALUES}", 1, 4),
    ("1 2", "Trailing token found after value", 1, 4),
    ("[1x]", "Unexpected character ('x' (code 120)): was expecting comma to separate Array entries", 1, 3),
    ('1.5"', "Unexpected character ('\"' (code 34)): Expected space separating root-level values", 1, 4),
    ("1,", "Unexpected character (',' (code 44)): Expected space separating root-level values", 1, 2),
    ("1]", "Unexpected character (']' (code 93)): Expected space separating root-level values", 1, 2),
    ("+1", f"Unexpected character ('+' (code 43)): expected a valid value {VALUES}", 1, 1),
    (".5", f"Unexpected character ('.' (code 46)): expected a valid value {VALUES}", 1, 1),
    ("'a'", f"Unexpected character (''' (code 39)): expected a valid value {VALUES}", 1, 1),
    ('"', "Unexpected end-of-input: was expecting closing quote for a string value", 1, 2),
    ('"a', "Unexpected end-of-input: was expecting closing quote for a string value", 1, 3),
    ('"\\', "Unexpected end-of-input in character escape sequence", 1, 3),
    ('"\\x"', "Unrecognized character escape 'x' (code 120)", 1, 4),
    ('"\\u', "Unexpected end-of-input in character escape sequence", 1, 4),
    ('"\\u12', "Unexpected end-of-input in character escape sequence", 1, 6),
    ('"\\u12g4"', "Unexpected character ('g' (code 103)): expected a hex-digit for character escape sequence", 1, 6),
    ('"\\u12"', "Unexpected character ('\"' (code 34)): expected a hex-digit for character escape sequence", 1, 6),
    ('"\\uABcd"', None, 1, 0),
    ('"a\tb"', f"Illegal unquoted character ((CTRL-CHAR, code 9)): {ESCAPE} string value", 1, 4),
    ('"\x00"', f"Illegal unquoted character ((CTRL-CHAR, code 0)): {ESCAPE} string value", 1, 3),
    ('"\x1f"', f"Illegal unquoted character ((CTRL-CHAR, code 31)): {ESCAPE} string value", 1, 3),
    ('"\x7f"', None, 1, 0),
    ('{"a\tb":1}', f"Illegal unquoted character ((CTRL-CHAR, code 9)): {ESCAPE} name", 1, 5),
    ('{"a', "Unexpected end-of-input in field name", 1, 4),
    ('{"\\', "Unexpected end-of-input in character escape sequence", 1, 4),
    ('"a" "b"', "Trailing token found after value", 1, 8),
    ("{} {}", "Trailing token found after value", 1, 5),
    ("[] x", f"Unrecognized token 'x': was expecting {VALUES}", 1, 5),
    ("#", f"Unexpected character ('#' (code 35)): expected a valid value {VALUES}", 1, 1),
    ("[#]", f"Unexpected character ('#' (code 35)): expected a valid value {VALUES}", 1, 2),
    ("\xe9", f"Unrecognized token 'é': was expecting {VALUES}", 1, 2),
    ("[\x01]", f"Unexpected character ((CTRL-CHAR, code 1)): expected a valid value {VALUES}", 1, 2),
    ("[\x7f]", f"Unexpected character ((CTRL-CHAR, code 127)): expected a valid value {VALUES}", 1, 2),
    ("[\x80]", f"Unexpected character ((CTRL-CHAR, code 128)): expected a valid value {VALUES}", 1, 2),
    ("[\x9f]", f"Unexpected character ((CTRL-CHAR, code 159)): expected a valid value {VALUES}", 1, 2),
    ("[\xa0]", f"Unexpected character ('\xa0' (code 160)): expected a valid value {VALUES}", 1, 2),
    ("[\xff]", f"Unrecognized token 'ÿ': was expecting {VALUES}", 1, 3),
    ("[\u0100\u20ac]", f"Unrecognized token 'Ā': was expecting {VALUES}", 1, 3),
    ("[\u20ac]", f"Unexpected character ('€' (code 8364 / 0x20ac)): expected a valid value {VALUES}", 1, 2),
    ("[1\x0b]", "Unexpected character ((CTRL-CHAR, code 11)): was expecting comma to separate Array entries", 1, 3),
    ('{"a":1}\n\n  x', f"Unrecognized token 'x': was expecting {VALUES}", 3, 4),
    ("[1,\n  2,\n x]", f"Unrecognized token 'x': was expecting {VALUES}", 3, 3),
    ("\n\n[", f"Unexpected end-of-input: {CLOSE} Array (start marker at [Source: S; line: 3, column: 1])", 3, 2),
    ('{"a":"\n"}', f"Illegal unquoted character ((CTRL-CHAR, code 10)): {ESCAPE} string value", 2, 1),
    ("tru", f"Unrecognized token 'tru': was expecting {VALUES}", 1, 4),
    ("falsey", f"Unrecognized token 'falsey': was expecting {VALUES}", 1, 7),
    ("[null,nul]", f"Unrecognized token 'nul': was expecting {VALUES}", 1, 10),
    ("[1 }", "Unexpected close marker '}': expected ']' (for Array starting at [Source: S; line: 1, column: 1])", 1, 4),
    (" ]", "Unexpected close marker ']': expected '}' (for root starting at [Source: S; line: 1, column: 0])", 1, 2),
    ("[[[", f"Unexpected end-of-input: {CLOSE} Array {START}3])", 1, 4),
    ('{"a":{"b":[', f"Unexpected end-of-input: {CLOSE} Array {START}11])", 1, 12),
    ("x$", f"Unrecognized token 'x$': was expecting {VALUES}", 1, 3),
    ("a-b", f"Unrecognized token 'a': was expecting {VALUES}", 1, 2),
    ('"\\/\\b\\f\\n\\r\\t\\"\\\\"x', f"Unrecognized token 'x': was expecting {VALUES}", 1, 20),
]


def test_what_is_wrong_with_a_text_and_where() -> None:
    wrong = {}
    for text, reason, line, column in FAULTS:
        expected = None if reason is None else f"{reason}\n at [Source: S; line: {line}, column: {column}]"
        if find_fault(text, "S") != expected:
            wrong[text] = find_fault(text, "S")
        if expected is None:
            assert read_json(text, "S") is not None
        else:
            with pytest.raises(JsonTextError) as caught:
                read_json(text, "S")
            assert str(caught.value) == describe_error(text, "S") == expected
    assert wrong == {}


def test_a_source_is_not_shown_where_nobody_says_how() -> None:
    assert located("x", 3) == f"x\n at [Source: {REDACTED}; line: 1, column: 3]"
    assert located("x", 3, 2, "S") == "x\n at [Source: S; line: 2, column: 3]"
    assert find_fault("[") == find_fault("[", REDACTED)
    assert describe_error("[") == describe_error("[", REDACTED)
    assert describe_error("[1]") == f"Malformed JSON\n at [Source: {REDACTED}; line: 1, column: 4]"


def test_numbers_are_read_as_they_are_written() -> None:
    value = read_json('{"a": [1, -2.50, 1E5, "x", true, null]}')
    assert value == {"a": ["1", "-2.50", "1E5", "x", True, None]}
    assert [type(one) for one in value["a"]] == [NumberText] * 3 + [str, bool, type(None)]


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


def test_a_depth_of_a_thousand_is_taken_and_one_more_is_not() -> None:
    assert find_fault(nested(1_000)) is None
    assert find_fault('{"a":' * 1_000 + "1" + "}" * 1_000) is None
    fault = find_fault(nested(1_001), "S")
    assert fault == (
        "Document nesting depth (1001) exceeds the maximum allowed (1000, from "
        "`StreamReadConstraints.getMaxNestingDepth()`)\n at [Source: S; line: 1, column: 1002]"
    )
    assert find_fault("[" + ",".join(["{}"] * 2_000) + "]") is None


@pytest.mark.parametrize("read", [parse_json, loaded_object, parse_object, read_event])
def test_what_is_no_json_is_refused(read: Callable[[str], Any]) -> None:
    for text in ("", " ", "{", "[1,]", "NaN", '{"a":NaN}', '{"a":Infinity}', '{"a":-Infinity}', "{'a':1}", '{"a":1} x'):
        with pytest.raises(ValueError, match=r".") as caught:
            read(text)
        if "NaN" in text or "Infinity" in text:
            word = text.removeprefix('{"a":').removesuffix("}")
            assert str(caught.value) == f"{word} is not JSON"


def test_an_object_is_read_and_nothing_else() -> None:
    for read in (loaded_object, parse_object):
        for text in ('{"a":1}', ' {"a":1}', '{"a":1} \n', ' { "a" : 1 } '):
            assert read(text) == {"a": 1}
        assert read('{"a":1,"a":2}') == {"a": 2}
        for text in ("[]", '"a"', "1", "null", " [] "):
            with pytest.raises(ValueError, match=r"^not an object$"):
                read(text)
    assert parse_json(" [1] ") == [1]
    with pytest.raises(ValueError, match=r"^nested too deeply$"):
        parse_json(nested(200_000))


def test_json_is_written_without_blanks() -> None:
    value = {"é": [1, 2.5, "\u2028", {"b": None, "c": True}], "d": {}}
    text = '{"é":[1,2.5,"\u2028",{"b":null,"c":true}],"d":{}}'
    assert compact(value) == compact_loaded(value) == text
    assert loaded_object(text) == value
    assert compact_loaded([]) == "[]"
    assert compact_loaded("é") == '"é"'
    for number in (float("inf"), float("-inf"), float("nan")):
        with pytest.raises(ValueError, match=r"."):
            compact_loaded({"a": number})
    assert json_text._quick_encoder()({"a": [1]}) == '{"a":[1]}'


def encoder_of_another_release(*_: Any) -> Any:
    raise TypeError


@pytest.mark.parametrize("maker", [None, encoder_of_another_release], ids=["none", "another"])
def test_an_interpreter_may_have_no_encoder_of_that_kind(maker: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "_make_encoder", maker)
    write = json_text._quick_encoder()
    assert write({"é": [1]}) == '{"é":[1]}'
    with pytest.raises(ValueError, match=r"."):
        write(float("inf"))


# --- atoms -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "atom", "shown"),
    [
        ("1", 1.0, "1"),
        ("-0.0", 0.0, "0"),
        ("1.50", 1.5, "1.5"),
        ("1e2", 100.0, "100"),
        ("1E2", 100.0, "100"),
        ("123456789012345", 123456789012345.0, "123456789012345"),
        ("9007199254740992", 9007199254740992.0, "9007199254740992"),
        ("-9007199254740992", -9007199254740992.0, "-9007199254740992"),
        ("9007199254740994", 9007199254740994.0, "9007199254740994.0"),
        ("9007199254740993", ("number", "9007199254740993"), "9007199254740993"),
        ("-9007199254740993", ("number", "-9007199254740993"), "-9007199254740993"),
        ("0.1000000000000000055511151231257827", ("number", "0.1000000000000000055511151231257827"), None),
        ("1e400", ("number", "1e400"), "1e400"),
        ("1e-99999999999999999999", ("number", "1e-99999999999999999999"), "1e-99999999999999999999"),
        ("1e300", 1e300, "1e+300"),
    ],
)
def test_a_number_is_a_double_or_its_text(text: str, atom: Any, shown: str | None) -> None:
    made = number_atom(text)
    assert made == atom
    assert type(made) is type(atom)
    assert shown_atom(made) == (text if shown is None else shown)
    assert atom_of(read_event(f"[{text}]")[0]) == atom


def test_atoms_of_other_scalars() -> None:
    assert [atom_of(value) for value in (True, False, None, "true", 1, 2.5)] == [TRUE, FALSE, NULL, "true", 1, 2.5]
    assert [shown_atom(atom) for atom in (TRUE, FALSE, NULL, "é\n", 2.5)] == ["true", "false", "null", '"é\\n"', "2.5"]
    assert (TRUE, FALSE, NULL) == (("literal", "true"), ("literal", "false"), ("literal", "null"))
    assert atom_of(float("inf")) == ("number", "inf")
    assert atom_of(2**53) == float(2**53)
    assert atom_of(2**53 + 1) == ("number", str(2**53 + 1))
    assert atom_of(-(2**53) - 1) == ("number", str(-(2**53) - 1))
    assert atom_of(10**20) == 1e20
    assert atom_of((1 << 1_999) - 1) == ("number", str((1 << 1_999) - 1))
    assert atom_of(1 << 1_999) == ("number", hex(1 << 1_999))
    assert atom_of(1 << 2_000) == ("number", hex(1 << 2_000))
    assert atom_of(NumberText("1e400")) == ("number", "1e400")


# --- filters ---------------------------------------------------------------------------------------------------------


def test_a_filter_looks_at_content_of_its_own_kind() -> None:
    """Fields at objects, values at plain text; one without content at all of it."""
    fields = Filters(['{"body":{"a":[1]}}'], "body")
    values = Filters(['{"body":["x",{"prefix":"{"}]}'], "body")
    neither = Filters(['{"id":["7"]}'], "body")
    frame = {"id": "7", "body": "is replaced"}
    contents = ['{"a":1}', ' {"a":1}', '{"a":2}', "x", "{x", "[1]", '"x"', "", None]
    assert [fields.accept(frame, one) for one in contents] == [True, True, *[False] * 7]
    assert [values.accept(frame, one) for one in contents] == [False] * 3 + [True, True] + [False] * 4
    assert [neither.accept(frame, one) for one in contents] == [True] * 9
    assert not neither.accept({"id": "8"}, "x")
    assert (fields.want_text, values.want_text, neither.want_text, Filters([], "body").want_text) == (
        False,
        True,
        False,
        False,
    )
    several = Filters(['{"body":{"a":[1]}}', '{"body":["x"]}'], "body")
    assert [several.accept({}, one) for one in contents[:5]] == [True, True, False, True, False]
    assert several.want_text
    assert not Filters([], "body").accept({}, "x")
    assert Filters(['{"data":["x"]}'], "data").accept({}, "x")


def test_a_text_that_is_empty_is_no_value() -> None:
    """Rather than one that is no object."""
    for text in ("", " ", "x"):
        with pytest.raises(ValueError, match=r"^Expecting value: "):
            loaded_object(text)

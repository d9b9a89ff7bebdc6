"""The tree of conditions by itself: what it asks, elements of arrays, addresses, wildcards, tokens, and its words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from minicloud.core.conditions.clauses import (
    AllOf,
    AnyOf,
    Atom,
    Clause,
    Condition,
    Document,
    Row,
    compile_node,
    consistent,
    paths_of,
    terms_of,
)
from minicloud.core.conditions.explaining import Explanation, Walk, clauses_of, hollow_paths, quoted
from minicloud.core.conditions.tokens import Tokens, without_blanks
from minicloud.core.conditions.values import (
    Complaint,
    check_wildcard,
    ip_number,
    is_address,
    read_block,
    wildcard_test,
)


class Beginning:
    """A condition: values that begin with an x."""

    def hold_of(self, values: Iterable[Atom]) -> bool:
        return any(str(value).startswith("x") for value in values)


def clause(path: str, *values: str, absent: bool = False) -> Clause:
    conditions = [Condition("equals", value, quoted(value)) for value in values]
    if absent:
        conditions.append(Condition("exists", False, '{"exists":false}'))
    return Clause(path, tuple(conditions))


def row_of(one: Clause) -> Row:
    listed = [condition.operand for condition in one.conditions if condition.operator == "equals"]
    absence = any(condition.operator == "exists" for condition in one.conditions)
    return one.path, frozenset(listed), Beginning() if "begins" in listed else None, absence


def document_of(tree: Any) -> Document:
    document = Document()
    document.add_tree(tree, str)
    return document


# --- what a tree asks ------------------------------------------------------------------------------------------------


def test_a_part_of_a_tree_says_yes_or_no() -> None:
    """And nothing that merely counts like it."""
    one, other = clause("a", "1"), clause("b", "2", absent=True)
    asked = [
        (one, {"a": ["1"]}, True),
        (one, {"a": ["0"]}, False),
        (one, {}, False),
        (other, {}, True),
        (other, {"b": ["2", "3"]}, True),
        (other, {"b": ["3"]}, False),
        (clause("c", "begins"), {"c": ["a", "xa"]}, True),
        (clause("c", "begins"), {"c": ["begins"]}, True),
        (clause("c", "begins"), {"c": ["a"]}, False),
        (AllOf((one, other)), {"a": ["1"]}, True),
        (AllOf((one, other)), {"a": ["1"], "b": ["3"]}, False),
        (AllOf((one, other)), {"b": ["2"]}, False),
        (AllOf(()), {}, True),
        (AnyOf((AllOf((one,)), AllOf((other,)))), {"a": ["1"], "b": ["3"]}, True),
        (AnyOf((AllOf((one,)), AllOf((other,)))), {"a": ["0"]}, True),
        (AnyOf((AllOf((one,)), AllOf((other,)))), {"a": ["0"], "b": ["3"]}, False),
        (AnyOf(()), {}, False),
    ]
    for number, (node, atoms, expected) in enumerate(asked):
        assert compile_node(node, row_of)(atoms) is expected, number


def test_a_tree_has_its_paths_clauses_and_terms() -> None:
    a, b, c, d = (clause(path, "1") for path in "abcd")
    tree = AllOf((a, AnyOf((AllOf((b, c)), AllOf((d,))))))
    assert paths_of(tree) == {"a", "b", "c", "d"}
    assert paths_of(AllOf((a, b))) == {"a", "b"}
    assert paths_of(a) == paths_of(AllOf((a,))) == paths_of(AllOf(())) == frozenset()
    assert terms_of(tree) == [(a, b, c), (a, d)]
    assert terms_of(AllOf(())) == [()]
    assert list(clauses_of(tree)) == [a, b, c, d]


def test_a_document_has_its_atoms_by_path_and_their_places() -> None:
    tree = {"a": "x", "b": {"c": 1, "d": {"e": None}}, "l": [2, {"m": "y"}, [{"m": "z"}, 3]], "k": {"l": []}}
    document = document_of(tree)
    assert {path: sorted(map(str, atoms)) for path, atoms in document.atoms.items()} == {
        "a": ["x"],
        "b.c": ["1"],
        "b.d.e": ["None"],
        "l": ["2", "3"],
        "l.m": ["y", "z"],
    }
    assert document.problem == ""
    placed = dict(zip(document.atoms["l.m"], document.places["l.m"], strict=True))
    ((array, index),) = placed["y"]
    assert index == 1
    assert [place[1] for place in placed["z"]] == [2, 0]
    assert placed["z"][0] == (array, 2)
    assert placed["z"][1][0] != array
    assert "a" not in document.places
    within = Document()
    within.add_tree({"a": {"b": 1}}, str, "detail.")
    assert within.atoms == {"detail.a.b": ["1"]}


def test_atoms_of_one_path_have_places_as_soon_as_one_has() -> None:
    """Whichever comes first: a dot in a key is the same as nesting."""
    document = Document()
    document.add("a", "0", ())
    assert document.places == {}
    document.add("a", "1", ())
    assert document.places == {}
    document.add("a", "2", ((0, 0),))
    document.add("a", "3", ())
    assert (document.atoms, document.places) == ({"a": ["0", "1", "2", "3"]}, {"a": [(), (), ((0, 0),), ()]})


# --- elements of arrays ----------------------------------------------------------------------------------------------

ONE_OF_EACH = {"l": [{"b": "y", "c": "n"}, {"b": "n", "c": "w"}]}
BOTH_IN_ONE = {"l": [{"b": "n", "c": "n"}, {"b": "y", "c": "w"}]}
B, C = clause("l.b", "y"), clause("l.c", "w")


def is_consistent(term: Iterable[Clause], tree: Any) -> bool:
    return consistent(map(row_of, term), document_of(tree))


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(
    "other", [clause("gone", absent=True), clause("a", "x"), clause("a", "begins")], ids=["absent", "listed", "begins"]
)
def test_one_element_meets_all_whatever_is_asked_beside(other: Clause, place: int) -> None:
    """And wherever that stands: what is absent or met outside of arrays leaves the rest to be met."""
    term = [B, C]
    term.insert(place, other)
    assert is_consistent(term, {"a": "x", **BOTH_IN_ONE}) is True
    assert is_consistent(term, {"a": "x", **ONE_OF_EACH}) is False


@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_is_not_met_at_all_is_not_met_in_an_element(place: int) -> None:
    for other in (clause("a", "x"), clause("gone", "x")):
        term = [B, C]
        term.insert(place, other)
        assert is_consistent(term, {"a": "n", **BOTH_IN_ONE}) is False


def test_each_array_has_an_element_of_its_own() -> None:
    """Those of arrays within belong to an element of the array around them."""
    within = [clause("l.m.b", "y"), clause("l.k.c", "w")]
    assert is_consistent(within, {"l": [{"m": [{"b": "n"}, {"b": "y"}], "k": [{"c": "w"}, {"c": "n"}]}]}) is True
    assert is_consistent(within, {"l": [{"m": [{"b": "y"}]}, {"k": [{"c": "w"}]}]}) is False
    assert is_consistent([clause("k.b", "y"), clause("l.c", "w")], {"k": [{"b": "y"}], "l": [{"c": "w"}]}) is True
    three = [clause("l.a", "1"), clause("l.m.b", "2"), clause("l.m.c", "3")]
    assert is_consistent(three, {"l": [{"a": "1", "m": [{"b": "2"}, {"b": "2", "c": "3"}]}]}) is True
    assert is_consistent(three, {"l": [{"a": "1", "m": [{"b": "2"}, {"c": "3"}]}]}) is False
    assert is_consistent(three, {"l": [{"a": "1"}, {"m": [{"b": "2", "c": "3"}]}]}) is False
    assert is_consistent(three, {"l": [{"a": "0", "m": [{"b": "2", "c": "3"}]}, {"a": "1"}]}) is False


def test_several_elements_may_do_as_long_as_one_does() -> None:
    many = [{"b": "y"}, {"c": "w"}, {"b": "y", "c": "n"}, {"b": "n", "c": "w"}]
    assert is_consistent([B, C], {"l": many}) is False
    for place in range(len(many) + 1):
        assert is_consistent([B, C], {"l": [*many[:place], {"b": ["n", "y"], "c": ["w"]}, *many[place:]]}) is True
    assert is_consistent([B, clause("l.b", "n")], {"l": [{"b": ["n", "y"]}]}) is True
    assert is_consistent([B, clause("l.b", "n")], {"l": [{"b": "n"}, {"b": "y"}]}) is False
    assert is_consistent([], {"l": many}) is True


# --- addresses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.2.3.4", (32, 0x01020304)),
        ("255.255.255.255", (32, 2**32 - 1)),
        ("010.0.0.1", (32, 0x0A000001)),
        ("::", (128, 0)),
        ("::1", (128, 1)),
        ("1::", (128, 1 << 112)),
        ("1:2:3:4:5:6:7:8", (128, 0x00010002000300040005000600070008)),
        ("1::8", (128, 1 << 112 | 8)),
        ("1:2:3:4:5:6:7::", (128, 0x00010002000300040005000600070000)),
        ("::2:3:4:5:6:7:8", (128, 0x00000002000300040005000600070008)),
        ("FFFF:ffff:ffff:ffff:ffff:ffff:ffff:ffff", (128, 2**128 - 1)),
        ("::1.2.3.4", (128, 0x01020304)),
        ("1:2:3:4:5:6:255.0.1.2", (128, 0x000100020003000400050006FF000102)),
        ("1.2.3", None),
        ("1.2.3.4.5", None),
        ("256.2.3.4", None),
        ("1.2.3.256", None),
        ("0001.2.3.4", None),
        ("1.2.3.x", None),
        ("", None),
        ("1:2:3:4:5:6:7", None),
        ("1:2:3:4:5:6:7:8:9", None),
        ("1:2:3:4:5:6:7:8::", None),
        ("1:2:3:4::5:6:7:8", None),
        ("1::2::3", None),
        ("12345::", None),
        ("g::", None),
        ("::1.2.3.256", None),
        ("::1.2.3", None),
        ("1.2.3.4::", None),
        (":1", None),
        ("1:", None),
    ],
)
def test_an_address_is_a_number(text: str, number: tuple[int, int] | None) -> None:
    assert ip_number(text) == number


def test_what_is_spelled_like_an_address_may_be_none() -> None:
    assert all(map(is_address, ("1.2.3.4", "300.2.3.4", "::1", "abc:", "1:2.3")))
    assert not any(map(is_address, ("1.2.3", "", "abc", "1.2.3.4x", "g::1", "x1.2.3.4", "1.2.3.4\n")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.77/24", (32, 0x0A000000, 0x0A0000FF)),
        ("10.0.0.77/31", (32, 0x0A00004C, 0x0A00004D)),
        ("10.0.0.77/0", (32, 0, 2**32 - 1)),
        ("10.0.0.77/+8/", (32, 0x0A000000, 0x0AFFFFFF)),
        ("::1/127", (128, 0, 1)),
        ("::/0", (128, 0, 2**128 - 1)),
        ("10.0.0.77", "cidr_slash"),
        ("", "cidr_slash"),
        ("/", "cidr_slash"),
        ("10.0.0.0/8/8", "cidr_slash"),
        ("10.0.0.0/x", "cidr_bits"),
        ("10.0.0.0/1234567890", "cidr_bits"),
        ("10.0.0.0/-1", "cidr_negative"),
        ("ten/8", "cidr_nonstandard"),
        ("10.0.0.300/8", "cidr_invalid"),
        ("10.0.0.0/32", "cidr_bits_4"),
        ("::/128", "cidr_bits_6"),
        ("10.0.0.0/999999999", "cidr_bits_4"),
    ],
)
def test_a_block_of_addresses_has_ends_or_a_complaint(text: str, expected: object) -> None:
    if isinstance(expected, tuple):
        assert read_block(text) == expected
    else:
        with pytest.raises(Complaint) as caught:
            read_block(text)
        assert caught.value.name == str(caught.value) == expected
        named = expected in ("cidr_nonstandard", "cidr_invalid")
        assert caught.value.blanks == ({"address": text.partition("/")[0]} if named else {})


# --- wildcards -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "name", "position"),
    [
        ("**", "wildcard_consecutive", 1),
        ("a**", "wildcard_consecutive", 2),
        ("é**", "wildcard_consecutive", 3),
        ("\\\\**", "wildcard_consecutive", 3),
        ("\\***", "wildcard_consecutive", 3),
        ("\\a", "wildcard_escape", 1),
        ("a\\", "wildcard_escape", 2),
        ("\\*\\b", "wildcard_escape", 3),
    ],
)
def test_what_is_wrong_with_a_wildcard_has_a_place(pattern: str, name: str, position: int) -> None:
    """In bytes, the quote before it included."""
    with pytest.raises(Complaint) as caught:
        check_wildcard(pattern)
    assert (caught.value.name, caught.value.blanks) == (name, {"position": position})


def test_a_wildcard_matches_the_whole_of_a_text() -> None:
    asked = {
        "": [("", True), ("a", False)],
        "ab": [("ab", True), ("abc", False)],
        "*": [("", True), ("ab", True)],
        "a*a": [("aa", True), ("aba", True), ("a", False), ("aab", False)],
        "ab*bc": [("abbc", True), ("abc", False)],
        "a*b*c": [("abc", True), ("axbxc", True), ("ac", False), ("acb", False), ("abcbc", True)],
        "*ab*ab*": [("abab", True), ("aab", False), ("abxab", True), ("ab", False)],
        "a*bc*c": [("abc", False), ("abcc", True), ("abcbc", True)],
        "\\*a*\\\\": [("*a\\", True), ("*ab\\", True), ("xa\\", False), ("*a", False)],
    }
    for pattern, texts in asked.items():
        assert check_wildcard(pattern) == pattern
        test = wildcard_test(pattern)
        assert [(text, test(text)) for text, _ in texts] == texts, pattern


# --- tokens ----------------------------------------------------------------------------------------------------------


def test_the_tokens_of_a_text_and_how_far_a_parser_has_come_at_each() -> None:
    """A string counts to its opening quote until it is read; behind a name its value is looked at already."""
    source = '{ "a" : [ "x\\"]", -1.5 ,true,null,{"b":"y z"} ] }'
    tokens = Tokens(source)
    assert tokens.kind == ""
    kinds, consumed, texts = [], [], []
    for _ in range(12):
        kinds.append(tokens.next())
        assert tokens.kind == kinds[-1]
        consumed.append((source[: tokens.consumed][tokens.start :], source[tokens.start : tokens.consumed]))
        texts.append(tokens.text)
        assert tokens.since(tokens.start) == source[tokens.start :][: len(tokens.since(tokens.start))]
    assert kinds == ["{", "name", "[", "string", "number", "true", "null", "{", "name", "string", "}", "]"]
    assert texts == ["{", "a", "[", 'x"]', "-1.5", "true", "null", "{", "b", "y z", "}", "]"]
    shown = [one for one, _ in consumed]
    assert shown == ["{", '"a" : [', "[", '"', "-1.5", "true", "null", "{", '"b":"', '"', "}", "]"]
    tokens = Tokens(source)
    for _ in range(4):
        tokens.next()
    assert tokens.text == 'x"]'
    assert source[: tokens.consumed].endswith('"x\\"]"')
    assert tokens.since(2) == '"a" : [ "x\\"]"'
    tokens.next()
    assert source[: tokens.consumed].endswith(" -1.5")


def test_blanks_between_tokens_are_dropped_and_those_in_texts_stay() -> None:
    assert without_blanks(' { "a b" :\t[ "c \\" d" ,\n 1 ] } ') == '{"a b":["c \\" d",1]}'


# --- in words --------------------------------------------------------------------------------------------------------


def walk(node: Any, tree: Any) -> tuple[bool, list[str]]:
    def predicate_of(condition: Condition) -> Any:
        return lambda atom: condition.operator == "equals" and atom == condition.operand

    return Walk(document_of(tree), predicate_of, lambda atom: quoted(str(atom)), hollow_paths(tree)).node(node)


def test_a_walk_says_what_decides() -> None:
    a, b = clause("a", "1"), clause("b", "2", absent=True)
    assert walk(a, {"a": "1"}) == (True, ['"a" is "1", which meets "1"'])
    assert walk(a, {"a": "2"}) == (False, ['"a" is "2", which does not meet ["1"]'])
    assert walk(a, {"a": ["2", "3"]}) == (False, ['"a" is one of ["2", "3"], which does not meet ["1"]'])
    assert walk(a, {}) == (False, ['"a" is absent, which does not meet ["1"]'])
    assert walk(b, {}) == (True, ['"b" is absent, which meets {"exists":false}'])
    assert walk(AllOf((a, b)), {"a": "1"}) == (
        True,
        ['"a" is "1", which meets "1"', '"b" is absent, which meets {"exists":false}'],
    )
    assert walk(AllOf((a, b)), {"a": "1", "b": "3"}) == (
        False,
        ['"b" is "3", which does not meet ["2",{"exists":false}]'],
    )
    either = AnyOf((AllOf((a,)), AllOf((clause("c", "3"), b))))
    assert walk(either, {"c": "3"}) == (
        True,
        ['alternative 2 of "$or" holds: "c" is "3", which meets "3"; "b" is absent, which meets {"exists":false}'],
    )
    assert walk(either, {"c": "4"}) == (
        False,
        [
            'no alternative of "$or" holds: (1) "a" is absent, which does not meet ["1"]; '
            '(2) "c" is "4", which does not meet ["3"]'
        ],
    )


def test_a_walk_says_what_may_have_been_meant() -> None:
    def about(path: str, tree: Any) -> str:
        (told,) = walk(clause(path, "1"), tree)[1]
        return told.removeprefix(f"{quoted(path)} is absent").removesuffix(', which does not meet ["1"]')

    assert about("a.b", {"a": []}) == ' ("a" is an empty array, which holds no value)'
    assert about("a.b", {"a": {}}) == ' ("a" is an empty object, which holds no value)'
    assert about("a.b", {"a": {"b": {}}}) == ' ("a.b" is an empty object, which holds no value)'
    assert about("ab", {"a": {}}) == about("a", {"ab": 1}) == about("a", {"ab": {}}) == ""
    assert about("a.B", {"A": {"b": 1}}) == ' (there is "A.b")'
    assert about("a", {"a": {"b": 1}}) == " (it is an object, and only values count)"


def test_what_holds_no_value_is_known_by_its_path() -> None:
    tree = {"a": {}, "b": [], "c": {"d": {}, "e": [{"f": []}, 1]}, "g": "", "h": None}
    assert hollow_paths(tree) == {"a": "object", "b": "array", "c.d": "object", "c.e.f": "array"}


def test_an_explanation_counts_as_what_it_says() -> None:
    yes, no = Explanation(True, "a\nb"), Explanation(False, "x" * 5_000)
    assert (bool(yes), str(yes), repr(yes)) == (True, "match: a\\nb", "<Explanation match: a\\nb>")
    assert (bool(no), no.matched) == (False, False)
    assert str(no) == f"no match: {'x' * 3_999}… (5,000 characters)"

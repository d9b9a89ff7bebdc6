"""What is declared by an operation's signature: its shapes, the fast check, and botocore's report."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import IO, Annotated, Any, Literal, NotRequired, Required, TypedDict

import pytest

from minicloud.core.fast_validation import FastCheck
from minicloud.core.operation import Http, Operation, operation, operations_of
from minicloud.core.shapes import Answer, Blob, ClientSide, Minimum, Shape, Timestamp
from minicloud.core.unset import UNSET
from minicloud.core.validation import normalised, violations_of
from minicloud.exceptions import AwsError, ParamValidationError


class Leaf(TypedDict):
    Id: Annotated[str, Minimum(2)]
    Count: NotRequired[Annotated[int, Minimum(1)]]
    Flags: NotRequired[Sequence[str]]
    When: NotRequired[Timestamp]


class Tree(TypedDict):
    Name: Required[str]
    Leaves: NotRequired[Sequence[Leaf]]


class Result(Answer):
    Done: str


TEXT_OR_FILE = ClientSide("string", lambda value: type(value) is str, lambda value: f"<{value}>")
KEPT = ClientSide("structure", lambda value: value == {}, lambda value: value)


class Api:
    """A service of two operations."""

    @operation("DoIt", http=Http(status=201))
    def do_it(
        self,
        now: int,
        /,
        *,
        Text: Annotated[str, Minimum(1)],
        Number: Annotated[int, Minimum(0)] = UNSET,
        Share: Annotated[float, Minimum(1)] = UNSET,
        Yes: bool = UNSET,
        Data: Blob = UNSET,
        At: Timestamp = UNSET,
        Kind: Literal["a", "b"] = UNSET,
        Words: Annotated[Sequence[str], Minimum(1)] = UNSET,
        Tags: Mapping[str, str] = UNSET,
        One: Leaf = UNSET,
        Many: Sequence[Leaf] = UNSET,
        Deep: Tree = UNSET,
        Adapted: Annotated[str, TEXT_OR_FILE] = UNSET,
        Looked: Annotated[Leaf, KEPT] = UNSET,
    ) -> Result:
        """It does it."""
        raise AssertionError

    @operation("Nothing", blocking=True)
    def nothing(self, now: int, /) -> None:
        raise AssertionError


class Child(Api):
    """One that has another operation, and another of the same name."""

    @operation("More")
    def more(self, now: int, /) -> None:
        raise AssertionError

    @operation("NothingMore")
    def nothing(self, now: int, /) -> None:
        raise AssertionError


DO_IT: Operation[..., Any] = operations_of(Api)["do_it"]


# --- shapes ----------------------------------------------------------------------------------------------------------


def test_operations_are_found_with_those_that_are_inherited() -> None:
    assert {name: one.name for name, one in operations_of(Api).items()} == {"do_it": "DoIt", "nothing": "Nothing"}
    assert {name: one.name for name, one in operations_of(Child).items()} == {
        "do_it": "DoIt",
        "nothing": "NothingMore",
        "more": "More",
    }
    assert (DO_IT.method_name, DO_IT.__doc__, DO_IT.http.status, DO_IT.blocking) == ("do_it", "It does it.", 201, False)
    assert (DO_IT.streaming, DO_IT.plain_answer, DO_IT.short, DO_IT.plain_way) == (False, None, None, None)
    assert (dict(DO_IT.longer_answers), dict(DO_IT.assumes), dict(DO_IT.readers)) == ({}, {}, {})
    nothing = operations_of(Api)["nothing"]
    assert (nothing.blocking, nothing.http, nothing.result, nothing.input.members) == (True, Http(), type(None), {})
    assert DO_IT.result is Result
    assert operations_of(object) == {}


def test_a_signature_is_a_structure() -> None:
    shape = DO_IT.input
    assert (shape.kind, shape.name, shape.required, shape.minimum) == ("structure", "DoItRequest", ("Text",), None)
    assert {name: (member.kind, member.minimum) for name, member in shape.members.items()} == {
        "Text": ("string", 1),
        "Number": ("integer", 0),
        "Share": ("double", 1),
        "Yes": ("boolean", None),
        "Data": ("blob", None),
        "At": ("timestamp", None),
        "Kind": ("string", None),
        "Words": ("list", 1),
        "Tags": ("map", None),
        "One": ("structure", None),
        "Many": ("list", None),
        "Deep": ("structure", None),
        "Adapted": ("string", None),
        "Looked": ("structure", None),
    }
    members = shape.members
    assert (members["Words"].member.kind, members["Words"].key) == ("string", None)
    assert (members["Tags"].key.kind, members["Tags"].member.kind) == ("string", "string")
    assert (members["Adapted"].client_side, members["Looked"].client_side) == (TEXT_OR_FILE, KEPT)
    assert members["Looked"].members.keys() == {"Id", "Count", "Flags", "When"}
    assert members["Text"].client_side is None
    leaf, tree = members["One"], members["Deep"]
    assert (leaf.name, leaf.required, list(leaf.members)) == ("Leaf", ("Id",), ["Id", "Count", "Flags", "When"])
    assert (leaf.members["Id"].minimum, leaf.members["Flags"].member.kind) == (2, "string")
    assert (tree.name, tree.required, tree.members["Leaves"].member.name) == ("Tree", ("Name",), "Leaf")


def test_bounds_keep_what_they_are_put_around() -> None:
    shape = Shape.of(Annotated[Mapping[str, int], Minimum(3)])
    assert (shape.kind, shape.minimum, shape.key.kind, shape.member.kind) == ("map", 3, "string", "integer")
    shape = Shape.of(Annotated[Leaf, Minimum(4)])
    assert (shape.kind, shape.minimum, shape.name, shape.required) == ("structure", 4, "Leaf", ("Id",))
    assert list(shape.members) == ["Id", "Count", "Flags", "When"]
    assert Shape.of(Annotated[Blob, Minimum(5)]).minimum == 5
    assert (Shape.of(Annotated[Blob, Minimum(5)]).kind, Shape.of(Annotated[str, "note"]).kind) == ("blob", "string")
    with pytest.raises(TypeError) as caught:
        Shape.of(object)
    assert str(caught.value) == "no shape for the annotation <class 'object'>"
    with pytest.raises(TypeError):
        Shape.of(IO[bytes])
    assert Shape.of(Iterable[str]).kind == "list"


# --- the fast check --------------------------------------------------------------------------------------------------


class Word(str):
    __slots__ = ()


LEAF = {"Id": "ab"}
# A parameter, what the fast check passes, and what it leaves to the validation.
CHECKED: list[tuple[str, list[Any], list[Any]]] = [
    ("Text", ["a", "abc"], ["", 1, None, Word("a"), b"a", UNSET]),
    ("Number", [0, 7, UNSET], [-1, True, 1.0, "1", None]),
    ("Share", [1.0, 7.5, UNSET], [0.5, 1, "1", Decimal(1)]),
    ("Yes", [True, False, UNSET], [1, 0, None, "true"]),
    ("Data", [b"", b"x", UNSET], ["x", bytearray(b"x"), 1, io.BytesIO()]),
    ("At", [UNSET], [0, "2026-01-01", datetime(2026, 1, 1, tzinfo=UTC)]),
    ("Kind", ["a", "z", UNSET], [1, Word("a")]),
    ("Words", [["a"], ["", "b"], UNSET], [[], ("a",), ["a", 1], [Word("a")], "a", {}]),
    ("Tags", [{}, {"a": "b", "c": ""}, UNSET], [{"a": 1}, {1: "a"}, [], {"a": "b", "c": None}]),
    (
        "One",
        [LEAF, {**LEAF, "Count": 1}, {**LEAF, "Flags": []}, {"Flags": ["a"], "Count": 5, **LEAF}, UNSET],
        [
            {},
            {"Id": "a"},
            {"Id": 7},
            {"Count": 1},
            {**LEAF, "Count": 0},
            {**LEAF, "Flags": "a"},
            {**LEAF, "Flags": [1]},
            {**LEAF, "Flags": ["a"], "Count": "1"},
            {**LEAF, "Other": 1},
            {**LEAF, "Count": 1, "Other": 1},
            {**LEAF, "Count": 1, "Flags": [], "Other": 1},
            {**LEAF, "When": 0},
            [],
            "ab",
        ],
    ),
    (
        "Many",
        [[], [LEAF], [LEAF, {**LEAF, "Count": 1}, {**LEAF, "Count": 1, "Flags": []}], UNSET],
        [
            [{}],
            [LEAF, {"Id": "a"}],
            [LEAF, 1],
            (LEAF,),
            [{**LEAF, "Count": 0}, LEAF],
            [{**LEAF, "Other": 1}, LEAF],
            LEAF,
        ],
    ),
    (
        "Deep",
        [{"Name": ""}, {"Name": "a", "Leaves": [LEAF]}, UNSET],
        [{"Leaves": [LEAF]}, {"Name": "a", "Leaves": [{}]}, {"Name": "a", "Leaves": LEAF}, {"Name": "a", "b": 1}],
    ),
    ("Adapted", ["a", UNSET], [1, b"a"]),
    ("Looked", [{}, UNSET], [LEAF]),
]


def compiled(declared: Operation[..., Any]) -> Callable[..., bool]:
    check = FastCheck(declared)
    names = declared.input.members
    given = ", ".join(f"{name}=UNSET" for name in names)
    source = f"{check.helpers}\ndef is_unclear(*, {given}):\n    return bool({check.is_unclear})\n"
    namespace = dict(check.constants)
    exec(source, namespace)
    found: Callable[..., bool] = namespace["is_unclear"]
    return found


@pytest.mark.parametrize(("name", "passed", "left"), CHECKED, ids=[name for name, _, _ in CHECKED])
def test_what_is_plainly_right_passes_and_all_else_is_left(name: str, passed: list[Any], left: list[Any]) -> None:
    """Nothing passes that is not."""
    is_unclear = compiled(DO_IT)
    for value in passed:
        assert not is_unclear(**{"Text": "a", name: value}), value
        given = {} if value is UNSET else {name: value}
        assert violations_of(DO_IT.input, {"Text": "a", **given}) == [] or name == "Looked"
    for value in left:
        assert is_unclear(**{"Text": "a", name: value}), value


def test_an_operation_without_parameters_has_nothing_to_check() -> None:
    check = FastCheck(operations_of(Api)["nothing"])
    assert (check.is_unclear, check.helpers, check.constants) == ("False", "", {"UNSET": UNSET})


def test_readers_stand_in_the_place_of_the_fast_check() -> None:
    class Short:
        @operation("DoIt", readers={"Words": lambda words: words or None})
        def do_it(self, now: int, /, *, Text: str, Words: Sequence[str] = UNSET) -> None:
            raise AssertionError

    is_unclear = compiled(operations_of(Short)["do_it"])
    assert [is_unclear(Text="a", Words=words) for words in (UNSET, ["a"], [1], [])] == [False, False, False, True]
    assert is_unclear(Text=1)


# --- the validation --------------------------------------------------------------------------------------------------

STR, INT, DICT = "<class 'str'>", "<class 'int'>", "<class 'dict'>"
LIST = "<class 'list'>, <class 'tuple'>"
DOUBLE = "<class 'float'>, <class 'decimal.Decimal'>, <class 'int'>"
MEMBERS = ", ".join(DO_IT.input.members)


def of_type(name: str, value: Any, types: str) -> str:
    return f"Invalid type for parameter {name}, value: {value}, type: {type(value)}, valid types: {types}"


@pytest.mark.parametrize(
    ("params", "report"),
    [
        ({}, ['Missing required parameter in input: "Text"']),
        (5, [of_type("input", 5, DICT)]),
        (
            {"Text": "", "Number": -1},
            [
                "Invalid length for parameter Text, value: 0, valid min length: 1",
                "Invalid value for parameter Number, value: -1, valid min value: 0",
            ],
        ),
        ({"Text": "a", "Number": True, "Share": True, "Yes": False}, []),
        ({"Text": "a", "Share": 0}, ["Invalid value for parameter Share, value: 0, valid min value: 1"]),
        ({"Text": "a", "Share": "x"}, [of_type("Share", "x", DOUBLE)]),
        ({"Text": "a", "Share": Decimal("1.5"), "Words": ("a",)}, []),
        ({"Text": "a", "Yes": 1}, [of_type("Yes", 1, "<class 'bool'>")]),
        ({"Text": "a", "Words": []}, ["Invalid length for parameter Words, value: 0, valid min length: 1"]),
        ({"Text": "a", "Words": "ab"}, [of_type("Words", "ab", LIST)]),
        ({"Text": "a", "Words": ["a", 1, None]}, [of_type("Words[1]", 1, STR), of_type("Words[2]", None, STR)]),
        ({"Text": "a", "Tags": {1: 2}}, [of_type("Tags (key: 1)", 1, STR), of_type("Tags.1", 2, STR)]),
        ({"Text": "a", "Tags": []}, [of_type("Tags", [], DICT)]),
        ({"Text": "a", "Data": 5}, [of_type("Data", 5, "<class 'bytes'>, <class 'bytearray'>, file-like object")]),
        ({"Text": "a", "Data": "x"}, []),
        ({"Text": "a", "Data": io.BytesIO()}, []),
        ({"Text": "a", "At": None}, [of_type("At", None, "<class 'datetime.datetime'>, timestamp-string")]),
        ({"Text": "a", "At": "soon"}, [of_type("At", "soon", "<class 'datetime.datetime'>, timestamp-string")]),
        ({"Text": "a", "At": 10**30}, [of_type("At", 10**30, "<class 'datetime.datetime'>, timestamp-string")]),
        ({"Text": "a", "At": 0}, []),
        ({"Text": "a", "At": "5.5"}, []),
        ({"Text": "a", "At": datetime(2026, 1, 1)}, []),  # noqa: DTZ001
        ({"Text": "a", "Zero": 1}, [f'Unknown parameter in input: "Zero", must be one of: {MEMBERS}']),
        (
            {"Text": "a", "One": {"Zero": 1, "Count": 0}},
            [
                'Missing required parameter in One: "Id"',
                'Unknown parameter in One: "Zero", must be one of: Id, Count, Flags, When',
                "Invalid value for parameter One.Count, value: 0, valid min value: 1",
            ],
        ),
        (
            {"Text": "a", "Many": [LEAF, {"Id": 5}], "Deep": {"Name": "a", "Leaves": [{"Id": "a"}]}},
            [
                of_type("Many[1].Id", 5, STR),
                "Invalid length for parameter Deep.Leaves[0].Id, value: 1, valid min length: 2",
            ],
        ),
    ],
)
def test_botocore_s_report(params: Any, report: list[str]) -> None:
    assert violations_of(DO_IT.input, params) == report


def test_a_map_has_no_least_length() -> None:
    assert violations_of(Shape.of(Annotated[Mapping[str, str], Minimum(3)]), {}) == []
    assert violations_of(Shape.of(Annotated[Blob, Minimum(3)]), b"") == []


def test_parameters_are_made_plain() -> None:
    class Number(int):
        def __str__(self) -> str:
            return "x"

    made = normalised(
        DO_IT.input,
        {
            "Text": Word("a"),
            "Number": Number(5),
            "Share": 1,
            "Yes": True,
            "Data": "é",
            "At": 1.5,
            "Words": (Word("a"),),
            "Tags": {Word("k"): Word("v")},
            "Many": [{"Id": Word("ab")}],
        },
    )
    assert made == {
        "Text": "a",
        "Number": 5,
        "Share": 1.0,
        "Yes": True,
        "Data": "é".encode(),
        "At": datetime(1970, 1, 1, 0, 0, 1, 500_000, UTC),
        "Words": ["a"],
        "Tags": {"k": "v"},
        "Many": [{"Id": "ab"}],
    }
    assert [type(made[name]) for name in ("Text", "Number", "Share", "Words")] == [str, int, float, list]
    assert [type(one) for one in (*made["Tags"], *made["Tags"].values(), made["Many"][0]["Id"])] == [str] * 3
    blob = Shape.of(Blob)
    for value in (b"x", bytearray(b"x"), "x", io.BytesIO(b"x"), io.StringIO("x")):
        assert normalised(blob, value) == b"x"
        assert type(normalised(blob, b"x")) is bytes
    aware = datetime(2026, 1, 1, tzinfo=UTC)
    assert normalised(Shape.of(Timestamp), aware) is aware
    assert normalised(Shape.of(Timestamp), "5.5") == datetime(1970, 1, 1, 0, 0, 5, 500_000, UTC)
    assert normalised(Shape.of(Timestamp), "2026-01-01T00:00:00Z") == aware
    assert normalised(Shape.of(Timestamp), aware.replace(tzinfo=None)).tzinfo is not None


@pytest.mark.parametrize(("value", "word"), [(True, "TRUE_VALUE"), (False, "FALSE_VALUE")])
def test_a_boolean_is_no_number(value: bool, word: str) -> None:
    with pytest.raises(AwsError) as caught:
        normalised(Shape.of(int), value)
    error = caught.value
    assert error.message == f"{word} can not be converted to an Integer"
    assert error.code == error.shape == "SerializationException"


def test_an_operation_validates_its_call() -> None:
    names = list(DO_IT.input.members)

    def call(*args: Any, unknown: Any = None, **given: Any) -> dict[str, Any]:
        values = [given.get(name, UNSET) for name in names]
        return dict(zip(names, DO_IT.validate_call(args, unknown or {}, *values), strict=True))

    made = call(Text=Word("a"), Adapted=5)
    assert made == {**dict.fromkeys(names, UNSET), "Text": "a", "Adapted": "<5>"}
    with pytest.raises(TypeError) as refused:
        call(1, Text="a")
    assert str(refused.value) == "do_it() only accepts keyword arguments."
    with pytest.raises(ParamValidationError) as caught:
        call(Number="x", unknown={"Zero": 1})
    assert str(caught.value) == "\n".join(
        [
            "Parameter validation failed:",
            'Missing required parameter in input: "Text"',
            f'Unknown parameter in input: "Zero", must be one of: {MEMBERS}',
            of_type("Number", "x", INT),
        ]
    )
    assert DO_IT.validate({"Text": "a", "Looked": LEAF}) == {"Text": "a", "Looked": LEAF}


def test_what_a_client_adapts_is_of_the_kind_that_is_sent() -> None:
    """Whatever else may be given."""
    shape = Shape.of(Annotated[str | bytes, TEXT_OR_FILE])
    assert (shape.kind, shape.client_side) == ("string", TEXT_OR_FILE)

"""Values of each kind, as protocols read and write them one by one."""

from __future__ import annotations

import json
import math
from email.utils import formatdate
from types import SimpleNamespace
from typing import Any

import pytest

import minicloud
from minicloud.core.operation import operations_of
from minicloud.exceptions import AwsError
from minicloud.services.registry import load_service
from minicloud.wire import json_compiled, json_protocol, query_protocol, rest_json_protocol, rpc_cbor_protocol
from minicloud.wire.bodies import _content, rest_json_body
from minicloud.wire.cbor import Timestamp
from minicloud.wire.headers import http_date_of
from minicloud.wire.model import DeclaredOperation
from tests.server.support import Raw, request


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("float", "1.5", 1.5),
        ("double", "-1e3", -1000.0),
        ("integer", "7", 7),
        ("long", "-7", -7),
        ("blob", "YQ==", b"a"),
        ("boolean", "TRUE", True),
        ("boolean", "false", False),
        ("string", " 1 ", " 1 "),
    ],
)
def test_values_of_forms(kind: str, text: str, value: Any) -> None:
    read = query_protocol._scalar(kind, text)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("kind", "text"),
    [("float", "x"), ("double", ""), ("integer", "1.0"), ("blob", "Y"), ("boolean", "1"), ("timestamp", "soon")],
)
def test_values_of_forms_that_are_none(kind: str, text: str) -> None:
    with pytest.raises(AwsError, match="can not be converted to"):
        query_protocol._scalar(kind, text)


def test_values_of_cbor() -> None:
    """What is of another kind is none."""
    read = rpc_cbor_protocol._scalar
    assert (read("blob", b"a"), read("blob", "a"), read("blob", 1)) == (b"a", None, None)
    moment = read("timestamp", Timestamp(1.5))
    assert moment.timestamp() == 1.5
    assert read("timestamp", Timestamp(1.0004)).timestamp() == 1.0
    for other in (1, "1", None, Timestamp(1e300), Timestamp(float("nan"))):
        assert read("timestamp", other) is None


def test_what_is_inside_of_an_answer_in_xml() -> None:
    """A document of a policy's is a text; of all other things the parts stand there one by one."""
    assert _content("PolicyDocument", {"a": [1]}) == "%7B%22a%22%3A%5B1%5D%7D"
    assert _content("AssumeRolePolicyDocument", {"a": 1}) == "%7B%22a%22%3A1%7D"
    assert _content("PolicyDocuments", {"a": 1}) == [("a", "1")]
    assert _content("attributes", {"a": "b"}) == [("entry", [("key", "a"), ("value", "b")])]
    assert _content("Topics", [{"a": "b"}, "c"]) == [("member", [("a", "b")]), ("member", "c")]


def test_places_in_forms_have_up_to_nineteen_digits() -> None:
    """And are in the order of their numbers."""
    first, second, third = {"": "a"}, {"": "b"}, {"": "c"}
    node = {"10": second, "0" * 18 + "2": first, "9" * 19: third, "1" * 20: {"": "d"}, "x": {"": "e"}}
    assert query_protocol._numbered(node) == [first, second, third]


def test_the_time_at_which_an_object_was_changed_is_that_of_headers_where_it_is_deleted() -> None:
    """[botocore's model: DeleteObjects]"""
    service = load_service("s3")
    [operation] = [one for one in operations_of(service.api).values() if one.name == "DeleteObjects"]
    made: Any = DeclaredOperation(service, operation, "rest-xml")
    members = made.input_shape.members["Delete"].members["Objects"].member.members
    found = {name: member.serialization.get("timestampFormat") for name, member in members.items()}
    assert found == {**dict.fromkeys(found), "LastModifiedTime": "rfc822"}


def test_items_of_lists_in_xml_have_their_names(cloud: minicloud.Cloud) -> None:
    s3 = cloud.client("s3", "us-east-1")
    s3.create_bucket(Bucket="photos")
    s3.put_object(Bucket="photos", Key="k", Body=b"", Tagging="a=b&c=d")
    with cloud.serve() as server:
        raw = Raw(server.url)
        listed = raw.send(request("GET", "/", host="s3.localhost")).answer().body
        tags = raw.send(request("GET", "/photos/k?tagging", host="s3.localhost")).answer().body
        raw.close()
    assert b"<Buckets><Bucket><Name>photos</Name>" in listed
    assert b"<TagSet><Tag><Key>a</Key><Value>b</Value></Tag><Tag><Key>c</Key>" in tags


def test_dates_of_headers_are_those_of_the_standard_library() -> None:
    """On each day of the week, in each month. [RFC 9110, 5.6.7]"""
    for day in [*range(0, 400, 5), 11_016, 20_000, 47_482, 2_932_896]:
        seconds = day * 86_400 + 86_399 - day % 86_400
        assert http_date_of(seconds * 10**9)[2] == formatdate(seconds, usegmt=True)
    begin, end, _ = http_date_of(5_999_999_999)
    assert (begin, end) == (5_000_000_000, 6_000_000_000)
    assert http_date_of(6_000_000_000)[:2] == (6_000_000_000, 7_000_000_000)


class Shape:
    """As much of one as readers ask for."""

    def __init__(self, type_name: str, **parts: Any) -> None:
        self.type_name = type_name
        self.name = "Thing"
        self.serialization = parts.pop("serialization", {})
        self.members = parts.pop("members", {})
        self.required_members = parts.pop("required_members", ())
        self.member = parts.pop("member", None)
        self.key = parts.pop("key", None)
        self.value = parts.pop("value", None)
        self.is_lenient = parts.pop("is_lenient", False)


TEXT = Shape("string")


@pytest.mark.parametrize(
    ("shape", "value", "read"),
    [
        (Shape("string"), "a", "a"),
        (Shape("blob"), "YQ==", b"a"),
        (Shape("integer"), 7, 7),
        (Shape("integer"), 7.9, 7),
        (Shape("long"), -7, -7),
        (Shape("float"), 1, 1.0),
        (Shape("double"), "NaN", "nan"),
        (Shape("double"), "Infinity", math.inf),
        (Shape("float"), "-Infinity", -math.inf),
        (Shape("boolean"), False, False),
        (Shape("timestamp"), 1.5, 1.5),
        (Shape("list", member=TEXT), ["a", None, "b"], ["a", "b"]),
        (Shape("map", value=TEXT), {"a": "b", "c": None}, {"a": "b"}),
        (
            Shape("structure", members={"A": TEXT, "B": Shape("string", serialization={"name": "bee"})}),
            {"A": "1", "bee": "2", "other": None},
            {"A": "1", "B": "2"},
        ),
    ],
)
def test_values_of_json(shape: Any, value: Any, read: Any) -> None:
    found = json_protocol.read_value(shape, value)
    if shape.type_name == "timestamp":
        found = found.timestamp()
    assert str(found) == "nan" if read == "nan" else found == read
    assert type(found) is type(read) or read == "nan"
    compiled = json_compiled._reader_of(shape)
    try:
        again: Any = compiled(value)
    except (json_compiled._Unclear, KeyError):  # what is not plain is read on the long way
        assert shape.type_name in ("integer", "double", "float", "list", "map", "structure")
    else:
        again = again.timestamp() if shape.type_name == "timestamp" else again
        assert str(again) == str(found)


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("integer", "1", "can not be converted to an Integer"),
        ("long", True, "can not be converted to a Long"),
        ("double", "x", "can not be converted to a Double"),
        ("float", "1", "can not be converted to a Float"),
        ("integer", math.inf, "can not be converted to an Integer"),
        ("boolean", 1, "can not be converted to a Boolean"),
        ("timestamp", "1", "can not be converted to milliseconds since epoch"),
        ("timestamp", True, "can not be converted to milliseconds since epoch"),
        ("timestamp", 1e300, "can not be converted to milliseconds since epoch"),
        ("string", 1, "can not be converted to a String"),
        ("blob", 1, "can not be converted to a Blob"),
    ],
)
def test_values_of_json_that_are_none(kind: str, value: Any, text: str) -> None:
    with pytest.raises(AwsError) as caught:
        json_protocol.read_value(Shape(kind), value)
    assert caught.value.code == "SerializationException"
    assert str(caught.value).endswith(text)


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_constants_of_javascript_are_no_json(constant: str) -> None:
    with pytest.raises(ValueError, match=f"^{constant} is no JSON$"):
        json_protocol.scan_json(f"[{constant}]", 0)
    with pytest.raises(AwsError, match=r"^.*Unable to parse the request as JSON$"):
        json_protocol.content_of(f'{{"a": {constant}}}'.encode())


def test_lists_and_maps_of_forms() -> None:
    """One by one, under numbers or alone, flat or inside of a name."""

    def read(shape: Shape, *form: tuple[str, str]) -> Any:
        members = {"Things": shape}
        model: Any = SimpleNamespace(input_shape=Shape("structure", members=members, is_lenient=False))
        return query_protocol.params_of(form, model)

    flat = {"flattened": True}
    entry = Shape("string", serialization={"name": "Thing"})
    assert read(Shape("list", member=TEXT), ("Things.member.1", "a"), ("Things.member.2", "b")) == {
        "Things": ["a", "b"]
    }
    assert read(Shape("list", member=entry), ("Things.Thing.2", "b"), ("Things.Thing.1", "a")) == {"Things": ["a", "b"]}
    named = Shape("list", member=entry, serialization=flat)
    assert read(named, ("Thing.1", "a"), ("Thing.10", "c"), ("Thing.9", "b")) == {"Things": ["a", "b", "c"]}
    assert read(named, ("Thing", "a")) == {"Things": ["a"]}
    assert read(named, ("Things", "")) == {"Things": []}
    of_map = Shape("map", key=TEXT, value=TEXT)
    form = [("Things.entry.1.key", "a"), ("Things.entry.1.value", "b"), ("Things.entry.2.key", "c")]
    assert read(of_map, *form) == {"Things": {"a": "b", "c": ""}}
    key, value = Shape("string", serialization={"name": "Name"}), Shape("string", serialization={"name": "Value"})
    flat_map = Shape("map", key=key, value=value, serialization={"flattened": True, "name": "Thing"})
    assert read(flat_map, ("Thing.1.Name", "a"), ("Thing.1.Value", "b")) == {"Things": {"a": "b"}}
    assert read(flat_map, ("Thing.Name", "a"), ("Thing.Value", "b")) == {"Things": {"a": "b"}}
    for other in ("Action", "Version", "X-Amz-Date", "Signature"):
        assert read(flat_map, (other, "x"), ("Thing.1.Name", "a")) == {"Things": {"a": ""}}


@pytest.mark.parametrize(
    ("form", "text", "seconds"),
    [
        ("unixTimestamp", "1.5", 1.5),
        ("iso8601", "1970-01-01T00:00:02+00:00", 2.0),
        ("rfc822", "Thu, 01 Jan 1970 00:00:03 GMT", 3.0),
    ],
)
def test_moments_in_headers_and_paths(form: str, text: str, seconds: float) -> None:
    assert rest_json_protocol._moment(text, form).timestamp() == seconds


def test_blanks_of_a_path() -> None:
    """One with a plus has slashes, too; nothing is behind the last."""
    plain, long = (rest_json_protocol._pattern.__wrapped__(f"/a.b/{{{name}}}/c?d") for name in ("Name", "Name+"))
    for path, is_plain, is_long in (
        ("/a.b/x/c", "x", "x"),
        ("/a.b/x/c/", "x", "x"),
        ("/a.b/x/y/c", None, "x/y"),
        ("/axb/x/c", None, None),
        ("/a.b//c", None, None),
        ("/a.b/x/cd", None, None),
    ):
        for pattern, blank in ((plain, is_plain), (long, is_long)):
            found = pattern.match(path)
            assert (None if found is None else found[1]) == blank, path
    assert rest_json_protocol._blanks("/a/{B}/{C+}?{D}") == ["B", "C"]


@pytest.mark.parametrize(
    ("status", "headers", "result", "body"),
    [
        (200, {}, {}, b"{}"),
        (204, {}, {}, b""),
        (202, {}, {"A": 1}, b'{"A":1}'),
        ("StatusCode", {}, {}, b"{}"),
        ("StatusCode", {}, {"StatusCode": 200}, b"{}"),
        ("StatusCode", {}, {"StatusCode": 202}, b""),
        ("StatusCode", {"H": "x-h"}, {"StatusCode": 202, "H": "h", "A": 1}, b'{"A":1}'),
    ],
)
def test_what_of_an_answer_is_in_its_body(status: Any, headers: Any, result: Any, body: bytes) -> None:
    http: Any = SimpleNamespace(payload="", status=status, headers=headers)
    assert rest_json_body(http, result) == body
    http.payload = "Payload"
    assert rest_json_body(http, {**result, "Payload": b"p"}) == b"p"
    assert rest_json_body(http, result) == b""


@pytest.mark.parametrize(
    ("shape", "value", "text"),
    [
        (Shape("string"), 'a"\u00e9', '"a\\"\\u00e9"'),
        (Shape("integer"), 7, "7"),
        (Shape("boolean"), True, "true"),
        (Shape("blob"), b"a", '"YQ=="'),
        (Shape("list", member=TEXT), ["a", "b"], '["a","b"]'),
        (Shape("list", member=Shape("integer")), [], "[]"),
        (Shape("map", value=Shape("integer")), {"a": 1, "\u00e9": 2}, '{"a":1,"\\u00e9":2}'),
        (
            Shape(
                "structure",
                members={
                    "A": Shape("integer"),
                    "B": Shape("list", member=Shape("structure", members={"C": TEXT})),
                    "D": Shape("string", serialization={"name": "dee"}),
                },
            ),
            {"A": 1, "B": [{"C": "c", "X": 1}], "D": "d", "Y": 2},
            '{"A":1,"B":[{"C":"c"}],"dee":"d"}',
        ),
    ],
)
def test_values_are_written_in_json(shape: Any, value: Any, text: str) -> None:
    """By what is compiled as by the protocol."""
    assert json_compiled._writer_of(shape)(value) == text
    written = json_protocol.value_of(shape, value)
    assert json.dumps(written, separators=(",", ":")) == text

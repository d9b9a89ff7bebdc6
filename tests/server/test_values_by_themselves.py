"""Values of each kind, as protocols read and write them one by one."""

from __future__ import annotations

from typing import Any

import pytest

import minicloud
from minicloud.core.operation import operations_of
from minicloud.exceptions import AwsError
from minicloud.services.registry import load_service
from minicloud.wire import query_protocol, rpc_cbor_protocol
from minicloud.wire.bodies import _content
from minicloud.wire.cbor import Timestamp
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

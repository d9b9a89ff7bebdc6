"""What botocore writes is read, and what is written botocore reads, for every operation and with any values."""

from __future__ import annotations

import datetime
import io
from functools import lru_cache
from typing import Any

import botocore.parsers
import botocore.serialize
import botocore.session
import pytest
from botocore.awsrequest import AWSRequest, HeadersDict
from botocore.response import StreamingBody
from hypothesis import given, settings
from hypothesis import strategies as st

import minicloud
from minicloud.core.operation import operations_of
from minicloud.services.registry import load_service
from minicloud.wire.protocol import PROTOCOLS, load_protocol
from minicloud.wire.query_protocol import is_flattened
from tests.support.depth import deep

pytestmark = pytest.mark.needs("botocore")

SESSION = botocore.session.Session()
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), include_characters="\t\n\r"), max_size=5)
NAME = st.text("abcXYZ.-_0", min_size=1, max_size=5)
MOMENT = st.integers(0, 4_000_000_000_000).map(lambda ms: datetime.datetime.fromtimestamp(ms // 1000, datetime.UTC))


def values(shape: Any, *, fill: bool, is_xml: bool = False) -> st.SearchStrategy[Any]:
    """Any value of a shape. ``fill``: no empty structures and maps, as the query protocol has none.

    ``is_xml``: no empty lists either, and no texts that botocore does not escape.
    """
    kind = shape.type_name
    if kind == "structure":
        members = {
            name: values(member, fill=fill, is_xml=is_xml)
            for name, member in shape.members.items()
            if not member.serialization.get("eventstream")
        }
        if shape.is_tagged_union:
            return st.one_of(*(st.fixed_dictionaries({name: member}) for name, member in members.items()))
        found = st.fixed_dictionaries({}, optional=members)
        if not fill or not members:
            return found
        # Not by a filter: of structures in structures too many examples would be refused.
        one = st.one_of(*(st.fixed_dictionaries({name: member}) for name, member in members.items()))
        return found.flatmap(lambda drawn: st.just(drawn) if drawn else one)
    if kind == "list":
        return st.lists(values(shape.member, fill=fill, is_xml=is_xml), min_size=int(is_xml), max_size=3)
    if kind == "map":
        return st.dictionaries(NAME, values(shape.value, fill=fill), min_size=int(fill), max_size=3)
    if kind in ("integer", "long"):
        return st.integers(-(2**31), 2**31 - 1)
    if kind in ("float", "double"):
        return st.floats(-1e9, 1e9)
    text = st.text("aZ09<&>\"' é", min_size=1, max_size=5) if is_xml else TEXT
    return {"boolean": st.booleans(), "blob": st.binary(max_size=5), "timestamp": MOMENT}.get(kind, text)


def rest_values(shape: Any, *, required: str = "", is_xml: bool = False) -> st.SearchStrategy[Any]:
    """Any value of a shape whose members lie in several places; those in the place that is ``required`` are there."""
    members = {}
    for name, member in shape.members.items():
        place = member.serialization.get("location")
        text = NAME if place == "header" else st.text("aZ09-_.:$/ ü%+", min_size=1, max_size=8)
        members[name] = values(member, fill=True, is_xml=is_xml)
        if place is not None and member.type_name == "string":
            members[name] = text
        elif place is not None and member.type_name == "list":
            members[name] = st.lists(text, min_size=1, max_size=3)
    there = {name for name, one in shape.members.items() if one.serialization.get("location", "") == required}
    given = {name: value for name, value in members.items() if required and name in there}
    return st.fixed_dictionaries(given, optional={name: members[name] for name in members if name not in given})


MODELS = {service: SESSION.get_service_model(service) for service in PROTOCOLS}
OPERATIONS = [
    (service, operation.name)
    for service in PROTOCOLS
    for operation in operations_of(load_service(service).api).values()
    if operation.name in MODELS[service].operation_names
    # Older releases know CloudWatch's other protocol alone.
    and (PROTOCOLS[service] != "json" or "targetPrefix" in MODELS[service].metadata)
]


# Examples of an operation share what they are drawn from: it takes as long to make as an example.


@lru_cache(maxsize=1)
def any_params(service: str, name: str) -> st.SearchStrategy[dict[str, Any]]:
    protocol, shape = PROTOCOLS[service], MODELS[service].operation_model(name).input_shape
    if protocol.startswith("rest-"):
        return rest_values(shape, required="uri", is_xml=protocol == "rest-xml")
    return values(shape, fill=True)


@lru_cache(maxsize=1)
def any_result(service: str, name: str) -> st.SearchStrategy[dict[str, Any]]:
    protocol, shape = PROTOCOLS[service], MODELS[service].operation_model(name).output_shape
    if shape is None:
        return st.just({})
    if protocol.startswith("rest-"):
        return rest_values(shape, is_xml=protocol == "rest-xml")
    return values(shape, fill=False)


@pytest.mark.parametrize(("service", "name"), OPERATIONS)
@settings(max_examples=max(3, deep(10)))
@given(data=st.data())
def test_requests(service: str, name: str, data: st.DataObject) -> None:
    protocol = PROTOCOLS[service]
    model = MODELS[service].operation_model(name)
    if model.input_shape is None:
        return
    is_rest, is_xml = protocol.startswith("rest-"), protocol == "rest-xml"
    params = data.draw(any_params(service, name))
    written = botocore.serialize.create_serializer(protocol, False).serialize_to_request(params, model)
    url = "https://example.com" + written["url_path"]
    query = written["query_string"] or {}
    request = AWSRequest("POST", url, headers=written["headers"], data=written["body"], params=query).prepare()
    body = request.body.encode() if isinstance(request.body, str) else request.body
    if protocol == "query":
        # It has no words for an empty map, nor for an empty list that is flattened: one that is required and not there
        # is empty.
        members = model.input_shape.members
        required = {name: members[name] for name in model.input_shape.required_members}
        maps = {name: {} for name, member in required.items() if member.type_name == "map"}
        lists = {name: [] for name, member in required.items() if member.type_name == "list" and is_flattened(member)}
        params = {**maps, **lists, **params}
    payload = model.input_shape.serialization.get("payload")
    if is_rest and not params.get(payload, True):
        del params[payload]  # an empty body says no more
    read = load_protocol(protocol).read_request(body or b"", request.url, request.headers, model)
    if is_xml:
        if "ContentLength" not in params:
            read.pop("ContentLength", None)  # the header that each request has
        if "Metadata" in params:  # names of headers have no case
            params["Metadata"] = {key.lower(): value for key, value in params["Metadata"].items()}
    assert read == params


@pytest.mark.parametrize(("service", "name"), OPERATIONS)
@settings(max_examples=max(3, deep(10)))
@given(data=st.data())
def test_answers(service: str, name: str, data: st.DataObject) -> None:
    protocol = PROTOCOLS[service]
    model = MODELS[service].operation_model(name)
    shape = model.output_shape
    if shape is not None and shape.event_stream_name:
        return
    result = dict(data.draw(any_result(service, name)))
    if protocol.startswith("rest-") and shape is not None:
        result |= {
            name: 200 for name, one in shape.members.items() if one.serialization.get("location") == "statusCode"
        }
    more, content_type, body = load_protocol(protocol).write_answer(result, model, "an-id")
    headers = HeadersDict({"x-amzn-requestid": "an-id", "content-type": content_type, **more})
    if model.has_streaming_output:
        body = StreamingBody(io.BytesIO(body), len(body))
    response = {"body": body, "headers": headers, "status_code": 200, "context": {"operation_name": name}}
    parsed = botocore.parsers.ResponseParserFactory().create_parser(protocol).parse(response, shape)
    assert parsed.pop("ResponseMetadata")["RequestId"] == "an-id"
    if model.has_streaming_output:
        payload = shape.serialization["payload"]
        parsed[payload] = parsed[payload].read()
        result.setdefault(payload, b"")
    if protocol == "rest-xml":
        # What every answer of S3's has; and what botocore reads without its parsers.
        read: dict[str, Any] = {
            name: {} for name in ("CopyObjectResult", "CopyPartResult", "Metadata") if name in parsed
        }
        result = {**read, **result}
        result.setdefault("ContentType", "")
        result.pop("LocationConstraint", None)
        if model.has_streaming_output:
            result.pop("ContentLength", None)  # the header that each answer has
        parsed.setdefault("ContentType", "")
    assert parsed == result


@pytest.mark.parametrize(
    "name",
    ["AWSAccessKeyId", "Expires", "SecurityToken", "Signature", "SignatureMethod", "SignatureVersion", "Timestamp"],
)
def test_what_a_form_says_of_the_request_is_no_parameter(name: str) -> None:
    """Who has signed it, as botocore's signature of version 2 has it there; what else there is, is told."""
    model = MODELS["sns"].operation_model("ListTopics")
    body = f"Action=ListTopics&Version=2010-03-31&X-Amz-Date=now&{name}=x&NextToken=t".encode()
    assert load_protocol("query").read_request(body, "https://example.com/", {}, model) == {"NextToken": "t"}
    with pytest.raises(minicloud.UsageError) as caught:
        load_protocol("query").read_request(body.replace(b"=x", b"s=x"), "https://example.com/", {}, model)
    assert str(caught.value) == (
        f"the request has '{name}s', which ListTopicsInput has not in the model of the client's botocore: minicloud "
        "does not leave out what it does not know; look for the handler that puts it there, or take it out of the form"
    )

"""What is said to requests that cannot be placed, to the letter; and how much of what they say is repeated to them."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from minicloud.server.aio_plans import form_of, plan_of
from minicloud.server.authorization import check
from minicloud.server.http_request import _KNOWN, HttpError, HttpRequest, RequestParser
from minicloud.server.unrouted import no_such_version, unsupported
from minicloud.wire import cbor

from .test_routing import FORM, JSON, asked, refused, route
from .test_who_and_where import header, scope

JSON_1_1, CBOR = "application/x-amz-json-1.1", "application/x-amz-cbor-1.1"
UNKNOWN, UNREAD = "UnknownOperationException", "SerializationException"
PAGE = (404, "text/xml <UnknownOperationException/>\n")
DENIED = (
    403,
    " <AccessDeniedException>\n  <Message>Unable to determine service/operation name to be authorized</Message>\n"
    "</AccessDeniedException>\n",
)
ID = "00000000-0000-0000-0000-000000000000"


def in_json(name: str, content_type: str = JSON_1_1) -> tuple[int, str]:
    return 400, f'{content_type} {{"__type":"{name}"}}'


def in_cbor(name: str) -> tuple[int, str]:
    return 400, f"{CBOR} {cbor.dumps({'__type': name}).decode('latin-1')}"


def in_output(status: int, name: str) -> tuple[int, str]:
    text = f'{{"Output":{{"__type":"com.amazon.coral.service#{name}"}},"Version":"1.0"}}'
    return status, f"application/json {text}"


def in_xml(code: str, message: str, namespace: str) -> tuple[int, str]:
    return (
        400,
        f'text/xml <ErrorResponse xmlns="{namespace}">\n  <Error>\n    <Type>Sender</Type>\n    <Code>{code}</Code>\n'
        f"    <Message>{message}</Message>\n  </Error>\n  <RequestId>{ID}</RequestId>\n</ErrorResponse>\n",
    )


# --- what cannot be placed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "content_type", "body", "answer"),
    [
        ("Nobody.N", JSON, b"{}", in_json(UNKNOWN)),
        ("Nobody.N", JSON_1_1, b"{}", in_json(UNKNOWN)),
        ("Nobody.N", CBOR, b"{}", in_cbor(UNKNOWN)),
        ("Nobody.N", "text/plain", b"{}", in_cbor(UNKNOWN)),
        ("AmazonSQS.N", JSON, b"{}", in_json(f"com.amazon.coral.service#{UNKNOWN}", JSON)),
        ("Kinesis_20131202.N", JSON_1_1, b"{}", in_json(UNKNOWN)),
        ("Kinesis_20131202.N", CBOR, b"\xa0", in_cbor(UNKNOWN)),
        ("Kinesis_20131202.ListStreams", JSON_1_1, b"", in_json(UNREAD)),
        ("Kinesis_20131202.ListStreams", CBOR, b"", in_cbor(UNREAD)),
        ("Kinesis_20131202.ListStreams", "application/json", b"{}", in_output(404, UNKNOWN)),
        ("Kinesis_20131202.ListStreams", "application/json", b"{", in_output(400, UNREAD)),
        ("Kinesis_20131202.ListStreams", "text/plain", b"{}", PAGE),
        ("Kinesis_20131202.ListStreams", "text/plain", b"", in_cbor(UNREAD)),
        ("Kinesis_20131202.ListStreams", "", b"{}", in_cbor(UNKNOWN)),
    ],
)
def test_a_target_that_leads_nowhere(target: str, content_type: str, body: bytes, answer: tuple[int, str]) -> None:
    assert refused(headers={"X-Amz-Target": target, "Content-Type": content_type}, body=body) == answer


@pytest.mark.parametrize(
    ("method", "content_type", "body", "answer"),
    [
        ("POST", JSON_1_1, b"", in_json(UNKNOWN)),
        ("POST", JSON, b"{}", in_cbor(UNKNOWN)),
        ("POST", "", b"", in_cbor(UNKNOWN)),
        ("POST", "", b"x", DENIED),
        ("POST", "text/plain", b"x", in_cbor(UNKNOWN)),
        ("GET", "", b"", DENIED),
        ("GET", JSON_1_1, b"", DENIED),
    ],
)
def test_what_says_nothing(method: str, content_type: str, body: bytes, answer: tuple[int, str]) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    assert refused("/x", headers, body, method) == answer


@pytest.mark.parametrize(
    ("signed_for", "version", "namespace"),
    [
        ("sns", "2010-03-31", "http://sns.amazonaws.com/doc/2010-03-31/"),
        ("sts", "2011-06-15", "https://sts.amazonaws.com/doc/2011-06-15/"),
        ("iam", "2010-05-08", "https://iam.amazonaws.com/doc/2010-05-08/"),
        ("monitoring", "2010-08-01", "http://monitoring.amazonaws.com/doc/2010-08-01/"),
    ],
)
def test_what_says_no_action(signed_for: str, version: str, namespace: str) -> None:
    """To a service in the query protocol: by a signature, or by the version of its API alone."""
    answer = in_xml("MissingAction", "The request must contain the parameter Action.", namespace)
    assert refused("/", header(scope("us-east-1", service=signed_for)), method="GET") == answer
    assert refused(f"/?Version={version}", method="GET") == answer
    assert refused("/", FORM, f"Version={version}".encode()) == answer


def test_what_says_no_action_of_queues_or_of_nobody() -> None:
    for version in ("2012-11-05", "2000-01-01"):
        assert refused(f"/?Version={version}", method="GET") == DENIED
        assert refused("/", FORM, f"Version={version}".encode()) == PAGE
    assert refused("/?Action=", FORM) == PAGE
    for service in ("kinesis", "events"):
        assert refused("/", header(scope("us-east-1", service=service)), method="GET") == DENIED


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("/123456789012/q", True),
        ("/123456789012/q/", True),
        ("/us-east-1/123456789012/q", True),
        ("/queue/123456789012/q", True),
        ("/123456789012/", False),
        ("/q", False),
        ("/123456789012", False),
        ("/12345678901/q", False),
        ("/123456789012/q/x", False),
    ],
)
def test_the_path_of_a_queue_ends_in_its_account_and_its_name(path: str, is_one: bool) -> None:
    assert (refused(path) == PAGE) is is_one
    body = b"Action=SendMessage&Version=2012-11-05"
    assert route(path, FORM, body).queue_url == (path if is_one else "")
    by_target = {"X-Amz-Target": "AmazonSQS.SendMessage", "Content-Type": JSON}
    assert route(path, by_target, b"{}").queue_url == (path if is_one else "")


@pytest.mark.parametrize(
    ("credential", "service"),
    [
        ("AKID/20261125/us-east-1/sns/aws4_request", "sns"),
        ("A/KID/20261125/us-east-1/sns/aws4_request", "sns"),
        ("AKID/20261125/sns/aws4_request", "sns"),
        ("AKID/sns/aws4_request", ""),
        ("AKID/aws4_request", ""),
    ],
)
def test_a_scope_of_too_few_parts_says_no_service(credential: str, service: str) -> None:
    """So all that there is left is the name of the operation, which several services have."""
    call: Any = {"headers": header(credential), "body": b"", "method": "GET"}
    if service:
        assert asked("/?Action=TagResource", **call)[0] == service
    else:
        status, text = refused("/?Action=TagResource", **call)
        assert (status, "<Code>InvalidAction</Code>" in text) == (400, True)


def test_what_is_refused_of_lambda_is_named_by_its_query_too() -> None:
    path = "/2015-03-31/functions/f"
    plain = refused(f"{path}/code-signing-config", method="GET")
    for query in ("", "?a=b", "?a=b&c"):
        assert refused(f"{path}/code-signing-config{query}", method="GET") == plain


def test_one_of_several_words_of_a_query_names_what_is_refused_of_lambda() -> None:
    path = "/2019-09-30/functions/f/provisioned-concurrency"
    for query in ("List=ALL", "List=ALL&MaxItems=1", "MaxItems=1&List=ALL", "a&List=ALL&b"):
        status, text = refused(f"{path}?{query}", method="GET")
        assert (status, "Lambda.ListProvisionedConcurrencyConfigs" in text) == (501, True), text
    for query in ("Qualifier=1", "List=ALLofthem", "xList=ALL"):
        status, text = refused(f"{path}?{query}", method="GET")
        assert (status, "Lambda.GetProvisionedConcurrencyConfig:" in text) == (501, True), text


@pytest.mark.parametrize("length", [99, 100, 101])
def test_so_much_is_repeated_of_names(length: int) -> None:
    """Of operations, services, protocols: what is long is cut, and what is cut is not marked."""
    name = "N" + "n" * (length - 1)
    shown = name[:100]
    for target, signed in (("DynamoDB_20120810", {}), ("Nobody", header(scope("us-east-1", service="states")))):
        headers = {"X-Amz-Target": f"{target}.{name}", "Content-Type": JSON, **signed}
        _, text = refused(headers=headers, body=b"{}")
        assert f": {shown}: " in text
    calls: list[Any] = [
        {"headers": {"X-Amz-Target": "Nobody.N", "Content-Type": JSON}, "body": b"{}"},
        {"headers": {}, "target": "/?Action=N", "method": "GET"},
        {"headers": {}, "target": "/x", "method": "GET"},
    ]
    for call in calls:
        call["headers"] = {**call["headers"], **header(scope("us-east-1", service=name))}
        assert f"the service {shown!r}: " in refused(**call)[1]
    _, text = refused(f"/?Action={name}", header(scope("us-east-1", service="ec2")), method="GET")
    assert f": {shown}: " in text
    spoken = {"Smithy-Protocol": name}
    assert f"the protocol {shown!r}: " in refused("/service/a/operation/b", spoken)[1]
    by_rpc = f"/service/{name}/operation/b"
    assert f"does not serve {shown} in rpc-v2-cbor: " in refused(by_rpc, {"Smithy-Protocol": "rpc-v2-cbor"})[1]


@pytest.mark.parametrize("length", [199, 200, 201])
def test_so_much_is_repeated_of_paths(length: int) -> None:
    path = "/" + "p" * (length - 1)
    _, text = refused(path, header(scope("us-east-1", service="apigateway")), method="GET")
    assert f"GET {path[:200]}: " in text
    _, text = refused(path, {"x-amz-account-id": "1", "x-amz-content-sha256": "0"}, method="GET")
    assert f"S3 Control: GET {path[:200]}: " in text
    at_pipes = "/v1/pipes/" + path[10:]
    assert f"PATCH {at_pipes[:200]} of pipes: " in refused(at_pipes, method="PATCH")[1]


@pytest.mark.parametrize("length", [100, 101])
def test_so_much_is_repeated_of_a_version(length: int) -> None:
    version = "1" * length
    shown = version if length == 100 else "1" * 99 + "\u2026"
    error = no_such_version("sns", version)
    assert error.status == 400
    assert f"The requested version ( {shown} ) is not valid." in error.body.decode()


@pytest.mark.parametrize(
    ("protocol", "content_type"),
    [
        ("query", "text/xml"),
        ("rest-xml", "application/xml"),
        ("cbor", CBOR),
        ("smithy-rpc-v2-cbor", "application/cbor"),
        ("json", "application/json"),
        ("rest-json", "application/json"),
    ],
)
def test_what_is_not_served_is_said_in_the_protocol_of_who_asks(protocol: str, content_type: str) -> None:
    error = unsupported("not here", protocol)
    assert (error.status, error.content_type, error.closes) == (501, content_type, False)
    of_json = {"x-amzn-errortype": "UnsupportedOperation"} if content_type == "application/json" else {}
    of_rpc = {"smithy-protocol": "rpc-v2-cbor"} if protocol == "smithy-rpc-v2-cbor" else {}
    assert error.headers == {**of_json, **of_rpc}
    details = {"__type": "UnsupportedOperation", "message": "not here"}
    if "cbor" in protocol:
        assert cbor.loads(error.body) == details
    elif "json" in protocol:
        assert json.loads(error.body) == details
    else:
        assert b"<Code>UnsupportedOperation</Code>" in error.body
        assert b"<Message>not here</Message>" in error.body
        assert ID.encode() in error.body


def test_what_no_service_declares_has_no_plan() -> None:
    asked_for: Any = SimpleNamespace(service_name="sqs", operation_name="Nothing", protocol="json")
    with pytest.raises(HttpError) as caught:
        plan_of(HttpRequest("POST", "/", {}, True), asked_for)
    assert caught.value.status == 501
    text = (
        "minicloud does not serve sqs.Nothing: leave the call out, or have something else answer it, to which "
        "AWS_ENDPOINT_URL_SQS or the client's endpoint_url leads"
    )
    assert json.loads(caught.value.body)["message"] == text


def test_half_a_character_of_what_is_said_has_its_sign() -> None:
    assert HttpError(400, "a\ud800b").body == b"a?b"


def test_a_header_that_is_longer_is_read_each_time() -> None:
    """Of those that come again so many characters are kept."""
    for length in (199, 200, 201):
        line = "X-Kept: ".ljust(length, "x")
        for _ in range(2):
            parser = RequestParser(1_000, lambda _: None)
            parser.feed(f"GET / HTTP/1.1\r\nHost: h\r\n{line}\r\n\r\n".encode())
            made = parser.next()
            assert made is not None
            assert made.headers["x-kept"] == line[8:]
        assert (line in _KNOWN) is (length <= 200)


# --- forms ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("a=b+c", "b c"),
        ("a=%2B", "+"),
        ("a=b+%41", "b A"),
        ("a=plain", "plain"),
        ("a=", ""),
        ("a=b=c", "b=c"),
        (f"a={'+' * 199}", " " * 199),
        (f"a={'+' * 200}", " " * 200),
        (f"a={'%41' * 100}", "A" * 100),
    ],
)
def test_what_a_form_says(form: str, value: str) -> None:
    assert form_of(form.encode()) == {"a": value}
    assert form_of(f"x=1&{form}&y=2".encode()) == {"x": "1", "a": value, "y": "2"}


@pytest.mark.parametrize("form", ["a", "a=1&b", "%41=1", "a+b=1", ""])
def test_a_form_that_is_not_plain_is_read_elsewhere(form: str) -> None:
    with pytest.raises(ValueError, match=r"^a name that is not plain$"):
        form_of(form.encode())


# --- signatures -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("length", "is_whole"), [(200, True), (201, False)])
def test_so_much_is_repeated_of_a_signature_that_lacks_something(length: int, is_whole: bool) -> None:
    said = "AWS4-HMAC-SHA256 ".ljust(length, "x")
    with pytest.raises(Exception, match=r"IncompleteSignature|requires") as caught:
        check(HttpRequest("POST", "/", {"host": "h", "authorization": said}, True), "json")
    assert str(caught.value).endswith(f" Authorization={said if is_whole else said[:199] + chr(0x2026)}")

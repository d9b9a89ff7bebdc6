"""The protocols of the endpoint, byte for byte, and what is said to requests that reach no operation."""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
import zlib
from base64 import b64encode
from hashlib import md5
from importlib import import_module
from typing import Any
from urllib.parse import quote

import pytest

import minicloud
from minicloud.server.unrouted import refused
from minicloud.services.registry import SERVICE_NAMES, load_service
from minicloud.wire import cbor
from minicloud.wire.model import DeclaredShape, declared_operation
from minicloud.wire.protocol import PROTOCOLS
from tests.server.support import Raw, call, form, request

KINESIS = "application/x-amz-json-1.1"
CBOR = "application/x-amz-cbor-1.1"
TAKES_CBOR = {"X-Amz-Target": "Kinesis_20131202.PutRecords", "Content-Type": CBOR}
GRANITE = "/service/GraniteServiceVersion20100801/operation/"
RPC = {"smithy-protocol": "rpc-v2-cbor", "Accept": "application/cbor"}
SCOPE = "AWS4-HMAC-SHA256 Credential={}/20261125/{}/{}/aws4_request,SignedHeaders=host,Signature=0"


@pytest.fixture
def url(cloud: minicloud.Cloud) -> str:
    made: str = cloud.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    return made


# --- models -----------------------------------------------------------------------------------------------------------


@pytest.mark.needs("boto3")
@pytest.mark.parametrize("service_name", SERVICE_NAMES)
def test_declarations_and_tables_say_what_botocores_models_do(service_name: str) -> None:
    import botocore.session

    assert service_name in PROTOCOLS, "PROTOCOLS in minicloud/wire/protocol.py says which protocol each service speaks"
    model = botocore.session.get_session().get_service_model(service_name)
    differing: list[Any] = []

    def compare(theirs: Any, ours: DeclaredShape, path: str) -> None:
        kind = {"long": "integer", "float": "double"}.get(theirs.type_name, theirs.type_name)
        hidden = ("eventstream", "event", "streaming", "timestampFormat", "xmlNamespace")
        there = {key: value for key, value in theirs.serialization.items() if key not in hidden}
        is_said = {key: value for key, value in ours.serialization.items() if key not in hidden}
        if PROTOCOLS[service_name] == "json":
            there = {}  # what SQS's flattened lists are in forms is in no model of today's
        if kind != ours.type_name or there != is_said:
            differing.append((path, theirs.type_name, ours.type_name, there, ours.serialization))
        elif kind == "structure":
            for name in ours.members.keys() & theirs.members.keys():
                if path.count(".") < 9:
                    compare(theirs.members[name], ours.members[name], f"{path}.{name}")
        elif kind == "list":
            compare(theirs.member, ours.member, f"{path}[]")
        elif kind == "map":
            compare(theirs.key, ours.key, f"{path} key")
            compare(theirs.value, ours.value, f"{path}{{}}")

    for name in model.operation_names:
        ours = declared_operation(service_name, name, PROTOCOLS[service_name])
        if ours is None:
            continue
        theirs = model.operation_model(name)
        if theirs.input_shape is not None and ours.input_shape is not None:
            compare(theirs.input_shape, ours.input_shape, f"{name}<")
        assert (theirs.output_shape is None) == (ours.output_shape is None), name
        if theirs.output_shape is not None and ours.output_shape is not None:
            compare(theirs.output_shape, ours.output_shape, f"{name}>")
        if PROTOCOLS[service_name].startswith("rest-"):
            there = (theirs.http["method"], theirs.http["requestUri"])
            assert (ours.http["method"], ours.http["requestUri"]) == there
    assert differing == []


# --- SQS --------------------------------------------------------------------------------------------------------------


def test_sqs_in_json(raw: Raw, url: str) -> None:
    content = {"QueueUrl": url, "MessageBody": "h\u00e9", "DelaySeconds": None}
    sent = raw.send(call("AmazonSQS.SendMessage", content)).answer()
    assert sent.headers["content-type"] == "application/x-amz-json-1.0"
    assert sent.json["MD5OfMessageBody"]
    missing = raw.send(call("AmazonSQS.SendMessage", {"QueueUrl": url + "x", "MessageBody": "a"})).answer()
    assert missing.status == 400
    assert missing.headers["x-amzn-query-error"] == "AWS.SimpleQueueService.NonExistentQueue;Sender"
    assert missing.json == {
        "__type": "com.amazonaws.sqs#QueueDoesNotExist",
        "message": "The specified queue does not exist.",
    }


def test_sqs_in_forms(raw: Raw, cloud: minicloud.Cloud, url: str) -> None:
    text = (
        "Action=SendMessage&Version=2012-11-05&MessageBody=h%C3%A9&MessageAttribute.1.Name=k"
        "&MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=v"
    )
    assert raw.send(form(text, "/123456789012/q")).answer().status == 200
    got = raw.send(
        form(
            "Action=ReceiveMessage&AttributeName=ApproximateReceiveCount&MessageAttributeName.1=All", "/123456789012/q"
        )
    ).answer()
    assert got.headers["content-type"] == "text/xml"
    text = got.body.decode()
    assert text.startswith(
        '<?xml version="1.0"?><ReceiveMessageResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/">'
    )
    assert "<Body>h\u00e9</Body>" in text
    assert "<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>" in text
    assert "<MessageAttribute><Name>k</Name><Value><StringValue>v</StringValue><DataType>String</DataType>" in text
    assert f"<RequestId>{got.headers['x-amzn-requestid']}</RequestId>" in text
    batch = "&".join(
        f"SendMessageBatchRequestEntry.{n}.{key}={value}"
        for n, entry in ((2, "b"), (10, "c"))
        for key, value in (("Id", entry), ("MessageBody", entry))
    )
    both = raw.send(form(f"Action=SendMessageBatch&QueueUrl={quote(url)}&{batch}")).answer().body.decode()
    assert both.count("<SendMessageBatchResultEntry>") == 2
    empty = raw.send(form(f"Action=SendMessageBatch&QueueUrl={quote(url)}&SendMessageBatchRequestEntry=")).answer()
    assert b"<Code>AWS.SimpleQueueService.EmptyBatchRequest</Code>" in empty.body
    for action in ("SendMessageBatch", "DeleteMessageBatch", "ChangeMessageVisibilityBatch"):
        none = raw.send(form(f"Action={action}", "/123456789012/q")).answer().body.decode()
        assert "<Code>AWS.SimpleQueueService.EmptyBatchRequest</Code>" in none
        assert f"<Message>There should be at least one {action}RequestEntry in the request.</Message>" in none
    made = (
        "Action=CreateQueue&QueueName=made&Attribute.1.Name=DelaySeconds&Attribute.1.Value=7&Tag.1.Key=a&Tag.1.Value=b"
    )
    assert b"<QueueUrl>http://localhost/123456789012/made</QueueUrl>" in raw.send(form(made)).answer().body
    got = cloud.client("sqs").get_queue_attributes(QueueUrl="made", AttributeNames=["DelaySeconds"])
    assert got["Attributes"] == {"DelaySeconds": "7"}
    signed = quote("AKIDEXAMPLE/20261125/us-east-1/sqs/aws4_request", safe="")
    query = f"Action=SendMessage&MessageBody=hello%20there&X-Amz-Credential={signed}&X-Amz-Signature=0"
    assert raw.send(request("GET", f"/123456789012/q?{query}")).answer().status == 200
    assert [one.body for one in cloud.queue("q").messages] == ["h\u00e9", "b", "c", "hello there"]


def test_all_lists_and_maps_of_sqs_in_forms(raw: Raw, cloud: minicloud.Cloud, url: str) -> None:
    """Each has the name of its items. [botocore 1.31's model]"""
    sqs = cloud.client("sqs")

    def asked(action: str, *parameters: str) -> str:
        path = "/" if action in ("CreateQueue", "ListQueues") else "/123456789012/q"
        answer = raw.send(form("&".join([f"Action={action}", *parameters]), path)).answer()
        text = answer.body.decode()
        assert answer.status == 200, text
        return text

    asked("AddPermission", "Label=l", "AWSAccountId.1=111111111111", "ActionName.1=SendMessage", "ActionName.2=*")
    policy = json.loads(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"])
    (statement,) = policy["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws:iam::111111111111:root"}
    assert statement["Action"] == ["SQS:SendMessage", "SQS:*"]
    asked("TagQueue", "Tag.1.Key=a", "Tag.1.Value=1", "Tag.2.Key=b", "Tag.2.Value=2")
    assert "<Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>b</Key><Value>2</Value></Tag>" in asked("ListQueueTags")
    asked("UntagQueue", "TagKey.1=b")
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"a": "1"}
    target = json.dumps({"deadLetterTargetArn": cloud.queue("q").arn, "maxReceiveCount": 9})
    asked("CreateQueue", "QueueName=r", "Attribute.1.Name=RedrivePolicy", f"Attribute.1.Value={quote(target)}")
    r = "<QueueUrl>http://localhost/123456789012/r</QueueUrl>"
    assert r in asked("ListQueues")
    assert r in asked("ListDeadLetterSourceQueues")
    asked("SetQueueAttributes", "Attribute.1.Name=DelaySeconds", "Attribute.1.Value=1")
    asked("SetQueueAttributes", "Attribute.1.Name=DelaySeconds", "Attribute.1.Value=0")
    shown = asked("GetQueueAttributes", "AttributeName.1=DelaySeconds", "AttributeName.2=VisibilityTimeout")
    names = ("DelaySeconds", "0"), ("VisibilityTimeout", "30")
    assert all(f"<Attribute><Name>{name}</Name><Value>{value}</Value></Attribute>" in shown for name, value in names)
    trace, value = "Root=1-5759e988-bd862e3fe1be46a994272793", "MessageSystemAttribute.1.Value"
    asked(
        "SendMessage",
        "MessageBody=x",
        "MessageSystemAttribute.1.Name=AWSTraceHeader",
        f"{value}.DataType=String",
        f"{value}.StringValue={quote(trace)}",
    )
    got = asked("ReceiveMessage", "MessageSystemAttributeName.1=AWSTraceHeader", "MessageAttributeName.1=a")
    assert f"<Attribute><Name>AWSTraceHeader</Name><Value>{trace}</Value></Attribute>" in got


@pytest.mark.parametrize("kind", ["StringListValue", "BinaryListValue"])
def test_lists_in_attributes_are_refused_in_forms(raw: Raw, cloud: minicloud.Cloud, url: str, kind: str) -> None:
    attribute = "MessageAttribute.1.Value"
    text = (
        f"MessageAttribute.1.Name=a&{attribute}.DataType=String&{attribute}.StringValue=x&{attribute}.{kind}.1=eA%3D%3D"
    )
    answer = raw.send(form(f"Action=SendMessage&MessageBody=b&{text}", "/123456789012/q")).answer()
    assert (
        b"<Message>Message attribute list values in SendMessage operation are not supported.</Message>" in answer.body
    )
    assert cloud.queue("q").messages == []


def test_who_accepts_json_gets_it_of_forms(raw: Raw, cloud: minicloud.Cloud, url: str) -> None:
    """In the shape of the XML; a map is a list of pairs. [seen on AWS's SQS]"""

    def asked(text: str, path: str = "/123456789012/q", accept: str = "application/json") -> Any:
        answer = raw.send(form(text, path, Accept=accept)).answer()
        return answer.headers["content-type"], answer.json

    kind, sent = asked("Action=SendMessage&MessageBody=%3Ch%C3%A9%3E")
    assert (kind, list(sent)) == ("application/json", ["SendMessageResponse"])
    assert list(sent["SendMessageResponse"]) == ["SendMessageResult", "ResponseMetadata"]
    _, got = asked("Action=ReceiveMessage&AttributeName=ApproximateReceiveCount", accept="application/json, */*")
    [message] = got["ReceiveMessageResponse"]["ReceiveMessageResult"]["Messages"]
    assert message["Body"] == "<h\u00e9>"
    assert message["Attributes"] == [{"Name": "ApproximateReceiveCount", "Value": "1"}]
    kind, refused = asked("Action=SendMessage")
    assert (kind, refused["Error"]) == (
        "application/json",
        {
            "Code": "MissingParameter",
            "Message": "The request must contain the parameter MessageBody.",
            "Type": "Sender",
        },
    )
    assert refused["RequestId"]
    _, tagged = asked("Action=TagQueue&Tag.Key=a&Tag.Value=b")  # one entry needs no number
    assert list(tagged["TagQueueResponse"]) == ["ResponseMetadata"]
    assert cloud.client("sqs").list_queue_tags(QueueUrl=url)["Tags"] == {"a": "b"}
    _, who = asked("Action=GetCallerIdentity", "/")
    assert who["GetCallerIdentityResponse"]["GetCallerIdentityResult"]["Account"] == "123456789012"
    expires = asked("Action=GetSessionToken", "/")[1]["GetSessionTokenResponse"]["GetSessionTokenResult"]
    assert isinstance(expires["Credentials"]["Expiration"], int | float)
    topic = cloud.client("sns", "us-east-1").create_topic(Name="t")["TopicArn"]
    text = f"Action=GetTopicAttributes&Version=2010-03-31&TopicArn={topic}"
    told = raw.send(form(text, Accept="application/json")).answer().json
    entries = told["GetTopicAttributesResponse"]["GetTopicAttributesResult"]["Attributes"]
    assert {"key": "TopicArn", "value": topic} in entries
    assert [list(one) for one in entries] == [["key", "value"]] * len(entries)
    page = raw.send(form("Action=Nothing", "/123456789012/q", Accept="application/json")).answer()
    assert page.headers["content-type"] == "text/xml"  # before it is known who is asked


def test_a_member_that_is_null_counts_as_absent(raw: Raw, cloud: minicloud.Cloud, url: str) -> None:
    sent = {"QueueUrl": url, "MessageBody": "x", "DelaySeconds": None, "OfANewerSDK": None}
    assert raw.send(call("AmazonSQS.SendMessage", sent)).answer().status == 200
    lists = {"Limit": None, "OfANewerSDK": None}
    body = cbor.dumps(lists)
    assert raw.send(request(headers={**LISTS, "Content-Type": CBOR}, body=body)).answer().status == 200


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (b'{"QueueUrl": "q", "DelaySeconds": NaN}', b"Unable to parse the request as JSON"),
        (b'{"QueueUrl": "q", "DelaySeconds": 1e400}', b"NUMBER_VALUE can not be converted to an Integer"),
        (b'{"QueueUrl":' * 100_000, b"Unable to parse the request as JSON"),
        ('{"QueueUrl": "q"}'.encode("utf-16"), b"Unable to parse the request as JSON"),
        ("DelaySeconds=1_0", b"&apos;1_0&apos; can not be converted to an Integer"),
        ("MessageAttribute.1.Value.BinaryValue=*", b"&apos;*&apos; can not be converted to a Blob"),
        (f"DelaySeconds={'9' * 250}x", b"&apos;" + b"9" * 199 + "\u2026".encode()),
        (f"MessageAttribute.{'9' * 5000}.Name=a", b"MessageBody"),
    ],
)
def test_values_that_are_none_are_the_clients_fault(raw: Raw, sent: bytes | str, text: bytes) -> None:
    if isinstance(sent, str):
        asked = form(f"Action=SendMessage&{sent}", "/123456789012/q")
    else:
        head = {"X-Amz-Target": "AmazonSQS.SendMessage", "Content-Type": "application/x-amz-json-1.0"}
        asked = request(headers=head, body=sent)
    answer = raw.send(asked).answer()
    assert (answer.status, text in answer.body.replace(b"'", b"&apos;")) == (400, True), answer.body


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (b'{"StreamName": "s", "ShardId": "0", "Timestamp": 1e300}', b"TruncatingBigNumber can not be converted"),
        (cbor.dumps({"StreamName": "s", "Timestamp": float("inf")}), b"can not be converted to a Timestamp"),
        (b"Value=1&MetricData.member.1.Timestamp=99999999999999999999", b"can not be converted to a Timestamp"),
    ],
)
def test_times_that_are_none_are_the_clients_fault(raw: Raw, sent: bytes, text: bytes) -> None:
    if sent.startswith(b"Value"):
        asked = form(f"Action=PutMetricData&Version=2010-08-01&{sent.decode()}")
    else:
        kind = KINESIS if sent.startswith(b"{") else CBOR
        asked = request(headers={"X-Amz-Target": "Kinesis_20131202.GetShardIterator", "Content-Type": kind}, body=sent)
    answer = raw.send(asked).answer()
    assert (answer.status, text in answer.body) == (400, True), answer.body


def test_who_is_traced_has_it_in_the_message(raw: Raw, cloud: minicloud.Cloud, url: str) -> None:
    header = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1"
    target = "AmazonSQS.SendMessage", "AmazonSQS.SendMessageBatch"
    named = {"Content-Type": "application/x-amz-json-1.0", "X-Amzn-Trace-Id": header}
    contents: tuple[dict[str, Any], ...] = (
        {"QueueUrl": url, "MessageBody": "a"},
        {"QueueUrl": url, "Entries": [{"Id": "1", "MessageBody": "b"}]},
    )
    for name, content in zip(target, contents, strict=True):
        sent = request(headers={**named, "X-Amz-Target": name}, body=json.dumps(content).encode())
        answer = raw.send(sent).answer()
        assert (answer.status, b"MD5OfMessageSystemAttributes" in answer.body) == (200, False)
    sns = cloud.client("sns", "us-east-1")
    topic = sns.create_topic(Name="t")["TopicArn"]
    raw_delivery = {"RawMessageDelivery": "true"}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue("q").arn, Attributes=raw_delivery)
    text = f"Action=Publish&Version=2010-03-31&TopicArn={quote(topic)}&Message=c"
    assert raw.send(form(text, X_Amzn_Trace_Id=header)).answer().status == 200
    found = {one.body: one.attributes.get("AWSTraceHeader") for one in cloud.queue("q").messages}
    assert found == dict.fromkeys("abc", header)


def test_regions_and_accounts_are_the_signers(raw: Raw, cloud: minicloud.Cloud) -> None:
    authorization = SCOPE.format("111122223333", "eu-west-1", "sqs")
    content = json.dumps({"QueueName": "there"}).encode()
    headers = {
        "X-Amz-Target": "AmazonSQS.CreateQueue",
        "Content-Type": "application/x-amz-json-1.0",
        "Authorization": authorization,
        "X-Amz-Date": "20261125T150558Z",
    }
    assert raw.send(request(headers=headers, body=content)).answer().status == 200
    assert cloud.queue("there").arn == "arn:aws:sqs:eu-west-1:111122223333:there"
    # Other emulators have the region in the URL.
    sent = {"QueueUrl": "http://localhost/queue/eu-west-1/111122223333/there", "MessageBody": "a"}
    assert raw.send(call("AmazonSQS.SendMessage", sent)).answer().status == 200


SIGNED = {"Authorization": SCOPE.format("AKID", "eu-west-1", "sns"), "X-Amz-Date": "20261125T150558Z"}
LISTS = {"X-Amz-Target": "Kinesis_20131202.ListStreams", "Content-Type": KINESIS}


@pytest.mark.parametrize(
    ("path", "headers", "code", "text"),
    [
        ("/", SIGNED, "", ""),
        ("/", {"Authorization": "AWS AKID:c2lnbmF0dXJl"}, "", ""),
        ("/", {"Authorization": ""}, "MissingAuthenticationToken", "Missing Authentication Token"),
        (
            "/",
            {"Authorization": "X"},
            "IncompleteSignature",
            "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' "
            "parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires "
            "existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=X",
        ),
        (
            "/",
            {"Authorization": "AWS4-HMAC-SHA256 Credential=a, Signature=b", "Date": "c"},
            "IncompleteSignature",
            "Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4-HMAC-SHA256 Credential=a, "
            "Signature=b",
        ),
        (
            "/?X-Amz-Algorithm=a&X-Amz-Date=b",
            {},
            "IncompleteSignature",
            "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include "
            "'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. Re-examine the "
            "query-string parameters.",
        ),
        (
            "/?X-Amz-Algorithm",
            SIGNED,
            "InvalidSignature",
            "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
        ),
    ],
)
def test_who_asks_is_said_in_a_form_that_is_known_or_not_at_all(
    raw: Raw, path: str, headers: dict[str, str], code: str, text: str
) -> None:
    answer = raw.send(request(path=path, headers={**LISTS, **headers}, body=b"{}")).answer()
    if code:
        assert (answer.status, answer.json) == (400, {"__type": f"{code}Exception", "message": text})
    else:
        assert answer.status == 200
    named = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    answer = raw.send(request(path=path, headers=named, body=b"Action=ListTopics&Version=2010-03-31")).answer()
    if code:
        assert answer.status == 403
        assert f"<Code>{code}</Code>".encode() in answer.body
        assert text.replace("Missing A", "Request is missing A").encode() in answer.body
    else:
        assert answer.status == 200


def test_a_body_that_is_damaged_changes_nothing(raw: Raw, cloud: minicloud.Cloud) -> None:
    headers = {"X-Amz-Target": "AmazonSQS.CreateQueue", "Content-Type": "application/x-amz-json-1.0"}
    body = b'{"QueueName": "q"}'
    wrong = raw.send(request(headers={**headers, "Content-MD5": "XrY7u+Ae7tCTyyK7j1rNww=="}, body=body)).answer()
    assert wrong.status == 400
    assert wrong.json["__type"].endswith("BadDigest")
    assert cloud.queues() == []
    right = {**headers, "Content-MD5": b64encode(md5(body).digest()).decode()}
    assert raw.send(request(headers=right, body=body)).answer().status == 200
    hashed = {**headers, "Content-MD5": "XrY7u+Ae7tCTyyK7j1rNww==", "x-amz-content-sha256": "0"}
    assert raw.send(request(headers=hashed, body=body)).answer().json["__type"].endswith("BadDigest")


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
@pytest.mark.parametrize("signed", ["", SCOPE.format("AKID", "us-east-1", "monitoring")])
def test_who_hashes_what_is_sent_may_pack_it_too(raw: Raw, cloud: minicloud.Cloud, coding: str, signed: str) -> None:
    """The SDKs of JavaScript and Java send the hash with calls of all services, and pack large ones."""
    pack = gzip.compress if coding == "gzip" else zlib.compress
    hashed = {"Content-Encoding": coding, "x-amz-content-sha256": "0"}
    if signed:
        hashed |= {"Authorization": signed, "X-Amz-Date": "20261125T000000Z"}
    data = b'{"Namespace": "N", "MetricData": [{"MetricName": "m", "Value": 1}]}'
    named = {
        "X-Amz-Target": "GraniteServiceVersion20100801.PutMetricData",
        "Content-Type": "application/x-amz-json-1.0",
    }
    in_cbor = cbor.dumps({"Namespace": "N", "MetricData": [{"MetricName": "m", "Value": 1.0}]})
    text = b"Action=PutMetricData&Version=2010-08-01&Namespace=N&MetricData.member.1.MetricName=m"
    text += b"&MetricData.member.1.Value=1"
    for sent in (
        request(headers={**named, **hashed}, body=pack(data)),
        request(
            "POST", f"{GRANITE}PutMetricData", {**RPC, "Content-Type": "application/cbor", **hashed}, pack(in_cbor)
        ),
        *([request(headers={"Content-Type": "application/x-www-form-urlencoded", **hashed}, body=pack(text))] * 2),
    ):
        assert raw.send(sent).answer().status == 200
    assert cloud.metric("N", "m").total == 4.0


# --- SNS, STS ---------------------------------------------------------------------------------------------------------


def test_sns_in_forms(raw: Raw, cloud: minicloud.Cloud) -> None:
    arn = cloud.client("sns").create_topic(Name="t")["TopicArn"]
    text = f"Action=Publish&Version=2010-03-31&TopicArn={quote(arn)}&Message=h%C3%A9+%26+%3Cx%3E"
    answer = raw.send(form(text)).answer()
    lines = answer.body.decode().split("\n")
    assert lines[:3] == [
        '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">',
        "  <PublishResult>",
        lines[2],
    ]
    assert lines[-2:] == ["</PublishResponse>", ""]
    sns, sqs = cloud.client("sns", "us-east-1"), cloud.client("sqs", "us-east-1")
    queue_url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sns.subscribe(
        TopicArn=arn, Protocol="sqs", Endpoint=cloud.queue("q").arn, Attributes={"RawMessageDelivery": "true"}
    )
    value = "Value.DataType=String&{0}.Value.StringValue=v"
    one = "MessageAttributes.entry.1"
    published = raw.send(form(f"{text}&{one}.Name=k&{one}.{value.format(one)}")).answer()
    of_batch = f"PublishBatchRequestEntries.member.1.{one}"
    batch = f"Action=PublishBatch&Version=2010-03-31&TopicArn={quote(arn)}&PublishBatchRequestEntries.member.1.Id=a"
    batch += "&PublishBatchRequestEntries.member.1.Message=b"
    published_too = raw.send(form(f"{batch}&{of_batch}.Name=k&{of_batch}.{value.format(of_batch)}")).answer()
    assert (published.status, published_too.status) == (200, 200)
    got = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])["Messages"]
    assert [found["MessageAttributes"] for found in got] == [{"k": {"StringValue": "v", "DataType": "String"}}] * 2
    gone = raw.send(form(text.replace("%3At&", "%3Agone&"))).answer()
    assert (gone.status, b"<Code>NotFound</Code>" in gone.body) == (404, True)
    who = raw.send(form("Action=GetCallerIdentity&Version=2011-06-15")).answer()
    assert b"<Account>123456789012</Account>" in who.body


# --- Kinesis ----------------------------------------------------------------------------------------------------------


def test_kinesis_in_cbor(raw: Raw, cloud: minicloud.Cloud) -> None:
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    cloud.clock.advance(60)
    definite = "a26a53747265616d4e616d656173675265636f72647381a26444617461436f6e656c506172746974696f6e4b65796161"
    indefinite = (
        "bf6a53747265616d4e616d656173675265636f7264739fbf6444617461436f6e656c506172746974696f6e4b65796161ffffff"
    )
    for text in (definite, indefinite):
        put = raw.send(request(headers=TAKES_CBOR, body=bytes.fromhex(text))).answer()
        assert put.headers["content-type"] == CBOR
        assert cbor.loads(put.body)["FailedRecordCount"] == 0
    described = request(
        headers={**TAKES_CBOR, "X-Amz-Target": "Kinesis_20131202.DescribeStream"}, body=cbor.dumps({"StreamName": "s"})
    )
    found = raw.send(described).answer()
    assert b"\x77StreamCreationTimestamp\xc1\x1b" in found.body
    made = cbor.loads(found.body)["StreamDescription"]["StreamCreationTimestamp"].value
    [shard] = kinesis.list_shards(StreamName="s")["Shards"]
    iterator = {
        "StreamName": "s",
        "ShardId": shard["ShardId"],
        "ShardIteratorType": "AT_TIMESTAMP",
    }
    asked = cbor.dumps(iterator | {"Timestamp": 0}).replace(
        b"Timestamp\x00", b"Timestamp\xc1\x1b" + made.to_bytes(8, "big")
    )
    headers = {**TAKES_CBOR, "X-Amz-Target": "Kinesis_20131202.GetShardIterator"}
    got = raw.send(request(headers=headers, body=asked)).answer()
    records = kinesis.get_records(ShardIterator=cbor.loads(got.body)["ShardIterator"])["Records"]
    assert [one["Data"] for one in records] == [b"one", b"one"]
    gone = raw.send(request(headers=headers, body=cbor.dumps(iterator | {"StreamName": "gone"}))).answer()
    assert cbor.loads(gone.body) == {
        "__type": "ResourceNotFoundException",
        "message": "Shard shardId-000000000000 in stream gone under account 123456789012 does not exist",
    }


@pytest.mark.parametrize(
    "text", ["a1", "ff", "bf6161ff", "1f", "a1016161", "7f61ff", "f8ff", "81" * 70 + "01", "0000", "fe"]
)
def test_what_is_no_cbor_is_refused(text: str) -> None:
    with pytest.raises(cbor.CborError):
        cbor.loads(bytes.fromhex(text))


@pytest.mark.parametrize("content_type", [KINESIS, CBOR])
def test_events_of_a_shard(raw: Raw, cloud: minicloud.Cloud, content_type: str) -> None:
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    cloud.clock.advance(60)
    arn = kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
    consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c")["Consumer"]["ConsumerARN"]
    cloud.clock.advance(60)
    content: dict[str, Any] = {
        "ConsumerARN": consumer,
        "ShardId": "shardId-000000000000",
        "StartingPosition": {"Type": "TRIM_HORIZON"},
    }
    body = cbor.dumps(content) if content_type == CBOR else json.dumps(content).encode()
    headers = {"X-Amz-Target": "Kinesis_20131202.SubscribeToShard", "Content-Type": content_type}
    answer = raw.send(request(headers=headers, body=body)).answer()
    assert answer.headers["content-type"] == "application/vnd.amazon.eventstream"
    assert answer.headers["transfer-encoding"] == "chunked"
    kinesis.put_record(StreamName="s", Data=b"one", PartitionKey="k")
    rest = raw._buffer
    while b"ContinuationSequenceNumber" not in rest:
        rest += raw.socket.recv(65536)
    cloud.clock.advance(300)
    while not rest.endswith(b"\r\n0\r\n\r\n"):
        rest += raw.socket.recv(65536)
    assert b"initial-response" in rest
    assert (b"Data\x43one" if content_type == CBOR else b'"Data":"b25l"') in rest


# --- CloudWatch -------------------------------------------------------------------------------------------------------


def test_cloudwatch_in_cbor(raw: Raw, cloud: minicloud.Cloud) -> None:
    """A request as botocore makes it, byte for byte, and what is answered."""
    text = (
        "a2 69 4e616d657370616365 614e 6a 4d657472696344617461 81 a3 6a 4d65747269634e616d65 616d 65 56616c7565"
        "fb3ff8000000000000 69 54696d657374616d70 c1 1a6955b900"
    )
    body = bytes.fromhex(text)
    headers = {**RPC, "Content-Type": "application/cbor", "x-amzn-query-mode": "true"}
    put = raw.send(request("POST", f"{GRANITE}PutMetricData", headers, gzip.compress(body))).answer()
    assert put.status == 400  # it does not say that it is compressed
    compressed = request(
        "POST", f"{GRANITE}PutMetricData", {**headers, "Content-Encoding": "gzip"}, gzip.compress(body)
    )
    for sent in (request("POST", f"{GRANITE}PutMetricData", headers, body), compressed):
        put = raw.send(sent).answer()
        assert (put.status, put.body, put.headers["smithy-protocol"]) == (200, b"", "rpc-v2-cbor")
        assert "content-type" not in put.headers
    assert cloud.metric("N", "m").total == 3.0

    def sent(operation: str, content: Any) -> Any:
        answer = raw.send(request("POST", GRANITE + operation, headers, cbor.dumps(content))).answer()
        assert answer.headers["content-type"] == "application/cbor"
        return answer, cbor.loads(answer.body)

    elsewhere = {"Authorization": SCOPE.format("111122223333", "eu-west-1", "monitoring"), "X-Amz-Date": "now"}
    assert raw.send(request("POST", f"{GRANITE}PutMetricData", {**headers, **elsewhere}, body)).answer().status == 200
    there = cloud.client("cloudwatch", "eu-west-1", account_id="111122223333")
    assert [one["MetricName"] for one in there.list_metrics()["Metrics"]] == ["m"]

    half = cbor.Timestamp(1767225599.5)
    asked = {"Namespace": "N", "MetricName": "m", "Period": 60, "Statistics": ["Sum", "SampleCount"]}
    answer, found = sent("GetMetricStatistics", {**asked, "StartTime": half, "EndTime": cbor.Timestamp(1767225660)})
    [point] = found["Datapoints"]
    assert (point.pop("Timestamp").value, point) == (1767225600, {"SampleCount": 2, "Sum": 3, "Unit": "None"})
    assert b"\x69Timestamp\xc1\x1a\x69\x55\xb9\x00" in answer.body
    state = {"AlarmName": "x", "StateValue": "OK", "StateReason": "r"}
    cloud.clock.advance(0.123456)
    alarm = {"AlarmName": "late", "Namespace": "N", "MetricName": "m", "Period": 60, "Statistic": "Sum"}
    rule = {"EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold"}
    raw.send(request("POST", f"{GRANITE}PutMetricAlarm", headers, cbor.dumps({**alarm, **rule}))).answer()
    answer, found = sent("DescribeAlarms", {"AlarmNames": ["late"]})
    [described] = found["MetricAlarms"]
    assert described["StateUpdatedTimestamp"].value == 1767225600.123  # milliseconds, and no less
    answer, found = sent("SetAlarmState", state)
    assert (answer.status, found) == (404, {"__type": "com.amazonaws.cloudwatch#ResourceNotFound"})
    assert answer.headers["x-amzn-query-error"] == "ResourceNotFound;Sender"
    answer, found = sent("GetMetricStatistics", {**asked, "StartTime": half, "EndTime": half})
    assert answer.headers["x-amzn-query-error"] == "InvalidParameterValue;Sender"
    assert found["__type"] == "com.amazonaws.cloudwatch#InvalidParameterValueException"
    answer, found = sent("GetMetricStatistics", {**asked, "StartTime": "2026-01-01T00:00:00Z", "EndTime": half})
    assert (answer.status, found["__type"]) == (400, "com.amazonaws.cloudwatch#SerializationException")


def test_cloudwatch_in_json_and_forms(raw: Raw, cloud: minicloud.Cloud) -> None:
    data = {"Namespace": "N", "MetricData": [{"MetricName": "m", "Value": 1.5, "Timestamp": 1767225600}]}
    put = raw.send(call("GraniteServiceVersion20100801.PutMetricData", data)).answer()
    assert (put.status, put.body, put.headers["content-type"]) == (200, b"", "application/x-amz-json-1.0")
    text = (
        "Action=PutMetricData&Version=2010-08-01&Namespace=N&MetricData.member.1.MetricName=m"
        "&MetricData.member.1.Value=1.5&MetricData.member.1.Timestamp=2026-01-01T00%3A00%3A00Z"
    )
    authorization = {"Authorization": SCOPE.format("AKID", "eu-west-1", "monitoring"), "Date": "now"}
    for region, headers in (("us-east-1", {}), ("eu-west-1", authorization)):
        put = raw.send(form(text, **headers)).answer()
        assert (put.status, b"<PutMetricDataResponse" in put.body) == (200, True)
        found = cloud.client("cloudwatch", region).list_metrics()["Metrics"]
        assert [one["Namespace"] for one in found] == ["N"]
    assert cloud.metric("N", "m").total == 3.0
    listed = raw.send(form("Action=ListMetrics&Version=2010-08-01")).answer().body.decode()
    assert '<ListMetricsResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/">' in listed
    assert "<MetricName>m</MetricName>" in listed
    gone = raw.send(form("Action=SetAlarmState&AlarmName=x&StateValue=OK&StateReason=r&Version=2010-08-01")).answer()
    assert (gone.status, b"<Code>ResourceNotFound</Code>" in gone.body) == (404, True)


# --- what reaches no operation ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "status", "body"),
    [
        (call("Kinesis_20131202.Nothing", {}, KINESIS), 400, b'{"__type":"UnknownOperationException"}'),
        (call("Nobody.Nothing", {}, KINESIS), 400, b'{"__type":"UnknownOperationException"}'),
        (request(headers={"Content-Type": KINESIS}, body=b"{}"), 400, b'{"__type":"UnknownOperationException"}'),
        (request(), 400, cbor.dumps({"__type": "UnknownOperationException"})),
        (request(headers=LISTS), 400, b'{"__type":"SerializationException"}'),
        (request(headers=LISTS, body=b"{"), 400, b'{"__type":"SerializationException"}'),
        (
            request(headers={**LISTS, "Content-Type": "application/json"}, body=b"{}"),
            404,
            b'{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}',
        ),
        (
            request(headers={**LISTS, "Content-Type": "application/json"}, body=b"{"),
            400,
            b'{"Output":{"__type":"com.amazon.coral.service#SerializationException"},"Version":"1.0"}',
        ),
        (
            request(
                headers={
                    "X-Amz-Target": "AmazonMainframe.GetPunchCard",
                    "Content-Type": KINESIS,
                    "Authorization": SCOPE.format("AKID", "us-east-1", "mainframe"),
                    "X-Amz-Date": "20261125T000000Z",
                }
            ),
            501,
            b"minicloud does not serve the service 'mainframe': GetPunchCard: have something else answer it, to which "
            b"a variable of its own (as AWS_ENDPOINT_URL_DYNAMODB) or the client's endpoint_url leads",
        ),
        (
            request("GET", "/restapis", {"Authorization": SCOPE.format("AKID", "us-east-1", "apigateway")}),
            501,
            b'{"__type":"UnsupportedOperation","message":"minicloud does not serve the service \'apigateway\': GET /',
        ),
        (
            request("GET", "/2013-04-01/hostedzone", {"Authorization": SCOPE.format("AKID", "us-east-1", "route53")}),
            501,
            b"<Message>minicloud does not serve the service 'route53': GET /2013-04-01/hostedzone: have something else",
        ),
        (request(headers={**LISTS, "Content-Type": "text/plain"}, body=b"x"), 404, b"<UnknownOperationException/>\n"),
        (
            request(headers={"X-Amz-Target": LISTS["X-Amz-Target"]}),
            400,
            cbor.dumps({"__type": "SerializationException"}),
        ),
        (
            request(headers={"X-Amz-Target": LISTS["X-Amz-Target"], "Content-Type": ";"}, body=b"x"),
            400,
            cbor.dumps({"__type": "UnknownOperationException"}),
        ),
        (request(headers={**TAKES_CBOR, "X-Amz-Target": "Kinesis_20131202.No"}), 400, b"UnknownOperationException"),
        (
            request(headers={**TAKES_CBOR}, body=cbor.dumps({"Other": 1})),
            501,
            cbor.dumps(
                "minicloud does not serve the member 'Other' of PutRecordsRequest (of PutRecords): "
                "leave it out, or take a release of minicloud that has it"
            ),
        ),
        (request("GET", "/?Action=", host="sqs.us-east-1.amazonaws.com"), 404, b"<UnknownOperationException/>\n"),
        (form("Action="), 404, b"<UnknownOperationException/>\n"),
        (form("Action=Odd"), 400, b"<Message>The action Odd is not valid for this endpoint.</Message>"),
        (
            request(
                headers={
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Authorization": SCOPE.format("AKID", "us-east-1", "kinesis"),
                    "X-Amz-Date": "20261125T000000Z",
                },
                body=b"Action=ListStreams",
            ),
            501,
            b"<Message>minicloud does not serve kinesis in the query protocol: send it as AWS's SDKs do, in the "
            b"service's own protocol</Message>",
        ),
        (form("Version=2010-05-08"), 400, b"<Message>The request must contain the parameter Action.</Message>"),
        (
            form("Action=ListQueues&Version=2010-03-31"),
            400,
            b"<Message>The action ListQueues is not valid for this endpoint.</Message>",
        ),
        (
            form("Action=Publish&Version=2001-01-01"),
            400,
            b"<Message>The requested version ( 2001-01-01 ) is not valid.</Message>",
        ),
        (
            request("GET", "/v20180820/jobs", {"x-amz-account-id": "123456789012", "x-amz-content-sha256": "x"}),
            501,
            b"<Message>minicloud does not serve S3 Control: GET /v20180820/jobs: have something else answer it, to "
            b"which AWS_ENDPOINT_URL_S3_CONTROL or the client's endpoint_url leads</Message>",
        ),
        (
            request("GET", "/bucket/key?torrent", {"x-amz-content-sha256": "x"}),
            501,
            b"<Message>minicloud does not serve S3.",
        ),
        (request("GET", "/?Version=2010-03-31"), 400, b"<Code>MissingAction</Code>"),
        (
            request("GET"),
            403,
            b"<AccessDeniedException>\n  <Message>Unable to determine service/operation name to be authorized"
            b"</Message>\n</AccessDeniedException>\n",
        ),
        (call("AmazonSQS.Nothing", {}), 400, b'{"__type":"com.amazon.coral.service#UnknownOperationException"}'),
        (request("GET", "/123456789012/q"), 404, b"<UnknownOperationException/>\n"),
        (form("Action=Nothing&Version=2012-11-05"), 400, b"The action Nothing is not valid for this endpoint."),
        (form("Action=ListQueues", "/123456789012/q"), 400, b"<Code>InvalidAction</Code>"),
        (form("Version=2010-03-31"), 400, b"<Code>MissingAction</Code>"),
        (form("Action=Publish&Version=2001-01-01"), 400, b"<Code>NoSuchVersion</Code>"),
        (
            call("DynamoDB_20120810.PutItem", {}),
            501,
            b"DynamoDB: PutItem: have something else answer it, to which AWS_ENDPOINT_URL_DYNAMODB or",
        ),
        (
            call("DynamoDBStreams_20120810.ListStreams", {}),
            501,
            b"ListStreams: have something else answer it, to which AWS_ENDPOINT_URL_DYNAMODB_STREAMS or",
        ),
        (
            call("AWSStepFunctions.ListActivities", {}),
            501,
            b"ListActivities: have something else answer it, to which AWS_ENDPOINT_URL_SFN or",
        ),
        (call("AmazonSNS.Publish", {}), 501, b"minicloud does not serve SNS in JSON: Publish: send it as a form"),
        (
            request(
                "POST",
                "/",
                {
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Authorization": SCOPE.format("AKID", "us-east-1", "s" * 101),
                },
                b"Action=" + b"A" * 101,
            ),
            501,
            b"the service '" + b"s" * 100 + b"': " + b"A" * 100 + b": have",
        ),
        (form("Action=PutDashboard&Version=2010-08-01"), 501, b"nobody to look at dashboards"),
        (form("Version=2010-08-01"), 400, b"<Code>MissingAction</Code>"),
        (call("GraniteServiceVersion20100801.PutDashboard", {}), 501, b"nobody to look at dashboards"),
        (call("AmazonSQS.ListQueues", {"DryRun": True}), 501, b"'DryRun'"),
        (
            request("GET", "/2015-03-31/layers"),
            501,
            b"minicloud does not serve GET /2015-03-31/layers of lambda: leave the call out, or have something else "
            b"answer it, to which AWS_ENDPOINT_URL_LAMBDA or the client's endpoint_url leads",
        ),
        (
            request("POST", "/service/AmazonSQS/operation/ListQueues", RPC),
            501,
            b"minicloud does not serve sqs in rpc-v2-cbor: send it as AWS's SDKs do, in the service's own protocol",
        ),
        (request("POST", f"{GRANITE}PutDashboard", RPC), 501, b"nobody to look at dashboards"),
        (request("POST", f"{GRANITE}Nothing", RPC), 501, b"CloudWatch.Nothing: leave the call out, or have"),
        (request("POST", f"{GRANITE}ListMetrics"), 400, b"UnknownOperationException"),
        (request("POST", f"{GRANITE}ListMetrics", {"smithy-protocol": "rpc-v2-json"}), 501, b"rpc-v2-json"),
    ],
)
def test_requests_that_reach_no_operation(raw: Raw, sent: bytes, status: int, body: bytes) -> None:
    answer = raw.send(sent).answer()
    assert (answer.status, body in answer.body) == (status, True), answer.body
    assert raw.send(call("AmazonSQS.ListQueues", {})).answer().status == 200  # the connection goes on


def _refused_rest() -> list[tuple[str, str, str, str]]:
    rows = []
    for name, module in (("lambda", "lambda_"), ("s3", "s3")):
        paths = import_module(f"minicloud.services.{module}.rest_refused").PATHS
        rows += [(name, operation, method, template) for operation, (method, template) in paths.items()]
    return rows


@pytest.mark.parametrize(("service_name", "operation", "method", "template"), _refused_rest())
def test_a_request_of_rest_that_is_refused_is_named_and_has_its_own_reason(
    raw: Raw, service_name: str, operation: str, method: str, template: str
) -> None:
    service = load_service(service_name)
    path = re.sub(r"\{[^}]*\}", "one", template)
    answer = raw.send(
        request(method, path, {"Authorization": SCOPE.format("AKID", "us-east-1", service_name)})
    ).answer()
    reason = service.refused[operation].partition(", or ")[0]
    told = f"minicloud does not serve {service.service_id}.{operation}: {reason}"
    assert (answer.status, told in html.unescape(answer.body.decode())) == (501, True), answer.body


def test_each_reason_for_a_refusal_of_rest_is_told_over_the_endpoint() -> None:
    named = {name: {operation for of, operation, _, _ in _refused_rest() if of == name} for name in ("lambda", "s3")}
    as_others = {"GetBucketNotification", "PutBucketNotification"}  # which look like what took their place
    assert named["lambda"] == load_service("lambda").refused.keys()
    assert named["s3"] == load_service("s3").refused.keys() - as_others


@pytest.mark.needs("boto3")
@pytest.mark.known_release
@pytest.mark.parametrize(("service_name", "operation", "method", "template"), _refused_rest())
def test_requests_that_are_refused_look_as_in_botocores_model(
    service_name: str, operation: str, method: str, template: str
) -> None:
    import botocore.session

    model = botocore.session.get_session().get_service_model(service_name).operation_model(operation)
    assert (model.http["method"], model.http["requestUri"]) == (method, template)


@pytest.mark.parametrize("service_name", [name for name in SERVICE_NAMES if load_service(name).refused])
def test_reasons_that_go_over_the_endpoint_speak_of_no_mock(service_name: str) -> None:
    """A client in another process has none that could let calls through."""
    service = load_service(service_name)
    for name in service.refused:
        body = json.dumps(html.unescape(refused(service, name, "json").body.decode()))
        assert ("mock_aws" in body, "mock_aws" in service.refused[name] and "AWS_ENDPOINT_URL_" not in body) == (
            False,
            False,
        ), body


def test_what_is_not_scaled_says_over_the_endpoint_how_something_else_may_answer(raw: Raw) -> None:
    table = {
        "ServiceNamespace": "dynamodb",
        "ResourceId": "table/t",
        "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
        "MinCapacity": 1,
        "MaxCapacity": 2,
    }
    answer = raw.send(call("AnyScaleFrontendService.RegisterScalableTarget", table)).answer()
    assert answer.status == 501
    assert b"have something else answer it, to which AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING or" in answer.body
    assert b"mock_aws" not in answer.body


def test_a_member_that_is_not_known_is_named_up_to_200_characters(raw: Raw) -> None:
    for content_type in (KINESIS, "application/x-amz-cbor-1.1"):
        dumps = cbor.dumps if "cbor" in content_type else lambda value: json.dumps(value).encode()
        sent = request(headers={**LISTS, "Content-Type": content_type}, body=dumps({"A" * 3000: 1}))
        answer = raw.send(sent).answer()
        assert (answer.status, b"A" * 199 in answer.body, b"A" * 200 in answer.body) == (501, True, False)


def test_a_call_in_json_at_the_path_of_a_queue_is_about_that_queue(raw: Raw, cloud: minicloud.Cloud) -> None:
    """Unless it says which: as a form at that path is."""
    sqs = cloud.client("sqs")
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("here", "there")}
    sent = {"X-Amz-Target": "AmazonSQS.SendMessage", "Content-Type": "application/x-amz-json-1.0"}
    for _ in range(3):  # the second time it is known
        for more in ({}, {"QueueUrl": urls["there"]}):
            body = json.dumps({"MessageBody": "m", **more}).encode()
            assert raw.send(request("POST", "/123456789012/here", sent, body)).answer().status == 200
    assert (len(cloud.queue("here")), len(cloud.queue("there"))) == (3, 3)


def test_what_an_invocation_says_in_headers(raw: Raw, cloud: minicloud.Cloud) -> None:
    """[Lambda API reference: Invoke]"""
    cloud.function("f", lambda event, _: 1 // event)
    for payload, error in ((b"1", None), (b"0", "Unhandled")):
        sent = request("POST", "/2015-03-31/functions/f/invocations", {"X-Amz-Log-Type": "Tail"}, payload)
        answer = raw.send(sent).answer()
        assert (answer.status, answer.headers["x-amz-executed-version"]) == (200, "$LATEST")
        assert answer.headers.get("x-amz-function-error") == error
        assert base64.b64decode(answer.headers["x-amz-log-result"]).startswith(b"START RequestId: ")

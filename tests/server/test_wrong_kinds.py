"""Values of another kind than the model says, in each protocol, and what AWS says of them; every row by itself."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import pytest

import minicloud
from minicloud.wire import cbor
from minicloud.wire.protocol import load_protocol
from tests.server.support import Answer, Raw, call, form, request

KINESIS = "application/x-amz-json-1.1"
CBOR = "application/x-amz-cbor-1.1"
TEXT, NUMBER, BOOLEAN = (
    "class java.lang.String",
    "class com.amazon.coral.value.json.numbers.TruncatingBigNumber",
    "class java.lang.Boolean",
)
LIST = "Start of list found where not expected"
MAP = "Start of structure or map found where not expected."
MARK = "\u2026"


def differing(rows: Iterable[tuple[Any, Any, Any]]) -> list[Any]:
    """Of rows of what was sent, what was got, and what is right: those that differ."""
    return [row for row in rows if row[1] != row[2]]


def blob(text: str, why: str) -> str:
    return f"'{text}' can not be converted to a Blob: {why}"


def of_length(length: int) -> str:
    return f"Base64 encoded length is expected a multiple of 4 bytes but found: {length}"


# Operation, content, what is said to it, and what is said where CBOR has it otherwise.
OF_KINESIS: list[tuple[str, Any, str, str | None]] = [
    ("CreateStream", {"ShardCount": "1"}, f"{TEXT} can not be converted to an Integer", None),
    ("CreateStream", {"ShardCount": True}, f"{BOOLEAN} can not be converted to an Integer", None),
    ("CreateStream", {"ShardCount": []}, LIST, None),
    ("CreateStream", {"ShardCount": {}}, MAP, None),
    ("CreateStream", {"StreamName": 1}, f"{NUMBER} can not be converted to an String", None),
    ("CreateStream", {"StreamName": True}, f"{BOOLEAN} can not be converted to an String", None),
    ("CreateStream", {"StreamName": False}, f"{BOOLEAN} can not be converted to an String", None),
    ("CreateStream", {"StreamModeDetails": 1}, "Expected null", None),
    ("CreateStream", {"StreamModeDetails": "x"}, "Expected null", None),
    ("CreateStream", {"StreamModeDetails": []}, LIST, None),
    ("CreateStream", {"Tags": 1}, "Expected map or null", None),
    ("CreateStream", {"Tags": []}, LIST, None),
    ("CreateStream", {"Tags": {"a": 1}}, f"{NUMBER} can not be converted to an String", None),
    ("PutRecords", {"Records": 1}, "Expected list or null", None),
    ("PutRecords", {"Records": {}}, MAP, None),
    ("PutRecords", {"Records": ["x"]}, "Expected null", None),
    ("PutRecords", [], LIST, None),
    ("PutRecords", 1, "Expected null", None),
    ("PutRecord", {"Data": 1}, f"{NUMBER} can not be converted to a Blob", None),
    ("PutRecord", {"Data": True}, f"{BOOLEAN} can not be converted to a Blob", None),
    ("PutRecord", {"Data": "abc"}, blob("abc", of_length(3)), f"{TEXT} can not be converted to a Blob"),
    ("PutRecord", {"Data": "ab*d"}, blob("ab*d", "Invalid Base64 character: '*'"), ""),
    ("PutRecord", {"Data": "a=bc"}, blob("a=bc", "Invalid Base64 character: '='"), ""),
    ("PutRecord", {"Data": "===="}, blob("====", "Invalid Base64 character: '='"), ""),
    ("PutRecord", {"Data": "x" * 201}, blob("x" * 199 + MARK, of_length(201)), ""),
    ("PutRecord", {"Data": "*" * 204}, blob("*" * 199 + MARK, "Invalid Base64 character: '*'"), ""),
    ("GetShardIterator", {"Timestamp": []}, LIST, None),
    *(
        ("GetShardIterator", {"Timestamp": value}, f"{said} can not be converted to {{}}", None)
        for value, said in [("x", TEXT), (True, BOOLEAN), (1e300, NUMBER), (10**400, NUMBER)]
    ),
]


def test_of_kinesis(raw: Raw) -> None:
    rows = []
    for operation, content, in_json, in_cbor in OF_KINESIS:
        answer = raw.send(call(f"Kinesis_20131202.{operation}", content, KINESIS)).answer()
        said = in_json.replace("{}", "milliseconds since epoch")
        rows.append(
            (content, (answer.status, answer.json), (400, {"__type": "SerializationException", "Message": said}))
        )
        if content == {"Timestamp": 10**400}:
            continue  # which CBOR cannot say
        headers = {"X-Amz-Target": f"Kinesis_20131202.{operation}", "Content-Type": CBOR}
        answer = raw.send(request(headers=headers, body=cbor.dumps(content))).answer()
        said = in_json.replace("{}", "a Timestamp") if in_cbor is None else f"{TEXT} can not be converted to a Blob"
        rows.append(
            (
                (CBOR, content),
                (answer.status, answer.headers["content-type"], cbor.loads(answer.body)),
                (400, CBOR, {"__type": "SerializationException", "Message": said}),
            )
        )
    assert differing(rows) == []


def test_of_sqs_in_json(raw: Raw) -> None:
    rows = []
    binary = {"MessageAttributes": {"a": {"BinaryValue": "a"}}}
    for operation, content, said in [
        ("ListQueues", {"MaxResults": "1"}, "STRING_VALUE can not be converted to an Integer"),
        ("ListQueues", {"MaxResults": False}, "FALSE_VALUE can not be converted to an Integer"),
        ("SendMessage", {"MessageBody": 1}, "NUMBER_VALUE can not be converted to a String"),
        ("SendMessage", {"MessageBody": True}, "TRUE_VALUE can not be converted to a String"),
        ("SendMessage", binary, blob("a", of_length(1))),
        ("SendMessage", {"MessageAttributes": 1}, "Expected map or null"),
        ("SendMessageBatch", {"Entries": 1}, "Expected list or null"),
        ("SendMessageBatch", {"Entries": [1]}, "Expected null"),
        ("SendMessage", [], LIST),
    ]:
        answer = raw.send(call(f"AmazonSQS.{operation}", content)).answer()
        expected = {"__type": "com.amazon.coral.service#SerializationException", "message": said}
        rows.append((content, (answer.status, answer.json), (400, expected)))
    assert differing(rows) == []


def test_what_is_sent_again_is_said_again(cloud: minicloud.Cloud, raw: Raw) -> None:
    """A connection knows the requests that it has had, and reads them in another way, to the same end."""
    url = cloud.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    attributes = {"a": {"DataType": "String", "StringValue": "b"}}
    entry = {"Id": "1", "MessageBody": "m", "MessageAttributes": attributes}
    rows = []
    for operation, good, wrong in [
        ("SendMessage", {"MessageBody": "m", "MessageAttributes": attributes}, "MessageAttributes"),
        ("SendMessage", {"MessageBody": "m", "DelaySeconds": 1}, "DelaySeconds"),
        ("SendMessage", {"MessageBody": "m"}, "MessageBody"),
        ("SendMessageBatch", {"Entries": [entry]}, "Entries"),
        ("ReceiveMessage", {"AttributeNames": ["All"], "MaxNumberOfMessages": 1}, "AttributeNames"),
        ("SetQueueAttributes", {"Attributes": {"DelaySeconds": "0"}}, "Attributes"),
    ]:
        for value in (None, 1, 1.5, "x", True, [], [1], ["x"], [[]], {}, {"x": 1}, {"x": {}}, {"x": []}):
            told = []
            for _ in range(2):
                content = {"QueueUrl": url, **good, wrong: value}
                answer = raw.send(call(f"AmazonSQS.{operation}", content)).answer()
                told.append((answer.status, answer.json if answer.status != 200 else None))
                assert raw.send(call(f"AmazonSQS.{operation}", {"QueueUrl": url, **good})).answer().status == 200
            fresh = Raw(raw.url).send(call(f"AmazonSQS.{operation}", content)).answer()
            of_fresh = fresh.status, fresh.json if fresh.status != 200 else None
            assert fresh.status in (200, 400), (operation, wrong, value)
            rows += [((operation, wrong, value), one, of_fresh) for one in told]
    assert differing(rows) == []


def test_in_forms(raw: Raw) -> None:
    data = "Action=PutMetricData&Version=2010-08-01&Namespace=N&MetricData.member.1."
    attribute = "Action=SendMessage&MessageAttribute.1.Name=a&MessageAttribute.1.Value."
    rows = []
    for text, value, kind in [
        ("Action=ListQueues&MaxResults=", "x", "an Integer"),
        ("Action=ListQueues&MaxResults=", "1.5", "an Integer"),
        ("Action=ListQueues&MaxResults=", " 1", "an Integer"),
        ("Action=ListQueues&MaxResults=", "\u0661", "an Integer"),
        (f"{attribute}BinaryValue=", "abc", "a Blob"),
        (f"{data}Value=", "x", "a Double"),
        (f"{data}Timestamp=", "x", "a Timestamp"),
        (f"{data}Timestamp=", "2026-13-01", "a Timestamp"),
        (f"{data}Timestamp=", "1e300", "a Timestamp"),
        ("Action=PutMetricAlarm&Version=2010-08-01&ActionsEnabled=", "yes", "a Boolean"),
        ("Action=AssumeRole&Version=2011-06-15&DurationSeconds=", "x", "an Integer"),
        ("Action=ListRoles&Version=2010-05-08&MaxItems=", "x" * 201, "an Integer"),
    ]:
        answer = raw.send(form(text + quote(value))).answer()
        shown = value[:199] + MARK if len(value) > 200 else value
        said = f"<Code>MalformedInput</Code><Message>'{shown}' can not be converted to {kind}</Message>"
        found = "".join(line.strip() for line in answer.body.decode().split("\n"))
        rows.append((text + value, (answer.status, said in found), (400, True)))
    assert differing(rows) == []


@pytest.mark.parametrize("zone", ["Z", "%2B00:00", ""])
def test_times_in_forms_are_those_of_greenwich(raw: Raw, cloud: minicloud.Cloud, zone: str) -> None:
    data = "Namespace=N&MetricData.member.1.MetricName=m&MetricData.member.1.Value=-1.5e0"
    text = f"Action=PutMetricData&Version=2010-08-01&{data}&MetricData.member.1.Timestamp=2026-01-01T00:00:00{zone}"
    assert raw.send(form(text)).answer().status == 200
    assert raw.send(form(text.partition("2026")[0] + "1767225600.0")).answer().status == 200
    asked = "Action=GetMetricStatistics&Namespace=N&MetricName=m&Period=60&Statistics.member.1=Sum"
    span = "StartTime=2026-01-01T00:00:00&EndTime=2026-01-01T00:01:00"
    got = raw.send(form(f"{asked}&{span}&Version=2010-08-01")).answer().body.decode()
    assert "<Timestamp>2026-01-01T00:00:00.000Z</Timestamp>" in got
    assert "<Sum>-3.0</Sum>" in got


def test_booleans_in_forms(raw: Raw, cloud: minicloud.Cloud) -> None:
    alarm = "MetricName=m&Namespace=N&Period=60&EvaluationPeriods=1&Threshold=1&Statistic=Sum"
    texts = ("true", "True", "TRUE", "false", "False", "")
    for number, text in enumerate(texts):
        asked = f"Action=PutMetricAlarm&Version=2010-08-01&AlarmName=a{number}&ActionsEnabled={text}&{alarm}"
        answer = raw.send(form(f"{asked}&ComparisonOperator=LessThanThreshold")).answer()
        assert answer.status == 200, answer.body
    alarms = cloud.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert [one["ActionsEnabled"] for one in alarms] == [True, True, True, False, False, False]


LAMBDA = "/2015-03-31/event-source-mappings"


def said(answer: Answer) -> Any:
    found = answer.json
    return answer.status, answer.headers.get("x-amzn-errortype"), found.get("message", found.get("Message"))


def test_in_rest_json(raw: Raw) -> None:
    rows = []
    for method, path, content, text in [
        ("POST", LAMBDA, {"BatchSize": "1"}, "STRING_VALUE can not be converted to an Integer"),
        ("POST", LAMBDA, {"Enabled": "true"}, "STRING_VALUE can not be converted to a Boolean"),
        ("POST", LAMBDA, {"Enabled": 1}, "NUMBER_VALUE can not be converted to a Boolean"),
        (
            "POST",
            LAMBDA,
            {"StartingPositionTimestamp": "x"},
            "STRING_VALUE can not be converted to milliseconds since epoch",
        ),
        ("POST", LAMBDA, {"FunctionResponseTypes": 1}, "Expected list or null"),
        ("POST", LAMBDA, [], LIST),
        ("GET", f"{LAMBDA}?MaxItems=x", None, "'x' can not be converted to integer"),
        ("GET", f"{LAMBDA}?MaxItems={'9' * 250}x", None, f"'{'9' * 199}{MARK}' can not be converted to integer"),
        ("GET", "/schedules?MaxResults=1.0", None, "'1.0' can not be converted to integer"),
        ("POST", "/schedules/s", {"Target": 1}, "Expected null"),
    ]:
        body = b"" if content is None else json.dumps(content).encode()
        answer = raw.send(request(method, path, {"Content-Type": "application/json"} if body else {}, body)).answer()
        rows.append(((path, content), said(answer), (400, "SerializationException", text)))
    assert differing(rows) == []


def test_in_xml(raw: Raw, cloud: minicloud.Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="bucket")
    rows = []
    for path, name in [
        ("/bucket?list-type=2&max-keys=x", "MaxKeys"),
        ("/bucket?max-keys=1.5", "MaxKeys"),
        ("/bucket/key?partNumber=x", "PartNumber"),
    ]:
        answer = raw.send(request("GET", path)).answer()
        rows.append(
            (
                path,
                [
                    answer.status,
                    *(
                        part in answer.body.decode()
                        for part in (
                            "<Code>InvalidArgument</Code>",
                            f"<Message>Provided argument {name} is not valid</Message>",
                            f"<ArgumentName>{name}</ArgumentName><ArgumentValue>{path.rpartition('=')[2]}</ArgumentValue>",
                        )
                    ),
                ],
                [400, True, True, True],
            )
        )
    assert differing(rows) == []


def test_bodies_that_are_not_of_their_protocol(raw: Raw, cloud: minicloud.Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="bucket")
    target = {"X-Amz-Target": "Kinesis_20131202.ListStreams"}
    rpc = {"smithy-protocol": "rpc-v2-cbor", "Content-Type": "application/cbor"}
    streamed = {"x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-date": "20261125T000000Z"}
    malformed = b"<Code>MalformedXML</Code><Message>The XML you provided was not well-formed or did not validate"
    path = "/service/GraniteServiceVersion20100801/operation/GetMetricStatistics"
    rows = []
    for sent, body in [
        (request(headers={**target, "Content-Type": CBOR}, body=b"\xff"), b"\xa1f__typevSerializationException"),
        (request(headers={**target, "Content-Type": CBOR}, body=b"\xa1"), b"\xa1f__typevSerializationException"),
        (
            request("POST", path, rpc, b"\xa1"),
            b"\xa1f__typex/com.amazonaws.cloudwatch#SerializationException",
        ),
        (
            request("POST", path, rpc, cbor.dumps({"StartTime": cbor.Timestamp(float("inf"))})),
            b"NUMBER_VALUE can not be converted to a Timestamp",
        ),
        (
            request("POST", path, rpc, cbor.dumps({"StartTime": 1})),
            b"NUMBER_VALUE can not be converted to a Timestamp",
        ),
        (request("PUT", "/bucket/key", streamed, b"no chunk"), malformed),
        (request("PUT", "/bucket/key", streamed, b"xyz\r\nabc\r\n0\r\n\r\n"), malformed),
        (request("PUT", "/bucket/key", streamed, b"3\r\nabc\r\n"), malformed),
        (
            request("PUT", "/bucket?versioning", {}, b"<VersioningConfiguration><Odd/></VersioningConfiguration>"),
            malformed,
        ),
        (request("PUT", "/bucket?versioning", {}, b"<VersioningConfiguration>"), malformed),
        (request("PUT", "/bucket?versioning", {}, b"\xff\xfe"), malformed),
    ]:
        answer = raw.send(sent).answer()
        rows.append((sent, (answer.status, body in answer.body or answer.body), (400, True)))
    assert differing(rows) == []
    assert cloud.bucket("bucket").keys == []


def test_answers_without_anything_in_them(raw: Raw, cloud: minicloud.Cloud) -> None:
    cloud.client("kinesis", "us-east-1").create_stream(StreamName="s", ShardCount=1)
    content = {"StreamName": "s", "Tags": {"a": "b"}}
    for content_type, body in ((KINESIS, json.dumps(content).encode()), (CBOR, cbor.dumps(content))):
        headers = {"X-Amz-Target": "Kinesis_20131202.AddTagsToStream", "Content-Type": content_type}
        answer = raw.send(request(headers=headers, body=body)).answer()
        assert (answer.status, answer.headers["content-type"], answer.body) == (200, content_type, b"")


def test_numbers_that_json_has_no_form_for(raw: Raw) -> None:
    """They are texts; other texts are no numbers. [Smithy: AWS JSON 1.0 protocol]"""
    for value, text in (
        ("NaN", "The value NaN for parameter MetricData.member.1.Value is invalid."),
        ("Infinity", "The value Infinity for parameter MetricData.member.1.Value is invalid."),
        ("-Infinity", "The value -Infinity for parameter MetricData.member.1.Value is invalid."),
        ("nan", "STRING_VALUE can not be converted to a Double"),
        ("1", "STRING_VALUE can not be converted to a Double"),
    ):
        data = {"Namespace": "N", "MetricData": [{"MetricName": "m", "Value": value}]}
        answer = raw.send(call("GraniteServiceVersion20100801.PutMetricData", data)).answer()
        assert (answer.status, answer.json["message"]) == (400, text)


def test_a_protocol_that_is_not_spoken() -> None:
    with pytest.raises(minicloud.UsageError) as caught:
        load_protocol("ec2")
    assert str(caught.value) == (
        "minicloud does not speak the protocol 'ec2' of this client: it speaks cbor, json, query, query-json, "
        "rest-json, rest-xml, smithy-rpc-v2-cbor; use a release of botocore whose client does"
    )

"""What a request asks for, by whatever says it, and what is answered to one that cannot be placed."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from minicloud.server.http_request import HttpError, HttpRequest
from minicloud.server.routing import Route, route_of

from .test_who_and_where import OTHER, header, presigned, scope

FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = "application/x-amz-json-1.0"


def route(
    target: str = "/", headers: dict[str, str] | None = None, body: bytes = b"", method: str = "POST", **more: str
) -> Route:
    named = {name.lower(): value for name, value in {"host": "localhost", **(headers or {}), **more}.items()}
    made = HttpRequest(method, target, named, True)
    made.take(body, 1_000_000)
    return route_of(made, lambda name: name == "photos")


def asked(*arguments: Any, **options: Any) -> tuple[str, str, str]:
    found = route(*arguments, **options)
    return found.service_name, found.operation_name, found.protocol


def refused(*arguments: Any, **options: Any) -> tuple[int, str]:
    """The status, and the kind and text of the body."""
    with pytest.raises(HttpError) as caught:
        route(*arguments, **options)
    error = caught.value
    return error.status, f"{error.content_type} {error.body.decode('latin-1')}"


def test_presigned_requests_say_all_in_their_query() -> None:
    token = {"X-Amz-Security-Token": "t/1"}
    found = route(f"/?Action=ListQueues&Version=2012-11-05{presigned(scope('eu-west-1'), **token)}", method="GET")
    assert (found.region_name, found.access_key, found.token, found.is_signed) == (
        "eu-west-1",
        "AKIDEXAMPLE",
        "t/1",
        True,
    )
    found = route(
        f"/?Action=ListQueues&Version=2012-11-05{presigned(scope('eu-west-1'), **token)}",
        {"X-Amz-Security-Token": "other"},
        method="GET",
    )
    assert found.token == "other"
    second = "&AWSAccessKeyId=AKID&SignatureVersion=2&Signature=0"
    found = route(f"/?Action=ListQueues&Version=2012-11-05{second}&SecurityToken=t", method="GET")
    assert (found.access_key, found.token, found.is_signed, found.service_name) == ("AKID", "t", True, "sqs")
    plain = route("/?Action=ListQueues&Version=2012-11-05", method="GET")
    assert (plain.access_key, plain.token, plain.is_signed, plain.region_name) == (None, None, False, "")
    for_an_account = route(
        f"/?Action=ListQueues&Version=2012-11-05&AWSAccessKeyId={OTHER}&Signature=0&SignatureVersion=2"
    )
    assert (for_an_account.access_key, for_an_account.account_id) == (None, OTHER)


def test_objects_are_presigned_in_a_way_of_their_own() -> None:
    query = "AWSAccessKeyId=AKID&Signature=c2ln&Expires=1"
    found = route(f"/bucket/key?{query}&x-amz-security-token=t", method="GET")
    assert (found.service_name, found.operation_name, found.token) == ("s3", "GetObject", "t")
    assert (found.access_key, found.is_signed) == ("AKID", True)
    assert route(f"/bucket/key?{query}", method="GET").token is None
    signed = route("/bucket/key", {"Authorization": "AWS AKID:c2ln"}, method="PUT")
    assert (signed.service_name, signed.operation_name) == ("s3", "PutObject")
    assert (signed.access_key, signed.is_signed) == ("AKID", True)


def test_a_target_says_what_is_asked() -> None:
    def target(name: str, content_type: str = JSON, body: bytes = b"{}", **headers: str) -> Any:
        return {"headers": {"X-Amz-Target": name, "Content-Type": content_type, **headers}, "body": body}

    for name, service in (
        ("AmazonSQS.ListQueues", "sqs"),
        ("AWSEvents.ListRules", "events"),
        ("Firehose_20150804.ListDeliveryStreams", "firehose"),
        ("GraniteServiceVersion20100801.ListMetrics", "cloudwatch"),
        ("Kinesis_20131202.ListStreams", "kinesis"),
        ("Logs_20140328.DescribeLogGroups", "logs"),
        ("AnyScaleFrontendService.DescribeScalableTargets", "application-autoscaling"),
    ):
        assert asked(**target(name)) == (service, name.partition(".")[2], "json")
    assert asked(**target("Kinesis_20131202.ListStreams", "application/x-amz-cbor-1.1", b"\xa0"))[2] == "cbor"
    for name, word in (
        ("AWSStepFunctions.ListActivities", "Step Functions: ListActivities"),
        ("AmazonSNS.Publish", "SNS in JSON: Publish"),
        ("DynamoDB_20120810.ListTables", "DynamoDB: ListTables"),
        ("DynamoDBStreams_20120810.ListStreams", "DynamoDB Streams: ListStreams"),
    ):
        status, text = refused(**target(name))
        assert (status, word in text, text.startswith("application/json {")) == (501, True, True), text
    status, text = refused(**target("Nobody.Nothing", **header(scope("us-east-1", service="states"))))
    assert (status, "the service 'states': Nothing" in text, "application/json {" in text) == (501, True, True), text
    status, text = refused(**target("Nobody.Nothing"))
    assert (status, "UnknownOperationException" in text) == (400, True)
    status, text = refused(**target("AmazonSQS.Nothing"))
    assert (status, "com.amazon.coral.service#UnknownOperationException" in text) == (400, True)
    status, text = refused(**target("Kinesis_20131202.Nothing"))
    assert (status, '"UnknownOperationException"' in text) == (400, True)
    status, text = refused(**target("Kinesis_20131202.ListStreams", body=b""))
    assert (status, "SerializationException" in text) == (400, True)
    for body, expected, word in (
        (b"{}", 404, "UnknownOperationException"),
        (b"{", 400, "SerializationException"),
        (b"[" * 99_999, 400, "SerializationException"),
    ):
        status, text = refused(**target("Kinesis_20131202.ListStreams", "application/json", body))
        assert (status, word in text) == (expected, True), text
    assert refused(**target("Kinesis_20131202.ListStreams", "text/plain"))[0] == 404
    for content_type, body in (("", b""), ("text/plain", b""), ("", b"{}")):
        assert refused(**target("Kinesis_20131202.ListStreams", content_type, body))[0] == 400


def test_an_action_says_what_is_asked() -> None:
    def action(name: str, version: str = "", path: str = "/", **headers: str) -> Any:
        said = f"?Action={name}" + (f"&Version={version}" if version else "")
        return {"target": path + said, "headers": headers, "method": "GET"}

    for service, version, name in (
        ("sns", "2010-03-31", "ListTopics"),
        ("iam", "2010-05-08", "ListRoles"),
        ("cloudwatch", "2010-08-01", "ListMetrics"),
        ("sts", "2011-06-15", "GetCallerIdentity"),
        ("sqs", "2012-11-05", "ListQueues"),
    ):
        assert asked(**action(name, version)) == (service, name, "query")
        assert asked(**action(name)) == (service, name, "query")  # which only one of them has
        assert asked(**action(name, **header(scope("us-east-1", service=service)))) == (service, name, "query")
    assert asked(**action("SendMessage", path="/123456789012/q")) == ("sqs", "SendMessage", "query")
    assert route(**action("SendMessage", path="/123456789012/q")).queue_url == "/123456789012/q"
    assert route(**action("SendMessage", "2012-11-05")).queue_url == ""
    assert route(**action("ListTopics", "2010-03-31")).queue_url == ""
    for name in ("CreateQueue", "ListQueues"):
        status, text = refused(**action(name, "2012-11-05", "/123456789012/q"))
        assert (status, "<Code>InvalidAction</Code>" in text) == (400, True), text
    assert asked(**action("TagResource", host="sns.eu-west-1.amazonaws.com:80"))[0] == "sns"
    assert asked(**action("TagResource", **header(scope("us-east-1", service="monitoring"))))[0] == "cloudwatch"
    status, text = refused(**action("TagResource"))  # which several have
    assert (status, "<Code>InvalidAction</Code>" in text) == (400, True)
    status, text = refused(**action("Nothing", "2010-03-31"))
    assert (status, "<Code>InvalidAction</Code>" in text) == (400, True)
    status, text = refused(**action("ListTopics", "2000-01-01", **header(scope("us-east-1", service="sns"))))
    assert (status, "<Code>NoSuchVersion</Code>" in text) == (400, True)
    status, text = refused(**action("ListStreams", **header(scope("us-east-1", service="kinesis"))))
    assert (status, "kinesis in the query protocol" in text, "text/xml <" in text) == (501, True, True), text
    status, text = refused(**action("ListUsers", **header(scope("us-east-1", service="ec2"))))
    assert (status, "the service 'ec2': ListUsers" in text) == (501, True), text
    assert asked("/", FORM, b"Action=ListTopics&Version=2010-03-31") == ("sns", "ListTopics", "query")
    form = route("/", FORM, b"Action=ListTopics&Version=2010-03-31&NextToken=\xff").form
    assert form["NextToken"] == "\ufffd"  # what is no text has its sign
    assert route("/?Action=ListTopics", FORM, b"Version=2010-03-31&Empty=").form == {
        "Action": "ListTopics",
        "Version": "2010-03-31",
        "Empty": "",
    }


def test_a_path_says_what_is_asked() -> None:
    assert asked("/2015-03-31/functions/f/invocations") == ("lambda", "Invoke", "rest-json")
    assert asked("/2015-03-31/functions/f/invocations?Qualifier=1")[1] == "Invoke"
    assert asked("/v1/pipes", method="GET") == ("pipes", "ListPipes", "rest-json")
    assert asked("/schedules", method="GET") == ("scheduler", "ListSchedules", "rest-json")
    arn = quote("arn:aws:pipes:us-east-1:123456789012:pipe/p", safe="")
    assert asked(f"/tags/{arn}", method="GET") == ("pipes", "ListTagsForResource", "rest-json")
    arn = quote("arn:aws:scheduler:us-east-1:123456789012:schedule-group/g", safe="")
    assert asked(f"/tags/{arn}", method="GET")[0] == "scheduler"
    status, text = refused("/v1/pipes/p/none", method="PATCH")
    assert (status, "PATCH /v1/pipes/p/none of pipes" in text) == (501, True), text
    long = "/v1/pipes/" + "p" * 300
    status, text = refused(long, method="PATCH")
    assert (status, f"PATCH {long[:200]} of pipes" in text) == (501, True), text
    signed = header(scope("us-east-1", service="lambda"))
    assert refused("/v1/pipes", signed, method="GET")[0] == 501  # the signature says whose path it is
    assert refused("/v1/pipes", header(scope("us-east-1", service="appmesh")), method="GET")[0] != 200


def test_the_protocol_of_a_path_has_a_header() -> None:
    path, spoken = "/service/GraniteServiceVersion20100801/operation/ListMetrics", {"Smithy-Protocol": "rpc-v2-cbor"}
    assert asked(path, spoken, b"\xa0") == ("cloudwatch", "ListMetrics", "smithy-rpc-v2-cbor")
    for wrong in (refused(path), refused("/service/x", spoken)):
        assert wrong[0] == 400
        assert wrong[1].startswith("application/cbor \xa1f__typex\x19UnknownOperationException")
    status, text = refused(path, {"Smithy-Protocol": "rpc-v2-json"})
    assert (status, "the protocol 'rpc-v2-json'" in text) == (501, True), text
    assert refused("/service/Kinesis_20131202/operation/ListStreams", spoken)[0] == 501
    # Of S3 a path may begin like this, too.
    found = asked("/service/x", header(scope("us-east-1", service="s3")), method="GET")
    assert found[:2] == ("s3", "GetObject")


def test_what_only_s3_is_asked() -> None:
    assert asked("/", {"host": "s3.localhost:80"}, method="GET")[:2] == ("s3", "ListBuckets")
    assert asked("/photos/a", method="GET")[:2] == ("s3", "GetObject")
    assert asked("/others/a", {"x-amz-content-sha256": "0"}, method="PUT")[:2] == ("s3", "PutObject")
    assert refused("/others/a", method="GET")[0] != 501
    status, text = refused("/photos/a", {"x-amz-account-id": "1"}, method="GET")
    assert (status, "S3 Control: GET /photos/a" in text) == (501, True), text
    status, text = refused("/photos?website", method="PUT")
    assert (status, "S3." in text) == (501, True), text


def test_a_request_that_is_signed_for_a_queue_s_service_and_says_nothing_has_sqs_s_answer() -> None:
    nothing = 404, "text/xml <UnknownOperationException/>\n"
    assert refused("/", header(scope("us-east-1", service="sqs"))) == nothing
    assert refused("/", header(scope("us-east-1", service="sns"))) != nothing
    for port in ("", ":443"):
        assert refused("/", {"host": f"sqs.us-east-1.amazonaws.com{port}"}, method="GET") == nothing


@pytest.mark.parametrize("service", ["cloudfront", "route53", "s3-outposts", "s3express"])
def test_services_that_answer_in_xml_are_refused_in_it(service: str) -> None:
    status, text = refused("/2020-05-31/distribution", header(scope("us-east-1", service=service)), method="GET")
    assert (status, text.startswith("text/xml"), service in text) == (501, True, True)
    status, text = refused("/tables", header(scope("us-east-1", service="s3tables")), method="GET")
    assert (status, text.startswith("application/json")) == (501, True)

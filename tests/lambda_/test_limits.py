"""How much is just not too much: payloads, variables, tags, policies. [Lambda quotas; Lambda API]"""

from __future__ import annotations

import base64
import json

import pytest

import minicloud
from tests.support.answers import refusal

from .archives import ROLE, archive

STATEMENT = {"Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}


def sized(size):
    """JSON of so many bytes."""
    return json.dumps("x" * (size - 2))


@pytest.fixture
def bill(cloud):
    """A function that answers how long its event is."""
    cloud.function("bill", lambda event, _: len(event))
    return {"FunctionName": "bill"}


def test_payloads(lambda_, bill, cloud):
    answer = lambda_.invoke(**bill, Payload=sized(6_291_556))
    assert json.loads(answer["Payload"].read()) == 6_291_554
    assert lambda_.invoke(**bill, InvocationType="Event", Payload=sized(1_048_576))["StatusCode"] == 202
    assert lambda_.invoke_async(**bill, InvokeArgs=sized(262_144))["Status"] == 202
    code, text = refusal(lambda_.invoke_async, **bill, InvokeArgs=sized(262_145))
    assert (code, "smaller than 262144 bytes" in text) == ("RequestTooLargeException", True)
    assert [run.result for run in cloud.invocations] == [6_291_554, 1_048_574, 262_142]


def test_a_payload_of_nothing_is_an_empty_object(lambda_, cloud):
    cloud.function("bill", lambda event, _: event)
    for given in ({}, {"Payload": b""}):
        assert lambda_.invoke(FunctionName="bill", **given)["Payload"].read() == b"{}"


def test_limits_of_payloads_are_the_cloud_s():
    limits = minicloud.Limits(lambda_payload_sync=30, lambda_payload_async=20)
    with minicloud.Cloud(clock="virtual", limits=limits) as cloud:
        lambda_ = cloud.client("lambda")
        cloud.function("bill", lambda event, _: event)
        for kind, most in (("RequestResponse", 30), ("Event", 20)):
            given = {"FunctionName": "bill", "InvocationType": kind}
            lambda_.invoke(**given, Payload=sized(most))
            assert refusal(lambda_.invoke, **given, Payload=sized(most + 1))[0] == "RequestTooLargeException"
        for answer, error in (
            ("x" * 28, None),
            ("x" * 29, "Unhandled"),
            ("😀" * 7, None),
            ("😀" * 7 + "x", "Unhandled"),
            ("\ud83d" * 9, None),
            ("\ud83d" * 10, "Unhandled"),
        ):
            cloud.function("bill", lambda *_, answer=answer: answer)
            assert lambda_.invoke(FunctionName="bill").get("FunctionError") == error


def test_client_contexts(lambda_, bill):
    """3,583 bytes in base64, which has a multiple of four."""
    for size, is_taken in ((3_580, True), (3_584, False)):
        text = base64.b64encode(json.dumps({"a": "x" * (size // 4 * 3 - 9)}).encode()).decode()
        assert len(text) == size
        if is_taken:
            lambda_.invoke(**bill, ClientContext=text)
        else:
            assert refusal(lambda_.invoke, **bill, ClientContext=text)[0] == "InvalidRequestContentException"


@pytest.mark.parametrize("letter", ["x", "ü"])
def test_variables(lambda_, letter):
    """4 KB as JSON without blanks, in UTF-8."""
    given = {"Runtime": "python3.12", "Handler": "app.handler", "Code": {"ZipFile": archive("x = 1")}, "Role": ROLE}
    count = (4096 - len('{"AA":""}')) // len(letter.encode())
    most, more = ({"Variables": {"AA": letter * number}} for number in (count, count + 1))
    code, text = refusal(lambda_.create_function, FunctionName="bill", **given, Environment=more)
    assert code == "InvalidParameterValueException"
    assert "exceeded the 4KB limit" in text
    made = lambda_.create_function(FunctionName="bill", **given, Environment=most)
    assert made["Environment"] == most


def test_tags(lambda_, bill, cloud):
    arn = lambda_.get_function(**bill)["Configuration"]["FunctionArn"]
    tags = {f"key{number}": "" for number in range(50)}
    lambda_.tag_resource(Resource=arn, Tags=tags)
    lambda_.tag_resource(Resource=arn, Tags={"key7": "again"})
    assert refusal(lambda_.tag_resource, Resource=arn, Tags={"one": "more"})[0] == "InvalidParameterValueException"
    assert lambda_.list_tags(Resource=arn)["Tags"] == {**tags, "key7": "again"}


def test_policies(lambda_, bill):
    """20 KB as GetPolicy answers them."""
    add, source = lambda_.add_permission, "arn:aws:s3:::"
    for number in (0, 1):
        add(**bill, **STATEMENT, StatementId=f"s{number}", SourceArn=source + "x" * 9_800)
    add(**bill, **STATEMENT, StatementId="s2", SourceArn=source)
    left = 20_480 - len(lambda_.get_policy(**bill)["Policy"])
    lambda_.remove_permission(**bill, StatementId="s2")
    for more, size in ((1, 20_481), (0, None)):
        given = {**bill, **STATEMENT, "StatementId": "s2", "SourceArn": source + "x" * (left + more)}
        if size:
            code, text = refusal(add, **given)
            assert (code, f"({size})" in text) == ("PolicyLengthExceededException", True)
        else:
            add(**given)
    assert len(lambda_.get_policy(**bill)["Policy"]) == 20_480

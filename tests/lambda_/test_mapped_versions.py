"""Mappings to versions and aliases, which may go and come as functions may."""

from __future__ import annotations

from typing import Any

import pytest

import minicloud
from tests.support.answers import refusal

from .archives import ROLE, archive

GONE = "PROBLEM: Function not found"


class Mapped:
    """A function with a version and an alias, one of which a queue or a stream is mapped to."""

    def __init__(self, cloud: minicloud.Cloud, source: str, qualifier: str) -> None:
        self.cloud = cloud
        self.source = source
        self.qualifier = qualifier
        self.lambda_ = cloud.client("lambda")
        self.sqs, self.kinesis = cloud.client("sqs"), cloud.client("kinesis")
        self.url = self.sqs.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "30"})["QueueUrl"]
        self.kinesis.create_stream(StreamName="s", ShardCount=1)
        self.make_function()
        self.publish()
        self.lambda_.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
        where = self.url if source == "queue" else "s"
        self.mapping = cloud.event_source_mapping(where, f"f:{qualifier}")

    def make_function(self) -> None:
        code = {"ZipFile": archive("def handler(event, context):\n    pass\n")}
        given = {"Runtime": "python3.12", "Handler": "app.handler", "Timeout": 20}
        self.lambda_.create_function(FunctionName="f", Role=ROLE, Code=code, **given)

    def publish(self) -> str:
        version: str = self.lambda_.publish_version(FunctionName="f")["Version"]
        return version

    def put(self, body: str) -> None:
        if self.source == "queue":
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body)
        else:
            self.kinesis.put_record(StreamName="s", Data=body.encode(), PartitionKey="k")

    @property
    def versions(self) -> list[str]:
        """Of which version each run was."""
        return [run.version for run in self.cloud.invocations]

    @property
    def untouched(self) -> bool:
        """Whether what was put is where it was put."""
        return self.mapping.in_flight == 0 and (self.source == "stream" or self.cloud.queue("q").counts.visible == 1)


@pytest.fixture(params=["queue", "stream"])
def source(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_an_alias_goes_and_comes(cloud: minicloud.Cloud, source: str) -> None:
    mapped = Mapped(cloud, source, "live")
    mapped.put("1")
    assert mapped.versions == ["1"]
    mapped.lambda_.update_alias(FunctionName="f", Name="live", FunctionVersion="$LATEST")
    mapped.put("2")
    mapped.lambda_.delete_alias(FunctionName="f", Name="live")
    mapped.put("3")
    assert (mapped.versions, mapped.untouched) == (["1", "$LATEST"], True)
    mapped.lambda_.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    assert mapped.versions == ["1", "$LATEST", "1"]
    assert (mapped.mapping.in_flight, mapped.mapping.last_result) == (0, "OK")


def test_a_version_goes_and_comes_with_a_function_that_is_made_anew(cloud: minicloud.Cloud, source: str) -> None:
    mapped = Mapped(cloud, source, "1")
    mapped.lambda_.delete_alias(FunctionName="f", Name="live")
    mapped.put("1")
    mapped.lambda_.delete_function(FunctionName="f", Qualifier="1")
    mapped.put("2")
    assert (mapped.versions, mapped.untouched) == (["1"], True)
    mapped.lambda_.delete_function(FunctionName="f")
    mapped.make_function()
    assert (mapped.versions, mapped.untouched) == (["1"], True)
    assert mapped.publish() == "1"
    assert mapped.versions == ["1", "1"]


def test_a_function_that_is_called_as_an_alias_is_another_one(cloud: minicloud.Cloud, source: str) -> None:
    cloud.function("live", lambda *_: None)
    mapped = Mapped(cloud, source, "live")
    mapped.put("1")
    assert [run.arn for run in cloud.invocations] == ["arn:aws:lambda:us-east-1:123456789012:function:f:live"]


@pytest.mark.parametrize("place", ["eu-west-1:123456789012", "us-east-1:210987654321"])
def test_a_function_of_elsewhere_is_not_that_of_the_same_name_here(cloud: minicloud.Cloud, place: str) -> None:
    mapped = Mapped(cloud, "queue", "live")
    lambda_: Any = mapped.lambda_
    code, _ = refusal(
        lambda_.update_event_source_mapping,
        UUID=mapped.mapping.uuid,
        FunctionName=f"arn:aws:lambda:{place}:function:f",
    )
    assert code == "InvalidParameterValueException"


def test_a_mapping_of_a_stream_says_that_its_function_is_gone(cloud: minicloud.Cloud) -> None:
    mapped = Mapped(cloud, "stream", "live")
    mapped.put("1")
    assert mapped.mapping.last_result == "OK"
    mapped.lambda_.delete_alias(FunctionName="f", Name="live")
    assert mapped.mapping.last_result == GONE
    mapped.lambda_.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    mapped.put("2")
    assert mapped.mapping.last_result == "OK"
    mapped.mapping.disable()
    mapped.lambda_.delete_function(FunctionName="f")
    assert mapped.mapping.last_result == "OK", "it does not ask for its function"

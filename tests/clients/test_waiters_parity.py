"""Waiters against botocore's, where time does not matter."""

from __future__ import annotations

from typing import Any

import boto3
import botocore.exceptions
import pytest

import minicloud

pytestmark = [pytest.mark.needs("boto3"), pytest.mark.minicloud(region_name="us-east-1")]

KINESIS = boto3.client("kinesis", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")


@pytest.mark.parametrize(
    ("name", "stream", "config"),
    [
        ("stream_exists", "s", None),
        ("stream_exists", "none", None),
        ("stream_not_exists", "none", None),
        ("stream_not_exists", "s", {"Delay": 0, "MaxAttempts": 3}),
        ("stream_not_exists", "s", {"Delay": 0, "MaxAttempts": 0}),
        ("stream_exists", "bad name", {}),
        ("stream_exists", 1, {}),
    ],
)
def test_outcomes(mock_aws: Any, name: str, stream: Any, config: dict[str, Any] | None) -> None:
    ours = mock_aws.client("kinesis")
    ours.create_stream(StreamName="s", ShardCount=1)
    seen: list[Any] = []
    for client in (ours, KINESIS):
        waiter = client.get_waiter(name)
        params = {"StreamName": stream} if config is None else {"StreamName": stream, "WaiterConfig": config}
        try:
            seen.append(waiter.wait(**params))
        except botocore.exceptions.BotoCoreError as error:
            response = dict(getattr(error, "last_response", {}))
            response.pop("ResponseMetadata", None)
            seen.append((type(error).__name__, str(error), error.kwargs, response))
        seen[-1] = (waiter.name, waiter.config.delay, waiter.config.max_attempts, seen[-1])
    assert seen[0] == seen[1]


@pytest.mark.parametrize("service", ["cloudwatch", "iam", "kinesis", "lambda", "s3"])
def test_what_is_said_of_states_that_are_not_the_one_waited_for(service: str) -> None:
    theirs = boto3.client(service, "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    ours = minicloud.Cloud().client(service)
    seen = 0
    for name in {*ours.waiter_names} & {*theirs.waiter_names}:
        acceptors = ours.get_waiter(name).config.acceptors
        model = theirs.get_waiter(name).config.acceptors
        assert [one.state for one in acceptors] == [one.state for one in model], name
        told = [(one.explanation, other.explanation) for one, other in zip(acceptors, model, strict=True)]
        if len(told) > 1:  # of one that is the only one nothing is ever said
            seen += len(told)
            assert all(one == other for one, other in told if one), name
            assert all(one.explanation for one in acceptors if one.state != "success"), name
    assert seen or service in ("cloudwatch", "kinesis")  # of a channel, older releases have none


def test_how_the_wait_for_an_object_ends_in_vain(mock_aws: Any) -> None:
    mock_aws.client("s3").create_bucket(Bucket="photos")
    seen = []
    for client in (mock_aws.client("s3"), boto3.client("s3", region_name="us-east-1")):
        with pytest.raises(botocore.exceptions.WaiterError) as caught:
            client.get_waiter("object_exists").wait(
                Bucket="photos", Key="k", WaiterConfig={"Delay": 0, "MaxAttempts": 2}
            )
        seen.append(str(caught.value))
    assert seen[0] == seen[1]
    assert seen[0].endswith("Previously accepted state: Matched expected HTTP status code: 404")


def test_names(cloud: Any) -> None:
    assert cloud.client("kinesis").waiter_names == KINESIS.waiter_names

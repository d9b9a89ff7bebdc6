"""Waiters against botocore's, where time does not matter."""

from __future__ import annotations

from typing import Any

import boto3
import botocore.exceptions
import pytest

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


def test_names(cloud: Any) -> None:
    assert cloud.client("kinesis").waiter_names == KINESIS.waiter_names

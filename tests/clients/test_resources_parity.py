"""The same script run with boto3's resources and with ours: everything that can be seen is the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

import minicloud
from tests.clients.scripts import sns_script, sqs_script

pytestmark = pytest.mark.needs("boto3")


def _cloud() -> minicloud.Cloud:
    return minicloud.Cloud(clock="virtual", seed="resources")


@pytest.mark.parametrize("service_name", ["sqs", "sns"])
def test_resources_are_those_of_boto3(service_name: str) -> None:
    def run(sqs: Any, sns: Any) -> list[Any]:
        if service_name == "sqs":
            return sqs_script(sqs)
        return sns_script(sns, sqs.create_queue(QueueName="inbox").attributes["QueueArn"])

    with _cloud() as cloud:
        ours = run(cloud.resource("sqs"), cloud.resource("sns"))
    with _cloud() as cloud, minicloud.mock_aws(cloud=cloud):
        theirs = run(boto3.resource("sqs", "us-east-1"), boto3.resource("sns", "us-east-1"))
    assert len(ours) == len(theirs) > 50
    for index, (mine, real) in enumerate(zip(ours, theirs, strict=True)):
        assert repr(mine) == repr(real), index  # shows the order of keys, too


@pytest.mark.parametrize(
    "mistake", [lambda sqs: sqs.Queue("u").Message("h").body, lambda sqs: sqs.Message("u", "h").attributes]
)
def test_an_attribute_without_data_is_boto3s_error_too(cloud: Any, mistake: Callable[[Any], object]) -> None:
    with pytest.raises(boto3.exceptions.ResourceLoadException, match=r"sqs\.Message has no load method"):
        mistake(cloud.resource("sqs"))


def test_a_resources_errors_are_botocores(cloud: Any) -> None:
    with pytest.raises(ClientError) as caught:
        cloud.resource("sqs").get_queue_by_name(QueueName="none")
    assert caught.value.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"

"""Sessions, and ``import minicloud as boto3``."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

import minicloud
import minicloud as boto3
from minicloud.services.registry import SERVICE_NAMES

OF_BOTO3 = {
    "api_version": "2012-11-05",
    "use_ssl": False,
    "verify": False,
    "endpoint_url": "http://localhost:9324",
    "aws_access_key_id": "key",
    "aws_secret_access_key": "secret",
    "aws_session_token": "token",
    "config": SimpleNamespace(region_name=None, retries={"max_attempts": 0}),
}


def account(client: Any) -> str:
    name: str = client.create_queue(QueueName="q")["QueueUrl"].split("/")[-2]
    return name


@pytest.mark.parametrize("service_name", SERVICE_NAMES)
def test_boto3s_arguments_are_taken(cloud: Any, service_name: str) -> None:
    session = cloud.session(
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        aws_session_token="token",
        region_name="eu-west-1",
        botocore_session=object(),
        profile_name="staging",
        aws_account_id="111111111111",
    )
    assert (session.region_name, session.profile_name) == ("eu-west-1", "staging")
    for maker in (session, cloud):
        for client in (maker.client(service_name, **OF_BOTO3), maker.async_client(service_name, **OF_BOTO3)):
            assert client.meta.service_model.service_name == service_name
            assert client.meta.endpoint_url == "http://localhost:9324"
    given: list[dict[str, Any]] = [
        {},
        {"region_name": "us-west-2"},
        {"config": SimpleNamespace(region_name="sa-east-1")},
    ]
    regions = [session.client(service_name, **params).meta.region_name for params in given]
    assert regions == (["aws-global"] * 3 if service_name == "iam" else ["eu-west-1", "us-west-2", "sa-east-1"])


def test_whose_account_it_is(cloud: Any) -> None:
    assert account(cloud.client("sqs")) == account(cloud.session().client("sqs")) == cloud.account_id
    assert account(cloud.session(account_id="111111111111").client("sqs")) == "111111111111"
    assert account(cloud.session(aws_account_id="111111111111").client("sqs")) == "111111111111"
    assert account(cloud.session(account_id="111111111111").client("sqs", account_id="222222222222")) == "222222222222"
    assert account(cloud.client("sqs", aws_account_id="333333333333")) == "333333333333"
    assert cloud.client("sts", account_id="444444444444").get_caller_identity()["Account"] == "444444444444"


def test_a_session_acts_with_its_own_keys(cloud: Any) -> None:
    """As those of an assumed role, they say whose they are; a client's own keys come first."""
    sts = cloud.client("sts")

    def keys_in(account_id: str) -> dict[str, str]:
        arn = f"arn:aws:iam::{account_id}:role/worker"
        made = sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        return {
            "aws_access_key_id": made["AccessKeyId"],
            "aws_secret_access_key": made["SecretAccessKey"],
            "aws_session_token": made["SessionToken"],
        }

    session = cloud.session(**keys_in("111111111111"))
    caller = session.client("sts").get_caller_identity()
    assert (caller["Account"], caller["Arn"]) == ("111111111111", "arn:aws:sts::111111111111:assumed-role/worker/test")
    assert account(session.client("sqs")) == "111111111111"
    assert session.resource("sqs").create_queue(QueueName="q").url.endswith("111111111111/q")
    assert account(session.client("sqs", **keys_in("222222222222"))) == "222222222222"


@pytest.mark.minicloud(region_name="us-east-1")
def test_regions_and_accounts_are_apart(cloud: Any) -> None:
    cloud.client("sqs", region_name="eu-west-1").create_queue(QueueName="q")
    cloud.client("sqs", account_id="111111111111").create_queue(QueueName="q")
    assert "QueueUrls" not in cloud.client("sqs").list_queues()
    assert len(cloud.session(region_name="eu-west-1").client("sqs").list_queues()["QueueUrls"]) == 1


def test_resources(cloud: Any) -> None:
    session = cloud.session(region_name="eu-west-1")
    for maker in (session, cloud):
        for name in ("sqs", "sns"):
            assert repr(maker.resource(name, **OF_BOTO3)) == f"{name}.ServiceResource()"
    assert session.resource("sqs").meta.client.meta.region_name == "eu-west-1"
    assert session.resource("sns", "us-west-2").meta.client.meta.region_name == "us-west-2"
    assert session.resource("sqs", account_id="111111111111").create_queue(QueueName="q").url.endswith("111111111111/q")


@pytest.mark.minicloud(region_name="us-east-1")
def test_what_there_is(cloud: Any) -> None:
    session = cloud.session()
    assert session.get_available_services() == sorted(SERVICE_NAMES), (
        "SERVICE_NAMES in minicloud/services/registry.py is in the order of the alphabet, as boto3 has its services"
    )
    assert session.get_available_resources() == ["sns", "sqs"]
    assert repr(session) == "Session(region_name='us-east-1')"


def test_what_there_is_not(cloud: Any) -> None:
    for maker in (cloud, cloud.session()):
        for make in (maker.client, maker.async_client):
            with pytest.raises(
                minicloud.UsageError,
                match=f"no service 'mainframe': it emulates {', '.join(sorted(SERVICE_NAMES))}; ",
            ):
                make("mainframe")
            with pytest.raises(TypeError):
                make("sqs", colour="red")
        with pytest.raises(minicloud.UsageError, match=r"no resource 'kinesis'.*use client\(\)"):
            maker.resource("kinesis")


def test_minicloud_stands_in_for_boto3() -> None:
    minicloud.default_cloud().reset()
    try:
        sqs = boto3.client("sqs", region_name="us-east-1", aws_access_key_id="key", aws_secret_access_key="secret")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        boto3.resource("sqs", region_name="us-east-1").Queue(url).send_message(MessageBody="hello")
        session = boto3.Session(region_name="us-east-1", profile_name="default")
        assert session.client("sqs").receive_message(QueueUrl=url)["Messages"][0]["Body"] == "hello"
        assert boto3.exceptions.ClientError is minicloud.exceptions.ClientError
        assert minicloud.default_cloud() is minicloud.default_cloud()
    finally:
        minicloud.default_cloud().reset()
    assert "QueueUrls" not in sqs.list_queues()


def test_an_asyncio_client_of_a_session(cloud: Any) -> None:
    async def main() -> None:
        async with cloud.session(region_name="eu-west-1").async_client("sqs") as sqs:
            await sqs.create_queue(QueueName="q")
            urls = (await sqs.list_queues())["QueueUrls"]
        assert urls == ["https://sqs.eu-west-1.amazonaws.com/123456789012/q"]

    asyncio.run(main())

"""Whatever host a real client finds for a call, the cloud answers: FIPS, dual stack, accounts, all partitions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.loaders
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointResolutionError, EndpointVariantError

import minicloud
from minicloud.core.hosts import dns_suffix_of, partition_of, read_host

pytestmark = pytest.mark.needs("boto3")

REGIONS = [
    "us-east-1",
    "us-gov-west-1",
    "cn-north-1",
    "eusc-de-east-1",
    "us-iso-east-1",
    "us-isob-east-1",
    "eu-isoe-west-1",
    "us-isof-south-1",
]
CONFIGS = [
    {"use_dualstack_endpoint": dual_stack, "use_fips_endpoint": fips}
    for dual_stack in (False, True)
    for fips in (False, True)
]
LOADER = botocore.loaders.Loader()
PARTITIONS = LOADER.load_data("partitions")["partitions"]
"""Those that this release of botocore knows."""
ACCOUNT = "123456789012"


def has_hosts_of_accounts() -> bool:
    return "AccountId" in LOADER.load_service_model("kinesis", "endpoint-rule-set-1")["parameters"]


def noted(client: Any) -> list[str]:
    """The hosts of the requests that a client will send."""
    hosts: list[str] = []
    client.meta.events.register("before-send", lambda request, **_: hosts.append(urlsplit(request.url).hostname))
    return hosts


def use_sqs(sqs: Any) -> str:
    url: str = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="m")
    [arn] = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"].values()
    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "m"
    assert urlsplit(url).hostname == f"sqs.{sqs.meta.region_name}.{dns_suffix_of(sqs.meta.region_name)}"
    return str(arn)


def use_sns(sns: Any) -> str:
    arn: str = sns.create_topic(Name="t")["TopicArn"]
    sns.publish(TopicArn=arn, Message="m")
    return arn


def use_kinesis(kinesis: Any) -> str:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    kinesis.put_record(StreamName="s", Data=b"x", PartitionKey="k")
    arn: str = kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
    kinesis.put_record(StreamARN=arn, Data=b"x", PartitionKey="k")  # botocore wants its own partition in it
    assert kinesis.list_shards(StreamARN=arn)["Shards"]
    return arn


USES: dict[str, Callable[[Any], str]] = {"sqs": use_sqs, "sns": use_sns, "kinesis": use_kinesis}


@pytest.mark.parametrize("config", CONFIGS, ids=["plain", "fips", "dual stack", "fips and dual stack"])
@pytest.mark.parametrize("service", USES)
def test_all_partitions(service: str, config: dict[str, bool]) -> None:
    known = {partition["id"] for partition in PARTITIONS}
    for region in (region for region in REGIONS if partition_of(region) in known):
        with minicloud.mock_aws():
            try:
                client = boto3.client(service, region, config=Config(**config))  # type: ignore[arg-type]
                hosts = noted(client)
                arn = USES[service](client)
            except (EndpointVariantError, EndpointResolutionError):
                # This release of botocore knows no such hosts of the partition's.
                assert config["use_dualstack_endpoint"]
                assert partition_of(region).startswith(("aws-iso", "aws-eusc"))
                continue
            assert arn.split(":")[1:4] == [partition_of(region), service, region]
            assert {read_host(host) for host in hosts} == {(service, region)}


def test_partitions_are_botocores() -> None:
    for partition in PARTITIONS:
        outputs = partition["outputs"]
        for region in partition["regions"]:
            if region.endswith("-global"):
                continue
            assert (partition_of(region), dns_suffix_of(region)) == (partition["id"], outputs["dnsSuffix"])
            for suffix in (outputs["dnsSuffix"], outputs["dualStackDnsSuffix"]):
                assert read_host(f"sqs.{region}.{suffix}") == ("sqs", region)


@pytest.mark.parametrize("service", ["kinesis", "sns", "sqs", "sts"])
def test_every_host_of_the_endpoint_rules_is_known(service: str) -> None:
    rules = json.dumps(LOADER.load_service_model(service, "endpoint-rule-set-1"))
    templates = set(re.findall(r'"https://([^"/]+)"', rules))
    assert len(templates) > 1
    values = {"Region": "eu-west-1", "OperationType": "data", "AccountId": ACCOUNT, "arn#accountId": ACCOUNT}
    ends = {"PartitionResult#dnsSuffix": "amazonaws.com", "PartitionResult#dualStackDnsSuffix": "api.aws"}
    ids = {"HttpsCustomEndpointSuffixValue": "", "PlainCustomEndpointSuffixValue": ""}
    for template in templates:
        host = re.sub(r"\{([^}]+)\}", lambda match: (values | ends | ids).get(match[1], "a1-b2"), template)
        found = read_host(host)
        assert found is not None, host
        assert found.service_name == service
        assert found.region_name in host or host == "sts.amazonaws.com"


def test_other_hosts_are_not_ours() -> None:
    assert read_host("queue.amazonaws.com") == ("sqs", "us-east-1")
    assert read_host("eu-west-1.queue.amazonaws.com") == ("sqs", "eu-west-1")
    assert read_host("A1.control-kinesis-queues.EU-WEST-1.amazonaws.com") == ("kinesis", "eu-west-1")
    for host in (
        "",
        "localhost",
        "amazonaws.com",
        "s3.us-east-1.amazonaws.com",
        "sqs.us-east-1.amazonaws.com.example.com",
        "evil-sqs.us-east-1.amazonaws.com",
        "sqs.us-east-1.example.com",
        "my.sqs.us-east-1.amazonaws.com",
        "x.kinesis.us-east-1.amazonaws.com",
    ):
        assert read_host(host) is None, host


@pytest.mark.parametrize("mode", ["preferred", "disabled", "required"])
def test_credentials_that_carry_an_account(mode: str) -> None:
    options = {"account_id_endpoint_mode": mode} if "account_id_endpoint_mode" in Config.OPTION_DEFAULTS else {}
    with minicloud.mock_aws() as cloud:
        for service, use in USES.items():
            client = boto3.client(
                service,
                "us-east-1",
                aws_access_key_id="x",
                aws_secret_access_key="y",
                **({"aws_account_id": ACCOUNT} if has_hosts_of_accounts() else {}),  # type: ignore[arg-type]
                config=Config(**options),  # type: ignore[arg-type]
            )
            hosts = noted(client)
            assert use(client).split(":")[4] == cloud.account_id
            assert {read_host(host) for host in hosts} == {(service, "us-east-1")}
            if service == "kinesis" and has_hosts_of_accounts() and mode != "disabled":
                assert f"{ACCOUNT}.control-kinesis.us-east-1.amazonaws.com" in hosts
                assert f"{ACCOUNT}.data-kinesis.us-east-1.amazonaws.com" in hosts


def test_an_account_of_the_environment_or_of_an_assumed_role(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCOUNT_ID", ACCOUNT)
    with minicloud.mock_aws() as cloud:
        assert use_kinesis(boto3.client("kinesis", "us-east-1")).split(":")[4] == cloud.account_id
        made = boto3.client("sts").assume_role(RoleArn="arn:aws:iam::210987654321:role/r", RoleSessionName="me")
        keys = made["Credentials"]
        other = boto3.client(
            "kinesis",
            "us-east-1",
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
            **({"aws_account_id": "210987654321"} if has_hosts_of_accounts() else {}),  # type: ignore[arg-type]
        )
        hosts = noted(other)
        assert use_kinesis(other).split(":")[4] == "210987654321"
        if has_hosts_of_accounts():
            assert "210987654321.data-kinesis.us-east-1.amazonaws.com" in hosts


@pytest.mark.parametrize("region", ["cn-north-1", "eusc-de-east-1", "us-iso-east-1"])
def test_a_client_that_outlives_its_mock_reaches_no_partition(region: str) -> None:
    for config in CONFIGS if region == "cn-north-1" else CONFIGS[:2]:  # not all releases know others of dual stack
        with minicloud.mock_aws():
            kinesis = boto3.client("kinesis", region, config=Config(**config))  # type: ignore[arg-type]
            kinesis.list_streams()
        with pytest.raises(minicloud.UsageError, match="has ended"):
            kinesis.list_streams()


def test_hosts_of_its_first_years_name_a_queue() -> None:
    with minicloud.mock_aws():
        sqs = boto3.client("sqs", "us-east-1")
        sqs.create_queue(QueueName="q")
        for host in ("queue.amazonaws.com", "us-east-1.queue.amazonaws.com", "sqs-fips.us-east-1.api.aws"):
            sqs.send_message(QueueUrl=f"https://{host}/{ACCOUNT}/q", MessageBody=host)
        for endpoint in ("https://queue.amazonaws.com", "https://us-east-1.queue.amazonaws.com"):
            old = boto3.client("sqs", "us-east-1", endpoint_url=endpoint)
            hosts = noted(old)
            old.send_message(QueueUrl="q", MessageBody="m")
            assert f"https://{hosts[0]}" == endpoint
        attributes = sqs.get_queue_attributes(QueueUrl="q", AttributeNames=["All"])["Attributes"]
        assert attributes["ApproximateNumberOfMessages"] == "5"

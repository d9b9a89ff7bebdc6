"""Configs, retries, waiters, credentials, presigned URLs: as with the real thing, through the real thing."""

from __future__ import annotations

import io
import pickle
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import botocore.exceptions
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError, WaiterError

import minicloud
from tests.boto.support import take_full_pipeline
from tests.kinesis.support import sends_parts_of_seconds

pytestmark = pytest.mark.needs("boto3")


def unchecked(service: str) -> Any:
    return boto3.client(service, config=Config(parameter_validation=False))


@pytest.mark.parametrize(
    ("service", "method", "params", "code", "message"),
    [
        ("sqs", "send_message", {}, "MissingParameter", "The request must contain the parameter QueueUrl."),
        (
            "sqs",
            "create_queue",
            {"QueueName": 5},
            "MalformedInput",
            "NUMBER_VALUE can not be converted to a String",
        ),
        (
            "sqs",
            "receive_message",
            {"QueueUrl": "x", "WaitTimeSeconds": "1"},
            "MalformedInput",
            "STRING_VALUE can not be converted to an Integer",
        ),
        (
            "sns",
            "get_topic_attributes",
            {},
            "InvalidParameter",
            "Invalid parameter: TopicArn Reason: no value for required parameter",
        ),
        (
            "sns",
            "publish",
            {"Message": "m", "MessageAttributes": {"Colour": {"StringValue": "x"}}},
            "ValidationError",
            "1 validation error detected: Value null at 'messageAttributes.Colour.member.dataType' failed to satisfy "
            "constraint: Member must not be null",
        ),
        (
            "sns",
            "publish_batch",
            {"PublishBatchRequestEntries": [{"Id": "1", "Message": "m"}, {"Id": "2"}]},
            "ValidationError",
            "1 validation error detected: Value null at 'publishBatchRequestEntries.2.member.message' failed to "
            "satisfy constraint: Member must not be null",
        ),
        (
            "kinesis",
            "put_record",
            {"StreamName": "s"},
            "ValidationException",
            "1 validation error detected: Value null at 'data' failed to satisfy constraint: Member must not be null",
        ),
        (
            "kinesis",
            "put_records",
            {"StreamName": "s", "Records": []},
            "ValidationException",
            "1 validation error detected: Value '[]' at 'records' failed to satisfy constraint: Member must have "
            "length greater than or equal to 1",
        ),
        (
            "kinesis",
            "put_record",
            {"StreamName": "s", "Data": b"", "PartitionKey": ""},
            "ValidationException",
            "1 validation error detected: Value '' at 'partitionKey' failed to satisfy constraint: Member must have "
            "length greater than or equal to 1",
        ),
        (
            "kinesis",
            "put_records",
            {"StreamName": "s", "Records": [{"Data": b"", "PartitionKey": key} for key in ("a", "")]},
            "ValidationException",
            "1 validation error detected: Value '' at 'records.2.member.partitionKey' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1",
        ),
        (
            "kinesis",
            "get_records",
            {"ShardIterator": ""},
            "ValidationException",
            "1 validation error detected: Value '' at 'shardIterator' failed to satisfy constraint: Member must have "
            "length greater than or equal to 1",
        ),
        (
            "kinesis",
            "create_stream",
            {"StreamName": "s", "ShardCount": "1"},
            "SerializationException",
            "class java.lang.String can not be converted to an Integer",
        ),
        (
            "kinesis",
            "create_stream",
            {"StreamName": True},
            "SerializationException",
            "class java.lang.Boolean can not be converted to an String",
        ),
        (
            "kinesis",
            "delete_stream",
            {"StreamName": 1},
            "SerializationException",
            "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String",
        ),
        (
            "sts",
            "assume_role",
            {"RoleSessionName": "me"},
            "ValidationError",
            "1 validation error detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be "
            "null",
        ),
        (
            "sts",
            "assume_role_with_web_identity",
            {
                "RoleArn": "arn:aws:iam::123456789012:role/r",
                "RoleSessionName": "me",
                "WebIdentityToken": "some token",
                "Policy": "",
            },
            "ValidationError",
            "2 validation errors detected: Value '' at 'policy' failed to satisfy constraint: Member must satisfy "
            "regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+; Value '' at 'policy' failed to "
            "satisfy constraint: Member must have length greater than or equal to 1",
        ),
    ],
)
def test_without_validation_the_service_answers(
    service: str, method: str, params: dict[str, Any], code: str, message: str
) -> None:
    with minicloud.mock_aws():
        if service == "kinesis" and "create" not in method:
            boto3.client("kinesis").create_stream(StreamName="s", ShardCount=1)
        with pytest.raises(ClientError) as caught:
            getattr(unchecked(service), method)(**params)
        assert caught.value.response["Error"]["Code"] == code
        assert caught.value.response["Error"]["Message"] == message
        with pytest.raises(ParamValidationError):
            getattr(boto3.client(service), method)(**params)


def test_validation_errors_are_botocores_own() -> None:
    with minicloud.mock_aws():
        with pytest.raises(ParamValidationError) as caught:
            boto3.client("sqs").send_message(QueueUrl=5, Nonsense=1)
        assert type(caught.value) is ParamValidationError
        with pytest.raises(ParamValidationError) as real:
            take_full_pipeline(boto3.client("sqs")).send_message(QueueUrl=5, Nonsense=1)
        assert str(caught.value) == str(real.value)


def test_errors_are_pickled_and_are_the_clients_own() -> None:
    with minicloud.mock_aws():
        sqs = boto3.client("sqs")
        with pytest.raises(sqs.exceptions.QueueDoesNotExist) as caught:
            sqs.get_queue_url(QueueName="nobody")
        again = pickle.loads(pickle.dumps(caught.value))
        assert isinstance(again, ClientError)
        assert again.response == caught.value.response


def test_waiters_wait_on_the_clouds_clock() -> None:
    started = time.monotonic()
    with minicloud.mock_aws(clock="virtual") as cloud:
        kinesis = boto3.client("kinesis")
        kinesis.create_stream(StreamName="s", ShardCount=1)
        kinesis.get_waiter("stream_exists").wait(StreamName="s")
        before = cloud.clock.time()
        with pytest.raises(WaiterError, match="Max attempts"):
            kinesis.get_waiter("stream_not_exists").wait(StreamName="s", WaiterConfig={"Delay": 7, "MaxAttempts": 3})
        assert cloud.clock.time() - before >= 14
    assert time.monotonic() - started < 5


def test_region_and_endpoint_forms() -> None:
    with minicloud.mock_aws():
        assert boto3.client("sqs").meta.region_name == "us-east-1"
        assert (
            boto3.client("sqs", config=Config(region_name="eu-west-1"))
            .create_queue(QueueName="q")["QueueUrl"]
            .startswith("https://sqs.eu-west-1.")
        )
        local = boto3.client("sqs", endpoint_url="http://localhost:4566", verify=False, use_ssl=False)
        proxied = boto3.client("sqs", endpoint_url="http://localhost:4566", config=Config(proxies={"http": "x"}))
        take_full_pipeline(proxied)
        url = local.create_queue(QueueName="q")["QueueUrl"]
        assert proxied.get_queue_url(QueueName="q")["QueueUrl"] == url


@pytest.mark.parametrize("regional", ["regional", "legacy"])
def test_a_client_of_s3_without_a_region_is_one_of_the_first(monkeypatch: pytest.MonkeyPatch, regional: str) -> None:
    with minicloud.mock_aws(region_name="us-west-2") as cloud:
        monkeypatch.delenv("AWS_DEFAULT_REGION")
        config = Config(s3={"us_east_1_regional_endpoint": regional})
        s3 = boto3.Session().client("s3", config=config)
        s3.create_bucket(Bucket="first")
        s3.create_bucket(Bucket="ireland", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        found = cloud.client("s3")
        assert found.head_bucket(Bucket="first")["BucketRegion"] == "us-east-1"
        assert found.head_bucket(Bucket="ireland")["BucketRegion"] == "eu-west-1"


def test_a_profiles_region_counts_before_the_mocks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("[default]\nregion = eu-north-1\n[profile other]\nregion = ap-south-1\n")
    credentials = tmp_path / "credentials"
    credentials.write_text("[other]\naws_access_key_id = a\naws_secret_access_key = b\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(credentials))
    with minicloud.mock_aws():
        assert boto3.Session().region_name == "eu-north-1"
        other = boto3.Session(profile_name="other")
        assert other.region_name == "ap-south-1"
        assert other.client("sqs").create_queue(QueueName="q")["QueueUrl"].startswith("https://sqs.ap-south-1.")
        assert boto3.Session(region_name="us-west-2").region_name == "us-west-2"


def test_a_profile_with_a_role_acts_for_the_roles_account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(
        "[profile base]\nregion = us-east-1\naws_access_key_id = a\naws_secret_access_key = b\n"
        "[profile role]\nregion = us-east-1\nrole_arn = arn:aws:iam::222233334444:role/r\nsource_profile = base\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    with minicloud.mock_aws():
        session = boto3.Session(profile_name="role")
        for sqs in (session.client("sqs"), take_full_pipeline(session.client("sqs"))):
            assert "/222233334444/" in sqs.create_queue(QueueName="q")["QueueUrl"]


@pytest.mark.parametrize("path", ["fast-path", "full-pipeline"])
def test_profiles_without_credentials_of_use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, path: str) -> None:
    """Neither is a machine of EC2 asked for its role, nor has anybody to log in."""
    config = tmp_path / "config"
    config.write_text(
        "[profile plain]\nregion = eu-west-3\n"
        "[profile sso]\nregion = eu-west-3\nsso_session = s\nsso_account_id = 111122223333\nsso_role_name = r\n"
        "[sso-session s]\nsso_region = eu-west-3\nsso_start_url = https://example.awsapps.com/start\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    with minicloud.mock_aws():
        for profile in ("plain", "sso"):
            sqs = boto3.Session(profile_name=profile).client("sqs")
            if path == "full-pipeline":
                take_full_pipeline(sqs)
            assert sqs.create_queue(QueueName="q")["QueueUrl"].startswith("https://sqs.eu-west-3.")
    with pytest.raises(botocore.exceptions.SSOTokenLoadError):
        sqs.list_queues()


@pytest.mark.parametrize("path", ["fast-path", "full-pipeline"])
@pytest.mark.parametrize(
    "options",
    [
        {"signature_version": UNSIGNED},
        {"user_agent_extra": "x"},
        {"inject_host_prefix": False},
        {"ignore_configured_endpoint_urls": True},
        {"use_fips_endpoint": True},
        {"use_dualstack_endpoint": True},
        {"proxies": {"https": "http://proxy:1"}},
        {"tcp_keepalive": True, "connect_timeout": 0.1, "read_timeout": 0.1, "max_pool_connections": 1},
        {"defaults_mode": "auto"},
        {"retries": {"max_attempts": 0}},
    ],
)
def test_configs(monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], path: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:4566")
    if "use_fips_endpoint" in options or "use_dualstack_endpoint" in options:
        monkeypatch.delenv("AWS_ENDPOINT_URL")
    with minicloud.mock_aws() as cloud:
        clients = [boto3.client(name, config=Config(**options)) for name in ("sqs", "sns", "kinesis", "sts")]
        if path == "full-pipeline":
            list(map(take_full_pipeline, clients))
        sqs, sns, kinesis, sts = clients
        assert sqs.create_queue(QueueName="q")["QueueUrl"] == cloud.queue("q").url
        assert sns.create_topic(Name="t")["TopicArn"] == cloud.topic("t").arn
        assert kinesis.list_streams()["StreamNames"] == []
        assert sts.get_caller_identity()["Account"] == cloud.account_id


@pytest.mark.parametrize("path", ["fast-path", "full-pipeline"])
def test_what_botocore_does_not_send_is_not_taken(path: str) -> None:
    with minicloud.mock_aws():
        sqs, sns = boto3.client("sqs"), boto3.client("sns")
        if path == "full-pipeline":
            take_full_pipeline(sqs), take_full_pipeline(sns)
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        file = {"n": {"DataType": "Binary", "BinaryValue": io.BytesIO(b"x")}}
        with pytest.raises(TypeError, match="bytes-like"):
            sqs.send_message(QueueUrl=url, MessageBody="x", MessageAttributes=file)
        with pytest.raises(UnicodeEncodeError):
            sns.publish(TopicArn=sns.create_topic(Name="t")["TopicArn"], Message="\ud800")


@pytest.mark.parametrize("path", ["fast-path", "full-pipeline"])
def test_a_timestamp_is_sent_as_finely_as_this_botocore_sends_it(path: str) -> None:
    with minicloud.mock_aws(clock="virtual") as cloud:
        kinesis = boto3.client("kinesis")
        if path == "full-pipeline":
            take_full_pipeline(kinesis)
        kinesis.create_stream(StreamName="s", ShardCount=1)
        cloud.clock.advance(60)
        moment = cloud.clock.now()
        for data in (b"on the second", b"half a second later"):
            kinesis.put_record(StreamName="s", Data=data, PartitionKey="k")
            cloud.clock.advance(0.5)
        shard = {"StreamName": "s", "ShardId": "shardId-000000000000", "ShardIteratorType": "AT_TIMESTAMP"}
        found = []
        for when in (moment.replace(microsecond=250_000), moment.timestamp() + 0.25, moment):
            iterator = kinesis.get_shard_iterator(**shard, Timestamp=when)["ShardIterator"]
            found.append(len(kinesis.get_records(ShardIterator=iterator)["Records"]))
        # Older releases send whole seconds, whatever they are given.
        assert found == ([1, 1, 2] if sends_parts_of_seconds(kinesis) else [2, 2, 2])


@pytest.mark.parametrize("path", ["fast-path", "full-pipeline"])
def test_an_assumed_roles_credentials_act_for_its_account(path: str) -> None:
    with minicloud.mock_aws() as cloud:
        sts = boto3.client("sts")
        made = sts.assume_role(RoleArn="arn:aws:iam::000000000042:role/r", RoleSessionName="me")["Credentials"]
        keys = {
            "aws_access_key_id": made["AccessKeyId"],
            "aws_secret_access_key": made["SecretAccessKey"],
            "aws_session_token": made["SessionToken"],
        }
        sqs, other = boto3.client("sqs", **keys), boto3.client("sts", **keys)
        if path == "full-pipeline":
            take_full_pipeline(sqs), take_full_pipeline(other)
        assert "/000000000042/" in sqs.create_queue(QueueName="q")["QueueUrl"]
        assert other.get_caller_identity()["Account"] == "000000000042"
        assert sts.get_caller_identity()["Account"] == cloud.account_id
        assert sts.get_access_key_info(AccessKeyId=made["AccessKeyId"])["Account"] == "000000000042"
        own = sts.get_session_token()["Credentials"]["AccessKeyId"]
        assert sts.get_access_key_info(AccessKeyId=own)["Account"] == cloud.account_id
        assert "QueueUrls" not in boto3.client("sqs").list_queues()


def test_presigned_urls_are_signed_without_a_network() -> None:
    with minicloud.mock_aws():
        url = boto3.client("sns").generate_presigned_url("list_topics")
        assert url.startswith("https://sns.us-east-1.amazonaws.com/?Action=ListTopics")


def test_one_client_serves_many_threads() -> None:
    with minicloud.mock_aws() as cloud:
        sqs = boto3.client("sqs")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        barrier = threading.Barrier(8)

        def send(number: int) -> None:
            barrier.wait()
            for each in range(20):
                if number == 3 and each == 10:
                    take_full_pipeline(sqs)
                sqs.send_message(QueueUrl=url, MessageBody=f"{number}/{each}")

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(send, range(8)))
        assert len(set(cloud.queue("q").bodies)) == 160


def test_other_exceptions_stay_what_they_are() -> None:
    with minicloud.mock_aws():
        with pytest.raises(TypeError, match="only accepts keyword arguments"):
            boto3.client("sqs").create_queue("q")
        with pytest.raises(AttributeError):
            boto3.client("sqs").nonsense()
        with pytest.raises(botocore.exceptions.OperationNotPageableError):
            boto3.client("sqs").get_paginator("send_message")
        with pytest.raises(botocore.exceptions.UnknownServiceError):
            boto3.client("nonsense")

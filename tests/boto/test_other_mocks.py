"""moto for the services that minicloud does not have: in its own mock, and with ``other="moto"``."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from typing import Any

import boto3
import moto
import pytest

import minicloud
from tests.support.runs import run_inside

pytestmark = pytest.mark.needs("boto3", "moto")

early = boto3.client("ssm", region_name="us-east-1")
"""A client from before, which has no handler of moto's where moto is imported later, and no credentials."""


def keep_a_parameter(client: Any) -> str:
    client.put_parameter(Name="p", Value="v", Type="String")
    return str(client.get_parameter(Name="p")["Parameter"]["Value"])


def bucket(client: Any = None) -> Any:
    s3 = client or boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="bucket")
    return s3


def test_it_answers_for_what_minicloud_does_not_have() -> None:
    before = dict(os.environ)
    with minicloud.mock_aws(other="moto") as cloud:
        s3 = bucket()
        s3.put_object(Bucket="bucket", Key="k", Body=b"content")
        url = boto3.client("sqs", region_name="us-east-1").create_queue(QueueName="q")["QueueUrl"]
        boto3.client("sqs", region_name="us-east-1").send_message(QueueUrl=url, MessageBody="k")
        [key] = cloud.queue("q").bodies
        assert s3.get_object(Bucket="bucket", Key=key)["Body"].read() == b"content"
        assert keep_a_parameter(early) == "v"
        assert boto3.client("sts", region_name="us-east-1").get_caller_identity()["Account"] == cloud.account_id
        assert "QueueUrls" in boto3.client("sqs", region_name="us-east-1").list_queues()
    assert dict(os.environ) == before
    with minicloud.mock_aws(other="moto"):
        assert boto3.client("s3", region_name="us-east-1").list_buckets()["Buckets"] == []


def test_what_it_does_not_answer_is_an_error_that_names_it() -> None:
    with minicloud.mock_aws(other="moto"):
        with pytest.raises(minicloud.UsageError, match=r"moto does not answer ssm\.ListAssociations, POST https://ssm"):
            early.list_associations()
        with pytest.raises(minicloud.UsageError, match=r"moto does not answer mq\.DescribeBrokerEngineTypes, GET http"):
            boto3.client("mq", region_name="us-east-1").describe_broker_engine_types()
        with pytest.raises(minicloud.UsageError, match=r"minicloud does not answer chime\.ListAccounts"):
            boto3.client("chime", region_name="us-east-1").list_accounts()
        with pytest.raises(minicloud.UsageError, match=r"does not answer sts\.DecodeAuthorizationMessage"):
            boto3.client("sts", region_name="us-east-1").decode_authorization_message(EncodedMessage="x")
        with pytest.raises(early.exceptions.ParameterNotFound):
            early.get_parameter(Name="nobody")


def test_it_answers_for_the_account_that_a_client_acts_for() -> None:
    table: dict[str, Any] = {
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    region = {"region_name": "us-east-1"}
    with minicloud.mock_aws(other="moto", account_id="444455556666"):
        own = boto3.client("dynamodb", **region)
        made = own.create_table(TableName="own", **table)["TableDescription"]
        assert made["TableArn"] == "arn:aws:dynamodb:us-east-1:444455556666:table/own"
        role = {"RoleArn": "arn:aws:iam::111122223333:role/r", "RoleSessionName": "session"}
        keys = boto3.client("sts", **region).assume_role(**role)["Credentials"]
        other = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], **region)
        tables = other.client("dynamodb")
        assert tables.list_tables()["TableNames"] == []
        made = tables.create_table(TableName="theirs", **table)["TableDescription"]
        assert made["TableArn"] == "arn:aws:dynamodb:us-east-1:111122223333:table/theirs"
        user = other.client("iam").create_user(UserName="ann")["User"]
        assert user["Arn"] == "arn:aws:iam::111122223333:user/ann"
        assert own.list_tables()["TableNames"] == ["own"]


def test_without_it_the_error_says_that_there_is_one() -> None:
    with minicloud.mock_aws(), pytest.raises(minicloud.UsageError, match=r"mock_aws\(other='moto'\) moto does"):
        boto3.client("ssm").get_parameters(Names=["p"])
    with pytest.raises(minicloud.UsageError, match=r"other='localstack': the mock for .* can be 'moto'"):
        minicloud.mock_aws(other="localstack")  # type: ignore[call-overload]


def test_of_stand_ins_the_other_mock_answers_iam() -> None:
    trust = '{"Version": "2012-10-17", "Statement": []}'
    with minicloud.mock_aws(other="moto") as cloud:
        iam, logs = boto3.client("iam"), boto3.client("logs", region_name="us-east-1")
        iam.create_user(UserName="ann")
        iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust)
        assert iam.list_roles()["Roles"][0]["RoleName"] == "r"
        assert cloud.client("iam").list_roles()["Roles"] == []
        logs.create_log_group(logGroupName="g")
        assert cloud.client("logs").describe_log_groups()["logGroups"][0]["logGroupName"] == "g"
        with pytest.raises(minicloud.UsageError, match=r"does not answer logs\.DescribeDestinations.*=\('logs',\)"):
            logs.describe_destinations()


def test_services_that_are_let_through_by_name_stay_so() -> None:
    with minicloud.mock_aws(other="moto", passthrough=("sqs",)) as cloud:
        # It goes where it would go: to moto, for sessions from after its import, which the default one may not be.
        boto3.Session().client("sqs", region_name="us-east-1").create_queue(QueueName="q")
        assert "QueueUrls" not in cloud.client("sqs").list_queues()
        assert keep_a_parameter(early) == "v"


@pytest.mark.parametrize("outer", ["moto", "minicloud"])
def test_motos_own_mock_may_be_around_it_or_in_it(outer: str) -> None:
    before = dict(os.environ)
    mocks: list[Any] = [moto.mock_aws(), minicloud.mock_aws(other="moto")]
    if outer == "minicloud":
        mocks.reverse()
    with mocks[0]:
        if outer == "moto":
            assert keep_a_parameter(boto3.client("ssm", region_name="us-east-1")) == "v"
        with mocks[1]:
            if outer == "minicloud":
                assert keep_a_parameter(boto3.client("ssm", region_name="us-east-1")) == "v"
            assert early.get_parameter(Name="p")["Parameter"]["Value"] == "v"
            sqs = boto3.client("sqs", region_name="us-east-1")
            assert sqs.create_queue(QueueName="q")["QueueUrl"].endswith("/123456789012/q")
        ssm = boto3.client("ssm", region_name="us-east-1")
        assert ssm.get_parameter(Name="p")["Parameter"]["Value"] == "v"
    assert dict(os.environ) == before
    with moto.mock_aws():  # as new
        assert os.environ["AWS_ACCESS_KEY_ID"] == "FOOBARKEY"
        assert boto3.client("ssm", region_name="us-east-1").describe_parameters()["Parameters"] == []
    assert dict(os.environ) == before


def test_nested_uses_share_it() -> None:
    with minicloud.mock_aws():
        with pytest.raises(minicloud.UsageError):
            early.describe_parameters()
        with minicloud.mock_aws(other="moto"):
            assert keep_a_parameter(early) == "v"
            with minicloud.mock_aws(other="moto"), minicloud.mock_aws():
                assert early.get_parameter(Name="p")["Parameter"]["Value"] == "v"
            assert early.get_parameter(Name="p")["Parameter"]["Value"] == "v"
        with pytest.raises(minicloud.UsageError):
            early.describe_parameters()


@minicloud.mock_aws(other="moto")
class TestDecorated:
    seen = 0

    def setup_method(self) -> None:
        self.s3 = bucket()

    @pytest.mark.parametrize("number", [1, 2])
    def test_each_test_begins_with_nothing(self, number: int) -> None:
        assert self.s3.list_objects_v2(Bucket="bucket")["KeyCount"] == 0
        self.s3.put_object(Bucket="bucket", Key="k", Body=b"")


TARGETS = {
    "queue": {"QueueConfigurations": [{"QueueArn": "arn:aws:sqs:us-east-1:123456789012:q", "Events": ["s3:Object*"]}]},
    "topic": {"TopicConfigurations": [{"TopicArn": "arn:aws:sns:us-east-1:123456789012:t", "Events": ["s3:Object*"]}]},
}


@pytest.fixture(params=["other", "passthrough"])
def s3(request: pytest.FixtureRequest) -> Iterator[Any]:
    if request.param == "other":
        with minicloud.mock_aws(other="moto", passthrough=("s3",)):
            yield bucket()
    else:
        with moto.mock_aws(), minicloud.mock_aws(passthrough=("s3",)):
            yield bucket()


@pytest.mark.parametrize("target", TARGETS)
def test_notifications_of_buckets_that_would_be_lost_are_refused(s3: Any, target: str) -> None:
    with pytest.raises(minicloud.UsageError, match=f":{target[0]}, which is minicloud's, while S3 is another mock's"):
        s3.put_bucket_notification_configuration(Bucket="bucket", NotificationConfiguration=TARGETS[target])
    s3.put_bucket_notification_configuration(Bucket="bucket", NotificationConfiguration={})
    s3.put_bucket_notification_configuration(
        Bucket="bucket", NotificationConfiguration={"EventBridgeConfiguration": {}}
    )


def test_notifications_among_what_is_let_through_are_not() -> None:
    with moto.mock_aws(), minicloud.mock_aws(passthrough=("s3", "sqs")):
        s3, sqs = bucket(), boto3.client("sqs", region_name="us-east-1")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        s3.put_bucket_notification_configuration(
            Bucket="bucket",
            NotificationConfiguration={
                "QueueConfigurations": [
                    {"QueueArn": "arn:aws:sqs:us-east-1:123456789012:q", "Events": ["s3:ObjectCreated:*"]}
                ]
            },
        )
        s3.put_object(Bucket="bucket", Key="k", Body=b"")
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
        assert any("Records" in json.loads(message["Body"]) for message in messages)


@pytest.mark.needs("aiobotocore")
def test_aiobotocores_clients_are_answered_as_well() -> None:
    from aiobotocore.session import get_session

    async def main() -> None:
        async with (
            minicloud.mock_aws(other="moto"),
            get_session().create_client("ssm", region_name="us-east-1") as ssm,
            get_session().create_client("s3", region_name="us-east-1") as s3,
        ):
            await ssm.put_parameter(Name="p", Value="v", Type="String")
            assert (await ssm.get_parameter(Name="p"))["Parameter"]["Value"] == "v"
            await s3.create_bucket(Bucket="bucket")
            await s3.put_object(Bucket="bucket", Key="k", Body=b"content")
            found = await s3.get_object(Bucket="bucket", Key="k")
            assert await found["Body"].read() == b"content"
            with pytest.raises(minicloud.UsageError, match=r"moto does not answer ssm\.ListAssociations"):
                await ssm.list_associations()

    asyncio.run(main())


def test_links_of_sns_stay_ours() -> None:
    requests = pytest.importorskip("requests")
    with minicloud.mock_aws(other="moto") as cloud:
        topic = boto3.client("sns", region_name="us-east-1").create_topic(Name="t")["TopicArn"]
        seen: list[Any] = []
        cloud.http_endpoint("https://example.com/", lambda request: seen.append(request.json()))
        boto3.client("sns", region_name="us-east-1").subscribe(
            TopicArn=topic, Protocol="https", Endpoint="https://example.com/"
        )
        assert requests.get(seen[0]["SubscribeURL"], timeout=5).status_code == 200
        assert not cloud.topic("t").subscriptions[0].arn.endswith("PendingConfirmation")


@pytest.mark.parametrize("said", ["ini", "marker"])
def test_the_ini_file_and_the_marker_say_it_for_tests(pytester: pytest.Pytester, said: str) -> None:
    if said == "ini":
        pytester.makeini("[pytest]\nminicloud_other = moto")
    marker = "@pytest.mark.minicloud(other='moto')" if said == "marker" else ""
    pytester.makepyfile(
        f"""
        import boto3, minicloud, pytest

        def use():
            s3 = boto3.client("s3", region_name="us-east-1")
            assert s3.list_buckets()["Buckets"] == []
            s3.create_bucket(Bucket="bucket")

        {marker}
        def test_fixture(mock_aws):
            use()

        {marker}
        @minicloud.mock_aws
        def test_decorator():
            use()

        @pytest.mark.minicloud(other="nobody")
        def test_wrong():
            pass
        """
    )
    result = run_inside(pytester)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*other='nobody': the mock for the services*can be 'moto'*"])

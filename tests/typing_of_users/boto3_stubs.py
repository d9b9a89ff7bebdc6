"""An application that is annotated with the types of boto3-stubs and types-aiobotocore, and its tests with minicloud.

Type checkers read this file where these are installed; see ``any_environment.py``.
"""

from __future__ import annotations

from mypy_boto3_application_autoscaling import ApplicationAutoScalingClient
from mypy_boto3_events import EventBridgeClient
from mypy_boto3_firehose import FirehoseClient
from mypy_boto3_iam import IAMClient
from mypy_boto3_kinesis import KinesisClient
from mypy_boto3_kinesis.type_defs import GetRecordsOutputTypeDef, RecordTypeDef
from mypy_boto3_lambda import LambdaClient
from mypy_boto3_logs import CloudWatchLogsClient
from mypy_boto3_pipes import EventBridgePipesClient
from mypy_boto3_s3 import S3Client
from mypy_boto3_scheduler import EventBridgeSchedulerClient
from mypy_boto3_sns import SNSClient
from mypy_boto3_sns.type_defs import ListTopicsResponseTypeDef, PublishResponseTypeDef, TopicTypeDef
from mypy_boto3_sqs import SQSClient
from mypy_boto3_sqs.type_defs import MessageTypeDef
from mypy_boto3_sts import STSClient
from mypy_boto3_sts.type_defs import GetCallerIdentityResponseTypeDef
from types_aiobotocore_events import EventBridgeClient as AioEventBridgeClient
from types_aiobotocore_firehose import FirehoseClient as AioFirehoseClient
from types_aiobotocore_iam import IAMClient as AioIAMClient
from types_aiobotocore_kinesis import KinesisClient as AioKinesisClient
from types_aiobotocore_lambda import LambdaClient as AioLambdaClient
from types_aiobotocore_logs import CloudWatchLogsClient as AioCloudWatchLogsClient
from types_aiobotocore_pipes import EventBridgePipesClient as AioEventBridgePipesClient
from types_aiobotocore_s3 import S3Client as AioS3Client
from types_aiobotocore_scheduler import EventBridgeSchedulerClient as AioEventBridgeSchedulerClient
from types_aiobotocore_sns import SNSClient as AioSNSClient
from types_aiobotocore_sqs import SQSClient as AioSQSClient
from types_aiobotocore_sqs.type_defs import MessageTypeDef as AioMessageTypeDef
from types_aiobotocore_sts import STSClient as AioSTSClient

import minicloud
from minicloud.typing import AsyncSqsClient, ReceivedMessage, Record, SqsClient


def application(sqs: SQSClient, sns: SNSClient, kinesis: KinesisClient, sts: STSClient) -> None:
    for message in sqs.receive_message(QueueUrl="").get("Messages", []):
        sns.publish(TopicArn="", Message=message.get("Body", ""))


async def service(sqs: AioSQSClient, sns: AioSNSClient, kinesis: AioKinesisClient, sts: AioSTSClient) -> None:
    await sqs.delete_queue(QueueUrl="")


def consumer(sqs: SQSClient) -> None: ...


def test_application(cloud: minicloud.Cloud, sqs: SqsClient) -> None:
    application(cloud.client("sqs"), cloud.client("sns"), cloud.client("kinesis"), cloud.client("sts"))
    application(cloud.client("sqs"), cloud.client("sqs"), cloud.client("kinesis"), cloud.client("sts"))  # wrong
    application(sqs, minicloud.client("sns"), minicloud.client("kinesis"), minicloud.client("sts"))
    consumer(cloud.async_client("sqs"))  # wrong
    consumer(cloud)  # wrong


async def test_service(cloud: minicloud.Cloud) -> None:
    await service(
        cloud.async_client("sqs"), cloud.async_client("sns"), cloud.async_client("kinesis"), cloud.async_client("sts")
    )
    async with cloud.async_client("sqs") as client:
        await service(client, client, cloud.async_client("kinesis"), cloud.async_client("sts"))  # wrong


def deployment(iam: IAMClient, logs: CloudWatchLogsClient) -> None: ...


async def deployment_async(iam: AioIAMClient, logs: AioCloudWatchLogsClient) -> None: ...


async def test_stand_ins(cloud: minicloud.Cloud) -> None:
    deployment(cloud.client("iam"), cloud.client("logs"))
    deployment(cloud.client("logs"), cloud.client("iam"))  # wrong
    await deployment_async(cloud.async_client("iam"), cloud.async_client("logs"))
    name: str = cloud.client("iam").get_role(RoleName="")["Role"]["RoleName"]
    for page in cloud.client("logs").get_paginator("filter_log_events").paginate(logGroupName=name):
        assert page["events"]


def autoscaler(scaling: ApplicationAutoScalingClient) -> int:
    return scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"][0]["MinCapacity"]


def test_scaling(cloud: minicloud.Cloud) -> None:
    autoscaler(cloud.client("application-autoscaling"))
    autoscaler(cloud.client("cloudwatch"))  # wrong
    for page in (
        cloud.client("application-autoscaling")
        .get_paginator("describe_scaling_policies")
        .paginate(ServiceNamespace="ecs")
    ):
        assert page["ScalingPolicies"]


def sources(
    events: EventBridgeClient, schedules: EventBridgeSchedulerClient, pipes: EventBridgePipesClient, s3: S3Client
) -> str:
    events.put_events(Entries=[{"Source": "shop", "DetailType": "order", "Detail": "{}"}])
    schedules.delete_schedule(Name=pipes.describe_pipe(Name="")["Name"])
    return s3.get_object(Bucket="", Key="")["Body"].read().decode()


async def sources_async(
    events: AioEventBridgeClient,
    schedules: AioEventBridgeSchedulerClient,
    pipes: AioEventBridgePipesClient,
    s3: AioS3Client,
) -> bytes:
    await events.put_events(Entries=[])
    await schedules.delete_schedule(Name=(await pipes.describe_pipe(Name=""))["Name"])
    return await (await s3.get_object(Bucket="", Key=""))["Body"].read()


def put(firehose: FirehoseClient) -> str:
    return firehose.put_record(DeliveryStreamName="", Record={"Data": b""})["RecordId"]


async def put_async(firehose: AioFirehoseClient) -> str:
    return (await firehose.put_record(DeliveryStreamName="", Record={"Data": b""}))["RecordId"]


async def test_delivery_streams(cloud: minicloud.Cloud) -> None:
    put(cloud.client("firehose"))
    put(cloud.client("s3"))  # wrong
    await put_async(cloud.async_client("firehose"))


async def test_sources(cloud: minicloud.Cloud) -> None:
    client, async_client = cloud.client, cloud.async_client
    sources(client("events"), client("scheduler"), client("pipes"), client("s3"))
    sources(client("scheduler"), client("events"), client("s3"), client("pipes"))  # wrong
    await sources_async(async_client("events"), async_client("scheduler"), async_client("pipes"), async_client("s3"))
    for page in client("events").get_paginator("list_rules").paginate():
        assert page["Rules"]
    for pages in client("scheduler").get_paginator("list_schedules").paginate(GroupName="default"):
        assert pages["Schedules"]
    try:
        client("events").describe_rule(Name="")
    except client("events").exceptions.ResourceNotFoundException:
        pass
    except client("pipes").exceptions.NotFoundExeption:  # wrong
        pass


def caller(functions: LambdaClient) -> bytes:
    return functions.invoke(FunctionName="bill", Payload=b"{}")["Payload"].read()


async def caller_async(functions: AioLambdaClient) -> bytes:
    return await (await functions.invoke(FunctionName="bill", Payload=b"{}"))["Payload"].read()


async def test_functions(cloud: minicloud.Cloud) -> None:
    caller(cloud.client("lambda"))
    caller(cloud.client("sqs"))  # wrong
    await caller_async(cloud.async_client("lambda"))
    for page in cloud.client("lambda").get_paginator("list_functions").paginate():
        assert page["Functions"]


def test_fixture_of_ones_own(sqs: SQSClient) -> None:
    """Annotated with the stubs' type, a fixture of minicloud's is that."""
    sqs.send_message(QueueUrl="", MessageBody="")
    sqs.send_mesage(QueueUrl="", MessageBody="")  # wrong


def handle(message: MessageTypeDef) -> str:
    return message.get("Body", "")


async def handle_async(message: AioMessageTypeDef) -> None: ...


def store(record: RecordTypeDef) -> None: ...


def answers(
    records: GetRecordsOutputTypeDef,
    published: PublishResponseTypeDef,
    topics: ListTopicsResponseTypeDef,
    topic: TopicTypeDef,
    caller: GetCallerIdentityResponseTypeDef,
) -> None: ...


def test_answers(cloud: minicloud.Cloud, sqs: SqsClient, message: ReceivedMessage, record: Record) -> None:
    """What minicloud's clients answer is what the stubs say, and so are the names of it in minicloud.typing."""
    handle(message)
    store(record)
    for received in sqs.receive_message(QueueUrl="")["Messages"]:
        handle(received)
        again: ReceivedMessage = received
        handle(again)
    handle(sqs.receive_message(QueueUrl=""))  # wrong
    sns, kinesis = cloud.client("sns"), cloud.client("kinesis")
    for page in sns.get_paginator("list_topics").paginate():
        answers(
            kinesis.get_records(ShardIterator=""),
            sns.publish(Message=""),
            page,
            page["Topics"][0],
            cloud.client("sts").get_caller_identity(),
        )
    answers(kinesis.list_streams(), sns.publish(Message=""), page, page["Topics"][0], cloud.client("sts"))  # wrong


async def test_answers_of_asyncio(sqs: AsyncSqsClient, message: ReceivedMessage) -> None:
    await handle_async(message)
    for received in (await sqs.receive_message(QueueUrl=""))["Messages"]:
        await handle_async(received)
        handle(received)


def test_exceptions(sqs: SqsClient, application: SQSClient) -> None:
    try:
        handle({})
    except (sqs.exceptions.QueueDoesNotExist, application.exceptions.QueueDoesNotExist):
        pass
    except sqs.exceptions.QueueDoesNotExst:  # wrong
        pass

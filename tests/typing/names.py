"""What `minicloud.typing` calls things is what the public surface returns; mypy reads this file, nothing runs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_type

import minicloud
from minicloud import typing as names


def clients(cloud: minicloud.Cloud) -> None:
    assert_type(cloud.client("sqs"), names.SqsClient)
    assert_type(cloud.client("sns"), names.SnsClient)
    assert_type(cloud.client("kinesis"), names.KinesisClient)
    assert_type(cloud.client("lambda"), names.LambdaClient)
    assert_type(cloud.client("sts"), names.StsClient)
    assert_type(cloud.client("application-autoscaling"), names.ApplicationAutoscalingClient)
    assert_type(cloud.client("cloudwatch"), names.CloudwatchClient)
    assert_type(cloud.client("events"), names.EventsClient)
    assert_type(cloud.client("iam"), names.IamClient)
    assert_type(cloud.client("logs"), names.LogsClient)
    assert_type(cloud.client("firehose"), names.FirehoseClient)
    assert_type(cloud.client("pipes"), names.PipesClient)
    assert_type(cloud.client("s3"), names.S3Client)
    assert_type(cloud.client("scheduler"), names.SchedulerClient)
    assert_type(cloud.async_client("sqs"), names.AsyncSqsClient)
    assert_type(cloud.async_client("sns"), names.AsyncSnsClient)
    assert_type(cloud.async_client("kinesis"), names.AsyncKinesisClient)
    assert_type(cloud.async_client("lambda"), names.AsyncLambdaClient)
    assert_type(cloud.async_client("sts"), names.AsyncStsClient)
    assert_type(cloud.async_client("application-autoscaling"), names.AsyncApplicationAutoscalingClient)
    assert_type(cloud.async_client("cloudwatch"), names.AsyncCloudwatchClient)
    assert_type(cloud.async_client("events"), names.AsyncEventsClient)
    assert_type(cloud.async_client("iam"), names.AsyncIamClient)
    assert_type(cloud.async_client("logs"), names.AsyncLogsClient)
    assert_type(cloud.async_client("firehose"), names.AsyncFirehoseClient)
    assert_type(cloud.async_client("pipes"), names.AsyncPipesClient)
    assert_type(cloud.async_client("s3"), names.AsyncS3Client)
    assert_type(cloud.async_client("scheduler"), names.AsyncSchedulerClient)
    names.SqlClient  # type: ignore[attr-defined]  # noqa: B018


def parts_of_clients(sqs: names.SqsClient, aio: names.AsyncSqsClient) -> None:
    assert_type(sqs.meta, names.ClientMeta)
    assert_type(sqs.get_waiter("x"), names.ServiceWaiter)
    assert_type(aio.get_waiter("x"), names.AsyncServiceWaiter)
    paged(sqs.exceptions, sqs.get_paginator("list_queues"), sqs.get_paginator("list_queues").paginate())
    async_paged(aio.exceptions, aio.get_paginator("list_queues"), aio.get_paginator("list_queues").paginate())


def paged(exceptions: names.ClientExceptions, paginator: names.Paginator, pages: names.PageIterator) -> None: ...


def async_paged(
    exceptions: names.ClientExceptions, paginator: names.AsyncPaginator, pages: names.AsyncPageIterator
) -> None: ...


def answers(sqs: names.SqsClient, kinesis: names.KinesisClient) -> None:
    read(sqs.receive_message(QueueUrl="").get("Messages", []), kinesis.get_records(ShardIterator="")["Records"])
    assert_type(kinesis.receive_queue_records(QueueARN="")["QueueRecords"], Sequence[names.QueueRecord])


def read(messages: list[names.ReceivedMessage], records: Sequence[names.Record]) -> None: ...


def resources(sqs: names.SqsResource, sns: names.SnsResource) -> None:
    assert_type(sqs.Queue(""), names.Queue)
    assert_type(sqs.Queue("").receive_messages(), list[names.Message])
    assert_type(sqs.queues.filter(), names.Collection[names.Queue])
    assert_type(sns.Topic(""), names.Topic)
    assert_type(sns.Topic("").subscribe(Protocol="sqs"), names.Subscription)
    assert_type(sns.PlatformApplication(""), names.PlatformApplication)
    assert_type(sns.PlatformEndpoint(""), names.PlatformEndpoint)


def views(cloud: minicloud.Cloud) -> None:
    assert_type(cloud.queue(""), names.QueueView)
    assert_type(cloud.queue("").messages, list[names.MessageView])
    assert_type(cloud.queue("").counts, names.QueueCounts)
    assert_type(cloud.event_source_mapping("", ""), names.MappingView)
    assert_type(cloud.alarm(""), names.AlarmView)
    assert_type(cloud.schedule(""), names.ScheduleView)
    assert_type(cloud.bus(), names.BusView)
    assert_type(cloud.rule(""), names.RuleView)
    assert_type(cloud.bucket(""), names.BucketView)
    assert_type(cloud.bucket("").objects, list[names.ObjectView])
    assert_type(cloud.bucket("").events, list[names.BucketEventView])
    assert_type(cloud.metrics, names.Metrics)
    assert_type(cloud.metric("", ""), names.MetricView)
    assert_type(cloud.alarm("").history, list[names.AlarmChange])
    target = cloud.scaling_target("", minimum=1, maximum=2)
    assert_type(target, names.ScalingTargetView)
    assert_type(target.history, list[names.ScalingChange])
    assert_type(cloud.topic(""), names.TopicView)
    assert_type(cloud.topic("").subscriptions, list[names.SubscriptionView])
    assert_type(cloud.topic("").published, list[names.PublicationView])
    assert_type(cloud.topic("").published[0].deliveries, list[names.DeliveryView])
    assert_type(cloud.stream(""), names.StreamView)
    assert_type(cloud.stream("").shards, list[names.ShardView])
    assert_type(cloud.stream("").records, list[names.RecordView])
    assert_type(cloud.stream("").readers, list[names.StreamReader])
    queue = cloud.stream("").queue("")
    assert_type(queue, names.StreamQueueView)
    assert_type(cloud.stream("").queues, list[names.StreamQueueView])
    assert_type(queue.records, list[names.QueueRecordView])
    assert_type(queue.counts, names.QueueRecordCounts)
    assert_type(queue.ledger(""), names.MessageLedger)
    assert_type(cloud.stream("").channels, list[names.ChannelView])
    assert_type(cloud.outbox, names.Outbox)
    assert_type(cloud.outbox.to(""), list[names.Departure])


def what_has_happened(cloud: minicloud.Cloud) -> None:
    assert_type(cloud.assert_sent("orders"), list[names.Sent])
    assert_type(cloud.trace, names.Trace)
    assert_type(cloud.trace.of("sqs.message.sent"), list[names.TraceEvent])
    assert_type(cloud.ledger, names.Ledger)
    assert_type(cloud.ledger.of(""), list[names.MessageLedger])
    assert_type(cloud.ledger[""].deliveries, list[names.Delivery])
    assert_type(cloud.ledger[""].moves, list[names.Move])
    assert_type(cloud.check_history(), names.HistoryReport)
    assert_type(cloud.check_history().violations, list[names.Violation])
    assert_type(cloud.snapshot(), names.Snapshot)
    assert_type(cloud.queue("q").messages[0].sns, names.SnsEnvelope)
    assert_type(minicloud.explain_filter("{}"), names.FilterExplanation)
    assert_type(minicloud.explain_pattern("{}", "{}"), names.PatternExplanation)
    assert_type(cloud.clock, names.Clock)
    assert_type(cloud.serve(), names.Server)
    assert_type(cloud.serve_async(), names.AsyncServer)


class Ticks:
    """A clock of one's own."""

    def time_ns(self) -> int:
        return 0


def handlers(cloud: minicloud.Cloud, source: names.TimeSource) -> None:
    def endpoint(request: names.HttpRequest) -> int:
        assert_type(request.body, bytes)
        return 200

    async def function(event: dict[str, Any], context: names.LambdaContext) -> str:
        return context.aws_request_id

    cloud.http_endpoint("https://example.com", endpoint)
    cloud.function("resize", function, timeout=5, takes=lambda event: len(event) + 1)
    assert_type(cloud.invocations, names.Invocations)
    assert_type(cloud.invocations.last, names.Invocation)
    assert_type(cloud.assert_invoked("resize", outcome="success"), list[names.Invocation])
    minicloud.Cloud(clock=source)
    handlers(cloud, Ticks())


def names_of_things(
    service: names.ServiceName,
    clock: names.ClockName,
    limits: names.LimitsName,
    delivery: names.DeliveryName,
    handlers: names.HandlersName,
    attributes: dict[names.QueueAttributeName, str],
    shown: list[names.MessageSystemAttributeName],
) -> None:
    cloud = minicloud.Cloud(clock=clock, limits=limits, delivery=delivery, handlers=handlers)
    cloud.client(service)
    sqs = cloud.client("sqs")
    sqs.create_queue(QueueName="jobs", Attributes=attributes)
    sqs.receive_message(QueueUrl="", MessageSystemAttributeNames=shown)
    assert_type(cloud.queue("jobs").messages[0].state, names.MessageState)
    assert_type(sqs.list_queues()["ResponseMetadata"], names.ResponseMetadata)

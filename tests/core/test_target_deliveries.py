"""Deliveries to targets by ARN: taken, tried again, given up, with a dead letter; for whoever delivers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import minicloud
from minicloud.core.target_deliveries import Failure, RetryPolicy, TargetDelivery, retries_owed

PLACE = "us-east-1:123456789012"


class Delivery(TargetDelivery):
    """A delivery of a sender that tells all."""

    __slots__ = ("dead_letter_arn", "group_id", "partition_key", "policy", "told")

    trigger = "test:it"
    source_arn = f"arn:aws:events:{PLACE}:rule/it"
    owner = "me"

    def __init__(self, cloud: Any, arn: str, body: str = '{"a":"é"}', **settings: Any) -> None:
        super().__init__(cloud.world, arn, body, None)
        self.group_id = settings.get("group_id")
        self.partition_key = settings.get("partition_key")
        self.dead_letter_arn = settings.get("dead_letter_arn")
        self.policy = settings.get("policy", RetryPolicy())
        self.told: list[Any] = []

    def dead_letter(self, failure: Failure, retries: int, condition: str | None) -> tuple[str, Mapping[str, str]]:
        return self.body, {"CODE": failure.code, "RETRIES": str(retries), "CONDITION": condition or "-"}

    def failed(self, now: int, failure: Failure, number: int, due: int) -> None:
        self.told.append((number, (due - now) // 10**9, failure.code))

    def given_up(self, now: int, failure: Failure, retries: int, condition: str | None) -> None:
        self.told.append((retries, condition, failure.code, failure.is_missing))

    def lost(self, now: int, reason: str) -> None:
        self.told.append(reason)


def send(cloud: Any, *args: Any, **settings: Any) -> list[Any]:
    delivery = Delivery(cloud, *args, **settings)
    cloud.change("a delivery", delivery.start)
    cloud.run_errands()
    return delivery.told


def cloud_with_queues() -> Any:
    cloud = minicloud.Cloud(clock="virtual", region_name="us-east-1")
    sqs = cloud.client("sqs")
    for name in ("orders", "dlq"):
        sqs.create_queue(QueueName=name)
    content_based = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    sqs.create_queue(QueueName="ordered.fifo", Attributes=content_based)
    sqs.create_queue(QueueName="strict.fifo", Attributes={"FifoQueue": "true"})
    return cloud


def test_each_kind_of_target_takes_it() -> None:
    cloud = cloud_with_queues()
    topic = cloud.client("sns").create_topic(Name="t")["TopicArn"]
    got: list[Any] = []
    function = cloud.function("f", lambda event, _: got.append(event))
    cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=2)
    cloud.client("logs").create_log_group(logGroupName="/aws/events/all")

    assert send(cloud, cloud.queue("orders").arn) == []
    assert send(cloud, cloud.queue("ordered.fifo").arn, group_id="g") == []
    assert send(cloud, topic) == send(cloud, function) == []
    assert send(cloud, f"arn:aws:kinesis:{PLACE}:stream/clicks", partition_key="é") == []
    assert send(cloud, f"arn:aws:logs:{PLACE}:log-group:/aws/events/all") == []
    assert send(cloud, f"arn:aws:firehose:{PLACE}:deliverystream/d") == []

    assert cloud.queue("orders").bodies == cloud.queue("ordered.fifo").bodies == ['{"a":"é"}']
    assert cloud.topic(topic).messages == ['{"a":"é"}']
    assert got == [{"a": "é"}]
    assert cloud.invocations.last.trigger == "test:it"
    (record,) = cloud.stream("clicks").records
    assert (record.data, record.partition_key) == ('{"a":"é"}'.encode(), "é")
    events = cloud.client("logs").filter_log_events(logGroupName="/aws/events/all")["events"]
    assert [event["message"] for event in events] == ['{"a":"é"}']
    assert [(one.protocol, one.body) for one in cloud.outbox] == [("firehose", '{"a":"é"}')]


def test_what_is_missing_or_refuses_is_given_up_at_once() -> None:
    cloud = cloud_with_queues()
    dlq = cloud.queue("dlq").arn
    for arn in (
        f"arn:aws:sqs:{PLACE}:no",
        f"arn:aws:sns:{PLACE}:no",
        f"arn:aws:lambda:{PLACE}:function:no",
        f"arn:aws:kinesis:{PLACE}:stream/no",
    ):
        ((retries, condition, _, is_missing),) = send(cloud, arn, dead_letter_arn=dlq)
        assert (retries, condition, is_missing) == (0, None, True)
    for settings in ({}, {"group_id": "g"}):  # no group; no deduplication
        ((*_, is_missing),) = send(cloud, cloud.queue("strict.fifo").arn, dead_letter_arn=dlq, **settings)
        assert not is_missing
    letters = cloud.queue("dlq").messages
    assert [letter.body for letter in letters] == ['{"a":"é"}'] * 6
    assert letters[0].message_attributes["CODE"]["StringValue"] == "AWS.SimpleQueueService.NonExistentQueue"
    assert {letter.message_attributes["CONDITION"]["StringValue"] for letter in letters} == {"-"}
    lost = send(cloud, f"arn:aws:sqs:{PLACE}:no", dead_letter_arn=f"arn:aws:sqs:{PLACE}:neither")
    assert lost[-1] == "AWS.SimpleQueueService.NonExistentQueue"


def test_what_may_pass_is_tried_again_until_a_limit() -> None:
    cloud = cloud_with_queues()
    dlq, orders = cloud.queue("dlq").arn, cloud.queue("orders").arn
    cloud.faults.refuse("InternalError", operation="SendMessage", resource="orders", first=3)
    told = send(cloud, orders)
    assert list(retries_owed(cloud.timeline, "me")) == [f"a delivery of test:it to {orders}"]
    assert not list(retries_owed(cloud.timeline, "another"))
    cloud.clock.advance(7)
    assert told == [(1, 1, "InternalError"), (2, 2, "InternalError"), (3, 4, "InternalError")]
    assert len(cloud.queue("orders").bodies) == 1
    assert not list(retries_owed(cloud.timeline, "me"))

    always = cloud.faults.refuse("ThrottlingException", operation="Invoke", resource="f")
    function = cloud.function("f", lambda *_: None)
    told = send(cloud, function, dead_letter_arn=dlq, policy=RetryPolicy(age=60))
    cloud.clock.advance(59)
    assert cloud.queue("dlq").bodies == []
    cloud.clock.advance(1)
    (letter,) = cloud.queue("dlq").messages
    assert letter.message_attributes["CONDITION"]["StringValue"] == "MaximumEventAgeInSeconds"
    assert letter.message_attributes["RETRIES"]["StringValue"] == "5"
    assert letter.message_attributes["CODE"]["StringValue"] == "ThrottlingException"
    assert told[-1] == (5, "MaximumEventAgeInSeconds", "ThrottlingException", False)

    told = send(cloud, function, dead_letter_arn=dlq, policy=RetryPolicy(retries=0))
    assert told == [(0, "MaximumRetryAttempts", "ThrottlingException", False)]
    told = send(cloud, function, dead_letter_arn=dlq)
    assert cloud.run_until_idle() == timedelta(0)  # nothing of a service
    cloud.clock.advance(86_400)
    assert told[-1] == (185, "MaximumRetryAttempts", "ThrottlingException", False)
    assert always.fired > 185
    assert len(cloud.queue("dlq").messages) == 3
    cloud.faults.remove(always)
    denied = cloud.faults.refuse(("AccessDenied", "no", 403), operation="Publish", resource="t")
    topic = cloud.client("sns").create_topic(Name="t")["TopicArn"]
    assert send(cloud, topic)[0][1:3] == (None, "AccessDenied")
    assert denied.fired == 1
    cloud.faults.remove(denied)
    cloud.faults.disconnect(operation="Publish", resource="t", first=1)
    assert send(cloud, topic)[0] == (1, 1, "EndpointConnectionError")


def test_a_stream_that_is_written_to_too_fast() -> None:
    cloud: Any = minicloud.Cloud(clock="virtual", limits="strict", region_name="us-east-1")
    cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    cloud.clock.advance(60)
    arn = f"arn:aws:kinesis:{PLACE}:stream/clicks"
    told = [send(cloud, arn, "x" * 700_000) for _ in range(2)]
    assert told == [[], [(1, 1, "ProvisionedThroughputExceededException")]]
    cloud.clock.advance(1)
    assert len(cloud.stream("clicks").records) == 2

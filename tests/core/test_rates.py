"""How much a second: the bucket against exact fractions, and what services make of it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

import minicloud
from minicloud.core.rates import Bucket, CallRates
from minicloud.core.timeline import SECOND
from minicloud.exceptions import ClientError
from minicloud.services.kinesis.throughput import ReadMeter, WriteMeter

# About the boundary of a second, and to the nanosecond.
STEPS = st.sampled_from([0, 0, 1, SECOND // 3, SECOND // 2, SECOND - 1, SECOND, SECOND + 1, 5 * SECOND])
UNITS = st.integers(0, 12)
KIBIBYTE = 1 << 10
MEBIBYTE = 1 << 20

# --- a bucket that drains --------------------------------------------------------------------------------------------


class PlainBucket:
    """The level as an exact fraction."""

    def __init__(self, rate: int, capacity: int | None = None) -> None:
        self.rate = rate
        self.capacity = rate if capacity is None else capacity
        self.level = Fraction(0)
        self.moment = 0

    def drain(self, now: int) -> None:
        """A clock that was put back drains nothing, and counts again from where it was."""
        if now > self.moment:
            self.level = max(Fraction(0), self.level - Fraction(now - self.moment, SECOND) * self.rate)
            self.moment = now


@given(
    rate=st.sampled_from([1, 3, 7, 10]),
    capacity=st.sampled_from([None, None, 1, 10, 25]),
    steps=st.lists(
        st.tuples(STEPS | st.sampled_from([-1, -SECOND]), st.sampled_from(["has room", "take", "pour"]), UNITS),
        max_size=25,
    ),
)
def test_a_bucket_holds_so_much_and_loses_so_much_a_second(
    rate: int, capacity: int | None, steps: list[tuple[int, str, int]]
) -> None:
    bucket, model = Bucket(rate, capacity), PlainBucket(rate, capacity)
    now = 0
    for step, action, units in steps:
        now = max(0, now + step)
        model.drain(now)
        fits = model.level + units <= model.capacity
        if action == "has room":
            assert bucket.has_room(now, units) == fits
        elif action == "take":
            assert bucket.take(now, units) == fits
            model.level += units if fits else 0
        else:
            bucket.pour(now, units)
            model.level += units
        # To the nanosecond: never before it is empty, and not later than the next one.
        empty_in = bucket.empty_at(now) - now
        assert empty_in - 1 < model.level / rate * SECOND <= empty_in


def test_a_bucket_takes_its_rate_again_after_a_second_and_not_a_nanosecond_before() -> None:
    bucket = Bucket(5)
    assert bucket.take(0, 5)
    assert not bucket.has_room(SECOND - 1, 5)
    assert bucket.has_room(SECOND, 5)
    assert not bucket.has_room(SECOND, 6)


def test_a_shard_takes_a_thousand_records_a_second() -> None:
    meter = WriteMeter()
    assert all(meter.admit(0, 0, is_large=False) for _ in range(1000))
    assert not meter.admit(0, 0, is_large=False)
    assert not meter.admit(999_999, 0, is_large=False)
    assert meter.admit(1_000_000, 0, is_large=False)


@pytest.mark.parametrize(("is_large", "burst"), [(False, MEBIBYTE), (True, 10 * MEBIBYTE)])
def test_a_shard_takes_a_mebibyte_a_second_and_bursts_where_records_may_be_large(is_large: bool, burst: int) -> None:
    meter = WriteMeter()
    assert not meter.admit(0, burst + 1, is_large=is_large)
    assert meter.admit(0, burst, is_large=is_large)  # what was refused did not count
    assert not meter.admit(0, 1, is_large=is_large)
    assert not meter.admit(SECOND - 1, MEBIBYTE, is_large=is_large)
    assert meter.admit(SECOND, MEBIBYTE, is_large=is_large)


def test_a_shard_gives_five_answers_a_second() -> None:
    meter = ReadMeter()
    assert [meter.admit(0) for _ in range(6)] == [True] * 5 + [False]
    assert not meter.admit(SECOND // 5 - 1)
    assert meter.admit(SECOND // 5)


@pytest.mark.parametrize(
    ("size", "closed"), [(2 * MEBIBYTE, 0), (2 * MEBIBYTE + 2, SECOND + 954), (10 * MEBIBYTE, 5 * SECOND)]
)
def test_an_answer_over_the_rate_closes_a_shard_until_it_has_drained(size: int, closed: int) -> None:
    meter = ReadMeter()
    assert meter.admit(0)
    meter.count(0, size)
    assert meter.admit(max(0, closed - 1)) == (closed == 0)
    assert meter.admit(closed)


def test_an_empty_answer_closes_nothing() -> None:
    meter = ReadMeter()
    meter.count(0, 2 * MEBIBYTE)
    meter.count(0, 0)
    assert meter.admit(0)


# --- calls -----------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(STEPS, st.sampled_from(["a", "b"]), st.sampled_from([1, 1, 2, 3, 4])), max_size=20))
def test_calls_are_counted_apart_for_each_key(calls: list[tuple[int, str, int]]) -> None:
    rates = CallRates()
    models = {"a": PlainBucket(3), "b": PlainBucket(1)}
    now = 0
    for step, key, times in calls:
        now += step
        model = models[key]
        model.drain(now)
        for _ in range(times):
            fits = model.level + 1 <= model.capacity
            assert rates.admit(now, key, model.rate) == fits
            model.level += fits


def calls_let_through(call: Callable[[], Any], code: str) -> int:
    """How often a call is answered before it is refused."""
    for count in range(1000):
        try:
            call()
        except ClientError as error:
            if error.response["Error"]["Code"] == code:
                return count
            raise
    return 1000


def test_sns_and_fifo_queues_take_a_second_s_worth_of_calls_after_a_second_of_none() -> None:
    cloud = minicloud.Cloud(clock="virtual", seed=1, limits=minicloud.Limits(rates=True, sqs_fifo_calls_per_second=7))
    sns, sqs = cloud.client("sns"), cloud.client("sqs")
    url = sqs.create_queue(QueueName="q.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    for _ in range(3):
        assert calls_let_through(lambda: sqs.receive_message(QueueUrl=url), "RequestThrottled") == 7
        assert calls_let_through(sns.list_platform_applications, "Throttling") == 15
        cloud.clock.advance(1)


def calls_until_throttled(call: Callable[[], Any]) -> int:
    """How often a call is let through, which may well be refused for another reason."""
    for count in range(2000):
        try:
            call()
        except ClientError as error:
            message = error.response["Error"]["Message"]
            if message.startswith("Rate exceeded"):
                return count
    return 2000


TOPIC = "arn:aws:sns:us-east-1:123456789012:t"
APPLICATION = "arn:aws:sns:us-east-1:123456789012:app/GCM/a"


@pytest.mark.parametrize(
    ("method", "params", "rate"),
    [
        ("list_endpoints_by_platform_application", {"PlatformApplicationArn": APPLICATION}, 30),
        ("list_platform_applications", {}, 15),
        ("list_subscriptions", {}, 30),
        ("list_subscriptions_by_topic", {"TopicArn": TOPIC}, 30),
        ("list_topics", {}, 30),
        ("list_tags_for_resource", {"ResourceArn": TOPIC}, 10),
        ("subscribe", {"TopicArn": TOPIC, "Protocol": "email", "Endpoint": "a@example.com"}, 100),
        ("tag_resource", {"ResourceArn": TOPIC, "Tags": [{"Key": "k", "Value": "v"}]}, 10),
        ("unsubscribe", {"SubscriptionArn": f"{TOPIC}:00000000-0000-0000-0000-000000000000"}, 100),
        ("untag_resource", {"ResourceArn": TOPIC, "TagKeys": ["k"]}, 10),
        ("get_topic_attributes", {"TopicArn": TOPIC}, 2000),  # no rate is known
    ],
)
def test_the_rates_of_sns(method: str, params: dict[str, Any], rate: int) -> None:
    """[SNS API reference]"""
    sns = minicloud.Cloud(clock="virtual", seed=1, limits="strict").client("sns")
    sns.create_topic(Name="t")
    sns.create_platform_application(Name="a", Platform="GCM", Attributes={"PlatformCredential": "k"})
    assert calls_until_throttled(lambda: getattr(sns, method)(**params)) == rate


STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/s"
CONSUMER = {"StreamARN": STREAM, "ConsumerName": "c"}


@pytest.mark.parametrize(
    ("method", "params", "rate"),
    [
        ("add_tags_to_stream", {"StreamName": "s", "Tags": {"k": "v"}}, 5),
        ("create_stream", {"StreamName": "s", "ShardCount": 1}, 4),  # and one that made it
        ("delete_stream", {"StreamName": "s"}, 5),  # in vain: it has a consumer
        ("describe_account_settings", {}, 5),
        ("describe_limits", {}, 1),
        ("describe_stream", {"StreamName": "s"}, 10),
        ("describe_stream_summary", {"StreamName": "s"}, 20),
        ("list_streams", {}, 5),
        ("list_tags_for_stream", {"StreamName": "s"}, 5),
        ("merge_shards", {"StreamName": "s", "ShardToMerge": "0", "AdjacentShardToMerge": "0"}, 5),
        ("register_stream_consumer", CONSUMER, 4),  # and one that registered it
        ("remove_tags_from_stream", {"StreamName": "s", "TagKeys": ["k"]}, 5),
        ("split_shard", {"StreamName": "s", "ShardToSplit": "0", "NewStartingHashKey": "0"}, 5),
        ("update_shard_count", {"StreamName": "s", "TargetShardCount": 9, "ScalingType": "UNIFORM_SCALING"}, 10),
        ("update_account_settings", {"MinimumThroughputBillingCommitment": {"Status": "ENABLED"}}, 5),
        ("update_stream_warm_throughput", {"StreamName": "s", "WarmThroughputMiBps": 1}, 5),
        ("describe_stream_consumer", CONSUMER, 20),
        ("list_shards", {"StreamName": "s"}, 1000),
        ("list_stream_consumers", {"StreamARN": STREAM}, 5),
        ("get_shard_iterator", {"StreamName": "s", "ShardId": "0", "ShardIteratorType": "LATEST"}, 5),
    ],
)
def test_the_rates_of_kinesis(method: str, params: dict[str, Any], rate: int) -> None:
    """[Kinesis API reference and quotas]"""
    kinesis = minicloud.Cloud(clock="virtual", seed=1, limits="strict").client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    kinesis.register_stream_consumer(**CONSUMER)
    assert calls_until_throttled(lambda: getattr(kinesis, method)(**params)) == rate


def test_five_consumers_of_a_stream_are_deregistered_in_a_second() -> None:
    """[Kinesis API reference: DeregisterStreamConsumer]"""
    cloud = minicloud.Cloud(clock="virtual", seed=1, limits="strict")
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    names = [f"c{number}" for number in range(6)]
    for name in names:
        cloud.clock.advance(1)
        kinesis.register_stream_consumer(StreamARN=STREAM, ConsumerName=name)
    left = iter(names)
    assert (
        calls_until_throttled(lambda: kinesis.deregister_stream_consumer(StreamARN=STREAM, ConsumerName=next(left)))
        == 5
    )

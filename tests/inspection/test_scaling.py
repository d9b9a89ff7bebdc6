"""``cloud.scaling_target``: what a test has of scaling without a client."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest

import minicloud
from minicloud.inspection.verdicts import judge


@pytest.fixture
def sqs(cloud: minicloud.Cloud) -> Any:
    return cloud.client("sqs")


@pytest.fixture
def sns(cloud: minicloud.Cloud) -> Any:
    return cloud.client("sns")


@pytest.fixture
def load(cloud: minicloud.Cloud) -> Any:
    """Puts a value of ``app load`` and lets a minute pass."""

    def put(*values: float) -> None:
        for value in values:
            data = [{"MetricName": "load", "Value": value}]
            cloud.client("cloudwatch").put_metric_data(Namespace="app", MetricData=data)
            cloud.clock.advance(60)

    return put


def test_workers_follow_the_backlog(cloud: Any, sqs: Any, sns: Any) -> None:
    jobs = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    topic = sns.create_topic(Name="ops")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ops@example.com")
    cloud.visit(re.search(r"https://\S+", cloud.outbox.to("ops@example.com")[0].body)[0])  # type: ignore[index]
    depth = cloud.metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", QueueName="jobs")
    fleet = cloud.scaling_target("workers", minimum=1, maximum=5)
    fleet.step(depth, {100: +1, 300: +2}, cooldown=60)
    cloud.client("cloudwatch").put_metric_alarm(
        AlarmName="deep", Namespace="AWS/SQS", MetricName=depth.name, Statistic="Maximum",
        Dimensions=[{"Name": "QueueName", "Value": "jobs"}], Period=60, EvaluationPeriods=1, Threshold=300,
        ComparisonOperator="GreaterThanThreshold", AlarmActions=[topic],
    )  # fmt: skip
    for _ in range(32):
        sqs.send_message_batch(QueueUrl=jobs, Entries=[{"Id": str(n), "MessageBody": "x"} for n in range(10)])
    cloud.clock.advance(60)
    assert fleet.desired == 3 and cloud.alarm("deep").state == "ALARM"  # noqa: PT018
    assert cloud.outbox.to("ops@example.com")[-1].subject.startswith('ALARM: "deep"')


def test_steps_up_and_down(cloud: minicloud.Cloud, load: Any) -> None:
    fleet = cloud.scaling_target("workers", minimum=0, maximum=9, desired=4)
    fleet.step(cloud.metric("app", "load"), {100: +1, 300: +2, 10: -1, 0: -3})
    load(100, 101, 299, 300, 11, 10, 1, 0)
    assert [(one.time.minute, one.new) for one in fleet.history] == [(2, 5), (3, 6), (4, 8), (6, 7), (7, 6), (8, 3)]
    policies = cloud.client("application-autoscaling").describe_scaling_policies(ServiceNamespace="ecs")
    assert [one["PolicyName"] for one in policies["ScalingPolicies"]] == ["above-100", "at-most-10"]


def test_somebody_is_told(cloud: minicloud.Cloud, sqs: Any, load: Any) -> None:
    url = sqs.create_queue(QueueName="told")["QueueUrl"]

    def on_change(old: int, new: int) -> None:
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps([old, new]))

    fleet = cloud.scaling_target("workers", minimum=1, maximum=9, on_change=on_change)
    fleet.step(cloud.metric("app", "load"), {1: +2})
    load(5)
    cloud.scaling_target("workers", minimum=5, maximum=9)  # the same, with other bounds
    assert cloud.queue(url).bodies == ["[1, 3]", "[3, 5]"]
    assert repr(fleet) == "<workers: 5 of 5 to 9>"
    assert [event.kind for event in cloud.trace if event.kind == "scaling.changed"] == ["scaling.changed"] * 2
    assert "workers  " in cloud.trace.render()
    assert "1 -> 3: monitor alarm workers-above-1 in state ALARM triggered" in cloud.trace.render()


def test_what_a_listener_asserts_fails_the_test(cloud: minicloud.Cloud) -> None:
    def on_change(old: int, new: int) -> None:
        assert new < 3, "too many"

    with pytest.raises(AssertionError, match="too many"):  # noqa: PT012  # that of the second call is the one
        cloud.scaling_target("workers", minimum=1, maximum=5, on_change=on_change)
        cloud.scaling_target("workers", minimum=4, maximum=5)
        cloud.clock.advance(1)


async def changes_in_a_loop(cloud: minicloud.Cloud) -> list[tuple[int, int]]:
    told = []

    async def on_change(old: int, new: int) -> None:
        await asyncio.sleep(10)
        told.append((old, new))

    cloud.scaling_target("workers", minimum=1, maximum=5, on_change=on_change)
    client = cloud.async_client("application-autoscaling")
    await client.register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId="service/default/workers",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=2,
    )
    await asyncio.sleep(11)
    return told


def test_a_coroutine_is_told() -> None:
    cloud = minicloud.Cloud(clock="virtual")
    assert minicloud.run(changes_in_a_loop(cloud), cloud=cloud) == [(1, 2)]


def test_alarms_that_only_scale_are_no_alarms(cloud: minicloud.Cloud, load: Any) -> None:
    fleet = cloud.scaling_target("workers", minimum=1, maximum=9)
    fleet.track(cloud.metric("app", "load"), 10)
    load(40, 40, 40)
    assert fleet.desired == 4
    assert judge(cloud, ["no_alarms"]) == ""


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda cloud: cloud.scaling_target("a/b", minimum=1, maximum=2), "is not the name of a service of ECS"),
        (lambda cloud: cloud.scaling_target("", minimum=1, maximum=2), "is not the name of a service of ECS"),
        (lambda cloud: cloud.scaling_target("a", minimum=-1, maximum=2), "minimum=-1 is no number of workers"),
        (lambda cloud: cloud.scaling_target("a", minimum=2, maximum=1), "maximum=1 is less than minimum=2"),
        (lambda cloud: cloud.scaling_target("a", minimum=1, maximum=1, on_change=3), "on_change=3 cannot be called"),
        (lambda cloud: a_fleet(cloud).step("depth", {1: 1}), "'depth' is not a metric"),
        (lambda cloud: a_fleet(cloud).step(cloud.metric("a", "b"), {}), "steps={} are none"),
        (lambda cloud: a_fleet(cloud).step(cloud.metric("a", "b"), {1: 0}), "are none: give numbers and changes"),
        (lambda cloud: a_fleet(cloud).track(3, 4), "3 is not a metric"),
    ],
)
def test_misuse(cloud: minicloud.Cloud, call: Any, text: str) -> None:
    with pytest.raises(minicloud.UsageError, match=text):
        call(cloud)


def a_fleet(cloud: minicloud.Cloud) -> Any:
    return cloud.scaling_target("a", minimum=1, maximum=2)

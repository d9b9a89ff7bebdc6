"""Showing an object never takes the cloud's lock: a debugger does it while another thread, or its own, is in a call."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import threading
from collections import deque
from collections.abc import Iterable
from typing import Any

import pytest

import minicloud
from tests.kinesis.test_channels import to_bucket
from tests.support.threads import Worker

UNSEEN = {
    "minicloud.boto.fake_boto3",  # without a cloud
    "minicloud.hypothesis",
    "minicloud.core",
}
"""Where classes are whose objects lead to no cloud."""
WITHOUT_A_CLOUD = {
    "HttpHeaders",
    "HttpRequest",
    "LambdaContext",
    "Matching",
    "Move",
    "RealClock",
    "SnsEnvelope",
    "Verdict",
    "Violation",
}
"""Classes whose objects are values, and were not made here."""
OF_EACH = 3


def public_things(roots: Iterable[Any]) -> list[Any]:
    """What public names lead to, a few of each class."""
    found: dict[type, list[Any]] = {}
    ahead = deque(roots)
    seen: dict[int, Any] = {}
    while ahead:
        one = ahead.popleft()
        if id(one) in seen:
            continue
        seen[id(one)] = one
        if isinstance(one, list | tuple | deque):
            ahead += list(one)[:OF_EACH]
        elif isinstance(one, dict):
            ahead += list(one.values())[:OF_EACH]
        elif type(one).__module__.startswith("minicloud") and len(found.setdefault(type(one), [])) < OF_EACH:
            found[type(one)].append(one)
            for name in [name for name in dir(one) if not name.startswith("_")]:
                try:
                    ahead.append(getattr(one, name))
                except Exception:  # a property that has nothing to show in this state
                    continue
    return [one for several in found.values() for one in several]


@pytest.fixture
def busy() -> Any:
    """A cloud with something of everything, and what leads to the rest."""
    cloud = minicloud.Cloud(clock="virtual", seed=1, trace=True)
    sqs, sns, kinesis = (cloud.client(name) for name in ("sqs", "sns", "kinesis"))
    urls = [sqs.create_queue(QueueName="q")["QueueUrl"]]
    urls.append(sqs.create_queue(QueueName="q.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"])
    for number in range(3):
        sqs.send_message(QueueUrl=urls[0], MessageBody=f"message {number}", DelaySeconds=number)
        sqs.send_message(QueueUrl=urls[1], MessageBody="m", MessageGroupId="g", MessageDeduplicationId=str(number))
    sqs.receive_message(QueueUrl=urls[1])
    topic = sns.create_topic(Name="t")["TopicArn"]
    for protocol, endpoint in (
        ("sqs", cloud.queue("q").arn),
        ("sms", "+15550100"),
        ("email", "a@example.com"),
        ("lambda", cloud.function("f", lambda *_: None)),
    ):
        sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint)
    cloud.http_endpoint("https://example.com", lambda _: 200)
    sns.subscribe(TopicArn=topic, Protocol="https", Endpoint="https://example.com")
    sns.publish(TopicArn=topic, Message="news")
    kinesis.create_stream(StreamName="s", ShardCount=2)
    cloud.clock.advance(30)
    kinesis.put_record(StreamName="s", Data=b"x", PartitionKey="k")
    kinesis.get_shard_iterator(StreamName="s", ShardId="0", ShardIteratorType="LATEST")
    kinesis.create_stream(StreamName="on-demand")
    position = {"StreamARN": cloud.stream("on-demand").arn, "StartingPosition": {"Type": "TRIM_HORIZON"}}
    kinesis.create_queue(QueueName="of-stream", StreamConfigurationList=[position])
    kinesis.create_channel(**to_bucket("c", "on-demand"))
    kinesis.put_record(StreamName="on-demand", Data=b"x", PartitionKey="k")
    cloud.faults.refuse("RequestThrottled", operation="SendMessage", nth=5)
    cloud.faults.drop()
    cloudwatch = cloud.client("cloudwatch")
    threshold = {"Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1}
    metric = {"Namespace": "app", "MetricName": "m", "Statistic": "Sum", "Period": 60}
    cloudwatch.put_metric_alarm(AlarmName="a", **metric, **threshold)
    cloudwatch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="by hand")
    every_hour = {"ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": {"Mode": "OFF"}}
    to = {"Arn": cloud.queue("q").arn, "RoleArn": "arn:aws:iam::123456789012:role/r"}
    cloud.client("scheduler").create_schedule(Name="hourly", Target=to, **every_hour)
    events = cloud.client("events")
    events.put_rule(Name="r", EventPattern='{"source": ["app"]}')
    events.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": cloud.queue("q").arn}])
    events.create_archive(ArchiveName="a", EventSourceArn=cloud.bus().arn)
    events.put_events(Entries=[{"Source": "app", "DetailType": "t", "Detail": "{}"}])
    archive = {"EventSourceArn": events.describe_archive(ArchiveName="a")["ArchiveArn"]}
    to_bus: Any = {"Destination": {"Arn": cloud.bus().arn}, "EventStartTime": 0, "EventEndTime": 1}
    events.start_replay(ReplayName="p", **archive, **to_bus)
    fleet = cloud.scaling_target("workers", minimum=1, maximum=3, desired=5)
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="photos")
    to_bus_too: Any = {"EventBridgeConfiguration": {}}
    s3.put_bucket_notification_configuration(Bucket="photos", NotificationConfiguration=to_bus_too)
    s3.put_object(Bucket="photos", Key="k", Body=b"x")
    s3.create_multipart_upload(Bucket="photos", Key="big")
    server = cloud.serve()
    resources = [cloud.resource("sqs"), cloud.resource("sns")]
    roots = [
        cloud,
        server,
        cloud.serve_async(),
        cloud.alarm("a"),
        [cloud.bucket("photos"), cloud.bucket("photos").objects, cloud.bucket("photos").events],
        [
            [bucket, list(bucket.uploads.values())]
            for service in cloud.services("s3")
            for bucket in service.buckets.values()
        ],
        [bucket.versions_of("k") for service in cloud.services("s3") for bucket in service.buckets.values()],
        cloud.schedule("hourly"),
        fleet,
        list(cloud.alarm("a").history),
        cloud.bus(),
        cloud.rule("r"),
        [bus.rules.items for service in cloud.services("events") for bus in service.buses.items.values()],
        list(cloud.services("events")),
        cloud.invocations,
        list(cloud.invocations),
        sqs,
        sns,
        kinesis,
        cloud.client("sts"),
        [cloud.async_client(name) for name in ("sqs", "sns", "kinesis", "sts")],
        cloud.session(),
        resources,
        resources[0].Queue(urls[0]),
        resources[1].Topic(topic),
        resources[0].queues.all(),
        sqs.get_paginator("list_queues"),
        sqs.get_paginator("list_queues").paginate(),
        kinesis.get_waiter("stream_exists"),
        cloud.queues(),
        cloud.queue("q").peek(),
        cloud.event_source_mapping("q", "f", Enabled=False),
        cloud.metric("AWS/SQS", "NumberOfMessagesSent", QueueName="q"),
        cloud.metrics,
        cloud.topic("t"),
        cloud.topic("t").published[0].deliveries,
        cloud.stream("s"),
        cloud.stream("s").readers,
        cloud.stream("on-demand").queues,
        cloud.stream("on-demand").queue("of-stream").records,
        cloud.stream("on-demand").channels,
        list(cloud.trace),
        cloud.ledger,
        list(cloud.ledger),
        cloud.ledger.of("q"),
        list(cloud.outbox),
        list(cloud.faults),
        [cloud.assert_sent("q", "message 0")],
        cloud.check_history(),
        cloud.snapshot(),
        minicloud.explain_filter({"a": ["b"]}, attributes={"a": "c"}),
        minicloud.explain_pattern({"a": ["b"]}, {"a": "c"}),
    ]
    things = public_things(roots)
    yield cloud, things
    server.stop()
    cloud.close()


def test_what_is_looked_at_is_of_every_class_that_has_a_repr_of_its_own(busy: Any) -> None:
    _, things = busy
    seen = {kind for thing in things for kind in type(thing).__mro__}
    missing = set()
    for module in pkgutil.walk_packages(minicloud.__path__, "minicloud."):
        if module.name.endswith("__main__") or any(module.name.startswith(unseen) for unseen in UNSEEN):
            continue
        try:
            loaded = importlib.import_module(module.name)
        except ImportError:  # of a package that is not installed
            continue
        for name, kind in vars(loaded).items():
            if isinstance(kind, type) and kind.__module__ == module.name and "__repr__" in vars(kind):
                written = getattr(vars(kind)["__repr__"], "__code__", None)  # dataclasses have theirs made
                if written and written.co_filename == loaded.__file__ and kind not in seen and name[0] != "_":
                    missing.add(name)
    assert missing <= WITHOUT_A_CLOUD


def test_everything_can_be_shown_while_another_thread_holds_the_lock(busy: Any) -> None:
    cloud, things = busy
    # What is hidden becomes visible, and what is there expires, while nobody may note it.
    held, enough = threading.Event(), threading.Event()

    def hold() -> None:
        with cloud.lock:
            held.set()
            assert enough.wait(30)

    holder = Worker(hold)
    assert held.wait(30)
    try:
        shown = Worker(lambda: [repr(thing) for thing in things]).result()
    finally:
        enough.set()
        holder.result()
    assert len(shown) == len(things) > 50


def test_everything_can_be_shown_in_the_midst_of_a_call(busy: Any) -> None:
    cloud, things = busy
    with cloud.lock:
        cloud.inside = "a call"
        try:
            assert all(repr(thing) for thing in things)
        finally:
            cloud.inside = None


def test_who_waits_can_be_shown() -> None:
    cloud = minicloud.Cloud(clock="frozen", seed=1)
    url = cloud.client("sqs").create_queue(QueueName="q")["QueueUrl"]

    async def main() -> None:
        task = asyncio.create_task(cloud.async_client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20))
        await asyncio.sleep(0)
        engine: Any = cloud
        waiters = list(engine.world.waiters)
        assert waiters
        with cloud.lock:
            assert await asyncio.to_thread(lambda: [repr(one) for one in (task, *waiters, cloud.queue)])
        task.cancel()

    asyncio.run(main())


def test_a_view_shows_what_has_become_of_messages_by_now() -> None:
    """Though nobody has called since: on a real clock time passes by itself."""
    from tests.support.clocks import SettableClock

    clock = SettableClock()
    cloud = minicloud.Cloud(clock=clock, seed=1)
    sqs, kinesis = cloud.client("sqs"), cloud.client("kinesis")
    url = sqs.create_queue(QueueName="q", Attributes={"MessageRetentionPeriod": "60"})["QueueUrl"]
    for delay in (0, 5, 50):
        sqs.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=delay)
    sqs.receive_message(QueueUrl=url, VisibilityTimeout=20)
    view = cloud.queue("q")
    assert repr(view) == "<queue q: 0 visible, 2 delayed, 1 in flight>"
    clock.move(5)
    assert repr(view) == "<queue q: 1 visible, 1 delayed, 1 in flight>"
    clock.move(15)
    assert repr(view) == "<queue q: 2 visible, 1 delayed, 0 in flight>"
    clock.move(30)
    assert repr(view) == "<queue q: 3 visible, 0 delayed, 0 in flight>"
    clock.move(10)
    assert repr(view) == "<queue q: 0 visible, 0 delayed, 0 in flight>"
    assert (view.counts.visible, len(view)) == (0, 0)
    kinesis.create_stream(StreamName="s", ShardCount=1)
    clock.move(60)
    kinesis.put_record(StreamName="s", Data=b"x", PartitionKey="k")
    stream = cloud.stream("s")
    assert repr(stream) == "<stream s: 1 open shard, 1 record, ACTIVE>"
    kinesis.create_stream(StreamName="d")
    configuration = [{"StreamARN": cloud.stream("d").arn}]
    attributes = {"VisibilityTimeoutSeconds": 5}
    kinesis.create_queue(QueueName="q", StreamConfigurationList=configuration, QueueAttributes=attributes)
    for _ in range(2):
        kinesis.put_record(StreamName="d", Data=b"x", PartitionKey="k")
    queue = cloud.stream("d").queue("q")
    arn = queue.arn
    kinesis.receive_queue_records(QueueARN=arn, Limit=1)
    assert repr(queue) == "<queue q on d: 1 visible, 1 in flight, 0 dead letters>"
    clock.move(5)
    assert repr(queue) == "<queue q on d: 2 visible, 0 in flight, 0 dead letters>"
    clock.move(25 * 3600)
    assert repr(queue) == "<queue q on d: 0 visible, 0 in flight, 0 dead letters>"
    assert repr(stream) == "<stream s: 1 open shard, 0 records, ACTIVE>"
    cloud.close()

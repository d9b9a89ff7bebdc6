"""The control API: every path, what it answers, and what it says to what is wrong."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import minicloud
from minicloud.server.control import Control
from minicloud.server.control_clock import span_of
from minicloud.server.http2_hpack import encode
from minicloud.server.http_request import PREFACE, HttpRequest
from tests.server.support import Answer, Raw, call, request
from tests.server.test_http import poll, until
from tests.server.test_http2 import HEADERS, HELLO, frame
from tests.support.depth import deep

ACCOUNT = "123456789012"


class Controlled:
    """A server's control API, by one connection."""

    def __init__(self, url: str) -> None:
        self.raw = Raw(url)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        sent = b"" if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        whole = request(method, f"/_minicloud/{path}", named, sent)
        return self.raw.send(whole).answer(has_body=method != "HEAD")

    def get(self, path: str, status: int = 200) -> Any:
        answer = self("GET", path)
        assert answer.status == status, answer.body
        return answer.json

    def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        answer = self("POST", path, body)
        assert answer.status == status, answer.body
        return answer.json

    def error(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        answer = self(method, path, body)
        assert answer.headers["cache-control"] == "no-store"
        assert list(answer.json) == ["error"]
        return answer.status, answer.json["error"]


@pytest.fixture
def control(cloud: minicloud.Cloud) -> Iterator[Controlled]:
    with cloud.serve() as server:
        made = Controlled(server.url)
        yield made
        made.raw.close()


def fill(cloud: minicloud.Cloud) -> str:
    """Something of everything; the URL of a queue."""
    sqs, sns, kinesis = (cloud.client(name) for name in ("sqs", "sns", "kinesis"))
    sqs.create_queue(QueueName="dead")
    policy = {"deadLetterTargetArn": cloud.queue("dead").arn, "maxReceiveCount": 3}
    url: str = sqs.create_queue(QueueName="orders", Attributes={"RedrivePolicy": json.dumps(policy)})["QueueUrl"]
    binary = {"b": {"DataType": "Binary", "BinaryValue": b"\xff"}}
    sqs.send_message(QueueUrl=url, MessageBody="first", MessageAttributes=binary)
    sqs.receive_message(QueueUrl=url)
    sqs.send_message(QueueUrl=url, MessageBody="caf\u00e9")
    sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=60)
    topic = sns.create_topic(Name="shop")["TopicArn"]
    only_books = {"FilterPolicy": json.dumps({"store": ["books"]})}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue("dead").arn, Attributes=only_books)
    sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+15550100")
    sns.publish(TopicArn=topic, Message="hello")
    kinesis.create_stream(StreamName="clicks", ShardCount=2)
    kinesis.put_record(StreamName="clicks", Data=b"\0\xff", PartitionKey="k")
    return url


def test_it_says_that_it_runs_and_what_time_it_is(cloud: minicloud.Cloud, control: Controlled) -> None:
    health = control.get("health")
    assert (health["status"], health["version"], health["clock"]) == ("running", minicloud.__version__, "virtual")
    assert (health["account_id"], health["region_name"], health["seed"]) == (ACCOUNT, "us-east-1", cloud.seed)
    assert health["services"]["sqs"] == "running"
    assert control.get("clock") == {
        "kind": "virtual",
        "now": "2026-01-01T00:00:00.000000Z",
        "time": 1767225600.0,
        "time_ns": 1767225600000000000,
        "frozen": False,
        "speed": 1.0,
        "next_due": None,
        "next_due_is": None,
    }
    head = control("HEAD", "health")
    assert (head.status, head.headers["content-type"]) == (200, "application/json")


def test_time_is_moved_and_polls_are_answered(cloud: minicloud.Cloud, control: Controlled) -> None:
    url = fill(cloud)
    assert control.get("clock")["next_due"] == "2026-01-01T00:00:30.000000Z"
    assert "orders" in control.get("clock")["next_due_is"]
    assert control.post("clock/advance", {"seconds": 0.5})["now"] == "2026-01-01T00:00:00.500000Z"
    assert control.post("clock/advance", {"duration": "29s500ms"})["now"] == "2026-01-01T00:00:30.000000Z"
    assert cloud.queue("orders").counts.in_flight == 0
    assert control.post("clock/advance?duration=PT30S")["now"] == "2026-01-01T00:01:00.000000Z"
    assert control.post("clock/advance_to", {"time": "2026-01-01T02:00:00+01:00"})["time"] == 1767229200.0
    assert control.post("clock/advance_to?time=1767229200.5")["now"] == "2026-01-01T01:00:00.500000Z"
    # What is due between two microseconds has happened when its moment is given back.
    assert control.post("clock/advance_to", {"time": "2026-01-01T01:00:00.500000001Z"})["time_ns"] % 10_000 == 1000
    cloud.client("sqs").purge_queue(QueueUrl=url)
    waiting = [Raw(control.raw.url).send(poll(url)) for _ in range(2)]
    until(lambda: len(cloud.world.waiters) == 2)
    control.post("clock/advance?seconds=20")
    assert [raw.answer().json for raw in waiting] == [{}, {}]
    now = cloud.clock.now()
    for way, body, complaint in (
        ("advance", {"seconds": -1}, "the clock cannot go back by 1 seconds"),
        ("advance", {"duration": "soon"}, "'soon' is not a duration: give 30s"),
        ("advance", {"duration": 30}, "30 is not a duration"),
        ("advance", {"seconds": "x"}, "seconds='x' is not a number of seconds"),
        ("advance", {"seconds": True}, "seconds=True is not a number of seconds"),
        ("advance", {"seconds": 1e300}, "cannot go beyond the year 9998"),
        ("advance", {}, 'say for how long: {"seconds": 30}'),
        ("advance", {"secs": 30}, "there is no parameter 'secs' here"),
        ("advance_to", {}, "say to which moment"),
        ("advance_to", {"time": "2025-01-01"}, "the clock cannot go back to 2025-01-01"),
        ("advance_to", {"time": "9999-01-02"}, "cannot go beyond the year 9998"),
        ("advance_to", {"time": "tomorrow"}, "'tomorrow' is not a moment"),
        ("advance_to", {"time": 1e300}, "is not a moment"),
        ("advance_to", {"time": None}, "say to which moment"),
    ):
        status, text = control.error("POST", f"clock/{way}", body)
        assert status == 400
        assert complaint in text
    assert cloud.clock.now() == now
    for pace in ("freeze", "thaw", "run?speed=2"):
        status, text = control.error("POST", f"clock/{pace}")
        assert status == 409, text
        assert "a virtual clock stands still by itself" in text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1h30m", 5400), ("250ms", 0.25), ("2d", 172_800), ("1.5s", 1.5), ("PT90S", 90), ("P1DT2H", 93_600)],
)  # fmt: skip
def test_durations(text: str, seconds: float) -> None:
    assert span_of(text) == seconds * 10**9


@pytest.mark.parametrize("text", ["", "30", "s", "P", "PT", "P1D2H", "1x", "-1s", "1 h", "9" * 13 + "s", "1h1"])
def test_what_is_no_duration(text: str) -> None:
    assert span_of(text) is None


def test_a_real_clock_stands_still_and_runs_faster() -> None:
    with minicloud.Cloud(clock="real") as cloud, cloud.serve() as server:
        control = Controlled(server.url)
        sqs = cloud.client("sqs")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        frozen = control.post("clock/freeze")
        assert (frozen["kind"], frozen["frozen"], frozen["speed"]) == ("real", True, 1.0)
        assert control.get("clock")["time_ns"] == cloud.time_ns() == frozen["time_ns"]
        # Who waits in a cloud that stands still waits until time is moved: over the wire, in a thread.
        outside = Raw(server.url).send(poll(url, 20))
        got: list[Any] = []
        inside = threading.Thread(target=lambda: got.append(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)))
        inside.start()
        until(lambda: len(cloud.world.waiters) == 2)
        assert control.post("clock/advance?seconds=19")["frozen"]
        assert len(cloud.world.waiters) == 2
        control.post("clock/advance?seconds=1")
        inside.join(10)
        assert outside.answer().json == {}
        assert got[0].get("Messages") is None
        assert cloud.time_ns() == frozen["time_ns"] + 20 * 10**9
        # An hour passes in a moment, for those who wait as well.
        sqs.send_message(QueueUrl=url, MessageBody="in an hour", DelaySeconds=900)
        waits = threading.Thread(target=lambda: cloud.sleep(900))
        waits.start()
        until(lambda: cloud.world.waiters)
        assert control.post("clock/run", {"speed": 100_000})["speed"] == 100_000
        waits.join(10)
        assert not waits.is_alive()
        assert sqs.receive_message(QueueUrl=url)["Messages"]
        assert control.post("clock/freeze")["speed"] == 100_000
        assert control.post("clock/thaw")["frozen"] is False
        assert control.post("clock/run?speed=1")["speed"] == 1
        assert "times as fast" not in repr(cloud.clock)
        for speed in (0, -1, "fast", 1e9, None):
            assert control.error("POST", "clock/run", {"speed": speed})[0] == 400


def test_queues_and_messages(cloud: minicloud.Cloud, control: Controlled) -> None:
    fill(cloud)
    dead, orders = control.get("queues")["queues"]
    assert orders == control.get("queues/orders")
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders"
    assert {name: orders[name] for name in ("name", "url", "arn", "counts", "dead_letter_target", "oldest_sent")} == {
        "name": "orders",
        "url": f"http://localhost/{ACCOUNT}/orders",
        "arn": arn,
        "counts": {"visible": 1, "delayed": 1, "in_flight": 1},
        "dead_letter_target": dead["arn"],
        "oldest_sent": "2026-01-01T00:00:00.000000Z",
    }
    assert orders["attributes"]["VisibilityTimeout"] == "30"
    assert (dead["is_dead_letter_queue"], dead["oldest_sent"], dead["dead_letter_target"]) == (True, None, None)
    for name in (f"us-east-1/{ACCOUNT}/orders", arn, arn.replace(":", "%3A"), "http%3A%2F%2Fh%2F123456789012%2Forders"):
        assert control.get(f"queues/{name}")["arn"] == arn
        assert len(control.get(f"queues/{name}/messages")["messages"]) == 3
    first, visible, delayed = control.get("queues/orders/messages")["messages"]
    assert (first["body"], first["state"], first["receive_count"]) == ("first", "in_flight", 1)
    assert first["message_attributes"] == {"b": {"DataType": "Binary", "BinaryValue": "/w=="}}
    assert first["visible_at"] == "2026-01-01T00:00:30.000000Z"
    assert (visible["body"], visible["visible_at"], visible["group_id"]) == ("caf\u00e9", None, None)
    assert control.get("queues/orders/messages?state=delayed")["messages"] == [delayed]
    assert control.get("queues/orders/messages?limit=1")["messages"] == [first]
    assert "receipt_handle" not in first
    # Nothing was consumed, and no call of it is in the trace.
    assert cloud.queue("orders").counts == cloud.queue("orders").counts
    assert not [event for event in cloud.trace if event.resource == "sqs.GetQueueAttributes"]
    assert control.error("GET", "queues/order") == (
        404,
        "there is no queue 'order'; did you mean 'orders'? there are: dead, orders",
    )
    assert control.error("GET", "queues/orders/messages?state=gone")[0] == 400
    assert control.error("GET", "queues/orders/messages?limit=-1") == (
        400,
        "limit='-1' is not a count: give a whole number",
    )
    cloud.client("sqs", "eu-west-1").create_queue(QueueName="orders")
    cloud.client("sqs", "eu-central-1").create_queue(QueueName="twice")
    cloud.client("sqs", "eu-west-1").create_queue(QueueName="twice")
    assert control.get("queues/orders")["arn"] == arn
    assert control.error("GET", "queues/twice")[0] == 400
    assert control.get(f"queues/eu-west-1/{ACCOUNT}/twice")["name"] == "twice"


def test_topics_streams_and_what_left(cloud: minicloud.Cloud, control: Controlled) -> None:
    fill(cloud)
    [topic] = control.get("topics")["topics"]
    filtered, text = topic["subscriptions"]
    assert (filtered["protocol"], filtered["filter_policy"]) == ("sqs", {"store": ["books"]})
    whole = control.get(f"topics/us-east-1/{ACCOUNT}/shop")
    assert [one["message"] for one in whole.pop("published")] == ["hello"]
    assert whole == topic
    explained = control.post("topics/shop/explain", {"message": "x", "message_attributes": {"store": "Books"}})
    assert [(one["gets_it"], one["arn"]) for one in explained["subscriptions"]] == [
        (False, filtered["arn"]),
        (True, text["arn"]),
    ]
    assert "upper and lower case differ" in explained["subscriptions"][0]["reason"]
    by_query = control.post('topics/shop/explain?message=x&message_attributes={"store":"books"}')
    assert by_query["subscriptions"][0]["gets_it"]
    assert cloud.topic("shop").messages == ["hello"]
    assert control.error("POST", "topics/shop/explain", {"message_attributes": [1]})[0] == 400
    assert control.error("POST", "topics/shop/explain", {"message_attributes": {"a": None}})[0] == 400
    assert control.error("GET", "topics/shops")[0] == 404

    [stream] = control.get("streams")["streams"]
    assert stream == control.get(f"streams/us-east-1/{ACCOUNT}/clicks")
    assert (stream["status"], sum(shard["records"] for shard in stream["shards"])) == ("ACTIVE", 1)
    [record] = control.get(f"streams/arn:aws:kinesis:us-east-1:{ACCOUNT}:stream%2Fclicks/records")["records"]
    assert (record["data"], record["partition_key"]) == ("AP8=", "k")
    assert control.get(f"streams/clicks/records?shard_id={record['shard_id']}&limit=1")["records"] == [record]
    assert control.error("GET", "streams/clicks/records?shard_id=7")[0] == 404

    [departure] = control.get("outbox?protocol=sms&to=%2B15550100")["outbox"]
    assert (departure["body"], departure["endpoint"]) == ("hello", "+15550100")
    assert control.get("outbox?protocol=email") == {"outbox": []}
    assert control("DELETE", "outbox").json == {"outbox": []}
    assert len(cloud.outbox) == 0


def test_functions_runs_and_alarms(cloud: minicloud.Cloud, control: Controlled) -> None:
    fill(cloud)

    def bill(event: Any, _: Any) -> Any:
        sys.stdout.write("billing\n")
        if event == "bad":
            raise ValueError("no such order")
        return {"got": event}

    cloud.function("bill", bill)
    cloud.function("read", lambda *_: None)
    cloud.event_source_mapping("dead", "read")
    lambda_ = cloud.client("lambda")
    lambda_.invoke(FunctionName="bill", Payload=b'"good"')
    lambda_.invoke(FunctionName="bill", Payload=b'"bad"')
    listed = control.get("functions")["functions"]
    assert [one["name"] for one in listed] == ["bill", "read"]
    assert listed[0] == control.get(f"functions/us-east-1/{ACCOUNT}/bill")
    [mapping] = control.get("functions/read")["mappings"]
    assert (mapping["source_arn"], mapping["state"]) == (cloud.queue("dead").arn, "Enabled")
    good, bad = control.get("invocations")["invocations"]
    assert (good["outcome"], good["event"], good["result"]) == ("success", "good", {"got": "good"})
    assert "billing" in good["log"]
    assert (bad["outcome"], bad["error"]) == ("error", "ValueError('no such order')")
    assert control.get("invocations?function=bill&limit=1")["invocations"] == [bad]
    assert control.get("invocations?outcome=timeout") == {"invocations": []}
    assert control.error("GET", "functions/bil")[0] == 404
    assert control.error("GET", "invocations?function=bil")[0] == 400
    alarm = {"Namespace": "n", "MetricName": "m", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1}
    cloud.client("cloudwatch").put_metric_alarm(
        AlarmName="late", Threshold=1.0, ComparisonOperator="GreaterThanThreshold", **alarm
    )
    [shown] = control.get("alarms")["alarms"]
    assert (shown["name"], shown["state"], shown["history"]) == ("late", "INSUFFICIENT_DATA", [])


def test_logs_and_metrics(cloud: minicloud.Cloud, control: Controlled) -> None:
    assert control.get("logs") == {"log_groups": []}
    cloud.client("logs")
    cloud.function("work", lambda event, _: sys.stdout.write(f"{event['n']}\n"))
    invoke = cloud.client("lambda").invoke
    for number in range(3):
        invoke(FunctionName="work", Payload=json.dumps({"n": f"number {number}"}).encode())
    [group] = control.get("logs")["log_groups"]
    assert (group["name"], sum(one["events_count"] for one in group["streams"])) == ("/aws/lambda/work", 12)
    stream = group["streams"][0]["name"]
    for path in (
        "logs/%2Faws%2Flambda%2Fwork",
        f"logs/{group['arn']}",
        f"logs/%2Faws%2Flambda%2Fwork?stream={quote(stream)}",
    ):
        whole = control.get(path)
        assert [one["message"] for one in whole["events"] if "number" in one["message"]] == [
            f"number {number}\n" for number in range(3)
        ]
    [last] = control.get("logs/%2Faws%2Flambda%2Fwork?limit=1")["events"]
    assert last == whole["events"][-1]
    assert control.error("GET", "logs/nobody") == (404, "there is no log group 'nobody'; there are: /aws/lambda/work")
    status, text = control.error("GET", "logs/%2Faws%2Flambda%2Fwork?stream=x")
    assert (status, text.startswith("'/aws/lambda/work' has no stream 'x'; there are: 2026")) == (404, True)
    put = cloud.client("cloudwatch").put_metric_data
    for value in (1.0, 3.0):
        dimensions = [{"Name": "Shop", "Value": "books"}]
        put(Namespace="app", MetricData=[{"MetricName": "orders", "Dimensions": dimensions, "Value": value}])
        cloud.clock.advance(60)
    assert {one["namespace"] for one in control.get("metrics")["metrics"]} >= {"app", "AWS/Lambda"}
    [metric] = control.get("metrics?namespace=app")["metrics"]
    assert (metric["name"], metric["dimensions"], "points" in metric) == ("orders", {"Shop": "books"}, False)
    [metric] = control.get("metrics?namespace=app&name=orders")["metrics"]
    assert [(one["Sum"], one["SampleCount"]) for one in metric["points"]] == [(1.0, 1.0), (3.0, 1.0)]
    [metric] = control.get("metrics?name=orders&limit=1")["metrics"]
    assert [(one["Average"], one["time"]) for one in metric["points"]] == [(3.0, "2026-01-01T00:01:00.000000Z")]
    [metric] = control.get("metrics?name=orders&limit=0")["metrics"]
    assert metric["points"] == []


def test_delivery_streams_and_pipes(cloud: minicloud.Cloud, control: Controlled) -> None:
    assert (control.get("delivery_streams"), control.get("pipes")) == ({"delivery_streams": []}, {"pipes": []})
    cloud.client("s3").create_bucket(Bucket="lake")
    firehose, role = cloud.client("firehose"), f"arn:aws:iam::{ACCOUNT}:role/r"
    target: Any = {"RoleARN": role, "BucketARN": "arn:aws:s3:::lake", "Prefix": "in/"}
    firehose.create_delivery_stream(DeliveryStreamName="clicks", ExtendedS3DestinationConfiguration=target)
    firehose.put_record(DeliveryStreamName="clicks", Record={"Data": b"a"})
    [stream] = control.get("delivery_streams")["delivery_streams"]
    shown = {name: stream[name] for name in ("name", "source_arn", "bucket_arn", "prefix", "records_count")}
    assert shown == {
        "name": "clicks",
        "source_arn": None,
        "bucket_arn": "arn:aws:s3:::lake",
        "prefix": "in/",
        "records_count": 1,
    }
    assert stream["waiting_count"] == 1
    cloud.clock.advance(300)
    [stream] = control.get("delivery_streams")["delivery_streams"]
    assert stream["waiting_count"] == 0
    assert stream["described"]["DeliveryStreamStatus"] == "ACTIVE"
    sqs = cloud.client("sqs")
    for name in ("from", "to"):
        sqs.create_queue(QueueName=name)
    arns = [f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}" for name in ("from", "to")]
    cloud.client("pipes").create_pipe(Name="on", Source=arns[0], Target=arns[1], RoleArn=role)
    [pipe] = control.get("pipes")["pipes"]
    shown = {name: pipe[name] for name in ("name", "source_arn", "target_arn", "enrichment_arn", "state")}
    assert shown == {
        "name": "on",
        "source_arn": arns[0],
        "target_arn": arns[1],
        "enrichment_arn": None,
        "state": "RUNNING",
    }
    assert pipe["described"]["RoleArn"] == role


def test_a_reset_says_how_messages_are_delivered_from_then_on(cloud: minicloud.Cloud, control: Controlled) -> None:
    def choices() -> int:
        sqs, sns = cloud.client("sqs"), cloud.client("sns")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        topic = sns.create_topic(Name="t")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{ACCOUNT}:q")
        for number in range(30):
            sns.publish(TopicArn=topic, Message=str(number))
            sqs.receive_message(QueueUrl=url)
        cloud.clock.advance(60)
        return len(cloud.trace.of("chaos"))

    assert (control.get("health")["delivery"], choices()) == ("readable", 0)
    assert control.error("POST", "reset?delivery=chaos")[0] == 400
    control.post("reset", {"delivery": "aws"})
    assert control.get("health")["delivery"] == "aws"
    assert choices() > 10
    cloud.faults.drop(optional=True)
    control.post("reset")
    assert choices() > 10
    control.post("reset?delivery=readable")
    assert (control.get("health")["delivery"], choices()) == ("readable", 0)


def test_buckets_and_what_is_scaled(cloud: minicloud.Cloud, control: Controlled) -> None:
    assert (control.get("buckets"), control.get("scaling_targets")) == ({"buckets": []}, {"scaling_targets": []})
    s3 = cloud.client("s3")
    cloud.client("sqs").create_queue(QueueName="uploads")
    s3.create_bucket(Bucket="photos")
    told = {"QueueArn": cloud.queue("uploads").arn, "Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(
        Bucket="photos", NotificationConfiguration={"QueueConfigurations": [told]}, SkipDestinationValidation=True
    )
    s3.put_object(Bucket="photos", Key="in/a b", Body=b"12345", Metadata={"who": "me"}, Tagging="team=x")
    s3.put_object(Bucket="photos", Key="out", Body=b"6")
    [bucket] = control.get("buckets")["buckets"]
    assert bucket == {
        "name": "photos",
        "arn": "arn:aws:s3:::photos",
        "objects_count": 2,
        "size": 6,
        "events_count": 2,
    }
    for name in ("photos", f"us-east-1/{ACCOUNT}/photos", "arn:aws:s3:::photos"):
        whole = control.get(f"buckets/{name}")
        assert [(event["name"], event["key"]) for event in whole.pop("events")] == [
            ("ObjectCreated:Put", "in/a b"),
            ("ObjectCreated:Put", "out"),
        ]
        assert whole == bucket
    [one] = control.get("buckets/photos/objects?prefix=in/")["objects"]
    assert (one["key"], one["size"], one["metadata"], one["tags"], one["time"]) == (
        "in/a b",
        5,
        {"who": "me"},
        {"team": "x"},
        "2026-01-01T00:00:00.000000Z",
    )
    assert len(control.get("buckets/photos/objects?limit=1")["objects"]) == 1
    assert control.error("GET", "buckets/others") == (404, "there is no bucket 'others'; there are: photos")
    assert len(cloud.queue("uploads")) == 3  # s3:TestEvent came before them; looking has taken nothing
    cloud.scaling_target("worker", minimum=1, maximum=4)
    cloud.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=cloud.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")[
            "ScalableTargets"
        ][0]["ResourceId"],
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=2,
        MaxCapacity=4,
    )
    [target] = control.get("scaling_targets")["scaling_targets"]
    assert (target["name"], target["desired"], target["minimum"], target["maximum"]) == ("worker", 2, 2, 4)
    assert [(one["old"], one["new"]) for one in target["history"]] == [(1, 2)]


def test_rules_and_schedules(cloud: minicloud.Cloud, control: Controlled) -> None:
    fill(cloud)
    assert (control.get("buses"), control.get("schedules")) == ({"buses": []}, {"schedules": []})
    events, scheduler = cloud.client("events"), cloud.client("scheduler")
    events.put_rule(Name="big", EventPattern=json.dumps({"detail": {"price": [{"numeric": [">", 5]}]}}))
    events.put_rule(Name="often", ScheduleExpression="rate(5 minutes)")
    events.put_targets(Rule="big", Targets=[{"Id": "1", "Arn": cloud.queue("dead").arn}])
    events.put_events(Entries=[{"Source": "shop", "DetailType": "Order", "Detail": json.dumps({"price": 7})}])
    [bus] = control.get("buses")["buses"]
    assert (bus["name"], bus["events_count"], bus["unmatched_count"]) == ("default", 1, 0)
    big, often = bus["rules"]
    assert (big["targets"], big["matched_count"]) == ([{"Id": "1", "Arn": cloud.queue("dead").arn}], 1)
    assert (often["expression"], often["next_due"], often["pattern"]) == (
        "rate(5 minutes)",
        "2026-01-01T00:05:00.000000Z",
        None,
    )
    whole = control.get(f"buses/us-east-1/{ACCOUNT}/default")
    assert [event["source"] for event in whole.pop("events")] == ["shop"]
    assert whole == bus
    [explained] = control.post("buses/default/explain", {"event": {"detail": {"price": 3}}})["rules"]
    assert (explained["name"], explained["matches"]) == ("big", False)
    assert "3" in explained["reason"]
    assert control.post('buses/default/explain?event={"detail":{"price":9}}')["rules"][0]["matches"]
    for event in (None, [1], "{"):
        assert control.error("POST", "buses/default/explain", {"event": event})[0] == 400
    assert control.error("GET", "buses/other")[0] == 404
    target = {"Arn": cloud.queue("dead").arn, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/r"}
    scheduler.create_schedule(
        Name="daily", ScheduleExpression="rate(1 day)", FlexibleTimeWindow={"Mode": "OFF"}, Target=target
    )
    [schedule] = control.get("schedules")["schedules"]
    assert (schedule["name"], schedule["group"], schedule["state"]) == ("daily", "default", "ENABLED")
    assert (schedule["expression"], schedule["targets"]) == ("rate(1 day)", [cloud.queue("dead").arn])


def test_faults(cloud: minicloud.Cloud, control: Controlled) -> None:
    url = fill(cloud)
    made = control.post("faults", {"refuse": "RequestThrottled", "operation": "SendMessage", "nth": [1]}, 201)
    assert made == {
        "id": "1",
        "seen": 0,
        "fired": 0,
        "fault": "Fault(Refuse(error='RequestThrottled'), operation='SendMessage', nth=[1]) <seen 0, fired 0>",
    }
    raw = Raw(control.raw.url)
    refused = raw.send(call("AmazonSQS.SendMessage", {"QueueUrl": url, "MessageBody": "a"})).answer()
    assert (refused.status, refused.headers["x-amzn-query-error"]) == (403, "RequestThrottled;Sender")
    assert raw.send(call("AmazonSQS.SendMessage", {"QueueUrl": url, "MessageBody": "a"})).answer().status == 200
    assert (control.get("faults/1")["seen"], control.get("faults/1")["fired"]) == (2, 1)
    # Those of the test itself are among them.
    cloud.faults.drop(resource="orders", optional=True)
    assert [one["id"] for one in control.get("faults")["faults"]] == ["1", "2"]
    assert control("DELETE", "faults/1").json["fired"] == 1
    assert control.error("GET", "faults/1") == (404, "there is no fault '1'; there are: 2")
    for body, repr_ in (
        ({"delay": 5, "service": "sqs"}, "Fault(Delay(seconds=5), service='sqs')"),
        ({"refuse": ["Broken", "It is broken.", 503]}, "Fault(Refuse(error=('Broken', 'It is broken.', 503)))"),
        ({"crash": "after", "every": 2}, "Fault(the caller"),
        ({"crash": True, "function": "bill"}, "Fault(Crash(after=False), function='bill')"),
        ({"fail_entries": [0, "a"], "error": "InternalError"}, "Fault(FailEntries(entries=(0, 'a')"),
        ({"duplicate": 3, "probability": 0.5}, "Fault(Duplicate(times=3), probability=0.5)"),
        ({"reorder": True, "optional": True}, "Fault(Reorder(within=1.0"),
        ({"postpone": 2.5, "first": 1}, "Fault(Postpone(seconds=2.5), first=1)"),
        ({"throttle": True}, "Fault(Throttle())"),
        ({"time_out": True}, "Fault(TimeOut())"),
        ({"disconnect": True}, "Fault(Disconnect("),
        ({"lose_answer": "ConnectionClosedError"}, "Fault(LoseAnswer(exception='ConnectionClosedError'))"),
    ):
        shown = control.post("faults", body, 201)["fault"]
        assert shown.startswith(repr_) or repr_ == "Fault(the caller"
    by_query = control.post("faults?refuse=InternalError&operation=Publish&first=2", status=201)
    assert "first=2" in by_query["fault"]
    before = len(cloud.faults)
    for body in (
        {},
        {"refuse": "NoSuchError"},
        {"refuse": 5},
        {"refuse": "InternalError", "delay": 1},
        {"drop": 1},
        {"drop": True, "operation": "SendMessage"},
        {"delay": "1"},
        {"delay": -1},
        {"duplicate": 1.5},
        {"lose_answer": False},
        {"drop": True, "where": "1"},
        {"drop": True, "resource": 5},
        {"drop": True, "nth": []},
        {"drop": True, "nth": ["a"]},
        {"drop": True, "nth": 1, "every": 1},
        {"drop": True, "optional": "maybe"},
        {"drop": True, "probability": 2},
        {"drop": True, "error": "InternalError"},
        {"fail_entries": [True]},
    ):
        assert control.error("POST", "faults", body)[0] == 400, body
    assert len(cloud.faults) == before
    assert control("DELETE", "faults").json == {"faults": []}
    assert len(cloud.faults) == 0


def test_an_answer_that_is_lost_closes_the_connection(cloud: minicloud.Cloud, control: Controlled) -> None:
    url = fill(cloud)
    for effect, sent in (("disconnect", 0), ("lose_answer", 1)):
        cloud.client("sqs").purge_queue(QueueUrl=url)
        cloud.clock.advance(60)
        control.post("faults", {effect: True, "operation": "SendMessage", "first": 1}, 201)
        raw = Raw(control.raw.url).send(call("AmazonSQS.SendMessage", {"QueueUrl": url, "MessageBody": "a"}))
        assert raw.rest() == b""
        assert len(cloud.queue("orders")) == sent


def test_snapshots_and_starting_over(cloud: minicloud.Cloud, control: Controlled) -> None:
    url = fill(cloud)
    taken = control.post("snapshot", status=201)
    assert taken["id"] == "1"
    control.post("clock/advance?seconds=7")
    cloud.client("sqs").purge_queue(QueueUrl=url)
    assert control.post("restore", {"id": "1"})["now"] == "2026-01-01T00:00:00.000000Z"
    assert len(control.get("queues/orders/messages")["messages"]) == 3
    assert control.post("restore?id=1")["time_ns"] == cloud.time_ns()
    assert control.error("POST", "restore", {"id": "7"}) == (
        404,
        "there is no snapshot '7'; there are: 1 (the latest 100 are kept)",
    )
    assert control.error("POST", "restore") == (400, 'say to which snapshot: {"id": "1"}, as it was answered')
    for number in range(2, 102):
        assert control.post("snapshot", status=201)["id"] == str(number)
    assert control.error("POST", "restore", {"id": "1"})[0] == 404  # the latest hundred are kept
    cloud.client("sqs").purge_queue(QueueUrl=url)
    cloud.client("sqs").receive_message(QueueUrl=url)
    waiting, gone = (Raw(control.raw.url).send(poll(url)) for _ in range(2))
    until(lambda: len(cloud.world.waiters) == 2)
    status, text = control.error("POST", "snapshot")
    assert (status, "waiting in the cloud cannot be part of a snapshot" in text) == (409, True)
    # A poll that a reset ends is empty; whose client has gone by then is nobody's.
    gone.close()
    assert control.post("reset") == {"status": "ok"}
    assert waiting.answer().json == {}
    assert cloud.queues() == []
    answer = waiting.send(poll(url, 0)).answer()
    assert (answer.status, answer.json["__type"]) == (400, "com.amazonaws.sqs#QueueDoesNotExist")
    assert not cloud.world.waiters
    assert control.error("POST", "reset?service=sqs")[0] == 400


def test_the_trace_is_told_in_lines_and_as_it_happens(cloud: minicloud.Cloud, control: Controlled) -> None:
    url = fill(cloud)
    answer = control("GET", "trace")
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.body.splitlines()]
    assert [line["seq"] for line in lines] == [event.number for event in cloud.trace]
    assert set(lines[0]) == {"seq", "time", "kind", "resource", "actor", "details"}
    paged = [json.loads(line)["seq"] for line in control("GET", "trace?since=3&limit=2").body.splitlines()]
    assert paged == [4, 5]
    kinds = {json.loads(line)["kind"] for line in control("GET", "trace?kind=sqs.message,call").body.splitlines()}
    assert kinds == {"sqs.message.sent", "sqs.message.received", "call"}

    misspelt = control("GET", "trace?kind=call,sqs.mesage")
    assert misspelt.status == 400
    assert misspelt.json["error"].startswith("no event is of the kind 'sqs.mesage': there are sqs.delete.in_vain, ")
    assert misspelt.json["error"].endswith("; did you mean 'sqs.message'?")
    assert ": there are alarm, bucket, call, " in control("GET", "trace?kind=messages").json["error"]
    in_words = [json.loads(line)["text"] for line in control("GET", "trace?text=1&kind=sqs.message").body.splitlines()]
    assert in_words[0].endswith('"first": sent')

    follower = Raw(control.raw.url)
    sent = {"Accept": "text/event-stream", "Last-Event-ID": str(lines[-1]["seq"])}
    follower.send(request("GET", "/_minicloud/trace?kind=sqs", sent))
    head = follower.answer(has_body=False)
    assert (head.status, head.headers["content-type"]) == (200, "text/event-stream")
    signed = {
        "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/sqs/aws4_request, "
        "SignedHeaders=host, Signature=0",
        "X-Amz-Date": "20260101T000000Z",
    }
    body = json.dumps({"QueueUrl": url, "MessageBody": "x" * 2_000}).encode()
    headers = {"X-Amz-Target": "AmazonSQS.SendMessage", "Content-Type": "application/x-amz-json-1.0", **signed}
    sender = Raw(control.raw.url).send(request(headers={**headers, "User-Agent": "Boto3/1.43 md/x"}, body=body))
    assert sender.answer().status == 200
    told = follower.until(b"\n\n", b"data: ")
    event = json.loads(told.partition(b"data: ")[2].splitlines()[0])
    assert (event["kind"], event["actor"]) == ("sqs.message.sent", "AKIDEXAMPLE Boto3/1.43")
    assert f"id: {event['seq']}\n".encode() in told
    assert event["details"]["body"].startswith("x" * 900)
    assert len(event["details"]["body"]) < 1_100
    control.post("reset")
    assert b"event: reset" in follower.until(b"event: reset")
    follower.close()
    with minicloud.Cloud(trace=False) as untraced, untraced.serve() as server:
        status, text = Controlled(server.url).error("GET", "trace")
    assert (status, "the trace is off" in text) == (409, True)


def test_who_has_followed_another_server_is_told_to_begin_anew(cloud: minicloud.Cloud, control: Controlled) -> None:
    cloud.client("sqs").create_queue(QueueName="q")
    follower = Raw(control.raw.url)
    follower.send(request("GET", "/_minicloud/trace", {"Accept": "text/event-stream", "Last-Event-ID": "1000"}))
    told = follower.until(b"event: reset", b"id: 1\n")
    assert told.index(b"event: reset") < told.index(b"id: 1\n")
    follower.close()


def test_who_follows_is_let_go_when_the_server_ends(cloud: minicloud.Cloud) -> None:
    with cloud.serve() as server:
        follower = Raw(server.url).send(request("GET", "/_minicloud/trace?follow=1"))
        assert follower.answer(has_body=False).headers["transfer-encoding"] == "chunked"
    assert follower.rest().endswith(b"\r\n0\r\n\r\n")


def test_a_poll_that_its_client_abandons_is_told(cloud: minicloud.Cloud, control: Controlled) -> None:
    url = cloud.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    gone = Raw(control.raw.url).send(poll(url))
    until(lambda: cloud.world.waiters)
    gone.close()
    until(lambda: not cloud.world.waiters)
    kinds = [json.loads(line)["kind"] for line in control("GET", "trace?kind=sqs.poll").body.splitlines()]
    assert kinds == ["sqs.poll.began", "sqs.poll.abandoned"]
    assert "was abandoned, and has taken nothing" in cloud.trace.render()


def test_what_a_handler_asserts_is_the_tests(cloud: minicloud.Cloud, control: Controlled) -> None:
    def never(*_: Any) -> None:
        raise AssertionError("as the test has it")

    cloud.function("f", never)
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    cloud.event_source_mapping("q", "f")
    sqs.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=1)
    assert control.post("clock/advance?seconds=1")["now"] == "2026-01-01T00:00:01.000000Z"
    assert control.post("clock/advance?seconds=1")["now"] == "2026-01-01T00:00:02.000000Z"
    with pytest.raises(AssertionError, match="as the test has it"):
        cloud.clock.advance(0)


def test_a_handler_may_be_a_client_of_the_server_that_moves_time(cloud: minicloud.Cloud, control: Controlled) -> None:
    sqs = cloud.client("sqs")
    jobs, done = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("jobs", "done"))

    def handler(*_: Any) -> Any:
        return Raw(control.raw.url).send(poll(done, 0)).answer().status

    cloud.function("f", handler)
    cloud.event_source_mapping("jobs", "f")
    sqs.send_message(QueueUrl=jobs, MessageBody="m", DelaySeconds=5)
    control.post("clock/advance?seconds=10")
    assert cloud.invocations.last.result == 200


def test_two_clients_at_once_move_time_by_both(cloud: minicloud.Cloud, control: Controlled) -> None:
    fill(cloud)
    others = [Controlled(control.raw.url) for _ in range(2)]
    threads = [
        threading.Thread(target=lambda one=one: [one.post("clock/advance?seconds=1") for _ in range(20)])
        for one in others
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert control.get("clock")["now"] == "2026-01-01T00:00:40.000000Z"


def test_the_pages_need_nothing_else(control: Controlled) -> None:
    for path in ("", "timeline"):
        page = control("GET", path)
        assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert page.headers["content-security-policy"] == "default-src 'self' 'unsafe-inline'; img-src data:"
        assert page.headers["x-frame-options"] == "DENY"
        assert page.body.startswith(b"<!DOCTYPE html>")
        for outside in (b"src=", b"http://", b"https://", b"@import", b"url("):
            assert outside not in page.body
    assert b"What happens" in control.raw.send(request("GET", "/_minicloud")).answer().body


def test_what_is_wrong_is_said(cloud: minicloud.Cloud, control: Controlled) -> None:
    for method, path, status, text in (
        ("GET", "nowhere", 404, "the control API has nothing at /nowhere: it has alarms, buckets, buses, clock"),
        ("GET", "queues/a/b/c/d", 404, "nothing at /queues/a/b/c/d"),
        ("PUT", "queues", 405, "PUT means nothing here: use GET, HEAD"),
        ("GET", "clock/advance", 405, "use POST"),
        ("GET", "clock?fast=1", 400, "there is no parameter 'fast' here; it takes none"),
    ):
        found = control(method, path)
        assert (found.status, text in found.json["error"]) == (status, True), found.json
        assert ("allow" in found.headers) == (status == 405)
    for body in (b"{", b"[1]", b'"a"', b"\xff", b"NaN", b'{"seconds": Infinity}', b"[" * 5_000):
        answer = control.raw.send(request("POST", "/_minicloud/clock/advance", {}, body)).answer()
        assert (answer.status, list(answer.json)) == (400, ["error"]), body
    evil = control.raw.send(request("GET", "/_minicloud/health", {"Origin": "https://evil.example"})).answer()
    assert evil.status == 403
    foreign = Raw(control.raw.url).send(request("POST", "/_minicloud/reset", host="evil.example")).answer()
    assert (foreign.status, b"--allow-host" in foreign.body) == (403, True)
    mine = {"Origin": "http://localhost:3000"}
    allowed = Raw(control.raw.url).send(request("GET", "/_minicloud/health", mine)).answer()
    assert allowed.headers["access-control-allow-origin"] == "http://localhost:3000"
    with cloud.serve(control=False) as server:
        answer = Raw(server.url).send(request("GET", "/_minicloud/health")).answer()
        assert (answer.status, b"--no-control" in answer.body) == (404, True)
    closed = minicloud.Cloud()
    with closed.serve() as server:
        closed.close()
        assert Controlled(server.url).error("GET", "queues")[0] == 503


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "30s", "orders", "1", "2026-01-01", "InternalError", "true", "\ud800", "sqs"]),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=3), inside, max_size=3),
    max_leaves=5,
)  # fmt: skip
_NAMES = st.sampled_from(
    ["seconds", "duration", "time", "speed", "id", "service", "operation", "resource", "function", "nth", "every",
     "first", "probability", "optional", "refuse", "delay", "drop", "duplicate", "fail_entries", "crash", "lose_answer",
     "reorder", "postpone", "throttle", "error", "message", "message_attributes", "state", "limit", "since", "kind",
     "event"]
)  # fmt: skip
_PATHS = st.sampled_from(
    ["clock/advance", "clock/advance_to", "clock/run", "clock/freeze", "faults", "faults/1", "reset", "snapshot",
     "restore", "queues", "queues/orders/messages", "topics/shop/explain", "streams/clicks/records", "invocations",
     "outbox", "trace", "buses/default/explain", "x/y", "queues//messages", "queues/%FF", "%00", "clock/"]
)  # fmt: skip


@settings(max_examples=deep(400))
@given(
    st.lists(
        st.tuples(st.sampled_from(["GET", "POST", "DELETE"]), _PATHS, st.dictionaries(_NAMES, _VALUES, max_size=4)),
        max_size=5,
    )
)
def test_bodies_of_any_kind_are_answered_in_its_own_words(asked: list[tuple[str, str, Any]]) -> None:
    with minicloud.Cloud(clock="virtual", seed=1, trace=True) as cloud:
        fill(cloud)
        control = Control(cloud)
        for method, path, body in asked:
            made = HttpRequest(method, f"/_minicloud/{path}", {"host": "localhost"}, True)
            made.body = json.dumps(body).encode()
            answer = control.answer(made, "http://localhost/")
            assert answer.status in (200, 201, 400, 404, 405, 409)
            if answer.status >= 400:
                assert list(json.loads(answer.body)) == ["error"]


def test_paths_of_other_emulators(cloud: minicloud.Cloud, control: Controlled) -> None:
    url = fill(cloud)
    sns = cloud.client("sns")
    sns.subscribe(
        TopicArn=cloud.topic("shop").arn, Protocol="email", Endpoint="a@example.com", ReturnSubscriptionArn=True
    )
    pending = cloud.topic("shop").subscriptions[-1].arn

    def ask(method: str, path: str, **headers: str) -> Answer:
        return control.raw.send(request(method, path, headers)).answer()

    assert ask("GET", "/_localstack/health").json["services"]["sqs"] == "running"
    assert ask("GET", "/health").json["edition"] == "community"
    assert ask("GET", "/_localstack/info").json["version"] == minicloud.__version__
    shown = ask("GET", f"/_aws/sqs/messages?QueueUrl={url}&ShowInvisible=true")
    assert shown.headers["content-type"].startswith("text/xml")
    assert shown.body.count(b"<Message>") == 2
    by_place = ask("GET", f"/_aws/sqs/messages/us-east-1/{ACCOUNT}/orders?ShowDelayed=1", Accept="application/json")
    messages = by_place.json["ReceiveMessageResponse"]["ReceiveMessageResult"]["Message"]
    assert [one["Body"] for one in messages] == ["caf\u00e9", "later"]
    assert messages[0]["ReceiptHandle"] == "SQS/BACKDOOR/ACCESS"
    texts = ask("GET", "/_aws/sns/sms-messages").json
    assert [one["Message"] for one in texts["sms_messages"]["+15550100"]] == ["hello"]
    assert ask("GET", "/_aws/sns/platform-endpoint-messages").json["platform_endpoint_messages"] == {}
    token = ask("GET", f"/_aws/sns/subscription-tokens/{pending}").json["subscription_token"]
    confirmed = sns.confirm_subscription(TopicArn=cloud.topic("shop").arn, Token=token)
    assert confirmed["SubscriptionArn"] == pending
    assert ask("GET", f"/_aws/sns/subscription-tokens/{pending}").status == 404
    assert ask("GET", "/_aws/sqs/messages").status == 400
    assert ask("GET", "/_aws/sqs/messages?QueueUrl=nope").status == 404
    assert ask("GET", "/_aws/what").status == 404
    for path in ("/moto-api/reset", "/_localstack/state/reset"):
        cloud.client("sqs").create_queue(QueueName="q")
        assert ask("POST", path).json == {"status": "ok"}
        assert cloud.queues() == []


def test_the_trace_is_followed_in_http_2(cloud: minicloud.Cloud) -> None:
    pseudo = [
        (":method", "GET"),
        (":scheme", "http"),
        (":path", "/_minicloud/trace?follow=1"),
        (":authority", "localhost"),
    ]
    with cloud.serve() as server:
        raw = Raw(server.url).send(PREFACE + HELLO + frame(HEADERS, 5, 1, encode(pseudo)))
        raw.until(b"retry: 1000\n\n")
        cloud.client("sqs").create_queue(QueueName="q")
        assert b'"sqs.queue.created"' in raw.until(b"id: 1\ndata: ")
        assert Raw(server.url).send(request("GET", "/_minicloud/health")).answer().status == 200
        raw.close()

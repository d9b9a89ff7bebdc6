"""The control API: what there is in a cloud, as other processes see it."""

from __future__ import annotations

import json
import sys
from typing import Any
from urllib.parse import quote

import minicloud

from .controlled import ACCOUNT, Controlled, fill


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


def test_a_queue_goes_by_its_name_its_arn_and_its_url(cloud: minicloud.Cloud, control: Controlled) -> None:
    url = fill(cloud)
    arn = cloud.queue("orders").arn
    names = ["orders", arn, url, url.replace("https:", "http:"), f"http://localhost:4566/{ACCOUNT}/orders"]
    for name in [*names, *(quote(name, safe="") for name in names), f"us-east-1/{ACCOUNT}/orders"]:
        assert control.get(f"queues/{name}")["arn"] == arn, name
        assert len(control.get(f"queues/{name}/messages")["messages"]) == 3, name


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
    assert group["streams"][-1]["last_event"] == "2026-01-01T00:00:00.000000Z"
    for path in (
        "logs/%2Faws%2Flambda%2Fwork",
        f"logs/{group['arn']}",
        f"logs/%2Faws%2Flambda%2Fwork?stream={quote(stream)}",
    ):
        whole = control.get(path)
        assert [one["message"] for one in whole["events"] if "number" in one["message"]] == [
            f"number {number}\n" for number in range(3)
        ]
    assert control.get("logs/%2Faws%2Flambda%2Fwork?limit=0")["events"] == []
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

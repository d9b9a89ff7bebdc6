"""The control API: which members its documents have, of a cloud with something of nearly everything."""

from __future__ import annotations

from typing import Any

import minicloud
from tests.kinesis.support import make_queue
from tests.kinesis.test_channels import to_bucket

from .controlled import ACCOUNT, Controlled, fill
from .support import request

ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders"
SUMMARY = "name url arn counts oldest_sent dead_letter_target is_dead_letter_queue attributes"
STREAM = "name arn status shards queues channels"
FUNCTION = "name arn runtime handler timeout memory reserved_concurrency versions aliases mappings"
RUN = "request_id function arn version trigger attempt outcome event result error started duration log"
MEMBERS = {
    "queues": SUMMARY,
    "queues/orders": SUMMARY,
    "queues/orders counts": "visible delayed in_flight",
    "queues/orders/messages": "message_id body attributes message_attributes state receive_count group_id sent "
    "visible_at moves_to",
    "topics": "name arn subscriptions published_count",
    "topics/shop": "name arn subscriptions published_count published",
    "topics/shop subscriptions": "arn protocol endpoint confirmed raw filter_policy filter_policy_scope",
    "topics/shop published": "message_id message subject message_attributes group_id time",
    "streams": STREAM,
    "streams/clicks": STREAM,
    "streams/clicks shards": "shard_id is_open parent_shard_id adjacent_parent_shard_id starting_hash_key "
    "ending_hash_key records",
    "streams/read queues": "name arn status records",
    "streams/read channels": "name arn status",
    "streams/clicks/records": "sequence_number partition_key data shard_id time",
    "outbox": "protocol endpoint subject body headers attributes message_id time",
    "buckets": "name arn objects_count size events_count",
    "buckets/lake": "name arn objects_count size events_count events",
    "buckets/lake events": "name key to message time",
    "buckets/lake/objects": "key size etag version_id content_type metadata tags time",
    "buses": "name arn rules events_count unmatched_count",
    "buses/own": "name arn rules events_count unmatched_count events",
    "buses/own rules": "name arn pattern expression state targets matched_count next_due",
    "schedules": "name group arn expression state targets next_due",
    "functions": FUNCTION,
    "functions/work": FUNCTION,
    "functions/work mappings": "uuid source_arn state last_result in_flight",
    "invocations": RUN,
    "alarms": "name arn state reason since history",
    "alarms history": "time state old_state reason",
    "metrics?namespace=app": "account_id region_name namespace name dimensions latest",
    "metrics?namespace=app&name=load": "account_id region_name namespace name dimensions latest points",
    "metrics?namespace=app&name=load points": "time SampleCount Average Sum Minimum Maximum",
    "logs": "name arn streams",
    "logs streams": "name events_count last_event",
    "logs/own": "name arn streams events",
    "logs/own events": "time stream message",
    "scaling_targets": "name resource_id arn desired minimum maximum history",
    "scaling_targets history": "time old new cause",
    "delivery_streams": "name arn source_arn bucket_arn prefix records_count waiting_count created described",
    "pipes": "name arn source_arn enrichment_arn target_arn state owed described",
    "clock": "kind now time time_ns frozen speed next_due next_due_is",
    "health": "status version services account_id region_name clock delivery seed",
}
POSTED: dict[str, tuple[Any, str]] = {
    "topics/shop/explain": (
        {"message": "m"},
        "arn protocol endpoint confirmed raw filter_policy filter_policy_scope gets_it reason",
    ),
    "buses/own/explain": (
        {"event": {"source": "x"}},
        "name arn pattern expression state targets matched_count next_due matches reason",
    ),
    "clock/advance": ({"seconds": 1}, "kind now time time_ns frozen speed next_due next_due_is"),
    "snapshot": (None, "id objects"),
    "restore": ({"id": "1"}, "kind now time time_ns frozen speed next_due next_due_is"),
    "reset": (None, "status"),
}
"""What is sent, and which members come back."""
ALIASES = {
    "/health": "services edition version",
    "/_localstack/info": "version edition is_license_activated minicloud",
    "/_aws/sns/sms-messages": "sms_messages region",
    "/_aws/sns/sms-messages sms_messages": "PhoneNumber Message Subject MessageId MessageAttributes",
    "/_aws/sns/platform-endpoint-messages": "platform_endpoint_messages region",
    "/_aws/sns/platform-endpoint-messages platform_endpoint_messages": "TargetArn Message Subject MessageId "
    "MessageAttributes",
}
"""The same of paths of other emulators, whose members are by phone or device."""
"""Of what a path answers, or of the first one in its list; of what is inside of that in a member, behind a space."""


def fill_more(cloud: minicloud.Cloud) -> None:
    """What the other services have."""
    s3, events = cloud.client("s3"), cloud.client("events")
    s3.create_bucket(Bucket="lake")
    told: Any = {"QueueConfigurations": [{"QueueArn": QUEUE, "Events": ["s3:ObjectCreated:*"]}]}
    s3.put_bucket_notification_configuration(
        Bucket="lake", NotificationConfiguration=told, SkipDestinationValidation=True
    )
    s3.put_object(Bucket="lake", Key="k", Body=b"x")
    destination: Any = {"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::lake"}
    cloud.client("firehose").create_delivery_stream(
        DeliveryStreamName="f", ExtendedS3DestinationConfiguration=destination
    )
    events.create_event_bus(Name="own")
    events.put_rule(Name="r", EventBusName="own", EventPattern='{"source": ["x"]}')
    cloud.client("pipes").create_pipe(Name="p", Source=QUEUE.replace("orders", "dead"), Target=QUEUE, RoleArn=ROLE)
    cloud.client("scheduler").create_schedule(
        Name="s",
        ScheduleExpression="rate(1 hour)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": QUEUE, "RoleArn": ROLE},
    )
    cloud.function("work", lambda *_: None)
    cloud.client("lambda").invoke(FunctionName="work")
    source = cloud.client("sqs").create_queue(QueueName="source")["QueueUrl"]
    cloud.event_source_mapping(source, "work")
    cloudwatch = cloud.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="a",
        Namespace="app",
        MetricName="load",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    cloudwatch.put_metric_data(Namespace="app", MetricData=[{"MetricName": "load", "Value": 2}])
    cloud.client("logs").create_log_group(logGroupName="own")
    cloud.client("logs").create_log_stream(logGroupName="own", logStreamName="s")
    line: Any = {"timestamp": cloud.time_ns() // 10**6, "message": "m"}
    cloud.client("logs").put_log_events(logGroupName="own", logStreamName="s", logEvents=[line])
    cloud.scaling_target("worker", minimum=1, maximum=4)
    scaling = cloud.client("application-autoscaling")
    [target] = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    names = ("ServiceNamespace", "ResourceId", "ScalableDimension", "MaxCapacity")
    scaling.register_scalable_target(**{name: target[name] for name in names}, MinCapacity=2)
    kinesis: Any = cloud.client("kinesis")
    kinesis.create_stream(StreamName="read", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    cloud.clock.advance(60)
    make_queue(kinesis, "read")
    kinesis.create_channel(**to_bucket("c", "read"))
    cloud.clock.advance(120)


def first(value: Any) -> Any:
    """The value, or the first one in it, where it is a list, or nothing but a list under its name."""
    while isinstance(value, list) or (len(value) == 1 and isinstance(next(iter(value.values())), list)):
        value = value[0] if isinstance(value, list) else next(iter(value.values()))
    return value


def test_documents_have_the_same_members_as_ever(cloud: minicloud.Cloud) -> None:
    fill(cloud)
    fill_more(cloud)
    found = {}
    with cloud.serve() as server:
        control = Controlled(server.url)
        for row in MEMBERS:
            path, _, inside = row.partition(" ")
            document = first(control.get(path))
            found[row] = " ".join(first(document[inside]) if inside else document)
        posted = {path: first(control("POST", path, body).json) for path, (body, _) in POSTED.items()}
        control.raw.close()
    assert found == MEMBERS
    assert {path: " ".join(document) for path, document in posted.items()} == {
        path: members for path, (_, members) in POSTED.items()
    }


def test_documents_of_other_emulators_have_theirs(cloud: minicloud.Cloud, control: Controlled) -> None:
    fill(cloud)
    sns = cloud.client("sns")
    app = sns.create_platform_application(Name="app", Platform="GCM", Attributes={"PlatformCredential": "c"})
    device = sns.create_platform_endpoint(PlatformApplicationArn=app["PlatformApplicationArn"], Token="t")
    sns.publish(TargetArn=device["EndpointArn"], Message="pushed")
    asked = {"Protocol": "email", "Endpoint": "a@example.com", "ReturnSubscriptionArn": True}
    pending = sns.subscribe(TopicArn=cloud.topic("shop").arn, **asked)["SubscriptionArn"]  # type: ignore[arg-type]
    token = control.raw.send(request("GET", f"/_aws/sns/subscription-tokens/{pending}")).answer().json
    assert (list(token), token["subscription_arn"]) == (["subscription_token", "subscription_arn"], pending)
    for path in ("sms-messages", "platform-endpoint-messages"):
        query = f"accountId={ACCOUNT}&region={cloud.region_name}"
        answer = control.raw.send(request("GET", f"/_aws/sns/{path}?{query}")).answer()
        assert (answer.status, len(answer.json)) == (200, 2)
    found = {}
    for row in ALIASES:
        path, _, inside = row.partition(" ")
        document = control.raw.send(request("GET", path)).answer().json
        found[row] = " ".join(first(next(iter(document[inside].values()))) if inside else document)
    assert found == ALIASES


def test_parameters_that_mean_nothing_are_refused_everywhere(cloud: minicloud.Cloud, control: Controlled) -> None:
    fill(cloud)
    fill_more(cloud)
    taken = []
    rows = {row.partition("?")[0] for row in MEMBERS if " " not in row} | {*POSTED, "outbox", "trace", "timeline"}
    rows |= {f"clock/{name}" for name in ("advance", "advance_to", "run", "freeze", "thaw")} | {"faults", "faults/1"}
    for row in sorted(rows - {"health"}):  # which answers whoever asks
        for method in ("GET", "POST", "DELETE"):
            answer = control(method, f"{row}?nobody=1")
            if not (answer.status == 405 or b"there is no parameter 'nobody' here" in answer.body):
                taken.append((method, row, answer.status))
    assert taken == []

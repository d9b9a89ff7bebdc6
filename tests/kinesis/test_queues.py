"""Queues on streams as wholes: making, changing, deleting, listing them, and what they are in the way of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import minicloud
from tests.kinesis.support import ACCOUNT, ARN, dead_letters, make_queue, receive, receive_dead
from tests.kinesis.test_channels import to_bucket
from tests.support.answers import answer, refusal
from tests.support.ways import MakeClient, error_class

pytestmark = pytest.mark.modelled("kinesis.CreateQueue")

QUEUE_ARN = f"arn:aws:kinesis:us-east-1:{ACCOUNT}:queue/"


@pytest.fixture
def stream(kinesis: Any) -> str:
    kinesis.create_stream(StreamName="s")
    return "s"


def put(kinesis: Any, *data: bytes) -> None:
    for one in data:
        kinesis.put_record(StreamName="s", Data=one, PartitionKey="k")


def data_of(records: list[Any]) -> set[bytes]:
    return {record["Data"] for record in records}


def described(kinesis: Any, queue: str) -> Any:
    return kinesis.describe_queue(QueueARN=queue)["QueueDescription"]


def summary(kinesis: Any) -> Any:
    return kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]


# --- making -----------------------------------------------------------------------------------------------------------


def test_a_new_queue(cloud: minicloud.Cloud, kinesis: Any, stream: str) -> None:
    now = cloud.clock.now()
    made = answer(
        kinesis.create_queue(QueueName="orders", StreamConfigurationList=[{"StreamARN": f"{ARN}s"}], Tags={"a": "b"})
    )
    arn = made["QueueDescription"]["QueueARN"]
    expected = {
        "QueueName": "orders",
        "QueueARN": arn,
        "QueueStatus": "CREATING",
        "QueueCreationTimestamp": now,
        "StreamConfigurationList": [{"StreamARN": f"{ARN}s", "StartingPosition": {"Type": "LATEST"}}],
        "QueueAttributes": {
            "VisibilityTimeoutSeconds": 30,
            "DeadLetterConfiguration": {"TargetType": "BUILT_IN", "MaxReceiveCount": 6},
        },
    }
    assert made == {"QueueDescription": expected}
    expected["QueueStatus"] = "ACTIVE"
    expected["StreamConfigurationList"] = [
        {"StreamARN": f"{ARN}s", "StartingPosition": {"Type": "LATEST", "Timestamp": now}}
    ]
    cloud.clock.advance(60)
    assert answer(kinesis.describe_queue(QueueARN=arn)) == {"QueueDescription": expected}
    label = arn.removeprefix(QUEUE_ARN)
    assert label != "orders"
    assert label.isalnum()
    assert label.islower()
    assert len(label) <= 63
    assert summary(kinesis)["QueueCount"] == 1
    assert summary(kinesis)["ConsumerCount"] == 0


def test_latest_takes_what_comes_later_also_at_the_same_moment(kinesis: Any, stream: str) -> None:
    put(kinesis, b"old")
    queue = make_queue(kinesis, kind="LATEST")
    put(kinesis, b"new")
    assert data_of(receive(kinesis, queue)) == {b"new"}


def test_from_a_time_on(cloud: minicloud.Cloud, kinesis: Any, stream: str) -> None:
    put(kinesis, b"0")
    cloud.clock.advance(10)
    moment = cloud.clock.now()
    put(kinesis, b"1")
    cloud.clock.advance(10)
    put(kinesis, b"2")
    made = kinesis.create_queue(
        QueueName="q",
        StreamConfigurationList=[
            {"StreamARN": f"{ARN}s", "StartingPosition": {"Type": "AT_TIMESTAMP", "Timestamp": moment}}
        ],
    )["QueueDescription"]
    assert made["StreamConfigurationList"][0]["StartingPosition"]["Timestamp"] == moment
    assert data_of(receive(kinesis, made["QueueARN"])) == {b"1", b"2"}


def test_from_a_time_on_that_has_not_come(cloud: minicloud.Cloud, kinesis: Any, stream: str) -> None:
    """[inferred]"""
    queue = make_queue(kinesis, kind="AT_TIMESTAMP", Timestamp=cloud.clock.now() + timedelta(seconds=10))
    put(kinesis, b"too early")
    cloud.clock.advance(10)
    put(kinesis, b"in time")
    assert data_of(receive(kinesis, queue)) == {b"in time"}


def test_where_delivery_begins_is_shown(cloud: minicloud.Cloud, kinesis: Any, stream: str) -> None:
    created = cloud.clock.now()
    cloud.clock.advance(100)
    long_ago = created - timedelta(days=30)
    queues = [
        (make_queue(kinesis, name="a", kind="AT_TIMESTAMP", Timestamp=long_ago), created),
        (make_queue(kinesis, name="b"), created),
        (make_queue(kinesis, name="c", kind="LATEST"), created + timedelta(seconds=100)),
    ]
    for queue, begun in queues:
        [configuration] = described(kinesis, queue)["StreamConfigurationList"]
        assert configuration["StartingPosition"]["Timestamp"] == begun


@pytest.mark.parametrize(
    ("position", "code"),
    [
        ({"Type": "AT_TIMESTAMP"}, "ValidationException"),
        ({"Type": "LATEST", "Timestamp": 1767225600}, "ValidationException"),
        ({"Type": "TRIM_HORIZON", "Timestamp": 1767225600}, "ValidationException"),
        ({"Type": "EARLIEST"}, "ValidationException"),
    ],
)
def test_positions_that_are_none(kinesis: Any, stream: str, position: Any, code: str) -> None:
    configuration = {"StreamARN": f"{ARN}s", "StartingPosition": position}
    assert refusal(kinesis.create_queue, QueueName="q", StreamConfigurationList=[configuration])[0] == code


def test_what_a_queue_cannot_be_made_with(kinesis: Any, stream: str) -> None:
    kinesis.create_stream(StreamName="provisioned", ShardCount=1)
    good = {"QueueName": "q", "StreamConfigurationList": [{"StreamARN": f"{ARN}s"}]}

    def code(**params: Any) -> str:
        return refusal(kinesis.create_queue, **{**good, **params})[0]

    two = [{"StreamARN": f"{ARN}s"}, {"StreamARN": f"{ARN}provisioned"}]
    assert code(StreamConfigurationList=two) == "ValidationException"
    assert code(StreamConfigurationList=[{"StreamARN": f"{ARN}provisioned"}]) == "ValidationException"
    assert code(StreamConfigurationList=[{"StreamARN": f"{ARN}x"}]) == "ResourceNotFoundException"
    assert code(QueueName="a b") == "ValidationException"
    assert code(QueueName="q" * 129) == "ValidationException"
    assert code(QueueAttributes={"VisibilityTimeoutSeconds": 43_201}) == "ValidationException"
    for wrong in ({"TargetType": "BUILT_IN"}, {"TargetType": "X"}, {"TargetType": "BUILT_IN", "MaxReceiveCount": 1001}):
        assert code(QueueAttributes={"DeadLetterConfiguration": wrong}) == "ValidationException"
    assert code(Tags={f"k{place}": "" for place in range(51)}) == "InvalidArgumentException"
    assert kinesis.list_queues()["QueueSummaries"] == []
    make_queue(kinesis)
    assert code() == "ResourceInUseException"
    with pytest.raises(error_class("ParamValidationError")):
        kinesis.create_queue(QueueName="p", StreamConfigurationList=[])


def test_a_queue_takes_its_time(limited: Any) -> None:
    cloud, kinesis = limited(transition_seconds=30)
    kinesis.create_stream(StreamName="s")
    configuration = {"QueueName": "q", "StreamConfigurationList": [{"StreamARN": f"{ARN}s"}]}
    assert refusal(kinesis.create_queue, **configuration)[0] == "ResourceInUseException"  # the stream is CREATING
    cloud.clock.advance(30)
    queue = make_queue(kinesis, kind="LATEST", QueueAttributes=dead_letters(3))
    put(kinesis, b"x")  # belongs to it
    assert described(kinesis, queue)["QueueStatus"] == "CREATING"
    assert refusal(kinesis.receive_queue_records, QueueARN=queue)[0] == "ResourceNotFoundException"
    refused = refusal(kinesis.update_queue, QueueARN=queue, QueueAttributes={})
    assert refused[0] == "ResourceInUseException"
    cloud.clock.advance(30)
    assert described(kinesis, queue)["QueueStatus"] == "ACTIVE"
    updated = kinesis.update_queue(QueueARN=queue, QueueAttributes={"VisibilityTimeoutSeconds": 5})
    assert updated["QueueDescription"]["QueueStatus"] == "UPDATING"
    assert updated["QueueDescription"]["QueueAttributes"] == dead_letters(3)  # the old ones until it ends
    [record] = receive(kinesis, queue)
    assert record["Data"] == b"x"
    cloud.clock.advance(29)
    assert receive(kinesis, queue, WaitTimeSeconds=2)[0]["ReceiveCount"] == 2  # hidden for 30 s, not 5
    assert described(kinesis, queue)["QueueAttributes"] == dead_letters(3, 5)
    kinesis.delete_queue(QueueARN=queue)
    assert described(kinesis, queue)["QueueStatus"] == "DELETING"
    assert refusal(kinesis.receive_queue_records, QueueARN=queue)[0] == "ResourceNotFoundException"
    assert refusal(kinesis.delete_queue, QueueARN=queue)[0] == "ResourceInUseException"
    assert refusal(kinesis.delete_stream, StreamName="s")[0] == "ResourceInUseException"
    cloud.clock.advance(30)
    assert refusal(kinesis.describe_queue, QueueARN=queue)[0] == "ResourceNotFoundException"
    kinesis.delete_stream(StreamName="s")


def test_five_queues_may_come_or_go_at_once(limited: Any) -> None:
    cloud, kinesis = limited(transition_seconds=30)
    kinesis.create_stream(StreamName="s")
    cloud.clock.advance(30)
    made = [make_queue(kinesis, name=f"q{place}") for place in range(5)]
    with pytest.raises(error_class("ClientError"), match="LimitExceededException"):
        make_queue(kinesis, name="q")
    cloud.clock.advance(30)
    for queue in made:
        kinesis.delete_queue(QueueARN=queue)
    with pytest.raises(error_class("ClientError"), match="LimitExceededException"):
        make_queue(kinesis, name="q")


# --- changing ---------------------------------------------------------------------------------------------------------


def test_an_update_holds_for_what_is_received_after_it(cloud: minicloud.Cloud, kinesis: Any, stream: str) -> None:
    queue = make_queue(kinesis, QueueAttributes=dead_letters(9))
    put(kinesis, b"r1")
    assert data_of(receive(kinesis, queue)) == {b"r1"}
    updated = kinesis.update_queue(QueueARN=queue, QueueAttributes={"VisibilityTimeoutSeconds": 100})
    assert updated["QueueDescription"]["QueueStatus"] == "UPDATING"
    assert described(kinesis, queue)["QueueStatus"] == "ACTIVE"
    put(kinesis, b"r2")
    assert data_of(receive(kinesis, queue)) == {b"r2"}
    cloud.clock.advance(30)
    assert data_of(receive(kinesis, queue, VisibilityTimeoutSeconds=1000)) == {b"r1"}
    cloud.clock.advance(68)
    assert receive(kinesis, queue) == []  # at 98 to 99 seconds
    assert data_of(receive(kinesis, queue)) == {b"r2"}  # waits until 100
    assert described(kinesis, queue)["QueueAttributes"] == dead_letters(9, 100)


def test_an_update_of_nothing_changes_nothing(kinesis: Any, stream: str) -> None:
    queue = make_queue(kinesis, QueueAttributes=dead_letters(None, 7))
    kinesis.update_queue(QueueARN=queue, QueueAttributes={})
    assert described(kinesis, queue)["QueueAttributes"] == dead_letters(None, 7)


def test_a_lower_number_of_receives_is_asked_for_at_the_end_of_a_flight(
    cloud: minicloud.Cloud, kinesis: Any, stream: str
) -> None:
    """[inferred]"""
    queue = make_queue(kinesis, QueueAttributes=dead_letters(9))
    put(kinesis, b"x")
    for _ in range(3):
        assert receive(kinesis, queue, VisibilityTimeoutSeconds=0)
    kinesis.update_queue(QueueARN=queue, QueueAttributes=dead_letters(2))
    assert receive_dead(kinesis, queue) == []
    assert receive(kinesis, queue, VisibilityTimeoutSeconds=0)[0]["ReceiveCount"] == 4
    assert data_of(receive_dead(kinesis, queue)) == {b"x"}
    kinesis.update_queue(QueueARN=queue, QueueAttributes=dead_letters(None))
    cloud.clock.advance(30)
    assert receive(kinesis, queue) == []
    assert data_of(receive_dead(kinesis, queue)) == {b"x"}


# --- in the way -------------------------------------------------------------------------------------------------------


def test_queues_are_in_the_way_of_what_would_end_them(kinesis: Any, stream: str) -> None:
    kinesis.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="c")
    queue = make_queue(kinesis)
    refused = refusal(kinesis.delete_stream, StreamName="s", EnforceConsumerDeletion=True)
    assert refused[0] == "ResourceInUseException"
    provisioned = {"StreamARN": f"{ARN}s", "StreamModeDetails": {"StreamMode": "PROVISIONED"}}
    assert refusal(kinesis.update_stream_mode, **provisioned)[0] == "ResourceInUseException"
    kinesis.delete_queue(QueueARN=queue)
    assert refusal(kinesis.describe_queue, QueueARN=queue)[0] == "ResourceNotFoundException"
    kinesis.update_stream_mode(**provisioned)
    kinesis.delete_stream(StreamName="s", EnforceConsumerDeletion=True)


def test_twenty_queues_and_consumers_together(kinesis: Any, stream: str) -> None:
    for place in range(10):
        make_queue(kinesis, name=f"q{place}")
        kinesis.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName=f"c{place}")
    with pytest.raises(error_class("ClientError"), match="LimitExceededException"):
        make_queue(kinesis, name="q")
    refused = refusal(kinesis.register_stream_consumer, StreamARN=f"{ARN}s", ConsumerName="c")
    assert refused[0] == "LimitExceededException"
    assert (summary(kinesis)["ConsumerCount"], summary(kinesis)["QueueCount"]) == (10, 10)
    assert len(kinesis.list_stream_consumers(StreamARN=f"{ARN}s")["Consumers"]) == 10


def test_fifty_with_the_commitment(kinesis: Any, stream: str) -> None:
    kinesis.update_account_settings(MinimumThroughputBillingCommitment={"Status": "ENABLED"})
    for place in range(50):
        make_queue(kinesis, name=f"q{place}")
    with pytest.raises(error_class("ClientError"), match="LimitExceededException"):
        make_queue(kinesis, name="q")


# --- listing, tags, policies ------------------------------------------------------------------------------------------


def test_lists(cloud: minicloud.Cloud, kinesis: Any, stream: str) -> None:
    cloud.clock.advance(5)
    kinesis.create_stream(StreamName="t")
    created = {"s": cloud.clock.now() - timedelta(seconds=5), "t": cloud.clock.now()}
    arns = {name: make_queue(kinesis, on, name) for name, on in (("b", "s"), ("a", "t"), ("c", "s"))}
    listed = kinesis.list_queues()["QueueSummaries"]
    assert listed == [
        {
            "QueueName": name,
            "QueueARN": arns[name],
            "QueueStatus": "ACTIVE",
            "QueueCreationTimestamp": cloud.clock.now(),
            "Streams": [{"StreamARN": f"{ARN}{on}", "StreamCreationTimestamp": created[on]}],
        }
        for name, on in (("a", "t"), ("b", "s"), ("c", "s"))
    ]
    pages = list(kinesis.get_paginator("list_queues").paginate(PaginationConfig={"PageSize": 1}))
    assert [page["QueueSummaries"] for page in pages] == [[one] for one in listed]
    assert "NextToken" not in pages[-1]

    def names(*filters: Any, **params: Any) -> list[str]:
        found = kinesis.list_queues(StreamFilter=list(filters), **params)["QueueSummaries"]
        return [one["QueueName"] for one in found]

    s, t = {"StreamARN": f"{ARN}s"}, {"StreamARN": f"{ARN}t"}
    assert names(s) == ["b", "c"]
    assert names(t) == ["a"]
    assert names(s, t) == ["a", "b", "c"]
    assert names({"StreamARN": f"{ARN}x"}) == []
    assert names({**s, "StreamCreationTimestamp": created["s"]}) == ["b", "c"]
    assert names({**s, "StreamCreationTimestamp": created["t"]}) == []
    of_s = kinesis.get_paginator("list_queues").paginate(StreamFilter=[s], PaginationConfig={"PageSize": 1})
    assert [one["QueueName"] for page in of_s for one in page["QueueSummaries"]] == ["b", "c"]


def test_tokens(cloud: minicloud.Cloud, kinesis: Any, stream: str) -> None:
    for place in range(101):
        kinesis.create_stream(StreamName=f"s{place}", ShardCount=1)
    assert refusal(kinesis.list_queues, NextToken="x")[0] == "InvalidArgumentException"
    assert refusal(kinesis.list_queues, MaxResults=10_001)[0] == "ValidationException"
    make_queue(kinesis, name="a")
    make_queue(kinesis, name="b")
    token = kinesis.list_queues(MaxResults=1)["NextToken"]
    cloud.clock.advance(301)
    assert refusal(kinesis.list_queues, NextToken=token)[0] == "ExpiredNextTokenException"


def test_what_is_due_next_of_several_queues(cloud: minicloud.Cloud, kinesis: Any, stream: str) -> None:
    first, second = make_queue(kinesis, name="a"), make_queue(kinesis, name="b")
    put(kinesis, b"x")
    for queues in ((first, second), (second, first)):
        for queue, seconds in zip(queues, (60, 20), strict=True):
            assert receive(kinesis, queue, VisibilityTimeoutSeconds=seconds)
        name = "b" if queues[1] == second else "a"
        due = cloud.clock.next_due
        assert due is not None
        assert due.endswith(f"in {name} can be received again")
        start = cloud.clock.now()
        cloud.clock.advance_to_next()
        assert cloud.clock.now() - start == timedelta(seconds=20)
        cloud.clock.advance(40)


@pytest.mark.minicloud(region_name="us-east-1")
def test_what_queues_measure(cloud: minicloud.Cloud, kinesis: Any, stream: str) -> None:
    """Of what can be received, of dead letters, and of what is in flight from both; for six hours of nothing."""
    arns = [make_queue(kinesis, name=name, QueueAttributes=dead_letters(1, 600)) for name in ("q", "r")]
    cloud.metrics.start()
    put(kinesis, *[bytes([number]) for number in range(6)])

    def measured(name: str, which: int) -> float | None:
        label = arns[which].removeprefix(QUEUE_ARN)
        return cloud.metric("AWS/Kinesis", name, QueueId=label, QueueName="qr"[which]).latest

    names = ("VisibleQueueRecords", "VisibleDeadLetterQueueRecords", "InFlightQueueRecords")
    assert [measured(name, 0) for name in names] == [6, 0, 0]
    receive(kinesis, arns[0], Limit=5)
    cloud.clock.advance(600)  # they have been received as often as they may be
    receive_dead(kinesis, arns[0], Limit=2)
    receive(kinesis, arns[0])
    assert [measured(name, 0) for name in names] == [0, 3, 3]
    metrics: Any = cloud.client("cloudwatch", "us-east-1")
    since = cloud.clock.now() - timedelta(hours=1)
    for name in names:
        named = {"QueueId": arns[0].removeprefix(QUEUE_ARN), "QueueName": "q"}
        dimensions = [{"Name": key, "Value": label} for key, label in named.items()]
        points = metrics.get_metric_statistics(
            Namespace="AWS/Kinesis",
            MetricName=name,
            Dimensions=dimensions,
            StartTime=since,
            EndTime=cloud.clock.now() + timedelta(minutes=1),
            Period=3600,
            Statistics=["Maximum"],
        )["Datapoints"]
        assert {point["Unit"] for point in points} == {"Count"}
    assert [measured(name, 1) for name in names] == [6, 0, 0]
    before = cloud.clock.now()
    cloud.clock.advance(10 * 3600)
    of = {"QueueName": "q", "QueueId": arns[0].removeprefix(QUEUE_ARN)}
    [*_, (last, _)] = cloud.metric("AWS/Kinesis", names[0], **of).points()
    assert last - before <= timedelta(hours=6, minutes=15)


def test_five_queues_change_at_most_at_one_time(limited: Any) -> None:
    cloud, kinesis = limited(transition_seconds=30)
    kinesis.create_stream(StreamName="s")
    cloud.clock.advance(30)
    queues = [make_queue(kinesis, name=f"q{number}") for number in range(5)]
    assert refusal(make_queue, kinesis=kinesis, name="q5")[0] == "LimitExceededException"
    cloud.clock.advance(30)
    queues.append(make_queue(kinesis, name="q5"))
    cloud.clock.advance(30)
    for queue in queues[:5]:
        kinesis.delete_queue(QueueARN=queue)
    assert refusal(kinesis.delete_queue, QueueARN=queues[5])[0] == "LimitExceededException"
    assert refusal(kinesis.delete_queue, QueueARN=queues[0])[0] == "ResourceInUseException"
    in_use = refusal(kinesis.tag_resource, ResourceARN=queues[0], Tags={"a": "b"})
    assert in_use[0] == "ResourceInUseException"
    cloud.clock.advance(30)
    kinesis.delete_queue(QueueARN=queues[5])


def test_tags(kinesis: Any, stream: str) -> None:
    queue = make_queue(kinesis, Tags={"a": "1"})
    kinesis.tag_resource(ResourceARN=queue, Tags={"b": "2"})
    kinesis.untag_resource(ResourceARN=queue, TagKeys=["a"])
    assert kinesis.list_tags_for_resource(ResourceARN=queue)["Tags"] == [{"Key": "b", "Value": "2"}]
    assert kinesis.list_tags_for_stream(StreamName="s")["Tags"] == []


def test_fifty_tags(kinesis: Any, stream: str) -> None:
    given = {"StreamConfigurationList": [{"StreamARN": f"{ARN}s"}]}
    tags = {f"k{number}": "v" for number in range(51)}
    text = (
        f"Failed to add tags to stream s under account {ACCOUNT} because a given stream cannot have more than 50 tags "
        "associated with it."
    )
    told = refusal(kinesis.create_queue, QueueName="q", **given, Tags=tags)
    assert told == ("InvalidArgumentException", text)
    made = kinesis.create_queue(QueueName="q", **given, Tags=dict(list(tags.items())[1:]))
    assert len(kinesis.list_tags_for_resource(ResourceARN=made["QueueDescription"]["QueueARN"])["Tags"]) == 50


def test_policies(kinesis: Any, stream: str) -> None:
    queue = make_queue(kinesis)
    assert kinesis.get_resource_policy(ResourceARN=queue)["Policy"] == "{}"
    policy = (
        '{"Statement":{"Effect":"Allow","Principal":"*","Action":"kinesis:ReceiveQueueRecords","Resource":"'
        + queue
        + '"}}'
    )
    kinesis.put_resource_policy(ResourceARN=queue, Policy=policy)
    assert kinesis.get_resource_policy(ResourceARN=queue)["Policy"] == policy
    kinesis.delete_resource_policy(ResourceARN=queue)
    assert refusal(kinesis.delete_resource_policy, ResourceARN=queue)[0] == "ResourceNotFoundException"


# --- who is meant -----------------------------------------------------------------------------------------------------


def test_queues_that_are_not_there(kinesis: Any, stream: str) -> None:
    gone = make_queue(kinesis)
    kinesis.delete_queue(QueueARN=gone)
    entries = [{"ReceiptHandle": "x"}]
    visible = [{"ReceiptHandle": "x", "VisibilityTimeoutSeconds": 1}]
    for queue in (gone, f"{QUEUE_ARN}x"):
        for name, params in (
            ("describe_queue", {}),
            ("delete_queue", {}),
            ("update_queue", {"QueueAttributes": {}}),
            ("receive_queue_records", {}),
            ("receive_dead_letter_queue_records", {}),
            ("acknowledge_queue_records", {"Entries": entries}),
            ("acknowledge_dead_letter_queue_records", {"Entries": entries}),
            ("restore_dead_letter_queue_records", {"Entries": entries}),
            ("update_queue_records_visibility", {"Entries": visible}),
            ("update_dead_letter_queue_records_visibility", {"Entries": visible}),
        ):
            refused = refusal(getattr(kinesis, name), QueueARN=queue, **params)
            assert refused == ("ResourceNotFoundException", f"Queue {queue.removeprefix(QUEUE_ARN)} under account "
                               f"{ACCOUNT} not found."), name  # fmt: skip
    assert make_queue(kinesis) != gone  # the name is free


def test_another_account_may_use_a_queue_and_not_change_it(make_client: MakeClient, kinesis: Any, stream: str) -> None:
    queue = make_queue(kinesis)
    put(kinesis, b"x")
    other = make_client("kinesis", account_id="111122223333")
    assert refusal(other.delete_queue, QueueARN=queue)[0] == "AccessDeniedException"
    assert refusal(other.update_queue, QueueARN=queue, QueueAttributes={})[0] == "AccessDeniedException"
    configuration = [{"StreamARN": f"{ARN}s"}]
    refused = refusal(other.create_queue, QueueName="q", StreamConfigurationList=configuration)
    assert refused[0] == "AccessDeniedException"
    assert data_of(receive(other, queue)) == {b"x"}


def test_a_queue_of_another_region(make_client: MakeClient, kinesis: Any, stream: str, cloud: minicloud.Cloud) -> None:
    queue = make_queue(kinesis)
    elsewhere = cloud.client("kinesis", "eu-west-1")
    assert refusal(elsewhere.describe_queue, QueueARN=queue)[0] == "InvalidArgumentException"


def test_what_has_ended_before_an_update_has_ended_by_the_old_measure(
    cloud: minicloud.Cloud, kinesis: Any, stream: str
) -> None:
    queue = make_queue(kinesis, QueueAttributes=dead_letters(1, 5))
    put(kinesis, b"x")
    assert receive(kinesis, queue)
    cloud.clock.advance(5)
    kinesis.update_queue(QueueARN=queue, QueueAttributes=dead_letters(9))
    assert receive(kinesis, queue) == []
    assert data_of(receive_dead(kinesis, queue)) == {b"x"}


def test_a_reset_takes_queues_and_channels_along(cloud: minicloud.Cloud) -> None:
    kinesis: Any = cloud.client("kinesis", "us-east-1")
    arns = []
    for _ in range(2):
        kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
        queue = make_queue(kinesis, QueueAttributes=dead_letters(1, 5))
        channel = kinesis.create_channel(**to_bucket())["ChannelDescription"]["ChannelARN"]
        arns += [queue, channel]
        put(kinesis, b"x")
        assert len(receive(kinesis, queue)) == 1
        cloud.reset()
        assert cloud.clock.next_due is None
        for call, given in (
            (kinesis.describe_queue, {"QueueARN": queue}),
            (kinesis.receive_queue_records, {"QueueARN": queue}),
            (kinesis.describe_channel, {"ChannelARN": channel}),
            (kinesis.list_tags_for_resource, {"ResourceARN": f"{ARN}s"}),
        ):
            assert refusal(call, **given)[0] == "ResourceNotFoundException"
        assert kinesis.list_queues()["QueueSummaries"] == []
        assert kinesis.list_channels()["ChannelSummaries"] == []
    assert len(set(arns)) == 4

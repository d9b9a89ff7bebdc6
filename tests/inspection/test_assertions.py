"""Assertions about what was sent, published and put: what matches, and what a failure says."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import ANY

import pytest

import minicloud
from tests.support.clouds import delete, make_queue, make_queue_with_dlq, make_topic, receive, send, string, traced


@pytest.fixture
def cloud() -> minicloud.Cloud:
    return traced()


async def never(body: Any) -> bool:
    return False


@pytest.fixture
def url(cloud: minicloud.Cloud) -> str:
    return make_queue(cloud, "orders")


def test_a_text_a_dict_and_a_predicate(cloud: minicloud.Cloud, url: str) -> None:
    send(cloud, url, '{"id": 7, "lines": [1, 2]}')
    send(cloud, url, "plain")
    assert [found.body for found in cloud.assert_sent("orders", body="plain")] == ["plain"]
    (found,) = cloud.assert_sent("orders", body={"lines": [1, 2], "id": 7})
    assert found.json()["id"] == 7
    cloud.assert_sent("orders", {"id": ANY, "lines": ANY}, times=1)
    cloud.assert_sent("orders", lambda body: body.startswith("pl"), times=1)
    cloud.assert_sent("orders", times=2)
    cloud.assert_sent("orders", "nothing of the kind", times=0)
    with pytest.raises(minicloud.UsageError, match=r"^body= is an async def, whose coroutine always counts as true"):
        cloud.assert_sent("orders", never)


def test_names_urls_and_arns(cloud: minicloud.Cloud, url: str) -> None:
    send(cloud, url, "m")
    for name in ("orders", url, cloud.queue("orders").arn):
        cloud.assert_sent(name, "m", times=1)


def test_what_was_consumed_counts(cloud: minicloud.Cloud, url: str) -> None:
    send(cloud, url, "m")
    (message,) = receive(cloud, url)
    delete(cloud, url, message)
    cloud.assert_sent("orders", "m", times=1)
    cloud.client("sqs").delete_queue(QueueUrl=url)
    cloud.assert_sent("orders", "m", times=1)


def test_a_queue_of_another_region_is_another_queue(cloud: minicloud.Cloud, url: str) -> None:
    elsewhere = cloud.client("sqs", region_name="eu-west-1")
    other = elsewhere.create_queue(QueueName="orders")["QueueUrl"]
    elsewhere.send_message(QueueUrl=other, MessageBody="m")
    cloud.assert_sent("orders", times=0)
    cloud.assert_sent(other, "m", times=1)


def test_attributes(cloud: minicloud.Cloud, url: str) -> None:
    number = {"DataType": "Number", "StringValue": "3"}
    binary = {"DataType": "Binary", "BinaryValue": b"\x00"}
    send(cloud, url, "m", MessageAttributes={"kind": string("created"), "n": number, "b": binary})
    cloud.assert_sent("orders", attributes={"kind": "created"})
    cloud.assert_sent("orders", attributes={"n": 3, "b": b"\x00"})
    cloud.assert_sent("orders", attributes={"kind": string("created")})
    cloud.assert_sent("orders", attributes={"kind": lambda value: value in {"created", "changed"}})
    cloud.assert_sent("orders", attributes={"kind": "deleted"}, times=0)
    cloud.assert_sent("orders", attributes={"none": "x"}, times=0)


def test_groups_and_deduplication(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "orders.fifo")
    for _ in range(2):
        send(cloud, url, "m", MessageGroupId="g", MessageDeduplicationId="d")
    cloud.assert_sent("orders.fifo", "m", group_id="g", deduplication_id="d", times=1)  # the second was not stored
    cloud.assert_sent("orders.fifo", group_id="h", times=0)


def test_messages_of_a_topic(cloud: minicloud.Cloud, url: str) -> None:
    make_queue(cloud, "raw")
    topic = make_topic(cloud, "events", "orders")
    make_topic(cloud, "events", "raw", raw=True)
    cloud.client("sns").publish(TopicArn=topic, Message='{"id": 1}', Subject="news")
    cloud.assert_sent("raw", '{"id": 1}', times=1)
    cloud.assert_sent("orders", {"id": 1}, times=1)  # by the message inside of the envelope
    cloud.assert_sent("orders", lambda body: json.loads(body)["Subject"] == "news")


def test_what_a_move_task_puts_back_was_sent_before(cloud: minicloud.Cloud) -> None:
    url = make_queue_with_dlq(cloud, receives=1)
    send(cloud, url, "m")
    for _ in range(2):
        receive(cloud, url)
        cloud.clock.advance(31)
    cloud.client("sqs").start_message_move_task(SourceArn=cloud.queue("orders-dlq").arn)
    assert cloud.queue("orders").bodies == ["m"]
    cloud.assert_sent("orders", times=1)


def test_a_failure_lists_the_nearest_first(cloud: minicloud.Cloud, url: str) -> None:
    send(cloud, url, "something else")
    send(cloud, url, '{"id": 7, "customer": {"name": "bob"}}', MessageAttributes={"kind": string("created")})
    with pytest.raises(AssertionError) as caught:
        cloud.assert_sent("orders", {"id": 8, "customer": {"name": "bob"}}, attributes={"kind": "changed"})
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("nothing sent to orders with body={'id': 8")
    assert lines[1] == "2 messages unlike it, the nearest first:"
    assert '{"id": 7, "customer": {"name": "bob"}}' in lines[2]
    assert lines[3].strip() == "body['id']: expected 8, is 7"
    assert lines[4].strip() == "attributes['kind']: expected 'changed', is 'created'"
    assert "something else" in lines[5]
    assert lines[6].strip() == "body: is not JSON: 'something else'"


def ranked(cloud: minicloud.Cloud, wanted: object, **options: Any) -> list[str]:
    """The bodies that a failed assertion lists, the nearest first."""
    with pytest.raises(AssertionError) as caught:
        cloud.assert_sent("orders", wanted, **options)
    return [line.split(' "', 1)[1].rsplit('"', 1)[0] for line in str(caught.value).splitlines() if " at 00:" in line]


def test_json_comes_before_text_and_what_is_mostly_right_first(cloud: minicloud.Cloud, url: str) -> None:
    for body in (
        "never",
        '{"version": 1, "kind": "a", "id": 5, "to": "x"}',
        '{"id": 4}',
        "[1]",
        '{"id": 3, "kind": "a"}',
    ):
        send(cloud, url, body)
    assert ranked(cloud, {"id": 6, "kind": "a"}) == [
        '{"id": 3, "kind": "a"}',
        '{"version": 1, "kind": "a", "id": 5, "to": "x"}',
        '{"id": 4}',
        "[1]",
        "never",
    ]


def test_a_part_is_enough(cloud: minicloud.Cloud, url: str) -> None:
    send(cloud, url, '{"id": 7, "ts": 123, "lines": [{"sku": "a", "n": 1}, {"sku": "b", "n": 2}]}')
    part = minicloud.matching({"id": 7, "lines": [{"sku": "a"}, {"n": 2}]})
    cloud.assert_sent("orders", part, times=1)
    cloud.assert_sent("orders", {"id": 7, "ts": ANY, "lines": minicloud.matching([{"n": 1}, {}])}, times=1)
    cloud.assert_sent("orders", contains={"lines": [{"sku": "a"}, {"sku": "b"}]}, times=1)
    cloud.assert_sent("orders", contains='"ts": 123')
    cloud.assert_sent("orders", contains={"lines": [{"sku": "a"}]}, times=0)  # a list has to be as long
    (sent,) = cloud.assert_sent("orders")
    assert sent.json() == part
    assert part != {"id": 7}
    assert repr(part) == "matching({'id': 7, 'lines': [{'sku': 'a'}, {'n': 2}]})"
    with pytest.raises(AssertionError) as caught:
        cloud.assert_sent("orders", minicloud.matching({"id": 8, "none": 1, "lines": [{"n": 1}, {"n": 3}]}))
    assert str(caught.value).splitlines()[0] == (
        "nothing sent to orders with body=matching({'id': 8, 'none': 1, 'lines': [{'n': 1}, {'n': 3}]})"
    )
    assert [line.strip() for line in str(caught.value).splitlines()[3:]] == [
        "body['id']: expected 8, is 7",
        "body['none']: expected 1, and there is none",
        "body['lines'][1]['n']: expected 3, is 2",
    ]
    with pytest.raises(AssertionError, match="body: has no 'xyz' in it: "):
        cloud.assert_sent("orders", contains="xyz")
    for wrong in (lambda: minicloud.matching("text"), lambda: cloud.assert_sent("orders", contains=7)):
        with pytest.raises(minicloud.UsageError, match="give a"):
            wrong()


def test_parts_of_publications_and_records(cloud: minicloud.Cloud) -> None:
    topic = make_topic(cloud, "events")
    cloud.client("sns").publish(TopicArn=topic, Message='{"id": 1, "x": 2}')
    cloud.assert_published("events", contains={"id": 1}, times=1)
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    kinesis.put_record(StreamName="clicks", Data=b'{"id": 1, "x": 2}', PartitionKey="a")
    kinesis.put_record(StreamName="clicks", Data=b"\xff\xfe", PartitionKey="a")
    cloud.assert_put("clicks", contains={"id": 1}, times=1)
    cloud.assert_put("clicks", minicloud.matching({"x": 2}), times=1)
    cloud.assert_put("clicks", contains=b"\xfe", times=1)
    cloud.assert_put("clicks", contains="id", times=1)


def test_records_are_told_apart_by_the_end_of_their_numbers(cloud: minicloud.Cloud) -> None:
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    number = kinesis.put_record(StreamName="clicks", Data=b"m", PartitionKey="a")["SequenceNumber"]
    (found,) = cloud.assert_put("clicks")
    assert repr(found) == f"<…{number[-8:]} at 00:00:00.000: b'm'>"
    with pytest.raises(AssertionError, match=f'  …{number[-8:]} "m" at'):
        cloud.assert_put("clicks", "n")


def test_attributes_and_parts_in_an_envelope(cloud: minicloud.Cloud, url: str) -> None:
    topic = make_topic(cloud, "events", "orders")
    attributes = {
        "kind": string("book"),
        "n": {"DataType": "Number", "StringValue": "3"},
        "b": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    }
    cloud.client("sns").publish(TopicArn=topic, Message='{"id": 1, "x": 2}', Subject="s", MessageAttributes=attributes)
    cloud.assert_sent("orders", contains={"id": 1}, attributes={"kind": "book", "n": 3, "b": b"\x00\xff"}, times=1)
    (sent,) = cloud.assert_sent("orders", attributes={"kind": string("book")}, times=1)
    assert sent.sns.json() == {"id": 1, "x": 2}
    assert (sent.sns.topic_arn, sent.sns.subject, sent.sns.message_attributes) == (topic, "s", attributes)
    with pytest.raises(AssertionError, match=r"attributes\['none'\]: expected 'x', and there is none"):
        cloud.assert_sent("orders", attributes={"none": "x"})


def test_long_bodies_are_told_apart(cloud: minicloud.Cloud, url: str) -> None:
    for number in range(2):
        send(
            cloud,
            url,
            json.dumps({"source": "shop.orders", "version": "1.0", "detail": {"id": number, "pad": "x" * 60}}),
        )
    assert ranked(cloud, {"id": 6})[0] == '{"detail": {"id": 0, …}, …}'
    with pytest.raises(AssertionError, match=r'"{"detail": {"id": 1, …}, …}": visible'):
        cloud.assert_empty("orders")


def test_texts_are_ranked_by_likeness(cloud: minicloud.Cloud, url: str) -> None:
    for body in ("zzz", "hello wurld", "hello"):
        send(cloud, url, body)
    with pytest.raises(AssertionError) as caught:
        cloud.assert_sent("orders", "hello world")
    found = [line.split('"')[1] for line in str(caught.value).splitlines() if '"' in line]
    assert found == ["hello wurld", "hello", "zzz"]


def test_too_many_and_too_few(cloud: minicloud.Cloud, url: str) -> None:
    for _ in range(2):
        send(cloud, url, "m")
    with pytest.raises(AssertionError, match="expected 1 message sent to orders with body='m', 2 were") as caught:
        cloud.assert_sent("orders", "m", times=1)
    assert "2 messages like that" in str(caught.value)
    with pytest.raises(AssertionError, match="expected 3 messages sent to orders with body='m', 2 were"):
        cloud.assert_sent("orders", "m", times=3)


def test_nothing_at_all(cloud: minicloud.Cloud, url: str) -> None:
    with pytest.raises(AssertionError, match="expected 2 messages sent to orders, nothing at all was"):
        cloud.assert_sent("orders", times=2)
    with pytest.raises(AssertionError, match="nothing sent to orders: nothing at all was"):
        cloud.assert_sent("orders")


def test_a_long_list_is_cut(cloud: minicloud.Cloud, url: str) -> None:
    for number in range(20):
        send(cloud, url, f"m{number}")
    with pytest.raises(AssertionError, match="… and 15 more"):
        cloud.assert_sent("orders", "x")


def test_published(cloud: minicloud.Cloud) -> None:
    topic = make_topic(cloud, "events")
    cloud.client("sns").publish(
        TopicArn=topic, Message='{"id": 1}', Subject="news", MessageAttributes={"kind": string("created")}
    )
    cloud.assert_published("events", {"id": 1}, subject="news", attributes={"kind": "created"}, times=1)
    cloud.assert_published(topic, message='{"id": 1}')
    with pytest.raises(AssertionError, match="subject: expected 'olds', is 'news'"):
        cloud.assert_published("events", subject="olds")


def test_published_to_a_fifo_topic(cloud: minicloud.Cloud) -> None:
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="events.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    for _ in range(2):
        sns.publish(TopicArn=topic, Message="m", MessageGroupId="g", MessageDeduplicationId="d")
    cloud.assert_published("events.fifo", "m", group_id="g", deduplication_id="d", times=1)


def test_put(cloud: minicloud.Cloud) -> None:
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    cloud.clock.advance(10)
    kinesis.put_record(StreamName="clicks", Data=b'{"x": 1}', PartitionKey="a")
    kinesis.put_records(StreamName="clicks", Records=[{"Data": b"\xff", "PartitionKey": "b"}])
    cloud.assert_put("clicks", {"x": 1}, partition_key="a", times=1)
    cloud.assert_put("clicks", b"\xff", times=1)
    (found,) = cloud.assert_put("clicks", '{"x": 1}')
    assert (found.shard_id, found.partition_key) == ("shardId-000000000000", "a")
    with pytest.raises(AssertionError) as caught:
        cloud.assert_put("clicks", {"x": 2})
    assert "data['x']: expected 2, is 1" in str(caught.value)
    assert "data: is not text" in str(caught.value)


def test_empty_and_drained(cloud: minicloud.Cloud, url: str) -> None:
    cloud.assert_empty("orders")
    cloud.assert_drained()
    send(cloud, url, "m", DelaySeconds=10)
    with pytest.raises(AssertionError, match=r'orders is not empty, it has 1 message:\n.* "m": delayed'):
        cloud.assert_empty("orders")
    cloud.clock.advance(10)
    receive(cloud, url)
    with pytest.raises(AssertionError, match=r'"m": in flight, received 1 time$'):
        cloud.assert_drained()
    cloud.assert_drained(ignoring=["orders"])
    cloud.assert_drained(ignoring="orders")


def test_without_a_trace() -> None:
    cloud = minicloud.Cloud(trace=False)
    url = make_queue(cloud, "orders")
    send(cloud, url, "m")
    with pytest.raises(minicloud.UsageError, match=r"cloud\.trace\.start\(\)"):
        cloud.assert_sent("orders")
    with pytest.raises(AssertionError):
        cloud.assert_empty("orders")  # needs none


def test_a_queue_that_is_not_there(cloud: minicloud.Cloud) -> None:
    with pytest.raises(minicloud.UsageError, match="there is no queue 'nowhere'"):
        cloud.assert_sent("nowhere")
    with pytest.raises(minicloud.UsageError, match="times"):
        cloud.assert_sent(make_queue(cloud, "q"), times=-1)


def test_a_failure_says_when_the_trace_has_forgotten(cloud: minicloud.Cloud, url: str) -> None:
    cloud.trace.start(limit=3)
    for _ in range(5):
        send(cloud, url, "m")
    with pytest.raises(AssertionError, match="the trace has forgotten"):
        cloud.assert_sent("orders", "m", times=5)

"""``ResponseMetadata`` of all clients: the headers that AWS sends, made when they are looked at."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

import minicloud


@pytest.fixture
def cloud() -> minicloud.Cloud:
    return minicloud.Cloud(clock="virtual", seed=1)


@pytest.fixture
def headers(cloud: minicloud.Cloud) -> dict[str, str]:
    """Headers that nobody has looked at yet."""
    found: dict[str, str] = cloud.client("sqs").list_queues()["ResponseMetadata"]["HTTPHeaders"]
    return found


def expected_of(cloud: minicloud.Cloud) -> dict[str, str]:
    request_id = minicloud.Cloud(clock="virtual", seed=1).client("sqs").list_queues()["ResponseMetadata"]["RequestId"]
    return {
        "x-amzn-requestid": request_id,
        "date": "Thu, 01 Jan 2026 00:00:00 GMT",
        "content-type": "application/x-amz-json-1.0",
        "content-length": "2",
        "connection": "keep-alive",
    }


@pytest.mark.parametrize(
    ("look", "shown"),
    [
        (dict, dict),
        (lambda headers: {**headers}, dict),
        (lambda headers: headers | {}, dict),
        (lambda headers: {} | headers, dict),
        (copy.copy, dict),
        (copy.deepcopy, dict),
        (lambda headers: headers.copy(), dict),
        (lambda headers: pickle.loads(pickle.dumps(headers)), dict),
        (lambda headers: json.loads(json.dumps(headers)), dict),
        (lambda headers: json.loads(json.dumps({"in": [headers]}, indent=1))["in"][0], dict),
        (lambda headers: headers, lambda headers: headers),
        (repr, repr),
        (str, str),
        (len, len),
        (list, list),
        (sorted, sorted),
        (lambda headers: list(reversed(headers)), lambda headers: list(reversed(headers))),
        (lambda headers: list(headers.keys()), list),
        (lambda headers: list(headers.values()), lambda headers: list(headers.values())),
        (lambda headers: list(headers.items()), lambda headers: list(headers.items())),
        (lambda headers: "date" in headers, lambda _: True),
        (lambda headers: headers.get("date"), lambda headers: headers["date"]),
        (lambda headers: headers.get("nothing", 1), lambda _: 1),
        (lambda headers: headers.pop("date"), lambda headers: headers["date"]),
        (lambda headers: headers.popitem(), lambda _: ("connection", "keep-alive")),
        (lambda headers: headers.setdefault("date", "x"), lambda headers: headers["date"]),
    ],
)
def test_headers_are_a_dict_in_all_respects(
    cloud: minicloud.Cloud, headers: dict[str, str], look: Callable[..., Any], shown: Callable[..., Any]
) -> None:
    seen = look(headers)
    expected = shown(expected_of(cloud))
    assert seen == expected
    assert isinstance(seen, type(expected))
    assert isinstance(headers, dict)


def test_the_methods_of_headers_are_called_as_those_of_a_dict(headers: dict[str, str]) -> None:
    """In a traceback, and for ``help``."""
    own = [name for name, one in vars(type(headers)).items() if callable(one) and hasattr(dict, name)]
    same = [name for name in own if name not in ("__init__", "__new__", "__reduce__", "__reduce_ex__", "__class__")]
    assert len(same) > 20
    differing = [
        name
        for name in same
        if getattr(type(headers), name).__name__ != name
        or getattr(type(headers), name).__doc__ != getattr(dict, name).__doc__
    ]
    assert differing == []


def test_what_is_changed_before_it_is_looked_at_is_changed(cloud: minicloud.Cloud) -> None:
    def fresh() -> dict[str, str]:
        made: dict[str, str] = cloud.client("sqs").list_queues()["ResponseMetadata"]["HTTPHeaders"]
        return made

    headers = fresh()
    headers["date"] = "today"
    headers["mine"] = "1"
    assert (headers["date"], headers["mine"], headers["content-length"]) == ("today", "1", "2")
    headers = fresh()
    del headers["date"]
    assert "date" not in headers
    headers = fresh()
    headers |= {"date": "today"}
    assert headers["date"] == "today"
    headers = fresh()
    headers.update(date="today")
    assert headers["date"] == "today"
    headers = fresh()
    headers.clear()
    assert headers == {}
    one, other = (minicloud.Cloud(clock="virtual", seed=1).client("sqs").list_queues() for _ in range(2))
    assert one == other


def test_the_answer_keeps_its_own_values(cloud: minicloud.Cloud) -> None:
    sqs = cloud.client("sqs")
    answer = sqs.create_queue(QueueName="q")
    url = answer.pop("QueueUrl")
    length = len(f'{{"QueueUrl":"{url}"}}')
    assert answer["ResponseMetadata"]["HTTPHeaders"]["content-length"] == str(length)


@pytest.mark.parametrize(
    ("more", "length"),
    [
        ({}, 106),
        ({"MessageGroupId": "g", "MessageDeduplicationId": "1"}, 146),
        ({"MessageAttributes": {"n": {"DataType": "Number", "StringValue": "1"}}}, 166),
    ],
)
def test_lengths_that_are_known_are_those_of_the_bodies(
    cloud: minicloud.Cloud, more: dict[str, Any], length: int
) -> None:
    sqs = cloud.client("sqs")
    is_fifo = "MessageGroupId" in more
    name, attributes = ("q.fifo", {"FifoQueue": "true"}) if is_fifo else ("q", {})
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    for at in (0, 0, 1, 3600):
        cloud.clock.advance(at)
        answer: Any = sqs.send_message(QueueUrl=url, MessageBody=f"{at}", **more)
        metadata = answer.pop("ResponseMetadata")
        headers = metadata["HTTPHeaders"]
        assert type(headers) is dict
        assert headers["content-length"] == str(length) == str(len(json.dumps(answer, separators=(",", ":"))))
        assert headers["x-amzn-requestid"] == metadata["RequestId"]
        assert parsedate_to_datetime(headers["date"]) == cloud.clock.now().replace(microsecond=0)
        headers.clear()  # it is this answer's own


@pytest.mark.parametrize(
    ("service", "call", "length", "content_type"),
    [
        ("sqs", lambda sqs, url: sqs.send_message(QueueUrl=url, MessageBody="x"), 106, "application/x-amz-json-1.0"),
        ("sqs", lambda sqs, url: sqs.purge_queue(QueueUrl=url), 0, "application/x-amz-json-1.0"),
        ("sqs", lambda sqs, url: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=7), 2, "application/x-amz-json-1.0"),
        (
            "sns",
            lambda sns, _: sns.publish(TopicArn=sns.create_topic(Name="t")["TopicArn"], Message="x"),
            294,
            "text/xml",
        ),
        (
            "kinesis",
            lambda kinesis, _: kinesis.put_record(StreamName="s", Data=b"x", PartitionKey="k"),
            110,
            "application/x-amz-json-1.1",
        ),
    ],
)
def test_lengths_are_those_that_aws_sends(
    cloud: minicloud.Cloud, service: str, call: Callable[..., Any], length: int, content_type: str
) -> None:
    url = cloud.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    cloud.client("kinesis").create_stream(StreamName="s", ShardCount=1)
    cloud.clock.advance(60)
    headers = call(cloud.client(service), url)["ResponseMetadata"]["HTTPHeaders"]
    assert headers["content-length"] == str(length)
    assert headers["content-type"] == content_type
    assert parsedate_to_datetime(headers["date"]) == cloud.clock.now().replace(microsecond=0)
    assert ("x-amz-id-2" in headers) == (service == "kinesis")


def test_headers_of_an_error(cloud: minicloud.Cloud) -> None:
    with pytest.raises(minicloud.exceptions.ClientError) as caught:
        cloud.client("sqs").get_queue_url(QueueName="nobody")
    headers = caught.value.response["ResponseMetadata"]["HTTPHeaders"]
    body = {"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": caught.value.response["Error"]["Message"]}
    assert headers["content-length"] == str(len(json.dumps(body, separators=(",", ":"))))
    assert headers["x-amzn-query-error"] == "AWS.SimpleQueueService.NonExistentQueue;Sender"
    assert list(headers)[:2] == ["x-amzn-requestid", "date"]


def test_the_date_is_that_of_the_answer(cloud: minicloud.Cloud) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    answer = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
    cloud.clock.advance(3600)
    assert parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"]) == datetime(
        2026, 1, 1, 0, 0, 20, tzinfo=parsedate_to_datetime("Thu, 01 Jan 2026 00:00:00 GMT").tzinfo
    )


def test_an_answer_with_a_part_that_a_fault_made_has_its_own_length(cloud: minicloud.Cloud) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    cloud.faults.fail_entries(0, operation="SendMessageBatch")
    entries = [{"Id": name, "MessageBody": name} for name in ("a", "b")]
    answer = sqs.send_message_batch(QueueUrl=url, Entries=entries)
    rest = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
    length = len(json.dumps(rest, separators=(",", ":")))
    assert answer["ResponseMetadata"]["HTTPHeaders"]["content-length"] == str(length)


def test_a_stream_of_events(cloud: minicloud.Cloud) -> None:
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    cloud.clock.advance(60)
    arn = kinesis.describe_stream(StreamName="s")["StreamDescription"]["StreamARN"]
    consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c")["Consumer"]["ConsumerARN"]
    cloud.clock.advance(60)
    start = {"Type": "LATEST"}
    answer: Any = kinesis.subscribe_to_shard(
        ConsumerARN=consumer, ShardId="shardId-000000000000", StartingPosition=start
    )
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert headers["content-type"] == "application/vnd.amazon.eventstream"
    assert headers["transfer-encoding"] == "chunked"
    assert "content-length" not in headers
    answer["EventStream"].close()

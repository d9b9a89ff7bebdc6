"""``Cloud(delivery="aws")``: what AWS reserves the right to do happens, from the seed, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

import minicloud
from minicloud.core.chaos import Chaos

MESSAGES = 12


def a_cloud(seed: int, **options: Any) -> minicloud.Cloud:
    return minicloud.Cloud(clock="virtual", seed=seed, delivery="aws", trace=True, **options)


def filled(cloud: minicloud.Cloud, count: int = MESSAGES, **attributes: str) -> tuple[Any, str]:
    """A client, and the URL of a queue with so many messages."""
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="jobs", Attributes=attributes)["QueueUrl"]
    for number in range(count):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    return sqs, url


def drain(cloud: minicloud.Cloud, sqs: Any, url: str, **params: Any) -> list[list[str]]:
    """Receive and delete until there is nothing left; the bodies of each answer."""
    answers = []
    while cloud.queue(url).messages:
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, **params).get("Messages", [])
        answers.append([message["Body"] for message in found])
        for message in found:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        if not found:
            cloud.clock.advance(1)
    return answers


def test_by_default_nothing_of_it_happens() -> None:
    options: list[dict[str, Any]] = [{}, {"delivery": "readable"}]
    for one in options:
        cloud = minicloud.Cloud(clock="virtual", seed=1, **one)
        sqs, url = filled(cloud)
        assert drain(cloud, sqs, url) == [[str(n) for n in range(10)], ["10", "11"]]


def test_a_standard_queue_does_all_that_aws_may_do() -> None:
    seen: Counter[str] = Counter()
    for seed in range(20):
        cloud = a_cloud(seed)
        sqs, url = filled(cloud)
        answers = drain(cloud, sqs, url)
        bodies = [body for answer in answers for body in answer]
        assert set(bodies) == {str(number) for number in range(MESSAGES)}, "at least once"
        # Repeated at most once while in flight and once after the delete.
        assert max(Counter(bodies).values()) <= 4
        seen["out of order"] += bodies != sorted(bodies, key=int)
        seen["repeated"] += len(bodies) > MESSAGES
        seen["fewer"] += any(0 < len(answer) < 10 for answer in answers[:1])
        seen["empty"] += [] in answers
        assert all(one or other for one, other in pairwise(answers)), "never twice in a row"
    assert all(seen[what] >= 5 for what in ("out of order", "repeated", "fewer", "empty")), seen


def test_a_message_comes_again_while_it_is_in_flight() -> None:
    for seed in range(50):
        cloud = a_cloud(seed)
        sqs, url = filled(cloud, 1)
        first = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)["Messages"][0]
        (message,) = cloud.queue("jobs").messages
        if message.state == "visible":
            again = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)["Messages"][0]
            assert again["MessageId"] == first["MessageId"]
            assert again["ReceiptHandle"] != first["ReceiptHandle"]
            assert cloud.queue("jobs").messages[0].receive_count == 2
            return
    pytest.fail("never")


def test_what_a_standard_queue_has_chosen_is_told() -> None:
    """Each choice in the trace is what has come of it."""
    for seed in range(20):
        cloud = a_cloud(seed)
        sqs, url = filled(cloud)
        for _ in range(6):
            before = len(cloud.trace)
            shown = cloud.queue("jobs").counts.visible
            received = len(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []))
            told = [event.details["choice"] for event in list(cloud.trace)[before:] if event.kind == "chaos"]
            again = told.count("delivered, and still visible")
            assert cloud.queue("jobs").counts.visible == shown - received + again
            assert ("an empty answer, although there are messages" in told) == (shown > 0 and not received)
            fewer = f"at most {received} of {min(10, shown)} messages" in told
            assert fewer == (0 < received < min(10, shown))


def test_a_deleted_message_comes_again() -> None:
    for seed in range(50):
        cloud = a_cloud(seed)
        sqs, url = filled(cloud, 1)
        message = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)["Messages"][0]
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        if cloud.queue("jobs").messages:
            again = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)["Messages"][0]
            assert again["MessageId"] == message["MessageId"]
            sqs.delete_message(QueueUrl=url, ReceiptHandle=again["ReceiptHandle"])
            assert cloud.queue("jobs").messages == []
            return
    pytest.fail("never")


def test_a_long_poll_is_never_empty_while_there_are_messages() -> None:
    for seed in range(20):
        cloud = a_cloud(seed)
        sqs, url = filled(cloud)
        before = cloud.clock.time()
        assert all(drain(cloud, sqs, url, WaitTimeSeconds=20))
        assert cloud.clock.time() == before


def test_counters_are_approximate() -> None:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    cloud = a_cloud(1)
    sqs, url = filled(cloud)
    shown = {sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"][names[0]] for _ in range(50)}
    assert shown == {"10", "11", "12", "13", "14"}
    assert cloud.queue("jobs").counts.visible == MESSAGES, "looking from outside is exact"


def test_dead_letters_are_moved_all_the_same() -> None:
    for seed in range(5):
        cloud = a_cloud(seed)
        sqs, url = filled(cloud, 5)
        sqs.create_queue(QueueName="dead")
        policy = f'{{"deadLetterTargetArn": "{cloud.queue("dead").arn}", "maxReceiveCount": "2"}}'
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": policy})
        for _ in range(60):
            sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
            cloud.clock.advance(31)
        assert sorted(cloud.queue("dead").bodies) == list("01234")
        assert cloud.queue("jobs").messages == []


def test_a_fifo_queue_stays_exact() -> None:
    for seed in range(5):
        cloud = a_cloud(seed)
        sqs = cloud.client("sqs")
        attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
        url = sqs.create_queue(QueueName="line.fifo", Attributes=attributes)["QueueUrl"]
        for number in range(MESSAGES):
            sqs.send_message(QueueUrl=url, MessageBody=str(number), MessageGroupId="g")
        assert drain(cloud, sqs, url) == [[str(n) for n in range(10)], ["10", "11"]]


def test_topics_deliver_late_and_twice() -> None:
    seen: Counter[str] = Counter()
    for seed in range(20):
        cloud = a_cloud(seed)
        sqs, sns = cloud.client("sqs"), cloud.client("sns")
        topic = sns.create_topic(Name="news")["TopicArn"]
        sqs.create_queue(QueueName="jobs")
        raw = {"RawMessageDelivery": "true"}
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue("jobs").arn, Attributes=raw)
        for number in range(5):
            sns.publish(TopicArn=topic, Message=str(number))
        at_once = len(cloud.queue("jobs").messages)
        cloud.clock.advance(1)
        bodies = cloud.queue("jobs").bodies
        assert set(bodies) == set("01234")
        seen["late"] += at_once < len(bodies)
        seen["twice"] += len(bodies) > 5
        seen["reordered"] += bodies != sorted(bodies)
    assert all(seen[what] >= 5 for what in ("late", "twice", "reordered")), seen


def test_what_a_topic_has_chosen_is_told() -> None:
    """A delivery comes once, and once more for each time that the trace says so; each that is late is told of."""
    told: Counter[str] = Counter()
    for seed in range(10):
        cloud = a_cloud(seed)
        topic = cloud.client("sns").create_topic(Name="news")["TopicArn"]
        cloud.client("sqs").create_queue(QueueName="jobs")
        cloud.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue("jobs").arn)
        for number in range(5):
            before = len(cloud.queue("jobs").messages)
            seen = len(cloud.trace)
            cloud.client("sns").publish(TopicArn=topic, Message=str(number))
            chosen = [one.details["choice"] for one in list(cloud.trace)[seen:] if one.kind == "chaos"]
            late = sum(choice.endswith(" s late") for choice in chosen)
            twice = chosen.count("delivered twice")
            assert len(chosen) == late + twice
            assert len(cloud.queue("jobs").messages) == before + 1 + twice - late
            cloud.clock.advance(1)
            assert len(cloud.queue("jobs").messages) == before + 1 + twice
            told.update(late=late, twice=twice)
    assert all(told[what] for what in ("late", "twice")), told


def test_streams_return_fewer_records_or_none_and_lose_none() -> None:
    seen: Counter[str] = Counter()
    for seed in range(10):
        cloud = a_cloud(seed)
        kinesis = cloud.client("kinesis")
        kinesis.create_stream(StreamName="clicks", ShardCount=1)
        cloud.clock.advance(60)
        for number in range(MESSAGES):
            kinesis.put_record(StreamName="clicks", Data=str(number).encode(), PartitionKey="k")
        iterator = kinesis.get_shard_iterator(
            StreamName="clicks", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        read: list[str] = []
        while len(read) < MESSAGES:
            answer = kinesis.get_records(ShardIterator=iterator)
            iterator = answer["NextShardIterator"]
            seen["none"] += not answer["Records"]
            seen["fewer"] += 0 < len(answer["Records"]) < MESSAGES - len(read)
            read += [record["Data"].decode() for record in answer["Records"]]
        assert read == [str(number) for number in range(MESSAGES)]
    assert all(seen[what] >= 5 for what in ("none", "fewer")), seen


def test_after_a_reset_it_goes_on_also_beside_faults() -> None:
    """Which deliver themselves, and ask the cloud how."""
    cloud: Any = minicloud.Cloud(clock="virtual", seed=1, trace=True)
    cloud.deliver_from_reset("aws")
    cloud.reset()
    cloud.faults.drop(resource="nobody", optional=True)
    cloud.reset()
    sns = cloud.client("sns", "us-east-1")
    topic = sns.create_topic(Name="t")["TopicArn"]
    cloud.client("sqs", "us-east-1").create_queue(QueueName="q")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue("q").arn)
    for number in range(30):
        sns.publish(TopicArn=topic, Message=str(number))
    cloud.clock.advance(60)
    told = {event.details["choice"] for event in cloud.trace.of("chaos")}
    of_deliveries = [event for event in cloud.trace.of("chaos") if event.details["choice"] == "delivered twice"]
    assert {(event.resource, event.details["queue"]) for event in of_deliveries} == {("t", "q")}
    assert "delivered twice" in told
    assert any(choice.endswith("s late") for choice in told)


def test_after_a_reset_the_same_is_chosen_for_the_same_deliveries() -> None:
    cloud = a_cloud(1)

    def delivered() -> list[Any]:
        sns = cloud.client("sns", "us-east-1")
        topic = sns.create_topic(Name="t")["TopicArn"]
        cloud.client("sqs", "us-east-1").create_queue(QueueName="q")
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue("q").arn)
        for number in range(10):
            sns.publish(TopicArn=topic, Message=str(number))
        cloud.clock.advance(60)
        return [event.details["choice"] for event in cloud.trace.of("chaos")]

    first = delivered()
    cloud.reset()
    assert delivered() == first != []


def test_the_seed_says_what_happens() -> None:
    def run(seed: int, prepare: Callable[[minicloud.Cloud], object] = lambda _: None) -> list[list[str]]:
        cloud = a_cloud(seed)
        prepare(cloud)
        sqs, url = filled(cloud)
        answers = drain(cloud, sqs, url)
        cloud.reset()
        prepare(cloud)
        sqs, url = filled(cloud)
        assert drain(cloud, sqs, url) == answers
        return answers

    assert run(1) == run(1)
    assert run(1) != run(2)
    # Ids and faults draw from streams of their own.
    assert run(1) == run(1, lambda cloud: cloud.client("sns").create_topic(Name="t"))
    assert run(1) == run(1, lambda cloud: cloud.faults.refuse("Throttling", operation="ListQueues", optional=True))


def test_the_record_says_what_was_chosen() -> None:
    cloud = a_cloud(3)
    sqs, url = filled(cloud)
    drain(cloud, sqs, url)
    choices = {event.details["choice"] for event in cloud.trace if event.kind == "chaos"}
    assert "deleted, and still there" in choices


@pytest.mark.minicloud(delivery="aws")
def test_the_marker_takes_it_too(sqs: Any, cloud: minicloud.Cloud) -> None:
    _, url = filled(cloud)
    assert drain(cloud, sqs, url) != [[str(n) for n in range(10)], ["10", "11"]]


def test_other_words_are_refused() -> None:
    with pytest.raises(minicloud.UsageError, match='use "readable"'):
        minicloud.Cloud(delivery="chaotic")


def test_a_message_that_outlives_its_delete_is_there_again_and_the_second_delete_is_the_last() -> None:
    cloud = minicloud.Cloud(
        clock="virtual", seed=1, delivery=Chaos(lambda count: count - 1)
    )  # whatever may happen does
    sqs, url = filled(cloud, 1)
    handles = []
    while len(handles) < 2:  # the first receive leaves it visible, and each other one finds nothing
        found = sqs.receive_message(QueueUrl=url, VisibilityTimeout=600).get("Messages", [])
        handles += [message["ReceiptHandle"] for message in found]
    handle = handles[-1]
    assert cloud.queue(url).messages[0].state == "in_flight"
    sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
    assert [message.state for message in cloud.queue(url).messages] == ["visible"]
    assert cloud.queue(url).counts.visible == 1
    sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
    assert cloud.queue(url).messages == []

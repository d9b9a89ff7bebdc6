"""Lists in pages while things come and go: each page goes on where the last one ended, in AWS's order, none twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

import minicloud

Names = list[str]


class Shelf:
    """Things of one kind: made, deleted, and listed from a token on."""

    def __init__(
        self,
        make: Callable[[str], Any],
        delete: Callable[[str], Any],
        page: Callable[[str | None], tuple[Names, str | None]],
        *,
        by_name: bool,
    ) -> None:
        self.make = make
        self.delete = delete
        self.page = page
        self.by_name = by_name
        """Whether they are listed by name; otherwise in the order of their making."""
        self.made: dict[str, int] = {}
        self.count = 0

    def add(self, name: str) -> None:
        self.make(name)
        self.count += 1
        self.made[name] = self.count

    def drop(self, name: str) -> None:
        self.delete(name)
        del self.made[name]

    def order(self, name: str) -> Any:
        return name if self.by_name else self.made[name]

    def listed(self) -> Names:
        return sorted(self.made, key=self.order)


def _queues(cloud: minicloud.Cloud) -> Shelf:
    sqs: Any = cloud.client("sqs")

    def page(token: str | None) -> tuple[Names, str | None]:
        more = {} if token is None else {"NextToken": token}
        answer = sqs.list_queues(QueueNamePrefix="n", MaxResults=7, **more)
        return [url.rpartition("/")[2] for url in answer.get("QueueUrls", [])], answer.get("NextToken")

    def make(name: str) -> None:
        sqs.create_queue(QueueName=name)
        if name.endswith("1"):
            sqs.create_queue(QueueName=f"m{name}")  # on either side of the prefix
            sqs.create_queue(QueueName=f"o{name}")

    return Shelf(make, lambda name: sqs.delete_queue(QueueUrl=name), page, by_name=True)


def _sources(cloud: minicloud.Cloud) -> Shelf:
    sqs: Any = cloud.client("sqs")
    url = sqs.create_queue(QueueName="dead")["QueueUrl"]
    policy = '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead", "maxReceiveCount": 2}'

    def make(name: str) -> None:
        sqs.create_queue(QueueName=name)
        sqs.set_queue_attributes(QueueUrl=name, Attributes={"RedrivePolicy": policy})

    def page(token: str | None) -> tuple[Names, str | None]:
        more = {} if token is None else {"NextToken": token}
        answer = sqs.list_dead_letter_source_queues(QueueUrl=url, MaxResults=7, **more)
        return [source.rpartition("/")[2] for source in answer["queueUrls"]], answer.get("NextToken")

    def delete(name: str) -> None:
        sqs.set_queue_attributes(QueueUrl=name, Attributes={"RedrivePolicy": ""})

    return Shelf(make, delete, page, by_name=True)


def _topics(cloud: minicloud.Cloud) -> Shelf:
    sns: Any = cloud.client("sns")

    def page(token: str | None) -> tuple[Names, str | None]:
        answer = sns.list_topics(**({} if token is None else {"NextToken": token}))
        return [topic["TopicArn"].rpartition(":")[2] for topic in answer["Topics"]], answer.get("NextToken")

    return Shelf(
        lambda name: sns.create_topic(Name=name),
        lambda name: sns.delete_topic(TopicArn=f"arn:aws:sns:us-east-1:123456789012:{name}"),
        page,
        by_name=False,
    )


def _subscriptions(cloud: minicloud.Cloud) -> Shelf:
    sns: Any = cloud.client("sns")
    topic = sns.create_topic(Name="topic")["TopicArn"]
    arns: dict[str, str] = {}

    def make(name: str) -> None:
        endpoint = f"arn:aws:sqs:us-east-1:123456789012:{name}"
        arns[name] = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=endpoint)["SubscriptionArn"]

    def page(token: str | None) -> tuple[Names, str | None]:
        # The two lists have the same items, and each its own tokens.
        if token is None:
            tokens.clear()
        elif token not in tokens:
            pytest.fail("a token of another walk")
        answer = sns.list_subscriptions_by_topic(TopicArn=topic, **({} if token is None else {"NextToken": token}))
        of_all = sns.list_subscriptions(**({} if token is None else {"NextToken": tokens[token]}))
        assert answer["Subscriptions"] == of_all["Subscriptions"]
        assert ("NextToken" in answer) == ("NextToken" in of_all)
        if "NextToken" in answer:
            tokens[answer["NextToken"]] = of_all["NextToken"]
        return [one["Endpoint"].rpartition(":")[2] for one in answer["Subscriptions"]], answer.get("NextToken")

    tokens: dict[str, str] = {}
    return Shelf(make, lambda name: sns.unsubscribe(SubscriptionArn=arns[name]), page, by_name=False)


def _streams(cloud: minicloud.Cloud) -> Shelf:
    kinesis: Any = cloud.client("kinesis")

    def page(token: str | None) -> tuple[Names, str | None]:
        answer = kinesis.list_streams(Limit=7, **({} if token is None else {"NextToken": token}))
        assert answer["HasMoreStreams"] == ("NextToken" in answer)
        return answer["StreamNames"], answer.get("NextToken")

    return Shelf(
        lambda name: kinesis.create_stream(StreamName=name, ShardCount=1),
        lambda name: kinesis.delete_stream(StreamName=name),
        page,
        by_name=True,
    )


SHELVES = {
    "ListQueues": _queues,
    "ListDeadLetterSourceQueues": _sources,
    "ListTopics": _topics,
    "ListSubscriptions": _subscriptions,
    "ListStreams": _streams,
}


@pytest.fixture
def cloud() -> Iterator[minicloud.Cloud]:
    limits = minicloud.Limits.named("relaxed")
    with minicloud.Cloud(clock="virtual", seed=1, limits=limits) as made:
        yield made


@pytest.fixture(params=SHELVES)
def shelf(request: pytest.FixtureRequest, cloud: minicloud.Cloud) -> Shelf:
    return SHELVES[request.param](cloud)


def test_a_walk_sees_what_is_there_all_the_time_once_and_in_order(shelf: Shelf) -> None:
    random = Random(7)
    for round_number in range(4):
        for number in random.sample(range(1000), 150):
            name = f"n{number}"
            if name not in shelf.made:
                shelf.add(name)
        for name in random.sample(sorted(shelf.made), 60):
            shelf.drop(name)
        if round_number == 2:
            # All that come first: a page must not look for long what is behind them.
            for name in shelf.listed()[:80]:
                shelf.drop(name)
        assert _walk(shelf) == shelf.listed()


def test_a_token_holds_while_things_come_and_go(shelf: Shelf) -> None:
    random = Random(11)
    for number in random.sample(range(1000), 260):
        shelf.add(f"n{number}")
    staying = set(shelf.made)
    page, token = shelf.page(None)
    seen = list(page)
    while token is not None:
        gone = random.choice(sorted(shelf.made))
        staying.discard(gone)
        shelf.drop(gone)
        shelf.add(gone if random.random() < 0.5 else f"n{random.randrange(1000, 10**6)}")
        page, token = shelf.page(token)
        seen += page
    once = [name for name in seen if name in staying]
    assert once == [name for name in shelf.listed() if name in staying]


def test_a_list_is_what_it_was_after_a_restore(shelf: Shelf, cloud: minicloud.Cloud) -> None:
    for number in range(120):
        shelf.add(f"n{number}")
    before = _walk(shelf)
    snapshot = cloud.snapshot()
    for number in range(90):
        shelf.drop(f"n{number}")
    for number in range(200, 220):
        shelf.add(f"n{number}")
    _walk(shelf)
    cloud.restore(snapshot)
    assert _walk(shelf) == before


def _walk(shelf: Shelf) -> Names:
    page, token = shelf.page(None)
    seen = list(page)
    while token is not None:
        page, token = shelf.page(token)
        seen += page
    return seen

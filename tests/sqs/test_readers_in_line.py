"""Those who read from a queue, as mappings and pipes do: in turn, as long as there is something for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import minicloud
from minicloud.core.effects import Change

LIMITS = minicloud.Limits(sqs_in_flight_standard=4, sqs_in_flight_fifo=4)


class Reader:
    """Takes so many messages when it is asked to look, as long as it has room."""

    def __init__(self, stage: Stage, name: str, most: int, room: int) -> None:
        self.stage = stage
        self.name = name
        self.most = most
        self.room = room
        self.looks = 0
        self.taken: list[dict[str, Any]] = []

    def look(self, now: int) -> bool:
        self.looks += 1
        if self.looks > 50:  # it would be asked without end
            self.stage.source.detach(self)
            return False
        cause = Change()
        took = self.stage.source.take_for(now, min(self.most, self.room), cause) if self.room else []
        cause.happened = True
        self.room -= len(took)
        self.taken += took
        self.stage.order += [(self.name, message["Body"]) for message in took]
        return bool(took)


class Stage:
    """A queue, and who reads from it."""

    def __init__(self, cloud: Any, name: str = "q", **attributes: str) -> None:
        self.cloud = cloud
        self.is_fifo = name.endswith(".fifo")
        self.sqs: Any = cloud.client("sqs")
        fifo = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if self.is_fifo else {}
        self.url = self.sqs.create_queue(QueueName=name, Attributes={**fifo, **attributes})["QueueUrl"]
        self.service = next(iter(cloud.services("sqs")))
        self.source: Any = self.service.source(cloud.queue(name).arn)
        self.order: list[tuple[str, str]] = []

    def do(self, act: Callable[[int], Any]) -> Any:
        """What a service does under the lock; what it gives."""
        given: list[Any] = []
        self.cloud.change("reading", lambda now: given.append(act(now)))
        return given[0]

    def reader(self, name: str, most: int = 10, room: int = 100) -> Reader:
        made = Reader(self, name, most, room)
        self.do(lambda _: self.source.attach(made))
        return made

    def send(self, *bodies: str, **params: Any) -> None:
        for body in bodies:
            group = {"MessageGroupId": body} if self.is_fifo else {}
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body, **group, **params)

    def offer(self) -> None:
        self.do(self.source.offer)

    def delete(self, *messages: dict[str, Any]) -> bool:
        handles = [message["ReceiptHandle"] for message in messages]
        is_news: bool = self.do(lambda now: self.source.delete_taken(now, handles))
        return is_news


@pytest.fixture(params=[False, True], ids=["not recorded", "recorded"])
def cloud(request: pytest.FixtureRequest) -> Iterator[minicloud.Cloud]:
    with minicloud.Cloud(clock="virtual", limits=LIMITS, trace=request.param, region_name="us-east-1") as made:
        yield made


def test_readers_take_turns_until_there_is_nothing_more(cloud: minicloud.Cloud) -> None:
    stage = Stage(cloud)
    first, second = stage.reader("first", 1), stage.reader("second", 1)
    stage.send("a", "b", "c")
    assert stage.order == [("first", "a"), ("second", "b"), ("first", "c")]
    stage.send("d")
    assert stage.order[3:] == [("second", "d")]
    assert first.looks + second.looks == 4 + 2 * 4  # nobody had more, each time


def test_who_has_taken_less_than_there_was_room_for_leaves_nothing_to_others(cloud: minicloud.Cloud) -> None:
    """They are not asked, and come first the next time."""
    stage = Stage(cloud)
    stage.send("a", "b", "c")
    first, second = stage.reader("first"), stage.reader("second")
    stage.offer()
    assert (first.looks, second.looks) == (1, 0)
    assert [message["Body"] for message in first.taken] == ["a", "b", "c"]
    stage.send("d")
    assert stage.order[3:] == [("second", "d")]
    assert (first.looks, second.looks) == (1, 1)


def test_who_has_no_room_is_passed_by(cloud: minicloud.Cloud) -> None:
    stage = Stage(cloud)
    full, other = stage.reader("full", room=0), stage.reader("other", 2)
    stage.send("a")
    assert stage.order == [("other", "a")]
    stage.send("b", "c")
    assert stage.order[1:] == [("other", "b"), ("other", "c")]
    full.room = 1
    other.room = 0
    stage.send("d")
    assert stage.order[3:] == [("full", "d")]
    stage.send("e")
    assert stage.order[4:] == []


@pytest.mark.parametrize("name", ["q", "q.fifo"])
def test_what_is_visible_again_is_offered_once_when_nobody_has_room(cloud: minicloud.Cloud, name: str) -> None:
    """And the next thing that happens there is waited for."""
    stage = Stage(cloud, name, VisibilityTimeout="30")
    reader = stage.reader("reader")
    stage.send("a", "b")
    assert reader.room == 98
    reader.room, before = 0, reader.looks
    cloud.clock.advance(29)
    assert reader.looks == before
    cloud.clock.advance(1)
    assert reader.looks == before + 1
    cloud.clock.advance(100)
    assert reader.looks == before + 1
    assert cloud.queue(name).counts.visible == 2
    reader.room = 5
    stage.offer()
    assert reader.room == 3


def test_an_offer_while_they_are_asked_asks_nobody_twice(cloud: minicloud.Cloud) -> None:
    stage = Stage(cloud)
    stage.send("a", "b", "c", "d")

    class Offers(Reader):
        def look(self, now: int) -> bool:
            took = super().look(now)
            if self.looks < 10:
                stage.source.offer(now)
            return took

    first = Offers(stage, "first", 1, 100)
    stage.do(lambda _: stage.source.attach(first))
    stage.reader("second", 1)
    stage.offer()
    assert stage.order == [("first", "a"), ("second", "b"), ("first", "c"), ("second", "d")]


def test_who_comes_and_goes(cloud: minicloud.Cloud) -> None:
    """Twice is as good as once, for both."""
    stage = Stage(cloud)
    reader = stage.reader("reader")
    stage.do(lambda _: stage.source.attach(reader))
    stage.send("a")
    assert reader.looks == 1
    for _ in range(2):
        stage.do(lambda _: stage.source.detach(reader))
    stage.send("b")
    assert reader.looks == 1
    assert cloud.queue("q").bodies == ["a", "b"]


@pytest.mark.parametrize("name", ["q", "q.fifo"])
def test_what_they_take_is_shown_in_full_and_nobody_has_it_in_hand(cloud: minicloud.Cloud, name: str) -> None:
    stage = Stage(cloud, name)
    value = {"DataType": "String", "StringValue": "v"}
    stage.send("a", MessageAttributes={"n": value})
    reader = stage.reader("reader")
    stage.offer()
    [message] = reader.taken
    assert message["MessageAttributes"] == {"n": value}
    shown = {"SenderId", "SentTimestamp", "ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp"}
    assert shown <= set(message["Attributes"])
    [kept] = stage.service.queues[name].all_messages()
    assert kept.receiver is None
    assert stage.source.is_fifo == stage.is_fifo


@pytest.mark.parametrize("name", ["q", "q.fifo"])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_deletes_make_room_where_there_was_none(cloud: minicloud.Cloud, name: str, count: int) -> None:
    """It is news also on a FIFO queue that was not full: a group may have more to give."""
    stage = Stage(cloud, name)
    reader = stage.reader("reader")
    stage.send(*"abcdef")
    assert len(reader.taken) == 4  # as many as may be in flight
    assert stage.delete(*reader.taken[:count])
    assert cloud.queue(name).counts.in_flight == 4 - count
    assert stage.delete(reader.taken[3]) == stage.is_fifo
    assert not stage.delete()
    stage.offer()
    assert len(reader.taken) == 6
    assert cloud.queue(name).bodies == [*"abc"[count:], "e", "f"]


def test_deletes_by_what_is_no_handle_any_more_have_no_effect(cloud: minicloud.Cloud) -> None:
    stage = Stage(cloud, VisibilityTimeout="30")
    reader = stage.reader("reader")
    stage.send("a", "b")
    former = [*reader.taken]
    assert not stage.delete(*former)
    assert not stage.delete(former[0])
    assert not stage.delete(*former)
    stage.send("c")
    assert cloud.queue("q").bodies == ["c"]


def test_where_there_is_no_queue_any_more(cloud: minicloud.Cloud) -> None:
    """The readers stay in line, for the next queue of that name."""
    stage = Stage(cloud, VisibilityTimeout="7")
    assert (stage.source.exists, stage.source.visibility_timeout) == (True, 7_000_000_000)
    assert stage.service.source(stage.source.arn) is stage.source
    reader = stage.reader("reader", room=1)
    stage.send("a", "b")
    assert stage.source.count(cloud.time_ns()) == 2
    stage.sqs.delete_queue(QueueUrl=stage.url)
    source = stage.source
    assert (source.exists, source.visibility_timeout, source.count(cloud.time_ns())) == (False, 0, 0)
    assert stage.service.source(source.arn) is None
    assert not stage.delete(*reader.taken)
    reader.room = 5
    stage.offer()
    assert stage.do(lambda now: source.take_for(now, 1, Change())) == []
    assert len(reader.taken) == 1
    cloud.clock.advance(60)
    stage.sqs.create_queue(QueueName="q")
    stage.send("c")
    assert stage.order[1:] == [("reader", "c")]

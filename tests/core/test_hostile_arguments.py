"""Arguments with code of the caller's: it runs without the lock, what it raises comes out, and nothing is half done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from minicloud import Cloud


class Mine(Exception):
    """What the arguments raise."""


class Place:
    """A cloud with one of everything, and what its arguments do when their code runs."""

    def __init__(self) -> None:
        self.cloud = Cloud(clock="virtual", trace=True, seed=1)
        self.sqs, self.sns, self.kinesis = (self.cloud.client(name) for name in ("sqs", "sns", "kinesis"))
        self.url = self.sqs.create_queue(QueueName="q")["QueueUrl"]
        self.topic = self.sns.create_topic(Name="t")["TopicArn"]
        self.sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=self.cloud.queue("q").arn)
        self.kinesis.create_stream(StreamName="s", ShardCount=1)
        self.ran = 0
        self.raises = True

    def run(self) -> None:
        """Code of the caller's runs, in the middle of a call."""
        self.ran += 1
        assert not self.cloud.lock._is_owned(), "the lock is held over code of the caller's"
        seen: list[bool] = []
        thread = threading.Thread(target=lambda: seen.append(bool(self.cloud.queues())))
        thread.start()
        thread.join(20)
        assert seen == [True], "another thread cannot use the cloud meanwhile"
        self.sqs.list_queues()  # nor is a call from inside of it refused
        if self.raises:
            raise Mine

    def picture(self) -> list[Any]:
        """All that a test can see."""
        cloud = self.cloud
        return [
            cloud.queue("q").messages,
            cloud.queue("q").counts,
            cloud.topic("t").messages,
            [record.data for record in cloud.stream("s").records],
            [view.name for view in cloud.queues()],
            len(cloud.topic("t").subscriptions),
        ]


def text(place: Place, value: str, *hostile: str) -> Any:
    """A string whose methods are the caller's."""
    return _made(place, str, value, hostile)


def mapping(place: Place, value: dict[str, Any], *hostile: str) -> Any:
    return _made(place, dict, value, hostile)


def listed(place: Place, value: list[Any], *hostile: str) -> Any:
    return _made(place, list, value, hostile)


def _made(place: Place, base: type, value: Any, hostile: tuple[str, ...]) -> Any:
    def method(name: str) -> Callable[..., Any]:
        def run(self: Any, *args: Any) -> Any:
            place.run()
            return getattr(base, name)(self, *args)

        return run

    return type(f"My{base.__name__}", (base,), {name: method(name) for name in hostile})(value)


class Stream:
    """A file-like object whose ``read`` is the caller's."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def read(self) -> bytes:
        self.place.run()
        return b"data"


TEXT_METHODS = ("__eq__", "__hash__", "__len__", "__iter__", "__str__", "__contains__", "encode", "isascii", "split")
DICT_METHODS = ("__iter__", "items", "keys", "values", "__getitem__", "__contains__", "__len__", "get", "copy")
LIST_METHODS = ("__iter__", "__len__", "__getitem__", "__contains__", "copy")
ATTRIBUTES = {"a": {"DataType": "String", "StringValue": "v"}}
BATCH = [{"Id": "1", "MessageBody": "x"}, {"Id": "2", "MessageBody": "y"}]

CALLS: dict[str, tuple[Callable[..., Any], tuple[str, ...]]] = {
    "a body": (lambda p, *m: p.sqs.send_message(QueueUrl=p.url, MessageBody=text(p, "x", *m)), TEXT_METHODS),
    "a url": (lambda p, *m: p.sqs.send_message(QueueUrl=text(p, p.url, *m), MessageBody="x"), TEXT_METHODS),
    "attributes": (
        lambda p, *m: p.sqs.send_message(QueueUrl=p.url, MessageBody="x", MessageAttributes=mapping(p, ATTRIBUTES, *m)),
        DICT_METHODS,
    ),
    "an attribute": (
        lambda p, *m: p.sqs.send_message(
            QueueUrl=p.url, MessageBody="x", MessageAttributes={"a": mapping(p, ATTRIBUTES["a"], *m)}
        ),
        DICT_METHODS,
    ),
    "entries": (
        lambda p, *m: p.sqs.send_message_batch(QueueUrl=p.url, Entries=listed(p, BATCH, *m)),
        LIST_METHODS,
    ),
    "an entry": (
        lambda p, *m: p.sqs.send_message_batch(QueueUrl=p.url, Entries=[BATCH[0], mapping(p, BATCH[1], *m)]),
        DICT_METHODS,
    ),
    "a queue's attributes": (
        lambda p, *m: p.sqs.create_queue(QueueName="new", Attributes=mapping(p, {"DelaySeconds": "1"}, *m)),
        DICT_METHODS,
    ),
    "names of attributes": (
        lambda p, *m: p.sqs.receive_message(QueueUrl=p.url, AttributeNames=listed(p, ["All"], *m)),
        LIST_METHODS,
    ),
    "a message": (lambda p, *m: p.sns.publish(TopicArn=p.topic, Message=text(p, "x", *m)), TEXT_METHODS),
    "attributes of a message": (
        lambda p, *m: p.sns.publish(TopicArn=p.topic, Message="x", MessageAttributes=mapping(p, ATTRIBUTES, *m)),
        DICT_METHODS,
    ),
    "an endpoint": (
        lambda p, *m: p.sns.subscribe(TopicArn=p.topic, Protocol="email", Endpoint=text(p, "a@b.c", *m)),
        TEXT_METHODS,
    ),
    "a partition key": (
        lambda p, *m: p.kinesis.put_record(StreamName="s", Data=b"x", PartitionKey=text(p, "k", *m)),
        TEXT_METHODS,
    ),
    "data": (lambda p, *_: p.kinesis.put_record(StreamName="s", Data=Stream(p), PartitionKey="k"), ("read",)),
    "records": (
        lambda p, *m: p.kinesis.put_records(
            StreamName="s", Records=listed(p, [{"Data": b"x", "PartitionKey": "k"}], *m)
        ),
        LIST_METHODS,
    ),
}
CASES = [(what, method) for what, (_, methods) in CALLS.items() for method in methods]


@pytest.mark.parametrize(("what", "method"), CASES)
def test_what_an_argument_raises_comes_out_and_nothing_is_half_done(what, method):
    place = Place()
    before = place.picture()
    try:
        CALLS[what][0](place, method)
    except Mine:
        assert place.ran
        assert place.picture() == before
    else:
        assert not place.ran, "what the caller's code raised was swallowed"
        place.raises = False
    assert not place.cloud.timeline.torn
    sent = place.sqs.send_message(QueueUrl=place.url, MessageBody="after")["MessageId"]
    assert sent in [message.message_id for message in place.cloud.queue("q").messages]


@pytest.mark.parametrize(("what", "method"), CASES)
def test_an_argument_may_call_the_cloud_and_its_value_counts(what, method):
    hostile, plain = Place(), Place()
    hostile.raises = False
    CALLS[what][0](hostile, method)
    CALLS[what][0](plain) if what != "data" else plain.kinesis.put_record(
        StreamName="s", Data=b"data", PartitionKey="k"
    )

    def seen(place: Place) -> list[Any]:
        messages, *rest = place.picture()
        return [[message.body for message in messages], *rest]

    assert seen(hostile) == seen(plain)


@pytest.mark.parametrize("what", [what for what, (_, methods) in CALLS.items() if methods is not TEXT_METHODS])
def test_code_of_containers_does_run(what):
    ran = 0
    for method in CALLS[what][1]:
        place = Place()
        place.raises = False
        CALLS[what][0](place, method)
        ran += place.ran
    assert ran


class Changing(list[Any]):
    """A list that is another one each time that somebody goes over it."""

    def __init__(self, *faces: list[Any]) -> None:
        super().__init__(faces[0])
        self.faces = list(faces)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.faces.pop(0) if len(self.faces) > 1 else self.faces[0])


@pytest.mark.parametrize("second", [[], [{"Id": "1"}], [5], [{"Id": 1, "MessageBody": None}], [BATCH[0]] * 2])
def test_a_list_that_changes_while_it_is_read_leaves_the_queue_whole(second):
    place = Place()
    answer = {}
    try:
        answer = place.sqs.send_message_batch(QueueUrl=place.url, Entries=Changing(BATCH, second))
    except Exception:  # whichever it is, as long as nothing was sent
        answer = {}
    accepted = len(answer.get("Successful", ()))
    view = place.cloud.queue("q")
    assert len(view.messages) == len(view) == accepted
    received = place.sqs.receive_message(QueueUrl=place.url, MaxNumberOfMessages=10).get("Messages", [])
    assert len(received) == accepted
    for message in received:
        place.sqs.delete_message(QueueUrl=place.url, ReceiptHandle=message["ReceiptHandle"])
    assert not len(view)


def test_attributes_that_another_thread_changes_lose_no_message():
    place = Place()
    attributes = {f"a{number}": ATTRIBUTES["a"] for number in range(8)}
    over = threading.Event()

    def change() -> None:
        while not over.is_set():
            attributes.pop("a7", None)
            attributes["a7"] = ATTRIBUTES["a"]

    thread = threading.Thread(target=change)
    thread.start()
    sent = 0
    try:
        for _ in range(2_000):
            with suppress(RuntimeError):  # the dict's own: it has changed during iteration
                place.sqs.send_message(QueueUrl=place.url, MessageBody="x", MessageAttributes=attributes)
                sent += 1
    finally:
        over.set()
        thread.join()
    view = place.cloud.queue("q")
    received = 0
    while messages := place.sqs.receive_message(QueueUrl=place.url, MaxNumberOfMessages=10).get("Messages"):
        received += len(messages)
    assert received == sent == len(view)

"""The plain ways of queues do as the general ones: the same calls on two clouds of one seed, one without them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from itertools import product
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

import minicloud
from minicloud.services.sqs.chaotic import ChaoticQueue
from minicloud.services.sqs.fifo_queue import FifoQueue
from minicloud.services.sqs.queue import Queue
from minicloud.services.sqs.standard_queue import StandardQueue
from tests.sqs.consistency import check
from tests.support.depth import deep

PLAIN_WAYS = [name for name in vars(Queue) if name.endswith("_plainly")]
ATTRIBUTES = {
    "text": {"DataType": "String", "StringValue": "grün"},
    "number": {"DataType": "Number", "StringValue": "-17"},
    "bytes": {"DataType": "Binary", "BinaryValue": b"\x00"},
    "custom": {"DataType": "String.kind", "StringValue": "x"},
    "not a name": {"DataType": "String", "StringValue": "x"},
    "aws.reserved": {"DataType": "String", "StringValue": "x"},
    "empty": {"DataType": "String", "StringValue": ""},
    "control": {"DataType": "String", "StringValue": "\x00"},
    "word": {"DataType": "Number", "StringValue": "seven"},
    "both": {"DataType": "String", "StringValue": "x", "BinaryValue": b"x"},
}
FINE = ["text", "number", "bytes", "custom"]


@contextmanager
def only_general_ways() -> Iterator[None]:
    """Every call goes the general way."""
    kept = [
        (kind, name, vars(kind)[name])
        for kind in (StandardQueue, FifoQueue)
        for name in PLAIN_WAYS
        if name in vars(kind)
    ]
    try:
        for kind, name, _ in kept:
            setattr(kind, name, getattr(Queue, name))
        yield
    finally:
        for kind, name, way in kept:
            setattr(kind, name, way)


class Pair:
    """The same calls on two clouds."""

    row = ""
    """Which row of a table this is."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.clouds = [minicloud.Cloud(clock="virtual", seed=1, **options) for _ in range(2)]
        self.clients: list[Any] = [cloud.client("sqs") for cloud in self.clouds]
        self.names: list[str] = []

    def call(self, name: str, **params: Any) -> Any:
        """Both answers, which have to be the same."""
        answer = self._call(0, name, params)
        with only_general_ways():
            other = self._call(1, name, params)
        assert answer == other, self.row
        return answer

    def _call(self, number: int, name: str, params: dict[str, Any]) -> Any:
        try:
            answer = getattr(self.clients[number], name)(**params)
        except minicloud.exceptions.ClientError as error:
            return error.response
        except minicloud.exceptions.ParamValidationError as error:
            return str(error)
        answer["ResponseMetadata"]["HTTPHeaders"] = dict(answer["ResponseMetadata"]["HTTPHeaders"])
        return answer

    def connect(self, name: str, group: str | None = None) -> None:
        """Have a rule deliver to a queue, and a topic to a standard one, in both."""
        for cloud in self.clouds:
            arn = cloud.queue(name).arn
            target: Any = {"Id": "t", "Arn": arn}
            if group is not None or name.endswith(".fifo"):
                target["SqsParameters"] = {"MessageGroupId": group or "a"}
            events, sns = cloud.client("events"), cloud.client("sns")
            events.put_rule(Name="r", EventPattern='{"source": ["app"]}')
            events.put_targets(Rule="r", Targets=[target])
            topic = sns.create_topic(Name="topic")["TopicArn"]
            if not name.endswith(".fifo"):
                raw = {"RawMessageDelivery": "true"}
                sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=raw)

    def deliver(self, entry: Any) -> None:
        """Put an event in both."""
        _put_event(self.clouds[0], entry)
        with only_general_ways():
            _put_event(self.clouds[1], entry)

    def publish(self, text: str) -> None:
        """Publish in both."""
        _publish(self.clouds[0], text)
        with only_general_ways():
            _publish(self.clouds[1], text)

    def advance(self, seconds: float) -> None:
        """Let time pass in both."""
        for cloud in self.clouds:
            cloud.clock.advance(seconds)

    def compare(self) -> None:
        """What can be seen of both is the same."""
        with only_general_ways():
            pictures = [self._picture(cloud) for cloud in self.clouds]
        assert pictures[0] == pictures[1], self.row
        for cloud in self.clouds:
            check(cloud)

    def _picture(self, cloud: minicloud.Cloud) -> Any:
        queues = [cloud.queue(name) for name in self.names]
        messages = [
            [(one.message_id, one.body, one.state, one.receive_count, one.attributes) for one in queue.messages]
            for queue in queues
        ]
        events = [(event.time_ns, event.kind, event.resource, event.details) for event in cloud.trace]
        return messages, [queue.counts for queue in queues], events


def _put_event(cloud: minicloud.Cloud, entry: Any) -> None:
    cloud.client("events").put_events(Entries=[entry])


def _publish(cloud: minicloud.Cloud, text: str) -> None:
    sns = cloud.client("sns")
    with suppress(minicloud.exceptions.ClientError):
        sns.publish(TopicArn=sns.list_topics()["Topics"][0]["TopicArn"], Message=text)


TEXTS = ["x", "two words", "grün", "\U0001f600", "tab\tand\nline", "", "\x00", "\x1f", "\ufffe", "\ud800", "x" * 1025]
BODIES = st.sampled_from(TEXTS)
NAMES = st.lists(st.sampled_from(FINE), max_size=3) | st.lists(st.sampled_from(list(ATTRIBUTES)), max_size=2)
DESCRIBED = NAMES.map(lambda names: {name: ATTRIBUTES[name] for name in names})
GROUPS, IDS = st.sampled_from(["a", "b", "c", "no id"]), st.sampled_from(["1", "2", "3", "4", "5", "6", "no id"])
SENDS = st.tuples(
    st.just("send_message"),
    st.fixed_dictionaries(
        {"MessageBody": BODIES},
        optional={
            "MessageAttributes": DESCRIBED,
            "MessageGroupId": GROUPS,
            "MessageDeduplicationId": IDS,
            "DelaySeconds": st.sampled_from([0, 5, 901]),
        },
    ),
)
PLAIN_SENDS = st.tuples(st.just("send_message"), st.fixed_dictionaries({"MessageBody": BODIES}))
FIFO_SENDS = st.tuples(
    st.just("send_message"),
    st.fixed_dictionaries(
        {"MessageBody": BODIES, "MessageGroupId": GROUPS},
        optional={"MessageDeduplicationId": IDS, "MessageAttributes": DESCRIBED},
    ),
)
RECEIVES = st.tuples(
    st.just("receive_message"),
    st.fixed_dictionaries(
        {},
        optional={
            "MaxNumberOfMessages": st.sampled_from([1, 1, 2, 10, 0]),
            "WaitTimeSeconds": st.sampled_from([0, 1, 21]),
            "VisibilityTimeout": st.sampled_from([0, 3, 60]),
            "AttributeNames": st.just(["All"]),
            "MessageAttributeNames": st.just(["All"]),
        },
    ),
)
CALLS = st.one_of(
    SENDS,
    PLAIN_SENDS,
    PLAIN_SENDS,
    FIFO_SENDS,
    FIFO_SENDS,
    RECEIVES,
    RECEIVES,
    st.tuples(st.just("receive_message"), st.just({})),
    st.tuples(st.just("delete_message"), st.integers(0, 30)),
    st.tuples(st.just("delete_message"), st.integers(0, 3)),
    st.tuples(st.just("change_message_visibility"), st.integers(0, 30), st.sampled_from([0, 2, 100])),
    st.tuples(
        st.just("set_queue_attributes"),
        st.sampled_from(
            [
                {"VisibilityTimeout": "0"},
                {"VisibilityTimeout": "7"},
                {"DelaySeconds": "3"},
                {"DelaySeconds": "0"},
                {"MaximumMessageSize": "1024"},
                {"MessageRetentionPeriod": "60"},
                {"MessageRetentionPeriod": "345600"},
                {"ReceiveMessageWaitTimeSeconds": "1"},
                {"Policy": '{"Version":"2012-10-17","Statement":[]}'},
                {"RedrivePolicy": ""},
                {"ContentBasedDeduplication": "true"},
            ]
        ),
    ),
    st.tuples(st.just("purge_queue")),
    st.tuples(st.just("deliver"), BODIES),
    st.tuples(st.just("deliver"), BODIES),
    st.tuples(st.just("publish"), BODIES.filter(lambda body: body.isascii())),
    st.tuples(st.just("advance"), st.sampled_from([1, 10, 45, 61, 400])),
)
OPTIONS = st.sampled_from([{"trace": False}, {"trace": True}, {"trace": True, "delivery": "aws"}, {"limits": "strict"}])


@settings(max_examples=deep(400))
@given(OPTIONS, st.booleans(), st.booleans(), st.lists(CALLS, min_size=10, max_size=60))
def test_the_plain_ways_do_as_the_general_ones(
    options: dict[str, Any], is_fifo: bool, is_moved: bool, calls: list[tuple[Any, ...]]
) -> None:
    pair = Pair(options)
    url = _queue(pair, is_fifo, is_moved)
    dead = pair.call("get_queue_url", QueueName=pair.names[0])["QueueUrl"]
    pair.connect(pair.names[1])
    handles: list[str] = []
    for number, call in enumerate(calls):
        act: Callable[..., Any] = ACTS.get(call[0], _call_with)
        act(pair, url if number % 7 else dead, handles, *call)
    pair.compare()


def _queue(pair: Pair, is_fifo: bool, is_moved: bool) -> str:
    """A queue, and one beside it to which what was received twice is moved, or is not."""
    ending, attributes = (".fifo", {"FifoQueue": "true"}) if is_fifo else ("", {})
    pair.names = [f"dead{ending}", f"queue{ending}"]
    dead = pair.call("create_queue", QueueName=f"dead{ending}", Attributes=attributes)["QueueUrl"]
    if is_moved:
        arn = pair.call("get_queue_attributes", QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        policy = f'{{"deadLetterTargetArn": "{arn}", "maxReceiveCount": 2}}'
        attributes = {**attributes, "RedrivePolicy": policy}
    url = pair.call("create_queue", QueueName=f"queue{ending}", Attributes=attributes)["QueueUrl"]
    return str(url)


GROUP = {"MessageGroupId": "a"}
SEND = "send_message", {"MessageBody": "x"}
RECEIVE = "receive_message", {}
POLICY = '{"Statement":[{"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*"}]}'
RETENTION = "set_queue_attributes", {"MessageRetentionPeriod": "60"}
AT_ONCE = "set_queue_attributes", {"VisibilityTimeout": "0"}
HIDE = "change_message_visibility", 0, 100
WHERE_THEY_END: dict[str, list[tuple[Any, ...]]] = {
    "a retention": [RETENTION, SEND, ("advance", 59), RECEIVE, AT_ONCE, ("advance", 1), RECEIVE],
    "one that ends unseen": [RETENTION, SEND, ("advance", 60), RECEIVE],
    "one of what is in flight": [RETENTION, SEND, RECEIVE, HIDE, ("advance", 60), ("delete_message", 0)],
    "a policy": [("set_queue_attributes", {"Policy": POLICY}), SEND, RECEIVE, ("delete_message", 0)],
    "a visibility timeout": [SEND, RECEIVE, ("advance", 29), RECEIVE, ("advance", 1), RECEIVE, ("delete_message", 1)],
    "one that ends with the delete": [SEND, RECEIVE, ("advance", 30), ("delete_message", 0), RECEIVE],
    "no timeout": [AT_ONCE, SEND, RECEIVE, RECEIVE, ("delete_message", 0)],
    "a delay": [("set_queue_attributes", {"DelaySeconds": "3"}), SEND, RECEIVE, ("advance", 3), RECEIVE],
    "a size": [
        ("set_queue_attributes", {"MaximumMessageSize": "1024"}),
        *(("send_message", {"MessageBody": body}) for body in ("x" * 1024, "x" * 1025, "ü" * 512, "ü" * 512 + "x")),
    ],
    "a window": [SEND, SEND, ("advance", 299), SEND, ("advance", 1), SEND, SEND],
    "a move": [SEND, *(step for _ in range(3) for step in (RECEIVE, ("advance", 30)))],
    "a message in two queues": [SEND, RECEIVE, ("advance", 30), RECEIVE, ("delete_message", 0), ("delete_message", 1)],
}
"""Calls at, just before and just after the moments and figures at which a plain way gives up."""


def test_where_the_plain_ways_end() -> None:
    """Each row on all sorts of queues: FIFO, traced, with a queue for dead letters, with messages before."""
    for row, calls in WHERE_THEY_END.items():
        for is_fifo, is_moved, traced, is_used in product((False, True), repeat=4):
            pair = Pair({"trace": traced})
            pair.row = row
            url = _queue(pair, is_fifo, is_moved)
            if is_fifo:
                pair.call("set_queue_attributes", QueueUrl=url, Attributes={"ContentBasedDeduplication": "true"})
            handles: list[str] = []
            before = [("send_message", {"MessageBody": body}) for body in ("first", "second") if is_used]
            for name, *params in [*before, *calls]:
                act: Callable[..., Any] = ACTS.get(name, _call_with)
                in_group = is_fifo and name == "send_message"
                act(pair, url, handles, name, *([{**params[0], **GROUP}] if in_group else params))
            pair.compare()


@pytest.mark.parametrize("group", [None, "g"])
@pytest.mark.parametrize(
    "attributes",
    [{}, {"MaximumMessageSize": "1024"}, {"DelaySeconds": "5"}, {"Policy": ""}],
    ids=lambda given: str(*given),
)
@pytest.mark.parametrize("trace", [False, True])
def test_what_other_services_deliver(trace: bool, attributes: dict[str, str], group: str | None) -> None:
    pair = Pair({"trace": trace})
    pair.names = ["queue"]
    url = pair.call("create_queue", QueueName="queue", Attributes=attributes)["QueueUrl"]
    pair.connect("queue", group)
    for text in TEXTS:
        pair.deliver({"Source": "app", "DetailType": "t", "Detail": json.dumps({"text": text})})
        if text.isascii():
            pair.publish(text)
    pair.compare()
    pair.advance(5)
    pair.call("receive_message", QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])
    pair.compare()


@pytest.mark.parametrize("group", [None, "g"])
@pytest.mark.parametrize("size", [1, 10])
def test_what_a_mapping_handles(size: int, group: str | None) -> None:
    pair = Pair({"trace": False})
    pair.names = ["queue"]
    url = pair.call("create_queue", QueueName="queue")["QueueUrl"]
    failed: set[str] = set()

    def handle(event: Any, context: Any) -> None:
        for record in event["Records"]:
            if record["body"] in failed:
                failed.discard(record["body"])
                raise ValueError
            if record["body"] == "z":
                raise ValueError

    for cloud, ways in zip(pair.clouds, (nullcontext(), only_general_ways()), strict=True):
        failed = {"x", "y"}
        cloud.function("handle", handle)
        sqs = cloud.client("sqs")
        more = {} if group is None else {"MessageGroupId": group}
        with ways:
            mapping = cloud.event_source_mapping(url, "handle", BatchSize=size)
            for text in "xaybxcxz":
                sqs.send_message(QueueUrl=url, MessageBody=text, **more)
            entries: Any = [{"Id": text, "MessageBody": text, **more} for text in "xayde"]
            sqs.send_message_batch(QueueUrl=url, Entries=entries)
            cloud.clock.advance(100)
            mapping.disable()
    pair.compare()
    assert {message.body for message in pair.clouds[0].queue("queue").messages} >= {"z"}


def _call_with(pair: Pair, url: str, handles: list[str], name: str, params: dict[str, Any]) -> None:
    answer = pair.call(name, QueueUrl=url, **params)
    if name == "receive_message" and isinstance(answer, dict):
        handles += [message["ReceiptHandle"] for message in answer.get("Messages", ())]


def _with_a_handle(pair: Pair, url: str, handles: list[str], name: str, place: int, seconds: int | None = None) -> None:
    if handles:
        more = {} if seconds is None else {"VisibilityTimeout": seconds}
        pair.call(name, QueueUrl=url, ReceiptHandle=handles[-1 - place % len(handles)], **more)


def _set(pair: Pair, url: str, handles: list[str], name: str, attributes: dict[str, str]) -> None:
    pair.call(name, QueueUrl=url, Attributes=attributes)


def _purge(pair: Pair, url: str, handles: list[str], name: str) -> None:
    pair.call(name, QueueUrl=url)


def _advance(pair: Pair, url: str, handles: list[str], name: str, seconds: int) -> None:
    pair.advance(seconds)


def _deliver(pair: Pair, url: str, handles: list[str], name: str, body: str) -> None:
    pair.deliver({"Source": "app", "DetailType": "t", "Detail": json.dumps({"text": body})})


def _publish_to_both(pair: Pair, url: str, handles: list[str], name: str, body: str) -> None:
    pair.publish(body)


ACTS: dict[str, Callable[..., Any]] = {
    "delete_message": _with_a_handle,
    "change_message_visibility": _with_a_handle,
    "set_queue_attributes": _set,
    "purge_queue": _purge,
    "advance": _advance,
    "deliver": _deliver,
    "publish": _publish_to_both,
}


def test_who_has_a_plain_way() -> None:
    """A new kind of queue has to say for each of them whether it is its own: see ``ChaoticQueue``."""
    common = {"send_plainly", "deliver_plainly", "forget_plainly"}
    for_others = {"arrive_plainly", "ingest_plainly", "remove_plainly"}
    assert set(PLAIN_WAYS) == common | for_others
    kinds = {
        kind.__name__: {name: getattr(kind, name).__qualname__.partition(".")[0] for name in PLAIN_WAYS}
        for kind in (StandardQueue, FifoQueue, ChaoticQueue)
    }
    assert kinds == {
        "StandardQueue": dict.fromkeys(PLAIN_WAYS, "StandardQueue"),
        "FifoQueue": dict.fromkeys(common, "FifoQueue") | dict.fromkeys(for_others, "Queue"),
        "ChaoticQueue": dict.fromkeys(PLAIN_WAYS, "StandardQueue")
        | dict.fromkeys(["deliver_plainly", "forget_plainly"], "ChaoticQueue"),
    }


@pytest.mark.parametrize("is_fifo", [False, True])
@pytest.mark.parametrize("trace", [False, True])
def test_a_plain_receive_sees_what_has_come_back_meanwhile(*, is_fifo: bool, trace: bool) -> None:
    """Also at that very moment."""
    with minicloud.Cloud(clock="virtual", seed=1, trace=trace) as cloud:
        sqs = cloud.client("sqs")
        attributes = {"VisibilityTimeout": "10"} | ({"FifoQueue": "true"} if is_fifo else {})
        url = sqs.create_queue(QueueName="q.fifo" if is_fifo else "q", Attributes=attributes)["QueueUrl"]

        def send(body: str) -> None:
            ids = {"MessageGroupId": body, "MessageDeduplicationId": body} if is_fifo else {}
            sqs.send_message(QueueUrl=url, MessageBody=body, **ids)  # type: ignore[arg-type]

        def receive() -> str:
            return sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"]

        send("a")
        for seconds in (10, 15):
            assert receive() == "a"
            cloud.clock.advance(seconds)
            send("b" if seconds == 10 else "c")
        # A standard queue goes by what was sent first, a FIFO queue by what was visible first.
        assert [receive(), receive(), receive()] == (["b", "a", "c"] if is_fifo else ["a", "b", "c"])

"""Attempts of deliveries on a world without a cloud: what each leaves in the outbox and on the timeline, once."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from minicloud.core.effects import Depart, ToQueue, Transient
from minicloud.core.event_pattern.matcher import Pattern, compile_pattern, document_of
from minicloud.core.ids import Identifiers
from minicloud.core.limits import AWS_LIMITS
from minicloud.core.target_deliveries import Attempt, Failure, RetryPolicy, TargetDelivery, retries_owed
from minicloud.core.timeline import SECOND, Timeline
from minicloud.core.world import World

PLACE = "us-east-1:123456789012"
QUEUE, TOPIC, FIREHOSE = (
    f"arn:aws:sqs:{PLACE}:q",
    f"arn:aws:sns:{PLACE}:t",
    f"arn:aws:firehose:{PLACE}:deliverystream/d",
)
DEAD = f"arn:aws:sqs:{PLACE}:dlq"


class Delivery(TargetDelivery):
    """A delivery of a sender that notes what it is told."""

    __slots__ = ("dead_letter_arn", "policy", "told", "wanted")

    group_id, partition_key, subject = "g", "p", "s"
    source_arn, trigger, owner = "arn:it", "test:it", "me"
    origin = "publication"  # type: ignore[assignment]
    about = {"origin": "publication"}  # type: ignore[assignment]

    def __init__(self, world: World, arn: str = QUEUE, dead_letter_arn: str | None = None) -> None:
        super().__init__(world, arn, "body", None)
        self.dead_letter_arn = dead_letter_arn
        self.policy = RetryPolicy()
        self.told: list[Any] = []
        self.wanted = True

    def is_wanted(self) -> bool:
        return self.wanted

    def dead_letter(self, failure: Failure, retries: int, condition: str | None) -> tuple[str, Mapping[str, str]]:
        return "letter", {"CODE": failure.code, "RETRIES": str(retries), "CONDITION": condition or "-"}

    def failed(self, now: int, failure: Failure, number: int, due: int) -> None:
        self.told.append(("failed", now // SECOND, failure.code, number, (due - now) / SECOND))

    def given_up(self, now: int, failure: Failure, retries: int, condition: str | None) -> None:
        self.told.append(("given up", now // SECOND, failure.code, retries, condition))

    def lost(self, now: int, reason: str) -> None:
        self.told.append(("lost", now // SECOND, reason))


def a_world(known: Any = None) -> World:
    peers: Any = SimpleNamespace(known_service=lambda *names: known(*names) if known else None)
    return World(Timeline(), Identifiers("s"), AWS_LIMITS, peers, lambda: None)


def settle(world: World, now: int) -> None:
    while (found := world.timeline.pop_due(now)) is not None:
        found[1](found[0])


LATER = Transient("Slow: wait")


def test_the_first_attempt_for_a_queue_is_the_delivery_itself() -> None:
    world = a_world()
    delivery = Delivery(world)
    delivery.start(7)
    assert world.outbox == [delivery]
    assert (delivery.begun, delivery.queue_arn, delivery.body, delivery.cause) == (7, QUEUE, "body", None)
    assert (delivery.attributes, delivery.deduplication_id, delivery.sender_id) == (None, None, None)
    assert (delivery.trace_header, delivery.shared, delivery.insert) == (None, None, "")
    assert delivery.ends == 7 + 86_400 * SECOND
    assert [Delivery(world, arn).is_to_queue for arn in (QUEUE, TOPIC, "q:aws:sqs:x", "arn:aws:sns:sqs:x")] == [
        True,
        False,
        False,
        False,
    ]


def test_the_waits_double_up_to_eight_minutes() -> None:
    world = a_world()
    delivery = Delivery(world)
    delivery.start(0)
    now, waits = 0, []
    world.outbox.clear()
    delivery.on_failure(0, LATER)
    for number in range(2, 14):
        wait = world.timeline.next_due - now
        waits.append(wait // SECOND)
        settle(world, now + wait - 1)
        assert world.outbox == []
        now += wait
        settle(world, now)
        (sent,) = world.outbox
        assert isinstance(sent, ToQueue)
        assert delivery.told[-1] == ("failed", (now - wait) // SECOND, "Slow", number - 1, waits[-1])
        world.outbox.clear()
        assert sent.on_failure is not None
        sent.on_failure(now, LATER)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 480, 480, 480]


@pytest.mark.parametrize("arn", [QUEUE, TOPIC])
def test_a_later_attempt_has_all_that_the_first_had(arn: str) -> None:
    world = a_world()
    delivery = Delivery(world, arn)
    delivery.start(0)
    (first,) = world.outbox
    world.outbox.clear()
    first.on_failure(0, LATER)  # type: ignore[attr-defined]
    settle(world, SECOND)
    (second,) = world.outbox
    sent: Any = second
    assert sent.body == "body"
    assert (sent.group_id, sent.source_arn, sent.origin) == ("g", "arn:it", "publication")
    assert isinstance(sent.cause, Attempt)
    assert (sent.cause.number, sent.cause.happened, sent.is_due) == (1, True, True)
    if arn == QUEUE:
        assert (sent.queue_arn, sent.message, sent.attributes) == (QUEUE, None, None)
        assert (sent.deduplication_id, sent.sender_id, sent.trace_header, sent.shared) == (None, None, None, None)
        assert sent.insert == ""
    else:
        assert (sent.target_arn, sent.subject, sent.partition_key, sent.trigger) == (TOPIC, "s", "p", "test:it")
        assert (sent.may_be_refused, sent.about) == (True, {"origin": "publication"})
        message = sent.to_queue()
        assert (message.body, message.queue_arn, message.cause, message.origin) == ("body", TOPIC, sent, "publication")
        assert (message.group_id, message.source_arn) == ("g", "arn:it")


def test_what_faults_may_refuse_is_called() -> None:
    """Also for a queue; it has been carried out as soon as its failure was seen to."""
    world = a_world()
    world.refusals = lambda *_: None
    delivery = Delivery(world)
    delivery.start(0)
    (call,) = world.outbox
    assert not isinstance(call, ToQueue)
    assert call.happened is False  # type: ignore[attr-defined]
    call.fail(0, LATER)  # type: ignore[attr-defined]
    assert call.happened is True  # type: ignore[attr-defined]
    other = Delivery(world)
    other.start(0)
    carried_out: Any = world.outbox[-1]
    carried_out.happened = True
    assert carried_out.happened is True


def test_a_delivery_stream_that_is_nowhere_departs() -> None:
    asked: list[Any] = []
    world = a_world()
    Delivery(world, FIREHOSE).start(5)
    (departing,) = world.outbox
    assert isinstance(departing, Depart)
    gone = departing.departure
    assert (gone.protocol, gone.endpoint, gone.body, gone.time_ns) == ("firehose", FIREHOSE, "body", 5)
    assert departing.cause is None

    def known(*names: str) -> object:
        asked.append(names)
        return object()

    world = a_world(known)
    Delivery(world, FIREHOSE).start(5)
    assert not isinstance(world.outbox[0], Depart)
    assert asked == [("firehose", "123456789012", "us-east-1")]


def test_what_fails_for_good_is_given_up_with_one_dead_letter() -> None:
    world = a_world()
    delivery = Delivery(world, dead_letter_arn=DEAD)
    delivery.start(0)
    world.outbox.clear()
    for _ in range(2):
        delivery.on_failure(3 * SECOND, "Denied: no")
        (letter,) = world.outbox
        assert isinstance(letter, ToQueue)
        assert (letter.queue_arn, letter.body, letter.source_arn) == (DEAD, "letter", "arn:it")
        assert letter.attributes == {
            name: {"DataType": "String", "StringValue": text}
            for name, text in {"CODE": "Denied", "RETRIES": "0", "CONDITION": "-"}.items()
        }
        assert letter.is_due
        assert delivery.told == [("given up", 3, "Denied", 0, None)]
    assert letter.on_failure is not None
    letter.on_failure(4 * SECOND, "gone")
    assert delivery.told[-1] == ("lost", 4, "gone")
    assert world.timeline.heap == []
    without = Delivery(world)
    without.on_failure(0, "Denied")
    assert world.outbox == [letter]
    assert without.told == [("given up", 0, "Denied", 0, None)]


def test_a_dead_letter_that_is_on_its_way_is_not_written_again() -> None:
    """An interruption may have come behind it."""
    world = a_world()
    delivery = Delivery(world, dead_letter_arn=DEAD)
    attempt = Attempt(delivery, 3)
    attempt.fail(0, "Denied")
    assert len(world.outbox) == 1
    attempt.failure, attempt.happened = None, False
    attempt.fail(0, "Denied")
    assert len(world.outbox) == 1
    assert delivery.told == [("given up", 0, "Denied", 2, None)] * 2


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_retries_are_counted(retries: int) -> None:
    world = a_world()
    delivery = Delivery(world)
    delivery.policy = RetryPolicy(retries=retries)
    delivery.start(0)
    for _ in range(retries + 1):
        sent: Any = world.outbox.pop()
        assert delivery.told == [] or delivery.told[-1][0] == "failed"
        sent.on_failure(world.timeline.next_due if world.timeline.heap else 0, LATER)
        settle(world, 1_000 * SECOND)
    assert delivery.told[-1][2:] == ("Slow", retries, "MaximumRetryAttempts")
    assert world.outbox == []


def test_a_delivery_gets_too_old() -> None:
    """The last wait ends when it does; at that moment it is given up."""
    world = a_world()
    delivery = Delivery(world)
    delivery.policy = RetryPolicy(age=2)
    delivery.start(0)
    world.outbox.clear()
    delivery.on_failure(0, LATER)
    settle(world, SECOND)
    sent: Any = world.outbox.pop()
    sent.on_failure(SECOND, LATER)
    assert delivery.told[-1] == ("failed", 1, "Slow", 2, 1)
    settle(world, 2 * SECOND)
    assert delivery.told[-1] == ("given up", 2, "Slow", 1, "MaximumEventAgeInSeconds")
    assert world.outbox == []


def test_an_attempt_goes_on_once_and_only_when_it_is_wanted() -> None:
    world = a_world()
    delivery = Delivery(world)
    attempt = Attempt(delivery, 1)
    attempt.go_on(0)
    assert world.outbox == []
    attempt.fail(0, LATER)
    attempt.fail(0, LATER)
    assert len(world.timeline.heap) == len(delivery.told) == 1
    delivery.wanted = False
    attempt.go_on(SECOND)
    assert world.outbox == []
    delivery.wanted = True
    attempt.go_on(SECOND)
    attempt.go_on(SECOND)
    assert len(world.outbox) == 1


def test_what_is_owed_is_what_will_be_tried_again() -> None:
    world = a_world()
    text = f"a delivery of test:it to {QUEUE}"
    assert list(retries_owed(world.timeline, "me")) == []
    world.timeline.schedule(1, lambda _: None)
    delivery = Delivery(world)
    attempt = Attempt(delivery, 1)
    attempt.fail(0, LATER)
    assert (list(retries_owed(world.timeline, "me")), list(retries_owed(world.timeline, "you"))) == ([text], [])
    delivery.wanted = False
    assert list(retries_owed(world.timeline, "me")) == []
    delivery.wanted = True
    attempt.happened = True
    assert list(retries_owed(world.timeline, "me")) == []
    attempt.happened = False
    attempt.failure = None
    assert list(retries_owed(world.timeline, "me")) == []
    delivery.queue_arn = "x" * 300
    assert attempt.owed == f"a delivery of test:it to {'x' * 159}…"


def test_a_sender_says_what_its_dead_letters_are() -> None:
    plain = TargetDelivery(a_world(), QUEUE, "body", None)
    assert (plain.about, plain.is_wanted(), plain.dead_letter_arn, plain.owner) == ({}, True, None, None)
    assert (plain.group_id, plain.partition_key, plain.subject, plain.source_arn, plain.trigger) == (*[None] * 4, "")
    with pytest.raises(NotImplementedError):
        plain.dead_letter(Failure("x"), 0, None)
    plain.on_failure(0, "Denied")
    assert plain.world.outbox == []


# --- what a pattern asks at the top of an event ----------------------------------------------------------------------


def of(text: str) -> Pattern:
    return compile_pattern(text)


def test_values_that_a_pattern_lists_at_the_top_of_an_event() -> None:
    assert of('{"a":["x",1],"b":[{"numeric":["=",3]}],"c":[{"exactly":"y"}]}').listed() == {
        "a": {"x", 1.0},
        "b": {3.0},
        "c": {"y"},
    }
    for conditions in ('{"prefix":"x"}', '{"numeric":[">",3]}', '{"exists":true}', '"10.0.0.1"', '{"anything-but":1}'):
        assert of(f'{{"a":[{conditions}]}}').listed() == {}
    assert of('{"a":["x",{"exists":false}]}').listed() == {"a": {"x"}}
    assert of('{"a":[{"exists":false}]}').listed() == {"a": frozenset()}
    assert of('{"a":{"b":[1]},"$or":[{"c":[1]},{"d":[1]}]}').listed() == {}


def test_whether_a_pattern_asks_for_nothing_else() -> None:
    asks = of('{"source":["a"],"detail-type":["b"]}')
    assert asks.asks_only("source", "detail-type", "account") is True
    assert asks.asks_only("source") is False
    assert of('{"source":["a"],"detail":{"x":[1]}}').asks_only("source", "detail.x") is False
    assert of('{"source":[{"prefix":"a"}]}').asks_only("source") is False
    assert of('{"source":["a"],"$or":[{"b":[1]},{"c":[1]}]}').asks_only("source", "b", "c") is False


def test_a_pattern_may_be_asked_of_an_event_or_of_its_document() -> None:
    pattern = of('{"a":["x"],"b":[{"exists":false}],"$or":[{"c":[1]},{"d":[{"prefix":"y"}]}]}')
    asked: list[tuple[Any, bool]] = [
        ({"a": "x", "c": 1}, True),
        ({"a": "x", "d": "yes"}, True),
        ({"a": ["n", "x"], "c": [1]}, True),
        ({"a": "n", "c": 1}, False),
        ({"a": "x", "b": 1, "c": 1}, False),
        ({"a": "x", "c": 2, "d": "no"}, False),
        ({"a": "x"}, False),
        ({"c": 1}, False),
        ({"a": 5, "c": 1}, False),
        ([], False),
    ]
    for event, expected in asked:
        assert pattern.matches(event) is expected, event
        assert pattern.accepts(document_of(event)) is expected, event
    assert repr(of('{"a":[1]}')) == '<Pattern {"a":[1]}>'
    assert document_of([]).problem == "it is not a JSON object"

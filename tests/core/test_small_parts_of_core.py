"""Small parts by themselves: texts that are shown, ARNs, answers of batches, values, effects, errands."""

from __future__ import annotations

import asyncio
import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from minicloud.core.aggregation import aggregate, deaggregate
from minicloud.core.arns import caller_arn, is_account_id, is_identity_arn, service_in
from minicloud.core.batch_result import failed_messages
from minicloud.core.effects import (
    Change,
    Deliver,
    Depart,
    Departure,
    Effect,
    Sequel,
    ToAlarms,
    ToBucket,
    ToLog,
    ToQueue,
    Transient,
)
from minicloud.core.errands import Abandon, Call, Errand, Invoke, Post, Undeliverable
from minicloud.core.error_text import ErrorText
from minicloud.core.gauges import Gauges
from minicloud.core.predicates import plain, said
from minicloud.core.service import of_error, of_status, of_value
from minicloud.core.shared_text import SharedText
from minicloud.core.shown import VERY_LONG, counted, cut, escaped, shown
from minicloud.core.timeline import SECOND
from minicloud.core.timestamps import datetime_of, datetime_to_the_millisecond, iso_seconds, nanoseconds_of
from minicloud.core.unset import UNSET
from minicloud.core.value import Value
from minicloud.exceptions import AwsError, UsageError

# --- what is shown ---------------------------------------------------------------------------------------------------


def test_a_text_is_cut_to_the_character_and_a_very_long_one_says_how_long_it_is() -> None:
    assert VERY_LONG == 1_000
    assert [cut("abcd", limit) for limit in (5, 4, 3, 2)] == ["abcd", "abcd", "ab…", "a…"]
    assert cut("x" * 999, 10) == "x" * 9 + "…"
    assert cut("x" * 1_000, 10) == "x" * 9 + "… (1,000 characters)"
    assert cut("x" * 1_000, 1_000) == "x" * 1_000
    assert escaped("a\nb" * 2, 5) == "a\\nba…"
    assert escaped("a\nb") == "a\\nb"


def test_a_value_is_shown_cut_with_its_quotes() -> None:
    assert (shown("abc", 5), shown("abc", 4), shown("abcd", 3)) == ("'abc'", "'ab…", "'ab'…")
    assert shown(b"abcd", 3) == "b'ab'…"
    assert shown("x" * 198) == repr("x" * 198)
    assert shown("x" * 200) == f"'{'x' * 198}…"
    assert shown("x" * 201) == f"'{'x' * 199}'…"
    assert shown("x" * 999) == f"'{'x' * 199}'…"
    assert shown("x" * 1_000) == f"'{'x' * 199}'… (1,000 characters)"
    assert shown(b"x" * 1_234_567) == f"b'{'x' * 199}'… (1,234,567 bytes)"
    assert shown(["x" * 300]) == f"['{'x' * 197}…"
    assert shown(["x" * 2_000], 10) == "['xxxxxxx… (2,004 characters)"

    class Odd:
        def __repr__(self) -> str:
            raise KeyError(1)

    assert shown(Odd()) == "<Odd whose repr raises KeyError>"


def test_things_are_counted_in_their_number() -> None:
    assert [counted(number, "message") for number in (0, 1, 2)] == ["0 messages", "1 message", "2 messages"]
    assert counted(2, "copy", "copies") == "2 copies"
    assert counted(1, "copy", "copies") == "1 copy"
    assert [counted(number, "second") for number in (1.0, 0.5, 2.0)] == ["1 second", "0.5 seconds", "2 seconds"]


def test_a_shared_text_has_a_gap_or_none() -> None:
    text = SharedText("head", "tail")
    assert (text.body("-insert-"), text.body("")) == ("head-insert-tail", "head")
    assert (text.head_to_check(), text.size, text.counted()) == ("head", 0, 0)
    text.size = 7
    assert text.counted() == 7
    assert (text.hasher, text.digest, text.attributes) == (None, None, None)
    assert SharedText("all").body("x") == "allx"


def test_what_botocore_says_of_an_acceptor() -> None:
    assert of_status(404) == "Matched expected HTTP status code: 404"
    assert of_error("NotFound") == "Matched expected service error code: NotFound"
    assert of_value("a.b", "DONE") == 'For expression "a.b" we matched expected path: "DONE"'


def test_the_text_of_an_error_has_blanks_and_what_stands_before_it() -> None:
    made: list[tuple[str, str]] = []

    def make(name: str, message: str) -> AwsError:
        made.append((name, message))
        return AwsError(name, message)

    text = ErrorText(make, "Name", "{} is not {what}")
    text("x", what="y")
    text("x", what="y", prefix="Q: ")
    ErrorText(make, "Other", "{}", "L: ")(1, prefix="P: ")
    assert made == [("Name", "x is not y"), ("Name", "Q: x is not y"), ("Other", "L: P: 1")]


# --- times -----------------------------------------------------------------------------------------------------------


def test_moments_are_whole_in_the_unit_that_is_asked_for() -> None:
    moment = 1_767_225_599 * SECOND + 987_654_321
    assert datetime_of(moment) == datetime(2025, 12, 31, 23, 59, 59, 987_654, UTC)
    assert datetime_to_the_millisecond(moment) == datetime(2025, 12, 31, 23, 59, 59, 987_000, UTC)
    assert iso_seconds(moment) == "2025-12-31T23:59:59Z"
    assert nanoseconds_of(datetime_of(moment)) == moment // 1_000 * 1_000
    assert nanoseconds_of(datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC)) == -1_000
    assert iso_seconds(0) == "1970-01-01T00:00:00Z"


# --- ARNs ------------------------------------------------------------------------------------------------------------

ACCOUNT = "123456789012"


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        (f"arn:aws:iam::{ACCOUNT}:root", True),
        (f"arn:aws:iam::{ACCOUNT}:user/a:b", True),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/a/b", True),
        ("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1", True),
        (f"arn:aws:sns::{ACCOUNT}:t", False),
        (f"arm:aws:iam::{ACCOUNT}:root", False),
        ("arn:aws:iam::12345678901:root", False),
        ("arn:aws:iam::cloudfrint:user/x", False),
        (f"arn:aws:iam::{ACCOUNT}:", False),
        (f"arn:aws:iam::{ACCOUNT}", False),
        (f"arn:aws:{ACCOUNT}:iam::root", False),
        (ACCOUNT, False),
        ("", False),
    ],
)
def test_who_a_policy_can_name(arn: str, expected: bool) -> None:
    assert is_identity_arn(arn) is expected


def test_an_account_has_twelve_digits() -> None:
    assert is_account_id(ACCOUNT)
    assert not any(map(is_account_id, (ACCOUNT[1:], f"{ACCOUNT}3", "12345678901x", 123456789012, "²" * 12)))


def test_an_arn_says_whose_it_is() -> None:
    assert service_in("arn:aws:sqs:us-east-1:1:q") == "sqs"
    assert service_in("arn:aws:autoscaling:us-east-1:1:scalingPolicy:x") == "application-autoscaling"
    assert caller_arn(ACCOUNT, "us-east-1") == f"arn:aws:iam::{ACCOUNT}:user/minicloud"
    assert caller_arn(ACCOUNT, "cn-north-1") == f"arn:aws-cn:iam::{ACCOUNT}:user/minicloud"


# --- answers of batches ----------------------------------------------------------------------------------------------

IDS = ("a", "b", "c")


@pytest.mark.parametrize("answer", [None, "", [], {}, {"x": 1}, {"batchItemFailures": None}, {"batchItemFailures": []}])
def test_none_of_a_batch_has_failed(answer: Any) -> None:
    assert not failed_messages(answer, IDS)


@pytest.mark.parametrize(
    "answer",
    [
        "done",
        [1],
        0,
        7,
        True,
        {"batchItemFailures": {}},
        {"batchItemFailures": "a"},
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": None}]},
        {"batchItemFailures": [{"itemIdentifier": 1}]},
        {"batchItemFailures": [{}]},
        {"batchItemFailures": ["a"]},
        {"batchItemFailures": [{"itemIdentifier": "a"}, {"itemIdentifier": "d"}]},
    ],
)
def test_all_of_a_batch_have_failed(answer: Any) -> None:
    assert failed_messages(answer, IDS) == IDS


def test_those_of_a_batch_have_failed_that_are_named() -> None:
    named = [{"itemIdentifier": "c", "more": 1}, {"itemIdentifier": "a"}, {"itemIdentifier": "c"}]
    assert failed_messages({"batchItemFailures": named}, IDS) == {"a", "c"}


# --- values ----------------------------------------------------------------------------------------------------------


class Point(Value):
    x: int
    y: int = 2


class Named(Value, kw_only=True):
    name: str = "a"


def test_a_value_is_its_fields() -> None:
    point = Point(1)
    assert (point.x, point.y) == (1, 2)
    assert point == Point(1, 2) == Point(x=1, y=2) == Point(1, y=2) == Point(1, 3).replace(y=2)
    assert point != Point(1, 3)
    assert point != (1, 2)
    assert len({point, Point(1, 2), Point(2, 2)}) == 2
    assert (repr(point), repr(Named()), repr(Named(name="b"))) == ("Point(x=1)", "Named()", "Named(name='b')")
    assert copy.copy(point) == point
    assert Named(name="b").name == "b"


def test_a_value_says_what_is_wrong_with_its_fields() -> None:
    asked: list[tuple[Any, str]] = [
        (lambda: Point(1, 2, 3), "Point was given too many values: its fields are x, y"),
        (lambda: Named("a"), "Named was given too many values: its fields are name"),  # type: ignore[misc]
        (lambda: Named(nane="a"), "Named has no field 'nane'; did you mean 'name'? it has name"),
        (lambda: Point(1, zzzz=3), "Point has no field 'zzzz': it has x, y"),
        (Point, "Point needs x"),
        (lambda: Point(y=1), "Point needs x"),
    ]
    for make, text in asked:
        with pytest.raises(TypeError) as caught:
            make()
        assert str(caught.value) == text
    with pytest.raises(AttributeError) as refused:
        Point(1).x = 2
    assert str(refused.value) == "Point does not change: use replace(x=...)"


def test_what_was_not_given_counts_as_nothing() -> None:
    assert (bool(UNSET), repr(UNSET)) == (False, "UNSET")


def test_predicates_that_nobody_awaits_are_refused() -> None:
    async def later() -> bool:
        return True

    def now() -> bool:
        return True

    assert plain(now, "wait(...)", "x") is now
    assert said(5, "wait(...)", "x") == 5
    text = "the predicate is an async def, whose coroutine always counts as true: give a def"
    for ask in (
        lambda: plain(later, "the predicate", "give a def"),
        lambda: said(later(), "the predicate", "give a def"),
    ):
        with pytest.raises(UsageError) as caught:
            ask()
        assert str(caught.value) == text


# --- effects ---------------------------------------------------------------------------------------------------------


def test_an_effect_is_due_when_what_it_follows_from_has_happened() -> None:
    change = Change()
    assert change.happened is False
    effects: list[Effect] = [
        ToQueue("arn", "body", cause=change),
        Deliver("arn", "body", cause=change),
        Depart(Departure("sms", "+1", "body", time_ns=0), change),
        ToLog("1", "r", "g", "s", [], cause=change),
        ToAlarms("1", "r", cause=change),
        Sequel(change),
        Abandon(Errand(), change),
    ]
    assert [effect.is_due for effect in effects] == [False] * len(effects)
    change.happened = True
    assert [effect.is_due for effect in effects] == [True] * len(effects)
    assert Effect().is_due is False
    assert [one.is_due for one in (ToQueue("arn", "body"), Deliver("arn", "body"), Sequel(None))] == [False] * 3


def test_a_delivery_is_handed_to_a_queue_with_all_that_it_has() -> None:
    told: list[Any] = []

    def note(now: int, reason: str) -> None:
        told.append((now, reason))

    attributes = {"a": {"DataType": "String", "StringValue": "b"}}
    delivery = Deliver(
        "arn:q",
        '{"a":1}',
        attributes=attributes,
        subject="s",
        group_id="g",
        deduplication_id="d",
        partition_key="p",
        source_arn="arn:t",
        trigger="sns:t",
        on_failure=note,
    )
    assert (delivery.subject, delivery.partition_key, delivery.trigger) == ("s", "p", "sns:t")
    message = delivery.to_queue()
    assert (message.queue_arn, message.body, message.attributes) == ("arn:q", '{"a":1}', attributes)
    assert (message.group_id, message.deduplication_id, message.source_arn) == ("g", "d", "arn:t")
    assert (message.sender_id, message.trace_header, message.message, message.shared, message.insert) == (
        *[None] * 4,
        "",
    )
    assert message.cause is delivery
    assert (message.origin, message.happened) == (None, False)
    delivery.origin = "sns:1"
    assert (message.origin, delivery.about) == ("sns:1", {"origin": "sns:1"})
    assert ToQueue("arn", "body").origin is None
    delivery.fail(5, "why")
    assert told == [(5, "why")]
    assert message.on_failure is note
    plain_one = Deliver("arn:f", '{"a":1}')
    plain_one.fail(5, "why")
    assert (plain_one.about, plain_one.happened, plain_one.begun, plain_one.request_id) == ({}, False, None, "")
    assert plain_one.may_be_refused is False
    first, second = plain_one.event(), plain_one.event()
    assert first == second == {"a": 1}
    assert first is not second


def test_an_object_for_a_bucket_knows_who_puts_it() -> None:
    def nothing(*_: Any) -> None:
        pass

    put = ToBucket(
        "arn:s3",
        "b",
        "k/1",
        b"x",
        source_arn="arn:f",
        trigger="firehose:d",
        on_success=nothing,
        on_failure=nothing,
        cause=Change(),
    )
    assert (put.bucket_name, put.key, put.content, put.body) == ("b", "k/1", b"x", "")
    assert (put.origin, put.may_be_refused, put.made) == ("firehose:d/k/1", True, None)
    assert (put.target_arn, put.source_arn, put.trigger, put.on_failure) == ("arn:s3", "arn:f", "firehose:d", nothing)
    assert put.on_success is nothing


def test_other_effects_have_what_they_are_given() -> None:
    log = ToLog("1", "r", "g", "s", ["a", (5, "b")])
    assert (log.account_id, log.region_name, log.log_group, log.log_stream) == ("1", "r", "g", "s")
    assert (log.messages, log.events) == (["a", (5, "b")], ())
    alarms = ToAlarms("1", "r", put=[{"AlarmName": "a"}], gone=["b"], actions_gone=["arn"])
    assert (alarms.account_id, alarms.region_name) == ("1", "r")
    assert (alarms.put, alarms.gone, alarms.actions_gone) == ([{"AlarmName": "a"}], ["b"], ["arn"])
    none = ToAlarms("1", "r")
    assert (none.put, none.gone, none.actions_gone) == ((), (), ())
    sequel = Sequel(None)
    assert (sequel.happened, sequel.begun) == (False, None)
    with pytest.raises(NotImplementedError):
        sequel.carry_out(0)
    assert isinstance(Transient("x"), str)
    gauges = Gauges("arn", "AWS/SQS", (), ())
    assert gauges.is_idle is False


def test_a_departure_shows_itself_on_one_line() -> None:
    sent = Departure("email", "a@example.com", "Hello\n" + "x" * 100, time_ns=3 * SECOND, message_id="m", subject="s")
    assert repr(sent) == f"<email to a@example.com at 00:00:03: 'Hello\\n{'x' * 53}'…>"
    assert (sent.headers, sent.attributes, sent.message_id, sent.subject) == ({}, {}, "m", "s")
    assert sent.time == datetime(1970, 1, 1, 0, 0, 3, tzinfo=UTC)
    full = Departure("http", "e", "b", time_ns=0, headers={"h": "1"}, attributes={"a": {}})
    assert (full.headers, full.attributes, full.subject, full.message_id) == ({"h": "1"}, {"a": {}}, None, None)


# --- errands ---------------------------------------------------------------------------------------------------------


def test_an_errand_is_what_its_kind_makes_of_it() -> None:
    errand = Errand()
    assert (errand.owed, errand.is_over, errand.at_once, errand.keeps_assertions) == ("an errand", False, False, False)
    assert (errand.came, errand.ending, errand.target, errand.is_called) == (None, None, None, True)
    with pytest.raises(Undeliverable) as caught:
        errand.perform()
    assert str(caught.value) == "nothing carries this out"
    errand.target = lambda one: (one, "done")
    assert errand.perform() == (errand, "done")
    errand.waits(0)
    with pytest.raises(NotImplementedError):
        errand.complete(0, None, None)
    run = Invoke()
    with pytest.raises(NotImplementedError):
        run.name  # noqa: B018
    with pytest.raises(NotImplementedError):
        run.accept(0)
    assert Abandon(errand).errand is errand
    assert Abandon(errand).cause is None


def test_a_post_tells_its_sender() -> None:
    told: list[Any] = []
    departure = Departure("http", "http://example.com/" + "x" * 200, "b", time_ns=0)
    change = Change()
    post = Post(departure, lambda *outcome: told.append(outcome), change)
    assert post.url == departure.endpoint
    assert post.owed == f"a post to http://example.com/{'x' * 100}…"
    assert post.cause is change
    post.complete(7, 200, None)
    assert told == [(7, 200, None)]


def test_a_call_is_made_once() -> None:
    called: list[Any] = []

    def handler(*arguments: object) -> str:
        called.append(arguments)
        return "said"

    call = Call(handler, (1, "a"), "alarm deep")
    assert (call.owed, call.is_called, call.keeps_assertions, call.came) == ("a call for alarm deep", False, True, None)
    assert call.cause is None
    assert call.perform() == call.perform() == "said"
    assert called == [(1, "a")]
    assert (call.is_called, call.came) == (True, ("said", None))
    call.complete(0, "said", None)


def test_a_call_of_an_async_def_has_ended_when_that_has() -> None:
    ends: list[str] = []

    async def handler() -> str:
        ends.append("began")
        assert call.came is None
        return "said"

    call = Call(handler, (), "x")
    awaitable = call.perform()
    assert ends == []
    assert asyncio.run(_awaited(awaitable)) == "said"
    assert ends == ["began"]
    assert call.came == ("said", None)
    assert call.perform() == "said"


async def _awaited(awaitable: Any) -> Any:
    return await awaitable


def test_why_an_entry_cannot_be_aggregated() -> None:
    asked: list[tuple[list[Any], str]] = [
        ([], "there is nothing to aggregate: give at least one entry"),
        (
            [("a",)],
            "('a',) is not an entry: use (partition_key, data) or (partition_key, hash_key, data)",
        ),
        ([("a", 1, b"b")], "('a', 1, b'b') is not an entry: keys are strings, data is bytes"),
        ([(1, b"b")], "(1, b'b') is not an entry: keys are strings, data is bytes"),
        ([("a", "b")], "('a', 'b') is not an entry: keys are strings, data is bytes"),
    ]
    for entries, reason in asked:
        with pytest.raises(ValueError, match="entry") as caught:
            aggregate(entries)
        assert str(caught.value) == reason
    assert [record.data for record in deaggregate(aggregate([("a", bytearray(b"b")), ("a", None, b"c")]))] == [
        b"b",
        b"c",
    ]

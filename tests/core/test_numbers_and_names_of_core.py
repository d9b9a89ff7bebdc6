"""AWS's numbers and names as core has them, and what is always the same: ids of a seed, distances of names, escapes."""

from __future__ import annotations

import email.utils
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import md5
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import minicloud
from minicloud import Limits, UsageError, explain_pattern
from minicloud.core import facts
from minicloud.core import ids as ids_module
from minicloud.core.chaos import Chaos
from minicloud.core.conditions.clauses import Clause, Condition
from minicloud.core.conditions.values import ip_number
from minicloud.core.date_texts import moment_of
from minicloud.core.deduplication import WINDOW
from minicloud.core.event_pattern.errors import EventPatternError
from minicloud.core.event_pattern.matcher import _compile_clause, compile_pattern
from minicloud.core.event_pattern.values import read_event
from minicloud.core.ids import Identifiers, derived_random
from minicloud.core.json_text import find_fault
from minicloud.core.listing import Listing
from minicloud.core.message_records import size_of, size_of_event, upper_bound
from minicloud.core.near import _distance
from minicloud.core.notes import of_region
from minicloud.core.schedule import RULES, read_schedule
from minicloud.core.service import Service
from minicloud.core.shown import escaped
from minicloud.core.target_deliveries import RetryPolicy
from minicloud.core.timeline import FOREVER, LATEST, SECOND
from minicloud.core.timestamps import nanoseconds_of
from minicloud.core.tokens import LIFETIME, TokenMaker
from minicloud.services.iam.service import SERVICE as IAM
from minicloud.services.sqs.service import SERVICE as SQS

# --- numbers ---------------------------------------------------------------------------------------------------------

LIMITS: dict[str, Any] = {
    "rates": False,
    "invocations_per_call": 10000,
    "sqs_in_flight_standard": 120000,
    "sqs_in_flight_fifo": 120000,
    "sqs_fifo_look_ahead": 120000,
    "sqs_noisy_group_in_flight": 30,
    "sqs_noisy_group_percent": 10,
    "sqs_message_size": 1048576,
    "sqs_purge_seconds": 60,
    "sqs_recreate_seconds": 60,
    "sqs_fifo_calls_per_second": 300,
    "sqs_move_tasks": 100,
    "sqs_move_task_seconds": 129600,
    "sns_topics": None,
    "sns_fifo_topics": None,
    "sns_subscriptions": None,
    "sns_fifo_subscriptions": None,
    "sns_filter_policies": None,
    "lambda_concurrency": 1000,
    "lambda_payload_sync": 6291556,
    "lambda_payload_async": 1048576,
    "kinesis_transition_seconds": 0,
    "kinesis_shards": None,
    "kinesis_on_demand_streams": 50,
    "kinesis_streams_creating": 5,
    "kinesis_consumers": 20,
    "kinesis_consumers_advantage": 50,
    "kinesis_consumers_creating": 5,
    "kinesis_queues_changing": 5,
    "kinesis_queue_in_flight": 120000,
    "kinesis_tags": 50,
    "kinesis_put_records_size": 10485760,
    "kinesis_scaling_factor": 2,
    "kinesis_scaling_down_factor": 2,
    "kinesis_scalings_per_day": 10,
    "kinesis_mode_switches_per_day": 2,
    "kinesis_key_changes_per_day": 25,
    "events_buses": 100,
    "events_rules": 300,
    "lambda_pollers_at_first": 5,
    "lambda_pollers_per_minute": 300,
}
"""Of AWS's quotas, where nobody says otherwise."""

ONLY_SLOW = ("sqs_purge_seconds", "sqs_recreate_seconds", "kinesis_scaling_factor", "kinesis_scaling_down_factor")
ONLY_SLOW += ("kinesis_scalings_per_day", "kinesis_mode_switches_per_day", "kinesis_key_changes_per_day")


def test_the_numbers_of_aws() -> None:
    assert vars(Limits()) == vars(Limits.named("aws")) == LIMITS
    assert vars(Limits.named("strict")) == {**LIMITS, "rates": True}
    assert vars(Limits.named("relaxed")) == {**LIMITS, **dict.fromkeys(ONLY_SLOW, 0)}
    with pytest.raises(UsageError) as caught:
        Limits.named("no")
    assert str(caught.value) == (
        'limits=\'no\' is not a set of limits: use "aws", "strict", "relaxed" or a minicloud.Limits'
    )


def test_times_and_tries_of_aws() -> None:
    assert (WINDOW, LIFETIME) == (300 * SECOND, 300 * SECOND)
    assert (RetryPolicy().retries, RetryPolicy().age) == (185, 24 * 3_600)
    end = nanoseconds_of(datetime(9999, 12, 31, tzinfo=UTC)) + 86_400 * SECOND
    assert (end, nanoseconds_of(datetime(9999, 1, 1, tzinfo=UTC))) == (FOREVER, LATEST)


# --- names -----------------------------------------------------------------------------------------------------------

RESERVED = """
exactly equals-ignore-case prefix suffix anything-but exists wildcard numeric cidr = < <= > >= regex not-wildcard
not-equals-ignore-case date-after date-on-or-after date-before date-on-or-before in-date-range ip-address-in-range
ip-address-not-in-range
""".split()  # noqa: SIM905


@pytest.mark.parametrize("name", RESERVED)
def test_names_that_no_field_of_an_alternative_may_have(name: str) -> None:
    """Nor one that is nested in another field is kept from having."""
    with pytest.raises(EventPatternError) as caught:
        compile_pattern(f'{{"$or":[{{"a":[1]}},{{"{name}":[1]}}]}}')
    assert caught.value.reason == f"{name} is Ruler reserved fieldName which cannot be used inside $or."
    compile_pattern(f'{{"$or":[{{"a":[1]}},{{"{name}x":[1]}}]}}')
    compile_pattern(f'{{"{name}":[1]}}')


def test_details_for_programs_are_details_that_are_told() -> None:
    """Or else one that is meant to be left out would stand in each line."""
    package = Path(minicloud.__file__).parent
    tellers = [*package.glob("services/*/facts.py"), *package.glob("services/cloudwatch/counted_*.py")]
    tellers += [package / "engine/recorder.py", package / "services/kinesis/operations/records.py"]
    told = "\n".join(path.read_text(encoding="utf-8") for path in tellers)
    assert [name for name in sorted(facts.FOR_PROGRAMS) if f"{name}=" not in told and f'"{name}"' not in told] == []
    assert facts.BY_THEMSELVES < facts.KINDS


def test_controls_have_escapes_and_what_may_be_shown_has_none() -> None:
    shown = {code: escaped(f"a{chr(code)}b")[1:-1] for code in range(0x3000)}
    names = {9: "\\t", 10: "\\n", 13: "\\r"}
    controls = [*range(0x20), *range(0x7F, 0xA0)]
    turns = [0x61C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A)]
    expected = {code: names.get(code, f"\\x{code:02x}") for code in controls}
    expected |= {code: f"\\u{code:04x}" for code in turns}
    assert {code: text for code, text in shown.items() if text != chr(code)} == expected
    assert escaped("\ufefe\ufeff\uff00\u3000") == "\ufefe\\ufeff\uff00\u3000"


# --- what is always the same -----------------------------------------------------------------------------------------


def test_the_ids_of_a_seed_are_these() -> None:
    """Also in the next release: tests of others may have them written down."""
    ids_module._lanes.cache_clear()
    ids = Identifiers("seed")
    stream = ids.uuids("requests")
    assert ids.uuids("requests") is stream
    made = [stream.next() for _ in range(600)]
    assert made[0] == "76281c7f-bd0e-450b-ac0e-bc0ae55cebd2"
    assert md5("".join(made).encode(), usedforsecurity=False).hexdigest() == "c2936c6739d2306dc8390b1c83e9353f"
    assert stream.position == 600
    assert ids.user_id("123456789012") == "AIDAMS6S4E34X3WLWG4HS"
    assert ids.iam_id("AROA", "role/x") == "AROA4F4W5ORZDRYPELRCR"
    assert ids.digest("x", 4).hex() == "49f448d0"
    assert len(ids.digest("x")) == 32
    assert ids.random("x").random() == derived_random("seed", "x").random() == 0.28517954152487834
    assert Identifiers("\ud800").uuids("x").next() != Identifiers("\ud801").uuids("x").next()
    assert Identifiers("\ud800").random("x").random() != Identifiers("\ud801").random("x").random()


def test_ids_are_made_few_at_first_and_then_256_at_a_time() -> None:
    stream = Identifiers("seed").uuids("requests")
    sizes = []
    while len(sizes) < 8:
        if not stream.pool:
            stream.next()
            sizes.append(len(stream.pool) + 1)
        stream.pool.clear()
    assert sizes == [8, 8, 16, 32, 64, 128, 256, 256]


@cache
def distance(one: str, other: str) -> int:
    """By its definition: the least number of changes, of which a swap of neighbours is one."""
    if not one or not other:
        return len(one) + len(other)
    least = min(
        distance(one[1:], other) + 1, distance(one, other[1:]) + 1, distance(one[1:], other[1:]) + (one[0] != other[0])
    )
    if len(one) > 1 and len(other) > 1 and one[0] == other[1] and one[1] == other[0]:
        least = min(least, distance(one[2:], other[2:]) + 1)
    return least


def test_the_distance_of_two_words_is_the_least_number_of_slips() -> None:
    words = ["".join(letters) for size in range(5) for letters in product("ab", repeat=size)]
    words += ["abcacbc", "abc", "cab", "bca", "abcd", "badc"]
    for one in words:
        for other in words:
            assert _distance(one, other, 99) == distance(one, other), (one, other)
            for limit in (1, 2, 3):
                assert min(_distance(one, other, limit), limit) == min(distance(one, other), limit)


def test_the_last_days_of_the_months() -> None:
    """Of a year that is no leap year and of one that is."""
    for year in (2026, 2028, 2100, 2000):
        last = read_schedule(f"cron(0 0 L * ? {year})", RULES)
        moment = nanoseconds_of(datetime(year, 1, 1, tzinfo=UTC))
        for month in range(1, 13):
            following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
            due = last.next_after(moment, 0)
            assert due == nanoseconds_of(following - timedelta(days=1))
            moment = due
        assert last.next_after(moment, 0) is None


@pytest.mark.parametrize("text", ["7 Jan 2026 13:05 pm", "32 Jan 2026", "13/13/2026", "7pm", "x", ""])
def test_dates_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        moment_of(text)


def test_the_ends_of_an_address_and_a_document_that_is_too_deep() -> None:
    assert ip_number("::255.255.255.255") == (128, 2**32 - 1)
    with pytest.raises(ValueError, match=r"^nested too deeply$"):
        read_event("[" * 200_000 + "]" * 200_000)
    assert find_fault('"\\~"', "S") == (
        "Unrecognized character escape '~' (code 126)\n at [Source: S; line: 1, column: 4]"
    )


def test_why_a_pattern_is_refused_is_said_up_to_a_thousand_characters() -> None:
    with pytest.raises(UsageError) as caught:
        explain_pattern('{"' + "x" * 2_000 + '": 1}', {})
    said = str(caught.value)
    assert said.startswith('AWS refuses this event pattern: "xxx')
    assert len(said.removeprefix("AWS refuses this event pattern: ").partition("…")[0]) == 999
    with pytest.raises(UsageError) as caught:
        explain_pattern({"a": [1]}, '{"a": ' + "x" * 10)
    assert str(caught.value) == "explain_pattern(): event is not JSON: Expecting value: line 1 column 7 (char 6)"


# --- sizes of records ------------------------------------------------------------------------------------------------

ARN = "arn:aws:sqs:eu-west-1:123456789012:q"


def message_of(body: str = "b", **attributes: Any) -> dict[str, Any]:
    system = {"ApproximateReceiveCount": "1", "SentTimestamp": "2", "SenderId": "s"}
    message: dict[str, Any] = {
        "MessageId": "id",
        "ReceiptHandle": "handle",
        "Body": body,
        "MD5OfBody": "d",
        "Attributes": {**system, "ApproximateFirstReceiveTimestamp": "3"},
    }
    return {**message, "MessageAttributes": attributes, "MD5OfMessageAttributes": "m"} if attributes else message


@pytest.mark.parametrize(
    "message",
    [
        message_of(),
        message_of("\0" * 10_000),
        message_of("é" * 10_000),
        message_of(a={"DataType": "String", "StringValue": "\0" * 10_000}),
        message_of(a={"DataType": "String." + "\x7f" * 200, "StringValue": "x"}, **{"n" * 200: {"DataType": "String"}}),
        message_of(a={"DataType": "Binary", "BinaryValue": b"\xff" * 10_000}),
        message_of(**{f"{'n' * 100}{number}": {"DataType": "String", "StringValue": ""} for number in range(10)}),
        message_of(**{"é" * 1_000: {"DataType": "é" * 1_000, "StringValue": "é" * 1_000}}),
        message_of(**{"\0" * 1_000: {"DataType": "\0" * 1_000, "StringValue": "x"}}),
    ],
)
def test_a_bound_of_a_record_s_size_is_no_less_than_it(message: dict[str, Any]) -> None:
    """And not absurdly more."""
    size = size_of(message, ARN)
    assert size <= upper_bound(message) <= 6 * size + 3_000


def test_an_event_is_as_large_as_its_records() -> None:
    assert size_of_event([]) == len('{"Records":[]}')
    assert size_of_event([5, 7]) == len('{"Records":[]}') + 12


# --- bounds ----------------------------------------------------------------------------------------------------------


def test_a_wildcard_has_five_stars_that_mean_something() -> None:
    """A backslash takes the meaning of a star away, and that of a backslash."""
    star, plain_star, behind_backslash = "a*", r"a\*", r"a\\*"
    for wildcard in (star * 5, plain_star * 9, behind_backslash * 5, plain_star * 9 + star * 5, star * 5 + r"\\" * 9):
        compile_pattern(json.dumps({"a": [{"wildcard": wildcard}]}))
    for wildcard in (star * 6, behind_backslash * 6, plain_star + star * 6, behind_backslash * 3 + star * 3):
        with pytest.raises(EventPatternError, match=r"^Rule is too complex"):
            compile_pattern(json.dumps({"a": [{"wildcard": wildcard}]}))


def test_what_a_maker_of_tokens_remembers_has_an_end() -> None:
    maker = TokenMaker(b"k" * 32)
    for number in range(600):
        maker.make("a", number)
        assert len(maker._latest) == number % 256 + 1


def test_a_listing_may_have_other_items() -> None:
    listing: Listing[int, str] = Listing()
    listing.add(5, "a")
    items = {9: "c", 1: "b"}
    listing.renew(items)
    assert listing.page(9) == [1, 9]
    assert listing.items is items


def test_a_condition_of_a_clause_holds_or_does_not() -> None:
    row = _compile_clause(Clause("a", (Condition("prefix", "x", '{"prefix":"x"}'),)))
    assert row[:2] == ("a", frozenset())
    assert row[2] is not None
    assert [row[2].hold_of(values) for values in (("xa",), ("a", "x"), ("a",), ())] == [True, True, False, False]


def test_a_name_that_is_very_long_is_cut_in_a_note() -> None:
    cut = "x" * 79 + "…"
    assert of_region("x" * 80, "r") == (
        f'it is of {"x" * 80}, and this call went to r: make the client with region_name="{"x" * 80}"'
    )
    assert (
        of_region("x" * 81, "r") == f'it is of {cut}, and this call went to r: make the client with region_name="{cut}"'
    )


def test_what_a_draw_stands_for() -> None:
    """The first one for what happens without chance, and each of the others for as much."""
    numbers = [Chaos(lambda _, place=place: place).count(7) for place in range(6)]  # type: ignore[misc]
    assert numbers == [7, 7, 6, 8, 5, 9]
    assert [Chaos(lambda _, place=place: place).count(1) for place in range(6)] == [1, 1, 0, 2, 0, 3]  # type: ignore[misc]
    late = [Chaos(lambda _, place=place: place).lateness() for place in range(5)]  # type: ignore[misc]
    assert late == [0, 0, 0, SECOND // 10, SECOND]


def test_a_text_that_the_parser_of_some_releases_stumbles_over_is_no_date(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumbles(_: str) -> None:
        raise TypeError

    monkeypatch.setattr(email.utils, "parsedate_to_datetime", stumbles)
    with pytest.raises(ValueError, match=r"^someday$"):
        moment_of("someday")


def test_why_something_is_not_json_is_said_up_to_two_hundred_characters() -> None:
    very_long = type("X" * 300, (), {})
    for pattern, event, what in (({"a": [very_long()]}, {}, "pattern"), ({"a": [1]}, {"a": very_long()}, "event")):
        with pytest.raises(UsageError) as caught:
            explain_pattern(pattern, event)
        assert str(caught.value) == f"explain_pattern(): {what} is not JSON: {('Object of type ' + 'X' * 300)[:199]}…"


def test_services_that_are_one_for_all_regions_of_a_partition() -> None:
    """As far as their clients are told; a service is whole and one of a region unless it says otherwise."""
    assert (IAM.is_global, SQS.is_global, SQS.is_partial) == (True, False, False)
    assert (SQS.endpoint_prefix, dict(SQS.refused), Service._defaults["error_headers"](None)) == ("", {}, {})
    assert {name: Service._defaults[name] for name in ("is_partial", "endpoint_prefix", "is_global")} == {
        "is_partial": False,
        "endpoint_prefix": "",
        "is_global": False,
    }

"""Texts from outside are shown safely: nothing that is shown carries what a terminal or a page would act on."""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import minicloud
from minicloud import Cloud
from minicloud.core.effects import Departure
from minicloud.core.shown import VERY_LONG, cut, escaped, shown
from minicloud.engine.handlers import HttpRequest
from minicloud.exceptions import ClientError, UsageError
from minicloud.faults import Fault, Refuse
from minicloud.inspection.bodies import excerpt
from minicloud.inspection.envelope import SnsEnvelope
from minicloud.inspection.history import Violation
from minicloud.inspection.html import page
from minicloud.inspection.ledger import Ledger
from minicloud.inspection.message_ledger import Delivery, Move
from minicloud.inspection.rendering import render
from minicloud.inspection.report import report
from minicloud.inspection.text import describe
from minicloud.inspection.trace_event import TraceEvent
from minicloud.inspection.views.queues import MessageView
from minicloud.inspection.views.stream_queues import RecordView
from minicloud.inspection.views.topics import DeliveryView, PublicationView, SubscriptionView
from minicloud.services.sns.publication import Publication
from tests.pytest_plugin.support import run
from tests.support.depth import deep

REFUSED = ("Cc", "Cs", "Zl", "Zp")
BIDI = {0xFEFF, 0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
NASTY = "\x1b[31mred\x1b[0m\r\n00:00:00.000  jobs  deleted\x07\x9b\u202e\u2066\u2028\x85\ud800</script><!-- \x00"
TRACE = Cloud().trace
TEXTS = st.text(st.characters(), max_size=60) | st.lists(st.sampled_from([*NASTY, "x"])).map("".join)


def wrong_in(text: str) -> set[str]:
    """The characters of a text that must not be shown; a line break stands between lines, where there are several."""
    return {
        character
        for character in text
        if character != "\n"
        and (
            unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
            or ord(character) in BIDI
            or character == "\ufeff"
        )
    }


class Odd:
    """An object of the caller's."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


class Raises:
    def __repr__(self) -> str:
        raise RuntimeError("no")


# --- the functions ---------------------------------------------------------------------------------------------------


@given(TEXTS)
def test_an_escaped_text_is_one_line_and_the_rest_of_it_stays(text):
    assert not wrong_in(escaped(text))
    assert "\n" not in escaped(text)
    if not wrong_in(text) and "\n" not in text:
        assert escaped(text) == text


def test_escapes_read_as_in_python():
    assert escaped("a\tb\nc\rd\x1be\x85f\u202eg\ud800h\u2028") == r"a\tb\nc\rd\x1be\x85f\u202eg\ud800h\u2028"
    assert escaped("grüße 日本語 👩‍👩‍👧 a\u00a0b") == "grüße 日本語 👩‍👩‍👧 a\u00a0b"


def test_a_very_long_text_is_cut_and_its_length_said():
    assert cut("a" * 10, 10) == "a" * 10
    assert cut("a" * 11, 10) == "a" * 9 + "…"
    assert cut("a" * 250_000, 10) == "aaaaaaaaa… (250,000 characters)"
    assert shown("a" * 250_000, 10) == "'aaaaaaaaa'… (250,000 characters)"
    assert shown(b"a" * 250_000, 10) == "b'aaaaaaaaa'… (250,000 bytes)"
    assert shown("a" * (VERY_LONG - 1), 10) == "'aaaaaaaaa'…"
    assert excerpt("a" * 250_000, 10) == '"aaaaaaaaa…" (250,000 characters)'
    assert excerpt("one\n  two") == '"one two"'


@given(TEXTS)
def test_a_shown_value_is_its_repr(text):
    assert shown(text, 1_000) == repr(text) or wrong_in(repr(text))
    assert not wrong_in(shown(Odd(text)))
    assert "\n" not in shown(Odd(text))


def test_a_value_whose_repr_raises_is_shown_by_its_class():
    assert shown(Raises()) == "<Raises whose repr raises RuntimeError>"
    assert shown(10**5_000) == "<int whose repr raises ValueError>"
    with pytest.raises(UsageError, match="<Raises whose repr raises RuntimeError>"):
        Cloud(clock=Raises())  # type: ignore[arg-type]


# --- everything that is shown ----------------------------------------------------------------------------------------


def event(kind: str, text: str, **details: Any) -> TraceEvent:
    return TraceEvent(0, kind, text, {"arn": text, **details}, actor=text, number=1)


def sent(text: str) -> TraceEvent:
    return event("sqs.message.sent", text, message_id="m" * 36, body=text, group_id=text, attributes={text: {}})


def events(text: str) -> list[TraceEvent]:
    run = {"request_id": "r" * 36, "message_ids": ["m" * 36]}
    return [
        sent(text),
        event("sqs.message.received", text, message_id="m" * 36, handle=text, receive_count=1, visibility_seconds=5),
        TraceEvent(1, "sqs.receive.empty", "jobs", {"arn": "arn"}, actor="another", number=2),
        event("sqs.poll.began", text, poll=1, wait_seconds=3),
        event("sns.message.published", text, message_id="p" * 36, body=text, subject=text),
        event("sns.delivery.failed", text, message_id="p" * 36, endpoint=text, subscription=text, reason=text),
        event("sns.delivery.retried", text, message_id="p" * 36, endpoint=text, attempt=1, reason=text),
        event("lambda.invoked", text, function=text, attempt=1, trigger=f"sqs:{text}", **run),
        event(
            "lambda.failed",
            text,
            function=f"arn:{text}",
            attempt=1,
            reason=text,
            stack=[text.replace("\n", " ")],
            **run,
        ),
        event("mapping.taken", text, function=text, message_ids=["m" * 36], mapping=text),
        event("mapping.filtered", text, function=text, message_ids=["m" * 36], mapping=text),
        event("sns.subscription.created", text, protocol="lambda", endpoint=text, pending=False),
        event("sns.confirmation.failed", text, reason=text, endpoint=text),
        event(
            "kinesis.record.put", text, shard_id="shardId-0", partition_key=text, data=text.encode("utf-8", "replace")
        ),
        event("fault.fired", text, fault=text),
        event("chaos", text, choice=text),
        event("call", text, MessageBody=text, Entries=[{"Id": text, "Data": Odd(text)}]),
        event("call.refused", f"sqs.{text}", error=text, message=text, QueueUrl=text),
    ]


def report_of(error: Callable[[], object]) -> str:
    try:
        error()
    except (UsageError, AssertionError) as raised:
        return str(raised)
    return ""


def assertion(text: str) -> str:
    with Cloud(trace=True, clock="virtual", seed=1) as cloud:
        sqs, sns, kinesis = cloud.client("sqs"), cloud.client("sns"), cloud.client("kinesis")
        sqs.create_queue(QueueName="jobs")
        topic = sns.create_topic(Name="t")["TopicArn"]
        kinesis.create_stream(StreamName="s", ShardCount=1)
        # SNS refuses U+0000, and what is no text.
        sns.publish(TopicArn=topic, Message=f"{text.encode('utf-8', 'replace').decode()}.".replace("\0", ""))
        kinesis.put_record(StreamName="s", Data=text.encode("utf-8", "replace"), PartitionKey="k")

        def predicate(_: object) -> bool:
            return False

        predicate.__name__ = text
        cases = [
            lambda: cloud.assert_published("t", message={"id": text}, subject=text, attributes={text: text}),
            lambda: cloud.assert_published("t", message=predicate),
            lambda: cloud.assert_put("s", data=text + "no", partition_key=text),
            lambda: cloud.assert_sent("jobs", Odd(text), group_id=text),
            lambda: cloud.assert_sent(text, "no"),
            lambda: cloud.assert_empty(text),
            lambda: cloud.assert_drained(ignoring=[text]),
        ]
        views = [
            repr(cloud.topic("t").published),
            repr(cloud.stream("s").records),
            str(cloud.ledger),
            cloud.trace.render(),
        ]
        return "\n".join([*map(report_of, cases), *views])


def usage_errors(text: str) -> str:
    cloud = Cloud(clock="frozen", seed=1)
    odd: Any = Odd(text)
    cases: list[Callable[[], object]] = [
        lambda: Cloud(account_id=text),
        lambda: Cloud(region_name=text + " "),
        lambda: Cloud(clock=text + " "),
        lambda: Cloud(clock=odd),
        lambda: Cloud(limits=text + " "),
        lambda: Cloud(delivery=text + " "),
        lambda: cloud.client(text),
        lambda: cloud.resource(text),
        lambda: cloud.client("sqs").__getattr__("x" + text),
        lambda: cloud.queue(text),
        lambda: cloud.queue(f"arn:aws:sqs:{text}:1:{text}"),
        lambda: cloud.topic(text),
        lambda: cloud.stream(text),
        lambda: cloud.visit(text),
        lambda: cloud.opt_out(text),
        lambda: cloud.signing_certificate(text),
        lambda: cloud.function(text, odd),
        lambda: cloud.http_endpoint(text, odd),
        lambda: cloud.restore(odd),
        lambda: cloud.clock.advance(odd),
        lambda: cloud.clock.advance_to(odd),
        lambda: cloud.faults.refuse(text),
        lambda: cloud.faults.refuse("InternalError", service=text),
        lambda: cloud.faults.refuse("InternalError", operation=text),
        lambda: cloud.faults.add(odd),
        lambda: cloud.faults.remove(odd),
        lambda: Fault(odd),
        lambda: cloud.check_history(checks=[text]),
        lambda: minicloud.run(odd),
        lambda: minicloud.mock_aws()(odd),
        lambda: minicloud.mock_aws(passthrough=text),
        lambda: minicloud.mock_aws(cloud=cloud, **{text + "x": 1}),  # type: ignore[call-overload]
    ]
    return "\n".join(map(report_of, cases))


def names_of_neighbours(text: str) -> str:
    cloud = Cloud(clock="frozen", seed=1)
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="bucket")
    url = cloud.client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
    queue = {"QueueArn": cloud.queue(url).arn, "Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(
        Bucket="bucket", NotificationConfiguration={"QueueConfigurations": [queue]}
    )
    with suppress(ClientError):  # which a key may not be
        s3.put_object(Bucket="bucket", Key=text.encode("utf-8", "replace").decode()[:500] or "k", Body=b"")
    bucket = cloud.bucket("bucket")
    return f"{bucket.objects} {bucket.events} {cloud.metric(text, text, **{text: text})!r}"


SHOWN: dict[str, Callable[[str], str]] = {
    "names of neighbours": names_of_neighbours,
    "the trace": lambda text: render(events(text)),
    "the report": lambda text: report(events(text), users=()),
    "envelopes": lambda text: repr(SnsEnvelope({"Message": text, "TopicArn": text})),
    "an event": lambda text: "\n".join(map(str, events(text))),
    "events in words": lambda text: "\n".join(map(describe, events(text))),
    "the ledger": lambda text: f"{Ledger(events(text))}\n{list(Ledger(events(text)))}",
    "deliveries and moves": lambda text: f"{Delivery(1, text, 0, text, text, 1)} {Move(0, text, text)}",
    "messages": lambda text: repr(
        MessageView("m" * 36, text, {text: text}, {}, "visible", 1, text, sent(text).time, None)
    ),
    "publications": lambda text: repr(PublicationView.of(Publication(None, "1", "m" * 36, 0, text, None, text), TRACE)),
    "deliveries of publications": lambda text: repr(DeliveryView(text, "http", text, "failed", text)),
    "subscriptions": lambda text: repr(SubscriptionView(text, "http", text, confirmed=False, raw=True)),
    "records": lambda text: repr(RecordView("49", text, text.encode("utf-8", "replace"), "shardId-0", sent(text).time)),
    "the outbox": lambda text: repr([Departure("sms", text, text, time_ns=0, subject=text, headers={text: text})]),
    "requests": lambda text: repr(HttpRequest(text, {text: text}, text.encode("utf-8", "replace"))),
    "violations": lambda text: f"{Violation('no_loss', text, text, 0, text)}",
    "faults": lambda text: repr(Fault(Refuse((text, text)), resource=text, where=Odd(text))),  # type: ignore[arg-type]
    "clouds": lambda text: repr(Cloud(seed=text)),
    "excerpts": excerpt,
    "assertions": assertion,
    "usage errors": usage_errors,
}


@pytest.mark.parametrize("what", SHOWN)
@settings(max_examples=deep(200), deadline=None)
@given(text=TEXTS)
def test_nothing_that_is_shown_is_more_than_text(what, text):
    output = SHOWN[what](text)
    assert not wrong_in(output)
    # Nor can a text begin a line of its own.
    assert output.count("\n") == SHOWN[what](re.sub(r"[^a-z0-9]", "_", text)).count("\n") or what == "usage errors"


@pytest.mark.parametrize("what", SHOWN)
def test_what_is_shown_of_the_worst_text(what):
    output = SHOWN[what](NASTY)
    assert not wrong_in(output)
    assert "\n00:00:00.000  jobs  deleted" not in output


@pytest.mark.parametrize("what", [what for what in SHOWN if what not in ("assertions", "usage errors")])
def test_a_very_long_text_does_not_flood_what_is_shown(what):
    assert len(SHOWN[what]("long " * 50_000)) < 25_000


@settings(max_examples=deep(200), deadline=None)
@given(TEXTS)
def test_the_page_holds_only_text(text):
    whole = page(f"seed={shown(text)}", events(text))
    assert not wrong_in(whole)
    whole.encode()
    data = whole.split('<script id="data" type="application/json">')[1].split("</script>")[0]
    assert "<" not in data
    assert json.loads(data)["events"]
    assert whole.count("</script>") == 2


def test_the_data_itself_stays_as_it_is():
    body = "a\x1b[31m\nb\u202e"
    with Cloud(trace=True, clock="virtual") as cloud:
        sns = cloud.client("sns")
        topic = sns.create_topic(Name="t")["TopicArn"]
        sns.publish(TopicArn=topic, Message=body)
        assert cloud.topic("t").messages == [body]
        (published,) = cloud.trace.of("sns.message.published")
        assert published.details["body"] == body
        assert cloud.assert_published("t", body)[0].body == body


def test_what_a_handler_and_a_thread_say_is_shown_safely():
    def handler(event, context):
        raise RuntimeError(NASTY + "long " * 1_000)

    with Cloud(trace=True, clock="virtual") as cloud:
        sns = cloud.client("sns")
        topic = sns.create_topic(Name="t")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=cloud.function("f", handler))
        sns.publish(TopicArn=topic, Message="m")
        thread = threading.Thread(target=sns.list_topics, name=NASTY)
        thread.start()
        thread.join()
        text = cloud.trace.render()
        assert not wrong_in(text)
        assert "run 1 for sns:t: failed (RuntimeError: \\x1b[31mred" in text
        assert "characters)" in text
        assert "[\\x1b[31mred" in text


def test_seeds_may_be_any_text():
    one, other = Cloud(seed=NASTY), Cloud(seed=NASTY)
    made = [cloud.client("sqs").create_queue(QueueName="q")["ResponseMetadata"]["RequestId"] for cloud in (one, other)]
    assert made[0] == made[1]


def test_the_report_of_a_failed_test_is_safe(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        r"""
import minicloud

def test_orders(sns, cloud):
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.publish(TopicArn=topic, Message="\x1b]0;title\x07\r\n00:00:00.000  jobs  deleted\x9b\u202e</script>")
    minicloud.Cloud(seed="\ud800\x1b", trace=True).client("sns").create_topic(Name="t")
    assert not "fine"
""",
        "--minicloud-html=pages",
    )
    result.assert_outcomes(failed=1)
    report = result.stdout.str()
    report = report[report.index("minicloud: seed=") :]
    assert not wrong_in(report)
    result.stdout.fnmatch_lines(['*"\\x1b]0;title\\x07 00:00:00.000 jobs*'])
    for written in (pytester.path / "pages").iterdir():
        assert not wrong_in(written.read_text(encoding="utf-8"))

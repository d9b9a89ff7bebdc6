"""What a failed test is told of its cloud: stories first, then what happened, with what repeats folded rightly."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

import minicloud
from minicloud.inspection.bodies import excerpts
from minicloud.inspection.report import report
from tests.support.clouds import delete, make_queue, make_queue_with_dlq, make_topic, receive, send, traced


@pytest.fixture
def cloud() -> minicloud.Cloud:
    return traced()


def told(cloud: minicloud.Cloud, **options: Any) -> list[str]:
    trace = cloud.trace
    trace.catch_up()
    return report(list(trace), users=trace.users(), **options).splitlines()


def head(cloud: minicloud.Cloud) -> list[str]:
    """What stands above the timeline."""
    lines = told(cloud)
    return lines[: lines.index("what happened:") - 1]


def happened(cloud: minicloud.Cloud, **options: Any) -> list[str]:
    """The timeline, without the times."""
    lines = told(cloud, **options)
    return [line.partition("  ")[2].strip() or line for line in lines[lines.index("what happened:") + 1 :]]


def test_stories_come_first(cloud: minicloud.Cloud) -> None:
    url = make_queue_with_dlq(cloud, receives=1)
    send(cloud, url, "a")
    receive(cloud, url)
    cloud.clock.advance(31)
    receive(cloud, url)
    lines = told(cloud)
    assert lines[0] == "1 message, moved to orders-dlq"
    assert lines[1].endswith('"a" in orders-dlq, visible')
    assert lines[2] == "  00:00:00.000  sent"
    assert lines[6:8] == ["", "what happened:"]
    assert lines[8].endswith("  set up: 2 queues (orders-dlq, orders)")


def test_what_became_of_all_in_one_sentence(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "jobs")
    for body in ("done", "held", "left"):
        send(cloud, url, body)
    delete(cloud, url, *receive(cloud, url, MaxNumberOfMessages=1))
    receive(cloud, url, MaxNumberOfMessages=1)
    assert head(cloud)[0] == "3 messages: 1 received once and deleted, 1 in flight, 1 never received"


def test_messages_that_nobody_received(cloud: minicloud.Cloud) -> None:
    url, other = make_queue(cloud, "jobs"), make_queue(cloud, "many")
    send(cloud, url, "a")
    delete(cloud, url, *receive(cloud, url))
    cloud.clock.advance(1)
    send(cloud, url, "b")
    send(cloud, url, "c", DelaySeconds=60)
    for number in range(6):
        send(cloud, other, f"m{number}")
    _, *lines = head(cloud)
    assert [line.split(" ", 2)[2] for line in lines[:2]] == [
        '"b" in jobs: sent at 00:00:01.000, never received',
        '"c" in jobs: sent at 00:00:01.000, delayed until 00:01:01.000, never received',
    ]
    assert lines[2:] == ['6 messages in many, never received: "m0" … "m5"']


def test_what_was_made_and_never_used(cloud: minicloud.Cloud) -> None:
    make_queue_with_dlq(cloud, "jobs")
    make_queue(cloud, "books")
    make_topic(cloud, "news")
    used = make_topic(cloud, "used", "books")
    cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    cloud.client("sns").publish(TopicArn=used, Message="m")
    assert head(cloud)[-3:] == [  # a dead-letter queue is there to be empty
        "nothing was sent to jobs",
        "nothing was published to news",
        "nothing was put into clicks",
    ]


def test_publications_that_reached_nobody(cloud: minicloud.Cloud) -> None:
    sns = cloud.client("sns")
    make_queue(cloud, "books")
    topic = make_topic(cloud, "orders", "books")
    (subscription,) = cloud.topic("orders").subscriptions
    policy = {"SubscriptionArn": subscription.arn, "AttributeName": "FilterPolicy"}
    sns.set_subscription_attributes(**policy, AttributeValue='{"kind": ["book"]}')
    for kind in ("Book", "book"):
        attributes = {"kind": {"DataType": "String", "StringValue": kind}}
        sns.publish(TopicArn=topic, Message=f"a {kind}", MessageAttributes=attributes)
    alone = make_topic(cloud, "alone")
    for number in range(7):
        sns.publish(TopicArn=alone, Message=str(number))
    lines = [line for line in head(cloud) if "reached nobody" in line or "more publication" in line]
    assert lines[0].endswith(
        '"a Book" of orders reached nobody: not for books: "kind" is "Book", which does not meet ["book"] '
        "(upper and lower case differ)"
    )
    assert lines[1].endswith('"0" of alone reached nobody: nobody has subscribed')
    assert lines[6:] == ["… and 2 more publications of alone"]


def test_deliveries_that_failed_for_good(cloud: minicloud.Cloud) -> None:
    sns = cloud.client("sns")
    topic = make_topic(cloud, "orders")
    nowhere = "arn:aws:sqs:us-east-1:123456789012:nope"
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=nowhere)
    for number in range(6):
        sns.publish(TopicArn=topic, Message=f"order {number}")
    lines = [line for line in head(cloud) if "failed for good" in line]
    assert lines[0].endswith(
        f'"order 0" of orders: delivery to {nowhere} failed for good (AWS.SimpleQueueService.NonExistentQueue)'
    )
    assert lines[0].startswith("publication ")
    assert lines[5:] == ["… and 1 more delivery that failed for good"]


def test_entries_of_a_batch_that_failed_alone(cloud: minicloud.Cloud) -> None:
    sqs, url = cloud.client("sqs"), make_queue(cloud, "jobs")
    answer = sqs.send_message_batch(
        QueueUrl=url, Entries=[{"Id": "good", "MessageBody": "a"}, {"Id": "bad", "MessageBody": "\x00"}]
    )
    sqs.delete_message_batch(QueueUrl=url, Entries=[{"Id": "gone", "ReceiptHandle": "x"}])
    sqs.change_message_visibility_batch(
        QueueUrl=url, Entries=[{"Id": "late", "ReceiptHandle": "x", "VisibilityTimeout": 1}]
    )
    lines = [line for line in cloud.trace.render().splitlines() if "of a batch refused" in line]
    assert [line.split()[3] for line in lines] == ["bad", "gone", "late"]
    (failed,) = answer["Failed"]
    assert f"  jobs  entry bad of a batch refused: {failed['Code']}: Invalid binary character" in lines[0]
    assert "entry gone of a batch refused: ReceiptHandleIsInvalid: The input receipt handle" in lines[1]


def test_receives_without_a_result_are_one_line_a_queue(cloud: minicloud.Cloud) -> None:
    urls = [make_queue(cloud, name) for name in ("p", "q")]
    for _ in range(3):
        for url in urls:
            receive(cloud, url, WaitTimeSeconds=20)
    send(cloud, urls[0], "m")
    receive(cloud, urls[0])
    receive(cloud, urls[0])
    receive(cloud, urls[0])
    receive(cloud, urls[1])
    lines = happened(cloud)
    assert [line for line in lines if "receives found" in line] == [
        "p  3 receives found nothing in 100 s",
        "q  4 receives found nothing in 100 s",
        'p  2 receives found nothing (1 in flight): "m" is in flight until 00:02:30.000',
    ]


def test_a_receive_that_waited_is_told_by_what_it_got(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "jobs")
    send(cloud, url, "m", DelaySeconds=5)
    receive(cloud, url, WaitTimeSeconds=20)
    assert [line.partition(": ")[2] for line in happened(cloud)[1:]] == [
        "sent, delayed for 5 s",
        "every thread waits ---",
        "visible, as its delay is over",
        "received (1st time), hidden for 30 s",
    ]


def test_a_fold_says_what_differs(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "jobs")
    for number in range(10):
        send(cloud, url, f"order {number}", DelaySeconds=number % 2)
    assert happened(cloud)[2] == ('⋮ "order 1" … "order 8": sent, delayed for 1 s (4), sent (4) (8 messages)')
    for number in range(5):
        send(cloud, url, f"other {number}")
    assert '⋮ "order 1" … "other 3": ' in happened(cloud)[2]


def test_a_fold_of_one_message_counts_its_receives(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "jobs", VisibilityTimeout=1)
    send(cloud, url, "m")
    for _ in range(8):
        receive(cloud, url)
        cloud.clock.advance(1)
    assert "⋮ the 2 lines above, 6 more times (2nd to 7th time)" in happened(cloud)


def test_a_fold_of_records_says_into_which_shards(cloud: minicloud.Cloud) -> None:
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=2)
    cloud.clock.advance(10)
    records = [{"Data": b"click %d" % number, "PartitionKey": f"user {number}"} for number in range(6)]
    kinesis.put_records(StreamName="clicks", Records=records)
    (fold,) = [line for line in happened(cloud) if "⋮" in line]
    assert fold == (
        "⋮ \"click 1\" … \"click 4\": put, 4 into shardId-000000000001, keys 'user 1' … 'user 4' (4 records)"
    )


def test_calls_that_only_look_are_left_out_and_refused_ones_are_not(cloud: minicloud.Cloud) -> None:
    sqs = cloud.client("sqs")
    url = make_queue(cloud, "jobs")
    send(cloud, url, "m")
    sqs.list_queues(QueueNamePrefix="")
    sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.get_queue_url(QueueName="nowhere")
    text = "\n".join(told(cloud))
    assert "ListQueues" not in text
    assert "GetQueueAttributes" not in text
    assert "sqs.GetQueueUrl(QueueName='nowhere') refused" in text
    assert "ListQueues" in cloud.trace.render()


def test_lines_about_messages_go_first(cloud: minicloud.Cloud) -> None:
    names = [f"q{number:02}" for number in range(40)]
    for name in names:
        receive(cloud, make_queue(cloud, name))
    url = make_queue(cloud, "jobs")
    send(cloud, url, "m")
    for name in names:
        receive(cloud, cloud.queue(name).url)
    lines = happened(cloud, lines=20)
    assert len(lines) == 21
    assert lines[0].startswith("⋮ 62 more lines: ")
    assert any('"m": sent' in line for line in lines)


def test_who_has_a_message(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "jobs")
    send(cloud, url, "m")
    worker = threading.Thread(target=lambda: receive(cloud, url, WaitTimeSeconds=20), name="consumer-7")
    worker.start()
    worker.join()
    line = "  00:00:00.000  received (1st time), hidden for 30 s, by consumer-7, which ended without deleting it"
    assert line in told(cloud)
    assert cloud.ledger.of("jobs")[0].deliveries[0].receiver_has_ended
    receive(cloud, make_queue(cloud, "other"))
    send(cloud, cloud.queue("other").url, "n")
    receive(cloud, cloud.queue("other").url)
    assert not cloud.ledger.of("other")[0].deliveries[0].receiver_has_ended


def test_a_story_folds_the_receives_of_several(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "jobs", VisibilityTimeout=10)
    send(cloud, url, "m")
    for number in range(5):
        worker = threading.Thread(target=lambda: receive(cloud, url), name=f"consumer-{number % 2}")
        worker.start()
        worker.join()
        cloud.clock.advance(10)
    assert told(cloud)[3] == (
        "  00:00:00.000 to 00:00:50.000  received 5 times (1st to 5th), never deleted in time  [consumer-0, consumer-1]"
    )


def test_of_an_older_cloud_only_what_happened_since(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "jobs")
    send(cloud, url, "before")
    send(cloud, url, "long before")
    mark = cloud.trace.mark()
    receive(cloud, url, MaxNumberOfMessages=1)
    text = report(cloud.trace.since(mark), cloud.trace)
    assert '"before" in jobs, in flight\n  00:00:00.000  sent\n' in text
    assert "long before" not in text


def test_nothing(cloud: minicloud.Cloud) -> None:
    assert told(cloud) == ["nothing happened"]


class TestExcerpts:
    """Bodies shown together are shortened by what they share."""

    @pytest.mark.parametrize("dump", [json.dumps, lambda value: json.dumps(value, indent=2)])
    def test_of_json_what_differs_is_kept(self, dump: Callable[[Any], str]) -> None:
        events = {
            str(number): dump(
                {"version": "1.0", "source": "shop.orders", "detail": {"kind": "created", "id": number, "of": [number]}}
            )
            for number in range(3)
        }
        assert excerpts(events, 60)["1"] == '"{"detail": {"id": 1, "of": [1], …}, …}"'

    def test_what_fits_is_whole(self) -> None:
        assert excerpts({"a": '{"x": 1, "y": 2}', "b": '{"x": 1, "y": 3}'}) == {
            "a": '"{"x": 1, "y": 2}"',
            "b": '"{"x": 1, "y": 3}"',
        }

    def test_values_of_other_types_differ(self) -> None:
        bodies = {name: json.dumps({"pad": "x" * 60, "n": value}) for name, value in (("a", 1), ("b", True))}
        assert excerpts(bodies) == {"a": '"{"n": 1, …}"', "b": '"{"n": true, …}"'}

    def test_long_values_are_cut_inside(self) -> None:
        bodies = {name: json.dumps({"text": name * 100, "id": name, "pad": 1}) for name in "ab"}
        assert excerpts(bodies)["b"] == f'"{{"text": "{"b" * 23}…", "id": "b", …}}"'

    def test_of_texts_the_common_beginning_goes(self) -> None:
        bodies = {str(number): f"{'a very long beginning that all have, ' * 3}order {number}" for number in range(3)}
        assert excerpts(bodies)["2"].endswith('order 2"')
        assert excerpts(bodies)["2"].startswith('"…')

    def test_equal_ones_and_a_single_one_are_cut_at_the_end(self) -> None:
        body = json.dumps({"pad": "x" * 100})
        assert excerpts({"a": body, "b": body}, 20) == dict.fromkeys("ab", '"{"pad": "xxxxxxxxxx…"')

    def test_the_message_in_an_envelope_counts(self, cloud: minicloud.Cloud) -> None:
        make_queue(cloud, "jobs")
        topic = make_topic(cloud, "events", "jobs")
        for number in range(2):
            cloud.client("sns").publish(TopicArn=topic, Message=json.dumps({"pad": "x" * 80, "id": number}))
        assert any('"{"id": 1, …}": delivered from publication' in line for line in told(cloud))

    def test_odd_bodies(self) -> None:
        odd = {"deep": "[" * 100_000, "broken": '{"a": ' * 50, "empty": "", "control": "\x1b[31m" + "x" * 100}
        assert set(excerpts(odd)) == set(odd)
        assert "\x1b" not in "".join(excerpts(odd).values())


def test_the_width_is_the_reader_s(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "jobs")
    send(cloud, url, "x" * 500)
    assert any("x" * 299 in line for line in told(cloud, width=300))
    assert not any("x" * 61 in line for line in told(cloud))


def test_accounts_of_a_queue_by_all_its_names(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "jobs")
    make_queue(cloud, "idle")
    send(cloud, url, "m")
    for name in ("jobs", url, cloud.queue("jobs").arn):
        assert len(cloud.ledger.of(name)) == 1
    assert cloud.ledger.of("idle") == []
    with pytest.raises(minicloud.UsageError, match="there is no queue 'jbos'"):
        cloud.ledger.of("jbos")

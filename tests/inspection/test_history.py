"""The history checker: what it proves, and what it refutes."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

import minicloud
from minicloud.exceptions import ClientError
from minicloud.inspection.history import CHECKS
from tests.support.clouds import delete, make_queue, make_topic, receive, send, traced


def violations(cloud: minicloud.Cloud, queue: str | None = None) -> list[str]:
    report = cloud.check_history(queue)
    assert bool(report) == (not report.violations)
    return sorted({violation.check for violation in report.violations})


def fifo(cloud: minicloud.Cloud, *bodies: str, group: str = "g") -> str:
    url = make_queue(cloud, "orders.fifo")
    for body in bodies:
        send(cloud, url, body, MessageGroupId=group, MessageDeduplicationId=body)
    return url


def test_a_run_without_fault() -> None:
    cloud = traced()
    url = make_queue(cloud, "orders")
    for number in range(5):
        send(cloud, url, str(number))
    for message in receive(cloud, url):
        delete(cloud, url, message)
    report = cloud.check_history()
    assert report
    assert (report.messages, report.deliveries, report.checks) == (5, 5, CHECKS)
    assert "no_loss: holds" in str(report)
    assert cloud.check_history("orders", checks=["visibility"]).checks == ("visibility",)


def test_redelivery_is_no_violation() -> None:
    cloud = traced()
    url = make_queue(cloud, "orders")
    send(cloud, url, "m")
    receive(cloud, url)
    cloud.clock.advance(31)
    (message,) = receive(cloud, url)
    delete(cloud, url, message)
    assert cloud.check_history()


def test_a_message_that_nobody_took() -> None:
    cloud = traced()
    url = make_queue(cloud, "orders")
    send(cloud, url, "m")
    cloud.clock.advance(5 * 86_400)
    assert violations(cloud) == ["at_least_once", "no_loss"]


def test_a_message_that_nobody_finished() -> None:
    cloud = traced()
    url = make_queue(cloud, "orders")
    send(cloud, url, "m")
    receive(cloud, url)
    cloud.clock.advance(5 * 86_400)
    (violation,) = cloud.check_history().violations
    assert violation.check == "no_loss"
    assert "after 1 delivery" in violation.text


def test_what_was_thrown_away_on_purpose_is_not_lost() -> None:
    cloud = traced()
    url = make_queue(cloud, "orders")
    send(cloud, url, "m")
    cloud.client("sqs").purge_queue(QueueUrl=url)
    assert cloud.check_history()


def test_a_delivery_that_a_fault_dropped() -> None:
    cloud = traced()
    make_queue(cloud, "orders")
    topic = make_topic(cloud, "events", "orders")
    cloud.faults.drop(nth=2)
    for number in range(3):
        cloud.client("sns").publish(TopicArn=topic, Message=str(number))
    (violation,) = cloud.check_history().violations
    assert (violation.check, violation.queue) == ("no_loss", "orders")
    assert "did not arrive" in violation.text


def test_a_delivery_to_a_queue_that_has_gone() -> None:
    cloud = traced()
    url = make_queue(cloud, "orders")
    topic = make_topic(cloud, "events", "orders")
    cloud.client("sqs").delete_queue(QueueUrl=url)
    cloud.client("sns").publish(TopicArn=topic, Message="m")
    assert violations(cloud) == ["no_loss"]


def test_a_dead_letter_queue_catches_it() -> None:
    cloud = traced()
    url = make_queue(cloud, "orders")
    make_queue(cloud, "dlq")
    topic = make_topic(cloud, "events", "orders")
    sns = cloud.client("sns")
    subscription = sns.list_subscriptions()["Subscriptions"][0]["SubscriptionArn"]
    policy = f'{{"deadLetterTargetArn":"{cloud.queue("dlq").arn}"}}'
    sns.set_subscription_attributes(SubscriptionArn=subscription, AttributeName="RedrivePolicy", AttributeValue=policy)
    cloud.client("sqs").delete_queue(QueueUrl=url)
    sns.publish(TopicArn=topic, Message="m")
    assert len(cloud.queue("dlq").messages) == 1
    assert cloud.check_history()


def test_groups_in_order() -> None:
    cloud = traced()
    url = fifo(cloud, "a", "b", "c")
    for message in receive(cloud, url):
        delete(cloud, url, message)
    assert cloud.check_history()


def test_a_consumer_that_overtakes() -> None:
    cloud = traced()
    url = fifo(cloud, "a", "b")
    first, second = receive(cloud, url)
    delete(cloud, url, second)
    delete(cloud, url, first)
    (violation,) = cloud.check_history().violations
    assert violation.check == "group_order"
    assert '"b" of group g was finished before' in violation.text


def test_a_dead_letter_lets_the_next_one_pass() -> None:
    cloud = traced()
    url = fifo(cloud, "a", "b")
    make_queue(cloud, "dlq.fifo")
    policy = f'{{"deadLetterTargetArn":"{cloud.queue("dlq.fifo").arn}","maxReceiveCount":1}}'
    cloud.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": policy})
    receive(cloud, url, MaxNumberOfMessages=1)
    cloud.clock.advance(31)
    (message,) = receive(cloud, url, MaxNumberOfMessages=1)
    assert message["Body"] == "b"
    delete(cloud, url, message)
    assert cloud.check_history()


def test_two_that_finished_the_same_message() -> None:
    cloud = traced()
    url = make_queue(cloud, "orders")
    send(cloud, url, "m")
    (slow,) = receive(cloud, url)
    cloud.clock.advance(31)
    (fast,) = receive(cloud, url)
    delete(cloud, url, fast)
    delete(cloud, url, slow)
    (violation,) = cloud.check_history().violations
    assert violation.check == "exactly_once"
    assert "was finished 2 times" in violation.text


def test_finishing_twice_by_the_same_delivery_is_a_retry() -> None:
    cloud = traced()
    url = make_queue(cloud, "orders")
    send(cloud, url, "m")
    (message,) = receive(cloud, url)
    delete(cloud, url, message)
    delete(cloud, url, message)
    assert cloud.check_history()


def test_a_retry_beyond_the_deduplication_window() -> None:
    cloud = traced()
    url = fifo(cloud, "a")
    cloud.clock.advance(299)
    send(cloud, url, "a", MessageGroupId="g", MessageDeduplicationId="a")
    assert cloud.check_history()
    cloud.clock.advance(2)
    send(cloud, url, "a", MessageGroupId="g", MessageDeduplicationId="a")
    (violation,) = cloud.check_history().violations
    assert violation.check == "exactly_once"
    assert "was stored 301 s after" in violation.text


def test_chaos_is_found_out() -> None:
    """Delivered again although deleted, delivered while hidden: what AWS may do refutes what people believe."""
    found: set[str] = set()
    for seed in range(20):
        cloud = minicloud.Cloud(clock="virtual", seed=seed, delivery="aws", trace=True)
        url = make_queue(cloud, "orders")
        for number in range(10):
            send(cloud, url, str(number))
        for _ in range(20):
            for message in receive(cloud, url):
                delete(cloud, url, message)
        found.update(violations(cloud))
    assert "exactly_once" in found
    assert "no_loss" not in found
    assert "at_least_once" not in found


def test_one_queue_alone() -> None:
    cloud = traced()
    good, bad = make_queue(cloud, "good"), make_queue(cloud, "bad")
    send(cloud, bad, "m")
    cloud.clock.advance(5 * 86_400)
    send(cloud, good, "m")
    assert cloud.check_history("good")
    assert not cloud.check_history("bad")


def test_on_real_threads() -> None:
    from threading import Thread

    cloud = traced()
    url = fifo(cloud, *(f"m{number}" for number in range(30)), group="g")

    def work() -> None:
        while messages := receive(cloud, url, MaxNumberOfMessages=3, WaitTimeSeconds=1):
            for message in messages:
                with suppress(ClientError):
                    delete(cloud, url, message)

    workers = [Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    report = cloud.check_history()
    assert report, str(report)
    assert report.messages == 30


@pytest.mark.parametrize(
    ("arguments", "words"),
    [({"checks": ["no_such"]}, "not a history check"), ({"queue": "nowhere"}, "no queue 'nowhere'")],
)
def test_mistakes(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(minicloud.UsageError, match=words):
        traced().check_history(**arguments)


def test_nothing_is_proved_from_half_a_trace() -> None:
    cloud = traced()
    cloud.trace.start(limit=2)
    url = make_queue(cloud, "orders")
    send(cloud, url, "m")
    with pytest.raises(minicloud.UsageError, match=r"trace\.start\(limit=None\)"):
        cloud.check_history()

"""Why a receive found nothing, and where a message goes that has no receive left."""

from __future__ import annotations

import json
from typing import Any

import pytest

import minicloud
from minicloud.inspection.report import report
from tests.support.clouds import make_queue
from tests.support.runs import run_inside


@pytest.fixture
def cloud() -> Any:
    with minicloud.Cloud(clock="virtual", seed=1, trace=True) as made:
        yield made


def why(cloud: minicloud.Cloud) -> str:
    """What is told of the latest receive that found nothing."""
    line = next(line for line in reversed(cloud.trace.render().splitlines()) if "nothing" in line)
    return line.partition("nothing")[2]


def test_what_is_hidden_is_named(cloud: minicloud.Cloud) -> None:
    sqs, url = cloud.client("sqs"), make_queue(cloud, "jobs")
    sqs.receive_message(QueueUrl=url)
    assert why(cloud) == ""
    sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=60)
    sqs.receive_message(QueueUrl=url)
    assert why(cloud) == ' (1 delayed): "x" is delayed until 00:01:00.000'
    sqs.send_message(QueueUrl=url, MessageBody="y")
    handle = sqs.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
    sqs.receive_message(QueueUrl=url)
    assert why(cloud) == ' (1 in flight, 1 delayed): "y" is in flight until 00:00:30.000'
    sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
    sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10)
    assert why(cloud) == ': "x" is delayed until 00:01:00.000'


def test_a_group_waits_for_its_first(cloud: minicloud.Cloud) -> None:
    sqs, url = cloud.client("sqs"), make_queue(cloud, "jobs.fifo", FifoQueue="true")
    for body in "abc":
        sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId="g", MessageDeduplicationId=body)
    sqs.receive_message(QueueUrl=url)
    sqs.receive_message(QueueUrl=url)
    assert why(cloud) == ' (1 in flight): group g waits for "a", in flight until 00:00:30.000; 2 behind it'
    cloud.clock.advance(30)
    sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    sqs.receive_message(QueueUrl=url)
    assert why(cloud) == ' (3 in flight): "a" is in flight until 00:01:00.000'


@pytest.fixture
def spent(cloud: minicloud.Cloud) -> str:
    """A queue with a message that was received as often as it may be; its URL."""
    sqs = cloud.client("sqs")
    make_queue(cloud, "dead")
    policy = {"deadLetterTargetArn": cloud.queue("dead").arn, "maxReceiveCount": 2}
    url = make_queue(cloud, "jobs", RedrivePolicy=json.dumps(policy))
    sqs.send_message(QueueUrl=url, MessageBody="m")
    for _ in range(2):
        assert cloud.queue("jobs").messages[0].moves_to is None
        sqs.receive_message(QueueUrl=url)
        assert cloud.queue("jobs").messages[0].moves_to is None
        cloud.clock.advance(30)
    return url


def test_a_message_with_no_receive_left_says_so(cloud: minicloud.Cloud, spent: str) -> None:
    (message,) = cloud.queue("jobs").messages
    assert (message.state, message.moves_to) == ("visible", "dead")
    assert repr(message).endswith('"m": visible, received 2 times; moves to dead at the next receive>')
    account = cloud.ledger[message.message_id]
    assert account.title.endswith('"m" in jobs, visible; moves to dead at the next receive')
    cloud.client("sqs").receive_message(QueueUrl=spent)
    assert cloud.queue("dead").messages[0].moves_to is None
    assert "at the next receive" not in str(cloud.ledger[message.message_id])


def test_given_up_for_the_last_time(cloud: minicloud.Cloud, spent: str) -> None:
    sqs = cloud.client("sqs")
    policy = {"deadLetterTargetArn": cloud.queue("dead").arn, "maxReceiveCount": 3}
    sqs.set_queue_attributes(QueueUrl=spent, Attributes={"RedrivePolicy": json.dumps(policy)})
    (message,) = sqs.receive_message(QueueUrl=spent)["Messages"]
    sqs.change_message_visibility(QueueUrl=spent, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    assert "visible; moves to dead at the next receive" in cloud.ledger[message["MessageId"]].title


@pytest.mark.parametrize("fifo", [False, True])
@pytest.mark.parametrize("timeout", ["of the receive", "of the queue"])
def test_received_for_the_last_time_and_never_hidden(timeout: str, fifo: bool) -> None:
    with minicloud.Cloud(clock="virtual", seed=1, trace=True) as cloud:
        sqs = cloud.client("sqs")
        attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if fifo else {}
        names = [f"{name}{'.fifo' if fifo else ''}" for name in ("dead", "jobs")]
        make_queue(cloud, names[0], **attributes)
        policy = {"deadLetterTargetArn": cloud.queue(names[0]).arn, "maxReceiveCount": 2}
        url = make_queue(cloud, names[1], RedrivePolicy=json.dumps(policy), VisibilityTimeout="0", **attributes)
        sent = sqs.send_message(QueueUrl=url, MessageBody="m", **({"MessageGroupId": "g"} if fifo else {}))
        given: Any = {} if timeout == "of the queue" else {"VisibilityTimeout": 0}
        sqs.receive_message(QueueUrl=url, **given)
        assert "at the next receive" not in cloud.ledger[sent["MessageId"]].title
        sqs.receive_message(QueueUrl=url, **given)
        title = cloud.ledger[sent["MessageId"]].title
        assert title.endswith(f'"m" in {names[1]}, visible; moves to {names[0]} at the next receive')
        assert title in report(list(cloud.trace))
        assert sqs.receive_message(QueueUrl=url, **given).get("Messages", []) == []
        assert "at the next receive" not in cloud.ledger[sent["MessageId"]].title


def test_without_its_dead_letter_queue_it_stays(cloud: minicloud.Cloud, spent: str) -> None:
    cloud.client("sqs").delete_queue(QueueUrl=cloud.queue("dead").url)
    assert cloud.queue("jobs").messages[0].moves_to is None


def test_dlqs_empty_counts_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import json, pytest

        @pytest.mark.minicloud(verdicts=("dlqs_empty",))
        def test_jobs(cloud, sqs):
            sqs.create_queue(QueueName="dead")
            policy = json.dumps({"deadLetterTargetArn": cloud.queue("dead").arn, "maxReceiveCount": 1})
            url = sqs.create_queue(QueueName="jobs", Attributes={"RedrivePolicy": policy})["QueueUrl"]
            sqs.send_message(QueueUrl=url, MessageBody="m")
            sqs.receive_message(QueueUrl=url)
            cloud.clock.advance(30)
        """
    )
    run_inside(pytester).stdout.fnmatch_lines(
        ['*"m" is left in jobs, received 1 time*moves to dead at the next receive']
    )


@pytest.mark.parametrize("scope", ["queue", "messageGroup"])
def test_a_duplicate_of_another_group_is_told_as_one(cloud: minicloud.Cloud, scope: str) -> None:
    """Two customers with the same content: whoever takes ids for those of a group misses the second."""
    sqs, limit = cloud.client("sqs"), "perQueue" if scope == "queue" else "perMessageGroupId"
    attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    attributes |= {"DeduplicationScope": scope, "FifoThroughputLimit": limit}
    url = sqs.create_queue(QueueName="q.fifo", Attributes=attributes)["QueueUrl"]
    for group in ("alice", "bob", "bob"):
        sqs.send_message(QueueUrl=url, MessageBody="hello", MessageGroupId=group)
    told = [line.partition("sent again")[2] for line in cloud.trace.render().splitlines() if "sent again" in line]
    of_another = (
        " in group bob: a duplicate of the one in group alice, not stored, as the queue's DeduplicationScope is not "
        "messageGroup"
    )
    assert told == ([of_another] * 2 if scope == "queue" else [": a duplicate, not stored"])
    details = [event.details for event in cloud.trace.of("sqs.message.deduplicated")]
    groups = [(one.get("group_id"), one.get("earlier_group_id")) for one in details]
    assert groups == ([("bob", "alice")] * 2 if scope == "queue" else [(None, None)])

"""Tests without boto3: the library gets a client of minicloud's, which mypy takes for the one of boto3-stubs."""

from collections.abc import Iterator

import pytest
from mailer import Mail, Mailbox
from minicloud import Cloud
from minicloud.typing import QueueView, SqsClient

MAIL = Mail("ada@example.com", "Engines")


@pytest.fixture
def queue(sqs: SqsClient, cloud: Cloud) -> QueueView:
    sqs.create_queue(QueueName="mails")
    return cloud.queue("mails")


@pytest.fixture
def mailbox(sqs: SqsClient, queue: QueueView) -> Iterator[Mailbox]:
    yield Mailbox(sqs, "mails")
    assert queue.counts.in_flight == 0


def test_a_mail_is_put(mailbox: Mailbox, queue: QueueView) -> None:
    message_id = mailbox.put(MAIL)
    (message,) = queue.messages
    assert (message.message_id, message.json()) == (message_id, {"to": "ada@example.com", "subject": "Engines"})


def test_a_mail_that_was_taken_is_gone(mailbox: Mailbox, queue: QueueView) -> None:
    mailbox.put(MAIL)
    with mailbox.next() as mail:
        assert mail == MAIL
        assert queue.counts.in_flight == 1
    assert queue.bodies == []


def test_a_mail_that_could_not_be_sent_is_there_again(mailbox: Mailbox, queue: QueueView) -> None:
    mailbox.put(MAIL)
    with pytest.raises(OSError, match="no route"), mailbox.next():
        raise OSError("no route")
    assert [(message.state, message.receive_count) for message in queue.messages] == [("visible", 1)]


def test_the_wait_is_over_when_a_delay_is(mailbox: Mailbox, cloud: Cloud) -> None:
    began = cloud.clock.time()
    mailbox.put(MAIL, delay=15)
    with mailbox.next(wait=20) as mail:
        assert mail == MAIL
    with mailbox.next(wait=5) as nothing:
        assert nothing is None
    assert cloud.clock.time() - began == 20


def test_errors_are_those_of_the_client(mailbox: Mailbox, sqs: SqsClient, cloud: Cloud) -> None:
    cloud.faults.refuse("RequestThrottled", operation="SendMessage")
    with pytest.raises(sqs.exceptions.RequestThrottled):
        mailbox.put(MAIL)

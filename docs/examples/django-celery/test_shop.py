"""The view, the commit, SQS, and a worker of Celery's in a thread: on a real clock, as Celery waits by itself."""

import base64
import json
import time

import pytest
from celery.contrib.testing.worker import start_worker
from shop import tasks
from shop.models import Order

pytestmark = pytest.mark.django_db(transaction=True)
TEA = {"email": "ada@example.com", "item": "tea"}


@pytest.fixture
def worker(mock_aws):
    """A worker in the process of the test, where the cloud is; without an event loop it receives by boto3."""
    with start_worker(tasks.app, pool="solo", perform_ping_check=False, use_eventloop=False):
        yield


def until(condition):
    """Waits for the worker."""
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("the worker did not come to it")


def test_the_task_is_sent(client, mock_aws, mailoutbox):
    answer = client.post("/orders", TEA)
    assert answer.status_code == 201

    (body,) = mock_aws.queue("mails").bodies
    headers = json.loads(base64.b64decode(body))["headers"]
    assert (headers["task"], headers["argsrepr"]) == ("shop.tasks.mail", f"({answer.json()['order']},)")
    assert not mailoutbox


def test_an_order_that_is_rolled_back_is_not_told(client, mock_aws):
    with pytest.raises(ValueError, match="nothing"):
        client.post("/orders", TEA | {"item": ""})
    assert not Order.objects.exists()
    assert not mock_aws.queues()


def test_the_customer_is_told(client, worker, mock_aws, mailoutbox):
    client.post("/orders", TEA)
    until(lambda: Order.objects.get().mailed and not mock_aws.queue("mails").messages)
    assert [(mail.to, mail.body) for mail in mailoutbox] == [(["ada@example.com"], "1 tea")]


def test_a_mail_server_that_is_away(client, worker, mock_aws, mailoutbox, monkeypatch):
    tries = []

    def away(*arguments):
        tries.append(arguments)
        if len(tries) < 3:
            raise ConnectionRefusedError
        return send(*arguments)

    send = tasks.send_mail
    monkeypatch.setattr(tasks, "send_mail", away)
    client.post("/orders", TEA)
    until(lambda: Order.objects.get().mailed and not mock_aws.queue("mails").messages)
    assert (len(tries), len(mailoutbox)) == (3, 1)

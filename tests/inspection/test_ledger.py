"""The ledger: each delivery of each message, by whom, when, and what became of it."""

from __future__ import annotations

import asyncio
import threading

import pytest

import minicloud
from minicloud.exceptions import ClientError
from tests.support.clouds import delete, make_queue, make_queue_with_dlq, make_topic, receive, send, traced


@pytest.fixture
def cloud() -> minicloud.Cloud:
    return traced()


@pytest.fixture
def url(cloud: minicloud.Cloud) -> str:
    return make_queue(cloud, "orders")


def outcomes(cloud: minicloud.Cloud, message_id: str) -> list[str]:
    return [delivery.outcome for delivery in cloud.ledger[message_id].deliveries]


def test_a_message_says_what_it_comes_of(cloud: minicloud.Cloud, url: str) -> None:
    """Of a rule, of a schedule, of a bucket: the id of the event is in the facts of both, and a send has none."""
    arn = cloud.queue(url).arn
    events, scheduler, s3 = cloud.client("events"), cloud.client("scheduler"), cloud.client("s3")
    events.put_rule(Name="rule", EventPattern='{"source": ["shop"]}')
    events.put_targets(Rule="rule", Targets=[{"Id": "queue", "Arn": arn}])
    target = {"Arn": arn, "RoleArn": "arn:aws:iam::123456789012:role/any"}
    window = {"Mode": "OFF"}
    scheduler.create_schedule(Name="daily", ScheduleExpression="rate(1 day)", FlexibleTimeWindow=window, Target=target)
    s3.create_bucket(Bucket="files")
    send(cloud, url, "m")
    event = events.put_events(Entries=[{"Source": "shop", "DetailType": "sold", "Detail": "{}"}])["Entries"][0]
    cloud.clock.advance(86_400)
    notifications = {"QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]}
    s3.put_bucket_notification_configuration(Bucket="files", NotificationConfiguration=notifications)
    s3.put_object(Bucket="files", Key="new", Body=b"x")

    origins = [fact.details["origin"] for fact in cloud.trace if fact.kind == "sqs.message.sent"]
    executions = [fact.details["execution_id"] for fact in cloud.trace if fact.kind == "schedule.fired"]
    (notified,) = [fact.details["origin"] for fact in cloud.trace if fact.kind == "notification.sent"]
    first, second = (f"schedule:daily/{execution}" for execution in executions)
    # The test message of a bucket that is told to notify is of no event.
    assert origins == [first, None, f"event:{event['EventId']}", second, None, notified]


def test_received_and_deleted(cloud: minicloud.Cloud, url: str) -> None:
    message_id = send(cloud, url, "m")
    assert cloud.ledger[message_id].fate == "visible"
    cloud.clock.advance(5)
    (message,) = receive(cloud, url)
    account = cloud.ledger[message_id]
    (delivery,) = account.deliveries
    assert (account.fate, delivery.outcome, delivery.ended) == ("in flight", "in flight", None)
    assert (delivery.time - account.sent).total_seconds() == 5
    assert delivery.by == threading.current_thread().name
    assert delivery.handle == message["ReceiptHandle"]
    cloud.clock.advance(2)
    delete(cloud, url, message)
    (delivery,) = cloud.ledger[message_id].deliveries
    assert (cloud.ledger[message_id].fate, delivery.outcome) == ("deleted", "deleted")
    assert (delivery.ended - delivery.time).total_seconds() == 2


def test_the_way_into_a_dead_letter_queue(cloud: minicloud.Cloud) -> None:
    url = make_queue_with_dlq(cloud, receives=2)
    message_id = send(cloud, url, "m")
    for _ in range(3):
        receive(cloud, url)
        cloud.clock.advance(31)
    account = cloud.queue("orders").ledger(message_id)
    assert [delivery.outcome for delivery in account.deliveries] == ["visibility expired"] * 2
    (move,) = account.moves
    assert (move.source, move.destination) == ("orders", "orders-dlq")
    assert (account.queue, account.sent_to, account.fate) == ("orders-dlq", "orders", "visible")
    assert [one.message_id for one in cloud.ledger.of("orders-dlq")] == [message_id]


def test_time_alone_ends_a_delivery(cloud: minicloud.Cloud, url: str) -> None:
    message_id = send(cloud, url, "m")
    receive(cloud, url)
    cloud.clock.advance(31)
    assert outcomes(cloud, message_id) == ["visibility expired"]  # although nobody has called since
    assert cloud.ledger[message_id].fate == "visible"


def test_given_up_purged_expired_and_gone_with_the_queue(cloud: minicloud.Cloud, url: str) -> None:
    given_up = send(cloud, url, "m")
    (message,) = receive(cloud, url)
    cloud.client("sqs").change_message_visibility(
        QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
    )
    assert outcomes(cloud, given_up) == ["given up"]
    cloud.client("sqs").purge_queue(QueueUrl=url)
    assert cloud.ledger[given_up].fate == "purged"
    expired = send(cloud, url, "m")
    cloud.clock.advance(5 * 86_400)
    assert cloud.ledger[expired].fate == "expired"
    lost = send(cloud, url, "m")
    cloud.client("sqs").delete_queue(QueueUrl=url)
    assert cloud.ledger[lost].fate == "queue deleted"


def test_an_extended_delivery_goes_on(cloud: minicloud.Cloud, url: str) -> None:
    message_id = send(cloud, url, "m")
    (message,) = receive(cloud, url)
    cloud.client("sqs").change_message_visibility(
        QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=100
    )
    cloud.clock.advance(60)
    assert outcomes(cloud, message_id) == ["in flight"]
    assert cloud.ledger[message_id].deliveries[0].visibility_seconds == 100
    cloud.clock.advance(60)
    assert outcomes(cloud, message_id) == ["visibility expired"]


def test_who_polls_gets_the_credit() -> None:
    cloud = minicloud.Cloud(clock="frozen", trace=True)
    url = make_queue(cloud, "orders")

    def work() -> None:
        for message in receive(cloud, url, WaitTimeSeconds=20):
            delete(cloud, url, message)

    worker = threading.Thread(target=work, name="worker-1")
    worker.start()
    while not cloud.trace.of("sqs.poll.began"):
        pass
    message_id = send(cloud, url, "m")  # fills the poll of the other thread
    worker.join()
    account = cloud.ledger[message_id]
    assert account.sent_by == threading.current_thread().name
    assert [delivery.by for delivery in account.deliveries] == ["worker-1"]


def test_tasks_have_names_too(cloud: minicloud.Cloud, url: str) -> None:
    async def main() -> str:
        sqs = cloud.async_client("sqs")
        task = asyncio.create_task(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20), name="consumer")
        await asyncio.sleep(0)
        sent = await sqs.send_message(QueueUrl=url, MessageBody="m")
        await task
        return sent["MessageId"]

    message_id = asyncio.run(main())
    assert [delivery.by for delivery in cloud.ledger[message_id].deliveries] == ["consumer"]


def test_a_cancelled_receiver_gives_back(cloud: minicloud.Cloud, url: str) -> None:
    async def main() -> str:
        sqs = cloud.async_client("sqs")
        task = asyncio.create_task(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))
        await asyncio.sleep(0)
        sent = await sqs.send_message(QueueUrl=url, MessageBody="m")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return sent["MessageId"]

    message_id = asyncio.run(main())
    assert outcomes(cloud, message_id) == ["returned"]
    assert cloud.ledger[message_id].fate == "visible"


def test_deletes_that_came_too_late(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "orders.fifo")
    message_id = send(cloud, url, "m", MessageGroupId="g", MessageDeduplicationId="d")
    (first,) = receive(cloud, url)
    cloud.clock.advance(31)
    (second,) = receive(cloud, url)
    with pytest.raises(ClientError):
        delete(cloud, url, first)
    delete(cloud, url, second)
    account = cloud.ledger[message_id]
    assert [len(delivery.delete_attempts) for delivery in account.deliveries] == [1, 1]
    assert "a delete was refused" in str(account)


def test_from_a_topic_and_back_from_a_dead_letter_queue(cloud: minicloud.Cloud) -> None:
    url = make_queue_with_dlq(cloud, receives=1)
    topic = make_topic(cloud, "events", "orders", raw=True)
    published = cloud.client("sns").publish(TopicArn=topic, Message="m")["MessageId"]
    (account,) = cloud.ledger
    assert (account.origin, account.body) == (published, "m")
    for _ in range(2):
        receive(cloud, url)
        cloud.clock.advance(31)
    cloud.client("sqs").start_message_move_task(SourceArn=cloud.queue("orders-dlq").arn)
    former, present = cloud.ledger
    assert (former.fate, present.fate, present.redriven_from) == ("redriven", "visible", former.message_id)


def test_from_a_fifo_topic_to_a_fifo_queue(cloud: minicloud.Cloud) -> None:
    sns, sqs = cloud.client("sns"), cloud.client("sqs")
    topic = sns.create_topic(Name="events.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    url = sqs.create_queue(QueueName="orders.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue(url).arn)
    published = sns.publish(TopicArn=topic, Message="m", MessageGroupId="g", MessageDeduplicationId="1")["MessageId"]
    (account,) = cloud.ledger
    assert (account.queue, account.origin) == ("orders.fifo", published)


def test_as_text(cloud: minicloud.Cloud) -> None:
    url = make_queue_with_dlq(cloud, receives=4)
    message_id = send(cloud, url, "order 17")
    for _ in range(5):
        receive(cloud, url)
        cloud.clock.advance(31)
    assert str(cloud.ledger[message_id]).splitlines() == [
        f'message {message_id[:8]} "order 17" in orders-dlq, visible',
        "  00:00:00.000  sent",
        "  00:00:00.000 to 00:02:03.000  received 4 times (1st to 4th), never deleted in time",
        "  00:02:04.000  moved to orders-dlq after 4 receives",
    ]
    assert "order 17" in repr(cloud.ledger[message_id])


def test_what_it_does_not_know(cloud: minicloud.Cloud) -> None:
    with pytest.raises(minicloud.UsageError, match="has no message 'x'"):
        cloud.ledger["x"]
    with pytest.raises(minicloud.UsageError, match="the ledger needs the trace"):
        _ = minicloud.Cloud(trace=False).ledger


def test_a_trace_that_began_late() -> None:
    cloud = traced(trace=False)
    url = make_queue(cloud, "orders")
    message_id = send(cloud, url, "m")
    cloud.trace.start()
    receive(cloud, url)
    account = cloud.ledger[message_id]
    assert (account.sent, account.body, account.receive_count) == (None, None, 1)


def test_days_are_told_where_there_are_several(cloud: minicloud.Cloud, url: str) -> None:
    message_id = send(cloud, url, "m")
    receive(cloud, url)
    cloud.clock.advance(30)
    assert [line[:12] for line in cloud.ledger[message_id].lines()] == ["00:00:00.000", "00:00:00.000", "00:00:30.000"]
    cloud.clock.advance(40 * 86_400)
    assert cloud.queue(url).messages == []
    account = cloud.ledger[message_id]
    assert account.lines()[0] == "01-01 00:00:00.000  sent"
    assert account.lines()[-1] == "01-05 00:00:00.000  dropped, as its retention period is over"
    assert account.gone_ns is not None
    assert account.sent_ns is not None
    assert account.gone_ns - account.sent_ns == 4 * 86_400 * 10**9  # when it was over, and not when somebody looked


def test_a_retention_period_that_is_made_shorter_ends_then(cloud: minicloud.Cloud, url: str) -> None:
    message_id = send(cloud, url, "m")
    cloud.clock.advance(2 * 86_400)
    receive(cloud, url)
    cloud.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"MessageRetentionPeriod": "60"})
    cloud.clock.advance(3_600)
    assert cloud.queue(url).messages == []
    assert cloud.ledger[message_id].lines()[-1] == "01-03 00:00:00.000  dropped, as its retention period is over"


def test_years_are_told_where_there_are_several(cloud: minicloud.Cloud, url: str) -> None:
    cloud.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"MessageRetentionPeriod": "1209600"})
    cloud.clock.advance(360 * 86_400)
    message_id = send(cloud, url, "m")
    cloud.clock.advance(14 * 86_400)
    assert cloud.queue(url).messages == []
    first, last = cloud.ledger[message_id].lines()
    assert first == "2026-12-27 00:00:00.000  sent"
    assert last == "2027-01-10 00:00:00.000  dropped, as its retention period is over"
    assert cloud.trace.render().splitlines()[-1].startswith("2027-01-10 00:00:00.000  orders")

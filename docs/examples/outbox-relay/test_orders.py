"""What commits is told, once and in order, whatever happens to the relay in between."""

import sqlite3

import boto3
import pytest
from minicloud.exceptions import Crash
from orders import SCHEMA, TOPIC, Relay, place


@pytest.fixture
def database():
    """Empty tables, in memory."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMA)
    yield connection
    connection.close()


@pytest.fixture
def relay(mock_aws, database):
    """The relay, and a queue that hears of all that it publishes."""
    relay = Relay(database)
    boto3.client("sqs").create_queue(QueueName="billing.fifo", Attributes={"FifoQueue": "true"})
    boto3.client("sns").subscribe(
        TopicArn=mock_aws.topic(TOPIC).arn,
        Protocol="sqs",
        Endpoint=mock_aws.queue("billing.fifo").arn,
        Attributes={"RawMessageDelivery": "true"},
    )
    return relay


def run(relay):
    while relay.work_once():
        pass


def heard(cloud):
    """What billing has got, by customer."""
    events = {}
    for message in cloud.queue("billing.fifo").messages:
        events.setdefault(message.group_id, []).append(message.json()["item"])
    return events


def test_each_order_is_told_in_order(relay, database, cloud):
    for item in ("tea", "milk", "sugar"):
        place(database, "ada", item)
        place(database, "bob", item.upper())
    run(relay)
    assert heard(cloud) == {"ada": ["tea", "milk", "sugar"], "bob": ["TEA", "MILK", "SUGAR"]}
    cloud.assert_published(TOPIC, contains={"type": "placed", "item": "tea"}, group_id="ada", times=1)


def test_there_is_no_order_of_which_nothing_is_told(relay, database, cloud):
    database.execute("CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'full'); END")
    with pytest.raises(sqlite3.IntegrityError, match="full"):
        place(database, "ada", "tea")
    assert database.execute("SELECT COUNT(*) FROM orders").fetchone() == (0,)


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_relay_dies_as_it_publishes(relay, database, cloud, when):
    cloud.faults.crash(operation="PublishBatch", when=when, nth=1)
    place(database, "ada", "tea")
    with pytest.raises(Crash):
        relay.work_once()
    cloud.clock.advance(299)
    run(Relay(database))  # within the five minutes of the topic's deduplication
    assert heard(cloud) == {"ada": ["tea"]}


def test_an_entry_fails_and_is_not_overtaken(relay, database, cloud):
    cloud.faults.fail_entries(0, operation="PublishBatch", first=1)
    for item in ("tea", "milk"):
        place(database, "ada", item)
    assert relay.work_once() == 0
    run(relay)
    assert heard(cloud) == {"ada": ["tea", "milk"]}

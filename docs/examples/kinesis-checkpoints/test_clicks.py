"""A crash, a split shard, an iterator that expires, short answers: nothing is lost, nothing is counted twice."""

import boto3
import pytest
from clicks import STREAM, Reader, click

pytestmark = pytest.mark.minicloud(verdicts=("history_holds",))


@pytest.fixture
def kinesis(mock_aws):
    """A real client, and the application's stream of two shards."""
    client = boto3.client("kinesis")
    client.create_stream(StreamName=STREAM, ShardCount=2)
    return client


def click_all(numbers):
    for number in numbers:
        click(f"user {number}", f"/{number % 3}")


def test_it_goes_on_after_a_crash(kinesis):
    class Crashing(Reader):
        def handle(self, event):
            if sum(self.pages.values()) == 7:
                raise KeyboardInterrupt
            super().handle(event)

    checkpoints = {}
    click_all(range(30))
    first, second = Crashing(checkpoints), Reader(checkpoints)
    with pytest.raises(KeyboardInterrupt):
        first.catch_up()
    second.catch_up()

    assert first.pages + second.pages == {"/0": 10, "/1": 10, "/2": 10}


def test_it_follows_a_shard_that_was_split(kinesis):
    class Following(Reader):
        def handle(self, event):
            super().handle(event)
            followed.setdefault(event["user"], []).append(event["page"])

    followed = {}
    reader = Following({})
    click_all(range(30))
    shard = kinesis.list_shards(StreamName=STREAM)["Shards"][0]
    low, high = (int(shard["HashKeyRange"][end]) for end in ("StartingHashKey", "EndingHashKey"))
    kinesis.split_shard(StreamName=STREAM, ShardToSplit=shard["ShardId"], NewStartingHashKey=str((low + high) // 2))
    for number in range(30):
        click(f"user {number}", "/later")
    reader.catch_up()
    reader.catch_up()  # finds nothing new

    assert followed == {f"user {number}": [f"/{number % 3}", "/later"] for number in range(30)}


def test_a_slow_handler_outlives_its_iterator(kinesis, cloud):
    class Slow(Reader):
        def handle(self, event):
            super().handle(event)
            cloud.clock.advance(10)

    reader = Slow({})
    click_all(range(90))
    reader.catch_up()

    assert reader.pages == {"/0": 30, "/1": 30, "/2": 30}
    assert "ExpiredIteratorException" in cloud.trace.render()  # it did happen


@pytest.mark.minicloud(delivery="aws")
def test_answers_may_be_short_or_empty(kinesis):
    reader = Reader({})
    click_all(range(60))
    reader.catch_up()

    assert reader.pages == {"/0": 20, "/1": 20, "/2": 20}

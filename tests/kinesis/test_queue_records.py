"""What queues on streams deliver: the states of a record, and the calls that lead from one to another."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from typing import Any

import pytest

import minicloud
from tests.kinesis.support import (
    ARN,
    check_state,
    dead_letters,
    entries,
    iterator,
    make_queue,
    read_all,
    receive,
    receive_dead,
    shards_of,
)
from tests.support.answers import answer, refusal
from tests.support.threads import Worker
from tests.support.ways import error_class

pytestmark = [
    pytest.mark.modelled("kinesis.CreateQueue"),
    pytest.mark.minicloud(region_name="us-east-1"),  # which is in the ARNs here
]

CODES = {
    "ResourceNotFoundException",
    "InvalidArgumentException",
    "ThrottlingException",
    "InternalFailureException",
}
"""Those that an entry of a call can fail with."""


@pytest.fixture
def stream(kinesis: Any) -> str:
    kinesis.create_stream(StreamName="s")
    return "s"


def put(kinesis: Any, *data: bytes) -> None:
    for one in data:
        kinesis.put_record(StreamName="s", Data=one, PartitionKey=one.decode() or "k")


def data_of(records: list[Any]) -> set[bytes]:
    return {record["Data"] for record in records}


def acknowledge(kinesis: Any, queue: str, *records: Any) -> Any:
    return answer(kinesis.acknowledge_queue_records(QueueARN=queue, Entries=entries(*records)))


def failed(outcome: Any) -> str:
    """The code that the only entry of a call failed with."""
    assert outcome["Successful"] == []
    [entry] = outcome["Failed"]
    return entry["ErrorCode"]


# --- receiving, acknowledging ----------------------------------------------------------------------------------------


def test_a_cycle(cloud: minicloud.Cloud, kinesis: Any, stream: str) -> None:
    put(kinesis, b"a", b"b", b"c")
    arrived = cloud.clock.now()
    cloud.clock.advance(1)
    queue = make_queue(kinesis)
    first = kinesis.receive_queue_records(QueueARN=queue)["QueueRecords"]
    assert {(one["Data"], one["PartitionKey"]) for one in first} == {(b"a", "a"), (b"b", "b"), (b"c", "c")}
    assert {one["ReceiveCount"] for one in first} == {1}
    assert len({one["ReceiptHandle"] for one in first}) == len({one["RecordId"] for one in first}) == 3
    assert {one["ApproximateArrivalTimestamp"] for one in first} == {arrived}
    received = cloud.clock.now()
    assert {one["FirstReceiveTimestamp"] for one in first} == {received}
    assert all(one["RecordId"].isalnum() and one["RecordId"] == one["RecordId"].lower() for one in first)
    assert receive(kinesis, queue) == []
    outcome = acknowledge(kinesis, queue, *first[:2])
    assert outcome == {"Successful": entries(*first[:2]), "Failed": []}
    cloud.clock.advance(29)
    [again] = receive(kinesis, queue)
    assert again["ReceiveCount"] == 2
    assert again["ReceiptHandle"] != first[2]["ReceiptHandle"]
    for same in ("Data", "RecordId", "FirstReceiveTimestamp", "ApproximateArrivalTimestamp"):
        assert again[same] == first[2][same]
    stored = [one for shard in shards_of(kinesis, "s") for one in read_all(kinesis, "s", shard["ShardId"])]
    assert data_of(stored) == {b"a", b"b", b"c"}


def test_two_queues_know_nothing_of_each_other(kinesis: Any, stream: str) -> None:
    put(kinesis, b"a", b"b")
    one, other = make_queue(kinesis, name="q1"), make_queue(kinesis, name="q2")
    records = receive(kinesis, one)
    acknowledge(kinesis, one, *records)
    same = receive(kinesis, other)
    assert {record["RecordId"] for record in same} == {record["RecordId"] for record in records}
    assert {record["ReceiveCount"] for record in same} == {1}
    assert failed(acknowledge(kinesis, other, records[0])) == "InvalidArgumentException"


def test_up_to_so_many_the_oldest_first(cloud: minicloud.Cloud, kinesis: Any, stream: str) -> None:
    names = [str(place).encode() for place in range(23)]
    for name in names:
        put(kinesis, name)
        cloud.clock.advance(1)
    queue = make_queue(kinesis)
    sizes, seen = [], []
    for limit in (1, 3, 10, None, None):
        records = receive(kinesis, queue, **({} if limit is None else {"Limit": limit}))
        sizes.append(len(records))
        seen += [record["Data"] for record in records]
    assert sizes == [1, 3, 10, 9, 0]
    assert seen == names


def test_what_comes_back_is_before_what_was_put_with_it(kinesis: Any, stream: str) -> None:
    queue = make_queue(kinesis)
    records = [{"Data": data, "PartitionKey": "k"} for data in (b"a", b"b", b"c")]
    kinesis.put_records(StreamName="s", Records=records)
    receive(kinesis, queue, Limit=1, VisibilityTimeoutSeconds=0)
    assert [record["Data"] for record in receive(kinesis, queue, Limit=2, VisibilityTimeoutSeconds=0)] == [b"a", b"b"]
    assert [record["Data"] for record in receive(kinesis, queue)] == [b"a", b"b", b"c"]


def test_a_timeout_of_the_receive(cloud: minicloud.Cloud, kinesis: Any, stream: str) -> None:
    queue = make_queue(kinesis, QueueAttributes=dead_letters(9))
    put(kinesis, b"x")
    [record] = receive(kinesis, queue, VisibilityTimeoutSeconds=10)
    cloud.clock.advance(9)
    outcome = kinesis.update_queue_records_visibility(
        QueueARN=queue, Entries=entries(record, VisibilityTimeoutSeconds=60)
    )
    assert answer(outcome) == {"Successful": entries(record), "Failed": []}
    cloud.clock.advance(58)
    assert receive(kinesis, queue) == []
    [record] = receive(kinesis, queue)  # at 69 seconds: it was waiting
    assert record["ReceiveCount"] == 2
    kinesis.update_queue_records_visibility(QueueARN=queue, Entries=entries(record, VisibilityTimeoutSeconds=0))
    [record] = receive(kinesis, queue)
    assert record["ReceiveCount"] == 3


def test_a_receive_that_hides_nothing(kinesis: Any, stream: str) -> None:
    queue = make_queue(kinesis)
    put(kinesis, b"x")
    for count in (1, 2, 3):
        [record] = receive(kinesis, queue, VisibilityTimeoutSeconds=0)
        assert record["ReceiveCount"] == count


def test_one_that_is_not_finished_holds_nobody_back(kinesis: Any, stream: str) -> None:
    queue = make_queue(kinesis)
    for _ in range(3):
        kinesis.put_record(StreamName="s", Data=b"x", PartitionKey="the same")
        assert len(receive(kinesis, queue)) == 1


def test_a_record_without_a_key(kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", RecordDistributionStrategy="AUTO")
    queue = make_queue(kinesis)
    kinesis.put_record(StreamName="s", Data=b"x")
    [record] = receive(kinesis, queue)
    assert "PartitionKey" not in record


# --- dead letters ----------------------------------------------------------------------------------------------------


@pytest.fixture
def dead(cloud: minicloud.Cloud, kinesis: Any, stream: str) -> str:
    """A queue in which a record has become a dead letter."""
    queue = make_queue(kinesis, QueueAttributes=dead_letters(2, 5))
    put(kinesis, b"x")
    for count in (1, 2):
        assert [record["ReceiveCount"] for record in receive(kinesis, queue)] == [count]
        cloud.clock.advance(5)
    return queue


def test_a_dead_letter(cloud: minicloud.Cloud, kinesis: Any, dead: str) -> None:
    assert receive(kinesis, dead) == []
    [letter] = receive_dead(kinesis, dead)
    assert (letter["Data"], letter["PartitionKey"]) == (b"x", "x")
    assert letter["ReceiveCount"] >= 2
    assert receive(kinesis, dead) == []
    assert receive_dead(kinesis, dead) == []  # in flight
    cloud.clock.advance(4)
    [again] = receive_dead(kinesis, dead, VisibilityTimeoutSeconds=1)
    assert again["RecordId"] == letter["RecordId"]
    for _ in range(5):
        cloud.clock.advance(1)
        assert len(receive_dead(kinesis, dead, VisibilityTimeoutSeconds=1)) == 1


def test_restoring(cloud: minicloud.Cloud, kinesis: Any, dead: str) -> None:
    [letter] = receive_dead(kinesis, dead)
    outcome = kinesis.restore_dead_letter_queue_records(QueueARN=dead, Entries=entries(letter))
    assert answer(outcome) == {"Successful": entries(letter), "Failed": []}
    assert receive_dead(kinesis, dead) == []
    for count in (1, 2):
        [record] = receive(kinesis, dead)
        assert record["ReceiveCount"] == count
        cloud.clock.advance(5)
    assert receive(kinesis, dead) == []
    [letter] = receive_dead(kinesis, dead)
    outcome = kinesis.acknowledge_dead_letter_queue_records(QueueARN=dead, Entries=entries(letter))
    assert answer(outcome) == {"Successful": entries(letter), "Failed": []}
    cloud.clock.advance(100)
    assert receive(kinesis, dead) == receive_dead(kinesis, dead) == []
    stored = [one for shard in shards_of(kinesis, "s") for one in read_all(kinesis, "s", shard["ShardId"])]
    assert data_of(stored) == {b"x"}


def test_hiding_dead_letters(cloud: minicloud.Cloud, kinesis: Any, dead: str) -> None:
    [letter] = receive_dead(kinesis, dead)
    change = kinesis.update_dead_letter_queue_records_visibility
    change(QueueARN=dead, Entries=entries(letter, VisibilityTimeoutSeconds=60))
    cloud.clock.advance(58)
    assert receive_dead(kinesis, dead) == []
    [letter] = receive_dead(kinesis, dead)
    change(QueueARN=dead, Entries=entries(letter, VisibilityTimeoutSeconds=0))
    assert len(receive_dead(kinesis, dead)) == 1
    assert receive(kinesis, dead) == []


def test_the_last_flight_can_still_be_acknowledged(cloud: minicloud.Cloud, kinesis: Any, stream: str) -> None:
    queue = make_queue(kinesis, QueueAttributes=dead_letters(1, 5))
    put(kinesis, b"x")
    [record] = receive(kinesis, queue)
    assert receive_dead(kinesis, queue) == []
    acknowledge(kinesis, queue, record)
    cloud.clock.advance(10)
    assert receive_dead(kinesis, queue) == []


def test_without_dead_letters_it_comes_again_and_again(cloud: minicloud.Cloud, kinesis: Any, stream: str) -> None:
    queue = make_queue(kinesis, QueueAttributes=dead_letters(None, 1))
    put(kinesis, b"x")
    for count in range(1, 21):
        assert [record["ReceiveCount"] for record in receive(kinesis, queue)] == [count]
        cloud.clock.advance(1)
    assert receive_dead(kinesis, queue) == []


def test_giving_up_the_last_flight_makes_a_dead_letter(kinesis: Any, stream: str) -> None:
    """[inferred]"""
    queue = make_queue(kinesis, QueueAttributes=dead_letters(1))
    put(kinesis, b"x")
    [record] = receive(kinesis, queue)
    kinesis.update_queue_records_visibility(QueueARN=queue, Entries=entries(record, VisibilityTimeoutSeconds=0))
    assert receive(kinesis, queue) == []
    assert len(receive_dead(kinesis, queue)) == 1


# --- handles ---------------------------------------------------------------------------------------------------------


def test_a_batch(kinesis: Any, stream: str) -> None:
    queue = make_queue(kinesis)
    put(kinesis, b"x")
    [record] = receive(kinesis, queue)
    outcome = acknowledge(kinesis, queue, record, "nonsense")
    assert outcome["Successful"] == entries(record)
    [entry] = outcome["Failed"]
    assert entry["ReceiptHandle"] == "nonsense"
    assert entry["ErrorCode"] in CODES
    assert refusal(kinesis.acknowledge_queue_records, QueueARN=queue, Entries=entries(*["x"] * 11))[0] == (
        "ValidationException"
    )
    with pytest.raises(error_class("ParamValidationError")):
        kinesis.acknowledge_queue_records(QueueARN=queue, Entries=[])


def test_what_is_out_of_bounds_fails_the_call(kinesis: Any, stream: str) -> None:
    queue = make_queue(kinesis)
    change = kinesis.update_queue_records_visibility
    code, text = refusal(change, QueueARN=queue, Entries=entries("x", VisibilityTimeoutSeconds=43_201))
    assert code == "ValidationException"
    assert "entries.1.member.visibilityTimeoutSeconds" in text
    for wrong in ({"Limit": 11}, {"WaitTimeSeconds": 21}, {"VisibilityTimeoutSeconds": 43_201}):
        assert refusal(kinesis.receive_queue_records, QueueARN=queue, **wrong)[0] == "ValidationException"
    for wrong in ({"Limit": 0}, {"WaitTimeSeconds": 0}, {"VisibilityTimeoutSeconds": -1}):
        with pytest.raises(error_class("ParamValidationError")):
            kinesis.receive_queue_records(QueueARN=queue, **wrong)


def test_handles_that_are_good_no_more(cloud: minicloud.Cloud, kinesis: Any, dead: str) -> None:
    """Which of the four codes it is is [inferred]."""
    put(kinesis, b"y")
    [first] = receive(kinesis, dead)
    cloud.clock.advance(5)

    def hide(record: Any) -> Any:
        made = entries(record, VisibilityTimeoutSeconds=9)
        return answer(kinesis.update_queue_records_visibility(QueueARN=dead, Entries=made))

    assert failed(hide(first)) == "InvalidArgumentException"  # its flight is over
    [second] = receive(kinesis, dead)
    assert failed(acknowledge(kinesis, dead, first)) == "ResourceNotFoundException"  # received again since
    assert failed(hide(first)) == "ResourceNotFoundException"
    outcome = acknowledge(kinesis, dead, second, second)  # worked in order
    assert outcome["Successful"] == entries(second)
    assert [entry["ErrorCode"] for entry in outcome["Failed"]] == ["ResourceNotFoundException"]
    [letter] = receive_dead(kinesis, dead)
    assert failed(acknowledge(kinesis, dead, letter)) == "InvalidArgumentException"  # of the other path
    put(kinesis, b"z")
    [third] = receive(kinesis, dead)
    for call in (kinesis.acknowledge_dead_letter_queue_records, kinesis.restore_dead_letter_queue_records):
        assert failed(answer(call(QueueARN=dead, Entries=entries(third)))) == "InvalidArgumentException"
    restore = kinesis.restore_dead_letter_queue_records
    assert answer(restore(QueueARN=dead, Entries=entries(letter)))["Failed"] == []
    assert failed(answer(restore(QueueARN=dead, Entries=entries(letter)))) == "ResourceNotFoundException"


def test_the_latest_handle_is_good_after_its_timeout(cloud: minicloud.Cloud, kinesis: Any, stream: str) -> None:
    """[inferred]"""
    queue = make_queue(kinesis, QueueAttributes=dead_letters(2, 5))
    put(kinesis, b"visible again", b"dead")
    by_data = {record["Data"]: record for record in receive(kinesis, queue)}
    kinesis.update_queue_records_visibility(
        QueueARN=queue, Entries=entries(by_data[b"dead"], VisibilityTimeoutSeconds=0)
    )
    [second] = receive(kinesis, queue)
    cloud.clock.advance(5)
    assert acknowledge(kinesis, queue, by_data[b"visible again"], second)["Failed"] == []
    assert receive(kinesis, queue) == receive_dead(kinesis, queue) == []


# --- the stream ------------------------------------------------------------------------------------------------------


def test_retention_ends_records_in_every_state(cloud: minicloud.Cloud, kinesis: Any, stream: str) -> None:
    queue = make_queue(kinesis, QueueAttributes=dead_letters(1, 1))
    put(kinesis, b"dead")
    assert receive(kinesis, queue)
    cloud.clock.advance(1)
    put(kinesis, b"in flight", b"never received")
    flying = receive(kinesis, queue, VisibilityTimeoutSeconds=43_200, Limit=1)
    cloud.clock.advance(3600 * 12)
    kinesis.update_queue_records_visibility(QueueARN=queue, Entries=entries(*flying, VisibilityTimeoutSeconds=43_200))
    cloud.clock.advance(3600 * 12 + 1)
    assert receive(kinesis, queue) == receive_dead(kinesis, queue) == []
    assert failed(acknowledge(kinesis, queue, *flying)) in CODES


def test_a_change_of_retention_holds_for_queues_at_once(cloud: minicloud.Cloud, kinesis: Any, stream: str) -> None:
    """[inferred]"""
    queue = make_queue(kinesis, QueueAttributes=dead_letters(None, 1))
    kinesis.increase_stream_retention_period(StreamName="s", RetentionPeriodHours=48)
    put(kinesis, b"a")
    [record] = receive(kinesis, queue)
    cloud.clock.advance(3600 * 30)
    assert len(receive(kinesis, queue)) == 1
    kinesis.decrease_stream_retention_period(StreamName="s", RetentionPeriodHours=24)
    kinesis.increase_stream_retention_period(StreamName="s", RetentionPeriodHours=72)
    cloud.clock.advance(1)
    assert receive(kinesis, queue) == []  # what is gone does not come back
    assert failed(acknowledge(kinesis, queue, record)) in CODES


def test_closed_shards_are_delivered_too(cloud: minicloud.Cloud, kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=2)
    put(kinesis, b"a", b"b", b"c", b"d")
    cloud.clock.advance(1)
    kinesis.split_shard(StreamName="s", ShardToSplit="0", NewStartingHashKey="1000")
    put(kinesis, b"e", b"f", b"g", b"h")
    kinesis.update_stream_mode(StreamARN=f"{ARN}s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    queue = make_queue(kinesis)
    records = receive(kinesis, queue)
    assert sorted(record["Data"] for record in records) == [b"a", b"b", b"c", b"d", b"e", b"f", b"g", b"h"]
    acknowledge(kinesis, queue, *records)
    cloud.clock.advance(100)
    assert receive(kinesis, queue) == []


def test_readers_see_no_difference(kinesis: Any, stream: str) -> None:
    queue = make_queue(kinesis)
    put(kinesis, b"a")
    place = iterator(kinesis, "s", 0)
    before = answer(kinesis.get_records(ShardIterator=place))["Records"]
    acknowledge(kinesis, queue, *receive(kinesis, queue))
    assert answer(kinesis.get_records(ShardIterator=place))["Records"] == before


def test_no_more_in_flight_than_may_be(limited: Any) -> None:
    """What AWS does then is not known."""
    _, kinesis = limited(queue_in_flight=2)
    kinesis.create_stream(StreamName="s")
    queue = make_queue(kinesis)
    put(kinesis, b"a", b"b", b"c")
    records = receive(kinesis, queue)
    assert len(records) == 2
    assert receive(kinesis, queue) == []
    acknowledge(kinesis, queue, records[0])
    assert len(receive(kinesis, queue)) == 1


# --- waiting ---------------------------------------------------------------------------------------------------------


def test_an_empty_queue_waits_for_nine_seconds(cloud: minicloud.Cloud, kinesis: Any, stream: str) -> None:
    queue = make_queue(kinesis)
    for params, seconds in (({}, 9), ({"WaitTimeSeconds": 20}, 20), ({"WaitTimeSeconds": 1}, 1)):
        start = cloud.clock.time()
        assert kinesis.receive_queue_records(QueueARN=queue, **params)["QueueRecords"] == []
        assert kinesis.receive_dead_letter_queue_records(QueueARN=queue, **params)["QueueRecords"] == []
        assert cloud.clock.time() - start == 2 * seconds


def test_a_flight_that_ends_fills_who_waits(cloud: minicloud.Cloud, kinesis: Any, stream: str) -> None:
    queue = make_queue(kinesis, QueueAttributes=dead_letters(2, 5))
    put(kinesis, b"x")
    start = cloud.clock.time()
    assert [record["ReceiveCount"] for record in receive(kinesis, queue)] == [1]
    assert [record["ReceiveCount"] for record in receive(kinesis, queue, WaitTimeSeconds=20)] == [2]
    assert cloud.clock.time() - start == 5
    assert len(receive_dead(kinesis, queue, WaitTimeSeconds=20)) == 1
    assert cloud.clock.time() - start == 10


# --- several callers at once, on one event loop ----------------------------------------------------------------------


class Several:
    """Receives of one queue that wait while the test goes on."""

    def __init__(self, cloud: minicloud.Cloud, queue: str) -> None:
        self.client = cloud.async_client("kinesis")
        self.queue = queue
        self.polls: list[asyncio.Task[list[Any]]] = []

    async def poll(self, number: int = 1, *, dead: bool = False, **params: Any) -> None:
        """Put receives in line, one after the other."""
        for _ in range(number):
            self.polls.append(asyncio.create_task(self._receive(dead, params)))
            await asyncio.sleep(0)

    async def _receive(self, dead: bool, params: dict[str, Any]) -> list[Any]:
        call = self.client.receive_dead_letter_queue_records if dead else self.client.receive_queue_records
        answer = await call(QueueARN=self.queue, **{"WaitTimeSeconds": 20, **params})
        return list(answer["QueueRecords"])

    async def answers(self) -> list[list[bytes]]:
        found = await asyncio.gather(*self.polls)
        return [[record["Data"] for record in records] for records in found]


@pytest.fixture
def native(cloud: minicloud.Cloud) -> Any:
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="s")
    return kinesis


def test_a_put_goes_to_who_waits_longest(cloud: minicloud.Cloud, native: Any) -> None:
    queue = make_queue(native)

    async def scenario() -> list[list[bytes]]:
        several = Several(cloud, queue)
        await several.poll(3, Limit=1)
        put(native, b"a", b"b")
        return await several.answers()

    start = cloud.clock.time()
    assert asyncio.run(scenario()) == [[b"a"], [b"b"], []]
    assert cloud.clock.time() - start == 20


def test_a_put_ends_a_wait_at_once(cloud: minicloud.Cloud, native: Any) -> None:
    queue = make_queue(native)

    async def scenario() -> list[list[bytes]]:
        several = Several(cloud, queue)
        await several.poll()
        await cloud.async_sleep(5)
        put(native, b"a")
        return await several.answers()

    start = cloud.clock.time()
    assert asyncio.run(scenario()) == [[b"a"]]
    assert cloud.clock.time() - start == 5


def test_all_records_of_a_put_are_there_before_a_receive_sees_them(cloud: minicloud.Cloud, native: Any) -> None:
    queue = make_queue(native)

    async def scenario() -> list[list[bytes]]:
        several = Several(cloud, queue)
        await several.poll(2)
        native.put_records(StreamName="s", Records=[{"Data": b"x", "PartitionKey": str(place)} for place in range(8)])
        return await several.answers()

    assert [len(one) for one in asyncio.run(scenario())] == [8, 0]


def test_what_wakes_who_waits(cloud: minicloud.Cloud, native: Any) -> None:
    queue = make_queue(native, QueueAttributes=dead_letters(1, 1000))
    put(native, b"a")
    [record] = receive(native, queue)

    async def scenario() -> list[list[bytes]]:
        several = Several(cloud, queue)
        await several.poll(dead=True, VisibilityTimeoutSeconds=3)
        native.update_queue_records_visibility(QueueARN=queue, Entries=entries(record, VisibilityTimeoutSeconds=0))
        [[letter]] = await asyncio.gather(*several.polls)
        await several.poll(dead=True, VisibilityTimeoutSeconds=3)
        assert (await several.polls[1])[0]["RecordId"] == letter["RecordId"]  # after three seconds
        letter = (await several.polls[1])[0]
        await several.poll()
        native.restore_dead_letter_queue_records(QueueARN=queue, Entries=entries(letter))
        await several.polls[2]
        return await several.answers()

    start = cloud.clock.time()
    assert asyncio.run(scenario()) == [[b"a"]] * 3
    assert cloud.clock.time() - start == 3


def test_a_receive_that_hides_nothing_gives_dead_letters_to_who_waits(cloud: minicloud.Cloud, native: Any) -> None:
    queue = make_queue(native, QueueAttributes=dead_letters(1))

    async def scenario() -> list[list[bytes]]:
        several = Several(cloud, queue)
        await several.poll(dead=True)
        await several.poll(VisibilityTimeoutSeconds=0)
        put(native, b"a")
        return await several.answers()

    assert asyncio.run(scenario()) == [[b"a"], [b"a"]]


def test_who_was_cancelled_has_received_nothing(cloud: minicloud.Cloud, native: Any) -> None:
    queue = make_queue(native)
    put(native, b"late")
    [early] = receive(native, queue, VisibilityTimeoutSeconds=5)

    async def scenario() -> list[list[bytes]]:
        several = Several(cloud, queue)
        await several.poll(2)
        several.polls[0].cancel()
        put(native, b"x")
        several.polls[1].cancel()  # it has been handed the record
        await asyncio.gather(*several.polls, return_exceptions=True)
        several.polls.clear()
        await several.poll()
        [records] = await asyncio.gather(*several.polls)
        assert [record["ReceiveCount"] for record in records] == [1]
        return await several.answers()

    assert asyncio.run(scenario()) == [[b"x"]]
    assert acknowledge(native, queue, early)["Failed"] == []


def test_what_somebody_else_has_received_since_is_not_given_back(cloud: minicloud.Cloud, native: Any) -> None:
    queue = make_queue(native)

    async def scenario() -> None:
        several = Several(cloud, queue)
        await several.poll(VisibilityTimeoutSeconds=0)
        put(native, b"a")  # handed over, and visible again at once
        assert data_of(receive(native, queue)) == {b"a"}
        several.polls[0].cancel()
        await asyncio.gather(*several.polls, return_exceptions=True)

    asyncio.run(scenario())
    [record] = cloud.stream("s").queue("q").records
    assert (record.state, record.receive_count) == ("in_flight", 2)
    assert cloud.trace.of("kinesis.record.returned") == []


@pytest.mark.parametrize("dead", [False, True])
def test_who_waits_stays_in_line_when_the_last_has_gone(cloud: minicloud.Cloud, native: Any, dead: bool) -> None:
    queue = make_queue(native, QueueAttributes=dead_letters(1, 5))
    put(native, b"a")
    if not dead:
        receive(native, queue)  # which is a dead letter after five seconds

    async def scenario() -> list[list[bytes]]:
        several = Several(cloud, queue)
        await several.poll(dead=dead)
        await several.poll(dead=dead, WaitTimeSeconds=2)
        assert await several.polls[1] == []
        if dead:
            receive(native, queue)
            await cloud.async_sleep(5)
        else:
            receive_dead(native, queue, WaitTimeSeconds=5)
            put(native, b"b")
        return await several.answers()

    assert asyncio.run(scenario()) == [[b"a" if dead else b"b"], []]


def test_those_who_were_cancelled_are_passed_over(cloud: minicloud.Cloud, native: Any) -> None:
    """However many they are, wherever they stand in line."""
    queue = make_queue(native)

    async def scenario() -> list[list[bytes]]:
        several = Several(cloud, queue)
        await several.poll(100)
        await several.poll()
        await several.poll(100)
        await several.poll()
        stayed = [several.polls[100], several.polls[-1]]
        gone = [poll for poll in several.polls if poll not in stayed]
        for poll in gone:
            poll.cancel()
        await asyncio.gather(*gone, return_exceptions=True)
        several.polls[:] = stayed
        put(native, b"a")
        put(native, b"b")
        return await several.answers()

    assert asyncio.run(scenario()) == [[b"a"], [b"b"]]


def test_a_queue_that_goes_ends_all_waits(cloud: minicloud.Cloud, native: Any) -> None:
    queue = make_queue(native)
    put(native, b"in flight")
    receive(native, queue)

    async def scenario() -> list[list[bytes]]:
        several = Several(cloud, queue)
        await several.poll(2)
        await several.poll(dead=True)
        native.delete_queue(QueueARN=queue)
        put(native, b"x")
        return await several.answers()

    start = cloud.clock.time()
    assert asyncio.run(scenario()) == [[], [], []]
    assert cloud.clock.time() == start
    timeline: Any = cloud.timeline
    assert [event for event in timeline.heap if event.callback is not None] == []  # the flight is nobody's affair


def test_threads_share_the_records(cloud: minicloud.Cloud, native: Any) -> None:
    queue = make_queue(native)
    total = 60

    def work() -> list[bytes]:
        found: list[bytes] = []
        while records := native.receive_queue_records(QueueARN=queue, Limit=3)["QueueRecords"]:
            found += [record["Data"] for record in records]
            native.acknowledge_queue_records(QueueARN=queue, Entries=entries(*records))
        return found

    workers = [Worker(work) for _ in range(4)]
    for place in range(total):
        put(native, str(place).encode())
    found = [data for worker in workers for data in worker.result()]
    assert sorted(found) == sorted(str(place).encode() for place in range(total))


# --- snapshots -------------------------------------------------------------------------------------------------------


def test_a_snapshot_knows_the_states(cloud: minicloud.Cloud, native: Any) -> None:
    queue = make_queue(native, QueueAttributes=dead_letters(1, 5))
    put(native, b"a", b"b", b"c")
    [dead] = receive(native, queue, Limit=1, VisibilityTimeoutSeconds=0)
    [flying] = receive(native, queue, Limit=1)
    saved = cloud.snapshot()
    for _ in range(2):
        assert acknowledge(native, queue, flying)["Failed"] == []
        assert data_of(receive(native, queue)) == {b"a", b"b", b"c"} - {dead["Data"], flying["Data"]}
        put(native, b"d")
        assert data_of(receive(native, queue)) == {b"d"}
        assert data_of(receive_dead(native, queue)) == {dead["Data"]}
        cloud.restore(saved)
    cloud.clock.advance(5)
    assert data_of(receive_dead(native, queue)) == {dead["Data"], flying["Data"]}


# --- resharding under a queue -----------------------------------------------------------------------------------------


def test_a_queue_goes_on_with_shards_that_take_over(cloud: minicloud.Cloud, native: Any) -> None:
    """AWS scales a stream on demand by itself, and no call does it: so it is done here behind the calls."""
    queue = make_queue(native)
    engine: Any = cloud
    stream = engine.find_service("kinesis", cloud.account_id, cloud.region_name).streams["s"]

    def split(place: int) -> None:
        now = cloud.clock.time_ns()
        shard = stream.open[place]
        resharding = stream.resharding(now)
        resharding.split(shard, (shard.starting_hash_key + shard.ending_hash_key) // 2)
        stream.reshard(now, resharding)

    put(native, b"a", b"b", b"c", b"d", b"e")
    for _ in range(3):
        split(0)
    put(native, *[str(place).encode() for place in range(30)])
    cloud.clock.advance(1)
    found: list[bytes] = []
    while records := receive(native, queue):
        found += [record["Data"] for record in records]
        acknowledge(native, queue, *records)
    assert sorted(found) == sorted([b"a", b"b", b"c", b"d", b"e", *[str(place).encode() for place in range(30)]])

    async def scenario() -> list[list[bytes]]:
        several = Several(cloud, queue)
        await several.poll()
        split(0)
        native.put_record(StreamName="s", Data=b"new", PartitionKey="k", ExplicitHashKey="0")
        return await several.answers()

    assert asyncio.run(scenario()) == [[b"new"]]


def test_closed_shards_expire_under_a_queue(cloud: minicloud.Cloud, kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    put(kinesis, b"old")
    kinesis.split_shard(StreamName="s", ShardToSplit="0", NewStartingHashKey="1000")
    kinesis.update_stream_mode(StreamARN=f"{ARN}s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    queue = make_queue(kinesis)
    cloud.clock.advance(86_401)
    assert len(shards_of(kinesis, "s")) == 2
    kinesis.increase_stream_retention_period(StreamName="s", RetentionPeriodHours=48)
    put(kinesis, b"new")
    assert data_of(receive(kinesis, queue)) == {b"new"}


# --- as AWS may do it -------------------------------------------------------------------------------------------------


def test_aws_delivers_fewer_in_any_order_and_again() -> None:
    """Each record in the end, and none more than twice in each of the two ways. Dead letters are exact."""
    seen: Counter[str] = Counter()
    for seed in range(4):
        with minicloud.Cloud(clock="virtual", delivery="aws", seed=seed, trace=True) as cloud:
            kinesis = cloud.client("kinesis", "us-east-1")
            kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
            queue = make_queue(kinesis, QueueAttributes=dead_letters(None, 3600))
            sent = [str(number).encode() for number in range(30)]
            put(kinesis, *sent)
            got: list[bytes] = []
            while records := receive(kinesis, queue, Limit=10):
                seen["fewer"] += len(records) < 10
                got += [record["Data"] for record in records]
                handles = entries(*records)
                assert kinesis.acknowledge_queue_records(QueueARN=queue, Entries=handles)["Failed"] == []
            assert set(got) == set(sent)
            counted = Counter(got)
            assert max(counted.values()) <= 3
            seen["again"] += sum(count > 1 for count in counted.values())
            seen["not in order"] += got != sorted(got, key=int)
            told = Counter(event.details["choice"] for event in cloud.trace.of("chaos"))
            seen["visible"] += told.pop("delivered, and still visible", 0)
            seen["there"] += told.pop("acknowledged, and still there", 0)
            assert told
            assert all(re.fullmatch(r"at most [0-9] of [0-9]+ records", choice) for choice in told)
            assert all(int(choice.split()[2]) < int(choice.split()[4]) for choice in told)
            cloud.clock.advance(7200)
            assert receive(kinesis, queue) == []
            check_state(cloud)
    assert all(seen[what] >= 4 for what in ("fewer", "again", "not in order", "visible", "there")), seen
    assert seen["visible"] + seen["there"] >= seen["again"]


def test_aws_delivers_a_record_once_more_exactly_where_it_is_told_so() -> None:
    seen = 0
    for seed in range(3):
        with minicloud.Cloud(clock="virtual", delivery="aws", seed=seed, trace=True) as cloud:
            kinesis: Any = cloud.client("kinesis", "us-east-1")
            kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
            queue = make_queue(kinesis, QueueAttributes=dead_letters(None, 43_200))
            put(kinesis, *[str(number).encode() for number in range(30)])
            got: Counter[str] = Counter()
            while records := receive(kinesis, queue, Limit=10):
                got.update(record["RecordId"] for record in records)
            told: Counter[str] = Counter()
            for event in cloud.trace.of("chaos"):
                if event.details["choice"] == "delivered, and still visible":
                    told[event.details["record_id"]] += 1
            assert len(got) == 30
            assert got == Counter(got.keys()) + told
            assert max(told.values(), default=1) == 1
            seen += len(told)
            counts = cloud.stream("s").queue("q").counts
            assert (counts.visible, counts.in_flight) == (0, 30)
    assert seen >= 3

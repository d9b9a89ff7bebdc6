"""How many batches of a mapping run at once, in which order, beside which other readers; its life."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

import minicloud

from .queue_stage import QUEUE, Stage, boom, failing

# --- slots, throttles ------------------------------------------------------------------------------------------------


def test_five_batches_run_at_once_and_three_hundred_more_after_each_minute_of_backlog() -> None:
    s = Stage()
    url = s.queue(VisibilityTimeout=900)
    s.function(takes=600, timeout=900)
    mapping = s.cloud.event_source_mapping(url, "f", BatchSize=1)
    s.send(url, *map(str, range(700)))
    assert (len(s.batches), mapping.in_flight) == (5, 5)
    s.cloud.clock.advance(59)
    assert len(s.batches) == 5
    s.cloud.clock.advance(1)
    assert len(s.batches) == 305
    s.cloud.clock.advance(60)
    assert len(s.batches) == 605
    s.cloud.clock.advance(60)
    assert (len(s.batches), len(set(map(tuple, s.batches)))) == (700, 700)
    s.cloud.clock.advance(1_000)
    assert (s.counts(), mapping.in_flight) == ((0, 0, 0), 0)
    s.send(url, *map(str, range(10)))
    assert mapping.in_flight == 5  # a mapping that was idle begins anew


def test_a_backlog_that_is_over_in_less_than_a_minute_brings_no_more_batches() -> None:
    s = Stage()
    url = s.queue(VisibilityTimeout=900)
    s.function(takes=30, timeout=900)
    mapping = s.cloud.event_source_mapping(url, "f", BatchSize=1)
    s.send(url, *map(str, range(5)))
    s.cloud.clock.advance(50)
    assert mapping.in_flight == 0
    s.send(url, *map(str, range(5)))
    s.cloud.clock.advance(15)
    s.send(url, *map(str, range(5)))
    assert mapping.in_flight == 5


def test_a_batch_is_held_no_longer_than_its_first_message_is_hidden() -> None:
    s = Stage()
    url = s.queue(VisibilityTimeout=30)
    s.function(reserved_concurrency=0)
    mapping = s.cloud.event_source_mapping(url, "f", MaximumBatchingWindowInSeconds=20)
    s.send(url, "1")
    s.cloud.clock.advance(15)
    s.send(url, "2")
    s.cloud.clock.advance(14)
    assert (mapping.in_flight, s.counts()) == (2, (0, 0, 2))
    mapping.disable()
    mapping.enable()
    assert (mapping.in_flight, s.counts()) == (0, (0, 0, 2))
    s.cloud.clock.advance(1)
    assert (mapping.in_flight, s.counts()) == (1, (0, 0, 2))


def test_a_limit_of_messages_in_flight_holds_a_mapping_up_no_longer_than_it_must() -> None:
    s = Stage(limits=minicloud.Limits(sqs_in_flight_standard=2))
    url = s.queue(VisibilityTimeout=60)
    s.function(takes=5, timeout=20)
    s.cloud.event_source_mapping(url, "f", BatchSize=1)
    s.send(url, "1", "2", "3", "4")
    for done in (2, 4):
        assert len(s.batches) == done
        s.cloud.clock.advance(5)
    assert s.counts() == (0, 0, 0)


def test_maximum_concurrency_caps_the_batches() -> None:
    s = Stage()
    url = s.queue(VisibilityTimeout=900)
    s.function(takes=60, timeout=900)
    mapping = s.cloud.event_source_mapping(url, "f", BatchSize=1, ScalingConfig={"MaximumConcurrency": 2})
    s.send(url, *map(str, range(6)))
    for done in (2, 4, 6):
        assert (len(s.batches), mapping.in_flight) == (done, 2)
        s.cloud.clock.advance(60)
    assert s.counts() == (0, 0, 0)


def test_what_those_who_have_no_room_leave_the_next_one_takes_at_once() -> None:
    """Three functions read from a queue; each message goes to who has room, whoever stands in line before."""
    s = Stage()
    url = s.queue(VisibilityTimeout=900)
    for name in "fgh":
        s.function(name=name, takes=60, timeout=900)
    mappings = [
        s.cloud.event_source_mapping(url, name, BatchSize=1, ScalingConfig={"MaximumConcurrency": 2}) for name in "fgh"
    ]
    for count in range(1, 7):
        s.send(url, str(count))
        assert (len(s.batches), sum(mapping.in_flight for mapping in mappings)) == (count, count)
    assert [mapping.in_flight for mapping in mappings] == [2, 2, 2]
    s.send(url, "7")
    assert len(s.batches) == 6


def test_the_trap_of_reserved_concurrency() -> None:
    """Throttled batches stay taken, and come back with a higher receive count: unhandled into the dead-letter queue."""
    s = Stage()
    url = s.with_dlq(2, VisibilityTimeout=30)
    s.function(takes=100, timeout=200, reserved_concurrency=1, name="f")
    with pytest.raises(minicloud.exceptions.ClientError, match="is less than Function timeout"):
        s.cloud.event_source_mapping(url, "f", BatchSize=1)
    s.function(takes=100, timeout=30, reserved_concurrency=1)
    s.cloud.event_source_mapping(url, "f", BatchSize=1)
    s.cloud.function("f", lambda event, _: s.batches.append([event["Records"][0]["body"]]), takes=100, timeout=200)
    s.send(url, "1", "2", "3")
    assert (s.batches, s.counts()) == ([["1"]], (0, 0, 3))
    s.cloud.clock.advance(61)
    assert s.batches == [["1"]]
    assert sorted(s.cloud.queue("dlq").bodies) == ["1", "2", "3"]
    s.cloud.clock.advance(200)
    throttled = [fact for fact in s.cloud.trace if fact.kind == "lambda.throttled"]
    assert len(throttled) > 8


def test_a_throttled_batch_is_tried_again_until_its_visibility_timeout_is_over() -> None:
    s = Stage()
    url = s.queue(VisibilityTimeout=30)
    s.function(takes=10, timeout=20, reserved_concurrency=1)
    s.cloud.event_source_mapping(url, "f", BatchSize=1)
    s.send(url, "1", "2", "3")
    assert s.batches == [["1"]]
    s.cloud.clock.advance(15)
    assert s.batches == [["1"], ["2"]]
    s.cloud.clock.advance(60)
    assert sorted(s.batches) == [["1"], ["2"], ["3"]]
    assert s.counts() == (0, 0, 0)


# --- FIFO, fair, several readers -------------------------------------------------------------------------------------


def test_groups_of_a_fifo_queue_keep_their_order_and_stop_nobody_else() -> None:
    s = Stage()
    url = s.with_dlq(3, "q.fifo", VisibilityTimeout=30)
    done: list[str] = []

    def pay(event: dict[str, Any]) -> Any:
        failed: list[str] = []
        for record in event["Records"]:
            group = record["attributes"]["MessageGroupId"]
            if record["body"] == "a1" or group in failed:
                failed.append(group)
                continue
            done.append(record["body"])
        return {
            "batchItemFailures": [
                {"itemIdentifier": record["messageId"]}
                for record in event["Records"]
                if record["attributes"]["MessageGroupId"] in failed
            ]
        }

    s.function(pay)
    s.cloud.event_source_mapping(url, "f", FunctionResponseTypes=["ReportBatchItemFailures"])
    for body in ("a1", "b1", "a2", "b2", "a3", "b3", "a1"):
        s.sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId=body[0])
    assert done == ["b1", "b2", "b3"]
    s.cloud.clock.advance(89)
    assert done == ["b1", "b2", "b3"]
    s.cloud.clock.advance(1)
    assert done == ["b1", "b2", "b3", "a2", "a3"]
    assert s.cloud.queue("dlq.fifo").bodies == ["a1"]


def test_a_group_has_one_batch_at_a_time() -> None:
    s = Stage()
    url = s.queue("q.fifo", VisibilityTimeout=60)
    s.function(takes=10, timeout=30)
    s.cloud.event_source_mapping(url, "f", BatchSize=2)
    s.send(url, "a1", "a2", "a3", MessageGroupId="a")
    s.send(url, "b1", MessageGroupId="b")
    assert s.batches == [["a1", "a2"], ["b1"]]
    s.cloud.clock.advance(10)
    assert s.batches[2:] == [["a3"]]


def test_a_fair_queue_is_fair_to_its_quiet_groups_also_through_a_mapping() -> None:
    s = Stage(limits=minicloud.Limits(sqs_noisy_group_in_flight=3))
    url = s.queue(VisibilityTimeout=60)
    s.function(takes=5, timeout=20)
    s.cloud.event_source_mapping(url, "f", BatchSize=1)
    s.send(url, *(f"flood {n}" for n in range(20)), MessageGroupId="flood")
    s.send(url, "quiet", MessageGroupId="quiet")
    assert s.batches == [[f"flood {n}"] for n in range(5)]
    s.cloud.clock.advance(5)
    assert s.batches[5] == ["quiet"]
    s.cloud.clock.advance(60)
    assert (len(s.batches), s.counts()) == (21, (0, 0, 0))


def test_receives_in_line_come_before_mappings_and_these_take_turns() -> None:
    s = Stage()
    url = s.queue()
    for name in ("f", "g"):
        s.cloud.function(
            name, lambda event, context: s.batches.append([context.function_name, event["Records"][0]["body"]])
        )
        s.cloud.event_source_mapping(url, name, BatchSize=1)
    for n in range(6):
        s.sqs.send_message(QueueUrl=url, MessageBody=str(n))
    assert s.batches == [["f", "0"], ["g", "1"], ["f", "2"], ["g", "3"], ["f", "4"], ["g", "5"]]


async def _receive_beside_a_mapping(s: Stage, url: str) -> Any:
    sqs = s.cloud.async_client("sqs")
    poll = asyncio.ensure_future(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await sqs.send_message(QueueUrl=url, MessageBody="for the receive")
    await sqs.send_message(QueueUrl=url, MessageBody="for the function")
    return await poll


def test_a_receive_that_waits_comes_first() -> None:
    s = Stage()
    url = s.queue()
    s.function()
    s.cloud.event_source_mapping(url, "f")
    received = asyncio.run(_receive_beside_a_mapping(s, url))
    assert [message["Body"] for message in received["Messages"]] == ["for the receive"]
    assert s.batches == [["for the function"]]


def test_a_mapping_on_a_dead_letter_queue_handles_what_was_given_up() -> None:
    s = Stage()
    url = s.with_dlq(1, VisibilityTimeout=5)
    s.function(boom, name="fails")
    s.function(name="saves")
    s.cloud.event_source_mapping(url, "fails")
    s.cloud.event_source_mapping("dlq", "saves")
    s.send(url, "m")
    s.cloud.clock.advance(5)
    assert (s.batches, s.times) == ([["m"], ["m"]], [0, 5])
    record = s.events[1]["Records"][0]
    assert record["attributes"]["DeadLetterQueueSourceArn"] == QUEUE
    assert s.counts("dlq") == (0, 0, 0)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_chaos_chooses_all_is_handled_in_the_end(seed: int) -> None:
    s = Stage(delivery="aws", seed=seed)
    url = s.queue(VisibilityTimeout=30)
    s.function(takes=1, timeout=20)
    mapping = s.cloud.event_source_mapping(url, "f")
    s.send(url, *map(str, range(60)))
    s.cloud.clock.advance(600)
    assert {body for batch in s.batches for body in batch} == set(map(str, range(60)))
    assert (s.counts(), mapping.in_flight) == ((0, 0, 0), 0)
    assert len({len(batch) for batch in s.batches}) > 1


# --- its life --------------------------------------------------------------------------------------------------------


def test_disabled_in_mid_flight() -> None:
    s = Stage()
    url = s.queue(VisibilityTimeout=30)
    s.function(takes=10, timeout=20)
    mapping = s.cloud.event_source_mapping(url, "f", BatchSize=1)
    s.send(url, *map(str, range(7)))
    mapping.disable()
    assert mapping.in_flight == 5
    s.cloud.clock.advance(3600)
    assert (len(s.batches), s.counts(), mapping.in_flight) == (5, (2, 0, 0), 0)
    mapping.enable()
    assert len(s.batches) == 7
    s.cloud.clock.advance(10)
    assert s.counts() == (0, 0, 0)
    s.send(url, "last")
    mapping.delete()
    s.cloud.clock.advance(10)
    s.send(url, "left")
    assert (s.batches[-1], s.counts()) == (["last"], (1, 0, 0))


def test_an_open_window_is_let_go_of_when_the_mapping_is_disabled() -> None:
    s = Stage()
    url = s.queue(VisibilityTimeout=30)
    s.function()
    mapping = s.cloud.event_source_mapping(url, "f", MaximumBatchingWindowInSeconds=10)
    s.send(url, "m")
    s.cloud.clock.advance(5)
    mapping.disable()
    assert mapping.in_flight == 0
    s.cloud.clock.advance(24)
    assert (s.batches, s.counts(), mapping.in_flight) == ([], (0, 0, 1), 0)
    s.cloud.clock.advance(1)
    assert s.counts() == (1, 0, 0)
    mapping.enable()
    s.lambda_.update_event_source_mapping(UUID=mapping.uuid, MaximumBatchingWindowInSeconds=0)
    assert (s.batches, s.times) == ([["m"]], [30])


def test_a_window_that_was_let_go_of_takes_nothing_more() -> None:
    s = Stage()
    url = s.queue(VisibilityTimeout=60)
    s.function()
    mapping = s.cloud.event_source_mapping(url, "f", MaximumBatchingWindowInSeconds=10)
    s.send(url, "1")
    mapping.disable()
    mapping.enable()
    s.cloud.clock.advance(5)
    s.send(url, "2")
    s.cloud.clock.advance(10)
    assert (s.batches, s.times) == ([["2"]], [15])
    s.cloud.clock.advance(60)
    assert s.batches == [["2"], ["1"]]


def test_the_function_may_be_changed_and_may_go_and_come() -> None:
    s = Stage()
    url = s.queue()
    s.function()
    s.function(name="g")
    mapping = s.cloud.event_source_mapping(url, "f")
    s.lambda_.update_event_source_mapping(UUID=mapping.uuid, FunctionName="g")
    s.lambda_.delete_function(FunctionName="f")
    s.send(url, "1")
    assert (s.batches, mapping.function) == ([["1"]], "g")
    s.lambda_.delete_function(FunctionName="g")
    s.send(url, "2")
    assert (mapping.state, s.counts()) == ("Enabled", (1, 0, 0))
    s.function(name="g")
    assert (s.batches[1:], s.counts()) == ([["2"]], (0, 0, 0))


def test_the_queue_may_be_deleted_and_made_anew() -> None:
    s = Stage()
    url = s.queue()
    s.function(takes=5, timeout=10)
    mapping = s.cloud.event_source_mapping(url, "f")
    s.send(url, "lost")
    s.sqs.delete_queue(QueueUrl=url)
    s.cloud.clock.advance(60)
    assert (mapping.state, mapping.in_flight) == ("Enabled", 0)
    s.queue()
    s.send(url, "found")
    assert s.batches == [["lost"], ["found"]]
    s.cloud.reset()
    s.queue()
    s.send(url, "nobody reads")
    assert len(s.batches) == 2


def test_a_handler_that_resets_its_cloud_leaves_nothing_that_reads() -> None:
    s = Stage()
    url = s.queue()
    s.function(lambda _: s.cloud.reset())
    s.cloud.event_source_mapping(url, "f")
    s.send(url, *map(str, range(10)))
    s.queue()
    s.function()
    s.send(url, "nobody reads")
    assert s.batches == [list(map(str, range(10)))]
    assert s.counts() == (1, 0, 0)


def test_the_same_seed_gives_the_same_ids_with_and_without_a_mapping() -> None:
    ids = []
    for mapped in (True, False):
        s = Stage()
        url = s.queue()
        if mapped:
            s.function()
            s.cloud.event_source_mapping(url, "f")
        ids.append([s.sqs.send_message(QueueUrl=url, MessageBody=str(n))["MessageId"] for n in range(3)])
    assert ids[0] == ids[1]


def test_a_handler_that_sends_to_its_own_queue_goes_on_without_end_of_the_stack() -> None:
    s = Stage()
    url = s.queue()
    seen: list[int] = []

    def count(event: dict[str, Any], context: Any) -> None:
        n = int(event["Records"][0]["body"])
        seen.append(n)
        if n < 2_000:
            s.sqs.send_message(QueueUrl=url, MessageBody=str(n + 1))

    s.cloud.function("f", count)
    s.cloud.event_source_mapping(url, "f")
    s.send(url, "1")
    assert seen == list(range(1, 2_001))


def test_a_message_that_is_visible_at_once_does_not_go_round_for_ever() -> None:
    s = Stage()
    url = s.queue(VisibilityTimeout=30)
    s.function(takes=1, timeout=10)
    s.cloud.event_source_mapping(url, "f")
    s.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "0"})
    s.send(url, "m")
    assert s.batches == [["m"]]
    s.cloud.clock.advance(1)
    assert s.counts() == (0, 0, 0)


def test_a_snapshot_holds_batches_that_run_and_windows_that_are_open() -> None:
    s = Stage()
    url, other = s.queue(VisibilityTimeout=30), s.queue("w", VisibilityTimeout=30)
    s.function(takes=10, timeout=20)
    s.cloud.event_source_mapping(url, "f")
    s.cloud.event_source_mapping(other, "f", MaximumBatchingWindowInSeconds=10)
    s.send(url, "1")
    s.send(other, "2")
    snapshot = s.cloud.snapshot()
    for _ in range(2):
        s.cloud.clock.advance(60)
        assert (s.batches, s.counts(), s.counts("w")) == ([["1"], ["2"]], (0, 0, 0), (0, 0, 0))
        s.batches.pop()
        s.cloud.restore(snapshot)
        assert (s.counts(), s.counts("w")) == ((0, 0, 1), (0, 0, 1))


def test_what_is_owed_is_told() -> None:
    s = Stage()
    url = s.with_dlq(3, VisibilityTimeout=30)
    s.function(failing("bad"), timeout=5)
    s.cloud.event_source_mapping(url, "f", FunctionResponseTypes=["ReportBatchItemFailures"])
    s.send(url, "good", "bad")
    with pytest.raises(AssertionError, match="1 message of q for f"):
        s.cloud.run_until_idle(limit=10)
    assert s.cloud.run_until_idle() == timedelta(seconds=90)
    assert s.cloud.queue("dlq").bodies == ["bad"]


def test_async_handlers_of_a_mapping_overlap() -> None:
    cloud = minicloud.Cloud(clock="virtual", seed=1)
    runs: list[tuple[float, str, str]] = []

    async def main() -> None:
        sqs, loop = cloud.async_client("sqs"), asyncio.get_running_loop()
        begun = loop.time()

        async def work(event: dict[str, Any], _: Any) -> None:
            (record,) = event["Records"]
            runs.append((loop.time() - begun, "begins", record["body"]))
            await asyncio.sleep(10)
            if record["attributes"]["ApproximateReceiveCount"] == "1" and record["body"] == "2":
                raise RuntimeError
            runs.append((loop.time() - begun, "ends", record["body"]))

        url = (await sqs.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "30"}))["QueueUrl"]
        cloud.function("work", work, timeout=20)
        cloud.event_source_mapping("q", "work")
        for n in range(3):
            await sqs.send_message(QueueUrl=url, MessageBody=str(n))
        assert loop.time() == begun
        await asyncio.sleep(60)
        assert cloud.queue("q").messages == []

    minicloud.run(main(), cloud=cloud)
    assert runs == [
        *((0, "begins", str(n)) for n in range(3)),
        *((10, "ends", str(n)) for n in (0, 1)),
        (30, "begins", "2"),
        (40, "ends", "2"),
    ]


def test_held_handlers_let_a_backlog_gather() -> None:
    s = Stage()
    url = s.queue(VisibilityTimeout=30)
    s.function()
    mapping = s.cloud.event_source_mapping(url, "f", BatchSize=1)
    with s.cloud.hold_handlers():
        s.send(url, *map(str, range(8)))
        assert (s.batches, mapping.in_flight, s.counts()) == ([], 5, (3, 0, 5))
    assert s.batches == [[str(n)] for n in range(8)]

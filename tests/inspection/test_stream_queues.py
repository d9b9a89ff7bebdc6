"""What is seen of queues on streams: views, the trace, the ledger, checks of the history, verdicts, faults, chaos."""

from __future__ import annotations

from typing import Any

import pytest

import minicloud
from minicloud.inspection.coverage import count_behaviours
from minicloud.inspection.verdicts import judge
from minicloud.services.kinesis.queue_record import TRANSITIONS
from tests.kinesis.support import dead_letters, entries, make_queue, receive, receive_dead
from tests.support.clocks import SECOND, SettableClock

pytestmark = pytest.mark.minicloud(region_name="us-east-1")  # which is in the ARNs here


@pytest.fixture
def kinesis(cloud: minicloud.Cloud) -> Any:
    client = cloud.client("kinesis")
    client.create_stream(StreamName="s")
    return client


def put(kinesis: Any, *data: bytes) -> None:
    for one in data:
        kinesis.put_record(StreamName="s", Data=one, PartitionKey="k")


def acknowledge(kinesis: Any, queue: str, *records: Any) -> Any:
    return kinesis.acknowledge_queue_records(QueueARN=queue, Entries=entries(*records))


# --- views -----------------------------------------------------------------------------------------------------------


def test_a_view_shows_each_record_with_its_state(cloud: minicloud.Cloud, kinesis: Any) -> None:
    queue = make_queue(kinesis, QueueAttributes=dead_letters(1, 5))
    put(kinesis, b"a", b"b", b"c", b"d", b"e")
    dead = receive(kinesis, queue, Limit=2, VisibilityTimeoutSeconds=0)
    receive_dead(kinesis, queue, Limit=1)
    receive(kinesis, queue, Limit=1)
    acknowledge(kinesis, queue, *receive(kinesis, queue, Limit=1))
    view = cloud.stream("s").queue("q")
    assert view.arn == queue
    assert (view.name, view.status) == ("q", "ACTIVE")
    assert [(record.data, record.state, record.receive_count) for record in view.records] == [
        (b"a", "dead_letter_in_flight", 2),
        (b"b", "dead_letter", 1),
        (b"c", "in_flight", 1),
        (b"e", "visible", 0),
    ]
    assert [record.data for record in view.dead_letters] == [b"a", b"b"]
    counts = view.counts
    assert (counts.visible, counts.in_flight, counts.dead_letters, counts.dead_letters_in_flight) == (1, 1, 1, 1)
    assert view.records[0].record_id == dead[0]["RecordId"]
    assert len(view) == 4
    assert repr(view) == "<queue q on s: 1 visible, 1 in flight, 2 dead letters>"
    assert repr(view.records[2]).endswith(' "c": in flight, received 1 time>')
    cloud.clock.advance(5)
    assert [record.state for record in view.records] == ["dead_letter"] * 3 + ["visible"]
    cloud.clock.advance(86_400)
    assert view.records == []


@pytest.mark.parametrize(("most", "then"), [(1, "dead_letters"), (2, "visible"), (None, "visible")])
def test_counts_are_those_of_the_moment_also_when_nobody_has_called_since(most: int | None, then: str) -> None:
    clock = SettableClock()
    with minicloud.Cloud(clock=clock, seed=1) as cloud:
        kinesis: Any = cloud.client("kinesis", "us-east-1")
        kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
        queue = make_queue(kinesis, QueueAttributes=dead_letters(most, 5))
        put(kinesis, b"a")
        receive(kinesis, queue)

        def counted() -> dict[str, int]:
            counts = cloud.stream("s").queue("q").counts
            names = ("visible", "in_flight", "dead_letters", "dead_letters_in_flight")
            return {name: getattr(counts, name) for name in names if getattr(counts, name)}

        clock.now += 5 * SECOND - 1
        assert counted() == {"in_flight": 1}
        clock.now += 1
        assert counted() == {then: 1}
        if most == 1:
            receive_dead(kinesis, queue)
            assert counted() == {"dead_letters_in_flight": 1}
            clock.now += 5 * SECOND
            assert counted() == {then: 1}


def test_counts_end_with_the_retention_and_begin_where_the_queue_does() -> None:
    clock = SettableClock()
    day = 24 * 3600 * SECOND
    with minicloud.Cloud(clock=clock, seed=1) as cloud:
        kinesis: Any = cloud.client("kinesis", "us-east-1")
        kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
        put(kinesis, b"early")
        clock.now += 10 * SECOND
        queue = make_queue(kinesis, kind="AT_TIMESTAMP", Timestamp=cloud.clock.now(), QueueAttributes=dead_letters(9))
        put(kinesis, b"a", b"b")
        receive(kinesis, queue, Limit=1, VisibilityTimeoutSeconds=43_200)

        def counted() -> tuple[int, int]:
            counts = cloud.stream("s").queue("q").counts
            return counts.visible, counts.in_flight

        assert counted() == (1, 1)
        clock.now += 12 * 3600 * SECOND - 1
        assert counted() == (1, 1)
        clock.now += 1
        assert counted() == (2, 0)
        clock.now += day // 2 - 1
        assert counted() == (2, 0)
        clock.now += 1
        assert counted() == (0, 0)


def test_what_is_due_next_names_the_record_and_its_queue(cloud: minicloud.Cloud, kinesis: Any) -> None:
    queue = make_queue(kinesis, QueueAttributes=dead_letters(9, 50))
    later = make_queue(kinesis, name="later", QueueAttributes=dead_letters(9, 60))
    number = kinesis.put_record(StreamName="s", Data=b"a", PartitionKey="k")["SequenceNumber"]
    assert cloud.clock.next_due is None
    receive(kinesis, later)
    assert cloud.clock.next_due == f"record …{number[-8:]} in later can be received again"
    receive(kinesis, queue)
    assert cloud.clock.next_due == f"record …{number[-8:]} in q can be received again"
    began = cloud.clock.time()
    assert cloud.clock.advance_to_next() == f"record …{number[-8:]} in q can be received again"
    assert cloud.clock.time() - began == 50
    assert cloud.clock.next_due == f"record …{number[-8:]} in later can be received again"


def test_looking_changes_nothing(cloud: minicloud.Cloud, kinesis: Any) -> None:
    queue = make_queue(kinesis)
    put(kinesis, b"a")
    for _ in range(2):
        assert [record.receive_count for record in cloud.stream("s").queue(queue).records] == [0]
    assert [record["ReceiveCount"] for record in receive(kinesis, queue)] == [1]


def test_queues_that_are_not_there(cloud: minicloud.Cloud, kinesis: Any) -> None:
    make_queue(kinesis, name="a")
    assert [view.name for view in cloud.stream("s").queues] == ["a"]
    with pytest.raises(minicloud.UsageError, match="there is no queue 'b' on s; there are: a"):
        cloud.stream("s").queue("b")


# --- the trace -------------------------------------------------------------------------------------------------------


def test_the_trace_tells_it_in_words(cloud: minicloud.Cloud, kinesis: Any) -> None:
    queue = make_queue(kinesis, QueueAttributes=dead_letters(1, 5))
    put(kinesis, b"order 1")
    receive(kinesis, queue)
    cloud.clock.advance(5)
    [letter] = receive_dead(kinesis, queue)
    kinesis.restore_dead_letter_queue_records(QueueARN=queue, Entries=entries(letter))
    [record] = receive(kinesis, queue)
    acknowledge(kinesis, queue, record, record)
    receive(kinesis, queue)
    kinesis.delete_queue(QueueARN=queue)
    identity = f"…{int(record['RecordId'], 16) % 10**8:08d}"
    lines = [line.split("  ", 1)[1].strip() for line in cloud.trace.render().splitlines()]
    told = [line for line in lines if "kinesis." not in line]
    assert told[1] == "q  queue created on s"
    assert told[2].startswith(f's  {identity} "order 1": put into shardId-00000000000')
    assert told[3:] == [
        f'q  {identity} "order 1": received (1st time), hidden for 5 s',
        f'q  {identity} "order 1": a dead letter after 1 receive',
        f'q  {identity} "order 1": received as a dead letter (2nd time), hidden for 5 s',
        f'q  {identity} "order 1": restored, a dead letter no more',
        f'q  {identity} "order 1": received (1st time), hidden for 5 s',
        f'q  {identity} "order 1": acknowledged',
        "q  an acknowledgement came too late: the handle is good no more",
        "q  a receive waited for 1 s and found nothing",
        "--- time jumps 1 s: every thread waits ---",
        "q  queue deleted",
    ]


def test_what_a_run_has_exercised(cloud: minicloud.Cloud, kinesis: Any) -> None:
    queue = make_queue(kinesis, QueueAttributes=dead_letters(1, 5))
    put(kinesis, b"a")
    receive(kinesis, queue, VisibilityTimeoutSeconds=0)
    [letter] = receive_dead(kinesis, queue)
    kinesis.restore_dead_letter_queue_records(QueueARN=queue, Entries=entries(letter))
    acknowledge(kinesis, queue, *receive(kinesis, queue))
    seen = count_behaviours(cloud.trace)
    for name in ("record received from a queue", "record acknowledged", "dead letter", "dead letter restored"):
        assert seen[f"kinesis: {name}"] >= 1, name


def test_a_page_of_it(cloud: minicloud.Cloud, kinesis: Any, tmp_path: Any) -> None:
    queue = make_queue(kinesis)
    put(kinesis, b"order 1")
    acknowledge(kinesis, queue, *receive(kinesis, queue))
    receive(kinesis, queue)
    cloud.trace.to_html(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert "order 1" in page
    assert "acknowledged" in page


# --- the ledger ------------------------------------------------------------------------------------------------------


def test_the_ledger_has_an_account_in_each_queue(cloud: minicloud.Cloud, kinesis: Any) -> None:
    put(kinesis, b"before")
    one = make_queue(kinesis, name="one", QueueAttributes=dead_letters(2, 5))
    make_queue(kinesis, name="two", kind="LATEST")
    put(kinesis, b"after")
    first, second = receive(kinesis, one)
    acknowledge(kinesis, one, first)
    cloud.clock.advance(5)
    receive(kinesis, one)
    cloud.clock.advance(5)
    ledger = cloud.ledger
    assert [(account.body, account.fate) for account in ledger.of("one")] == [
        ("before", "acknowledged"),
        ("after", "dead letter"),
    ]
    assert [(account.body, account.fate) for account in ledger.of("two")] == [("after", "visible")]
    account = cloud.stream("s").queue("one").ledger(second["RecordId"])
    assert [delivery.outcome for delivery in account.deliveries] == ["visibility expired"] * 2
    assert account.is_dead_letter
    assert "a dead letter after 2 receives" in str(account)
    [letter] = receive_dead(kinesis, one)
    kinesis.restore_dead_letter_queue_records(QueueARN=one, Entries=entries(letter))
    account = cloud.stream("s").queue("one").ledger(second["RecordId"])
    assert account.fate == "visible"
    assert account.deliveries[-1].outcome == "restored"
    with pytest.raises(minicloud.UsageError, match="has no record 'x'"):
        cloud.stream("s").queue("one").ledger("x")


def test_how_deliveries_end(cloud: minicloud.Cloud, kinesis: Any) -> None:
    queue = make_queue(kinesis, QueueAttributes=dead_letters(None, 5))
    put(kinesis, b"a")
    [record] = receive(kinesis, queue)
    kinesis.update_queue_records_visibility(QueueARN=queue, Entries=entries(record, VisibilityTimeoutSeconds=60))
    cloud.clock.advance(60)
    [record] = receive(kinesis, queue)
    kinesis.update_queue_records_visibility(QueueARN=queue, Entries=entries(record, VisibilityTimeoutSeconds=0))
    receive(kinesis, queue)
    kinesis.delete_queue(QueueARN=queue)
    [account] = cloud.ledger.of("q")
    assert [delivery.outcome for delivery in account.deliveries] == [
        "visibility expired",
        "given up",
        "queue deleted",
    ]
    assert account.fate == "queue deleted"


# --- checks, verdicts, assertions ------------------------------------------------------------------------------------


def test_a_history_that_holds(cloud: minicloud.Cloud, kinesis: Any) -> None:
    queue = make_queue(kinesis)
    put(kinesis, b"a", b"b")
    acknowledge(kinesis, queue, *receive(kinesis, queue, Limit=1))
    report = cloud.check_history()
    assert report
    assert report.messages == 2
    assert cloud.check_history(queue).messages == 2


def test_what_nobody_acknowledged_in_time_is_lost(cloud: minicloud.Cloud, kinesis: Any) -> None:
    queue = make_queue(kinesis)
    put(kinesis, b"a", b"b")
    receive(kinesis, queue, Limit=1)
    cloud.clock.advance(86_401)
    report = cloud.check_history()
    assert [violation.text.partition(" ")[2] for violation in report.of("at_least_once")] == [
        '"b" was dropped at the end of its retention period and never delivered'
    ]
    assert len(report.of("no_loss")) == 2
    assert report.of("visibility") == report.of("exactly_once") == []


@pytest.mark.parametrize("trace", [False, True])
def test_what_was_put_before_the_beginning_is_not_lost(trace: bool) -> None:
    """A clock that was put back puts records before the time at which a queue begins: they are none of its own."""
    clock = SettableClock()
    with minicloud.Cloud(clock=clock, seed=1, trace=trace) as cloud:
        kinesis = cloud.client("kinesis", "us-east-1")
        kinesis.create_stream(StreamName="s")
        make_queue(kinesis, kind="AT_TIMESTAMP", Timestamp=clock.now // SECOND)
        view = cloud.stream("s").queue("q")
        for step, data in ((-10, b"before"), (10, b"at its time"), (10, b"after")):
            clock.move(step)
            put(kinesis, data)
        assert [record.data for record in view.records] == [b"at its time", b"after"]
        assert view.counts.visible == 2
        clock.move(86_390)  # as long as the stream keeps the one, and the other for ten seconds more
        assert [record.data for record in view.records] == [b"after"]
        assert view.counts.visible == 1
        clock.move(10)
        assert view.records == []
        assert view.counts.visible == 0
        assert not trace or len(cloud.trace.of("kinesis.record.expired")) == 2


def test_work_that_was_done_twice(cloud: minicloud.Cloud, kinesis: Any) -> None:
    queue = make_queue(kinesis, QueueAttributes=dead_letters(9, 5))
    put(kinesis, b"a")
    [slow] = receive(kinesis, queue)
    cloud.clock.advance(5)
    [quick] = receive(kinesis, queue)
    acknowledge(kinesis, queue, quick)
    acknowledge(kinesis, queue, slow)
    [violation] = cloud.check_history().violations
    assert violation.check == "exactly_once"
    assert '"a" was finished 2 times' in violation.text


def test_verdicts(cloud: minicloud.Cloud, kinesis: Any) -> None:
    queue = make_queue(kinesis, QueueAttributes=dead_letters(1))
    put(kinesis, b"a", b"b")
    receive(kinesis, queue, Limit=1)
    assert "in flight in q: received at 00:00:00.000 by MainThread, never acknowledged" in judge(
        cloud, ["no_in_flight"]
    )
    assert judge(cloud, ["dlqs_empty"]) == ""
    assert judge(cloud, ["queues_empty"]).count("is left in q") == 2
    cloud.clock.advance(30)
    assert judge(cloud, ["no_in_flight"]) == ""
    assert "dead letter" in judge(cloud, ["dlqs_empty"])


def test_drained(cloud: minicloud.Cloud, kinesis: Any) -> None:
    queue = make_queue(kinesis)
    cloud.assert_drained()
    put(kinesis, b"a")
    with pytest.raises(AssertionError, match='"a": visible, received 0 times'):
        cloud.assert_drained()
    cloud.assert_drained(ignoring=["q"])
    acknowledge(kinesis, queue, *receive(kinesis, queue))
    cloud.assert_drained()


# --- faults ----------------------------------------------------------------------------------------------------------


def test_faults_of_receives(cloud: minicloud.Cloud, kinesis: Any) -> None:
    queue = make_queue(kinesis, name="orders", QueueAttributes=dead_letters(9, 5))
    other = make_queue(kinesis, name="other")
    put(kinesis, b"a")
    cloud.faults.refuse("ThrottlingException", operation="ReceiveQueueRecords", resource="orders", nth=1)
    cloud.faults.lose_answer(operation="receive_queue_records", resource="orders", nth=1)
    with pytest.raises(kinesis.exceptions.ThrottlingException):
        receive(kinesis, queue)
    assert len(receive(kinesis, other)) == 1
    with pytest.raises(minicloud.exceptions.ReadTimeoutError):
        receive(kinesis, queue)
    assert receive(kinesis, queue) == []  # it is in flight, and nobody has it
    cloud.clock.advance(4)
    assert [record["ReceiveCount"] for record in receive(kinesis, queue)] == [2]


def test_entries_that_fail_alone(cloud: minicloud.Cloud, kinesis: Any) -> None:
    queue = make_queue(kinesis)
    put(kinesis, b"a", b"b", b"c")
    records = receive(kinesis, queue)
    handles = [record["ReceiptHandle"] for record in records]
    cloud.faults.fail_entries(1, error="ThrottlingException", operation="AcknowledgeQueueRecords", first=1)
    answer = acknowledge(kinesis, queue, *records)
    assert answer["Successful"] == entries(handles[0], handles[2])
    assert [(entry["ReceiptHandle"], entry["ErrorCode"]) for entry in answer["Failed"]] == [
        (handles[1], "ThrottlingException")
    ]
    cloud.faults.fail_entries(handles[1], operation="AcknowledgeQueueRecords", first=1)
    answer = acknowledge(kinesis, queue, records[1])
    assert (answer["Successful"], [entry["ErrorCode"] for entry in answer["Failed"]]) == (
        [],
        ["InternalFailureException"],
    )
    assert acknowledge(kinesis, queue, records[1])["Failed"] == []


def test_a_fault_names_a_queue_by_its_name(cloud: minicloud.Cloud, kinesis: Any) -> None:
    queue = make_queue(kinesis)
    with pytest.raises(minicloud.UsageError, match="give the name"):
        cloud.faults.disconnect(resource=queue)


# --- chaos -----------------------------------------------------------------------------------------------------------


def consume(cloud: minicloud.Cloud, kinesis: Any, queue: str) -> list[bytes]:
    seen: list[bytes] = []
    for _ in range(200):
        records = receive(kinesis, queue)
        if not records and not cloud.stream("s").queue(queue).records:
            break
        seen += [record["Data"] for record in records]
        if records:
            acknowledge(kinesis, queue, *records)
    return seen


def test_chaos_delivers_at_least_once_in_any_order() -> None:
    repeated = disordered = 0
    for seed in range(20):
        with minicloud.Cloud(clock="virtual", seed=seed, delivery="aws", trace=True) as cloud:
            kinesis = cloud.client("kinesis")
            kinesis.create_stream(StreamName="s")
            queue = make_queue(kinesis, QueueAttributes=dead_letters(None))
            data = [str(place).encode() for place in range(12)]
            put(kinesis, *data)
            seen = consume(cloud, kinesis, queue)
            assert set(seen) == set(data)
            repeated += len(seen) > len(data)
            disordered += list(dict.fromkeys(seen)) != data
            assert cloud.check_history(checks=("at_least_once", "no_loss"))
    assert repeated > 5
    assert disordered > 5


def test_without_chaos_each_once_in_order(cloud: minicloud.Cloud, kinesis: Any) -> None:
    queue = make_queue(kinesis)
    data = [str(place).encode() for place in range(25)]
    for one in data:
        put(kinesis, one)
        cloud.clock.advance(0.001)
    assert consume(cloud, kinesis, queue) == data


def test_the_table_of_states_names_all() -> None:
    assert {state for ways in TRANSITIONS.values() for state in ways} <= set(TRANSITIONS)

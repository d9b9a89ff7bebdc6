"""What is told of a stream: who has read which records, from where on, and what was left or passed over."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

import minicloud
from minicloud.__main__ import main
from minicloud.exceptions import ClientError, UsageError
from minicloud.inspection.coverage import count_behaviours
from minicloud.inspection.report import section
from minicloud.inspection.stream_accounts import StreamAccounts
from minicloud.inspection.verdicts import judge
from tests.kinesis.test_channels import to_bucket

FIRST, SECOND = "shardId-000000000000", "shardId-000000000001"
UPPER_HALF = str(2**127)


@pytest.fixture
def cloud() -> Any:
    with minicloud.Cloud(clock="virtual", seed=1, trace=True) as made:
        made.client("kinesis").create_stream(StreamName="clicks", ShardCount=2)
        yield made


def put(cloud: minicloud.Cloud, count: int, hash_key: str = "0") -> list[str]:
    """Puts records with the data 0, 1, 2 ... and returns their sequence numbers."""
    entries = [{"Data": b"%d" % number, "PartitionKey": "k", "ExplicitHashKey": hash_key} for number in range(count)]
    answer = cloud.client("kinesis").put_records(StreamName="clicks", Records=entries)
    return [record["SequenceNumber"] for record in answer["Records"]]


def iterator(cloud: minicloud.Cloud, kind: str, shard_id: str = FIRST, **position: Any) -> str:
    answer = cloud.client("kinesis").get_shard_iterator(
        StreamName="clicks", ShardId=shard_id, ShardIteratorType=kind, **position
    )
    return answer["ShardIterator"]


def read(cloud: minicloud.Cloud, place: str, limit: int = 10_000) -> Any:
    """Reads once; the iterator to go on with."""
    return cloud.client("kinesis").get_records(ShardIterator=place, Limit=limit).get("NextShardIterator")


def stories(cloud: minicloud.Cloud) -> list[str]:
    """What a failed test is told, before the timeline."""
    return section(cloud, list(cloud.trace))[1].partition("\n\nwhat happened:")[0].splitlines()


def violations(cloud: minicloud.Cloud, check: str) -> list[str]:
    return [violation.text for violation in cloud.check_history("clicks").of(check)]


def behaviours(cloud: minicloud.Cloud) -> set[str]:
    return {name.partition(": ")[2] for name in count_behaviours(cloud.trace)}


# --- stories ---------------------------------------------------------------------------------------------------------


def test_a_reader_at_latest_that_has_missed_everything(cloud: minicloud.Cloud) -> None:
    put(cloud, 20)
    place = iterator(cloud, "LATEST")
    for _ in range(3):
        place = read(cloud, place)
    assert stories(cloud) == [
        "20 records in clicks: all never read",
        "MainThread read clicks/0 from LATEST: 0 of 20 records (all 20 lie before it)",
    ]
    lines = cloud.trace.render().splitlines()
    assert lines[-2].endswith(f"an iterator of {FIRST} from LATEST, behind 20 records")
    assert lines[-1].endswith(f"3 reads of {FIRST} found nothing")
    assert "reader at LATEST missed records" in behaviours(cloud)


def test_a_reader_that_has_not_come_to_the_end(cloud: minicloud.Cloud) -> None:
    put(cloud, 20)
    put(cloud, 1, UPPER_HALF)
    place = read(cloud, read(cloud, iterator(cloud, "TRIM_HORIZON"), 10), 10)
    put(cloud, 3)
    assert stories(cloud) == [
        "24 records in clicks: 20 read, 4 never read",
        "MainThread read clicks/0 from TRIM_HORIZON: 0..9, then 10..19; 3 left unread",
        "nobody has read clicks/1: 1 record",
    ]
    [reader] = cloud.stream("clicks").readers
    assert (reader.name, reader.stream, reader.shard_id, reader.start) == (
        "MainThread",
        "clicks",
        FIRST,
        "TRIM_HORIZON",
    )
    assert (reader.behind, reader.reads, reader.is_consumer) == (3, [(0, 10), (10, 20)], False)
    for _ in range(2):
        place = read(cloud, place, 1)
    assert (
        stories(cloud)[1]
        == "MainThread read clicks/0 from TRIM_HORIZON: 0..9, then 10..19, then 20, then 21; 1 left unread"
    )
    read(cloud, read(cloud, place))
    assert (
        stories(cloud)[1]
        == "MainThread read clicks/0 from TRIM_HORIZON: 0..9, then 10..19, then 20, then 1 more, then 22"
    )
    assert cloud.stream("clicks").readers[0].behind == 0


def test_an_iterator_that_has_expired(cloud: minicloud.Cloud) -> None:
    put(cloud, 2)
    place = iterator(cloud, "TRIM_HORIZON")
    cloud.clock.advance(301)
    for given in (place, f'"{place}"'):
        with pytest.raises(ClientError, match="expired"):
            read(cloud, given)
    assert stories(cloud)[1] == (
        "MainThread read clicks/0 from TRIM_HORIZON: 0 of 2 records; 2 left unread; iterator expired after 301 s; "
        "iterator expired after 301 s"
    )
    assert judge(cloud, ["no_expired_iterators"]).splitlines()[1] == (
        "  MainThread's iterator of clicks/0 expired: it was 301 s old"
    )
    assert "expired iterator" in behaviours(cloud)


def test_iterators_are_never_shown(cloud: minicloud.Cloud) -> None:
    place = iterator(cloud, "TRIM_HORIZON")
    read(cloud, place)
    cloud.clock.advance(301)
    for given in (place, "no iterator", "A" * 100):
        with pytest.raises(ClientError):
            read(cloud, given)
    shown = "\n".join([*map(str, cloud.trace), cloud.trace.render(), *section(cloud, list(cloud.trace))])
    assert "AAAA" not in shown
    assert place[12:32] not in shown
    assert "GetRecords(ShardIterator=…" in shown


def test_a_thread_that_reads_by_an_iterator_of_another(cloud: minicloud.Cloud) -> None:
    put(cloud, 1)
    place = iterator(cloud, "TRIM_HORIZON")
    worker = threading.Thread(target=read, args=(cloud, place), name="worker-1")
    worker.start()
    worker.join()
    assert stories(cloud)[1] == "worker-1 read clicks/0 from TRIM_HORIZON: 0"
    assert [delivery.by for delivery in cloud.ledger.of("clicks")[0].deliveries] == ["worker-1"]


def test_a_consumer_that_records_are_pushed_to(cloud: minicloud.Cloud) -> None:
    kinesis = cloud.client("kinesis")
    put(cloud, 3)
    stream = cloud.stream("clicks")
    consumer = kinesis.register_stream_consumer(StreamARN=stream.arn, ConsumerName="billing")["Consumer"]["ConsumerARN"]
    for kind in ("LATEST", "TRIM_HORIZON"):
        events = kinesis.subscribe_to_shard(ConsumerARN=consumer, ShardId=FIRST, StartingPosition={"Type": kind})[
            "EventStream"
        ]
        next(iter(events))
        cloud.clock.advance(10)
    put(cloud, 1)
    assert stories(cloud) == [
        "4 records in clicks: 3 read, 1 never read",
        "consumer billing read clicks/0 from LATEST: 0 of 4 records (3 lie before it); 1 left unread",
        "consumer billing read clicks/0 from TRIM_HORIZON: 0..2; 1 left unread",
    ]
    assert [(reader.is_consumer, reader.behind) for reader in stream.readers] == [(True, 1), (True, 1)]
    assert {"reader at LATEST missed records", "enhanced fan-out"} <= behaviours(cloud)
    lines = cloud.trace.render()
    assert f"billing subscribed to {FIRST} from LATEST, behind 3 records" in lines


def test_the_page_has_records_with_who_has_read_them(cloud: minicloud.Cloud, tmp_path: Path) -> None:
    put(cloud, 2)
    read(cloud, iterator(cloud, "TRIM_HORIZON"), 1)
    cloud.trace.to_html(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert page.count("read by MainThread") == 1
    assert all(account.identity in page for account in cloud.ledger)


def test_a_file_of_events_tells_the_same(
    cloud: minicloud.Cloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(cloud, 2)
    read(cloud, iterator(cloud, "TRIM_HORIZON"), 1)
    cloud.trace.to_jsonl(tmp_path / "events.jsonl")
    assert main(["render", str(tmp_path / "events.jsonl")]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == stories(cloud)


def test_a_report_of_many_readers_and_shards_stays_short() -> None:
    with minicloud.Cloud(clock="virtual", seed=1, trace=True) as cloud:
        cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=30)
        for number in range(30):
            put(cloud, 1, str(number * (2**128 // 30)))
        for number in range(10):
            iterator(cloud, "LATEST", f"shardId-{number:012d}")
        lines = stories(cloud)
        assert len(lines) == 11
        assert lines[9] == "… and 2 more readers"
        assert lines[10].startswith("nobody has read clicks/10: 1 record, clicks/11: 1 record")
        assert lines[10].endswith("clicks/17: 1 record and 12 more")


def test_what_a_queue_on_the_stream_takes_is_told_of_the_queue(cloud: minicloud.Cloud) -> None:
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="jobs")
    position = {"StreamARN": cloud.stream("jobs").arn, "StartingPosition": {"Type": "TRIM_HORIZON"}}
    kinesis.create_queue(QueueName="work", StreamConfigurationList=[position])
    arn = cloud.stream("jobs").queue("work").arn
    number = kinesis.put_record(StreamName="jobs", Data=b"x", PartitionKey="k")["SequenceNumber"]
    kinesis.receive_queue_records(QueueARN=arn)
    assert not any("jobs" in line for line in stories(cloud))
    assert judge(cloud, ["streams_read"]) == ""
    assert cloud.ledger[number].deliveries == []
    assert [account.fate for account in cloud.ledger] == ["in flight", "unread"]


# --- the ledger ------------------------------------------------------------------------------------------------------


def test_the_ledger_has_records_by_sequence_number_and_by_stream(cloud: minicloud.Cloud) -> None:
    first, second = put(cloud, 2)
    read(cloud, iterator(cloud, "TRIM_HORIZON"), 1)
    ledger = cloud.ledger
    assert len(ledger) == 2
    assert first in ledger
    assert [account.message_id for account in ledger] == [first, second]
    assert ledger.of("clicks") == ledger.of(cloud.stream("clicks").arn) == list(ledger)
    assert repr(ledger) == "<ledger of 0 messages and 2 records>"
    assert (ledger[first].body, ledger[first].queue, ledger[first].fate) == ("0", "clicks", "read")
    assert (ledger[second].fate, ledger[second].deliveries) == ("unread", [])
    assert str(ledger[first]).splitlines() == [
        f'record …{first[-8:]} "0" in clicks/0, read',
        f"  00:00:00.000  put into {FIRST}, key 'k'",
        "  00:00:00.000  read by MainThread",
    ]
    assert ledger.record("clicks", first) is ledger[first]
    with pytest.raises(UsageError, match="has no record '4967': give a SequenceNumber that PutRecord or PutRecords"):
        ledger["4967"]
    with pytest.raises(UsageError, match=r"there is no queue 'click'.*nor is there a stream of that name"):
        ledger.of("click")


def test_a_sequence_number_that_two_streams_have(cloud: minicloud.Cloud) -> None:
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="views", ShardCount=1)
    put(cloud, 1)
    number = kinesis.put_record(StreamName="views", Data=b"v", PartitionKey="k")["SequenceNumber"]
    assert number == cloud.ledger.of("clicks")[0].message_id
    with pytest.raises(UsageError, match="is the sequence number of records in clicks and views: "):
        cloud.ledger[number]
    assert cloud.ledger.record("views", number).body == "v"


def test_a_stream_that_is_made_anew_begins_anew(cloud: minicloud.Cloud) -> None:
    kinesis = cloud.client("kinesis")
    put(cloud, 2)
    read(cloud, iterator(cloud, "TRIM_HORIZON"))
    kinesis.delete_stream(StreamName="clicks")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    assert cloud.stream("clicks").readers == []
    [number] = put(cloud, 1)
    assert [account.fate for account in cloud.ledger] == ["stream deleted", "stream deleted", "unread"]
    assert str(cloud.ledger.of("clicks")[0]).splitlines()[-1] == "  00:00:00.000  gone with its stream"
    iterator(cloud, "LATEST")
    assert [reader.behind for reader in cloud.stream("clicks").readers] == [0]
    assert number


def test_a_record_put_before_the_trace_counts_as_a_lag() -> None:
    with minicloud.Cloud(clock="virtual", seed=1, trace=False) as cloud:
        cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
        with pytest.raises(UsageError, match="who reads a stream needs the trace"):
            cloud.stream("clicks").readers  # noqa: B018
        put(cloud, 5)
        place = iterator(cloud, "TRIM_HORIZON")
        cloud.trace.start()
        place = read(cloud, place, 2)
        cloud.trace.stop()
        put(cloud, 1)
        [reader] = cloud.stream("clicks").readers
        assert (reader.start, reader.behind, str(reader)) == ("", 4, "MainThread read clicks/0: 0..1; 4 left unread")
        assert len(cloud.ledger) == 0


def test_what_the_stream_has_let_go_of_is_no_lag(cloud: minicloud.Cloud) -> None:
    put(cloud, 5)
    iterator(cloud, "TRIM_HORIZON")
    cloud.clock.advance(25 * 3600)
    put(cloud, 1)
    assert [reader.behind for reader in cloud.stream("clicks").readers] == [1]


def test_a_closed_cloud_still_tells_of_readers() -> None:
    with minicloud.Cloud(clock="virtual", seed=1, trace=True) as cloud:
        cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
        put(cloud, 2)
        read(cloud, iterator(cloud, "TRIM_HORIZON"), 1)
        stream = cloud.stream("clicks")
    assert [reader.behind for reader in stream.readers] == [1]
    assert len(cloud.ledger.of("clicks")) == 2


# --- proofs ----------------------------------------------------------------------------------------------------------


def test_a_history_that_holds(cloud: minicloud.Cloud) -> None:
    put(cloud, 20)
    place = iterator(cloud, "TRIM_HORIZON")
    for _ in range(3):
        place = read(cloud, place, 10)
    report = cloud.check_history("clicks")
    assert report
    assert str(report).splitlines() == [
        "20 records of streams, read 20 times",
        "  shard_order: holds",
        "  no_skips: holds",
        "  parents_first: holds",
    ]
    assert repr(report) == "<history of 20 records: holds>"
    assert (report.messages, report.records, report.reads) == (0, 20, 20)
    cloud.client("sqs").create_queue(QueueName="jobs")
    cloud.client("sqs").send_message(QueueUrl=cloud.queue("jobs").url, MessageBody="x")
    assert str(cloud.check_history()).splitlines()[0] == (
        "1 message, 0 deliveries; 20 records of streams, read 20 times"
    )
    assert len(str(cloud.check_history()).splitlines()) == 9
    assert str(cloud.check_history("jobs")).splitlines()[0] == "1 message, 0 deliveries"
    with pytest.raises(UsageError, match="nor is there a stream of that name"):
        cloud.check_history("job")


def test_a_reader_that_begins_anew_at_latest_passes_records_over(cloud: minicloud.Cloud) -> None:
    put(cloud, 2)
    read(cloud, iterator(cloud, "TRIM_HORIZON"))
    put(cloud, 3)
    read(cloud, iterator(cloud, "LATEST"))
    assert violations(cloud, "no_skips") == [
        "MainThread has passed over records 2..4 of clicks/0, as it began anew at LATEST, while it had come to 2"
    ]
    assert (
        stories(cloud)[1]
        == "MainThread read clicks/0 from TRIM_HORIZON: 0..1; 2..4 passed over by a new iterator at LATEST"
    )
    read(cloud, iterator(cloud, "TRIM_HORIZON"))  # which is another reader, and reads them all
    assert violations(cloud, "no_skips") != []


def test_a_reader_that_goes_on_where_it_stood_passes_nothing_over(cloud: minicloud.Cloud) -> None:
    numbers = put(cloud, 4)
    read(cloud, iterator(cloud, "TRIM_HORIZON"), 2)
    place = iterator(cloud, "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[1])
    read(cloud, place)
    assert violations(cloud, "no_skips") == []
    assert [str(reader) for reader in cloud.stream("clicks").readers] == [
        "MainThread read clicks/0 from TRIM_HORIZON: 0..1, then 2..3"
    ]


def test_two_iterators_of_one_thread_that_read_side_by_side(cloud: minicloud.Cloud) -> None:
    one = iterator(cloud, "LATEST")
    put(cloud, 2)
    other = iterator(cloud, "LATEST")
    put(cloud, 1)
    read(cloud, other)
    assert violations(cloud, "no_skips") != []  # so far
    read(cloud, one)
    assert cloud.check_history("clicks")


def test_an_iterator_that_is_used_again(cloud: minicloud.Cloud) -> None:
    put(cloud, 4)
    place = iterator(cloud, "TRIM_HORIZON")
    for limit in (2, 4, 1):
        read(cloud, place, limit)
    assert cloud.check_history("clicks")
    assert stories(cloud)[1:] == ["MainThread read clicks/0 from TRIM_HORIZON: 0..1, then 0..3, then 0"]


def test_what_no_service_may_do_is_a_violation(cloud: minicloud.Cloud) -> None:
    put(cloud, 4)
    read(cloud, read(cloud, iterator(cloud, "TRIM_HORIZON"), 1))
    events = list(cloud.trace)
    told = [event for event in events if event.kind == "kinesis.records.read"]
    told[0].details["position"], told[1].details["position"] = 2, 0  # type: ignore[index]
    [reader] = [reader for shard in StreamAccounts(events).shards for reader in shard.readers]
    assert [(place, first) for place, first, _ in reader.disorder] == [(3, 0)]


def test_a_reader_that_is_slower_than_the_retention_period(cloud: minicloud.Cloud) -> None:
    put(cloud, 4)
    place = read(cloud, iterator(cloud, "TRIM_HORIZON"), 1)
    cloud.clock.advance(24 * 3600 - 1)
    place = read(
        cloud,
        iterator(cloud, "AT_SEQUENCE_NUMBER", StartingSequenceNumber=cloud.stream("clicks").records[1].sequence_number),
        1,
    )
    cloud.clock.advance(2)
    put(cloud, 1)
    read(cloud, place)
    assert violations(cloud, "no_skips") == [
        "MainThread has passed over records 2..3 of clicks/0, as the stream keeps them no longer: "
        "the reader was too slow"
    ]


def test_a_child_that_is_read_before_its_parent(cloud: minicloud.Cloud) -> None:
    put(cloud, 5)
    cloud.client("kinesis").split_shard(StreamName="clicks", ShardToSplit=FIRST, NewStartingHashKey="1000")
    put(cloud, 2)
    parent = read(cloud, iterator(cloud, "TRIM_HORIZON"), 3)
    read(cloud, iterator(cloud, "LATEST", "shardId-000000000003"))  # who begins at LATEST wants nothing older
    assert violations(cloud, "parents_first") == []
    read(cloud, iterator(cloud, "TRIM_HORIZON", "shardId-000000000002"))
    assert violations(cloud, "parents_first") == [
        "MainThread read clicks/2 while 2 records of its parent clicks/0 had not been read"
    ]
    assert "child shard read before its parent's end" in behaviours(cloud)
    assert read(cloud, parent) is None  # too late
    assert len(violations(cloud, "parents_first")) == 1


def test_a_child_that_is_read_after_its_parents(cloud: minicloud.Cloud) -> None:
    put(cloud, 1)
    put(cloud, 1, UPPER_HALF)
    cloud.client("kinesis").merge_shards(StreamName="clicks", ShardToMerge=FIRST, AdjacentShardToMerge=SECOND)
    put(cloud, 1)
    for shard_id in (FIRST, SECOND, "shardId-000000000002"):
        read(cloud, iterator(cloud, "TRIM_HORIZON", shard_id))
    assert cloud.check_history("clicks")
    assert "child shard read before its parent's end" not in behaviours(cloud)


# --- verdicts and assertions -----------------------------------------------------------------------------------------


def test_the_verdict_on_streams_that_nobody_has_read(cloud: minicloud.Cloud) -> None:
    assert judge(cloud, ["streams_read"]) == ""
    put(cloud, 3)
    put(cloud, 1, UPPER_HALF)
    place = iterator(cloud, "TRIM_HORIZON")
    place = read(cloud, place, 2)
    assert judge(cloud, ["streams_read"]).splitlines() == [
        "streams_read:",
        "  1 of 3 records of clicks/0 was never read: MainThread read clicks/0 from TRIM_HORIZON: 0..1; 1 left unread",
        "  1 record of clicks/1 was never read: nobody has read the shard",
        "  (read each shard to its end, from TRIM_HORIZON on, or from an iterator made before the puts)",
    ]
    read(cloud, place)
    read(cloud, iterator(cloud, "TRIM_HORIZON", SECOND))
    assert judge(cloud, ["streams_read", "no_expired_iterators", "history_holds"]) == ""


def test_the_verdict_needs_all_of_the_trace() -> None:
    with minicloud.Cloud(clock="virtual", seed=1, trace=False) as cloud:
        assert "streams_read needs the trace" in judge(cloud, ["streams_read"])
        cloud.trace.start(limit=1)
        cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
        put(cloud, 3)
        assert "which has forgotten" in judge(cloud, ["streams_read"])


def test_assertions_on_queues_say_that_a_stream_is_none(cloud: minicloud.Cloud) -> None:
    with pytest.raises(UsageError, match=r"clicks is a stream.*cloud.stream\('clicks'\).readers.*streams_read"):
        cloud.assert_empty("clicks")
    with pytest.raises(UsageError, match=r"clicks is a stream.*streams_read"):
        cloud.assert_drained(ignoring=["clicks"])
    put(cloud, 1)
    cloud.assert_drained()  # a stream is never drained: it keeps what was read


# --- behaviours ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"a", "a", bytearray(b"a")], ids=["bytes", "text", "bytearray"])
def test_a_partial_put_that_is_retried(cloud: minicloud.Cloud, data: Any) -> None:
    kinesis = cloud.client("kinesis")
    cloud.faults.fail_entries(0, operation="PutRecords", first=1)
    entries = [{"Data": data, "PartitionKey": "a"}, {"Data": b"b", "PartitionKey": "b"}]
    answer = kinesis.put_records(StreamName="clicks", Records=entries)
    assert "partial put retried" not in behaviours(cloud)
    again = [entry for entry, told in zip(entries, answer["Records"], strict=True) if "ErrorCode" in told]
    kinesis.put_records(StreamName="clicks", Records=again)
    assert count_behaviours(cloud.trace)["kinesis: partial put retried"] == 1
    kinesis.put_records(StreamName="clicks", Records=again)  # by itself, this is another record
    assert count_behaviours(cloud.trace)["kinesis: partial put retried"] == 1


def test_a_put_that_the_shard_has_refused_in_part() -> None:
    with minicloud.Cloud(clock="virtual", seed=1, trace=True, limits="strict") as cloud:
        kinesis = cloud.client("kinesis")
        kinesis.create_stream(StreamName="clicks", ShardCount=1)
        entries = [{"Data": name + bytes(600_000), "PartitionKey": "a"} for name in (b"1", b"2")]
        assert kinesis.put_records(StreamName="clicks", Records=entries)["FailedRecordCount"] == 1
        cloud.clock.advance(1)
        kinesis.put_records(StreamName="clicks", Records=entries[1:])
        assert {"entry throttled", "partial put retried"} <= behaviours(cloud)


# --- the column of resources -----------------------------------------------------------------------------------------


def test_a_fault_stands_at_its_stream_and_widens_nothing(cloud: minicloud.Cloud) -> None:
    cloud.faults.refuse("ProvisionedThroughputExceededException", operation="PutRecord", first=1)
    with pytest.raises(ClientError):
        cloud.client("kinesis").put_record(StreamName="clicks", Data=b"x", PartitionKey="k")
    cloud.faults.refuse("RequestThrottled", operation="ListQueues", first=1)
    with pytest.raises(ClientError):
        cloud.client("sqs").list_queues()
    told = [line for line in cloud.trace.render().splitlines() if "fault: " in line]
    assert told == [
        "00:00:00.000  clicks  kinesis.PutRecord: fault: Refuse(error='ProvisionedThroughputExceededException')",
        "00:00:00.000          sqs.ListQueues: fault: Refuse(error='RequestThrottled')",
    ]


def test_readers_that_go_from_shard_to_shard_are_one_line_in_the_timeline() -> None:
    with minicloud.Cloud(clock="virtual", seed=1, trace=True) as cloud:
        cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=8)
        for number in range(8):
            put(cloud, 1, str(number * (2**128 // 8)))
        places = [iterator(cloud, "TRIM_HORIZON", f"shardId-{number:012d}") for number in range(8)]
        places = [read(cloud, place) for place in places]
        for place in places:
            read(cloud, place)
        lines = cloud.trace.render().splitlines()
        assert len(lines) == 11
        assert lines[5] == (
            "    ⋮ an iterator of shardId-000000000001 from TRIM_HORIZON … "
            "an iterator of shardId-000000000006 from TRIM_HORIZON (6 more times)"
        )
        assert lines[-1].endswith("8 reads of 8 shards found nothing")


# --- what reads by itself --------------------------------------------------------------------------------------------


def test_delivery_streams_and_pipes_are_readers(cloud: minicloud.Cloud) -> None:
    put(cloud, 1)  # before they are there
    cloud.client("sqs").create_queue(QueueName="bills")
    role, stream = "arn:aws:iam::000000000000:role/r", cloud.stream("clicks").arn
    cloud.client("firehose").create_delivery_stream(
        DeliveryStreamName="logs",
        DeliveryStreamType="KinesisStreamAsSource",
        KinesisStreamSourceConfiguration={"KinesisStreamARN": stream, "RoleARN": role},
        ExtendedS3DestinationConfiguration={"RoleARN": role, "BucketARN": "arn:aws:s3:::lake"},
    )
    put(cloud, 2)
    assert [str(reader) for reader in cloud.stream("clicks").readers] == ["delivery stream logs read clicks/0: 1..2"]
    assert judge(cloud, ["streams_read"]).splitlines()[1:-1] == [
        "  1 of 3 records of clicks/0 was never read: delivery stream logs read clicks/0: 1..2"
    ]
    start, filters = (
        {"StartingPosition": "TRIM_HORIZON", "BatchSize": 2},
        {"Filters": [{"Pattern": '{"partitionKey": ["k"]}'}]},
    )
    cloud.client("pipes").create_pipe(
        Name="billing",
        RoleArn=role,
        Source=stream,
        Target=cloud.queue("bills").arn,
        SourceParameters={"KinesisStreamParameters": start, "FilterCriteria": filters},
    )
    entries = [{"Data": b"3", "PartitionKey": key, "ExplicitHashKey": UPPER_HALF} for key in ("k", "other", "k")]
    cloud.client("kinesis").put_records(StreamName="clicks", Records=entries)  # type: ignore[arg-type]
    cloud.run_until_idle()
    assert len(cloud.queue("bills").bodies) == 5
    readers = cloud.stream("clicks").readers
    assert [str(reader) for reader in readers[1:]] == [
        "pipe billing read clicks/0: 0..2",
        "delivery stream logs read clicks/1: 0..2",
        "pipe billing read clicks/1: 0..2",
    ]
    assert not any(reader.behind or reader.is_function or reader.is_consumer for reader in readers)
    assert judge(cloud, ["streams_read", "history_holds"]) == ""
    assert "6 records in clicks: all read" in stories(cloud)
    (first, *_, last) = cloud.ledger.of("clicks")
    assert [line[16:] for line in str(first).splitlines()[2:]] == ["read by pipe billing"]
    assert sorted(line[16:] for line in str(last).splitlines()[2:]) == [
        "read by delivery stream logs",
        "read by pipe billing",
    ]

    cloud.client("pipes").stop_pipe(Name="billing")
    put(cloud, 4)
    assert [reader.behind for reader in cloud.stream("clicks").readers] == [0, 4, 0, 0]
    old = [event for event in cloud.trace if event.kind == "delivery_stream.taken"]
    for event in old:  # as they once were
        for name in ("shard_id", "position", "read"):
            del event.details[name]
    assert StreamAccounts(old).readers == []

    cloud.client("kinesis").delete_stream(StreamName="clicks")
    cloud.clock.advance(30)
    cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    put(cloud, 1)
    assert [str(reader) for reader in cloud.stream("clicks").readers] == ["delivery stream logs read clicks/0: 0"]


def test_a_channel_is_a_reader_from_when_it_is_active(cloud: minicloud.Cloud) -> None:
    put(cloud, 1)
    kinesis, stream = cloud.client("kinesis"), cloud.stream("clicks").arn
    kinesis.update_stream_mode(StreamARN=stream, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    cloud.clock.advance(30)
    source = [{"StreamARN": stream, "RecordConfiguration": {"RecordFormatType": "STRING"}}]
    kinesis.create_channel(**to_bucket(StreamConfigurationList=source))
    cloud.clock.advance(120)
    assert judge(cloud, ["streams_read"]) == ""  # it is the channel's
    put(cloud, 2)
    assert stories(cloud)[:2] == ["3 records in clicks: 2 read, 1 never read", "channel c read clicks/0: 1..2"]
    assert "2 records of shardId-000000000000 copied by the channel c" in cloud.trace.render()
    read(cloud, iterator(cloud, "LATEST"))
    assert judge(cloud, ["streams_read"]).splitlines()[1:-1] == [
        "  1 of 3 records of clicks/0 was never read: channel c read clicks/0: 1..2; "
        "MainThread read clicks/0 from LATEST: 0 of 3 records (all 3 lie before it)"
    ]
    read(cloud, iterator(cloud, "TRIM_HORIZON"))
    assert judge(cloud, ["streams_read", "history_holds"]) == ""


def test_a_channel_reads_on_in_the_shards_that_come_of_a_split(cloud: minicloud.Cloud) -> None:
    kinesis, stream = cloud.client("kinesis"), cloud.stream("clicks").arn
    kinesis.update_stream_mode(StreamARN=stream, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    cloud.clock.advance(30)
    source = [{"StreamARN": stream, "RecordConfiguration": {"RecordFormatType": "STRING"}}]
    kinesis.create_channel(**to_bucket(StreamConfigurationList=source))
    kinesis.update_stream_mode(StreamARN=stream, StreamModeDetails={"StreamMode": "PROVISIONED"})
    cloud.clock.advance(120)
    put(cloud, 2)
    kinesis.split_shard(StreamName="clicks", ShardToSplit=FIRST, NewStartingHashKey="10")
    put(cloud, 1)
    cloud.clock.advance(30)
    put(cloud, 3, "0")
    put(cloud, 1, "10")
    copied = [event.details for event in cloud.trace.of("kinesis.records.copied")]
    left, right = (
        one["ShardId"]
        for one in kinesis.list_shards(StreamName="clicks")["Shards"]
        if one.get("ParentShardId") == FIRST
    )
    assert [(one["shard_id"], one["position"], one["read"]) for one in copied] == [
        (FIRST, 0, 2),
        (left, 0, 1),
        (left, 1, 3),
        (right, 0, 1),
    ]
    assert [str(reader) for reader in cloud.stream("clicks").readers] == [
        "channel c read clicks/0: 0..1",
        f"channel c read clicks/{int(left[-3:])}: 0..3",
        f"channel c read clicks/{int(right[-3:])}: 0",
    ]
    assert judge(cloud, ["streams_read", "history_holds"]) == ""


def test_what_a_mapping_passes_over_is_read_and_a_stream_made_anew_begins_anew(cloud: minicloud.Cloud) -> None:
    cloud.function("count", lambda *_: None)
    cloud.client("lambda").create_event_source_mapping(
        FunctionName="count",
        EventSourceArn=cloud.stream("clicks").arn,
        StartingPosition="TRIM_HORIZON",
        FilterCriteria={"Filters": [{"Pattern": '{"partitionKey": ["k"]}'}]},
    )
    cloud.run_until_idle()
    entries = [{"Data": b"1", "PartitionKey": key, "ExplicitHashKey": "0"} for key in ("k", "other", "k", "other", "k")]
    cloud.client("kinesis").put_records(StreamName="clicks", Records=entries)  # type: ignore[arg-type]
    cloud.run_until_idle()
    assert [str(reader) for reader in cloud.stream("clicks").readers] == ["function count read clicks/0: 0..4"]
    cloud.client("kinesis").delete_stream(StreamName="clicks")
    cloud.clock.advance(30)
    cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    put(cloud, 1)
    cloud.run_until_idle()
    assert [str(reader) for reader in cloud.stream("clicks").readers] == ["function count read clicks/0: 0"]
    assert judge(cloud, ["streams_read"]) == ""

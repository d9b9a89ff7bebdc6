"""How pipes read: batches that are open, what comes back and when, records that are given up, what the trace says."""

from __future__ import annotations

import json
from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest

import minicloud
from minicloud.inspection.verdicts import judge

from .support import FUNCTION, PIPE, PLACE, ROLE, SOURCE, STREAM, TARGET, filters, queues, sent

ARN = f"arn:aws:pipes:{PLACE}:pipe/billing"
GIVEN_UP = f"arn:aws:sqs:{PLACE}:given-up"


@pytest.fixture
def urls(cloud: minicloud.Cloud) -> dict[str, str]:
    return queues(cloud)


def moment(cloud: minicloud.Cloud) -> float:
    """Seconds since the cloud's year began."""
    return cloud.clock.time() - 1767225600


def bodies(event: Any) -> list[str]:
    return [one["body"] for one in event]


def windows(size: int = 25, window: int = 20) -> dict[str, Any]:
    queue = {"BatchSize": size, "MaximumBatchingWindowInSeconds": window}
    return {"SourceParameters": {"SqsQueueParameters": queue}}


# --- queues -----------------------------------------------------------------------------------------------------------


def test_a_batch_that_is_open_when_the_pipe_stops_or_changes(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    """A stop lets go of it, and its messages come back; a window that is no more closes it at once."""
    runs: list[tuple[float, list[str]]] = []
    target = cloud.function("count", lambda event, _: runs.append((moment(cloud), bodies(event))))
    pipes = cloud.client("pipes")
    pipes.create_pipe(**{**PIPE, "Target": target}, **windows())
    sent(cloud, "a", "b")
    pipes.stop_pipe(Name="billing")
    assert (cloud.queue("orders").counts.in_flight, judge(cloud, ["nothing_owed"])) == (2, "")
    cloud.clock.advance(25)
    assert runs == []
    pipes.start_pipe(Name="billing")
    cloud.clock.advance(5)  # they are visible again, and wait for a window of their own
    assert runs == []
    cloud.clock.advance(20)
    assert runs == [(50.0, ["a", "b"])]
    sent(cloud, "c")
    pipes.update_pipe(Name="billing", RoleArn=ROLE, **windows(10, 0))  # type: ignore[arg-type]
    sent(cloud, "d")
    assert runs[1:] == [(50.0, ["c"]), (50.0, ["d"])]
    pipes.update_pipe(Name="billing", RoleArn=ROLE, **windows(3, 20))  # type: ignore[arg-type]
    sent(cloud, "e", "f")
    cloud.clock.advance(15)
    sent(cloud, "g", "h")  # full with the third, and the fourth begins another window
    assert runs[3:] == [(65.0, ["e", "f", "g"])]
    cloud.clock.advance(20)
    assert runs[4:] == [(85.0, ["h"])]
    sent(cloud, "i")
    pipes.delete_pipe(Name="billing")
    cloud.clock.advance(30)
    assert (len(runs), cloud.queue("orders").counts.visible) == (5, 1)


def test_all_that_is_there_is_taken_at_once(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    """Batch after batch, side by side."""
    began: list[int] = []
    target = cloud.function("slow", lambda event, _: began.append(len(event)), takes=2)
    for _ in range(3):
        sent(cloud, *map(str, range(9)))
    cloud.client("pipes").create_pipe(**{**PIPE, "Target": target})
    assert (began, cloud.queue("orders").counts.in_flight) == ([10, 10, 7], 27)
    cloud.clock.advance(2)
    assert cloud.queue("orders").bodies == []


def test_how_many_batches_are_under_way(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    """A thousand. [EventBridge quotas: concurrent executions of a pipe]"""
    target = cloud.function("slow", lambda *_: None, takes=2)
    for _ in range(101):
        sent(cloud, *"0123456789")
    pipe: Any = {**PIPE, "Target": target, **windows(1, 0)}
    cloud.client("pipes").create_pipe(**pipe)
    counts = cloud.queue("orders").counts
    assert (counts.in_flight, counts.visible) == (1000, 10)
    cloud.clock.advance(2)
    assert cloud.queue("orders").counts.in_flight == 10
    cloud.clock.advance(2)
    assert cloud.queue("orders").bodies == []


def test_a_reset_takes_pipes_away(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    clicks = Clicks(cloud)
    cloud.client("pipes").create_pipe(**{**PIPE, "Name": "other"})
    cloud.reset()
    queues(cloud)
    clicks.kinesis.create_stream(StreamName="clicks", ShardCount=1)
    cloud.clock.advance(30)
    clicks.put("a")
    sent(cloud, "m")
    cloud.clock.advance(60)
    assert (clicks.runs, cloud.queue("orders").counts.visible, judge(cloud, ["nothing_owed"])) == ([], 1, "")
    assert cloud.client("pipes").list_pipes()["Pipes"] == []


def test_what_a_target_cannot_take_comes_back_alone(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    """One of a batch that was not enriched; all of it when it was, or when its function failed or was throttled."""
    fifo: Any = {"FifoQueue": "true", "ContentBasedDeduplication": "true", "MaximumMessageSize": "1024"}
    cloud.client("sqs").create_queue(QueueName="bills.fifo", Attributes=fifo)
    pipes = cloud.client("pipes")
    of_key: Any = {"MessageGroupId": "$.body.key", "MessageDeduplicationId": "$.body.n"}
    to_fifo = {**PIPE, "Target": f"{TARGET}.fifo"}
    shaped = {"SqsQueueParameters": of_key, "InputTemplate": "<$.body.n> <$.body.text>"}
    pipes.create_pipe(**to_fifo, TargetParameters=shaped)
    long = {"key": "k", "n": 2, "text": "x" * 1024}
    sent(cloud, {"key": "k", "n": 1, "text": "a"}, long, {"key": "l", "n": 1, "text": "b"}, {"key": "l", "n": 3})
    arrived = [(one.body, one.group_id) for one in cloud.queue("bills.fifo").messages]
    assert arrived == [("1 a", "k"), ("3 ", "l")]  # the third had the same id as the first
    assert cloud.queue("orders").counts.in_flight == 1
    (taken,), (handled,) = cloud.trace.of("pipe.taken"), cloud.trace.of("pipe.handled")
    about = {"arn": ARN, "source": SOURCE, "target": f"{TARGET}.fifo", "message_ids": taken.details["message_ids"]}
    assert taken.details == about
    reason = "InvalidParameterValue"
    assert handled.details == {**about, "failed": about["message_ids"][1:2], "reason": reason}
    cloud.run_until_idle()
    assert list(map(json.loads, cloud.queue("given-up").bodies)) == [long]

    def enrich(event: Any, context: Any) -> Any:
        return [json.loads(one["body"]) for one in event]

    cloud.function("enrich", enrich)
    shaped = {"SqsQueueParameters": {"MessageGroupId": "$.key"}, "InputTemplate": "<$.text>"}
    enriched: Any = {"Enrichment": f"{FUNCTION}enrich", "TargetParameters": shaped}
    pipes.update_pipe(Name="billing", RoleArn=ROLE, **enriched)
    sent(cloud, {"key": "m", "text": "c"}, {"key": "m", "text": "x" * 1025})
    assert cloud.queue("orders").counts.in_flight == 2
    cloud.run_until_idle()
    assert len(cloud.queue("given-up").bodies) == 3
    assert [one.body for one in cloud.queue("bills.fifo").messages if one.group_id == "m"] == ["c"]  # once in 5 minutes

    limit = cloud.client("lambda").put_function_concurrency
    limit(FunctionName="enrich", ReservedConcurrentExecutions=0)
    sent(cloud, {"key": "n", "text": "d"})
    assert cloud.trace.of("pipe.handled")[-1].details["reason"] == "the function was throttled"
    limit(FunctionName="enrich", ReservedConcurrentExecutions=10)
    cloud.clock.advance(30)
    assert cloud.queue("bills.fifo").bodies[-1] == "d"
    pipes.update_pipe(Name="billing", RoleArn=ROLE, Enrichment=f"{FUNCTION}nobody")
    sent(cloud, {"key": "k"})
    assert cloud.trace.of("pipe.handled")[-1].details["reason"] == "there is no function nobody"


def test_ids_that_a_path_finds_are_checked_as_in_a_send(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    fifo: Any = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    cloud.client("sqs").create_queue(QueueName="bills.fifo", Attributes=fifo)
    ids = {"MessageGroupId": "$.body.key", "MessageDeduplicationId": "$.body.n"}
    to_fifo: Any = {**PIPE, "Target": f"{TARGET}.fifo", "TargetParameters": {"SqsQueueParameters": ids}}
    cloud.client("pipes").create_pipe(**to_fifo)
    bad = [{"n": "1"}, {"key": "two words", "n": "2"}, {"key": "k", "n": "x" * 129}]
    sent(cloud, *bad, {"key": "k", "n": "4"})
    assert [one.group_id for one in cloud.queue("bills.fifo").messages] == ["k"]
    assert cloud.trace.of("pipe.handled")[-1].details["reason"] == "InvalidParameterValue"
    cloud.run_until_idle()
    assert list(map(json.loads, cloud.queue("given-up").bodies)) == bad


def test_what_functions_get(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    """Whoever is not waited for gets the batch, too; a template makes JSON, or a text; a failure is a reason."""
    seen: list[Any] = []
    target = cloud.function("later", lambda event, _: seen.append(event))
    fire = {"LambdaFunctionParameters": {"InvocationType": "FIRE_AND_FORGET"}}
    pipes = cloud.client("pipes")
    to_function: Any = {**PIPE, "Target": target}
    pipes.create_pipe(**to_function, TargetParameters={**fire, "InputTemplate": '{"n": <$.body.n>}'})
    sent(cloud, {"n": 1}, {"n": "two"})
    for template, made in [("n is <$.body.n>", "n is 3"), ("<$.body.n>", 3), ("[<$.body>", '[{"n":3}')]:
        for parameters in (fire, {}):
            update: Any = {"TargetParameters": {**parameters, "InputTemplate": template}}
            pipes.update_pipe(Name="billing", RoleArn=ROLE, **update)
            sent(cloud, {"n": 3})
            assert seen[-1] == [made], (template, parameters)
    assert seen[0] == [{"n": 1}, {"n": "two"}]
    sent(cloud, '{"n": ')
    assert seen[-1] == ['["{\\"n\\": "']  # a body that is no JSON is a text
    update = {"TargetParameters": {"InputTemplate": "<$.eventSource>: <$.body><$.body.n>"}}
    pipes.update_pipe(Name="billing", RoleArn=ROLE, **update)
    for body in ("text", '"n"', "7", '{"n": '):
        sent(cloud, body)
        assert seen[-1] == [f"aws:sqs: {body}"]

    cloud.function("fails", lambda *_: 1 // 0)
    enrichment: Any = {"Enrichment": f"{FUNCTION}fails", "EnrichmentParameters": {"InputTemplate": "<$.body>!"}}
    pipes.update_pipe(Name="billing", RoleArn=ROLE, **enrichment)
    sent(cloud, {"n": 4})
    handled = cloud.trace.of("pipe.handled")[-1].details
    assert "ZeroDivisionError" in handled["reason"]
    assert handled["failed"] == handled["message_ids"]
    run = cloud.invocations.last
    assert (run.trigger, run.event) == ("pipe:billing", ["{n:4}!"])
    assert cloud.run_until_idle() == timedelta(seconds=90)
    assert cloud.queue("given-up").bodies == ['{"n": 4}']


# --- streams ----------------------------------------------------------------------------------------------------------


class Clicks:
    """A stream, a pipe from it to a function, and what that was given: when, and which records."""

    def __init__(self, cloud: minicloud.Cloud, fails: Any = lambda _: False, **stream: Any) -> None:
        self.cloud, self.fails = cloud, fails
        self.kinesis: Any = cloud.client("kinesis")
        self.kinesis.create_stream(StreamName="clicks", ShardCount=1)
        cloud.clock.advance(30)
        self.runs: list[tuple[float, str]] = []
        self.stream = {"StartingPosition": "TRIM_HORIZON", **stream}
        given = {**PIPE, "Source": STREAM, "Target": cloud.function("count", self.count)}
        cloud.client("pipes").create_pipe(**given, SourceParameters={"KinesisStreamParameters": self.stream})

    def count(self, event: Any, context: Any) -> None:
        """Records have one letter each."""
        found = b"".join(b64decode(one["data"])[:1] for one in event).decode()
        self.runs.append((moment(self.cloud), found))
        if self.fails(found):
            raise ValueError(found)

    def put(self, letters: str, size: int = 1) -> None:
        records = [{"Data": letter.encode() * size, "PartitionKey": "k"} for letter in letters]
        self.kinesis.put_records(StreamName="clicks", Records=records)

    @property
    def batches(self) -> list[str]:
        """What the function was given."""
        return [records for _, records in self.runs]


def test_a_batch_that_fails_comes_again_later_and_later(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    """After half a second, a second, and so on up to a minute; and as often as it may, if that is said."""
    clicks = Clicks(cloud, lambda records: "x" in records, MaximumRetryAttempts=10)
    clicks.put("ax")
    first = moment(cloud)
    cloud.clock.advance(300)
    assert clicks.batches == ["ax"] * 11
    after = [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5, 123.5, 183.5, 243.5]
    assert [round(when - first, 3) for when, _ in clicks.runs] == after
    (given_up,) = cloud.trace.of("pipe.given_up")
    (number,) = {one.details["sequence_number"] for one in cloud.trace.of("kinesis.record.put")[:1]} or {None}
    assert given_up.details["condition"] == "RetryAttemptsExhausted"
    assert given_up.details["numbers"][0] == f"shardId-000000000000:{number}"
    assert (len(given_up.details["numbers"]), given_up.details["dead_letter_queue"]) == (2, None)
    clicks.put("b")  # what stands behind it is not late
    assert clicks.batches[11:] == ["b"]


def test_halves_of_batches(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    told = {"Arn": GIVEN_UP}
    halves = {"OnPartialBatchItemFailure": "AUTOMATIC_BISECT", "MaximumRetryAttempts": 1, "DeadLetterConfig": told}
    clicks = Clicks(cloud, lambda records: "x" in records, **halves)
    clicks.put("abxde")
    first = moment(cloud)
    cloud.run_until_idle()
    assert clicks.batches == ["abxde", "ab", "xde", "x", "de"]  # the attempts of what was halved count for its half
    begun = [round(when - first, 3) for when, _ in clicks.runs]
    assert begun == [0, 0.5, 0.5, 1, 1]
    (text,) = cloud.queue("given-up").bodies
    letter = json.loads(text)
    number = letter["KinesisBatchInfo"].pop("startSequenceNumber")
    records = clicks.kinesis.get_records(
        ShardIterator=clicks.kinesis.get_shard_iterator(
            StreamName="clicks", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
    )["Records"]
    assert number == records[2]["SequenceNumber"]
    assert letter == {
        "context": {"partnerResourceArn": ARN, "condition": "RetryAttemptsExhausted"},
        "version": "1.0",
        "timestamp": "2026-01-01T00:00:31.000Z",
        "KinesisBatchInfo": {
            "shardId": "shardId-000000000000",
            "endSequenceNumber": number,
            "approximateArrivalOfFirstRecord": "2026-01-01T00:00:30.000Z",
            "approximateArrivalOfLastRecord": "2026-01-01T00:00:30.000Z",
            "batchSize": 1,
            "streamArn": STREAM,
        },
    }


def test_records_that_are_too_old_go_alone(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    told = {"Arn": GIVEN_UP}
    clicks = Clicks(cloud, lambda records: "x" in records, MaximumRecordAgeInSeconds=60, DeadLetterConfig=told)
    cloud.client("pipes").stop_pipe(Name="billing")
    clicks.put("x")
    cloud.clock.advance(40)
    clicks.put("bc")
    assert judge(cloud, ["nothing_owed"]) == ""  # it is stopped
    cloud.clock.advance(20)
    cloud.client("pipes").start_pipe(Name="billing")  # a minute old is not too old
    assert "3 records for the pipe billing" in judge(cloud, ["nothing_owed"])
    cloud.run_until_idle()
    assert clicks.batches == ["xbc", "bc"]
    assert [round(when, 3) for when, _ in clicks.runs] == [90, 90.5]
    (letter,) = map(json.loads, cloud.queue("given-up").bodies)
    assert letter["context"]["condition"] == "RecordAgeExceeded"
    assert letter["KinesisBatchInfo"]["batchSize"] == 1


def test_what_a_dead_letter_says_of_records(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    """Of the first of them and of the last: numbers, and when they came, to the millisecond; and of nothing else."""
    clicks = Clicks(cloud, MaximumRecordAgeInSeconds=60, DeadLetterConfig={"Arn": GIVEN_UP})
    cloud.client("pipes").stop_pipe(Name="billing")
    for letters in "abc":
        clicks.put(letters)
        cloud.clock.advance(1.2345)
    cloud.clock.advance(60)
    clicks.put("d")
    cloud.client("pipes").start_pipe(Name="billing")
    assert clicks.batches == ["d"]
    (letter,) = map(json.loads, cloud.queue("given-up").bodies)
    first, _, last, _ = [one.sequence_number for one in cloud.stream("clicks").records]
    assert letter.pop("timestamp") == "2026-01-01T00:01:33.703Z"
    assert letter == {
        "context": {"partnerResourceArn": ARN, "condition": "RecordAgeExceeded"},
        "version": "1.0",
        "KinesisBatchInfo": {
            "shardId": "shardId-000000000000",
            "startSequenceNumber": first,
            "endSequenceNumber": last,
            "approximateArrivalOfFirstRecord": "2026-01-01T00:00:30.000Z",
            "approximateArrivalOfLastRecord": "2026-01-01T00:00:32.469Z",
            "batchSize": 3,
            "streamArn": STREAM,
        },
    }


def test_windows_of_streams(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    clicks = Clicks(cloud, MaximumBatchingWindowInSeconds=20, BatchSize=3)
    clicks.put("ab")
    assert "2 records for the pipe billing" in judge(cloud, ["nothing_owed"])
    cloud.clock.advance(5)
    clicks.put("cd")  # it is full, and the fourth begins another
    assert clicks.runs == [(35.0, "abc")]
    cloud.clock.advance(19)
    assert len(clicks.runs) == 1
    cloud.clock.advance(1)
    assert clicks.runs[1:] == [(55.0, "d")]
    cloud.clock.advance(60)
    clicks.put("e")
    cloud.clock.advance(1)
    clicks.put("f")
    cloud.clock.advance(60)
    assert clicks.runs[2:] == [(135.0, "ef")]


def test_batches_of_streams_are_no_larger_than_a_function_takes(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    clicks = Clicks(cloud)
    cloud.client("pipes").stop_pipe(Name="billing")
    for letters in ("abcd", "efgh"):
        clicks.put(letters, 2**20 - 1)
        cloud.clock.advance(1)
    cloud.client("pipes").start_pipe(Name="billing")
    assert ("".join(clicks.batches), {run.outcome for run in cloud.invocations}) == ("abcdefgh", {"success"})
    assert max(map(len, clicks.batches)) > 1
    sizes = [len(json.dumps(run.event)) for run in cloud.invocations]
    assert max(sizes) < cloud.limits.lambda_payload_sync < sum(sizes)


def test_a_stream_that_is_split_or_made_anew(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    """What was put after a split waits for what was put before; a stream that is made anew is read as the first was."""
    clicks = Clicks(cloud, lambda _: len(clicks.runs) < 3)
    clicks.put("a")
    split = {"StreamName": "clicks", "ShardToSplit": "shardId-000000000000", "NewStartingHashKey": str(2**127)}
    clicks.kinesis.split_shard(**split)
    cloud.client("pipes").stop_pipe(Name="billing")
    cloud.clock.advance(30)
    low = {"ShardToMerge": "shardId-000000000001", "AdjacentShardToMerge": "shardId-000000000002"}
    clicks.put("b")
    clicks.kinesis.merge_shards(StreamName="clicks", **low)
    cloud.clock.advance(30)
    clicks.put("c")
    cloud.client("pipes").start_pipe(Name="billing")
    cloud.run_until_idle()
    assert clicks.batches == ["a", "a", "a", "b", "c"]
    clicks.put("d")
    assert clicks.batches[5:] == ["d"]
    clicks.kinesis.delete_stream(StreamName="clicks")
    cloud.clock.advance(30)
    clicks.kinesis.create_stream(StreamName="clicks", ShardCount=1)
    cloud.clock.advance(30)
    clicks.put("e")
    cloud.run_until_idle()
    assert clicks.batches[6:] == ["e"]
    cloud.client("pipes").delete_pipe(Name="billing")
    clicks.put("f")
    assert (cloud.run_until_idle(), clicks.batches[7:], judge(cloud, ["nothing_owed"])) == (timedelta(), [], "")


# --- what is told -----------------------------------------------------------------------------------------------------


def test_each_fact_with_its_details(cloud: minicloud.Cloud, urls: dict[str, str]) -> None:
    pipes: Any = cloud.client("pipes")
    pipes.create_pipe(**PIPE, SourceParameters=filters({"body": {"n": [1]}}))
    sent(cloud, {"n": 1}, {"n": 2})
    message, other = [one.details["message_id"] for one in cloud.trace.of("sqs.message.sent")[:2]]
    pipes.stop_pipe(Name="billing")
    pipes.start_pipe(Name="billing")
    pipes.update_pipe(Name="billing", RoleArn=ROLE, Target=GIVEN_UP)
    pipes.delete_pipe(Name="billing")
    cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    cloud.clock.advance(30)
    start = {"StartingPosition": "TRIM_HORIZON", "MaximumRetryAttempts": 0, "DeadLetterConfig": {"Arn": GIVEN_UP}}
    start["ParallelizationFactor"] = 1  # more are not here
    source = {"KinesisStreamParameters": start, **filters({"data": {"n": [1]}})}
    no = f"{TARGET}-no"
    pipes.create_pipe(**{**PIPE, "Source": STREAM, "Target": no, "SourceParameters": source})
    puts = [{"Data": data, "PartitionKey": "k"} for data in (b'{"n": 2}', b'{"n": 1}')]
    cloud.client("kinesis").put_records(StreamName="clicks", Records=puts)  # type: ignore[arg-type]
    cloud.run_until_idle()
    skipped, lost = [f"{one.shard_id}:{one.sequence_number}" for one in cloud.stream("clicks").records]
    told = {"bills": TARGET, "given-up": GIVEN_UP, "no": no}

    def fact(kind: str, target: str, source: str = SOURCE, **details: Any) -> tuple[str, str, dict[str, Any]]:
        return f"pipe.{kind}", "billing", {"arn": ARN, "source": source, "target": told[target], **details}

    reason = "AWS.SimpleQueueService.NonExistentQueue"
    assert [(one.kind, one.resource, one.details) for one in cloud.trace if one.kind.startswith("pipe.")] == [
        fact("created", "bills"),
        fact("taken", "bills", message_ids=[message]),
        fact("filtered", "bills", message_ids=[other]),
        fact("handled", "bills", message_ids=[message], failed=[], reason=""),
        fact("changed", "bills", state="STOPPED"),
        fact("changed", "bills", state="RUNNING"),
        fact("changed", "given-up", state="RUNNING"),
        fact("deleted", "given-up"),
        fact("created", "no", STREAM),
        fact("filtered", "no", STREAM, message_ids=[skipped]),
        fact("taken", "no", STREAM, message_ids=[lost]),
        fact("handled", "no", STREAM, message_ids=[lost], failed=[lost], reason=reason),
        fact("given_up", "no", STREAM, numbers=[lost], condition="RetryAttemptsExhausted", dead_letter_queue=GIVEN_UP),
    ]

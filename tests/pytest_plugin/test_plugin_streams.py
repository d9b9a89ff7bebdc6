"""Streams in what a failed test says, in verdicts, and in the table of behaviours."""

from __future__ import annotations

import pytest

from .support import run

TESTS = """
@pytest.fixture
def iterator(kinesis):
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    for number in range(3):
        kinesis.put_record(StreamName="clicks", Data=b"%d" % number, PartitionKey="k")
    return lambda kind: kinesis.get_shard_iterator(
        StreamName="clicks", ShardId="shardId-000000000000", ShardIteratorType=kind
    )["ShardIterator"]

def test_too_late(kinesis, iterator):
    assert kinesis.get_records(ShardIterator=iterator("LATEST"))["Records"]

@pytest.mark.minicloud(verdicts=("streams_read", "no_expired_iterators"))
def test_too_slow(kinesis, cloud, iterator):
    place = iterator("TRIM_HORIZON")
    cloud.clock.advance(400)
    with pytest.raises(kinesis.exceptions.ExpiredIteratorException):
        kinesis.get_records(ShardIterator=place)

@pytest.mark.minicloud(verdicts=("streams_read", "no_expired_iterators", "history_holds"))
def test_in_time(kinesis, iterator):
    assert len(kinesis.get_records(ShardIterator=iterator("TRIM_HORIZON"))["Records"]) == 3
"""


def test_streams(pytester: pytest.Pytester) -> None:
    result = run(pytester, TESTS, "--minicloud-report", "-p", "no:randomly")
    result.assert_outcomes(passed=2, failed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "streams_read:",
            "  3 records of clicks/0 were never read: MainThread read clicks/0 from TRIM_HORIZON: 0 of 3 records; *",
            "no_expired_iterators:",
            "  MainThread's iterator of clicks/0 expired: it was 400 s old",
        ]
    )
    result.stdout.fnmatch_lines(
        [
            "3 records in clicks: all never read",
            "MainThread read clicks/0 from LATEST: 0 of 3 records (all 3 lie before it)",
        ]
    )
    result.stdout.fnmatch_lines(["kinesis: reader at LATEST missed records * 1 time  in    1 test", "never:"])
    assert "AAAAAA" not in result.stdout.str()

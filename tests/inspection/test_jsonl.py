"""The trace for a machine: JSON lines with stable fields, which can be read back."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import minicloud
from minicloud.__main__ import main
from minicloud.inspection.jsonl import lines_of, read
from minicloud.inspection.report import report
from minicloud.inspection.trace_event import TraceEvent
from tests.support.clouds import make_queue_with_dlq, make_topic, receive, send, traced


@pytest.fixture
def cloud() -> minicloud.Cloud:
    """A cloud in which much has happened."""
    cloud = traced()
    url = make_queue_with_dlq(cloud, "orders", 1)
    topic = make_topic(cloud, "events", "orders")
    sns, kinesis = cloud.client("sns"), cloud.client("kinesis")
    binary = {"b": {"DataType": "Binary", "BinaryValue": b"\x00\xff"}}
    send(cloud, url, "order 1", MessageAttributes=binary)
    sns.publish(TopicArn=topic, Message="order 2")
    receive(cloud, url)
    cloud.clock.advance(30.000_000_001)
    receive(cloud, url, WaitTimeSeconds=1)
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    kinesis.put_record(StreamName="clicks", Data=b"\x00\xff", PartitionKey="k")
    kinesis.get_shard_iterator(
        StreamName="clicks",
        ShardId="shardId-000000000000",
        ShardIteratorType="AT_TIMESTAMP",
        Timestamp=datetime(2026, 1, 1, tzinfo=UTC),
    )
    with pytest.raises(minicloud.exceptions.ClientError):
        cloud.client("sqs").get_queue_url(QueueName="none")
    return cloud


def fields(event: TraceEvent) -> tuple[Any, ...]:
    return event.number, event.time_ns, event.kind, event.resource, dict(event.details), event.actor, event.told


def test_one_event_a_line(cloud: minicloud.Cloud, tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    cloud.trace.to_jsonl(path)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == len(cloud.trace)
    for line in lines:
        assert list(line)[:6] == ["seq", "time", "kind", "resource", "actor", "details"]
    (sent,) = [line for line in lines if line["details"].get("body") == "order 1"]
    assert sent["time"] == "2026-01-01T00:00:00.000000Z"
    assert (sent["kind"], sent["resource"], sent["actor"]) == ("sqs.message.sent", "orders", "MainThread")
    assert sent["details"]["attributes"]["b"] == {"DataType": "Binary", "BinaryValue": {"$base64": "AP8="}}
    assert any(line["time"].endswith(":30.000000001Z") for line in lines)
    assert {line.get("told") for line in lines} == {True, None}


def test_what_was_written_can_be_read(cloud: minicloud.Cloud, tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    cloud.trace.to_jsonl(path)
    with path.open(encoding="utf-8") as file:
        events = read(file)
    written, again = list(map(fields, cloud.trace)), list(map(fields, events))
    for one, other in zip(written, again, strict=True):
        if one[2] == "sns.message.fanned_out":  # its queues are a view of a dict
            assert (one[:4], list(one[4]["queues"])) == (other[:4], other[4]["queues"])
        else:
            assert one == other
    assert report(events) == report(list(cloud.trace))


def test_after_the_close(cloud: minicloud.Cloud, tmp_path: Path) -> None:
    cloud.close()
    cloud.trace.to_jsonl(tmp_path / "trace.jsonl")
    assert len((tmp_path / "trace.jsonl").read_bytes().splitlines()) == len(cloud.trace)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.binary(),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=5), values, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=3), st.integers(0, 4 * 10**18), st.text())
def test_any_values(details: dict[str, Any], time_ns: int, text: str) -> None:
    event = TraceEvent(time_ns, "chaos", text, details, text, 7)
    (line,) = lines_of([event])
    assert "\n" not in line
    assert line.isascii()
    assert fields(read([line])[0]) == fields(event)


def test_things_that_json_has_no_word_for() -> None:
    details = {"nan": float("nan"), "class": dict, "tuple": (1, {2}), "when": datetime(2026, 1, 1, tzinfo=UTC)}
    (line,) = lines_of([TraceEvent(0, "call", "sqs.X", details)])
    assert json.loads(line)["details"] == {
        "nan": {"$repr": "nan"},
        "class": {"$repr": "<class 'dict'>"},
        "tuple": [1, [2]],
        "when": {"$time": "2026-01-01T00:00:00+00:00"},
    }


@pytest.mark.parametrize(
    "line",
    ["nonsense", "[]", "{}", '{"seq": 1, "time": "noon", "kind": "call", "resource": "", "actor": "", "details": {}}'],
)
def test_what_is_not_an_event(line: str) -> None:
    with pytest.raises(minicloud.UsageError, match="line 2 is not an event of a trace"):
        read(["\n", line])


class TestCommand:
    """``python3 -m minicloud render FILE``."""

    def test_it_tells_what_a_section_tells(
        self, cloud: minicloud.Cloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "trace.jsonl"
        cloud.trace.to_jsonl(path)
        assert main(["render", str(path)]) == 0
        told = capsys.readouterr().out
        assert told.rstrip("\n") == report(list(cloud.trace), lines=1000)
        assert main(["render", str(path), "--lines", "3", "--width", "20"]) == 0
        assert len(capsys.readouterr().out) < len(told)

    @pytest.mark.parametrize("content", [None, "nonsense\n", b"\xff\xfe"])
    def test_files_that_are_none(
        self, content: str | bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "trace.jsonl"
        if content is not None:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        assert main(["render", str(path)]) == 1
        assert capsys.readouterr().err.startswith(f"minicloud render: {path}: ")

    def test_from_a_pipe(self, cloud: minicloud.Cloud) -> None:
        finished = subprocess.run(
            [sys.executable, "-m", "minicloud", "render", "-"],
            input="\n".join(lines_of(cloud.trace)),
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            cwd=Path(__file__).parents[2],
        )
        assert "what happened:" in finished.stdout

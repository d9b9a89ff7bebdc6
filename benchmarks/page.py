#!/usr/bin/env python3
"""Writes the table of figures in docs/explanation/performance.md from the JSON of two runs of the benchmarks.

    python3.11 benchmarks/run.py --json 3.11.json
    python3.13 benchmarks/run.py --json 3.13.json
    python3.11 benchmarks/run.py --peer --only peer --json peer.json
    python3 benchmarks/page.py 3.11.json 3.13.json peer.json

Nothing in that table is written by hand. Runs with ``--quick`` are refused: they show that everything works, and no
figure. Rows of boto3's and aiobotocore's clients need both in the environment of the first two runs.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.report import figure

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "performance.md"
TIMES = "\N{MULTIPLICATION SIGN}"
BEGIN, END = "<!-- figures -->\n\n", "\n<!-- end of figures -->"

FIGURES: tuple[tuple[str, str, str, str | None], ...] = (
    ("floor: send", "calls", "floor: send", None),
    ("send, native, against the floor", "calls", "native: send", "floor"),
    ("against a `MagicMock` with a canned answer", "calls", "native: send", "MagicMock"),
    ("asyncio, against native", "calls", "native asyncio: send", "native"),
    ("traced, against native", "calls", "native, traced: send", "native"),
    ("boto3 client under `mock_aws()`, against native", "calls", "boto3 client: send", "native"),
    ("the same, against a `MagicMock`", "calls", "boto3 client: send", "MagicMock"),
    (
        "aiobotocore client under `mock_aws()`, against asyncio",
        "calls/clients",
        "aiobotocore: send",
        "native asyncio",
    ),
    ("native resource, against a client", "calls/clients", "native resource: send", "native"),
    ("floor: receive + delete", "calls", "floor: receive + delete", None),
    ("receive + delete, native, against the floor", "calls", "native: receive + delete", "floor"),
    ("against a `MagicMock` with canned answers", "calls", "native: receive + delete", "MagicMock"),
    ("boto3 client under `mock_aws()`, against native", "calls", "boto3 client: receive + delete", "native"),
    ("the same, against a `MagicMock`", "calls", "boto3 client: receive + delete", "MagicMock"),
    ("FIFO: send, against a floor with groups and ids", "calls/fifo", "send", "floor: send"),
    ("FIFO: receive + delete", "calls/fifo", "receive + delete", "floor: receive + delete"),
    ("send with two attributes", "calls/attributes", "send", "floor: send"),
    (
        "a move to the dead-letter queue, against the floor of a send",
        "calls/attributes",
        "moved to the dead-letter queue",
        "floor: send",
    ),
    ("batches of 10, a message: send", "batches", "send", "floor: send"),
    ("batches of 10: send, FIFO", "batches", "FIFO: send", "floor: send"),
    ("batches of 10: receive", "batches", "receive", "floor: receive"),
    ("batches of 10: delete", "batches", "delete", "floor: delete"),
    ("publish to 100 queues, for each: envelope", "fan-out", "100 queues, envelope", "floor of a send"),
    ("publish to 100 queues: raw", "fan-out", "100 queues, raw", "floor of a send"),
    ("publish to 100 queues: a filter passes it", "fan-out", "100 queues, envelope, filter passes", "floor of a send"),
    ("publish to 100 queues: a filter stops it", "fan-out", "100 queues, filter stops", "floor of a send"),
    ("publish to 1,000 queues: envelope", "fan-out", "1,000 queues, envelope", "floor of a send"),
    ("publish to 1,000 queues: raw", "fan-out", "1,000 queues, raw", "floor of a send"),
    ("publish to one queue, envelope", "fan-out", "1 queue, envelope", "floor of a send"),
    (
        "`put_records` of 500, one shard, a record",
        "streams/puts",
        "put_records of 500, 1 shards: a record",
        "floor of a send",
    ),
    ("over 64 shards", "streams/puts", "put_records of 500, 64 shards: a record", "floor of a send"),
    ("over 1,000 shards", "streams/puts", "put_records of 500, 1,000 shards: a record", "floor of a send"),
    ("`put_record`, 64 shards", "streams/puts", "put_record, 64 shards", "floor of a send"),
    ("`get_records` of 1,000, a record", "streams/reads", "get_records of 1,000: a record", None),
    (
        "`get_records` of 10,000, a record, against 1,000",
        "streams/reads",
        "get_records of 10,000: a record",
        "get_records of 1,000: a record",
    ),
    (
        "20 enhanced fan-out consumers, a record for each, against one",
        "streams/consumers",
        "20 consumers: a record of an event",
        "1 consumers: a record of an event",
    ),
    ("send at a backlog of 1,000,000, against 1,000", "sweep/backlog", "send at 1,000,000", "at 1,000"),
    (
        "receive + delete at a backlog of 1,000,000",
        "sweep/backlog",
        "receive + delete at 1,000,000",
        "at 1,000",
    ),
    ("receive + delete, 1,000,000 in flight", "sweep/in-flight", "receive + delete at 1,000,000", "at 1,000"),
    ("send with a delay, 1,000,000 delayed", "sweep/delayed", "send with a delay at 1,000,000", "at 1,000"),
    ("FIFO send, 1,000,000 groups", "sweep/groups", "send at 1,000,000", "at 1,000"),
    (
        "FIFO receive + delete, 1,000,000 groups, all of them in sight",
        "sweep/groups",
        "receive + delete at 1,000,000",
        "at 1,000",
    ),
    (
        "an iterator `AT_SEQUENCE_NUMBER` and a read, 1,000,000 records",
        "sweep/positions",
        "AT_SEQUENCE_NUMBER at 1,000,000",
        "at 1,000",
    ),
    (
        "1,000,000 timeouts end at once, for each, against 1,000",
        "scale/at-once",
        "visibility timeout ends: a message of 1,000,000",
        "of 1,000",
    ),
    ("1,000,000 messages expire at once", "scale/at-once", "retention ends: a message of 1,000,000", "of 1,000"),
    (
        "100,000 messages go to a dead-letter queue at once",
        "scale/at-once",
        "to the dead-letter queue: a message of 100,000",
        "of 1,000",
    ),
    (
        "100,000 messages come back by a move task",
        "scale/at-once",
        "back by a move task: a message of 100,000",
        "of 1,000",
    ),
    ("send with 100,000 queues, against 1,000", "scale/many", "100,000 queues: send_message", "1,000"),
    ("a page of ListQueues with 100,000 queues", "scale/many", "100,000 queues: list_queues, a page", "1,000"),
    (
        "a page of ListSubscriptionsByTopic with 100,000",
        "scale/many",
        "100,000 subscriptions of a topic: list_subscriptions_by_topic, a page",
        "1,000",
    ),
    ("a page of ListStreams with 100,000 streams", "scale/many", "100,000 streams: list_streams, a page", "1,000"),
    (
        "a page of ListShards with 10,000 shards, against 200",
        "scale/many",
        "10,000 shards of a stream: list_shards, a page",
        "200",
    ),
    ("publish with 100,000 topics", "scale/many", "100,000 topics: publish to one queue", "1,000"),
    ("`put_record` with 100,000 streams", "scale/many", "100,000 streams: put_record", "1,000"),
    (
        "`put_record` with 10,000 shards, against 200",
        "scale/many",
        "10,000 shards of a stream: put_record",
        "200",
    ),
    (
        "one of 1,000 long polls that is filled, against 10",
        "waiting/crowd",
        "one of 1,000 polls that gets a message",
        "of 10",
    ),
    ("send + receive + delete by 64 threads, against one", "waiting/threads", "the same, 64 threads", "1 thread"),
    (
        "a thread wakes up (wall time), against a lock",
        "waiting/wake-up",
        "a thread in ReceiveMessage",
        "floor: a lock between threads",
    ),
    (
        "a task wakes up (wall time), against a future",
        "waiting/wake-up",
        "a task in ReceiveMessage",
        "floor: a future between tasks",
    ),
    ("a queued message of 100 bytes", "footprint/memory", "standard: queued", "floor"),
    (
        "the same, when it has been received and deleted",
        "footprint/returned",
        "standard: received, then deleted",
        "while there",
    ),
    (
        "`from minicloud import Cloud`, against `import json, hashlib, threading`",
        "footprint/import",
        "from minicloud import Cloud",
        "import json, hashlib, threading",
    ),
    ("the same, in time", "footprint/import", "from minicloud import Cloud", None),
    ("a `Cloud` and a client", "footprint/making", "Cloud and client", None),
    ("the same, a queue and a message", "footprint/making", "the same, a queue, a message", None),
    (
        "a message with none of the tester's tools in use, against one without the question for faults",
        "tools",
        "none in use",
        "without the question for faults",
    ),
    ("an object of 1 KB put, against a send", "objects", "put_object of 1 KB", "send"),
    ("the same, and a queue is told", "objects", "the same, and a queue is told", "send"),
    ("an object of 1 KB read", "objects", "get_object", "send"),
    ("an event put, one rule, one queue, against a send", "events", "an event put, one rule, one queue", "send"),
    ("the same, the rule looks into the detail", "events", "the same, the rule looks into the detail", "send"),
    ("a run of a schedule that sends a message, hourly, for a year", "schedules", "a run of rate(1 hour)", "send"),
    ("the same, by a cron in a time zone", "schedules", "a run of an hourly cron in a time zone", "send"),
    ("Firehose: a record put, against a send", "deliveries", "a record put", "send"),
    (
        "Firehose: a record of 500, put and delivered in one object",
        "deliveries",
        "a record of a batch of 500, put and delivered in one object",
        "send",
    ),
    ("the same, and a function transforms it", "deliveries", "the same, and a function transforms it", "send"),
    (
        "a message through a pipe, from queue to queue",
        "deliveries",
        "a message through a pipe, from queue to queue",
        "send",
    ),
    ("moto: send, against a boto3 client under `mock_aws()`", "peer", "moto: send, backlog 0", "boto3 client"),
    ("moto: receive + delete", "peer", "moto: receive + delete, backlog 0", "boto3 client"),
    (
        "moto: receive + delete, at a backlog of 10,000",
        "peer",
        "moto: receive + delete, backlog 10,000",
        "boto3 client",
    ),
    (
        "moto: mock, boto3 client, queue, message, against a boto3 client under `mock_aws()`",
        "peer",
        "moto: mock, client, queue, message",
        "boto3 client",
    ),
)
"""What a row says, and the benchmark, the row and the reference that it is taken from."""


def main() -> int:
    """Write the table."""
    if len(sys.argv) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    runs = [json.loads(Path(path).read_text(encoding="utf-8")) for path in sys.argv[1:]]
    if any(run["quick"] for run in runs):
        print("a run with --quick has no figures", file=sys.stderr)
        return 2
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    PAGE.write_text(before + BEGIN + _table(*runs) + END + after, encoding="utf-8")
    return 0


def _table(first: Any, second: Any, peer: Any) -> str:
    versions = [".".join(run["python"].split(".")[:2]) for run in (first, second)]
    lines = [f"| what | {versions[0]} | ratio | {versions[1]} | ratio | target |", "|---|---|---|---|---|---|"]
    for label, table, name, reference in FIGURES:
        sources = (peer, None) if table == "peer" else (first, second)
        cells = [label]
        target = ""
        for source in sources:
            if source is None:
                cells += ["", ""]
                continue
            row = _row(source, table, name, reference)
            cells += [_typeset(figure(row["value"], row["unit"])), "" if row["ratio"] is None else _ratio(row["ratio"])]
            target = target or _target(row["target"])
        lines.append("| " + " | ".join([*cells, target]) + " |")
    return "\n".join(lines).replace("|  |", "| |").replace("|  |", "| |") + "\n"


def _row(run: Any, table: str, name: str, reference: str | None) -> Any:
    for row in run["benchmarks"].get(table, {"rows": []})["rows"]:
        if row["name"] == name and row["reference"] == reference:
            return row
    raise SystemExit(f"Python {run['python']}: {table} has no row {name!r} against {reference!r}")


def _ratio(value: float) -> str:
    return f"{value:,.0f} {TIMES}" if value >= 100 else f"{value:.2f} {TIMES}"


def _target(text: str | None) -> str:
    """The bound in a target as JSON has it."""
    return "" if text is None else _typeset(text.partition(" ")[2].replace(".00 ", " "))


def _typeset(text: str) -> str:
    for plain, typeset in (("<=", "≤"), (">=", "≥"), (" x", f" {TIMES}"), (" us", " µs")):
        text = text.replace(plain, typeset)
    return text


if __name__ == "__main__":
    sys.exit(main())

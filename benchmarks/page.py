#!/usr/bin/env python3
"""Measures all that docs/explanation/performance.md shows, and writes it there, and README.md's and why.md's row.

    python3 benchmarks/page.py --into FOLDER python3.11 python3.13     half an hour, on a machine that does nothing else

Both Pythons need what `.[dev]` has, for the rows of boto3, aiobotocore and pytest-xdist. The first of them, or that of
``--peer PYTHON``, also needs moto and flask. What of FOLDER's figures is there already is not measured again: to write
the page from it once more, say the same again.

Nothing in that table is written by hand, and a run with ``--quick`` is refused: it shows that everything works, and no
figure.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path
from textwrap import fill
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.endpoint import CANNED
from benchmarks.report import figure

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "explanation" / "performance.md"
RUN = Path(__file__).parent / "run.py"
TESTS = (
    (ROOT / "README.md", "a test with boto3: mock, client, queue, send, receive, delete"),
    (ROOT / "docs" / "explanation" / "why.md", "a test: mock, client, queue, send, receive, delete"),
)
"""Where the two figures of a whole test stand, minicloud's and moto's, and what their row says."""
TIMES = "\N{MULTIPLICATION SIGN}"
PEERS = ("peer", "endpoint/peer")
WHOLE = (("boto3 client: a test", None), ("moto: a test", "boto3 client"))
BEGIN, END = "<!-- figures -->\n\n", "\n<!-- end of figures -->"

FIGURES: tuple[tuple[str, str, str, str | None], ...] = (
    ("floor: send", "calls", "floor: send", None),
    ("send, native, against the floor", "calls", "native: send", "floor"),
    ("against a `MagicMock` with a canned answer", "calls", "native: send", "MagicMock"),
    ("send, native, against the plain floor", "calls", "native: send", "plain floor"),
    ("the same, traced", "calls", "native, traced: send", "plain floor"),
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
    ("against the plain floor", "calls", "native: receive + delete", "plain floor"),
    ("the same, traced", "calls", "native, traced: receive + delete", "plain floor"),
    ("asyncio, against native", "calls", "native asyncio: receive + delete", "native"),
    ("boto3 client under `mock_aws()`, against native", "calls", "boto3 client: receive + delete", "native"),
    ("the same, against a `MagicMock`", "calls", "boto3 client: receive + delete", "MagicMock"),
    ("FIFO: send, against a floor with groups and ids", "calls/fifo", "send", "floor: send"),
    ("FIFO: send, against the plain floor", "calls/fifo", "send", "plain floor: send"),
    ("FIFO: receive + delete", "calls/fifo", "receive + delete", "floor: receive + delete"),
    (
        "FIFO: receive + delete, against the plain floor",
        "calls/fifo",
        "receive + delete",
        "plain floor: receive + delete",
    ),
    ("send with two attributes", "calls/attributes", "send", "floor: send"),
    ("the same, against the plain floor", "calls/attributes", "send", "plain floor: send"),
    ("with two that were never seen", "calls/attributes", "send, other attributes each time", "floor: send"),
    (
        "a move to the dead-letter queue, against the floor of a send",
        "calls/attributes",
        "moved to the dead-letter queue",
        "floor: send",
    ),
    ("what no send can do without, by hand, against the plain floor", "parts", "send: its parts", "plain floor: send"),
    ("the send, in the same run", "parts", "send", "plain floor: send"),
    (
        "what no receive + delete can do without",
        "parts",
        "receive + delete: their parts",
        "plain floor: receive + delete",
    ),
    ("the receive + delete, in the same run", "parts", "receive + delete", "plain floor: receive + delete"),
    ("what no FIFO send can do without", "parts", "FIFO send: its parts", "plain floor: send"),
    ("the FIFO send, in the same run", "parts", "FIFO send", "plain floor: send"),
    (
        "what no FIFO receive + delete can do without",
        "parts",
        "FIFO receive + delete: their parts",
        "plain floor: receive + delete",
    ),
    ("the FIFO receive + delete, in the same run", "parts", "FIFO receive + delete", "plain floor: receive + delete"),
    ("what no send can do without, awaited", "parts", "the parts of a send, awaited", "send: its parts"),
    (
        "the same, and others have every 256th turn",
        "parts",
        "the same, others have every 256th turn",
        "send: its parts",
    ),
    ("the send with asyncio, in the same run, against native", "parts", "asyncio: send", "send"),
    (
        "boto3's own client, which only hands a send on to a native one",
        "parts",
        "boto3's client, which hands a send on",
        "send",
    ),
    (
        "the same, and asks whether somebody has wrapped a step of botocore's",
        "parts",
        "the same, and asks whether it is wrapped",
        "send",
    ),
    ("boto3 under `mock_aws()`, in the same run", "parts", "boto3: send", "send"),
    ("hash, arithmetic and base64 of a signature", "parts", "a signature: its parts", None),
    ("the signature, in the same run", "parts", "a signature", "a signature: its parts"),
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
    ("the same, against the plain floor", "fan-out", "a publish to one queue", "plain floor of a send"),
    ("the signature of an envelope, when it is first looked at", "fan-out", "a signature", None),
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
    ("a test under pytest-xdist with 2 workers, against one", "scale/workers", "a test, 2 workers", "1 worker"),
    ("with 4 workers", "scale/workers", "a test, 4 workers", "1 worker"),
    (
        "a forked process with a cloud, a queue and a message, against one that does nothing",
        "scale/forks",
        "forked: a cloud, a queue, a message",
        "forked: nothing",
    ),
    (
        "the same by `multiprocessing`, forked",
        "scale/forks",
        "multiprocessing, fork: a cloud, a queue, a message",
        "multiprocessing, fork: nothing",
    ),
    (
        "the same, started afresh (`spawn`)",
        "scale/forks",
        "multiprocessing, spawn: a cloud, a queue, a message",
        "multiprocessing, spawn: nothing",
    ),
    (
        "send + receive + delete in a forked process, against its parent",
        "scale/forks",
        "forked: a send, a receive and a delete",
        "in the process itself",
    ),
    (
        "1,000 clouds, traced: one made, with a client and a queue, against 10",
        "scale/clouds",
        "one of 1,000: made, with a client and a queue",
        "one of 10",
    ),
    (
        "1,000 clouds in turns: send + receive + delete",
        "scale/clouds",
        "one of 1,000: a message sent, received and deleted",
        "one of 10",
    ),
    (
        "what one of them weighs",
        "scale/clouds",
        "one with a client, a queue and what happened there",
        None,
    ),
    ("what is left of one that was closed", "scale/clouds", "the same, when it has been closed", "open"),
    (
        "an hour of a cloud's time, traced: a second at its end, against early",
        "scale/hour",
        "a second of it, after 50 minutes",
        "early",
    ),
    ("memory at its end, against that after half an hour", "scale/hour", "memory after 60 minutes", "after half of it"),
    (
        "3,000,000 calls, traced: send + receive + delete at the end, against the beginning",
        "scale/calls",
        "traced: a message of 1,000,000 (3,000,000 calls): the last tenth",
        "the first tenth",
    ),
    (
        "memory that each message leaves behind",
        "scale/calls",
        "traced: a message of 1,000,000 (3,000,000 calls): memory left behind",
        None,
    ),
    (
        "10,000,000 messages through a queue: one at the end, against the beginning",
        "scale/ten-million",
        "a message of 10,000,000, ten a call: the last tenth",
        "the first tenth",
    ),
    (
        "memory that each of them leaves behind",
        "scale/ten-million",
        "a message of 10,000,000, ten a call: memory left behind",
        None,
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
    ("the same, on a real clock", "footprint/memory", "standard: queued, on a real clock", "floor"),
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
    (
        "a message sent, through a mapping to a handler, deleted; against send + receive + delete",
        "functions",
        "send, mapping, handler, deleted",
        "send + receive + delete",
    ),
    (
        "a handler sends it on to another one, against the same",
        "functions",
        "send, handler sends, handler",
        "send + receive + delete",
    ),
    (
        "a publish to a handler, signed, against the same",
        "functions",
        "publish, handler",
        "send + receive + delete",
    ),
    (
        "a mapping is enabled at a backlog of 100,000: a message, in tens, against 1,000",
        "functions/backlog",
        "messages at 100,000",
        "messages at 1,000",
    ),
    ("the same: a record, in hundreds", "functions/backlog", "records at 100,000", "records at 1,000"),
    (
        "the endpoint: SendMessage, against an asyncio server with a canned answer",
        "endpoint/requests",
        "SendMessage",
        CANNED,
    ),
    ("the endpoint: SendMessage, traced", "endpoint/requests", "SendMessage, traced", CANNED),
    (
        "the endpoint: ReceiveMessage that finds nothing",
        "endpoint/requests",
        "ReceiveMessage that finds nothing",
        CANNED,
    ),
    (
        "the endpoint: SendMessage in the query protocol",
        "endpoint/requests",
        "SendMessage in the query protocol",
        CANNED,
    ),
    ("the endpoint: Publish", "endpoint/requests", "Publish", CANNED),
    ("the endpoint: PutRecord", "endpoint/requests", "PutRecord", CANNED),
    (
        "moto's server: send of a boto3 client, wall time, against minicloud's",
        "endpoint/peer",
        "moto's server, boto3: send (wall time)",
        "minicloud's server, boto3: send (wall time)",
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
    ("moto: the same, received and deleted, which is a test", "peer", "moto: a test", "boto3 client"),
)
"""What a row says, and the benchmark, the row and the reference that it is taken from."""


def main() -> int:
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pythons", metavar="PYTHON", nargs=2, help="the commands of two Pythons, the older one first")
    parser.add_argument("--into", metavar="FOLDER", type=Path, required=True, help="where the figures go, as JSON")
    parser.add_argument("--peer", metavar="PYTHON", help="one that has boto3, moto and flask; the first if not given")
    arguments = parser.parse_args()
    first, second = arguments.pythons
    arguments.into.mkdir(parents=True, exist_ok=True)
    runs = [
        _measured(arguments.into / "first.json", [first]),
        _measured(arguments.into / "second.json", [second]),
        _measured(arguments.into / "peer.json", [arguments.peer or first], "--peer", "--only", "peer"),
    ]
    if any(run["quick"] for run in runs):
        parser.error("a run with --quick has no figures")
    # All of it is made before any of it is written.
    texts = {PAGE: _page(*runs), **texts_of_tests(runs[2])}
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return 0


def _measured(path: Path, python: list[str], *options: str) -> Any:
    """The figures of a run, which is made if they are not there."""
    if not path.exists():
        subprocess.run([*python, str(RUN), *options, "--json", str(path)], check=True)
    return json.loads(path.read_text(encoding="utf-8"))


def _page(first: Any, second: Any, peer: Any) -> str:
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    return before + BEGIN + table_of(first, second, peer) + END + after


def texts_of_tests(peer: Any) -> dict[Path, str]:
    """The two pages with what a whole test takes, in milliseconds."""
    figures = [_row(peer, "peer", *which)["value"] / 1e6 for which in WHOLE]
    cells = " | ".join(f"{value:.{0 if value >= 10 else 1}f} ms" for value in figures)
    texts = {}
    for path, label in TESTS:
        pattern = rf"(?m)^\| {re.escape(label)} \|[^|]*\|[^|]*\|"
        texts[path], count = re.subn(pattern, f"| {label} | {cells} |", path.read_text(encoding="utf-8"))
        if count != 1:
            raise SystemExit(f"{path} has {count} rows that say {label!r}")
    return texts


def table_of(first: Any, second: Any, peer: Any) -> str:
    """What stands between the page's marks: how it was measured, the rows, what the newer Python takes longer for."""
    versions = [".".join(run["python"].split(".")[:2]) for run in (first, second)]
    lines = [f"| what | {versions[0]} | ratio | {versions[1]} | ratio | target |", "|---|---|---|---|---|---|"]
    for label, table, name, reference in FIGURES:
        sources = (peer, None) if table in PEERS else (first, second)
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
    text = "\n".join(lines).replace("|  |", "| |").replace("|  |", "| |")
    return f"{_said_of(first, second, peer)}\n\n{text}\n\n{_dearer(first, second)}\n"


def _said_of(first: Any, second: Any, peer: Any) -> str:
    """How the table came to be."""
    return fill(
        "Processor time, but for the rows that say otherwise; medians of `python3 benchmarks/run.py` on "
        f"{first['cores']} cores, CPython {first['python']} and {second['python']}; the rows of moto are those of moto "
        f"{peer['packages']['moto']} under `--peer`. A ratio without a name is to the floor that does the same, or to "
        "the smallest size.",
        width=118,
    )


def _dearer(first: Any, second: Any) -> str:
    """Which of the rows take more of the second Python's time than of the first's."""
    found = []
    for label, table, name, reference in FIGURES:
        if table not in PEERS:
            old, new = (_row(run, table, name, reference) for run in (first, second))
            if new["unit"] == "ns" and new["value"] > old["value"]:
                found.append(f"{label} ({new['value'] / old['value'] - 1:+.0%})")
    version = ".".join(second["python"].split(".")[:2])
    if not found:
        return f"None of them takes longer on {version}."
    return "\n".join([f"Longer on {version}:", "", *(f"- {line}" for line in dict.fromkeys(found))])


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

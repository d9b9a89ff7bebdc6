#!/usr/bin/env python3
"""Measures what minicloud costs and prints tables of ratios against floors that are measured in the same run.

    python3 benchmarks/run.py                       everything, a quarter of an hour
    python3 benchmarks/run.py --quick               everything, small: shows that it works
    python3 benchmarks/run.py --only 'sweep/*'      some of it (a glob, or a part of a name)
    python3 benchmarks/run.py --peer --json out.json      with moto, and the figures as JSON
    python3 benchmarks/run.py --compare out.json    beside the figures of an earlier run
    python3 benchmarks/run.py --only 'sweep/*' --plot sweeps.svg      cost against size as a picture

Times of different machines say little; ratios of one run say much. Times are processor time, which other programs on
the machine disturb less than they do the clock on the wall. A figure is the median of its rounds, its spread half of
what lies between their quartiles. Each benchmark has a process of its own. ``--check`` exits with 1 when a target is
missed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import (
    batches,
    calls,
    deliveries,
    endpoint,
    events,
    fanout,
    footprint,
    functions,
    long_runs,
    metrics,
    objects,
    parts,
    scale,
    scale_out,
    scaling,
    schedules,
    streams,
    sweeps,
    tools,
    waiting,
)
from benchmarks.isolated import measure_apart
from benchmarks.plot import write_plot
from benchmarks.report import Measure, Options, Progress, Table, write_comparison, write_json, write_table


@dataclass(frozen=True)
class Benchmark:
    """One entry of the list below."""

    name: str
    title: str
    measure: Measure
    steps: Callable[[Options], int]
    needs: tuple[str, ...] = ()
    """Packages without which it can not run; given some, it runs with ``--peer`` only."""


BENCHMARKS = (
    Benchmark("calls", "one call on a standard queue", calls.calls, calls.calls_steps),
    Benchmark("calls/clients", "the same through other clients", calls.clients, calls.clients_steps),
    Benchmark("calls/fifo", "one call on a FIFO queue", batches.fifo, batches.rounds_steps),
    Benchmark("calls/attributes", "attributes, dead letters", batches.attributes, batches.rounds_steps),
    Benchmark("parts", "hot calls, and what none can do without", parts.parts, parts.parts_steps),
    Benchmark("batches", "ten messages a call, for each of them", batches.batches, batches.rounds_steps),
    Benchmark("fan-out", "a publish, for each queue", fanout.fan_out, fanout.rounds_steps),
    Benchmark("streams/puts", "records into a stream", streams.puts, streams.puts_steps),
    Benchmark("streams/reads", "records out of a shard", streams.reads, streams.reads_steps),
    Benchmark("streams/consumers", "records to enhanced fan-out", streams.consumers, streams.consumers_steps),
    Benchmark("functions", "a message, and a function", functions.functions, functions.functions_steps),
    Benchmark("functions/backlog", "a mapping is enabled", functions.backlogs, functions.backlogs_steps),
    Benchmark("objects", "an upload", objects.objects, objects.objects_steps),
    Benchmark("deliveries", "records and messages delivered", deliveries.deliveries, deliveries.deliveries_steps),
    Benchmark("events", "events on a bus", events.events, events.events_steps),
    Benchmark("schedules", "a year of a schedule", schedules.schedules, schedules.schedules_steps),
    Benchmark("metrics", "a send, and metrics in use", metrics.metrics, metrics.metrics_steps),
    Benchmark("metrics/days", "alarms and gauges, all day", metrics.days, metrics.days_steps),
    Benchmark("scaling", "a day of scaling", scaling.scaling, scaling.scaling_steps),
    Benchmark("sweep/backlog", "by the number of waiting messages", sweeps.backlog, sweeps.sweep_steps),
    Benchmark("sweep/in-flight", "by the number of messages in flight", sweeps.in_flight, sweeps.sweep_steps),
    Benchmark("sweep/delayed", "by the number of delayed messages", sweeps.delayed, sweeps.sweep_steps),
    Benchmark("sweep/groups", "by the number of message groups", sweeps.groups, sweeps.sweep_steps),
    Benchmark("sweep/flood", "by what a noisy group has left in a fair queue", sweeps.flood, sweeps.sweep_steps),
    Benchmark("sweep/positions", "by the number of records in a shard", streams.positions, streams.positions_steps),
    Benchmark("scale/at-once", "what ends all at once, a message", scale.at_once, scale.at_once_steps),
    Benchmark("scale/many", "many things in one cloud", scale.many, scale.many_steps),
    Benchmark("scale/workers", "a test, under pytest-xdist", scale_out.workers, scale_out.workers_steps),
    Benchmark("scale/forks", "processes with clouds of their own", scale_out.forks, scale_out.forks_steps),
    Benchmark("scale/clouds", "many clouds in one process", long_runs.clouds, long_runs.clouds_steps),
    Benchmark("scale/hour", "an hour of a cloud's time", long_runs.hour, long_runs.hour_steps),
    Benchmark("scale/calls", "millions of calls, traced", long_runs.million_calls, long_runs.million_calls_steps),
    Benchmark("scale/ten-million", "through one queue", long_runs.ten_million, long_runs.ten_million_steps),
    Benchmark("waiting/wake-up", "a long poll wakes up (wall time)", waiting.wake_ups, waiting.wake_ups_steps),
    Benchmark("waiting/crowd", "many long polls at once", waiting.crowd, waiting.crowd_steps),
    Benchmark("waiting/threads", "many threads", waiting.threads, waiting.threads_steps),
    Benchmark("endpoint/requests", "a request to the server", endpoint.requests, endpoint.requests_steps),
    Benchmark("endpoint/latency", "clients of the server", endpoint.latency, endpoint.latency_steps),
    Benchmark("footprint/memory", "bytes a message", footprint.memory, footprint.memory_steps),
    Benchmark("footprint/returned", "memory that is given back", footprint.returned, footprint.returned_steps),
    Benchmark("footprint/import", "the first import", footprint.imports, footprint.imports_steps),
    Benchmark("footprint/making", "what a test begins with", footprint.making, footprint.making_steps),
    Benchmark("tools", "a message, with one of the tester's tools in use", tools.tools, tools.tools_steps),
    Benchmark("endpoint/peer", "a send to a server", endpoint.peer, endpoint.peer_steps, ("boto3", "moto", "flask")),
    Benchmark("peer", "one call on a standard queue, through moto", calls.peer, calls.peer_steps, ("boto3", "moto")),
)


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="PATTERN", default="*", help="a glob, or a part of the names to run")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures there, too")
    parser.add_argument(
        "--compare", metavar="FILE", type=Path, help="show the figures of an earlier --json beside them"
    )
    parser.add_argument("--plot", metavar="FILE", type=Path, help="draw cost against size, as SVG")
    parser.add_argument("--peer", action="store_true", help="compare with moto, which must be installed")
    parser.add_argument("--quick", action="store_true", help="small sizes, few repeats")
    parser.add_argument("--largest", metavar="N", type=int, default=1_000_000, help="the largest size of the sweeps")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a target is missed")
    arguments = parser.parse_args()
    options = Options(quick=arguments.quick, peer=arguments.peer, largest=arguments.largest)

    chosen = [
        benchmark
        for benchmark in BENCHMARKS
        if (fnmatch(benchmark.name, arguments.only) or arguments.only in benchmark.name)
        and (options.peer or not benchmark.needs)
    ]
    if not chosen:
        parser.error(f"no benchmark is called like {arguments.only!r}")
    missing = [package for benchmark in chosen for package in benchmark.needs if not calls.has(package)]
    if missing:
        parser.error(f"--peer needs packages that are not installed: {', '.join(missing)}")

    earlier = json.loads(arguments.compare.read_text(encoding="utf-8")) if arguments.compare else None

    progress = Progress(sum(benchmark.steps(options) for benchmark in chosen))
    tables = []
    for benchmark in chosen:
        table = Table(benchmark.name, benchmark.title, measure_apart(benchmark.measure, options, progress))
        progress.clear()
        print(write_table(table), end="\n\n", flush=True)
        if earlier is not None:
            print(write_comparison(table, earlier), end="\n\n", flush=True)
        tables.append(table)
    if arguments.json:
        write_json(tables, options, arguments.json)
    if arguments.plot and not write_plot(tables, arguments.plot):
        print("nothing to draw: --plot is for sweeps", file=sys.stderr)
    missed = [row for table in tables for row in table.rows if row.holds is False]
    return 1 if arguments.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())

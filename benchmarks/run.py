#!/usr/bin/env python3
"""Measures what minicloud costs and prints tables of ratios against floors that are measured in the same run.

    python3 benchmarks/run.py                       everything, some minutes
    python3 benchmarks/run.py --quick               everything, small: shows that it works
    python3 benchmarks/run.py --only 'sweep/*'      some of it (a glob, or a part of a name)
    python3 benchmarks/run.py --peer --json out.json      with moto, and the figures as JSON

Times of different machines say little; ratios of one run say much. Times are processor time, which other programs on
the machine disturb less than they do the clock on the wall. ``--check`` exits with 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import calls, footprint, sweeps
from benchmarks.report import Measure, Options, Progress, Table, write_json, write_table


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
    Benchmark("calls/fifo", "one call on a FIFO queue, and batches", calls.fifo, calls.fifo_steps),
    Benchmark("sweep/backlog", "by the number of waiting messages", sweeps.backlog, sweeps.sweep_steps),
    Benchmark("sweep/in-flight", "by the number of messages in flight", sweeps.in_flight, sweeps.sweep_steps),
    Benchmark("sweep/delayed", "by the number of delayed messages", sweeps.delayed, sweeps.sweep_steps),
    Benchmark("sweep/groups", "by the number of message groups", sweeps.groups, sweeps.sweep_steps),
    Benchmark("footprint/memory", "bytes a message", footprint.memory, footprint.memory_steps),
    Benchmark("footprint/import", "the first import", footprint.imports, footprint.imports_steps),
    Benchmark("footprint/making", "a new cloud", footprint.making, footprint.making_steps),
    Benchmark("peer", "one call on a standard queue, through moto", calls.peer, calls.peer_steps, ("boto3", "moto")),
)


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="PATTERN", default="*", help="a glob, or a part of the names to run")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures there, too")
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

    progress = Progress(sum(benchmark.steps(options) for benchmark in chosen))
    tables = []
    for benchmark in chosen:
        table = Table(benchmark.name, benchmark.title, benchmark.measure(options, progress))
        progress.clear()
        print(write_table(table), end="\n\n", flush=True)
        tables.append(table)
    if arguments.json:
        write_json(tables, options, arguments.json)
    missed = [row for table in tables for row in table.rows if row.holds is False]
    return 1 if arguments.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())

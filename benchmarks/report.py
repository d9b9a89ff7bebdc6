"""Rows, targets, the tables and the JSON they become, comparisons with an earlier run, and the progress bar."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

__all__ = [
    "Options",
    "Progress",
    "Row",
    "Table",
    "Target",
    "at_least",
    "at_most",
    "figure",
    "ratio",
    "spread",
    "write_comparison",
    "write_json",
    "write_table",
]


@dataclass(frozen=True)
class Options:
    """What the command line asked for."""

    quick: bool
    """Few repeats and small sizes: to see that everything works, not to learn a figure."""
    peer: bool
    """Compare with moto, where it is installed."""
    largest: int
    """The largest size of the sweeps."""

    @property
    def rounds(self) -> int:
        """How often each thing is measured, after it has been done once."""
        return 1 if self.quick else 25

    @property
    def calls(self) -> int:
        """How many calls one measurement takes together."""
        return 100 if self.quick else 1_000

    @property
    def sizes(self) -> list[int]:
        """The sizes of the sweeps; the first is what the others are compared with."""
        largest = min(self.largest, 10_000) if self.quick else self.largest
        return [size for size in (1_000, 10_000, 100_000, 1_000_000) if size <= largest]


@dataclass(frozen=True)
class Target:
    """What a figure should be: its ratio, or the figure itself, on one side of a bound."""

    of: Literal["ratio", "value"]
    side: Literal["at most", "at least"]
    bound: float

    def holds(self, row: Row) -> bool:
        """Whether the row keeps it."""
        figure = row.value if self.of == "value" else row.ratio
        if figure is None:
            return False
        return figure <= self.bound if self.side == "at most" else figure >= self.bound


def at_most(bound: float, of: Literal["ratio", "value"] = "ratio") -> Target:
    """The ratio (or the value, in the row's unit) is to be at most this."""
    return Target(of, "at most", bound)


def at_least(bound: float) -> Target:
    """The ratio is to be at least this."""
    return Target("ratio", "at least", bound)


@dataclass(frozen=True)
class Row:
    """One measured figure, and what it is compared with."""

    name: str
    value: float
    unit: Literal["ns", "bytes", "count"] = "ns"
    reference: str | None = None
    """The name of what ``ratio`` compares with; None for a floor."""
    ratio: float | None = None
    target: Target | None = None
    spread: float | None = None
    """How far the rounds lie apart: half of what is between the quartiles, as a part of the median."""
    size: int | None = None
    """Of what was measured, in a sweep; the rows of one series are called alike up to `` at ``."""

    @classmethod
    def of(
        cls,
        name: str,
        values: Sequence[float],
        unit: Literal["ns", "bytes", "count"] = "ns",
        reference: str | None = None,
        ratio: float | None = None,
        target: Target | None = None,
        size: int | None = None,
    ) -> Row:
        """The median of what the rounds measured, with its spread."""
        return cls(name, statistics.median(values), unit, reference, ratio, target, spread(values), size)

    @property
    def holds(self) -> bool | None:
        """Whether the target is kept; None where there is none."""
        return None if self.target is None else self.target.holds(self)


@dataclass(frozen=True)
class Table:
    """The rows of one benchmark."""

    name: str
    title: str
    rows: list[Row]


def ratio(values: Sequence[float], references: Sequence[float]) -> float:
    """The median of the rounds' own ratios: whatever slowed a whole round down slowed both down."""
    return statistics.median(value / reference for value, reference in zip(values, references, strict=True))


def spread(values: Sequence[float]) -> float | None:
    """Half of what is between the quartiles, as a part of the median; None for fewer than four values."""
    if len(values) < 4:
        return None
    first, middle, third = statistics.quantiles(values, n=4)
    return (third - first) / 2 / middle if middle else None


def write_table(table: Table) -> str:
    """The table as text."""
    lines = [["", "measured", "spread", "against", "ratio", "target", ""]]
    lines += [
        [
            row.name,
            figure(row.value, row.unit),
            "" if row.spread is None else f"+-{row.spread:.0%}",
            row.reference or "",
            "" if row.ratio is None else f"{row.ratio:,.2f} x",
            "" if row.target is None else _target(row),
            {None: "", True: "holds", False: "MISSED"}[row.holds],
        ]
        for row in table.rows
    ]
    return _lay_out(f"{table.name}: {table.title}", lines, left={0, 3, 6})


def _lay_out(title: str, lines: list[list[str]], left: set[int]) -> str:
    """Lines of cells in columns, those of ``left`` flush left."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = [title]
    for line in lines:
        cells = [
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        text.append("  " + "  ".join(cells).rstrip())
    return "\n".join(text)


def write_comparison(table: Table, earlier: dict[str, Any]) -> str:
    """The table beside the same one of an earlier run, a document of ``write_json``, as text.

    Between machines, or on a busy one, look at the ratios: what slows everything down they do not show.
    """
    rows = earlier["benchmarks"].get(table.name, {"rows": []})["rows"]
    old = {(row["name"], row["reference"]): row for row in rows}
    lines = [["", "before", "now", "change", "ratio before", "ratio now", "change"]]
    for row in table.rows:
        before = old.get((row.name, row.reference))
        if before is None:
            lines.append([row.name, "", figure(row.value, row.unit), "new", "", "", ""])
            continue
        line = [row.name, figure(before["value"], row.unit), figure(row.value, row.unit)]
        line.append(_change(before["value"], row.value))
        if row.ratio is None or before["ratio"] is None:
            line += ["", "", ""]
        else:
            line += [f"{before['ratio']:,.2f} x", f"{row.ratio:,.2f} x", _change(before["ratio"], row.ratio)]
        lines.append(line)
    return _lay_out(f"{table.name}: {table.title}, against Python {earlier['python']}", lines, left={0})


def _change(before: float, now: float) -> str:
    return f"{now / before - 1:+.0%}" if before else ""


PACKAGES = ("aiobotocore", "boto3", "moto", "pytest", "pytest-xdist")
"""What is measured beside minicloud, or with it, where it is installed."""


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def write_json(tables: Sequence[Table], options: Options, path: Path) -> None:
    """Everything, as JSON: values are nanoseconds, bytes or counts."""
    document: dict[str, Any] = {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "packages": {name: version for name in PACKAGES if (version := _version(name)) is not None},
        "quick": options.quick,
        "benchmarks": {
            table.name: {
                "title": table.title,
                "rows": [
                    {
                        "name": row.name,
                        "value": row.value,
                        "unit": row.unit,
                        "spread": row.spread,
                        "size": row.size,
                        "reference": row.reference,
                        "ratio": row.ratio,
                        "target": None if row.target is None else f"{row.target.of} {_target(row)}",
                        "holds": row.holds,
                    }
                    for row in table.rows
                ],
            }
            for table in tables
        },
    }
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def _target(row: Row) -> str:
    assert row.target is not None
    sign = "<=" if row.target.side == "at most" else ">="
    bound = row.target.bound
    return f"{sign} {figure(bound, row.unit)}" if row.target.of == "value" else f"{sign} {bound:,g} x"


def figure(value: float, unit: str) -> str:
    """A value with its unit."""
    if unit == "count":
        return f"{value:,.0f}"
    if unit == "bytes":
        return f"{value:,.0f} B"
    if value < 1_000:
        return f"{value:.0f} ns"
    if value < 1_000_000:
        return f"{value / 1_000:.2f} us"
    return f"{value / 1_000_000:,.2f} ms"


class Progress:
    """A bar on stderr; silent where stderr is no terminal."""

    WIDTH = 30

    def __init__(self, total: int) -> None:
        self._total = max(total, 1)
        self._done = 0
        self._shown = sys.stderr.isatty()

    def step(self, label: str) -> None:
        """One more step is done; ``label`` says what."""
        self._done = min(self._done + 1, self._total)
        if self._shown:
            filled = self.WIDTH * self._done // self._total
            bar = "#" * filled + "." * (self.WIDTH - filled)
            sys.stderr.write(f"\r\x1b[K[{bar}] {100 * self._done // self._total:3d} %  {label}")
            sys.stderr.flush()

    def clear(self) -> None:
        """Make room for a table."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


Measure = Callable[[Options, Progress], list[Row]]
"""A benchmark: measures, reports each step, and returns its rows."""

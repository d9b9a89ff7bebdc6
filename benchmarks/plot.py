"""Cost against size as a picture: an SVG of the sweeps, with nothing but the standard library."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10
from pathlib import Path
from xml.sax.saxutils import escape

from .report import Row, Table

__all__ = ["write_plot"]

_COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#ff7f0e")
_WIDTH, _HEIGHT = 420, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 34, 62
_COLUMNS = 2


def write_plot(tables: Sequence[Table], path: Path) -> bool:
    """Draw a panel for each table that has sizes; False when there is none."""
    panels = [table for table in tables if any(row.size is not None for row in table.rows)]
    if not panels:
        return False
    lines = -(-len(panels) // _COLUMNS)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH * _COLUMNS}" height="{_HEIGHT * lines}" '
        'font-family="sans-serif" font-size="11">',
        '<rect width="100%" height="100%" fill="white"/>',
    ]
    for place, table in enumerate(panels):
        x, y = place % _COLUMNS * _WIDTH, place // _COLUMNS * _HEIGHT
        parts += [f'<g transform="translate({x},{y})">', *_panel(table), "</g>"]
    parts.append("</svg>")
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")
    return True


def _series(table: Table) -> dict[str, list[Row]]:
    series: dict[str, list[Row]] = {}
    for row in table.rows:
        if row.size is not None:
            series.setdefault(row.name.rpartition(" at ")[0] or row.name.rpartition(" of ")[0], []).append(row)
    return series


def _panel(table: Table) -> list[str]:
    """One diagram: size on a logarithmic axis, microseconds a call upwards from zero."""
    series = _series(table)
    rows = [row for points in series.values() for row in points]
    smallest, largest = min(row.size or 1 for row in rows), max(row.size or 1 for row in rows)
    top = max(row.value for row in rows) * 1.1
    width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    span = max(log10(largest / smallest), 1e-9)

    def place(size: int, value: float) -> tuple[float, float]:
        return _LEFT + width * log10(size / smallest) / span, _TOP + height * (1 - value / top)

    parts = [f'<text x="{_LEFT}" y="20" font-weight="bold">{escape(table.title)}</text>']
    for step in range(5):
        value = top * step / 4
        _, y = place(smallest, value)
        parts.append(f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_LEFT + width}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value / 1000:.1f} us</text>')
    for size in sorted({row.size for row in rows if row.size is not None}):
        x, y = place(size, 0)
        parts.append(f'<text x="{x:.1f}" y="{y + 16:.1f}" text-anchor="middle">{size:,}</text>')
    for number, (name, points) in enumerate(series.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        places = [place(row.size or 1, row.value) for row in points]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        x, y = _LEFT + number % 2 * width / 2, _HEIGHT - 26 + number // 2 * 14
        parts.append(f'<rect x="{x:.1f}" y="{y - 9:.1f}" width="10" height="10" fill="{colour}"/>')
        parts.append(f'<text x="{x + 14:.1f}" y="{y:.1f}">{escape(name)}</text>')
    return parts

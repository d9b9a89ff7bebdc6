"""Why a test failed: its report gets a section for each cloud that it used, with what became of the messages there.

``--minicloud-html=DIR`` also writes it as a page, ``--minicloud-jsonl=DIR`` as JSON lines.
Loaded only when a test that has used a cloud fails.
"""

from __future__ import annotations

import re
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ..core.shown import counted, escaped
from ..engine.weak import WeakKeys
from ..inspection.bodies import WIDTH
from ..inspection.report import section
from .options import option

if TYPE_CHECKING:
    from ..cloud import Cloud
    from ..inspection.trace_event import TraceEvent
    from .clouds import Use

__all__ = ["sections_of"]

_told: pytest.StashKey[WeakKeys[Cloud, tuple[object, int]]] = pytest.StashKey()
"""Up to where of each cloud's record an earlier report of the test has told it."""
_MOST_CLOUDS = 5
"""Get a section: the latest ones."""


def sections_of(item: pytest.Item, uses: list[tuple[Cloud, Use]], seconds: float = 0.0) -> list[tuple[str, str]]:
    """The sections of a failed test's report, as titles and texts; it has taken so many seconds of real time.

    When its teardown fails as well, that report gets what has happened since, if anything has.
    """
    told = item.stash.setdefault(_told, WeakKeys())
    latest = uses[-_MOST_CLOUDS:]
    sections = []
    for number, (cloud, use) in enumerate(latest):
        since = told.get(cloud)
        events = use.events(cloud) if since is None else cloud.trace.since(since)
        if since is None or events:
            sections.append(_section(item, cloud, events, number, seconds))
        told[cloud] = cloud.trace.mark()
    if len(latest) < len(uses):
        sections.append(
            ("minicloud", f"{counted(len(uses) - len(latest), 'earlier cloud is', 'earlier clouds are')} left out")
        )
    return sections


def _section(item: pytest.Item, cloud: Cloud, events: list[TraceEvent], number: int, seconds: float) -> tuple[str, str]:
    width = option(item.config, None, "minicloud_body_width")
    title, text = section(cloud, events, int(width) if width else WIDTH, real_seconds=seconds)
    if not events:
        return title, text
    parts, trace = [*_left_behind(item, cloud), text], cloud.trace
    for option_name, ending, write, what in (
        ("minicloud_html", "html", trace.to_html, "as a page"),
        ("minicloud_jsonl", "jsonl", trace.to_jsonl, "as JSON lines"),
    ):
        folder = item.config.getoption(option_name, None)
        if folder:
            path = Path(folder) / f"{_file_name(item.nodeid)}{f'-{number}' if number else ''}.{ending}"
            path.parent.mkdir(parents=True, exist_ok=True)
            write(path)
            parts.append(f"\n{what}: {path}")
    return title, "\n".join(parts)


def _left_behind(item: pytest.Item, cloud: Cloud) -> list[str]:
    """A line for each thread that an earlier test has left behind, and that has used this one's cloud."""
    mocks = sys.modules.get("minicloud.boto.left_threads")  # there is no such thread where nobody has loaded it
    lines = []
    for user in cloud.recorder.users() if mocks is not None else ():
        test = mocks.where_started(user) if isinstance(user, threading.Thread) else None  # type: ignore[union-attr]
        if test is not None and test != item.nodeid:
            mock = f"the mock of {escaped(test, 200)}" if test else "a mock that has ended"
            lines.append(
                f"thread {escaped(user.name, 80)} has used this cloud, and was started inside of {mock}: what it took "
                "this test did not get; have it end with its own test"
            )
    return lines


def _file_name(nodeid: str) -> str:
    return re.sub(r"[^\w.-]+", "_", nodeid).strip("_")[-150:]

"""Why a test failed: its report gets a section with what happened in each cloud that it used.

Then come the accounts of the messages that had a hard time. ``--minicloud-html=DIR`` also writes it as a page. Loaded
only when a test that has used a cloud fails.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.shown import counted, shown
from ..inspection.ledger import Ledger
from ..inspection.text import render, worth_telling

if TYPE_CHECKING:
    import pytest

    from ..cloud import Cloud
    from .clouds import Use

__all__ = ["sections_of"]

_LAST_LINES = 30
_MOST_ACCOUNTS = 8
_MOST_CLOUDS = 5
"""Get a section: the latest ones."""


def sections_of(item: pytest.Item, uses: list[tuple[Cloud, Use]]) -> list[tuple[str, str]]:
    """The sections of a failed test's report, as titles and texts."""
    latest = uses[-_MOST_CLOUDS:]
    sections = [_section(item, cloud, use, number) for number, (cloud, use) in enumerate(latest)]
    if len(latest) < len(uses):
        sections.append(
            ("minicloud", f"{counted(len(uses) - len(latest), 'earlier cloud is', 'earlier clouds are')} left out")
        )
    return sections


def _section(item: pytest.Item, cloud: Cloud, use: Use, number: int) -> tuple[str, str]:
    trace = cloud.trace
    events = use.events(cloud)
    total = f"{counted(len(worth_telling(events)), 'event')}{', earlier ones forgotten' if trace.dropped else ''}"
    title = f"minicloud: seed={shown(cloud.seed, 2_000)}, {cloud.clock.now():%Y-%m-%d %H:%M:%S} on its clock, {total}"
    if not events:
        return title, "nothing happened" if trace.is_on else "nothing was recorded: the trace is off"
    parts = [render(events, _LAST_LINES)]
    accounts = _accounts(cloud, events[0].number)
    if accounts:
        parts.append(f"\nmessages that were not simply received and deleted:\n{accounts}")
    folder = item.config.getoption("minicloud_html", None)
    if folder:
        path = Path(folder) / f"{_file_name(item.nodeid)}{f'-{number}' if number else ''}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        trace.to_html(path)
        parts.append(f"\nas a page: {path}")
    return title, "\n".join(parts)


def _accounts(cloud: Cloud, first: int) -> str:
    """The accounts of the messages with the hardest time, in the order of their sending.

    Of a cloud that is older than the test, only of messages to which something happened from event ``first`` on.
    """
    accounts = [account for account in Ledger(cloud.trace) if account.events[-1].number >= first]
    chosen = sorted(accounts, key=lambda account: account.trouble, reverse=True)[:_MOST_ACCOUNTS]
    told = {id(account) for account in chosen if account.trouble}
    left_out = sum(account.trouble > 0 for account in accounts) - len(told)
    lines = [str(account) for account in accounts if id(account) in told]
    if left_out > 0:
        lines.append(f"… and {counted(left_out, 'more message')} like {'this' if left_out == 1 else 'these'}")
    return "\n".join(lines)


def _file_name(nodeid: str) -> str:
    return re.sub(r"[^\w.-]+", "_", nodeid).strip("_")[-150:]

"""The log of one run, as CloudWatch would show it: a line when it starts, what it prints and logs, how it ended.

What a handler writes comes in pieces, without the lock, from the one thread or task that runs it. The lines that the
platform writes around it are made when somebody looks: most runs are never looked at.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from typing import Final

from ...core.timestamps import datetime_of

__all__ = ["RunLog", "end_lines", "iso_time", "start_line", "tail_of", "timed_out_line"]

_TAIL: Final = 4096
"""Bytes of a log that an answer has. [Lambda API: Invoke, LogResult]"""
_MILLISECOND: Final = 1_000_000
_USED: Final = 40
"""Megabytes that a run is said to have used, as nothing is measured here; never more than it may."""


def iso_time(now: int) -> str:
    """A moment as log lines and records have it: ``2025-01-01T00:00:00.000Z``."""
    moment = datetime_of(now)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


class RunLog:
    """What a run wrote, entry by entry: a line that was printed, or a traceback as a whole."""

    __slots__ = ("_open", "entries", "is_over")

    def __init__(self) -> None:
        self.entries: list[tuple[int, str]] = []
        """When, and what, with the line break at its end if it was written."""
        self._open = ""
        """The beginning of a line that has not come to its end."""
        self.is_over = False
        """Nobody keeps any more what is written: the run has ended, and its handler goes on."""

    def write(self, now: int, text: str) -> None:
        """Take a piece of what is printed."""
        if self.is_over:
            return
        *lines, self._open = (self._open + text).split("\n")
        for line in lines:
            self.entries.append((now, f"{line}\n"))

    def add(self, now: int, entry: str) -> None:
        """Take what is one entry, however many lines it has."""
        if not self.is_over:
            self.flush(now)
            self.entries.append((now, f"{entry}\n"))

    def flush(self, now: int) -> None:
        """End the line that was begun."""
        if self._open:
            self.entries.append((now, self._open))
            self._open = ""


def start_line(request_id: str, version: str) -> str:
    """What Lambda writes when a run begins."""
    return f"START RequestId: {request_id} Version: {version}\n"


def end_lines(request_id: str, lasted: int, memory: int, timed_out: bool) -> tuple[str, str]:
    """What Lambda writes when a run has ended. Nothing is measured but the time of the cloud's clock."""
    billed = max(-(-lasted // _MILLISECOND), 1)
    report = (
        f"REPORT RequestId: {request_id}\tDuration: {lasted / _MILLISECOND:.2f} ms\tBilled Duration: {billed} ms\t"
        f"Memory Size: {memory} MB\tMax Memory Used: {min(_USED, memory)} MB\t"
    )
    return f"END RequestId: {request_id}\n", f"{report}{'Status: timeout' * timed_out}\n"


def timed_out_line(now: int, request_id: str, seconds: float) -> str:
    """What Lambda writes when a run has taken too long."""
    return f"{iso_time(now)} {request_id} Task timed out after {seconds:.2f} seconds"


def tail_of(entries: Iterable[tuple[int, str]]) -> str:
    """The last 4 KB of a log, in base64."""
    text = "".join(entry if entry.endswith("\n") else f"{entry}\n" for _, entry in entries)
    return b64encode(text.encode("utf-8", "replace")[-_TAIL:]).decode()

"""Threads, and processes, whose results can be had."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE = 30
"""Seconds of real time after which a thread that has not ended is stuck."""


class Worker(threading.Thread):
    """A thread whose result, or error, can be had."""

    def __init__(self, task: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self._task = task
        self._outcome: Any = None
        self._error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self._outcome = self._task()
        except BaseException as error:  # raised again where the result is asked for
            self._error = error

    def result(self) -> Any:
        """What the task returned, once it has ended."""
        self.join(PATIENCE)
        assert not self.is_alive(), "the thread is stuck"
        if self._error is not None:
            raise self._error
        return self._outcome


def run_python(script: str, **environment: str) -> str:
    """What a script prints in a process of its own: others may have left threads behind in this one."""
    run = subprocess.run(
        [sys.executable, "-c", dedent(script)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, **environment},
        timeout=4 * PATIENCE,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout

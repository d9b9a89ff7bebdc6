"""What all tests share; which packages a test needs, and the ways into a cloud, is in ``tests/support``.

No test reaches another machine: a connection or a look-up of a name that leaves this one fails the test that made it.
"""

from __future__ import annotations

import gc
import importlib
import ipaddress
import os
import socket
import sys
import threading
import time
import traceback
from collections.abc import Generator
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from minicloud.engine import idle_threads
from minicloud.engine.frames import frames_of_others
from tests.support import depth, garbage

# A session of boto3 keeps what it was made under, and all tests share the default one: never look up credentials.
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"

settings.load_profile(depth.DEFAULT)  # --hypothesis-profile comes after this file, and before the tests

pytest_plugins = [
    "pytester",
    "tests.support.both_cores",
    "tests.support.needs",
    "tests.support.ways",
    "tests.support.modelled",
    "tests.support.notes",
]


def pytest_configure(config: pytest.Config) -> None:
    # Installed, the plugin is loaded through its entry point; in a bare clone by its name.
    if not config.pluginmanager.has_plugin("minicloud"):
        plugin = importlib.import_module("minicloud.pytest_plugin")
        if not config.pluginmanager.is_registered(plugin):
            config.pluginmanager.register(plugin, "minicloud")
    _refuse_other_machines()
    _threads_of_others.update(threading.enumerate())
    # What is imported and collected stays: to look for garbage in it costs a fourth of the collection.
    gc.set_threshold(200_000, 10, 10)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Collect garbage less often, and never in what stays to the end: all tests, and what they have imported."""
    for item in session.items:
        for marker in item.iter_markers():
            # Who looks for the files that have such tests (.ci/steps/stress.sh) finds them by the word.
            if marker.name in ("exhaustive", "hypothesis", "stress") and marker.name not in _text_of(item.path):
                raise pytest.UsageError(f"{item.nodeid} is marked, and {marker.name} does not stand in its file")
    garbage.set_aside()
    gc.set_threshold(20_000, 10, 10)


_text_of = cache(partial(Path.read_text, encoding="utf-8"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    """What a file leaves behind that ignores what cannot be raised goes with it, and not in the midst of another test.

    Tests in which anything is interrupted leave coroutines that nobody awaits, loops and sockets that nobody closes.
    """
    yield
    _fail_who_tried()
    if nextitem is None or nextitem.path != item.path:
        _fail_who_left_threads()
    if (nextitem is None or nextitem.path != item.path) and any(
        "PytestUnraisableExceptionWarning" in str(marker.args) for marker in item.iter_markers("filterwarnings")
    ):
        hook, sys.unraisablehook = sys.unraisablehook, lambda _: None
        try:
            garbage.set_aside()
        finally:
            sys.unraisablehook = hook


# --- nothing leaves this machine -------------------------------------------------------------------------------------

_attempts: list[Any] = []


def _is_elsewhere(host: Any) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if not name or name.lower() in ("localhost", socket.gethostname().lower()):
        return False
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return True
    return not (address.is_loopback or address.is_unspecified)


def _refuse_other_machines() -> None:
    """Put a guard into the socket module, once; sockets of one machine (loopback, Unix) are let through."""

    def guarded(name: str) -> Any:
        original = getattr(socket.socket, name)

        def connect(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6) and _is_elsewhere(address[0]):
                _attempts.append(address)
                raise AssertionError(f"a connection to {address}")
            return original(self, address)

        return connect

    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if _is_elsewhere(host):
            _attempts.append(host)
            raise AssertionError(f"a look-up of {host}")
        return look_up(host, *args, **kwargs)

    for name in ("connect", "connect_ex"):
        setattr(socket.socket, name, guarded(name))
    socket.getaddrinfo = getaddrinfo


def _fail_who_tried() -> None:
    """Whoever tries to reach another machine fails the test, even where the code under test catches the error.

    In a hook and no fixture, which each of thousands of tests would make and finish.
    """
    if not _attempts:
        return
    attempts = _attempts.copy()
    _attempts.clear()
    assert attempts == []


# --- nobody is left at work -------------------------------------------------------------------------------------------

_threads_of_others: set[threading.Thread] = set()
"""Those that were there before the first test, and those that were told of."""
_PATIENCE = 10.0
"""Seconds that a thread which is about to end, or to park, has for that."""


def _fail_who_left_threads() -> None:
    """A file's last test fails if the file leaves a thread behind that is at work: time in later tests waits for it."""
    if threading.active_count() == 1:
        return
    until = time.monotonic() + _PATIENCE
    while left := _at_work():
        if time.monotonic() > until:
            _threads_of_others.update(left)
            places = ["".join(traceback.format_stack(frame)) for frame in left.values()]
            pytest.fail("\n".join(["threads are left at work", *map(str, left), *places]), pytrace=False)
        time.sleep(0.001)


def _at_work() -> dict[threading.Thread, Any]:
    frames = frames_of_others()
    return {
        thread: frames[thread.ident or 0]
        for thread in threading.enumerate()
        if thread.ident in frames
        and thread not in _threads_of_others
        and not idle_threads.is_parked(frames[thread.ident])
    }

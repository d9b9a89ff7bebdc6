"""What all tests share.

``*_boto.py`` files need botocore, ``*_freezers.py`` files freezegun and time-machine. On a machine without them they
are left out, unless ``MINICLOUD_REQUIRE_BOTO=1`` says that they have to run: then the missing package is an error, as
a check that skips in silence is none. Then no test at all may skip, but for want of what ``MINICLOUD_MAY_LACK`` names,
because it is there in another environment.

No test reaches another machine: a connection or a look-up of a name that leaves this one fails the test that made it.
"""

from __future__ import annotations

import importlib
import importlib.util
import ipaddress
import os
import socket
from collections.abc import Generator, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

BOTO_REQUIRED = os.environ.get("MINICLOUD_REQUIRE_BOTO") == "1"
BOTO_INSTALLED = importlib.util.find_spec("botocore") is not None
FREEZERS = ("freezegun", "time_machine")
FREEZERS_INSTALLED = all(importlib.util.find_spec(name) is not None for name in FREEZERS)

MAY_LACK = os.environ.get("MINICLOUD_MAY_LACK", "").split()

# A session of boto3 keeps what it was made under, and all tests share the default one: never look up credentials.
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"

if BOTO_REQUIRED:
    for name in ("botocore", "boto3", "aiobotocore", *FREEZERS):
        importlib.import_module(name)

# Machines are slow at times, and examples are no benchmark. The rest stays as hypothesis has it (in CI: derandomized).
settings.register_profile(
    "minicloud", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("minicloud")

pytest_plugins = ["pytester", "tests.ways"]


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    if not BOTO_INSTALLED and fnmatch(collection_path.name, "*_boto.py"):
        return True
    if not FREEZERS_INSTALLED and fnmatch(collection_path.name, "*_freezers.py"):
        return True
    return None


def pytest_configure(config: pytest.Config) -> None:
    # Installed, the plugin is loaded through its entry point; in a bare clone by its name.
    if not config.pluginmanager.has_plugin("minicloud"):
        plugin = importlib.import_module("minicloud.pytest_plugin")
        if not config.pluginmanager.is_registered(plugin):
            config.pluginmanager.register(plugin, "minicloud")
    _refuse_other_machines()


# --- nothing skips ---------------------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    return _no_skip(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    return _no_skip(report)


def _no_skip(report: Any) -> Any:
    if BOTO_REQUIRED and report.skipped and not hasattr(report, "wasxfail"):
        reason = str(report.longrepr)
        if not any(name in reason for name in MAY_LACK):
            report.outcome = "failed"
            report.longrepr = f"skipped, where everything has to run: {reason}"
    return report


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


@pytest.fixture(autouse=True)
def stay_at_home() -> Iterator[None]:
    """Whoever tries to reach another machine fails the test, even where the code under test catches the error."""
    yield
    attempts = _attempts.copy()
    _attempts.clear()
    assert attempts == []

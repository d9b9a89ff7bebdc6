"""What the tests of real clients share: no socket, ever, and real clients that cost little."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever tries to reach another machine fails the test, even where the code under test catches the error."""
    attempts = []

    def refuse(self: Any, address: Any) -> Any:
        if self.family not in (socket.AF_INET, socket.AF_INET6):
            return connect(self, address)
        attempts.append(address)
        raise AssertionError(f"a connection to {address}")

    def refuse_name(host: Any, *args: Any, **kwargs: Any) -> Any:
        attempts.append(host)
        raise AssertionError(f"a look-up of {host}")

    connect = socket.socket.connect
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse_name)
    yield
    assert attempts == []


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

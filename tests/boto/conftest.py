"""What the tests of real clients share: no socket, ever, and real clients that cost little."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tests.support.needs import is_installed


def _is_for_moto(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_globals.get("__name__", "").partition(".")[0] == "moto":
            return True
        frame = frame.f_back
    return False


def _read_botocores_data_once() -> None:
    """Each session of botocore reads models, rules and endpoints anew, and looks through all folders for services.

    That took half the time of these tests, with the garbage collector's over what is read. It is what one session does
    anyway, so nobody may change what was read: who wants another model writes it to a folder of its own. Botocore
    itself changes that of S3 for a client, whose addresses have no bucket in their path, and moto some of what it
    reads: these are read each time.
    """
    from botocore.loaders import JSONFileLoader, Loader

    files: Any = JSONFileLoader
    read, list_services = files._load_file, Loader.list_available_services
    read_once = cache(lambda path, opened_by: read(JSONFileLoader(), path, opened_by))
    packages = f"{Path(Loader.BUILTIN_DATA_PATH).parents[1]}{os.sep}"
    listed: dict[tuple[str, ...], list[str]] = {}

    def load_file(self: Any, full_path: str, open_method: Any) -> Any:
        is_botocores = full_path.startswith(Loader.BUILTIN_DATA_PATH + os.sep)
        if not is_botocores or f"{os.sep}s3{os.sep}" in full_path or _is_for_moto(sys._getframe()):
            return read(self, full_path, open_method)
        return read_once(full_path, open_method)

    def list_available_services(self: Any, type_name: str) -> list[str]:
        folders = tuple(self._potential_locations())  # botocore's, and boto3's
        if not all(folder.startswith(packages) for folder in folders):
            return list_services(self, type_name)
        key = (type_name, *folders)
        if key not in listed:
            listed[key] = list_services(self, type_name)
        return listed[key].copy()

    files._load_file, Loader.list_available_services = load_file, list_available_services


def _alias_names_of_events_once() -> None:
    """Each session of botocore registers 120 handlers, and looks fifty aliases through for each: the same each time."""
    from botocore.hooks import EVENT_ALIASES, EventAliaser

    aliaser: Any = EventAliaser
    begin = aliaser.__init__
    names: dict[str, str] = {}

    def begin_with_names(self: Any, event_emitter: Any, event_aliases: Any = None) -> None:
        begin(self, event_emitter, event_aliases)
        if self._event_aliases == EVENT_ALIASES:
            self._alias_name_cache = names

    aliaser.__init__ = begin_with_names


if is_installed("botocore"):
    _read_botocores_data_once()
    _alias_names_of_events_once()


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


@pytest.fixture(scope="session")
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all tests: to make a folder, and to remove it, takes as long as the rest of a small test."""
    return tmp_path_factory.mktemp("empty")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, empty_folder: Path) -> None:
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(empty_folder / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(empty_folder / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

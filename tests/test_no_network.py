"""The guard of the suite itself: what would reach another machine is refused, and fails the test."""

from __future__ import annotations

import socket
from typing import Any

import pytest


def test_another_machine_is_out_of_reach() -> None:
    from tests import conftest

    with socket.socket() as one:
        for call in (one.connect, one.connect_ex):
            with pytest.raises(AssertionError, match="a connection to"):
                call(("192.0.2.1", 80))
    with pytest.raises(AssertionError, match="a look-up of"):
        socket.getaddrinfo("example.com", 80)
    assert len(conftest._attempts) == 3
    conftest._attempts.clear()


def test_this_machine_is_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        made: Any = server.accept()
        made[0].close()

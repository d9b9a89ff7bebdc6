"""Fixtures of the tests of Kinesis."""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

import minicloud
from tests.support.clients import kinesis
from tests.support.ways import RealClients, client_maker

__all__ = ["kinesis"]


@pytest.fixture
def limited(way: str, loop: AbstractEventLoop, real_clients: RealClients) -> Iterator[Callable[..., tuple[Any, Any]]]:
    """Makes a cloud with some of Kinesis' limits changed, and a client on it."""
    stack = ExitStack()

    def make(name: str = "aws", **limits: Any) -> tuple[Any, Any]:
        changed = {f"kinesis_{name}": value for name, value in limits.items()}
        cloud = minicloud.Cloud(clock="virtual", seed=1, limits=minicloud.Limits.named(name).replace(**changed))
        stack.enter_context(cloud)
        make_client = stack.enter_context(client_maker(way, cloud, loop, real_clients))
        return cloud, make_client("kinesis")

    with stack:
        yield make

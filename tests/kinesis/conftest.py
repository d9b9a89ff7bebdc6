"""Fixtures of the tests of Kinesis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import minicloud


@pytest.fixture
def limited() -> Iterator[Callable[..., tuple[Any, Any]]]:
    """Makes a cloud with some of Kinesis' limits changed, and a client on it."""
    clouds = []

    def make(name: str = "aws", **limits: Any) -> tuple[Any, Any]:
        changed = {f"kinesis_{name}": value for name, value in limits.items()}
        cloud = minicloud.Cloud(clock="virtual", seed=1, limits=minicloud.Limits.named(name).replace(**changed))
        clouds.append(cloud)
        return cloud, cloud.client("kinesis")

    yield make
    for cloud in clouds:
        cloud.close()

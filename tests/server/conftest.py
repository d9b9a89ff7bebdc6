"""What the tests of the endpoint share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import minicloud
from tests.support.clients import in_virginia

from .controlled import Controlled
from .support import Raw

__all__ = ["in_virginia"]


@pytest.fixture
def raw(cloud: minicloud.Cloud) -> Iterator[Raw]:
    with cloud.serve() as server:
        made = Raw(server.url)
        yield made
        made.close()


@pytest.fixture
def control(cloud: minicloud.Cloud) -> Iterator[Controlled]:
    with cloud.serve() as server:
        made = Controlled(server.url)
        yield made
        made.raw.close()

"""Flows of whole applications, through minicloud's own clients and through real boto3."""

from __future__ import annotations

import pytest

from tests.support import ways
from tests.support.clients import in_virginia

__all__ = ["in_virginia"]


@pytest.fixture(params=[way for way in ("native", "boto3") if way in ways.WAYS])
def way(request: pytest.FixtureRequest) -> str:
    """The ways in that flows go."""
    way: str = request.param
    return way

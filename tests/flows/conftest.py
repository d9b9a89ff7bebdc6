"""Flows of whole applications, through minicloud's own clients and through real boto3."""

from __future__ import annotations

import pytest

from tests.support import ways


@pytest.fixture(params=[way for way in ("native", "boto3") if way in ways.WAYS])
def way(request: pytest.FixtureRequest) -> str:
    """The ways in that flows go."""
    way: str = request.param
    return way


@pytest.fixture(autouse=True)
def _in_virginia(monkeypatch: pytest.MonkeyPatch) -> None:
    """ARNs in these tests are of us-east-1, in whatever region whoever runs them works."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")

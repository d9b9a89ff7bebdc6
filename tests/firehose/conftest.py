"""Firehose through a client of each way in."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.ways import MakeClient


@pytest.fixture
def firehose(make_client: MakeClient) -> Any:
    return make_client("firehose")


@pytest.fixture(autouse=True)
def _in_virginia(monkeypatch: pytest.MonkeyPatch) -> None:
    """ARNs in these tests are of us-east-1, in whatever region whoever runs them works."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")

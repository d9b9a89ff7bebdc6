"""What the tests of the endpoint share."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _in_virginia(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests in these tests are signed for us-east-1, in whatever region whoever runs them works."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")

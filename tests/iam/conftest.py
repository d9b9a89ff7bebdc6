"""IAM through a client of each way in."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.clients import in_virginia
from tests.support.ways import MakeClient

__all__ = ["in_virginia"]


@pytest.fixture
def iam(make_client: MakeClient) -> Any:
    return make_client("iam")

"""What the tests of the endpoint share."""

from __future__ import annotations

from tests.support.clients import in_virginia

__all__ = ["in_virginia"]

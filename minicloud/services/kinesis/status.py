"""What a stream or a consumer is doing, as ``StreamStatus`` and ``ConsumerStatus`` call it."""

from __future__ import annotations

from typing import Final

__all__ = ["ACTIVE", "CREATING", "DELETING", "UPDATING"]

CREATING: Final = "CREATING"
ACTIVE: Final = "ACTIVE"
UPDATING: Final = "UPDATING"
"""Streams only."""
DELETING: Final = "DELETING"

"""What a stream, a consumer, a queue or a channel is doing, as ``StreamStatus`` and its sisters call it."""

from __future__ import annotations

from typing import Final

__all__ = ["ACTIVE", "CREATING", "DELETING", "UPDATING"]

CREATING: Final = "CREATING"
ACTIVE: Final = "ACTIVE"
UPDATING: Final = "UPDATING"
"""All but consumers."""
DELETING: Final = "DELETING"

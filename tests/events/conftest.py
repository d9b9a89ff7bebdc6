"""EventBridge through a client of each way in."""

from __future__ import annotations

from tests.support.clients import events, in_virginia, sqs

__all__ = ["events", "in_virginia", "sqs"]

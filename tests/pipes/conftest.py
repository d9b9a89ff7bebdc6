"""EventBridge Pipes through a client of each way in."""

from __future__ import annotations

from tests.support.clients import in_virginia, pipes, sqs

__all__ = ["in_virginia", "pipes", "sqs"]

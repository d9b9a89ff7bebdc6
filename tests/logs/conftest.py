"""CloudWatch Logs through a client of each way in."""

from __future__ import annotations

from tests.support.clients import in_virginia, logs

__all__ = ["in_virginia", "logs"]

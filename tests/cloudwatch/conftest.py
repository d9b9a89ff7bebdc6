"""CloudWatch through a client of each way in."""

from __future__ import annotations

from tests.support.clients import cloudwatch, in_virginia, sqs

__all__ = ["cloudwatch", "in_virginia", "sqs"]

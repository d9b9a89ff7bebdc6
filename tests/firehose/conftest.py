"""Firehose through a client of each way in."""

from __future__ import annotations

from tests.support.clients import firehose, in_virginia

__all__ = ["firehose", "in_virginia"]

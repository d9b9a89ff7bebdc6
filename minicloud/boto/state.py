"""Which cloud answers, and what call is on its way: all that hooks ask."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..cloud import Cloud

__all__ = ["PASSING", "current_call", "state"]


class _State:
    """Which cloud answers; None outside of any mock."""

    cloud: Cloud | None = None
    passthrough: frozenset[str] = frozenset()
    """The services whose calls go where they would go without minicloud."""
    lent_region: str | None = None
    """The default region, where the environment had none before the mock."""


state = _State()

PASSING = object()
"""Stands for a call of a service that is let through."""

current_call: ContextVar[Any] = ContextVar("minicloud_current_call", default=None)
"""The ``Road`` of the call that is on botocore's whole road in this thread or task, or ``PASSING``."""

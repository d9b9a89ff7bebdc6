"""Which cloud answers while which mock is active, and what call is on its way: all that hooks ask."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..cloud import Cloud

__all__ = ["FAKE_KEY", "LEFTOVER", "PASSTHROUGH", "Activation", "current_call", "state"]

FAKE_KEY = "testing"
"""The access key that a mock puts into the environment."""


class Activation:
    """A time in which the same cloud answers the same services."""

    __slots__ = ("cloud", "passthrough")

    def __init__(self, cloud: Cloud, passthrough: frozenset[str]) -> None:
        self.cloud = cloud
        self.passthrough = passthrough
        """The services whose calls go where they would go without minicloud."""


class _State:
    """What hooks ask."""

    activation: Activation | None = None
    """None outside of any mock."""
    injected_region: str | None = None
    """The default region, where the environment had none before the mock."""

    @property
    def cloud(self) -> Cloud | None:
        """Which cloud answers; None outside of any mock."""
        activation = self.activation
        return None if activation is None else activation.cloud


state = _State()

PASSTHROUGH = object()
"""Stands for a call of a service that is let through."""

LEFTOVER = object()
"""Stands for a call of a client that a mock has answered before, made when none is active."""

current_call: ContextVar[Any] = ContextVar("minicloud_current_call", default=None)
"""The ``HttpCall`` that is in botocore's pipeline in this thread or task, ``PASSTHROUGH`` or ``LEFTOVER``."""

"""What the cloud knows of a refusal beyond AWS's text: ``raise errors.stream_missing(...).noting(...)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...core.notes import none_of_that_name

if TYPE_CHECKING:
    from ...core.world import World

__all__ = ["no_stream"]


def no_stream(state: Any, world: World, name: str) -> list[str]:
    """Where there is a delivery stream of that name, or which there are."""
    services = world.services("firehose")
    return none_of_that_name("delivery stream", name, state, services, lambda one: one.streams.items)

"""What the cloud knows of a refusal beyond AWS's text: ``raise errors.pipe_missing(name).noting(...)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...core.notes import none_of_that_name

if TYPE_CHECKING:
    from ...core.world import World

__all__ = ["no_pipe"]


def no_pipe(state: Any, world: World, name: str) -> list[str]:
    """Where there is a pipe of that name, or which there are."""
    return none_of_that_name("pipe", name, state, world.services("pipes"), lambda one: one.pipes.items)

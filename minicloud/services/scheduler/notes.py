"""What the cloud knows of a refusal beyond AWS's text: ``raise errors.schedule_missing(name).noting(...)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ...core.near import listed
from ...core.notes import none_of_that_name
from ...core.shown import shown

if TYPE_CHECKING:
    from ...core.listing import Listing
    from ...core.world import World
    from .group import Group
    from .schedule import Schedule

__all__ = ["no_group", "no_schedule", "why_not_read"]


class State(Protocol):
    """The service of an account in a region."""

    world: World
    schedules: Listing[str, Schedule]
    groups: Listing[str, Group]


def no_schedule(state: State, group: str, name: str) -> list[str]:
    """In which group there is a schedule of that name, or which there are."""
    groups = [one.group_name for one in state.schedules.items.values() if one.name == name]
    if groups:
        return [
            f"the group {shown(group)} has no schedule {shown(name)}; there is one in {listed(groups)}: give GroupName"
        ]
    services = state.world.services("scheduler")
    return none_of_that_name(
        "schedule", name, state, services, lambda one: [each.name for each in one.schedules.items.values()]
    )


def no_group(state: State, name: str) -> list[str]:
    """Which groups there are."""
    services = state.world.services("scheduler")
    return none_of_that_name("schedule group", name, state, services, lambda one: one.groups.items)


def why_not_read(reason: object) -> str:
    """Why an expression is none."""
    return str(reason)

"""Schedule groups: made, shown, listed, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ....core.operation import operation
from ....core.unset import UNSET
from .. import constraints, errors, shapes
from ..constraints import check
from ..group import DEFAULT, Group
from ..state import SchedulerState

__all__ = ["GroupOperations"]

_PAGE: Final = 100
"""Groups that a page has at most. [Scheduler API; that it is so by default: inferred]"""


class GroupOperations(SchedulerState):
    """The operations on schedule groups."""

    @operation("CreateScheduleGroup")
    def create_schedule_group(
        self,
        now: int,
        *,
        Name: shapes.ScheduleGroupName,
        Tags: Sequence[shapes.Tag] = UNSET,
        ClientToken: shapes.ClientToken = UNSET,
    ) -> shapes.CreateScheduleGroupOutput:
        """Make a group. O(log n). Raises ConflictException for a name that there is, ValidationException."""
        check({"ClientToken": ClientToken, "Name": Name, "Tags": Tags}, constraints.GROUP)
        if Name == DEFAULT:
            raise errors.group_default()
        known = self.groups.items.get(Name)
        if known is not None:
            if ClientToken and known.token == ClientToken:
                return {"ScheduleGroupArn": known.arn}
            raise errors.group_exists(Name)
        tags = {tag["Key"]: tag["Value"] for tag in Tags or ()}
        group = Group(Name, self.group_arn(Name), now, tags, ClientToken or None)
        self.groups.add(Name, group)
        return {"ScheduleGroupArn": group.arn}

    @operation("GetScheduleGroup")
    def get_schedule_group(self, now: int, *, Name: shapes.ScheduleGroupName) -> shapes.GetScheduleGroupOutput:
        """What is known of a group. O(1). Raises ResourceNotFoundException."""
        check({"Name": Name}, constraints.GROUP)
        answer: Any = self.group(Name).describe(now)
        return answer  # type: ignore[no-any-return]  # what the client adds is missing

    @operation("ListScheduleGroups")
    def list_schedule_groups(
        self,
        now: int,
        *,
        NamePrefix: shapes.ScheduleGroupNamePrefix = UNSET,
        NextToken: shapes.NextToken = UNSET,
        MaxResults: shapes.MaxResults = UNSET,
    ) -> shapes.ListScheduleGroupsOutput:
        """Groups in the order of their names. O(page), and what it passes over. Raises ValidationException."""
        given = {"MaxResults": MaxResults, "NamePrefix": NamePrefix, "NextToken": NextToken}
        check(given, constraints.GROUPS_LISTED)
        after = self.read_token("groups", now, NextToken)
        size, prefix = MaxResults or _PAGE, NamePrefix or ""
        keys = self.groups.page(size + 1, after=after, accept=lambda group: group.name.startswith(prefix))
        page: list[Any] = [self.groups.items[key].describe(now) for key in keys[:size]]
        if len(keys) > size:
            return {"NextToken": self.tokens.make("groups", now, keys[size - 1]), "ScheduleGroups": page}
        return {"ScheduleGroups": page}

    @operation("DeleteScheduleGroup")
    def delete_schedule_group(
        self, now: int, *, Name: shapes.ScheduleGroupName, ClientToken: shapes.ClientToken = UNSET
    ) -> shapes.DeleteScheduleGroupOutput:
        """Delete a group with all that is in it; it is gone at once. O(schedules).

        Raises ResourceNotFoundException; ValidationException for the group ``default``.
        """
        check({"ClientToken": ClientToken, "Name": Name}, constraints.GROUP)
        if Name == DEFAULT:
            raise errors.group_default()
        self.group(Name)
        self.world.carry_through(lambda: self._delete(now, Name))
        return {}

    def _delete(self, now: int, name: str) -> None:
        """Also when it was begun before."""
        for schedule in list(self.schedules.items.values()):
            if schedule.group_name == name:
                self._drop(now, schedule, "DeleteScheduleGroup")
        self.groups.remove(name)

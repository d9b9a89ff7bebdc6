"""A schedule group: a name, tags, and dates. The schedules that are in it say so themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ...core.timestamps import datetime_to_the_millisecond

__all__ = ["DEFAULT", "Group"]

DEFAULT: Final = "default"
"""The group that is always there."""


class Group:
    """One schedule group."""

    __slots__ = ("arn", "created", "name", "tags", "token")

    def __init__(self, name: str, arn: str, created: int | None, tags: Mapping[str, str], token: str | None) -> None:
        self.name = name
        self.arn = arn
        self.created = created
        """None of the group that is always there, until somebody looks."""
        self.tags: Mapping[str, str] = tags
        """Replaced, never changed."""
        self.token = token
        """The ClientToken of the call that has made it."""

    def describe(self, now: int) -> dict[str, Any]:
        """As GetScheduleGroup shows it."""
        if self.created is None:
            self.created = now
        return {
            "Arn": self.arn,
            "Name": self.name,
            "State": "ACTIVE",
            "CreationDate": datetime_to_the_millisecond(self.created),
            "LastModificationDate": datetime_to_the_millisecond(self.created),
        }

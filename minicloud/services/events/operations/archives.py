"""Archives of buses: made, listed, changed, deleted."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from typing import Any, Final

from ....core.operation import operation
from ....core.timestamps import datetime_to_the_millisecond
from ....core.unset import UNSET
from .. import constraints, errors, shapes
from ..archive import Archive
from ..constraints import check, list_members
from ..state import EventsState

__all__ = ["ArchiveOperations"]

_PAGE: Final = 100


class ArchiveOperations(EventsState):
    """The operations on archives."""

    @operation("CreateArchive")
    def create_archive(
        self,
        now: int,
        *,
        ArchiveName: shapes.Name,
        EventSourceArn: shapes.Name,
        Description: str = UNSET,
        EventPattern: str = UNSET,
        RetentionDays: shapes.RetentionDays = UNSET,
        KmsKeyIdentifier: str = UNSET,
    ) -> shapes.CreateArchiveResponse:
        """Keep what is put on a bus from now on, at once. O(log n). The key has no effect.

        The bus shows a rule for it then, which cannot be changed.

        Raises ResourceAlreadyExistsException, ResourceNotFoundException for the bus, InvalidEventPatternException.
        """
        check(
            ("archiveName", constraints.ARCHIVE_NAME, ArchiveName),
            ("eventSourceArn", constraints.EVENTS_ARN, EventSourceArn),
            *_settings(Description, EventPattern, RetentionDays, KmsKeyIdentifier),
        )
        if ArchiveName in self.archives.items:
            raise errors.archive_exists(ArchiveName)
        bus = self.bus(EventSourceArn)
        arn = f"{self.arn_prefix}archive/{ArchiveName}"
        archive = Archive(ArchiveName, arn, bus, now, self.archive_ids.next())
        pattern = self.read_pattern(EventPattern) if EventPattern else None
        archive.settings = pattern, None if Description is UNSET else Description, RetentionDays or 0
        archive.kms_key = KmsKeyIdentifier or None
        self.archives.add(ArchiveName, archive)
        return _changed(archive)

    @operation("DescribeArchive")
    def describe_archive(self, now: int, *, ArchiveName: shapes.Name) -> shapes.DescribeArchiveResponse:
        """An archive, with how many events there are. O(events). Raises ResourceNotFoundException."""
        check(("archiveName", constraints.ARCHIVE_NAME, ArchiveName))
        answer: Any = self.archive(ArchiveName).shown(now)
        return answer  # type: ignore[no-any-return]

    @operation("ListArchives")
    def list_archives(
        self,
        now: int,
        *,
        NamePrefix: shapes.Name = UNSET,
        EventSourceArn: shapes.Name = UNSET,
        State: shapes.ArchiveState = UNSET,
        NextToken: shapes.Name = UNSET,
        Limit: shapes.Limit = UNSET,
    ) -> shapes.ListArchivesResponse:
        """Archives in the order of their names. O(log n + page, and the events of it).

        Raises ResourceNotFoundException for a bus that there is not, ValidationException for more than one filter.
        """
        check(
            ("namePrefix", constraints.ARCHIVE_NAME, NamePrefix),
            ("eventSourceArn", constraints.EVENTS_ARN, EventSourceArn),
            ("state", constraints.ARCHIVE_STATE, State),
            *list_members(Limit, NextToken),
        )
        if sum(one is not UNSET for one in (NamePrefix, EventSourceArn, State)) > 1:
            raise errors.one_filter("ListArchives")
        accept: Callable[[Archive], bool] | None = None
        if EventSourceArn is not UNSET:
            bus = self.bus(EventSourceArn)
            accept = lambda archive: archive.bus is bus  # noqa: E731
        elif State is not UNSET:
            accept = lambda _: State == "ENABLED"  # noqa: E731
        prefix, size = NamePrefix or "", Limit or _PAGE
        after = self.read_token("archives", now, NextToken)
        page = self.archives.page(size + 1, after=after, since=prefix, accept=accept)
        names = list(takewhile(lambda name: name.startswith(prefix), page))
        answer: Any = {"Archives": [self.archives.items[name].outline(now) for name in names[:size]]}
        if len(names) > size:
            answer["NextToken"] = self.tokens.make("archives", now, names[size - 1])
        return answer  # type: ignore[no-any-return]

    @operation("UpdateArchive")
    def update_archive(
        self,
        now: int,
        *,
        ArchiveName: shapes.Name,
        Description: str = UNSET,
        EventPattern: str = UNSET,
        RetentionDays: shapes.RetentionDays = UNSET,
        KmsKeyIdentifier: str = UNSET,
    ) -> shapes.UpdateArchiveResponse:
        """Change what is given of an archive. O(length of the pattern).

        Raises ResourceNotFoundException, ValidationException for nothing to change, InvalidEventPatternException.
        """
        check(
            ("archiveName", constraints.ARCHIVE_NAME, ArchiveName),
            *_settings(Description, EventPattern, RetentionDays, KmsKeyIdentifier),
        )
        if all(one is UNSET for one in (Description, EventPattern, RetentionDays, KmsKeyIdentifier)):
            raise errors.archive_unchanged()
        archive = self.archive(ArchiveName)
        pattern, description, days = archive.settings
        if EventPattern is not UNSET:
            pattern = self.read_pattern(EventPattern) if EventPattern else None
        if Description is not UNSET:
            description = Description
        if RetentionDays is not UNSET:
            days = RetentionDays
        settings, key = (pattern, description, days), archive.kms_key if KmsKeyIdentifier is UNSET else KmsKeyIdentifier

        def change() -> None:
            archive.settings = settings
            archive.kms_key = key

        self.world.carry_through(change)
        answer: Any = _changed(archive)
        return answer  # type: ignore[no-any-return]

    @operation("DeleteArchive")
    def delete_archive(self, now: int, *, ArchiveName: shapes.Name) -> shapes.DeleteArchiveResponse:
        """Delete an archive with its events. O(log n). Raises ResourceNotFoundException."""
        check(("archiveName", constraints.ARCHIVE_NAME, ArchiveName))
        self.archive(ArchiveName)
        self.archives.remove(ArchiveName)
        return {}

    def archive(self, name: str) -> Archive:
        """An archive. Raises ResourceNotFoundException."""
        found = self.archives.items.get(name)
        if found is None:
            raise errors.archive_not_found(name)
        return found


def _settings(description: str, pattern: str, days: int, key: str) -> list[Any]:
    return [
        ("description", constraints.DESCRIPTION, description),
        ("eventPattern", constraints.PATTERN, pattern),
        ("retentionDays", constraints.RETENTION, days),
        ("kmsKeyIdentifier", constraints.KMS_KEY, key),
    ]


def _changed(archive: Archive) -> shapes.CreateArchiveResponse:
    return {
        "ArchiveArn": archive.arn,
        "State": "ENABLED",
        "CreationTime": datetime_to_the_millisecond(archive.created),
    }

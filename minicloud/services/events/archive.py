"""An archive: the events of a bus that match its pattern, kept for as many days as it is set to, or for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ...core.event_pattern.matcher import Pattern
from ...core.timeline import SECOND
from ...core.timestamps import datetime_to_the_millisecond

if TYPE_CHECKING:
    from .bus import Bus
    from .event import Event

__all__ = ["Archive"]

_DAY: Final = 86_400 * SECOND


class Archive:
    """An archive of a bus."""

    __slots__ = ("arn", "bus", "created", "events", "id", "kms_key", "name", "settings")

    def __init__(self, name: str, arn: str, bus: Bus, now: int, archive_id: str) -> None:
        self.name = name
        self.id = archive_id
        """What tells it from another one of its name: its rule's target shows it."""
        self.arn = arn
        self.bus = bus
        self.created = now
        self.kms_key: str | None = None
        self.settings: tuple[Pattern | None, str | None, int] = (None, None, 0)
        """Pattern, description, and for how many days events are kept: 0 for ever. Replaced as a whole."""
        self.events: list[Event] = []
        """In the order in which they were put; some may not have happened."""

    def wants(self, event: Event) -> bool:
        """Whether it keeps an event."""
        pattern = self.settings[0]
        return pattern is None or pattern.accepts(event.document)

    def add(self, event: Event) -> None:
        """Keep an event."""
        self.events.append(event)

    def kept(self, now: int) -> list[Event]:
        """The events that are there, in the order in which they were put. O(events)."""
        days = self.settings[2]
        since = now - days * _DAY if days else -1
        return [event for event in self.events if event.arrived > since and event.happened]

    def outline(self, now: int) -> dict[str, Any]:
        """As it is listed."""
        kept = self.kept(now)
        return {
            "ArchiveName": self.name,
            "EventSourceArn": self.bus.arn,
            "State": "ENABLED",
            "RetentionDays": self.settings[2],
            "SizeBytes": sum(len(event.text.encode("utf-8", "surrogatepass")) for event in kept),
            "EventCount": len(kept),
            "CreationTime": datetime_to_the_millisecond(self.created),
        }

    def shown(self, now: int) -> dict[str, Any]:
        """As it is described."""
        outline = self.outline(now)
        pattern, description, _ = self.settings
        answer = {"ArchiveArn": self.arn, "ArchiveName": outline.pop("ArchiveName")}
        answer["EventSourceArn"] = outline.pop("EventSourceArn")
        if description is not None:
            answer["Description"] = description
        if pattern is not None:
            answer["EventPattern"] = pattern.text
        answer["State"] = outline.pop("State")
        if self.kms_key is not None:
            answer["KmsKeyIdentifier"] = self.kms_key
        return {**answer, **outline}

    def __repr__(self) -> str:
        return f"<archive {self.name} of {self.bus.name}>"

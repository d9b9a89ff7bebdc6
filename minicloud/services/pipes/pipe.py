"""A pipe: what it is set to, whether it runs, and who reads its source for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol

from ...core.timeline import SECOND
from ...core.timestamps import datetime_to_the_millisecond, nanoseconds_of

if TYPE_CHECKING:
    from ...core.event_pattern.filters import Filters
    from ...core.world import World
    from .target import Target
    from .template import Template

__all__ = ["Pipe", "Reads", "Settings"]

_DESCRIBED: Final = (
    *("Arn", "Name", "Description", "DesiredState", "CurrentState", "Source", "SourceParameters"),
    *("Enrichment", "EnrichmentParameters", "Target", "TargetParameters", "RoleArn", "Tags", "CreationTime"),
    *("LastModifiedTime", "LogConfiguration", "KmsKeyIdentifier"),
)


_OF_STREAMS: Final = ("StartingPositionTimestamp", "MaximumRecordAgeInSeconds", "MaximumRetryAttempts")


class Settings:
    """What a pipe is set to. It never changes."""

    __slots__ = (
        "batch_size",
        "bisects",
        "dead_letter_arn",
        "enrichment",
        "enrichment_template",
        "filters",
        "given",
        "is_wanted",
        "maximum_age",
        "modified",
        "retries",
        "start",
        "target",
        "target_template",
        "window",
    )

    def __init__(
        self,
        given: Mapping[str, Any],
        target: Target,
        filters: Filters | None,
        templates: tuple[Template | None, Template | None],
        batch: tuple[int, int],
        modified: int,
    ) -> None:
        self.given = given
        """As they were given, defaults included."""
        self.target = target
        self.filters = filters
        self.enrichment: str = given.get("Enrichment", "")
        """The ARN of a function; empty for none."""
        self.enrichment_template, self.target_template = templates
        self.batch_size, self.window = batch
        """How many records a batch has at most, and for how long it is gathered, in nanoseconds."""
        self.is_wanted = bool(given["DesiredState"] == "RUNNING")
        self.modified = modified
        stream = given.get("SourceParameters", {}).get("KinesisStreamParameters", {})
        moment, age, retries = (stream.get(name) for name in _OF_STREAMS)
        self.start: tuple[str, int | None] = (
            stream.get("StartingPosition", ""),
            None if moment is None else nanoseconds_of(moment),
        )
        """Where a stream is read from."""
        self.maximum_age = None if age in (None, -1) else age * SECOND
        """How old records may get; None: as old as they like."""
        self.retries: int | None = None if retries in (None, -1) else retries
        """How often a batch is tried again; None: until it is too old."""
        self.bisects = "OnPartialBatchItemFailure" in stream
        """Whether a batch that failed is halved."""
        self.dead_letter_arn: str | None = stream.get("DeadLetterConfig", {}).get("Arn")


class Reads(Protocol):
    """Who reads a source for a pipe."""

    def go_on(self, now: int) -> None:
        """Begin and end what has to be: the pipe was made, changed, stopped, deleted or mended."""

    def mend(self, now: int) -> None:
        """Derive anew what can be derived, and see to it that it goes on."""

    def forget(self) -> None:
        """The pipe is as if it had never been."""

    def owed(self, now: int) -> str:
        """What it will still do if time passes, in words; empty when that is nothing."""


class Pipe:
    """One pipe."""

    def __init__(
        self, world: World, name: str, arn: str, source_arn: str, settings: Settings, tags: Mapping[str, str], now: int
    ) -> None:
        self.world = world
        self.name = name
        self.arn = arn
        self.source_arn = source_arn
        self.settings = settings
        """Replaced in one step."""
        self.tags = tags
        """Replaced, never changed."""
        self.created = now
        self.has_ended = False
        """Whether it was deleted."""
        self.reader: Reads

    @property
    def is_running(self) -> bool:
        """Whether it is to read."""
        return self.settings.is_wanted and not self.has_ended

    @property
    def target_arn(self) -> str:
        """What it leads to."""
        return self.settings.target.arn

    @property
    def event_source(self) -> str:
        """What its records say that they are from: ``"aws:sqs"``."""
        return f"aws:{self.source_arn.split(':')[2]}"

    def describe(self) -> dict[str, Any]:
        """As DescribePipe shows it."""
        found = {**self.settings.given, **self.summary(), "Source": self.source_arn, "Tags": dict(self.tags)}
        return {name: found[name] for name in _DESCRIBED if name in found}

    def summary(self, state: str | None = None) -> dict[str, Any]:
        """As calls that change it answer; ``state`` is the one that it is in for these."""
        wanted = self.settings.given["DesiredState"]
        return {
            "Arn": self.arn,
            "Name": self.name,
            "DesiredState": wanted,
            "CurrentState": state or wanted,
            "CreationTime": datetime_to_the_millisecond(self.created),
            "LastModifiedTime": datetime_to_the_millisecond(self.settings.modified),
        }

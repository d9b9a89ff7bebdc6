"""The EventBridge Pipes of one account in one region: its pipes, by name.

True are the pipes, of each what it is set to, and what its reader has taken (``queue_reader``). No operation stands
here, and nothing runs: what a pipe does follows from what its source offers.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ...core.event_pattern.errors import EventPatternError
from ...core.event_pattern.filters import Filters
from ...core.hosts import partition_of
from ...core.listing import Listing
from ...core.service_state import ServiceState
from ...core.timeline import SECOND
from ...core.timestamps import nanoseconds_of
from ...core.tokens import TokenMaker
from ...core.world import World
from . import errors, notes
from .pipe import Pipe, Reads, Settings
from .queue_reader import QueueReader
from .stream_reader import StreamReader
from .target import arn_parts, read_target
from .template import Template, TemplateError, read_template

__all__ = ["PipesState"]

_TOKEN_LIFETIME: Final = 24 * 3600 * SECOND
"""[inferred]"""
_SOURCES: Final = (
    "a pipe here reads queues of SQS and streams of Kinesis; have the test send to such a one what the pipe would read "
    "elsewhere"
)
_ENRICHMENTS: Final = "the enrichment of a pipe here is a function, which can stand in for it in the test"
_A_TAKE: Final = 10
_PARAMETERS: Final = {"kinesis": "KinesisStreamParameters", "sqs": "SqsQueueParameters"}
_CONTENTS: Final = {"kinesis": "data", "sqs": "body"}
_DEFAULTS: Final = {"kinesis": 100, "sqs": 10}
"""How many records a batch has by default. [Pipes API]"""


class PipesState(ServiceState):
    """What the operations work on. The groups of operations inherit from it."""

    def __init__(self, account_id: str, region_name: str, world: World) -> None:
        self.arn_prefix = f"arn:{partition_of(region_name)}:pipes:{region_name}:{account_id}:pipe/"
        self.pipes: Listing[str, Pipe] = Listing()
        super().__init__(account_id, region_name, world)

    # --- life ---------------------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Forget everything, as if just made."""
        for pipe in self.pipes.items.values():
            pipe.has_ended = True
            pipe.reader.forget()
        self.pipes = Listing()
        self.tokens = TokenMaker(self.world.ids.digest("pipes/tokens"))

    def mend(self, now: int) -> None:
        """Derive anew the order of names, and what readers derive. O(pipes, and what they have taken)."""
        self.pipes.mend()
        for pipe in self.pipes.items.values():
            pipe.reader.mend(now)

    def owed(self, now: int) -> Iterable[str]:
        """Batches that are not done, and messages of queues that pipes read. O(pipes)."""
        return [owed for pipe in self.pipes.items.values() if (owed := pipe.reader.owed(now))]

    # --- what there is ------------------------------------------------------------------------------------------------

    def pipe(self, name: str) -> Pipe:
        """A pipe by its name. O(1). Raises NotFoundException."""
        found = self.pipes.items.get(name)
        if found is None:
            raise errors.pipe_missing(name).noting(*notes.no_pipe(self, self.world, name))
        return found

    def pipe_of(self, arn: str) -> Pipe:
        """A pipe by its ARN. O(1). Raises NotFoundException."""
        name = arn.removeprefix(self.arn_prefix)
        if name == arn:
            raise errors.pipe_missing(arn)
        return self.pipe(name)

    def read_token(self, now: int, token: str) -> str | None:
        """After what a list goes on. Raises ValidationException for a token of another list, or an old one."""
        if not token:
            return None
        found = self.tokens.read("pipes", token)
        if found is None or now - found[0] > _TOKEN_LIFETIME:
            raise errors.token_invalid()
        return found[1][0]

    # --- steps --------------------------------------------------------------------------------------------------------

    def read_settings(self, now: int, source_arn: str, given: dict[str, Any]) -> Settings:
        """What a request asks for, checked. Raises ValidationException; ``UsageError`` for what is not here."""
        kind = arn_parts(source_arn)[0]
        own = _PARAMETERS.get(kind)
        if own is None:
            raise errors.not_here(f"source of pipes in {kind}", _SOURCES)
        source = given.get("SourceParameters", {})
        for name in source:
            if name not in ("FilterCriteria", own):
                raise errors.parameters_unwanted(name, "source")
        asked_of = source.get(own, {})
        size, window = asked_of.get("BatchSize"), asked_of.get("MaximumBatchingWindowInSeconds", 0)
        if kind == "sqs":
            _check_queue(source_arn, size or _A_TAKE, window)
        else:
            _check_stream(now, asked_of)
        enrichment = given.get("Enrichment", "")
        if enrichment and arn_parts(enrichment)[0] != "lambda":
            raise errors.not_here(f"enrichment of pipes in {arn_parts(enrichment)[0]}", _ENRICHMENTS)
        asked = given.get("EnrichmentParameters", {})
        if "HttpParameters" in asked:
            raise errors.not_here("enrichment of pipes by HTTP", _ENRICHMENTS)
        parameters = given.get("TargetParameters", {})
        target = read_target(given["Target"], parameters, size)
        templates = _template(asked), _template(parameters)
        batch = size or min(_DEFAULTS[kind], target.most), window * SECOND
        return Settings(given, target, _filters(source, _CONTENTS[kind]), templates, batch, now)

    def reader_of(self, pipe: Pipe) -> Reads:
        """Who reads the queue or the stream of a pipe. Raises ValidationException when there is none."""
        service, region_name, account_id, _ = arn_parts(pipe.source_arn)
        source = None
        if region_name == self.region_name and account_id:
            source = self.world.find_service(service, account_id, region_name).source(pipe.source_arn)
        if source is None or not source.exists:
            raise errors.source_missing(pipe.source_arn)
        return QueueReader(pipe, source) if service == "sqs" else StreamReader(pipe, source)


def _check_queue(source_arn: str, size: int, window: int) -> None:
    if window and source_arn.endswith(".fifo"):
        raise errors.window_of_fifo()
    if size > _A_TAKE and not window:
        raise errors.window_missing()


def _check_stream(now: int, asked: dict[str, Any]) -> None:
    position, moment = asked.get("StartingPosition"), asked.get("StartingPositionTimestamp")
    if position is None:
        raise errors.parameters_missing("KinesisStreamParameters.StartingPosition", "source")
    if (position == "AT_TIMESTAMP") is (moment is None):
        raise errors.timestamp_wrong()
    if moment is not None and nanoseconds_of(moment) > now:
        raise errors.timestamp_wrong()
    if asked.get("ParallelizationFactor", 1) > 1:
        raise errors.not_here(
            "ParallelizationFactor of pipes", "a pipe here handles one batch of a shard at a time: leave it out"
        )


def _template(parameters: dict[str, Any]) -> Template | None:
    text = parameters.get("InputTemplate")
    if not text:
        return None
    try:
        return read_template(text)
    except TemplateError as error:
        raise errors.template_invalid(error) from None


def _filters(parameters: dict[str, Any], content: str) -> Filters | None:
    filters = parameters.get("FilterCriteria", {}).get("Filters", ())
    patterns = [one["Pattern"] for one in filters if one.get("Pattern")]
    if not patterns:
        return None
    try:
        return Filters(patterns, content)
    except EventPatternError as error:
        raise errors.pattern_invalid().noting(str(error)) from None

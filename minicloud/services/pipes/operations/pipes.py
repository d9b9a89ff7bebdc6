"""Pipes: made, shown, listed, changed, started, stopped, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ....core.operation import operation
from ....core.unset import UNSET
from .. import constraints, errors, facts, shapes
from ..constraints import check
from ..pipe import Pipe, Settings
from ..state import PipesState

__all__ = ["PipeOperations"]

_PAGE: Final = 100
"""Pipes that a page has at most. [Pipes API; that it is so by default: inferred]"""
_STARTS: Final = ("StartingPosition", "StartingPositionTimestamp")
_NOT_SET: Final = ("Name", "Source", "Tags")


class PipeOperations(PipesState):
    """The operations on pipes."""

    @operation("CreatePipe")
    def create_pipe(
        self,
        now: int,
        *,
        Name: shapes.PipeName,
        Description: str = UNSET,
        DesiredState: str = UNSET,
        Source: shapes.ArnOrUrl,
        SourceParameters: shapes.PipeSourceParameters = UNSET,
        Enrichment: str = UNSET,
        EnrichmentParameters: shapes.PipeEnrichmentParameters = UNSET,
        Target: shapes.Arn,
        TargetParameters: shapes.PipeTargetParameters = UNSET,
        RoleArn: shapes.RoleArn,
        Tags: shapes.TagMap = UNSET,
        LogConfiguration: shapes.PipeLogConfigurationParameters = UNSET,
        KmsKeyIdentifier: str = UNSET,
    ) -> shapes.CreatePipeResponse:
        """Have what a queue gets sent to a target, past filters and an enrichment. O(what there is).

        The answer says ``CREATING``; whoever looks next finds it running, and what there is has been taken when the
        call returns. Raises ConflictException for a name that there is, ValidationException; ``UsageError`` for
        sources, enrichments and targets that minicloud does not have.
        """
        given = {name: value for name, value in locals().items() if value is not UNSET and name not in ("self", "now")}
        check(given, constraints.PIPE)
        settings = self._settings(now, Source, given)
        if Name in self.pipes.items:
            raise errors.pipe_exists(Name)
        pipe = Pipe(self.world, Name, f"{self.arn_prefix}{Name}", Source, settings, dict(Tags or {}), now)
        pipe.reader = self.reader_of(pipe)
        if (trace := self.world.trace) is not None:
            facts.pipe_created(trace, now, pipe)
        self.pipes.add(Name, pipe)  # from now on it is there, and will go on
        pipe.reader.go_on(now)
        answer: Any = pipe.summary("CREATING")
        return answer  # type: ignore[no-any-return]  # what the client adds is missing

    @operation("DescribePipe")
    def describe_pipe(self, now: int, *, Name: shapes.PipeName) -> shapes.DescribePipeResponse:
        """What a pipe is set to. O(settings). Raises NotFoundException."""
        check({"Name": Name}, constraints.PIPE)
        answer: Any = self.pipe(Name).describe()
        return answer  # type: ignore[no-any-return]  # what the client adds is missing

    @operation("ListPipes")
    def list_pipes(
        self,
        now: int,
        *,
        NamePrefix: shapes.PipeName = UNSET,
        DesiredState: str = UNSET,
        CurrentState: str = UNSET,
        SourcePrefix: shapes.ResourceArn = UNSET,
        TargetPrefix: shapes.ResourceArn = UNSET,
        NextToken: shapes.NextToken = UNSET,
        Limit: shapes.LimitMax100 = UNSET,
    ) -> shapes.ListPipesResponse:
        """Pipes in the order of their names. O(page), and what it passes over. Raises ValidationException."""
        check({name: value for name, value in locals().items() if name[0].isupper()}, constraints.LISTED)
        after = self.read_token(now, NextToken)

        def is_wanted(pipe: Pipe) -> bool:
            state = pipe.settings.given["DesiredState"]
            return (
                pipe.name.startswith(NamePrefix or "")
                and DesiredState in (UNSET, state)
                and CurrentState in (UNSET, state)
                and pipe.source_arn.startswith(SourcePrefix or "")
                and pipe.target_arn.startswith(TargetPrefix or "")
            )

        size = Limit or _PAGE
        keys = self.pipes.page(size + 1, after=after, accept=is_wanted)
        page: list[Any] = [_entry(self.pipes.items[key]) for key in keys[:size]]
        answer: shapes.ListPipesResponse = {"Pipes": page}
        if len(keys) > size:
            answer["NextToken"] = self.tokens.make("pipes", now, keys[size - 1])
        return answer

    @operation("UpdatePipe")
    def update_pipe(
        self,
        now: int,
        *,
        Name: shapes.PipeName,
        Description: str = UNSET,
        DesiredState: str = UNSET,
        SourceParameters: shapes.UpdatePipeSourceParameters = UNSET,
        Enrichment: str = UNSET,
        EnrichmentParameters: shapes.PipeEnrichmentParameters = UNSET,
        Target: shapes.Arn = UNSET,
        TargetParameters: shapes.PipeTargetParameters = UNSET,
        RoleArn: shapes.RoleArn,
        LogConfiguration: shapes.PipeLogConfigurationParameters = UNSET,
        KmsKeyIdentifier: str = UNSET,
    ) -> shapes.UpdatePipeResponse:
        """Change what is given, and leave the rest. O(what there is). [inferred: that the rest stays]

        What is under way goes on as it was begun. Raises NotFoundException, and what CreatePipe raises.
        """
        given = {name: value for name, value in locals().items() if value is not UNSET and name not in ("self", "now")}
        check(given, constraints.PIPE)
        pipe = self.pipe(Name)
        former = dict(pipe.settings.given)
        source = dict(former.get("SourceParameters", {}))
        for name, value in given.pop("SourceParameters", {}).items():
            # Where a stream is read from does not change.
            start = {one: source[name][one] for one in _STARTS if one in source.get(name, {})}
            source[name] = {**value, **start}
        if source:
            former["SourceParameters"] = source
        settings = self._settings(now, pipe.source_arn, {**former, **given})
        self._change(now, pipe, settings)
        answer: Any = pipe.summary("UPDATING")
        return answer  # type: ignore[no-any-return]  # what the client adds is missing

    @operation("StartPipe")
    def start_pipe(self, now: int, *, Name: shapes.PipeName) -> shapes.StartPipeResponse:
        """Have a pipe read. O(what there is). Raises NotFoundException."""
        answer: Any = self._switch(now, Name, "RUNNING", "STARTING")
        return answer  # type: ignore[no-any-return]  # what the client adds is missing

    @operation("StopPipe")
    def stop_pipe(self, now: int, *, Name: shapes.PipeName) -> shapes.StopPipeResponse:
        """Have a pipe read no more; what is under way goes on to its end. O(batches). Raises NotFoundException."""
        answer: Any = self._switch(now, Name, "STOPPED", "STOPPING")
        return answer  # type: ignore[no-any-return]  # what the client adds is missing

    @operation("DeletePipe")
    def delete_pipe(self, now: int, *, Name: shapes.PipeName) -> shapes.DeletePipeResponse:
        """Delete a pipe; what is under way goes on to its end. O(batches). Raises NotFoundException."""
        check({"Name": Name}, constraints.PIPE)
        pipe = self.pipe(Name)
        if (trace := self.world.trace) is not None:
            facts.pipe_deleted(trace, now, pipe)
        self.world.carry_through(lambda: self._drop(now, pipe))
        answer: Any = {**pipe.summary("DELETING"), "DesiredState": "DELETED"}
        return answer  # type: ignore[no-any-return]  # what the client adds is missing

    # --- steps --------------------------------------------------------------------------------------------------------

    def _settings(self, now: int, source_arn: str, given: Mapping[str, Any]) -> Settings:
        kept = {name: value for name, value in given.items() if name not in _NOT_SET and value != ""}
        return self.read_settings(now, source_arn, {"DesiredState": "RUNNING", **kept})

    def _switch(self, now: int, name: str, wanted: str, state: str) -> dict[str, Any]:
        check({"Name": name}, constraints.PIPE)
        pipe = self.pipe(name)
        settings = self.read_settings(now, pipe.source_arn, {**pipe.settings.given, "DesiredState": wanted})
        self._change(now, pipe, settings)
        return pipe.summary(state)

    def _change(self, now: int, pipe: Pipe, settings: Settings) -> None:
        if (trace := self.world.trace) is not None:
            facts.pipe_changed(trace, now, pipe, settings.target.arn, settings.given["DesiredState"])
        pipe.settings = settings  # from now on it is so
        pipe.reader.go_on(now)

    def _drop(self, now: int, pipe: Pipe) -> None:
        """Also when it was begun before."""
        self.pipes.remove(pipe.name)
        pipe.has_ended = True
        pipe.reader.go_on(now)


def _entry(pipe: Pipe) -> dict[str, Any]:
    """As ListPipes shows it."""
    found = {**pipe.summary(), "Source": pipe.source_arn, "Target": pipe.target_arn}
    if pipe.settings.enrichment:
        found["Enrichment"] = pipe.settings.enrichment
    order = shapes.Pipe.__annotations__
    return {name: found[name] for name in order if name in found}

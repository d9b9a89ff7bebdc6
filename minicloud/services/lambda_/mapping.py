"""An event source mapping: what it is, whatever it reads from.

A mapping takes messages or records from its source and has its function run with them. How it does that depends on the
source (``queue_mapping``, ``stream_mapping``); here is what both kinds are for the API.

What is true of a mapping is ``current``: its settings and its function, replaced in one step. All that it has to begin
or to end because of these is done by ``go_on``, which may be called at any time, and again after an interruption.

AWS takes a minute or so to carry out what a call asks for, and shows states meanwhile: Creating, Enabling, Updating,
Disabling, Deleting. Here that is done when the call returns: its answer shows such a state, and every look after it the
one that follows.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Parameters
from typing import Any, ClassVar, Final, NamedTuple, Protocol

from ...core.sources import Source
from ...core.timestamps import datetime_to_the_millisecond
from .function import LATEST, Resolved, State
from .mapping_shapes import EventSourceMappingConfiguration

__all__ = ["CALL_FAILED", "FUNCTION_GONE", "NOTHING_PROCESSED", "OK", "Current", "Mapping", "MappingsState", "fresh"]

NOTHING_PROCESSED: Final = "No records processed"
OK: Final = "OK"
CALL_FAILED: Final = "PROBLEM: Function call failed"
FUNCTION_GONE: Final = "PROBLEM: Function not found"
"""Not AWS's known text."""


class MappingsState(State, Protocol):
    """Where a mapping lives: the Lambda of one account in one region."""

    def find(self, name_or_arn: str, qualifier: str | None = None) -> Resolved | None:
        """What a name or an ARN stands for; None when there is no such thing."""


class Current(NamedTuple):
    """What a mapping was last told to do."""

    settings: Parameters[str, Any]
    """By the API's names, with the defaults of the kind of source: ``settings["BatchSize"]``. Never changed."""
    resolved: Resolved
    """The function."""
    modified: int
    """When that was, in nanoseconds."""


class Mapping:
    """What both kinds of mapping have in common."""

    user_action: ClassVar[str]
    """How AWS calls it in ``StateTransitionReason`` that a user did something. [recorded]"""
    shows_result: ClassVar[bool]
    """Whether the API shows how the last run ended. [recorded]"""

    number = 0
    """Its place in the order of their making; set by who makes it."""

    def __init__(
        self,
        state: MappingsState,
        uuid: str,
        source: Source,
        current: Current,
        tags: Parameters[str, str],
    ) -> None:
        self.state = state
        """The Lambda that it lives in."""
        self.world = state.world
        self.uuid = uuid
        self.arn = f"arn:{state.partition}:lambda:{state.region_name}:{state.account_id}:event-source-mapping:{uuid}"
        self.source: Any = source
        self.source_arn: str = source.arn
        self.source_name = self._name_of_source()
        """The name of the queue or the stream."""
        self.trigger = f"{self.source_arn.split(':')[2]}:{self.source_name}"
        """What ``cloud.invocations`` says led to its runs: ``"sqs:orders"``."""
        self.current = current
        self.tags = dict(tags)
        self.last_result = NOTHING_PROCESSED
        """How the last run ended, in AWS's words."""
        self.has_ended = False
        """Whether it was deleted; what runs for it goes on to its end."""
        self.world.keep_settling()  # messages become visible without a call
        self._set_up()

    def _set_up(self) -> None:
        """It is being made."""

    def _name_of_source(self) -> str:
        return self.source_arn.rpartition(":")[2]

    # --- what it is --------------------------------------------------------------------------------------------------

    @property
    def settings(self) -> Parameters[str, Any]:
        """By the API's names, defaults included."""
        return self.current.settings

    @property
    def resolved(self) -> Resolved:
        """Its function, as it was named. It may be gone."""
        return self.current.resolved

    def function(self) -> Resolved | None:
        """Its function as it is now; None while there is none of that name. One that was made anew is another."""
        resolved = self.current.resolved
        if resolved.exists:
            return resolved
        found = self.state.find(resolved.arn)
        if found is not None:
            self.current = self.current._replace(resolved=found)
        return found

    @property
    def is_enabled(self) -> bool:
        """Whether it is to read."""
        enabled: bool = self.current.settings["Enabled"]
        return enabled and not self.has_ended

    @property
    def is_reading(self) -> bool:
        """Whether it may begin something: it is enabled, and its function is there. [inferred: the latter]"""
        return self.is_enabled and self.function() is not None

    @property
    def reports_failures(self) -> bool:
        """Whether the function says what of a batch has failed."""
        return "ReportBatchItemFailures" in self.current.settings["FunctionResponseTypes"]

    @property
    def status(self) -> str:
        """``"Enabled"`` or ``"Disabled"``."""
        return "Enabled" if self.current.settings["Enabled"] else "Disabled"

    @property
    def region_name(self) -> str:
        """Where it is."""
        return self.state.region_name

    @property
    def role_arn(self) -> str:
        """The role of its function at this moment."""
        function = self.resolved.function
        version = function.version(self.resolved.qualifier or LATEST)
        return (version or function.latest).role

    @property
    def in_flight(self) -> int:
        """How many messages or records are taken and not done."""
        raise NotImplementedError

    @property
    def positions(self) -> dict[str, str]:
        """Of a stream: the number of the last record of each shard that is done, and all before it with that."""
        return {}

    def check_timeout(self, timeout: float) -> None:
        """Raise unless its function may have this timeout, in seconds."""

    def describe(self, state: str | None = None) -> EventSourceMappingConfiguration:
        """The answer of the API; ``state`` in the answer of the call that leads to it."""
        settings, resolved, modified = self.current
        members: dict[str, Any] = {
            "UUID": self.uuid,
            **settings,
            "EventSourceArn": self.source_arn,
            "FunctionArn": resolved.arn,
            "LastModified": datetime_to_the_millisecond(modified),
            "State": state or self.status,
            "StateTransitionReason": self.user_action,
            "EventSourceMappingArn": self.arn,
        }
        if self.shows_result:
            members["LastProcessingResult"] = self.last_result
        answer: Any = {name: fresh(members[name]) for name in _ORDER if name in members}
        return answer  # type: ignore[no-any-return]  # in the order of the model

    # --- what becomes of it ------------------------------------------------------------------------------------------

    def change(self, now: int, current: Current) -> None:
        """It has other settings, or another function, from now on."""
        self.current = current
        self.go_on(now)

    def end(self, now: int) -> None:
        """It was deleted. What runs for it goes on to its end. Doing it again changes nothing."""
        self.has_ended = True
        self.go_on(now)

    def go_on(self, now: int) -> None:
        """Begin and end what has to be: it was made, changed, ended or mended; its function has come or gone."""
        raise NotImplementedError

    def forget(self) -> None:
        """Its Lambda forgets it, as if it had never been; what runs for it comes to nothing."""
        self.has_ended = True
        self.source.detach(self)

    def mend(self, now: int) -> None:
        """Derive anew what can be derived, and see to it that it goes on. Doing it again changes nothing."""
        raise NotImplementedError

    def owed(self, now: int) -> Iterable[str]:
        """What it will still do if time passes and nobody calls, in words."""
        raise NotImplementedError

    def note_result(self, now: int, result: str) -> None:
        """A run has ended."""
        self.last_result = result


def fresh(value: Any) -> Any:
    """A copy of a parameter or of a part of an answer, that its owner may change."""
    if isinstance(value, Parameters):
        return {name: fresh(item) for name, item in value.items()}
    return [fresh(item) for item in value] if isinstance(value, list | tuple) else value


_ORDER: Final = tuple(name for name in EventSourceMappingConfiguration.__annotations__)

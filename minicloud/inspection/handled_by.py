"""Why something is left, or was not sent: what functions have to do with it.

For failed assertions: which mappings read a queue, which take nothing although something is there, and what functions
have failed at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..core.shown import escaped
from .trace import Trace
from .work import Works

if TYPE_CHECKING:
    from ..engine.engine import Engine
    from ..services.lambda_.mapping import Mapping

__all__ = ["mappings_of", "why_not_done", "why_not_run"]

_MOST_TOLD = 5


def mappings_of(engine: Engine, arn: str) -> list[str]:
    """A line for each mapping of a queue or a stream: whether it takes what there is. O(mappings)."""

    def look(_: int) -> list[str]:
        return [_state(mapping) for mapping in _mappings(engine) if mapping.source_arn == arn]

    return engine.look("an assertion", look) if any(engine.services("lambda")) else []


def why_not_done(engine: Engine) -> list[str]:
    """What functions have not done: mappings that take nothing although something is there, and what has failed."""
    if not any(engine.services("lambda")):
        return []

    def look(now: int) -> list[str]:
        return [
            f"{escaped(mapping.source_name, 80)}: {_state(mapping)}"
            for mapping in _mappings(engine)
            if not mapping.is_reading and _has_something(mapping, now)
        ]

    lines = engine.look("an assertion", look)
    trace = Trace(engine)
    failed = Works(trace).complaints()
    return [*lines[:_MOST_TOLD], *failed[:_MOST_TOLD]]


def why_not_run(engine: Engine, function: str) -> list[str]:
    """A line for each mapping to a function, by name or ARN, that takes nothing. O(mappings)."""

    def look(_: int) -> list[str]:
        return [
            f"{escaped(mapping.source_name, 80)}: {_state(mapping)}"
            for mapping in _mappings(engine)
            if function in (mapping.resolved.function.name, mapping.resolved.arn) and not mapping.is_reading
        ]

    return engine.look("an assertion", look)


def _mappings(engine: Engine) -> Iterator[Mapping]:
    for service in engine.services("lambda"):
        yield from service.mappings.values()


def _state(mapping: Mapping) -> str:
    name = escaped(mapping.resolved.arn.partition(":function:")[2], 80)
    if not mapping.is_enabled:
        return f"its mapping to {name} is disabled, and takes nothing until it is enabled"
    resolved = mapping.function()
    if resolved is None:
        return f"its mapping to {name} takes nothing, as there is no such function"
    if resolved.function.reserved_concurrency == 0:
        return f"its mapping to {name} has nothing run, as the function's reserved concurrency is 0"
    last = "" if mapping.last_result == "OK" else f"; the last run: {mapping.last_result}"
    return f"its mapping to {name} reads it{last}"


def _has_something(mapping: Mapping, now: int) -> bool:
    source: Any = mapping.source
    return source.count(now) > 0 if hasattr(source, "count") else True

"""What was logged and measured in a cloud, as plain data, for who shows the whole of it. It tells nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from heapq import nlargest
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ...core.timeline import SECOND
from ...core.timestamps import datetime_of
from .lookup import find
from .metrics import Metrics

if TYPE_CHECKING:
    from ...engine.engine import Engine

__all__ = ["LoggedLine", "Measured", "all_log_groups", "all_metrics", "find_log_group", "lines_of", "points_of"]

_MILLISECOND: Final = SECOND // 1000
_MINUTE: Final = 60 * SECOND
_AHEAD: Final = 3 * 3600 * SECOND
"""Samples may be two hours ahead."""


class LoggedLine(NamedTuple):
    """A line of a log."""

    time: datetime
    stream: str
    message: str


class Measured(NamedTuple):
    """A metric of which there are samples."""

    account_id: str
    region_name: str
    namespace: str
    name: str
    dimensions: dict[str, str]
    latest: datetime | None


def all_log_groups(engine: Engine) -> list[Any]:
    """The log groups of every account and region."""
    return engine.look("a view", lambda _: list(_groups(engine)))


def _groups(engine: Engine) -> Iterator[Any]:
    for service in engine.services("logs"):
        yield from service.groups.items.values()


def find_log_group(engine: Engine, name: str) -> Any:
    """A log group by its name or ARN. Raises ``UsageError``."""
    return find(
        engine,
        ("log group", "logs"),
        name,
        lambda service, wanted: service.groups.items.get(wanted.removeprefix("log-group:").removesuffix(":*")),
        lambda service: list(service.groups.items),
    )


def lines_of(engine: Engine, group: Any, stream: str, most: int) -> list[LoggedLine]:
    """The latest so many lines of a group, oldest first; ``stream`` is the name of one, or empty. O(lines)."""

    def read(_: int) -> list[tuple[int, str, int, str]]:
        streams = [one for name, one in group.streams.items.items() if stream in ("", name)]
        lines = ((event.id, one.name, event.timestamp, event.message) for one in streams for event in one.events)
        return sorted(nlargest(most, lines))

    return [LoggedLine(datetime_of(at * _MILLISECOND), of, text) for _, of, at, text in engine.look("a view", read)]


def all_metrics(engine: Engine, namespace: str = "", name: str = "") -> list[Measured]:
    """The metrics of every account and region; those of a namespace, or of a name. Has what happens counted."""
    Metrics(engine).start()

    def read(now: int) -> list[Measured]:
        return [one for service in engine.services("cloudwatch") for one in _of(service, now, namespace, name)]

    return engine.look("a view", read)


def _of(service: Any, now: int, namespace: str, name: str) -> Iterator[Measured]:
    service.begin(now)
    for key in sorted(service.metrics):
        if namespace in ("", key[0]) and name in ("", key[1]):
            latest = service.latest(key)
            when = None if latest < 0 else datetime_of(latest)
            yield Measured(service.account_id, service.region_name, key[0], key[1], dict(key[2]), when)


def points_of(engine: Engine, metric: Measured, most: int) -> list[dict[str, Any]]:
    """The latest so many minutes of a metric that have samples, oldest first, with their plain statistics."""
    from ...services.cloudwatch.statistics import statistic

    statistics = {one: statistic(one) for one in ("SampleCount", "Average", "Sum", "Minimum", "Maximum")}
    key = metric.namespace, metric.name, tuple(sorted(metric.dimensions.items()))

    def read(now: int) -> list[dict[str, Any]]:
        service = engine.service("cloudwatch", metric.account_id, metric.region_name)
        service.begin(now)
        found: dict[int, Any] = {}
        for unit in service.units_of(key, now):
            for moment, samples in service.periods(key, now, 0, now + _AHEAD, _MINUTE, unit).items():
                found[moment] = found[moment].joined([samples]) if moment in found else samples
        return [
            {"time": datetime_of(moment), **{one: of(samples) for one, of in statistics.items() if of is not None}}
            for moment, samples in sorted(found.items())[max(len(found) - most, 0) :]
        ]

    return engine.look("a view", read)

"""The control API's logs and metrics."""

from __future__ import annotations

from typing import Any, Final

from ..core.shown import shown
from ..core.timeline import SECOND
from ..core.timestamps import datetime_of
from ..inspection.views.logged import Measured, all_log_groups, all_metrics, find_log_group, lines_of, points_of
from .control_ask import NAME, Ask, Refused, Routes
from .control_messages import found, moment, plain

__all__ = ["ROUTES"]

_GROUP_ARN: Final = "arn:{partition}:logs:{region}:{account}:log-group:{name}"
_OF_LINES: Final = ("stream", "limit")
_MOST_LINES: Final = 100
_OF_METRICS: Final = ("namespace", "name", "limit")
_MOST_POINTS: Final = 60
"""Minutes."""


def _logs(ask: Ask) -> dict[str, Any]:
    ask.given()
    return {"log_groups": [_group_of(group) for group in all_log_groups(ask.cloud)]}


def _group_of(group: Any) -> dict[str, Any]:
    streams = [
        {
            "name": stream.name,
            "events_count": len(stream.events),
            "last_event": moment(_when(stream.events[-1].timestamp)),
        }
        for stream in list(group.streams.items.values())
    ]
    return {"name": group.name, "arn": group.arn, "streams": streams}


def _when(milliseconds: int) -> Any:
    return datetime_of(milliseconds * (SECOND // 1000))


def _log(ask: Ask) -> dict[str, Any]:
    """A group with its latest lines, oldest first."""
    stream, limit = ask.text("stream", *_OF_LINES), ask.count("limit", *_OF_LINES, default=_MOST_LINES)
    group = found(ask, find_log_group, _GROUP_ARN)
    if stream and stream not in group.streams.items:
        known = ", ".join(list(group.streams.items)[:_MOST_LINES])
        raise Refused(404, f"{shown(group.name)} has no stream {shown(stream)}; there are: {known or 'none'}")
    lines = lines_of(ask.cloud, group, stream, limit or 0)
    events = [{"time": moment(one.time), "stream": one.stream, "message": one.message} for one in lines]
    return {**_group_of(group), "events": events}


def _metrics(ask: Ask) -> dict[str, Any]:
    """The metrics; of a name also their latest minutes that have samples, oldest first."""
    namespace, name = ask.text("namespace", *_OF_METRICS), ask.text("name", *_OF_METRICS)
    limit = ask.count("limit", *_OF_METRICS, default=_MOST_POINTS)
    made = []
    for metric in all_metrics(ask.cloud, namespace, name):
        shown_as = _metric_of(metric)
        if name:
            shown_as["points"] = [
                {**point, "time": moment(point["time"])} for point in points_of(ask.cloud, metric, limit or 0)
            ]
        made.append(shown_as)
    return {"metrics": made}


def _metric_of(metric: Measured) -> dict[str, Any]:
    return plain({**metric._asdict(), "latest": metric.latest})  # type: ignore[no-any-return]


ROUTES: Routes = (
    (("logs",), {"GET": _logs}),
    (("logs", NAME), {"GET": _log}),
    (("metrics",), {"GET": _metrics}),
)

"""Something that logs, as services of a cloud do: by an effect."""

from __future__ import annotations

from typing import Any

import minicloud
from minicloud.core.effects import Deliver, Effect, ToLog

__all__ = ["GROUP", "STREAM", "deliver", "log"]

GROUP = "/aws/lambda/bill"
STREAM = "2026/01/01/[$LATEST]5d0c"


def log(
    cloud: minicloud.Cloud,
    *lines: str | tuple[int, str],
    group: str = GROUP,
    stream: str = STREAM,
    region_name: str | None = None,
    account_id: str | None = None,
) -> None:
    """Have lines logged now."""
    place = account_id or cloud.account_id, region_name or cloud.region_name
    _leave(cloud, ToLog(*place, group, stream, lines))


def deliver(cloud: minicloud.Cloud, arn: str, body: str, **options: Any) -> None:
    """Have something delivered to an ARN."""
    _leave(cloud, Deliver(arn, body, **options))


def _leave(cloud: minicloud.Cloud, effect: Effect) -> None:
    engine: Any = cloud
    engine.change("a service that logs", lambda _: engine.effects.append(effect))

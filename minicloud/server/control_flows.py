"""The control API's delivery streams and pipes: what they are set to, and what is in them."""

from __future__ import annotations

from typing import Any

from ..core.timestamps import datetime_of
from ..inspection.views.contents import all_delivery_streams, all_pipes
from .control_ask import Ask, Routes
from .control_messages import moment, plain

__all__ = ["ROUTES"]


def _delivery_streams(ask: Ask) -> dict[str, Any]:
    ask.given()
    streams = all_delivery_streams(ask.cloud)
    return {"delivery_streams": [_stream_of(stream, waiting) for stream, waiting in streams]}


def _stream_of(stream: Any, waiting: int) -> dict[str, Any]:
    destination = stream.destination
    return {
        "name": stream.name,
        "arn": stream.arn,
        "source_arn": stream.source_arn or None,
        "bucket_arn": destination.bucket_arn,
        "prefix": destination.prefix,
        "records_count": stream.count,
        "waiting_count": waiting,
        "created": moment(datetime_of(stream.created)),
        "described": plain(stream.describe()),
    }


def _pipes(ask: Ask) -> dict[str, Any]:
    ask.given()
    return {"pipes": [_pipe_of(pipe, owed) for pipe, owed in all_pipes(ask.cloud)]}


def _pipe_of(pipe: Any, owed: str) -> dict[str, Any]:
    return {
        "name": pipe.name,
        "arn": pipe.arn,
        "source_arn": pipe.source_arn,
        "enrichment_arn": pipe.settings.enrichment or None,
        "target_arn": pipe.target_arn,
        "state": "RUNNING" if pipe.is_running else "STOPPED",
        "owed": owed,
        "described": plain(pipe.describe()),
    }


ROUTES: Routes = (
    (("delivery_streams",), {"GET": _delivery_streams}),
    (("pipes",), {"GET": _pipes}),
)

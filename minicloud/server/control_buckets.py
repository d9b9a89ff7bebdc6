"""The control API's buckets with their objects and what was told of them, and what is scaled."""

from __future__ import annotations

from typing import Any, Final

from ..core.timestamps import datetime_of
from ..inspection.views.buckets import BucketView, find_bucket
from ..inspection.views.contents import all_buckets, all_scaling_targets
from .control_ask import NAME, Ask, Routes
from .control_messages import found, moment, some

__all__ = ["ROUTES"]

_BUCKET_ARN: Final = "arn:{partition}:s3:{region}:{account}:{name}"
_MOST_EVENTS: Final = 100
"""So many of the events of a bucket are shown, the latest."""
_PARAMETERS: Final = ("prefix", "limit")


def _buckets(ask: Ask) -> dict[str, Any]:
    ask.given()
    return {"buckets": [_bucket_of(bucket) for bucket in all_buckets(ask.cloud)]}


def _bucket(ask: Ask) -> dict[str, Any]:
    ask.given()
    bucket = found(ask, find_bucket, _BUCKET_ARN)
    events = [
        {"name": event.name, "key": event.key, "to": event.to, "message": event.message, "time": moment(event.time)}
        for event in bucket.events[-_MOST_EVENTS:]
    ]
    return {**_bucket_of(bucket), "events": events}


def _bucket_of(bucket: BucketView) -> dict[str, Any]:
    objects = bucket.objects
    return {
        "name": bucket.name,
        "arn": bucket.arn,
        "objects_count": len(objects),
        "size": sum(one.size for one in objects),
        "events_count": len(bucket.events),
    }


def _objects(ask: Ask) -> dict[str, Any]:
    prefix, limit = ask.text("prefix", *_PARAMETERS), ask.count("limit", *_PARAMETERS)
    objects = [one for one in found(ask, find_bucket, _BUCKET_ARN).objects if one.key.startswith(prefix)]
    return {
        "objects": [
            {
                "key": one.key,
                "size": one.size,
                "etag": one.etag,
                "version_id": one.version_id,
                "content_type": one.content_type,
                "metadata": one.metadata,
                "tags": one.tags,
                "time": moment(one.time),
            }
            for one in some(objects, limit)
        ]
    }


def _scaling_targets(ask: Ask) -> dict[str, Any]:
    ask.given()
    return {"scaling_targets": [_target_of(target) for target in all_scaling_targets(ask.cloud)]}


def _target_of(target: Any) -> dict[str, Any]:
    return {
        "name": target.resource_id.rpartition("/")[2],
        "resource_id": target.resource_id,
        "arn": target.arn,
        "desired": target.capacity,
        "minimum": target.bounds.minimum,
        "maximum": target.bounds.maximum,
        "history": [
            {"time": moment(datetime_of(one.moment)), "old": one.old, "new": one.new, "cause": one.cause}
            for one in list(target.history)
        ],
    }


ROUTES: Routes = (
    (("buckets",), {"GET": _buckets}),
    (("buckets", NAME), {"GET": _bucket}),
    (("buckets", NAME, "objects"), {"GET": _objects}),
    (("scaling_targets",), {"GET": _scaling_targets}),
)

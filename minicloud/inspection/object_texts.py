"""What the record says of objects of S3 and of the events that they cause, in words."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import unquote_plus

from ..core.shown import counted, escaped

__all__ = ["event_of", "object_created", "object_removed", "s3_event_inside", "sender", "told"]

_RECORDS: Final = '{"Records":[{"eventVersion":"2.'
_TEST: Final = '{"Service":"Amazon S3","Event":"'
_KINDS = {"sqs": "queue", "sns": "topic", "lambda": "function", "events": "bus"}


def _version(details: Any) -> str:
    version_id = details["version_id"]
    return "" if version_id == "null" else f", version {version_id[:8]}"


def object_created(details: Any) -> str:
    """``"in/cat.png put, 5 bytes"``."""
    how = {"PutObject": "put", "CopyObject": "copied here"}.get(details["by"], "uploaded in parts")
    return f"{escaped(details['key'], 80)} {how}, {counted(details['size'], 'byte')}{_version(details)}"


def object_removed(details: Any) -> str:
    """``"in/cat.png deleted"``."""
    how = "hidden behind a delete marker" if details["is_marked"] else f"deleted{_version(details)}"
    return f"{escaped(details['key'], 80)} {how}"


def told(details: Any) -> str:
    """Who is told: ``"queue uploads"``."""
    _, _, service, _, _, name = details["to"].split(":", 5)
    return f"{_KINDS.get(service, service)} {escaped(name.removeprefix('function:').removeprefix('event-bus/'), 80)}"


def sender(kind: str, name: str) -> str:
    """What a message comes from, of which ``origin`` has kind and name: ``"bucket photos"``."""
    if kind == "run":
        return "a run of a function"
    return f"{'bucket' if kind == 's3' else kind} {escaped(name if kind == 'alarm' else name.partition('/')[0], 80)}"


def event_of(details: Any) -> str:
    """Of what: ``"ObjectCreated:Put of in/cat.png"``."""
    return f"{details['event']} of {escaped(details['key'], 80)}" if details["key"] else str(details["event"])


def s3_event_inside(body: str) -> str | None:
    """What S3 tells in a message: ``"ObjectCreated:Put of in/cat.png in photos"``; None where it is not S3's."""
    if not body.startswith((_RECORDS, _TEST)):
        return None
    try:
        parsed = json.loads(body)
        if body.startswith(_TEST):
            return f"{parsed['Event']} of {parsed['Bucket']}"
        (record,) = parsed["Records"]
        told = record["s3"]
        return f"{record['eventName']} of {unquote_plus(told['object']['key'])} in {told['bucket']['name']}"
    except (KeyError, RecursionError, TypeError, ValueError):
        return None

"""What the record says of objects of S3 and of the events that they cause, in words."""

from __future__ import annotations

from typing import Any

from ..core.shown import counted, escaped

__all__ = ["event_of", "object_created", "object_removed", "told"]

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


def event_of(details: Any) -> str:
    """Of what: ``"ObjectCreated:Put of in/cat.png"``."""
    return f"{details['event']} of {escaped(details['key'], 80)}" if details["key"] else str(details["event"])

"""The rules by which archives get their events, as they are shown: EventBridge makes them and looks after them.

They are derived from the archives. Nothing is delivered by them, as an archive takes its events itself.
"""

from __future__ import annotations

import json
from typing import Any, Final

from ...core.json_text import compact
from .archive import Archive

__all__ = ["archive_of", "describe_managed", "managed_name", "target_of_managed"]

_PREFIX: Final = "Events-Archive-"
_MANAGER: Final = "prod.vhs.events.aws.internal"
"""[recorded, with the names, patterns and targets below]"""


def managed_name(archive: Archive) -> str:
    """The name of an archive's rule."""
    return f"{_PREFIX}{archive.name}"


def archive_of(rule_name: str) -> str | None:
    """The name of the archive whose rule would be called so; None where no archive's would."""
    return rule_name.removeprefix(_PREFIX) if rule_name.startswith(_PREFIX) else None


def describe_managed(archive: Archive, arn: str) -> dict[str, Any]:
    """An archive's rule as it is listed. It leaves out what is replayed. O(length of the pattern)."""
    pattern = archive.settings[0]
    wanted = {} if pattern is None else json.loads(pattern.text)
    return {
        "Name": managed_name(archive),
        "Arn": arn,
        "EventPattern": compact({**wanted, "replay-name": [{"exists": False}]}),
        "State": "ENABLED",
        "ManagedBy": _MANAGER,
        "EventBusName": archive.bus.name,
    }


def target_of_managed(archive: Archive, region_name: str) -> dict[str, Any]:
    """The target of an archive's rule."""
    partition = archive.arn.split(":")[1]
    template = (
        f'{{"archive-arn": "{archive.arn}:{archive.id}", "event": <aws.events.event.json>, '
        '"ingestion-time": <aws.events.event.ingestion-time>}'
    )
    return {
        "Id": managed_name(archive),
        "Arn": f"arn:{partition}:events:{region_name}:::",
        "InputTransformer": {"InputPathsMap": {}, "InputTemplate": template},
    }

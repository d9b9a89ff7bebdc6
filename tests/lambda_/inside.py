"""What tests of single parts of Lambda look at: its state, and what the record says."""

from __future__ import annotations

from typing import Any

import minicloud

__all__ = ["facts", "mapping_of", "state_of"]


def state_of(cloud: minicloud.Cloud) -> Any:
    """The Lambda of the cloud's own account and region."""
    engine: Any = cloud
    return engine.find_service("lambda", cloud.account_id, cloud.region_name)


def mapping_of(cloud: minicloud.Cloud) -> Any:
    """The one mapping that there is."""
    (mapping,) = state_of(cloud).mappings.values()
    return mapping


def facts(cloud: minicloud.Cloud, kind: str) -> list[dict[str, Any]]:
    """The details of the facts of a kind."""
    return [dict(one.details) for one in cloud.trace.of(kind)]

"""What all views share: looking under the lock, after what is due has happened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...cloud import Cloud

__all__ = ["looking", "place_of"]


@contextmanager
def looking(cloud: Cloud) -> Iterator[int]:
    """Hold the lock while looking; yields the moment, up to which everything due has happened."""
    with cloud.lock:
        now = cloud.time_ns()
        if now >= cloud.timeline.next_due:
            cloud.settle(now)
        yield now


def place_of(cloud: Cloud, name: str) -> tuple[str, str, str]:
    """Account, region and the last part of a name or ARN; a plain name is the cloud's own account and region."""
    if name.startswith("arn:"):
        parts = name.split(":", 5)
        if len(parts) == 6:
            return parts[4], parts[3], parts[5]
    return cloud.account_id, cloud.region_name, name

"""What names, URLs and ARNs stand for, where a view is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...engine.engine import Engine

__all__ = ["place_of"]


def place_of(engine: Engine, name: str) -> tuple[str, str, str]:
    """Account, region and the last part of a name or ARN; a plain name is the cloud's own account and region."""
    if name.startswith("arn:"):
        parts = name.split(":", 5)
        if len(parts) == 6:
            return parts[4], parts[3], parts[5]
    return engine.account_id, engine.region_name, name

"""What names, URLs and ARNs stand for, where a view is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...core.shown import escaped, shown
from ...exceptions import UsageError

if TYPE_CHECKING:
    from ...engine.engine import Engine

__all__ = ["none_of_that_name", "place_of"]


def place_of(engine: Engine, name: str) -> tuple[str, str, str]:
    """Account, region and the last part of a name or ARN; a plain name is the cloud's own account and region."""
    if not isinstance(name, str):
        raise UsageError(f"{shown(name)} is not the name of anything: give a name, a URL or an ARN as a string")
    if name.startswith("arn:"):
        parts = name.split(":", 5)
        if len(parts) == 6:
            return parts[4], parts[3], parts[5]
    return engine.account_id, engine.region_name, name


def none_of_that_name(kind: str, wanted: str, region_name: str, known: Iterable[str]) -> UsageError:
    """What to say of a name that nothing has, with the names that there are."""
    names = escaped(", ".join(sorted(known)) or "none", 1_000)
    return UsageError(f"there is no {kind} {shown(wanted)} in {escaped(region_name, 80)}; there are: {names}")

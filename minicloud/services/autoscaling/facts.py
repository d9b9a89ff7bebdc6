"""What Application Auto Scaling tells the recorder: a function for each fact.

The kinds come from the register in ``core/facts.py``. No kind and no name of a detail stands anywhere else in this
folder. Whoever calls has looked whether anybody records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...core import facts as kinds

if TYPE_CHECKING:
    from ...core.world import Trace
    from .target import Scaled, Target

__all__ = ["scaling_changed"]


def scaling_changed(trace: Trace, now: int, target: Target, scaled: Scaled) -> None:
    """A target has another capacity."""
    trace(
        now,
        kinds.SCALING_CHANGED,
        target.resource_id.rpartition("/")[2],
        arn=target.arn,
        old=scaled.old,
        new=scaled.new,
        cause=scaled.cause,
    )

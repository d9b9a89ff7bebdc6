"""Whether a composite alarm's actions are held back by its suppressor, and how long.

    nothing          -> WaitPeriod        the alarm changes, and the suppressor is not in ALARM
    nothing          -> Alarm             the suppressor goes to ALARM, or is there when the alarm changes
    WaitPeriod       -> Alarm             the suppressor goes to ALARM
    WaitPeriod       -> WaitPeriod, anew  the alarm changes once more: the latest change waits
    WaitPeriod       -> nothing           its time is over
    Alarm            -> ExtensionPeriod   the suppressor leaves ALARM
    ExtensionPeriod  -> Alarm             it goes back there
    ExtensionPeriod  -> nothing           its time is over

When nothing holds them back any more, the actions of the latest change run that was held back; of those before it none
do. A period of no seconds is none. [CloudWatch API: PutCompositeAlarm, CompositeAlarm; that the latest change counts,
and that a change does not make an extension longer: inferred] A suppressor that is no more is not in ALARM.
[inferred] These are pure functions; this file knows no alarm and no clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from ...core.timeline import SECOND

__all__ = ["SUPPRESSOR", "Held", "held_after", "held_now"]

SUPPRESSOR: Final = "ActionsSuppressor"
By: TypeAlias = Literal["WaitPeriod", "ExtensionPeriod", "Alarm"]


class Held(NamedTuple):
    """That actions are held back."""

    by: By
    until: int | None
    """When they will not be any more; None: as long as the suppressor is in ALARM."""
    change: Any
    """The latest change whose actions have not run: from which state, to which; None when there is none."""


def held_after(
    now: int, settings: Mapping[str, Any], held: Held | None, change: Any, *, suppressor_is_in_alarm: bool
) -> Held | None:
    """What holds back the actions of a change; None: they run."""
    if SUPPRESSOR not in settings:
        return None
    if suppressor_is_in_alarm:
        return Held("Alarm", None, change)
    if held is not None and held.by == "ExtensionPeriod" and held.until is not None and now < held.until:
        return held._replace(change=change)
    wait = settings["ActionsSuppressorWaitPeriod"] * SECOND
    return Held("WaitPeriod", now + wait, change) if wait else None


def held_now(now: int, settings: Mapping[str, Any], held: Held | None, *, suppressor_is_in_alarm: bool) -> Held | None:
    """What holds actions back when the alarm has not changed, but perhaps the suppressor has, or time has passed."""
    if SUPPRESSOR not in settings:
        return None
    if suppressor_is_in_alarm:
        return Held("Alarm", None, None if held is None else held.change)
    if held is None:
        return None
    if held.until is None:
        extension = settings["ActionsSuppressorExtensionPeriod"] * SECOND
        return Held("ExtensionPeriod", now + extension, held.change) if extension else None
    return held if now < held.until else None

"""Rules that make events of their own: when, and how.

True is when each rule is ``due`` next; its event of the timeline follows from that. A tick is made in one step: what
follows from it is in the outbox first, and then the rule is due the next time. So a tick that was interrupted is made
again from its start, or has happened. These events go on for ever (``Timeline.schedule_perpetual``).

An event that a schedule makes goes to the targets of its rule, and to no other rule. [inferred]
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from . import facts
from .rule import Rule, Settings

if TYPE_CHECKING:
    from .protocols import State

__all__ = ["Schedules"]

_SOURCE: Final = "aws.events"
_DETAIL_TYPE: Final = "Scheduled Event"


class _Tick:
    """That a rule was due at some time: a cause."""

    __slots__ = ("_due", "_rule")

    def __init__(self, rule: Rule, due: int) -> None:
        self._rule = rule
        self._due = due

    @property
    def happened(self) -> bool:
        """Whether the rule has gone on."""
        due = self._rule.due
        return due is None or due > self._due


class Schedules:
    """The schedules of one account in one region."""

    def __init__(self, state: State) -> None:
        self._state = state

    def rules(self) -> Iterator[Rule]:
        """The rules that are due some time. O(rules)."""
        for bus in self._state.buses.items.values():
            for rule in bus.rules.items.values():
                if rule.due is not None:
                    yield rule

    def mend(self, now: int) -> None:
        """Have each rule's event on the timeline when it is due, and no others."""
        timeline = self._state.world.timeline
        for bus in self._state.buses.items.values():
            for rule in bus.rules.items.values():
                if rule.timer is not None:
                    timeline.cancel(rule.timer)
                self._set_timer(rule)

    def check(self) -> None:
        """Raise ``AssertionError`` unless the timeline has what the rules say. For tests."""
        for rule in self.rules():
            if rule.timer is None or rule.timer.due != rule.due or rule.timer.callback is None:
                raise AssertionError(f"{rule!r} is due at {rule.due} and has {rule.timer!r}")

    def begin(self, now: int, rule: Rule, settings: Settings) -> tuple[int, int | None]:
        """When a rule with these settings begins to count, and is due: as it was if its schedule goes on. O(1)."""
        before = rule.settings
        goes_on = before.is_enabled and before.expression == settings.expression
        if settings.schedule is None or not settings.is_enabled:
            return now, None
        if goes_on and rule.due is not None:
            return rule.begun, rule.due
        return now, settings.schedule.next_after(now, now)

    def follow(self, rule: Rule) -> None:
        """Have the timeline follow what has been changed of a rule. May be done again."""
        timer = rule.timer
        if timer is not None and timer.due == rule.due and timer.callback is not None:
            return
        if timer is not None:
            self._state.world.timeline.cancel(timer)
        self._set_timer(rule)
        if rule.due is not None:
            self._state.world.keep_settling()

    def _set_timer(self, rule: Rule) -> None:
        due, schedule = rule.due, self._state.world.timeline.schedule_perpetual
        rule.timer = None if due is None else schedule(due, partial(self._tick, rule))

    def _tick(self, rule: Rule, due: int) -> None:
        if rule.due != due:
            return  # it was interrupted when all was done but this
        while rule.events and not rule.events[-1].happened:
            rule.events.pop()  # of a tick that was interrupted
        state, schedule = self._state, rule.settings.schedule
        tick = _Tick(rule, due)
        event = state.make_event(due, due, _SOURCE, _DETAIL_TYPE, [rule.arn], {}, tick)
        state.deliver(due, rule, event)
        rule.due = None if schedule is None else schedule.next_after(due, rule.begun)
        self._set_timer(rule)
        trace = state.world.trace
        if trace is not None:
            facts.matched(trace, due, rule, event)
            state.tell_not_rendered(due, event)

"""The alarms of one account in one region: when they are evaluated, and what follows from their changes.

**When.** A metric alarm has an event on the timeline at the next full minute (``MetricAlarm.step``), where the latest
of its periods ends: they slide from minute to minute. It comes behind the sample of that minute: where gauges are still
to be sampled at the same moment, it steps back behind them. An alarm *sleeps* when its data cannot change: none of its
metrics has a sample in the periods that it looks at, or later, and its state is what follows from that; or its only
metric is a gauge that rests, has had the same value in all these periods, and goes on having it. Whoever writes
samples, or notices that something happens, wakes it (``wake``). Composite alarms have no events, but for the end of
what holds their actions back (``suppression``): they are looked at when an alarm changes.

**What follows.** The effects of a change (topics, functions, a test's callables) go to the outbox first, then the state
and the history change, in one go that is carried through. After an interruption (``mend``) all alarms are awake, and
composite alarms are looked at anew: both find what is already so.

True are ``items``, ``history`` and ``listeners``; events are made of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from json import dumps
from typing import TYPE_CHECKING, Any, Final, Protocol

from ...core.arns import service_in
from ...core.effects import Change, Deliver
from ...core.errands import Call
from ...core.hosts import partition_of
from ...core.timeline import SECOND, Event
from ...core.timestamps import datetime_of
from . import facts
from .alarm import ACTIONS_OF, AlarmState, CompositeAlarm, HistoryItem, MetricAlarm, SomeAlarm
from .evaluation import COMPARISONS, EXTRA_PERIODS, Decision, Point, StateValue, decide
from .notification import (
    bus_event_of,
    configuration_data,
    event_of,
    message_of,
    reason_data,
    state_change_data,
    subject_of,
    triggering_data,
)
from .scaling_orders import is_policy, may_act, order_again, order_of
from .suppression import SUPPRESSOR, held_after, held_now

if TYPE_CHECKING:
    from ...core.world import World

__all__ = ["AlarmChange", "Alarms"]

_KEPT: Final = 14 * 24 * 3600 * SECOND
"""How long history is kept. [CloudWatch user guide: two weeks; the API: 30 days]"""


class AlarmChange:
    """A change of an alarm's state, as ``cloud.on_alarm`` tells it."""

    __slots__ = ("_moment", "name", "old_state", "reason", "state")

    def __init__(self, name: str, old: AlarmState, new: AlarmState) -> None:
        self.name = name
        """The name of the alarm."""
        self.state: StateValue = new.value
        """``"OK"``, ``"ALARM"`` or ``"INSUFFICIENT_DATA"``: what it is now."""
        self.old_state: StateValue = old.value
        """What it was before."""
        self.reason = new.reason
        """Why, in CloudWatch's words."""
        self._moment = new.updated

    @property
    def time(self) -> Any:
        """When, as an aware datetime in UTC."""
        return datetime_of(self._moment)

    def __repr__(self) -> str:
        return f"<alarm {self.name}: {self.old_state} -> {self.state} at {self.time:%H:%M:%S}: {self.reason}>"


class State(Protocol):
    """The service whose alarms they are."""

    account_id: str
    region_name: str
    arn_prefix: str
    world: World

    def begin(self, now: int) -> None:
        """Have everything in the metrics that has happened."""
        ...


class Alarms:
    """All alarms of an account in a region, by name."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.items: dict[str, SomeAlarm] = {}
        self.history: list[HistoryItem] = []
        """Oldest first, also of alarms that are no more."""
        self.listeners: dict[str, tuple[Callable[[AlarmChange], object], ...]] = {}
        """What a test wants to have called, by name of the alarm."""

    # --- finding ------------------------------------------------------------------------------------------------------

    def find(self, name: str) -> SomeAlarm | None:
        """An alarm by its name, or its ARN of this account and region. O(1)."""
        prefix = f"{self._state.arn_prefix}alarm:"
        return self.items.get(name.removeprefix(prefix))

    def changes_of(self, name: str) -> list[AlarmChange]:
        """The changes of state of the alarms that had a name, oldest first. O(history)."""
        return [AlarmChange(name, *item.change) for item in self.history if item.name == name and item.change]

    def parents_of(self, alarm: SomeAlarm) -> Iterator[CompositeAlarm]:
        """The composite alarms whose rules mention an alarm. O(alarms)."""
        for one in self.items.values():
            if isinstance(one, CompositeAlarm) and not {alarm.name, alarm.arn}.isdisjoint(one.rule.children):
                yield one

    def children_of(self, alarm: CompositeAlarm) -> list[SomeAlarm]:
        """The alarms that a rule mentions and that there are. O(them)."""
        return [child for name in alarm.rule.children if (child := self.find(name)) is not None]

    def is_in_circle(self, alarm: CompositeAlarm) -> bool:
        """Whether a composite alarm depends on itself."""
        ahead, seen = self.children_of(alarm), set[str]()
        while ahead:
            one = ahead.pop()
            if one is alarm:
                return True
            if isinstance(one, CompositeAlarm) and one.name not in seen:
                seen.add(one.name)
                ahead += self.children_of(one)
        return False

    # --- making and taking away ---------------------------------------------------------------------------------------

    def put(self, now: int, alarm: SomeAlarm, settings: dict[str, Any], install: Callable[[], object]) -> None:
        """Have an alarm be there with these settings. O(alarms).

        ``install`` gives it what else it has; after an interruption it may be called again.
        """
        is_new = alarm.name not in self.items

        def make() -> None:
            install()
            alarm.settings = settings
            alarm.configured = alarm.decided = now
            self.items[alarm.name] = alarm
            self._note(item)

        change = "Create" if is_new else "Update"
        item = HistoryItem(
            alarm.name,
            alarm.type,
            now,
            "ConfigurationUpdate",
            f'Alarm "{alarm.name}" {"created" if is_new else "updated"}',
            configuration_data(alarm, change, settings),
        )
        self._state.world.carry_through(make)
        if isinstance(alarm, MetricAlarm):
            self._schedule(alarm, now)
        else:
            self._look_at_all(now)
            self._hold_all(now)

    def delete(self, now: int, alarms: list[SomeAlarm]) -> None:
        """Forget alarms: all of them at once."""
        items = [
            HistoryItem(
                one.name,
                one.type,
                now,
                "ConfigurationUpdate",
                f'Alarm "{one.name}" deleted',
                configuration_data(one, "Delete", one.settings),
            )
            for one in alarms
        ]

        def make() -> None:
            for one, item in zip(alarms, items, strict=True):
                event: Event | None = getattr(one, "event", None)
                if event is not None:
                    self._state.world.timeline.cancel(event)
                self.items.pop(one.name, None)
                self._note(item)

        self._state.world.carry_through(make)
        self._look_at_all(now)
        self._hold_all(now)

    def switch_actions(self, now: int, alarms: list[SomeAlarm], enabled: bool) -> None:
        """Have the actions of alarms enabled, or disabled: of all of them at once."""

        def make() -> None:
            for one in alarms:
                if one.settings["ActionsEnabled"] != enabled:
                    one.settings = {**one.settings, "ActionsEnabled": enabled}
                    one.configured = now

        self._state.world.carry_through(make)

    # --- when ---------------------------------------------------------------------------------------------------------

    def wake(self, now: int) -> None:
        """Something may have changed what alarms look at. O(alarms that sleep)."""
        for alarm in self.items.values():
            if isinstance(alarm, MetricAlarm) and (alarm.event is None or alarm.event.callback is None):
                self._schedule(alarm, now)

    def wait_for_period(self, now: int, alarm: SomeAlarm) -> None:
        """Have an alarm evaluated at the next full minute: it is in a state that does not follow from its data."""
        if isinstance(alarm, MetricAlarm):
            self._schedule(alarm, now)

    def mend(self, now: int) -> None:
        """Have all alarms awake, and composite ones in the state that follows from the others'."""
        for alarm in self.items.values():
            if isinstance(alarm, MetricAlarm):
                if alarm.event is not None:
                    self._state.world.timeline.cancel(alarm.event)
                self._schedule(alarm, now)
        self._look_at_all(now)
        self._hold_all(now)

    def _schedule(self, alarm: MetricAlarm, now: int) -> None:
        """Have an alarm evaluated at the next full minute: now, if it is one and nothing was decided now."""
        timeline = self._state.world.timeline
        if alarm.event is not None:
            timeline.cancel(alarm.event)
        step = alarm.step
        due = -(-now // step) * step
        if due <= alarm.decided:
            due += step
        alarm.event = timeline.schedule(due, partial(self._evaluate, alarm))

    def _evaluate(self, alarm: MetricAlarm, now: int) -> None:
        meter = self._state.world.meter
        if meter is not None and meter.is_due(now):  # its sample comes first
            alarm.event = self._state.world.timeline.schedule(now, partial(self._evaluate, alarm))
            return
        self._state.begin(now)
        reader, settings, period = alarm.reader, alarm.settings, alarm.period
        if reader is None:
            return
        start = now - (settings["EvaluationPeriods"] + EXTRA_PERIODS) * period
        points = reader.points(self._state, now, start, now)
        decision = decide(
            points,
            now,
            period,
            evaluated=settings["EvaluationPeriods"],
            to_alarm=settings.get("DatapointsToAlarm", settings["EvaluationPeriods"]),
            threshold=settings["Threshold"],
            comparison=settings["ComparisonOperator"],
            treatment=settings.get("TreatMissingData", "missing"),
            fewest_samples=alarm.fewest_samples,
            current=alarm.state.value,
        )
        changes = decision is not None and decision.state != alarm.state.value
        if decision is not None and changes:
            self._decided(now, alarm, decision)
        else:
            order_again(self._state, now, alarm, points)
        alarm.decided = now
        alarm.event = None
        if may_act(self._state.world, alarm) or (
            reader.latest(self._state) >= start and not (reader.rests(self._state) and _goes_on(points, settings))
        ):
            self._schedule(alarm, now)

    def _decided(self, now: int, alarm: MetricAlarm, decision: Decision) -> None:
        self.change(now, alarm, decision.state, decision.reason, reason_data(alarm, decision, now))

    # --- changes ------------------------------------------------------------------------------------------------------

    def change(self, now: int, alarm: SomeAlarm, value: StateValue, reason: str, data: str | None) -> None:
        """Have an alarm be in a state; with what follows when it was in another."""
        old = alarm.state
        is_other = value != old.value
        new = AlarmState(value, reason, data, now, now if is_other else old.transitioned)
        cause = Change()
        items = []
        held = alarm.held if isinstance(alarm, CompositeAlarm) else None
        if is_other:
            summary = f"Alarm updated from {old.value} to {value}"
            items.append(
                HistoryItem(
                    alarm.name, alarm.type, now, "StateUpdate", summary, state_change_data(old, new), (old, new)
                )
            )
            for listener in self.listeners.get(alarm.name, ()):
                told = AlarmChange(alarm.name, old, new)
                self._state.world.outbox.append(Call(listener, (told,), f"alarm {alarm.name}", cause))
            self._put_event(alarm, old, new, cause)
            if isinstance(alarm, CompositeAlarm):
                in_alarm = self._suppressor_is_in_alarm(alarm)
                held = held_after(now, alarm.settings, held, (old, new), suppressor_is_in_alarm=in_alarm)
            if held is None:
                items += self._act(now, alarm, old, new, cause)

        def make() -> None:
            for item in items:
                self._note(item)
            alarm.state = new
            alarm.decided = now
            if isinstance(alarm, CompositeAlarm):
                alarm.held = held
            cause.happened = True

        self._state.world.carry_through(make)
        if isinstance(alarm, CompositeAlarm):
            self._schedule_release(alarm)
        if is_other:
            if (trace := self._state.world.trace) is not None:
                facts.alarm_changed(trace, now, alarm, old)
            for parent in list(self.parents_of(alarm)):
                self._look_at(now, parent, alarm)
            self._hold_all(now)

    def _put_event(self, alarm: SomeAlarm, old: AlarmState, new: AlarmState, cause: Change) -> None:
        """Put a change on the default bus, where somebody may listen: from the first use of EventBridge on."""
        state = self._state
        world, region_name, account_id = state.world, state.region_name, state.account_id
        if world.known_service("events", account_id, region_name) is not None:
            bus = f"arn:{partition_of(region_name)}:events:{region_name}:{account_id}:event-bus/default"
            body = bus_event_of(alarm, old, new)
            trigger = f"alarm:{alarm.name}"
            delivery = Deliver(bus, body, source_arn=alarm.arn, trigger=trigger, cause=cause)
            delivery.origin = trigger
            world.outbox.append(delivery)

    def _act(
        self, now: int, alarm: SomeAlarm, old: AlarmState, new: AlarmState, cause: Change
    ) -> Iterator[HistoryItem]:
        """Put into the outbox what follows from a change; what the history says of it."""
        state = self._state
        outbox, place = state.world.outbox, (state.account_id, state.region_name)
        for arn in _actions_in(alarm, new):
            is_function = arn.split(":")[2] == "lambda"
            if is_policy(arn):
                outbox.append(order_of(state, now, alarm, new.value, arn, cause))
                yield self._acted(now, alarm, new, arn, None)
                continue
            body = (event_of if is_function else message_of)(alarm, old, new, *place)
            subject = None if is_function else subject_of(alarm, new, state.region_name)
            trigger = f"alarm:{alarm.name}"
            delivery = Deliver(arn, body, subject=subject, source_arn=alarm.arn, trigger=trigger, cause=cause)
            delivery.origin = trigger
            outbox.append(delivery)
            yield self._acted(now, alarm, new, arn, None if is_function else body)

    def _acted(self, now: int, alarm: SomeAlarm, new: AlarmState, arn: str, message: str | None) -> HistoryItem:
        """What the history says of an action."""
        error = None if self._finds(arn) else "the resource does not exist"
        if service_in(arn) == "sns" and arn.endswith(".fifo"):
            error = "a FIFO topic takes no message without a group"
        told = {
            "actionState": "Failed" if error else "Succeeded",
            "stateUpdateTimestamp": new.updated // 1_000_000,
            "notificationResource": arn,
            "publishedMessage": message,
            "error": error,
        }
        summary = f"{'Failed to execute' if error else 'Successfully executed'} action {arn}"
        return HistoryItem(alarm.name, alarm.type, now, "Action", summary, dumps(told, separators=(",", ":")))

    def _finds(self, arn: str) -> bool:
        """Whether there is what an action is for."""
        _, _, _, region_name, account_id, _ = arn.split(":", 5)
        service = self._state.world.known_service(service_in(arn), account_id, region_name)
        return service is not None and service.target(arn) is not None

    def _note(self, item: HistoryItem) -> None:
        """Add to the history what is not there, and let go of what is old."""
        history = self.history
        if any(one is item for one in reversed(history[-20:])):
            return
        history.append(item)
        if history[0].moment < item.moment - _KEPT:
            self.history = [one for one in history if one.moment >= item.moment - _KEPT]

    # --- composite alarms ---------------------------------------------------------------------------------------------

    def _look_at_all(self, now: int) -> None:
        for alarm in list(self.items.values()):
            if isinstance(alarm, CompositeAlarm):
                self._look_at(now, alarm, None)

    def _look_at(self, now: int, alarm: CompositeAlarm, child: SomeAlarm | None) -> None:
        """Have a composite alarm be in the state that follows from the others'; ``child`` is what has changed."""
        if self.is_in_circle(alarm):
            return
        value: StateValue = "ALARM" if alarm.rule.holds(self._state_of) else "OK"
        if value == alarm.state.value:
            return
        if child is None:
            child = max(self.children_of(alarm), key=lambda one: one.state.updated, default=None)
        reason, data = f"{alarm.rule.text} is {'true' if value == 'ALARM' else 'false'}", None
        if child is not None:
            when = f"{datetime_of(child.state.updated):%A %d %B, %Y %H:%M:%S} UTC"
            reason = f"{child.arn} transitioned to {child.state.value} at {when}"
            data = triggering_data([child])
        self.change(now, alarm, value, reason, data)

    # --- actions that are held back -----------------------------------------------------------------------------------

    def _suppressor_is_in_alarm(self, alarm: CompositeAlarm) -> bool:
        suppressor = self.find(alarm.settings.get(SUPPRESSOR, ""))
        return suppressor is not None and suppressor.state.value == "ALARM"

    def _hold_all(self, now: int) -> None:
        """Have actions held back, and let go, as it follows from the states of suppressors. O(alarms)."""
        for alarm in list(self.items.values()):
            if isinstance(alarm, CompositeAlarm):
                self._hold(alarm, now)

    def _hold(self, alarm: CompositeAlarm, now: int) -> None:
        if self.items.get(alarm.name) is not alarm:
            return
        before = alarm.held
        in_alarm = self._suppressor_is_in_alarm(alarm)
        held = held_now(now, alarm.settings, before, suppressor_is_in_alarm=in_alarm)
        if held != before:
            cause = Change()
            items: list[HistoryItem] = []
            if held is None and before is not None and before.change is not None:
                old, new = before.change
                items += self._act(now, alarm, old, new, cause)

            def make() -> None:
                for item in items:
                    self._note(item)
                alarm.held = held
                cause.happened = True

            self._state.world.carry_through(make)
        self._schedule_release(alarm)

    def _schedule_release(self, alarm: CompositeAlarm) -> None:
        """Have the event on the timeline at which actions are held back no more, if that is known."""
        timeline, held = self._state.world.timeline, alarm.held
        due = None if held is None else held.until
        event = alarm.event
        if event is not None and (event.callback is None or event.due != due):
            timeline.cancel(event)
            event = alarm.event = None
        if event is None and due is not None:
            alarm.event = timeline.schedule(due, partial(self._hold, alarm))

    def _state_of(self, name: str) -> str | None:
        alarm = self.find(name)
        return None if alarm is None else alarm.state.value


def _actions_in(alarm: SomeAlarm, state: AlarmState) -> list[str]:
    """What a state of an alarm asks to be told."""
    return list(alarm.settings[ACTIONS_OF[state.value]]) if alarm.settings["ActionsEnabled"] else []


def _goes_on(points: dict[int, Point], settings: Mapping[str, Any]) -> bool:
    """Whether all points of what rests, or grows with time, say the same, and those to come will, too."""
    if len(points) < settings["EvaluationPeriods"] + EXTRA_PERIODS:
        return False
    values = [points[moment].value for moment in sorted(points)]
    if values[0] == values[-1] == max(values) == min(values):
        return True
    comparison, threshold = settings["ComparisonOperator"], settings["Threshold"]
    breaches = COMPARISONS[comparison][0]
    is_above = comparison.startswith("Greater")
    return values == sorted(values) and all(breaches(value, threshold) == is_above for value in values)

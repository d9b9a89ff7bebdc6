"""The Application Auto Scaling of one account in one region: its targets, and how their capacity changes.

**Orders.** An alarm of CloudWatch that acts on a policy delivers an order to it (``core/alarm_keeping``). What other
alarms say at the same moment counts, too: the policy that wants the largest capacity wins. So an order is kept with its
target until all that is due at this moment has happened, and then ``deciding`` says what becomes of all of them.

**Schedules.** A scheduled action has one event on the timeline, at its next time.

True are ``targets``, ``left``, ``activities`` and what these lead to; events are made of them (``mend``). A change of
several steps is carried through, and its effects are in the outbox before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from json import loads
from typing import Any, Final

from ...core.alarm_keeping import AlarmKeeper
from ...core.effects import Change, Deliver
from ...core.errands import Call
from ...core.gauges import Gauges, Value
from ...core.hosts import partition_of
from ...core.service_state import ServiceState
from ...core.service_state import Target as Receiver
from ...core.timeline import SECOND
from ...core.tokens import TokenMaker
from ...core.unset import UNSET
from ...core.world import World
from . import errors, facts
from .deciding import Decision, decide
from .target import Activity, Bounds, Key, Listener, Order, Policy, Scaled, ScheduledAction, Target

__all__ = ["KEPT", "AutoScalingState"]

KEPT: Final = 42 * 24 * 3600 * SECOND
"""How long activities are told. [API: DescribeScalingActivities]"""
_DAY: Final = 24 * 3600 * SECOND
_TOKEN_LIFETIME: Final = 24 * 3600 * SECOND
"""[inferred]"""
_ROLES: Final = {"ecs": "ECSService", "custom-resource": "CustomResource"}


class AutoScalingState(ServiceState):
    """What the operations work on. The groups of operations inherit from it."""

    def __init__(self, account_id: str, region_name: str, world: World) -> None:
        self.partition = partition_of(region_name)
        super().__init__(account_id, region_name, world)

    def reset(self) -> None:
        """Forget all targets."""
        self.targets: dict[Key, Target] = {}
        self.left: dict[Key, int] = {}
        """The capacity of what is a target no more, which stays as it was."""
        self.activities: list[Activity] = []
        """Oldest first, also of targets that are no more."""
        self.serial = 0
        """How many activities there have been."""
        self.tokens = TokenMaker(self.world.ids.digest("application-autoscaling/tokens"))

    def mend(self, now: int) -> None:
        """Have the events of orders and schedules on the timeline."""
        for target in self.targets.values():
            for policy in target.policies.values():
                policy.rests = False
            if target.orders:
                self._obey_soon(now, target)
            for action in target.scheduled.values():
                self.schedule(target, action)

    def gauges(self, now: int, arn: str | None = None) -> Iterable[Gauges]:
        """How many tasks the services of ECS have that are targets, as its Container Insights tell. O(targets)."""
        for target in self.targets.values():
            if target.namespace == "ecs" and arn in (None, target.arn):
                _, cluster, name = target.resource_id.split("/")
                dimensions = ("ClusterName", cluster), ("ServiceName", name)
                count: Value = ("DesiredTaskCount", "Count", target.capacity, None)
                values = count, ("RunningTaskCount", *count[1:])
                yield Gauges(target.arn, "ECS/ContainerInsights", dimensions, values)

    # --- finding ------------------------------------------------------------------------------------------------------

    def registered(self, key: Key) -> Target:
        """A target. Raises ObjectNotFoundException, in the words for whoever wants to give it something."""
        target = self.targets.get(key)
        if target is None:
            raise errors.target_not_registered(*key)
        return target

    def find_policy(self, arn: str) -> tuple[Target, Policy] | None:
        """A policy, and whose it is. O(policies)."""
        for target in self.targets.values():
            for policy in target.policies.values():
                if policy.arn == arn:
                    return target, policy
        return None

    def tagged(self, arn: str) -> Target:
        """The target that has an ARN. Raises ResourceNotFoundException. O(targets)."""
        for target in self.targets.values():
            if target.arn == arn:
                return target
        raise errors.resource_not_found(arn)

    def role_of(self, namespace: str) -> str:
        """The role that AWS makes for scaling things of a service."""
        place = f"aws-service-role/{namespace}.application-autoscaling.amazonaws.com"
        name = f"AWSServiceRoleForApplicationAutoScaling_{_ROLES[namespace]}"
        return f"arn:{self.partition}:iam::{self.account_id}:role/{place}/{name}"

    def derived_id(self, *of: object) -> str:
        """A UUID that is always the same for the same."""
        bits = self.world.ids.random(f"application-autoscaling/{self.account_id}/{self.region_name}/{of}")
        text = f"{bits.getrandbits(128):032x}"
        return "-".join((text[:8], text[8:12], f"4{text[13:16]}", f"a{text[17:20]}", text[20:]))  # as random ones look

    @property
    def alarms(self) -> AlarmKeeper:
        """Who has the alarms."""
        keeper: AlarmKeeper = self.world.find_service("cloudwatch", self.account_id, self.region_name)
        return keeper

    def page(
        self, kind: str, now: int, items: Sequence[Any], size: int, most: int, token: str
    ) -> tuple[Sequence[Any], str | None]:
        """A page of a list, and the token of the next one. Raises InvalidNextTokenException and ValidationException."""
        if size is UNSET:
            size = most
        if not 0 < size <= most:
            raise errors.page_size_invalid(most)
        begin = 0
        if token is not UNSET:
            found = self.tokens.read(kind, token)
            if found is None or now - found[0] > _TOKEN_LIFETIME:
                raise errors.token_invalid()
            begin = int(found[1][0])
        end = begin + size
        return items[begin:end], self.tokens.make(kind, now, end) if end < len(items) else None

    # --- capacity -----------------------------------------------------------------------------------------------------

    def register(
        self,
        now: int,
        key: Key,
        bounds: Bounds,
        *,
        role_arn: str | None = None,
        suspended: Mapping[str, bool] | None = None,
        tags: Mapping[str, str] | None = None,
        capacity: int | None = None,
        on_change: Listener | None = None,
    ) -> Target:
        """Have a target with these bounds; what is None stays as it is. O(alarms).

        ``capacity`` is what it has at first; a target that there is keeps its own.
        """
        target = self.targets.get(key)
        if target is None:
            arn_id = self.derived_id("target", *key).replace("-", "")
            arn = f"arn:{self.partition}:application-autoscaling:{self.region_name}:{self.account_id}"
            at_first = self.left.get(key, bounds.minimum) if capacity is None else capacity
            role = self.role_of(key[0])
            target = Target(key, f"{arn}:scalable-target/0ec5{arn_id}", role, bounds, at_first, now)
            target.tags = dict(tags or {})
        found = target

        def make() -> None:
            found.bounds = bounds
            found.role_arn = role_arn or found.role_arn
            found.suspended = {**found.suspended, **(suspended or {})}
            found.on_change = on_change or found.on_change
            self.targets[key] = found
            self.left.pop(key, None)

        self.alarms.begin(now)
        self.change(now, found, *_moved_in(found, bounds), make)
        return found

    def change(
        self,
        now: int,
        target: Target,
        capacity: int,
        cause: str,
        make: Callable[[], object],
        *,
        first: Sequence[Activity] = (),
        wakes: bool = True,
    ) -> None:
        """Have a target have a capacity, and ``make()`` made in the same go. O(1), and O(alarms) if it ``wakes`` them.

        ``first`` are activities that come before that of the capacity.
        """
        happening = Change()
        activities = list(first)
        scaled = None
        if capacity != target.capacity:
            scaled = Scaled(now, target.capacity, capacity, cause)
            activities.append(self._activity_of(target, scaled, len(activities)))
            listener = target.on_change
            if listener is not None:
                what = f"scaling of {target.resource_id}"
                self.world.outbox.append(Call(listener, (scaled.old, scaled.new), what, happening))
        serial = self.serial + len(activities)

        def make_all() -> None:
            make()
            if scaled is not None:
                target.capacity = capacity
                if not target.history or target.history[-1] is not scaled:
                    target.history.append(scaled)
            self.serial = serial
            self._note(now, activities)
            for policy in target.policies.values():
                policy.rests = False
            happening.happened = True

        self.world.carry_through(make_all)
        if scaled is not None and (trace := self.world.trace) is not None:
            facts.scaling_changed(trace, now, target, scaled)
        if wakes or scaled is not None:
            self.alarms.wake_alarms(now)

    def _note(self, now: int, activities: Sequence[Activity]) -> None:
        """Add the activities that are not there, and let go of what is old. O(1) amortised."""
        known = self.activities
        latest = known[-len(activities) :] if activities else []
        known += [one for one in activities if not any(one is other for other in latest)]
        if known and known[0].moment < now - KEPT - _DAY:
            self.activities = [one for one in known if one.moment >= now - KEPT]

    def _activity_of(self, target: Target, scaled: Scaled, place: int) -> Activity:
        return self.activity(
            target,
            scaled.moment,
            f"Setting desired count to {scaled.new}.",
            scaled.cause,
            f"Successfully set desired count to {scaled.new}. Change successfully fulfilled by {target.namespace}.",
            place=place,
        )

    def activity(
        self,
        target: Target,
        now: int,
        description: str,
        cause: str,
        message: str | None,
        *,
        status: str = "Successful",
        reason: Mapping[str, Any] | None = None,
        place: int = 0,
    ) -> Activity:
        """An activity that is to be noted, the ``place``-th from now."""
        activity_id = self.derived_id("activity", self.serial + place)
        return Activity(activity_id, target.key, now, description, cause, status, message, reason)

    # --- orders -------------------------------------------------------------------------------------------------------

    def target(self, arn: str) -> Receiver | None:
        """What takes the order of an alarm to a policy; None when there is no such policy."""
        found = self.find_policy(arn)
        return None if found is None else partial(self._ordered, *found)

    def may_act(self, arn: str) -> bool:
        """Whether a policy may scale on the order that it has had, merely because time has passed. O(policies)."""
        found = self.find_policy(arn)
        return found is not None and not found[1].rests

    def _ordered(self, target: Target, policy: Policy, now: int, delivery: Deliver) -> None:
        if policy.obeyed is delivery:
            return  # it was carried out, and interrupted before that was noted
        said = loads(delivery.body)
        order = Order(delivery, said["alarm"], said["state"], said["above"], said["threshold"], tuple(said["values"]))
        target.orders = {**target.orders, policy.name: order}
        if self.world.timeline.next_due > now:
            self._obey(target, now)
        else:  # others may have something to say at this moment
            self._obey_soon(now, target)

    def _obey_soon(self, now: int, target: Target) -> None:
        timeline = self.world.timeline
        if target.event is not None:
            timeline.cancel(target.event)
        target.event = timeline.schedule(now, partial(self._obey, target))

    def _obey(self, target: Target, now: int) -> None:
        target.event = None
        orders = {name: order for name, order in target.orders.items() if name in target.policies}
        if not orders or self.targets.get(target.key) is not target:
            return
        for name, order in orders.items():
            target.policies[name].value = order.values[0] if order.values else None
        decision = decide(target, orders, now, self.alarms.is_in_alarm)

        def make() -> None:
            for name, order in orders.items():
                target.policies[name].obeyed = order.delivery
            if decision.out is not None:
                target.cooling_out = decision.out
            if decision.scales_in is not None:
                target.cooling_in = decision.scales_in
            target.orders = {}

        if decision.capacity != target.capacity:
            self.change(now, target, decision.capacity, decision.cause, make)
            return
        told = self._why_not(now, target, decision)
        serial = self.serial + len(told)

        def rest() -> None:
            make()
            for name in orders:
                target.policies[name].rests = name not in decision.waiting
            self.serial = serial
            self._note(now, told)

        self.world.carry_through(rest)

    def _why_not(self, now: int, target: Target, decision: Decision) -> list[Activity]:
        """The activity that says why nothing was scaled: once, until something else happens to the target."""
        reason = decision.reason
        latest = next((one for one in reversed(self.activities) if one.key == target.key), None)
        if reason is None or (latest is not None and latest.reason == reason):
            return []
        description = "Attempting to scale due to alarm triggered"
        return [self.activity(target, now, description, decision.cause, None, status="Failed", reason=reason)]

    # --- schedules ----------------------------------------------------------------------------------------------------

    def schedule(self, target: Target, action: ScheduledAction) -> None:
        """Have the event at the next time of a scheduled action on the timeline, if there is one."""
        timeline = self.world.timeline
        if action.event is not None:
            timeline.cancel(action.event)
            action.event = None
        due = next_time(action)
        if due is not None:
            is_once = action.settings["Schedule"].startswith("at(")
            add = timeline.schedule if is_once else timeline.schedule_perpetual
            action.event = add(due, partial(self._on_time, target, action))

    def _on_time(self, target: Target, action: ScheduledAction, now: int) -> None:
        action.event = None
        is_there = self.targets.get(target.key) is target and target.scheduled.get(action.name) is action
        if not is_there or now <= action.last:
            return
        if target.suspended["ScheduledScalingSuspended"]:
            action.last = now
        else:
            self._set_bounds(target, action, now)
        self.schedule(target, action)

    def _set_bounds(self, target: Target, action: ScheduledAction, now: int) -> None:
        asked = action.settings["ScalableTargetAction"]
        before = target.bounds
        bounds = Bounds(asked.get("MinCapacity", before.minimum), asked.get("MaxCapacity", before.maximum))
        words = {"MinCapacity": "min capacity", "MaxCapacity": "max capacity"}
        said = " and ".join(f"{text} to {asked[name]}" for name, text in words.items() if name in asked)
        cause = f"scheduled action name {action.name} was triggered"
        if bounds.maximum < bounds.minimum:  # [inferred]
            text = f"Failed to set {said}. {errors.bounds_crossed().message}"
            failed = self.activity(target, now, f"Setting {said}", cause, text, status="Failed")
            self.change(
                now, target, target.capacity, "", lambda: setattr(action, "last", now), first=[failed], wakes=False
            )
            return

        def make() -> None:
            target.bounds = bounds
            action.last = now

        done = self.activity(target, now, f"Setting {said}", cause, f"Successfully set {said}")
        self.change(now, target, *_moved_in(target, bounds), make, first=[done], wakes=bounds != before)


def _moved_in(target: Target, bounds: Bounds) -> tuple[int, str]:
    """What the capacity is within new bounds, and why."""
    capacity = bounds.clip(target.capacity)
    if capacity < target.capacity:
        return capacity, f"maximum capacity was set to {bounds.maximum}"
    return capacity, f"minimum capacity was set to {bounds.minimum}"


def next_time(action: ScheduledAction) -> int | None:
    """When a scheduled action is next due; None when it never is again."""
    settings, schedule = action.settings, action.schedule
    if schedule is None:
        return None
    start: int = settings.get("StartTime", action.created)
    due = schedule.next_after(max(action.last, start - 1), start)
    return None if due is None or due > settings.get("EndTime", due) else due

"""What becomes of the orders that the policies of a target have at one moment. Nothing is changed here.

- The policy that wants the largest capacity wins, whichever way: so nothing is scaled in when anybody scales out.
  [API: PutScalingPolicy]
- A scale-out begins a cooldown, in which only a policy that wants more scales further: what the last one has added
  counts towards what it wants. A scale-in begins one in which nothing is scaled in; a scale-out ends it.
  [Application Auto Scaling user guide: how scaling cooldown works]
- Tracking policies scale in when all of them want to that may. [user guide: multiple policies]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ...core.timeline import SECOND
from .step_policy import adjusted, aggregated, step_for
from .target import Cooldown, Order, Policy, Target
from .tracking_policy import wanted

__all__ = ["Decision", "decide"]

_COOLDOWN = 300
"""Of targets of ECS and custom resources, in seconds. [API: target tracking; of step policies: user guide]"""


class Decision(NamedTuple):
    """What the capacity is to be, and why."""

    capacity: int
    cause: str
    out: Cooldown | None = None
    """The cooldown of scale-outs from now on."""
    scales_in: Cooldown | None = None
    """The same of scale-ins."""
    reason: Mapping[str, Any] | None = None
    """Why nothing is scaled, where AWS tells."""
    waiting: frozenset[str] = frozenset()
    """The policies that would scale, and wait for a cooldown to be over."""


class _Wish(NamedTuple):
    policy: Policy
    order: Order
    base: int
    """The capacity from which it was computed."""
    capacity: int
    """What it wants, wherever the bounds are."""


def decide(target: Target, orders: Mapping[str, Order], now: int, is_in_alarm: Callable[[str], bool]) -> Decision:
    """What becomes of the orders. O(policies). ``is_in_alarm`` tells of an alarm by its name."""
    capacity, bounds = target.capacity, target.bounds
    cooling = target.cooling_out if now < target.cooling_out.until else Cooldown(0, 0)
    outs, ins, held, waiting = [], [], [], set()
    for name, order in orders.items():
        policy = target.policies[name]
        wish = _wish(policy, order, capacity)
        if wish is None:
            continue
        if wish.capacity > capacity:
            if target.suspended["DynamicScalingOutSuspended"]:
                continue
            # What was added a short while ago may still be about to help.
            again = _wish(policy, order, max(capacity - cooling.added, 0)) if cooling.added else wish
            if again is not None and again.capacity > capacity:
                outs.append(again)
            else:
                waiting.add(name)
        elif wish.capacity < capacity:
            if target.suspended["DynamicScalingInSuspended"] or not _all_agree(target, policy, order, is_in_alarm):
                continue
            if now < target.cooling_in.until:
                waiting.add(name)
            else:
                ins.append(wish)
        else:
            held.append(wish)
    if outs:
        best = max(outs, key=lambda one: one.capacity)
        new = bounds.clip(best.capacity)
        if new > capacity:
            until = now + _cooldown(best.policy, "ScaleOutCooldown")
            return Decision(new, _cause(best), Cooldown(until, new - capacity + cooling.added), Cooldown(0, 0))
        reason: dict[str, Any] = {"Code": "AlreadyAtMaxCapacity", "MaxCapacity": bounds.maximum}
        return Decision(capacity, _cause(best), reason=reason, waiting=frozenset(waiting))
    if held and not waiting:
        reason = {"Code": "AlreadyAtDesiredCapacity", "CurrentCapacity": capacity}
        return Decision(capacity, _cause(held[0]), reason=reason)
    if ins and not held:
        best = max(ins, key=lambda one: one.capacity)
        new = bounds.clip(_for_all(target, best.capacity) if best.policy.alarms else best.capacity)
        if new < capacity:
            until = now + _cooldown(best.policy, "ScaleInCooldown")
            return Decision(new, _cause(best), Cooldown(0, 0), Cooldown(until, 0))
        reason = {"Code": "AlreadyAtMinCapacity", "MinCapacity": bounds.minimum}
        return Decision(capacity, _cause(best), reason=reason, waiting=frozenset(waiting))
    return Decision(capacity, "", waiting=frozenset(waiting))


def _wish(policy: Policy, order: Order, capacity: int) -> _Wish | None:
    """What a policy makes of a capacity; None when it has nothing to say."""
    settings = policy.settings
    if policy.type == "StepScaling":
        value = aggregated(settings, order.values)
        adjustment = None if value is None else step_for(settings, value - order.threshold, order.above)
        if adjustment is None:
            return None
        return _Wish(policy, order, capacity, max(adjusted(settings, capacity, adjustment), 0))
    if not order.values or order.state != "ALARM":
        return None
    new = wanted(capacity, order.values[0], settings["TargetValue"])
    if order.alarm == policy.alarms.get("low"):
        return _Wish(policy, order, capacity, min(new, capacity))
    return _Wish(policy, order, capacity, max(new, capacity))


def _all_agree(target: Target, policy: Policy, order: Order, is_in_alarm: Callable[[str], bool]) -> bool:
    """Whether all tracking policies want to scale in that may: of a step policy nobody else is asked."""
    if not policy.alarms:
        return True
    others = [one for one in target.policies.values() if one is not policy and "low" in one.alarms]
    return all(is_in_alarm(one.alarms["low"]) for one in others)


def _for_all(target: Target, capacity: int) -> int:
    """The largest capacity that a tracking policy wants."""
    now = target.capacity
    values = (
        min(wanted(now, policy.value, policy.settings["TargetValue"]), now)
        for policy in target.policies.values()
        if "low" in policy.alarms and policy.value is not None
    )
    return max(values, default=capacity)


def _cooldown(policy: Policy, name: str) -> int:
    seconds: int = policy.settings.get("Cooldown" if policy.type == "StepScaling" else name, _COOLDOWN)
    return seconds * SECOND


def _cause(wish: _Wish) -> str:
    return f"monitor alarm {wish.order.alarm} in state {wish.order.state} triggered policy {wish.policy.name}"

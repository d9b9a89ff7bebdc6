"""Scheduled actions: bounds that change at certain times."""

from __future__ import annotations

import asyncio
import datetime
from typing import Any

import pytest

import minicloud

from .conftest import KEY
from .test_targets import OF, refused

ACTION = {"ScheduledActionName": "n", **KEY}
MIDNIGHT = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def changes(fleet: Any) -> list[tuple[str, int]]:
    return [(f"{one.time:%dT%H:%M}", one.new) for one in fleet.history]


def test_bounds_change_at_their_times(cloud: minicloud.Cloud, scaling: Any) -> None:
    fleet = cloud.scaling_target("web", minimum=1, maximum=20)
    put = scaling.put_scheduled_action
    bounds = {"MinCapacity": 15, "MaxCapacity": 20}
    put(**{**ACTION, "ScheduledActionName": "up"}, Schedule="cron(0 8 * * ? *)", ScalableTargetAction=bounds)
    down = {"MinCapacity": 1, "MaxCapacity": 3}
    put(
        **{**ACTION, "ScheduledActionName": "down"},
        Schedule="cron(0 20 * * ? *)",
        Timezone="Europe/Berlin",
        ScalableTargetAction=down,
    )
    cloud.clock.advance(26 * 3600)
    assert changes(fleet) == [("01T08:00", 15), ("01T19:00", 3)]
    second, _, first, action = scaling.describe_scaling_activities(ServiceNamespace="ecs")["ScalingActivities"]
    assert [one["Cause"] for one in (second, first, action)] == [
        "maximum capacity was set to 3",
        "minimum capacity was set to 15",
        "scheduled action name up was triggered",
    ]
    assert action["Description"] == "Setting min capacity to 15 and max capacity to 20"
    assert action["StatusMessage"] == "Successfully set min capacity to 15 and max capacity to 20"
    (target,) = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 3)


def test_start_and_end_are_boundaries(cloud: minicloud.Cloud, scaling: Any) -> None:
    fleet = cloud.scaling_target("web", minimum=1, maximum=90)
    hour = datetime.timedelta(hours=1)
    times = {"StartTime": MIDNIGHT + hour, "EndTime": MIDNIGHT + 3 * hour}
    put = scaling.put_scheduled_action
    put(**ACTION, Schedule="rate(1 hour)", ScalableTargetAction={"MinCapacity": 2}, **times)
    (shown,) = scaling.describe_scheduled_actions(ServiceNamespace="ecs", ScheduledActionNames=["n"])[
        "ScheduledActions"
    ]
    arn = shown.pop("ScheduledActionARN")
    assert arn.startswith("arn:aws:autoscaling:us-east-1:123456789012:scheduledAction:")
    assert arn.endswith(":resource/ecs/service/default/web:scheduledActionName/n")
    given = {"Schedule": "rate(1 hour)", "ScalableTargetAction": {"MinCapacity": 2}, "CreationTime": MIDNIGHT}
    assert shown == {**ACTION, **given, **times}
    cloud.clock.advance(5 * 3600)
    told = scaling.describe_scaling_activities(**KEY)["ScalingActivities"]
    assert [one["StartTime"].hour for one in told if one["Cause"].startswith("scheduled")] == [3, 2, 1]
    assert changes(fleet) == [("01T01:00", 2)]
    # What is put again keeps what is not given, but for the times.
    put(**ACTION, ScalableTargetAction={"MinCapacity": 4})
    cloud.clock.advance(3600)
    assert changes(fleet)[1:] == [("01T06:00", 4)]
    scaling.delete_scheduled_action(**ACTION)
    scaling.register_scalable_target(**KEY, MinCapacity=1)
    cloud.clock.advance(7200)
    assert fleet.minimum == 1


def test_what_is_not_done_at_its_time(cloud: minicloud.Cloud, scaling: Any) -> None:
    fleet = cloud.scaling_target("web", minimum=1, maximum=5)
    once = {"Schedule": "at(2026-01-01T01:00:00)"}
    scaling.put_scheduled_action(**ACTION, **once, ScalableTargetAction={"MinCapacity": 9})
    other = {**ACTION, "ScheduledActionName": "other", "Schedule": "at(2026-01-01T02:00:00)"}
    scaling.put_scheduled_action(**other, ScalableTargetAction={"MinCapacity": 2})
    cloud.clock.advance(3600)
    (failed,) = scaling.describe_scaling_activities(**KEY)["ScalingActivities"]
    assert (failed["StatusCode"], fleet.minimum) == ("Failed", 1)
    scaling.register_scalable_target(**KEY, SuspendedState={"ScheduledScalingSuspended": True})
    cloud.clock.advance(7200)
    assert (fleet.minimum, cloud.next_due()) == (1, None)


async def wait_in_vain(cloud: minicloud.Cloud) -> None:
    cloud.scaling_target("web", minimum=1, maximum=2).schedule("rate(1 minute)", 1, 2)
    await asyncio.get_running_loop().create_future()


def test_who_waits_for_nothing_is_told_so() -> None:
    """A schedule goes on for ever, and wakes nobody."""
    cloud = minicloud.Cloud(clock="virtual")
    with pytest.raises(minicloud.UsageError, match="but what goes on for ever"):
        minicloud.run(wait_in_vain(cloud), cloud=cloud)


def test_a_task_is_woken_by_what_is_scheduled() -> None:
    async def main() -> datetime.datetime:
        cloud: Any = asyncio.get_running_loop().cloud  # type: ignore[attr-defined]
        told = asyncio.Event()

        async def scaled(_: int, new: int) -> None:
            if new == 3:
                told.set()

        cloud.scaling_target("web", minimum=1, maximum=5, on_change=scaled)
        await cloud.async_client("application-autoscaling").put_scheduled_action(
            ScheduledActionName="morning",
            Schedule="at(2026-01-02T08:00:00)",
            ScalableTargetAction={"MinCapacity": 3},
            **KEY,
        )
        await told.wait()
        now: datetime.datetime = cloud.clock.now()
        return now

    assert minicloud.run(main) == datetime.datetime(2026, 1, 2, 8, tzinfo=datetime.UTC)


def test_refusals(scaling: Any) -> None:
    put, invalid, missing = scaling.put_scheduled_action, "ValidationException", "ObjectNotFoundException"
    bounds = {"ScalableTargetAction": {"MinCapacity": 1}}
    registered = f"No scalable target registered for {OF}"
    refused(put, missing, registered, **ACTION, **bounds, Schedule="rate(1 day)")
    scaling.register_scalable_target(**KEY, MinCapacity=1, MaxCapacity=5)
    text = "At least one of minimum capacity and maximum capacity should be provided"
    refused(put, invalid, text, **ACTION, Schedule="rate(1 day)", ScalableTargetAction={})
    refused(put, invalid, "Schedule must be specified", **ACTION, **bounds)
    refused(put, invalid, "Schedule expression is invalid: rate(2 day)", **ACTION, **bounds, Schedule="rate(2 day)")
    zone = {"Schedule": "rate(1 day)", "Timezone": "Mars/Olympus"}
    refused(put, invalid, "Timezone is invalid: Mars/Olympus", **ACTION, **bounds, **zone)
    crossed = {"ScalableTargetAction": {"MinCapacity": 2, "MaxCapacity": 1}}
    text = "Maximum capacity cannot be less than minimum capacity"
    refused(put, invalid, text, **ACTION, **crossed, Schedule="rate(1 day)")
    for name in ("Min", "Max"):
        below = {"ScalableTargetAction": {f"{name}Capacity": -1}}
        refused(put, invalid, f"{name} capacity cannot be less than 0", **ACTION, **below, Schedule="rate(1 day)")
    start = datetime.datetime(2026, 2, 1, tzinfo=datetime.UTC)
    for end in (start, start - datetime.timedelta(seconds=1)):
        times = {"StartTime": start, "EndTime": end}
        refused(put, invalid, "End time must be after start time", **ACTION, **bounds, **times, Schedule="rate(1 day)")
    assert scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"] == []
    zone = {"Schedule": "cron(0 3 * * ? *)", "Timezone": "Europe/Berlin"}
    same = {"ScalableTargetAction": {"MinCapacity": 0, "MaxCapacity": 0}}
    put(**ACTION, **same, **zone, StartTime=start, EndTime=start + datetime.timedelta(seconds=1))
    (shown,) = scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]
    assert {name: shown[name] for name in (*zone, *same, "StartTime", "EndTime")} == {
        **zone, **same, "StartTime": start, "EndTime": start + datetime.timedelta(seconds=1),
    }  # fmt: skip
    scaling.delete_scheduled_action(**ACTION)
    gone = f"No scheduled action found for {OF}, scheduled action name: n"
    refused(scaling.delete_scheduled_action, missing, gone, **ACTION)


@pytest.mark.parametrize("name", ["a:b", " a", "a|b"])
def test_names_that_are_none(scaling: Any, name: str) -> None:
    with pytest.raises(Exception, match="Member must satisfy regular expression pattern"):
        scaling.put_scheduled_action(**{**ACTION, "ScheduledActionName": name}, Schedule="rate(1 day)")


def test_pages_and_the_record(cloud: minicloud.Cloud, scaling: Any) -> None:
    cloud.scaling_target("web", minimum=1, maximum=20)
    for number in range(51):
        given = {**ACTION, "ScheduledActionName": f"n{number:02}"}
        scaling.put_scheduled_action(**given, Schedule="rate(1 hour)", ScalableTargetAction={"MinCapacity": 2})
    for operation, member in (
        (scaling.describe_scheduled_actions, "ScheduledActions"),
        (scaling.describe_scaling_activities, "ScalingActivities"),
    ):
        first = operation(ServiceNamespace="ecs")
        assert len(first[member]) == 50
        second = operation(ServiceNamespace="ecs", NextToken=first["NextToken"])
        assert second.keys() & {"NextToken", member} == {member}
        assert len(second[member]) >= 1
        cloud.clock.advance(3600)
    (changed,) = cloud.trace.of("scaling.changed")
    del changed.details["arn"]
    assert changed.details == {"old": 1, "new": 2, "cause": "minimum capacity was set to 2"}
    register, invalid = scaling.register_scalable_target, "ValidationException"
    refused(register, invalid, "Min capacity cannot be less than 0", **KEY, MinCapacity=-1, MaxCapacity=2)
    text = "v" * 257
    refused(
        register,
        invalid,
        f"1 validation error detected: Value '{text}' at 'tags.k.member' failed to satisfy constraint: "
        "Member must have length less than or equal to 256",
        **KEY,
        MinCapacity=1,
        MaxCapacity=2,
        Tags={"k": text},
    )


def test_an_action_that_is_put_again_happens_at_its_new_time_only(cloud: minicloud.Cloud, scaling: Any) -> None:
    fleet = cloud.scaling_target("web", minimum=1, maximum=9)
    for hour in ("08", "10"):
        schedule = f"at(2026-01-01T{hour}:00:00)"
        scaling.put_scheduled_action(**ACTION, Schedule=schedule, ScalableTargetAction={"MinCapacity": 2})
    cloud.clock.advance(26 * 3600)
    assert changes(fleet) == [("01T10:00", 2)]
    told = scaling.describe_scaling_activities(ServiceNamespace="ecs")["ScalingActivities"]
    assert len([one for one in told if one["Cause"].startswith("scheduled")]) == 1

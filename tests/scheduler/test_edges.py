"""Where schedules begin and end, what begins anew when it is changed, and what they are to the rest of the cloud."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import minicloud
from minicloud.core.world import World
from minicloud.services.scheduler.errors import make_error
from minicloud.services.scheduler.invocation import _uuid
from minicloud.services.scheduler.schedule import Occurrence
from minicloud.services.scheduler.state import SchedulerState

from .support import OFF, SCHEDULE, flexible, target

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
PREFIX = "arn:aws:scheduler:us-east-1:123456789012:"


def state_of(cloud: minicloud.Cloud) -> SchedulerState:
    (state,) = cloud.services("scheduler")
    assert isinstance(state, SchedulerState)
    return state


def rate(scheduler: Any, operation: str, **more: Any) -> None:
    given = {"Name": "s", "ScheduleExpression": "rate(10 minutes)", "FlexibleTimeWindow": OFF, "Target": target()}
    getattr(scheduler, f"{operation}_schedule")(**{**given, **more})


@pytest.mark.parametrize(
    ("changed", "times"),
    [
        ({}, ["00:00:00", "00:10:00", "00:20:00"]),
        ({"Description": "d"}, ["00:00:00", "00:10:00", "00:20:00"]),
        ({"Target": target(RetryPolicy={"MaximumRetryAttempts": 1})}, ["00:00:00", "00:10:00", "00:20:00"]),
        ({"EndDate": BEGIN + timedelta(minutes=15)}, ["00:00:00", "00:10:00"]),
        ({"StartDate": BEGIN + timedelta(minutes=4)}, ["00:00:00", "00:04:00", "00:14:00", "00:24:00"]),
        ({"StartDate": BEGIN + timedelta(minutes=2)}, ["00:00:00", "00:03:00", "00:13:00", "00:23:00"]),
        ({"ScheduleExpression": "rate(9 minutes)"}, ["00:00:00", "00:03:00", "00:12:00", "00:21:00"]),
        ({"ScheduleExpressionTimezone": "Europe/Berlin"}, ["00:00:00", "00:03:00", "00:13:00", "00:23:00"]),
    ],
)
def test_what_has_a_rate_begin_anew(
    cloud: minicloud.Cloud, scheduler: Any, changed: dict[str, Any], times: list[str]
) -> None:
    """Its expression, its time zone and its start; all else leaves it in its beat. [inferred]"""
    cloud.client("sqs").create_queue(QueueName="runs")
    rate(scheduler, "create")
    cloud.clock.advance(timedelta(minutes=3))
    rate(scheduler, "update", **changed)
    cloud.clock.advance(timedelta(minutes=22))
    assert [body[11:19] for body in cloud.queue("runs").bodies] == times


def test_a_start_that_stays_as_it_was_is_neither_too_early_nor_a_new_one(
    cloud: minicloud.Cloud, scheduler: Any
) -> None:
    cloud.client("sqs").create_queue(QueueName="runs")
    rate(scheduler, "create", StartDate=BEGIN + timedelta(minutes=1))
    cloud.clock.advance(timedelta(minutes=17))
    rate(scheduler, "update", StartDate=BEGIN + timedelta(minutes=1), Description="d")
    cloud.clock.advance(timedelta(minutes=7))
    assert [body[11:19] for body in cloud.queue("runs").bodies] == ["00:01:00", "00:11:00", "00:21:00"]


@pytest.mark.parametrize("earlier", [0, 1, 3600])
def test_what_has_ended_when_it_is_made_is_gone_at_once(cloud: minicloud.Cloud, scheduler: Any, earlier: int) -> None:
    cloud.clock.advance(7200)
    ended = cloud.clock.now() - timedelta(seconds=earlier)
    daily: dict[str, Any] = {"ScheduleExpression": "cron(0 5 * * ? *)", "EndDate": ended}
    rate(scheduler, "create", **daily, ActionAfterCompletion="DELETE")
    rate(scheduler, "create", **daily, Name="stays")
    assert [one["Name"] for one in scheduler.list_schedules()["Schedules"]] == ["stays"]
    assert state_of(cloud).schedules.items["default/stays"].event is None


def test_what_is_disabled_when_its_end_comes_stays(cloud: minicloud.Cloud, scheduler: Any) -> None:
    """It is deleted when it is enabled, as it is complete then."""
    given = {"ScheduleExpression": "cron(0 5 * * ? *)", "ActionAfterCompletion": "DELETE"}
    end = BEGIN + timedelta(hours=1)
    rate(scheduler, "create", **given, EndDate=end)
    rate(scheduler, "update", **given, EndDate=end, State="DISABLED")
    cloud.clock.advance(timedelta(hours=2))
    assert scheduler.get_schedule(Name="s")["State"] == "DISABLED"
    rate(scheduler, "update", **given, EndDate=end, State="ENABLED")
    assert scheduler.list_schedules()["Schedules"] == []


def test_an_end_that_was_put_off_is_the_end(cloud: minicloud.Cloud, scheduler: Any) -> None:
    given = {"ScheduleExpression": "cron(0 5 * * ? *)", "ActionAfterCompletion": "DELETE"}
    rate(scheduler, "create", **given, EndDate=BEGIN + timedelta(hours=1))
    rate(scheduler, "update", **given, EndDate=BEGIN + timedelta(hours=3))
    cloud.clock.advance(timedelta(hours=3) - timedelta(microseconds=1))
    assert [one["Name"] for one in scheduler.list_schedules()["Schedules"]] == ["s"]
    cloud.clock.advance(timedelta(microseconds=1))
    assert scheduler.list_schedules()["Schedules"] == []


def test_what_is_due_some_time_has_somebody_see_to_it(cloud: minicloud.Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a real clock that is a thread."""
    scheduler: Any = cloud.client("scheduler")
    asked: list[str] = []
    monkeypatch.setattr(World, "keep_settling", lambda _: asked.append("asked"))
    rate(scheduler, "create", Name="off", ScheduleExpression="cron(0 5 * * ? *)", State="DISABLED")
    rate(scheduler, "create", Name="over", ScheduleExpression="at(2025-12-31T00:00)")
    assert asked == []
    rate(scheduler, "create", Name="on", ScheduleExpression="cron(0 5 * * ? *)")
    assert asked == ["asked"]
    ended = {"EndDate": BEGIN + timedelta(hours=1), "ActionAfterCompletion": "DELETE"}
    rate(scheduler, "create", Name="ends", ScheduleExpression="cron(0 5 * * ? *)", **ended)
    assert asked == ["asked"] * 2


def test_ids_of_events_are_uuids_of_the_fourth_version() -> None:
    assert _uuid(0) == "00000000-0000-4000-8000-000000000000"
    assert _uuid((1 << 128) - 1) == "ffffffff-ffff-4fff-bfff-ffffffffffff"
    assert _uuid(0x0123456789ABCDEF0123456789ABCDEF) == "01234567-89ab-4def-8123-456789abcdef"
    assert _uuid(1) == "00000000-0000-4000-8000-000000000001"


def test_by_which_arns_a_schedule_calls_operations(cloud: minicloud.Cloud, scheduler: Any) -> None:
    """The universal target's, with account and region; no other of the service's own is a target."""
    scheduler.list_schedules()
    state = state_of(cloud)
    arn = "arn:aws:scheduler:::aws-sdk:sqs:sendMessage"
    assert state.own_arn(arn) == f"{PREFIX}aws-sdk:sqs:sendMessage"
    assert state.target(f"{PREFIX}aws-sdk:sqs:sendMessage") is not None
    for other in (arn, f"{PREFIX}schedule/default/s", "aws-sdk:sqs:sendMessage", PREFIX):
        assert state.target(other) is None, other


def test_that_a_target_is_invoked_once_more_is_told() -> None:
    told = set()
    for seed in range(8):
        with minicloud.Cloud(clock="virtual", seed=seed, delivery="aws", trace=True, region_name="us-east-1") as cloud:
            cloud.client("sqs").create_queue(QueueName="runs")
            cloud.client("scheduler").create_schedule(**SCHEDULE)
            cloud.clock.advance(timedelta(days=3))
            told |= {
                (one.resource, one.details["arn"], one.details["choice"])
                for one in cloud.trace.of("chaos")
                if one.resource == "nightly"
            }
    assert told == {("nightly", f"{PREFIX}schedule/default/nightly", "a target is invoked once more")}


def test_no_invocation_overtakes_the_one_before_it(cloud: minicloud.Cloud, scheduler: Any) -> None:
    """In a window that is longer than the period."""
    cloud.client("sqs").create_queue(QueueName="runs")
    rate(scheduler, "create", ScheduleExpression="rate(1 minute)", FlexibleTimeWindow=flexible(10))
    due = []
    for _ in range(30):
        at = cloud.schedule("s").next_due
        assert at is not None
        due.append(at)
        cloud.clock.advance_to(at)
    assert due == sorted(due)
    bodies = cloud.queue("runs").bodies
    assert len(bodies) >= 30
    assert bodies == [f"{BEGIN + timedelta(minutes=number):%Y-%m-%dT%H:%M:%SZ}" for number in range(len(bodies))]


def test_what_has_nothing_ahead_of_it_is_not_on_the_timeline(cloud: minicloud.Cloud, scheduler: Any) -> None:
    rate(scheduler, "create", ScheduleExpression="cron(0 5 * * ? *)")
    schedule = state_of(cloud).schedules.items["default/s"]
    event = schedule.event
    assert event is not None
    assert event.due == schedule.plan.next_occurrence()
    rate(scheduler, "update", ScheduleExpression="cron(0 5 * * ? *)", State="DISABLED")
    assert (schedule.event, event.callback) == (None, None)
    rate(scheduler, "update", ScheduleExpression="cron(0 5 * * ? *)")
    event = schedule.event
    assert event is not None
    scheduler.delete_schedule(Name="s")
    assert (schedule.event, event.callback) == (None, None)
    rate(scheduler, "create", ScheduleExpression="at(2026-01-01T05:00)")
    schedule = state_of(cloud).schedules.items["default/s"]
    cloud.clock.advance(timedelta(hours=5))
    assert schedule.event is None
    assert cloud.clock.advance_to_next() is None


def test_settings_are_shown_in_the_models_order_however_they_were_given(cloud: minicloud.Cloud) -> None:
    scheduler: Any = cloud.client("scheduler")  # botocore has an order of its own
    given = target(RetryPolicy={"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 1}, SqsParameters={})
    window = flexible(5)
    turned = {"Target": dict(reversed(given.items())), "FlexibleTimeWindow": dict(reversed(window.items()))}
    assert list(turned["FlexibleTimeWindow"]) == ["MaximumWindowInMinutes", "Mode"]
    rate(scheduler, "create", ScheduleExpression="cron(0 5 * * ? *)", **turned)
    found = scheduler.get_schedule(Name="s")
    assert (found["Target"], found["FlexibleTimeWindow"]) == (given, window)
    assert list(found["Target"]) == ["Arn", "RoleArn", "RetryPolicy", "Input", "SqsParameters"]
    assert list(found["FlexibleTimeWindow"]) == ["Mode", "MaximumWindowInMinutes"]


def test_what_is_mended_is_derived_anew(cloud: minicloud.Cloud, scheduler: Any) -> None:
    rate(scheduler, "create", ScheduleExpression="cron(0 5 * * ? *)")
    state = state_of(cloud)
    schedule = state.schedules.items["default/s"]
    for listing in (state.schedules, state.groups):
        items: dict[str, Any] = listing.items  # type: ignore[assignment]
        items["z"] = next(iter(items.values()))
        state.mend(0)
        assert listing.page(10)[-1] == "z"
        del items["z"]
        state.mend(0)
        assert "z" not in listing.page(10)
    event, schedule.event = schedule.event, None
    assert event is not None
    state.mend(0)
    found: Any = schedule.event
    assert found.due == event.due


def test_what_is_tried_again_is_owed_and_what_is_due_some_time_is_not(cloud: minicloud.Cloud, scheduler: Any) -> None:
    cloud.client("sqs").create_queue(QueueName="runs")
    rate(scheduler, "create", ScheduleExpression="at(2026-01-01T05:00)")
    state = state_of(cloud)
    assert list(state.owed(0)) == []
    cloud.faults.refuse("ThrottlingException", service="sqs", operation="SendMessage", first=1)
    cloud.clock.advance(timedelta(hours=5))
    assert list(state.owed(0)) == [f"a delivery of schedule:s to {cloud.queue('runs').arn}"]
    cloud.clock.advance(1)
    assert (list(state.owed(0)), len(cloud.queue("runs").bodies)) == ([], 1)


def test_a_start_may_lie_five_minutes_back(cloud: minicloud.Cloud, scheduler: Any) -> None:
    cloud.client("sqs").create_queue(QueueName="runs")
    rate(scheduler, "create", StartDate=BEGIN - timedelta(minutes=5))
    assert len(cloud.queue("runs").bodies) == 1
    with pytest.raises(scheduler.exceptions.ValidationException, match="cannot be earlier than 5 minutes ago"):
        rate(scheduler, "create", Name="t", StartDate=BEGIN - timedelta(minutes=5, seconds=1))


def test_a_window_is_of_minutes(cloud: minicloud.Cloud, scheduler: Any) -> None:
    rate(scheduler, "create", FlexibleTimeWindow=flexible(7))
    rate(scheduler, "create", Name="off")
    schedules = state_of(cloud).schedules.items
    assert (schedules["default/s"].plan.window, schedules["default/off"].plan.window) == (420, 0)


@pytest.mark.parametrize(
    ("expression", "goes_on"),
    [("at(2026-01-01T05:00)", False), ("At(2026-01-01T05:00)", False), ("cron(0 5 * * ? *)", True)],
)
def test_what_is_once_is_not_for_ever(cloud: minicloud.Cloud, scheduler: Any, expression: str, goes_on: bool) -> None:
    cloud.client("sqs").create_queue(QueueName="runs")
    rate(scheduler, "create", ScheduleExpression=expression)
    assert state_of(cloud).world.timeline.is_perpetual == goes_on
    assert cloud.run_until_idle() == timedelta()
    cloud.clock.advance_to_next()
    assert cloud.queue("runs").bodies == ["2026-01-01T05:00:00Z"]


def test_of_an_occurrence_there_is_one_invocation(cloud: minicloud.Cloud, scheduler: Any) -> None:
    cloud.client("sqs").create_queue(QueueName="runs")
    rate(scheduler, "create", ScheduleExpression="cron(0 5 * * ? *)")
    state = state_of(cloud)
    schedule = state.schedules.items["default/s"]
    plan = schedule.plan
    occurrence = plan.next_occurrence()
    assert occurrence is not None
    assert [Occurrence(plan, plan.done + more).happened for more in (-1, 0, 1)] == [True, True, False]
    for _ in range(2):  # the second time it was interrupted behind that
        state._fire(schedule, plan, occurrence, occurrence)
        assert (plan.count, plan.done, plan.latest) == (1, occurrence, occurrence)
    event: Any = schedule.event
    assert event.due == occurrence + 24 * 3600 * 10**9
    # What is due of another plan, or of what is deleted, is nothing.
    rate(scheduler, "update", ScheduleExpression="cron(0 6 * * ? *)")
    after = plan.next_occurrence()
    assert after is not None
    state._fire(schedule, plan, after, after)
    assert plan.count == 1
    scheduler.delete_schedule(Name="s")
    state._fire(schedule, schedule.plan, after, after)
    assert schedule.plan.count == 0


def test_what_a_message_says_of_where_it_comes_from(cloud: minicloud.Cloud, scheduler: Any) -> None:
    cloud.client("sqs").create_queue(QueueName="runs")
    rate(scheduler, "create", Target=target(text="<aws.scheduler.execution-id>"))
    (body,) = cloud.queue("runs").bodies
    assert {one.details["origin"] for one in cloud.trace if "origin" in one.details} == {f"schedule:s/{body}"}


def test_whose_fault_an_error_is() -> None:
    for name, status, fault in (("ThrottlingException", 429, "Sender"), ("InternalServerException", 500, "Receiver")):
        error = make_error(name, "text")
        assert (error.code, error.message, error.status, error.fault) == (name, "text", status, fault)

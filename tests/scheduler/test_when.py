"""When schedules invoke their targets: at once, by rate, by cron, once; in time zones, between dates, in windows."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

import minicloud
from minicloud.engine import event_loop
from tests.support.depth import deep

from .support import OFF, SCHEDULE, flexible, target


class Runs:
    """A cloud, a queue that is told of every run, and a client."""

    def __init__(self, cloud: minicloud.Cloud, scheduler: Any) -> None:
        self.cloud = cloud
        self.scheduler = scheduler
        cloud.client("sqs").create_queue(QueueName="runs")

    @property
    def times(self) -> list[str]:
        """For which times there were runs, to the minute where that is all."""
        return [body.removesuffix("Z").removesuffix(":00") for body in self.cloud.queue("runs").bodies]

    def make(self, expression: str, name: str = "s", **more: Any) -> None:
        params = {"FlexibleTimeWindow": OFF, "Target": target(), **more}
        self.scheduler.create_schedule(Name=name, ScheduleExpression=expression, **params)

    def update(self, expression: str, **more: Any) -> None:
        params = {"FlexibleTimeWindow": OFF, "Target": target(), **more}
        self.scheduler.update_schedule(Name="s", ScheduleExpression=expression, **params)

    def advance(self, **how: float) -> None:
        self.cloud.clock.advance(timedelta(**how))


@pytest.fixture
def runs(cloud: minicloud.Cloud, scheduler: Any) -> Runs:
    return Runs(cloud, scheduler)


def test_a_rate_begins_at_once_and_a_cron_at_its_time(runs: Runs) -> None:
    runs.advance(hours=10, minutes=2, seconds=30)
    runs.make("rate(5 minutes)")
    assert runs.times == ["2026-01-01T10:02:30"]
    assert runs.cloud.schedule("s").next_due == datetime(2026, 1, 1, 10, 7, 30, tzinfo=UTC)
    runs.advance(minutes=10)
    assert runs.times[1:] == ["2026-01-01T10:07:30", "2026-01-01T10:12:30"]
    runs.scheduler.delete_schedule(Name="s")
    runs.make("cron(0 3 * * ? *)")
    runs.advance(days=2)
    assert runs.times[3:] == ["2026-01-02T03:00", "2026-01-03T03:00"]
    # A minute that it is just now is one of them.
    runs.advance(hours=14, minutes=47, seconds=30)
    assert f"{runs.cloud.clock.now():%H:%M:%S}" == "01:00:00"
    runs.make("cron(0 1 * * ?)", name="hourly")
    assert runs.times[5:] == ["2026-01-04T01:00"]


def test_what_is_once_has_run_and_stays_or_goes(runs: Runs) -> None:
    runs.make("at(2026-01-01T09:00:00)", name="stays")
    runs.make("at(2026-01-01T09:00)", name="goes", ActionAfterCompletion="DELETE")
    runs.make("at(2025-12-31T09:00)", name="late", ActionAfterCompletion="DELETE")
    end = datetime(2026, 1, 1, 1, 30, tzinfo=UTC)
    runs.make("rate(1 hour)", name="ends", EndDate=end, ActionAfterCompletion="DELETE")
    runs.make("cron(0 5 * * ? *)", name="never", EndDate=end, ActionAfterCompletion="DELETE")
    goes, never = runs.cloud.schedule("goes"), runs.cloud.schedule("never")
    runs.advance(hours=1, minutes=29)
    assert (runs.times, never.state) == (["2026-01-01T00:00", "2026-01-01T01:00"], "ENABLED")
    runs.advance(minutes=1)
    assert never.state == "DELETED"  # it had nothing left to do when its end came
    runs.advance(days=1)
    assert runs.times[2:] == ["2026-01-01T09:00", "2026-01-01T09:00"]
    assert [one["Name"] for one in runs.scheduler.list_schedules()["Schedules"]] == ["late", "stays"]
    assert (goes.state, runs.cloud.schedule("stays").state, runs.cloud.schedule("stays").next_due) == (
        "DELETED",
        "ENABLED",
        None,
    )


def test_what_is_once_knows_no_dates(runs: Runs) -> None:
    """[Scheduler user guide: StartDate and EndDate are for rates and crons]"""
    runs.make("at(2026-01-01T00:10)", StartDate=datetime(2026, 1, 2, tzinfo=UTC))
    runs.make("At(2026-01-01T00:20)", name="t", EndDate=datetime(2026, 1, 1, 0, 5, tzinfo=UTC))
    runs.advance(days=3)
    assert runs.times == ["2026-01-01T00:10", "2026-01-01T00:20"]


def test_dates_bound_it(runs: Runs) -> None:
    start = datetime(2026, 1, 1, 0, 10, 30, tzinfo=UTC)
    runs.make("rate(10 minutes)", StartDate=start, EndDate=start + timedelta(minutes=20))
    runs.advance(hours=2)
    assert runs.times == ["2026-01-01T00:10:30", "2026-01-01T00:20:30", "2026-01-01T00:30:30"]
    runs.make(
        "cron(0 * * * ? *)", name="cron", StartDate=datetime(2026, 1, 1, 4, tzinfo=UTC), EndDate=start.replace(hour=6)
    )
    runs.advance(hours=10)
    assert runs.times[3:] == ["2026-01-01T04:00", "2026-01-01T05:00", "2026-01-01T06:00"]
    now = runs.cloud.clock.now()
    runs.make("rate(10 minutes)", name="now", StartDate=now - timedelta(minutes=4))
    assert runs.times[6:] == [f"{now:%Y-%m-%dT%H:%M}"]


def test_disabled_and_changed(runs: Runs) -> None:
    runs.make("rate(10 minutes)")
    runs.advance(minutes=5)
    runs.update("rate(10 minutes)", State="DISABLED")
    runs.advance(minutes=29)
    runs.update("rate(10 minutes)")  # in its beat again
    runs.advance(minutes=6)
    assert runs.times == ["2026-01-01T00:00", "2026-01-01T00:40"]
    runs.update("rate(1 hour)")  # begins anew
    runs.update("rate(2 hours)")  # which has been for this very moment
    runs.advance(hours=2)
    assert runs.times[2:] == ["2026-01-01T02:40"]
    runs.update("rate(1 day)")
    runs.advance(days=1)
    assert runs.times[3:] == ["2026-01-02T02:40"]
    runs.make("rate(1 minute)", name="off", State="DISABLED")
    runs.advance(hours=1)
    assert runs.times[4:] == []


def test_time_zones(runs: Runs) -> None:
    runs.cloud.clock.advance_to(datetime(2026, 3, 28, 12, tzinfo=UTC))
    runs.make("cron(30 2 * * ? *)", ScheduleExpressionTimezone="Europe/Berlin")
    runs.advance(days=2)
    assert runs.times == ["2026-03-30T00:30"]  # it was never 02:30 on the 29th
    runs.cloud.client("sqs").purge_queue(QueueUrl=runs.cloud.queue("runs").url)
    runs.scheduler.delete_schedule(Name="s")
    runs.cloud.clock.advance_to(datetime(2026, 10, 24, 12, tzinfo=UTC))
    runs.make("cron(30 2 * * ? *)", ScheduleExpressionTimezone="Europe/Berlin")
    runs.make("at(2026-10-25T12:00:00)", name="once", ScheduleExpressionTimezone="America/New_York")
    runs.advance(days=2)
    assert runs.times == ["2026-10-25T00:30", "2026-10-25T16:00", "2026-10-26T01:30"]  # once, though twice 02:30


def test_where_there_are_no_zones_it_says_so(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    import zoneinfo

    def find(name: str) -> Any:
        raise zoneinfo.ZoneInfoNotFoundError(name)

    monkeypatch.setattr(zoneinfo, "ZoneInfo", find)
    monkeypatch.setattr(zoneinfo, "available_timezones", set)
    runs.make("rate(1 minute)", ScheduleExpressionTimezone="UTC", name="utc")
    with pytest.raises(minicloud.UsageError, match="pip install tzdata"):
        runs.make("rate(1 minute)", ScheduleExpressionTimezone="Europe/Paris")


def test_a_flexible_window_is_drawn_from_the_seed() -> None:
    def times_of(seed: str) -> list[datetime]:
        cloud = minicloud.Cloud(clock="virtual", seed=seed, trace=True)
        runs = Runs(cloud, cloud.client("scheduler"))
        # The window is longer than the period, and still none overtakes another.
        runs.make("rate(10 minutes)", FlexibleTimeWindow=flexible(15))
        expected = cloud.schedule("s").next_due
        runs.advance(hours=4)
        fired = [event for event in cloud.trace if event.kind == "schedule.fired"]
        assert fired[0].time == expected
        assert runs.times[:3] == ["2026-01-01T00:00", "2026-01-01T00:10", "2026-01-01T00:20"]
        late = [
            event.time - datetime(2026, 1, 1, tzinfo=UTC) - timedelta(minutes=10 * n) for n, event in enumerate(fired)
        ]
        assert all(timedelta() <= one < timedelta(minutes=15) for one in late)
        assert len(set(late)) > 5
        times = [event.time for event in fired]
        assert times == sorted(times)
        return [event.time for event in fired]

    assert times_of("one") == times_of("one") != times_of("two")


def test_time_does_not_run_away_for_a_schedule_alone(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_loop, "_MOST_JUMPS", 300)
    runs.make("rate(1 minute)")
    assert runs.cloud.run_until_idle() == timedelta()
    assert runs.cloud.clock.now() == datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(AssertionError, match="a schedule is due"):
        runs.cloud.run_until(lambda: False, limit=30)

    async def wait_in_vain() -> None:
        cloud: Any = asyncio.get_running_loop().cloud  # type: ignore[attr-defined]
        url = (await cloud.async_client("sqs").create_queue(QueueName="runs"))["QueueUrl"]
        await cloud.async_client("scheduler").create_schedule(**{**SCHEDULE, "ScheduleExpression": "rate(1 minute)"})
        received = await cloud.async_client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=1)
        assert received["Messages"][0]["Body"] == "2026-01-01T00:00:00Z"
        await asyncio.Event().wait()

    with pytest.raises(minicloud.UsageError, match="but what goes on for ever"):
        minicloud.run(wait_in_vain)


def test_a_task_is_woken_by_what_a_schedule_starts() -> None:
    async def main() -> datetime:
        loop: Any = asyncio.get_running_loop()
        cloud, told = loop.cloud, asyncio.Event()

        async def report(event: Any, context: Any) -> None:
            if event["n"] == "2026-01-09T03:00:00Z":
                told.set()

        text = '{"n": "<aws.scheduler.scheduled-time>"}'
        params = {**SCHEDULE, "Target": target(cloud.function("report", report), text)}
        await cloud.async_client("scheduler").create_schedule(**params)
        await told.wait()
        now: datetime = cloud.clock.now()
        return now

    assert minicloud.run(main) == datetime(2026, 1, 9, 3, tzinfo=UTC)


def test_snapshots_resets_and_the_same_again() -> None:
    cloud = minicloud.Cloud(clock="virtual", seed=7)
    runs = Runs(cloud, cloud.client("scheduler"))
    said = target(text="<aws.scheduler.execution-id> <aws.scheduler.scheduled-time>")
    runs.make("rate(1 day)", Target=said, FlexibleTimeWindow=flexible(60))
    runs.make("at(2026-01-02T12:00)", name="once", ActionAfterCompletion="DELETE")
    before = cloud.snapshot()
    runs.advance(days=3)
    first = cloud.queue("runs").bodies
    cloud.restore(before)
    assert (cloud.queue("runs").bodies, cloud.schedule("once").state) == ([], "ENABLED")
    runs.advance(days=3)
    assert cloud.queue("runs").bodies == first
    cloud.reset()
    assert runs.scheduler.list_schedules()["Schedules"] == []
    runs.advance(days=3)
    assert cloud.clock.advance_to_next() is None


# --- against a calendar that is looked through minute by minute -------------------------------------------------------

HOURS = st.integers(0, 23)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
CHANGES = st.lists(st.tuples(st.integers(0, 60 * 72), st.sampled_from(["on", "off", "delete"])), max_size=4)


@settings(max_examples=deep(100))
@given(
    st.lists(HOURS, min_size=1, max_size=4, unique=True),
    st.sampled_from([0, 15, 30]),
    ZONES,
    st.sampled_from(["2026-03-27", "2026-03-07", "2026-10-24", "2026-10-31", "2026-10-03", "2026-04-04"]),
    st.tuples(st.integers(0, 60 * 24), st.integers(60 * 24 + 1, 60 * 72)),
    CHANGES,
)
def test_it_runs_when_the_calendar_says(
    hours: list[int], minute: int, zone: str, day: str, bounds: tuple[int, int], changes: list[tuple[int, str]]
) -> None:
    from zoneinfo import ZoneInfo

    begin = datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(seconds=20)
    start, end = (begin + timedelta(minutes=minutes) for minutes in bounds)
    expression = f"cron({minute} {','.join(map(str, hours))} * * ? *)"
    note(f"{expression} {zone} {start}..{end} {changes}")

    expected, seen, state, ahead = [], set(), "on", sorted(changes)
    for number in range(-(24 * 60), 73 * 60):
        moment = begin.replace(second=0) + timedelta(minutes=number)
        while ahead and begin + timedelta(minutes=ahead[0][0]) <= moment:
            state = "delete" if state == "delete" else ahead[0][1]
            ahead.pop(0)
        shown = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
        is_named = shown.hour in hours and shown.minute == minute and shown not in seen
        seen.add(shown)
        if is_named and state == "on" and moment > begin and start <= moment <= end:
            expected.append(f"{moment:%Y-%m-%dT%H:%M}")

    with minicloud.Cloud(clock="virtual", seed=1) as cloud:
        cloud.clock.advance_to(begin)
        runs = Runs(cloud, cloud.client("scheduler"))
        settled: dict[str, Any] = {"ScheduleExpressionTimezone": zone, "StartDate": start, "EndDate": end}
        runs.make(expression, **settled)
        is_there = True
        for minutes, what in sorted(changes):
            cloud.clock.advance_to(begin + timedelta(minutes=minutes))
            if what == "delete" and is_there:
                runs.scheduler.delete_schedule(Name="s")
                is_there = False
            elif is_there:
                runs.update(expression, State="ENABLED" if what == "on" else "DISABLED", **settled)
        cloud.clock.advance_to(begin + timedelta(hours=73))
        assert runs.times == expected

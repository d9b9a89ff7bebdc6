"""Calls of Scheduler into which an exception comes, and times that come: as a whole, or not at all; each run once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support import strikes
from tests.support.strikes import FORMS, Form

from .support import SCHEDULE, flexible, target

pytestmark = [
    pytest.mark.stress,
    # Python only prints what strikes in the end of a generator.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

DLQ = "arn:aws:sqs:us-east-1:123456789012:given-up"
OF_APPS = {"Name": "s", "GroupName": "apps"}


class World(strikes.World):
    """A cloud with schedules in groups, and queues that are told of their runs."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        sqs: Any = self.cloud.client("sqs")
        for name in ("runs", "given-up"):
            sqs.create_queue(QueueName=name)
        self.scheduler: Any = self.cloud.client("scheduler")
        self.scheduler.create_schedule_group(Name="apps", Tags=[{"Key": "k", "Value": "v"}])
        said = target(text="<aws.scheduler.execution-id> at <aws.scheduler.scheduled-time>")
        hourly = {**SCHEDULE, **OF_APPS, "ScheduleExpression": "rate(1 hour)", "Target": said}
        self.scheduler.create_schedule(**{**hourly, "FlexibleTimeWindow": flexible(30)})

    def look(self) -> Any:
        scheduler, cloud = self.scheduler, self.cloud
        listed = scheduler.list_schedules()["Schedules"]
        names = [(one["GroupName"], one["Name"]) for one in listed]
        shown = [
            {
                name: value
                for name, value in scheduler.get_schedule(GroupName=group, Name=name).items()
                if name[0] != "R"
            }
            for group, name in names
        ]
        groups = scheduler.list_schedule_groups()["ScheduleGroups"]
        tags = [
            scheduler.list_tags_for_resource(ResourceArn=group["Arn"])["Tags"]
            for group in groups
            if group["Name"] != "default"
        ]
        due = [cloud.schedule(name, group).next_due for group, name in names]
        told = [sorted(queue.bodies) for queue in cloud.queues()]
        return shown, [group["Name"] for group in groups], tags, due, told


Row = strikes.Row[World]


def nothing(w: World) -> None:
    pass


def dead(name: str, **more: Any) -> dict[str, Any]:
    """A schedule whose target is not there."""
    lost = target("arn:aws:lambda:us-east-1:123456789012:function:nobody", "{}", DeadLetterConfig={"Arn": DLQ})
    return {**SCHEDULE, "Name": name, "Target": lost, **more}


def once(w: World) -> None:
    w.scheduler.create_schedule(
        **{**SCHEDULE, "Name": "once", "ScheduleExpression": "at(2026-01-01T00:10)", "ActionAfterCompletion": "DELETE"}
    )
    w.scheduler.create_schedule(**dead("dead", ScheduleExpression="at(2026-01-01T00:10)"))


def throttled(w: World) -> None:
    w.cloud.faults.refuse("ThrottlingException", service="sqs", operation="SendMessage", first=1)


def an_hour(w: World) -> None:
    w.cloud.clock.advance_to(datetime(2026, 1, 1, 1, tzinfo=UTC))


GROUP = "arn:aws:scheduler:us-east-1:123456789012:schedule-group/apps"
CHANGED = {**SCHEDULE, **OF_APPS, "ScheduleExpression": "rate(2 hours)"}
ROWS: dict[str, Row] = {
    "create a schedule": Row(nothing, lambda w: w.scheduler.create_schedule(**SCHEDULE)),
    "create one that runs at once": Row(
        nothing, lambda w: w.scheduler.create_schedule(**{**SCHEDULE, "ScheduleExpression": "rate(1 minute)"})
    ),
    "create one whose target is not there": Row(
        nothing, lambda w: w.scheduler.create_schedule(**dead("dead", ScheduleExpression="rate(2 hours)"))
    ),
    "get a schedule": Row(nothing, lambda w: w.scheduler.get_schedule(**OF_APPS)),
    "list schedules": Row(nothing, lambda w: w.scheduler.list_schedules(MaxResults=1)),
    "update a schedule": Row(nothing, lambda w: w.scheduler.update_schedule(**CHANGED)),
    "disable a schedule": Row(nothing, lambda w: w.scheduler.update_schedule(**CHANGED, State="DISABLED")),
    "delete a schedule": Row(nothing, lambda w: w.scheduler.delete_schedule(**OF_APPS)),
    "create a group": Row(nothing, lambda w: w.scheduler.create_schedule_group(Name="new")),
    "delete a group": Row(nothing, lambda w: w.scheduler.delete_schedule_group(Name="apps")),
    "list groups": Row(nothing, lambda w: w.scheduler.list_schedule_groups()),
    "tag a group": Row(
        nothing, lambda w: w.scheduler.tag_resource(ResourceArn=GROUP, Tags=[{"Key": "a", "Value": "b"}])
    ),
    "untag a group": Row(nothing, lambda w: w.scheduler.untag_resource(ResourceArn=GROUP, TagKeys=["k"])),
    "time passes": Row(once, an_hour, again=True),
    "time passes, and a target refuses": Row(throttled, an_hour, again=True),
    "reset": Row(once, lambda w: w.cloud.reset()),
}


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_an_interrupted_call_has_happened_or_has_not(name: str, form: Form) -> None:
    wrong = form.wrong_places(ROWS[name], World)
    assert not wrong, "\n".join(wrong)

"""Calls of CloudWatch Logs, and what other services log, into which an exception comes: as a whole, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import strikes
from tests.support.strikes import FORMS, Form

from .support import GROUP, STREAM, deliver, log

pytestmark = [
    pytest.mark.stress,
    # Python only prints what strikes in the end of a generator.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

NAME = {"logGroupName": GROUP}
OTHER = "arn:aws:logs:us-east-1:123456789012:log-group:other"


class World(strikes.World):
    """A cloud with a group, and all that can be asked of CloudWatch Logs."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.logs: Any = self.cloud.client("logs")
        self.logs.create_log_group(logGroupName="other")

    def look(self) -> Any:
        seen: list[Any] = []
        for page in self.logs.get_paginator("describe_log_groups").paginate(PaginationConfig={"PageSize": 1}):
            for group in page["logGroups"]:
                name = {"logGroupName": group["logGroupName"]}
                seen.append(group)
                seen.append(self.logs.describe_log_streams(**name)["logStreams"])
                seen.append(self.logs.filter_log_events(**name)["events"])
        return seen

    def picture(self) -> dict[str, Any]:
        """With what is logged next: numbers of events go on from what there was."""
        seen = super().picture()
        log(self.cloud, "next", stream="next")
        return seen | {"next": self.look()}


Row = strikes.Row[World]


def nothing(w: World) -> None:
    pass


def logged(w: World) -> None:
    log(w.cloud, "one", "two", "three")


def kept(w: World) -> None:
    """A group with a stream."""
    logged(w)
    log(w.cloud, "four")


def deleted(w: World) -> None:
    w.logs.delete_log_group(**NAME)


def streamed(w: World) -> None:
    w.logs.create_log_stream(logGroupName="other", logStreamName="s")


def put(w: World) -> None:
    events = [{"timestamp": 1_767_225_600_000 - number, "message": "x"} for number in (2, 1)]
    w.logs.put_log_events(logGroupName="other", logStreamName="s", logEvents=events)


ROWS: dict[str, Row] = {
    "log into a new group": Row(nothing, logged),
    "log into a new stream": Row(kept, lambda w: log(w.cloud, "x", "y", stream="new")),
    "log on": Row(kept, logged),
    "log what is late": Row(kept, lambda w: log(w.cloud, (1, "x"), (2, "y"))),
    "log after a group was deleted": Row(lambda w: (kept(w), deleted(w)), logged),
    "deliver to a group": Row(nothing, lambda w: deliver(w.cloud, OTHER, "body")),
    "create a group": Row(nothing, lambda w: w.logs.create_log_group(**NAME, tags={"a": "b"})),
    "delete a group": Row(kept, deleted),
    "create a stream": Row(nothing, lambda w: w.logs.create_log_stream(logGroupName="other", logStreamName="s")),
    "delete a stream": Row(kept, lambda w: w.logs.delete_log_stream(**NAME, logStreamName=STREAM)),
    "put into an empty stream": Row(streamed, put),
    "put again": Row(lambda w: (streamed(w), put(w)), put),
    "say how long events are kept": Row(
        nothing, lambda w: w.logs.put_retention_policy(logGroupName="other", retentionInDays=7)
    ),
    "describe groups": Row(kept, lambda w: w.logs.describe_log_groups(limit=1)),
    "describe streams": Row(kept, lambda w: w.logs.describe_log_streams(**NAME, limit=1)),
    "get events": Row(kept, lambda w: w.logs.get_log_events(**NAME, logStreamName=STREAM, limit=1)),
    "filter events": Row(kept, lambda w: w.logs.filter_log_events(**NAME, filterPattern="-two", limit=1)),
}


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_an_interrupted_call_has_happened_or_has_not(name: str, form: Form) -> None:
    wrong = form.wrong_places(ROWS[name], World)
    assert not wrong, "\n".join(wrong)

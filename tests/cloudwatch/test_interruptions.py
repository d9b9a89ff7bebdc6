"""Calls of CloudWatch, and full minutes, into which an exception comes: as a whole, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support import strikes
from tests.support.strikes import FORMS, Form

pytestmark = [
    pytest.mark.stress,
    # Python only prints what strikes in the end of a generator.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

START = datetime(2026, 1, 1, tzinfo=UTC)
TIMES = {"StartTime": START - timedelta(hours=1), "EndTime": START + timedelta(hours=1)}
STAT = {"Metric": {"Namespace": "app", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}
QUERIES = [{"Id": "m", "MetricStat": STAT}, {"Id": "e", "Expression": "m * 2"}]


class World(strikes.World):
    """A cloud with a queue, and all that can be asked of CloudWatch."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.cloudwatch: Any = self.cloud.client("cloudwatch")
        self.sqs: Any = self.cloud.client("sqs")
        self.url = self.sqs.create_queue(QueueName="q")["QueueUrl"]

    def look(self) -> Any:
        visible = self.cloud.metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", QueueName="q")
        sent = self.cloud.metric("AWS/SQS", "NumberOfMessagesSent", QueueName="q")
        mine = self.cloud.metric("app", "m")
        return [one.points(stat) for one in (visible, sent, mine) for stat in ("Sum", "SampleCount")]

    def picture(self) -> dict[str, Any]:
        return super().picture() | {"metrics": self.look()}


Row = strikes.Row[World]


def put(w: World) -> None:
    data = [{"MetricName": "m", "Value": 1}, {"MetricName": "m", "Values": [2, 3]}, {"MetricName": "n", "Value": 4}]
    w.cloudwatch.put_metric_data(Namespace="app", MetricData=data)


def used(w: World) -> None:
    """Metrics, and what was heard and is not written yet."""
    put(w)
    w.sqs.send_message(QueueUrl=w.url, MessageBody="x")


def nothing(w: World) -> None:
    pass


ROWS: dict[str, Row] = {
    "put first": Row(nothing, put),
    "put more": Row(used, put),
    "list": Row(used, lambda w: w.cloudwatch.list_metrics()),
    "statistics": Row(
        used,
        lambda w: w.cloudwatch.get_metric_statistics(
            Namespace="app", MetricName="m", **TIMES, Period=60, Statistics=["Sum"]
        ),
    ),
    "data": Row(used, lambda w: w.cloudwatch.get_metric_data(MetricDataQueries=QUERIES, **TIMES, MaxDatapoints=1)),
    "send": Row(used, lambda w: w.sqs.send_message(QueueUrl=w.url, MessageBody="y")),
    "a minute": Row(used, lambda w: w.cloud.clock.advance(60)),
}


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_an_interrupted_call_has_happened_or_has_not(name: str, form: Form) -> None:
    wrong = form.wrong_places(ROWS[name], World)
    assert not wrong, "\n".join(wrong)

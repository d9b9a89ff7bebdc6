"""Calls about alarms into which an exception comes: as a whole, or not at all; and alarms that time has go off."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import strikes
from tests.support.strikes import FORMS, Form

from .test_alarms import ALARM, TOPIC

pytestmark = [
    pytest.mark.stress,
    # Python only prints what strikes in the end of a generator.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


class World(strikes.World):
    """A cloud with alarms, and somebody whom they tell."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.cw: Any = self.cloud.client("cloudwatch")
        sns: Any = self.cloud.client("sns")
        sns.create_topic(Name="ops")
        sns.subscribe(TopicArn=TOPIC, Protocol="sms", Endpoint="+15555550100")
        self.cw.put_metric_alarm(**{**ALARM, "AlarmName": "there"}, AlarmActions=[TOPIC])
        self.cw.put_composite_alarm(AlarmName="any", AlarmRule="ALARM(there)", AlarmActions=[TOPIC])
        self.cw.put_metric_alarm(**{**ALARM, "AlarmName": "calm", "MetricName": "calm"})
        periods = {"ActionsSuppressorWaitPeriod": 20, "ActionsSuppressorExtensionPeriod": 30}
        self.cw.put_composite_alarm(
            AlarmName="held", AlarmRule="ALARM(there)", AlarmActions=[TOPIC], ActionsSuppressor="calm", **periods
        )
        self.cloud.clock.advance(60)  # the wait of its first change is over

    def look(self) -> Any:
        types = ["MetricAlarm", "CompositeAlarm"]
        alarms = self.cw.describe_alarms(AlarmTypes=types)
        history = self.cw.describe_alarm_history(AlarmTypes=types)["AlarmHistoryItems"]
        history.sort(key=lambda item: (item["Timestamp"], item["AlarmName"]))  # at one moment in any order
        told = [departure.subject or departure.body for departure in self.cloud.outbox]
        return alarms["MetricAlarms"], alarms["CompositeAlarms"], history, told


Row = strikes.Row[World]


def nothing(w: World) -> None:
    pass


def set_state(w: World) -> None:
    w.cw.set_alarm_state(AlarmName="there", StateValue="ALARM", StateReason="test")


def calm(w: World, value: str = "ALARM") -> None:
    w.cw.set_alarm_state(AlarmName="calm", StateValue=value, StateReason="test")


def calmed(w: World) -> None:
    set_state(w)
    calm(w)


def high(w: World) -> None:
    w.cw.put_metric_data(Namespace="app", MetricData=[{"MetricName": "backlog", "Value": 9}])


ROWS: dict[str, Row] = {
    "put an alarm": Row(nothing, lambda w: w.cw.put_metric_alarm(**ALARM)),
    "put it again": Row(nothing, lambda w: w.cw.put_metric_alarm(**{**ALARM, "AlarmName": "there", "Threshold": 9})),
    "put a composite alarm": Row(nothing, lambda w: w.cw.put_composite_alarm(AlarmName="c", AlarmRule="OK(any)")),
    "a wait begins": Row(nothing, set_state),
    "a wait ends": Row(set_state, lambda w: w.cloud.clock.advance(20)),
    "a suppressor comes": Row(set_state, calm),
    "a suppressor goes": Row(calmed, lambda w: calm(w, "OK")),
    "time passes": Row(high, lambda w: w.cloud.clock.advance(60)),
    "disable actions": Row(nothing, lambda w: w.cw.disable_alarm_actions(AlarmNames=["there", "any"])),
    "delete an alarm": Row(set_state, lambda w: w.cw.delete_alarms(AlarmNames=["there"])),
    "describe alarms": Row(high, lambda w: w.cw.describe_alarms()),
}


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_an_interrupted_call_has_happened_or_has_not(name: str, form: Form) -> None:
    wrong = form.wrong_places(ROWS[name], World)
    assert not wrong, "\n".join(wrong)

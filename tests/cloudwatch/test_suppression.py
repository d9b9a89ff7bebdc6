"""Composite alarms whose actions another alarm holds back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import minicloud
from tests.support.ways import error_class

TOPIC = "arn:aws:sns:us-east-1:123456789012:ops"
BOTH = {"AlarmActions": [TOPIC], "OKActions": [TOPIC]}


class Watched:
    """A composite alarm ``c`` on the alarm ``child``, which ``calm`` holds back; and what a topic was told."""

    def __init__(self, cloud: minicloud.Cloud, cloudwatch: Any, wait: int = 20, extension: int = 30) -> None:
        self.cloud = cloud
        self.cloudwatch = cloudwatch
        sns = cloud.client("sns")
        sns.create_topic(Name="ops")
        sns.subscribe(TopicArn=TOPIC, Protocol="sms", Endpoint="+15555550100")
        self.begun = cloud.clock.now()
        for name in ("child", "calm"):
            cloudwatch.put_composite_alarm(AlarmName=name, AlarmRule="FALSE")
        cloudwatch.put_composite_alarm(
            AlarmName="c", AlarmRule="ALARM(child)", **self.settings(wait, extension), **BOTH
        )
        cloud.clock.advance(wait)
        self.sent = len(cloud.outbox)

    @staticmethod
    def settings(wait: int, extension: int) -> dict[str, Any]:
        return {
            "ActionsSuppressor": "calm",
            "ActionsSuppressorWaitPeriod": wait,
            "ActionsSuppressorExtensionPeriod": extension,
        }

    def set(self, name: str, *, on: bool) -> None:
        value = "ALARM" if on else "OK"
        self.cloudwatch.set_alarm_state(AlarmName=name, StateValue=value, StateReason="test")

    def told(self) -> list[str]:
        """In which states it was told to be, since it was last asked."""
        new = list(self.cloud.outbox)[self.sent :]
        self.sent += len(new)
        return ["ALARM" if '"NewStateValue":"ALARM"' in one.body else "OK" for one in new]

    def by(self) -> str | None:
        (shown,) = self.cloudwatch.describe_alarms(AlarmNames=["c"], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
        by: str | None = shown.get("ActionsSuppressedBy")
        assert shown.get("ActionsSuppressedReason") == (by and f"Actions suppressed by {by}")
        return by


def test_waiting_and_being_held_back(cloud: minicloud.Cloud, cloudwatch: Any) -> None:
    watched = Watched(cloud, cloudwatch)
    advance = cloud.clock.advance
    # Nobody holds it back: after the wait its actions run.
    watched.set("child", on=True)
    advance(19)
    assert (watched.told(), watched.by()) == ([], "WaitPeriod")
    advance(1)
    assert (watched.told(), watched.by()) == (["ALARM"], None)
    # Each change waits anew, and the latest one counts.
    watched.set("child", on=False)
    advance(10)
    watched.set("child", on=True)
    advance(19)
    assert watched.told() == []
    advance(1)
    assert watched.told() == ["ALARM"]
    # The suppressor comes while it waits, and goes: the extension.
    watched.set("child", on=False)
    advance(10)
    watched.set("calm", on=True)
    assert watched.by() == "Alarm"
    advance(3600)
    watched.set("child", on=True)
    watched.set("child", on=False)
    assert (watched.told(), watched.by()) == ([], "Alarm")
    watched.set("calm", on=False)
    advance(20)
    watched.set("child", on=True)  # which makes the extension no longer
    assert (watched.told(), watched.by()) == ([], "ExtensionPeriod")
    watched.set("calm", on=True)  # and back
    watched.set("calm", on=False)
    advance(29)
    assert watched.told() == []
    advance(1)
    assert (watched.told(), watched.by()) == (["ALARM"], None)
    # What has told everything has nothing to tell when it is held back, and let go.
    watched.set("calm", on=True)
    assert watched.by() == "Alarm"
    watched.set("calm", on=False)
    advance(30)
    assert (watched.told(), watched.by()) == ([], None)
    # A suppressor that is no more holds nothing back; nor does one that the alarm has no more.
    watched.set("calm", on=True)
    watched.set("child", on=False)
    cloudwatch.delete_alarms(AlarmNames=["calm"])
    assert watched.by() == "ExtensionPeriod"
    cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule="ALARM(child)", **BOTH)
    assert (watched.told(), watched.by()) == (["OK"], None)


def test_what_is_asked_for_and_shown(cloud: minicloud.Cloud, cloudwatch: Any) -> None:
    watched = Watched(cloud, cloudwatch, 0, 0)
    (shown,) = cloudwatch.describe_alarms(AlarmNames=["c"], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert {name: shown[name] for name in watched.settings(0, 0)} == watched.settings(0, 0)
    watched.set("child", on=True)  # without a period there is no wait
    assert watched.told() == ["ALARM"]
    watched.set("calm", on=True)
    watched.set("child", on=False)
    watched.set("calm", on=False)
    assert watched.told() == ["OK"]
    heard: list[Any] = []
    cloud.on_alarm("c", heard.append)  # a test's own callable is not held back
    watched.set("calm", on=True)
    watched.set("child", on=True)
    assert [change.state for change in heard] == ["ALARM"]

    def refused(**more: Any) -> str:
        with pytest.raises(error_class("ClientError")) as caught:
            cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule="ALARM(child)", **more)
        error = caught.value.response["Error"]  # type: ignore[attr-defined]
        assert error["Code"] == "ValidationError"
        text: str = error["Message"]
        return text

    settings = watched.settings(1, 1)
    assert refused(**{**settings, "ActionsSuppressor": "nobody"}) == "ActionsSuppressor [nobody] does not exist"
    assert "its own" in refused(**{**settings, "ActionsSuppressor": "c"})
    assert "must not be negative" in refused(**{**settings, "ActionsSuppressorWaitPeriod": -1})
    for name in ("ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod"):
        assert refused(**{key: value for key, value in settings.items() if key != name}).startswith(name)
    assert "without ActionsSuppressor" in refused(ActionsSuppressorWaitPeriod=1)


STEP = st.sampled_from(["child", "calm", "pass"])


@given(st.lists(STEP, max_size=25), st.integers(0, 3), st.integers(0, 3))
def test_against_a_slow_one(steps: list[str], wait: int, extension: int) -> None:
    """Second by second: what AWS's words say of it, without any event."""
    with minicloud.Cloud(clock="virtual", region_name="us-east-1") as cloud:
        watched = Watched(cloud, cloud.client("cloudwatch"), wait, extension)
        on = {"child": False, "calm": False}
        waits: list[int] = []  # of a change
        goes_on = 0  # the extension
        expected: list[str] = []
        pending = ""

        def look() -> None:
            nonlocal pending
            if pending and not on["calm"] and not goes_on and not waits:
                expected.append(pending)
                pending = ""

        for step in steps:
            if step == "pass":
                cloud.clock.advance(1)
                goes_on = max(goes_on - 1, 0)
                waits = [left - 1 for left in waits if left > 1]
            else:
                on[step] = not on[step]
                watched.set(step, on=on[step])
                if step == "child":
                    pending = "ALARM" if on["child"] else "OK"
                    waits = [wait] if wait and not on["calm"] and not goes_on else []
                else:
                    waits = []
                    goes_on = 0 if on["calm"] else extension
            look()
        assert watched.told() == expected


def test_a_snapshot_has_what_is_held_back(cloud: minicloud.Cloud) -> None:
    watched = Watched(cloud, cloud.client("cloudwatch"))
    watched.set("child", on=True)
    before = cloud.snapshot()
    for _ in range(2):
        cloud.clock.advance(20)
        assert watched.told() == ["ALARM"]
        cloud.restore(before)
        watched.sent -= 1
        assert watched.by() == "WaitPeriod"
    assert cloud.clock.now() > datetime(2020, 1, 1, tzinfo=UTC)

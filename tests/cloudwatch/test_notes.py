"""Samples with the machine's time on a clock of the cloud's own: the refusal has a note that says what time it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import minicloud
from tests.support.notes import Noted, noted

__all__ = ["noted"]

NOW = datetime.now(UTC)
FUTURE = timedelta(days=300)


def sample(moment: object) -> dict[str, Any]:
    return {"Namespace": "shop", "MetricData": [{"MetricName": "Orders", "Value": 1, "Timestamp": moment}]}


def stands(moment: datetime) -> str:
    return (
        f"the cloud's clock stands at {moment:%Y-%m-%d %H:%M:%S}: use cloud.clock.now(), or a clock that begins now, "
        "clock=VirtualClock(datetime.now(timezone.utc)) (in pytest's ini file, minicloud_clock_start = now)"
    )


def test_the_machines_time(cloud: minicloud.Cloud, cloudwatch: Any, noted: Noted) -> None:
    cloud.clock.advance(61)
    for moment in (NOW, NOW.timestamp(), NOW - timedelta(hours=14)):  # a zone may have been left out
        notes = noted(cloudwatch.put_metric_data, "InvalidParameterValue", **sample(moment))
        assert notes == [stands(cloud.clock.now())]
    assert cloudwatch.list_metrics()["Metrics"] == []


def test_a_time_that_a_test_means(cloud: minicloud.Cloud, cloudwatch: Any, noted: Noted) -> None:
    start = cloud.clock.now()
    for moment in (start + timedelta(hours=3), start - timedelta(days=15), NOW - timedelta(days=2), NOW + FUTURE):
        assert noted(cloudwatch.put_metric_data, "InvalidParameterValue", **sample(moment)) == []


@pytest.mark.parametrize("kind", [minicloud.VirtualClock, minicloud.VirtualClock.__base__])
def test_a_clock_ahead_of_the_machine(kind: Any, noted: Noted) -> None:
    with minicloud.Cloud(clock=kind(NOW + FUTURE)) as cloud:
        put = cloud.client("cloudwatch").put_metric_data
        assert noted(put, "InvalidParameterValue", **sample(NOW)) == [stands(NOW + FUTURE)]


@pytest.mark.parametrize(
    "clock", ["real", minicloud.VirtualClock(NOW), minicloud.VirtualClock(NOW + timedelta(hours=20))]
)
def test_a_clock_that_says_what_the_machine_does(clock: Any, noted: Noted) -> None:
    with minicloud.Cloud(clock=clock) as cloud:
        put = cloud.client("cloudwatch").put_metric_data
        for moment in (cloud.clock.now() + timedelta(hours=3), cloud.clock.now() - timedelta(days=15)):
            assert noted(put, "InvalidParameterValue", **sample(moment)) == []

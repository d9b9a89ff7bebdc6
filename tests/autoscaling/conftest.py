"""Application Auto Scaling through a client of each way in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import minicloud
from tests.support.clients import cloudwatch, in_virginia
from tests.support.ways import MakeClient

__all__ = ["cloudwatch", "in_virginia"]

KEY = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/default/web",
    "ScalableDimension": "ecs:service:DesiredCount",
}


@pytest.fixture
def scaling(make_client: MakeClient) -> Any:
    return make_client("application-autoscaling")


@pytest.fixture
def measure(cloud: minicloud.Cloud, cloudwatch: Any) -> Callable[..., None]:
    """Put a value of a metric ``app load``, and let a minute pass; that again for each value."""

    def one_by_one(*values: float, name: str = "load") -> None:
        for value in values:
            cloudwatch.put_metric_data(Namespace="app", MetricData=[{"MetricName": name, "Value": value}])
            cloud.clock.advance(60)

    return one_by_one

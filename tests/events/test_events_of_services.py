"""What services put on the default bus by themselves."""

from __future__ import annotations

import json
from typing import Any

import minicloud
from minicloud.core.effects import Deliver

from .support import DEFAULT_BUS, PLACE, rule_to

_ALARM: dict[str, Any] = {
    "AlarmName": "deep",
    "AlarmDescription": "too deep",
    "Namespace": "app",
    "MetricName": "backlog",
    "Dimensions": [{"Name": "queue", "Value": "jobs"}],
    "Statistic": "Maximum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 3,
    "ComparisonOperator": "GreaterThanThreshold",
}


def test_changes_of_alarms(cloud: minicloud.Cloud, events: Any, sqs: Any) -> None:
    cloudwatch = cloud.client("cloudwatch")
    cloudwatch.put_metric_alarm(**_ALARM)
    cloudwatch.put_composite_alarm(AlarmName="any", AlarmRule="ALARM(deep)")
    cloudwatch.set_alarm_state(AlarmName="deep", StateValue="OK", StateReason="before anybody listens")
    sqs.create_queue(QueueName="changes")
    pattern = {"source": ["aws.cloudwatch"], "detail": {"state": {"value": ["ALARM"]}}}
    rule_to(events, cloud.queue("changes").arn, pattern=pattern)
    datum = {"MetricName": "backlog", "Dimensions": _ALARM["Dimensions"], "Value": 9}
    cloudwatch.put_metric_data(Namespace="app", MetricData=[datum])
    cloud.clock.advance(60)
    first, second = (json.loads(body) for body in cloud.queue("changes").bodies)
    assert (first["detail-type"], first["source"]) == ("CloudWatch Alarm State Change", "aws.cloudwatch")
    assert first["resources"] == [f"arn:aws:cloudwatch:{PLACE}:alarm:deep"]
    detail = first["detail"]
    assert (detail["alarmName"], detail["state"]["value"], detail["previousState"]["value"]) == ("deep", "ALARM", "OK")
    assert detail["state"]["timestamp"] == "2026-01-01T00:01:00.000+0000"
    (metric,) = detail["configuration"]["metrics"]
    assert metric["metricStat"]["metric"] == {"namespace": "app", "name": "backlog", "dimensions": {"queue": "jobs"}}
    assert detail["configuration"]["description"] == "too deep"
    assert second["detail"]["configuration"] == {"alarmRule": "ALARM(deep)"}
    # Those from before its first use may be there: making a client of minicloud's own is one.
    assert [event["detail"]["alarmName"] for event in cloud.bus().events][-2:] == ["deep", "any"]


_REQUIRED = ("source", "detail-type", "detail")


def test_a_service_puts_an_event_though_nobody_has_looked_at_the_bus(cloud: Any) -> None:
    """S3 does so, and Scheduler: what is missing of the event the bus adds."""
    parts = {"source": "aws.s3", "detail-type": "Object Created", "resources": ["r"], "detail": {"key": "é"}}

    def put(body: str) -> list[str]:
        failed: list[str] = []
        delivery = Deliver(DEFAULT_BUS, body, on_failure=lambda _, reason: failed.append(reason))
        cloud.change("a service", lambda _: cloud.effects.append(delivery))
        return failed

    assert put(json.dumps(parts)) == []
    (event,) = cloud.bus().events
    assert {name: event[name] for name in parts} == parts
    assert (event["account"], event["time"]) == ("123456789012", "2026-01-01T00:00:00Z")
    lacking = [json.dumps({name: parts[name] for name in parts if name != one}) for one in _REQUIRED]
    for body in ("text", "{}", "[]", '{"source": NaN}', *lacking):
        assert put(body) == ["InvalidArgument: it is not an event"], body
    beyond = json.dumps(parts).replace('"\\u00e9"', "-1e400")  # all doubles
    assert beyond != json.dumps(parts)
    wrong = [json.dumps({**parts, name: ["text"]}) for name in _REQUIRED]
    for body in (beyond, json.dumps({**parts, "detail": "text"}), *wrong):
        assert put(body) == ["MalformedDetail: it is not an event"], body
    assert cloud.bus().events == [event]

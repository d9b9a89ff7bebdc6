"""What an alarm tells when it changes: the message of a topic, the event of a function, and the items of its history.

The message for a topic is a recording of AWS with other values; so are the data of a change of state. That a composite
alarm tells its rule and the children that led to it, and the event of a function, are as documented. [CloudWatch user
guide: alarm notifications, Lambda actions]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from json import dumps
from typing import Any, Final

from ...core.json_text import compact
from ...core.timestamps import datetime_of
from .alarm import AlarmState, CompositeAlarm, MetricAlarm, SomeAlarm
from .evaluation import Decision, Point

__all__ = [
    "configuration_data",
    "event_of",
    "message_of",
    "reason_data",
    "state_change_data",
    "subject_of",
    "triggering_data",
]

_BLANKS: Final = re.compile(r'("(?:[^"\\]|\\.)*")|[ \t\n\r]+')
"""Texts of JSON, to be kept, and the blanks between what is not text."""
_REGIONS: Final = {
    "af-south-1": "Africa (Cape Town)",
    "ap-east-1": "Asia Pacific (Hong Kong)",
    "ap-northeast-1": "Asia Pacific (Tokyo)",
    "ap-northeast-2": "Asia Pacific (Seoul)",
    "ap-northeast-3": "Asia Pacific (Osaka)",
    "ap-south-1": "Asia Pacific (Mumbai)",
    "ap-south-2": "Asia Pacific (Hyderabad)",
    "ap-southeast-1": "Asia Pacific (Singapore)",
    "ap-southeast-2": "Asia Pacific (Sydney)",
    "ap-southeast-3": "Asia Pacific (Jakarta)",
    "ap-southeast-4": "Asia Pacific (Melbourne)",
    "ca-central-1": "Canada (Central)",
    "ca-west-1": "Canada West (Calgary)",
    "cn-north-1": "China (Beijing)",
    "cn-northwest-1": "China (Ningxia)",
    "eu-central-1": "EU (Frankfurt)",
    "eu-central-2": "Europe (Zurich)",
    "eu-north-1": "EU (Stockholm)",
    "eu-south-1": "Europe (Milan)",
    "eu-south-2": "Europe (Spain)",
    "eu-west-1": "EU (Ireland)",
    "eu-west-2": "EU (London)",
    "eu-west-3": "EU (Paris)",
    "il-central-1": "Israel (Tel Aviv)",
    "me-central-1": "Middle East (UAE)",
    "me-south-1": "Middle East (Bahrain)",
    "sa-east-1": "South America (Sao Paulo)",
    "us-east-1": "US East (N. Virginia)",
    "us-east-2": "US East (Ohio)",
    "us-gov-east-1": "AWS GovCloud (US-East)",
    "us-gov-west-1": "AWS GovCloud (US-West)",
    "us-west-1": "US West (N. California)",
    "us-west-2": "US West (Oregon)",
}
"""What notifications call a region [AWS's table of endpoints]; one that is not here by its own name."""
_STATISTICS: Final = {
    "SampleCount": "SAMPLE_COUNT",
    "Average": "AVERAGE",
    "Sum": "SUM",
    "Minimum": "MINIMUM",
    "Maximum": "MAXIMUM",
}
_LONGEST_SUBJECT: Final = 100


def timestamp(moment: int) -> str:
    """A moment as alarms tell it: ``2025-11-25T16:01:00.123+0000``."""
    return f"{datetime_of(moment).isoformat(timespec='milliseconds')[:-6]}+0000"


def subject_of(alarm: SomeAlarm, state: AlarmState, region_name: str) -> str:
    """The subject of a notification, which SNS has of up to 100 characters."""
    subject = f'{state.value}: "{alarm.name}" in {_REGIONS.get(region_name, region_name)}'
    return subject if len(subject) <= _LONGEST_SUBJECT else f"{subject[: _LONGEST_SUBJECT - 3]}..."


def message_of(alarm: SomeAlarm, old: AlarmState, new: AlarmState, account_id: str, region_name: str) -> str:
    """What a topic is told, as JSON."""
    settings = alarm.settings
    told: dict[str, Any] = {
        "AlarmName": alarm.name,
        "AlarmDescription": settings.get("AlarmDescription"),
        "AWSAccountId": account_id,
        "AlarmConfigurationUpdatedTimestamp": timestamp(alarm.configured),
        "NewStateValue": new.value,
        "NewStateReason": new.reason,
        "StateChangeTime": timestamp(new.updated),
        "Region": _REGIONS.get(region_name, region_name),
        "AlarmArn": alarm.arn,
        "OldStateValue": old.value,
        "OKActions": list(settings["OKActions"]),
        "AlarmActions": list(settings["AlarmActions"]),
        "InsufficientDataActions": list(settings["InsufficientDataActions"]),
    }
    if isinstance(alarm, CompositeAlarm):
        told["AlarmRule"] = alarm.rule.text
        told["TriggeringChildren"] = _triggering_children(new)
    else:
        told["Trigger"] = _trigger(settings)
    return dumps(told, ensure_ascii=False, separators=(",", ":"))


def _triggering_children(state: AlarmState) -> list[dict[str, Any]]:
    """The alarms that the data of a state name; those that SetAlarmState was given may say anything."""
    from json import loads

    try:
        return list(map(_triggering_child, loads(state.data or "{}")["triggeringAlarms"]))
    except (KeyError, RecursionError, TypeError):
        return []


def _triggering_child(child: Any) -> dict[str, Any]:
    told = child["arn"], child["state"]["value"], child["state"]["timestamp"]
    if not all(isinstance(one, str) for one in told):
        raise TypeError("it names no alarm")
    return {"Arn": told[0], "State": {"Value": told[1], "Timestamp": told[2]}}


def _trigger(settings: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if "Metrics" not in settings:
        told["MetricName"] = settings["MetricName"]
        told["Namespace"] = settings["Namespace"]
        if "Statistic" in settings:
            told["StatisticType"] = "Statistic"
            told["Statistic"] = _STATISTICS[settings["Statistic"]]
        else:
            told["StatisticType"] = "ExtendedStatistic"
            told["ExtendedStatistic"] = settings["ExtendedStatistic"]
        told["Unit"] = settings.get("Unit")
        told["Dimensions"] = _dimensions(settings.get("Dimensions", ()))
    if "Period" in settings:
        told["Period"] = settings["Period"]
    told["EvaluationPeriods"] = settings["EvaluationPeriods"]
    if "DatapointsToAlarm" in settings:
        told["DatapointsToAlarm"] = settings["DatapointsToAlarm"]
    told["ComparisonOperator"] = settings["ComparisonOperator"]
    told["Threshold"] = settings["Threshold"]
    told["TreatMissingData"] = settings.get("TreatMissingData", "missing")
    told["EvaluateLowSampleCountPercentile"] = settings.get("EvaluateLowSampleCountPercentile", "")
    if "Metrics" in settings:
        told["Metrics"] = [_query(query) for query in settings["Metrics"]]
    return told


def _dimensions(dimensions: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    return [{"value": one["Value"], "name": one["Name"]} for one in dimensions]


def _query(query: Mapping[str, Any]) -> dict[str, Any]:
    told = dict(query)
    if "MetricStat" in query:
        stat = query["MetricStat"]
        metric = stat["Metric"]
        told["MetricStat"] = {
            **stat,
            "Metric": {
                "Dimensions": _dimensions(metric.get("Dimensions", ())),
                "MetricName": metric["MetricName"],
                "Namespace": metric["Namespace"],
            },
        }
    return told


# --- functions --------------------------------------------------------------------------------------------------------


def _configuration_of_event(alarm: SomeAlarm) -> dict[str, Any]:
    configuration: dict[str, Any] = {}
    if "AlarmDescription" in alarm.settings:
        configuration["description"] = alarm.settings["AlarmDescription"]
    if isinstance(alarm, CompositeAlarm):
        configuration["alarmRule"] = alarm.rule.text
    else:
        configuration["metrics"] = _metrics_of_event(alarm.settings)
    return configuration


def bus_event_of(alarm: SomeAlarm, old: AlarmState, new: AlarmState) -> str:
    """What is put on the default bus: the parts of an event, as JSON. [CloudWatch user guide: EventBridge]"""
    event = {
        "source": "aws.cloudwatch",
        "detail-type": "CloudWatch Alarm State Change",
        "resources": [alarm.arn],
        "detail": {
            "alarmName": alarm.name,
            "state": _state_of_event(new),
            "previousState": _state_of_event(old),
            "configuration": _configuration_of_event(alarm),
        },
    }
    return dumps(event, ensure_ascii=False, separators=(",", ":"))


def event_of(alarm: SomeAlarm, old: AlarmState, new: AlarmState, account_id: str, region_name: str) -> str:
    """What a function is told, as JSON."""
    event = {
        "source": "aws.cloudwatch",
        "alarmArn": alarm.arn,
        "accountId": account_id,
        "time": timestamp(new.updated),
        "region": region_name,
        "alarmData": {
            "alarmName": alarm.name,
            "state": _state_of_event(new),
            "previousState": _state_of_event(old),
            "configuration": _configuration_of_event(alarm),
        },
    }
    return dumps(event, ensure_ascii=False, separators=(",", ":"))


def _state_of_event(state: AlarmState) -> dict[str, str]:
    told: dict[str, str] = {"value": state.value, "reason": state.reason}
    if state.data is not None:
        told["reasonData"] = state.data
    return told | {"timestamp": timestamp(state.updated)}


def _metrics_of_event(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    queries = settings.get("Metrics")
    if queries is None:
        metric = {name: settings[name] for name in ("Namespace", "MetricName", "Dimensions") if name in settings}
        stat = {"Metric": metric, "Period": settings["Period"], "Stat": settings.get("Statistic")}
        if "ExtendedStatistic" in settings:
            stat["Stat"] = settings["ExtendedStatistic"]
        if "Unit" in settings:
            stat["Unit"] = settings["Unit"]
        queries = [{"Id": "m1", "MetricStat": stat}]
    told = []
    for query in queries:
        one: dict[str, Any] = {"id": query["Id"]}
        if "MetricStat" in query:
            stat = query["MetricStat"]
            metric = stat["Metric"]
            one["metricStat"] = {
                "metric": {
                    "namespace": metric["Namespace"],
                    "name": metric["MetricName"],
                    "dimensions": {each["Name"]: each["Value"] for each in metric.get("Dimensions", ())},
                },
                "period": stat["Period"],
                "stat": stat["Stat"],
            }
            if "Unit" in stat:
                one["metricStat"]["unit"] = stat["Unit"]
        else:
            one["expression"] = query["Expression"]
        if "Label" in query:
            one["label"] = query["Label"]
        one["returnData"] = query.get("ReturnData", True)
        told.append(one)
    return told


# --- what programs read -----------------------------------------------------------------------------------------------


def reason_data(alarm: MetricAlarm, decision: Decision, now: int) -> str:
    """The data of a decision, as JSON."""
    settings, points = alarm.settings, decision.points
    told: dict[str, Any] = {"version": "1.0", "queryDate": timestamp(now)}
    if points:
        told["startDate"] = timestamp(points[-1].moment)
    if "Unit" in settings:
        told["unit"] = settings["Unit"]
    statistic = settings.get("Statistic", settings.get("ExtendedStatistic"))
    if statistic is not None:
        told["statistic"] = statistic
    told["period"] = alarm.period // 1_000_000_000
    told["recentDatapoints"] = [point.value for point in reversed(points)]
    told["threshold"] = settings["Threshold"]
    told["evaluatedDatapoints"] = [_evaluated(point) for point in points]
    return dumps(told, ensure_ascii=False, separators=(",", ":"))


def _evaluated(point: Point) -> dict[str, Any]:
    told: dict[str, Any] = {"timestamp": timestamp(point.moment)}
    if point.samples is not None:
        told["sampleCount"] = point.samples
    return told | {"value": point.value}


def triggering_data(children: Iterable[SomeAlarm]) -> str:
    """The data of a composite alarm's change, as JSON: the children that led to it."""
    told = [
        {"arn": one.arn, "state": {"value": one.state.value, "timestamp": timestamp(one.state.updated)}}
        for one in children
    ]
    return dumps({"triggeringAlarms": told}, separators=(",", ":"))


def state_change_data(old: AlarmState, new: AlarmState) -> str:
    """The data of a change of state in the history, as JSON."""
    return f'{{"version":"1.0","oldState":{_state_of_history(old)},"newState":{_state_of_history(new)}}}'


def _state_of_history(state: AlarmState) -> str:
    told = compact({"stateValue": state.value, "stateReason": state.reason})
    return told if state.data is None else f'{told[:-1]},"stateReasonData":{_compact_data(state.data)}}}'


def _compact_data(data: str) -> str:
    """The data of a state, as they stand in other JSON; blank by blank where Python has no depth left to read them."""
    from json import loads

    try:
        return compact(loads(data))
    except RecursionError:
        return _BLANKS.sub(r"\1", data)


def configuration_data(alarm: SomeAlarm, change: str, settings: Mapping[str, Any]) -> str:
    """The data of a change of an alarm's settings in its history, as JSON."""
    members = {name[0].lower() + name[1:]: value for name, value in settings.items()}
    told = {
        "version": "1.0",
        "type": change,
        "updatedAlarm": {"alarmName": alarm.name, "alarmArn": alarm.arn, **members},
    }
    return dumps(told, ensure_ascii=False, separators=(",", ":"), default=str)

"""Alarms: what there is, and what happened to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final

from ....core.operation import operation
from ....core.unset import UNSET
from .. import alarm_shapes, constraints, errors, shapes
from ..alarm import CompositeAlarm, MetricAlarm, SomeAlarm
from ..constraints import check, dimension_members
from ..metric import dimensions_of
from ..state import CloudWatchState
from .metrics import nanoseconds, timestamp

__all__ = ["AlarmReportOperations"]

_PAGE_SIZE: Final = 100
_FORTNIGHT: Final = 14 * 24 * 3600 * 1_000_000_000


class AlarmReportOperations(CloudWatchState):
    """The operations that show alarms."""

    @operation("DescribeAlarms")
    def describe_alarms(
        self,
        now: int,
        *,
        AlarmNames: alarm_shapes.AlarmNames = UNSET,
        AlarmNamePrefix: alarm_shapes.AlarmName = UNSET,
        AlarmTypes: alarm_shapes.AlarmTypes = UNSET,
        ChildrenOfAlarmName: alarm_shapes.AlarmName = UNSET,
        ParentsOfAlarmName: alarm_shapes.AlarmName = UNSET,
        StateValue: alarm_shapes.StateValue = UNSET,
        ActionPrefix: alarm_shapes.ActionPrefix = UNSET,
        MaxRecords: alarm_shapes.MaxRecords = UNSET,
        NextToken: str = UNSET,
    ) -> alarm_shapes.DescribeAlarmsOutput:
        """Alarms by name, up to 100 a page. O(n log n).

        Of metrics only, unless ``AlarmTypes`` says otherwise, also where names are given. Children and parents of an
        alarm are of all types, and little more than their names is told. [CloudWatch API: DescribeAlarms] Raises
        InvalidParameterCombination for names and a prefix, or relatives and anything else, and InvalidNextToken.
        """
        check(
            ("alarmNames", constraints.ALARM_NAMES, AlarmNames),
            ("alarmNamePrefix", constraints.ALARM_NAME, AlarmNamePrefix),
            *(
                (f"alarmTypes.{number}.member", constraints.ALARM_TYPE, one)
                for number, one in enumerate(AlarmTypes or (), 1)
            ),
            ("childrenOfAlarmName", constraints.ALARM_NAME, ChildrenOfAlarmName),
            ("parentsOfAlarmName", constraints.ALARM_NAME, ParentsOfAlarmName),
            ("stateValue", constraints.STATE_VALUE, StateValue),
            ("actionPrefix", constraints.ACTION_PREFIX, ActionPrefix),
            ("maxRecords", constraints.MAX_RECORDS, MaxRecords),
        )
        if AlarmNames is not UNSET and AlarmNamePrefix is not UNSET:
            raise errors.names_and_prefix()
        others = AlarmNames, AlarmNamePrefix, AlarmTypes, StateValue, ActionPrefix
        relatives = {"ChildrenOfAlarmName": ChildrenOfAlarmName, "ParentsOfAlarmName": ParentsOfAlarmName}
        asked = {name: value for name, value in relatives.items() if value is not UNSET}
        for name in asked:
            if len(asked) > 1 or any(other is not UNSET for other in others):
                raise errors.relatives_alone(name)
        begin = self._begin_of("alarms", now, NextToken)
        self.begin(now)
        found = list(self.alarms.items.values())
        members: Any = None
        for name, value in asked.items():
            found = self._relatives(value, name == "ChildrenOfAlarmName")
            members = _TOLD_OF[name]
        types: Any = AlarmTypes
        if types is UNSET:
            types = _TYPES if asked else ("MetricAlarm",)
        found = [
            one
            for one in sorted(found, key=lambda one: one.name)
            if one.type in types
            and (AlarmNames is UNSET or one.name in AlarmNames)
            and (AlarmNamePrefix is UNSET or one.name.startswith(AlarmNamePrefix))
            and StateValue in (UNSET, one.state.value)
            and (ActionPrefix is UNSET or any(arn.startswith(ActionPrefix) for arn in _actions_of(one)))
        ]
        end = begin + (_PAGE_SIZE if MaxRecords is UNSET else MaxRecords)
        page = found[begin:end]
        answer: alarm_shapes.DescribeAlarmsOutput = {
            "CompositeAlarms": [_composite(one, members) for one in page if isinstance(one, CompositeAlarm)],
            "MetricAlarms": [_metric(one, members) for one in page if isinstance(one, MetricAlarm)],
        }
        if len(found) > end:
            answer["NextToken"] = self.tokens.make("alarms", now, end)
        return answer

    @operation("DescribeAlarmsForMetric")
    def describe_alarms_for_metric(
        self,
        now: int,
        *,
        MetricName: shapes.MetricName,
        Namespace: shapes.Namespace,
        Statistic: shapes.Statistic = UNSET,
        ExtendedStatistic: str = UNSET,
        Dimensions: shapes.Dimensions = UNSET,
        Period: shapes.Period = UNSET,
        Unit: shapes.StandardUnit = UNSET,
    ) -> alarm_shapes.DescribeAlarmsForMetricOutput:
        """The alarms on a metric with just these dimensions; not those on expressions over it. O(n log n)."""
        check(
            ("metricName", constraints.METRIC_NAME, MetricName),
            ("namespace", constraints.NAMESPACE, Namespace),
            ("statistic", constraints.STATISTIC, Statistic),
            *dimension_members("dimensions", Dimensions),
            ("period", constraints.PERIOD, Period),
            ("unit", constraints.UNIT, Unit),
        )
        wanted = {
            "MetricName": MetricName,
            "Namespace": Namespace,
            "Statistic": Statistic,
            "ExtendedStatistic": ExtendedStatistic,
            "Period": Period,
            "Unit": Unit,
        }
        given: Any = Dimensions or ()
        dimensions = dimensions_of(given)
        self.begin(now)
        return {
            "MetricAlarms": [
                _metric(one)
                for _, one in sorted(self.alarms.items.items())
                if isinstance(one, MetricAlarm)
                and all(value in (UNSET, one.settings.get(name)) for name, value in wanted.items())
                and dimensions_of(one.settings.get("Dimensions", ())) == dimensions
            ]
        }

    @operation("DescribeAlarmHistory")
    def describe_alarm_history(
        self,
        now: int,
        *,
        AlarmName: alarm_shapes.AlarmName = UNSET,
        AlarmContributorId: alarm_shapes.ContributorId = UNSET,
        AlarmTypes: alarm_shapes.AlarmTypes = UNSET,
        HistoryItemType: alarm_shapes.HistoryItemType = UNSET,
        StartDate: shapes.Timestamp = UNSET,
        EndDate: shapes.Timestamp = UNSET,
        MaxRecords: alarm_shapes.MaxRecords = UNSET,
        NextToken: str = UNSET,
        ScanBy: shapes.ScanBy = UNSET,
    ) -> alarm_shapes.DescribeAlarmHistoryOutput:
        """What happened to alarms in the last two weeks, latest first, up to 100 items a page. O(history).

        Also to such as were deleted. Of metric alarms only, unless ``AlarmTypes`` says otherwise, also where a name is
        given. There are no contributors here, so asking for one finds nothing. Raises InvalidNextToken.
        """
        check(
            ("alarmName", constraints.ALARM_NAME, AlarmName),
            *(
                (f"alarmTypes.{number}.member", constraints.ALARM_TYPE, one)
                for number, one in enumerate(AlarmTypes or (), 1)
            ),
            ("historyItemType", constraints.HISTORY_ITEM_TYPE, HistoryItemType),
            ("maxRecords", constraints.MAX_RECORDS, MaxRecords),
            ("scanBy", constraints.SCAN_BY, ScanBy),
        )
        begin = self._begin_of("history", now, NextToken)
        self.begin(now)
        types: Any = AlarmTypes
        if types is UNSET:
            types = ("MetricAlarm",)
        since = now - _FORTNIGHT if StartDate is UNSET else max(nanoseconds(StartDate), now - _FORTNIGHT)
        until = now if EndDate is UNSET else nanoseconds(EndDate)
        found = [
            one
            for one in self.alarms.history
            if one.type in types
            and AlarmName in (UNSET, one.name)
            and HistoryItemType in (UNSET, one.kind)
            and since <= one.moment <= until
            and AlarmContributorId is UNSET
        ]
        if ScanBy != "TimestampAscending":
            found.reverse()
        end = begin + (_PAGE_SIZE if MaxRecords is UNSET else MaxRecords)
        answer: alarm_shapes.DescribeAlarmHistoryOutput = {
            "AlarmHistoryItems": [
                {
                    "AlarmName": one.name,
                    "AlarmType": one.type,
                    "Timestamp": timestamp(one.moment),
                    "HistoryItemType": one.kind,
                    "HistorySummary": one.summary,
                    "HistoryData": one.data,
                }
                for one in found[begin:end]
            ]
        }
        if len(found) > end:
            answer["NextToken"] = self.tokens.make("history", now, end)
        return answer

    def _begin_of(self, kind: str, now: int, token: str) -> int:
        """Where a page begins. Raises InvalidNextToken."""
        if token is UNSET:
            return 0
        place = self.read_token(kind, now, token)
        if place is None:
            raise errors.alarm_token_invalid()
        return int(place[0])

    def _relatives(self, name: str, children: bool) -> list[SomeAlarm]:
        alarm = self.alarms.items.get(name)
        if alarm is None:
            raise errors.alarm_not_found()
        if not children:
            return list(self.alarms.parents_of(alarm))
        return self.alarms.children_of(alarm) if isinstance(alarm, CompositeAlarm) else []


_TYPES: Final = ("MetricAlarm", "CompositeAlarm")
_TOLD_OF: Final = {
    "ChildrenOfAlarmName": ("AlarmName", "AlarmArn", "StateValue", "StateUpdatedTimestamp"),
    "ParentsOfAlarmName": ("AlarmName", "AlarmArn"),
}
"""What is told of relatives. [CloudWatch API: DescribeAlarms]"""


def _actions_of(alarm: SomeAlarm) -> list[str]:
    settings = alarm.settings
    return [*settings["OKActions"], *settings["AlarmActions"], *settings["InsufficientDataActions"]]


def _state_of(alarm: SomeAlarm) -> dict[str, Any]:
    state = alarm.state
    shown: dict[str, Any] = {
        "StateValue": state.value,
        "StateReason": state.reason,
        "StateUpdatedTimestamp": timestamp(state.updated),
        "StateTransitionedTimestamp": timestamp(state.transitioned),
        "AlarmName": alarm.name,
        "AlarmArn": alarm.arn,
        "AlarmConfigurationUpdatedTimestamp": timestamp(alarm.configured),
    }
    if state.data is not None:
        shown["StateReasonData"] = state.data
    if isinstance(alarm, CompositeAlarm) and alarm.held is not None:
        shown["ActionsSuppressedBy"] = alarm.held.by
        shown["ActionsSuppressedReason"] = f"Actions suppressed by {alarm.held.by}"
    return shown


def _shown(alarm: SomeAlarm, members: Iterable[str]) -> Any:
    """What there is of an alarm, in the order of the model."""
    found = {**_state_of(alarm), **alarm.settings}
    return {name: found[name] for name in members if name in found}


def _metric(alarm: MetricAlarm, members: Collection[str] | None = None) -> alarm_shapes.MetricAlarm:
    shown: alarm_shapes.MetricAlarm = _shown(alarm, _only(alarm_shapes.MetricAlarm.__annotations__, members))
    if "MetricName" in shown:
        shown.setdefault("Dimensions", [])
    return shown


def _composite(alarm: CompositeAlarm, members: Collection[str] | None = None) -> alarm_shapes.CompositeAlarm:
    shown: alarm_shapes.CompositeAlarm = _shown(alarm, _only(alarm_shapes.CompositeAlarm.__annotations__, members))
    return shown


def _only(known: Iterable[str], members: Collection[str] | None) -> list[str]:
    return [name for name in known if members is None or name in members]

"""Alarms: made, changed, switched and deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from ....core.json_text import parse_json
from ....core.operation import operation
from ....core.timeline import SECOND
from ....core.unset import UNSET
from .. import alarm_shapes, constraints, errors, shapes
from ..alarm import CompositeAlarm, MetricAlarm, Reader, SomeAlarm
from ..alarm_rule import parse_rule
from ..constraints import check, dimension_members
from ..metric import Key
from ..reader import MathReader, MetricReader
from ..scaling_orders import is_policy
from ..state import CloudWatchState
from ..statistics import statistic
from ..suppression import SUPPRESSOR
from .data import Evaluation, members_of
from .metrics import unique_dimensions
from .tags import tags_in

__all__ = ["AlarmOperations"]

_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR
_MOST_METRICS: Final = 10
_OF_ONE_METRIC: Final = ("Namespace", "Statistic", "ExtendedStatistic", "Dimensions", "Period", "Unit")
_TARGETS: Final = ("sns", "lambda")
_METRIC_ALARMS: Final = (*_TARGETS, "autoscaling")
"""Policies are told of metric alarms alone. [CloudWatch user guide: composite alarms]"""
_BANDS: Final = ("LowerThreshold", "UpperThreshold")
_OF_METRIC_ALARMS: Final = (
    "MetricName",
    "Namespace",
    "Statistic",
    "ExtendedStatistic",
    "Dimensions",
    "Period",
    "Unit",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "Threshold",
    "ComparisonOperator",
    "TreatMissingData",
    "EvaluateLowSampleCountPercentile",
    "Metrics",
)


class AskedFor(NamedTuple):
    """What the parameters of PutMetricAlarm ask for."""

    settings: dict[str, Any]
    reader: Reader
    period: int
    """In seconds."""
    fewest_samples: float


class AlarmOperations(CloudWatchState):
    """The operations that change alarms."""

    @operation("PutMetricAlarm")
    def put_metric_alarm(
        self,
        now: int,
        *,
        AlarmName: alarm_shapes.AlarmName,
        AlarmDescription: str = UNSET,
        ActionsEnabled: bool = UNSET,
        OKActions: alarm_shapes.ResourceList = UNSET,
        AlarmActions: alarm_shapes.ResourceList = UNSET,
        InsufficientDataActions: alarm_shapes.ResourceList = UNSET,
        MetricName: shapes.MetricName = UNSET,
        Namespace: shapes.Namespace = UNSET,
        Statistic: shapes.Statistic = UNSET,
        ExtendedStatistic: str = UNSET,
        Dimensions: shapes.Dimensions = UNSET,
        Period: shapes.Period = UNSET,
        Unit: shapes.StandardUnit = UNSET,
        EvaluationPeriods: alarm_shapes.EvaluationPeriods = UNSET,
        DatapointsToAlarm: alarm_shapes.DatapointsToAlarm = UNSET,
        Threshold: float = UNSET,
        ComparisonOperator: alarm_shapes.ComparisonOperator = UNSET,
        TreatMissingData: alarm_shapes.TreatMissingData = UNSET,
        EvaluateLowSampleCountPercentile: alarm_shapes.EvaluateLowSampleCountPercentile = UNSET,
        Metrics: shapes.MetricDataQueries = UNSET,
        Tags: shapes.TagList = UNSET,
        ThresholdMetricId: shapes.MetricId = UNSET,
        EvaluationWindow: alarm_shapes.EvaluationWindow = UNSET,
        WarmUpConfiguration: alarm_shapes.WarmUpConfiguration = UNSET,
        EvaluationCriteria: alarm_shapes.EvaluationCriteria = UNSET,
        EvaluationInterval: alarm_shapes.EvaluationInterval = UNSET,
        ActionConfiguration: alarm_shapes.ActionConfiguration = UNSET,
    ) -> None:
        """Make an alarm on a metric, or on an expression over metrics; or give one other settings. O(alarms).

        It is evaluated each minute, for the periods that end there. One that there was keeps its state, and its tags.
        Raises ValidationError, MissingParameter, InvalidParameterCombination and InvalidParameterValue for what is
        wrong; ``UsageError`` for actions other than topics and functions, and for what minicloud does not evaluate.
        """
        given = {
            "AlarmName": AlarmName,
            "AlarmDescription": AlarmDescription,
            "ActionsEnabled": ActionsEnabled,
            "OKActions": OKActions,
            "AlarmActions": AlarmActions,
            "InsufficientDataActions": InsufficientDataActions,
            "MetricName": MetricName,
            "Namespace": Namespace,
            "Statistic": Statistic,
            "ExtendedStatistic": ExtendedStatistic,
            "Dimensions": Dimensions,
            "Period": Period,
            "Unit": Unit,
            "EvaluationPeriods": EvaluationPeriods,
            "DatapointsToAlarm": DatapointsToAlarm,
            "Threshold": Threshold,
            "ComparisonOperator": ComparisonOperator,
            "TreatMissingData": TreatMissingData,
            "EvaluateLowSampleCountPercentile": EvaluateLowSampleCountPercentile,
            "Metrics": Metrics,
            "ThresholdMetricId": ThresholdMetricId,
            "EvaluationWindow": EvaluationWindow,
            "WarmUpConfiguration": WarmUpConfiguration,
            "EvaluationCriteria": EvaluationCriteria,
            "EvaluationInterval": EvaluationInterval,
            "ActionConfiguration": ActionConfiguration,
        }
        asked = self.read_alarm({name: value for name, value in given.items() if value is not UNSET})
        before = self.alarms.items.get(AlarmName)
        if before is not None and not isinstance(before, MetricAlarm):
            raise errors.alarm_of_other_type(AlarmName)
        alarm = before or MetricAlarm(AlarmName, f"{self.arn_prefix}alarm:{AlarmName}", now)
        tags = tags_in(Tags)
        self.begin(now)

        def install() -> None:
            alarm.reader = asked.reader
            alarm.period = asked.period * SECOND
            alarm.fewest_samples = asked.fewest_samples
            if before is None:
                alarm.tags = tags

        self.alarms.put(now, alarm, asked.settings, install)

    @operation("PutCompositeAlarm")
    def put_composite_alarm(
        self,
        now: int,
        *,
        ActionsEnabled: bool = UNSET,
        AlarmActions: alarm_shapes.ResourceList = UNSET,
        AlarmDescription: str = UNSET,
        AlarmName: alarm_shapes.AlarmName,
        AlarmRule: alarm_shapes.AlarmRule,
        InsufficientDataActions: alarm_shapes.ResourceList = UNSET,
        OKActions: alarm_shapes.ResourceList = UNSET,
        Tags: shapes.TagList = UNSET,
        ActionsSuppressor: alarm_shapes.AlarmArn = UNSET,
        ActionsSuppressorWaitPeriod: int = UNSET,
        ActionsSuppressorExtensionPeriod: int = UNSET,
        ActionConfiguration: alarm_shapes.ActionConfiguration = UNSET,
    ) -> None:
        """Make an alarm on the states of others; or give one other settings. O(alarms).

        It is evaluated at once, and whenever an alarm that its rule mentions changes. Raises ValidationError for a
        rule that is none, one of alarms that there are not, and a suppressor that there is not, or without its two
        periods; ``UsageError`` for actions other than topics and functions.
        """
        check(
            ("alarmActions", constraints.ACTIONS, AlarmActions),
            ("alarmDescription", constraints.ALARM_DESCRIPTION, AlarmDescription),
            ("alarmName", constraints.ALARM_NAME, AlarmName),
            ("alarmRule", constraints.ALARM_RULE, AlarmRule),
            ("insufficientDataActions", constraints.ACTIONS, InsufficientDataActions),
            ("oKActions", constraints.ACTIONS, OKActions),
            ("actionsSuppressor", constraints.SUPPRESSOR, ActionsSuppressor),
        )
        if ActionConfiguration is not UNSET:
            raise errors.tags_not_propagated()
        rule = parse_rule(AlarmRule)
        given = {
            "AlarmDescription": AlarmDescription,
            "ActionsEnabled": ActionsEnabled,
            "OKActions": OKActions,
            "AlarmActions": AlarmActions,
            "InsufficientDataActions": InsufficientDataActions,
        }
        settings = self._common({name: value for name, value in given.items() if value is not UNSET}, _TARGETS)
        settings["AlarmRule"] = AlarmRule
        own_arn = f"{self.arn_prefix}alarm:{AlarmName}"
        periods = {
            "ActionsSuppressorWaitPeriod": ActionsSuppressorWaitPeriod,
            "ActionsSuppressorExtensionPeriod": ActionsSuppressorExtensionPeriod,
        }
        for name, seconds in periods.items():
            if (seconds is UNSET) != (ActionsSuppressor is UNSET):
                raise (errors.suppressor_needs if seconds is UNSET else errors.suppressor_alone)(name)
            if seconds is not UNSET and seconds < 0:
                raise errors.suppressor_period(name)
        if ActionsSuppressor is not UNSET:
            if ActionsSuppressor in (AlarmName, own_arn):
                raise errors.suppressor_itself()
            if self.alarms.find(ActionsSuppressor) is None:
                raise errors.suppressor_unknown(ActionsSuppressor)
            settings |= {SUPPRESSOR: ActionsSuppressor, **periods}
        unknown = [
            name for name in rule.children if name not in (AlarmName, own_arn) and self.alarms.find(name) is None
        ]
        if unknown:
            raise errors.rule_child_unknown(", ".join(unknown))
        before = self.alarms.items.get(AlarmName)
        if before is not None and not isinstance(before, CompositeAlarm):
            raise errors.alarm_of_other_type(AlarmName)
        alarm = before or CompositeAlarm(AlarmName, own_arn, now, rule)
        tags = tags_in(Tags)
        self.begin(now)

        def install() -> None:
            alarm.rule = rule
            if before is None:
                alarm.tags = tags

        self.alarms.put(now, alarm, settings, install)

    @operation("DeleteAlarms")
    def delete_alarms(self, now: int, *, AlarmNames: alarm_shapes.AlarmNames) -> None:
        """Delete alarms: all of them, or none. O(alarms).

        Names of which there is no alarm do no harm among others. [inferred] Raises ResourceNotFound when there is none
        at all, and ValidationError for more than one composite one, or for one that is part of a cycle.
        """
        self._check_names(AlarmNames)
        found = self._named(AlarmNames)
        if AlarmNames and not found:
            raise errors.alarms_unknown(AlarmNames[0])
        composite = [one for one in found if isinstance(one, CompositeAlarm)]
        if len(composite) > 1:
            raise errors.alarms_too_many()
        for one in composite:
            if self.alarms.is_in_circle(one):
                raise errors.alarm_in_circle(one.name)
        self.alarms.delete(now, found)

    @operation("SetAlarmState")
    def set_alarm_state(
        self,
        now: int,
        *,
        AlarmName: alarm_shapes.AlarmName,
        StateValue: alarm_shapes.StateValue,
        StateReason: str,
        StateReasonData: str = UNSET,
    ) -> None:
        """Have an alarm be in a state until it is evaluated next; what follows from a change follows. O(alarms).

        Raises ResourceNotFound, and InvalidFormat for data that are not JSON.
        """
        check(
            ("alarmName", constraints.ALARM_NAME, AlarmName),
            ("stateValue", constraints.STATE_VALUE, StateValue),
            ("stateReason", constraints.STATE_REASON, StateReason),
            ("stateReasonData", constraints.STATE_REASON_DATA, StateReasonData),
        )
        if StateReasonData is not UNSET:
            try:
                parse_json(StateReasonData)
            except ValueError:
                raise errors.data_not_json() from None
        alarm = self.alarms.items.get(AlarmName)
        if alarm is None:
            raise errors.alarm_not_found()
        self.alarms.change(now, alarm, StateValue, StateReason, StateReasonData or None)
        self.alarms.wait_for_period(now, alarm)

    @operation("EnableAlarmActions")
    def enable_alarm_actions(self, now: int, *, AlarmNames: alarm_shapes.AlarmNames) -> None:
        """Have the actions of alarms follow their changes. Names of which there is no alarm do no harm. O(names)."""
        self._check_names(AlarmNames)
        self.alarms.switch_actions(now, self._named(AlarmNames), True)

    @operation("DisableAlarmActions")
    def disable_alarm_actions(self, now: int, *, AlarmNames: alarm_shapes.AlarmNames) -> None:
        """Have no actions follow the changes of alarms. Names of which there is no alarm do no harm. O(names)."""
        self._check_names(AlarmNames)
        self.alarms.switch_actions(now, self._named(AlarmNames), False)

    # --- what parameters say ------------------------------------------------------------------------------------------

    def _check_names(self, names: Sequence[str]) -> None:
        check(
            ("alarmNames", constraints.ALARM_NAMES, names),
            *((f"alarmNames.{number}.member", constraints.ALARM_NAME, one) for number, one in enumerate(names, 1)),
        )

    def _named(self, names: Sequence[str]) -> list[SomeAlarm]:
        """The alarms of these names that there are, each once."""
        found = self.alarms.items
        return [found[name] for name in dict.fromkeys(names) if name in found]

    def read_alarm(self, given: Mapping[str, Any]) -> AskedFor:
        """What the parameters of PutMetricAlarm ask for. Raises as that does."""
        check(
            ("alarmName", constraints.ALARM_NAME, given.get("AlarmName", UNSET)),
            ("alarmDescription", constraints.ALARM_DESCRIPTION, given.get("AlarmDescription", UNSET)),
            ("oKActions", constraints.ACTIONS, given.get("OKActions", UNSET)),
            ("alarmActions", constraints.ACTIONS, given.get("AlarmActions", UNSET)),
            ("insufficientDataActions", constraints.ACTIONS, given.get("InsufficientDataActions", UNSET)),
            ("metricName", constraints.METRIC_NAME, given.get("MetricName", UNSET)),
            ("namespace", constraints.NAMESPACE, given.get("Namespace", UNSET)),
            ("statistic", constraints.STATISTIC, given.get("Statistic", UNSET)),
            *dimension_members("dimensions", given.get("Dimensions", UNSET)),
            ("period", constraints.PERIOD, given.get("Period", UNSET)),
            ("unit", constraints.UNIT, given.get("Unit", UNSET)),
            ("evaluationPeriods", constraints.PERIOD, given.get("EvaluationPeriods", UNSET)),
            ("datapointsToAlarm", constraints.PERIOD, given.get("DatapointsToAlarm", UNSET)),
            ("comparisonOperator", constraints.COMPARISON, given.get("ComparisonOperator", UNSET)),
        )
        if "ThresholdMetricId" in given or str(given.get("ComparisonOperator")).endswith(_BANDS):
            raise errors.alarm_not_evaluated("against an anomaly detection band", "give a Threshold")
        if "EvaluationCriteria" in given:
            raise errors.alarm_not_evaluated("on PromQL", "give MetricName or Metrics")
        if not given.keys().isdisjoint(("EvaluationWindow", "WarmUpConfiguration", "EvaluationInterval")):
            raise errors.alarm_not_evaluated(
                "in windows of their own",
                "leave EvaluationWindow, WarmUpConfiguration and EvaluationInterval out",
            )
        if "ActionConfiguration" in given:
            raise errors.tags_not_propagated()
        settings = self._common(given, _METRIC_ALARMS)
        settings |= {name: given[name] for name in _OF_METRIC_ALARMS if name in given}
        for name in ("EvaluationPeriods", "Threshold", "ComparisonOperator"):
            if name not in settings:
                raise errors.alarm_needs(name)
        settings["Threshold"] = float(settings["Threshold"])
        _check_how(settings)
        if ("MetricName" in given) == ("Metrics" in given):
            raise errors.metric_or_metrics()
        reader, period = self._of_several(settings) if "Metrics" in given else _of_one(settings)
        window = settings["EvaluationPeriods"] * period
        if period < _HOUR and window > _DAY:
            raise errors.alarm_window_too_long()
        if window > 7 * _DAY:  # [CloudWatch API: PutMetricAlarm, Period]
            raise errors.alarm_week_too_long()
        return AskedFor(settings, reader, period, _fewest_samples(settings))

    def _common(self, given: Mapping[str, Any], services: tuple[str, ...]) -> dict[str, Any]:
        """The settings that alarms of all types have; ``services`` are those whose things may act on them."""
        settings: dict[str, Any] = {name: given[name] for name in ("AlarmDescription",) if name in given}
        settings["ActionsEnabled"] = given.get("ActionsEnabled", True)
        for name in ("OKActions", "AlarmActions", "InsufficientDataActions"):
            settings[name] = list(given.get(name, ()))
            for arn in settings[name]:
                parts = arn.split(":", 5)
                if len(parts) != 6 or parts[0] != "arn" or not parts[5]:
                    raise errors.action_invalid(arn)
                if parts[2] not in services or (parts[2] == "autoscaling" and not is_policy(arn)):
                    raise errors.action_not_done(arn)
        return settings

    def _of_several(self, settings: Mapping[str, Any]) -> tuple[Reader, int]:
        """What an alarm on an expression looks at, and its period in seconds."""
        for name in _OF_ONE_METRIC:
            if name in settings:
                raise errors.metrics_and(name)
        queries = settings["Metrics"]
        metrics = [query["MetricStat"] for query in queries if "MetricStat" in query]
        if len(metrics) > _MOST_METRICS:
            raise errors.alarm_metrics_too_many()
        for number, query in enumerate(queries, 1):
            check(*members_of(f"metrics.{number}.member", query))
        evaluation = Evaluation(self, queries)
        if sum(query.get("ReturnData", True) for query in queries) != 1:
            raise errors.alarm_metrics_return()
        periods = {stat["Period"] for stat in metrics}
        if len(periods) != 1:
            raise errors.alarm_metrics_periods()
        if set(evaluation.check_types().values()) != {1}:
            raise errors.alarm_metrics_series()
        keys: list[Key] = [
            (one["Namespace"], one["MetricName"], unique_dimensions(one.get("Dimensions", ()), ""))
            for one in (stat["Metric"] for stat in metrics)
        ]
        period = periods.pop()
        _check_period(period)
        return MathReader(queries, keys), period


def _check_how(settings: Mapping[str, Any]) -> None:
    if settings.get("DatapointsToAlarm", 1) > settings["EvaluationPeriods"]:
        raise errors.to_alarm_invalid()
    if settings.get("TreatMissingData", "missing") not in ("breaching", "notBreaching", "ignore", "missing"):
        raise errors.treatment_invalid(settings["TreatMissingData"])
    if settings.get("EvaluateLowSampleCountPercentile", "ignore") not in ("evaluate", "ignore"):
        raise errors.low_sample_invalid(settings["EvaluateLowSampleCountPercentile"])
    if "EvaluateLowSampleCountPercentile" in settings and "ExtendedStatistic" not in settings:
        raise errors.low_sample_alone()


def _check_period(period: int) -> None:
    if period not in (10, 20, 30) and (period <= 0 or period % 60):
        raise errors.alarm_period_invalid()


def _of_one(settings: dict[str, Any]) -> tuple[Reader, int]:
    """What an alarm on a metric looks at, and its period in seconds."""
    for name in ("Namespace", "Period"):
        if name not in settings:
            raise errors.alarm_needs(name)
    _check_period(settings["Period"])
    if ("Statistic" in settings) == ("ExtendedStatistic" in settings):
        raise errors.statistic_or_extended()
    asked = settings["Statistic"] if "Statistic" in settings else settings["ExtendedStatistic"]
    compute = statistic(asked)
    if compute is None:
        raise errors.alarm_statistic_invalid(asked)
    key = settings["Namespace"], settings["MetricName"], unique_dimensions(settings.get("Dimensions", ()), "")
    return MetricReader(key, compute, settings["Period"] * SECOND, settings.get("Unit")), settings["Period"]


def _fewest_samples(settings: Mapping[str, Any]) -> float:
    """How many samples a percentile needs to decide anything. [CloudWatch user guide: percentiles and few samples]"""
    if settings.get("EvaluateLowSampleCountPercentile") != "ignore":
        return 0.0
    percent = float(settings["ExtendedStatistic"][1:])
    if percent in (0.0, 100.0):
        return 0.0
    # Rounded: 10 / (1 - 0.9) is a little more than a hundred in floating point, and a hundred samples are enough.
    return round(1000 / (100 - percent if percent >= 50 else percent), 6)

"""``cloud.scaling_target(...)``: a service of ECS that is scaled, as a test makes it and looks at it.

Its methods ask for what an application would ask for, through clients: alarms, policies, scheduled actions. Clients of
boto3 see the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias, TypeVar

from ...core.shown import shown
from ...core.timestamps import datetime_of
from ...exceptions import UsageError
from .metrics import MetricView

if TYPE_CHECKING:
    from ...engine.engine import Engine
    from ...services.autoscaling.target import Target

__all__ = ["OnChange", "ScalingChange", "ScalingTargetView", "make_target"]

T = TypeVar("T")
OnChange: TypeAlias = Callable[[int, int], object]
"""Is told of the old and the new number; plain or ``async def``."""
_DIMENSION = "ecs:service:DesiredCount"


class Clients(Protocol):
    """What makes clients."""

    def client(self, service_name: Any, /) -> Any:
        """A client of a service."""


class ScalingChange(NamedTuple):
    """A change of how many there are to be."""

    time: datetime
    """When, in UTC."""
    old: int
    """How many there were to be before."""
    new: int
    """How many there are to be from then on."""
    cause: str
    """Why, in the words of Application Auto Scaling."""


class ScalingTargetView:
    """Something that is scaled. Each property looks anew."""

    def __init__(self, engine: Engine, clients: Clients, target: Target) -> None:
        self._engine = engine
        self._client = clients.client
        self._target = target

    @property
    def name(self) -> str:
        """The service's, without its cluster."""
        return self._target.resource_id.rpartition("/")[2]

    @property
    def arn(self) -> str:
        """The scalable target's."""
        return self._target.arn

    @property
    def desired(self) -> int:
        """How many there are to be."""
        return self._look(lambda: self._target.capacity)

    @property
    def minimum(self) -> int:
        """How many there are to be at least."""
        return self._look(lambda: self._target.bounds.minimum)

    @property
    def maximum(self) -> int:
        """How many there are to be at most."""
        return self._look(lambda: self._target.bounds.maximum)

    @property
    def history(self) -> list[ScalingChange]:
        """The changes of ``desired`` so far, oldest first. O(changes)."""
        return self._look(lambda: [ScalingChange(datetime_of(one.moment), *one[1:]) for one in self._target.history])

    def step(self, metric: MetricView, steps: Mapping[float, int], cooldown: int = 0) -> None:
        """Scale in steps: ``{100: +1, 300: +2}`` adds one when the metric is above 100, two from 300 on.

        A negative step counts at its value and below: ``{0: -1}`` takes one away when there is nothing. Looked at once
        a minute, at the average of the minute. After a step by which there are more the next one waits for
        ``cooldown`` seconds, unless it is a larger one; after one by which there are fewer as well.

        It makes alarms of CloudWatch and step policies that they act on, with names such as ``above-100``.
        """
        _check_metric(metric)
        valid = isinstance(steps, Mapping) and all(type(change) is int and change for change in steps.values())
        if not valid or not steps:
            raise UsageError(f"steps={shown(steps)} are none: give numbers and changes, such as {{100: +1, 300: +2}}")
        ups = sorted((float(value), change) for value, change in steps.items() if change > 0)
        downs = sorted(((float(value), change) for value, change in steps.items() if change < 0), reverse=True)
        if ups:
            self._step(metric, ups, cooldown, True)
        if downs:
            self._step(metric, downs, cooldown, False)

    def track(self, metric: MetricView, per_worker: float, cooldown: int = 60) -> None:
        """Scale so that there are ``per_worker`` of the metric for each of those there are: backlog per worker.

        By target tracking: it looks once a minute, acts when three minutes were above, or when fifteen were below 90 %,
        and then waits for ``cooldown`` seconds. The number of those there are is `RunningTaskCount`, as Container
        Insights of ECS have it.
        """
        _check_metric(metric)
        _, cluster, service = self._target.resource_id.split("/")
        own = {
            "Namespace": metric.namespace,
            "MetricName": metric.name,
            "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions.items()],
        }
        dimensions = [{"Name": "ClusterName", "Value": cluster}, {"Name": "ServiceName", "Value": service}]
        count = {"Namespace": "ECS/ContainerInsights", "MetricName": "RunningTaskCount", "Dimensions": dimensions}
        configuration = {
            "TargetValue": float(per_worker),
            "ScaleOutCooldown": cooldown,
            "ScaleInCooldown": cooldown,
            "CustomizedMetricSpecification": {
                "Metrics": [
                    {"Id": "backlog", "MetricStat": {"Metric": own, "Stat": "Average"}, "ReturnData": False},
                    {"Id": "workers", "MetricStat": {"Metric": count, "Stat": "Average"}, "ReturnData": False},
                    {"Id": "each", "Expression": "backlog / IF(workers > 0, workers, 1)"},
                ]
            },
        }
        self._client("application-autoscaling").put_scaling_policy(
            PolicyName=f"{metric.name}-per-worker",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=configuration,
            **self._key,
        )

    def schedule(self, expression: str, minimum: int | None = None, maximum: int | None = None) -> None:
        """Have other bounds at certain times, in UTC: ``"cron(0 8 * * ? *)"``, ``"rate(1 day)"``, ``"at(...)"``.

        What is None stays as it is. Errors are those of PutScheduledAction.
        """
        bounds = {"MinCapacity": minimum, "MaxCapacity": maximum}
        number = self._look(lambda: len(self._target.scheduled)) + 1
        self._client("application-autoscaling").put_scheduled_action(
            ScheduledActionName=f"schedule-{number}",
            Schedule=expression,
            ScalableTargetAction={name: value for name, value in bounds.items() if value is not None},
            **self._key,
        )

    def _step(self, metric: MetricView, steps: list[tuple[float, int]], cooldown: int, is_up: bool) -> None:
        first = steps[0][0]
        near, far = ("Lower", "Upper") if is_up else ("Upper", "Lower")
        adjustments = []
        for number, (value, change) in enumerate(steps):
            adjustment: dict[str, Any] = {f"MetricInterval{near}Bound": value - first, "ScalingAdjustment": change}
            if number + 1 < len(steps):
                adjustment[f"MetricInterval{far}Bound"] = steps[number + 1][0] - first
            adjustments.append(adjustment)
        name = self._name_for(metric, f"{'above' if is_up else 'at-most'}-{first:g}")
        policy = self._client("application-autoscaling").put_scaling_policy(
            PolicyName=name,
            PolicyType="StepScaling",
            StepScalingPolicyConfiguration={
                "AdjustmentType": "ChangeInCapacity",
                "StepAdjustments": adjustments,
                "Cooldown": cooldown,
            },
            **self._key,
        )
        self._client("cloudwatch").put_metric_alarm(
            AlarmName=f"{self.name}-{name}",
            Namespace=metric.namespace,
            MetricName=metric.name,
            Dimensions=[{"Name": name, "Value": value} for name, value in metric.dimensions.items()],
            Statistic="Average",
            Period=60,
            EvaluationPeriods=1,
            Threshold=first,
            ComparisonOperator="GreaterThanThreshold" if is_up else "LessThanOrEqualToThreshold",
            AlarmActions=[policy["PolicyARN"]],
        )

    def _name_for(self, metric: MetricView, name: str) -> str:
        """A policy's name; one that policies on other metrics have as well begins with the metric's."""
        engine = self._engine
        service = engine.service("cloudwatch", engine.account_id, engine.region_name)
        there = self._look(lambda: service.alarms.items.get(f"{self.name}-{name}"))
        mine = (metric.namespace, metric.name)
        if there is None or (there.settings.get("Namespace"), there.settings.get("MetricName")) == mine:
            return name
        return f"{metric.name}-{name}"

    @property
    def _key(self) -> dict[str, str]:
        namespace, resource_id, dimension = self._target.key
        return {"ServiceNamespace": namespace, "ResourceId": resource_id, "ScalableDimension": dimension}

    def _look(self, get: Callable[[], T]) -> T:
        return self._engine.look("a view", lambda _: get())

    def __repr__(self) -> str:
        bounds = self._target.bounds  # takes no lock
        return f"<{self.name}: {self._target.capacity} of {bounds.minimum} to {bounds.maximum}>"


def make_target(
    engine: Engine,
    clients: Clients,
    name: str,
    minimum: int,
    maximum: int,
    desired: int | None,
    on_change: OnChange | None,
) -> ScalingTargetView:
    """``Cloud.scaling_target``."""
    from ...services.autoscaling.target import Bounds

    parts = name.split("/") if isinstance(name, str) else []
    resource_id = f"service/default/{name}" if len(parts) == 1 else str(name)
    if len(parts) not in (1, 3) or not all(parts) or (len(parts) == 3 and parts[0] != "service"):
        raise UsageError(
            f"{shown(name)} is not the name of a service of ECS: give a name, which is then one of the cluster "
            "'default', or service/cluster/name"
        )
    for what, number in (("minimum", minimum), ("maximum", maximum), ("desired", desired)):
        if (number is not None or what != "desired") and (type(number) is not int or number < 0):
            raise UsageError(f"{what}={shown(number)} is no number of workers: give 0, 1, 2, ...")
    if maximum < minimum:
        raise UsageError(f"maximum={maximum} is less than minimum={minimum}: give it at least that")
    if on_change is not None and not callable(on_change):
        raise UsageError(f"on_change={shown(on_change)} cannot be called: give a callable that takes (old, new)")

    def make(now: int) -> Any:
        service = engine.find_service("application-autoscaling", engine.account_id, engine.region_name)
        key = "ecs", resource_id, _DIMENSION
        return service.register(now, key, Bounds(minimum, maximum), capacity=desired, on_change=on_change)

    target = engine.change("scaling_target()", make)
    if engine.errands:
        engine.run_errands()
    return ScalingTargetView(engine, clients, target)


def _check_metric(metric: object) -> None:
    if not isinstance(metric, MetricView):
        raise UsageError(
            f"{shown(metric)} is not a metric: give one, such as cloud.metric('AWS/SQS', "
            "'ApproximateNumberOfMessagesVisible', QueueName='orders')"
        )

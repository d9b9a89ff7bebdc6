"""Scaling policies: put, shown, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from ....core.effects import Change, ToAlarms
from ....core.operation import operation
from ....core.shapes import Shape
from ....core.timestamps import datetime_to_the_millisecond
from ....core.unset import UNSET
from ....exceptions import AwsError
from .. import constraints, errors, shapes
from ..constraints import check, key_members, name_members, policy_members
from ..predictive_shapes import PredictiveScalingPolicyConfiguration
from ..state import AutoScalingState
from ..step_policy import check_steps
from ..target import Policy, Target
from ..tracking_policy import alarm_parameters
from .targets import key_of

__all__ = ["PolicyOperations"]


class PolicyOperations(AutoScalingState):
    """The operations on policies."""

    @operation("PutScalingPolicy")
    def put_scaling_policy(
        self,
        now: int,
        *,
        PolicyName: shapes.Text,
        ServiceNamespace: shapes.ServiceNamespace,
        ResourceId: shapes.Text,
        ScalableDimension: shapes.ScalableDimension,
        PolicyType: shapes.PolicyType = UNSET,
        StepScalingPolicyConfiguration: shapes.StepScalingPolicyConfiguration = UNSET,
        TargetTrackingScalingPolicyConfiguration: shapes.TargetTrackingScalingPolicyConfiguration = UNSET,
        PredictiveScalingPolicyConfiguration: PredictiveScalingPolicyConfiguration = UNSET,
    ) -> shapes.PutScalingPolicyOutput:
        """Give a target a policy, or another in the place of the one of that name. O(alarms).

        A step policy acts on alarms that have its ARN as an action; one that tracks a target has alarms of its own.
        Raises ValidationException for a configuration that is none, ObjectNotFoundException for what is no target;
        ``UsageError`` for metrics that nothing measures here, and for predictive scaling.
        """
        steps, tracking = StepScalingPolicyConfiguration, TargetTrackingScalingPolicyConfiguration
        check(
            ("policyName", constraints.POLICY_NAME, PolicyName),
            *key_members(ServiceNamespace, ResourceId, ScalableDimension),
            ("policyType", constraints.POLICY_TYPE, PolicyType),
            *policy_members(steps, tracking),
        )
        key = key_of(ServiceNamespace, ResourceId, ScalableDimension)
        target = self.targets.get(key)
        before = None if target is None else target.policies.get(PolicyName)
        kind: str = PolicyType
        if kind is UNSET:
            kind = "StepScaling" if before is None else before.type
        if kind == "PredictiveScaling" or PredictiveScalingPolicyConfiguration is not UNSET:
            raise errors.predictive_not_done()
        settings = _checked(kind, steps, tracking)
        target = self.registered(key)
        arn = self._arn(target, PolicyName)
        alarms, asked = {}, []
        if kind == "TargetTrackingScaling":
            for side in ("high",) if settings.get("DisableScaleIn") else ("high", "low"):
                name = f"TargetTracking-{ResourceId}-Alarm{side.capitalize()}-{self.derived_id(side, arn)}"
                alarms[side] = name
                asked.append(alarm_parameters(settings, side, name, arn))
            for one in asked:
                try:
                    self.alarms.check_alarm(one)
                except AwsError as error:
                    raise errors.metric_refused(error.message) from None
        policy = before or Policy(PolicyName, arn, now)
        gone = [name for name in policy.alarms.values() if name not in alarms.values()]
        happening = Change()
        if asked or gone:
            place = self.account_id, self.region_name
            self.world.outbox.append(ToAlarms(*place, put=asked, gone=gone, cause=happening))

        def make() -> None:
            policy.type = kind
            policy.settings = settings
            policy.alarms = alarms
            policy.value = None
            target.policies[PolicyName] = policy
            happening.happened = True

        self.change(now, target, target.capacity, "", make)
        return {"PolicyARN": arn, "Alarms": self._alarms_of(policy)}

    @operation("DescribeScalingPolicies")
    def describe_scaling_policies(
        self,
        now: int,
        *,
        PolicyNames: shapes.Texts = UNSET,
        ServiceNamespace: shapes.ServiceNamespace,
        ResourceId: shapes.Text = UNSET,
        ScalableDimension: shapes.ScalableDimension = UNSET,
        MaxResults: int = UNSET,
        NextToken: str = UNSET,
    ) -> shapes.DescribeScalingPoliciesOutput:
        """The policies of a namespace, in the order of their making, up to 10 a page. O(policies, alarms).

        Raises ValidationException and InvalidNextTokenException.
        """
        check(
            *name_members("policyNames", PolicyNames),
            *key_members(ServiceNamespace, ResourceId, ScalableDimension),
        )
        if ScalableDimension is not UNSET and ResourceId is UNSET:
            raise errors.resource_id_missing()
        found = [
            (target, policy)
            for target in self.targets.values()
            if target.namespace == ServiceNamespace
            and ResourceId in (UNSET, target.resource_id)
            and ScalableDimension in (UNSET, target.key[2])
            for policy in target.policies.values()
            if PolicyNames is UNSET or policy.name in PolicyNames
        ]
        page, token = self.page("policies", now, found, MaxResults, 10, NextToken)
        answer: shapes.DescribeScalingPoliciesOutput = {"ScalingPolicies": [self._shown(*one) for one in page]}
        if token is not None:
            answer["NextToken"] = token
        return answer

    @operation("DeleteScalingPolicy")
    def delete_scaling_policy(
        self,
        now: int,
        *,
        PolicyName: shapes.Text,
        ServiceNamespace: shapes.ServiceNamespace,
        ResourceId: shapes.Text,
        ScalableDimension: shapes.ScalableDimension,
    ) -> shapes.DeleteScalingPolicyOutput:
        """Take a policy from a target, with the alarms that it has made. O(alarms).

        Alarms that a test or an application has made stay, without the action. Raises ObjectNotFoundException.
        """
        check(
            ("policyName", constraints.NAME, PolicyName),
            *key_members(ServiceNamespace, ResourceId, ScalableDimension),
        )
        key = key_of(ServiceNamespace, ResourceId, ScalableDimension)
        target = self.targets.get(key)
        policy = None if target is None else target.policies.get(PolicyName)
        if target is None or policy is None:
            raise errors.policy_not_found(*key, PolicyName)
        of, happening = target, Change()
        place = self.account_id, self.region_name
        gone = list(policy.alarms.values())
        self.world.outbox.append(ToAlarms(*place, gone=gone, actions_gone=[policy.arn], cause=happening))

        def make() -> None:
            of.policies.pop(PolicyName, None)
            happening.happened = True

        self.change(now, of, of.capacity, "", make)
        return {}

    # --- of policies --------------------------------------------------------------------------------------------------

    def _arn(self, target: Target, name: str) -> str:
        namespace, resource_id, _ = target.key
        policy_id = self.derived_id("policy", target.created, *target.key, name)
        return (
            f"arn:{self.partition}:autoscaling:{self.region_name}:{self.account_id}:scalingPolicy:{policy_id}:"
            f"resource/{namespace}/{resource_id}:policyName/{name}"
        )

    def _alarms_of(self, policy: Policy) -> list[shapes.Alarm]:
        found = self.alarms.alarms_with(policy.arn)
        if policy.type == "TargetTrackingScaling":
            prefix = f"arn:{self.partition}:cloudwatch:{self.region_name}:{self.account_id}:alarm:"
            found = [(name, prefix + name) for name in policy.alarms.values()]
        return [{"AlarmName": name, "AlarmARN": arn} for name, arn in found]

    def _shown(self, target: Target, policy: Policy) -> shapes.ScalingPolicy:
        namespace, resource_id, dimension = target.key
        settings: Any = _copied(policy.settings, _CONFIGURATIONS[policy.type])
        shown: Any = {
            "PolicyARN": policy.arn,
            "PolicyName": policy.name,
            "ServiceNamespace": namespace,
            "ResourceId": resource_id,
            "ScalableDimension": dimension,
            "PolicyType": policy.type,
            f"{policy.type}PolicyConfiguration": settings,
            "Alarms": self._alarms_of(policy),
            "CreationTime": datetime_to_the_millisecond(policy.created),
        }
        return cast("shapes.ScalingPolicy", shown)


_CONFIGURATIONS: Final = {
    "StepScaling": Shape.of(shapes.StepScalingPolicyConfiguration),
    "TargetTrackingScaling": Shape.of(shapes.TargetTrackingScalingPolicyConfiguration),
}


def _copied(value: Any, shape: Shape) -> Any:
    """A copy of a parameter, with its members in the order of the model, as answers have them."""
    if shape.kind == "structure":
        return {name: _copied(value[name], member) for name, member in shape.members.items() if name in value}
    if shape.kind == "list" and shape.member is not None:
        return [_copied(one, shape.member) for one in value]
    return value


def _checked(kind: str, steps: Any, tracking: Any) -> Mapping[str, Any]:
    """The configuration of a policy. Raises ValidationException for one that is none."""
    given = {"StepScaling": steps, "TargetTrackingScaling": tracking}
    settings = given.pop(kind)
    if settings is UNSET:
        raise errors.steps_not_configured() if kind == "StepScaling" else errors.tracking_not_configured()
    for other, configuration in given.items():
        if configuration is not UNSET:
            raise errors.configured_for_another(other, kind)
    for name in ("Cooldown", "ScaleOutCooldown", "ScaleInCooldown"):
        if settings.get(name, 0) < 0:
            raise errors.cooldown_below_zero()
    if kind == "StepScaling":
        wrong = check_steps(settings)
        if wrong is not None:
            raise wrong
        if settings.get("MinAdjustmentMagnitude", 1) < 1:
            raise errors.magnitude_not_positive()
    else:
        _check_tracking(settings)
    kept: Mapping[str, Any] = _copied(settings, _CONFIGURATIONS[kind])
    return kept


def _check_tracking(settings: Mapping[str, Any]) -> None:
    if settings["TargetValue"] <= 0:
        raise errors.target_not_positive()
    if ("PredefinedMetricSpecification" in settings) == ("CustomizedMetricSpecification" in settings):
        raise errors.one_metric_missing()
    if "PredefinedMetricSpecification" in settings:
        raise errors.metric_not_predefined(settings["PredefinedMetricSpecification"]["PredefinedMetricType"])
    metric = settings["CustomizedMetricSpecification"]
    plain = ("MetricName", "Namespace", "Statistic")
    if "Metrics" in metric:
        for name in (*plain, "Dimensions", "Unit"):
            if name in metric:
                raise errors.metric_and_math(name)
        return
    for name in plain:
        if name not in metric:
            raise errors.metric_incomplete(name)

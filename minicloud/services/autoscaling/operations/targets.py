"""Scalable targets: registered, shown, deregistered."""

from __future__ import annotations

import re
from typing import Any, Final

from ....core.effects import Change, ToAlarms
from ....core.operation import operation
from ....core.timestamps import datetime_to_the_millisecond
from ....core.unset import UNSET
from .. import constraints, errors, shapes
from ..constraints import check, key_members, name_members, tag_members
from ..state import AutoScalingState
from ..target import Bounds, Key, Target

__all__ = ["TargetOperations", "key_of"]

_FORMS: Final = {
    "ecs": ("ecs:service:DesiredCount", re.compile(r"service/[^/]+/[^/]+")),
    "custom-resource": ("custom-resource:ResourceType:Property", re.compile(r"https?://.+", re.DOTALL)),
}
_MOST_TAGS: Final = 50


def key_of(namespace: str, resource_id: str, dimension: str) -> Key:
    """What names a target.

    Raises ValidationException for what does not fit together, ``UsageError`` for what is nothing that is scaled here.
    """
    if namespace in _FORMS:
        fits, form = _FORMS[namespace]
        if dimension == fits and form.fullmatch(resource_id):
            return namespace, resource_id, dimension
    elif dimension.partition(":")[0] == namespace:
        raise errors.namespace_not_scaled(namespace)
    raise errors.not_supported()


class TargetOperations(AutoScalingState):
    """The operations on scalable targets."""

    @operation("RegisterScalableTarget")
    def register_scalable_target(
        self,
        now: int,
        *,
        ServiceNamespace: shapes.ServiceNamespace,
        ResourceId: shapes.Text,
        ScalableDimension: shapes.ScalableDimension,
        MinCapacity: int = UNSET,
        MaxCapacity: int = UNSET,
        RoleARN: shapes.Text = UNSET,
        SuspendedState: shapes.SuspendedState = UNSET,
        Tags: shapes.TagMap = UNSET,
    ) -> shapes.RegisterScalableTargetOutput:
        """Have something scaled, between a minimum and a maximum; or give it other bounds. O(alarms).

        What is not given stays as it is. A capacity outside of the bounds is moved in. Raises ValidationException;
        ``UsageError`` for what minicloud does not scale.
        """
        check(
            *key_members(ServiceNamespace, ResourceId, ScalableDimension),
            ("roleARN", constraints.NAME, RoleARN),
            *tag_members(Tags),
        )
        key = key_of(ServiceNamespace, ResourceId, ScalableDimension)
        before = self.targets.get(key)
        if before is None and (MinCapacity is UNSET or MaxCapacity is UNSET):
            raise errors.bounds_missing()
        asked = {"Min": MinCapacity, "Max": MaxCapacity}
        for name, value in asked.items():
            if value is not UNSET and value < 0:
                raise errors.capacity_below_zero(name)
        bounds = bounds_of(before, MinCapacity, MaxCapacity)
        if bounds.maximum < bounds.minimum:
            raise errors.bounds_crossed()
        arn = ""
        if len(Tags or ()) > _MOST_TAGS:
            raise errors.too_many_tags(arn)
        suspended: Any = SuspendedState or {}
        target = self.register(now, key, bounds, role_arn=RoleARN or None, suspended=suspended, tags=Tags or None)
        return {"ScalableTargetARN": target.arn}

    @operation("DescribeScalableTargets")
    def describe_scalable_targets(
        self,
        now: int,
        *,
        ServiceNamespace: shapes.ServiceNamespace,
        ResourceIds: shapes.Texts = UNSET,
        ScalableDimension: shapes.ScalableDimension = UNSET,
        MaxResults: int = UNSET,
        NextToken: str = UNSET,
    ) -> shapes.DescribeScalableTargetsOutput:
        """The targets of a namespace, in the order of their making, up to 50 a page. O(targets).

        Raises ValidationException and InvalidNextTokenException.
        """
        check(
            ("serviceNamespace", constraints.NAMESPACE, ServiceNamespace),
            *name_members("resourceIds", ResourceIds),
            ("scalableDimension", constraints.DIMENSION, ScalableDimension),
        )
        if ScalableDimension is not UNSET and not ResourceIds:
            raise errors.resource_id_missing()
        found = [
            one
            for one in self.targets.values()
            if one.namespace == ServiceNamespace
            and (ResourceIds is UNSET or one.resource_id in ResourceIds)
            and ScalableDimension in (UNSET, one.key[2])
        ]
        page, token = self.page("targets", now, found, MaxResults, 50, NextToken)
        answer: shapes.DescribeScalableTargetsOutput = {"ScalableTargets": [_shown(one) for one in page]}
        if token is not None:
            answer["NextToken"] = token
        return answer

    @operation("DeregisterScalableTarget")
    def deregister_scalable_target(
        self,
        now: int,
        *,
        ServiceNamespace: shapes.ServiceNamespace,
        ResourceId: shapes.Text,
        ScalableDimension: shapes.ScalableDimension,
    ) -> shapes.DeregisterScalableTargetOutput:
        """Have something scaled no more; its policies, their alarms and its scheduled actions go. O(targets).

        Its capacity stays what it is, for when it is registered again. Raises ObjectNotFoundException.
        """
        check(*key_members(ServiceNamespace, ResourceId, ScalableDimension))
        key = key_of(ServiceNamespace, ResourceId, ScalableDimension)
        target = self.targets.get(key)
        if target is None:
            raise errors.target_not_found(*key)
        happening = Change()
        policies = target.policies.values()
        self.world.outbox.append(
            ToAlarms(
                self.account_id,
                self.region_name,
                gone=[name for policy in policies for name in policy.alarms.values()],
                actions_gone=[policy.arn for policy in policies],
                cause=happening,
            )
        )

        def make() -> None:
            for action in target.scheduled.values():
                if action.event is not None:
                    self.world.timeline.cancel(action.event)
                    action.event = None
            self.left[key] = target.capacity
            self.targets.pop(key, None)
            happening.happened = True

        self.world.carry_through(make)
        return {}


def bounds_of(before: Target | None, minimum: int, maximum: int) -> Bounds:
    """The bounds that are asked for, where they are given."""
    known = Bounds(0, 0) if before is None else before.bounds
    return Bounds(
        known.minimum if minimum is UNSET else minimum,
        known.maximum if maximum is UNSET else maximum,
    )


def _shown(target: Target) -> shapes.ScalableTarget:
    namespace, resource_id, dimension = target.key
    suspended: Any = dict(target.suspended)
    return {
        "ServiceNamespace": namespace,
        "ResourceId": resource_id,
        "ScalableDimension": dimension,
        "MinCapacity": target.bounds.minimum,
        "MaxCapacity": target.bounds.maximum,
        "RoleARN": target.role_arn,
        "CreationTime": datetime_to_the_millisecond(target.created),
        "SuspendedState": suspended,
        "ScalableTargetARN": target.arn,
    }

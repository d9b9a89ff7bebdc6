"""Calls of IAM into which an exception comes: they have happened as a whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support import strikes
from tests.support.strikes import FORMS, Form

from .support import LAMBDA, POLICY, TRUST

pytestmark = pytest.mark.stress

OWN = "arn:aws:iam::123456789012:policy/p"
ROLE = {"RoleName": "r"}


class World(strikes.World):
    """A cloud with a role and a policy, and all that can be asked of IAM."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.iam: Any = self.cloud.client("iam")
        self.iam.create_role(**ROLE, AssumeRolePolicyDocument=TRUST)
        self.iam.create_policy(PolicyName="p", PolicyDocument=POLICY)

    def look(self) -> Any:
        iam = self.iam
        pages = iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 1})
        names = [role["RoleName"] for page in pages for role in page["Roles"]]
        seen: list[Any] = [names]
        for name in names:
            seen.append(iam.get_role(RoleName=name)["Role"])
            seen.append(iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"])
            seen.append(self._asked(iam.get_role_policy, RoleName=name, PolicyName="inline"))
        return [*seen, *(self._asked(iam.get_policy, PolicyArn=f"{OWN}{more}") for more in ("", "2"))]

    def picture(self) -> dict[str, Any]:
        """With what is made next: its ids go on from what there was."""
        seen = super().picture()
        for name in ("r", "new"):
            if name in seen["now"][0]:
                for policy in self.iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
                    self.iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
                self._asked(self.iam.delete_role_policy, RoleName=name, PolicyName="inline")
                self.iam.delete_role(RoleName=name)
            seen[name] = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]
        return seen

    def _asked(self, call: Callable[..., Any], **params: Any) -> Any:
        try:
            return {name: value for name, value in call(**params).items() if name != "ResponseMetadata"}
        except self.iam.exceptions.NoSuchEntityException as error:
            return error.response["Error"]


Row = strikes.Row[World]


def nothing(w: World) -> None:
    pass


def attached(w: World) -> None:
    w.iam.attach_role_policy(**ROLE, PolicyArn=LAMBDA)


def inline(w: World) -> None:
    w.iam.put_role_policy(**ROLE, PolicyName="inline", PolicyDocument=POLICY)


def deleted(w: World) -> None:
    w.iam.delete_role(**ROLE)


ROWS: dict[str, Row] = {
    "create a role": Row(nothing, lambda w: w.iam.create_role(RoleName="new", AssumeRolePolicyDocument=TRUST)),
    "create a role again": Row(deleted, lambda w: w.iam.create_role(**ROLE, AssumeRolePolicyDocument=TRUST)),
    "get a role": Row(nothing, lambda w: w.iam.get_role(**ROLE)),
    "list roles": Row(nothing, lambda w: w.iam.list_roles(MaxItems=1)),
    "delete a role": Row(nothing, deleted),
    "put a policy": Row(nothing, inline),
    "get a role's policy": Row(inline, lambda w: w.iam.get_role_policy(**ROLE, PolicyName="inline")),
    "delete a role's policy": Row(inline, lambda w: w.iam.delete_role_policy(**ROLE, PolicyName="inline")),
    "create a policy": Row(nothing, lambda w: w.iam.create_policy(PolicyName="p2", PolicyDocument=POLICY)),
    "get a policy": Row(attached, lambda w: w.iam.get_policy(PolicyArn=LAMBDA)),
    "delete a policy": Row(nothing, lambda w: w.iam.delete_policy(PolicyArn=OWN)),
    "attach a policy": Row(nothing, attached),
    "detach a policy": Row(attached, lambda w: w.iam.detach_role_policy(**ROLE, PolicyArn=LAMBDA)),
    "list attached policies": Row(attached, lambda w: w.iam.list_attached_role_policies(**ROLE, MaxItems=1)),
    "reset": Row(attached, lambda w: w.cloud.reset()),
}


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_an_interrupted_call_has_happened_or_has_not(name: str, form: Form) -> None:
    wrong = form.wrong_places(ROWS[name], World)
    assert not wrong, "\n".join(wrong)

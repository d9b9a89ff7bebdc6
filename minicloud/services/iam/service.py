"""IAM as its clients see it: roles and managed policies of an account, kept without effect.

A stand-in: what deployment code does before it makes a function or a stream, and no more. Nobody's rights are checked
by what is kept here. IAM is one for an account, so clients of all regions of a partition see the same.
"""

from __future__ import annotations

from typing import Any

from ...core.service import Acceptor, Pagination, Service, WaiterModel, of_error
from ...exceptions import AwsError
from .errors import EXCEPTIONS, error_response
from .operations.policies import PolicyOperations
from .operations.roles import RoleOperations

__all__ = ["SERVICE", "Iam"]


class Iam(RoleOperations, PolicyOperations):
    """The IAM of one account."""


def _is_there(result: dict[str, Any] | None, error: AwsError | None) -> bool:
    return result is not None


def _is_not_there(result: dict[str, Any] | None, error: AwsError | None) -> bool:
    return error is not None and error.code == "NoSuchEntity"


def _exists(operation: str) -> WaiterModel:
    return WaiterModel(
        operation, 1, 20, (Acceptor("success", _is_there), Acceptor("retry", _is_not_there, of_error("NoSuchEntity")))
    )


def _by_marker(result_key: str) -> Pagination:
    return Pagination("Marker", "Marker", "MaxItems", (result_key,), "IsTruncated")


SERVICE = Service(
    name="iam",
    service_id="IAM",
    api_version="2010-05-08",
    api=Iam,
    content_type="text/xml",
    exceptions=tuple(shape for shape, _ in EXCEPTIONS.values()),
    error_response=error_response,
    paginators={
        "list_attached_role_policies": _by_marker("AttachedPolicies"),
        "list_roles": _by_marker("Roles"),
    },
    waiters={"policy_exists": _exists("get_policy"), "role_exists": _exists("get_role")},
    is_partial=True,
    is_global=True,
)

"""ARNs of SNS: how they are made, and the checks that every ARN-typed parameter goes through."""

from __future__ import annotations

from ...core.hosts import partition_of
from . import errors

__all__ = ["application_parts", "check_endpoint_arn", "elements_of", "topic_arn"]


def topic_arn(region_name: str, account_id: str, name: str) -> str:
    """The ARN of a topic."""
    return f"arn:{partition_of(region_name)}:sns:{region_name}:{account_id}:{name}"


def elements_of(arn: str, parameter: str) -> list[str]:
    """The elements of an ARN. Raises ``InvalidParameter`` when there are fewer than six."""
    elements = arn.split(":")
    if len(elements) < 6:
        raise errors.arn_elements(parameter=parameter, count=len(elements))
    return elements


def application_parts(arn: str, parameter: str = "PlatformApplicationArn") -> tuple[str, str]:
    """Platform and name in the ARN of a platform application. Raises ``InvalidParameter``."""
    relative = elements_of(arn, parameter)[5].split("/")
    if len(relative) != 3 or relative[0] != "app":
        raise errors.arn_slashes(parameter=parameter)
    return relative[1], relative[2]


def check_endpoint_arn(arn: str, parameter: str = "EndpointArn") -> None:
    """Raise ``InvalidParameter`` for what is not the ARN of a platform endpoint."""
    relative = elements_of(arn, parameter)[5].split("/")
    if len(relative) != 4 or relative[0] != "endpoint":
        raise errors.arn_slashes(parameter=parameter)
    if len(relative[3]) != 36:
        raise errors.endpoint_id(parameter=parameter)

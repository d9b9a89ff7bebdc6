"""Universal targets: operations of any service, called with Input as their parameters.

``arn:aws:scheduler:::aws-sdk:sqs:sendMessage`` is the operation SendMessage of SQS. What only reads cannot be a target.
[Scheduler user guide: universal targets] The call is made in the account and the region of the schedule, under the
lock, as a client's would be; what it answers nobody sees. An operation that minicloud does not have is refused when the
schedule is made.

After an interruption such a call may be made twice: of an operation in general nobody can tell whether it was. AWS's
deliver at least once, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from json import loads
from typing import Any, Final

from ...core.effects import Deliver, Transient
from ...core.operation import Operation, operations_of
from ...core.shown import escaped
from ...exceptions import AwsError, ParamValidationError, UsageError
from . import errors

__all__ = ["FindService", "Name", "call", "check", "parse"]

FindService = Callable[[str, str, str], Any]
"""``find_service(service_name, account_id, region_name)``, as the world has it."""
Name = tuple[str, str]
"""A service as SDKs call it, and the operation in lower camel case."""

_ARN: Final = re.compile(r"arn:aws[\w-]*:scheduler:::aws-sdk:([a-z0-9]+):([a-z][a-zA-Z0-9]*)(\.\w+)?", re.ASCII)
_NAMES: Final = {"cloudwatchlogs": "logs", "eventbridge": "events"}
"""Services that SDKs call something else than boto3 does."""
_READ_ONLY: Final = (
    *("get", "describe", "list", "poll", "receive", "search", "scan", "query", "select", "read", "lookup", "discover"),
    *("validate", "batchGet", "batchDescribe", "batchRead", "transactGet", "adminGet", "adminList", "testMigration"),
    *("retrieve", "testConnection", "translateDocument", "isAuthorized", "invokeModel"),
)
"""How operations begin that cannot be targets. [Scheduler user guide]"""
_PASSES: Final = re.compile(
    "Throttl|TooManyRequests|ThroughputExceeded|LimitExceeded|InternalServer|ServiceUnavailable"
)
"""Errors after which trying again may help."""


def parse(arn: str) -> Name | None:
    """The operation that an ARN of a target stands for; None when it is no universal target."""
    found = _ARN.fullmatch(arn)
    return None if found is None else (found[1], found[2])


def check(name: Name, given: str | None, place: tuple[str, str], find_service: FindService) -> None:
    """Raise ValidationException for what AWS refuses as a target; ``UsageError`` for what minicloud has not."""
    service_name, api = name
    if given is None:
        raise errors.input_missing()
    if api.startswith(_READ_ONLY):
        raise errors.api_unsupported(api)
    _operation(name, find_service(_NAMES.get(service_name, service_name), *place))


def call(name: Name, place: tuple[str, str], find_service: FindService, now: int, delivery: Deliver) -> None:
    """Call the operation with the body of a delivery as its parameters.

    Raises ``UsageError`` for parameters that minicloud has not, once: the delivery has failed then.
    """
    service = find_service(_NAMES.get(name[0], name[0]), *place)
    try:
        operation = _operation(name, service)
        given = loads(delivery.body)
        if name == ("lambda", "invoke"):
            given = {**given, "InvocationType": "Event"}  # nobody waits for what it answers
        operation.handler(service, now, **operation.validate(given))
    except UsageError as error:
        delivery.fail(now, f"UsageError: {error}")
        raise
    except (AwsError, ParamValidationError, TypeError, ValueError, RecursionError) as error:
        code = error.code if isinstance(error, AwsError) else "ValidationException"
        text = error.message if isinstance(error, AwsError) else str(error)
        reason = f"{code}: {text}"
        delivery.fail(now, Transient(reason) if _PASSES.search(code) else reason)


def _operation(name: Name, service: Any) -> Operation[..., Any]:
    api: Any = type(service)
    found = _by_name(api).get(name[1][:1].upper() + name[1][1:])
    if found is None:
        raise UsageError(
            f"minicloud does not have {escaped(name[1], 120)} of {escaped(name[0], 120)}, so no schedule can call it: "
            "invoke a function in its place, which does in the test what the operation would do"
        )
    return found


@cache
def _by_name(api: type) -> dict[str, Operation[..., Any]]:
    return {operation.name: operation for operation in operations_of(api).values()}

"""What faults of calls do to what EventBridge and its like deliver to their targets: AWS makes it by calls, too.

``Refuse`` and ``Disconnect`` are met by such a delivery as by a call of the operation by which AWS makes it. What may
pass (a server's error, a throttle, a connection) is tried again, as the sender's retry policy says.
"""

from __future__ import annotations

from typing import Final

from ..core.effects import Deliver, Transient
from .effects import Disconnect, Refuse
from .errors import named_error
from .targets import name_of

__all__ = ["call_of", "reason_of"]

_CALLS: Final = {
    "events": "PutEvents",
    "firehose": "PutRecord",
    "kinesis": "PutRecord",
    "lambda": "Invoke",
    "logs": "PutLogEvents",
    "s3": "PutObject",
    "sns": "Publish",
    "sqs": "SendMessage",
}
_NAMES: Final = {"cloudwatchlogs": "logs", "eventbridge": "events"}
"""Services that SDKs call something else than boto3 does."""
_PASSING: Final = ("Throttl", "TooManyRequests", "RequestLimit", "ProvisionedThroughput", "LimitExceeded", "SlowDown")


def call_of(delivery: Deliver) -> tuple[str, str]:
    """The service and the operation by which AWS makes a delivery."""
    before, _, called = delivery.target_arn.partition(":aws-sdk:")
    if called:  # an operation, as schedules call any
        service, _, api = called.partition(":")
        return _NAMES.get(service, service), api[:1].upper() + api[1:]
    service = before.split(":", 3)[2] if before.count(":") > 2 else ""
    return service, _CALLS.get(service, "")


def reason_of(effect: Refuse | Disconnect, service: str, target_arn: str) -> str:
    """Why it fails: ``"ThrottlingException: Rate exceeded"``."""
    if isinstance(effect, Disconnect):
        return Transient(f"{effect.exception}: the connection broke")
    error = named_error(service, effect.error, name_of(target_arn), target_arn.split(":")[4])
    reason = f"{error.code}: {error.message}"
    is_passing = error.status >= 500 or any(word in error.code for word in _PASSING)
    return Transient(reason) if is_passing else reason

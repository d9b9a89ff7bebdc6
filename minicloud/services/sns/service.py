"""SNS as its clients see it, and the class that its operations make up together.

No operation stands here: they are in ``operations/``, grouped by what they are about, on the state of ``state.py``.
"""

from __future__ import annotations

from typing import Any

from ...core.service import Pagination, Service
from ...exceptions import AwsError
from .errors import EXCEPTIONS
from .operations.permissions import PermissionOperations
from .operations.publishing import PublishOperations
from .operations.push import PushOperations
from .operations.sms import SmsOperations
from .operations.subscriptions import SubscriptionOperations
from .operations.topics import TopicOperations

__all__ = ["SERVICE", "Sns"]


class Sns(
    TopicOperations,
    SubscriptionOperations,
    PublishOperations,
    PermissionOperations,
    PushOperations,
    SmsOperations,
):
    """SNS of one account in one region."""


def _error_response(error: AwsError) -> dict[str, Any]:
    members = dict(error.members or {})
    details = {"Type": error.fault, "Code": error.code, "Message": error.message}
    if error.shape in ("ValidationException", "VerificationException"):
        members["Message"] = error.message
        if "Status" in members:  # of a fault nobody has said one
            details["Status"] = members["Status"]
    return {"Error": details, **members}


def _by_token(result_key: str) -> Pagination:
    return Pagination("NextToken", "NextToken", None, (result_key,))


SERVICE = Service(
    name="sns",
    service_id="SNS",
    api_version="2010-03-31",
    api=Sns,
    content_type="text/xml",
    exceptions=tuple(shape for shape, _ in EXCEPTIONS.values()),
    error_response=_error_response,
    paginators={
        "list_endpoints_by_platform_application": _by_token("Endpoints"),
        "list_platform_applications": _by_token("PlatformApplications"),
        "list_subscriptions": _by_token("Subscriptions"),
        "list_subscriptions_by_topic": _by_token("Subscriptions"),
        "list_topics": _by_token("Topics"),
        "list_phone_numbers_opted_out": Pagination("nextToken", "nextToken", None, ("phoneNumbers",)),
        "list_origination_numbers": Pagination("NextToken", "NextToken", "MaxResults", ("PhoneNumbers",)),
        "list_sms_sandbox_phone_numbers": Pagination("NextToken", "NextToken", "MaxResults", ("PhoneNumbers",)),
    },
)

"""SNS as its clients see it."""

from __future__ import annotations

from typing import Any

from ...core.service import Pagination, Service
from ...exceptions import AwsError
from .api import Sns
from .errors import EXCEPTIONS

__all__ = ["SERVICE"]


def _error_response(error: AwsError) -> dict[str, Any]:
    members = dict(error.members or {})
    details = {"Type": error.fault, "Code": error.code, "Message": error.message}
    if error.shape == "VerificationException":
        details["Status"] = members["Status"]
    elif error.shape == "ValidationException":
        members["Message"] = error.message
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

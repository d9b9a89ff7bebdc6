"""STS as its clients see it."""

from __future__ import annotations

from typing import Any

from ...core.service import Service
from ...exceptions import AwsError
from .api import Sts


def error_response(error: AwsError) -> dict[str, Any]:
    """The answer that boto3 shows for ``error``, without ``ResponseMetadata``."""
    return {"Error": {"Type": error.fault, "Code": error.code, "Message": error.message}}


SERVICE = Service(
    name="sts",
    service_id="STS",
    api_version="2011-06-15",
    api=Sts,
    content_type="text/xml",
    exceptions=(
        "ExpiredTokenException",
        "ExpiredTradeInTokenException",
        "IDPCommunicationErrorException",
        "IDPRejectedClaimException",
        "InvalidAuthorizationMessageException",
        "InvalidIdentityTokenException",
        "JWTPayloadSizeExceededException",
        "MalformedPolicyDocumentException",
        "OutboundWebIdentityFederationDisabledException",
        "PackedPolicyTooLargeException",
        "RegionDisabledException",
        "SessionDurationEscalationException",
    ),
    error_response=error_response,
)

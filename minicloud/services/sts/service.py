"""AWS STS: who is calling, and credentials of another account or for a while; and what its clients know of it.

Credentials are made and nobody's rights are checked: whoever asks for a role gets it, also who shows a token of an
identity provider (``web_identity``). A client that is made with them acts for the role's account, as the role's
session: the credentials say so themselves (``keys``).
"""

from __future__ import annotations

from ...core.service import Service
from .errors import EXCEPTIONS, error_response
from .operations.credentials import CredentialOperations
from .operations.identity import IdentityOperations

__all__ = ["SERVICE", "Sts"]


class Sts(CredentialOperations, IdentityOperations):
    """The STS of one account in one region."""


SERVICE = Service(
    name="sts",
    service_id="STS",
    api_version="2011-06-15",
    api=Sts,
    content_type="text/xml",
    exceptions=tuple(shape for shape, _ in EXCEPTIONS.values()),
    error_response=error_response,
    is_partial=True,
)

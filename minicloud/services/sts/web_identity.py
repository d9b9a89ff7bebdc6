"""Web identities: what a token of an identity provider says of its bearer.

A token of OpenID Connect is a JSON web token. What it says is read, and when it ends is looked at; who has signed it
is not, for there are no providers whose keys one could ask for. Access tokens of OAuth 2.0 say nothing by themselves.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from typing import Any, Final, NamedTuple

from ...core.ids import Identifiers
from . import errors

__all__ = ["WebIdentity", "identity_of_access_token", "identity_of_id_token"]

_KNOWN_ISSUERS: Final = ("accounts.google.com", "cognito-identity.amazonaws.com")
"""The issuers that AWS knows by themselves; others are registered as providers in the account of the role."""
_CLAIMS: Final = ("iss", "sub", "aud", "exp")
_SOURCE_IDENTITY: Final = "https://aws.amazon.com/source_identity"


class WebIdentity(NamedTuple):
    """Who bears a token."""

    subject: str
    provider: str
    audience: str
    source_identity: str | None = None


def identity_of_id_token(token: str, now: int, account_prefix: str) -> WebIdentity:
    """Whose a token of OpenID Connect is. ``now`` is in seconds; ``account_prefix`` begins ARNs of the role's account.

    Raises InvalidIdentityToken or ExpiredTokenException.
    """
    claims = _claims_of(token)
    if claims is None:
        raise errors.id_token_invalid()
    for name in _CLAIMS:
        if not claims.get(name):
            raise errors.claim_missing(name)
    end = claims["exp"]
    if isinstance(end, bool) or not isinstance(end, int | float):
        raise errors.claim_missing("exp")
    if now >= end:
        raise errors.id_token_expired(now, int(end))
    issuer = str(claims["iss"]).removeprefix("https://")
    audience = claims["aud"]
    source_identity = claims.get(_SOURCE_IDENTITY)
    return WebIdentity(
        str(claims["sub"]),
        issuer if issuer in _KNOWN_ISSUERS else f"{account_prefix}oidc-provider/{issuer}",
        str(audience[0] if isinstance(audience, list) else audience),
        None if source_identity is None else str(source_identity),
    )


def identity_of_access_token(token: str, provider: str, ids: Identifiers) -> WebIdentity:
    """Whose an access token is, of one of the two providers that AWS asks: for each token somebody else.

    Raises ValidationError for another provider.
    """
    random = ids.random(f"web identity/{provider}/{token}")
    if provider == "www.amazon.com":
        subject = "amzn1.account." + "".join(random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=28))
        return WebIdentity(subject, provider, f"amzn1.application-oa2-client.{random.getrandbits(128):032x}")
    if provider == "graph.facebook.com":
        subject, audience = ("".join(random.choices("123456789", k=15)) for _ in range(2))
        return WebIdentity(subject, provider, audience)
    raise errors.provider_not_supported(provider)


def _claims_of(token: str) -> dict[str, Any] | None:
    parts = token.split(".")
    if len(parts) != 3:
        return None
    header, claims = map(_json_of, parts[:2])
    return None if header is None else claims


def _json_of(part: str) -> dict[str, Any] | None:
    try:
        value = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None

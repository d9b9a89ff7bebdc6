"""Mobile push: platform applications, the endpoints (devices) registered with them, and what a platform is sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from ...core.json_text import compact
from ...core.listing import Listing
from . import errors
from .attributes import integer_between

if TYPE_CHECKING:
    from .publication import Publication

__all__ = [
    "PlatformApplication",
    "PlatformEndpoint",
    "check_application_name",
    "check_credentials",
    "payload_for",
    "read_application_attributes",
    "read_endpoint_attributes",
]

PLATFORMS = (
    "ADM",
    "APNS",
    "APNS_SANDBOX",
    "APNS_VOIP",
    "APNS_VOIP_SANDBOX",
    "BAIDU",
    "GCM",
    "MACOS",
    "MACOS_SANDBOX",
    "MPNS",
    "WNS",
)

_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_SECRETS = ("PlatformCredential", "PlatformPrincipal")
"""Attributes that are kept and never shown."""
_EVENTS = ("EventEndpointCreated", "EventEndpointDeleted", "EventEndpointUpdated", "EventDeliveryFailure")
_PLAIN = (
    *_SECRETS,
    "SuccessFeedbackRoleArn",
    "FailureFeedbackRoleArn",
    "ApplePlatformTeamID",
    "ApplePlatformBundleID",
)


class PlatformApplication:
    """One application on one push platform, with its endpoints."""

    __slots__ = (
        "arn",
        "attributes",
        "by_token",
        "created_with",
        "endpoint_list",
        "endpoints",
        "platform",
        "serial",
    )

    def __init__(self, arn: str, serial: int, platform: str, attributes: dict[str, str]) -> None:
        self.arn = arn
        self.serial = serial
        self.platform = platform
        self.created_with = dict(attributes)
        self.attributes = {"Enabled": "true", **attributes}
        """Secrets included."""
        self.endpoints: dict[str, PlatformEndpoint] = {}
        """By ARN."""
        self.endpoint_list: Listing[int, PlatformEndpoint] = Listing()
        """By serial number."""
        self.by_token: dict[str, PlatformEndpoint] = {}

    @property
    def enabled(self) -> bool:
        """Whether it takes messages."""
        return self.attributes["Enabled"] == "true"

    def mend(self, endpoints: Iterable[PlatformEndpoint]) -> None:
        """Derive anew what is kept of the endpoints: these are its own. O(endpoints)."""
        self.endpoints = {one.arn: one for one in endpoints}
        self.endpoint_list.renew({one.serial: one for one in self.endpoints.values()})
        self.by_token = {one.token: one for one in self.endpoints.values()}

    def describe(self) -> dict[str, str]:
        """The attributes without the secrets."""
        return {name: value for name, value in self.attributes.items() if name not in _SECRETS}


class PlatformEndpoint:
    """One device, known by the token that its platform gave it."""

    __slots__ = ("application", "arn", "attributes", "serial")

    def __init__(self, application: PlatformApplication, arn: str, serial: int, attributes: dict[str, str]) -> None:
        self.application = application
        self.arn = arn
        self.serial = serial
        self.attributes = attributes
        """``Enabled`` and ``Token``, and ``CustomUserData`` when it was given."""

    @property
    def enabled(self) -> bool:
        """Whether it takes messages."""
        return self.attributes["Enabled"] == "true"

    @property
    def token(self) -> str:
        """The device's token."""
        return self.attributes["Token"]


def check_application_name(name: str) -> None:
    """Raise ``InvalidParameter`` for what is not the name of an application."""
    if not name:
        raise errors.application_name_empty(name=name)
    if len(name) > 256:
        raise errors.application_name_long(name=name)
    if not _NAME.fullmatch(name):
        raise errors.application_name_characters(name=name)


def check_credentials(platform: str, given: Mapping[str, str]) -> None:
    """Raise ``InvalidParameter`` for one of the two secrets without the other, but for GCM, which has only one."""
    has_credential, has_principal = "PlatformCredential" in given, "PlatformPrincipal" in given
    if platform == "GCM" or has_credential == has_principal:
        return
    if has_credential:
        raise errors.credential_without_principal()
    raise errors.principal_without_credential()


def read_application_attributes(given: Mapping[str, str], topic_exists: Callable[[str], bool]) -> dict[str, str]:
    """Check the attributes of a platform application. Raises ``InvalidParameter``."""
    kept = {}
    for name, value in given.items():
        if name == "Enabled":
            kept[name] = _boolean(name, value)
            continue
        if name == "SuccessFeedbackSampleRate":
            if integer_between(value, 0, 100) is None:
                raise errors.push_attribute_rate(name=name, value=value)
        elif name in _EVENTS:
            if value and not topic_exists(value):
                raise errors.push_attribute_topic(name=name, value=value)
        elif name not in _PLAIN:
            raise errors.push_attribute_unknown(name=name)
        elif name in _SECRETS and not value:
            raise errors.push_attribute_empty(name=name)
        kept[name] = value
    return kept


def read_endpoint_attributes(given: Mapping[str, str]) -> dict[str, str]:
    """Check the attributes of a platform endpoint. Raises ``InvalidParameter``."""
    kept = {}
    for name, value in given.items():
        if name == "Enabled":
            kept[name] = _boolean(name, value)
            continue
        if name == "Token":
            if not value:
                raise errors.push_attribute_empty(name=name)
            if _bytes(value) > 8192:
                raise errors.push_attribute_bytes(name=name, maximum=8192)
        elif name == "CustomUserData":
            if _bytes(value) > 2048:
                raise errors.push_attribute_bytes(name=name, maximum=2048)
        else:
            raise errors.push_attribute_unknown(name=name)
        kept[name] = value
    return kept


def check_token(token: str) -> None:
    """Raise ``InvalidParameter`` for what is not a device token."""
    if not token:
        raise errors.token_empty()
    if _bytes(token) > 8192:
        raise errors.token_long()


def payload_for(platform: str, publication: Publication) -> str:
    """What a push platform is sent: its own text as it is, or the default text in the platform's wrapping."""
    structure = publication.structure
    if structure is not None and platform in structure:
        return structure[platform]
    text = publication.message if structure is None else structure["default"]
    if platform.startswith(("APNS", "MACOS")):
        return compact({"aps": {"alert": text}})
    if platform in ("GCM", "ADM"):
        return compact({"data": {"default": text}})
    return text


def _boolean(name: str, value: str) -> str:
    lower = value.lower()
    if lower not in ("true", "false"):
        raise errors.push_attribute_boolean(name=name)
    return lower


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))

"""What an account has set up for SMS in one region: attributes, and the telephones of its sandbox."""

from __future__ import annotations

import re
from collections.abc import Mapping

from . import errors
from .attributes import integer_between

__all__ = ["SandboxNumber", "SmsSettings", "read_sms_attributes"]

_SENDER_ID = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]{1,11}")
_ATTRIBUTES = (
    "MonthlySpendLimit",
    "DeliveryStatusIAMRole",
    "DeliveryStatusSuccessSamplingRate",
    "DefaultSenderID",
    "DefaultSMSType",
    "UsageReportS3Bucket",
)


class SandboxNumber:
    """A destination number of the sandbox; it gets messages in AWS once it is verified."""

    __slots__ = ("number", "password", "serial", "since", "verified")

    def __init__(self, number: str, serial: int, password: str, now: int) -> None:
        self.number = number
        self.serial = serial
        self.password = password
        """The one-time password that was sent to it last."""
        self.verified = False
        self.since = now
        """When it was added, or verified last."""


class SmsSettings:
    """The SMS side of one account and region."""

    __slots__ = ("attributes", "sandbox")

    def __init__(self) -> None:
        self.attributes = {"MonthlySpendLimit": "1"}
        self.sandbox: dict[str, SandboxNumber] = {}
        """By number."""


def read_sms_attributes(given: Mapping[str, str]) -> Mapping[str, str]:
    """Check SMS attributes. Raises ``InvalidParameter``."""
    for name, value in given.items():
        if name not in _ATTRIBUTES:
            raise errors.sms_attribute_unknown(name=name)
        if not _is_sms_value(name, value):
            if name == "DeliveryStatusSuccessSamplingRate":
                raise errors.sms_sampling_rate()
            raise errors.sms_attribute_value(name=name)
    return given


def _is_sms_value(name: str, value: str) -> bool:
    if name == "MonthlySpendLimit":
        return integer_between(value, 0, 10**9) is not None
    if name == "DeliveryStatusSuccessSamplingRate":
        return integer_between(value, 0, 100) is not None
    if name == "DefaultSenderID":
        return _SENDER_ID.fullmatch(value) is not None
    if name == "DefaultSMSType":
        return value in ("Promotional", "Transactional")
    return True

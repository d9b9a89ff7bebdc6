"""What all ARNs have in common: partitions, accounts, and who calls."""

from __future__ import annotations

from functools import cache

from ..exceptions import UsageError
from .shown import shown

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    import re
    from typing import TypeGuard

__all__ = [
    "caller_arn",
    "check_account_id",
    "check_region_name",
    "is_account_id",
    "is_identity_arn",
    "service_in",
]

_OTHER_NAMES = {"autoscaling": "application-autoscaling"}
"""The services whose ARNs, or some of them, have another name than boto3 has for it."""


def service_in(arn: str) -> str:
    """The service that has what an ARN is of, by boto3's name. O(1)."""
    name = arn.split(":", 3)[2]
    return _OTHER_NAMES.get(name, name)


def is_account_id(text: object) -> TypeGuard[str]:
    """Whether it looks like an AWS account: a string of twelve digits of ASCII."""
    return isinstance(text, str) and len(text) == 12 and text.isascii() and text.isdigit()


def is_identity_arn(text: str) -> bool:
    """Whether it is an ARN as users, roles, sessions and accounts have it, which are who a policy can name.

    CloudFront has identities without an account.
    """
    parts = text.split(":", 5)
    return (
        len(parts) == 6
        and parts[0] == "arn"
        and parts[2] in ("iam", "sts")
        and (is_account_id(parts[4]) or parts[4] == "cloudfront")
        and parts[5] != ""
    )


def check_account_id(account_id: object) -> None:
    """Raise ``UsageError`` for what is not an AWS account."""
    if not is_account_id(account_id):
        raise UsageError(
            f"account_id={shown(account_id)} is not an AWS account: give twelve digits as a string, such as "
            "'123456789012'"
        )


def check_region_name(region_name: object) -> None:
    """Raise ``UsageError`` for what cannot be a region: not a string, or not one that fits into a URL's host.

    A name that is nearly a region's is warned of, once in a process.
    """
    if type(region_name) is str and region_name in _known:
        return
    if (
        not isinstance(region_name, str)
        or not region_name.isascii()
        or not region_name.replace("-", "").isalnum()
        or len(region_name) > _LONGEST_LABEL
    ):
        raise UsageError(f"region_name={shown(region_name)} is not a region: give a name such as 'eu-west-1'")
    if _form().fullmatch(region_name) is None:
        from .region_names import warn_of

        warn_of(region_name)
    _known.add(region_name)


_known = {"us-east-1"}
"""Names that have been looked at: most are, again and again. That of clouds that are not told another is one."""


@cache
def _form() -> re.Pattern[str]:
    import re

    return re.compile(r"[a-z]{2,4}(?:-[a-z]{2,4})?-(?:central|(?:north|south)?(?:east|west)|north|south)-\d{1,2}")


_LONGEST_LABEL = 63
"""Of a host name. [RFC 1035]"""


def caller_arn(account_id: str, region_name: str) -> str:
    """Who calls, as far as an emulator without identities can say."""
    from .hosts import partition_of  # the first import need not load it

    return f"arn:{partition_of(region_name)}:iam::{account_id}:user/minicloud"

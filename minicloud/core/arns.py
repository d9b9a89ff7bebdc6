"""What all ARNs have in common: partitions, accounts, and who calls."""

from __future__ import annotations

__all__ = ["caller_arn", "is_account_id", "partition_of"]


def partition_of(region_name: str) -> str:
    """The partition of a region, as ARNs name it."""
    if region_name.startswith("cn-"):
        return "aws-cn"
    if region_name.startswith("us-gov-"):
        return "aws-us-gov"
    return "aws"


def is_account_id(text: str) -> bool:
    """Whether it looks like an AWS account: twelve digits of ASCII."""
    return len(text) == 12 and text.isascii() and text.isdigit()


def caller_arn(account_id: str, region_name: str) -> str:
    """Who calls, as far as an emulator without identities can say."""
    return f"arn:{partition_of(region_name)}:iam::{account_id}:user/minicloud"

"""What the cloud knows of a refusal beyond S3's text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...core.near import did_you_mean
from ...core.shown import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .bucket import Bucket

__all__ = ["BUCKET_NAME", "no_acls", "no_bucket", "no_key", "other_owner"]

BUCKET_NAME: Final = (
    "the name of a bucket has 3 to 63 of a-z, 0-9, '-' and '.', begins and ends with a letter or digit, has no two "
    "dots side by side, is no IP address, and begins with none of xn--, sthree- and amzn-s3-demo-"
)


def no_acls(name: str) -> str:
    """How a bucket has ACLs."""
    return (
        "a bucket has no ACLs unless it was made with another ownership: take the ACL out of the call, or make the "
        f"bucket by create_bucket(Bucket={shown(name)}, ObjectOwnership='ObjectWriter')"
    )


def no_bucket(names: Sequence[str], name: str) -> str:
    """Which buckets there are instead."""
    if not names:
        return f"there is no bucket in this cloud: create_bucket(Bucket={shown(name)}) makes it"
    near = did_you_mean(name, names)
    return (
        f"there is no bucket {shown(name)}{near}" if near else f"there are the buckets {', '.join(sorted(names)[:10])}"
    )


def no_key(bucket: Bucket, key: str) -> str | None:
    """Which keys there are that look like it."""
    versions = bucket.versions_of(key)
    if versions:
        return f"{shown(key)} has been deleted: its newest version is a delete marker"
    if not bucket.objects.items:
        return f"the bucket {bucket.name} is empty"
    near = did_you_mean(key, bucket.objects.page(1000))
    return f"the bucket {bucket.name} has no {shown(key)}{near}" if near else None


def other_owner(bucket: Bucket, owner: str) -> str:
    """Whose a bucket is."""
    return f"the bucket {bucket.name} is of account {bucket.state.account_id}, and not of {shown(owner)}"

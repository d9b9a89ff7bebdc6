"""What objects are put with: which of it is kept, checked, or has no meaning here.

Headers that come back with an object are kept as they are. What would change how AWS keeps it (encryption by keys,
locks, grants) is refused rather than ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote_plus

from ...core.unset import UNSET
from . import errors, notes
from .bucket import Bucket
from .object import STANDARD

__all__ = [
    "ARCHIVED",
    "HEADERS",
    "PLAIN_HEADERS",
    "bytes_of",
    "check_acl",
    "check_key",
    "check_tags",
    "read_metadata",
    "read_settings",
    "read_tagging",
    "refuse_settings",
]

HEADERS: Final = (
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Expires",
    "WebsiteRedirectLocation",
)
"""What is kept with an object and comes back as it is."""
_DEFAULT_TYPE: Final = "binary/octet-stream"
PLAIN_HEADERS: Final[Mapping[str, Any]] = {"ContentType": _DEFAULT_TYPE}
"""Those of an object that is put with none."""
_STORAGE_CLASSES: Final = (
    STANDARD,
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER",
    "DEEP_ARCHIVE",
    "GLACIER_IR",
)
ARCHIVED: Final = ("GLACIER", "DEEP_ARCHIVE")
"""The storage classes of what has to be restored before it can be read."""
_CANNED: Final = (
    "private",
    "public-read",
    "public-read-write",
    "authenticated-read",
    "aws-exec-read",
    "bucket-owner-read",
    "bucket-owner-full-control",
)
_TAKEN_WITHOUT_ACLS: Final = (UNSET, "private", "bucket-owner-full-control")
"""What may come with an object that is put into a bucket without ACLs: it changes nothing."""
_GRANTS: Final = ("GrantFullControl", "GrantRead", "GrantReadACP", "GrantWrite", "GrantWriteACP")
_MOST_TAGS: Final = 10
_LONGEST_KEY: Final = 1024
_MOST_METADATA: Final = 2048
"""Bytes of names and values. [S3 user guide: Working with object metadata]"""

_KEYS = "objects are kept as they are, and shown as encrypted with AES256: take it out of the call, or test it on AWS"
_LOCK = "objects are not locked here: take it out of the call"
_WHY: Final = {
    **dict.fromkeys(
        (
            "SSECustomerAlgorithm",
            "SSECustomerKey",
            "SSECustomerKeyMD5",
            "SSEKMSKeyId",
            "SSEKMSEncryptionContext",
            "BucketKeyEnabled",
            "CopySourceSSECustomerAlgorithm",
            "CopySourceSSECustomerKey",
            "CopySourceSSECustomerKeyMD5",
        ),
        _KEYS,
    ),
    **dict.fromkeys(
        (
            "BypassGovernanceRetention",
            "ObjectLockEnabledForBucket",
            "ObjectLockEventHold",
            "ObjectLockEventHoldDurationDays",
            "ObjectLockEventHoldDurationYears",
            "ObjectLockLegalHoldStatus",
            "ObjectLockMode",
            "ObjectLockRetainUntilDate",
        ),
        _LOCK,
    ),
    "AnnotationDirective": "objects have no annotations here: take it out of the call",
    "BucketNamespace": "all buckets here are general purpose buckets of the global namespace: take it out of the call",
    "MFA": "nobody is asked for a second factor here: take it out of the call",
    "WriteOffsetBytes": "only directory buckets append to objects, and there are none here: put the whole object",
}


def bytes_of(body: Any) -> bytes:
    """The bytes of a body, which validation has made of whatever was given; none where nothing was."""
    return b"" if body is UNSET else body


def refuse_settings(given: Mapping[str, Any]) -> None:
    """Raise ``UsageError`` for what would have an effect on AWS and has none here."""
    for name, why in _WHY.items():
        value = given.get(name, UNSET)
        if value is not UNSET and value is not False:
            raise errors.not_emulated(name, value, why)
    encryption = given.get("ServerSideEncryption", UNSET)
    if encryption is not UNSET and encryption != "AES256":
        raise errors.not_emulated("ServerSideEncryption", encryption, _KEYS)


def check_acl(bucket: Bucket, given: Mapping[str, Any]) -> str:
    """The canned ACL to keep. Raises AccessControlListNotSupported where the bucket has none, as new ones. [known]

    Those take ``private`` with an object, which says what holds anyway: libraries send it without being asked, the AWS
    SDK for PHP, Scrapy and Airflow among them. [inferred]
    """
    acl = given.get("ACL", UNSET)
    grants = [name for name in _GRANTS if given.get(name, UNSET) is not UNSET]
    if not bucket.has_acls:
        if grants or acl not in _TAKEN_WITHOUT_ACLS:
            raise errors.acl_not_supported().noting(notes.no_acls(bucket.name))
    elif grants:
        raise errors.not_emulated(grants[0], given[grants[0]], "give a canned ACL, or AccessControlPolicy")
    elif acl is not UNSET and acl not in _CANNED:
        raise errors.acl_invalid(ArgumentName="x-amz-acl", ArgumentValue=acl)
    return "private" if acl is UNSET else acl


def check_key(key: str) -> None:
    """Raise KeyTooLongError for one that is. O(length)."""
    size = len(key.encode())
    if size > _LONGEST_KEY:
        raise errors.key_too_long(MaxSizeAllowed=str(_LONGEST_KEY), Size=str(size))


def read_metadata(metadata: Mapping[str, str]) -> dict[str, str]:
    """Metadata as it is kept, with its names lower-cased [docs]. Raises MetadataTooLarge."""
    size = sum(len(name.encode()) + len(value.encode()) for name, value in metadata.items())
    if size > _MOST_METADATA:
        raise errors.metadata_too_large(Size=str(size), MaxSizeAllowed=str(_MOST_METADATA))
    return {name.lower(): value for name, value in metadata.items()}


def read_settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """What an object is to have, as arguments of ``Version``. Raises InvalidStorageClass, and for metadata and tags."""
    check_key(given["Key"])
    storage_class = given.get("StorageClass", UNSET)
    if storage_class is UNSET:
        storage_class = STANDARD
    elif storage_class not in _STORAGE_CLASSES:
        raise errors.storage_class_invalid(StorageClassRequested=storage_class)
    headers = {name: given[name] for name in HEADERS if given[name] is not UNSET}
    if "ContentType" not in headers:
        headers["ContentType"] = _DEFAULT_TYPE
    made: dict[str, Any] = {"headers": headers, "storage_class": storage_class}
    metadata, tagging = given["Metadata"], given["Tagging"]
    if metadata:
        made["metadata"] = read_metadata(metadata)
    if tagging:
        made["tags"] = read_tagging(tagging)
    return made


def read_tagging(text: str) -> dict[str, str]:
    """The tags that a header like ``a=b&c=`` stands for; whatever it is, it stands for some. [rec]"""
    pairs = [part.partition("=") for part in text.split("&") if part]
    return check_tags([(unquote_plus(key), unquote_plus(value)) for key, _, value in pairs])


def check_tags(pairs: list[tuple[str, str]], *, of_bucket: bool = False) -> dict[str, str]:
    """Tags as they are kept, in the order of their keys.

    Raises for more than ten, one twice, one too long [docs], and for one of AWS's own [field].
    """
    if len(pairs) > _MOST_TAGS:
        raise errors.tags_too_many()
    tags = dict(pairs)
    if len(tags) < len(pairs):
        raise errors.tag_twice()
    for key, value in pairs:
        if key.startswith("aws:"):
            raise errors.bucket_tag_reserved() if of_bucket else errors.tag_key_reserved(TagKey=key)
        if not 1 <= len(key) <= 128:
            raise errors.tag_key_invalid(TagKey=key)
        if len(value) > 256:
            raise errors.tag_value_invalid(TagKey=key, TagValue=value)
    return dict(sorted(tags.items()))

"""S3 as its clients see it, and the class that its operations make up together.

No operation stands here: they are in ``operations/``, a file a noun, on the state of ``state.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...core.service import REST_XML, Acceptor, Pagination, Service, WaiterModel, of_status
from ...exceptions import AwsError
from .errors import EXCEPTIONS, error_headers, error_response
from .operations.buckets import BucketOperations
from .operations.lists import ListOperations
from .operations.notifications import NotificationOperations
from .operations.objects import ObjectOperations
from .operations.reads import ReadOperations
from .operations.tags import TagOperations
from .operations.uploads import UploadOperations
from .refused import REFUSED

__all__ = ["S3", "SERVICE"]


class S3(
    BucketOperations,
    ListOperations,
    NotificationOperations,
    ObjectOperations,
    ReadOperations,
    TagOperations,
    UploadOperations,
):
    """The S3 of one account in one region."""


def _is_there(result: dict[str, Any] | None, error: AwsError | None) -> bool:
    return result is not None


def _answers(*statuses: int) -> Callable[[dict[str, Any] | None, AwsError | None], bool]:
    def matches(result: dict[str, Any] | None, error: AwsError | None) -> bool:
        return error is not None and error.status in statuses

    return matches


def _paged(given: str | tuple[str, ...], found: str | tuple[str, ...], limit: str, *keys: str) -> Pagination:
    return Pagination(given, found, limit, keys, "IsTruncated", ("RequestCharged", "Prefix"))


SERVICE = Service(
    name="s3",
    service_id="S3",
    api_version="2006-03-01",
    api=S3,
    content_type=REST_XML,
    exceptions=tuple(EXCEPTIONS),
    error_response=error_response,
    error_headers=error_headers,
    is_partial=True,
    refused=REFUSED,
    paginators={
        "list_objects": _paged("Marker", "NextMarker || Contents[-1].Key", "MaxKeys", "Contents", "CommonPrefixes"),
        "list_objects_v2": _paged(
            "ContinuationToken", "NextContinuationToken", "MaxKeys", "Contents", "CommonPrefixes"
        ),
        "list_object_versions": _paged(
            ("KeyMarker", "VersionIdMarker"),
            ("NextKeyMarker", "NextVersionIdMarker"),
            "MaxKeys",
            "Versions",
            "DeleteMarkers",
            "CommonPrefixes",
        ),
        "list_parts": Pagination(
            "PartNumberMarker",
            "NextPartNumberMarker",
            "MaxParts",
            ("Parts",),
            "IsTruncated",
            ("ChecksumAlgorithm", "Initiator", "Owner", "StorageClass", "ChecksumType"),
        ),
        "list_buckets": Pagination(
            "ContinuationToken", "ContinuationToken", "MaxBuckets", ("Buckets",), non_aggregate_keys=("Owner", "Prefix")
        ),
    },
    waiters={
        "bucket_exists": WaiterModel(
            "head_bucket",
            5,
            20,
            (
                Acceptor("success", _is_there),
                Acceptor("success", _answers(301)),
                Acceptor("success", _answers(403)),
                Acceptor("retry", _answers(404), of_status(404)),
            ),
        ),
        "bucket_not_exists": WaiterModel("head_bucket", 5, 20, (Acceptor("success", _answers(404)),)),
        "object_exists": WaiterModel(
            "head_object", 5, 20, (Acceptor("success", _is_there), Acceptor("retry", _answers(404), of_status(404)))
        ),
        "object_not_exists": WaiterModel("head_object", 5, 20, (Acceptor("success", _answers(404)),)),
    },
)

"""Which operation of S3 a request asks for: its method, whether it names a bucket and a key, and what its query has.

A resource has many sides, each a word in the query (``?versioning``); one that minicloud does not have is refused by
its name, and never taken for the resource itself.
"""

from __future__ import annotations

from functools import cache
from typing import Final, TypeAlias
from urllib.parse import parse_qs

from ..services.s3.rest import PATHS
from ..wire.rest_xml_protocol import place_in
from .http_request import HttpRequest

__all__ = ["operation_of_s3", "place_in"]

_SIDES: Final = frozenset(
    {
        "abac",
        "accelerate",
        "acl",
        "analytics",
        "annotation",
        "attributes",
        "cors",
        "delete",
        "encryption",
        "intelligent-tiering",
        "inventory",
        "legal-hold",
        "lifecycle",
        "location",
        "logging",
        "metadataAnnotationTable",
        "metadataConfiguration",
        "metadataInventoryTable",
        "metadataJournalTable",
        "metadataTable",
        "metrics",
        "notification",
        "object-lock",
        "ownershipControls",
        "policy",
        "policyStatus",
        "publicAccessBlock",
        "renameObject",
        "replication",
        "requestPayment",
        "restore",
        "retention",
        "select",
        "session",
        "tagging",
        "torrent",
        "uploads",
        "versioning",
        "versions",
        "website",
    }
)
"""What a query may say that a request is about. [botocore's model]"""
_Asked: TypeAlias = tuple[str, bool, bool, str]
"""The method, whether a bucket and a key are named, and the side."""


def operation_of_s3(request: HttpRequest) -> tuple[str, bool]:
    """The operation that a request asks for, and whether minicloud has it.

    One that minicloud has not is told by its name where there is something to say of it, else by method and path.
    """
    query = parse_qs(request.query, keep_blank_values=True)
    bucket, key = place_in(request.target, request.host)
    side = next((one for one in query if one in _SIDES), "")
    method = request.method
    if not side and key:
        if "uploadId" in query:
            name = {"PUT": "UploadPart", "POST": "CompleteMultipartUpload", "DELETE": "AbortMultipartUpload"}.get(
                method, "ListParts"
            )
            if name == "UploadPart" and "x-amz-copy-source" in request.headers:
                return "UploadPartCopy", True
            return name, True
        if method == "PUT" and "x-amz-copy-source" in request.headers:
            return "CopyObject", True
    if not side and query.get("list-type") == ["2"]:
        side = "list-type=2"
    asked = method, bool(bucket), bool(key), side
    found = _operations().get(asked)
    if found is not None:
        return found, True
    refused = _refused().get(asked)
    if refused is not None:
        return refused, False
    return f"{method} {request.path[:100]}{'?' + side if side else ''}", False


@cache
def _operations() -> dict[_Asked, str]:
    return _by_request(PATHS)


@cache
def _refused() -> dict[_Asked, str]:
    from ..services.s3.rest_refused import PATHS as PATHS_OF_REFUSED  # only those need it who ask for such a thing

    return _by_request(PATHS_OF_REFUSED)


def _by_request(paths: dict[str, tuple[str, str]]) -> dict[_Asked, str]:
    found: dict[_Asked, str] = {}
    for name, (method, path) in paths.items():
        place, _, side = path.partition("?")
        key = method, "{Bucket}" in place, "{Key+}" in place, side.partition("&")[0]
        found.setdefault(key, name)  # of those with one path the first is the one without anything more
    return found

"""Where requests to EventBridge Pipes have what they say: the method and the path of each operation. [botocore]

What the path names is in the path. Of requests without a body (GET, DELETE) all else is in the query.
"""

from __future__ import annotations

from typing import Final

__all__ = ["OF_HEADERS", "OF_QUERIES", "PATHS", "PAYLOADS"]

PATHS: Final = {
    "CreatePipe": ("POST", "/v1/pipes/{Name}"),
    "DeletePipe": ("DELETE", "/v1/pipes/{Name}"),
    "DescribePipe": ("GET", "/v1/pipes/{Name}"),
    "ListPipes": ("GET", "/v1/pipes"),
    "ListTagsForResource": ("GET", "/tags/{resourceArn}"),
    "StartPipe": ("POST", "/v1/pipes/{Name}/start"),
    "StopPipe": ("POST", "/v1/pipes/{Name}/stop"),
    "TagResource": ("POST", "/tags/{resourceArn}"),
    "UntagResource": ("DELETE", "/tags/{resourceArn}"),
    "UpdatePipe": ("PUT", "/v1/pipes/{Name}"),
}

OF_QUERIES: Final[dict[str, str]] = {}
"""No member is called something else in the query."""

OF_HEADERS: Final[dict[str, dict[str, str]]] = {}
"""No member is in a header."""

PAYLOADS: Final[dict[str, str]] = {}
"""No member is the body itself."""

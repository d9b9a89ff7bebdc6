"""Whether a request says who asks in a form that AWS reads. Signatures are not verified, and who sends none is served.

A client that says it in no form at all has a bug, and gets AWS's answer. [seen on AWS's Kinesis, 2013 to 2020; names
and status in the query protocol: SNS API reference, common errors]
"""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qs

from ..core.shown import escaped
from ..exceptions import AwsError
from .http_request import HttpRequest

__all__ = ["check"]

_PARTS: Final = ("Credential", "Signature", "SignedHeaders")
_IN_THE_QUERY: Final = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date")


def check(request: HttpRequest, protocol: str) -> None:
    """Raise ``AwsError`` for what claims to be signed and is not. O(length of the header)."""
    header = request.headers.get("authorization")
    in_the_query = "X-Amz-Algorithm" in request.query
    if header is None:
        if in_the_query:
            _check_query(request, protocol)
    elif in_the_query:
        text = "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."
        raise _error("InvalidSignature", text, protocol)
    elif not header:
        is_query = protocol == "query"
        text = "Request is missing Authentication Token" if is_query else "Missing Authentication Token"
        raise _error("MissingAuthenticationToken", text, protocol)
    elif not (header.startswith("AWS ") and ":" in header):  # else of the second kind
        _check_header(header, request, protocol)


def _check_header(header: str, request: HttpRequest, protocol: str) -> None:
    missing = [part for part in _PARTS if f"{part}=" not in header]
    has_date = "x-amz-date" in request.headers or "date" in request.headers
    if missing or not has_date:
        texts = [f"Authorization header requires '{part}' parameter." for part in missing]
        if not has_date:
            texts.append("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
        text = f"{' '.join(texts)} Authorization={escaped(header, 200)}"
        raise _error("IncompleteSignature", text, protocol)


def _check_query(request: HttpRequest, protocol: str) -> None:
    given = parse_qs(request.query)
    missing = [name for name in _IN_THE_QUERY if name not in given]
    if missing:
        texts = [f"AWS query-string parameters must include '{name}'." for name in missing]
        raise _error("IncompleteSignature", f"{' '.join(texts)} Re-examine the query-string parameters.", protocol)


def _error(code: str, text: str, protocol: str) -> AwsError:
    if protocol == "query":
        return AwsError(code, text, 403)
    return AwsError(f"{code}Exception", text, 400)

"""The two ids of a request as S3 has them. Every client's answers need this file, so it imports nearly nothing."""

from __future__ import annotations

from binascii import b2a_base64
from typing import Final

__all__ = ["request_id_of", "second_request_id"]


def request_id_of(uuid: str) -> str:
    """The id of a request, as S3 has them: 16 characters."""
    return uuid[:18].replace("-", "").upper()


_SPREAD: Final = int(
    "7bf6326cd152aa0c8d6dd92a3925bb32cd1482e5bdc9c6a2f958b6e0849fb67d"
    "6f0d26a42b32cc4b6d9e9dc43c9befcf0cdedf41f7a90262d83928415ac53cfc",
    16,
)


def second_request_id(request_id: str) -> str:
    """The other id of a request (``x-amz-id-2``), which AWS's support asks for: 76 characters, of 16 or fewer."""
    # No digest: it is made for each call, and has nothing to hide.
    spread = (int.from_bytes(request_id.encode(), "big") * _SPREAD).to_bytes(80, "big")
    return b2a_base64(spread[16:72], newline=False).decode()

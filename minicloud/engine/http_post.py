"""Real posts, to servers of the test's own on this machine; nothing is ever posted anywhere else."""

from __future__ import annotations

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from typing import Any

    from ..core.errands import Post

__all__ = ["TIMEOUT", "is_loopback", "post_for_real"]

_LOOPBACK = r"localhost|127(?:\.[0-9]{1,3}){3}|0\.0\.0\.0|::1?"
"""Hosts that are this machine; the unspecified addresses are what a server says of itself that listens to all."""
TIMEOUT = 15.0
"""Seconds that SNS waits for a subscriber. [SNS developer guide: delivery retries]"""


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine."""
    # Imported here: they are a tenth of what importing minicloud costs.
    import re
    from urllib.parse import urlsplit

    return re.fullmatch(_LOOPBACK, urlsplit(url).hostname or "") is not None


def post_for_real(post: Post) -> int:
    """Post over a socket; the HTTP status that came back. Raises ``OSError`` when there is no answer."""
    from urllib.error import HTTPError
    from urllib.parse import urlsplit
    from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

    class NoRedirects(HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            """Leave a 3xx status to the sender, for whom it is a failure."""

    departure = post.departure
    parts = urlsplit(post.url)
    url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    request = Request(url, departure.body.encode(), dict(departure.headers), method="POST")  # loopback
    # Never through a proxy, nor where a redirect points: it would leave the machine.
    opener = build_opener(ProxyHandler({}), NoRedirects)
    try:
        with opener.open(request, timeout=TIMEOUT) as response:
            status: int = response.status
            return status
    except HTTPError as error:
        with error:  # it holds the answer, which is left unread
            return error.code

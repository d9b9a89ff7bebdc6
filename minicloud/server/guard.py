"""Who is served: not the page of a web site that has found out where the server listens.

A page whose name is made to resolve to 127.0.0.1 sends its own name as ``Host``; a page on another site sends its
``Origin``, or its browser says ``Sec-Fetch-Site``. A form needs no leave of the server to be sent, and forms are what
SQS and SNS understand, so both are looked at before anything is done. Programs send neither.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..core.hosts import is_of_aws
from ..core.shown import escaped
from .http_request import HttpError, HttpRequest

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

__all__ = ["Guard"]

_ALWAYS = ("localhost", "127.0.0.1", "host.docker.internal", "localhost.localstack.cloud")
_BELOW = (".localhost", ".localhost.localstack.cloud", ".amazonaws.com", ".amazonaws.com.cn", ".api.aws")
_EXPOSED = "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-query-error,x-amz-request-id,x-amz-id-2,x-amzn-ErrorMessage,Date"
_MOST_HOSTS = 100
_PORT = re.compile(r":[0-9]*$")


class Guard:
    """Which hosts and origins are served, beside those of this machine."""

    def __init__(self, hosts: Collection[str] = (), origins: Collection[str] = ()) -> None:
        self._hosts = frozenset(name.lower() for name in hosts)
        self._served: dict[str, bool] = {}
        """What was found of hosts: each request names one, and nearly all the same."""
        self._origins = frozenset(origin.rstrip("/").lower() for origin in origins)

    def check(self, request: HttpRequest) -> None:
        """Raise ``HttpError`` (403) for a request that may be a foreign page's."""
        host = request.host
        if host and not (self._served.get(host) or self._look_at(host)):
            raise HttpError(
                403,
                f"minicloud does not serve the host {escaped(host, 200)!r}: a page of another site may have "
                "sent this; if the name is yours, start the server with --allow-host NAME\n",
            )
        origin = request.headers.get("origin")
        if origin is not None and not self._is_allowed(origin):
            raise HttpError(
                403,
                f"minicloud does not serve pages of {escaped(origin, 200)!r}: if the page is yours, start the server "
                "with --allow-origin ORIGIN\n",
            )
        if origin is None and request.headers.get("sec-fetch-site", "").lower() == "cross-site":
            raise HttpError(403, "minicloud does not serve pages of other sites: see --allow-origin\n")

    def headers_for(self, request: HttpRequest) -> dict[str, str]:
        """What lets a page read the answer."""
        origin = request.headers.get("origin")
        if origin is None:
            return {}
        return {
            "access-control-allow-origin": origin,
            "vary": "Origin",
            "access-control-expose-headers": _EXPOSED,
        }

    def preflight(self, request: HttpRequest) -> dict[str, str]:
        """What a browser asks before it sends a page's request."""
        headers = {"access-control-max-age": "172800"}
        asked = request.headers
        if "access-control-request-method" in asked:
            headers["access-control-allow-methods"] = asked["access-control-request-method"]
        if "access-control-request-headers" in asked:
            headers["access-control-allow-headers"] = asked["access-control-request-headers"]
        if asked.get("access-control-request-private-network", "").lower() == "true":
            headers["access-control-allow-private-network"] = "true"
        return headers

    def _look_at(self, host: str) -> bool:
        found = self._is_ours(host)
        if len(self._served) >= _MOST_HOSTS:
            self._served.clear()
        self._served[host] = found
        return found

    def _is_ours(self, host: str) -> bool:
        if host.startswith("["):
            name, end, port = host[1:].partition("]")
            return bool(end) and _is_address(name) and (not port or _PORT.fullmatch(port) is not None)
        name = _PORT.sub("", host).rstrip(".").lower()
        if not name or re.fullmatch(r"[a-z0-9._-]+", name) is None:
            return False
        return (
            "." not in name
            or name in _ALWAYS
            or name.endswith(_BELOW)
            or name in self._hosts
            or _is_address(name)
            or is_of_aws(name)
        )

    def _is_allowed(self, origin: str) -> bool:
        if origin.rstrip("/").lower() in self._origins:
            return True
        try:
            name = urlsplit(origin).hostname or ""
        except ValueError:
            return False
        if name == "localhost" or name.endswith(".localhost"):
            return True
        address = _address_of(name)
        return address is not None and address.is_loopback


def _address_of(name: str) -> IPv4Address | IPv6Address | None:
    from ipaddress import ip_address  # takes longer than to look at a host that is known

    try:
        return ip_address(name)
    except ValueError:
        return None


def _is_address(name: str) -> bool:
    return _address_of(name) is not None

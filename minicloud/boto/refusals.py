"""Requests that are not to leave the process, and what is said of them.

Some are refused when botocore is about to send them. Others might still be answered by somebody who stands below
botocore, a recorder of HTTP or a double of sockets: these are refused where a connection would be opened for them
(``sending_unless_it_connects``; the hooks are those of ``url_fetches``).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

from ..core.hosts import is_of_aws, read_host
from ..core.shown import escaped, shown
from ..exceptions import UsageError
from .activation import (
    FAKE_KEY,
    FAKE_KEYS,
    GUARDED_SERVICES,
    LEFTOVER,
    GuardedCall,
    PassthroughCall,
    UnansweredCall,
    state,
)
from .left_threads import left_thread

__all__ = [
    "is_on_this_machine",
    "leftover_of_thread",
    "refusal_of",
    "refuse_connection",
    "sending_unless_it_connects",
    "sockets_are_doubles",
]

_METADATA_HOSTS = ("169.254.169.254", "fd00:ec2::254")
"""Where machines of EC2 find their role's credentials."""


def refusal_of(request: Any, call: Any) -> Exception | None:
    """What a request is refused with when a connection to another machine would be opened for it; None: with nothing.

    ``call`` is what ``current_call`` holds, and none that a cloud answers. Raises what is refused whoever might answer.
    """
    if isinstance(call, UnansweredCall):
        raise call.refusal
    if isinstance(call, PassthroughCall):
        return _refused_when_let_through(request, call.service_name)
    if state.activation is None and (call is None or call is LEFTOVER or isinstance(call, GuardedCall)):
        refusal = _refused_by_guard(request, call)
        if refusal is None:
            _refuse_leftover(request, call)
        return refusal
    if _host_of(request) in _METADATA_HOSTS:
        raise _no_machine_of_ec2(request)
    raise UsageError(
        f"{_told(request)} was about to be sent without going through the client's methods, and no request of "
        "botocore's reaches the network while mock_aws() is active: call the client's method, or take the request out "
        "of the test"
    )


def _refuse_leftover(request: Any, call: Any) -> None:
    """Raise ``UsageError`` for a request to AWS, when no mock is active, that was meant for one that has ended.

    It is signed with the fake credentials of a mock; or a thread that was started inside of one sends it, by a client
    that the mock has answered. It comes from a consumer that was not stopped in time, and AWS could only reject it, or
    have a developer's own queues read.
    """
    if is_of_aws(_host_of(request)):
        if f"Credential={FAKE_KEY}/" in _signature(request):
            raise _leftover(
                f"{_told(request)} was about to be sent with the fake credentials of a mock_aws() that has ended",
                ", and make new clients for what comes after it",
            )
        if call is LEFTOVER and (thread := left_thread()) is not None:
            raise leftover_of_thread(_told(request), thread)


def leftover_of_thread(what: str, thread: str) -> Exception:
    """What a call is refused with of a thread that was started inside of a mock which has ended."""
    return _leftover(
        f"{what} was about to be sent by the thread {shown(thread)}, which was started inside of a mock_aws() that has "
        "ended"
    )


def _leftover(what: str, more: str = "") -> Exception:
    """Botocore's ``NoCredentialsError`` as well: what an application does about AWS's error, it does about this."""
    from botocore.exceptions import NoCredentialsError

    made: Any = type("NoCredentialsError", (UsageError, NoCredentialsError), {"__init__": Exception.__init__})
    error: Exception = made(
        f"{what}: stop the application's consumers and its other threads or tasks before the mock ends{more}"
    )
    return error


def _refused_when_let_through(request: Any, service_name: str) -> Exception | None:
    # With credentials of the application's own it is meant for AWS.
    if not is_of_aws(_host_of(request)):
        return None
    signature = _signature(request)
    if signature and not any(f"{key}{end}" in signature for key in FAKE_KEYS for end in "/:&"):
        return None
    return UsageError(
        f"{_told(request)} is let through by mock_aws(passthrough=({service_name!r},)), and nothing else answers it: "
        "it would reach AWS with fake credentials. Put the mock that answers for it around this one or into it "
        "(moto's, say, as mock_aws(other='moto') does), give the client the endpoint of an emulator, or, if AWS is "
        "meant, credentials of its own"
    )


def _refused_by_guard(request: Any, call: Any) -> Exception | None:
    guard = state.guard
    host = _host_of(request)
    if guard is None or is_on_this_machine(host):
        return None
    if isinstance(call, GuardedCall):
        if host in _METADATA_HOSTS:
            raise _no_machine_of_ec2(request)
        return guard.refusal(f"{call.name} of a real client", f"call {escaped(request.url, 200)}")
    found = read_host(host)
    if found is None or found.service_name not in GUARDED_SERVICES:
        return None
    return guard.refusal(f"{request.method} {escaped(request.url, 200)}", "be sent")


# --- where a connection would be opened ------------------------------------------------------------------------------


class _Refusal:
    def __init__(self, error: Exception) -> None:
        self.error = error
        self.was_raised = False


_refusal: ContextVar[_Refusal | None] = ContextVar("minicloud_refusal", default=None)
"""What the connection is refused with that this thread or task would open."""


@contextmanager
def sending_unless_it_connects(error: Exception, http_session: Any) -> Iterator[None]:
    """Send a request inside; ``error`` is raised when a connection to another machine would be opened for it."""
    for manager in (getattr(http_session, "_manager", None), *getattr(http_session, "_proxy_managers", {}).values()):
        if hasattr(manager, "clear"):
            manager.clear()  # connections that are open from before
    refusal = _Refusal(error)
    before = _refusal.get()
    _refusal.set(refusal)
    try:
        yield
    except Exception:
        if refusal.was_raised:  # botocore has put it into another one
            raise error from None
        raise
    finally:
        _refusal.set(before)


def refuse_connection(host: str) -> None:
    """Raise what a connection to ``host`` is refused with, if it is."""
    refusal = _refusal.get()
    if refusal is not None and not is_on_this_machine(host) and not sockets_are_doubles():
        refusal.was_raised = True
        raise refusal.error


def is_on_this_machine(host: str) -> bool:
    """Whether a host is a loopback address."""
    name = host.lower().strip("[]")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def sockets_are_doubles() -> bool:
    """Whether somebody has put others in the place of sockets (mocket, httpretty, pytest-socket): who then answers."""
    module = socket.socket.__module__.partition(".")[0]
    return module not in ("eventlet", "gevent", "socket")


# --- requests --------------------------------------------------------------------------------------------------------


def _no_machine_of_ec2(request: Any) -> Exception:
    """What botocore goes on after, without credentials of a machine of EC2."""
    from botocore.exceptions import EndpointConnectionError

    made: Exception = EndpointConnectionError(endpoint_url=request.url)
    return made


def _told(request: Any) -> str:
    return f"{request.method} {escaped(request.url, 200)}"


def _host_of(request: Any) -> str:
    return urlsplit(request.url).hostname or ""


def _signature(request: Any) -> str:
    """Where the access key is: in a header, or in the query of a presigned URL. Empty for what is not signed."""
    signature = request.headers.get("Authorization", b"")
    text = signature.decode("latin-1") if isinstance(signature, bytes) else signature
    query = urlsplit(request.url).query
    return text or (query.replace("%2F", "/") if "Credential=" in query or "AWSAccessKeyId=" in query else "")

"""Who carries what leaves the cloud's queues and streams: Python callables that stand for functions and web servers.

An errand (see ``_deliveries``) runs foreign code, so it is performed without the lock, by the thread whose call led to
it, as soon as that call has let go of the lock. Two exceptions:

* A post to a loopback URL for which no handler is registered is really posted, to the test's own server. It runs in a
  thread of its own, for the server may need the caller's; ``pending`` counts such posts. The call that led to one waits
  a moment for it, and a clock that is moved waits for all of them first.
* On a real clock, retries come due when nobody calls. A daemon thread, the *pump*, settles them; it starts with the
  first errand and ends with the cloud. Clouds on other clocks have no thread.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

from ..core.deliveries import Invoke, Post, Undeliverable
from ..core.effects import Errand
from ..core.timeline import FOREVER, SECOND
from ..exceptions import UsageError

if TYPE_CHECKING:
    from ..cloud import Cloud

__all__ = ["Carriers", "HttpRequest", "LambdaContext"]

SeeThrough = Callable[[Coroutine[Any, Any, None], Callable[[], Coroutine[Any, Any, None]]], Awaitable[None]]
"""Awaits some work to its end, and if its own task is cancelled first, has it and the rest done without it."""

_LOOPBACK = r"localhost|127(?:\.[0-9]{1,3}){3}|0\.0\.0\.0|::1?"
"""Hosts that are this machine; the unspecified addresses are what a server says of itself that listens to all."""
_HTTP_TIMEOUT = 15.0
"""Seconds that SNS waits for a subscriber. [SNS developer guide: delivery retries]"""
_LONGEST_SLEEP = 60.0
_POSTING = "minicloud-post"
_PATIENCE = 0.25
"""Seconds that a publisher waits for a server on this machine: usually it has answered when the call returns."""


class HttpRequest:
    """A post, as the handler of an HTTP endpoint gets it."""

    __slots__ = ("body", "headers", "url")

    def __init__(self, url: str, headers: dict[str, str], body: bytes) -> None:
        self.url = url
        self.headers = headers
        self.body = body

    def json(self) -> Any:
        """The body, parsed."""
        from json import loads

        return loads(self.body)

    def __repr__(self) -> str:
        return f"<POST {self.url}: {self.body[:60]!r}>"


class LambdaContext:
    """What a Lambda handler gets as its second argument."""

    def __init__(self, arn: str, request_id: str) -> None:
        name = arn.split(":")[6]
        self.function_name = name
        self.function_version = "$LATEST"
        self.invoked_function_arn = arn
        self.memory_limit_in_mb = "128"
        self.aws_request_id = request_id
        self.log_group_name = f"/aws/lambda/{name}"
        self.log_stream_name = f"minicloud/[$LATEST]{request_id.replace('-', '')}"
        self.identity = None
        self.client_context = None

    def get_remaining_time_in_millis(self) -> int:
        """Plenty."""
        return 3_000


class Carriers:
    """The registered functions and HTTP endpoints of one cloud."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self.functions: dict[str, Callable[..., Any]] = {}
        """By ARN, without a qualifier."""
        self.endpoints: dict[str, Callable[..., Any]] = {}
        """By URL, without a fragment."""
        self.pending = 0
        """Posts that are under way in threads of their own."""
        self._landed = threading.Condition()
        self._pump: _Pump | None = None
        self._misuse: UsageError | None = None
        """A handler broke its contract: the test is to know, not the retries alone."""

    # --- registering ------------------------------------------------------------------------------------------------

    def add_function(self, name: str, handler: Callable[..., Any]) -> str:
        """Register a handler under a name or an ARN; returns the ARN."""
        if not callable(handler):
            raise UsageError(f"the handler of function {name!r} is {handler!r}: give a callable (event, context)")
        cloud = self._cloud
        arn = name
        if not name.startswith("arn:"):
            arn = f"arn:aws:lambda:{cloud.region_name}:{cloud.account_id}:function:{name}"
        if len(arn.split(":")) < 7:
            raise UsageError(f"{name!r} is no function: give a name, or an ARN such as arn:aws:lambda:…:function:name")
        self.functions[_unqualified(arn)] = handler
        return arn

    def add_endpoint(self, url: str, handler: Callable[..., Any]) -> None:
        """Register a handler for posts to a URL."""
        if not url.startswith(("http://", "https://")):
            raise UsageError(f"{url!r} is no HTTP endpoint: give a URL that begins with http:// or https://")
        self.endpoints[url.partition("#")[0]] = handler

    # --- carrying ---------------------------------------------------------------------------------------------------

    def take(self, now: int, errand: Errand) -> None:
        """Find the carrier of an errand. Called under the lock, while effects are drained."""
        if isinstance(errand, Post):
            url = errand.url.partition("#")[0]
            if url in self.endpoints:
                errand.carrier = self._call_endpoint
            elif _is_loopback(url):
                errand.carrier = _post
            else:
                self._cloud.outbox.append(errand.departure)
                errand.complete(now, 200, None)
                return
        elif isinstance(errand, Invoke) and _unqualified(errand.function_arn) in self.functions:
            errand.carrier = self._call_function
        self._cloud.errands.append(errand)
        if not self._cloud.clock.manual and self._pump is None:
            self._pump = _Pump(self._cloud)

    def run(self) -> None:
        """Perform the errands that wait. Called without the lock; an errand's error stays in the errand."""
        while (errand := self._next()) is not None:
            self.perform(errand)
        self.wait_a_moment()
        self._raise_misuse()

    async def run_async(self, see_through: SeeThrough) -> None:
        """The same in a task: what the handlers return is awaited, and seen through whatever becomes of the task."""
        while (errand := self._next()) is not None:
            outcome: Any = None
            failure: Exception | None = None
            try:
                outcome = errand.perform()
            except Exception as error:  # noqa: BLE001  # whatever foreign code raises belongs to the errand
                failure = error
            if _is_awaitable(outcome):
                await see_through(self._await(errand, outcome), lambda: self.run_async(see_through))
            else:
                self._complete(errand, outcome, failure)
        self._raise_misuse()

    async def _await(self, errand: Errand, awaitable: Awaitable[Any]) -> None:
        outcome: Any = None
        failure: Exception | None = None
        try:
            outcome = await awaitable
        except Exception as error:  # noqa: BLE001  # whatever foreign code raises belongs to the errand
            failure = error
        except BaseException as error:
            # The loop ends, and the handler with it: a delivery that has failed, and not one that never was.
            self._complete(errand, None, RuntimeError(f"its handler was ended by {error!r}"))
            raise
        self._complete(errand, outcome, failure)

    def perform(self, errand: Errand) -> None:
        """Perform one errand and take note of how it ended. Called without the lock."""
        outcome: Any = None
        failure: Exception | None = None
        try:
            outcome = errand.perform()
            if _is_awaitable(outcome):
                outcome = _run_awaitable(outcome)
        except Exception as error:  # noqa: BLE001  # whatever foreign code raises belongs to the errand
            failure = error
        self._complete(errand, outcome, failure)

    def _next(self) -> Errand | None:
        """The next errand for the caller's own thread; posts that need one of theirs are started on the way."""
        cloud = self._cloud
        while True:
            with cloud.lock:
                if not cloud.errands:
                    return None
                errand = cloud.errands.popleft()
            if not self._runs_apart(errand):
                return errand

    def _raise_misuse(self) -> None:
        misuse, self._misuse = self._misuse, None
        if misuse is not None:
            raise misuse

    def _complete(self, errand: Errand, outcome: Any, failure: Exception | None) -> None:
        if isinstance(failure, UsageError):
            self._misuse = failure
        cloud = self._cloud
        with cloud.lock:
            if cloud.closed:
                return
            now = cloud.time_ns()
            errand.complete(now, outcome, failure)
            if cloud.effects:
                cloud.drain(now)

    def _runs_apart(self, errand: Errand) -> bool:
        """Whether an errand needs a thread of its own; if so it is started. Called without the lock."""
        if not isinstance(errand, Post) or errand.carrier is not _post:
            return False
        with self._landed:
            self.pending += 1
        threading.Thread(target=self._perform_apart, args=(errand,), name=_POSTING, daemon=True).start()
        return True

    def wait_for_posts(self, patience: float = 2 * _HTTP_TIMEOUT) -> None:
        """Wait, in real time and not for ever, until no post is under way. Called without the lock."""
        if self.pending and not threading.current_thread().name.startswith(_POSTING):
            with self._landed:
                self._landed.wait_for(lambda: not self.pending, timeout=patience)

    def wait_a_moment(self) -> None:
        """Wait for the posts that are under way, as long as a publisher does."""
        self.wait_for_posts(_PATIENCE)

    def clear(self) -> None:
        """Forget what was registered."""
        self.functions.clear()
        self.endpoints.clear()

    def _perform_apart(self, errand: Errand) -> None:
        try:
            self.perform(errand)
            self.run()
        finally:
            with self._landed:
                self.pending -= 1
                self._landed.notify_all()

    def _call_endpoint(self, post: Post) -> int | Awaitable[Any]:
        departure = post.departure
        handler = self.endpoints.get(post.url.partition("#")[0])
        if handler is None:
            raise Undeliverable(f"nobody listens to {post.url} any more")
        request = HttpRequest(post.url, dict(departure.headers), departure.body.encode())
        answer = handler(request)
        return _then_status(answer) if _is_awaitable(answer) else _status_of(answer)

    def _call_function(self, invoke: Invoke) -> Any:
        handler = self.functions.get(_unqualified(invoke.function_arn))
        if handler is None:
            raise Undeliverable(f"there is no function {invoke.function_arn} any more")
        return handler(invoke.event, LambdaContext(invoke.function_arn, invoke.request_id))


def _status_of(answer: Any) -> int:
    """The status that an endpoint's handler meant: a number, ``(status, body)``, or None for 200."""
    if isinstance(answer, tuple):
        answer = answer[0]
    if answer is None:
        return 200
    if isinstance(answer, int):
        return answer
    raise UsageError(f"the handler of an HTTP endpoint returned {answer!r}: return a status, (status, body) or None")


def _run_awaitable(awaitable: Awaitable[Any]) -> Any:
    """Run an ``async def`` handler to its end from a thread that can't await it."""
    from .aio_blocking import run_apart

    return run_apart(awaitable)


async def _then_status(awaitable: Awaitable[Any]) -> int:
    return _status_of(await awaitable)


def _is_awaitable(value: Any) -> bool:
    return hasattr(value, "__await__")


def _is_loopback(url: str) -> bool:
    # Imported here: they are a tenth of what importing minicloud costs.
    import re
    from urllib.parse import urlsplit

    return re.fullmatch(_LOOPBACK, urlsplit(url).hostname or "") is not None


def _unqualified(arn: str) -> str:
    return ":".join(arn.split(":")[:7])


def _post(post: Post) -> int:
    """Really post, to a server on this machine."""
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
        with opener.open(request, timeout=_HTTP_TIMEOUT) as response:
            status: int = response.status
            return status
    except HTTPError as error:
        return error.code


class _Pump:
    """Settles what comes due on a real clock while nobody calls."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._poked = threading.Event()
        cloud.blocked.on_poke.append(self._poked.set)
        threading.Thread(target=self._run, name="minicloud-pump", daemon=True).start()

    def _run(self) -> None:
        cloud = self._cloud
        while True:
            with cloud.lock:
                if cloud.closed:
                    return
                now = cloud.time_ns()
                if now >= cloud.timeline.next_due:
                    cloud.settle(now)
                due = cloud.timeline.next_due
            if cloud.errands:
                cloud.run_errands()
            delay = _LONGEST_SLEEP if due >= FOREVER else min((due - now) / SECOND, _LONGEST_SLEEP)
            self._poked.wait(max(delay, 0))
            self._poked.clear()

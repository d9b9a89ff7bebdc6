"""Registered functions and HTTP endpoints: Python callables that stand for what a cloud's services call outside.

While effects are drained, under the lock, an errand is given its *target*: what will be called for it once the lock is
released (``engine.errands``). A post to a loopback URL for which no handler is registered is really posted; one to
anywhere else leaves the cloud (``outbox``) and counts as delivered.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ..core.errands import Call, Errand, Invoke, Post, Undeliverable
from ..core.shown import escaped, shown
from ..exceptions import UsageError
from .http_post import is_loopback, post_for_real
from .turns import ENDS_AN_ERRAND

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from typing import Any

    from .function_runs import FunctionRuns
    from .outbox import Outbox
    from .state import State

__all__ = ["Handlers", "HttpRequest", "is_awaitable"]


class HttpRequest:
    """A post, as the handler of an HTTP endpoint gets it."""

    __slots__ = ("body", "headers", "url")

    def __init__(self, url: str, headers: dict[str, str], body: bytes) -> None:
        self.url = url
        """Where it was posted to."""
        self.headers = headers
        """By name, as SNS sends them."""
        self.body = body
        """What was posted."""

    def json(self) -> Any:
        """The body, parsed."""
        from json import loads

        return loads(self.body)

    def __repr__(self) -> str:
        return f"<POST {escaped(self.url, 120)}: {shown(self.body, 60)}>"


class Handlers:
    """The registered functions and HTTP endpoints of one cloud."""

    _run: Callable[[Any], Any]
    """Performs a run: made once, for each run keeps it."""

    def __init__(self, state: State, outbox: Outbox, take: Callable[[Post | Invoke | Call], object]) -> None:
        self._state = state
        self._outbox = outbox
        self._take = take
        """Takes an errand that has its target."""
        self._runs: FunctionRuns | None = None
        """Made with the first run of a function."""
        self.endpoints: dict[str, Callable[..., Any]] = {}
        """By URL, without a fragment."""

    def add_endpoint(self, url: str, handler: Callable[..., Any]) -> None:
        """Register a handler for posts to a URL."""
        if not isinstance(url, str) or not url.startswith(("http://", "https://")):
            raise UsageError(f"{shown(url)} is not an HTTP endpoint: give a URL that begins with http:// or https://")
        if not callable(handler):
            raise UsageError(
                f"{shown(handler)} cannot be the handler of {shown(url)}: give a callable that takes (request)"
            )
        self.endpoints[url.partition("#")[0]] = handler

    def clear(self) -> None:
        """Forget what was registered."""
        self.endpoints.clear()
        if self._runs is not None:
            self._runs.clear()

    # --- targets of errands: called under the lock, while effects are drained ---------------------------------------

    def prepare(self, now: int, errand: Errand) -> None:
        """Give an errand its target. The first of a kind finds how; the others have a row of their own."""
        prepare: Callable[[int, Any], None] = self._prepare_invoke
        if isinstance(errand, Post):
            prepare = self._prepare_post
        elif isinstance(errand, Call):
            prepare = self._prepare_call
        self._state.perform[type(errand)] = prepare
        prepare(now, errand)

    def _prepare_post(self, now: int, post: Any) -> None:
        """Give a post its target, or let it leave the cloud."""
        if post.url.partition("#")[0] in self.endpoints:
            post.target = self._call_endpoint
        elif is_loopback(post.url):
            post.target = post_for_real
        else:
            self._outbox.append(post.departure)
            post.complete(now, 200, None)
            return
        self._take(post)

    def _prepare_invoke(self, now: int, invoke: Any) -> None:
        """Give a run its target."""
        if self._runs is None:
            from .function_runs import FunctionRuns

            self._runs = FunctionRuns(self._state)
            self._run = self._runs.perform
        if invoke.accept(now):
            invoke.target = self._run
            self._take(invoke)

    def _prepare_call(self, now: int, call: Any) -> None:
        """A callable of the test's is its own target."""
        self._take(call)

    # --- calling: without the lock ----------------------------------------------------------------------------------

    def _call_endpoint(self, post: Post) -> int | Awaitable[Any]:
        departure = post.departure
        if post.came is None:
            handler = self.endpoints.get(post.url.partition("#")[0])
            if handler is None:
                raise Undeliverable(f"nobody listens to {post.url} any more")
            request = HttpRequest(post.url, dict(departure.headers), departure.body.encode())
            try:
                post.came = handler(request), None  # in one step with its end
            except ENDS_AN_ERRAND as error:
                post.came = None, error
        answer: Any
        answer, failure = post.came
        if failure is not None:
            raise failure
        return _then_status(post, answer) if is_awaitable(answer) else _status_of(answer)


def is_awaitable(value: Any) -> bool:
    """Whether a handler was ``async def``: what it returned has to be awaited."""
    return hasattr(value, "__await__")


def _status_of(answer: Any) -> int:
    """The status that an endpoint's handler meant: a number, ``(status, body)``, or None for 200."""
    if isinstance(answer, tuple):
        answer = answer[0]
    if answer is None:
        return 200
    if isinstance(answer, int):
        return answer
    raise UsageError(
        f"the handler of an HTTP endpoint returned {shown(answer)}: return a status, (status, body) or None"
    )


async def _then_status(post: Post, awaitable: Awaitable[Any]) -> int:
    post.came = None  # it runs again, and is not known to have ended
    post.came = await awaitable, None
    return _status_of(post.came[0])

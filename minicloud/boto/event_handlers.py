"""What is registered with a client that could see the difference between a call's fast path and the full pipeline."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from .activation import current_call, is_let_through, state

__all__ = ["EventHandlers"]

EVENTS = (
    "provide-client-params",
    "before-parameter-build",
    "before-endpoint-resolution",
    "before-call",
    "request-created",
    "choose-signer",
    "before-sign",
    "before-send",
    "response-received",
    "before-parse",
    "needs-retry",
    "after-call",
    "after-call-error",
)
"""The events of a call, in its order."""

_ANSWERING = ("before-call", "before-send")
"""Those whose handlers may return the answer of a call, which is not sent then."""

_OWN = frozenset({"aioboto3", "aiobotocore", "boto3", "botocore", "s3transfer"})
"""s3transfer's handlers tell a body that it is being sent: a file, with which a call takes the full pipeline anyway."""
_STUBS = frozenset({"aiobotocore.stub", "botocore.stub"})


class EventHandlers:
    """The handlers of a client, at one state of its emitter: which calls do those see that are not botocore's own?"""

    __slots__ = ("_emitter", "_foreign", "_limiters", "_service_id", "lookups")

    def __init__(self, emitter: Any, service_id: str) -> None:
        self._emitter = emitter
        self._service_id = service_id
        self.lookups: object = emitter._lookup_cache
        """The emitter's own table of lookups; with every change of its registrations it gets another one."""
        # One look at all that may concern the service: mostly nothing is there, and no operation has to be looked up.
        found = list(_registered(emitter, service_id))
        for handler in found:
            if _is_of_other_mock(handler):
                _limit_to_passthrough(emitter, handler)
        self._foreign = any(_is_foreign(handler) for handler in found)
        owners = [getattr(handler, "__self__", None) for handler in found]
        self._limiters: list[Any] = [owner for owner in owners if type(owner).__name__.endswith("ClientRateLimiter")]

    @property
    def is_limited(self) -> bool:
        """Whether the client limits its own rate: retries of the mode ``adaptive`` do, once they were throttled."""
        return any(limiter._enabled for limiter in self._limiters)

    def see(self, operation_name: str) -> bool:
        """Whether a handler that is not botocore's own runs during a call of the operation."""
        return self._any_foreign(EVENTS, operation_name)

    def may_answer(self, operation_name: str) -> bool:
        """Whether one may answer a call of the operation itself, as those of botocore's ``Stubber`` do."""
        return self._any_foreign(_ANSWERING, operation_name)

    def _any_foreign(self, events: tuple[str, ...], operation_name: str) -> bool:
        if not self._foreign:
            return False
        search = self._emitter._handlers.prefix_search
        return any(
            _is_foreign(handler)
            for event in events
            for handler in search(f"{event}.{self._service_id}.{operation_name}")
        )


def _registered(emitter: Any, service_id: str) -> Iterator[Any]:
    """All handlers that an operation of the service may lead to."""
    roots = emitter._handlers._root["children"]
    for event in (*EVENTS, "*"):
        node = roots.get(event)
        if node is None:
            continue
        if node["values"] is not None:
            for section in node["values"]:
                yield from section
        for name in (service_id, "*"):
            child = node["children"].get(name)
            if child is not None:
                for values in _all_values(child):
                    for section in values:
                        yield from section


def _is_of_other_mock(handler: Any) -> bool:
    return _module_of(handler).partition(".")[0] == "moto"


def _is_foreign(handler: Any) -> bool:
    module = _module_of(handler)
    if module == __name__ or _is_of_other_mock(handler):
        return False
    return module.partition(".")[0] not in _OWN or module in _STUBS


def _module_of(handler: Any) -> str:
    while isinstance(handler, partial):
        handler = handler.func
    handler = getattr(handler, "__func__", handler)
    module = getattr(handler, "__module__", None) or type(handler).__module__
    return str(module)


class _OnlyPassthrough:
    """Another mock's handler, which answers only what minicloud lets through."""

    def __init__(self, handler: Callable[..., Any]) -> None:
        self._handler = handler

    def __call__(self, **kwargs: Any) -> Any:
        if state.activation is not None and current_call.get() is not None and not is_let_through():
            return None
        return self._handler(**kwargs)

    def __eq__(self, other: object) -> bool:
        # Its owner unregisters it by what it had registered.
        return other is self or other is self._handler

    def __hash__(self) -> int:
        return hash(self._handler)


def _limit_to_passthrough(emitter: Any, handler: Any) -> None:
    """Put ``_OnlyPassthrough`` in the place of another mock's handler, which would answer for every service."""
    for values in _all_values(emitter._handlers._root):
        for section in values:
            for index, one in enumerate(section):
                if one is handler:
                    section[index] = _OnlyPassthrough(handler)
    emitter._lookup_cache.clear()


def _all_values(node: dict[str, Any]) -> Iterator[Any]:
    if node["values"] is not None:
        yield node["values"]
    for child in node["children"].values():
        yield from _all_values(child)

"""What is registered with a client that could see the difference between a call and its shortcut."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from .state import PASSING, current_call, state

__all__ = ["is_watched"]

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

_OWN = frozenset({"aioboto3", "aiobotocore", "boto3", "botocore"})
_STUBS = frozenset({"aiobotocore.stub", "botocore.stub"})


def is_watched(emitter: Any, service_id: str, operation_name: str) -> bool:
    """Whether a handler that is not botocore's own runs during a call of the operation."""
    # All of them are looked at, for another mock's is made to stand back.
    found = [handler for event in EVENTS for handler in _handlers(emitter, event, service_id, operation_name)]
    return any(_is_foreign(handler) for handler in found)


def _handlers(emitter: Any, event: str, service_id: str, operation_name: str) -> Iterator[Any]:
    for handler in emitter._handlers.prefix_search(f"{event}.{service_id}.{operation_name}"):
        if event == "before-send" and _module_of(handler).partition(".")[0] == "moto":
            _stand_back(emitter, handler)
        else:
            yield handler


def _is_foreign(handler: Any) -> bool:
    module = _module_of(handler)
    if module == __name__:
        return False
    return module.partition(".")[0] not in _OWN or module in _STUBS


def _module_of(handler: Any) -> str:
    while isinstance(handler, partial):
        handler = handler.func
    handler = getattr(handler, "__func__", handler)
    module = getattr(handler, "__module__", None) or type(handler).__module__
    return str(module)


class _StandsBack:
    """Another mock's handler, which answers only what minicloud lets through."""

    def __init__(self, handler: Callable[..., Any]) -> None:
        self._handler = handler

    def __call__(self, **kwargs: Any) -> Any:
        if state.cloud is not None and current_call.get() not in (None, PASSING):
            return None
        return self._handler(**kwargs)

    def __eq__(self, other: object) -> bool:
        # Its owner unregisters it by what it had registered.
        return other is self or other is self._handler

    def __hash__(self) -> int:
        return hash(self._handler)


def _stand_back(emitter: Any, handler: Any) -> None:
    """Put ``_StandsBack`` in the place of another mock's handler."""
    for values in _all_values(emitter._handlers._root):
        for section in values:
            for index, one in enumerate(section):
                if one is handler:
                    section[index] = _StandsBack(handler)
    emitter._lookup_cache.clear()


def _all_values(node: dict[str, Any]) -> Iterator[Any]:
    if node["values"] is not None:
        yield node["values"]
    for child in node["children"].values():
        yield from _all_values(child)

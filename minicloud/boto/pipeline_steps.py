"""The steps of botocore's full pipeline, which others may have wrapped: agents that trace calls, doubles of tests.

A call may only take the fast path while nobody would miss it, so each call asks whether a step is still the function
that the package wrote. There is no cheaper way to know: Python tells nobody that an attribute of a class was set, and a
wrapper may say of itself that it equals what it wraps, so each is looked at, and compared by identity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import FunctionType
from typing import Any

from .code_patch import find_original

__all__ = ["compile_are_wrapped"]

_OF_CLIENTS = ("_emit_api_params", "_convert_to_request_dict", "_make_request")
_OF_ENDPOINTS = ("make_request", "prepare_request", "_send_request", "_get_response", "_send")
_OF_SESSIONS = ("send",)

_SOURCE = """\
def are_wrapped():
    if {differs}:
        return True
    return False
"""
# Not one expression: its value would be kept from each comparison to the next. What it compares are globals: as
# variables of a closure they take a fifth longer (CPython 3.13: 0.12 instead of 0.10 µs for all).

_PACKAGES = frozenset({"aiobotocore", "botocore"})


def compile_are_wrapped(client: type, endpoint: type, sessions: Iterable[type]) -> Callable[[], bool]:
    """What says whether any step that a call goes through is another function than the package's own. O(steps)."""
    steps = [(client, name) for name in _OF_CLIENTS]
    steps += [(endpoint, name) for name in _OF_ENDPOINTS]
    steps += [(session, name) for session in sessions for name in _OF_SESSIONS]
    values: dict[str, Any] = {}
    differs = []
    for number, (owner, name) in enumerate(steps):
        original = _original_step(owner, name)
        if original is not None:  # older releases do with fewer steps
            values |= {f"owner_{number}": owner, f"original_{number}": original}
            differs.append(f"owner_{number}.{name} is not original_{number}")
    exec(_SOURCE.format(differs=" or ".join(differs)), values)
    made: Callable[[], bool] = values["are_wrapped"]
    return made


def _original_step(owner: type, name: str) -> FunctionType | None:
    """What the packages themselves have under a name, in the class or in one that it inherits from."""
    for cls in owner.__mro__:
        package = cls.__module__.partition(".")[0]
        if package in _PACKAGES and name in vars(cls):
            found = find_original(cls, name, package)
            if found is not None:
                return found
    return None

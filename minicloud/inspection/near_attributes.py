"""What an attribute was probably to be that an object of minicloud's does not have, or what a coroutine's answer.

CPython says so itself, but up to 3.11 only where it prints the traceback of what nobody has caught, which neither
pytest nor unittest lets it do. The classes themselves say nothing: with a ``__getattr__`` every look at an attribute of
a cloud would be dearer.
"""

from __future__ import annotations

import sys

from ..core.near import did_you_mean

__all__ = ["note_missing_await", "note_near_attribute"]

_ASYNC_CLIENTS = ("aiobotocore", "minicloud.clients.aio")
_COROUTINE = "'coroutine'"
_SAYS_SO_ITSELF = sys.version_info >= (3, 12)


def note_near_attribute(error: BaseException) -> None:
    """Add a note to an ``AttributeError`` of an object of minicloud's that has an attribute of a name like it."""
    name = getattr(error, "name", None)
    if _SAYS_SO_ITSELF or not isinstance(error, AttributeError) or not isinstance(name, str):
        return
    if not type(error.obj).__module__.startswith("minicloud") or not str(error).endswith(f"no attribute {name!r}"):
        return
    public = [known for known in dir(error.obj) if not known.startswith("_")]
    note = did_you_mean(name, public).removeprefix("; ")
    if note and note not in getattr(error, "__notes__", ()):
        error.add_note(note)


def note_missing_await(error: BaseException) -> None:
    """Add a note to what Python says of a coroutine that was taken for its result, where there are async clients."""
    if type(error) not in (AttributeError, TypeError) or _COROUTINE not in str(error):
        return
    note = (
        "a coroutine was not awaited: calls of an async client are, in an `async def` test; in another one take "
        "cloud.client(), or boto3's clients"
    )
    if note not in getattr(error, "__notes__", ()) and any(name in sys.modules for name in _ASYNC_CLIENTS):
        error.add_note(note)

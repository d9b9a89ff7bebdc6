"""Tracebacks of failed tests end in the test's own code: frames of minicloud, and of botocore below it, are not shown.

pytest asks each frame for a local ``__tracebackhide__``. A constant in each function would cost every call that does
not fail; so the frames of a traceback get it here, once a test has failed. ``--full-trace`` shows all.

Nothing is hidden of an error that nobody meant to raise: where the innermost frame is minicloud's, and the exception
neither one that a caller can meet (``minicloud.exceptions``, botocore's) nor a failed assertion, it is a bug of
minicloud's, and every frame counts. Loaded only when a test that may have used minicloud fails.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import pytest

from .. import exceptions

__all__ = ["hide_frames", "hide_in_collection"]

_OURS = f"{Path(__file__).parent.parent}{os.sep}"
_GENERATED = "<minicloud "
_STDLIB = f"{sysconfig.get_path('stdlib')}{os.sep}"
_PACKAGES = tuple(f"{os.sep}{name}{os.sep}" for name in ("site-packages", "dist-packages"))
_BOTOCORE = frozenset({"aiobotocore", "boto3", "botocore"})
_MOST_CHAINED = 100


def hide_frames(error: BaseException) -> None:
    """Have pytest leave out frames of an exception's traceback, and of those that it was raised from. O(frames)."""
    if isinstance(error, pytest.fail.Exception) and not error.pytrace:
        return  # none are shown: without any that could be, pytest would say that all are hidden
    for one in _chained(error):
        _hide_in(one)


def hide_in_collection(collector: pytest.Collector, report: pytest.CollectReport) -> None:
    """The same for what a file raises while it is collected, whose report has been written by then: it is once more."""
    call: pytest.CallInfo[Any] | None = getattr(report, "call", None)
    if call is None or call.excinfo is None or not any(_kind(frame) == "ours" for frame in _frames(call.excinfo.tb)):
        return
    hide_frames(call.excinfo.value)
    text = collector.repr_failure(call.excinfo)
    if not isinstance(text, str):
        report.longrepr = text


def _chained(error: BaseException) -> Iterator[BaseException]:
    pending: list[BaseException | None] = [error]
    seen: set[int] = set()
    while pending and len(seen) < _MOST_CHAINED:
        one = pending.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        pending += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            pending += one.exceptions


def _hide_in(error: BaseException) -> None:
    frames = list(_frames(error.__traceback__))
    kinds = [_kind(frame) for frame in frames]
    if "ours" not in kinds:
        return
    meant = _is_meant(error)
    if not meant:
        innermost = next((kind for kind in reversed(kinds) if kind != "stdlib"), "")
        if innermost == "ours":
            return
    is_below = False  # whether the frame was called by minicloud's, with nothing of the test's between
    for frame, kind in zip(frames, kinds, strict=True):
        if kind == "ours":
            is_below = True
        elif kind == "test":
            is_below = False
        # What minicloud calls of the standard library (asyncio, contextlib) is its own affair, and so is botocore's
        # way of making a call, when it is minicloud that has answered it.
        if kind == "ours" or (kind == "stdlib" and is_below) or (kind == "botocore" and meant):
            _hide(frame)
    if meant:
        # A loop on which all tasks are stuck finds that out where it waits, deep inside of asyncio.
        for place, frame in enumerate(frames):
            if kinds[place] == "stdlib" and next((kind for kind in kinds[place:] if kind != "stdlib"), "") == "ours":
                _hide(frame)


def _frames(traceback: TracebackType | None) -> Iterator[FrameType]:
    while traceback is not None:
        yield traceback.tb_frame
        traceback = traceback.tb_next


def _kind(frame: FrameType) -> str:
    path = frame.f_code.co_filename
    if path.startswith((_OURS, _GENERATED)):
        return "ours"
    package = frame.f_globals.get("__name__", "")
    if isinstance(package, str) and package.partition(".")[0] in _BOTOCORE:
        return "botocore"
    if path.startswith("<frozen ") or (path.startswith(_STDLIB) and not any(part in path for part in _PACKAGES)):
        return "stdlib"
    return "test"


def _is_meant(error: BaseException) -> bool:
    """Whether it is an exception that whoever calls has to expect."""
    meant: tuple[Any, ...] = (
        AssertionError,
        exceptions.UsageError,
        exceptions.ClientError,
        exceptions.BotoCoreError,
    )
    asyncio = sys.modules.get("asyncio")
    if asyncio is not None:
        meant += (asyncio.CancelledError,)  # whoever cancels a call, or has no time for it, does so on purpose
    botocore = sys.modules.get("botocore.exceptions")
    if botocore is not None:
        meant += (botocore.ClientError, botocore.BotoCoreError)
    return isinstance(error, meant)


def _hide(frame: FrameType) -> None:
    # A function's frame that has ended keeps what is put beside its own locals.
    if frame.f_locals is not frame.f_globals:
        frame.f_locals["__tracebackhide__"] = True

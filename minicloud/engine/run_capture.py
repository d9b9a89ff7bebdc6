"""What a handler prints and logs while it runs goes into the log of its run, and still to where it would go anyway.

Whose output it is says a context variable, so what other threads and tasks write meanwhile is not taken. While any run
is under way ``sys.stdout`` and ``sys.stderr`` pass on what they get, and the root logger has one more handler, as it
has on AWS; otherwise the process is as it was. What threads write that a handler starts is not taken.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextvars import ContextVar
from threading import RLock
from typing import TYPE_CHECKING, Any

from ..services.lambda_.run_log import iso_time

if TYPE_CHECKING:
    from ..services.lambda_.invocation import Run

__all__ = ["RunCapture"]

_lock = RLock()
_active: list[RunCapture] = []
_handlers: list[Any] = []
"""The handler of the root logger, made with the first run that has logging."""
_root: list[Any] = []
"""The root logger, once there is that one."""


class RunCapture:
    """Takes what one run writes, between ``begin`` and ``end``."""

    def __init__(self, run: Run, time_ns: Callable[[], int]) -> None:
        self.run = run
        self.time_ns = time_ns
        self._outer: RunCapture | None = None

    def begin(self) -> None:
        """Take what the caller writes from now on."""
        self._outer = _current.get()
        _current.set(self)
        with _lock:
            if _active:
                _forget_the_dead()
            _active.append(self)
            _install()

    def end(self) -> None:
        """Take nothing any more. To have begun only half is fine."""
        if _current.get() is self:
            _current.set(self._outer)
        with _lock:
            if _active and _active[-1] is self:
                _active.pop()
            elif self in _active:
                _active.remove(self)
            if not _active:
                _uninstall()

    def write(self, text: str) -> None:
        """Take what was printed."""
        self.run.log.write(self.time_ns(), text)


_current: ContextVar[RunCapture | None] = ContextVar("minicloud_run", default=None)


class _Tee:
    """A stream that passes everything on, and lets the run have it that is under way here."""

    __slots__ = ("stream",)

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def write(self, text: str) -> Any:
        capture = _current.get()
        if capture is not None and isinstance(text, str):
            capture.write(text)
        return self.stream.write(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def _forget_the_dead() -> None:
    """Let go of those whose end was interrupted."""
    _active[:] = [one for one in _active if not one.run.is_over]


def _install() -> None:
    stream: Any = sys.stdout
    if type(stream) is not _Tee and stream is not None:
        sys.stdout = _Tee(stream)
    stream = sys.stderr
    if type(stream) is not _Tee and stream is not None:
        sys.stderr = _Tee(stream)
    if not _handlers:
        logging: Any = sys.modules.get("logging")
        if logging is None or not hasattr(logging, "root"):
            return
        _handlers.append(_log_handler(logging))
        _root.append(logging.root)
    handlers = _root[0].handlers
    if _handlers[0] not in handlers:
        handlers.append(_handlers[0])


def _uninstall() -> None:
    stream: Any = sys.stdout
    if type(stream) is _Tee:
        sys.stdout = stream.stream
    stream = sys.stderr
    if type(stream) is _Tee:
        sys.stderr = stream.stream
    if _handlers:
        handlers = _root[0].handlers
        if handlers and handlers[-1] is _handlers[0]:
            handlers.pop()
        elif _handlers[0] in handlers:
            handlers.remove(_handlers[0])


def _log_handler(logging: Any) -> Any:
    class RunLogHandler(logging.Handler):  # type: ignore[misc]
        """Writes records as the handler of AWS's Python runtime does. [awslambdaric, bootstrap]"""

        def emit(self, record: Any) -> None:
            capture = _current.get()
            _current.set(None)  # what is written below is not printed by the handler
            try:
                if capture is not None:
                    now = capture.time_ns()
                    text = f"[{record.levelname}]\t{iso_time(now)}\t{capture.run.request_id}\t{self.format(record)}"
                    capture.run.log.add(now, text)
                last = logging.lastResort
                if last is not None and logging.root.handlers == [self] and record.levelno >= last.level:
                    last.handle(record)  # but for this handler, logging would have written it to stderr
            except Exception:  # noqa: BLE001 - as every handler of logging does
                self.handleError(record)
            finally:
                _current.set(capture)

    return RunLogHandler()

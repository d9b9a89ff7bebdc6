"""What a handler prints and logs while it runs goes into the log of its run, and still to where it would go anyway.

Whose output it is says the context variable of ``turns``, so what other threads and tasks write meanwhile is not taken.
While any run is under way ``sys.stdout`` and ``sys.stderr`` pass on what they get, and the root logger has one more
handler, as it has on AWS; otherwise the process is as it was. What threads write that a handler starts is not taken.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ..core.errands import Invoke
from ..services.lambda_.run_log import iso_time
from . import locks
from .turns import current_execution

__all__ = ["begin", "end"]

_lock = locks.rlock()
_active: list[Invoke] = []
"""The runs that are under way, between ``begin`` and ``end``."""
_handlers: list[Any] = []
"""The handler of the root logger, made with the first run that has logging."""
_root: list[Any] = []
"""The root logger, once there is that one."""


def begin(run: Invoke) -> None:
    """Take what is written inside of a run from now on."""
    with _lock:
        if _active:
            _forget_the_dead()
        _active.append(run)
        _install()


def end(run: Invoke) -> None:
    """Take nothing any more. To have begun only half, or not at all, is fine."""
    with _lock:
        if _active and _active[-1] is run:
            _active.pop()
        elif run in _active:
            _active.remove(run)
        if not _active:
            _uninstall()


def _here() -> tuple[Any, Callable[[], int]] | None:
    """The run inside of which the caller writes, and its cloud's clock."""
    run = current_execution.get()
    while run is not None:
        if isinstance(run.errand, Invoke):
            return run.errand, run.turn.runner.state.time_ns  # type: ignore[attr-defined]  # it is a Runner
        run = run.outer
    return None


_is_logging: ContextVar[bool] = ContextVar("minicloud_is_logging", default=False)
"""What is written then has been taken."""


class _Tee:
    """A stream that passes everything on, and lets the run have it that is under way here."""

    __slots__ = ("stream",)

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def write(self, text: str) -> Any:
        if isinstance(text, str) and not _is_logging.get() and (here := _here()) is not None:
            run, time_ns = here
            run.log.write(time_ns(), text)
        return self.stream.write(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def _forget_the_dead() -> None:
    """Let go of those whose end was interrupted."""
    _active[:] = [one for one in _active if not one.is_over]


_tees: list[Any] = [_Tee(object()), _Tee(object())]
"""The latest: mostly the next run finds the same streams. The first ones are of none that there is."""


def _tee(tee: Any, stream: Any) -> Any:
    """What a stream is replaced with: this one, if it can be. None, where there is no console, stays."""
    if stream is None or type(stream) is _Tee:
        return stream
    return tee if stream is tee.stream else _Tee(stream)


def _install() -> None:
    out, err = _tees
    if sys.stdout is out.stream and sys.stderr is err.stream:
        sys.stdout, sys.stderr = out, err
    else:
        out, err = _tee(out, sys.stdout), _tee(err, sys.stderr)
        if type(out) is type(err) is _Tee:
            _tees[:] = out, err
        sys.stdout, sys.stderr = out, err
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
            before = _is_logging.get()
            try:
                _is_logging.set(True)  # what is written below is not printed by the handler
                here = _here()
                if here is not None:
                    run, now = here[0], here[1]()
                    text = f"[{record.levelname}]\t{iso_time(now)}\t{run.request_id}\t{self.format(record)}"
                    run.log.add(now, text)
                last = logging.lastResort
                if last is not None and logging.root.handlers == [self] and record.levelno >= last.level:
                    last.handle(record)  # but for this handler, logging would have written it to stderr
            except Exception:  # noqa: BLE001 - as every handler of logging does
                self.handleError(record)
            finally:
                _is_logging.set(before)

    return RunLogHandler()

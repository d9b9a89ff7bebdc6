"""The background settler: on a real clock, something comes due when nobody calls, and somebody has to see to it.

It is a daemon thread, which starts with the first errand, or when something asks for it
(``ErrandRunner.keep_settling``), and ends with the cloud. Clouds on other clocks have none, for their time stands still
while nobody calls.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING
from weakref import finalize, ref

from ..core.timeline import FOREVER
from ..exceptions import UsageError

if TYPE_CHECKING:
    from .state import State

__all__ = ["BackgroundSettler"]

_LONGEST_SLEEP = 60.0
_MOMENT = 0.1
"""Seconds that whoever sleeps in the cloud until the same moment has, to see to it in a thread or task of its own."""


class BackgroundSettler:
    """Settles what comes due on a real clock while nobody calls.

    Its thread holds the cloud for a moment at a time only: one that nobody else holds is collected, and ends it.
    """

    def __init__(self, state: State) -> None:
        poked = threading.Event()
        state.on_earlier += (poked.set,)
        finalize(state, poked.set).atexit = False
        threading.Thread(
            target=_settle_forever, args=(ref(state), poked), name="minicloud-settler", daemon=True
        ).start()


def _settle_forever(reference: Callable[[], State | None], poked: threading.Event) -> None:
    while (delay := _settle_once(reference())) is not None:
        poked.wait(delay)
        poked.clear()


def _settle_once(state: State | None) -> float | None:
    """Settle what is due, and perform what came of it; how many seconds to sleep then. None: the cloud is no more."""
    if state is None:
        return None
    with state.gate("the background settler"):
        if state.closed:
            return None
        now = state.settled("the background settler")
        due = state.timeline.next_due
        # Who sleeps until then wakes first.
        moment = _MOMENT if state.has_sleepers() else 0.0
    if state.errands:
        try:
            state.run_errands()
        except BaseException as error:
            if isinstance(error, Exception) and not isinstance(error, UsageError):
                raise  # that is nothing that a handler can have raised
            state.keep_for_the_test(error)  # for it is nobody's here: a pytest.fail(), say
        return 0.0
    return _LONGEST_SLEEP if due >= FOREVER else min(state.clock.lasts(due - now) + moment, _LONGEST_SLEEP)

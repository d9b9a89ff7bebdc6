"""What is true of a running cloud, under its one lock: the clock, what is due, the services, and what they left behind.

Every call does the same four things under the lock, for microseconds: read the clock, ``settle`` what has become due,
run the operation, ``drain`` the effects it left behind. Client methods have these lines compiled in
(``clients.compiled``); everybody else writes ``with state.entered() as now:`` or ``with state.turn() as now:``. Foreign
code (a handler, a predicate, a real post) never runs in here, nor does anybody sleep, log or touch a socket.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ..core.arns import is_account_id
from ..core.effects import Effect, Errand
from ..core.ids import Identifiers
from ..core.limits import AWS_LIMITS, Limits
from ..core.timeline import Timeline
from ..core.world import World
from ..exceptions import UsageError
from ..services.registry import load_service
from .clock import Clock, TimeSource, make_clock

if TYPE_CHECKING:
    from types import TracebackType

    from .interception import Interception

__all__ = ["EffectTable", "State"]

Perform = Callable[[int, Any], object]
"""``perform(now, effect)``: carries out an effect, or sees to it that it is. Called under the lock."""


class EffectTable(dict[type[Effect], Perform]):
    """What carries out which kind of effect. A new kind is one row; a subclass is carried out as its base is."""

    def set(self, kind: type[Effect], perform: Perform) -> None:
        """Have effects of a kind carried out so from now on."""
        for known in [known for known in self if issubclass(known, kind)]:
            del self[known]
        self[kind] = perform

    def __missing__(self, kind: type[Effect]) -> Perform:
        for base in kind.__mro__[1:]:
            if base in self:
                self[kind] = self[base]
                return self[base]
        raise TypeError(f"no way to carry out {kind.__name__}")


class State:
    """The state of one cloud, and the one way into it."""

    http_date: tuple[int, int, str] = (0, 0, "")
    """A second, its beginning and end in nanoseconds, as the headers of answers show it."""

    perform: EffectTable
    """What carries out which kind of effect; the engine's."""
    on_earlier: tuple[Callable[[], object], ...] = ()
    """Called when what is due next comes earlier: whoever sleeps until then has to look again."""

    def __init__(
        self,
        account_id: str,
        region_name: str,
        clock: str | Clock | TimeSource | None,
        seed: int | str | None,
        limits: str | Limits | None,
    ) -> None:
        if not is_account_id(account_id):
            raise UsageError(f"account_id={account_id!r} is not an AWS account: give twelve digits as a string")
        if not region_name:
            raise UsageError(f"region_name={region_name!r} is not a region: give a name such as 'eu-west-1'")
        self.account_id = account_id
        self.region_name = region_name
        self.limits = AWS_LIMITS if limits is None else _limits(limits)
        self.seed = _fresh_seed() if seed is None else seed
        self.clock = make_clock(clock)

        # What every call touches, as plain attributes.
        self.lock = threading.Lock()
        self.time_ns = self.clock.time_ns
        self.timeline = Timeline()
        self.errands: deque[Errand] = deque()
        """What waits to be run outside of the lock."""
        self.interception: Interception | None = None
        """Observes calls and intervenes in them; None, as long as nobody does, costs a call two tests of a local."""

        ids = Identifiers(str(self.seed))
        self.request_ids = ids.uuids("request")
        self.world = World(self.timeline, ids, self.limits, self.find_service)
        self.effects: list[Effect] = self.world.outbox
        self.services_by_place: dict[tuple[str, str, str], Any] = {}
        self._closed = ""

    # --- ways in ----------------------------------------------------------------------------------------------------

    def entered(self) -> Entered:
        """``with state.entered() as now:`` under the lock, what is due at ``now`` has happened."""
        return Entered(self)

    def turn(self) -> Turn:
        """The same; what has to run outside of the lock is run at the end of the block."""
        return Turn(self)

    @property
    def closed(self) -> bool:
        """Whether ``close`` was called, or this is the copy of a cloud in a forked process."""
        return bool(self._closed)

    def refuse(self, reason: str) -> None:
        """Let this and every later call end with a ``UsageError`` of that text. Called under the lock."""
        self._closed = self._closed or reason
        self.timeline.clear()
        # Always due: the one comparison that each call makes leads to settle, which refuses.
        self.timeline.next_due = -1

    def run_errands(self) -> None:
        """Perform what has to run outside of the lock. Called without it."""
        raise NotImplementedError

    # --- what happens -----------------------------------------------------------------------------------------------

    def settle(self, now: int) -> None:
        """Run what is due at ``now``, each event at its own due time. Called under the lock."""
        if self._closed:
            raise UsageError(self._closed)
        pop_due = self.timeline.pop_due
        while (event := pop_due(now)) is not None:
            due, happen = event
            happen(due)
            if self.effects:
                self.drain(due)

    def drain(self, now: int) -> None:
        """Carry out what services want to happen, in order, and what that causes. Called under the lock."""
        effects, perform = self.effects, self.perform
        for effect in effects:  # grows while it is walked
            perform[type(effect)](now, effect)
        effects.clear()

    # --- services ---------------------------------------------------------------------------------------------------

    def service(self, service_name: str, account_id: str, region_name: str) -> Any:
        """The service of an account in a region, made when it is first asked for. Called without the lock."""
        with self.lock:
            return self.find_service(service_name, account_id, region_name)

    def find_service(self, service_name: str, account_id: str, region_name: str) -> Any:
        """The same under the lock."""
        key = (service_name, account_id, region_name)
        service = self.services_by_place.get(key)
        if service is None:
            service = self.services_by_place[key] = load_service(service_name).api(account_id, region_name, self.world)
        return service

    def services(self, service_name: str | None = None) -> Iterator[Any]:
        """All services that were asked for so far, or those of one name, oldest first. Called under the lock."""
        for (name, _, _), service in list(self.services_by_place.items()):
            if service_name is None or name == service_name:
                yield service


class Entered:
    """A stay under the lock."""

    __slots__ = ("_state",)

    def __init__(self, state: State) -> None:
        self._state = state

    def __enter__(self) -> int:
        state = self._state
        state.lock.acquire()
        try:
            now = state.time_ns()
            if now >= state.timeline.next_due:
                state.settle(now)
        except BaseException:
            state.lock.release()
            raise
        return now

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._state.lock.release()


class Turn(Entered):
    """A stay under the lock, and then what came of it."""

    __slots__ = ()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        state = self._state
        state.lock.release()
        if state.errands and kind is None:
            state.run_errands()


def _limits(limits: str | Limits) -> Limits:
    return limits if isinstance(limits, Limits) else Limits.named(limits)


def _fresh_seed() -> int:
    from os import urandom

    return int.from_bytes(urandom(6), "big")

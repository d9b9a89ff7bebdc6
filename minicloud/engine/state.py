"""What is true of a running cloud, under its one lock: the clock, what is due, the services, and what they left behind.

Every call does the same four things under the lock, for microseconds: read the clock, ``settle`` what has become due,
run the operation, ``drain`` the effects it left behind. Client methods have these lines compiled in
(``clients.compiled``); everybody else writes

    with state.gate("what this is"):
        now = state.settled()

Foreign code (a handler, a predicate, a real post) never runs in here, nor does anybody sleep, log or touch a socket.

**Nothing torn.** An exception may come *into* what runs under the lock, between any two steps: a signal handler's, an
asynchronous one, a RecursionError. Whoever lets one out marks the timeline as torn, which costs the way without an
exception nothing: torn is always due, so the one comparison that every call makes leads the next one to ``settle``,
which mends before it does anything else. What each service takes for true then, and what it derives anew, is in its
``mend``. Mending may be interrupted too: the mark goes last. So all that a change has to see to is the order of its
steps: the one that makes it true is one step, and what can be derived comes after it.

**No call inside of a call.** A finalizer, a signal handler, a debugger or a clock that calls the cloud it is called
from would find half-made state: ``gate``, and the compiled methods, refuse it in the thread that is inside already.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from ..core.arns import check_account_id, check_region_name
from ..core.effects import Effect
from ..core.ids import Identifiers
from ..core.limits import AWS_LIMITS, Limits
from ..core.shown import shown
from ..core.timeline import Timeline
from ..core.waiter import Waiter
from ..core.world import World
from ..exceptions import AwsError, UsageError
from ..services.registry import load_service
from . import locks
from .clock import Clock, FrozenClock, is_of_the_machine, make_clock
from .turns import Lines

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from typing import Any, TypeAlias, TypeVar

    from .argument_types import TimeSource
    from .interception import Interception
    from .turns import Runner

    T = TypeVar("T")

__all__ = ["EffectTable", "State", "check_seed"]


Perform: TypeAlias = "Callable[[int, Any], object]"
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

    # What every call touches has a slot: once something has looked at an object's ``__dict__`` (a ``cached_property``
    # does), CPython 3.11 takes six times as long to find an attribute there, 0.02 µs each.
    __slots__ = (
        "__dict__",
        "__weakref__",
        "clock",
        "effects",
        "errands",
        "inside",
        "interception",
        "lock",
        "manual_clock",
        "request_ids",
        "time_ns",
        "timeline",
        "world",
    )

    # Told here and not in __init__, where a line costs each cloud an instruction.
    account_id: str
    """The twelve digits of the cloud's own account."""
    region_name: str
    """The region of clients that are made without one."""
    clock: Clock
    """The clock: ``now()``, ``advance()`` and more."""
    seed: int | str
    """What ids and choices follow from, given or drawn."""
    limits: Limits
    """The numbers and rules that hold; they do not change during its life."""

    http_date: tuple[int, int, str] = (0, 0, "")
    """A second, its beginning and end in nanoseconds, as the headers of answers show it."""

    perform: EffectTable
    """What carries out which kind of effect; this and the next two are the engine's."""
    sleepers: Any
    """Who sleeps in the cloud."""
    errand_runner: Runner
    """Who performs errands."""
    refusal = ""
    """Why every call is refused, if it is."""
    closed_at: int | None = None
    """When it was closed: what only looks sees the state of that moment. None while it is open, and for a copy."""
    first_at_close: tuple[int, Callable[[int], object] | None] | None = None
    """When what was due first was, at the close, and its callback."""
    was_interrupted = False
    """Whether an exception has ever come into a call, so that a recorded fact may not have happened."""
    _torn_by_a_look = False
    """Whether a look at the closed cloud was interrupted, half way through bringing something up to date."""
    carried = -1
    """How many of the effects have been carried out, while they are; -1 before the call that asks for them is over."""
    on_earlier: tuple[Callable[[], object], ...] = ()
    """Called when what is due next comes earlier: whoever sleeps until then has to look again."""

    def __init__(
        self,
        account_id: str | None,
        region_name: str | None,
        clock: str | Clock | TimeSource | None,
        seed: int | str | None,
        limits: str | Limits | None,
    ) -> None:
        self.account_id = "123456789012" if account_id is None else account_id
        self.region_name = "us-east-1" if region_name is None else region_name
        check_account_id(self.account_id)
        check_region_name(self.region_name)
        self.limits = AWS_LIMITS if limits is None else _limits(limits)
        self.seed = _fresh_seed() if seed is None else check_seed(seed)
        self.clock = make_clock(clock)

        self.lock: Any = locks.rlock()
        self.forsaken: dict[Waiter, None] = {}
        """Calls whose callers have gone without taking them back: whoever comes next does."""
        self.inside: object = None
        """What goes on under the lock: an operation, or a text; may be left over when nothing does."""
        self.time_ns = self.clock.time_ns
        self.manual_clock = self.clock if type(self.clock).time_ns is FrozenClock.time_ns else None
        """The clock, if it stands until it is moved: calls read its ``now_ns`` themselves."""
        self.timeline = Timeline()
        self.errands = Lines()
        """What waits to be run outside of the lock."""
        self.interception: Interception | None = None
        """Observes calls and intervenes in them; None, as long as nobody does, costs a call two tests of a local."""

        ids = Identifiers(str(self.seed))
        self.request_ids = ids.uuids("request")
        self.world = World(self.timeline, ids, self.limits, self, threading.get_ident)
        self.effects: list[Effect] = self.world.outbox
        self.services_by_place: dict[tuple[str, str, str], Any] = {}

    # --- ways in ----------------------------------------------------------------------------------------------------

    def gate(self, what: str) -> Any:
        """The lock, for ``with``. Raises ``UsageError`` in a thread that is inside of a call of this cloud already."""
        if self.inside is not None and self.lock._is_owned():
            raise self.reentered(what)
        return self.lock

    def settled(self, what: object = "another call") -> int:
        """The time, up to which everything due has happened. Called under the lock, first of all."""
        self.inside = what
        now = self.time_ns()
        if now >= self.timeline.next_due:
            self.settle(now)
        return now

    def change(self, what: str, make: Callable[[int], T], *, also_when_closed: bool = False) -> T:
        """What ``make(now)`` returns, which changes the state under the lock: as a whole, or it is mended.

        What it causes has been carried out then, but for errands. On a closed cloud that is a ``UsageError``, or, if
        ``also_when_closed``, done all the same.
        """
        made: T | None = None
        try:
            with self.gate(what):
                try:
                    if also_when_closed and self.refusal:
                        return make(self.time_ns())
                    now = self.settled(what)
                    made = make(now)
                    if self.effects:
                        self.drain(now)
                    return made
                except (AwsError, UsageError):
                    raise
                except BaseException:
                    self.timeline.torn = self.timeline.next_due = -1
                    self.interrupted()
                    raise
        except BaseException:
            if isinstance(made, Waiter):  # the lock was let go of, and nobody has the waiter
                self.timeline.torn = self.timeline.torn or 1
                self.timeline.next_due = -1
                self.forsaken[made] = None
            raise

    def look(self, what: str, make: Callable[[int], T]) -> T:
        """What ``make(now)`` returns, which only looks; it may bring up to date what it looks at.

        On a closed cloud it sees what there was at the close. Raises ``UsageError`` in a forked process.
        """
        with self.gate(what):
            if self.refusal and self.closed_at is not None:
                return self._look_back(what, make, self.closed_at)
        try:
            return self.change(what, make)
        finally:
            if self.errands:
                self.disown()

    def _look_back(self, what: str, make: Callable[[int], T], now: int) -> T:
        self.inside = what
        try:
            if self._torn_by_a_look:
                self._mend(now)
                self._torn_by_a_look = False
            found = make(now)
            if self.effects:
                self.drain(now)
        except (AwsError, UsageError):
            raise
        except BaseException:
            self._torn_by_a_look = True
            raise
        return found

    def seen_ns(self) -> int:
        """The time that views are of: now, or that of the close."""
        return self.time_ns() if self.closed_at is None else self.closed_at

    def take_back(self) -> None:
        """Take back the calls that are noted as ``forsaken``: nobody waits for them any more. Called without the lock.

        Who notes one does so in its own frame, without a call: no other exception can come in between, and a stack that
        is full suffices.

            state.timeline.torn = state.timeline.torn or 1
            state.timeline.next_due = -1
            state.forsaken[waiter] = None

        From then on whoever uses the cloud next does what is done here, if something comes into this.
        """
        if self.lock._is_owned():
            return  # a finalizer ended the call, inside of another one
        with self.lock:
            try:
                if self.refusal:
                    self._take_back(self.time_ns())
                else:
                    self.mend(self.time_ns())
            except BaseException:
                self.timeline.torn = self.timeline.next_due = -1
                raise
            if self.errands:
                self.disown()

    def _take_back(self, now: int) -> None:
        forsaken = self.forsaken
        while forsaken:
            # Copied in one step: other threads put theirs in without the lock, also while an iterator would be at it.
            waiter = list(forsaken)[0]  # noqa: RUF015
            waiter.on_abandon(now)
            if not waiter.done:
                waiter.leave()  # whoever made it was interrupted before it knew it
            del forsaken[waiter]

    def interrupted(self) -> None:
        """Something came into a call of this thread: have it looked after. Called under the lock, the timeline torn.

        If something comes into this as well, whoever uses the cloud next does the rest, or whoever sleeps in it.
        """
        own = threading.get_ident()
        for waiter, caller in list(self.world.waiters.items()):
            if caller == own and waiter.wake is None:
                self.forsaken[waiter] = None  # it did not come to sleep
        self.look_again()
        if self.errands:
            self.disown()

    def reentered(self, what: object) -> UsageError:
        """What to say of a call that is made from inside of another one of the same thread."""
        names = [getattr(one, "name", one) for one in (what, self.inside)]
        return UsageError(
            f"{names[0]} was called from inside of {names[1]} of the same Cloud, by a finalizer, a signal handler, a "
            "debugger or the clock: have a finalizer's work done in close() or a context manager, let a signal handler "
            "set a flag, and let a clock know nothing of its cloud"
        )

    @property
    def closed(self) -> bool:
        """Whether ``close`` was called, or this is the copy of a cloud in a forked process."""
        return bool(self.refusal)

    def need_open(self) -> None:
        """Raise ``UsageError`` when it is closed: for what neither looks nor settles."""
        if self.refusal:
            raise UsageError(self.refusal)

    def refuse(self, reason: str) -> None:
        """Let this and every later call end with a ``UsageError`` of that text. Called under the lock."""
        self.refusal = self.refusal or reason
        # Always due: the one comparison that each call makes leads to settle, which refuses.
        self.timeline.torn = self.timeline.next_due = -1
        self.timeline.clear()

    def run_errands(self) -> None:
        """Perform what has to run outside of the lock. Called without it."""
        raise NotImplementedError

    def disown(self) -> None:
        """What this thread has settled, and will not perform, is left to whoever performs errands next."""
        raise NotImplementedError

    def keep_settling(self) -> None:
        """Something may come due when nobody calls: on a real clock, have it seen to. Called under the lock."""
        raise NotImplementedError

    def is_of_the_machine(self, now: int, start: int, end: int) -> bool:
        """Whether a time that was given at ``now`` is the machine's and not this cloud's, as ``clock`` tells."""
        return is_of_the_machine(self.clock, now, start, end)

    def recorded(self) -> Iterator[tuple[int, str, str, dict[str, Any]]]:
        """The facts that are recorded, oldest first, for who counts them. Called under the lock."""
        raise NotImplementedError

    def listen(self) -> None:
        """Have facts told to the meter of the world, too. Called under the lock."""
        raise NotImplementedError

    def keep_for_the_test(self, error: BaseException) -> None:
        """Have the next call of the test's own raise what was met in a thread of the cloud's."""
        raise NotImplementedError

    def has_sleepers(self) -> bool:
        """Whether threads or tasks sleep in the cloud, which see to what is due. Called under the lock."""
        raise NotImplementedError

    # --- what happens -----------------------------------------------------------------------------------------------

    def settle(self, now: int) -> None:
        """Run what is due at ``now``, each event at its own due time. Called under the lock.

        What was torn is mended first, and marked when this is.
        """
        if self.refusal:
            raise UsageError(self.refusal)
        timeline = self.timeline
        try:
            if timeline.torn:
                self.mend(now)
                if self.refusal:
                    raise UsageError(self.refusal)
            self._run_due(now)
        except BaseException:
            timeline.torn = timeline.next_due = -1
            raise

    def _run_due(self, now: int) -> None:
        # A function of its own: what comes into the jump back of a loop passes by the try or the with that the loop
        # stands in (CPython 3.13).
        timeline = self.timeline
        pop_due = timeline.pop_due
        while (event := pop_due(now)) is not None:
            due, happen = event
            happen(due)
            if self.effects:
                self.drain(due)
            timeline.running = None

    def drain(self, now: int) -> None:
        """Carry out what services want to happen, in order, and what that causes. Called under the lock."""
        effects, perform = self.effects, self.perform
        self.carried = 0
        self.timeline.running = None  # it has happened, and so will what it causes
        for effect in effects:  # grows while it is walked
            perform[type(effect)](now, effect)
            self.carried += 1
        effects.clear()
        self.carried = -1

    def mend(self, now: int) -> None:
        """Make whole what was interrupted. Called under the lock; may be interrupted itself, and begins again then."""
        timeline = self.timeline
        if timeline.torn < 0:
            self._mend(now)
        self._take_back(now)
        if not self.refusal:
            timeline.torn = 1 if self.forsaken else 0  # of others, who do so without the lock
            timeline._refresh()

    def _mend(self, now: int) -> None:
        self.was_interrupted = True
        timeline = self.timeline
        timeline.mend()
        world = self.world
        if world.redo is not None:
            world.redo()
            world.redo = None
            if self.refusal:
                return
        for service in self.services():
            service.mend(now)
        effects, perform = self.effects, self.perform
        if self.carried < 0:
            # Of what a call that did not come to its end wanted, only that is left which it had done already.
            effects[:] = [effect for effect in effects if effect.is_due]
            self.carried = 0
        while self.carried < len(effects):
            effect = effects[self.carried]
            if not self.is_carried_out(effect):
                perform[type(effect)](now, effect)
            self.carried += 1
        effects.clear()
        self.carried = -1
        self.wake_all()

    def is_carried_out(self, effect: Effect) -> bool:
        """Whether the effect at which a drain was interrupted had been carried out. Called under the lock."""
        raise NotImplementedError

    def wake_all(self) -> None:
        """Wake everybody whose wait is over, and have those who sleep until the next event look again."""
        raise NotImplementedError

    def look_again(self) -> None:
        """Have those who sleep until the next event look again."""
        raise NotImplementedError

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

    def known_service(self, service_name: str, account_id: str, region_name: str) -> Any:
        """The same, but None where nobody has asked for it yet."""
        return self.services_by_place.get((service_name, account_id, region_name))

    def services(self, service_name: str | None = None) -> Iterator[Any]:
        """All services that were asked for so far, or those of one name, oldest first. Called under the lock."""
        for (name, _, _), service in list(self.services_by_place.items()):
            if service_name is None or name == service_name:
                yield service


def _limits(limits: str | Limits) -> Limits:
    return limits if isinstance(limits, Limits) else Limits.named(limits)


def check_seed(seed: Any) -> Any:
    """A seed as it was given; raises ``UsageError`` for what is none."""
    if not isinstance(seed, str) and not hasattr(type(seed), "__index__"):
        raise UsageError(f"seed={shown(seed)} is not a seed: give an integer or a string")
    try:
        str(seed)
    except ValueError:
        raise UsageError(f"seed is an integer of {seed.bit_length():,} bits: give a smaller one, or a string") from None
    return seed


def _fresh_seed() -> int:
    from os import urandom

    return int.from_bytes(urandom(6), "big")

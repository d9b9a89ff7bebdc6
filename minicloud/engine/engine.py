"""The running cloud: its state, composed with who sleeps in it, who runs foreign code for it, and who records.

An engine knows services through the registry alone, and nothing of clients, tests or pytest. ``Cloud`` is its face.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache, partial

from ..core.arns import service_in
from ..core.effects import NO_SUCH_THING, Deliver, Depart, Effect, Sequel, ToAlarms, ToLog, ToQueue
from ..core.errands import Abandon, Errand, Post
from ..core.ids import Identifiers
from ..exceptions import UsageError
from . import locks
from .blocking import Sleepers, alarm
from .errands import ErrandRunner
from .forks import tell_in_forked_processes
from .handlers import Handlers
from .held_handlers import ALWAYS, check_handlers
from .outbox import Outbox
from .recorder import Recorder
from .state import EffectTable, State
from .turns import inside

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from ..core.chaos import Chaos
    from ..core.limits import Limits
    from ..core.waiter import Waiter
    from .argument_types import TimeSource
    from .clock import Clock

__all__ = ["Engine"]


class Engine(State):
    """One emulated cloud at work."""

    on_reset: tuple[Callable[[], object], ...] = ()
    """Called under the lock when the cloud is reset."""
    _served_at: tuple[str, ...] = ()
    """The servers that there are, as URLs that end in a slash."""
    _not_of_the_test: frozenset[int] = frozenset()
    """The threads that move time for somebody outside."""
    unused_faults: Callable[[], Sequence[object]] = tuple
    """The faults that should have fired and did not; those of ``faults``, once there are any."""

    def __init__(
        self,
        account_id: str | None,
        region_name: str | None,
        clock: str | Clock | TimeSource | None,
        seed: int | str | None,
        limits: str | Limits | None,
        delivery: str | Chaos | None,
        handlers: str | None = None,
    ) -> None:
        super().__init__(account_id, region_name, clock, seed, limits)
        self.clock.bind(self._advance_to, self.next_due)
        self._delivery: str | Chaos = "readable" if delivery is None else delivery
        self.outbox = Outbox()
        """What left the cloud for people and systems outside."""
        self.errand_runner: ErrandRunner = ErrandRunner(self)
        self.handlers = Handlers(self, self.outbox, self.errand_runner.take)
        self.sleepers: Sleepers = Sleepers(self)
        self.recorder = Recorder(self)
        self.deliver_plainly: Callable[[int, ToQueue], None] = self._choose_delivery()
        """Delivers from other services to queues, as the cloud's ``delivery`` says."""
        self.perform = EffectTable(
            {
                ToQueue: self.deliver_plainly,
                Errand: self.handlers.prepare,
                Effect: self._carry_out,
            }
        )
        tell_in_forked_processes(self)
        if handlers is not None and check_handlers(handlers):
            self.errand_runner.hold(ALWAYS)

    def _choose_delivery(self) -> Callable[[int, ToQueue], None]:
        """What delivers from other services to queues from now on, with chances of its own from the start."""
        if self._delivery == "readable":
            self.world.chaos = None
            return self.to_queue
        from .chaotic_delivery import ChaoticDelivery, chaos_for

        self.world.chaos = chaos_for(self._delivery, self.world.ids)
        return ChaoticDelivery(self, self.to_queue).deliver

    def run_errands(self) -> None:
        """Perform what has to run outside of the lock, as ``errands`` tells. Called without it."""
        self.errand_runner.run()

    def disown(self) -> None:
        """What this thread has settled, and will not perform, is left to whoever performs errands next."""
        self.errand_runner.disown()

    def keep_settling(self) -> None:
        """Something may come due when nobody calls: on a real clock, have it seen to. Called under the lock."""
        self.errand_runner.keep_settling()

    def recorded(self) -> Iterator[tuple[int, str, str, dict[str, Any]]]:
        """The facts that are recorded, oldest first, for who counts them. Called under the lock."""
        return self.recorder.facts()

    def listen(self) -> None:
        """Have facts told to the meter of the world, too. Called under the lock."""
        self.recorder.connect(is_on=self.recorder.is_on)

    def keep_for_the_test(self, error: BaseException) -> None:
        """Have the next call of the test's own raise what was met in a thread of the cloud's."""
        self.errand_runner.keep(error)

    def tell_what_is_kept(self) -> None:
        """Raise what a handler has raised that is kept for the test, in a call that only a test makes (``kept``)."""
        __tracebackhide__ = True
        kept = self.errand_runner.kept
        if kept and inside(self.errand_runner) is None and threading.get_ident() not in self._not_of_the_test:
            kept.throw()

    @contextmanager
    def for_others(self) -> Iterator[None]:
        """For ``with``: what this thread does is not the test's, so nothing that is kept for the test is raised."""
        own = threading.get_ident()
        with self.lock:
            self._not_of_the_test |= {own}
        try:
            yield
        finally:
            with self.lock:
                self._not_of_the_test -= {own}

    def tell_at_the_end(self) -> None:
        """The same at the end of a test or a cloud. If an exception is under way, it gets a note instead."""
        __tracebackhide__ = True
        kept = self.errand_runner.kept
        if kept and inside(self.errand_runner) is None:
            kept.tell()

    # --- time -------------------------------------------------------------------------------------------------------

    def sleep(self, seconds: float) -> None:
        """Wait until ``seconds`` have passed on the cloud's clock; what is due meanwhile happens.

        A real clock really waits, a virtual one jumps, a frozen one waits for ``advance`` in another thread: with
        nobody to call it, this is a ``UsageError``. For the test itself: handlers that are held run, and an
        ``AssertionError`` of a handler is raised.
        """
        __tracebackhide__ = True
        self.tell_what_is_kept()
        with self.letting_go():
            self.pause(seconds)
        self.tell_what_is_kept()

    def letting_go(self) -> AbstractContextManager[None]:
        """For ``with``: this thread is the test's, and lets time pass, so handlers that are held run."""
        held = self.errand_runner.held
        if not held.holders or inside(self.errand_runner) is not None:
            return nullcontext()
        return held.letting_go(threading.get_ident(), self.sleepers.look_again)

    def pause(self, seconds: float) -> None:
        """Wait as ``sleep`` does; for whoever is not the test itself."""
        waiter = None
        try:
            waiter = alarm(self, seconds)
            self.wait(waiter)
        except BaseException:
            if waiter is not None:
                self.timeline.torn = self.timeline.torn or 1  # as ``State.take_back`` tells
                self.timeline.next_due = -1
                self.forsaken[waiter] = None
                self.take_back()
            raise

    def wait(self, waiter: Waiter) -> Any:
        """Sleep until the waiter is done and return its answer; for the sync clients.

        Inside of a handler, what has been left to the outermost call is performed first: it may be the answer.
        """
        run = inside(self.errand_runner)
        if run is not None and not waiter.done:
            self.errand_runner.begin_to_wait(run)
        if self.errands or self.errand_runner.held.line:
            self.errand_runner.run_waiting()
        return self.sleepers.wait(waiter)

    def catch_up(self) -> None:
        """Have everything noticed that is due, and every service what has ended by itself. O(queues)."""
        with self.gate("bringing the record up to date"):
            if self.closed:
                return
            try:
                now = self.settled("bringing the record up to date")
            except UsageError:
                if self.closed:
                    return  # its closing had been interrupted, and is carried through now
                raise
            try:
                self._catch_up(now)
            except BaseException:
                self.timeline.torn = self.timeline.next_due = -1
                raise
            if self.errands:
                self.disown()

    def next_due(self, *, also_when_closed: bool = False) -> tuple[int, str] | None:
        """When what is due next is due, and what it is, in words; None when nothing is. O(queues).

        Raises ``UsageError`` when the cloud is closed; or says what was due next at the close.
        """
        if also_when_closed and self.closed:
            from .due import next_due

            return self.look("a look at what is due next", partial(next_due, self))
        with self.gate("a look at what is due next"):
            try:
                from .due import next_due

                found = next_due(self, self.settled("a look at what is due next"))
            except UsageError:
                raise
            except BaseException:
                self.timeline.torn = self.timeline.next_due = -1
                raise
            if self.errands:
                self.disown()
            return found

    def _catch_up(self, now: int) -> None:
        for service in self.services():
            service.catch_up(now)

    def _advance_to(self, target: int) -> None:
        __tracebackhide__ = True
        self.tell_what_is_kept()
        runner = self.errand_runner
        run = inside(runner)
        if run is not None:
            runner.begin_to_wait(run)
        with self.letting_go():
            self._move_to(target)
        self.tell_what_is_kept()

    def _move_to(self, target: int) -> None:
        # Apart: what comes into the jump back of a loop passes by the with that the loop stands in (CPython 3.13).
        runner = self.errand_runner
        if self.errands or runner.held.line:
            runner.run_waiting()
        while True:
            runner.wait_for_posts()
            with self.gate("a move of the clock"):
                self.inside = "a move of the clock"
                if self.timeline.torn:
                    self.settled("a move of the clock")
                if runner.in_tasks:
                    runner.tell_those_in_tasks(self.time_ns())
                due = self.timeline.next_due
                if due > target:
                    self.clock.set(target)
                    break
                self.clock.set(due)
                self.settle(due)
            if self.errands or runner.held.line:
                runner.run_waiting()
        if self.errands or runner.held.line:
            runner.run_waiting()
            runner.wait_for_posts()

    # --- life -------------------------------------------------------------------------------------------------------

    def begin_to_serve(self, url: str) -> None:
        """A server is there, to which the links in messages lead from now on."""
        with self.lock:
            self._served_at = (*self._served_at, url)
            self.world.links = url

    def end_serving(self, url: str) -> None:
        """It is no more: they lead to the one before it, or to AWS."""
        with self.lock:
            self._served_at = tuple(one for one in self._served_at if one != url)
            self.world.links = self._served_at[-1] if self._served_at else ""

    def reset(self) -> None:
        """Forget all that is in the cloud, what is due and faults included; ids start over from the seed.

        Clients made before go on working, on the empty cloud. Blocked polls end with a ``UsageError``. The clock keeps
        its time.
        """
        self.change("reset()", lambda _: self.world.carry_through(self._forget))

    def deliver_from_reset(self, delivery: str) -> None:
        """Have the cloud deliver otherwise when it is reset: what is there stays as it was made."""
        from .chaotic_delivery import chaos_for

        chaos_for(delivery, self.world.ids)  # says what is wrong with it
        self._delivery = delivery

    def _forget(self) -> None:
        self.end_polls("the cloud was reset while this call was waiting")
        self.timeline.clear()
        self.errand_runner.forget()
        self.effects.clear()
        self.outbox.clear()
        self.handlers.clear()
        self.world.ids = Identifiers(str(self.seed))
        self.request_ids = self.world.ids.uuids("request")
        deliver = self._choose_delivery()
        if self.perform[ToQueue] == self.deliver_plainly:  # else faults deliver, who ask for it
            self.perform.set(ToQueue, deliver)
        self.deliver_plainly = deliver
        for forget in self.on_reset:
            forget()
        for service in self.services():
            service.reset()
        self.recorder.clear()

    def close(self) -> None:
        """End the cloud: blocked polls and later calls raise ``UsageError``. Closing twice is fine.

        What only looks goes on, and sees what there was at this moment.
        """
        if self.recorder.is_on:
            self.catch_up()
        with self.gate("close()"):
            if self.refusal:
                return
            try:
                self.settled("close()")
            except UsageError:
                if self.refusal:
                    return  # its closing had been interrupted, and is carried through now
                raise
            try:
                self.world.carry_through(self._end)
            except BaseException:
                if not self.refusal:
                    self.timeline.torn = self.timeline.next_due = -1
                raise

    def _end(self) -> None:
        self.end_polls("the cloud was closed while this call was waiting")
        self.closed_at = self.time_ns()
        if not self.refusal:  # else this is carried through once more, and the events are gone
            self.first_at_close = self.timeline.first()
        self.errand_runner.end()
        self.refuse("this Cloud is closed: make a new one, or keep it open while its clients are used")

    def is_carried_out(self, effect: Effect) -> bool:
        """Whether the effect at which a drain was interrupted had been carried out. Called under the lock."""
        if isinstance(effect, ToQueue):
            sink = self.world.sinks.get(effect.queue_arn)
            if sink is not None and getattr(effect, "message", None) is not None and sink.has_ingested(effect):
                return True
            # It could not be made: what follows from that stands behind it.
            return any(getattr(other, "cause", None) is effect for other in self.effects)
        if isinstance(effect, Deliver | Sequel):
            return effect.happened
        if isinstance(effect, Abandon | ToAlarms):
            return False
        if isinstance(effect, Depart):
            return self.outbox.has(effect.departure)
        if isinstance(effect, ToLog):
            return bool(self._logs_of(effect).has_ingested(effect))
        if self.errand_runner.has(effect):
            return True
        return isinstance(effect, Post) and self.outbox.has(effect.departure)

    def wake_all(self) -> None:
        """Wake everybody whose wait is over, and have those who sleep until the next event look again."""
        for waiter in [*self.world.waiters, *self.sleepers.waiters()]:
            if waiter.done:
                waiter.tell()
        self.sleepers.look_again()
        self.errand_runner.look_again()

    def has_sleepers(self) -> bool:
        """Whether threads or tasks sleep in the cloud, which see to what is due. Called under the lock."""
        return any(True for _ in self.sleepers.waiters())

    def look_again(self) -> None:
        """Have those who sleep until the next event look again."""
        self.sleepers.look_again()

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise UsageError(
            "a Cloud cannot be pickled or copied, nor can what leads to one (a client, a view, a trace): use "
            "snapshot() and restore() to go back to a state; in another process, make another Cloud or mock_aws()"
        )

    def end_polls(self, reason: str) -> None:
        """Let every call that waits end with a ``UsageError``. Called under the lock."""
        for waiter in list(self.world.waiters):
            if not waiter.done:
                waiter.fail(UsageError(f"{reason}: stop its pollers before the test ends"))

    def is_a_copy(self) -> None:
        """Refuse all calls from now on, because this is a process that was forked from the cloud's own."""
        # Other threads may have held it, or waited; they were not copied.
        self.lock = locks.rlock()
        self.inside = None
        self.world.waiters.clear()
        self.forsaken.clear()
        self.errand_runner.is_a_copy()
        self.refuse(
            "this process was forked from the one in which this Cloud lives, and which would see nothing of what "
            "happens here: run the application's workers in threads of the test's process (ThreadPoolExecutor or "
            'multiprocessing.pool.ThreadPool in place of ProcessPoolExecutor or Pool, a worker\'s pool "solo" or '
            '"threads" in place of "prefork"), or call their code there; for a cloud of its own, make a Cloud, or '
            "mock_aws(), in the process that uses it"
        )

    # --- deliveries -------------------------------------------------------------------------------------------------

    def to_queue(self, now: int, effect: ToQueue) -> None:
        """Put a message into its queue. Called under the lock."""
        sink = self.world.sinks.get(effect.queue_arn)
        if sink is not None:
            sink.ingest(now, effect)
        elif effect.on_failure is not None:
            effect.on_failure(now, "AWS.SimpleQueueService.NonExistentQueue")

    def deliver_through(self, deliver: Callable[[int, ToQueue], object] | None) -> None:
        """Have deliveries to queues made by somebody else (faults); None: plainly again. Called under the lock."""
        self.perform.set(ToQueue, deliver or self.deliver_plainly)

    def _carry_out(self, now: int, effect: Effect) -> None:
        """Carry out the first effect of a kind that few clouds have: the others of that kind find their own row."""
        perform: Callable[[int, Any], object] = self._deliver if isinstance(effect, Deliver) else self._depart
        if isinstance(effect, Sequel):
            perform = self._go_on
        elif isinstance(effect, Abandon):
            perform = self.errand_runner.abandon
        elif isinstance(effect, ToLog):
            perform = self._to_log
        elif isinstance(effect, ToAlarms):
            perform = self._to_alarms
        self.perform[type(effect)] = perform
        perform(now, effect)

    def _go_on(self, now: int, effect: Any) -> None:
        if effect.begun is None:
            effect.begun = len(self.effects)
        else:
            self._begin_anew(effect)
        effect.carry_out(now)
        effect.happened = True

    def _begin_anew(self, effect: Any) -> None:
        """An effect was interrupted: of what it had led to, that is left which has happened."""
        self.effects[effect.begun :] = [one for one in self.effects[effect.begun :] if one.is_due]

    def _deliver(self, now: int, effect: Any) -> None:
        if effect.begun is None:
            effect.begun = len(self.effects)
        else:
            self._begin_anew(effect)
        if effect.may_be_refused and (refusals := self.world.refusals) and (reason := refusals(now, effect)):
            effect.fail(now, reason)
            effect.happened = True
            return
        place = _place_of(effect.target_arn)
        if place is not None:
            if place[0] == "sqs":
                self._deliver_to_queue(effect)
                return
            service = self.services_by_place.get(place)
            target = None if service is None else service.target(effect.target_arn)
            if target is not None:
                if self.world.trace is None:
                    target(now, effect)
                else:
                    self.recorder.follow(effect.origin, target, now, effect)
                effect.happened = True
                return
            if service is None and place[0] == "events":
                self.find_service(*place)  # an account has its default bus also when nobody has looked at it
                self._deliver(now, effect)
                return
        effect.fail(now, NO_SUCH_THING)
        effect.happened = True

    def _deliver_to_queue(self, effect: Deliver) -> None:
        self.effects.append(effect.to_queue())
        effect.happened = True

    def _to_log(self, now: int, effect: Any) -> None:
        self._logs_of(effect).ingest(now, effect)

    def _to_alarms(self, now: int, effect: Any) -> None:
        self.find_service("cloudwatch", effect.account_id, effect.region_name).keep_alarms(now, effect)

    def _logs_of(self, effect: ToLog) -> Any:
        return self.find_service("logs", effect.account_id, effect.region_name)

    def _depart(self, now: int, effect: Any) -> None:
        self.outbox.append(effect.departure)


@lru_cache(1024)
def _place_of(arn: str) -> tuple[str, str, str] | None:
    """The service, the account and the region that an ARN names; None when it is none."""
    parts = arn.split(":", 5)
    return (service_in(arn), parts[4], parts[3]) if len(parts) == 6 and parts[0] == "arn" else None

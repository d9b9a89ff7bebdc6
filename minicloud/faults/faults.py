"""Faults on request: calls that fail, take long, lose their answer or their caller, and deliveries that go astray.

    cloud.faults.refuse("RequestThrottled", operation="SendMessage", first=2)
    cloud.faults.lose_answer(operation="SendMessage", resource="orders", nth=3)
    cloud.faults.add(Fault(Duplicate(), resource="orders", every=5))

A ``Fault`` is a value: *what* happens (an effect such as ``Refuse``), *to which* calls or deliveries (service,
operation, resource, a predicate), and *to which of those* (the third, every fifth). It counts what it has seen and how
often it has fired; ``cloud.faults.unused`` has those that never did. Chances are drawn from a random stream of the
fault's own, so that adding one moves no id and no choice of another.

Clients ask for faults of calls through ``cloud.interception``; those of deliveries stand before the plain delivery to
queues. A cloud without faults pays for neither.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypedDict

from ..core import facts
from ..core.effects import Deliver, ToQueue
from ..core.ids import derived_random
from ..core.near import did_you_mean
from ..core.shown import counted, escaped, shown
from ..core.unset import UNSET
from ..engine.interception import Intervention, with_interceptor
from ..exceptions import UsageError
from .effects import (
    Call,
    CrashCaller,
    Delay,
    DeliveryEffect,
    Disconnect,
    Drop,
    Duplicate,
    Effect,
    FailEntries,
    LoseAnswer,
    Postpone,
    Refuse,
    Reorder,
)
from .errors import ErrorName
from .invocations import Crash, InvocationEffect, Throttle, TimeOut, check_of_invocations, is_for, strike
from .target_calls import call_of, reason_of
from .targets import Target, name_of, resource_of

if TYPE_CHECKING:
    from random import Random
    from typing import Literal, Unpack

    from ..core.operation import Operation
    from ..engine.engine import Engine

__all__ = [
    "CrashCaller",
    "Delay",
    "Disconnect",
    "Drop",
    "Duplicate",
    "FailEntries",
    "Fault",
    "Faults",
    "LoseAnswer",
    "Postpone",
    "Refuse",
    "Reorder",
    "When",
]


class When(TypedDict, total=False):
    """To which calls a fault happens: the keyword arguments of ``Fault``."""

    service: str
    operation: str
    resource: str
    function: str
    where: Callable[[Mapping[str, Any]], object]
    nth: int | Iterable[int]
    every: int
    first: int
    probability: float
    optional: bool


class Fault:
    """What happens, and when.

    ``effect``       what: ``Refuse``, ``Disconnect``, ``LoseAnswer``, ``Delay``, ``FailEntries``, ``CrashCaller``
                     of calls; ``Drop``, ``Duplicate``, ``Postpone``, ``Reorder`` of deliveries from SNS to queues;
                     ``Throttle``, ``Crash``, ``TimeOut``, ``Delay`` of runs of functions.
    ``service``      ``"sqs"``, ``"sns"``, ``"s3"`` ...; any when it is not given.
    ``operation``    ``"SendMessage"`` or ``"send_message"``; any when it is not given.
    ``resource``     the name, ARN or URL of a queue, topic or stream, or the name of a queue or channel on a stream;
                     any when it is not given.
    ``function``     the name or ARN of a function whose runs the fault sees, instead of calls.
    ``where``        is called with the parameters of the call (of a delivery: ``QueueArn``, ``Body``, ``TopicArn``,
                     ``MessageAttributes``); the fault sees those for which it returns something true.
    ``nth``          only the n-th call that the fault sees, counted from 1, or several of them.
    ``every``        every n-th: the n-th, the 2n-th, and so on.
    ``first``        the first so many.
    ``probability``  each with that chance, from the fault's own random stream.
    ``optional``     whether the test passes although the fault never fired.

    At most one of ``nth``, ``every``, ``first`` and ``probability``; without them it is every call that the fault sees.
    Belongs to one cloud. Raises ``UsageError`` for arguments that make no sense.
    """

    def __init__(
        self,
        effect: Effect,
        *,
        service: str | None = None,
        operation: str | None = None,
        resource: str | None = None,
        function: str | None = None,
        where: Callable[[Mapping[str, Any]], object] | None = None,
        nth: int | Iterable[int] | None = None,
        every: int | None = None,
        first: int | None = None,
        probability: float | None = None,
        optional: bool = False,
    ) -> None:
        if not isinstance(effect, Effect):
            raise UsageError(f"{shown(effect)} is not an effect: give Refuse(...), LoseAnswer(), Delay(...), ...")
        self.effect = effect
        """What happens."""
        self.target = Target(service, operation, resource, where)
        self.function = function
        """The function whose runs it sees; None when it sees calls or deliveries."""
        self.is_of_invocations = function is not None or isinstance(effect, InvocationEffect)
        """Whether it happens to runs of functions."""
        if self.is_of_invocations:
            check_of_invocations(effect, self.target)
        effect.check(self.target)
        self.optional = optional
        """Whether the test passes although it never fired."""
        self.seen = 0
        """How many calls (or deliveries) it applied to."""
        self.fired = 0
        """To how many of them it happened."""
        given = {"nth": nth, "every": every, "first": first, "probability": probability}
        chosen = {name: value for name, value in given.items() if value is not None}
        if len(chosen) > 1:
            raise UsageError(f"{' and '.join(chosen)} cannot be combined: give one of them")
        self._when = chosen
        self._nth: Collection[int] | None = None
        if nth is not None:
            self._nth = frozenset(nth if isinstance(nth, Iterable) else [nth])
        if probability is None:
            for name, value in chosen.items():
                if not all(isinstance(number, int) and number >= 1 for number in self._nth or [value]):
                    raise UsageError(f"{name}={shown(value)}: give whole numbers, counted from 1")
        elif not hasattr(type(probability), "__float__") or not 0 <= float(probability) <= 1:
            raise UsageError(f"probability={shown(probability)}: give a number from 0 to 1")
        self._every = every
        self._first = first
        self._probability = probability
        self._random: Random | None = None

    def __repr__(self) -> str:
        parts = [repr(self.effect), *self.target.parts()]
        if self.function is not None:
            parts.append(f"function={shown(self.function)}")
        parts += [f"{name}={shown(value)}" for name, value in self._when.items()]
        if self.optional:
            parts.append("optional=True")
        return f"Fault({', '.join(parts)}) <seen {self.seen}, fired {self.fired}>"

    # --- called by Faults, under the cloud's lock -------------------------------------------------------------------

    def join(self, seed: str) -> None:
        """Belong to a cloud."""
        if self._random is not None:
            raise UsageError(f"{self!r} already belongs to a cloud: make another one")
        self._random = derived_random(seed, "fault")

    def strikes(self) -> bool:
        """Whether it happens to this call, which it applies to."""
        self.seen += 1
        if self._nth is not None:
            hit = self.seen in self._nth
        elif self._every is not None:
            hit = self.seen % self._every == 0
        elif self._first is not None:
            hit = self.seen <= self._first
        elif self._probability is not None:
            assert self._random is not None
            hit = self._random.random() < self._probability
        else:
            hit = True
        self.fired += hit
        return hit


class Faults:
    """``cloud.faults``: the faults of a cloud, in the order in which they were added.

    The first that strikes a call decides about it; only delays add up. The other faults do not see such a call.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._faults: list[Fault] = []
        self._added = 0
        self._calls: list[Fault] = []
        self._deliveries: list[Fault] = []
        self._invocations: list[Fault] = []
        engine.on_reset += (self.forget,)
        engine.unused_faults = lambda: self.unused

    def add(self, fault: Fault) -> Fault:
        """Have a fault happen from now on; returns it, so that its counts can be looked at."""
        if not isinstance(fault, Fault):
            raise UsageError(f"{shown(fault)} is not a fault: give Fault(Refuse(...)) or the like")
        with self._engine.lock:
            self._added += 1
            fault.join(f"{self._engine.seed}/{self._added}")
            self._faults.append(fault)
            self._changed()
        return fault

    def lead(self, fault: Fault) -> Fault:
        """Add it before all others, so that it sees all calls, and changes no chances of theirs."""
        with self._engine.lock:
            fault.join(f"{self._engine.seed}/lead")
            self._faults.insert(0, fault)
            self._changed()
        return fault

    def remove(self, fault: Fault) -> None:
        """Have it happen no more. It is no longer among the ``unused`` either."""
        with self._engine.lock:
            if fault not in self._faults:
                raise UsageError(f"{shown(fault)} is not a fault of this cloud: give one of cloud.faults")
            self._faults.remove(fault)
            self._changed()

    def clear(self) -> None:
        """Remove all faults."""
        with self._engine.lock:
            self.forget()

    @property
    def unused(self) -> list[Fault]:
        """Those that never fired and were not said to be optional."""
        return [fault for fault in self._faults if not fault.fired and not fault.optional]

    def __iter__(self) -> Iterator[Fault]:
        return iter(list(self._faults))

    def __len__(self) -> int:
        return len(self._faults)

    def __repr__(self) -> str:
        return f"<{counted(len(self._faults), 'fault')}, {len(self.unused)} of them unused>"

    def _add(self, effect: Effect, when: When) -> Fault:
        known = When.__annotations__
        for name in when:
            if name not in known:
                raise UsageError(
                    f"a fault takes no {escaped(name, 80)}={did_you_mean(name, known, '{}=') or ':'} it takes "
                    f"{', '.join(known)}"
                )
        return self.add(Fault(effect, **when))

    # --- what can happen to calls -----------------------------------------------------------------------------------

    def refuse(self, error: ErrorName, **when: Unpack[When]) -> Fault:
        """The service answers with an error and does nothing: a name of AWS's, or (code, message[, HTTP status])."""
        return self._add(Refuse(error), when)

    def disconnect(self, exception: str = "EndpointConnectionError", **when: Unpack[When]) -> Fault:
        """The request never arrives: nothing happens, and the caller gets this exception of botocore's."""
        return self._add(Disconnect(exception), when)

    def lose_answer(self, exception: str = "ReadTimeoutError", **when: Unpack[When]) -> Fault:
        """The answer never arrives: the operation *is* performed, and the caller gets this exception of botocore's."""
        return self._add(LoseAnswer(exception), when)

    def delay(self, seconds: float, **when: Unpack[When]) -> Fault:
        """The call takes so many seconds of the cloud's clock before it is performed."""
        return self._add(Delay(seconds), when)

    def crash(self, when: Literal["before", "after"] = "before", **which: Unpack[When]) -> Fault:
        """The caller dies at this call, before or after it took effect: it gets ``minicloud.exceptions.Crash``.

        That is no ``Exception``: only ``finally``, ``except BaseException`` and the test itself see it. With
        ``function=`` it is a run of that function that dies, before its handler has begun or after it has ended.
        """
        if "function" in which:
            CrashCaller(when)  # says what is wrong with it
            return self._add(Crash(after=when == "after"), which)
        return self._add(CrashCaller(when), which)

    def fail_entries(
        self,
        *entries: int | str | Callable[[Mapping[str, Any]], object],
        error: ErrorName | None = None,
        **when: Unpack[When],
    ) -> Fault:
        """Chosen entries of a batch fail alone: by place (from 0), by ``Id``, or by a predicate; all without any."""
        return self._add(FailEntries(*entries, error=error), when)

    # --- what can happen to deliveries from SNS to queues -----------------------------------------------------------

    def drop(self, **when: Unpack[When]) -> Fault:
        """The delivery is lost."""
        return self._add(Drop(), when)

    def duplicate(self, times: int = 2, **when: Unpack[When]) -> Fault:
        """It is made so many times."""
        return self._add(Duplicate(times), when)

    def postpone(self, seconds: float, **when: Unpack[When]) -> Fault:
        """It is made so many seconds of the cloud's clock later."""
        return self._add(Postpone(seconds), when)

    def reorder(self, within: float = 1.0, **when: Unpack[When]) -> Fault:
        """It is made after the next one to the same queue, or ``within`` so many seconds when there is none."""
        return self._add(Reorder(within), when)

    # --- what can happen to runs of functions -----------------------------------------------------------------------

    def throttle(self, **when: Unpack[When]) -> Fault:
        """A function is not run, as if too many of its runs were under way."""
        return self._add(Throttle(), when)

    def time_out(self, **when: Unpack[When]) -> Fault:
        """A run takes too long: its handler is called, and its timeout comes first."""
        return self._add(TimeOut(), when)

    # --- called by the cloud and its clients ------------------------------------------------------------------------

    def forget(self) -> None:
        """Remove all faults. Called under the cloud's lock."""
        self._faults.clear()
        self._changed()

    def intercept(self, client: Any, operation: Operation[..., Any], params: Mapping[str, Any]) -> Intervention | None:
        """What is to happen to a call; None when nothing is."""
        engine = self._engine
        service = client.service.name
        given = {name: value for name, value in params.items() if value is not UNSET}
        intervention: Intervention | None = None
        with engine.lock:
            resource = resource_of(client, given)
            candidates = self._calls_on(service, operation.name, resource)
        call = Call(service, operation.name, given, resource, client._service.account_id)
        for fault in candidates:
            # A predicate is the test's own code: it may call the cloud, so it runs without the lock.
            if fault.target.where is not None and not fault.target.where(given):
                continue
            effect = fault.effect
            if not effect.applies(call):
                continue
            with engine.lock:
                if not fault.strikes():
                    continue
                self._tell(f"{service}.{operation.name}", fault, resource_name=resource, refused=effect.refused(call))
            if intervention is None:
                intervention = Intervention()
            effect.decide(intervention, call)
            if effect.decisive:
                break
        return intervention

    def _calls_on(self, service: str, operation: str, resource: str | None) -> list[Fault]:
        # Apart: what comes into the jump back of a loop passes by the `with` that the loop stands in (CPython 3.13).
        return [fault for fault in self._calls if fault.target.is_call(service, operation, resource)]

    def deliver(self, now: int, delivery: ToQueue) -> None:
        """Make a delivery, if it is to be made, and as it is to be. Called under the lock."""
        onward = self._engine.deliver_plainly
        for fault in self._deliveries:
            if not fault.target.is_delivery(delivery) or not fault.strikes():
                continue
            effect = fault.effect
            assert isinstance(effect, DeliveryEffect)
            self._tell(delivery.queue_arn.rpartition(":")[2], fault, message_id=delivery.origin)
            effect.deliver(now, delivery, onward, self._engine.timeline)
            break
        else:
            onward(now, delivery)
        for fault in self._deliveries:
            if isinstance(fault.effect, Reorder):
                fault.effect.release(now, delivery, onward)

    def refuse_delivery(self, now: int, delivery: Deliver) -> str | None:
        """Why a delivery to a target is refused, which AWS makes by a call; None when it is not. Under the lock."""
        service, operation = call_of(delivery)
        for fault in self._calls_on(service, operation, name_of(delivery.target_arn)):
            effect = fault.effect
            # A predicate would be asked of parameters that there are not.
            if isinstance(effect, Refuse | Disconnect) and fault.target.where is None and fault.strikes():
                self._tell(name_of(delivery.target_arn), fault)
                return reason_of(effect, service, delivery.target_arn)
        return None

    def start(self, now: int, run: Any) -> None:
        """Decide what happens to a run that starts. Called under the lock."""
        for fault in self._invocations:
            if is_for(fault.function, run) and fault.strikes():
                self._tell(run.resolved.function.name, fault, request_id=run.request_id, attempt=run.attempt)
                strike(fault.effect, run)
                if fault.effect.decisive:
                    return

    def _tell(self, resource: str, fault: Fault, **details: object) -> None:
        trace = self._engine.world.trace
        if trace is not None:
            known = {name: value for name, value in details.items() if value is not None}
            trace(self._engine.time_ns(), facts.FAULT_FIRED, resource, fault=fault.effect.told, **known)

    def _changed(self) -> None:
        """Ask for what there are faults for. Called under the lock."""
        engine = self._engine
        self._invocations = [fault for fault in self._faults if fault.is_of_invocations]
        of_calls = (fault for fault in self._faults if not fault.is_of_invocations)
        self._calls = [fault for fault in of_calls if not isinstance(fault.effect, DeliveryEffect)]
        self._deliveries = [fault for fault in self._faults if isinstance(fault.effect, DeliveryEffect)]
        engine.interception = with_interceptor(engine.interception, self if self._calls else None)
        engine.deliver_through(self.deliver if self._deliveries else None)
        engine.world.refusals = self.refuse_delivery if self._calls else None
        if self._invocations:
            engine.find_service("lambda", engine.account_id, engine.region_name)
        for service in engine.services("lambda"):
            service.runs.on_start = self.start if self._invocations else None

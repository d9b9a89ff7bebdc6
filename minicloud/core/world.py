"""What a service sees of the cloud it lives in, and nothing more.

Services know no clock, lock, thread, event loop or socket: a state change takes ``now`` and returns. What must happen
later goes to the timeline, what must happen elsewhere to the outbox (see ``effects``), what an observer may want to
know to ``trace``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .effects import Deliver, Effect, ToQueue
from .ids import Identifiers
from .limits import Limits
from .timeline import Timeline
from .waiter import Pending, Waiter

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from typing import Any, Protocol, TypeVar

    from .chaos import Chaos

    T = TypeVar("T")
else:
    Protocol = object


__all__ = ["Receiver", "Sink", "Trace", "World"]


class Trace(Protocol):
    """Takes a fact: when, what (``"sqs.message.received"``), about which resource, and its details."""

    def __call__(self, now: int, kind: str, resource: str, /, **details: Any) -> None:
        """Take it. ``kind`` is one of ``core.facts``."""


class Sink(Protocol):
    """A queue, as a delivery from another service sees it."""

    ingest: Callable[[int, ToQueue], None]

    def has_ingested(self, effect: ToQueue) -> bool:
        """Whether the message of a delivery is in the queue. O(n): asked only when a delivery was interrupted."""


class Peers(Protocol):
    """The services of a cloud, by account and region."""

    def find_service(self, service_name: str, account_id: str, region_name: str) -> Any:
        """The service of an account in a region, made if it was not there."""

    def known_service(self, service_name: str, account_id: str, region_name: str) -> Any:
        """The same, but None if it was not there."""

    def services(self, service_name: str | None = None) -> Iterable[Any]:
        """Those that there are so far; of one name when given."""

    def keep_settling(self) -> None:
        """Something may come due when nobody calls."""

    def is_of_the_machine(self, now: int, start: int, end: int) -> bool:
        """Whether a time that somebody gave is the machine's, far from a cloud's that has one of its own."""

    def recorded(self) -> Iterable[tuple[int, str, str, dict[str, Any]]]:
        """The facts that are recorded, oldest first: when, what, about which resource, and details."""

    @property
    def was_interrupted(self) -> bool:
        """Whether an exception has ever come into a call, so that a recorded fact may not have happened."""

    def listen(self) -> None:
        """Have facts told to the meter, too."""


class Receiver(Protocol):
    """Who receives, as far as that matters."""

    who: object
    """The caller; None where it does not matter."""

    def of(self, waiter: Waiter) -> object:
        """Who sleeps for a waiter; None where it does not matter."""


class _Nobody:
    """Where nobody asks who received what."""

    __slots__ = ("who",)

    def __init__(self) -> None:
        self.who: object = None  # not of the class, where CPython 3.11 takes five times as long to find it

    def of(self, waiter: Waiter) -> object:
        return None


_NOBODY = _Nobody()


class World:
    """The services' side of a cloud."""

    __slots__ = (
        "_links",
        "_meter",
        "_refusals",
        "chaos",
        "ids",
        "limits",
        "outbox",
        "peers",
        "receiver",
        "redo",
        "sinks",
        "timeline",
        "trace",
        "waiters",
    )

    def __init__(
        self,
        timeline: Timeline,
        ids: Identifiers,
        limits: Limits,
        peers: Peers,
        caller: Callable[[], object],
    ) -> None:
        self.timeline = timeline
        self.ids = ids
        self.limits = limits
        self.peers = peers
        self.outbox: list[Effect] = []
        self.sinks: dict[str, Sink] = {}
        """The queues of all accounts and regions by ARN, for deliveries from other services."""
        self.waiters = Pending(caller)
        """The blocked polls, in order."""
        self.trace: Trace | None = None
        """None unless somebody watches: a fact then costs one attribute test."""
        self.receiver: Receiver = _NOBODY
        """Who receives what is delivered, which each message keeps as its ``receiver``."""
        self.chaos: Chaos | None = None
        """None as long as everything happens in its plain order, once."""
        self.redo: Callable[[], object] | None = None
        """What was begun and is not over: see ``carry_through``."""

    @property
    def meter(self) -> Any:
        """What makes metrics of facts; None as long as nobody has used CloudWatch."""
        return getattr(self, "_meter", None)

    @meter.setter
    def meter(self, meter: Any) -> None:
        self._meter = meter

    @property
    def links(self) -> str:
        """Where links in messages lead, as a URL that ends in a slash; empty: to AWS's own hosts."""
        return getattr(self, "_links", "")

    @links.setter
    def links(self, links: str) -> None:
        self._links = links

    @property
    def refusals(self) -> Callable[[int, Deliver], str | None] | None:
        """Says why a delivery that ``may_be_refused`` is, or None when it is not; None where no fault refuses calls."""
        return getattr(self, "_refusals", None)

    @refusals.setter
    def refusals(self, refusals: Callable[[int, Deliver], str | None] | None) -> None:
        self._refusals = refusals

    def find_service(self, service_name: str, account_id: str, region_name: str) -> Any:
        """The service of an account in a region, made if it was not there."""
        return self.peers.find_service(service_name, account_id, region_name)

    def known_service(self, service_name: str, account_id: str, region_name: str) -> Any:
        """The service of an account in a region; None if nobody has asked for it yet."""
        return self.peers.known_service(service_name, account_id, region_name)

    def services(self, service_name: str) -> Iterable[Any]:
        """The services of that name, of all accounts and regions, that there are so far."""
        return self.peers.services(service_name)

    def keep_settling(self) -> None:
        """Have what comes due from now on happen in time, also when nobody calls: on a real clock nobody might."""
        self.peers.keep_settling()

    def carry_through(self, change: Callable[[], T]) -> T:
        """Make a change of several steps, which happens in full once it has begun.

        When an exception comes into it, whoever uses the cloud next makes it again, from the start: so it has to bear
        that any of its steps was done before, and may draw no id or chance of its own.
        """
        self.redo = change
        made = change()
        self.redo = None
        return made

"""A request that carries the header ``X-Amzn-Trace-Id``.

SNS passes the header through: each message that goes from the request to a queue has it as its AWSTraceHeader, whatever
the kind of topic and delivery; it shows in no envelope. [SNS developer guide: active tracing; seen on AWS, 2021] A
duplicate on a FIFO topic is the first one, with the first one's header.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from .delivery import Deliveries
from .publication import Publication
from .state import SnsState
from .topic import Topic

__all__ = ["TracedRequest"]


class TracedPublication(Publication):
    """A message that was published with a trace header."""

    __slots__ = ("trace_header",)

    trace_header: str

    def __init__(self, trace_header: str, *args: Any) -> None:
        self.trace_header = trace_header
        super().__init__(*args)


class TracedRequest:
    """The service as the operations see it while they perform such a request: they are none the wiser.

    Nobody else pays for the header: neither calls without one, nor their deliveries, look whether there is one.
    """

    def __init__(self, service: SnsState, trace_header: str) -> None:
        self._service = service
        self._make = partial(TracedPublication, trace_header)
        self.deliveries = _TracedDeliveries(service.deliveries)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._service, name)

    def accept(self, *args: Any) -> Publication:
        """Give a checked message to a topic."""
        return SnsState.accept(self, *args, make=self._make)  # type: ignore[arg-type, misc]  # as good as one


class _TracedDeliveries:
    """Delivers what was published with a header."""

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries

    def __getattr__(self, name: str) -> Any:
        return getattr(self._deliveries, name)

    def fan_out(self, now: int, topic: Topic, publication: Publication) -> None:
        """Deliver to every confirmed subscription whose filter lets the message pass. O(subscriptions)."""
        for subscription in topic.confirmed.values():
            if subscription.accepts(now, publication):
                self._deliveries.deliver(now, subscription, publication, publication)

"""What a platform application tells the topics that its ``Event...`` attributes name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .envelope import timestamp_text
from .json_values import compact

if TYPE_CHECKING:
    from .push import PlatformEndpoint
    from .state import SnsState

__all__ = ["PushEvents"]


class PushEvents:
    """Publishes events of one account's applications."""

    __slots__ = ("_busy", "_state")

    def __init__(self, state: SnsState) -> None:
        self._state = state
        self._busy = False

    def announce(self, now: int, event: str, endpoint: PlatformEndpoint, **details: str | int) -> None:
        """Tell the topic that an application has for an event, if it has one.

        Events are ``EndpointCreated``, ``EndpointDeleted``, ``EndpointUpdated`` and ``DeliveryFailure``. That an event
        could not be delivered causes none.
        """
        application, state = endpoint.application, self._state
        topic = state.topics.get(application.attributes.get(f"Event{event}", ""))
        if topic is None or topic.fifo or self._busy:
            return
        members = {
            **details,
            "EndpointArn": endpoint.arn,
            "EventType": event,
            "Resource": application.arn,
            "Service": "SNS",
            "Time": timestamp_text(now),
        }
        name = application.arn.rpartition("/")[2]
        self._busy = True
        try:
            message = compact(dict(sorted(members.items())))
            state.accept(now, topic, message, subject=f"{event} event for app {name} ({application.platform})"[:100])
        finally:
            self._busy = False

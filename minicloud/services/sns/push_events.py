"""What a platform application tells the topics that its ``Event...`` attributes name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from ...core.json_text import compact
from .envelope import timestamp_text
from .publication import Announcement

if TYPE_CHECKING:
    from ...core.effects import Cause
    from .publication import Publication
    from .push import PlatformEndpoint
    from .topic import Topic

__all__ = ["PushEvents"]


class PushEvents:
    """Publishes events of one account's applications."""

    __slots__ = ("_accept", "_busy", "_topics")

    def __init__(self, topics: Mapping[str, Topic], accept: Callable[..., Publication]) -> None:
        self._topics = topics
        """The account's, by ARN."""
        self._accept = accept
        """``SnsState.accept``."""
        self._busy = False

    def announce(self, now: int, cause: Cause, event: str, endpoint: PlatformEndpoint, **details: str | int) -> None:
        """Tell the topic that an application has for an event, if it has one, as soon as the cause has happened.

        Events are ``EndpointCreated``, ``EndpointDeleted``, ``EndpointUpdated`` and ``DeliveryFailure``. That an event
        could not be delivered causes none.
        """
        application = endpoint.application
        topic = self._topics.get(application.attributes.get(f"Event{event}", ""))
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
            subject = f"{event} event for app {name} ({application.platform})"[:100]
            self._accept(now, topic, message, subject=subject, make=partial(Announcement, cause))
        finally:
            self._busy = False

    def mend(self) -> None:
        """Whoever was busy is not any more."""
        self._busy = False

"""The only words that services say to the rest of the world.

A service that wants something to happen elsewhere appends an effect to the outbox and returns. The cloud drains the
outbox under the same hold of its lock, at the same ``now`` and in order, for effects that stay inside (``ToQueue``);
an ``Errand`` runs foreign code, so it is performed after the lock is released, and its outcome comes back as a state
change of its own. A reader sees every edge between services here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .shared_text import SharedText

__all__ = ["Effect", "Errand", "ToQueue"]


class Effect:
    """Something that is to happen outside of the service that asks for it."""

    __slots__ = ()


class Errand(Effect):
    """Something that runs foreign code: a Lambda handler, an HTTP endpoint.

    ``perform`` is called without the lock and may take its time or raise; whatever comes of it is handed to
    ``complete`` under the lock. An exception never reaches the caller whose request led to the errand.
    """

    __slots__ = ()

    def perform(self) -> Any:
        """Do it. Runs outside of the lock."""
        raise NotImplementedError

    def complete(self, now: int, outcome: Any, error: BaseException | None) -> None:
        """Take note of what ``perform`` returned (or raised). Runs under the lock."""
        raise NotImplementedError


class ToQueue(Effect):
    """Put a message into an SQS queue of any account and region."""

    __slots__ = (
        "attributes",
        "body",
        "deduplication_id",
        "group_id",
        "insert",
        "on_failure",
        "queue_arn",
        "sender_id",
        "shared",
        "trace_header",
    )

    def __init__(
        self,
        queue_arn: str,
        body: str,
        *,
        attributes: Mapping[str, Any] | None = None,
        group_id: str | None = None,
        deduplication_id: str | None = None,
        sender_id: str | None = None,
        trace_header: str | None = None,
        on_failure: Callable[[int, str], object] | None = None,
    ) -> None:
        self.queue_arn = queue_arn
        self.body = body
        self.attributes = attributes
        """Message attributes in SQS's own form: name to ``{"DataType", "StringValue" | "BinaryValue"}``."""
        self.group_id = group_id
        self.deduplication_id = deduplication_id
        self.sender_id = sender_id
        self.trace_header = trace_header
        self.shared: SharedText | None = None
        """What the body has in common with those of other deliveries."""
        self.insert = ""
        """What is its own, where it shares the rest."""
        self.on_failure = on_failure
        """``on_failure(now, reason)`` when the queue does not exist or refuses the message."""

    @property
    def origin(self) -> str | None:
        """The id of the publication that it carries; for observers."""
        return None

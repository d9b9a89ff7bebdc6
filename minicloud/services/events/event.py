"""An event: what was put, as targets get it and as patterns look at it.

Its text is the JSON that targets get, without blanks, members in AWS's order. [recorded of AWS] What patterns ask and
paths look into is made of the text when somebody wants it: most events match no rule, or one that asks for ``source``
and ``detail-type`` alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from json import loads
from typing import Any

from ...core.conditions.clauses import Document
from ...core.effects import Cause
from ...core.event_pattern.matcher import document_of
from ...core.json_text import compact
from ...core.shown import shown

__all__ = ["Event", "text_of"]


def text_of(
    event_id: str,
    detail_type: str,
    source: str,
    account_id: str,
    time: str,
    region_name: str,
    resources: Sequence[str],
    detail: str,
) -> str:
    """The text of an event; ``detail`` is JSON without blanks. O(its length)."""
    return (
        f'{{"version":"0","id":"{event_id}","detail-type":{compact(detail_type)},"source":{compact(source)},'
        f'"account":"{account_id}","time":"{time}","region":"{region_name}",'
        f'"resources":{compact(list(resources)) if resources else "[]"},"detail":{detail}}}'
    )


class Event:
    """One event on a bus. What it is never changes; which rules it has matched is noted when it is routed."""

    __slots__ = (
        "_document",
        "_members",
        "arrived",
        "cause",
        "detail_type",
        "event_id",
        "is_forwarded",
        "matched",
        "source",
        "text",
        "time",
    )

    def __init__(
        self,
        event_id: str,
        source: str,
        detail_type: str,
        text: str,
        arrived: int,
        time: int,
        cause: Cause,
        *,
        is_forwarded: bool = False,
    ) -> None:
        self.event_id = event_id
        self.source = source
        self.detail_type = detail_type
        self.text = text
        self.arrived = arrived
        self.time = time
        """What its ``time`` says, in nanoseconds."""
        self.cause = cause
        """What it follows from: it is there when that has happened."""
        self.is_forwarded = is_forwarded
        """Whether it came from another bus: it goes to no third one. [EventBridge user guide]"""
        self.matched: tuple[str, ...] = ()
        """The ARNs of the rules that it has matched."""
        self._members: Any = None
        self._document: Document | None = None

    @property
    def members(self) -> dict[str, Any]:
        """The event as what JSON stands for; not to be changed. O(length), once."""
        if self._members is None:
            self._members = loads(self.text)
        members: dict[str, Any] = self._members
        return members

    @property
    def document(self) -> Document:
        """The event as patterns look at it. O(length), once."""
        if self._document is None:
            self._document = document_of(self.members)
        return self._document

    def __repr__(self) -> str:
        return f"<event {self.event_id}: {shown(self.source, 80)} {shown(self.detail_type, 80)}>"

"""A delivery stream, and the service that it is of, as their parts know them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ...core.ids import UuidStream
from ...core.world import World
from .item import Item
from .prefix import Partition
from .settings import Destination

__all__ = ["Output", "Reader", "State", "Stream"]

Output = tuple[str, Partition]
"""What becomes of a buffer: which kind of an object, and of which partition."""


class Reader(Protocol):
    """What reads the stream that a delivery stream is made from."""

    @property
    def kept_for(self) -> int:
        """How long that keeps records, in nanoseconds; 0 where there is none."""


class State(Protocol):
    """The Firehose of an account in a region."""

    account_id: str
    region_name: str
    world: World
    object_ids: UuidStream
    invocation_ids: UuidStream
    first_id: int


class Stream(Protocol):
    """A delivery stream."""

    name: str
    arn: str
    source_arn: str
    has_ended: bool
    entry: list[Item]
    entry_size: int
    works: dict[Any, None]
    puts: dict[Any, None]
    setting: tuple[int, Destination, int | None]
    world: World

    @property
    def reader(self) -> Reader | None:
        """What reads its source, if it has one."""

    @property
    def state(self) -> State:
        """The service that it is of."""

    @property
    def destination(self) -> Destination:
        """Where it delivers to."""

    def came(self, now: int, count: int) -> None:
        """So many records have come in."""

    def look(self, now: int) -> None:
        """Let everything leave that may."""

    def transformed(self, now: int, work: Any, made: Mapping[Output, list[Item]]) -> None:
        """A function is done with a batch."""

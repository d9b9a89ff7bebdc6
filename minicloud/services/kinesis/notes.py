"""What is noted of errors of Kinesis beside AWS's texts: the reason, as far as the cloud knows it, and a way out.

Nothing is decided here. Every function is called where an error is made, and only then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ...core.notes import at, none_of_that_name, of_region, seconds
from ...core.shown import counted
from ...core.timeline import SECOND
from ...core.world import World
from .transition import Changing


class State(Protocol):
    """The Kinesis of one account in one region, as notes look at it."""

    account_id: str
    region_name: str
    world: World
    streams: Any


class Shard(Protocol):
    """A shard."""

    closed: int | None

    @property
    def shard_id(self) -> str:
        """Its id."""


class Stream(Protocol):
    """A stream."""

    name: str
    status: str
    created_at: int

    @property
    def open(self) -> Sequence[Shard]:
        """Its open shards."""

    @property
    def consumers(self) -> Mapping[str, object]:
        """Its consumers by name."""


RELAXED = 'limits="relaxed" drops this rule (for a suite, in pytest\'s ini file: minicloud_limits = relaxed)'
MADE_ANEW = "the stream was deleted after this iterator was made, and there is another one of its name now"


# --- streams ---------------------------------------------------------------------------------------------------------


def no_stream(state: State, name: str, account_id: str) -> list[str]:
    """There is no stream of that name."""
    if account_id != state.account_id:
        return [f"account {account_id} has none; this call was made for account {state.account_id}"]
    return none_of_that_name("stream", name, state, state.world.services("kinesis"), lambda one: one.streams)


def wrong_region(named: str, region_name: str) -> str:
    """An ARN, or an iterator, is of another region."""
    return of_region(named, region_name)


def changing(one: Changing) -> str | None:
    """Why something is not ACTIVE, and until when."""
    if one.changes_at is None:
        return None
    what = "gone" if one.status == "DELETING" else "ACTIVE"
    return (
        f"it is {one.status}, and {what} {at(one.changes_at)}: cloud.clock.advance() goes there, a waiter waits for "
        "it; how long changes take is Limits(kinesis_transition_seconds=...)"
    )


def there_already(stream: Stream) -> str:
    """A stream of that name is there."""
    made = at(stream.created_at * SECOND)
    return f"it was made {made}, and is {stream.status} with {counted(len(stream.open), 'open shard')}"


def other_shards(stream: Stream) -> str:
    """Which shards there are."""
    open_shards = [shard.shard_id for shard in stream.open[:3]]
    more = f" and {len(stream.open) - 3} more" if len(stream.open) > 3 else ""
    return f"open shards of {stream.name}: {', '.join(open_shards)}{more}"


def closed(shard: Shard, stream: Stream) -> str:
    """A shard has been split or merged."""
    when = "" if shard.closed is None else f"it was closed {at(shard.closed)}; "
    return when + other_shards(stream)


def consumers(stream: Stream) -> str:
    """Consumers are in the way."""
    names = sorted(stream.consumers)
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"they are {', '.join(names[:3])}{more}"


# --- records ---------------------------------------------------------------------------------------------------------


def expired(made: int, now: int, lifetime: int) -> str:
    """An iterator, or a token, is too old."""
    return (
        f"it was made {seconds(now - made)} ago on this cloud's clock, and is good for {seconds(lifetime)}: a reader "
        "goes on with GetShardIterator, AFTER_SEQUENCE_NUMBER and the last record that it has"
    )


WRITE_RATE = 'a shard takes 1 MiB and 1,000 records a second; only limits="strict" enforces it, as AWS does'
READ_RATE = (
    'a shard answers 5 reads and gives 2 MiB a second (a larger answer closes it for longer); only limits="strict" '
    "enforces it, as AWS does"
)
ITERATOR_RATE = 'GetShardIterator may be called 5 times a second a shard; only limits="strict" enforces it, as AWS does'

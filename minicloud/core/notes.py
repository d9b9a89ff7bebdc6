"""Notes that errors of several services have: what a cloud knows of the reason beyond AWS's text.

They are made only when an error is, and cost no more than a look at the names that there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .near import listed, near_name
from .shown import escaped, shown
from .timeline import SECOND
from .world import World

__all__ = [
    "STRICT",
    "at",
    "clock_stands",
    "kind_of_name",
    "meant",
    "none_of_that_name",
    "of_other_clock",
    "of_region",
    "seconds",
    "ways_past",
]

STRICT = 'limits="strict" enforces this rate, and AWS does; limits="aws", which is the default, does not'


def meant(name: str, known: Iterable[str]) -> str | None:
    """The name of an attribute, or the like, that was probably meant."""
    near = near_name(name, known)
    return None if near is None else f"did you mean {near}?"


def kind_of_name(what: str, attribute: str, name: str) -> str | None:
    """That a name says FIFO and the request does not, or the other way round."""
    if name.endswith(".fifo"):
        return f'a name that ends in .fifo is that of a FIFO {what}: Attributes={{"{attribute}": "true"}} makes one'
    return None


def seconds(nanoseconds: int) -> str:
    """A length of time: ``"3 s"``, ``"0.25 s"``."""
    return f"{nanoseconds / SECOND:.3f}".rstrip("0").rstrip(".") + " s"


def at(nanoseconds: int) -> str:
    """A moment: ``"at 00:00:03.000 of this cloud's clock"``."""
    from .timestamps import datetime_of  # loads datetime, which a test without errors need not have

    return f"at {datetime_of(nanoseconds):%H:%M:%S.%f}"[:-3] + " of this cloud's clock"


def clock_stands(now: int) -> str:
    """What time it is in the cloud, and the ways out for code that takes its time from elsewhere."""
    from .timestamps import datetime_of

    return (
        f"the cloud's clock stands at {datetime_of(now):%Y-%m-%d %H:%M:%S}: use cloud.clock.now(), or a clock that "
        "begins now, clock=VirtualClock(datetime.now(timezone.utc)) (in pytest's ini file, minicloud_clock_start = "
        "now)"
    )


def of_other_clock(world: World, now: int, moment: int) -> str | None:
    """The same, where a moment that was given is the machine's now, from which the cloud's is far."""
    return clock_stands(now) if world.peers.is_of_the_machine(now, moment, moment) else None


def ways_past(rest: int) -> str:
    """How a test gets past one of AWS's rules that only slow it down, of which so much time is left."""
    whole = -(-rest // SECOND)
    return (
        f'in a test: cloud.clock.advance({whole}), or limits="relaxed", which drops this rule '
        "(for a suite, in pytest's ini file: minicloud_limits = relaxed)"
    )


def of_region(named: str, region_name: str) -> str:
    """That something which is named is of one region and the call of another."""
    return (
        f"it is of {escaped(named, 80)}, and this call went to {region_name}: "
        f'make the client with region_name="{escaped(named, 80)}"'
    )


def none_of_that_name(
    kind: str, name: str, own: Any, services: Iterable[Any], names_of: Callable[[Any], Iterable[str]]
) -> list[str]:
    """Where there is a ``kind`` of that name, or which there is of a name like it.

    ``own`` is the service of an account in a region that has none; ``services`` are those of all.
    """
    regions: list[str] = []
    accounts: list[str] = []
    others: dict[str, list[str]] = {}
    for service in services:
        if service is own:
            continue
        names = names_of(service)
        if name in names:
            if service.account_id == own.account_id:
                regions.append(service.region_name)
            elif service.region_name == own.region_name:
                accounts.append(service.account_id)
        elif service.account_id == own.account_id and names:
            others[service.region_name] = list(names)
    here = f"this call went to {own.region_name}"
    notes = [
        f'there is a {kind} of this name in {region_name}, and {here}: make the client with region_name="{region_name}"'
        for region_name in regions
    ]
    notes += [
        f"account {account_id} has a {kind} of this name, and this call was made for account {own.account_id}"
        for account_id in accounts
    ]
    if notes:
        return notes
    known = names_of(own)
    near = near_name(name, known)
    if near is not None:
        return [f"there is a {kind} {shown(near)}: did you mean that one?"]
    for region_name, names in others.items():
        near = near_name(name, names)
        if near is not None:
            return [f"there is a {kind} {shown(near)} in {region_name}, and {here}"]
    if known:
        return [f"there are, in {own.region_name}: {listed(known)}"]
    if others:
        there = "; ".join(f"in {region_name}: {listed(names)}" for region_name, names in list(others.items())[:3])
        return [f"this cloud has no {kind} in {own.region_name}; there are, {there}"]
    return [f"this cloud has no {kind} at all: the test has to make it first, on this cloud"]

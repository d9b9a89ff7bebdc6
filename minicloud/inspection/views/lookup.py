"""What names, URLs and ARNs stand for, where a view is asked for.

A name is looked for in the cloud's own account and region first, and then everywhere in the cloud: an application goes
by regions of its own, and a test that looks for its queue need not know them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from ...core.near import did_you_mean
from ...core.shown import escaped, shown
from ...engine import new_clouds
from ...exceptions import UsageError

if TYPE_CHECKING:
    from ...engine.engine import Engine

__all__ = ["AmbiguousName", "find"]

T = TypeVar("T")

_LONGEST_LIST = 1_000


class AmbiguousName(UsageError):
    """A name that things in several places have."""


def find(
    engine: Engine,
    kind: tuple[str, str],
    wanted: str,
    get: Callable[[Any, str], T | None],
    names: Callable[[Any], Iterable[str]],
) -> T:
    """What a name, URL or ARN means, in whatever account and region of the cloud. O(1), else O(places).

    ``kind`` is what it is and whose, such as ``("queue", "sqs")``; ``get`` finds it in one service by the last part of
    its name, and ``names`` are those that there are. Raises ``UsageError``, with what there is and where.
    """
    place, name = _place_of(wanted)
    with engine.gate("a view"):
        found = _find(engine, kind, wanted, place, name, get)
        known = {} if found is not None else _known(engine, kind[1], names)
    if found is not None:
        return found
    raise UsageError(_nothing(engine, kind[0], wanted, place, name, known) + _elsewhere(engine, kind[1], name, get))


def _place_of(wanted: str) -> tuple[tuple[str | None, str] | None, str]:
    """Account and region, where the name says so, and by what to look there."""
    if not isinstance(wanted, str):
        raise UsageError(f"{shown(wanted)} is not the name of anything: give a name, a URL or an ARN as a string")
    if wanted.startswith("arn:"):
        parts = wanted.split(":", 5)
        if len(parts) == 6:
            return (parts[4], parts[3]), parts[5]
    if "://" in wanted:
        labels = wanted.split("://", 1)[1].split("/", 1)[0].split(".")
        if labels[0] == "sqs" and len(labels) > 2:
            return (None, labels[1]), wanted  # the service knows the accounts of URLs
    return None, wanted


def _find(
    engine: Engine,
    kind: tuple[str, str],
    wanted: str,
    place: tuple[str | None, str] | None,
    name: str,
    get: Callable[[Any, str], T | None],
) -> T | None:
    account_id, region_name = place or (None, engine.region_name)
    nearest = engine.services_by_place.get((kind[1], account_id or engine.account_id, region_name))
    found = None if nearest is None else get(nearest, name)
    if found is not None:
        return found
    if account_id is not None:
        return None
    others = [service for service in engine.services(kind[1]) if place is None or service.region_name == region_name]
    holders = [(service, found) for service in others if (found := get(service, name)) is not None]
    if len({id(found) for _, found in holders}) > 1:
        places = " and ".join(_shown_place(engine, service.account_id, service.region_name) for service, _ in holders)
        raise AmbiguousName(f"{shown(wanted)} is the name of {kind[0]}s in {places}: give the ARN of one")
    return holders[0][1] if holders else None


def _known(
    engine: Engine, service_name: str, names: Callable[[Any], Iterable[str]]
) -> dict[tuple[str, str], list[str]]:
    """The names that there are, by account and region; the cloud's own come first."""
    known = {(one.account_id, one.region_name): sorted(names(one)) for one in engine.services(service_name)}
    own = (engine.account_id, engine.region_name)
    return {place: known[place] for place in sorted(known, key=lambda place: place != own) if known[place]}


def _nothing(
    engine: Engine,
    kind: str,
    wanted: str,
    place: tuple[str | None, str] | None,
    name: str,
    known: dict[tuple[str, str], list[str]],
) -> str:
    """What to say of something that there is not."""
    text = f"there is no {kind} {shown(wanted)}"
    if place is not None:
        text += f" in {_shown_place(engine, place[0] or engine.account_id, place[1])}"
    if not known:
        return f"{text}; there are none"
    last = name.rstrip("/").rpartition("/")[2]
    names = [one for listed in known.values() for one in listed]
    meant = "" if last in names else did_you_mean(last, names)
    if list(known) == [(engine.account_id, engine.region_name)]:
        there_are = f"there are: {', '.join(names)}"
    else:
        by_place = (f"in {_shown_place(engine, *at)}: {', '.join(listed)}" for at, listed in known.items())
        there_are = f"there are, {'; '.join(by_place)}"
    return f"{text}{meant or ';'} {escaped(there_are, _LONGEST_LIST)}"


def _shown_place(engine: Engine, account_id: str, region_name: str) -> str:
    account = "" if account_id == engine.account_id else f" of account {escaped(account_id, 80)}"
    return f"{escaped(region_name, 80)}{account}"


def _elsewhere(engine: Engine, service_name: str, name: str, get: Callable[[Any, str], object]) -> str:
    """Where another cloud of the test has it: somebody looks into the wrong one."""
    for cloud in new_clouds.listeners[-1].clouds() if new_clouds.listeners else ():
        if cloud is not engine and _has(cloud, service_name, name, get):
            return f"; but another cloud of this test has it: that of {cloud._made_by}"
    return ""


def _has(cloud: Engine, service_name: str, name: str, get: Callable[[Any, str], object]) -> bool:
    try:
        with cloud.gate("a view"):
            return any(get(service, name) is not None for service in cloud.services(service_name))
    except UsageError:  # this thread is inside of it
        return False

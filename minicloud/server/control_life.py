"""The control API's life: whether the server is there, starting over, going back, and the page."""

from __future__ import annotations

import sys
from importlib import resources
from typing import Any, Final

from ..core.shown import shown
from ..exceptions import UsageError
from ..services.registry import SERVICE_NAMES
from ..wire.protocol import Answer
from .control_ask import Ask, Refused, Routes
from .control_clock import kind_of, show

__all__ = ["ROUTES", "health", "reset", "version"]


def health(ask: Ask) -> dict[str, Any]:
    """That it runs, and what there is."""
    return {
        "status": "running",
        "version": version(),
        "services": dict.fromkeys(SERVICE_NAMES, "running"),
        "account_id": ask.cloud.account_id,
        "region_name": ask.cloud.region_name,
        "clock": kind_of(ask.cloud),
        "delivery": "readable" if ask.cloud.world.chaos is None else "aws",
        "seed": ask.cloud.seed,
    }


_MOST_SNAPSHOTS: Final = 100
"""So many are kept, the latest: a suite that takes one for each of its tests is not to fill the server's memory."""


def version() -> str:
    """The package's, which stands above: it is there, whoever asks."""
    return str(sys.modules[__name__.partition(".")[0]].__version__)


def reset(ask: Ask) -> dict[str, Any]:
    """Empty the cloud; its clock goes on. From then on it delivers as ``delivery`` says, or as before."""
    known = ("service", "delivery")
    if "service" in ask.given(*known):
        raise Refused(400, "minicloud empties the whole cloud, not one service of it: leave service out")
    delivery = ask.choice("delivery", ("readable", "aws"), *known)
    with ask.cloud.for_others():
        if delivery:
            ask.cloud.deliver_from_reset(delivery)
        ask.cloud.reset()
    return {"status": "ok"}


def _snapshot(ask: Ask) -> tuple[int, dict[str, Any]]:
    from ..inspection.snapshot import take

    ask.given()
    try:
        snapshot = take(ask.cloud)
    except UsageError as error:
        raise Refused(503 if ask.cloud.closed else 409, str(error)) from None
    number = str(ask.memory.next_snapshot())
    snapshots = ask.memory.snapshots
    snapshots[number] = snapshot
    if len(snapshots) > _MOST_SNAPSHOTS:
        snapshots.pop(min(snapshots, key=int), None)
    return 201, {"id": number, "objects": snapshot.size}


def _restore(ask: Ask) -> dict[str, Any]:
    from ..inspection.snapshot import put_back

    given = ask.given("id")
    number = given.get("id")
    if number is None:
        raise Refused(400, 'say to which snapshot: {"id": "1"}, as it was answered')
    found = ask.memory.snapshots.get(str(number)) if isinstance(number, int | str) else None
    if found is None:
        known = ", ".join(ask.memory.snapshots) or "none"
        raise Refused(
            404, f"there is no snapshot {shown(number)}; there are: {known} (the latest {_MOST_SNAPSHOTS} are kept)"
        )
    put_back(ask.cloud, found)
    return show(ask.cloud)


def _page(ask: Ask) -> Answer:
    from ..inspection.html import part

    whole = _file("live.html").format(
        style=part("shared.css") + _file("live.css"), script=part("shared.js") + _file("live.js")
    )
    return ask.answer(200, "text/html; charset=utf-8", whole.encode(), ask.page_headers)


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


ROUTES: Routes = (
    (("",), {"GET": _page}),
    (("health",), {"GET": health}),
    (("reset",), {"POST": reset}),
    (("snapshot",), {"POST": _snapshot}),
    (("restore",), {"POST": _restore}),
)

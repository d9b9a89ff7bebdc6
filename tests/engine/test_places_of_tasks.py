"""Which tasks of a loop can go on by themselves, what is found behind their callbacks, and how they are told."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from minicloud.engine import aio_holders

# --- who is awake -----------------------------------------------------------------------------------------------------


def test_a_task_is_as_awake_as_what_it_waits_for() -> None:
    """Of several, as the one that is the most so; and one that nobody but another task can wake is neither."""

    async def wait_for(awaited: Any) -> None:
        await awaited

    async def main() -> None:
        loop = asyncio.get_running_loop()
        tasks: dict[str, asyncio.Task[Any]] = {}

        def begin(name: str, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
            tasks[name] = task = asyncio.create_task(work, name=name)
            return task

        poll, outside = loop.create_future(), loop.create_future()
        polls = begin("polls", wait_for(poll))
        reads = begin("reads", wait_for(outside))
        parked = begin("parked", asyncio.Event().wait())
        limited = begin("limited", asyncio.wait_for(asyncio.Event().wait(), 60))
        belled: Any = begin("belled", asyncio.Event().wait())
        for name, others in (
            ("behind the poll", [polls]),
            ("behind the reader", [reads]),
            ("behind the parked", [parked]),
            ("behind the limited", [limited]),
            ("behind the belled", [belled]),
            ("behind the poll and the reader", [polls, reads]),
            ("behind the reader and the poll", [reads, polls]),
            ("behind the parked and the poll", [parked, polls]),
            ("behind the parked and the reader", [parked, reads]),
            ("behind the parked and the limited", [parked, limited]),
        ):
            behind = begin(name, wait_for(asyncio.wait(others)))
            begin(f"{name}, twice", wait_for(behind))
        for _ in range(5):
            await asyncio.sleep(0)
        bell = loop.call_later(60, print, belled._fut_waiter)
        in_call, waits, awake = aio_holders._IN_CALL, aio_holders._WAITS, aio_holders._AWAKE
        states = aio_holders._states(loop, list(tasks.values()), [poll])
        found = {name: states[task] for name, task in tasks.items()}
        expected = {"polls": in_call, "reads": awake, "parked": waits, "limited": awake, "belled": awake}
        for name, state in (
            ("behind the poll", in_call),
            ("behind the reader", awake),
            ("behind the parked", waits),
            ("behind the limited", awake),
            ("behind the belled", awake),
            ("behind the poll and the reader", awake),
            ("behind the reader and the poll", awake),
            ("behind the parked and the poll", in_call),
            ("behind the parked and the reader", awake),
            ("behind the parked and the limited", awake),
        ):
            expected[name] = expected[f"{name}, twice"] = state
        assert found == expected
        bell.cancel()
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)

    asyncio.run(main())


def test_into_whose_objects_a_callback_is_followed() -> None:
    for module, expected in (
        ("asyncio.taskgroups", True),
        ("asyncio.timeouts", True),
        ("anyio._backends._asyncio", True),
        ("anyio", False),
        ("asyncio.tasks", False),
        ("application", False),
    ):
        future = object()
        one = type("One", (), {"__module__": module})()
        one.future = future
        assert aio_holders._is_of_library(one) is expected
        assert any(inner is future for inner in aio_holders._inside(one)) is expected

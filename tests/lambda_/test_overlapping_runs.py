"""Runs that overlap: held ones, tasks of a loop, threads; and what is left of the process after them."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import threading

import pytest

import minicloud


def test_an_invocation_that_somebody_waits_for_is_not_held(cloud):
    client, seen = cloud.client("lambda"), []
    cloud.function("bill", lambda event, _: seen.append(event))
    with cloud.hold_handlers():
        client.invoke(FunctionName="bill", Payload="1")
        client.invoke(FunctionName="bill", Payload="2", InvocationType="Event")
        assert seen == [1]
    assert seen == [1, 2]


async def _overlap(cloud):
    async def bill(event, context):
        print(f"{event} begins with {os.environ['STAGE']}")  # noqa: T201
        logging.getLogger("bill").warning("%s goes on", event)
        answer = await cloud.async_client("lambda").invoke(FunctionName="inner", Payload=json.dumps(event))
        await cloud.async_sleep(event)
        print(f"{event} ends")  # noqa: T201
        return json.loads(await answer["Payload"].read())

    cloud.function("inner", lambda event, _: [event])
    cloud.function("bill", bill, environment={"STAGE": "dev"})
    client = cloud.async_client("lambda")
    answers = await asyncio.gather(*(client.invoke(FunctionName="bill", Payload=str(n)) for n in (2, 1, 2)))
    return [json.loads(await answer["Payload"].read()) for answer in answers]


def test_asynchronous_handlers_overlap_and_each_has_its_own_log():
    before = sys.stdout, sys.stderr, list(logging.root.handlers), dict(os.environ)
    with minicloud.Cloud(clock="virtual") as cloud:
        assert asyncio.run(_overlap(cloud)) == [[2], [1], [2]]
        assert cloud.clock.time_ns() == cloud.invocations[0]._run.started + 2_000_000_000
        for run in cloud.invocations.of("bill"):
            lines = [line.rpartition("\t")[2] for line in run.log[1:-2]]
            assert lines == [f"{run.event} begins with dev", f"{run.event} goes on", f"{run.event} ends"]
            assert run.duration == run.event
    assert (sys.stdout, sys.stderr, list(logging.root.handlers), dict(os.environ)) == before


def test_an_asynchronous_handler_that_raises():
    """What is shown of it begins with the handler, and is written into its log once."""

    async def bill(event, context):
        await cloud.async_sleep(2)
        raise ValueError("no such order")

    async def main():
        return await cloud.async_client("lambda").invoke(FunctionName="bill")

    with minicloud.Cloud(clock="virtual") as cloud:
        cloud.function("bill", bill)
        answer = asyncio.run(main())
        run = cloud.invocations.last
    assert answer["FunctionError"] == "Unhandled"
    assert (run.outcome, run.duration, run.result["errorMessage"]) == ("error", 2, "no such order")
    (frame,) = run.result["stackTrace"]
    assert "in bill" in frame
    assert [line for line in run.log if "no such order" in line and "raise" not in line] == [
        "[ERROR] ValueError: no such order"
    ]


def test_an_asynchronous_handler_is_cancelled_at_its_deadline():
    cancelled = []

    async def late(event, context):
        try:
            await cloud.async_sleep(10)
        except asyncio.CancelledError:
            cancelled.append(context.get_remaining_time_in_millis())
            raise

    async def main():
        return await cloud.async_client("lambda").invoke(FunctionName="late")

    with minicloud.Cloud(clock="virtual") as cloud:
        cloud.function("late", late, timeout=3)
        assert asyncio.run(main())["FunctionError"] == "Unhandled"
        assert (cloud.invocations.last.outcome, cloud.invocations.last.duration) == ("timeout", 3)
    assert cancelled == [0]


def test_runs_in_threads(capsys):
    with minicloud.Cloud(clock="virtual") as cloud:
        cloud.function("bill", lambda event, _: print(event) or event)  # noqa: T201
        wrong = []

        def work(number):
            client = cloud.client("lambda")
            for _ in range(20):
                answer = client.invoke(FunctionName="bill", Payload=str(number))
                if answer["Payload"].read() != str(number).encode():
                    wrong.append(number)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong
        assert len(cloud.invocations) == 80
        assert all(run.log[1] == str(run.event) for run in cloud.invocations)
    assert len(capsys.readouterr().out.splitlines()) == 80


def test_a_run_that_lasts_on_a_clock_that_nobody_moves():
    with minicloud.Cloud(clock="frozen") as cloud:
        cloud.function("bill", lambda *_: None, takes=1)
        with pytest.raises(minicloud.UsageError, match=r"on a frozen clock that nobody moves.*Invoke on bill"):
            cloud.client("lambda").invoke(FunctionName="bill")
        cloud.clock.advance(1)
        assert cloud.invocations.last.outcome == "success"  # the run went on

"""A poll that waits ends when it was to end, also where its deadline has to be set anew."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import minicloud


@pytest.mark.parametrize("lost", ["none", "cancelled", "kept"])
def test_a_deadline_that_was_lost_is_set_anew(lost: str) -> None:
    """As something that comes into a call may leave it; one that is there is the only one."""
    with minicloud.Cloud(clock="frozen", region_name="us-east-1") as cloud:
        url = cloud.client("sqs").create_queue(QueueName="q")["QueueUrl"]
        queue: Any = next(iter(cloud.services("sqs"))).queue(url)

        async def main() -> Any:
            polling = asyncio.create_task(
                cloud.async_client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20)  # type: ignore[arg-type]
            )
            while not queue._line.polls:  # noqa: ASYNC110  # nobody tells
                await asyncio.sleep(0)
            [poll] = queue._line.polls
            before = poll.deadline
            if lost != "kept":
                cloud.timeline.cancel(before)
            if lost == "none":
                poll.deadline = None
            queue._line.mend()
            assert (poll.deadline is before) is (lost == "kept")
            assert poll.deadline.due == poll.waiter.deadline
            assert [event.due for event in cloud.timeline.heap].count(poll.waiter.deadline) == 1
            cloud.clock.advance(19.999)
            assert not poll.waiter.done
            cloud.clock.advance(0.001)
            assert poll.waiter.done
            return await polling

        assert "Messages" not in asyncio.run(main())

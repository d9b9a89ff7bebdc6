"""What the tester's tools cost: nothing while none of them is in use, and how much when one is.

Nothing: the same methods are compiled once more without the question for faults, as a faulted call uses them.
"""

from __future__ import annotations

from contextlib import ExitStack
from time import thread_time_ns
from typing import Any

import minicloud
from minicloud.clients.compiled import unintercepted_method
from minicloud.core.operation import operations_of
from minicloud.typing import DeliveryName

from .calls import bodies_of
from .report import Options, Progress, Row, Target, at_most, ratio
from .rounds import Act, take_turns

__all__ = ["tools", "tools_steps"]

UNINTERCEPTED = "without the question for faults"
UNUSED = "none in use"
FAULT = "a fault of another queue"
FAULTED = "each call delayed by 0 s"
TRACE = "trace"
CHAOS = 'delivery="aws"'


class _UninterceptedClient:
    """The three methods, compiled without the question."""

    def __init__(self, client: Any) -> None:
        operations = operations_of(client.service.api)
        for name in ("send_message", "receive_message", "delete_message"):
            setattr(self, name, unintercepted_method(client, operations[name]))


def tools_steps(options: Options) -> int:
    """How many steps ``tools`` reports."""
    return options.rounds + 1


def tools(options: Options, progress: Progress) -> list[Row]:
    """A send, a receive and a delete, with one tool in use at a time."""
    bodies = bodies_of(options.calls)
    with ExitStack() as stack:
        acts = {name: _act(stack, name, bodies) for name in (UNINTERCEPTED, UNUSED, FAULT, FAULTED, TRACE, CHAOS)}
        times = take_turns(acts, options, progress, "tools")
    targets: dict[str, Target] = {UNUSED: at_most(1.03)}
    rows = [Row.of(UNINTERCEPTED, times[UNINTERCEPTED])]
    for name in (UNUSED, FAULT, FAULTED, TRACE, CHAOS):
        against = UNINTERCEPTED if name == UNUSED else UNUSED
        against_it = ratio(times[name], times[against])
        rows.append(Row.of(name, times[name], reference=against, ratio=against_it, target=targets.get(name)))
    return rows


def _act(stack: ExitStack, name: str, bodies: list[str]) -> Act:
    delivery: DeliveryName = "aws" if name == CHAOS else "readable"
    cloud = stack.enter_context(minicloud.Cloud(clock="virtual", seed=1, trace=name == TRACE, delivery=delivery))
    client: Any = cloud.client("sqs")
    url = client.create_queue(QueueName="bench")["QueueUrl"]
    if name == FAULT:
        cloud.faults.refuse("RequestThrottled", resource="other", optional=True)
    elif name == FAULTED:
        cloud.faults.delay(0, resource="bench")
    elif name == UNINTERCEPTED:
        client = _UninterceptedClient(client)

    def act() -> float:
        started = thread_time_ns()
        for body in bodies:
            client.send_message(QueueUrl=url, MessageBody=body)
            for message in client.receive_message(QueueUrl=url).get("Messages", ()):
                client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return (thread_time_ns() - started) / len(bodies)

    return act

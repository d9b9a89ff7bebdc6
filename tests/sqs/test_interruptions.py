"""Calls of SQS into which an exception comes: they have happened as a whole, or not at all, at whatever place it was.

A batch happens entry by entry, and a receive message by message: what it had taken when it was struck has been
received, as if the answer had been lost, and comes back when its timeout is over.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

import minicloud
from minicloud.exceptions import ClientError
from tests.support.strikes import FORMS, Form, Row

from .interrupted import World

pytestmark = [
    pytest.mark.stress,
    # Python only prints what strikes in the end of a generator.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

Act = Callable[[World], Any]


def both(*acts: Act) -> Act:
    def all_of(w: World) -> Any:
        made = None
        for act in acts:
            made = act(w)
        return made

    return all_of


def queue(name: str = "q", *bodies: str, **params: Any) -> Act:
    def make(w: World) -> None:
        w.queue(name, **params)
        for body in bodies:
            w.send(body, name)

    return make


def send(body: str = "m", name: str = "q", **params: Any) -> Act:
    return lambda w: w.send(body, name, **params)


def batch(*bodies: str, name: str = "q") -> Act:
    return lambda w: w.send_batch(*bodies, name=name)


def receive(most: int = 10, name: str = "q", **params: Any) -> Act:
    return lambda w: w.receive(name, most, **params)


def wait(seconds: float) -> Act:
    return lambda w: w.cloud.clock.advance(seconds)


def refused(act: Act) -> Act:
    """An act that AWS refuses, which it may do at any place."""

    def try_it(w: World) -> None:
        with suppress(ClientError):
            act(w)

    return try_it


def received(make: Act, most: int = 10, name: str = "q", **params: Any) -> Act:
    """The handles of what was received."""
    return lambda w: (make(w), w.receive(name, most, **params))[1]


def delete(place: int = 0, name: str = "q") -> Act:
    return lambda w: w.sqs.delete_message(QueueUrl=w.url(name), ReceiptHandle=w.kept[place])


def delete_batch(count: int, name: str = "q") -> Act:
    return lambda w: w.sqs.delete_message_batch(
        QueueUrl=w.url(name),
        Entries=[{"Id": str(place), "ReceiptHandle": handle} for place, handle in enumerate(w.kept[:count])],
    )


def change(seconds: int, place: int = 0, name: str = "q") -> Act:
    return lambda w: w.sqs.change_message_visibility(
        QueueUrl=w.url(name), ReceiptHandle=w.kept[place], VisibilityTimeout=seconds
    )


def change_batch(seconds: int, count: int, name: str = "q") -> Act:
    return lambda w: w.sqs.change_message_visibility_batch(
        QueueUrl=w.url(name),
        Entries=[
            {"Id": str(place), "ReceiptHandle": handle, "VisibilityTimeout": seconds}
            for place, handle in enumerate(w.kept[:count])
        ],
    )


def set_queue(name: str = "q", **attributes: str) -> Act:
    return lambda w: w.sqs.set_queue_attributes(QueueUrl=w.url(name), Attributes=attributes)


def purge(name: str = "q") -> Act:
    return lambda w: w.sqs.purge_queue(QueueUrl=w.url(name))


def standing(w: World) -> None:
    """Have a clock stand still that was made to jump: who receives what is noted there."""
    clock: Any = w.cloud.clock
    clock.autojump = False


TEN = tuple("abcdefghij")
ABC = ("a", "b", "c")
F = "q.fifo"


def came_back(name: str, *bodies: str) -> Act:
    """Messages that were received and are visible again."""
    return both(received(queue(name, *bodies, VisibilityTimeout="30"), name=name), wait(30))


def groups(w: World) -> None:
    """A FIFO queue with messages of two groups, one of which is locked."""
    w.queue(F)
    for number, group in enumerate("xyxyx"):
        w.send(str(number), F, MessageGroupId=group)
    w.kept = w.receive(F, 1)


def waiting(make: Act, count: int = 1, name: str = "q", **params: Any) -> Act:
    def make_and_wait(w: World) -> Any:
        made = make(w)
        for _ in range(count):
            w.poll(name, **params)
        return made

    return make_and_wait


FROZEN = {"clock": "frozen"}
FEW = {"limits": minicloud.Limits(sqs_fifo_look_ahead=3)}


# --- dead letters ----------------------------------------------------------------------------------------------------


def worn_out(fifo: str = "", count: int = 3, more: int = 0, **params: Any) -> Act:
    """Messages that were received as often as they may, and some that were not."""

    def make(w: World) -> None:
        w.queue(f"dead{fifo}")
        w.queue(f"q{fifo}", dead=f"dead{fifo}", VisibilityTimeout="30", **params)
        for number in range(count):
            w.send(f"old {number}", f"q{fifo}")
        w.receive(f"q{fifo}")
        w.cloud.clock.advance(30)
        for number in range(more):
            w.send(f"new {number}", f"q{fifo}")

    return make


def move_some(count: int, fifo: str = "") -> Act:
    """What a receive has done that was struck after so many moves to the dead-letter queue."""

    def move(w: World) -> None:
        engine: Any = w.cloud
        (service,) = engine.services("sqs")
        source = service.queues[f"q{fifo}"]

        def make(now: int) -> None:
            source.refresh(now)
            for message in source.live_messages()[:count]:
                service._move_to_dead_letter_queue(source, now, message)

        engine.change("moving", make)

    return move


def own_dead_letters(w: World) -> None:
    policy = {"deadLetterTargetArn": w.cloud.queue("q").arn, "maxReceiveCount": 1}
    set_queue(RedrivePolicy=json.dumps(policy))(w)


def dead_letters_with(*acts: Act, name: str = "dead") -> Act:
    """A dead-letter queue with three letters, and what else is done to it."""

    def make(w: World) -> str:
        worn_out()(w)
        w.receive()
        for act in acts:
            act(w)
        return w.cloud.queue(name).arn

    return make


def start_task(**params: Any) -> Act:
    return lambda w: w.sqs.start_message_move_task(SourceArn=w.cloud.queue("dead").arn, **params)["TaskHandle"]


def started(make: Act, rate: int = 1) -> Act:
    return both(make, start_task(MaxNumberOfMessagesPerSecond=rate))


def cancel(w: World) -> None:
    w.sqs.cancel_message_move_task(TaskHandle=w.kept)


# --- other clouds -----------------------------------------------------------------------------------------------------


def busy(w: World) -> None:
    """Queues with messages in every state, and a policy between them."""
    worn_out(more=2)(w)
    w.send("later", DelaySeconds=100)
    w.kept = w.receive(most=1, VisibilityTimeout=200)
    groups(w)


def remembered(make: Act, *later: Act) -> Act:
    """A snapshot of a cloud, and what happened after it."""
    return lambda w: (make(w), w.cloud.snapshot(), *(act(w) for act in later))[1]


def restore(w: World) -> None:
    w.cloud.restore(w.kept)


def refusing(w: World) -> None:
    w.queue()
    w.cloud.faults.refuse("RequestThrottled", operation="SendMessage", first=1, optional=True)


def losing(w: World) -> None:
    w.queue()
    w.cloud.faults.lose_answer(operation="SendMessage", first=1, optional=True)


def failing_entries(w: World) -> None:
    w.queue()
    w.cloud.faults.fail_entries(1, operation="SendMessageBatch", first=1, optional=True)


def late(w: World) -> None:
    w.queue()
    w.cloud.faults.delay(5, operation="SendMessage", first=1, optional=True)


def in_spite_of_faults(act: Act) -> Act:
    def try_it(w: World) -> None:
        with suppress(Exception):
            act(w)

    return try_it


def all_that_is_there(w: World) -> Any:
    """For clouds where chance decides: which messages there are; all of them can be had, and then there are none."""
    w.sqs.list_queues()  # whoever comes first mends
    queues = w.cloud.queues()
    w.check()
    there = sorted(body for queue in queues for body in queue.bodies)
    assert len(set(there)) == len(there)
    w.cloud.clock.advance(w.LONG)
    got = set()
    for queue in [*queues, *queues] * 2:  # what is moved to a dead-letter queue is there the second time
        for _ in there:
            answer = w.sqs.receive_message(QueueUrl=queue.url, MaxNumberOfMessages=10, WaitTimeSeconds=20)
            for message in answer.get("Messages", []):
                got.add(message["Body"])
                w.sqs.delete_message(QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"])
        w.check()
    assert sorted(got) == there
    assert not any(queue.bodies for queue in queues)
    return there


CHAOS = {"delivery": "aws"}

ROWS: dict[str, Row[World]] = {
    # sending
    "send": Row(queue("q", "a"), send()),
    "send, with attributes": Row(
        queue("q", "a"), send(MessageAttributes={"n": {"DataType": "String", "StringValue": "v"}})
    ),
    "send, with a delay": Row(queue("q", "a"), send(DelaySeconds=5)),
    "send to a queue with a delay": Row(queue("q", "a", DelaySeconds="7"), send()),
    "send, FIFO": Row(queue(F, "a"), send(name=F)),
    "send, FIFO, and again": Row(queue(F, "a"), send(name=F), again=True),
    "send, FIFO, an id, and again": Row(queue(F, "a"), send(name=F, MessageDeduplicationId="1"), again=True),
    "send a duplicate, FIFO": Row(queue(F, "a"), send("a", F)),
    "send, FIFO, into another group": Row(queue(F, "a"), send(name=F, MessageGroupId="h")),
    "send to a FIFO queue with a delay": Row(queue(F, "a", DelaySeconds="7"), send(name=F)),
    "send beyond what is looked at, FIFO": Row(groups, send(name=F), options=FEW),
    "send a batch": Row(queue("q", "z"), batch(*ABC), (batch("a"), batch("a", "b"))),
    "send a batch, FIFO": Row(queue(F, "z"), batch(*ABC, name=F), (batch("a", name=F), batch("a", "b", name=F))),
    "send a batch, FIFO, and again": Row(queue(F, "z"), batch(*ABC, name=F), again=True),
    # receiving
    "receive one": Row(queue("q", *ABC), receive(1)),
    "receive": Row(queue("q", *ABC), receive(), (receive(1), receive(2))),
    "receive, FIFO": Row(queue(F, *ABC), receive(name=F), (receive(1, F), receive(2, F))),
    "receive from groups": Row(groups, receive(name=F), (receive(1, F),)),
    "receive, FIFO, one": Row(queue(F, *ABC), receive(1, F)),
    "receive what came back": Row(came_back("q", *ABC), receive(), (receive(1), receive(2))),
    "receive what came back, FIFO": Row(came_back(F, *ABC), receive(name=F), (receive(1, F), receive(2, F))),
    "receive without a timeout": Row(
        queue("q", *ABC),
        receive(VisibilityTimeout=0),
        (receive(1, VisibilityTimeout=0), receive(2, VisibilityTimeout=0)),
    ),
    "receive one without a timeout, FIFO": Row(queue(F, *ABC), receive(1, F, VisibilityTimeout=0)),
    "receive with an attempt id": Row(queue(F, "a"), receive(name=F, ReceiveRequestAttemptId="1"), (receive(name=F),)),
    "repeat a receive": Row(
        both(received(queue(F, "a", "b"), name=F, ReceiveRequestAttemptId="1"), wait(10)),
        receive(name=F, ReceiveRequestAttemptId="1"),
    ),
    "receive nothing": Row(queue("q"), receive()),
    "receive when a delay is over": Row(both(queue("q"), send(DelaySeconds=5), wait(5)), receive()),
    "receive when a delay is over, FIFO": Row(both(queue(F, DelaySeconds="5"), send(name=F), wait(5)), receive(name=F)),
    "receive when messages expire": Row(
        both(queue("q", *ABC, MessageRetentionPeriod="60"), wait(50), send("d"), wait(10)), receive()
    ),
    "receive when messages expire, FIFO": Row(
        both(queue(F, *ABC, MessageRetentionPeriod="60"), wait(50), send("d", F), wait(10)), receive(name=F)
    ),
    "wait for a message": Row(both(queue("q"), send(DelaySeconds=5)), receive(WaitTimeSeconds=20), (wait(5),)),
    "wait for a message, FIFO": Row(
        both(queue(F, DelaySeconds="5"), send(name=F)), receive(name=F, WaitTimeSeconds=20), (wait(5),)
    ),
    "wait in vain": Row(queue("q"), receive(WaitTimeSeconds=20), (wait(20),)),
    # by handle
    "delete": Row(received(queue("q", *ABC)), delete()),
    "delete by an old handle": Row(lambda w: (received(came_back("q", *ABC))(w), w.receive("q"))[0], delete(1)),
    "delete what is visible": Row(received(queue("q", *ABC), VisibilityTimeout=0), delete(1)),
    "delete, FIFO": Row(received(queue(F, *ABC), name=F), delete(name=F)),
    "delete the last of a group": Row(groups, delete(name=F)),
    "delete a batch": Row(received(queue("q", *ABC)), delete_batch(3), (delete_batch(1), delete_batch(2))),
    "delete a batch, FIFO": Row(
        received(queue(F, *ABC), name=F), delete_batch(3, F), (delete_batch(1, F), delete_batch(2, F))
    ),
    "hide for longer": Row(received(queue("q", *ABC)), change(100)),
    "hide for longer, FIFO": Row(received(queue(F, *ABC), name=F), change(100, 0, F)),
    "hide for shorter": Row(received(queue("q", *ABC)), change(1)),
    "show at once": Row(received(queue("q", *ABC)), change(0, 1)),
    "show at once, FIFO": Row(received(queue(F, *ABC), name=F), change(0, 0, F)),
    "show a batch at once": Row(
        received(queue("q", *ABC)), change_batch(0, 3), (change_batch(0, 1), change_batch(0, 2))
    ),
    "hide a batch, FIFO": Row(
        received(queue(F, *ABC), name=F), change_batch(90, 3, F), (change_batch(90, 1, F), change_batch(90, 2, F))
    ),
    "purge": Row(received(queue("q", *ABC), 2), purge()),
    "purge, FIFO": Row(received(queue(F, *ABC), 1, F), purge(F)),
    # dead letters
    "move to the dead-letter queue": Row(worn_out(count=1), receive()),
    "move many to the dead-letter queue": Row(worn_out(), receive(), (move_some(1), move_some(2))),
    "move many to the dead-letter queue, FIFO": Row(
        worn_out(".fifo"), receive(name=F), (move_some(1, ".fifo"), move_some(2, ".fifo"))
    ),
    "move, and receive": Row(worn_out(count=1, more=2), receive(), (move_some(1), both(move_some(1), receive(1)))),
    "move, and receive, FIFO": Row(
        worn_out(".fifo", count=1, more=2),
        receive(name=F),
        (move_some(1, ".fifo"), both(move_some(1, ".fifo"), receive(1, F))),
    ),
    "move to who waits": Row(waiting(worn_out(count=1), name="dead"), receive(), (move_some(1),), options=FROZEN),
    "move a queue's own": Row(
        both(queue("q", "a"), own_dead_letters, receive(), wait(30)),
        receive(),
        (move_some(1),),
    ),
    # move tasks
    "start a move task": Row(dead_letters_with(), start_task()),
    "start a move task to a queue": Row(
        dead_letters_with(queue("other")), lambda w: start_task(DestinationArn=w.cloud.queue("other").arn)(w)
    ),
    "start a slow move task": Row(dead_letters_with(), start_task(MaxNumberOfMessagesPerSecond=1)),
    "steps of a move task": Row(started(dead_letters_with()), wait(10), (wait(1), wait(2), wait(3))),
    "a move task that fails": Row(dead_letters_with(send("x", "dead")), start_task()),
    "a move task to who waits": Row(
        waiting(dead_letters_with(queue("other")), name="other"),
        lambda w: start_task(DestinationArn=w.cloud.queue("other").arn)(w),
        options=FROZEN,
    ),
    "cancel a move task": Row(started(dead_letters_with()), cancel),
    "the end of a cancelled move task": Row(
        started(dead_letters_with()), both(cancel, wait(2)), (cancel, both(cancel, wait(1)))
    ),
    # queues
    "create": Row(queue("q", "a"), queue("n", VisibilityTimeout="7")),
    "create, with tags": Row(queue("q"), lambda w: w.sqs.create_queue(QueueName="n", tags={"a": "b"})),
    "create, FIFO": Row(queue("q"), queue("n.fifo")),
    "create, with a dead-letter queue": Row(queue("q"), lambda w: w.queue("n", "q")),
    "create what is there": Row(queue("q", "a"), queue("q")),
    "create, and again": Row(queue("q"), queue("n"), again=True),
    "create a name anew": Row(
        both(queue("q", "a"), lambda w: w.sqs.delete_queue(QueueUrl=w.url("q")), wait(60)), queue("q")
    ),
    "delete a queue": Row(received(worn_out()), lambda w: w.sqs.delete_queue(QueueUrl=w.url("q"))),
    "delete a dead-letter queue": Row(dead_letters_with(), lambda w: w.sqs.delete_queue(QueueUrl=w.url("dead"))),
    "delete a queue of a move task": Row(
        started(dead_letters_with()), lambda w: w.sqs.delete_queue(QueueUrl=w.url("dead"))
    ),
    "delete a queue that somebody waits on": Row(
        waiting(queue("q"), 2), lambda w: w.sqs.delete_queue(QueueUrl=w.url("q")), options=FROZEN
    ),
    "set a timeout": Row(received(queue("q", *ABC), 1), set_queue(VisibilityTimeout="7")),
    "set a retention": Row(both(queue("q", *ABC), wait(100)), set_queue(MessageRetentionPeriod="60")),
    "set a delay": Row(queue("q", *ABC), set_queue(DelaySeconds="50")),
    "set a delay, FIFO": Row(both(queue(F, *ABC), wait(5)), set_queue(F, DelaySeconds="50")),
    "set no delay, FIFO": Row(both(queue(F, *ABC, DelaySeconds="50"), wait(5)), set_queue(F, DelaySeconds="0")),
    "set the scope of deduplication": Row(
        queue(F, *ABC), set_queue(F, DeduplicationScope="messageGroup", FifoThroughputLimit="perQueue")
    ),
    "set a redrive policy": Row(
        both(queue("dead"), came_back("q", *ABC)),
        lambda w: set_queue(
            RedrivePolicy=json.dumps({"deadLetterTargetArn": w.cloud.queue("dead").arn, "maxReceiveCount": 1})
        )(w),
    ),
    "take a redrive policy away": Row(worn_out(), set_queue(RedrivePolicy="")),
    "set attributes while somebody waits": Row(
        waiting(both(queue(F, "a", DelaySeconds="50")), name=F), set_queue(F, DelaySeconds="0"), options=FROZEN
    ),
    "tag": Row(queue("q"), lambda w: w.sqs.tag_queue(QueueUrl=w.url("q"), Tags={"a": "1", "b": "2"})),
    "untag": Row(
        both(queue("q"), lambda w: w.sqs.tag_queue(QueueUrl=w.url("q"), Tags={"a": "1", "b": "2"})),
        lambda w: w.sqs.untag_queue(QueueUrl=w.url("q"), TagKeys=["a", "b"]),
    ),
    "add a permission": Row(
        queue("q"),
        lambda w: w.sqs.add_permission(
            QueueUrl=w.url("q"), Label="l", AWSAccountIds=["111122223333"], Actions=["SendMessage"]
        ),
    ),
    "remove a permission": Row(
        both(
            queue("q"),
            lambda w: w.sqs.add_permission(
                QueueUrl=w.url("q"), Label="l", AWSAccountIds=["111122223333"], Actions=["SendMessage"]
            ),
        ),
        lambda w: w.sqs.remove_permission(QueueUrl=w.url("q"), Label="l"),
    ),
    # who waits
    "fill a poll": Row(waiting(queue("q")), send(), options=FROZEN),
    "fill a poll, FIFO": Row(waiting(queue(F), name=F), send(name=F), options=FROZEN),
    "fill a poll, FIFO, with an attempt id": Row(
        waiting(queue(F), name=F, ReceiveRequestAttemptId="1"), send(name=F), options=FROZEN
    ),
    "fill polls with a batch": Row(
        waiting(queue("q"), 2, MaxNumberOfMessages=2), batch(*ABC), (batch("a"), batch("a", "b")), options=FROZEN
    ),
    "fill a poll by showing a message": Row(waiting(received(queue("q", "a"))), change(0), options=FROZEN),
    "fill a poll by deleting the first of a group": Row(
        waiting(received(queue(F, *ABC), 1, F), name=F), delete(name=F), options=FROZEN
    ),
    "fill a poll, noting whose it is": Row(both(standing, waiting(queue("q"))), send()),
    "fill a poll, noting whose it is, FIFO": Row(
        both(standing, waiting(queue(F), name=F, ReceiveRequestAttemptId="1")), send(name=F)
    ),
    "begin to wait": Row(queue("q"), lambda w: w.poll(), options=FROZEN),
    # time
    "over a delay": Row(both(queue("q", "a"), send(DelaySeconds=5)), wait(10)),
    "to what is due next": Row(received(queue("q", *ABC)), lambda w: w.cloud.clock.advance_to_next()),
    "over a timeout": Row(received(queue("q", *ABC)), wait(31)),
    "over a retention": Row(queue("q", *ABC, MessageRetentionPeriod="60"), wait(61)),
    "over a delay that somebody waits for": Row(
        waiting(both(queue("q"), send(DelaySeconds=5))), wait(10), (wait(5),), options=FROZEN
    ),
    "over a timeout that somebody waits for": Row(
        waiting(received(queue("q", "a"), VisibilityTimeout=5)), wait(10), (wait(5),), options=FROZEN
    ),
    "over a retention that somebody waits for": Row(
        both(
            queue(F, "a", MessageRetentionPeriod="60"),
            wait(50),
            send("b", F),
            receive(1, F),
            lambda w: w.poll(F),
        ),
        wait(15),
        (wait(10),),
        options=FROZEN,
    ),
    "over the end of a poll": Row(waiting(queue("q"), 2), wait(30), (wait(20),), options=FROZEN),
    # other ways
    "take a snapshot": Row(busy, lambda w: w.cloud.snapshot()),
    "restore a snapshot": Row(
        remembered(busy, send("more"), receive(), purge("q.fifo"), queue("new"), wait(300)), restore
    ),
    "restore a deleted queue": Row(
        remembered(worn_out(more=1), lambda w: w.sqs.delete_queue(QueueUrl=w.url("q"))), restore
    ),
    "reset": Row(busy, lambda w: w.cloud.reset()),
    "a call that a fault refuses": Row(
        refusing, in_spite_of_faults(send()), (both(in_spite_of_faults(send("other")), purge()),)
    ),
    "a call whose answer a fault loses": Row(losing, in_spite_of_faults(send())),
    "a batch of which a fault fails an entry": Row(failing_entries, batch(*ABC), (batch("a"),)),
    "a call that a fault delays": Row(late, send(), (wait(5),)),
    "chaos: send": Row(queue("q", *ABC), send(), options=CHAOS, judge=all_that_is_there),
    "chaos: receive": Row(queue("q", *TEN), receive(), options=CHAOS, judge=all_that_is_there),
    "chaos: delete": Row(
        received(queue("q", *TEN), WaitTimeSeconds=20), delete(), options=CHAOS, judge=all_that_is_there
    ),
    "chaos: move": Row(
        worn_out(count=3), receive(), (move_some(1), move_some(2)), options=CHAOS, judge=all_that_is_there
    ),
}


@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("name", ROWS)
def test_an_interrupted_call_has_happened_or_has_not(name: str, form: Form) -> None:
    wrong = form.wrong_places(ROWS[name], World)
    assert not wrong, "\n".join(wrong)

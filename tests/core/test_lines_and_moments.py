"""Lines of polls, the timeline, and what is ordered: by themselves, on a world without a cloud."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from minicloud.core import poll_line as poll_line_module
from minicloud.core.ids import Identifiers
from minicloud.core.limits import AWS_LIMITS
from minicloud.core.ordered import OrderedQueue
from minicloud.core.poll_line import NOBODY, PollLine, WaitingPoll
from minicloud.core.rates import Bucket, CallRates
from minicloud.core.timeline import FOREVER, LATEST, SECOND, Timeline
from minicloud.core.world import World

# --- the timeline ----------------------------------------------------------------------------------------------------


def nothing(_: int) -> None:
    pass


@pytest.mark.parametrize("method", ["schedule", "schedule_perpetual"])
def test_whoever_sleeps_is_told_of_what_comes_first(method: str) -> None:
    """And of nothing else, also when nobody sleeps."""
    timeline = Timeline()
    told: list[int] = []
    schedule: Callable[..., Any] = getattr(timeline, method)
    schedule(9, nothing)
    assert timeline.next_due == 9
    timeline.earlier = lambda: told.append(timeline.next_due)
    for due in (8, 8, 9, 7):
        schedule(due, nothing)
    assert told == [8, 7]
    assert timeline.next_due == 7
    assert [event.due for event in sorted(timeline.heap)] == [7, 8, 8, 9, 9]
    assert [event.sequence for event in sorted(timeline.heap)] == [5, 2, 3, 1, 4]


def test_what_goes_on_for_ever_is_known_by_what_is_first() -> None:
    timeline = Timeline()
    assert timeline.is_perpetual is False
    timeline.schedule_perpetual(5, nothing)
    assert timeline.is_perpetual is True
    first = timeline.schedule(4, nothing)
    assert timeline.is_perpetual is False
    timeline.cancel(first)
    assert timeline.is_perpetual is True


def test_what_was_cancelled_goes_when_it_prevails() -> None:
    """More than 64, and more than two thirds."""
    timeline = Timeline()
    events = [timeline.schedule(due, nothing) for due in range(1, 101)]
    for event in events[34:99]:
        timeline.cancel(event)
    assert len(timeline.heap) == 100
    timeline.cancel(events[33])
    assert len(timeline.heap) == 100
    timeline.cancel(events[32])
    assert [event.due for event in sorted(timeline.heap)] == [*range(1, 33), 100]
    assert timeline._hollow == 0
    few = Timeline()
    events = [few.schedule(due, nothing) for due in range(1, 66)]
    for event in events[1:]:
        few.cancel(event)
    assert (len(few.heap), few._hollow) == (65, 64)
    few.schedule(66, nothing)
    few.cancel(few.heap[0])
    assert (few.heap[0].due, few.next_due, few._hollow) == (66, 66, 0)


def test_what_is_cancelled_twice_counts_once() -> None:
    timeline = Timeline()
    timeline.schedule(1, nothing)
    event = timeline.schedule(2, nothing)
    timeline.cancel(event)
    timeline.cancel(event)
    assert timeline._hollow == 1
    assert timeline.pop_due(1) is not None
    assert (timeline.heap, timeline._hollow, timeline.next_due) == ([], 0, FOREVER)


def test_what_happens_may_be_cancelled_while_it_does() -> None:
    timeline = Timeline()
    event = timeline.schedule(1, nothing)
    timeline.schedule(3, nothing)
    assert timeline.pop_due(2) == (1, nothing)
    assert timeline.running is event
    timeline.cancel(event)
    assert timeline._hollow == 0
    timeline.mend()
    assert [one.due for one in timeline.heap] == [3]
    assert timeline.running is None


def test_a_timeline_that_is_torn_has_everything_due() -> None:
    timeline = Timeline()
    event = timeline.schedule(5, nothing)
    timeline.torn = 1
    timeline.cancel(event)
    assert timeline.next_due == -1
    timeline.torn = 0
    timeline.clear()
    assert timeline.next_due == FOREVER
    assert FOREVER - LATEST == 365 * 86_400 * SECOND


# --- what is ordered -------------------------------------------------------------------------------------------------


def test_what_is_live_up_to_a_key_is_looked_at_and_stays() -> None:
    queue: OrderedQueue[tuple[int, str]] = OrderedQueue()
    for entry in ((3, "a"), (5, "b"), (1, "c"), (4, "d"), (4, "d"), (0, "e"), (5, "f"), (7, "g")):
        queue.push(entry)
    assert queue.until(5, lambda entry: entry[1] != "e") == [(1, "c"), (3, "a"), (4, "d"), (5, "b"), (5, "f")]
    assert queue.until(0, lambda _: True) == [(0, "e")]
    assert queue.until(-1, lambda _: True) == []
    assert len(queue) == 8
    assert queue.pop_until(3) == [(0, "e"), (1, "c"), (3, "a")]
    assert queue.pop_until(3) == []
    assert queue.head() == (4, "d")


def test_a_key_that_is_reached_is_taken_and_one_beyond_it_is_not() -> None:
    queue: OrderedQueue[tuple[int]] = OrderedQueue()
    for key in (0, 5, 6, 2, 3):
        queue.push((key,))
    assert queue.pop_until(-1) == []
    assert queue.pop_until(2) == [(0,), (2,)]
    assert queue.pop_until(5) == [(3,), (5,)]
    assert queue.pop_until(6) == [(6,)]
    assert queue.head() is None


# --- rates -----------------------------------------------------------------------------------------------------------


def test_a_bucket_that_is_put_back_in_time_does_not_fill() -> None:
    bucket = Bucket(2, 4)
    assert bucket.take(10 * SECOND, 4)
    assert not bucket.take(5 * SECOND, 1)
    assert bucket.empty_at(5 * SECOND) == 7 * SECOND
    assert not bucket.take(10 * SECOND + SECOND // 2 - 1, 1)
    assert bucket.take(10 * SECOND + SECOND // 2, 1)
    assert bucket.empty_at(10 * SECOND + SECOND // 2, 2) == 13 * SECOND + SECOND // 2
    rates = CallRates()
    assert [rates.admit(0, key, 1) for key in ("a", "a", "b")] == [True, False, True]


# --- lines of polls --------------------------------------------------------------------------------------------------


class Thing:
    """What a queue hands out."""

    def __init__(self, handle: str) -> None:
        self.handle = handle
        self.receiver: object = None


class Queue:
    """A queue that notes what its line has it do."""

    def __init__(self, told: list[Any]) -> None:
        self.told = told
        self.has: list[Thing] = []
        self.line: PollLine[WaitingPoll]
        self.is_over: set[str] = set()

    def offer(self, now: int) -> None:
        self.told.append(("offer", now))
        for poll in self.line.polls:
            if self.has and not poll.waiter.done:
                poll.taken = [self.has.pop()]
                self.line.fill(now, poll, poll.taken, {"Got": 1})

    def refresh(self, now: int) -> None:
        self.told.append(("refresh", now))

    def watch(self) -> None:
        self.told.append("watch")

    def give_back(self, one: Thing, handle: str | None) -> bool:
        self.told.append(("back", one.handle, handle))
        return handle not in self.is_over


class Receiver:
    who: object = None

    def of(self, waiter: Any) -> object:
        return f"who made {waiter.call[0]}"


class Line:
    """A line at a queue, on a world of its own."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.timeline = Timeline()
        self.world = World(self.timeline, Identifiers("s"), AWS_LIMITS, None, lambda: "caller")  # type: ignore[arg-type]
        self.world.receiver = Receiver()
        self.queue = Queue(self.told)
        names = ("poll_began", "poll_filled", "poll_ended_empty", "poll_abandoned", "poll_returned")
        facts: Any = SimpleNamespace(**{name: self.note(name) for name in names})
        self.line: PollLine[WaitingPoll] = PollLine(self.queue, self.world, ("Receive", "q"), facts, dict)
        self.queue.line = self.line

    def note(self, name: str) -> Callable[..., None]:
        def fact(trace: Any, now: int, queue: Any, *details: Any) -> None:
            assert trace is self.world.trace
            assert queue is self.queue
            self.told.append((name, now, *[one.handle if isinstance(one, Thing) else one for one in details]))

        return fact

    def trace(self) -> None:
        self.world.trace = lambda *_, **__: None

    def join(self, number: int = 1, now: int = 0, wait: int = 20) -> WaitingPoll:
        poll = WaitingPoll()
        waiter = self.line.join(now, poll, number, wait)
        assert poll.waiter is waiter
        return poll

    def said(self) -> list[Any]:
        found, self.told[:] = self.told[:], []
        return found

    def settle(self, now: int) -> None:
        while (found := self.timeline.pop_due(now)) is not None:
            found[1](found[0])


@pytest.mark.parametrize("is_traced", [True, False])
def test_a_poll_waits_in_line_until_its_deadline(is_traced: bool) -> None:
    """And asks once more at that very moment."""
    one = Line()
    if is_traced:
        one.trace()
    poll = one.join(number=7, now=5)
    assert one.said() == [("poll_began", 5, 7, 20)] * is_traced + ["watch"]
    assert (poll.number, poll.taken, poll.handles, poll.waiter.deadline) == (7, [], [], 25)
    assert (poll.waiter.call, poll.waiter.caller) == (("Receive", "q"), "caller")
    assert list(one.line.polls) == [poll]
    one.settle(24)
    assert (one.said(), poll.waiter.done) == ([], False)
    one.settle(25)
    assert one.said() == [("offer", 25)] + [("poll_ended_empty", 25, 7)] * is_traced + ["watch"]
    assert (poll.waiter.done, poll.waiter.result) == (True, {})


@pytest.mark.parametrize("is_traced", [True, False])
def test_a_poll_is_filled_at_its_deadline_if_something_is_there(is_traced: bool) -> None:
    one = Line()
    if is_traced:
        one.trace()
    poll = one.join()
    one.said()
    thing = Thing("h")
    one.queue.has.append(thing)
    one.settle(20)
    said = one.said()
    assert said[0] == ("offer", 20)
    assert said[-1] == "watch"
    assert [fact[:3] for fact in said[1:-1]] == [("poll_filled", 20, 1)] * is_traced
    assert (poll.waiter.result, poll.handles, thing.receiver) == ({"Got": 1}, ["h"], "who made Receive")


def test_a_poll_that_is_filled_has_no_deadline_any_more() -> None:
    one = Line()
    poll = one.join()
    one.queue.has.append(Thing("h"))
    one.queue.offer(3)
    assert poll.waiter.done
    assert one.timeline.next_due == FOREVER
    bare = one.join()
    bare.deadline = None
    one.queue.has.append(Thing("h"))
    one.queue.offer(4)
    assert bare.waiter.done


@pytest.mark.parametrize("is_traced", [True, False])
def test_a_poll_whose_caller_is_gone_leaves_the_line(is_traced: bool) -> None:
    one = Line()
    if is_traced:
        one.trace()
    poll = one.join(number=3)
    one.said()
    poll.waiter.on_abandon(9)
    assert one.said() == ["watch"] + [("poll_abandoned", 9, 3)] * is_traced
    assert (poll.waiter.done, poll.waiter.caller, one.timeline.next_due) == (True, None, FOREVER)
    bare = one.join()
    bare.deadline = None
    bare.waiter.on_abandon(9)
    assert bare.waiter.done


@pytest.mark.parametrize("is_traced", [True, False])
def test_what_a_poll_had_got_goes_back_when_its_caller_is_gone(is_traced: bool) -> None:
    """The last first; what is over already is not told. Again changes nothing."""
    one = Line()
    if is_traced:
        one.trace()
    poll = one.join(number=3)
    poll.taken = [Thing("a"), Thing("b"), Thing("c")]
    one.line.fill(5, poll, poll.taken, {})
    one.said()
    one.queue.is_over.add("b")
    poll.waiter.on_abandon(9)
    back: list[Any] = []
    for handle in "cba":
        back.append(("back", handle, handle))
        if is_traced and handle != "b":
            back.append(("poll_returned", 9, handle, handle))
    assert one.said() == [("refresh", 9), *back, ("offer", 9)]
    assert (poll.taken, poll.handles, one.line._returning) == ([], [], [])
    poll.waiter.on_abandon(10)
    assert one.said() == [("refresh", 10), ("offer", 10)]


def test_a_poll_that_never_came_into_line_has_nothing_to_give_back() -> None:
    one = Line()
    one.line._abandon(5, WaitingPoll())
    assert one.said() == []


def test_a_queue_that_is_gone_ends_its_polls() -> None:
    one = Line()
    polls = [one.join(number) for number in (1, 2, 3)]
    assert polls[1].deadline is not None
    one.timeline.cancel(polls[1].deadline)
    polls[1].deadline = None
    one.line.fill(1, polls[0], [], {"Got": 0})
    for _ in range(2):
        one.line.end()
        assert [poll.waiter.result for poll in polls] == [{"Got": 0}, {}, {}]
    assert one.timeline.next_due == FOREVER


def test_polls_that_have_left_are_looked_through_now_and_then() -> None:
    """When more than half of those in line, and 64, have."""
    slack = poll_line_module._SLACK
    one = Line()
    stays = one.join()
    for count in range(1, 2 * slack + 1):
        one.join().waiter.on_abandon(1)
        assert len(one.line.polls) == count + 1
        assert one.line._left == count
    one.join().waiter.on_abandon(1)
    one.join().waiter.on_abandon(1)
    assert list(one.line.polls) == [stays]
    assert one.line._left == 0


def test_a_line_that_is_mended_has_a_deadline_for_everybody() -> None:
    """And gives back what was being given back, without a word."""
    one = Line()
    one.trace()
    done, lost, cancelled, kept = (one.join(number) for number in range(4))
    one.line.fill(1, done, [], {})
    for poll in (lost, cancelled):
        assert poll.deadline is not None
        one.timeline.cancel(poll.deadline)
    lost.deadline = None
    before = kept.deadline
    returning = WaitingPoll()
    returning.taken, returning.handles = [Thing("a"), Thing("b")], ["a", "b"]
    one.line._returning.append(returning)
    one.said()
    one.line.mend()
    assert one.said() == [("back", "a", "a"), ("back", "b", "b")]
    assert list(one.line.polls) == [lost, cancelled, kept]
    assert (kept.deadline, one.line._returning, one.line._left) == (before, [], 0)
    assert [event.due for event in one.timeline.heap if event.callback] == [20, 20, 20]
    one.settle(20)
    assert [poll.waiter.result for poll in (lost, cancelled, kept)] == [{}, {}, {}]


def test_what_did_not_get_to_a_poll_is_known_until_it_is_settled() -> None:
    one = Line()
    done, waits, other = (one.join(number) for number in range(3))
    one.line.fill(1, done, [Thing("x")], {})
    done.taken = [Thing("x")]
    waits.taken, waits.handles = [Thing("a"), Thing("b")], ["a", "b"]
    other.taken = [Thing("c")]
    assert [thing.handle for thing in one.line.undelivered()] == ["a", "b", "c"]
    one.line.settled()
    assert list(one.line.undelivered()) == []
    assert (waits.taken, waits.handles, len(done.taken)) == ([], [], 1)


def test_nobody_waits_in_the_line_of_a_queue_that_nobody_has_waited_at() -> None:
    assert list(NOBODY.polls) == list(NOBODY.undelivered()) == []
    NOBODY.end()
    NOBODY.settled()


# --- the world -------------------------------------------------------------------------------------------------------


def test_a_world_knows_what_it_is_told_and_nothing_before() -> None:
    peers = SimpleNamespace(
        find_service=lambda *names: ("find", *names),
        known_service=lambda *names: ("known", *names),
        services=lambda *names: ("all", *names),
        keep_settling=lambda: settled.append(1),
    )
    settled: list[int] = []
    world = World(Timeline(), Identifiers("s"), AWS_LIMITS, peers, lambda: None)  # type: ignore[arg-type]
    assert (world.meter, world.links, world.refusals, world.trace, world.chaos, world.redo) == (None, "", *[None] * 4)
    assert (world.outbox, world.sinks, world.receiver.who, world.receiver.of(None)) == ([], {}, None, None)  # type: ignore[arg-type]
    world.meter, world.links = "meter", "http://here/"
    world.refusals = lambda *_: "no"
    assert (world.meter, world.links) == ("meter", "http://here/")
    assert world.refusals(0, None) == "no"  # type: ignore[arg-type]
    assert world.find_service("sqs", "1", "r") == ("find", "sqs", "1", "r")
    assert world.known_service("sqs", "1", "r") == ("known", "sqs", "1", "r")
    assert world.services("sqs") == ("all", "sqs")
    world.keep_settling()
    assert settled == [1]


def test_a_change_of_several_steps_is_made_again_when_something_came_into_it() -> None:
    world = World(Timeline(), Identifiers("s"), AWS_LIMITS, None, lambda: None)  # type: ignore[arg-type]
    during: list[Any] = []

    def change() -> str:
        during.append(world.redo)
        if len(during) == 1:
            raise KeyboardInterrupt
        return "made"

    with pytest.raises(KeyboardInterrupt):
        world.carry_through(change)
    assert world.redo is change
    assert world.carry_through(change) == "made"
    assert world.redo is None
    assert during == [change, change]

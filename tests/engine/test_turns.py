"""Who performs what handlers lead to: the outermost call, first come first served; a call that waits inside of one."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

import minicloud
from minicloud import Cloud, Limits, UsageError
from tests.support.clouds import bodies, make_queue, send
from tests.support.threads import Worker

Handler = Callable[..., Any]


def subscribe(cloud: Cloud, topic: str, *handlers: Handler) -> str:
    """The ARN of a topic that calls these handlers, as functions named after them."""
    sns = cloud.client("sns")
    arn: str = sns.create_topic(Name=topic)["TopicArn"]
    for handler in handlers:
        function = cloud.function(f"{topic}-{handler.__name__}", handler, timeout=900)
        sns.subscribe(TopicArn=arn, Protocol="lambda", Endpoint=function)
    return arn


def publish(cloud: Cloud, topic: str, text: str = "m") -> None:
    cloud.client("sns").publish(TopicArn=cloud.topic(topic).arn, Message=text)


def text_of(event: Any) -> str:
    text: str = event["Records"][0]["Sns"]["Message"]
    return text


def stack_depth() -> int:
    frame, depth = sys._getframe(), 0
    while (outer := frame.f_back) is not None:
        frame, depth = outer, depth + 1
    return depth


def test_the_stack_stays_as_it_is_and_the_first_comes_first() -> None:
    cloud = Cloud(clock="virtual")
    ran: list[str] = []
    depths: set[int] = set()

    def work(event: Any, context: Any) -> None:
        depths.add(stack_depth())
        ran.append(text_of(event))
        if len(ran) < 400:
            before = len(ran)
            publish(cloud, "jobs", f"{ran[-1]}a")
            publish(cloud, "jobs", f"{ran[-1]}b")
            assert len(ran) == before  # it has returned, and they run later

    subscribe(cloud, "jobs", work)
    publish(cloud, "jobs", ".")
    assert ran[:7] == [".", ".a", ".b", ".aa", ".ab", ".ba", ".bb"]
    assert len(ran) == 799  # all of them have run when the first call returns
    assert len(depths) == 1


def test_a_handler_whose_time_is_over_while_it_waits_has_timed_out_then() -> None:
    cloud = Cloud(clock="virtual")
    seen: list[str] = []

    def work(event: Any, context: Any) -> None:
        for _ in range(2):
            cloud.sleep(2)
            seen.append(cloud.invocations.last.outcome)

    cloud.function("work", work, timeout=3)
    answer = cloud.client("lambda").invoke(FunctionName="work")
    assert (seen, answer.get("FunctionError")) == (["running", "timeout"], "Unhandled")


@pytest.mark.parametrize("length", [120, 121])
def test_long_names_of_a_circle_are_cut(length: int) -> None:
    cloud = Cloud(clock="virtual", limits=Limits(invocations_per_call=60))
    url = "https://example.com/".ljust(length, "x")
    confirmations: list[str] = []

    def handle(request: Any) -> None:
        if "SubscribeURL" in request.json():
            confirmations.append(request.json()["SubscribeURL"])
        else:
            publish(cloud, "t")

    cloud.http_endpoint(url, handle)
    sns = cloud.client("sns")
    sns.subscribe(TopicArn=sns.create_topic(Name="t")["TopicArn"], Protocol="https", Endpoint=url)
    cloud.visit(confirmations[0])
    with pytest.raises(UsageError) as caught:
        publish(cloud, "t")
    shown = url if length == 120 else f"{url[:119]}…"
    assert f"in a circle: {shown}. What one does" in str(caught.value)


def test_a_handler_gets_its_answer_from_another_one() -> None:
    cloud = Cloud(clock="virtual")
    sqs = cloud.client("sqs")
    url = make_queue(cloud, "replies")
    got: list[list[str]] = []

    def answer(event: Any, context: Any) -> None:
        send(cloud, url, f"{text_of(event)} done")

    def ask(event: Any, context: Any) -> None:
        publish(cloud, "questions", text_of(event))
        got.append(bodies(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)))

    subscribe(cloud, "questions", answer)
    subscribe(cloud, "jobs", ask)
    began = cloud.clock.now()
    publish(cloud, "jobs", "one")
    assert got == [["one done"]]
    assert cloud.clock.now() == began


def test_what_comes_due_while_a_handler_sleeps_happens_at_its_own_time() -> None:
    """And the sleep outside cannot end before the one inside does."""
    cloud = Cloud(clock="virtual")
    began = cloud.clock.now()
    seen: list[tuple[str, float]] = []

    def note(what: str) -> None:
        seen.append((what, (cloud.clock.now() - began) / timedelta(seconds=1)))

    def work(event: Any, context: Any) -> None:
        note("begins")
        if len(seen) == 1:
            publish(cloud, "late")
            raise RuntimeError
        cloud.sleep(10)
        note("ends")

    def fail(event: Any, context: Any) -> None:
        note("is late")
        if len(seen) == 2:
            cloud.clock.advance(4)
            raise RuntimeError
        cloud.sleep(10)
        note("was late")

    subscribe(cloud, "late", fail)
    subscribe(cloud, "jobs", work)
    publish(cloud, "jobs")
    cloud.clock.advance(120)
    assert seen == [
        ("begins", 0), ("is late", 0), ("begins", 60), ("is late", 64), ("was late", 74), ("ends", 74),
    ]  # fmt: skip
    assert cloud.clock.now() - began == timedelta(seconds=124)


def test_handlers_that_wait_inside_of_each_other_without_end() -> None:
    cloud = Cloud(clock="virtual")
    ran = []

    def work(event: Any, context: Any) -> None:
        ran.append(event)
        publish(cloud, "jobs")
        cloud.sleep(1)

    subscribe(cloud, "jobs", work)
    with pytest.raises(UsageError) as caught:
        publish(cloud, "jobs")
    assert str(caught.value) == (
        "50 handlers wait inside of each other, of jobs-work: each waits for what the next one does. Have them not "
        "wait, or be async def"
    )
    assert len(ran) == 50


@pytest.mark.parametrize(("names", "circle"), [("a", "t-a"), ("ab", "t-a and t-b"), ("cab", "t-a, t-b and t-c")])
def test_handlers_that_lead_to_each_other_without_end(names: str, circle: str) -> None:
    """As many run as may; one more is one too many."""
    cloud = Cloud(clock="virtual", limits=minicloud.Limits(invocations_per_call=60))
    sns = cloud.client("sns", "us-east-1")
    ran: list[str] = []
    most = 60

    def handler_of(name: str, following: str) -> None:
        def handler(event: Any, context: Any) -> None:
            ran.append(name)
            if len(ran) < most:
                sns.publish(TopicArn=topics[following], Message="again")

        sns.subscribe(TopicArn=topics[name], Protocol="lambda", Endpoint=cloud.function(f"t-{name}", handler))

    topics = {name: sns.create_topic(Name=name)["TopicArn"] for name in names}
    for name, following in zip(names, names[1:] + names[0], strict=True):
        handler_of(name, following)
    sns.publish(TopicArn=topics[names[0]], Message="first")
    assert len(ran) == 60
    ran.clear()
    most = 61
    with pytest.raises(UsageError) as caught:
        sns.publish(TopicArn=topics[names[0]], Message="first")
    assert str(caught.value) == (
        f"60 handlers have run for one call, the last ones in a circle: {circle}. What one does leads to the next: "
        "have that end, look at the first round inside of cloud.hold_handlers(), or allow more by "
        "Limits(invocations_per_call=...)"
    )
    assert len(ran) == 60


@pytest.fixture
def _threads_take_turns_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_threads_take_turns_often")
def test_no_call_returns_before_its_own_handlers_have_run() -> None:
    cloud = Cloud(clock="virtual")
    ran: set[str] = set()
    threads: dict[str, str] = {}
    early: list[str] = []

    def work(event: Any, context: Any) -> None:
        threads[text_of(event)] = threading.current_thread().name
        ran.add(text_of(event))

    def call() -> None:
        for number in range(250):
            text = f"{threading.current_thread().name} {number}"
            publish(cloud, "jobs", text)
            if text not in ran:
                early.append(text)

    subscribe(cloud, "jobs", work)
    for worker in [Worker(call) for _ in range(4)]:
        worker.result()
    assert not early
    assert len(ran) == 1000
    assert all(text.startswith(f"{thread} ") for text, thread in threads.items())


class Source:
    """A clock that a test sets, and that moves nothing by itself."""

    def __init__(self) -> None:
        self.now = 1_800_000_000_000_000_000

    def time_ns(self) -> int:
        return self.now


def test_what_a_view_or_a_refused_call_has_settled_is_done_by_the_next_one() -> None:
    """On a real clock that is mostly the cloud's own thread."""
    source = Source()
    cloud = Cloud(clock=source)
    sns = cloud.client("sns")
    ran: list[str] = []
    has_run = threading.Event()

    def work(event: Any, context: Any) -> None:
        ran.append(threading.current_thread().name)
        has_run.set()
        raise RuntimeError

    arn = subscribe(cloud, "jobs", work)
    publish(cloud, "jobs")
    for seconds, look in ((60, lambda: cloud.topic("jobs").subscriptions), (120, lambda: refused(sns))):
        has_run.clear()
        source.now += seconds * 1_000_000_000
        look()
        assert has_run.wait(10)
        while cloud.invocations.last.outcome == "running":  # the next attempt is due so long after this one's end
            threading.Event().wait(0.001)
    assert ran == [threading.current_thread().name, "minicloud-settler", "minicloud-settler"]
    assert sns.get_topic_attributes(TopicArn=arn)


@pytest.mark.parametrize("end", [pytest.fail.Exception("no more"), KeyboardInterrupt(), GeneratorExit()])
def test_what_ends_a_handler_in_the_thread_of_a_real_clock_is_told_to_the_test(end: BaseException) -> None:
    """And the thread goes on: it ended, and nothing was tried again any more."""
    source = Source()
    cloud = Cloud(clock=source)
    ran: list[str] = []
    has_run = threading.Event()
    errors = [RuntimeError(), end, RuntimeError()]

    def work(event: Any, context: Any) -> None:
        ran.append(threading.current_thread().name)
        has_run.set()
        raise errors[len(ran) - 1]

    subscribe(cloud, "jobs", work)
    publish(cloud, "jobs")
    for seconds in (60, 120):
        has_run.clear()
        source.now += seconds * 1_000_000_000
        assert cloud.topic("jobs").subscriptions  # which lets the thread look
        assert has_run.wait(10)
        while cloud.invocations.last.outcome == "running":
            threading.Event().wait(0.001)
    assert ran[1:] == ["minicloud-settler"] * 2
    with pytest.raises(type(end)) as caught:
        cloud.sleep(0)
    assert caught.value is end


def refused(sns: Any) -> None:
    with pytest.raises(sns.exceptions.NotFoundException):
        sns.publish(TopicArn="arn:aws:sns:us-east-1:123456789012:nothing", Message="m")


def test_what_a_handler_leaves_behind_is_not_inside_of_it() -> None:
    import contextvars

    cloud = Cloud(clock="virtual")
    ran: list[str] = []
    contexts: list[contextvars.Context] = []

    def work(event: Any, context: Any) -> None:
        ran.append(text_of(event))
        if ran == ["first"]:
            contexts.append(contextvars.copy_context())
            Worker(lambda: contexts[0].run(publish, cloud, "jobs", "inside")).result()
            assert ran == ["first"]

    subscribe(cloud, "jobs", work)
    publish(cloud, "jobs", "first")
    assert ran == ["first", "inside"]
    contexts[0].run(publish, cloud, "jobs", "left behind")
    assert ran == ["first", "inside", "left behind"]


def test_two_clouds_each_perform_their_own() -> None:
    one, other = Cloud(clock="virtual"), Cloud(clock="virtual")
    ran: list[str] = []

    def here(event: Any, context: Any) -> None:
        ran.append("here")
        publish(other, "there")
        ran.append("here again")

    def there(event: Any, context: Any) -> None:
        ran.append("there")
        if len(ran) < 4:
            publish(one, "here")

    subscribe(one, "here", here)
    subscribe(other, "there", there)
    publish(one, "here")
    assert ran == ["here", "there", "here again", "here", "there", "here again"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, pytest.fail.Exception, GeneratorExit])
def test_what_is_the_test_s_own_passes_through_and_the_errand_has_failed(error: type[BaseException]) -> None:
    cloud = Cloud(clock="virtual", trace=True)
    errors: list[BaseException] = [error("no")]
    ran = []

    def work(event: Any, context: Any) -> None:
        ran.append("work")
        if errors:
            raise errors.pop()

    def other(event: Any, context: Any) -> None:
        ran.append("other")

    subscribe(cloud, "jobs", work, other)
    with pytest.raises(error):
        publish(cloud, "jobs")
    assert ran == ["work"]
    assert [event.details["reason"] for event in cloud.trace.of("lambda.failed")]
    cloud.client("sqs").list_queues()  # any call
    assert ran == ["work", "other"]
    cloud.clock.advance(60)
    assert ran == ["work", "other", "work"]


def test_a_handler_s_mistake_is_told_at_the_end_of_the_call() -> None:
    cloud = Cloud(clock="virtual")
    ran = []

    def work(event: Any, context: Any) -> None:
        ran.append("work")
        cloud.client("sqs", region_name="nowhere at all")

    def other(event: Any, context: Any) -> None:
        ran.append("other")

    subscribe(cloud, "jobs", work, other)
    with pytest.raises(UsageError):
        publish(cloud, "jobs")
    assert ran == ["work", "other"]


def test_a_limit_of_handlers_is_a_field() -> None:
    assert minicloud.Cloud().limits.invocations_per_call == 10_000
    cloud = Cloud(clock="virtual", limits=Limits(invocations_per_call=3))
    subscribe(cloud, "jobs", *(make_named(f"f{number}") for number in range(4)))
    with pytest.raises(UsageError, match="3 handlers have run for one call"):
        publish(cloud, "jobs")


def make_named(name: str) -> Handler:
    def handler(event: Any, context: Any) -> None:
        pass

    handler.__name__ = name
    return handler

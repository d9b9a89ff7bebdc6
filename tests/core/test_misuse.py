"""Arguments that cannot work, and objects that cannot be copied: a ``UsageError`` says so at once, and what to do."""

from __future__ import annotations

import asyncio
import copy
import gc
import multiprocessing
import os
import pickle
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest

import minicloud
from minicloud import Cloud, Limits, Session, mock_aws
from minicloud.exceptions import UsageError

DIGITS = "give twelve digits as a string"
NOT_ACCOUNTS = [
    *(123456789012, 123456789012.0, b"123456789012", ["1"] * 12, True),
    *("", "12345678901", "1234567890123", "12345678901x", " 12345678901", "+12345678901", "12345678901\n"),
    *("１２３４５６７８９０１２", "١٢٣٤٥٦٧٨٩٠١٢", "²" * 12),  # noqa: RUF001
]
NOT_REGIONS = [5, b"us-east-1", ["us-east-1"], True, "us east 1", "us-east-1\n", "eu_west_1", "ü-west-1", "x" * 64]


def named(value: object) -> str:
    """What stands for a value in the name of a test: never an address, which differs between the workers of a run."""
    text = ascii(value)
    return type(value).__name__ if " at 0x" in text else text


class Clock:
    """A clock that returns whatever it is told to."""

    def __init__(self, now: object) -> None:
        self.now = now

    def time_ns(self) -> Any:
        return self.now


class Whole:
    def __index__(self) -> int:
        return 7

    def __str__(self) -> str:
        return "7"


# --- arguments -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("account_id", NOT_ACCOUNTS, ids=named)
def test_an_account_is_twelve_digits(account_id):
    with pytest.raises(UsageError, match=DIGITS):
        Cloud(account_id=account_id)
    with pytest.raises(UsageError, match=DIGITS), mock_aws(account_id=account_id):
        pass


@pytest.mark.parametrize("account_id", [one for one in NOT_ACCOUNTS if one], ids=named)
def test_so_it_is_of_sessions_and_clients(account_id):
    cloud = Cloud()
    makers = [
        lambda: cloud.client("sqs", account_id=account_id),
        lambda: cloud.async_client("sqs", account_id=account_id),
        lambda: cloud.resource("sqs", account_id=account_id),
        lambda: cloud.session(account_id=account_id),
        lambda: Session(account_id=account_id, cloud=cloud),
        lambda: minicloud.client("sqs", account_id=account_id),
        lambda: cloud.session().client("sqs", aws_account_id=account_id),
    ]
    for make in makers:
        with pytest.raises(UsageError, match=DIGITS):
            make()


@pytest.mark.parametrize("region_name", NOT_REGIONS, ids=named)
def test_a_region_is_a_name(region_name):
    cloud = Cloud()
    makers = [
        lambda: Cloud(region_name=region_name),
        lambda: cloud.client("sqs", region_name),
        lambda: cloud.client("sqs", region_name=region_name),
        lambda: cloud.session(region_name=region_name),
        lambda: minicloud.resource("sqs", region_name=region_name),
        lambda: mock_aws(region_name=region_name).start(),
    ]
    for make in makers:
        with pytest.raises(UsageError, match="is not a region: give a name such as 'eu-west-1'"):
            make()


@pytest.mark.parametrize("region_name", [""])
def test_a_cloud_needs_a_region_and_its_clients_take_the_cloud_s(region_name):
    with pytest.raises(UsageError, match="is not a region"):
        Cloud(region_name=region_name)
    assert Cloud().client("sqs", region_name).meta.region_name == "us-east-1"


@pytest.mark.parametrize("seed", [1.5, b"seed", ["seed"], object(), ...], ids=named)
def test_a_seed_is_an_integer_or_a_string(seed):
    with pytest.raises(UsageError, match="is not a seed: give an integer or a string"):
        Cloud(seed=seed)


def test_a_seed_that_is_too_long_an_integer():
    with pytest.raises(UsageError, match=r"seed is an integer of 16,610 bits: give a smaller one, or a string"):
        Cloud(seed=10**5_000)


def test_a_seed_may_be_anything_that_is_a_whole_number():
    ids = [
        cloud.client("sqs").create_queue(QueueName="q")["ResponseMetadata"]["RequestId"]
        for cloud in (Cloud(seed=7), Cloud(seed="7"), Cloud(seed=Whole()))  # type: ignore[arg-type]
    ]
    assert len(set(ids)) == 1


@pytest.mark.parametrize("limits", [5, "AWS", [], True, {"rates": True}], ids=named)
def test_limits_by_name_or_value(limits):
    with pytest.raises(UsageError, match='is not a set of limits: use "aws", "strict", "relaxed" or'):
        Cloud(limits=limits)


@pytest.mark.parametrize("delivery", [5, "AWS", []], ids=named)
def test_a_delivery_by_name(delivery):
    with pytest.raises(UsageError, match='is not a kind of delivery: use "readable"'):
        Cloud(delivery=delivery)


@pytest.mark.parametrize("clock", [5, "Virtual", [], object(), Clock, minicloud.VirtualClock, time.time_ns], ids=named)
def test_a_clock_by_name_or_as_an_object(clock):
    with pytest.raises(
        UsageError, match=r'use "real", "virtual", "frozen" or an object|is a class: give an object of it'
    ):
        Cloud(clock=clock)


@pytest.mark.parametrize("now", ["12", None, 1.5e18, b"1", [], 1 + 0j], ids=named)
@pytest.mark.parametrize("trace", [False, True])
def test_a_clock_returns_whole_nanoseconds(now, trace):
    clock = Clock(time.time_ns())
    cloud = Cloud(clock=clock, trace=trace)
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    clock.now = now
    calls = [
        lambda: sqs.send_message(QueueUrl=url, MessageBody="x"),
        lambda: sqs.receive_message(QueueUrl=url),
        lambda: cloud.queue("q").messages,
        cloud.clock.now,
        lambda: cloud.clock.advance(5),
    ]
    for call in calls:
        with pytest.raises(
            UsageError, match=r"time_ns\(\) of the cloud's clock returned .*: have it return nanoseconds"
        ):
            call()
    clock.now = time.time_ns()
    assert not cloud.queue("q").messages
    sqs.send_message(QueueUrl=url, MessageBody="x")
    assert cloud.queue("q").bodies == ["x"]


def test_a_clock_may_return_what_stands_for_an_integer():
    assert Cloud(clock=Clock(Whole())).clock.time_ns() == 7  # type: ignore[arg-type]
    assert type(Cloud(clock=Clock(True)).clock.time_ns()) is int  # type: ignore[arg-type]


def test_what_a_clock_raises_comes_out_and_the_next_call_works():
    class Failing(Clock):
        def time_ns(self) -> Any:
            if self.now is None:
                raise LookupError("no time")
            return self.now

    clock = Failing(time.time_ns())
    sqs = Cloud(clock=clock).client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    clock.now = None
    with pytest.raises(LookupError, match="no time"):
        sqs.send_message(QueueUrl=url, MessageBody="lost")
    clock.now = time.time_ns()
    sqs.send_message(QueueUrl=url, MessageBody="kept")
    assert [message["Body"] for message in sqs.receive_message(QueueUrl=url)["Messages"]] == ["kept"]


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: mock_aws(clok="virtual"), r"mock_aws\(\) takes no clok=; did you mean clock=\?"),
        (lambda: mock_aws("virtual"), r"mock_aws cannot decorate 'virtual': give it a function or a class"),
        (lambda: mock_aws(5), r"mock_aws cannot decorate 5"),
        (lambda: mock_aws(cloud="mine"), r"cloud='mine' is not a cloud: give a minicloud.Cloud"),
        (lambda: mock_aws(cloud=Cloud), r"is not a cloud: give a minicloud.Cloud"),
        (lambda: mock_aws(passthrough="s3"), r"passthrough=\('s3',\)"),
        (lambda: mock_aws(passthrough=5), r"passthrough=5: give a tuple of service names, such as \('s3',\)"),
        (lambda: mock_aws(passthrough=["s3", None]), r"give a tuple of service names"),
        (lambda: mock_aws(seed=1.5).start(), r"seed=1.5 is not a seed"),
        (lambda: mock_aws(clock=5).start(), r"clock=5 is not a clock"),
        (lambda: minicloud.VirtualClock("now"), r"'now' is not a point in time: give a datetime, such as"),
        (lambda: minicloud.FrozenClock(0), r"0 is not a point in time: give a datetime"),
        (lambda: Session(cloud="mine"), r"cloud='mine' is not a cloud: give a minicloud.Cloud"),
        (lambda: Cloud().client(5), r"minicloud has no service 5"),
        (
            lambda: Cloud().client("mainframe"),
            r"boto3's clients of others can be moto's, with mock_aws\(other='moto'\)",
        ),
        (lambda: Cloud().client(["sqs"]), r"minicloud has no service \['sqs'\]"),
        (lambda: Cloud().resource(None), r"minicloud has no resource None"),
        (lambda: Cloud().queue(5), r"5 is not the name of anything: give a name, a URL or an ARN as a string"),
        (lambda: Cloud().topic(None), r"None is not the name of anything"),
        (lambda: Cloud().stream(b"s"), r"b's' is not the name of anything"),
        (
            lambda: Cloud().client("sqss"),
            r"minicloud has no service 'sqss'; did you mean 'sqs'\? it emulates [a-z0-9, -]+; boto3's clients",
        ),
        (
            lambda: Cloud().faults.refuse(error="Throtling"),
            r"that minicloud knows .*; did you mean 'Throttling'\? name",
        ),
        (
            lambda: Cloud().faults.refuse(service="sqs", error="QueueDoesNotExists"),
            r"an error of sqs .*; did you mean 'QueueDoesNotExist'\?",
        ),
        (
            lambda: Cloud().faults.refuse("Throttling", evry=2),
            r"a fault takes no evry=; did you mean every=\? it takes ",
        ),
        (lambda: Cloud().faults.drop(times=2), r"a fault takes no times=: it takes service, operation, resource, "),
        (lambda: Cloud().faults.add("fault"), r"'fault' is not a fault: give Fault\(Refuse\(...\)\) or the like"),
    ],
    ids=named,
)
def test_other_arguments_that_cannot_work(make, text):
    with pytest.raises(UsageError, match=text):
        make()


def test_services_to_let_through_may_come_from_an_iterator():
    with mock_aws(passthrough=iter(["s3", "dynamodb"])):
        pass


def test_a_mock_that_could_not_begin_leaves_nothing_behind(monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    for _ in range(2):
        with pytest.raises(UsageError):
            mock_aws(account_id=5).start()
    assert "AWS_ACCESS_KEY_ID" not in os.environ
    with mock_aws(account_id="210987654321") as cloud:
        assert cloud.account_id == "210987654321"


# --- copies ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def used():
    cloud = Cloud(trace=True, clock="virtual")
    url = cloud.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    cloud.client("sns").create_topic(Name="t")
    cloud.client("kinesis").create_stream(StreamName="s", ShardCount=1)
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody="x")
    return cloud


STATEFUL = {
    "cloud": lambda cloud: cloud,
    "client": lambda cloud: cloud.client("sqs"),
    "asyncio client": lambda cloud: cloud.async_client("kinesis"),
    "resource": lambda cloud: cloud.resource("sqs"),
    "queue": lambda cloud: cloud.resource("sqs").Queue("https://sqs.us-east-1.amazonaws.com/123456789012/q"),
    "paginator": lambda cloud: cloud.client("sqs").get_paginator("list_queues"),
    "view of a queue": lambda cloud: cloud.queue("q"),
    "view of a topic": lambda cloud: cloud.topic("t"),
    "view of a stream": lambda cloud: cloud.stream("s"),
    "trace": lambda cloud: cloud.trace,
    "faults": lambda cloud: cloud.faults,
    "snapshot": lambda cloud: cloud.snapshot(),
    "clock": lambda cloud: cloud.clock,
    "in a dict": lambda cloud: {"settings": [cloud.client("sns")]},
}


@pytest.mark.parametrize("what", STATEFUL)
@pytest.mark.parametrize("do", [copy.deepcopy, pickle.dumps])
def test_what_leads_to_a_cloud_is_neither_pickled_nor_copied_deeply(used, what, do):
    with pytest.raises(UsageError, match=r"cannot be pickled or copied.*(use snapshot\(\)|make another one)"):
        do(STATEFUL[what](used))


@pytest.mark.parametrize("what", ["cloud", "client", "asyncio client"])
def test_nor_is_a_cloud_or_a_client_copied_at_all(used, what):
    with pytest.raises(UsageError, match="cannot be pickled or copied"):
        copy.copy(STATEFUL[what](used))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_in_no_protocol(used, protocol):
    for one in (used, used.client("sqs")):
        with pytest.raises(UsageError):
            pickle.dumps(one, protocol)


def test_copies_that_boto3_makes_can_be_made_here(used):
    session, queue = used.session(region_name="eu-west-1"), STATEFUL["queue"](used)
    assert copy.copy(queue) == queue
    assert copy.copy(queue).attributes["ApproximateNumberOfMessages"] == "1"
    for copied in (copy.copy(session), copy.deepcopy(session), copy.deepcopy({"session": session})["session"]):
        assert copied.region_name == "eu-west-1"
        copied.client("sqs").create_queue(QueueName=f"made-{id(copied)}")
    assert len(used.queues()) == 4


@pytest.mark.parametrize("do", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_what_is_data_can_be_copied(used, do):
    (message,) = used.queue("q").messages
    assert do(message) == message
    event = next(iter(used.trace))
    assert str(do(event)) == str(event)
    assert str(do(used.ledger)) == str(used.ledger)
    assert bool(do(used.check_history())) is True
    assert do(minicloud.Limits(rates=True)) == minicloud.Limits(rates=True)


def _never(*_: object) -> None:
    raise AssertionError("this ran in the other process")


def test_a_client_for_another_process_is_refused_before_it_starts(used):
    spawn = multiprocessing.get_context("spawn")
    process = spawn.Process(target=_never, args=(used.client("sqs"),))
    with pytest.raises(UsageError, match="in another process, make it there"):
        process.start()
    assert not process.is_alive()


def test_a_client_for_a_pool_of_processes_is_refused_and_the_pool_goes_on(used):
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        with pytest.raises(UsageError, match="in another process, make it there"):
            pool.submit(_never, used.client("sqs")).result(60)
        assert pool.submit(abs, -1).result(60) == 1


# --- minicloud.run inside of a loop ----------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [asyncio.run, minicloud.run])
def test_a_run_inside_of_a_loop_is_refused_and_nothing_is_left_unawaited(start):
    made = []

    async def inner() -> None:
        raise AssertionError("it ran")

    async def main() -> None:
        for given in (inner, inner()):
            with pytest.raises(UsageError, match=r"while an event loop runs in this thread.*await the coroutine there"):
                minicloud.run(given)
        made.append(await asyncio.to_thread(minicloud.run, asyncio.sleep(0, "in a thread of its own")))

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        start(main())
        gc.collect()
    assert made == ["in a thread of its own"]


@pytest.mark.parametrize("main", [None, 5, "main", lambda: 5], ids=["None", "5", "text", "plain function"])
def test_a_run_takes_an_async_function_or_a_coroutine(main):
    with pytest.raises(UsageError, match=r"minicloud.run\(\) runs an async function or a coroutine, not"):
        minicloud.run(main)


def test_a_run_that_cannot_make_its_cloud_leaves_no_coroutine():
    async def main() -> None:
        raise AssertionError("it ran")

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for options in ({"clock": "nonsense"}, {"seed": 1.5}, {"cloud": Cloud(), "seed": 1}):
            with pytest.raises(UsageError):
                minicloud.run(main(), **options)
        gc.collect()


# --- handlers without end --------------------------------------------------------------------------------------------


def test_handlers_that_call_each_other_without_end_are_named():
    with Cloud(clock="virtual", limits=Limits(invocations_per_call=100)) as cloud:
        sns = cloud.client("sns")
        called = []

        def handler_of(name: str, other: str) -> None:
            def handler(event: object, context: object) -> None:
                called.append(name)
                sns.publish(TopicArn=cloud.topic(other).arn, Message="again")

            topic = sns.create_topic(Name=name)["TopicArn"]
            sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=cloud.function(name, handler))

        handler_of("ping", "pong")
        handler_of("pong", "ping")
        with pytest.raises(UsageError, match=r"100 handlers have run for one call, .* in a circle: ping and pong\. "):
            sns.publish(TopicArn=cloud.topic("ping").arn, Message="first")
        assert called == ["ping", "pong"] * 50


def test_a_handler_s_own_recursion_stays_its_own():
    with Cloud(clock="virtual", trace=True) as cloud:
        sns = cloud.client("sns")
        topic = sns.create_topic(Name="t")["TopicArn"]

        def handler(event: object, context: object) -> None:
            handler(event, context)

        sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=cloud.function("f", handler))
        sns.publish(TopicArn=topic, Message="first")
        (failed,) = cloud.trace.of("lambda.failed")
        assert "maximum recursion depth exceeded" in failed.details["reason"]

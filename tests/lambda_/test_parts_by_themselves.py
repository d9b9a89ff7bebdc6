"""Functions and their events at their edges: states that only an interruption leaves, what is told in full."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from typing import Any

import pytest

import minicloud
from minicloud.exceptions import ClientError
from minicloud.services.lambda_ import constraints, errors
from minicloud.services.lambda_.async_queue import Step, accept
from minicloud.services.lambda_.invocation import Run
from minicloud.services.lambda_.results import Failure
from minicloud.services.lambda_.service import SERVICE

from .inside import facts, state_of

PLACE = "us-east-1:123456789012"
GONE = f"arn:aws:sqs:{PLACE}:gone"


# --- functions --------------------------------------------------------------------------------------------------------


def test_moments_to_the_millisecond(cloud: minicloud.Cloud) -> None:
    cloud.clock.advance(0.999)
    cloud.function("f", lambda *_: None)
    shown = cloud.client("lambda").get_function_configuration(FunctionName="f")
    assert shown["LastModified"] == "2026-01-01T00:00:00.999+0000"


def test_the_largest_client_context(cloud: minicloud.Cloud) -> None:
    """Of 3,583 bytes in base64, which never are as many: it comes in fours."""
    contexts: list[Any] = []
    cloud.function("f", lambda _, context: contexts.append(context.client_context.custom))
    invoke: Any = cloud.client("lambda").invoke
    for length in (2_685, 2_688):
        text = json.dumps({"custom": {"k": ""}})
        text = json.dumps({"custom": {"k": "x" * (length - len(text))}})
        encoded = b64encode(text.encode()).decode()
        if len(encoded) > 3_583:
            with pytest.raises(ClientError):
                invoke(FunctionName="f", ClientContext=encoded)
        else:
            invoke(FunctionName="f", ClientContext=encoded)
    assert len(contexts) == 1


def test_a_check_finds_what_is_not_as_it_would_be_derived(cloud: minicloud.Cloud) -> None:
    cloud.function("f", lambda *_: None)
    cloud.client("lambda").publish_version(FunctionName="f")
    state = state_of(cloud)
    state.check()
    state.functions["f"].next_version = 1
    with pytest.raises(AssertionError, match="and not"):
        state.check()
    state.functions["f"].policies["no such version"] = object()
    with pytest.raises(AssertionError, match="and not"):
        state.check()


def test_runs_that_are_not_sure_to_be_made_are_under_way_no_more_when_that_is_mended(cloud: minicloud.Cloud) -> None:
    """Nor are those that are over; a run whose outcome does not count yet is."""
    cloud.function("f", lambda *_: None, takes=2)
    cloud.client("lambda").invoke(FunctionName="f", InvocationType="Event")
    state, now = state_of(cloud), cloud.clock.time_ns()
    (run,) = state.running
    state.mend(now)
    assert list(state.running) == list(state.functions["f"].running) == [run]
    run.accepted = False
    state.mend(now)
    assert (list(state.running), list(state.functions["f"].running)) == ([], [])
    run.accepted, run.outcome = True, "success"
    state.running[run] = state.functions["f"].running[run] = None
    state.mend(now)
    assert (list(state.running), list(state.functions["f"].running)) == ([], [])


def test_a_timeout_that_was_interrupted_is_told_once(cloud: minicloud.Cloud) -> None:
    cloud.function("f", lambda *_: None, takes=9)
    cloud.client("lambda").invoke(FunctionName="f", InvocationType="Event")
    (run,) = state_of(cloud).running
    now = cloud.clock.time_ns()
    ended: list[Any] = []

    class Work:
        trigger = run.work.trigger
        about = run.work.about

        def ended(self, now: int, run: Any) -> None:
            ended.append((now, run.outcome))
            if len(ended) == 1:
                raise KeyboardInterrupt

    run.work = Work()
    with pytest.raises(KeyboardInterrupt):
        run._time_out(now)
    assert (run.outcome, run.happened) == ("timeout", False)
    run._time_out(now)
    assert (run.outcome, run.happened) == ("timeout", True)
    run._time_out(now)
    run._end(now)
    assert ended == [(now, "timeout")] * 2
    assert len(facts(cloud, "lambda.timed_out")) == 1
    assert [line for _, line in run.log_entries()].count(run.log_entries()[-1][1]) == 1


def held_run(cloud: minicloud.Cloud) -> Any:
    """A run whose handler has ended, and whose outcome does not count yet."""
    cloud.function("f", lambda *_: 1, takes=2)
    cloud.client("lambda").invoke(FunctionName="f", InvocationType="Event")
    (run,) = state_of(cloud).running
    return run


def test_an_end_that_was_interrupted_is_made_when_the_handler_is_told_of_again(cloud: minicloud.Cloud) -> None:
    run, now = held_run(cloud), cloud.clock.time_ns()
    run.outcome, run.ended = "success", now + 1
    run.complete(now + 2, "2", None)
    assert (run.happened, run.ended, run.payload) == (True, now + 1, "1")
    run.complete(now + 3, "3", None)
    assert (run.ended, run.payload) == (now + 1, "1")
    (told,) = facts(cloud, "lambda.succeeded")
    assert told["lasted"] == 1


def test_a_run_that_is_accepted_is_under_way(cloud: minicloud.Cloud) -> None:
    """Also where it was taken for one that would not be made; the second time nothing happens."""
    run, now = held_run(cloud), cloud.clock.time_ns()
    state = state_of(cloud)
    run.leave()
    run.accepted = False
    assert run.accept(now) is True
    assert (list(state.running), list(state.functions["f"].running)) == ([run], [run])
    run.leave()
    assert run.accept(now) is True
    assert (list(state.running), list(state.functions["f"].running)) == ([], [])
    assert (list(state.runs), run.number, state.functions["f"].runs_begun) == ([run], 1, 1)
    assert [one["under_way"] for one in facts(cloud, "lambda.invoked")] == [[1, 1, 1]] * 2


@pytest.mark.parametrize("assertions", ["fail", "retry"])
def test_what_a_handler_asserts_in_vain_fails_the_test_or_does_not(assertions: Any) -> None:
    def work(*_: Any) -> None:
        raise AssertionError("not so")

    cloud = minicloud.Cloud(clock="virtual")
    cloud.function("f", work, assertions=assertions)
    cloud.client("lambda").invoke(FunctionName="f", InvocationType="Event")
    if assertions == "fail":
        with pytest.raises(AssertionError, match="not so"):
            cloud.run_until_idle()
    else:
        cloud.run_until_idle()
    cloud.reset()


def test_what_holds_breaks_nothing() -> None:
    """Keys of tags, and weights of versions."""
    keys, weights = constraints._Keys(constraints.Text(1, 3)), constraints._Weights()
    assert [keys.holds(one) for one in ({}, {"a": ""}, {"abcd": ""}, {"a": "", "": ""})] == [True, True, False, False]
    shares: list[dict[str, float]] = [{}, {"1": 0.0, "2": 1.0}, {"1": 1.1}, {"a": 0.5}]
    assert [weights.holds(one) for one in shares] == [True, True, False, False]


def test_a_failure_of_the_runtime_in_words() -> None:
    assert str(Failure("Runtime.ExitError", "exit status 1")) == "Runtime.ExitError: exit status 1"


def test_what_a_handler_that_was_ended_has_raised(cloud: minicloud.Cloud) -> None:
    """It is what ended it that counts, where it raised nothing itself, or something else."""
    run, now = held_run(cloud), cloud.clock.time_ns()
    run.outcome, run._takes = "running", 0
    run.complete(now, None, ValueError("ended"))
    assert (run.outcome, run.function_error, run.reason) == ("error", "Unhandled", "ValueError: ended")


def test_a_run_that_was_ended_before_it_had_begun_is_made_once_more(cloud: minicloud.Cloud) -> None:
    """By an error of the interpreter's; what a handler raises of that kind is its own."""
    run, now = held_run(cloud), cloud.clock.time_ns()
    outbox: list[Any] = []
    engine: Any = cloud
    run.is_called, run.ending, run._takes = False, object(), 0
    kept, engine.world.outbox = engine.world.outbox, outbox
    try:
        run.complete(now, None, RuntimeError("can't start new thread"))
    finally:
        engine.world.outbox = kept
    assert (outbox, run.outcome, run.ending) == ([run], "running", None)


def test_tags_of_mappings(cloud: minicloud.Cloud) -> None:
    cloud.client("sqs").create_queue(QueueName="q")
    cloud.function("f", lambda *_: None)
    lambda_, uuid = cloud.client("lambda"), cloud.event_source_mapping("q", "f").uuid
    arn = f"arn:aws:lambda:{PLACE}:event-source-mapping:{uuid}"
    lambda_.tag_resource(Resource=arn, Tags={"a": "b", "c": "d"})
    lambda_.untag_resource(Resource=arn, TagKeys=["a"])
    assert lambda_.list_tags(Resource=arn)["Tags"] == {"c": "d"}
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        lambda_.list_tags(Resource=arn.replace("east", "west"))


def test_what_waiters_say_of_the_state_that_they_saw() -> None:
    """Which no function here is in: after the answer that makes it, it is active."""
    said = {name: [one.explanation for one in waiter.acceptors] for name, waiter in SERVICE.waiters.items()}
    assert said["function_active_v2"][1:] == [
        f'For expression "Configuration.State" we matched expected path: "{state}"' for state in ("Failed", "Pending")
    ]
    assert said["function_updated"][1] == 'For expression "LastUpdateStatus" we matched expected path: "Failed"'


def test_what_is_reserved_when_a_handler_is_given_to_a_function_that_there_is(cloud: minicloud.Cloud) -> None:
    """Whoever asked before notwithstanding."""
    client = cloud.client("lambda")
    cloud.function("f", lambda *_: None)
    unreserved = [client.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"]]
    for reserved in (7, 9):
        cloud.function("f", lambda *_: None, reserved_concurrency=reserved)
        unreserved.append(client.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"])
    assert unreserved == [1_000, 993, 991]


@pytest.mark.parametrize("length", [116, 117])
def test_what_has_led_to_a_run_that_lasts_is_told_in_full_up_to_120_characters(length: int) -> None:
    cloud = minicloud.Cloud(clock="virtual")
    sns = cloud.client("sns")
    name = "t" * length
    topic = sns.create_topic(Name=name)["TopicArn"]
    arn = cloud.function("f", lambda *_: None, takes=2, reserved_concurrency=1)
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)
    sns.publish(TopicArn=topic, Message="m")
    sns.publish(TopicArn=topic, Message="m")
    shown = f"sns:{name}" if length == 116 else None
    run, *events = state_of(cloud).owed(cloud.clock.time_ns())
    if shown:
        assert run == f"a run of f for {shown}"
        assert events == [f"an event of f from {shown}, {how}" for how in ("attempt 1", "not tried yet")]
    else:
        assert f"sns:{name}" not in run + "".join(events)
        assert all(f"sns:{name[:100]}" in text for text in (run, *events))


def test_a_call_that_is_abandoned_waits_no_more(cloud: minicloud.Cloud) -> None:
    cloud.function("f", lambda *_: 1, takes=2)
    engine: Any = cloud

    async def main() -> None:
        invoke = cloud.async_client("lambda").invoke
        task = asyncio.ensure_future(invoke(FunctionName="f"))
        for _ in range(5):
            await asyncio.sleep(0)
        assert len(engine.world.waiters) == 1
        begun = cloud.clock.now()
        task.cancel()
        for _ in range(5):
            await asyncio.sleep(0)
        assert (task.cancelled(), cloud.clock.now(), len(engine.world.waiters)) == (True, begun, 0)

    minicloud.run(main(), cloud=cloud)
    cloud.run_until_idle()
    assert cloud.invocations.last.outcome == "success"


QUEUE, MACHINE = f"arn:aws:sqs:{PLACE}:q", f"arn:aws:states:{PLACE}:stateMachine:m"


@pytest.mark.parametrize(
    ("on_success", "on_failure", "shown"),
    [
        (MACHINE, None, f"onSuccess=OnSuccess(destination={MACHINE}), onFailure=null"),
        (None, MACHINE, f"onSuccess=null, onFailure=OnFailure(destination={MACHINE})"),
        (QUEUE, MACHINE, f"onSuccess=OnSuccess(destination={QUEUE}), onFailure=OnFailure(destination={MACHINE})"),
    ],
)
def test_destinations_that_cannot_be(
    cloud: minicloud.Cloud, on_success: str | None, on_failure: str | None, shown: str
) -> None:
    """Both are quoted, whichever is wrong."""
    cloud.function("f", lambda *_: None)
    given = {"OnSuccess": on_success, "OnFailure": on_failure}
    config: Any = {when: {"Destination": arn} for when, arn in given.items() if arn is not None}
    with pytest.raises(ClientError) as caught:
        cloud.client("lambda").put_function_event_invoke_config(FunctionName="f", DestinationConfig=config)
    text = f"The provided destination config DestinationConfig({shown}) is invalid."
    assert caught.value.response["Error"]["Message"] == text


def test_a_waiter_for_a_function_goes_on_while_there_is_none() -> None:
    """And is ended by any other error."""
    success, retry = SERVICE.waiters["function_exists"].acceptors
    missing, other = (errors.make_error(name, "text") for name in ("ResourceNotFoundException", "ServiceException"))
    seen = [(None, missing), (None, other), ({}, None)]
    assert [success.matches(*one) for one in seen] == [False, False, True]
    assert [retry.matches(*one) for one in seen] == [True, False, False]


# --- asynchronous events ----------------------------------------------------------------------------------------------


def lost_records(cloud: minicloud.Cloud, **config: Any) -> list[tuple[int, int]]:
    """Attempts and steps that are told of an event whose record nobody gets."""
    client: Any = cloud.client("lambda")
    destination = {"OnFailure": {"Destination": GONE}, "OnSuccess": {"Destination": GONE}}
    client.put_function_event_invoke_config(FunctionName="f", DestinationConfig=destination, **config)
    client.invoke(FunctionName="f", InvocationType="Event")
    cloud.run_until_idle()
    return [(one["attempt"], one["steps"]) for one in facts(cloud, "lambda.lost")]


def test_how_many_steps_are_behind_an_event_that_was_never_run(cloud: minicloud.Cloud) -> None:
    cloud.function("f", lambda *_: None, reserved_concurrency=0)
    assert lost_records(cloud) == [(0, 1)]


def test_how_many_steps_are_behind_an_event_that_has_got_too_old(cloud: minicloud.Cloud) -> None:
    """It was throttled, after 1 s, after 2 s more, and so on; at last it is a minute old."""
    cloud.function("f", lambda *_: None, reserved_concurrency=1, takes=100, timeout=200)
    cloud.client("lambda").invoke(FunctionName="f", InvocationType="Event")
    assert lost_records(cloud, MaximumEventAgeInSeconds=60)[0] == (0, 7)


def test_a_dead_letter_goes_where_the_version_says_that_was_run(cloud: minicloud.Cloud) -> None:
    """Whatever the function says by now."""
    for name in ("old", "new"):
        cloud.client("sqs").create_queue(QueueName=name)
    client = cloud.client("lambda")
    cloud.function("f", lambda *_: 1 // 0)
    for name in ("old", "new"):
        client.update_function_configuration(FunctionName="f", DeadLetterConfig={"TargetArn": cloud.queue(name).arn})
        if name == "old":
            client.publish_version(FunctionName="f")
    client.invoke(FunctionName="f", Qualifier="1", InvocationType="Event", Payload=b'"of 1"')
    client.invoke(FunctionName="f", InvocationType="Event", Payload=b'"of the latest"')
    cloud.run_until_idle()
    assert [cloud.queue(name).bodies for name in ("old", "new")] == [['"of 1"'], ['"of the latest"']]


def test_an_event_that_is_taken_twice_is_one(cloud: minicloud.Cloud) -> None:
    """Where that was interrupted: it is there, and the step that was made is not made again."""
    cloud.function("f", lambda *_: 1, takes=2)
    cloud.client("lambda").invoke(FunctionName="f", InvocationType="Event")
    state, now = state_of(cloud), cloud.clock.time_ns()
    (delivery, event), *_ = state.functions["f"].events.pending.items()
    accept(now, delivery, resolved=state.functions["f"].unqualified)
    assert list(state.functions["f"].events.pending.values()) == [event]
    assert (event.steps, event.attempts, len(state.running)) == (1, 1, 1)
    event.go_on(2, now)
    assert (event.steps, len(state.running)) == (1, 1)
    cloud.run_until_idle()
    assert len(cloud.invocations) == 1


def test_pauses_of_what_is_throttled_double_up_to_five_minutes(cloud: minicloud.Cloud) -> None:
    """And are those of a first time when it has been run."""
    cloud.function("f", lambda *_: 1 // 0, reserved_concurrency=1, takes=899, timeout=900)
    begun = cloud.clock.now()
    for _ in range(2):
        cloud.client("lambda").invoke(FunctionName="f", InvocationType="Event")
    cloud.clock.advance(960 + 512)
    _, *second = cloud.invocations
    asked = [((run.started - begun).total_seconds(), run.outcome) for run in second]
    throttled = [0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811]
    assert asked[:11] == [(when, "throttled") for when in throttled]
    (first_again,) = [when for when, outcome in asked[11:] if outcome == "running"]
    assert first_again == 959  # the first event's second attempt
    assert [when for when, outcome in asked[11:] if outcome == "throttled"] == [1_111, 1_411]


def test_a_throttle_that_was_interrupted_is_told_once(cloud: minicloud.Cloud) -> None:
    """That of the same request at the same moment; another one is another."""
    cloud.function("f", lambda *_: 1, takes=2)
    invoke: Any = cloud.client("lambda").invoke
    invoke(FunctionName="f", InvocationType="Event")
    state, now = state_of(cloud), cloud.clock.time_ns()
    state.functions["f"].reserved_concurrency = 1
    (first,) = state.runs
    for request_id, moment in (("a", now), ("a", now), ("b", now), ("b", now + 1), ("b", now + 1)):
        run = Run(state.functions["f"].unqualified, first.work, request_id=request_id)
        assert run.start(moment) is False
        assert (run.outcome, run.ended) == ("throttled", moment)
    assert [(run.request_id, run.ended - now) for run in list(state.runs)[1:]] == [("a", 0), ("b", 0), ("b", 1)]
    assert [one["request_id"] for one in facts(cloud, "lambda.throttled")] == ["a", "b", "b"]


def test_an_end_that_comes_late_is_that_of_no_attempt(cloud: minicloud.Cloud) -> None:
    """Where an end was interrupted when the next attempt was on the timeline, which has been made since."""
    cloud.function("f", lambda *_: 1 / 0)
    cloud.client("lambda").invoke(FunctionName="f", InvocationType="Event")
    (event,) = state_of(cloud).functions["f"].events.pending.values()
    first = cloud.invocations.last
    run = state_of(cloud).runs[-1]
    cloud.clock.advance(60)
    assert (event.attempts, event.steps, first.attempt) == (2, 2, 1)
    retried = len(facts(cloud, "lambda.retried"))
    event.ended(cloud.clock.time_ns(), run)  # its cause is not known any more
    run.cause = run_cause = Step(event, 0)
    event.ended(cloud.clock.time_ns(), run)
    assert [run_cause.happened, Step(event, 1).happened, Step(event, 2).happened] == [True, True, False]
    assert (len(facts(cloud, "lambda.retried")), event.steps) == (retried, 2)
    assert facts(cloud, "lambda.given_up") == []
    cloud.run_until_idle()
    assert [one["attempt"] for one in facts(cloud, "lambda.invoked")] == [1, 2, 3]

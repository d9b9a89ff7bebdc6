"""Faults of runs of functions: throttled, dead, too slow; whoever had them run."""

from __future__ import annotations

import json
import re

import pytest

from minicloud import UsageError
from minicloud.faults import Crash, Delay, Drop, Fault, Throttle, TimeOut


@pytest.fixture
def ran(cloud):
    """The events that the handlers of ``bill`` and ``ship`` have had."""
    events = []
    for name in ("bill", "ship"):
        cloud.function(name, lambda event, context: events.append((context.function_name, event)))
    return events


@pytest.fixture
def invoke(cloud):
    """Runs a function: the type of the error, or None."""
    client = cloud.client("lambda")

    def run(name="bill", event=1):
        answer = client.invoke(FunctionName=name, Payload=json.dumps(event))
        payload = json.loads(answer["Payload"].read())
        return payload["errorType"] if "FunctionError" in answer else None

    return run


def test_a_run_dies_before_its_handler_or_after(cloud, ran, invoke):
    before = cloud.faults.crash(function="bill", nth=1)
    after = cloud.faults.add(Fault(Crash(after=True), function="bill", nth=1))
    assert [invoke(), invoke(), invoke(), invoke("ship")] == ["Runtime.ExitError", "Runtime.ExitError", None, None]
    assert ran == [("bill", 1), ("bill", 1), ("ship", 1)]  # the first handler was not called, the second was
    assert [(fault.seen, fault.fired) for fault in (before, after)] == [(3, 1), (2, 1)]
    run = cloud.invocations[0]
    text = f"RequestId: {run.request_id} Error: Runtime exited with error: signal: killed"
    assert run.result == {"errorType": "Runtime.ExitError", "errorMessage": text}
    assert [event.resource for event in cloud.trace.of("fault.fired")] == ["bill", "bill"]


def test_a_run_that_takes_too_long_or_longer(cloud, ran, invoke):
    cloud.faults.time_out(function="bill", nth=1)
    cloud.faults.delay(2, function="bill", nth=1)
    assert [invoke(), invoke(), invoke()] == ["Sandbox.Timedout", None, None]
    assert [run.duration for run in cloud.invocations] == [3, 2, 0]
    assert len(ran) == 3


def test_a_run_that_is_throttled(cloud, ran, invoke):
    client = cloud.client("lambda")
    cloud.faults.throttle(function="arn:aws:lambda:us-east-1:123456789012:function:bill", first=3)
    with pytest.raises(client.exceptions.TooManyRequestsException):
        invoke()
    client.invoke(FunctionName="bill", InvocationType="Event", Payload=b"2")
    assert ran == []
    cloud.clock.advance(3)
    assert ran == [("bill", 2)]
    assert [run.outcome for run in cloud.invocations] == ["throttled", "throttled", "throttled", "success"]


def test_a_batch_whose_success_is_lost_comes_again(cloud):
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="orders", Attributes={"VisibilityTimeout": "30"})["QueueUrl"]
    billed = []
    cloud.function("bill", lambda event, _: billed.extend(record["body"] for record in event["Records"]))
    cloud.event_source_mapping("orders", "bill")
    cloud.faults.add(Fault(Crash(after=True), function="bill", nth=1))
    sqs.send_message(QueueUrl=url, MessageBody="7")
    cloud.clock.advance(60)
    assert billed == ["7", "7"]
    cloud.assert_empty("orders")


def test_any_function_and_chances(cloud, ran, invoke):
    cloud.faults.add(Fault(TimeOut(), probability=0.5))
    seen = [invoke() for _ in range(20)]
    assert 0 < seen.count("Sandbox.Timedout") < 20
    cloud.faults.clear()
    assert invoke() is None
    cloud.faults.throttle(optional=True)
    assert repr(Fault(Throttle(), function="bill")) == "Fault(Throttle(), function='bill') <seen 0, fired 0>"


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            lambda: Fault(Drop(), function="bill"),
            "Drop() does not happen to runs of functions: give Throttle(), Crash()",
        ),
        (
            lambda: Fault(Crash(), operation="Invoke"),
            "Crash(after=False) happens to runs of a function: choose them with",
        ),
        (
            lambda: Fault(Delay(1), function="f", resource="q"),
            "happens to runs of a function: choose them with function=",
        ),
        (lambda: Crash(after="yes"), "after='yes' does not say when a run dies: give True or False"),
    ],
)
def test_misuse_says_what_to_give(make, text):
    with pytest.raises(UsageError, match=re.escape(text)):
        make()

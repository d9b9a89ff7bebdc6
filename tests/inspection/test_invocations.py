"""``cloud.function``, ``cloud.invocations`` and ``cloud.assert_invoked``."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

import minicloud
from minicloud import UsageError

ARN = "arn:aws:lambda:us-east-1:123456789012:function:"


@pytest.fixture(autouse=True)
def _in_virginia(monkeypatch):
    """The ARNs below are of us-east-1, in whatever region whoever runs the tests works."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.fixture
def billed(cloud):
    """A cloud whose function has been run three times, once in vain."""

    def bill(event, context):
        if event["order"] == 8:
            raise ValueError("no such order")
        return event["order"]

    cloud.function("bill", bill)
    for order in (7, 8, 9):
        cloud.client("lambda").invoke(FunctionName="bill", Payload=json.dumps({"order": order, "lines": [1]}))
        cloud.clock.advance(1)
    return cloud


def test_what_was_run_is_a_sequence(billed):
    runs = billed.invocations
    assert [run.event["order"] for run in runs] == [7, 8, 9]
    assert [run.result for run in runs if run.outcome == "success"] == [7, 9]
    assert (len(runs), len(runs[1:]), runs[-1].event["order"]) == (3, 2, 9)
    assert [run.event["order"] for run in runs.failed] == [8]
    assert (runs.last.function, runs.last.arn, runs.last.version) == ("bill", f"{ARN}bill", "$LATEST")
    assert runs.last.started == datetime(2026, 1, 1, 0, 0, 2, tzinfo=UTC)
    assert repr(runs) == "<3 invocations>"
    assert repr(runs[1]) == "<bill at 00:00:01.000 for invoke: error>"
    assert len(runs.of("bill")) == len(runs.of(f"{ARN}bill")) == 3
    runs.last.event["order"] = "spoilt"
    assert runs.last.event["order"] == 9
    runs.clear()
    assert list(runs) == []
    assert runs.of("bill") == []
    with pytest.raises(UsageError, match="no function of this cloud has been run yet"):
        _ = runs.last
    with pytest.raises(UsageError, match=re.escape("there is no function 'bil' in this cloud: did you mean 'bill'?")):
        runs.of("bil")


def test_they_are_kept_without_a_trace_and_over_accounts_and_regions():
    with minicloud.Cloud(clock="virtual", trace=False) as cloud:
        assert list(cloud.invocations) == []
        arns = [cloud.function("f", lambda *_: None)]
        arns.append(cloud.function("arn:aws:lambda:eu-west-1:999999999999:function:f", lambda *_: None))
        cloud.client("lambda", "eu-west-1", account_id="999999999999").invoke(FunctionName="f")
        cloud.client("lambda").invoke(FunctionName="f")
        assert [run.arn for run in cloud.invocations] == arns[::-1]
        assert len(cloud.invocations.of("f")) == 2
        assert len(cloud.invocations.of(arns[0])) == 1
        cloud.reset()
        assert len(cloud.invocations) == 0


def test_a_function_that_is_there_gets_the_handler(cloud):
    client = cloud.client("lambda")
    cloud.function("bill", lambda *_: 1, timeout=7, memory=256, environment={"STAGE": "dev"}, reserved_concurrency=3)
    configuration = client.get_function(FunctionName="bill")
    assert configuration["Configuration"]["Timeout"] == 7
    assert configuration["Configuration"]["MemorySize"] == 256
    assert configuration["Configuration"]["Environment"] == {"Variables": {"STAGE": "dev"}}
    assert configuration["Concurrency"] == {"ReservedConcurrentExecutions": 3}
    cloud.function("bill", lambda *_: 2)
    assert client.invoke(FunctionName="bill")["Payload"].read() == b"2"
    assert client.get_function(FunctionName="bill")["Configuration"]["Timeout"] == 7


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"timeout": 0}, "timeout=0 of the function 'f': give seconds, up to 900"),
        ({"timeout": "3"}, "timeout='3' of the function 'f': give seconds, up to 900"),
        ({"timeout": True}, "timeout=True of the function 'f': give seconds, up to 900"),
        ({"timeout": 900.5}, "timeout=900.5 of the function 'f': give seconds, up to 900"),
        ({"takes": -0.5}, "takes=-0.5 of the function 'f': give seconds, or a callable that takes the event"),
        ({"takes": "1"}, "takes='1' of the function 'f': give seconds, or a callable that takes the event"),
        ({"takes": True}, "takes=True of the function 'f': give seconds, or a callable that takes the event"),
        ({"reserved_concurrency": 1.5}, "reserved_concurrency=1.5 of the function 'f': give a number of runs"),
        ({"takes": -1}, "takes=-1 of the function 'f': give seconds, or a callable that takes the event"),
        ({"memory": 1.5}, "memory=1.5 of the function 'f': give megabytes"),
        ({"reserved_concurrency": -1}, "reserved_concurrency=-1 of the function 'f': give a number of runs"),
        ({"assertions": "ignore"}, "assertions='ignore' of the function 'f': give \"fail\" or \"retry\""),
        ({"environment": {"A": 1}}, "environment={'A': 1} of the function 'f': give names and values as strings"),
        ({"environment": "A=1"}, "environment='A=1' of the function 'f': give names and values as strings"),
        (
            {"name": "a b"},
            "'a b' is not the name of a function: it has up to 64 letters, digits, hyphens and underscores",
        ),
        (
            {"name": "arn:aws:sqs:us-east-1:123456789012:f"},
            "is not a function: give a name, or an ARN such as arn:aws:lambda:…:function:name",
        ),
        *(
            (
                {"name": f"arn:aws:lambda:{rest}"},
                "is not a function: give a name, or an ARN such as arn:aws:lambda:…:function:name",
            )
            for rest in (
                "us-east-1:123456789012:f",
                "us-east-1:123456789012:function:f:1:2",
                ":123456789012:function:f",
                "us-east-1::function:f",
                "us-east-1:123456789012:layer:f",
            )
        ),
        (
            {"handler": "app.f"},
            "'app.f' cannot be the handler of function 'f': give a callable that takes (event, context)",
        ),
    ],
)
def test_misuse_says_what_to_give(cloud, wrong, text):
    given = {"name": "f", "handler": lambda *_: None, **wrong}
    with pytest.raises(UsageError, match=re.escape(text) + "$"):
        cloud.function(given.pop("name"), given.pop("handler"), **given)


@pytest.mark.parametrize("qualifier", ["", ":live"])
def test_an_arn_says_where_a_function_is(cloud, qualifier):
    arn = "arn:aws:lambda:eu-west-1:210987654321:function:f"
    assert cloud.function(arn + qualifier, lambda *_: None) == arn + qualifier
    theirs = cloud.session(region_name="eu-west-1", aws_account_id="210987654321").client("lambda")
    assert theirs.get_function(FunctionName="f")["Configuration"]["FunctionArn"] == arn
    assert cloud.function("f", lambda *_: None) == arn.replace("210987654321", cloud.account_id).replace(
        "eu-west-1", cloud.region_name
    )


@pytest.mark.parametrize("takes", ["1", -1, None, float("nan")])
def test_what_takes_returns_is_a_time(cloud, takes):
    cloud.function("f", lambda *_: None, takes=lambda _: takes)
    text = f"takes= of the function 'f' returned {takes!r}: have it return seconds"
    with pytest.raises(UsageError, match=f"{re.escape(text)}$"):
        cloud.client("lambda").invoke(FunctionName="f")


def test_a_run_may_take_for_ever_which_is_too_long(cloud):
    cloud.function("f", lambda *_: None, timeout=5, takes=float("inf"))
    cloud.client("lambda").invoke(FunctionName="f")
    assert (cloud.invocations.last.outcome, cloud.invocations.last.duration) == ("timeout", 5)


def test_a_run_of_a_deleted_function_goes_on_and_is_owed(cloud):
    client, sqs = cloud.client("lambda"), cloud.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    cloud.function("f", lambda *_: None, timeout=20, takes=10)
    cloud.event_source_mapping("q", "f")
    sqs.send_message(QueueUrl=url, MessageBody="m")
    client.delete_function(FunctionName="f")
    with pytest.raises(AssertionError, match="a run of f for sqs:q"):
        cloud.run_until_idle(limit=5)
    assert cloud.run_until_idle() == timedelta(seconds=10)
    assert (cloud.invocations.last.outcome, len(cloud.queue("q").messages)) == ("success", 0)


def test_what_was_run_is_asserted(billed):
    (run,) = billed.assert_invoked("bill", {"order": 9, "lines": [1]}, outcome="success")
    assert run.result == 9
    assert len(billed.assert_invoked("bill", times=3)) == 3
    assert len(billed.assert_invoked("bill", lambda event: event["order"] > 7, times=2)) == 2
    assert len(billed.assert_invoked(f"{ARN}bill", minicloud.matching({"lines": [1]}), outcome="error")) == 1
    billed.assert_invoked("bill", {"order": 10}, times=0)


def test_an_assertion_that_fails_says_what_was_nearest(billed):
    with pytest.raises(AssertionError) as caught:
        billed.assert_invoked("bill", {"order": 9, "lines": [2]}, outcome="success")
    lines = str(caught.value).splitlines()
    assert lines[0] == "bill was not run with event={'order': 9, 'lines': [2]}, outcome='success'"
    assert lines[1] == "3 runs unlike it, the nearest first:"
    assert lines[2].endswith(" at 00:00:02.000 for invoke: success, event {'order': 9, 'lines': [1]}")
    assert lines[3].strip().startswith("event")
    assert any("error (ValueError('no such order'))" in line for line in lines)
    with pytest.raises(
        AssertionError, match="expected 1 run of bill with outcome='success', 2 were\n2 runs like that:"
    ):
        billed.assert_invoked("bill", outcome="success", times=1)
    billed.invocations.clear()
    with pytest.raises(AssertionError, match=r"^bill was not run: it has not been run at all$"):
        billed.assert_invoked("bill")


def test_misuse_of_an_assertion(billed):
    with pytest.raises(UsageError, match="outcome='ok' is not an outcome"):
        billed.assert_invoked("bill", outcome="ok")
    with pytest.raises(UsageError, match="times=-1 is not a count"):
        billed.assert_invoked("bill", times=-1)
    with pytest.raises(UsageError, match="there is no function 'ship' in this cloud"):
        billed.assert_invoked("ship")

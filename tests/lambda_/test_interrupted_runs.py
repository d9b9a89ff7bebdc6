"""Runs into which an exception comes: whatever led to one has happened as a whole or not at all, and so has its end.

A handler that something came into has failed, and one that had not been called yet is called (``support/strikes``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.support import strikes
from tests.support.strikes import FORMS, Form, Row

pytestmark = pytest.mark.stress

_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_HANDLERS = re.compile(
    r"engine/(errands|handlers|function_runs|run_capture|turns|clock)|core/e(ffects|rrands)|lambda_/(results|inv)"
)


class World(strikes.World):
    """A cloud with functions that succeed, fail and last, and where their events end."""

    LONG = 600

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.client: Any = self.cloud.client("lambda")
        self.sqs: Any = self.cloud.client("sqs")
        self.called: list[str] = []
        self.sqs.create_queue(QueueName="done")
        self.sqs.create_queue(QueueName="failed")
        destinations = {kind: {"Destination": self.cloud.queue(name).arn} for kind, name in _DESTINATIONS.items()}
        for name, errors, settings in (
            ("good", 0, {}),
            ("bad", 9, {}),
            ("once", 1, {}),
            ("slow", 0, {"takes": 2}),
            ("late", 0, {"takes": 20}),
            ("never", 0, {"reserved_concurrency": 0}),
            ("one", 0, {"reserved_concurrency": 1, "takes": 2}),
        ):
            self.cloud.function(name, self._handler(name, errors), **settings)
            self.client.put_function_event_invoke_config(FunctionName=name, DestinationConfig=destinations)

    def _handler(self, name: str, errors: int) -> Callable[..., Any]:
        ahead = [ValueError("not yet")] * errors

        def handle(event: Any, _: object) -> Any:
            self.called.append(name)
            if ahead:
                raise ahead.pop()
            return event

        return handle

    def send(self, *names: str) -> None:
        for name in names:
            self.client.invoke(FunctionName=name, InvocationType="Event", Payload=json.dumps([name]))

    def invoke(self, name: str) -> None:
        self.client.invoke(FunctionName=name, Payload="[1]")

    def look(self) -> Any:
        # Without times: what was to be run when a move of the clock was interrupted is run when it goes on.
        self.cloud.clock.advance(0)  # who was to be called, and is not yet
        runs = [(run.function, run.trigger, run.outcome, run.attempt, run.duration) for run in self.cloud.invocations]
        records = {
            name: [
                {key: value for key, value in json.loads(body).items() if key not in ("responsePayload", "timestamp")}
                for body in self.cloud.queue(name).bodies
            ]
            for name in _DESTINATIONS.values()
        }
        return json.loads(_IDS.sub("id", json.dumps([runs, records, self._engine_sees()])))

    def _engine_sees(self) -> Any:
        engine: Any = self.cloud
        (service,) = engine.services("lambda")
        functions = service.functions.values()
        return [
            [
                one.name,
                len(one.running),
                [] if one.events is None else [event.steps for event in one.events.pending.values()],
            ]
            for one in functions
        ]

    def picture(self) -> dict[str, Any]:
        return {**super().picture(), "called": sorted(self.called)}

    def check(self) -> None:
        engine: Any = self.cloud
        assert not engine.world.waiters
        for service in engine.services("lambda"):
            service.check()


_DESTINATIONS = {"OnSuccess": "done", "OnFailure": "failed"}


def is_in_a_handler(place: str, seen: dict[str, Any], allowed: list[dict[str, Any]]) -> bool:
    """Whether a handler may have been called there: that run has failed, whatever the handler did."""
    called = {handler for one in allowed for handler in one["called"]}
    return _HANDLERS.search(place) is not None and "called" in seen and set(seen["called"]) <= called


def nothing(_: World) -> None:
    pass


def in_the_end(w: World) -> Any:
    """What is to be seen when a caller does not wait for a run that lasts: it goes on all the same."""
    seen = w.picture()
    return {"later": seen["later"], "called": seen["called"]}


def without_durations(w: World) -> Any:
    """What is to be seen when what was to be run then is run later, as the move of the clock was interrupted."""
    seen = in_the_end(w)
    seen["later"][0] = sorted(run[:4] for run in seen["later"][0])
    return seen


def published(w: World) -> None:
    sns = w.cloud.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    for name in ("good", "once", "never"):
        arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
        sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)
    w.kept = topic


def to_topic(w: World) -> None:
    sns = w.cloud.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    for name in ("done", "failed"):
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=w.cloud.queue(name).arn,
                      Attributes={"RawMessageDelivery": "true"})  # fmt: skip
    destination = {"OnSuccess": {"Destination": topic}}
    w.client.put_function_event_invoke_config(FunctionName="good", DestinationConfig=destination)


ROWS: dict[str, Row[World]] = {
    "invoke": Row(nothing, lambda w: w.invoke("good")),
    "invoke what fails": Row(nothing, lambda w: w.invoke("bad")),
    "invoke what lasts": Row(nothing, lambda w: w.invoke("slow"), judge=in_the_end),
    "invoke what lasts too long": Row(nothing, lambda w: w.invoke("late"), judge=in_the_end),
    "an event": Row(nothing, lambda w: w.send("good")),
    "an event of what fails": Row(nothing, lambda w: w.send("bad")),
    "an event of what has no concurrency": Row(nothing, lambda w: w.send("never")),
    "an event that is throttled": Row(lambda w: w.send("one"), lambda w: w.send("one")),
    "an event whose record goes to a topic": Row(to_topic, lambda w: w.send("good")),
    "time passes over retries": Row(
        lambda w: w.send("bad", "once"), lambda w: w.cloud.clock.advance(200), again=True, judge=without_durations
    ),
    "runs that last come to their end": Row(
        lambda w: w.send("slow", "late"), lambda w: w.cloud.clock.advance(4), again=True
    ),
    "time passes over throttles": Row(
        lambda w: w.send("one", "one"), lambda w: w.cloud.clock.advance(3), again=True, judge=without_durations
    ),
    "a publication": Row(
        published, lambda w: w.cloud.client("sns").publish(TopicArn=w.kept, Message="m")
    ),
    "a handler is registered": Row(nothing, lambda w: w.cloud.function("new", w._handler("new", 0), takes=1)),
    "invocations are forgotten": Row(lambda w: w.send("good"), lambda w: w.cloud.invocations.clear()),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("name", ROWS)
def test_an_interrupted_run_has_happened_or_has_not(name: str, form: Form) -> None:
    wrong = form.wrong_places(ROWS[name], World, is_in_a_handler)
    assert not wrong, "\n".join(wrong)

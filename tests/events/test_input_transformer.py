"""What a target gets instead of the event: Input, InputPath, InputTransformer; by the recordings of AWS."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import minicloud

from .support import PLACE, entry, rule_to

DETAIL: Any = {
    "payload": {"acc_id": "0a", "sf_id": "baz"},
    "userId": "0a",
    "n": 101.5,
    "big": 300,
    "yes": True,
    "null": None,
    "list": ["ACTIVE", "INACTIVE"],
    "one": ["HIGH"],
    "quoted": 'say "hi"',
    "é": "ü",
}
PATHS = {name.replace("é", "e"): f"$.detail.{name}" for name in DETAIL} | {"gone": "$.detail.no", "source": "$.source"}
NOTHING = None
WHY_NOT = (
    "a variable cannot be a key|the input is not JSON when it is filled in: .+|"
    "the template is neither a JSON object nor quoted text"
)


def deliver(cloud: minicloud.Cloud, events: Any, sqs: Any, **target: Any) -> str | None:
    sqs.create_queue(QueueName="q")
    rule_to(events, cloud.queue("q").arn, **target)
    events.put_events(Entries=[entry(DETAIL)])
    bodies = cloud.queue("q").bodies
    return bodies[0] if bodies else NOTHING


@pytest.mark.parametrize(
    ("template", "body"),
    [
        # objects
        (
            '{"id": <userId>, "p": "users/<userId>", "all": <payload>}',
            '{"id":"0a","p":"users/0a","all":{"acc_id":"0a","sf_id":"baz"}}',
        ),
        (
            '\n { "a" : [<n>, <big>, <yes>, <null>], "b": "<n>-<yes>-<userId><userId>", "c": "<userId>" }',
            '{"a":[101.5,300,true,null],"b":"101.5-true-0a0a","c":"0a"}',
        ),
        ('{"a": "<e>", "b": <e>, "c": <quoted>}', '{"a":"ü","b":"ü","c":"say \\"hi\\""}'),
        ('{"a": <gone>, "b": "x<gone>y"}', '{"a":"","b":"xy"}'),
        ('{"a": "\\"<userId>\\""}', '{"a":"\\"0a\\""}'),
        ('{"a": "<userId>: \\"<userId>\\": b", "b": {"c": <n>}}', '{"a":"0a: \\"0a\\": b","b":{"c":101.5}}'),
        ("{<userId>: 1}", NOTHING),
        ('{"a": {"n-<n>" : 1}}', NOTHING),
        ('{"a": "<list>"}', NOTHING),
        ('{"a": "<payload>"}', NOTHING),
        ('{"a": "<quoted>"}', NOTHING),
        ('{"a": <userId>', NOTHING),
        # quoted lines
        ('"Payload of <payload> for <userId>"', '"Payload of {acc_id:0a,sf_id:baz} for 0a"'),
        ('"<list> <one> <yes> <n>"', '"[ACTIVE,INACTIVE] [HIGH] true 101.5"'),
        ('"<gone> system account id"', '" system account id"'),
        ('"<userId> first"\n"<source> second"', '"0a first"\n"app second"'),
        ('"plain"', '"plain"'),
        ('"<quoted>"', NOTHING),
        # neither
        ("<userId> single item", NOTHING),
        ("<n>", NOTHING),
        ("[<n>, <big>]", NOTHING),
    ],
)
def test_templates(cloud: minicloud.Cloud, events: Any, sqs: Any, template: str, body: str | None) -> None:
    transformer = {"InputPathsMap": PATHS, "InputTemplate": template}
    assert deliver(cloud, events, sqs, InputTransformer=transformer) == body
    told = [one.kind for one in cloud.trace if one.kind.startswith("event.")]
    assert told == ["event.put", "event.matched", *(["event.failed"] if body is NOTHING else [])]
    for failed in cloud.trace.of("event.failed"):
        assert re.fullmatch(WHY_NOT, failed.details["reason"]), failed


def test_lines_are_nothing_that_a_function_takes(cloud: minicloud.Cloud, events: Any) -> None:
    seen: list[Any] = []
    function = cloud.function("see", lambda event, _: seen.append(event))
    for number, template in enumerate(('"one <source>"', '"one"\n"<source>"')):
        rule_to(
            events, function, name=f"r{number}", InputTransformer={"InputPathsMap": PATHS, "InputTemplate": template}
        )
    events.put_events(Entries=[entry(DETAIL)])
    cloud.run_until_idle()
    assert seen == ["one app"]
    (failed,) = cloud.trace.of("event.failed")
    assert failed.details["reason"] == "several lines are no JSON, which a function takes"


def test_what_is_predefined(cloud: minicloud.Cloud, events: Any, sqs: Any) -> None:
    names = ("rule-arn", "rule-name", "event.ingestion-time", "event", "event.json")
    template = "{" + ", ".join(f'"{name}": <aws.events.{name}>' for name in names) + "}"
    body = json.loads(deliver(cloud, events, sqs, InputTransformer={"InputTemplate": template}) or "")
    (event,) = cloud.bus().events
    assert body["rule-arn"] == f"arn:aws:events:{PLACE}:rule/r"
    assert (body["rule-name"], body["event.ingestion-time"]) == ("r", "2026-01-01T00:00:00Z")
    assert body["event.json"] == event
    assert list(body["event"]) == ["id", "account", "detailType", "time", "source", "region", "resources", "version"]
    assert body["event"]["detailType"] == "t"


@pytest.mark.parametrize(
    ("target", "body"),
    [
        ({"Input": '{"any": "thing"}'}, '{"any": "thing"}'),
        ({"Input": "1"}, "1"),
        ({"InputPath": "$.detail.payload.sf_id"}, '"baz"'),
        ({"InputPath": "$.detail.payload"}, '{"acc_id":"0a","sf_id":"baz"}'),
        ({"InputPath": "$.detail.list[1]"}, '"INACTIVE"'),
        ({"InputPath": "$.detail.null"}, "null"),
        ({"InputPath": "$.detail.nothing"}, NOTHING),
    ],
)
def test_input_and_input_path(
    cloud: minicloud.Cloud, events: Any, sqs: Any, target: dict[str, Any], body: str | None
) -> None:
    assert deliver(cloud, events, sqs, **target) == body
    whys = [one.details["reason"] for one in cloud.trace.of("event.failed")]
    assert whys == (["the event has nothing at $.detail.nothing"] if body is NOTHING else [])


def test_a_function_takes_json_alone(cloud: minicloud.Cloud, events: Any) -> None:
    got: list[Any] = []
    function = cloud.function("f", lambda event, _: got.append(event))
    for name, template in (("one", '"<n>"'), ("lines", '"<n>"\n"<n>"'), ("object", '{"n": <n>}')):
        rule_to(events, function, name=name, InputTransformer={"InputPathsMap": PATHS, "InputTemplate": template})
    rule_to(events, function, name="path", InputPath="$.detail.list")
    events.put_events(Entries=[entry(DETAIL)])
    assert got == ["101.5", {"n": 101.5}, ["ACTIVE", "INACTIVE"]]
    (failed,) = cloud.trace.of("event.failed")
    assert failed.resource == "lines"

"""PutEvents and TestEventPattern: what an event is made of, what fails alone, what fails as a whole."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import minicloud

from .support import PLACE, entry, refused, rule_to


def orders_queue(cloud: minicloud.Cloud, sqs: Any) -> str:
    sqs.create_queue(QueueName="orders")
    return cloud.queue("orders").arn


def test_what_an_event_is_made_of(cloud: minicloud.Cloud, events: Any, sqs: Any) -> None:
    rule_to(events, orders_queue(cloud, sqs))
    cloud.clock.advance(0.5)
    time = datetime(2022, 1, 2, 3, 4, 5, 600_000, tzinfo=UTC)
    given = {"Source": "app", "DetailType": 'a "b"', "Detail": ' {"é": [1, 2.5, null], "big": 12345678901234567890}'}
    answer = events.put_events(Entries=[{**given, "Time": time, "Resources": ["r1", "é"]}, given])
    assert answer["FailedEntryCount"] == 0
    first, second = (one["EventId"] for one in answer["Entries"])
    detail = '"detail":{"é":[1,2.5,null],"big":12345678901234567890}}'
    assert cloud.queue("orders").bodies == [
        f'{{"version":"0","id":"{first}","detail-type":"a \\"b\\"","source":"app","account":"123456789012",'
        f'"time":"2022-01-02T03:04:05Z","region":"us-east-1","resources":["r1","é"],{detail}',
        f'{{"version":"0","id":"{second}","detail-type":"a \\"b\\"","source":"app","account":"123456789012",'
        f'"time":"2026-01-01T00:00:00Z","region":"us-east-1","resources":[],{detail}',
    ]
    message = cloud.queue("orders").messages[0]
    assert not message.message_attributes
    assert cloud.bus().events == [json.loads(body) for body in cloud.queue("orders").bodies]


def test_a_rule_may_ask_for_any_part_of_an_event(cloud: minicloud.Cloud, events: Any, sqs: Any) -> None:
    """Of a new event, and of one that stands for what its text says: a service's, or another bus's."""
    arn = orders_queue(cloud, sqs)
    bus = events.create_event_bus(Name="other")["EventBusArn"]
    rule_to(events, bus, name="on", RoleArn="arn:aws:iam::123456789012:role/r")
    parts: list[tuple[str, Any, Any]] = [
        ("version", "0", "1"),
        ("detail-type", "t", "u"),
        ("source", "app", "shop"),
        ("account", "123456789012", "210987654321"),
        ("time", "2022-01-02T03:04:05Z", "2022-01-02T03:04:06Z"),
        ("region", "us-east-1", "eu-west-1"),
        ("resources", "one", "three"),
        ("resources", "two", {"exists": False}),
        ("resources", {"exists": True}, {"prefix": "x"}),
        ("id", {"exists": True}, {"exists": False}),
        ("detail", {"a": {"b": [1]}}, {"a": {"b": [2]}}),
        ("detail", {"c": ["x"]}, {"c": [{"exists": False}]}),
    ]
    rules = {}
    for number, (name, right, wrong) in enumerate(parts):
        for value, is_wanted in ((right, True), (wrong, False)):
            pattern = {name: value if name == "detail" else [value]}
            for where in ("default", "other"):
                rule = f"{where}-{number}-{is_wanted}"
                events.put_rule(Name=rule, EventBusName=where, EventPattern=json.dumps(pattern))
                events.put_targets(Rule=rule, EventBusName=where, Targets=[{"Id": "1", "Arn": arn}])
                rules[where, rule] = pattern, is_wanted
    time = datetime(2022, 1, 2, 3, 4, 5, tzinfo=UTC)
    events.put_events(Entries=[entry({"a": {"b": 1}, "c": ["x", "y"]}, Time=time, Resources=["one", "two"])])
    wrong = [
        f"{where}: {pattern}"
        for (where, rule), (pattern, is_wanted) in rules.items()
        if (len(cloud.rule(rule, bus=where).matched) == 1) is not is_wanted
    ]
    assert not wrong, "\n".join(wrong)


TIMES = [
    ("01-02-2022T03:04:05Z", "2022-01-02T03:04:05Z"),
    ("13.1.2022 03:04:05+01:00", "2022-01-13T02:04:05Z"),
    ("2022-01-02 03:04:05.9Z", "2022-01-02T03:04:05Z"),
    ("Sun, 02 Jan 2022 03:04:05 GMT", "2022-01-02T03:04:05Z"),
    (1641092645.9, "2022-01-02T03:04:05Z"),
]
"""Times as they are given; the texts as boto3's parser of dates reads them."""


def test_times_are_given_in_many_ways(cloud: minicloud.Cloud, events: Any) -> None:
    events.put_events(Entries=[entry(Time=given) for given, _ in TIMES])
    assert [one["time"] for one in cloud.bus().events] == [told for _, told in TIMES]


def test_entries_fail_alone(cloud: minicloud.Cloud, events: Any, sqs: Any) -> None:
    rule_to(events, orders_queue(cloud, sqs))
    missing = "Parameter {0} is not valid. Reason: {0} is a required argument."
    whole = entry()
    broken = [
        ({name: value for name, value in whole.items() if name != "Source"}, "InvalidArgument", missing, "Source"),
        ({**whole, "Source": "", "DetailType": ""}, "InvalidArgument", missing, "Source"),
        ({"Source": "app", "Detail": "[]"}, "InvalidArgument", missing, "DetailType"),
        ({"Source": "app", "DetailType": "t"}, "InvalidArgument", missing, "Detail"),
        ({**whole, "Detail": "[1]"}, "MalformedDetail", "Detail is malformed.", ""),
        ({**whole, "Detail": '{"a": NaN}'}, "MalformedDetail", "Detail is malformed.", ""),
        ({**whole, "Detail": '{"a": [-1e400]}'}, "MalformedDetail", "Detail is malformed.", ""),
        ({**whole, "Source": "aws.s3"}, "NotAuthorizedForSourceException", "Not authorized for the source.", ""),
    ]
    answer = events.put_events(Entries=[whole, *(one for one, *_ in broken), whole])
    assert answer["FailedEntryCount"] == len(broken)
    assert [one for one in answer["Entries"] if "EventId" not in one] == [
        {"ErrorCode": code, "ErrorMessage": text.format(name)} for _, code, text, name in broken
    ]
    assert ["EventId" in one for one in answer["Entries"]] == [True, *[False] * len(broken), True]
    assert len(cloud.queue("orders").bodies) == 2
    told = [(one.details["entry"], one.details["reason"]) for one in cloud.trace.of("event.refused")]
    assert told == [
        (place, one["ErrorMessage"]) for place, one in enumerate(answer["Entries"], 1) if "EventId" not in one
    ]


def test_calls_fail_as_a_whole(cloud: minicloud.Cloud, events: Any, sqs: Any) -> None:
    rule_to(events, orders_queue(cloud, sqs))
    code, text = refused(events.put_events, Entries=[entry()] * 11)
    assert code == "ValidationException"
    assert text.startswith(
        "1 validation error detected: Value '[PutEventsRequestEntry(time=null, source=app, resources=null, "
    )
    assert text.endswith("at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10")
    assert text.count(", PutEventsRequestEntry(") == 10
    # 14 for a time, and UTF-8 of the rest
    rest = 262_144 - 14 - len("app") - len("t") - len('{"a": ""}') - len("é".encode())
    at_most = {**entry(Time=datetime(2026, 1, 1, tzinfo=UTC), Resources=["é"]), "Detail": f'{{"a": "{"x" * rest}"}}'}
    assert events.put_events(Entries=[at_most])["FailedEntryCount"] == 0
    too_large = "ValidationException", "Total size of the entries in the request is over the limit."
    assert refused(events.put_events, Entries=[{**at_most, "Source": "apps"}]) == too_large
    assert refused(events.put_events, Entries=[at_most, {"Source": "a"}]) == too_large
    for own in ({}, {"EventBusName": "default"}, {"EventBusName": "default", "Time": datetime(2026, 1, 1, tzinfo=UTC)}):
        _, text = refused(events.put_events, Entries=[entry(**own, Resources=["r" * 2049])])
        assert text.startswith("1 validation error detected: Value 'rrr"), own
    code, text = refused(events.put_events, Entries=[entry(EventBusName="a/b", Resources=["r" * 2049])])
    assert text.startswith("2 validation errors detected: Value 'rrr")
    assert "at 'entries.1.member.eventBusName' failed to satisfy constraint: Member must satisfy regular" in text
    assert len(cloud.bus().events) == 1


def test_buses_by_name_and_arn_and_those_that_there_are_not(cloud: minicloud.Cloud, events: Any, sqs: Any) -> None:
    arn = events.create_event_bus(Name="orders")["EventBusArn"]
    other: Any = cloud.client("events", account_id="210987654321")
    theirs = other.create_event_bus(Name="theirs")["EventBusArn"]
    elsewhere = arn.replace("us-east-1", "eu-west-1")
    names = [None, "default", "orders", arn, theirs, "nobody", elsewhere]
    entries = [entry({"n": n}, **({} if name is None else {"EventBusName": name})) for n, name in enumerate(names)]
    answer = events.put_events(Entries=entries)
    assert answer["FailedEntryCount"] == 0
    assert all("EventId" in one for one in answer["Entries"])
    seen = {name: [event["detail"]["n"] for event in cloud.bus(name).events] for name in ("default", "orders", theirs)}
    assert seen == {"default": [0, 1], "orders": [2, 3], theirs: [4]}
    assert cloud.bus(theirs).events[0]["account"] == "123456789012"
    lost = [(one.resource, one.details["event_id"]) for one in cloud.trace.of("event.lost")]
    assert lost == [("nobody", answer["Entries"][5]["EventId"]), ("orders", answer["Entries"][6]["EventId"])]


def test_an_event_is_the_same_for_every_rule(cloud: minicloud.Cloud, events: Any, sqs: Any) -> None:
    arn = orders_queue(cloud, sqs)
    for name in ("b", "a"):
        rule_to(events, arn, name=name)
    rule_to(events, arn, name="c", pattern={"source": ["other"]})
    events.put_events(Entries=[entry()])
    first, second = cloud.queue("orders").bodies
    assert first == second
    assert cloud.rule("a").matched == cloud.rule("b").matched == [json.loads(first)]
    assert cloud.rule("c").matched == []
    events.disable_rule(Name="a")
    events.put_events(Entries=[entry()])
    assert len(cloud.queue("orders").bodies) == 3
    events.enable_rule(Name="a")
    events.put_events(Entries=[entry(source="nobody")])
    assert [event["source"] for event in cloud.bus().unmatched] == ["nobody"]


def test_what_is_kept_of_events(cloud: minicloud.Cloud) -> None:
    """[``Bus.events``, ``Rule.matched``: the latest 10,000]"""
    events = cloud.client("events")
    events.put_rule(Name="r", EventPattern='{"source": ["app"]}')
    for first in range(0, 10_010, 10):
        events.put_events(Entries=[entry({"n": number}) for number in range(first, first + 10)])
    for kept in (cloud.bus().events, cloud.rule("r").matched):
        assert (len(kept), kept[0]["detail"], kept[-1]["detail"]) == (10_000, {"n": 10}, {"n": 10_009})


def test_patterns_on_a_bus(cloud: minicloud.Cloud, events: Any, sqs: Any) -> None:
    """Those that the index answers, and those that ask for more."""
    sqs.create_queue(QueueName="orders")
    patterns: dict[str, Any] = {
        "source": {"source": ["app", "b"]},
        "type": {"detail-type": ["t"]},
        "both": {"source": ["app"], "detail-type": ["t", "u"]},
        "more": {"source": ["app"], "detail": {"n": [{"numeric": [">", 10]}]}},
        "prefix": {"source": [{"prefix": "a"}]},
        "or": {"$or": [{"source": ["b"]}, {"detail-type": ["u"]}]},
        "account": {"account": ["123456789012"]},
        "null": {"source": [None]},
        "absent": {"source": [{"exists": False}]},
        "no detail": {"detail": {"m": [{"exists": False}]}},
    }
    for name, pattern in patterns.items():
        rule_to(events, cloud.queue("orders").arn, name=name.replace(" ", "-"), pattern=pattern)
    events.put_events(Entries=[entry({"n": 11}), entry({"n": "11"}, "b", "t"), entry({"m": 1}, "c", "u")])
    matched = {name: [e["source"] for e in cloud.rule(name.replace(" ", "-")).matched] for name in patterns}
    assert matched == {
        "source": ["app", "b"],
        "type": ["app", "b"],
        "both": ["app"],
        "more": ["app"],
        "prefix": ["app"],
        "or": ["b", "c"],
        "account": ["app", "b", "c"],
        "null": [],
        "absent": [],
        "no detail": ["app", "b"],
    }
    for name, pattern in patterns.items():
        for event in cloud.bus().events:
            answer = events.test_event_pattern(EventPattern=json.dumps(pattern), Event=json.dumps(event))
            assert answer["Result"] is (event["source"] in matched[name]), name


def test_test_event_pattern(events: Any) -> None:
    event = {"id": "1", "account": "a", "source": "s", "time": "t", "region": "r", "detail-type": ["x", "y"]}
    test = events.test_event_pattern
    assert test(EventPattern='{"detail-type": ["y"], "more": [1]}', Event=json.dumps({**event, "more": 1.0}))["Result"]
    assert not test(EventPattern='{"source": ["S"]}', Event=json.dumps(event))["Result"]
    for bad in ("text", "[]", "{}", json.dumps({**event, "id": 1})[:-1], json.dumps({"id": "1"})):
        assert refused(test, EventPattern='{"a": ["x"]}', Event=bad) == (
            "ValidationException",
            "Parameter Event is not valid.",
        )
    assert refused(test, EventPattern='{"a": 1}', Event=json.dumps(event)) == (
        "InvalidEventPatternException",
        'Event pattern is not valid. Reason: "a" must be an object or an array\n'
        ' at [Source: (String)"{"a": 1}"; line: 1, column: 8]',
    )


def test_from_bus_to_bus_and_no_further(cloud: minicloud.Cloud, events: Any, sqs: Any) -> None:
    arn = orders_queue(cloud, sqs)
    role = {"RoleArn": "arn:aws:iam::123456789012:role/r"}
    second = events.create_event_bus(Name="second")["EventBusArn"]
    third = events.create_event_bus(Name="third")["EventBusArn"]
    rule_to(events, second, **role)
    events.put_rule(Name="r", EventBusName="second", EventPattern='{"source": ["app"]}')
    targets = [{"Id": "1", "Arn": arn}, {"Id": "2", "Arn": third, **role}]
    events.put_targets(Rule="r", EventBusName="second", Targets=targets)
    events.put_events(Entries=[entry({"n": 1})])
    (event,) = cloud.bus().events
    assert cloud.bus("second").events == [event]
    assert cloud.bus("third").events == []
    assert [json.loads(body) for body in cloud.queue("orders").bodies] == [event]
    assert cloud.rule(f"arn:aws:events:{PLACE}:rule/second/r").matched == [event]
    assert cloud.rule("r", bus="second").arn == f"arn:aws:events:{PLACE}:rule/second/r"

"""The plain ways of events do as the general ones: the same on two clouds of one seed, of which one never takes them.

Which is so where an event has a list of resources, if an empty one, and where a fault may refuse a delivery.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import product
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

import minicloud
from tests.support.depth import deep

from .support import PLACE

DETAILS = [
    '{"n": 3}',
    ' {"n": 3, "grün": "\\u0000"}\n',
    '{"n": 1e400}',
    '{"n": NaN}',
    '{"n": 12345678901234567890, "a": [{"b": "x"}, {"b": "\\ufffe"}], "a.b": ["x", null, 0.5]}',
    '{"a": "\\ud800"}',
    '{"long": "' + "x" * 1100 + '"}',
    "[]",
    "{",
    "",
    "[" * 100_000,
]
ENTRIES = st.fixed_dictionaries(
    {},
    optional={
        "Source": st.sampled_from(["app", "app", "app", "shop", "aws.s3", ""]),
        "DetailType": st.sampled_from(["t", "t", "t", '"', ""]),
        "Detail": st.sampled_from([DETAILS[0], DETAILS[0], *DETAILS]),
        "EventBusName": st.sampled_from(["other", "other", "missing", f"arn:aws:events:{PLACE}:event-bus/other"]),
        "Time": st.just(datetime(2025, 1, 1, tzinfo=UTC)),
        "TraceHeader": st.just("Root=1-5759e988-bd862e3fe1be46a994272793"),
    },
) | st.fixed_dictionaries(
    {"Source": st.just("app"), "DetailType": st.just("t"), "Detail": st.sampled_from(DETAILS)},
    optional={"EventBusName": st.just("other"), "Time": st.just(datetime(2025, 1, 1, tzinfo=UTC))},
)
PATTERNS: list[dict[str, Any]] = [
    {"source": ["app"]},
    {"source": ["app", "shop"], "detail-type": ["t"]},
    {"source": ["app"], "detail": {"n": [{"numeric": [">", 2]}]}},
    {"detail": {"a": {"b": ["x"]}}},
    {"resources": [{"exists": False}]},
]
QUEUES = ("plain", "short", "slow", "missing", "grouped.fifo")
CALLS = st.one_of(
    st.tuples(st.just("put_events"), st.lists(ENTRIES, max_size=11)),
    st.tuples(st.just("put_events"), st.lists(ENTRIES, max_size=1)),
    st.tuples(
        st.just("put_rule"),
        st.sampled_from("rs"),
        st.sampled_from(["default", "other"]),
        st.sampled_from(PATTERNS),
        st.sampled_from(QUEUES),
    ),
    st.tuples(st.just("advance"), st.sampled_from([1, 10])),
    st.tuples(st.just("receive"), st.sampled_from(QUEUES)),
)


class Side:
    """A cloud, and what is done to it."""

    def __init__(self, options: dict[str, Any], *, is_plain: bool) -> None:
        self.cloud: Any = minicloud.Cloud(clock="virtual", seed=1, region_name="us-east-1", **options)
        self.events: Any = self.cloud.client("events")
        self.sqs: Any = self.cloud.client("sqs")
        self.is_plain = is_plain
        for name, attributes in {
            "plain": {},
            "short": {"MaximumMessageSize": "1024"},
            "slow": {"DelaySeconds": "5"},
            "dead": {},
            "grouped.fifo": {"FifoQueue": "true", "ContentBasedDeduplication": "true"},
        }.items():
            self.sqs.create_queue(QueueName=name, Attributes=attributes)
        self.events.create_event_bus(Name="other")
        if not is_plain:
            # Where calls may be refused, each attempt is a call.
            self.cloud.faults.refuse("InternalError", operation="SendMessage", resource="elsewhere", optional=True)

    def do(self, name: str, *arguments: Any) -> Any:
        answer = getattr(self, name)(*arguments)
        if isinstance(answer, dict):
            del answer["ResponseMetadata"]
        return answer

    def put_events(self, entries: list[dict[str, Any]]) -> Any:
        more = {} if self.is_plain else {"Resources": []}
        try:
            return self.events.put_events(Entries=[{**entry, **more} for entry in entries])
        except (minicloud.exceptions.ClientError, minicloud.exceptions.ParamValidationError) as error:
            return type(error)  # some texts show the entries

    def put_rule(self, name: str, bus: str, pattern: dict[str, Any], queue: str) -> None:
        self.events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps(pattern))
        arn = f"arn:aws:sqs:{PLACE}"
        target = {"Id": queue.partition(".")[0], "Arn": f"{arn}:{queue}", "DeadLetterConfig": {"Arn": f"{arn}:dead"}}
        if queue.endswith(".fifo") or name == "s":
            target["SqsParameters"] = {"MessageGroupId": "g"}
        self.events.put_targets(Rule=name, EventBusName=bus, Targets=[target])

    def advance(self, seconds: int) -> None:
        self.cloud.clock.advance(seconds)

    def receive(self, queue: str) -> Any:
        if queue == "missing":
            return None
        url = self.sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        return self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])

    def picture(self) -> Any:
        cloud = self.cloud
        queues = [[(one.message_id, one.body) for one in cloud.queue(name).messages] for name in (*QUEUES[:3], "dead")]
        buses = [(cloud.bus(name).events, cloud.queue("grouped.fifo").bodies) for name in ("default", "other")]
        rules = [
            (rule["Name"], cloud.rule(rule["Arn"]).matched)
            for bus in ("default", "other")
            for rule in self.events.list_rules(EventBusName=bus)["Rules"]
        ]
        facts = [(one.time_ns, one.kind, one.resource, one.details) for one in cloud.trace]
        return queues, buses, rules, [fact for fact in facts if not fact[1].startswith(("call", "fault"))]


@settings(max_examples=deep(300))
@given(
    st.sampled_from([{"trace": False}, {"trace": False}, {"trace": True}, {"trace": True, "delivery": "aws"}]),
    st.lists(CALLS, min_size=2, max_size=20),
)
def test_the_plain_ways_do_as_the_general_ones(options: dict[str, Any], calls: list[tuple[Any, ...]]) -> None:
    plain, general = sides = [Side(options, is_plain=is_plain) for is_plain in (True, False)]
    first = [("put_rule", "r", "default", PATTERNS[0], queue) for queue in ("plain", "short")]
    for call in [*first, *calls]:
        answers = [side.do(*call) for side in sides]
        assert answers[0] == answers[1]
    assert plain.picture() == general.picture()


@pytest.mark.parametrize("trace", [False, True])
def test_each_kind_of_entry(trace: bool) -> None:
    plain, general = sides = [Side({"trace": trace}, is_plain=is_plain) for is_plain in (True, False)]
    some: dict[str, list[Any]] = {
        "Source": [None, "app", "aws.s3", ""],
        "DetailType": [None, "t", ""],
        "EventBusName": [None, "other", "missing", "default"],
        "Time": [None, datetime(2025, 1, 1, tzinfo=UTC)],
        "TraceHeader": [None, "Root=1-5759e988-bd862e3fe1be46a994272793"],
    }
    entries = [
        {"Detail": DETAILS[0], **{name: value for name, value in zip(some, values, strict=True) if value is not None}}
        for values in product(*some.values())
    ]
    entries += [{"Source": "app", "DetailType": "t", "Detail": detail} for detail in DETAILS]
    for side in sides:
        side.put_rule("r", "default", PATTERNS[0], "short")
    for entry in entries:
        assert plain.do("put_events", [entry]) == general.do("put_events", [entry]), entry
    assert plain.picture() == general.picture()
    assert [event["time"][:4] for event in plain.cloud.bus("other").events] == ["2026", "2026", "2025", "2025"]


SCALARS = st.sampled_from(["x", "y", 1, 1.5, True, None])
NAMES = st.sampled_from(["a", "b", "a.b", "", "detail", "resources"])
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)
ASKED: list[dict[str, Any]] = [
    {"a": ["x"]},
    {"a": {"b": ["x"]}},
    {"a": [1, {"exists": False}]},
    {"a": {"a": ["x"], "b": ["y"]}},
    {"a.b": [1.5, True]},
    {"": ["x", {"prefix": "y"}]},
    {"$or": [{"a": {"": ["x"]}}, {"b": [None]}]},
    {"detail": {"a": ["x", 1]}},
]


@settings(max_examples=deep(400))
@given(st.dictionaries(NAMES, TREES, max_size=4), st.sampled_from(ASKED), st.lists(st.just("a:b"), max_size=1))
def test_a_rule_looks_at_a_new_event_as_at_its_text(
    detail: dict[str, Any], asked: dict[str, Any], resources: list[str]
) -> None:
    cloud: Any = minicloud.Cloud(clock="virtual", seed=1, region_name="us-east-1")
    events: Any = cloud.client("events")
    pattern = json.dumps({"source": ["app"], "resources": ["a:b", {"exists": False}], "detail": asked})
    events.put_rule(Name="r", EventPattern=pattern)
    more = {"Resources": resources} if resources else {}
    events.put_events(Entries=[{"Source": "app", "DetailType": "t", "Detail": json.dumps(detail), **more}])
    (event,) = cloud.bus().events
    wanted = events.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))["Result"]
    assert (len(cloud.rule("r").matched) == 1) is wanted


@pytest.mark.parametrize("change", ["put", "disable", "delete", "other"])
def test_what_is_known_of_a_source_and_a_detail_type_follows_the_rules(change: str) -> None:
    cloud: Any = minicloud.Cloud(clock="virtual", seed=1, region_name="us-east-1")
    events: Any = cloud.client("events")
    events.put_rule(Name="r", EventPattern='{"source": ["app"]}')

    def put() -> None:
        events.put_events(Entries=[{"Source": "app", "DetailType": "t", "Detail": "{}"}])

    put()
    view = cloud.rule("r")
    assert len(view.matched) == 1
    if change == "put":
        events.put_rule(Name="r", EventPattern='{"source": ["shop"]}')
    elif change == "disable":
        events.disable_rule(Name="r")
    elif change == "delete":
        events.delete_rule(Name="r")
        events.put_rule(Name="r", EventPattern='{"source": ["shop"]}')
        view = cloud.rule("r")
    else:
        for number in range(300):  # more kinds of events than are known at once
            events.put_events(Entries=[{"Source": f"s{number}", "DetailType": "t", "Detail": "{}"}])
    put()
    assert len(view.matched) == {"put": 1, "disable": 1, "delete": 0, "other": 2}[change]

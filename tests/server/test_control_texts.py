"""What the control API says to what it cannot do, word for word: people read it at a prompt."""

from __future__ import annotations

from typing import Any

import minicloud
from tests.server.support import request

from .controlled import Controlled, fill

EFFECTS = (
    "say what happens, by one of refuse, disconnect, lose_answer, delay, crash, fail_entries, drop, duplicate, "
    'postpone, reorder, throttle, time_out: {"refuse": "RequestThrottled", "operation": "SendMessage", "first": 2}'
)
ROOMS = (
    "alarms, buckets, buses, clock, delivery_streams, faults, functions, health, invocations, logs, "
    "metrics, outbox, pipes, queues, reset, restore, scaling_targets, schedules, snapshot, streams, timeline, "
    "topics, trace"
)
"""What the control API has: a new service may bring a view of what it has."""
KINDS = (
    "alarm, bucket, call, chaos, clock, delivery_stream, event, fault, kinesis, lambda, mapping, notification, object, "
    "pipe, policy, scaling, schedule, sns, sqs"
)
"""The kinds of core/facts.py, up to their first full stop: a new service brings some."""
ROWS: list[tuple[str, str, Any, int, str]] = [
    (
        "POST",
        "clock/advance",
        {"seconds": -1.5},
        400,
        "the clock cannot go back by 1.5 seconds: start a server for an earlier time",
    ),
    (
        "POST",
        "clock/advance",
        {"duration": "soon"},
        400,
        "'soon' is not a duration: give 30s, 1h30m, 250ms, 2d or PT90S",
    ),
    ("POST", "clock/advance", {"seconds": "x"}, 400, "seconds='x' is not a number of seconds"),
    ("POST", "clock/advance", {"seconds": 1e300}, 400, "the clock cannot go beyond the year 9998: give a shorter time"),
    ("POST", "clock/advance", {}, 400, 'say for how long: {"seconds": 30} or {"duration": "1h30m"}'),
    (
        "POST",
        "clock/advance",
        {"seconds": 1, "duration": "1s"},
        400,
        'say for how long: {"seconds": 30} or {"duration": "1h30m"}',
    ),
    (
        "POST",
        "clock/advance",
        {"secs": 30},
        400,
        "there is no parameter 'secs' here; did you mean 'seconds'?; it takes seconds, duration",
    ),
    ("POST", "clock/advance", [1], 400, 'the body is no object of JSON: give one such as {"seconds": 30}, not [1]'),
    (
        "POST",
        "clock/advance_to",
        {},
        400,
        'say to which moment: {"time": "2026-01-02T00:00:00Z"}, or seconds of the epoch',
    ),
    (
        "POST",
        "clock/advance_to",
        {"time": "2025-01-01"},
        400,
        "the clock cannot go back to 2025-01-01T00:00:00+00:00: it is 2026-01-01T00:00:00+00:00 now",
    ),
    (
        "POST",
        "clock/advance_to",
        {"time": "9999-01-01"},
        400,
        "the clock cannot go beyond the year 9998: give an earlier moment",
    ),
    (
        "POST",
        "clock/advance_to",
        {"time": "tomorrow"},
        400,
        "'tomorrow' is not a moment: give one such as 2026-01-02T00:00:00Z, or seconds of the epoch",
    ),
    (
        "POST",
        "clock/run",
        {"speed": 0},
        400,
        'say how fast: {"speed": 60}, above 0 and at most 1,000,000; freeze stands still',
    ),
    (
        "POST",
        "clock/run",
        {"speed": 1000000.1},
        400,
        'say how fast: {"speed": 60}, above 0 and at most 1,000,000; freeze stands still',
    ),
    (
        "POST",
        "clock/run",
        {"speed": 1000000},
        409,
        "a virtual clock stands still by itself: advance it, or start the server with --clock real",
    ),
    (
        "POST",
        "clock/freeze",
        None,
        409,
        "a virtual clock stands still by itself: advance it, or start the server with --clock real",
    ),
    ("POST", "clock/thaw", {"x": 1}, 400, "there is no parameter 'x' here; it takes none"),
    (
        "POST",
        "faults",
        {},
        400,
        EFFECTS,
    ),
    (
        "POST",
        "faults",
        {"drop": True, "delay": 1},
        400,
        EFFECTS,
    ),
    ("POST", "faults", {"refuse": 5}, 400, "refuse: 5 is not an error: give its name, or [code, message, status]"),
    (
        "POST",
        "faults",
        {"refuse": ["a"]},
        400,
        "refuse: ['a'] is not an error: give its name, or [code, message, status]",
    ),
    ("POST", "faults", {"drop": 1}, 400, "drop: 1 is not true: leave it out, or give true"),
    ("POST", "faults", {"delay": "1"}, 400, "delay: '1' is not a number of seconds"),
    ("POST", "faults", {"delay": -1}, 400, "-1 is not a number of seconds: give zero or more"),
    ("POST", "faults", {"duplicate": "x"}, 400, "duplicate: 'x' is not a number of seconds"),
    ("POST", "faults", {"lose_answer": False}, 400, "lose_answer: False is neither true nor a text"),
    ("POST", "faults", {"drop": True, "resource": 5}, 400, "resource=5 is not a text: give a string"),
    (
        "POST",
        "faults",
        {"drop": True, "nth": []},
        400,
        "nth=[]: give a whole number, counted from 1, or a list of them",
    ),
    ("POST", "faults", {"drop": True, "optional": "maybe"}, 400, "optional='maybe' is neither true nor false"),
    (
        "POST",
        "faults",
        {"drop": True, "error": "InternalError"},
        400,
        "error says with what entries fail, and drop has none: leave it out",
    ),
    (
        "POST",
        "faults",
        {"fail_entries": [True]},
        400,
        "fail_entries: [True] chooses no entries: give true, or a list of places (from 0) and Ids",
    ),
    ("POST", "faults?drop=1", None, 400, "drop: '1' is not true: leave it out, or give true"),
    ("GET", "faults/9", None, 404, "there is no fault '9'; there are: none"),
    ("POST", "restore", None, 400, 'say to which snapshot: {"id": "1"}, as it was answered'),
    ("POST", "restore", {"id": [1]}, 404, "there is no snapshot [1]; there are: none (the latest 100 are kept)"),
    (
        "POST",
        "reset",
        {"service": "sqs"},
        400,
        "minicloud empties the whole cloud, not one service of it: leave service out",
    ),
    ("POST", "reset", {"delivery": "late"}, 400, "delivery='late' is not one of readable, aws"),
    ("POST", "reset", {"delivery": 5}, 400, "delivery=5 is not a text: give a string"),
    ("GET", "queues/orders/messages?state=gone", None, 400, "state='gone' is not one of visible, delayed, in_flight"),
    ("GET", "queues/orders/messages?limit=-1", None, 400, "limit='-1' is not a count: give a whole number"),
    ("GET", "queues/orders/messages?limit=x", None, 400, "limit='x' is not a count: give a whole number"),
    ("GET", "queues/nobody", None, 404, "there is no queue 'nobody'; there are: dead, orders"),
    (
        "POST",
        "topics/shop/explain",
        {"message_attributes": [1]},
        400,
        'message_attributes are an object of JSON: {"store": "books", "price": 5}',
    ),
    (
        "POST",
        "topics/shop/explain?message_attributes=x",
        None,
        400,
        'message_attributes are an object of JSON: {"store": "books", "price": 5}',
    ),
    (
        "GET",
        "streams/clicks/records?shard_id=7",
        None,
        404,
        "there is no shard '7'; there are: shardId-000000000000, shardId-000000000001",
    ),
    (
        "POST",
        "buses/default/explain",
        {},
        400,
        'say which event: {"event": {"source": "shop", "detail-type": "Order", "detail": {}}}',
    ),
    (
        "POST",
        "buses/default/explain",
        {"event": "x"},
        400,
        'say which event: {"event": {"source": "shop", "detail-type": "Order", "detail": {}}}',
    ),
    (
        "POST",
        "buses/default/explain",
        {"event": []},
        400,
        'say which event: {"event": {"source": "shop", "detail-type": "Order", "detail": {}}}',
    ),
    ("PUT", "outbox", None, 405, "PUT means nothing here: use DELETE, GET, HEAD"),
    ("POST", "queues", None, 405, "POST means nothing here: use GET, HEAD"),
    (
        "GET",
        "nowhere",
        None,
        404,
        f"the control API has nothing at /nowhere: it has {ROOMS}",
    ),
    (
        "GET",
        "trace?kind=x",
        None,
        400,
        f"no event is of the kind 'x': there are {KINDS}",
    ),
    ("GET", "trace?since=x", None, 400, "since='x' is not a count: give a whole number"),
    ("GET", "trace?limit=x", None, 400, "limit='x' is not a count: give a whole number"),
    ("GET", "outbox?limit=1", None, 400, "there is no parameter 'limit' here; it takes protocol, to"),
]


def test_refusals(cloud: minicloud.Cloud, control: Controlled) -> None:
    fill(cloud)
    now, faults = cloud.clock.now(), len(cloud.faults)
    differing = []
    for method, path, body, status, text in ROWS:
        told = control.error(method, path, body)
        if told != (status, text):
            differing.append((method, path, body, told))
    assert differing == [], "what is new there comes into KINDS or ROOMS of this file"
    assert (cloud.clock.now(), len(cloud.faults)) == (now, faults)


def test_what_is_no_json(control: Controlled) -> None:
    for body in (b"{", b'{"seconds": NaN}', b'{"seconds": -Infinity}', b"\xff"):
        answer = control.raw.send(request("POST", "/_minicloud/clock/advance", {}, body)).answer()
        assert (answer.status, answer.json) == (400, {"error": f"the body is not JSON: {body!r}"})


def test_faults_of_a_query_string(cloud: minicloud.Cloud, control: Controlled) -> None:
    for query, shown in (
        ("drop=true", "Fault(Drop())"),
        ("throttle=true&first=2", "Fault(Throttle(), first=2)"),
        (f"throttle=true&first={'1' * 19}", f"Fault(Throttle(), first={'1' * 18})"),
        ("crash=true&function=bill", "Fault(Crash(after=False), function='bill')"),
        ("duplicate=true&probability=0.5", "Fault(Duplicate(times=2), probability=0.5)"),
        ("refuse=InternalError&nth=3&optional=true", "Fault(Refuse(error='InternalError'), nth=3"),
    ):
        made = control.post(f"faults?{query}", status=201)["fault"]
        assert made.startswith(shown), made
    cloud.faults.clear()

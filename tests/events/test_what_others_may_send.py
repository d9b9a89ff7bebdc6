"""What clients of the endpoint may send that others check before."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

import minicloud
from minicloud.core.world import World
from minicloud.services.events.delivery import _code_of
from tests.server.support import Raw, call

ENTRY = (
    "PutEventsRequestEntry(time=null, source=a, resources=null, detailType=null, detail=null, eventBusName=null, "
    "traceHeader=null)"
)


@pytest.mark.parametrize(("count", "which"), [(0, "greater than or equal to 1"), (11, "less than or equal to 10")])
def test_no_entries_and_too_many(cloud: minicloud.Cloud, count: int, which: str) -> None:
    with cloud.serve() as server:
        entries: Any = [{"Source": "a"}] * count
        raw = Raw(server.url).send(call("AWSEvents.PutEvents", {"Entries": entries}, "application/x-amz-json-1.1"))
        answer = raw.answer()
        raw.close()
    shown = ", ".join([ENTRY] * count)
    assert (answer.status, answer.json) == (
        400,
        {
            "__type": "ValidationException",
            "message": f"1 validation error detected: Value '[{shown}]' at 'entries' failed to satisfy constraint: "
            f"Member must have length {which}",
        },
    )


def test_half_a_character_of_a_pattern_is_counted_as_one(cloud: minicloud.Cloud) -> None:
    """What is no text in UTF-8 has its sign, of a byte."""
    pattern = '{"source": ["' + "\ud800" * 2_000 + '"]}'
    cloud.client("events").put_rule(Name="r", EventPattern=pattern)
    assert cloud.bus().rules[0].pattern == {"source": ["\ud800" * 2_000]}


@pytest.mark.parametrize("more", [0, 1])
@pytest.mark.parametrize("letter", ["x", "\u00e9", "\U0001f600"])
def test_a_pattern_has_so_many_bytes(cloud: minicloud.Cloud, letter: str, more: int) -> None:
    beginning, end = '{"source": ["', '"]}'
    left = 2_048 - len(beginning) - len(end)
    size = len(letter.encode())
    text = beginning + letter * (left // size) + "y" * (left % size + more) + end
    assert len(text.encode()) == 2_048 + more
    events = cloud.client("events")
    if not more:
        events.put_rule(Name="r", EventPattern=text)
        return
    with pytest.raises(minicloud.exceptions.ClientError) as caught:
        events.put_rule(Name="r", EventPattern=text)
    error = caught.value.response["Error"]
    told = "Parameter EventPattern for rule r exceeds limit of 2048."
    assert (error["Code"], error["Message"]) == ("ValidationException", told)


def test_what_is_due_some_time_has_somebody_see_to_it(cloud: minicloud.Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a real clock that is a thread."""
    events = cloud.client("events")
    asked: list[str] = []
    monkeypatch.setattr(World, "keep_settling", lambda _: asked.append("asked"))
    events.put_rule(Name="pattern", EventPattern='{"source": ["x"]}')
    assert asked == []
    events.put_rule(Name="often", ScheduleExpression="rate(1 minute)", State="DISABLED")
    assert asked == []
    events.put_rule(Name="often", ScheduleExpression="rate(1 minute)")
    assert asked == ["asked"]


def test_the_policy_of_a_bus_has_the_version_of_its_language(cloud: minicloud.Cloud) -> None:
    events = cloud.client("events")
    events.put_permission(Action="events:PutEvents", Principal="111122223333", StatementId="s")
    policy = json.loads(events.describe_event_bus()["Policy"])
    assert list(policy) == ["Version", "Statement"]
    assert policy["Version"] == "2012-10-17"
    assert [statement["Sid"] for statement in policy["Statement"]] == ["s"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("NO_PERMISSIONS", "AccessDenied AccessDeniedException NotAuthorized AuthorizationError"),
        (
            "THROTTLING",
            "Throttling ThrottlingException TooManyRequestsException RequestLimitExceeded LimitExceededException "
            "ProvisionedThroughputExceededException",
        ),
        ("TIMEOUT", "Timeout RequestTimeout"),
        ("CONNECTION_FAILURE", "ConnectionError EndpointConnectionError"),
        ("ERROR_FROM_TARGET", "InternalFailure ValidationException"),
    ],
)
def test_what_a_dead_letter_says_of_a_failure(code: str, words: str) -> None:
    for word in words.split():
        failure: Any = SimpleNamespace(is_missing=False, code=word)
        assert _code_of(failure) == code, word
        failure.is_missing = True
        assert _code_of(failure) == "NO_RESOURCE"

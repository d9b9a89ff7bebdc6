"""What clients of the endpoint may send that others check before."""

from __future__ import annotations

from typing import Any

import pytest

import minicloud
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

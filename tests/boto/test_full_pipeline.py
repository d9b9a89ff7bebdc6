"""The fast path of a call, the full pipeline, and a native client: one result."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

import minicloud
from minicloud.services.registry import SERVICE_NAMES
from tests.boto.support import (
    IS_FULL,
    KNOWN,
    OPERATIONS,
    comparable,
    has_members_in_order,
    refusal,
    script,
    take_full_pipeline,
    without_zones,
)

pytestmark = [pytest.mark.needs("boto3"), pytest.mark.minicloud(region_name="us-east-1")]


def play(clients: dict[str, Any], cloud: Any) -> list[Any]:
    seen: list[Any] = []
    calls = script()
    call = next(calls)
    while True:
        service, method, params = call
        if service == "wait":
            cloud.clock.advance(params["seconds"])
            answer: Any = None
        else:
            try:
                answer = getattr(clients[service], method)(**params)
                for name in ("Payload", "Body"):
                    if name in answer:
                        answer[name] = answer[name].read()
                if "EventStream" in answer:
                    stream = answer.pop("EventStream")
                    seen.append(("kinesis", method, comparable(next(iter(stream)))))
                    stream.close()
            except Exception as error:  # whatever it is gets compared
                answer = refusal(error)
        seen.append((service, method, comparable(answer, in_order=has_members_in_order(service))))
        try:
            call = calls.send(answer)
        except StopIteration:
            return seen


def through(kind: str) -> list[Any]:
    cloud = minicloud.Cloud(clock="virtual", seed="same")
    with minicloud.mock_aws(cloud=cloud):
        if kind == "native":
            return play({name: cloud.client(name) for name in SERVICE_NAMES}, cloud)
        clients = {name: boto3.client(name) for name in SERVICE_NAMES}
        if kind == "full-pipeline":
            clients = {name: take_full_pipeline(client) for name, client in clients.items()}
        return play(clients, cloud)


def unchecked(seen: Any) -> Any:
    """What was seen, without what botocore notes of the checksum that it has held an object to."""
    service, method, answer = seen
    if method != "get_object":
        return seen
    noted = [
        (name, [one for one in value if one[0] != "ChecksumAlgorithm"] if name == "ResponseMetadata" else value)
        for name, value in answer
    ]
    return service, method, noted


@pytest.fixture(scope="module")
def fast() -> list[Any]:
    return through("fast-path")


def test_all_operations_are_called(fast: list[Any]) -> None:
    called = {(service, method) for service, method, _ in fast if service != "wait"}
    assert called == OPERATIONS & KNOWN, (
        "all_calls in tests/boto/support.py calls each operation that there is: write a script of a new one's calls in "
        "tests/boto/neighbour_calls.py, or in the file beside it of its service, and have all_calls yield it"
    )


def test_the_full_pipeline_leads_to_the_same_answers(fast: list[Any]) -> None:
    full = through("full-pipeline")
    assert len(full) == len(fast)
    for ours, theirs in zip(fast, full, strict=True):
        assert ours == theirs, (
            f"{ours[0]}.{ours[1]} is answered otherwise there; what the model calls an idempotencyToken botocore makes "
            "up there, so the script gives it"
        )


if IS_FULL:

    def test_native_clients_give_the_same_answers(fast: list[Any]) -> None:
        native = through("native")
        for ours, theirs in zip(fast, native, strict=True):
            # What a real client refuses before it sends it, native ones have the service refuse.
            if "no arn at all" not in str(theirs):
                assert without_zones(unchecked(ours)) == without_zones(theirs)

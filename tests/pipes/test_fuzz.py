"""Whatever is thrown at Pipes is answered or refused properly, and a refusal leaves everything as it was."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import minicloud
from minicloud.core.operation import operations_of
from minicloud.exceptions import ClientError, ParamValidationError
from minicloud.services.pipes.service import Pipes
from tests.support.depth import deep
from tests.support.made_up import values_of

from .support import FUNCTION, PIPE, PLACE, ROLE, SOURCE, STREAM, TARGET, queues, sent

OPERATIONS = operations_of(Pipes)
TARGETS = (
    *(TARGET, f"{TARGET}.fifo", STREAM, f"{FUNCTION}f", f"arn:aws:sns:{PLACE}:t", "x"),
    *(f"arn:aws:events:{PLACE}:event-bus/default", f"arn:aws:firehose:{PLACE}:deliverystream/d"),
)
TEMPLATES = st.sampled_from(["<$.body>", '{"a": <$.body.n>}', "<$.body", "<aws.pipes.event>", "<x>", "\ud800", "{"])
NAMED: dict[str, Any] = {
    "integer": st.sampled_from([-1, 0, 1, 10, 100, 300, 301, 10_001]),
    "DesiredState": st.sampled_from(["RUNNING", "STOPPED", "on"]),
    "Enrichment": st.sampled_from([f"{FUNCTION}f", "", "x", STREAM]),
    "InputTemplate": TEMPLATES,
    "LogConfiguration": st.just({"Level": "OFF"}),
    "Name": st.sampled_from(["billing", "billing", "new", "a b", "x" * 65]),
    "Pattern": st.sampled_from(["{", "{}", '{"body": {"n": [1]}}', '{"body": 1}']),
    "ResourceArn": st.sampled_from([f"arn:aws:pipes:{PLACE}:pipe/{name}" for name in ("billing", "nobody")] + ["x"]),
    "RoleArn": st.sampled_from([ROLE, ROLE, "r"]),
    "Source": st.sampled_from([SOURCE, SOURCE, STREAM, f"{SOURCE}-nobody", TARGETS[4], "x"]),
    "StartingPosition": st.sampled_from(["LATEST", "TRIM_HORIZON", "AT_TIMESTAMP", "x"]),
    "Target": st.sampled_from(TARGETS),
}
TEXTS = st.sampled_from(["k", "", "\ud800", "x" * 300, "$.body.n", "aws:x"])
calls = st.one_of(
    [st.tuples(st.just(name), values_of(operation.input, NAMED, TEXTS)) for name, operation in OPERATIONS.items()]
)


def everything(client: Any) -> str:
    """All that can be seen of pipes."""
    names = [one["Name"] for one in client.list_pipes()["Pipes"]]
    seen = [client.describe_pipe(Name=name) for name in names]
    plain = [{name: value for name, value in one.items() if name != "ResponseMetadata"} for one in seen]
    return json.dumps(plain, default=str)


@settings(max_examples=deep(400), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(calls, min_size=1, max_size=5))
def test_a_call_is_answered_or_refused_as_a_whole(made: list[tuple[str, dict[str, Any]]]) -> None:
    with minicloud.Cloud(clock="virtual", seed=1, region_name="us-east-1") as cloud:
        client: Any = cloud.client("pipes")
        queues(cloud)
        cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
        client.create_pipe(**PIPE)
        for name, params in made:
            before = everything(client)
            try:
                answer = getattr(client, name)(**params)
            except (ClientError, ParamValidationError, minicloud.UsageError):
                assert everything(client) == before
            else:
                assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
            sent(cloud, {"n": 1}, "text")
        before, snapshot = everything(client), cloud.snapshot()
        cloud.clock.advance(600)
        cloud.restore(snapshot)
        assert everything(client) == before

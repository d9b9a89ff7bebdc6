"""Paginators against botocore's: what they ask for, what they yield, where they can go on."""

from __future__ import annotations

import copy
import json
from base64 import b64encode
from typing import Any

import boto3
import pytest
from botocore.exceptions import OperationNotPageableError, PaginationError
from hypothesis import given
from hypothesis import strategies as st

import minicloud
from tests.clients.scripts import failure

pytestmark = [pytest.mark.needs("boto3"), pytest.mark.minicloud(region_name="us-east-1")]

KEYS = {"service_name": "kinesis", "region_name": "us-east-1", "aws_access_key_id": "a", "aws_secret_access_key": "b"}
SQS = boto3.client(**KEYS | {"service_name": "sqs"})
SNS = boto3.client(**KEYS | {"service_name": "sns"})
KINESIS = boto3.client(**KEYS)

items = st.lists(st.integers(0, 99), max_size=4)
tokens = st.sampled_from(["", None, "a", "b", "c", "None"])


@st.composite
def pages(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """An answer of the operation, with anything in it missing at times."""
    page: dict[str, Any] = {}
    if kind == "describe_stream":
        description: dict[str, Any] = {"StreamName": draw(st.text(max_size=2)), "StreamModeDetails": {}}
        if draw(st.booleans()):
            description["Shards"] = [{"ShardId": f"shard-{item}"} for item in draw(items)]
        if draw(st.booleans()):
            description["HasMoreShards"] = draw(st.booleans())
        return {"StreamDescription": description}
    lists = {
        "list_queues": ["QueueUrls"],
        "list_topics": ["Topics"],
        "list_streams": ["StreamNames", "StreamSummaries"],
    }
    for name in lists[kind]:
        if draw(st.integers(0, 4)):
            page[name] = draw(items)
    token = draw(tokens)
    if token is not None:
        page["NextToken"] = token
    if kind == "list_streams":
        page["HasMoreStreams"] = draw(st.booleans())
    return page


def configs(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    old_tokens = st.sampled_from(["a", "None", "a___2", "a___b", "a___b___c", "None___1", "b2xk", "eyJ4IjogMX0="])
    name = "ExclusiveStartShardId" if kind == "describe_stream" else "NextToken"
    new_tokens = st.fixed_dictionaries({name: tokens}, optional={"boto_truncate_amount": st.integers(0, 4)}).map(
        lambda token: b64encode(json.dumps(token).encode()).decode()
    )
    parts: dict[str, st.SearchStrategy[Any]] = {
        "MaxItems": st.none() | st.integers(0, 7) | st.just("3"),
        "StartingToken": st.none() | old_tokens | new_tokens,
    }
    if kind != "list_topics":
        parts["PageSize"] = st.none() | st.integers(1, 9) | st.just("2")
    return st.fixed_dictionaries({}, optional=parts)


def observe(client: Any, kind: str, answers: list[dict[str, Any]], config: dict[str, Any], *, whole: bool) -> list[Any]:
    """Everything that a run over a paginator shows; the service answers from the list."""
    seen: list[Any] = []
    waiting = iter(copy.deepcopy(answers))

    def answer(**params: Any) -> dict[str, Any]:
        seen.append(("asked", params))
        return next(waiting, {})

    setattr(client, kind, answer)
    try:
        paginator = client.get_paginator(kind)
        run = paginator.paginate(StreamName="s", PaginationConfig=copy.deepcopy(config))
        try:
            if whole:
                seen.append(("whole", run.build_full_result()))
            else:
                seen.extend(("page", copy.deepcopy(page), run.resume_token) for page in run)
                seen.append(("again", [copy.deepcopy(page) for page in run]))
        except Exception as error:  # whatever it is gets compared
            seen.append((type(error).__name__, str(error)))
        seen.append((run.resume_token, run.non_aggregate_part, [key.expression for key in run.result_keys]))
    finally:
        delattr(client, kind)
    return seen


@pytest.mark.parametrize("kind", ["list_queues", "list_topics", "describe_stream", "list_streams"])
@given(data=st.data())
def test_any_pages_with_any_configuration(kind: str, data: st.DataObject) -> None:
    answers = data.draw(st.lists(pages(kind), max_size=5))
    config = data.draw(configs(kind))
    whole = data.draw(st.booleans())
    theirs = {"list_queues": SQS, "list_topics": SNS}.get(kind, KINESIS)
    ours = minicloud.Cloud(seed=1).client(theirs.meta.service_model.service_name)
    assert observe(ours, kind, answers, config, whole=whole) == observe(theirs, kind, answers, config, whole=whole)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 9, 100])
@pytest.mark.parametrize("page_size", [None, 1, 3, 10])
def test_going_on_from_tokens_sees_all_shards_once(mock_aws: Any, limit: int, page_size: int | None) -> None:
    ours = mock_aws.client("kinesis")
    ours.create_stream(StreamName="s", ShardCount=9)
    walks = []
    for client in (ours, KINESIS):
        found: list[str] = []
        token = None
        while token is not None or not found:
            config = {"MaxItems": limit, "PageSize": page_size, "StartingToken": token}
            run = client.get_paginator("describe_stream").paginate(StreamName="s", PaginationConfig=config)
            whole = run.build_full_result()
            found += [shard["ShardId"] for shard in whole["StreamDescription"]["Shards"]]
            token = run.resume_token
            assert whole.get("NextToken") == token
        walks.append(found)
    assert walks[0] == walks[1] == [f"shardId-{index:012}" for index in range(9)]


def test_other_ways_to_look_at_pages(mock_aws: Any) -> None:
    ours = mock_aws.client("sqs")
    for number in range(5):
        ours.create_queue(QueueName=f"q{number}")
    shown = []
    for client in (ours, SQS):
        run = client.get_paginator("list_queues").paginate(PaginationConfig={"PageSize": 2})
        (keyed,) = run.result_key_iters()
        shown.append(list(keyed))
        for expression in ("QueueUrls", "length(QueueUrls)", "NoSuch"):
            run = client.get_paginator("list_queues").paginate(PaginationConfig={"PageSize": 2})
            shown.append(list(run.search(expression)))
    assert shown[:4] == shown[4:]
    assert len(shown[0]) == 5


def test_mistakes_are_botocores(cloud: Any) -> None:
    sns = cloud.client("sns")
    with pytest.raises(OperationNotPageableError):
        sns.get_paginator("publish")
    with pytest.raises(PaginationError):
        sns.get_paginator("list_topics").paginate(PaginationConfig={"PageSize": 2})
    for call in (
        lambda client: client.get_paginator("publish"),
        lambda client: client.get_paginator("list_topics").paginate(PaginationConfig={"PageSize": 2}),
        lambda client: client.get_paginator("list_topics").paginate(PaginationConfig={"MaxItems": "many"}),
    ):
        assert failure(lambda call=call: call(sns)) == failure(lambda call=call: call(SNS))


def test_the_same_operations_can_be_paged(cloud: Any) -> None:
    for theirs in (SQS, SNS, KINESIS):
        ours = cloud.client(theirs.meta.service_model.service_name)
        names = list(theirs.meta.method_to_api_mapping)
        assert {name: ours.can_paginate(name) for name in names} == {name: theirs.can_paginate(name) for name in names}

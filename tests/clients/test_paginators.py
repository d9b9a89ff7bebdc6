"""Paginators of the native clients; ``test_paginators_parity.py`` compares them with botocore's."""

from __future__ import annotations

import asyncio
import sys
from base64 import b64decode
from typing import Any

import pytest

import minicloud
from minicloud.exceptions import ClientError, OperationNotPageableError, PaginationError


@pytest.fixture
def names(sns: Any) -> list[str]:
    """The ARNs of 230 topics: three pages."""
    return [sns.create_topic(Name=f"topic-{number:03}")["TopicArn"] for number in range(230)]


def arns(pages: Any) -> list[str]:
    return [topic["TopicArn"] for page in pages for topic in page["Topics"]]


def test_pages_are_answers(sns: Any, names: list[str]) -> None:
    assert sns.can_paginate("list_topics")
    pages = list(sns.get_paginator("list_topics").paginate())
    assert [len(page["Topics"]) for page in pages] == [100, 100, 30]
    assert all(page["ResponseMetadata"]["HTTPStatusCode"] == 200 for page in pages)
    assert arns(pages) == names


@pytest.mark.parametrize("most", [1, 99, 100, 101, 230, 1000])
def test_max_items_and_where_to_go_on(sns: Any, names: list[str], most: int) -> None:
    paginator = sns.get_paginator("list_topics")
    found: list[str] = []
    token = None
    while token is not None or not found:
        pages = paginator.paginate(PaginationConfig={"MaxItems": most, "StartingToken": token})
        assert pages.resume_token is None
        part = arns(pages)
        assert len(part) == min(most, len(names) - len(found))
        found += part
        token = pages.resume_token
    assert found == names


def test_a_resume_token_is_readable(sns: Any, names: list[str]) -> None:
    pages = sns.get_paginator("list_topics").paginate(PaginationConfig={"MaxItems": 5})
    whole = pages.build_full_result()
    assert list(whole) == ["Topics", "NextToken"]
    assert whole["NextToken"] == pages.resume_token
    assert b64decode(whole["NextToken"]) == b'{"NextToken": null, "boto_truncate_amount": 5}'


def test_the_whole_result(sns: Any, sqs: Any, names: list[str]) -> None:
    assert sns.get_paginator("list_topics").paginate().build_full_result() == {
        "Topics": [{"TopicArn": arn} for arn in names]
    }
    assert sqs.get_paginator("list_queues").paginate().build_full_result() == {}


def test_page_size(sqs: Any, sns: Any) -> None:
    for number in range(5):
        sqs.create_queue(QueueName=f"q{number}")
    paginator = sqs.get_paginator("list_queues")
    assert [key.expression for key in paginator.result_keys] == ["QueueUrls"]
    pages = paginator.paginate(QueueNamePrefix="q", PaginationConfig={"PageSize": "2"})
    assert [len(page["QueueUrls"]) for page in pages] == [2, 2, 1]
    assert len(list(paginator.paginate(PaginationConfig={"PageSize": 2}).result_key_iters()[0])) == 5
    with pytest.raises(PaginationError, match="PageSize parameter is not supported"):
        sns.get_paginator("list_topics").paginate(PaginationConfig={"PageSize": 2})


def test_errors_of_the_service_come_through(sns: Any) -> None:
    with pytest.raises(ClientError):
        list(sns.get_paginator("list_topics").paginate(PaginationConfig={"StartingToken": "no token"}))


def test_a_service_that_repeats_itself(sqs: Any) -> None:
    sqs.list_queues = lambda **_: {"QueueUrls": ["a"], "NextToken": "same"}
    pages = iter(sqs.get_paginator("list_queues").paginate())
    assert [next(pages)["QueueUrls"], next(pages)["QueueUrls"]] == [["a"], ["a"]]
    with pytest.raises(PaginationError, match="The same next token was received twice"):
        next(pages)


@pytest.mark.parametrize("operation_name", ["send_message", "no_such_operation", "ListQueues"])
def test_what_can_not_be_paged(sqs: Any, cloud: Any, operation_name: str) -> None:
    assert not sqs.can_paginate(operation_name)
    for client in (sqs, cloud.async_client("sqs")):
        with pytest.raises(OperationNotPageableError, match=f"Operation cannot be paginated: {operation_name}"):
            client.get_paginator(operation_name)


def test_search_needs_jmespath(cloud: Any, sqs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "jmespath", raising=False)
    for client in (sqs, cloud.async_client("sqs")):
        with pytest.raises(minicloud.UsageError, match="import jmespath"):
            client.get_paginator("list_queues").paginate().search("QueueUrls")


def test_paging_in_a_loop(cloud: Any, names: list[str]) -> None:
    sns = cloud.async_client("sns")
    kinesis = cloud.async_client("kinesis")

    async def main() -> None:
        paginator = sns.get_paginator("list_topics")
        assert arns([page async for page in paginator.paginate()]) == names
        assert arns([await paginator.paginate().build_full_result()]) == names
        pages = paginator.paginate(PaginationConfig={"MaxItems": 150})
        first = arns([page async for page in pages])
        config = {"StartingToken": pages.resume_token}
        assert first + arns([page async for page in paginator.paginate(PaginationConfig=config)]) == names

        await kinesis.create_stream(StreamName="s", ShardCount=5)
        shards = kinesis.get_paginator("describe_stream").paginate(StreamName="s", PaginationConfig={"PageSize": 2})
        whole = (await shards.build_full_result())["StreamDescription"]
        assert (len(whole["Shards"]), whole["StreamName"], whole["KeyId"]) == (5, "s", None)
        assert "HasMoreShards" not in whole

    asyncio.run(main())


@pytest.mark.needs("jmespath")
def test_search_in_a_loop(cloud: Any) -> None:
    sqs = cloud.async_client("sqs")

    async def main() -> None:
        urls = [(await sqs.create_queue(QueueName=f"q{number}"))["QueueUrl"] for number in range(3)]
        paginator = sqs.get_paginator("list_queues")
        for expression, expected in (("QueueUrls", urls), ("length(QueueUrls)", [2, 1])):
            pages = paginator.paginate(PaginationConfig={"PageSize": 2})
            assert [found async for found in pages.search(expression)] == expected

    asyncio.run(main())

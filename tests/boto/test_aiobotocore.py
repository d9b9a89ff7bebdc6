"""aiobotocore's clients: the same answers, awaitable."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.session import Session

import minicloud
from minicloud.services.registry import SERVICE_NAMES
from tests.boto.support import (
    IS_FULL,
    comparable,
    has_members_in_order,
    refusal,
    script,
    some_handler,
    take_full_pipeline,
    without_zones,
)

pytestmark = pytest.mark.needs("aiobotocore")

ROOT = Path(__file__).parents[2]


async def play(clients: dict[str, Any], cloud: minicloud.Cloud) -> list[Any]:
    seen: list[Any] = []
    calls: Any = script()
    call = next(calls)
    while True:
        service, method, params = call
        answer: Any = None
        if service == "wait":
            cloud.clock.advance(params["seconds"])
        else:
            try:
                answer = await getattr(clients[service], method)(**params)
                for name in ("Payload", "Body"):
                    if name in answer:
                        answer[name] = await answer[name].read()
                if "EventStream" in answer:
                    stream = answer.pop("EventStream")
                    async for event in stream:
                        seen.append(("kinesis", method, comparable(event)))
                        break
                    stream.close()
            except Exception as error:  # whatever it is gets compared
                answer = refusal(error)
        seen.append((service, method, comparable(answer, in_order=has_members_in_order(service))))
        try:
            call = calls.send(answer)
        except StopIteration:
            return seen


def run(main: Callable[..., Awaitable[Any]], **options: Any) -> Any:
    """Run ``main(cloud, sqs)`` inside a mock on a virtual clock."""

    async def inside() -> Any:
        async with minicloud.mock_aws(clock="virtual", **options) as cloud, get_session().create_client("sqs") as sqs:
            return await main(cloud, sqs)

    return asyncio.run(inside())


@pytest.mark.needs("boto3")
@pytest.mark.parametrize("kind", ["fast-path", "full-pipeline", *(["native"] if IS_FULL else [])])
def test_answers_are_those_of_boto3s_clients(kind: str) -> None:
    from tests.boto.test_full_pipeline import play as play_sync

    async def main() -> list[Any]:
        cloud = minicloud.Cloud(clock="virtual", seed="same")
        async with minicloud.mock_aws(cloud=cloud), contextlib.AsyncExitStack() as stack:
            session = get_session()
            clients = {name: await stack.enter_async_context(session.create_client(name)) for name in SERVICE_NAMES}
            if kind == "full-pipeline":
                for client in clients.values():
                    take_full_pipeline(client)
            if kind == "native":
                clients = {name: cloud.async_client(name) for name in SERVICE_NAMES}
            return await play(clients, cloud)

    cloud = minicloud.Cloud(clock="virtual", seed="same")
    with minicloud.mock_aws(cloud=cloud):
        expected = play_sync({name: Session().create_client(name) for name in SERVICE_NAMES}, cloud)
    found = asyncio.run(main())
    assert len(found) == len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        if kind != "native":
            assert ours == theirs
        elif "no arn at all" not in str(ours):
            assert without_zones(ours) == without_zones(theirs)


@pytest.mark.parametrize("kind", ["fast-path", "full-pipeline"])
def test_a_long_poll_lets_others_run(kind: str) -> None:
    async def main(cloud: minicloud.Cloud, sqs: Any) -> None:
        if kind == "full-pipeline":
            take_full_pipeline(sqs)
        url = (await sqs.create_queue(QueueName="q"))["QueueUrl"]
        poll = asyncio.create_task(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))
        for _ in range(3):
            await asyncio.sleep(0)
        await sqs.send_message(QueueUrl=url, MessageBody="x")
        assert (await poll)["Messages"][0]["Body"] == "x"
        before = cloud.clock.time()
        assert "Messages" not in await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
        assert cloud.clock.time() - before == 20

    run(main)


@pytest.mark.parametrize("kind", ["fast-path", "full-pipeline"])
def test_a_cancelled_poll_takes_no_message(kind: str) -> None:
    async def main(cloud: minicloud.Cloud, sqs: Any) -> None:
        if kind == "full-pipeline":
            take_full_pipeline(sqs)
        url = (await sqs.create_queue(QueueName="q"))["QueueUrl"]
        poll = asyncio.create_task(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))
        for _ in range(5):
            await asyncio.sleep(0)
        cloud.client("sqs").send_message(QueueUrl=url, MessageBody="x")
        poll.cancel()
        with pytest.raises(asyncio.CancelledError):
            await poll
        [message] = cloud.queue("q").messages
        assert (message.state, message.receive_count) == ("visible", 0)

    run(main)


def test_waiters_and_paginators() -> None:
    async def main() -> None:
        async with minicloud.mock_aws(clock="virtual") as cloud, get_session().create_client("kinesis") as kinesis:
            await kinesis.create_stream(StreamName="s", ShardCount=3)
            await kinesis.get_waiter("stream_exists").wait(StreamName="s")
            before = cloud.clock.time()
            config = {"Delay": 30, "MaxAttempts": 2}
            with pytest.raises(botocore.exceptions.WaiterError):
                await kinesis.get_waiter("stream_not_exists").wait(StreamName="s", WaiterConfig=config)
            assert cloud.clock.time() - before >= 30
            await kinesis.create_stream(StreamName="t", ShardCount=1)
            pages = kinesis.get_paginator("list_streams").paginate(PaginationConfig={"PageSize": 1})
            assert [page["StreamNames"] async for page in pages] == [["s"], ["t"]]

    started = time.monotonic()
    asyncio.run(main())
    assert time.monotonic() - started < 5


def test_retries_wait_on_the_clouds_clock() -> None:
    async def main(cloud: minicloud.Cloud, sqs: Any) -> None:
        cloud.faults.refuse("ServiceUnavailable", operation="ListQueues", first=3)
        answer = await sqs.list_queues()
        assert answer["ResponseMetadata"]["RetryAttempts"] == 3

    started = time.monotonic()
    run(main)
    assert time.monotonic() - started < 5


def test_it_fails_closed() -> None:
    async def main(cloud: minicloud.Cloud, sqs: Any) -> None:
        session = get_session()
        async with session.create_client("dynamodb") as dynamodb:
            with pytest.raises(minicloud.UsageError, match=r"dynamodb\.ListTables"):
                await dynamodb.list_tables()
        from botocore.awsrequest import AWSRequest

        request = AWSRequest("GET", "https://sqs.us-east-1.amazonaws.com/").prepare()
        with pytest.raises(minicloud.UsageError, match="without going through the client's methods"):
            await sqs._endpoint.http_session.send(request)

    run(main)


def test_what_minicloud_does_not_answer_a_handler_may() -> None:
    async def main(cloud: minicloud.Cloud, sqs: Any) -> None:
        async with get_session().create_client("dynamodb") as dynamodb:
            dynamodb.meta.events.register(
                "before-call.dynamodb.ListTables", lambda **_: (Http(), {"TableNames": ["t"]})
            )
            assert await dynamodb.list_tables() == {"TableNames": ["t"]}
            take_full_pipeline(dynamodb)  # by a handler that answers nothing
            with pytest.raises(minicloud.UsageError, match=r"dynamodb\.GetItem"):
                await dynamodb.get_item(TableName="t", Key={"id": {"S": "1"}})

    class Http:
        status_code = 200

    run(main)


def test_state_is_shared_with_sync_clients_and_errors_are_the_clients_own() -> None:
    async def main(cloud: minicloud.Cloud, sqs: Any) -> None:
        url = (await sqs.create_queue(QueueName="q"))["QueueUrl"]
        assert Session().create_client("sqs").get_queue_url(QueueName="q")["QueueUrl"] == url
        with pytest.raises(sqs.exceptions.QueueDoesNotExist):
            await sqs.get_queue_url(QueueName="nobody")
        with pytest.raises(botocore.exceptions.ParamValidationError) as caught:
            await sqs.get_queue_url(Nonsense=1)
        assert type(caught.value) is botocore.exceptions.ParamValidationError

    run(main)


def test_without_validation_and_without_credentials() -> None:
    async def main() -> None:
        before = get_session().create_client("sqs", region_name="us-east-1")
        async with before as sqs:
            with pytest.raises(botocore.exceptions.NoCredentialsError):
                await sqs.list_queues()
            with minicloud.mock_aws():
                sqs.meta.events.register("before-send", some_handler)
                await sqs.list_queues()
                config = AioConfig(parameter_validation=False)
                async with get_session().create_client("sqs", config=config) as unchecked:
                    with pytest.raises(botocore.exceptions.ClientError, match="MissingParameter"):
                        await unchecked.send_message()
            with pytest.raises(botocore.exceptions.NoCredentialsError):
                await sqs.list_queues()

    asyncio.run(main())


def test_assumed_roles() -> None:
    async def main() -> None:
        session = get_session()
        async with minicloud.mock_aws(), session.create_client("sts") as sts:
            made = await sts.assume_role(RoleArn="arn:aws:iam::000000000042:role/r", RoleSessionName="me")
            keys = made["Credentials"]
            async with session.create_client(
                "sqs",
                aws_access_key_id=keys["AccessKeyId"],
                aws_secret_access_key=keys["SecretAccessKey"],
                aws_session_token=keys["SessionToken"],
            ) as sqs:
                assert "/000000000042/" in (await sqs.create_queue(QueueName="q"))["QueueUrl"]

    asyncio.run(main())


def test_aiobotocore_may_be_imported_after_the_mock_has_started() -> None:
    program = """
import asyncio, minicloud
async def main():
    async with minicloud.mock_aws():
        from aiobotocore.session import get_session
        async with get_session().create_client("sqs") as sqs:
            await sqs.create_queue(QueueName="q")
asyncio.run(main())
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60, cwd=ROOT)


def test_its_call_is_still_a_coroutine_function() -> None:
    import inspect

    from aiobotocore.client import AioBaseClient

    with minicloud.mock_aws():
        assert inspect.iscoroutinefunction(AioBaseClient._make_api_call)
        assert AioBaseClient._make_api_call.__qualname__ == "AioBaseClient._make_api_call"


def test_the_raw_answer_has_the_headers_where_older_releases_look_for_them() -> None:
    # Releases of aiobotocore 2 take the headers of every answer from here; so do handlers of its users.
    seen: list[Any] = []

    async def main(_: minicloud.Cloud, sqs: Any) -> Any:
        sqs.meta.events.register("after-call.sqs", lambda http_response, **_: seen.append(http_response))
        return await sqs.list_queues()

    answer = run(main)
    headers = {name.decode().lower(): value.decode() for name, value in seen[0].raw.raw_headers}
    assert headers["x-amzn-requestid"] == answer["ResponseMetadata"]["RequestId"]
    assert headers == {name.lower(): value for name, value in seen[0].headers.items()}


def test_a_client_that_is_left_over_does_not_reach_aws_with_fake_credentials() -> None:
    async def main() -> None:
        async with get_session().create_client("sqs", "us-east-1") as sqs:
            async with minicloud.mock_aws():
                session = get_session()
                async with session.create_client("sqs") as inner:
                    await inner.list_queues()
                    kept = inner
                await sqs.list_queues()
            for _ in range(2):
                with pytest.raises(minicloud.UsageError, match=r"fake credentials of a mock_aws\(\) that has ended"):
                    await take_full_pipeline(kept).list_queues()
            # Made without credentials, it has none again.
            with pytest.raises(botocore.exceptions.NoCredentialsError):
                await sqs.list_queues()

    asyncio.run(main())


@pytest.mark.parametrize("way", ["left", "closed"])
def test_a_client_that_was_closed_answers_no_more_where_aiobotocore_refuses(way: str) -> None:
    async def main() -> None:
        async with minicloud.mock_aws():
            async with get_session().create_client("sqs") as sqs:
                await sqs.list_queues()
                await sqs.list_queues()  # by the short way, of which the first call has found out
                if way == "closed":
                    await sqs.close()
                    await calls(sqs)
            await calls(sqs)

    async def calls(sqs: Any) -> None:
        if hasattr(sqs._endpoint.http_session, "_sessions_lock"):  # aiobotocore 3
            for _ in range(2):
                with pytest.raises(botocore.exceptions.HTTPClientError) as caught:
                    await sqs.list_queues()
                assert "this client was closed before the call" in caught.value.__notes__[0]
        else:
            assert await sqs.list_queues()

    asyncio.run(main())


def test_a_client_from_before_a_mock_signs_urls_in_it() -> None:
    """It has found no credentials, and to sign may be the first that it does there."""
    get: dict[str, Any] = {"ClientMethod": "get_object", "Params": {"Bucket": "photos", "Key": "k"}}

    async def main() -> None:
        async with get_session().create_client("s3", "us-east-1") as s3:
            async with minicloud.mock_aws():
                assert "AWSAccessKeyId=testing&" in await s3.generate_presigned_url(**get)
                assert await s3.generate_presigned_post("photos", "k")
            with pytest.raises(botocore.exceptions.NoCredentialsError):
                await s3.generate_presigned_url(**get)

    asyncio.run(main())

"""What every client has beside its operations."""

from __future__ import annotations

import asyncio
import inspect
import pickle
from typing import Any

import pytest

import minicloud
from minicloud.core.operation import operations_of
from minicloud.exceptions import ClientError, ParamValidationError
from minicloud.services.registry import SERVICE_NAMES


@pytest.fixture(params=SERVICE_NAMES)
def service_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.mark.parametrize("service_name", [name for name in SERVICE_NAMES if name != "iam"])
def test_meta(cloud: Any, service_name: str) -> None:
    client = cloud.client(service_name, region_name="eu-west-1")
    meta = client.meta
    assert meta is client.meta
    assert (meta.region_name, meta.partition) == ("eu-west-1", "aws")
    prefix = {"cloudwatch": "monitoring"}.get(service_name, service_name)
    assert meta.endpoint_url == f"https://{prefix}.eu-west-1.amazonaws.com"
    assert meta.service_model.service_name == meta.service_name == service_name
    assert meta.config.region_name == "eu-west-1"
    assert cloud.client(service_name).meta.region_name == cloud.region_name
    assert cloud.client(service_name, endpoint_url="http://localhost:4566").meta.endpoint_url == "http://localhost:4566"
    china = cloud.client(service_name, region_name="cn-north-1").meta
    assert (china.partition, china.endpoint_url) == ("aws-cn", f"https://{prefix}.cn-north-1.amazonaws.com.cn")


def test_events_can_be_registered_and_stay_silent(sqs: Any) -> None:
    seen: list[Any] = []
    sqs.meta.events.register("before-send.sqs.*", seen.append)
    sqs.meta.events.register_first("before-call", seen.append, unique_id="mine")
    sqs.list_queues()
    sqs.meta.events.unregister("before-send.sqs.*", seen.append)
    assert seen == []


def test_every_operation_is_a_method_of_both_clients(cloud: Any, service_name: str) -> None:
    sync, aio = cloud.client(service_name), cloud.async_client(service_name)
    operations = operations_of(sync.service.api)
    assert sorted(sync.meta.service_model.operation_names) == sorted(found.name for found in operations.values())
    for name, operation in operations.items():
        assert sync.meta.method_to_api_mapping[name] == operation.name
        assert not inspect.iscoroutinefunction(getattr(sync, name))
        assert inspect.iscoroutinefunction(getattr(aio, name))
        assert getattr(sync, name).__doc__ == getattr(aio, name).__doc__ == operation.__doc__
        with pytest.raises(TypeError, match=f"^{name}\\(\\) only accepts keyword arguments\\.$"):
            getattr(sync, name)("positional")
        with pytest.raises(TypeError, match=f"^{name}\\(\\) only accepts keyword arguments\\.$"):
            getattr(sync, name)(None, **dict.fromkeys(operation.input.members, "x"))


def test_unknown_operations(cloud: Any, service_name: str) -> None:
    for client in (cloud.client(service_name), cloud.async_client(service_name)):
        assert not hasattr(client, "make_coffee")
        with pytest.raises(minicloud.UsageError, match="make_coffee"):
            client.make_coffee()
        with pytest.raises(AttributeError):
            client.make_coffee()


def test_no_url_can_be_signed(cloud: Any) -> None:
    for client in (cloud.client("sqs"), cloud.async_client("sqs")):
        with pytest.raises(minicloud.UsageError, match="call the operation itself"):
            client.generate_presigned_url("list_queues", Params={}, ExpiresIn=60)


def test_a_client_is_a_context(cloud: Any) -> None:
    with cloud.client("sqs") as sqs:
        sqs.create_queue(QueueName="q")
    assert len(sqs.list_queues()["QueueUrls"]) == 1
    sqs.close()

    async def main() -> None:
        async with cloud.async_client("sqs") as aio, cloud.async_client("sns") as sns:
            assert len((await aio.list_queues())["QueueUrls"]) == 1
            await sns.create_topic(Name="t")
        assert len((await sns.list_topics())["Topics"]) == 1
        await sns.close()

    asyncio.run(main())


def test_what_a_client_looks_like(cloud: Any) -> None:
    assert repr(cloud.client("sqs", region_name="eu-west-1")) == "<minicloud sqs client eu-west-1>"


# --- errors ---------------------------------------------------------------------------------------------------------


def test_a_services_error(sqs: Any) -> None:
    with pytest.raises(sqs.exceptions.QueueDoesNotExist) as caught:
        sqs.get_queue_url(QueueName="none")
    error = caught.value
    assert isinstance(error, ClientError)
    assert isinstance(error, sqs.exceptions.ClientError)
    assert error.operation_name == "GetQueueUrl"
    assert error.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"
    assert str(error) == (
        "An error occurred (AWS.SimpleQueueService.NonExistentQueue) when calling the GetQueueUrl operation: "
        + error.response["Error"]["Message"]
    )
    metadata = error.response["ResponseMetadata"]
    assert (metadata["HTTPStatusCode"], metadata["RetryAttempts"]) == (400, 0)
    assert metadata["RequestId"] == metadata["HTTPHeaders"]["x-amzn-requestid"]


def test_errors_survive_a_pickle(sqs: Any) -> None:
    with pytest.raises(ClientError) as caught:
        sqs.get_queue_url(QueueName="none")
    again = pickle.loads(pickle.dumps(caught.value))
    assert isinstance(again, ClientError)
    assert (str(again), again.response, again.operation_name) == (
        str(caught.value),
        caught.value.response,
        "GetQueueUrl",
    )
    with pytest.raises(ParamValidationError) as invalid:
        sqs.get_queue_url()
    assert str(pickle.loads(pickle.dumps(invalid.value))) == str(invalid.value)


def test_the_exceptions_of_a_service(cloud: Any, service_name: str) -> None:
    exceptions = cloud.client(service_name).exceptions
    assert exceptions is cloud.async_client(service_name).exceptions
    for name in exceptions.from_code("NoSuchCode"), exceptions.ClientError:
        assert name is ClientError
    for name in cloud.client(service_name).service.exceptions:
        found = getattr(exceptions, name)
        assert issubclass(found, ClientError)
        assert found.__name__ == name
        assert name in dir(exceptions)
    with pytest.raises(AttributeError, match=r"object has no attribute NoSuch\. Valid exceptions are: "):
        _ = exceptions.NoSuch


def test_the_same_class_in_all_clients(cloud: Any, sqs: Any) -> None:
    with minicloud.Cloud() as other, pytest.raises(sqs.exceptions.QueueDoesNotExist):
        other.client("sqs").get_queue_url(QueueName="none")

    async def main() -> None:
        with pytest.raises(sqs.exceptions.QueueDoesNotExist):
            await cloud.async_client("sqs").get_queue_url(QueueName="none")

    asyncio.run(main())


def test_parameters_are_judged_before_the_service(cloud: Any, sqs: Any) -> None:
    with pytest.raises(ParamValidationError) as caught:
        sqs.send_message(MessageBody=1, Delay=2)
    report = str(caught.value)
    assert report.startswith("Parameter validation failed:\n")
    assert 'Missing required parameter in input: "QueueUrl"' in report
    assert 'Unknown parameter in input: "Delay", must be one of: QueueUrl, MessageBody' in report
    assert "Invalid type for parameter MessageBody, value: 1, type: <class 'int'>, valid types: <class 'str'>" in report
    assert caught.value.kwargs["report"] in report

    async def main() -> None:
        with pytest.raises(ParamValidationError):
            await cloud.async_client("sqs").send_message()

    asyncio.run(main())

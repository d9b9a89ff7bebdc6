"""A botocore that knows more than minicloud: nothing of what it sends is left out in silence.

The newer models are those of the installed release with inventions in them; and of the installed release itself all
that it has and minicloud has not.
"""

from __future__ import annotations

import asyncio
import copy
import json
import re
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import boto3
import botocore.loaders
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ParamValidationError

import minicloud
from minicloud.services.registry import KNOWN_RELEASE, SERVICE_NAMES
from tests.boto.support import take_full_pipeline
from tests.support.model_gaps import (
    ANSWER,
    ERROR,
    OPERATION,
    OPTIONAL,
    Gap,
    dummy_params,
    gaps_of,
    model_of,
    operations,
    words,
)

pytestmark = pytest.mark.needs("boto3")

MEMBERS = {
    "sqs": [
        "SendMessageRequest",
        "SendMessageBatchRequestEntry",
        "MessageAttributeValue",
        "ListQueuesRequest",
        "Message",
    ],
    "sns": ["PublishInput", "PublishBatchRequestEntry", "MessageAttributeValue", "ListTopicsInput", "Topic"],
    "kinesis": [
        "PutRecordInput",
        "PutRecordsRequestEntry",
        "StartingPosition",
        "DescribeStreamInput",
        "ListStreamsInput",
        "SubscribeToShardInput",
    ],
}
"""The structures that the newer models have a member ``Invented`` in."""

RELEASES = rf"botocore {re.escape(KNOWN_RELEASE)}, and the client's is of botocore {re.escape(version('botocore'))}"


def invented(service: str) -> dict[str, Any]:
    """The installed model of a service, with inventions in it."""
    loaded = botocore.loaders.Loader().load_service_model(service, "service-2")
    model: dict[str, Any] = json.loads(json.dumps(loaded))
    shapes = model["shapes"]
    shapes["Invention"] = {"type": "string"}
    for name in MEMBERS[service]:
        shapes[name]["members"]["Invented"] = {"shape": "Invention"}
    known = model["operations"]["AddTagsToStream" if service == "kinesis" else "AddPermission"]
    model["operations"]["Invent"] = {**copy.deepcopy(known), "name": "Invent"}
    if service == "kinesis":
        shapes["PutRecordInput"]["required"] = []
        shapes["PutRecordsRequestEntry"]["required"] = []
    return model


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("models")
    for service in MEMBERS:
        folder = place / service / model_of(service).api_version
        folder.mkdir(parents=True)
        (folder / "service-2.json").write_text(json.dumps(invented(service)))
    return place


def with_models(session: Any, models: Path) -> Any:
    loader = session.get_component("data_loader")
    loader._search_paths.insert(0, str(models))
    return session


class Asynchronous:
    """A client of aiobotocore, as one that blocks."""

    def __init__(self, models: Path, service: str) -> None:
        self._models = models
        self._service = service

    def __getattr__(self, method: str) -> Any:
        from aiobotocore.session import get_session

        async def call(**params: Any) -> Any:
            async with with_models(get_session(), self._models).create_client(self._service) as client:
                return await getattr(client, method)(**params)

        return lambda **params: asyncio.run(call(**params))


@pytest.fixture(
    params=[
        "fast-path",
        "full-pipeline",
        "unchecked",
        pytest.param("aiobotocore", marks=pytest.mark.needs("aiobotocore")),
    ]
)
def client(request: pytest.FixtureRequest, models: Path) -> Callable[[str], Any]:
    def make(service: str) -> Any:
        if request.param == "aiobotocore":
            return Asynchronous(models, service)
        session = boto3.Session(botocore_session=with_models(botocore.session.Session(), models))
        config = Config(parameter_validation=request.param != "unchecked")
        made = session.client(service, config=config)
        return take_full_pipeline(made) if request.param == "full-pipeline" else made

    return make


def parsed(release: str) -> list[int]:
    return [int(part) for part in release.split(".")]


def refused(what: str) -> Any:
    return pytest.raises(minicloud.UsageError, match=rf"{what}.*{RELEASES}")


def test_the_tools_have_no_newer_release_than_that_of_the_models() -> None:
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    [pinned] = re.findall(r'"botocore==([0-9.]+)"', project)
    assert parsed(pinned) <= parsed(KNOWN_RELEASE)


def test_sqs(client: Any) -> None:
    with minicloud.mock_aws() as cloud:
        sqs = client("sqs")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        new = {"Invented": "x"}
        attribute = {"colour": {"DataType": "String", "StringValue": "x", **new}}
        entry = {"Id": "1", "MessageBody": "m"}
        with refused(r"parameter Invented of sqs\.SendMessage,"):
            sqs.send_message(QueueUrl=url, MessageBody="m", **new)
        with refused(r"parameter MessageAttributes\.colour\.Invented of sqs\.SendMessage,"):
            sqs.send_message(QueueUrl=url, MessageBody="m", MessageAttributes=attribute)
        with refused(r"parameter Entries\[1\]\.Invented of sqs\.SendMessageBatch,"):
            sqs.send_message_batch(QueueUrl=url, Entries=[{**entry, "Id": "2"}, {**entry, **new}])
        with refused(r"parameter Invented of sqs\.ListQueues,"):
            sqs.list_queues(**new)
        with refused(r"does not answer sqs\.Invent:"):
            sqs.invent(QueueUrl=url, Label="x", AWSAccountIds=["123456789012"], Actions=["*"])
        assert cloud.queue("q").bodies == []
        sqs.send_message(QueueUrl=url, MessageBody="m")
        # A member of the answer that minicloud does not know is not there.
        [message] = sqs.receive_message(QueueUrl=url)["Messages"]
        assert "Invented" not in message


def test_sns(client: Any) -> None:
    with minicloud.mock_aws() as cloud:
        sns = client("sns")
        arn = sns.create_topic(Name="t")["TopicArn"]
        new = {"Invented": "x"}
        attribute = {"colour": {"DataType": "String", "StringValue": "x", **new}}
        entry = {"Id": "1", "Message": "m"}
        with refused(r"parameter Invented of sns\.Publish,"):
            sns.publish(TopicArn=arn, Message="m", **new)
        with refused(r"parameter MessageAttributes\.colour\.Invented of sns\.Publish,"):
            sns.publish(TopicArn=arn, Message="m", MessageAttributes=attribute)
        with refused(r"parameter PublishBatchRequestEntries\[0\]\.Invented of sns\.PublishBatch,"):
            sns.publish_batch(TopicArn=arn, PublishBatchRequestEntries=[{**entry, **new}])
        with refused(r"does not answer sns\.Invent:"):
            sns.invent(TopicArn=arn, Label="x", AWSAccountId=["123456789012"], ActionName=["Publish"])
        assert not cloud.topic("t").published


def test_kinesis(client: Any) -> None:
    with minicloud.mock_aws(clock="virtual") as cloud:
        kinesis = client("kinesis")
        kinesis.create_stream(StreamName="s", ShardCount=1)
        cloud.clock.advance(60)
        record, new = {"Data": b"x", "PartitionKey": "k"}, {"Invented": "x"}
        with refused(r"parameter Invented of kinesis\.PutRecord,"):
            kinesis.put_record(StreamName="s", **record, **new)
        with refused(r"parameter Records\[1\]\.Invented of kinesis\.PutRecords,"):
            kinesis.put_records(StreamName="s", Records=[record, {**record, **new}])
        with refused(r"know kinesis\.PutRecord without Data:"):
            kinesis.put_record(StreamName="s", PartitionKey="k")
        with refused(r"know kinesis\.PutRecords without Records\[1\]\.Data:"):
            kinesis.put_records(StreamName="s", Records=[record, {"PartitionKey": "k"}])
        with refused(r"does not answer kinesis\.Invent:"):
            kinesis.invent(StreamName="s", Tags={"a": "b"})
        assert not cloud.stream("s").records
        arn = cloud.stream("s").arn
        consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c")["Consumer"]["ConsumerARN"]
        cloud.clock.advance(60)
        shard: dict[str, Any] = {"ConsumerARN": consumer, "ShardId": "shardId-000000000000"}
        with refused(r"parameter Invented of kinesis\.SubscribeToShard,"):
            kinesis.subscribe_to_shard(**shard, StartingPosition={"Type": "LATEST"}, **new)
        with refused(r"parameter StartingPosition\.Invented of kinesis\.SubscribeToShard,"):
            kinesis.subscribe_to_shard(**shard, StartingPosition={"Type": "LATEST", **new})


def test_resources_paginators_and_waiters(models: Path) -> None:
    session = boto3.Session(botocore_session=with_models(botocore.session.Session(), models))
    new = {"Invented": "x"}
    with minicloud.mock_aws() as cloud:
        queue = session.resource("sqs").create_queue(QueueName="q")
        with refused(r"parameter Invented of sqs\.SendMessage,"):
            queue.send_message(MessageBody="m", **new)
        with refused(r"parameter Entries\[0\]\.Invented of sqs\.SendMessageBatch,"):
            queue.send_messages(Entries=[{"Id": "1", "MessageBody": "m", **new}])
        with refused(r"parameter Invented of sqs\.ListQueues,"):
            list(session.resource("sqs").queues.filter(**new))
        with refused(r"parameter Invented of sns\.Publish,"):
            session.resource("sns").create_topic(Name="t").publish(Message="m", **new)
        with refused(r"parameter Invented of sns\.ListTopics,"):
            list(session.client("sns").get_paginator("list_topics").paginate(**new))
        kinesis = session.client("kinesis")
        kinesis.create_stream(StreamName="s", ShardCount=1)
        with refused(r"parameter Invented of kinesis\.ListStreams,"):
            kinesis.get_paginator("list_streams").paginate(**new).build_full_result()
        with refused(r"parameter Invented of kinesis\.DescribeStream,"):
            kinesis.get_waiter("stream_exists").wait(StreamName="s", **new)
        assert cloud.queue("q").bodies == []


def test_what_this_botocore_does_not_know_either_is_its_own_error(client: Any) -> None:
    with minicloud.mock_aws(), pytest.raises((ParamValidationError, KeyError)):
        client("sqs").list_queues(Nonsense="x")


def test_a_native_client_cannot_tell_it_from_a_misspelt_name() -> None:
    with minicloud.Cloud() as cloud, pytest.raises(minicloud.exceptions.ParamValidationError, match="Invented"):
        cloud.client("sqs").list_queues(Invented="x")  # type: ignore[call-arg]


def test_a_member_that_a_handler_puts_into_a_request_is_not_left_out() -> None:
    def add(params: dict[str, Any], **_: Any) -> None:
        body = params["body"]
        params["body"] = {**body, "Invented": "x"} if isinstance(body, dict) else b'{"QueueName":"q","Invented":"x"}'

    with minicloud.mock_aws() as cloud:
        for service, method, params in (
            ("sqs", "create_queue", {"QueueName": "q"}),
            ("sns", "create_topic", {"Name": "t"}),
        ):
            made = boto3.client(service)
            made.meta.events.register("before-call", add)
            with pytest.raises(minicloud.UsageError, match=r"the request has 'Invented', which Create\w+ has not"):
                getattr(made, method)(**params)
        assert not cloud.client("sqs").list_queues().get("QueueUrls")
        assert not cloud.client("sns").list_topics()["Topics"]


def test_a_fault_of_an_error_that_minicloud_does_not_know() -> None:
    with (
        minicloud.mock_aws() as cloud,
        pytest.raises(minicloud.UsageError, match=rf"'Invented' is not .* botocore {KNOWN_RELEASE}"),
    ):
        cloud.faults.refuse("Invented", operation="PutRecord", service="kinesis")


# --- the installed release -------------------------------------------------------------------------------------------


def test_the_known_release_has_no_gaps() -> None:
    """But for what is shown of alarms and delivery streams that are refused when they are made."""
    if version("botocore") == KNOWN_RELEASE:
        gaps = [gap for service in SERVICE_NAMES for gap in gaps_of(service)]
        refused = ("CompositeAlarms[].", "MetricAlarms[].", "LogAlarms[].", "DeliveryStreamDescription.")
        assert [str(gap) for gap in gaps if not (gap.kind == ANSWER and gap.what.startswith(refused))] == []


def test_the_invented_models_have_gaps() -> None:
    from botocore.model import ServiceModel

    for service, names in MEMBERS.items():
        found = gaps_of(service, ServiceModel(invented(service), service))
        assert (OPERATION, "Invent") in {(gap.kind, gap.operation) for gap in found}
        assert len([gap for gap in found if gap.what.endswith("Invented")]) >= len(names)


@pytest.mark.parametrize("path", ["fast-path", "full-pipeline"])
def test_nothing_of_this_release_is_left_out(path: str) -> None:
    lost = []
    for service in SERVICE_NAMES:
        for gap in gaps_of(service):
            with minicloud.mock_aws() as cloud:
                made = boto3.client(service, endpoint_url="http://localhost:4566")  # ARNs are not looked into
                if path == "full-pipeline":
                    take_full_pipeline(made)
                told = is_raised_or_told(cloud, made, gap) if gap.kind == ERROR else is_told(made, gap)
                if not told:
                    lost.append(str(gap))
    assert lost == []


def is_told(client: Any, gap: Gap) -> bool:
    """Whether a call that needs what minicloud lacks ends in an error that names it, where there is such a call."""
    if gap.kind == ANSWER:
        return True
    model = client.meta.service_model.operation_model(gap.operation)
    path, without = gap.path, ""
    if gap.kind == OPTIONAL:
        path, without = gap.path[:-1], str(gap.path[-1])
    params = dummy_params(model.input_shape, path, without)
    method = next(name for name, known in client.meta.method_to_api_mapping.items() if known == gap.operation)
    try:
        getattr(client, method)(**params)
    except minicloud.UsageError as error:
        named = gap.operation if gap.kind == OPERATION else words(gap.path)
        return named in str(error) and KNOWN_RELEASE in str(error)
    return False


def is_raised_or_told(cloud: minicloud.Cloud, client: Any, gap: Gap) -> bool:
    """Whether a fault of an error that minicloud's model lacks raises the client's own class for it, or names it."""
    operation = next(iter(operations(gap.service)))
    try:
        cloud.faults.refuse(gap.what, operation=operation, service=gap.service)
    except minicloud.UsageError as error:
        return gap.what in str(error) and KNOWN_RELEASE in str(error)
    method = next(name for name, known in client.meta.method_to_api_mapping.items() if known == operation)
    params = dummy_params(client.meta.service_model.operation_model(operation).input_shape)
    try:
        getattr(client, method)(**params)
    except client.exceptions.from_code(gap.what) as error:
        return type(error).__name__ == gap.what
    return False

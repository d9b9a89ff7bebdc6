"""Clients that speak an older protocol get its answers and its errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import botocore.loaders
import botocore.session
import pytest

import minicloud
from tests.boto.support import some_handler

pytestmark = pytest.mark.needs("boto3")


def older_model() -> dict[str, Any]:
    """SQS's model in the words of the query protocol, as far as the tests go."""
    model: dict[str, Any] = json.loads(json.dumps(botocore.loaders.Loader().load_service_model("sqs", "service-2")))
    metadata = model["metadata"]
    for name in ("awsQueryCompatible", "jsonVersion", "targetPrefix", "auth"):
        metadata.pop(name, None)
    metadata |= {
        "protocol": "query",
        "protocols": ["query"],
        "xmlNamespace": "http://queue.amazonaws.com/doc/2012-11-05/",
    }
    for name, operation in model["operations"].items():
        if "output" in operation:
            operation["output"]["resultWrapper"] = f"{name}Result"
    shapes = model["shapes"]
    for name, member in {
        "AttributeNameList": "AttributeName",
        "MessageList": "Message",
        "QueueUrlList": "QueueUrl",
        "SendMessageBatchRequestEntryList": "SendMessageBatchRequestEntry",
        "SendMessageBatchResultEntryList": "SendMessageBatchResultEntry",
        "BatchResultErrorEntryList": "BatchResultErrorEntry",
    }.items():
        shapes[name]["flattened"] = True
        shapes[name]["member"]["locationName"] = member
    for name, location, key in (
        ("QueueAttributeMap", "Attribute", "Name"),
        ("MessageBodyAttributeMap", "MessageAttribute", "Name"),
        ("TagMap", "Tag", "Key"),
    ):
        shapes[name] |= {"flattened": True}
        shapes[name]["key"]["locationName"] = key
        shapes[name]["value"]["locationName"] = "Value"
        shapes[name]["locationName"] = location
    for shape in shapes.values():
        for member in shape.get("members", {}).values():
            location = shapes[member["shape"]].get("locationName")
            if location:
                member["locationName"] = location
    return model


@pytest.fixture
def older(tmp_path: Path) -> Any:
    folder = tmp_path / "sqs" / "2012-11-05"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text(json.dumps(older_model()))
    inner = botocore.session.Session()
    loader = botocore.loaders.Loader(extra_search_paths=[str(tmp_path)])
    loader._search_paths.insert(0, str(tmp_path))
    inner.register_component("data_loader", loader)
    return lambda: boto3.Session(botocore_session=inner, region_name="us-east-1").client("sqs")


def test_a_client_of_the_query_protocol(older: Any) -> None:
    with minicloud.mock_aws():
        sqs = older()
        seen: list[Any] = []
        sqs.meta.events.register("before-send", lambda request, **_: seen.append(request))
        url = sqs.create_queue(QueueName="q", Attributes={"DelaySeconds": "0"}, tags={"a": "b"})["QueueUrl"]
        assert b"Action=CreateQueue" in seen[0].body.encode() if isinstance(seen[0].body, str) else seen[0].body
        assert sqs.list_queues()["QueueUrls"] == [url]
        attributes = {
            "n": {"DataType": "Number", "StringValue": "1"},
            "b": {"DataType": "Binary", "BinaryValue": b"\xff"},
        }
        sent = sqs.send_message(QueueUrl=url, MessageBody="<&>\r\n", MessageAttributes=attributes)
        [message] = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"], AttributeNames=["All"])["Messages"]
        assert message["Body"] == "<&>\r\n"
        assert message["MessageId"] == sent["MessageId"]
        assert message["MessageAttributes"] == attributes
        assert message["Attributes"]["ApproximateReceiveCount"] == "1"
        assert "Messages" not in sqs.receive_message(QueueUrl=url)
        entries = [{"Id": "a", "MessageBody": "x"}, {"Id": "b", "MessageBody": "\x01"}]
        batch = sqs.send_message_batch(QueueUrl=url, Entries=entries)
        assert [entry["Id"] for entry in batch["Successful"]] == ["a"]
        assert [(entry["Id"], entry["SenderFault"]) for entry in batch["Failed"]] == [("b", True)]
        assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["DelaySeconds"])["Attributes"] == {
            "DelaySeconds": "0"
        }
        assert sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])["ResponseMetadata"]["RequestId"]


def test_its_errors(older: Any) -> None:
    with minicloud.mock_aws():
        sqs = older()
        with pytest.raises(sqs.exceptions.ClientError) as caught:
            sqs.get_queue_url(QueueName="nobody")
        response = caught.value.response
        assert response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"
        assert response["Error"]["Message"] == "The specified queue does not exist for this wsdl version."
        assert response["Error"]["Type"] == "Sender"
        assert "QueryErrorCode" not in response["Error"]
        assert response["ResponseMetadata"]["HTTPHeaders"]["content-type"] == "text/xml"


def test_empty_lists(older: Any) -> None:
    """They have no number in a form, and so go by another name than lists with something in them."""
    with minicloud.mock_aws():
        sqs = older()
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="m")
        [message] = sqs.receive_message(QueueUrl=url, AttributeNames=[], MessageAttributeNames=[])["Messages"]
        assert "Attributes" not in message
        with pytest.raises(sqs.exceptions.ClientError, match="EmptyBatchRequest"):
            sqs.send_message_batch(QueueUrl=url, Entries=[])


def test_requests_of_today_are_json() -> None:
    with minicloud.mock_aws():
        sqs = boto3.client("sqs")
        seen: list[Any] = []
        sqs.meta.events.register("before-send", lambda request, **_: seen.append(request))
        sqs.meta.events.register("before-send", some_handler)
        sqs.create_queue(QueueName="q")
        assert json.loads(seen[0].body) == {"QueueName": "q"}

"""Resources of SQS and SNS; ``test_resources_parity.py`` compares everything that they show with boto3's."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from minicloud.clients.resources import ResourceLoadException
from minicloud.exceptions import ClientError, PaginationError
from tests.clients.scripts import sns_script, sqs_script


@pytest.fixture
def service(cloud: Any) -> Any:
    return cloud.resource("sqs")


@pytest.fixture
def queue(service: Any) -> Any:
    return service.create_queue(QueueName="orders")


@pytest.mark.minicloud(region_name="us-east-1")
def test_the_scripts_run_without_boto3(cloud: Any, queue: Any) -> None:
    sqs_script(cloud.resource("sqs", region_name="eu-west-1"))
    sns_script(cloud.resource("sns"), queue.attributes["QueueArn"])


def test_a_message_comes_and_goes(queue: Any) -> None:
    sent = queue.send_message(
        MessageBody="hello", MessageAttributes={"kind": {"DataType": "String", "StringValue": "greeting"}}
    )
    (message,) = queue.receive_messages(AttributeNames=["All"], MessageAttributeNames=["All"])
    assert (message.message_id, message.body, message.md5_of_body) == (
        sent["MessageId"],
        "hello",
        sent["MD5OfMessageBody"],
    )
    assert message.attributes["ApproximateReceiveCount"] == "1"
    assert message.message_attributes == {"kind": {"StringValue": "greeting", "DataType": "String"}}
    assert message.md5_of_message_attributes == sent["MD5OfMessageAttributes"]
    assert message.Queue() == queue
    message.delete()
    assert queue.receive_messages() == []
    assert message.body == "hello"


def test_what_a_message_does_not_have_is_none(queue: Any) -> None:
    queue.send_message(MessageBody="plain")
    (message,) = queue.receive_messages()
    assert (message.attributes, message.message_attributes, message.md5_of_message_attributes) == (None, None, None)


def test_visibility_of_a_message(cloud: Any, queue: Any) -> None:
    queue.send_message(MessageBody="again")
    (message,) = queue.receive_messages()
    message.change_visibility(VisibilityTimeout=300)
    cloud.clock.advance(299)
    assert queue.receive_messages() == []
    cloud.clock.advance(1)
    assert [again.body for again in queue.receive_messages()] == ["again"]


def test_attributes_are_loaded_once_and_forgotten_after_an_action(queue: Any) -> None:
    assert queue.meta.data is None
    assert queue.attributes["ApproximateNumberOfMessages"] == "0"
    queue.meta.client.send_message(QueueUrl=queue.url, MessageBody="behind its back")
    assert queue.attributes["ApproximateNumberOfMessages"] == "0"
    queue.reload()
    assert queue.attributes["ApproximateNumberOfMessages"] == "1"
    queue.purge()
    assert queue.meta.data is None
    assert queue.attributes["ApproximateNumberOfMessages"] == "0"


def test_an_action_that_fails_forgets_nothing(queue: Any) -> None:
    loaded = queue.attributes
    with pytest.raises(ClientError):
        queue.set_attributes(Attributes={"DelaySeconds": "901"})
    assert queue.attributes is loaded


def test_identity(service: Any, queue: Any, cloud: Any) -> None:
    assert queue == service.Queue(queue.url) == service.Queue(url=queue.url)
    assert queue != service.Queue("other")
    assert queue != queue.url
    assert queue != queue.Message("AQEB")
    assert (
        queue.Message("AQEB")
        == service.Message(queue.url, "AQEB")
        == service.Message(queue_url=queue.url, receipt_handle="AQEB")
    )
    assert {queue: 1}[cloud.resource("sqs").Queue(queue.url)] == 1
    assert service == cloud.resource("sqs")
    assert repr(queue) == f"sqs.Queue(url='{queue.url}')"
    assert repr(queue.Message("AQEB")) == f"sqs.Message(queue_url='{queue.url}', receipt_handle='AQEB')"


def test_identifiers(service: Any, queue: Any) -> None:
    with pytest.raises(AttributeError):
        queue.url = "other"
    with pytest.raises(ValueError, match=r"^Required parameter url not set$"):
        service.Queue(None)
    with pytest.raises(ValueError, match=r"^Required parameter receipt_handle not set$"):
        queue.Message(None)


def test_meta(service: Any, queue: Any) -> None:
    assert (queue.meta.service_name, queue.meta.identifiers) == ("sqs", ["url"])
    assert queue.meta.client is service.meta.client
    assert queue.meta is not service.Queue(queue.url).meta
    assert repr(queue.meta) == "ResourceMeta('sqs', identifiers=['url'])"
    assert service.get_available_subresources() == ["Message", "Queue"]
    assert (queue.get_available_subresources(), queue.Message("x").get_available_subresources()) == (
        ["Message"],
        ["Queue"],
    )


def test_a_message_that_was_not_received_has_nothing_to_load(queue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "boto3.exceptions", raising=False)
    with pytest.raises(ResourceLoadException, match=r"^sqs\.Message has no load method$"):
        _ = queue.Message("AQEB").body


def test_collections(service: Any) -> None:
    urls = [service.create_queue(QueueName=f"q{number}").url for number in range(5)]
    service.create_queue(QueueName="other")
    collection = service.queues.filter(QueueNamePrefix="q")
    assert [queue.url for queue in collection] == [queue.url for queue in collection] == urls
    assert [queue.url for queue in collection.limit(3)] == urls[:3]
    assert [len(page) for page in collection.page_size(2).pages()] == [2, 2, 1]
    assert [len(page) for page in service.queues.page_size(4).pages()] == [4, 2]
    assert len(list(service.queues.limit(2).limit(4))) == 4
    assert len(list(collection.all())) == 5
    assert list(service.queues.filter(QueueNamePrefix="z")) == []
    with pytest.raises(TypeError, match="not iterable"):
        iter(service.queues)


def test_dead_letter_sources(service: Any, queue: Any) -> None:
    policy = json.dumps({"deadLetterTargetArn": queue.attributes["QueueArn"], "maxReceiveCount": 1})
    source = service.create_queue(QueueName="source", Attributes={"RedrivePolicy": policy})
    assert list(queue.dead_letter_source_queues.all()) == [source]
    assert list(source.dead_letter_source_queues.all()) == []


def test_topics_and_subscriptions(cloud: Any, queue: Any) -> None:
    sns = cloud.resource("sns")
    topic = sns.create_topic(Name="news")
    subscription = topic.subscribe(Protocol="sqs", Endpoint=queue.attributes["QueueArn"])
    assert subscription.attributes["TopicArn"] == topic.arn
    topic.publish(Message="hello")
    (message,) = queue.receive_messages()
    assert json.loads(message.body)["Message"] == "hello"
    assert list(topic.subscriptions.all()) == list(sns.subscriptions.all()) == [subscription]
    assert topic.subscribe(Protocol="email", Endpoint="a@example.com").arn == "pending confirmation"
    subscription.delete()
    topic.delete()
    assert list(sns.topics.all()) == []


def test_topics_come_a_hundred_a_page(cloud: Any) -> None:
    sns = cloud.resource("sns")
    topics = [sns.create_topic(Name=f"t{number:03}") for number in range(150)]
    assert list(sns.topics.all()) == topics
    assert list(sns.topics.limit(120)) == topics[:120]
    assert [len(page) for page in sns.topics.pages()] == [100, 50]
    with pytest.raises(PaginationError, match="PageSize parameter is not supported"):
        list(sns.topics.page_size(10))


def test_platform_applications(cloud: Any) -> None:
    sns = cloud.resource("sns")
    application = sns.create_platform_application(Name="app", Platform="GCM", Attributes={"PlatformCredential": "key"})
    endpoint = application.create_platform_endpoint(Token="device")
    assert endpoint.attributes["Token"] == "device"
    assert list(application.endpoints.all()) == [endpoint]
    assert list(sns.platform_applications.all()) == [application]
    endpoint.publish(Message="psst")
    (push,) = cloud.outbox.of("application")
    assert push.endpoint == endpoint.arn

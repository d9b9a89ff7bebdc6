"""What is done with a service resource, and everything that can be seen of it, as a list of values to compare.

Run with a native resource and with one of boto3's, the lists must be equal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def public_names(thing: object) -> list[str]:
    return [name for name in dir(thing) if not name.startswith("_")]


def failure(call: Callable[[], object]) -> tuple[str, str]:
    try:
        found = call()
    except Exception as error:  # whatever it is gets compared
        return type(error).__name__, str(error)
    raise AssertionError(f"{found!r} instead of an error")


def sqs_script(sqs: Any) -> list[Any]:
    seen: list[Any] = [repr(sqs), public_names(sqs), repr(sqs.meta), sqs.get_available_subresources()]
    dead = sqs.create_queue(QueueName="dead")
    queue = sqs.create_queue(
        QueueName="orders",
        Attributes={"RedrivePolicy": f'{{"deadLetterTargetArn":"{dead.attributes["QueueArn"]}","maxReceiveCount":3}}'},
        tags={"team": "a"},
    )
    seen += [repr(queue), type(queue).__name__, public_names(queue), queue.url, repr(queue.meta)]
    seen += [queue.meta.data, queue.attributes, queue.meta.data, queue.get_available_subresources()]
    seen += [sqs.get_queue_by_name(QueueName="orders") == queue, queue == dead, queue != dead, queue == "queue"]
    seen.append(len({queue, sqs.Queue(queue.url), sqs.Queue(url=dead.url)}))

    # Actions make it forget.
    seen.append(queue.send_message(MessageBody="one"))
    seen += [queue.meta.data, queue.attributes["ApproximateNumberOfMessages"]]
    seen.append(
        queue.send_messages(
            Entries=[
                {"Id": "a", "MessageBody": "two"},
                {
                    "Id": "b",
                    "MessageBody": "three",
                    "MessageAttributes": {"kind": {"DataType": "String", "StringValue": "x"}},
                },
                {"Id": "c", "MessageBody": "\x01"},
            ]
        )
    )
    queue.reload()
    seen.append(queue.attributes)
    messages = queue.receive_messages(
        MaxNumberOfMessages=10, AttributeNames=["SentTimestamp"], MessageAttributeNames=["All"], WaitTimeSeconds=1
    )
    for message in messages:
        seen += [repr(message), type(message).__name__, public_names(message), message.get_available_subresources()]
        seen += [message.message_id, message.body, message.md5_of_body, message.attributes, message.meta.data]
        seen += [message.message_attributes, message.md5_of_message_attributes, message.queue_url]
        seen += [message.receipt_handle, message.Queue() == queue, repr(message.Queue())]
        seen.append(message == queue.Message(message.receipt_handle) == sqs.Message(queue.url, message.receipt_handle))
    first, second, *others = messages
    seen += [first.change_visibility(VisibilityTimeout=60), first.body, second.delete(), second.body]
    entries = [{"Id": str(index), "ReceiptHandle": message.receipt_handle} for index, message in enumerate(others)]
    visibility = [entry | {"VisibilityTimeout": 1} for entry in entries]
    seen += [queue.change_message_visibility_batch(Entries=visibility), queue.delete_messages(Entries=entries)]
    seen += [queue.receive_messages(), first.delete()]

    seen += [queue.set_attributes(Attributes={"DelaySeconds": "7"}), queue.attributes["DelaySeconds"]]
    seen.append(queue.add_permission(Label="l", AWSAccountIds=["111111111111"], Actions=["SendMessage"]))
    seen += ["Policy" in queue.attributes, queue.remove_permission(Label="l"), queue.purge()]

    # Collections.
    for number in range(5):
        sqs.create_queue(QueueName=f"many-{number}")
    many = sqs.queues.filter(QueueNamePrefix="many")
    seen += [repr(sqs.queues), public_names(sqs.queues), repr(many), public_names(many)]
    seen += [[each.url for each in sqs.queues.all()], [each.url for each in many], [each.url for each in many.limit(3)]]
    seen.append([[each.url for each in page] for page in many.page_size(2).pages()])
    seen.append([[each.url for each in page] for page in many.page_size(2).limit(3).pages()])
    seen.append([[each.url for each in page] for page in sqs.queues.limit(2).all().page_size(1).pages()])
    seen += [list(sqs.queues.filter(QueueNamePrefix="none").pages()), list(sqs.queues.filter(QueueNamePrefix="none"))]
    seen += [list(sqs.queues.limit(0)), len(list(sqs.queues.pages())), len(list(sqs.queues.iterator(MaxResults=3)))]
    sources = dead.dead_letter_source_queues
    seen += [
        repr(sources),
        repr(sources.all()),
        [each.url for each in sources.all()],
        list(queue.dead_letter_source_queues.all()),
    ]

    # Mistakes.
    unread = queue.Message("AQEB")
    seen += [failure(lambda: unread.body), failure(unread.delete), failure(lambda: iter(sqs.queues))[0]]
    seen += [failure(lambda: sqs.Queue(None)), failure(lambda: sqs.Message("url", None))]
    seen += [failure(lambda: queue.send_message("text")), failure(lambda: queue.load("text"))]
    seen += [failure(queue.send_message), failure(lambda: queue.receive_messages(MaxNumberOfMessages=11))]
    seen += [
        failure(lambda: sqs.get_queue_by_name(QueueName="none")),
        failure(lambda: list(sqs.queues.filter(Prefix=""))),
    ]
    seen += [failure(lambda: sqs.Queue("https://sqs.us-east-1.amazonaws.com/123456789012/none").attributes)]
    queue.load(AttributeNames=["DelaySeconds"])
    seen += [queue.attributes, queue.delete(QueueUrl=dead.url), failure(sqs.Queue(dead.url).load), queue.delete()]
    return seen


def sns_script(sns: Any, queue_arn: str) -> list[Any]:
    seen: list[Any] = [repr(sns), public_names(sns), repr(sns.meta), sns.get_available_subresources()]
    topic = sns.create_topic(Name="news", Attributes={"DisplayName": "News"})
    seen += [repr(topic), type(topic).__name__, public_names(topic), topic.arn, topic.attributes, repr(topic.meta)]
    seen += [topic.set_attributes(AttributeName="DisplayName", AttributeValue="Old"), topic.attributes["DisplayName"]]
    seen.append(topic.publish(Message="hello"))
    seen.append(topic.add_permission(Label="l", AWSAccountId=["111111111111"], ActionName=["Publish"]))
    seen.append(topic.remove_permission(Label="l"))
    seen += [
        topic == sns.Topic(topic.arn),
        topic == sns.Subscription(topic.arn),
        len({topic, sns.Topic(arn=topic.arn)}),
    ]

    subscription = topic.subscribe(Protocol="sqs", Endpoint=queue_arn)
    seen += [repr(subscription), public_names(subscription), subscription.attributes]
    seen.append(subscription.set_attributes(AttributeName="RawMessageDelivery", AttributeValue="true"))
    seen += [subscription.attributes["RawMessageDelivery"], subscription.get_available_subresources()]
    pending = topic.subscribe(Protocol="email", Endpoint="a@example.com")
    seen += [repr(pending), failure(lambda: pending.attributes)]
    seen += [failure(lambda: topic.confirm_subscription(Token="none"))]

    for number in range(120):
        sns.create_topic(Name=f"many-{number}")
    seen += [
        repr(sns.topics),
        repr(sns.topics.all()),
        repr(topic.subscriptions),
        repr(sns.platform_applications.limit(1)),
    ]
    seen += [len(list(sns.topics.all())), [len(page) for page in sns.topics.pages()]]
    seen += [[each.arn for each in sns.topics.limit(105)], failure(lambda: list(sns.topics.page_size(10)))]
    seen += [[each.arn for each in topic.subscriptions.all()], [each.arn for each in sns.subscriptions.all()]]
    seen += [list(sns.Topic(f"{topic.arn}").subscriptions.limit(0))]

    application = sns.create_platform_application(Name="app", Platform="GCM", Attributes={"PlatformCredential": "key"})
    seen += [repr(application), public_names(application), application.attributes]
    seen.append(application.set_attributes(Attributes={"SuccessFeedbackSampleRate": "50"}))
    endpoint = application.create_platform_endpoint(Token="device", CustomUserData="me")
    seen += [repr(endpoint), public_names(endpoint), endpoint.attributes, endpoint.publish(Message="psst")]
    seen += [endpoint.set_attributes(Attributes={"CustomUserData": "you"}), endpoint.attributes["CustomUserData"]]
    seen += [repr(application.endpoints.all()), [each.arn for each in application.endpoints.all()]]
    seen += [list(sns.platform_applications.all()) == [sns.PlatformApplication(application.arn)]]
    seen += [endpoint == sns.PlatformEndpoint(endpoint.arn), endpoint.delete(), application.delete()]

    seen += [failure(lambda: sns.Topic(None)), failure(lambda: topic.publish("text")), failure(topic.publish)]
    seen += [subscription.delete(), topic.delete(), failure(lambda: sns.Topic(topic.arn).attributes)]
    return seen

"""A cloud that carries SNS's effects."""

from __future__ import annotations

import importlib.util
import json
import sys
import types

import pytest

from minicloud._deliveries import Depart, Invoke, Post, Undeliverable
from minicloud._effects import ToQueue
from minicloud._spec import operations_of
from minicloud.clients.compiled import sync_method
from minicloud.clients.sync import Client
from minicloud.cloud import Cloud
from minicloud.sns.service import SERVICE

if importlib.util.find_spec("minicloud.clients.sns") is None:
    module = types.ModuleType("minicloud.clients.sns")
    module.SnsClient = type(
        "SnsClient",
        (Client,),
        {"service": SERVICE, **{n: sync_method(op) for n, op in operations_of(SERVICE.api).items()}},
    )
    sys.modules["minicloud.clients.sns"] = module


class Request:
    def __init__(self, post):
        self.url = post.url
        self.headers = post.departure.headers
        self.body = post.departure.body.encode()

    def json(self):
        return json.loads(self.body)


class Outbox(list):
    def to(self, endpoint):
        return [d for d in self if d.endpoint == endpoint]

    def of(self, protocol):
        return [d for d in self if d.protocol == protocol]


class HarnessCloud(Cloud):
    def __init__(self, **options):
        super().__init__(**options)
        self.departures = Outbox()
        self.handlers = {}
        self.functions = {}

    def http_endpoint(self, url, handler):
        self.handlers[url] = handler

    def function(self, name, handler):
        arn = f"arn:aws:lambda:{self.region_name}:{self.account_id}:function:{name}"
        self.functions[arn] = handler
        return arn

    def drain(self, now):
        outbox = self.outbox
        for effect in outbox:
            if isinstance(effect, ToQueue):
                self._to_queue(now, effect)
            elif isinstance(effect, Depart):
                self.departures.append(effect.departure)
            elif isinstance(effect, Post):
                if effect.url in self.handlers:
                    effect.carrier = self._post
                    self.errands.append(effect)
                else:
                    self.departures.append(effect.departure)
                    effect.complete(now, 200, None)
            elif isinstance(effect, Invoke):
                effect.carrier = self._invoke
                self.errands.append(effect)
            else:
                raise TypeError(effect)
        outbox.clear()

    def _post(self, post):
        answer = self.handlers[post.url](Request(post))
        return 200 if answer is None else answer

    def _invoke(self, invoke):
        handler = self.functions.get(invoke.function_arn)
        if handler is None:
            raise Undeliverable("no such function")
        return handler(invoke.event, None)


@pytest.fixture
def cloud(request):
    marker = request.node.get_closest_marker("minicloud")
    options = {"clock": "virtual", "seed": request.node.name} | (marker.kwargs if marker else {})
    with HarnessCloud(**options) as made:
        yield made


@pytest.fixture
def outbox(cloud):
    return cloud.departures


@pytest.fixture
def refused():
    """Calls a client's method that has to be refused, and checks code and message; the whole answer."""
    from minicloud.exceptions import ClientError

    def check(method, code, message, **params):
        with pytest.raises(ClientError) as caught:
            method(**params)
        error = caught.value.response["Error"]
        assert (error["Code"], error["Message"]) == (code, message)
        return caught.value.response

    return check


@pytest.fixture
def topic(sns):
    return sns.create_topic(Name="topic")["TopicArn"]


@pytest.fixture
def fifo_topic(sns):
    return sns.create_topic(Name="topic.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]


@pytest.fixture
def subscribed(sns, cloud):
    """Makes a queue, subscribes it to a topic, and returns a function that drains it."""

    def subscribe(topic_arn, name, region_name=None, account_id=None, **attributes):
        sqs = cloud.client("sqs", region_name, account_id=account_id)
        fifo = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
        url = sqs.create_queue(QueueName=name, Attributes=fifo)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        answer = sns.subscribe(
            TopicArn=topic_arn, Protocol="sqs", Endpoint=arn, Attributes=attributes, ReturnSubscriptionArn=True
        )

        def received():
            found = []
            while True:
                messages = sqs.receive_message(
                    QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"], MessageAttributeNames=["All"]
                ).get("Messages", [])
                for message in messages:
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                found += messages
                if not messages:
                    return found

        received.subscription_arn = answer["SubscriptionArn"]
        received.queue_arn = arn
        received.queue_url = url
        return received

    return subscribe


@pytest.fixture
def queue(sqs):
    """Makes a queue, returns its ARN and a function that drains its bodies."""

    def make(name):
        fifo = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
        url = sqs.create_queue(QueueName=name, Attributes=fifo)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

        def received():
            found = []
            while messages := sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"], MessageAttributeNames=["All"]
            ).get("Messages", []):
                for message in messages:
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                found += messages
            return found

        return arn, received

    return make


@pytest.fixture
def visit(cloud):
    """Does what visiting a SubscribeURL or UnsubscribeURL does: the unsigned GET."""
    from urllib.parse import parse_qs, urlsplit

    def get(url):
        parts = urlsplit(url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        region_name = parts.hostname.split(".")[1]
        arn = query.get("SubscriptionArn") or query["TopicArn"]
        service = cloud.service("sns", arn.split(":")[4], region_name)
        with cloud.lock:
            now = cloud.time_ns()
            if query["Action"] == "Unsubscribe":
                answer = service.unsubscribe_by_link(now, query["SubscriptionArn"])
            else:
                answer = service.confirm_by_link(now, query["TopicArn"], query["Token"])
            cloud.drain(now)
        cloud.run_errands()
        return answer

    return get

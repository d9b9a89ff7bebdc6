"""The control API by one connection, and a cloud with something of everything."""

from __future__ import annotations

import json
from typing import Any

import minicloud
from tests.server.support import Answer, Raw, request

ACCOUNT = "123456789012"


class Controlled:
    """A server's control API, by one connection."""

    def __init__(self, url: str) -> None:
        self.raw = Raw(url)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        sent = b"" if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        whole = request(method, f"/_minicloud/{path}", named, sent)
        return self.raw.send(whole).answer(has_body=method != "HEAD")

    def get(self, path: str, status: int = 200) -> Any:
        answer = self("GET", path)
        assert answer.status == status, answer.body
        return answer.json

    def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        answer = self("POST", path, body)
        assert answer.status == status, answer.body
        return answer.json

    def error(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        answer = self(method, path, body)
        assert answer.headers["cache-control"] == "no-store"
        assert list(answer.json) == ["error"]
        return answer.status, answer.json["error"]


def fill(cloud: minicloud.Cloud) -> str:
    """Something of everything; the URL of a queue."""
    sqs, sns, kinesis = (cloud.client(name) for name in ("sqs", "sns", "kinesis"))
    sqs.create_queue(QueueName="dead")
    policy = {"deadLetterTargetArn": cloud.queue("dead").arn, "maxReceiveCount": 3}
    url: str = sqs.create_queue(QueueName="orders", Attributes={"RedrivePolicy": json.dumps(policy)})["QueueUrl"]
    binary = {"b": {"DataType": "Binary", "BinaryValue": b"\xff"}}
    sqs.send_message(QueueUrl=url, MessageBody="first", MessageAttributes=binary)
    sqs.receive_message(QueueUrl=url)
    sqs.send_message(QueueUrl=url, MessageBody="caf\u00e9")
    sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=60)
    topic = sns.create_topic(Name="shop")["TopicArn"]
    only_books = {"FilterPolicy": json.dumps({"store": ["books"]})}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue("dead").arn, Attributes=only_books)
    sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+15550100")
    sns.publish(TopicArn=topic, Message="hello")
    kinesis.create_stream(StreamName="clicks", ShardCount=2)
    kinesis.put_record(StreamName="clicks", Data=b"\0\xff", PartitionKey="k")
    return url

"""The endpoint"""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from typing import Any
from urllib.parse import urlencode

import minicloud

from .issues import issue

WORKER = """
import json, os, urllib.request
body = json.dumps({"QueueUrl": "jobs", "MessageBody": "from another process"}).encode()
headers = {"X-Amz-Target": "AmazonSQS.SendMessage", "Content-Type": "application/x-amz-json-1.0"}
urllib.request.urlopen(urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], body, headers))
"""


def post(url: str, body: bytes, **headers: str) -> bytes:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with urllib.request.urlopen(urllib.request.Request(url, body, named)) as answer:
        content: bytes = answer.read()
        return content


@issue("moto#1626", "aiobotocore#583", symptom="What a child process does is not seen by the mock of its parent.")
def test_a_child_process(cloud: minicloud.Cloud) -> None:
    """`cloud.serve()` is the same cloud for other processes; its `environ` is all that they need."""
    cloud.client("sqs").create_queue(QueueName="jobs")
    with cloud.serve() as server:
        subprocess.run([sys.executable, "-c", WORKER], env=server.environ, check=True)
    assert cloud.queue("jobs").bodies == ["from another process"]


@issue("zarr#4139", symptom="A server on a fixed port makes tests that run side by side wait for each other.")
def test_ports() -> None:
    """Each server takes a free port, and listens when it is there."""
    with minicloud.Cloud() as one, minicloud.Cloud() as other, one.serve() as first, other.serve() as second:
        assert first.url != second.url
        for server in (first, second):
            post(server.url, b"Action=CreateQueue&QueueName=jobs", Content_Type="application/x-www-form-urlencoded")
        assert one.queue("jobs").bodies == other.queue("jobs").bodies == []


@issue("moto#9386", "localstack#8268", symptom="The two protocols of SQS are not both there, or have the same codes.")
def test_both_protocols(cloud: minicloud.Cloud) -> None:
    """JSON and Query are answered side by side, each with the form and the codes that AWS has in it."""
    answers: list[Any] = []
    with cloud.serve() as server:
        for headers, body in (
            (
                {"X_Amz_Target": "AmazonSQS.GetQueueUrl", "Content_Type": "application/x-amz-json-1.0"},
                json.dumps({"QueueName": "missing"}).encode(),
            ),
            (
                {"Content_Type": "application/x-www-form-urlencoded"},
                urlencode({"Action": "GetQueueUrl", "QueueName": "missing", "Version": "2012-11-05"}).encode(),
            ),
        ):
            try:
                post(server.url, body, **headers)
            except urllib.request.HTTPError as error:
                with error:
                    answers.append((error.code, error.read().decode()))
    (_, in_json), (_, in_query) = answers
    assert json.loads(in_json)["__type"] == "com.amazonaws.sqs#QueueDoesNotExist"
    assert "<Code>AWS.SimpleQueueService.NonExistentQueue</Code>" in in_query

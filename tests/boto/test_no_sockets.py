"""On no road does anything look up a name or connect, seen by Python's own audit of what a process does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.needs("boto3", "aiobotocore")

ROOT = Path(__file__).parents[2]

BEGINNING = """
import os, sys
seen = []
EVENTS = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.gethostbyaddr")
sys.addaudithook(lambda event, args: seen.append((event, args)) if event in EVENTS else None)
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ.update(AWS_CONFIG_FILE="/nowhere", AWS_SHARED_CREDENTIALS_FILE="/nowhere")
import asyncio, boto3, minicloud
from aiobotocore.session import get_session
from botocore.config import Config
from botocore.session import Session

def refused(action):
    try:
        action()
    except minicloud.UsageError:
        return
    raise AssertionError("not refused")

def client(name="sqs", **options):
    return boto3.client(name, region_name="us-east-1", **options)

def work(sqs, sns, kinesis):
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="m")
    sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)
    sns.publish(TopicArn=sns.create_topic(Name="t")["TopicArn"], Message="m")
    kinesis.list_streams()

async def work_async(wrap=lambda client: None):
    session = get_session()
    async with session.create_client("sqs", region_name="us-east-1") as sqs:
        wrap(sqs)
        url = (await sqs.create_queue(QueueName="async"))["QueueUrl"]
        await sqs.send_message(QueueUrl=url, MessageBody="m")
"""

ROADS = {
    "fast path": """
before = client(aws_access_key_id="AKID", aws_secret_access_key="s")  # else boto3 asks the machine for a role's
with minicloud.mock_aws(clock="virtual"):
    work(client(), client("sns"), client("kinesis"))
    before.list_queues()
    asyncio.run(work_async())
    boto3.client("sts", region_name="us-east-1").get_caller_identity()
""",
    "full pipeline": """
def see(made):
    made.meta.events.register("before-send", lambda **_: None)
    return made
with minicloud.mock_aws(clock="virtual"):
    work(see(client()), see(client("sns")), see(client("kinesis")))
    asyncio.run(work_async(see))
""",
    "what is not answered": """
with minicloud.mock_aws():
    refused(client("dynamodb").list_tables)
    refused(lambda: client("sts").decode_authorization_message(EncodedMessage="x"))
""",
    "what is let through": """
from botocore import UNSIGNED
with minicloud.mock_aws(passthrough=("s3", "sqs")):
    refused(client("s3").list_buckets)
    refused(client("s3", config=Config(signature_version=UNSIGNED)).list_buckets)
    refused(lambda: asyncio.run(work_async()))
""",
    "what is left over": """
with minicloud.mock_aws():
    sqs = client()
    sqs.list_queues()
refused(sqs.list_queues)
""",
    "a test with a fixture": """
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"  # making a client is no call, and may look for credentials
from minicloud.boto.guard import begin_guard
begin_guard(("sqs",))
for keys in ({}, {"aws_access_key_id": "AKID", "aws_secret_access_key": "s"}):
    refused(client(**keys).list_queues)
    refused(client("sns", **keys).list_topics)
refused(lambda: asyncio.run(work_async()))
""",
    "links and presigned URLs": """
import urllib.request
with minicloud.mock_aws() as cloud:
    sns = client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    url = sns.generate_presigned_url("list_topics")
    assert topic.encode() in urllib.request.urlopen(url).read()
""",
    "sockets of a library's own": """
import socket
def connect(host):
    return lambda: socket.create_connection((host, 443))
with minicloud.mock_aws():
    for host in ("sqs.us-east-1.amazonaws.com", "kinesis.eu-west-1.amazonaws.com"):
        refused(connect(host))
        refused(lambda: asyncio.run(asyncio.open_connection(host, 443)))
assert seen == [], seen
def stop(event, args):
    if event == "socket.getaddrinfo":
        raise LookupError(args[0])
sys.addaudithook(stop)
for host, options in (
    ("127.0.0.1", {}), ("example.com", {}), (None, {}), (host, {"passthrough": ("kinesis",)})
):
    with minicloud.mock_aws(**options):
        try:
            connect(host)()
        except LookupError:
            seen.remove(("socket.getaddrinfo", (host, 443, 0, socket.SOCK_STREAM, 0)))
""",
}


FORKS = """
import json, tempfile, traceback

def outcome(program):
    with tempfile.TemporaryFile() as errors:
        process = os.fork()
        if process == 0:
            os.dup2(errors.fileno(), 2)
            status = 1
            try:
                exec(program, dict(globals()))
                assert seen == [], seen
                status = 0
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(status)
        _, status = os.waitpid(process, 0)
        errors.seek(0)
        return status, errors.read().decode()

print(json.dumps({road: outcome(program) for road, program in json.load(sys.stdin).items()}))
"""


@pytest.fixture(scope="module")
def outcomes() -> dict[str, tuple[int, str]]:
    """How each road ends, and what it says, in a process that is a copy of one: to import botocore takes longer."""
    finished = subprocess.run(
        [sys.executable, "-c", BEGINNING + FORKS],
        cwd=ROOT,
        input=json.dumps(ROADS),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    found: dict[str, tuple[int, str]] = json.loads(finished.stdout)
    return found


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize("road", ROADS)
def test_nothing_leaves(road: str, outcomes: dict[str, tuple[int, str]]) -> None:
    status, errors = outcomes[road]
    assert status == 0, errors


@pytest.mark.needs("moto")
def test_nothing_leaves_with_moto() -> None:
    program = f"""{BEGINNING}
before = client("ssm", aws_access_key_id="AKID", aws_secret_access_key="s")
with minicloud.mock_aws(other="moto"):
    client("s3").create_bucket(Bucket="bucket")
    before.put_parameter(Name="p", Value="v", Type="String")
    refused(before.list_associations)
    refused(client("chime").list_accounts)
    work(client(), client("sns"), client("kinesis"))
assert seen == [], seen
"""
    finished = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert finished.returncode == 0, finished.stderr

"""Where boto3 is not installed, a fake of its name is there inside a mock, and only there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(program: str) -> None:
    """Run a program where nothing but the standard library and minicloud is there."""
    source = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{program}"
    subprocess.run([sys.executable, "-I", "-S", "-W", "error", "-c", source], check=True, timeout=60)


def test_an_application_runs_without_boto3() -> None:
    run("""
import pickle
import minicloud

with minicloud.mock_aws(region_name="eu-west-1") as cloud:
    import boto3
    import botocore.exceptions
    from boto3.session import Session
    from botocore.config import Config

    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    assert ".eu-west-1." in url
    with Session(region_name="us-west-2").client("sqs", config=Config(retries={"max_attempts": 1})) as other:
        assert ".us-west-2." in other.create_queue(QueueName="q")["QueueUrl"]
    queue = boto3.resource("sqs").Queue(url)
    queue.send_message(MessageBody="x")
    assert [message.body for message in queue.receive_messages()] == ["x"]
    try:
        sqs.get_queue_url(QueueName="nobody")
    except botocore.exceptions.ClientError as error:
        assert isinstance(error, sqs.exceptions.QueueDoesNotExist)
        assert isinstance(pickle.loads(pickle.dumps(error)), botocore.exceptions.ClientError)
    else:
        raise AssertionError
    try:
        sqs.get_queue_url()
    except botocore.exceptions.BotoCoreError as error:
        assert isinstance(error, botocore.exceptions.ParamValidationError)
    else:
        raise AssertionError
    made = boto3.client("sts").assume_role(RoleArn="arn:aws:iam::000000000042:role/r", RoleSessionName="me")
    keys = made["Credentials"]
    assumed = boto3.client("sts", aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key="x")
    assert assumed.get_caller_identity()["Account"] == "000000000042"
    dynamodb = boto3.client("dynamodb")
    try:
        dynamodb.list_tables()
    except minicloud.UsageError:
        pass
    else:
        raise AssertionError

assert not [name for name in sys.modules if name.startswith("boto")]
try:
    import boto3
except ModuleNotFoundError:
    pass
else:
    raise AssertionError
try:
    sqs.list_queues()
except minicloud.UsageError as error:
    assert "mock_aws()" in str(error)
else:
    raise AssertionError
with minicloud.mock_aws():
    assert "QueueUrls" not in sqs.list_queues()
""")


def test_nothing_is_put_in_place_of_what_is_there() -> None:
    run("""
from types import ModuleType
import minicloud
mine = sys.modules["boto3"] = ModuleType("boto3")
with minicloud.mock_aws():
    import boto3
    assert boto3 is mine
assert sys.modules["boto3"] is mine
""")


def test_an_exception_that_comes_into_a_mock_leaves_none_behind() -> None:
    run("""
import os
import sys
import minicloud

class Late(BaseException): ...

def use():
    with minicloud.mock_aws() as cloud:
        import boto3
        boto3.client("sqs")

use()
for n in range(1, 1000):
    seen = 0
    def look(frame, event, arg):
        global seen
        if event in ("call", "c_return") and "minicloud" in frame.f_code.co_filename:
            seen += 1
            if seen == n:
                sys.setprofile(None)
                raise Late
    sys.setprofile(look)
    try:
        use()
    except Late:
        pass
    finally:
        sys.setprofile(None)
    assert not {"boto3", "botocore"} & set(sys.modules), n
    assert "AWS_ACCESS_KEY_ID" not in os.environ, n
    if seen < n:
        break
assert 60 < n < 1000, n
""")

"""Libraries that make files of S3's objects, and log records events of CloudWatch's."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import boto3
import fsspec.asyn
import pytest
import s3fs
import smart_open
import watchtower

import minicloud

MIB = 2**20
uploads = pytest.mark.parametrize("clock", ["real", "virtual"])


def notified(cloud: minicloud.Cloud) -> list[tuple[str, str]]:
    """What a queue has been told of a bucket."""
    bodies = [json.loads(body) for body in cloud.queue("uploads").bodies]
    records = [record for body in bodies for record in body.get("Records", [])]
    return [(record["eventName"], record["s3"]["object"]["key"]) for record in records]


def make_bucket(cloud: minicloud.Cloud) -> None:
    cloud.client("sqs").create_queue(QueueName="uploads")
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="files")
    told = {"QueueArn": cloud.queue("uploads").arn, "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]}
    s3.put_bucket_notification_configuration(Bucket="files", NotificationConfiguration={"QueueConfigurations": [told]})


@uploads
def test_smart_open(clock: str) -> None:
    with minicloud.mock_aws(clock=clock) as cloud:
        make_bucket(cloud)
        with smart_open.open("s3://files/lines.txt.gz", "w") as file:
            file.writelines(f"line {number}\n" for number in range(100))
        with smart_open.open("s3://files/lines.txt.gz") as file:
            assert len(list(file)) == 100
        with smart_open.open("s3://files/large", "wb", transport_params={"min_part_size": 5 * MIB}) as file:
            file.write(b"x" * (6 * MIB))
        with smart_open.open("s3://files/large", "rb") as file:
            file.seek(-3, 2)
            assert file.read() == b"xxx"
        with pytest.raises(OSError, match="nobody"):
            smart_open.open("s3://files/nobody").read()
        upload = "ObjectCreated:CompleteMultipartUpload"
        assert notified(cloud) == [(upload, "lines.txt.gz"), (upload, "large")]


@pytest.fixture
def file_systems() -> Iterator[None]:
    """fsspec keeps a thread with a loop for all of them, which ends with the test."""
    yield
    loop, thread = fsspec.asyn.loop[0], fsspec.asyn.iothread[0]
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    fsspec.asyn.reset_after_fork()


@uploads
@pytest.mark.usefixtures("file_systems")
def test_s3fs(clock: str) -> None:
    with minicloud.mock_aws(clock=clock) as cloud:
        make_bucket(cloud)
        files = s3fs.S3FileSystem(skip_instance_cache=True)
        files.pipe("files/in/a.txt", b"a")
        with files.open("files/large", "wb", block_size=5 * MIB) as file:
            file.write(b"x" * (6 * MIB))
        assert files.ls("files") == ["files/in", "files/large"]
        assert files.cat("files/in/a.txt") == b"a"
        assert files.info("files/large")["size"] == 6 * MIB
        files.mv("files/in/a.txt", "files/b.txt")
        files.rm("files/large")
        assert files.find("files") == ["files/b.txt"]
        with pytest.raises(FileNotFoundError):
            files.cat("files/nobody")
        assert notified(cloud) == [
            ("ObjectCreated:Put", "in/a.txt"),
            ("ObjectCreated:CompleteMultipartUpload", "large"),
            ("ObjectCreated:Copy", "b.txt"),
            ("ObjectRemoved:Delete", "in/a.txt"),
            ("ObjectRemoved:Delete", "large"),
        ]


def test_watchtower() -> None:
    with minicloud.mock_aws():
        handler = watchtower.CloudWatchLogHandler("app", log_stream_name="s", send_interval=1)
        logger = logging.getLogger("tests.watchtower")
        logger.addHandler(handler)
        for number in range(30):
            logger.warning("line %d", number)
        logger.warning({"order": 7})
        logger.removeHandler(handler)
        handler.close()
        events = boto3.client("logs", region_name="us-east-1").filter_log_events(logGroupName="app")["events"]
        *lines, last = [event["message"] for event in events]
        assert lines == [f"line {number}" for number in range(30)]
        assert json.loads(last) == {"order": 7}

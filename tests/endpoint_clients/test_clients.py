"""Applications as people have them, each with its own client, against one cloud: what they print, and what is left."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

import minicloud
from tests.endpoint_clients.conftest import PROGRAMS


def until(condition: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_boto3(run: Any, cloud: minicloud.Cloud) -> None:
    assert json.loads(run(sys.executable, PROGRAMS / "orders.py").splitlines()[-1])[0] == "by hand"
    assert cloud.queue("orders").messages == []
    assert len(cloud.stream("ledger").records) == 4
    assert run(sys.executable, PROGRAMS / "fan_out.py") == "['0', '1', '2']\n"


def test_boto3_from_before_sqs_spoke_json(run: Any, folder: Path, cloud: minicloud.Cloud) -> None:
    first, last = run(folder / "old" / "bin" / "python", PROGRAMS / "orders.py").splitlines()
    assert first == f"1.28.0 {cloud.account_id}"
    assert json.loads(last) == ["by hand", *(f"order {number} <&> é" for number in range(3))]
    assert cloud.queue("orders").messages == []


def test_aiobotocore(run: Any, cloud: minicloud.Cloud) -> None:
    assert run(sys.executable, PROGRAMS / "workers.py") == "True\n"
    assert cloud.queue("jobs").messages == []


def test_celery(run: Any, started: Any, cloud: minicloud.Cloud, tmp_path: Path) -> None:
    run(sys.executable, "-c", "import celery_app; [celery_app.add.delay(number, number) for number in range(3)]")
    assert len(cloud.queue("celery").messages) == 3
    started(sys.executable, "-m", "celery", "-A", "celery_app", "worker", "--concurrency", "1", "--loglevel", "INFO")
    done = tmp_path / "celery.txt"
    until(lambda: done.exists() and len(done.read_text().splitlines()) == 3)
    assert sorted(done.read_text().split()) == ["0", "2", "4"]
    until(lambda: not cloud.queue("celery").messages)


def test_kombu(run: Any, cloud: minicloud.Cloud) -> None:
    run(sys.executable, PROGRAMS / "kombu_pipe.py", "put")
    assert len(cloud.queue("pipe").messages) == 12
    assert run(sys.executable, PROGRAMS / "kombu_pipe.py", "get") == "True\n"
    assert cloud.queue("pipe").messages == []


def test_taskiq(run: Any, started: Any, cloud: minicloud.Cloud, tmp_path: Path) -> None:
    cloud.client("sqs").create_queue(QueueName="taskiq")
    run(sys.executable, "-c", "import asyncio, taskiq_app; asyncio.run(taskiq_app.main())")
    assert len(cloud.queue("taskiq").messages) == 3
    started(sys.executable, "-m", "taskiq", "worker", "--workers", "1", "taskiq_app:broker")
    done = tmp_path / "taskiq.txt"
    until(lambda: done.exists() and len(done.read_text().splitlines()) == 3)
    until(lambda: not cloud.queue("taskiq").messages)


def test_async_kinesis(run: Any, cloud: minicloud.Cloud) -> None:
    run(sys.executable, PROGRAMS / "async_kinesis.py", "put")
    assert len(cloud.stream("numbers").records) > 0
    assert run(sys.executable, PROGRAMS / "async_kinesis.py", "get") == "True\n"


@pytest.mark.parametrize("release", ["1", "2"])
def test_aws_cli(run: Any, folder: Path, cloud: minicloud.Cloud, release: str) -> None:
    command = Path(sys.executable).parent / "aws" if release == "1" else folder / "aws2"
    assert f"aws-cli/{release}." in run(command, "--version")
    printed = run("bash", PROGRAMS / "cli.sh", AWS=str(command))
    assert printed.splitlines()[-1] == cloud.account_id
    [record] = cloud.stream("cli").records
    # The second release reads blobs as base64, the first took them as they are.
    assert record.data == (b"hello" if release == "2" else b"aGVsbG8=")


def test_javascript(run: Any, folder: Path, cloud: minicloud.Cloud) -> None:
    program = folder / "js" / "orders.mjs"  # where its modules are found
    program.write_text((PROGRAMS / "orders.mjs").read_text())
    printed = json.loads(run("node", "--no-warnings", program).splitlines()[-1])
    assert printed == {"ledger": ["order 0 <&> é", "order 1", "order 2"], "code": "QueueDoesNotExist"}
    until(lambda: not cloud.queue("orders").messages)


def test_go(run: Any, folder: Path, cloud: minicloud.Cloud) -> None:
    printed = json.loads(run(folder / "go" / "orders").splitlines()[-1])
    assert printed == {"ledger": ["order 0 <&> é", "order 1"], "missing": True}
    assert cloud.queue("orders").messages == []


def test_http_2_of_httpx(served: Any) -> None:
    cloud, server = served
    url = cloud.client("sqs").create_queue(QueueName="q")["QueueUrl"]

    async def main() -> None:
        async with httpx.AsyncClient(http1=False, http2=True, base_url=server.url, timeout=30) as client:

            async def call(name: str, **content: Any) -> Any:
                headers = {"x-amz-target": f"AmazonSQS.{name}", "content-type": "application/x-amz-json-1.0"}
                answer = await client.post("/", content=json.dumps(content), headers=headers)
                assert (answer.http_version, answer.status_code) == ("HTTP/2", 200), answer.text
                return answer.json()

            polls = [asyncio.create_task(call("ReceiveMessage", QueueUrl=url, WaitTimeSeconds=20)) for _ in range(50)]
            bodies = ["é" * 300_000, *map(str, range(49))]
            await asyncio.gather(*(call("SendMessage", QueueUrl=url, MessageBody=body) for body in bodies))
            got = [answer["Messages"][0]["Body"] for answer in await asyncio.gather(*polls)]
            assert sorted(got) == sorted(bodies)
            too_large = await client.post("/", content=b"x" * (17 * 1024 * 1024))
            assert too_large.status_code == 413
            assert len((await call("ListQueues"))["QueueUrls"]) == 1

    asyncio.run(main())

"""A server on the event loop of the test itself."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any
from urllib.request import urlopen

import pytest

import minicloud
from tests.server.support import call, request


async def answer(server: Any, sent: bytes) -> Any:
    """The JSON that a request is answered with."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(sent)
    head = await reader.readuntil(b"\r\n\r\n")
    [length] = [line.split(b": ")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
    body = await reader.readexactly(int(length))
    writer.close()
    return json.loads(body)


def test_tasks_are_served_by_their_own_loop(cloud: minicloud.Cloud) -> None:
    async def main() -> None:
        sqs = cloud.async_client("sqs")
        url = (await sqs.create_queue(QueueName="q"))["QueueUrl"]
        async with cloud.serve_async() as server:
            assert server.environ["AWS_ENDPOINT_URL"] == server.url == f"http://127.0.0.1:{server.port}"
            assert repr(server) == f"<minicloud server {server.url}>"
            receive = call("AmazonSQS.ReceiveMessage", {"QueueUrl": url, "WaitTimeSeconds": 20})
            waits = [asyncio.ensure_future(answer(server, receive)) for _ in range(3)]
            while len(cloud.world.waiters) < 3:  # noqa: ASYNC110  # nobody tells
                await asyncio.sleep(0)
            await sqs.send_message(QueueUrl=url, MessageBody="for one")
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            assert [one.result()["Messages"][0]["Body"] for one in done] == ["for one"]
            moved = await answer(server, request("POST", "/_minicloud/clock/advance?seconds=20"))
            assert moved["now"] == "2026-01-01T00:00:20.000000Z"
            assert sorted(map(len, await asyncio.gather(*waits))) == [0, 0, 1]
            with pytest.raises(minicloud.UsageError, match=f"cannot listen at port {server.port}"):
                await cloud.serve_async(port=server.port).start()
        await server.stop()
        with pytest.raises(OSError):
            await asyncio.open_connection("127.0.0.1", server.port)

    asyncio.run(main())


def test_a_loop_in_the_clouds_time_serves_nobody(cloud: minicloud.Cloud) -> None:
    async def main() -> None:
        async with cloud.serve_async():
            pass

    with pytest.raises(minicloud.UsageError, match=r": serve on a thread, with cloud\.serve\(\)$"):
        minicloud.run(main(), cloud=cloud)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"port": 65536}, "0 for any that is free$"),
        ({"port": "80"}, "0 for any that is free$"),
        ({"most_of_a_body": 0}, "^most_of_a_body=0 lets nobody in: give a whole number from 1 on$"),
        ({"most_connections": -1}, "^most_connections=-1 lets nobody in: give a whole number from 1 on$"),
        (
            {"allow_origins": ["app.example.com"]},
            "^'app.example.com' is not the origin of a page: give its scheme, host and port, such as "
            "'https://app.example.com'$",
        ),
    ],
)
def test_options_that_mean_nothing_are_refused(cloud: minicloud.Cloud, options: dict[str, Any], text: str) -> None:
    with pytest.raises(minicloud.UsageError, match=text):
        cloud.serve(**options)
    with pytest.raises(minicloud.UsageError, match=text):
        cloud.serve_async(**options)


@pytest.mark.parametrize("host", ["localhost", "0.0.0.0", "::1", "::", ""])
def test_the_url_leads_to_wherever_it_listens(cloud: minicloud.Cloud, host: str) -> None:
    if ":" in host:
        try:
            socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        except OSError:
            pytest.skip("this machine has no IPv6")
    with cloud.serve(host=host) as server, urlopen(f"{server.url}/_minicloud/health") as answer:
        assert json.load(answer)["status"] == "running"
        name, _, port = server.url.removeprefix("http://").rpartition(":")
        assert {one.getsockname()[1] for one in server._listener._server.sockets} == {server.port}
        for *_, address in socket.getaddrinfo(name.strip("[]"), int(port), type=socket.SOCK_STREAM):
            socket.create_connection(address[:2], 5).close()

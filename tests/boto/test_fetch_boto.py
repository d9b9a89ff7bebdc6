"""The URLs in SNS's messages lead to the cloud, with whatever they are fetched."""

from __future__ import annotations

import asyncio
import http.client
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

import pytest

import minicloud


def messages_of(cloud: minicloud.Cloud) -> tuple[Any, str, list[dict[str, Any]]]:
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    got: list[dict[str, Any]] = []
    cloud.http_endpoint("https://example.com/hook", lambda request: got.append(request.json()))
    sns.subscribe(TopicArn=topic, Protocol="https", Endpoint="https://example.com/hook")
    return sns, topic, got


def by_urllib(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:
        content: bytes = answer.read()
        return content


def by_http_client(url: str) -> bytes:
    parts = urlsplit(url)
    assert parts.hostname
    connection = http.client.HTTPSConnection(parts.hostname)
    connection.request("GET", parts._replace(scheme="", netloc="").geturl())
    content = connection.getresponse().read()
    connection.close()
    return content


def by_urllib3(url: str) -> bytes:
    import urllib3

    with urllib3.PoolManager() as pool:
        pool.request("GET", url)
        content: bytes = pool.request("GET", url).data
        return content


def by_requests(url: str) -> bytes:
    requests = pytest.importorskip("requests")
    with requests.Session() as session:
        session.get(url)
        content: bytes = session.get(url).content
        return content


def by_httpx(url: str) -> bytes:
    httpx = pytest.importorskip("httpx")
    content: bytes = httpx.get(url).content
    return content


def by_httpx_async(url: str) -> bytes:
    httpx = pytest.importorskip("httpx")

    async def main() -> bytes:
        async with httpx.AsyncClient() as client:
            content: bytes = (await client.get(url)).content
            return content

    return asyncio.run(main())


def by_aiohttp(url: str) -> bytes:
    aiohttp = pytest.importorskip("aiohttp")

    async def main() -> bytes:
        async with aiohttp.ClientSession() as session:
            for _ in range(2):
                async with session.get(url) as answer:
                    content: bytes = await answer.read()
            return content

    return asyncio.run(main())


@pytest.mark.parametrize(
    "fetch", [by_urllib, by_http_client, by_urllib3, by_requests, by_httpx, by_httpx_async, by_aiohttp]
)
def test_all_urls_are_answered(fetch: Any) -> None:
    with minicloud.mock_aws() as cloud:
        sns, topic, got = messages_of(cloud)
        url = got[0]["SigningCertURL"]
        assert fetch(url) == cloud.signing_certificate(url)
        assert b"<ConfirmSubscriptionResult>" in fetch(got[0]["SubscribeURL"])
        [subscription] = sns.list_subscriptions()["Subscriptions"]
        assert subscription["SubscriptionArn"].encode() in fetch(got[0]["SubscribeURL"])
        sns.publish(TopicArn=topic, Message="x")
        assert b"UnsubscribeResponse" in fetch(got[-1]["UnsubscribeURL"])
        assert sns.list_subscriptions()["Subscriptions"] == []


def test_what_is_not_there_is_refused_as_sns_does() -> None:
    with minicloud.mock_aws():
        base = "https://sns.eu-west-1.amazonaws.com/"
        for path, status, text in [
            ("SimpleNotificationService-0.pem", 404, b"Not Found"),
            ("?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-west-1:123456789012:t&Token=x", 404, b"NotFound"),
            ("?Action=Unsubscribe&SubscriptionArn=x", 400, b"InvalidParameter"),
            ("?Action=ListTopics", 403, b"MissingAuthenticationToken"),
            ("", 403, b"MissingAuthenticationToken"),
        ]:
            with pytest.raises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(base + path)
            assert (caught.value.code, text in caught.value.read()) == (status, True), path
            caught.value.close()

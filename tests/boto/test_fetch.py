"""The URLs in SNS's messages, and presigned ones, lead to the cloud, with whatever they are fetched."""

from __future__ import annotations

import asyncio
import http.client
import importlib.util
import re
import socket
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import NoCredentialsError

import minicloud
from minicloud.boto.import_hooks import when_imported

pytestmark = pytest.mark.needs("boto3")


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
    import requests

    with requests.Session() as session:
        session.get(url)
        content: bytes = session.get(url).content
        return content


def by_httpx(url: str) -> bytes:
    import httpx

    content: bytes = httpx.get(url).content
    return content


def by_httpx_async(url: str) -> bytes:
    import httpx

    async def main() -> bytes:
        async with httpx.AsyncClient() as client:
            content: bytes = (await client.get(url)).content
            return content

    return asyncio.run(main())


def by_aiohttp(url: str) -> bytes:
    import aiohttp

    async def main() -> bytes:
        async with aiohttp.ClientSession() as session:
            for _ in range(2):
                async with session.get(url) as answer:
                    content: bytes = await answer.read()
            return content

    return asyncio.run(main())


FETCHES = [
    by_urllib,
    by_http_client,
    by_urllib3,
    pytest.param(by_requests, marks=pytest.mark.needs("requests")),
    pytest.param(by_httpx, marks=pytest.mark.needs("httpx")),
    pytest.param(by_httpx_async, marks=pytest.mark.needs("httpx")),
    pytest.param(by_aiohttp, marks=pytest.mark.needs("aiohttp")),
]


@pytest.mark.parametrize("fetch", FETCHES)
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
        topic = "arn:aws:sns:eu-west-1:123456789012:t"
        for path, status, text in [
            ("SimpleNotificationService-0.pem", 404, b"Not Found"),
            (f"?Action=ConfirmSubscription&TopicArn={topic}&Token=x", 400, b"Invalid token"),
            ("?Action=Unsubscribe&SubscriptionArn=x", 400, b"InvalidParameter"),
            ("?Action=ListTopics", 403, b"MissingAuthenticationToken"),
            ("?Action=ListTopics&X-Amz-Credential=testing", 403, b"MissingAuthenticationToken"),
            ("", 403, b"MissingAuthenticationToken"),
        ]:
            assert text in refusal(base + path, status), path


def refusal(url: str, status: int, body: bytes | None = None, headers: dict[str, str] | None = None) -> bytes:
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(url, body, headers or {}))
    with caught.value as error:
        assert error.code == status
        content: bytes = error.read()
        return content


# --- what is signed --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fetch", FETCHES)
def test_a_presigned_url_is_the_call(fetch: Any) -> None:
    with minicloud.mock_aws() as cloud:
        sns = boto3.client("sns", "eu-west-1")
        topic = sns.create_topic(Name="t")["TopicArn"]
        attributes = {"color": {"DataType": "String", "StringValue": "blue & green"}}
        params = {"TopicArn": topic, "Message": "\N{SNOWMAN} + 1%", "MessageAttributes": attributes}
        content = fetch(sns.generate_presigned_url("publish", Params=params))
        assert b"<PublishResult>" in content
        published = cloud.topic(topic).published[-1]
        assert published.message_id.encode() in content
        assert published.message == "\N{SNOWMAN} + 1%"
        assert published.message_attributes["color"]["StringValue"] == "blue & green"
        assert f"<TopicArn>{topic}</TopicArn>".encode() in fetch(sns.generate_presigned_url("list_topics"))


def post_by_urllib(url: str, body: bytes, headers: dict[str, str]) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
        content: bytes = answer.read()
        return content


def post_by_http_client(url: str, body: bytes, headers: dict[str, str]) -> bytes:
    parts = urlsplit(url)
    assert parts.hostname
    connection = http.client.HTTPSConnection(parts.hostname)
    chunks = [body[:7], body[7:]] if body else []
    connection.request("POST", f"/?{parts.query}", chunks, headers, encode_chunked=True)
    content = connection.getresponse().read()
    connection.close()
    return content


def post_by_requests(url: str, body: bytes, headers: dict[str, str]) -> bytes:
    import requests

    content: bytes = requests.post(url, data=body, headers=headers).content
    return content


def post_by_httpx(url: str, body: bytes, headers: dict[str, str]) -> bytes:
    import httpx

    content: bytes = httpx.post(url, content=body, headers=headers).content
    return content


def post_by_httpx_async(url: str, body: bytes, headers: dict[str, str]) -> bytes:
    import httpx

    async def main() -> bytes:
        async with httpx.AsyncClient() as client:
            content: bytes = (await client.post(url, content=body, headers=headers)).content
            return content

    return asyncio.run(main())


def post_by_aiohttp(url: str, body: bytes, headers: dict[str, str]) -> bytes:
    import aiohttp

    async def pieces() -> Any:
        yield body

    async def main() -> bytes:
        async with aiohttp.ClientSession() as session:
            for data in (body, pieces()):
                async with session.post(url, data=data, headers=headers) as answer:
                    content: bytes = await answer.read()
        return content

    return asyncio.run(main())


POSTS = [
    post_by_urllib,
    post_by_http_client,
    pytest.param(post_by_requests, marks=pytest.mark.needs("requests")),
    pytest.param(post_by_httpx, marks=pytest.mark.needs("httpx")),
    pytest.param(post_by_httpx_async, marks=pytest.mark.needs("httpx")),
    pytest.param(post_by_aiohttp, marks=pytest.mark.needs("aiohttp")),
]
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


def signed_form(url: str, form: str, access_key: str | None = None) -> dict[str, str]:
    """The headers of a form that is signed by hand."""
    session = boto3.Session(access_key, "secret" if access_key else None)
    request = AWSRequest("POST", url, FORM, form)
    SigV4Auth(session.get_credentials(), "sns", "us-east-1").add_auth(request)
    return dict(request.headers.items())


@pytest.mark.parametrize("post", POSTS)
def test_a_call_may_be_posted(post: Any) -> None:
    with minicloud.mock_aws() as cloud:
        url = "https://sns.us-east-1.amazonaws.com/"
        form = (
            "Action=CreateTopic&Version=2010-03-31&Name=t&Attributes.entry.1.key=DisplayName&Attributes.entry.1.value=D"
        )
        assert b":t</TopicArn>" in post(url, form.encode(), signed_form(url, form))
        assert (
            cloud.client("sns").get_topic_attributes(TopicArn=cloud.topic("t").arn)["Attributes"]["DisplayName"] == "D"
        )
        presigned = boto3.client("sns").generate_presigned_url("list_topics", HttpMethod="POST")
        assert b":t</TopicArn>" in post(presigned, b"", FORM)
        partly = url + "?Action=Publish&Version=2010-03-31"
        rest = f"TopicArn={cloud.topic('t').arn}&Message=x"
        assert b"<MessageId>" in post(partly, rest.encode(), signed_form(partly, rest))


def test_an_answer_has_the_headers_of_an_answer() -> None:
    with minicloud.mock_aws():
        url = boto3.client("sns").generate_presigned_url("list_topics")
        with urllib.request.urlopen(url) as answer:
            assert answer.headers["x-amzn-requestid"].encode() in answer.read()
            assert answer.headers["content-type"] == "text/xml"
            assert answer.headers["date"]


def test_a_signed_call_is_refused_as_sns_does() -> None:
    with minicloud.mock_aws():
        sns = boto3.client("sns")
        url = sns.generate_presigned_url("get_topic_attributes", Params={"TopicArn": "x"})
        assert b"An ARN must have at least 6 elements, not 1" in refusal(url, 400)
        missing = "arn:aws:sns:us-east-1:123456789012:nobody"
        url = sns.generate_presigned_url("get_topic_attributes", Params={"TopicArn": missing})
        assert b"<Code>NotFound</Code>" in refusal(url, 404)
        url = sns.generate_presigned_url("list_topics")
        text = b"<Message>The action Lists is not valid for this endpoint.</Message>"
        assert text in refusal(url.replace("ListTopics", "Lists"), 400)
        text = b"<Message>The requested version ( 2011 ) is not valid.</Message>"
        assert text in refusal(url.replace("2010-03-31", "2011"), 400)
        assert b"<Code>MissingAction</Code>" in refusal(url.replace("Action", "Activity"), 400)
        url = url.replace("ListTopics", "Publish") + f"&TopicArn={sns.create_topic(Name='t')['TopicArn']}"
        assert b"Value null at 'message' failed to satisfy constraint" in refusal(url, 400)
        url += "&Message=x&MessageAttributes.entry.1.Value.DataType=String"
        assert b"<Code>ParameterValueInvalid</Code>" in refusal(url, 400)


def test_what_reaches_no_operation_is_refused_as_over_the_endpoint() -> None:
    """An unknown action, another version, both, and no action: in the same words, and in SNS's layout."""
    refused = (
        '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">\n'
        "  <Error>\n    <Type>Sender</Type>\n    <Code>{}</Code>\n    <Message>{}</Message>\n  </Error>\n"
        "  <RequestId></RequestId>\n</ErrorResponse>\n"
    )
    version = ("NoSuchVersion", "The requested version ( 2011 ) is not valid.")
    with minicloud.mock_aws():
        url = boto3.client("sns").generate_presigned_url("list_topics")
        for wrong, told in (
            (
                url.replace("ListTopics", "Lists%3C"),
                ("InvalidAction", "The action Lists&lt; is not valid for this endpoint."),
            ),
            (url.replace("2010-03-31", "2011"), version),
            (url.replace("ListTopics", "Lists").replace("2010-03-31", "2011"), version),
            (url.replace("Action", "Activity"), ("MissingAction", "The request must contain the parameter Action.")),
        ):
            found = re.sub(r"(?<=<RequestId>)[^<]+", "", refusal(wrong, 400).decode())
            assert found == refused.format(*told)


def test_a_signed_call_acts_for_whom_its_credentials_are() -> None:
    with minicloud.mock_aws() as cloud:
        role = "arn:aws:iam::000000000042:role/r"
        keys = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]
        other = boto3.client(
            "sns",
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )
        url = other.generate_presigned_url("create_topic", Params={"Name": "t"})
        assert b":000000000042:t<" in by_urllib(url)
        url = "https://sns.us-east-1.amazonaws.com/"
        form = "Action=ListTopics&Version=2010-03-31"
        assert b":000000000042:t<" in post_by_urllib(url, form.encode(), signed_form(url, form, keys["AccessKeyId"]))
        assert b":t<" not in post_by_urllib(url, form.encode(), signed_form(url, form))
        assert cloud.client("sns").list_topics()["Topics"] == []


def test_links_may_be_signed_and_posted() -> None:
    with minicloud.mock_aws() as cloud:
        sns, _, got = messages_of(cloud)
        parts = urlsplit(got[0]["SubscribeURL"])
        assert b"<ConfirmSubscriptionResult>" in post_by_urllib("https://" + parts.netloc, parts.query.encode(), FORM)
        [subscription] = sns.list_subscriptions()["Subscriptions"]
        params = {"SubscriptionArn": subscription["SubscriptionArn"]}
        assert sns.get_subscription_attributes(**params)["Attributes"]["ConfirmationWasAuthenticated"] == "false"
        token = parts.query.partition("&Token=")[2]
        url = boto3.client("sns").generate_presigned_url(
            "confirm_subscription", Params={"TopicArn": subscription["TopicArn"], "Token": token}
        )
        assert params["SubscriptionArn"].encode() in by_urllib(url)
        assert sns.get_subscription_attributes(**params)["Attributes"]["ConfirmationWasAuthenticated"] == "true"


def test_an_answer_that_is_lost_is_a_broken_connection() -> None:
    with minicloud.mock_aws() as cloud:
        url = boto3.client("sns").generate_presigned_url("create_topic", Params={"Name": "t"})
        cloud.faults.lose_answer(operation="CreateTopic")
        with pytest.raises(ConnectionResetError):
            by_urllib(url)
        assert cloud.topic("t").name == "t"


@pytest.mark.needs("aiohttp")
def test_an_async_answer_that_is_lost_is_a_broken_connection() -> None:
    import aiohttp

    with minicloud.mock_aws() as cloud:
        url = boto3.client("sns").generate_presigned_url("create_topic", Params={"Name": "t"})
        cloud.faults.lose_answer(operation="CreateTopic")
        with pytest.raises(aiohttp.ClientConnectionError):
            by_aiohttp(url)


def test_a_service_that_is_let_through_is_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise ConnectionRefusedError("out of here")

    monkeypatch.setattr(socket, "create_connection", refuse)
    with minicloud.mock_aws(passthrough=("sns",)), pytest.raises(urllib.error.URLError, match="out of here"):
        urllib.request.urlopen("https://sns.us-east-1.amazonaws.com/?Action=ListTopics")


def test_looking_for_a_library_without_importing_it_does_not_unhook_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a_library_of_theirs.py").write_text("loaded = True\n")
    monkeypatch.syspath_prepend(tmp_path)
    seen: list[bool] = []
    when_imported("a_library_of_theirs", lambda: seen.append(sys.modules["a_library_of_theirs"].loaded))
    for _ in range(2):
        assert importlib.util.find_spec("a_library_of_theirs") is not None
    importlib.import_module("a_library_of_theirs")
    assert seen == [True]


# --- objects ----------------------------------------------------------------------------------------------------------


def put_by_urllib(url: str, body: bytes, headers: dict[str, str]) -> int:
    request = urllib.request.Request(url, body, headers, method="PUT")
    with urllib.request.urlopen(request) as answer:
        status: int = answer.status
        return status


def put_by_requests(url: str, body: bytes, headers: dict[str, str]) -> int:
    import requests

    return requests.put(url, body, headers=headers, timeout=10).status_code


def put_by_httpx(url: str, body: bytes, headers: dict[str, str]) -> int:
    import httpx

    return httpx.put(url, content=body, headers=headers).status_code


def put_by_httpx_async(url: str, body: bytes, headers: dict[str, str]) -> int:
    import httpx

    async def main() -> int:
        async with httpx.AsyncClient() as client:
            return (await client.put(url, content=body, headers=headers)).status_code

    return asyncio.run(main())


def put_by_aiohttp(url: str, body: bytes, headers: dict[str, str]) -> int:
    import aiohttp

    async def main() -> int:
        async with aiohttp.ClientSession() as session, session.put(url, data=body, headers=headers) as answer:
            await answer.read()
            return answer.status

    return asyncio.run(main())


PUTS = [
    (by_urllib, put_by_urllib),
    pytest.param(by_requests, put_by_requests, marks=pytest.mark.needs("requests")),
    pytest.param(by_httpx, put_by_httpx, marks=pytest.mark.needs("httpx")),
    pytest.param(by_httpx_async, put_by_httpx_async, marks=pytest.mark.needs("httpx")),
    pytest.param(by_aiohttp, put_by_aiohttp, marks=pytest.mark.needs("aiohttp")),
]


@pytest.mark.parametrize(("fetch", "put"), PUTS)
@pytest.mark.parametrize("signature_version", ["s3", "s3v4"])
@pytest.mark.parametrize("addressing_style", ["virtual", "path"])
def test_objects_by_presigned_urls(fetch: Any, put: Any, signature_version: str, addressing_style: str) -> None:
    """A browser's upload tells the queue, as one by a client does."""
    config = Config(signature_version=signature_version, s3={"addressing_style": addressing_style})
    with minicloud.mock_aws(region_name="us-east-1") as cloud:
        s3 = boto3.client("s3", config=config)
        s3.create_bucket(Bucket="photos")
        boto3.client("sqs").create_queue(QueueName="uploads")
        told = {"QueueArn": cloud.queue("uploads").arn, "Events": ["s3:ObjectCreated:*"]}
        s3.put_bucket_notification_configuration(
            Bucket="photos", NotificationConfiguration={"QueueConfigurations": [told]}
        )
        cloud.client("sqs").purge_queue(QueueUrl=cloud.queue("uploads").url)
        at = {"Bucket": "photos", "Key": "in/cat 1.png"}
        url = s3.generate_presigned_url("put_object", Params={**at, "ContentType": "image/png"})
        assert put(url, b"12345", {"Content-Type": "image/png"}) == 200
        assert cloud.bucket("photos").objects[0].body == b"12345"
        assert s3.head_object(**at)["ContentType"] == "image/png"
        (event,) = (message.json()["Records"][0] for message in cloud.queue("uploads").messages)
        assert (event["eventName"], event["s3"]["object"]["size"]) == ("ObjectCreated:Put", 5)
        assert fetch(s3.generate_presigned_url("get_object", Params=at)) == b"12345"


def test_a_presigned_head_and_delete() -> None:
    with minicloud.mock_aws(region_name="us-east-1") as cloud:
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="photos")
        s3.put_object(Bucket="photos", Key="a", Body=b"12345")
        at = {"Bucket": "photos", "Key": "a"}
        for method, status, length in (("head_object", 200, "5"), ("delete_object", 204, None)):
            url = s3.generate_presigned_url(method, Params=at)
            request = urllib.request.Request(url, method=method.partition("_")[0].upper())
            with urllib.request.urlopen(request) as answer:
                assert (answer.status, answer.headers["Content-Length"] or "0") == (status, length or "0")
                assert answer.read() == b""
        assert cloud.bucket("photos").keys == []


def test_an_object_that_there_is_not() -> None:
    with minicloud.mock_aws(region_name="us-east-1"):
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="photos")
        url = s3.generate_presigned_url("get_object", Params={"Bucket": "photos", "Key": "a"})
        assert b"<Code>NoSuchKey</Code>" in refusal(url, 404)
        in_path = boto3.client("s3", config=Config(s3={"addressing_style": "path"}))
        url = in_path.generate_presigned_url("get_object", Params={"Bucket": "other", "Key": "a"})
        assert b"<Code>NoSuchBucket</Code>" in refusal(url, 404)


def test_forms_of_browsers_are_refused() -> None:
    with minicloud.mock_aws(region_name="us-east-1") as cloud:
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="photos")
        form = s3.generate_presigned_post("photos", "a")
        with pytest.raises(minicloud.UsageError, match="have a client of AWS's do in the test what a browser would"):
            urllib.request.urlopen(form["url"], data=b"--x")
        assert cloud.bucket("photos").keys == []


def test_uploads_meet_faults() -> None:
    with minicloud.mock_aws(region_name="us-east-1") as cloud:
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="photos")
        url = s3.generate_presigned_url("put_object", Params={"Bucket": "photos", "Key": "a"})
        cloud.faults.refuse("SlowDown", operation="PutObject", first=1)
        with pytest.raises(urllib.error.HTTPError) as caught:
            put_by_urllib(url, b"1", {})
        with caught.value as error:
            assert b"<Code>SlowDown</Code>" in error.read()
        assert put_by_urllib(url, b"1", {}) == 200


def test_what_a_client_without_credentials_signs_for_others() -> None:
    """One from before the mock, whose first act inside it may be that."""
    first, second = (boto3.Session().client("s3", "us-east-1") for _ in range(2))
    get: dict[str, Any] = {"ClientMethod": "get_object", "Params": {"Bucket": "photos", "Key": "k"}}
    with minicloud.mock_aws():
        second.create_bucket(Bucket="photos")
        second.put_object(Bucket="photos", Key="k", Body=b"content")
        for s3 in (first, second):
            assert by_urllib(s3.generate_presigned_url(**get)) == b"content"
            assert s3.generate_presigned_post("photos", "k")["fields"]["AWSAccessKeyId"] == "testing"
    for s3 in (first, second):
        with pytest.raises(NoCredentialsError):
            s3.generate_presigned_url(**get)
    with minicloud.mock_aws():
        first.list_buckets()

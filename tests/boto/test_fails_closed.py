"""While a mock is active nothing of botocore's reaches the network, and what is not answered says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import botocore.httpsession
import pytest
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError, NoCredentialsError
from botocore.stub import Stubber
from urllib3.exceptions import NewConnectionError

import minicloud
from tests.boto.support import take_full_pipeline
from tests.support.threads import Worker

pytestmark = pytest.mark.needs("boto3")


class Raw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> Any:
        yield self._body


def refusal(action: Callable[[], Any]) -> str:
    """The text of the ``UsageError``; empty when the call was answered."""
    try:
        action()
    except minicloud.UsageError as error:
        return str(error)
    return ""


def test_another_service_can_be_made_and_not_used() -> None:
    with minicloud.mock_aws():
        client = boto3.client("ssm")
        with pytest.raises(minicloud.UsageError, match=r"ssm\.GetParameters.*passthrough=\('ssm',\)"):
            client.get_parameters(Names=["p"])
        with pytest.raises(minicloud.UsageError, match=r"dynamodb\.ListTables"):
            take_full_pipeline(boto3.client("dynamodb")).list_tables()


def test_an_operation_that_is_not_there() -> None:
    with minicloud.mock_aws(), pytest.raises(minicloud.UsageError, match=r"sts\.DecodeAuthorizationMessage"):
        boto3.client("sts").decode_authorization_message(EncodedMessage="x")


def test_requests_around_the_clients_are_refused() -> None:
    with minicloud.mock_aws():
        request = AWSRequest("GET", "https://sqs.us-east-1.amazonaws.com/").prepare()
        with pytest.raises(minicloud.UsageError, match=r"GET https://sqs\.us-east-1\.amazonaws\.com/"):
            botocore.httpsession.URLLib3Session().send(request)
        sqs: Any = boto3.client("sqs")
        with pytest.raises(minicloud.UsageError, match="without going through the client's methods"):
            sqs._endpoint.http_session.send(request)


def test_credentials_that_have_to_be_fetched_are_refused_within_a_call_too() -> None:
    def fetch(**_: Any) -> None:
        botocore.httpsession.URLLib3Session().send(AWSRequest("GET", f"http://{host}/").prepare())

    with minicloud.mock_aws():
        sqs = boto3.client("sqs")
        sqs.meta.events.register("before-sign", fetch)
        host = "169.254.170.2"
        with pytest.raises(minicloud.UsageError, match=r"169\.254"):
            sqs.list_queues()
        host = "169.254.169.254"  # as on a machine that is none of EC2's
        with pytest.raises(EndpointConnectionError):
            sqs.list_queues()


def test_outside_of_a_mock_clients_are_the_real_ones() -> None:
    with pytest.raises(NoCredentialsError):
        boto3.client("sqs", "us-east-1").list_queues()
    before = boto3.client("sqs", "us-east-1")
    with minicloud.mock_aws():
        take_full_pipeline(before).list_queues()
    with pytest.raises(NoCredentialsError):
        before.list_queues()


def test_a_client_that_is_left_over_does_not_reach_aws_with_fake_credentials() -> None:
    with minicloud.mock_aws() as cloud:
        sqs = boto3.client("sqs")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        worker = Worker(lambda: [refusal(lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)) for _ in "ab"])
        cloud.client("sqs").send_message(QueueUrl=url, MessageBody="m")
        while not cloud.queue("q").counts.in_flight:
            pass
        # The second poll may begin before the mock ends, or after it.
    assert worker.result()[0] == ""
    assert "closed" in worker.result()[1] or "fake credentials of a mock_aws() that has ended" in worker.result()[1]
    for kept in (sqs, take_full_pipeline(sqs)):
        with pytest.raises(minicloud.UsageError, match=r"fake credentials of a mock_aws\(\) that has ended") as error:
            kept.list_queues()
        assert isinstance(error.value, NoCredentialsError)  # which an application may be ready for


def test_a_client_that_is_left_over_may_be_answered_by_others() -> None:
    with minicloud.mock_aws():
        sqs = boto3.client("sqs")
        local = boto3.client("sqs", endpoint_url="http://localhost:1", config=Config(retries={"total_max_attempts": 1}))
        for client in (sqs, local):
            client.list_queues()
    sqs.meta.events.register("before-send", lambda request, **_: AWSResponse(request.url, 200, {}, Raw(b"{}")))
    assert "QueueUrls" not in sqs.list_queues()
    with Stubber(sqs) as stubber:
        stubber.add_response("list_queues", {"QueueUrls": ["x"]})
        assert sqs.list_queues()["QueueUrls"] == ["x"]
    # What it sends to an emulator of another kind is sent.
    sent = []

    class Manager:
        def connection_from_url(self, url: str) -> None:
            sent.append(url)
            raise NewConnectionError(None, "refused")  # type: ignore[arg-type]

    local._endpoint.http_session._manager = Manager()
    with pytest.raises(EndpointConnectionError):
        local.list_queues()
    assert sent == ["http://localhost:1/"]


def test_a_service_that_is_let_through_goes_where_it_would_go() -> None:
    seen = []

    def answer(request: Any, **_: Any) -> Any:
        seen.append(request.url)
        return AWSResponse(request.url, 200, {}, Raw(b'{"TableNames":["t"]}'))

    with minicloud.mock_aws(passthrough=("dynamodb",)):
        client = boto3.client("dynamodb")
        client.meta.events.register("before-send", answer)
        assert client.list_tables()["TableNames"] == ["t"]
        with pytest.raises(minicloud.UsageError, match="ssm"):
            boto3.client("ssm").get_parameters(Names=["p"])
    assert seen == ["https://dynamodb.us-east-1.amazonaws.com/"]


@pytest.mark.needs("moto")
def test_it_works_beside_another_mock() -> None:
    import moto

    with moto.mock_aws(), minicloud.mock_aws(passthrough=("dynamodb",)) as cloud:
        tables = boto3.client("dynamodb")
        assert tables.list_tables()["TableNames"] == []
        sqs = boto3.client("sqs")
        sqs.create_queue(QueueName="q")
        seen: list[Any] = []
        sqs.meta.events.register("before-send", lambda **_: seen.append(1))
        url = sqs.get_queue_url(QueueName="q")["QueueUrl"]
        assert seen == [1]
        sqs.send_message(QueueUrl=url, MessageBody="hello")
        assert cloud.queue("q").bodies == ["hello"]
        tables.create_table(
            TableName="t",
            KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        assert tables.list_tables()["TableNames"] == ["t"]


def test_what_is_let_through_may_differ_in_a_nested_mock() -> None:
    seen = []

    def answer(request: Any, **_: Any) -> Any:
        seen.append(request.url)

        return AWSResponse(request.url, 200, {}, Raw(b'{"QueueUrls":["elsewhere"]}'))

    with minicloud.mock_aws():
        sqs, other = boto3.client("sqs"), boto3.client("sqs")
        other.meta.events.register("before-send", answer)
        assert "QueueUrls" not in sqs.list_queues()
        with minicloud.mock_aws(passthrough=("sqs",)):
            assert other.list_queues()["QueueUrls"] == ["elsewhere"]
        assert "QueueUrls" not in sqs.list_queues()
    assert seen == ["https://sqs.us-east-1.amazonaws.com/"]

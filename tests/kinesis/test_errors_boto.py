"""Errors of Kinesis as boto3 shows them, by botocore's own parser."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from minicloud.exceptions import AwsError
from minicloud.kinesis import messages
from minicloud.kinesis.service import SERVICE


def test_every_text_belongs_to_a_modelled_error() -> None:
    texts = [text for text in vars(messages).values() if isinstance(text, messages.Text)]
    assert len(texts) > 40
    assert {text.code for text in texts} <= set(SERVICE.exceptions)


class Canned:
    """An answer that a real client is given in place of the network's."""

    status = 400
    document = b""

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        return AWSResponse(request.url, self.status, {}, self)

    def stream(self, *_: Any, **__: Any) -> Any:
        yield self.document


@pytest.fixture(scope="module")
def canned() -> Any:
    session = botocore.session.get_session()
    session.set_credentials("key", "secret")
    config = Config(retries={"total_max_attempts": 1})
    client = session.create_client("kinesis", region_name="us-east-1", config=config)
    answer = Canned()
    client.meta.events.register("before-send.kinesis", answer)

    def ask(status: int, document: str) -> Any:
        answer.status, answer.document = status, document.encode()
        with pytest.raises(client.exceptions.ClientError) as caught:
            client.describe_stream(StreamName="x")
        return caught.value

    return ask


MODELLED = [AwsError(name, "text", shape=name) for name in SERVICE.exceptions if name != "InternalFailureException"]


@pytest.mark.parametrize("error", MODELLED, ids=lambda error: error.code)
def test_modelled_errors(canned: Any, error: AwsError) -> None:
    theirs = canned(400, f'{{"__type":"{error.code}","message":"text"}}')
    shown = {name: member for name, member in theirs.response.items() if name != "ResponseMetadata"}
    assert SERVICE.error_response(error) == shown
    assert type(theirs).__name__ == error.shape


def test_the_internal_failure(canned: Any) -> None:
    error = messages.internal_failure()
    theirs = canned(500, '{"__type":"InternalFailure"}')
    assert SERVICE.error_response(error) == {"Error": theirs.response["Error"]}
    assert type(theirs).__name__ == "ClientError"
    assert error.status == 500
    assert error.shape is None


def test_a_serialization_error(canned: Any) -> None:
    error = AwsError("SerializationException", "text", shape="SerializationException")
    theirs = canned(400, '{"__type":"SerializationException","Message":"text"}')
    assert SERVICE.error_response(error) == {"Error": theirs.response["Error"]}

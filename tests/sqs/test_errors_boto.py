"""Errors of SQS as boto3 shows them, by botocore's own parser."""

from __future__ import annotations

import json
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from minicloud.exceptions import AwsError
from minicloud.sqs.messages import CODES
from minicloud.sqs.service import SERVICE

MODEL = botocore.session.get_session().get_service_model("sqs")


def test_codes_and_statuses_are_those_of_the_model() -> None:
    for shape in MODEL.error_shapes:
        code, _ = CODES[shape.name]
        old = shape.metadata.get("error", {})
        assert code == old.get("code", code), shape.name


class Canned:
    """An answer that a real client is given in place of the network's."""

    def __init__(self) -> None:
        self.status = 400
        self.headers: dict[str, str] = {}
        self.document = b""

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        return AWSResponse(request.url, self.status, self.headers, self)

    def stream(self, *_: Any, **__: Any) -> Any:
        yield self.document


@pytest.fixture(scope="module")
def canned() -> Any:
    session = botocore.session.get_session()
    session.set_credentials("key", "secret")
    client = session.create_client("sqs", "us-east-1", config=Config(retries={"total_max_attempts": 1}))
    answer = Canned()
    client.meta.events.register("before-send.sqs", answer)

    def ask(error: AwsError) -> Any:
        answer.status, answer.headers = error.status, SERVICE.error_headers(error)
        answer.document = json.dumps({"__type": f"com.amazonaws.sqs#{error.shape}", "message": error.message}).encode()
        with pytest.raises(client.exceptions.ClientError) as caught:
            client.get_queue_url(QueueName="x")
        return caught.value

    return ask


@pytest.mark.parametrize("shape", [name for name in CODES if name != "EmptyValue"])
def test_errors(canned: Any, shape: str) -> None:
    code, status = CODES[shape]
    error = AwsError(code, "text", status, shape=shape)
    theirs = canned(error)
    shown = {name: member for name, member in theirs.response.items() if name != "ResponseMetadata"}
    assert SERVICE.error_response(error) == shown
    assert type(theirs).__name__ == (shape if shape in SERVICE.exceptions else "ClientError")
    assert theirs.response["Error"]["Code"] == code

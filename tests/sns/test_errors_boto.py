"""Errors of SNS as boto3 shows them, by botocore's own parser."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse

from minicloud.exceptions import AwsError
from minicloud.sns.errors import EXCEPTIONS, aws_error
from minicloud.sns.service import SERVICE

MODEL = botocore.session.get_session().get_service_model("sns")


def test_the_modelled_exceptions():
    theirs = {
        shape.metadata.get("error", {}).get("code", shape.name): (
            shape.name,
            shape.metadata.get("error", {}).get("httpStatusCode", 400),
        )
        for shape in MODEL.error_shapes
    }
    assert theirs == EXCEPTIONS
    assert set(SERVICE.exceptions) == {name for name, _ in theirs.values()}


ERRORS = [
    aws_error(code, "text", **({"Message": "text", "Status": "Pending"} if code == "VerificationException" else {}))
    for code in EXCEPTIONS
]
ERRORS.append(AwsError("ValidationError", "text"))


class Canned:
    """An answer that a real client is given in place of the network's."""

    document = b""

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        return AWSResponse(request.url, 400, {}, self)

    def stream(self, *args: Any, **options: Any) -> Any:
        yield self.document


@pytest.fixture(scope="module")
def canned():
    session = botocore.session.get_session()
    session.set_credentials("key", "secret")
    config = botocore.config.Config(retries={"total_max_attempts": 1})
    client = session.create_client("sns", region_name="us-east-1", config=config)
    answer = Canned()
    client.meta.events.register("before-send.sns", answer)

    def ask(document):
        answer.document = document.encode()
        with pytest.raises(client.exceptions.ClientError) as caught:
            client.publish(TopicArn="x", Message="x")
        return caught.value

    return ask


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
def test_errors_look_as_boto3_shows_them(canned, error):
    status = "<Status>Pending</Status>" if error.shape == "VerificationException" else ""
    theirs = canned(
        f"<ErrorResponse xmlns='http://sns.amazonaws.com/doc/2010-03-31/'><Error><Type>{error.fault}</Type>"
        f"<Code>{error.code}</Code><Message>{error.message}</Message>{status}</Error>"
        "<RequestId>id</RequestId></ErrorResponse>"
    )
    shown = {name: member for name, member in theirs.response.items() if name != "ResponseMetadata"}
    assert SERVICE.error_response(error) == shown
    assert type(theirs).__name__ == (error.shape or "ClientError")

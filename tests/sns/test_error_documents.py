"""Errors of SNS as boto3 shows them, by botocore's own parser."""

from __future__ import annotations

import botocore.session
import pytest

from minicloud.exceptions import AwsError
from minicloud.services.sns.errors import EXCEPTIONS, aws_error
from minicloud.services.sns.service import SERVICE
from tests.support.canned import CannedClient, shown

pytestmark = pytest.mark.needs("botocore")

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


@pytest.fixture(scope="module")
def client() -> CannedClient:
    return CannedClient("sns")


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
def test_errors_look_as_boto3_shows_them(client, error):
    status = "<Status>Pending</Status>" if error.shape == "VerificationException" else ""
    theirs = client.error(
        400,
        f"<ErrorResponse xmlns='http://sns.amazonaws.com/doc/2010-03-31/'><Error><Type>{error.fault}</Type>"
        f"<Code>{error.code}</Code><Message>{error.message}</Message>{status}</Error>"
        "<RequestId>id</RequestId></ErrorResponse>",
    )
    assert SERVICE.error_response(error) == shown(theirs)
    assert type(theirs).__name__ == (error.shape or "ClientError")

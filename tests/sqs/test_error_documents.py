"""Errors of SQS as boto3 shows them, by botocore's own parser."""

from __future__ import annotations

import json

import botocore.session
import pytest

from minicloud.exceptions import AwsError
from minicloud.services.sqs.errors import CODES
from minicloud.services.sqs.service import SERVICE
from tests.support.canned import CannedClient, shown

pytestmark = pytest.mark.needs("botocore")

MODEL = botocore.session.get_session().get_service_model("sqs")


def test_codes_and_statuses_are_those_of_the_model() -> None:
    for shape in MODEL.error_shapes:
        code, _ = CODES[shape.name]
        old = shape.metadata.get("error", {})
        assert code == old.get("code", code), shape.name


@pytest.fixture(scope="module")
def client() -> CannedClient:
    return CannedClient("sqs")


@pytest.mark.parametrize("shape", [name for name in CODES if name != "EmptyValue"])
def test_errors(client: CannedClient, shape: str) -> None:
    code, status = CODES[shape]
    error = AwsError(code, "text", status, shape=shape)
    document = json.dumps({"__type": f"com.amazonaws.sqs#{shape}", "message": "text"})
    theirs = client.error(status, document, SERVICE.error_headers(error))
    assert SERVICE.error_response(error) == shown(theirs)
    assert type(theirs).__name__ == (shape if shape in SERVICE.exceptions else "ClientError")
    assert theirs.response["Error"]["Code"] == code

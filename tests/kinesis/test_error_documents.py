"""Errors of Kinesis as boto3 shows them, by botocore's own parser."""

from __future__ import annotations

import pytest

from minicloud.core.error_text import ErrorText
from minicloud.exceptions import AwsError
from minicloud.services.kinesis import errors
from minicloud.services.kinesis.service import SERVICE
from tests.support.canned import CannedClient, shown

pytestmark = pytest.mark.needs("botocore")


def test_every_text_belongs_to_a_modelled_error() -> None:
    texts = [text for text in vars(errors).values() if isinstance(text, ErrorText)]
    assert len(texts) > 40
    assert {text.name for text in texts} <= set(SERVICE.exceptions)


@pytest.fixture(scope="module")
def client() -> CannedClient:
    return CannedClient("kinesis")


MODELLED = [AwsError(name, "text", shape=name) for name in SERVICE.exceptions if name != "InternalFailureException"]


@pytest.mark.parametrize("error", MODELLED, ids=lambda error: error.code)
def test_modelled_errors(client: CannedClient, error: AwsError) -> None:
    theirs = client.error(400, f'{{"__type":"{error.code}","message":"text"}}')
    if not client.knows(error.code):
        assert shown(theirs) == {"Error": SERVICE.error_response(error)["Error"]}
        return
    assert SERVICE.error_response(error) == shown(theirs)
    assert type(theirs).__name__ == error.shape


def test_the_internal_failure(client: CannedClient) -> None:
    error = errors.internal_failure()
    theirs = client.error(500, '{"__type":"InternalFailure"}')
    assert SERVICE.error_response(error) == {"Error": theirs.response["Error"]}
    assert type(theirs).__name__ == "ClientError"
    assert error.status == 500
    assert error.shape is None


def test_a_serialization_error(client: CannedClient) -> None:
    error = AwsError("SerializationException", "text", shape="SerializationException")
    theirs = client.error(400, '{"__type":"SerializationException","Message":"text"}')
    assert SERVICE.error_response(error) == {"Error": theirs.response["Error"]}


@pytest.mark.parametrize(
    ("told", "shown_as"),
    [
        (
            "NUMBER_VALUE can not be converted to a String",
            "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String",
        ),
        ("TRUE_VALUE can not be converted to a String", "class java.lang.Boolean can not be converted to an String"),
        ("FALSE_VALUE can not be converted to a Long", "class java.lang.Boolean can not be converted to a Long"),
        (
            "STRING_VALUE can not be converted to an Integer",
            "class java.lang.String can not be converted to an Integer",
        ),
        ("Start of list found where not expected", "Start of list found where not expected"),
        ("Unable to read it", ""),
    ],
)
def test_values_of_a_wrong_kind_are_called_by_their_classes(told: str, shown_as: str) -> None:
    answer = SERVICE.error_response(AwsError("SerializationException", told))
    assert answer == {"Error": {"Message": shown_as, "Code": "SerializationException"}}
    other = SERVICE.error_response(AwsError("ValidationException", told))
    assert other["message"] == other["Error"]["Message"] == told

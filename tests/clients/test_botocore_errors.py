"""Where botocore is in the process, an error of minicloud's is one of botocore's as well."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import boto3
import botocore.exceptions
import pytest

import minicloud
from minicloud.clients.sqs import SqsClient
from tests.support.threads import run_python

pytestmark = pytest.mark.needs("boto3")


@pytest.fixture
def client() -> SqsClient:
    return minicloud.Cloud().client("sqs")


@pytest.fixture
def real_client() -> Any:
    return boto3.client("sqs", "us-east-1", aws_access_key_id="a", aws_secret_access_key="s")


def test_except_clauses_of_both_catch(client: SqsClient) -> None:
    for kind in (
        botocore.exceptions.ClientError,
        minicloud.exceptions.ClientError,
        client.exceptions.QueueDoesNotExist,
        client.exceptions.ClientError,
    ):
        with pytest.raises(kind):
            client.send_message(QueueUrl="none", MessageBody="m")
    for kind in (
        botocore.exceptions.ParamValidationError,
        botocore.exceptions.BotoCoreError,
        minicloud.exceptions.ParamValidationError,
    ):
        with pytest.raises(kind):
            client.send_message(QueueUrl=3)


def test_a_plain_client_error(client: SqsClient) -> None:
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        client.create_queue(QueueName="not a name")
    assert type(caught.value).__name__ == "ClientError"
    assert isinstance(caught.value, minicloud.exceptions.ClientError)


def test_usage_errors_are_never_botocore_s(client: SqsClient) -> None:
    for mistake in (lambda: client.fly_message, lambda: minicloud.Cloud().client("dynamodb")):
        with pytest.raises(minicloud.UsageError) as caught:
            mistake()
        assert not isinstance(caught.value, botocore.exceptions.BotoCoreError | botocore.exceptions.ClientError)


@pytest.mark.parametrize("trip", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy])
def test_they_stay_both_through_pickle(client: SqsClient, trip: Any) -> None:
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        client.send_message(QueueUrl="none", MessageBody="m")
    with pytest.raises(botocore.exceptions.ParamValidationError) as invalid:
        client.send_message(QueueUrl=3)
    back = trip(refused.value)
    assert isinstance(back, botocore.exceptions.ClientError)
    assert isinstance(back, minicloud.exceptions.ClientError)
    assert (str(back), back.response) == (str(refused.value), refused.value.response)
    back = trip(invalid.value)
    assert isinstance(back, botocore.exceptions.ParamValidationError)
    assert isinstance(back, minicloud.exceptions.ParamValidationError)
    assert str(back) == str(invalid.value)


@pytest.mark.parametrize(
    ("response", "operation"),
    [
        ({"Error": {"Code": "C", "Message": "M"}}, "SendMessage"),
        ({"Error": {}}, "X"),
        ({}, "X"),
        ({"Error": {"Code": "C"}, "ResponseMetadata": {"MaxAttemptsReached": True, "RetryAttempts": 3}}, "X"),
        ({"Error": {"Code": "C"}, "ResponseMetadata": {"MaxAttemptsReached": True}}, "X"),
    ],
)
def test_the_text_is_botocore_s(response: dict[str, Any], operation: str) -> None:
    assert str(minicloud.exceptions.ClientError(response, operation)) == str(
        botocore.exceptions.ClientError(response, operation)
    )


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("ParamValidationError", {"report": "r"}),
        ("WaiterError", {"name": "n", "reason": "r", "last_response": {}}),
        ("PaginationError", {"message": "m"}),
        ("OperationNotPageableError", {"operation_name": "o"}),
    ],
)
def test_so_are_the_others(name: str, arguments: dict[str, Any]) -> None:
    ours = getattr(minicloud.exceptions, name)(**arguments)
    theirs = getattr(botocore.exceptions, name)(**arguments)
    assert str(ours) == str(theirs)
    assert ours.kwargs == theirs.kwargs


def test_the_modelled_classes_are_those_of_the_model(client: SqsClient, real_client: Any) -> None:
    def names(exceptions: Any) -> set[str]:
        return {
            name for name in dir(exceptions) if not name.startswith("_") and isinstance(getattr(exceptions, name), type)
        }

    assert names(client.exceptions) == names(real_client.exceptions)


def test_codes_lead_to_the_same_classes(client: SqsClient, real_client: Any) -> None:
    for name in dir(real_client.exceptions):
        if name[0].isupper():
            assert client.exceptions.from_code(name).__name__ == real_client.exceptions.from_code(name).__name__, name


def test_botocore_that_comes_later_is_noticed() -> None:
    """minicloud never imports botocore by itself; whoever does so in the midst of a run is served from then on."""
    script = """
        import sys, minicloud
        sqs = minicloud.Cloud().client("sqs")
        def error():
            try:
                sqs.send_message(QueueUrl="none", MessageBody="m")
            except minicloud.exceptions.ClientError as found:
                return found
        names = [kind.__name__ for kind in type(error()).__mro__]
        assert names[:3] == ["QueueDoesNotExist", "ClientError", "Exception"]
        assert not [name for name in sys.modules if name.startswith("boto")]
        import botocore.exceptions
        assert isinstance(error(), botocore.exceptions.ClientError)
        assert isinstance(error(), sqs.exceptions.QueueDoesNotExist)
    """
    run_python(script)

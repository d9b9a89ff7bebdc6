"""What goes wrong, and how it shows: AWS's errors under botocore's names, and mistakes with a sentence that helps."""

from __future__ import annotations

import copy
import pickle
import traceback
from collections.abc import Callable
from typing import Any

import pytest

import minicloud
from minicloud import UsageError
from minicloud.clients.sqs import SqsClient
from minicloud.exceptions import (
    BotoCoreError,
    ClientError,
    OperationNotPageableError,
    PaginationError,
    ParamValidationError,
    UnknownOperationError,
    WaiterError,
)
from minicloud.services.registry import SERVICE_NAMES

TEXT = (
    "An error occurred (AWS.SimpleQueueService.NonExistentQueue) when calling the SendMessage operation: "
    "The specified queue does not exist."
)


@pytest.fixture
def client() -> SqsClient:
    return minicloud.Cloud(seed=1).client("sqs")


def caught(call: Callable[[], Any]) -> Exception:
    """The error that a call raises."""
    try:
        call()
    except Exception as error:  # whatever it is
        return error
    raise AssertionError("nothing was raised")


def missing_queue(client: SqsClient) -> ClientError:
    error = caught(lambda: client.send_message(QueueUrl="none", MessageBody="m"))
    assert isinstance(error, ClientError)
    return error


class TestClientError:
    def test_carries_the_whole_answer(self, client: SqsClient) -> None:
        error = missing_queue(client)
        assert str(error) == TEXT
        assert error.operation_name == "SendMessage"
        assert error.response["Error"] == {
            "Message": "The specified queue does not exist.",
            "Code": "AWS.SimpleQueueService.NonExistentQueue",
            "QueryErrorCode": "QueueDoesNotExist",
            "Type": "Sender",
        }
        metadata = error.response["ResponseMetadata"]
        assert metadata["HTTPStatusCode"] == 400
        assert metadata["RetryAttempts"] == 0
        assert metadata["HTTPHeaders"]["x-amzn-requestid"] == metadata["RequestId"]

    def test_each_has_a_request_id_of_its_own(self, client: SqsClient) -> None:
        ids = {missing_queue(client).response["ResponseMetadata"]["RequestId"] for _ in range(10)}
        assert len(ids) == 10

    def test_is_caught_by_its_modelled_class(self, client: SqsClient) -> None:
        with pytest.raises(client.exceptions.QueueDoesNotExist):
            client.send_message(QueueUrl="none", MessageBody="m")
        with pytest.raises(client.exceptions.ClientError):
            client.send_message(QueueUrl="none", MessageBody="m")
        assert type(missing_queue(client)).__name__ == "QueueDoesNotExist"

    def test_the_classes_are_those_of_all_clients(self, client: SqsClient) -> None:
        other = minicloud.Cloud().client("sqs", "eu-west-1")
        assert other.exceptions.QueueDoesNotExist is client.exceptions.QueueDoesNotExist
        with pytest.raises(other.exceptions.QueueDoesNotExist):
            client.send_message(QueueUrl="none", MessageBody="m")

    def test_a_code_without_a_shape_is_a_plain_one(self, client: SqsClient) -> None:
        error = caught(lambda: client.create_queue(QueueName="not a name"))
        assert isinstance(error, ClientError)
        assert type(error).__name__ == "ClientError"
        assert error.response["Error"]["Code"] == "InvalidParameterValue"

    def test_the_text_of_one_that_is_made_by_hand(self) -> None:
        error = ClientError({"Error": {"Code": "Throttling", "Message": "Rate exceeded"}}, "SendMessage")
        assert str(error) == "An error occurred (Throttling) when calling the SendMessage operation: Rate exceeded"
        assert str(ClientError({}, "X")) == "An error occurred (Unknown) when calling the X operation: Unknown"
        retried = {"Error": {"Code": "C"}, "ResponseMetadata": {"MaxAttemptsReached": True, "RetryAttempts": 4}}
        assert "operation (reached max retries: 4): " in str(ClientError(retried, "X"))

    def test_has_no_story_of_minicloud_s_inside_to_tell(self, client: SqsClient) -> None:
        """What the services raise inside is not in the traceback."""
        error = missing_queue(client)
        assert "AwsError" not in "".join(traceback.format_exception(error))


class TestModelledClasses:
    def test_by_code(self, client: SqsClient) -> None:
        exceptions = client.exceptions
        assert exceptions.from_code("QueueDoesNotExist") is exceptions.QueueDoesNotExist
        assert exceptions.from_code("InvalidParameterValue") is ClientError
        assert issubclass(exceptions.QueueDoesNotExist, ClientError)

    def test_one_that_is_none(self, client: SqsClient) -> None:
        text = r"has no attribute QueueIsSad. Valid exceptions are: .*QueueDoesNotExist"
        with pytest.raises(AttributeError, match=text):
            _ = client.exceptions.QueueIsSad
        assert not hasattr(client.exceptions, "QueueIsSad")

    def test_all_of_them_are_listed(self, client: SqsClient) -> None:
        names = [name for name in dir(client.exceptions) if name[0].isupper()]
        assert len(names) == 29
        assert {"ClientError", "OverLimit", "PurgeQueueInProgress"} <= set(names)


class TestTravelling:
    """Errors go through pickle: from a worker's process, or in a test runner's report."""

    ERRORS = (
        ClientError({"Error": {"Code": "C", "Message": "M"}, "more": [1]}, "SendMessage"),
        ParamValidationError(report="Missing required parameter"),
        WaiterError("stream_exists", "Max attempts exceeded", {"Stream": {}}),
        PaginationError(message="no token"),
        OperationNotPageableError(operation_name="send_message"),
        UsageError("do it otherwise"),
        UnknownOperationError("no such method"),
    )

    @pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
    @pytest.mark.parametrize("trip", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
    def test_they_come_back_as_they_were(self, error: Exception, trip: Callable[[Exception], Exception]) -> None:
        back = trip(error)
        assert isinstance(back, type(error))
        assert str(back) == str(error)
        assert vars(back) == vars(error)

    def test_a_modelled_one_comes_back_as_its_parent(self, client: SqsClient) -> None:
        error = missing_queue(client)
        back = pickle.loads(pickle.dumps(error))
        assert isinstance(back, ClientError)
        assert (str(back), back.response, back.operation_name) == (TEXT, error.response, "SendMessage")

    def test_a_real_validation_error(self, client: SqsClient) -> None:
        error = caught(lambda: client.send_message(QueueUrl=3))
        back = pickle.loads(pickle.dumps(error))
        assert isinstance(back, ParamValidationError)
        assert str(back) == str(error)
        assert back.kwargs["report"].splitlines() == str(error).splitlines()[1:]


class TestParamValidationError:
    def test_says_all_that_is_wrong(self, client: SqsClient) -> None:
        error = caught(lambda: client.send_message(QueueUrl=3, Colour="red"))
        assert isinstance(error, ParamValidationError)
        assert isinstance(error, BotoCoreError)
        assert not isinstance(error, ClientError)
        assert str(error).splitlines() == [
            "Parameter validation failed:",
            'Missing required parameter in input: "MessageBody"',
            'Unknown parameter in input: "Colour", must be one of: QueueUrl, MessageBody, DelaySeconds, '
            "MessageAttributes, MessageSystemAttributes, MessageDeduplicationId, MessageGroupId",
            "Invalid type for parameter QueueUrl, value: 3, type: <class 'int'>, valid types: <class 'str'>",
        ]

    def test_nothing_has_happened(self, client: SqsClient) -> None:
        url = client.create_queue(QueueName="queue")["QueueUrl"]
        caught(lambda: client.send_message(QueueUrl=url, MessageBody="m", DelaySeconds="1"))
        assert "Messages" not in client.receive_message(QueueUrl=url)


class TestUsage:
    """Each mistake in using minicloud is a UsageError whose text says what to do, never an AWS error."""

    @pytest.mark.parametrize(
        ("call", "text"),
        [
            (
                lambda cloud: cloud.client("mainframe"),
                f"no service 'mainframe': it emulates {', '.join(sorted(SERVICE_NAMES))}; ",
            ),
            (lambda cloud: cloud.async_client("SQS"), "minicloud has no service 'SQS'"),
            (lambda cloud: cloud.session().client("s4"), "minicloud has no service 's4'"),
            (lambda cloud: cloud.resource("kinesis"), "minicloud has no resource 'kinesis': it has"),
            (lambda cloud: cloud.queue("missing"), "there is no queue 'missing'; there are none"),
            (lambda _: minicloud.Cloud(account_id="12"), "give twelve digits as a string"),
            (lambda _: minicloud.Cloud(region_name=""), "give a name such as 'eu-west-1'"),
        ],
    )
    def test_of_the_cloud(self, call: Callable[[minicloud.Cloud], Any], text: str) -> None:
        error = caught(lambda: call(minicloud.Cloud()))
        assert isinstance(error, UsageError)
        assert not isinstance(error, ClientError | BotoCoreError)
        assert text in str(error)

    def test_an_operation_that_is_none(self, client: SqsClient) -> None:
        error = caught(lambda: client.receive_messages)
        assert isinstance(error, UsageError)
        assert isinstance(error, AttributeError)
        assert "SqsClient has no operation 'receive_messages'" in str(error)
        assert not hasattr(client, "receive_messages")

    def test_on_asyncio_clients_alike(self) -> None:
        client = minicloud.Cloud().async_client("sqs")
        assert isinstance(caught(lambda: client.receive_messages), UsageError)

    def test_a_queue_that_is_looked_for_is_told_of_those_there_are(self) -> None:
        cloud = minicloud.Cloud()
        for name in ("b", "a"):
            cloud.client("sqs").create_queue(QueueName=name)
        with pytest.raises(UsageError, match="there are: a, b"):
            cloud.queue("c")

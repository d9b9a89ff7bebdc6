"""Faults of calls: which calls they strike, and what the caller gets to see."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from typing import Any

import pytest

import minicloud
from minicloud import exceptions
from minicloud.faults import Delay, Disconnect, FailEntries, Fault, LoseAnswer, Refuse


@pytest.fixture
def url(sqs: Any) -> str:
    created: str = sqs.create_queue(QueueName="orders")["QueueUrl"]
    return created


def outcomes(call: Any, times: int) -> str:
    """What became of so many calls: a dot for an answer, an x for an error."""
    shown = ""
    for _ in range(times):
        try:
            call()
        except exceptions.ClientError:
            shown += "x"
        else:
            shown += "."
    return shown


# --- which calls -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({}, "xxxxxx"),
        ({"nth": 2}, ".x...."),
        ({"nth": [1, 4]}, "x..x.."),
        ({"every": 3}, "..x..x"),
        ({"first": 2}, "xx...."),
        ({"probability": 1}, "xxxxxx"),
        ({"probability": 0, "optional": True}, "......"),
    ],
)
def test_when_a_fault_strikes(cloud: minicloud.Cloud, sqs: Any, url: str, when: dict[str, Any], expected: str) -> None:
    fault = cloud.faults.refuse("RequestThrottled", operation="SendMessage", **when)
    assert outcomes(lambda: sqs.send_message(QueueUrl=url, MessageBody="m"), 6) == expected
    assert (fault.seen, fault.fired) == (6, expected.count("x"))
    assert len(cloud.queue("orders").messages) == expected.count(".")


@pytest.mark.parametrize("spelling", ["orders", "url", "arn"])
def test_a_fault_sees_the_calls_on_its_resource_only(cloud: minicloud.Cloud, sqs: Any, url: str, spelling: str) -> None:
    other = sqs.create_queue(QueueName="other")["QueueUrl"]
    resource = {"url": url, "arn": cloud.queue("orders").arn}.get(spelling, spelling)
    fault = cloud.faults.refuse("RequestThrottled", service="sqs", resource=resource)
    sqs.send_message(QueueUrl=other, MessageBody="m")
    with pytest.raises(sqs.exceptions.RequestThrottled):
        sqs.get_queue_attributes(QueueUrl=url)
    assert fault.seen == 1


def test_a_predicate_is_asked_with_the_parameters(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    cloud.faults.refuse("OverLimit", operation="send_message", where=lambda params: params["MessageBody"] == "bad")
    sqs.send_message(QueueUrl=url, MessageBody="good")
    with pytest.raises(sqs.exceptions.OverLimit):
        sqs.send_message(QueueUrl=url, MessageBody="bad")
    assert cloud.queue("orders").bodies == ["good"]


def test_topics_and_streams_are_resources_too(cloud: minicloud.Cloud, sns: Any, kinesis: Any) -> None:
    topic = sns.create_topic(Name="news")["TopicArn"]
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    cloud.clock.advance(60)
    start = kinesis.get_shard_iterator(
        StreamName="clicks", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    cloud.faults.refuse("Throttled", resource="news")
    cloud.faults.refuse("ProvisionedThroughputExceededException", resource="clicks", operation="GetRecords")
    with pytest.raises(sns.exceptions.ThrottledException, match="Rate exceeded"):
        sns.publish(TopicArn=topic, Message="m")
    # The stream is known from the iterator.
    with pytest.raises(kinesis.exceptions.ProvisionedThroughputExceededException) as caught:
        kinesis.get_records(ShardIterator=start)
    assert caught.value.response["Error"]["Message"] == (
        "Rate exceeded for shard shardId-000000000000 in stream clicks under account 123456789012."
    )


def test_the_first_fault_that_strikes_decides(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    first = cloud.faults.refuse("RequestThrottled", operation="SendMessage", nth=1)
    second = cloud.faults.refuse("OverLimit", operation="SendMessage", nth=1)
    with pytest.raises(sqs.exceptions.RequestThrottled):
        sqs.send_message(QueueUrl=url, MessageBody="m")
    assert (first.fired, second.seen) == (1, 0)
    with pytest.raises(sqs.exceptions.OverLimit):
        sqs.send_message(QueueUrl=url, MessageBody="m")


def test_faults_draw_from_streams_of_their_own() -> None:
    def run(*, more: bool) -> tuple[str, str]:
        cloud = minicloud.Cloud(seed=7)
        sqs = cloud.client("sqs")
        url = sqs.create_queue(QueueName="orders")["QueueUrl"]
        cloud.faults.refuse("RequestThrottled", operation="SendMessage", probability=0.5)
        if more:
            cloud.faults.refuse("RequestThrottled", operation="ReceiveMessage", probability=0.5)
        shown = outcomes(lambda: sqs.send_message(QueueUrl=url, MessageBody="m"), 20)
        cloud.faults.clear()
        return shown, sqs.send_message(QueueUrl=url, MessageBody="m")["MessageId"]

    shown, message_id = run(more=False)
    assert {".", "x"} == set(shown)
    assert run(more=True) == (shown, message_id)
    untouched = minicloud.Cloud(seed=7).client("sqs")
    url = untouched.create_queue(QueueName="orders")["QueueUrl"]
    ids = [untouched.send_message(QueueUrl=url, MessageBody="m")["MessageId"] for _ in range(shown.count(".") + 1)]
    assert ids[-1] == message_id


def test_threads_share_the_count(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    fault = cloud.faults.refuse("RequestThrottled", operation="SendMessage", every=2)
    shown: list[str] = []
    threads = [
        threading.Thread(
            target=lambda: shown.append(outcomes(lambda: sqs.send_message(QueueUrl=url, MessageBody="m"), 25))
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (fault.seen, fault.fired) == (100, 50)
    assert "".join(shown).count("x") == 50


# --- what happens ----------------------------------------------------------------------------------------------------


def test_an_error_named_by_its_exception_has_its_code_and_text(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    cloud.faults.refuse("QueueDoesNotExist", operation="SendMessage")
    with pytest.raises(sqs.exceptions.QueueDoesNotExist) as caught:
        sqs.send_message(QueueUrl=url, MessageBody="m")
    assert caught.value.response["Error"] == {
        "Message": "The specified queue does not exist.",
        "Code": "AWS.SimpleQueueService.NonExistentQueue",
        "QueryErrorCode": "QueueDoesNotExist",
        "Type": "Sender",
    }


@pytest.mark.parametrize(
    ("error", "whose"),
    [("InternalError", "Receiver"), ("ServiceUnavailable", "Receiver"), ("RequestThrottled", "Sender")],
)
def test_whose_fault_an_error_is(cloud: minicloud.Cloud, sqs: Any, url: str, error: str, whose: str) -> None:
    cloud.faults.refuse(error, operation="SendMessage")
    with pytest.raises(exceptions.ClientError) as caught:
        sqs.send_message(QueueUrl=url, MessageBody="m")
    assert caught.value.response["Error"]["Type"] == whose


@pytest.mark.minicloud(limits=minicloud.Limits(sqs_in_flight_standard=1))
def test_a_fault_says_what_the_service_says(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    sqs.send_message(QueueUrl=url, MessageBody="m")
    sqs.receive_message(QueueUrl=url)
    with pytest.raises(sqs.exceptions.OverLimit) as caught:
        sqs.receive_message(QueueUrl=url)
    cloud.faults.refuse("OverLimit", operation="ReceiveMessage")
    with pytest.raises(sqs.exceptions.OverLimit) as struck:
        sqs.receive_message(QueueUrl=sqs.create_queue(QueueName="other")["QueueUrl"])
    assert str(struck.value) == str(caught.value)


def test_an_error_in_the_words_of_the_test(cloud: minicloud.Cloud, sns: Any) -> None:
    cloud.faults.refuse(("Odd", "what nobody expects", 418), operation="ListTopics")
    with pytest.raises(exceptions.ClientError, match=r"Odd.*what nobody expects") as caught:
        sns.list_topics()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 418


def test_any_service_may_break_down(cloud: minicloud.Cloud, sqs: Any, sns: Any, kinesis: Any) -> None:
    cloud.faults.refuse("InternalFailure")
    for call in (sqs.list_queues, sns.list_topics, kinesis.list_streams):
        with pytest.raises(exceptions.ClientError, match="InternalFailure") as caught:
            call()
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500


def test_a_lost_answer_is_of_a_call_that_was_performed(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    cloud.faults.lose_answer(operation="SendMessage", nth=1)
    with pytest.raises(exceptions.ReadTimeoutError, match="Read timeout on endpoint URL"):
        sqs.send_message(QueueUrl=url, MessageBody="m")
    assert cloud.queue("orders").bodies == ["m"]


def test_the_answer_of_a_refused_call_is_lost_too(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    cloud.faults.lose_answer(operation="SendMessage")
    with pytest.raises(exceptions.ReadTimeoutError):
        sqs.send_message(QueueUrl=url, MessageBody="\x00")
    assert cloud.queue("orders").messages == []


def test_a_long_poll_whose_answer_is_lost_has_hidden_its_message(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    cloud.faults.lose_answer(operation="ReceiveMessage")
    sqs.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=5)
    with pytest.raises(exceptions.ReadTimeoutError):
        sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
    assert [message.state for message in cloud.queue("orders").messages] == ["in_flight"]


def test_a_request_that_never_arrived_has_done_nothing(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    cloud.faults.disconnect(operation="SendMessage", nth=1)
    cloud.faults.disconnect("ConnectTimeoutError", operation="SendMessage", nth=1)
    for kind in (exceptions.EndpointConnectionError, exceptions.ConnectTimeoutError):
        with pytest.raises(kind):
            sqs.send_message(QueueUrl=url, MessageBody="m")
    assert cloud.queue("orders").messages == []


def test_delays_add_up_on_the_clock(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    cloud.faults.delay(2, operation="SendMessage")
    cloud.faults.delay(0.5, resource="orders")
    cloud.faults.refuse("RequestThrottled", operation="SendMessage", nth=2)
    before = cloud.clock.now()
    sqs.send_message(QueueUrl=url, MessageBody="m")
    assert cloud.clock.now() - before == timedelta(seconds=2.5)
    with pytest.raises(sqs.exceptions.RequestThrottled):
        sqs.send_message(QueueUrl=url, MessageBody="m")
    assert cloud.clock.now() - before == timedelta(seconds=5)


def test_a_delayed_receive_sees_what_came_meanwhile(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    sqs.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=3)
    cloud.faults.delay(3, operation="ReceiveMessage")
    assert len(sqs.receive_message(QueueUrl=url)["Messages"]) == 1


def test_the_same_happens_to_asyncio_clients(cloud: minicloud.Cloud) -> None:
    async def main() -> list[str]:
        sqs = cloud.async_client("sqs")
        url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
        cloud.faults.delay(60, operation="SendMessage", nth=1)
        cloud.faults.refuse("RequestThrottled", operation="SendMessage", nth=2)
        cloud.faults.lose_answer("ConnectionClosedError", operation="SendMessage", nth=2)
        cloud.faults.disconnect(operation="SendMessage", nth=2)
        cloud.faults.fail_entries("a", operation="SendMessageBatch")
        shown = []
        for body in "abcd":
            try:
                await sqs.send_message(QueueUrl=url, MessageBody=body)
                shown.append("sent")
            except Exception as error:  # its name is what the test looks at
                shown.append(type(error).__name__)
        answer = await sqs.send_message_batch(
            QueueUrl=url, Entries=[{"Id": name, "MessageBody": name.upper()} for name in "ab"]
        )
        shown += [entry["Id"] for entry in answer["Failed"]]
        return shown

    before = cloud.clock.now()
    assert asyncio.run(main()) == [
        "sent",
        "RequestThrottled",
        "ConnectionClosedError",
        "EndpointConnectionError",
        "a",
    ]
    assert cloud.queue("orders").bodies == ["a", "c", "B"]
    assert cloud.clock.now() - before == timedelta(seconds=60)


# --- entries of batches ----------------------------------------------------------------------------------------------


def send_batch(sqs: Any, url: str) -> dict[str, Any]:
    answer: dict[str, Any] = sqs.send_message_batch(
        QueueUrl=url, Entries=[{"Id": name, "MessageBody": name.upper()} for name in "abc"]
    )
    return answer


@pytest.mark.parametrize("choice", [1, "b", lambda entry: entry["MessageBody"] == "B"])
def test_a_chosen_entry_fails_alone(cloud: minicloud.Cloud, sqs: Any, url: str, choice: Any) -> None:
    cloud.faults.fail_entries(choice, operation="SendMessageBatch")
    answer = send_batch(sqs, url)
    assert list(answer) == ["Successful", "Failed", "ResponseMetadata"]
    assert [entry["Id"] for entry in answer["Successful"]] == ["a", "c"]
    assert answer["Failed"] == [
        {
            "Id": "b",
            "SenderFault": False,
            "Code": "InternalError",
            "Message": "We encountered an internal error. Please try again.",
        }
    ]
    assert cloud.queue("orders").bodies == ["A", "C"]


def test_all_entries_fail(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    cloud.faults.fail_entries(error="RequestThrottled", operation="SendMessageBatch")
    answer = send_batch(sqs, url)
    assert [(entry["Id"], entry["Code"], entry["SenderFault"]) for entry in answer["Failed"]] == [
        (name, "RequestThrottled", True) for name in "abc"
    ]
    assert "Successful" not in answer
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert cloud.queue("orders").messages == []


def test_all_entries_of_a_publication_fail(cloud: minicloud.Cloud, sns: Any) -> None:
    cloud.faults.fail_entries(operation="PublishBatch")
    topic = sns.create_topic(Name="news")["TopicArn"]
    answer = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[{"Id": "a", "Message": "a"}])
    assert answer["Successful"] == []  # as SNS has it; SQS leaves an empty list out
    assert [entry["Id"] for entry in answer["Failed"]] == ["a"]


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (None, "InternalFailure", "Internal Service Failure"),
        ("InternalFailure", "InternalFailure", "Internal Service Failure"),
        (
            "ProvisionedThroughputExceededException",
            "ProvisionedThroughputExceededException",
            "Rate exceeded for shard shardId-000000000000 in stream clicks under account 123456789012.",
        ),
        (("Odd", "Nobody knows."), "Odd", "Nobody knows."),
    ],
)
def test_records_fail_as_aws_fails_them(cloud: minicloud.Cloud, kinesis: Any, error: Any, code: str, text: str) -> None:
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    cloud.faults.fail_entries(0, error=error, operation="PutRecords")
    answer = kinesis.put_records(StreamName="clicks", Records=[{"Data": b"a", "PartitionKey": "a"}])
    assert answer["Records"] == [{"ErrorCode": code, "ErrorMessage": text}]


def test_an_internal_failure_of_an_entry_of_sqs_is_aws_common_one(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    cloud.faults.fail_entries(0, error="InternalFailure", operation="SendMessageBatch")
    (failed,) = send_batch(sqs, url)["Failed"]
    assert (failed["Code"], failed["SenderFault"]) == ("InternalFailure", False)
    assert failed["Message"] == "The request processing has failed because of an unknown error, exception or failure."


def test_failures_of_the_service_and_of_the_fault_keep_the_order(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    cloud.faults.fail_entries("d", "b", operation="SendMessageBatch")
    bodies = {"a": "A", "b": "B", "c": "\x00", "d": "D"}
    answer = sqs.send_message_batch(
        QueueUrl=url, Entries=[{"Id": name, "MessageBody": body} for name, body in bodies.items()]
    )
    assert [entry["Id"] for entry in answer["Failed"]] == ["b", "c", "d"]


def test_entries_of_the_other_batches(cloud: minicloud.Cloud, sqs: Any, sns: Any, kinesis: Any, url: str) -> None:
    cloud.faults.fail_entries(0)
    topic = sns.create_topic(Name="news")["TopicArn"]
    answer = sns.publish_batch(
        TopicArn=topic, PublishBatchRequestEntries=[{"Id": name, "Message": name} for name in "ab"]
    )
    assert [entry["Id"] for entry in answer["Successful"]] == ["b"]
    assert [entry["Id"] for entry in answer["Failed"]] == ["a"]

    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    cloud.clock.advance(60)
    records = [{"Data": name.encode(), "PartitionKey": name} for name in "abc"]
    put = kinesis.put_records(StreamName="clicks", Records=records)
    assert put["FailedRecordCount"] == 1
    assert put["Records"][0] == {"ErrorCode": "InternalFailure", "ErrorMessage": "Internal Service Failure"}
    assert all("SequenceNumber" in record for record in put["Records"][1:])
    assert [record.data for record in cloud.stream("clicks").records] == [b"b", b"c"]

    for body in "ab":
        sqs.send_message(QueueUrl=url, MessageBody=body)
    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    handles = [{"Id": message["Body"], "ReceiptHandle": message["ReceiptHandle"]} for message in received]
    hidden = sqs.change_message_visibility_batch(
        QueueUrl=url, Entries=[{**entry, "VisibilityTimeout": 60} for entry in handles]
    )
    assert [entry["Id"] for entry in hidden["Failed"]] == ["a"]
    deleted = sqs.delete_message_batch(QueueUrl=url, Entries=handles)
    assert [entry["Id"] for entry in deleted["Failed"]] == ["a"]
    assert cloud.queue("orders").bodies == ["a"]


def test_a_fault_of_entries_does_not_see_batches_without_such_an_entry(
    cloud: minicloud.Cloud, sqs: Any, url: str
) -> None:
    fault = cloud.faults.fail_entries("z", operation="SendMessageBatch", optional=True)
    assert "Failed" not in send_batch(sqs, url)
    assert fault.seen == 0


# --- faults as values ------------------------------------------------------------------------------------------------


def test_faults_are_values(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    fault = cloud.faults.add(Fault(Refuse("RequestThrottled"), operation="SendMessage", nth=2))
    assert list(cloud.faults) == [fault]
    assert cloud.faults.unused == [fault]
    assert repr(fault) == ("Fault(Refuse(error='RequestThrottled'), operation='SendMessage', nth=2) <seen 0, fired 0>")
    assert outcomes(lambda: sqs.send_message(QueueUrl=url, MessageBody="m"), 2) == ".x"
    assert cloud.faults.unused == []
    cloud.faults.remove(fault)
    assert len(cloud.faults) == 0
    with pytest.raises(minicloud.UsageError, match="not a fault of this cloud"):
        cloud.faults.remove(fault)
    with pytest.raises(minicloud.UsageError, match="already belongs to a cloud"):
        cloud.faults.add(fault)


def test_optional_faults_are_not_among_the_unused(cloud: minicloud.Cloud) -> None:
    cloud.faults.add(Fault(Delay(1), optional=True))
    assert cloud.faults.unused == []


def test_a_reset_removes_the_faults(cloud: minicloud.Cloud, sqs: Any) -> None:
    cloud.faults.refuse("InternalError")
    cloud.reset()
    assert len(cloud.faults) == 0
    sqs.list_queues()


def test_the_record_shows_what_fired(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    cloud.faults.refuse("RequestThrottled", operation="SendMessage")
    outcomes(lambda: sqs.send_message(QueueUrl=url, MessageBody="m"), 1)
    kinds = [event.kind for event in cloud.trace]
    assert kinds[-2:] == ["fault.fired", "call.refused"]


async def never(params: Any) -> bool:
    return False


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Fault("throttle"), "is not an effect"),
        (lambda: Fault(Refuse("RequestThrottled"), nth=1, every=2), "nth and every"),
        (lambda: Fault(Refuse("RequestThrottled"), nth=0), "counted from 1"),
        (lambda: Fault(Refuse("RequestThrottled"), nth=[1, -2]), "counted from 1"),
        (lambda: Fault(Refuse("RequestThrottled"), probability=1.5), "from 0 to 1"),
        (lambda: Fault(Refuse("RequestThrottled"), service="dynamodb"), "not a service that minicloud emulates"),
        (lambda: Fault(Refuse("RequestThrottled"), operation="SendMesage"), "is not an operation of"),
        (lambda: Fault(Refuse("RequestThrottled"), service="sns", operation="SendMessage"), "is not an operation of"),
        (lambda: Fault(Refuse("RequestThrotled")), "not an error of any service"),
        (lambda: Fault(Refuse("ThrottledException"), operation="SendMessage"), "not an error of sqs"),
        (lambda: Fault(Refuse(("Code",))), r"\(code, message\)"),
        (lambda: Fault(FailEntries(), operation="SendMessage"), "takes no entries"),
        (lambda: Fault(LoseAnswer("ValueError")), "not an exception of a broken connection"),
        (lambda: Fault(Disconnect("ClientError")), "not an exception of a broken connection"),
        (lambda: Fault(Delay(-1)), "zero or more"),
        (
            lambda: Fault(Delay(1), where=never),
            "^where= is an async def, whose coroutine always counts as true: give a",
        ),
    ],
)
def test_mistakes_are_found_when_the_fault_is_made(make: Any, words: str) -> None:
    with pytest.raises(minicloud.UsageError, match=words):
        make()


def test_an_error_by_a_fault_says_so(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    cloud.faults.refuse("OverLimit", operation="SendMessage", first=2)
    for _ in range(2):
        with pytest.raises(sqs.exceptions.OverLimit) as caught:
            sqs.send_message(QueueUrl=url, MessageBody="x")
        assert caught.value.__notes__ == [
            "a fault of this test (cloud.faults) answered so: the service itself was not asked"
        ]
    sqs.send_message(QueueUrl=url, MessageBody="x")

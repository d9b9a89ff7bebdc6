"""Asynchronous events: retries, throttles and age, dead letters and destinations."""

from __future__ import annotations

import json

import pytest

import minicloud

from .archives import ROLE, archive

ARN = "arn:aws:lambda:us-east-1:123456789012:function:bill"


@pytest.fixture
def queue(cloud):
    """Makes a queue: its ARN."""
    sqs = cloud.client("sqs")

    def make(name):
        sqs.create_queue(QueueName=name)
        return cloud.queue(name).arn

    return make


@pytest.fixture
def send(lambda_):
    """Has ``bill`` run asynchronously."""

    def invoke(event, name="bill"):
        lambda_.invoke(FunctionName=name, InvocationType="Event", Payload=json.dumps(event))

    return invoke


def fails(event, context):
    raise ValueError(f"cannot bill {event['order']}")


def times(cloud, runs=None):
    """Seconds after the beginning at which runs started."""
    return [(run.started.timestamp() - 1767225600) for run in (cloud.invocations if runs is None else runs)]


def test_an_event_is_tried_three_times(cloud, send):
    cloud.function("bill", fails)
    send({"order": 7})
    cloud.clock.advance(1_000)
    assert times(cloud) == [0, 60, 180]
    assert [(run.attempt, run.outcome, run.event) for run in cloud.invocations] == [
        (attempt, "error", {"order": 7}) for attempt in (1, 2, 3)
    ]
    assert len({run.request_id for run in cloud.invocations}) == 1
    kinds = [event.kind for event in cloud.trace if event.kind.startswith("lambda.") and event.resource == "bill"]
    failure = ["lambda.invoked", "lambda.failed"]
    retry = [*failure, "lambda.retried"]
    assert kinds == ["lambda.function.created", *retry, *retry, *failure, "lambda.given_up"]


def test_a_handler_gets_an_event_of_its_own_each_time(cloud, send):
    seen = []

    def bill(event, context):
        seen.append(event.pop("order"))
        raise ValueError("again")

    cloud.function("bill", bill)
    send({"order": 7})
    cloud.clock.advance(1_000)
    assert seen == [7, 7, 7]


def test_how_often_and_how_long_is_the_function_s(cloud, lambda_, send, queue):
    cloud.function("bill", fails)
    arn = queue("given-up")
    config = {"FunctionName": "bill", "DestinationConfig": {"OnFailure": {"Destination": arn}}}
    lambda_.put_function_event_invoke_config(**config, MaximumRetryAttempts=0)
    send({"order": 1})
    lambda_.put_function_event_invoke_config(**config, MaximumRetryAttempts=1)
    send({"order": 2})
    cloud.clock.advance(200)
    lambda_.put_function_event_invoke_config(**config, MaximumEventAgeInSeconds=120)
    send({"order": 3})  # after the second attempt, at 60 s, the third would come at 180 s
    cloud.clock.advance(1_000)
    assert times(cloud) == [0, 0, 60, 200, 260]
    records = [json.loads(body)["requestContext"] for body in cloud.queue("given-up").bodies]
    assert [(one["condition"], one["approximateInvokeCount"]) for one in records] == [
        ("RetriesExhausted", 1),
        ("RetriesExhausted", 2),
        ("EventAgeExceeded", 2),
    ]


@pytest.mark.parametrize(
    ("age", "condition", "tries"), [(60, "EventAgeExceeded", [0]), (61, "RetriesExhausted", [0, 60])]
)
def test_a_retry_that_would_come_too_late_is_not_waited_for(cloud, lambda_, send, queue, age, condition, tries):
    cloud.function("bill", fails)
    config = {"DestinationConfig": {"OnFailure": {"Destination": queue("given-up")}}, "MaximumRetryAttempts": 1}
    lambda_.put_function_event_invoke_config(FunctionName="bill", MaximumEventAgeInSeconds=age, **config)
    send({"order": 1})
    cloud.clock.advance(60)
    (record,) = map(json.loads, cloud.queue("given-up").bodies)
    assert (record["requestContext"]["condition"], times(cloud)) == (condition, tries)
    assert record["timestamp"] == f"2026-01-01T00:0{tries[-1] // 60}:00.000Z"


@pytest.mark.parametrize("alias_goes", [False, True])
def test_an_alias_that_is_no_more_when_an_event_is_tried_again(cloud, lambda_, send, queue, alias_goes):
    """Its event is given up as one whose retries have come to their end; the function is not asked any more."""
    cloud.function("bill", fails)
    lambda_.publish_version(FunctionName="bill")
    lambda_.create_alias(FunctionName="bill", Name="live", FunctionVersion="1")
    config = {"DestinationConfig": {"OnFailure": {"Destination": queue("given-up")}}, "MaximumRetryAttempts": 2}
    lambda_.put_function_event_invoke_config(FunctionName="bill", Qualifier="live", **config)
    lambda_.invoke(FunctionName="bill", Qualifier="live", InvocationType="Event", Payload=json.dumps({"order": 1}))
    assert len(cloud.invocations) == 1
    if alias_goes:
        lambda_.delete_alias(FunctionName="bill", Name="live")
    cloud.clock.advance(1_000)
    assert len(cloud.invocations) == (1 if alias_goes else 3)
    given_up = [fact for fact in cloud.trace if fact.kind == "lambda.given_up"]
    assert len(given_up) == 1


def test_the_record_of_a_failure(cloud, lambda_, send, queue):
    cloud.function("bill", fails)
    destinations = {"OnFailure": {"Destination": queue("failed")}, "OnSuccess": {"Destination": queue("done")}}
    lambda_.put_function_event_invoke_config(FunctionName="bill", DestinationConfig=destinations)
    send({"order": 7})
    cloud.clock.advance(1_000)
    assert cloud.queue("done").bodies == []
    (body,) = cloud.queue("failed").bodies
    run = cloud.invocations.last
    assert body == json.dumps(
        {
            "version": "1.0",
            "timestamp": "2026-01-01T00:03:00.000Z",
            "requestContext": {
                "requestId": run.request_id,
                "functionArn": f"{ARN}:$LATEST",
                "condition": "RetriesExhausted",
                "approximateInvokeCount": 3,
            },
            "requestPayload": {"order": 7},
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "responsePayload": {
                "errorMessage": "cannot bill 7",
                "errorType": "ValueError",
                "requestId": run.request_id,
                "stackTrace": run.result["stackTrace"],
            },
        },
        separators=(",", ":"),
    )


def test_the_record_of_a_success_goes_to_whatever_is_the_destination(cloud, lambda_, send, queue):
    cloud.function("bill", lambda event, _: {"billed": event["order"]})
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="done")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue("of-topic"))
    seen = []
    function = cloud.function("next", lambda event, _: seen.append(event))
    for arn in (queue("done"), topic, function):
        lambda_.put_function_event_invoke_config(
            FunctionName="bill", DestinationConfig={"OnSuccess": {"Destination": arn}}
        )
        send({"order": 7})
    (body,) = cloud.queue("done").bodies
    record = json.loads(body)
    assert list(record) == [
        *("version", "timestamp", "requestContext", "requestPayload", "responseContext", "responsePayload")
    ]
    assert (record["requestContext"]["condition"], record["requestContext"]["approximateInvokeCount"]) == ("Success", 1)
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST"}
    assert record["responsePayload"] == {"billed": 7}
    (envelope,) = cloud.queue("of-topic").bodies
    assert json.loads(json.loads(envelope)["Message"])["responsePayload"] == {"billed": 7}
    assert [event["responsePayload"] for event in seen] == [{"billed": 7}]
    assert cloud.invocations.of("next")[0].trigger == "lambda:bill"


def test_dead_letters(cloud, lambda_, send, queue):
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="failed")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue("of-topic"))
    code = {"ZipFile": archive("def handler(event, context):\n    raise ValueError('x' * 2_000)\n")}
    for arn in (queue("failed"), topic):
        lambda_.create_function(
            FunctionName="bill",
            Role=ROLE,
            Runtime="python3.12",
            Handler="app.handler",
            Code=code,
            DeadLetterConfig={"TargetArn": arn},
        )
        send({"order": 7})
        cloud.clock.advance(200)
        lambda_.delete_function(FunctionName="bill")
    (message,) = cloud.client("sqs").receive_message(QueueUrl=cloud.queue("failed").url, MessageAttributeNames=["All"])[
        "Messages"
    ]
    assert message["Body"] == '{"order": 7}'
    request_id = cloud.invocations[0].request_id
    assert message["MessageAttributes"] == {
        "RequestID": {"DataType": "String", "StringValue": request_id},
        "ErrorCode": {"DataType": "Number", "StringValue": "200"},
        "ErrorMessage": {"DataType": "String", "StringValue": "x" * 1024},
    }
    (envelope,) = cloud.queue("of-topic").bodies
    published = json.loads(envelope)
    assert published["Message"] == '{"order": 7}'
    assert published["MessageAttributes"]["RequestID"] == {"Type": "String", "Value": cloud.invocations.last.request_id}
    assert published["MessageAttributes"]["ErrorCode"] == {"Type": "Number", "Value": "200"}


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        ("x" + "ü" * 600, "x" + "ü" * 511),  # 1,024 bytes would end within a letter
        ("ü" * 512, "ü" * 512),
        ("half \ud83d", "half ?"),
        ("", None),  # an attribute of SQS is not empty
    ],
)
def test_what_a_dead_letter_says_of_the_error(cloud, lambda_, send, queue, raised, told):
    def bill(event, context):
        raise ValueError(raised)

    source = "def handler(event, context):\n    pass\n"
    given = {"Runtime": "python3.12", "Handler": "app.handler", "Code": {"ZipFile": archive(source)}}
    lambda_.create_function(FunctionName="bill", Role=ROLE, DeadLetterConfig={"TargetArn": queue("failed")}, **given)
    cloud.function("bill", bill)
    lambda_.put_function_event_invoke_config(FunctionName="bill", MaximumRetryAttempts=0)
    send({"order": 7})
    (message,) = cloud.queue("failed").messages
    assert message.message_attributes.get("ErrorMessage", {}).get("StringValue") == told


def test_what_is_handled_once_more_is_told_of_once():
    """A success is told when AWS, which may run an event again though it was handled, does so no more."""
    repeated = set()
    for seed in range(6):
        with minicloud.Cloud(clock="virtual", seed=seed, delivery="aws", trace=True) as cloud:
            client, sqs = cloud.client("lambda"), cloud.client("sqs")
            sqs.create_queue(QueueName="done")
            cloud.function("bill", lambda *_: "billed")
            done = {"OnSuccess": {"Destination": cloud.queue("done").arn}}
            client.put_function_event_invoke_config(FunctionName="bill", DestinationConfig=done)
            client.invoke(FunctionName="bill", InvocationType="Event", Payload=b"7")
            cloud.clock.advance(60)
            again = [one for one in cloud.trace.of("chaos") if one.details["choice"] == "an event is handled once more"]
            assert [(run.event, run.attempt) for run in cloud.invocations] == [(7, 1)] * (1 + len(again))
            (record,) = map(json.loads, cloud.queue("done").bodies)
            assert record["requestContext"]["approximateInvokeCount"] == 1
            repeated.add(len(again))
    assert repeated == {0, 1}


def test_a_destination_that_is_not_there(cloud, lambda_, send):
    cloud.function("bill", lambda *_: None)
    for arn in ("arn:aws:sqs:us-east-1:123456789012:gone", "arn:aws:sns:us-east-1:123456789012:gone"):
        lambda_.put_function_event_invoke_config(
            FunctionName="bill", DestinationConfig={"OnSuccess": {"Destination": arn}}
        )
        send({})
    lost = cloud.trace.of("lambda.lost")
    assert [event.details["to"].rpartition(":")[2] for event in lost] == ["gone", "gone"]


def test_what_is_throttled_is_tried_until_it_is_too_old(cloud, lambda_, send, queue):
    cloud.function("bill", lambda *_: None, reserved_concurrency=1, takes=900, timeout=900)
    lambda_.put_function_event_invoke_config(
        FunctionName="bill",
        MaximumEventAgeInSeconds=100,
        DestinationConfig={"OnFailure": {"Destination": queue("failed")}},
    )
    send(1)
    send(2)
    cloud.clock.advance(100)
    (throttled,) = {run.request_id for run in cloud.invocations if run.outcome == "throttled"}
    tries = [run for run in cloud.invocations if run.request_id == throttled]
    assert times(cloud, tries) == [0, 1, 3, 7, 15, 31, 63]
    assert {run.attempt for run in tries} == {1}  # to be throttled is no attempt
    record = json.loads(cloud.queue("failed").bodies[0])
    assert record["requestContext"]["condition"] == "EventAgeExceeded"
    assert record["requestContext"]["approximateInvokeCount"] == 0
    assert "responseContext" not in record
    assert record["timestamp"] == "2026-01-01T00:01:40.000Z"
    # One that is not too old has its turn as soon as it is tried again, and then all its attempts.
    lambda_.put_function_event_invoke_config(FunctionName="bill", MaximumRetryAttempts=2)
    send(3)
    cloud.clock.advance(1_200)
    assert [run.outcome for run in cloud.invocations if run.event == 3 and run.outcome != "throttled"] == ["running"]


def test_a_function_with_no_concurrency_at_all(cloud, lambda_, send, queue):
    cloud.function("bill", lambda *_: None, reserved_concurrency=0)
    lambda_.put_function_event_invoke_config(
        FunctionName="bill", DestinationConfig={"OnFailure": {"Destination": queue("failed")}}
    )
    send({"order": 7})
    record = json.loads(cloud.queue("failed").bodies[0])
    assert record["requestPayload"] == {"order": 7}
    assert record["requestContext"]["condition"] == "ZeroReservedConcurrency"
    assert len(cloud.invocations) == 0


def test_an_alias_has_settings_of_its_own_and_may_move(cloud, lambda_, send, make_function, queue):
    make_function(source="def handler(event, context):\n    raise ValueError(context.function_version)\n")
    lambda_.publish_version(FunctionName="bill")
    lambda_.create_alias(FunctionName="bill", Name="live", FunctionVersion="1")
    lambda_.put_function_event_invoke_config(
        FunctionName="bill",
        Qualifier="live",
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": queue("failed")}},
    )
    send({"order": 7}, "bill:live")
    lambda_.update_function_code(FunctionName="bill", ZipFile=archive("def handler(*_):\n    raise KeyError('new')\n"))
    version = lambda_.publish_version(FunctionName="bill")["Version"]
    lambda_.update_alias(FunctionName="bill", Name="live", FunctionVersion=version)
    cloud.clock.advance(1_000)
    assert [(run.arn, run.version) for run in cloud.invocations] == [(f"{ARN}:live", "1"), (f"{ARN}:live", "2")]
    record = json.loads(cloud.queue("failed").bodies[0])
    assert record["requestContext"]["functionArn"] == f"{ARN}:live"
    assert record["responseContext"]["executedVersion"] == "2"
    # What is deleted is tried no more.
    send({"order": 8}, "bill:live")
    lambda_.delete_function(FunctionName="bill")
    cloud.clock.advance(1_000)
    assert len(cloud.invocations) == 3


def test_what_waits_is_of_the_function_that_was_there(cloud, lambda_, send):
    """One of the same name that is made later has nothing of it."""
    cloud.function("bill", fails)
    send({"order": 7})
    lambda_.delete_function(FunctionName="bill")
    cloud.function("bill", fails)
    cloud.clock.advance(1_000)
    assert times(cloud) == [0]
    assert cloud.trace.of("lambda.given_up") == []


def test_a_run_that_takes_too_long_has_failed(cloud, lambda_, send):
    cloud.function("bill", lambda *_: None, takes=10)
    send({})
    cloud.clock.advance(1_000)
    assert [(run.outcome, run.duration) for run in cloud.invocations] == [("timeout", 3)] * 3
    assert times(cloud) == [0, 63, 186]


def test_it_is_owed_until_it_is_done(cloud, send):
    cloud.function("bill", fails)
    send({"order": 7})
    owed = [text for service in cloud.services() for text in service.owed(cloud.clock.time_ns())]
    assert owed == ["an event of bill from invoke-async, attempt 1"]
    cloud.clock.advance(180)
    assert [text for service in cloud.services() for text in service.owed(cloud.clock.time_ns())] == []


def test_a_publication_is_an_event(cloud, lambda_, queue):
    seen = []

    def bill(event, context):
        seen.append(event["Records"][0]["Sns"]["Message"])
        raise ValueError("not yet")

    sns = cloud.client("sns")
    topic = sns.create_topic(Name="orders")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=cloud.function("bill", bill))
    lambda_.put_function_event_invoke_config(
        FunctionName="bill",
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": queue("failed")}},
    )
    sns.publish(TopicArn=topic, Message="7")
    cloud.clock.advance(1_000)
    assert seen == ["7", "7"]
    assert {run.trigger for run in cloud.invocations} == {"sns:orders"}
    (body,) = cloud.queue("failed").bodies
    assert json.loads(body)["requestPayload"]["Records"][0]["Sns"]["Message"] == "7"
    (delivery,) = cloud.topic("orders").published[0].deliveries
    assert (delivery.outcome, delivery.reason) == ("failed", "ValueError: not yet")


def test_a_snapshot_has_runs_that_last_and_events_that_wait():
    with minicloud.Cloud(clock="virtual", seed=1) as cloud:
        client = cloud.client("lambda")
        outcomes = iter([ValueError("not yet"), None])

        def bill(event, context):
            error = next(outcomes)
            if error:
                raise error

        cloud.function("bill", bill)
        cloud.function("slow", lambda *_: "done", takes=2)
        client.invoke(FunctionName="bill", InvocationType="Event")
        client.invoke(FunctionName="slow", InvocationType="Event")
        snapshot = cloud.snapshot()
        cloud.clock.advance(100)
        seen = [(run.function, run.outcome, run.attempt, run.request_id, run.duration) for run in cloud.invocations]
        assert [one[:3] for one in seen] == [("bill", "error", 1), ("slow", "success", 1), ("bill", "success", 2)]
        cloud.restore(snapshot)
        assert [(run.function, run.outcome) for run in cloud.invocations] == [("bill", "error"), ("slow", "running")]
        outcomes = iter([None])
        cloud.clock.advance(100)
        assert seen == [
            (run.function, run.outcome, run.attempt, run.request_id, run.duration) for run in cloud.invocations
        ]

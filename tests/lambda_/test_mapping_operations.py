"""The five operations of event source mappings: answers, refusals and what they say, through every way in."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

import minicloud
from tests.support.ways import MakeClient

ACCOUNT = "123456789012"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def lambda_(make_client: MakeClient) -> Any:
    return make_client("lambda")


@pytest.fixture
def sqs(make_client: MakeClient) -> Any:
    return make_client("sqs")


@pytest.fixture
def stage(cloud: minicloud.Cloud, lambda_: Any, sqs: Any) -> SimpleNamespace:
    """A queue, a FIFO queue and two functions."""
    sqs.create_queue(QueueName="q")
    sqs.create_queue(QueueName="q.fifo", Attributes={"FifoQueue": "true"})
    cloud.function("f", lambda *_: None)
    cloud.function("g", lambda *_: None)

    def create(source: str = QUEUE, function: str = "f", **params: Any) -> dict[str, Any]:
        answer: dict[str, Any] = lambda_.create_event_source_mapping(
            EventSourceArn=source, FunctionName=function, **params
        )
        return answer

    def refused(call: Any, code: str, message: str, **params: Any) -> dict[str, Any]:
        with pytest.raises(lambda_.exceptions.ClientError) as caught:
            call(**params)
        error = caught.value.response["Error"]
        assert (error["Code"], error["Message"]) == (code, message)
        if code in ("ResourceNotFoundException", "ResourceConflictException", "InvalidParameterValueException"):
            assert type(caught.value).__name__ == code
            assert caught.value.response["Type"] == "User"
        response: dict[str, Any] = caught.value.response
        return response

    return SimpleNamespace(create=create, refused=refused, lambda_=lambda_)


@pytest.mark.modelled("lambda.CreateEventSourceMapping.Tags")
def test_life_of_a_mapping_of_a_queue(cloud: minicloud.Cloud, stage: SimpleNamespace) -> None:
    lambda_ = stage.lambda_
    made = stage.create()
    assert made.pop("ResponseMetadata")["HTTPStatusCode"] == 202
    uuid = made["UUID"]
    assert len(uuid) == 36
    modified = made.pop("LastModified")
    assert modified == datetime.fromtimestamp(cloud.clock.time_ns() // 1_000_000 / 1000, UTC)
    expected = {
        "UUID": uuid,
        "BatchSize": 10,
        "MaximumBatchingWindowInSeconds": 0,
        "EventSourceArn": QUEUE,
        "FunctionArn": FUNCTION,
        "State": "Creating",
        "StateTransitionReason": "USER_INITIATED",
        "FunctionResponseTypes": [],
        "EventSourceMappingArn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:event-source-mapping:{uuid}",
    }
    assert made == expected
    seen = lambda_.get_event_source_mapping(UUID=uuid)
    assert seen.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    assert seen == {**expected, "State": "Enabled", "LastModified": modified}
    cloud.clock.advance(5)
    criteria = {"Filters": [{"Pattern": '{"body":{"kind":["a"]}}'}]}
    scaling = {"MaximumConcurrency": 2}
    pollers = {"MinimumPollers": 2, "MaximumPollers": 4}
    changed = lambda_.update_event_source_mapping(
        UUID=uuid, FunctionName=f"{FUNCTION}:$LATEST", BatchSize=5, FilterCriteria=criteria, ScalingConfig=scaling
    )
    assert (changed["State"], changed["ResponseMetadata"]["HTTPStatusCode"]) == ("Updating", 202)
    assert changed["LastModified"] > modified
    assert (changed["BatchSize"], changed["FilterCriteria"], changed["ScalingConfig"]) == (5, criteria, scaling)
    assert changed["FunctionArn"] == f"{FUNCTION}:$LATEST"
    changed = lambda_.update_event_source_mapping(
        UUID=uuid, FilterCriteria={}, ScalingConfig={}, KMSKeyArn="", ProvisionedPollerConfig=pollers
    )
    assert not {"FilterCriteria", "ScalingConfig", "KMSKeyArn"} & set(changed)
    assert (changed["ProvisionedPollerConfig"], changed["BatchSize"]) == (pollers, 5)
    changed = lambda_.update_event_source_mapping(UUID=uuid, FilterCriteria=criteria)
    changed["FilterCriteria"]["Filters"][0]["Pattern"] = changed["FunctionResponseTypes"] = None
    assert lambda_.get_event_source_mapping(UUID=uuid)["FilterCriteria"] == criteria
    assert "FilterCriteria" not in lambda_.update_event_source_mapping(UUID=uuid, FilterCriteria={"Filters": []})
    for enabled, passing, after in ((False, "Disabling", "Disabled"), (True, "Enabling", "Enabled")):
        assert lambda_.update_event_source_mapping(UUID=uuid, Enabled=enabled)["State"] == passing
        assert lambda_.get_event_source_mapping(UUID=uuid)["State"] == after
        assert lambda_.update_event_source_mapping(UUID=uuid, BatchSize=6)["State"] == "Updating"
    deleted = lambda_.delete_event_source_mapping(UUID=uuid)
    assert (deleted["State"], deleted["ResponseMetadata"]["HTTPStatusCode"]) == ("Deleting", 202)
    missing = "The resource you requested does not exist."
    for name in ("get", "update", "delete"):
        call = getattr(lambda_, f"{name}_event_source_mapping")
        response = stage.refused(call, "ResourceNotFoundException", missing, UUID=uuid)
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 404
        assert response["Message"] == missing
    assert stage.create(Enabled=False)["State"] == "Disabled"


def test_the_function_is_echoed_as_it_was_named(stage: SimpleNamespace) -> None:
    for name, arn in (
        ("f", FUNCTION),
        (f"{ACCOUNT}:function:f:$LATEST", f"{FUNCTION}:$LATEST"),
    ):
        assert stage.create(function=name)["FunctionArn"] == arn


def test_what_is_refused_and_in_which_order(cloud: minicloud.Cloud, stage: SimpleNamespace) -> None:
    invalid = "InvalidParameterValueException"
    create = stage.lambda_.create_event_source_mapping
    nothing = f"{QUEUE}-none"
    unsupported = "Unsupported {} parameter for given event source mapping type."
    window = "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"
    stream = f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/s"
    destination = {"OnFailure": {"Destination": QUEUE}}
    cloud.function("slow", lambda *_: None, timeout=60.5)
    for message, params in (
        ("Unrecognized event source.", {"FunctionName": "none"}),
        (unsupported.format("DestinationConfig"), {"EventSourceArn": nothing, "DestinationConfig": destination}),
        (unsupported.format("ParallelizationFactor"), {"EventSourceArn": nothing, "ParallelizationFactor": 2}),
        (unsupported.format("StartingPosition"), {"EventSourceArn": nothing, "StartingPosition": "LATEST"}),
        (
            "Batching window is not supported for FIFO queues",
            {"EventSourceArn": f"{QUEUE}.fifo", "MaximumBatchingWindowInSeconds": 1},
        ),
        (window, {"EventSourceArn": nothing, "BatchSize": 11}),
        (window, {"EventSourceArn": f"{QUEUE}.fifo", "BatchSize": 11}),
        ("Function does not exist", {"EventSourceArn": nothing, "FunctionName": "none"}),
        ("Function does not exist", {"EventSourceArn": QUEUE, "FunctionName": "f:1"}),
        (
            "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. "
            "SQS Error Message: The specified queue does not exist.",
            {"EventSourceArn": nothing},
        ),
        (
            "Queue visibility timeout: 30 seconds is less than Function timeout: 60.5 seconds",
            {"EventSourceArn": QUEUE, "FunctionName": "slow"},
        ),
        (
            "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must "
            "not be null.",
            {"EventSourceArn": stream},
        ),
        (unsupported.format("ScalingConfig"), {"EventSourceArn": stream, "ScalingConfig": {"MaximumConcurrency": 5}}),
        ("Function does not exist", {"EventSourceArn": stream, "StartingPosition": "LATEST", "FunctionName": "none"}),
        (f"Stream not found: {stream}", {"EventSourceArn": stream, "StartingPosition": "LATEST"}),
        (
            "Invalid filter pattern definition.",
            {"EventSourceArn": QUEUE, "FilterCriteria": {"Filters": [{"Pattern": "{"}]}},
        ),
        (
            "Invalid filter pattern definition.",
            {"EventSourceArn": QUEUE, "FilterCriteria": {"Filters": [{"Pattern": '{"body":"x"}'}]}},
        ),
        ("Invalid filter pattern definition.", {"EventSourceArn": QUEUE, "FilterCriteria": {"Filters": [{}]}}),
    ):
        stage.refused(create, invalid, message, **{"FunctionName": "f", **params})
    for message, params in (
        (
            "1 validation error detected: Value 'invalid' at 'startingPosition' failed to satisfy constraint: Member "
            "must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]",
            {"EventSourceArn": stream, "StartingPosition": "invalid"},
        ),
        (
            "1 validation error detected: Value '10001' at 'batchSize' failed to satisfy constraint: Member must have "
            "value less than or equal to 10000",
            {"BatchSize": 10_001},
        ),
    ):
        stage.refused(create, "ValidationException", message, **{"FunctionName": "f", **params})
    assert stage.lambda_.list_event_source_mappings()["EventSourceMappings"] == []


def test_a_function_may_not_run_longer_than_its_queue_hides_messages(stage: SimpleNamespace, sqs: Any) -> None:
    stage.create()
    update, ask = stage.lambda_.update_function_configuration, stage.lambda_.get_function_configuration
    text = "Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds"
    stage.refused(update, "InvalidParameterValueException", text, FunctionName="f", Timeout=31, MemorySize=512)
    assert (ask(FunctionName="f")["Timeout"], ask(FunctionName="f")["MemorySize"]) == (3, 128)
    assert update(FunctionName="f", Timeout=30)["Timeout"] == 30
    assert update(FunctionName="g", Timeout=31)["Timeout"] == 31  # it reads from no queue
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName="q")["QueueUrl"])
    assert update(FunctionName="f", Timeout=31)["Timeout"] == 31


def test_what_minicloud_does_not_have_is_refused_with_what_to_do(stage: SimpleNamespace) -> None:
    table = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/t/stream/2024-06-10T19:26:16.525"
    with pytest.raises(minicloud.UsageError, match="DynamoDB streams: have the test call the function itself"):
        stage.create(table, StartingPosition="LATEST")
    with pytest.raises(minicloud.UsageError, match="Topics is for mappings of Kafka"):
        stage.create(Topics=["t1"])


def test_the_queue_may_be_another_accounts_in_the_same_region(cloud: minicloud.Cloud, stage: SimpleNamespace) -> None:
    bodies: list[str] = []
    cloud.function("f", lambda event, _: bodies.extend(record["body"] for record in event["Records"]))
    theirs = cloud.client("sqs", account_id="210987654321")
    url = theirs.create_queue(QueueName="q")["QueueUrl"]
    arn = QUEUE.replace(ACCOUNT, "210987654321")
    stage.create(arn)
    theirs.send_message(QueueUrl=url, MessageBody="m")
    assert bodies == ["m"]
    assert (
        theirs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"][
            "ApproximateNumberOfMessagesNotVisible"
        ]
        == "0"
    )
    missing = (
        "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. "
        "SQS Error Message: The specified queue does not exist."
    )
    cloud.client("sqs", "eu-west-1").create_queue(QueueName="q")
    create, elsewhere = stage.lambda_.create_event_source_mapping, QUEUE.replace("us-east-1", "eu-west-1")
    stage.refused(create, "InvalidParameterValueException", missing, EventSourceArn=elsewhere, FunctionName="f")


def test_a_pair_is_mapped_once(stage: SimpleNamespace) -> None:
    uuid = stage.create()["UUID"]
    text = (
        f'An event source mapping with SQS arn (" {QUEUE} ") and function (" f ") already exists. Please update or '
        f"delete the existing mapping with UUID {uuid}"
    )
    create, update = stage.lambda_.create_event_source_mapping, stage.lambda_.update_event_source_mapping
    pair = {"EventSourceArn": QUEUE, "FunctionName": "f"}
    response = stage.refused(create, "ResourceConflictException", text, **pair)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 409
    assert response["message"] == text
    other = stage.create(function="g")["UUID"]
    stage.refused(update, "ResourceConflictException", text, UUID=other, FunctionName="f")
    update(UUID=uuid, FunctionName="f", BatchSize=2)


def test_lists(cloud: minicloud.Cloud, stage: SimpleNamespace) -> None:
    uuids = [stage.create()["UUID"], stage.create(function="g")["UUID"], stage.create(f"{QUEUE}.fifo", "g")["UUID"]]

    def listed(**params: Any) -> list[str]:
        pages = stage.lambda_.list_event_source_mappings(**params)
        return [mapping["UUID"] for mapping in pages["EventSourceMappings"]]

    assert listed() == uuids
    assert listed(EventSourceArn=QUEUE) == uuids[:2]
    assert listed(FunctionName="g") == listed(FunctionName=FUNCTION[:-1] + "g") == uuids[1:]
    assert listed(FunctionName="g", EventSourceArn=QUEUE) == uuids[1:2]
    assert listed(FunctionName="g:7") == listed(FunctionName="none") == listed(EventSourceArn=f"{QUEUE}9") == []
    of_others = [FUNCTION.replace("123456789012", "210987654321"), FUNCTION.replace("us-east-1", "eu-west-1")]
    assert [listed(FunctionName=name) for name in (*of_others, FUNCTION.replace("arn:aws", "arn:"))] == [[], [], []]
    marker: dict[str, Any] = {}
    for uuid in uuids:
        page = stage.lambda_.list_event_source_mappings(MaxItems=1, **marker)
        assert [mapping["UUID"] for mapping in page["EventSourceMappings"]] == [uuid]
        marker = {"Marker": page.get("NextMarker")}
    assert marker == {"Marker": None}
    page = stage.lambda_.list_event_source_mappings(MaxItems=2)
    assert [mapping["State"] for mapping in page["EventSourceMappings"]] == ["Enabled"] * 2
    stage.lambda_.delete_event_source_mapping(UUID=uuids[1])
    rest = stage.lambda_.list_event_source_mappings(MaxItems=2, Marker=page["NextMarker"])
    assert [mapping["UUID"] for mapping in rest["EventSourceMappings"]] == uuids[2:]
    assert "NextMarker" not in rest
    stage.refused(
        stage.lambda_.list_event_source_mappings,
        "InvalidParameterValueException",
        "The marker is not valid.",
        Marker="x",
    )


def test_the_view(cloud: minicloud.Cloud, stage: SimpleNamespace) -> None:
    url = cloud.client("sqs").get_queue_url(QueueName="q")["QueueUrl"]
    mapping = cloud.event_source_mapping(url, "f", BatchSize=1)
    assert (mapping.state, mapping.source_arn, mapping.function) == ("Enabled", QUEUE, "f")
    assert (mapping.last_result, mapping.in_flight, mapping.positions) == ("No records processed", 0, {})
    assert repr(mapping) == "<mapping of q to f: Enabled>"
    mapping.disable()
    assert mapping.state == stage.lambda_.get_event_source_mapping(UUID=mapping.uuid)["State"] == "Disabled"
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody="m")
    assert mapping.last_result == "No records processed"
    mapping.enable()
    assert (mapping.state, mapping.last_result) == ("Enabled", "OK")
    mapping.delete()
    assert mapping.state == "Deleted"
    with pytest.raises(minicloud.exceptions.ClientError, match="Function does not exist"):
        cloud.event_source_mapping("q", "none")
    with pytest.raises(minicloud.UsageError, match="there is no queue 'x'"):
        cloud.event_source_mapping("x", "f")
    with pytest.raises(minicloud.UsageError, match="7 is not the source of a mapping"):
        cloud.event_source_mapping(7, "f")  # type: ignore[arg-type]

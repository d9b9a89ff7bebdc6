"""The operations of event source mappings, of streams: answers and refusals, through every way in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import minicloud
from tests.support.ways import MakeClient

STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/s"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"


@pytest.fixture
def lambda_(make_client: MakeClient, cloud: minicloud.Cloud) -> Any:
    make_client("kinesis").create_stream(StreamName="s", ShardCount=1)
    cloud.function("f", lambda *_: None)
    return make_client("lambda")


def plain(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


@pytest.mark.modelled("lambda.CreateEventSourceMapping.Tags")
def test_life_of_a_mapping_of_a_stream(lambda_: Any, make_client: MakeClient, cloud: minicloud.Cloud) -> None:
    given = {"EventSourceArn": STREAM, "FunctionName": "f", "StartingPosition": "LATEST"}
    made = lambda_.create_event_source_mapping(**given)
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 202
    uuid, modified = made["UUID"], made["LastModified"]
    shown = {
        "UUID": uuid,
        "StartingPosition": "LATEST",
        "BatchSize": 100,
        "MaximumBatchingWindowInSeconds": 0,
        "ParallelizationFactor": 1,
        "EventSourceArn": STREAM,
        "FunctionArn": FUNCTION,
        "LastModified": modified,
        "LastProcessingResult": "No records processed",
        "State": "Creating",
        "StateTransitionReason": "User action",
        "DestinationConfig": {"OnFailure": {}},
        "MaximumRecordAgeInSeconds": -1,
        "BisectBatchOnFunctionError": False,
        "MaximumRetryAttempts": -1,
        "TumblingWindowInSeconds": 0,
        "FunctionResponseTypes": [],
        "EventSourceMappingArn": f"arn:aws:lambda:us-east-1:123456789012:event-source-mapping:{uuid}",
    }
    assert plain(made) == shown  # as recorded
    make_client("kinesis").put_record(StreamName="s", Data=b"1", PartitionKey="p")
    enabled = shown | {"State": "Enabled", "LastProcessingResult": "OK"}
    assert plain(lambda_.get_event_source_mapping(UUID=uuid)) == enabled
    changes = {"BatchSize": 3, "ParallelizationFactor": 2, "MaximumRetryAttempts": 5, "MaximumRecordAgeInSeconds": 60}
    changed = plain(lambda_.update_event_source_mapping(UUID=uuid, **changes))
    assert changed == enabled | changes | {"State": "Updating", "LastModified": changed["LastModified"]}
    for destinations in ({}, {"OnFailure": {}}):
        emptied = lambda_.update_event_source_mapping(UUID=uuid, DestinationConfig=destinations)
        assert emptied["DestinationConfig"] == {"OnFailure": {}}
    assert lambda_.update_event_source_mapping(UUID=uuid, Enabled=False)["State"] == "Disabling"
    assert lambda_.get_event_source_mapping(UUID=uuid)["State"] == "Disabled"
    assert lambda_.update_event_source_mapping(UUID=uuid, Enabled=True)["State"] == "Enabling"
    assert lambda_.delete_event_source_mapping(UUID=uuid)["State"] == "Deleting"
    assert lambda_.list_event_source_mappings()["EventSourceMappings"] == []
    lambda_.create_event_source_mapping(**given)  # there is room again
    assert len(cloud.invocations) == 1


def test_what_is_refused(lambda_: Any, make_client: MakeClient, cloud: minicloud.Cloud) -> None:
    def refused(**params: Any) -> tuple[str, str]:
        with pytest.raises(lambda_.exceptions.ClientError) as caught:
            lambda_.create_event_source_mapping(**{"EventSourceArn": STREAM, "FunctionName": "f", **params})
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]

    at = {"StartingPosition": "LATEST"}
    uuid = lambda_.create_event_source_mapping(EventSourceArn=STREAM, FunctionName="f", **at)["UUID"]
    assert refused(**at) == (
        "ResourceConflictException",
        f'The event source arn (" {STREAM} ") and function (" f ") provided mapping already exists. Please update or '
        f"delete the existing mapping with UUID {uuid}",
    )
    consumer = make_client("kinesis").register_stream_consumer(StreamARN=STREAM, ConsumerName="c")["Consumer"]
    arn = consumer["ConsumerARN"]
    assert lambda_.create_event_source_mapping(EventSourceArn=arn, FunctionName="f", **at)["EventSourceArn"] == arn
    assert refused(EventSourceArn=f"{STREAM}/consumer/d:1", **at)[0] == "InvalidParameterValueException"
    later = cloud.clock.now() + timedelta(days=1)
    for params in (
        {},
        {"StartingPosition": "AT_TIMESTAMP"},
        {"StartingPosition": "AT_TIMESTAMP", "StartingPositionTimestamp": later},
        {**at, "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:dynamodb:us-east-1:123456789012:table/t"}}},
        {**at, "FilterCriteria": {"Filters": [{"Pattern": '{"data": {"kind": "click"}}'}]}},
        {**at, "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:123456789012:q.fifo"}}},
        {**at, "FilterCriteria": {"Filters": [{"Pattern": '{"data": ["click"]}'}]}},
    ):
        assert refused(**params)[0] in ("InvalidParameterValueException", "ValidationException"), params
    for params, text in (
        (
            {"DestinationConfig": {"OnFailure": {"Destination": "arn:aws:s3:::bucket"}}},
            "writes no records of discarded batches into buckets",
        ),
        ({"TumblingWindowInSeconds": 60, "ParallelizationFactor": 2}, "handled in parallel"),
    ):
        with pytest.raises(minicloud.UsageError, match=text):
            lambda_.create_event_source_mapping(EventSourceArn=STREAM, FunctionName="f", **at, **params)

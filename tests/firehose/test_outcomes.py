"""What a function may say of a record, and what becomes of the record then; how often a run is tried."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import Any

import minicloud
from minicloud.inspection.verdicts import judge

from .support import PLACE, by_function, from_stream, objects, to_bucket

LOGS = {"DeliveryStreamName": "logs"}
DATA = b64encode(b"new").decode()
READ, TWICE, LACKS = "Lambda.JsonProcessingException", "Lambda.DuplicatedRecordId", "Lambda.MissingRecordId"
FAILED = "Lambda.ProcessingFailedStatus"
OK = {"result": "Ok", "data": DATA}

SAID: list[tuple[list[Any], str]] = [
    ([OK], "new"),
    ([{**OK, "metadata": {"partitionKeys": {"a": "b"}}}], "new"),
    ([{"result": "Ok", "data": ""}], ""),
    ([{"result": "Ok", "data": "bmV3IQ=="}], "new!"),
    ([{"result": "Dropped"}], "dropped"),
    ([{"result": "Dropped", "data": DATA}], "dropped"),
    ([{"result": "ProcessingFailed"}], FAILED),
    ([{"result": "ProcessingFailed", "data": DATA}], FAILED),
    ([{"result": "ok", "data": DATA}], READ),
    ([{"result": None, "data": DATA}], READ),
    ([{"data": DATA}], READ),
    ([{"result": "Ok"}], READ),
    ([{"result": "Ok", "data": None}], READ),
    ([{"result": "Ok", "data": 7}], READ),
    ([{"result": "Ok", "data": "new"}], READ),  # no multiple of four letters
    ([{"result": "Ok", "data": "ne*w"}], READ),
    ([{"result": "Ok", "data": "né"}], READ),
    ([OK, OK], TWICE),
    ([OK, {"result": "Dropped"}], TWICE),
    ([], LACKS),
]


def test_each_record_goes_where_the_answer_says(cloud: minicloud.Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="lake")
    firehose = cloud.client("firehose")

    def transform(event: Any, _: Any) -> Any:
        answers: list[Any] = ["no record", {"recordId": "of nobody", **OK}]
        for one in event["records"]:
            answers += [{**said, "recordId": one["recordId"]} for said in SAID[int(b64decode(one["data"]))][0]]
        return {"records": answers}

    cloud.function("transform", transform)
    firehose.create_delivery_stream(**LOGS, **to_bucket(**by_function("transform")))
    firehose.put_record_batch(**LOGS, Records=[{"Data": str(number).encode()} for number in range(len(SAID))])
    cloud.run_until_idle()
    found = objects(cloud)
    (failures,) = [content for key, content in found.items() if key.startswith("processing-failed/")]
    (content,) = [content for key, content in found.items() if not key.startswith("processing-failed/")]
    lines = [json.loads(line) for line in failures.splitlines()]
    codes = {int(b64decode(line["rawData"])): line["errorCode"] for line in lines}
    wrong = [
        f"{said}: {codes.get(number)}"
        for number, (said, want) in enumerate(SAID)
        if codes.get(number) != (want if want.startswith("Lambda.") else None)
    ]
    assert not wrong, "\n".join(wrong)
    assert content.decode() == "".join(want for _, want in SAID if "Lambda." not in want and want != "dropped")
    texts = {line["errorCode"]: line["errorMessage"] for line in lines}
    assert texts == {
        READ: "There was an error parsing returned records from the Lambda function. Ensure that the returned records "
        "follow the status model required by Amazon Kinesis Data Firehose.",
        TWICE: "Multiple records were returned with the same record ID. Ensure that the Lambda function returns unique "
        "record IDs for each record.",
        LACKS: "One or more record Ids were not returned. Ensure that the Lambda function returns all received record "
        "Ids.",
        FAILED: "ProcessingFailed status set for record",
    }
    others = {
        (line["attemptsMade"], line["arrivalTimestamp"], line["attemptEndingTimestamp"], line["lambdaArn"])
        for line in lines
    }
    arrived = 1_767_225_600_000
    assert others == {(1, arrived, arrived + 60_000, f"arn:aws:lambda:{PLACE}:function:transform")}
    (told,) = [event.details for event in cloud.trace.of("delivery_stream.transformed")]
    assert (told["count"], told["dropped"], told["failed"]) == (len(SAID), 2, len(lines))


def test_the_second_run_may_fail_a_record(cloud: minicloud.Cloud) -> None:
    """Which has then been tried twice."""
    cloud.client("s3").create_bucket(Bucket="lake")
    firehose, runs = cloud.client("firehose"), []

    def transform(event: Any, _: Any) -> Any:
        runs.append(event)
        if len(runs) == 1:
            raise ConnectionError
        return {"records": [{"recordId": one["recordId"], "result": "ProcessingFailed"} for one in event["records"]]}

    cloud.function("transform", transform)
    firehose.create_delivery_stream(**LOGS, **to_bucket(**by_function("transform")))
    firehose.put_record(**LOGS, Record={"Data": b"x"})
    cloud.run_until_idle()
    (line,) = (json.loads(content) for content in objects(cloud).values())
    assert (line["errorCode"], line["attemptsMade"], runs[0]) == (FAILED, 2, runs[1])


def test_answers_that_hold_no_records(cloud: minicloud.Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="lake")
    firehose = cloud.client("firehose")
    answers: list[Any] = [None, [], "records", 7, {}, {"records": None}, {"records": {}}, {"records": "x"}]
    cloud.function("transform", lambda event, _: answers[int(b64decode(event["records"][0]["data"]))])
    for number in range(len(answers)):
        name = {"DeliveryStreamName": f"d{number}"}
        firehose.create_delivery_stream(**name, **to_bucket(ErrorOutputPrefix=f"{number}/", **by_function("transform")))
        firehose.put_record(**name, Record={"Data": str(number).encode()})
    cloud.run_until_idle()
    codes = {key.partition("/")[0]: json.loads(content)["errorCode"] for key, content in objects(cloud).items()}
    assert codes == {str(number): READ for number in range(len(answers))}


def test_which_values_make_a_partition(cloud: minicloud.Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="lake")
    firehose = cloud.client("firehose")
    metadata: list[tuple[Any, str]] = [
        ({"partitionKeys": {"who": "ada", "where": "here"}}, "here/ada"),
        ({"partitionKeys": {"who": "bob", "where": "here", "more": ""}}, "here/bob"),
        ({"partitionKeys": {"where": 7, "who": True}}, "7/True"),
        ({"partitionKeys": {"who": "", "where": "here"}}, "failed"),
        ({"partitionKeys": {"who": "ada"}}, "failed"),
        ({"partitionKeys": {"who": None, "where": "here"}}, "failed"),
        ({"partitionKeys": ["who"]}, "failed"),
        ({"partitionKeys": None}, "failed"),
        ({}, "failed"),
        ([], "failed"),
        (None, "failed"),
    ]

    def transform(event: Any, _: Any) -> Any:
        return {
            "records": [
                {"recordId": one["recordId"], **OK, "data": one["data"], "metadata": metadata[number][0]}
                for number, one in enumerate(event["records"])
            ]
        }

    cloud.function("transform", transform)
    firehose.create_delivery_stream(
        **LOGS,
        **to_bucket(
            Prefix="!{partitionKeyFromLambda:where}/!{partitionKeyFromLambda:who}/",
            ErrorOutputPrefix="failed/!{timestamp:yyyy}/",
            BufferingHints={"SizeInMBs": 64, "IntervalInSeconds": 60},
            DynamicPartitioningConfiguration={"Enabled": True},
            **by_function("transform"),
        ),
    )
    firehose.put_record_batch(**LOGS, Records=[{"Data": f"{number},".encode()} for number in range(len(metadata))])
    cloud.run_until_idle()
    found = objects(cloud)
    for place in ("here/ada", "here/bob", "7/True"):
        numbers = "".join(f"{number}," for number, (_, want) in enumerate(metadata) if want == place)
        assert [content for key, content in found.items() if key.startswith(f"{place}/")] == [numbers.encode()], place
    (failures,) = [content for key, content in found.items() if key.startswith("failed/2026/")]
    lines = [json.loads(line) for line in failures.splitlines()]
    assert [line["errorMessage"] for line in lines] == ["partitionKeys values are missing or empty."] * 8


def test_how_often_and_when_a_run_is_tried(cloud: minicloud.Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="lake")
    firehose = cloud.client("firehose")
    at: dict[str, list[float]] = {}

    def fails(event: Any, _: Any) -> None:
        at.setdefault(event["deliveryStreamArn"].rpartition("/")[2], []).append(cloud.clock.time())
        raise ConnectionError("down")

    cloud.function("fails", fails)
    begin = cloud.clock.time()
    for retries in ("0", "1", "8"):
        name = {"DeliveryStreamName": f"d{retries}"}
        more = by_function("fails", NumberOfRetries=retries, BufferIntervalInSeconds="0")
        firehose.create_delivery_stream(**name, **to_bucket(Prefix=f"{retries}/", **more))
        firehose.put_record(**name, Record={"Data": b"x"})
    firehose.create_delivery_stream(**LOGS, **to_bucket(Prefix="logs/", **by_function("fails")))
    firehose.put_record(**LOGS, Record={"Data": b"x"})
    cloud.run_until_idle()
    waits = {name: [round(time - begin) for time in times] for name, times in at.items()}
    assert waits == {
        "d0": [0],
        "d1": [0, 1],
        "d8": [0, 1, 3, 7, 15, 31, 63, 123, 183],  # twice as long each time, up to a minute
        "logs": [60, 61, 63, 67],
    }
    attempts = {}
    for key, content in objects(cloud).items():
        line = json.loads(content)
        assert (line["errorCode"], line["errorMessage"]) == (
            "Lambda.FunctionError",
            "The Lambda function was successfully invoked but it returned an error result.",
        )
        attempts[key.partition("/")[0]] = line["attemptsMade"]
    assert attempts == {"0": 1, "1": 2, "8": 9, "logs": 4}


def test_a_delivery_stream_owes_what_it_has_read(cloud: minicloud.Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="lake")
    firehose, kinesis = cloud.client("firehose"), cloud.client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=2)
    firehose.create_delivery_stream(**LOGS, **from_stream(), **to_bucket())
    assert judge(cloud, ["nothing_owed"]) == ""
    for number in range(3):
        kinesis.put_record(StreamName="clicks", Data=b"x", PartitionKey=str(number))
    assert "3 records for the delivery stream logs" in judge(cloud, ["nothing_owed"])
    cloud.clock.advance(60)
    assert judge(cloud, ["nothing_owed"]) == ""
    assert b"".join(objects(cloud).values()) == b"xxx"


def test_a_change_counts_for_what_has_been_gathered(cloud: minicloud.Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="lake")
    firehose = cloud.client("firehose")
    late = {"SizeInMBs": 128, "IntervalInSeconds": 900}
    place = {"DestinationId": "destinationId-000000000001"}
    for hints, waits in (
        ({"SizeInMBs": 128, "IntervalInSeconds": 20}, 0),
        ({"SizeInMBs": 128, "IntervalInSeconds": 21}, 1),
        ({"SizeInMBs": 1, "IntervalInSeconds": 900}, 0),
        ({"SizeInMBs": 2, "IntervalInSeconds": 900}, 880),
    ):
        name = {"DeliveryStreamName": f"d{hints['SizeInMBs']}-{hints['IntervalInSeconds']}"}
        prefix = f"{name['DeliveryStreamName']}/"
        firehose.create_delivery_stream(**name, **to_bucket(Prefix=prefix, BufferingHints=late))
        firehose.put_record_batch(**name, Records=[{"Data": bytes(2**19)}] * 2)
        cloud.clock.advance(20)
        update: Any = {"BufferingHints": hints}
        firehose.update_destination(
            **name, **place, CurrentDeliveryStreamVersionId="1", ExtendedS3DestinationUpdate=update
        )
        begin = cloud.clock.time()
        while not any(key.startswith(prefix) for key in cloud.bucket("lake").keys):
            cloud.clock.advance_to_next()
        assert round(cloud.clock.time() - begin) == waits, hints


def test_how_often_and_when_a_put_is_tried(cloud: minicloud.Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="lake")
    firehose = cloud.client("firehose")
    firehose.create_delivery_stream(**LOGS, **to_bucket())
    firehose.put_record(**LOGS, Record={"Data": b"x"})
    cloud.faults.refuse("SlowDown", operation="PutObject")
    cloud.clock.advance(60 + 2000)
    times = [event.time_ns // 10**9 - 1767225660 for event in cloud.trace.of("delivery_stream.put_failed")]
    assert times == [0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 991, 1471, 1951]  # twice as long, up to eight minutes


def test_a_delivery_stream_that_is_deleted_reads_no_more(cloud: minicloud.Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="lake")
    firehose, kinesis = cloud.client("firehose"), cloud.client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    firehose.create_delivery_stream(**LOGS, **from_stream(), **to_bucket())
    kinesis.put_record(StreamName="clicks", Data=b"a", PartitionKey="k")
    firehose.delete_delivery_stream(**LOGS)
    kinesis.put_record(StreamName="clicks", Data=b"b", PartitionKey="k")
    (reader,) = cloud.stream("clicks").readers
    assert (reader.name, reader.behind) == ("logs", 1)
    cloud.run_until_idle()
    assert objects(cloud) == {}

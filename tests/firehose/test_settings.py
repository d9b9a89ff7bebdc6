"""What delivery streams are set to: what is refused, what keys and contents are made of, what is shown and owed."""

from __future__ import annotations

import json
from base64 import b64decode
from datetime import UTC, datetime
from typing import Any

import pytest

import minicloud
from minicloud.inspection.verdicts import judge
from tests.support.answers import refusal
from tests.support.ways import error_class

from .support import BUCKET, PLACE, ROLE, STREAM, by_function, from_stream, objects, to_bucket, upper

LOGS = {"DeliveryStreamName": "logs"}
FUNCTION = f"arn:aws:lambda:{PLACE}:function:f"


def processors(*kinds: str, **parameters: str) -> dict[str, Any]:
    pairs = [{"ParameterName": key, "ParameterValue": value} for key, value in parameters.items()]
    found = [{"Type": kind, "Parameters": pairs} for kind in kinds]
    return {"ProcessingConfiguration": {"Enabled": True, "Processors": found}}


LARGE = {"BufferingHints": {"SizeInMBs": 64, "IntervalInSeconds": 60}}
PARTITIONS = {"DynamicPartitioningConfiguration": {"Enabled": True}}
REFUSED: list[tuple[dict[str, Any], str]] = [
    (
        to_bucket(BufferingHints={"SizeInMBs": 1}),
        "Both SizeInMBs and IntervalInSeconds are required in BufferingHints.",
    ),
    (to_bucket(S3BackupMode="Enabled"), "S3BackupConfiguration is required when S3BackupMode is Enabled."),
    (
        to_bucket(
            S3BackupMode="Enabled",
            S3BackupConfiguration={"RoleARN": ROLE, "BucketARN": BUCKET, "BufferingHints": {"IntervalInSeconds": 1}},
        ),
        "Both SizeInMBs and IntervalInSeconds are required in BufferingHints.",
    ),
    *(
        (
            to_bucket(**PARTITIONS, BufferingHints={"SizeInMBs": size, "IntervalInSeconds": 60}),
            "SizeInMBs must be at least 64 when dynamic partitioning is enabled.",
        )
        for size in (1, 63)
    ),
    (to_bucket(**processors("Lambda")), "LambdaArn is required for a processor of type Lambda."),
    (
        to_bucket(**processors("Lambda", "Lambda", LambdaArn=FUNCTION)),
        "There can be at most one processor of type Lambda.",
    ),
    *(
        (to_bucket(**by_function("f", **{name: value})), f"The value {value} of {name} is not valid.")
        for name, value in [
            ("BufferSizeInMBs", "0.1"),
            ("BufferSizeInMBs", "3.1"),
            ("BufferIntervalInSeconds", "901"),
            ("BufferIntervalInSeconds", "-1"),
            ("NumberOfRetries", "301"),
            ("NumberOfRetries", "many"),
        ]
    ),
    *(
        (to_bucket(Prefix=f"{wrong}/", ErrorOutputPrefix="e/"), f"Prefix contains an invalid expression: {wrong}.")
        for wrong in ("!{nobody:x}", "!{firehose:error-output-type}", "!{partitionKeyFromLambda:a}", "!{firehose:x}")
    ),
    # Also after one that is valid.
    *(
        (
            to_bucket(Prefix=f"{right}!{{no}}", ErrorOutputPrefix="e/", **more),
            "Prefix contains an invalid expression: !{no}.",
        )
        for right, more in (
            ("!{timestamp:yyyy}", {}),
            ("!{firehose:random-string}", {}),
            ("!{partitionKeyFromLambda:a}", {**PARTITIONS, **LARGE}),
        )
    ),
    (
        to_bucket(ErrorOutputPrefix="!{firehose:error-output-type}!{timestamp:HH}!{no}"),
        "ErrorOutputPrefix contains an invalid expression: !{no}.",
    ),
    (
        to_bucket(Prefix="!{partitionKeyFromLambda:}", ErrorOutputPrefix="e/", **PARTITIONS, **LARGE),
        "Prefix contains an invalid expression: !{partitionKeyFromLambda:}.",
    ),
    (to_bucket(Prefix="a!{b", ErrorOutputPrefix="e"), "Prefix contains an invalid expression: a!{b."),
    (
        to_bucket(ErrorOutputPrefix="!{partitionKeyFromLambda:a}"),
        "ErrorOutputPrefix contains an invalid expression: !{partitionKeyFromLambda:a}.",
    ),
    ({}, "Exactly one destination configuration is supported for a Firehose."),
    (
        {**to_bucket(), "S3DestinationConfiguration": {"RoleARN": ROLE, "BucketARN": BUCKET}},
        "Exactly one destination configuration is supported for a Firehose.",
    ),
]
BY_QUERY = {"Prefix": "!{partitionKeyFromQuery:a}/", "ErrorOutputPrefix": "e", **PARTITIONS}
NOT_HERE: list[tuple[dict[str, Any], str]] = [
    (to_bucket(CompressionFormat="Snappy"), "Snappy: Python cannot make it; use GZIP or ZIP in the test"),
    (to_bucket(CustomTimeZone="Asia/Tokyo"), "CustomTimeZone: times in keys are UTC here; leave it out in the test"),
    (to_bucket(CustomTimeZone="A" * 50), "CustomTimeZone: times in keys are UTC here; leave it out in the test"),
    (
        to_bucket(EncryptionConfiguration={"KMSEncryptionConfig": {"AWSKMSKeyARN": "k"}}),
        "KMSEncryptionConfig: objects are not encrypted here; leave it out in the test",
    ),
    (
        to_bucket(DataFormatConversionConfiguration={"Enabled": True}),
        "DataFormatConversionConfiguration: records stay as they are; leave it out in the test",
    ),
    (
        to_bucket(**processors("Decompression")),
        "processor of type Decompression: there are Lambda and AppendDelimiterToRecord; a function can do the same",
    ),
    (
        to_bucket(**BY_QUERY, **LARGE),
        "partitionKeyFromQuery: have a function say what the partition is, and use partitionKeyFromLambda",
    ),
    (
        to_bucket(Prefix="!{timestamp:yyyy-QQ}", ErrorOutputPrefix="e"),
        "QQ in the pattern of a timestamp (Prefix): use yyyy, yy, uuuu, MM, dd, HH, mm, ss, DDD, MMM, EEE, and texts "
        "in single quotes",
    ),
    (
        {**to_bucket(), "DeliveryStreamType": "MSKAsSource"},
        "source MSKAsSource: records are put, or come from a stream of Kinesis; have the test put what would come from "
        "elsewhere",
    ),
    (
        {**to_bucket(), "DeliveryStreamEncryptionConfigurationInput": {"KeyType": "AWS_OWNED_CMK"}},
        "DeliveryStreamEncryptionConfigurationInput: records are not encrypted here; leave it out in the test",
    ),
]


def test_a_time_zone_has_fifty_letters_at_the_most(firehose: Any) -> None:
    """By the model; the name of one that there is, or nothing."""
    code, text = refusal(firehose.create_delivery_stream, **LOGS, **to_bucket(CustomTimeZone="A" * 51))
    assert code == "ValidationException"
    assert "customTimeZone" in text
    assert text.endswith("Member must have length less than or equal to 50")


def test_what_is_refused_has_changed_nothing(cloud: minicloud.Cloud, firehose: Any) -> None:
    wrong = []
    for params, text in REFUSED:
        told = refusal(firehose.create_delivery_stream, **LOGS, **params)
        if told != ("InvalidArgumentException", text):
            wrong.append(f"{params}: {told}")
    for params, text in NOT_HERE:
        with pytest.raises(minicloud.UsageError) as caught:
            firehose.create_delivery_stream(**LOGS, **params)
        if str(caught.value) != f"minicloud's Firehose has no {text}":
            wrong.append(f"{params}: {caught.value}")
    assert not wrong, "\n".join(wrong)
    assert firehose.list_delivery_streams()["DeliveryStreamNames"] == []
    with pytest.raises(error_class("ClientError")) as refused:
        firehose.describe_delivery_stream(DeliveryStreamName="none")
    response: Any = getattr(refused.value, "response", None)
    assert response["message"] == response["Error"]["Message"] == "Firehose none under account 123456789012 not found."
    firehose.create_delivery_stream(**LOGS, **to_bucket())
    place = {**LOGS, "CurrentDeliveryStreamVersionId": "1", "DestinationId": "destinationId-000000000001"}
    update = {"ExtendedS3DestinationUpdate": {"Prefix": "a/"}}
    for changed, code, text in [
        ({"DestinationId": "none"}, "InvalidArgumentException", "Destination Id none not found."),
        (
            {"CurrentDeliveryStreamVersionId": "2"},
            "ConcurrentModificationException",
            "Cannot update firehose: logs. Current version id: 1, given: 2.",
        ),
    ]:
        assert refusal(firehose.update_destination, **{**place, **update, **changed}) == (code, text)
    one = "Exactly one destination configuration is supported for a Firehose."
    assert refusal(firehose.update_destination, **place) == ("InvalidArgumentException", one)
    with pytest.raises(minicloud.UsageError, match="has no SplunkDestinationUpdate: delivery streams lead to buckets"):
        firehose.update_destination(**place, SplunkDestinationUpdate={})
    tags = [{"Key": str(number)} for number in range(50)]
    firehose.tag_delivery_stream(**LOGS, Tags=tags)
    too_many = ("LimitExceededException", "A Firehose has at most 50 tags.")
    assert refusal(firehose.tag_delivery_stream, **LOGS, Tags=[{"Key": "a"}]) == too_many
    assert len(firehose.list_tags_for_delivery_stream(**LOGS)["Tags"]) == 50
    assert firehose.describe_delivery_stream(**LOGS)["DeliveryStreamDescription"]["VersionId"] == "1"


def test_a_delivery_stream_in_the_old_way_and_with_all_there_is(cloud: minicloud.Cloud, firehose: Any) -> None:
    cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    plain: dict[str, Any] = {"RoleARN": ROLE, "BucketARN": BUCKET}
    firehose.create_delivery_stream(**LOGS, **from_stream(), S3DestinationConfiguration=plain)
    cloud.clock.advance(10)
    now = cloud.clock.now()

    def shown() -> Any:
        return firehose.describe_delivery_stream(**LOGS)["DeliveryStreamDescription"]

    default = {
        **plain,
        "BufferingHints": {"SizeInMBs": 5, "IntervalInSeconds": 300},
        "CompressionFormat": "UNCOMPRESSED",
        "EncryptionConfiguration": {"NoEncryptionConfig": "NoEncryption"},
        "CloudWatchLoggingOptions": {"Enabled": False},
    }
    (destination,) = shown()["Destinations"]
    assert destination == {"DestinationId": "destinationId-000000000001", "S3DestinationDescription": default}
    assert shown()["Source"]["KinesisStreamSourceDescription"]["RoleARN"] == ROLE
    assert "LastUpdateTimestamp" not in shown()
    place = {**LOGS, "DestinationId": "destinationId-000000000001"}
    hints = {"SizeInMBs": 2, "IntervalInSeconds": 60}
    logging = {"Enabled": True, "LogGroupName": "g", "LogStreamName": "s"}
    update = {
        "BufferingHints": hints,
        "CloudWatchLoggingOptions": logging,
        "CustomTimeZone": "UTC",
        "FileExtension": ".json",
        "S3BackupMode": "Enabled",
        "S3BackupUpdate": {**plain, "Prefix": "raw/"},
    }
    firehose.update_destination(**place, CurrentDeliveryStreamVersionId="1", ExtendedS3DestinationUpdate=update)
    firehose.update_destination(
        **place,
        CurrentDeliveryStreamVersionId="2",
        ExtendedS3DestinationUpdate={"S3BackupUpdate": {"CompressionFormat": "GZIP"}},
    )
    described = shown()
    assert (described["LastUpdateTimestamp"], described["VersionId"]) == (now, "3")
    (destination,) = described["Destinations"]
    of_s3 = {**default, "BufferingHints": hints, "CloudWatchLoggingOptions": logging}
    assert destination["S3DestinationDescription"] == of_s3
    assert destination["ExtendedS3DestinationDescription"] == {
        **of_s3,
        "S3BackupMode": "Enabled",
        "S3BackupDescription": {**default, "Prefix": "raw/", "CompressionFormat": "GZIP"},
        "DataFormatConversionConfiguration": {"Enabled": False},
        "FileExtension": ".json",
        "CustomTimeZone": "UTC",
    }
    rest = firehose.describe_delivery_stream(**LOGS, ExclusiveStartDestinationId="destinationId-000000000001")
    assert rest["DeliveryStreamDescription"]["Destinations"] == []
    first = firehose.describe_delivery_stream(**LOGS, ExclusiveStartDestinationId="destinationId-000000000000")
    assert len(first["DeliveryStreamDescription"]["Destinations"]) == 1


MOMENT = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
KEYS = [
    ("!{timestamp:yyyy/yy/uuuu/MM/dd/HH/mm/ss}/", "2026/26/2026/02/03/04/05/06/"),
    ("!{timestamp:DDD-MMM-EEE'T'}/", "034-Feb-TueT/"),
    ("a!{timestamp:yyyy}b!{timestamp:MM}c", "a2026b02c"),
    ("plain/", "plain/2026/02/03/04/"),
    ("x" * 512 + "!{timestamp:yyyy}", "x" * 512),
]


def test_keys_of_objects(cloud: minicloud.Cloud) -> None:
    s3, firehose = cloud.client("s3"), cloud.client("firehose")
    cloud.clock.advance_to(MOMENT)
    for number, (prefix, _) in enumerate(KEYS):
        s3.create_bucket(Bucket=f"bucket-{number}")
        settings = to_bucket(Prefix=prefix, ErrorOutputPrefix="e/", BucketARN=f"arn:aws:s3:::bucket-{number}")
        firehose.create_delivery_stream(DeliveryStreamName=f"d{number}", **settings)
        firehose.put_record(DeliveryStreamName=f"d{number}", Record={"Data": b"x"})
    cloud.run_until_idle()
    for number, (prefix, expected) in enumerate(KEYS):
        (key,) = cloud.bucket(f"bucket-{number}").keys
        assert key.startswith(f"{expected}d{number}-1-2026-02-03-04-05-06-"), prefix
    s3.create_bucket(Bucket="random")
    random = to_bucket(Prefix="!{firehose:random-string}/", ErrorOutputPrefix="e/", BucketARN="arn:aws:s3:::random")
    firehose.create_delivery_stream(**LOGS, **random)
    for _ in range(2):
        firehose.put_record(**LOGS, Record={"Data": b"x"})
        cloud.run_until_idle()
    first, second = (key.partition("/")[0] for key in cloud.bucket("random").keys)
    assert (len(first), len(second), first.isalnum(), second.isalnum(), first != second) == (11, 11, True, True, True)


def test_names_of_objects_say_how_they_are_compressed(cloud: minicloud.Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="lake")
    firehose = cloud.client("firehose")
    extensions = {"UNCOMPRESSED": "", "GZIP": ".gz", "ZIP": ".zip"}
    for form in extensions:
        settings = to_bucket(CompressionFormat=form, Prefix=f"{form}/")
        firehose.create_delivery_stream(DeliveryStreamName=form, **settings)
        firehose.put_record(DeliveryStreamName=form, Record={"Data": b"x"})
    cloud.run_until_idle()
    names = {key.partition("/")[0]: key.rpartition("/")[2] for key in cloud.bucket("lake").keys}
    assert {form: "".join(name.partition(".")[1:]) for form, name in names.items()} == extensions


def test_delimiters(cloud: minicloud.Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="lake")
    firehose = cloud.client("firehose")
    for number, (given, made) in enumerate([(None, b"\n"), ("\\t", b"\t"), ("\\r\\n", b"\r\n"), (", ", b", ")]):
        parameters = {} if given is None else {"Delimiter": given}
        name = f"d{number}"
        lines = processors("AppendDelimiterToRecord", **parameters)
        firehose.create_delivery_stream(DeliveryStreamName=name, **to_bucket(Prefix=f"{name}/", **lines))
        firehose.put_record_batch(DeliveryStreamName=name, Records=[{"Data": b"a"}, {"Data": b"b"}])
        cloud.run_until_idle()
        (content,) = [content for key, content in objects(cloud).items() if key.startswith(f"{name}/")]
        assert content == b"a" + made + b"b" + made


def test_backups_failures_and_what_is_owed(cloud: minicloud.Cloud) -> None:
    """Records as they came are put as well; of failures a log group is told; a function that is not there is tried."""
    cloud.client("s3").create_bucket(Bucket="lake")
    firehose = cloud.client("firehose")
    raw = {"RoleARN": ROLE, "BucketARN": BUCKET, "Prefix": "raw/", "CompressionFormat": "UNCOMPRESSED"}
    late = {**raw, "BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 600}}
    backup: Any = {"S3BackupMode": "Enabled", "S3BackupConfiguration": late}
    firehose.create_delivery_stream(DeliveryStreamName="plain", **to_bucket(**backup))
    firehose.put_record(DeliveryStreamName="plain", Record={"Data": b"a"})
    cloud.clock.advance(60)
    assert sorted(objects(cloud).values()) == [b"a", b"a"]  # nothing is made of it, and both leave at once

    cloud.function("upper", upper)
    settings = to_bucket(**backup, CloudWatchLoggingOptions={"Enabled": True}, **by_function("upper"))
    firehose.create_delivery_stream(**LOGS, **settings)
    ids = [
        firehose.put_record(**LOGS, Record={"Data": data})["RecordId"] for data in (b"one", b"fail", b"drop", b"two")
    ]
    assert ids == sorted(ids)
    assert len({len(one) for one in ids}) == 1
    assert all(one.isdigit() for one in ids)
    assert "4 records for the delivery stream logs" in judge(cloud, ["nothing_owed"])
    cloud.clock.advance(180)
    assert "a backup of the delivery stream logs" in judge(cloud, ["nothing_owed"])
    (entry,) = cloud.client("logs").filter_log_events(logGroupName="/aws/kinesisfirehose/logs")["events"]
    assert entry["logStreamName"] == "DestinationDelivery"
    assert json.loads(entry["message"]) == {
        "deliveryStreamARN": f"arn:aws:firehose:{PLACE}:deliverystream/logs",
        "destination": BUCKET,
        "deliveryStreamVersionId": 1,
        "message": "ProcessingFailed status set for record",
        "errorCode": "Lambda.ProcessingFailedStatus",
    }
    cloud.run_until_idle()
    assert b"onefaildroptwo" in objects(cloud).values()

    firehose.create_delivery_stream(
        DeliveryStreamName="alone", **to_bucket(**by_function("nobody", NumberOfRetries="1"))
    )
    firehose.put_record(DeliveryStreamName="alone", Record={"Data": b"x"})
    cloud.run_until_idle()
    (content,) = [content for key, content in objects(cloud).items() if "/alone-" in key]
    line = json.loads(content)
    assert (line["attemptsMade"], b64decode(line["rawData"])) == (2, b"x")
    assert line["lambdaArn"].endswith(":function:nobody")
    assert line["errorMessage"] == "The Lambda function does not exist."
    cloud.assert_drained()


def test_what_is_owed_while_a_bucket_takes_nothing(cloud: minicloud.Cloud) -> None:
    """Records count once, however far they have come, and a backup counts where nothing else does."""
    firehose = cloud.client("firehose")
    cloud.client("s3").create_bucket(Bucket="lake")
    hints = {"SizeInMBs": 1, "IntervalInSeconds": 600}
    late = {"RoleARN": ROLE, "BucketARN": BUCKET, "Prefix": "raw/", "BufferingHints": hints}
    firehose.create_delivery_stream(**LOGS, **to_bucket(S3BackupMode="Enabled", S3BackupConfiguration=late))
    fault = cloud.faults.refuse("SlowDown", operation="PutObject", resource="lake")
    for data in (b"a", b"b"):
        firehose.put_record(**LOGS, Record={"Data": data})
    for seconds in (0, 59, 1, 10, 530):  # at last, what is backed up has left, too
        cloud.clock.advance(seconds)
        assert "2 records for the delivery stream logs" in judge(cloud, ["nothing_owed"]), seconds
    cloud.faults.remove(fault)
    cloud.run_until_idle()
    assert sorted(objects(cloud).values()) == [b"ab", b"ab"]
    delivered = [one.details for one in cloud.trace.of("delivery_stream.delivered")]
    assert sorted((one["what"], one["count"]) for one in delivered) == [("backup", 2), ("data", 2)]
    assert judge(cloud, ["nothing_owed"]) == ""


def test_what_a_function_has_dropped_is_owed_no_more(cloud: minicloud.Cloud) -> None:
    firehose = cloud.client("firehose")
    cloud.client("s3").create_bucket(Bucket="lake")
    cloud.function("upper", upper)
    late = {
        "RoleARN": ROLE,
        "BucketARN": BUCKET,
        "Prefix": "raw/",
        "BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 600},
    }
    backup: Any = {"S3BackupMode": "Enabled", "S3BackupConfiguration": late}
    firehose.create_delivery_stream(**LOGS, **to_bucket(**backup, **by_function("upper")))
    fault = cloud.faults.refuse("SlowDown", operation="PutObject", resource="lake")
    for data in (b"one", b"drop", b"two"):
        firehose.put_record(**LOGS, Record={"Data": data})
    assert "3 records for the delivery stream logs" in judge(cloud, ["nothing_owed"])
    for seconds in (200, 600):  # then the backup, which has all of them, is refused as well
        cloud.clock.advance(seconds)
        assert "2 records for the delivery stream logs" in judge(cloud, ["nothing_owed"])
    cloud.faults.remove(fault)
    cloud.run_until_idle()
    assert sorted(objects(cloud).values()) == [b"ONETWO", b"onedroptwo"]


MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("parameters", "size", "seconds"),
    [
        ({}, MIB, 60),
        ({"BufferSizeInMBs": "3", "BufferIntervalInSeconds": "900"}, 3 * MIB, 900),
        ({"BufferSizeInMBs": "0.5", "BufferIntervalInSeconds": "1"}, MIB // 2, 1),
    ],
)
def test_when_a_function_has_what_came(
    cloud: minicloud.Cloud, parameters: dict[str, str], size: int, seconds: int
) -> None:
    """By size, and by time: 1 MiB and 60 seconds unless they are given. [Firehose API: ProcessorParameter]"""
    cloud.client("s3").create_bucket(Bucket="lake")
    cloud.function("same", lambda event, _: {"records": [{**one, "result": "Ok"} for one in event["records"]]})
    firehose = cloud.client("firehose")
    firehose.create_delivery_stream(**LOGS, **to_bucket(**by_function("same", **parameters)))

    def runs_after(*records: bytes, wait: float = 0) -> int:
        for data in records:
            firehose.put_record(**LOGS, Record={"Data": data})
        cloud.clock.advance(wait)
        return len(cloud.invocations)

    whole, rest = divmod(size - 1, 500_000)
    assert runs_after(*[bytes(500_000)] * whole, bytes(rest)) == 0
    assert runs_after(b"x") == 1
    assert runs_after(b"y", wait=seconds - 0.5) == 1
    assert runs_after(wait=0.5) == 2


def test_what_takes_no_puts_and_a_stream_that_is_made_anew(cloud: minicloud.Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="lake")
    firehose, kinesis, sns = cloud.client("firehose"), cloud.client("kinesis"), cloud.client("sns")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    arn = firehose.create_delivery_stream(**LOGS, **from_stream(), **to_bucket())["DeliveryStreamARN"]
    told = refusal(firehose.put_record, **LOGS, Record={"Data": b"x"})
    assert told == (
        "InvalidSourceException",
        "This operation is not permitted on KinesisStreamAsSource delivery stream type.",
    )
    cloud.client("sqs").create_queue(QueueName="dead")
    topic = sns.create_topic(Name="news")["TopicArn"]
    redrive = json.dumps({"deadLetterTargetArn": f"arn:aws:sqs:{PLACE}:dead"})
    attributes = {"SubscriptionRoleArn": ROLE, "RedrivePolicy": redrive}
    sns.subscribe(TopicArn=topic, Protocol="firehose", Endpoint=arn, Attributes=attributes)
    sns.publish(TopicArn=topic, Message="no")
    cloud.run_until_idle()
    assert (len(cloud.queue("dead").bodies), objects(cloud)) == (1, {})
    kinesis.put_record(StreamName="clicks", Data=b"a", PartitionKey="k")
    kinesis.delete_stream(StreamName="clicks")
    cloud.run_until_idle()
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    kinesis.put_record(StreamName="clicks", Data=b"b", PartitionKey="k")
    cloud.run_until_idle()
    assert b"".join(objects(cloud).values()) == b"ab"
    assert judge(cloud, ["nothing_owed"]) == ""
    assert cloud.stream("clicks").arn == STREAM


def test_sizes_of_buffers(cloud: minicloud.Cloud) -> None:
    """A buffer leaves with the record that makes it large enough; what services deliver counts as what is put."""
    cloud.client("s3").create_bucket(Bucket="lake")
    firehose, sns = cloud.client("firehose"), cloud.client("sns")
    arn = firehose.create_delivery_stream(**LOGS, **to_bucket())["DeliveryStreamARN"]
    topic = sns.create_topic(Name="news")["TopicArn"]
    raw = {"SubscriptionRoleArn": ROLE, "RawMessageDelivery": "true"}
    sns.subscribe(TopicArn=topic, Protocol="firehose", Endpoint=arn, Attributes=raw)
    for number in range(4):
        sns.publish(TopicArn=topic, Message="x" * 2**18)
        assert len(cloud.bucket("lake").keys) == number // 3
    firehose.put_record(**LOGS, Record={"Data": bytes(10**6)})
    sns.publish(TopicArn=topic, Message="x" * (2**20 - 10**6 - 1))
    assert len(cloud.bucket("lake").keys) == 1
    sns.publish(TopicArn=topic, Message="x")
    assert len(cloud.bucket("lake").keys) == 2
    # One that makes it just large enough is its last, whatever came with it.
    firehose.put_record_batch(**LOGS, Records=[{"Data": bytes(2**19)}] * 2 + [{"Data": b"next"}])
    assert [len(one.body) for one in cloud.bucket("lake").objects] == [2**20] * 3
    cloud.clock.advance(60)
    assert sorted(len(one.body) for one in cloud.bucket("lake").objects) == [len(b"next"), *[2**20] * 3]
    assert firehose.put_record(**LOGS, Record={"Data": b""})["RecordId"]
    large = {"Data": bytes(1_024_001)}
    words = "failed to satisfy constraint: Member must have length less than or equal to 1024000"
    one = f"1 validation error detected: Value at 'record.data' {words}"
    assert refusal(firehose.put_record, **LOGS, Record=large) == ("ValidationException", one)
    second = f"1 validation error detected: Value at 'records.2.member.data' {words}"
    records = [{"Data": b"a"}, large]
    assert refusal(firehose.put_record_batch, **LOGS, Records=records) == ("ValidationException", second)
    cloud.run_until_idle()
    assert b"" in [one.body for one in cloud.bucket("lake").objects]

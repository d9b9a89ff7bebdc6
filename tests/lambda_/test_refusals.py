"""What Lambda refuses, and says of it; code in buckets; the conditions of permissions; answers that are no JSON."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest

import minicloud
from tests.support.answers import refusal
from tests.support.notes import Noted

from .archives import ROLE, archive

PLACE = "us-east-1:123456789012"
FUNCTION = f"arn:aws:lambda:{PLACE}:function:bill"
QUEUE = f"arn:aws:sqs:{PLACE}:orders"
STREAM = f"arn:aws:kinesis:{PLACE}:stream/clicks"
INVALID = "InvalidParameterValueException"


def of_source(arn: str, **params: Any) -> dict[str, Any]:
    return {"FunctionName": "bill", "EventSourceArn": arn, **params}


def code(**params: Any) -> dict[str, Any]:
    given = {"FunctionName": "new", "Role": ROLE, "Runtime": "python3.12", "Handler": "app.handler"}
    return {**given, "Code": {"ZipFile": archive("x = 1")}, **params}


NOT_GOT = "Error occurred while GetObject. S3 Error Code: {}. S3 Error Message: {}"
LATEST = {"StartingPosition": "LATEST"}
PAST, FUTURE = datetime(2025, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
FILTERS = {"FilterCriteria": {"Filters": [{"Pattern": "{}"}] * 11}}
CONTEXT = "Client context must be a valid Base64-encoded JSON object."


def encoded(value: Any) -> str:
    return b64encode(json.dumps(value).encode()).decode()


WANTED: list[tuple[str, dict[str, Any], str, str]] = [
    ("create_function", code(Code={}), INVALID, "Please provide a source for function code."),
    ("create_function", code(Code={"S3Bucket": "code"}), INVALID, "Please provide a source for function code."),
    (
        "create_function",
        code(Code={"S3Bucket": "none-of-them", "S3Key": "k"}),
        INVALID,
        NOT_GOT.format("NoSuchBucket", "The specified bucket does not exist"),
    ),
    (
        "create_function",
        code(Code={"S3Bucket": "code", "S3Key": "k"}),
        INVALID,
        NOT_GOT.format("NoSuchKey", "The specified key does not exist."),
    ),
    ("create_function", code(Code={"ZipFile": b""}), INVALID, "Uploaded file must be a non-empty zip"),
    (
        "create_function",
        code(Code={"S3Bucket": "code", "S3Key": "text"}),
        INVALID,
        "Could not unzip uploaded file. Please check your file, then try to upload again.",
    ),
    (
        "create_function",
        {"FunctionName": "new", "Role": ROLE, "PackageType": "Image", "Code": {"ZipFile": archive("")}},
        INVALID,
        "Please provide a valid ECR image URI.",
    ),
    (
        "create_function",
        code(PackageType="Image", Code={"ImageUri": "i"}),
        INVALID,
        "Runtime and Handler can not be specified for container images.",
    ),
    (
        "create_function",
        code(DeadLetterConfig={"TargetArn": f"{QUEUE}.fifo"}),
        INVALID,
        f"The dead-letter target {QUEUE}.fifo is neither a standard queue nor a standard topic.",
    ),
    (
        "get_function_event_invoke_config",
        {"FunctionName": "bill:1", "Qualifier": "2"},
        INVALID,
        "The derived qualifier from the function name does not match the specified qualifier.",
    ),
    (
        "update_alias",
        {"FunctionName": "bill", "Name": "live", "FunctionVersion": "7"},
        "ResourceNotFoundException",
        f"Function not found: {FUNCTION}:7",
    ),
    (
        "update_alias",
        {"FunctionName": "bill", "Name": "live", "RevisionId": "x"},
        "PreconditionFailedException",
        "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve "
        "the latest Revision Id",
    ),
    (
        "tag_resource",
        {"Resource": f"{FUNCTION}:1", "Tags": {"a": "b"}},
        INVALID,
        "Tags on function aliases and versions are not supported. Please specify a function ARN.",
    ),
    *(
        ("invoke", {"FunctionName": "bill", "ClientContext": text}, "InvalidRequestContentException", CONTEXT)
        for text in ("?", "e3?0=", b64encode(b"{").decode(), encoded([1]), encoded({"a": "x" * 3583}))
    ),
    ("create_event_source_mapping", of_source(f"arn:aws:sns:{PLACE}:t"), INVALID, "Unrecognized event source."),
    (
        "create_event_source_mapping",
        of_source(QUEUE, **FILTERS),
        INVALID,
        "The number of filters must not be greater than 10.",
    ),
    (
        "create_event_source_mapping",
        of_source(QUEUE, BatchSize=11),
        INVALID,
        "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
    ),
    (
        "create_event_source_mapping",
        of_source(QUEUE, ParallelizationFactor=2),
        INVALID,
        "Unsupported ParallelizationFactor parameter for given event source mapping type.",
    ),
    (
        "create_event_source_mapping",
        of_source(STREAM, **LATEST, StartingPositionTimestamp=PAST),
        INVALID,
        "StartingPositionTimestamp is only valid with StartingPosition AT_TIMESTAMP.",
    ),
    (
        "create_event_source_mapping",
        of_source(STREAM, StartingPosition="AT_TIMESTAMP"),
        INVALID,
        "StartingPositionTimestamp must be specified for StartingPosition AT_TIMESTAMP.",
    ),
    (
        "create_event_source_mapping",
        of_source(STREAM, StartingPosition="AT_TIMESTAMP", StartingPositionTimestamp=FUTURE),
        INVALID,
        "StartingPositionTimestamp must not be in the future.",
    ),
    (
        "create_event_source_mapping",
        of_source(STREAM, **LATEST, MaximumRecordAgeInSeconds=59),
        "ValidationException",
        "1 validation error detected: Value '59' at 'maximumRecordAgeInSeconds' failed to satisfy constraint: Member "
        "must have value greater than or equal to 60",
    ),
    (
        "create_event_source_mapping",
        of_source(STREAM, **LATEST, FilterCriteria={"Filters": [{}] * 1001}),
        "ValidationException",
        "1 validation error detected: Value at 'filterCriteria.filters' failed to satisfy constraint: Member must have "
        "length less than or equal to 1000",
    ),
    (
        "create_event_source_mapping",
        of_source(STREAM, **LATEST, DestinationConfig={"OnSuccess": {"Destination": QUEUE}}),
        INVALID,
        "Unsupported DestinationConfig parameter for given event source mapping type.",
    ),
    (
        "create_event_source_mapping",
        of_source(STREAM, **LATEST, ScalingConfig={"MaximumConcurrency": 2}),
        INVALID,
        "Unsupported ScalingConfig parameter for given event source mapping type.",
    ),
]


def test_what_is_refused_has_changed_nothing(cloud: minicloud.Cloud, lambda_: Any, make_function: Any) -> None:
    make_function()
    lambda_.publish_version(FunctionName="bill")
    lambda_.create_alias(FunctionName="bill", Name="live", FunctionVersion="1")
    cloud.client("sqs").create_queue(QueueName="orders")
    cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="text", Body=b"text")
    wrong = []
    for method, params, name, message in WANTED:
        told = refusal(getattr(lambda_, method), **params)
        if told != (name, message):
            wrong.append(f"{method} {params}: {told}")
    assert not wrong, "\n".join(wrong)
    assert [one["FunctionName"] for one in lambda_.list_functions()["Functions"]] == ["bill"]
    assert lambda_.list_event_source_mappings()["EventSourceMappings"] == []
    assert lambda_.get_alias(FunctionName="bill", Name="live")["FunctionVersion"] == "1"
    assert len(cloud.invocations) == 0


@pytest.mark.parametrize("source", [QUEUE, STREAM])
def test_a_mapping_may_have_ten_filters(cloud: minicloud.Cloud, lambda_: Any, source: str) -> None:
    cloud.function("bill", lambda *_: None)
    cloud.client("sqs").create_queue(QueueName="orders")
    cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    more: Any = {} if source == QUEUE else LATEST
    ten = [{"Pattern": json.dumps({"a": [number]})} for number in range(10)]
    made = lambda_.create_event_source_mapping(**of_source(source, **more, FilterCriteria={"Filters": ten}))
    assert made["FilterCriteria"]["Filters"] == ten


@pytest.mark.parametrize(
    ("name", "given", "empty"),
    [
        ("FilterCriteria", {"Filters": [{"Pattern": '{"body": ["a"]}'}]}, {}),
        ("FilterCriteria", {"Filters": [{"Pattern": '{"body": ["a"]}'}]}, {"Filters": []}),
        ("KMSKeyArn", f"arn:aws:kms:{PLACE}:key/k", ""),
        ("MetricsConfig", {"Metrics": ["EventCount"]}, {}),
        ("ProvisionedPollerConfig", {"MinimumPollers": 2, "MaximumPollers": 3}, {}),
        ("ScalingConfig", {"MaximumConcurrency": 2}, {}),
    ],
)
def test_what_is_empty_takes_a_setting_away(cloud: minicloud.Cloud, name: str, given: Any, empty: Any) -> None:
    """Older releases of botocore do not know all of them."""
    lambda_: Any = cloud.client("lambda")
    cloud.function("bill", lambda *_: None)
    cloud.client("sqs").create_queue(QueueName="orders")
    made = lambda_.create_event_source_mapping(**of_source(QUEUE), **{name: given})
    assert made[name] == given
    kept = lambda_.update_event_source_mapping(UUID=made["UUID"], BatchSize=5)
    assert kept[name] == given
    assert name not in lambda_.update_event_source_mapping(UUID=made["UUID"], **{name: empty})
    assert name not in lambda_.get_event_source_mapping(UUID=made["UUID"])


def test_what_a_mapping_is_changed_to_is_looked_at(cloud: minicloud.Cloud, noted: Noted) -> None:
    lambda_: Any = cloud.client("lambda")
    cloud.function("bill", lambda *_: None)
    cloud.client("sqs").create_queue(QueueName="orders")
    uuid = lambda_.create_event_source_mapping(**of_source(QUEUE))["UUID"]
    update = lambda_.update_event_source_mapping
    code, text = refusal(update, UUID=uuid, BatchSize=10_001)
    assert (code, "at 'batchSize' failed" in text) == ("ValidationException", True)
    with pytest.raises(minicloud.UsageError, match=r"^SourceAccessConfigurations is for mappings of Kafka"):
        update(UUID=uuid, SourceAccessConfigurations=[{"Type": "BASIC_AUTH"}])
    (note,) = noted(update, INVALID, UUID=uuid, FunctionName="bil")
    assert "bill" in note
    for name in ("bil:live", f"{FUNCTION[:-1]}"):
        assert noted(update, INVALID, UUID=uuid, FunctionName=name) == [note]
    assert lambda_.get_event_source_mapping(UUID=uuid)["BatchSize"] == 10


def test_what_is_told_of_logs_of_mappings_is_refused(cloud: minicloud.Cloud) -> None:
    """Neither kind of source has them; older releases of botocore do not know the parameter."""
    lambda_: Any = cloud.client("lambda")
    cloud.function("bill", lambda *_: None)
    cloud.client("sqs").create_queue(QueueName="orders")
    cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    message = "Unsupported LoggingConfig parameter for given event source mapping type."
    for given in (of_source(QUEUE), of_source(STREAM, **LATEST)):
        logs: Any = {"LoggingConfig": {"SystemLogLevel": "INFO"}}
        assert refusal(lambda_.create_event_source_mapping, **given, **logs) == (INVALID, message)


def test_the_function_of_another_region_is_noted(cloud: minicloud.Cloud, noted: Noted) -> None:
    cloud.client("lambda", region_name="eu-west-1")
    cloud.function("arn:aws:lambda:eu-west-1:123456789012:function:bill", lambda *_: None)
    lambda_ = cloud.client("lambda", region_name="us-east-1")
    (note,) = noted(lambda_.get_function, "ResourceNotFoundException", FunctionName="bill")
    assert note == (
        "there is a function of this name in eu-west-1, and this call went to us-east-1: make the client with "
        'region_name="eu-west-1"'
    )
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:bill"
    (note,) = noted(lambda_.get_function, "ResourceNotFoundException", FunctionName=arn)
    assert "eu-west-1" in note
    assert "us-east-1" in note
    there = cloud.client("lambda", region_name="eu-west-1")
    there.publish_version(FunctionName="bill")
    there.create_alias(FunctionName="bill", Name="live", FunctionVersion="1")
    (note,) = noted(there.get_function, "ResourceNotFoundException", FunctionName="bill", Qualifier="7")
    assert note == "the function 'bill' has 1, live"


def test_two_ways_of_scaling_at_once(cloud: minicloud.Cloud) -> None:
    lambda_: Any = cloud.client("lambda")  # older releases of botocore do not know the second
    cloud.function("bill", lambda *_: None)
    cloud.client("sqs").create_queue(QueueName="orders")
    both: Any = {
        "ScalingConfig": {"MaximumConcurrency": 2},
        "ProvisionedPollerConfig": {"MinimumPollers": 2, "MaximumPollers": 3},
    }
    message = "ScalingConfig and ProvisionedPollerConfig cannot both be specified."
    assert refusal(lambda_.create_event_source_mapping, **of_source(QUEUE, **both)) == (INVALID, message)


def test_what_is_not_here_is_told(cloud: minicloud.Cloud) -> None:
    lambda_ = cloud.client("lambda")
    cloud.function("bill", lambda *_: None)
    cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    for arn, what in [
        (f"arn:aws:dynamodb:{PLACE}:table/t/stream/s", "DynamoDB streams"),
        (f"arn:aws:kafka:{PLACE}:cluster/c/1", "Kafka"),
        (f"arn:aws:mq:{PLACE}:broker:b:1", "Amazon MQ"),
        (f"arn:aws:rds:{PLACE}:cluster:c", "DocumentDB"),
        (f"arn:aws:docdb:{PLACE}:cluster:c", "DocumentDB"),
    ]:
        with pytest.raises(minicloud.UsageError) as caught:
            lambda_.create_event_source_mapping(FunctionName="bill", EventSourceArn=arn)
        assert str(caught.value) == (
            f"minicloud maps functions to queues and streams, not to {what}: have the test call the function itself, "
            "by invoke() or as a plain call, with the event that it would get"
        )
    given: Any = of_source(STREAM, **LATEST)
    for more, what in [
        *(
            (
                {name: value},
                f"{name} is for mappings of {of}, which minicloud does not emulate: take it out of the call",
            )
            for name, value, of in [
                ("AmazonManagedKafkaEventSourceConfig", {"ConsumerGroupId": "g"}, "Kafka"),
                ("DocumentDBEventSourceConfig", {"DatabaseName": "d"}, "DocumentDB"),
                ("Queues", ["q"], "Amazon MQ"),
                ("SelfManagedEventSource", {"Endpoints": {}}, "Kafka"),
                ("SelfManagedKafkaEventSourceConfig", {"ConsumerGroupId": "g"}, "Kafka"),
                ("SourceAccessConfigurations", [{"Type": "BASIC_AUTH"}], "Kafka and Amazon MQ"),
                ("Topics", ["t"], "Kafka"),
            ]
        ),
        (
            {"TumblingWindowInSeconds": 10, "ParallelizationFactor": 2},
            "minicloud knows no tumbling windows of shards that are handled in parallel, of which AWS says nothing: "
            "leave out TumblingWindowInSeconds or ParallelizationFactor",
        ),
        (
            {"DestinationConfig": {"OnFailure": {"Destination": "arn:aws:s3:::bucket"}}},
            "minicloud writes no records of discarded batches into buckets: give a queue or a topic as the destination",
        ),
    ]:
        with pytest.raises(minicloud.UsageError) as caught:
            lambda_.create_event_source_mapping(**given, **more)
        assert str(caught.value) == what
    for of, what in (("s3:::bucket", "buckets"), (f"events:{PLACE}:event-bus/b", "event buses")):
        with pytest.raises(minicloud.UsageError) as caught:
            lambda_.put_function_event_invoke_config(
                FunctionName="bill", DestinationConfig={"OnFailure": {"Destination": f"arn:aws:{of}"}}
            )
        assert str(caught.value) == (
            f"minicloud writes no records of events to {what}: give a queue, a topic or a function as the destination"
        )
    for name, value in (("TenantId", "t"), ("DurableExecutionName", "d")):
        with pytest.raises(minicloud.UsageError, match=f"^minicloud does not emulate {name} of Invoke: leave it out$"):
            lambda_.invoke(FunctionName="bill", **{name: value})
    unknown = "no code-signing-configs of Lambda to tag: it has functions and event source mappings$"
    with pytest.raises(minicloud.UsageError, match=unknown):
        lambda_.list_tags(Resource=f"arn:aws:lambda:{PLACE}:code-signing-config:csc-0123456789abcdef0")


def test_code_in_a_bucket_and_what_a_function_is_set_to(cloud: minicloud.Cloud, lambda_: Any) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="code")
    s3.put_bucket_versioning(Bucket="code", VersioningConfiguration={"Status": "Enabled"})
    source = "def handler(event, context):\n    return {}\n"
    first = s3.put_object(Bucket="code", Key="k", Body=archive(source.format(1)))["VersionId"]
    s3.put_object(Bucket="code", Key="k", Body=archive(source.format(2)))
    place = {"S3Bucket": "code", "S3Key": "k"}
    key = f"arn:aws:kms:{PLACE}:key/k"
    lambda_.create_function(**code(Code=place, KMSKeyArn=key, SnapStart={"ApplyOn": "PublishedVersions"}))
    assert json.loads(lambda_.invoke(FunctionName="new")["Payload"].read()) == 2
    lambda_.update_function_code(FunctionName="new", **place, S3ObjectVersion=first)
    assert json.loads(lambda_.invoke(FunctionName="new")["Payload"].read()) == 1
    shown = lambda_.get_function_configuration(FunctionName="new")
    assert (shown["KMSKeyArn"], shown["SnapStart"]) == (
        key,
        {"ApplyOn": "PublishedVersions", "OptimizationStatus": "Off"},
    )
    lambda_.update_function_configuration(FunctionName="new", Runtime="python3.13", Description="d")
    shown = lambda_.get_function_configuration(FunctionName="new")
    assert (shown["Runtime"], shown["Description"], shown["LastUpdateStatus"]) == ("python3.13", "d", "Successful")
    code_, text = refusal(lambda_.update_function_configuration, FunctionName="new", Runtime="cobol")
    assert (code_, "Value cobol at 'runtime' failed" in text) == (INVALID, True)


def test_conditions_of_permissions(lambda_: Any, function: str) -> None:
    """Each parameter of AddPermission is a condition of the statement; each kind of a principal has its place."""
    conditions = {
        "SourceArn": (QUEUE, "ArnLike", "AWS:SourceArn"),
        "SourceAccount": ("123456789012", "StringEquals", "AWS:SourceAccount"),
        "EventSourceToken": ("token", "StringEquals", "lambda:EventSourceToken"),
        "PrincipalOrgID": ("o-0123456789", "StringEquals", "aws:PrincipalOrgID"),
        "FunctionUrlAuthType": ("NONE", "StringEquals", "lambda:FunctionUrlAuthType"),
    }
    for name, (value, how, key) in conditions.items():
        given = {"FunctionName": function, "StatementId": name, "Action": "lambda:InvokeFunction", "Principal": "*"}
        if name == "FunctionUrlAuthType":
            given["Action"] = "lambda:InvokeFunctionUrl"
        statement = json.loads(lambda_.add_permission(**given, **{name: value})["Statement"])
        assert statement == {
            "Sid": name,
            "Effect": "Allow",
            "Principal": "*",
            "Action": given["Action"],
            "Resource": function,
            "Condition": {how: {key: value}},
        }
    user = "arn:aws:iam::123456789012:user/ann"
    for number, (principal, shown) in enumerate(
        [
            ("123456789012", {"AWS": "arn:aws:iam::123456789012:root"}),
            (user, {"AWS": user}),
            ("sqs.amazonaws.com", {"Service": "sqs.amazonaws.com"}),
        ]
    ):
        given = {"FunctionName": function, "StatementId": f"p{number}", "Action": "lambda:InvokeFunction"}
        statement = json.loads(lambda_.add_permission(**given, Principal=principal)["Statement"])
        assert (statement["Principal"], "Condition" in statement) == (shown, False)
    given = {"FunctionName": function, "StatementId": "bad", "Action": "lambda:InvokeFunction"}
    assert refusal(lambda_.add_permission, **given, Principal="12345") == (
        INVALID,
        "The provided principal was invalid. Please check the principal and try again.",
    )
    policy = json.loads(lambda_.get_policy(FunctionName=function)["Policy"])
    assert (policy["Version"], policy["Id"], len(policy["Statement"])) == ("2012-10-17", "default", 8)


@pytest.mark.parametrize("limit", [0, 1])
def test_answers_that_are_no_json(cloud: minicloud.Cloud, limit: int) -> None:
    answers = [{1, 2}, float("nan")]
    words = ["Object of type set is not JSON serializable", "Out of range float values are not JSON compliant"]
    cloud.function("bill", lambda *_: answers[limit])
    found = cloud.client("lambda").invoke(FunctionName="bill")
    told = json.loads(found["Payload"].read())
    assert (found["FunctionError"], told["errorType"]) == ("Unhandled", "Runtime.MarshalError")
    assert words[limit] in told["errorMessage"]


def test_what_a_refusal_does_not_say_is_noted(cloud: minicloud.Cloud, noted: Noted) -> None:
    lambda_ = cloud.client("lambda")
    missing = "ResourceNotFoundException"
    uuid = "12345678-1234-1234-1234-123456789012"
    assert noted(lambda_.get_event_source_mapping, missing, UUID=uuid) == ["there is no mapping here"]
    cloud.function("bill", lambda *_: None)
    cloud.client("sqs").create_queue(QueueName="orders")
    cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    made = lambda_.create_event_source_mapping(**of_source(QUEUE))["UUID"]
    assert noted(lambda_.get_event_source_mapping, missing, UUID=uuid) == [f"there are the mappings {made}"]
    assert noted(lambda_.get_function, missing, FunctionName="bill", Qualifier="7") == [
        "the function 'bill' has no version and no alias yet: publish_version() makes one"
    ]
    invalid = "InvalidParameterValueException"
    for source, pattern, note in (
        (of_source(STREAM, **LATEST), {}, 'a filter has a Pattern, which is a text: {"Pattern": "{\\"body\\": …}"}'),
        (
            of_source(STREAM, **LATEST),
            {"Pattern": '{"data": ["click"]}'},
            "a filter sees the data of records as JSON: give the fields that it is to have, as in "
            '{"data": {"kind": ["click"]}}',
        ),
    ):
        given: Any = {**source, "FilterCriteria": {"Filters": [pattern]}}
        assert noted(lambda_.create_event_source_mapping, invalid, **given) == [note]

"""Who is told of what happens in a bucket, and in which words."""

from __future__ import annotations

import json
import re
import tracemalloc
from hashlib import md5
from typing import Any

import pytest

import minicloud
from tests.s3.conftest import records_of

PUT = "put_bucket_notification_configuration"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:uploads"


def rules(prefix: str = "", suffix: str = "") -> dict[str, Any]:
    found = [{"Name": "prefix", "Value": prefix}] if prefix else []
    found += [{"Name": "suffix", "Value": suffix}] if suffix else []
    return {"Key": {"FilterRules": found}}


def entry(arn: str = QUEUE, *events: str, **more: Any) -> dict[str, Any]:
    return {"QueueArn": arn, "Events": list(events) or ["s3:ObjectCreated:*"], **more}


def configure(s3: Any, *queues: Any, **more: Any) -> None:
    configuration = {"QueueConfigurations": list(queues), **more} if queues else more
    s3.put_bucket_notification_configuration(Bucket="photos", NotificationConfiguration=configuration)


def test_later_events_of_a_key_have_greater_sequencers_whichever_region_its_clients_are_of(
    make_client: Any, s3: Any, bucket: str, queue: str, cloud: minicloud.Cloud
) -> None:
    configure(s3, entry(QUEUE, "s3:ObjectCreated:*", "s3:ObjectRemoved:*"))
    place, elsewhere = {"Bucket": bucket, "Key": "k"}, make_client("s3", "eu-west-1")
    elsewhere.put_object(**place, Body=b"1")
    elsewhere.delete_object(**place)
    s3.put_object(**place, Body=b"2")
    upload = {**place, "UploadId": elsewhere.create_multipart_upload(**place)["UploadId"]}
    part = {"PartNumber": 1, "ETag": elsewhere.upload_part(**upload, PartNumber=1, Body=b"3")["ETag"]}
    elsewhere.complete_multipart_upload(**upload, MultipartUpload={"Parts": [part]})
    s3.copy_object(**place, CopySource=place, MetadataDirective="REPLACE")
    elsewhere.copy_object(**place, CopySource=place, MetadataDirective="REPLACE")
    s3.delete_object(**place)
    sequencers = [record["s3"]["object"]["sequencer"] for record in records_of(cloud)]
    assert sequencers == sorted({*sequencers})
    assert len(sequencers) == 7


def test_the_record_of_an_upload(s3: Any, bucket: str, queue: str, cloud: minicloud.Cloud) -> None:
    configure(s3, entry(Id="all", Filter=rules("in/", ".png")))
    (test,) = cloud.queue("uploads").bodies
    hello = json.loads(test)
    assert list(hello) == ["Service", "Event", "Time", "Bucket", "RequestId", "HostId"]
    assert (hello["Event"], hello["Time"], hello["Bucket"]) == ("s3:TestEvent", "2026-01-01T00:00:00.000Z", "photos")
    cloud.clock.advance(1.25)
    answer = s3.put_object(Bucket=bucket, Key="in/cat 1@ü.png", Body=b"hello")
    s3.put_object(Bucket=bucket, Key="out/a.png", Body=b"")
    s3.put_object(Bucket=bucket, Key="in/a.jpg", Body=b"")
    (record,) = records_of(cloud)
    metadata = answer["ResponseMetadata"]
    principal = record["userIdentity"]["principalId"]
    owner = record["s3"]["bucket"]["ownerIdentity"]["principalId"]
    sequencer = record["s3"]["object"]["sequencer"]
    expected = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "us-east-1",
        "eventTime": "2026-01-01T00:00:01.250Z",
        "eventName": "ObjectCreated:Put",
        "userIdentity": {"principalId": principal},
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "responseElements": {"x-amz-request-id": metadata["RequestId"], "x-amz-id-2": metadata["HostId"]},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "all",
            "bucket": {"name": "photos", "ownerIdentity": {"principalId": owner}, "arn": "arn:aws:s3:::photos"},
            "object": {
                "key": "in/cat+1%40%C3%BC.png",
                "size": 5,
                "eTag": answer["ETag"].strip('"'),
                "sequencer": sequencer,
            },
        },
    }
    assert json.dumps(record) == json.dumps(expected)  # in this order
    assert re.fullmatch("AWS:AIDA[A-Z0-9]{17}", principal)
    assert re.fullmatch("A[A-Z0-9]{13}", owner)
    assert re.fullmatch("[0-9A-F]{16,18}", sequencer)
    cloud.clock.advance(3600)
    s3.put_object(Bucket=bucket, Key="in/cat 1@ü.png", Body=b"hello")
    assert records_of(cloud)[1]["s3"]["object"]["sequencer"] > sequencer
    (event, _) = cloud.bucket(bucket).events
    assert (event.name, event.key, event.to) == ("ObjectCreated:Put", "in/cat 1@ü.png", [QUEUE])
    assert event.message["Records"] == [record]
    assert repr(event) == "<ObjectCreated:Put of in/cat 1@ü.png to uploads>"


def test_every_event_has_its_members(s3: Any, bucket: str, queue: str, cloud: minicloud.Cloud) -> None:
    created, removed, tagged = (f"s3:Object{name}:*" for name in ("Created", "Removed", "Tagging"))
    configure(s3, entry(QUEUE, created, removed, tagged, "s3:ObjectRestore:*", "s3:ObjectAcl:Put"))
    place = {"Bucket": bucket, "Key": "k"}
    s3.put_object(**place, Body=b"x", StorageClass="GLACIER")
    s3.put_object_tagging(**place, Tagging={"TagSet": []})
    s3.delete_object_tagging(**place)
    s3.put_object_acl(**place, ACL="bucket-owner-full-control")
    s3.put_object_acl(**place, ACL="bucket-owner-full-control")
    s3.restore_object(**place, RestoreRequest={"Days": 1, "GlacierJobParameters": {"Tier": "Expedited"}})
    cloud.clock.advance(300)
    s3.delete_object(**place)
    s3.delete_object(**place)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    one = s3.put_object(**place, Body=b"x")["VersionId"]
    marker = s3.delete_object(**place)["VersionId"]
    s3.delete_object(**place, VersionId=one)
    s3.delete_object(**place, VersionId=marker)
    whole = "key size eTag sequencer"
    seen = [
        (one["eventName"], one["eventVersion"], " ".join(one["s3"]["object"]), one["s3"]["object"].get("versionId"))
        for one in records_of(cloud)
    ]
    assert seen == [
        ("ObjectCreated:Put", "2.1", whole, None),
        ("ObjectTagging:Put", "2.3", "key eTag", None),
        ("ObjectTagging:Delete", "2.3", "key eTag", None),
        ("ObjectAcl:Put", "2.3", "key eTag", None),
        ("ObjectRestore:Post", "2.1", whole, None),
        ("ObjectRestore:Completed", "2.1", whole, None),
        ("ObjectRemoved:Delete", "2.1", "key sequencer", None),
        ("ObjectCreated:Put", "2.1", "key size eTag versionId sequencer", one),
        ("ObjectRemoved:DeleteMarkerCreated", "2.1", "key eTag versionId sequencer", marker),
        ("ObjectRemoved:Delete", "2.1", "key versionId sequencer", one),
        ("ObjectRemoved:Delete", "2.1", "key versionId sequencer", marker),
    ]
    records = records_of(cloud)
    ordered = [one["s3"]["object"]["sequencer"] for one in records if "sequencer" in one["s3"]["object"]][3:]
    assert len(ordered) == 5
    assert ordered == sorted(set(ordered))  # though all of it is of one second
    assert records[8]["s3"]["object"]["eTag"] == "d41d8cd98f00b204e9800998ecf8427e"
    restored = records[5]
    assert restored["userIdentity"]["principalId"].startswith("AmazonCustomer:A")
    assert restored["glacierEventData"] == {
        "restoreEventData": {
            "lifecycleRestorationExpiryTime": "2026-01-03T00:00:00.000Z",
            "lifecycleRestoreStorageClass": "GLACIER",
        }
    }


def test_topics_and_functions_are_told(cloud: minicloud.Cloud) -> None:
    s3, sns, sqs = cloud.client("s3"), cloud.client("sns"), cloud.client("sqs")
    s3.create_bucket(Bucket="photos")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sqs.create_queue(QueueName="of-topic")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue("of-topic").arn)
    seen: list[Any] = []
    function = cloud.function("thumbnail", lambda event, _: seen.append(event))
    configure(
        s3,
        TopicConfigurations=[{"TopicArn": topic, "Events": ["s3:ObjectCreated:Put"]}],
        LambdaFunctionConfigurations=[{"LambdaFunctionArn": function, "Events": ["s3:ObjectRemoved:*"]}],
    )
    s3.put_object(Bucket="photos", Key="a b", Body=b"x")
    s3.delete_objects(Bucket="photos", Delete={"Objects": [{"Key": "a b"}, {"Key": "nobody"}]})
    first, second = [json.loads(body) for body in cloud.queue("of-topic").bodies]
    assert (first["Subject"], second["Subject"]) == ("Amazon S3 Notification",) * 2
    assert json.loads(first["Message"])["Event"] == "s3:TestEvent"
    assert json.loads(second["Message"])["Records"][0]["s3"]["object"]["key"] == "a+b"
    (event,) = seen
    assert [one["eventName"] for one in event["Records"]] == ["ObjectRemoved:Delete"]
    assert (cloud.invocations.last.trigger, cloud.invocations.last.outcome) == ("s3:photos", "success")
    text = cloud.trace.render()
    assert "a b put, 1 byte" in text
    assert "topic t told of ObjectCreated:Put of a b" in text
    assert "function thumbnail told of ObjectRemoved:Delete of a b" in text
    sns.delete_topic(TopicArn=topic)
    s3.put_object(Bucket="photos", Key="lost", Body=b"x")
    assert "topic t could not be told of ObjectCreated:Put of lost" in cloud.trace.render()


def test_events_that_no_call_causes(cloud: minicloud.Cloud) -> None:
    s3, sqs = cloud.client("s3"), cloud.client("sqs")
    s3.create_bucket(Bucket="photos")
    sqs.create_queue(QueueName="uploads")
    configure(s3, entry(cloud.queue("uploads").arn, "s3:LifecycleExpiration:*", "s3:ObjectCreated:*"))
    s3.put_object(Bucket="photos", Key="k", Body=b"12")
    cloud.s3_event("photos", "k", "s3:LifecycleExpiration:Delete")
    cloud.s3_event("photos", "new", size=7, eTag='"e\\', versionId='"v', sourceIPAddress="10.0.0.1")
    _, expired, new = records_of(cloud)
    assert (expired["eventName"], list(expired["s3"]["object"])) == ("LifecycleExpiration:Delete", ["key", "sequencer"])
    assert expired["userIdentity"]["principalId"].startswith("AmazonCustomer:")
    assert new["s3"]["object"] | {"sequencer": ""} == {
        "key": "new",
        "size": 7,
        "eTag": '"e\\',
        "versionId": '"v',
        "sequencer": "",
    }
    assert new["requestParameters"] == {"sourceIPAddress": "10.0.0.1"}
    for wrong, text in (
        ({"name": "ObjectCreated:Putt"}, "did you mean 'ObjectCreated:Put'"),
        ({"siz": 1}, "did you mean 'size'"),
        ({"size": "1"}, "give the number of bytes"),
        ({"eTag": 1}, "give a string"),
        ({"glacierEventData": {1j}}, "what JSON can hold"),
    ):
        with pytest.raises(minicloud.UsageError, match=text):
            cloud.s3_event("photos", "k", **wrong)  # type: ignore[arg-type]
    with pytest.raises(minicloud.UsageError, match="no bucket"):
        cloud.s3_event("nobody", "k")


# Record: version, who, object's members; EventBridge: the detail type, object's members, what more its detail has.
_ALL = "key size eTag sequencer"
_ALL_ON_BUS = "key size etag sequencer"
EVENTS: dict[str, tuple[bool, str, str, str | None, str, dict[str, str]]] = {
    **{
        f"ObjectCreated:{name}": (True, "2.1", _ALL, "Object Created", _ALL_ON_BUS, {"reason": reason})
        for name, reason in {
            "Put": "PutObject",
            "Post": "POST Object",
            "Copy": "CopyObject",
            "CompleteMultipartUpload": "CompleteMultipartUpload",
        }.items()
    },
    **{
        f"{kind}:{name}": (
            caller,
            "2.1",
            members,
            "Object Deleted",
            on_bus,
            {"reason": reason, "deletion-type": deletion},
        )
        for kind, caller, reason in (
            ("ObjectRemoved", True, "DeleteObject"),
            ("LifecycleExpiration", False, "Lifecycle Expiration"),
        )
        for name, members, on_bus, deletion in (
            ("Delete", "key sequencer", "key sequencer", "Permanently Deleted"),
            ("DeleteMarkerCreated", "key eTag sequencer", "key etag sequencer", "Delete Marker Created"),
        )
    },
    "ObjectRestore:Post": (
        *(True, "2.1", _ALL, "Object Restore Initiated", "key size etag", {"source-storage-class": "GLACIER"}),
    ),
    "ObjectRestore:Completed": (
        *(False, "2.1", _ALL, "Object Restore Completed", _ALL_ON_BUS, {"source-storage-class": "GLACIER"}),
    ),
    "ObjectRestore:Delete": (False, "2.1", "key sequencer", "Object Restore Expired", "key sequencer", {}),
    "LifecycleTransition": (
        *(False, "2.1", _ALL, "Object Storage Class Changed", _ALL_ON_BUS, {"destination-storage-class": "GLACIER"}),
    ),
    "IntelligentTiering": (False, "2.1", _ALL, "Object Access Tier Changed", _ALL_ON_BUS, {}),
    "ObjectAcl:Put": (True, "2.3", "key eTag", "Object ACL Updated", "key etag", {}),
    "ObjectTagging:Put": (True, "2.3", "key eTag", "Object Tags Added", "key etag", {}),
    "ObjectTagging:Delete": (True, "2.3", "key eTag", "Object Tags Deleted", "key etag", {}),
    # Of these EventBridge is not told.
    "ReducedRedundancyLostObject": (True, "2.1", _ALL, None, "", {}),
    **{
        f"Replication:Operation{name}": (False, "2.1", _ALL, None, "", {})
        for name in ("FailedReplication", "MissedThreshold", "ReplicatedAfterThreshold", "NotTracked")
    },
}
"""[S3 user guide: event message structure, and EventBridge's; recorded]"""
DETAIL = ("version", "bucket", "object", "request-id", "requester", "source-ip-address")


@pytest.mark.parametrize("version_id", ["null", "v" * 32])
def test_what_each_event_says(cloud: minicloud.Cloud, version_id: str) -> None:
    s3, sqs = cloud.client("s3"), cloud.client("sqs")
    s3.create_bucket(Bucket="photos")
    sqs.create_queue(QueueName="uploads")
    kinds = sorted({name.partition(":")[0] + (":*" if ":" in name else "") for name in EVENTS} - {"ObjectAcl:*"})
    queue = entry(cloud.queue("uploads").arn, "s3:ObjectAcl:Put", *(f"s3:{kind}" for kind in kinds))
    configure(s3, queue, EventBridgeConfiguration={})
    wrong, count = [], 0
    for name, (has_caller, version, members, detail_type, on_bus, more) in EVENTS.items():
        cloud.s3_event("photos", "k", name, versionId=version_id, storageClass="GLACIER", size=3, eTag="e")
        record = records_of(cloud)[-1]
        shown = record["s3"]["object"]
        ids = [set[str](), set[str]()] if version_id == "null" else [{"versionId"}, {"version-id"}]
        who = record["userIdentity"]["principalId"].partition(":")[0]
        found = [record["eventName"], record["eventVersion"], who, {*shown}, len(record)]
        if found != [name, version, "AWS" if has_caller else "AmazonCustomer", {*members.split()} | ids[0], 9]:
            wrong.append(f"{name}: {found}")
        if "size" in shown and (shown["size"], shown["eTag"]) != (3, "e"):
            wrong.append(f"{name}: {shown}")
        events, count = cloud.bus().events[count:], len(cloud.bus().events)
        if len(events) != (detail_type is not None):
            wrong.append(f"{name}: {len(events)} on the bus")
        if not events:
            continue
        (told,) = events
        detail = told["detail"]
        by = ["123456789012", "127.0.0.1"] if has_caller else ["s3.amazonaws.com", None]
        rest = {key: value for key, value in detail.items() if key not in DETAIL}
        found = [told["detail-type"], {*detail["object"]}, rest, detail["version"], detail["bucket"]]
        found += [detail["requester"], detail.get("source-ip-address"), told["version"], told["account"]]
        if found != [detail_type, {*on_bus.split()} | ids[1], more, "0", {"name": "photos"}, *by, "0", "123456789012"]:
            wrong.append(f"{name} on the bus: {found}")
    assert not wrong, "\n".join(wrong)


def test_what_is_read_back(s3: Any, bucket: str, queue: str) -> None:
    get = s3.get_bucket_notification_configuration
    assert get(Bucket=bucket) | {"ResponseMetadata": 0} == {"ResponseMetadata": 0}
    upper = {"Key": {"FilterRules": [{"Name": "SUFFIX", "Value": ""}, {"Name": "Prefix", "Value": "in/"}]}}
    configure(s3, entry(Filter=upper), EventBridgeConfiguration={})
    answer = get(Bucket=bucket)
    (found,) = answer["QueueConfigurations"]
    assert len(found["Id"]) == 36
    shown = [{"Name": "Suffix", "Value": ""}, {"Name": "Prefix", "Value": "in/"}]
    assert found["Filter"] == {"Key": {"FilterRules": shown}}
    assert answer["EventBridgeConfiguration"] == {}
    configure(s3)
    assert "QueueConfigurations" not in get(Bucket=bucket)


def test_what_aws_does_not_take(s3: Any, bucket: str, queue: str, refused: Any, cloud: minicloud.Cloud) -> None:
    def check(message: str, *queues: Any, **more: Any) -> Any:
        skip = {"SkipDestinationValidation": True} if more.pop("skips", False) else {}
        given = {"QueueConfigurations": list(queues), **more} if queues else more
        return refused(
            getattr(s3, PUT), "InvalidArgument", message, Bucket=bucket, NotificationConfiguration=given, **skip
        )

    nobody = "arn:aws:sqs:us-east-1:123456789012:nobody"
    function = "arn:aws:lambda:us-east-1:123456789012:function:f"
    for skips in (False, True):
        error = check("The ARN could not be parsed", entry(nobody), entry("invalid"), entry("wrong"), skips=skips)
        assert (error["ArgumentName"], error["ArgumentValue"]) == ("Queue", "invalid")
    error = check(
        "Unable to validate the following destination configurations",
        entry(nobody),
        LambdaFunctionConfigurations=[{"LambdaFunctionArn": function, "Events": ["s3:ObjectRemoved:*"]}],
    )
    assert (error["ArgumentName1"], error["ArgumentValue1"]) == (nobody, "The destination queue does not exist")
    assert error["ArgumentName2"] == f"{function}, null"
    assert error["ArgumentValue2"] == f"Not authorized to invoke function [{function}]"
    check("FIFO SQS queues are not supported.", entry(f"{nobody}.fifo"))
    elsewhere = nobody.replace("us-east-1", "eu-west-1")
    region = "The notification destination service region is not valid for the bucket location constraint"
    check(region, entry(elsewhere))
    ambiguous = (
        "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are "
        "overlapping for the same event type."
    )
    one = entry(Filter=rules("images/"))
    check(ambiguous, one, entry(QUEUE, "s3:ObjectCreated:Put", Filter=rules("images/a")))
    check(ambiguous, one, entry(QUEUE, "s3:ObjectCreated:Put"))
    check("Same ID used for multiple configurations. IDs must be unique.", entry(Id="a"), entry(QUEUE, Id="a"))
    name = {"Key": {"FilterRules": [{"Name": "infix", "Value": ""}]}}
    check("filter rule name must be either prefix or suffix", entry(Filter=name))
    twice = {"Key": {"FilterRules": [{"Name": "prefix", "Value": "a"}, {"Name": "Prefix", "Value": "b"}]}}
    check("Cannot specify more than one prefix rule in a filter.", entry(Filter=twice))
    check("A specified event is not supported for notifications.", entry(QUEUE, "s3:ObjectCreated:Putt"))
    configure(
        s3,
        entry(Filter=rules("images/", ".jpg")),
        entry(QUEUE, "s3:ObjectCreated:Put", Filter=rules("images/a", ".png")),
        entry(QUEUE, "s3:ObjectRemoved:*"),
    )
    assert len(cloud.queue("uploads").bodies) == 3  # a test message for each
    given = {"QueueConfigurations": [entry(nobody)]}
    getattr(s3, PUT)(Bucket=bucket, NotificationConfiguration=given, SkipDestinationValidation=True)
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    assert len(cloud.queue("uploads").bodies) == 3


def test_eventbridge_is_told_of_everything(cloud: minicloud.Cloud) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="photos")
    configure(s3, EventBridgeConfiguration={})
    etag = s3.put_object(Bucket="photos", Key="in/cat 1.png", Body=b"1234")["ETag"].strip('"')
    s3.delete_object(Bucket="photos", Key="in/cat 1.png")
    put, deleted = [event.message for event in cloud.bucket("photos").events]
    assert (put["source"], put["detail-type"], put["time"]) == ("aws.s3", "Object Created", "2026-01-01T00:00:00Z")
    assert (put["resources"], put["region"]) == (["arn:aws:s3:::photos"], "us-east-1")
    detail = put["detail"]
    names = ["version", "bucket", "object", "request-id", "requester", "source-ip-address", "reason"]
    assert list(detail) == names
    assert detail["object"] | {"sequencer": ""} == {"key": "in/cat 1.png", "size": 4, "etag": etag, "sequencer": ""}
    assert re.fullmatch("[0-9a-f]{16}", detail["object"]["sequencer"])
    assert (detail["reason"], detail["requester"]) == ("PutObject", "123456789012")
    assert deleted["detail-type"] == "Object Deleted"
    assert (deleted["detail"]["reason"], deleted["detail"]["deletion-type"]) == ("DeleteObject", "Permanently Deleted")
    assert list(deleted["detail"]["object"]) == ["key", "sequencer"]


@pytest.mark.minicloud(trace=False)
def test_all_are_told_where_nobody_records(cloud: minicloud.Cloud) -> None:
    s3, sqs, sns = (cloud.client(name, "us-east-1") for name in ("s3", "sqs", "sns"))
    s3.create_bucket(Bucket="photos")
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("uploads", "of-topic", "of-bus")}
    arns = {name: cloud.queue(url).arn for name, url in urls.items()}
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arns["of-topic"], Attributes={"RawMessageDelivery": "true"})
    events = cloud.client("events", "us-east-1")
    events.put_rule(Name="r", EventPattern='{"source": ["aws.s3"]}')
    events.put_targets(Rule="r", Targets=[{"Id": "t", "Arn": arns["of-bus"]}])
    configuration = {
        "QueueConfigurations": [{"QueueArn": arns["uploads"], "Events": ["s3:ObjectCreated:*"]}],
        "TopicConfigurations": [{"TopicArn": topic, "Events": ["s3:ObjectRemoved:*"]}],
        "EventBridgeConfiguration": {},
    }
    s3.put_bucket_notification_configuration(Bucket="photos", NotificationConfiguration=configuration)
    s3.put_object(Bucket="photos", Key="k", Body=b"")
    s3.delete_object(Bucket="photos", Key="k")
    names = [[one["eventName"] for one in records_of(cloud, name)] for name in ("uploads", "of-topic")]
    assert names == [["ObjectCreated:Put"], ["ObjectRemoved:Delete"]]
    bus = [json.loads(body)["detail-type"] for body in cloud.queue("of-bus").bodies]
    assert bus == ["Object Created", "Object Deleted"]


def test_aws_tells_twice_and_late() -> None:
    def story() -> tuple[list[str], list[str]]:
        with minicloud.Cloud(clock="virtual", delivery="aws", seed=5, region_name="us-east-1") as cloud:
            s3, sqs = cloud.client("s3"), cloud.client("sqs")
            s3.create_bucket(Bucket="photos")
            sqs.create_queue(QueueName="uploads")
            configure(s3, entry(cloud.queue("uploads").arn))
            sent = []
            for number in range(30):
                s3.put_object(Bucket="photos", Key=f"{number:02}", Body=b"")
                sent.append(f"{number:02}")
            cloud.run_until_idle()
            return sent, [record["s3"]["object"]["key"] for record in records_of(cloud)]

    sent, told = story()
    assert sorted(set(told)) == sent
    assert len(told) > len(sent)
    assert sorted(told) != told
    assert story() == (sent, told)


@pytest.mark.parametrize("delivery", ["exact", "aws"])
def test_who_would_not_let_the_bucket_tell_is_told_of(delivery: str) -> None:
    options: Any = {} if delivery == "exact" else {"delivery": delivery}
    with minicloud.Cloud(clock="virtual", seed=1, trace=True, region_name="us-east-1", **options) as cloud:
        s3, sqs = cloud.client("s3"), cloud.client("sqs")
        s3.create_bucket(Bucket="photos")
        sqs.create_queue(QueueName="uploads")
        configure(s3, entry(cloud.queue("uploads").arn))
        allowed = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        sqs.set_queue_attributes(QueueUrl="uploads", Attributes={"Policy": policy})
        for number in range(5):
            s3.put_object(Bucket="photos", Key=str(number), Body=b"")
        cloud.run_until_idle()
        (_, told) = cloud.trace.of("policy.would_refuse")  # once of the message to test, once for the policy
        assert (told.details["principal"], told.details["source_arn"]) == ("s3.amazonaws.com", "arn:aws:s3:::photos")


def test_code_of_functions_comes_from_buckets(cloud: minicloud.Cloud) -> None:
    from tests.lambda_.archives import ROLE, archive

    s3, lambda_ = cloud.client("s3"), cloud.client("lambda")
    s3.create_bucket(Bucket="code")
    source = "def handler(event, context):\n    return 'from a bucket'\n"
    s3.put_object(Bucket="code", Key="bill.zip", Body=archive(source))
    function: Any = {"FunctionName": "bill", "Runtime": "python3.12", "Handler": "app.handler", "Role": ROLE}
    lambda_.create_function(**function, Code={"S3Bucket": "code", "S3Key": "bill.zip"})
    assert lambda_.invoke(FunctionName="bill")["Payload"].read() == b'"from a bucket"'
    with pytest.raises(minicloud.exceptions.ClientError) as caught:
        lambda_.update_function_code(FunctionName="bill", S3Bucket="code", S3Key="nobody")
    assert caught.value.response["Error"] == {
        "Code": "InvalidParameterValueException",
        "Message": "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does "
        "not exist.",
    }


def test_rules_of_eventbridge_match_what_buckets_tell(cloud: minicloud.Cloud) -> None:
    s3, sqs, events = cloud.client("s3"), cloud.client("sqs"), cloud.client("events")
    s3.create_bucket(Bucket="photos")
    sqs.create_queue(QueueName="uploads")
    configure(s3, EventBridgeConfiguration={})
    pattern = {"source": ["aws.s3"], "detail": {"object": {"key": [{"prefix": "in/"}]}}}
    events.put_rule(Name="uploads", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="uploads", Targets=[{"Id": "1", "Arn": cloud.queue("uploads").arn}])
    for key in ("in/cat 1.png", "out/a"):
        s3.put_object(Bucket="photos", Key=key, Body=b"x")
    (body,) = cloud.queue("uploads").bodies
    assert json.loads(body) == cloud.bucket("photos").events[0].message
    assert json.loads(body)["detail"]["object"]["key"] == "in/cat 1.png"
    assert [event["detail"]["object"]["key"] for event in cloud.bus().unmatched] == ["out/a"]


def test_the_trace_says_what_messages_are_about(cloud: minicloud.Cloud) -> None:
    s3, sqs = cloud.client("s3"), cloud.client("sqs")
    s3.create_bucket(Bucket="photos")
    url = sqs.create_queue(QueueName="uploads")["QueueUrl"]
    configure(s3, entry(cloud.queue("uploads").arn))
    s3.put_object(Bucket="photos", Key="in/cat 1.png", Body=b"x")
    sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    text = cloud.trace.render()
    assert '"s3:TestEvent of photos": received (1st time)' in text
    assert '"ObjectCreated:Put of in/cat 1.png in photos": received (1st time)' in text
    sqs.send_message(QueueUrl=url, MessageBody='{"Records":[{"eventVersion":"2.1"}]}')
    assert '"{"Records":[{"eventVersion":"2.1"}]}": sent' in cloud.trace.render()


def test_a_messages_story_begins_with_the_upload_and_who_is_not_told_is_a_loss(cloud: minicloud.Cloud) -> None:
    s3, sqs, lambda_ = cloud.client("s3"), cloud.client("sqs"), cloud.client("lambda")
    s3.create_bucket(Bucket="photos")
    url = sqs.create_queue(QueueName="uploads")["QueueUrl"]
    function = {"LambdaFunctionArn": cloud.function("see", lambda *_: None), "Events": ["s3:ObjectTagging:*"]}
    queue = entry(cloud.queue("uploads").arn, "s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:ObjectAcl:Put")
    configure(s3, queue, LambdaFunctionConfigurations=[function])
    s3.put_object(Bucket="photos", Key="in/cat 1.png", Body=b"x")
    s3.put_object(Bucket="photos", Key="b", Body=b"")
    s3.delete_objects(Bucket="photos", Delete={"Objects": [{"Key": "in/cat 1.png"}, {"Key": "b"}]})
    stories = [str(account).splitlines()[1:] for account in cloud.ledger]
    assert [[line.partition("  ")[2].partition("  ")[2] for line in story] for story in stories[1:]] == [
        ["in/cat 1.png put, 1 byte, in photos", "delivered from bucket photos"],
        ["b put, 0 bytes, in photos", "delivered from bucket photos"],
        ["in/cat 1.png deleted, in photos", "delivered from bucket photos"],
        ["b deleted, in photos", "delivered from bucket photos"],
    ]
    assert len({account.origin for account in cloud.ledger}) == 5
    assert cloud.check_history()
    lambda_.delete_function(FunctionName="see")
    s3.put_object(Bucket="photos", Key="c", Body=b"", Tagging="a=b")
    s3.delete_object_tagging(Bucket="photos", Key="c")
    sqs.delete_queue(QueueUrl=url)
    s3.put_object(Bucket="photos", Key="d")
    function_lost, queue_lost = cloud.check_history(checks="no_loss").violations
    assert function_lost.text == (
        "photos: function see could not be told of ObjectTagging:Delete of c: there is nothing of that ARN"
    )
    assert queue_lost.queue == "uploads"
    assert queue_lost.text.startswith("photos: queue uploads could not be told of ObjectCreated:Put of d: ")
    assert cloud.bucket("photos").events[-1].to == [queue["QueueArn"]]


# --- records are written when somebody looks at them -----------------------------------------------------------------


def test_a_record_tells_of_the_upload_that_it_follows_from(cloud: minicloud.Cloud) -> None:
    """Whatever has become of the object, the bucket and the configuration when somebody reads it."""
    s3, sqs = cloud.client("s3"), cloud.client("sqs")
    sqs.create_queue(QueueName="uploads")
    s3.create_bucket(Bucket="photos")
    configure(s3, entry(Id="first"))
    etags = [s3.put_object(Bucket="photos", Key="a", Body=body)["ETag"].strip('"') for body in (b"1", b"22")]
    cloud.clock.advance(5)
    s3.put_bucket_versioning(Bucket="photos", VersioningConfiguration={"Status": "Enabled"})
    version_id = s3.put_object(Bucket="photos", Key="a", Body=b"333")["VersionId"]
    configure(s3, entry(Id="second"))
    s3.delete_object(Bucket="photos", Key="a", VersionId="null")
    s3.delete_object(Bucket="photos", Key="a", VersionId=version_id)
    s3.delete_bucket(Bucket="photos")
    snapshot = cloud.snapshot()
    for _ in range(2):
        received = [sqs.receive_message(QueueUrl=cloud.queue("uploads").url)["Messages"][0] for _ in range(5)]
        assert all(one["MD5OfBody"] == md5(one["Body"].encode()).hexdigest() for one in received)
        found = [json.loads(one["Body"])["Records"][0] for one in received if "Records" in one["Body"]]
        assert {one["s3"]["configurationId"] for one in found} == {"first"}
        assert [one["eventTime"][17:] for one in found] == ["00.000Z", "00.000Z", "05.000Z"]
        objects = [one["s3"]["object"] for one in found]
        assert [(one["size"], one["eTag"], one.get("versionId")) for one in objects[:2]] == [
            (1, etags[0], None),
            (2, etags[1], None),
        ]
        assert (objects[2]["size"], objects[2]["versionId"]) == (3, version_id)
        cloud.restore(snapshot)


def test_a_queue_takes_as_much_of_a_record_as_it_takes_of_a_message(cloud: minicloud.Cloud) -> None:
    """The queue knows a bound of a record's length; where that is too much, it counts."""
    s3, sqs = cloud.client("s3"), cloud.client("sqs")
    url = sqs.create_queue(QueueName="uploads", Attributes={"MaximumMessageSize": "1024"})["QueueUrl"]
    s3.create_bucket(Bucket="photos")
    configure(s3, entry(Id="x"))
    sqs.purge_queue(QueueUrl=url)
    s3.put_object(Bucket="photos", Key="k", Body=b"")
    (body,) = cloud.queue("uploads").bodies
    fits = "k" * (1 + 1024 - len(body))
    s3.put_object(Bucket="photos", Key=fits, Body=b"")
    s3.put_object(Bucket="photos", Key=fits + "k", Body=b"")
    s3.put_object(Bucket="photos", Key="ü" * (len(fits) // 6 + 1), Body=b"")
    assert [len(one) for one in cloud.queue("uploads").bodies] == [len(body), 1024]
    assert [event.key for event in cloud.bucket("photos").events][-2:] == [fits + "k", "ü" * (len(fits) // 6 + 1)]
    # The longest there can be, to the byte.
    s3.put_bucket_versioning(Bucket="photos", VersioningConfiguration={"Status": "Enabled"})
    place = {"Bucket": "photos", "Key": "\U0001f600" * 256}
    sizes: list[int] = []
    for most in (1 << 20, 0, -1):
        size = str(sizes[0] + most if sizes else most)
        cloud.clock.advance(60)
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"MaximumMessageSize": size})
        sqs.purge_queue(QueueUrl=url)
        s3.put_object(**place, Body=b"x" * 1_000_000, ContentLength=1_000_000)
        sizes += [len(one) for one in cloud.queue("uploads").bodies]
    assert sizes == [sizes[0]] * 2


@pytest.mark.minicloud(trace=False)
def test_what_is_told_of_uploads_does_not_keep_their_bytes(cloud: minicloud.Cloud) -> None:
    s3, sqs = cloud.client("s3"), cloud.client("sqs")
    sqs.create_queue(QueueName="uploads")
    s3.create_bucket(Bucket="photos")
    configure(s3, entry())
    tracemalloc.start()
    try:
        for number in range(40):
            s3.put_object(Bucket="photos", Key="a", Body=b"%d" % number * 300_000)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(cloud.queue("uploads").bodies) == 41
    assert kept < 3_000_000


def test_which_queues_aws_would_let_a_bucket_tell(
    s3: Any, sqs: Any, bucket: str, queue: str, cloud: minicloud.Cloud
) -> None:
    """By the policy of the queue, which sees the bucket as the source. [S3 user guide: granting permissions]"""
    cloud.trace.start()
    url = cloud.queue("uploads").url
    told = []
    for source in (f"arn:aws:s3:::{bucket}", "arn:aws:s3:::other"):
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": queue,
            "Condition": {"ArnEquals": {"aws:SourceArn": source}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        if not told:
            configure(s3, entry())
        s3.put_object(Bucket=bucket, Key="k")
        told.append([one.details["source_arn"] for one in cloud.trace if one.kind == "policy.would_refuse"])
    assert told == [[], [f"arn:aws:s3:::{bucket}"]]

"""What S3 says of itself to who looks closely, and where what it keeps begins and ends."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import Any

import pytest

import minicloud
from minicloud.core.world import World
from minicloud.exceptions import AwsError, ParamValidationError
from minicloud.services.s3.event import Notice, Occurrence, message_to_test
from minicloud.services.s3.names import is_bucket_name, is_version_id
from minicloud.services.s3.notification import EVENTS, is_event
from minicloud.services.s3.object import Changed, Gone
from minicloud.services.s3.reading import Order
from minicloud.services.s3.state import S3State
from tests.s3.test_notifications import configure, entry
from tests.s3.test_objects import read


def state_of(cloud: minicloud.Cloud) -> S3State:
    (state,) = cloud.services("s3")
    assert isinstance(state, S3State)
    return state


def test_what_the_record_says_of_what_is_told_late_or_twice() -> None:
    found: set[str] = set()
    for seed in range(4):
        with minicloud.Cloud(clock="virtual", delivery="aws", seed=seed, trace=True, region_name="us-east-1") as cloud:
            s3, sqs = cloud.client("s3"), cloud.client("sqs")
            s3.create_bucket(Bucket="photos")
            sqs.create_queue(QueueName="uploads")
            configure(s3, entry(cloud.queue("uploads").arn))
            for number in range(20):
                s3.put_object(Bucket="photos", Key=f"{number:02}", Body=b"")
            told = [one for one in cloud.trace.of("chaos") if one.resource == "photos"]
            assert {one.details["to"] for one in told} == {cloud.queue("uploads").arn}
            for one in told:
                shown = re.fullmatch(r"(told|told again), (\d+(?:\.\d+)?) s late", one.details["choice"])
                assert shown is not None, one
                assert 0 <= float(shown[2]) < 3600
                assert shown[1] == "told again" or float(shown[2]) > 0
                found.add(shown[1])
    assert found == {"told", "told again"}


def test_what_everything_is_called(cloud: minicloud.Cloud, s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"123")
    upload_id = s3.create_multipart_upload(Bucket=bucket, Key="u")["UploadId"]
    s3.upload_part(Bucket=bucket, Key="u", UploadId=upload_id, PartNumber=1, Body=b"x")
    found = state_of(cloud).buckets[bucket]
    assert repr(found) == "<bucket photos with 1 keys>"
    assert repr(found.uploads[upload_id]) == "<upload of u with 1 parts>"
    assert repr(found.latest("k")) == "<3 bytes of k in photos>"
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.delete_object(Bucket=bucket, Key="k")
    assert repr(found.latest("k")) == "<delete marker of k in photos>"


def test_whoever_checks_is_told_what_is_not_as_it_would_be_derived_anew(
    cloud: minicloud.Cloud, s3: Any, bucket: str
) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    state = state_of(cloud)
    state.check()
    for listing in (state.bucket_list, state.buckets[bucket].objects):
        items: dict[str, Any] = listing.items  # type: ignore[assignment]
        items["z"] = next(iter(items.values()))  # its order does not know of it
        with pytest.raises(AssertionError, match=r"^\[[^z]+\] and not .*'z'"):
            state.check()
        state.check()  # it has been derived anew
        del items["z"]
        with pytest.raises(AssertionError, match=r"'z'.* and not "):
            state.check()
        state.check()


def test_what_is_mended_is_derived_anew(cloud: minicloud.Cloud, s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    state = state_of(cloud)
    for listing in (state.bucket_list, state.buckets[bucket].objects):
        items: dict[str, Any] = listing.items  # type: ignore[assignment]
        items["z"] = next(iter(items.values()))
        state.mend(0)
        assert listing.page(10)[-1] == "z"
        del items["z"]
        state.mend(0)
        assert "z" not in listing.page(10)
    state.request_id = "of a call that was interrupted"
    state.mend(0)
    assert state.request_id is None


def test_of_how_many_answers_the_order_is_known() -> None:
    """Of the latest: a thousand is more than there are."""
    order = Order(["a", "b"])
    for number in range(1_000):
        assert list(order.of({str(number): 0, "b": 1, "a": 2})) == ["a", "b", str(number)]
    assert len(order._known) == 1_000
    assert order.of({"c": 0, "b": 1, "a": 2}) == {"a": 2, "b": 1, "c": 0}
    assert list(order.of({"c": 0, "b": 1, "a": 2})) == ["a", "b", "c"]
    assert len(order._known) == 1


def test_conditions_of_reads_may_name_several_etags(s3: Any, bucket: str, refused: Any) -> None:
    """[RFC 9110: If-Match, If-None-Match]"""
    place = {"Bucket": bucket, "Key": "k"}
    etag = s3.put_object(**place, Body=b"x")["ETag"]
    bare = etag.strip('"')
    one_of = (f'"a", {etag}', f'{etag},"a"', f"a,{bare} ", f"{bare} , a", "a, *", "*")
    none_of = ('"a", "b"', f"a{bare},b", f"{bare}a", f"a,{bare[:-1]}")
    for named in one_of:
        assert read(s3.get_object(**place, IfMatch=named)) == b"x", named
        refused(s3.get_object, "304", **place, IfNoneMatch=named)
    for named in none_of:
        assert read(s3.get_object(**place, IfNoneMatch=named)) == b"x", named
        refused(s3.get_object, "PreconditionFailed", **place, IfMatch=named)


def test_a_copy_that_is_being_made_has_somebody_see_to_it(
    cloud: minicloud.Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a real clock that is a thread."""
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="photos")
    s3.put_object(Bucket="photos", Key="k", Body=b"", StorageClass="GLACIER")
    asked: list[str] = []
    monkeypatch.setattr(World, "keep_settling", lambda _: asked.append("asked"))
    s3.head_object(Bucket="photos", Key="k")
    assert asked == []
    s3.restore_object(Bucket="photos", Key="k", RestoreRequest={"Days": 1})
    assert asked == ["asked"]


def test_who_comes_late_is_owed_until_then() -> None:
    with minicloud.Cloud(clock="virtual", delivery="aws", seed=1, region_name="us-east-1") as cloud:
        s3, sqs = cloud.client("s3"), cloud.client("sqs")
        s3.create_bucket(Bucket="photos")
        sqs.create_queue(QueueName="uploads")
        queue = cloud.queue("uploads").arn
        configure(s3, entry(queue))
        state = state_of(cloud)
        assert list(state.owed(0)) == []
        for number in range(20):
            s3.put_object(Bucket="photos", Key=str(number), Body=b"")
        owed = list(state.owed(0))
        assert owed
        assert set(owed) == {f"an event of S3 for {queue}"}
        assert len(owed) == len(state.late)
        cloud.run_until_idle()
        assert list(state.owed(0)) == []


@pytest.mark.modelled("s3.CreateMultipartUpload.ChecksumType")
@pytest.mark.parametrize(
    ("algorithm", "usual", "whole", "composite"),
    [
        ("CRC32", "COMPOSITE", True, True),
        ("CRC32C", "COMPOSITE", True, True),
        ("CRC64NVME", "FULL_OBJECT", True, False),
        ("SHA1", "COMPOSITE", False, True),
        ("SHA256", "COMPOSITE", False, True),
    ],
)
def test_which_kinds_of_checksums_there_are_of_an_object_of_parts(
    s3: Any, bucket: str, refused: Any, algorithm: str, usual: str, whole: bool, composite: bool
) -> None:
    """[S3 user guide: Checking object integrity for data uploads]"""
    place = {"Bucket": bucket, "Key": "k", "ChecksumAlgorithm": algorithm}
    assert s3.create_multipart_upload(**place)["ChecksumType"] == usual
    for kind, is_there in (("FULL_OBJECT", whole), ("COMPOSITE", composite)):
        if is_there:
            assert s3.create_multipart_upload(**place, ChecksumType=kind)["ChecksumType"] == kind
        else:
            text = f"The {kind} checksum type cannot be used with the {algorithm.lower()} checksum algorithm."
            refused(s3.create_multipart_upload, "InvalidRequest", text, **place, ChecksumType=kind)


def test_no_topic_with_groups_is_told(s3: Any, bucket: str, refused: Any) -> None:
    topic = {"TopicArn": "arn:aws:sns:us-east-1:123456789012:t.fifo", "Events": ["s3:ObjectCreated:*"]}
    given = {"Bucket": bucket, "NotificationConfiguration": {"TopicConfigurations": [topic]}}
    text = "FIFO SNS topics are not supported."
    refused(s3.put_bucket_notification_configuration, "InvalidArgument", text, **given)


def test_parts_without_number_or_etag_are_malformed(cloud: minicloud.Cloud, bucket: str, s3: Any, refused: Any) -> None:
    place = {"Bucket": bucket, "Key": "k"}
    upload = {**place, "UploadId": s3.create_multipart_upload(**place)["UploadId"]}
    etag = s3.upload_part(**upload, PartNumber=1, Body=b"x")["ETag"]
    for part in ({"ETag": etag}, {"PartNumber": 1}, {}):
        parts = {"MultipartUpload": {"Parts": [part]}}
        refused(s3.complete_multipart_upload, "MalformedXML", **upload, **parts)
    nobody = {"QueueConfigurations": [{"QueueArn": "arn:aws:sqs:us-east-1:123456789012:q", "Events": []}]}
    change = s3.put_bucket_notification_configuration
    refused(change, "MalformedXML", Bucket=bucket, NotificationConfiguration=nobody)


def test_conditions_of_directory_buckets_for_one_of_many(cloud: minicloud.Cloud) -> None:
    s3: Any = cloud.client("s3")
    s3.create_bucket(Bucket="photos")
    s3.put_object(Bucket="photos", Key="k", Body=b"x")
    objects = [{"Key": "k", "Size": 1}, {"Key": "k", "LastModifiedTime": cloud.clock.now()}, {"Key": "other"}]
    answer = s3.delete_objects(Bucket="photos", Delete={"Objects": objects})
    text = "A header you provided implies functionality that is not implemented"
    assert answer["Errors"] == [{"Key": "k", "Code": "NotImplemented", "Message": text}] * 2
    assert (answer["Deleted"], cloud.bucket("photos").keys) == ([{"Key": "other"}], ["k"])


def test_a_source_of_a_copy_is_a_text_or_names_of_parts(cloud: minicloud.Cloud) -> None:
    s3: Any = cloud.client("s3")
    s3.create_bucket(Bucket="photos")
    with pytest.raises(ParamValidationError, match="CopySource"):
        s3.copy_object(Bucket="photos", Key="k", CopySource=5)
    with pytest.raises(ParamValidationError, match="Metadata"):
        s3.put_object(Bucket="photos", Key="k", Metadata=5)


def test_what_other_services_are_told_of_buckets() -> None:
    with minicloud.Cloud(clock="virtual", region_name="us-east-1") as cloud:
        cloud.client("s3").create_bucket(Bucket="here")
        cloud.client("s3", "eu-west-1").create_bucket(
            Bucket="there", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        found = {state.region_name: state for state in cloud.services("s3")}
        state: Any = found["us-east-1"]
        for name, place in (("here", state.place), ("there", found["eu-west-1"].place), ("nowhere", None)):
            assert state.place_of(name) == place
        with pytest.raises(AwsError) as caught:
            state.bytes_of("there", "k")
        assert (caught.value.code, caught.value.status, caught.value.message) == (
            *("PermanentRedirect", 301),
            "The bucket is in this region: eu-west-1. Please use this region to retry the request",
        )
        failures: list[str] = []
        delivery: Any = SimpleNamespace(bucket_name="nowhere", made=None, fail=lambda _, why: failures.append(why))
        state.target(f"{state.place}nowhere")(0, delivery)
        assert failures == ["NoSuchBucket: The specified bucket does not exist"]
        assert state.target("arn:aws:s3:::here") is None


def test_of_what_happens_a_bucket_is_told_once(cloud: minicloud.Cloud, s3: Any, bucket: str, queue: str) -> None:
    """Whoever comes into it: the list of its events has it once, behind what came before."""
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    state = state_of(cloud)
    found = state.buckets[bucket]
    version = found.latest("k")
    assert version is not None

    def occurrence(name: str = "ObjectCreated:Put") -> Occurrence:
        return Occurrence(state, name, version, version)

    one = occurrence()
    state.notify(0, one)  # nobody is to be told of anything
    assert (one.told, one.request_id, list(found.events), one.origin) == (None, "", [], "s3:photos//k")
    configure(s3, entry(queue, Filter={"Key": {"FilterRules": [{"Name": "prefix", "Value": "in/"}]}}))
    for other in (occurrence("ObjectRemoved:Delete"), one):  # nor of this, nor of this key
        state.notify(0, other)
        assert (other.told, other.request_id, list(found.events)) == (None, "", [])
    configure(s3, entry(queue))
    state.notify(5, one)
    told = one.told
    assert told is not None
    assert told[:4] == (5, "ObjectCreated:Put", "k", (queue,))
    assert list(found.events) == [told]
    assert one.origin == f"s3:photos/{one.request_id}/k"
    state.notify(6, one)
    assert (one.told is told, list(found.events)) == (True, [told])
    found.events.clear()
    state.notify(7, one)  # it was interrupted before that
    assert list(found.events) == [told]
    notice = Notice(queue, told[4], one)
    assert (notice.body, notice.source_arn, notice.origin) == (told[4].head, "arn:aws:s3:::photos", one.origin)
    assert json.loads(notice.body)["Records"][0]["eventName"] == "ObjectCreated:Put"


def test_when_causes_have_happened(cloud: minicloud.Cloud, s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    found = state_of(cloud).buckets[bucket]
    version = found.latest("k")
    assert version is not None
    tags = {"a": "b"}
    changed, gone = Changed(version, "tags", tags), Gone(version)
    assert (changed.happened, gone.happened, version.happened) == (False, False, True)
    version.tags = dict(tags)  # as good, and another
    assert not changed.happened
    version.tags = tags
    assert changed.happened
    found.remove(version)
    assert (gone.happened, version.happened) == (True, False)
    configure(s3, EventBridgeConfiguration={})
    configuration = found.configuration
    assert configuration is not None
    assert configuration.happened
    configure(s3, EventBridgeConfiguration={})
    assert not configuration.happened


def test_what_is_an_event_a_bucket_and_a_version() -> None:
    assert all(map(is_event, EVENTS))
    assert not any(map(is_event, ("s3:ObjectCreated:Put", "ObjectCreated:*", "ObjectCreated", "")))
    for name in ("abc", "a" * 63, "a.b", "1-2", "xn-a", "1.2.3", "1.2.3.4.5", "sthree"):
        assert is_bucket_name(name), name
    for name in ("ab", "a" * 64, "a..b", "-ab", "ab-", ".ab", "ab.", "aB1", "1.2.3.4", "xn--a", "sthree-a",
                 "amzn-s3-demo-a", "a-s3alias", "a--ol-s3", "a_b"):  # fmt: skip
        assert not is_bucket_name(name), name
    for text, is_one in (("null", True), ("a" * 32, True), ("A0._-" + "b" * 27, True), ("a" * 31, False),
                         ("a" * 33, False), ("a" * 31 + "!", False), ("", False)):  # fmt: skip
        assert is_version_id(text) == is_one, text


def test_what_who_is_to_be_told_gets_first(cloud: minicloud.Cloud, s3: Any, bucket: str) -> None:
    found: Any = state_of(cloud).buckets[bucket]
    message = json.loads(message_to_test(1_767_225_601_002_000_000, found, "X"))
    assert (message.pop("HostId") != "", list(message.items())) == (
        True,
        [
            ("Service", "Amazon S3"),
            ("Event", "s3:TestEvent"),
            ("Time", "2026-01-01T00:00:01.002Z"),
            ("Bucket", "photos"),
            ("RequestId", "X"),
        ],
    )


def test_what_a_test_says_of_a_restore_is_told_as_it_is(
    cloud: minicloud.Cloud, s3: Any, bucket: str, queue: str
) -> None:
    configure(s3, entry(queue, "s3:ObjectRestore:*", "s3:ObjectCreated:*"))
    said = {"restoreEventData": {"lifecycleRestoreStorageClass": "GLACIER"}}
    for name in ("ObjectRestore:Completed", "ObjectCreated:Put"):
        cloud.s3_event(bucket, "k", name, glacierEventData=said)
        assert json.loads(cloud.queue("uploads").bodies[-1])["Records"][0]["glacierEventData"] == said


LAST = "\U0010ffff"


@pytest.mark.parametrize("size", [1, 2, 3, 10])
def test_a_common_prefix_is_listed_once_whatever_comes_behind_it(s3: Any, bucket: str, size: int) -> None:
    """Also where the last of all characters does, and more behind that."""
    for key in ("a/b", f"a/{LAST}", f"a/{LAST}/{LAST}x", f"a/{LAST}x", f"a/{LAST}{LAST}~", "a0", "b/", f"c{LAST}", "d"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    for method, first, given, found in (
        (s3.list_objects_v2, {}, "ContinuationToken", "NextContinuationToken"),
        (s3.list_objects, {}, "Marker", "NextMarker"),
        (s3.list_object_versions, {}, "KeyMarker", "NextKeyMarker"),
    ):
        rows: list[str] = []
        asked: dict[str, str] = first
        for _ in range(8):
            page = method(Bucket=bucket, Delimiter="/", MaxKeys=size, **asked)
            rows += [one["Prefix"] for one in page.get("CommonPrefixes", [])]
            rows += [one["Key"] for one in page.get("Contents", page.get("Versions", []))]
            if not page["IsTruncated"]:
                break
            asked = {given: page[found]}
        assert sorted(rows) == ["a/", "a0", "b/", f"c{LAST}", "d"], method
        inner = method(Bucket=bucket, Prefix="a/", Delimiter="/")
        assert [one["Prefix"] for one in inner["CommonPrefixes"]] == [f"a/{LAST}/"]
        assert len(inner.get("Contents", inner.get("Versions", []))) == 4


def test_what_is_refused_of_a_head_has_the_notes_of_what_it_is(cloud: minicloud.Cloud) -> None:
    with pytest.raises(minicloud.exceptions.ClientError) as caught:
        cloud.client("s3").head_bucket(Bucket="photos")
    assert any("there is no bucket in this cloud" in note for note in caught.value.__notes__)

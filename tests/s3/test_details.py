"""What answers say, to the letter, where ranges, pages, uploads and filters begin and end."""

from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from http.client import responses
from typing import Any

import pytest

import minicloud
from tests.s3.conftest import records_of
from tests.s3.test_notifications import configure, entry, rules
from tests.s3.test_objects import read
from tests.support.answers import answer

LEAST = 5 * 1024 * 1024
VERSION_ID = "A" * 32
PHRASES = {str(status): phrase for status, phrase in responses.items()}
"""Who has no body says what botocore makes of the status. [botocore: http.client.responses]"""
TAGS = {"TagSet": [{"Key": "a", "Value": "b"}]}


def outcome(s3: Any, call: Any, *members: str, **params: Any) -> tuple[Any, ...]:
    """What a call says: these members of its answer, or the code of the error and these members of that."""
    try:
        answer = call(**params)
    except s3.exceptions.ClientError as error:
        answer = error.response["Error"]
        return answer["Code"], *(answer.get(name) for name in members)
    return tuple(read(answer) if name == "Body" else answer.get(name) for name in members)


def versioned(s3: Any, bucket: str, status: str = "Enabled") -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


PLAIN, AS_SENT = "c d/é+", "c+d/%C3%A9%2B"


@pytest.mark.modelled("s3.CreateMultipartUpload.ChecksumType")
def test_what_lists_say_of_objects(cloud: minicloud.Cloud, s3: Any, bucket: str) -> None:
    """[S3 API: Object, ObjectVersion, DeleteMarkerEntry; recorded]"""
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    cloud.clock.advance(1.5)
    put = s3.put_object(Bucket=bucket, Key="k", Body=b"123", StorageClass="STANDARD_IA", ChecksumAlgorithm="SHA256")
    moment = datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC)
    owner = s3.list_buckets()["Owner"]
    row = {
        "Key": "k",
        "LastModified": moment,
        "ETag": put["ETag"],
        "ChecksumAlgorithm": ["SHA256"],
        "ChecksumType": "FULL_OBJECT",
        "Size": 3,
        "StorageClass": "STANDARD_IA",
    }
    assert s3.list_objects_v2(Bucket=bucket)["Contents"] == [row]
    assert s3.list_objects_v2(Bucket=bucket, FetchOwner=True)["Contents"] == [{**row, "Owner": owner}]
    assert s3.list_objects(Bucket=bucket)["Contents"] == [{**row, "Owner": owner}]
    version = {**row, "Owner": owner, "VersionId": put["VersionId"]}
    assert s3.list_object_versions(Bucket=bucket)["Versions"] == [{**version, "IsLatest": True}]
    cloud.clock.advance(1)
    marker = {"Key": "k", "VersionId": s3.delete_object(Bucket=bucket, Key="k")["VersionId"]}
    listed = s3.list_object_versions(Bucket=bucket)
    assert listed["Versions"] == [{**version, "IsLatest": False}]
    assert listed["DeleteMarkers"] == [
        {**marker, "Owner": owner, "IsLatest": True, "LastModified": moment.replace(second=2)}
    ]


@pytest.mark.modelled("s3.CreateMultipartUpload.ChecksumType")
def test_all_that_is_answered_about_an_object(cloud: minicloud.Cloud, s3: Any, bucket: str) -> None:
    """Every member of every answer of its own operations. [botocore's model; recorded]"""
    versioned(s3, bucket)
    cloud.clock.advance(1.5)
    moment = datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC)
    place, encrypted = {"Bucket": bucket, "Key": "k"}, {"ServerSideEncryption": "AES256"}
    etag, sums = '"5d41402abc4b2a76b9719d911017c592"', {"ChecksumCRC32": "NhCmhg==", "ChecksumType": "FULL_OBJECT"}
    put = answer(
        s3.put_object(**place, Body=b"hello", ContentType="text/plain", Tagging="a=b&c=d", ChecksumCRC32="NhCmhg==")
    )
    first = {"VersionId": put["VersionId"]}
    assert put == {"ETag": etag, **sums, **encrypted, **first}
    shown = {
        "AcceptRanges": "bytes",
        "LastModified": moment,
        "ContentLength": 5,
        "ETag": etag,
        **first,
        "ContentType": "text/plain",
        **encrypted,
        "Metadata": {},
        "TagCount": 2,
    }
    for call, more in ((s3.head_object, {}), (s3.get_object, {"Body": b"hello"})):
        got = answer(call(**place, ChecksumMode="ENABLED"))
        if more:
            got["Body"] = got["Body"].read()
        assert got == {**shown, **sums, **more}
        got = answer(call(**place, Range="bytes=1-2", VersionId=first["VersionId"]))
        got.pop("Body", None)
        assert got == {**shown, "ContentLength": 2, "ContentRange": "bytes 1-2/5"}
    copied = answer(s3.copy_object(Bucket=bucket, Key="copy", CopySource=place))
    second = {"VersionId": copied["VersionId"]}
    result = {"ETag": etag, "LastModified": moment, **sums}
    assert copied == {"CopySourceVersionId": first["VersionId"], **second, **encrypted, "CopyObjectResult": result}
    tags = [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "d"}]
    assert answer(s3.get_object_tagging(**place)) == {**first, "TagSet": tags}
    marker = answer(s3.delete_object(**place))
    assert marker == {"DeleteMarker": True, "VersionId": marker["VersionId"]}
    assert answer(s3.delete_object(**place, VersionId=marker["VersionId"])) == marker
    assert answer(s3.delete_object(**place, **first)) == first
    many = [{"Key": "copy"}, {"Key": "copy", **second}, {"Key": "k", "VersionId": "x"}]
    deleted = answer(s3.delete_objects(Bucket=bucket, Delete={"Objects": many}))
    marked = {
        "Key": "copy",
        "DeleteMarker": True,
        "DeleteMarkerVersionId": deleted["Deleted"][0]["DeleteMarkerVersionId"],
    }
    wrong = {**many[2], "Code": "InvalidArgument", "Message": "Invalid version id specified"}
    assert deleted == {"Deleted": [marked, many[1]], "Errors": [wrong]}


def test_what_lists_say_of_what_was_asked(s3: Any, bucket: str) -> None:
    """As it was asked, but for the prefix of the oldest list, which clients show as it is sent. [botocore]"""
    for key in (f"{PLAIN}a b", f"{PLAIN}b;1", f"{PLAIN}b;2", f"{PLAIN}c"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    asked = {"Bucket": bucket, "Prefix": PLAIN, "Delimiter": ";"}
    for call, after, member, shown in (
        (s3.list_objects, "Marker", "Contents", AS_SENT),
        (s3.list_objects_v2, "StartAfter", "Contents", PLAIN),
        (s3.list_object_versions, "KeyMarker", "Versions", PLAIN),
    ):
        listed = call(**asked, **{after: f"{PLAIN}a b"})
        found = [listed["Prefix"], listed["Delimiter"], listed[after], listed["EncodingType"]]
        assert found == [shown, ";", f"{PLAIN}a b", "url"], call
        assert [one["Key"] for one in listed[member]] == [f"{PLAIN}c"]
        assert listed["CommonPrefixes"] == [{"Prefix": f"{PLAIN}b;"}]
    assert s3.list_objects(**asked, MaxKeys=2)["NextMarker"] == f"{PLAIN}b;"
    found = s3.list_object_versions(**asked, MaxKeys=1)
    assert found["NextKeyMarker"] == f"{PLAIN}a b"


def test_where_ranges_end(s3: Any, bucket: str) -> None:
    contents = {"five": b"hello", "one": b"x", "none": b""}
    for key, body in contents.items():
        s3.put_object(Bucket=bucket, Key=key, Body=body)
    wrong = []
    for key, asked, begin, end in (
        ("five", "bytes=0-4", 0, 5),
        ("five", "bytes=4-4", 4, 5),
        ("five", "bytes=4-", 4, 5),
        ("five", "bytes=0-5", 0, 5),
        ("five", "bytes=-1", 4, 5),
        ("five", "bytes=-5", 0, 5),
        ("five", "bytes=-6", 0, 5),
        ("one", "bytes=0-", 0, 1),
        ("one", "bytes=0-0", 0, 1),
        ("one", "bytes=-1", 0, 1),
        ("five", "bytes=5-", -1, -1),
        ("five", "bytes=5-5", -1, -1),
        ("five", "bytes=-0", -1, -1),
        ("one", "bytes=1-", -1, -1),
        ("none", "bytes=0-", -1, -1),
        ("none", "bytes=0-0", -1, -1),
        ("none", "bytes=-1", -1, -1),
        # What is no range is as if it were not there. [RFC 9110]
        ("five", "bytes=3-2", 0, -1),
        ("five", "bytes=-", 0, -1),
        ("five", "lines=0-1", 0, -1),
    ):
        body = contents[key]
        if begin < 0:
            want: tuple[Any, ...] = ("InvalidRange", str(len(body)), asked)
            found = outcome(
                s3, s3.get_object, "ActualObjectSize", "RangeRequested", Bucket=bucket, Key=key, Range=asked
            )
            headed, shown = outcome(s3, s3.head_object, Bucket=bucket, Key=key, Range=asked), ("416",)
        else:
            part = body if end < 0 else body[begin:end]
            shown = (None if end < 0 else f"bytes {begin}-{end - 1}/{len(body)}", len(part))
            want = (part, *shown)
            members = ("ContentRange", "ContentLength")
            found = outcome(s3, s3.get_object, "Body", *members, Bucket=bucket, Key=key, Range=asked)
            headed = outcome(s3, s3.head_object, *members, Bucket=bucket, Key=key, Range=asked)
        if (found, headed) != (want, shown):
            wrong.append(f"{asked} of {key}: {found} and {headed}, not {want} and {shown}")
    assert not wrong, "\n".join(wrong)


def test_parts_that_are_read(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="whole", Body=b"hello", ChecksumAlgorithm="SHA1")
    place = {"Bucket": bucket, "Key": "parts"}
    upload = {**place, "UploadId": s3.create_multipart_upload(**place)["UploadId"]}
    parts = [
        {"PartNumber": number, "ETag": s3.upload_part(**upload, PartNumber=number, Body=body)["ETag"]}
        for number, body in ((1, b"a" * LEAST), (7, b"bc"))
    ]
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    size = LEAST + 2
    members = ("ContentRange", "ContentLength", "PartsCount")
    for key, number, want in (
        ("parts", 1, (f"bytes 0-{LEAST - 1}/{size}", LEAST, 2)),
        ("parts", 2, (f"bytes {LEAST}-{size - 1}/{size}", 2, 2)),
        ("parts", 3, ("416", None, None, None)),
        ("parts", 0, ("416", None, None, None)),
        ("whole", 1, ("bytes 0-4/5", 5, None)),
        ("whole", 2, ("416", None, None, None)),
    ):
        assert outcome(s3, s3.head_object, *members, Bucket=bucket, Key=key, PartNumber=number) == want, (key, number)
    tried = {"Bucket": bucket, "Key": "parts", "PartNumber": 3}
    counted = outcome(s3, s3.get_object, "ActualPartCount", "PartNumberRequested", **tried)
    assert counted == ("InvalidPartNumber", "2", "3")
    assert "PartsCount" not in s3.head_object(**place)
    # A checksum of the whole is shown of the whole.
    shows = {"Bucket": bucket, "Key": "whole", "ChecksumMode": "ENABLED"}
    whole = outcome(s3, s3.get_object, "ChecksumSHA1", "ChecksumType", **shows)
    assert whole == ("qvTGHdzF6KLavt4PO0gs2a6pQ00=", "FULL_OBJECT")
    assert outcome(s3, s3.get_object, "ChecksumSHA1", "ChecksumType", **shows, Range="bytes=0-4") == whole
    for part in ("bytes=1-4", "bytes=0-3"):
        assert outcome(s3, s3.get_object, "ChecksumSHA1", "ChecksumType", **shows, Range=part) == (None, None)


def test_which_version_answers_are_about(s3: Any, bucket: str) -> None:
    """``VersionId`` is there for versions that have one."""
    place = {"Bucket": bucket, "Key": "k"}
    s3.put_object(**place, Body=b"x")

    def told(**params: Any) -> list[Any]:
        return [
            outcome(s3, s3.put_object_tagging, "VersionId", **place, **params, Tagging=TAGS),
            outcome(s3, s3.get_object_tagging, "VersionId", "TagSet", **place, **params),
            outcome(s3, s3.get_object, "VersionId", "TagCount", **place, **params),
            outcome(s3, s3.delete_object_tagging, "VersionId", **place, **params),
            outcome(s3, s3.get_object_tagging, "VersionId", "TagSet", **place, **params),
            outcome(s3, s3.head_object, "VersionId", "TagCount", **place, **params),
        ]

    def of(tagging: Any, reading: Any) -> list[Any]:
        tags = TAGS["TagSet"]
        return [(tagging,), (tagging, tags), (reading, 1), (tagging,), (tagging, []), (reading, None)]

    assert told() == told(VersionId="null") == of(None, None)
    versioned(s3, bucket)
    assert told() == told(VersionId="null") == of(None, "null")
    first = s3.put_object(**place, Body=b"y")["VersionId"]
    newest = s3.put_object(**place, Body=b"z")["VersionId"]
    assert told() == told(VersionId=newest) == of(newest, newest)
    assert told(VersionId=first) == of(first, first)
    marker = s3.delete_object(**place)["VersionId"]
    for method, verb, more in (
        (s3.put_object_tagging, "PUT", {"Tagging": TAGS}),
        (s3.get_object_tagging, "GET", {}),
        (s3.delete_object_tagging, "DELETE", {}),
        (s3.put_object_acl, "PUT", {"ACL": "private"}),
        (s3.get_object_acl, "GET", {}),
        (s3.restore_object, "POST", {"RestoreRequest": {"Days": 1}}),
    ):
        for version in ({}, {"VersionId": marker}):
            found = outcome(s3, method, "Method", "ResourceType", **place, **version, **more)
            assert found == ("MethodNotAllowed", verb, "DeleteMarker"), (verb, version)
        assert outcome(s3, method, "Key", Bucket=bucket, Key="nobody", **more) == ("NoSuchKey", "nobody")
        gone = {"Key": "k", "VersionId": VERSION_ID}
        assert outcome(s3, method, "Key", "VersionId", Bucket=bucket, **gone, **more) == (
            "NoSuchVersion",
            "k",
            VERSION_ID,
        )
        badly = outcome(s3, method, "ArgumentName", "ArgumentValue", **place, VersionId="x", **more)
        assert badly == ("InvalidArgument", "versionId", "x")
    copied = {"Bucket": bucket, "Key": "copy", "CopySource": {**place, "VersionId": first}}
    assert s3.copy_object(**copied)["CopySourceVersionId"] == first
    copied["CopySource"]["VersionId"] = "null"
    assert "CopySourceVersionId" not in s3.copy_object(**copied)


@pytest.mark.parametrize("status", ["Enabled", "Suspended"])
def test_what_deletes_say(s3: Any, bucket: str, status: str) -> None:
    place = {"Bucket": bucket, "Key": "k"}
    members = ("DeleteMarker", "VersionId")
    s3.put_object(**place)
    assert outcome(s3, s3.delete_object, *members, **place) == (None, None)
    assert outcome(s3, s3.delete_object, *members, **place, VersionId=VERSION_ID) == (None, VERSION_ID)
    s3.put_object(**place)
    versioned(s3, bucket, status)
    _, marker = outcome(s3, s3.delete_object, *members, **place)
    assert (marker == "null") is (status == "Suspended")
    left = [one["VersionId"] for one in s3.list_object_versions(Bucket=bucket).get("Versions", ())]
    assert left == ([] if status == "Suspended" else ["null"])  # what is null goes for a marker that is
    assert outcome(s3, s3.delete_object, *members, **place, VersionId=marker) == (True, marker)
    assert outcome(s3, s3.delete_object, *members, **place, VersionId="null") == (None, "null")
    assert "Versions" not in s3.list_object_versions(Bucket=bucket)
    objects = [{"Key": "new"}, {"Key": "k", "VersionId": "null"}]
    (new, old) = s3.delete_objects(Bucket=bucket, Delete={"Objects": objects})["Deleted"]
    assert (new["Key"], new["DeleteMarker"], "VersionId" in new) == ("new", True, False)
    assert old == {"Key": "k", "VersionId": "null"}
    (listed,) = s3.list_object_versions(Bucket=bucket)["DeleteMarkers"]
    assert (listed["VersionId"], listed["Key"]) == (new["DeleteMarkerVersionId"], "new")
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "new", "VersionId": listed["VersionId"]}]})[
        "Deleted"
    ]
    assert answer == [
        {
            "Key": "new",
            "VersionId": listed["VersionId"],
            "DeleteMarker": True,
            "DeleteMarkerVersionId": listed["VersionId"],
        }
    ]
    assert "DeleteMarkers" not in s3.list_object_versions(Bucket=bucket)


def test_a_length_that_is_given(s3: Any, bucket: str, cloud: minicloud.Cloud) -> None:
    native = cloud.client("s3")
    place: dict[str, Any] = {"Bucket": bucket, "Key": "k"}
    upload = {**place, "UploadId": native.create_multipart_upload(**place)["UploadId"], "PartNumber": 1}
    for method, params in ((native.put_object, place), (native.upload_part, upload)):
        for length in (4, 6):
            found = outcome(native, method, "Message", **params, Body=b"hello", ContentLength=length)
            assert found == ("IncompleteBody", "The request body terminated unexpectedly"), length
    assert "Parts" not in native.list_parts(**place, UploadId=upload["UploadId"])
    assert cloud.bucket(bucket).keys == []
    for method, params in ((s3.put_object, place), (s3.upload_part, upload)):
        assert method(**params, Body=b"hello", ContentLength=5)["ETag"]


def test_pages_of_parts_and_an_upload_that_is_completed_again(s3: Any, bucket: str, cloud: minicloud.Cloud) -> None:
    place = {"Bucket": bucket, "Key": "k"}
    upload = {**place, "UploadId": s3.create_multipart_upload(**place, StorageClass="STANDARD_IA")["UploadId"]}
    empty = s3.list_parts(**upload)
    assert (empty["MaxParts"], empty["PartNumberMarker"], empty["NextPartNumberMarker"]) == (1_000, 0, 0)
    assert (empty["IsTruncated"], empty.get("Parts"), empty["StorageClass"]) == (False, None, "STANDARD_IA")
    assert empty["Initiator"] == {"ID": "arn:aws:iam::123456789012:user/minicloud", "DisplayName": "minicloud"}
    assert empty["Owner"] == s3.get_object_acl(**s3_object(s3, bucket))["Owner"]
    cloud.clock.advance(90.5)
    for number in (1, 2, 10_000):
        s3.upload_part(**upload, PartNumber=number, Body=b"x")
    members = ("MaxParts", "PartNumberMarker", "NextPartNumberMarker", "IsTruncated")
    for params, want, numbers in (
        ({}, (1_000, 0, 10_000, False), [1, 2, 10_000]),
        ({"MaxParts": 2}, (2, 0, 2, True), [1, 2]),
        ({"MaxParts": 3}, (3, 0, 10_000, False), [1, 2, 10_000]),
        ({"MaxParts": 1, "PartNumberMarker": 1}, (1, 1, 2, True), [2]),
        ({"PartNumberMarker": 10_000}, (1_000, 10_000, 0, False), []),
        ({"MaxParts": 1_001}, (1_000, 0, 10_000, False), [1, 2, 10_000]),
    ):
        page = s3.list_parts(**upload, **params)
        assert tuple(page[name] for name in members) == want, params
        assert [one["PartNumber"] for one in page.get("Parts", ())] == numbers, params
    part = page["Parts"][0]
    etag = part["ETag"]
    assert (part["LastModified"], part["Size"]) == (datetime(2026, 1, 1, 0, 1, 30, tzinfo=UTC), 1)
    listed = {"PartNumber": 2, "ETag": etag}
    done = s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [listed]})
    assert s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [listed]})["ETag"] == done["ETag"]
    for other in ({**listed, "PartNumber": 1}, {**listed, "ETag": '"a"'}):
        found = outcome(s3, s3.complete_multipart_upload, **upload, MultipartUpload={"Parts": [other]})
        assert found == ("NoSuchUpload",), other
    assert s3.head_object(**place)["StorageClass"] == "STANDARD_IA"


def s3_object(s3: Any, bucket: str) -> dict[str, str]:
    """An object; its place."""
    s3.put_object(Bucket=bucket, Key="any")
    return {"Bucket": bucket, "Key": "any"}


def test_filters_fit_keys_as_they_are_and_as_they_are_in_records(
    s3: Any, bucket: str, queue: str, cloud: minicloud.Cloud
) -> None:
    for prefix, suffix, key, is_told in (
        ("a b/", "", "a b/1", True),
        ("a+b/", "", "a b/1", True),
        ("a%2Bb/", "", "a+b/1", True),
        ("a%20b/", "", "a b/1", False),
        ("", "%C3%BC", "1ü", True),
        ("", "%C3%BC", "1u", False),
        ("a+b", "%C3%BC", "a b ü", True),
        ("a+b", "%C3%BC", "a b u", False),
        ("a+b", "%C3%BC", "a c ü", False),
        ("in/", ".png", "in/1.png", True),
        ("in/", ".png", "in/1.jpg", False),
        ("in/", ".png", "out/1.png", False),
        ("in", "n", "in", True),
    ):
        configure(s3, entry(queue, Filter=rules(prefix, suffix)))
        before = len(records_of(cloud))
        s3.put_object(Bucket=bucket, Key=key)
        assert len(records_of(cloud)) - before == is_told, (prefix, suffix, key)


def test_lists_tell_of_copies_that_are_made_of_what_is_archived(s3: Any, bucket: str, cloud: minicloud.Cloud) -> None:
    place = {"Bucket": bucket, "Key": "cold"}
    s3.put_object(**place, Body=b"x", StorageClass="DEEP_ARCHIVE")
    s3.put_object(Bucket=bucket, Key="warm")

    def told() -> list[Any]:
        asked = {"Bucket": bucket, "OptionalObjectAttributes": ["RestoreStatus"]}
        rows = [
            s3.list_objects_v2(**asked)["Contents"],
            s3.list_objects(**asked)["Contents"],
            s3.list_object_versions(**asked)["Versions"],
        ]
        assert all("RestoreStatus" not in row[1] for row in rows)
        assert "RestoreStatus" not in s3.list_objects_v2(Bucket=bucket)["Contents"][0]
        first, *others = [row[0].get("RestoreStatus") for row in rows]
        assert others == [first, first]
        return [first, s3.head_object(**place).get("Restore")]

    assert told() == [None, None]
    request = {"Days": 2, "GlacierJobParameters": {"Tier": "Bulk"}}
    s3.restore_object(**place, RestoreRequest=request)
    cloud.clock.advance(12 * 3600 - 1)
    assert told() == [{"IsRestoreInProgress": True}, 'ongoing-request="true"']
    cloud.clock.advance(1)
    until = datetime(2026, 1, 4, tzinfo=UTC)
    assert told() == [
        {"IsRestoreInProgress": False, "RestoreExpiryDate": until},
        'ongoing-request="false", expiry-date="Sun, 04 Jan 2026 00:00:00 GMT"',
    ]
    cloud.clock.advance_to(until - timedelta(seconds=1))
    assert told()[0] is not None
    cloud.clock.advance(1)
    assert told() == [None, None]  # the copy has gone


def test_how_errors_are_sent(s3: Any, bucket: str) -> None:
    """The status of each, which some programs go by."""
    place = {"Bucket": bucket, "Key": "k"}
    etag = s3.put_object(**place, Body=b"x")["ETag"]
    s3.put_object(Bucket=bucket, Key="cold", StorageClass="GLACIER")
    cold = {"Bucket": bucket, "Key": "cold"}
    versioned(s3, bucket)
    marker = s3.delete_object(Bucket=bucket, Key="gone")["VersionId"]
    restore = {"RestoreRequest": {"Days": 1}}
    s3.restore_object(**cold, **restore)
    wrong = []
    for method, params, code, status in (
        (s3.get_object, {**place, "IfMatch": "a"}, "PreconditionFailed", 412),
        (s3.get_object, {**place, "IfNoneMatch": etag}, "304", 304),
        (s3.get_object, {**place, "Range": "bytes=1-"}, "InvalidRange", 416),
        (s3.get_object, {**place, "PartNumber": 2}, "InvalidPartNumber", 416),
        (s3.get_object, {**place, "PartNumber": 1, "Range": "bytes=0-"}, "InvalidRequest", 400),
        (s3.get_object, {**place, "Key": "nobody"}, "NoSuchKey", 404),
        (s3.get_object, {**place, "Bucket": "nobody"}, "NoSuchBucket", 404),
        (s3.get_object, {**place, "VersionId": VERSION_ID}, "NoSuchVersion", 404),
        (s3.get_object, {**place, "VersionId": "x"}, "InvalidArgument", 400),
        (s3.get_object, {**place, "ExpectedBucketOwner": "111122223333"}, "AccessDenied", 403),
        (s3.get_object, cold, "InvalidObjectState", 403),
        (s3.head_object, {**place, "IfMatch": "a"}, "412", 412),
        (s3.head_object, {**place, "Range": "bytes=1-"}, "416", 416),
        (s3.head_object, {**place, "Key": "nobody"}, "404", 404),
        (s3.head_object, {**place, "VersionId": "x"}, "400", 400),
        (s3.head_object, {**place, "Key": "gone", "VersionId": marker}, "405", 405),
        (s3.head_object, {**place, "IfNoneMatch": etag}, "304", 304),
        (s3.head_object, {**place, "ExpectedBucketOwner": "111122223333"}, "403", 403),
        (s3.head_bucket, {"Bucket": "nobody"}, "404", 404),
        (s3.restore_object, {**cold, **restore}, "RestoreAlreadyInProgress", 409),
        (s3.restore_object, {**place, **restore}, "InvalidObjectState", 403),
        (s3.put_object, {**place, "IfNoneMatch": "*"}, "PreconditionFailed", 412),
        (s3.put_object, {**place, "IfNoneMatch": "a"}, "NotImplemented", 501),
        (s3.put_object, {**place, "Key": "nobody", "IfMatch": "a"}, "NoSuchKey", 404),
        (s3.put_object, {**place, "StorageClass": "HOT"}, "InvalidStorageClass", 400),
        (s3.delete_object, {**place, "IfMatch": "a"}, "PreconditionFailed", 412),
        (s3.delete_bucket, {"Bucket": bucket}, "BucketNotEmpty", 409),
        (s3.list_parts, {**place, "UploadId": "u"}, "NoSuchUpload", 404),
    ):
        try:
            method(**params)
            found: tuple[Any, ...] = ()
        except s3.exceptions.ClientError as error:
            told = error.response
            found = told["Error"]["Code"], told["ResponseMetadata"]["HTTPStatusCode"]
            if code.isdecimal() and told["Error"]["Message"] != PHRASES[code]:
                found += (told["Error"]["Message"],)
        if found != (code, status):
            wrong.append(f"{method.__name__} {params}: {found}, not {code} {status}")
    assert not wrong, "\n".join(wrong)


def test_whose_a_bucket_is_is_said(cloud: minicloud.Cloud) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="photos")
    with pytest.raises(minicloud.exceptions.ClientError) as caught:
        s3.list_objects_v2(Bucket="photos", ExpectedBucketOwner="111122223333")
    assert caught.value.response["Error"]["Message"] == "Access Denied"
    assert caught.value.__notes__ == ["the bucket photos is of account 123456789012, and not of '111122223333'"]


def test_conditions_of_writes_name_what_did_not_hold(s3: Any, bucket: str) -> None:
    place = {"Bucket": bucket, "Key": "k"}
    etag = s3.put_object(**place, Body=b"x")["ETag"]
    copy = {**place, "CopySource": {**place}, "MetadataDirective": "REPLACE"}
    upload = {**place, "UploadId": s3.create_multipart_upload(**place)["UploadId"]}
    part = s3.upload_part(**upload, PartNumber=1)["ETag"]
    upload["MultipartUpload"] = {"Parts": [{"PartNumber": 1, "ETag": part}]}
    writes = [(s3.put_object, place), (s3.copy_object, copy), (s3.complete_multipart_upload, upload)]
    for method, params in writes:
        for name, value in (("IfMatch", '"a"'), ("IfNoneMatch", "*")):
            found = outcome(s3, method, "Condition", **params, **{name: value})
            assert found == ("PreconditionFailed", "If-Match" if name == "IfMatch" else "If-None-Match"), method
        found = outcome(s3, method, "Header", "additionalMessage", **params, IfNoneMatch='"a"')
        text = "We don't accept the provided value of If-None-Match header for this API"
        assert found == ("NotImplemented", "If-None-Match", text), method
    found = outcome(s3, s3.delete_object, "Condition", **place, IfMatch='"a"')
    assert found == ("PreconditionFailed", "If-Match")
    for method, params in writes[:2]:
        assert "Error" not in method(**params, IfMatch=etag)
        etag = s3.head_object(**place)["ETag"]
    found = outcome(s3, s3.complete_multipart_upload, "Condition", **upload, IfMatch=etag)
    assert found == ("ConditionalRequestConflict", "If-Match")  # what it was put over has come since it was begun
    upload["UploadId"] = s3.create_multipart_upload(**place)["UploadId"]
    s3.upload_part(**place, UploadId=upload["UploadId"], PartNumber=1)
    etag = s3.complete_multipart_upload(**upload, IfMatch=etag)["ETag"]
    s3.delete_object(**place, IfMatch=etag.strip('"'))
    assert outcome(s3, s3.put_object, "Key", **place, IfMatch=etag) == ("NoSuchKey", "k")


def test_how_many_may_be_told(s3: Any, bucket: str, queue: str) -> None:
    def entries(count: int) -> list[Any]:
        return [entry(queue, Id=str(number), Filter=rules(f"{number:03}/")) for number in range(count)]

    configure(s3, *entries(100))
    configuration = {"QueueConfigurations": entries(101)}
    put = {"Bucket": bucket, "NotificationConfiguration": configuration}
    assert outcome(s3, s3.put_bucket_notification_configuration, **put)[0] == "TooManyConfigurations"
    shown = s3.get_bucket_notification_configuration(Bucket=bucket)["QueueConfigurations"]
    assert [one["Id"] for one in shown] == [str(number) for number in range(100)]


def test_pages_of_lists(s3: Any, bucket: str, cloud: minicloud.Cloud) -> None:
    for key in ("a/1", "a/2", "b", "c d/1"):
        s3.put_object(Bucket=bucket, Key=key)
    for token in ("", "x"):
        found = outcome(s3, s3.list_objects_v2, "ArgumentName", Bucket=bucket, ContinuationToken=token)
        assert found == ("InvalidArgument", "continuation-token"), token
    names = ("IsTruncated", "KeyCount", "MaxKeys", "Delimiter", "Prefix", "StartAfter")
    for asked, want, rows in (
        ({}, (False, 4, 1_000, None, "", None), ["a/1", "a/2", "b", "c d/1"]),
        ({"MaxKeys": 0}, (False, 0, 0, None, "", None), []),
        ({"MaxKeys": 4}, (False, 4, 4, None, "", None), ["a/1", "a/2", "b", "c d/1"]),
        ({"MaxKeys": 3}, (True, 3, 3, None, "", None), ["a/1", "a/2", "b"]),
        ({"Delimiter": "/", "MaxKeys": 3}, (False, 3, 3, "/", "", None), ["b", "a/", "c d/"]),
        ({"Delimiter": "/", "MaxKeys": 2}, (True, 2, 2, "/", "", None), ["b", "a/"]),
        ({"Delimiter": "/", "StartAfter": "a/"}, (False, 2, 1_000, "/", "", "a/"), ["b", "c d/"]),
        ({"Delimiter": "/", "StartAfter": "a/1"}, (False, 3, 1_000, "/", "", "a/1"), ["b", "a/", "c d/"]),
        ({"Delimiter": "/", "Prefix": "a/"}, (False, 2, 1_000, "/", "a/", None), ["a/1", "a/2"]),
        ({"Delimiter": "d/", "Prefix": "c"}, (False, 1, 1_000, "d/", "c", None), ["c d/"]),
        ({"StartAfter": "b"}, (False, 1, 1_000, None, "", "b"), ["c d/1"]),
        ({"Prefix": "b", "StartAfter": "b"}, (False, 0, 1_000, None, "b", "b"), []),
    ):
        page = s3.list_objects_v2(Bucket=bucket, **asked)
        assert tuple(page.get(name) for name in names) == want, asked
        assert [one["Key"] for one in page.get("Contents", ())] + [
            one["Prefix"] for one in page.get("CommonPrefixes", ())
        ] == rows, asked
        assert ("NextContinuationToken" in page) is page["IsTruncated"], asked
    first = s3.list_objects_v2(Bucket=bucket, MaxKeys=1)
    token = first["NextContinuationToken"]
    second = s3.list_objects_v2(Bucket=bucket, ContinuationToken=token)
    assert (second["ContinuationToken"], second["KeyCount"]) == (token, 3)
    # Who asks for keys as in URLs gets them so, and a native client does not ask.
    asked = {"Bucket": bucket, "Prefix": "c d", "Delimiter": "1", "EncodingType": "url"}
    for listed, marker in (
        (s3.list_objects_v2(**asked, StartAfter="a b"), "StartAfter"),
        (s3.list_objects(**asked, Marker="a b"), "Marker"),
        (s3.list_object_versions(**asked, KeyMarker="a b"), "KeyMarker"),
    ):
        shown = [listed["Prefix"], listed[marker], listed["CommonPrefixes"], listed["EncodingType"]]
        assert shown == ["c+d", "a+b", [{"Prefix": "c+d/1"}], "url"], marker
    assert s3.list_objects_v2(**{**asked, "Delimiter": ""})["Contents"][0]["Key"] == "c+d/1"
    assert outcome(s3, s3.list_objects, "ArgumentValue", **{**asked, "EncodingType": "xml"}) == (
        "InvalidArgument", "xml",
    )  # fmt: skip
    assert "Owner" not in first["Contents"][0]
    owner = s3.list_objects_v2(Bucket=bucket, FetchOwner=True)["Contents"][0]["Owner"]
    assert owner == s3.list_objects(Bucket=bucket)["Contents"][0]["Owner"] == s3.list_buckets()["Owner"]


ENCRYPTED = (
    "objects are kept as they are, and shown as encrypted with AES256: take it out of the call, or test it on AWS"
)
OTHER_SETTINGS = {
    "AnnotationDirective": "objects have no annotations here: take it out of the call",
    "BucketNamespace": "all buckets here are general purpose buckets of the global namespace: take it out of the call",
    "MFA": "nobody is asked for a second factor here: take it out of the call",
    "WriteOffsetBytes": "only directory buckets append to objects, and there are none here: put the whole object",
}


def why_not(setting: str) -> str:
    """Why a setting is not emulated."""
    if setting.startswith(("ObjectLock", "Bypass")):
        return "objects are not locked here: take it out of the call"
    return OTHER_SETTINGS.get(setting, ENCRYPTED)


def test_lists_of_a_bucket_with_thousands_of_keys(s3: Any, bucket: str, cloud: minicloud.Cloud) -> None:
    keys = [f"a/{number:04}" for number in range(2100)]
    native: Any = cloud.client("s3", "us-east-1")
    for key in [*keys, "b"]:
        native.put_object(Bucket=bucket, Key=key)
    found: list[str] = []
    sizes = []
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        found += [one["Key"] for one in page["Contents"]]
        sizes.append(page["KeyCount"])
    assert found == [*keys, "b"]
    assert sizes == [1000, 1000, 101]
    whole = s3.list_objects_v2(Bucket=bucket, Delimiter="/")
    assert [one["Prefix"] for one in whole["CommonPrefixes"]] == ["a/"]
    assert [one["Key"] for one in whole["Contents"]] == ["b"]
    assert whole["IsTruncated"] is False
    some = s3.list_objects_v2(Bucket=bucket, Prefix="a/20", StartAfter="a/2050")
    assert [one["Key"] for one in some["Contents"]] == keys[2051:]
    versions: list[str] = []
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix="a/"):
        versions += [one["Key"] for one in page["Versions"]]
    assert versions == keys
    assert len(cloud.bucket(bucket).keys) == 2101


def test_what_would_have_an_effect_on_aws_is_refused(cloud: minicloud.Cloud) -> None:
    s3 = cloud.client("s3")
    place: dict[str, Any] = {"Bucket": "photos", "Key": "k"}
    s3.create_bucket(Bucket="photos")
    s3.put_object(**place)
    customer = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "k" * 32, "SSECustomerKeyMD5": "md5"}
    keys = {**customer, "SSEKMSKeyId": "k", "SSEKMSEncryptionContext": "e30=", "BucketKeyEnabled": True}
    locks = {
        "ObjectLockEventHold": "ON",
        "ObjectLockEventHoldDurationDays": 1,
        "ObjectLockEventHoldDurationYears": 1,
        "ObjectLockLegalHoldStatus": "ON",
        "ObjectLockMode": "GOVERNANCE",
        "ObjectLockRetainUntilDate": datetime(2030, 1, 1, tzinfo=UTC),
    }
    source = {f"CopySource{name}": value for name, value in customer.items()}
    wrong = []
    for method, usual, settings in (
        (s3.put_object, place, {**keys, **locks, "WriteOffsetBytes": 1}),
        (s3.create_multipart_upload, place, {**keys, **locks}),
        (s3.copy_object, {**place, "CopySource": place}, {**keys, **locks, **source, "AnnotationDirective": "COPY"}),
        (s3.get_object, place, customer),
        (s3.head_object, place, customer),
        (s3.delete_object, place, {"BypassGovernanceRetention": True, "MFA": "m"}),
        (s3.create_bucket, {"Bucket": "new"}, {"ObjectLockEnabledForBucket": True, "BucketNamespace": "global"}),
    ):
        for name, value in settings.items():
            try:
                method(**usual, **{name: value})
                told = ""
            except minicloud.UsageError as error:
                told = str(error)
            if not told.startswith(f"{name}=") or not told.endswith(f" is not emulated: {why_not(name)}"):
                wrong.append(f"{method.__name__} {name}: {told}")
    assert not wrong, "\n".join(wrong)
    assert [one["Name"] for one in s3.list_buckets()["Buckets"]] == ["photos"]
    with pytest.raises(minicloud.UsageError) as caught:
        s3.put_object(**place, ServerSideEncryption="aws:kms")
    assert str(caught.value) == f"ServerSideEncryption='aws:kms' is not emulated: {ENCRYPTED}"
    assert s3.put_object(**place, BucketKeyEnabled=False, ServerSideEncryption="AES256")["ETag"]


def test_what_is_put_with_other_headers_has_the_usual_type(s3: Any, bucket: str) -> None:
    place = {"Bucket": bucket, "Key": "k"}
    for headers in ({}, {"CacheControl": "no-cache"}, {"Expires": datetime(2030, 1, 1, tzinfo=UTC)}):
        s3.put_object(**place, **headers)
        assert s3.head_object(**place)["ContentType"] == "binary/octet-stream", headers
    upload = {**place, "UploadId": s3.create_multipart_upload(**place, ContentLanguage="en")["UploadId"]}
    part = {"PartNumber": 1, "ETag": s3.upload_part(**upload, PartNumber=1)["ETag"]}
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [part]})
    head = s3.head_object(**place)
    assert (head["ContentType"], head["ContentLanguage"]) == ("binary/octet-stream", "en")


def test_the_ids_of_a_request(s3: Any) -> None:
    """16 characters, and 56 bytes as base64. [recorded]"""
    metadata = s3.list_buckets()["ResponseMetadata"]
    assert len(metadata["RequestId"]) == 16
    assert len(b64decode(metadata["HostId"], validate=True)) == 56


def test_conditions_of_time_end_at_the_second(s3: Any, bucket: str, cloud: minicloud.Cloud) -> None:
    """What was changed in that very second has not been changed since. [RFC 9110, 13.1.3 and 13.1.4]"""
    cloud.clock.advance(5.5)
    place = {"Bucket": bucket, "Key": "k"}
    s3.put_object(**place, Body=b"x")
    cloud.clock.advance(60)
    of_copy = {"Bucket": bucket, "Key": "copy", "CopySource": place}
    part = {**of_copy, "UploadId": s3.create_multipart_upload(Bucket=bucket, Key="copy")["UploadId"], "PartNumber": 1}
    wrong = []
    for second, is_since, is_until in ((4, True, False), (5, False, True), (6, False, True)):
        moment = datetime(2026, 1, 1, 0, 0, second, tzinfo=UTC)
        for call, params, prefix, not_modified, failed in (
            (s3.get_object, place, "", "304", "PreconditionFailed"),
            (s3.head_object, place, "", "304", "412"),
            (s3.copy_object, of_copy, "CopySource", "PreconditionFailed", "PreconditionFailed"),
            (s3.upload_part_copy, part, "CopySource", "PreconditionFailed", "PreconditionFailed"),
        ):
            for name, is_met, code in (
                ("IfModifiedSince", is_since, not_modified),
                ("IfUnmodifiedSince", is_until, failed),
            ):
                found = outcome(s3, call, **params, **{prefix + name: moment})
                if found != (() if is_met else (code,)):
                    wrong.append((call.__name__, name, second, found))
    assert wrong == []

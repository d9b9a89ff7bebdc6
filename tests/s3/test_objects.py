"""Objects: put, got in whole and in part, conditions, copies, versions, deletes, lists, tags."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import minicloud

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PRECONDITION = "At least one of the pre-conditions you specified did not hold"


def read(answer: Any) -> Any:
    return answer["Body"].read()


def keys(answer: Any) -> list[str]:
    return [one["Key"] for one in answer.get("Contents", ())]


def test_what_is_put_comes_back(s3: Any, bucket: str) -> None:
    key = "in/ü+é a&b.png"
    etag = f'"{hashlib.md5(b"hello", usedforsecurity=False).hexdigest()}"'
    put = s3.put_object(
        Bucket=bucket,
        Key=key,
        Body=b"hello",
        ContentType="image/png",
        CacheControl="no-cache",
        Metadata={"Owner-Name": "me"},
        Tagging="a=b&c=",
    )
    assert (put["ETag"], put["ServerSideEncryption"]) == (etag, "AES256")
    assert "VersionId" not in put
    got = s3.get_object(Bucket=bucket, Key=key)
    assert read(got) == b"hello"
    assert (got["ETag"], got["ContentLength"], got["LastModified"]) == (etag, 5, NOW)
    assert (got["ContentType"], got["CacheControl"], got["AcceptRanges"]) == ("image/png", "no-cache", "bytes")
    assert (got["Metadata"], got["TagCount"]) == ({"owner-name": "me"}, 2)
    head = s3.head_object(Bucket=bucket, Key=key)
    assert head["ContentLength"] == 5
    assert head["ResponseMetadata"]["HTTPHeaders"]["content-length"] == "5"
    tags = s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
    assert tags == [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": ""}]
    s3.put_object_tagging(Bucket=bucket, Key=key, Tagging={"TagSet": [{"Key": "z", "Value": "1"}]})
    assert s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"] == [{"Key": "z", "Value": "1"}]
    s3.delete_object_tagging(Bucket=bucket, Key=key)
    assert s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"] == []
    (grant,) = s3.get_object_acl(Bucket=bucket, Key=key)["Grants"]
    assert (grant["Permission"], grant["Grantee"]["Type"]) == ("FULL_CONTROL", "CanonicalUser")


def test_ranges_and_parts(s3: Any, bucket: str, refused: Any) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"hello")
    place = {"Bucket": bucket, "Key": "k"}
    for asked, body, shown in (
        ("bytes=0-1", b"he", "bytes 0-1/5"),
        ("bytes=-2", b"lo", "bytes 3-4/5"),
        ("bytes=2-", b"llo", "bytes 2-4/5"),
        ("bytes=3-99", b"lo", "bytes 3-4/5"),
    ):
        got = s3.get_object(**place, Range=asked)
        assert (read(got), got["ContentRange"], got["ContentLength"]) == (body, shown, len(body))
        assert got["ResponseMetadata"]["HTTPStatusCode"] == 206
    error = refused(s3.get_object, "InvalidRange", "The requested range is not satisfiable", **place, Range="bytes=5-")
    assert (error["ActualObjectSize"], error["RangeRequested"]) == ("5", "bytes=5-")
    error = refused(s3.get_object, "InvalidPartNumber", **place, PartNumber=2)
    assert (error["ActualPartCount"], error["PartNumberRequested"]) == ("1", "2")
    refused(s3.get_object, "InvalidRequest", **place, PartNumber=1, Range="bytes=0-1")
    refused(s3.head_object, "416", **place, Range="bytes=5-")


@pytest.mark.modelled("s3.PutObject.IfMatch", "s3.DeleteObject.IfMatch")
def headers_of_refusal(s3: Any, method: Any, **params: Any) -> Any:
    """The headers of the answer to a call that is refused."""
    with pytest.raises(s3.exceptions.ClientError) as caught:
        method(**params)
    return caught.value.response["ResponseMetadata"]["HTTPHeaders"]


def test_conditions(s3: Any, bucket: str, refused: Any) -> None:
    place = {"Bucket": bucket, "Key": "k"}
    etag = s3.put_object(**place, Body=b"x", IfNoneMatch="*")["ETag"]
    for params, condition in (
        ({"IfMatch": "other"}, "If-Match"),
        ({"IfUnmodifiedSince": NOW - timedelta(days=1)}, "If-Unmodified-Since"),
    ):
        assert refused(s3.get_object, "PreconditionFailed", PRECONDITION, **place, **params)["Condition"] == condition
    for unmodified in ({"IfNoneMatch": etag}, {"IfNoneMatch": etag.strip('"')}, {"IfModifiedSince": NOW}):
        refused(s3.get_object, "304", "Not Modified", **place, **unmodified)
        refused(s3.head_object, "304", "Not Modified", **place, **unmodified)
        for read_it in (s3.get_object, s3.head_object):
            headers = headers_of_refusal(s3, read_it, **place, **unmodified)
            assert (headers["etag"], headers["last-modified"]) == (etag, "Thu, 01 Jan 2026 00:00:00 GMT")
    assert read(s3.get_object(**place, IfMatch=etag.strip('"'), IfModifiedSince=NOW + timedelta(days=1))) == b"x"
    refused(s3.put_object, "PreconditionFailed", **place, Body=b"y", IfNoneMatch="*")
    refused(s3.put_object, "PreconditionFailed", **place, Body=b"y", IfMatch="other")
    error = refused(s3.put_object, "NotImplemented", **place, Body=b"y", IfNoneMatch="other")
    assert error["Header"] == "If-None-Match"
    refused(s3.put_object, "NoSuchKey", Bucket=bucket, Key="nobody", Body=b"y", IfMatch=etag)
    refused(s3.delete_object, "PreconditionFailed", **place, IfMatch="other")
    s3.delete_object(**place, IfMatch=etag)
    assert refused(s3.delete_object, "NoSuchKey", **place, IfMatch=etag)["Key"] == "k"
    s3.put_object(**place, Body=b"y", IfNoneMatch="*")


def test_what_is_not_there(s3: Any, bucket: str, refused: Any) -> None:
    error = refused(s3.get_object, "NoSuchKey", "The specified key does not exist.", Bucket=bucket, Key="nobody")
    assert error["Key"] == "nobody"
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket=bucket, Key="nobody")
    refused(s3.head_object, "404", "Not Found", Bucket=bucket, Key="nobody")
    refused(s3.head_bucket, "404", "Not Found", Bucket="nobody")
    error = refused(
        s3.put_object, "NoSuchBucket", "The specified bucket does not exist", Bucket="nobody", Key="k", Body=b""
    )
    assert error["BucketName"] == "nobody"
    refused(s3.get_object, "AccessDenied", Bucket=bucket, Key="k", ExpectedBucketOwner="111122223333")
    refused(s3.put_object, "InvalidStorageClass", Bucket=bucket, Key="k", StorageClass="COLD")
    refused(s3.put_object, "KeyTooLongError", Bucket=bucket, Key="k" * 1025)
    refused(s3.put_object, "AccessControlListNotSupported", Bucket=bucket, Key="k", ACL="public-read")
    md5 = {"ContentMD5": "1B2M2Y8AsgTpgAmY7PhCfg=="}
    assert s3.put_object(Bucket=bucket, Key="k", Body=b"", **md5)["ETag"]


def test_copies(s3: Any, bucket: str, refused: Any) -> None:
    s3.create_bucket(Bucket="others")
    source = {"Bucket": bucket, "Key": "in/a b+c?.txt"}
    s3.put_object(**source, Body=b"x", Metadata={"a": "1"}, Tagging="t=1", ContentType="text/plain")
    for copy_source in (source, "photos/in/a b+c?.txt"):
        copied = s3.copy_object(Bucket="others", Key="copy", CopySource=copy_source)
        assert copied["CopyObjectResult"]["ETag"]
        got = s3.get_object(Bucket="others", Key="copy")
        assert (read(got), got["Metadata"], got["ContentType"]) == (b"x", {"a": "1"}, "text/plain")
        assert s3.get_object_tagging(Bucket="others", Key="copy")["TagSet"] == [{"Key": "t", "Value": "1"}]
    refused(s3.copy_object, "InvalidRequest", **source, CopySource=source)
    s3.copy_object(**source, CopySource=source, StorageClass="STANDARD")  # which it is already
    s3.copy_object(**source, CopySource=source, Metadata={"b": "2"}, MetadataDirective="REPLACE")
    assert s3.head_object(**source)["Metadata"] == {"b": "2"}
    error = refused(s3.copy_object, "NoSuchKey", **source, CopySource={"Bucket": bucket, "Key": "nobody"})
    assert error["Key"] == "nobody"
    refused(s3.copy_object, "PreconditionFailed", **source, CopySource=source, CopySourceIfMatch="x")


def test_a_version_may_be_copied_onto_its_own_key(s3: Any, bucket: str, refused: Any) -> None:
    place = {"Bucket": bucket, "Key": "k"}
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    newest = s3.put_object(**place, Body=b"x")["VersionId"]
    copied = s3.copy_object(**place, CopySource={**place, "VersionId": newest})
    assert copied["CopySourceVersionId"] == newest != copied["VersionId"]
    refused(s3.copy_object, "InvalidRequest", **place, CopySource=place)
    assert len(s3.list_object_versions(Bucket=bucket)["Versions"]) == 2


def test_tags_of_aws_cannot_be_given(s3: Any, bucket: str, refused: Any) -> None:
    place = {"Bucket": bucket, "Key": "k"}
    text = "Your TagKey cannot be prefixed with aws:"
    assert refused(s3.put_object, "InvalidTag", text, **place, Tagging="a=b&aws:c=d")["TagKey"] == "aws:c"
    refused(s3.head_object, "404", **place)
    s3.put_object(**place, Tagging="a=b")
    refused(s3.copy_object, "InvalidTag", text, **place, CopySource=place, TaggingDirective="REPLACE", Tagging="aws:c=")
    tags = {"TagSet": [{"Key": "aws:c", "Value": ""}]}
    refused(s3.put_object_tagging, "InvalidTag", text, **place, Tagging=tags, members={"TagKey": "aws:c"})
    assert s3.get_object_tagging(**place)["TagSet"] == [{"Key": "a", "Value": "b"}]


def test_the_longest_and_the_most_tags_pass_and_no_more(s3: Any, bucket: str, refused: Any) -> None:
    place = {"Bucket": bucket, "Key": "k"}
    s3.put_object(**place)
    largest = [{"Key": f"{number}".rjust(128, "k"), "Value": "v" * 256} for number in range(10)]
    s3.put_object_tagging(**place, Tagging={"TagSet": largest})
    assert s3.get_object_tagging(**place)["TagSet"] == largest
    for tag, text in (
        ({"Key": "k" * 129, "Value": ""}, "The TagKey you have provided is invalid"),
        ({"Key": "k", "Value": "v" * 257}, "The TagValue you have provided is invalid"),
    ):
        refused(s3.put_object_tagging, "InvalidTag", text, **place, Tagging={"TagSet": [tag]})
    more = [*largest, {"Key": "k", "Value": ""}]
    refused(s3.put_object_tagging, "BadRequest", **place, Tagging={"TagSet": more})
    assert s3.get_object_tagging(**place)["TagSet"] == largest


def test_versions(s3: Any, bucket: str, refused: Any, cloud: minicloud.Cloud) -> None:
    place = {"Bucket": bucket, "Key": "k"}
    assert "Status" not in s3.get_bucket_versioning(Bucket=bucket)
    s3.put_object(**place, Body=b"null")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    one = s3.put_object(**place, Body=b"one")["VersionId"]
    cloud.clock.advance(1)
    two = s3.put_object(**place, Body=b"two")["VersionId"]
    assert len(one) == 32
    assert read(s3.get_object(**place)) == b"two"
    assert read(s3.get_object(**place, VersionId=one)) == b"one"
    assert read(s3.get_object(**place, VersionId="null")) == b"null"
    deleted = s3.delete_object(**place)
    assert deleted["DeleteMarker"] is True
    marker = deleted["VersionId"]
    refused(s3.get_object, "NoSuchKey", **place)
    for read_it in (s3.get_object, s3.head_object):
        headers = headers_of_refusal(s3, read_it, **place)
        assert (headers["x-amz-delete-marker"], headers["x-amz-version-id"]) == ("true", marker)
        headers = headers_of_refusal(s3, read_it, **place, VersionId=marker)
        assert (headers["x-amz-delete-marker"], headers["allow"]) == ("true", "DELETE")
        assert headers["last-modified"] == "Thu, 01 Jan 2026 00:00:01 GMT"
    error = refused(s3.get_object_tagging, "MethodNotAllowed", **place, VersionId=marker)
    assert (error["Method"], error["ResourceType"]) == ("GET", "DeleteMarker")
    listed = s3.list_object_versions(Bucket=bucket)
    assert [(one["VersionId"], one["IsLatest"]) for one in listed["DeleteMarkers"]] == [(marker, True)]
    assert [one["VersionId"] for one in listed["Versions"]] == [two, one, "null"]
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, PaginationConfig={"PageSize": 1})
    if hasattr(pages, "__iter__"):
        assert len(list(pages)) == 4
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    assert s3.delete_object(**place, VersionId=marker) | {"ResponseMetadata": 0} == {
        "DeleteMarker": True,
        "VersionId": marker,
        "ResponseMetadata": 0,
    }
    assert read(s3.get_object(**place)) == b"two"
    s3.delete_object(**place, VersionId=two)
    assert read(s3.get_object(**place)) == b"one"
    refused(s3.get_object, "NoSuchVersion", **place, VersionId=two)
    error = refused(s3.get_object, "InvalidArgument", "Invalid version id specified", **place, VersionId="x")
    assert error["ArgumentName"] == "versionId"
    refused(s3.delete_bucket, "BucketNotEmpty", Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    assert "VersionId" not in s3.put_object(**place, Body=b"again")
    assert s3.delete_object(**place)["VersionId"] == "null"
    assert [one["VersionId"] for one in s3.list_object_versions(Bucket=bucket)["Versions"]] == [one]


def test_many_are_deleted(s3: Any, bucket: str, refused: Any) -> None:
    for key in ("a", "b"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    objects = [{"Key": "a"}, {"Key": "nobody"}, {"Key": "b", "VersionId": "x"}]
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": objects})
    assert answer["Deleted"] == [{"Key": "a"}, {"Key": "nobody"}]
    (error,) = answer["Errors"]
    assert (error["Key"], error["VersionId"], error["Code"]) == ("b", "x", "InvalidArgument")
    assert keys(s3.list_objects_v2(Bucket=bucket)) == ["b"]
    quiet = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "b"}], "Quiet": True})
    assert "Deleted" not in quiet
    refused(s3.delete_objects, "MalformedXML", Bucket=bucket, Delete={"Objects": [{"Key": "a"}] * 1001})


def test_lists(s3: Any, bucket: str, refused: Any) -> None:
    for key in ("test_2", "test_10", "test_1", "a/1", "a/2", "b/1", "ü"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"12")
    whole = s3.list_objects_v2(Bucket=bucket)
    assert keys(whole) == ["a/1", "a/2", "b/1", "test_1", "test_10", "test_2", "ü"]
    assert (whole["KeyCount"], whole["MaxKeys"], whole["IsTruncated"], whole["Prefix"]) == (7, 1000, False, "")
    assert (whole["Contents"][0]["Size"], whole["Contents"][0]["StorageClass"]) == (2, "STANDARD")
    folders = s3.list_objects_v2(Bucket=bucket, Delimiter="/", MaxKeys=3)
    assert [one["Prefix"] for one in folders["CommonPrefixes"]] == ["a/", "b/"]
    assert (keys(folders), folders["IsTruncated"]) == (["test_1"], True)
    more = s3.list_objects_v2(Bucket=bucket, Delimiter="/", ContinuationToken=folders["NextContinuationToken"])
    assert (keys(more), more["KeyCount"]) == (["test_10", "test_2", "ü"], 3)
    assert keys(s3.list_objects_v2(Bucket=bucket, Prefix="a/", StartAfter="a/1")) == ["a/2"]
    paged = []
    token: dict[str, str] = {}
    while True:
        page = s3.list_objects_v2(Bucket=bucket, MaxKeys=1, Delimiter="/", **token)
        paged += keys(page) + [one["Prefix"] for one in page.get("CommonPrefixes", ())]
        if not page["IsTruncated"]:
            break
        token = {"ContinuationToken": page["NextContinuationToken"]}
    assert paged == ["a/", "b/", "test_1", "test_10", "test_2", "ü"]
    old = s3.list_objects(Bucket=bucket, MaxKeys=2, Delimiter="/")
    assert old["NextMarker"] == "b/"
    assert keys(s3.list_objects(Bucket=bucket, Marker="b/", Delimiter="/")) == ["test_1", "test_10", "test_2", "ü"]
    assert s3.list_objects(Bucket=bucket)["Contents"][0]["Owner"]["ID"]
    error = refused(s3.list_objects_v2, "InvalidArgument", Bucket=bucket, ContinuationToken="x")
    assert error["ArgumentName"] == "continuation-token"
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket, Prefix="nobody")
    for call in (s3.list_objects_v2, s3.list_objects, s3.list_object_versions):
        assert call(Bucket=bucket, MaxKeys=5_000)["MaxKeys"] == 1_000


def test_what_is_archived(s3: Any, bucket: str, refused: Any, cloud: minicloud.Cloud) -> None:
    place = {"Bucket": bucket, "Key": "k"}
    s3.put_object(**place, Body=b"x", StorageClass="GLACIER")
    error = refused(s3.get_object, "InvalidObjectState", **place)
    assert error["StorageClass"] == "GLACIER"
    request = {"Days": 2, "GlacierJobParameters": {"Tier": "Expedited"}}
    s3.restore_object(**place, RestoreRequest=request)
    refused(s3.restore_object, "RestoreAlreadyInProgress", **place, RestoreRequest=request)
    assert s3.head_object(**place)["Restore"] == 'ongoing-request="true"'
    cloud.clock.advance(301)
    assert read(s3.get_object(**place)) == b"x"
    cloud.clock.advance(3 * 24 * 3600)
    refused(s3.get_object, "InvalidObjectState", **place)
    s3.put_object(Bucket=bucket, Key="plain", Body=b"x")
    refused(s3.restore_object, "InvalidObjectState", Bucket=bucket, Key="plain", RestoreRequest=request)


def test_a_restored_copy_is_there_until_the_end_of_a_day_and_for_longer_when_it_is_asked_for_again(
    s3: Any, bucket: str, cloud: minicloud.Cloud
) -> None:
    place = {"Bucket": bucket, "Key": "k"}
    s3.put_object(**place, Body=b"x", StorageClass="GLACIER")
    cloud.clock.advance(9.5 * 3600)
    request = {"Days": 3, "GlacierJobParameters": {"Tier": "Expedited"}}
    begun = s3.restore_object(**place, RestoreRequest=request)
    cloud.clock.advance(300)
    shown = 'ongoing-request="false", expiry-date="{} 00:00:00 GMT"'
    assert s3.head_object(**place)["Restore"] == shown.format("Mon, 05 Jan 2026")
    longer = s3.restore_object(**place, RestoreRequest={"Days": 5})
    assert s3.head_object(**place)["Restore"] == shown.format("Wed, 07 Jan 2026")
    assert [answer["ResponseMetadata"]["HTTPStatusCode"] for answer in (begun, longer)] == [202, 200]
    assert {*longer} == {"ResponseMetadata"}
    cloud.clock.advance(7 * 24 * 3600)
    again = s3.restore_object(**place, RestoreRequest=request)
    assert again["ResponseMetadata"]["HTTPStatusCode"] == 202


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ({"GlacierJobParameters": {"Tier": "Expedited"}}, 300),
        ({"Tier": "Standard"}, 5 * 3600),
        ({}, 5 * 3600),
        ({"GlacierJobParameters": {"Tier": "Bulk"}}, 12 * 3600),
    ],
)
def test_when_a_copy_of_what_is_archived_comes_and_goes(
    s3: Any, bucket: str, refused: Any, cloud: minicloud.Cloud, asked: dict[str, Any], seconds: int
) -> None:
    place = {"Bucket": bucket, "Key": "k"}
    s3.put_object(**place, Body=b"x", StorageClass="GLACIER")
    for wrong in ({}, {"Days": 0}, {"Days": 1, "Tier": "Fast"}):
        refused(s3.restore_object, "MalformedXML", **place, RestoreRequest={**asked, **wrong})
    request = {"Days": 2, **asked}
    for _ in range(2):
        s3.restore_object(**place, RestoreRequest=request)
        cloud.clock.advance(seconds - 1)
        refused(s3.restore_object, "RestoreAlreadyInProgress", **place, RestoreRequest=request)
        refused(s3.get_object, "InvalidObjectState", **place)
        cloud.clock.advance(1)
        s3.restore_object(**place, RestoreRequest={"Days": 1})  # from now on, to the end of a day
        cloud.clock.advance(2 * 24 * 3600 - cloud.clock.time() % (24 * 3600) - 1)
        assert read(s3.get_object(**place)) == b"x"
        cloud.clock.advance(1)
        refused(s3.get_object, "InvalidObjectState", **place)


def test_what_is_not_emulated_says_so(cloud: minicloud.Cloud) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="photos")
    for params, text in (
        ({"SSECustomerAlgorithm": "AES256"}, "shown as encrypted with AES256"),
        ({"ServerSideEncryption": "aws:kms"}, "shown as encrypted with AES256"),
        ({"ObjectLockMode": "GOVERNANCE"}, "not locked here"),
        ({"WriteOffsetBytes": 1}, "put the whole object"),
    ):
        with pytest.raises(minicloud.UsageError, match=text):
            s3.put_object(Bucket="photos", Key="k", Body=b"", **params)  # type: ignore[arg-type]
    with pytest.raises(minicloud.UsageError, match="get_bucket_policy of S3: it would have no effect"):
        s3.get_bucket_policy(Bucket="photos")  # type: ignore[attr-defined]
    arns = (
        r"^arn:(aws).*:(s3|s3-object-lambda):[a-z\-0-9]*:[0-9]{12}:accesspoint[/:][a-zA-Z0-9\-.]{1,63}$|"
        r"^arn:(aws).*:s3-outposts:[a-z\-0-9]+:[0-9]{12}:outpost[/:][a-zA-Z0-9\-]{1,63}[/:]accesspoint[/:]"
        r"[a-zA-Z0-9\-]{1,63}$"
    )
    texts = {
        'Invalid bucket name "no bucket": Bucket name must match the regex "^[a-zA-Z0-9.\\-_]{1,255}$" or be an ARN '
        f'matching the regex "{arns}"': lambda: s3.head_bucket(Bucket="no bucket"),
        'Non ascii characters found in S3 metadata for key "a", value: "é".  \nS3 metadata can only contain ASCII '
        "characters. ": lambda: s3.put_object(Bucket="photos", Key="k", Metadata={"a": "é"}),
        "Missing required parameter: 'Key'": lambda: s3.copy_object(
            Bucket="photos", Key="k", CopySource={"Bucket": "photos"}
        ),
    }
    for text, call in texts.items():
        with pytest.raises(minicloud.exceptions.ParamValidationError) as caught:
            call()
        assert str(caught.value) == f"Parameter validation failed:\n{text}"


def test_puts_that_give_few_parameters_are_as_others(s3: Any, bucket: str, refused: Any) -> None:
    """Clients take a shorter way with them."""

    def told(**more: Any) -> dict[str, Any]:
        answer = s3.put_object(Bucket=bucket, Key="a", Body=b"hello", ContentType="text/plain", **more)
        found = s3.get_object(Bucket=bucket, Key="a", ChecksumMode="ENABLED")
        body = found.pop("Body").read()
        for one in (answer, found):
            one.pop("ResponseMetadata")
        return {**answer, **found, "Body": body}

    assert told(Metadata={"Of": "me"}) == told(Metadata={"Of": "me"}, StorageClass="STANDARD")
    assert s3.put_object(Bucket=bucket, Key="e" * 1024)["ETag"] == s3.put_object(Bucket=bucket, Key="b")["ETag"]
    for more in ({}, {"StorageClass": "STANDARD"}):
        refused(s3.put_object, "KeyTooLongError", Bucket=bucket, Key="ü" * 513, **more)
        large = {"Size": "2049", "MaxSizeAllowed": "2048"}
        s3.put_object(Bucket=bucket, Key="a", Metadata={"a": "x" * 2047}, **more)
        refused(
            s3.put_object, "MetadataTooLarge", Bucket=bucket, Key="a", Metadata={"a": "x" * 2048}, members=large, **more
        )
        refused(s3.put_object, "NoSuchBucket", Bucket="none-of-it", Key="ü" * 513, **more)
        with pytest.raises(Exception, match="Unknown parameter in input"):
            s3.put_object(Bucket=bucket, Key="a", Bodi=b"", **more)
        with pytest.raises(Exception, match="Invalid length for parameter Key"):
            s3.put_object(Bucket=bucket, Key="", **more)
    with pytest.raises(TypeError, match=r"put_object\(\) only accepts keyword arguments"):
        s3.put_object(bucket, Key="a")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    assert s3.put_object(Bucket=bucket, Key="a")["VersionId"] == s3.head_object(Bucket=bucket, Key="a")["VersionId"]


def test_limits_and_what_is_said_at_them(s3: Any, bucket: str, refused: Any, cloud: minicloud.Cloud) -> None:
    place = {"Bucket": bucket, "Key": "k"}
    with pytest.raises(minicloud.exceptions.ClientError) as caught:
        cloud.client("s3").get_object(**place)  # type: ignore[arg-type]
    assert caught.value.__notes__ == [f"the bucket {bucket} is empty"]
    digest = b64encode(hashlib.md5(b"x", usedforsecurity=False).digest()).decode()
    refused(s3.put_object, "InvalidDigest", **place, Body=b"x", ContentMD5=f"!{digest}")
    s3.put_object(Bucket=bucket, Key="é" * 512, Body=b"x", ContentType="text/css")
    assert s3.head_object(Bucket=bucket, Key="é" * 512)["ContentType"] == "text/css"
    sizes = {"MaxSizeAllowed": "1024", "Size": "1026"}
    refused(s3.put_object, "KeyTooLongError", Bucket=bucket, Key="é" * 513, Body=b"x", members=sizes)
    s3.delete_object(Bucket=bucket, Key="é" * 512)
    text = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"
    refused(s3.create_bucket, "InvalidBucketAclWithObjectOwnership", text, Bucket="open", ACL="public-read")
    upload = s3.create_multipart_upload(**place)["UploadId"]
    argument = {"ArgumentName": "partNumber", "ArgumentValue": "10001"}
    part = {**place, "UploadId": upload, "PartNumber": 10_001, "Body": b"x"}
    refused(s3.upload_part, "InvalidArgument", **part, members=argument)
    s3.put_object(**place, Body=b"x", StorageClass="GLACIER", ContentType="text/plain")
    (row,) = s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert row["ETag"] == f'"{hashlib.md5(b"x", usedforsecurity=False).hexdigest()}"'
    # A restored copy is kept for longer as long as it is there, and no longer.
    day, expedited = 24 * 3600, {"Days": 1, "GlacierJobParameters": {"Tier": "Expedited"}}
    s3.restore_object(**place, RestoreRequest=expedited)
    cloud.clock.advance(60)
    assert 'ongoing-request="true"' in s3.head_object(**place)["Restore"]
    cloud.clock.advance(240)
    assert read(s3.get_object(**place)) == b"x"
    cloud.clock.advance(day - 1)
    s3.restore_object(**place, RestoreRequest=expedited)  # a day from now, to the end of that day
    cloud.clock.advance(2 * day - 300)
    assert read(s3.get_object(**place)) == b"x"
    cloud.clock.advance(1)
    refused(s3.get_object, "InvalidObjectState", **place)
    s3.restore_object(**place, RestoreRequest=expedited)
    assert 'ongoing-request="true"' in s3.head_object(**place)["Restore"]


def test_every_storage_class(s3: Any, bucket: str) -> None:
    """What is archived says of which class it is. [S3 API: InvalidObjectState, StorageClass]"""
    archived = ("GLACIER", "DEEP_ARCHIVE")
    plain = ("REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR")
    for name in (*plain, *archived):
        place = {"Bucket": bucket, "Key": name}
        s3.put_object(**place, Body=b"x", StorageClass=name)
        copy = {"Bucket": bucket, "Key": f"copy-{name}", "CopySource": {"Bucket": bucket, "Key": plain[0]}}
        s3.copy_object(**copy, StorageClass=name)
        assert [s3.head_object(**{**place, "Key": key})["StorageClass"] for key in (name, f"copy-{name}")] == [name] * 2
        if name in archived:
            with pytest.raises(s3.exceptions.InvalidObjectState) as caught:
                s3.get_object(**place)
            response = caught.value.response
            assert (response["StorageClass"], response["Error"]["StorageClass"]) == (name, name)
    s3.put_object(Bucket=bucket, Key="plain", StorageClass="STANDARD")
    assert "StorageClass" not in s3.head_object(Bucket=bucket, Key="plain")
    rows = {one["Key"]: one["StorageClass"] for one in s3.list_objects_v2(Bucket=bucket)["Contents"]}
    assert rows == {
        "plain": "STANDARD",
        **{prefix + name: name for name in (*plain, *archived) for prefix in ("", "copy-")},
    }

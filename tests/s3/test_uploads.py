"""Multipart uploads, and what s3transfer makes of them."""

from __future__ import annotations

import hashlib
import io
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

import minicloud
from tests.s3.conftest import records_of
from tests.support.answers import answer

LEAST = 5 * 1024 * 1024


def test_a_multipart_upload(s3: Any, bucket: str, refused: Any, cloud: minicloud.Cloud) -> None:
    place = {"Bucket": bucket, "Key": "big"}
    begun = s3.create_multipart_upload(**place, Metadata={"a": "b"}, ContentType="text/plain")
    upload = {**place, "UploadId": begun["UploadId"]}
    parts: list[dict[str, Any]] = []
    for number, body in ((2, b"tail"), (1, b"wrong"), (1, b"x" * LEAST), (3, b"unlisted")):
        etag = s3.upload_part(**upload, PartNumber=number, Body=body)["ETag"]
        parts = [one for one in parts if one["PartNumber"] != number] + [{"PartNumber": number, "ETag": etag}]
    parts.sort(key=lambda one: int(one["PartNumber"]))
    listed = s3.list_parts(**upload)
    assert [(one["PartNumber"], one["Size"]) for one in listed["Parts"]] == [(1, LEAST), (2, 4), (3, 8)]
    assert cloud.bucket(bucket).keys == []
    complete = s3.complete_multipart_upload
    for wrong in (parts[:2][::-1], [parts[0], parts[0]]):
        refused(complete, "InvalidPartOrder", **upload, MultipartUpload={"Parts": wrong})
    error = refused(complete, "InvalidPart", **upload, MultipartUpload={"Parts": [{"PartNumber": 9, "ETag": "x"}]})
    assert (error["PartNumber"], error["ETag"]) == ("9", "x")
    small = [parts[1], parts[2]]
    error = refused(complete, "EntityTooSmall", **upload, MultipartUpload={"Parts": small})
    assert (error["ProposedSize"], error["MinSizeAllowed"]) == ("4", "5242880")
    refused(complete, "MalformedXML", **upload)
    refused(s3.upload_part, "InvalidArgument", **upload, PartNumber=10_001, Body=b"")
    answer = complete(**upload, MultipartUpload={"Parts": parts[:2]})
    assert answer["ETag"].endswith('-2"')
    head = s3.head_object(**place, PartNumber=1)
    assert (head["PartsCount"], head["ContentLength"], head["Metadata"]) == (2, LEAST, {"a": "b"})
    assert s3.get_object(**place, PartNumber=2)["Body"].read() == b"tail"
    refused(complete, "NoSuchUpload", **upload, MultipartUpload={"Parts": parts[:1]})
    s3.delete_object(**place)
    told = len(cloud.bucket(bucket).events)
    again = complete(**upload, MultipartUpload={"Parts": parts[:2]}, IfNoneMatch="*")  # who had no answer asks again
    assert {name: again[name] for name in answer if name != "ResponseMetadata"} == {
        name: value for name, value in answer.items() if name != "ResponseMetadata"
    }
    assert (cloud.bucket(bucket).keys, len(cloud.bucket(bucket).events)) == ([], told)
    s3.put_object(**place, Body=b"whole")
    other = s3.create_multipart_upload(**place)["UploadId"]
    s3.abort_multipart_upload(**place, UploadId=other)
    assert refused(s3.list_parts, "NoSuchUpload", **place, UploadId=other)["UploadId"] == other
    copied = s3.copy_object(Bucket=bucket, Key="copy", CopySource=place)
    assert "-" not in copied["CopyObjectResult"]["ETag"]


def test_parts_are_copied(s3: Any, bucket: str, refused: Any) -> None:
    source = {"Bucket": bucket, "Key": "in/a b"}
    s3.put_object(**source, Body=b"0123456789")
    place = {"Bucket": bucket, "Key": "copy"}
    upload = {**place, "UploadId": s3.create_multipart_upload(**place, ChecksumAlgorithm="SHA256")["UploadId"]}
    copy = s3.upload_part_copy
    tail = copy(**upload, PartNumber=1, CopySource=source, CopySourceRange="bytes=8-9")["CopyPartResult"]
    assert tail["ETag"] == s3.put_object(Bucket=bucket, Key="tail", Body=b"89")["ETag"]
    assert (tail["ChecksumSHA256"], tail["LastModified"].year) == (sha256_of(b"89"), 2026)
    listed = s3.list_parts(**upload)["Parts"]
    assert [(one["PartNumber"], one["Size"], one["ETag"]) for one in listed] == [(1, 2, tail["ETag"])]
    range_ = {"ArgumentName": "x-amz-copy-source-range", "ArgumentValue": "bytes=8-10"}
    text = "Range specified is not valid for source object of size: 10"
    refused(
        copy,
        "InvalidArgument",
        text,
        **upload,
        PartNumber=2,
        CopySource=source,
        CopySourceRange="bytes=8-10",
        members=range_,
    )
    for wrong in ("bytes=8-", "8-9", "bytes=9-8"):
        error = refused(copy, "InvalidArgument", **upload, PartNumber=2, CopySource=source, CopySourceRange=wrong)
        assert "must be of the form bytes=first-last" in error["Message"]
    refused(copy, "InvalidArgument", **upload, PartNumber=0, CopySource=source)
    refused(copy, "NoSuchUpload", **{**upload, "UploadId": "x"}, PartNumber=1, CopySource=source)
    refused(copy, "NoSuchKey", **upload, PartNumber=1, CopySource=f"{bucket}/nobody")
    refused(copy, "PreconditionFailed", **upload, PartNumber=1, CopySource=source, CopySourceIfMatch="x")
    whole = copy(**upload, PartNumber=1, CopySource=source)["CopyPartResult"]
    parts = [{"PartNumber": 1, "ETag": whole["ETag"], "ChecksumSHA256": whole["ChecksumSHA256"]}]
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    assert s3.get_object(**place)["Body"].read() == b"0123456789"


def test_a_part_is_copied_from_a_version(s3: Any, bucket: str) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    source = {"Bucket": bucket, "Key": "k"}
    first = s3.put_object(**source, Body=b"first")["VersionId"]
    s3.put_object(**source, Body=b"second")
    upload = {**source, "UploadId": s3.create_multipart_upload(**source)["UploadId"]}
    copied = s3.upload_part_copy(**upload, PartNumber=1, CopySource={**source, "VersionId": first})
    assert copied["CopySourceVersionId"] == first
    parts = [{"PartNumber": 1, "ETag": copied["CopyPartResult"]["ETag"]}]
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    assert s3.get_object(**source)["Body"].read() == b"first"


def sha256_of(content: bytes) -> str:
    return b64encode(hashlib.sha256(content).digest()).decode()


@pytest.mark.modelled("s3.CompleteMultipartUpload.IfMatch", "s3.CompleteMultipartUpload.MpuObjectSize")
def test_conditions_of_an_upload(s3: Any, bucket: str, refused: Any, cloud: minicloud.Cloud) -> None:
    place = {"Bucket": bucket, "Key": "k"}
    etag = s3.put_object(**place, Body=b"x")["ETag"]
    upload = {**place, "UploadId": s3.create_multipart_upload(**place)["UploadId"]}
    part = s3.upload_part(**upload, PartNumber=1, Body=b"y")["ETag"]
    done = {**upload, "MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": part}]}}
    refused(s3.complete_multipart_upload, "PreconditionFailed", **done, IfNoneMatch="*")
    error = refused(s3.complete_multipart_upload, "InvalidRequest", **done, MpuObjectSize=5)
    assert error["Message"].endswith("header value 5 does not match what was computed: 1")
    cloud.clock.advance(1)
    s3.put_object(**place, Body=b"x")
    error = refused(s3.complete_multipart_upload, "ConditionalRequestConflict", **done, IfMatch=etag)
    assert (error["Condition"], error["Key"]) == ("If-Match", "k")
    assert s3.complete_multipart_upload(**done)["ETag"].endswith('-1"')


@pytest.mark.modelled("s3.CompleteMultipartUpload.IfMatch")
def test_what_is_put_while_an_upload_is_under_way_is_a_conflict_at_the_same_moment_too(
    s3: Any, bucket: str, refused: Any, cloud: minicloud.Cloud
) -> None:
    place = {"Bucket": bucket, "Key": "k"}
    before = s3.put_object(**place, Body=b"before")["ETag"]
    uploads = [{**place, "UploadId": s3.create_multipart_upload(**place)["UploadId"]} for _ in range(2)]
    first, second = (
        {
            **upload,
            "MultipartUpload": {
                "Parts": [{"PartNumber": 1, "ETag": s3.upload_part(**upload, PartNumber=1, Body=b"y")["ETag"]}]
            },
        }
        for upload in uploads
    )
    etag = s3.complete_multipart_upload(**first, IfMatch=before)["ETag"]
    refused(s3.complete_multipart_upload, "ConditionalRequestConflict", **second, IfMatch=etag)
    assert s3.head_object(**place)["ETag"] == etag


@pytest.mark.needs("boto3")
def test_files_go_up_and_down_through_boto3(tmp_path: Path) -> None:
    import boto3

    with minicloud.mock_aws(region_name="us-east-1") as cloud:
        s3, sqs = boto3.client("s3"), boto3.client("sqs")
        sqs.create_queue(QueueName="uploads")
        s3.create_bucket(Bucket="photos")
        queue = {"QueueArn": cloud.queue("uploads").arn, "Events": ["s3:ObjectCreated:*"]}
        s3.put_bucket_notification_configuration(
            Bucket="photos", NotificationConfiguration={"QueueConfigurations": [queue]}
        )
        content = bytes(range(256)) * 4096 * 9  # 9 MiB
        (tmp_path / "big").write_bytes(content)
        seen: list[int] = []
        s3.upload_file(str(tmp_path / "big"), "photos", "in/big file", Callback=seen.append)
        assert sum(seen) == len(content)
        s3.upload_fileobj(io.BytesIO(b"small"), "photos", "in/small", ExtraArgs={"ContentType": "text/plain"})
        s3.download_file("photos", "in/big file", str(tmp_path / "down"))
        assert (tmp_path / "down").read_bytes() == content
        thing = boto3.resource("s3").Object("photos", "in/small")
        assert (thing.get()["Body"].read(), thing.content_type) == (b"small", "text/plain")
        assert [one.key for one in boto3.resource("s3").Bucket("photos").objects.all()] == ["in/big file", "in/small"]
        created = [(one["eventName"], one["s3"]["object"]["key"]) for one in records_of(cloud)]
        assert created == [
            ("ObjectCreated:CompleteMultipartUpload", "in/big+file"),
            ("ObjectCreated:Put", "in/small"),
        ]
        (big, _) = records_of(cloud)
        assert big["s3"]["object"]["size"] == len(content)
        assert big["s3"]["object"]["eTag"].endswith("-2")
        s3.copy({"Bucket": "photos", "Key": "in/big file"}, "photos", "copy")
        assert s3.get_object(Bucket="photos", Key="copy")["ETag"] == f'"{big["s3"]["object"]["eTag"]}"'
        # Its handlers stay with the client, which goes the short way all the same.
        s3.put_object(Bucket="photos", Key="after", Body=b"x")
        is_known = "ChecksumXXHASH128" in s3.meta.service_model.operation_model("PutObject").output_shape.members
        assert ("PutObject" in s3._minicloud_responder.fast_methods) == is_known


def test_a_checksum_of_the_whole_is_compared(s3: Any, bucket: str, refused: Any) -> None:
    place = {"Bucket": bucket, "Key": "whole"}
    upload = {**place, "UploadId": s3.create_multipart_upload(**place)["UploadId"]}
    etag = s3.upload_part(**upload, PartNumber=1, Body=b"hello")["ETag"]
    whole = {**upload, "MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": etag}]}}
    text = "The crc32 you specified did not match the calculated checksum."
    refused(s3.complete_multipart_upload, "BadDigest", text, **whole, ChecksumCRC32="AAAAAA==")
    assert s3.complete_multipart_upload(**whole, ChecksumCRC32="NhCmhg==")["ETag"]


def test_which_checksums_an_upload_has(s3: Any, bucket: str) -> None:
    """Of each kind, from beginning to end. [S3 user guide: Checking object integrity for data uploads]"""
    whole = b"123456789"
    digest = hashlib.sha256(whole).digest()
    for key, asked, begun, of_part, done in (
        ("none", {}, (None, None), {}, ({"ChecksumCRC64NVME": "rosUhgp5mIg="}, "FULL_OBJECT")),
        (
            "sha",
            {"ChecksumAlgorithm": "SHA256"},
            ("SHA256", "COMPOSITE"),
            {"ChecksumSHA256": b64encode(digest).decode()},
            ({"ChecksumSHA256": f"{b64encode(hashlib.sha256(digest).digest()).decode()}-1"}, "COMPOSITE"),
        ),
        (
            "crc",
            {"ChecksumAlgorithm": "CRC32", "ChecksumType": "FULL_OBJECT"},
            ("CRC32", "FULL_OBJECT"),
            {"ChecksumCRC32": "y/Q5Jg=="},
            ({"ChecksumCRC32": "y/Q5Jg=="}, "FULL_OBJECT"),
        ),
        (
            "nvme",
            {"ChecksumAlgorithm": "CRC64NVME"},
            ("CRC64NVME", "FULL_OBJECT"),
            {"ChecksumCRC64NVME": "rosUhgp5mIg="},
            ({"ChecksumCRC64NVME": "rosUhgp5mIg="}, "FULL_OBJECT"),
        ),
    ):
        place = {"Bucket": bucket, "Key": key}
        made = s3.create_multipart_upload(**place, **asked)
        assert (made.get("ChecksumAlgorithm"), made.get("ChecksumType")) == begun, key
        upload = {**place, "UploadId": made["UploadId"]}
        given = {name: value for name, value in of_part.items() if key != "none"}
        part = s3.upload_part(**upload, PartNumber=1, Body=whole, **given)
        assert {name: value for name, value in part.items() if name in of_part} == of_part, key
        parts = [{"PartNumber": 1, "ETag": part["ETag"], **given}]
        answer = s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
        sums = {name: value for name, value in answer.items() if name.startswith("Checksum")}
        assert sums == {**done[0], "ChecksumType": done[1]}, key


@pytest.mark.parametrize("number", [0, 10_001])
def test_parts_that_there_can_not_be(s3: Any, bucket: str, number: int) -> None:
    place = {"Bucket": bucket, "Key": "k"}
    s3.put_object(**place, Body=b"x")
    upload = {**place, "UploadId": s3.create_multipart_upload(**place)["UploadId"], "PartNumber": number}
    for call, more in ((s3.upload_part, {"Body": b"x"}), (s3.upload_part_copy, {"CopySource": place})):
        with pytest.raises(s3.exceptions.ClientError) as caught:
            call(**upload, **more)
        error = caught.value.response["Error"]
        told = error["Code"], error["ArgumentName"], error["ArgumentValue"]
        assert told == ("InvalidArgument", "partNumber", str(number))


@pytest.mark.modelled("s3.CreateMultipartUpload.ChecksumType")
def test_all_that_is_answered_about_an_upload(cloud: minicloud.Cloud, s3: Any, bucket: str, refused: Any) -> None:
    """Every member of every answer. [botocore's model; recorded]"""
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    source = s3.put_object(Bucket=bucket, Key="source", Body=b"89")["VersionId"]
    place = {"Bucket": bucket, "Key": "in/a b"}
    encrypted = {"ServerSideEncryption": "AES256"}
    sha256 = {"ChecksumAlgorithm": "SHA256", "ChecksumType": "COMPOSITE"}
    begun = answer(s3.create_multipart_upload(**place, ChecksumAlgorithm="SHA256", StorageClass="GLACIER_IR"))
    upload = {**place, "UploadId": begun["UploadId"]}
    assert begun == {**encrypted, **upload, **sha256}
    tail = {"ETag": f'"{hashlib.md5(b"89").hexdigest()}"', "ChecksumSHA256": sha256_of(b"89")}
    assert answer(s3.upload_part(**upload, PartNumber=7, Body=b"89", ChecksumAlgorithm="SHA256")) == {
        **encrypted,
        **tail,
    }
    now = cloud.clock.now().replace(microsecond=0)
    copied = answer(s3.upload_part_copy(**upload, PartNumber=3, CopySource=f"{bucket}/source"))
    assert copied == {
        **encrypted,
        "CopySourceVersionId": source,
        "CopyPartResult": {**tail, "LastModified": now},
    }
    other = s3.create_multipart_upload(Bucket=bucket, Key="other")["UploadId"]
    caller = {"ID": "arn:aws:iam::123456789012:user/minicloud", "DisplayName": "minicloud"}
    listed = answer(s3.list_parts(**upload))
    owner = listed.pop("Owner")
    assert listed == {
        **upload,
        **sha256,
        "PartNumberMarker": 0,
        "NextPartNumberMarker": 7,
        "MaxParts": 1000,
        "IsTruncated": False,
        "Parts": [{"PartNumber": number, "LastModified": now, "Size": 2, **tail} for number in (3, 7)],
        "Initiator": caller,
        "StorageClass": "GLACIER_IR",
    }
    empty = answer(s3.list_parts(Bucket=bucket, Key="other", UploadId=other))
    assert (empty["StorageClass"], empty["NextPartNumberMarker"]) == ("STANDARD", 0)
    assert "Parts" not in empty
    assert not empty.keys() & sha256.keys()
    digest = hashlib.sha256(b"89").digest()
    s3.upload_part(**upload, PartNumber=3, Body=b"x" * LEAST, ChecksumAlgorithm="SHA256")
    first = s3.list_parts(**upload)["Parts"][0]
    parts = [{"PartNumber": 3, "ETag": first["ETag"], "ChecksumSHA256": first["ChecksumSHA256"]}]
    parts.append({"PartNumber": 7, **tail})
    wrong = {"Parts": [parts[0], {**parts[1], "ChecksumSHA256": first["ChecksumSHA256"]}]}
    refused(s3.complete_multipart_upload, "InvalidPart", **upload, MultipartUpload=wrong)
    done = answer(s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts}))
    digests = hashlib.sha256(b"x" * LEAST).digest() + digest
    assert done == {
        **encrypted,
        **place,
        "VersionId": s3.head_object(**place)["VersionId"],
        "Location": f"https://{bucket}.s3.us-east-1.amazonaws.com/in%2Fa%20b",
        "ETag": f'"{hashlib.md5(bytes.fromhex(first["ETag"][1:-1] + tail["ETag"][1:-1])).hexdigest()}-2"',
        "ChecksumSHA256": f"{b64encode(hashlib.sha256(digests).digest()).decode()}-2",
        "ChecksumType": "COMPOSITE",
    }
    assert owner == s3.list_objects_v2(Bucket=bucket, FetchOwner=True)["Contents"][0]["Owner"]
    assert answer(s3.abort_multipart_upload(Bucket=bucket, Key="other", UploadId=other)) == {}


@pytest.mark.modelled("s3.CreateMultipartUpload.ChecksumType")
def test_up_to_which_size_a_checksum_is_made_that_nobody_asked_for(s3: Any, bucket: str) -> None:
    """minicloud's own limit: of 256 KiB it takes a moment."""
    for size in (256 * 1024, 256 * 1024 + 1):
        place = {"Bucket": bucket, "Key": str(size)}
        upload = {**place, "UploadId": s3.create_multipart_upload(**place)["UploadId"]}
        etag = s3.upload_part(**upload, PartNumber=1, Body=bytes(size))["ETag"]
        done = s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": etag}]})
        assert ("ChecksumCRC64NVME" in done) is (size == 256 * 1024)

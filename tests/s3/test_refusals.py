"""What S3 refuses, and says of it; what is shown that few ask for."""

from __future__ import annotations

import hashlib
import zlib
from base64 import b64encode
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

import minicloud
from minicloud.core.operation import operations_of
from minicloud.exceptions import ClientError
from minicloud.services.s3.service import SERVICE
from tests.support.notes import Noted

MD5_OF_X = b64encode(hashlib.md5(b"x", usedforsecurity=False).digest()).decode()
TIME = datetime(2026, 1, 1, tzinfo=UTC)


def tags(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"TagSet": [{"Key": key, "Value": value} for key, value in pairs]}


@pytest.mark.modelled("s3.DeleteObject.IfMatchSize")
def test_conditions_of_directory_buckets(s3: Any, bucket: str, refused: Any) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    for condition, header in (
        ({"IfMatchSize": 1}, "x-amz-if-match-size"),
        ({"IfMatchLastModifiedTime": datetime(2026, 1, 1, tzinfo=UTC)}, "x-amz-if-match-last-modified-time"),
    ):
        text = "A header you provided implies functionality that is not implemented"
        place = {"Bucket": bucket, "Key": "k", "members": {"Header": header}}
        refused(s3.delete_object, "NotImplemented", text, **place, **condition)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1


def test_what_is_refused_has_changed_nothing(s3: Any, bucket: str, cloud: minicloud.Cloud) -> None:
    place = {"Bucket": bucket, "Key": "k"}
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(**place, Body=b"x")
    marker = s3.delete_object(**place)["VersionId"]
    s3.put_object(**place, Body=b"y")
    s3.create_bucket(Bucket="with-acls", ObjectOwnership="ObjectWriter")
    s3.put_object(Bucket="with-acls", Key="k")
    s3.put_object(**place | {"Key": "cold"}, StorageClass="GLACIER")
    upload = s3.create_multipart_upload(**place)["UploadId"]
    other_md5 = b64encode(hashlib.md5(b"other", usedforsecurity=False).digest()).decode()
    source = {"CopySource": {"Bucket": bucket, "Key": "k"}}
    policy = {"Owner": {"ID": "a"}, "Grants": []}
    invalid = "InvalidArgument"
    acls = ("AccessControlListNotSupported", "The bucket does not allow ACLs")
    kind = ("InvalidRequest", "The FULL_OBJECT checksum type cannot be used with the sha256 checksum algorithm.")
    algorithms = (
        "InvalidRequest",
        "Checksum algorithm provided is unsupported. Please try again with any of the valid types: "
        "[CRC32, CRC32C, CRC64NVME, SHA1, SHA256, SHA512, MD5, XXHASH64, XXHASH3, XXHASH128]",
    )
    wanted: list[tuple[str, dict[str, Any], str, str | None, dict[str, str]]] = [
        ("put_object", {**place, "ContentMD5": other_md5, "Body": b"x"}, "BadDigest", None,
         {"ExpectedDigest": other_md5, "CalculatedDigest": MD5_OF_X}),
        ("put_object", {**place, "ContentMD5": "eA==", "Body": b"x"}, "InvalidDigest",
         "The Content-MD5 you specified was invalid.", {"Content-MD5": "eA=="}),
        ("put_object", {**place, "ChecksumSHA256": "?"}, "InvalidRequest",
         "Value for x-amz-checksum-sha256 header is invalid.", {}),
        ("put_object", {**place, "ChecksumSHA256": "AAAAAA=="}, "InvalidRequest",
         "Value for x-amz-checksum-sha256 header is invalid.", {}),
        ("put_object", {**place, "ChecksumCRC32C": "AAAAAA==", "Body": b"x"}, "BadDigest",
         "The crc32c you specified did not match the calculated checksum.", {}),
        ("put_object", {**place, "ACL": "public-read"}, *acls, {}),
        ("copy_object", {**place, **source, "ACL": "bucket-owner-read"}, *acls, {}),
        ("create_multipart_upload", {**place, "ACL": "authenticated-read"}, *acls, {}),
        ("put_object_acl", {**place, "ACL": "private"}, *acls, {}),
        *(
            ("put_object_acl", {**place, f"Grant{right}": "id=a"}, *acls, {})
            for right in ("FullControl", "Read", "ReadACP", "Write", "WriteACP")
        ),
        ("put_object", {**place, "Bucket": "with-acls", "ACL": "mine"}, invalid, None,
         {"ArgumentName": "x-amz-acl", "ArgumentValue": "mine"}),
        ("put_object", {**place, "StorageClass": "HOT"}, "InvalidStorageClass", None, {"StorageClassRequested": "HOT"}),
        ("put_object", {**place, "Bucket": "A_"}, "InvalidBucketName", None, {"BucketName": "A_"}),
        ("put_object", {**place, "Tagging": "&".join(f"t{n}=1" for n in range(11))}, "BadRequest",
         "Object tags cannot be greater than 10", {}),
        ("put_object_tagging", {**place, "Tagging": tags(("a", "1"), ("a", "2"))}, "InvalidTag",
         "Cannot provide multiple Tags with the same key", {}),
        ("put_object_tagging", {**place, "Tagging": tags(("k" * 129, "1"))}, "InvalidTag",
         "The TagKey you have provided is invalid", {"TagKey": "k" * 129}),
        ("put_object_tagging", {**place, "Tagging": tags(("k", "v" * 257))}, "InvalidTag",
         "The TagValue you have provided is invalid", {"TagKey": "k", "TagValue": "v" * 257}),
        ("put_object_acl", {**place}, "MissingSecurityHeader", "Your request was missing a required header", {}),
        ("put_object_acl", {**place, "AccessControlPolicy": policy}, *acls, {}),
        ("get_object_tagging", {**place, "VersionId": marker}, "MethodNotAllowed", None,
         {"Method": "GET", "ResourceType": "DeleteMarker"}),
        ("get_object", {**place, "VersionId": marker}, "MethodNotAllowed", None, {"ResourceType": "DeleteMarker"}),
        ("restore_object", {**place, "RestoreRequest": {"Days": 1}}, "InvalidObjectState", None, {}),
        ("restore_object", {**place, "Key": "cold", "RestoreRequest": {"Days": 0}}, "MalformedXML", None, {}),
        ("restore_object", {**place, "Key": "cold", "RestoreRequest": {}}, "MalformedXML", None, {}),
        ("restore_object", {**place, "Key": "cold", "RestoreRequest": {"Days": 1, "Tier": "Slow"}}, "MalformedXML",
         None, {}),
        ("copy_object", {**place, "CopySource": "photos"}, invalid,
         "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
         {"ArgumentName": "x-amz-copy-source", "ArgumentValue": "photos"}),
        ("copy_object", {**place, "CopySource": {"Bucket": bucket, "Key": "k", "VersionId": marker}}, "InvalidRequest",
         "The source of a copy request may not specifically refer to a delete marker by version id.", {}),
        ("copy_object", {**place, "CopySource": {"Bucket": bucket, "Key": "k", "VersionId": "x"}}, invalid,
         "Invalid version id specified", {}),
        ("copy_object", {**place, "CopySource": {"Bucket": bucket, "Key": "cold"}}, "InvalidObjectState",
         "Operation is not valid for the source object's storage class", {"StorageClass": "GLACIER"}),
        ("copy_object", {**place, **source, "MetadataDirective": "KEEP"}, invalid, "Unknown metadata directive.",
         {"ArgumentName": "x-amz-metadata-directive", "ArgumentValue": "KEEP"}),
        ("copy_object", {**place, **source, "TaggingDirective": "KEEP"}, invalid, None,
         {"ArgumentName": "x-amz-tagging-directive"}),
        ("copy_object", {**place, **source}, "InvalidRequest", None, {}),
        ("copy_object", {"Bucket": bucket, "Key": "new", **source, "IfMatch": '"a"'}, "NoSuchKey", None,
         {"Key": "new"}),
        ("list_objects", {"Bucket": bucket, "MaxKeys": -1}, invalid,
         "Argument max-keys must be an integer between 0 and 2147483647",
         {"ArgumentName": "max-keys", "ArgumentValue": "-1"}),
        ("list_objects", {"Bucket": bucket, "EncodingType": "xml"}, invalid,
         "Invalid Encoding Method specified in Request", {"ArgumentName": "encoding-type", "ArgumentValue": "xml"}),
        ("list_objects_v2", {"Bucket": bucket, "ContinuationToken": "x"}, invalid,
         "The continuation token provided is incorrect", {"ArgumentName": "continuation-token"}),
        ("list_object_versions", {"Bucket": bucket, "VersionIdMarker": marker}, invalid,
         "A version-id marker cannot be specified without a key marker.",
         {"ArgumentName": "version-id-marker", "ArgumentValue": marker}),
        ("list_parts", {**place, "UploadId": upload, "MaxParts": -1}, invalid, None, {"ArgumentName": "max-parts"}),
        ("list_parts", {**place, "UploadId": upload, "PartNumberMarker": -1}, invalid, None,
         {"ArgumentName": "part-number-marker", "ArgumentValue": "-1"}),
        ("list_parts", {**place, "Key": "other", "UploadId": upload}, "NoSuchUpload", None, {"UploadId": upload}),
        ("upload_part", {**place, "UploadId": upload, "PartNumber": 0}, invalid, None,
         {"ArgumentName": "partNumber", "ArgumentValue": "0"}),
        ("upload_part", {**place, "UploadId": upload, "PartNumber": 1, "Body": b"x", "ContentMD5": other_md5},
         "BadDigest", None, {}),
        ("create_multipart_upload", {**place, "ChecksumAlgorithm": "SHA256", "ChecksumType": "FULL_OBJECT"}, *kind, {}),
        ("create_multipart_upload", {**place, "ChecksumAlgorithm": "CRC32", "ChecksumType": "WHOLE"}, "InvalidRequest",
         "Value for x-amz-checksum-type header is invalid.", {}),
        ("create_multipart_upload", {**place, "ChecksumType": "FULL_OBJECT"}, "InvalidRequest",
         "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.", {}),
        ("create_multipart_upload", {**place, "ChecksumAlgorithm": "SHA3"}, *algorithms, {}),
        ("create_bucket", {"Bucket": "new", "ObjectOwnership": "Mine"}, invalid,
         "Invalid x-amz-object-ownership header: Mine",
         {"ArgumentName": "x-amz-object-ownership", "ArgumentValue": "Mine"}),
        ("create_bucket", {"Bucket": "new", "ACL": "public-read"}, "InvalidBucketAclWithObjectOwnership",
         "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting", {}),
        ("create_bucket", {"Bucket": "new", "GrantRead": "id=a"}, "InvalidBucketAclWithObjectOwnership", None, {}),
    ]  # fmt: skip
    before = [cloud.bucket(name).keys for name in (bucket, "with-acls")]
    wrong = []
    for method, params, code, message, members in wanted:
        try:
            getattr(s3, method)(**params)
            error: dict[str, Any] = {}
        except s3.exceptions.ClientError as caught:
            error = caught.response["Error"]
        told = error.get("Code"), message and error.get("Message"), {name: error.get(name) for name in members}
        if told != (code, message, members):
            wrong.append(f"{method} {params}: {error}")
    assert not wrong, "\n".join(wrong)
    assert [cloud.bucket(name).keys for name in (bucket, "with-acls")] == before
    assert "new" not in [one["Name"] for one in s3.list_buckets()["Buckets"]]
    assert s3.get_object_tagging(**place)["TagSet"] == []


NO_ACLS = "is not emulated: buckets have no ACLs here: take it out of the call"
PLAIN = (
    "is not emulated: objects are kept as they are, and shown as encrypted with AES256: take it out of the call, or "
    "test it on AWS"
)
SELECT = {"InputSerialization": {}, "ExpressionType": "SQL", "Expression": "x", "OutputSerialization": {}}
NOT_HERE: list[tuple[str, dict[str, Any], str]] = [
    (
        "create_bucket",
        {"Bucket": "bucket-2", "ObjectOwnership": "ObjectWriter", "ACL": "public-read"},
        f"ACL='public-read' {NO_ACLS}",
    ),
    (
        "create_bucket",
        {"Bucket": "bucket-2", "ObjectOwnership": "ObjectWriter", "GrantRead": "id=a"},
        f"GrantRead='id=a' {NO_ACLS}",
    ),
    (
        "create_bucket",
        {"Bucket": "bucket-2", "CreateBucketConfiguration": {"Bucket": {}}},
        "Bucket={} is not emulated: there are no directory buckets here",
    ),
    (
        "put_object",
        {"Bucket": "with-acls", "Key": "k", "GrantReadACP": "id=b", "GrantRead": "id=a"},
        "GrantRead='id=a' is not emulated: give a canned ACL, or AccessControlPolicy",
    ),
    (
        "put_object_acl",
        {"Bucket": "with-acls", "Key": "k", "AccessControlPolicy": {}},
        "AccessControlPolicy={} is not emulated: give a canned ACL",
    ),
    (
        "get_object",
        {"Bucket": "arn:aws:s3:us-east-1:123456789012:accesspoint/a", "Key": "k"},
        "Bucket='arn:aws:s3:us-east-1:123456789012:accesspoint/a' is not emulated: there are no access points here; "
        "give a bucket's name",
    ),
    (
        "get_object",
        {"Bucket": "photos", "Key": "k", "SSECustomerAlgorithm": "AES256"},
        f"SSECustomerAlgorithm='AES256' {PLAIN}",
    ),
    (
        "head_object",
        {"Bucket": "photos", "Key": "k", "SSECustomerAlgorithm": "AES256"},
        f"SSECustomerAlgorithm='AES256' {PLAIN}",
    ),
    (
        "restore_object",
        {"Bucket": "photos", "Key": "k", "RestoreRequest": {"Type": "SELECT"}},
        "Type='SELECT' is not emulated: archived objects are not queried here: read them",
    ),
    (
        "restore_object",
        {"Bucket": "photos", "Key": "k", "RestoreRequest": {"SelectParameters": SELECT}},
        f"SelectParameters={SELECT} is not emulated: archived objects are not queried here: read them",
    ),
    (
        "restore_object",
        {"Bucket": "photos", "Key": "k", "RestoreRequest": {"OutputLocation": {}}},
        "OutputLocation={} is not emulated: archived objects are not queried here: read them",
    ),
    (
        "put_bucket_versioning",
        {"Bucket": "photos", "VersioningConfiguration": {"Status": "Enabled", "MFADelete": "Enabled"}},
        "MFADelete='Enabled' is not emulated: nobody is asked for a second factor here: take it out",
    ),
]


def test_what_is_not_here_is_told_by_its_name(cloud: minicloud.Cloud) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="photos")
    s3.create_bucket(Bucket="with-acls", ObjectOwnership="ObjectWriter")
    for name in ("photos", "with-acls"):
        s3.put_object(Bucket=name, Key="k")
    for method, params, text in NOT_HERE:
        with pytest.raises(minicloud.UsageError) as caught:
            getattr(s3, method)(**params)
        assert str(caught.value) == text
    with pytest.raises(ClientError, match="NotImplemented"):
        s3.abort_multipart_upload(Bucket="photos", Key="k", UploadId="u", IfMatchInitiatedTime=TIME)


def test_versions_in_pages(s3: Any, bucket: str) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    ids = [s3.put_object(Bucket=bucket, Key="a b", Body=b"x")["VersionId"] for _ in range(3)]
    s3.put_object(Bucket=bucket, Key="in/1")
    s3.put_object(Bucket=bucket, Key="in/2", ChecksumAlgorithm="SHA1")
    gone = s3.delete_object(Bucket=bucket, Key="z")["VersionId"]
    first = s3.list_object_versions(Bucket=bucket, MaxKeys=2, Delimiter="/")
    assert [one["VersionId"] for one in first["Versions"]] == ids[:0:-1]
    assert [one["IsLatest"] for one in first["Versions"]] == [True, False]
    assert (first["IsTruncated"], first["NextKeyMarker"], first["NextVersionIdMarker"]) == (True, "a b", ids[1])
    assert (first["MaxKeys"], first["Delimiter"], first["Name"], first["Prefix"]) == (2, "/", bucket, "")
    after = {"KeyMarker": "a b", "VersionIdMarker": ids[1]}
    rest = s3.list_object_versions(Bucket=bucket, Delimiter="/", **after)
    shown = [(one["KeyMarker"], one["VersionIdMarker"]) for one in (first, rest)]
    assert shown == [("", ""), ("a b", ids[1])]
    assert [one["VersionId"] for one in rest["Versions"]] == ids[:1]
    assert (rest["CommonPrefixes"], rest["IsTruncated"]) == ([{"Prefix": "in/"}], False)
    (marker,) = rest["DeleteMarkers"]
    assert (marker["Key"], marker["VersionId"], marker["IsLatest"]) == ("z", gone, True)
    one = s3.list_object_versions(Bucket=bucket, Delimiter="/", MaxKeys=1, Prefix="i")
    assert (one["CommonPrefixes"], one["IsTruncated"]) == ([{"Prefix": "in/"}], False)
    assert s3.list_object_versions(Bucket=bucket, MaxKeys=0)["IsTruncated"] is False
    last = s3.list_object_versions(Bucket=bucket, Prefix="in/2")["Versions"][0]
    assert (last["ChecksumAlgorithm"], last["ChecksumType"], last["Size"]) == (["SHA1"], "FULL_OBJECT", 0)


def test_checksums_of_parts_and_of_the_whole(s3: Any, bucket: str) -> None:
    """A checksum over checksums, one of all bytes, and what is said of them."""
    content = [b"a" * 5 * 2**20, b"b"]

    def uploaded(key: str, **settings: Any) -> dict[str, Any]:
        place = {"Bucket": bucket, "Key": key}
        begun = s3.create_multipart_upload(**place, **settings)
        upload = {**place, "UploadId": begun["UploadId"]}
        parts = []
        for number, body in enumerate(content, 1):
            told = s3.upload_part(
                **upload, PartNumber=number, Body=body, ChecksumAlgorithm=settings["ChecksumAlgorithm"]
            )
            parts.append({"PartNumber": number, "ETag": told["ETag"]})
        listed = s3.list_parts(**upload, MaxParts=1)
        assert (listed["IsTruncated"], listed["NextPartNumberMarker"], listed["MaxParts"]) == (True, 1, 1)
        assert listed.get("ChecksumType") == begun.get("ChecksumType")
        rest = s3.list_parts(**upload, PartNumberMarker=1)
        assert ([one["PartNumber"] for one in rest["Parts"]], rest["IsTruncated"]) == ([2], False)
        found: dict[str, Any] = s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
        assert s3.head_object(**place, ChecksumMode="ENABLED")["ChecksumType"] == found["ChecksumType"]
        assert found["Location"] == f"https://{bucket}.s3.us-east-1.amazonaws.com/{key}"
        return found

    made = uploaded("sha", ChecksumAlgorithm="SHA256")
    over = hashlib.sha256(b"".join(hashlib.sha256(body).digest() for body in content)).digest()
    assert (made["ChecksumSHA256"], made["ChecksumType"]) == (f"{b64encode(over).decode()}-2", "COMPOSITE")
    made = uploaded("crc", ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
    whole = zlib.crc32(b"".join(content)).to_bytes(4, "big")
    assert (made["ChecksumCRC32"], made["ChecksumType"]) == (b64encode(whole).decode(), "FULL_OBJECT")
    # Of the catalogue of CRCs: what they make of "123456789".
    known = {"CRC32C": "4waSgw==", "CRC64NVME": "rosUhgp5mIg=", "CRC32": "y/Q5Jg=="}
    for name, value in known.items():
        put = partial(s3.put_object, Bucket=bucket, Key=name, Body=b"123456789")
        # botocore itself makes only CRC32 without a further package.
        assert put(**{f"Checksum{name}": value})[f"Checksum{name}"] == value, name
        with pytest.raises(s3.exceptions.ClientError, match=f"The {name.lower()} you specified did not"):
            put(**{f"Checksum{name}": f"A{value[1:]}"})
        got = s3.get_object(Bucket=bucket, Key=name, ChecksumMode="ENABLED")
        assert (got[f"Checksum{name}"], got["ChecksumType"]) == (value, "FULL_OBJECT")
        copied = s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": name})
        assert copied["CopyObjectResult"][f"Checksum{name}"] == value
        assert (copied["CopyObjectResult"]["ChecksumType"], copied["ServerSideEncryption"]) == ("FULL_OBJECT", "AES256")
        assert copied["CopyObjectResult"].keys() & {f"Checksum{one}" for one in known} == {f"Checksum{name}"}
        other = "SHA256" if name == "CRC32" else "CRC32"
        source = {"Bucket": bucket, "Key": name}
        copied = s3.copy_object(Bucket=bucket, Key="copy", CopySource=source, ChecksumAlgorithm=other)
        sums = {key: sum_ for key, sum_ in copied["CopyObjectResult"].items() if key.startswith("Checksum")}
        of_other = {
            "CRC32": known["CRC32"],
            "SHA256": b64encode(hashlib.sha256(b"123456789").digest()).decode(),
        }
        assert sums == {f"Checksum{other}": of_other[other], "ChecksumType": "FULL_OBJECT"}
    copied = s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "sha"})
    once = b64encode(hashlib.sha256(b"".join(content)).digest()).decode()
    assert copied["CopyObjectResult"]["ChecksumSHA256"] == once  # of parts no more


def test_what_reads_show(s3: Any, bucket: str) -> None:
    """Headers that were put, and those that the reader asks for instead."""
    expires = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
    put = {
        "CacheControl": "no-cache",
        "ContentDisposition": "inline",
        "ContentEncoding": "gzip",
        "ContentLanguage": "en",
        "ContentType": "text/plain",
        "WebsiteRedirectLocation": "/there",
    }
    place = {"Bucket": bucket, "Key": "k"}
    s3.put_object(**place, Body=b"x", Expires=expires, StorageClass="STANDARD_IA", **put)
    for read in (s3.get_object, s3.head_object):
        got = read(**place)
        assert {name: got[name] for name in put} == put
        assert (got["ExpiresString"], got["StorageClass"]) == ("Wed, 02 Jan 2030 03:04:05 GMT", "STANDARD_IA")
        asked = {f"Response{name}": f"{value}2" for name, value in put.items() if name != "WebsiteRedirectLocation"}
        other = read(**place, **asked)
        assert {f"Response{name}": other[name] for name in put if f"Response{name}" in asked} == asked
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=place, WebsiteRedirectLocation="/else")
    copied = s3.head_object(Bucket=bucket, Key="copy")
    assert (copied["WebsiteRedirectLocation"], copied["ContentLanguage"]) == ("/else", "en")
    assert "StorageClass" not in copied


def test_canned_acls(s3: Any, bucket: str) -> None:
    s3.create_bucket(Bucket="with-acls", ObjectOwnership="BucketOwnerPreferred")
    everybody, users = "AllUsers", "AuthenticatedUsers"
    canned: dict[str, list[tuple[str, str]]] = {
        "private": [],
        "public-read": [(everybody, "READ")],
        "public-read-write": [(everybody, "READ"), (everybody, "WRITE")],
        "authenticated-read": [(users, "READ")],
        "aws-exec-read": [],
        "bucket-owner-read": [],
        "bucket-owner-full-control": [],
    }
    place = {"Bucket": "with-acls", "Key": "k"}
    for name, groups in canned.items():
        s3.put_object(**place, ACL=name)
        for _ in range(2):
            found = s3.get_object_acl(**place)
            own, *others = found["Grants"]
            assert own == {
                "Grantee": {"Type": "CanonicalUser", "ID": found["Owner"]["ID"]},
                "Permission": "FULL_CONTROL",
            }
            uri = "http://acs.amazonaws.com/groups/global/"
            assert others == [
                {"Grantee": {"Type": "Group", "URI": uri + group}, "Permission": permission}
                for group, permission in groups
            ], name
            s3.put_object_acl(**place, ACL="private")
            s3.put_object_acl(**place, ACL=name)
    without = {"Bucket": bucket, "Key": "k"}
    for name in ("bucket-owner-full-control", "private"):  # what buckets without ACLs take, too: it is so anyway
        s3.put_object(**without, ACL=name)
        s3.copy_object(**without, CopySource={"Bucket": "with-acls", "Key": "k"}, ACL=name)
        s3.abort_multipart_upload(**without, UploadId=s3.create_multipart_upload(**without, ACL=name)["UploadId"])
        assert len(s3.get_object_acl(**without)["Grants"]) == 1


def test_conditions_of_copies(s3: Any, bucket: str, cloud: minicloud.Cloud) -> None:
    source = {"Bucket": bucket, "Key": "k"}
    etag = s3.put_object(**source, Body=b"x")["ETag"]
    before, after = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    cloud.clock.advance(172_800)
    for given, refused in [
        ({"CopySourceIfMatch": etag}, ""),
        ({"CopySourceIfMatch": '"a"'}, "If-Match"),
        ({"CopySourceIfNoneMatch": '"a"'}, ""),
        ({"CopySourceIfNoneMatch": etag}, "If-None-Match"),
        ({"CopySourceIfUnmodifiedSince": after}, ""),
        ({"CopySourceIfUnmodifiedSince": before}, "If-Unmodified-Since"),
        ({"CopySourceIfModifiedSince": before}, ""),
        ({"CopySourceIfModifiedSince": after}, "If-Modified-Since"),
        ({"CopySourceIfMatch": etag, "CopySourceIfUnmodifiedSince": before}, ""),
    ]:
        told = ""
        try:
            s3.copy_object(Bucket=bucket, Key="copy", CopySource=source, **given)
        except s3.exceptions.ClientError as error:
            told = "{Code} {Condition}".format(**error.response["Error"])
        assert told == (refused and f"PreconditionFailed x-amz-copy-source-{refused}"), given
    with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
        s3.copy_object(Bucket=bucket, Key="copy", CopySource=source, ExpectedSourceBucketOwner="111122223333")


def test_what_eventbridge_and_the_trace_are_told(cloud: minicloud.Cloud) -> None:
    """The members of an event of each kind; which calls have made objects."""
    s3, events = cloud.client("s3"), cloud.client("events")
    s3.create_bucket(Bucket="photos")
    s3.put_bucket_versioning(Bucket="photos", VersioningConfiguration={"Status": "Enabled"})
    on: Any = {"EventBridgeConfiguration": {}}
    s3.put_bucket_notification_configuration(Bucket="photos", NotificationConfiguration=on)
    events.put_rule(Name="all", EventPattern='{"source": ["aws.s3"]}')
    place: Any = {"Bucket": "photos", "Key": "k"}
    version = s3.put_object(**place, Body=b"x")["VersionId"]
    s3.put_object_tagging(**place, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    s3.delete_object_tagging(**place)
    marker = s3.delete_object(**place)["VersionId"]
    s3.delete_object(**place, VersionId=version)
    upload = {**place, "UploadId": s3.create_multipart_upload(**place)["UploadId"]}
    part = s3.upload_part(**upload, PartNumber=1, Body=b"yz")["ETag"]
    whole = s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part}]})
    s3.put_object(Bucket="photos", Key="cold", Body=b"c", StorageClass="GLACIER")
    s3.restore_object(Bucket="photos", Key="cold", RestoreRequest={"Days": 1, "Tier": "Expedited"})
    cloud.clock.advance(600)
    etag = "9dd4e461268c8034f5c8564e155c67a6"
    call = {"requester": "123456789012", "source-ip-address": "127.0.0.1"}
    told = []
    for event in cloud.rule("all").matched:
        detail = dict(event["detail"])
        assert (detail.pop("version"), detail.pop("bucket"), len(detail.pop("request-id"))) == (
            "0", {"name": "photos"}, 16,
        )  # fmt: skip
        thing = dict(detail.pop("object"))
        thing.pop("sequencer", "")
        told.append(
            (event["detail-type"], thing, {one: value for one, value in detail.items() if call.get(one) != value})
        )
    kept = {"key": "k", "version-id": version, "etag": etag}
    gone = {"reason": "DeleteObject", "deletion-type": "Delete Marker Created"}
    assert told[:6] == [
        ("Object Created", {**kept, "size": 1}, {"reason": "PutObject"}),
        ("Object Tags Added", kept, {}),
        ("Object Tags Deleted", kept, {}),
        (
            "Object Deleted",
            {"key": "k", "version-id": marker, "etag": "d41d8cd98f00b204e9800998ecf8427e"},
            gone,
        ),
        ("Object Deleted", {"key": "k", "version-id": version}, {**gone, "deletion-type": "Permanently Deleted"}),
        (
            "Object Created",
            {"key": "k", "size": 2, "etag": whole["ETag"].strip('"'), "version-id": whole["VersionId"]},
            {"reason": "CompleteMultipartUpload"},
        ),
    ]
    assert [(kind, detail) for kind, _, detail in told[7:]] == [
        ("Object Restore Initiated", {"source-storage-class": "GLACIER"}),
        (
            "Object Restore Completed",
            {
                "requester": "s3.amazonaws.com",
                "restore-expiry-time": "2026-01-03T00:00:00Z",
                "source-storage-class": "GLACIER",
            },
        ),
    ]
    made = [event.details["by"] for event in cloud.trace.of("object.created")]
    assert made == ["PutObject", "CompleteMultipartUpload", "PutObject"]


def test_what_a_refusal_does_not_say_is_noted(cloud: minicloud.Cloud, noted: Noted) -> None:
    s3 = cloud.client("s3")

    def notes(code: str, **params: Any) -> list[str]:
        return noted(s3.get_object, code, Key="k", **params)

    assert notes("NoSuchBucket", Bucket="photos") == [
        "there is no bucket in this cloud: create_bucket(Bucket='photos') makes it"
    ]
    for name in ("photos", *(f"bucket-{number:02}" for number in range(11))):
        s3.create_bucket(Bucket=name)
    assert noted(s3.create_bucket, "InvalidBucketName", Bucket="b") == [
        "the name of a bucket has 3 to 63 of a-z, 0-9, '-' and '.', begins and ends with a letter or digit, has no two "
        "dots side by side, is no IP address, and begins with none of xn--, sthree- and amzn-s3-demo-"
    ]
    for operation, acl in (("put_object", "public-read"), ("put_object_acl", "private")):
        s3.put_object(Bucket="bucket-00", Key="k")
        assert noted(getattr(s3, operation), "AccessControlListNotSupported", Bucket="bucket-00", Key="k", ACL=acl) == [
            "a bucket has no ACLs unless it was made with another ownership: take the ACL out of the call, or make the "
            "bucket by create_bucket(Bucket='bucket-00', ObjectOwnership='ObjectWriter')"
        ]
    assert notes("NoSuchBucket", Bucket="photo") == ["there is no bucket 'photo'; did you mean 'photos'?"]
    ten = ", ".join(f"bucket-{number:02}" for number in range(10))
    assert notes("NoSuchBucket", Bucket="something") == [f"there are the buckets {ten}"]
    s3.put_object(Bucket="photos", Key="picture.png")
    assert noted(s3.get_object, "NoSuchKey", Bucket="photos", Key="pictures.png") == [
        "the bucket photos has no 'pictures.png'; did you mean 'picture.png'?"
    ]
    assert noted(s3.get_object, "NoSuchKey", Bucket="photos", Key="another") == []
    s3.put_bucket_versioning(Bucket="photos", VersioningConfiguration={"Status": "Enabled"})
    s3.delete_object(Bucket="photos", Key="picture.png")
    assert noted(s3.get_object, "NoSuchKey", Bucket="photos", Key="picture.png") == [
        "'picture.png' has been deleted: its newest version is a delete marker"
    ]


def test_whatever_takes_a_key_of_ones_own_refuses_it(cloud: minicloud.Cloud) -> None:
    """Every operation that has the parameter."""
    s3: Any = cloud.client("s3")
    s3.create_bucket(Bucket="photos")
    s3.put_object(Bucket="photos", Key="k", Body=b"x")
    upload = s3.create_multipart_upload(Bucket="photos", Key="k")["UploadId"]
    given = {"Bucket": "photos", "Key": "k", "UploadId": upload, "PartNumber": 1, "CopySource": "photos/k"}
    tried = []
    for method, operation in operations_of(SERVICE.api).items():
        for name in ("SSECustomerAlgorithm", "CopySourceSSECustomerAlgorithm"):
            if name in operation.input.members:
                params = {one: given[one] for one in operation.input.required}
                with pytest.raises(minicloud.UsageError, match=f"{name}='AES256' is not emulated"):
                    getattr(s3, method)(**params, **{name: "AES256"})
                tried.append(method)
    assert len(tried) >= 8
    assert s3.list_parts(**{name: given[name] for name in ("Bucket", "Key", "UploadId")}).get("Parts") is None


def test_who_is_not_there_to_be_told_is_noted(cloud: minicloud.Cloud, noted: Noted) -> None:
    s3 = cloud.client("s3", "us-east-1")
    s3.create_bucket(Bucket="photos")
    kinds = {
        "Topic": ("sns", "nobody", "topic"),
        "Queue": ("sqs", "nobody", "queue"),
        "LambdaFunction": ("lambda", "function:nobody", "function"),
    }
    for name, (service, place, what) in kinds.items():
        arn = f"arn:aws:{service}:us-east-1:123456789012:{place}"
        rows = [{f"{name}Arn": arn, "Events": ["s3:ObjectCreated:*"]}]
        given = {"Bucket": "photos", "NotificationConfiguration": {f"{name}Configurations": rows}}
        notes = noted(s3.put_bucket_notification_configuration, "InvalidArgument", **given)
        assert notes == [f"there is no {what} {arn}"]

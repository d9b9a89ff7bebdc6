"""Requests to S3 over a socket, byte for byte: hosts and paths, chunks with a checksum, sides that there are not."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from datetime import UTC
from email.utils import format_datetime
from urllib.parse import unquote_plus

import pytest

import minicloud
from tests.server.support import Raw, request

SCOPE = "AWS4-HMAC-SHA256 Credential=AKID/20261125/us-east-1/s3/aws4_request,SignedHeaders=host,Signature=0"
SIGNED = {"Authorization": SCOPE, "x-amz-content-sha256": "UNSIGNED-PAYLOAD", "X-Amz-Date": "20261125T000000Z"}


@pytest.fixture
def raw(cloud: minicloud.Cloud) -> Iterator[Raw]:
    cloud.client("s3", region_name="us-east-1").create_bucket(Bucket="photos")
    with cloud.serve() as server:
        made = Raw(server.url)
        yield made
        made.close()


def test_buckets_in_hosts_and_in_paths(raw: Raw, cloud: minicloud.Cloud) -> None:
    for host, path in (
        ("photos.s3.us-east-1.amazonaws.com", "/in/a%20b%2Bc"),
        ("photos.s3-us-east-1.amazonaws.com", "/in/a%20b%2Bc"),
        ("photos.localhost:4566", "/in/two"),
        ("localhost:4566", "/photos/in/three"),
        ("s3.amazonaws.com", "/photos/in//four"),
    ):
        made = raw.send(request("PUT", path, {**SIGNED, "x-amz-meta-Who": "me"}, b"x", host)).answer()
        assert (made.status, made.body) == (200, b"")
        assert made.headers["etag"] == '"9dd4e461268c8034f5c8564e155c67a6"'
        assert len(made.headers["x-amz-request-id"]) == 16
        assert made.headers["server"] == "AmazonS3"
    assert cloud.bucket("photos").keys == ["in//four", "in/a b+c", "in/three", "in/two"]
    head = raw.send(request("HEAD", "/photos/in/two", SIGNED)).answer(has_body=False)
    assert (head.status, head.headers["content-length"], head.headers["x-amz-meta-who"]) == (200, "1", "me")
    missing = raw.send(request("HEAD", "/photos/nobody", SIGNED)).answer(has_body=False)
    assert missing.status == 404
    part = raw.send(request("GET", "/photos/in/two", {**SIGNED, "Range": "bytes=0-0"})).answer()
    assert (part.status, part.body, part.headers["content-range"]) == (206, b"x", "bytes 0-0/1")


def test_the_name_of_a_bucket_in_a_host_may_have_dots(raw: Raw, cloud: minicloud.Cloud) -> None:
    cloud.client("s3", region_name="us-east-1").create_bucket(Bucket="my.own.photos")
    hosts = ["my.own.photos.s3.us-east-1.amazonaws.com", "my.own.photos.s3-us-east-1.amazonaws.com"]
    hosts += ["my.own.photos.localhost:4566", "my.own.photos.s3.localhost"]
    for number, host in enumerate(hosts):
        assert raw.send(request("PUT", f"/{number}", SIGNED, b"x", host)).answer().status == 200, host
    assert cloud.bucket("my.own.photos").keys == ["0", "1", "2", "3"]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        (
            "list-type=2&start-after=%20x&prefix=a%20&delimiter=+z",
            {"StartAfter": "+x", "Prefix": "a+", "Delimiter": "+z", "Key": "a+b/1"},
        ),
        (
            "marker=%20x&max-keys=1&delimiter=%2F",
            {"Marker": "+x", "NextMarker": "a+b/", "Delimiter": "/"},
        ),
        (
            "versions&max-keys=1&key-marker=%20x&prefix=a%20&delimiter=%2Bz",
            {"KeyMarker": "+x", "NextKeyMarker": "a+b/1", "Prefix": "a+", "Delimiter": "%2Bz", "Key": "a+b/1"},
        ),
    ],
)
def test_names_in_lists_are_in_the_code_of_urls_where_that_is_asked_for(
    raw: Raw, cloud: minicloud.Cloud, query: str, shown: dict[str, str]
) -> None:
    """[S3 API reference: EncodingType]"""
    for key in ("a b/1", "a b/2", "c+d"):
        cloud.client("s3", region_name="us-east-1").put_object(Bucket="photos", Key=key, Body=b"")
    for coding, read in (("&encoding-type=url", str), ("", unquote_plus)):
        body = raw.send(request("GET", f"/photos?{query}{coding}", SIGNED)).answer().body.decode()
        found = {name: re.search(f"<{name}>([^<]*)</{name}>", body) for name in shown}
        assert {name: one and one[1] for name, one in found.items()} == {
            name: read(value) for name, value in shown.items()
        }


def test_dates_of_all_months_and_days(raw: Raw, cloud: minicloud.Cloud) -> None:
    for _ in range(12):
        raw.send(request("PUT", "/photos/k", SIGNED, b"x")).answer()
        head = raw.send(request("HEAD", "/photos/k", SIGNED)).answer(has_body=False)
        now = cloud.clock.now().astimezone(UTC)
        assert head.headers["date"] == head.headers["last-modified"] == format_datetime(now, usegmt=True)
        cloud.clock.advance(30.4 * 86_400)


def test_checksums_are_shown_to_who_asks(raw: Raw) -> None:
    """A server assumes nothing that clients say of themselves."""
    put = raw.send(request("PUT", "/photos/k", {**SIGNED, "x-amz-checksum-crc32": "NhCmhg=="}, b"hello")).answer()
    assert put.status == 200
    for method in ("GET", "HEAD"):
        for asked, shown in (({}, None), ({"x-amz-checksum-mode": "ENABLED"}, "NhCmhg==")):
            answer = raw.send(request(method, "/photos/k", {**SIGNED, **asked})).answer(has_body=method == "GET")
            assert (answer.status, answer.headers.get("x-amz-checksum-crc32")) == (200, shown)
    plain = raw.send(request("PUT", "/photos/plain", SIGNED, b"hello")).answer()
    assert [name for name in plain.headers if "checksum" in name] in ([], ["x-amz-checksum-type"])


def test_chunks_and_what_is_packed(raw: Raw, cloud: minicloud.Cloud) -> None:
    streamed = {
        **SIGNED,
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "Content-Encoding": "gzip,aws-chunked",
        "x-amz-decoded-content-length": "5",
        "x-amz-trailer": "x-amz-checksum-crc32",
    }
    body = b"3\r\nhel\r\n2;chunk-signature=0\r\nlo\r\n0\r\nx-amz-checksum-crc32:%b\r\n\r\n"
    made = raw.send(request("PUT", "/photos/k", streamed, body % b"NhCmhg==")).answer()
    assert (made.status, made.headers["x-amz-checksum-crc32"]) == (200, "NhCmhg==")
    wrong = raw.send(request("PUT", "/photos/k", streamed, body % b"AAAAAA==")).answer()
    assert wrong.status == 400
    assert b"<Code>BadDigest</Code>" in wrong.body
    (one,) = cloud.bucket("photos").objects
    assert one.body == b"hello"
    got = raw.send(request("GET", "/photos/k", SIGNED)).answer()
    assert got.headers["content-encoding"] == "gzip"
    packed = gzip.compress(b"x" * 100)
    raw.send(request("PUT", "/photos/packed", {**SIGNED, "Content-Encoding": "gzip"}, packed)).answer()
    assert raw.send(request("GET", "/photos/packed", SIGNED)).answer().body == packed


@pytest.mark.parametrize(
    ("query", "signed"),
    [
        ("", {}),
        ("", {"Authorization": SCOPE, "X-Amz-Date": "20261125T000000Z"}),
        ("?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20261125%2Fus-east-1%2Fs3%2Faws4_request", {}),
        ("?AWSAccessKeyId=AKID&Signature=0&Expires=1", {}),
    ],
)
def test_an_object_that_is_packed_stays_so_however_it_is_signed(raw: Raw, query: str, signed: dict[str, str]) -> None:
    """Also where no hash of it is sent, as by a link for an upload. What is damaged is told in S3's words."""
    packed = gzip.compress(b"x" * 100)
    if "Algorithm" in query:
        query += "&X-Amz-Date=20261125T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=0"
    put = raw.send(request("PUT", f"/photos/k{query}", {**signed, "Content-Encoding": "gzip"}, packed)).answer()
    assert put.status == 200
    got = raw.send(request("GET", "/photos/k", SIGNED)).answer()
    assert (got.body, got.headers["content-encoding"]) == (packed, "gzip")
    for digest, code, member in (
        ("eA==", b"InvalidDigest", b"<Content-MD5>eA==</Content-MD5>"),
        ("XrY7u+Ae7tCTyyK7j1rNww==", b"BadDigest", b"<CalculatedDigest>"),
    ):
        wrong = raw.send(request("PUT", f"/photos/k{query}", {**signed, "Content-MD5": digest}, b"hello")).answer()
        assert wrong.status == 400
        assert b"<Code>%b</Code>" % code in wrong.body
        assert member in wrong.body


def test_what_the_xml_of_answers_is_called(raw: Raw) -> None:
    """[S3 API: response elements]"""

    def send(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = raw.send(request(method, path, {**SIGNED, **more}, body)).answer()
        assert answer.status == 200, answer
        return answer.body

    send("PUT", "/photos/k", b"x")
    begun = send("POST", "/photos/large?uploads")
    upload_id = re.search(rb"<UploadId>(.+)</UploadId>", begun)[1].decode()  # type: ignore[index]
    upload = f"/photos/large?uploadId={upload_id}"
    part = f"{upload}&partNumber=1"
    copied = send("PUT", part, x_amz_copy_source="/photos/k")
    etag = re.search(rb"<ETag>(.+)</ETag>", copied)[1].decode()  # type: ignore[index]
    numbered = f"<Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part>"
    whole = f"<CompleteMultipartUpload>{numbered}</CompleteMultipartUpload>".encode()
    answers = {
        "InitiateMultipartUploadResult": begun,
        "CopyPartResult": copied,
        "ListPartsResult": send("GET", upload),
        "CompleteMultipartUploadResult": send("POST", upload, whole),
        "CopyObjectResult": send("PUT", "/photos/copy", x_amz_copy_source="/photos/k"),
        "DeleteResult": send("POST", "/photos?delete", b"<Delete><Object><Key>copy</Key></Object></Delete>"),
        "LocationConstraint": send("GET", "/photos?location"),
        "NotificationConfiguration": send("GET", "/photos?notification"),
        "VersioningConfiguration": send("GET", "/photos?versioning"),
        "AccessControlPolicy": send("GET", "/photos/k?acl"),
        "Tagging": send("GET", "/photos/k?tagging"),
        "ListAllMyBucketsResult": send("GET", "/"),
        "ListVersionsResult": send("GET", "/photos?versions"),
        "ListBucketResult": send("GET", "/photos"),
    }
    found = {name: re.match(rb"<\?xml[^>]*\?>\s*<(\w+)[ >]", body) for name, body in answers.items()}
    assert {name: match and match[1].decode() for name, match in found.items()} == {name: name for name in answers}
    assert send("PUT", "/other") == b""


def test_xml(raw: Raw) -> None:
    for key in ("a%3C", "b"):
        raw.send(request("PUT", f"/photos/{key}", SIGNED, b"x")).answer()
    plain = raw.send(request("GET", "/photos?list-type=2", SIGNED)).answer()
    assert plain.headers["content-type"] == "application/xml"
    assert b'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' in plain.body
    assert b"<Key>a&lt;</Key>" in plain.body
    assert b"EncodingType" not in plain.body
    coded = raw.send(request("GET", "/photos?list-type=2&encoding-type=url", SIGNED)).answer()
    assert b"<Key>a%3C</Key>" in coded.body
    assert b"<EncodingType>url</EncodingType>" in coded.body
    location = raw.send(request("GET", "/photos?location", SIGNED)).answer()
    assert location.body.endswith(
        b'<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></LocationConstraint>'
    )
    broken = raw.send(request("PUT", "/photos?versioning", SIGNED, b"<Versioning")).answer()
    assert (broken.status, b"<Code>MalformedXML</Code>" in broken.body) == (400, True)
    error = raw.send(request("GET", "/photos/nobody", SIGNED)).answer()
    assert error.status == 404
    assert (
        b"<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>nobody</Key>"
        in error.body
    )


def test_what_there_is_not_is_never_taken_for_something_else(raw: Raw, cloud: minicloud.Cloud) -> None:
    for method, path in (
        ("PUT", "/photos?policy"),
        ("GET", "/photos?lifecycle"),
        ("DELETE", "/photos?cors"),
        ("PUT", "/photos/k?legal-hold"),
        ("GET", "/photos?uploads"),
        ("POST", "/photos/k?select&select-type=2"),
    ):
        answer = raw.send(request(method, path, SIGNED)).answer()
        assert answer.status == 501
        assert b"<Code>UnsupportedOperation</Code>" in answer.body
    copy = {**SIGNED, "x-amz-copy-source": "photos/k"}
    part = raw.send(request("PUT", "/photos/k?partNumber=1&uploadId=u", copy)).answer()
    assert (part.status, b"NoSuchUpload" in part.body) == (404, True)
    assert cloud.bucket("photos").keys == []


def test_names_of_buckets_that_are_words_of_others(raw: Raw, cloud: minicloud.Cloud) -> None:
    for name in ("health", "service", "schedules"):
        for method, path in (("PUT", f"/{name}"), ("PUT", f"/{name}/operation/k"), ("GET", f"/{name}?list-type=2")):
            answer = raw.send(request(method, path, SIGNED)).answer()
            assert answer.status == 200, answer.body
        assert cloud.bucket(name).keys == ["operation/k"]
    link = (
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date="
    )
    link += "20260101T000000Z&X-Amz-Expires=9&X-Amz-SignedHeaders=host&X-Amz-Signature=c2ln"
    for path in ("/health", "/moto-api"):
        raw.send(request("PUT", path, SIGNED)).answer()
        assert b"<ListBucketResult" in raw.send(request("GET", f"{path}?list-type=2&{link}")).answer().body
    assert "services" in raw.send(request("GET", "/health")).answer().json


def test_links_and_requests_that_nobody_has_signed(raw: Raw, cloud: minicloud.Cloud) -> None:
    signed = "AWSAccessKeyId=AKID&Signature=c2ln%3D&Expires=1795685302"  # the second kind, as boto3 signs links
    form = {"Content-Type": "application/x-www-form-urlencoded"}  # what Python's urllib says of any body
    assert raw.send(request("PUT", f"/photos/a%20b?{signed}", form, b"x=1")).answer().status == 200
    assert raw.send(request("GET", f"/photos/a%20b?{signed}")).answer().body == b"x=1"
    old = {"Authorization": "AWS AKID:c2lnbmF0dXJl"}
    assert raw.send(request("GET", "/photos/a%20b", old)).answer().body == b"x=1"
    # Nothing but the bucket says whose these are.
    assert raw.send(request("PUT", "/photos/two", body=b"y")).answer().status == 200
    assert raw.send(request("GET", "/two", host="photos.localhost:4566")).answer().body == b"y"
    assert b"<Key>two</Key>" in raw.send(request("GET", "/photos?list-type=2")).answer().body
    assert raw.send(request("GET", "/elsewhere/two")).answer().status == 403
    upload = {"Content-Type": "multipart/form-data; boundary=x"}
    posted = raw.send(request("POST", "/photos", upload, b"--x--\r\n")).answer()
    assert (posted.status, b"POST /photos" in posted.body) == (501, True)
    assert cloud.bucket("photos").keys == ["a b", "two"]


CONFIGURED = (
    "analytics cors encryption intelligent-tiering inventory lifecycle metrics ownershipControls policy "
    "publicAccessBlock replication tagging website"
)
SIDES = {
    ("GET", "/photos"): f"{CONFIGURED} abac accelerate acl logging metadataConfiguration metadataTable object-lock "
    "policyStatus requestPayment session uploads",
    ("PUT", "/photos"): f"{CONFIGURED} abac accelerate acl logging metadataAnnotationTable metadataInventoryTable "
    "metadataJournalTable object-lock requestPayment",
    ("POST", "/photos"): "metadataConfiguration metadataTable",
    ("DELETE", "/photos"): f"{CONFIGURED} metadataConfiguration metadataTable",
    ("GET", "/photos/k"): "annotation attributes legal-hold retention torrent",
    ("PUT", "/photos/k"): "annotation encryption legal-hold renameObject retention",
    ("POST", "/photos/k"): "select&select-type=2",
    ("DELETE", "/photos/k"): "annotation",
}
"""What minicloud has not of buckets and objects. [botocore's model]"""


def test_a_side_of_something_is_not_the_thing_itself(raw: Raw, cloud: minicloud.Cloud) -> None:
    s3 = cloud.client("s3", "us-east-1")
    s3.put_object(Bucket="photos", Key="k", Body=b"x")
    taken = []
    for (method, path), sides in SIDES.items():
        for side in sides.split():
            answer = raw.send(request(method, f"{path}?{side}", SIGNED)).answer()
            if (answer.status, b"<Message>minicloud does not serve S3." in answer.body) != (501, True):
                taken.append((method, path, side, answer.status, answer.body))
    assert taken == []
    assert s3.get_object(Bucket="photos", Key="k")["Body"].read() == b"x"


def test_what_is_signed_for_s3_is_for_s3(raw: Raw, cloud: minicloud.Cloud) -> None:
    """Whatever its body says that it is, or its query: an object may be a form."""
    form = {**SIGNED, "Content-Type": "application/x-www-form-urlencoded"}
    body = b"<Delete><Object><Key>k</Key></Object></Delete>"
    cloud.client("s3", "us-east-1").put_object(Bucket="photos", Key="k", Body=b"x")
    assert b"<Deleted><Key>k</Key></Deleted>" in raw.send(request("POST", "/photos?delete", form, body)).answer().body
    put = raw.send(request("PUT", "/photos/Action=ListQueues", form, b"Action=ListQueues")).answer()
    assert (put.status, cloud.bucket("photos").keys) == (200, ["Action=ListQueues"])
    assert b"ListAllMyBucketsResult" in raw.send(request("GET", "/?prefix=Action=", form)).answer().body

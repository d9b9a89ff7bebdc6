"""What S3 says of itself to who looks closely, and where what it keeps begins and ends."""

from __future__ import annotations

import re
from typing import Any

import pytest

import minicloud
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

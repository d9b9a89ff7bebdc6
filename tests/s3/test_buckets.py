"""Buckets: made, shown, listed, found from everywhere, deleted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

import minicloud
from tests.support.answers import answer
from tests.support.ways import MakeClient


@pytest.mark.modelled("s3.ListBuckets.BucketRegion", "s3.CreateBucket.BucketNamespace")
def test_buckets(s3: Any, refused: Any) -> None:
    made = s3.create_bucket(Bucket="photos")
    assert (made["Location"], made["BucketArn"]) == ("/photos", "arn:aws:s3:::photos")
    assert s3.create_bucket(Bucket="photos")["Location"] == "/photos"
    s3.create_bucket(Bucket="archive")
    assert [one["Name"] for one in s3.list_buckets()["Buckets"]] == ["archive", "photos"]
    page = s3.list_buckets(MaxBuckets=1)
    assert page["Buckets"][0]["BucketRegion"] == "us-east-1"
    rest = s3.list_buckets(ContinuationToken=page["ContinuationToken"])
    assert [one["Name"] for one in rest["Buckets"]] == ["photos"]
    head = s3.head_bucket(Bucket="photos")
    assert (head["BucketRegion"], head["AccessPointAlias"]) == ("us-east-1", False)
    assert head["ResponseMetadata"]["HTTPHeaders"]["content-type"] == "application/xml"
    assert s3.get_bucket_location(Bucket="photos")["LocationConstraint"] is None
    for name in ("Photos", "ab", "a..b", "192.168.0.1", "a_b"):
        refused(s3.create_bucket, "InvalidBucketName", "The specified bucket is not valid.", Bucket=name)
    for constraint in ("us-east-1", "mars", "cn-north-1", ""):
        text = "The specified location-constraint is not valid"
        given = {"Bucket": "third", "CreateBucketConfiguration": {"LocationConstraint": constraint}}
        refused(s3.create_bucket, "InvalidLocationConstraint", text, **given)
    wrong = {"Bucket": "photos", "VersioningConfiguration": {"Status": "enabled"}}
    refused(s3.put_bucket_versioning, "MalformedXML", **wrong)
    refused(
        s3.put_bucket_versioning,
        "IllegalVersioningConfigurationException",
        "The Versioning element must be specified",
        Bucket="photos",
        VersioningConfiguration={},
    )
    s3.put_object(Bucket="photos", Key="k", Body=b"")
    refused(s3.delete_bucket, "BucketNotEmpty", "The bucket you tried to delete is not empty", Bucket="photos")
    s3.delete_object(Bucket="photos", Key="k")
    s3.delete_bucket(Bucket="photos")
    refused(s3.delete_bucket, "NoSuchBucket", Bucket="photos")


@pytest.mark.modelled("s3.CreateBucket.CreateBucketConfiguration.Tags")
def test_buckets_have_no_tags_of_aws(s3: Any, bucket: str, refused: Any) -> None:
    tags = [{"Key": "aws:a", "Value": "b"}]
    error = refused(s3.create_bucket, "InvalidTag", Bucket="other", CreateBucketConfiguration={"Tags": tags})
    assert error["Message"].startswith("User-defined tag keys can't start with")
    assert "TagKey" not in error
    assert [one["Name"] for one in s3.list_buckets()["Buckets"]] == [bucket]


@pytest.mark.modelled("s3.ListBuckets.BucketRegion", "s3.CreateBucket.BucketNamespace")
def test_what_lists_of_buckets_say(cloud: minicloud.Cloud, s3: Any, make_client: MakeClient) -> None:
    cloud.clock.advance(1.75)
    s3.create_bucket(Bucket="photos")
    ireland = make_client("s3", "eu-west-1")
    ireland.create_bucket(Bucket="archive", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    created = datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC)
    rows = [
        {"Name": name, "CreationDate": created, "BucketArn": f"arn:aws:s3:::{name}"} for name in ("archive", "photos")
    ]
    whole = answer(s3.list_buckets())
    owner = whole["Owner"]
    assert whole == {"Buckets": rows, "Owner": owner}
    with_regions = [
        {**row, "BucketRegion": region} for row, region in zip(rows, ("eu-west-1", "us-east-1"), strict=True)
    ]
    assert answer(s3.list_buckets(MaxBuckets=2)) == {"Buckets": with_regions, "Owner": owner}
    assert answer(s3.list_buckets(Prefix="p")) == {"Buckets": with_regions[1:], "Owner": owner, "Prefix": "p"}
    assert answer(s3.list_buckets(BucketRegion="eu-west-1")) == {"Buckets": with_regions[:1], "Owner": owner}
    token = s3.list_buckets(MaxBuckets=1)["ContinuationToken"]
    assert answer(s3.list_buckets(ContinuationToken=token, MaxBuckets=1)) == {
        "Buckets": with_regions[1:], "Owner": owner,
    }  # fmt: skip


def test_names_are_one_for_all_regions_and_accounts(s3: Any, make_client: MakeClient, refused: Any) -> None:
    ireland = make_client("s3", "eu-west-1")
    made = ireland.create_bucket(Bucket="photos", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert made["Location"] == "http://photos.s3.amazonaws.com/"
    assert s3.get_bucket_location(Bucket="photos")["LocationConstraint"] == "eu-west-1"
    s3.put_object(Bucket="photos", Key="k", Body=b"x")
    assert ireland.get_object(Bucket="photos", Key="k")["Body"].read() == b"x"
    yours = "Your previous request to create the named bucket succeeded and you already own it."
    refused(s3.create_bucket, "BucketAlreadyOwnedByYou", yours, Bucket="photos")
    with pytest.raises(ireland.exceptions.ClientError) as caught:
        ireland.create_bucket(Bucket="other")
    assert "The unspecified location constraint is incompatible" in str(caught.value)
    other = make_client("s3", account_id="111122223333")
    with pytest.raises(
        other.exceptions.BucketAlreadyExists, match=r"Please select a different name and try again\.$"
    ) as taken:
        other.create_bucket(Bucket="photos")
    assert taken.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409
    assert other.list_buckets()["Buckets"] == []


def test_from_the_first_region_buckets_are_made_in_all(s3: Any, make_client: MakeClient, refused: Any) -> None:
    for name, constraint, region in (("ohio", "us-east-2", "us-east-2"), ("ireland", "EU", "eu-west-1")):
        made = s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": constraint})
        assert made["Location"] == f"http://{name}.s3.amazonaws.com/"
        assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] == region
        there = make_client("s3", region)
        assert there.head_bucket(Bucket=name)["BucketRegion"] == region
        there.put_object(Bucket=name, Key="k", Body=b"x")
        assert s3.get_object(Bucket=name, Key="k")["Body"].read() == b"x"
    ohio = {"Bucket": "ohio", "CreateBucketConfiguration": {"LocationConstraint": "us-east-2"}}
    refused(s3.create_bucket, "BucketAlreadyOwnedByYou", **ohio)
    wrong = {"Bucket": "third", "CreateBucketConfiguration": {"LocationConstraint": "us-east-2"}}
    refused(make_client("s3", "eu-west-1").create_bucket, "IllegalLocationConstraintException", **wrong)


def test_waiters_and_views(cloud: minicloud.Cloud) -> None:
    s3 = cloud.client("s3")
    with pytest.raises(minicloud.exceptions.WaiterError):
        s3.get_waiter("bucket_exists").wait(Bucket="photos", WaiterConfig={"MaxAttempts": 2})
    s3.create_bucket(Bucket="photos")
    s3.get_waiter("bucket_exists").wait(Bucket="photos")
    s3.get_waiter("object_not_exists").wait(Bucket="photos", Key="k")
    s3.put_object(Bucket="photos", Key="k", Body="é", Metadata={"a": "b"}, Tagging="c=d", ContentType="text/plain")
    view = cloud.bucket("photos")
    (one,) = view.objects
    assert view.keys == ["k"]
    assert (one.key, one.body, one.text, one.size, one.version_id) == ("k", "é".encode(), "é", 2, "null")
    assert (one.metadata, one.tags, one.content_type) == ({"a": "b"}, {"c": "d"}, "text/plain")
    assert (repr(view), repr(one)) == ("<bucket photos with 1 key>", "<object k of 2 bytes>")
    assert cloud.bucket(view.arn).name == "photos"
    with pytest.raises(minicloud.UsageError, match="photo"):
        cloud.bucket("photo")
    before = cloud.snapshot()
    s3.delete_object(Bucket="photos", Key="k")
    s3.create_bucket(Bucket="other")
    assert view.keys == []
    cloud.restore(before)
    assert (view.keys, [one["Name"] for one in s3.list_buckets()["Buckets"]]) == (["k"], ["photos"])
    cloud.reset()
    assert s3.list_buckets()["Buckets"] == []

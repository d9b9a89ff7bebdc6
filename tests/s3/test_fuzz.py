"""Whatever is thrown at S3 is answered or refused properly, and a refusal leaves everything as it was."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import minicloud
from minicloud.core.operation import operations_of
from minicloud.exceptions import ClientError, ParamValidationError
from minicloud.services.s3.service import S3
from tests.support.depth import deep

OPERATIONS = operations_of(S3)
ARN = "arn:aws:sqs:us-east-1:123456789012:uploads"

strings = st.one_of(
    st.sampled_from(["photos", "kept", "in/a", "in/b", "old", "null", "COPY", "REPLACE", "Enabled", "Suspended", "*"]),
    st.sampled_from(
        ["photos/in/a", "photos/in/a?versionId=null", "/kept/in/b", "GLACIER", "STANDARD", "private", "url"]
    ),
    st.sampled_from([ARN, f"{ARN}.fifo", "s3:ObjectCreated:*", "s3:ObjectRemoved:Delete", "prefix", "suffix", "/"]),
    st.sampled_from(["CRC32", "SHA256", "bytes=0-1", "bytes=9-", "a=b", "us-west-2", "AES256", "aws:kms", "Expedited"]),
    st.sampled_from(["", "\ud800", "x" * 1100, "a b", "..", "arn:", "<x>", '"<a>"', "%zz", "AAAAAA==", "\x00"]),
    st.text(st.characters(codec=None), max_size=20),
)


def values_of(name: str, shape: Any) -> Any:
    kind = shape.kind
    if name in ("Bucket", "Key") and kind == "string":
        likely = ["photos", "kept"] if name == "Bucket" else ["in/a", "in/b", "new", "cold"]
        return st.one_of(st.sampled_from(likely), st.sampled_from(likely), strings)
    simple: dict[str, Any] = {
        "string": strings,
        "blob": st.binary(max_size=20),
        "integer": st.integers(-1, 1100),
        "long": st.integers(-1, 1100),
        "boolean": st.booleans(),
        "timestamp": st.integers(0, 2_000_000_000),
    }
    if kind in simple:
        return simple[kind]
    if kind == "list":
        return st.lists(values_of("", shape.member), max_size=2)
    if kind == "map":
        return st.dictionaries(strings, values_of("", shape.member), max_size=2)
    if kind != "structure":
        return st.binary(max_size=20)
    members = {name: values_of(name, member) for name, member in shape.members.items()}
    required = {name: members.pop(name) for name in shape.required}
    some = st.lists(st.sampled_from(sorted(members)), max_size=3, unique=True) if members else st.just([])
    return some.flatmap(lambda names: st.fixed_dictionaries({**required, **{name: members[name] for name in names}}))


calls = st.one_of([st.tuples(st.just(name), values_of("", made.input)) for name, made in OPERATIONS.items()])


def prepared() -> tuple[minicloud.Cloud, Any]:
    """A cloud with one of everything, and its client."""
    cloud = minicloud.Cloud(clock="virtual", seed=1, region_name="us-east-1")
    client: Any = cloud.client("s3")
    cloud.client("sqs").create_queue(QueueName="uploads")
    for name in ("photos", "kept"):
        client.create_bucket(Bucket=name, ObjectOwnership="ObjectWriter")
        told = {"QueueArn": ARN, "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:ObjectAcl:Put"]}
        client.put_bucket_notification_configuration(
            Bucket=name, NotificationConfiguration={"QueueConfigurations": [told]}
        )
    client.put_bucket_versioning(Bucket="kept", VersioningConfiguration={"Status": "Enabled"})
    for name in ("photos", "kept"):
        for key in ("in/a", "in/b"):
            client.put_object(Bucket=name, Key=key, Body=b"hello", Tagging="a=b")
        client.put_object(Bucket=name, Key="cold", Body=b"1", StorageClass="GLACIER")
    client.delete_object(Bucket="kept", Key="in/b")
    client.create_multipart_upload(Bucket="photos", Key="new")
    return cloud, client


def everything(cloud: minicloud.Cloud, client: Any) -> str:
    """All that can be seen."""
    seen: list[Any] = []
    for name in [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]:
        looks = client.list_object_versions, client.get_bucket_versioning, client.get_bucket_notification_configuration
        seen += [{**look(Bucket=name), "ResponseMetadata": None} for look in looks]
        seen += [(one.key, one.body, one.metadata, one.tags) for one in cloud.bucket(name).objects]
        seen.append(cloud.bucket(name).events)
    return f"{seen} {cloud.queue('uploads').bodies}"


@settings(max_examples=deep(300), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(calls, min_size=1, max_size=4))
def test_a_call_is_answered_or_refused_as_a_whole(made: Any) -> None:
    cloud, client = prepared()
    for name, params in made:
        before = everything(cloud, client)
        try:
            answer = getattr(client, name)(**params)
        except (ClientError, ParamValidationError, UnicodeEncodeError, minicloud.UsageError):
            if name != "delete_objects":  # which goes key by key
                assert everything(cloud, client) == before
        else:
            assert answer["ResponseMetadata"]["HTTPStatusCode"] in (200, 202, 204, 206)
    cloud.run_until_idle()
    cloud.services("s3").__iter__().__next__().check()
    cloud.close()


def test_half_a_character_in_a_key_is_refused_and_the_cloud_goes_on() -> None:
    cloud, client = prepared()
    before = everything(cloud, client)
    for name in ("photos", "kept"):
        with pytest.raises(UnicodeEncodeError):
            client.put_object(Bucket=name, Key="\ud800")
    with pytest.raises(UnicodeEncodeError):
        client.delete_object(Bucket="kept", Key="\ud800")
    with pytest.raises(minicloud.UsageError, match="half a character"):
        cloud.s3_event("photos", "\ud800")
    with pytest.raises(minicloud.UsageError, match="half a character"):
        cloud.s3_event("photos", "a", eTag="\ud800")
    assert everything(cloud, client) == before
    client.put_object(Bucket="photos", Key="ü")
    assert cloud.bucket("photos").events[-1].key == "ü"

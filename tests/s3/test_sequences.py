"""What orders the events of a bucket, and what waits for buckets and objects."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

import minicloud
from minicloud.services.s3.state import S3State, _Late


def test_sequencers_are_of_the_second_and_of_the_number_of_the_event(cloud: minicloud.Cloud) -> None:
    """Later ones are greater, however long it goes on."""
    cloud.client("s3").create_bucket(Bucket="photos")
    [state] = cloud.services("s3")
    assert isinstance(state, S3State)
    second = 10**9
    state.event_count = 0
    made = [state.next_sequencer(now) for now in (0, 0, second - 1, second, (2**32 - 1) * second, 2**32 * second)]
    assert made == [1, 2, 3, (1 << 32) + 4, (2**32 - 1 << 32) + 5, 6]
    state.event_count = 2**32 - 2
    assert [state.next_sequencer(second) & 0xFFFFFFFF for _ in range(3)] == [2**32 - 1, 0, 1]


def test_sequencers_of_one_moment_are_in_order(cloud: minicloud.Cloud) -> None:
    s3, sqs = cloud.client("s3"), cloud.client("sqs")
    sqs.create_queue(QueueName="uploads")
    s3.create_bucket(Bucket="photos")
    told = {"QueueArn": cloud.queue("uploads").arn, "Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(
        Bucket="photos",
        NotificationConfiguration={"QueueConfigurations": [told]},  # type: ignore[list-item]
        SkipDestinationValidation=True,
    )
    for _ in range(3):
        s3.put_object(Bucket="photos", Key="k", Body=b"")
    records = [json.loads(body) for body in cloud.queue("uploads").bodies]
    found = [one["Records"][0]["s3"]["object"]["sequencer"] for one in records if "Records" in one]
    assert len(set(found)) == 3
    assert sorted(found) == found
    assert {int(one, 16) >> 32 for one in found} == {int(cloud.clock.time())}


@pytest.mark.parametrize(("waiter", "given"), [("bucket_exists", {}), ("object_exists", {"Key": "k"})])
def test_who_waits_for_something_waits_until_it_has_waited_long_enough(
    cloud: minicloud.Cloud, waiter: str, given: dict[str, str]
) -> None:
    s3: Any = cloud.client("s3")
    if given:
        s3.create_bucket(Bucket="photos")
    began = cloud.clock.time()
    with pytest.raises(minicloud.exceptions.WaiterError, match="Max attempts exceeded"):
        s3.get_waiter(waiter).wait(Bucket="photos", **given, WaiterConfig={"MaxAttempts": 3})
    assert cloud.clock.time() - began == 10
    with pytest.raises(minicloud.exceptions.WaiterError, match="Max attempts exceeded"):
        s3.get_waiter(waiter).wait(Bucket="photos", **given)
    assert cloud.clock.time() - began == 10 + 19 * 5


@pytest.mark.parametrize(("waiter", "given"), [("bucket_not_exists", {}), ("object_not_exists", {"Key": "k"})])
def test_who_waits_for_the_end_of_something_waits_as_long_as_it_is_there(
    cloud: minicloud.Cloud, waiter: str, given: dict[str, str]
) -> None:
    s3: Any = cloud.client("s3")
    s3.create_bucket(Bucket="photos")
    s3.put_object(Bucket="photos", Key="k", Body=b"")
    began = cloud.clock.time()
    with pytest.raises(minicloud.exceptions.WaiterError, match="Max attempts exceeded"):
        s3.get_waiter(waiter).wait(Bucket="photos", **given, WaiterConfig={"MaxAttempts": 2})
    assert cloud.clock.time() - began == 5
    s3.delete_object(Bucket="photos", Key="k")
    s3.delete_bucket(Bucket="photos")
    s3.get_waiter(waiter).wait(Bucket="photos", **given)
    assert cloud.clock.time() - began == 5


def test_what_is_told_late_is_told_once_and_only_if_it_waits_no_more() -> None:
    """Whoever comes into it finds it either waiting or let go."""
    world = SimpleNamespace(outbox=[])
    state: Any = SimpleNamespace(world=world, late={})
    delivery: Any = SimpleNamespace(cause=None)
    late = _Late(state, delivery)
    late.arrive(0)
    assert world.outbox == []  # nobody waits for it
    state.late[late] = None
    late.arrive(0)
    assert (world.outbox, state.late) == ([delivery], {})
    assert delivery.cause.happened
    state.late[late] = None
    assert not delivery.cause.happened


def test_how_many_parts_of_an_upload_are_listed(cloud: minicloud.Cloud) -> None:
    """None is a number, too; of the least there is no part before the first."""
    s3: Any = cloud.client("s3")
    s3.create_bucket(Bucket="photos")
    upload = s3.create_multipart_upload(Bucket="photos", Key="k")["UploadId"]
    for number in (1, 2, 3):
        s3.upload_part(Bucket="photos", Key="k", UploadId=upload, PartNumber=number, Body=b"x")

    def listed(**given: int) -> tuple[list[int], bool]:
        answer = s3.list_parts(Bucket="photos", Key="k", UploadId=upload, **given)
        return [part["PartNumber"] for part in answer.get("Parts", [])], answer["IsTruncated"]

    assert listed(PartNumberMarker=0) == ([1, 2, 3], False)
    assert listed(PartNumberMarker=1) == ([2, 3], False)
    assert listed(PartNumberMarker=3) == ([], False)
    assert listed(MaxParts=3) == ([1, 2, 3], False)
    assert listed(MaxParts=2) == ([1, 2], True)
    assert listed(MaxParts=0)[0] == []
    for name, shown in (("MaxParts", "max-parts"), ("PartNumberMarker", "part-number-marker")):
        with pytest.raises(minicloud.exceptions.ClientError, match=r"InvalidArgument.*non-negative|0 and") as caught:
            listed(**{name: -1})
        assert caught.value.response["Error"]["ArgumentName"] == shown

"""A bucket against an obvious model: whatever is done to it, what is there, what is listed, and who was told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

import minicloud
from tests.s3.conftest import records_of

pytestmark = pytest.mark.hypothesis

KEYS = st.sampled_from(["a", "a/", "a/b", "a/b/c", "ab", "b/1", "b/2", "ü/1", "ü", "z"])
BODIES = st.binary(max_size=3)
PLACE = {"Bucket": "photos"}


class Buckets(RuleBasedStateMachine):
    """The model: the versions of each key, oldest first, as id and bytes; None stands for a delete marker."""

    def __init__(self) -> None:
        super().__init__()
        self.cloud = minicloud.Cloud(clock="virtual", seed=1, region_name="us-east-1")
        self.s3, sqs = self.cloud.client("s3"), self.cloud.client("sqs")
        self.s3.create_bucket(**PLACE)
        sqs.create_queue(QueueName="uploads")
        events = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]
        queue: Any = {"QueueArn": self.cloud.queue("uploads").arn, "Events": events}
        self.s3.put_bucket_notification_configuration(
            **PLACE, NotificationConfiguration={"QueueConfigurations": [queue]}
        )
        self.versions: dict[str, list[tuple[str, bytes | None]]] = {}
        self.told: list[str] = []
        self.versioning = ""

    def teardown(self) -> None:
        told = [record["eventName"].removeprefix("Object") for record in records_of(self.cloud)]
        assert told == self.told
        self.cloud.services("s3").__iter__().__next__().check()
        self.cloud.close()

    def add(self, key: str, version_id: str, body: bytes | None) -> None:
        kept = [one for one in self.versions.get(key, []) if one[0] != version_id]
        self.versions[key] = [*kept, (version_id, body)]

    @rule(status=st.sampled_from(["Enabled", "Suspended"]))
    def keep_versions(self, status: Any) -> None:
        self.s3.put_bucket_versioning(**PLACE, VersioningConfiguration={"Status": status})
        self.versioning = status

    @rule(key=KEYS, body=BODIES)
    def put(self, key: str, body: bytes) -> None:
        self.add(key, self.s3.put_object(**PLACE, Key=key, Body=body).get("VersionId", "null"), body)
        self.told.append("Created:Put")

    @rule(key=KEYS, source=KEYS)
    def copy(self, key: str, source: str) -> None:
        body = self.versions.get(source, [("", None)])[-1][1]
        if body is not None and key != source:
            made = self.s3.copy_object(**PLACE, Key=key, CopySource={**PLACE, "Key": source})
            self.add(key, made.get("VersionId", "null"), body)
            self.told.append("Created:Copy")

    @rule(key=KEYS)
    def delete(self, key: str) -> None:
        answer = self.s3.delete_object(**PLACE, Key=key)
        if self.versioning:
            self.add(key, answer["VersionId"], None)
            self.told.append("Removed:DeleteMarkerCreated")
        elif self.versions.pop(key, None):
            self.told.append("Removed:Delete")

    @rule(key=KEYS, number=st.integers(0, 3))
    def delete_version(self, key: str, number: int) -> None:
        there = self.versions.get(key, [])
        if number < len(there):
            version_id, _ = there.pop(number)
            self.s3.delete_object(**PLACE, Key=key, VersionId=version_id)
            self.told.append("Removed:Delete")
            if not there:
                del self.versions[key]

    @rule(
        prefix=st.sampled_from(["", "a", "a/", "b/", "ü", "x"]),
        delimiter=st.sampled_from(["", "/", "b"]),
        size=st.integers(1, 4),
    )
    def list(self, prefix: str, delimiter: str, size: int) -> None:
        expected: list[str] = []
        for key in sorted(key for key, there in self.versions.items() if there[-1][1] is not None):
            if key.startswith(prefix):
                head, found, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key, "", "")
                shown = prefix + head + delimiter if found else key
                if shown not in expected:
                    expected.append(shown)
        seen: list[str] = []
        more: dict[str, Any] = {}
        while True:
            page = self.s3.list_objects_v2(**PLACE, Prefix=prefix, Delimiter=delimiter, MaxKeys=size, **more)
            rows = [one["Key"] for one in page.get("Contents", ())]
            seen += sorted(rows + [one["Prefix"] for one in page.get("CommonPrefixes", ())])
            if not page["IsTruncated"]:
                break
            assert page["KeyCount"] == size
            more = {"ContinuationToken": page["NextContinuationToken"]}
        assert seen == expected

    @invariant()
    def what_is_there_is_what_was_put(self) -> None:
        seen: dict[str, list[tuple[str, bytes | None]]] = {}
        for page in self.s3.get_paginator("list_object_versions").paginate(**PLACE, PaginationConfig={"PageSize": 3}):
            for one in page.get("Versions", ()):
                place = {**PLACE, "Key": one["Key"], "VersionId": one["VersionId"]}
                seen.setdefault(one["Key"], []).append((one["VersionId"], self.s3.get_object(**place)["Body"].read()))
            for marker in page.get("DeleteMarkers", ()):
                seen.setdefault(marker["Key"], []).append((marker["VersionId"], None))
        assert {key: sorted(there, key=str) for key, there in seen.items()} == {
            key: sorted(there, key=str) for key, there in self.versions.items()
        }
        for key, there in self.versions.items():
            view = [one.body for one in self.cloud.bucket("photos").objects if one.key == key]
            assert view == ([] if there[-1][1] is None else [there[-1][1]])


TestBuckets = Buckets.TestCase
TestBuckets.settings = settings(max_examples=15, stateful_step_count=20)

"""Calls of S3 into which an exception comes: as a whole, or not at all, and so what others are told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import strikes
from tests.support.strikes import FORMS, Form

pytestmark = [
    pytest.mark.stress,
    # Python only prints what strikes in the end of a generator.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PHOTOS = {"Bucket": "photos"}
KEY = {"Bucket": "photos", "Key": "k"}


IN_OHIO = {"CreateBucketConfiguration": {"LocationConstraint": "us-east-2"}}


class World(strikes.World):
    """A cloud with a bucket that tells a queue of everything, and all that can be asked of S3."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.s3: Any = self.cloud.client("s3")
        self.sqs: Any = self.cloud.client("sqs")
        self.sqs.create_queue(QueueName="uploads")
        self.s3.create_bucket(**PHOTOS)
        self.tell()
        self.upload_id = ""

    def tell(self) -> None:
        events = [f"s3:Object{name}:*" for name in ("Created", "Removed", "Tagging", "Restore")]
        queue = {"QueueArn": self.cloud.queue("uploads").arn, "Events": [*events, "s3:ObjectAcl:Put"]}
        self.s3.put_bucket_notification_configuration(
            **PHOTOS, NotificationConfiguration={"QueueConfigurations": [{**queue, "Id": "all"}]}
        )

    def look(self) -> Any:
        s3 = self.s3
        seen: list[Any] = [[one["Name"] for one in s3.list_buckets()["Buckets"]]]
        for name in seen[0]:
            place = {"Bucket": name}
            seen.append(s3.get_bucket_versioning(**place).get("Status"))
            seen.append(len(s3.get_bucket_notification_configuration(**place)))
            listed = s3.list_object_versions(**place)
            for one in listed.get("Versions", ()):
                version = {**place, "Key": one["Key"], "VersionId": one["VersionId"]}
                head = s3.head_object(**version)
                seen.append((one["Key"], one["IsLatest"], one["ETag"], head.get("Restore"), head.get("TagCount")))
            seen += [(one["Key"], one["IsLatest"]) for one in listed.get("DeleteMarkers", ())]
        if self.upload_id:
            try:
                parts = s3.list_parts(**KEY, UploadId=self.upload_id).get("Parts", ())
                seen.append([(one["PartNumber"], one["ETag"]) for one in parts])
            except s3.exceptions.NoSuchUpload:
                seen.append("no upload")
        told = [(event.name, event.key) for name in seen[0] for event in self.cloud.bucket(name).events]
        return [seen, told]


Row = strikes.Row[World]


def nothing(w: World) -> None:
    pass


def there(w: World) -> None:
    w.s3.put_object(**KEY, Body=b"before", Tagging="a=b")


def versioned(w: World) -> None:
    there(w)
    w.s3.put_bucket_versioning(**PHOTOS, VersioningConfiguration={"Status": "Enabled"})
    w.s3.put_object(**KEY, Body=b"two")


def archived(w: World) -> None:
    w.s3.put_object(**KEY, Body=b"x", StorageClass="GLACIER")


def begun(w: World) -> None:
    w.upload_id = w.s3.create_multipart_upload(**KEY)["UploadId"]
    w.s3.upload_part(**KEY, UploadId=w.upload_id, PartNumber=1, Body=b"part")


def completed(w: World) -> None:
    parts = [{"PartNumber": 1, "ETag": one["ETag"]} for one in w.s3.list_parts(**KEY, UploadId=w.upload_id)["Parts"]]
    w.s3.complete_multipart_upload(**KEY, UploadId=w.upload_id, MultipartUpload={"Parts": parts})


ROWS: dict[str, Row] = {
    "create a bucket": Row(nothing, lambda w: w.s3.create_bucket(Bucket="other")),
    "create a bucket elsewhere": Row(nothing, lambda w: w.s3.create_bucket(Bucket="other", **IN_OHIO)),
    "delete a bucket": Row(lambda w: w.s3.create_bucket(Bucket="other"), lambda w: w.s3.delete_bucket(Bucket="other")),
    "tell of events": Row(nothing, lambda w: w.tell()),
    "put": Row(nothing, lambda w: w.s3.put_object(**KEY, Body=b"x")),
    "put again": Row(there, lambda w: w.s3.put_object(**KEY, Body=b"x")),
    "put a version": Row(versioned, lambda w: w.s3.put_object(**KEY, Body=b"three")),
    "copy": Row(there, lambda w: w.s3.copy_object(**PHOTOS, Key="copy", CopySource=KEY)),
    "delete": Row(there, lambda w: w.s3.delete_object(**KEY)),
    "delete a version": Row(versioned, lambda w: w.s3.delete_object(**KEY, VersionId="null")),
    "mark as deleted": Row(versioned, lambda w: w.s3.delete_object(**KEY)),
    "keep versions": Row(
        there, lambda w: w.s3.put_bucket_versioning(**PHOTOS, VersioningConfiguration={"Status": "Enabled"})
    ),
    "tag": Row(
        there, lambda w: w.s3.put_object_tagging(**KEY, Tagging={"TagSet": [{"Key": x, "Value": ""} for x in "xy"]})
    ),
    "take tags away": Row(there, lambda w: w.s3.delete_object_tagging(**KEY)),
    "restore": Row(archived, lambda w: w.s3.restore_object(**KEY, RestoreRequest={"Days": 1})),
    "upload a part": Row(begun, lambda w: w.s3.upload_part(**KEY, UploadId=w.upload_id, PartNumber=2, Body=b"more")),
    "copy a part": Row(
        lambda w: (there(w), begun(w)),
        lambda w: w.s3.upload_part_copy(**KEY, UploadId=w.upload_id, PartNumber=2, CopySource=KEY),
    ),
    "complete an upload": Row(begun, completed),
    "abort an upload": Row(begun, lambda w: w.s3.abort_multipart_upload(**KEY, UploadId=w.upload_id)),
    "cause an event": Row(there, lambda w: w.cloud.s3_event("photos", "k", "ObjectRestore:Delete")),
}


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_an_interrupted_call_has_happened_or_has_not(name: str, form: Form) -> None:
    wrong = form.wrong_places(ROWS[name], World)
    assert not wrong, "\n".join(wrong)

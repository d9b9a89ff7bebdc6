"""The operations that say who is told of what happens in a bucket."""

from __future__ import annotations

from typing import cast

from ....core.operation import operation
from ....core.unset import UNSET
from .. import answers, shapes
from ..notification import read_configuration
from ..state import S3State

__all__ = ["NotificationOperations"]


class NotificationOperations(S3State):
    """Notification configurations: put, and read back."""

    @operation("PutBucketNotificationConfiguration")
    def put_bucket_notification_configuration(
        self,
        now: int,
        *,
        Bucket: shapes.BucketName,
        NotificationConfiguration: shapes.NotificationConfiguration,
        ExpectedBucketOwner: str = UNSET,
        SkipDestinationValidation: bool = UNSET,
    ) -> None:
        """Have queues, topics, functions and the default event bus told of what happens. O(entries squared).

        It takes the place of what was asked for before; queues and topics get a test message. Raises InvalidArgument,
        NoSuchBucket.
        """
        bucket = self.bucket(Bucket, ExpectedBucketOwner)
        made = read_configuration(
            bucket.state, bucket, NotificationConfiguration, looks_at_destinations=SkipDestinationValidation is not True
        )
        self.configure(now, bucket, made)

    @operation("GetBucketNotificationConfiguration")
    def get_bucket_notification_configuration(
        self, now: int, *, Bucket: shapes.BucketName, ExpectedBucketOwner: str = UNSET
    ) -> answers.NotificationConfiguration:
        """What was asked for; nothing where nothing was. O(entries). Raises NoSuchBucket."""
        configuration = self.bucket(Bucket, ExpectedBucketOwner).configuration
        return cast("answers.NotificationConfiguration", {} if configuration is None else configuration.shown())

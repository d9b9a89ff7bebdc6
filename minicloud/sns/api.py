"""Amazon SNS: all of its operations, over the state of one account in one region."""

from __future__ import annotations

from .permission_operations import PermissionOperations
from .publish_operations import PublishOperations
from .push_operations import PushOperations
from .sms_operations import SmsOperations
from .subscription_operations import SubscriptionOperations
from .topic_operations import TopicOperations

__all__ = ["Sns"]


class Sns(
    TopicOperations,
    SubscriptionOperations,
    PublishOperations,
    PermissionOperations,
    PushOperations,
    SmsOperations,
):
    """SNS of one account in one region. Operations are grouped by what they are about, one class a group."""

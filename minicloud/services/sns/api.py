"""Amazon SNS: all of its operations, over the state of one account in one region."""

from __future__ import annotations

from .operations.permissions import PermissionOperations
from .operations.publishing import PublishOperations
from .operations.push import PushOperations
from .operations.sms import SmsOperations
from .operations.subscriptions import SubscriptionOperations
from .operations.topics import TopicOperations

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

"""How often an account may call some operations, and how much it may have of what AWS counts: the figures.

Counting is done elsewhere (``core/rates.py``, the lists of the state). Both hold under strict limits only; a number
that the limits name for themselves always does.
"""

from __future__ import annotations

from ...core.limits import Limits

__all__ = ["CALLS_PER_SECOND", "quota"]

_LISTS = 30
_CHANGES = 100
_TAGS = 10
CALLS_PER_SECOND = {
    "ListEndpointsByPlatformApplication": _LISTS,
    "ListPlatformApplications": 15,
    "ListSubscriptions": _LISTS,
    "ListSubscriptionsByTopic": _LISTS,
    "ListTopics": _LISTS,
    "ListTagsForResource": _TAGS,
    "Subscribe": _CHANGES,
    "TagResource": _TAGS,
    "Unsubscribe": _CHANGES,
    "UntagResource": _TAGS,
}
"""Of one account in one region. [API reference]"""

QUOTAS = {
    "sns_topics": 100_000,
    "sns_fifo_topics": 1_000,
    "sns_subscriptions": 12_500_000,
    "sns_fifo_subscriptions": 100,
    "sns_filter_policies": 200,
}
"""By the field of ``Limits``. [General reference, SNS quotas]"""


def quota(limits: Limits, name: str) -> int | None:
    """How many there may be; None when there is no limit."""
    chosen: int | None = getattr(limits, name)
    return QUOTAS[name] if chosen is None and limits.rates else chosen

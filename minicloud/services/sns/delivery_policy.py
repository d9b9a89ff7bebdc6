"""How often and when a web server is tried again: delivery policies of topics and of subscriptions.

A topic holds its policy in one form, a subscription in another; both come down to one healthy retry policy, whose
retries run in four phases: at once, at the minimum delay, backing off from minimum to maximum, at the maximum delay.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ...core.json_text import compact, parse_object
from ...core.timeline import SECOND
from . import errors

__all__ = [
    "DEFAULT_CONTENT_TYPE",
    "DEFAULT_RETRY_POLICY",
    "effective_subscription_policy",
    "effective_topic_policy",
    "read_subscription_policy",
    "read_topic_policy",
    "retry_delays",
]

DEFAULT_CONTENT_TYPE = "text/plain; charset=UTF-8"
DEFAULT_RETRY_POLICY: Mapping[str, Any] = {
    "minDelayTarget": 20,
    "maxDelayTarget": 20,
    "numRetries": 3,
    "numMaxDelayRetries": 0,
    "numNoDelayRetries": 0,
    "numMinDelayRetries": 0,
    "backoffFunction": "linear",
}

_LONGEST = 3600
"""Seconds that all retries together may take, and the longest single delay."""
_BACKOFF_FUNCTIONS = ("arithmetic", "exponential", "geometric", "linear")
_CONTENT_TYPES = (
    "application/atom+xml",
    "application/json",
    "application/octet-stream",
    "application/soap+xml",
    "application/x-www-form-urlencoded",
    "application/xhtml+xml",
    "application/xml",
    "text/css",
    "text/csv",
    "text/html",
    "text/plain",
    "text/xml",
)


def read_topic_policy(text: str, prefix: str) -> dict[str, Any]:
    """Check a topic's DeliveryPolicy and return it as SNS keeps it. Raises ``InvalidParameter``."""
    reader = _Reader(prefix)
    policy = reader.members(reader.parse(text), ("http",), "")
    http = reader.members(
        policy.get("http", {}),
        (
            "defaultHealthyRetryPolicy",
            "defaultSicklyRetryPolicy",
            "sicklyRetryPolicy",
            "disableSubscriptionOverrides",
            "defaultThrottlePolicy",
            "defaultRequestPolicy",
            "guaranteed",
        ),
        "http",
    )
    kept: dict[str, Any] = {}
    if "defaultHealthyRetryPolicy" in http:
        kept["defaultHealthyRetryPolicy"] = reader.retries(
            http["defaultHealthyRetryPolicy"], "http.defaultHealthyRetryPolicy"
        )
    disabled = http.get("disableSubscriptionOverrides", False)
    if not isinstance(disabled, bool):
        raise reader.wrong("http.disableSubscriptionOverrides", "a boolean")
    kept["disableSubscriptionOverrides"] = disabled
    if "defaultThrottlePolicy" in http:
        kept["defaultThrottlePolicy"] = reader.throttle(http["defaultThrottlePolicy"], "http.defaultThrottlePolicy")
    if "defaultRequestPolicy" in http:
        kept["defaultRequestPolicy"] = reader.request(http["defaultRequestPolicy"], "http.defaultRequestPolicy")
    return {"http": kept}


def read_subscription_policy(text: str, prefix: str) -> dict[str, Any]:
    """Check a subscription's DeliveryPolicy; its members without nulls. Raises ``InvalidParameter``."""
    reader = _Reader(prefix)
    policy = reader.members(
        reader.parse(text),
        ("healthyRetryPolicy", "sicklyRetryPolicy", "throttlePolicy", "requestPolicy", "guaranteed"),
        "",
    )
    kept: dict[str, Any] = {}
    if "healthyRetryPolicy" in policy:
        kept["healthyRetryPolicy"] = reader.retries(policy["healthyRetryPolicy"], "healthyRetryPolicy")
    if "throttlePolicy" in policy:
        kept["throttlePolicy"] = reader.throttle(policy["throttlePolicy"], "throttlePolicy")
    if "requestPolicy" in policy:
        kept["requestPolicy"] = reader.request(policy["requestPolicy"], "requestPolicy")
    return kept


def effective_topic_policy(policy: Mapping[str, Any] | None) -> dict[str, Any]:
    """A topic's policy with the defaults filled in."""
    http = policy["http"] if policy is not None else {}
    effective: dict[str, Any] = {
        "defaultHealthyRetryPolicy": {**DEFAULT_RETRY_POLICY, **http.get("defaultHealthyRetryPolicy", {})},
        "disableSubscriptionOverrides": http.get("disableSubscriptionOverrides", False),
    }
    if "defaultThrottlePolicy" in http:
        effective["defaultThrottlePolicy"] = http["defaultThrottlePolicy"]
    effective["defaultRequestPolicy"] = {
        "headerContentType": DEFAULT_CONTENT_TYPE,
        **http.get("defaultRequestPolicy", {}),
    }
    return {"http": effective}


def effective_subscription_policy(
    policy: Mapping[str, Any] | None, topic_policy: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What holds for a subscription: its own policy where it may override, else its topic's, else the defaults."""
    http = effective_topic_policy(topic_policy)["http"]
    own = policy if policy is not None and not http["disableSubscriptionOverrides"] else {}
    retries = own.get("healthyRetryPolicy")
    return {
        "healthyRetryPolicy": http["defaultHealthyRetryPolicy"]
        if retries is None
        else {**DEFAULT_RETRY_POLICY, **retries},
        "sicklyRetryPolicy": None,
        "throttlePolicy": own.get("throttlePolicy", http.get("defaultThrottlePolicy")),
        "requestPolicy": {**http["defaultRequestPolicy"], **own.get("requestPolicy", {})},
        "guaranteed": False,
    }


def retry_delays(retries: Mapping[str, Any]) -> list[int]:
    """The waits before the first, second, ... retry, in nanoseconds, of a complete healthy retry policy.

    AWS adds jitter, which a test could not reproduce; here the delays are the nominal ones. What would come later
    than 3,600 seconds after the first attempt is cut off.
    """
    low, high = retries["minDelayTarget"] * SECOND, retries["maxDelayTarget"] * SECOND
    backing_off = retries["numRetries"] - (
        retries["numNoDelayRetries"] + retries["numMinDelayRetries"] + retries["numMaxDelayRetries"]
    )
    delays = [0] * retries["numNoDelayRetries"]
    delays += [low] * retries["numMinDelayRetries"]
    delays += [_backoff(retries["backoffFunction"], low, high, step, backing_off) for step in range(backing_off)]
    delays += [high] * retries["numMaxDelayRetries"]
    total = 0
    for index, delay in enumerate(delays):
        total += delay
        if total > _LONGEST * SECOND:
            return delays[:index]
    return delays


def _backoff(function: str, low: int, high: int, step: int, steps: int) -> int:
    """The delay before retry ``step`` of ``steps`` on the way from ``low`` to ``high``."""
    if steps < 2 or low == high:
        return low
    if function == "exponential":
        return min(high, low << step)
    if function == "geometric":
        return int(low * math.pow(high / low, step / (steps - 1)))
    if function == "arithmetic":
        # Each wait is longer than the one before by a little more than that one was.
        return low + (high - low) * step * (step + 1) // (steps * (steps - 1))
    return low + (high - low) * step // (steps - 1)


class _Reader:
    """Checks the parts that both forms have; the prefix stands before every text."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def wrong(self, path: str, kind: str) -> Exception:
        return errors.delivery_type(prefix=self.prefix, path=path, kind=kind)

    def parse(self, text: str) -> dict[str, Any]:
        try:
            return parse_object(text)
        except ValueError:
            raise errors.delivery_json(prefix=self.prefix) from None

    def members(self, value: Any, known: tuple[str, ...], path: str) -> dict[str, Any]:
        """The members of an object, without nulls."""
        if not isinstance(value, dict):
            raise self.wrong(path, "an object")
        for member in value:
            if member not in known:
                raise errors.delivery_unknown(prefix=self.prefix, member=f"{path}.{member}".removeprefix("."))
        return {member: item for member, item in value.items() if item is not None}

    def number(self, value: Any, path: str, low: int, high: int | None = None) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong(path, "an integer")
        if value < low:
            raise errors.delivery_at_least(prefix=self.prefix, path=path, bound=low)
        if high is not None and value > high:
            raise errors.delivery_at_most(prefix=self.prefix, path=path, bound=high)

    def retries(self, value: Any, path: str) -> dict[str, Any]:
        kept = self.members(value, tuple(DEFAULT_RETRY_POLICY), path)
        for member, item in kept.items():
            if member == "backoffFunction":
                if item not in _BACKOFF_FUNCTIONS:
                    shown = item if isinstance(item, str) else compact(item)
                    raise errors.delivery_backoff(prefix=self.prefix, path=f"{path}.{member}", value=shown)
            elif member in ("minDelayTarget", "maxDelayTarget"):
                self.number(item, f"{path}.{member}", 1, _LONGEST)
            else:
                self.number(item, f"{path}.{member}", 0, 100)
        whole = {**DEFAULT_RETRY_POLICY, **kept}
        if whole["maxDelayTarget"] < whole["minDelayTarget"]:
            raise errors.delivery_at_least(prefix=self.prefix, path=f"{path}.maxDelayTarget", bound="minDelayTarget")
        phases = whole["numNoDelayRetries"] + whole["numMinDelayRetries"] + whole["numMaxDelayRetries"]
        if whole["numRetries"] < phases:
            raise errors.delivery_phases(prefix=self.prefix, path=path)
        return kept

    def throttle(self, value: Any, path: str) -> dict[str, Any]:
        kept = self.members(value, ("maxReceivesPerSecond",), path)
        rate = kept.get("maxReceivesPerSecond", 1)
        if not isinstance(rate, int) or isinstance(rate, bool):
            raise self.wrong(f"{path}.maxReceivesPerSecond", "an integer")
        if rate < 1:
            raise errors.delivery_receives(prefix=self.prefix, path=f"{path}.maxReceivesPerSecond")
        return kept

    def request(self, value: Any, path: str) -> dict[str, Any]:
        kept = self.members(value, ("headerContentType",), path)
        content_type = kept.get("headerContentType", DEFAULT_CONTENT_TYPE)
        if not isinstance(content_type, str) or content_type.split(";")[0].strip() not in _CONTENT_TYPES:
            raise self.wrong(f"{path}.headerContentType", "a supported content type")
        if not content_type.isprintable():
            raise self.wrong(f"{path}.headerContentType", "a supported content type")
        return kept

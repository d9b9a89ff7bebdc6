"""The two policies of dead-letter queues, as JSON text comes in and goes out.

``RedrivePolicy`` says where a queue's undeliverable messages go and after how many receives; ``RedriveAllowPolicy``
says which queues may name this one as their target.
"""

from __future__ import annotations

import json
import re
from typing import Any, Protocol

from ...core.value import Value
from . import errors

_is_count = re.compile(r"[0-9]{1,9}").fullmatch

MAXIMUM_SOURCES = 10


class RedriveTarget(Protocol):
    """What has to be known of the queue that a RedrivePolicy names."""

    @property
    def is_fifo(self) -> bool:
        """Whether it is a FIFO queue."""

    def allows_source(self, source_arn: str) -> bool:
        """Whether its RedriveAllowPolicy lets that queue name it as its dead-letter queue."""


class Targets(Protocol):
    """The queues of an account and region, as redrive policies name them."""

    def redrive_target(self, arn: str) -> RedriveTarget | None:
        """The queue with this ARN."""

    def without_redrive_target(self, arn: str) -> list[str]:
        """What is known of an ARN that no queue has."""


def parse_json_object(text: str) -> dict[str, Any] | None:
    """The JSON object that ``text`` is, or None when it is something else."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def compact_json(value: object) -> str:
    """JSON as AWS writes it: no blanks."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


class RedrivePolicy(Value):
    """Messages received ``max_receive_count`` times go to the queue ``target_arn``."""

    target_arn: str
    max_receive_count: int

    @property
    def text(self) -> str:
        """The JSON that GetQueueAttributes shows: the count is a number, however it was given."""
        return compact_json({"deadLetterTargetArn": self.target_arn, "maxReceiveCount": self.max_receive_count})

    @classmethod
    def parse(cls, text: str, *, queue_arn: str, is_fifo: bool, targets: Targets) -> RedrivePolicy:
        """The policy of the queue ``queue_arn`` as sent. Raises for everything AWS refuses, in its order."""
        policy = parse_json_object(text)
        if policy is None:
            raise errors.redrive_not_a_map()
        for key in ("maxReceiveCount", "deadLetterTargetArn"):
            if policy.get(key) is None:
                raise errors.redrive_lacks(text, key)
        if len(policy) > 2:
            raise errors.redrive_has_other_keys(text)
        count = _receive_count(policy["maxReceiveCount"])
        if count is None:
            raise errors.redrive_count_invalid(text, _as_sent(policy["maxReceiveCount"]))
        target_arn = policy["deadLetterTargetArn"]
        parts = target_arn.split(":") if isinstance(target_arn, str) else ()
        if len(parts) != 6 or parts[0] != "arn" or not all(parts):
            raise errors.redrive_arn_malformed(text)
        if parts[2] != "sqs":
            raise errors.redrive_arn_not_sqs(text)
        _, _, _, region_name, account_id, _ = queue_arn.split(":")
        if parts[3] != region_name:
            raise errors.redrive_region_differs(text)
        if parts[4] != account_id:
            raise errors.redrive_owner_differs(text)
        target = targets.redrive_target(target_arn)
        if target is None:
            raise errors.redrive_target_missing(text).noting(*targets.without_redrive_target(target_arn))
        if target.is_fifo != is_fifo:
            raise errors.redrive_type_differs(text)
        if not target.allows_source(queue_arn):
            raise errors.redrive_not_allowed(text)
        return cls(target_arn, count)


def _receive_count(value: object) -> int | None:
    """The count as a number, or None when it is not one from 1 to 1000."""
    if isinstance(value, str) and _is_count(value):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 1000:
        return value
    return None


def _as_sent(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


class RedriveAllowPolicy(Value):
    """Which queues may use this one as their dead-letter queue: all, none, or the ``source_arns``."""

    permission: str
    source_arns: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The JSON that GetQueueAttributes shows."""
        policy: dict[str, Any] = {"redrivePermission": self.permission}
        if self.source_arns:
            policy["sourceQueueArns"] = list(self.source_arns)
        return compact_json(policy)

    def allows(self, source_arn: str) -> bool:
        """Whether that queue may name this one."""
        return self.permission == "allowAll" or source_arn in self.source_arns

    @classmethod
    def parse(cls, text: str, *, region_name: str) -> RedriveAllowPolicy:
        """The policy as sent, of a queue in that region. Raises for everything AWS refuses."""
        policy = parse_json_object(text)
        if policy is None or not policy.keys() <= {"redrivePermission", "sourceQueueArns"}:
            raise errors.redrive_allow_malformed()
        permission = policy.get("redrivePermission")
        sources = policy.get("sourceQueueArns", [])
        if (
            permission not in ("allowAll", "denyAll", "byQueue")
            or not isinstance(sources, list)
            or not all(isinstance(source, str) for source in sources)
        ):
            raise errors.redrive_allow_malformed()
        if permission != "byQueue" and sources:
            raise errors.redrive_allow_sources_need_by_queue(text)
        if permission == "byQueue" and not 1 <= len(sources) <= MAXIMUM_SOURCES:
            raise errors.redrive_allow_number_of_sources(text)
        # Whether they are ARNs of queues is not asked.
        regions = [source.split(":")[3] for source in sources if source.count(":") >= 5]
        if any(region != region_name for region in regions):
            raise errors.redrive_allow_region_differs(text)
        return cls(permission, tuple(sources))

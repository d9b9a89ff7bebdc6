"""What tests of schedules have in common."""

from __future__ import annotations

from typing import Any

__all__ = ["OFF", "QUEUE", "ROLE", "SCHEDULE", "flexible", "target"]

ROLE = "arn:aws:iam::123456789012:role/scheduler"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:runs"
OFF: dict[str, Any] = {"Mode": "OFF"}


def flexible(minutes: int) -> dict[str, Any]:
    """A flexible window."""
    return {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": minutes}


def target(arn: str = QUEUE, text: str | None = "<aws.scheduler.scheduled-time>", **more: Any) -> dict[str, Any]:
    """A target that is told at what time it is run."""
    said = {} if text is None else {"Input": text}
    return {"Arn": arn, "RoleArn": ROLE, **said, **more}


SCHEDULE: dict[str, Any] = {
    "Name": "nightly",
    "ScheduleExpression": "cron(0 3 * * ? *)",
    "FlexibleTimeWindow": OFF,
    "Target": target(),
}

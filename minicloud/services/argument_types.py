"""Types of arguments that are not needed to run: by themselves, for typing is dear to load."""

from __future__ import annotations

from typing import Literal, TypeAlias

__all__ = ["ServiceName"]

ServiceName: TypeAlias = Literal[
    "application-autoscaling",
    "cloudwatch",
    "events",
    "firehose",
    "iam",
    "kinesis",
    "lambda",
    "logs",
    "pipes",
    "s3",
    "scheduler",
    "sns",
    "sqs",
    "sts",
]
"""What ``Cloud.client`` takes."""

"""What tests of pipes have in common."""

from __future__ import annotations

import json
from typing import Any

import minicloud

__all__ = ["FUNCTION", "PIPE", "PLACE", "ROLE", "SOURCE", "STREAM", "TARGET", "filters", "queues", "sent"]

PLACE = "us-east-1:123456789012"
ROLE = "arn:aws:iam::123456789012:role/pipes"
SOURCE = f"arn:aws:sqs:{PLACE}:orders"
TARGET = f"arn:aws:sqs:{PLACE}:bills"
STREAM = f"arn:aws:kinesis:{PLACE}:stream/clicks"
FUNCTION = f"arn:aws:lambda:{PLACE}:function:"
PIPE: dict[str, Any] = {"Name": "billing", "Source": SOURCE, "Target": TARGET, "RoleArn": ROLE}


def queues(cloud: minicloud.Cloud) -> dict[str, str]:
    """The queues of these tests by their URLs."""
    sqs = cloud.client("sqs")
    found = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("orders", "bills", "given-up")}
    redrive = json.dumps({"deadLetterTargetArn": f"arn:aws:sqs:{PLACE}:given-up", "maxReceiveCount": 3})
    settings: Any = {"VisibilityTimeout": "30", "RedrivePolicy": redrive}
    sqs.set_queue_attributes(QueueUrl=found["orders"], Attributes=settings)
    return found


def sent(cloud: minicloud.Cloud, *bodies: Any) -> None:
    """Send bodies to the source, as JSON, in one call."""
    entries: Any = [
        {"Id": str(number), "MessageBody": body if isinstance(body, str) else json.dumps(body)}
        for number, body in enumerate(bodies)
    ]
    cloud.client("sqs").send_message_batch(QueueUrl=cloud.queue("orders").url, Entries=entries)


def filters(*patterns: Any) -> dict[str, Any]:
    """FilterCriteria."""
    return {"FilterCriteria": {"Filters": [{"Pattern": json.dumps(pattern)} for pattern in patterns]}}

"""What is counted is what the ledger knows of, whenever CloudWatch was first asked."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import minicloud

STEPS = st.lists(st.sampled_from(["send", "receive", "delete", "pass", "ask"]), max_size=30)


@given(STEPS)
def test_counts_are_those_of_the_ledger(steps: list[str]) -> None:
    with minicloud.Cloud(clock="virtual", seed=1, trace=True) as cloud:
        sqs: Any = cloud.client("sqs")
        url = sqs.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "20"})["QueueUrl"]
        handles: list[str] = []
        deletes = 0
        for step in steps:
            if step == "send":
                sqs.send_message(QueueUrl=url, MessageBody="x")
            elif step == "receive":
                got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=2).get("Messages", [])
                handles += [message["ReceiptHandle"] for message in got]
            elif step == "delete" and handles:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=handles.pop())
                deletes += 1
            elif step == "pass":
                cloud.clock.advance(25)
            elif step == "ask":
                cloud.metrics.start()
        accounts = list(cloud.ledger)
        counted = {
            name: cloud.metric("AWS/SQS", f"NumberOf{name}", QueueName="q").total
            for name in ("MessagesSent", "MessagesReceived", "MessagesDeleted", "EmptyReceives")
        }
        assert counted == {
            "MessagesSent": len(accounts),
            "MessagesReceived": sum(len(account.deliveries) for account in accounts),
            "MessagesDeleted": deletes,
            "EmptyReceives": len(cloud.trace.of("sqs.receive.empty")),
        }

"""The attributes of a queue: what a fresh one has, what may be set, how it reads back, and tags and permissions."""

from __future__ import annotations

import json
from typing import Any

import pytest

import minicloud

from .support import (
    ACCOUNT,
    OTHER_ACCOUNT,
    NewQueue,
    arn_of,
    attributes,
    counts,
    receive_one,
    received_bodies,
    send,
    send_to_groups,
)

STANDARD = {
    "ApproximateNumberOfMessages": "0",
    "ApproximateNumberOfMessagesDelayed": "0",
    "ApproximateNumberOfMessagesNotVisible": "0",
    "CreatedTimestamp": "{now}",
    "DelaySeconds": "0",
    "LastModifiedTimestamp": "{now}",
    "MaximumMessageSize": "1048576",
    "MessageRetentionPeriod": "345600",
    "QueueArn": "{arn}",
    "ReceiveMessageWaitTimeSeconds": "0",
    "SqsManagedSseEnabled": "true",
    "VisibilityTimeout": "30",
}
FIFO = {
    **STANDARD,
    "ContentBasedDeduplication": "false",
    "DeduplicationScope": "queue",
    "FifoQueue": "true",
    "FifoThroughputLimit": "perQueue",
}


@pytest.mark.parametrize(("name", "expected"), [("queue", STANDARD), ("queue.fifo", FIFO)])
def test_a_fresh_queue(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue, name: str, expected: Any) -> None:
    url = new_queue(name)
    now = int(cloud.clock.time())
    expected = {key: value.format(now=now, arn=arn_of(name)) for key, value in expected.items()}
    assert attributes(sqs, url, "All") == expected
    assert attributes(sqs, url, "All", "QueueArn") == expected


def test_the_answer(sqs: Any, url: str) -> None:
    assert list(sqs.get_queue_attributes(QueueUrl=url)) == ["ResponseMetadata"]
    assert list(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[])) == ["ResponseMetadata"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout", "Policy", "FifoQueue"])
    assert list(answer) == ["Attributes", "ResponseMetadata"]
    assert answer["Attributes"] == {"VisibilityTimeout": "30"}
    unset = ["Policy", "RedrivePolicy", "RedriveAllowPolicy", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds"]
    fifo_only = ["FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"]
    assert "Attributes" not in sqs.get_queue_attributes(QueueUrl=url, AttributeNames=unset + fifo_only)


RANGES = {
    "DelaySeconds": ("0", "900"),
    "MaximumMessageSize": ("1024", "1048576"),
    "MessageRetentionPeriod": ("60", "1209600"),
    "ReceiveMessageWaitTimeSeconds": ("0", "20"),
    "VisibilityTimeout": ("0", "43200"),
}


@pytest.mark.parametrize("name", RANGES)
def test_both_ends_of_the_ranges(sqs: Any, new_queue: NewQueue, name: str) -> None:
    low, high = RANGES[name]
    for bound, leading_zero in ((low, high), (high, low)):
        url = new_queue(f"queue-{bound}", **{name: bound})
        assert attributes(sqs, url, name) == {name: bound}
        sqs.set_queue_attributes(QueueUrl=url, Attributes={name: leading_zero})
        assert attributes(sqs, url, name) == {name: leading_zero}


def test_setting_merges_and_counts_as_a_modification(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    url = new_queue("queue", DelaySeconds=5, VisibilityTimeout=7)
    created = int(cloud.clock.time())
    cloud.clock.advance(100.9)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "8"})
    shown = attributes(sqs, url)
    assert (shown["DelaySeconds"], shown["VisibilityTimeout"]) == ("5", "8")
    assert shown["CreatedTimestamp"] == str(created)
    assert shown["LastModifiedTimestamp"] == str(created + 100)


def test_attributes_are_in_force_at_once(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    settings = {"MaximumMessageSize": "1024", "VisibilityTimeout": "5", "DelaySeconds": "10"}
    sqs.set_queue_attributes(QueueUrl=url, Attributes=settings)
    with pytest.raises(sqs.exceptions.ClientError, match="shorter than 1024 bytes"):
        send(sqs, url, "x" * 1025)
    send(sqs, url, "x" * 1024)
    assert counts(sqs, url) == (0, 0, 1)
    cloud.clock.advance(10)
    receive_one(sqs, url)
    cloud.clock.advance(4.999)
    assert counts(sqs, url) == (0, 1, 0)
    cloud.clock.advance(0.001)
    assert counts(sqs, url) == (1, 0, 0)


def test_a_changed_delay_works_back_on_fifo_queues_only(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    for name, blocked in (("queue", 0), ("queue.fifo", 1)):
        url = new_queue(name)
        if blocked:
            send_to_groups(sqs, url, "g-1")
        else:
            send(sqs, url, "g-1")
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "10"})
        assert counts(sqs, url) == (1 - blocked, 0, blocked)
        cloud.clock.advance(4)
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "5"})
        assert counts(sqs, url) == (1 - blocked, 0, blocked)
        cloud.clock.advance(1)
        assert received_bodies(sqs, url) == ["g-1"]
    url = new_queue("later", DelaySeconds=10)
    send(sqs, url, "x")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "0"})
    assert counts(sqs, url) == (0, 0, 1)


def test_a_changed_delay_does_not_hide_what_was_received(sqs: Any, new_queue: NewQueue) -> None:
    url = new_queue("queue.fifo")
    send_to_groups(sqs, url, "a-1", "b-1", "c-1")
    assert received_bodies(sqs, url, 1, VisibilityTimeout=0) == ["a-1"]
    assert received_bodies(sqs, url, 1) == ["b-1"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "10"})
    assert counts(sqs, url) == (1, 1, 1)
    assert received_bodies(sqs, url) == ["a-1"]


def test_a_shorter_retention_works_back(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    send(sqs, url, "old")
    cloud.clock.advance(100)
    send(sqs, url, "new")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"MessageRetentionPeriod": "100"})
    assert len(cloud.trace.of("sqs.message.expired")) == 1  # at once, and not with the next call
    assert received_bodies(sqs, url) == ["new"]


# --- encryption ----------------------------------------------------------------------------------------------------

SSE = ("SqsManagedSseEnabled", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds")


def test_kinds_of_encryption(sqs: Any, url: str) -> None:
    def set_(**values: str) -> dict[str, str]:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=values)
        return attributes(sqs, url, *SSE)

    with_key = {
        "KmsMasterKeyId": "alias/nobody-made-it",
        "KmsDataKeyReusePeriodSeconds": "300",
        "SqsManagedSseEnabled": "false",
    }
    assert set_(KmsMasterKeyId="alias/nobody-made-it") == with_key
    assert set_(KmsDataKeyReusePeriodSeconds="60") == {**with_key, "KmsDataKeyReusePeriodSeconds": "60"}
    assert set_(SqsManagedSseEnabled="False")["KmsMasterKeyId"] == "alias/nobody-made-it"
    assert set_(SqsManagedSseEnabled="TRUE") == {"SqsManagedSseEnabled": "true"}
    assert set_(SqsManagedSseEnabled="false") == {"SqsManagedSseEnabled": "false"}
    send(sqs, url, "x")
    assert received_bodies(sqs, url) == ["x"]


# --- FIFO ----------------------------------------------------------------------------------------------------------


def test_fifo_attributes(sqs: Any, new_queue: NewQueue) -> None:
    url = new_queue("a.fifo", DeduplicationScope="messageGroup", FifoThroughputLimit="perMessageGroupId")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"ContentBasedDeduplication": "True", "FifoQueue": "true"})
    names = ("ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit")
    assert attributes(sqs, url, *names) == dict(zip(names, ("true", "messageGroup", "perMessageGroupId"), strict=True))
    # The rule that ties the two together looks at what they are after the change.
    with pytest.raises(sqs.exceptions.InvalidAttributeValue):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"DeduplicationScope": "queue"})
    both = {"DeduplicationScope": "queue", "FifoThroughputLimit": "perQueue"}
    sqs.set_queue_attributes(QueueUrl=url, Attributes=both)
    assert attributes(sqs, url, *both) == both
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DeduplicationScope": "messageGroup"})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"FifoThroughputLimit": "perMessageGroupId"})


# --- policies ------------------------------------------------------------------------------------------------------


def test_redrive_policies_read_back(sqs: Any, new_queue: NewQueue) -> None:
    new_queue("dead")
    url = new_queue("queue")
    for count in (1, "42", 1000):
        policy = json.dumps({"maxReceiveCount": count, "deadLetterTargetArn": arn_of("dead")})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": policy})
        shown = json.loads(attributes(sqs, url, "RedrivePolicy")["RedrivePolicy"])
        assert shown == {"deadLetterTargetArn": arn_of("dead"), "maxReceiveCount": int(count)}
    for _ in range(2):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": ""})
        assert "RedrivePolicy" not in attributes(sqs, url)


@pytest.mark.parametrize(
    "policy",
    [
        {"redrivePermission": "allowAll"},
        {"redrivePermission": "denyAll"},
        {"redrivePermission": "byQueue", "sourceQueueArns": [arn_of(f"q{number}") for number in range(10)]},
    ],
)
def test_redrive_allow_policies_read_back(sqs: Any, url: str, policy: Any) -> None:
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedriveAllowPolicy": json.dumps(policy)})
    assert json.loads(attributes(sqs, url)["RedriveAllowPolicy"]) == policy
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedriveAllowPolicy": ""})
    assert "RedriveAllowPolicy" not in attributes(sqs, url)


def test_a_policy_is_kept_as_its_text(sqs: Any, new_queue: NewQueue) -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["sqs:SendMessage"], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))
    url = new_queue("queue", Policy=policy)
    assert attributes(sqs, url, "Policy") == {"Policy": policy}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
    assert "Policy" not in attributes(sqs, url)
    largest = policy[:-1] + " " * (8192 - len(policy)) + "}"
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": largest})
    assert attributes(sqs, url)["Policy"] == largest


@pytest.mark.parametrize(
    "actions", [{"Action": "*"}, {"Action": ["sqs:Get*", "SQS:*", "sqs:sendmessage"]}, {"NotAction": "sqs:DeleteQueue"}]
)
def test_actions_that_a_policy_can_name(sqs: Any, new_queue: NewQueue, actions: dict[str, Any]) -> None:
    policy = json.dumps({"Statement": [{"Effect": "Deny", "Principal": "*", "Resource": "*", **actions}]})
    assert attributes(sqs, new_queue("queue", Policy=policy))["Policy"] == policy


# --- permissions ---------------------------------------------------------------------------------------------------

ROOT = f"arn:aws:iam::{OTHER_ACCOUNT}:root"


def permit(sqs: Any, url: str, label: str, accounts: list[str], actions: list[str]) -> None:
    sqs.add_permission(QueueUrl=url, Label=label, AWSAccountIds=accounts, Actions=actions)


def policy_of(sqs: Any, url: str) -> Any:
    return json.loads(attributes(sqs, url)["Policy"])


def test_permissions_are_statements_of_the_policy(sqs: Any, url: str) -> None:
    arn = arn_of("queue")
    permit(sqs, url, "one", [OTHER_ACCOUNT], ["SendMessage"])
    one = {
        "Sid": "one",
        "Effect": "Allow",
        "Principal": {"AWS": ROOT},
        "Action": "SQS:SendMessage",
        "Resource": arn,
    }
    policy = {"Version": "2008-10-17", "Id": f"{arn}/SQSDefaultPolicy", "Statement": [one]}
    assert attributes(sqs, url, "Policy")["Policy"] == json.dumps(policy, separators=(",", ":"))

    permit(sqs, url, "two", [ACCOUNT, OTHER_ACCOUNT], ["*", "ReceiveMessage"])
    two = {
        "Sid": "two",
        "Effect": "Allow",
        "Principal": {"AWS": [f"arn:aws:iam::{ACCOUNT}:root", ROOT]},
        "Action": ["SQS:*", "SQS:ReceiveMessage"],
        "Resource": arn,
    }
    assert policy_of(sqs, url)["Statement"] == [one, two]
    sqs.remove_permission(QueueUrl=url, Label="one")
    assert policy_of(sqs, url)["Statement"] == [two]
    sqs.remove_permission(QueueUrl=url, Label="two")
    assert "Policy" not in attributes(sqs, url)


def test_a_permission_beside_a_policy_of_ones_own(sqs: Any, new_queue: NewQueue) -> None:
    mine = {"Sid": "mine", "Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
    url = new_queue("queue", Policy=json.dumps({"Version": "2012-10-17", "Id": "my id", "Statement": mine}))
    permit(sqs, url, "theirs", [OTHER_ACCOUNT], ["PurgeQueue"])
    policy = policy_of(sqs, url)
    assert (policy["Version"], policy["Id"]) == ("2012-10-17", "my id")
    assert [statement["Sid"] for statement in policy["Statement"]] == ["mine", "theirs"]
    sqs.remove_permission(QueueUrl=url, Label="theirs")
    assert policy_of(sqs, url)["Statement"] == [mine]


def test_as_many_actions_as_may_be(sqs: Any, url: str) -> None:
    permit(sqs, url, "seven", [OTHER_ACCOUNT], ["SendMessage"] * 7)
    policy = attributes(sqs, url)["Policy"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    assert policy_of(sqs, url)["Statement"][0]["Action"] == ["SQS:SendMessage"] * 7


@pytest.mark.parametrize(
    "action",
    [
        "*",
        "ChangeMessageVisibility",
        "DeleteMessage",
        "GetQueueAttributes",
        "GetQueueUrl",
        "ListDeadLetterSourceQueues",
        "PurgeQueue",
        "ReceiveMessage",
        "SendMessage",
    ],
)
def test_actions_that_can_be_granted(sqs: Any, url: str, action: str) -> None:
    permit(sqs, url, "l" * 80, [OTHER_ACCOUNT], [action])
    assert policy_of(sqs, url)["Statement"][0]["Action"] == f"SQS:{action}"


# --- tags ----------------------------------------------------------------------------------------------------------


def test_tags(sqs: Any, url: str) -> None:
    def shown() -> Any:
        return sqs.list_queue_tags(QueueUrl=url).get("Tags")

    assert list(sqs.list_queue_tags(QueueUrl=url)) == ["ResponseMetadata"]
    sqs.tag_queue(QueueUrl=url, Tags={"MyTag": "1", "mytag": "", "ü _.:/=+-@": "ß _.:/=+-@"})
    assert list(sqs.list_queue_tags(QueueUrl=url)) == ["Tags", "ResponseMetadata"]
    assert shown() == {"MyTag": "1", "mytag": "", "ü _.:/=+-@": "ß _.:/=+-@"}
    sqs.tag_queue(QueueUrl=url, Tags={"MyTag": "2", "k" * 128: "v" * 256})
    sqs.untag_queue(QueueUrl=url, TagKeys=["mytag", "unknown", "ü _.:/=+-@"])
    assert shown() == {"MyTag": "2", "k" * 128: "v" * 256}
    sqs.untag_queue(QueueUrl=url, TagKeys=["MyTag", "k" * 128])
    assert shown() is None


def test_tags_at_creation(sqs: Any) -> None:
    tags = {f"k{number}": str(number) for number in range(50)}
    url = sqs.create_queue(QueueName="queue", tags=tags)["QueueUrl"]
    given = dict(tags)
    tags["k0"] = "changed by the caller"
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == given
    sqs.list_queue_tags(QueueUrl=url)["Tags"]["k1"] = "changed by the caller"
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == given

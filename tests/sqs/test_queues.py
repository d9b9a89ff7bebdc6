"""Queues come and go: names, URLs and ARNs, creating what exists, deleting, purging, listing, and finding one again."""

from __future__ import annotations

import json
from typing import Any

import pytest

import minicloud

from .support import (
    ACCOUNT,
    LEGACY,
    OTHER_ACCOUNT,
    Connect,
    NewQueue,
    Refused,
    arn_of,
    attributes,
    change,
    counts,
    delete,
    receive,
    received_bodies,
    send,
    send_to_groups,
    url_of,
)

REGIONS = [
    ("us-east-1", "https://sqs.us-east-1.amazonaws.com", "aws"),
    ("eu-central-1", "https://sqs.eu-central-1.amazonaws.com", "aws"),
    ("cn-north-1", "https://sqs.cn-north-1.amazonaws.com.cn", "aws-cn"),
    ("us-gov-west-1", "https://sqs.us-gov-west-1.amazonaws.com", "aws-us-gov"),
]


@pytest.mark.parametrize(("region_name", "host", "partition"), REGIONS)
def test_urls_and_arns(connect: Connect, region_name: str, host: str, partition: str) -> None:
    client = connect(region_name)
    answer = client.create_queue(QueueName="my-queue_1")
    assert list(answer) == ["QueueUrl", "ResponseMetadata"]
    assert answer["QueueUrl"] == f"{host}/{ACCOUNT}/my-queue_1"
    arn = attributes(client, answer["QueueUrl"], "QueueArn")
    assert arn == {"QueueArn": f"arn:{partition}:sqs:{region_name}:{ACCOUNT}:my-queue_1"}


@pytest.mark.parametrize("name", ["a", "-", "_", "0", "x" * 80, "CamelCase"])
def test_names(sqs: Any, name: str) -> None:
    assert sqs.create_queue(QueueName=name)["QueueUrl"] == url_of(name)


@pytest.mark.parametrize("name", ["a.fifo", "x" * 75 + ".fifo"])
@pytest.mark.parametrize("truth", ["true", "True", "TRUE"])
def test_names_of_fifo_queues(sqs: Any, name: str, truth: str) -> None:
    url = sqs.create_queue(QueueName=name, Attributes={"FifoQueue": truth})["QueueUrl"]
    assert url == url_of(name)
    assert attributes(sqs, url, "FifoQueue") == {"FifoQueue": "true"}


def test_metadata_of_an_answer(sqs: Any) -> None:
    first, second = sqs.list_queues()["ResponseMetadata"], sqs.list_queues()["ResponseMetadata"]
    assert list(first) == ["RequestId", "HTTPStatusCode", "HTTPHeaders", "RetryAttempts"]
    assert (first["HTTPStatusCode"], first["RetryAttempts"]) == (200, 0)
    assert first["HTTPHeaders"]["x-amzn-requestid"] == first["RequestId"]
    assert first["HTTPHeaders"]["content-type"] == "application/x-amz-json-1.0"
    assert first["RequestId"] != second["RequestId"]


def test_operations_without_output_answer_metadata_only(sqs: Any, url: str) -> None:
    send(sqs, url, "x")
    handle = receive(sqs, url)[0]["ReceiptHandle"]
    answers = [
        sqs.add_permission(QueueUrl=url, Label="l", AWSAccountIds=[ACCOUNT], Actions=["*"]),
        sqs.remove_permission(QueueUrl=url, Label="l"),
        sqs.tag_queue(QueueUrl=url, Tags={"k": "v"}),
        sqs.untag_queue(QueueUrl=url, TagKeys=["k"]),
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "0"}),
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=1),
        sqs.delete_message(QueueUrl=url, ReceiptHandle=handle),
        sqs.purge_queue(QueueUrl=url),
        sqs.delete_queue(QueueUrl=url),
    ]
    assert [list(answer) for answer in answers] == [["ResponseMetadata"]] * 9


# --- finding -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form",
    [
        f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/queue",
        f"https://queue.amazonaws.com/{ACCOUNT}/queue",
        f"https://us-east-1.queue.amazonaws.com/{ACCOUNT}/queue",
        f"https://sqs-fips.us-east-1.amazonaws.com/{ACCOUNT}/queue",
        f"http://localhost:4566/{ACCOUNT}/queue",
        f"http://localhost:4566/prefix/{ACCOUNT}/queue",
        f"{ACCOUNT}/queue",
        "queue",
    ],
)
def test_forms_of_a_queue_url(sqs: Any, url: str, form: str) -> None:
    send(sqs, form, "x")
    assert received_bodies(sqs, url) == ["x"]


def test_get_queue_url(sqs: Any, url: str) -> None:
    assert list(sqs.get_queue_url(QueueName="queue")) == ["QueueUrl", "ResponseMetadata"]
    assert sqs.get_queue_url(QueueName="queue")["QueueUrl"] == url
    assert sqs.get_queue_url(QueueName="queue", QueueOwnerAWSAccountId=ACCOUNT)["QueueUrl"] == url


# --- creating what exists ------------------------------------------------------------------------------------------


def test_creating_a_queue_again(sqs: Any, new_queue: NewQueue, refused: Refused) -> None:
    url = new_queue("queue", VisibilityTimeout=60, DelaySeconds=0)
    send(sqs, url, "kept")
    assert new_queue("queue") == new_queue("queue", VisibilityTimeout=60) == url
    # Attributes that were not given at first are compared with what they are.
    assert new_queue("queue", MessageRetentionPeriod=345_600, SqsManagedSseEnabled="TRUE") == url
    assert sqs.create_queue(QueueName="queue", tags={"other": "tags"})["QueueUrl"] == url
    different = "A queue already exists with the same name and a different value for attribute {}"
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "61"})
    assert new_queue("queue", VisibilityTimeout=61) == url
    refused(
        sqs.create_queue,
        "QueueAlreadyExists",
        different.format("VisibilityTimeout"),
        QueueName="queue",
        Attributes={"VisibilityTimeout": "60"},
    )
    # Of several the first in the order of AWS's table is named.
    refused(
        sqs.create_queue,
        "QueueAlreadyExists",
        different.format("DelaySeconds"),
        QueueName="queue",
        Attributes={"VisibilityTimeout": "60", "DelaySeconds": "1"},
    )
    assert received_bodies(sqs, url) == ["kept"]


def test_policies_are_compared_by_what_they_say(sqs: Any, new_queue: NewQueue) -> None:
    target = arn_of("dead")
    new_queue("dead")
    url = new_queue("queue", RedrivePolicy=json.dumps({"deadLetterTargetArn": target, "maxReceiveCount": 5}))
    assert new_queue("queue", RedrivePolicy=json.dumps({"maxReceiveCount": "5", "deadLetterTargetArn": target})) == url


# --- deleting and purging ------------------------------------------------------------------------------------------


def test_of_many_deleted_queues_each_name_is_free_after_its_minute(cloud: minicloud.Cloud) -> None:
    sqs = cloud.client("sqs")
    for number in range(300):
        sqs.delete_queue(QueueUrl=sqs.create_queue(QueueName=f"q{number}")["QueueUrl"])
        cloud.clock.advance(0.5)
    free = []
    for number in range(300):
        try:
            sqs.create_queue(QueueName=f"q{number}")
        except sqs.exceptions.QueueDeletedRecently:
            continue
        free.append(number)
    assert free == list(range(181))  # the 180th 60 seconds ago


def test_a_deleted_queue_is_gone_at_once(cloud: minicloud.Cloud, sqs: Any, url: str, refused: Refused) -> None:
    send(sqs, url, "lost")
    sqs.delete_queue(QueueUrl=url)
    gone = (f"{LEGACY}NonExistentQueue", "The specified queue does not exist.")
    refused(sqs.send_message, *gone, QueueUrl=url, MessageBody="x")
    refused(sqs.delete_queue, *gone, QueueUrl=url)
    refused(sqs.get_queue_url, *gone, QueueName="queue")
    assert "QueueUrls" not in sqs.list_queues()

    cloud.clock.advance(59)
    too_soon = "You must wait 60 seconds after deleting a queue before you can create another with the same name."
    refused(sqs.create_queue, f"{LEGACY}QueueDeletedRecently", too_soon, QueueName="queue")
    cloud.clock.advance(1)
    assert sqs.create_queue(QueueName="queue")["QueueUrl"] == url
    assert counts(sqs, url) == (0, 0, 0)


def test_a_handle_of_the_queue_before(cloud: minicloud.Cloud, sqs: Any, url: str, refused: Refused) -> None:
    send(sqs, url, "x")
    handle = receive(sqs, url)[0]["ReceiptHandle"]
    sqs.delete_queue(QueueUrl=url)
    cloud.clock.advance(60)
    sqs.create_queue(QueueName="queue")
    message = f'The input receipt handle "{handle}" is not a valid receipt handle.'
    refused(sqs.delete_message, "ReceiptHandleIsInvalid", message, QueueUrl=url, ReceiptHandle=handle)


def test_purging(cloud: minicloud.Cloud, sqs: Any, url: str, refused: Refused) -> None:
    send(sqs, url, "in flight", "visible")
    send(sqs, url, "delayed", DelaySeconds=10)
    [message] = receive(sqs, url, 1)
    assert counts(sqs, url) == (1, 1, 1)
    sqs.purge_queue(QueueUrl=url)
    assert counts(sqs, url) == (0, 0, 0)
    cloud.clock.advance(59)
    assert receive(sqs, url) == []
    delete(sqs, url, message)
    in_progress = "Only one PurgeQueue operation on queue is allowed every 60 seconds."
    refused(sqs.purge_queue, f"{LEGACY}PurgeQueueInProgress", in_progress, QueueUrl=url)
    cloud.clock.advance(1)
    sqs.purge_queue(QueueUrl=url)


def test_purging_a_fifo_queue_forgets_its_deduplication_ids(sqs: Any, fifo: str) -> None:
    send_to_groups(sqs, fifo, "g-1", "g-2")
    assert len(receive(sqs, fifo, 1)) == 1
    sqs.purge_queue(QueueUrl=fifo)
    send_to_groups(sqs, fifo, "g-1")
    assert received_bodies(sqs, fifo) == ["g-1"]


@pytest.mark.minicloud(limits="relaxed")
def test_relaxed_limits_have_no_rules_of_sixty_seconds(sqs: Any, url: str) -> None:
    sqs.purge_queue(QueueUrl=url)
    sqs.purge_queue(QueueUrl=url)
    sqs.delete_queue(QueueUrl=url)
    sqs.create_queue(QueueName="queue", Attributes={"DelaySeconds": "5"})
    sqs.purge_queue(QueueUrl=url)


@pytest.mark.minicloud(limits=minicloud.Limits(sqs_purge_seconds=5, sqs_recreate_seconds=7))
def test_rules_of_other_lengths(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    sqs.purge_queue(QueueUrl=url)
    cloud.clock.advance(5)
    sqs.purge_queue(QueueUrl=url)
    sqs.delete_queue(QueueUrl=url)
    cloud.clock.advance(6)
    with pytest.raises(sqs.exceptions.QueueDeletedRecently):
        sqs.create_queue(QueueName="queue")
    cloud.clock.advance(1)
    sqs.create_queue(QueueName="queue")


# --- listing -------------------------------------------------------------------------------------------------------


def test_listing(sqs: Any, new_queue: NewQueue) -> None:
    assert list(sqs.list_queues()) == ["ResponseMetadata"]
    for name in ("b", "ab", "aa", "Ab", "c.fifo"):
        new_queue(name)
    answer = sqs.list_queues()
    assert list(answer) == ["QueueUrls", "ResponseMetadata"]
    assert sorted(answer["QueueUrls"]) == sorted(url_of(name) for name in ("b", "ab", "aa", "Ab", "c.fifo"))
    assert sqs.list_queues(QueueNamePrefix="a")["QueueUrls"] == [url_of("aa"), url_of("ab")]
    assert sqs.list_queues(QueueNamePrefix="ab")["QueueUrls"] == [url_of("ab")]
    assert "QueueUrls" not in sqs.list_queues(QueueNamePrefix="fifo")
    assert len(sqs.list_queues(QueueNamePrefix="")["QueueUrls"]) == 5


def test_paging(sqs: Any, new_queue: NewQueue) -> None:
    urls = [new_queue(f"q{number}") for number in range(5)]
    first = sqs.list_queues(QueueNamePrefix="q", MaxResults=2)
    assert list(first) == ["QueueUrls", "NextToken", "ResponseMetadata"]
    second = sqs.list_queues(QueueNamePrefix="q", MaxResults=2, NextToken=first["NextToken"])
    # The number may change from page to page, and queues may come and go.
    sqs.delete_queue(QueueUrl=second["QueueUrls"][-1])
    third = sqs.list_queues(QueueNamePrefix="q", MaxResults=1000, NextToken=second["NextToken"])
    assert [*first["QueueUrls"], *second["QueueUrls"], *third["QueueUrls"]] == urls
    assert "NextToken" not in third
    assert "NextToken" not in sqs.list_queues(MaxResults=4)


def test_paginators(sqs: Any, new_queue: NewQueue) -> None:
    urls = [new_queue(f"q{number}") for number in range(5)]
    assert sqs.can_paginate("list_queues")
    assert sqs.can_paginate("list_dead_letter_source_queues")
    assert not sqs.can_paginate("list_message_move_tasks")
    pages = list(sqs.get_paginator("list_queues").paginate(PaginationConfig={"PageSize": 2}))
    assert [len(page["QueueUrls"]) for page in pages] == [2, 2, 1]
    assert sqs.get_paginator("list_queues").paginate().build_full_result() == {"QueueUrls": urls}
    part = sqs.get_paginator("list_queues").paginate(PaginationConfig={"MaxItems": 3, "PageSize": 2})
    result = part.build_full_result()
    assert result["QueueUrls"] == urls[:3]
    rest = sqs.get_paginator("list_queues").paginate(
        PaginationConfig={"PageSize": 2, "StartingToken": result["NextToken"]}
    )
    assert rest.build_full_result() == {"QueueUrls": urls[3:]}


def test_more_than_a_thousand_queues(sqs: Any) -> None:
    for number in range(1001):
        sqs.create_queue(QueueName=f"q{number:04}")
    answer = sqs.list_queues()
    assert len(answer["QueueUrls"]) == 1000
    assert "NextToken" not in answer
    assert len(sqs.list_queues(MaxResults=1000)["QueueUrls"]) == 1000
    assert "NextToken" in sqs.list_queues(MaxResults=1000)


def test_dead_letter_source_queues(sqs: Any, new_queue: NewQueue) -> None:
    dead = new_queue("dead")
    assert sqs.list_dead_letter_source_queues(QueueUrl=dead).get("queueUrls", []) == []
    policy = json.dumps({"deadLetterTargetArn": arn_of("dead"), "maxReceiveCount": 1})
    urls = [new_queue(name, RedrivePolicy=policy) for name in ("a", "b", "c")]
    new_queue("unrelated")
    answer = sqs.list_dead_letter_source_queues(QueueUrl=dead)
    assert list(answer) == ["queueUrls", "ResponseMetadata"]
    assert sorted(answer["queueUrls"]) == urls
    page = sqs.list_dead_letter_source_queues(QueueUrl=dead, MaxResults=2)
    assert list(page) == ["queueUrls", "NextToken", "ResponseMetadata"]
    rest = sqs.list_dead_letter_source_queues(QueueUrl=dead, MaxResults=2, NextToken=page["NextToken"])
    assert [*page["queueUrls"], *rest["queueUrls"]] == urls
    paginator = sqs.get_paginator("list_dead_letter_source_queues")
    assert paginator.paginate(QueueUrl=dead).build_full_result() == {"queueUrls": urls}
    sqs.set_queue_attributes(QueueUrl=urls[0], Attributes={"RedrivePolicy": ""})
    sqs.delete_queue(QueueUrl=urls[1])
    assert sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"] == urls[2:]


# --- regions and accounts ------------------------------------------------------------------------------------------


def test_regions_are_apart(connect: Connect) -> None:
    east, west = connect("us-east-1"), connect("eu-west-1")
    here = east.create_queue(QueueName="queue")["QueueUrl"]
    there = west.create_queue(QueueName="queue", Attributes={"DelaySeconds": "7"})["QueueUrl"]
    assert (here, there) == (url_of("queue"), url_of("queue", "eu-west-1"))
    send(east, here, "here")
    assert received_bodies(east, here) == ["here"]
    assert counts(west, there) == (0, 0, 0)
    assert east.list_queues()["QueueUrls"] == [here]
    west.delete_queue(QueueUrl=there)
    assert east.list_queues()["QueueUrls"] == [here]
    # A bare name means the client's own region; a URL of another region is refused.
    with pytest.raises(west.exceptions.QueueDoesNotExist):
        send(west, "queue", "x")
    with pytest.raises(west.exceptions.InvalidAddress):
        send(west, here, "x")


def test_the_oldest_address_is_that_of_us_east_1(connect: Connect) -> None:
    west = connect("eu-west-1")
    west.create_queue(QueueName="queue")
    with pytest.raises(west.exceptions.InvalidAddress):
        send(west, f"https://queue.amazonaws.com/{ACCOUNT}/queue", "x")


def test_accounts_are_apart(connect: Connect, refused: Refused) -> None:
    mine, other = connect(), connect(account_id=OTHER_ACCOUNT)
    url = other.create_queue(QueueName="queue")["QueueUrl"]
    assert url == url_of("queue", account_id=OTHER_ACCOUNT)
    assert "QueueUrls" not in mine.list_queues()
    with pytest.raises(mine.exceptions.QueueDoesNotExist):
        mine.get_queue_url(QueueName="queue")
    assert mine.get_queue_url(QueueName="queue", QueueOwnerAWSAccountId=OTHER_ACCOUNT)["QueueUrl"] == url
    # Policies are not enforced: what may be allowed across accounts, is.
    send(mine, url, "across")
    [message] = receive(mine, url)
    change(mine, url, message, 5)
    delete(mine, url, message)
    assert attributes(mine, url, "QueueArn") == {"QueueArn": arn_of("queue", account_id=OTHER_ACCOUNT)}

    never: dict[str, dict[str, Any]] = {
        "add_permission": {"Label": "l", "AWSAccountIds": [ACCOUNT], "Actions": ["*"]},
        "delete_queue": {},
        "list_queue_tags": {},
        "remove_permission": {"Label": "l"},
        "set_queue_attributes": {"Attributes": {"DelaySeconds": "1"}},
        "tag_queue": {"Tags": {"k": "v"}},
        "untag_queue": {"TagKeys": ["k"]},
    }
    for operation, params in never.items():
        with pytest.raises(mine.exceptions.ClientError) as caught:
            getattr(mine, operation)(QueueUrl=url, **params)
        error = caught.value.response
        assert error["Error"]["Code"] == "AccessDenied"
        assert error["ResponseMetadata"]["HTTPStatusCode"] == 403
        action = f"sqs:{operation.replace('_', '')}"
        assert error["Error"]["Message"].lower() == (
            f"user: arn:aws:iam::123456789012:user/minicloud is not authorized to perform: {action} on resource: "
            f"{arn_of('queue', account_id=OTHER_ACCOUNT)} because no resource-based policy allows the {action} action"
        )
    assert other.list_queues()["QueueUrls"] == [url]

"""The same seed and the same calls give the same answers, to the last id; another seed gives others."""

from __future__ import annotations

import json
from typing import Any

import pytest

import minicloud
from tests.support.threads import run_python

SCRIPT = """
    import json
    import minicloud
    from tests.engine.test_seed import history
    print(json.dumps(history(minicloud.Cloud(clock="virtual", seed="s"))))
"""


def history(cloud: minicloud.Cloud) -> list[Any]:
    """The answers, errors included, of calls of all kinds."""
    sqs = cloud.client("sqs")
    answers: list[Any] = []

    def note(answer: Any) -> Any:
        answers.append(answer)
        return answer

    for name, attributes in (("plain", {}), ("queue.fifo", {"FifoQueue": "true", "ContentBasedDeduplication": "true"})):
        url = note(sqs.create_queue(QueueName=name, Attributes=attributes))["QueueUrl"]
        group = {"MessageGroupId": "g"} if attributes else {}
        for body in ("one", "two", "two"):
            note(sqs.send_message(QueueUrl=url, MessageBody=body, **group))
        entries = [{"Id": body, "MessageBody": body, **group} for body in ("three", "four")]
        note(sqs.send_message_batch(QueueUrl=url, Entries=entries))
        received = note(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=2, AttributeNames=["All"]))["Messages"]
        note(sqs.delete_message(QueueUrl=url, ReceiptHandle=received[0]["ReceiptHandle"]))
        note(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=20, AttributeNames=["All"]))
        note(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"]))
    try:
        sqs.send_message(QueueUrl="none", MessageBody="m")
    except sqs.exceptions.QueueDoesNotExist as error:
        note(error.response)
    note(cloud.client("sqs", "eu-west-1").create_queue(QueueName="elsewhere"))
    note(cloud.client("sts").get_caller_identity())
    trust = '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}'
    role = note(cloud.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=trust))["Role"]
    role["CreateDate"] = str(role["CreateDate"])
    return answers


def test_the_same_seed_gives_the_same_answers() -> None:
    assert history(minicloud.Cloud(clock="virtual", seed=7)) == history(minicloud.Cloud(clock="virtual", seed=7))


def test_a_seed_may_be_a_text() -> None:
    one, other = (history(minicloud.Cloud(clock="virtual", seed="tests/test_orders.py::test_all")) for _ in range(2))
    assert one == other


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_in_every_process(hash_seed: str) -> None:
    """Nothing depends on where objects lie in memory, nor on how strings hash."""
    printed = run_python(SCRIPT, PYTHONHASHSEED=hash_seed)
    assert json.loads(printed) == json.loads(json.dumps(history(minicloud.Cloud(clock="virtual", seed="s"))))


def test_another_seed_gives_other_ids() -> None:
    ids = {json.dumps(history(minicloud.Cloud(clock="virtual", seed=seed))[1]) for seed in (1, 2, "1 ", "a")}
    assert len(ids) == 4


def test_a_number_and_its_text_are_one_seed() -> None:
    assert history(minicloud.Cloud(clock="virtual", seed=7)) == history(minicloud.Cloud(clock="virtual", seed="7"))


def test_without_a_seed_no_two_clouds_are_alike() -> None:
    clouds = [minicloud.Cloud(clock="virtual") for _ in range(20)]
    assert len({cloud.seed for cloud in clouds}) == 20
    assert len({json.dumps(history(cloud)[1]) for cloud in clouds}) == 20


def test_the_seed_that_was_drawn_replays_the_run() -> None:
    cloud = minicloud.Cloud(clock="virtual")
    assert history(cloud) == history(minicloud.Cloud(clock="virtual", seed=cloud.seed))
    assert f"seed={cloud.seed!r}" in repr(cloud)


def test_a_reset_starts_the_ids_over() -> None:
    cloud = minicloud.Cloud(clock="frozen", seed=1)
    sqs = cloud.client("sqs")

    def ids() -> list[str]:
        url = sqs.create_queue(QueueName="queue")["QueueUrl"]
        sent = sqs.send_message(QueueUrl=url, MessageBody="m")
        (received,) = sqs.receive_message(QueueUrl=url)["Messages"]
        return [sent["MessageId"], sent["ResponseMetadata"]["RequestId"], received["ReceiptHandle"]]

    first = ids()
    cloud.reset()
    assert ids() == first


def test_making_more_of_one_kind_moves_no_id_of_another() -> None:
    def message_id(requests: int) -> str:
        sqs = minicloud.Cloud(seed=1).client("sqs")
        url = sqs.create_queue(QueueName="queue")["QueueUrl"]
        for _ in range(requests):
            sqs.list_queues()
        found: str = sqs.send_message(QueueUrl=url, MessageBody="m")["MessageId"]
        return found

    assert message_id(0) == message_id(300)


def test_ids_do_not_repeat() -> None:
    sqs = minicloud.Cloud(seed=1).client("sqs")
    url = sqs.create_queue(QueueName="queue")["QueueUrl"]
    sent = [sqs.send_message(QueueUrl=url, MessageBody="m") for _ in range(2_000)]
    assert len({answer["MessageId"] for answer in sent}) == 2_000
    assert len({answer["ResponseMetadata"]["RequestId"] for answer in sent}) == 2_000

"""The limits of AWS: enforced, relaxed or made smaller, as a whole or one by one."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

import minicloud
from minicloud import Limits, UsageError
from minicloud.exceptions import ClientError
from tests.support.clouds import bodies, make_queue


def code_of(call: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    code: str = caught.value.response["Error"]["Code"]
    return code


class TestChoosing:
    @pytest.mark.parametrize("name", ["aws", "strict", "relaxed"])
    def test_by_name(self, name: str) -> None:
        assert minicloud.Cloud(limits=name).limits == Limits.named(name)

    def test_aws_s_are_the_default(self) -> None:
        assert minicloud.Cloud().limits == Limits() == Limits.named("aws")

    def test_strict_adds_rates(self) -> None:
        assert Limits.named("strict") == Limits(rates=True)

    def test_relaxed_drops_what_only_slows_a_test_down(self) -> None:
        relaxed = Limits.named("relaxed")
        assert (relaxed.sqs_purge_seconds, relaxed.sqs_recreate_seconds, relaxed.rates) == (0, 0, False)
        assert relaxed.sqs_in_flight_standard == Limits().sqs_in_flight_standard

    def test_one_by_one(self) -> None:
        limits = Limits.named("strict").replace(sqs_in_flight_standard=5)
        assert limits == Limits(rates=True, sqs_in_flight_standard=5)
        assert minicloud.Cloud(limits=limits).limits is limits

    @pytest.mark.parametrize("name", ["", "AWS", "none"])
    def test_by_a_name_that_is_none(self, name: str) -> None:
        with pytest.raises(UsageError, match=r'use "aws", "strict", "relaxed" or a minicloud\.Limits'):
            minicloud.Cloud(limits=name)

    def test_a_misspelt_limit(self) -> None:
        with pytest.raises(TypeError, match="sqs_in_flght"):
            Limits().replace(sqs_in_flght=1)
        with pytest.raises(TypeError, match="sqs_in_flght"):
            Limits(sqs_in_flght=1)

    def test_they_are_a_value(self) -> None:
        limits = Limits(sqs_in_flight_standard=5)
        assert limits == Limits(sqs_in_flight_standard=5) != Limits()
        assert len({limits, Limits(sqs_in_flight_standard=5), Limits()}) == 2
        assert repr(limits) == "Limits(sqs_in_flight_standard=5)"
        assert copy.deepcopy(limits) == pickle.loads(pickle.dumps(limits)) == limits
        with pytest.raises(AttributeError, match=r"replace\(rates=\.\.\.\)"):
            limits.rates = True


class TestPurging:
    def test_once_a_minute(self) -> None:
        cloud = minicloud.Cloud(clock="frozen")
        sqs = cloud.client("sqs")
        url = make_queue(cloud)
        sqs.purge_queue(QueueUrl=url)
        cloud.clock.advance(59.999)
        code = code_of(lambda: sqs.purge_queue(QueueUrl=url))
        assert code == "AWS.SimpleQueueService.PurgeQueueInProgress"
        cloud.clock.advance(0.001)
        sqs.purge_queue(QueueUrl=url)

    def test_at_will(self) -> None:
        cloud = minicloud.Cloud(clock="frozen", limits="relaxed")
        url = make_queue(cloud)
        for _ in range(3):
            cloud.client("sqs").purge_queue(QueueUrl=url)


class TestMakingAgain:
    def test_after_a_minute(self) -> None:
        cloud = minicloud.Cloud(clock="frozen")
        sqs = cloud.client("sqs")
        sqs.delete_queue(QueueUrl=make_queue(cloud))
        cloud.clock.advance(59.999)
        code = code_of(lambda: make_queue(cloud))
        assert code == "AWS.SimpleQueueService.QueueDeletedRecently"
        make_queue(cloud, "another")
        cloud.clock.advance(0.001)
        make_queue(cloud)

    def test_at_will(self) -> None:
        cloud = minicloud.Cloud(clock="frozen", limits="relaxed")
        for _ in range(3):
            cloud.client("sqs").delete_queue(QueueUrl=make_queue(cloud))


class TestInFlight:
    def test_of_a_standard_queue(self) -> None:
        cloud = minicloud.Cloud(clock="virtual", limits=Limits(sqs_in_flight_standard=3))
        sqs = cloud.client("sqs")
        url = make_queue(cloud, VisibilityTimeout=30)
        for number in range(5):
            sqs.send_message(QueueUrl=url, MessageBody=str(number))
        assert bodies(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)) == ["0", "1", "2"]
        assert code_of(lambda: sqs.receive_message(QueueUrl=url)) == "OverLimit"
        before = cloud.clock.now()
        assert bodies(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)) == []  # a long poll is not refused
        assert (cloud.clock.now() - before).total_seconds() == 20
        assert bodies(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20, MaxNumberOfMessages=10)) == ["0", "1", "2"]

    def test_of_a_fifo_queue(self) -> None:
        cloud = minicloud.Cloud(clock="virtual", limits=Limits(sqs_in_flight_fifo=2))
        sqs = cloud.client("sqs")
        url = make_queue(cloud, "queue.fifo")
        for number in range(4):
            sqs.send_message(QueueUrl=url, MessageBody=str(number), MessageGroupId=str(number))
        assert bodies(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)) == ["0", "1"]
        assert bodies(sqs.receive_message(QueueUrl=url)) == []

    def test_of_each_kind_for_itself(self) -> None:
        cloud = minicloud.Cloud(limits=Limits(sqs_in_flight_fifo=1))
        sqs = cloud.client("sqs")
        url = make_queue(cloud)
        for number in range(3):
            sqs.send_message(QueueUrl=url, MessageBody=str(number))
        assert len(bodies(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10))) == 3


class TestSize:
    def test_of_a_message(self) -> None:
        cloud = minicloud.Cloud(limits=Limits(sqs_message_size=262_144))
        sqs = cloud.client("sqs")
        url = make_queue(cloud)
        shown = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["MaximumMessageSize"])
        assert shown["Attributes"] == {"MaximumMessageSize": "262144"}
        sqs.send_message(QueueUrl=url, MessageBody="x" * 262_144)
        assert code_of(lambda: sqs.send_message(QueueUrl=url, MessageBody="x" * 262_145)) == "InvalidParameterValue"
        assert code_of(lambda: make_queue(cloud, "larger", MaximumMessageSize=262_145)) == "InvalidAttributeValue"

    def test_of_a_batch(self) -> None:
        cloud = minicloud.Cloud(limits=Limits(sqs_message_size=2_000))
        sqs = cloud.client("sqs")
        url = make_queue(cloud)
        entries = [{"Id": str(number), "MessageBody": "x" * 1_000} for number in range(2)]
        assert "Failed" not in sqs.send_message_batch(QueueUrl=url, Entries=entries)
        entries[0]["MessageBody"] += "x"
        code = code_of(lambda: sqs.send_message_batch(QueueUrl=url, Entries=entries))
        assert code == "AWS.SimpleQueueService.BatchRequestTooLong"

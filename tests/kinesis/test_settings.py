"""Settings of streams and of the account."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.kinesis.support import ACCOUNT, ARN
from tests.support.answers import answer, refusal

HOUR = 3600
METRICS = [  # in the order of AWS's answers
    "IncomingBytes",
    "OutgoingRecords",
    "IteratorAgeMilliseconds",
    "IncomingRecords",
    "ReadProvisionedThroughputExceeded",
    "WriteProvisionedThroughputExceeded",
    "OutgoingBytes",
]

Make = Callable[..., tuple[Any, Any]]


@pytest.fixture
def stream(kinesis: Any) -> str:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    return "s"


def described(kinesis: Any) -> dict[str, Any]:
    return kinesis.describe_stream(StreamName="s")["StreamDescription"]


# --- retention ------------------------------------------------------------------------------------------------------


def test_retention(kinesis: Any, stream: str) -> None:
    assert answer(kinesis.increase_stream_retention_period(StreamName=stream, RetentionPeriodHours=8760)) == {}
    assert described(kinesis)["RetentionPeriodHours"] == 8760
    assert answer(kinesis.decrease_stream_retention_period(StreamARN=f"{ARN}s", RetentionPeriodHours=25)) == {}
    assert described(kinesis)["RetentionPeriodHours"] == 25
    kinesis.increase_stream_retention_period(StreamName=stream, RetentionPeriodHours=25)
    kinesis.decrease_stream_retention_period(StreamName=stream, RetentionPeriodHours=25)
    assert described(kinesis)["RetentionPeriodHours"] == 25


def test_retention_that_is_refused(kinesis: Any, stream: str) -> None:
    kinesis.increase_stream_retention_period(StreamName=stream, RetentionPeriodHours=30)
    increase = kinesis.increase_stream_retention_period
    decrease = kinesis.decrease_stream_retention_period
    for call in (increase, decrease):
        assert refusal(call, StreamName=stream, RetentionPeriodHours=23) == (
            "InvalidArgumentException",
            "Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short.",
        )
        assert refusal(call, StreamName=stream, RetentionPeriodHours=8761) == (
            "InvalidArgumentException",
            "Maximum allowed retention period is 8760 hours. Requested retention period (8761 hours) is too long.",
        )
        assert refusal(call, StreamName=stream, RetentionPeriodHours=0) == (
            "ValidationException",
            "1 validation error detected: Value '0' at 'retentionPeriodHours' failed to satisfy constraint: Member "
            "must have value greater than or equal to 1",
        )
    assert refusal(increase, StreamName=stream, RetentionPeriodHours=29) == (
        "InvalidArgumentException",
        "Requested retention period (29 hours) for stream s can not be shorter than existing retention period "
        "(30 hours). Use DecreaseRetentionPeriod API.",
    )
    assert refusal(decrease, StreamName=stream, RetentionPeriodHours=31) == (
        "InvalidArgumentException",
        "Requested retention period (31 hours) for stream s can not be longer than existing retention period "
        "(30 hours). Use IncreaseRetentionPeriod API.",
    )


# --- encryption -----------------------------------------------------------------------------------------------------


def test_encryption(kinesis: Any, stream: str) -> None:
    key = {"StreamName": stream, "EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}
    assert answer(kinesis.start_stream_encryption(**key)) == {}
    for description in (
        described(kinesis),
        kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"],
    ):
        assert description["EncryptionType"] == "KMS"
        assert description["KeyId"] == "alias/aws/kinesis"
    assert answer(kinesis.stop_stream_encryption(**key)) == {}
    assert described(kinesis)["EncryptionType"] == "NONE"
    assert "KeyId" not in described(kinesis)


def test_only_kms(kinesis: Any, stream: str) -> None:
    params = {"StreamName": stream, "KeyId": "k"}
    assert refusal(kinesis.start_stream_encryption, EncryptionType="NONE", **params) == (
        "InvalidArgumentException",
        "EncryptionType must be KMS.",
    )
    assert refusal(kinesis.start_stream_encryption, EncryptionType="AES", **params) == (
        "ValidationException",
        "1 validation error detected: Value 'AES' at 'encryptionType' failed to satisfy constraint: Member must "
        "satisfy enum value set: [NONE, KMS]",
    )


def test_25_key_changes_in_24_hours(cloud: Any, kinesis: Any, stream: str) -> None:
    params = {"StreamName": stream, "EncryptionType": "KMS", "KeyId": "k"}
    for _ in range(25):
        kinesis.start_stream_encryption(**params)
        cloud.clock.advance(60)
    assert refusal(kinesis.start_stream_encryption, **params) == (
        "LimitExceededException",
        f"Stream s under account {ACCOUNT} has reached the limit of 25 key changes per 24 hours.",
    )
    cloud.clock.advance(24 * HOUR - 25 * 60)
    kinesis.start_stream_encryption(**params)


# --- monitoring -----------------------------------------------------------------------------------------------------


def test_monitoring(kinesis: Any, stream: str) -> None:
    def change(call: Any, *metrics: str) -> tuple[list[str], list[str]]:
        response = answer(call(StreamName=stream, ShardLevelMetrics=list(metrics)))
        assert (response.pop("StreamName"), response.pop("StreamARN")) == ("s", f"{ARN}s")
        assert set(response) == {"CurrentShardLevelMetrics", "DesiredShardLevelMetrics"}
        shown = response["DesiredShardLevelMetrics"]
        assert described(kinesis)["EnhancedMonitoring"] == [{"ShardLevelMetrics": shown}]
        return response["CurrentShardLevelMetrics"], shown

    enable, disable = kinesis.enable_enhanced_monitoring, kinesis.disable_enhanced_monitoring
    assert change(enable, "OutgoingBytes", "IncomingBytes") == ([], ["IncomingBytes", "OutgoingBytes"])
    assert change(enable, "IncomingRecords") == (
        ["IncomingBytes", "OutgoingBytes"],
        ["IncomingBytes", "IncomingRecords", "OutgoingBytes"],
    )
    assert change(disable, "IncomingBytes", "IteratorAgeMilliseconds")[1] == ["IncomingRecords", "OutgoingBytes"]
    assert change(enable, "ALL")[1] == METRICS
    assert change(disable, "ALL") == (METRICS, [])


def test_metrics_that_are_none(kinesis: Any, stream: str) -> None:
    for call in (kinesis.enable_enhanced_monitoring, kinesis.disable_enhanced_monitoring):
        assert refusal(call, StreamName=stream, ShardLevelMetrics=["Bytes"]) == (
            "ValidationException",
            "1 validation error detected: Value '[Bytes]' at 'shardLevelMetrics' failed to satisfy constraint: Member "
            f"must satisfy constraint: [Member must satisfy enum value set: [{', '.join(METRICS)}, ALL]]",
        )


# --- capacity -------------------------------------------------------------------------------------------------------


def test_switching_modes_keeps_the_shards(cloud: Any, kinesis: Any, stream: str) -> None:
    def switch(mode: str) -> Any:
        return kinesis.update_stream_mode(StreamARN=f"{ARN}s", StreamModeDetails={"StreamMode": mode})

    assert answer(switch("ON_DEMAND")) == {}
    assert described(kinesis)["StreamModeDetails"] == {"StreamMode": "ON_DEMAND"}
    assert len(described(kinesis)["Shards"]) == 1
    switch("ON_DEMAND")  # is no switch
    switch("PROVISIONED")
    assert refusal(switch, mode="ON_DEMAND") == (
        "LimitExceededException",
        f"Stream s under account {ACCOUNT} has reached the limit of 2 capacity mode changes per 24 hours.",
    )
    cloud.clock.advance(24 * HOUR)
    switch("ON_DEMAND")


@pytest.mark.modelled("kinesis.UpdateMaxRecordSize")
def test_the_largest_record(kinesis: Any, stream: str) -> None:
    def shown() -> int:
        return kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]["MaxRecordSizeInKiB"]

    assert shown() == 1024
    assert answer(kinesis.update_max_record_size(StreamARN=f"{ARN}s", MaxRecordSizeInKiB=10_240)) == {}
    assert shown() == 10_240
    assert refusal(kinesis.update_max_record_size, StreamARN=f"{ARN}s", MaxRecordSizeInKiB=10_241) == (
        "ValidationException",
        "1 validation error detected: Value '10241' at 'maxRecordSizeInKiB' failed to satisfy constraint: Member must "
        "have value less than or equal to 10240",
    )
    assert refusal(kinesis.update_max_record_size, MaxRecordSizeInKiB=2048)[0] == "InvalidArgumentException"


def commit(kinesis: Any, status: str) -> dict[str, Any]:
    response = kinesis.update_account_settings(MinimumThroughputBillingCommitment={"Status": status})
    assert answer(response) == answer(kinesis.describe_account_settings())
    return response["MinimumThroughputBillingCommitment"]


@pytest.mark.modelled("kinesis.UpdateAccountSettings")
def test_a_commitment_lasts_for_a_day(cloud: Any, kinesis: Any) -> None:
    start = cloud.clock.now()
    day = timedelta(days=1)
    assert commit(kinesis, "DISABLED") == {"Status": "DISABLED"}
    enabled = {"Status": "ENABLED", "StartedAt": start, "EarliestAllowedEndAt": start + day}
    assert commit(kinesis, "ENABLED") == enabled
    cloud.clock.advance(HOUR)
    assert commit(kinesis, "ENABLED") == enabled
    assert commit(kinesis, "DISABLED") == {**enabled, "Status": "ENABLED_UNTIL_EARLIEST_ALLOWED_END"}
    assert commit(kinesis, "ENABLED") == enabled
    commit(kinesis, "DISABLED")
    cloud.clock.advance(23 * HOUR)
    ended = {"Status": "DISABLED", "StartedAt": start, "EndedAt": start + day}
    assert kinesis.describe_account_settings()["MinimumThroughputBillingCommitment"] == ended
    cloud.clock.advance(HOUR)
    commit(kinesis, "ENABLED")
    cloud.clock.advance(30 * HOUR)
    assert commit(kinesis, "DISABLED") == {
        "Status": "DISABLED",
        "StartedAt": start + timedelta(hours=25),
        "EndedAt": cloud.clock.now(),
    }
    assert refusal(commit, kinesis=kinesis, status="MAYBE")[0] == "ValidationException"


@pytest.mark.modelled("kinesis.CreateStream.WarmThroughputMiBps")
@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"ShardCount": 1}, "Either 'warmThroughputMiBps' or 'shardCount' can be set but not both"),
        (
            {"StreamModeDetails": {"StreamMode": "PROVISIONED"}},
            "WarmThroughputMiBps cannot be set while creating stream in Provisioned StreamMode",
        ),
    ],
)
def test_warm_throughput_of_a_provisioned_stream(kinesis: Any, params: dict[str, Any], text: str) -> None:
    """[the texts: seen on AWS, 2026; the code is inferred]"""
    refused = refusal(kinesis.create_stream, StreamName="e", WarmThroughputMiBps=100, **params)
    assert refused == ("ValidationException", text)


@pytest.mark.parametrize("region", ["eu-west-1", "us-west-2"])
def test_a_key_of_another_region(kinesis: Any, stream: str, region: str) -> None:
    """[seen on AWS, 2026]"""
    key = f"arn:aws:kms:{region}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    start = kinesis.start_stream_encryption
    refused = refusal(start, StreamName=stream, EncryptionType="KMS", KeyId=key)
    assert refused == ("KMSNotFoundException", f"Invalid arn {region}")
    start(StreamName=stream, EncryptionType="KMS", KeyId=key.replace(region, "us-east-1"))


@pytest.mark.modelled("kinesis.UpdateStreamWarmThroughput")
def test_warm_throughput(kinesis: Any, stream: str) -> None:
    kinesis.create_stream(StreamName="d")
    warm = kinesis.update_stream_warm_throughput
    on_demand_only = "Warm throughput is only supported for streams in On-Demand mode."
    commitment = f"Warm throughput requires MinimumThroughputBillingCommitment to be enabled for the account {ACCOUNT}."
    too_high = "WarmThroughputMiBps 10241 exceeds the limit of 10240 MiBps."
    either = "Either 'warmThroughputMiBps' or 'shardCount' can be set but not both"
    assert [
        refusal(warm, StreamName="d", WarmThroughputMiBps=100),
        refusal(warm, StreamName="s", WarmThroughputMiBps=100),
        refusal(kinesis.create_stream, StreamName="e", WarmThroughputMiBps=100),
    ] == [("ValidationException", text) for text in (commitment, on_demand_only, commitment)]
    commit(kinesis, "ENABLED")
    assert [
        refusal(warm, StreamName="s", WarmThroughputMiBps=100),
        refusal(warm, StreamName="d", WarmThroughputMiBps=10_241),
        refusal(kinesis.create_stream, StreamName="e", ShardCount=1, WarmThroughputMiBps=100),
    ] == [("ValidationException", text) for text in (on_demand_only, too_high, either)]
    kinesis.create_stream(StreamName="f", WarmThroughputMiBps=10_240)
    assert answer(warm(StreamName="d", WarmThroughputMiBps=100)) == {
        "StreamARN": f"{ARN}d",
        "StreamName": "d",
        "WarmThroughput": {"TargetMiBps": 100, "CurrentMiBps": 0},
    }
    kinesis.create_stream(StreamName="e", WarmThroughputMiBps=7)
    switch = functools.partial(kinesis.update_stream_mode, StreamARN=f"{ARN}s")
    provisioned, on_demand = {"StreamMode": "PROVISIONED"}, {"StreamMode": "ON_DEMAND"}
    assert [
        refusal(switch, StreamModeDetails=provisioned, WarmThroughputMiBps=9),
        refusal(switch, StreamModeDetails=on_demand, WarmThroughputMiBps=10_241),
    ] == [("ValidationException", text) for text in (on_demand_only, too_high)]
    switch(StreamModeDetails=on_demand, WarmThroughputMiBps=9)
    for name, expected in (("d", 100), ("e", 7), ("s", 9)):
        summary = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
        assert summary["WarmThroughput"] == {"TargetMiBps": expected, "CurrentMiBps": expected}
    warm(StreamName="d", WarmThroughputMiBps=0)
    summary = kinesis.describe_stream_summary(StreamName="d")["StreamDescriptionSummary"]
    assert summary["WarmThroughput"] == {"TargetMiBps": 0, "CurrentMiBps": 0}


@pytest.mark.modelled("kinesis.UpdateStreamWarmThroughput")
def test_warm_throughput_goes_from_what_it_was_and_ends_with_another_mode(kinesis: Any) -> None:
    """[inferred]"""
    commit(kinesis, "ENABLED")
    kinesis.create_stream(StreamName="d", WarmThroughputMiBps=7)
    for wanted, current in ((100, 7), (50, 100)):
        answered = kinesis.update_stream_warm_throughput(StreamName="d", WarmThroughputMiBps=wanted)
        assert answered["WarmThroughput"] == {"TargetMiBps": wanted, "CurrentMiBps": current}
    kinesis.update_stream_mode(StreamARN=f"{ARN}d", StreamModeDetails={"StreamMode": "PROVISIONED"})
    assert "WarmThroughput" not in kinesis.describe_stream_summary(StreamName="d")["StreamDescriptionSummary"]


def test_what_stays_as_it_is_takes_no_time_and_no_quota(limited: Make) -> None:
    cloud, kinesis = limited(transition_seconds=30)
    kinesis.create_stream(StreamName="s", ShardCount=1)
    cloud.clock.advance(30)
    for operation in ("increase_stream_retention_period", "decrease_stream_retention_period"):
        getattr(kinesis, operation)(StreamName="s", RetentionPeriodHours=24)
        assert kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE"
    for mode in ("PROVISIONED", "PROVISIONED", "ON_DEMAND", "ON_DEMAND", "PROVISIONED", "PROVISIONED"):
        kinesis.update_stream_mode(StreamARN=f"{ARN}s", StreamModeDetails={"StreamMode": mode})
        cloud.clock.advance(30)
    details = {"StreamARN": f"{ARN}s", "StreamModeDetails": {"StreamMode": "ON_DEMAND"}}
    assert refusal(kinesis.update_stream_mode, **details)[0] == "LimitExceededException"
    cloud.clock.advance(24 * HOUR - 150)
    assert refusal(kinesis.update_stream_mode, **details)[0] == "LimitExceededException"
    cloud.clock.advance(30)
    kinesis.update_stream_mode(**details)


@pytest.mark.parametrize("key", ["arn:k", "k:aws:kms:eu-west-1:1:key/k", "arn:aws:kms:eu-west-1:1:key:k", "alias/k"])
def test_what_is_no_arn_of_a_key_is_of_no_region(kinesis: Any, stream: str, key: str) -> None:
    kinesis.start_stream_encryption(StreamName=stream, EncryptionType="KMS", KeyId=key)
    assert kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]["KeyId"] == key


# --- states ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "params", "member", "old", "new"),
    [
        ("increase_stream_retention_period", {"RetentionPeriodHours": 48}, "RetentionPeriodHours", 24, 48),
        ("start_stream_encryption", {"EncryptionType": "KMS", "KeyId": "k"}, "EncryptionType", "NONE", "KMS"),
        ("stop_stream_encryption", {"EncryptionType": "KMS", "KeyId": "k"}, "EncryptionType", "NONE", "NONE"),
        (
            "enable_enhanced_monitoring",
            {"ShardLevelMetrics": ["IncomingBytes"]},
            "EnhancedMonitoring",
            [{"ShardLevelMetrics": []}],
            [{"ShardLevelMetrics": ["IncomingBytes"]}],
        ),
        (
            "update_stream_mode",
            {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}},
            "StreamModeDetails",
            {"StreamMode": "PROVISIONED"},
            {"StreamMode": "ON_DEMAND"},
        ),
        pytest.param(
            "update_max_record_size",
            {"MaxRecordSizeInKiB": 2048},
            "MaxRecordSizeInKiB",
            1024,
            2048,
            marks=pytest.mark.modelled("kinesis.UpdateMaxRecordSize"),
        ),
        (
            "update_shard_count",
            {"TargetShardCount": 2, "ScalingType": "UNIFORM_SCALING"},
            "OpenShardCount",
            1,
            2,
        ),
    ],
)
def test_a_change_takes_its_time(limited: Make, operation: str, params: Any, member: str, old: Any, new: Any) -> None:
    cloud, kinesis = limited(transition_seconds=30)
    kinesis.create_stream(StreamName="s", ShardCount=1)
    cloud.clock.advance(30)
    getattr(kinesis, operation)(StreamARN=f"{ARN}s", **params)

    def seen() -> tuple[str, Any]:
        summary = kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]
        return summary["StreamStatus"], summary[member]

    assert seen() == ("UPDATING", old)
    assert refusal(getattr(kinesis, operation), StreamARN=f"{ARN}s", **params) == (
        "ResourceInUseException",
        f"Stream s under account {ACCOUNT} not ACTIVE, instead in state UPDATING",
    )
    cloud.clock.advance(30)
    assert seen() == ("ACTIVE", new)


# --- rates ----------------------------------------------------------------------------------------------------------


@pytest.mark.minicloud(limits="strict")
def test_calls_a_second(cloud: Any, kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    for _ in range(10):
        kinesis.describe_stream(StreamName="s")
    assert refusal(kinesis.describe_stream, StreamName="s") == (
        "LimitExceededException",
        f"Rate exceeded for stream s under account {ACCOUNT}.",
    )
    kinesis.describe_stream_summary(StreamName="s")
    for _ in range(5):
        kinesis.list_streams()
    assert refusal(kinesis.list_streams) == ("LimitExceededException", f"Rate exceeded for account {ACCOUNT}.")
    for _ in range(5):
        kinesis.get_shard_iterator(StreamName="s", ShardId="0", ShardIteratorType="LATEST")
    assert refusal(kinesis.get_shard_iterator, StreamName="s", ShardId="0", ShardIteratorType="LATEST")[0] == (
        "ProvisionedThroughputExceededException"
    )
    cloud.clock.advance(1)
    kinesis.describe_stream(StreamName="s")
    kinesis.list_streams()

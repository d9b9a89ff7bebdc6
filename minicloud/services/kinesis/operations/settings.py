"""A stream's settings, and the account's."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ....core.constraints import Member
from ....core.operation import operation
from ....core.timestamps import datetime_to_the_millisecond
from ....core.unset import UNSET
from .. import errors, facts, notes, shapes
from ..constraints import (
    COMMITMENT_STATUS,
    DISTRIBUTION_STRATEGY,
    ENCRYPTION_TYPE,
    KEY_ID,
    MAX_RECORD_SIZE,
    METRIC_NAMES,
    METRICS,
    RETENTION_HOURS,
    STREAM_MODE,
    WARM_THROUGHPUT,
    check,
)
from ..stream import DAY, Stream
from ..transition import Step
from .streams import StreamOperations

__all__ = ["SettingsOperations"]

_LEAST_HOURS = 24
_MOST_HOURS = 8760


class SettingsOperations(StreamOperations):
    """The operations that change how a stream behaves, and the account's settings."""

    def _changeable(self, name: str, arn: str, action: str, *members: Member) -> Stream:
        """The stream that a request names, when it is ACTIVE; raises ResourceInUseException when it is not."""
        stream = self.named_stream(name, arn, action, *members)
        stream.require_active()
        return stream

    def _settle(
        self, now: int, stream: Stream, setting: str, complete: Callable[[int], object], first: Step | None = None
    ) -> None:
        """Have a stream UPDATING for a while, and then changed. To complete it once more changes nothing."""

        def prepare(moment: int) -> Step:
            def finish() -> None:
                complete(moment)
                trace = self.world.trace
                if trace is not None:
                    facts.stream_updated(trace, moment, stream, setting)

            return finish

        stream.be_changed(self.world, now, prepare, first=first)

    # --- retention ----------------------------------------------------------------------------------------------------

    @operation("IncreaseStreamRetentionPeriod")
    def increase_stream_retention_period(
        self,
        now: int,
        *,
        StreamName: shapes.StreamName = UNSET,
        RetentionPeriodHours: int,
        StreamARN: shapes.StreamArn = UNSET,
        StreamId: shapes.StreamId = UNSET,
    ) -> None:
        """Keep records for longer, up to 8760 hours. What is gone already does not come back.

        Raises InvalidArgumentException for less than it is now; as much is accepted.
        """
        stream = self._for_retention("IncreaseStreamRetentionPeriod", StreamName, StreamARN, RetentionPeriodHours)
        if RetentionPeriodHours < stream.retention_hours:
            raise errors.retention_not_increased(RetentionPeriodHours, stream.name, stream.retention_hours)
        self._set_retention(now, stream, RetentionPeriodHours)

    @operation("DecreaseStreamRetentionPeriod")
    def decrease_stream_retention_period(
        self,
        now: int,
        *,
        StreamName: shapes.StreamName = UNSET,
        RetentionPeriodHours: int,
        StreamARN: shapes.StreamArn = UNSET,
        StreamId: shapes.StreamId = UNSET,
    ) -> None:
        """Keep records for a shorter time, at least 24 hours; older ones go at once.

        Raises InvalidArgumentException for more than it is now; as much is accepted.
        """
        stream = self._for_retention("DecreaseStreamRetentionPeriod", StreamName, StreamARN, RetentionPeriodHours)
        if RetentionPeriodHours > stream.retention_hours:
            raise errors.retention_not_decreased(RetentionPeriodHours, stream.name, stream.retention_hours)
        self._set_retention(now, stream, RetentionPeriodHours)

    def _for_retention(self, action: str, name: str, arn: str, hours: int) -> Stream:
        stream = self._changeable(name, arn, action, ("retentionPeriodHours", RETENTION_HOURS, hours))
        if hours < _LEAST_HOURS:
            raise errors.retention_too_short(hours)
        if hours > _MOST_HOURS:
            raise errors.retention_too_long(hours)
        return stream

    def _set_retention(self, now: int, stream: Stream, hours: int) -> None:
        if hours != stream.retention_hours:
            self._settle(now, stream, "RetentionPeriodHours", lambda moment: stream.set_retention(moment, hours))

    # --- encryption ---------------------------------------------------------------------------------------------------

    @operation("StartStreamEncryption")
    def start_stream_encryption(
        self,
        now: int,
        *,
        StreamName: shapes.StreamName = UNSET,
        EncryptionType: str,
        KeyId: shapes.KeyId,
        StreamARN: shapes.StreamArn = UNSET,
        StreamId: shapes.StreamId = UNSET,
    ) -> None:
        """Mark what is put from now on as encrypted with a KMS key. Data is kept as it is; the key is not looked up."""
        stream = self._for_encryption("StartStreamEncryption", StreamName, StreamARN, EncryptionType, KeyId)
        region_name = _region_of_key(KeyId)
        if region_name not in ("", self.region_name):
            raise errors.key_of_other_region(region_name)
        if not stream.key_changes.has_room(now):
            most = self.limits.kinesis_key_changes_per_day
            raise errors.too_many_key_changes(stream.name, stream.account_id, most).noting(notes.RELAXED)
        use = stream.key_changes.use(now)
        self._settle(now, stream, "EncryptionType", lambda _: setattr(stream, "key_id", KeyId), use)

    @operation("StopStreamEncryption")
    def stop_stream_encryption(
        self,
        now: int,
        *,
        StreamName: shapes.StreamName = UNSET,
        EncryptionType: str,
        KeyId: shapes.KeyId,
        StreamARN: shapes.StreamArn = UNSET,
        StreamId: shapes.StreamId = UNSET,
    ) -> None:
        """Mark what is put from now on as not encrypted. Records that are there stay as they are."""
        stream = self._for_encryption("StopStreamEncryption", StreamName, StreamARN, EncryptionType, KeyId)
        self._settle(now, stream, "EncryptionType", lambda _: setattr(stream, "key_id", None))

    def _for_encryption(self, action: str, name: str, arn: str, encryption_type: str, key_id: str) -> Stream:
        stream = self._changeable(
            name, arn, action, ("encryptionType", ENCRYPTION_TYPE, encryption_type), ("keyId", KEY_ID, key_id)
        )
        if encryption_type != "KMS":
            raise errors.encryption_type_not_kms()
        return stream

    # --- monitoring ---------------------------------------------------------------------------------------------------

    @operation("EnableEnhancedMonitoring")
    def enable_enhanced_monitoring(
        self,
        now: int,
        *,
        StreamName: shapes.StreamName = UNSET,
        ShardLevelMetrics: shapes.MetricsNames,
        StreamARN: shapes.StreamArn = UNSET,
        StreamId: shapes.StreamId = UNSET,
    ) -> shapes.EnhancedMonitoringOutput:
        """Switch shard-level metrics on; ``ALL`` stands for all seven."""
        members = ("shardLevelMetrics", METRIC_NAMES, ShardLevelMetrics)
        stream = self._changeable(StreamName, StreamARN, "EnableEnhancedMonitoring", members)
        named = _metrics(ShardLevelMetrics)
        desired: list[str] = [metric for metric in METRICS if metric in named or metric in stream.metrics]
        return self._set_metrics(now, stream, desired)

    @operation("DisableEnhancedMonitoring")
    def disable_enhanced_monitoring(
        self,
        now: int,
        *,
        StreamName: shapes.StreamName = UNSET,
        ShardLevelMetrics: shapes.MetricsNames,
        StreamARN: shapes.StreamArn = UNSET,
        StreamId: shapes.StreamId = UNSET,
    ) -> shapes.EnhancedMonitoringOutput:
        """Switch shard-level metrics off; ``ALL`` stands for all seven."""
        members = ("shardLevelMetrics", METRIC_NAMES, ShardLevelMetrics)
        stream = self._changeable(StreamName, StreamARN, "DisableEnhancedMonitoring", members)
        named = _metrics(ShardLevelMetrics)
        return self._set_metrics(now, stream, [metric for metric in stream.metrics if metric not in named])

    def _set_metrics(self, now: int, stream: Stream, desired: list[str]) -> shapes.EnhancedMonitoringOutput:
        answer: shapes.EnhancedMonitoringOutput = {
            "StreamName": stream.name,
            "CurrentShardLevelMetrics": list(stream.metrics),
            "DesiredShardLevelMetrics": list(desired),
            "StreamARN": stream.arn,
        }
        self._settle(now, stream, "ShardLevelMetrics", lambda _: setattr(stream, "metrics", desired))
        return answer

    # --- capacity -----------------------------------------------------------------------------------------------------

    @operation("UpdateStreamMode")
    def update_stream_mode(
        self,
        now: int,
        *,
        StreamARN: shapes.StreamArn,
        StreamId: shapes.StreamId = UNSET,
        StreamModeDetails: shapes.StreamModeDetails,
        WarmThroughputMiBps: shapes.NaturalInteger = UNSET,
    ) -> None:
        """Switch between provisioned and on-demand mode, twice in 24 hours at most. The shards stay.

        Raises LimitExceededException for a third switch, and when the account has no room for a stream on demand.
        """
        stream = self._changeable(
            UNSET,
            StreamARN,
            "UpdateStreamMode",
            ("streamModeDetails.streamMode", STREAM_MODE, StreamModeDetails["StreamMode"]),
            ("warmThroughputMiBps", WARM_THROUGHPUT, WarmThroughputMiBps),
        )
        on_demand = StreamModeDetails["StreamMode"] == "ON_DEMAND"
        if WarmThroughputMiBps is not UNSET:
            self.check_warm_throughput(now, on_demand, WarmThroughputMiBps)
        warm_throughput = WarmThroughputMiBps if WarmThroughputMiBps is not UNSET else None
        use = None
        if on_demand != stream.on_demand:
            stream.require_nothing_on_it("UpdateStreamMode")
            if not stream.mode_switches.has_room(now):
                raise errors.too_many_mode_switches(
                    stream.name, stream.account_id, self.limits.kinesis_mode_switches_per_day
                )
            if on_demand:
                self.require_on_demand_room()
            use = stream.mode_switches.use(now)

        def complete(_: int) -> None:
            stream.set_mode(on_demand)
            stream.warm_throughput = warm_throughput

        self._settle(now, stream, "StreamMode", complete, use)

    @operation("UpdateStreamRecordDistributionStrategy")
    def update_stream_record_distribution_strategy(
        self,
        now: int,
        *,
        StreamARN: shapes.StreamArn,
        StreamId: shapes.StreamId = UNSET,
        RecordDistributionStrategy: str,
    ) -> None:
        """Have an on-demand stream distribute records evenly itself (``AUTO``), or go by their keys again. At once.

        Raises InvalidArgumentException for ``AUTO`` on a provisioned stream. What is stored stays where it is.
        """
        members = ("recordDistributionStrategy", DISTRIBUTION_STRATEGY, RecordDistributionStrategy)
        stream = self.named_stream(UNSET, StreamARN, "UpdateStreamRecordDistributionStrategy", members)
        stream.require_existing()
        distributes = RecordDistributionStrategy == "AUTO"
        if distributes and not stream.on_demand:
            raise errors.distribution_of_provisioned()
        if distributes != stream.distributes:
            stream.distribute(self.first_turn() if distributes else None)
            trace = self.world.trace
            if trace is not None:
                facts.stream_updated(trace, now, stream, "RecordDistributionStrategy")

    @operation("UpdateStreamWarmThroughput")
    def update_stream_warm_throughput(
        self,
        now: int,
        *,
        StreamARN: shapes.StreamArn = UNSET,
        StreamName: shapes.StreamName = UNSET,
        StreamId: shapes.StreamId = UNSET,
        WarmThroughputMiBps: shapes.NaturalInteger,
    ) -> shapes.UpdateStreamWarmThroughputOutput:
        """Set the write throughput that an on-demand stream is kept ready for, in MiB a second (10,240 at most).

        Raises ValidationException for a provisioned stream, and without the commitment of ``UpdateAccountSettings``.
        """
        stream = self.named_stream(
            StreamName,
            StreamARN,
            "UpdateStreamWarmThroughput",
            ("warmThroughputMiBps", WARM_THROUGHPUT, WarmThroughputMiBps),
        )
        self.pace(now, "UpdateStreamWarmThroughput", stream.name)
        stream.require_active()
        self.check_warm_throughput(now, stream.on_demand, WarmThroughputMiBps)
        current = stream.warm_throughput or 0
        self._settle(now, stream, "WarmThroughput", lambda _: setattr(stream, "warm_throughput", WarmThroughputMiBps))
        return {
            "StreamARN": stream.arn,
            "StreamName": stream.name,
            "WarmThroughput": {"TargetMiBps": WarmThroughputMiBps, "CurrentMiBps": current},
        }

    @operation("UpdateMaxRecordSize")
    def update_max_record_size(
        self,
        now: int,
        *,
        StreamARN: shapes.StreamArn = UNSET,
        StreamId: shapes.StreamId = UNSET,
        MaxRecordSizeInKiB: shapes.MaxRecordSize,
    ) -> None:
        """Set how large a record may be, partition key included: 1024 to 10240 KiB."""
        members = ("maxRecordSizeInKiB", MAX_RECORD_SIZE, MaxRecordSizeInKiB)
        stream = self._changeable(UNSET, StreamARN, "UpdateMaxRecordSize", members)
        self._settle(now, stream, "MaxRecordSizeInKiB", lambda _: stream.set_max_record_size(MaxRecordSizeInKiB))

    # --- the account --------------------------------------------------------------------------------------------------

    @operation("DescribeLimits")
    def describe_limits(self, now: int) -> shapes.DescribeLimitsOutput:
        """How many shards and on-demand streams the account has and may have. O(1)."""
        self.pace(now, "DescribeLimits")
        return {
            "ShardLimit": self.shard_limit,
            "OpenShardCount": self.census.open_shards,
            "OnDemandStreamCount": self.census.on_demand,
            "OnDemandStreamCountLimit": self.limits.kinesis_on_demand_streams,
            "ChannelCount": len(self.channels),
            # Two for each stream on demand that there may be. [inferred]
            "ChannelCountLimit": 2 * self.limits.kinesis_on_demand_streams,
        }

    @operation("DescribeAccountSettings")
    def describe_account_settings(self, now: int) -> shapes.DescribeAccountSettingsOutput:
        """The account's commitment to a minimum throughput."""
        self.pace(now, "DescribeAccountSettings")
        return {"MinimumThroughputBillingCommitment": self._describe_commitment(now)}

    @operation("UpdateAccountSettings")
    def update_account_settings(
        self, now: int, *, MinimumThroughputBillingCommitment: shapes.MinimumThroughputBillingCommitmentInput
    ) -> shapes.UpdateAccountSettingsOutput:
        """Begin or end the commitment; it lasts for 24 hours at least."""
        wanted = MinimumThroughputBillingCommitment["Status"]
        check(("minimumThroughputBillingCommitment.status", COMMITMENT_STATUS, wanted))
        self.pace(now, "UpdateAccountSettings")
        status = self.commitment_status(now)
        if wanted == "ENABLED":
            if status == "DISABLED":
                self.commitment = {"StartedAt": now, "EarliestAllowedEndAt": now + DAY}
            else:
                self.commitment.pop("EndedAt", None)
        elif status == "ENABLED":
            self.commitment["EndedAt"] = max(now, self.commitment["EarliestAllowedEndAt"])
        return {"MinimumThroughputBillingCommitment": self._describe_commitment(now)}

    def _describe_commitment(self, now: int) -> shapes.MinimumThroughputBillingCommitmentOutput:
        status = self.commitment_status(now)
        answer: shapes.MinimumThroughputBillingCommitmentOutput = {"Status": status}
        commitment = self.commitment
        if "StartedAt" in commitment:
            answer["StartedAt"] = datetime_to_the_millisecond(commitment["StartedAt"])
            if status == "DISABLED":
                answer["EndedAt"] = datetime_to_the_millisecond(commitment["EndedAt"])
            else:
                answer["EarliestAllowedEndAt"] = datetime_to_the_millisecond(commitment["EarliestAllowedEndAt"])
        return answer


def _metrics(names: Sequence[str]) -> frozenset[str]:
    """The metrics that the names stand for."""
    return frozenset(METRICS if "ALL" in names else names)


def _region_of_key(key_id: str) -> str:
    """The region in the ARN of a key; empty for what is no ARN."""
    parts = key_id.split(":")
    return parts[3] if len(parts) == 6 and parts[0] == "arn" else ""

"""Whatever is thrown at Kinesis is answered or refused properly, and a refusal leaves everything as it was."""

from __future__ import annotations

from typing import Any, NamedTuple

from hypothesis import example, given, settings
from hypothesis import strategies as st

import minicloud
from minicloud.core.operation import operations_of
from minicloud.core.shapes import Shape
from minicloud.services.kinesis.service import SERVICE, Kinesis
from tests.kinesis.support import ACCOUNT, ARN, TOP, iterator, read_all, shards_of
from tests.support.answers import answer
from tests.support.depth import deep
from tests.support.ways import error_class

OPERATIONS = operations_of(Kinesis)
CODES = {*SERVICE.exceptions, "InternalFailure", "SerializationException"}

ITERATOR = "<a good iterator>"
HANDLE = "<a good receipt handle>"
NUMBER = "49670424472731169861061894383142885425265240724400504834"  # where shard 0 of a stream made now begins

POLICY = f'{{"Statement":{{"Effect":"Allow","Principal":"*","Action":"kinesis:PutRecord","Resource":"{ARN}s"}}}}'
with minicloud.Cloud(seed=1) as _cloud:
    _ids = _cloud.world.ids
    QUEUE = f"{ARN.removesuffix('stream/')}queue/{_ids.uuids('kinesis/queues').next().replace('-', '')}"
    CHANNEL = f"{ARN.removesuffix('stream/')}channel/{_ids.uuids('kinesis/channels').next().replace('-', '')}"

WORDS = {
    "QueueARN": [QUEUE, QUEUE, f"{QUEUE}0", QUEUE.replace("us-", "eu-")],
    "QueueName": ["p", "q", "a b"],
    "TargetType": ["BUILT_IN", "NONE", "X"],
    "ReceiptHandle": [HANDLE, HANDLE, "AQEB", "x", ""],
    "RecordDistributionStrategy": ["AUTO", "USER_PARTITION_KEY", "X"],
    "ChannelARN": [CHANNEL, CHANNEL, f"{CHANNEL}0", CHANNEL.replace("us-", "eu-")],
    "ChannelName": ["c", "d", "a b"],
    "ServiceExecutionRoleARN": ["arn:aws:iam::123456789012:role/r", "r"],
    "RecordFormatType": ["JSON", "STRING", "GSR_JSON", "X"],
    "BucketARN": ["arn:aws:s3:::bucket", "b"],
    "ExpectedBucketOwner": ["123456789012", "12345678901", "x"],
    "CompressionType": ["NONE", "GZIP", "SNAPPY", "X"],
    "TableBucketARN": ["arn:aws:s3tables:us-east-1:123456789012:bucket/tables", "b"],
    "StreamName": ["s", "s", "s", "d", "new", "a b"],
    "StreamARN": [f"{ARN}s", f"{ARN}s", f"{ARN}d", f"{ARN}x", ARN.replace("us-", "eu-") + "s"],
    "ResourceARN": [
        QUEUE,
        CHANNEL,
        f"{ARN}s",
        f"{ARN}x",
        f"{ARN}s/consumer/c:1767225600",
        "arn:aws:kinesis:a:123456789012:xstream/s",
    ],
    "ConsumerARN": [f"{ARN}s/consumer/c:1767225600", f"{ARN}s/consumer/c:1", f"{ARN}x/consumer/c:1"],
    "ConsumerName": ["c", "e", "a b"],
    "StreamMode": ["PROVISIONED", "ON_DEMAND", "FAST"],
    "ShardIteratorType": ["TRIM_HORIZON", "LATEST", "AT_TIMESTAMP", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"],
    "ShardFilter.Type": ["AT_LATEST", "AFTER_SHARD_ID", "AT_TIMESTAMP", "FROM_TIMESTAMP", "AT_TRIM_HORIZON"],
    "Type": ["TRIM_HORIZON", "LATEST", "AT_TIMESTAMP", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"],
    "ScalingType": ["UNIFORM_SCALING", "X"],
    "EncryptionType": ["KMS", "NONE", "X"],
    "Status": ["ENABLED", "DISABLED", "X"],
    "ShardLevelMetrics": ["ALL", "IncomingBytes", "OutgoingBytes", "X"],
    "Policy": [POLICY, "{}", '{"Version":"2012-10-17"}', "[", "[[[["],
    "Tags": ["k", "l", "a;b", "50%", "é", ""],
    "TagKeys": ["k", "l", "a,b"],
    "ShardIterator": [ITERATOR],
    "PartitionKey": ["p", "q", "é", "\ud800", "k" * 256, "k" * 257],
}
SHARDS = ["shardId-000000000000", "shardId-000000000001", "0", "1", "2", "9", "2147483648", "x-", "-", "٣"]
HASH_KEYS = ["0", "1", "1000", str(TOP), str(TOP + 1), "01", "٣"]
NUMBERS = [NUMBER, str(int(NUMBER) + 2**80), str(2**186 - 1), "0", "1", str(2**124), "9" * 129, "9" * 200]
for name in ("ShardId", "ExclusiveStartShardId", "ShardToSplit", "ShardToMerge", "AdjacentShardToMerge"):
    WORDS[name] = SHARDS
for name in ("ExplicitHashKey", "NewStartingHashKey"):
    WORDS[name] = HASH_KEYS
for name in ("StartingSequenceNumber", "SequenceNumberForOrdering", "SequenceNumber"):
    WORDS[name] = NUMBERS

texts = st.text(st.characters(codec=None), max_size=8) | st.sampled_from(["\ud800", "x" * 300, "\0", "\n"])
junk = st.none() | st.booleans() | st.integers() | st.floats() | texts | st.binary(max_size=5) | st.just(object())


def strings(name: str) -> st.SearchStrategy[str]:
    words = WORDS.get(name)
    return st.text(min_size=1, max_size=3) if words is None else st.sampled_from(words)


def values_of(shape: Shape, name: str) -> st.SearchStrategy[Any]:
    """Mostly plausible values for a member."""
    kind = shape.kind
    if kind == "structure":
        return parameters_of(shape, f"{name}.")
    if kind == "list":
        assert shape.member is not None
        return st.lists(values_of(shape.member, name), max_size=4)
    if kind == "map":
        return st.dictionaries(strings(name), strings(name), max_size=3)
    if kind == "blob":
        # Text that UTF-8 can't express fails in botocore's own encoding, too.
        return st.binary(max_size=20) | st.text(max_size=5)
    if kind == "timestamp":
        return st.sampled_from([0, 1767225600, 1767225600.5, 1767225601, "2026-01-01T00:00:00", 1e12]) | st.datetimes()
    if kind == "integer":
        return st.sampled_from([1, 2, 3, 4, 24, 48, 2048, 10_001, 2**70])
    if kind == "boolean":
        return st.booleans()
    return strings(name)


def parameters_of(shape: Shape, prefix: str = "") -> st.SearchStrategy[dict[str, Any]]:
    members = {
        name: values_of(member, f"{prefix}{name}" if f"{prefix}{name}" in WORDS else name)
        for name, member in shape.members.items()
    }
    required = {name: values for name, values in members.items() if name in shape.required}
    optional = {name: values for name, values in members.items() if name not in shape.required}
    if "StreamName" in optional and "StreamARN" in optional:
        named = [
            st.fixed_dictionaries({**required, name: optional[name]}, optional=_others(optional))
            for name in ("StreamName", "StreamARN")
        ]
        return st.one_of(named)
    return st.fixed_dictionaries(required, optional=_others(optional))


def _others(optional: dict[str, Any]) -> dict[str, Any]:
    """What is plausible beside a stream's name: tokens have to be real ones."""
    return {name: values for name, values in optional.items() if name not in ("StreamName", "StreamARN", "NextToken")}


def calls(names: list[str]) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    return st.sampled_from(names).flatmap(lambda name: st.tuples(st.just(name), parameters_of(OPERATIONS[name].input)))


def with_junk(call: tuple[str, dict[str, Any]]) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    name, params = call
    members = [*OPERATIONS[name].input.members, "Nonsense"]
    return st.dictionaries(st.sampled_from(members), junk, max_size=2).map(lambda extra: (name, params | extra))


any_call = calls(sorted(OPERATIONS))
junk_call = any_call.flatmap(with_junk)


def snapshot(kinesis: Any) -> Any:
    """All that can be seen of the account."""
    streams = kinesis.list_streams()
    seen: list[Any] = [answer(streams), answer(kinesis.describe_account_settings())]
    for queue in kinesis.list_queues()["QueueSummaries"]:
        seen += [
            answer(kinesis.describe_queue(QueueARN=queue["QueueARN"])),
            answer(kinesis.list_tags_for_resource(ResourceARN=queue["QueueARN"])),
        ]
    for channel in kinesis.list_channels()["ChannelSummaries"]:
        seen.append(answer(kinesis.describe_channel(ChannelARN=channel["ChannelARN"])))
    for name in streams["StreamNames"]:
        arn = f"{ARN}{name}"
        consumers = kinesis.list_stream_consumers(StreamARN=arn)
        seen += [
            answer(kinesis.describe_stream_summary(StreamName=name)),
            answer(kinesis.list_tags_for_stream(StreamName=name)),
            answer(consumers),
            answer(kinesis.get_resource_policy(ResourceARN=arn)),
        ]
        for shard in shards_of(kinesis, name):
            seen += [shard, read_all(kinesis, name, shard["ShardId"])]
        for consumer in consumers["Consumers"]:
            seen.append(answer(kinesis.list_tags_for_resource(ResourceARN=consumer["ConsumerARN"])))
    return seen


def furnished() -> tuple[minicloud.Cloud, Any]:
    cloud = minicloud.Cloud(clock="virtual", seed=1)
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=2)
    kinesis.create_stream(StreamName="d")
    kinesis.put_record(StreamName="s", Data=b"x", PartitionKey="p")
    kinesis.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="c")
    kinesis.put_record(StreamName="d", Data=b"x", PartitionKey="p")
    position = {"StreamARN": f"{ARN}d", "StartingPosition": {"Type": "TRIM_HORIZON"}}
    kinesis.create_queue(QueueName="q", StreamConfigurationList=[position])
    kinesis.create_channel(
        ChannelName="c",
        ServiceExecutionRoleARN="arn:aws:iam::123456789012:role/r",
        StreamConfigurationList=[{"StreamARN": f"{ARN}d", "RecordConfiguration": {"RecordFormatType": "JSON"}}],
        S3DestinationConfiguration={
            "StorageConfiguration": {
                "BucketARN": "arn:aws:s3:::bucket",
                "ExpectedBucketOwner": ACCOUNT,
                "CompressionType": "NONE",
            }
        },
    )
    kinesis.split_shard(StreamName="s", ShardToSplit="1", NewStartingHashKey=str(2**127 + 2**126))
    return cloud, kinesis


class Tried(NamedTuple):
    """How a call went."""

    is_answered: bool
    after: Any
    """All that can be seen of the account then."""


def proper(kinesis: Any, name: str, params: dict[str, Any], caller: Any = None, before: Any = None) -> Tried:
    """Make a call, by another client if there is a caller.

    ``before`` is all that can be seen of the account, if somebody has looked and nothing has happened since: to look
    takes longer than most calls. Fails when it is refused in no proper way.
    """
    before = before or snapshot(kinesis)
    if params.get("ShardIterator") == ITERATOR and "s" in kinesis.list_streams()["StreamNames"]:
        place = iterator(kinesis, "s", shards_of(kinesis, "s")[0]["ShardId"])  # the first ones may be gone
        params = params | {"ShardIterator": place}
    given = params.get("Entries")
    handles = [
        entry
        for entry in (given if isinstance(given, list) else ())
        if isinstance(entry, dict) and entry.get("ReceiptHandle") == HANDLE
    ]
    if handles and params.get("QueueARN") == QUEUE and kinesis.list_queues()["QueueSummaries"]:
        receive = kinesis.receive_queue_records if "Dead" not in name else kinesis.receive_dead_letter_queue_records
        records = receive(QueueARN=QUEUE, WaitTimeSeconds=1)["QueueRecords"]
        good = [{**entry, "ReceiptHandle": records[0]["ReceiptHandle"]} for entry in handles if records]
        params = params | {"Entries": good or handles}
    try:
        response = getattr(caller or kinesis, name)(**params)
    except error_class("ClientError") as error:
        refusal = vars(error)["response"]
    except Exception as error:
        if type(error).__name__ not in ("ParamValidationError", "EndpointResolutionError"):
            raise
        refusal = None  # it was not sent
    else:
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 200
        return Tried(True, snapshot(kinesis))
    if refusal is not None:
        assert refusal["Error"]["Code"] in CODES
        assert refusal["ResponseMetadata"]["HTTPStatusCode"] in (400, 500)
    after = snapshot(kinesis)
    assert after == before
    return Tried(False, after)


@settings(max_examples=deep(300))
@given(call=any_call | junk_call)
def test_any_call_is_answered_or_refused_properly(call: tuple[str, dict[str, Any]]) -> None:
    cloud, kinesis = furnished()
    with cloud:
        proper(kinesis, *call)


MERGE = ("merge_shards", {"StreamName": "s", "ShardToMerge": "0", "AdjacentShardToMerge": "2"})
READ = ("get_records", {"ShardIterator": ITERATOR})


@settings(max_examples=deep(60))
@example(history=[(MERGE, 86_400), (READ, 0)])  # the shards that the stream began with are gone
@given(history=st.lists(st.tuples(any_call, st.sampled_from([0, 0, 1, 86_400])), max_size=12))
def test_histories_of_calls(history: list[tuple[tuple[str, dict[str, Any]], int]]) -> None:
    cloud, kinesis = furnished()
    with cloud:
        for call, seconds in history:
            proper(kinesis, *call)
            cloud.clock.advance(seconds)


@settings(max_examples=deep(200))
@given(text=st.text(st.characters(codec=None), min_size=1, max_size=250), place=st.integers(0, 203))
def test_no_text_breaks_an_iterator(text: str, place: int) -> None:
    cloud, kinesis = furnished()
    with cloud:
        good = iterator(kinesis, "s", 0)
        seen = None
        for bad in (text, good[:place] + text[:1] + good[place + 1 :], good[:place]):
            if bad and bad != good:
                tried = proper(kinesis, "get_records", {"ShardIterator": bad}, before=seen)
                assert not tried.is_answered
                seen = tried.after

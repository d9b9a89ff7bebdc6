"""Calls of Kinesis and STS into which an exception comes: they have happened as a whole, or not at all.

An exception may come into a call wherever CPython looks for signals: when a function is entered, and when a call into C
has returned. Here one comes at these places in turn, and what can be seen of the cloud afterwards, at once and when
everything had its time, has to be what can be seen when nothing was done, or when all of it was done.

PutRecords stores its records one by one, as AWS does: of a call that was interrupted the first ones are there.
"""

from __future__ import annotations

import asyncio
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import minicloud
from minicloud.exceptions import EventStreamError
from tests.kinesis.support import ARN, MIDDLE, TOP, check_state, iterator, shard_id, shards_of
from tests.support import strikes
from tests.support.answers import refusal
from tests.support.depth import is_deep
from tests.support.strikes import FORMS, Form, by_profile

pytestmark = [
    pytest.mark.stress,
    # Python only prints what strikes in the end of a generator.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

HOUR = 3600
TICKS = 6
"""How often the loop turns: more than it takes a task to come to its end."""


async def turns() -> None:
    """Let everybody on the loop go on as far as may be."""
    for _ in range(TICKS):
        await asyncio.sleep(0)


class Reader:
    """Who reads the events of a subscription: by calls, or, where there is a loop, in a task."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.task: asyncio.Task[None] | None = None
        self.events: Any = None
        """An iterator over it, as long as it has not ended."""
        self.read: list[Any] = []
        """What it has read: records, children, and how it ended."""

    @property
    def waiter(self) -> Any:
        return self.stream._subscription.waiter

    def needs_a_task(self) -> bool:
        """Whether no task reads: none has begun, it was interrupted, or asyncio has lost it."""
        task: Any = self.task
        if task is None:
            return True
        if self.is_lost():
            task._log_destroy_pending = False
            return True
        return task.done() and task.exception() is not None

    def is_lost(self) -> bool:
        """Whether its task will never go on: asyncio was interrupted as it was waking it, which no cloud can mend."""
        awaited = getattr(self.task, "_fut_waiter", None)
        return awaited is not None and awaited.done()

    def next(self) -> bool:
        """Read an event by a call; whether there were records in it."""
        if self.events is None:
            self.events = iter(self.stream)
        try:
            event = next(self.events)
        except StopIteration:
            self.events = None
            self.read.append("end")
            return False
        except EventStreamError as error:
            self.events = None
            self.read.append(error.response["Error"]["Code"])
            return False
        except BaseException:
            self.events = None
            raise
        self._take(event)
        return bool(event["SubscribeToShardEvent"]["Records"])

    async def all(self) -> None:
        try:
            async for event in self.stream:
                self._take(event)
        except EventStreamError as error:
            self.read.append(error.response["Error"]["Code"])
        self.read.append("end")

    def _take(self, event: Any) -> None:
        self.read += [record["Data"] for record in event["SubscribeToShardEvent"]["Records"]]
        self.read += [child["ShardId"] for child in event["SubscribeToShardEvent"].get("ChildShards", ())]


class World(strikes.World):
    """A cloud with streams, who reads from them, and a picture of all that can be seen."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.began = self.cloud.clock.now()
        self.kinesis: Any = self.cloud.client("kinesis")
        self.sts: Any = self.cloud.client("sts")
        self.loop: asyncio.AbstractEventLoop | None = None
        self.readers: list[Reader] = []
        if options.get("clock") == "frozen":
            self.loop = asyncio.new_event_loop()
            self.aio: Any = self.cloud.async_client("kinesis")

    def close(self) -> None:
        if self.loop is not None:
            self.loop.run_until_complete(self._end())
            self.loop.close()
            self.loop = None
        self.cloud.close()

    async def _end(self) -> None:
        await turns()
        tasks = [reader.task for reader in self.readers if reader.task is not None and not reader.is_lost()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def read_by(self, consumer: str, shard: int = 0, kind: str = "TRIM_HORIZON") -> None:
        """Subscribe a consumer to a shard of ``s``."""
        params = {"ConsumerARN": consumer, "ShardId": shard_id(shard), "StartingPosition": {"Type": kind}}
        if self.loop is None:
            answer = self.kinesis.subscribe_to_shard(**params)
        else:
            answer = self.loop.run_until_complete(self.aio.subscribe_to_shard(**params))
        self.readers.append(Reader(answer["EventStream"]))

    def read(self) -> None:
        """Have an event read by a call."""
        self.readers[0].next()

    def turn(self) -> None:
        """Let the tasks read on; one that was interrupted is followed by another one."""
        if self.loop is None:
            return
        self.loop.run_until_complete(turns())  # who is awake reads, and what remains is lost
        for reader in self.readers:
            if reader.needs_a_task():
                reader.task = self.loop.create_task(reader.all())
        self.loop.run_until_complete(turns())

    # --- what can be seen -------------------------------------------------------------------------------------------

    def picture(self) -> dict[str, Any]:
        """Taken at times that do not depend on how far an interrupted move of the clock came."""
        seen = {"now": self.look()}
        for hours in (80, 120, 240):
            self.cloud.clock.advance(self.began + timedelta(hours=hours) - self.cloud.clock.now())
            seen[f"{hours} hours later"] = self.look()
        seen["used"] = self._use_all()
        engine: Any = self.cloud
        assert engine.world.redo is None
        assert set(engine.world.waiters) <= {reader.waiter for reader in self.readers}
        self.read_on()
        return {"later": self.later(), **seen}

    def check(self) -> None:
        check_state(self.cloud)

    def ask(self, operation: str, **params: Any) -> Any:
        """What Kinesis answers, but for the ids of requests."""
        answer = getattr(self.kinesis, operation)(**params)
        return {name: value for name, value in answer.items() if name != "ResponseMetadata"}

    def read_on(self) -> None:
        """Let everybody read what there is."""
        self.ask("list_streams")  # whoever comes next mends
        if self.loop is None:
            for reader in self.readers:
                while reader.next():
                    pass
        self.turn()

    def look(self) -> Any:
        ask = self.ask
        self.read_on()
        seen: dict[str, Any] = {"read": [list(reader.read) for reader in self.readers]}
        seen["names"] = ask("list_streams")
        seen["limits"] = ask("describe_limits")
        seen["settings"] = ask("describe_account_settings")
        for name in seen["names"]["StreamNames"]:
            seen[name] = summary = ask("describe_stream_summary", StreamName=name)["StreamDescriptionSummary"]
            seen[name, "tags"] = ask("list_tags_for_stream", StreamName=name)
            seen[name, "policy"] = ask("get_resource_policy", ResourceARN=summary["StreamARN"])
            seen[name, "described"] = ask("describe_stream", StreamName=name)
            if summary["StreamStatus"] != "CREATING":
                seen[name, "shards"] = ask("list_shards", StreamName=name)
            view = self.cloud.stream(name)
            seen[name, "records"] = view.shards, view.records
            for consumer in ask("list_stream_consumers", StreamARN=summary["StreamARN"])["Consumers"]:
                arn = consumer["ConsumerARN"]
                tags = ask("list_tags_for_resource", ResourceARN=arn)
                seen[arn] = consumer, tags, ask("get_resource_policy", ResourceARN=arn)
        return repr(list(seen.items()))

    def _use_all(self) -> Any:
        """Put records everywhere, read them, and make what is numbered: another stream, credentials."""
        ask = self.ask
        used: list[Any] = []
        keys = [str(TOP // 16 * step) for step in range(17)]
        for name in ask("list_streams")["StreamNames"]:
            entries = [{"Data": b"x" + key.encode(), "PartitionKey": "p", "ExplicitHashKey": key} for key in keys]
            used.append(ask("put_records", StreamName=name, Records=entries))
            for shard in shards_of(self.kinesis, name):
                for kind in ("TRIM_HORIZON", "LATEST"):
                    answer = ask("get_records", ShardIterator=iterator(self.kinesis, name, shard["ShardId"], kind))
                    used.append((answer["Records"], answer.get("ChildShards"), answer["MillisBehindLatest"]))
            summary = ask("describe_stream_summary", StreamName=name)["StreamDescriptionSummary"]
            if summary["StreamModeDetails"]["StreamMode"] == "PROVISIONED":
                target = summary["OpenShardCount"] * 2
                params = {"TargetShardCount": target, "ScalingType": "UNIFORM_SCALING"}
                used.append(ask("update_shard_count", StreamName=name, **params))
            self.cloud.clock.advance(20)
            used.append(shards_of(self.kinesis, name))
        ask("create_stream", StreamName="another", ShardCount=1)
        self.cloud.clock.advance(20)
        used.append(ask("describe_stream", StreamName="another"))
        used.append(self.sts.get_session_token()["Credentials"])
        if hasattr(self.kept, "assume_role"):
            used.append(self.kept.assume_role(RoleArn=ROLE, RoleSessionName="again")["Credentials"])
        return repr(used)


Act = Callable[[World], Any]
Row = strikes.Row[World]


QUICKLY = {"limits": minicloud.Limits(kinesis_transition_seconds=2), "clock": "frozen"}
"""In less time than a reader is kept waiting."""
SLOWLY = {"limits": minicloud.Limits(kinesis_transition_seconds=10)}
FROZEN = {"clock": "frozen"}


# --- what there is ---------------------------------------------------------------------------------------------------


def nothing(_: World) -> None:
    """An empty cloud."""


def wait(seconds: float) -> Act:
    return lambda w: w.cloud.clock.advance(seconds)


def do(*acts: Act) -> Act:
    """One after the other; what the last one returns."""

    def act(w: World) -> Any:
        return [each(w) for each in acts][-1]

    return act


def call(operation: str, **params: Any) -> Act:
    return lambda w: getattr(w.kinesis, operation)(**params)


def of_s(operation: str, **params: Any) -> Act:
    return call(operation, StreamName="s", **params)


def of_arn(operation: str, **params: Any) -> Act:
    return call(operation, StreamARN=f"{ARN}s", **params)


def entries(*places: int) -> list[dict[str, Any]]:
    """A record for each of sixteen parts of all hash keys, from 0 to 15."""
    return [
        {"Data": b"%d" % place, "PartitionKey": "p", "ExplicitHashKey": str(place * (TOP // 16 + 1))}
        for place in places
    ]


def stream(shards: int = 2, **params: Any) -> Act:
    """A stream ``s`` that has records."""

    def make(w: World) -> None:
        w.kinesis.create_stream(StreamName="s", **({"ShardCount": shards} if shards else {}), **params)
        w.kinesis.create_stream(StreamName="other", ShardCount=1)
        w.cloud.clock.advance(20)
        w.kinesis.put_records(StreamName="s", Records=entries(1, 6, 10, 15))

    return make


def consumer(w: World) -> str:
    arn: str = w.kinesis.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="c")["Consumer"]["ConsumerARN"]
    w.cloud.clock.advance(20)
    return arn


def resharded(w: World) -> None:
    """A stream one shard of which is closed, with its children."""
    stream()(w)
    split(0)(w)
    w.cloud.clock.advance(HOUR)
    w.kinesis.put_records(StreamName="s", Records=entries(1, 6, 10, 15))


def reader(w: World) -> str:
    """A consumer whose task has read all that there is, and waits."""
    arn = subscriber(w)
    w.turn()
    return arn


def two_readers(w: World) -> None:
    """The same, and another consumer of the same shard, who waits behind it."""
    reader(w)
    answer = w.kinesis.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="d")
    w.read_by(answer["Consumer"]["ConsumerARN"])
    w.turn()


def subscriber(w: World) -> str:
    """A consumer that is subscribed, and has read nothing yet."""
    stream()(w)
    arn = consumer(w)
    w.read_by(arn)
    return arn


def taken_over(w: World) -> str:
    """A consumer that reads, and may be subscribed anew."""
    arn = reader(w)
    w.cloud.clock.advance(6)
    return arn


def committed(w: World) -> None:
    """An account with a commitment, and a stream on demand."""
    w.kinesis.update_account_settings(MinimumThroughputBillingCommitment={"Status": "ENABLED"})
    stream(0)(w)


def policy(arn: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "111122223333"},
        "Action": ["kinesis:DescribeStreamConsumer" if "consumer/" in arn else "kinesis:PutRecord"],
        "Resource": arn,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def split(shard: int, hash_key: int = MIDDLE // 2) -> Act:
    return of_s("split_shard", ShardToSplit=shard_id(shard), NewStartingHashKey=str(hash_key))


def scale(target: int) -> Act:
    return of_s("update_shard_count", TargetShardCount=target, ScalingType="UNIFORM_SCALING")


def put(*places: int) -> Act:
    return of_s("put_records", Records=entries(*places))


def put_partly(*places: int) -> tuple[Act, ...]:
    return tuple(put(*places[:count]) for count in range(1, len(places)))


def read_shard(shard: int) -> Act:
    return lambda w: w.kinesis.get_records(ShardIterator=iterator(w.kinesis, "s", shard))


def tags(count: int) -> dict[str, str]:
    return {f"key{number}": f"value{number}" for number in range(count)}


def snapshot(w: World) -> Any:
    taken = w.cloud.snapshot()
    do(scale(4), put(3, 8), consumer, of_s("add_tags_to_stream", Tags=tags(2)))(w)
    return taken


MERGE = of_s("merge_shards", ShardToMerge=shard_id(0), AdjacentShardToMerge=shard_id(1))
REGISTER = call("register_stream_consumer", StreamARN=f"{ARN}s", ConsumerName="n", Tags=tags(2))
DEREGISTER = call("deregister_stream_consumer", StreamARN=f"{ARN}s", ConsumerName="c")
CREATE = call("create_stream", StreamName="n", ShardCount=3, Tags=tags(3), MaxRecordSizeInKiB=2048)
DELETE = of_s("delete_stream", EnforceConsumerDeletion=True)
LONGER = of_s("increase_stream_retention_period", RetentionPeriodHours=48)
SHORTER = of_s("decrease_stream_retention_period", RetentionPeriodHours=24)
ENCRYPT = of_s("start_stream_encryption", EncryptionType="KMS", KeyId="alias/k")
PLAIN = of_s("stop_stream_encryption", EncryptionType="KMS", KeyId="alias/k")
ON_DEMAND = of_arn("update_stream_mode", StreamModeDetails={"StreamMode": "ON_DEMAND"})
METRICS = ["IncomingBytes", "OutgoingBytes"]
ROLE = "arn:aws:iam::111122223333:role/r"


def identity_token() -> str:
    """A JSON web token that nobody has signed."""
    claims = {"iss": "https://example.com", "sub": "somebody", "aud": "minicloud", "exp": 2**33, "iat": 0}
    parts = [json.dumps(part).encode() for part in ({"alg": "RS256"}, claims)]
    return ".".join([*(urlsafe_b64encode(part).decode().rstrip("=") for part in parts), "c2lnbmF0dXJl"])


def in_session(w: World) -> Any:
    """A client of STS that has the credentials of a role."""
    made = w.sts.assume_role(RoleArn=ROLE, RoleSessionName="first")["Credentials"]
    return w.cloud.client(
        "sts",
        aws_access_key_id=made["AccessKeyId"],
        aws_secret_access_key=made["SecretAccessKey"],
        aws_session_token=made["SessionToken"],
    )


ROWS = {
    # Streams come and go.
    "make a stream": Row(stream(), CREATE),
    "make the first stream": Row(nothing, CREATE),
    "make a stream on demand": Row(committed, call("create_stream", StreamName="n", WarmThroughputMiBps=5)),
    "make a stream, slowly": Row(stream(), CREATE, options=SLOWLY),
    "make a stream, slowly, and wait": Row(stream(), do(CREATE, wait(20)), (CREATE,), options=SLOWLY),
    "wait for a stream": Row(do(stream(), CREATE), wait(20), options=SLOWLY),
    "delete a stream": Row(resharded, DELETE),
    "delete a stream on demand": Row(committed, DELETE),
    "delete a stream that is read": Row(reader, DELETE, options=FROZEN),
    "delete a stream, slowly": Row(do(stream(), consumer), DELETE, options=SLOWLY),
    "delete a stream, slowly, and wait": Row(stream(), do(DELETE, wait(20)), (DELETE,), options=SLOWLY),
    "delete a stream that is made": Row(do(stream(), CREATE), call("delete_stream", StreamName="n"), options=SLOWLY),
    "delete a stream that changes": Row(do(stream(), split(0)), DELETE, options=SLOWLY),
    "wait until a stream is gone": Row(do(reader, DELETE), wait(3), options=QUICKLY),
    "delete a stream and make it again": Row(
        resharded,
        do(DELETE, of_s("create_stream", ShardCount=1)),
        (DELETE,),
    ),
    # Shards.
    "split a shard": Row(stream(), split(0)),
    "split a child": Row(resharded, split(2, MIDDLE // 4)),
    "split a shard that is read": Row(two_readers, split(0), options=FROZEN),
    "split a shard, slowly": Row(stream(), split(0), options=SLOWLY),
    "wait for a split": Row(do(reader, split(0)), wait(3), options=QUICKLY),
    "split a shard, slowly, and wait": Row(stream(), do(split(0), wait(20)), (split(0),), options=SLOWLY),
    "merge shards": Row(stream(3), MERGE),
    "merge shards that are read": Row(reader, MERGE, options=FROZEN),
    "wait for a merge": Row(do(stream(3), MERGE), wait(20), options=SLOWLY),
    "scale up": Row(stream(), scale(4)),
    "scale up, unevenly": Row(stream(), scale(3)),
    "scale down": Row(stream(4), scale(2)),
    "scale up, read": Row(reader, scale(3), options=FROZEN),
    "scale, slowly": Row(stream(), scale(3), options=SLOWLY),
    "scale, slowly, and wait": Row(stream(), do(scale(3), wait(20)), (scale(3),), options=SLOWLY),
    "wait for scaling": Row(do(stream(), scale(3)), wait(20), options=SLOWLY),
    "scale for the tenth time": Row(do(stream(), *[scale(2)] * 9), scale(3)),
    # Consumers and their subscriptions.
    "register": Row(do(stream(), consumer), REGISTER),
    "register, slowly": Row(stream(), REGISTER, options=SLOWLY),
    "register, slowly, and wait": Row(stream(), do(REGISTER, wait(20)), (REGISTER,), options=SLOWLY),
    "wait for a consumer": Row(do(stream(), REGISTER), wait(20), options=SLOWLY),
    "deregister": Row(do(stream(), consumer), DEREGISTER),
    "deregister who reads": Row(reader, DEREGISTER, options=FROZEN),
    "deregister by its ARN": Row(
        do(stream(), consumer), lambda w: w.kinesis.deregister_stream_consumer(ConsumerARN=w.kept)
    ),
    "deregister, slowly": Row(do(stream(), consumer), DEREGISTER, options=SLOWLY),
    "deregister, slowly, and wait": Row(
        do(stream(), consumer), do(DEREGISTER, wait(20)), (DEREGISTER,), options=SLOWLY
    ),
    "wait until a consumer is gone": Row(do(reader, DEREGISTER), wait(3), options=QUICKLY),
    "deregister while it is registered": Row(
        do(stream(), REGISTER), of_arn("deregister_stream_consumer", ConsumerName="n"), options=SLOWLY
    ),
    "subscribe": Row(do(stream(), consumer), lambda w: w.read_by(w.kept)),
    "take a subscription over": Row(
        taken_over,
        lambda w: w.kinesis.subscribe_to_shard(
            ConsumerARN=w.kept, ShardId=shard_id(0), StartingPosition={"Type": "LATEST"}
        ),
        options=FROZEN,
    ),
    "feed a subscription": Row(reader, put(1), options=FROZEN),
    "feed a subscription a record": Row(
        reader, of_s("put_record", Data=b"new", PartitionKey="p", ExplicitHashKey="0"), options=FROZEN
    ),
    "feed two subscriptions": Row(two_readers, put(1, 2, 12), put_partly(1, 2, 12), options=FROZEN),
    "feed a subscription, and it reads": Row(reader, do(put(1), World.turn), (put(1),), options=FROZEN),
    "a heartbeat": Row(reader, wait(6), options=FROZEN),
    "the end of a subscription": Row(reader, wait(301), options=FROZEN),
    "read an event": Row(subscriber, World.read),
    "read an event by a task": Row(subscriber, World.turn, options=FROZEN),
    "read a heartbeat": Row(do(subscriber, World.read), World.read),
    "read the last event": Row(do(subscriber, split(0)), World.read),
    "read the end": Row(do(subscriber, split(0), World.read), World.read),
    "read that the consumer is gone": Row(do(subscriber, DEREGISTER), World.read),
    "end a subscription": Row(reader, lambda w: w.readers[0].stream.close(), options=FROZEN),
    # Settings.
    "keep records longer": Row(stream(), LONGER),
    "keep records shorter": Row(do(stream(), LONGER, wait(30 * HOUR), put(2)), SHORTER),
    "keep records shorter, slowly": Row(do(stream(), LONGER, wait(30 * HOUR), put(2)), SHORTER, options=SLOWLY),
    "keep shards shorter": Row(do(resharded, LONGER, wait(30 * HOUR), put(2)), SHORTER),
    "wait for a shorter retention": Row(
        do(stream(), LONGER, wait(30 * HOUR), put(2), SHORTER), wait(20), options=SLOWLY
    ),
    "encrypt": Row(stream(), ENCRYPT),
    "encrypt, slowly": Row(stream(), ENCRYPT, options=SLOWLY),
    "encrypt, slowly, and wait": Row(stream(), do(ENCRYPT, wait(20)), (ENCRYPT,), options=SLOWLY),
    "encrypt for the last time": Row(do(stream(), *[ENCRYPT] * 24), ENCRYPT),
    "encrypt no more": Row(do(stream(), ENCRYPT), PLAIN),
    "monitor": Row(stream(), of_s("enable_enhanced_monitoring", ShardLevelMetrics=METRICS)),
    "monitor, slowly": Row(stream(), of_s("enable_enhanced_monitoring", ShardLevelMetrics=METRICS), options=SLOWLY),
    "monitor less": Row(
        do(stream(), of_s("enable_enhanced_monitoring", ShardLevelMetrics=["ALL"])),
        of_s("disable_enhanced_monitoring", ShardLevelMetrics=METRICS),
    ),
    "go on demand": Row(stream(), ON_DEMAND),
    "go on demand, slowly": Row(stream(), ON_DEMAND, options=SLOWLY),
    "wait for the other mode": Row(do(stream(), ON_DEMAND), wait(20), options=SLOWLY),
    "go provisioned": Row(committed, of_arn("update_stream_mode", StreamModeDetails={"StreamMode": "PROVISIONED"})),
    "warm up": Row(committed, of_s("update_stream_warm_throughput", WarmThroughputMiBps=7)),
    "warm up, slowly": Row(committed, of_s("update_stream_warm_throughput", WarmThroughputMiBps=7), options=SLOWLY),
    "take larger records": Row(stream(), of_arn("update_max_record_size", MaxRecordSizeInKiB=4096)),
    "commit": Row(nothing, call("update_account_settings", MinimumThroughputBillingCommitment={"Status": "ENABLED"})),
    "end a commitment": Row(
        committed, call("update_account_settings", MinimumThroughputBillingCommitment={"Status": "DISABLED"})
    ),
    "commit again": Row(
        do(committed, call("update_account_settings", MinimumThroughputBillingCommitment={"Status": "DISABLED"})),
        call("update_account_settings", MinimumThroughputBillingCommitment={"Status": "ENABLED"}),
    ),
    # Tags and policies.
    "tag a stream": Row(stream(Tags=tags(2)), of_s("add_tags_to_stream", Tags=tags(4) | {"key0": "another"})),
    "untag a stream": Row(
        stream(Tags=tags(4)), of_s("remove_tags_from_stream", TagKeys=["key0", "key1", "none", "key3"])
    ),
    "tag a consumer": Row(do(stream(), consumer), lambda w: w.kinesis.tag_resource(ResourceARN=w.kept, Tags=tags(3))),
    "untag a consumer": Row(
        do(stream(), REGISTER, lambda w: w.kinesis.describe_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="n")),
        lambda w: w.kinesis.untag_resource(
            ResourceARN=w.kept["ConsumerDescription"]["ConsumerARN"], TagKeys=["key0", "key1"]
        ),
    ),
    "set a policy": Row(stream(), call("put_resource_policy", ResourceARN=f"{ARN}s", Policy=policy(f"{ARN}s"))),
    "set a consumer's policy": Row(
        do(stream(), consumer), lambda w: w.kinesis.put_resource_policy(ResourceARN=w.kept, Policy=policy(w.kept))
    ),
    "delete a policy": Row(
        do(stream(), call("put_resource_policy", ResourceARN=f"{ARN}s", Policy=policy(f"{ARN}s"))),
        call("delete_resource_policy", ResourceARN=f"{ARN}s"),
    ),
    # Records.
    "put a record": Row(stream(), of_s("put_record", Data=b"new", PartitionKey="p")),
    "put a record, encrypted": Row(do(stream(), ENCRYPT), of_s("put_record", Data=b"new", PartitionKey="p")),
    "put the first record": Row(
        of_s("create_stream", ShardCount=1), of_s("put_record", Data=b"new", PartitionKey="p", ExplicitHashKey="7")
    ),
    "put records": Row(stream(), put(1, 9, 2, 10), put_partly(1, 9, 2, 10)),
    "put a record when others expire": Row(
        do(resharded, wait(25 * HOUR)), of_s("put_record", Data=b"new", PartitionKey="p")
    ),
    "read records": Row(stream(), read_shard(0)),
    "read records to the end of a shard": Row(resharded, read_shard(0)),
    "read records when others expire": Row(do(resharded, wait(23.5 * HOUR)), read_shard(1)),
    "find that a shard expires": Row(do(resharded, wait(25 * HOUR)), of_s("list_shards")),
    "find that many shards expire": Row(do(stream(4), scale(2), wait(25 * HOUR)), of_s("describe_stream")),
    "wait until records expire": Row(resharded, do(wait(25 * HOUR), of_s("list_shards"))),
    # Everything.
    "restore": Row(do(resharded, snapshot), lambda w: w.cloud.restore(w.kept)),
    "reset": Row(resharded, lambda w: w.cloud.reset()),
    # STS.
    "assume a role": Row(nothing, lambda w: w.sts.assume_role(RoleArn=ROLE, RoleSessionName="me")),
    "assume a role by a token": Row(
        nothing,
        lambda w: w.sts.assume_role_with_web_identity(
            RoleArn=ROLE, RoleSessionName="me", WebIdentityToken=identity_token()
        ),
    ),
    "get a session token": Row(nothing, lambda w: w.sts.get_session_token()),
    "assume a role in a session": Row(in_session, lambda w: w.kept.assume_role(RoleArn=ROLE, RoleSessionName="second")),
    "who am I": Row(nothing, lambda w: w.sts.get_caller_identity()),
}


# --- striking them ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("name", ROWS)
def test_an_interrupted_call_has_happened_or_has_not(name: str, form: Form) -> None:
    wrong = form.wrong_places(ROWS[name], World)
    assert not wrong, "\n".join(wrong)


def test_what_a_shard_takes_a_second_is_what_was_put() -> None:
    def make() -> Any:
        cloud = minicloud.Cloud(clock="virtual", seed=1, limits="strict")
        kinesis = cloud.client("kinesis")
        kinesis.create_stream(StreamName="s", ShardCount=1)
        cloud.clock.advance(60)
        put(kinesis, 1000)
        return cloud, kinesis

    def put(kinesis: Any, size: int) -> Any:
        return kinesis.put_record(StreamName="s", Data=bytes(size - 1), PartitionKey="p")

    _, kinesis = make()
    places, _ = by_profile(lambda: put(kinesis, 600_000), 0)
    for n in range(1, places + 1, strikes.STRIDE if is_deep() else 3):
        cloud, kinesis = make()
        _, place = by_profile(lambda kinesis=kinesis: put(kinesis, 600_000), n)
        room = 2**20 - sum(len(record.data) + 1 for record in cloud.stream("s").records)
        assert room in (2**20 - 1000, 2**20 - 601_000), place
        put(kinesis, room)
        assert refusal(put, kinesis=kinesis, size=2)[0] == "ProvisionedThroughputExceededException", place

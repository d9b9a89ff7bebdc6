"""A consumer with enhanced fan-out, with boto3: events come over the event stream of SubscribeToShard."""

import time

import boto3

kinesis = boto3.client("kinesis")
kinesis.create_stream(StreamName="clicks", ShardCount=1)
kinesis.get_waiter("stream_exists").wait(StreamName="clicks", WaiterConfig={"Delay": 1, "MaxAttempts": 5})
stream = kinesis.describe_stream_summary(StreamName="clicks")["StreamDescriptionSummary"]["StreamARN"]
consumer = kinesis.register_stream_consumer(StreamARN=stream, ConsumerName="reader")["Consumer"]["ConsumerARN"]
while kinesis.describe_stream_consumer(ConsumerARN=consumer)["ConsumerDescription"]["ConsumerStatus"] != "ACTIVE":
    time.sleep(0.05)
answer = kinesis.subscribe_to_shard(
    ConsumerARN=consumer, ShardId="shardId-000000000000", StartingPosition={"Type": "TRIM_HORIZON"}
)
kinesis.put_records(
    StreamName="clicks", Records=[{"Data": str(number).encode(), "PartitionKey": "a"} for number in range(3)]
)
seen = []
for event in answer["EventStream"]:
    seen += [record["Data"].decode() for record in event["SubscribeToShardEvent"]["Records"]]
    if len(seen) == 3:
        break
answer["EventStream"].close()
print(seen)

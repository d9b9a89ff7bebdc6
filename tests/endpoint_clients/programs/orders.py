"""A shop's order desk, with boto3 of any release: orders over SNS to a queue, invoices and a ledger in Kinesis."""

import json

import boto3

sqs, sns, kinesis, sts = (boto3.client(name) for name in ("sqs", "sns", "kinesis", "sts"))
print(boto3.__version__, sts.get_caller_identity()["Account"])

dead = sqs.create_queue(QueueName="orders-dead")["QueueUrl"]
dead_arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
policy = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 2})
url = sqs.create_queue(QueueName="orders", Attributes={"RedrivePolicy": policy, "VisibilityTimeout": "30"})["QueueUrl"]
arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
topic = sns.create_topic(Name="orders", Tags=[{"Key": "team", "Value": "shop"}])["TopicArn"]
sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
kinesis.create_stream(StreamName="ledger", ShardCount=2)
kinesis.get_waiter("stream_exists").wait(StreamName="ledger", WaiterConfig={"Delay": 1, "MaxAttempts": 5})

for number in range(3):
    attributes = {
        "kind": {"DataType": "String", "StringValue": "Bücher"},
        "raw": {"DataType": "Binary", "BinaryValue": b"\0\xff"},
    }
    sns.publish(TopicArn=topic, Message=f"order {number} <&> é", MessageAttributes=attributes)
sent = sqs.send_message_batch(
    QueueUrl=url,
    Entries=[{"Id": "good", "MessageBody": "by hand"}, {"Id": "bad", "MessageBody": "late", "DelaySeconds": 5000}],
)
assert [one["Id"] for one in sent["Successful"]] == ["good"], sent
assert [one["Id"] for one in sent["Failed"]] == ["bad"], sent

handled = []
while len(handled) < 4:
    answer = sqs.receive_message(
        QueueUrl=url, WaitTimeSeconds=5, MaxNumberOfMessages=10, MessageAttributeNames=["All"], AttributeNames=["All"]
    )
    for message in answer.get("Messages", ()):
        handled.append(message["Body"])
        raw = message.get("MessageAttributes", {}).get("raw", {}).get("BinaryValue", b"\0\xff")
        assert raw == b"\0\xff", raw
        kinesis.put_record(StreamName="ledger", Data=message["Body"].encode(), PartitionKey=message["MessageId"])
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

records = []
for shard in kinesis.list_shards(StreamName="ledger")["Shards"]:
    iterator = kinesis.get_shard_iterator(
        StreamName="ledger", ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    records += [record["Data"].decode() for record in kinesis.get_records(ShardIterator=iterator)["Records"]]
assert sorted(records) == sorted(handled)

try:
    sqs.get_queue_url(QueueName="missing")
except sqs.exceptions.QueueDoesNotExist as error:
    assert error.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue", error.response
else:
    raise AssertionError
print(json.dumps(sorted(handled)))

// A shop in JavaScript: SNS to SQS, a consumer that polls (sqs-consumer), and Kinesis as its clients come: in HTTP/2.
import { CreateQueueCommand, GetQueueUrlCommand, SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateStreamCommand, DescribeStreamConsumerCommand, KinesisClient, PutRecordsCommand, RegisterStreamConsumerCommand,
  SubscribeToShardCommand, waitUntilStreamExists,
} from "@aws-sdk/client-kinesis";
import { Consumer } from "sqs-consumer";

const sqs = new SQSClient({}), sns = new SNSClient({}), kinesis = new KinesisClient({});
const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "orders" }));
const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "orders" }));
await sns.send(new SubscribeCommand({
  TopicArn, Protocol: "sqs", Endpoint: TopicArn.replace(":sns:", ":sqs:"), Attributes: { RawMessageDelivery: "true" },
}));
await sns.send(new PublishCommand({ TopicArn, Message: "order 0 <&> é" }));
// The client takes MD5s of what it sends, and compares.
await sqs.send(new SendMessageBatchCommand({
  QueueUrl,
  Entries: [1, 2].map((n) => ({ Id: `n${n}`, MessageBody: `order ${n}`, MessageAttributes: { n: { DataType: "Number", StringValue: `${n}` } } })),
}));
const handled = [];
await new Promise((resolve, reject) => {
  const consumer = Consumer.create({
    sqs, queueUrl: QueueUrl, waitTimeSeconds: 5, batchSize: 10, messageAttributeNames: ["All"],
    handleMessage: async (message) => {
      handled.push(message.Body);
      if (handled.length === 3) { consumer.stop(); resolve(); }
      return message;
    },
  });
  consumer.on("error", reject);
  consumer.start();
});

await kinesis.send(new CreateStreamCommand({ StreamName: "ledger", ShardCount: 1 }));
await waitUntilStreamExists({ client: kinesis, maxWaitTime: 10, minDelay: 1 }, { StreamName: "ledger" });
const StreamARN = TopicArn.replace(":sns:", ":kinesis:").replace(/orders$/, "stream/ledger");
const { Consumer: { ConsumerARN } } = await kinesis.send(new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: "audit" }));
while ((await kinesis.send(new DescribeStreamConsumerCommand({ ConsumerARN }))).ConsumerDescription.ConsumerStatus !== "ACTIVE");
const { EventStream } = await kinesis.send(new SubscribeToShardCommand({
  ConsumerARN, ShardId: "shardId-000000000000", StartingPosition: { Type: "TRIM_HORIZON" },
}));
await kinesis.send(new PutRecordsCommand({
  StreamName: "ledger", Records: handled.map((body) => ({ PartitionKey: "a", Data: Buffer.from(body) })),
}));
const ledger = [];
for await (const { SubscribeToShardEvent } of EventStream) {
  ledger.push(...SubscribeToShardEvent.Records.map((record) => Buffer.from(record.Data).toString()));
  if (ledger.length === 3) break;
}

let code = "";
try { await sqs.send(new GetQueueUrlCommand({ QueueName: "missing" })); } catch (error) { code = error.name; }
console.log(JSON.stringify({ ledger: ledger.sort(), code }));
process.exit(0); // a subscription goes on for five minutes

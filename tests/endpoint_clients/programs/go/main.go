// A shop in Go: SNS to SQS, and a ledger in Kinesis, read by GetRecords and by SubscribeToShard.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"sort"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	kinesistypes "github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Panic(err)
	}
	return value
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	settings := must(config.LoadDefaultConfig(ctx))
	queues, topics, streams := sqs.NewFromConfig(settings), sns.NewFromConfig(settings), kinesis.NewFromConfig(settings)

	url := must(queues.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String("orders")})).QueueUrl
	topic := must(topics.CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String("orders")})).TopicArn
	must(topics.Subscribe(ctx, &sns.SubscribeInput{
		TopicArn: topic, Protocol: aws.String("sqs"), Endpoint: aws.String(strings.Replace(*topic, ":sns:", ":sqs:", 1)),
		Attributes: map[string]string{"RawMessageDelivery": "true"},
	}))
	must(topics.Publish(ctx, &sns.PublishInput{TopicArn: topic, Message: aws.String("order 0 <&> é")}))
	must(queues.SendMessage(ctx, &sqs.SendMessageInput{
		QueueUrl: url, MessageBody: aws.String("order 1"),
		MessageAttributes: map[string]types.MessageAttributeValue{
			"raw": {DataType: aws.String("Binary"), BinaryValue: []byte{0, 255}},
		},
	}))
	var handled []string
	for len(handled) < 2 {
		answer := must(queues.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: url, WaitTimeSeconds: 5, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"},
		}))
		for _, message := range answer.Messages {
			handled = append(handled, *message.Body)
			must(queues.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: url, ReceiptHandle: message.ReceiptHandle}))
		}
	}

	name := aws.String("ledger")
	must(streams.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: name, ShardCount: aws.Int32(1)}))
	described := &kinesis.DescribeStreamInput{StreamName: name}
	must(0, kinesis.NewStreamExistsWaiter(streams, func(o *kinesis.StreamExistsWaiterOptions) {
		o.MinDelay = 100 * time.Millisecond
	}).Wait(ctx, described, 10*time.Second))
	arn := must(streams.DescribeStream(ctx, described)).StreamDescription.StreamARN
	consumer := must(streams.RegisterStreamConsumer(ctx, &kinesis.RegisterStreamConsumerInput{
		StreamARN: arn, ConsumerName: aws.String("audit"),
	})).Consumer.ConsumerARN
	for must(streams.DescribeStreamConsumer(ctx, &kinesis.DescribeStreamConsumerInput{ConsumerARN: consumer})).
		ConsumerDescription.ConsumerStatus != kinesistypes.ConsumerStatusActive {
	}
	events := must(streams.SubscribeToShard(ctx, &kinesis.SubscribeToShardInput{
		ConsumerARN: consumer, ShardId: aws.String("shardId-000000000000"),
		StartingPosition: &kinesistypes.StartingPosition{Type: kinesistypes.ShardIteratorTypeTrimHorizon},
	})).GetStream()
	for _, body := range handled {
		must(streams.PutRecord(ctx, &kinesis.PutRecordInput{
			StreamName: name, Data: []byte(body), PartitionKey: aws.String("a"),
		}))
	}
	var ledger []string
	for len(ledger) < 2 {
		event := (<-events.Events()).(*kinesistypes.SubscribeToShardEventStreamMemberSubscribeToShardEvent)
		for _, record := range event.Value.Records {
			ledger = append(ledger, string(record.Data))
		}
	}
	events.Close()
	sort.Strings(ledger)

	_, err := queues.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: aws.String("missing")})
	var missing *types.QueueDoesNotExist
	fmt.Println(string(must(json.Marshal(map[string]any{"ledger": ledger, "missing": errors.As(err, &missing)}))))
}

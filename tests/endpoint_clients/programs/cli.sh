# What somebody does at a prompt, with any release of AWS's CLI: $AWS is the command.
set -euo pipefail
export AWS_PAGER=
aws() { $AWS --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }

url=$(aws sqs create-queue --queue-name cli --attributes VisibilityTimeout=60 --query QueueUrl --output text)
topic=$(aws sns create-topic --name cli --query TopicArn --output text)
aws sns subscribe --topic-arn "$topic" --protocol sqs --notification-endpoint "${topic/:sns:/:sqs:}" \
    --attributes RawMessageDelivery=true >subscribed.json
aws sns publish --topic-arn "$topic" --message "good morning"
body=$(aws sqs receive-message --queue-url "$url" --wait-time-seconds 5 --query 'Messages[0].Body' --output text)
[ "$body" = "good morning" ]
aws kinesis create-stream --stream-name cli --shard-count 1
aws kinesis wait stream-exists --stream-name cli
aws kinesis put-record --stream-name cli --partition-key a --data aGVsbG8=
if aws sqs get-queue-url --queue-name missing 2>error.txt; then exit 1; fi
grep -q "NonExistentQueue" error.txt
aws sts get-caller-identity --no-sign-request --query Account --output text

#!/usr/bin/env bash
# queues.sh deploy NAME      make a queue, and one for its dead letters
# queues.sh count NAME       how many messages wait, and how many dead letters
# queues.sh redrive NAME     move the dead letters back to where they came from
set -euo pipefail

sqs() {
    aws ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} sqs "$@" --output text
}

url() {
    sqs get-queue-url --queue-name "$1" --query QueueUrl
}

attribute() {
    sqs get-queue-attributes --queue-url "$(url "$1")" --attribute-names "$2" --query "Attributes.$2"
}

case $1 in
deploy)
    sqs create-queue --queue-name "$2-dead" --attributes MessageRetentionPeriod=1209600 >/dev/null
    policy=$(printf '{\\"deadLetterTargetArn\\":\\"%s\\",\\"maxReceiveCount\\":2}' "$(attribute "$2-dead" QueueArn)")
    sqs create-queue --queue-name "$2" --attributes "{\"RedrivePolicy\":\"$policy\"}" --query QueueUrl
    ;;
count)
    echo "$(attribute "$2" ApproximateNumberOfMessages) $(attribute "$2-dead" ApproximateNumberOfMessages)"
    ;;
redrive)
    sqs start-message-move-task --source-arn "$(attribute "$2-dead" QueueArn)" --query TaskHandle >/dev/null
    ;;
esac

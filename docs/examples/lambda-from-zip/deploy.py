"""Makes what the billing service needs."""

import io
import json
import zipfile
from pathlib import Path

import boto3

MAY_ASSUME = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [MAY_ASSUME]})
POLICY = "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole"
CODE = Path(__file__).with_name("lambda_function.py")


def archive() -> bytes:
    """The code, zipped."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        file.write(CODE, CODE.name)
    return data.getvalue()


def deploy() -> str:
    """Returns the URL of the queue that orders are sent to."""
    sqs, functions, iam = boto3.client("sqs"), boto3.client("lambda"), boto3.client("iam")
    role = iam.create_role(RoleName="billing", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    iam.attach_role_policy(RoleName="billing", PolicyArn=POLICY)
    iam.get_waiter("role_exists").wait(RoleName="billing")

    bills = sqs.create_queue(QueueName="bills")["QueueUrl"]
    dead = sqs.create_queue(QueueName="orders-dlq")["QueueUrl"]
    redrive = json.dumps({"deadLetterTargetArn": arn_of(sqs, dead), "maxReceiveCount": 3})
    attributes = {"VisibilityTimeout": "60", "RedrivePolicy": redrive}
    orders = sqs.create_queue(QueueName="orders", Attributes=attributes)["QueueUrl"]
    functions.create_function(
        FunctionName="billing",
        Runtime="python3.12",
        Role=role,
        Handler="lambda_function.lambda_handler",
        Code={"ZipFile": archive()},
        Timeout=10,
        Environment={"Variables": {"BILLS_URL": bills}},
    )
    functions.get_waiter("function_active_v2").wait(FunctionName="billing")
    functions.create_event_source_mapping(EventSourceArn=arn_of(sqs, orders), FunctionName="billing", BatchSize=1)
    return orders


def arn_of(sqs, url: str) -> str:
    """A queue's ARN."""
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

"""Bills orders, and tells of each bill. Deployed to AWS as it is."""

import json
import logging
import os

import boto3

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def lambda_handler(event, context):
    """For messages of a queue."""
    sqs = boto3.client("sqs")
    for record in event["Records"]:
        order = json.loads(record["body"])
        if order["amount"] < 0:
            raise ValueError(f"order {order['id']} cannot be billed")
        logger.info("billed order %s", order["id"])
        sqs.send_message(QueueUrl=os.environ["BILLS_URL"], MessageBody=json.dumps({"bill": order["id"]}))

"""Endpoints to subscribe, and what a subscription says of itself."""

from __future__ import annotations

ACCOUNT = "123456789012"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:queue"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:handler"
STREAM = f"arn:aws:firehose:us-east-1:{ACCOUNT}:deliverystream/stream"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/firehose"
OTHER_ACCOUNT = "111111111111"
DAY = 86_400


def attributes_of(sns, arn):
    return sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]


def token_in(departure):
    return departure.body.split("Token=")[1].split('"')[0].split()[0]

"""Whose a host is, in any partition; what a queue's record says to whom it is handed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from minicloud.core.hosts import Host, _pattern, global_host_of, global_region_of, is_of_aws, read_host
from minicloud.core.message_records import queue_event, queue_record, size_of, upper_bound

ENDS = {
    "us-east-1": ("amazonaws.com", "api.aws"),
    "us-gov-west-1": ("amazonaws.com", "api.aws"),
    "cn-north-1": ("amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    "us-iso-east-1": ("c2s.ic.gov", "api.aws.ic.gov"),
    "us-isob-east-1": ("sc2s.sgov.gov", "api.aws.scloud"),
    "us-isof-south-1": ("csp.hci.ic.gov", "api.aws.hci.ic.gov"),
    "eu-isoe-west-1": ("cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    "eusc-de-east-1": ("amazonaws.eu", "api.amazonwebservices.eu"),
}
"""Of hosts, and of those of dual stack. [botocore's partitions.json]"""


@pytest.mark.parametrize("region", ENDS)
def test_hosts_of_a_partition(region: str) -> None:
    _pattern.cache_clear()
    for end in ENDS[region]:
        for written, service in (
            ("sqs", "sqs"),
            ("sns", "sns"),
            ("sts", "sts"),
            ("monitoring", "cloudwatch"),
            ("kinesis", "kinesis"),
            ("123456789012.data-kinesis", "kinesis"),
            ("123456789012.control-kinesis-queues", "kinesis"),
        ):
            for fips in ("", "-fips"):
                host = f"{written}{fips}.{region}.{end}"
                assert read_host(host) == read_host(host.upper()) == Host(service, region), host
                assert is_of_aws(host)
        assert read_host(f"s3.{region}.{end}") is None
        assert read_host(f"sqs.{region}.{end}.example") is None


def test_hosts_of_the_first_years() -> None:
    assert read_host("queue.amazonaws.com") == Host("sqs", "us-east-1")
    assert read_host("eu-west-1.queue.amazonaws.com") == Host("sqs", "eu-west-1")
    assert read_host("cn-north-1.queue.amazonaws.com.cn") == Host("sqs", "cn-north-1")
    assert read_host("sts.amazonaws.com") == Host("sts", "us-east-1")
    assert read_host("sqs.amazonaws.com") is None


@pytest.mark.parametrize(
    ("region", "host", "place"),
    [
        ("us-east-1", "iam.amazonaws.com", "aws-global"),
        ("eu-west-1", "iam.amazonaws.com", "aws-global"),
        ("cn-northwest-1", "iam.cn-north-1.amazonaws.com.cn", "aws-cn-global"),
        ("us-gov-east-1", "iam.us-gov.amazonaws.com", "aws-us-gov-global"),
        ("us-iso-west-1", "iam.us-iso-east-1.c2s.ic.gov", "aws-iso-global"),
        ("us-isob-west-1", "iam.us-isob-east-1.sc2s.sgov.gov", "aws-iso-b-global"),
        ("us-isof-east-1", "iam.us-isof-south-1.csp.hci.ic.gov", "aws-iso-f-global"),
        ("eusc-de-east-1", "iam.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
        ("eu-isoe-west-1", "iam.eu-isoe-west-1.cloud.adc-e.uk", "eu-isoe-west-1"),
    ],
)
def test_services_that_are_one_for_a_partition(region: str, host: str, place: str) -> None:
    """[endpoint rules of IAM, botocore 1.44.8]"""
    assert global_host_of("iam", region) == host
    assert global_region_of(region) == place


ARN = "arn:aws:sqs:eu-west-1:123456789012:q"
MESSAGE: dict[str, Any] = {
    "MessageId": "id",
    "ReceiptHandle": "handle",
    "Body": "caf\u00e9",
    "MD5OfBody": "digest",
    "Attributes": {
        "SentTimestamp": "2",
        "ApproximateReceiveCount": "1",
        "SenderId": "sender",
        "ApproximateFirstReceiveTimestamp": "3",
    },
}


def test_a_record_of_a_message() -> None:
    """In AWS's order."""
    [record] = queue_event([MESSAGE], ARN, "eu-west-1", is_windowed=False)["Records"]
    assert record == queue_record(MESSAGE, ARN, is_windowed=False)
    order = "messageId receiptHandle body attributes messageAttributes md5OfBody eventSource eventSourceARN awsRegion"
    assert " ".join(record) == order
    assert record == {
        "messageId": "id",
        "receiptHandle": "handle",
        "body": "caf\u00e9",
        "attributes": MESSAGE["Attributes"],
        "messageAttributes": {},
        "md5OfBody": "digest",
        "eventSource": "aws:sqs",
        "eventSourceARN": ARN,
        "awsRegion": "eu-west-1",
    }
    assert queue_record(MESSAGE, ARN, is_windowed=True)["md5OfMessageAttributes"] is None


def test_attributes_of_a_message_in_its_record() -> None:
    text, data = {"DataType": "String", "StringValue": "v"}, {"DataType": "Binary.x", "BinaryValue": b"\xff"}
    message = {**MESSAGE, "MessageAttributes": {"t": text, "b": data}, "MD5OfMessageAttributes": "m"}
    record = queue_record(message, ARN, is_windowed=False)
    assert record["md5OfMessageAttributes"] == "m"
    lists: dict[str, Any] = {"stringListValues": [], "binaryListValues": []}
    assert record["messageAttributes"] == {
        "t": {"stringValue": "v", **lists, "dataType": "String"},
        "b": {"binaryValue": "/w==", **lists, "dataType": "Binary.x"},
    }
    whole = json.dumps(queue_record(message, ARN, is_windowed=True), ensure_ascii=False, separators=(",", ":"))
    assert size_of(message, ARN) == len(whole.encode()) + 1
    assert upper_bound(message) >= size_of(message, ARN)

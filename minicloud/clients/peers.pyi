# The clients' types in boto3-stubs and in types-aiobotocore. Where these are installed, minicloud's clients are such
# clients to a type checker, so an application that is annotated with them takes minicloud's. Where they are not, the
# names are Any, and so is what a client is asked for that minicloud does not declare. No program imports this file.

from mypy_boto3_kinesis import KinesisClient as BotoKinesisClient
from mypy_boto3_sns import SNSClient as BotoSNSClient
from mypy_boto3_sqs import SQSClient as BotoSQSClient
from mypy_boto3_sts import STSClient as BotoSTSClient
from types_aiobotocore_kinesis import KinesisClient as AioKinesisClient
from types_aiobotocore_sns import SNSClient as AioSNSClient
from types_aiobotocore_sqs import SQSClient as AioSQSClient
from types_aiobotocore_sts import STSClient as AioSTSClient

__all__ = [
    "AioKinesisClient",
    "AioSNSClient",
    "AioSQSClient",
    "AioSTSClient",
    "BotoKinesisClient",
    "BotoSNSClient",
    "BotoSQSClient",
    "BotoSTSClient",
]

"""What makes the clients of a cloud: boto3-like ones, aiobotocore-like ones, resources and sessions.

Type checkers know of each service which client it has; at run time all are made in one way (``session``).
"""

from __future__ import annotations

from ..engine.engine import Engine

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from typing import Any, Literal, overload

    from ..services.argument_types import ServiceName
    from . import peers
    from .session import Session
    from .sns_resources import SnsResource
    from .sqs_resources import SqsResource

__all__ = ["ClientMaker"]


class ClientMaker(Engine):
    """A cloud at work, with clients."""

    if TYPE_CHECKING:

        @overload
        def client(
            self, service_name: Literal["sqs"], region_name: str | None = ..., **options: Any
        ) -> peers.SqsClient: ...
        @overload
        def client(
            self, service_name: Literal["sns"], region_name: str | None = ..., **options: Any
        ) -> peers.SnsClient: ...
        @overload
        def client(
            self, service_name: Literal["kinesis"], region_name: str | None = ..., **options: Any
        ) -> peers.KinesisClient: ...
        @overload
        def client(
            self, service_name: Literal["lambda"], region_name: str | None = ..., **options: Any
        ) -> peers.LambdaClient: ...
        @overload
        def client(
            self, service_name: Literal["sts"], region_name: str | None = ..., **options: Any
        ) -> peers.StsClient: ...
        @overload
        def client(
            self, service_name: Literal["cloudwatch"], region_name: str | None = ..., **options: Any
        ) -> peers.CloudwatchClient: ...
        @overload
        def client(
            self, service_name: Literal["events"], region_name: str | None = ..., **options: Any
        ) -> peers.EventsClient: ...
        @overload
        def client(
            self, service_name: Literal["application-autoscaling"], region_name: str | None = ..., **options: Any
        ) -> peers.ApplicationAutoscalingClient: ...
        @overload
        def client(
            self, service_name: Literal["iam"], region_name: str | None = ..., **options: Any
        ) -> peers.IamClient: ...
        @overload
        def client(
            self, service_name: Literal["logs"], region_name: str | None = ..., **options: Any
        ) -> peers.LogsClient: ...
        @overload
        def client(
            self, service_name: Literal["s3"], region_name: str | None = ..., **options: Any
        ) -> peers.S3Client: ...
        @overload
        def client(
            self, service_name: Literal["firehose"], region_name: str | None = ..., **options: Any
        ) -> peers.FirehoseClient: ...
        @overload
        def client(
            self, service_name: Literal["pipes"], region_name: str | None = ..., **options: Any
        ) -> peers.PipesClient: ...
        @overload
        def client(
            self, service_name: Literal["scheduler"], region_name: str | None = ..., **options: Any
        ) -> peers.SchedulerClient: ...

    def client(self, service_name: ServiceName, region_name: str | None = None, **options: Any) -> Any:
        """A boto3-like client of a service: ``"sqs"``, ``"sns"``, ``"kinesis"``, ``"lambda"``, ``"cloudwatch"`` ...

        Takes boto3's keyword arguments of ``client()``; endpoints, TLS settings, and credentials that STS has not made
        have no meaning here. ``account_id`` makes a client of another account of the same cloud. Costs microseconds.
        Raises ``UsageError`` for a service that minicloud does not have.
        """
        return self.session(region_name=region_name).client(service_name, **options)

    if TYPE_CHECKING:

        @overload
        def async_client(
            self, service_name: Literal["sqs"], region_name: str | None = ..., **options: Any
        ) -> peers.AsyncSqsClient: ...
        @overload
        def async_client(
            self, service_name: Literal["sns"], region_name: str | None = ..., **options: Any
        ) -> peers.AsyncSnsClient: ...
        @overload
        def async_client(
            self, service_name: Literal["kinesis"], region_name: str | None = ..., **options: Any
        ) -> peers.AsyncKinesisClient: ...
        @overload
        def async_client(
            self, service_name: Literal["lambda"], region_name: str | None = ..., **options: Any
        ) -> peers.AsyncLambdaClient: ...
        @overload
        def async_client(
            self, service_name: Literal["sts"], region_name: str | None = ..., **options: Any
        ) -> peers.AsyncStsClient: ...
        @overload
        def async_client(
            self, service_name: Literal["cloudwatch"], region_name: str | None = ..., **options: Any
        ) -> peers.AsyncCloudwatchClient: ...
        @overload
        def async_client(
            self, service_name: Literal["events"], region_name: str | None = ..., **options: Any
        ) -> peers.AsyncEventsClient: ...
        @overload
        def async_client(
            self, service_name: Literal["application-autoscaling"], region_name: str | None = ..., **options: Any
        ) -> peers.AsyncApplicationAutoscalingClient: ...
        @overload
        def async_client(
            self, service_name: Literal["iam"], region_name: str | None = ..., **options: Any
        ) -> peers.AsyncIamClient: ...
        @overload
        def async_client(
            self, service_name: Literal["logs"], region_name: str | None = ..., **options: Any
        ) -> peers.AsyncLogsClient: ...
        @overload
        def async_client(
            self, service_name: Literal["s3"], region_name: str | None = ..., **options: Any
        ) -> peers.AsyncS3Client: ...
        @overload
        def async_client(
            self, service_name: Literal["firehose"], region_name: str | None = ..., **options: Any
        ) -> peers.AsyncFirehoseClient: ...
        @overload
        def async_client(
            self, service_name: Literal["pipes"], region_name: str | None = ..., **options: Any
        ) -> peers.AsyncPipesClient: ...
        @overload
        def async_client(
            self, service_name: Literal["scheduler"], region_name: str | None = ..., **options: Any
        ) -> peers.AsyncSchedulerClient: ...

    def async_client(self, service_name: ServiceName, region_name: str | None = None, **options: Any) -> Any:
        """An aiobotocore-like client: the same methods, awaitable; also usable in ``async with``."""
        return self.session(region_name=region_name).async_client(service_name, **options)

    if TYPE_CHECKING:

        @overload
        def resource(
            self, service_name: Literal["sqs"], region_name: str | None = ..., **options: Any
        ) -> SqsResource: ...
        @overload
        def resource(
            self, service_name: Literal["sns"], region_name: str | None = ..., **options: Any
        ) -> SnsResource: ...

    def resource(self, service_name: Literal["sqs", "sns"], region_name: str | None = None, **options: Any) -> Any:
        """A boto3-like resource of ``"sqs"`` or ``"sns"``, with ``Queue``, ``Topic`` and the like.

        Takes the arguments of ``client``. Raises ``UsageError`` for another service.
        """
        return self.session(region_name=region_name).resource(service_name, **options)

    def session(self, **options: Any) -> Session:
        """A boto3-like ``Session`` on this cloud; takes ``region_name``, ``account_id`` and boto3's other arguments."""
        from .session import Session

        return Session(cloud=self, **options)

"""The default cloud, and what stands in for boto3's module on it: ``client``, ``resource`` and ``Session``."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Literal, overload

from .clients.session import Session
from .cloud import Cloud
from .engine import locks, new_clouds
from .engine.forks import in_forked_processes

if TYPE_CHECKING:
    from .clients.peers import (
        ApplicationAutoscalingClient,
        CloudwatchClient,
        EventsClient,
        FirehoseClient,
        IamClient,
        KinesisClient,
        LambdaClient,
        LogsClient,
        PipesClient,
        S3Client,
        SchedulerClient,
        SnsClient,
        SqsClient,
        StsClient,
    )
    from .clients.sns_resources import SnsResource
    from .clients.sqs_resources import SqsResource
    from .services.argument_types import ServiceName

__all__ = ["Session", "client", "default_cloud", "is_default", "resource"]

_default_cloud: Cloud | None = None
_making = locks.lock()
"""Two threads that ask at once get the same cloud."""


@in_forked_processes
def _start_over() -> None:
    global _making  # noqa: PLW0603  # another thread may have held it, and was not copied
    _making = locks.lock()


def default_cloud() -> Cloud:
    """The one cloud behind ``minicloud.client`` and ``minicloud.resource``, made when it is first asked for.

    It has a real clock, and the region that boto3 would take when it is made; of a test it takes no marker, as it
    outlives it. The only cloud that minicloud keeps in a module. ``minicloud.default_cloud().reset()`` empties it.
    """
    global _default_cloud  # noqa: PLW0603  # the default cloud is one for the whole process
    with _making:
        if _default_cloud is None:
            new_clouds.makers_of_default.append(threading.get_ident())
            try:
                _default_cloud = Cloud._where_boto3_is("minicloud.default_cloud()", {})
            finally:
                new_clouds.makers_of_default.clear()
        return _default_cloud


def is_default(cloud: Cloud) -> bool:
    """Whether it is the default cloud, which is not made for this."""
    return cloud is _default_cloud


@overload
def client(service_name: Literal["sqs"], region_name: str | None = ..., **options: Any) -> SqsClient: ...
@overload
def client(service_name: Literal["sns"], region_name: str | None = ..., **options: Any) -> SnsClient: ...
@overload
def client(service_name: Literal["kinesis"], region_name: str | None = ..., **options: Any) -> KinesisClient: ...
@overload
def client(service_name: Literal["lambda"], region_name: str | None = ..., **options: Any) -> LambdaClient: ...
@overload
def client(service_name: Literal["sts"], region_name: str | None = ..., **options: Any) -> StsClient: ...
@overload
def client(service_name: Literal["cloudwatch"], region_name: str | None = ..., **options: Any) -> CloudwatchClient: ...
@overload
def client(service_name: Literal["events"], region_name: str | None = ..., **options: Any) -> EventsClient: ...
@overload
def client(
    service_name: Literal["application-autoscaling"], region_name: str | None = ..., **options: Any
) -> ApplicationAutoscalingClient: ...
@overload
def client(service_name: Literal["iam"], region_name: str | None = ..., **options: Any) -> IamClient: ...
@overload
def client(service_name: Literal["logs"], region_name: str | None = ..., **options: Any) -> LogsClient: ...
@overload
def client(service_name: Literal["s3"], region_name: str | None = ..., **options: Any) -> S3Client: ...
@overload
def client(service_name: Literal["firehose"], region_name: str | None = ..., **options: Any) -> FirehoseClient: ...
@overload
def client(service_name: Literal["pipes"], region_name: str | None = ..., **options: Any) -> PipesClient: ...
@overload
def client(service_name: Literal["scheduler"], region_name: str | None = ..., **options: Any) -> SchedulerClient: ...
def client(service_name: ServiceName, region_name: str | None = None, **options: Any) -> Any:
    """A client on the default cloud, as ``boto3.client`` makes one; see ``Cloud.client``."""
    return default_cloud().session(region_name=region_name).client(service_name, **options)


@overload
def resource(service_name: Literal["sqs"], region_name: str | None = ..., **options: Any) -> SqsResource: ...
@overload
def resource(service_name: Literal["sns"], region_name: str | None = ..., **options: Any) -> SnsResource: ...
def resource(service_name: Literal["sqs", "sns"], region_name: str | None = None, **options: Any) -> Any:
    """A service resource on the default cloud, as ``boto3.resource`` makes one; see ``Cloud.resource``."""
    return default_cloud().session(region_name=region_name).resource(service_name, **options)


Session.cloud_by_default = staticmethod(default_cloud)

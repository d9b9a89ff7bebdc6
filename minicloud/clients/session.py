"""boto3's ``Session``, on a cloud."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Literal, overload

from ..core.arns import check_account_id, check_region_name
from ..core.near import did_you_mean
from ..core.operation import Operation
from ..core.shown import shown
from ..engine.engine import Engine
from ..exceptions import UsageError
from ..services.registry import SERVICE_NAMES, module_of, title_of

if TYPE_CHECKING:
    from . import peers
    from .base import BaseClient, ErrorMaker, Validator
    from .sns_resources import SnsResource
    from .sqs_resources import SqsResource

__all__ = ["Session", "make_client"]

_RESOURCES = {"sqs": "SqsResource", "sns": "SnsResource"}


class Session:
    """Makes clients and resources with defaults of its own, as ``boto3.Session`` does.

    Profile and botocore session are accepted and have no meaning here, and neither have credentials, unless STS of a
    cloud has made them: clients then act for their account. ``account_id`` is minicloud's own: the account that the
    session's clients act for. Without ``cloud`` it is a session on the default cloud.
    """

    cloud_by_default: ClassVar[Callable[[], Engine] | None] = None
    """Returns the cloud of a session that is made without one. Set by ``minicloud.default``, which is above this."""
    region_name: str
    """The region of clients that are made without one."""
    profile_name: str
    """What it was given as ``profile_name``; ``"default"`` otherwise."""

    def __init__(
        self,
        aws_access_key_id: str | None = None,
        aws_secret_access_key: str | None = None,
        aws_session_token: str | None = None,
        region_name: str | None = None,
        botocore_session: object = None,
        profile_name: str | None = None,
        aws_account_id: str | None = None,
        *,
        account_id: str | None = None,
        cloud: Engine | None = None,
    ) -> None:
        if cloud is None:
            if Session.cloud_by_default is None:
                raise UsageError(
                    "a Session needs a cloud: use cloud.session(), or minicloud.Session for the default cloud"
                )
            cloud = Session.cloud_by_default()
        elif not isinstance(cloud, Engine):
            raise UsageError(f"cloud={shown(cloud)} is not a cloud: give a minicloud.Cloud")
        account_id = account_id or aws_account_id
        if region_name:
            check_region_name(region_name)
        if account_id:
            check_account_id(account_id)
        self._cloud = cloud
        self.region_name = region_name or cloud.region_name
        self.profile_name = profile_name or "default"
        self._account_id = account_id
        self._keys = aws_access_key_id, aws_session_token

    # boto3's parameters are written out in each of the three: they may be given by position, and editors and
    # inspect.signature show them. One table of them would have to be compiled into methods, for thirty lines less.

    @overload
    def client(
        self, service_name: Literal["sqs"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.SqsClient: ...
    @overload
    def client(
        self, service_name: Literal["sns"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.SnsClient: ...
    @overload
    def client(
        self, service_name: Literal["kinesis"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.KinesisClient: ...
    @overload
    def client(
        self, service_name: Literal["lambda"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.LambdaClient: ...
    @overload
    def client(
        self, service_name: Literal["sts"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.StsClient: ...
    @overload
    def client(
        self, service_name: Literal["cloudwatch"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.CloudwatchClient: ...
    @overload
    def client(
        self, service_name: Literal["events"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.EventsClient: ...
    @overload
    def client(
        self,
        service_name: Literal["application-autoscaling"],
        region_name: str | None = ...,
        *boto3s: Any,
        **options: Any,
    ) -> peers.ApplicationAutoscalingClient: ...
    @overload
    def client(
        self, service_name: Literal["iam"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.IamClient: ...
    @overload
    def client(
        self, service_name: Literal["logs"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.LogsClient: ...
    @overload
    def client(
        self, service_name: Literal["s3"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.S3Client: ...
    @overload
    def client(
        self, service_name: Literal["firehose"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.FirehoseClient: ...
    @overload
    def client(
        self, service_name: Literal["pipes"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.PipesClient: ...
    @overload
    def client(
        self, service_name: Literal["scheduler"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.SchedulerClient: ...
    def client(
        self,
        service_name: str,
        region_name: str | None = None,
        api_version: str | None = None,
        use_ssl: bool = True,
        verify: object = None,
        endpoint_url: str | None = None,
        aws_access_key_id: str | None = None,
        aws_secret_access_key: str | None = None,
        aws_session_token: str | None = None,
        config: object = None,
        aws_account_id: str | None = None,
        *,
        account_id: str | None = None,
    ) -> Any:
        """A client of the service; see ``Cloud.client``."""
        keys = aws_access_key_id, aws_session_token
        account_id = account_id or aws_account_id
        return make_client(self, service_name, False, region_name, endpoint_url, config, account_id, keys)

    @overload
    def async_client(
        self, service_name: Literal["sqs"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.AsyncSqsClient: ...
    @overload
    def async_client(
        self, service_name: Literal["sns"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.AsyncSnsClient: ...
    @overload
    def async_client(
        self, service_name: Literal["kinesis"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.AsyncKinesisClient: ...
    @overload
    def async_client(
        self, service_name: Literal["lambda"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.AsyncLambdaClient: ...
    @overload
    def async_client(
        self, service_name: Literal["sts"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.AsyncStsClient: ...
    @overload
    def async_client(
        self, service_name: Literal["cloudwatch"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.AsyncCloudwatchClient: ...
    @overload
    def async_client(
        self, service_name: Literal["events"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.AsyncEventsClient: ...
    @overload
    def async_client(
        self,
        service_name: Literal["application-autoscaling"],
        region_name: str | None = ...,
        *boto3s: Any,
        **options: Any,
    ) -> peers.AsyncApplicationAutoscalingClient: ...
    @overload
    def async_client(
        self, service_name: Literal["iam"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.AsyncIamClient: ...
    @overload
    def async_client(
        self, service_name: Literal["logs"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.AsyncLogsClient: ...
    @overload
    def async_client(
        self, service_name: Literal["s3"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.AsyncS3Client: ...
    @overload
    def async_client(
        self, service_name: Literal["firehose"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.AsyncFirehoseClient: ...
    @overload
    def async_client(
        self, service_name: Literal["pipes"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.AsyncPipesClient: ...
    @overload
    def async_client(
        self, service_name: Literal["scheduler"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> peers.AsyncSchedulerClient: ...
    def async_client(
        self,
        service_name: str,
        region_name: str | None = None,
        api_version: str | None = None,
        use_ssl: bool = True,
        verify: object = None,
        endpoint_url: str | None = None,
        aws_access_key_id: str | None = None,
        aws_secret_access_key: str | None = None,
        aws_session_token: str | None = None,
        config: object = None,
        aws_account_id: str | None = None,
        *,
        account_id: str | None = None,
    ) -> Any:
        """An asyncio client of the service; see ``Cloud.async_client``."""
        keys = aws_access_key_id, aws_session_token
        account_id = account_id or aws_account_id
        return make_client(self, service_name, True, region_name, endpoint_url, config, account_id, keys)

    @overload
    def resource(
        self, service_name: Literal["sqs"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> SqsResource: ...
    @overload
    def resource(
        self, service_name: Literal["sns"], region_name: str | None = ..., *boto3s: Any, **options: Any
    ) -> SnsResource: ...
    def resource(
        self,
        service_name: str,
        region_name: str | None = None,
        api_version: str | None = None,
        use_ssl: bool = True,
        verify: object = None,
        endpoint_url: str | None = None,
        aws_access_key_id: str | None = None,
        aws_secret_access_key: str | None = None,
        aws_session_token: str | None = None,
        config: object = None,
        *,
        account_id: str | None = None,
    ) -> Any:
        """A service resource; see ``Cloud.resource``."""
        if service_name not in _RESOURCES:
            known = ", ".join(_RESOURCES)
            raise UsageError(
                f"minicloud has no resource {shown(service_name)}{did_you_mean(str(service_name), _RESOURCES)}: it has "
                f"{known}; use client() for others"
            )
        keys = aws_access_key_id, aws_session_token
        client = make_client(self, service_name, False, region_name, endpoint_url, config, account_id, keys)
        factory: Callable[..., Any] = getattr(
            import_module(f".{service_name}_resources", __package__), _RESOURCES[service_name]
        )
        return factory(client=client)

    def get_available_services(self) -> list[str]:
        """The services that ``client`` takes."""
        return list(SERVICE_NAMES)

    def get_available_resources(self) -> list[str]:
        """The services that ``resource`` takes."""
        return sorted(_RESOURCES)

    def __deepcopy__(self, memo: object) -> Session:
        from copy import copy

        return copy(self)  # on the same cloud, as a copy of boto3's makes clients of the same account

    def __repr__(self) -> str:
        return f"Session(region_name={shown(self.region_name)})"


def make_client(
    session: Session,
    service_name: str,
    is_async: bool,
    region_name: str | None = None,
    endpoint_url: str | None = None,
    config: object = None,
    account_id: str | None = None,
    keys: tuple[str | None, str | None] = (None, None),
    validator: Validator = Operation.validate_call,
    make_error: ErrorMaker | None = None,
) -> Any:
    """A client with the session's defaults. ``validator`` and ``make_error`` are those of ``BaseClient``."""
    if service_name not in SERVICE_NAMES:
        known = ", ".join(SERVICE_NAMES)
        meant = did_you_mean(str(service_name), SERVICE_NAMES)
        raise UsageError(
            f"minicloud has no service {shown(service_name)}{meant or ':'} it emulates {known}; boto3's clients of "
            "others can be moto's, with mock_aws(other='moto')"
        )
    cloud = session._cloud
    region = region_name or getattr(config, "region_name", None) or session.region_name
    access_key, token = keys if keys[0] else session._keys
    account_id = account_id or session._account_id
    if access_key:
        from ..services.sts.keys import account_of_key

        account_id = account_id or account_of_key(access_key)
    account_id = account_id or cloud.account_id
    check_account_id(account_id)
    check_region_name(region)
    make = _client_class(service_name, is_async)
    client = make(cloud, account_id, region, endpoint_url, validator, make_error)
    if token and service_name == "sts":
        from ..services.sts.keys import caller_of_token

        caller = caller_of_token(token)
        if caller is not None:
            client._service = client._service.acting_as(caller)
    return client


@cache
def _client_class(service_name: str, is_async: bool) -> type[BaseClient]:
    name = f"{'Async' if is_async else ''}{title_of(service_name)}Client"
    found: type[BaseClient] = getattr(import_module(f".{module_of(service_name)}", __package__), name)
    return found

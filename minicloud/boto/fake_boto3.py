"""boto3 and botocore where they are not installed: modules of their names, made of minicloud's own clients.

They are in ``sys.modules`` only while a mock is active. What an application has taken out of them (a client in a
module of its own, say) goes on with whatever cloud answers at the time.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from functools import cache
from types import ModuleType
from typing import Any, Self

from .. import exceptions as native
from ..exceptions import UsageError
from .activation import state

__all__ = ["put_in_place", "remove"]

_placed: list[str] = []


def put_in_place() -> None:
    """Have ``import boto3`` find the fake, where it would find nothing. Called when a mock begins."""
    for package in ("boto3", "botocore"):
        if package not in sys.modules and not _is_installed(package):
            for name, module in _modules(package).items():
                if name not in sys.modules:
                    _placed.append(name)
                    sys.modules[name] = module


def remove() -> None:
    """Take the fake away. Called when the last mock ends."""
    for name in _placed:
        if getattr(sys.modules.get(name), "__minicloud__", False):
            sys.modules.pop(name, None)
    _placed.clear()


@cache
def _is_installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def _cloud() -> Any:
    if state.cloud is None:
        raise UsageError("this fake boto3 works only inside minicloud.mock_aws(): install boto3 to use it elsewhere")
    return state.cloud


class Session:
    """``boto3.Session``: its clients act for the cloud of the mock that is active when they are used."""

    def __init__(
        self,
        aws_access_key_id: str | None = None,
        aws_secret_access_key: str | None = None,
        aws_session_token: str | None = None,
        region_name: str | None = None,
        botocore_session: object = None,
        profile_name: str | None = None,
        aws_account_id: str | None = None,
    ) -> None:
        self._keys = {"aws_access_key_id": aws_access_key_id, "aws_session_token": aws_session_token}
        self._region = region_name
        self.profile_name = profile_name or "default"

    @property
    def region_name(self) -> str | None:
        """The region of clients that are made without one."""
        return self._region or os.environ.get("AWS_DEFAULT_REGION")

    def client(self, service_name: str, region_name: str | None = None, **options: Any) -> Any:
        """A client of the service. Any can be made; one of a service that minicloud does not have fails when used."""
        return Client(service_name, self._options(region_name, options))

    create_client = client

    def resource(self, service_name: str, region_name: str | None = None, **options: Any) -> Any:
        """A service resource, of the cloud that answers now."""
        return _cloud().resource(service_name, **self._options(region_name, options))

    def get_available_services(self) -> list[str]:
        """The services that ``client`` takes."""
        services: list[str] = _cloud().session().get_available_services()
        return services

    def get_available_resources(self) -> list[str]:
        """The services that ``resource`` takes."""
        resources: list[str] = _cloud().session().get_available_resources()
        return resources

    def get_credentials(self) -> Any:
        """Those of the environment."""
        key = self._keys["aws_access_key_id"] or os.environ.get("AWS_ACCESS_KEY_ID", "")
        return Config(access_key=key, secret_key="testing", token=None, get_frozen_credentials=self.get_credentials)

    def _options(self, region_name: str | None, options: dict[str, Any]) -> dict[str, Any]:
        keys = {} if options.get("aws_access_key_id") else self._keys
        region = region_name or getattr(options.get("config"), "region_name", None) or self.region_name
        return {**options, **keys, "region_name": region}


class Client:
    """A client that asks the cloud of the active mock at each use."""

    def __init__(self, service_name: str, options: dict[str, Any]) -> None:
        self._minicloud = (service_name, options)
        self._minicloud_bound: tuple[Any, Any] = (None, None)

    def _minicloud_native(self) -> Any:
        cloud = _cloud()
        bound, client = self._minicloud_bound
        if bound is not cloud:
            service_name, options = self._minicloud
            client = cloud.client(service_name, **options)
            self._minicloud_bound = (cloud, client)
        return client

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._minicloud_native(), name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing to release."""

    def __repr__(self) -> str:
        return f"<minicloud {self._minicloud[0]} client, standing in for boto3's>"


class Config:
    """``botocore.config.Config``: keeps what it is given."""

    def __init__(self, **options: Any) -> None:
        self._options = options

    def merge(self, other: Config) -> Config:
        """A config with the options of both; the other's count."""
        return Config(**{**self._options, **other._options})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._options.get(name)


# --- the modules -----------------------------------------------------------------------------------------------------

_OTHERS = (
    "ConnectTimeoutError",
    "ConnectionClosedError",
    "ConnectionError",
    "CredentialRetrievalError",
    "DataNotFoundError",
    "EndpointConnectionError",
    "HTTPClientError",
    "InvalidConfigError",
    "InvalidRegionError",
    "NoCredentialsError",
    "NoRegionError",
    "PartialCredentialsError",
    "ProfileNotFound",
    "ProxyConnectionError",
    "ReadTimeoutError",
    "SSLError",
    "UnknownServiceError",
    "ValidationError",
)
"""Names that applications catch, and that nothing here raises."""


@cache
def _modules(package: str) -> dict[str, ModuleType]:
    if package == "boto3":
        return _boto3()
    exceptions = _module("botocore.exceptions", **_exceptions())
    config = _module("botocore.config", Config=Config)
    client = _module("botocore.client", Config=Config, BaseClient=Client, ClientError=exceptions.ClientError)
    session = _module("botocore.session", Session=Session, get_session=Session)
    root = _module("botocore", exceptions=exceptions, config=config, client=client, session=session, UNSIGNED=object())
    return {module.__name__: module for module in (root, exceptions, config, client, session)}


def _boto3() -> dict[str, ModuleType]:
    root = _module("boto3", Session=Session, DEFAULT_SESSION=None)

    def setup_default_session(**options: Any) -> None:
        """Set what ``boto3.client`` and ``boto3.resource`` start from."""
        root.DEFAULT_SESSION = Session(**options)

    def default_session() -> Session:
        if root.DEFAULT_SESSION is None:
            setup_default_session()
        session: Session = root.DEFAULT_SESSION
        return session

    def client(*args: Any, **options: Any) -> Any:
        """A client of the default session."""
        return default_session().client(*args, **options)

    def resource(*args: Any, **options: Any) -> Any:
        """A resource of the default session."""
        return default_session().resource(*args, **options)

    session = _module("boto3.session", Session=Session, Config=Config)
    vars(root).update(client=client, resource=resource, setup_default_session=setup_default_session, session=session)
    return {"boto3": root, "boto3.session": session}


def _module(module_name: str, **members: Any) -> Any:
    module: Any = ModuleType(module_name, "A fake of minicloud's.")
    vars(module).update(members, __minicloud__=True, __path__=[])
    return module


def _exceptions() -> dict[str, type[Exception]]:
    """Classes of botocore's names. What minicloud raises is a child of them, as it is of botocore's own."""
    found: dict[str, type[Exception]] = {}
    for name in native.__all__:
        original: type[Exception] = getattr(native, name)
        if not issubclass(original, native.BotoCoreError | native.ClientError):
            continue
        base = original.__mro__[1]
        found[name] = _copy(original, found.get(base.__name__, Exception))
    for name in _OTHERS:
        found[name] = type(name, (found["BotoCoreError"],), {"__module__": "botocore.exceptions"})
    return found


def _copy(original: type[Exception], base: type[Exception]) -> type[Exception]:
    # Not a child: what is raised has both among its parents, which only works when neither is the other's.
    members = {name: value for name, value in vars(original).items() if name not in ("__dict__", "__weakref__")}
    return type(original.__name__, (base,), {**members, "__module__": "botocore.exceptions"})

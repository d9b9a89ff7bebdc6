"""What a Lambda handler gets as its second argument, as AWS's Python runtime makes it.

It tells the time of the cloud's clock. [Lambda developer guide: context object in Python]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..core.timeline import SECOND

if TYPE_CHECKING:
    from ..services.lambda_.function import FunctionVersion
    from ..services.lambda_.invocation import Run

__all__ = ["LambdaContext"]

_MILLISECOND = 1_000_000


class _Members:
    """Members of a JSON object as attributes; None for those of ``names`` that it does not have."""

    def __init__(self, names: tuple[str, ...], members: Mapping[str, Any]) -> None:
        for name in names:
            setattr(self, name, members.get(name))

    def __repr__(self) -> str:
        return f"{type(self).__name__}([{','.join(f'{name}={value}' for name, value in vars(self).items())}])"


class CognitoIdentity(_Members):
    """Who called by Cognito: nobody."""


class Client(_Members):
    """The mobile application that called."""


class ClientContext(_Members):
    """What a caller sent as the ClientContext of Invoke."""


_OF_CLIENTS = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")


_NOBODY = CognitoIdentity(("cognito_identity_id", "cognito_identity_pool_id"), {})


class LambdaContext:
    """The context of one run."""

    function_name: str
    """The name of the function."""
    function_version: str
    """``"$LATEST"``, or the number of the version that runs."""
    invoked_function_arn: str
    """The ARN by which it was invoked, with the qualifier."""
    memory_limit_in_mb: str
    """What was configured, as a text. Nothing is measured."""
    aws_request_id: str
    """The id of the request: the same on all attempts at an event."""
    identity: CognitoIdentity
    """Of Amazon Cognito: ``cognito_identity_id`` and ``cognito_identity_pool_id`` are None."""
    client_context: ClientContext | None
    """What the caller gave to Invoke as ClientContext; None otherwise."""

    def __init__(self, run: Run, time_ns: Callable[[], int]) -> None:
        self._run = run
        self._time_ns = time_ns

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or "function_name" in self.__dict__:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        self._look()  # most handlers never do
        return getattr(self, name)

    def _look(self) -> None:
        """Be what a handler sees, from its first look on."""
        run, version = self._run, self._version
        self.function_version = version.version
        self.invoked_function_arn = run.resolved.arn
        self.memory_limit_in_mb = str(version.memory)
        self.aws_request_id = run.request_id
        self.identity = _NOBODY
        self.client_context = None
        if run.client_context is not None:
            context = ClientContext(("custom", "env"), run.client_context)
            client = run.client_context.get("client")
            context.client = None if client is None else Client(_OF_CLIENTS, client)  # type: ignore[attr-defined]
            self.client_context = context
        self.function_name = version.function.name

    @property
    def _version(self) -> FunctionVersion:
        version = self._run.version
        if version is None:
            raise TypeError("a run that has not started has no context")
        return version

    @property
    def log_group_name(self) -> str:
        """``/aws/lambda/`` and the function's name, unless its settings say another one."""
        return self._version.log_group

    @property
    def log_stream_name(self) -> str:
        """``2025/01/31/[$LATEST]`` and 32 digits, the same for all runs of a version on a day."""
        return self._run.log_stream

    def get_remaining_time_in_millis(self) -> int:
        """How many milliseconds are left until the run is ended, on the cloud's clock."""
        ends = self._run.started + round(self._version.timeout * SECOND)
        return max(ends - self._time_ns(), 0) // _MILLISECOND

    def __repr__(self) -> str:
        names = (
            *("aws_request_id", "log_group_name", "log_stream_name", "function_name", "memory_limit_in_mb"),
            *("function_version", "invoked_function_arn", "client_context", "identity"),
        )
        return f"{type(self).__name__}([{','.join(f'{name}={getattr(self, name)}' for name in names)}])"

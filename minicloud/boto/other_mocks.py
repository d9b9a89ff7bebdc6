"""Another mock for the services that minicloud does not have: ``mock_aws(other="moto")``.

moto's mock is started with ours, and answers the calls of these services where they would be sent, those of clients
that were made before it and of aiobotocore's too. What it does not answer is a ``UsageError``, and never the network.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..core.shown import escaped, shown
from ..exceptions import UsageError
from ..services.registry import SERVICE_NAMES
from .activation import PassthroughCall, current_call, state
from .code_patch import original_function, patch_code

if TYPE_CHECKING:
    from .activation import Activation

__all__ = ["Moto", "call_let_through", "check_other", "find_other"]

_FULLER: Final = ("iam",)
"""The services of minicloud's that the other mock answers all the same: it has more of them, and those of its own that
ask for a role look there. What minicloud keeps of them has no effect, so nothing of minicloud's misses it."""

_OTHER_NAMES = {"lambda": "awslambda"}
"""What moto calls services, where that is more than their names without hyphens."""

_ACCOUNT_ID = "123456789012"
"""The account that moto takes everybody for whose key it has not made."""


def check_other(other: Any) -> None:
    """Raise ``UsageError`` for what is not another mock."""
    if other not in (None, "moto"):
        raise UsageError(f"other={shown(other)}: the mock for the services that minicloud does not have can be 'moto'")


def find_other(other: str | None) -> Moto | None:
    """The other mock, loaded; None where none is wanted. Raises ``UsageError`` when it is not installed."""
    check_other(other)
    return None if other is None else _moto()


def _moto() -> Moto:
    if not _loaded:
        try:
            _loaded.append(Moto())
        except ImportError as error:
            raise UsageError(
                f"mock_aws(other='moto') needs moto 5, with what it needs of its own ({error}): pip install "
                "'moto[all]', or with some of its extras such as moto[s3,dynamodb]"
            ) from None
    return _loaded[0]


_loaded: list[Moto] = []


class Moto:
    """moto, as what answers for other services."""

    def __init__(self) -> None:
        import moto
        from moto import backend_index
        from moto.core import models

        self._make: Any = moto.mock_aws
        self._models: Any = models
        self._stubber: Any = models.botocore_stubber
        self._services = {name.replace("-", "") for name, _ in backend_index.backend_url_patterns}
        self._mock: Any = None
        """The mock that was started here."""
        call = original_function(type(self._stubber), "__call__", "moto")
        patch_code(call, "self, event_name, request, **kwargs", self._call_hook)

    def has(self, service_name: str) -> bool:
        """Whether it answers for a service: one that minicloud does not have, or has less of."""
        name = _OTHER_NAMES.get(service_name, service_name).replace("-", "")
        return (service_name not in SERVICE_NAMES or service_name in _FULLER) and name in self._services

    def start(self, passthrough: frozenset[str]) -> None:
        """Begin its mock, unless one is active: around ours, say. Again changes nothing."""
        if self._mock is None and not self._models.MockAWS._nested_count:
            # Credentials and sessions are left to us, and so are our services, whoever asks for their URLs.
            ours = [name for name in SERVICE_NAMES if name not in passthrough and name not in _FULLER]
            core = {
                "mock_credentials": False,
                "reset_boto3_session": False,
                "passthrough": {"services": ours},
            }
            made = self._make(config={"core": core})
            self._mock = made
            made.start()

    def stop(self) -> None:
        """End what ``start`` began. Again changes nothing."""
        mock, self._mock = self._mock, None
        if mock is not None and self._models.MockAWS._nested_count:
            mock.stop()

    def answer(self, request: Any, call: PassthroughCall) -> Any:
        """Its answer, one of botocore's. Raises ``UsageError`` where it has none."""
        why = ""
        account_id = _account_of(request)
        if account_id != _ACCOUNT_ID:
            request.headers["x-moto-account-id"] = account_id
        try:
            answer = self._answer(self._stubber, f"before-send.{call.service_name}.{call.operation_name}", request)
        except NotImplementedError as error:
            answer, why = None, f" ({escaped(str(error), 200)})"
        except ImportError as error:
            raise UsageError(
                f"moto needs more for {call.service_name} than is installed ({escaped(str(error), 200)}): "
                f"pip install 'moto[all]', or the extra of the service"
            ) from error
        if answer is None or (answer.status_code == 404 and answer.content == b"Not yet implemented"):
            raise UsageError(
                f"moto does not answer {call.service_name}.{call.operation_name}, {request.method} "
                f"{escaped(request.url, 200)}{why}, and while mock_aws() is active no call reaches the network: take "
                "the call out of the test, or stub it"
            )
        return answer

    async def answer_async(self, request: Any, call: PassthroughCall) -> Any:
        """The same for a request of aiobotocore's, whose body may have to be awaited."""
        read = getattr(request.body, "read", None)
        if read is not None:
            body = read()
            body = await body if inspect.isawaitable(body) else body
            request = type(request)(request.method, request.url, request.headers, body, request.stream_output)
        return self.answer(request, call)

    def _call_hook(self, original: Callable[..., Any]) -> Callable[..., Any]:
        self._answer = original

        def answer_or_stand_back(stubber: Any, event_name: str, request: Any, **kwargs: Any) -> Any:
            call = current_call.get()
            if isinstance(call, PassthroughCall) and call.other is not None:
                return None  # it is asked where the request is sent
            return original(stubber, event_name, request, **kwargs)

        return answer_or_stand_back


def _account_of(request: Any) -> str:
    """The account that a request acts for: what STS of the cloud gave the key for, else the cloud's own."""
    from ..services.sts.keys import account_of_key

    header = request.headers.get("Authorization", "")
    header = header.decode() if isinstance(header, bytes) else header
    access_key = header.partition("Credential=")[2].partition("/")[0]
    activation = state.activation
    own = _ACCOUNT_ID if activation is None else activation.cloud.account_id
    return account_of_key(access_key) or own


# --- calls that are let through --------------------------------------------------------------------------------------


def call_let_through(activation: Activation, client: Any, operation_name: str, params: dict[str, Any]) -> Any:
    """A call of a service that is let through, for ``current_call``.

    Raises ``UsageError`` for notifications of buckets that would go to a queue or a topic of minicloud's, and be lost.
    """
    service_name: str = client.meta.service_model.service_name
    if service_name == "s3" and operation_name.startswith("PutBucketNotification"):
        _refuse_lost_notifications(activation, operation_name, params)
    is_named = activation.is_named(service_name)
    return PassthroughCall(service_name, operation_name, None if is_named else activation.other)


_TARGETS = (("QueueConfiguration", "QueueArn", "Queue", "sqs"), ("TopicConfiguration", "TopicArn", "Topic", "sns"))


def _refuse_lost_notifications(activation: Activation, operation_name: str, params: dict[str, Any]) -> None:
    configuration = params.get("NotificationConfiguration")
    if not isinstance(configuration, dict):
        return
    for section, arn, old_arn, service_name in _TARGETS:
        found = configuration.get(section + "s") or configuration.get(section)
        for one in found if isinstance(found, list | tuple) else [found]:
            target = one.get(arn) or one.get(old_arn) if isinstance(one, dict) else None
            if target and not activation.is_named(service_name):
                raise UsageError(
                    f"s3.{operation_name} would have S3's notifications go to {escaped(str(target), 200)}, which is "
                    "minicloud's, while S3 is another mock's, whose notifications never get here: take s3 out of "
                    "passthrough, so that S3 is minicloud's as well; or send the event in the test, as S3 would, with "
                    f"a client of {service_name}"
                )

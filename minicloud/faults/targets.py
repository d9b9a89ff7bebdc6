"""Which calls and deliveries a fault sees."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..core.effects import ToQueue
from ..core.near import did_you_mean
from ..core.operation import operations_of
from ..core.predicates import plain
from ..core.shown import shown
from ..exceptions import UsageError
from ..services.registry import BY_USE, SERVICE_NAMES, load_service

__all__ = ["Target", "name_of", "resource_of"]

_NAMING = (
    "QueueUrl",
    "QueueName",
    "QueueARN",
    "ChannelName",
    "ChannelARN",
    "TopicArn",
    "TargetArn",
    "StreamName",
    "StreamARN",
    "ConsumerARN",
    "SubscriptionArn",
    "ResourceArn",
    "ResourceARN",
    "SourceArn",
    "Name",
    "RoleName",
    "PolicyName",
    "PolicyArn",
    "logGroupName",
    "logGroupIdentifier",
    "Rule",
    "ArchiveName",
    "ReplayName",
    "EventBusName",
)
"""The parameters that name a resource, in the order in which they are asked."""


_OFTEN, _SELDOM = BY_USE[:4], BY_USE[4:]
"""Services whose operations are looked through for whatever is said of one, and those for what none of these has."""

_ON_STREAM = re.compile(r"arn:[^:]*:kinesis:[^:]*:\d*:(queue|channel)/")


def name_of(text: str) -> str:
    """The name in a queue's URL, in an ARN, or the name itself."""
    if text.startswith("arn:"):
        resource = text.split(":", 5)[-1]
        kind, slash, rest = resource.partition("/")
        if slash and kind == "stream":
            return rest.partition("/")[0]
        if slash and kind in ("bucket", "deliverystream", "event-bus"):
            return rest
        if resource.startswith("function:"):
            return resource.split(":")[1]
        return resource.partition(":")[0]
    if "://" in text:
        return text.rstrip("/").rpartition("/")[2]
    return text


def resource_of(client: Any, params: Mapping[str, Any]) -> str | None:
    """The name of the resource that a call is about, if it is about one."""
    function = params.get("FunctionName")
    if isinstance(function, str):
        from ..services.lambda_.names import parse_name

        parts = parse_name(function)
        return function if parts is None else parts.name
    for parameter in _NAMING:
        value = params.get(parameter)
        if isinstance(value, str):
            return _named(client, value)
    iterator = params.get("ShardIterator")
    if isinstance(iterator, str):
        found = client._service.tokens.read("iterator", iterator)
        if found is not None:
            # made, (region, account, stream, ...)
            return str(found[1][2])
    return None


def _named(client: Any, text: str) -> str:
    """The name of a resource; a queue or a channel on a stream has another one than its ARN."""
    match = _ON_STREAM.match(text)
    known = {} if match is None else getattr(client._service, f"{match[1]}s_by_arn")
    return str(known[text].name) if text in known else name_of(text)


class Target:
    """Service, operation, resource and a predicate; what is None is not looked at."""

    def __init__(
        self,
        service: str | None,
        operation: str | None,
        resource: str | None,
        where: Callable[[Mapping[str, Any]], object] | None,
    ) -> None:
        if service is not None and service not in SERVICE_NAMES:
            raise UsageError(
                f"service={shown(service)} is not a service that minicloud emulates: give one of "
                f"{', '.join(SERVICE_NAMES)}"
            )
        self.service = service
        self.operation: str | None = None
        """In AWS's spelling."""
        if resource is not None and _ON_STREAM.match(resource):
            raise UsageError(
                f"resource={shown(resource)} does not say the name of the queue or channel: give the name that it was "
                "made with"
            )
        self.resource = None if resource is None else name_of(resource)
        self.where = where if where is None else plain(where, "where=", "give a plain function")
        if operation is not None:
            self.operation = _operation_name(service, operation)

    def services(self) -> list[str]:
        """Those that have such calls; of the seldom ones only if none of the others has."""
        if self.service:
            return [self.service]
        if self.operation is None:
            return [*SERVICE_NAMES]
        for names in (_OFTEN, _SELDOM):
            found = [name for name in names if self.operation in _operation_names(name)]
            if found:
                return found
        return []

    def parts(self) -> Iterator[str]:
        """For a repr."""
        for name in ("service", "operation", "resource", "where"):
            value = getattr(self, name)
            if value is not None:
                yield f"{name}={shown(value)}"

    def is_call(self, service: str, operation_name: str, resource: str | None) -> bool:
        """Whether it is such a call; the predicate is not asked."""
        return (
            self.service in (None, service)
            and self.operation in (None, operation_name)
            and self.resource in (None, resource)
        )

    def is_delivery(self, delivery: ToQueue) -> bool:
        """Whether it is such a delivery, and its queue or its topic the resource."""
        subscription = getattr(delivery, "subscription", None)
        topic_arn = None if subscription is None else subscription.topic.arn
        if self.resource is not None and self.resource not in (
            name_of(delivery.queue_arn),
            None if topic_arn is None else name_of(topic_arn),
        ):
            return False
        if self.where is None:
            return True
        given = {
            "QueueArn": delivery.queue_arn,
            "TopicArn": topic_arn,
            "Body": delivery.body,
            "MessageAttributes": delivery.attributes or {},
        }
        return bool(self.where(given))


def _operation_names(service: str) -> dict[str, str]:
    """Both spellings of a service's operations to AWS's."""
    names = {}
    for method_name, operation in operations_of(load_service(service).api).items():
        names[method_name] = names[operation.name] = operation.name
    return names


def _operation_name(service: str | None, operation: str) -> str:
    for name in [service] if service else BY_USE:
        found = _operation_names(name).get(operation)
        if found is not None:
            return found
    whose = service or "any service that minicloud emulates"
    known = [name for each in ([service] if service else BY_USE) for name in _operation_names(each)]
    raise UsageError(
        f"operation={shown(operation)} is not an operation of {whose}{did_you_mean(str(operation), known)}"
    )

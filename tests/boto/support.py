"""Calls of all services, answers made comparable, and a client that is made to take the full pipeline."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from botocore import xform_name
from botocore.session import Session

from minicloud.core.operation import operations_of
from minicloud.services.registry import SERVICE_NAMES, load_service

from .calls import ID_TOKEN, Call
from .lambda_calls import lambda_script
from .message_calls import (
    kinesis_script,
    queues_on_streams,
    rest_of_kinesis,
    rest_of_sns,
    rest_of_sqs,
    sns_script,
    sqs_script,
)
from .neighbour_calls import delivery_streams, events_script, metrics, pipes, scaling, schedules, stand_ins
from .s3_calls import s3_script

OPERATIONS = {(name, method) for name in SERVICE_NAMES for method in operations_of(load_service(name).api)}
KNOWN = {
    (name, xform_name(operation))
    for name in SERVICE_NAMES
    for operation in Session().get_service_model(name).operation_names
}
"""What this release of botocore knows, by service and method."""
IS_FULL = OPERATIONS <= KNOWN
"""Whether that is all that minicloud has. Older releases know fewer parameters and members, too."""


def script() -> Iterator[Call]:
    """Yields calls (service, method, parameters) and takes each answer, or error response, by ``send``."""
    calls: Any = all_calls()
    call = next(calls)
    while True:
        service, method, _ = call
        answer = (yield call) if service == "wait" or (service, method) in KNOWN else {}
        try:
            call = calls.send(answer)
        except StopIteration:
            return


def all_calls() -> Iterator[Call]:
    yield "sts", "get_caller_identity", {}
    yield "sts", "assume_role", {"RoleArn": "arn:aws:iam::111122223333:role/r", "RoleSessionName": "me"}
    yield "sts", "assume_role", {"RoleArn": "arn:aws:iam::11:role/r-of-nobody", "RoleSessionName": "me"}
    for token in (ID_TOKEN, ID_TOKEN.replace(".", "", 1)):
        yield (
            "sts",
            "assume_role_with_web_identity",
            {"RoleArn": "arn:aws:iam::111122223333:role/r", "RoleSessionName": "me", "WebIdentityToken": token},
        )
    key = (yield "sts", "get_session_token", {"DurationSeconds": 900})["Credentials"]["AccessKeyId"]
    yield "sts", "get_access_key_info", {"AccessKeyId": key}
    yield from lambda_script()
    yield from s3_script()
    yield from stand_ins()
    yield from metrics()
    yield from schedules()
    yield from pipes()
    yield from delivery_streams()
    yield from events_script()
    yield from scaling()
    yield from sqs_script()
    yield from sns_script()
    yield from rest_of_sqs()
    yield from rest_of_sns()
    yield from rest_of_kinesis()
    yield from queues_on_streams()
    yield from kinesis_script()


def has_members_in_order(service: str) -> bool:
    """Whether the installed botocore has members in the order of the release that minicloud's models are of."""
    return service != "scheduler" or list(Session().get_service_model(service).shape_for("GetScheduleOutput").members)[
        :2
    ] == ["Arn", "GroupName"]


def comparable(answer: Any, *, in_order: bool = True) -> Any:
    """An answer with what ``==`` does not see: the order of dicts, and the zones of timestamps."""
    if isinstance(answer, dict):
        items = answer.items() if in_order else sorted(answer.items())
        return [(name, comparable(value, in_order=in_order)) for name, value in items]
    if isinstance(answer, list):
        return [comparable(item, in_order=in_order) for item in answer]
    if isinstance(answer, datetime.datetime):
        return answer, f"a moment in {answer.tzinfo!r}"
    return answer


def without_zones(seen: Any) -> Any:
    """The same without the zones of timestamps: native clients have UTC, where botocore has the local zone."""
    if isinstance(seen, str):
        return "a moment" if seen.startswith("a moment in") else seen
    if isinstance(seen, list | tuple):
        return [without_zones(item) for item in seen]
    return seen


def refusal(error: Exception) -> Any:
    """What an exception shows to the one who catches it."""
    response = getattr(error, "response", None)
    names = [cls.__name__ for cls in type(error).__mro__ if cls.__module__.startswith(("botocore", "minicloud"))]
    return {"type": names[0], "str": str(error), **(response or {})}


def some_handler(**_: Any) -> None:
    """A handler that sees a call, and so makes it take the full pipeline."""


def take_full_pipeline(client: Any) -> Any:
    client.meta.events.register("before-send", some_handler)
    return client

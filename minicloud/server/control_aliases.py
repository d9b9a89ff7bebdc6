"""Paths of other emulators, which scripts and libraries know: whether the server is there, starting over, messages.

What they answer has the form that it has there. [LocalStack's documentation of its internal endpoints; moto's]
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..core.md5 import md5
from ..core.shown import shown
from ..exceptions import UsageError
from ..inspection.views.queues import MessageView, QueueView, find_queue
from ..wire.model import declared_operation
from ..wire.protocol import Answer, load_protocol
from .control_ask import ID, Ask, Refused, Routes
from .control_life import version
from .control_messages import plain

__all__ = ["ROUTES"]

_HANDLE = "SQS/BACKDOOR/ACCESS"
_PARAMETERS = ("QueueUrl", "ShowInvisible", "ShowDelayed", "Action", "Version")


def _health(ask: Ask) -> dict[str, Any]:
    from ..services.registry import SERVICE_NAMES

    return {"services": dict.fromkeys(SERVICE_NAMES, "running"), "edition": "community", "version": version()}


def _info(ask: Ask) -> dict[str, Any]:
    return {"version": version(), "edition": "community", "is_license_activated": False, "minicloud": True}


def _reset(ask: Ask) -> dict[str, Any]:
    with ask.cloud.for_others():
        ask.cloud.reset()
    return {"status": "ok"}


# --- messages ---------------------------------------------------------------------------------------------------------


def _messages_by_url(ask: Ask) -> Answer:
    url = ask.text("QueueUrl", *_PARAMETERS)
    if not url:
        raise Refused(400, "say which queue: ?QueueUrl=http://…/account/name")
    return _messages(ask, url)


def _messages_by_place(ask: Ask) -> Answer:
    region, account, name = ask.named
    return _messages(ask, f"arn:aws:sqs:{region}:{account}:{name}")


def _messages(ask: Ask, wanted: str) -> Answer:
    try:
        queue = find_queue(ask.cloud, wanted)
    except UsageError as error:
        raise Refused(404, str(error)) from None
    states = {"visible"}
    if _is_true(ask.text("ShowInvisible", *_PARAMETERS)):
        states.add("in_flight")
    if _is_true(ask.text("ShowDelayed", *_PARAMETERS)):
        states.add("delayed")
    found: dict[str, Any] = {"Messages": [_received(one) for one in _those(queue, states)]}
    name = "json" if "json" in ask.request.headers.get("accept", "") else "query"
    model = declared_operation("sqs", "ReceiveMessage", name)
    if model is None:  # pragma: no cover  # both are there
        raise Refused(404, "there is no such protocol")
    if name == "json":
        inside = plain(found)
        body = {"ReceiveMessageResponse": {"ReceiveMessageResult": {"Message": inside["Messages"]}}}
        return ask.answer(200, "application/json", json.dumps(body).encode())
    with ask.cloud.gate("an answer"):
        request_id = ask.cloud.request_ids.next()
    _, content_type, text = load_protocol(name).write_answer(found, model, request_id)
    return ask.answer(200, content_type, text)


def _those(queue: QueueView, states: set[str]) -> list[MessageView]:
    return [message for message in queue.messages if message.state in states]


def _received(message: MessageView) -> dict[str, Any]:
    received: dict[str, Any] = {
        "MessageId": message.message_id,
        "ReceiptHandle": _HANDLE,
        "MD5OfBody": md5(message.body.encode("utf-8", "surrogatepass")).hexdigest(),
        "Body": message.body,
        "Attributes": dict(message.attributes),
    }
    if message.message_attributes:
        received["MessageAttributes"] = {name: dict(value) for name, value in message.message_attributes.items()}
    return received


def _is_true(text: str) -> bool:
    return text.lower() in ("true", "1")


# --- what SNS has sent ------------------------------------------------------------------------------------------------


def _text_messages(ask: Ask) -> dict[str, Any]:
    wanted = ask.text("phoneNumber", "phoneNumber", "accountId", "region")
    found: dict[str, list[Any]] = {}
    for one in ask.cloud.outbox.of("sms"):
        if wanted in ("", one.endpoint):
            message = {"PhoneNumber": one.endpoint, "Message": one.body, "Subject": one.subject}
            found.setdefault(one.endpoint, []).append({**message, **_common(one)})
    return {"sms_messages": found, "region": ask.cloud.region_name}


def _pushes(ask: Ask) -> dict[str, Any]:
    wanted = ask.text("endpointArn", "endpointArn", "accountId", "region")
    found: dict[str, list[Any]] = {}
    for one in ask.cloud.outbox.of("application"):
        if wanted in ("", one.endpoint):
            message = {"TargetArn": one.endpoint, "Message": one.body, "Subject": one.subject}
            found.setdefault(one.endpoint, []).append({**message, **_common(one)})
    return {"platform_endpoint_messages": found, "region": ask.cloud.region_name}


def _common(departure: Any) -> Mapping[str, Any]:
    return {"MessageId": departure.message_id, "MessageAttributes": plain(departure.attributes) or None}


def _token(ask: Ask) -> dict[str, Any]:
    [arn] = ask.named
    token = ask.cloud.look("a view", lambda _: _token_of(ask, arn))
    if token is not None:
        return {"subscription_token": token, "subscription_arn": arn}
    raise Refused(404, f"no subscription {shown(arn)} waits to be confirmed")


def _token_of(ask: Ask, arn: str) -> str | None:
    """The latest token that confirms a subscription."""
    found = None
    for service in ask.cloud.services("sns"):
        for token, (_, subscription, restores) in service.confirmations.items():
            if subscription.arn == arn and not restores and not subscription.confirmed:
                found = token
    return found


ROUTES: Routes = (
    (("health",), {"GET": _health}),
    (("_localstack", "health"), {"GET": _health}),
    (("_localstack", "info"), {"GET": _info}),
    (("_localstack", "state", "reset"), {"POST": _reset}),
    (("moto-api", "reset"), {"POST": _reset}),
    (("_aws", "sqs", "messages"), {"GET": _messages_by_url}),
    (("_aws", "sqs", "messages", ID, ID, ID), {"GET": _messages_by_place}),
    (("_aws", "sns", "sms-messages"), {"GET": _text_messages}),
    (("_aws", "sns", "platform-endpoint-messages"), {"GET": _pushes}),
    (("_aws", "sns", "subscription-tokens", ID), {"GET": _token}),
)

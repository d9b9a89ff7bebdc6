"""Who can subscribe to a topic: the protocols, and what each takes for an endpoint."""

from __future__ import annotations

import re
from base64 import b64encode
from urllib.parse import unquote, urlsplit

from . import errors

__all__ = [
    "PROTOCOLS",
    "RAW_PROTOCOLS",
    "basic_credentials",
    "check_endpoint",
    "endpoint_account",
    "is_phone_number",
    "needs_confirmation",
    "plain_number",
]

PROTOCOLS = ("http", "https", "email", "email-json", "sms", "sqs", "application", "lambda", "firehose")
RAW_PROTOCOLS = ("sqs", "http", "https", "firehose")
"""Those that can deliver the message without its JSON envelope."""

_ARN_START = r"arn:aws[a-z-]*"
_SQS = re.compile(_ARN_START + r":sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,80}(?:\.fifo)?", re.ASCII)
_LAMBDA = re.compile(
    _ARN_START + r":lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]{1,140}(?::[A-Za-z0-9_$-]{1,128})?", re.ASCII
)
_FIREHOSE = re.compile(_ARN_START + r":firehose:[a-z0-9-]+:\d{12}:deliverystream/[A-Za-z0-9_.-]{1,64}", re.ASCII)
_APPLICATION = re.compile(
    _ARN_START + r":sns:[a-z0-9-]+:\d{12}:endpoint/[A-Z_]+/[A-Za-z0-9_.-]{1,256}/[A-Za-z0-9-]{36}", re.ASCII
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_PHONE = re.compile(r"\+?\d+(?:[ /.-]\d+)*", re.ASCII)


def is_queue_arn(arn: str) -> bool:
    """Whether it has the shape of a queue's ARN."""
    return _SQS.fullmatch(arn) is not None


def is_phone_number(number: str) -> bool:
    """Whether SNS would send to this number: digits, a plus in front, single separators between digits."""
    return len(number) <= 30 and _PHONE.fullmatch(number) is not None


def plain_number(number: str) -> str:
    """A number as everybody writes it: a plus and digits."""
    return "+" + "".join(filter(str.isdigit, number))


def check_endpoint(protocol: str, endpoint: str, *, fifo_topic: bool) -> None:
    """Raise ``InvalidParameter`` when a protocol cannot have this endpoint. Existence is not looked at."""
    if fifo_topic and protocol != "sqs":
        raise errors.protocol_of_fifo_topic(protocol=protocol)
    if protocol == "sqs":
        if not _SQS.fullmatch(endpoint):
            raise errors.endpoint_sqs()
        if endpoint.endswith(".fifo") and not fifo_topic:
            raise errors.endpoint_fifo_queue()
    elif protocol in ("http", "https"):
        if not endpoint.startswith(f"{protocol}://"):
            raise errors.endpoint_protocol()
        if not _is_reachable(endpoint):
            raise errors.endpoint_unreachable()
    elif protocol in ("email", "email-json"):
        if not _EMAIL.fullmatch(endpoint):
            raise errors.endpoint_email()
    elif protocol == "sms":
        if not is_phone_number(endpoint):
            raise errors.endpoint_sms(endpoint=endpoint)
    elif protocol == "lambda":
        if not _LAMBDA.fullmatch(endpoint):
            raise errors.endpoint_lambda()
    elif protocol == "firehose":
        if not _FIREHOSE.fullmatch(endpoint):
            raise errors.endpoint_firehose()
    elif not _APPLICATION.fullmatch(endpoint):
        raise errors.endpoint_application(endpoint=endpoint)


def basic_credentials(url: str) -> str | None:
    """The value of an ``Authorization`` header from a URL's credentials; None without any, and for plain HTTP."""
    if not url.startswith("https://") or "@" not in url:
        return None
    parts = urlsplit(url)
    if parts.username is None:
        return None
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return "Basic " + b64encode(pair.encode()).decode()


def endpoint_account(protocol: str, endpoint: str) -> str | None:
    """The account that a queue or a function belongs to; None for other protocols."""
    return endpoint.split(":")[4] if protocol in ("sqs", "lambda") else None


def needs_confirmation(protocol: str, endpoint: str, account_id: str) -> bool:
    """Whether the endpoint has to agree before ``account_id`` can have messages sent there."""
    if protocol in ("http", "https", "email", "email-json"):
        return True
    return endpoint_account(protocol, endpoint) not in (None, account_id)


def _is_reachable(url: str) -> bool:
    """Whether the URL names a host at all; whether anybody listens there shows at delivery."""
    if any(character.isspace() or not character.isprintable() for character in url):
        return False
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False

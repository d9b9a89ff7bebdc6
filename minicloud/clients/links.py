"""What people do with what they were sent: following a link in a message, or answering STOP to a text message."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from ..core.arns import is_account_id
from ..core.hosts import Host, read_host
from ..core.operation import operations_of
from ..core.shown import shown
from ..exceptions import AwsError, UsageError
from ..services.sns.endpoints import is_phone_number
from .sns import SnsClient

if TYPE_CHECKING:
    from ..engine.engine import Engine

__all__ = ["opt_out", "visit"]

_HERE = ("127.0.0.1", "::1", "localhost")
"""Where a server of this cloud is, to which its links lead: the topic's ARN says which region is meant."""


def visit(engine: Engine, url: str) -> str:
    """Follow a SubscribeURL or UnsubscribeURL: the call that it stands for, unsigned; the subscription's ARN."""
    parts = urlsplit(url)
    host = Host("sns", "") if parts.hostname in _HERE else read_host(parts.hostname or "")
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    action = query.get("Action")
    names = {"ConfirmSubscription": ("TopicArn", "Token"), "Unsubscribe": ("SubscriptionArn",)}.get(action or "")
    if host is None or host.service_name != "sns" or names is None or not query.keys() >= set(names):
        raise UsageError(f"{shown(url)} is not an SNS link: give the SubscribeURL or UnsubscribeURL of a message")
    arn, *token = (query[name] for name in names)
    _, _, _, region_name, account_id = (arn.split(":") + [""] * 5)[:5]
    account_id = account_id if is_account_id(account_id) else engine.account_id
    if not host.region_name:
        host = read_host(f"sns.{region_name}.amazonaws.com") or Host("sns", engine.region_name)
    client = SnsClient(engine, account_id, host.region_name)
    service = client._service
    follow, method_name = (
        (service.confirm_by_link, "confirm_subscription") if token else (service.unsubscribe_by_link, "unsubscribe")
    )
    try:
        confirmed = engine.change("visit()", lambda now: follow(now, arn, *token))
    except AwsError as error:
        raise client._error(operations_of(client.service.api)[method_name], error) from None
    if engine.errands:
        engine.run_errands()
    return str(confirmed or arn)


def opt_out(engine: Engine, phone_number: str, region_name: str | None) -> None:
    """Have a number want no more text messages."""
    if not is_phone_number(phone_number):
        raise UsageError(f"{shown(phone_number)} is not a telephone number: give one such as '+15551234567'")
    service = engine.service("sns", engine.account_id, region_name or engine.region_name)
    engine.change("opt_out()", lambda _: service.opt_out_phone_number(phone_number))

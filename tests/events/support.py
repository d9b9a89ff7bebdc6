"""What tests of EventBridge share."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

__all__ = ["DEFAULT_BUS", "PLACE", "entry", "refused", "rule_to"]

PLACE = "us-east-1:123456789012"
DEFAULT_BUS = f"arn:aws:events:{PLACE}:event-bus/default"


def entry(detail: Any = None, source: str = "app", detail_type: str = "t", **more: Any) -> dict[str, Any]:
    """An entry of PutEvents."""
    return {"Source": source, "DetailType": detail_type, "Detail": json.dumps(detail or {}), **more}


def rule_to(events: Any, *arns: str, name: str = "r", pattern: Any = None, **target: Any) -> None:
    """A rule for what ``app`` puts, or for a pattern, with targets."""
    events.put_rule(Name=name, EventPattern=json.dumps(pattern or {"source": ["app"]}))
    events.put_targets(Rule=name, Targets=[{"Id": str(n), "Arn": arn, **target} for n, arn in enumerate(arns, 1)])


def refused(call: Callable[..., Any], **params: Any) -> tuple[str, str]:
    """The code and the text with which a call is refused."""
    with pytest.raises(Exception, match="An error occurred") as caught:  # of whatever class is the way's
        call(**params)
    response: Any = caught.value.response  # type: ignore[attr-defined]
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return response["Error"]["Code"], response["Error"]["Message"]

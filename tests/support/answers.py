"""What a call is answered, or refused with, through a client of any way in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from minicloud.exceptions import UnknownOperationError
from tests.support.ways import error_class


def refusal(call: Callable[..., Any], **params: Any) -> tuple[str, str]:
    """The code and the message that a call is refused with."""
    with pytest.raises(error_class("ClientError")) as caught:
        call(**params)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def told_instead(client: Any, *operations: str) -> set[str]:
    """What minicloud's own client says of operations that minicloud does not have: what to do instead."""
    found = set()
    for operation in operations:
        with pytest.raises(UnknownOperationError) as caught:
            getattr(client, operation)
        name, _, instead = str(caught.value).partition(": ")
        assert name.startswith(f"minicloud does not have {operation} of ")
        found.add(instead)
    return found


def answer(response: dict[str, Any]) -> dict[str, Any]:
    """An answer without its ResponseMetadata."""
    return {key: value for key, value in response.items() if key != "ResponseMetadata"}

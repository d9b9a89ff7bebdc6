"""What a call is answered, or refused with, through a client of any way in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.ways import error_class


def refusal(call: Callable[..., Any], **params: Any) -> tuple[str, str]:
    """The code and the message that a call is refused with."""
    with pytest.raises(error_class("ClientError")) as caught:
        call(**params)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def answer(response: dict[str, Any]) -> dict[str, Any]:
    """An answer without its ResponseMetadata."""
    return {key: value for key, value in response.items() if key != "ResponseMetadata"}

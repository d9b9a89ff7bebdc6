"""Refusals, and what is noted of them beside AWS's text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

__all__ = ["Noted"]

Noted: TypeAlias = Callable[..., list[str]]


@pytest.fixture
def noted() -> Noted:
    """``noted(sqs.send_message, code, **params)``: the call is refused with this code; its notes."""

    def check(call: Any, code: str, **params: Any) -> list[str]:
        with pytest.raises(Exception, match=rf"\({code}\)") as caught:
            call(**params)
        error: Any = caught.value
        notes: list[str] = getattr(error, "__notes__", [])
        for note in notes:
            assert note not in str(error)
        message = error.response["Error"]["Message"]
        text = str(error).replace(" (reached max retries: 0)", "")
        assert text == f"An error occurred ({code}) when calling the {error.operation_name} operation: {message}"
        return notes

    return check

"""Calls of Lambda, each operation at least once, some of them refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

__all__ = ["lambda_script"]

Call = tuple[str, str, dict[str, Any]]


def archive(source: str) -> bytes:
    """A ZIP file with a module ``app``: the same bytes each time."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as opened:
        opened.writestr(zipfile.ZipInfo("app.py"), source)
    return content.getvalue()


def lambda_script() -> Iterator[Call]:
    """Yields calls (service, method, parameters) and takes each answer, or error response, by ``send``."""
    function: dict[str, Any] = {
        "FunctionName": "bill",
        "Runtime": "python3.12",
        "Role": "arn:aws:iam::123456789012:role/r",
        "Handler": "app.handler",
        "Code": {"ZipFile": archive("def handler(event, context):\n    return event\n")},
        "Environment": {"Variables": {"STAGE": "tést"}},
        "Tags": {"team": "a b"},
    }
    yield "lambda", "create_function", function
    yield "lambda", "create_function", function
    yield "lambda", "create_function", {**function, "FunctionName": "b b", "Timeout": 901}
    yield "lambda", "create_function", {**function, "FunctionName": "other", "Code": {"ZipFile": b"x"}}
    yield "lambda", "get_function", {"FunctionName": "bill"}
    yield "lambda", "get_function", {"FunctionName": "arn:aws:lambda:us-east-1:123456789012:function:bill"}
    yield "lambda", "get_function", {"FunctionName": "bill", "Qualifier": "7"}
    yield "lambda", "get_function", {"FunctionName": "arn:aws:lambda:us-east-1:111122223333:function:bill"}
    yield "lambda", "delete_function", {"FunctionName": "bill"}
    yield "lambda", "delete_function", {"FunctionName": "bill"}

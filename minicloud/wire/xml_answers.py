"""What an answer in REST-XML is made of, for native clients, which tell of its headers and of how long its body is."""

from __future__ import annotations

from typing import Any

from ..core.operation import Operation
from ..core.service import Service
from .model import declared_operation
from .rest_xml_protocol import as_asked_for, write_answer

__all__ = ["rest_xml_answer"]


def rest_xml_answer(
    service: Service, operation: Operation[..., Any], result: dict[str, Any], request_id: str
) -> tuple[dict[str, str], bytes]:
    """The headers that an answer has of its own, its content type among them, and its body."""
    model = declared_operation(service.name, operation.name, "rest-xml")
    headers, content_type, body = write_answer(as_asked_for(result), model, request_id)
    return ({**headers, "Content-Type": content_type} if content_type else headers), body

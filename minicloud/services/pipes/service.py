"""EventBridge Pipes as its clients see it, and the class that its operations make up together.

No operation stands here: they are in ``operations/``, a file a noun, on the state of ``state.py``.
"""

from __future__ import annotations

from ...core.service import REST_JSON, Pagination, Service
from .errors import EXCEPTIONS, error_headers, error_response
from .operations.pipes import PipeOperations
from .operations.tags import TagOperations

__all__ = ["SERVICE", "Pipes"]


class Pipes(PipeOperations, TagOperations):
    """EventBridge Pipes of one account in one region."""


SERVICE = Service(
    name="pipes",
    service_id="Pipes",
    api_version="2015-10-07",
    api=Pipes,
    content_type=REST_JSON,
    exceptions=EXCEPTIONS,
    error_response=error_response,
    error_headers=error_headers,
    paginators={"list_pipes": Pagination("NextToken", "NextToken", "Limit", ("Pipes",))},
)

"""Lambda as its clients see it, and the class that its operations make up together.

No operation stands here: they are in ``operations/``, a file a noun, on the state of ``state.py``.
"""

from __future__ import annotations

from ...core.service import Service
from .errors import EXCEPTIONS, error_headers, error_response
from .operations.functions import FunctionOperations

__all__ = ["SERVICE", "Lambda"]


class Lambda(FunctionOperations):
    """Lambda of one account in one region."""


SERVICE = Service(
    name="lambda",
    service_id="Lambda",
    api_version="2015-03-31",
    api=Lambda,
    content_type="application/json",
    exceptions=EXCEPTIONS,
    error_response=error_response,
    error_headers=error_headers,
    is_partial=True,
)

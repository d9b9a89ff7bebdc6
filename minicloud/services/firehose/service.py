"""Firehose as its clients see it, and the class that its operations make up together.

No operation stands here: they are in ``operations/``, a file a noun, on the state of ``state.py``.
"""

from __future__ import annotations

from typing import Final

from ...core.service import Service
from .errors import EXCEPTIONS, error_response
from .operations.records import RecordOperations
from .operations.streams import StreamOperations
from .operations.tags import TagOperations

__all__ = ["SERVICE", "Firehose"]


class Firehose(StreamOperations, RecordOperations, TagOperations):
    """The Firehose of one account in one region."""


_ENCRYPTION: Final = (
    "records are not encrypted here: take the call out of the test, or let the service through with "
    "mock_aws(passthrough=('firehose',)) where something else answers it"
)

SERVICE = Service(
    name="firehose",
    service_id="Firehose",
    api_version="2015-08-04",
    api=Firehose,
    content_type="application/x-amz-json-1.1",
    exceptions=EXCEPTIONS,
    error_response=error_response,
    is_partial=True,
    refused={"StartDeliveryStreamEncryption": _ENCRYPTION, "StopDeliveryStreamEncryption": _ENCRYPTION},
)

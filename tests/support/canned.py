"""A real client that is given answers in place of the network's: what botocore makes of an error document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config


class CannedClient:
    """``client.error(status, document)`` is the exception that a real client raises for such an answer."""

    def __init__(self, service: str) -> None:
        session = botocore.session.get_session()
        session.set_credentials("key", "secret")
        config = Config(retries={"total_max_attempts": 1})
        self._client = session.create_client(service, region_name="us-east-1", config=config)
        self._client.meta.events.register(f"before-send.{service}", self._answer)
        self._ask = getattr(
            self._client, {"kinesis": "list_streams", "sns": "list_topics", "sqs": "list_queues"}[service]
        )

    def knows(self, name: str) -> bool:
        """Whether this release of botocore has the exception."""
        return hasattr(self._client.exceptions, name)

    def error(self, status: int, document: str, headers: Mapping[str, str] | None = None) -> Any:
        self._status, self._document, self._headers = status, document.encode(), headers or {}
        with pytest.raises(self._client.exceptions.ClientError) as caught:
            self._ask()
        return caught.value

    def stream(self, *_: Any, **__: Any) -> Any:
        """The body, as urllib3 gives it."""
        yield self._document

    def _answer(self, request: Any, **_: Any) -> AWSResponse:
        return AWSResponse(request.url, self._status, self._headers, self)


def shown(error: Any) -> dict[str, Any]:
    """What an error tells its caller, without the metadata of the call."""
    return {name: member for name, member in error.response.items() if name != "ResponseMetadata"}

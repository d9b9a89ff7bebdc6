"""Carrying out what a fault has decided about a call (``_probe.Fate``).

What happens before the operation, what is left of it to perform, and what becomes of its answer is decided by an
``Ordeal``, which makes no calls; the sync and the asyncio way are the two lines around it. The operation itself is
performed by the client's method of that name, compiled once more without the question for faults.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from .. import exceptions
from ..core.operation import Operation
from ..core.unset import UNSET
from ..engine.interception import Fate
from ..exceptions import AwsError, UsageError, visible
from ..faults.effects import BATCHES
from ..wire.headers import metadata_of_result
from .compiled import spared_method

if TYPE_CHECKING:
    from .aio import AsyncClient
    from .base import BaseClient
    from .sync import Client

__all__ = ["suffer", "suffer_async"]


def suffer(client: Client, operation: Operation[..., Any], fate: Fate, params: dict[str, Any]) -> Any:
    """Perform a call as ``fate`` wants it."""
    if fate.seconds:
        client._cloud.sleep(fate.seconds)
    ordeal = Ordeal(client, operation, fate, params)
    rest = ordeal.begin()
    result = None
    if rest is not None:
        try:
            result = spared_method(client, operation)(**rest)
        except Exception as error:  # noqa: BLE001  # raised again, unless the answer is lost
            ordeal.failed(error)
    return ordeal.end(result)


async def suffer_async(client: AsyncClient, operation: Operation[..., Any], fate: Fate, params: dict[str, Any]) -> Any:
    """The same for a task of an event loop."""
    if fate.seconds:
        from ..engine.aio_blocking import sleep

        await sleep(client._cloud, fate.seconds)
    ordeal = Ordeal(client, operation, fate, params)
    rest = ordeal.begin()
    result = None
    if rest is not None:
        try:
            result = await spared_method(client, operation)(**rest)
        except Exception as error:  # noqa: BLE001  # raised again, unless the answer is lost
            ordeal.failed(error)
    return ordeal.end(result)


class Ordeal:
    """One call that something happens to."""

    def __init__(self, client: BaseClient, operation: Operation[..., Any], fate: Fate, params: dict[str, Any]) -> None:
        self._client = client
        self._operation = operation
        self._fate = fate
        self._params = {name: value for name, value in params.items() if value is not UNSET}

    def begin(self) -> dict[str, Any] | None:
        """What to perform; None when there is nothing left. Raises when nothing is to be performed at all."""
        fate = self._fate
        if fate.disconnect is not None:
            raise self._broken(fate.disconnect)
        if fate.error is not None:
            cloud = self._client._cloud
            with cloud.lock:
                now = cloud.time_ns()
                if now >= cloud.timeline.next_due:
                    cloud.settle(now)
            if cloud.probe is not None:
                cloud.probe.refused(self._operation, self._client.service.name, self._params, now, fate.error)
            raise self._client._error(self._operation, fate.error)
        if not fate.entries:
            return self._params
        name = BATCHES[self._operation.name]
        rest = [entry for place, entry in enumerate(self._params[name]) if place not in fate.entries]
        return {**self._params, name: rest} if rest else None

    def failed(self, error: Exception) -> None:
        """The service has refused: the caller gets to know, unless that answer is to be lost, too."""
        if self._fate.lose_answer is None or isinstance(error, UsageError):
            raise error

    def end(self, result: dict[str, Any] | None) -> dict[str, Any]:
        """The answer, given that of what was performed. Raises when it is to be lost."""
        if self._fate.lose_answer is not None:
            raise self._broken(self._fate.lose_answer)
        if not self._fate.entries:
            return cast(dict[str, Any], result)
        entries = self._params[BATCHES[self._operation.name]]
        given = result or {}
        failures = self._fate.entries
        whole = (
            _with_failed_records(given, entries, failures)
            if self._operation.name == "PutRecords"
            else (_with_failed_entries(given, entries, failures))
        )
        whole["ResponseMetadata"] = self._metadata(whole.copy(), given.get("ResponseMetadata", {}).get("RequestId"))
        return whole

    def _broken(self, name: str) -> Exception:
        made: Any = visible(getattr(exceptions, name))
        url = self._client.meta.endpoint_url
        return self._client._broken(self._operation, made(endpoint_url=url, error="a fault of the test's"))

    def _metadata(self, result: dict[str, Any], request_id: str | None) -> dict[str, Any]:
        cloud = self._client._cloud
        with cloud.lock:
            request_id = request_id or cloud.request_ids.next()
            now = cloud.time_ns()
        return metadata_of_result(self._client.service, self._operation, request_id, now, result)


def _with_failed_entries(result: dict[str, Any], entries: Any, failures: Any) -> dict[str, Any]:
    """The answer of a batch of SQS or SNS, its lists in the order of the request."""
    order = {entry["Id"]: place for place, entry in enumerate(entries)}
    failed = result.get("Failed", []) + [
        {"Id": entry["Id"], **_entry_error(failures[place])} for place, entry in enumerate(entries) if place in failures
    ]
    failed.sort(key=lambda answer: order[answer["Id"]])
    whole = {name: value for name, value in result.items() if name == "Successful"}
    return {**whole, "Failed": failed}


def _entry_error(error: AwsError) -> dict[str, Any]:
    return {"SenderFault": error.fault == "Sender", "Code": error.code, "Message": error.message}


def _with_failed_records(result: dict[str, Any], entries: Any, failures: Any) -> dict[str, Any]:
    """The answer of PutRecords, which has one record for each of the request."""
    stored = iter(result.get("Records", ()))
    records = []
    for place in range(len(entries)):
        error = failures.get(place)
        failed = error and {"ErrorCode": error.code, "ErrorMessage": error.message}
        records.append(failed or next(stored))
    count = result.get("FailedRecordCount", 0) + len(failures)
    rest = {
        name: value
        for name, value in result.items()
        if name not in ("FailedRecordCount", "Records", "ResponseMetadata")
    }
    return {"FailedRecordCount": count, "Records": records, **rest}

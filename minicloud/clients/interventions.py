"""Carrying out what an interceptor has decided about a call (``engine.interception.Intervention``).

What happens before the operation, what is left of it to perform, and what becomes of its answer is decided by an
``InterceptedCall``, which makes no calls itself; the sync and the asyncio way are the few lines around it. The
operation is performed by the client's method of that name, compiled once more without the question for interceptors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from .. import exceptions
from ..core.operation import Operation
from ..core.unset import UNSET
from ..exceptions import AwsError, UsageError, visible
from ..faults.effects import BATCHES, OF_DELIVERIES
from ..wire.headers import metadata_of_result
from .compiled import unintercepted_method

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..engine.interception import Intervention
    from .base import BaseClient

__all__ = ["intervene", "intervene_async"]


def intervene(
    client: BaseClient, operation: Operation[..., Any], intervention: Intervention, params: dict[str, Any]
) -> Any:
    """Perform a call as ``intervention`` wants it."""
    if intervention.seconds:
        client._cloud.pause(intervention.seconds)
    call = InterceptedCall(client, operation, intervention, params)
    rest = call.begin()
    answer = None
    if rest is not None:
        try:
            answer = unintercepted_method(client, operation)(**rest)
        except Exception as error:  # noqa: BLE001  # raised again, unless the answer is lost
            call.fail(error)
    return call.end(answer)


async def intervene_async(
    client: BaseClient, operation: Operation[..., Any], intervention: Intervention, params: dict[str, Any]
) -> Any:
    """The same for a task of an event loop."""
    if intervention.seconds:
        from ..engine.aio_blocking import sleep

        await sleep(client._cloud, intervention.seconds)
    call = InterceptedCall(client, operation, intervention, params)
    rest = call.begin()
    answer = None
    if rest is not None:
        try:
            answer = await unintercepted_method(client, operation)(**rest)
        except Exception as error:  # noqa: BLE001  # raised again, unless the answer is lost
            call.fail(error)
    return call.end(answer)


_BY_A_FAULT = "a fault of this test (cloud.faults) answered so: the service itself was not asked"


class InterceptedCall:
    """One call that something happens to."""

    def __init__(
        self, client: BaseClient, operation: Operation[..., Any], intervention: Intervention, params: dict[str, Any]
    ) -> None:
        self._client = client
        self._operation = operation
        self._intervention = intervention
        self._params = {name: value for name, value in params.items() if value is not UNSET}

    def begin(self) -> dict[str, Any] | None:
        """What to perform; None when there is nothing left. Raises when nothing is to be performed at all."""
        intervention = self._intervention
        if intervention.crash == "before":
            raise self._crash()
        if intervention.disconnect is not None:
            raise self._broken(intervention.disconnect)
        if intervention.error is not None:
            raise self._refused(intervention.error)
        if not intervention.entries:
            return self._params
        name = BATCHES[self._operation.name]
        rest = [entry for place, entry in enumerate(self._params[name]) if place not in intervention.entries]
        return {**self._params, name: rest} if rest else None

    def fail(self, error: Exception) -> None:
        """The service has refused: the caller gets to know, unless that answer is to be lost, too, or the caller."""
        loses = self._intervention.lose_answer is not None or self._intervention.crash is not None
        if not loses or isinstance(error, UsageError):
            raise error

    def end(self, answer: dict[str, Any] | None) -> dict[str, Any]:
        """The answer, given that of what was performed. Raises when it is to be lost."""
        if self._intervention.crash is not None:
            raise self._crash()
        if self._intervention.lose_answer is not None:
            raise self._broken(self._intervention.lose_answer)
        failures = self._intervention.entries
        if not failures:
            return cast(dict[str, Any], answer)
        answer = answer or {}
        entries = self._params[BATCHES[self._operation.name]]
        if self._operation.name == "PutRecords":
            completed = _with_failed_records(answer, entries, failures)
        elif self._operation.name in OF_DELIVERIES:
            completed = _with_failed_deliveries(answer, entries, failures)
        else:
            if self._operation.name == "PublishBatch":  # SNS's lists are there when they are empty, SQS's are not
                answer.setdefault("Successful", [])
            completed = _with_failed_entries(answer, entries, failures)
        request_id = answer.get("ResponseMetadata", {}).get("RequestId")
        completed["ResponseMetadata"] = self._metadata(completed.copy(), request_id)
        return completed

    def _refused(self, error: AwsError) -> Exception:
        if not hasattr(error, "__notes__"):  # one error is raised for as many calls as the fault strikes
            error.add_note(_BY_A_FAULT)
        cloud = self._client._cloud
        with cloud.lock:
            now = cloud.time_ns()
            if now >= cloud.timeline.next_due:
                cloud.settle(now)
        if cloud.interception is not None:
            cloud.interception.refused(self._operation, self._client.service.name, self._params, now, error)
        return self._client._error(self._operation, error)

    def _crash(self) -> exceptions.Crash:
        name = f"{self._client.service.name}.{self._operation.name}"
        took_effect = "before it took effect" if self._intervention.crash == "before" else "after it had taken effect"
        return exceptions.Crash(f"a fault of this test (cloud.faults) ended the caller of {name}, {took_effect}")

    def _broken(self, name: str) -> Exception:
        made: Any = visible(getattr(exceptions, name))
        url = self._client.meta.endpoint_url
        return self._client._error(self._operation, made(endpoint_url=url, error="a fault of the test's"))

    def _metadata(self, answer: dict[str, Any], request_id: str | None) -> dict[str, Any]:
        cloud = self._client._cloud
        with cloud.lock:
            request_id = request_id or cloud.request_ids.next()
            now = cloud.time_ns()
        return metadata_of_result(self._client.service, self._operation, request_id, now, answer)


def _with_failed_entries(
    answer: dict[str, Any], entries: list[dict[str, Any]], failures: Mapping[int, AwsError]
) -> dict[str, Any]:
    """The answer of a batch of SQS or SNS, its failures in the order of the request."""
    failed = list(answer.get("Failed", []))
    for place, error in failures.items():
        failed.append({"Id": entries[place]["Id"], **_entry_error(error)})
    order = {entry["Id"]: place for place, entry in enumerate(entries)}
    failed.sort(key=lambda failure: order[failure["Id"]])
    succeeded = {name: value for name, value in answer.items() if name == "Successful"}
    return {**succeeded, "Failed": failed}


def _entry_error(error: AwsError) -> dict[str, Any]:
    return {"SenderFault": error.fault == "Sender", "Code": error.code, "Message": error.message}


def _with_failed_deliveries(
    answer: dict[str, Any], entries: list[dict[str, Any]], failures: Mapping[int, AwsError]
) -> dict[str, Any]:
    """The answer of Kinesis about deliveries, which has both lists, in the order of the request."""
    failed = list(answer.get("Failed", []))
    for place, error in failures.items():
        handle = entries[place]["ReceiptHandle"]
        code = "InternalFailureException" if error.code == "InternalFailure" else error.code
        failed.append({"ReceiptHandle": handle, "ErrorCode": code, "ErrorMessage": error.message})
    order = [entry["ReceiptHandle"] for entry in entries]
    failed.sort(key=lambda failure: order.index(failure["ReceiptHandle"]))
    return {"Successful": list(answer.get("Successful", [])), "Failed": failed}


def _with_failed_records(
    answer: dict[str, Any], entries: list[dict[str, Any]], failures: Mapping[int, AwsError]
) -> dict[str, Any]:
    """The answer of PutRecords, which has one record for each of the request."""
    stored = iter(answer.get("Records", []))
    records = []
    for place in range(len(entries)):
        error = failures.get(place)
        if error is None:
            records.append(next(stored))
        else:
            records.append({"ErrorCode": error.code, "ErrorMessage": error.message})
    completed = {"FailedRecordCount": answer.get("FailedRecordCount", 0) + len(failures), "Records": records}
    if "EncryptionType" in answer:
        completed["EncryptionType"] = answer["EncryptionType"]
    return completed

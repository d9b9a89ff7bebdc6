"""A batch of records that a function transforms, and what its answer means.

A run that fails is tried again, as often as NumberOfRetries says; then all records of the batch have failed. An answer
says of each record what became of it: ``Ok`` goes on with its new data, ``Dropped`` is done, ``ProcessingFailed`` and
whatever the answer says nothing good of becomes a line of an object of failed records. [Firehose developer guide: data
transformation; which runs are tried again, how long that waits, and the codes of the lines: inferred]
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from ...core.effects import Change, ToLog
from ...core.timeline import SECOND
from . import facts
from .item import Item

if TYPE_CHECKING:
    from .protocols import Output, Stream
    from .settings import Processing

__all__ = ["Transform"]

_FIRST_WAIT: Final = SECOND
_LONGEST_WAIT: Final = 60 * SECOND
_MISSING: Final = (
    "Lambda.MissingRecordId",
    ("One or more record Ids were not returned. Ensure that the Lambda function returns all received record Ids."),
)
_TWICE: Final = (
    "Lambda.DuplicatedRecordId",
    (
        "Multiple records were returned with the same record ID. Ensure that the Lambda function returns unique record "
        "IDs for each record."
    ),
)
_UNREADABLE: Final = (
    "Lambda.JsonProcessingException",
    (
        "There was an error parsing returned records from the Lambda function. Ensure that the returned records follow "
        "the status model required by Amazon Kinesis Data Firehose."
    ),
)
_REFUSED: Final = "Lambda.ProcessingFailedStatus", "ProcessingFailed status set for record"
_FAILED: Final = (
    "Lambda.FunctionError",
    ("The Lambda function was successfully invoked but it returned an error result."),
)
_THROTTLED: Final = (
    "Lambda.InvokeLimitExceeded",
    ("The Lambda concurrent execution limit is exceeded. Increase the concurrent execution limit."),
)
_NOBODY: Final = "Lambda.ResourceNotFound", "The Lambda function does not exist."
_NO_KEYS: Final = "DynamicPartitioning.MetadataExtractionFailed", "partitionKeys values are missing or empty."


class Transform:
    """One batch, until its function is done with it."""

    def __init__(self, stream: Stream, items: Sequence[Item], processing: Processing, number: str) -> None:
        self.stream = stream
        self.items = items
        self.processing = processing
        self.invocation_id = number
        self.attempts = 0
        """How many runs have failed."""
        self.due = 0
        """When the next one begins."""
        self.is_waiting = False
        """Whether that is on the timeline."""
        self.run: Any = None
        """The run that is under way."""

    # --- as a run sees it (Work of a function) ------------------------------------------------------------------------

    @property
    def trigger(self) -> str:
        """What led to it."""
        return f"firehose:{self.stream.name}"

    def about(self) -> Mapping[str, Any]:
        """What facts of its runs say."""
        return {}

    def make_event(self) -> Any:
        """What the function gets."""
        stream = self.stream
        event: dict[str, Any] = {"invocationId": self.invocation_id, "deliveryStreamArn": stream.arn}
        if stream.source_arn:
            event["sourceKinesisStreamArn"] = stream.source_arn
        event["region"] = stream.state.region_name
        event["records"] = [_told(item) for item in self.items]
        return event

    def ended(self, now: int, run: Any) -> None:
        """A run has ended. The same one a second time is none."""
        if run is not self.run:
            return
        if run.outcome != "success":
            self._failed(now, _FAILED)
        else:
            self._answered(now, run.result)

    # --- its life -----------------------------------------------------------------------------------------------------

    def begin(self, now: int) -> None:
        """Have the function run, unless it does, or is to later. Doing it again changes nothing."""
        if self.run is not None or self not in self.stream.works:
            return
        if self.is_waiting and now < self.due:
            self.stream.world.timeline.schedule(self.due, self.begin)
            return
        change, arn = Change(), self.processing.function_arn
        parts = arn.split(":", 5)
        try:
            functions = self.stream.world.find_service("lambda", parts[4], parts[3])
            run = functions.run_for(now, arn, self, change)
        except (LookupError, ValueError):
            self._failed(now, _NOBODY)
            return
        if run is None:
            self._failed(now, _THROTTLED)
            return
        # One step: nothing is called.
        self.run, self.is_waiting, change.happened = run, False, True

    def _failed(self, now: int, why: tuple[str, str]) -> None:
        attempts = self.attempts + 1
        if attempts > self.processing.retries:
            lines = [self._line(now, item, attempts, why) for item in self.items]
            self._done(now, {("failures", ()): lines}, 0, len(lines), why)
            return
        due = now + min(_FIRST_WAIT << min(attempts - 1, 20), _LONGEST_WAIT)
        self.stream.world.timeline.schedule(due, self.begin)
        # One step: nothing is called.
        self.attempts, self.due, self.is_waiting, self.run = attempts, due, True, None

    def _answered(self, now: int, answer: Any) -> None:
        records = answer.get("records") if isinstance(answer, dict) else None
        found: dict[Any, list[Any]] = {}
        for one in records if isinstance(records, list) else ():
            if isinstance(one, dict):
                found.setdefault(str(one.get("recordId")), []).append(one)
        made: dict[Output, list[Item]] = {}
        dropped, failed, reason = 0, 0, ("", "")
        for item in self.items:
            told = found.get(item.record_id, [])
            if not isinstance(records, list):
                outcome: Any = _UNREADABLE
            elif len(told) != 1:
                outcome = _TWICE if told else _MISSING
            else:
                outcome = self._outcome(now, item, told[0])
            if outcome is None:
                dropped += 1
            elif isinstance(outcome[0], str) and isinstance(outcome[1], str):
                failed, reason = failed + 1, outcome
                made.setdefault(("failures", ()), []).append(self._line(now, item, self.attempts + 1, outcome))
            else:
                made.setdefault(outcome[0], []).append(outcome[1])
        self._done(now, made, dropped, failed, reason)

    def _outcome(self, now: int, item: Item, told: Mapping[str, Any]) -> Any:
        """An output and an item; a code and a text of why not; None for a record that is dropped."""
        result = told.get("result")
        if result == "Dropped":
            return None
        if result == "ProcessingFailed":
            return _REFUSED
        data = told.get("data")
        if result != "Ok" or not isinstance(data, str):
            return _UNREADABLE
        try:
            content = b64decode(data, validate=True)
        except (NotBase64, ValueError):
            return _UNREADABLE
        destination = self.stream.destination
        if not destination.has_partitions:
            return ("data", ()), item.moved(now, content)
        metadata = told.get("metadata")
        keys = metadata.get("partitionKeys") if isinstance(metadata, dict) else None
        keys = keys if isinstance(keys, dict) else {}
        if not all(keys.get(key) for key in destination.partition_keys):
            return _NO_KEYS
        partition = tuple(sorted((key, str(keys[key])) for key in destination.partition_keys))
        return ("data", partition), item.moved(now, content)

    def _line(self, now: int, item: Item, attempts: int, why: tuple[str, str]) -> Item:
        """What is kept of a record that has failed. [docs]"""
        text = json.dumps(
            {
                "attemptsMade": attempts,
                "arrivalTimestamp": item.arrival // 1_000_000,
                "errorCode": why[0],
                "errorMessage": why[1],
                "attemptEndingTimestamp": now // 1_000_000,
                "rawData": b64encode(item.data).decode("ascii"),
                "lambdaArn": self.processing.function_arn,
            },
            separators=(",", ":"),
        )
        return item.moved(now, f"{text}\n".encode())

    def _done(
        self, now: int, made: Mapping[Output, list[Item]], dropped: int, failed: int, why: tuple[str, str]
    ) -> None:
        stream = self.stream
        if self not in stream.works:
            return
        world = stream.world
        log = stream.destination.log
        if failed and log is not None:
            version = stream.setting[0]
            entry = {
                "deliveryStreamARN": stream.arn,
                "destination": stream.destination.bucket_arn,
                "deliveryStreamVersionId": version,
                "message": why[1],
                "errorCode": why[0],
            }
            place = stream.state.account_id, stream.state.region_name
            group, name = log[0] or f"/aws/kinesisfirehose/{stream.name}", log[1] or "DestinationDelivery"
            text = json.dumps(entry, separators=(",", ":"))
            world.outbox.append(ToLog(*place, group, name, [text], cause=_Left(self)))
        if world.trace is not None:
            facts.transformed(world.trace, now, stream, len(self.items), dropped, failed, why[0])
        stream.transformed(now, self, made)


class _Left:
    """A cause: a batch is done."""

    __slots__ = ("_work",)

    def __init__(self, work: Transform) -> None:
        self._work = work

    @property
    def happened(self) -> bool:
        """Whether it is."""
        return self._work not in self._work.stream.works


def _told(item: Item) -> dict[str, Any]:
    """A record as a function sees it. [docs]"""
    told: dict[str, Any] = {
        "recordId": item.record_id,
        "approximateArrivalTimestamp": item.arrival // 1_000_000,
        "data": b64encode(item.data).decode("ascii"),
    }
    if item.metadata:
        told["kinesisRecordMetadata"] = dict(item.metadata)
    return told

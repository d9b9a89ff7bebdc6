"""What Lambda tells the recorder: a function for each fact.

The kinds come from the register in ``core/facts.py``. No kind and no name of a detail stands anywhere else in this
folder, so that a fact has the same details wherever it is told. Whoever calls has looked whether anybody records:
``if trace is not None: facts.function_created(trace, now, function)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from ...core import facts as kinds

if TYPE_CHECKING:
    from ...core.world import Trace
    from .function import Function, FunctionVersion
    from .mapping import Current, Mapping

__all__ = [
    "batch_handled",
    "chaos",
    "dead_lettered",
    "destination_failed",
    "failed",
    "function_changed",
    "function_created",
    "function_deleted",
    "given_up",
    "invoked",
    "lost",
    "mapping_changed",
    "mapping_created",
    "mapping_deleted",
    "messages_filtered",
    "messages_taken",
    "records_bisected",
    "records_chaos",
    "records_discarded",
    "records_expired",
    "records_filtered",
    "records_handled",
    "records_retried",
    "records_taken",
    "retried",
    "succeeded",
    "throttled",
    "timed_out",
    "version_published",
]

Numbers: TypeAlias = Sequence[str]
"""Sequence numbers."""
Details: TypeAlias = dict[str, Any]
"""The function's ARN, the request id, which attempt it is, what led to it, and which message it is about."""


# --- functions --------------------------------------------------------------------------------------------------------


def function_created(trace: Trace, now: int, function: Function) -> None:
    """A function was made."""
    trace(now, kinds.LAMBDA_FUNCTION_CREATED, function.name, arn=function.arn)


def function_changed(trace: Trace, now: int, function: Function) -> None:
    """A function has other code, or other settings."""
    trace(now, kinds.LAMBDA_FUNCTION_CHANGED, function.name, arn=function.arn)


def function_deleted(trace: Trace, now: int, function: Function) -> None:
    """A function was deleted, with its versions and aliases."""
    trace(now, kinds.LAMBDA_FUNCTION_DELETED, function.name, arn=function.arn)


def version_published(trace: Trace, now: int, version: FunctionVersion) -> None:
    """A function's code and settings got a number."""
    trace(now, kinds.LAMBDA_VERSION_PUBLISHED, version.function.name, version=version.version, arn=version.function.arn)


# --- mappings ---------------------------------------------------------------------------------------------------------


def mapping_created(trace: Trace, now: int, mapping: Mapping) -> None:
    """A source was mapped to a function."""
    trace(
        now,
        kinds.MAPPING_CREATED,
        mapping.source_name,
        function=mapping.resolved.function.name,
        mapping=mapping.uuid,
        state=mapping.status,
        arn=mapping.source_arn,
    )


def mapping_changed(trace: Trace, now: int, mapping: Mapping, current: Current) -> None:
    """A mapping gets other settings, another function, or is enabled or disabled."""
    trace(
        now,
        kinds.MAPPING_CHANGED,
        mapping.source_name,
        function=current.resolved.function.name,
        mapping=mapping.uuid,
        state="Enabled" if current.settings["Enabled"] else "Disabled",
        arn=mapping.source_arn,
    )


def mapping_deleted(trace: Trace, now: int, mapping: Mapping) -> None:
    """A mapping was deleted."""
    trace(
        now,
        kinds.MAPPING_DELETED,
        mapping.source_name,
        function=mapping.resolved.function.name,
        mapping=mapping.uuid,
        arn=mapping.source_arn,
    )


# --- mappings of queues -----------------------------------------------------------------------------------------------


def messages_taken(trace: Trace, now: int, mapping: Mapping, message_ids: Sequence[str]) -> None:
    """Messages were received for a function."""
    trace(
        now,
        kinds.MAPPING_TAKEN,
        mapping.source_name,
        function=mapping.resolved.function.name,
        message_ids=message_ids,
        mapping=mapping.uuid,
        arn=mapping.source_arn,
    )


def messages_filtered(trace: Trace, now: int, mapping: Mapping, message_ids: Sequence[str]) -> None:
    """Messages were received that a function does not want: they are going to be deleted."""
    trace(
        now,
        kinds.MAPPING_FILTERED,
        mapping.source_name,
        function=mapping.resolved.function.name,
        message_ids=message_ids,
        mapping=mapping.uuid,
        arn=mapping.source_arn,
    )


def batch_handled(
    trace: Trace, now: int, mapping: Mapping, request_id: str, message_ids: Sequence[str], failed: Sequence[str]
) -> None:
    """A run with messages has ended: those that have ``failed`` stay in the queue, the others are deleted."""
    trace(
        now,
        kinds.MAPPING_HANDLED,
        mapping.source_name,
        function=mapping.resolved.function.name,
        message_ids=message_ids,
        failed=failed,
        request_id=request_id,
        mapping=mapping.uuid,
        arn=mapping.source_arn,
    )


# --- chaos ------------------------------------------------------------------------------------------------------------


def chaos(trace: Trace, now: int, name: str, choice: str, arn: str) -> None:
    """Something happened as AWS reserves the right to let it happen, to a source or to a function."""
    trace(now, kinds.CHAOS, name, choice=choice, arn=arn)


# --- runs and events: ``details`` say which it is --------------------------------------------------------------------


def invoked(trace: Trace, now: int, name: str, version: str, under_way: list[int], details: Details) -> None:
    """A function is run; ``under_way`` are with it so many runs of the function, of all, of those without a reserve."""
    trace(now, kinds.LAMBDA_INVOKED, name, version=version, under_way=under_way, **details)


def throttled(trace: Trace, now: int, name: str, reason: str | None, details: Details) -> None:
    """A function is not run, as too many of its runs, or of the account's, are under way."""
    trace(now, kinds.LAMBDA_THROTTLED, name, reason=reason, **details)


def succeeded(trace: Trace, now: int, name: str, lasted: int, details: Details) -> None:
    """A run has ended well."""
    trace(now, kinds.LAMBDA_SUCCEEDED, name, lasted=lasted, **details)


def failed(
    trace: Trace,
    now: int,
    name: str,
    lasted: int,
    reason: str,
    stack: Sequence[str],
    notes: Sequence[str],
    details: Details,
) -> None:
    """A handler has raised, or returned what cannot be; ``stack`` is where, the outermost frame first."""
    more = {"notes": notes} if notes else {}
    trace(now, kinds.LAMBDA_FAILED, name, lasted=lasted, reason=reason, stack=stack, **more, **details)


def timed_out(trace: Trace, now: int, name: str, lasted: int, reason: str, details: Details) -> None:
    """A run has taken too long."""
    trace(now, kinds.LAMBDA_TIMED_OUT, name, lasted=lasted, reason=reason, **details)


def retried(trace: Trace, now: int, name: str, due: int, reason: str, details: Details) -> None:
    """An event whose run has failed will be tried again."""
    trace(now, kinds.LAMBDA_RETRIED, name, due=due, reason=reason, **details)


def given_up(trace: Trace, now: int, name: str, condition: str, reason: str | None, details: Details) -> None:
    """An event has failed for good."""
    trace(now, kinds.LAMBDA_GIVEN_UP, name, condition=condition, reason=reason, **details)


def dead_lettered(trace: Trace, now: int, name: str, to: str, what: str, details: Details) -> None:
    """An event, or the record of one, is on its way to a dead-letter queue or a destination."""
    trace(now, kinds.LAMBDA_DEAD_LETTERED, name, to=to, what=what, **details)


def lost(trace: Trace, now: int, name: str, to: str, what: str, reason: str, details: Details) -> None:
    """It has not got there."""
    trace(now, kinds.LAMBDA_LOST, name, to=to, what=what, reason=reason, **details)


# --- mappings of streams ----------------------------------------------------------------------------------------------


def _of_records(mapping: Mapping, shard_id: str, **details: Any) -> Details:
    return {
        "function": mapping.resolved.function.name,
        "shard": shard_id,
        **details,
        "mapping": mapping.uuid,
        "arn": mapping.source_arn,
    }


def records_taken(
    trace: Trace, now: int, mapping: Mapping, shard_id: str, numbers: Numbers, attempt: int, request_id: str
) -> None:
    """A function is run with records of a shard; without any at the end of a tumbling window."""
    details = _of_records(
        mapping, shard_id, records=len(numbers), attempt=attempt, request_id=request_id, numbers=numbers
    )
    trace(now, kinds.MAPPING_TAKEN, mapping.source_name, **details)


def records_handled(
    trace: Trace,
    now: int,
    mapping: Mapping,
    shard_id: str,
    numbers: Numbers,
    failed: int | None,
    request_id: str,
    last: int | None,
) -> None:
    """A run with records has ended: those from ``failed`` on are not done; None: all are.

    ``last`` is when the last of them was put; None when there was none.
    """
    left = [] if failed is None else numbers[failed:]
    age = None if last is None else (now - last) // 1_000_000
    details = _of_records(mapping, shard_id, records=len(numbers), request_id=request_id, numbers=numbers, failed=left)
    details |= {"age": age, "function_arn": mapping.resolved.function.arn}
    trace(now, kinds.MAPPING_HANDLED, mapping.source_name, **details)


def records_retried(
    trace: Trace, now: int, mapping: Mapping, shard_id: str, numbers: Numbers, outcome: str, due: int
) -> None:
    """A batch, or what is left of one, comes again: its run failed or was throttled."""
    details = _of_records(mapping, shard_id, records=len(numbers), outcome=outcome, due=due, numbers=numbers)
    trace(now, kinds.MAPPING_RETRIED, mapping.source_name, **details)


def records_bisected(
    trace: Trace, now: int, mapping: Mapping, shard_id: str, numbers: Numbers, first: int, due: int
) -> None:
    """The run of a batch failed, and its halves come one after the other; so many records are in the first one."""
    details = _of_records(mapping, shard_id, records=len(numbers), first=first, due=due, numbers=numbers)
    trace(now, kinds.MAPPING_BISECTED, mapping.source_name, **details)


def records_discarded(
    trace: Trace, now: int, mapping: Mapping, shard_id: str, numbers: Numbers, why: str, destination: str | None
) -> None:
    """A batch was given up; ``why`` is the condition that its destination is told, or ``"expired"``."""
    details = _of_records(mapping, shard_id, records=len(numbers), why=why, destination=destination, numbers=numbers)
    trace(now, kinds.MAPPING_DISCARDED, mapping.source_name, **details)


def records_expired(trace: Trace, now: int, mapping: Mapping, shard_id: str, count: int) -> None:
    """Records went from the stream before the mapping came to read them."""
    details = _of_records(mapping, shard_id, records=count, why="expired")
    trace(now, kinds.MAPPING_DISCARDED, mapping.source_name, **details)


def records_filtered(trace: Trace, now: int, mapping: Mapping, shard_id: str, numbers: Numbers) -> None:
    """Records that the mapping's filters do not want were passed over."""
    details = _of_records(mapping, shard_id, records=len(numbers), numbers=numbers)
    trace(now, kinds.MAPPING_FILTERED, mapping.source_name, **details)


def records_chaos(trace: Trace, now: int, mapping: Mapping, shard_id: str, choice: str) -> None:
    """A mapping does what AWS reserves the right to do."""
    trace(now, kinds.CHAOS, mapping.source_name, choice=choice, shard_id=shard_id, arn=mapping.source_arn)


def destination_failed(trace: Trace, now: int, mapping: Mapping, destination: str | None, reason: str) -> None:
    """The destination of a mapping could not be told of a batch that was given up."""
    trace(
        now,
        kinds.MAPPING_DESTINATION_FAILED,
        mapping.source_name,
        function=mapping.resolved.function.name,
        destination=destination,
        reason=reason,
        mapping=mapping.uuid,
        arn=mapping.source_arn,
    )

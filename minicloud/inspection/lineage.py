"""What messages and records follow from: an upload, a schedule, an alarm; and the way from there.

A fact says by its ``origin`` what it follows from, by the name that facts of that have, or by ``run_id`` the run of a
function that the call was made in. So a *story* grows from fact to fact: an object is put, a topic is told of it, a
function runs with that and sends a message. It is the beginning of that message's account.

| begins with                                      | goes on with                                  | ends with        |
|--------------------------------------------------|-----------------------------------------------|------------------|
| an object that S3 tells of, a delivery of        | a publication, an event on a bus, a run of a  | an alarm that    |
| Firehose, a schedule, an alarm, what a pipe took | function, an object or record that any of it  | looks at a queue |
|                                                  | puts                                          |                  |

What begins with a plain call has no story: its account tells all there is. A run with several messages or records has
none either, for nobody knows which of them it follows from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ..core import facts
from ..core.shown import escaped
from .message_ledger import MessageLedger
from .run_notes import Note
from .stream_accounts import stream_arn
from .text import describe, short_sequence_number
from .trace_event import TraceEvent

__all__ = ["Lineage", "Story"]

Story = tuple[Note, ...]
"""What happened before, oldest first."""
_FIRST: Final = 3
_LAST: Final = 9
"""Of a story that is longer, so many notes of its beginning and of its end are kept: it may go round in a circle."""


class Lineage:
    """The stories of what facts may name as their origin."""

    def __init__(self, accounts: Mapping[str, MessageLedger]) -> None:
        self._accounts = accounts
        """Those of messages, by id."""
        self._objects: dict[tuple[str, str], TraceEvent] = {}
        """What has happened last to an object of S3, by the ARN of the bucket and the key."""
        self._stories: dict[str, Story] = {}
        """By the origin that facts name."""
        self._records: dict[int, Story] = {}
        """Of records that were put, by the number of the fact."""
        self._puts: dict[tuple[str, str], TraceEvent] = {}
        """Those records that have a story, by the stream's ARN and their sequence number."""
        self._first_records: dict[str, TraceEvent] = {}
        """By request id, the only record that a run will begin with."""

    def post(self, event: TraceEvent) -> None:
        """Something has happened, in the order of the trace."""
        post = _POSTINGS.get(event.kind)
        if post is not None:
            post(self, event)

    def before(self, event: TraceEvent) -> Story:
        """What something follows from; empty where nobody knows."""
        details = event.details
        origin = details.get("origin")
        if origin is None and details.get("run_id") is not None:
            origin = f"run:{details['run_id']}"
        return self._stories.get(origin, ()) if origin else ()

    def before_record(self, number: int) -> Story:
        """The same of a record, by the number of the fact that it was put."""
        return self._records.get(number, ())

    def _goes_on(self, name: str, before: Story, event: TraceEvent, how: str) -> None:
        story = (*before, Note(event, how))
        if len(story) > _FIRST + _LAST:
            after = story[_FIRST]
            gap = TraceEvent(after.time_ns, facts.CALL, "", {}, after.actor, after.number)  # of no kind that says more
            story = (*story[:_FIRST], Note(gap, "…"), *story[-_LAST:])
        self._stories[name] = story

    # --- what stories begin with --------------------------------------------------------------------------------------

    def _object(self, event: TraceEvent) -> None:
        self._objects[event.details["arn"], event.details["key"]] = event

    def _notified(self, event: TraceEvent) -> None:
        """S3 tells of an object: what happened to it is where the story begins, or goes on."""
        found = self._objects.get((event.details["arn"], event.details["key"]))
        if found is not None and event.details["event"].startswith(("ObjectCreated:", "ObjectRemoved:")):
            self._goes_on(event.details["origin"], self.before(found), found, f"{describe(found)}, in {found.resource}")

    def _fired(self, event: TraceEvent) -> None:
        name = f"schedule:{event.resource}/{event.details['execution_id']}"
        self._goes_on(name, (), event, f"{event.resource}: {describe(event)}")

    def _matched(self, event: TraceEvent) -> None:
        if event.details["is_scheduled"]:
            name = f"event:{event.details['event_id']}"
            self._goes_on(name, (), event, f"{event.resource}: {describe(event)}")

    def _alarm(self, event: TraceEvent) -> None:
        """An alarm changes: that is the end of the stories of what lies in the queues that it looks at."""
        how = f"alarm {escaped(event.resource, 80)} {describe(event)}"
        self._goes_on(f"alarm:{event.resource}", (), event, how)
        queues = event.details.get("queues") or ()
        if queues and "ALARM" in (event.details["state"], event.details["old"]):
            for account in self._accounts.values():
                if account.queue in queues and not account.is_gone:
                    account.events.append(Note(event, how))

    def _taken(self, event: TraceEvent) -> None:
        for name in event.details["message_ids"]:
            account = self._accounts.get(name)
            # A record of a stream is called by shard and number.
            put = self._puts.get((stream_arn(event.details["source"]), name.rpartition(":")[2]))
            story: Story = ()
            if account is not None:
                story = self._of_message(account)
            elif put is not None:
                story = self._of_record(put)
            self._goes_on(f"pipe:{event.resource}/{name}", story, event, f"taken by the pipe {event.resource}")

    @staticmethod
    def _of_message(account: MessageLedger) -> Story:
        sent = account._sent_event
        if sent is None:
            return account._lead
        return (*account._lead, Note(sent, f"{account.name} {describe(sent)}, in {account.sent_to}"))

    def _of_record(self, put: TraceEvent) -> Story:
        name = f"record {short_sequence_number(put.details['sequence_number'])}"
        return (*self._records[put.number], Note(put, f"{name} {describe(put)}, in {put.resource}"))

    # --- how they go on -----------------------------------------------------------------------------------------------

    def _published(self, event: TraceEvent) -> None:
        before = self.before(event)
        if before:
            self._goes_on(event.details["message_id"], before, event, f"published to {event.resource}")

    def _event_put(self, event: TraceEvent) -> None:
        before = self.before(event)
        if before:
            name = f"event:{event.details['event_id']}"
            self._goes_on(name, before, event, f"{describe(event)}, on the bus {event.resource}")

    def _run(self, event: TraceEvent) -> None:
        details = event.details
        before = self.before(event)
        if not before and "event_id" in details:
            before = self._stories.get(f"event:{details['event_id']}", ())
        if not before and "message_id" in details:
            before = self._stories.get(details["message_id"], ())
        of = details.get("message_ids", ())
        if len(of) == 1 and of[0] in self._accounts and self._accounts[of[0]]._lead:
            before = self._of_message(self._accounts[of[0]])
        put = self._first_records.pop(details["request_id"], None)
        if put is not None:
            before = self._of_record(put)
        if before:
            self._goes_on(f"run:{details['request_id']}", before, event, "")

    def _record(self, event: TraceEvent) -> None:
        before = self.before(event)
        if before:
            self._records[event.number] = before
            self._puts[event.details["arn"], event.details["sequence_number"]] = event

    def _taken_by_mapping(self, event: TraceEvent) -> None:
        numbers = event.details.get("numbers", ())
        if len(numbers) == 1:
            put = self._puts.get((stream_arn(event.details["arn"]), numbers[0]))
            if put is not None:
                self._first_records[event.details["request_id"]] = put

    def _delivered(self, event: TraceEvent) -> None:
        name = f"firehose:{event.resource}/{event.details['key']}"
        self._goes_on(name, (), event, f"{event.resource}: {describe(event)}")


_POSTINGS: Final[dict[str, Callable[[Lineage, TraceEvent], None]]] = {
    facts.ALARM_CHANGED: Lineage._alarm,
    facts.DELIVERY_STREAM_DELIVERED: Lineage._delivered,
    facts.EVENT_MATCHED: Lineage._matched,
    facts.EVENT_PUT: Lineage._event_put,
    facts.KINESIS_RECORD_PUT: Lineage._record,
    facts.LAMBDA_INVOKED: Lineage._run,
    facts.MAPPING_TAKEN: Lineage._taken_by_mapping,
    facts.NOTIFICATION_SENT: Lineage._notified,
    facts.OBJECT_CREATED: Lineage._object,
    facts.OBJECT_REMOVED: Lineage._object,
    facts.PIPE_TAKEN: Lineage._taken,
    facts.SCHEDULE_FIRED: Lineage._fired,
    facts.SNS_MESSAGE_PUBLISHED: Lineage._published,
}

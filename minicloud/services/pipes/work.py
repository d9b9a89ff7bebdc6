"""One batch on its way through a pipe: to the enrichment, to the target, and what came of it.

| stage      | what happens                                           | then                                         |
|------------|--------------------------------------------------------|----------------------------------------------|
| begun      | the batch is complete                                  | enriching, or what the target asks for       |
| enriching  | a function runs with the batch                         | the same with its answer, or done            |
| running    | the target, a function, runs with it                   | done                                         |
| delivering | each of its items is on its way to the target          | done, as soon as all have arrived or failed  |

What has failed comes back from the source: Pipes has no retries of its own. [EventBridge user guide: Pipes error
handling] A stage begins in one step: what it needs is put into the outbox first, with a ``Change`` as its cause.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from json import loads
from typing import TYPE_CHECKING, Any, Final, Protocol

from ...core.batch_result import failed_messages
from ...core.effects import Change, Deliver, Depart, Departure
from ...core.shown import escaped
from ...core.timestamps import datetime_of
from .template import as_json

if TYPE_CHECKING:
    from .pipe import Pipe, Settings
    from .template import Template

__all__ = ["Item", "Reader", "Work"]

BEGUN: Final = "begun"
ENRICHING: Final = "enriching"
RUNNING: Final = "running"
DELIVERING: Final = "delivering"
DONE: Final = "done"


class Item:
    """One record: as it is sent on, and as paths see it."""

    __slots__ = ("identifier", "record", "seen")

    def __init__(self, identifier: str, record: Mapping[str, Any], content: str, text: str | None) -> None:
        self.identifier = identifier
        """By which a function says that it has failed."""
        self.record = record
        self.seen = _taken_apart(record, content, text)


def _taken_apart(record: Mapping[str, Any], content: str, text: str | None) -> Mapping[str, Any]:
    """A record whose content is taken apart where it is JSON; ``text`` is what the content stands for."""
    if text is None or text.lstrip()[:1] not in ("{", "["):
        return record
    try:
        return {**record, content: loads(text)}
    except (ValueError, RecursionError):
        return record


class Reader(Protocol):
    """Whoever has taken a batch from the source."""

    def done(self, now: int, work: Work, failed: Sequence[str]) -> None:
        """A batch is done, but for those that failed. Called again as long as that was interrupted."""


class Given:
    """What a function is given of a batch, as a run sees it (Work of a function). It never changes."""

    __slots__ = ("_about", "_pairs", "_template", "_work")

    def __init__(self, work: Work, template: Template | None, pairs: Sequence[Any], *, is_enriched: bool) -> None:
        self._work = work
        self._template = template
        self._pairs = pairs
        self._about = {} if is_enriched else {"message_ids": [item.identifier for item in work.items]}

    @property
    def trigger(self) -> str:
        """What led to it."""
        return self._work.trigger

    def about(self) -> Mapping[str, Any]:
        """What facts of its runs say: which messages it is about, unless they were made anew."""
        return self._about

    def make_event(self) -> Any:
        """What the function gets: an array of all. [EventBridge user guide: Pipes batching]"""
        shaped = self._work.shaped
        return loads(as_json([shaped(self._template, sent, seen) for sent, seen in self._pairs]))

    def ended(self, now: int, run: Any) -> None:
        """A run has ended."""
        self._work.ended(now, run)


class Work:
    """One batch."""

    def __init__(self, pipe: Pipe, reader: Reader, items: Sequence[Item]) -> None:
        self.pipe = pipe
        self.trigger = f"pipe:{pipe.name}"
        """What its runs and deliveries say that has led to them."""
        self.reader = reader
        self.items = items
        """What was taken."""
        self.settings: Settings = pipe.settings
        self.stage = BEGUN
        self.is_enriched = False
        self.run: Any = None
        """The run that is under way for it."""
        self.lost: set[int] = set()
        """Which of what was sent has not arrived."""
        self.reason = ""
        """Why something has failed."""
        self.begun = 0
        """When it left for its first stage."""

    # --- runs of functions --------------------------------------------------------------------------------------------

    def ended(self, now: int, run: Any) -> None:
        """A run has ended. The same one a second time is none."""
        if run is not self.run:
            return
        if run.outcome != "success":
            self.reason = run.reason
            self._finish(now, [item.identifier for item in self.items])
        elif self.stage == ENRICHING:
            self._enriched(now, run.result)
        else:
            ids = dict.fromkeys(item.identifier for item in self.items)
            failed = () if self.is_enriched else failed_messages(run.result, ids)
            self._finish(now, list(failed))

    # --- its stages ---------------------------------------------------------------------------------------------------

    def begin(self, now: int) -> None:
        """Go to the first stage. Doing it again changes nothing."""
        if self.stage != BEGUN:
            return
        self.begun = now
        enrichment = self.settings.enrichment
        if enrichment:
            self._run(now, enrichment, ENRICHING, self._own_pairs(), False)
        else:
            self._send(now, self._own_pairs(), False)

    def _own_pairs(self) -> list[Any]:
        """Pairs of what is sent on and what paths see."""
        return [(item.record, item.seen) for item in self.items]

    def _enriched(self, now: int, answer: Any) -> None:
        """The enrichment has answered: a list of what goes on, or one thing. [EventBridge user guide: enrichment]"""
        found = answer if isinstance(answer, list) else [] if answer in (None, "", {}) else [answer]
        if found:
            self._send(now, [(one, one) for one in found], True)
        else:
            self._finish(now, ())

    def _send(self, now: int, pairs: Sequence[Any], is_enriched: bool) -> None:
        target = self.settings.target
        if target.kind == "lambda" and target.waits:
            self._run(now, target.arn, RUNNING, pairs, is_enriched)
        else:
            self._deliver(now, pairs, is_enriched)

    def _run(self, now: int, arn: str, stage: str, pairs: Sequence[Any], is_enriched: bool) -> None:
        change, settings = Change(), self.settings
        _, _, _, region_name, account_id, _ = arn.split(":", 5)
        functions = self.pipe.world.find_service("lambda", account_id, region_name)
        template = settings.enrichment_template if stage == ENRICHING else settings.target_template
        given = Given(self, template, pairs, is_enriched=is_enriched)
        try:
            run = functions.run_for(now, arn, given, change)
        except LookupError:
            self.reason = f"there is no function {escaped(arn.rpartition(':')[2], 120)}"
            self._finish(now, [item.identifier for item in self.items])
            return
        if run is None:
            self.reason = "the function was throttled"
            self._finish(now, [item.identifier for item in self.items])
            return
        # One step from here on: nothing is called.
        self.run, self.stage, self.is_enriched = run, stage, is_enriched
        change.happened = True

    def _deliver(self, now: int, pairs: Sequence[Any], is_enriched: bool) -> None:
        change, world, target = Change(), self.pipe.world, self.settings.target
        self.lost = set()
        template = self.settings.target_template
        if target.kind == "lambda":  # it gets all of them at once, and nobody waits for its answer
            sent = [self.shaped(template, sent, seen) for sent, seen in pairs]
            texts = [(as_json(sent), sent)]
        else:
            texts = [(self._text(template, sent, seen), seen) for sent, seen in pairs]
        for number, (text, seen) in enumerate(texts):
            body = target.body(text, seen, self.pipe.name, self.pipe.event_source)
            if target.kind == "firehose" and not self._has_firehose():
                world.outbox.append(Depart(Departure("firehose", target.arn, body, time_ns=now), change))
                continue
            delivery = Deliver(
                target.arn,
                body,
                group_id=target.parameter("MessageGroupId", seen),
                deduplication_id=target.parameter("MessageDeduplicationId", seen),
                partition_key=target.parameter("PartitionKey", seen),
                source_arn=self.pipe.arn,
                trigger=self.trigger,
                on_failure=partial(self._not_delivered, number),
                cause=change,
            )
            is_one_of_them = not is_enriched and target.kind != "lambda"
            delivery.origin = f"{self.trigger}/{self.items[number].identifier}" if is_one_of_them else self.trigger
            world.outbox.append(delivery)
        world.timeline.schedule(now, self._all_sent)  # when these have been carried out
        # One step from here on: nothing is called.
        self.stage, self.is_enriched, self.run = DELIVERING, is_enriched, None
        change.happened = True

    def _has_firehose(self) -> bool:
        _, _, name, region_name, account_id, _ = self.settings.target.arn.split(":", 5)
        return self.pipe.world.known_service(name, account_id, region_name) is not None

    def _not_delivered(self, number: int, now: int, reason: str) -> None:
        self.lost.add(number)
        self.reason = reason

    def _all_sent(self, now: int) -> None:
        if self.stage == DELIVERING:
            everything = [item.identifier for item in self.items]
            lost = self.lost
            if lost and not self.is_enriched and self.settings.target.kind != "lambda":
                everything = [one for number, one in enumerate(everything) if number in lost]
            self._finish(now, everything if lost else ())

    def _finish(self, now: int, failed: Sequence[str]) -> None:
        self.reader.done(now, self, failed)
        self.stage = DONE

    # --- texts --------------------------------------------------------------------------------------------------------

    def _text(self, template: Any, sent: Any, seen: Any) -> str:
        if template is None:
            return sent if isinstance(sent, str) else as_json(sent)
        return str(template.render(seen, self._reserved(sent)))

    def shaped(self, template: Any, sent: Any, seen: Any) -> Any:
        """What a function gets of one: JSON where a template makes JSON, otherwise the text."""
        if template is None:
            return sent
        text = self._text(template, sent, seen)
        try:
            return loads(text)
        except (ValueError, RecursionError):
            return text

    def _reserved(self, sent: Any) -> dict[str, Any]:
        settings = self.settings
        return {
            "aws.pipes.pipe-arn": self.pipe.arn,
            "aws.pipes.pipe-name": self.pipe.name,
            "aws.pipes.source-arn": self.pipe.source_arn,
            "aws.pipes.enrichment-arn": settings.enrichment,
            "aws.pipes.target-arn": settings.target.arn,
            "aws.pipes.event.ingestion-time": f"{datetime_of(self.begun):%Y-%m-%dT%H:%M:%SZ}",
            "aws.pipes.event": sent,
            "aws.pipes.event.json": sent,
        }

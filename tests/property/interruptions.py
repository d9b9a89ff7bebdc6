"""The rules that interrupt a call: an exception comes into it at its n-th place, and what it did is found by looking.

Of what may have happened (nothing, all of it, or the first entries of a batch and the first messages of a receive) the
model takes what is there; if none of it is there, the test fails. What is hidden until when is looked at, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from datetime import timedelta
from typing import Any

import hypothesis.strategies as st
from hypothesis.stateful import precondition, rule

from minicloud.exceptions import ClientError
from minicloud.services.sqs.message import DELAYED, IN_FLIGHT, VISIBLE
from tests.support.strikes import by_profile

from .machine import MAXIMA, PICKS, QUEUES, QueueMachine
from .models import QueueModel

__all__ = ["PLACES", "InterruptedMachine", "messages_of"]

PLACES = st.integers(1, 90)
"""Most calls have fewer, and are not interrupted then."""
_STATES = {VISIBLE: "visible", DELAYED: "delayed", IN_FLIGHT: "in_flight"}

Models = dict[str, QueueModel]
Happening = Callable[[Models], object]


def messages_of(cloud: Any, name: str) -> list[Any]:
    """The messages of a queue as they are kept, up to date."""
    cloud.queue(name).messages  # noqa: B018  # whoever looks first mends
    (service,) = cloud.services("sqs")
    messages: list[Any] = service.queues[name].live_messages()
    return messages


class InterruptedMachine(QueueMachine):
    """A machine with these rules."""

    models: Any

    def interrupt(self, n: int, call: Callable[[], object], *happenings: Happening) -> None:
        """Strike a call at its n-th place; one of these has happened then."""

        def try_it() -> None:
            with suppress(ClientError):
                call()

        _, place = by_profile(try_it, n)
        there = {name: self.look_at(name) for name in self.models}
        for happened in happenings:
            models = deepcopy(self.models)
            happened(models)
            if {name: self.expected(model) for name, model in models.items()} == there:
                self.models = models
                return
        raise AssertionError(f"{place or 'nothing'} was struck, and nothing like {there} may have happened")

    def look_at(self, name: str) -> list[Any]:
        return [
            (
                message.message_id,
                _STATES[message.state],
                message.receive_count,
                None if message.state == VISIBLE else message.due // 1_000_000 - self.start,
            )
            for message in messages_of(self.cloud, name + self.suffix)
        ]

    def expected(self, model: QueueModel) -> list[Any]:
        model.refresh(self.now)
        return [(one.message_id, one.state, one.count, one.hidden_until) for one in model.messages]

    # --- the rules ----------------------------------------------------------------------------------------------------

    @rule(n=PLACES, queue=QUEUES, maximum=MAXIMA, visibility=st.sampled_from([1, 2, 5]))
    def interrupt_receive(self, n: int, queue: str, maximum: int, visibility: int) -> None:
        """It has moved some messages to the dead-letter queue, or all of those and delivered some."""

        def happenings() -> Iterator[Happening]:
            for moved in range(maximum + len(self.models[queue].messages) + 1):
                yield lambda models, moved=moved: models[queue].take_some(
                    self.now, maximum, visibility * 1000, moved, 0
                )
            for taken in range(1, maximum + 1):
                yield lambda models, taken=taken: models[queue].take_some(
                    self.now, maximum, visibility * 1000, 1000, taken
                )

        self.interrupt(n, lambda: self.receive_message(queue, maximum, visibility, None), *happenings())

    @precondition(lambda self: self.handles)
    @rule(n=PLACES, picks=st.lists(PICKS, min_size=1, max_size=3), batch=st.booleans())
    def interrupt_delete(self, n: int, picks: list[int], batch: bool) -> None:
        for queue, handles in self.pick(picks).items():
            self.interrupt(
                n,
                lambda queue=queue, handles=handles: self.delete_messages(queue, handles, batch),
                *(
                    lambda models, queue=queue, some=handles[:count]: [
                        models[queue].delete(self.now, handle) for handle in some
                    ]
                    for count in range(len(handles) + 1)
                ),
            )

    @precondition(lambda self: self.handles)
    @rule(
        n=PLACES,
        picks=st.lists(PICKS, min_size=1, max_size=3),
        seconds=st.sampled_from([0, 3, 30]),
        batch=st.booleans(),
    )
    def interrupt_change_of_visibility(self, n: int, picks: list[int], seconds: int, batch: bool) -> None:
        for queue, handles in self.pick(picks).items():
            self.interrupt(
                n,
                lambda queue=queue, handles=handles: self.change_visibilities(queue, handles, seconds, batch),
                *(
                    lambda models, queue=queue, some=handles[:count]: [
                        models[queue].change_visibility(self.now, handle, seconds * 1000) for handle in some
                    ]
                    for count in range(len(handles) + 1)
                ),
            )

    @rule(n=PLACES, queue=QUEUES)
    def interrupt_purge(self, n: int, queue: str) -> None:
        """Of an empty queue the time tells whether it was purged, which lets it forget ids, too."""
        if self.models[queue].purged_at is None:
            by_profile(lambda: self.sqs.purge_queue(QueueUrl=self.urls[queue]), n)
            self.look_at(queue)
            (service,) = self.cloud.services("sqs")
            if service.queues[queue + self.suffix].purged_at is not None:
                self.models[queue].purge(self.now)
            assert self.look_at(queue) == self.expected(self.models[queue])

    @precondition(lambda self: self.cloud.clock.manual)
    @rule(n=PLACES, milliseconds=st.sampled_from([999, 1000, 5000, 30_000]))
    def interrupt_advance(self, n: int, milliseconds: int) -> None:
        by_profile(lambda: self.cloud.clock.advance(timedelta(milliseconds=milliseconds)), n)
        self.now = self.cloud.clock.time_ns() // 1_000_000 - self.start

    def sent_since(self, queue: str) -> list[Any]:
        """The messages of a queue that the model does not know; an interrupted send may have left one."""
        known = {message.message_id for message in self.models[queue].messages}
        return [message for message in messages_of(self.cloud, queue + self.suffix) if message.message_id not in known]

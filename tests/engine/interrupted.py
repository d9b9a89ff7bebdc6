"""A cloud in which calls wait, clocks move and handlers run, while an exception comes into one of these."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from tests.support.clouds import bodies, make_queue
from tests.support.strikes import World

__all__ = ["HOUR", "Waits", "has_an_end", "quietly"]

HOUR = 3600
PATIENCE = 20.0
"""Seconds of real time after which what has not ended hangs."""


class Waits(World):
    """A queue, a topic, and who was called."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.sqs: Any = self.cloud.client("sqs")
        self.sns: Any = self.cloud.client("sns")
        self.url = make_queue(self.cloud, "q")
        self.called: list[str] = []
        self.is_calm = False
        """Whether handlers end nobody but themselves any more."""

    def send(self, body: str = "m", **params: Any) -> None:
        self.sqs.send_message(QueueUrl=self.url, MessageBody=body, **params)

    def poll(self, wait: int = 20, **params: Any) -> list[str]:
        return bodies(self.sqs.receive_message(QueueUrl=self.url, WaitTimeSeconds=wait, **params))

    def function(
        self, name: str, *errors: BaseException, topic: str = "t", then: Callable[[], object] = lambda: None
    ) -> None:
        """Have a function called for publications, which raises these errors first, and does something else then."""
        ahead = list(errors)

        def handle(_: object, __: object) -> None:
            self.called.append(name)
            self._raise_next(ahead)
            then()

        self._subscribe("lambda", self.cloud.function(name, handle, timeout=60), topic)

    def endpoint(self, url: str, *errors: BaseException) -> None:
        """The same for a web server, which has confirmed its subscription."""
        ahead: list[BaseException] = []
        confirmations = []

        def handle(request: Any) -> None:
            body = request.json()
            if body["Type"] == "SubscriptionConfirmation":
                confirmations.append(body["SubscribeURL"])
                return
            self.called.append(url)
            self._raise_next(ahead)

        self.cloud.http_endpoint(url, handle)
        self._subscribe("https", url)
        self.cloud.visit(confirmations[0])
        ahead.extend(errors)

    def _raise_next(self, ahead: list[BaseException]) -> None:
        if ahead and not (self.is_calm and isinstance(ahead[0], (KeyboardInterrupt, GeneratorExit))):
            raise ahead.pop(0)

    def _subscribe(self, protocol: str, endpoint: str, name: str = "t") -> None:
        topic = self.sns.create_topic(Name=name)["TopicArn"]
        self.sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint)

    def publish(self, topic: str = "t") -> None:
        self.sns.publish(TopicArn=self.cloud.topic(topic).arn, Message="news")

    # --- what can be seen -------------------------------------------------------------------------------------------

    def look(self) -> Any:
        self.is_calm = True
        self.cloud.clock.advance(0)  # who was to be called, and is not yet
        make_queue(self.cloud, "q")  # a reset forgets it
        self.send("probe")
        got = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10, VisibilityTimeout=0)["Messages"]
        (probe,) = [message for message in got if message["Body"] == "probe"]  # nobody who has gone has swallowed it
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=probe["ReceiptHandle"])
        return sorted(self.cloud.queue("q").bodies)

    def picture(self) -> dict[str, Any]:
        seen = super().picture()
        self.cloud.clock.advance(60)
        return {**seen, "left": sorted(self.poll(0, MaxNumberOfMessages=10)), "called": sorted(self.called)}

    def check(self) -> None:
        engine: Any = self.cloud
        assert not engine.world.waiters
        assert not engine.forsaken
        assert not engine.sleepers.count
        assert not any(one.waiters for loop, one in engine.sleepers.drivers.items() if not loop.is_closed())
        assert engine.clock._moves == 0
        assert not engine.errand_runner.held.line
        assert not engine.errand_runner.held.letting
        assert not engine.errand_runner.held.holders


class HangsError(BaseException):
    """Something has not come to its end."""


@contextmanager
def has_an_end(seconds: float = PATIENCE) -> Iterator[None]:
    """Raise in the main thread when what is done here takes longer than so many seconds of real time."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        pytest.skip("needs signals that interrupt Python code")

    def hang(*_: object) -> None:
        raise HangsError(f"it hangs: it has not ended after {seconds:g} seconds")

    before: Any = signal.signal(signal.SIGALRM, hang)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def quietly(act: Callable[[], object]) -> None:
    """What a handler raises that is the test's own goes through the call that led to it."""
    with suppress(KeyboardInterrupt, GeneratorExit):
        act()

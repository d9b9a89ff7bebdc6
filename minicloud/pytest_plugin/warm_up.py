"""Before the first hypothesis test that may use minicloud: what a first cloud, client and call would load is loaded.

The first use of a process takes a hundred milliseconds and more, on a busy machine over the 200 ms that hypothesis
gives an example; the second takes less than three. The plugin itself stays cheap: this is loaded only here, once in a
process, and only for a hypothesis test whose module, or whose fixtures, have to do with minicloud, or where somebody in
the process has used it.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext, suppress
from types import ModuleType
from typing import Any

from ..engine import new_clouds
from ..inspection.explanations import leave_our_lines_out

__all__ = ["warm_up"]

_CALLS = ("send_message", "send_message_batch", "receive_message", "delete_message", "delete_message_batch")
"""Of SQS, besides those that are made; of other services those that set it up are made."""


def warm_up() -> None:
    """Load what a first use loads, by one. No test gets to see it; whatever fails here, the test itself will meet."""
    leave_our_lines_out()
    quiet = _Quiet()
    new_clouds.listeners.append(quiet)
    try:
        with suppress(Exception):
            _use_clients()
        with suppress(Exception):
            _use_boto()
    finally:
        new_clouds.listeners.remove(quiet)


class _Quiet(new_clouds.Listener):
    """Is told of the clouds that are made here, in place of who asks what a test has made."""

    def seed(self, of_process: bool) -> int:
        """They are none of those that are counted."""
        return 0


def _use_clients() -> None:
    from ..cloud import Cloud

    with Cloud(clock="virtual", seed=0, trace=True) as cloud:
        sqs, sns, kinesis = cloud.client("sqs"), cloud.client("sns"), cloud.client("kinesis")
        _call(sqs)
        topic = sns.create_topic(Name="warm-up")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue("warm-up").arn)
        sns.publish(TopicArn=topic, Message="m")
        kinesis.create_stream(StreamName="warm-up", ShardCount=1)
        cloud.clock.advance(60)
        kinesis.put_record(StreamName="warm-up", Data=b"d", PartitionKey="k")
        for name in _CALLS:
            getattr(type(sqs), name)  # the first look at a method compiles it


def _call(sqs: Any) -> None:
    url = sqs.create_queue(QueueName="warm-up")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="m")
    message = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)["Messages"][0]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def _use_boto() -> None:
    session: ModuleType | None = sys.modules.get("botocore.session")
    if session is None:
        return
    from ..boto.activation import state
    from ..boto.mock import mock_aws

    is_active = state.activation is not None  # somebody's mock, whose cloud gets no call from here
    with nullcontext() if is_active else mock_aws(clock="virtual", seed=0, trace=True):
        # A session of its own: boto3's default one is the application's to make.
        inner = session.Session()
        sqs, *_ = [inner.create_client(name, region_name="us-east-1") for name in ("sqs", "sns", "kinesis")]
        if not is_active:
            _call(sqs)
        _hand_on(inner.get_component("data_loader"), session)


def _hand_on(loader: Any, session: Any) -> None:
    """Have the next session that is made begin with what this loader has read of botocore's models.

    Each session reads them anew, which takes about as long as all the rest. Where it looks for other ones, it does.
    """
    paths = list(loader.search_paths)
    read = {key: found for key, found in loader._cache.items() if key[0].startswith("load_")}
    create = session.create_loader

    def create_loader(*args: Any, **kwargs: Any) -> Any:
        session.create_loader = create
        made = create(*args, **kwargs)
        if made.search_paths == paths:
            made._cache.update(read)
        return made

    session.create_loader = create_loader

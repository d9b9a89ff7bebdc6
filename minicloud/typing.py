"""Public names of what minicloud makes, returns and calls handlers with: to annotate fixtures and arguments with.

    from minicloud.typing import QueueView, SqsClient

    def drain(sqs: SqsClient, queue: QueueView) -> None: ...

The classes behind these names may move inside of minicloud; the names here stay. They are for annotations and
``isinstance``: a cloud, a client or a session makes the objects. ``Cloud``, ``Limits``, ``Session`` and the clocks are
names of ``minicloud`` itself, faults of ``minicloud.faults``.

Importing this module costs nothing to speak of. Each name is looked up when it is first used, and loads no more than
the object's own module, which is loaded anyway where there is such an object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .clients.base import ClientExceptions as ClientExceptions
    from .clients.base import ClientMeta as ClientMeta
    from .clients.paginate import AsyncPageIterator as AsyncPageIterator
    from .clients.paginate import AsyncPaginator as AsyncPaginator
    from .clients.paginate import PageIterator as PageIterator
    from .clients.paginate import Paginator as Paginator
    from .clients.peers import ApplicationAutoscalingClient as ApplicationAutoscalingClient
    from .clients.peers import AsyncApplicationAutoscalingClient as AsyncApplicationAutoscalingClient
    from .clients.peers import AsyncCloudwatchClient as AsyncCloudwatchClient
    from .clients.peers import AsyncEventsClient as AsyncEventsClient
    from .clients.peers import AsyncFirehoseClient as AsyncFirehoseClient
    from .clients.peers import AsyncIamClient as AsyncIamClient
    from .clients.peers import AsyncKinesisClient as AsyncKinesisClient
    from .clients.peers import AsyncLambdaClient as AsyncLambdaClient
    from .clients.peers import AsyncLogsClient as AsyncLogsClient
    from .clients.peers import AsyncPipesClient as AsyncPipesClient
    from .clients.peers import AsyncS3Client as AsyncS3Client
    from .clients.peers import AsyncSchedulerClient as AsyncSchedulerClient
    from .clients.peers import AsyncSnsClient as AsyncSnsClient
    from .clients.peers import AsyncSqsClient as AsyncSqsClient
    from .clients.peers import AsyncStsClient as AsyncStsClient
    from .clients.peers import CloudwatchClient as CloudwatchClient
    from .clients.peers import EventsClient as EventsClient
    from .clients.peers import FirehoseClient as FirehoseClient
    from .clients.peers import IamClient as IamClient
    from .clients.peers import KinesisClient as KinesisClient
    from .clients.peers import LambdaClient as LambdaClient
    from .clients.peers import LogsClient as LogsClient
    from .clients.peers import PipesClient as PipesClient
    from .clients.peers import ReceivedMessage as ReceivedMessage
    from .clients.peers import Record as Record
    from .clients.peers import S3Client as S3Client
    from .clients.peers import SchedulerClient as SchedulerClient
    from .clients.peers import SnsClient as SnsClient
    from .clients.peers import SqsClient as SqsClient
    from .clients.peers import StsClient as StsClient
    from .clients.resources import Collection as Collection
    from .clients.sns_resources import PlatformApplication as PlatformApplication
    from .clients.sns_resources import PlatformEndpoint as PlatformEndpoint
    from .clients.sns_resources import SnsResource as SnsResource
    from .clients.sns_resources import Subscription as Subscription
    from .clients.sns_resources import Topic as Topic
    from .clients.sqs_resources import Message as Message
    from .clients.sqs_resources import Queue as Queue
    from .clients.sqs_resources import SqsResource as SqsResource
    from .clients.streams import AsyncEventStream as AsyncEventStream
    from .clients.streams import EventStream as EventStream
    from .clients.waiters import AsyncServiceWaiter as AsyncServiceWaiter
    from .clients.waiters import ServiceWaiter as ServiceWaiter
    from .core.argument_types import LimitsName as LimitsName
    from .core.chaos import DeliveryName as DeliveryName
    from .core.effects import Departure as Departure
    from .core.event_pattern.explain import PatternExplanation as PatternExplanation
    from .core.shapes import ResponseMetadata as ResponseMetadata
    from .engine.argument_types import ClockName as ClockName
    from .engine.argument_types import HandlersName as HandlersName
    from .engine.argument_types import TimeSource as TimeSource
    from .engine.clock import Clock as Clock
    from .engine.handlers import HttpRequest as HttpRequest
    from .engine.lambda_context import LambdaContext as LambdaContext
    from .engine.outbox import Outbox as Outbox
    from .inspection.assertions import Sent as Sent
    from .inspection.envelope import SnsEnvelope as SnsEnvelope
    from .inspection.history import HistoryReport as HistoryReport
    from .inspection.history import Violation as Violation
    from .inspection.invocations import Invocation as Invocation
    from .inspection.invocations import Invocations as Invocations
    from .inspection.ledger import Ledger as Ledger
    from .inspection.message_ledger import Delivery as Delivery
    from .inspection.message_ledger import MessageLedger as MessageLedger
    from .inspection.message_ledger import Move as Move
    from .inspection.snapshot import Snapshot as Snapshot
    from .inspection.stream_readers import StreamReader as StreamReader
    from .inspection.trace import Trace as Trace
    from .inspection.trace_event import TraceEvent as TraceEvent
    from .inspection.views.alarms import AlarmView as AlarmView
    from .inspection.views.buckets import BucketEventView as BucketEventView
    from .inspection.views.buckets import BucketView as BucketView
    from .inspection.views.buckets import ObjectView as ObjectView
    from .inspection.views.buses import BusView as BusView
    from .inspection.views.buses import RuleView as RuleView
    from .inspection.views.mappings import MappingView as MappingView
    from .inspection.views.metrics import Metrics as Metrics
    from .inspection.views.metrics import MetricView as MetricView
    from .inspection.views.queues import MessageState as MessageState
    from .inspection.views.queues import MessageView as MessageView
    from .inspection.views.queues import QueueCounts as QueueCounts
    from .inspection.views.queues import QueueView as QueueView
    from .inspection.views.scaling import ScalingChange as ScalingChange
    from .inspection.views.scaling import ScalingTargetView as ScalingTargetView
    from .inspection.views.schedules import ScheduleView as ScheduleView
    from .inspection.views.stream_queues import ChannelView as ChannelView
    from .inspection.views.stream_queues import QueueRecordCounts as QueueRecordCounts
    from .inspection.views.stream_queues import QueueRecordView as QueueRecordView
    from .inspection.views.stream_queues import RecordView as RecordView
    from .inspection.views.stream_queues import StreamQueueView as StreamQueueView
    from .inspection.views.streams import ShardView as ShardView
    from .inspection.views.streams import StreamView as StreamView
    from .inspection.views.topics import DeliveryView as DeliveryView
    from .inspection.views.topics import PublicationView as PublicationView
    from .inspection.views.topics import SubscriptionView as SubscriptionView
    from .inspection.views.topics import TopicView as TopicView
    from .server.aio_serving import AsyncServer as AsyncServer
    from .server.aio_thread import Server as Server
    from .services.argument_types import ServiceName as ServiceName
    from .services.cloudwatch.alarms import AlarmChange as AlarmChange
    from .services.kinesis.queue_shapes import QueueRecord as QueueRecord
    from .services.sns.filter.explain import FilterExplanation as FilterExplanation
    from .services.sqs.shapes import MessageSystemAttributeName as MessageSystemAttributeName
    from .services.sqs.shapes import QueueAttributeName as QueueAttributeName
else:
    # So that a misspelt name is an error to a type checker, this is hidden from it.
    from importlib import import_module
    from typing import Any

    def __getattr__(name: str) -> Any:
        if name not in _PLACES:
            import sys

            here = sys.modules[__name__]  # with which Python shows a name that is near
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name, obj=here)
        module, _, original = _PLACES[name].partition(":")
        value = getattr(import_module(f".{module}", __package__), original or name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted({*_PLACES, *(name for name in globals() if name.startswith("__"))})


_PLACES = {
    # Clients: what `cloud.client(...)`, `cloud.async_client(...)` and the fixtures `sqs`, `sns`, `kinesis` are.
    "SqsClient": "clients.sqs",
    "SnsClient": "clients.sns",
    "KinesisClient": "clients.kinesis",
    "LambdaClient": "clients.lambda_",
    "StsClient": "clients.sts",
    "ApplicationAutoscalingClient": "clients.autoscaling",
    "CloudwatchClient": "clients.cloudwatch",
    "EventsClient": "clients.events",
    "IamClient": "clients.iam",
    "LogsClient": "clients.logs",
    "S3Client": "clients.s3",
    "FirehoseClient": "clients.firehose",
    "PipesClient": "clients.pipes",
    "SchedulerClient": "clients.scheduler",
    "AsyncSqsClient": "clients.sqs",
    "AsyncSnsClient": "clients.sns",
    "AsyncKinesisClient": "clients.kinesis",
    "AsyncLambdaClient": "clients.lambda_",
    "AsyncStsClient": "clients.sts",
    "AsyncApplicationAutoscalingClient": "clients.autoscaling",
    "AsyncCloudwatchClient": "clients.cloudwatch",
    "AsyncEventsClient": "clients.events",
    "AsyncIamClient": "clients.iam",
    "AsyncLogsClient": "clients.logs",
    "AsyncS3Client": "clients.s3",
    "AsyncFirehoseClient": "clients.firehose",
    "AsyncPipesClient": "clients.pipes",
    "AsyncSchedulerClient": "clients.scheduler",
    "ClientMeta": "clients.base",  # `client.meta`
    "ClientExceptions": "clients.base",  # `client.exceptions`
    "Paginator": "clients.paginate",  # `client.get_paginator(...)`
    "PageIterator": "clients.paginate",  # `paginator.paginate(...)`
    "ServiceWaiter": "clients.waiters",  # `client.get_waiter(...)`
    "EventStream": "clients.streams",  # `kinesis.subscribe_to_shard(...)["EventStream"]`
    "AsyncPaginator": "clients.paginate",
    "AsyncPageIterator": "clients.paginate",
    "AsyncServiceWaiter": "clients.waiters",
    "AsyncEventStream": "clients.streams",
    "ReceivedMessage": "services.sqs.shapes:Message",  # a dict of `sqs.receive_message(...)["Messages"]`
    "Record": "services.kinesis.shapes",  # a dict of `kinesis.get_records(...)["Records"]`
    "QueueRecord": "services.kinesis.queue_shapes",  # of `kinesis.receive_queue_records(...)["QueueRecords"]`
    "ResponseMetadata": "core.shapes",  # `answer["ResponseMetadata"]`
    # Resources: what `cloud.resource(...)` returns, and what that makes.
    "SqsResource": "clients.sqs_resources",
    "Queue": "clients.sqs_resources",
    "Message": "clients.sqs_resources",
    "SnsResource": "clients.sns_resources",
    "Topic": "clients.sns_resources",
    "Subscription": "clients.sns_resources",
    "PlatformApplication": "clients.sns_resources",
    "PlatformEndpoint": "clients.sns_resources",
    "Collection": "clients.resources",  # `sqs.queues.filter(...)`: `Collection[Queue]`
    # Views: looking without touching.
    "QueueView": "inspection.views.queues",  # `cloud.queue(...)`
    "MessageView": "inspection.views.queues",  # one of `cloud.queue(...).messages`
    "QueueCounts": "inspection.views.queues",  # `cloud.queue(...).counts`
    "AlarmView": "inspection.views.alarms",  # `cloud.alarm(...)`
    "BusView": "inspection.views.buses",  # `cloud.bus(...)`
    "RuleView": "inspection.views.buses",  # `cloud.rule(...)`
    "AlarmChange": "services.cloudwatch.alarms",  # one of `cloud.alarm(...).history`; what `cloud.on_alarm` tells
    "Metrics": "inspection.views.metrics",  # `cloud.metrics`
    "MetricView": "inspection.views.metrics",  # `cloud.metric(...)`
    "ScalingTargetView": "inspection.views.scaling",  # `cloud.scaling_target(...)`
    "ScalingChange": "inspection.views.scaling",  # one of its `history`
    "ScheduleView": "inspection.views.schedules",  # `cloud.schedule(...)`
    "BucketView": "inspection.views.buckets",  # `cloud.bucket(...)`
    "ObjectView": "inspection.views.buckets",  # one of `cloud.bucket(...).objects`
    "BucketEventView": "inspection.views.buckets",  # one of `cloud.bucket(...).events`
    "MappingView": "inspection.views.mappings",  # `cloud.event_source_mapping(...)`
    "TopicView": "inspection.views.topics",  # `cloud.topic(...)`
    "SubscriptionView": "inspection.views.topics",  # one of `cloud.topic(...).subscriptions`
    "PublicationView": "inspection.views.topics",  # one of `cloud.topic(...).published`
    "DeliveryView": "inspection.views.topics",  # one of a publication's `deliveries`, or of its `filtered`
    "StreamView": "inspection.views.streams",  # `cloud.stream(...)`
    "ShardView": "inspection.views.streams",  # one of `cloud.stream(...).shards`
    "RecordView": "inspection.views.stream_queues",  # one of `cloud.stream(...).records`
    "StreamReader": "inspection.stream_readers",  # one of `cloud.stream(...).readers`
    "StreamQueueView": "inspection.views.stream_queues",  # `cloud.stream(...).queue(...)`
    "QueueRecordView": "inspection.views.stream_queues",  # one of its `records`
    "QueueRecordCounts": "inspection.views.stream_queues",  # its `counts`
    "ChannelView": "inspection.views.stream_queues",  # one of `cloud.stream(...).channels`
    "Outbox": "engine.outbox",  # `cloud.outbox`
    "Departure": "core.effects",  # one of `cloud.outbox`
    # What has happened.
    "Sent": "inspection.assertions",  # one of what `cloud.assert_sent(...)`, `assert_published`, `assert_put` return
    "Trace": "inspection.trace",  # `cloud.trace`
    "TraceEvent": "inspection.trace_event",  # one of `cloud.trace`
    "Invocations": "inspection.invocations",  # `cloud.invocations`
    "Invocation": "inspection.invocations",  # one of `cloud.invocations`
    "Ledger": "inspection.ledger",  # `cloud.ledger`
    "MessageLedger": "inspection.message_ledger",  # `cloud.queue(...).ledger(message_id)`, one of `cloud.ledger`
    "Delivery": "inspection.message_ledger",  # one of a `MessageLedger`'s `deliveries`
    "Move": "inspection.message_ledger",  # one of a `MessageLedger`'s `moves`
    "HistoryReport": "inspection.history",  # `cloud.check_history()`
    "Violation": "inspection.history",  # one of a `HistoryReport`
    "Snapshot": "inspection.snapshot",  # `cloud.snapshot()`
    "SnsEnvelope": "inspection.envelope",  # `.sns` of a message
    "FilterExplanation": "services.sns.filter.explain",  # `minicloud.explain_filter(...)`
    "PatternExplanation": "core.event_pattern.explain",  # `minicloud.explain_pattern(...)`
    # What handlers are called with.
    "HttpRequest": "engine.handlers",  # the handler of `cloud.http_endpoint(...)`
    "LambdaContext": "engine.lambda_context",  # the handler of `cloud.function(...)`: its second argument
    # Servers.
    "Server": "server.aio_thread",  # `cloud.serve()`
    "AsyncServer": "server.aio_serving",  # `cloud.serve_async()`
    # Clocks.
    "Clock": "engine.clock",  # `cloud.clock`, whichever it is
    "TimeSource": "engine.argument_types",  # the protocol of an object that is given as `Cloud(clock=...)`: `time_ns()`
    # Names, as `Literal`s.
    "ServiceName": "services.argument_types",  # `cloud.client(...)`
    "ClockName": "engine.argument_types",  # `Cloud(clock=...)`
    "LimitsName": "core.argument_types",  # `Cloud(limits=...)`
    "DeliveryName": "core.chaos",  # `Cloud(delivery=...)`
    "HandlersName": "engine.argument_types",  # `Cloud(handlers=...)`
    "MessageState": "inspection.views.queues",  # `MessageView.state`
    "QueueAttributeName": "services.sqs.shapes",  # a key of `create_queue(Attributes=...)`
    "MessageSystemAttributeName": "services.sqs.shapes",  # of `receive_message(MessageSystemAttributeNames=...)`
}
"""Where each name is found, from this package on; ``place:Name`` where it has another name there."""

__all__ = list(_PLACES)

"""What stands on which page of the API, for ``make_api.py``: tables that somebody touches who adds a public name."""

from __future__ import annotations

from typing import NamedTuple

import minicloud.typing

__all__ = ["CLOUD", "INSIDE", "PAGES", "PAGE_OF", "Entry", "Page"]


class Entry(NamedTuple):
    """What a name leads to."""

    name: str
    place: str
    """``module:Name``."""
    is_made: bool = False
    """Whether users call the class, so that its arguments are shown."""
    has_members: bool = True


class Section(NamedTuple):
    """A part of a page."""

    title: str
    text: str
    entries: tuple[Entry, ...]


class Page(NamedTuple):
    """A page."""

    file: str
    title: str
    text: str
    sections: tuple[Section, ...]


def _of_typing(*names: str) -> tuple[Entry, ...]:
    return tuple(Entry(name, f"minicloud.typing:{name}") for name in names)


def _names_of_clients(prefix: str) -> str:
    names = [name for name in minicloud.typing.__all__ if name.endswith("Client")]
    return ", ".join(f"`{name}`" for name in names if name.startswith("Async") is bool(prefix))


def _made(module: str, *names: str, has_members: bool = True) -> tuple[Entry, ...]:
    return tuple(Entry(name, f"{module}:{name}", is_made=True, has_members=has_members) for name in names)


CLOUD = {
    "Ways in": ("client", "async_client", "resource", "session"),
    "Time": (
        *("clock", "sleep", "async_sleep", "run_until", "async_run_until", "run_until_idle", "async_run_until_idle"),
        *("patch_time", "hold_handlers"),
    ),
    "The world outside": (
        *("function", "event_source_mapping", "scaling_target", "on_alarm", "http_endpoint", "outbox"),
        *("signing_certificate", "visit", "opt_out", "s3_event", "serve", "serve_async"),
    ),
    "Looking without touching": (
        *("queue", "queues", "topic", "stream", "bucket", "bus", "rule", "schedule", "alarm", "metric", "metrics"),
        *("invocations", "trace", "ledger"),
    ),
    "Asserting": (
        *("assert_sent", "assert_published", "assert_put", "assert_invoked", "assert_empty", "assert_drained"),
        "check_history",
    ),
    "What may go wrong": ("faults",),
    "Life": ("snapshot", "restore", "reset", "close", "closed", "account_id", "region_name", "seed", "limits"),
}
"""The attributes of a cloud, by subject."""

PAGES = (
    Page("api-cloud.md", "`Cloud`", "", ()),
    Page(
        "api.md",
        "API",
        "What may be imported, and stays where it is. All other modules are private, whatever their names.\n\n"
        "| module | is told of |\n|---|---|\n"
        "| `minicloud` | here, and on [`Cloud`](api-cloud.md) |\n"
        "| `minicloud.typing` | [Clients and resources](api-clients.md), [Views](api-views.md), and here |\n"
        "| `minicloud.exceptions` | [Errors](errors.md) |\n"
        "| `minicloud.faults`, `minicloud.verdicts`, `minicloud.hypothesis` | [Faults](api-faults.md) |\n"
        "| `minicloud.kinesis` | [here](#aggregated-records) |\n"
        "| `minicloud.pytest_plugin` | [pytest](pytest-plugin.md) |\n"
        "| `python3 -m minicloud` | [the command](command-line.md) |",
        (
            Section(
                "Real clients, and the module as boto3",
                "",
                (
                    Entry("mock_aws", "minicloud:mock_aws"),
                    Entry("MockAws", "minicloud.boto.mock:MockAws"),
                    Entry("current_cloud", "minicloud:current_cloud"),
                    Entry("default_cloud", "minicloud:default_cloud"),
                    Entry("client", "minicloud:client"),
                    Entry("resource", "minicloud:resource"),
                    *_made("minicloud", "Session"),
                ),
            ),
            Section(
                "Clocks",
                "What `Cloud(clock=...)` takes, and `cloud.clock` is; [Time](clocks.md) has the rules.",
                (
                    Entry("Clock", "minicloud.typing:Clock"),
                    *_made("minicloud", "RealClock", "VirtualClock", "FrozenClock"),
                    Entry("TimeSource", "minicloud.typing:TimeSource"),
                ),
            ),
            Section(
                "Event loops",
                "asyncio in a cloud's time: [an event loop in the cloud's time](event-loops.md).",
                (
                    Entry("run", "minicloud:run"),
                    *_made("minicloud", "EventLoop"),
                    Entry("loop_factory", "minicloud:loop_factory"),
                ),
            ),
            Section(
                "Limits",
                "The fields of `Limits`, with their numbers, are on [Limits](limits.md).",
                (*_made("minicloud", "Limits"),),
            ),
            Section(
                "Explaining and comparing",
                "",
                (
                    Entry("explain_filter", "minicloud:explain_filter"),
                    Entry("explain_pattern", "minicloud:explain_pattern"),
                    *_of_typing("FilterExplanation", "PatternExplanation"),
                    Entry("matching", "minicloud:matching"),
                ),
            ),
            Section(
                "Aggregated records",
                "`minicloud.kinesis`: what the KPL and KCL call aggregation ([Kinesis](kinesis.md)).",
                (
                    Entry("aggregate", "minicloud.kinesis:aggregate"),
                    Entry("deaggregate", "minicloud.kinesis:deaggregate"),
                    Entry("UserRecord", "minicloud.kinesis:UserRecord"),
                ),
            ),
            Section(
                "Names of values",
                "`Literal`s of `minicloud.typing`, for annotations.",
                _of_typing(
                    "ServiceName",
                    "ClockName",
                    "LimitsName",
                    "DeliveryName",
                    "HandlersName",
                    "MessageState",
                    "QueueAttributeName",
                    "MessageSystemAttributeName",
                ),
            ),
        ),
    ),
    Page(
        "api-clients.md",
        "Clients and resources",
        "What `cloud.client(...)`, `cloud.async_client(...)` and `cloud.resource(...)` make. They have boto3's "
        "methods, names and answers: [operations](operations.md) lists each with its parameters. All names are in "
        "`minicloud.typing`, for annotations; a cloud or a session makes the objects.",
        (
            Section(
                "Clients",
                f"{_names_of_clients('')}.\n\nAnd {_names_of_clients('Async')}.",
                (
                    Entry("Clients of every service", "minicloud.clients.sync:Client"),
                    Entry("Clients for asyncio", "minicloud.clients.aio:AsyncClient"),
                    *_of_typing("ClientMeta", "ClientExceptions"),
                ),
            ),
            Section(
                "Paginators, waiters, streams of events",
                "",
                _of_typing(
                    "Paginator",
                    "PageIterator",
                    "AsyncPaginator",
                    "AsyncPageIterator",
                    "ServiceWaiter",
                    "AsyncServiceWaiter",
                    "EventStream",
                    "AsyncEventStream",
                ),
            ),
            Section("Dicts of answers", "", _of_typing("ResponseMetadata", "ReceivedMessage", "Record", "QueueRecord")),
            Section("Resources of SQS", "", _of_typing("SqsResource", "Queue", "Message")),
            Section(
                "Resources of SNS",
                "",
                _of_typing(
                    "SnsResource",
                    "Topic",
                    "Subscription",
                    "PlatformApplication",
                    "PlatformEndpoint",
                ),
            ),
            Section("Collections", "", _of_typing("Collection")),
        ),
    ),
    Page(
        "api-views.md",
        "Views, assertions, the record",
        "What a cloud shows of itself. Views are read-only and look anew each time: nothing is consumed, no receive is "
        "counted. All names are in `minicloud.typing`.",
        (
            Section("Queues", "", _of_typing("QueueView", "MessageView", "QueueCounts")),
            Section(
                "Topics",
                "",
                _of_typing(
                    "TopicView",
                    "SubscriptionView",
                    "PublicationView",
                    "DeliveryView",
                    "SnsEnvelope",
                ),
            ),
            Section(
                "Streams",
                "",
                _of_typing(
                    "StreamView",
                    "ShardView",
                    "RecordView",
                    "StreamReader",
                    "StreamQueueView",
                    "QueueRecordView",
                    "QueueRecordCounts",
                    "ChannelView",
                ),
            ),
            Section(
                "Functions",
                "",
                _of_typing(
                    "Invocations",
                    "Invocation",
                    "MappingView",
                    "LambdaContext",
                ),
            ),
            Section(
                "EventBridge, schedules, buckets",
                "",
                _of_typing("BusView", "RuleView", "ScheduleView", "BucketView", "ObjectView", "BucketEventView"),
            ),
            Section(
                "Metrics, alarms, scaling",
                "",
                _of_typing("Metrics", "MetricView", "AlarmView", "AlarmChange", "ScalingTargetView", "ScalingChange"),
            ),
            Section("What left the cloud", "", _of_typing("Outbox", "Departure", "HttpRequest")),
            Section("What was sent", "", _of_typing("Sent")),
            Section(
                "The trace and the ledger",
                "",
                _of_typing(
                    "Trace",
                    "TraceEvent",
                    "Ledger",
                    "MessageLedger",
                    "Delivery",
                    "Move",
                ),
            ),
            Section("Proofs and snapshots", "", _of_typing("HistoryReport", "Violation", "Snapshot")),
            Section(
                "Servers",
                "What `cloud.serve()` and `cloud.serve_async()` return.",
                _of_typing("Server", "AsyncServer"),
            ),
        ),
    ),
    Page(
        "api-faults.md",
        "Faults, verdicts, hypothesis",
        "What goes wrong on request (`cloud.faults`, `minicloud.faults`), what has to hold at a test's end "
        "(`minicloud.verdicts`), and what hypothesis chooses (`minicloud.hypothesis`).",
        (
            Section(
                "`cloud.faults`",
                "How it is used: [inject faults](../how-to/inject-faults.md).",
                (Entry("Faults", "minicloud.faults:Faults"),),
            ),
            Section(
                "Faults as values",
                "For `cloud.faults.add()`.",
                (
                    *_made("minicloud.faults", "Fault"),
                    Entry("When", "minicloud.faults:When"),
                ),
            ),
            Section(
                "Effects on calls",
                "",
                _made(
                    "minicloud.faults",
                    "Refuse",
                    "FailEntries",
                    "Delay",
                    "Disconnect",
                    "LoseAnswer",
                    "CrashCaller",
                    has_members=False,
                ),
            ),
            Section(
                "Effects on deliveries",
                "",
                _made(
                    "minicloud.faults",
                    "Drop",
                    "Duplicate",
                    "Postpone",
                    "Reorder",
                    has_members=False,
                ),
            ),
            Section(
                "Effects on runs of functions",
                "",
                _made(
                    "minicloud.faults",
                    "Throttle",
                    "Crash",
                    "TimeOut",
                    has_members=False,
                ),
            ),
            Section(
                "Verdicts",
                "Those that have names are on [assertions](assertions.md#verdicts).",
                (
                    *(
                        Entry(name, f"minicloud.verdicts:{name}")
                        for name in (
                            "max_receives",
                            "max_age",
                            "max_messages",
                            "no_empty_polls_over",
                        )
                    ),
                    Entry("Verdict", "minicloud.verdicts:Verdict"),
                ),
            ),
            Section(
                "hypothesis",
                "[Chaos with hypothesis](../how-to/chaos-with-hypothesis.md) has examples.",
                (
                    Entry("clouds", "minicloud.hypothesis:clouds"),
                    Entry("ConsumerMachine", "minicloud.hypothesis:ConsumerMachine"),
                ),
            ),
        ),
    ),
)

_PAGES = "pages params max_items page_size starting_token note_first resume_at"

INSIDE: dict[str, frozenset[str]] = {
    name: frozenset(members.split())
    for name, members in {
        "EventLoop": "follow mock_has_begun leave_closed_cloud follows made_its_cloud waiters bind next_timer call_at "
        "engine owner "
        "run_in_executor shutdown_default_executor join leave poke idle has_only_guests beside_guests close",
        "Clock": "autojump manual bind set lasts waited",
        "RealClock": "manual set lasts waited time_ns",
        "FrozenClock": "set rewind time_ns",
        "VirtualClock": "autojump set rewind time_ns",
        "Session": "cloud_by_default",
        "MockAws": "place",
        "Clients of every service": "service is_async",
        "Clients for asyncio": "service is_async",
        "PageIterator": _PAGES,
        "AsyncPageIterator": _PAGES,
        "EventStream": "heartbeat",
        "AsyncEventStream": "heartbeat",
        "Fault": "target is_of_invocations join strikes",
        "Faults": "forget intercept deliver refuse_delivery start",
        "MessageView": "of",
        "SubscriptionView": "of",
        "PublicationView": "of",
        "StreamView": "accounts",
        "StreamReader": "start_position parents pushed_to began latest has_read go_on read reads jumps disorder",
        "Outbox": "append has",
        "Trace": "demand catch_up ledger receiver_of",
        "MessageLedger": "identity arns excerpt gone_sequence sequence is_of_stream available end_delivery end",
        "Delivery": "sequence is_of_function",
        "Move": "sequence",
        "Snapshot": "request_ids trace lists deques dicts attributes sets randoms objects partly fresh messages "
        "belongs_to",
        "Server": "started",
    }.items()
}
"""Attributes without an underscore that are the machinery's, by class."""

PAGE_OF = {"Cloud": "api-cloud.md"} | {
    entry.name: page.file
    for page in PAGES
    for section in page.sections
    for entry in section.entries
    if entry.name[0].isupper()
}
"""Where a class has its heading."""

"""A bucket's notification configuration: what it may be, and who is told of an event.

A configuration is checked as a whole, in AWS's order, and then put in the place of the former one. Its entries are
looked up by event: what nobody wants to know of costs one look.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Protocol
from urllib.parse import quote_plus

from ...core.ids import UuidStream
from ...core.near import did_you_mean
from ...core.unset import UNSET
from . import errors
from .shapes import NotificationConfiguration

__all__ = ["EVENTS", "KINDS", "Configuration", "Configured", "Entry", "is_event", "read_configuration"]

_GROUPS: Final = {
    "ObjectCreated": ("Put", "Post", "Copy", "CompleteMultipartUpload"),
    "ObjectRemoved": ("Delete", "DeleteMarkerCreated"),
    "ObjectRestore": ("Post", "Completed", "Delete"),
    "Replication": (
        "OperationFailedReplication",
        "OperationMissedThreshold",
        "OperationReplicatedAfterThreshold",
        "OperationNotTracked",
    ),
    "ObjectTagging": ("Put", "Delete"),
    "LifecycleExpiration": ("Delete", "DeleteMarkerCreated"),
}
_SINGLE: Final = ("ReducedRedundancyLostObject", "ObjectAcl:Put", "LifecycleTransition", "IntelligentTiering")
EVENTS: Final = (*(f"{group}:{name}" for group, names in _GROUPS.items() for name in names), *_SINGLE)
"""Every event there is, without ``s3:``. [S3 user guide: Event notification types and destinations]"""
_ALL: Final = {f"s3:{group}:*": tuple(f"{group}:{name}" for name in names) for group, names in _GROUPS.items()} | {
    f"s3:{name}": (name,) for name in EVENTS
}
"""What each name of an event in a configuration stands for."""
_MOST: Final = 100


class Configured(Protocol):
    """A bucket, as its configuration knows it."""

    configuration: Configuration | None


class State(Protocol):
    """The S3 of an account in a region, as far as it matters to configurations."""

    region_name: str
    configuration_ids: UuidStream

    def has_destination(self, arn: str) -> bool:
        """Whether there is something of an ARN that can be told of events."""


class _Kind:
    """One kind of those who can be told: what it is called in a configuration, and in ARNs."""

    __slots__ = ("arn_member", "element", "member", "service", "what")

    def __init__(self, member: str, arn_member: str, element: str, service: str, what: str) -> None:
        self.member = member
        self.arn_member = arn_member
        self.element = element
        """In XML, and in errors."""
        self.service = service
        self.what = what


KINDS: Final = (
    _Kind("TopicConfigurations", "TopicArn", "Topic", "sns", "topic"),
    _Kind("QueueConfigurations", "QueueArn", "Queue", "sqs", "queue"),
    _Kind("LambdaFunctionConfigurations", "LambdaFunctionArn", "CloudFunction", "lambda", "function"),
)


def is_event(name: str) -> bool:
    """Whether there is an event of that name, without ``s3:``."""
    return name in EVENTS


class Entry:
    """One who is told of some events of some objects."""

    __slots__ = ("arn", "events", "frames", "is_queue", "kind", "prefix", "shown", "suffix", "takes_all")

    def __init__(
        self, kind: _Kind, arn: str, events: frozenset[str], prefix: str, suffix: str, shown: Mapping[str, Any]
    ) -> None:
        self.kind = kind
        self.is_queue = kind.service == "sqs"
        self.arn = arn
        self.events = events
        self.prefix = prefix
        self.suffix = suffix
        self.shown = shown
        """As it is read back."""
        self.takes_all = not prefix and not suffix
        """Whether there is nothing to look at of a key."""
        self.frames: dict[str, Any] = {}
        """What records of each event have in common, kept for those who write them."""

    def wants(self, key: str) -> bool:
        """Whether a key fits the filter: as it is, or as it is encoded in a record. [docs ask for encoded values]"""
        if self.takes_all or (key.startswith(self.prefix) and key.endswith(self.suffix)):
            return True
        encoded = quote_plus(key, safe="/")
        return encoded.startswith(self.prefix) and encoded.endswith(self.suffix)

    def clashes_with(self, other: Entry) -> bool:
        """Whether there can be an event of an object that both would be told of. [docs][field]"""
        return (
            not self.events.isdisjoint(other.events)
            and (self.prefix.startswith(other.prefix) or other.prefix.startswith(self.prefix))
            and (self.suffix.endswith(other.suffix) or other.suffix.endswith(self.suffix))
        )


Told = tuple[tuple[Entry, ...], tuple[str, ...], bool]
"""Entries, their ARNs, and whether they take all keys."""


class Configuration:
    """What a bucket's owner has asked for. It never changes; the cause of the test messages that it leads to."""

    __slots__ = ("bucket", "entries", "has_bus", "told")

    def __init__(self, bucket: Configured, entries: Sequence[Entry], *, has_bus: bool) -> None:
        self.bucket = bucket
        self.entries = tuple(entries)
        self.has_bus = has_bus
        """Whether the default bus of EventBridge is told of everything."""
        self.told: dict[str, Told] = {}
        """Who is told of each event that anybody is told of: one look for all others."""
        for name in EVENTS:
            wanting = tuple([entry for entry in entries if name in entry.events])
            if wanting or has_bus:
                takes_all = all(entry.takes_all for entry in wanting)
                self.told[name] = wanting, tuple([entry.arn for entry in wanting]), takes_all

    @property
    def happened(self) -> bool:
        """Whether it is in force."""
        return self.bucket.configuration is self

    def shown(self) -> dict[str, Any]:
        """As GetBucketNotificationConfiguration answers."""
        answer: dict[str, Any] = {}
        for kind in KINDS:
            found = [dict(entry.shown) for entry in self.entries if entry.kind is kind]
            if found:
                answer[kind.member] = found
        if self.has_bus:
            answer["EventBridgeConfiguration"] = {}
        return answer


def read_configuration(
    state: State, bucket: Configured, given: NotificationConfiguration, *, looks_at_destinations: bool
) -> Configuration:
    """What is asked for. Raises InvalidArgument for the first thing that AWS would not take. O(entries squared).

    All ARNs are read before any destination is looked up. [rec]
    """
    wanted: dict[str, Any] = dict(given)
    entries = [_read_entry(state, kind, one) for kind in KINDS for one in wanted.get(kind.member) or ()]
    if len(entries) > _MOST:
        raise errors.too_many_configurations()
    ids = [entry.shown["Id"] for entry in entries]
    if len(set(ids)) < len(ids):
        raise errors.id_twice()
    for number, entry in enumerate(entries):
        if any(entry.clashes_with(other) for other in entries[:number]):
            raise errors.ambiguous()
    if looks_at_destinations:
        _look_at_destinations(state, entries)
    return Configuration(bucket, entries, has_bus="EventBridgeConfiguration" in given)


def _read_entry(state: State, kind: _Kind, given: Mapping[str, Any]) -> Entry:
    arn = given[kind.arn_member]
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or parts[2] != kind.service or not parts[5]:
        raise errors.arn_unparsable(ArgumentName=kind.element, ArgumentValue=arn)
    if arn.endswith(".fifo") and kind.service != "lambda":
        raise errors.fifo_queue() if kind.service == "sqs" else errors.fifo_topic()
    if parts[3] != state.region_name:
        raise errors.region_differs(ArgumentName=kind.element, ArgumentValue=arn)
    names = given["Events"]
    if not names:
        raise errors.xml_malformed()
    for name in names:
        if name not in _ALL:
            raise errors.event_unknown(ArgumentName="Event", ArgumentValue=name).noting(
                f"{name!r} is no event of S3{did_you_mean(name, list(_ALL))}"
            )
    events = frozenset(event for name in names for event in _ALL[name])
    rules = _read_rules(given.get("Filter"))
    shown: dict[str, Any] = {"Id": given.get("Id") or state.configuration_ids.next()}
    shown[kind.arn_member] = arn
    shown["Events"] = list(names)
    if rules:
        shown["Filter"] = {"Key": {"FilterRules": [{"Name": name, "Value": text} for name, text in rules.items()]}}
    return Entry(kind, arn, events, rules.get("Prefix", ""), rules.get("Suffix", ""), shown)


def _read_rules(given: Mapping[str, Any] | None) -> dict[str, str]:
    rules: dict[str, str] = {}
    found: Iterable[Mapping[str, str]] = ((given or {}).get("Key") or {}).get("FilterRules") or ()
    for rule in found:
        name = str(rule.get("Name", "")).lower()
        if name not in ("prefix", "suffix"):
            raise errors.rule_name_invalid(ArgumentName="FilterRule.Name", ArgumentValue=str(rule.get("Name", "")))
        if name.capitalize() in rules:
            raise errors.rule_twice(name, ArgumentName="FilterRule.Name", ArgumentValue=str(rule["Name"]))
        value = rule.get("Value", UNSET)
        rules[name.capitalize()] = "" if value is UNSET else value
    return rules


def _look_at_destinations(state: State, entries: Sequence[Entry]) -> None:
    failed: dict[str, str] = {}
    for entry in entries:
        if state.has_destination(entry.arn):
            continue
        number = len(failed) // 2 + 1
        if entry.kind.service == "lambda":
            failed[f"ArgumentName{number}"] = f"{entry.arn}, null"
            failed[f"ArgumentValue{number}"] = f"Not authorized to invoke function [{entry.arn}]"
        else:
            failed[f"ArgumentName{number}"] = entry.arn
            failed[f"ArgumentValue{number}"] = f"The destination {entry.kind.what} does not exist"
    if failed:
        raise errors.destinations_invalid(**failed).noting(
            *(f"there is no {entry.kind.what} {entry.arn}" for entry in entries if not state.has_destination(entry.arn))
        )

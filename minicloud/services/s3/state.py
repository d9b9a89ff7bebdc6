"""The S3 of one account in one region: its buckets, and how whoever is to be told of something is told.

The names of buckets are one for all accounts and regions of a cloud: whoever calls finds a bucket wherever it is, as
clients of AWS do that follow a redirection. True are the buckets, what is in each of them, and the late events.

Whatever happens to an object is an ``Occurrence`` in the outbox, put there before that it is true. Once it is, it comes
back here: then, in one place, the notifications are made that the bucket's configuration asks for, and the facts are
told.
"""

from __future__ import annotations

import hashlib
import json
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from ...core.effects import Deliver, ToBucket
from ...core.hosts import partition_of
from ...core.listing import Listing
from ...core.service_state import ServiceState, Target
from ...core.shared_text import SharedText
from ...core.timeline import SECOND
from ...core.tokens import TokenMaker
from ...core.unset import UNSET
from ...core.world import World
from . import errors, facts, notes
from .bucket import Bucket
from .conditions import check_read
from .event import Notice, Occurrence, bus_event, message_to_test, record_for
from .names import is_bucket_name
from .object import NULL, Version
from .reading import check_is_readable, check_version_id, found_version
from .request_ids import request_id_of
from .settings import PLAIN_HEADERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ...core.effects import Cause
    from ...core.ids import UuidStream
    from .notification import Configuration, Configured

__all__ = ["SUBJECT", "S3State"]

SUBJECT: Final = "Amazon S3 Notification"


class _Late:
    """A delivery of an event that is made later than it could be: AWS keeps no order."""

    __slots__ = ("delivery", "state")

    def __init__(self, state: S3State, delivery: Deliver) -> None:
        self.state = state
        self.delivery = delivery

    def arrive(self, now: int) -> None:
        """Make it. Put into the outbox first, so that it is made when something comes into this."""
        if self in self.state.late:
            self.state.world.outbox.append(self.delivery)
            self.delivery.cause = _NotWaiting(self)
            del self.state.late[self]


class _NotWaiting:
    """A cause: a late delivery waits no more."""

    __slots__ = ("late",)

    def __init__(self, late: _Late) -> None:
        self.late = late

    @property
    def happened(self) -> bool:
        """Whether it was let go."""
        return self.late not in self.late.state.late


class S3State(ServiceState):
    """What the operations work on. The groups of operations inherit from it."""

    def __init__(self, account_id: str, region_name: str, world: World) -> None:
        self.partition = partition_of(region_name)
        self.place = f"arn:{self.partition}:s3:{region_name}:{account_id}:bucket/"
        """Before the name of a bucket, where objects of other services go to."""
        super().__init__(account_id, region_name, world)

    # --- life --------------------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Forget all buckets."""
        self.bucket_list: Listing[str, Bucket] = Listing()
        self.late: dict[_Late, None] = {}
        """The deliveries that are still to come."""
        ids = self.world.ids
        place = f"{self.account_id}/{self.region_name}"
        self.request_ids: UuidStream = ids.uuids("s3/request")
        self.request_id: str | None = None
        """That of the call which is under way, once something has asked for it."""
        self.version_ids: UuidStream = ids.uuids("s3/version")
        self.upload_ids: UuidStream = ids.uuids("s3/upload")
        self.configuration_ids: UuidStream = ids.uuids("s3/configuration")
        self.event_ids: UuidStream = ids.uuids("s3/event")
        self.tokens = TokenMaker(ids.digest(f"s3/tokens/{place}"))
        self.event_count = 0
        self.owner_id = f"{ids.random(f's3/owner/{self.account_id}').getrandbits(256):064x}"
        """The canonical user id of the account."""
        self.owner_principal = ids.iam_id("A", f"s3/principal/{self.account_id}")[:14]
        self.caller_id = ids.user_id(self.account_id)

    def mend(self, now: int) -> None:
        """Derive anew the order of names and keys. O(keys)."""
        self.bucket_list.mend()
        for bucket in self.buckets.values():
            bucket.mend()
        self.request_id = None

    def owed(self, now: int) -> Iterable[str]:
        """The events that come late. O(events)."""
        for late in self.late:
            yield f"an event of S3 for {late.delivery.target_arn}"

    def check(self) -> None:
        """Raise ``AssertionError`` unless all that is derived is what it would be if derived anew. For tests."""
        kept = self._derived()
        self.mend(0)
        for one, other in zip(kept, self._derived(), strict=True):
            if one != other:
                raise AssertionError(f"{one!r} and not {other!r}")

    def _derived(self) -> list[object]:
        lists: list[Listing[str, Any]] = [self.bucket_list, *(bucket.objects for bucket in self.buckets.values())]
        return [one.page(len(one.items) + 1) for one in lists]

    # --- the call that is under way ----------------------------------------------------------------------------------

    def take_request_id(self) -> str:
        """The id of the call that has come to its end. Called by clients, once a call."""
        request_id, self.request_id = self.request_id, None
        return request_id or self.next_request_id()

    def next_request_id(self) -> str:
        """The id of a request."""
        return request_id_of(self.request_ids.next())

    def current_request_id(self) -> str:
        """The id of the call that is under way."""
        request_id = self.request_id
        if request_id is None:
            pool = self.request_ids.pool  # as `next_request_id` does, but for its calls
            request_id = self.request_id = request_id_of(pool.pop() if pool else self.request_ids.next())
        return request_id

    # --- finding -----------------------------------------------------------------------------------------------------

    @property
    def buckets(self) -> dict[str, Bucket]:
        """The buckets of this account and region, by name."""
        return self.bucket_list.items

    def find_bucket(self, name: str) -> Bucket | None:
        """A bucket by its name, wherever it is. O(1), else O(accounts and regions)."""
        found = self.bucket_list.items.get(name)
        if found is None:
            services: Iterable[S3State] = self.world.services("s3")
            found = next((service.buckets[name] for service in services if name in service.buckets), None)
        return found

    def _names(self) -> list[str]:
        services: Iterable[S3State] = self.world.services("s3")
        return [name for service in services for name in service.buckets]

    def bucket(self, name: str, owner: str = UNSET) -> Bucket:
        """The same. Raises NoSuchBucket; InvalidBucketName; AccessDenied when it is another account's than expected.

        Raises ``UsageError`` for the ARN of an access point.
        """
        found = self.bucket_list.items.get(name) or self.find_bucket(name)
        if found is None:
            if name.startswith("arn:"):
                raise errors.not_emulated("Bucket", name, "there are no access points here; give a bucket's name")
            if not is_bucket_name(name.lower()):
                raise errors.bucket_name_invalid(BucketName=name).noting(notes.BUCKET_NAME)
            raise errors.no_such_bucket(BucketName=name).noting(notes.no_bucket(self._names(), name))
        if owner is not UNSET and owner != found.state.account_id:
            raise errors.owner_differs().noting(notes.other_owner(found, owner))
        return found

    def copied_version(self, now: int, given: Mapping[str, Any]) -> Version:
        """The version that ``CopySource`` names, whose conditions hold. Raises as CopyObject does."""
        text, _, query = given["CopySource"].partition("?versionId=")
        name, _, key = unquote(text).removeprefix("/").partition("/")
        if not name or not key:
            raise errors.copy_source_invalid(ArgumentName="x-amz-copy-source", ArgumentValue=given["CopySource"])
        bucket = self.bucket(name, given["ExpectedSourceBucketOwner"])
        version_id = query or UNSET
        if query:
            check_version_id(query)
            asked = bucket.version(key, query)
            if asked is not None and asked.is_marker:
                raise errors.copy_of_marker()
        version = found_version(bucket, key, version_id)
        check_is_readable(now, version, is_copied=True)
        check_read(
            now,
            version,
            if_match=given["CopySourceIfMatch"],
            if_none_match=given["CopySourceIfNoneMatch"],
            if_modified_since=given["CopySourceIfModifiedSince"],
            if_unmodified_since=given["CopySourceIfUnmodifiedSince"],
            is_copy=True,
        )
        return version

    def bytes_of(self, name: str, key: str, version_id: str = UNSET) -> bytes:
        """What another service reads from a bucket of its region. Raises as GetObject does; PermanentRedirect.

        O(versions of the key).
        """
        bucket = self.bucket(name)
        if bucket.state.region_name != self.region_name:
            raise errors.bucket_elsewhere(bucket.state.region_name)
        return found_version(bucket, key, version_id).content

    def has_destination(self, arn: str) -> bool:
        """Whether there is something of an ARN that can be told of events."""
        _, _, name, region_name, account_id, _ = arn.split(":", 5)
        if name == "sqs":
            return arn in self.world.sinks
        service = self.world.known_service(name, account_id, region_name)
        return service is not None and service.target(arn) is not None

    # --- versions ----------------------------------------------------------------------------------------------------

    def next_sequencer(self, now: int) -> int:
        """What orders the events of one key: later ones have greater ones. Shown as hexadecimal digits."""
        count = self.event_count = self.event_count + 1
        return (now // SECOND & 0xFFFFFFFF) << 32 | count & 0xFFFFFFFF

    def version_id_for(self, bucket: Bucket) -> str:
        """The id of a version that is put into a bucket now."""
        if bucket.versioning != "Enabled":
            return NULL
        return self.version_ids.next().replace("-", "")

    def announce(
        self,
        name: str,
        version: Version,
        cause: Cause | None,
    ) -> None:
        """Have everybody told of an event who wants to be, if ``cause`` happens. Called before that it does.

        Without a cause it follows from the event of the timeline that is under way, or from the call.
        """
        configuration = version.bucket.configuration
        if configuration is not None and name in configuration.told:
            self.world.outbox.append(Occurrence(self, name, version, cause))

    def wants(self, bucket: Configured, name: str) -> bool:
        """Whether anybody is to be told of an event of a bucket. O(1)."""
        configuration = bucket.configuration
        return configuration is not None and name in configuration.told

    # --- what other services put --------------------------------------------------------------------------------------

    def place_of(self, name: str) -> str | None:
        """The beginning of the ARN by which another service delivers to a bucket; None when there is none. O(1)."""
        bucket = self.find_bucket(name)
        return None if bucket is None else bucket.state.place

    def _take_object(self, now: int, delivery: Any) -> None:
        effect: ToBucket = delivery
        bucket = self.buckets.get(effect.bucket_name)
        if bucket is None:
            effect.fail(now, "NoSuchBucket: The specified bucket does not exist")
            return
        if effect.made is None:
            content = effect.content
            effect.made = Version(
                bucket,
                effect.key,
                self.version_id_for(bucket),
                now,
                self.next_sequencer(now),
                content,
                hashlib.md5(content, usedforsecurity=False).hexdigest(),
                headers=PLAIN_HEADERS,
            )
        version: Any = effect.made
        if not version.happened:
            self.announce("ObjectCreated:Put", version, version)
            bucket.put(version)
            if (trace := self.world.trace) is not None:
                facts.object_created(trace, now, version, "PutObject")
        effect.on_success(now)

    # --- notifications -----------------------------------------------------------------------------------------------

    def target(self, arn: str) -> Target | None:
        """What puts objects for other services."""
        return self._take_object if arn.startswith(self.place) else None

    def notify(self, now: int, occurrence: Occurrence) -> None:
        """Tell whoever is to be told of an occurrence in a bucket of this account and region. O(entries)."""
        bucket, name = occurrence.bucket, occurrence.name
        configuration = bucket.configuration
        wanting = None if configuration is None else configuration.told.get(name)
        if wanting is None:
            return
        entries, told, takes_all = wanting
        key = occurrence.version.key
        if not takes_all:
            entries = tuple([entry for entry in entries if entry.wants(key)])
            told = tuple([entry.arn for entry in entries])
            if not entries and not configuration.has_bus:
                return
        if not occurrence.request_id:
            occurrence.request_id = occurrence.caller.current_request_id()
        world, noted = self.world, occurrence.told
        text: SharedText | None = None
        for entry in entries:
            text = record_for(now, occurrence, entry)
            if entry.is_queue and world.chaos is None:
                # The short way: what a Deliver would come to.
                if world.trace is not None and noted is None:
                    facts.notification_sent(world.trace, now, occurrence, entry.arn)
                world.outbox.append(Notice(entry.arn, text, occurrence))
            else:
                subject = SUBJECT if entry.kind.service == "sns" else None
                self._deliver(now, Deliver(entry.arn, text.head, subject=subject), occurrence)
        if configuration.has_bus:
            event = bus_event(now, occurrence, occurrence.request_id, self.event_ids.next())
            if event is not None:
                bus_arn = f"arn:{self.partition}:events:{self.region_name}:{self.account_id}:event-bus/default"
                told += (bus_arn,)
                self._deliver(now, Deliver(bus_arn, event), occurrence)
                text = SharedText(event) if text is None else text
        if noted is None:
            noted = occurrence.told = now, name, key, told, SharedText("") if text is None else text
        elif bucket.events and bucket.events[-1] is noted:
            return  # it was interrupted behind this
        bucket.events.append(noted)

    def _deliver(self, now: int, delivery: Deliver, occurrence: Occurrence) -> None:
        bucket, name, key = occurrence.bucket, occurrence.name, occurrence.version.key
        delivery.source_arn = bucket.arn
        delivery.trigger = f"s3:{bucket.name}"
        origin = delivery.origin = occurrence.origin
        delivery.on_failure = partial(self.lost, bucket, name, key, delivery.target_arn, origin=origin)
        delivery.cause = occurrence
        world = self.world
        if world.trace is not None and occurrence.told is None:
            facts.notification_sent(world.trace, now, occurrence, delivery.target_arn)
        chaos = world.chaos
        if chaos is None:
            world.outbox.append(delivery)
            return
        for number in range(2 if chaos.is_repeated() else 1):
            copy = delivery if number == 0 else _copy_of(delivery)
            lateness = chaos.lateness()
            if world.trace is not None and (number or lateness):
                choice = f"{'told again' if number else 'told'}, {lateness / 1e9:g} s late"
                facts.chaos(world.trace, now, bucket, choice, delivery.target_arn)
            if not lateness:
                world.outbox.append(copy)
                continue
            late = _Late(self, copy)
            world.timeline.schedule(now + lateness, late.arrive)
            self.late[late] = None

    def lost(
        self, bucket: Bucket, name: str, key: str, to: str, now: int, reason: str, origin: str | None = None
    ) -> None:
        """Note that somebody could not be told: S3 does not try again."""
        if (trace := self.world.trace) is not None:
            facts.notification_failed(trace, now, bucket, name, key, to, reason, origin)

    def configure(self, now: int, bucket: Bucket, configuration: Configuration) -> None:
        """Have a bucket tell others of its events. Queues and topics get a test message. [docs]"""
        own, request_id = bucket.state, self.current_request_id()
        for entry in configuration.entries:
            if entry.kind.service != "lambda" and self.has_destination(entry.arn):
                delivery = Deliver(
                    entry.arn,
                    message_to_test(now, bucket, request_id),
                    subject=SUBJECT if entry.kind.service == "sns" else None,
                    source_arn=bucket.arn,
                    trigger=f"s3:{bucket.name}",
                    on_failure=partial(own.lost, bucket, "TestEvent", "", entry.arn),
                    cause=configuration,
                )
                self.world.outbox.append(delivery)
        bucket.configuration = configuration

    # --- tokens ------------------------------------------------------------------------------------------------------

    def read_token(self, kind: str, token: str) -> list[str]:
        """What the token of a list holds. Raises InvalidArgument for one of another list, or of none."""
        found = self.tokens.read(kind, token)
        if found is None:
            raise errors.token_incorrect(ArgumentName="continuation-token", ArgumentValue=token)
        return [json.loads(field) for field in found[1]]

    def make_token(self, kind: str, now: int, key: str) -> str:
        """A token to go on with behind a key."""
        return self.tokens.make(kind, now, json.dumps(key))


def _copy_of(delivery: Deliver) -> Deliver:
    copy = Deliver(
        delivery.target_arn,
        delivery.body,
        subject=delivery.subject,
        source_arn=delivery.source_arn,
        trigger=delivery.trigger,
        on_failure=delivery.on_failure,
        cause=delivery.cause,
    )
    copy.origin = delivery.origin
    return copy

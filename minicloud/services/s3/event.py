"""What S3 tells of what has happened: the record of a notification, and the event for EventBridge.

Which members a record has goes by its event; their order is AWS's. [rec] The key is encoded as in a form here, and is
as it is in what goes to EventBridge. [docs] A record's text is put together by hand: it is the same for all who are
told, but for the id of the configuration, and it is most of what an upload costs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_plus

from ...core.effects import Sequel, ToQueue
from ...core.shared_text import SharedText
from .names import time_text
from .request_ids import second_request_id

if TYPE_CHECKING:
    from ...core.effects import Cause
    from .bucket import Home
    from .object import Holder, Version

__all__ = ["CREATED_BY", "Frame", "Notice", "Occurrence", "bus_event", "message_to_test", "record_parts"]

_NOTHING: Final[Mapping[str, Any]] = {}
_EMPTY_MD5: Final = "d41d8cd98f00b204e9800998ecf8427e"
_ADDRESS: Final = "127.0.0.1"
_ADDRESS_TEXT: Final = f'"{_ADDRESS}"'
CREATED_BY: Final = {
    "ObjectCreated:Put": "PutObject",
    "ObjectCreated:Post": "POST Object",
    "ObjectCreated:Copy": "CopyObject",
    "ObjectCreated:CompleteMultipartUpload": "CompleteMultipartUpload",
}
"""What EventBridge is told as the reason."""


class Occurrence(Sequel):
    """Something has happened to an object: an effect, of which the service of its bucket makes notifications."""

    __slots__ = ("bucket", "caller", "members", "name", "request_id", "told", "version")

    def __init__(
        self,
        caller: Home,
        name: str,
        version: Version,
        cause: Cause | None,
        members: Mapping[str, Any] = _NOTHING,
    ) -> None:
        # As the base's does, but for the call.
        self.cause = cause
        self.begun: int | None = None
        self.happened = False
        self.bucket: Any = version.bucket
        self.caller = caller
        """The service that was called, whose request it is."""
        self.name = name
        """``"ObjectCreated:Put"``."""
        self.version = version
        self.members = members
        """What a test says of it beyond that (``cloud.s3_event``)."""
        self.request_id = ""
        """That of the request, once somebody is told."""
        self.told: tuple[int, str, str, tuple[str, ...], str] | None = None
        """What the bucket's list of events has of it, once somebody is told."""

    def carry_out(self, now: int) -> None:
        """Tell whoever is to be told."""
        self.bucket.state.notify(now, self)

    @property
    def origin(self) -> str:
        """What a message that tells of it says of where it comes from; for observers. One call may delete many keys."""
        return f"s3:{self.bucket.name}/{self.request_id}/{self.version.key}"


class Notice(ToQueue):
    """What a queue is told of an occurrence. What no such message has stands here once for all."""

    __slots__ = ("_occurrence",)

    attributes = None
    deduplication_id = None
    group_id = None
    sender_id = None
    trace_header = None
    insert = ""

    def __init__(self, queue_arn: str, text: str, occurrence: Occurrence) -> None:
        self.queue_arn = queue_arn
        self.cause = self._occurrence = occurrence
        self.message = None
        self.shared: SharedText = SharedText(text)  # so that its MD5 is made when somebody looks at it
        if not occurrence.members:
            self.shared.size = len(text)  # all of it is ASCII that queues take

    @property
    def body(self) -> str:  # type: ignore[override]  # it is there already
        """The text."""
        return self.shared.head

    @property
    def source_arn(self) -> str | None:  # type: ignore[override]  # the bucket knows
        """The bucket."""
        return str(self._occurrence.bucket.arn)

    @property
    def origin(self) -> str:
        """What it tells of."""
        return self._occurrence.origin

    def on_failure(self, now: int, reason: str) -> None:
        """The queue does not exist, or refuses the message."""
        one = self._occurrence
        one.bucket.state.lost(one.bucket, one.name, one.version.key, self.queue_arn, now, reason, one.origin)


class _Form:
    """What records of an event have."""

    __slots__ = ("etag", "has_caller", "has_sequencer", "has_size", "is_full", "version")

    def __init__(self, name: str) -> None:
        kind = name.partition(":")[0]
        of_metadata, is_removal = kind in ("ObjectTagging", "ObjectAcl"), _is_removal(name)
        self.version = "2.3" if of_metadata else "2.1"
        self.has_caller = not (name in _WITHOUT_CALLER or kind in _WITHOUT_CALLER)
        self.has_size = not of_metadata and not is_removal
        self.etag = _EMPTY_MD5 if name.endswith("DeleteMarkerCreated") else None if is_removal else ""
        """None for no ETag, empty for that of the object."""
        self.has_sequencer = not of_metadata
        self.is_full = self.has_caller and self.has_size and self.etag == ""
        """Whether it has all that there is, and nothing but that."""


_form_of = cache(_Form)


_BEFORE_IDS: Final = '},"responseElements":{"x-amz-request-id":"'


class Frame:
    """What all records of an event have in common that one who calls causes in a bucket."""

    __slots__ = ("end", "form", "middle", "object", "start", "usual")

    def __init__(self, name: str, bucket: Any, caller: Home) -> None:
        state, form = bucket.state, _form_of(name)
        self.form = form
        who = f"AWS:{caller.caller_id}" if form.has_caller else f"AmazonCustomer:{state.owner_principal}"
        self.start = (
            f'{{"Records":[{{"eventVersion":"{form.version}","eventSource":"aws:s3",'
            f'"awsRegion":"{state.region_name}","eventTime":"'
        )
        self.middle = (
            f'","eventName":"{name}","userIdentity":{{"principalId":"{who}"}},"requestParameters":{{"sourceIPAddress":'
        )
        self.usual = f"{self.middle}{_ADDRESS_TEXT}{_BEFORE_IDS}"
        """The middle with the address that nobody has said anything else of."""
        self.end = '"},"s3":{"s3SchemaVersion":"1.0","configurationId":'
        self.object = (
            f',"bucket":{{"name":"{bucket.name}","ownerIdentity":{{"principalId":"{state.owner_principal}"}},'
            f'"arn":"{bucket.arn}"}},"object":{{"key":"'
        )


_PLAIN_KEY: Final = re.compile("[A-Za-z0-9_./~-]*").fullmatch
"""Keys that look encoded as they do otherwise."""


def record_parts(now: int, occurrence: Occurrence, request_id: str, frames: dict[str, Frame]) -> tuple[str, str]:
    """The text of a notification, before and behind the id of the configuration. O(1).

    ``frames`` are those of the configuration, by event; they are for calls of the bucket's own account and region.
    """
    name, version, members = occurrence.name, occurrence.version, occurrence.members
    frame = frames.get(name)
    if frame is None or occurrence.caller is not occurrence.bucket.state:
        frame = Frame(name, occurrence.bucket, occurrence.caller)
        if occurrence.caller is occurrence.bucket.state:
            frames[name] = frame
    form = frame.form
    middle = frame.usual
    if "sourceIPAddress" in members:
        middle = f"{frame.middle}{json.dumps(members['sourceIPAddress'])}{_BEFORE_IDS}"
    ids = f'{request_id}","x-amz-id-2":"{second_request_id(request_id)}'
    before = f"{frame.start}{time_text(now)}{middle}{ids}{frame.end}"
    key = version.key
    if _PLAIN_KEY(key) is None:
        key = quote_plus(key, safe="/")
    if form.is_full and not members and version.version_id == "null":  # as of most
        return before, (
            f'{frame.object}{key}","size":{len(version.content)},"eTag":"{version.etag}",'
            f'"sequencer":"{version.sequencer}"}}}}}}]}}'
        )
    shown = f'{key}"'
    if form.has_size:
        shown += f',"size":{members.get("size", version.size)}'
    if form.etag is not None:
        shown += f',"eTag":{json.dumps(form.etag or members.get("eTag", version.etag))}'
    if version.version_id != "null":
        shown += f',"versionId":{json.dumps(version.version_id)}'
    if form.has_sequencer:
        shown += f',"sequencer":"{version.sequencer}"'
    more = _more(name, version, members) if members or not form.has_caller else ""
    return before, f"{frame.object}{shown}}}}}{more}}}]}}"


_WITHOUT_CALLER: Final = frozenset(
    {
        "IntelligentTiering",
        "LifecycleExpiration",
        "LifecycleTransition",
        "ObjectRestore:Completed",
        "ObjectRestore:Delete",
        "Replication",
    }
)
"""What nobody has called for."""


def _is_removal(name: str) -> bool:
    return name.startswith(("ObjectRemoved:", "LifecycleExpiration:")) or name == "ObjectRestore:Delete"


def _more(name: str, version: Version, members: Mapping[str, Any]) -> str:
    if "glacierEventData" in members:
        return f',"glacierEventData":{json.dumps(members["glacierEventData"], separators=(",", ":"))}'
    if name == "ObjectRestore:Completed" and version.restored is not None:
        return (
            ',"glacierEventData":{"restoreEventData":{"lifecycleRestorationExpiryTime":'
            f'"{time_text(version.restored[1])}","lifecycleRestoreStorageClass":"{version.storage_class}"}}}}'
        )
    return ""


# --- EventBridge ------------------------------------------------------------------------------------------------------

_DETAIL_TYPES: Final = {
    "IntelligentTiering": "Object Access Tier Changed",
    "LifecycleExpiration": "Object Deleted",
    "LifecycleTransition": "Object Storage Class Changed",
    "ObjectAcl": "Object ACL Updated",
    "ObjectCreated": "Object Created",
    "ObjectRemoved": "Object Deleted",
    "ObjectRestore:Completed": "Object Restore Completed",
    "ObjectRestore:Delete": "Object Restore Expired",
    "ObjectRestore:Post": "Object Restore Initiated",
    "ObjectTagging:Delete": "Object Tags Deleted",
    "ObjectTagging:Put": "Object Tags Added",
}
"""By the event, or how it begins. Of others EventBridge is not told."""


def bus_event(now: int, occurrence: Occurrence, request_id: str, event_id: str) -> str | None:
    """The event for the default bus, as JSON; None where EventBridge is not told of such things. [docs][rec]"""
    name, version, bucket = occurrence.name, occurrence.version, occurrence.bucket
    kind = name.partition(":")[0]
    detail_type = _DETAIL_TYPES.get(name) or _DETAIL_TYPES.get(kind)
    if detail_type is None:
        return None
    state, members = bucket.state, occurrence.members
    is_removal = _is_removal(name)
    shown: dict[str, Any] = {"key": version.key}
    if not is_removal and kind not in ("ObjectTagging", "ObjectAcl"):
        shown["size"] = members.get("size", version.size)
    if not is_removal or name.endswith("DeleteMarkerCreated"):
        shown["etag"] = _EMPTY_MD5 if is_removal else members.get("eTag", version.etag)
    if version.version_id != "null":
        shown["version-id"] = version.version_id
    if kind not in ("ObjectTagging", "ObjectAcl") and name != "ObjectRestore:Post":
        shown["sequencer"] = version.sequencer.lower()[-16:]
    is_of_service = name in _WITHOUT_CALLER or kind in _WITHOUT_CALLER
    detail: dict[str, Any] = {"version": "0", "bucket": {"name": bucket.name}, "object": shown}
    detail["request-id"] = request_id
    detail["requester"] = "s3.amazonaws.com" if is_of_service else occurrence.caller.account_id
    if not is_of_service:
        detail["source-ip-address"] = members.get("sourceIPAddress", _ADDRESS)
    if name in CREATED_BY:
        detail["reason"] = CREATED_BY[name]
    elif detail_type == "Object Deleted":
        detail["reason"] = "Lifecycle Expiration" if kind == "LifecycleExpiration" else "DeleteObject"
        detail["deletion-type"] = (
            "Delete Marker Created" if name.endswith("DeleteMarkerCreated") else "Permanently Deleted"
        )
    elif name == "ObjectRestore:Post":
        detail["source-storage-class"] = version.storage_class
    elif name == "ObjectRestore:Completed":
        if version.restored is not None:
            detail["restore-expiry-time"] = time_text(version.restored[1])
        detail["source-storage-class"] = version.storage_class
    elif kind == "LifecycleTransition":
        detail["destination-storage-class"] = version.storage_class
    event = {
        "version": "0",
        "id": event_id,
        "detail-type": detail_type,
        "source": "aws.s3",
        "account": state.account_id,
        "time": time_text(now)[:-5] + "Z",
        "region": state.region_name,
        "resources": [bucket.arn],
        "detail": detail,
    }
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False)


def message_to_test(now: int, bucket: Holder, request_id: str) -> str:
    """What queues and topics get when they are to be told from now on. [docs]"""
    return json.dumps(
        {
            "Service": "Amazon S3",
            "Event": "s3:TestEvent",
            "Time": time_text(now),
            "Bucket": bucket.name,
            "RequestId": request_id,
            "HostId": second_request_id(request_id),
        },
        separators=(",", ":"),
    )

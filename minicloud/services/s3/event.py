"""What S3 tells of what has happened: the record of a notification, and the event for EventBridge.

Which members a record has goes by its event; their order is AWS's. [rec] The key is encoded as in a form here, and is
as it is in what goes to EventBridge. [docs] A record's text is put together by hand, and most are not before somebody
looks at them (``Record``): a queue that takes one in needs no more than a bound of its length.
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
    from .bucket import State
    from .notification import Entry
    from .object import Holder, Version

__all__ = ["CREATED_BY", "Frame", "Notice", "Occurrence", "bus_event", "message_to_test", "record_for"]

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
        caller: State,
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
        self.told: tuple[int, str, str, tuple[str, ...], SharedText] | None = None
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

    __slots__ = ()

    attributes = None
    deduplication_id = None
    group_id = None
    sender_id = None
    trace_header = None
    insert = ""

    cause: Occurrence
    shared: SharedText

    def __init__(self, queue_arn: str, text: SharedText, occurrence: Occurrence) -> None:
        self.queue_arn = queue_arn
        self.cause = occurrence
        self.message = None
        self.shared = text

    @property
    def body(self) -> str:  # type: ignore[override]  # written when it is looked at
        """The text."""
        return self.shared.head

    @property
    def source_arn(self) -> str | None:  # type: ignore[override]  # the bucket knows
        """The bucket."""
        return str(self.cause.bucket.arn)

    @property
    def origin(self) -> str:
        """What it tells of."""
        return self.cause.origin

    def on_failure(self, now: int, reason: str) -> None:
        """The queue does not exist, or refuses the message."""
        one = self.cause
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
    """What all records of an event have in common that a bucket tells one destination of when one caller causes it."""

    __slots__ = ("caller", "end", "form", "middle", "most", "start", "usual")

    def __init__(self, name: str, bucket: Any, caller: State, configuration_id: str) -> None:
        state, form = bucket.state, _form_of(name)
        self.form = form
        self.caller = caller
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
        self.end = (
            f'"}},"s3":{{"s3SchemaVersion":"1.0","configurationId":{json.dumps(configuration_id)},'
            f'"bucket":{{"name":"{bucket.name}","ownerIdentity":{{"principalId":"{state.owner_principal}"}},'
            f'"arn":"{bucket.arn}"}},"object":{{"key":"'
        )
        self.most = len(self.start) + len(self.usual) + len(self.end) + _MOST_OF_ITS_OWN
        """How long a full record is at the most, without the key."""


_PLAIN_KEY: Final = re.compile("[A-Za-z0-9_./~-]*").fullmatch
"""Keys that look encoded as they do otherwise."""


_MOST_OF_ITS_OWN: Final = 500
"""More than what a full record has of its own: the time, the ids, an ETag, a version's id, numbers and their names."""
_MOST_OF_A_CHARACTER: Final = 12
"""So many a character of a key may come to: four bytes, three characters each."""


class Record(SharedText):
    """The text of a notification that has all that there is: written when somebody looks at it.

    It holds none of the object's bytes, which may be gone long before the message is.
    """

    __slots__ = ("_etag", "_frame", "_key", "_length", "_request_id", "_sequencer", "_text", "_time", "_version_id")

    _text: str | None

    def __init__(self, frame: Frame, now: int, request_id: str, version: Version) -> None:
        self.tail = ""
        self._key = key = version.key
        self.size = frame.most + _MOST_OF_A_CHARACTER * len(key)
        self.hasher = self.digest = self.attributes = self._text = None
        self._frame = frame
        self._time = now
        self._request_id = request_id
        self._length = len(version.content)
        self._etag = version.etag
        self._version_id = version.version_id
        self._sequencer = version.sequencer

    @property
    def head(self) -> str:  # type: ignore[override]  # written when it is looked at
        """The text. All of it is ASCII that queues take. Written the first time, 3 µs."""
        text = self._text
        if text is None:
            frame = self._frame
            of_version = "" if self._version_id == "null" else f',"versionId":"{self._version_id}"'
            text = self._text = (
                f"{frame.start}{time_text(self._time)}{frame.usual}{_ids(self._request_id)}{frame.end}"
                f'{_encoded(self._key)}","size":{self._length},"eTag":"{self._etag}"{of_version},'
                f'"sequencer":"{self._sequencer:018X}"}}}}}}]}}'
            )
        return text

    def counted(self) -> int:
        """The size. Has it written."""
        self.size = len(self.head)
        return self.size


def _encoded(key: str) -> str:
    return key if _PLAIN_KEY(key) is not None else quote_plus(key, safe="/")


def _ids(request_id: str) -> str:
    return f'{request_id}","x-amz-id-2":"{second_request_id(request_id)}'


def record_for(now: int, occurrence: Occurrence, entry: Entry) -> SharedText:
    """The text of a notification that one destination is told; the request has its id. O(1)."""
    name = occurrence.name
    frame = entry.frames.get(name)
    if frame is None or frame.caller is not occurrence.caller:
        frame = entry.frames[name] = Frame(name, occurrence.bucket, occurrence.caller, entry.shown["Id"])
    form, version, members = frame.form, occurrence.version, occurrence.members
    if form.is_full and not members:  # as most
        return Record(frame, now, occurrence.request_id, version)
    middle = frame.usual
    if "sourceIPAddress" in members:
        middle = f"{frame.middle}{json.dumps(members['sourceIPAddress'])}{_BEFORE_IDS}"
    before = f"{frame.start}{time_text(now)}{middle}{_ids(occurrence.request_id)}{frame.end}"
    shown = f'{_encoded(version.key)}"'
    if form.has_size:
        shown += f',"size":{members.get("size", version.size)}'
    if form.etag is not None:
        shown += f',"eTag":{json.dumps(form.etag or members.get("eTag", version.etag))}'
    if version.version_id != "null":
        shown += f',"versionId":{json.dumps(version.version_id)}'
    if form.has_sequencer:
        shown += f',"sequencer":"{version.sequencer:018X}"'
    more = _more(name, version, members) if members or not form.has_caller else ""
    return SharedText(f"{before}{shown}}}}}{more}}}]}}")


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
        shown["sequencer"] = f"{version.sequencer:016x}"
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
            detail["restore-expiry-time"] = time_text(version.restored[1])[:-5] + "Z"
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

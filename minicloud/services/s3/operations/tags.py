"""The operations on the tags of objects, on their ACLs, and on what is archived of them."""

from __future__ import annotations

from typing import Any, Final, cast

from ....core.operation import Http, operation
from ....core.timeline import SECOND
from ....core.unset import UNSET
from .. import answers, errors, notes, shapes
from ..object import NULL, Changed, Version
from ..reading import changeable_version
from ..settings import ARCHIVED, check_acl, check_tags
from ..state import S3State

__all__ = ["TagOperations"]

_DAY = 24 * 3600 * SECOND
_TIERS = {"Expedited": 5 * 60 * SECOND, "Standard": 5 * 3600 * SECOND, "Bulk": 12 * 3600 * SECOND}
"""How long it takes until a copy of what is archived is there. [S3 user guide: Archive retrieval options]"""
_STATUS: Final = "Status"
_GROUPS = "http://acs.amazonaws.com/groups/global/"
_CANNED = {
    "public-read": [("AllUsers", "READ")],
    "public-read-write": [("AllUsers", "READ"), ("AllUsers", "WRITE")],
    "authenticated-read": [("AuthenticatedUsers", "READ")],
}


class TagOperations(S3State):
    """Tags, ACLs, restores."""

    @operation("PutObjectTagging")
    def put_object_tagging(
        self,
        now: int,
        *,
        Bucket: shapes.BucketName,
        Key: shapes.ObjectKey,
        VersionId: str = UNSET,
        ContentMD5: str = UNSET,
        ChecksumAlgorithm: str = UNSET,
        Tagging: shapes.Tagging,
        ExpectedBucketOwner: str = UNSET,
        RequestPayer: str = UNSET,
    ) -> answers.PutObjectTaggingOutput:
        """Give an object, or a version, these tags and no others. O(tags).

        Raises NoSuchKey, MethodNotAllowed for a delete marker, InvalidTag, BadRequest for more than ten.
        """
        version = changeable_version(self.bucket(Bucket, ExpectedBucketOwner), Key, VersionId, "PUT")
        tags = check_tags([(tag["Key"], tag["Value"]) for tag in Tagging["TagSet"]])
        self.announce("ObjectTagging:Put", version, Changed(version, "tags", tags))
        version.tags = tags
        return {} if version.version_id == NULL else {"VersionId": version.version_id}

    @operation("GetObjectTagging")
    def get_object_tagging(
        self,
        now: int,
        *,
        Bucket: shapes.BucketName,
        Key: shapes.ObjectKey,
        VersionId: str = UNSET,
        ExpectedBucketOwner: str = UNSET,
        RequestPayer: str = UNSET,
    ) -> answers.GetObjectTaggingOutput:
        """The tags of an object, or a version, by key. O(tags). Raises NoSuchKey, MethodNotAllowed."""
        version = changeable_version(self.bucket(Bucket, ExpectedBucketOwner), Key, VersionId, "GET")
        answer: answers.GetObjectTaggingOutput = {}
        if version.version_id != NULL:
            answer["VersionId"] = version.version_id
        answer["TagSet"] = [{"Key": key, "Value": value} for key, value in version.tags.items()]
        return answer

    @operation("DeleteObjectTagging", http=Http(status=204))
    def delete_object_tagging(
        self,
        now: int,
        *,
        Bucket: shapes.BucketName,
        Key: shapes.ObjectKey,
        VersionId: str = UNSET,
        ExpectedBucketOwner: str = UNSET,
    ) -> answers.DeleteObjectTaggingOutput:
        """Take all tags from an object, or a version. O(1). Raises NoSuchKey, MethodNotAllowed."""
        version = changeable_version(self.bucket(Bucket, ExpectedBucketOwner), Key, VersionId, "DELETE")
        tags: dict[str, str] = {}
        self.announce("ObjectTagging:Delete", version, Changed(version, "tags", tags))
        version.tags = tags
        return {} if version.version_id == NULL else {"VersionId": version.version_id}

    # --- ACLs --------------------------------------------------------------------------------------------------------

    @operation("PutObjectAcl")
    def put_object_acl(
        self,
        now: int,
        *,
        ACL: str = UNSET,
        AccessControlPolicy: shapes.AccessControlPolicy = UNSET,
        Bucket: shapes.BucketName,
        ContentMD5: str = UNSET,
        ChecksumAlgorithm: str = UNSET,
        GrantFullControl: str = UNSET,
        GrantRead: str = UNSET,
        GrantReadACP: str = UNSET,
        GrantWrite: str = UNSET,
        GrantWriteACP: str = UNSET,
        Key: shapes.ObjectKey,
        RequestPayer: str = UNSET,
        VersionId: str = UNSET,
        ExpectedBucketOwner: str = UNSET,
    ) -> answers.PutObjectAclOutput:
        """Give an object a canned ACL, which is stored and has no effect. O(1).

        Buckets have none unless they were made with another ObjectOwnership than BucketOwnerEnforced: raises
        AccessControlListNotSupported. Raises ``UsageError`` for one that is not canned.
        """
        bucket = self.bucket(Bucket, ExpectedBucketOwner)
        version = changeable_version(bucket, Key, VersionId, "PUT")
        acl = check_acl(bucket, locals())
        if not bucket.has_acls and (AccessControlPolicy is not UNSET or ACL == "private"):
            raise errors.acl_not_supported().noting(notes.no_acls(Bucket))
        if AccessControlPolicy is not UNSET:
            raise errors.not_emulated("AccessControlPolicy", AccessControlPolicy, "give a canned ACL")
        if ACL is UNSET:
            raise errors.acl_missing()
        if acl != version.acl:
            kept = "".join(acl)  # an object of its own, by which it is known that it has been set
            self.announce("ObjectAcl:Put", version, Changed(version, "acl", kept))
            version.acl = kept
        return {}

    @operation("GetObjectAcl")
    def get_object_acl(
        self,
        now: int,
        *,
        Bucket: shapes.BucketName,
        Key: shapes.ObjectKey,
        VersionId: str = UNSET,
        RequestPayer: str = UNSET,
        ExpectedBucketOwner: str = UNSET,
    ) -> answers.GetObjectAclOutput:
        """Who may do what with an object. O(1). Raises NoSuchKey, MethodNotAllowed."""
        bucket = self.bucket(Bucket, ExpectedBucketOwner)
        version = changeable_version(bucket, Key, VersionId, "GET")
        owner = bucket.state.owner_id
        grants: list[shapes.Grant] = [{"Grantee": {"ID": owner, "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}]
        grants += [
            {"Grantee": {"Type": "Group", "URI": _GROUPS + group}, "Permission": permission}
            for group, permission in _CANNED.get(version.acl, ())
        ]
        return {"Owner": {"ID": owner}, "Grants": grants}

    # --- restores ----------------------------------------------------------------------------------------------------

    @operation("RestoreObject", http=Http(status=202, other_status=_STATUS))
    def restore_object(
        self,
        now: int,
        *,
        Bucket: shapes.BucketName,
        Key: shapes.ObjectKey,
        VersionId: str = UNSET,
        RestoreRequest: shapes.RestoreRequest = UNSET,
        RequestPayer: str = UNSET,
        ChecksumAlgorithm: str = UNSET,
        ExpectedBucketOwner: str = UNSET,
    ) -> answers.RestoreObjectOutput:
        """Have a copy of an archived object made, which is there for some days. O(1).

        It takes as long as the tier does: 5 minutes, 5 hours, 12 hours. Of what has a copy this sets anew how long it
        is there, from now on; the status is 200 then, and not 202. Raises NoSuchKey, MethodNotAllowed,
        InvalidObjectState for what is not archived, RestoreAlreadyInProgress, MalformedXML without days.
        """
        version = changeable_version(self.bucket(Bucket, ExpectedBucketOwner), Key, VersionId, "POST")
        request: dict[str, Any] = dict(RestoreRequest or {})
        for name in ("Type", "SelectParameters", "OutputLocation"):
            if name in request:
                raise errors.not_emulated(name, request[name], "archived objects are not queried here: read them")
        if version.storage_class not in ARCHIVED:
            raise errors.not_restorable()
        tier = request.get("Tier") or (request.get("GlacierJobParameters") or {}).get("Tier", "Standard")
        days = request.get("Days")
        if tier not in _TIERS or days is None or days < 1:
            raise errors.xml_malformed()
        before = version.restored
        if before is not None and now < before[0]:
            raise errors.restore_under_way()
        if before is not None and now < before[1]:
            version.restored = before[0], _midnight_after(now + days * _DAY)
            return cast("answers.RestoreObjectOutput", {_STATUS: 200})  # [S3 API: RestoreObject]
        begin = now + _TIERS[tier]
        restored = begin, _midnight_after(begin + days * _DAY)
        self.announce("ObjectRestore:Post", version, Changed(version, "restored", restored))
        self.world.keep_settling()
        self.world.timeline.schedule(begin, _Restored(self, version, restored).arrive)
        version.restored = restored
        return {}


def _midnight_after(moment: int) -> int:
    """When a copy goes: its days are over, and the day with them. [S3 user guide: Restoring an archived object]"""
    return (moment // _DAY + 1) * _DAY


class _Restored:
    """The end of a restore: a copy is there."""

    __slots__ = ("restored", "state", "version")

    def __init__(self, state: S3State, version: Version, restored: tuple[int, int]) -> None:
        self.state = state
        self.version = version
        self.restored = restored

    def arrive(self, now: int) -> None:
        """Tell of it, unless the object has gone."""
        if self.version.happened and self.version.restored is self.restored:
            self.state.announce("ObjectRestore:Completed", self.version, None)

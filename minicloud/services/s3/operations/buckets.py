"""The operations that make buckets, show them, and take them away."""

from __future__ import annotations

import re
from typing import Any

from ....core.hosts import partition_of
from ....core.operation import Http, operation
from ....core.timestamps import datetime_of
from ....core.unset import UNSET
from .. import answers, errors, facts, notes, shapes
from ..bucket import Bucket as BucketObject
from ..names import is_bucket_name
from ..settings import check_tags, refuse_settings
from ..state import S3State

__all__ = ["BucketOperations"]

_FIRST_REGION = "us-east-1"
_REGION = re.compile("[a-z]{2,4}(-[a-z]+)+-[0-9]")
_OWNERSHIPS = ("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter")


class BucketOperations(S3State):
    """Buckets: made, shown, listed, versioned, deleted."""

    @operation("CreateBucket")
    def create_bucket(
        self,
        now: int,
        *,
        ACL: str = UNSET,
        Bucket: shapes.BucketName,
        CreateBucketConfiguration: shapes.CreateBucketConfiguration = UNSET,
        GrantFullControl: str = UNSET,
        GrantRead: str = UNSET,
        GrantReadACP: str = UNSET,
        GrantWrite: str = UNSET,
        GrantWriteACP: str = UNSET,
        ObjectLockEnabledForBucket: bool = UNSET,
        ObjectOwnership: str = UNSET,
        BucketNamespace: str = UNSET,
    ) -> answers.CreateBucketOutput:
        """Make a bucket in the client's region; from us-east-1 in any that is said. O(accounts and regions).

        In us-east-1 the same call again succeeds; anywhere else it raises BucketAlreadyOwnedByYou. [docs] Raises
        BucketAlreadyExists, InvalidBucketName, IllegalLocationConstraintException, InvalidLocationConstraint,
        AccessControlListNotSupported.
        """
        given: dict[str, Any] = locals()
        refuse_settings(given)
        if not is_bucket_name(Bucket):
            raise errors.bucket_name_invalid(BucketName=Bucket).noting(notes.BUCKET_NAME)
        region_name, tags = self._check_configuration(CreateBucketConfiguration or {})
        if ObjectOwnership is not UNSET and ObjectOwnership not in _OWNERSHIPS:
            raise errors.ownership_invalid(
                ObjectOwnership, ArgumentName="x-amz-object-ownership", ArgumentValue=ObjectOwnership
            )
        has_acls = ObjectOwnership is not UNSET and ObjectOwnership != _OWNERSHIPS[0]
        grants = [name for name in given if name.startswith("Grant") and given[name] is not UNSET]
        if grants or ACL not in (UNSET, "private"):
            if not has_acls:
                raise errors.bucket_acls_off()
            name = grants[0] if grants else "ACL"
            raise errors.not_emulated(name, given[name], "buckets have no ACLs here: take it out of the call")
        found = self.find_bucket(Bucket)
        if found is not None:
            if found.state.account_id != self.account_id:
                raise errors.bucket_taken(BucketName=Bucket)
            if region_name != _FIRST_REGION or found.state.region_name != _FIRST_REGION or found.tags != tags:
                raise errors.bucket_yours(BucketName=Bucket)
            return self._made(found)
        home = self
        if region_name != self.region_name:
            home = self.world.find_service("s3", self.account_id, region_name)
        made = BucketObject(home, Bucket, now)
        made.tags = tags
        made.has_acls = has_acls
        home.bucket_list.add(Bucket, made)
        if (trace := self.world.trace) is not None:
            facts.bucket_created(trace, now, made)
        return self._made(made)

    def _check_configuration(self, given: shapes.CreateBucketConfiguration) -> tuple[str, dict[str, str]]:
        """The region where a bucket is to be, and its tags.

        The endpoint of us-east-1 is that of all regions of its partition: it makes buckets in any of them. [field]
        """
        for name in ("Location", "Bucket"):
            if name in given:
                raise errors.not_emulated(name, given[name], "there are no directory buckets here")
        constraint = given.get("LocationConstraint", "unspecified")
        region_name = "eu-west-1" if constraint == "EU" else constraint
        if self.region_name == _FIRST_REGION:
            if constraint == "unspecified":
                region_name = _FIRST_REGION
            elif (
                constraint == _FIRST_REGION
                or _REGION.fullmatch(region_name) is None
                or partition_of(region_name) != self.partition
            ):
                raise errors.location_invalid(LocationConstraint=constraint)
        elif region_name != self.region_name:
            raise errors.location_incompatible(constraint)
        tags = [(tag["Key"], tag["Value"]) for tag in given.get("Tags") or ()]
        return region_name, check_tags(tags, of_bucket=True)

    def _made(self, bucket: BucketObject) -> answers.CreateBucketOutput:
        is_first = bucket.state.region_name == _FIRST_REGION
        location = f"/{bucket.name}" if is_first else f"http://{bucket.name}.s3.amazonaws.com/"
        return {"Location": location, "BucketArn": bucket.arn}

    @operation("HeadBucket")
    def head_bucket(
        self, now: int, *, Bucket: shapes.BucketName, ExpectedBucketOwner: str = UNSET
    ) -> answers.HeadBucketOutput:
        """Whether there is a bucket, and where. Raises ``404`` when there is none, as HEAD has no body. O(1)."""
        try:
            found = self.bucket(Bucket, ExpectedBucketOwner)
        except errors.AwsError as error:
            raise errors.without_body(error) from None
        return {"BucketArn": found.arn, "BucketRegion": found.state.region_name, "AccessPointAlias": False}

    @operation("ListBuckets")
    def list_buckets(
        self,
        now: int,
        *,
        MaxBuckets: shapes.PositiveNumber = UNSET,
        ContinuationToken: str = UNSET,
        Prefix: str = UNSET,
        BucketRegion: str = UNSET,
    ) -> answers.ListBucketsOutput:
        """The buckets of the account, of all regions, by name. O(buckets). Raises InvalidArgument for a bad token."""
        found = {
            name: bucket
            for service in self.world.services("s3")
            if service.account_id == self.account_id
            for name, bucket in service.buckets.items()
            if name.startswith(Prefix or "")
            if BucketRegion is UNSET or service.region_name == BucketRegion
        }
        names = sorted(found)
        if ContinuationToken is not UNSET:
            (after,) = self.read_token("ListBuckets", ContinuationToken)
            names = [name for name in names if name > after]
        is_paged = MaxBuckets is not UNSET or Prefix is not UNSET or BucketRegion is not UNSET
        shown = names if MaxBuckets is UNSET else names[:MaxBuckets]
        answer: answers.ListBucketsOutput = {"Buckets": [], "Owner": {"ID": self.owner_id}}
        for name in shown:
            bucket = found[name]
            row: shapes.Bucket = {
                "Name": name,
                "CreationDate": datetime_of(bucket.created - bucket.created % 1_000_000_000),
            }
            if is_paged:
                row["BucketRegion"] = bucket.state.region_name
            row["BucketArn"] = bucket.arn
            answer["Buckets"].append(row)
        if len(shown) < len(names):
            answer["ContinuationToken"] = self.make_token("ListBuckets", now, shown[-1])
        if Prefix is not UNSET:
            answer["Prefix"] = Prefix
        return answer

    @operation("DeleteBucket", http=Http(status=204))
    def delete_bucket(self, now: int, *, Bucket: shapes.BucketName, ExpectedBucketOwner: str = UNSET) -> None:
        """Take an empty bucket away. O(log n). Raises NoSuchBucket, BucketNotEmpty."""
        bucket = self.bucket(Bucket, ExpectedBucketOwner)
        if not bucket.is_empty:
            raise (errors.versions_left if bucket.versioning else errors.bucket_not_empty)(BucketName=Bucket)
        bucket.state.bucket_list.remove(Bucket)
        if (trace := self.world.trace) is not None:
            facts.bucket_deleted(trace, now, bucket)

    @operation("GetBucketLocation")
    def get_bucket_location(
        self, now: int, *, Bucket: shapes.BucketName, ExpectedBucketOwner: str = UNSET
    ) -> answers.GetBucketLocationOutput:
        """The region of a bucket; None for us-east-1. O(1). Raises NoSuchBucket."""
        region = self.bucket(Bucket, ExpectedBucketOwner).state.region_name
        return {"LocationConstraint": None if region == _FIRST_REGION else region}  # type: ignore[typeddict-item]

    @operation("PutBucketVersioning")
    def put_bucket_versioning(
        self,
        now: int,
        *,
        Bucket: shapes.BucketName,
        ContentMD5: str = UNSET,
        ChecksumAlgorithm: str = UNSET,
        MFA: str = UNSET,
        VersioningConfiguration: shapes.VersioningConfiguration,
        ExpectedBucketOwner: str = UNSET,
    ) -> None:
        """Have a bucket keep versions, or no more. O(1).

        Raises MalformedXML, IllegalVersioningConfigurationException, NoSuchBucket.
        """
        bucket = self.bucket(Bucket, ExpectedBucketOwner)
        status = VersioningConfiguration.get("Status")
        delete = VersioningConfiguration.get("MFADelete", "Disabled")
        if status is not None and status not in ("Enabled", "Suspended"):
            raise errors.xml_malformed()
        if delete != "Disabled" or MFA is not UNSET:
            raise errors.not_emulated("MFADelete", delete, "nobody is asked for a second factor here: take it out")
        if status is None:
            raise errors.versioning_missing()
        bucket.versioning = status

    @operation("GetBucketVersioning")
    def get_bucket_versioning(
        self, now: int, *, Bucket: shapes.BucketName, ExpectedBucketOwner: str = UNSET
    ) -> answers.GetBucketVersioningOutput:
        """Whether a bucket keeps versions; nothing of one that never did. O(1). Raises NoSuchBucket."""
        versioning = self.bucket(Bucket, ExpectedBucketOwner).versioning
        return {"Status": versioning} if versioning else {}

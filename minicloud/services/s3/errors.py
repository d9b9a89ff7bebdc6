"""Every error of S3: its name, its status and its exact text, in one table; and what minicloud does not do.

Every text below is called with the values of its blanks and, by name, with the further elements that S3 puts into its
XML, which boto3 shows beside ``Code`` and ``Message``: ``raise errors.no_such_key(Key=key)``. No text of an error
stands anywhere else in the service.

``[rec]`` was recorded from AWS, ``[docs]`` stands in its documentation, ``[field]`` was published by who measured it,
``[known]`` is what users and tools quote, ``[inferred]`` is in the manner of the others.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Final

from ...core.shown import shown
from ...exceptions import AwsError, UsageError

__all__ = [
    "EXCEPTIONS",
    "AwsError",
    "error_headers",
    "error_response",
    "not_emulated",
    "not_modified",
    "with_headers",
    "without_body",
]

EXCEPTIONS: Final = {
    "AccessDenied": 403,
    "AnnotationLimitExceeded": 400,
    "AnnotationNameTooLong": 400,
    "BucketAlreadyExists": 409,
    "BucketAlreadyOwnedByYou": 409,
    "EncryptionTypeMismatch": 400,
    "IdempotencyParameterMismatch": 400,
    "InvalidAnnotationName": 400,
    "InvalidObjectState": 403,
    "InvalidPrefix": 400,
    "InvalidRequest": 400,
    "InvalidWriteOffset": 400,
    "NoSuchAnnotation": 404,
    "NoSuchBucket": 404,
    "NoSuchKey": 404,
    "NoSuchUpload": 404,
    "ObjectAlreadyInActiveTierError": 403,
    "ObjectNotInActiveTierError": 403,
    "TooManyParts": 400,
    "UnsupportedMediaType": 415,
}
"""The modelled exceptions, in the order of the model, with their HTTP statuses."""


def error_response(error: AwsError) -> dict[str, Any]:
    """The answer that boto3 shows for ``error``, without ``ResponseMetadata``."""
    if error.code in _BODILESS:
        return {"Error": {"Code": error.code, "Message": error.message}}
    members = dict(error.members or {})
    response: dict[str, Any] = {"Error": {"Code": error.code, "Message": error.message, **members}}
    if error.code == "InvalidObjectState" and "StorageClass" in members:  # the one that the model gives members to
        response["StorageClass"] = members["StorageClass"]
    return response


_BODILESS: Final = ("304", "403", "404", "405", "412", "416", "400")
"""What HEAD answers with: a status and no body, so that botocore makes code and message of the status."""
_PHRASES: Final = {
    304: "Not Modified",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    412: "Precondition Failed",
    416: "Range Not Satisfiable" if sys.version_info >= (3, 13) else "Requested Range Not Satisfiable",
}
"""Botocore's words are this Python's. [http.client.responses, which minicloud need not load]"""


def without_body(error: AwsError) -> AwsError:
    """An error as the answer of a HEAD has it: nothing but its status. [rec]"""
    made = AwsError(str(error.status), _PHRASES.get(error.status, "Error"), error.status)
    return with_headers(made, error_headers(error)).noting(*getattr(error, "__notes__", ()))


def with_headers(error: AwsError, headers: Mapping[str, str]) -> AwsError:
    """An error whose answer has headers of its own; itself."""
    if headers:
        error.headers = headers  # type: ignore[attr-defined]
    return error


def error_headers(error: AwsError) -> dict[str, str]:
    """The headers that the answer of an error has of its own."""
    return dict(getattr(error, "headers", ()))


def not_modified(headers: Mapping[str, str]) -> AwsError:
    """The answer to who has it already."""
    return with_headers(AwsError("304", _PHRASES[304], 304), headers)


class _Text:
    __slots__ = ("code", "status", "template")

    def __init__(self, code: str, template: str, status: int = 400) -> None:
        self.code = code
        self.template = template
        self.status = status

    def __call__(self, *values: object, **members: Any) -> AwsError:
        shape = self.code if self.code in EXCEPTIONS else None
        return AwsError(self.code, self.template.format(*values), self.status, shape=shape, members=members or None)


# --- buckets ----------------------------------------------------------------------------------------------------------

no_such_bucket = _Text("NoSuchBucket", "The specified bucket does not exist", 404)  # [rec]
bucket_yours = _Text(  # [rec]
    "BucketAlreadyOwnedByYou",
    "Your previous request to create the named bucket succeeded and you already own it.",
    409,
)
bucket_taken = _Text(  # [docs]
    "BucketAlreadyExists",
    "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please "
    "select a different name and try again.",
    409,
)
bucket_name_invalid = _Text("InvalidBucketName", "The specified bucket is not valid.")  # [rec]
location_incompatible = _Text(  # [rec]
    "IllegalLocationConstraintException",
    "The {} location constraint is incompatible for the region specific endpoint this request was sent to.",
)
location_invalid = _Text("InvalidLocationConstraint", "The specified location-constraint is not valid")  # [rec]
bucket_elsewhere = _Text(  # [known]
    "PermanentRedirect",
    "The bucket is in this region: {}. Please use this region to retry the request",
    301,
)
bucket_not_empty = _Text("BucketNotEmpty", "The bucket you tried to delete is not empty", 409)  # [rec]
versions_left = _Text(  # [docs]
    "BucketNotEmpty", "The bucket you tried to delete is not empty. You must delete all versions in the bucket.", 409
)
ownership_invalid = _Text("InvalidArgument", "Invalid x-amz-object-ownership header: {}")  # [inferred]
bucket_acls_off = _Text(  # [known]
    "InvalidBucketAclWithObjectOwnership",
    "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
)
xml_malformed = _Text(  # [rec]
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
)
versioning_missing = _Text(  # [rec]
    "IllegalVersioningConfigurationException", "The Versioning element must be specified"
)
owner_differs = _Text("AccessDenied", "Access Denied", 403)  # [docs]

# --- objects ----------------------------------------------------------------------------------------------------------

no_such_key = _Text("NoSuchKey", "The specified key does not exist.", 404)  # [rec]
no_such_version = _Text("NoSuchVersion", "The specified version does not exist.", 404)  # [docs]
key_too_long = _Text("KeyTooLongError", "Your key is too long")  # [docs]
metadata_too_large = _Text(  # [docs; known]
    "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size"
)
version_id_invalid = _Text("InvalidArgument", "Invalid version id specified")  # [rec]
method_not_allowed = _Text(  # [rec]
    "MethodNotAllowed", "The specified method is not allowed against this resource.", 405
)
precondition_failed = _Text(  # [rec]
    "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412
)
conflict = _Text(  # [rec]
    "ConditionalRequestConflict",
    "The conditional request cannot succeed due to a conflicting operation against this resource.",
    409,
)
header_not_implemented = _Text(  # [rec]
    "NotImplemented", "A header you provided implies functionality that is not implemented", 501
)
range_not_satisfiable = _Text("InvalidRange", "The requested range is not satisfiable", 416)  # [rec]
part_not_satisfiable = _Text("InvalidPartNumber", "The requested partnumber is not satisfiable", 416)  # [rec]
range_and_part = _Text(  # [rec]
    "InvalidRequest", "Cannot specify both Range header and partNumber query parameter"
)
digest_wrong = _Text(  # [docs]
    "BadDigest", "The Content-MD5 you specified did not match what we received."
)
digest_invalid = _Text("InvalidDigest", "The Content-MD5 you specified was invalid.")  # [docs]
checksum_wrong = _Text("BadDigest", "The {} you specified did not match the calculated checksum.")  # [rec]
checksum_invalid = _Text("InvalidRequest", "Value for {} header is invalid.")  # [known]
checksum_unknown = _Text(  # [known]
    "InvalidRequest", "Checksum algorithm provided is unsupported. Please try again with any of the valid types: {}"
)
storage_class_invalid = _Text("InvalidStorageClass", "The storage class you specified is not valid")  # [rec]
state_invalid = _Text(  # [rec]
    "InvalidObjectState", "The operation is not valid for the object's storage class", 403
)
source_state_invalid = _Text(  # [field]
    "InvalidObjectState", "Operation is not valid for the source object's storage class", 403
)
not_restorable = _Text(  # [known]
    "InvalidObjectState", "Restore is not allowed for the object's current storage class", 403
)
restore_under_way = _Text(  # [docs]
    "RestoreAlreadyInProgress", "Object restore is already in progress", 409
)
copy_to_itself = _Text(  # [rec]
    "InvalidRequest",
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's "
    "metadata, storage class, website redirect location or encryption attributes.",
)
copy_of_marker = _Text(  # [rec]
    "InvalidRequest", "The source of a copy request may not specifically refer to a delete marker by version id."
)
copy_source_invalid = _Text(  # [docs]
    "InvalidArgument", "Copy Source must mention the source bucket and key: sourcebucket/sourcekey"
)
directive_invalid = _Text("InvalidArgument", "Unknown metadata directive.")  # [docs]
acl_not_supported = _Text("AccessControlListNotSupported", "The bucket does not allow ACLs")  # [known]
acl_missing = _Text(  # [known]
    "MissingSecurityHeader", "Your request was missing a required header"
)
checksum_kind_alone = _Text(  # [known]
    "InvalidRequest", "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header."
)
checksum_kind_invalid = _Text(  # [known]
    "InvalidRequest", "The {} checksum type cannot be used with the {} checksum algorithm."
)
acl_invalid = _Text("InvalidArgument", "")  # [known]
tags_too_many = _Text("BadRequest", "Object tags cannot be greater than 10")  # [docs]
tag_twice = _Text("InvalidTag", "Cannot provide multiple Tags with the same key")  # [docs]
tag_key_reserved = _Text("InvalidTag", "Your TagKey cannot be prefixed with aws:")  # [field]
bucket_tag_reserved = _Text(  # [field]
    "InvalidTag",
    'User-defined tag keys can\'t start with "aws:". This prefix is reserved for system tags. Remove "aws:" from your '
    "tag keys and try again.",
)
tag_key_invalid = _Text("InvalidTag", "The TagKey you have provided is invalid")  # [docs]
tag_value_invalid = _Text("InvalidTag", "The TagValue you have provided is invalid")  # [docs]
length_differs = _Text("IncompleteBody", "The request body terminated unexpectedly")  # [docs]

# --- lists ------------------------------------------------------------------------------------------------------------

token_incorrect = _Text("InvalidArgument", "The continuation token provided is incorrect")  # [rec]
max_keys_negative = _Text("InvalidArgument", "Argument {} must be an integer between 0 and 2147483647")  # [known]
encoding_invalid = _Text("InvalidArgument", "Invalid Encoding Method specified in Request")  # [known]
marker_without_key = _Text(  # [known]
    "InvalidArgument", "A version-id marker cannot be specified without a key marker."
)

# --- multipart uploads ------------------------------------------------------------------------------------------------

no_such_upload = _Text(  # [rec]
    "NoSuchUpload",
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or "
    "completed.",
    404,
)
part_invalid = _Text(  # [rec]
    "InvalidPart",
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified "
    "entity tag may not match the part's entity tag.",
)
parts_unordered = _Text(  # [rec]
    "InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number."
)
part_number_invalid = _Text(  # [rec]
    "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive"
)
source_range_invalid = _Text(  # [known]
    "InvalidArgument",
    "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based "
    "offsets of the first and last bytes to copy",
)
source_range_too_long = _Text(
    "InvalidArgument", "Range specified is not valid for source object of size: {}"
)  # [known]
part_too_small = _Text(  # [docs]
    "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size"
)
size_differs = _Text(  # [rec]
    "InvalidRequest",
    "The provided 'x-amz-mp-object-size' header value {} does not match what was computed: {}",
)

# --- notifications ----------------------------------------------------------------------------------------------------

arn_unparsable = _Text("InvalidArgument", "The ARN could not be parsed")  # [rec]
destinations_invalid = _Text(  # [rec]
    "InvalidArgument", "Unable to validate the following destination configurations"
)
fifo_queue = _Text("InvalidArgument", "FIFO SQS queues are not supported.")  # [field]
fifo_topic = _Text("InvalidArgument", "FIFO SNS topics are not supported.")  # [inferred]
region_differs = _Text(  # [field]
    "InvalidArgument",
    "The notification destination service region is not valid for the bucket location constraint",
)
ambiguous = _Text(  # [field]
    "InvalidArgument",
    "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are "
    "overlapping for the same event type.",
)
id_twice = _Text(  # [field]
    "InvalidArgument", "Same ID used for multiple configurations. IDs must be unique."
)
rule_name_invalid = _Text(  # [known]
    "InvalidArgument", "filter rule name must be either prefix or suffix"
)
rule_twice = _Text("InvalidArgument", "Cannot specify more than one {} rule in a filter.")  # [known]
event_unknown = _Text("InvalidArgument", "A specified event is not supported for notifications.")  # [docs]
too_many_configurations = _Text(  # [inferred]
    "TooManyConfigurations",
    "You are attempting to create a new configuration but have already reached the 100-configuration limit.",
)


# --- what minicloud does not do ---------------------------------------------------------------------------------------


def not_emulated(name: str, value: object, why: str) -> UsageError:
    """A parameter that would have an effect on AWS, and has none here."""
    return UsageError(f"{name}={shown(value)} is not emulated: {why}")

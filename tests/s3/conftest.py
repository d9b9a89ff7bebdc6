"""S3 through a client of each way in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.support.clients import in_virginia, s3, sqs

__all__ = ["in_virginia", "s3", "sqs"]


Refused = Callable[..., dict[str, Any]]
ANSWERS: dict[str, tuple[int, Sequence[str]]] = {
    "AccessControlListNotSupported": (400, ["The bucket does not allow ACLs"]),
    "AccessDenied": (403, ["Access Denied"]),
    "BadDigest": (
        400,
        [
            "The Content-MD5 you specified did not match what we received.",
            "The {} you specified did not match the calculated checksum.",
        ],
    ),
    "BadRequest": (400, ["Object tags cannot be greater than 10"]),
    "BucketAlreadyExists": (
        409,
        [
            "The requested bucket name is not available. The bucket namespace is shared by all users of the system. "
            "Please select a different name and try again."
        ],
    ),
    "BucketAlreadyOwnedByYou": (
        *(409, ["Your previous request to create the named bucket succeeded and you already own it."]),
    ),
    "BucketNotEmpty": (
        409,
        [
            "The bucket you tried to delete is not empty",
            "The bucket you tried to delete is not empty. You must delete all versions in the bucket.",
        ],
    ),
    "ConditionalRequestConflict": (
        409,
        ["The conditional request cannot succeed due to a conflicting operation against this resource."],
    ),
    "EntityTooSmall": (400, ["Your proposed upload is smaller than the minimum allowed size"]),
    "IllegalLocationConstraintException": (
        400,
        [
            "The {} location constraint is incompatible for the region specific endpoint this request was sent to.",
        ],
    ),
    "IllegalVersioningConfigurationException": (400, ["The Versioning element must be specified"]),
    "InvalidArgument": (
        400,
        [
            "",
            "A specified event is not supported for notifications.",
            "A version-id marker cannot be specified without a key marker.",
            "Argument {} must be an integer between 0 and 2147483647",
            "Cannot specify more than one {} rule in a filter.",
            "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are "
            "overlapping for the same event type.",
            "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
            "FIFO SNS topics are not supported.",
            "FIFO SQS queues are not supported.",
            "Invalid Encoding Method specified in Request",
            "Invalid version id specified",
            "Invalid x-amz-object-ownership header: {}",
            "Part number must be an integer between 1 and 10000, inclusive",
            "Range specified is not valid for source object of size: {}",
            "Same ID used for multiple configurations. IDs must be unique.",
            "The ARN could not be parsed",
            "The continuation token provided is incorrect",
            "The notification destination service region is not valid for the bucket location constraint",
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the "
            "zero-based offsets of the first and last bytes to copy",
            "Unable to validate the following destination configurations",
            "Unknown metadata directive.",
            "filter rule name must be either prefix or suffix",
        ],
    ),
    "InvalidBucketAclWithObjectOwnership": (
        *(400, ["Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"]),
    ),
    "InvalidBucketName": (400, ["The specified bucket is not valid."]),
    "InvalidDigest": (400, ["The Content-MD5 you specified was invalid."]),
    "InvalidLocationConstraint": (400, ["The specified location-constraint is not valid"]),
    "InvalidObjectState": (
        403,
        [
            "The operation is not valid for the object's storage class",
            "Operation is not valid for the source object's storage class",
            "Restore is not allowed for the object's current storage class",
        ],
    ),
    "InvalidPart": (
        400,
        [
            "One or more of the specified parts could not be found.  The part may not have been uploaded, or the "
            "specified entity tag may not match the part's entity tag."
        ],
    ),
    "InvalidPartNumber": (416, ["The requested partnumber is not satisfiable"]),
    "InvalidPartOrder": (
        *(400, ["The list of parts was not in ascending order. Parts must be ordered by part number."]),
    ),
    "InvalidRange": (416, ["The requested range is not satisfiable"]),
    "InvalidRequest": (
        400,
        [
            "Cannot specify both Range header and partNumber query parameter",
            "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [{}]",
            "The provided 'x-amz-mp-object-size' header value {} does not match what was computed: {}",
            "The source of a copy request may not specifically refer to a delete marker by version id.",
            "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
            "The {} checksum type cannot be used with the {} checksum algorithm.",
            "This copy request is illegal because it is trying to copy an object to itself without changing the "
            "object's metadata, storage class, website redirect location or encryption attributes.",
            "Value for {} header is invalid.",
        ],
    ),
    "InvalidStorageClass": (400, ["The storage class you specified is not valid"]),
    "InvalidTag": (
        400,
        [
            "Cannot provide multiple Tags with the same key",
            "The TagKey you have provided is invalid",
            "The TagValue you have provided is invalid",
            'User-defined tag keys can\'t start with "aws:". This prefix is reserved for system tags. Remove "aws:" '
            "from your tag keys and try again.",
            "Your TagKey cannot be prefixed with aws:",
        ],
    ),
    "KeyTooLongError": (400, ["Your key is too long"]),
    "MalformedXML": (
        *(400, ["The XML you provided was not well-formed or did not validate against our published schema"]),
    ),
    "MetadataTooLarge": (400, ["Your metadata headers exceed the maximum allowed metadata size"]),
    "MethodNotAllowed": (405, ["The specified method is not allowed against this resource."]),
    "MissingSecurityHeader": (400, ["Your request was missing a required header"]),
    "NoSuchBucket": (404, ["The specified bucket does not exist"]),
    "NoSuchKey": (404, ["The specified key does not exist."]),
    "NoSuchUpload": (
        404,
        [
            "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or "
            "completed."
        ],
    ),
    "NoSuchVersion": (404, ["The specified version does not exist."]),
    "NotImplemented": (501, ["A header you provided implies functionality that is not implemented"]),
    "PermanentRedirect": (301, ["The bucket is in this region: {}. Please use this region to retry the request"]),
    "PreconditionFailed": (412, ["At least one of the pre-conditions you specified did not hold"]),
    "RestoreAlreadyInProgress": (409, ["Object restore is already in progress"]),
    "TooManyConfigurations": (
        400,
        ["You are attempting to create a new configuration but have already reached the 100-configuration limit."],
    ),
}
"""What S3 answers: of each code the status and the texts, with blanks. [recorded; S3 API: error responses]"""


@pytest.fixture
def bucket(s3: Any) -> str:
    """A bucket; its name."""
    s3.create_bucket(Bucket="photos")
    return "photos"


@pytest.fixture
def queue(sqs: Any) -> str:
    """A queue; its ARN."""
    sqs.create_queue(QueueName="uploads")
    return "arn:aws:sqs:us-east-1:123456789012:uploads"


@pytest.fixture
def refused(s3: Any) -> Refused:
    """Calls a client's method that has to be refused; the error."""

    def check(method: Any, code: str, message: str | None = None, **params: Any) -> dict[str, Any]:
        members = params.pop("members", {})
        with pytest.raises(s3.exceptions.ClientError) as caught:
            method(**params)
        error: dict[str, Any] = caught.value.response["Error"]
        assert error["Code"] == code
        if not code.isdigit():  # a HEAD's, which has no text
            status, texts = ANSWERS[code]
            assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
            assert any(re.fullmatch(re.escape(text).replace(r"\{\}", ".+"), error["Message"]) for text in texts), error
        assert message is None or error["Message"] == message
        assert {name: error.get(name) for name in members} == members
        return error

    return check


def records_of(cloud: Any, name: str = "uploads") -> list[Any]:
    """The records of S3's events that a queue holds, oldest first; without test messages."""
    found = [json.loads(body) for body in cloud.queue(name).bodies]
    return [message["Records"][0] for message in found if "Records" in message]

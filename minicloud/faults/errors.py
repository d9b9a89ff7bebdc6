"""The errors that a fault can name, with AWS's codes, HTTP statuses and texts."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from ..core.near import did_you_mean
from ..core.shown import shown
from ..exceptions import AwsError, UsageError
from ..services.registry import BY_USE, KNOWN_RELEASE, load_service, module_of

__all__ = ["entry_error", "named_error"]

_TEXTS: Final = {
    ("sqs", "RequestThrottled"): "Request is throttled.",
    (
        "sqs",
        "KmsThrottled",
    ): "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.",
    ("sqs", "QueueDoesNotExist"): "The specified queue does not exist.",
    ("sqs", "OverLimit"): (
        "Too many messages have been received without being deleted. Please delete your received messages or let them "
        "timeout before receiving more."
    ),
    ("sns", "Throttled"): "Rate exceeded",
    (
        "sns",
        "KMSThrottling",
    ): "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.",
    ("sns", "NotFound"): "Topic does not exist",
    ("kinesis", "ProvisionedThroughputExceededException"): (
        "Rate exceeded for shard shardId-000000000000 in stream {resource} under account {account}."
    ),
    ("kinesis", "LimitExceededException"): "Rate exceeded for stream {resource} under account {account}.",
    ("kinesis", "ResourceNotFoundException"): "Stream {resource} under account {account} not found.",
    ("lambda", "TooManyRequestsException"): "Rate Exceeded.",
    ("kinesis", "KMSThrottlingException"): (
        "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."
    ),
}
"""AWS's texts of what a service says when it is at fault, or has too much to do."""

_COMMON: Final = {
    "AccessDenied": (403, "Access to the resource is denied."),
    "AccessDeniedException": (400, "You do not have sufficient access to perform this action."),
    "ExpiredToken": (403, "The security token included in the request is expired"),
    "ExpiredTokenException": (403, "The security token included in the request is expired"),
    "InternalError": (500, "We encountered an internal error. Please try again."),
    "InternalFailure": (500, "The request processing has failed because of an unknown error, exception or failure."),
    "InvalidClientTokenId": (403, "The security token included in the request is invalid."),
    "RequestExpired": (400, "The request reached the service more than 15 minutes after its date stamp."),
    "ServiceUnavailable": (503, "The request has failed due to a temporary failure of the server."),
    "SlowDown": (503, "Please reduce your request rate."),
    "Throttling": (400, "Rate exceeded"),
    "ThrottlingException": (400, "Rate exceeded"),
    "UnrecognizedClientException": (403, "The security token included in the request is invalid."),
}
"""Code to (HTTP status, text) of the errors that every service of AWS's may answer with."""

_ENTRY_ERRORS: Final = {
    "kinesis": AwsError("InternalFailure", "Internal Service Failure", 500, fault="Receiver"),
    "sns": AwsError("InternalError", "We encountered an internal error. Please try again.", 500, fault="Receiver"),
    "sqs": AwsError("InternalError", "We encountered an internal error. Please try again.", 500, fault="Receiver"),
}

_OF_SERVERS: Final = {
    ("application-autoscaling", "InternalServiceException"): 500,
    ("events", "InternalException"): 500,
    ("firehose", "ServiceUnavailableException"): 503,
    ("kinesis", "InternalFailureException"): 500,
    ("logs", "InternalServerException"): 500,
    ("logs", "ServiceUnavailableException"): 500,
}
"""HTTP statuses of the modelled errors that are the service's own fault: clients try again. All others are 400."""
_WITH_SHAPES: Final = ("cloudwatch", "sqs")
"""The services whose errors are looked up by their shapes."""
_WITH_CODES: Final = ("iam", "sns", "sts")
"""The services whose modelled errors have other codes than names."""
_WITH_STATUSES: Final = ("s3",)
"""The services whose modelled errors have a status each, and no other codes than names."""
_WITH_TEXTS_TWICE: Final = ("lambda", "pipes", "scheduler")
"""The services whose exceptions have a member for their text."""

ErrorName = str | tuple[str, str] | tuple[str, str, int]
"""A name that AWS knows; or a code, a text, and an HTTP status."""


def check_error_name(service: str | None, error: ErrorName) -> None:
    """Raise ``UsageError`` for an error that the service, or every service, does not know."""
    services = BY_USE if service is None else (service,)
    if not isinstance(error, str):
        if not (2 <= len(error) <= 3 and all(isinstance(part, str) for part in error[:2])):
            raise UsageError(
                f"error={shown(error)} is not an error: give the name of one of AWS's, (code, message) or "
                "(code, message, status)"
            )
        return
    if error not in _COMMON and all(_modelled(one, error) is None for one in services):
        whose = "any service" if service is None else service
        meant = did_you_mean(error, [*_COMMON, *(name for one in services for name in _names(one))])
        raise UsageError(
            f"error={shown(error)} is not an error of {whose} that minicloud knows (its models are those of botocore "
            f"{KNOWN_RELEASE}){meant or ':'} name one of its modelled exceptions, or give the error as "
            "(code, message) or (code, message, status)"
        )


def named_error(service: str, error: ErrorName, resource: str = "", account_id: str = "") -> AwsError:
    """The error of a service by the name of its exception, by its code, or in the words of who asks for it."""
    if service in _WITH_TEXTS_TWICE:
        return _with_text_twice(service, error)
    if not isinstance(error, str):
        code, message, *rest = error
        known = _modelled(service, code) or (code, _COMMON.get(code, (400, ""))[0], None)
        status = rest[0] if rest else known[1]
        return AwsError(known[0], message, status, shape=known[2], fault=_fault(status))
    found = _modelled(service, error)
    if found is None:
        status, text = _COMMON.get(error, (400, ""))
        return AwsError(error, text, status, fault=_fault(status))
    code, status, shape = found
    key = code if service in _WITH_CODES else shape
    text = _TEXTS.get((service, key), _COMMON.get(error, (0, ""))[1])
    return AwsError(code, text.format(resource=resource, account=account_id), status, shape=shape, fault=_fault(status))


def _with_text_twice(service: str, error: ErrorName) -> AwsError:
    """An error of a service whose exceptions carry their text a second time."""
    make_error: Any = import_module(f"..services.{module_of(service)}.errors", __package__).make_error
    name, *said = (error,) if isinstance(error, str) else error
    known = _modelled(service, str(name))
    if known is None:
        status, text = _COMMON.get(str(name), (400, ""))
        made = AwsError(str(name), str(said[0]) if said else text, status, fault=_fault(status))
    else:
        made = make_error(str(name), str(said[0]) if said else _TEXTS.get((service, str(name)), ""))
    if len(said) > 1:
        made.status = int(str(said[1]))
        made.fault = _fault(made.status)
    return made


def entry_error(service: str, error: ErrorName | None, resource: str = "", account_id: str = "") -> AwsError:
    """The same for an entry of a batch; AWS's own failure where no error is named."""
    if error is None:
        return _ENTRY_ERRORS[service]
    if error == "InternalFailure" and service == "kinesis":
        return _ENTRY_ERRORS[service]
    return named_error(service, error, resource, account_id)


def _modelled(service: str, name: str) -> tuple[str, int, str] | None:
    """Code, HTTP status and shape of a modelled error, by its code or its shape."""
    if service in _WITH_SHAPES:
        for shape, (code, status) in _codes_of(service).items():
            if name in (shape, code):
                return code, status, shape
    elif service in _WITH_CODES:
        for code, (shape, status) in _exceptions_of(service).items():
            if name in (shape, code):
                return code, status, shape
    elif service in _WITH_STATUSES:
        statuses = _statuses_of(service)
        return (name, statuses[name], name) if name in statuses else None
    elif name in load_service(service).exceptions:
        return name, _OF_SERVERS.get((service, name), 400), name
    return None


def _exceptions_of(service: str) -> Mapping[str, tuple[str, int]]:
    """The modelled errors of a service of ``_WITH_CODES``: code to shape and HTTP status."""
    exceptions: Mapping[str, tuple[str, int]] = import_module(f"..services.{service}.errors", __package__).EXCEPTIONS
    return exceptions


def _codes_of(service: str) -> Mapping[str, tuple[str, int]]:
    """The modelled errors of a service of ``_WITH_SHAPES``: shape to code and HTTP status."""
    codes: Mapping[str, tuple[str, int]] = import_module(f"..services.{service}.errors", __package__).CODES
    return codes


def _statuses_of(service: str) -> Mapping[str, int]:
    """The modelled errors of a service of ``_WITH_STATUSES``: name to HTTP status."""
    statuses: Mapping[str, int] = import_module(f"..services.{service}.errors", __package__).EXCEPTIONS
    return statuses


def _names(service: str) -> list[str]:
    """What the modelled errors of a service are called."""
    if service in _WITH_SHAPES:
        return list(_codes_of(service))
    return list(load_service(service).exceptions)


def _fault(status: int) -> str:
    return "Receiver" if status >= 500 else "Sender"

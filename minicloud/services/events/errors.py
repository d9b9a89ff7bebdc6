"""Every error of EventBridge: its name and its exact text, in one table; and what minicloud does not do.

Every text below is called with the values of its blanks, in their order, and makes the error to raise:
``raise errors.bus_not_found("orders")``. No text of an error stands anywhere else in the service, but for the
constraints of members (``constraints``) and the reasons of patterns (``core/event_pattern/errors``).

Behind each stands what it rests on: ``[recorded]`` of AWS, ``[measured]`` of AWS and published, ``[peer]`` is what
another emulator says, ``[inferred]`` is in the manner of the others.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from ...core.constraints import report
from ...core.error_text import ErrorText
from ...core.shown import shown
from ...exceptions import AwsError, UsageError

EXCEPTIONS: Final = (
    "AccessDeniedException",
    "ConcurrentModificationException",
    "IllegalStatusException",
    "InternalException",
    "InvalidEventPatternException",
    "InvalidStateException",
    "LimitExceededException",
    "ManagedRuleException",
    "OperationDisabledException",
    "PolicyLengthExceededException",
    "ResourceAlreadyExistsException",
    "ResourceNotFoundException",
    "ThrottlingException",
)
"""The modelled exceptions, in the order of the model."""


def error_response(error: AwsError) -> dict[str, Any]:
    """The answer that boto3 shows for ``error``, without ``ResponseMetadata``."""
    return {"Error": {"Message": error.message, "Code": error.code}}


def make_error(code: str, message: str) -> AwsError:
    """An error by its name."""
    return AwsError(code, message, 400, shape=code)


_invalid = partial(ErrorText, make_error, "ValidationException")
_not_found = partial(ErrorText, make_error, "ResourceNotFoundException")
_exists = partial(ErrorText, make_error, "ResourceAlreadyExistsException")


def validation_failed(violations: list[str]) -> AwsError:
    """The error for members that break a constraint of the model (``core.constraints``). [recorded]"""
    return make_error("ValidationException", report(violations))


pattern_invalid = ErrorText(  # [recorded]
    make_error, "InvalidEventPatternException", "Event pattern is not valid. Reason: {}"
)
limit_exceeded = ErrorText(  # [recorded]
    make_error, "LimitExceededException", "The requested resource exceeds the maximum number allowed."
)
token_invalid = _invalid("Parameter NextToken is not valid.")  # [inferred]

# --- buses and permissions ------------------------------------------------------------------------------------------

bus_exists = _exists("Event bus {} already exists.")  # [recorded]
bus_name_has_slash = _invalid("Event bus name must not contain '/'.")  # [measured]
bus_not_found = _not_found("Event bus {} does not exist.")  # [recorded]
bus_is_default = _invalid("Cannot delete event bus default.")  # [peer]
bus_has_rules = _invalid("Event bus {} can't be deleted since it has rules.")  # [inferred: text and refusal]
dead_letters_to_other = _invalid("{} is not supported as a dead letter resource")  # [measured]
dead_letters_to_fifo = _invalid("SQS FIFO is not supported by Dead Letter Queues")  # [measured]
dead_letters_elsewhere = _invalid(  # [measured that it is refused; the text is inferred]
    "Parameter {} is not valid. Reason: The dead letter queue must be in the region of the rule."
)
arn_invalid = _invalid("Parameter {} is not valid. Reason: Provided Arn is not in correct format.")  # [measured]
statement_not_found = _not_found("Statement with the provided id does not exist.")  # [recorded]
statement_id_missing = _invalid("Parameter StatementId is required.")  # [peer]
parameter_missing = _invalid("Parameter {} must be specified.")  # [peer]
action_unsupported = _invalid("Provided value in parameter 'action' is not supported.")  # [peer]
policy_not_json = _invalid("This policy contains invalid Json")  # [peer]
policy_and = _invalid("Parameter Policy must not be specified together with {}.")  # [inferred]
policy_too_long = ErrorText(  # [inferred; that 10,240 characters are the limit: documented]
    make_error, "PolicyLengthExceededException", "The policy exceeds the maximum length of 10240."
)

# --- rules ----------------------------------------------------------------------------------------------------------

rule_of_nothing = _invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.")  # [measured]
schedule_on_custom_bus = _invalid("ScheduleExpression is supported only on the default event bus.")  # [recorded]
schedule_invalid = _invalid("Parameter ScheduleExpression is not valid.")  # [recorded]
pattern_too_long = _invalid("Parameter EventPattern for rule {} exceeds limit of 2048.")  # [measured]
rule_not_found = _not_found("Rule {} does not exist on EventBus {}.")  # [recorded]
rule_managed = ErrorText(  # [inferred]
    make_error, "ManagedRuleException", "Rule {} is managed by prod.vhs.events.aws.internal and cannot be changed."
)
rule_has_targets = _invalid("Rule can't be deleted since it has targets.")  # [recorded]

# --- events ---------------------------------------------------------------------------------------------------------

entries_too_large = _invalid("Total size of the entries in the request is over the limit.")  # [recorded]
event_invalid = _invalid("Parameter Event is not valid.")  # [recorded]

ARGUMENT_MISSING: Final = "Parameter {0} is not valid. Reason: {0} is a required argument."
"""Of an entry, with the code InvalidArgument. [recorded]"""
DETAIL_MALFORMED: Final = "Detail is malformed."
"""Of an entry, with the code MalformedDetail. [peer]"""
SOURCE_RESERVED: Final = "Not authorized for the source."
"""Of an entry, with the code NotAuthorizedForSourceException. [measured]"""

# --- targets --------------------------------------------------------------------------------------------------------

target_twice = _invalid(  # [measured]
    "Parameter targets is not valid. Reason: More than one target with Id '{}' is provided."
)
inputs_conflict = _invalid(  # [recorded]
    "Only one of Input, InputPath, or InputTransformer must be provided for target {}."
)
input_not_json = _invalid("JSON syntax error in input for target {}.")  # [measured]
path_invalid = _invalid("InputPath for target {} is invalid.")  # [measured]
placeholder_unknown = _invalid("InputTemplate for target {} contains invalid placeholder {}.")  # [measured]
placeholder_of_objects = _invalid(  # [measured]
    "InputTemplate for target {} contains placeholder aws.events.event.json valid only for JSON template."
)
parameters_missing = _invalid("Parameter(s) {} must be specified for target: {}.")  # [measured]
parameters_unsupported = _invalid("Parameter(s) {} not supported for target: {}.")  # [measured]
role_missing = _invalid("RoleArn is required for target {}.")  # [measured]
key_path_invalid = _invalid("PartitionKeyPath for target {} is invalid.")  # [inferred]

# --- archives and replays -------------------------------------------------------------------------------------------

archive_exists = _exists("Archive {} already exists.")  # [recorded]
archive_not_found = _not_found("Archive {} does not exist.")  # [recorded]
archive_unchanged = _invalid(  # [recorded]
    "At least one of EventPattern, RetentionDays or Description must be provided."
)
one_filter = _invalid(  # [peer]
    "At most one filter is allowed for {}. Use either : State, EventSourceArn, or NamePrefix."
)
replay_exists = _exists("Replay {} already exists.")  # [recorded]
replay_not_found = _not_found("Replay {} does not exist.")  # [recorded]
replay_of_no_archive = _invalid(  # [recorded]
    "Parameter EventSourceArn is not valid. Reason: Archive {} does not exist."
)
replay_ends_first = _invalid(  # [recorded]
    "Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime."
)
replay_to_other_bus = _invalid(  # [peer]
    "Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted."
)
replay_to_no_bus = _invalid(  # [peer]
    "Parameter Destination.Arn is not valid. Reason: Must contain an event bus ARN."
)
replay_to_no_rule = _invalid("Parameter FilterArns is not valid. Reason: Rule {} does not exist.")  # [inferred]
replay_over = ErrorText(  # [peer]
    make_error, "IllegalStatusException", "Replay {} is not in a valid state for this operation."
)

# --- tags -----------------------------------------------------------------------------------------------------------

tag_twice = _invalid("Invalid parameter: Duplicated keys are not allowed.")  # [peer]
resource_invalid = _invalid("Parameter ResourceARN is not valid.")  # [inferred]


# --- what minicloud does not do ---------------------------------------------------------------------------------------


def not_done(operation: str, what: str, instead: str) -> UsageError:
    """A parameter that minicloud does not act upon."""
    return UsageError(f"events.{operation} was given {what}: {instead}")


def target_not_here(arn: str) -> UsageError:
    """A target for which there is nothing here that could take an event."""
    return UsageError(
        f"{shown(arn)} is a target that minicloud has not: it delivers to queues, topics, functions, streams, event "
        "buses, log groups and Firehose. Give a function that stands for it (cloud.function(name, handler))"
    )

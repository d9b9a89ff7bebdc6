"""The constraints that the model of Lambda puts on members, and the check of a request's members against them.

botocore checks minimums before it sends, unless it was told not to; what is left to the service are patterns and upper
bounds. They are checked here, before anything else that a request asks for is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ...core.constraints import Choice, Length, Number, Table, Text, TextList, members_by_table, violations_of_members
from . import errors

__all__ = ["Table", "check"]


def check(given: Mapping[str, Any], table: Table) -> None:
    """Raise ValidationException when any member breaks a constraint; UNSET breaks none. O(members)."""
    violations = violations_of_members(members_by_table(given, table))
    if violations:
        raise errors.validation_failed(violations)


class _Keys:
    """A map whose keys have a pattern; it is not shown, for its values may be secret."""

    __slots__ = ("_key",)

    def __init__(self, key: Text) -> None:
        self._key = key

    def holds(self, value: Mapping[str, str]) -> bool:
        """Whether all keys are right."""
        return all(map(self._key.holds, value))

    def broken(self, value: Mapping[str, str]) -> Iterator[str]:
        """The constraints that any of the keys breaks."""
        wrong = next((key for key in value if not self._key.holds(key)), None)
        if wrong is not None:
            yield f"Map keys must satisfy constraint: [{', '.join(self._key.broken(wrong))}]"

    def shown(self, value: Mapping[str, str]) -> str:
        """Nothing of it."""
        return "Value"


class _Weights:
    """What part of the traffic goes to which version."""

    __slots__ = ()

    def holds(self, value: Mapping[str, float]) -> bool:
        """Whether keys are numbers of versions, and weights are shares of 1."""
        return not list(self.broken(value))

    def broken(self, value: Mapping[str, float]) -> Iterator[str]:
        """The constraints that are broken."""
        if not all(map(_VERSION_NUMBER.holds, value)):
            yield (
                "Map keys must satisfy constraint: [Member must have length less than or equal to 1024, "
                "Member must have length greater than or equal to 1, "
                "Member must satisfy regular expression pattern: [0-9]+]"
            )
        if not all(0 <= weight <= 1 for weight in value.values()):
            yield (
                "Map value must satisfy constraint: [Member must have value less than or equal to 1.0, "
                "Member must have value greater than or equal to 0.0, Member must not be null]"
            )

    def shown(self, value: Mapping[str, float]) -> str:
        """The weights as Java shows a map."""
        return "Value '{" + ", ".join(f"{key}={float(item)}" for key, item in value.items()) + "}'"


_VERSION_NUMBER: Final = Text(1, 1024, "[0-9]+")

_REGION: Final = r"(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}"
_ARN: Final = r"(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()"
_TAG: Final = r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)"
# Python has no classes of Unicode's: what is neither a control character nor one of ASCII's marks.
_TAG_REGEX: Final = r"(?:[\w .:/=+\-@]|[^\x00-\xa0])*"

FUNCTION_NAME: Final = Text(
    1,
    140,
    rf"(arn:(aws[a-zA-Z-]*)?:lambda:)?({_REGION}:)?(\d{{12}}:)?(function:)?([a-zA-Z0-9-_]+)"
    r"(:(\$LATEST|[a-zA-Z0-9-_]+))?",
)
NAMESPACED_NAME: Final = Text(
    1,
    256,
    rf"(arn:(aws[a-zA-Z-]*)?:lambda:)?({_REGION}:)?(\d{{12}}:)?(function:)?([a-zA-Z0-9-_\.]+)"
    r"(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?",
)
UNQUALIFIED_NAME: Final = Text(
    1, 140, rf"(arn:(aws[a-zA-Z-]*)?:lambda:)?({_REGION}:)?(\d{{12}}:)?(function:)?([a-zA-Z0-9-_]+)"
)
QUALIFIER: Final = Text(1, 128, r"\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+")
OWN_NAME_LENGTH: Final = 64
"""How many characters a function's own name may have. [Lambda API: CreateFunction]"""
PAGE_SIZE: Final = Number(1, 10_000)

NAME_AND_QUALIFIER: Final[Table] = {"FunctionName": NAMESPACED_NAME, "Qualifier": QUALIFIER}
INVOCATION: Final[Table] = {
    **NAME_AND_QUALIFIER,
    "InvocationType": Choice("Event", "RequestResponse", "DryRun"),
    "LogType": Choice("None", "Tail"),
}
LISTED: Final[Table] = {"FunctionName": NAMESPACED_NAME, "MaxItems": PAGE_SIZE}

SETTINGS: Final[Table] = {
    "FunctionName": FUNCTION_NAME,
    "Role": Text(0, 10_000, r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+"),
    "Handler": Text(0, 128, r"[^\s]+"),
    "Code": {
        "S3Bucket": Text(3, 63, r"[0-9A-Za-z\.\-_]*(?<!\.)"),
        "S3Key": Text(1, 1024),
        "S3ObjectVersion": Text(1, 1024),
        "S3ObjectStorageMode": Choice("COPY", "REFERENCE"),
        "SourceKMSKeyArn": Text(0, 10_000, _ARN),
    },
    "Description": Text(0, 256),
    "Timeout": Number(1, 1_800),
    "MemorySize": Number(128, 10_240),
    "PublishTo": Choice("LATEST_PUBLISHED"),
    "VpcConfig": {
        "SubnetIds": (Length(0, 16), Text(0, 1024, "subnet-[0-9a-z]*")),
        "SecurityGroupIds": (Length(0, 5), Text(0, 1024, "sg-[0-9a-zA-Z]*")),
    },
    "PackageType": Choice("Zip", "Image"),
    "DeadLetterConfig": {"TargetArn": Text(0, 10_000, _ARN)},
    "Environment": {"Variables": _Keys(Text(pattern="[a-zA-Z]([a-zA-Z0-9_])+"))},
    "KMSKeyArn": Text(0, 10_000, _ARN),
    "TracingConfig": {"Mode": Choice("Active", "PassThrough")},
    "Tags": _Keys(Text(1, 128, _TAG, _TAG_REGEX)),
    "Layers": (
        Length(0, 100),
        Text(
            1,
            2048,
            rf"((arn:(aws[a-zA-Z-]*)?:lambda:{_REGION}:\d{{12}}:layer:[a-zA-Z0-9-_]+:[0-9]+)|"
            r"(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+))",
        ),
    ),
    "FileSystemConfigs": (Length(0, 1), {"LocalMountPath": Text(0, 160, "/mnt/[a-zA-Z0-9-_.]+")}),
    "ImageConfig": {
        "EntryPoint": Length(0, 1500),
        "Command": Length(0, 1500),
        "WorkingDirectory": Text(0, 1000),
    },
    "Architectures": TextList(1, 1, choices=("x86_64", "arm64"), tells_of_null=True),
    "EphemeralStorage": {"Size": Number(512, 32_768)},
    "SnapStart": {"ApplyOn": Choice("PublishedVersions", "None")},
    "LoggingConfig": {
        "LogFormat": Choice("JSON", "Text"),
        "ApplicationLogLevel": Choice("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"),
        "SystemLogLevel": Choice("DEBUG", "INFO", "WARN"),
        "LogGroup": Text(1, 512, r"[\.\-_/#A-Za-z0-9]+"),
    },
}
"""The settings of functions. The upper bounds of numbers are those of functions that run on Lambda's own instances; the
model's are higher, for those of capacity providers. [Lambda quotas]"""

CODE: Final[Table] = {
    "FunctionName": FUNCTION_NAME,
    **{name: SETTINGS["Code"][name] for name in ("S3Bucket", "S3Key", "S3ObjectVersion", "S3ObjectStorageMode")},
    "Architectures": SETTINGS["Architectures"],
    "PublishTo": SETTINGS["PublishTo"],
    "SourceKMSKeyArn": SETTINGS["Code"]["SourceKMSKeyArn"],
}
ALL_FUNCTIONS: Final[Table] = {
    "MasterRegion": Text(1, 50, rf"ALL|{_REGION}"),
    "FunctionVersion": Choice("ALL"),
    "MaxItems": PAGE_SIZE,
}
PUBLISHED: Final[Table] = {
    "FunctionName": FUNCTION_NAME,
    "Description": SETTINGS["Description"],
    "PublishTo": SETTINGS["PublishTo"],
}

ALIAS: Final[Table] = {
    "FunctionName": FUNCTION_NAME,
    "Name": Text(1, 128, "(?!^[0-9]+$)([a-zA-Z0-9-_]+)"),
    "FunctionVersion": Text(1, 1024, r"(\$LATEST(\.PUBLISHED)?|[0-9]+)"),
    "Description": SETTINGS["Description"],
    "RoutingConfig": {"AdditionalVersionWeights": _Weights()},
    "MaxItems": PAGE_SIZE,
}

_ANY_ARN: Final = rf"arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:({_REGION})?:(\d{{12}})?:(.*)"
_DESTINATION: Final = Text(0, 350, rf"$|kafka://([^.]([a-zA-Z0-9\-_.]{{0,248}}))|{_ANY_ARN}")

CONCURRENCY: Final[Table] = {"FunctionName": FUNCTION_NAME, "ReservedConcurrentExecutions": Number(0)}
INVOKE_CONFIG: Final[Table] = {
    **NAME_AND_QUALIFIER,
    "MaximumRetryAttempts": Number(0, 2),
    "MaximumEventAgeInSeconds": Number(60, 21_600),
    "DestinationConfig": {"OnSuccess": {"Destination": _DESTINATION}, "OnFailure": {"Destination": _DESTINATION}},
}
INVOKE_CONFIGS: Final[Table] = {"FunctionName": NAMESPACED_NAME, "MaxItems": Number(1, 50)}
PERMISSION: Final[Table] = {
    "FunctionName": NAMESPACED_NAME,
    "StatementId": Text(1, 100, "([a-zA-Z0-9-_]+)"),
    "Action": Text(0, 10_000, "(lambda:[*]|lambda:[a-zA-Z]+|[*])"),
    "Principal": Text(0, 2048, r"[^\s]+"),
    "SourceArn": Text(0, 10_000, _ANY_ARN),
    "FunctionUrlAuthType": Choice("NONE", "AWS_IAM"),
    "SourceAccount": Text(0, 12, r"\d{12}"),
    "EventSourceToken": Text(0, 256, r"[a-zA-Z0-9._\-]+"),
    "Qualifier": QUALIFIER,
    "PrincipalOrgID": Text(12, 34, "o-[a-z0-9]{10,32}"),
}
REMOVED_PERMISSION: Final[Table] = {**NAME_AND_QUALIFIER, "StatementId": Text(1, 100, "([a-zA-Z0-9-_.]+)")}
TAGGED: Final[Table] = {
    "Resource": Text(
        1,
        10_000,
        rf"arn:(aws[a-zA-Z-]*):lambda:{_REGION}:\d{{12}}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|"
        r"code-signing-config:csc-[a-z0-9]{17}|"
        r"event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|"
        r"(capacity-provider|network-connector):[a-zA-Z0-9-_]{1,64})",
    ),
    "Tags": SETTINGS["Tags"],
}
RECURSION: Final[Table] = {"FunctionName": UNQUALIFIED_NAME, "RecursiveLoop": Choice("Allow", "Terminate")}
MAPPING: Final[Table] = {
    "EventSourceArn": Text(0, 10_000, _ANY_ARN),
    "FunctionName": NAMESPACED_NAME,
    "BatchSize": Number(1, 10_000),
    "FilterCriteria": {"Filters": (Length(0, 1_000), {"Pattern": Text(0, 4096, r"[\s\S]*")})},
    "KMSKeyArn": Text(0, 10_000, _ARN),
    "MetricsConfig": {"Metrics": (Length(0, 3), Choice("EventCount", "ErrorCount", "KafkaMetrics"))},
    "ScalingConfig": {"MaximumConcurrency": Number(2, 1000)},
    "MaximumBatchingWindowInSeconds": Number(0, 300),
    "ParallelizationFactor": Number(1, 10),
    "StartingPosition": Choice("LATEST", "AT_TIMESTAMP", "TRIM_HORIZON"),
    "DestinationConfig": INVOKE_CONFIG["DestinationConfig"],
    "MaximumRecordAgeInSeconds": Number(-1, 604_800),
    "MaximumRetryAttempts": Number(-1, 10_000),
    "Tags": _Keys(Text(1, 128, _TAG, _TAG_REGEX)),
    "TumblingWindowInSeconds": Number(0, 900),
    "FunctionResponseTypes": (Length(0, 1), Choice("ReportBatchItemFailures")),
    "ProvisionedPollerConfig": {
        "MinimumPollers": Number(1, 200),
        "MaximumPollers": Number(1, 10_000),
        "PollerGroupName": Text(0, 128, "[a-zA-Z0-9-_]*"),
    },
}
"""The settings of event source mappings."""
MAPPINGS_LISTED: Final[Table] = {
    "EventSourceArn": MAPPING["EventSourceArn"],
    "FunctionName": NAMESPACED_NAME,
    "MaxItems": PAGE_SIZE,
}

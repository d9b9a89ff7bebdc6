"""The settings of a function: read from requests, and shown in answers.

What has an effect here is a field of its own of a ``FunctionVersion``; all else is stored as answers have it, and has
none (``FunctionVersion.settings``). What would change how a function runs, and is not emulated, is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from hashlib import sha256
from typing import Any, Final, cast

from ...core.unset import UNSET
from ...exceptions import UsageError
from . import errors, shapes
from .function import FunctionVersion, text_of_time
from .runtimes import RUNTIMES, version_arn

__all__ = [
    "CREATING",
    "DEFAULTS",
    "UPDATING",
    "check_environment",
    "check_runtime",
    "describe",
    "describe_listed",
    "read_settings",
    "refuse_settings",
]

CREATING: Final = {
    "State": "Pending",
    "StateReason": "The function is being created.",
    "StateReasonCode": "Creating",
}
"""The state in the answer that makes a version; at the next look it is active."""
UPDATING: Final = {
    "State": "Active",
    "LastUpdateStatus": "InProgress",
    "LastUpdateStatusReason": "The function is being created.",
    "LastUpdateStatusReasonCode": "Creating",
}
"""The same in the answer that changes one; AWS's reason speaks of creating there, too."""
_ACTIVE: Final = {"State": "Active", "LastUpdateStatus": "Successful"}

_REFUSED: Final = {
    "CodeSigningConfigArn": "code signing",
    "TenancyConfig": "the isolation of tenants",
    "CapacityProviderConfig": "capacity providers",
    "DurableConfig": "durable executions",
    "RuntimeConfig": "runtimes of one's own",
    "AcceleratorConfig": "accelerators",
    "PublishTo": "capacity providers",
}
_RESERVED: Final = frozenset(
    {
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SECRET_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)
"""Variables that Lambda sets itself. [Lambda developer guide: environment variables]

But for ``_HANDLER`` and ``_X_AMZN_TRACE_ID``: the model takes no name that begins with an underscore."""
_MOST_OF_ENVIRONMENT: Final = 4096
_ORDER: Final = tuple(shapes.FunctionConfiguration.__annotations__)


def refuse_settings(given: Mapping[str, Any]) -> None:
    """Raise ``UsageError`` for settings that are not emulated and that would change what a function does."""
    for name, what in _REFUSED.items():
        if given.get(name, UNSET) is not UNSET:
            raise UsageError(
                f"minicloud does not emulate {what}, and does not leave out the parameter {name}: take it out of the "
                "call, where the test can do without"
            )


def check_runtime(runtime: str) -> None:
    """Raise ``InvalidParameterValueException`` for what is not a runtime."""
    if runtime not in RUNTIMES:
        raise errors.unknown_runtime(runtime, ", ".join(RUNTIMES))


def check_environment(environment: Mapping[str, Any]) -> dict[str, str] | None:
    """The variables of a request's environment; None where it has none.

    Raises ``InvalidParameterValueException`` for names that are Lambda's own, and for more than 4 KB.
    """
    variables = environment.get("Variables")
    if variables is None:
        return None
    reserved = sorted(_RESERVED.intersection(variables))
    if reserved:
        raise errors.environment_reserved(", ".join(reserved))
    measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode("utf-8", "surrogatepass")) > _MOST_OF_ENVIRONMENT:
        raise errors.environment_too_large(measured)
    return dict(variables)


def read_settings(given: Mapping[str, Any], name: str, before: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored of a function's settings, as answers have it: those of the request, and of ``before`` the rest.

    Raises ``InvalidParameterValueException`` for a dead-letter target that is neither a standard queue nor a
    standard topic.
    """
    settings = dict(before)
    for member in ("KMSKeyArn", "TracingConfig", "FileSystemConfigs", "EphemeralStorage", "PackageType"):
        if given.get(member, UNSET) is not UNSET:
            settings[member] = deepcopy(given[member])
    if given.get("Architectures", UNSET) is not UNSET:
        settings["Architectures"] = list(given["Architectures"])
    if given.get("DeadLetterConfig", UNSET) is not UNSET:
        target = given["DeadLetterConfig"].get("TargetArn") or ""
        if target and (target.split(":")[2] not in ("sqs", "sns") or target.endswith(".fifo")):
            raise errors.dead_letter_target(target)
        settings["DeadLetterConfig"] = {"TargetArn": target} if target else None
    if given.get("VpcConfig", UNSET) is not UNSET:
        settings["VpcConfig"] = _network(given["VpcConfig"])
    if given.get("Layers", UNSET) is not UNSET:
        settings["Layers"] = [{"Arn": arn} for arn in given["Layers"]]
    if given.get("ImageConfig", UNSET) is not UNSET:
        settings["ImageConfigResponse"] = {"ImageConfig": deepcopy(given["ImageConfig"])}
    if given.get("SnapStart", UNSET) is not UNSET:
        settings["SnapStart"] = {"ApplyOn": "None", **given["SnapStart"], "OptimizationStatus": "Off"}
    if given.get("LoggingConfig", UNSET) is not UNSET or "LoggingConfig" not in settings:
        asked = given.get("LoggingConfig") or {}
        levels = {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO"} if asked.get("LogFormat") == "JSON" else {}
        settings["LoggingConfig"] = {"LogFormat": "Text", **levels, "LogGroup": f"/aws/lambda/{name}", **asked}
    return {member: value for member, value in settings.items() if value is not None}


DEFAULTS: Final[Mapping[str, Any]] = {
    "PackageType": "Zip",
    "Architectures": ["x86_64"],
    "TracingConfig": {"Mode": "PassThrough"},
    "EphemeralStorage": {"Size": 512},
    "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
}
"""What a function has where CreateFunction was not told. [Lambda API: CreateFunction]"""


def describe(
    version: FunctionVersion, state: Mapping[str, str] = _ACTIVE, *, arn: str | None = None
) -> shapes.FunctionConfiguration:
    """A version as answers have it: a fresh structure, with ``arn`` in place of its own. O(settings)."""
    function = version.function
    found: dict[str, Any] = {
        "FunctionName": function.name,
        "FunctionArn": arn or version.arn,
        "Role": version.role,
        "CodeSize": version.code.size,
        "Description": version.description,
        "Timeout": version.timeout,
        "MemorySize": version.memory,
        "LastModified": text_of_time(version.last_modified),
        "CodeSha256": version.code.sha256,
        "Version": version.version,
        "RevisionId": version.revision_id,
        **DEFAULTS,
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": version.log_group},
        **version.settings,
        **state,
    }
    if version.runtime is not None:
        where = function.state
        found["Runtime"] = version.runtime
        found["RuntimeVersionConfig"] = {
            "RuntimeVersionArn": version_arn(where.partition, where.region_name, version.runtime)
        }
    if version.handler is not None:
        found["Handler"] = version.handler
    if version.environment is not None:
        found["Environment"] = {"Variables": dict(version.environment)}
    return cast(shapes.FunctionConfiguration, {name: deepcopy(found[name]) for name in _ORDER if name in found})


def describe_listed(version: FunctionVersion, *, arn: str | None = None) -> shapes.FunctionConfiguration:
    """The same as lists have it, which tell nothing of the state. [Lambda API: ListFunctions]"""
    found = describe(version, {}, arn=arn)
    found.pop("RuntimeVersionConfig", None)
    return found


def _network(asked: Mapping[str, Any]) -> dict[str, Any]:
    """A network as answers have it; its id follows from the subnets."""
    subnets, groups = list(asked.get("SubnetIds") or ()), list(asked.get("SecurityGroupIds") or ())
    vpc_id = f"vpc-{sha256(' '.join(subnets).encode()).hexdigest()[:17]}" if subnets else ""
    return {
        "SubnetIds": subnets,
        "SecurityGroupIds": groups,
        "VpcId": vpc_id,
        "Ipv6AllowedForDualStack": bool(asked.get("Ipv6AllowedForDualStack", False)),
    }

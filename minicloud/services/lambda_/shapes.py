"""The structures of AWS Lambda: parameters and answers, members in the order of AWS's model."""

# No ``from __future__ import annotations`` here: a TypedDict with postponed annotations does not know at run time
# which of its members are required.

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, NotRequired, TypeAlias, TypedDict

from ...core.shapes import Answer, Blob, ByteStream, Minimum

# --- scalars with a minimum, which the client checks ------------------------------------------------------------------

AdditionalVersion: TypeAlias = Annotated[str, Minimum(1)]
Alias: TypeAlias = Annotated[str, Minimum(1)]
CapacityProviderArn: TypeAlias = Annotated[str, Minimum(1)]
DurableExecutionName: TypeAlias = Annotated[str, Minimum(1)]
EphemeralStorageSize: TypeAlias = Annotated[int, Minimum(512)]
ExecutionEnvironmentMemoryGiBPerVCpu: TypeAlias = Annotated[float, Minimum(2)]
ExecutionTimeout: TypeAlias = Annotated[int, Minimum(1)]
FunctionName: TypeAlias = Annotated[str, Minimum(1)]
FunctionRuntimeAlias: TypeAlias = Annotated[str, Minimum(1)]
FunctionRuntimeArn: TypeAlias = Annotated[str, Minimum(48)]
LayerVersionArn: TypeAlias = Annotated[str, Minimum(1)]
LogGroup: TypeAlias = Annotated[str, Minimum(1)]
MasterRegion: TypeAlias = Annotated[str, Minimum(1)]
MaxFunctionEventInvokeConfigListItems: TypeAlias = Annotated[int, Minimum(1)]
MaxListItems: TypeAlias = Annotated[int, Minimum(1)]
MaximumEventAgeInSeconds: TypeAlias = Annotated[int, Minimum(60)]
MaximumRetryAttempts: TypeAlias = Annotated[int, Minimum(0)]
MemorySize: TypeAlias = Annotated[int, Minimum(128)]
NamespacedFunctionName: TypeAlias = Annotated[str, Minimum(1)]
NamespacedStatementId: TypeAlias = Annotated[str, Minimum(1)]
NumericLatestPublishedOrAliasQualifier: TypeAlias = Annotated[str, Minimum(1)]
PerExecutionEnvironmentMaxConcurrency: TypeAlias = Annotated[int, Minimum(1)]
PrincipalOrgID: TypeAlias = Annotated[str, Minimum(12)]
ReservedConcurrentExecutions: TypeAlias = Annotated[int, Minimum(0)]
RetentionPeriodInDays: TypeAlias = Annotated[int, Minimum(1)]
S3Bucket: TypeAlias = Annotated[str, Minimum(3)]
S3Key: TypeAlias = Annotated[str, Minimum(1)]
S3ObjectVersion: TypeAlias = Annotated[str, Minimum(1)]
StatementId: TypeAlias = Annotated[str, Minimum(1)]
TagKey: TypeAlias = Annotated[str, Minimum(1)]
TaggableResource: TypeAlias = Annotated[str, Minimum(1)]
TenantId: TypeAlias = Annotated[str, Minimum(1)]
Timeout: TypeAlias = Annotated[int, Minimum(1)]
UnqualifiedFunctionName: TypeAlias = Annotated[str, Minimum(1)]
VersionWithLatestPublished: TypeAlias = Annotated[str, Minimum(1)]
Weight: TypeAlias = Annotated[float, Minimum(0.0)]
ArchitecturesList: TypeAlias = Annotated[Sequence[str], Minimum(1)]

# --- structures -------------------------------------------------------------------------------------------------------


class FunctionCode(TypedDict, total=False):
    """The code of a function: an archive, an object in a bucket, or an image."""

    ZipFile: Blob
    S3Bucket: S3Bucket
    S3Key: S3Key
    S3ObjectVersion: S3ObjectVersion
    S3ObjectStorageMode: str
    ImageUri: str
    SourceKMSKeyArn: str


class VpcConfig(TypedDict, total=False):
    """The network that a function is attached to."""

    SubnetIds: Sequence[str]
    SecurityGroupIds: Sequence[str]
    Ipv6AllowedForDualStack: bool


class DeadLetterConfig(TypedDict, total=False):
    """Where asynchronous events go that could not be processed."""

    TargetArn: str


class Environment(TypedDict, total=False):
    """The variables of the environment."""

    Variables: Mapping[str, str]


class TracingConfig(TypedDict, total=False):
    """Whether X-Ray samples requests."""

    Mode: str


class S3FilesConfig(TypedDict, total=False):
    """How a file system of S3 Files is read."""

    DirectS3Read: str


class FileSystemConfig(TypedDict):
    """A file system, and where it is mounted."""

    Arn: str
    LocalMountPath: str
    S3FilesConfig: NotRequired[S3FilesConfig]


class ImageConfig(TypedDict, total=False):
    """What of a container image's settings is overridden."""

    EntryPoint: Sequence[str]
    Command: Sequence[str]
    WorkingDirectory: str


class EphemeralStorage(TypedDict):
    """The size of /tmp in megabytes."""

    Size: EphemeralStorageSize


class SnapStart(TypedDict, total=False):
    """Whether snapshots are taken of published versions."""

    ApplyOn: str


class LoggingConfig(TypedDict, total=False):
    """Where a function writes its log, and in which form."""

    LogFormat: str
    ApplicationLogLevel: str
    SystemLogLevel: str
    LogGroup: LogGroup


class TenancyConfig(TypedDict):
    """Whether environments are kept apart for tenants."""

    TenantIsolationMode: str


class LambdaManagedInstancesCapacityProviderConfig(TypedDict):
    """Instances of a capacity provider."""

    CapacityProviderArn: CapacityProviderArn
    PerExecutionEnvironmentMaxConcurrency: NotRequired[PerExecutionEnvironmentMaxConcurrency]
    ExecutionEnvironmentMemoryGiBPerVCpu: NotRequired[ExecutionEnvironmentMemoryGiBPerVCpu]


class CapacityProviderConfig(TypedDict):
    """The capacity provider that a function runs on."""

    LambdaManagedInstancesCapacityProviderConfig: LambdaManagedInstancesCapacityProviderConfig


class DurableConfig(TypedDict, total=False):
    """How long durable executions may last and are kept."""

    KMSKeyArn: str
    RetentionPeriodInDays: RetentionPeriodInDays
    ExecutionTimeout: ExecutionTimeout


class FunctionRuntimeConfig(TypedDict):
    """Settings of the runtime."""

    RuntimeArn: FunctionRuntimeArn
    RuntimeAlias: FunctionRuntimeAlias


class AcceleratorConfig(TypedDict):
    """The accelerator of a function."""

    AcceleratorMemorySize: int


class VpcConfigResponse(TypedDict, total=False):
    """The network that a function is attached to."""

    SubnetIds: list[str]
    SecurityGroupIds: list[str]
    VpcId: str
    Ipv6AllowedForDualStack: bool


class EnvironmentFailure(TypedDict, total=False):
    """Why the environment could not be read."""

    ErrorCode: str
    Message: str


class EnvironmentResponse(TypedDict, total=False):
    """The variables of the environment."""

    Variables: dict[str, str]
    Error: EnvironmentFailure


class TracingConfigResponse(TypedDict, total=False):
    """Whether X-Ray samples requests."""

    Mode: str


class Layer(TypedDict, total=False):
    """A layer of a function."""

    Arn: str
    CodeSize: int
    SigningProfileVersionArn: str
    SigningJobArn: str


class ImageConfigError(TypedDict, total=False):
    """Why the settings of the image could not be read."""

    ErrorCode: str
    Message: str


class ImageConfigResponse(TypedDict, total=False):
    """What of a container image's settings is overridden."""

    ImageConfig: ImageConfig
    Error: ImageConfigError


class SnapStartResponse(TypedDict, total=False):
    """Whether snapshots are taken, and whether this is one."""

    ApplyOn: str
    OptimizationStatus: str


class RuntimeVersionError(TypedDict, total=False):
    """Why the version of the runtime could not be read."""

    ErrorCode: str
    Message: str


class RuntimeVersionConfig(TypedDict, total=False):
    """The exact version of the runtime."""

    RuntimeVersionArn: str
    Error: RuntimeVersionError


class FunctionConfiguration(TypedDict):
    """All settings of a version of a function."""

    FunctionName: str
    FunctionArn: str
    Runtime: NotRequired[str]
    Role: str
    Handler: NotRequired[str]
    CodeSize: int
    Description: str
    Timeout: int
    MemorySize: int
    LastModified: str
    CodeSha256: str
    Version: str
    VpcConfig: NotRequired[VpcConfigResponse]
    DeadLetterConfig: NotRequired[DeadLetterConfig]
    Environment: NotRequired[EnvironmentResponse]
    KMSKeyArn: NotRequired[str]
    TracingConfig: TracingConfigResponse
    MasterArn: NotRequired[str]
    RevisionId: str
    Layers: NotRequired[list[Layer]]
    State: NotRequired[str]
    StateReason: NotRequired[str]
    StateReasonCode: NotRequired[str]
    LastUpdateStatus: NotRequired[str]
    LastUpdateStatusReason: NotRequired[str]
    LastUpdateStatusReasonCode: NotRequired[str]
    FileSystemConfigs: NotRequired[list[FileSystemConfig]]
    SigningProfileVersionArn: NotRequired[str]
    SigningJobArn: NotRequired[str]
    PackageType: str
    ImageConfigResponse: NotRequired[ImageConfigResponse]
    Architectures: list[str]
    EphemeralStorage: EphemeralStorage
    SnapStart: SnapStartResponse
    RuntimeVersionConfig: NotRequired[RuntimeVersionConfig]
    LoggingConfig: LoggingConfig
    TenancyConfig: NotRequired[TenancyConfig]
    CapacityProviderConfig: NotRequired[CapacityProviderConfig]
    ConfigSha256: NotRequired[str]
    DurableConfig: NotRequired[DurableConfig]
    RuntimeConfig: NotRequired[FunctionRuntimeConfig]
    AcceleratorConfig: NotRequired[AcceleratorConfig]


class FunctionConfigurationAnswer(FunctionConfiguration, Answer, total=False):
    """The same as the answer of an operation."""


class ResolvedS3Object(TypedDict, total=False):
    """The object of a bucket that the code was taken from."""

    S3Bucket: str
    S3Key: str
    S3ObjectVersion: str


class FunctionCodeLocationError(TypedDict, total=False):
    """Why the code could not be found."""

    ErrorCode: str
    Message: str


class FunctionCodeLocation(TypedDict):
    """Where the code of a function is."""

    RepositoryType: str
    Location: NotRequired[str]
    ImageUri: NotRequired[str]
    ResolvedImageUri: NotRequired[str]
    ResolvedS3Object: NotRequired[ResolvedS3Object]
    SourceKMSKeyArn: NotRequired[str]
    Error: NotRequired[FunctionCodeLocationError]


class TagsError(TypedDict):
    """Why the tags could not be read."""

    ErrorCode: str
    Message: str


class Concurrency(TypedDict):
    """How many runs are reserved for a function."""

    ReservedConcurrentExecutions: int


class ConcurrencyAnswer(Concurrency, Answer, total=False):
    """The same as the answer of an operation."""


class GetFunctionResponse(Answer):
    """Settings, code and tags of a function."""

    Configuration: FunctionConfiguration
    Code: FunctionCodeLocation
    Tags: NotRequired[dict[str, str]]
    TagsError: NotRequired[TagsError]
    Concurrency: NotRequired[Concurrency]


class ListFunctionsResponse(Answer):
    """A page of functions."""

    NextMarker: NotRequired[str]
    Functions: list[FunctionConfiguration]


class DeleteFunctionResponse(Answer):
    """That a function is deleted."""

    StatusCode: int


class ListVersionsByFunctionResponse(Answer):
    """A page of versions."""

    NextMarker: NotRequired[str]
    Versions: list[FunctionConfiguration]


class AliasRoutingConfiguration(TypedDict, total=False):
    """The version that gets a part of the traffic of an alias."""

    AdditionalVersionWeights: Mapping[AdditionalVersion, Weight]


class AliasConfiguration(TypedDict):
    """An alias."""

    AliasArn: str
    Name: str
    FunctionVersion: str
    Description: str
    RoutingConfig: NotRequired[AliasRoutingConfiguration]
    RevisionId: str


class AliasConfigurationAnswer(AliasConfiguration, Answer, total=False):
    """The same as the answer of an operation."""


class ListAliasesResponse(Answer):
    """A page of aliases."""

    NextMarker: NotRequired[str]
    Aliases: list[AliasConfiguration]


class InvocationResponse(Answer):
    """How a run ended."""

    StatusCode: int
    FunctionError: NotRequired[str]
    LogResult: NotRequired[str]
    Payload: Annotated[ByteStream, "blob"]
    ExecutedVersion: NotRequired[str]
    DurableExecutionArn: NotRequired[str]


class InvokeAsyncResponse(Answer):
    """That an event is in line."""

    Status: int


class OnSuccess(TypedDict, total=False):
    """Where a record of each success goes."""

    Destination: str


class OnFailure(TypedDict, total=False):
    """Where a record of each failure goes."""

    Destination: str


class DestinationConfig(TypedDict, total=False):
    """Where records of successes and failures go."""

    OnSuccess: OnSuccess
    OnFailure: OnFailure


class FunctionEventInvokeConfig(TypedDict):
    """How asynchronous events of a function are handled."""

    LastModified: Annotated[datetime, "timestamp"]
    FunctionArn: str
    MaximumRetryAttempts: NotRequired[int]
    MaximumEventAgeInSeconds: NotRequired[int]
    DestinationConfig: DestinationConfig


class FunctionEventInvokeConfigAnswer(FunctionEventInvokeConfig, Answer, total=False):
    """The same as the answer of an operation."""


class ListFunctionEventInvokeConfigsResponse(Answer):
    """A page of these settings."""

    FunctionEventInvokeConfigs: list[FunctionEventInvokeConfig]
    NextMarker: NotRequired[str]


class GetFunctionConcurrencyResponse(Answer, total=False):
    """How many runs are reserved for a function."""

    ReservedConcurrentExecutions: int


class AddPermissionResponse(Answer):
    """The statement that was added, as JSON."""

    Statement: str


class GetPolicyResponse(Answer):
    """The policy of a function, as JSON."""

    Policy: str
    RevisionId: str


class ListTagsResponse(Answer):
    """The tags of a function or a mapping."""

    Tags: dict[str, str]


class AccountLimit(TypedDict):
    """What the account may have."""

    TotalCodeSize: int
    CodeSizeUnzipped: int
    CodeSizeZipped: int
    ConcurrentExecutions: int
    UnreservedConcurrentExecutions: int


class AccountUsage(TypedDict):
    """What the account has."""

    TotalCodeSize: int
    FunctionCount: int


class GetAccountSettingsResponse(Answer):
    """What the account may have, and has."""

    AccountLimit: AccountLimit
    AccountUsage: AccountUsage


class PutFunctionRecursionConfigResponse(Answer):
    """What is done about loops."""

    RecursiveLoop: str


class GetFunctionRecursionConfigResponse(Answer):
    """What is done about loops."""

    RecursiveLoop: str

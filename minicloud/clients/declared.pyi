# What type checkers know of clients beyond what runs: the exceptions of each service by their names, what the pages of
# each paginator are, and which waiters there are. No program imports this file, so none pays for it. That it says what
# the services say is tested (tests/clients/test_declared_types.py).

from typing import Any, Literal, TypeAlias, overload

from typing_extensions import TypeVar

from ..exceptions import ClientError
from ..services.autoscaling.shapes import (
    DescribeScalableTargetsOutput,
    DescribeScalingActivitiesOutput,
    DescribeScalingPoliciesOutput,
    DescribeScheduledActionsOutput,
)
from ..services.cloudwatch.alarm_shapes import DescribeAlarmHistoryOutput, DescribeAlarmsOutput
from ..services.cloudwatch.shapes import (
    GetMetricDataOutput,
    ListMetricsOutput,
)
from ..services.events.shapes import ListRuleNamesByTargetResponse, ListRulesResponse, ListTargetsByRuleResponse
from ..services.iam.shapes import (
    ListAttachedRolePoliciesResponse,
    ListRolesResponse,
)
from ..services.kinesis.channel_shapes import (
    ListChannelsOutput,
)
from ..services.kinesis.queue_shapes import (
    ListQueuesOutput,
)
from ..services.kinesis.shapes import (
    DescribeStreamOutput,
    ListShardsOutput,
    ListStreamConsumersOutput,
    ListStreamsOutput,
)
from ..services.lambda_.mapping_shapes import (
    ListEventSourceMappingsResponse,
)
from ..services.lambda_.shapes import (
    ListAliasesResponse,
    ListFunctionEventInvokeConfigsResponse,
    ListFunctionsResponse,
    ListVersionsByFunctionResponse,
)
from ..services.logs.shapes import (
    DescribeLogGroupsResponse,
    DescribeLogStreamsResponse,
    FilterLogEventsResponse,
)
from ..services.pipes.shapes import ListPipesResponse
from ..services.s3.answers import (
    ListBucketsOutput,
    ListObjectsOutput,
    ListObjectsV2Output,
    ListObjectVersionsOutput,
    ListPartsOutput,
)
from ..services.scheduler.shapes import ListScheduleGroupsOutput, ListSchedulesOutput
from ..services.sns.shapes import (
    ListEndpointsByPlatformApplicationResponse,
    ListOriginationNumbersResult,
    ListPhoneNumbersOptedOutResponse,
    ListPlatformApplicationsResponse,
    ListSMSSandboxPhoneNumbersResult,
    ListSubscriptionsByTopicResponse,
    ListSubscriptionsResponse,
    ListTopicsResponse,
)
from ..services.sqs.shapes import (
    ListDeadLetterSourceQueuesResult,
    ListQueuesResult,
)
from .aio import AsyncClient
from .base import ClientExceptions
from .paginate import AsyncPaginator, Paginator
from .sync import Client
from .waiters import AsyncServiceWaiter, ServiceWaiter

# An answer of the operation that is paged. Who annotates with a bare ``Paginator`` does not say of which.
PageT = TypeVar("PageT", default=Any)  # noqa: PYI001

class ApplicationAutoscalingExceptions(ClientExceptions):
    ConcurrentUpdateException: type[ClientError]
    FailedResourceAccessException: type[ClientError]
    InternalServiceException: type[ClientError]
    InvalidNextTokenException: type[ClientError]
    LimitExceededException: type[ClientError]
    ObjectNotFoundException: type[ClientError]
    ResourceNotFoundException: type[ClientError]
    TooManyTagsException: type[ClientError]
    ValidationException: type[ClientError]

class ApplicationAutoscalingBase(Client):
    @property
    def exceptions(self) -> ApplicationAutoscalingExceptions: ...
    @overload  # type: ignore[override]
    def get_paginator(
        self, operation_name: Literal["describe_scalable_targets"]
    ) -> Paginator[DescribeScalableTargetsOutput]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["describe_scaling_activities"]
    ) -> Paginator[DescribeScalingActivitiesOutput]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["describe_scaling_policies"]
    ) -> Paginator[DescribeScalingPoliciesOutput]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["describe_scheduled_actions"]
    ) -> Paginator[DescribeScheduledActionsOutput]: ...

class AsyncApplicationAutoscalingBase(AsyncClient):
    @property
    def exceptions(self) -> ApplicationAutoscalingExceptions: ...
    @overload  # type: ignore[override]
    def get_paginator(
        self, operation_name: Literal["describe_scalable_targets"]
    ) -> AsyncPaginator[DescribeScalableTargetsOutput]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["describe_scaling_activities"]
    ) -> AsyncPaginator[DescribeScalingActivitiesOutput]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["describe_scaling_policies"]
    ) -> AsyncPaginator[DescribeScalingPoliciesOutput]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["describe_scheduled_actions"]
    ) -> AsyncPaginator[DescribeScheduledActionsOutput]: ...

CloudwatchWaiterName: TypeAlias = Literal["alarm_exists", "composite_alarm_exists"]

class CloudwatchExceptions(ClientExceptions):
    ConcurrentModificationException: type[ClientError]
    ConflictException: type[ClientError]
    DashboardInvalidInputError: type[ClientError]
    DashboardNotFoundError: type[ClientError]
    InternalServiceFault: type[ClientError]
    InvalidFormatFault: type[ClientError]
    InvalidNextToken: type[ClientError]
    InvalidParameterCombinationException: type[ClientError]
    InvalidParameterValueException: type[ClientError]
    KmsAccessDeniedException: type[ClientError]
    KmsKeyDisabledException: type[ClientError]
    KmsKeyNotFoundException: type[ClientError]
    LimitExceededException: type[ClientError]
    LimitExceededFault: type[ClientError]
    MissingRequiredParameterException: type[ClientError]
    ResourceConflict: type[ClientError]
    ResourceNotFound: type[ClientError]
    ResourceNotFoundException: type[ClientError]
    ValidationException: type[ClientError]

class CloudwatchBase(Client):
    @property
    def exceptions(self) -> CloudwatchExceptions: ...
    @overload  # type: ignore[override]
    def get_paginator(
        self, operation_name: Literal["describe_alarm_history"]
    ) -> Paginator[DescribeAlarmHistoryOutput]: ...
    @overload
    def get_paginator(self, operation_name: Literal["describe_alarms"]) -> Paginator[DescribeAlarmsOutput]: ...
    @overload
    def get_paginator(self, operation_name: Literal["get_metric_data"]) -> Paginator[GetMetricDataOutput]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_metrics"]) -> Paginator[ListMetricsOutput]: ...
    def get_waiter(self, waiter_name: CloudwatchWaiterName) -> ServiceWaiter: ...  # type: ignore[override]

class AsyncCloudwatchBase(AsyncClient):
    @property
    def exceptions(self) -> CloudwatchExceptions: ...
    @overload  # type: ignore[override]
    def get_paginator(
        self, operation_name: Literal["describe_alarm_history"]
    ) -> AsyncPaginator[DescribeAlarmHistoryOutput]: ...
    @overload
    def get_paginator(self, operation_name: Literal["describe_alarms"]) -> AsyncPaginator[DescribeAlarmsOutput]: ...
    @overload
    def get_paginator(self, operation_name: Literal["get_metric_data"]) -> AsyncPaginator[GetMetricDataOutput]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_metrics"]) -> AsyncPaginator[ListMetricsOutput]: ...
    def get_waiter(self, waiter_name: CloudwatchWaiterName) -> AsyncServiceWaiter: ...  # type: ignore[override]

class EventsExceptions(ClientExceptions):
    AccessDeniedException: type[ClientError]
    ConcurrentModificationException: type[ClientError]
    IllegalStatusException: type[ClientError]
    InternalException: type[ClientError]
    InvalidEventPatternException: type[ClientError]
    InvalidStateException: type[ClientError]
    LimitExceededException: type[ClientError]
    ManagedRuleException: type[ClientError]
    OperationDisabledException: type[ClientError]
    PolicyLengthExceededException: type[ClientError]
    ResourceAlreadyExistsException: type[ClientError]
    ResourceNotFoundException: type[ClientError]
    ThrottlingException: type[ClientError]

class EventsBase(Client):
    @property
    def exceptions(self) -> EventsExceptions: ...
    @overload  # type: ignore[override]
    def get_paginator(
        self, operation_name: Literal["list_rule_names_by_target"]
    ) -> Paginator[ListRuleNamesByTargetResponse]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_rules"]) -> Paginator[ListRulesResponse]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["list_targets_by_rule"]
    ) -> Paginator[ListTargetsByRuleResponse]: ...

class AsyncEventsBase(AsyncClient):
    @property
    def exceptions(self) -> EventsExceptions: ...
    @overload  # type: ignore[override]
    def get_paginator(
        self, operation_name: Literal["list_rule_names_by_target"]
    ) -> AsyncPaginator[ListRuleNamesByTargetResponse]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_rules"]) -> AsyncPaginator[ListRulesResponse]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["list_targets_by_rule"]
    ) -> AsyncPaginator[ListTargetsByRuleResponse]: ...

class IamExceptions(ClientExceptions):
    AccountNotManagementOrDelegatedAdministratorException: type[ClientError]
    CallerIsNotManagementAccountException: type[ClientError]
    ConcurrentModificationException: type[ClientError]
    CredentialReportExpiredException: type[ClientError]
    CredentialReportNotPresentException: type[ClientError]
    CredentialReportNotReadyException: type[ClientError]
    DeleteConflictException: type[ClientError]
    DuplicateCertificateException: type[ClientError]
    DuplicateSSHPublicKeyException: type[ClientError]
    EntityAlreadyExistsException: type[ClientError]
    EntityTemporarilyUnmodifiableException: type[ClientError]
    FeatureDisabledException: type[ClientError]
    FeatureEnabledException: type[ClientError]
    InvalidAuthenticationCodeException: type[ClientError]
    InvalidCertificateException: type[ClientError]
    InvalidInputException: type[ClientError]
    InvalidPublicKeyException: type[ClientError]
    InvalidUserTypeException: type[ClientError]
    KeyPairMismatchException: type[ClientError]
    LimitExceededException: type[ClientError]
    MalformedCertificateException: type[ClientError]
    MalformedPolicyDocumentException: type[ClientError]
    NameConflictException: type[ClientError]
    NoSuchEntityException: type[ClientError]
    OpenIdIdpCommunicationErrorException: type[ClientError]
    OrganizationNotFoundException: type[ClientError]
    OrganizationNotInAllFeaturesModeException: type[ClientError]
    PasswordPolicyViolationException: type[ClientError]
    PolicyEvaluationException: type[ClientError]
    PolicyNotAttachableException: type[ClientError]
    ReportGenerationLimitExceededException: type[ClientError]
    RoleModifiedException: type[ClientError]
    RoleTemplateDisabledException: type[ClientError]
    ServiceAccessNotEnabledException: type[ClientError]
    ServiceFailureException: type[ClientError]
    ServiceNotSupportedException: type[ClientError]
    UnmodifiableEntityException: type[ClientError]
    UnrecognizedPublicKeyEncodingException: type[ClientError]

IamWaiterName: TypeAlias = Literal["policy_exists", "role_exists"]

class IamBase(Client):
    @property
    def exceptions(self) -> IamExceptions: ...
    @overload  # type: ignore[override]
    def get_paginator(
        self, operation_name: Literal["list_attached_role_policies"]
    ) -> Paginator[ListAttachedRolePoliciesResponse]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_roles"]) -> Paginator[ListRolesResponse]: ...
    def get_waiter(self, waiter_name: IamWaiterName) -> ServiceWaiter: ...  # type: ignore[override]

class AsyncIamBase(AsyncClient):
    @property
    def exceptions(self) -> IamExceptions: ...
    @overload  # type: ignore[override]
    def get_paginator(
        self, operation_name: Literal["list_attached_role_policies"]
    ) -> AsyncPaginator[ListAttachedRolePoliciesResponse]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_roles"]) -> AsyncPaginator[ListRolesResponse]: ...
    def get_waiter(self, waiter_name: IamWaiterName) -> AsyncServiceWaiter: ...  # type: ignore[override]

class KinesisExceptions(ClientExceptions):
    AccessDeniedException: type[ClientError]
    DryRunOperationException: type[ClientError]
    ExpiredIteratorException: type[ClientError]
    ExpiredNextTokenException: type[ClientError]
    InternalFailureException: type[ClientError]
    InvalidArgumentException: type[ClientError]
    KMSAccessDeniedException: type[ClientError]
    KMSDisabledException: type[ClientError]
    KMSInvalidStateException: type[ClientError]
    KMSNotFoundException: type[ClientError]
    KMSOptInRequired: type[ClientError]
    KMSThrottlingException: type[ClientError]
    LimitExceededException: type[ClientError]
    ProvisionedThroughputExceededException: type[ClientError]
    ResourceInUseException: type[ClientError]
    ResourceNotFoundException: type[ClientError]
    ThrottlingException: type[ClientError]
    ValidationException: type[ClientError]

KinesisWaiterName: TypeAlias = Literal["channel_active", "stream_exists", "stream_not_exists"]

class KinesisBase(Client):
    @property
    def exceptions(self) -> KinesisExceptions: ...
    @overload  # type: ignore[override]
    def get_paginator(self, operation_name: Literal["describe_stream"]) -> Paginator[DescribeStreamOutput]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_channels"]) -> Paginator[ListChannelsOutput]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_queues"]) -> Paginator[ListQueuesOutput]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_shards"]) -> Paginator[ListShardsOutput]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["list_stream_consumers"]
    ) -> Paginator[ListStreamConsumersOutput]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_streams"]) -> Paginator[ListStreamsOutput]: ...
    def get_waiter(self, waiter_name: KinesisWaiterName) -> ServiceWaiter: ...  # type: ignore[override]

class AsyncKinesisBase(AsyncClient):
    @property
    def exceptions(self) -> KinesisExceptions: ...
    @overload  # type: ignore[override]
    def get_paginator(self, operation_name: Literal["describe_stream"]) -> AsyncPaginator[DescribeStreamOutput]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_channels"]) -> AsyncPaginator[ListChannelsOutput]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_queues"]) -> AsyncPaginator[ListQueuesOutput]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_shards"]) -> AsyncPaginator[ListShardsOutput]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["list_stream_consumers"]
    ) -> AsyncPaginator[ListStreamConsumersOutput]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_streams"]) -> AsyncPaginator[ListStreamsOutput]: ...
    def get_waiter(self, waiter_name: KinesisWaiterName) -> AsyncServiceWaiter: ...  # type: ignore[override]

class LambdaExceptions(ClientExceptions):
    AliasLimitExceededException: type[ClientError]
    CallbackTimeoutException: type[ClientError]
    CapacityProviderLimitExceededException: type[ClientError]
    CodeArtifactUserDeletedException: type[ClientError]
    CodeArtifactUserFailedException: type[ClientError]
    CodeArtifactUserPendingException: type[ClientError]
    CodeSigningConfigNotFoundException: type[ClientError]
    CodeStorageExceededException: type[ClientError]
    CodeVerificationFailedException: type[ClientError]
    DurableExecutionAlreadyStartedException: type[ClientError]
    EC2AccessDeniedException: type[ClientError]
    EC2ThrottledException: type[ClientError]
    EC2UnexpectedException: type[ClientError]
    EFSIOException: type[ClientError]
    EFSMountConnectivityException: type[ClientError]
    EFSMountFailureException: type[ClientError]
    EFSMountTimeoutException: type[ClientError]
    ENILimitReachedException: type[ClientError]
    ENINotReadyException: type[ClientError]
    FunctionVersionsPerCapacityProviderLimitExceededException: type[ClientError]
    InvalidCodeSignatureException: type[ClientError]
    InvalidParameterValueException: type[ClientError]
    InvalidRequestContentException: type[ClientError]
    InvalidRuntimeException: type[ClientError]
    InvalidSecurityGroupIDException: type[ClientError]
    InvalidSubnetIDException: type[ClientError]
    InvalidZipFileException: type[ClientError]
    KMSAccessDeniedException: type[ClientError]
    KMSDisabledException: type[ClientError]
    KMSInvalidStateException: type[ClientError]
    KMSNotFoundException: type[ClientError]
    ModeNotSupportedException: type[ClientError]
    NoPublishedVersionException: type[ClientError]
    PolicyLengthExceededException: type[ClientError]
    PreconditionFailedException: type[ClientError]
    ProvisionedConcurrencyConfigNotFoundException: type[ClientError]
    PublicPolicyException: type[ClientError]
    RecursiveInvocationException: type[ClientError]
    RequestTooLargeException: type[ClientError]
    ResourceConflictException: type[ClientError]
    ResourceInUseException: type[ClientError]
    ResourceNotFoundException: type[ClientError]
    ResourceNotReadyException: type[ClientError]
    RuntimeAliasDeletedException: type[ClientError]
    RuntimeVersionDeletedException: type[ClientError]
    S3FilesMountConnectivityException: type[ClientError]
    S3FilesMountFailureException: type[ClientError]
    S3FilesMountTimeoutException: type[ClientError]
    SerializedRequestEntityTooLargeException: type[ClientError]
    ServiceException: type[ClientError]
    ServiceQuotaExceededException: type[ClientError]
    SnapStartException: type[ClientError]
    SnapStartNotReadyException: type[ClientError]
    SnapStartRegenerationFailureException: type[ClientError]
    SnapStartTimeoutException: type[ClientError]
    SubnetIPAddressLimitReachedException: type[ClientError]
    TooManyRequestsException: type[ClientError]
    UnsupportedMediaTypeException: type[ClientError]

LambdaWaiterName: TypeAlias = Literal[
    "function_active",
    "function_active_v2",
    "function_exists",
    "function_updated",
    "function_updated_v2",
    "published_version_active",
]

class LambdaBase(Client):
    @property
    def exceptions(self) -> LambdaExceptions: ...
    @overload  # type: ignore[override]
    def get_paginator(self, operation_name: Literal["list_aliases"]) -> Paginator[ListAliasesResponse]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["list_event_source_mappings"]
    ) -> Paginator[ListEventSourceMappingsResponse]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["list_function_event_invoke_configs"]
    ) -> Paginator[ListFunctionEventInvokeConfigsResponse]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_functions"]) -> Paginator[ListFunctionsResponse]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["list_versions_by_function"]
    ) -> Paginator[ListVersionsByFunctionResponse]: ...
    def get_waiter(self, waiter_name: LambdaWaiterName) -> ServiceWaiter: ...  # type: ignore[override]

class AsyncLambdaBase(AsyncClient):
    @property
    def exceptions(self) -> LambdaExceptions: ...
    @overload  # type: ignore[override]
    def get_paginator(self, operation_name: Literal["list_aliases"]) -> AsyncPaginator[ListAliasesResponse]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["list_event_source_mappings"]
    ) -> AsyncPaginator[ListEventSourceMappingsResponse]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["list_function_event_invoke_configs"]
    ) -> AsyncPaginator[ListFunctionEventInvokeConfigsResponse]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_functions"]) -> AsyncPaginator[ListFunctionsResponse]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["list_versions_by_function"]
    ) -> AsyncPaginator[ListVersionsByFunctionResponse]: ...
    def get_waiter(self, waiter_name: LambdaWaiterName) -> AsyncServiceWaiter: ...  # type: ignore[override]

class LogsExceptions(ClientExceptions):
    AccessDeniedException: type[ClientError]
    ConflictException: type[ClientError]
    DataAlreadyAcceptedException: type[ClientError]
    InternalServerException: type[ClientError]
    InternalStreamingException: type[ClientError]
    InvalidOperationException: type[ClientError]
    InvalidParameterException: type[ClientError]
    InvalidSequenceTokenException: type[ClientError]
    LimitExceededException: type[ClientError]
    MalformedQueryException: type[ClientError]
    OperationAbortedException: type[ClientError]
    ResourceAlreadyExistsException: type[ClientError]
    ResourceNotFoundException: type[ClientError]
    ServiceQuotaExceededException: type[ClientError]
    ServiceUnavailableException: type[ClientError]
    SessionStreamingException: type[ClientError]
    SessionTimeoutException: type[ClientError]
    ThrottlingException: type[ClientError]
    TooManyTagsException: type[ClientError]
    UnrecognizedClientException: type[ClientError]
    ValidationException: type[ClientError]

class LogsBase(Client):
    @property
    def exceptions(self) -> LogsExceptions: ...
    @overload  # type: ignore[override]
    def get_paginator(self, operation_name: Literal["describe_log_groups"]) -> Paginator[DescribeLogGroupsResponse]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["describe_log_streams"]
    ) -> Paginator[DescribeLogStreamsResponse]: ...
    @overload
    def get_paginator(self, operation_name: Literal["filter_log_events"]) -> Paginator[FilterLogEventsResponse]: ...

class AsyncLogsBase(AsyncClient):
    @property
    def exceptions(self) -> LogsExceptions: ...
    @overload  # type: ignore[override]
    def get_paginator(
        self, operation_name: Literal["describe_log_groups"]
    ) -> AsyncPaginator[DescribeLogGroupsResponse]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["describe_log_streams"]
    ) -> AsyncPaginator[DescribeLogStreamsResponse]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["filter_log_events"]
    ) -> AsyncPaginator[FilterLogEventsResponse]: ...

class FirehoseExceptions(ClientExceptions):
    ConcurrentModificationException: type[ClientError]
    InvalidArgumentException: type[ClientError]
    InvalidKMSResourceException: type[ClientError]
    InvalidSourceException: type[ClientError]
    LimitExceededException: type[ClientError]
    ResourceInUseException: type[ClientError]
    ResourceNotFoundException: type[ClientError]
    ServiceUnavailableException: type[ClientError]

class FirehoseBase(Client):
    @property
    def exceptions(self) -> FirehoseExceptions: ...

class AsyncFirehoseBase(AsyncClient):
    @property
    def exceptions(self) -> FirehoseExceptions: ...

class PipesExceptions(ClientExceptions):
    ConflictException: type[ClientError]
    InternalException: type[ClientError]
    NotFoundException: type[ClientError]
    ServiceQuotaExceededException: type[ClientError]
    ThrottlingException: type[ClientError]
    ValidationException: type[ClientError]

class PipesBase(Client):
    @property
    def exceptions(self) -> PipesExceptions: ...
    def get_paginator(  # type: ignore[override]
        self, operation_name: Literal["list_pipes"]
    ) -> Paginator[ListPipesResponse]: ...

class AsyncPipesBase(AsyncClient):
    @property
    def exceptions(self) -> PipesExceptions: ...
    def get_paginator(  # type: ignore[override]
        self, operation_name: Literal["list_pipes"]
    ) -> AsyncPaginator[ListPipesResponse]: ...

class SchedulerExceptions(ClientExceptions):
    ConflictException: type[ClientError]
    InternalServerException: type[ClientError]
    ResourceNotFoundException: type[ClientError]
    ServiceQuotaExceededException: type[ClientError]
    ThrottlingException: type[ClientError]
    ValidationException: type[ClientError]

class SchedulerBase(Client):
    @property
    def exceptions(self) -> SchedulerExceptions: ...
    @overload  # type: ignore[override]
    def get_paginator(self, operation_name: Literal["list_schedule_groups"]) -> Paginator[ListScheduleGroupsOutput]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_schedules"]) -> Paginator[ListSchedulesOutput]: ...

class AsyncSchedulerBase(AsyncClient):
    @property
    def exceptions(self) -> SchedulerExceptions: ...
    @overload  # type: ignore[override]
    def get_paginator(
        self, operation_name: Literal["list_schedule_groups"]
    ) -> AsyncPaginator[ListScheduleGroupsOutput]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_schedules"]) -> AsyncPaginator[ListSchedulesOutput]: ...

S3WaiterName: TypeAlias = Literal["bucket_exists", "bucket_not_exists", "object_exists", "object_not_exists"]

class S3Exceptions(ClientExceptions):
    AccessDenied: type[ClientError]
    AnnotationLimitExceeded: type[ClientError]
    AnnotationNameTooLong: type[ClientError]
    BucketAlreadyExists: type[ClientError]
    BucketAlreadyOwnedByYou: type[ClientError]
    EncryptionTypeMismatch: type[ClientError]
    IdempotencyParameterMismatch: type[ClientError]
    InvalidAnnotationName: type[ClientError]
    InvalidObjectState: type[ClientError]
    InvalidPrefix: type[ClientError]
    InvalidRequest: type[ClientError]
    InvalidWriteOffset: type[ClientError]
    NoSuchAnnotation: type[ClientError]
    NoSuchBucket: type[ClientError]
    NoSuchKey: type[ClientError]
    NoSuchUpload: type[ClientError]
    ObjectAlreadyInActiveTierError: type[ClientError]
    ObjectNotInActiveTierError: type[ClientError]
    TooManyParts: type[ClientError]
    UnsupportedMediaType: type[ClientError]

class S3Base(Client):
    @property
    def exceptions(self) -> S3Exceptions: ...
    @overload  # type: ignore[override]
    def get_paginator(self, operation_name: Literal["list_buckets"]) -> Paginator[ListBucketsOutput]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_object_versions"]) -> Paginator[ListObjectVersionsOutput]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_objects"]) -> Paginator[ListObjectsOutput]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_objects_v2"]) -> Paginator[ListObjectsV2Output]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_parts"]) -> Paginator[ListPartsOutput]: ...
    def get_waiter(self, waiter_name: S3WaiterName) -> ServiceWaiter: ...  # type: ignore[override]

class AsyncS3Base(AsyncClient):
    @property
    def exceptions(self) -> S3Exceptions: ...
    @overload  # type: ignore[override]
    def get_paginator(self, operation_name: Literal["list_buckets"]) -> AsyncPaginator[ListBucketsOutput]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["list_object_versions"]
    ) -> AsyncPaginator[ListObjectVersionsOutput]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_objects"]) -> AsyncPaginator[ListObjectsOutput]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_objects_v2"]) -> AsyncPaginator[ListObjectsV2Output]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_parts"]) -> AsyncPaginator[ListPartsOutput]: ...
    def get_waiter(self, waiter_name: S3WaiterName) -> AsyncServiceWaiter: ...  # type: ignore[override]

class SnsExceptions(ClientExceptions):
    AuthorizationErrorException: type[ClientError]
    BatchEntryIdsNotDistinctException: type[ClientError]
    BatchRequestTooLongException: type[ClientError]
    ConcurrentAccessException: type[ClientError]
    EmptyBatchRequestException: type[ClientError]
    EndpointDisabledException: type[ClientError]
    FilterPolicyLimitExceededException: type[ClientError]
    InternalErrorException: type[ClientError]
    InvalidBatchEntryIdException: type[ClientError]
    InvalidParameterException: type[ClientError]
    InvalidParameterValueException: type[ClientError]
    InvalidSecurityException: type[ClientError]
    InvalidStateException: type[ClientError]
    KMSAccessDeniedException: type[ClientError]
    KMSDisabledException: type[ClientError]
    KMSInvalidStateException: type[ClientError]
    KMSNotFoundException: type[ClientError]
    KMSOptInRequired: type[ClientError]
    KMSThrottlingException: type[ClientError]
    NotFoundException: type[ClientError]
    OptedOutException: type[ClientError]
    PlatformApplicationDisabledException: type[ClientError]
    ReplayLimitExceededException: type[ClientError]
    ResourceNotFoundException: type[ClientError]
    StaleTagException: type[ClientError]
    SubscriptionLimitExceededException: type[ClientError]
    TagLimitExceededException: type[ClientError]
    TagPolicyException: type[ClientError]
    ThrottledException: type[ClientError]
    TooManyEntriesInBatchRequestException: type[ClientError]
    TopicLimitExceededException: type[ClientError]
    UserErrorException: type[ClientError]
    ValidationException: type[ClientError]
    VerificationException: type[ClientError]

class SnsBase(Client):
    @property
    def exceptions(self) -> SnsExceptions: ...
    @overload  # type: ignore[override]
    def get_paginator(
        self, operation_name: Literal["list_endpoints_by_platform_application"]
    ) -> Paginator[ListEndpointsByPlatformApplicationResponse]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["list_origination_numbers"]
    ) -> Paginator[ListOriginationNumbersResult]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["list_phone_numbers_opted_out"]
    ) -> Paginator[ListPhoneNumbersOptedOutResponse]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["list_platform_applications"]
    ) -> Paginator[ListPlatformApplicationsResponse]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["list_sms_sandbox_phone_numbers"]
    ) -> Paginator[ListSMSSandboxPhoneNumbersResult]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_subscriptions"]) -> Paginator[ListSubscriptionsResponse]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["list_subscriptions_by_topic"]
    ) -> Paginator[ListSubscriptionsByTopicResponse]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_topics"]) -> Paginator[ListTopicsResponse]: ...

class AsyncSnsBase(AsyncClient):
    @property
    def exceptions(self) -> SnsExceptions: ...
    @overload  # type: ignore[override]
    def get_paginator(
        self, operation_name: Literal["list_endpoints_by_platform_application"]
    ) -> AsyncPaginator[ListEndpointsByPlatformApplicationResponse]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["list_origination_numbers"]
    ) -> AsyncPaginator[ListOriginationNumbersResult]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["list_phone_numbers_opted_out"]
    ) -> AsyncPaginator[ListPhoneNumbersOptedOutResponse]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["list_platform_applications"]
    ) -> AsyncPaginator[ListPlatformApplicationsResponse]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["list_sms_sandbox_phone_numbers"]
    ) -> AsyncPaginator[ListSMSSandboxPhoneNumbersResult]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["list_subscriptions"]
    ) -> AsyncPaginator[ListSubscriptionsResponse]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["list_subscriptions_by_topic"]
    ) -> AsyncPaginator[ListSubscriptionsByTopicResponse]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_topics"]) -> AsyncPaginator[ListTopicsResponse]: ...

class SqsExceptions(ClientExceptions):
    BatchEntryIdsNotDistinct: type[ClientError]
    BatchRequestTooLong: type[ClientError]
    EmptyBatchRequest: type[ClientError]
    InvalidAddress: type[ClientError]
    InvalidAttributeName: type[ClientError]
    InvalidAttributeValue: type[ClientError]
    InvalidBatchEntryId: type[ClientError]
    InvalidIdFormat: type[ClientError]
    InvalidMessageContents: type[ClientError]
    InvalidSecurity: type[ClientError]
    KmsAccessDenied: type[ClientError]
    KmsDisabled: type[ClientError]
    KmsInvalidKeyUsage: type[ClientError]
    KmsInvalidState: type[ClientError]
    KmsNotFound: type[ClientError]
    KmsOptInRequired: type[ClientError]
    KmsThrottled: type[ClientError]
    MessageNotInflight: type[ClientError]
    OverLimit: type[ClientError]
    PurgeQueueInProgress: type[ClientError]
    QueueDeletedRecently: type[ClientError]
    QueueDoesNotExist: type[ClientError]
    QueueNameExists: type[ClientError]
    ReceiptHandleIsInvalid: type[ClientError]
    RequestThrottled: type[ClientError]
    ResourceNotFoundException: type[ClientError]
    TooManyEntriesInBatchRequest: type[ClientError]
    UnsupportedOperation: type[ClientError]

class SqsBase(Client):
    @property
    def exceptions(self) -> SqsExceptions: ...
    @overload  # type: ignore[override]
    def get_paginator(
        self, operation_name: Literal["list_dead_letter_source_queues"]
    ) -> Paginator[ListDeadLetterSourceQueuesResult]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_queues"]) -> Paginator[ListQueuesResult]: ...

class AsyncSqsBase(AsyncClient):
    @property
    def exceptions(self) -> SqsExceptions: ...
    @overload  # type: ignore[override]
    def get_paginator(
        self, operation_name: Literal["list_dead_letter_source_queues"]
    ) -> AsyncPaginator[ListDeadLetterSourceQueuesResult]: ...
    @overload
    def get_paginator(self, operation_name: Literal["list_queues"]) -> AsyncPaginator[ListQueuesResult]: ...

class StsExceptions(ClientExceptions):
    ExpiredTokenException: type[ClientError]
    ExpiredTradeInTokenException: type[ClientError]
    IDPCommunicationErrorException: type[ClientError]
    IDPRejectedClaimException: type[ClientError]
    InsufficientSessionLifetimeException: type[ClientError]
    InvalidAuthorizationMessageException: type[ClientError]
    InvalidContextAssertionException: type[ClientError]
    InvalidIdentityTokenException: type[ClientError]
    InvalidSubjectCredentialsException: type[ClientError]
    JWTPayloadSizeExceededException: type[ClientError]
    MalformedPolicyDocumentException: type[ClientError]
    OutboundWebIdentityFederationDisabledException: type[ClientError]
    PackedPolicyTooLargeException: type[ClientError]
    RegionDisabledException: type[ClientError]
    SessionDurationEscalationException: type[ClientError]

class StsBase(Client):
    @property
    def exceptions(self) -> StsExceptions: ...

class AsyncStsBase(AsyncClient):
    @property
    def exceptions(self) -> StsExceptions: ...

"""The structures of sources and destinations which minicloud does not have."""

# No ``from __future__ import annotations`` here: a TypedDict with postponed annotations does not know at run time
# which of its members are required.

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, NotRequired, TypeAlias, TypedDict

from ...core.shapes import Minimum
from .common_shapes import (
    BufferingHints,
    CloudWatchLoggingOptions,
    ProcessingConfiguration,
    RetryOptions,
    S3DestinationConfiguration,
    S3DestinationUpdate,
)

# --- scalars, with the minimum that the client checks -----------------------------------------------------------------

AmazonOpenSearchServerlessBufferingIntervalInSeconds: TypeAlias = Annotated[int, Minimum(0)]
AmazonOpenSearchServerlessBufferingSizeInMBs: TypeAlias = Annotated[int, Minimum(1)]
AmazonOpenSearchServerlessCollectionEndpoint: TypeAlias = Annotated[str, Minimum(1)]
AmazonOpenSearchServerlessIndexName: TypeAlias = Annotated[str, Minimum(1)]
AmazonOpenSearchServerlessRetryDurationInSeconds: TypeAlias = Annotated[int, Minimum(0)]
AmazonopensearchserviceBufferingIntervalInSeconds: TypeAlias = Annotated[int, Minimum(0)]
AmazonopensearchserviceBufferingSizeInMBs: TypeAlias = Annotated[int, Minimum(1)]
AmazonopensearchserviceClusterEndpoint: TypeAlias = Annotated[str, Minimum(1)]
AmazonopensearchserviceDomainARN: TypeAlias = Annotated[str, Minimum(1)]
AmazonopensearchserviceIndexName: TypeAlias = Annotated[str, Minimum(1)]
AmazonopensearchserviceRetryDurationInSeconds: TypeAlias = Annotated[int, Minimum(0)]
ClusterJDBCURL: TypeAlias = Annotated[str, Minimum(1)]
DataTableName: TypeAlias = Annotated[str, Minimum(1)]
DatabaseColumnName: TypeAlias = Annotated[str, Minimum(1)]
DatabaseEndpoint: TypeAlias = Annotated[str, Minimum(1)]
DatabaseName: TypeAlias = Annotated[str, Minimum(1)]
DatabasePort: TypeAlias = Annotated[int, Minimum(0)]
DatabaseTableName: TypeAlias = Annotated[str, Minimum(1)]
ElasticsearchBufferingIntervalInSeconds: TypeAlias = Annotated[int, Minimum(0)]
ElasticsearchBufferingSizeInMBs: TypeAlias = Annotated[int, Minimum(1)]
ElasticsearchClusterEndpoint: TypeAlias = Annotated[str, Minimum(1)]
ElasticsearchDomainARN: TypeAlias = Annotated[str, Minimum(1)]
ElasticsearchIndexName: TypeAlias = Annotated[str, Minimum(1)]
ElasticsearchRetryDurationInSeconds: TypeAlias = Annotated[int, Minimum(0)]
GlueDataCatalogARN: TypeAlias = Annotated[str, Minimum(1)]
HECAcknowledgmentTimeoutInSeconds: TypeAlias = Annotated[int, Minimum(180)]
HttpEndpointAttributeName: TypeAlias = Annotated[str, Minimum(1)]
HttpEndpointBufferingIntervalInSeconds: TypeAlias = Annotated[int, Minimum(0)]
HttpEndpointBufferingSizeInMBs: TypeAlias = Annotated[int, Minimum(1)]
HttpEndpointName: TypeAlias = Annotated[str, Minimum(1)]
HttpEndpointRetryDurationInSeconds: TypeAlias = Annotated[int, Minimum(0)]
HttpEndpointUrl: TypeAlias = Annotated[str, Minimum(1)]
MSKClusterARN: TypeAlias = Annotated[str, Minimum(1)]
NonEmptyStringWithoutWhitespace: TypeAlias = Annotated[str, Minimum(1)]
Password: TypeAlias = Annotated[str, Minimum(6)]
RedshiftRetryDurationInSeconds: TypeAlias = Annotated[int, Minimum(0)]
RoleARN: TypeAlias = Annotated[str, Minimum(1)]
SecretARN: TypeAlias = Annotated[str, Minimum(1)]
SnowflakeAccountUrl: TypeAlias = Annotated[str, Minimum(24)]
SnowflakeBufferingIntervalInSeconds: TypeAlias = Annotated[int, Minimum(0)]
SnowflakeBufferingSizeInMBs: TypeAlias = Annotated[int, Minimum(1)]
SnowflakeContentColumnName: TypeAlias = Annotated[str, Minimum(1)]
SnowflakeDatabase: TypeAlias = Annotated[str, Minimum(1)]
SnowflakeKeyPassphrase: TypeAlias = Annotated[str, Minimum(7)]
SnowflakeMetaDataColumnName: TypeAlias = Annotated[str, Minimum(1)]
SnowflakePrivateKey: TypeAlias = Annotated[str, Minimum(256)]
SnowflakePrivateLinkVpceId: TypeAlias = Annotated[str, Minimum(47)]
SnowflakeRetryDurationInSeconds: TypeAlias = Annotated[int, Minimum(0)]
SnowflakeRole: TypeAlias = Annotated[str, Minimum(1)]
SnowflakeSchema: TypeAlias = Annotated[str, Minimum(1)]
SnowflakeTable: TypeAlias = Annotated[str, Minimum(1)]
SnowflakeUser: TypeAlias = Annotated[str, Minimum(1)]
SplunkBufferingIntervalInSeconds: TypeAlias = Annotated[int, Minimum(0)]
SplunkBufferingSizeInMBs: TypeAlias = Annotated[int, Minimum(1)]
SplunkRetryDurationInSeconds: TypeAlias = Annotated[int, Minimum(0)]
StringWithLettersDigitsUnderscoresDots: TypeAlias = Annotated[str, Minimum(1)]
TopicName: TypeAlias = Annotated[str, Minimum(1)]
Username: TypeAlias = Annotated[str, Minimum(1)]
VpcEndpointServiceName: TypeAlias = Annotated[str, Minimum(47)]
WarehouseLocation: TypeAlias = Annotated[str, Minimum(1)]

# --- structures -------------------------------------------------------------------------------------------------------


class CopyCommand(TypedDict):
    """Of Redshift, which is refused."""

    DataTableName: DataTableName
    DataTableColumns: NotRequired[str]
    CopyOptions: NotRequired[str]


class RedshiftRetryOptions(TypedDict, total=False):
    """Of Redshift, which is refused."""

    DurationInSeconds: RedshiftRetryDurationInSeconds


class SecretsManagerConfiguration(TypedDict):
    """Of what has a secret, which are refused."""

    SecretARN: NotRequired[SecretARN]
    RoleARN: NotRequired[RoleARN]
    Enabled: bool


class RedshiftDestinationConfiguration(TypedDict):
    """Of Redshift, which is refused."""

    RoleARN: RoleARN
    ClusterJDBCURL: ClusterJDBCURL
    CopyCommand: CopyCommand
    Username: NotRequired[Username]
    Password: NotRequired[Password]
    RetryOptions: NotRequired[RedshiftRetryOptions]
    S3Configuration: S3DestinationConfiguration
    ProcessingConfiguration: NotRequired[ProcessingConfiguration]
    S3BackupMode: NotRequired[str]
    S3BackupConfiguration: NotRequired[S3DestinationConfiguration]
    CloudWatchLoggingOptions: NotRequired[CloudWatchLoggingOptions]
    SecretsManagerConfiguration: NotRequired[SecretsManagerConfiguration]


class ElasticsearchBufferingHints(TypedDict, total=False):
    """Of Elasticsearch, which is refused."""

    IntervalInSeconds: ElasticsearchBufferingIntervalInSeconds
    SizeInMBs: ElasticsearchBufferingSizeInMBs


class ElasticsearchRetryOptions(TypedDict, total=False):
    """Of Elasticsearch, which is refused."""

    DurationInSeconds: ElasticsearchRetryDurationInSeconds


class VpcConfiguration(TypedDict):
    """Of OpenSearch, which is refused."""

    SubnetIds: Annotated[Sequence[NonEmptyStringWithoutWhitespace], Minimum(1)]
    RoleARN: RoleARN
    SecurityGroupIds: Annotated[Sequence[NonEmptyStringWithoutWhitespace], Minimum(1)]


class DocumentIdOptions(TypedDict):
    """Of OpenSearch, which is refused."""

    DefaultDocumentIdFormat: str


class ElasticsearchDestinationConfiguration(TypedDict):
    """Of Elasticsearch, which is refused."""

    RoleARN: RoleARN
    DomainARN: NotRequired[ElasticsearchDomainARN]
    ClusterEndpoint: NotRequired[ElasticsearchClusterEndpoint]
    IndexName: ElasticsearchIndexName
    TypeName: NotRequired[str]
    IndexRotationPeriod: NotRequired[str]
    BufferingHints: NotRequired[ElasticsearchBufferingHints]
    RetryOptions: NotRequired[ElasticsearchRetryOptions]
    S3BackupMode: NotRequired[str]
    S3Configuration: S3DestinationConfiguration
    ProcessingConfiguration: NotRequired[ProcessingConfiguration]
    CloudWatchLoggingOptions: NotRequired[CloudWatchLoggingOptions]
    VpcConfiguration: NotRequired[VpcConfiguration]
    DocumentIdOptions: NotRequired[DocumentIdOptions]


class AmazonopensearchserviceBufferingHints(TypedDict, total=False):
    """Of OpenSearch Service, which is refused."""

    IntervalInSeconds: AmazonopensearchserviceBufferingIntervalInSeconds
    SizeInMBs: AmazonopensearchserviceBufferingSizeInMBs


class AmazonopensearchserviceRetryOptions(TypedDict, total=False):
    """Of OpenSearch Service, which is refused."""

    DurationInSeconds: AmazonopensearchserviceRetryDurationInSeconds


class AmazonopensearchserviceDestinationConfiguration(TypedDict):
    """Of OpenSearch Service, which is refused."""

    RoleARN: RoleARN
    DomainARN: NotRequired[AmazonopensearchserviceDomainARN]
    ClusterEndpoint: NotRequired[AmazonopensearchserviceClusterEndpoint]
    IndexName: AmazonopensearchserviceIndexName
    TypeName: NotRequired[str]
    IndexRotationPeriod: NotRequired[str]
    BufferingHints: NotRequired[AmazonopensearchserviceBufferingHints]
    RetryOptions: NotRequired[AmazonopensearchserviceRetryOptions]
    S3BackupMode: NotRequired[str]
    S3Configuration: S3DestinationConfiguration
    ProcessingConfiguration: NotRequired[ProcessingConfiguration]
    CloudWatchLoggingOptions: NotRequired[CloudWatchLoggingOptions]
    VpcConfiguration: NotRequired[VpcConfiguration]
    DocumentIdOptions: NotRequired[DocumentIdOptions]


class SplunkRetryOptions(TypedDict, total=False):
    """Of Splunk, which is refused."""

    DurationInSeconds: SplunkRetryDurationInSeconds


class SplunkBufferingHints(TypedDict, total=False):
    """Of Splunk, which is refused."""

    IntervalInSeconds: SplunkBufferingIntervalInSeconds
    SizeInMBs: SplunkBufferingSizeInMBs


class SplunkDestinationConfiguration(TypedDict):
    """Of Splunk, which is refused."""

    HECEndpoint: str
    HECEndpointType: str
    HECToken: NotRequired[str]
    HECAcknowledgmentTimeoutInSeconds: NotRequired[HECAcknowledgmentTimeoutInSeconds]
    RetryOptions: NotRequired[SplunkRetryOptions]
    S3BackupMode: NotRequired[str]
    S3Configuration: S3DestinationConfiguration
    ProcessingConfiguration: NotRequired[ProcessingConfiguration]
    CloudWatchLoggingOptions: NotRequired[CloudWatchLoggingOptions]
    BufferingHints: NotRequired[SplunkBufferingHints]
    SecretsManagerConfiguration: NotRequired[SecretsManagerConfiguration]


class HttpEndpointConfiguration(TypedDict):
    """Of HTTP endpoints, which are refused."""

    Url: HttpEndpointUrl
    Name: NotRequired[HttpEndpointName]
    AccessKey: NotRequired[str]


class HttpEndpointBufferingHints(TypedDict, total=False):
    """Of HTTP endpoints, which are refused."""

    SizeInMBs: HttpEndpointBufferingSizeInMBs
    IntervalInSeconds: HttpEndpointBufferingIntervalInSeconds


class HttpEndpointCommonAttribute(TypedDict):
    """Of HTTP endpoints, which are refused."""

    AttributeName: HttpEndpointAttributeName
    AttributeValue: str


class HttpEndpointRequestConfiguration(TypedDict, total=False):
    """Of HTTP endpoints, which are refused."""

    ContentEncoding: str
    CommonAttributes: Sequence[HttpEndpointCommonAttribute]


class HttpEndpointRetryOptions(TypedDict, total=False):
    """Of HTTP endpoints, which are refused."""

    DurationInSeconds: HttpEndpointRetryDurationInSeconds


class HttpEndpointDestinationConfiguration(TypedDict):
    """Of HTTP endpoints, which are refused."""

    EndpointConfiguration: HttpEndpointConfiguration
    BufferingHints: NotRequired[HttpEndpointBufferingHints]
    CloudWatchLoggingOptions: NotRequired[CloudWatchLoggingOptions]
    RequestConfiguration: NotRequired[HttpEndpointRequestConfiguration]
    ProcessingConfiguration: NotRequired[ProcessingConfiguration]
    RoleARN: NotRequired[RoleARN]
    RetryOptions: NotRequired[HttpEndpointRetryOptions]
    S3BackupMode: NotRequired[str]
    S3Configuration: S3DestinationConfiguration
    SecretsManagerConfiguration: NotRequired[SecretsManagerConfiguration]


class AmazonOpenSearchServerlessBufferingHints(TypedDict, total=False):
    """Of OpenSearch Serverless, which are refused."""

    IntervalInSeconds: AmazonOpenSearchServerlessBufferingIntervalInSeconds
    SizeInMBs: AmazonOpenSearchServerlessBufferingSizeInMBs


class AmazonOpenSearchServerlessRetryOptions(TypedDict, total=False):
    """Of OpenSearch Serverless, which are refused."""

    DurationInSeconds: AmazonOpenSearchServerlessRetryDurationInSeconds


class AmazonOpenSearchServerlessDestinationConfiguration(TypedDict):
    """Of OpenSearch Serverless, which are refused."""

    RoleARN: RoleARN
    CollectionEndpoint: NotRequired[AmazonOpenSearchServerlessCollectionEndpoint]
    IndexName: AmazonOpenSearchServerlessIndexName
    BufferingHints: NotRequired[AmazonOpenSearchServerlessBufferingHints]
    RetryOptions: NotRequired[AmazonOpenSearchServerlessRetryOptions]
    S3BackupMode: NotRequired[str]
    S3Configuration: S3DestinationConfiguration
    ProcessingConfiguration: NotRequired[ProcessingConfiguration]
    CloudWatchLoggingOptions: NotRequired[CloudWatchLoggingOptions]
    VpcConfiguration: NotRequired[VpcConfiguration]


class AuthenticationConfiguration(TypedDict):
    """Of Kafka, which is refused."""

    RoleARN: RoleARN
    Connectivity: str


class MSKSourceConfiguration(TypedDict):
    """Of Kafka, which is refused."""

    MSKClusterARN: MSKClusterARN
    TopicName: TopicName
    AuthenticationConfiguration: AuthenticationConfiguration
    ReadFromTimestamp: NotRequired[Annotated[datetime, "timestamp"]]


class SnowflakeRoleConfiguration(TypedDict, total=False):
    """Of Snowflake, which is refused."""

    Enabled: bool
    SnowflakeRole: SnowflakeRole


class SnowflakeVpcConfiguration(TypedDict):
    """Of Snowflake, which is refused."""

    PrivateLinkVpceId: SnowflakePrivateLinkVpceId


class SnowflakeRetryOptions(TypedDict, total=False):
    """Of Snowflake, which is refused."""

    DurationInSeconds: SnowflakeRetryDurationInSeconds


class SnowflakeBufferingHints(TypedDict, total=False):
    """Of Snowflake, which is refused."""

    SizeInMBs: SnowflakeBufferingSizeInMBs
    IntervalInSeconds: SnowflakeBufferingIntervalInSeconds


class SnowflakeDestinationConfiguration(TypedDict):
    """Of Snowflake, which is refused."""

    AccountUrl: SnowflakeAccountUrl
    PrivateKey: NotRequired[SnowflakePrivateKey]
    KeyPassphrase: NotRequired[SnowflakeKeyPassphrase]
    User: NotRequired[SnowflakeUser]
    Database: SnowflakeDatabase
    Schema: SnowflakeSchema
    Table: SnowflakeTable
    SnowflakeRoleConfiguration: NotRequired[SnowflakeRoleConfiguration]
    DataLoadingOption: NotRequired[str]
    MetaDataColumnName: NotRequired[SnowflakeMetaDataColumnName]
    ContentColumnName: NotRequired[SnowflakeContentColumnName]
    SnowflakeVpcConfiguration: NotRequired[SnowflakeVpcConfiguration]
    CloudWatchLoggingOptions: NotRequired[CloudWatchLoggingOptions]
    ProcessingConfiguration: NotRequired[ProcessingConfiguration]
    RoleARN: RoleARN
    RetryOptions: NotRequired[SnowflakeRetryOptions]
    S3BackupMode: NotRequired[str]
    S3Configuration: S3DestinationConfiguration
    SecretsManagerConfiguration: NotRequired[SecretsManagerConfiguration]
    BufferingHints: NotRequired[SnowflakeBufferingHints]


class PartitionField(TypedDict):
    """Of Iceberg tables, which are refused."""

    SourceName: NonEmptyStringWithoutWhitespace


class PartitionSpec(TypedDict, total=False):
    """Of Iceberg tables, which are refused."""

    Identity: Sequence[PartitionField]


class DestinationTableConfiguration(TypedDict):
    """Of Iceberg tables, which are refused."""

    DestinationTableName: StringWithLettersDigitsUnderscoresDots
    DestinationDatabaseName: StringWithLettersDigitsUnderscoresDots
    UniqueKeys: NotRequired[Sequence[NonEmptyStringWithoutWhitespace]]
    PartitionSpec: NotRequired[PartitionSpec]
    S3ErrorOutputPrefix: NotRequired[str]


class SchemaEvolutionConfiguration(TypedDict):
    """Of Iceberg tables, which are refused."""

    Enabled: bool


class TableCreationConfiguration(TypedDict):
    """Of Iceberg tables, which are refused."""

    Enabled: bool


class CatalogConfiguration(TypedDict, total=False):
    """Of Iceberg tables, which are refused."""

    CatalogARN: GlueDataCatalogARN
    WarehouseLocation: WarehouseLocation


class IcebergDestinationConfiguration(TypedDict):
    """Of Iceberg tables, which are refused."""

    DestinationTableConfigurationList: NotRequired[Sequence[DestinationTableConfiguration]]
    SchemaEvolutionConfiguration: NotRequired[SchemaEvolutionConfiguration]
    TableCreationConfiguration: NotRequired[TableCreationConfiguration]
    BufferingHints: NotRequired[BufferingHints]
    CloudWatchLoggingOptions: NotRequired[CloudWatchLoggingOptions]
    ProcessingConfiguration: NotRequired[ProcessingConfiguration]
    S3BackupMode: NotRequired[str]
    RetryOptions: NotRequired[RetryOptions]
    RoleARN: RoleARN
    AppendOnly: NotRequired[bool]
    CatalogConfiguration: CatalogConfiguration
    S3Configuration: S3DestinationConfiguration


class DatabaseList(TypedDict, total=False):
    """Of databases, which are refused."""

    Include: Sequence[DatabaseName]
    Exclude: Sequence[DatabaseName]


class DatabaseTableList(TypedDict, total=False):
    """Of databases, which are refused."""

    Include: Sequence[DatabaseTableName]
    Exclude: Sequence[DatabaseTableName]


class DatabaseColumnList(TypedDict, total=False):
    """Of databases, which are refused."""

    Include: Sequence[DatabaseColumnName]
    Exclude: Sequence[DatabaseColumnName]


class DatabaseSourceAuthenticationConfiguration(TypedDict):
    """Of databases, which are refused."""

    SecretsManagerConfiguration: SecretsManagerConfiguration


class DatabaseSourceVPCConfiguration(TypedDict):
    """Of databases, which are refused."""

    VpcEndpointServiceName: VpcEndpointServiceName


class DatabaseSourceConfiguration(TypedDict):
    """Of databases, which are refused."""

    Type: str
    Endpoint: DatabaseEndpoint
    Port: DatabasePort
    SSLMode: NotRequired[str]
    Databases: DatabaseList
    Tables: DatabaseTableList
    Columns: NotRequired[DatabaseColumnList]
    SurrogateKeys: NotRequired[Sequence[NonEmptyStringWithoutWhitespace]]
    SnapshotWatermarkTable: DatabaseTableName
    DatabaseSourceAuthenticationConfiguration: DatabaseSourceAuthenticationConfiguration
    DatabaseSourceVPCConfiguration: DatabaseSourceVPCConfiguration


class RedshiftDestinationUpdate(TypedDict, total=False):
    """Of Redshift, which is refused."""

    RoleARN: RoleARN
    ClusterJDBCURL: ClusterJDBCURL
    CopyCommand: CopyCommand
    Username: Username
    Password: Password
    RetryOptions: RedshiftRetryOptions
    S3Update: S3DestinationUpdate
    ProcessingConfiguration: ProcessingConfiguration
    S3BackupMode: str
    S3BackupUpdate: S3DestinationUpdate
    CloudWatchLoggingOptions: CloudWatchLoggingOptions
    SecretsManagerConfiguration: SecretsManagerConfiguration


class ElasticsearchDestinationUpdate(TypedDict, total=False):
    """Of Elasticsearch, which is refused."""

    RoleARN: RoleARN
    DomainARN: ElasticsearchDomainARN
    ClusterEndpoint: ElasticsearchClusterEndpoint
    IndexName: ElasticsearchIndexName
    TypeName: str
    IndexRotationPeriod: str
    BufferingHints: ElasticsearchBufferingHints
    RetryOptions: ElasticsearchRetryOptions
    S3Update: S3DestinationUpdate
    ProcessingConfiguration: ProcessingConfiguration
    CloudWatchLoggingOptions: CloudWatchLoggingOptions
    DocumentIdOptions: DocumentIdOptions


class AmazonopensearchserviceDestinationUpdate(TypedDict, total=False):
    """Of OpenSearch Service, which is refused."""

    RoleARN: RoleARN
    DomainARN: AmazonopensearchserviceDomainARN
    ClusterEndpoint: AmazonopensearchserviceClusterEndpoint
    IndexName: AmazonopensearchserviceIndexName
    TypeName: str
    IndexRotationPeriod: str
    BufferingHints: AmazonopensearchserviceBufferingHints
    RetryOptions: AmazonopensearchserviceRetryOptions
    S3Update: S3DestinationUpdate
    ProcessingConfiguration: ProcessingConfiguration
    CloudWatchLoggingOptions: CloudWatchLoggingOptions
    DocumentIdOptions: DocumentIdOptions


class SplunkDestinationUpdate(TypedDict, total=False):
    """Of Splunk, which is refused."""

    HECEndpoint: str
    HECEndpointType: str
    HECToken: str
    HECAcknowledgmentTimeoutInSeconds: HECAcknowledgmentTimeoutInSeconds
    RetryOptions: SplunkRetryOptions
    S3BackupMode: str
    S3Update: S3DestinationUpdate
    ProcessingConfiguration: ProcessingConfiguration
    CloudWatchLoggingOptions: CloudWatchLoggingOptions
    BufferingHints: SplunkBufferingHints
    SecretsManagerConfiguration: SecretsManagerConfiguration


class HttpEndpointDestinationUpdate(TypedDict, total=False):
    """Of HTTP endpoints, which are refused."""

    EndpointConfiguration: HttpEndpointConfiguration
    BufferingHints: HttpEndpointBufferingHints
    CloudWatchLoggingOptions: CloudWatchLoggingOptions
    RequestConfiguration: HttpEndpointRequestConfiguration
    ProcessingConfiguration: ProcessingConfiguration
    RoleARN: RoleARN
    RetryOptions: HttpEndpointRetryOptions
    S3BackupMode: str
    S3Update: S3DestinationUpdate
    SecretsManagerConfiguration: SecretsManagerConfiguration


class AmazonOpenSearchServerlessDestinationUpdate(TypedDict, total=False):
    """Of OpenSearch Serverless, which are refused."""

    RoleARN: RoleARN
    CollectionEndpoint: AmazonOpenSearchServerlessCollectionEndpoint
    IndexName: AmazonOpenSearchServerlessIndexName
    BufferingHints: AmazonOpenSearchServerlessBufferingHints
    RetryOptions: AmazonOpenSearchServerlessRetryOptions
    S3Update: S3DestinationUpdate
    ProcessingConfiguration: ProcessingConfiguration
    CloudWatchLoggingOptions: CloudWatchLoggingOptions


class SnowflakeDestinationUpdate(TypedDict, total=False):
    """Of Snowflake, which is refused."""

    AccountUrl: SnowflakeAccountUrl
    PrivateKey: SnowflakePrivateKey
    KeyPassphrase: SnowflakeKeyPassphrase
    User: SnowflakeUser
    Database: SnowflakeDatabase
    Schema: SnowflakeSchema
    Table: SnowflakeTable
    SnowflakeRoleConfiguration: SnowflakeRoleConfiguration
    DataLoadingOption: str
    MetaDataColumnName: SnowflakeMetaDataColumnName
    ContentColumnName: SnowflakeContentColumnName
    CloudWatchLoggingOptions: CloudWatchLoggingOptions
    ProcessingConfiguration: ProcessingConfiguration
    RoleARN: RoleARN
    RetryOptions: SnowflakeRetryOptions
    S3BackupMode: str
    S3Update: S3DestinationUpdate
    SecretsManagerConfiguration: SecretsManagerConfiguration
    BufferingHints: SnowflakeBufferingHints


class IcebergDestinationUpdate(TypedDict, total=False):
    """Of Iceberg tables, which are refused."""

    DestinationTableConfigurationList: Sequence[DestinationTableConfiguration]
    SchemaEvolutionConfiguration: SchemaEvolutionConfiguration
    TableCreationConfiguration: TableCreationConfiguration
    BufferingHints: BufferingHints
    CloudWatchLoggingOptions: CloudWatchLoggingOptions
    ProcessingConfiguration: ProcessingConfiguration
    S3BackupMode: str
    RetryOptions: RetryOptions
    RoleARN: RoleARN
    AppendOnly: bool
    CatalogConfiguration: CatalogConfiguration
    S3Configuration: S3DestinationConfiguration

"""The structures of SNS's requests and answers, members in the order of AWS's model.

Annotations are evaluated here: what is required is only known to a TypedDict that sees ``Required`` itself.
"""

from datetime import datetime
from typing import Annotated, NotRequired, Required, TypedDict

from ...core.shapes import Blob, Minimum

__all__: list[str] = []


class Tag(TypedDict):
    Key: Annotated[str, Minimum(1)]
    Value: str


class MessageAttributeValue(TypedDict, total=False):
    DataType: Required[str]
    StringValue: str
    BinaryValue: Blob


class PublishBatchRequestEntry(TypedDict, total=False):
    Id: Required[str]
    Message: Required[str]
    Subject: str
    MessageStructure: str
    MessageAttributes: dict[str, MessageAttributeValue]
    MessageDeduplicationId: str
    MessageGroupId: str


class PublishBatchResultEntry(TypedDict, total=False):
    Id: str
    MessageId: str
    SequenceNumber: str


class BatchResultErrorEntry(TypedDict):
    Id: str
    Code: str
    Message: NotRequired[str]
    SenderFault: bool


class Endpoint(TypedDict):
    EndpointArn: str
    Attributes: dict[str, str]


class PlatformApplication(TypedDict):
    PlatformApplicationArn: str
    Attributes: dict[str, str]


class Subscription(TypedDict):
    SubscriptionArn: str
    Owner: str
    Protocol: str
    Endpoint: str
    TopicArn: str


class Topic(TypedDict):
    TopicArn: str


class SMSSandboxPhoneNumber(TypedDict):
    PhoneNumber: str
    Status: str


class PhoneNumberInformation(TypedDict, total=False):
    CreatedAt: datetime
    PhoneNumber: str
    Status: str
    Iso2CountryCode: str
    RouteType: str
    NumberCapabilities: list[str]


# --- answers ---------------------------------------------------------------------------------------------------------


class CheckIfPhoneNumberIsOptedOutResponse(TypedDict):
    isOptedOut: bool


class ConfirmSubscriptionResponse(TypedDict):
    SubscriptionArn: str


class CreatePlatformApplicationResponse(TypedDict):
    PlatformApplicationArn: str


class CreateEndpointResponse(TypedDict):
    EndpointArn: str


class CreateTopicResponse(TypedDict):
    TopicArn: str


class GetDataProtectionPolicyResponse(TypedDict):
    DataProtectionPolicy: str


class GetEndpointAttributesResponse(TypedDict):
    Attributes: dict[str, str]


class GetPlatformApplicationAttributesResponse(TypedDict):
    Attributes: dict[str, str]


class GetSMSAttributesResponse(TypedDict):
    attributes: dict[str, str]


class GetSMSSandboxAccountStatusResult(TypedDict):
    IsInSandbox: bool


class GetSubscriptionAttributesResponse(TypedDict):
    Attributes: dict[str, str]


class GetTopicAttributesResponse(TypedDict):
    Attributes: dict[str, str]


class ListEndpointsByPlatformApplicationResponse(TypedDict):
    Endpoints: list[Endpoint]
    NextToken: NotRequired[str]


class ListOriginationNumbersResult(TypedDict):
    NextToken: NotRequired[str]
    PhoneNumbers: list[PhoneNumberInformation]


class ListPhoneNumbersOptedOutResponse(TypedDict):
    phoneNumbers: list[str]
    nextToken: NotRequired[str]


class ListPlatformApplicationsResponse(TypedDict):
    PlatformApplications: list[PlatformApplication]
    NextToken: NotRequired[str]


class ListSMSSandboxPhoneNumbersResult(TypedDict):
    PhoneNumbers: list[SMSSandboxPhoneNumber]
    NextToken: NotRequired[str]


class ListSubscriptionsResponse(TypedDict):
    Subscriptions: list[Subscription]
    NextToken: NotRequired[str]


class ListSubscriptionsByTopicResponse(TypedDict):
    Subscriptions: list[Subscription]
    NextToken: NotRequired[str]


class ListTagsForResourceResponse(TypedDict):
    Tags: list[Tag]


class ListTopicsResponse(TypedDict):
    Topics: list[Topic]
    NextToken: NotRequired[str]


class PublishResponse(TypedDict):
    MessageId: str
    SequenceNumber: NotRequired[str]


class PublishBatchResponse(TypedDict):
    Successful: list[PublishBatchResultEntry]
    Failed: list[BatchResultErrorEntry]


class SubscribeResponse(TypedDict):
    SubscriptionArn: str


class Empty(TypedDict):
    """An answer that has a wrapper on the wire and nothing in it."""

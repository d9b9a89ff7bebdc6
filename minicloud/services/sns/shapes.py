"""The structures of SNS's requests and answers, members in the order of AWS's model.

Annotations are evaluated here: what is required is only known to a TypedDict that sees ``Required`` itself.
"""

from datetime import datetime
from typing import Annotated, NotRequired, Required, TypedDict

from ...core.shapes import Answer, Blob, Minimum

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


class CheckIfPhoneNumberIsOptedOutResponse(Answer):
    isOptedOut: bool


class ConfirmSubscriptionResponse(Answer):
    SubscriptionArn: str


class CreatePlatformApplicationResponse(Answer):
    PlatformApplicationArn: str


class CreateEndpointResponse(Answer):
    EndpointArn: str


class CreateTopicResponse(Answer):
    TopicArn: str


class GetDataProtectionPolicyResponse(Answer):
    DataProtectionPolicy: str


class GetEndpointAttributesResponse(Answer):
    Attributes: dict[str, str]


class GetPlatformApplicationAttributesResponse(Answer):
    Attributes: dict[str, str]


class GetSMSAttributesResponse(Answer):
    attributes: dict[str, str]


class GetSMSSandboxAccountStatusResult(Answer):
    IsInSandbox: bool


class GetSubscriptionAttributesResponse(Answer):
    Attributes: dict[str, str]


class GetTopicAttributesResponse(Answer):
    Attributes: dict[str, str]


class ListEndpointsByPlatformApplicationResponse(Answer):
    Endpoints: list[Endpoint]
    NextToken: NotRequired[str]


class ListOriginationNumbersResult(Answer):
    NextToken: NotRequired[str]
    PhoneNumbers: list[PhoneNumberInformation]


class ListPhoneNumbersOptedOutResponse(Answer):
    phoneNumbers: list[str]
    nextToken: NotRequired[str]


class ListPlatformApplicationsResponse(Answer):
    PlatformApplications: list[PlatformApplication]
    NextToken: NotRequired[str]


class ListSMSSandboxPhoneNumbersResult(Answer):
    PhoneNumbers: list[SMSSandboxPhoneNumber]
    NextToken: NotRequired[str]


class ListSubscriptionsResponse(Answer):
    Subscriptions: list[Subscription]
    NextToken: NotRequired[str]


class ListSubscriptionsByTopicResponse(Answer):
    Subscriptions: list[Subscription]
    NextToken: NotRequired[str]


class ListTagsForResourceResponse(Answer):
    Tags: list[Tag]


class ListTopicsResponse(Answer):
    Topics: list[Topic]
    NextToken: NotRequired[str]


class PublishResponse(Answer):
    MessageId: str
    SequenceNumber: NotRequired[str]


class PublishBatchResponse(Answer):
    Successful: list[PublishBatchResultEntry]
    Failed: list[BatchResultErrorEntry]


class SubscribeResponse(Answer):
    SubscriptionArn: str


class Empty(Answer):
    """An answer that has a wrapper on the wire and nothing in it."""

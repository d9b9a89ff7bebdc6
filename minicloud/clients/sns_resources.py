"""boto3's resources of SNS: the service, topics, subscriptions, platform applications and their endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core.operation import Operation
from ..services.sns.service import Sns
from .resources import LoadedResource, Resource, action, collection, made

if TYPE_CHECKING:
    from .peers import SnsClient
else:
    from .sns import SnsClient

__all__ = ["PlatformApplication", "PlatformEndpoint", "SnsResource", "Subscription", "Topic"]


class _ByArn(LoadedResource[SnsClient]):
    """A resource that its ARN names."""

    _loader: tuple[Operation[..., Any], str]
    """The operation that tells the attributes, and its parameter for the ARN."""

    def __init__(self, arn: str, *, client: SnsClient) -> None:
        super().__init__(client, arn=arn)

    @property
    def arn(self) -> str:
        """The resource's ARN."""
        return self._identifiers["arn"]

    def load(self, *args: Any, **params: Any) -> None:
        """Ask the service for the attributes, now."""
        operation, parameter = self._loader
        self.meta.data = self._perform(operation, {parameter: "arn"}, args, params)


class Subscription(_ByArn, name="sns.Subscription"):
    """A subscription, by its ARN. One that is not confirmed has the ARN ``pending confirmation``."""

    _loader = (Sns.get_subscription_attributes, "SubscriptionArn")
    delete = action(Sns.unsubscribe, SubscriptionArn="arn")
    set_attributes = action(Sns.set_subscription_attributes, SubscriptionArn="arn")


class PlatformEndpoint(_ByArn, name="sns.PlatformEndpoint"):
    """A device's endpoint of a platform application, by its ARN."""

    _loader = (Sns.get_endpoint_attributes, "EndpointArn")
    delete = action(Sns.delete_endpoint, EndpointArn="arn")
    publish = action(Sns.publish, TargetArn="arn")
    set_attributes = action(Sns.set_endpoint_attributes, EndpointArn="arn")


class PlatformApplication(_ByArn, name="sns.PlatformApplication"):
    """An application of a mobile push service, by its ARN."""

    _loader = (Sns.get_platform_application_attributes, "PlatformApplicationArn")
    create_platform_endpoint = made(
        Sns.create_platform_endpoint, PlatformEndpoint, "EndpointArn", PlatformApplicationArn="arn"
    )
    delete = action(Sns.delete_platform_application, PlatformApplicationArn="arn")
    endpoints = collection(
        Sns.list_endpoints_by_platform_application,
        lambda: PlatformEndpoint,
        "Endpoints.EndpointArn",
        PlatformApplicationArn="arn",
    )
    set_attributes = action(Sns.set_platform_application_attributes, PlatformApplicationArn="arn")


class Topic(_ByArn, name="sns.Topic"):
    """A topic, by its ARN. Whether there is one shows at the first call."""

    _loader = (Sns.get_topic_attributes, "TopicArn")
    add_permission = action(Sns.add_permission, TopicArn="arn")
    confirm_subscription = made(Sns.confirm_subscription, Subscription, "SubscriptionArn", TopicArn="arn")
    delete = action(Sns.delete_topic, TopicArn="arn")
    publish = action(Sns.publish, TopicArn="arn")
    remove_permission = action(Sns.remove_permission, TopicArn="arn")
    set_attributes = action(Sns.set_topic_attributes, TopicArn="arn")
    subscribe = made(Sns.subscribe, Subscription, "SubscriptionArn", TopicArn="arn")
    subscriptions = collection(
        Sns.list_subscriptions_by_topic, lambda: Subscription, "Subscriptions.SubscriptionArn", TopicArn="arn"
    )


class SnsResource(
    Resource[SnsClient],
    name="sns.ServiceResource",
    subresources=("PlatformApplication", "PlatformEndpoint", "Subscription", "Topic"),
):
    """What ``resource("sns")`` makes."""

    create_platform_application = made(Sns.create_platform_application, PlatformApplication, "PlatformApplicationArn")
    create_topic = made(Sns.create_topic, Topic, "TopicArn")
    platform_applications = collection(
        Sns.list_platform_applications, lambda: PlatformApplication, "PlatformApplications.PlatformApplicationArn"
    )
    subscriptions = collection(Sns.list_subscriptions, lambda: Subscription, "Subscriptions.SubscriptionArn")
    topics = collection(Sns.list_topics, lambda: Topic, "Topics.TopicArn")

    def PlatformApplication(self, arn: str) -> PlatformApplication:
        """A platform application by its ARN; makes none, and does not ask whether there is one."""
        return PlatformApplication(arn, client=self.meta.client)

    def PlatformEndpoint(self, arn: str) -> PlatformEndpoint:
        """An endpoint of a platform application by its ARN."""
        return PlatformEndpoint(arn, client=self.meta.client)

    def Subscription(self, arn: str) -> Subscription:
        """A subscription by its ARN."""
        return Subscription(arn, client=self.meta.client)

    def Topic(self, arn: str) -> Topic:
        """A topic by its ARN; makes none, and does not ask whether there is one."""
        return Topic(arn, client=self.meta.client)

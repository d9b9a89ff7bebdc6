"""A cloud that calls of SNS are interrupted in, and a picture of all that can be seen of it."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.support import strikes
from tests.support.strikes import Struck
from tests.support.strikes import by_profile as strike

__all__ = ["DAY", "HOUR", "OTHER", "Struck", "World", "strike"]

HOUR = 3600
DAY = 86_400
OTHER = "111122223333"
_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|2336412f37[0-9a-f]+|[A-Za-z0-9+/]{342}==")


class World(strikes.World):
    """A cloud, and what came out of it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.sns: Any = self.cloud.client("sns")
        self.sqs: Any = self.cloud.client("sqs")
        self.other: Any = self.cloud.client("sns", account_id=OTHER)
        self.called: list[tuple[str, str]] = []
        """Who was called with what."""

    def queue(self, name: str) -> str:
        fifo = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
        self.sqs.create_queue(QueueName=name, Attributes=fifo)
        return self.cloud.queue(name).arn

    def topic(self, name: str = "t", **attributes: str) -> str:
        if name.endswith(".fifo"):
            attributes = {"FifoTopic": "true", "ContentBasedDeduplication": "true", **attributes}
        arn: str = self.sns.create_topic(Name=name, Attributes=attributes)["TopicArn"]
        return arn

    def subscribe(self, topic: str, protocol: str, endpoint: str, **attributes: Any) -> str:
        given = {name: value if isinstance(value, str) else json.dumps(value) for name, value in attributes.items()}
        answer = self.sns.subscribe(
            TopicArn=topic, Protocol=protocol, Endpoint=endpoint, Attributes=given, ReturnSubscriptionArn=True
        )
        arn: str = answer["SubscriptionArn"]
        return arn

    def function(self, name: str, fails: int = 0) -> str:
        def handle(event: Any, _: Any) -> None:
            self.called.append((name, event["Records"][0]["Sns"]["Message"]))
            if sum(who == name for who, _ in self.called) <= fails:
                raise ValueError("not yet")

        return self.cloud.function(name, handle)

    def server(self, url: str, *answers: int) -> str:
        """A web server that gives these answers first."""
        ahead = list(answers)

        def handle(request: Any) -> int:
            body = request.json()
            self.called.append((url, body["Message"]))
            self.kept = body
            signed = "with credentials" if "Authorization" in request.headers else "without"
            self.called.append((url, signed))
            return ahead.pop(0) if ahead else 200

        self.cloud.http_endpoint(url, handle)
        return url

    def confirmed_server(self, topic: str, url: str, *answers: int, **attributes: Any) -> str:
        self.server(url)
        arn = self.subscribe(topic, "https", url, **attributes)
        self.cloud.visit(self.kept["SubscribeURL"])
        self.server(url, *answers)
        self.called.clear()
        return arn

    # --- what can be seen -------------------------------------------------------------------------------------------

    def picture(self) -> dict[str, Any]:
        return {**super().picture(), "called": sorted(self.called)}

    def check(self) -> None:
        engine: Any = self.cloud
        for service in engine.services("sns"):
            service.check()

    def look(self) -> Any:
        sns = self.sns
        seen: dict[str, Any] = {}
        for topic in sns.list_topics()["Topics"]:
            arn = topic["TopicArn"]
            seen[arn] = (
                sns.get_topic_attributes(TopicArn=arn)["Attributes"],
                sns.list_tags_for_resource(ResourceArn=arn)["Tags"],
                [(one.message, one.subject, one.sequence_number) for one in self.cloud.topic(arn).published],
            )
            for one in sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]:
                seen[arn, one["Protocol"], one["Endpoint"]] = one
            for view in self.cloud.topic(arn).subscriptions:
                attributes = sns.get_subscription_attributes(SubscriptionArn=view.arn)["Attributes"]
                seen[arn, view.protocol, view.endpoint, "attributes"] = attributes
        for client in (sns, self.other):
            seen["subscribed", client] = client.list_subscriptions()["Subscriptions"]
        for queue in self.cloud.queues():
            seen["queue", queue.name] = [text_of(body) for body in queue.bodies]
            if not queue.name.endswith(".fifo"):
                seen["queue", queue.name].sort()
        seen["outbox"] = [(left.protocol, left.endpoint, left.body) for left in self.cloud.outbox]
        seen["opted out"] = sns.list_phone_numbers_opted_out()["phoneNumbers"]
        seen["sandbox"] = sns.list_sms_sandbox_phone_numbers()["PhoneNumbers"]
        for app in sns.list_platform_applications()["PlatformApplications"]:
            arn = app["PlatformApplicationArn"]
            seen[arn] = app, sns.list_endpoints_by_platform_application(PlatformApplicationArn=arn)["Endpoints"]
        return _IDS.sub("#", repr([(repr(key), value) for key, value in seen.items()]).replace(hex(id(sns)), ""))


def text_of(body: str) -> str:
    try:
        parsed = json.loads(body)
    except ValueError:
        return body
    return f"{parsed.get('Type')}, {parsed.get('Replayed')}: {parsed.get('Message')}"

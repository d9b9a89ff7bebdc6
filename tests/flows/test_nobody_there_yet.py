"""Flow: a function that does not exist yet, and a web server that is down: each publication is handled in the end."""

from __future__ import annotations

import json
from typing import Any

import minicloud
from tests.lambda_.idle import until_idle
from tests.support.ways import MakeClient


def test_every_publication_is_handled_in_the_end(cloud: minicloud.Cloud, make_client: MakeClient) -> None:
    sns, sqs = make_client("sns"), make_client("sqs")
    topic = sns.create_topic(Name="orders")["TopicArn"]
    sqs.create_queue(QueueName="undelivered", Attributes={"VisibilityTimeout": "30"})
    redrive = json.dumps({"deadLetterTargetArn": cloud.queue("undelivered").arn})
    function = "arn:aws:lambda:us-east-1:123456789012:function:bill"
    server = "https://shop.example.com/orders"
    handled: list[tuple[str, str]] = []
    is_down = False

    def serve(request: Any) -> int:
        if is_down:
            return 503
        body = request.json()
        if body["Type"] == "SubscriptionConfirmation":
            cloud.visit(body["SubscribeURL"])
        else:
            handled.append(("server", body["Message"]))
        return 200

    cloud.http_endpoint(server, serve)
    for protocol, endpoint in (("lambda", function), ("https", server)):
        sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint, Attributes={"RedrivePolicy": redrive})

    sns.publish(TopicArn=topic, Message="1")  # the server is there, the function is not
    assert handled == [("server", "1")]
    cloud.function("bill", lambda event, _: handled.append(("bill", event["Records"][0]["Sns"]["Message"])))
    is_down = True
    sns.publish(TopicArn=topic, Message="2")  # the other way round
    until_idle(cloud)
    assert handled == [("server", "1"), ("bill", "2")]
    undelivered = [json.loads(body)["Message"] for body in cloud.queue("undelivered").bodies]
    assert undelivered == ["1", "2"]

    def repair(event: Any, _: Any) -> None:
        handled.extend(("repaired", json.loads(record["body"])["Message"]) for record in event["Records"])

    cloud.function("repair", repair)
    cloud.event_source_mapping("undelivered", "repair")
    until_idle(cloud)
    assert handled[2:] == [("repaired", "1"), ("repaired", "2")]
    cloud.assert_empty("undelivered")
    assert {run.trigger for run in cloud.invocations} == {"sns:orders", "sqs:undelivered"}

"""As many workers as the backlog asks for: target tracking on the messages for each of them."""

from __future__ import annotations

from typing import Any

import minicloud
from tests.support.ways import MakeClient

KEY = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/default/workers",
    "ScalableDimension": "ecs:service:DesiredCount",
}


def put_tracking(scaling: Any, queue_name: str, per_worker: float) -> None:
    """What AWS's guide has an application do: metric math over the queue's depth and the number of running tasks."""

    def stat(namespace: str, name: str, **dimensions: str) -> dict[str, Any]:
        pairs = [{"Name": key, "Value": value} for key, value in dimensions.items()]
        return {"Metric": {"Namespace": namespace, "MetricName": name, "Dimensions": pairs}, "Stat": "Average"}

    depth = stat("AWS/SQS", "ApproximateNumberOfMessagesVisible", QueueName=queue_name)
    tasks = stat("ECS/ContainerInsights", "RunningTaskCount", ClusterName="default", ServiceName="workers")
    scaling.put_scaling_policy(
        PolicyName="backlog",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": per_worker,
            "CustomizedMetricSpecification": {
                "Metrics": [
                    {"Id": "depth", "MetricStat": depth, "ReturnData": False},
                    {"Id": "tasks", "MetricStat": tasks, "ReturnData": False},
                    {"Id": "each", "Expression": "depth / tasks"},
                ]
            },
            "ScaleInCooldown": 60,
            "ScaleOutCooldown": 60,
        },
        **KEY,
    )


class Workers:
    """As many as there are to be, each of which handles a message in 6 seconds."""

    def __init__(self, sqs: Any, url: str, fleet: Any) -> None:
        self.sqs = sqs
        self.url = url
        self.fleet = fleet

    def work_for_a_minute(self) -> None:
        for _ in range(self.fleet.desired):
            found = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages", [])
            done = [{"Id": str(n), "ReceiptHandle": one["ReceiptHandle"]} for n, one in enumerate(found)]
            if done:
                self.sqs.delete_message_batch(QueueUrl=self.url, Entries=done)


def send(sqs: Any, url: str, count: int) -> None:
    for start in range(0, count, 10):
        sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": str(n), "MessageBody": str(start + n)} for n in range(10)])


def test_workers_settle_at_what_the_load_asks_for(cloud: minicloud.Cloud, make_client: MakeClient) -> None:
    sqs, scaling = make_client("sqs"), make_client("application-autoscaling")
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    scaling.register_scalable_target(**KEY, MinCapacity=1, MaxCapacity=20)
    put_tracking(scaling, "jobs", per_worker=10)
    fleet = cloud.scaling_target("workers", minimum=1, maximum=20)
    workers, seen = Workers(sqs, url, fleet), []
    age = cloud.metric("AWS/SQS", "ApproximateAgeOfOldestMessage", QueueName="jobs")
    for _ in range(60):
        send(sqs, url, 60)
        cloud.clock.advance(60)
        seen.append(fleet.desired)
        workers.work_for_a_minute()
    assert set(seen[20:]) <= {6, 7}, seen
    assert all(value < 120 for _, value in age.points("Maximum")[20:])


def test_ten_thousand_messages_bring_twenty_workers_within_five_minutes_and_they_go_again(
    cloud: minicloud.Cloud, make_client: MakeClient
) -> None:
    sqs = make_client("sqs")
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    told: list[tuple[int, int]] = []
    fleet = cloud.scaling_target("workers", minimum=1, maximum=20, on_change=lambda old, new: told.append((old, new)))
    fleet.track(cloud.metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", QueueName="jobs"), per_worker=100)
    workers = Workers(sqs, url, fleet)
    cloud.clock.advance(600)
    send(cloud.client("sqs"), url, 10_000)
    begun = cloud.clock.now()
    cloud.clock.advance(5 * 60)
    assert fleet.desired == 20
    assert (fleet.history[0].time - begun).total_seconds() <= 300
    while cloud.queue(url).counts.visible:
        for _ in range(10):
            workers.work_for_a_minute()
        cloud.clock.advance(60)
    cloud.clock.advance(30 * 60)
    assert fleet.desired == 1
    assert told == [(1, 20), (20, 1)]

"""Workers are added in steps while a queue is deep, and go when it is empty."""

from __future__ import annotations

import minicloud
from tests.support.ways import MakeClient

KEY = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/default/workers",
    "ScalableDimension": "ecs:service:DesiredCount",
}


def test_one_more_above_100_two_above_300_and_back_when_empty(cloud: minicloud.Cloud, make_client: MakeClient) -> None:
    sqs, scaling = make_client("sqs"), make_client("application-autoscaling")
    jobs = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    scaling.register_scalable_target(**KEY, MinCapacity=1, MaxCapacity=5)
    deep = {"AdjustmentType": "ChangeInCapacity", "Cooldown": 120}
    steps = [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 200, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 200, "ScalingAdjustment": 2},
    ]
    empty = {"AdjustmentType": "ExactCapacity", "Cooldown": 120}
    to_minimum = [{"MetricIntervalUpperBound": 0, "ScalingAdjustment": 0}]
    for name, settings, adjustments, threshold, comparison in (
        ("deep", deep, steps, 100, "GreaterThanThreshold"),
        ("empty", empty, to_minimum, 0, "LessThanOrEqualToThreshold"),
    ):
        policy = scaling.put_scaling_policy(
            PolicyName=name, StepScalingPolicyConfiguration={**settings, "StepAdjustments": adjustments}, **KEY
        )
        make_client("cloudwatch").put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/SQS",
            MetricName="ApproximateNumberOfMessagesVisible",
            Dimensions=[{"Name": "QueueName", "Value": "jobs"}],
            Statistic="Average",
            Period=60,
            EvaluationPeriods=1,
            Threshold=threshold,
            ComparisonOperator=comparison,
            AlarmActions=[policy["PolicyARN"]],
        )
    fleet = cloud.scaling_target("workers", minimum=1, maximum=5)

    def send(count: int) -> None:
        for start in range(0, count, 10):
            entries = [{"Id": str(n), "MessageBody": f"job {start + n}"} for n in range(10)]
            sqs.send_message_batch(QueueUrl=jobs, Entries=entries)

    def work(minutes: int, each: int) -> None:
        """Each worker does so many jobs a minute."""
        for _ in range(minutes):
            for _ in range(fleet.desired * each // 10):
                found = sqs.receive_message(QueueUrl=jobs, MaxNumberOfMessages=10).get("Messages", [])
                done = [{"Id": str(n), "ReceiptHandle": one["ReceiptHandle"]} for n, one in enumerate(found)]
                if done:
                    sqs.delete_message_batch(QueueUrl=jobs, Entries=done)
            cloud.clock.advance(60)

    send(250)
    cloud.clock.advance(60)  # 250: one more
    send(150)
    cloud.clock.advance(60)  # 400, in the cooldown: of the two of the larger step one is there
    work(10, each=60)
    changes = [(one.time.minute, one.old, one.new) for one in fleet.history]
    assert changes == [(1, 1, 2), (2, 2, 3), (5, 3, 1)]
    assert [one.cause.rpartition(" ")[2] for one in fleet.history] == ["deep", "deep", "empty"]
    assert cloud.queue(jobs).bodies == []

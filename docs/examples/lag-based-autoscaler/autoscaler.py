"""As many workers as keep the wait short: the backlog for each of them is a metric, and target tracking acts on it."""

from __future__ import annotations

import boto3

QUEUE = "jobs"
SECONDS_A_JOB = 6
ACCEPTED_WAIT = 60
WORKERS = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/prod/workers",
    "ScalableDimension": "ecs:service:DesiredCount",
}


def deploy(most: int = 20, accepted_wait: float = ACCEPTED_WAIT) -> None:
    """Makes the queue, and has the workers scaled."""
    boto3.client("sqs").create_queue(QueueName=QUEUE)
    scaling = boto3.client("application-autoscaling")
    scaling.register_scalable_target(**WORKERS, MinCapacity=1, MaxCapacity=most)
    scaling.put_scaling_policy(
        **WORKERS,
        PolicyName="backlog",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": accepted_wait / SECONDS_A_JOB,
            "CustomizedMetricSpecification": {
                "Namespace": "jobs",
                "MetricName": "BacklogPerWorker",
                "Statistic": "Average",
            },
            "ScaleOutCooldown": 60,
            "ScaleInCooldown": 300,
        },
    )


class Jobs:
    """What a worker has of the queue, and what says how long it is."""

    def __init__(self) -> None:
        self._sqs = boto3.client("sqs")
        self._cloudwatch = boto3.client("cloudwatch")
        self._url = self._sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]

    def publish_backlog(self, workers: int) -> None:
        """Says how many messages there are for each worker. To be called once a minute."""
        name = "ApproximateNumberOfMessages"
        answer = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=[name])
        backlog = int(answer["Attributes"][name]) / max(workers, 1)
        self._cloudwatch.put_metric_data(
            Namespace="jobs", MetricData=[{"MetricName": "BacklogPerWorker", "Value": backlog, "Unit": "Count"}]
        )

    def work(self) -> None:
        """Does up to ten jobs, which is what a worker gets done in a minute."""
        jobs = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get("Messages", [])
        done = [{"Id": str(number), "ReceiptHandle": job["ReceiptHandle"]} for number, job in enumerate(jobs)]
        if done:
            self._sqs.delete_message_batch(QueueUrl=self._url, Entries=done)

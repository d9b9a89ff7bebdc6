"""Two services of unequal speed, joined by a queue: the slow one may take 15 minutes a run, and no longer."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import minicloud
from tests.support.ways import MakeClient

MINUTE = 60


def test_a_job_that_is_too_long_is_split_and_passes(cloud: minicloud.Cloud, make_client: MakeClient) -> None:
    sqs, functions = make_client("sqs"), make_client("lambda")
    began = cloud.clock.now()
    too_long = sqs.create_queue(QueueName="too-long")["QueueUrl"]
    attributes = {
        "VisibilityTimeout": "900",
        "RedrivePolicy": json.dumps({"deadLetterTargetArn": cloud.queue(too_long).arn, "maxReceiveCount": 2}),
    }
    jobs = sqs.create_queue(QueueName="jobs", Attributes=attributes)["QueueUrl"]

    def accept(event: Any, _: Any) -> str:
        """The fast service hands a job on, and is done."""
        sqs.send_message(QueueUrl=jobs, MessageBody=json.dumps(event))
        return "accepted"

    def split(event: Any, _: Any) -> None:
        """A job that was too long is two jobs from now on."""
        for record in event["Records"]:
            name, minutes = json.loads(record["body"])
            for part in "ab":
                sqs.send_message(QueueUrl=jobs, MessageBody=json.dumps([f"{name}-{part}", minutes / 2]))

    def job_of(event: Any) -> Any:
        return json.loads(event["Records"][0]["body"])

    cloud.function("accept", accept)
    cloud.function("render", lambda *_: None, timeout=15 * MINUTE, takes=lambda event: job_of(event)[1] * MINUTE)
    cloud.function("split", split)
    functions.create_event_source_mapping(EventSourceArn=cloud.queue(jobs).arn, FunctionName="render", BatchSize=1)
    functions.create_event_source_mapping(EventSourceArn=cloud.queue(too_long).arn, FunctionName="split")

    for job in (["short", 5], ["long", 20], ["other", 10]):
        answer = functions.invoke(FunctionName="accept", Payload=json.dumps(job))
        assert json.loads(answer["Payload"].read()) == "accepted"
    assert cloud.clock.now() == began  # the fast service has waited for nothing
    assert [run.outcome for run in cloud.invocations.of("render")] == ["running"] * 3
    assert cloud.run_until_idle() == timedelta(minutes=40)

    assert [
        (job_of(run.event)[0], run.outcome, (run.started - began) / timedelta(minutes=1), run.duration)
        for run in cloud.invocations.of("render")
    ] == [
        ("short", "success", 0, 300),
        ("long", "timeout", 0, 900),
        ("other", "success", 0, 600),
        ("long", "timeout", 15, 900),
        ("long-a", "success", 30, 600),
        ("long-b", "success", 30, 600),
    ]
    cloud.assert_empty(jobs)
    cloud.assert_empty(too_long)

"""Hours of load in no time: what the policy makes of it, minute by minute."""

import boto3
import pytest
from autoscaler import WORKERS, Jobs, deploy


class Service:
    """As many workers as there are to be."""

    def __init__(self, cloud):
        self.cloud = cloud
        self.jobs = Jobs()
        self.fleet = cloud.scaling_target(WORKERS["ResourceId"], minimum=1, maximum=20)

    def run(self, minutes, jobs_a_minute=0):
        """Lets minutes pass; how many workers there were in each."""
        seen = []
        for _ in range(minutes):
            send(jobs_a_minute)
            self.jobs.publish_backlog(self.fleet.desired)
            self.cloud.clock.advance(60)
            seen.append(self.fleet.desired)
            for _ in range(self.fleet.desired):
                self.jobs.work()
        return seen


def send(count):
    if not count:
        return
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName="jobs")["QueueUrl"]
    for start in range(0, count, 10):
        sqs.send_message_batch(
            QueueUrl=url, Entries=[{"Id": str(n), "MessageBody": f"job {start + n}"} for n in range(10)]
        )


@pytest.fixture
def service(mock_aws):
    deploy()
    return Service(mock_aws)


def test_workers_settle_at_what_the_load_needs(service):
    assert set(service.run(40, jobs_a_minute=60)[20:]) == {6}  # six workers do sixty jobs a minute


def test_a_burst_is_worked_off_and_the_workers_go(service, mock_aws):
    send(1_000)
    assert service.run(3)[-1] == 20
    service.run(40)
    assert mock_aws.queue("jobs").bodies == []
    assert service.fleet.desired == 1
    assert [change.new for change in service.fleet.history] == [20, 1]


def test_a_wait_that_is_too_short_has_too_many_workers(mock_aws):
    deploy(accepted_wait=6)  # one message for each worker
    assert set(Service(mock_aws).run(15, jobs_a_minute=60)[5:]) == {20}


def test_aws_says_why(service):
    send(1_000)
    service.run(6)
    scaling = boto3.client("application-autoscaling")
    told = scaling.describe_scaling_activities(ServiceNamespace="ecs")["ScalingActivities"]
    assert [one["Description"] for one in told] == ["Setting desired count to 20."]
    assert told[0]["Cause"].startswith("monitor alarm TargetTracking-service/prod/workers-AlarmHigh-")

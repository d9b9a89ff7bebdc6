"""Takes jobs from a queue, one after the other, and puts their results into another one. Its log is what it prints."""

from __future__ import annotations

import json
import signal

import boto3

running = True


def stop(*_: object) -> None:
    """Ends the worker after the job that it is at."""
    global running  # noqa: PLW0603
    running = False


def work(job: dict[str, object]) -> float:
    """What a job asks for."""
    return 100 / float(str(job["by"]))


def main() -> None:
    """Works until it is told to stop."""
    signal.signal(signal.SIGTERM, stop)
    sqs = boto3.client("sqs")
    jobs, results = (sqs.get_queue_url(QueueName=name)["QueueUrl"] for name in ("jobs", "results"))
    print("ready", flush=True)
    while running:
        answer = sqs.receive_message(QueueUrl=jobs, WaitTimeSeconds=20, VisibilityTimeout=30)
        for message in answer.get("Messages", ()):
            job = json.loads(message["Body"])
            try:
                result = work(job)
            except ArithmeticError as error:  # it becomes visible again, and a dead letter in the end
                print(f"failed {job['id']}: {error}", flush=True)
                continue
            sqs.send_message(QueueUrl=results, MessageBody=json.dumps({"id": job["id"], "result": result}))
            sqs.delete_message(QueueUrl=jobs, ReceiptHandle=message["ReceiptHandle"])
            print(f"done {job['id']}", flush=True)


if __name__ == "__main__":
    main()

"""A Celery application over SQS. Its worker polls on an event loop of kombu's, by pycurl, and writes what it did."""

from pathlib import Path

from celery import Celery

app = Celery("shop", broker="sqs://")
app.conf.broker_transport_options = {"wait_time_seconds": 5, "polling_interval": 0.05, "visibility_timeout": 60}
app.conf.worker_enable_remote_control = False
app.conf.broker_connection_retry_on_startup = True


@app.task(bind=True, max_retries=3)
def add(self, first: int, second: int) -> None:
    if self.request.retries < 1:
        raise self.retry(countdown=0)
    with Path("celery.txt").open("a", encoding="utf-8") as file:
        file.write(f"{first + second}\n")

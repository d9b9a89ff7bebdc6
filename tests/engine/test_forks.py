"""Processes forked from the one in which a cloud lives: a copy refuses, and waits for no thread of its parent."""

from __future__ import annotations

import os
import pickle
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

import minicloud
from minicloud import UsageError
from minicloud.engine.idle_threads import OtherThreads
from tests.support.clouds import bodies, make_queue
from tests.support.threads import Worker

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here"),
    # Forking beside other threads is what is tested.
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]


def forked(action: Callable[[], Any]) -> Any:
    """What ``action`` returns in a process that is forked from this one, or the text of its ``UsageError``."""
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        try:
            try:
                answer = action()
            except UsageError as error:
                answer = str(error)
            os.write(writing, pickle.dumps(answer))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pickle.loads(pipe.read())
    os.waitpid(process, 0)
    return answer


def test_a_copy_refuses_and_the_cloud_goes_on() -> None:
    cloud = minicloud.Cloud()
    sqs = cloud.client("sqs")
    url = make_queue(cloud)
    sqs.send_message(QueueUrl=url, MessageBody="m")
    calls: list[Callable[[], Any]] = [
        lambda: sqs.receive_message(QueueUrl=url),
        lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20),
        lambda: cloud.client("sqs").list_queues(),
        lambda: cloud.clock.advance(1),
        lambda: cloud.queue("queue").counts,
    ]
    for call in calls:
        assert "this process was forked from the one in which this Cloud lives" in forked(call)
    assert forked(lambda: cloud.closed) is True
    assert cloud.closed is False
    assert bodies(sqs.receive_message(QueueUrl=url)) == ["m"]


def test_what_a_copy_says() -> None:
    cloud = minicloud.Cloud()
    make_queue(cloud)
    with cloud.lock:
        cloud.is_a_copy()  # as the child process has it called
    text = (
        "this process was forked from the one in which this Cloud lives, and which would see nothing of what happens "
        "here: run the application's workers in threads of the test's process (ThreadPoolExecutor or "
        'multiprocessing.pool.ThreadPool in place of ProcessPoolExecutor or Pool, a worker\'s pool "solo" or '
        '"threads" in place of "prefork"), or call their code there; for a cloud of its own, make a Cloud, or '
        "mock_aws(), in the process that uses it"
    )
    looks: list[Callable[[], object]] = [
        lambda: cloud.client("sqs").list_queues(),
        lambda: cloud.queue("queue").counts,
        lambda: cloud.function("f", print),
    ]
    for look in looks:
        with pytest.raises(UsageError) as caught:
            look()
        assert str(caught.value) == text
    assert cloud.closed


def test_a_process_may_have_a_cloud_of_its_own() -> None:
    minicloud.Cloud()

    def own() -> list[str]:
        cloud = minicloud.Cloud()
        url = make_queue(cloud)
        cloud.client("sqs").send_message(QueueUrl=url, MessageBody="m")
        return cloud.queue("queue").bodies

    assert forked(own) == ["m"]


def test_nobody_waits_for_a_lock_of_a_thread_that_was_not_copied() -> None:
    cloud = minicloud.Cloud()
    sqs = cloud.client("sqs")
    sqs.list_queues()
    with cloud.lock:  # as another thread may hold it at that moment
        assert "forked" in forked(sqs.list_queues)
        assert forked(cloud.close) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a thread has had of the processor")
def test_the_main_thread_of_a_copy_is_seen_to_be_at_work() -> None:
    def looks() -> bool:
        seen: list[bool] = []
        thread = threading.Thread(target=lambda: seen.append(OtherThreads().are_running("a")))
        thread.start()
        while not seen:
            pass
        thread.join()
        return seen[0]

    assert forked(looks) is True


def test_polls_of_other_threads_go_on_where_they_are() -> None:
    cloud = minicloud.Cloud()
    url = make_queue(cloud)
    sqs = cloud.client("sqs")
    worker = Worker(lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))
    assert "forked" in forked(lambda: sqs.send_message(QueueUrl=url, MessageBody="nobody's"))
    assert forked(cloud.close) is None
    sqs.send_message(QueueUrl=url, MessageBody="m")
    assert bodies(worker.result()) == ["m"]

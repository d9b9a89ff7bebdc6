"""The plugin's verdicts: what has to hold of a test's clouds at their end."""

from __future__ import annotations

import threading
from textwrap import indent

import pytest

import minicloud
from minicloud import verdicts
from minicloud.inspection.verdicts import check_verdicts, judge
from tests.support.clouds import make_queue_with_dlq, receive, send

from .support import VERDICTS, run, run_all


def test_verdicts(pytester: pytest.Pytester) -> None:
    tests = {}
    for verdict, (code, _) in VERDICTS.items():
        options = ', clock="frozen"' if verdict == "no_blocked_pollers" else ""
        tests[verdict] = f"""
@pytest.mark.minicloud(verdicts=["{verdict}"]{options})
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_judged(sqs, cloud, url):
    sqs.send_message(QueueUrl=url, MessageBody="m")
{indent(code, "    ")}

@pytest.mark.minicloud(verdicts=["{verdict}"])
def test_holds(sqs, cloud, url):
    pass

def test_not_judged(sqs, cloud, url):
    sqs.send_message(QueueUrl=url, MessageBody="m")
"""
    result = run_all(pytester, tests, apart=True)  # some leave threads behind
    result.assert_outcomes(passed=3 * len(tests), errors=len(tests))
    lines = "\n".join(result.outlines)
    assert lines.count("the test has passed, but its cloud is not as it should be") == len(tests)
    for verdict, (_, complaint) in VERDICTS.items():
        result.stdout.fnmatch_lines([f"{verdict}:", complaint])


def test_verdicts_of_the_ini_file(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nminicloud_verdicts = no_in_flight dlqs_empty\n")
    result = run(
        pytester,
        """
def test_judged(sqs, url):
    sqs.send_message(QueueUrl=url, MessageBody="m")
    sqs.receive_message(QueueUrl=url)

@pytest.mark.minicloud(verdicts=())
def test_excepted(sqs, url):
    sqs.send_message(QueueUrl=url, MessageBody="m")
    sqs.receive_message(QueueUrl=url)
""",
    )
    result.assert_outcomes(passed=2, errors=1)


def test_a_failed_test_is_not_judged(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
@pytest.mark.minicloud(verdicts=["queues_empty"])
def test_it(sqs, url):
    sqs.send_message(QueueUrl=url, MessageBody="m")
    assert 0
""",
    )
    result.assert_outcomes(failed=1)


def test_a_verdict_that_there_is_not(pytester: pytest.Pytester) -> None:
    result = run(pytester, '@pytest.mark.minicloud(verdicts=["no_such"])\ndef test_it(cloud): pass\n')
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*'no_such' is not a verdict: give one of no_in_flight, *"])


def test_a_verdict_of_the_ini_file_that_there_is_not(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nminicloud_verdicts = no_such\n")
    result = run(pytester, "def test_it(): pass\n")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: minicloud_verdicts: 'no_such' is not a verdict: give one of no_in_flight, *"])


@pytest.mark.parametrize("mark", ["skip", "xfail"])
def test_only_a_test_that_has_passed_is_judged(pytester: pytest.Pytester, mark: str) -> None:
    result = run(
        pytester,
        f"""
@pytest.mark.minicloud(verdicts=["queues_empty"])
def test_it(sqs, url):
    sqs.send_message(QueueUrl=url, MessageBody="m")
    pytest.{mark}("for a reason")
""",
    )
    result.assert_outcomes(skipped=mark == "skip", xfailed=mark == "xfail")


def test_verdicts_with_numbers(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nminicloud_verdicts = max_receives(1) max_age(30.5) max_messages(orders,1)\n")
    result = run_all(
        pytester,
        {
            "broken": """
def test_it(sqs, cloud, url):
    for body in ("m", "n"):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    cloud.clock.advance(1)
    for _ in range(2):
        (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
        cloud.clock.advance(30)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
""",
            "kept": """
def test_it(sqs, cloud, url):
    for body in ("m", "n"):
        sqs.send_message(QueueUrl=url, MessageBody=body)
        (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
        cloud.clock.advance(30)
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
""",
            "marker": """
import minicloud
from minicloud.verdicts import no_empty_polls_over

@pytest.mark.minicloud(verdicts=[no_empty_polls_over(1), "max_messages(orders, 0)"])
def test_it(sqs, cloud, url):
    for _ in range(2):
        sqs.receive_message(QueueUrl=url)
    assert minicloud.verdicts.max_age(1) == minicloud.verdicts.max_age(1) != minicloud.verdicts.max_age(2)
""",
        },
    )
    result.assert_outcomes(passed=3, errors=2)
    result.stdout.fnmatch_lines(
        [
            "*max_receives(1):",
            '*message * "m" was received 2 times from orders, and not 1 at most; last at 00:00:31.000 by MainThread: *',
            "*max_age(30.5):",
            '*message * "m" of orders was 61 s old, and not 30.5 at most: sent at 00:00:00.000, deleted',
            '*message * "n" of orders was 61 s old, and not 30.5 at most: sent at 00:00:00.000, visible',
            "*max_messages('orders', 1):",
            "*orders had 2 messages at 00:00:00.000, and not 1 at most",
            "*no_empty_polls_over(1):",
            "*2 receives found nothing, and not 1 at most (2 of orders): WaitTimeSeconds=20 asks less often",
        ]
    )


@pytest.mark.parametrize(
    "verdict",
    ["'no_inflight'", "'max_recieves(3)'", "'max_receives(x)'", "'max_receives(1,2)'", "'max_receives'", "7", "max"],
)
def test_verdicts_that_there_are_not(verdict: str) -> None:
    with pytest.raises(minicloud.UsageError, match=r"is not a (verdict|count)") as refused:
        check_verdicts([eval(verdict)])
    near = {"'no_inflight'": "no_in_flight", "'max_recieves(3)'": "max_receives"}.get(verdict)
    assert near is None or f"did you mean '{near}'?" in str(refused.value)


def test_numbers_that_there_are_not() -> None:
    for make in (verdicts.max_receives, verdicts.max_age, verdicts.no_empty_polls_over):
        for wrong in (-1, "3", True, None):
            with pytest.raises(minicloud.UsageError, match="is not a"):
                make(wrong)  # type: ignore[arg-type]


def test_who_has_it_and_what_to_do(cloud: minicloud.Cloud) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="jobs", Attributes={"VisibilityTimeout": "60"})["QueueUrl"]
    for number in range(25):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    worker = threading.Thread(target=lambda: sqs.receive_message(QueueUrl=url), name="consumer-7")
    worker.start()
    worker.join()
    cloud.clock.advance(12.5)
    first, hint = judge(cloud, ["no_in_flight"]).splitlines()[1:]
    assert first.endswith(
        '"0" is still in flight in jobs: received at 00:00:00.000 by consumer-7, which has ended, never deleted; '
        "hidden for 47.5 s more"
    )
    assert hint == (
        "  (delete what is done; give back what is not: change_message_visibility(..., VisibilityTimeout=0))"
    )
    assert judge(cloud, ["queues_empty"]).splitlines()[21] == "  … and 5 more in jobs"


def test_messages_that_moved_are_counted_where_they_are(cloud: minicloud.Cloud) -> None:
    url = make_queue_with_dlq(cloud, "orders", 1)
    for number in range(2):
        send(cloud, url, str(number))
        receive(cloud, url)
        cloud.clock.advance(30)
        receive(cloud, url)
    assert judge(cloud, [verdicts.max_messages("orders", 1), verdicts.max_age(30)]) == ""
    assert "orders-dlq had 2 messages at 00:01:00.000" in judge(cloud, [verdicts.max_messages("orders-dlq", 1)])


def test_a_trace_that_has_forgotten_is_not_judged(cloud: minicloud.Cloud) -> None:
    cloud.trace.start(limit=2)
    for _ in range(5):
        cloud.client("sqs").list_queues()
    assert "needs all of the trace, which has forgotten 3 events" in judge(cloud, [verdicts.max_receives(1)])


def test_a_verdict_that_lacks_the_trace_says_so(pytester: pytest.Pytester) -> None:
    result = run(pytester, '@pytest.mark.minicloud(verdicts=["history_holds"], trace=False)\ndef test_it(url): pass\n')
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["history_holds:", "*needs the trace, which is off: *"])


def test_a_cloud_that_the_test_closes_is_judged(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
@pytest.mark.minicloud(verdicts=["queues_empty"])
def test_it(sqs, cloud, url):
    sqs.send_message(QueueUrl=url, MessageBody="m")
    cloud.close()
""",
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(['*"m" is left in orders, received 0 times; sent 0 s ago'])

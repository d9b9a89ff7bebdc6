"""The plugin's verdicts: what has to hold of a test's clouds at their end."""

from __future__ import annotations

from textwrap import indent

import pytest

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
    result.stdout.fnmatch_lines(['*"m" is left in orders, received 0 times'])

"""The plugin's options that are about time."""

from __future__ import annotations

import pytest

from tests.support.runs import run_inside


def test_the_marker_has_the_application_see_the_cloud_s_time(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import time
        import minicloud, pytest
        from datetime import timedelta

        real = time.sleep

        @pytest.mark.minicloud(time=True)
        def test_sleeps(sqs, cloud):
            time.sleep(7200)
            assert cloud.clock.now() == minicloud.VirtualClock().now() + timedelta(hours=2)

        def test_is_as_before(cloud):
            assert time.sleep is real

        @pytest.mark.minicloud(time=False)
        def test_is_not_asked_for(cloud):
            assert time.sleep is real
        """
    )
    run_inside(pytester).assert_outcomes(passed=3)


def test_what_the_marker_says_in_vain_fails(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import minicloud, pytest

        @pytest.mark.minicloud(time=True)
        def test_without_a_fixture():
            pass

        @pytest.mark.minicloud(time="now")
        def test_with_something_else(cloud):
            pass
        """
    )
    result = run_inside(pytester)
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*time=True) is for tests with one of minicloud's fixtures*"])
    result.stdout.fnmatch_lines(["*time='now': give True*"])


@pytest.mark.parametrize(
    ("start", "year"), [("now", ""), ("2031-02-03", "2031"), ("2031-02-03T04:05:06+01:00", "2031")]
)
def test_clocks_begin_as_the_ini_file_says(pytester: pytest.Pytester, start: str, year: str) -> None:
    pytester.makeini(f"[pytest]\nminicloud_clock_start = {start}\n")
    pytester.makepyfile(
        f"""
        import minicloud
        from datetime import datetime, timedelta, timezone

        def is_right(cloud):
            now = cloud.clock.now()
            if {year!r}:
                return str(now.year) == {year!r}
            return abs(now - datetime.now(timezone.utc)) < timedelta(minutes=1)

        def test_fixture(cloud):
            assert is_right(cloud)

        def test_others():
            assert is_right(minicloud.Cloud(clock="virtual"))
            assert is_right(minicloud.Cloud(clock="frozen"))
            assert minicloud.Cloud(clock=minicloud.VirtualClock()).clock.now().year == 2026
            with minicloud.mock_aws() as cloud:
                assert "RealClock" in repr(cloud.clock)
        """
    )
    run_inside(pytester).assert_outcomes(passed=2)


def test_a_start_that_there_is_not_ends_the_run(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nminicloud_clock_start = tomorrow\n")
    result = run_inside(pytester)
    result.stderr.fnmatch_lines(["*minicloud_clock_start: 'tomorrow' is not a point in time: give \"now\", or a date*"])


def test_the_report_says_that_a_test_has_slept_in_vain(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_it_comes_after_a_second(sqs):
            url = sqs.create_queue(QueueName="jobs", Attributes={"DelaySeconds": "1"})["QueueUrl"]
            sqs.send_message(QueueUrl=url, MessageBody="x")
            assert "Messages" in sqs.receive_message(QueueUrl=url)
        """
    )
    pytester.makeconftest(
        """
        import pytest

        @pytest.hookimpl(tryfirst=True)
        def pytest_runtest_makereport(item, call):
            if call.when == "call":
                call.duration = 1.2  # as if it had slept
        """
    )
    result = run_inside(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["the test took 1.2 s of real time and none of the cloud's: *"])


def test_the_report_says_that_a_test_has_taken_the_machines_time_for_the_clouds(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import time

        def test_a_line_is_logged(mock_aws):
            logs = mock_aws.client("logs")
            logs.create_log_group(logGroupName="app")
            logs.create_log_stream(logGroupName="app", logStreamName="web")
            line = {"timestamp": int(time.time() * 1000), "message": "x"}
            logs.put_log_events(logGroupName="app", logStreamName="web", logEvents=[line])
            assert logs.get_log_events(logGroupName="app", logStreamName="web")["events"]
        """
    )
    said = "log stream web of app rejected 1 of 1 event as too new: of *"
    result = run_inside(pytester)
    result.stdout.fnmatch_lines([said, "the cloud's clock stands at 2026-01-01 00:00:00: use cloud.clock.now(), or *"])
    pytester.makeini("[pytest]\nminicloud_clock_start = now\n")
    result = run_inside(pytester)
    result.assert_outcomes(passed=1)

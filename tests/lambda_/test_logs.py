"""What functions write is in CloudWatch Logs."""

from __future__ import annotations

import sys

import pytest


def messages(logs, name="bill"):
    return [event["message"] for event in logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]]


@pytest.mark.parametrize("looks", ["first", "later", "after clear()"])
def test_a_run_s_log_is_in_its_group(cloud, looks):
    logs = cloud.client("logs")
    if looks == "first":
        assert logs.describe_log_groups()["logGroups"] == []
    streams = []

    def bill(event, context):
        streams.append((context.log_group_name, context.log_stream_name))
        print(event)  # noqa: T201
        raise ValueError("over")

    cloud.function("bill", bill)
    cloud.client("lambda").invoke(FunctionName="bill", InvocationType="Event", Payload=b"7")
    cloud.clock.advance(60)
    runs = list(cloud.invocations)
    assert [run.attempt for run in runs] == [1, 2]
    if looks == "after clear()":
        cloud.invocations.clear()
    found = logs.filter_log_events(logGroupName="/aws/lambda/bill")["events"]
    written = "".join(event["message"] for event in found)
    assert written == "".join(f"{line}\n" for run in runs for line in run.log)
    assert {(event["timestamp"] - 1767225600000) // 1000 for event in found} == {0, 60}
    assert {event["logStreamName"] for event in found} == {name for _, name in streams}
    assert {group for group, _ in streams} == {"/aws/lambda/bill"}
    (traceback,) = {event["message"].partition("\n")[0] for event in found if event["message"].startswith("[ERROR]")}
    assert traceback == "[ERROR] ValueError: over"
    cloud.clock.advance(120)
    assert len(messages(logs)) == len(found) * 3 // 2


def test_a_run_s_log_is_in_the_group_that_was_asked_for(cloud):
    groups = []
    cloud.function("bill", lambda _, context: groups.append(context.log_group_name))
    client, logs = cloud.client("lambda"), cloud.client("logs")
    for settings in ({}, {"LogGroup": "bills"}, {"LogFormat": "Text"}):
        if settings:
            client.update_function_configuration(FunctionName="bill", LoggingConfig=settings)
        client.invoke(FunctionName="bill")
        found = client.get_function_configuration(FunctionName="bill")["LoggingConfig"]["LogGroup"]
        assert found == groups[-1]
    assert groups[:2] == ["/aws/lambda/bill", "bills"]
    assert {one["logGroupName"] for one in logs.describe_log_groups()["logGroups"]} == set(groups)
    assert len(logs.filter_log_events(logGroupName="bills")["events"]) == groups.count("bills") * 3


def test_lines_that_are_written_together_are_all_in_the_log(cloud):
    def handler(event, context):
        sys.stdout.writelines(["one\n", "two\n"])
        sys.stderr.writelines(iter(["three\n"]))

    cloud.function("write", handler)
    cloud.client("lambda").invoke(FunctionName="write")
    assert [line for line in cloud.invocations.last.log if line in ("one", "two", "three")] == ["one", "two", "three"]


def test_an_error_that_says_nothing_has_its_type_only(cloud):
    def bill(event, context):
        raise LookupError

    cloud.function("bill", bill)
    cloud.client("lambda").invoke(FunctionName="bill")
    (run,) = cloud.invocations
    (title,) = [line for line in run.log if "LookupError" in line and line.startswith("[")]
    assert title == "[ERROR] LookupError"


def test_each_line_has_its_own_time(cloud):
    def bill(event, context):
        print(event)  # noqa: T201
        print("no end", end="")  # noqa: T201

    cloud.function("bill", bill, takes=2)
    cloud.client("lambda").invoke(FunctionName="bill", InvocationType="Event", Payload=b"7")
    cloud.clock.advance(5)
    found = cloud.client("logs").filter_log_events(logGroupName="/aws/lambda/bill")["events"]
    assert [event["timestamp"] - 1767225600000 for event in found] == [0, 0, 2000, 2000, 2000]
    # Each ends as it was written; what the platform writes has a line break.
    assert [event["message"].endswith("\n") for event in found] == [True, True, False, True, True]
    assert (found[1]["message"], found[2]["message"]) == ("7\n", "no end")
    assert cloud.invocations.last.log[1:3] == ["7", "no end"]

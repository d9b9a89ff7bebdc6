"""Log groups and streams: made by hand or by what is logged, listed, deleted."""

from __future__ import annotations

from typing import Any

import pytest

import minicloud
from tests.support.answers import answer, refusal
from tests.support.ways import MakeClient

from .support import GROUP, STREAM, deliver, log

START = 1_767_225_600_000
ARN = f"arn:aws:logs:us-east-1:123456789012:log-group:{GROUP}"
NO_GROUP = ("ResourceNotFoundException", "The specified log group does not exist.")
BAD_TOKEN = ("InvalidParameterException", "The specified nextToken is invalid.")


def groups(logs: Any, **params: Any) -> list[str]:
    return [group["logGroupName"] for group in logs.describe_log_groups(**params)["logGroups"]]


def streams(logs: Any, **params: Any) -> list[str]:
    found = logs.describe_log_streams(**{"logGroupName": GROUP, **params})["logStreams"]
    return [stream["logStreamName"] for stream in found]


@pytest.mark.modelled("logs.CreateLogGroup.deletionProtectionEnabled")
def test_what_is_logged_makes_group_and_stream(cloud: minicloud.Cloud, logs: Any) -> None:
    cloud.clock.advance(1.5)
    log(cloud, "é\n", "")
    cloud.clock.advance(1)
    log(cloud, "abc\n", "def\n")
    assert answer(logs.describe_log_groups()) == {
        "logGroups": [
            {
                "logGroupName": GROUP,
                "creationTime": START + 1500,
                "metricFilterCount": 0,
                "arn": f"{ARN}:*",
                "storedBytes": 3 + 4 + 4 + 3 * 26,
                "logGroupClass": "STANDARD",
                "logGroupArn": ARN,
                "deletionProtectionEnabled": False,
            }
        ]
    }
    assert answer(logs.describe_log_streams(logGroupName=GROUP)) == {
        "logStreams": [
            {
                "logStreamName": STREAM,
                "creationTime": START + 1500,
                "firstEventTimestamp": START + 1500,
                "lastEventTimestamp": START + 2500,
                "lastIngestionTime": START + 2500,
                "arn": f"{ARN}:log-stream:{STREAM}",
                "storedBytes": 0,
            }
        ]
    }


def test_nothing_is_logged_without_lines(cloud: minicloud.Cloud, logs: Any) -> None:
    log(cloud)
    log(cloud, "")
    assert groups(logs) == []


def test_groups_are_of_one_account_and_region(cloud: minicloud.Cloud, make_client: MakeClient) -> None:
    log(cloud, "x", region_name="eu-west-1")
    log(cloud, "x", account_id="210987654321", group="other")
    assert groups(make_client("logs", "eu-west-1")) == [GROUP]
    assert groups(make_client("logs", account_id="210987654321")) == ["other"]
    assert groups(make_client("logs")) == []
    other = make_client("logs", "cn-north-1")
    other.create_log_group(logGroupName="g")
    assert other.describe_log_groups()["logGroups"][0]["arn"].startswith("arn:aws-cn:logs:cn-north-1:")


def test_a_group_that_is_made_before_it_is_written_to(cloud: minicloud.Cloud, logs: Any) -> None:
    made = {"kmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/k", "logGroupClass": "INFREQUENT_ACCESS"}
    logs.create_log_group(logGroupName=GROUP, tags={"team": "billing"}, **made)
    assert streams(logs) == []
    cloud.clock.advance(60)
    log(cloud, "x")
    (group,) = logs.describe_log_groups()["logGroups"]
    assert {name: group[name] for name in made} == made
    assert (group["creationTime"], streams(logs)) == (START, [STREAM])
    assert refusal(logs.create_log_group, logGroupName=GROUP) == (
        "ResourceAlreadyExistsException",
        "The specified log group already exists",
    )
    logs.delete_log_group(logGroupName=GROUP)
    assert refusal(logs.delete_log_group, logGroupName=GROUP) == NO_GROUP
    log(cloud, "y")
    assert [event["message"] for event in logs.filter_log_events(logGroupName=GROUP)["events"]] == ["y"]


@pytest.mark.modelled("logs.CreateLogGroup.deletionProtectionEnabled")
def test_a_group_that_is_protected(logs: Any) -> None:
    logs.create_log_group(logGroupName="g", deletionProtectionEnabled=True)
    assert logs.describe_log_groups()["logGroups"][0]["deletionProtectionEnabled"] is True
    assert refusal(logs.delete_log_group, logGroupName="g") == (
        "ValidationException",
        "The log group g has deletion protection enabled and cannot be deleted.",
    )
    assert groups(logs) == ["g"]


def test_lists_of_groups(cloud: minicloud.Cloud, logs: Any) -> None:
    names = sorted([f"/aws/lambda/f{number}" for number in range(60)] + ["/aws/x", "Data", "aData", "data"])
    for name in reversed(names):
        logs.create_log_group(logGroupName=name, logGroupClass="DELIVERY" if name == "data" else "STANDARD")
    page = logs.describe_log_groups()
    assert [group["logGroupName"] for group in page["logGroups"]] == names[:50]
    logs.delete_log_group(logGroupName=names[49])
    assert groups(logs, nextToken=page["nextToken"]) == names[50:]
    lambdas = [name for name in names if "lambda" in name and name != names[49]]
    paginator = logs.get_paginator("describe_log_groups")
    pages = paginator.paginate(logGroupNamePrefix="/aws/lambda/", PaginationConfig={"PageSize": 7})
    assert [group["logGroupName"] for page in pages for group in page["logGroups"]] == lambdas
    assert groups(logs, logGroupNamePattern="Data") == ["Data", "aData"]
    assert logs.describe_log_groups(logGroupNamePattern="aD")["logGroups"] == [
        {
            "logGroupName": "aData",
            "creationTime": START,
            "arn": "arn:aws:logs:us-east-1:123456789012:log-group:aData:*",
        }
    ]
    assert groups(logs, logGroupClass="DELIVERY") == ["data"]
    assert groups(logs, logGroupNamePrefix="d", logGroupClass="STANDARD") == []
    cloud.clock.advance(24 * 3600)
    assert logs.describe_log_groups(nextToken=page["nextToken"])["logGroups"]  # tokens last for a day
    cloud.clock.advance(1)
    assert refusal(logs.describe_log_groups, nextToken=page["nextToken"]) == BAD_TOKEN
    assert refusal(logs.describe_log_groups, nextToken="nonsense") == BAD_TOKEN
    assert refusal(logs.describe_log_groups, logGroupNamePrefix="a", logGroupNamePattern="b") == (
        "InvalidParameterException",
        "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
    )


@pytest.mark.modelled("logs.DescribeLogGroups.logGroupIdentifiers")
def test_groups_by_identifier(logs: Any) -> None:
    for name in "abc":
        logs.create_log_group(logGroupName=name)
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:a"
    assert groups(logs, logGroupIdentifiers=["c", arn, "none"]) == ["a", "c"]
    for other in ({"logGroupNamePrefix": "c"}, {"logGroupNamePattern": "c"}, {"logGroupClass": "STANDARD"}):
        assert refusal(logs.describe_log_groups, logGroupIdentifiers=["c"], **other) == (
            "InvalidParameterException",
            "logGroupIdentifiers and other filters of log groups are mutually exclusive parameters.",
        )


def test_other_accounts_are_a_misuse(logs: Any) -> None:
    for params in ({"includeLinkedAccounts": True}, {"accountIdentifiers": ["210987654321"]}):
        with pytest.raises(minicloud.UsageError) as caught:
            logs.describe_log_groups(**params)
        assert str(caught.value) == (
            "logs.DescribeLogGroups was asked for log groups of linked accounts, and no account of a Cloud monitors "
            "another one: ask with a client of that account (cloud.client('logs', account_id=...)), and leave out "
            "includeLinkedAccounts and accountIdentifiers"
        )
    assert groups(logs, includeLinkedAccounts=False) == []


def test_lists_of_streams(cloud: minicloud.Cloud, logs: Any) -> None:
    for name in ("b", "c", "a2", "a1", "d", "e", "c"):
        cloud.clock.advance(1)
        log(cloud, "x", stream=name)
    assert streams(logs) == ["a1", "a2", "b", "c", "d", "e"]
    assert streams(logs, descending=True, limit=2) == ["e", "d"]
    assert streams(logs, logStreamNamePrefix="a") == ["a1", "a2"]
    by_time = {"logGroupName": GROUP, "orderBy": "LastEventTime"}
    assert streams(logs, **by_time) == ["b", "a2", "a1", "d", "e", "c"]
    for descending in (False, True):
        paginator = logs.get_paginator("describe_log_streams")
        pages = paginator.paginate(**by_time, descending=descending, PaginationConfig={"PageSize": 4})
        found = [[stream["logStreamName"] for stream in page["logStreams"]] for page in pages]
        assert list(map(len, found)) == [4, 2]
        assert [*found[0], *found[1]] == streams(logs, **by_time, descending=descending)
    for call, member in (
        (lambda **page: logs.describe_log_streams(logGroupName=GROUP, **page), "logStreams"),
        (logs.describe_log_groups, "logGroups"),
    ):
        count = len(call()[member])
        whole = call(limit=count)
        assert (len(whole[member]), "nextToken" in whole) == (count, False)
    assert refusal(logs.describe_log_streams, **by_time, logStreamNamePrefix="a") == (
        "InvalidParameterException",
        "Cannot order by LastEventTime with a logStreamNamePrefix.",
    )
    assert refusal(logs.describe_log_streams, logGroupName="none") == NO_GROUP
    assert refusal(logs.describe_log_streams, logGroupName=GROUP, nextToken="x") == BAD_TOKEN


@pytest.mark.modelled("logs.DescribeLogStreams.logGroupIdentifier")
def test_two_ways_to_name_a_group(cloud: minicloud.Cloud, logs: Any) -> None:
    log(cloud, "x")
    for identifier in (GROUP, ARN):
        for call in (logs.describe_log_streams, logs.filter_log_events):
            assert call(logGroupIdentifier=identifier)
        assert logs.get_log_events(logGroupIdentifier=identifier, logStreamName=STREAM)["events"]
    for wrong in (ARN.replace("us-east-1", "eu-west-1"), ARN.replace("1234", "4321"), "arn:aws:sqs:us-east-1:1:q"):
        assert refusal(logs.describe_log_streams, logGroupIdentifier=wrong) == NO_GROUP
    pattern = "1 validation error detected: Value at 'logGroupIdentifier' failed to satisfy constraint: "
    pattern += r"Member must satisfy regular expression pattern: [\w#+=/:,.@-]*"
    wrong = {"logGroupIdentifier": f"{ARN}:*"}  # what DescribeLogGroups calls ``arn``
    assert refusal(logs.describe_log_streams, **wrong) == ("InvalidParameterException", pattern)
    assert refusal(logs.get_log_events, **wrong, logStreamName=STREAM) == ("InvalidParameterException", pattern)
    for params in ({}, {"logGroupName": GROUP, "logGroupIdentifier": GROUP}):
        one = "InvalidParameterException", "Exactly one of logGroupName and logGroupIdentifier must be specified."
        for call in (logs.describe_log_streams, logs.filter_log_events):
            assert refusal(call, **params) == one
        assert refusal(logs.get_log_events, logStreamName="s", **params) == one


@pytest.mark.parametrize(
    ("params", "text"),
    [
        (
            {"logGroupName": "a b"},
            r"Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression "
            r"pattern: [\.\-_/#A-Za-z0-9]+",
        ),
        (
            {"logGroupName": "g", "logGroupClass": "CHEAP"},
            "Value 'CHEAP' at 'logGroupClass' failed to satisfy constraint: Member must satisfy enum value set: "
            "[STANDARD, INFREQUENT_ACCESS, DELIVERY, ESSENTIALS]",
        ),
    ],
)
def test_constraints(logs: Any, params: dict[str, Any], text: str) -> None:
    assert refusal(logs.create_log_group, **params) == (
        "InvalidParameterException",
        f"1 validation error detected: {text}",
    )


def test_streams_are_made_and_deleted_by_hand(cloud: minicloud.Cloud, logs: Any) -> None:
    place = {"logGroupName": GROUP, "logStreamName": "mine"}
    for call in (logs.create_log_stream, logs.delete_log_stream):
        assert refusal(call, **place) == NO_GROUP
    logs.create_log_group(logGroupName=GROUP)
    no_stream = ("ResourceNotFoundException", "The specified log stream does not exist.")
    assert refusal(logs.delete_log_stream, **place) == no_stream
    cloud.clock.advance(1)
    logs.create_log_stream(**place)
    there = ("ResourceAlreadyExistsException", "The specified log stream already exists")
    assert refusal(logs.create_log_stream, **place) == there
    (shown,) = logs.describe_log_streams(logGroupName=GROUP)["logStreams"]
    assert shown == {
        "logStreamName": "mine",
        "creationTime": START + 1000,
        "arn": f"{ARN}:log-stream:mine",
        "storedBytes": 0,
    }
    page = logs.get_log_events(**place)
    assert page["events"] == logs.get_log_events(**place, nextToken=page["nextForwardToken"])["events"] == []
    log(cloud, "one", stream="mine")
    log(cloud, "two", stream="other")
    logs.create_log_stream(logGroupName=GROUP, logStreamName="empty")
    assert streams(logs, orderBy="LastEventTime") == ["empty", "mine", "other"]
    logs.delete_log_stream(**place)
    assert streams(logs) == ["empty", "other"]
    assert [event["message"] for event in logs.filter_log_events(logGroupName=GROUP)["events"]] == ["two"]
    logs.create_log_stream(**place)
    assert logs.get_log_events(**place)["events"] == []
    for name in ("a:b", "a*"):
        assert refusal(logs.create_log_stream, logGroupName=GROUP, logStreamName=name)[0] == "InvalidParameterException"


NOT_VALID = "InvalidParameterException"
RETENTIONS = [
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
]
"""[CloudWatch Logs API: PutRetentionPolicy]"""


def test_retention_is_kept_and_shown(logs: Any) -> None:
    assert refusal(logs.put_retention_policy, logGroupName=GROUP, retentionInDays=7) == NO_GROUP
    assert refusal(logs.delete_retention_policy, logGroupName=GROUP) == NO_GROUP
    logs.create_log_group(logGroupName=GROUP)
    logs.put_retention_policy(logGroupName=GROUP, retentionInDays=7)
    (shown,) = logs.describe_log_groups()["logGroups"]
    assert shown["retentionInDays"] == 7
    for days in RETENTIONS:
        logs.put_retention_policy(logGroupName=GROUP, retentionInDays=days)
        for other in {days - 1, days + 1} - {*RETENTIONS}:
            assert refusal(logs.put_retention_policy, logGroupName=GROUP, retentionInDays=other)[0] == NOT_VALID, other
        assert logs.describe_log_groups()["logGroups"][0]["retentionInDays"] == days
    code, text = refusal(logs.put_retention_policy, logGroupName=GROUP, retentionInDays=8)
    assert code == "InvalidParameterException"
    assert text.startswith("1 validation error detected: Value '8' at 'retentionInDays' failed to satisfy constraint: ")
    logs.delete_retention_policy(logGroupName=GROUP)
    (shown,) = logs.describe_log_groups()["logGroups"]
    assert "retentionInDays" not in shown


def test_more_constraints(logs: Any) -> None:
    for call, params in (
        (logs.create_log_group, {"logGroupName": "g", "tags": {"k" * 129: "x"}}),
        (logs.delete_log_group, {"logGroupName": "g" * 513}),
        (logs.describe_log_groups, {"limit": 51}),
        (logs.describe_log_streams, {"logGroupName": "g", "orderBy": "Size"}),
        (logs.filter_log_events, {"logGroupName": "g", "logStreamNames": ["a:b"]}),
        (logs.filter_log_events, {"logGroupName": "g", "filterPattern": "x" * 1025}),
        (logs.get_log_events, {"logGroupName": "g", "logStreamName": "s", "limit": 10_001}),
    ):
        assert refusal(call, **params)[0] == "InvalidParameterException"
    reserved = "InvalidParameterException", "Log group names cannot start with 'aws/'."
    assert refusal(logs.create_log_group, logGroupName="aws/x") == reserved
    logs.create_log_group(logGroupName="/aws/x")


def test_what_is_not_answered_says_what_to_do(logs: Any) -> None:
    with pytest.raises(minicloud.UsageError, match=r"DescribeDestinations|no operation 'describe_destinations'"):
        logs.describe_destinations()


@pytest.mark.modelled("logs.PutLogEvents.entity")
def test_an_entity_that_relates_to_nothing(logs: Any) -> None:
    event = {"timestamp": START, "message": "x"}
    text = (
        "logs.PutLogEvents was given an entity, and minicloud relates log events to nothing: leave it out in the test"
    )
    with pytest.raises(minicloud.UsageError, match=f"^{text}$"):
        logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=[event], entity={})


def test_reset_and_snapshot(cloud: minicloud.Cloud) -> None:
    logs = cloud.client("logs")
    log(cloud, "one")
    before = cloud.snapshot()
    log(cloud, "two")
    log(cloud, "three", stream="other")
    log(cloud, "four", group="other")
    after = logs.filter_log_events(logGroupName=GROUP)["events"]
    cloud.restore(before)
    assert (groups(logs), streams(logs)) == ([GROUP], [STREAM])
    log(cloud, "two")
    log(cloud, "three", stream="other")
    assert logs.filter_log_events(logGroupName=GROUP)["events"] == after
    cloud.reset()
    assert groups(logs) == []


def test_deliveries_to_a_group(cloud: minicloud.Cloud) -> None:
    logs = cloud.client("logs")
    failures: list[str] = []
    deliver(cloud, ARN, "lost", on_failure=lambda _, reason: failures.append(reason))
    assert len(failures) == 1
    logs.create_log_group(logGroupName=GROUP)
    for arn in (ARN, f"{ARN}:*"):
        deliver(cloud, arn, '{"a": 1}', on_failure=lambda _, reason: failures.append(reason))
    assert [event["message"] for event in logs.filter_log_events(logGroupName=GROUP)["events"]] == ['{"a": 1}'] * 2
    found = streams(logs)
    assert (len(found), len(failures)) == (2, 1)
    assert [[len(part) for part in name.split("-")] for name in found] == [[8, 4, 4, 4, 12]] * 2
    for elsewhere in (ARN.replace("us-east-1", "eu-west-1"), ARN.replace("1234", "4321"), f"{ARN}/else"):
        deliver(cloud, elsewhere, "lost", on_failure=lambda _, reason: failures.append(reason))
    assert len(failures) == 4


def test_faults_know_the_errors(cloud: minicloud.Cloud, logs: Any) -> None:
    cloud.faults.refuse("ServiceUnavailableException", service="logs", resource=GROUP, first=1)
    logs.create_log_group(logGroupName="other")
    with pytest.raises(logs.exceptions.ServiceUnavailableException):
        logs.create_log_group(logGroupName=GROUP)

"""Events: pages of a stream in both directions, and what is found in a group."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import minicloud
from tests.support.answers import answer, refusal

from .support import GROUP, STREAM, log

START = 1_767_225_600_000
NO_GROUP = ("ResourceNotFoundException", "The specified log group does not exist.")
BAD_TOKEN = ("InvalidParameterException", "The specified nextToken is invalid.")


def read(logs: Any, **params: Any) -> tuple[list[str], str, str]:
    """Messages, and the tokens backward and forward."""
    page = logs.get_log_events(**{"logGroupName": GROUP, "logStreamName": STREAM, **params})
    return [event["message"] for event in page["events"]], page["nextBackwardToken"], page["nextForwardToken"]


def find(logs: Any, **params: Any) -> list[str]:
    return [event["message"] for event in logs.filter_log_events(**{"logGroupName": GROUP, **params})["events"]]


def test_an_event(cloud: minicloud.Cloud, logs: Any) -> None:
    cloud.clock.advance(0.0015)
    log(cloud, "START\n")
    event = {"timestamp": START + 1, "message": "START\n", "ingestionTime": START + 1}
    assert logs.get_log_events(logGroupName=GROUP, logStreamName=STREAM)["events"] == [event]
    found = answer(logs.filter_log_events(logGroupName=GROUP))
    (id_,) = (one["eventId"] for one in found["events"])
    assert found == {"events": [{"logStreamName": STREAM, **event, "eventId": id_}], "searchedLogStreams": []}
    assert len(id_) == 56
    assert int(id_) >> 144 == START + 1


def test_lines_of_their_own_times(cloud: minicloud.Cloud, logs: Any) -> None:
    """What lasts is logged when it is over, with the times at which each line was written."""
    begin = START * 1_000_000
    cloud.clock.advance(3)
    log(cloud, (begin, "START"), (begin + 2_500_999_999, "END"), "REPORT")
    log(cloud, (begin + 1_000_000_000, "START"), (begin + 1_000_000_000, "END"))
    events = logs.get_log_events(logGroupName=GROUP, logStreamName=STREAM)["events"]
    assert [(event["timestamp"] - START, event["message"]) for event in events] == [
        (0, "START"),
        (1000, "START"),
        (1000, "END"),
        (2500, "END"),
        (3000, "REPORT"),
    ]
    assert {event["ingestionTime"] - START for event in events} == {3000}
    log(cloud, (begin + 1, "late"))
    (stream,) = logs.describe_log_streams(logGroupName=GROUP)["logStreams"]
    assert (stream["firstEventTimestamp"], stream["lastEventTimestamp"]) == (START, START + 3000)
    assert stream["lastIngestionTime"] == START + 3000
    assert find(logs, limit=3) == ["START", "late", "START"]


def test_the_latest_page_and_the_first(cloud: minicloud.Cloud, logs: Any) -> None:
    log(cloud, *"abcdefg")
    assert read(logs)[0] == list("abcdefg")
    assert read(logs, limit=3)[0] == list("efg")
    assert read(logs, limit=3, startFromHead=True)[0] == list("abc")


def test_from_page_to_page(cloud: minicloud.Cloud, logs: Any) -> None:
    log(cloud, *"abcdefg")
    messages, start, token = read(logs, limit=3, startFromHead=True)
    assert read(logs, limit=3, nextToken=start) == ([], start, read(logs, nextToken=start)[2])
    messages, back, token = read(logs, limit=3, nextToken=token, startFromHead=True)
    assert messages == list("def")
    assert read(logs, limit=2, nextToken=back)[0] == list("bc")
    messages, _, end = read(logs, limit=3, nextToken=token, startFromHead=True)
    assert messages == ["g"]
    messages, back, same = read(logs, nextToken=end, startFromHead=True)
    assert (messages, same) == ([], end)  # the end: the token that was given
    assert read(logs, limit=2, nextToken=back)[0] == list("fg")
    cloud.clock.advance(5)
    log(cloud, "h")
    assert read(logs, nextToken=end, startFromHead=True)[0] == ["h"]
    assert read(logs, nextToken=start)[0] == []
    assert read(logs, nextToken=read(logs, nextToken=start)[2], limit=2)[0] == list("ab")


def test_a_stream_whose_time_has_not_come(cloud: minicloud.Cloud, logs: Any) -> None:
    log(cloud, "a")
    later = {"startTime": START + 1000, "startFromHead": True}
    messages, _, token = read(logs, **later)
    assert messages == []
    cloud.clock.advance(2)
    log(cloud, "b")
    assert read(logs, nextToken=token, **later)[0] == ["b"]


def test_times_begin_alike_and_end_unlike(cloud: minicloud.Cloud, logs: Any) -> None:
    """GetLogEvents leaves out its end, FilterLogEvents does not. [CloudWatch Logs API]"""
    for message in "abc":
        log(cloud, message)
        cloud.clock.advance(1)
    times = {"startTime": START + 1000, "endTime": START + 2000}
    assert read(logs, **times)[0] == ["b"]
    assert find(logs, **times) == ["b", "c"]
    assert read(logs, startTime=START + 2001)[0] == find(logs, startTime=START + 2001) == []
    assert read(logs, endTime=START, startTime=START + 2000)[0] == []


def test_a_page_has_a_mebibyte(cloud: minicloud.Cloud, logs: Any) -> None:
    long = "x" * (300_000 - 26)
    log(cloud, *(f"{number}{long[1:]}" for number in range(5)))
    firsts = [message[0] for message in read(logs, startFromHead=True)[0]]
    assert firsts == ["0", "1", "2"]
    assert [message[0] for message in read(logs)[0]] == ["2", "3", "4"]
    page = logs.filter_log_events(logGroupName=GROUP)
    assert len(page["events"]) == 3
    assert len(find(logs, nextToken=page["nextToken"])) == 2
    log(cloud, "y" * 2_000_000)
    assert len(read(logs)[0]) == 1  # one there always is


@pytest.mark.parametrize(("beyond", "found"), [(0, 4), (1, 3)])
def test_a_page_may_be_full_to_the_last_byte(cloud: minicloud.Cloud, logs: Any, beyond: int, found: int) -> None:
    """Each event counts for 26 bytes more than it has."""
    log(cloud, *["x" * ((1 << 18) - 26)] * 3, "y" * ((1 << 18) - 26 + beyond))
    assert len(logs.filter_log_events(logGroupName=GROUP)["events"]) == found
    assert len(logs.get_log_events(logGroupName=GROUP, logStreamName=STREAM)["events"]) == found


def test_ten_thousand_events_are_a_page(cloud: minicloud.Cloud) -> None:
    logs = cloud.client("logs")
    log(cloud, *map(str, range(10_001)))
    assert len(read(logs)[0]) == 10_000
    page = logs.filter_log_events(logGroupName=GROUP)
    assert (len(page["events"]), find(logs, nextToken=page["nextToken"])) == (10_000, ["10000"])


def test_what_there_is_not(cloud: minicloud.Cloud, logs: Any) -> None:
    no_group = ("ResourceNotFoundException", "The specified log group does not exist.")
    no_stream = ("ResourceNotFoundException", "The specified log stream does not exist.")
    assert refusal(logs.get_log_events, logGroupName=GROUP, logStreamName=STREAM) == no_group
    assert refusal(logs.filter_log_events, logGroupName=GROUP) == no_group
    log(cloud, "x")
    assert refusal(logs.get_log_events, logGroupName=GROUP, logStreamName="none") == no_stream
    assert refusal(logs.filter_log_events, logGroupName=GROUP, logStreamNames=[STREAM, "none"]) == no_stream
    for token in ("nonsense", "f/1/s", f"x/{0:056}/s"):
        assert refusal(logs.get_log_events, logGroupName=GROUP, logStreamName=STREAM, nextToken=token) == BAD_TOKEN
        assert refusal(logs.filter_log_events, logGroupName=GROUP, nextToken=token) == BAD_TOKEN
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.filter_log_events(logGroupName="none")


def test_what_functions_have_printed_before_anybody_looked(cloud: minicloud.Cloud) -> None:
    cloud.function("f", lambda event, _: print(f"got {event}"))  # noqa: T201  # which is logged
    for number in range(2):
        cloud.client("lambda").invoke(FunctionName="f", Payload=str(number))
    messages = find(cloud.client("logs"), logGroupName="/aws/lambda/f")
    assert [message for message in messages if message.startswith("got")] == ["got 0\n", "got 1\n"]


# --- of several streams ----------------------------------------------------------------------------------------------


def test_streams_are_interleaved(cloud: minicloud.Cloud, logs: Any) -> None:
    for number in range(4):
        log(cloud, f"a{number}", stream="a/1")
        log(cloud, f"b{number}", stream="b/1")
        cloud.clock.advance(1)
    both = list(chain.from_iterable((f"a{number}", f"b{number}") for number in range(4)))
    assert find(logs) == find(logs, interleaved=False) == find(logs, unmask=True) == both
    assert find(logs, logStreamNames=["b/1", "b/1"]) == find(logs, logStreamNamePrefix="b") == both[1::2]
    assert find(logs, logStreamNamePrefix="c") == []
    paginator = logs.get_paginator("filter_log_events")
    pages = list(paginator.paginate(logGroupName=GROUP, filterPattern="?a1 ?b", PaginationConfig={"PageSize": 2}))
    assert [[event["message"] for event in page["events"]] for page in pages] == [["b0", "a1"], ["b1", "b2"], ["b3"]]
    assert "nextToken" not in pages[-1]
    assert refusal(logs.filter_log_events, logGroupName=GROUP, logStreamNames=["a/1"], logStreamNamePrefix="a") == (
        "InvalidParameterException",
        "logStreamNames and logStreamNamePrefix are mutually exclusive parameters.",
    )


@pytest.mark.modelled("logs.FilterLogEvents.startFromHead")
def test_latest_first(cloud: minicloud.Cloud, logs: Any) -> None:
    for message in "abcde":
        log(cloud, message, stream=message)
    latest = {"logGroupName": GROUP, "startTime": START, "startFromHead": False}
    page = logs.filter_log_events(**latest, limit=3)
    assert [event["message"] for event in page["events"]] == list("edc")
    # The token has the direction.
    assert find(logs, nextToken=page["nextToken"], startFromHead=True) == list("ba")
    assert find(logs, **{**latest, "endTime": START - 1}) == []
    for too_early in ({}, {"startTime": 1_704_067_199_999}):
        params = {"logGroupName": GROUP, "startFromHead": False, **too_early}
        assert refusal(logs.filter_log_events, **params) == (
            "InvalidParameterException",
            "startFromHead can be false only when startTime is on or after Jan 1, 2024 00:00:00 UTC.",
        )
    assert find(logs, startFromHead=False, startTime=1_704_067_200_000) == list("edcba")


@given(data=st.data())
def test_pages_miss_nothing_and_repeat_nothing(data: st.DataObject) -> None:
    """Whatever is logged, and however it is paged: by either way of reading all of it comes, in order, once."""
    cloud = minicloud.Cloud(clock="frozen", seed=1)
    logs = cloud.client("logs")
    written: list[str] = []
    for stream, lines, seconds in data.draw(
        st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 4), st.integers(0, 2)), min_size=1, max_size=8)
    ):
        messages = [f"{stream}{len(written) + number}" for number in range(lines)]
        log(cloud, *messages, stream=stream)
        written += messages
        cloud.clock.advance(seconds)
    limit = data.draw(st.integers(1, 5))
    for stream in {message[0] for message in written}:
        own = [message for message in written if message[0] == stream]
        for forward in (True, False):
            seen: list[str] = []
            token = None
            while True:
                params = {} if token is None else {"nextToken": token}
                messages, back, on = read(logs, logStreamName=stream, limit=limit, startFromHead=forward, **params)
                seen = seen + messages if forward else messages + seen
                following = on if forward else back
                if following == token:
                    break
                token = following
            assert seen == own
    if written:
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=GROUP, PaginationConfig={"PageSize": limit}
        )
        assert [event["message"] for page in pages for event in page["events"]] == written


def test_events_stay_in_order_when_a_clock_is_put_back() -> None:
    class Time:
        now = START * 1_000_000

        def time_ns(self) -> int:
            return self.now

    time = Time()
    with minicloud.Cloud(clock=time) as cloud:
        log(cloud, "late")
        time.now -= 5_000_000_000
        log(cloud, "early", "too")
        assert read(cloud.client("logs"))[0] == ["early", "too", "late"]


# --- patterns --------------------------------------------------------------------------------------------------------

LINES = ["[ERROR 400] BAD REQUEST", "[ERROR 401] not found", "[WARN] found it", 'say "hi"', "é_1 cafés"]


@pytest.mark.parametrize(
    ("pattern", "places"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("  ", [0, 1, 2, 3, 4]),
        ("ERROR", [0, 1]),
        ("error", []),
        ("ERROR  BAD", [0]),
        ('"not found"', [1]),
        ('"[WARN]" found', [2]),
        ("?BAD ?WARN", [0, 2]),
        ('?"BAD REQUEST"', [0]),
        ("ERROR -BAD", [1]),
        ('-ERROR -"found it"', [3, 4]),
        (r'"\"hi\""', [3]),
        ("é_1", [4]),
        ("oun", [1, 2]),
    ],
)
def test_what_a_pattern_finds(cloud: minicloud.Cloud, pattern: str, places: list[int]) -> None:
    logs = cloud.client("logs")
    log(cloud, *LINES)
    assert find(logs, filterPattern=pattern) == [LINES[place] for place in places]


def test_what_is_no_pattern(cloud: minicloud.Cloud, logs: Any) -> None:
    log(cloud, *LINES)
    assert refusal(logs.filter_log_events, logGroupName=GROUP, filterPattern="a.b") == (
        "InvalidParameterException",
        "Invalid character(s) in term 'a.b'",
    )
    for wrong, text in (
        ('"open', "Unclosed quotation mark in filter pattern."),
        ('a"b', "Unclosed quotation mark in filter pattern."),
        ("-", "Invalid character(s) in term '-'"),
        ("?", "Invalid character(s) in term '?'"),
        ("a ?", "Invalid character(s) in term '?'"),
    ):
        found = refusal(logs.filter_log_events, logGroupName=GROUP, filterPattern=wrong)
        assert found == ("InvalidParameterException", text)
    for pattern, what in (
        ('{ $.level = "ERROR" }', "is for JSON"),
        ("[ip, status = 4*]", "is for texts in columns"),
        ("%ERR[A-Z]%", "has a regular expression"),
        ("?a ?b c", "has terms with a question mark and others"),
        ("?a -b", "has terms with a question mark and others"),
    ):
        with pytest.raises(minicloud.UsageError) as caught:
            logs.filter_log_events(logGroupName=GROUP, filterPattern=pattern)
        assert str(caught.value) == (
            f"filterPattern={pattern!r} {what}, which minicloud does not read: filter by plain terms and quoted "
            'phrases (ERROR, "not found", ?one ?other, -without), or read all events and filter them in the test'
        )


@pytest.mark.needs("boto3")
def test_real_clients_get_the_same_by_either_way(cloud: minicloud.Cloud) -> None:
    import boto3

    from tests.boto.support import comparable, take_full_pipeline

    log(cloud, *LINES, '\t"\\é☃\n')
    with minicloud.mock_aws(cloud=cloud):
        clients = [cloud.client("logs"), boto3.client("logs", region_name=cloud.region_name)]
        clients.append(take_full_pipeline(boto3.client("logs", region_name=cloud.region_name)))
        read_by = [answer(client.get_log_events(logGroupName=GROUP, logStreamName=STREAM)) for client in clients]
        found_by = [answer(client.filter_log_events(logGroupName=GROUP)) for client in clients]
    for seen in (read_by, found_by):
        assert comparable(seen[0]) == comparable(seen[1]) == comparable(seen[2])


# --- events that clients put ------------------------------------------------------------------------------------------

DAY = 24 * 3600 * 1000
PLACE = {"logGroupName": GROUP, "logStreamName": "mine"}


def events_at(*times: int) -> list[dict[str, Any]]:
    return [{"timestamp": time, "message": f"at {time - START}"} for time in times]


def test_what_a_client_logs_can_be_read(cloud: minicloud.Cloud, logs: Any) -> None:
    assert refusal(logs.put_log_events, **PLACE, logEvents=events_at(START)) == NO_GROUP
    logs.create_log_group(logGroupName=GROUP)
    no_stream = ("ResourceNotFoundException", "The specified log stream does not exist.")
    assert refusal(logs.put_log_events, **PLACE, logEvents=events_at(START)) == no_stream
    logs.create_log_stream(**PLACE)
    put = logs.put_log_events(**PLACE, logEvents=events_at(START, START + 5, START + 5))
    assert len(put["nextSequenceToken"]) == 56
    assert "rejectedLogEventsInfo" not in put
    cloud.clock.advance(1)
    logs.put_log_events(**PLACE, logEvents=events_at(START - 1), sequenceToken="anything")
    log(cloud, "printed", stream="mine")
    assert [
        (one["timestamp"], one["message"], one["ingestionTime"]) for one in logs.get_log_events(**PLACE)["events"]
    ] == [
        (START - 1, "at -1", START + 1000),
        (START, "at 0", START),
        (START + 5, "at 5", START),
        (START + 5, "at 5", START),
        (START + 1000, "printed", START + 1000),
    ]
    found = logs.filter_log_events(logGroupName=GROUP, filterPattern="at")["events"]
    assert len({event["eventId"] for event in found}) == len(found) == 4
    (stream,) = logs.describe_log_streams(logGroupName=GROUP)["logStreams"]
    assert (stream["firstEventTimestamp"], stream["lastEventTimestamp"]) == (START - 1, START + 1000)
    assert stream["lastIngestionTime"] == START + 1000


def test_events_that_are_too_old_or_too_new_are_left_out(logs: Any) -> None:
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(**PLACE)
    oldest, newest = START - 14 * DAY, START + 2 * 3600 * 1000
    put = logs.put_log_events(**PLACE, logEvents=events_at(oldest - 1, oldest))
    assert put["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1}
    put = logs.put_log_events(**PLACE, logEvents=events_at(oldest - 2, oldest - 1, START, newest, newest + 1))
    assert put["rejectedLogEventsInfo"] == {"tooNewLogEventStartIndex": 4, "tooOldLogEventEndIndex": 2}
    times = [one["timestamp"] for one in logs.get_log_events(**PLACE)["events"]]
    assert times == [oldest, START, newest]
    logs.put_retention_policy(logGroupName=GROUP, retentionInDays=3)
    put = logs.put_log_events(**PLACE, logEvents=events_at(START - 3 * DAY - 1, START - 3 * DAY))
    assert put["rejectedLogEventsInfo"] == {"expiredLogEventEndIndex": 1}
    put = logs.put_log_events(**PLACE, logEvents=events_at(newest + 1))
    assert put["rejectedLogEventsInfo"] == {"tooNewLogEventStartIndex": 0}
    assert len(logs.get_log_events(**PLACE)["events"]) == 4


def test_a_batch_that_cannot_be(logs: Any) -> None:
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(**PLACE)
    largest = {"timestamp": START, "message": "é" * ((1 << 19) - 13)}
    for batch, text in (
        (
            events_at(START + 1, START),
            "Log events in a single PutLogEvents request must be in chronological order.",
        ),
        (
            events_at(START - DAY - 1, START),
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
        ),
        (
            [largest, {"timestamp": START, "message": "x"}],
            "Upload too large: 1048603 bytes exceeds limit of 1048576",
        ),
    ):
        assert refusal(logs.put_log_events, **PLACE, logEvents=batch) == ("InvalidParameterException", text)
    assert refusal(logs.put_log_events, **PLACE, logEvents=events_at(START) * 10_001)[0] == "InvalidParameterException"
    assert logs.get_log_events(**PLACE)["events"] == []
    logs.put_log_events(**PLACE, logEvents=[largest])
    logs.put_log_events(**PLACE, logEvents=events_at(START - DAY, START))
    logs.put_log_events(**PLACE, logEvents=events_at(START) * 10_000)


def test_an_arn_with_a_star_names_no_group_to_read(logs: Any) -> None:
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(**PLACE)
    arn = logs.describe_log_groups()["logGroups"][0]["arn"]
    for call, more in ((logs.get_log_events, {"logStreamName": "mine"}), (logs.describe_log_streams, {})):
        assert call(logGroupIdentifier=arn.removesuffix(":*"), **more)["ResponseMetadata"]["HTTPStatusCode"] == 200
        assert refusal(call, logGroupIdentifier=arn, **more) == (
            "InvalidParameterException",
            "1 validation error detected: Value at 'logGroupIdentifier' failed to satisfy constraint: Member must "
            r"satisfy regular expression pattern: [\w#+=/:,.@-]*",
        )

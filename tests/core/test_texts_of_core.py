"""What parts of core say, to the letter: of schedules, names, regions, constraints, paths and failed deliveries."""

from __future__ import annotations

import warnings
from types import SimpleNamespace
from typing import Any

import pytest

from minicloud.core import region_names
from minicloud.core.arns import check_account_id, check_region_name
from minicloud.core.constraints import (
    Choice,
    Length,
    Number,
    TagMap,
    Text,
    TextList,
    members_by_table,
    report,
    violation,
    violations_of_members,
)
from minicloud.core.effects import NO_SUCH_THING, Transient
from minicloud.core.json_path import MISSING, PathError, read_path
from minicloud.core.near import did_you_mean, listed, near_name
from minicloud.core.notes import at, kind_of_name, meant, none_of_that_name, of_region, seconds, ways_past
from minicloud.core.schedule import RULES, SCHEDULER, ScheduleError, read_schedule, read_zone
from minicloud.core.target_deliveries import Failure
from minicloud.core.timeline import SECOND
from minicloud.exceptions import UsageError

# --- schedules -------------------------------------------------------------------------------------------------------

NO_RATE = "a rate is a number and a unit, with one blank between: minutes, hours or days"
UNITS = "the unit of a rate is minute, hour or day for 1, and minutes, hours or days for more"
SIX = "a cron has six fields with one blank between: minutes hours day month weekday year"
ONE_OF_TWO = 'one of day and weekday has to be "?", and not both'
AT = "at is a time like 2026-01-31T09:00:00, without a zone"
FORM = "it is not rate(...), cron(...) or at(...)"


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("every(1 day)", FORM),
        ("RATE(1 day)", FORM),
        ("at(2026-01-01T00:00:00)", "there is no at(...) here"),
        ("rate(x)", NO_RATE),
        ("rate(1234567890 minutes)", NO_RATE),
        ("rate(0 minutes)", "a rate is at least 1"),
        ("rate(1 minutes)", UNITS),
        ("rate(2 minute)", UNITS),
        ("rate(2 Minutes)", UNITS),
        ("cron(0 0 * * ?)", SIX),
        ("cron(0 0 * * * *)", ONE_OF_TWO),
        ("cron(0 0 ? * ? *)", ONE_OF_TWO),
        ("cron(60 0 * * ? *)", "minutes: 60 is not between 0 and 59"),
        ("cron(0 24 * * ? *)", "hours: 24 is not between 0 and 23"),
        ("cron(0 0 0 * ? *)", "day: 0 is not between 1 and 31"),
        ("cron(0 0 32 * ? *)", "day: 32 is not between 1 and 31"),
        ("cron(0 0 0W * ? *)", "day: 0 is not between 1 and 31"),
        ("cron(0 0 32W * ? *)", "day: 32 is not between 1 and 31"),
        ("cron(0 0 W * ? *)", "day: '' is not a number"),
        ("cron(0 0 * 0 ? *)", "month: 0 is not between 1 and 12"),
        ("cron(0 0 * 13 ? *)", "month: 13 is not between 1 and 12"),
        ("cron(0 0 ? * 0 *)", "weekday: 0 is not between 1 and 7"),
        ("cron(0 0 ? * 8 *)", "weekday: 8 is not between 1 and 7"),
        ("cron(0 0 ? * 0L *)", "weekday: 0 is not between 1 and 7"),
        ("cron(0 0 ? * 8L *)", "weekday: 8 is not between 1 and 7"),
        ("cron(0 0 ? * 0#1 *)", "weekday: 0 is not between 1 and 7"),
        ("cron(0 0 ? * 8#1 *)", "weekday: 8 is not between 1 and 7"),
        ("cron(0 0 ? * 2#0 *)", "weekday: 0 is not between 1 and 5"),
        ("cron(0 0 ? * 2#6 *)", "weekday: 6 is not between 1 and 5"),
        ("cron(0 0 * * ? 1969)", "year: 1969 is not between 1970 and 9999"),
        ("cron(0 0 * * ? 12345)", "year: '12345' is not a number"),
        ("cron(0 0 1,x * ? *)", "day: 'x' is not a number"),
        ("cron(0/x 0 * * ? *)", "minutes: 'x' is not a number"),
        ("cron(0/ 0 * * ? *)", "minutes: '' is not a number"),
        ("cron(0/0 0 * * ? *)", "minutes: '0/0' is not a range, or a step of 0"),
        ("cron(1,30-10 0 * * ? *)", "minutes: '30-10' is not a range, or a step of 0"),
    ],
)
def test_why_an_expression_is_none(expression: str, reason: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        read_schedule(expression, RULES)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    "text", ["2026-01-01", "2026-02-30T00:00:00", "2026-01-01T00:00:60", "0000-01-01T00:00:00", ""]
)
def test_why_a_moment_is_none(text: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        read_schedule(f"at({text})", SCHEDULER)
    assert str(caught.value) == AT


def test_why_a_zone_is_none() -> None:
    with pytest.raises(ScheduleError) as caught:
        read_zone("Mars/Olympus")
    assert str(caught.value) == "there is no time zone 'Mars/Olympus'"


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("cron(59 * * * ? *)", 0, 59),
        ("cron(0 23 * * ? *)", 0, 23 * 60),
        ("cron(57/2 0 * * ? *)", 58, 59),
        ("cron(57/2 0 * * ? *)", 59, 24 * 60 + 57),
        ("cron(*/59 0 * * ? *)", 0, 59),
        ("cron(0 20/3 1 1 ? *)", 20 * 60, 23 * 60),
        ("cron(0 0 31 * ? *)", 0, 30 * 24 * 60),
        ("cron(0 0 30/1 1 ? *)", 29 * 24 * 60, 30 * 24 * 60),
        ("cron(0 0 1 12 ? *)", 0, 334 * 24 * 60),
        ("cron(0 0 1 11/1 ? *)", 304 * 24 * 60, 334 * 24 * 60),
        ("cron(0 0 ? * 5 *)", -1, 0),  # the first day is a Thursday
        ("cron(0 0 ? * 1 *)", 0, 3 * 24 * 60),
        ("cron(0 0 ? * 7 *)", 0, 2 * 24 * 60),
        ("cron(0 0 ? * 6/1 *)", 24 * 60, 2 * 24 * 60),
        ("cron(0 0 ? * 7L *)", 0, 30 * 24 * 60),
        ("cron(0 0 ? * 1L *)", 0, 24 * 24 * 60),
        ("cron(0 0 ? * 5#1 *)", -1, 0),
        ("cron(0 0 ? * 5#5 *)", 0, 28 * 24 * 60),
        ("cron(0 0 1W * ? *)", -1, 0),
        ("cron(0 0 3W * ? *)", 0, 24 * 60),  # a Saturday
        ("cron(0 0 4W * ? *)", 0, 4 * 24 * 60),  # a Sunday
        ("cron(0 0 31W 1 ? *)", 0, 29 * 24 * 60),  # a Saturday at the end
        ("cron(0 0 31W 5 ? *)", 0, 148 * 24 * 60),  # a Sunday at the end
        ("cron(0 0 1 1 ? 1970)", -1, 0),
        ("cron(0 0 L 4 ? *)", 0, 119 * 24 * 60),
    ],
)
def test_the_ends_of_each_field(expression: str, after: int, expected: int) -> None:
    """In minutes of 1970."""
    assert read_schedule(expression, RULES).next_after(after * 60 * SECOND, 0) == expected * 60 * SECOND


# --- names -----------------------------------------------------------------------------------------------------------


def test_names_that_are_near_are_as_few_slips_away_as_their_length_allows() -> None:
    asked: list[tuple[str, list[str], str | None]] = [
        ("ab", ["ac"], None),
        ("abc", ["abd"], "abd"),
        ("abc", ["axd"], None),
        ("abcde", ["abcxy"], None),
        ("abcdef", ["abcdxy"], "abcdxy"),
        ("abcdefghijkl", ["abcdefghixyz"], None),
        ("abcdefghijklm", ["abcdefghijxyz"], "abcdefghijxyz"),
        ("abcdefghijklmnop", ["abcdefghijklwxyz"], None),
        ("abcdef", ["abcd"], "abcd"),
        ("abcdef", ["abc"], None),
        ("abcdef", ["abcdefgh"], "abcdefgh"),
        ("abcdef", ["abcdefghi"], None),
        ("abcd", ["bacd"], "bacd"),
        ("abcd", ["abdc"], "abdc"),
        ("abcd", ["cbad"], None),
        ("abcdef", ["badcef"], "badcef"),
        ("abcdefg", ["abcdxyg", "abcdefx", "abcdefy"], "abcdefx"),
        ("a_b", ["a-c", "A-B.fifo"], "A-B.fifo"),
    ]
    for wanted, names, found in asked:
        assert near_name(wanted, names) == found, wanted
    names = [f"other-{number}" for number in range(999)]
    assert near_name("abcdef", [*names, "abcdeg"]) == "abcdeg"
    assert near_name("abcdef", [*names, "other", "abcdeg"]) is None
    assert did_you_mean("abcdef", [*names, "abcdeg"]) == "; did you mean 'abcdeg'?"
    assert did_you_mean("abcdef", [*names, "other", "abcdeg"]) == ""


def test_a_part_of_a_name_has_four_letters() -> None:
    assert did_you_mean("name", ["region_name"]) == "; did you mean 'region_name'?"
    assert did_you_mean("nam", ["region_name"]) == ""
    assert did_you_mean("my_name_of_it", ["name"]) == "; did you mean 'name'?"
    assert did_you_mean("my_nam_of_it", ["nam"]) == ""
    assert did_you_mean("name", ["the_long_name", "a_name", "the_name"]) == "; did you mean 'a_name'?"
    assert did_you_mean("nmae", ["names_of_all"]) == "; did you mean 'names_of_all'?"
    assert did_you_mean("mnea", ["names_of_all"]) == ""
    assert did_you_mean("clok", ["clock"], "{}=") == "; did you mean clock=?"
    assert did_you_mean("x" * 100, ["x" * 101]) == f"; did you mean '{'x' * 79}…'?"


def test_names_are_listed_up_to_the_fifth() -> None:
    assert listed(["b", "a"]) == "a, b"
    assert listed("edcba") == "a, b, c, d, e"
    assert listed("fedcba") == "a, b, c, d, e and 1 more"
    assert listed("abc", 2) == "a, b and 1 more"
    assert listed(["x" * 500]) == "x" * 399 + "…"


def test_notes_of_errors() -> None:
    assert meant("VisibilityTimeuot", ["VisibilityTimeout"]) == "did you mean VisibilityTimeout?"
    assert meant("x", ["VisibilityTimeout"]) is None
    assert kind_of_name("queue", "FifoQueue", "q") is None
    assert kind_of_name("queue", "FifoQueue", "q.fifo") == (
        'a name that ends in .fifo is that of a FIFO queue: Attributes={"FifoQueue": "true"} makes one'
    )
    assert [seconds(part * SECOND // 1_000) for part in (3_000, 250, 100_000, 0)] == ["3 s", "0.25 s", "100 s", "0 s"]
    assert at(3 * SECOND + 1_999_999) == "at 00:00:03.001 of this cloud's clock"
    rest = 'in a test: cloud.clock.advance({}), or limits="relaxed", which drops this rule (for a suite, in pytest\'s '
    rest += "ini file: minicloud_limits = relaxed)"
    assert [ways_past(ns) for ns in (SECOND, SECOND + 1, 1)] == [rest.format(1), rest.format(2), rest.format(1)]
    assert of_region("eu-west-1", "us-east-1") == (
        'it is of eu-west-1, and this call went to us-east-1: make the client with region_name="eu-west-1"'
    )


def service_of(region: str, names: list[str], account: str = "1") -> Any:
    return SimpleNamespace(region_name=region, account_id=account, names=names)


def about(name: str, own: Any, *others: Any) -> list[str]:
    return none_of_that_name("queue", name, own, [own, *others], lambda one: one.names)


def test_where_there_is_a_thing_of_a_name_or_of_a_name_like_it() -> None:
    us, eu = service_of("us", []), service_of("eu", ["jobs"])
    went = "this call went to us"
    there = f'there is a queue of this name in eu, and {went}: make the client with region_name="eu"'
    assert about("jobs", us, eu) == [there]
    assert about("jobs", us, eu, service_of("ap", ["jobs"])) == [
        there,
        f'there is a queue of this name in ap, and {went}: make the client with region_name="ap"',
    ]
    other = service_of("us", ["jobs"], "2")
    theirs = "account 2 has a queue of this name, and this call was made for account 1"
    assert about("jobs", us, other) == [theirs]
    assert about("jobs", us, other, eu) == [there, theirs]
    both_other = service_of("eu", ["jobs"], "2")
    assert about("jobs", us, both_other) == [
        "this cloud has no queue at all: the test has to make it first, on this cloud"
    ]
    assert about("jbos", service_of("us", ["jobs"]), eu) == ["there is a queue 'jobs': did you mean that one?"]
    assert about("jbos", us, eu) == [f"there is a queue 'jobs' in eu, and {went}"]
    assert about("orders", service_of("us", ["b", "a"]), eu) == ["there are, in us: a, b"]
    assert about("orders", us, eu) == ["this cloud has no queue in us; there are, in eu: jobs"]
    many = [service_of(region, [f"of {region}"]) for region in ("a", "b", "c", "d")]
    assert about("orders", us, *many) == [
        "this cloud has no queue in us; there are, in a: of a; in b: of b; in c: of c"
    ]
    assert about("orders", us) == ["this cloud has no queue at all: the test has to make it first, on this cloud"]


# --- accounts and regions --------------------------------------------------------------------------------------------


def test_what_is_no_account_or_no_region() -> None:
    with pytest.raises(UsageError) as caught:
        check_account_id("1")
    assert str(caught.value) == (
        "account_id='1' is not an AWS account: give twelve digits as a string, such as '123456789012'"
    )
    for name in ("eu_west_1", "", "-", "x" * 64):
        with pytest.raises(UsageError) as caught:
            check_region_name(name)
        assert str(caught.value) == f"region_name={name!r} is not a region: give a name such as 'eu-west-1'"
    check_account_id("123456789012")
    check_region_name("x" * 63)


@pytest.mark.parametrize(
    ("name", "meant_ones"),
    [
        ("eu-west1", "eu-west-1, eu-west-3 or us-west-1"),
        ("Ca_central-1", "ca-central-1, me-central-1 or mx-central-1"),
        ("af-sout-1", "af-south-1 or ap-south-1"),
        ("eusc-de-eas-1", "eusc-de-east-1"),
    ],
)
def test_a_name_that_is_nearly_a_region_s_is_warned_of(name: str, meant_ones: str) -> None:
    with pytest.warns(UserWarning, match="^region_name=") as caught:
        region_names.warn_of(name)
    assert [str(one.message) for one in caught] == [
        f"region_name={name!r} is not a region of AWS's: did you mean {meant_ones}?"
    ]
    assert caught[0].filename == __file__


def test_a_name_that_is_nobody_s_is_not_warned_of() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        region_names.warn_of("somewhere")
        check_region_name("eu-west-1")
        check_region_name("mars")


# --- constraints -----------------------------------------------------------------------------------------------------

AT_MOST = "Member must have length less than or equal to"
AT_LEAST = "Member must have length greater than or equal to"


@pytest.mark.parametrize(
    ("constraint", "good", "bad", "told"),
    [
        (Text(2, 3), ["ab", "abc"], "a", [f"{AT_LEAST} 2"]),
        (Text(2, 3), [], "abcd", [f"{AT_MOST} 3"]),
        (Text(), ["", "x" * 1_000], None, []),
        (Number(2, 3), [2, 3], 1, ["Member must have value greater than or equal to 2"]),
        (Number(2, 3), [], 4, ["Member must have value less than or equal to 3"]),
        (Number(2), [10**9], 1, ["Member must have value greater than or equal to 2"]),
        (Length(1, 2), [[1], [1, 2]], [], [f"{AT_LEAST} 1"]),
        (Length(1, 2), [], [1, 2, 3], [f"{AT_MOST} 2"]),
        (Choice("a", "b"), ["a", "b"], "c", ["Member must satisfy enum value set: [a, b]"]),
        (TextList(1, 2), [["a"], ["a", ""]], [], [f"{AT_LEAST} 1"]),
        (TextList(1, 2), [], ["a"] * 3, [f"{AT_MOST} 2"]),
        (
            TextList(1, 9, longest=2),
            [["a", "bb"]],
            ["a", "ccc"],
            [f"Member must satisfy constraint: [{AT_MOST} 2, {AT_LEAST} 1]"],
        ),
        (TextList(1, 9, longest=2), [], [""], [f"Member must satisfy constraint: [{AT_MOST} 2, {AT_LEAST} 1]"]),
        (
            TextList(1, 9, choices=("a", "b"), tells_of_null=True),
            [["a", "b"]],
            ["a", "c"],
            [
                "Member must satisfy constraint: [Member must satisfy enum value set: [a, b], Member must not be null]",
            ],
        ),
        (TagMap(2), [{"k": ""}, {"k" * 128: "v" * 256, "l": ""}], {}, [f"{AT_LEAST} 1"]),
        (TagMap(2), [], {"a": "", "b": "", "c": ""}, [f"{AT_MOST} 2"]),
        (TagMap(2), [], {"": ""}, [f"Map keys must satisfy constraint: [{AT_MOST} 128, {AT_LEAST} 1]"]),
        (TagMap(2), [], {"k" * 129: ""}, [f"Map keys must satisfy constraint: [{AT_MOST} 128, {AT_LEAST} 1]"]),
        (TagMap(2), [], {"k": "v" * 257}, [f"Map value must satisfy constraint: [{AT_MOST} 256, {AT_LEAST} 0]"]),
    ],
)
def test_the_bounds_of_a_constraint(constraint: Any, good: list[Any], bad: Any, told: list[str]) -> None:
    for value in good:
        assert constraint.holds(value) is True
        assert list(constraint.broken(value)) == []
    if told:
        assert constraint.holds(bad) is False
        assert list(constraint.broken(bad)) == told


def test_how_a_value_is_shown_that_breaks_a_constraint() -> None:
    assert Text().shown("a") == Choice().shown("a") == "Value 'a'"
    assert Text(is_shown=False).shown("a") == Length(0, 1).shown([1]) == "Value"
    assert Number(1).shown(5) == "Value '5'"
    assert TextList(0, 9).shown(["a", "b"]) == "Value '[a, b]'"
    assert TagMap(9).shown({"a": "1", "b": "2"}) == "Value '{a=1, b=2}'"
    assert violation("m", "t") == "Value at 'm' failed to satisfy constraint: t"
    assert report(["a", "b"]) == "2 validation errors detected: a; b"


def test_members_are_found_by_their_table() -> None:
    text, items = Text(1), Length(0, 1)
    table = {"Name": text, "Inner": {"Deep": text}, "List": (items, text), "Structures": (items, {"One": text})}
    given = {
        "Name": "a",
        "Inner": {"Deep": "b", "Other": "x"},
        "List": ["c", "d"],
        "Structures": [{"One": "e"}, {}, {"One": "f"}],
        "More": 1,
    }
    assert [(path, value) for path, _, value in members_by_table(given, table)] == [
        ("name", "a"),
        ("inner.deep", "b"),
        ("list", ["c", "d"]),
        ("list.1.member", "c"),
        ("list.2.member", "d"),
        ("structures", given["Structures"]),
        ("structures.1.member.one", "e"),
        ("structures.3.member.one", "f"),
    ]
    assert list(members_by_table({}, table)) == []
    assert [path for path, _, _ in members_by_table({"Name": ""}, table, "x.")] == ["x.name"]
    assert violations_of_members(members_by_table({"Name": ""}, table)) == [
        f"Value '' at 'name' failed to satisfy constraint: {AT_LEAST} 1"
    ]


# --- paths and failures ----------------------------------------------------------------------------------------------


def test_where_a_path_is_none() -> None:
    asked = {
        "": "it does not begin with $",
        "a.b": "it does not begin with $",
        "$a": "it is not a path at 'a'",
        "$.": "it is not a path at '.'",
        "$.a..b": "it is not a path at '..b'",
        "$.a[x]": "it is not a path at '[x]'",
        "$.a['b']": "it is not a path at \"['b']\"",
        "$.a[1234567890]": "it is not a path at '[1234567890]'",
        "$.a" + "[" * 30: f"it is not a path at {'[' * 20!r}",
    }
    for text, reason in asked.items():
        with pytest.raises(PathError) as caught:
            read_path(text)
        assert str(caught.value) == reason
    path = read_path("$.a[0].b")
    assert repr(path) == "<JsonPath $.a[0].b>"
    assert path.find({"a": [{"b": None}]}) is None
    assert path.find({"a": []}) is path.find({"a": {"0": 1}}) is path.find({"a": [1]}) is path.find([]) is MISSING
    assert read_path("$.a[1]").find({"a": [1]}) is MISSING
    assert read_path("$.a[1]").find({"a": [1, 2]}) == 2
    assert read_path("$.a.*.b").find({"a": {"x": {"b": 1}, "y": {"c": 2}, "z": {"b": 3}}}) == [1, 3]
    assert read_path("$[*][0]").find([[1], [], [2, 3]]) == [1, 2]
    assert read_path("$[*].a").find([{}]) is read_path("$.a.*").find({"a": 1}) is MISSING


@pytest.mark.parametrize(
    ("reason", "code", "message", "is_missing"),
    [
        ("Code: it is so", "Code", "it is so", False),
        ("Code: it: so", "Code", "it: so", False),
        ("AccessDenied", "AccessDenied", "The target has refused the request: AccessDenied", False),
        (
            "AWS.SimpleQueueService.NonExistentQueue",
            "AWS.SimpleQueueService.NonExistentQueue",
            "The specified queue does not exist.",
            True,
        ),
        ("AWS.SimpleQueueService.NonExistentQueue: gone", "AWS.SimpleQueueService.NonExistentQueue", "gone", True),
        ("ResourceNotFoundException: no f", "ResourceNotFoundException", "no f", True),
        ("ResourceNotFoundException", "ResourceNotFoundException", "The target does not exist.", True),
        ("NotFound", "NotFound", "The target does not exist.", True),
        (NO_SUCH_THING, NO_SUCH_THING, "The target does not exist.", True),
    ],
)
def test_what_a_failed_delivery_says(reason: str, code: str, message: str, is_missing: bool) -> None:
    failure = Failure(reason)
    assert (failure.text, failure.code, failure.message, failure.is_missing) == (reason, code, message, is_missing)
    assert failure.is_transient is False
    assert Failure(Transient(reason)).is_transient is True
    assert type(Failure(Transient(reason)).text) is str

"""The rules of composite alarms."""

from __future__ import annotations

import pytest

from minicloud.exceptions import AwsError
from minicloud.services.cloudwatch.alarm_rule import parse_rule

STATES = {"a": "ALARM", "b": "OK", "c": "INSUFFICIENT_DATA", "arn:aws:cloudwatch:r:1:alarm:d e": "ALARM"}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("ALARM(a)", True),
        ('ALARM("a")', True),
        ("ALARM('b')", False),
        ("OK(b)AND INSUFFICIENT_DATA( c )", True),
        ('ALARM("arn:aws:cloudwatch:r:1:alarm:d e")', True),
        ("ALARM(nothing)", False),
        ("NOT ALARM(nothing)", True),
        ("NOT NOT ALARM(a)", True),
        ("TRUE", True),
        ("FALSE OR NOT FALSE", True),
        ("ALARM(a) OR ALARM(a) AND ALARM(b)", True),
        ("(ALARM(a) OR ALARM(a)) AND ALARM(b)", False),
        ("NOT ALARM(b) AND ALARM(a)", True),
        ("NOT (ALARM(b) OR ALARM(a))", False),
    ],
)
def test_a_rule_is_true_or_it_is_not(text: str, holds: bool) -> None:
    assert parse_rule(text).holds(STATES.get) is holds


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("ALARM", "expected ( at its end"),
        ("ALARM()", "ALARM needs the name or the ARN of an alarm"),
        ("ALARM((a))", "ALARM needs the name or the ARN of an alarm"),
        ("ALARM('')", "ALARM needs the name or the ARN of an alarm"),
        ("ALARM(", "ALARM needs the name or the ARN of an alarm"),
        ("ALARM(a b)", "expected ) before b"),
        ("OK a", "expected ( before a"),
        ("(TRUE", "expected ) at its end"),
        ("ALARM(a", "expected ) at its end"),
        ("ALARM(a) ALARM(b)", "unexpected ALARM"),
        ("ALARM(a) AND", "unexpected end"),
        ("alarm(a)", "unexpected alarm"),
        ('ALARM("a)', "a quotation mark is not closed"),
        ("(" * 200 + "TRUE" + ")" * 200, "it is nested too deeply"),
    ],
)
def test_what_is_no_rule_is_refused(text: str, why: str) -> None:
    with pytest.raises(AwsError) as caught:
        parse_rule(text)
    assert caught.value.message == f"AlarmRule is not valid: {why}"


def test_rules_have_a_limit() -> None:
    with pytest.raises(AwsError, match="more than 100 alarms"):
        parse_rule(" OR ".join(f"ALARM(a{number})" for number in range(101)))
    with pytest.raises(AwsError, match="more than 500 elements"):
        parse_rule(" OR ".join(["ALARM(a)"] * 501))
    assert len(parse_rule(" OR ".join(f"ALARM(a{number})" for number in range(100))).children) == 100
    assert parse_rule(" OR ".join(["ALARM(a)"] * 500)).children == ("a",)
    assert parse_rule(" AND ".join(["(((TRUE)))"] * 125)).holds(STATES.get)  # in brackets one after another
    assert parse_rule("ALARM(a) OR OK(a) OR OK(b)").children == ("a", "b")

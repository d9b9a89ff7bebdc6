"""What an alarm makes of its points, against AWS's tables and against an evaluator that is slow and obvious."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from math import ceil
from operator import gt, le
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import minicloud
from minicloud.core.timeline import SECOND
from minicloud.services.cloudwatch.evaluation import COMPARISONS, Point, decide
from minicloud.services.cloudwatch.metric import Samples
from tests.support.depth import deep

MINUTE = 60 * SECOND
END = 100 * MINUTE
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
SHORT = {"OK": "OK", "ALARM": "ALARM", "INSUFFICIENT_DATA": "I", None: "="}

# [CloudWatch user guide: how missing data is treated]
THREE_OF_THREE = """
0 - X - X | OK    OK    OK    OK
0 - - - - | OK    OK    OK    OK
- - - - - | I     =     ALARM OK
0 X X - X | ALARM ALARM ALARM ALARM
- - - - X | I     =     ALARM OK
X - - - - | ALARM =     ALARM OK
"""
TWO_OF_THREE = """
0 - X - X | ALARM ALARM ALARM ALARM
0 0 X 0 X | ALARM ALARM ALARM ALARM
0 - X - - | OK    OK    ALARM OK
- - - - 0 | OK    OK    ALARM OK
- - - - X | I     =     ALARM OK
"""


def points_of(signs: list[str]) -> dict[int, Point]:
    """Points of a row, of which the last ends at END: 1.0 breaches, 0.0 does not."""
    moments = [END - (len(signs) - place) * MINUTE for place in range(len(signs))]
    return {
        moment: Point(moment, 1.0 if sign == "X" else 0.0, Samples({1.0: 1.0}))
        for moment, sign in zip(moments, signs, strict=True)
        if sign != "-"
    }


def decided(signs: list[str], to_alarm: int, treatment: Any, evaluated: int = 3) -> str | None:
    found = decide(
        points_of(signs),
        END,
        MINUTE,
        evaluated=evaluated,
        to_alarm=to_alarm,
        threshold=0.5,
        comparison="GreaterThanThreshold",
        treatment=treatment,
    )
    return None if found is None else found.state


@pytest.mark.parametrize(("table", "to_alarm"), [(THREE_OF_THREE, 3), (TWO_OF_THREE, 2)], ids=["3 of 3", "2 of 3"])
def test_missing_data_is_treated_as_in_the_guide(table: str, to_alarm: int) -> None:
    for line in table.strip().splitlines():
        signs, _, wanted = line.partition("|")
        found = [SHORT[decided(signs.split(), to_alarm, treatment)] for treatment in TREATMENTS]
        assert found == wanted.split(), line


def slowly(signs: list[str], to_alarm: int, treatment: str, evaluated: int) -> str | None:
    """The same by the words of the guide: fill in what is missing, as little as possible, and count."""
    looked_at = signs[-(evaluated + 2) :]
    real = [sign for sign in looked_at if sign != "-"][-evaluated:]
    if len(real) == evaluated:
        return "ALARM" if real.count("X") >= to_alarm else "OK"
    filling = {"breaching": "X", "notBreaching": "0"}.get(treatment, "-")
    full = real + [filling] * (evaluated - len(real))
    if full.count("X") >= to_alarm:
        return "ALARM"
    if "0" in full:
        return "OK"
    if treatment == "ignore":
        return None
    if "X" in looked_at and len(looked_at) - looked_at.index("X") >= to_alarm:
        return "ALARM"
    return "INSUFFICIENT_DATA"


@settings(max_examples=deep(1000))
@given(st.data())
def test_decisions_are_those_of_a_slow_evaluator(data: st.DataObject) -> None:
    evaluated = data.draw(st.integers(1, 5))
    to_alarm = data.draw(st.integers(1, evaluated))
    signs = data.draw(st.lists(st.sampled_from("0X-"), min_size=evaluated + 2, max_size=9))
    treatment = data.draw(st.sampled_from(TREATMENTS))
    assert decided(signs, to_alarm, treatment, evaluated) == slowly(signs, to_alarm, treatment, evaluated)


STATISTICS: dict[str, Any] = {
    "Maximum": max,
    "Minimum": min,
    "Sum": sum,
    "SampleCount": len,
    "Average": lambda values: sum(values) / len(values),
    "p50": lambda values: sorted(values)[max(ceil(len(values) * 0.5), 1) - 1],
    "p90": lambda values: sorted(values)[max(ceil(len(values) * 0.9), 1) - 1],
}
COMPARE: dict[str, Any] = {"GreaterThanThreshold": gt, "LessThanOrEqualToThreshold": le}
VALUES = st.lists(st.integers(0, 4), max_size=4)


@given(st.data())
def test_an_alarm_does_what_a_slow_one_does(data: st.DataObject) -> None:
    """Samples are put minute by minute, some of them late; the slow one starts anew each minute."""
    stat, comparison = data.draw(st.sampled_from(sorted(STATISTICS))), data.draw(st.sampled_from(sorted(COMPARE)))
    evaluated, length = data.draw(st.integers(1, 4)), data.draw(st.sampled_from([1, 1, 2]))
    to_alarm, treatment = data.draw(st.integers(1, evaluated)), data.draw(st.sampled_from(TREATMENTS))
    minutes = data.draw(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=12))
    with minicloud.Cloud(clock="virtual", seed=1) as cloud:
        cloudwatch: Any = cloud.client("cloudwatch")
        kind = "ExtendedStatistic" if stat.startswith("p") else "Statistic"
        cloudwatch.put_metric_alarm(
            AlarmName="a", Namespace="n", MetricName="m", **{kind: stat}, Period=60 * length, Threshold=2,
            EvaluationPeriods=evaluated, DatapointsToAlarm=to_alarm, ComparisonOperator=comparison,
            TreatMissingData=treatment,
        )  # fmt: skip
        begun, there, state = cloud.clock.now(), defaultdict[int, list[int]](list), "INSUFFICIENT_DATA"
        for minute, (values, late) in enumerate(minutes):
            for at, some in ((minute, values), (minute - 1, late)):
                there[at] += some
                moment = begun + timedelta(minutes=at)
                put = [{"MetricName": "m", "Value": value, "Timestamp": moment} for value in some]
                if put:
                    cloudwatch.put_metric_data(Namespace="n", MetricData=put)
            cloud.clock.advance(60)
            end, signs = minute + 1, []
            for first in range(end - (evaluated + 2) * length, end, length):
                found = [value for at in range(first, first + length) for value in there[at]]
                breaches = bool(found) and COMPARE[comparison](STATISTICS[stat](found), 2)
                signs.append("X" if breaches else "0" if found else "-")
            state = slowly(signs, to_alarm, treatment, evaluated) or state
            assert cloud.alarm("a").state == state


def reason(signs: str, treatment: Any = "missing", *, to_alarm: int = 1, evaluated: int = 1, **more: Any) -> str:
    given = {"threshold": 0.5, "comparison": "GreaterThanThreshold", **more}
    found = decide(
        points_of(signs.split()), END, MINUTE, evaluated=evaluated, to_alarm=to_alarm, treatment=treatment, **given
    )
    assert found is not None
    return found.reason


def test_the_reason_says_which_points_decided() -> None:
    assert reason("X") == (
        "Threshold Crossed: 1 datapoint [1.0 (01/01/70 01:39:00)] was greater than the threshold (0.5)."
    )
    assert reason("0") == (
        "Threshold Crossed: 1 datapoint [0.0 (01/01/70 01:39:00)] was not greater than the threshold (0.5)."
    )
    assert reason("X X", to_alarm=2, evaluated=2) == (
        "Threshold Crossed: 2 datapoints [1.0 (01/01/70 01:39:00), 1.0 (01/01/70 01:38:00)] "
        "were greater than the threshold (0.5)."
    )
    assert reason("X 0 X", to_alarm=2, evaluated=3) == (
        "Threshold Crossed: 2 out of the last 3 datapoints [1.0 (01/01/70 01:39:00), 1.0 (01/01/70 01:37:00)] "
        "were greater than the threshold (0.5) (minimum 2 datapoints for OK -> ALARM transition)."
    )
    assert reason("- -", "breaching", to_alarm=2, evaluated=2) == (
        "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as "
        "[Breaching]."
    )
    assert reason("-", "notBreaching") == (
        "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as "
        "[NonBreaching]."
    )
    assert reason("- -", evaluated=2) == "Insufficient Data: 2 datapoints were unknown."
    assert reason("- - -", evaluated=1) == "Insufficient Data: 1 datapoint was unknown."
    # Of points that are missing beside others it says what they were taken for, if they decided.
    for treatment in ("missing", "ignore", "notBreaching"):
        assert reason("- - - - 0", treatment, to_alarm=2, evaluated=3) == (
            "Threshold Crossed: 1 out of the last 3 datapoints [0.0 (01/01/70 01:39:00)] was not greater than the "
            "threshold (0.5) (minimum 2 datapoints for ALARM -> OK transition)."
        )
    assert reason("- X X -", "breaching", to_alarm=3, evaluated=3) == (
        "Threshold Crossed: 2 datapoints [1.0 (01/01/70 01:38:00), 1.0 (01/01/70 01:37:00)] were greater than the "
        "threshold (0.5) and 1 missing datapoint was treated as [Breaching]."
    )
    assert reason("- - - X -", "breaching", to_alarm=3, evaluated=3) == (
        "Threshold Crossed: 1 datapoint [1.0 (01/01/70 01:38:00)] was greater than the threshold (0.5) and 2 missing "
        "datapoints were treated as [Breaching]."
    )
    words = {
        "GreaterThanOrEqualToThreshold": "greater than or equal to",
        "LessThanThreshold": "less than",
        "LessThanOrEqualToThreshold": "less than or equal to",
    }
    for comparison, text in words.items():
        assert f"was {text} the threshold (1.0)" in reason("X", comparison=comparison, threshold=1.0).replace(
            " not", ""
        )
    assert set(words) | {"GreaterThanThreshold"} == set(COMPARISONS)


def test_too_few_samples_decide_nothing() -> None:
    given: dict[str, Any] = {"evaluated": 1, "to_alarm": 1, "threshold": 0.5, "comparison": "GreaterThanThreshold"}
    points = points_of(["X"])
    assert decide(points, END, MINUTE, **given, treatment="missing", fewest_samples=2) is None
    assert decide(points, END, MINUTE, **given, treatment="missing", fewest_samples=1) is not None

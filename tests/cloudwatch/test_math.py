"""GetMetricData: labels, units, pages, and metric math, by the guide's examples and against an obvious evaluator."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import minicloud
from minicloud.services.cloudwatch.metric import Samples
from minicloud.services.cloudwatch.statistics import statistic
from tests.support.ways import error_class

START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
Points = list[float | None]


def put(cloudwatch: Any, name: str, points: Points, **members: Any) -> None:
    data = [
        {"MetricName": name, "Timestamp": START + number * MINUTE, "Value": value, **members}
        for number, value in enumerate(points)
        if value is not None
    ]
    cloudwatch.put_metric_data(Namespace="app", MetricData=data)


def metric(id_: str, name: str = "", stat: str = "Sum", period: int = 60, **members: Any) -> dict[str, Any]:
    of = {"Namespace": "app", "MetricName": name or id_}
    return {"Id": id_, "MetricStat": {"Metric": of, "Period": period, "Stat": stat}, **members}


def ask(cloudwatch: Any, *queries: dict[str, Any], minutes: int = 5, **params: Any) -> dict[str, Any]:
    times = {"StartTime": START, "EndTime": START + minutes * MINUTE, "ScanBy": "TimestampAscending"}
    answer: dict[str, Any] = cloudwatch.get_metric_data(MetricDataQueries=list(queries), **{**times, **params})
    return answer


def points_of(result: dict[str, Any], minutes: int = 5) -> Points:
    found = dict(zip(result["Timestamps"], result["Values"], strict=True))
    return [found.get(START + number * MINUTE) for number in range(minutes)]


def math(cloudwatch: Any, expression: str, series: dict[str, Points]) -> Points:
    for name, points in series.items():
        put(cloudwatch, name, points)
    hidden = [metric(name, ReturnData=False) for name in series]
    (result,) = ask(cloudwatch, *hidden, {"Id": "e", "Expression": expression})["MetricDataResults"]
    return points_of(result)


M: dict[str, Points] = {"m1": [30, 20, 0, 0, None], "m2": [20, None, 20, None, None]}
IF: dict[str, Points] = {"c": [1, 1, 0, 0, None], "a": [30, None, 0, 0, 30], "b": [0, 0, 20, None, 20]}
EXAMPLES: list[tuple[str, dict[str, Points], Points]] = [
    # of the guide
    ("m1 < m2", M, [0, 0, 1, 0, None]),
    ("m1 >= 30", M, [1, 0, 0, 0, None]),
    ("m1 > 15 AND m2 > 15", M, [1, 0, 0, 0, None]),
    ("IF(c, a, b)", IF, [30, 0, 20, None, None]),
    ("IF(c, 5, b)", IF, [5, 5, 20, None, None]),
    ("IF(c, a, 5)", IF, [30, 0, 5, 5, None]),
    ("IF(c, a)", IF, [30, 0, None, None, None]),
    # others
    ("m1 + m2 * 2 - -1", M, [71, 21, 41, 1, None]),
    ("m2 / m1", M, [20 / 30, 0, None, None, None]),
    ("(m1 - 10) / PERIOD(m1)", M, [20 / 60, 10 / 60, -10 / 60, -10 / 60, None]),
    ("m1 / SUM(m1) * 100", M, [60, 40, 0, 0, None]),
    ("SUM(METRICS())", M, [50, 20, 20, 0, None]),
    ("AVG([m1, m2])", M, [25, 10, 10, 0, None]),
    ('MAX(METRICS("m")) - MIN([m1, m2])', M, [10, 0, 20, 0, None]),
    ("FILL(m2, 7)", M, [20, 7, 20, 7, 7]),
    ("FILL(m2, REPEAT)", M, [20, 20, 20, 20, 20]),
    ("FILL(m2, LINEAR)", M, [20, 20, 20, None, None]),
    ("FILL(m2, m1)", M, [20, 20, 20, 0, None]),
    ("RATE(m1)", M, [None, -10 / 60, -20 / 60, 0, None]),
    ("m1" + " + 0 * m1" * 200, M, [30, 20, 0, 0, None]),
    ("m2 ^ 2", M, [400, None, 400, None, None]),
    ("m1 * 1 / (SUM(m1) - 50)", M, [None] * 5),
    ("m1 * (1 / (SUM(m1) - 50))", M, [None] * 5),
    ("IF(AVG(m1) > 100, m2, 3)", M, [3, None, 3, None, None]),
    ("IF(AVG(m1) > 10, m2, 3)", M, [20, None, 20, None, None]),
    ('SUM(METRICS("2"))', M, [20, None, 20, None, None]),
    ("SUM([" + ", ".join(["m1"] * 200) + "])", M, [6000, 4000, 0, 0, None]),
    ("m1" + " * -m2" * 100 + " * 0 + m1", M, [30, 20, 0, 0, None]),
    ("(" * 20 + "m1" + ")" * 20, M, [30, 20, 0, 0, None]),
    ("m1 + SUM(IF(m1 > 100, m1))", M, [30, 20, 0, 0, None]),
    ("m1 == 20 OR m2 != 20", M, [0, 1, 0, 0, None]),
    ("m1 == 20 || m2 <= 0 && m1 > 0", M, [0, 1, 0, 0, None]),
    ("-m2 ^ 2 * 2", M, [-800, None, -800, None, None]),
    ("2 ^ m2 / 2 ^ 19", M, [2, None, 2, None, None]),
    ("SUM([m1, m2] * 0) + m2", M, [20, 0, 20, 0, None]),
    ("SUM(2 * [m1, m2])", M, [100, 40, 40, 0, None]),
    ("MAX(-[m1, m2])", M, [-20, -20, 0, 0, None]),
    ("RATE(FILL(m2, 80))", M, [None, 1, -1, 1, 0]),
    ("FILL(a, LINEAR)", {"a": [None, 1, None, None, 7]}, [None, 1, 3, 5, 7]),
    ("FILL(a, REPEAT)", {"a": [None, 1, None, 3, None]}, [None, 1, 1, 3, 3]),
    ("IF(SUM(m1) / 0, 1, m2)", M, [20, None, 20, None, None]),
    ("m1 ^ 0.5 * -1 + (m1 - 20) ^ 0.5", M, [10**0.5 - 30**0.5, -(20**0.5), 0, 0, None]),
]


def test_metric_math(cloudwatch: Any, cloud: Any) -> None:
    for expression, series, expected in EXAMPLES:
        cloud.reset()
        assert (expression, math(cloudwatch, expression, series)) == (expression, pytest.approx(expected, nan_ok=True))


def test_an_array_is_several_results(cloudwatch: Any) -> None:
    put(cloudwatch, "m", [1, 2])
    answer = ask(cloudwatch, metric("m", ReturnData=False), {"Id": "e", "Expression": "[m, m * 2]"})
    assert [(one["Id"], one["Values"]) for one in answer["MetricDataResults"]] == [("e", [1, 2]), ("e", [2, 4])]
    answer = ask(cloudwatch, metric("m", ReturnData=False), {"Id": "e", "Expression": 'm + SUM(METRICS("no"))'})
    assert answer["MetricDataResults"] == []  # one for each of none
    answer = ask(cloudwatch, metric("m"), {"Id": "d", "Expression": "e + 1"}, {"Id": "e", "Expression": "m * 2"})
    assert [one["Values"] for one in answer["MetricDataResults"]] == [[1, 2], [3, 5], [2, 4]]
    chain = [{"Id": f"e{n}", "Expression": f"e{n - 1} + 1", "ReturnData": n == 450} for n in range(450, 0, -1)]
    answer = ask(cloudwatch, *chain, metric("e0", "m", ReturnData=False))
    assert [one["Values"] for one in answer["MetricDataResults"]] == [[451, 452]]


OF_ONE = ("SUM", "AVG", "MIN", "MAX", "RATE", "PERIOD")
NOT_COMPUTED = [
    *(
        "ABS",
        "ANOMALY_DETECTION_BAND",
        "CEIL",
        "DATAPOINT_COUNT",
        "DATE",
        "DAY",
        "DB_PERF_INSIGHTS",
        "DIFF",
        "DIFF_TIME",
    ),
    *("EPOCH", "FIRST", "FLOOR", "HOUR", "INSIGHT_RULE_METRIC", "LAMBDA", "LAST", "LOG", "LOG10", "METRIC_COUNT"),
    *("MINUTE", "MONTH", "REMOVE_EMPTY", "RUNNING_SUM", "SEARCH", "SERVICE_QUOTA", "SLICE", "SORT", "STDDEV"),
    *("TIME_SERIES", "YEAR"),
]
"""[CloudWatch user guide: metric math]"""


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("m + ", "Unexpected end of expression"),
        ("m m", "Unexpected 'm'"),
        ("(m", "Expected ')' and found end of expression"),
        ("x * 2", "Unknown identifier 'x'"),
        ("e + 1", "Circular reference to 'e'"),
        ("AVG(m)", "Expression result must be a time series or an array"),
        ("m ; 1", "Unexpected ';'"),
        ("NONSENSE(m)", "Unknown function 'NONSENSE'"),
        *(
            (f"{name}({', '.join('m' * number)})", f"Wrong number of arguments of {name}")
            for name, least, most in [("IF", 2, 3), *((name, 1, 1) for name in OF_ONE)]
            for number in (least - 1, most + 1)
        ),
        ("SUM(5)", "A time series or an array is expected, and not a number"),
        ("FILL(5, 1)", "A time series is expected, and not a number"),
        ("FILL(m, [m])", "FILL takes no array to fill with"),
        ("FILL(m)", "Expected ',' and found ')'"),
        ("[5]", "An array is made of time series"),
        ("[m] + [m]", "An operation on two arrays is not possible"),
        ("IF([m], m)", "IF takes no array"),
        ("IF(1, m)", "IF of a number needs a third argument"),
        ("PERIOD(5)", "PERIOD takes a metric"),
        ("PERIOD(m + 1)", "PERIOD takes a metric"),
        ("M", "Unexpected 'M'"),
        ("m 5", "Unexpected '5'"),
        ("(" * 21 + "m" + ")" * 21, "Expression is nested too deeply"),
    ],
)
def test_what_is_no_expression(cloud: Any, expression: str, text: str) -> None:
    with pytest.raises(minicloud.exceptions.ClientError) as caught:
        ask(cloud.client("cloudwatch"), metric("m"), {"Id": "e", "Expression": expression})
    error = caught.value.response["Error"]
    assert error["Code"] == "ValidationError"
    assert error["Message"] == f"Error in expression '{expression}': {text}"


def test_what_is_wrong_in_an_expression_that_another_one_names(cloud: Any) -> None:
    queries = [{"Id": "e", "Expression": "d + 1"}, {"Id": "d", "Expression": "IF([m], m)", "ReturnData": False}]
    with pytest.raises(minicloud.exceptions.ClientError) as caught:
        ask(cloud.client("cloudwatch"), metric("m"), *queries)
    assert caught.value.response["Error"]["Message"] == "Error in expression 'IF([m], m)': IF takes no array"


def test_what_is_not_computed(cloud: Any) -> None:
    cloudwatch = cloud.client("cloudwatch")
    for expression, match in [
        ("SEARCH('x', 'Sum', 60)", r"compute SEARCH\(\): minicloud has"),
        ("SELECT AVG(x) FROM y", "SQL expressions: ask for the metrics by MetricStat, and join them by metric math$"),
        (" select 1", "SQL expressions"),
        *(
            (f"{name}(m)", f"{name}.*: minicloud has METRICS, SUM, .* and PERIOD; compute it in the test$")
            for name in NOT_COMPUTED
        ),
    ]:
        with pytest.raises(minicloud.UsageError, match=match):
            ask(cloudwatch, metric("m"), {"Id": "e", "Expression": expression})


def test_labels_say_what_differs(cloudwatch: Any) -> None:
    def labels(*queries: dict[str, Any]) -> list[str]:
        return [one["Label"] for one in ask(cloudwatch, *queries)["MetricDataResults"]]

    assert labels(metric("a", "metric1")) == ["metric1"]
    assert labels(metric("a", "metric1"), metric("b", "metric1", "Average")) == ["metric1 Sum", "metric1 Average"]
    assert labels(metric("a", "metric1"), metric("b", "metric1", period=120)) == ["metric1 60", "metric1 120"]
    both = metric("a", "metric1"), metric("b", "metric1", "Average", 120)
    assert labels(*both) == ["metric1 Sum 60", "metric1 Average 120"]
    assert labels(metric("a", "metric1", Label="mine"), {"Id": "e", "Expression": "a"}) == ["mine", "e"]


def test_several_units(cloudwatch: Any) -> None:
    put(cloudwatch, "m", [1], Unit="Seconds")
    for name, values in (("m", [1]), ("nothing", [])):
        (result,) = ask(cloudwatch, metric(name))["MetricDataResults"]
        assert (result["Values"], "Messages" in result) == (values, False)
    put(cloudwatch, "m", [5], Unit="Milliseconds")
    (result,) = ask(cloudwatch, metric("m"))["MetricDataResults"]
    assert result["Values"] == [5]
    text = "Multiple units returned: '[Milliseconds, Seconds]'"
    assert result["Messages"] == [{"Code": "MultipleUnits", "Value": text}]
    query = metric("m")
    query["MetricStat"]["Unit"] = "Seconds"
    (result,) = ask(cloudwatch, query)["MetricDataResults"]
    assert (result["Values"], "Messages" in result) == ([1], False)


def test_pages(cloudwatch: Any) -> None:
    put(cloudwatch, "a", [1, 2, 3])
    put(cloudwatch, "b", [4, 5])
    pages, token = [], None
    while True:
        more = {} if token is None else {"NextToken": token}
        page = ask(cloudwatch, metric("a"), metric("b"), metric("c"), MaxDatapoints=2, **more)
        pages.append([(one["Values"], one["StatusCode"]) for one in page["MetricDataResults"]])
        token = page.get("NextToken")
        if token is None:
            break
    assert [[values for values, _ in page] for page in pages] == [
        [[1, 2], [], []], [[3], [4], []], [[], [5], []],
    ]  # fmt: skip
    assert pages[0][0][1] == "PartialData"
    assert {status for _, status in pages[-1]} == {"Complete"}
    for params in ({"NextToken": "x"}, {"MaxDatapoints": 0}, {"EndTime": START}):
        with pytest.raises(error_class("ClientError")):
            ask(cloudwatch, metric("a"), **params)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30), st.integers(0, 1000))
def test_statistics_are_those_of_the_plain_list(values: list[int], promille: int) -> None:
    samples = Samples({}).joined([Samples({float(value): 1.0}) for value in values])
    percent = promille / 10

    def computed(name: str) -> float | None:
        compute = statistic(name)
        assert compute is not None
        return compute(samples)

    assert computed("SampleCount") == len(values)
    assert computed("Sum") == sum(values)
    assert computed("Average") == pytest.approx(sum(values) / len(values))
    assert (computed("Minimum"), computed("Maximum")) == (min(values), max(values))
    # The smallest value that so many percent of all do not exceed.
    wanted = next(
        one for one in sorted(values) if sum(other <= one for other in values) * 1000 >= promille * len(values)
    )
    assert computed(f"p{percent}") == wanted

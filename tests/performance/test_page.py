"""The page of figures is written by ``benchmarks/page.py`` from what a run of the benchmarks has found."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks import page
from benchmarks.run import BENCHMARKS


def run(python: str, value: float, only: tuple[str, ...] | None = None) -> dict[str, Any]:
    """What ``--json`` writes, with all that the page asks for, each of it of the same value."""
    benchmarks: dict[str, Any] = {}
    for _, table, name, reference in page.FIGURES:
        if only is None or table in only:
            row = {"name": name, "value": value, "unit": "ns", "reference": reference, "ratio": None, "target": None}
            benchmarks.setdefault(table, {"rows": []})["rows"].append(row)
    packages = {"moto": "5.9.9"}
    return {"python": python, "cores": 2, "quick": False, "packages": packages, "benchmarks": benchmarks}


def test_each_row_is_of_a_benchmark_that_there_is() -> None:
    assert {table for _, table, _, _ in page.FIGURES} <= {benchmark.name for benchmark in BENCHMARKS}


def test_no_row_of_the_page_is_written_by_hand() -> None:
    _, _, text = page.PAGE.read_text(encoding="utf-8").partition(page.BEGIN)
    table = text.partition(page.END)[0].partition("|---|")[2]
    labels = [line.split(" | ")[0].removeprefix("| ") for line in table.splitlines()[1:] if line.startswith("| ")]
    assert len(labels) > 50
    assert set(labels) - {label for label, *_ in page.FIGURES} == set()


def test_it_says_what_a_newer_python_takes_longer_for() -> None:
    peer = run("3.11.7", 1_000, page.PEERS)
    written = page.table_of(run("3.11.7", 1_000), run("3.13.5", 900), peer)
    assert "CPython 3.11.7 and 3.13.5" in written.replace("\n", " ")
    assert "moto 5.9.9" in written
    assert written.endswith("\nNone of them takes longer on 3.13.\n")
    written = page.table_of(run("3.11.7", 1_000), run("3.13.5", 1_100), peer)
    assert "\nLonger on 3.13:\n\n- floor: send (+10%)\n" in written


def test_a_row_that_was_not_measured_is_named() -> None:
    found = run("3.11.7", 1_000)
    found["benchmarks"]["calls"]["rows"] = []
    with pytest.raises(SystemExit, match=r"Python 3.11.7: calls has no row 'floor: send' against None"):
        page.table_of(found, found, run("3.11.7", 1_000, page.PEERS))


def test_a_whole_test_has_its_figures_in_the_table_of_the_readme() -> None:
    peer = run("3.11.7", 1_000, page.PEERS)
    for row in peer["benchmarks"]["peer"]["rows"]:
        row["value"] = 61_400_000 if row["name"] == "moto: a test" else 2_449_000
    ours = {"name": "boto3 client: a test", "value": 2_449_000, "reference": None}
    peer["benchmarks"]["peer"]["rows"].append(ours)
    texts = page.texts_of_tests(peer)
    assert [path.name for path in texts] == ["README.md", "why.md"]
    assert all(f"| {label} | 2.4 ms | 61 ms |" in texts[path] for path, label in page.TESTS)

"""The page of what is not sure about AWS says of each rule how it is known, in the words that it explains."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "fidelity.md"
TABLES = {
    title: [re.split(r"(?<!\\) \| ", line.strip("| ")) for line in body.splitlines() if re.match(r"\| (?!rule |kind )", line)]
    for title, body in re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE.read_text(encoding="utf-8"), re.M | re.S)
}
KINDS = re.compile(
    r"recorded|documentation|the documentation|the model|in the field|(an)?other emulators?|inferred|not settled|on purpose"
)


def test_there_are_tables_of_all_services() -> None:
    assert {"SQS", "SNS", "Kinesis", "STS", "HTTP and headers"} <= {title for title, rows in TABLES.items() if rows}


@pytest.mark.parametrize("title", [title for title in TABLES if title != "Kinds of evidence"])
def test_each_rule_says_how_it_is_known(title: str) -> None:
    rows = [re.split(r" \| |\| \| ", line) for line in ("| ".join(row) for row in TABLES[title])]
    assert [row for row in rows if not KINDS.match(row[-1])] == []


@pytest.mark.parametrize("title", TABLES)
def test_no_rule_stands_twice(title: str) -> None:
    rules = [row[0] for row in TABLES[title]]
    assert sorted(set(rules)) == sorted(rules)

"""The pages of what is not sure about AWS say of each rule how it is known, in words that are explained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

INDEX = Path(__file__).parents[2] / "docs" / "explanation" / "fidelity.md"
PAGES = [INDEX.parent / name for name in re.findall(r"\]\((fidelity/[\w-]+\.md)\)", INDEX.read_text(encoding="utf-8"))]
_ROW = re.compile(r"\| (?P<rule>.+?) \| (?P<does>.+) \| (?P<evidence>.+?) \|")
KINDS = ("recorded", "documentation", "the model", "in the field", "other emulators", "inferred", "not settled")
"""How a rule is known."""


def _tables() -> dict[str, list[re.Match[str]]]:
    """The tables of rules, by their titles."""
    found = {}
    for page in PAGES:
        for section in re.split(r"(?m)^(?:# How true to AWS: |## )", page.read_text(encoding="utf-8"))[1:]:
            title, _, body = section.partition("\n")
            if "| rule |" in body:
                rows = [line for line in body.splitlines() if line.startswith("| ") and not line.startswith("| rule |")]
                found[title] = [row for row in map(_ROW.fullmatch, rows) if row]
                assert len(found[title]) == len(rows), title
    return found


TABLES = _tables()


def test_every_page_is_in_the_index() -> None:
    assert sorted(PAGES) == sorted((INDEX.parent / "fidelity").glob("*.md"))


def test_there_are_tables_of_all_services() -> None:
    assert list(TABLES) == [
        "SQS",
        "SNS",
        "Kinesis",
        "Lambda",
        "EventBridge",
        "Event patterns and schedules",
        "EventBridge Scheduler",
        "EventBridge Pipes",
        "S3",
        "Firehose",
        "CloudWatch",
        "CloudWatch Logs",
        "Application Auto Scaling",
        "The endpoint",
        "HTTP and headers",
        "IAM",
        "STS",
    ]
    assert all(TABLES.values())


@pytest.mark.parametrize("title", TABLES)
def test_each_rule_says_how_it_is_known(title: str) -> None:
    assert [row["rule"] for row in TABLES[title] if not row["evidence"].startswith((*KINDS, "on purpose"))] == []


@pytest.mark.parametrize("title", TABLES)
def test_no_rule_stands_twice(title: str) -> None:
    rules = [row["rule"] for row in TABLES[title]]
    assert len(set(rules)) == len(rules)

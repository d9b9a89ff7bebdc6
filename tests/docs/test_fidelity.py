"""The page of what is not sure about AWS says of each rule how it is known, in the words that it explains."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "fidelity.md"
_ROW = re.compile(r"\| (?P<rule>.+?) \| (?P<does>.+) \| (?P<evidence>.+?) \|")
KINDS = ("recorded", "documentation", "the model", "in the field", "other emulators", "inferred", "not settled")
"""How a rule is known."""


def _tables() -> dict[str, list[re.Match[str]]]:
    """The tables of rules, by their titles."""
    _, *sections = PAGE.read_text(encoding="utf-8").split("\n## ")
    found = {}
    for section in sections:
        title, _, body = section.partition("\n")
        if "| rule |" in body:
            rows = [line for line in body.splitlines() if line.startswith("| ") and not line.startswith("| rule |")]
            found[title] = [row for row in map(_ROW.fullmatch, rows) if row]
            assert len(found[title]) == len(rows), title
    return found


TABLES = _tables()


def test_there_are_tables_of_all_services() -> None:
    assert list(TABLES) == [
        "SQS",
        "SNS",
        "Kinesis",
        "Lambda",
        "STS",
        "Event patterns and schedules",
        "EventBridge Scheduler",
        "Firehose",
        "EventBridge Pipes",
        "S3",
        "IAM",
        "CloudWatch",
        "CloudWatch Logs",
        "Application Auto Scaling",
        "EventBridge",
        "The endpoint",
        "HTTP and headers",
    ]
    assert all(TABLES.values())


@pytest.mark.parametrize("title", TABLES)
def test_each_rule_says_how_it_is_known(title: str) -> None:
    assert [row["rule"] for row in TABLES[title] if not row["evidence"].startswith((*KINDS, "on purpose"))] == []


@pytest.mark.parametrize("title", TABLES)
def test_no_rule_stands_twice(title: str) -> None:
    rules = [row["rule"] for row in TABLES[title]]
    assert len(set(rules)) == len(rules)

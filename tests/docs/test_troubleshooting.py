"""Every ``UsageError`` of the source is told of on the page of troubles, and the page tells of none but these."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from tests.support.source import last_name, nodes_of, source_files

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "troubleshooting.md"
REST = "\N{HORIZONTAL ELLIPSIS}"
"""Stands for what differs from case to case, on the page and here."""


def template(node: ast.expr) -> str:
    """A text of the source with ``REST`` for what is put in."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(template(part) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return template(node.left) + template(node.right)
    return REST


@cache
def texts() -> dict[str, str]:
    """Texts of ``UsageError`` and its kinds by where they are; of those that a variable has, nothing is known here."""
    nodes = [(path, node) for path in source_files() for node in nodes_of(path)]
    kinds = {"UsageError"}
    for _, node in nodes:
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "UsageError" for base in node.bases):
            kinds.add(node.name)
    found = {}
    for path, node in nodes:
        if isinstance(node, ast.Call) and node.args and last_name(node.func) in kinds:
            text = re.sub(rf"{REST}+", REST, template(node.args[0]))
            if re.search(r"\w", text):
                found[f"{path.relative_to(ROOT)}:{node.lineno}"] = text
    return found


def told() -> list[str]:
    """The texts of the page: what stands in backticks at the beginning of an item, before its colon."""
    items = re.findall(r"(?ms)^- (`.*?`):\s", PAGE.read_text(encoding="utf-8"))
    return [" ".join(text.split()) for item in items for text in re.findall(r"(?s)`([^`]+)`", item)]


@cache
def pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, text.split(REST))), re.DOTALL)


def test_there_are_texts() -> None:
    assert len(texts()) > 200
    assert len(told()) > 100


def test_what_the_page_tells_of_is_there() -> None:
    # Those that are put together elsewhere.
    known = {
        *texts().values(),
        "this Cloud is closed: make a new one, or keep it open while its clients are used",
        "there is no queue",
    }
    assert [text for text in told() if not any(pattern(text).match(one) for one in known)] == []


def test_every_text_is_told_of() -> None:
    patterns = [pattern(text) for text in told()]
    lost = [f"{place}  {text}" for place, text in texts().items() if not any(one.match(text) for one in patterns)]
    assert lost == [], (
        f"what to do about it belongs on {PAGE.name}: an item that begins with the text in backticks, … for what "
        "differs, and a colon; or it fits a group there:\n" + "\n".join(lost)
    )


def test_no_group_swallows_all() -> None:
    """A text that fits everything would tell of nothing."""
    everything = list(texts().values())
    widest = {text: sum(pattern(text).match(one) is not None for one in everything) for text in told()}
    assert {text: many for text, many in widest.items() if many > len(everything) / 3} == {}

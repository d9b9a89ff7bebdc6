#!/usr/bin/env python3
"""Writes docs/reference/issues-you-will-not-have.md from tests/peers: ``python3 docs/_tools/make_issues.py``.

The tests are read, not imported, so that this needs none of the packages that some of them need. The page is checked
in, and ``tests/docs/test_generated.py`` fails when it differs from what this would write.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.peers.issues import REPOSITORIES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "issues-you-will-not-have.md"
TESTS = ROOT / "tests" / "peers"
_ORDER = ("sqs", "fifo", "dead_letters", "time", "sns", "kinesis", "functions", "events", "boto3", "endpoint")

_TABLE = "| what happened there | seen in | what happens here | test |\n|---|---|---|---|"
_HEAD = """\
# Issues you will not have

<!-- Written by docs/_tools/make_issues.py from the tests in tests/peers. Do not edit. -->

What users of other emulators of these services have run into, and what happens here instead. Each row is a test: its
name leads to the file that has it. A link says that the issue was reported there once; it may have been mended since.
Who comes from another system finds what differs under [migrating](../how-to/migrate-from-moto.md).
"""


def page() -> str:
    """The whole page."""
    names = [path.stem.removeprefix("test_") for path in TESTS.glob("test_*.py")]
    if unknown := set(names) ^ set(_ORDER):
        raise ValueError(f"_ORDER and the files of tests/peers differ in {sorted(unknown)}")
    parts = [_HEAD]
    for name in _ORDER:
        source = ast.parse((TESTS / f"test_{name}.py").read_text(encoding="utf-8"))
        parts.append(f"## {ast.get_docstring(source)}\n\n{_TABLE}")
        parts.extend(_rows(name, source))
        parts.append("")
    return "\n".join(parts)


def _rows(name: str, source: ast.Module) -> Iterator[str]:
    for statement in source.body:
        if not isinstance(statement, ast.FunctionDef) or not statement.name.startswith("test_"):
            continue
        calls = [found for found in statement.decorator_list if isinstance(found, ast.Call)]
        (found,) = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "issue")
        symptom = ast.literal_eval(found.keywords[0].value)
        links = ", ".join(_link(ast.literal_eval(argument)) for argument in found.args)
        here = " ".join((ast.get_docstring(statement) or "").split())
        if not here:
            raise ValueError(f"{statement.name} does not say what happens here")
        test = f"[`{statement.name}`](../../tests/peers/test_{name}.py)"
        yield f"| {_cell(symptom)} | {links} | {_cell(here)} | {test} |"


def _link(reference: str) -> str:
    repository, _, number = reference.partition("#")
    return f"[{reference}](https://github.com/{REPOSITORIES[repository]}/issues/{number})"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def pages() -> dict[Path, str]:
    """The page, by where it is."""
    return {PAGE: page()}


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

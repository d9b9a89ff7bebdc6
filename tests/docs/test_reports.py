"""What the pages show of a test that fails is what it prints, word for word.

``<!-- report: test_jobs.py -->`` stands above a block of text. The nearest block of Python above it that has a test is
run as the last part of that file, below all that precedes it on the page but tests. It has to fail, and to print the
lines of the text, where a line that is ``...`` stands for any number of lines. After the name may follow what is to be
altered in the test, so that a page can say what happens with another number:
``<!-- report: test_jobs.py, advance(30) -> advance(29) -->``.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from tests.docs.test_docs import PAGES, ROOT, Block, blocks_of, module_of
from tests.support.runs import run_inside

_MARK = re.compile(r"<!-- report: (?P<file>test_\w+\.py)(?:, (?P<old>.+?) -> (?P<new>.+?))? -->")


@dataclass
class Shown:
    """A report on a page: the file that prints it, the test's block, what is altered in it, and the lines."""

    page: Path
    line: int
    file: str
    blocks: list[Block]
    old: str | None
    new: str | None
    lines: list[str]

    @property
    def source(self) -> str:
        """The file: blocks without tests, and the test."""
        *_, test = [block for block in self.blocks if block.is_test]
        if self.old is not None and self.new is not None:
            assert test.code.count(self.old) == 1, f"{self.page.name}:{self.line}: {self.old!r} is not there once"
            test = Block(test.start, test.code.replace(self.old, self.new), test.marked_no_run)
        above = [block.helpers for block in self.blocks if block.start < test.start and not block.marked_no_run]
        return module_of([*above, test])


def shown_on(page: Path) -> list[Shown]:
    lines = page.read_text(encoding="utf-8").splitlines()
    blocks = blocks_of(page)
    found = []
    for number, line in enumerate(lines):
        if mark := _MARK.fullmatch(line):
            assert lines[number + 1].startswith("```text"), f"{page.name}:{number + 2}: a report has to follow"
            end = lines.index("```", number + 2)
            text = textwrap.dedent("\n".join(lines[number + 2 : end])).splitlines()
            above = [block for block in blocks if block.start < number]
            found.append(Shown(page, number + 1, mark["file"], above, mark["old"], mark["new"], text))
    return found


SHOWN = [shown for page in PAGES for shown in shown_on(page)]


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: f"{shown.page.relative_to(ROOT)}:{shown.line}")
def test_a_report_is_what_the_test_prints(shown: Shown, pytester: pytest.Pytester) -> None:
    missing = set().union(*(block.missing for block in shown.blocks if not block.is_test or block is shown.blocks[-1]))
    if missing:
        pytest.skip(f"needs {', '.join(sorted(missing))}")
    # hypothesis comes to the same end from wherever it begins; it is told where, for those of its releases that do not,
    # and has as many examples as a reader's has.
    seed = [] if "hypothesis" not in shown.source else ["--hypothesis-seed=0"]
    settings.register_profile("before", settings.default)
    settings.load_profile("deep")
    (pytester.path / shown.file).write_text(shown.source, encoding="utf-8")
    try:
        result = run_inside(pytester, "-q", "-p", "no:xdist", "-p", "no:asyncio", *seed, shown.file)
    finally:
        settings.load_profile("before")
    assert result.ret == pytest.ExitCode.TESTS_FAILED, f"\n{result.stdout}\n{result.stderr}"
    assert _follow(shown.lines, [line.rstrip() for line in result.outlines]), f"\n{result.stdout}"


def test_the_first_pages_show_a_report() -> None:
    assert {"README.md", "index.md"} <= {shown.page.name for shown in SHOWN}


def _follow(wanted: list[str], there: list[str]) -> bool:
    """Whether the lines stand there, one after the other; between those that ``...`` separates may be others."""
    begin = 0
    for part in _parts(wanted):
        places = [at for at in range(begin, len(there) - len(part) + 1) if there[at : at + len(part)] == part]
        if not places:
            return False
        begin = places[0] + len(part)
    return True


def _parts(lines: list[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for line in lines:
        if line == "...":
            parts.append([])
        else:
            parts[-1].append(line)
    return [part for part in parts if part]

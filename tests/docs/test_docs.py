"""The examples of README.md and docs/ run as they stand.

Every fenced block marked ``python`` counts. The blocks of a page share a namespace and run in the order of the page,
in a process of their own. Then each block that defines tests is run by pytest, inside of this process, in a module of
its own that all above it precedes but the tests. Line numbers in tracebacks are those of the page.

``<!-- no-run -->`` on the line above a block: it is only compiled. So are blocks that need boto3 or aiobotocore where
that is not installed, and whatever uses names that such a block would have made. ``<!-- fails -->`` is the same for a
test that fails on purpose: `test_reports.py` runs it, and compares what it prints with what the page shows.
"""

from __future__ import annotations

import ast
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

import minicloud
from tests.support.needs import ALL_HAVE_TO_RUN, MAY_LACK, is_installed
from tests.support.runs import run_inside

ROOT = Path(__file__).parents[2]
PAGES = [page for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))) if page.exists()]
PEERS = frozenset({"aiobotocore", "boto3", "botocore", "celery", "moto"})
BESIDE_CELERY = frozenset({"aws_lambda_powertools", "dramatiq", "dramatiq_sqs", "taskiq", "taskiq_aio_sqs"})
"""What `tests/interop` needs as well: whoever may lack Celery may lack these."""
SECONDS = 120
"""More than any page may take: what hangs has failed."""

_FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>```+) *(?P<language>[\w+-]*)")
_FENCED = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_NOT_RUN = re.compile(r"<!-- (?:no-run|fails) -->")
_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)(?: [^)]*)?\)")


@dataclass
class Block:
    """One fenced block of Python: where its code begins (from 0), and what it is made of."""

    start: int
    code: str
    marked_no_run: bool
    tree: ast.Module = field(init=False)

    def __post_init__(self) -> None:
        self.tree = ast.parse("\n" * self.start + self.code)

    @property
    def is_test(self) -> bool:
        """Whether pytest would find a test in it."""
        return any(_is_test(node) for node in self.tree.body)

    @property
    def helpers(self) -> Block:
        """What else it has than tests: what they import and define, for the tests below it on the page."""
        lines = self.code.splitlines()
        for node in filter(_is_test, self.tree.body):
            first = min([node.lineno, *(mark.lineno for mark in getattr(node, "decorator_list", ()))])
            for line in range(first - self.start - 1, (node.end_lineno or first) - self.start):
                lines[line] = ""
        return Block(self.start, "\n".join(lines), self.marked_no_run)

    @property
    def missing(self) -> set[str]:
        """The packages it imports that are not installed here."""
        imported: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.partition(".")[0])
        missing = {name for name in imported & (PEERS | BESIDE_CELERY) if not is_installed(name)}
        return (missing & PEERS) | ({"celery"} if missing & BESIDE_CELERY else set())

    @property
    def binds(self) -> set[str]:
        """The names it leaves in the page's namespace."""
        names: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names.add(node.name)
            elif isinstance(node, ast.alias):
                names.add((node.asname or node.name).partition(".")[0])
        return names

    @property
    def uses(self) -> set[str]:
        """The names it reads."""
        return {
            node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }


def _is_test(node: ast.stmt) -> bool:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return name.startswith("test_")
        case ast.ClassDef(name=name):
            return "Test" in name
        case ast.Assign(targets=[ast.Name(id=name) | ast.Attribute(value=ast.Name(id=name))]):
            return name.startswith("Test")  # the TestCase of a machine, and its settings
    return False


def blocks_of(page: Path) -> list[Block]:
    lines = page.read_text(encoding="utf-8").splitlines()
    blocks = []
    opened: re.Match[str] | None = None
    first = 0
    for number, line in enumerate(lines):
        fence = _FENCE.match(line)
        if opened is None:
            if fence:
                opened, first = fence, number
        elif fence and fence["ticks"] == opened["ticks"] and not fence["language"]:
            if opened["language"] in ("python", "py"):
                marked = any(_NOT_RUN.search(before) for before in lines[max(first - 1, 0) : first])
                blocks.append(Block(first + 1, textwrap.dedent("\n".join(lines[first + 1 : number])), marked))
            opened = None
    assert opened is None, f"{page.name}: the block that begins in line {first + 1} does not end"
    return blocks


def runnable(blocks: list[Block]) -> list[Block]:
    """Those that can run here; ``MINICLOUD_REQUIRE_BOTO=1`` says that all of them can."""
    chosen = []
    lost: set[str] = set()
    for block in blocks:
        if block.marked_no_run:
            continue
        has_to_run = ALL_HAVE_TO_RUN and not block.missing <= set(MAY_LACK)
        if (block.missing or block.uses & lost) and not has_to_run:
            lost |= block.binds
            continue
        lost -= block.binds
        chosen.append(block)
    return chosen


def module_of(blocks: list[Block]) -> str:
    """The blocks as a module whose lines have the page's numbers."""
    lines: list[str] = []
    for block in blocks:
        lines += [""] * (block.start - len(lines))
        lines += block.code.splitlines()
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def interpreter() -> Iterator[subprocess.Popen[str]]:
    """A process that forks for each script whose path it is sent (``fresh.py``)."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    environment["PYTHONPATH"] = str(ROOT)
    with subprocess.Popen(
        [sys.executable, "-W", "error", str(Path(__file__).with_name("fresh.py"))],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        yield process


def run(interpreter: subprocess.Popen[str], script: Path) -> None:
    assert interpreter.stdin is not None
    assert interpreter.stdout is not None
    hung = threading.Timer(SECONDS, os.killpg, (interpreter.pid, signal.SIGKILL))
    hung.start()
    print(script, file=interpreter.stdin, flush=True)
    status = interpreter.stdout.readline().strip()
    hung.cancel()
    hung.join()
    assert status == "0", f"\n{status or 'it has no end'}\n{script.with_name('output').read_text(encoding='utf-8')}"


def test_there_are_pages_with_examples() -> None:
    assert ROOT / "README.md" in PAGES
    assert blocks_of(ROOT / "README.md")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_examples_run(page: Path, tmp_path: Path, interpreter: subprocess.Popen[str]) -> None:
    blocks = runnable(blocks_of(page))
    if not all(block.is_test for block in blocks):
        plain = [block.helpers for block in blocks]
        # The name of the page is the file's: tracebacks then read "README.md.py", line 42.
        script = tmp_path / f"{page.name}.py"
        script.write_text(module_of(plain), encoding="utf-8")
        run(interpreter, script)


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_example_tests_pass(page: Path, pytester: pytest.Pytester) -> None:
    blocks = runnable(blocks_of(page))
    tests = [block for block in blocks if block.is_test]
    if not tests:
        return
    for test in tests:
        above = [block.helpers for block in blocks if block.start < test.start]
        module = pytester.path / f"test_{page.stem.replace('-', '_')}_line_{test.start}.py"
        module.write_text(module_of([*above, test]), encoding="utf-8")
    result = run_inside(pytester, "-q", "-W", "error", "-p", "no:xdist", "-p", "no:asyncio")
    assert result.ret == pytest.ExitCode.OK, f"\n{result.stdout}\n{result.stderr}"


@pytest.mark.parametrize("name", ["nothing", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_CONFIG_FILE"])
def test_the_readme_passes_wherever_its_reader_is(
    name: str, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The other pages do so in the CI, where one Python has a region of its own in its environment.
    config = pytester.path / "config"
    config.write_text("[default]\nregion = eu-west-1\n", encoding="utf-8")
    for other in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(pytester.path / "no-config"))
    monkeypatch.setenv(name, str(config) if name == "AWS_CONFIG_FILE" else "eu-west-1")
    test_example_tests_pass(ROOT / "README.md", pytester)


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    outside = ("http://", "https://", "mailto:", "#")
    targets = targets_of(page)
    inside = [target.partition("#")[0] for target in targets if not target.startswith(outside)]
    assert [target for target in inside if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_links_to_a_heading_find_it(page: Path) -> None:
    lost = []
    for link in targets_of(page):
        name, _, anchor = link.partition("#")
        target = (page.parent / name) if name else page
        if anchor and "://" not in name and target.suffix == ".md" and anchor not in _anchors(target):
            lost.append(link)
    assert lost == []


def targets_of(page: Path) -> list[str]:
    """Where the links of a page lead; what stands in code is none."""
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    return [link["target"] for link in _LINK.finditer(_CODE.sub("code", text))]


@cache
def _anchors(page: Path) -> set[str]:
    """What GitHub calls the headings of a page: small letters, without punctuation, spaces as hyphens."""
    lines = _FENCED.sub("", page.read_text(encoding="utf-8"))
    titles = re.findall(r"^#+ +(.+)$", lines, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("contents", [ROOT / "README.md", ROOT / "docs" / "index.md"], ids=["README", "index"])
def test_the_first_pages_lead_to_each_kind(contents: Path) -> None:
    kinds = {ROOT / "docs" / kind / "index.md" for kind in ("tutorial", "how-to", "reference", "explanation")}
    assert kinds - _linked_from(contents) == set()


def test_the_index_of_its_folder_leads_to_every_page() -> None:
    """To those of a folder inside of one of the four, the page of the folder's name does: ``operations.md``."""
    linked: set[Path] = set()
    for contents in [page for page in PAGES if page.name == "index.md" or page.with_suffix("").is_dir()]:
        linked |= {page for page in _linked_from(contents) if contents.parent in page.parents}
    pages = {page for page in PAGES if page.name not in ("README.md", "index.md")}
    pages |= set((ROOT / "docs" / "examples").glob("*/README.md"))
    assert sorted(map(str, pages - linked)) == []


def _linked_from(contents: Path) -> set[Path]:
    targets = [target.partition("#")[0] for target in targets_of(contents) if "://" not in target]
    return {(contents.parent / target).resolve() for target in targets}


@pytest.mark.parametrize("name", [*minicloud.__all__, *minicloud.exceptions.__all__])
def test_public_names_are_explained_somewhere(name: str) -> None:
    assert name in _words_of_all_pages()


@cache
def _words_of_all_pages() -> set[str]:
    return set().union(*(re.findall(r"\w+", page.read_text(encoding="utf-8")) for page in PAGES))

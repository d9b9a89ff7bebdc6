"""Pages that list what the code has say what the code says."""

from __future__ import annotations

import importlib
import re
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import minicloud
from tests.support import garbage

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = DOCS / "reference"
TOOLS = DOCS / "_tools"
MODULES = ("minicloud", *(f"minicloud.{name}" for name in ("faults", "hypothesis", "kinesis", "typing", "verdicts")))


@pytest.fixture(scope="module")
def tools() -> Iterator[Any]:
    """Imports the programs that write pages, which are beside each other."""
    sys.path.insert(0, str(TOOLS))
    before = set(sys.modules)

    def load(name: str) -> ModuleType:
        return importlib.import_module(name)

    yield load
    sys.path.remove(str(TOOLS))
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and Path(str(sys.modules[name].__file__)).parent == TOOLS:
            del sys.modules[name]


def test_generated_pages_are_up_to_date(tools: Any) -> None:
    with garbage.paused():  # it reads the source
        try:
            written = runpy.run_path(str(TOOLS / "__main__.py"))["pages"]()
        except FileNotFoundError as error:
            lacking = Path(error.filename)
        else:
            lacking = None
    # What is generated leads to pages that are not: a service to the one that says what of it is emulated.
    assert lacking is None, f"write {lacking and lacking.relative_to(DOCS.parent)}, then run `python3 docs/_tools`"
    assert len(written) >= 7
    stale = [
        str(place.relative_to(DOCS.parent))
        for place, text in written.items()
        if not place.is_file() or place.read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run `python3 docs/_tools`, and look at what has changed"


def test_every_public_name_has_its_place(tools: Any) -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in sorted(REFERENCE.glob("api*.md")))
    pages += (REFERENCE / "errors.md").read_text(encoding="utf-8")
    lost = {
        f"{module}.{name}"
        for module in MODULES
        for name in importlib.import_module(module).__all__
        if f"`{name}`" not in pages and f"`{module}.{name}`" not in pages
    }
    assert lost == set(), (
        "run `python3 docs/_tools`; what is still missing then belongs into PAGES of docs/_tools/api_pages.py"
    )
    errors = (REFERENCE / "errors.md").read_text(encoding="utf-8")
    assert [name for name in minicloud.exceptions.__all__ if name not in errors] == []


def test_every_attribute_of_a_cloud_is_told_of(tools: Any) -> None:
    told = {name for names in tools("make_api").CLOUD.values() for name in names}
    with minicloud.Cloud() as cloud:
        assert {name for name in dir(cloud) if not name.startswith("_")} == told


def test_what_is_told_of_has_a_docstring(tools: Any) -> None:
    assert tools("make_api").without_text() == []


def test_what_is_hidden_is_there(tools: Any) -> None:
    api = tools("make_api")
    entries = {entry.name: entry for page in api.PAGES for section in page.sections for entry in section.entries}
    known = {name: set(api.members_of(api._value(entries[name]))) for name in api.INSIDE}
    assert {name: hidden - known[name] for name, hidden in api.INSIDE.items() if hidden - known[name]} == {}


def test_the_page_of_the_plugin_has_its_fixtures_and_options(tools: Any) -> None:
    page = (REFERENCE / "pytest-plugin.md").read_text(encoding="utf-8")
    plugin = importlib.import_module("minicloud.pytest_plugin")
    options = importlib.import_module("minicloud.pytest_plugin.options").OPTIONS
    fixtures = [name for name in plugin.__all__ if not name.startswith("pytest_")]
    assert [name for name in fixtures if f"`{name}`" not in page] == []
    named = [name for one in options for name in (one.name, one.ini) if name]
    named += re.findall(r'"(--minicloud-[a-z-]+)"', Path(str(plugin.__file__)).read_text(encoding="utf-8"))
    assert [name for name in named if not re.search(rf"(`|pytest ){name}\b", page)] == []


@pytest.mark.parametrize("name", vars(minicloud.Limits()))
def test_every_limit_is_on_its_page_with_its_default(name: str) -> None:
    default = getattr(minicloud.Limits(), name)
    shown = f"{default:,}" if type(default) is int else f"`{default}`"
    assert f"| `{name}` | {shown} |" in (REFERENCE / "limits.md").read_text(encoding="utf-8")

"""What the site is made of, without the package that makes it; the CI's step `site` builds it."""

from __future__ import annotations

import runpy
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def site() -> Any:
    return runpy.run_path(str(DOCS / "_tools" / "build_site.py"))


def pages_of(navigation: Any) -> Iterator[str]:
    for entry in navigation:
        if isinstance(entry, str):
            yield entry
        else:
            (value,) = entry.values()
            yield from [value] if isinstance(value, str) else pages_of(value)


def test_every_page_is_in_the_navigation_once(site: Any) -> None:
    config = tomllib.loads(site["navigated"]((DOCS / "zensical.toml").read_text(encoding="utf-8")))
    found = list(pages_of(config["project"]["nav"]))
    there_are = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")} | {"changelog.md"}
    assert sorted(found) == sorted(there_are)
    tutorial = [page for page in found if page.startswith("tutorial/")]
    assert tutorial == sorted(tutorial, key=lambda page: (not page.endswith("index.md"), page))
    assert list(config["project"]["nav"][1]) == ["Tutorial"]


def test_no_copy_has_a_link_that_leaves_the_site(site: Any, tmp_path: Path) -> None:
    site["copy"](tmp_path)
    links, code = site["_LINK"], site["_CODE"]
    for page in sorted(tmp_path.rglob("*.md")):
        text = code.sub("code", page.read_text(encoding="utf-8"))
        lost = [link[2] for link in links.finditer(text) if not (page.parent / link[2]).exists()]
        assert (page.relative_to(tmp_path), lost) == (page.relative_to(tmp_path), [])
    example = (tmp_path / "examples" / "uploads" / "README.md").read_text(encoding="utf-8")
    application = DOCS / "examples" / "uploads" / "invoices.py"
    assert application.read_text(encoding="utf-8") in example


def test_lists_are_indented_as_the_generator_of_the_site_wants_them(site: Any) -> None:
    page = "It has:\n- one\n  goes on\n\n  ```text\n  code\n\n    deeper\n  ```\n- two\n\n"
    assert site["indented"](page + "```python\n    - not a list\n```\n") == (
        "It has:\n\n- one\n    goes on\n\n    ```text\n    code\n\n      deeper\n    ```\n\n- two\n\n"
        "```python\n    - not a list\n```\n"
    )


def test_links_of_the_site_that_lead_nowhere_are_found(site: Any, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "index.html").write_text('<a href="a/#there">x</a> <a href="b/">y</a> <a href="https://x.org">z</a>')
    (tmp_path / "a" / "index.html").write_text('<h2 id="there">A</h2> <a href="../#nowhere">x</a> <img src="no.png">')
    assert site["lost_links"](tmp_path) == ["a/index.html: ../#nowhere", "a/index.html: no.png", "index.html: b/"]

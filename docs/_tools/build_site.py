#!/usr/bin/env python3
"""Builds the site of these pages: ``python3 docs/_tools/build_site.py FOLDER``. Needs the package zensical.

The pages are plain Markdown that reads well in the repository. For the site they are copied, and of the copies

* links that leave docs/ become links to the repository, or, as long as no address of it is known, their texts alone,
* an example's page shows the files of the example,
* lists are indented as Python-Markdown wants them,
* the changelog is a page, too,

and the navigation is made of the folders. Fails for a link or an anchor that leads nowhere, and for a page that is not
in the navigation.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

sys.path.insert(0, str(Path(__file__).parent))

from distribution import settings
from make_gallery import files_of

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
KINDS = {
    "Tutorial": "tutorial",
    "How-to": "how-to",
    "Reference": "reference",
    "Explanation": "explanation",
    "Examples": "examples",
}
"""The tabs of the site, and their folders."""

_LINK = re.compile(r"\[((?:[^\[\]`]|`[^`]*`)*)\]\((?!https?:|mailto:|#)([^)\s#]*)(#[^)\s]*)?\)")
_CODE = re.compile(r"^ *```.*?^ *```|(`+)(?!`).+?(?<!`)\1(?!`)", re.MULTILINE | re.DOTALL)
_LANGUAGES = {".ini": "ini", ".py": "python", ".sh": "sh"}


def build(target: Path) -> None:
    """Write the site into a folder, which is made, or emptied."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder)
        copy(source)
        config = source / "zensical.toml"
        config.write_text(navigated((DOCS / "zensical.toml").read_text(encoding="utf-8")), encoding="utf-8")
        environment = {**os.environ, "NO_COLOR": "1"}
        command = [sys.executable, "-m", "zensical", "build", "--strict", "-f", str(config)]
        finished = subprocess.run(command, cwd=source, env=environment, check=False)
        if finished.returncode:
            sys.exit("the site was not built")
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source / "_site", target, ignore=shutil.ignore_patterns("zensical.toml"))
    lost = lost_links(target)
    if lost:
        sys.exit("\n".join(["links of the site that lead nowhere:", *lost]))
    sys.stdout.write(f"{len(list(target.rglob('*.html')))} pages in {target}\n")


def copy(source: Path) -> None:
    """Copy the pages, as the site has them."""
    for page in sorted(pages()):
        where = page.relative_to(DOCS) if page.is_relative_to(DOCS) else Path("changelog.md")
        (source / where).parent.mkdir(parents=True, exist_ok=True)
        text = page.read_text(encoding="utf-8")
        if page.name == "README.md":
            text += "".join(files_shown(page.parent))
        (source / where).write_text(indented(relinked(page, text)), encoding="utf-8")


def pages() -> Iterator[Path]:
    """Everything that is a page of the site."""
    yield from DOCS.rglob("*.md")
    yield ROOT / "CHANGELOG.md"


def files_shown(folder: Path) -> Iterator[str]:
    """The files of an example, for its page."""
    for name in files_of(folder):
        path = folder / name
        yield f"\n## `{name}`\n\n```{_LANGUAGES[path.suffix]}\n{path.read_text(encoding='utf-8').rstrip()}\n```\n"


def relinked(page: Path, text: str) -> str:
    """A page with links that lead somewhere on the site."""

    def relink(link: re.Match[str]) -> str:
        shown, target, anchor = link[1], link[2], link[3] or ""
        place = (page.parent / target).resolve()
        if not place.exists():
            sys.exit(f"{page.relative_to(ROOT)}: {target} is not there")
        if page == ROOT / "CHANGELOG.md" and place.is_relative_to(DOCS) and place.suffix == ".md":
            return f"[{shown}]({place.relative_to(DOCS)}{anchor})"
        if place.is_relative_to(DOCS) and place.suffix == ".md":
            return link[0]
        if place == ROOT / "CHANGELOG.md":
            return f"[{shown}]({os.path.relpath(DOCS / 'changelog.md', page.parent)}{anchor})"
        where = settings(ROOT)
        if not where["repository"]:
            return shown
        address = where["file"].format(
            repository=where["repository"].rstrip("/"), version="main", path=place.relative_to(ROOT).as_posix()
        )
        return f"[{shown}]({address}{anchor})"

    # What stands in code is no link, but the text of a link may be code.
    kept: list[str] = []

    def keep(code: re.Match[str]) -> str:
        kept.append(code[0])
        return f"\0{len(kept) - 1}\0"

    linked = _LINK.sub(relink, _CODE.sub(keep, text))
    return re.sub("\0(\\d+)\0", lambda place: kept[int(place[1])], linked)


def indented(text: str) -> str:
    """A page as Python-Markdown wants it: twice the indent below items of lists.

    And an empty line above a list, and between an item that has paragraphs and the next one.
    """
    lines: list[str] = []
    fence: str | None = None
    has_paragraphs = False
    for line in text.splitlines():
        bare = line.lstrip(" ")
        space = line[: len(line) - len(bare)]
        if fence is not None:
            lines.append(fence + line if bare else "")
            if bare.startswith("```") and space == fence:
                fence = None
            continue
        if bare.startswith("```"):
            fence = space
        above = lines[-1] if lines else ""
        if re.match(r"(-|\d+\.) ", line):
            if above and (has_paragraphs or not re.match(r"(-|\d+\.) | ", above)):
                lines.append("")
            has_paragraphs = False
        elif space and not above:
            has_paragraphs = True
        lines.append(space + line)
    return "\n".join(lines) + "\n"


class _Links(HTMLParser):
    """Where a page's links lead, and which places it has."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.places: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag begins."""
        given = dict(attrs)
        self.places |= {given.get("id") or "", given.get("name") or ""}
        for name in ("href", "src"):
            if given.get(name):
                self.targets.append(str(given[name]))


def lost_links(site: Path) -> list[str]:
    """Links of the built site that lead to no page, or to no place of one; and what it would load from elsewhere."""
    read = {}
    for page in sorted(site.rglob("*.html")):
        read[page] = _Links()
        read[page].feed(page.read_text(encoding="utf-8"))
    lost = []
    for page, links in read.items():
        if page.name == "404.html":  # its links are those of wherever it is shown
            continue
        for target in links.targets:
            path, _, anchor = unquote(target).partition("#")
            if re.match(r"[a-z]+:|//", path):
                continue
            place = (page.parent / path.partition("?")[0]).resolve() if path else page.resolve()
            place = place / "index.html" if place.is_dir() else place
            if not place.exists() or (anchor and place in read and anchor not in read[place].places):
                lost.append(f"{page.relative_to(site)}: {target}")
    return lost


def navigated(config: str) -> str:
    """The configuration with the navigation: each folder's index first, then its pages by title."""
    lines = ['    { "Home" = "index.md" },']
    for title, folder in KINDS.items():
        lines.append(f'    {{ "{title}" = [')
        lines += [f"        {entry}," for entry in entries(DOCS / folder)]
        lines.append("    ] },")
    rest = sorted(page for page in DOCS.glob("*.md") if page.name != "index.md")
    lines.append('    { "Project" = [')
    lines += [f'        "{page.name}",' for page in rest]
    lines += ['        { "Changelog" = "changelog.md" },', "    ] },"]
    return config.replace('site_dir = "_site"\n', 'site_dir = "_site"\nnav = [\n' + "\n".join(lines) + "\n]\n", 1)


def entries(folder: Path) -> Iterator[str]:
    """What the navigation has of a folder."""
    found = sorted(folder.glob("*.md"), key=_place_of)
    inside = {path.parent.name: path for path in sorted(folder.glob("*/README.md"))}
    for page in found:
        where = page.relative_to(DOCS).as_posix()
        below = sorted(page.with_suffix("").glob("*.md"), key=title_of) if page.with_suffix("").is_dir() else []
        if below:
            rows = ", ".join(f'"{one.relative_to(DOCS).as_posix()}"' for one in below)
            yield f'{{ "{title_of(page)}" = ["{where}", {rows}] }}'
        else:
            yield f'"{where}"'
    for page in sorted(inside.values(), key=title_of):
        yield f'"{page.relative_to(DOCS).as_posix()}"'


def _place_of(page: Path) -> tuple[bool, str]:
    """An index first; chapters, which have numbers, in their order; others by title."""
    return page.name != "index.md", page.name if page.name[0].isdigit() else f":{title_of(page).lower()}"


def title_of(page: Path) -> str:
    """The first heading, without the marks of code."""
    return page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ").replace("`", "")


if __name__ == "__main__":
    build(Path(sys.argv[1] if len(sys.argv) > 1 else "_site").resolve())

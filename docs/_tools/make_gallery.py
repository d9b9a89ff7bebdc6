#!/usr/bin/env python3
"""Writes docs/examples/index.md from the README of each folder there: ``python3 docs/_tools/make_gallery.py``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

EXAMPLES = Path(__file__).parents[1] / "examples"
PAGE = EXAMPLES / "index.md"

_HEAD = """\
# Examples

<!-- Written by docs/_tools/make_gallery.py from the README of each folder. Do not edit. -->

Small applications that do not know minicloud, with their tests: folders to copy. The CI runs each of them by itself,
with minicloud installed as anybody has it, and what its `requirements.txt` says.
"""


def pages() -> dict[Path, str]:
    """The page, by where it is."""
    folders = sorted(path.parent for path in EXAMPLES.glob("*/README.md"))
    return {PAGE: _HEAD + "".join(text for folder in folders for text in _example(folder))}


def _example(folder: Path) -> Iterator[str]:
    title, *paragraphs = (folder / "README.md").read_text(encoding="utf-8").strip().split("\n\n")
    yield f"\n## [{title.removeprefix('# ')}]({folder.name}/README.md)\n\n"
    yield from (f"{paragraph}\n" for paragraph in paragraphs[:-1])  # the last one says how to run it
    yield f"\nFiles: {', '.join(f'[`{name}`]({folder.name}/{name})' for name in files_of(folder))}\n"


def files_of(folder: Path) -> list[str]:
    """The files of an example, its tests last."""
    files = [path for path in folder.rglob("*") if path.suffix in (".ini", ".py", ".sh") and path.stem != "__init__"]
    return sorted((path.relative_to(folder).as_posix() for path in files), key=lambda name: ("test_" in name, name))


if __name__ == "__main__":
    for place, written in pages().items():
        place.write_text(written, encoding="utf-8")

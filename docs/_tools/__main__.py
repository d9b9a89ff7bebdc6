"""Writes every page that is generated: ``python3 docs/_tools``.

Each ``make_*.py`` here has ``pages()``, texts by their places, and may be run alone.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))


def pages() -> dict[Path, str]:
    """All pages, by where they are."""
    found: dict[Path, str] = {}
    for maker in sorted(HERE.glob("make_*.py")):
        found |= import_module(maker.stem).pages()
    return found


if __name__ == "__main__":
    for place, written in pages().items():
        place.write_text(written, encoding="utf-8")

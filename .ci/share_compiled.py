"""Gives a new environment what others have compiled by now of the very same files: share_compiled.py NEW OTHER...

Each environment of a run would otherwise compile botocore, hypothesis and the like anew, which takes seconds. The files
that uv installs are links to those in its cache, so the same in each environment; what Python has compiled of one holds
wherever that is. Where files are copies, nothing is shared, and each environment compiles its own.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path


def packages(environment: str) -> Path:
    """Where what is installed lies."""
    (found,) = Path(environment).glob("lib/python*/site-packages")
    return found


def share(new: Path, other: Path) -> None:
    """Link what is compiled there to here, of files that are the same ones."""
    for name, folders, compiled in os.walk(other):
        if not name.endswith("__pycache__"):
            folders[:] = [one for one in folders if one != "data"]  # of which botocore has thousands
            continue
        place = Path(name)
        here = new / place.parent.relative_to(other)
        for file in compiled:
            source = f"{file.partition('.')[0]}.py"
            # (Not what pytest has rewritten: in tracebacks that would be in the other environment.)
            if "-pytest-" not in file and same(here / source, place.parent / source):
                (here / "__pycache__").mkdir(exist_ok=True)
                # Whoever compiles there meanwhile renames what it has written.
                with suppress(FileExistsError, FileNotFoundError):
                    os.link(place / file, here / "__pycache__" / file)


def same(one: Path, other: Path) -> bool:
    """Whether these are one file by two names."""
    try:
        return one.samefile(other)
    except OSError:
        return False


for environment in sys.argv[2:]:
    share(packages(sys.argv[1]), packages(environment))

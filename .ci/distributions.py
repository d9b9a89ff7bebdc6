"""What the distributions hold: ``python3 .ci/distributions.py REPOSITORY WHEEL SDIST``. Fails where that is wrong.

A wheel holds the package, all of it and nothing else. A source distribution holds what is in the repository, tests and
documentation included, but for ``.ci``. No link of the description
leads nowhere, and nothing is required that was not asked for.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from pathlib import Path

STAYS = ".ci/"


def main(repository: str, wheel: str, sdist: str) -> int:
    """Say what is wrong; 1 if anything is."""
    committed = subprocess.run(
        ["git", "-C", repository, "ls-files", "-z"], check=True, capture_output=True, text=True
    ).stdout.split("\0")[:-1]
    complaints = [*_wrong_in_wheel(Path(wheel), committed), *_wrong_in_sdist(Path(sdist), committed)]
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    if not complaints:
        print(f"{Path(wheel).name} and {Path(sdist).name} hold what is committed")
    return 1 if complaints else 0


def _wrong_in_wheel(wheel: Path, committed: list[str]) -> Iterator[str]:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        info = next(name.partition("/")[0] for name in names if name.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(f"{info}/METADATA").decode())
    wanted = {name for name in committed if name.startswith("minicloud/")}
    yield from _differences("the wheel", wanted, {name for name in names if not name.startswith(f"{info}/")})
    yield from _wrong_in_metadata(metadata)


def _wrong_in_sdist(sdist: Path, committed: list[str]) -> Iterator[str]:
    with tarfile.open(sdist) as archive:
        names = {member.name.partition("/")[2] for member in archive if member.isfile()}
    wanted = {name for name in committed if not name.startswith(STAYS)} | {"PKG-INFO"}
    yield from _differences("the source distribution", wanted, names)


def _differences(what: str, wanted: set[str], there: set[str]) -> Iterator[str]:
    for name in sorted(wanted - there):
        yield f"{what} lacks {name}"
    for name in sorted(there - wanted):
        yield f"{what} has {name}, which is not committed"


def _wrong_in_metadata(metadata: Message) -> Iterator[str]:
    for required in metadata.get_all("Requires-Dist", []):
        if "extra ==" not in required:
            yield f"minicloud requires nothing, and this says that it requires {required}"
    for link in re.findall(r"\]\(([^)]+)\)", str(metadata.get_payload())):
        if not link.startswith(("https://", "http://", "#")):
            yield f"the description links to {link}, which is not there on an index"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""Runs mypy and pyright over the programs beside this file, and compares what they tell with the marks of the lines.

``python3 check.py``, or ``python3 check.py --stubs`` where boto3-stubs and types-aiobotocore are installed. minicloud
is installed, too, however somebody installs it, and so are both checkers.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from shutil import copytree

HERE = Path(__file__).parent
ALWAYS = ["any_environment.py"]
WITH_STUBS = ["boto3_stubs.py"]
_MARK = re.compile(r"  # wrong(?P<stubs>, but to mypy with stubs alone)?(?:$|  #)")


def wanted(folder: Path, files: list[str], checker: str, stubs: bool) -> set[tuple[str, int]]:
    """The lines that are marked for a checker."""
    found = set()
    for file in files:
        for number, line in enumerate((folder / file).read_text(encoding="utf-8").splitlines(), 1):
            mark = _MARK.search(line)
            if mark and (stubs or checker != "mypy" or not mark["stubs"]):
                found.add((file, number))
    return found


def told_by_mypy(folder: Path, files: list[str]) -> set[tuple[str, int]]:
    """The lines that mypy finds wrong."""
    command = [sys.executable, "-m", "mypy", "--strict", "--output", "json", *files]
    finished = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if finished.returncode not in (0, 1) or finished.stderr:
        sys.exit(finished.stdout + finished.stderr)
    errors = [json.loads(line) for line in finished.stdout.splitlines() if line.startswith("{")]
    return {(error["file"], error["line"]) for error in errors if error["severity"] == "error"}


def told_by_pyright(folder: Path, files: list[str]) -> set[tuple[str, int]]:
    """The lines that pyright finds wrong."""
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "--outputjson", *files]
    finished = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    try:
        diagnostics = json.loads(finished.stdout)["generalDiagnostics"]
    except ValueError:
        sys.exit(finished.stdout + finished.stderr)
    return {
        (Path(one["file"]).name, one["range"]["start"]["line"] + 1) for one in diagnostics if one["severity"] == "error"
    }


def main() -> int:
    """Check; returns the exit status."""
    stubs = "--stubs" in sys.argv[1:]
    files = ALWAYS + WITH_STUBS if stubs else ALWAYS
    status = 0
    # Elsewhere: in its clone minicloud would be found without having been installed.
    with tempfile.TemporaryDirectory() as place:
        folder = copytree(HERE, Path(place).resolve() / "programs")
        (folder / "mypy.ini").write_text("[mypy]\n", encoding="utf-8")  # and no other that may lie about
        for name, told in (("mypy", told_by_mypy(folder, files)), ("pyright", told_by_pyright(folder, files))):
            marked = wanted(folder, files, name, stubs)
            for file, line in sorted(told ^ marked):
                print(f"{name} {'finds nothing wrong' if (file, line) in marked else 'finds a mistake'}: {file}:{line}")
                status = 1
            print(
                f"{name}, {'with' if stubs else 'without'} stubs: {len(told & marked)} of {len(marked)} mistakes told"
            )
    return status


if __name__ == "__main__":
    sys.exit(main())

"""The distribution called ``minicloud`` is another project's: where both are installed, the first cloud says so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from minicloud.engine.other_distribution import find, warn_of

PACKAGE = Path(__file__).parents[2] / "minicloud"
PROGRAM = """\
import sys
sys.path.insert(0, sys.argv[1])
import minicloud
minicloud.Cloud, minicloud.mock_aws
print("went on")
"""


def first_cloud(folder: Path, beside: str) -> str:
    """What Python warns of where this is installed beside the package."""
    folder.mkdir()
    (folder / beside).mkdir()
    (folder / "minicloud").symlink_to(PACKAGE)
    command = [sys.executable, "-I", "-S", "-B", "-W", "default", "-c", PROGRAM, str(folder)]
    finished = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert finished.stdout == "went on\n"
    return finished.stderr


def test_the_other_distribution_beside_this_one_is_told_once(tmp_path: Path) -> None:
    told = first_cloud(tmp_path / "both", "minicloud-1.0.1.dist-info")
    assert told.count("RuntimeWarning") == 1
    assert 'The distribution "minicloud" 1.0.1 is installed beside "minicloud-aws".' in told
    assert 'Uninstall both, and install "minicloud-aws" again.' in told


def test_nothing_is_said_of_what_only_looks_like_it(tmp_path: Path) -> None:
    assert first_cloud(tmp_path / "this", "minicloud_aws-0.2.0.dist-info") == ""
    assert first_cloud(tmp_path / "near", "minicloudy-1.0.1.dist-info") == ""


@pytest.mark.parametrize(
    ("names", "version"),
    [
        (["minicloud-1.0.1.dist-info"], "1.0.1"),
        (["numpy", "minicloud-2.0.egg-info"], "2.0"),
        (["minicloud-1.0.1", "minicloud_aws-1.0.dist-info", "minicloud", "minicloud-1.0.txt"], None),
        ([], None),
    ],
)
def test_what_an_installer_has_left(tmp_path: Path, names: list[str], version: str | None) -> None:
    for name in names:
        (tmp_path / name).mkdir()
    assert find(str(tmp_path)) == version
    assert find(str(tmp_path / "nowhere")) is None


def test_whose_line_is_warned_of() -> None:
    with pytest.warns(RuntimeWarning, match=r'^The distribution "minicloud" 1\.2 is installed beside') as caught:
        warn_of("1.2")
    assert caught[0].filename == __file__
    assert str(caught[0].message) == (
        'The distribution "minicloud" 1.2 is installed beside "minicloud-aws". It is another project\'s and has a '
        "package of the same name: the files of one have overwritten files of the other. Uninstall both, and install "
        '"minicloud-aws" again.'
    )
    warn_of(None)

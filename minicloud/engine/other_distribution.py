"""A warning if the distribution called ``minicloud`` is installed, too: another project's, with a package of this name.

Two distributions that put files into one folder overwrite each other's, and to uninstall one takes the other along.
Whichever came last runs; if that is the other one, nothing here does. So this is a help and no guard, and is cheap: one
look at the names in the folder that the package is in, once a process, when the first cloud's class is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

__all__ = ["find", "warn_of"]

# Without pathlib, which takes longer to import than this to run.
_PLACE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120
_PREFIX = "minicloud-"
"""Of the folder in which an installer keeps what it knows of that distribution; ours is ``minicloud_aws-...``."""


def find(place: str = _PLACE) -> str | None:
    """The version of the other distribution, if it is installed into this folder. O(names there)."""
    try:
        names = os.listdir(place)  # noqa: PTH208
    except OSError:  # the package is in an archive, or may not be listed
        return None
    return _version(names)


def _version(names: Iterable[str]) -> str | None:
    for name in names:
        if name.startswith(_PREFIX) and name.endswith((".dist-info", ".egg-info")):
            return name.removeprefix(_PREFIX).rpartition(".")[0]
    return None


def warn_of(version: str | None) -> None:
    """Warns if there is one."""
    if version is not None:
        import warnings

        warnings.warn(
            f'The distribution "minicloud" {version} is installed beside "minicloud-aws". It is another project\'s and '
            "has a package of the same name: the files of one have overwritten files of the other. Uninstall both, and "
            'install "minicloud-aws" again.',
            RuntimeWarning,
            stacklevel=2,
        )

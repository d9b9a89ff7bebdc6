"""What of a distribution's metadata is made when it is built; pyproject.toml names this file as a hook of hatchling's.

On the package index a link to a file of the repository leads nowhere. So the description is the README, whose links to
files lead into the repository if its address is known, and are their texts alone if not. The address is written in one
place, ``[tool.minicloud]`` in pyproject.toml; the project's links on the index follow from it, too.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

try:
    from hatchling.metadata.plugin.interface import MetadataHookInterface
except ModuleNotFoundError:  # the release script and the tests read the README as the index will, without building
    MetadataHookInterface = object

__all__ = ["DistributionMetadata", "description", "links", "settings"]

_LINK = re.compile(r"\[([^\]]+)\]\((?![a-z]+:)([^)#]*)(#[^)]*)?\)")


class DistributionMetadata(MetadataHookInterface):
    """Adds what follows from the repository's address: ``readme`` and ``urls``."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Called by hatchling with the table ``[project]``, which already has the version."""
        root = Path(self.root)
        text = description(root, metadata["version"])
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
        metadata["urls"] = links(root, metadata["version"])


def settings(root: Path) -> dict[str, str]:
    """The table ``[tool.minicloud]``: the repository's address, or "", and where a file of a version is in it."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["minicloud"]


def links(root: Path, version: str) -> dict[str, str]:
    """What the index shows beside the description. Nothing, as long as no address is known."""
    if not settings(root)["repository"]:
        return {}
    return {
        "Source": settings(root)["repository"],
        "Documentation": _address(root, version, "docs/index.md"),
        "Changelog": _address(root, version, "CHANGELOG.md"),
        "Security": _address(root, version, "docs/SECURITY.md"),
    }


def description(root: Path, version: str) -> str:
    """The README as the index shows it."""
    readme = (root / "README.md").read_text(encoding="utf-8")
    if settings(root)["repository"]:
        return _LINK.sub(lambda link: _absolute(root, version, link), readme)
    return (
        _LINK.sub(r"\1", readme)
        + "\n\nThe pages that are named here are in the source distribution, in the folder `docs`.\n"
    )


def _absolute(root: Path, version: str, link: re.Match[str]) -> str:
    text, path, anchor = link.groups()
    if not path:  # a heading of the README itself
        return link.group()
    return f"[{text}]({_address(root, version, path)}{anchor or ''})"


def _address(root: Path, version: str, path: str) -> str:
    where = settings(root)
    return where["file"].format(repository=where["repository"].rstrip("/"), version=version, path=path)

"""Real libraries over real clients. Only where they are installed (``requirements.txt``) and asked for.

MINICLOUD_INTEROP=1 python -m pytest tests/interop
"""

from __future__ import annotations

import os
from pathlib import Path

from tests.boto.conftest import clean_environment, empty_folder, no_network

__all__ = ["clean_environment", "empty_folder", "no_network"]


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    if os.environ.get("MINICLOUD_INTEROP") != "1" and collection_path.name.startswith("test_"):
        return True
    return None

"""What all tests share.

``*_boto.py`` files need botocore, ``*_freezers.py`` files freezegun and time-machine. On a machine without them they
are left out, unless ``MINICLOUD_REQUIRE_BOTO=1`` says that they have to run: then the missing package is an error, as
a check that skips in silence is none.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from fnmatch import fnmatch
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

BOTO_REQUIRED = os.environ.get("MINICLOUD_REQUIRE_BOTO") == "1"
BOTO_INSTALLED = importlib.util.find_spec("botocore") is not None
FREEZERS = ("freezegun", "time_machine")
FREEZERS_INSTALLED = all(importlib.util.find_spec(name) is not None for name in FREEZERS)

# A session of boto3 keeps what it was made under, and all tests share the default one: never look up credentials.
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"

if BOTO_REQUIRED:
    for name in ("botocore", "boto3", "aiobotocore", *FREEZERS):
        importlib.import_module(name)

# Machines are slow at times, and examples are no benchmark. The rest stays as hypothesis has it (in CI: derandomized).
settings.register_profile(
    "minicloud", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("minicloud")

pytest_plugins = ["pytester", "tests.ways"]


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    if not BOTO_INSTALLED and fnmatch(collection_path.name, "*_boto.py"):
        return True
    if not FREEZERS_INSTALLED and fnmatch(collection_path.name, "*_freezers.py"):
        return True
    return None


def pytest_configure(config: pytest.Config) -> None:
    # Installed, the plugin is loaded through its entry point; in a bare clone by its name.
    if not config.pluginmanager.has_plugin("minicloud"):
        plugin = importlib.import_module("minicloud.pytest_plugin")
        if not config.pluginmanager.is_registered(plugin):
            config.pluginmanager.register(plugin, "minicloud")

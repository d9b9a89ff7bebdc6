"""The region that boto3 would take, for clouds of mocks and fixtures, and the default one.

As botocore looks for it: in ``AWS_DEFAULT_REGION``, then in what the profile (``AWS_DEFAULT_PROFILE``, ``AWS_PROFILE``
or ``default``) says in the credentials file or the config file. Other tools, and functions of Lambda, go by
``AWS_REGION``, which boto3 does not: a mock gives it to boto3 where boto3 would have no region. [botocore 1.44
configprovider.py, configloader.py]
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..core.arns import check_region_name
from ..exceptions import UsageError

if TYPE_CHECKING:
    from configparser import RawConfigParser

__all__ = ["default_region"]

_LAST_RESORT = "us-east-1"


def default_region() -> str:
    """The region of clients that are made without one. Reads two small files, where the environment names none.

    Raises ``UsageError``, saying where it is from, for what cannot be a region.
    """
    for look_up, source in _SOURCES:
        region_name = look_up()
        if region_name:
            try:
                check_region_name(region_name)
            except UsageError as error:
                raise UsageError(f"{error}; it comes from {source}") from None
            return region_name
    return _LAST_RESORT


def _region_of_profile() -> str | None:
    """What the profile's section of the credentials file says, or else that of the config file."""
    profile = os.environ.get("AWS_DEFAULT_PROFILE", os.environ.get("AWS_PROFILE")) or "default"
    credentials = _read(os.environ.get("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"))
    if credentials is not None and credentials.has_option(profile, "region"):
        return credentials.get(profile, "region")
    config = _read(os.environ.get("AWS_CONFIG_FILE", "~/.aws/config"))
    if config is None:
        return None
    sections = [section for section in config.sections() if _profile_of(section) == profile]
    return config.get(sections[-1], "region", fallback=None) if sections else None


_SOURCES: tuple[tuple[Callable[[], str | None], str], ...] = (
    (lambda: os.environ.get("AWS_DEFAULT_REGION"), "AWS_DEFAULT_REGION"),
    (_region_of_profile, "the profile in the AWS config or credentials file"),
    (lambda: os.environ.get("AWS_REGION"), "AWS_REGION"),
)


def _profile_of(section: str) -> str | None:
    """The profile that a section of the config file is about, if it is about one."""
    if section == "default":
        return section
    if not section.startswith("profile"):
        return None
    import shlex

    try:
        words = shlex.split(section)
    except ValueError:
        return None
    return words[1] if len(words) == 2 else None


def _read(path: str) -> RawConfigParser | None:
    """A file, or None where there is none that can be read: boto3 tells of that itself."""
    path = os.path.expanduser(os.path.expandvars(path))  # noqa: PTH111  # as botocore does it
    if not os.path.isfile(path):  # noqa: PTH113  # pathlib takes longer to import than all of this takes
        return None
    import configparser

    as_botocore: Any = {"default_section": None}
    parser = configparser.RawConfigParser(**as_botocore)
    try:
        parser.read([path], encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError, OSError):
        return None
    return parser

"""No call goes to AWS from a test that has one of minicloud's fixtures, though its real clients be in no mock.

The marker's ``network=True`` lets a test's calls go; the ini option ``minicloud_block_network = all`` holds
those of all tests.

This is loaded in every run: what refuses the calls is loaded with the first test that is held.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest

from .items import fixtures_of_minicloud
from .options import option

__all__ = ["note_missing_mock", "pytest_runtest_protocol"]

_UNCONFIGURED = frozenset({"NoCredentialsError", "NoRegionError"})


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """A test runs, what sets it up and clears up after it included."""
    ours = fixtures_of_minicloud(item)
    for_all = option(item.config, item, "minicloud_block_network") == "all"
    if not (ours or for_all) or option(item.config, item, "network"):
        return (yield)
    from ..boto.guard import begin_guard, end_guard

    told = ours - {"cloud"} or ours  # which the others have asked for
    before = begin_guard(tuple(name for name in getattr(item, "fixturenames", ()) if name in told))
    try:
        return (yield)
    finally:
        end_guard(before)


def note_missing_mock(item: pytest.Item, error: BaseException) -> None:
    """Botocore complains that it knows no region, or no credentials: add that there was no mock, which has them."""
    kind = type(error)
    if kind.__name__ not in _UNCONFIGURED or not kind.__module__.startswith("botocore."):
        return
    if fixtures_of_minicloud(item) and not option(item.config, item, "network"):
        error.add_note(
            "no mock was active here: ask for the fixture mock_aws, and the test's cloud answers boto3's clients"
        )

"""Faults have to fire: a test that has passed fails when a fault that it asked for met no call."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from .clouds import clouds_of_tests

__all__ = ["pytest_runtest_call"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test that has passed, when a fault of a cloud of its own never fired."""
    result = yield
    # Of many examples, some may well do without the fault: clouds of hypothesis's are not among these.
    clouds = clouds_of_tests(item.config).made_for(item)
    unused = [fault for cloud in clouds for fault in cloud.unused_faults()]
    if unused:
        lines = "\n".join(f"  {fault!r}" for fault in unused)
        pytest.fail(
            f"{len(unused)} of the test's faults never fired; give optional=True to those that need not:\n{lines}",
            pytrace=False,
        )
    return result

"""The end of a test's function: its faults have to have fired, and what its handlers have asserted has to hold.

A test that has passed fails when a fault that it asked for met no call, and with the ``AssertionError`` of a handler
that no call of the test has raised before (``engine.kept``). One that fails otherwise gets a note of the latter.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

from .clouds import clouds_of_tests

if TYPE_CHECKING:
    from ..engine.handler_errors import HandlerErrors

__all__ = ["pytest_runtest_call"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test that has passed, when a handler has failed or a fault of a cloud of its own never fired."""
    __tracebackhide__ = True
    try:
        result = yield
    except BaseException as error:
        for kept in _kept(item):
            kept.note(error)
            kept.forget()
        raise
    _tell(_kept(item))
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


def _kept(item: pytest.Item) -> list[HandlerErrors]:
    """What the clouds of the test have kept for it."""
    clouds = clouds_of_tests(item.config).uses()
    return [kept for cloud in clouds if (kept := cloud.errand_runner.kept)]


def _tell(all_kept: list[HandlerErrors]) -> None:
    """Raise the first of what clouds have kept: one says what is wrong."""
    __tracebackhide__ = True
    try:
        for kept in all_kept:
            kept.throw()
    finally:
        for kept in all_kept:
            kept.forget()

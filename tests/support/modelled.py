"""Which part of botocore's models a contract test needs is said by a marker::

    @pytest.mark.modelled("kinesis.UpdateAccountSettings", "kinesis.CreateStream.WarmThroughputMiBps")
    def test_...

An operation, or a parameter of one, also for a test that looks at a member of answers which came with it. A real client
whose botocore has not heard of it refuses the call, or has no such method: through such a client the test is not
selected. Where the installed botocore is as new as minicloud's models, or newer, all tests run.

A test that compares all of a model is for the release of botocore whose models minicloud's are, and for newer ones::

    @pytest.mark.known_release
    def test_...

Where botocore is older these are left out, and pytest's summary says how many.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from functools import cache
from typing import Any

import pytest

from minicloud.services.registry import KNOWN_RELEASE

from .needs import is_installed
from .ways import REAL


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "modelled(*names): only through real clients whose botocore has these operations and parameters."
    )
    config.addinivalue_line("markers", "known_release: only where botocore is as new as minicloud's models, or newer.")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None]:
    """Before tests are dealt out to the ways, as those of a way that is left out go through another.

    What compares with a release goes last, so that of what was not asked for nothing is said.
    """
    _leave_out(config, items, (item for item in items if _way(item) in REAL and any(map(_lacks, _names(item)))))
    yield
    if _is_older():
        comparing = (item for item in items if item.get_closest_marker("known_release"))
        config.stash[_LEFT_OUT] = _leave_out(config, items, comparing)


def _leave_out(config: pytest.Config, items: list[pytest.Item], unknown: Iterable[pytest.Item]) -> int:
    """How many those are."""
    others = set(unknown)
    if others:
        config.hook.pytest_deselected(items=list(others))
        items[:] = [item for item in items if item not in others]
    return len(others)


# --- what is said of them ---------------------------------------------------------------------------------------------

_LEFT_OUT = pytest.StashKey[int]()
_OUTPUT = "minicloud_left_out"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Once, as processes of ``both_cores`` come to no summary, and pytest-xdist's workers tell the one that prints."""
    if count := config.stash.get(_LEFT_OUT, 0):
        import botocore

        what = "1 test left out: it compares" if count == 1 else f"{count} tests left out: they compare"
        terminalreporter.write_line(
            f"{what} with botocore {KNOWN_RELEASE}, and {botocore.__version__} is installed (docs/contributing.md says "
            "how to run them)"
        )


def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_OUTPUT] = session.config.stash.get(_LEFT_OUT, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Every worker of pytest-xdist has collected all; one that has crashed tells nothing."""
    stash = node.config.stash
    stash[_LEFT_OUT] = max(stash.get(_LEFT_OUT, 0), getattr(node, "workeroutput", {}).get(_OUTPUT, 0))


# --- what the installed botocore has ----------------------------------------------------------------------------------


def _way(item: pytest.Item) -> Any:
    call = getattr(item, "callspec", None)
    return call and call.params.get("way")


def _names(item: pytest.Item) -> list[str]:
    return [name for marker in item.iter_markers("modelled") for name in marker.args]


@cache
def _lacks(name: str) -> bool:
    """Whether the installed botocore lacks an operation or a parameter."""
    if not is_installed("botocore"):
        return False  # then the way fails, and says why
    import botocore

    service, operation, *parameter = name.split(".")
    model = _model_of(service)
    if operation in model.operation_names:
        shape = model.operation_model(operation).input_shape
        for part in parameter:  # which may be of a structure
            shape = shape and shape.members.get(part)
        if shape or not parameter:
            return False
    assert _is_older(), f"botocore {botocore.__version__} has no {name}"
    return True


@cache
def _model_of(service: str) -> Any:
    """The installed botocore's model of a service, read once: a hundred operations and parameters are looked for."""
    from .model_gaps import model_of

    return model_of(service)


@cache
def _is_older() -> bool:
    """Whether the installed botocore is older than minicloud's models."""
    if not is_installed("botocore"):
        return False
    import botocore

    release, known = (tuple(map(int, text.split("."))) for text in (botocore.__version__, KNOWN_RELEASE))
    return release < known

"""Which part of botocore's models a contract test needs is said by a marker::

    @pytest.mark.modelled("kinesis.UpdateAccountSettings", "kinesis.CreateStream.WarmThroughputMiBps")
    def test_...

An operation, or a parameter of one, also for a test that looks at a member of answers which came with it. A real client
whose botocore has not heard of it refuses the call, or has no such method: through such a client the test is not
selected. Where the installed botocore is as new as minicloud's models, or newer, all tests run.

A test that compares all of a model is for the release of botocore whose models minicloud's are, and for newer ones::

    @pytest.mark.known_release
    def test_...
"""

from __future__ import annotations

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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    unknown = [
        item
        for item in items
        if (_way(item) in REAL and any(map(_lacks, _names(item))))
        or (item.get_closest_marker("known_release") and _is_older())
    ]
    if unknown:
        config.hook.pytest_deselected(items=unknown)
        items[:] = [item for item in items if item not in unknown]


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

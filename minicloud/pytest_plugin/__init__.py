"""pytest's way in: fixtures, a marker, and a section in the report of a failed test.

    def test_orders(sqs, cloud): ...                       # a fresh cloud on a virtual clock for each test

    @pytest.mark.minicloud(clock="real", limits="strict")  # = the keyword arguments of Cloud
    def test_timeouts(sqs): ...

The seed comes from the test's own name: different for every test, the same in every run of it. Markers on function,
class and module add up; for each argument the nearest one wins.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from .async_tests import pytest_itemcollected, pytest_pyfunc_call
from .clouds import clouds_of
from .report import configure, pytest_addoption, pytest_runtest_makereport

if TYPE_CHECKING:
    from ..clients.sqs import SqsClient
    from ..cloud import Cloud

__all__ = [
    "cloud",
    "kinesis",
    "mock_aws",
    "pytest_addoption",
    "pytest_configure",
    "pytest_itemcollected",
    "pytest_pyfunc_call",
    "pytest_runtest_makereport",
    "sns",
    "sqs",
]


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, and begin to look at what tests do with clouds."""
    config.addinivalue_line(
        "markers",
        "minicloud(**options): options of the test's minicloud.Cloud (clock, seed, limits, region_name ...); "
        "verdicts=(...), what has to hold at the end, and trace= are for all clouds that the test makes",
    )
    configure(config)


def _options(node: pytest.Item) -> dict[str, Any]:
    """The arguments of the test's cloud: markers from far to near, over the fixture's defaults."""
    options: dict[str, Any] = {"clock": "virtual", "seed": node.nodeid, "trace": True}
    for marker in reversed(list(node.iter_markers("minicloud"))):
        if marker.args:
            pytest.fail("@pytest.mark.minicloud takes keyword arguments only: those of minicloud.Cloud", pytrace=False)
        options.update(marker.kwargs)
    options.pop("verdicts", None)
    return options


def _made_for(node: pytest.Item) -> Cloud:
    from ..cloud import Cloud

    cloud = Cloud(**_options(node))
    node.stash.setdefault(clouds_of, []).append(cloud)
    return cloud


@pytest.fixture
def cloud(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    """A fresh ``minicloud.Cloud`` on a virtual clock, closed after the test; the marker ``minicloud`` sets it up."""
    with _made_for(request.node) as made:
        yield made


@pytest.fixture
def sqs(cloud: Cloud) -> SqsClient:
    """A boto3-like SQS client of the test's cloud."""
    return cloud.client("sqs")


@pytest.fixture
def sns(cloud: Cloud) -> Any:
    """A boto3-like SNS client of the test's cloud."""
    return cloud.client("sns")


@pytest.fixture
def kinesis(cloud: Cloud) -> Any:
    """A boto3-like Kinesis client of the test's cloud."""
    return cloud.client("kinesis")


@pytest.fixture
def mock_aws(cloud: Cloud) -> Iterator[Cloud]:
    """Real boto3 clients are answered by the test's cloud, which is the fixture's value."""
    from ..boto.mock import mock_aws as answer

    with answer(cloud=cloud) as answering:
        yield answering

"""pytest's way in: fixtures, a marker, and a section in the report of a failed test.

    def test_orders(sqs, cloud): ...                       # a fresh cloud on a virtual clock for each test

    @pytest.mark.minicloud(clock="real", limits="strict")  # = the keyword arguments of Cloud
    def test_timeouts(sqs): ...

The seed comes from the test's own name: different for every test, the same in every run of it. Markers on function,
class and module add up; for each argument the nearest one wins.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from .pytest_async import pytest_itemcollected, pytest_pyfunc_call, pytest_runtest_call  # noqa: F401  # hooks

if TYPE_CHECKING:
    from .clients.sqs import SqsClient
    from .cloud import Cloud

_LAST_EVENTS = 30

_clouds = pytest.StashKey[list["Cloud"]]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        "minicloud(**options): options of the test's minicloud.Cloud (clock, seed, limits, region_name, account_id)",
    )


def _options(node: pytest.Item) -> dict[str, Any]:
    """The arguments of the test's cloud: markers from far to near, over the fixture's defaults."""
    options: dict[str, Any] = {"clock": "virtual", "seed": node.nodeid, "trace": True}
    for marker in reversed(list(node.iter_markers("minicloud"))):
        if marker.args:
            pytest.fail("@pytest.mark.minicloud takes keyword arguments only: those of minicloud.Cloud", pytrace=False)
        options.update(marker.kwargs)
    return options


def _made_for(node: pytest.Item) -> Cloud:
    from .cloud import Cloud

    cloud = Cloud(**_options(node))
    node.stash.setdefault(_clouds, []).append(cloud)
    return cloud


@pytest.fixture
def cloud(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    """A fresh ``minicloud.Cloud`` on a virtual clock, closed after the test; the marker ``minicloud`` sets it up."""
    made = _made_for(request.node)
    with made:
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
    from .boto.mock import mock_aws as answer

    with answer(cloud=cloud) as answering:
        yield answering


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the last events of the test's clouds to the report of a failure."""
    report = yield
    if report.failed:
        for made in item.stash.get(_clouds, []):
            events = made.trace.render(_LAST_EVENTS) or "nothing happened"
            total = len(made.trace)
            shown = f"last {_LAST_EVENTS} of {total} events" if total > _LAST_EVENTS else f"{total} events"
            title = f"minicloud: seed={made.seed!r}, {made.clock.now():%Y-%m-%d %H:%M:%S} on its clock, {shown}"
            report.sections.append((title, events))
    return report

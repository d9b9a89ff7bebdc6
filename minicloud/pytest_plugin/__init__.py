"""pytest's way in: fixtures, a marker, and a section in the report of a failed test.

    def test_orders(sqs, cloud): ...                       # a fresh cloud on a virtual clock for each test

    @pytest.mark.minicloud(clock="real", limits="strict")  # = the keyword arguments of Cloud
    def test_timeouts(sqs): ...

The seed comes from the test's own name: different for every test, the same in every run of it. Markers on function,
class and module add up; for each argument the nearest one wins (``options``).
"""

# pytest loads this in everybody's every run, whether or not minicloud is used: at the top of this file, and of those
# that it imports, nothing may be imported that pytest has not loaded anyway. The library loads inside of the hooks.

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from . import async_tests
from .clouds import CloudsOfTests, clouds_of_tests
from .faults import pytest_runtest_call
from .items import clouds_of_fixtures, fixtures_of_minicloud, is_of_hypothesis, may_use_minicloud, shared_cloud
from .network import note_missing_mock, pytest_runtest_protocol
from .options import OPTIONS, add_ini_options, check_ini_file, check_markers, option

if TYPE_CHECKING:
    from ..clients.peers import KinesisClient, SnsClient, SqsClient
    from ..cloud import Cloud
    from ..server.aio_thread import Server

__all__ = [
    "cloud",
    "cloud_module",
    "cloud_server",
    "cloud_session",
    "kinesis",
    "mock_aws",
    "pytest_addoption",
    "pytest_configure",
    "pytest_make_collect_report",
    "pytest_runtest_call",
    "pytest_runtest_makereport",
    "pytest_runtest_protocol",
    "pytest_runtest_setup",
    "sns",
    "sqs",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the command line and of the ini file."""
    group = parser.getgroup("minicloud")
    group.addoption(
        "--minicloud-report",
        action="store_true",
        help="end with a table of the AWS behaviours (redelivery, throttling ...) that the tests exercised",
    )
    group.addoption(
        "--minicloud-fail-under-behaviours",
        metavar="NAMES",
        help="fail a run that has not exercised one of these behaviours (names of --minicloud-report, with commas)",
    )
    group.addoption(
        "--minicloud-html",
        metavar="DIR",
        help="write what happened in the clouds of each failed test to DIR, as pages to open in a browser",
    )
    group.addoption(
        "--minicloud-jsonl",
        metavar="DIR",
        help="write what happened in the clouds of each failed test to DIR, as JSON lines",
    )
    add_ini_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, begin to look at what tests do with clouds, and add it up where that was asked for."""
    config.addinivalue_line(
        "markers",
        "minicloud(**options): options of all clouds of a test, however they are made: "
        f"{', '.join(row.name for row in OPTIONS if row.name)}",
    )
    check_ini_file(config)
    config.pluginmanager.register(async_tests, "minicloud-async-tests")
    clouds = CloudsOfTests(config)
    config.pluginmanager.register(clouds, "minicloud-clouds")
    shows_table = config.getoption("minicloud_report", False)
    required = config.getoption("minicloud_fail_under_behaviours", None)
    if shows_table or required:
        from .coverage import BehaviourCoverage

        coverage = BehaviourCoverage(clouds, shows_table=shows_table, required=required)
        config.pluginmanager.register(coverage, "minicloud-report")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test begins: check its markers, begin its verdicts, and load what a first one of hypothesis's may need."""
    check_markers(item)
    if option(item.config, item, "time") and not fixtures_of_minicloud(item):
        pytest.fail(
            "@pytest.mark.minicloud(time=True) is for tests with one of minicloud's fixtures, and their cloud's time: "
            "ask for cloud, or write `with cloud.patch_time():` where the test makes its cloud",
            pytrace=False,
        )
    names = option(item.config, item, "verdicts")
    if names:
        from .verdicts import verdicts_of

        verdicts_of(item.config).begin(item, names)
    if is_of_hypothesis(item) and not clouds_of_tests(item.config).is_warm and may_use_minicloud(item):
        from .warm_up import warm_up

        clouds_of_tests(item.config).is_warm = True
        warm_up()


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Leave minicloud's frames out of the error of a file that cannot be collected."""
    report = yield
    if report.failed and "minicloud.exceptions" in sys.modules:
        from .tracebacks import hide_in_collection

        hide_in_collection(collector, report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what happened in the clouds of a test to the report of its failure, and leave minicloud's frames out."""
    # Of a TestCase, pytest puts what was raised into the call only later.
    failures = [call.excinfo, *(getattr(item, "_excinfo", None) or ())]
    if any(failures) and may_use_minicloud(item):
        from ..inspection.near_attributes import note_missing_await, note_near_attribute
        from .tracebacks import hide_frames

        for failure in filter(None, failures):
            note_near_attribute(failure.value)
            note_missing_await(failure.value)
            hide_frames(failure.value)
            note_missing_mock(item, failure.value)
    report = yield
    if report.failed:
        uses = clouds_of_tests(item.config).uses_of(item)
        if uses:
            from .report import sections_of

            report.sections += sections_of(item, uses, call.duration if call.when == "call" else 0.0)
        if report.when == "setup" and "ScopeMismatch" in str(report.longrepr):
            from .scopes import advice

            report.sections += advice(str(report.longrepr))
        note = ""
        if "minicloud.pytest_plugin.loops" in sys.modules:
            from .loops import note_of

            note = note_of(item)
        if uses and not note:
            from . import loop_notes

            note = loop_notes.note_of(item, uses)
        if note:
            report.sections.append(("minicloud: the event loop", note))
    return report


def _make_cloud(fixture: str) -> Cloud:
    """A cloud of the plugin's own making, on a virtual clock and in boto3's region, unless somebody says otherwise."""
    from ..cloud import Cloud

    return Cloud._where_boto3_is(f"the fixture {fixture}", {}, clock="virtual")


@pytest.fixture
def cloud(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    """A fresh ``minicloud.Cloud`` on a virtual clock, closed after the test; the marker ``minicloud`` sets it up."""
    shared = request.node.stash.get(shared_cloud, None)
    patches_time = option(request.config, request.node, "time")
    if shared is not None and not shared.closed:
        with shared.patch_time() if patches_time else nullcontext():
            yield shared
        return
    with _make_cloud("cloud") as made:
        request.node.stash.setdefault(clouds_of_fixtures, []).append(made)
        with made.patch_time() if patches_time else nullcontext():
            yield made


@pytest.fixture(scope="module")
def cloud_module() -> Iterator[Cloud]:
    """A cloud as ``cloud`` is, for all tests of a module; markers of the module set it up."""
    with _make_cloud("cloud_module") as made:
        yield made


@pytest.fixture(scope="session")
def cloud_session() -> Iterator[Cloud]:
    """A cloud as ``cloud`` is, for all tests of a run; the ini file sets it up."""
    with _make_cloud("cloud_session") as made:
        yield made


@pytest.fixture
def cloud_server(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """An endpoint of the test's cloud, for other processes, which find it in the environment (``server.environ``)."""
    with cloud.serve() as server:
        for name, value in server.environ.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def sqs(cloud: Cloud) -> SqsClient:
    """A boto3-like SQS client of the test's cloud."""
    return cloud.client("sqs")


@pytest.fixture
def sns(cloud: Cloud) -> SnsClient:
    """A boto3-like SNS client of the test's cloud."""
    return cloud.client("sns")


@pytest.fixture
def kinesis(cloud: Cloud) -> KinesisClient:
    """A boto3-like Kinesis client of the test's cloud."""
    return cloud.client("kinesis")


@pytest.fixture
def mock_aws(cloud: Cloud) -> Iterator[Cloud]:
    """Real boto3 clients are answered by the test's cloud, which is the fixture's value."""
    from ..boto.mock import mock_aws as answer
    from ..boto.uses import FIXTURE

    mock = answer(cloud=cloud)
    mock.place = FIXTURE
    with mock as answering:
        yield answering

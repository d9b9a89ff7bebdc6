"""Mocks inside of mocks, and those of tests with fixtures: one cloud, and no option that is lost on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import minicloud
from minicloud import Cloud, UsageError, current_cloud, mock_aws
from minicloud.engine.argument_types import TimeSource
from tests.support.runs import run_inside

OTHERWISE: dict[str, tuple[dict[str, Any], str]] = {
    "clock": ({"clock": "virtual"}, "a real clock"),
    "another clock": ({"clock": minicloud.VirtualClock()}, "a real clock"),
    "limits": ({"limits": "relaxed"}, "other limits"),
    "limits of one's own": ({"limits": minicloud.Limits(sqs_in_flight_standard=5)}, "other limits"),
    "region": ({"region_name": "eu-west-1"}, "region_name='us-west-2'"),
    "account": ({"account_id": "000000000042"}, "account_id='123456789012'"),
    "seed": ({"seed": 3}, "seed=5"),
    "delivery": ({"delivery": "aws"}, "delivery='readable'"),
    "trace": ({"trace": False}, "its trace on"),
}


@pytest.mark.parametrize("about", OTHERWISE)
def test_an_inner_mock_cannot_have_another_option(about: str) -> None:
    options, has = OTHERWISE[about]
    with mock_aws(region_name="us-west-2", seed=5, trace=True) as outer:
        with pytest.raises(UsageError) as caught, mock_aws(**options):
            pass
        ((name, value),) = options.items()
        assert re.fullmatch(
            re.escape(f"mock_aws({name}={value!r}) inside another mock, whose cloud has {has}: nested mocks share the ")
            + r"outermost cloud; give the option to the outer one \(tests/boto/test_nested_mocks.py:\d+\)",
            str(caught.value),
        )
        with mock_aws() as inner:
            assert inner is outer


def test_options_that_are_the_same_pass() -> None:
    limits = minicloud.Limits(rates=True)
    with mock_aws(clock="virtual", limits="strict", region_name="us-west-2", seed=5, trace=True) as outer:
        same: list[dict[str, Any]] = [
            {"clock": "virtual"},
            {"clock": outer.clock},
            {"limits": limits},
            {"limits": "strict", "region_name": "us-west-2", "account_id": "123456789012", "delivery": "readable"},
            {"seed": "5", "trace": True, "clock": None},
        ]
        for options in same:
            with mock_aws(**options) as inner:
                assert inner is outer


def test_a_clock_of_ones_own_is_the_same_only_as_itself() -> None:
    class Source:
        def time_ns(self) -> int:
            return 1

    source: TimeSource = Source()
    with mock_aws(clock=source) as outer:
        with mock_aws(clock=source) as inner:
            assert inner is outer
        with pytest.raises(UsageError, match="whose cloud has a real clock"), mock_aws(clock=Source()):
            pass


def refused(inner: Callable[[], Any]) -> str:
    with pytest.raises(UsageError) as caught:
        inner()
    return str(caught.value)


def test_where_the_outer_one_was_begun() -> None:
    def inner() -> None:
        with mock_aws(seed=3):
            pass

    @mock_aws(seed=5)
    def decorated() -> str:
        return refused(inner)

    assert "(the decorator of " in decorated()
    assert decorated().endswith(".decorated)")

    @mock_aws(seed=5)
    class TestIt:
        def test_it(self) -> str:
            return refused(inner)

    assert TestIt().test_it().endswith(".TestIt)")

    mock = mock_aws(seed=5)
    mock.start()
    try:
        assert re.search(r"\(tests/boto/test_nested_mocks.py:\d+\)$", refused(inner))
        assert re.search(r"\(tests/boto/test_nested_mocks.py:\d+\)$", refused(mock_aws(cloud=Cloud()).start))
    finally:
        mock.stop()


def test_the_fixture_says_that_it_is_one(mock_aws: Cloud) -> None:
    assert refused(minicloud.mock_aws(seed=3).start).endswith("(the fixture mock_aws)")


# --- the cloud that answers ------------------------------------------------------------------------------------------


@mock_aws
def test_the_current_cloud_is_that_of_the_decorator() -> None:
    with mock_aws() as cloud:
        assert current_cloud() is cloud


def test_the_current_cloud_is_that_of_the_fixture(cloud: Cloud) -> None:
    assert current_cloud() is cloud
    with mock_aws() as other:
        assert current_cloud() is other is not cloud
    assert current_cloud() is cloud


@pytest.fixture
def current() -> Iterator[Cloud]:
    with mock_aws():
        yield current_cloud()


def test_the_current_cloud_is_that_of_a_fixture_of_ones_own(current: Cloud) -> None:
    assert current_cloud() is current


def test_there_may_be_no_current_cloud() -> None:
    with pytest.raises(UsageError, match=r"no mock_aws\(\) is active here"):
        current_cloud()


# --- decorators beside fixtures --------------------------------------------------------------------------------------


@mock_aws
def test_a_decorated_test_with_the_fixture_has_one_cloud(cloud: Cloud, sqs: Any) -> None:
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    assert current_cloud() is cloud
    assert cloud.queue("q").url == url
    assert isinstance(cloud.clock, minicloud.VirtualClock)


@mock_aws
def test_so_has_one_with_a_client_alone(sqs: Any) -> None:
    sqs.create_queue(QueueName="q")
    assert current_cloud().queue("q").bodies == []


@pytest.mark.minicloud(clock="frozen")
@mock_aws(clock="frozen", limits="aws")
async def test_so_has_an_async_one(cloud: Cloud) -> None:
    assert current_cloud() is cloud


@mock_aws
def test_so_has_one_with_the_fixture_of_the_same_name(mock_aws: Cloud, cloud: Cloud) -> None:
    assert current_cloud() is cloud is mock_aws


@mock_aws
class TestDecorated:
    def test_has_one(self, cloud: Cloud) -> None:
        assert current_cloud() is cloud

    class TestInside:
        def test_has_one(self, cloud: Cloud) -> None:
            assert current_cloud() is cloud


@mock_aws(limits="relaxed")
class TestWithASetUp:
    def setup_method(self) -> None:
        self.url = current_cloud().client("sqs").create_queue(QueueName="q")["QueueUrl"]

    def teardown_method(self) -> None:
        assert current_cloud().queue("q").url == self.url

    def test_has_one(self, cloud: Cloud, sqs: Any) -> None:
        assert current_cloud() is cloud
        assert sqs.list_queues()["QueueUrls"] == [self.url]
        assert isinstance(cloud.clock, minicloud.VirtualClock)
        assert cloud.limits.sqs_purge_seconds == 0

    def test_without_the_fixture_is_as_it_was(self) -> None:
        assert isinstance(current_cloud().clock, minicloud.RealClock)


def test_a_decorated_helper_has_a_cloud_of_its_own(cloud: Cloud) -> None:
    @mock_aws
    def helper() -> Cloud:
        return current_cloud()

    assert helper() is not cloud


def test_what_cannot_be_one_is_refused(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import minicloud, pytest

        @minicloud.mock_aws(clock="real")
        def test_differs(cloud): pass

        @pytest.mark.minicloud(clock="real")
        @minicloud.mock_aws(clock="real")
        def test_is_the_same(cloud): pass

        @pytest.fixture(scope="module")
        def outer():
            with minicloud.mock_aws():
                yield

        @pytest.mark.minicloud(clock="frozen")
        @minicloud.mock_aws
        def test_marked(outer): pass
    """)
    result = run_inside(pytester)
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            "*mock_aws(clock='real') on a test with the fixture cloud, whose cloud has a virtual clock: they are one *",
            "*@pytest.mark.minicloud(clock='frozen') on a test inside another mock, whose cloud has a real clock: *",
        ]
    )


def test_the_fixture_inside_of_a_modules_mock_says_whose_cloud_to_take(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import minicloud, pytest

        @pytest.fixture(scope="module")
        def outer():
            with minicloud.mock_aws() as cloud:
                yield cloud

        def test_takes_that_one(outer):
            assert minicloud.current_cloud() is outer

        def test_takes_the_fixture(mock_aws): pass
    """)
    result = run_inside(pytester)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*the fixture mock_aws inside another mock (test_the_fixture*.py:5), whose cloud it would share: the test "
            "takes that one, by the fixture that began the mock or by current_cloud(), and leaves mock_aws out"
        ]
    )


# --- passthrough -----------------------------------------------------------------------------------------------------


def test_a_marker_lets_services_through_every_mock(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import minicloud, pytest
        from minicloud.boto.activation import state

        pytestmark = pytest.mark.minicloud(passthrough=("s3",))

        def test_fixture(mock_aws):
            assert state.activation.passthrough == {"s3"}

        @minicloud.mock_aws
        def test_decorator():
            assert state.activation.passthrough == {"s3"}

        @minicloud.mock_aws(passthrough=("ssm",))
        def test_given():
            assert state.activation.passthrough == {"ssm"}
    """)
    run_inside(pytester).assert_outcomes(passed=3)


# --- misspelt --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("regoin", "mock_aws() takes no regoin=; did you mean region_name=?"),
        ("limit", "mock_aws() takes no limit=; did you mean limits=?"),
        (
            "zzz",
            "mock_aws() takes no zzz=: it takes account_id, clock, delivery, handlers, limits, region_name, seed, "
            "trace",
        ),
    ],
)
def test_an_option_that_there_is_not_is_refused_at_once(name: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        minicloud.mock_aws(**{name: "x"})
    assert str(caught.value) == said

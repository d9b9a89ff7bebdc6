"""Options of clouds under pytest: whoever makes one, the nearest who says something holds, and nothing is lost."""

from __future__ import annotations

import pytest

from .support import run, run_all

INI = """
[pytest]
minicloud_clock = frozen
minicloud_limits = relaxed
minicloud_region = eu-west-3
minicloud_account_id = 000000000042
minicloud_delivery = aws
"""

MAKINGS = """
import unittest

import pytest
import minicloud

def by_cloud(**options):
    return minicloud.Cloud(**options)

def by_mock(**options):
    with minicloud.mock_aws(**options) as cloud:
        return cloud

def by_decorator(**options):
    @minicloud.mock_aws(**options)
    def call():
        from minicloud.boto.activation import state
        return state.cloud
    return call()

def by_start(**options):
    mock = minicloud.mock_aws(**options)
    try:
        return mock.start()
    finally:
        mock.stop()

def by_run(**options):
    async def main(cloud):
        return cloud
    return minicloud.run(main, **options)

MAKERS = [by_cloud, by_mock, by_decorator, by_start, by_run]
makers = pytest.mark.parametrize("make", MAKERS)

def said_of(cloud):
    clock = type(cloud.clock).__name__.removesuffix("Clock").lower()
    return cloud.region_name, clock, cloud.limits.sqs_purge_seconds, cloud.account_id

"""


def test_the_nearest_who_says_something_holds_for_every_cloud(pytester: pytest.Pytester) -> None:
    pytester.makeini(INI)
    result = run(
        pytester,
        MAKINGS
        + """
INI = ("eu-west-3", "frozen", 0, "000000000042")

@makers
def test_the_ini_file(make):
    assert said_of(make()) == INI

def test_the_ini_file_for_the_fixture(cloud):
    assert said_of(cloud) == INI

@pytest.mark.minicloud(region_name="eu-north-1", limits="aws")
class TestMarkers:
    @makers
    def test_of_the_class(self, make):
        assert said_of(make()) == ("eu-north-1", "frozen", 60, "000000000042")

    @makers
    @pytest.mark.minicloud(region_name="sa-east-1", clock="virtual")
    def test_of_the_test(self, make):
        assert said_of(make()) == ("sa-east-1", "virtual", 60, "000000000042")

    @makers
    def test_and_arguments_are_nearest(self, make):
        cloud = make(region_name="us-east-1", clock="real", account_id="000000000007")
        assert said_of(cloud) == ("us-east-1", "real", 60, "000000000007")

    @pytest.mark.minicloud(region_name="sa-east-1")
    def test_of_the_fixture(self, cloud):
        assert said_of(cloud) == ("sa-east-1", "frozen", 60, "000000000042")

@pytest.mark.minicloud(region_name="sa-east-1")
@minicloud.mock_aws(limits="aws")
class OfUnittest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        minicloud.current_cloud().client("sqs").create_queue(QueueName="q")

    def test_it(self):
        assert said_of(minicloud.current_cloud()) == ("sa-east-1", "frozen", 60, "000000000042")
        assert minicloud.current_cloud().queue("q").bodies == []
""",
    )
    result.assert_outcomes(passed=23)


def test_a_cloud_of_a_wide_fixture_is_like_its_module_says_and_not_like_the_first_test(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    result = run(
        pytester,
        MAKINGS
        + """
pytestmark = pytest.mark.minicloud(region_name="eu-north-1")

@pytest.fixture(scope="module")
def of_module():
    return minicloud.Cloud(clock="virtual")

@pytest.fixture(scope="session")
def of_session():
    return minicloud.Cloud()

@pytest.mark.minicloud(region_name="sa-east-1", seed=5)
def test_it(of_module, of_session):
    assert of_module.region_name == "eu-north-1"
    assert of_module.seed == __file__.rpartition("/")[2]
    assert of_session.region_name == "us-east-1"
    assert of_session.seed == "session"
    assert minicloud.default_cloud().region_name == "us-west-2"
    assert minicloud.Cloud().region_name == "sa-east-1"
""",
    )
    result.assert_outcomes(passed=1)


# --- nothing is lost -------------------------------------------------------------------------------------------------

MISTAKES = {
    "a typo": ('verdict=("no_in_flight",)', "*minicloud takes no verdict=; did you mean verdicts=[?]"),
    "another typo": ('regoin="x"', "*minicloud takes no regoin=; did you mean region_name=[?]"),
    "a name that is like none": ("zzz=1", "*minicloud takes no zzz=: it takes account_id, clock, *"),
    "a position": ('"virtual"', "*minicloud('virtual'): it takes keyword arguments only: account_id, *"),
    "a clock": ('clock="virtuel"', "*minicloud(clock=...): clock='virtuel' is not a clock*"),
    "limits": ('limits="asw"', "*minicloud(limits=...): *'asw'*"),
    "a delivery": ('delivery="x"', "*minicloud(delivery=...): delivery='x' is not a kind of delivery*"),
    "an account": ("account_id=5", "*minicloud(account_id=...): account_id=5 is not an AWS account*"),
    "a region": ('region_name="a b"', "*minicloud(region_name=...): region_name='a b' is not a region*"),
    "a seed": ("seed=1.5", "*minicloud(seed=...): seed=1.5 is not a seed*"),
    "a verdict": ('verdicts="x"', "*minicloud(verdicts=...): 'x' is not a verdict*"),
    "a service": ('passthrough="s3"', "*minicloud(passthrough=...): passthrough takes a tuple *"),
    "patience": ('patience="long"', "*minicloud(patience=...): patience='long' is not a duration*"),
}


@pytest.mark.parametrize("uses", ["no fixture", "a fixture"])
def test_what_a_marker_cannot_say_fails_the_test(pytester: pytest.Pytester, uses: str) -> None:
    argument = "cloud" if uses == "a fixture" else ""
    tests = {
        about: f"@pytest.mark.minicloud({mistake})\ndef test_it({argument}): pass\n"
        for about, (mistake, _) in MISTAKES.items()
    }
    result = run_all(pytester, tests)
    result.assert_outcomes(errors=len(MISTAKES))
    result.stdout.fnmatch_lines_random([told for _, told in MISTAKES.values()])


@pytest.mark.parametrize(
    ("ini", "told"),
    [
        ("minicloud_clok = virtual", "*has an option minicloud_clok,*; did you mean 'minicloud_clock'[?]"),
        ("minicloud_clock = virtuel", "*minicloud_clock: clock='virtuel' is not a clock*"),
        ("minicloud_region = a b", "*minicloud_region: region_name='a b' is not a region*"),
        ("minicloud_verdicts = no_in_fligth", "*minicloud_verdicts: 'no_in_fligth' is not a verdict*"),
    ],
)
def test_what_the_ini_file_cannot_say_ends_the_run(pytester: pytest.Pytester, ini: str, told: str) -> None:
    pytester.makeini(f"[pytest]\n{ini}\n")
    result = run(pytester, "def test_it(): pass\n")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([told])


def test_so_does_an_option_of_the_command_line(pytester: pytest.Pytester) -> None:
    result = run(pytester, "def test_it(): pass\n", "-o", "minicloud_clok=virtual")
    assert result.ret == pytest.ExitCode.USAGE_ERROR


def test_patience_is_that_of_every_virtual_clock(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
import minicloud

@pytest.mark.minicloud(patience=0.25)
def test_it(cloud):
    assert cloud.clock.patience == minicloud.Cloud(clock="virtual").clock.patience == 0.25
    assert minicloud.Cloud(clock=minicloud.VirtualClock(patience=3)).clock.patience == 3
    assert minicloud.VirtualClock().patience != 0.25
""",
    )
    result.assert_outcomes(passed=1)


def test_clouds_of_hypothesis_have_the_tests_options(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
from hypothesis import given, settings
from minicloud.hypothesis import clouds

@pytest.mark.minicloud(region_name="eu-west-3", clock="frozen", seed=7)
@settings(max_examples=2, database=None, deadline=None)
@given(clouds(limits="relaxed"))
def test_it(cloud):
    assert (cloud.region_name, cloud.seed, cloud.limits.sqs_purge_seconds) == ("eu-west-3", 7, 0)
    assert "Frozen" in repr(cloud.clock)

@settings(max_examples=2, database=None, deadline=None)
@given(clouds(seed=5, region_name="eu-west-1"))
def test_arguments(cloud):
    assert (cloud.region_name, cloud.seed) == ("eu-west-1", 5)
    assert "Virtual" in repr(cloud.clock)
""",
    )
    result.assert_outcomes(passed=2)


# --- seeds -----------------------------------------------------------------------------------------------------------


def test_seeds_are_the_tests_id_for_every_cloud_of_it(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        MAKINGS
        + """
from hypothesis import given, settings, strategies as st

def test_many(cloud, request):
    made = [make() for make in MAKERS]
    own = request.node.nodeid
    assert [one.seed for one in (cloud, *made)] == [own, *(f"{own}#{n}" for n in range(2, 7))]

def test_given_seeds_do_not_count(cloud, request):
    assert minicloud.Cloud(seed=5).seed == 5
    assert minicloud.Cloud().seed == f"{request.node.nodeid}#2"

@pytest.mark.minicloud(seed=7)
def test_a_marker(cloud):
    assert [cloud.seed, minicloud.Cloud().seed] == [7, "7#2"]

seen = []

@settings(max_examples=5, database=None, deadline=None)
@given(st.integers())
def test_examples(number):
    seen.append([minicloud.Cloud().seed, minicloud.Cloud().seed])

def test_of_examples_each_is_like_the_first():
    assert len(seen) == 5
    assert len(set(map(tuple, seen))) == 1
    assert seen[0][1] == f"{seen[0][0]}#2"
""",
    )
    result.assert_outcomes(passed=5)


def test_a_seed_of_the_ini_file(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nminicloud_seed = 8\n")
    result = run(
        pytester,
        MAKINGS
        + """
def test_it(cloud):
    assert [cloud.seed, by_mock().seed, by_mock(seed=1).seed] == ["8", "8#2", 1]
""",
    )
    result.assert_outcomes(passed=1)


# --- wider scopes, and names of one's own ----------------------------------------------------------------------------


def test_fixtures_of_wider_scopes(pytester: pytest.Pytester) -> None:
    test = """
import minicloud, pytest

pytestmark = pytest.mark.minicloud(account_id="000000000042")

@pytest.fixture(scope="module")
def jobs(cloud_module):
    return cloud_module.client("sqs").create_queue(QueueName="jobs")["QueueUrl"]

@pytest.mark.minicloud(account_id="000000000007")
def test_first(jobs, cloud_module, cloud_session, cloud, request):
    assert cloud_module.queue("jobs").url == jobs
    assert isinstance(cloud_module.clock, minicloud.VirtualClock)
    assert cloud_module.seed == request.node.parent.nodeid
    assert cloud_session.seed == "session"
    accounts = [one.account_id for one in (cloud, cloud_module, cloud_session)]
    assert accounts == ["000000000007", "000000000042", "123456789012"]
    cloud_module.client("sqs").send_message(QueueUrl=jobs, MessageBody="m")

def test_second(jobs, cloud_module):
    assert cloud_module.queue("jobs").bodies == ["m"]
    cloud_module.client("sqs").receive_message(QueueUrl=jobs)
    assert 0
"""
    pytester.makepyfile(test_scopes=test)
    result = run(pytester, "def test_after(cloud_session): assert not cloud_session.closed\n")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*minicloud: seed='test_scopes.py', *"])


@pytest.mark.parametrize(
    ("fixture", "scope", "told"),
    [
        ("mock_aws", "module", "*have it begin a mock itself: with minicloud.mock_aws() as cloud: ... yield"),
        ("cloud", "session", "*cannot have it: have it ask for cloud_session"),
        ("sqs", "class", '*have it ask for cloud_module, and call cloud_module.client("sqs")'),
        ("tmp_path", "module", None),
    ],
)
def test_a_scope_that_does_not_fit_is_answered_with_what_does(
    pytester: pytest.Pytester, fixture: str, scope: str, told: str | None
) -> None:
    result = run(
        pytester,
        f"""
@pytest.fixture(scope={scope!r})
def wide({fixture}): pass

def test_it(wide): pass
""",
    )
    result.assert_outcomes(errors=1)
    if told is None:
        assert "- minicloud -" not in result.stdout.str()
    else:
        result.stdout.fnmatch_lines(["*- minicloud -*", told])


def test_a_fixture_of_that_name_may_be_ones_own(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("""
import asyncio, inspect
import pytest

def pytest_pyfunc_call(pyfuncitem):
    if inspect.iscoroutinefunction(pyfuncitem.obj):
        names = pyfuncitem._fixtureinfo.argnames
        asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
        return True
""")
    result = run(
        pytester,
        """
import asyncio
import minicloud

@pytest.fixture
def cloud():
    return "a provider of clouds"

@pytest.fixture
def sqs():
    return "a squadron"

async def test_runs_where_the_project_has_it_run(cloud, sqs):
    assert (cloud, sqs) == ("a provider of clouds", "a squadron")
    assert "minicloud" not in type(asyncio.get_running_loop()).__module__

class TestACloud:
    @pytest.fixture
    def cloud(self):
        with minicloud.Cloud(clock="virtual") as made:
            yield made

    async def test_of_ones_own(self, cloud):
        await asyncio.sleep(600)
        assert cloud.clock.now().minute == 10
""",
    )
    result.assert_outcomes(passed=2)

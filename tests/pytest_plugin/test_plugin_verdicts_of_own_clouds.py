"""Verdicts of clouds that the plugin's fixtures have not made."""

from __future__ import annotations

from fnmatch import fnmatch
from textwrap import indent

import pytest

from .support import VERDICTS, run, run_all

OWN = """
import asyncio
import unittest

import hypothesis
from hypothesis import strategies as st

import minicloud
import minicloud.boto.activation

pytestmark = pytest.mark.minicloud(verdicts=["no_in_flight"])

def leave(cloud=None):
    sqs = (cloud or minicloud.boto.activation.state.cloud).client("sqs")
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="m")
    sqs.receive_message(QueueUrl=url)

"""
FORMS = {
    "with": """
def test_it():
    with minicloud.mock_aws(seed=5) as cloud:
        leave(cloud)
""",
    "async with": """
def test_it():
    async def main():
        async with minicloud.mock_aws(seed=5) as cloud:
            leave(cloud)
    asyncio.run(main())
""",
    "start and stop": """
def test_it():
    mock = minicloud.mock_aws(seed=5)
    mock.start()
    leave()
    mock.stop()
""",
    "decorator": """
@minicloud.mock_aws(seed=5)
def test_it():
    leave()
""",
    "decorator of a coroutine": """
@minicloud.mock_aws(seed=5)
async def work():
    leave()

def test_it():
    asyncio.run(work())
""",
    "decorator of a class": """
@minicloud.mock_aws(seed=5)
class TestOrders:
    def test_it(self):
        leave()
""",
    "decorator of a TestCase": """
@minicloud.mock_aws(seed=5)
class TestCase(unittest.TestCase):
    def setUp(self):
        leave()

    def test_it(self):
        pass
""",
    "setup_method": """
@minicloud.mock_aws(seed=5)
class TestOrders:
    def setup_method(self):
        leave()

    def test_it(self):
        pass
""",
    "by hand, closed": """
def test_it():
    with minicloud.Cloud(seed=5) as cloud:
        leave(cloud)
""",
    "by hand, open": """
def test_it():
    leave(minicloud.Cloud(seed=5))
""",
    "by hand, to answer": """
def test_it():
    with minicloud.mock_aws(cloud=minicloud.Cloud(seed=5)):
        leave()
""",
    "run": """
def test_it():
    async def main(cloud):
        leave(cloud)
    minicloud.run(main, seed=5)
""",
    "fixture": """
@pytest.fixture
def answering():
    with minicloud.mock_aws(seed=5) as cloud:
        yield cloud

def test_it(answering):
    leave(answering)
""",
    "fixture that is asked for late": """
@pytest.fixture
def own():
    return minicloud.Cloud(seed=5)

def test_it(request):
    leave(request.getfixturevalue("own"))
""",
    "an error in it that was expected": """
def test_it():
    with pytest.raises(ZeroDivisionError), minicloud.mock_aws(seed=5) as cloud:
        leave(cloud)
        1 / 0
""",
}


def test_clouds_of_all_makings_are_judged(pytester: pytest.Pytester) -> None:
    result = run_all(pytester, FORMS, OWN)
    result.assert_outcomes(passed=len(FORMS), errors=len(FORMS))
    for line in (
        "the test has passed, but its cloud is not as it should be",
        "no_in_flight:",
        '*"m" is still in flight in orders: *',
        "*minicloud: seed=5, *",
    ):
        assert len([found for found in result.outlines if fnmatch(found, line)]) == len(FORMS)


OTHERS = {
    "default": """
def test_it():
    minicloud.client("sqs")
    leave(minicloud.default_cloud())
""",
    "module": """
elder = minicloud.Cloud()

def test_it():
    leave(elder)
""",
    "wider fixture": """
@pytest.fixture(scope="module")
def answering():
    with minicloud.mock_aws() as cloud:
        yield cloud

def test_it(answering):
    leave(answering)
""",
    "wider fixture that is asked for late": """
@pytest.fixture(scope="class")
def wide():
    return minicloud.Cloud()

def test_it(request):
    leave(request.getfixturevalue("wide"))
""",
    "setup_class": """
@minicloud.mock_aws
class TestOrders:
    @classmethod
    def setup_class(cls):
        leave()

    def test_it(self):
        pass
""",
    "exempted": """
@pytest.mark.minicloud(verdicts=())
@minicloud.mock_aws
def test_it():
    leave()
""",
    "emptied": """
def test_it():
    with minicloud.mock_aws() as cloud:
        leave(cloud)
        cloud.reset()
""",
    "closed by a later test": """
clouds = []

@pytest.mark.minicloud(verdicts=())
def test_first():
    leave(minicloud.Cloud())
    clouds.append(minicloud.Cloud(clock="virtual"))

def test_second():
    leave(clouds[0])
    clouds[0].close()
""",
}


def test_what_outlives_the_test_is_not_judged(pytester: pytest.Pytester) -> None:
    run_all(pytester, OTHERS, OWN).assert_outcomes(passed=len(OTHERS) + 1)


def test_several_clouds_are_told_apart(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        OWN
        + """
def test_it(cloud):
    for seed in range(8):
        with minicloud.mock_aws(seed=seed) as cloud:
            if seed != 6:
                leave(cloud)
""",
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "the test has passed, but 7 of its 9 clouds are not as they should be",
            "(only the latest 5 are shown)",
            "cloud 4, seed=2:",
            "  no_in_flight:",
            '    *"m" is still in flight in orders: *',
            "cloud 9, seed=7:",
        ]
    )
    assert "seed=1:" not in result.stdout.str()
    assert "seed=6:" not in result.stdout.str()


def test_of_a_failed_test_no_cloud_is_judged(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        OWN
        + """
@minicloud.mock_aws
def test_it():
    leave()
    leave(minicloud.Cloud())
    assert 0

@pytest.fixture
def broken():
    leave(minicloud.Cloud())
    yield
    assert 0

def test_other(broken):
    pass
""",
    )
    result.assert_outcomes(failed=1, passed=1, errors=1)
    assert "as it should be" not in result.stdout.str()


def test_a_mock_is_judged_as_it_is_at_its_end(pytester: pytest.Pytester) -> None:
    tests = {
        verdict: f"""
def create(cloud):
    sqs = cloud.client("sqs")
    sqs.create_queue(QueueName="orders-dlq")
    policy = json.dumps({{"deadLetterTargetArn": cloud.queue("orders-dlq").arn, "maxReceiveCount": 2}})
    url = sqs.create_queue(QueueName="orders", Attributes={{"RedrivePolicy": policy}})["QueueUrl"]
    return sqs, url

@pytest.mark.minicloud(verdicts=["{verdict}"])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_judged():
    with minicloud.mock_aws(clock="frozen") as cloud:
        sqs, url = create(cloud)
        sqs.send_message(QueueUrl=url, MessageBody="m")
{indent(code, "        ")}

@pytest.mark.minicloud(verdicts=["{verdict}"])
def test_holds():
    with minicloud.mock_aws(clock="frozen") as cloud:
        create(cloud)
"""
        for verdict, (code, _) in VERDICTS.items()
    }
    result = run_all(pytester, tests, OWN, apart=True)  # some leave threads behind
    result.assert_outcomes(passed=2 * len(tests), errors=len(tests))
    for verdict, (_, complaint) in VERDICTS.items():
        result.stdout.fnmatch_lines([f"{verdict}:", complaint])


def test_faults_of_a_fixtures_mock_have_to_fire(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        OWN
        + """
@pytest.fixture
def answering():
    with minicloud.mock_aws() as cloud:
        cloud.faults.refuse("RequestThrottled", operation="SendMessage")
        yield cloud

@pytest.mark.minicloud(verdicts=["faults_fired"])
def test_it(answering):
    pass
""",
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["faults_fired:", "*RequestThrottled* never fired"])


def test_the_task_that_closes_a_cloud_is_none_that_is_left(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        OWN
        + """
async def use(cloud):
    await cloud.async_client("sqs").list_queues()

async def work(cloud, ready):
    await use(cloud)
    ready.set()
    await asyncio.Event().wait()

@pytest.mark.minicloud(verdicts=["no_users_left"])
@minicloud.mock_aws
async def test_holds():
    await use(minicloud.boto.activation.state.cloud)
    async with minicloud.Cloud().async_client("sqs") as sqs:
        await sqs.list_queues()

@pytest.mark.minicloud(verdicts=["no_users_left"])
@minicloud.mock_aws
async def test_judged():
    ready = asyncio.Event()
    task = asyncio.create_task(work(minicloud.boto.activation.state.cloud, ready), name="worker-7")
    await ready.wait()
""",
    )
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*worker-7 has used the cloud and has not ended"])


def test_examples_of_hypothesis_are_judged_that_come_to_their_end(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        OWN
        + """
from minicloud.hypothesis import clouds

@pytest.mark.minicloud(verdicts=["no_in_flight", "history_holds", "faults_fired"])
@hypothesis.settings(deadline=None)
@hypothesis.given(number=st.integers(0, 3), made=clouds(trace=True))
def test_given_up(number, made):
    with minicloud.mock_aws() as cloud:
        cloud.faults.refuse("RequestThrottled", operation="DeleteMessage")
        if number == 3:
            leave(cloud)
            hypothesis.reject()

@hypothesis.settings(deadline=None)
@hypothesis.given(st.integers(0, 3))
def test_judged(number):
    with minicloud.mock_aws(seed=number) as cloud:
        if number == 2:
            leave(cloud)
""",
    )
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*clouds * not as * should be", "*cloud *, seed=2:"])

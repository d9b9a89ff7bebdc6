"""What ``mock_aws`` promises of itself: forms, nesting, what is left behind."""

from __future__ import annotations

import asyncio
import inspect
import os
import threading
import unittest
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import boto3
import pytest

import minicloud
from minicloud import mock_aws

pytestmark = pytest.mark.needs("boto3")


def queues() -> list[str]:
    return [url.rpartition("/")[2] for url in boto3.client("sqs").list_queues().get("QueueUrls", [])]


def make(name: str = "q") -> str:
    url: str = boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    return url


def assert_inactive() -> None:
    assert not [name for name in os.environ if name.startswith("AWS_") and "testing" in os.environ[name]]
    assert "AWS_DEFAULT_REGION" not in os.environ
    with pytest.raises(minicloud.UsageError):
        mock_aws().stop()


def run(suite: type[unittest.TestCase]) -> unittest.TestResult:
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(suite).run(result)
    assert result.errors == result.failures == []
    assert_inactive()
    return result


def test_forms_of_use() -> None:
    with mock_aws() as cloud:
        assert isinstance(cloud, minicloud.Cloud)
        make()

    @mock_aws
    def bare(argument: int, *, other: str = "x") -> tuple[int, str, list[str]]:
        """Documentation."""
        make()
        return argument, other, queues()

    @mock_aws(clock="frozen", region_name="eu-west-3")
    def with_options() -> str:
        return make()

    assert bare(1, other="y") == (1, "y", ["q"])
    assert bare.__name__ == "bare"
    assert bare.__doc__ == "Documentation."
    assert list(inspect.signature(bare).parameters) == ["argument", "other"]
    assert with_options() == "https://sqs.eu-west-3.amazonaws.com/123456789012/q"
    assert_inactive()


def test_coroutines_and_generators() -> None:
    @mock_aws
    async def coroutine() -> list[str]:
        make()
        await asyncio.sleep(0)
        return queues()

    @mock_aws
    def generator() -> Iterator[Any]:
        make()
        try:
            received = yield queues()
            yield received
        except KeyError:
            yield "thrown"
        finally:
            assert queues() == ["q"]

    @mock_aws
    async def agenerator() -> AsyncIterator[Any]:
        make()
        try:
            received = yield queues()
            yield received
        except KeyError:
            yield "thrown"
        finally:
            assert queues() == ["q"]

    assert inspect.iscoroutinefunction(coroutine)
    assert inspect.isgeneratorfunction(generator)
    assert inspect.isasyncgenfunction(agenerator)
    assert asyncio.run(coroutine()) == ["q"]
    assert_inactive()

    for used in ("send", "throw", "close"):
        running: Any = generator()
        assert next(running) == ["q"]
        if used == "send":
            assert running.send("sent") == "sent"
            assert list(running) == []
        elif used == "throw":
            assert running.throw(KeyError()) == "thrown"
            running.close()
        else:
            running.close()
        assert_inactive()

    async def use(how: str) -> None:
        running: Any = agenerator()
        assert await anext(running) == ["q"]
        if how == "send":
            assert await running.asend("sent") == "sent"
            assert [item async for item in running] == []
        elif how == "throw":
            assert await running.athrow(KeyError()) == "thrown"
            await running.aclose()
        else:
            await running.aclose()
        assert_inactive()

    for how in ("send", "throw", "close"):
        asyncio.run(use(how))


def test_async_with() -> None:
    async def main() -> None:
        async with mock_aws() as cloud:
            make()
            assert cloud.queue("q").bodies == []

    asyncio.run(main())
    assert_inactive()


def test_a_test_case_is_fresh_for_each_test() -> None:
    seen: list[Any] = []

    @mock_aws
    class Suite(unittest.TestCase):
        def setUp(self) -> None:
            self.before = queues()
            self.url = make()
            self.addCleanup(lambda: seen.append(queues()))

        def tearDown(self) -> None:
            seen.append(queues())

        def test_a(self) -> None:
            seen.append(self.before)
            make("a")

        def test_b(self) -> None:
            seen.append(self.before)

    assert run(Suite).testsRun == 2
    assert seen == [[], ["a", "q"], ["a", "q"], [], ["q"], ["q"]]


def test_a_test_case_whose_class_makes_things_shares_them() -> None:
    seen: list[Any] = []

    @mock_aws
    class Suite(unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            cls.sqs = boto3.client("sqs")
            make("shared")

        @classmethod
        def tearDownClass(cls) -> None:
            seen.append(queues())

        def test_a(self) -> None:
            seen.append(queues())

    run(Suite)
    assert seen == [["shared"], ["shared"]]


def test_a_test_case_whose_class_makes_only_clients_stays_fresh() -> None:
    seen: list[Any] = []

    @mock_aws
    class Suite(unittest.TestCase):
        sqs: Any

        @classmethod
        def setUpClass(cls) -> None:
            cls.sqs = boto3.client("sqs")

        def test_a(self) -> None:
            self.sqs.create_queue(QueueName="a")
            seen.append(queues())

        def test_b(self) -> None:
            seen.append(queues())

    run(Suite)
    assert seen == [["a"], []]


def test_a_class_that_can_not_be_set_up_leaves_nothing() -> None:
    @mock_aws
    class Suite(unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            make()
            raise OSError("no")

        def test_a(self) -> None:
            raise AssertionError

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Suite).run(result)
    assert len(result.errors) == 1
    assert_inactive()


def test_asynchronous_test_cases() -> None:
    seen: list[Any] = []

    @mock_aws
    class Suite(unittest.IsolatedAsyncioTestCase):
        async def asyncSetUp(self) -> None:
            make()

        async def test_a(self) -> None:
            seen.append(queues())

        async def test_b(self) -> None:
            seen.append(queues())

    run(Suite)
    assert seen == [["q"], ["q"]]


def test_plain_classes() -> None:
    @mock_aws
    class Suite:
        def setup_method(self) -> None:
            make("from-setup")

        def teardown_method(self) -> None:
            make("from-teardown")

        def test_a(self) -> list[str]:
            return queues()

        @staticmethod
        def test_static() -> list[str]:
            return queues()

        @classmethod
        def test_of_class(cls) -> list[str]:
            return queues()

        def helper(self) -> bool:
            return "AWS_ACCESS_KEY_ID" in os.environ

    suite = Suite()
    assert not suite.helper()
    for _ in range(2):
        suite.setup_method()
        assert suite.test_a() == ["from-setup"]
        suite.teardown_method()
        assert_inactive()
    assert suite.test_static() == []
    assert suite.test_of_class() == Suite.test_of_class() == []
    assert suite.test_a() == []


def test_classes_in_a_class() -> None:
    results: list[Any] = []

    @mock_aws
    class Suite:
        class Inner:
            def setup_method(self) -> None:
                make("from-setup")

            def test_a(self) -> list[str]:
                return queues()

        class Case(unittest.TestCase):
            def setUp(self) -> None:
                make("case")

            def test_a(self) -> None:
                results.append(queues())

            test_b = test_a

        Elsewhere = Elsewhere

    inner = Suite.Inner()
    inner.setup_method()
    assert inner.test_a() == ["from-setup"]
    inner.teardown_method()  # type: ignore[attr-defined]  # it came with the mock
    assert inner.test_a() == []
    run(Suite.Case)
    assert results == [["case"], ["case"]]
    assert not Suite.Elsewhere().test_a()


class Elsewhere:
    """A class that decorated ones refer to, or inherit from."""

    def test_a(self) -> bool:
        return "AWS_ACCESS_KEY_ID" in os.environ

    def test_b(self) -> bool:
        return "AWS_ACCESS_KEY_ID" in os.environ


def test_inherited_tests() -> None:
    @mock_aws
    class Suite(Elsewhere):
        def test_c(self) -> list[str]:
            return queues()

        def test_a(self) -> bool:
            return not super().test_a()

    assert (Suite().test_a(), Suite().test_b(), Suite().test_c()) == (False, True, [])
    assert not Elsewhere().test_a()
    assert not Elsewhere().test_b()
    assert [name for name in vars(Suite) if name.startswith("test")] == ["test_b", "test_c", "test_a"]


def test_a_class_whose_methods_have_names_of_their_own() -> None:
    @mock_aws
    class Suite:
        def setup_method(self) -> None:
            make("from-setup")

        def should_be_mocked(self) -> list[str]:
            return queues()

        @staticmethod
        def check_static() -> list[str]:
            return queues()

        def _private(self) -> bool:
            return "AWS_ACCESS_KEY_ID" in os.environ

    suite = Suite()
    assert suite.should_be_mocked() == suite.check_static() == []
    suite.setup_method()
    assert suite.should_be_mocked() == ["from-setup"]
    suite.teardown_method()  # type: ignore[attr-defined]  # it came with the mock
    assert not suite._private()
    assert_inactive()


def test_nested_and_concurrent_uses_share_the_outermost_cloud() -> None:
    with mock_aws() as outer:
        make()
        with mock_aws() as inner:
            assert inner is outer
            make("inner")
        assert queues() == ["inner", "q"]
        with pytest.raises(minicloud.UsageError, match="outermost"), mock_aws(cloud=minicloud.Cloud()):
            pass
        found: list[Any] = []

        def other() -> None:
            with mock_aws() as cloud:
                found.append(cloud)

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        assert found == [outer]
        assert not outer.closed
    assert outer.closed
    assert_inactive()


def test_uses_end_in_any_order() -> None:
    first, second = mock_aws(), mock_aws()
    cloud = first.start()
    second.start()
    first.stop()
    assert not cloud.closed
    make()
    second.stop()
    assert cloud.closed
    assert_inactive()


def test_an_own_cloud_outlives_the_mock() -> None:
    with minicloud.Cloud() as cloud:
        for expected in ([], ["q"]):
            with mock_aws(cloud=cloud):
                assert queues() == expected
                make()
        assert cloud.client("sqs").list_queues()["QueueUrls"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_whatever_is_raised(error: type[BaseException]) -> None:
    def fail() -> None:
        with mock_aws():
            make()
            raise error

    with pytest.raises(error):
        fail()
    assert_inactive()


def test_a_wrong_use_leaves_nothing() -> None:
    wrong: list[Callable[[], object]] = [
        lambda: mock_aws(nonsense=1).start(),
        lambda: mock_aws(clock="nonsense").start(),
        lambda: mock_aws(cloud=minicloud.Cloud(), seed=1),
        lambda: mock_aws(passthrough="s3"),
        lambda: mock_aws(5),
    ]
    for use in wrong:
        with pytest.raises((TypeError, minicloud.UsageError)):
            use()
        assert_inactive()


def test_the_environment_is_what_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    before = dict(os.environ)
    with mock_aws():
        assert os.environ["AWS_ACCESS_KEY_ID"] == "testing"
        assert os.environ["AWS_DEFAULT_REGION"] == "eu-central-1"
        assert ".eu-central-1." in make()
        del os.environ["AWS_SECRET_ACCESS_KEY"]
        os.environ["AWS_SESSION_TOKEN"] = "other"
    assert dict(os.environ) == before


def test_the_default_session_survives_without_the_fake_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    with mock_aws():
        kept = boto3.client("sqs")
        kept.create_queue(QueueName="q")
        session: Any = boto3.DEFAULT_SESSION
    assert boto3.DEFAULT_SESSION is session
    assert session.get_credentials() is None
    with mock_aws():
        assert queues() == []
        kept.create_queue(QueueName="again")
        assert queues() == ["again"]


def test_clients_from_before_are_answered_inside() -> None:
    before = boto3.client("sqs", "eu-west-1")
    resource = boto3.resource("sqs", "eu-west-1")
    with mock_aws():
        url = before.create_queue(QueueName="q")["QueueUrl"]
        resource.Queue(url).send_message(MessageBody="x")
        assert [message.body for message in resource.Queue(url).receive_messages()] == ["x"]

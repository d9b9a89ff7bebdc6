"""Under unittest alone, a failed test's exception has a note that says what happened in the cloud of its mock."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PREFACE = """
import asyncio
import unittest

import minicloud
from minicloud.boto.activation import state


def fill(body):
    sqs = state.cloud.client("sqs")
    sqs.send_message(QueueUrl=sqs.create_queue(QueueName="orders")["QueueUrl"], MessageBody=body)

"""

TESTS = {
    "class": """
@minicloud.mock_aws
class Test(unittest.TestCase):
    def test_it(self):
        fill("m")
        self.fail("as it does")
""",
    "error in the set-up": """
@minicloud.mock_aws
class Test(unittest.TestCase):
    def setUp(self):
        fill("m")
        raise RuntimeError("as it does")

    def test_it(self):
        pass
""",
    "subtest": """
@minicloud.mock_aws
class Test(unittest.TestCase):
    def test_it(self):
        with self.subTest(number=1):
            fill("m")
            self.fail("as it does")
""",
    "set-up of the class": """
@minicloud.mock_aws
class Test(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        fill("m")

    def test_it(self):
        self.fail("as it does")
""",
    "start in the set-up": """
class Test(unittest.TestCase):
    def setUp(self):
        mock = minicloud.mock_aws(clock="virtual")
        mock.start()
        self.addCleanup(mock.stop)

    def test_it(self):
        fill("m")
        self.fail("as it does")
""",
    "method": """
class Test(unittest.TestCase):
    @minicloud.mock_aws
    def test_it(self):
        fill("m")
        self.fail("as it does")
""",
    "with": """
class Test(unittest.TestCase):
    def test_it(self):
        with minicloud.mock_aws():
            fill("m")
        self.fail("as it does")
""",
    "async": """
@minicloud.mock_aws
class Test(unittest.IsolatedAsyncioTestCase):
    async def test_it(self):
        await asyncio.sleep(0)
        fill("m")
        self.fail("as it does")
""",
    "async with": """
class Test(unittest.IsolatedAsyncioTestCase):
    async def test_it(self):
        async with minicloud.mock_aws():
            fill("m")
            self.fail("as it does")
""",
}


def run(module: str, folder: Path) -> str:
    """What unittest says of a module of tests; boto3 need not be there."""
    (folder / "test_it.py").write_text(PREFACE + module, encoding="utf-8")
    finished = subprocess.run(
        [sys.executable, "-m", "unittest", "test_it"],
        cwd=folder,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 1, finished.stderr
    return finished.stderr


def test_a_failure_has_a_note(tmp_path: Path) -> None:
    told = run(
        "\n".join(
            f"{test.replace('class Test(', f'class Test{number}(')}" for number, test in enumerate(TESTS.values())
        ),
        tmp_path,
    )
    blocks = dict(zip(TESTS, told.split("=" * 70)[1:], strict=True))
    assert len(blocks) == len(TESTS)
    for about, block in blocks.items():
        assert block.count("\nminicloud: seed=") == 1, about
        assert '"m" in orders: sent at ' in block, about
        assert ": as it does\n" in block, about


def test_assertions_have_the_trace_and_what_passes_says_nothing(tmp_path: Path) -> None:
    told = run(
        """
@minicloud.mock_aws
class Test(unittest.TestCase):
    def test_passes(self):
        fill("m")
        state.cloud.assert_sent("orders", "m", times=1)

    def test_skips(self):
        self.skipTest("for a reason")

    @unittest.expectedFailure
    def test_fails_as_expected(self):
        self.fail()

    def test_nothing_happened(self):
        self.fail("as it does")
""",
        tmp_path,
    )
    assert "failures=1, skipped=1, expected failures=1" in told
    assert "minicloud: seed=" not in told


def test_debugging_notes_too() -> None:
    """As ``debug()`` has it: the exception comes out."""
    program = (
        PREFACE
        + TESTS["class"]
        + """
try:
    Test("test_it").debug()
except AssertionError as error:
    print(error.__notes__[0].splitlines()[1])
"""
    )
    finished = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert finished.stdout == "1 message, never received\n"


def test_under_pytest_its_section_says_it(pytester: pytest.Pytester) -> None:
    from tests.support.runs import run_inside

    pytester.makepyfile(PREFACE + TESTS["class"])
    result = run_inside(pytester)
    result.assert_outcomes(failed=1)
    assert result.stdout.str().count("minicloud: seed=") == 1

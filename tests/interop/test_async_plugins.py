"""Beside pytest-asyncio and anyio: each runs the tests that are its own."""

from __future__ import annotations

from pathlib import Path

import pytest

SOURCE = """
import asyncio
import time

import pytest

async def is_virtual():
    before = time.perf_counter()
    await asyncio.sleep(0.2)
    return time.perf_counter() - before < 0.15

@pytest.mark.asyncio
async def test_of_pytest_asyncio(cloud):
    assert not await is_virtual()

@pytest.mark.anyio
async def test_of_anyio(cloud):
    assert not await is_virtual()

{unmarked}
"""


@pytest.mark.parametrize(
    ("mode", "unmarked"),
    [
        ("strict", "async def test_ours(cloud):\n    assert await is_virtual()"),
        # In its auto mode pytest-asyncio runs every async test.
        ("auto", "async def test_theirs(cloud):\n    assert not await is_virtual()"),
    ],
)
def test_pytest_asyncio(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, mode: str, unmarked: str) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    source = SOURCE if mode == "strict" else SOURCE.replace("@pytest.mark.anyio\n", "@pytest.mark.asyncio\n")
    pytester.makepyfile(source.replace("{unmarked}", unmarked))
    pytester.makeconftest("import pytest\n\n@pytest.fixture\ndef anyio_backend():\n    return 'asyncio'\n")
    result = pytester.runpytest_subprocess("-p", "no:randomly", f"--asyncio-mode={mode}")
    result.assert_outcomes(passed=3)

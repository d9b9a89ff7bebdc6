"""Real clients in processes of their own, against the endpoint. The CI's step `endpoint` installs them and runs this:

MINICLOUD_ENDPOINT_CLIENTS=FOLDER python -m pytest tests/endpoint_clients

``FOLDER`` has what Python's index cannot give this environment: ``old/bin/python`` with what ``requirements-old.txt``
names, ``js/node_modules`` of ``package.json``, ``go/orders`` built of ``programs/go``; ``aws2`` is AWS's CLI v2.
What is missing fails.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import minicloud

PROGRAMS = Path(__file__).parent / "programs"
TIMEOUT = 60


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    if "MINICLOUD_ENDPOINT_CLIENTS" not in os.environ and collection_path.name.startswith("test_"):
        return True
    return None


@pytest.fixture
def folder() -> Path:
    """Where what is not Python's is installed."""
    return Path(os.environ["MINICLOUD_ENDPOINT_CLIENTS"])


@pytest.fixture(params=["real"])
def served(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A cloud and its server: on a real clock, as for a suite of another language."""
    with minicloud.Cloud(clock=request.param, limits="relaxed") as cloud, cloud.serve() as server:
        yield cloud, server


@pytest.fixture
def cloud(served: Any) -> minicloud.Cloud:
    made: minicloud.Cloud = served[0]
    return made


@pytest.fixture
def environ(served: Any, tmp_path: Path) -> dict[str, str]:
    """The environment of a client: it has no other AWS."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTEST_", "MINICLOUD_"))}
    paths = os.pathsep.join([str(Path(sys.executable).parent), mine.get("PATH", "")])
    return {**mine, **served[1].environ, "PATH": paths, "HOME": str(tmp_path), "PYTHONPATH": str(PROGRAMS)}


@pytest.fixture
def run(environ: dict[str, str], tmp_path: Path) -> Callable[..., str]:
    """Runs a program to its end; returns what it has printed."""

    def run(*command: object, **more: str) -> str:
        words = [str(word) for word in command]
        done = subprocess.run(
            words, env={**environ, **more}, cwd=tmp_path, capture_output=True, text=True, timeout=TIMEOUT, check=False
        )
        assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    return run


@pytest.fixture
def started(environ: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Starts a program that runs until the test ends."""
    running: list[tuple[subprocess.Popen[bytes], Path]] = []

    def start(*command: object, **more: str) -> subprocess.Popen[bytes]:
        output = tmp_path / f"output-{len(running)}"
        with output.open("wb") as file:
            process = subprocess.Popen(
                [str(word) for word in command], env={**environ, **more}, cwd=tmp_path, stdout=file, stderr=file
            )
        running.append((process, output))
        return process

    yield start
    for process, output in running:
        assert process.poll() is None, output.read_text()
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

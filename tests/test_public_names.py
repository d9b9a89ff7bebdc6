"""The package itself: every public name is there, and none is loaded before it is asked for."""

from __future__ import annotations

import importlib
import pickle
import pydoc
import subprocess
import sys
from pathlib import Path

import pytest

import minicloud

ROOT = Path(__file__).parents[1]
NAMES = [*minicloud.__all__, "kinesis"]


def run(program: str) -> list[str]:
    preface = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
    # Isolated and without site: nothing but the standard library is there.
    finished = subprocess.run(
        [sys.executable, "-I", "-S", "-W", "error", "-c", preface + program],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return finished.stdout.splitlines()


def test_importing_the_package_loads_nothing_else() -> None:
    program = "before = set(sys.modules); import minicloud; print(*sorted(set(sys.modules) - before))"
    assert run(program) == ["__future__ minicloud"]


def test_each_name_may_be_the_first_that_is_asked_for() -> None:
    program = f"""
for name in {NAMES!r}:
    for module in [module for module in sys.modules if module.partition(".")[0] == "minicloud"]:
        del sys.modules[module]
    import minicloud
    value = getattr(minicloud, name)
    assert value is getattr(minicloud, name)
    print(name, getattr(value, "__name__", ""))
"""
    modules = {"exceptions": "minicloud.exceptions", "kinesis": "minicloud.kinesis"}
    assert run(program) == [f"{name} {modules.get(name, name)}" for name in NAMES]


def test_a_star_imports_what_is_public() -> None:
    program = "from minicloud import *; del sys; print(*sorted(name for name in globals() if name[0] != '_'))"
    assert run(program) == [" ".join(sorted(minicloud.__all__))]


def test_a_module_is_an_attribute_however_it_was_imported() -> None:
    assert run("import minicloud.exceptions; print(minicloud.exceptions.UsageError is minicloud.UsageError)") == [
        "True"
    ]
    assert run("from minicloud import exceptions; import minicloud; print(minicloud.exceptions is exceptions)") == [
        "True"
    ]


def test_what_dir_and_help_show() -> None:
    assert set(NAMES) <= set(dir(minicloud))
    text = pydoc.plain(pydoc.render_doc(minicloud))
    for name in ("class Cloud(", "class FrozenClock(", "class Session(", "default_cloud()", "mock_aws("):
        assert name in text


def test_what_there_is_not() -> None:
    with pytest.raises(AttributeError, match="module 'minicloud' has no attribute 'clowd'"):
        minicloud.clowd  # noqa: B018
    with pytest.raises(ImportError):
        importlib.import_module("minicloud.clowd")
    assert not hasattr(minicloud, "__wrapped__")


def test_exceptions_can_be_pickled() -> None:
    error = minicloud.UsageError("a queue")
    twin = pickle.loads(pickle.dumps(error))
    assert (type(twin), twin.args) == (minicloud.UsageError, ("a queue",))


def test_an_exception_can_be_unpickled_where_nothing_is_loaded_yet() -> None:
    pickled = pickle.dumps(minicloud.exceptions.ClientError({"Error": {"Code": "Throttled"}}, "SendMessage"))
    assert run(f"import pickle; print(pickle.loads({pickled!r}).response['Error']['Code'])") == ["Throttled"]


def test_the_first_call_loads_neither_asyncio_nor_anything_else_that_takes_long() -> None:
    program = """
before = set(sys.modules)
import minicloud
minicloud.Cloud().client("sqs").create_queue(QueueName="jobs")
new = {name.partition(".")[0] for name in set(sys.modules) - before}
slow = {"asyncio", "dataclasses", "email", "http", "inspect", "logging", "socket", "ssl", "unittest", "urllib3"}
print(*sorted(new & slow))
print(*sorted(name for name in new - set(sys.stdlib_module_names) if name != "minicloud"))
"""
    assert run(program) == ["", ""]


def test_the_import_of_a_cloud_loads_neither_typing_nor_what_typing_loads() -> None:
    program = """
dear = {"enum", "re", "typing", "warnings"}
before = set(sys.modules)
from minicloud import Cloud
print(*sorted(dear & (set(sys.modules) - before)))
Cloud().client("sqs")
print("typing" in sys.modules)
"""
    assert run(program) == ["", "True"]

"""The code of a function's archive by itself: what Python's import system is told, and what lies over the process."""

from __future__ import annotations

import io
import linecache
import sys
import types
import zipfile
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from minicloud.engine.function_code import FunctionCode
from minicloud.engine.overlays import NOTHING, Overlays
from minicloud.services.lambda_.results import Failure

from .test_runs_by_themselves import code_of

FILES = {
    "app.py": "VALUE = 1\n",
    "package/__init__.py": "",
    "package/inner.py": "",
    "package/data.txt": "of the package",
    "folder/inner.py": "",
    "folder/data.txt": "of the folder",
}


@pytest.fixture
def code() -> FunctionCode:
    return code_of(**FILES)


@pytest.fixture
def entered(code: FunctionCode) -> Iterator[FunctionCode]:
    code.enter()
    yield code
    code.leave()


# --- finding and loading ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "origin", "locations"),
    [
        ("app", "app.py", None),
        ("package", "package/__init__.py", ["/var/task/package"]),
        ("package.inner", "package/inner.py", None),
        ("folder", "folder/", ["/var/task/folder"]),
        ("folder.inner", "folder/inner.py", None),
    ],
)
def test_where_a_module_is_from(code: FunctionCode, name: str, origin: str, locations: list[str] | None) -> None:
    """As on AWS; a folder without code is a package that has no file."""
    spec = code.find_spec(name)
    assert spec is not None
    assert (spec.name, spec.loader, spec.origin) == (name, code, f"/var/task/{origin}")
    assert spec.submodule_search_locations == locations
    assert spec.has_location is (name != "folder")


@pytest.mark.parametrize("name", ["nowhere", "package.nowhere", "folder.data", "data", "inner"])
def test_what_an_archive_has_not(code: FunctionCode, name: str) -> None:
    assert code.find_spec(name) is None
    with pytest.raises(ModuleNotFoundError, match=f"^No module named '{name}'$") as caught:
        code._import(name)
    assert caught.value.name == name


@pytest.mark.parametrize("name", ["package", "folder"])
def test_files_of_a_package_or_folder_can_be_read(code: FunctionCode, name: str) -> None:
    found = code.get_resource_reader(name).files()
    assert sorted(one.name for one in found.iterdir() if one.name != "__init__.py") == ["data.txt", "inner.py"]
    assert found.joinpath("data.txt").read_text() == f"of the {name}"
    assert code.get_data(f"/var/task/{name}/data.txt") == f"of the {name}".encode()


def test_a_module_has_no_files_of_its_own(code: FunctionCode) -> None:
    assert [code.get_resource_reader(name) for name in ("app", "package.inner", "nowhere")] == [None] * 3
    with pytest.raises(FileNotFoundError, match=r"^/var/task/nowhere$"):
        code.get_data("/var/task/nowhere")


def test_what_an_archive_says_of_a_folder_is_no_file() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as opened:
        opened.writestr("folder/", "")
        opened.writestr("folder/app.py", "")
    version: Any = SimpleNamespace(handler="", code=SimpleNamespace(archive=content.getvalue()))
    code = FunctionCode(version)
    with pytest.raises(FileNotFoundError):
        code.get_data("/var/task/folder/")
    assert code.get_data("/var/task/folder/app.py") == b""


def test_modules_are_there_while_it_runs(entered: FunctionCode) -> None:
    module = entered._import("folder.inner")
    assert sys.modules["folder.inner"] is module
    assert sys.meta_path[0] is entered
    assert entered._import("folder.inner") is module
    assert vars(entered._import("app"))["VALUE"] == 1
    entered.leave()
    assert not {"app", "folder", "folder.inner"} & sys.modules.keys()
    assert entered not in sys.meta_path


def test_only_names_of_the_archive_are_out_of_sight(monkeypatch: pytest.MonkeyPatch, code: FunctionCode) -> None:
    """Each with all that is below it; what is found in none of the archive's places stays."""
    names = ["app", "app.below", "package", "inner", "data", "apps", "other.app"]
    mine = {name: types.ModuleType(name) for name in names}
    for name, module in mine.items():
        monkeypatch.setitem(sys.modules, name, module)
    code.enter()
    try:
        assert [name for name in names if name in sys.modules] == ["inner", "data", "apps", "other.app"]
    finally:
        code.leave()
    assert {name: sys.modules.get(name) for name in names} == mine


# --- what is told -----------------------------------------------------------------------------------------------------


def test_a_traceback_has_the_lines_of_the_code_that_ran_last(code: FunctionCode) -> None:
    code_of(**{"old.py": "OLD = 1\n", "app.py": "OLD = 2\n"}).show_sources()
    code.show_sources()
    shown = {name for name in linecache.cache if name.startswith("/var/task/")}
    assert shown == {f"/var/task/{name}" for name in FILES if name.endswith(".py")}
    assert linecache.cache["/var/task/app.py"] == (10, None, ["VALUE = 1\n"], "/var/task/app.py")


@pytest.mark.parametrize(
    ("path", "is_packed"),
    [
        ("/var/task/package/data.txt", True),
        ("/var/task/package", True),
        ("/var/task/package/", True),
        ("/var/task", True),
        ("/var/task/", True),
        ("/var/task/nowhere", False),
        ("/var/task/package~", False),
        ("/var/tasks", False),
        ("package", False),
        (b"/var/task/package", False),
        (None, False),
    ],
)
def test_what_is_packed_is_told_how_it_can_be_read(code: FunctionCode, path: Any, is_packed: bool) -> None:
    version: Any = code.version
    version.function = SimpleNamespace(name="f")
    error = FileNotFoundError(2, "No such file or directory", path)
    code.note_what_is_packed(error)
    note = (
        "the archive of f has it, and stays packed here: read it by importlib.resources or pkgutil.get_data, or have "
        "the test give the function a handler, cloud.function('f', handler)"
    )
    assert getattr(error, "__notes__", []) == [note] * is_packed
    other = PermissionError(13, "no", path)
    code.note_what_is_packed(other)
    assert not hasattr(other, "__notes__")


@pytest.mark.parametrize(
    ("handler", "kind", "message"),
    [
        ("app", "Runtime.MalformedHandlerName", "Bad handler 'app': not enough values to unpack (expected 2, got 1)"),
        ("sys.exit", "Runtime.BuiltInModuleConflict", "Cannot use built-in module sys as a handler module"),
        ("sys/of.exit", "Runtime.BuiltInModuleConflict", "Cannot use built-in module sys/of as a handler module"),
        ("app.other", "Runtime.HandlerNotFound", "Handler 'other' missing on module 'app'"),
        ("a/b.f", "Runtime.ImportModuleError", "Unable to import module 'a/b': No module named 'a.b'"),
    ],
)
def test_why_there_is_no_handler(handler: str, kind: str, message: str) -> None:
    code = code_of(handler, **FILES)
    code.enter()
    try:
        for _ in range(2):
            with pytest.raises(Failure) as caught:
                code.handler()
            assert (caught.value.error_type, caught.value.args[0], caught.value.trace) == (kind, message, [])
    finally:
        code.leave()


def test_where_there_is_no_code_at_all_is_told() -> None:
    with pytest.raises(Failure) as caught:
        code_of(**{"app.js": ""}).handler()
    assert getattr(caught.value.__cause__, "__notes__", None) == ["the archive has no file in Python"]


def test_a_version_without_a_handler_has_none() -> None:
    version: Any = SimpleNamespace(handler=None, code=SimpleNamespace(archive=code_of(**FILES).version.code.archive))
    with pytest.raises(Failure, match="Bad handler '': not enough values"):
        FunctionCode(version).handler()


# --- what lies over the process ---------------------------------------------------------------------------------------


def test_overlays_may_end_in_any_order() -> None:
    mapping: dict[str, Any] = {"a": 0, "gone": 0}
    overlays = Overlays(mapping)
    first, second = {"a": 1, "b": 1, "gone": NOTHING}, {"a": 2, "c": 2}
    overlays.lay(first)
    overlays.lay(second)
    assert mapping == {"a": 2, "b": 1, "c": 2}
    assert overlays.before(["a", "c", "gone", "nowhere"]) == {"a": 0, "c": NOTHING, "gone": 0}
    overlays.lift(first)
    assert (mapping, overlays.active) == ({"a": 2, "c": 2, "gone": 0}, [second])
    assert overlays.before(["a", "b", "gone"]) == {"a": 0}
    overlays.lift(second)
    assert (mapping, overlays.active, overlays.before("abc")) == ({"a": 0, "gone": 0}, [], {})


def test_an_overlay_that_lies_above_keeps_its_values() -> None:
    mapping: dict[str, Any] = {"a": 0}
    overlays = Overlays(mapping)
    first, second = {"a": 1}, {"a": 2}
    overlays.lay(first)
    overlays.lay(second)
    overlays.lift(second)
    assert mapping == {"a": 1}
    first["b"] = 1
    overlays.put("b", 1)
    assert mapping == {"a": 1, "b": 1}
    overlays.lift(first)
    assert mapping == {"a": 0}


def test_equal_overlays_are_two() -> None:
    mapping: dict[str, Any] = {}
    overlays = Overlays(mapping)
    first, second, third = {"a": 1}, {"a": 1}, {"a": 1}
    overlays.lay(first)
    overlays.lay(second)
    overlays.lift(third)
    assert [one is two for one, two in zip(overlays.active, [first, second], strict=True)] == [True, True]
    overlays.lift(first)
    assert overlays.active[0] is second
    assert mapping == {"a": 1}

"""The code of a function's archive, imported in this process.

The archive stays in memory. A finder makes its modules, under the file names that tracebacks on AWS show
(``/var/task/app.py``). They belong to one version of a function: ``sys.modules`` has them only while that version runs,
so two functions may both have a ``utils``, and neither meets one of the test's: what others have imported under the
names of the archive's modules is out of sight until the run ends. They live from run to run, as in one environment of
AWS, until the version changes or a run ends its environment (a timeout, an exit).

What an archive has that the test's environment has to give: what is part of Python, packages with compiled parts, and
AWS's SDK, which minicloud answers. It can do whatever the test can: this is no sandbox.
"""

from __future__ import annotations

import linecache
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from io import BytesIO
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from ..services.lambda_.results import Failure
from .overlays import NOTHING, Overlays

if TYPE_CHECKING:
    from ..services.lambda_.function import FunctionVersion

__all__ = ["FunctionCode"]

_ROOT = "/var/task/"
_MOST_NAMED = 5
_COMPILED = (".so", ".pyd", ".dylib")
_OF_THE_TEST = frozenset({"aioboto3", "aiobotocore", "boto3", "botocore", "minicloud", "s3transfer"})
_modules = Overlays(sys.modules)


def _files(archive: ZipFile) -> dict[str, bytes]:
    return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def _folders_on_the_path() -> list[str]:
    """The folders of archives that code has put on ``sys.path``, as ``vendor/`` for ``/var/task/vendor``."""
    found = [entry[len(_ROOT) :].strip("/") for entry in sys.path if str(entry).startswith(_ROOT)]
    return [f"{folder}/" for folder in found if folder]


class FunctionCode(MetaPathFinder, InspectLoader):
    """The modules of one version of a function."""

    def __init__(self, version: FunctionVersion) -> None:
        self.version = version
        with ZipFile(BytesIO(version.code.archive or b"")) as archive:
            self._files = _files(archive)
        compiled = {name.partition("/")[0] for name in self._files if name.endswith(_COMPILED)}
        self._left_out = compiled | _OF_THE_TEST | sys.stdlib_module_names
        self._folders = {name[: place + 1] for name in self._files for place, one in enumerate(name) if one == "/"}
        parts = {part.removesuffix(".py") for name in self._files for part in name.split("/")}
        self._parts = frozenset(parts)
        """All that its modules may be called, in whichever folder they lie."""
        self._modules: dict[str, Any] = {}
        """Its modules by their names, and nothing for those of others that are out of sight."""
        self._handler: Callable[..., Any] | None = None

    # --- while it runs ----------------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Have its modules found and known by their names."""
        sys.meta_path.insert(0, self)
        _modules.lay(self._modules)
        self._hide_others()

    def _hide_others(self) -> None:
        """Have none of its imports find what others have imported by a name of its own."""
        found = self._parts.intersection(sys.modules)
        others = {name for name in found if name not in self._modules and self._has(name)}
        if not others:
            return
        for name in list(sys.modules):
            if name.partition(".")[0] in others:
                self._modules[name] = NOTHING
                _modules.put(name, NOTHING)

    def leave(self) -> None:
        """Have the process as it was. Not to have entered is fine."""
        _modules.lift(self._modules)
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def handler(self) -> Callable[..., Any]:
        """The handler that the version names, with its module imported. Raises as AWS's Python runtime fails.

        [awslambdaric, bootstrap: _get_handler]
        """
        if self._handler is None:
            try:
                self._handler = self._find_handler(self.version.handler or "")
            except BaseException:
                self._forget_modules()  # the next run begins anew
                raise
        return self._handler

    def _find_handler(self, text: str) -> Callable[..., Any]:
        module_name, dot, name = text.rpartition(".")
        if not dot:
            raise Failure(
                "Runtime.MalformedHandlerName",
                f"Bad handler '{text}': not enough values to unpack (expected 2, got 1)",
            )
        if module_name.partition("/")[0] in sys.builtin_module_names:
            text = f"Cannot use built-in module {module_name} as a handler module"
            raise Failure("Runtime.BuiltInModuleConflict", text)
        try:
            module = self._import(module_name.replace("/", "."))
        except ImportError as error:
            text = f"Unable to import module '{module_name}': {error}"
            if error.name == module_name.replace("/", "."):
                error.add_note(self._handlers_near(module_name, name))
            raise Failure("Runtime.ImportModuleError", text) from error
        except SyntaxError as error:
            trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
            text = f"Syntax error in module '{module_name}': {error}"
            raise Failure("Runtime.UserCodeSyntaxError", text, trace) from error
        try:
            found: Callable[..., Any] = getattr(module, name)
        except AttributeError as error:
            text = f"Handler '{name}' missing on module '{module_name}'"
            raise Failure("Runtime.HandlerNotFound", text) from error
        return found

    def _handlers_near(self, module_name: str, name: str) -> str:
        """What to say of a handler whose module the archive does not have: where it has one of that name, or which."""
        sources = sorted(path.removesuffix(".py") for path in self._files if path.endswith(".py"))
        last = module_name.replace(".", "/").rpartition("/")[2]
        near = [path for path in sources if path.rpartition("/")[2] == last]
        if near:
            return f"the archive has {near[0]}.py: Handler='{near[0]}.{name}', or put it at the archive's top"
        there = ", ".join(f"{path}.py" for path in sources[:_MOST_NAMED]) or "no file in Python"
        more = f" and {len(sources) - _MOST_NAMED} more" if len(sources) > _MOST_NAMED else ""
        return f"the archive has {there}{more}"

    def _import(self, name: str) -> ModuleType:
        if not self._has(name):
            # A module of the test's that has this name is not the function's.
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return import_module(name)

    def _forget_modules(self) -> None:
        _modules.lift(self._modules)
        self._modules.clear()
        _modules.lay(self._modules)
        self._hide_others()

    def show_sources(self) -> None:
        """Have tracebacks that are made from now on show the lines of this version: file names are those of others."""
        for name in [name for name in linecache.cache if name.startswith(_ROOT)]:
            del linecache.cache[name]
        for path in self._files:
            if path.endswith(".py"):
                text = self._text(path)
                linecache.cache[_ROOT + path] = (len(text), None, text.splitlines(keepends=True), _ROOT + path)

    def note_what_is_packed(self, error: BaseException) -> None:
        """Say of a file that was not found, and that the archive has, how it can be read."""
        path = error.filename if isinstance(error, FileNotFoundError) else None
        if not isinstance(path, str) or not f"{path}/".startswith(_ROOT):
            return
        name = path.removeprefix(_ROOT.removesuffix("/")).strip("/")
        if not name or name in self._files or f"{name}/" in self._folders:
            error.add_note(
                f"the archive of {self.version.function.name} has it, and stays packed here: read it by "
                "importlib.resources or pkgutil.get_data, or have the test give the function a handler, "
                f"cloud.function({self.version.function.name!r}, handler)"
            )

    # --- finding and loading ----------------------------------------------------------------------------------------

    def _has(self, name: str) -> bool:
        return self._place(name) is not None

    def _place(self, name: str) -> str | None:
        """The file of a module, or the folder of a package that has none; None when the archive does not have it."""
        path = name.replace(".", "/")
        if path.partition("/")[0] in self._left_out:
            return None
        for folder in ("", *_folders_on_the_path()):
            for place in (f"{folder}{path}/__init__.py", f"{folder}{path}.py"):
                if place in self._files:
                    return place
            if f"{folder}{path}/" in self._folders:
                return f"{folder}{path}/"
        return None

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The way to one of its modules."""
        place = self._place(fullname)
        if place is None:
            return None
        is_package = place.endswith(("/", "/__init__.py"))
        spec = ModuleSpec(fullname, self, origin=_ROOT + place, is_package=is_package)
        if is_package:
            spec.submodule_search_locations = [_ROOT + place.rpartition("/")[0]]
        spec.has_location = not place.endswith("/")
        return spec

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """An empty module, the version's own."""
        module = self._modules[spec.name] = ModuleType(spec.name)
        _modules.put(spec.name, module)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code in it."""
        code = self.get_code(module.__name__)
        if code is not None:
            exec(code, vars(module))

    def get_code(self, fullname: str) -> CodeType | None:
        """The compiled code of a module; None for a package that is a mere folder."""
        place = self._place(fullname)
        if place is None or place.endswith("/"):
            return None
        return compile(self._files[place], _ROOT + place, "exec", dont_inherit=True)

    def get_source(self, fullname: str) -> str | None:
        """The text of a module."""
        place = self._place(fullname)
        return None if place is None or place.endswith("/") else self._text(place)

    def get_data(self, path: str) -> bytes:
        """A file of the archive, by its name on AWS; for ``pkgutil.get_data``."""
        try:
            return self._files[path.removeprefix(_ROOT)]
        except KeyError:
            raise FileNotFoundError(path) from None

    def get_resource_reader(self, fullname: str) -> Any:
        """What ``importlib.resources`` reads a package's files with, as certifi does when requests is imported."""
        place = self._place(fullname)
        if place is None or not place.endswith(("/", "/__init__.py")):
            return None
        from importlib.resources.abc import TraversableResources
        from zipfile import Path

        folder = Path(ZipFile(BytesIO(self.version.code.archive or b"")), place.rpartition("/")[0] + "/")

        class Files(TraversableResources):
            def files(self) -> Any:
                return folder

        return Files()

    def _text(self, path: str) -> str:
        return self._files[path].decode("utf-8", "replace")

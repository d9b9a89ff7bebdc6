"""Patching the code of a function, so that a hook runs beneath every wrapper of it.

Tracing libraries, test doubles and other mocks replace the same attribute (``BaseClient._make_api_call``), before
minicloud or after it, and put back what they found. A hook that was one more replacement would hide theirs, or be
lost when they restore theirs. So nothing is replaced here: the function that all of them hold in the end gets other
*code*. It stays the same object, in whatever chain of wrappers, and restoring the attribute leads to it.

The new code hands the call to the hook. What the function did before is kept as the original: another function with
the old code, which the hook calls to go on.
"""

from __future__ import annotations

import gc
import inspect
import linecache
from collections.abc import Callable, Iterable, Iterator
from types import FunctionType, ModuleType
from typing import Any

from ..exceptions import UsageError

__all__ = ["find_original", "original_function", "patch_code"]

_MARK = "minicloud's hook"
_FILE = "<minicloud patch of "
_MOST_HELD = 1000
"""Of what a replacement holds, so many objects are looked at: the nearest ones."""

_SOURCE = """\
def make({free}):
    {kind} {name}({parameters}):
        _minicloud = {mark!r}
        return {wait}_minicloud({parameters})
        ({free})
    return {name}
"""
# The line after the return is never reached. It makes the variables of the old code's closure free variables of the
# new code, too, for the two must agree in their number.


def patch_code(function: FunctionType, parameters: str, make_hook: Callable[[Callable[..., Any]], Any]) -> None:
    """Have ``function`` call ``make_hook(original)`` with its ``parameters``; the original does what it did.

    A function that is a coroutine function stays one, and awaits its hook.
    """
    old = function.__code__
    if old.co_filename.startswith(_FILE):
        return
    original = FunctionType(old, function.__globals__, function.__name__, function.__defaults__, function.__closure__)
    original.__kwdefaults__ = function.__kwdefaults__
    original.__qualname__ = function.__qualname__
    is_async = inspect.iscoroutinefunction(original)
    source = _SOURCE.format(
        free="".join(f"{name}, " for name in old.co_freevars),
        kind="async def" if is_async else "def",
        wait="await " if is_async else "",
        name=function.__name__,
        parameters=parameters,
        mark=_MARK,
    )
    namespace: dict[str, Any] = {}
    file_name = f"{_FILE}{function.__module__}.{function.__qualname__}>"
    exec(compile(source, file_name, "exec"), namespace)
    linecache.cache[file_name] = (len(source), None, source.splitlines(keepends=True), file_name)
    code = namespace["make"](*old.co_freevars).__code__
    hook = make_hook(original)
    function.__code__ = code.replace(
        co_consts=tuple(hook if constant == _MARK else constant for constant in code.co_consts),
        co_qualname=old.co_qualname,
    )


def original_function(owner: type, name: str, package: str) -> FunctionType:
    """The function ``name`` of the class that its own ``package`` wrote, beneath what others have wrapped it with.

    Raises ``UsageError`` when there is none: then this release of the package is not one that minicloud knows.
    """
    found = find_original(owner, name, package)
    if found is None:
        raise UsageError(
            f"this release of {package} has no {owner.__name__}.{name} that minicloud knows, as it is newer than this "
            "release of minicloud: update minicloud"
        )
    return found


def find_original(owner: type, name: str, package: str) -> FunctionType | None:
    """The same; None when there is none."""
    found: Any = vars(owner).get(name)
    while found is not None:
        if type(found) is FunctionType and _is_of(found, package):  # a proxy of one says that it is an instance, too
            return found
        found = getattr(found, "__wrapped__", None)
    # Replaced by a function that does not say what it wraps: it calls the one it has hidden, or that is still alive
    # somewhere. What an application has frozen (gc.freeze) is not among the objects that are listed.
    alive = _functions(_held_by(vars(owner).get(name)), owner, name, package)
    alive = alive or _functions(gc.get_objects(), owner, name, package)
    return alive[0] if alive else None


def _functions(objects: Iterable[Any], owner: type, name: str, package: str) -> list[FunctionType]:
    qualified = f"{owner.__name__}.{name}"
    found = [
        one for one in objects if type(one) is FunctionType and one.__qualname__ == qualified and _is_of(one, package)
    ]
    # Where the package decorates the function itself, both have the name, and only the outer one says what it wraps.
    found.sort(key=lambda one: not hasattr(one, "__wrapped__"))
    return found


def _held_by(replacement: Any) -> Iterator[Any]:
    """What a replacement holds, the nearest first: closures, attributes, and the globals that its code names."""
    held, seen = [replacement], set()
    for one in held:
        if id(one) in seen or issubclass(type(one), (type, ModuleType)):
            continue
        seen.add(id(one))
        yield one
        if len(held) > _MOST_HELD:
            continue
        inside = gc.get_referents(one)  # no code of the object's own runs
        if type(one) is FunctionType:
            known = one.__globals__
            inside = [other for other in inside if other is not known]
            inside += [known[name] for name in one.__code__.co_names if name in known]
        held += inside


def _is_of(function: FunctionType, package: str) -> bool:
    module: str = function.__globals__.get("__name__", "")
    return module.partition(".")[0] == package

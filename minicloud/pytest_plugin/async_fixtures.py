"""Async fixtures: whose they are, and what pytest calls in the place of one."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context, copy_context
from typing import Any

import pytest

from .async_items import definitions, runs_here

__all__ = [
    "a_loop_runs",
    "as_sync",
    "asks_for_backend",
    "bound",
    "closest",
    "is_async_fixture",
    "is_of_pytest_asyncio",
    "mode_is_auto",
    "needs",
    "raiser",
    "refuse_fixtures_of_others",
]

_asks = pytest.StashKey[bool]()


def refuse_fixtures_of_others(item: Any, fixturedefs: Any) -> None:
    """Fail an async test that runs on its cloud's loop, if one of these fixtures would run on another plugin's."""
    names = [found.argname for found in fixturedefs if is_of_pytest_asyncio(found) and is_async_fixture(found)]
    if names and runs_here(item):
        pytest.fail(
            f"the fixture {names[0]!r} runs on pytest-asyncio's loop, and this test on its cloud's, so that they "
            "cannot wait for each other: make the fixture with @pytest.fixture, for which minicloud runs it on the "
            "cloud's loop, or mark the test with @pytest.mark.asyncio",
            pytrace=False,
        )


def closest(node: Any) -> list[Any]:
    """The fixtures that a test asks for, directly or by others: under each name, the one that holds."""
    return [found[-1] for found in definitions(node).values() if found]


def is_async_fixture(fixturedef: Any) -> bool:
    """Whether it is a coroutine function, or an asynchronous generator."""
    return inspect.iscoroutinefunction(fixturedef.func) or inspect.isasyncgenfunction(fixturedef.func)


def is_of_pytest_asyncio(fixturedef: Any) -> bool:
    """Whether it was made with that plugin's decorator."""
    function = getattr(fixturedef.func, "__func__", fixturedef.func)
    return bool(getattr(function, "_force_asyncio_fixture", False))


def asks_for_backend(item: Any) -> bool:
    """Whether a test, or a fixture of it, asks which backend of anyio it runs on."""
    found = item.stash.get(_asks, None)
    if found is None:
        askers = [one for one in closest(item) if getattr(one.func, "__module__", "") != "anyio.pytest_plugin"]
        names = {*item._fixtureinfo.argnames, *(name for one in askers for name in one.argnames)}
        found = item.stash[_asks] = "anyio_backend" in names
    return bool(found)


def mode_is_auto(config: pytest.Config, plugin: str) -> bool:
    """Whether another plugin takes all async tests and fixtures for its own."""
    if not config.pluginmanager.has_plugin(plugin):
        return False
    name = f"{plugin}_mode"
    mode: Any = config.getoption(name, None) or config.getini(name)
    return bool(getattr(mode, "value", mode) == "auto")


def needs(item: Any, name: str, wanted: str) -> bool:
    """Whether a fixture asks for another one, directly or by others."""
    seen: set[str] = set()
    left = [name]
    while left:
        for found in definitions(item).get(left.pop(), ()):
            for argument in found.argnames:
                if argument == wanted:
                    return True
                if argument not in seen:
                    seen.add(argument)
                    left.append(argument)
    return False


def a_loop_runs() -> bool:
    """Whether an event loop runs in this thread."""
    module: Any = sys.modules.get("asyncio")
    return bool(module and module._get_running_loop())


def bound(function: Any, instance: object) -> Any:
    """A fixture that is a method, bound to the instance of the test class that asks for it."""
    owner = getattr(function, "__self__", None)
    if instance is not None and owner is not None and type(owner) is type(instance):
        return function.__func__.__get__(instance)
    return function


def raiser(failure: BaseException) -> Callable[..., Any]:
    """A function that raises, to be called in place of a fixture."""

    def fail(**_: Any) -> None:
        __tracebackhide__ = True
        raise failure

    return fail


def as_sync(function: Any, run: Callable[[Coroutine[Any, Any, Any], Context], Any]) -> Callable[..., Any]:
    """What pytest calls in place of an async fixture.

    Context variables that it sets are set for the test, and its end finds them as it has left them.
    """
    if not inspect.isasyncgenfunction(function):

        def call(**arguments: Any) -> Any:
            context = copy_context()
            value = run(function(**arguments), context)
            _take_over(context)
            return value

        return call

    def generate(**arguments: Any) -> Generator[Any, None, None]:
        generator = function(**arguments)
        context = copy_context()
        value = run(_next(generator), context)
        _take_over(context)
        yield value
        if run(_is_at_its_end(generator), context):
            return
        pytest.fail(f"the async fixture {function.__name__!r} yields more than once", pytrace=False)

    return generate


async def _next(generator: Any) -> Any:
    try:
        return await anext(generator)
    except StopAsyncIteration:
        pytest.fail(f"the async fixture {generator.__name__!r} has ended without a yield", pytrace=False)


async def _is_at_its_end(generator: Any) -> bool:
    try:
        await anext(generator)
    except StopAsyncIteration:
        return True
    await generator.aclose()
    return False


def _take_over(context: Context) -> None:
    for variable in context:
        value = context[variable]
        if variable.get(_take_over) is not value:
            variable.set(value)

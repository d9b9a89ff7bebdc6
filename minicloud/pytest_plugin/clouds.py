"""Which clouds a test has used: those that fixtures made for it, and all others.

A test makes clouds with ``mock_aws`` or ``minicloud.Cloud()``, or uses one that outlives it: the default cloud, one of
a module's. While pytest runs, each new cloud asks here for what its maker was not given (``engine.new_clouds``): what
the marker and the ini file say, and a seed, which is the id of the test, or of the module, class or package for whose
fixture it is made; the second cloud's ends in ``#2``. Then it is made known here. Only weak
references are kept, but for the latest few clouds of the test that runs: the one behind ``@mock_aws`` has nobody else
to hold it by the time the failure is reported.

This is loaded in every run, so it imports nothing of the library but the place where new clouds are told of. What else
the plugin does with clouds (verdicts, the report of behaviours) is told from here, and not known.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

import pytest

from ..engine import locks, new_clouds
from ..engine.forks import tell_in_forked_processes
from ..engine.weak import WeakKeys
from .items import clouds_of_fixtures, fixtures_of_minicloud, is_made_of, is_of_hypothesis, shared_cloud
from .options import cloud_options, marked_options, option

if TYPE_CHECKING:
    from ..cloud import Cloud
    from ..inspection.trace_event import TraceEvent

__all__ = ["CloudsOfTests", "Use", "clouds_of_tests"]

_MOST_KEPT = 8
"""Of the clouds that a test makes, the latest so many are kept until its end."""

_this_plugin = pytest.StashKey["CloudsOfTests"]()


class Use:
    """What the test that runs has done with a cloud, or somebody else meanwhile."""

    def __init__(self, cloud: Cloud, made_by_test: bool) -> None:
        self.made_by_test = made_by_test
        """Whether the test made it itself, or a decorator of it, and no fixture."""
        self._mark = self._counted = cloud.recorder.mark()
        self._ids = cloud.request_ids
        self._position = cloud.request_ids.position

    def is_made_of(self, cloud: Cloud) -> bool:
        """Whether anything has happened in the cloud since the test began."""
        return self.has_calls(cloud) or cloud.recorder.mark() != self._mark

    def has_calls(self, cloud: Cloud) -> bool:
        """Whether anybody has called an operation since the test began."""
        return cloud.request_ids is not self._ids or self._ids.position != self._position

    def events(self, cloud: Cloud) -> list[TraceEvent]:
        """What has happened since the test began."""
        return cloud.trace.since(self._mark)

    def new_events(self, cloud: Cloud) -> list[TraceEvent]:
        """What has happened since somebody last asked this."""
        events = cloud.trace.since(self._counted)
        self._counted = cloud.recorder.mark()
        return events


class CloudsOfTests(new_clouds.Listener):
    """Knows the clouds that there are. A plugin of its own, made for one run."""

    rolls_back = True

    def __init__(self, config: pytest.Config) -> None:
        self.when_made: list[Callable[[Cloud, bool], object]] = []
        """Called with each new cloud, and whether the body of a test runs."""
        self.when_let_go: list[Callable[[Cloud, Use], object]] = []
        """Called with a cloud that is no longer kept, because the test has made many since."""
        self.when_over: list[Callable[[], object]] = []
        """Called when a test is over, and when one begins."""
        self.is_warm = False
        """Whether what a first use of minicloud loads has been loaded (``warm_up``)."""
        self._config = config
        self._makers: list[Any] = []
        """For whom fixtures are being set up, the innermost last: a test, or a class, module, package or session."""
        self._numbers: dict[str, Any] = {}
        """How many clouds have got a seed of their maker's so far, by the maker's id."""
        self.test: pytest.Item | None = None
        """The one that runs."""
        self.cloud_for_loops: Callable[[], Cloud | None] = lambda: None
        """What ``cloud_for_loop`` asks."""
        self._body_runs = False
        self._uses: WeakKeys[Cloud, Use] = WeakKeys()
        self._latest: list[Cloud] = []
        self._lock = locks.lock()
        tell_in_forked_processes(self)

    def is_a_copy(self) -> None:
        """This is a forked process: another thread may have held the lock, and was not copied."""
        self._lock = locks.lock()

    def pytest_configure(self, config: pytest.Config) -> None:
        """A run begins."""
        config.stash[_this_plugin] = self
        new_clouds.listeners.append(self)

    def pytest_unconfigure(self) -> None:
        """The run is over. One around it, whose test this run was, is told of new clouds again."""
        new_clouds.listeners.remove(self)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """A test runs, and is over."""
        try:
            return (yield)
        finally:
            self._start_over(item)  # the items stay, its clouds are not to
            self.test = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """A test begins; once more, when somebody runs it again because it failed."""
        self._start_over(item)
        self.test = item

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, object, object]:
        """The body of a test runs: what is made meanwhile, it has made itself."""
        self._body_runs = True
        try:
            return (yield)
        finally:
            self._body_runs = False

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(self, request: pytest.FixtureRequest) -> Generator[None, object, object]:
        """A fixture is set up: clouds that it makes are those of its scope."""
        self._makers.append(request.node)
        try:
            return (yield)
        finally:
            self._makers.pop()
            if new_clouds.shared_by_tests and request.scope != "function":
                for one in new_clouds.shared_by_tests:
                    one.keep()

    # --- what new clouds are like, and that there are some ------------------------------------------------------------

    def options(self, of_process: bool) -> dict[str, Any]:
        """What the markers and the ini file say of the next cloud."""
        node = None if of_process else self._maker()
        return cloud_options(self._config, node)

    def option(self, name: str) -> Any:
        """What the markers or the ini file say of another option."""
        return option(self._config, self._maker(), name)

    def marked(self) -> dict[str, Any]:
        """What the markers alone say of the next cloud."""
        return marked_options(self._maker())

    def seed(self, of_process: bool) -> int | str | None:
        """The seed of the next cloud: what the markers or the ini file say, or the id of whoever makes it."""
        node = None if of_process else self._maker()
        base = option(self._config, node, "seed")
        if base is None:
            if node is None:
                return None
            base = node.nodeid or "session"
        name = "" if node is None else node.nodeid
        example = _running_example()
        with self._lock:
            count, of_example = self._numbers.get(name, (0, None))
            # Each example of a hypothesis test is to be what it was, whatever came before.
            count = count + 1 if of_example == example else 1
            self._numbers[name] = count, example
        return base if count == 1 else f"{base}#{count}"

    def made(self, cloud: Cloud) -> None:
        """A cloud was made."""
        if cloud.clock.autojump and "patience" not in vars(cloud.clock):
            patience = self.option("patience")
            if patience is not None:
                cloud.clock.patience = patience
        earliest = None
        with self._lock:
            self._uses[cloud] = Use(cloud, self._body_runs)
            self._latest.append(cloud)
            if len(self._latest) > _MOST_KEPT:
                earliest = self._latest.pop(0)
        if earliest is not None:
            use = self._uses[earliest]
            for tell_of_letting_go in self.when_let_go:
                tell_of_letting_go(earliest, use)
        for tell_of_making in self.when_made:
            tell_of_making(cloud, self._body_runs)

    def clouds(self) -> list[Cloud]:
        """Those with which something has been done since the test began."""
        return [cloud for cloud, use in self.uses().items() if use.is_made_of(cloud)]

    def cloud_of_test(self, decorated: object) -> tuple[bool, Cloud | None]:
        """Whether the test that runs has the fixture ``cloud``, and that one, if it has been made and is open."""
        item = self.test
        if item is None or self._maker() is not item or "cloud" not in fixtures_of_minicloud(item):
            return False, None
        if decorated is not None and not is_made_of(item, decorated):
            return False, None
        made = [cloud for cloud in item.stash[clouds_of_fixtures] if not cloud.closed]
        return True, made[-1] if made else None

    def share_with_fixture(self, cloud: Cloud) -> None:
        """The fixture of the test that runs is to be this cloud: of a decorator, which began before the fixture."""
        if self.test is not None:
            self.test.stash[shared_cloud] = cloud

    def _maker(self) -> Any:
        """For whom a cloud is made now: the test, or the class, module, package or session of a wider fixture."""
        return self._makers[-1] if self._makers else self.test

    # --- what a test has used ----------------------------------------------------------------------------------------

    def uses(self) -> dict[Cloud, Use]:
        """All clouds, and what has been done with each since the test began."""
        with self._lock:
            return dict(self._uses.items())

    def uses_of(self, item: pytest.Item) -> list[tuple[Cloud, Use]]:
        """The clouds that the test has used so far: those of its fixture first, then others in order of their making.

        Of the examples of a hypothesis test only the last one counts, which is the one that is shown.
        """
        uses = self.uses()
        own = [(cloud, uses.pop(cloud)) for cloud in item.stash.get(clouds_of_fixtures, [])]
        others = [(cloud, use) for cloud, use in uses.items() if use.is_made_of(cloud)]
        return own + (others[-1:] if is_of_hypothesis(item) else others)

    def made_for(self, item: pytest.Item) -> list[Cloud]:
        """The clouds that the plugin's fixture made for the test, and those that its body made.

        Without those of the examples of a hypothesis test.
        """
        clouds = [*item.stash.get(clouds_of_fixtures, [])]
        if not is_of_hypothesis(item):
            clouds += [cloud for cloud, use in self.uses().items() if use.made_by_test]
        return clouds

    def cloud_for_loop(self) -> Cloud | None:
        """The cloud of the test that runs, for an event loop that was made without one."""
        return self.cloud_for_loops()

    def _start_over(self, item: pytest.Item) -> None:
        item.stash[clouds_of_fixtures] = []
        item.stash[shared_cloud] = None
        for tell in self.when_over:
            tell()
        for one in new_clouds.shared_by_tests:
            one.roll_back()
        with self._lock:
            self._latest.clear()
            self._numbers.pop(item.nodeid, None)
            _forget_what_was_done(self._uses)


def clouds_of_tests(config: pytest.Config) -> CloudsOfTests:
    """The plugin of this run."""
    return config.stash[_this_plugin]


def _forget_what_was_done(uses: WeakKeys[Cloud, Use]) -> None:
    # Apart: what comes into the jump back of a loop passes by the `with` that the loop stands in (CPython 3.13).
    for cloud in uses:
        if cloud.closed_at is None:
            uses[cloud] = Use(cloud, made_by_test=False)
        else:
            uses.pop(cloud)  # nothing will happen in it; many of these wait to be collected, and each test would pay


def _running_example() -> int | None:
    """What tells examples of hypothesis apart: None outside of any, or where this hypothesis cannot say."""
    control = sys.modules.get("hypothesis.control")
    context = getattr(getattr(control, "_current_build_context", None), "value", None)
    return None if context is None else id(getattr(context, "data", None))

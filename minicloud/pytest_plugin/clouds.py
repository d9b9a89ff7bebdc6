"""Which clouds a test has used: those that fixtures made for it, and all others.

A test makes clouds with ``mock_aws`` or ``minicloud.Cloud()``, or uses one that outlives it: the default cloud, one of
a module's. While pytest runs, each new cloud is made known here (``Cloud.on_making``), and traced unless somebody said
otherwise: the ini setting ``minicloud_trace``, the marker's ``trace=``, or the cloud's own argument. Only weak
references are kept, but for the latest few clouds of the test that runs: the one behind ``@mock_aws`` has nobody else
to hold it by the time the failure is reported.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Generator
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import pytest

from ..cloud import Cloud

if TYPE_CHECKING:
    from ..inspection.trace import TraceEvent
    from .verdicts import Verdicts

__all__ = ["CloudsOfTests", "Use", "clouds_of", "clouds_of_tests", "has_not_passed", "is_of_hypothesis"]

_MOST_KEPT = 8
"""Of the clouds that a test makes, the latest so many are kept until its end."""

clouds_of = pytest.StashKey[list[Cloud]]()
"""The clouds that the fixture made for a test."""
has_not_passed = pytest.StashKey[bool]()
"""Whether a part of the test has failed, as expected or not, or was skipped."""
_this_plugin = pytest.StashKey["CloudsOfTests"]()


class Use:
    """What the test that runs has done with a cloud, or somebody else meanwhile."""

    def __init__(self, cloud: Cloud, made_by_test: bool) -> None:
        self.made_by_test = made_by_test
        """Whether the test made it itself, or a decorator of it, and no fixture."""
        self._mark = self._counted = cloud.trace.mark()
        self._ids = cloud.request_ids
        self._position = cloud.request_ids.position

    def is_made_of(self, cloud: Cloud) -> bool:
        """Whether anything has happened in the cloud since the test began."""
        called = cloud.request_ids is not self._ids or self._ids.position != self._position
        return called or cloud.trace.mark() != self._mark

    def events(self, cloud: Cloud) -> list[TraceEvent]:
        """What has happened since the test began."""
        return cloud.trace.since(self._mark)

    def new_events(self, cloud: Cloud) -> list[TraceEvent]:
        """What has happened since somebody last asked this."""
        events = cloud.trace.since(self._counted)
        self._counted = cloud.trace.mark()
        return events


class CloudsOfTests:
    """Knows the clouds that there are. A plugin of its own, made for one run."""

    def __init__(self, config: pytest.Config) -> None:
        self._traces = self._traces_by_default = bool(config.getini("minicloud_trace"))
        self._counts = bool(config.getoption("minicloud_report", False))
        self._uses: WeakKeyDictionary[Cloud, Use] = WeakKeyDictionary()
        self._lock = threading.Lock()
        self._latest: list[Cloud] = []
        self._test_runs = False
        self._behaviours: Counter[str] = Counter()
        self._config = config
        self._verdicts_by_default = config.getini("minicloud_verdicts")
        if self._verdicts_by_default:
            from .verdicts import check_ini_file

            check_ini_file(config)
        self._verdicts: Verdicts | None = None
        self._outer = Cloud.on_making
        Cloud.on_making = self._made
        config.stash[_this_plugin] = self

    def pytest_unconfigure(self) -> None:
        """The run is over."""
        Cloud.on_making = self._outer

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """A test runs, and is over."""
        try:
            return (yield)
        finally:
            self._begin(item)  # the items stay, its clouds are not to

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """A test begins; once more, when somebody runs it again because it failed."""
        self._begin(item)
        self._traces = bool(_nearest(item, "trace", self._traces))
        names = _nearest(item, "verdicts", self._verdicts_by_default)
        if names and self._verdicts is None:
            from .verdicts import Verdicts

            self._verdicts = Verdicts()
            self._config.pluginmanager.register(self._verdicts, "minicloud-verdicts")
        if self._verdicts is not None:
            self._verdicts.begin(item, names)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        """A test that has passed fails when a fault of a cloud of its own never fired."""
        self._test_runs = True
        try:
            yield
        finally:
            self._test_runs = False
        clouds = [*item.stash.get(clouds_of, [])]
        if not is_of_hypothesis(item):  # of many examples, some may well do without the fault
            with self._lock:
                clouds += [cloud for cloud, use in self._uses.items() if use.made_by_test]
        unused = [fault for cloud in clouds if "faults" in vars(cloud) for fault in cloud.faults.unused]
        if unused:
            lines = "\n".join(f"  {fault!r}" for fault in unused)
            pytest.fail(
                f"{len(unused)} of the test's faults never fired; say optional=True of those that may not:\n{lines}",
                pytrace=False,
            )

    def uses_of(self, item: pytest.Item) -> list[tuple[Cloud, Use]]:
        """The clouds that the test has used so far: those of its fixture first, then others in order of their making.

        Of the examples of a hypothesis test only the last one counts, which is the one that is shown.
        """
        with self._lock:
            uses = dict(self._uses)
        own = [(cloud, uses.pop(cloud)) for cloud in item.stash.get(clouds_of, [])]
        others = [(cloud, use) for cloud, use in uses.items() if use.is_made_of(cloud)]
        return own + (others[-1:] if is_of_hypothesis(item) else others)

    def behaviours(self, item: pytest.Item) -> Counter[str]:
        """How often the test has exercised each behaviour."""
        with self._lock:
            uses = dict(self._uses)
        for cloud, use in uses.items():
            self._count(cloud, use)
        return self._behaviours

    def _begin(self, item: pytest.Item) -> None:
        item.stash[clouds_of] = []
        item.stash[has_not_passed] = False
        self._traces = self._traces_by_default
        self._behaviours = Counter()
        if self._verdicts is not None:
            self._verdicts.end()
        with self._lock:
            self._latest.clear()
            for cloud in list(self._uses):
                self._uses[cloud] = Use(cloud, made_by_test=False)

    def _made(self, cloud: Cloud) -> bool:
        """A cloud was made. Whether to trace it, unless it was said."""
        earliest = None
        with self._lock:
            self._uses[cloud] = Use(cloud, self._test_runs)
            self._latest.append(cloud)
            if len(self._latest) > _MOST_KEPT:
                earliest = self._latest.pop(0)
        if earliest is not None and self._counts:
            self._count(earliest, self._uses[earliest])
        if self._verdicts is not None:
            self._verdicts.made(cloud, self._test_runs)
        return self._traces

    def _count(self, cloud: Cloud, use: Use) -> None:
        from ..inspection.coverage import count_behaviours

        self._behaviours += count_behaviours(use.new_events(cloud))


def clouds_of_tests(config: pytest.Config) -> CloudsOfTests:
    """The plugin of this run."""
    return config.stash[_this_plugin]


def _nearest(item: pytest.Item, name: str, default: Any) -> Any:
    """What the nearest marker says under this name."""
    for marker in item.iter_markers("minicloud"):
        if marker.kwargs.get(name) is not None:
            return marker.kwargs[name]
    return default


def is_of_hypothesis(item: pytest.Item) -> bool:
    """Whether it runs for many examples."""
    return bool(getattr(getattr(item, "obj", None), "is_hypothesis_test", False))

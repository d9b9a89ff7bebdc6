"""Who is told of new clouds, and says what they are like: the pytest plugin.

It has to know what clouds a test makes, and whatever makes one (``Cloud()``, ``mock_aws()``, a fixture,
``minicloud.run``) follows one rule: what its maker was given, else what the test's marker or the ini file says, else
the maker's default. A cloud tells of itself through this module, so the plugin need not import the cloud to hear of it:
that would cost every test run the import of the whole library. So nothing that takes time may be imported here.

What it holds is the process's, not a cloud's. Only the default cloud and the cloud that ``mock_aws`` answers with are
held by modules besides.
"""

from __future__ import annotations

from threading import get_ident

from .weak import WeakSet

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Protocol
else:
    Protocol = object

__all__ = [
    "Listener",
    "SharedByTests",
    "cloud_of_test",
    "listeners",
    "makers_of_default",
    "marked",
    "option",
    "said",
    "seed_of_the_next",
    "share_with_fixture",
    "shared_by_tests",
]


class Listener:
    """Who is told of new clouds, and asked what they are like. This one has nothing to say."""

    rolls_back = False
    """Whether it says of each test that it is over, to the clouds that tests share (``shared_by_tests``)."""

    def options(self, of_process: bool) -> Mapping[str, Any]:
        """The arguments of ``Cloud`` that hold for the next one, unless its maker was given others.

        ``of_process``: of the default cloud, which is nobody's own, and outlives whatever test makes it.
        """
        return {}

    def seed(self, of_process: bool) -> int | str | None:
        """The seed of the next cloud whose maker was given none; None for a fresh one."""
        return None

    def made(self, cloud: Any) -> None:
        """A cloud was made."""

    def option(self, name: str) -> Any:
        """What holds of an option of the marker that is not one of ``Cloud``."""
        return None

    def marked(self) -> Mapping[str, Any]:
        """The arguments of ``Cloud`` that markers alone say."""
        return {}

    def cloud_of_test(self, decorated: object) -> tuple[bool, Any]:
        """Whether the test that runs has the fixture ``cloud``, and that one, if it has been made.

        Asked for a ``decorated`` function or class, which has to be that test's; None for any test.
        """
        return False, None

    def share_with_fixture(self, cloud: Any) -> None:
        """The fixture of the test that runs is to be this cloud."""

    def clouds(self) -> Sequence[Any]:
        """Those with which something has been done since the test began."""
        return ()

    def cloud_for_loop(self) -> Any:
        """The cloud of the test that runs, or None: event loops that are made without one ask."""
        return None


listeners: list[Listener] = []
"""Are told of each new cloud.

Only the latest one is: a run of pytest inside of another one's test has clouds that are not that test's.
"""


class SharedByTests(Protocol):
    """A cloud that the set-up of a class has made, in which each of its tests begins with what the set-up left."""

    cloud: Any

    def keep(self) -> object:
        """What is in the cloud now, each test is to begin with."""

    def roll_back(self) -> object:
        """A test is over, and the next one may begin."""


shared_by_tests: WeakSet[SharedByTests] = WeakSet()
"""Those of classes that are set up. pytest's plugin says when; without it, the tests of unittest themselves do."""

makers_of_default: list[int] = []
"""The thread that makes the default cloud, while it does."""


def said(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of a new cloud: what its maker was given, and, of what it was not, what holds for the test."""
    options = dict(listeners[-1].options(get_ident() in makers_of_default)) if listeners else {}
    options.update((name, value) for name, value in given.items() if value is not None)
    return options


def seed_of_the_next() -> int | str | None:
    """The seed of a cloud whose maker was given none; None for a fresh one."""
    return listeners[-1].seed(get_ident() in makers_of_default) if listeners else None


def option(name: str) -> Any:
    """What holds for the test of an option of the marker that is not one of ``Cloud``; None outside of pytest."""
    return listeners[-1].option(name) if listeners else None


def marked() -> Mapping[str, Any]:
    """The arguments of ``Cloud`` that the markers of the test say."""
    return listeners[-1].marked() if listeners else {}


def cloud_of_test(decorated: object) -> tuple[bool, Any]:
    """Whether the test that runs, if ``decorated`` is it, has the fixture ``cloud``, and that one if it is made."""
    return listeners[-1].cloud_of_test(decorated) if listeners else (False, None)


def share_with_fixture(cloud: Any) -> None:
    """Have the fixture ``cloud`` of the test that runs be this one."""
    listeners[-1].share_with_fixture(cloud)

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
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Listener", "listeners", "makers_of_default", "said", "seed_of_the_next"]


class Listener(Protocol):
    """Who is told of new clouds."""

    def options(self, of_process: bool) -> Mapping[str, Any]:
        """The arguments of ``Cloud`` that hold for the next one, unless its maker was given others.

        ``of_process``: of the default cloud, which is nobody's own, and outlives whatever test makes it.
        """

    def seed(self, of_process: bool) -> int | str | None:
        """The seed of the next cloud whose maker was given none; None for a fresh one."""

    def made(self, cloud: Any) -> object:
        """A cloud was made."""

    def clouds(self) -> Sequence[Any]:
        """Those with which something has been done since the test began."""


listeners: list[Listener] = []
"""Are told of each new cloud.

Only the latest one is: a run of pytest inside of another one's test has clouds that are not that test's.
"""

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

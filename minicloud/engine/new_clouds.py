"""Who is told of new clouds: the pytest plugin, which has to know what clouds a test makes.

A cloud tells of itself through this module, so the plugin need not import the cloud to hear of it: that would cost
every test run the import of the whole library. So nothing that takes time may be imported here.

What it holds is the process's, not a cloud's. Only the default cloud and the cloud that ``mock_aws`` answers with are
held by modules besides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["listeners"]

listeners: list[Callable[[Any], bool]] = []
"""Are told of each new cloud, and return whether to trace it, unless its maker has said.

Only the latest one is called: a run of pytest inside of another one's test has clouds that are not that test's.
"""

"""What hypothesis says of a failure: which lines were always and only run by failing examples.

Of minicloud's own lines a user can do nothing with that. Called where hypothesis is loaded: by
``minicloud.hypothesis``, and by pytest's plugin before a test of hypothesis's that may use minicloud.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["leave_our_lines_out"]

_OURS = str(Path(__file__).parents[1])


@cache
def leave_our_lines_out() -> None:
    """Have hypothesis follow no line of minicloud's. Once in a process.

    No public function does that; where a hypothesis works in another way, they are told as they would be without.
    """
    scrutineer: Any = sys.modules.get("hypothesis.internal.scrutineer")
    theirs = getattr(scrutineer, "should_trace_file", None)
    if theirs is None:
        return

    @cache
    def should_trace_file(file_name: str) -> bool:
        return not file_name.startswith(_OURS) and theirs(file_name)

    scrutineer.should_trace_file = should_trace_file

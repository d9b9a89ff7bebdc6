"""``datetime``'s classes, without what importing their module costs.

On CPython 3.11 the module ``datetime`` is 2,500 lines of Python, which take a millisecond of the first import, and of
which all that counts is then taken from ``_datetime``. The classes are the same ones, so freezegun finds them here,
too. Only what every program loads imports them from here.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from datetime import UTC, datetime, timedelta
else:
    try:
        from _datetime import datetime, timedelta, timezone

        UTC = timezone.utc
    except ImportError:  # an interpreter that has all of it in Python
        from datetime import UTC, datetime, timedelta

__all__ = ["UTC", "datetime", "timedelta"]

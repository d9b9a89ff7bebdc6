"""The value of a parameter that was not given. (By itself, so that who only asks for it loads no specification.)"""

from __future__ import annotations

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from typing import Any, Final


__all__ = ["UNSET"]


class _Unset:
    """The default of a parameter that was not given; None is a value, and a wrong one, as in boto3."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> bool:
        return False


UNSET: Final[Any] = _Unset()

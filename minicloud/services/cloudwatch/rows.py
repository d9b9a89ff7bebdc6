"""What facts and the rows that are made of them look like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from .metric import Dimensions

__all__ = ["Details", "Fact", "Maker", "Row", "Rows"]

Details: TypeAlias = dict[str, Any]
Fact: TypeAlias = tuple[int, str, str, Details]
"""When, what, about which resource, and details."""
Row: TypeAlias = tuple[str, str, str, Dimensions, str, float, object]
"""ARN, namespace, name, dimensions, unit, value, mark."""
Rows: TypeAlias = list[Row]
Maker: TypeAlias = Callable[[int, str, Details], Rows]
"""Makes the rows of a fact of one kind."""

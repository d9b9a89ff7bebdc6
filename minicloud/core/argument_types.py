"""Types of arguments that are not needed to run: by themselves, for typing is dear to load."""

from __future__ import annotations

from typing import Literal, TypeAlias

__all__ = ["LimitsName"]

LimitsName: TypeAlias = Literal["aws", "strict", "relaxed"]
"""What ``Cloud(limits=...)`` takes beside ``Limits``."""

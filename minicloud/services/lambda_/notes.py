"""What the cloud knows of a refusal beyond AWS's text: ``raise errors.function_not_found(arn).noting(...)``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...core.near import listed
from ...core.notes import none_of_that_name, of_region
from ...core.shown import shown

if TYPE_CHECKING:
    from .function import Function, State
    from .names import FunctionName

__all__ = ["data_without_fields", "elsewhere", "no_function", "no_mapping", "no_pattern", "no_qualifier"]


def no_function(state: State, name: str) -> list[str]:
    """Where there is a function of that name, or which there are."""
    return none_of_that_name("function", name, state, state.world.services("lambda"), lambda one: one.functions)


def no_qualifier(function: Function, qualifier: str | None) -> str | None:
    """Which versions and aliases a function has."""
    known = [*function.versions, *function.aliases]
    if not known:
        return f"the function {shown(function.name)} has no version and no alias yet: publish_version() makes one"
    return f"the function {shown(function.name)} has {listed(known)}"


def elsewhere(state: State, parts: FunctionName) -> str:
    """That a name is of another region than the call."""
    return of_region(parts.region_name or "", state.region_name)


def no_mapping(mappings: Iterable[str]) -> str:
    """Which mappings there are."""
    known = list(mappings)
    return f"there are the mappings {listed(known)}" if known else "there is no mapping here"


def no_pattern() -> str:
    """That a filter is a pattern."""
    return 'a filter has a Pattern, which is a text: {"Pattern": "{\\"body\\": …}"}'


def data_without_fields() -> str:
    """That a filter of records looks into data that is JSON."""
    return (
        "a filter sees the data of records as JSON: give the fields that it is to have, "
        'as in {"data": {"kind": ["click"]}}'
    )

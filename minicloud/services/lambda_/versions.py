"""What is published of a function: a version gets a number, and is never changed again."""

from __future__ import annotations

from typing import Any

from ...core.unset import UNSET
from . import errors, shapes
from .function import LATEST, Alias, Function, FunctionVersion

__all__ = ["add_version", "check_weights", "describe_alias", "last_published", "numbered"]

_COMPARED = ("environment", "handler", "memory", "role", "runtime", "settings", "timeout")
"""What makes a version another one, beside its code. [inferred: not the description]"""


def last_published(function: Function, latest: FunctionVersion) -> FunctionVersion | None:
    """The version that was published last, if ``latest`` has the same code and settings: then none is made anew."""
    published = next(reversed(function.versions.values()), None)
    if published is None or not published.code.is_like(latest.code):
        return None
    changed = [name for name in _COMPARED if getattr(published, name) != getattr(latest, name)]
    return None if changed else published


def numbered(now: int, latest: FunctionVersion, revision_id: str, description: Any = UNSET) -> FunctionVersion:
    """A version with the next number and all that ``latest`` has."""
    changes: dict[str, Any] = {} if description is UNSET else {"description": description}
    number = str(latest.function.next_version)
    return latest.but(version=number, last_modified=now, revision_id=revision_id, **changes)


def add_version(function: Function, version: FunctionVersion) -> None:
    """Add a version with the next number. Doing it again changes nothing."""
    function.versions[version.version] = version
    function.next_version = int(version.version) + 1


def check_weights(function: Function, version: str, weights: Any) -> dict[str, float]:
    """The weights of an alias, checked. Raises ``InvalidParameterValueException``, or ``ResourceNotFoundException``."""
    shares: dict[str, float] = {number: float(weight) for number, weight in (weights or {}).items()}
    if len(shares) > 1:
        raise errors.too_many_weights()
    for number in shares:
        if number == version:
            raise errors.weight_for_own_version(number)
        if version == LATEST:
            raise errors.weights_with_latest()
        if function.version(number) is None:
            raise errors.function_not_found(f"{function.arn}:{number}")
    return shares


def describe_alias(function: Function, alias: Alias) -> shapes.AliasConfiguration:
    """An alias as answers have it."""
    routing: dict[str, Any] = {"RoutingConfig": {"AdditionalVersionWeights": dict(alias.weights)}}
    answer: Any = {
        "AliasArn": f"{function.arn}:{alias.name}",
        "Name": alias.name,
        "FunctionVersion": alias.version,
        "Description": alias.description,
        **(routing if alias.weights else {}),
        "RevisionId": alias.revision_id,
    }
    return answer  # type: ignore[no-any-return]

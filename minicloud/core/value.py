"""Values: objects that are their fields and never change.

What ``dataclasses`` would make of them, whose import (with that of ``inspect``) takes longer than all of minicloud's:
7 ms of the first client's 40 on CPython 3.11. Nothing on the way to a first call may import it.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from typing import Any, ClassVar, Self, dataclass_transform
else:

    def dataclass_transform(**_: Any) -> Any:
        """What type checkers are told with it is nothing to the run time."""
        return lambda cls: cls


__all__ = ["Value"]


@dataclass_transform(frozen_default=True)
class Value:
    """A value whose fields are the annotations of its class. Those without a default have to be given.

    ``class Limits(Value, kw_only=True)``: its fields are given by keyword only.
    """

    _fields: ClassVar[tuple[str, ...]]
    _defaults: ClassVar[dict[str, Any]]
    _kw_only: ClassVar[bool]

    def __init_subclass__(cls, *, kw_only: bool = False) -> None:
        cls._fields = tuple(cls.__annotations__)
        cls._defaults = {name: vars(cls)[name] for name in cls._fields if name in vars(cls)}
        cls._kw_only = kw_only
        for name in cls._defaults:
            delattr(cls, name)  # CPython finds an attribute of the instance quicker where its class has none

    def __init__(self, *values: Any, **fields: Any) -> None:
        known = self._fields
        if len(values) > (0 if self._kw_only else len(known)):
            raise TypeError(f"{type(self).__name__} was given too many values: its fields are {', '.join(known)}")
        given = {**self._defaults, **dict(zip(known, values, strict=False)), **fields}
        for name, value in given.items():
            if name not in known:
                from .near import did_you_mean

                raise TypeError(
                    f"{type(self).__name__} has no field {name!r}{did_you_mean(name, known) or ':'} "
                    f"it has {', '.join(known)}"
                )
            object.__setattr__(self, name, value)
        if len(given) < len(known):
            missing = ", ".join(name for name in known if name not in given)
            raise TypeError(f"{type(self).__name__} needs {missing}")

    def replace(self, **changes: Any) -> Self:
        """The same value with other fields."""
        return type(self)(**(vars(self) | changes))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} does not change: use replace({name}=...)")

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other) if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(vars(self).values()))

    def __repr__(self) -> str:
        shown = (
            f"{name}={value!r}"
            for name, value in vars(self).items()
            if name not in self._defaults or value != self._defaults[name]
        )
        return f"{type(self).__name__}({', '.join(shown)})"

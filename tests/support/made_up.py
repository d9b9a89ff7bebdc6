"""Parameters of operations made up by hypothesis, from what an operation's signature says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

__all__ = ["values_of"]


def values_of(shape: Any, named: Mapping[str, Any], texts: Any, name: str = "") -> Any:
    """What a member of that shape may be given: its required members, and up to two of the others.

    ``named`` has strategies by the names of members, ``texts`` is what other strings are, and ``named["integer"]`` what
    numbers are.
    """
    if name in named:
        return named[name]
    kind = shape.kind
    simple: dict[str, Any] = {
        "string": texts,
        "blob": st.sampled_from([b"", b"x", b"\xff\n"]),
        "integer": named["integer"],
        "float": st.sampled_from([0.0, -1.5, 1e300]),
        "double": st.sampled_from([0.0, -1.5, 1e300]),
        "long": named["integer"],
        "boolean": st.booleans(),
        "timestamp": st.sampled_from([0, 1_767_225_600, 1_767_300_000, 253_402_300_799]),
    }
    if kind in simple:
        return simple[kind]
    if kind == "list":
        return st.lists(values_of(shape.member, named, texts), max_size=2)
    if kind == "map":
        return st.dictionaries(texts, values_of(shape.member, named, texts), max_size=2)
    members = {
        one: st.deferred(lambda s=member, n=one: values_of(s, named, texts, n)) for one, member in shape.members.items()
    }
    required = {one: members.pop(one) for one in shape.required}
    some = st.lists(st.sampled_from(sorted(members)), max_size=2, unique=True) if members else st.just([])
    return some.flatmap(lambda names: st.fixed_dictionaries({**required, **{one: members[one] for one in names}}))

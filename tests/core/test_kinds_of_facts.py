"""The kinds of facts, which tests and other programs ask the trace for by their names."""

from __future__ import annotations

from minicloud.core import facts


def test_a_kind_is_what_its_constant_is_called() -> None:
    """So that one that is misspelt shows, whoever tells of it."""
    named = {name: value for name, value in vars(facts).items() if name.isupper() and type(value) is str}
    assert {name: value.upper().replace(".", "_") for name, value in named.items()} == {name: name for name in named}
    assert set(named.values()) == facts.KINDS
    assert len(named) == len(facts.KINDS)

"""What calls of a cloud say that they are: the words of who is refused inside of them."""

from __future__ import annotations

from typing import Any

import pytest

from minicloud.engine.state import State

__all__ = ["Words"]


class Words:
    """Hears what everybody says who comes into any cloud from now on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.said: set[str] = set()
        for name in ("gate", "settled", "change", "look"):
            self._listen(monkeypatch, name)

    def _listen(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        plain = getattr(State, name)

        def told(state: State, what: object = "another call", *arguments: Any, **options: Any) -> Any:
            if isinstance(what, str):
                self.said.add(what)
            return plain(state, what, *arguments, **options)

        monkeypatch.setattr(State, name, told)

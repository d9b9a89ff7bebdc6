"""Event buses and rules of EventBridge, as a test looks at them. Events are dicts, as targets get them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from json import loads
from typing import TYPE_CHECKING, Any, TypeVar

from ...core.timestamps import datetime_of
from .lookup import find

if TYPE_CHECKING:
    from ...engine.engine import Engine
    from ...services.events.bus import Bus
    from ...services.events.rule import Rule

T = TypeVar("T")

__all__ = ["BusView", "RuleView", "find_bus", "find_rule"]


class RuleView:
    """A rule. Each property looks anew."""

    def __init__(self, engine: Engine, rule: Rule) -> None:
        self._engine = engine
        self._rule = rule

    @property
    def name(self) -> str:
        """The rule's."""
        return self._rule.name

    @property
    def arn(self) -> str:
        """The rule's."""
        return self._rule.arn

    @property
    def pattern(self) -> dict[str, Any] | None:
        """Which events it wants; None for one that has a schedule alone."""
        pattern = self._look(lambda: self._rule.settings.pattern)
        return None if pattern is None else loads(pattern.text)

    @property
    def expression(self) -> str | None:
        """When it makes events of its own, ``"rate(5 minutes)"``; None when it does not."""
        return self._look(lambda: self._rule.settings.expression)

    @property
    def state(self) -> str:
        """``"ENABLED"`` or ``"DISABLED"``."""
        return self._look(lambda: self._rule.settings.state)

    @property
    def targets(self) -> list[dict[str, Any]]:
        """What it delivers to, as it was put: ``Id``, ``Arn`` and the rest."""
        return self._look(lambda: [dict(target.given) for target in self._rule.targets.values()])

    @property
    def matched(self) -> list[dict[str, Any]]:
        """The latest 10,000 events that it has matched, or made by its schedule, oldest first. O(their lengths)."""
        return [loads(text) for text in self._look(lambda: [event.text for event in self._rule.matched])]

    @property
    def next_due(self) -> datetime | None:
        """When its schedule makes the next event; None when it makes none."""
        due = self._look(lambda: self._rule.due)
        return None if due is None else datetime_of(due)

    def _look(self, get: Callable[[], T]) -> T:
        return self._engine.look("a view", lambda _: get())

    def __repr__(self) -> str:
        return f"<rule {self._rule.name}: {self._rule.settings.state}>"  # takes no lock


class BusView:
    """An event bus. Each property looks anew."""

    def __init__(self, engine: Engine, bus: Bus) -> None:
        self._engine = engine
        self._bus = bus

    @property
    def name(self) -> str:
        """The bus's."""
        return self._bus.name

    @property
    def arn(self) -> str:
        """The bus's."""
        return self._bus.arn

    @property
    def events(self) -> list[dict[str, Any]]:
        """The latest 10,000 events that were put, oldest first. O(their lengths)."""
        return [loads(text) for text in self._texts(lambda _: True)]

    @property
    def unmatched(self) -> list[dict[str, Any]]:
        """Those of them that no rule has matched. O(their lengths)."""
        return [loads(text) for text in self._texts(lambda matched: not matched)]

    @property
    def rules(self) -> list[RuleView]:
        """The rules, by name."""

        def look(_: int) -> list[Rule]:
            rules = self._bus.rules.items
            return [rules[name] for name in sorted(rules)]

        return [RuleView(self._engine, rule) for rule in self._engine.look("a view", look)]

    def _texts(self, accept: Callable[[tuple[str, ...]], bool]) -> list[str]:
        def look(_: int) -> list[str]:
            return [event.text for event in self._bus.happened if accept(event.matched)]

        return self._engine.look("a view", look)

    def __repr__(self) -> str:
        return f"<event bus {self._bus.name}: {len(self._bus.rules.items)} rules>"  # takes no lock


def find_bus(engine: Engine, name: str) -> BusView:
    """``Cloud.bus``."""
    engine.service("events", engine.account_id, engine.region_name)  # an account has its default bus from the start
    bus = find(
        engine,
        ("event bus", "events"),
        name,
        lambda service, wanted: service.find_bus(wanted.removeprefix("event-bus/")),
        lambda service: list(service.buses.items),
    )
    return BusView(engine, bus)


def find_rule(engine: Engine, name: str, bus: str) -> RuleView:
    """``Cloud.rule``."""

    def get(service: Any, wanted: str) -> Rule | None:
        if wanted.startswith("rule/"):
            found: Rule | None = service.find_rule(f"{service.arn_prefix}{wanted}")
            return found
        on = service.find_bus(bus)
        return None if on is None else on.rules.items.get(wanted)

    def names(service: Any) -> list[str]:
        on = service.find_bus(bus)
        return [] if on is None else list(on.rules.items)

    return RuleView(engine, find(engine, ("rule", "events"), name, get, names))

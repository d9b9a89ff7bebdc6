"""Event source mappings, as a test makes them and looks at them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from ...core.shown import shown
from ...exceptions import UsageError
from .streams import find_queue_or_stream

if TYPE_CHECKING:
    from ...engine.engine import Engine
    from ...services.lambda_.mapping import Mapping as EventSourceMapping

__all__ = ["MappingView", "make_mapping"]

T = TypeVar("T")


class MappingView:
    """An event source mapping. Each property looks anew; the methods are calls of the API.

    A mapping that was deleted stays to be looked at; its state is ``"Deleted"`` then.
    """

    def __init__(self, engine: Engine, client: Any, mapping: EventSourceMapping) -> None:
        self._engine = engine
        self._client = client
        self._mapping = mapping

    @property
    def uuid(self) -> str:
        """By which the API knows it."""
        return self._mapping.uuid

    @property
    def state(self) -> str:
        """``"Enabled"``, ``"Disabled"``, or ``"Deleted"``."""
        return self._look(lambda mapping: "Deleted" if mapping.has_ended else mapping.status)

    @property
    def source_arn(self) -> str:
        """The ARN of the queue, the stream or the consumer."""
        return self._mapping.source_arn

    @property
    def function(self) -> str:
        """The name of the function; with its version or alias behind a colon, where the mapping has one."""
        return self._look(lambda mapping: mapping.resolved.arn.partition(":function:")[2])

    @property
    def last_result(self) -> str:
        """How the last run ended, in AWS's words: ``"OK"``, ``"PROBLEM: ..."``; ``"No records processed"`` at first."""
        return self._look(lambda mapping: mapping.last_result)

    @property
    def in_flight(self) -> int:
        """How many messages or records are taken and not done."""
        return self._look(lambda mapping: mapping.in_flight)

    @property
    def positions(self) -> dict[str, str]:
        """Of a stream, by shard: the number of the last record that is done, and all before it with that."""
        return self._look(lambda mapping: mapping.positions)

    def disable(self) -> None:
        """Take nothing more until it is enabled; what is running goes on to its end."""
        self._client.update_event_source_mapping(UUID=self.uuid, Enabled=False)

    def enable(self) -> None:
        """Go on taking what there is."""
        self._client.update_event_source_mapping(UUID=self.uuid, Enabled=True)

    def delete(self) -> None:
        """Delete it; what is running goes on to its end."""
        self._client.delete_event_source_mapping(UUID=self.uuid)

    def _look(self, look: Callable[[EventSourceMapping], T]) -> T:
        return self._engine.look("a view of a mapping", lambda _: look(self._mapping))

    def __repr__(self) -> str:
        mapping = self._mapping
        return (
            f"<mapping of {mapping.source_name} to {mapping.resolved.arn.partition(':function:')[2]}: {mapping.status}>"
        )


def make_mapping(
    engine: Engine, make_client: Callable[..., Any], source: str, function: str, parameters: Mapping[str, Any]
) -> MappingView:
    """Make a mapping by the API, in the region of the source. Raises what CreateEventSourceMapping raises."""
    if not isinstance(source, str) or not isinstance(function, str):
        wrong, what = (source, "source") if not isinstance(source, str) else (function, "function")
        raise UsageError(f"{shown(wrong)} is not the {what} of a mapping: give its name or its ARN as a string")
    arn = source if source.startswith("arn:") else find_queue_or_stream(engine, source).arn
    if arn.split(":")[2:3] == ["kinesis"]:
        parameters = {"StartingPosition": "TRIM_HORIZON", **parameters}
    region = arn.split(":")[3] if arn.count(":") > 3 else None
    client = make_client("lambda", region or engine.region_name)
    answer = client.create_event_source_mapping(EventSourceArn=arn, FunctionName=function, **parameters)
    place = "lambda", engine.account_id, region or engine.region_name
    return MappingView(engine, client, engine.services_by_place[place].mappings[answer["UUID"]])

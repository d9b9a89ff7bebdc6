"""What the operations of Lambda share: the functions and mappings of one account in one region.

No operation stands here, and nothing runs. What belongs to one function is kept by that (``function``); here is how a
name leads to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from operator import attrgetter
from random import Random
from typing import TYPE_CHECKING, Any, Final

from ...core.arns import caller_arn
from ...core.gauges import Gauges
from ...core.hosts import partition_of
from ...core.listing import Listing
from ...core.service_state import ServiceState, Target
from ...core.tokens import TokenMaker
from ...core.unset import UNSET
from ...core.world import World
from . import errors, facts, notes
from .async_queue import accept
from .concurrency import under_way
from .function import LATEST, Code, Function, FunctionVersion, Resolved
from .invocation import Run, Runs
from .names import FunctionName, parse_name
from .versions import add_version

if TYPE_CHECKING:
    from ...core.effects import Cause, ToLog
    from ...core.ids import UuidStream
    from .invocation import Work
    from .mapping import Mapping as EventSourceMapping

__all__ = ["LambdaState"]

_NAMESPACE: Final = "AWS/Lambda"


class LambdaState(ServiceState):
    """One account's Lambda in one region. The groups of operations inherit from it."""

    def __init__(self, account_id: str, region_name: str, world: World) -> None:
        self.partition = partition_of(region_name)
        self.mappings: dict[str, EventSourceMapping] = {}
        """The event source mappings by UUID, in the order of their making."""
        self.runs: Runs = Runs()
        """What was run, of all accounts and regions of the cloud, oldest first."""
        self.is_logged = world.known_service("logs", account_id, region_name) is not None
        """Whether logs have asked for what runs write; where they never have, they are not looked for."""
        super().__init__(account_id, region_name, world)
        others: Iterable[LambdaState] = world.services("lambda")
        self.runs = next((other.runs for other in others), self.runs)

    # --- life -------------------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Forget everything, as if just made."""
        self.function_list: Listing[str, Function] = Listing()
        """The functions by name."""
        self.running: dict[Run, None] = {}
        """The runs that are under way, of functions that were deleted as well, in order of their beginning."""
        self.reserving: tuple[Function, ...] | None = None
        """The functions that have runs reserved; None: to be found anew."""
        for mapping in self.mappings.values():
            mapping.forget()
        self.mappings = {}
        ids = self.world.ids
        self.mapping_ids: UuidStream = ids.uuids("lambda/mapping")
        self.request_ids: UuidStream = ids.uuids("lambda/request")
        self.revision_ids: UuidStream = ids.uuids("lambda/revision")
        self.routing: Random = ids.random(f"lambda/routing/{self.account_id}/{self.region_name}")
        """Draws which version a run of an alias is of."""
        self.page_tokens = TokenMaker(ids.digest("lambda/tokens"))
        self.runs.clear()
        self.log_streams: dict[tuple[str, str], str] = {}
        """The last digits of the log streams that are known, by ARN and version: they follow from the seed."""

    def gauges(self, now: int, arn: str | None = None) -> Iterable[Gauges]:
        """How many runs are under way, of each function that has any and of all. O(functions)."""
        running = [(function, under_way(function)) for function in self.functions.values() if function.running]
        for function, (own, _, _) in running:
            if arn in (None, function.arn):
                values = (("ConcurrentExecutions", "Count", own, None),)
                yield Gauges(function.arn, _NAMESPACE, (("FunctionName", function.name),), values)
        if running:
            _, (_, every, unreserved) = running[0]
            both = (
                ("ConcurrentExecutions", "Count", every, None),
                ("UnreservedConcurrentExecutions", "Count", unreserved, None),
            )
            account = f"arn:{self.partition}:lambda:{self.region_name}:{self.account_id}:"
            if arn in (None, account):
                yield Gauges(account, _NAMESPACE, (), both)

    def mend(self, now: int) -> None:
        """Make whole what an exception may have torn. O(everything).

        The functions by name are true, and what they hold: each change of one is one step. Their order is derived.
        Runs that are sure to be made count; the others begin anew, or what led to them has not happened.
        """
        self.function_list.mend()
        for function in self.functions.values():
            function.mend()
        self.reserving = None
        for run in list(self.running):
            if not run.accepted or run.is_over:
                run.leave()
        for mapping in self.mappings.values():
            mapping.mend(now)

    def owed(self, now: int) -> Iterable[str]:
        """Runs that last, events that are not done with, what mappings have before them. O(all that is looked at)."""
        for run in self.running:
            if run.is_done_with_code:
                yield run.owed
        for function in self.functions.values():
            if function.events is not None:
                yield from function.events.owed()
        for mapping in self.mappings.values():
            yield from mapping.owed(now)

    def with_reserve(self) -> tuple[Function, ...]:
        """The functions that have runs reserved. O(1), after a change of functions O(functions)."""
        found = self.reserving
        if found is None:
            found = tuple(one for one in self.functions.values() if one.reserved_concurrency is not None)
            self.reserving = found
        return found

    def reserved_concurrency(self) -> int:
        """How many runs are reserved for functions, all together. O(functions with a reserve)."""
        return sum(function.reserved_concurrency or 0 for function in self.with_reserve())

    def functions_changed(self, now: int) -> None:
        """Functions, versions or aliases have come or gone: mappings whose function is there read. O(mappings)."""
        self.reserving = None
        for mapping in list(self.mappings.values()):
            mapping.go_on(now)

    def check_visibility(self, function: Function, timeout: float) -> None:
        """Raise ``InvalidParameterValueException`` where a queue would show messages again that ``$LATEST`` still has.

        O(mappings).
        """
        for mapping in self.mappings.values():
            resolved = mapping.resolved
            if resolved.function is function and resolved.qualifier in (None, LATEST):
                mapping.check_timeout(timeout)

    def mapping_of(self, arn: str) -> EventSourceMapping | None:
        """The event source mapping with that ARN."""
        mapping = self.mappings.get(arn.rpartition(":")[2])
        return mapping if mapping is not None and mapping.arn == arn else None

    def logged(self) -> Iterable[tuple[int, ToLog]]:
        """The logs of the runs that have ended and are remembered; from now on they are told."""
        self.is_logged = True
        ended = [run for run in self.runs if run.is_over and run.resolved.function.state is self]
        return [(run.ended, run.to_log()) for run in sorted(ended, key=attrgetter("ended"))]

    def target(self, arn: str) -> Target | None:
        """The function of an ARN takes a delivery as an asynchronous event."""
        found = self.find(arn)
        return None if found is None else partial(accept, resolved=found)

    def run_for(self, now: int, arn: str, work: Work, cause: Cause) -> Run | None:
        """Have a function run for another service, which is told of its end (``Work``); None when it is throttled.

        Raises ``LookupError`` when there is no such function.
        """
        found = self.find(arn)
        if found is None:
            raise LookupError(arn)
        run = Run(found, work, cause=cause)
        return run if run.start(now) else None

    def check(self) -> None:
        """Raise ``AssertionError`` unless all that is derived is what it would be if derived anew. For tests."""
        kept = self._derived()
        self.function_list.mend()
        for function in self.functions.values():
            function.mend()
        for one, other in zip(kept, self._derived(), strict=True):
            if one != other:
                raise AssertionError(f"{one!r} and not {other!r}")

    def _derived(self) -> list[object]:
        functions = self.functions.values()
        return [
            dict(self.functions),
            self.function_list.page(len(self.functions) + 1),
            [(one.next_version, one.policies, one.invoke_configs) for one in functions],
        ]

    # --- from names to functions ------------------------------------------------------------------------------------

    @property
    def functions(self) -> dict[str, Function]:
        """The functions by name."""
        return self.function_list.items

    def arn_of(self, name: str) -> str:
        """The ARN of a function here."""
        return f"arn:{self.partition}:lambda:{self.region_name}:{self.account_id}:function:{name}"

    def find(self, name_or_arn: str, qualifier: str | None = None) -> Resolved | None:
        """What a name, a partial ARN or an ARN stands for here; None when there is no such thing. O(1)."""
        function = self.functions.get(name_or_arn.rpartition(":")[2])
        if function is not None and function.arn == name_or_arn and qualifier is None:
            return function.unqualified  # the usual case
        parts = parse_name(name_or_arn)
        if parts is None or not self._is_of_here(parts):
            return None
        function = self.functions.get(parts.name)
        if function is None:
            return None
        found = Resolved(function, parts.qualifier or qualifier)
        return found if found.exists else None

    def resolve(self, FunctionName: str, Qualifier: str = UNSET, *, action: str = "InvokeFunction") -> Resolved:
        """What the parameters of a request stand for. O(1).

        Raises ``ResourceNotFoundException`` when there is no such function, or nothing of that qualifier;
        ``AccessDeniedException`` for a function of another account, ``InvalidParameterValueException`` when the name
        has another qualifier than the parameter. A function of another account may be invoked: whether its policy says
        so is not asked, as everywhere.
        """
        if action == "InvokeFunction" and (theirs := self._of_other_account(FunctionName, Qualifier)) is not None:
            return theirs
        function, qualifier = self.function_and_qualifier(FunctionName, Qualifier, action=action)
        found = Resolved(function, qualifier)
        if not found.exists:
            raise errors.function_not_found(found.arn).noting(notes.no_qualifier(function, qualifier))
        return found

    def function_and_qualifier(
        self, FunctionName: str, Qualifier: str = UNSET, *, action: str = "InvokeFunction"
    ) -> tuple[Function, str | None]:
        """The function that the parameters name, and the qualifier that they give, whether there is such or not.

        Raises as ``resolve`` does.
        """
        parts = self.parts_of(FunctionName, action)
        qualifier = parts.qualifier
        if Qualifier is not UNSET:
            if qualifier is not None and qualifier != Qualifier:
                raise errors.qualifiers_differ()
            qualifier = Qualifier
        function = self.functions.get(parts.name)
        if function is None:
            arn = self.arn_of(parts.name) + ("" if qualifier is None else f":{qualifier}")
            raise errors.function_not_found(arn).noting(*notes.no_function(self, parts.name))
        return function, qualifier

    def whole_function(self, FunctionName: str, action: str) -> Function:
        """The function that a name stands for, which may say ``$LATEST``. Raises as ``resolve`` does.

        Raises ``InvalidParameterValueException`` for a version or an alias: what is published does not change.
        """
        function, qualifier = self.function_and_qualifier(FunctionName, action=action)
        if qualifier not in (None, LATEST):
            raise errors.only_for_functions()
        return function

    def version_of(self, FunctionName: str, Qualifier: str, action: str) -> tuple[Resolved, FunctionVersion]:
        """What the parameters of a request stand for, and the version that this is. Raises as ``resolve`` does."""
        found = self.resolve(FunctionName, Qualifier, action=action)
        version = found.version()
        if version is None:
            raise errors.function_not_found(found.arn)
        return found, version

    def parts_of(self, FunctionName: str, action: str) -> FunctionName:
        """The parts of a name that is of this account and region, and raises where it is not."""
        parts = parse_name(FunctionName)
        if parts is None:
            raise errors.function_not_found(self.arn_of(FunctionName))
        if parts.account_id not in (None, self.account_id):
            arn = f"arn:{self.partition}:lambda:{parts.region_name or self.region_name}:{parts.account_id}:function:"
            raise errors.function_of_other_account(
                user=caller_arn(self.account_id, self.region_name), action=action, resource=arn + parts.name
            )
        if parts.region_name not in (None, self.region_name):
            raise errors.function_elsewhere(parts.region_name, self.region_name).noting(notes.elsewhere(self, parts))
        return parts

    def _of_other_account(self, FunctionName: str, Qualifier: str) -> Resolved | None:
        """The function of another account, in this region, that a name stands for; None when it is none."""
        parts = parse_name(FunctionName)
        if parts is None or parts.account_id in (None, self.account_id):
            return None
        if parts.region_name not in (None, self.region_name) or (parts.qualifier and Qualifier):
            return None
        peer: LambdaState = self.world.find_service("lambda", parts.account_id, self.region_name)
        return peer.find(FunctionName, Qualifier or None)

    def _is_of_here(self, parts: FunctionName) -> bool:
        return parts.account_id in (None, self.account_id) and parts.region_name in (None, self.region_name)

    # --- functions of the test's own --------------------------------------------------------------------------------

    def register(
        self,
        now: int,
        name: str,
        handler: Callable[..., Any],
        *,
        timeout: float | None = None,
        memory: int | None = None,
        environment: Mapping[str, str] | None = None,
        reserved_concurrency: int | None = None,
        takes: float | Callable[[Any], float] = 0,
        assertions: str = "fail",
    ) -> str:
        """Make a function that runs a callable of the test's process, or have one run it that there is. O(1).

        What is None is as it was, or as CreateFunction has it by default. Returns the ARN.
        """
        keeps_assertions = assertions == "fail"
        function = self.functions.get(name)
        if function is None:
            function = Function(self, name, self.arn_of(name))
            function.latest = FunctionVersion(
                function,
                LATEST,
                Code(None, None, handler, takes=takes, keeps_assertions=keeps_assertions),
                last_modified=now,
                revision_id=self.revision_ids.next(),
                role=f"arn:{self.partition}:iam::{self.account_id}:role/minicloud",
                timeout=3 if timeout is None else timeout,
                memory=memory or 128,
                environment=None if environment is None else dict(environment),
            )
            function.reserved_concurrency = reserved_concurrency
            self.function_list.add(name, function)
            self.functions_changed(now)
            if (trace := self.world.trace) is not None:
                facts.function_created(trace, now, function)
            return function.arn
        latest = function.latest
        changes: dict[str, Any] = {} if environment is None else {"environment": dict(environment)}
        if timeout is not None:
            changes["timeout"] = timeout
        if memory is not None:
            changes["memory"] = memory
        changed = latest.but(
            code=latest.code.run_by(handler, takes, keeps_assertions),
            last_modified=now,
            revision_id=self.revision_ids.next(),
            **changes,
        )
        self.change_function(now, function, changed, reserved_concurrency=reserved_concurrency)
        return function.arn

    # --- changes ----------------------------------------------------------------------------------------------------

    def change_function(
        self,
        now: int,
        function: Function,
        latest: FunctionVersion,
        version: FunctionVersion | None = None,
        *,
        reserved_concurrency: int | None = None,
    ) -> None:
        """Put another version in the place of ``$LATEST``, add one with a number, reserve runs: as one change.

        What is None stays. O(mappings).
        """

        def change() -> None:
            function.latest = latest
            if version is not None:
                add_version(function, version)
            if reserved_concurrency is not None:
                function.reserved_concurrency = reserved_concurrency

        self.world.carry_through(change)
        self.functions_changed(now)
        if (trace := self.world.trace) is not None:
            facts.function_changed(trace, now, function)
            if version is not None:
                facts.version_published(trace, now, version)

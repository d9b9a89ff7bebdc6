"""Functions, their versions and aliases: what there is, and what a name stands for.

A *version* never changes: an update puts another one in its place (``Function.latest``), which is one step, so that
whatever comes in between finds the old one or the new one. What is numbered stays what it was when it was published.
An alias does not change either; UpdateAlias puts another one there.

Nothing runs here (``invocation``), and nothing is checked: what comes here has been found right by the operations.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Protocol

from ...core.timestamps import datetime_of

if TYPE_CHECKING:
    from random import Random

    from ...core.ids import UuidStream
    from ...core.world import World

__all__ = [
    "LATEST",
    "Alias",
    "Code",
    "Function",
    "FunctionVersion",
    "InvokeConfig",
    "Resolved",
    "State",
    "text_of_time",
]

LATEST: Final = "$LATEST"


class State(Protocol):
    """Where a function lives, as far as it asks: the Lambda of one account in one region."""

    account_id: str
    region_name: str
    partition: str
    world: World
    routing: Random
    """Draws which version a run of an alias is of."""
    runs: Any
    """What was run."""
    log_streams: dict[tuple[str, str], str]
    """The last digits of log streams, by ARN and version."""
    running: dict[Any, None]
    """The runs that are under way, of functions that were deleted as well, in order of their beginning."""
    reserving: tuple[Function, ...] | None
    """The functions that have runs reserved; None: to be found anew (``with_reserve``)."""
    request_ids: UuidStream
    is_logged: bool
    """Whether logs have asked for what runs write; where they never have, they are not looked for."""

    @property
    def functions(self) -> dict[str, Function]:
        """The functions by name."""

    def with_reserve(self) -> tuple[Function, ...]:
        """The functions that have runs reserved. O(1), after a change of functions O(functions)."""


class Code:
    """What is run: the code of an archive, an image that is only stored, or a callable of the test's own process."""

    __slots__ = ("archive", "callable", "image_uri", "keeps_assertions", "sha256", "size", "takes")

    def __init__(
        self,
        archive: bytes | None = None,
        image_uri: str | None = None,
        handler: Callable[..., Any] | None = None,
        *,
        takes: float | Callable[[Any], float] = 0,
        keeps_assertions: bool = False,
    ) -> None:
        self.archive = archive
        """The bytes of a ZIP file."""
        self.image_uri = image_uri
        self.callable = handler
        """What ``cloud.function`` registered: it is run in place of everything else."""
        self.takes = takes
        """How long a run lasts, in seconds of the cloud's clock; or what tells so of an event."""
        self.keeps_assertions = keeps_assertions
        """Whether an ``AssertionError`` of a run is kept for the test."""
        content = archive if archive is not None else (image_uri or "").encode()
        self.sha256 = b64encode(sha256(content).digest()).decode() if image_uri is None else sha256(content).hexdigest()
        self.size = 0 if archive is None else len(archive)

    def is_like(self, other: Code) -> bool:
        """Whether both are of one upload, or run the same callable.

        The same archive uploaded again is other code: AWS gives it another version. [field]
        """
        return self is other or (
            self.callable is not None and self.callable is other.callable and self.sha256 == other.sha256
        )

    def run_by(
        self, handler: Callable[..., Any], takes: float | Callable[[Any], float], keeps_assertions: bool
    ) -> Code:
        """The same code with a callable that is run in its place."""
        return Code(self.archive, self.image_uri, handler, takes=takes, keeps_assertions=keeps_assertions)


class FunctionVersion:
    """One version of a function: its code, and all its settings. It never changes."""

    __slots__ = (
        "code",
        "description",
        "environment",
        "function",
        "handler",
        "last_modified",
        "memory",
        "revision_id",
        "role",
        "runtime",
        "settings",
        "timeout",
        "version",
    )

    def __init__(
        self,
        function: Function,
        version: str,
        code: Code,
        *,
        last_modified: int,
        revision_id: str,
        role: str,
        runtime: str | None = None,
        handler: str | None = None,
        description: str = "",
        timeout: float,
        memory: int,
        environment: Mapping[str, str] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        self.function = function
        self.version = version
        """``"$LATEST"``, or a number in digits."""
        self.code = code
        self.last_modified = last_modified
        self.revision_id = revision_id
        self.role = role
        self.runtime = runtime
        self.handler = handler
        """Which function of the code is run: ``"app.handler"``."""
        self.description = description
        self.timeout = timeout
        """In seconds."""
        self.memory = memory
        """In megabytes."""
        self.environment = environment
        """Its variables; None when none were given."""
        self.settings: Mapping[str, Any] = settings or {}
        """What is stored and has no effect, member by member as answers have it."""

    def but(self, **changes: Any) -> FunctionVersion:
        """The same version with something else in it."""
        names = (name for name in self.__slots__ if name not in ("function", "version", "code"))
        kept: dict[str, Any] = {name: getattr(self, name) for name in names}
        place = [changes.pop(name, getattr(self, name)) for name in ("function", "version", "code")]
        return FunctionVersion(*place, **(kept | changes))

    @property
    def arn(self) -> str:
        """Its ARN: that of a number has it at the end, that of ``$LATEST`` is the function's."""
        return self.function.arn if self.version == LATEST else f"{self.function.arn}:{self.version}"

    @property
    def code_sha256(self) -> str:
        """The digest of the code, as answers have it."""
        return self.code.sha256

    @property
    def dead_letter_arn(self) -> str | None:
        """Where asynchronous events go that could not be processed."""
        return (self.settings.get("DeadLetterConfig") or {}).get("TargetArn") or None

    @property
    def log_group(self) -> str:
        """Where its log goes."""
        found: str = (self.settings.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{self.function.name}"
        return found


class Alias:
    """A name for a version, and maybe for a part of the traffic of another one. It never changes."""

    __slots__ = ("description", "name", "revision_id", "version", "weights")

    def __init__(
        self, name: str, version: str, description: str, weights: Mapping[str, float], revision_id: str
    ) -> None:
        self.name = name
        self.version = version
        self.description = description
        self.weights = weights
        """What part of the runs goes to another version: its number, and a share of 1."""
        self.revision_id = revision_id

    def draw(self, random: Random) -> str:
        """The version that the next run is of: by the weights, and the seed."""
        for version, weight in self.weights.items():
            if random.random() < weight:
                return version
        return self.version


class InvokeConfig:
    """How asynchronous events of a function, a version or an alias are handled. It never changes."""

    __slots__ = ("last_modified", "maximum_age", "maximum_retries", "on_failure", "on_success")

    def __init__(
        self,
        last_modified: int,
        maximum_retries: int | None = None,
        maximum_age: int | None = None,
        on_success: str | None = None,
        on_failure: str | None = None,
    ) -> None:
        self.last_modified = last_modified
        self.maximum_retries = maximum_retries
        """How often a failed event is tried again; None: as if it were not set."""
        self.maximum_age = maximum_age
        """For how many seconds an event is tried."""
        self.on_success = on_success
        """An ARN; None when there is no such destination."""
        self.on_failure = on_failure


class Function:
    """A function: its versions, and what belongs to all of them."""

    __slots__ = (
        "aliases",
        "arn",
        "events",
        "invoke_configs",
        "latest",
        "name",
        "next_version",
        "policies",
        "recursive_loop",
        "reserved_concurrency",
        "running",
        "runs_begun",
        "state",
        "tags",
        "unqualified",
        "versions",
    )

    latest: FunctionVersion
    """``$LATEST``. Set by who makes the function, before anybody sees it."""

    def __init__(self, state: State, name: str, arn: str) -> None:
        self.state = state
        """The Lambda that it lives in."""
        self.name = name
        self.arn = arn
        """Without a qualifier."""
        self.unqualified = Resolved(self, None)
        """What its name stands for without a qualifier."""
        self.versions: dict[str, FunctionVersion] = {}
        """What was published, by number, oldest first."""
        self.next_version = 1
        """Numbers are never given a second time."""
        self.aliases: dict[str, Alias] = {}
        self.tags: dict[str, str] = {}
        self.reserved_concurrency: int | None = None
        """How many runs it may have at a time, and has for itself; None when nothing is reserved."""
        self.invoke_configs: dict[str, InvokeConfig] = {}
        """By qualifier, ``"$LATEST"`` for the function itself."""
        self.policies: dict[str, Any] = {}
        """By qualifier, ``""`` for the function itself."""
        self.recursive_loop = "Terminate"
        self.running: dict[Any, None] = {}
        """Its runs that are under way, of all versions, in order of their beginning."""
        self.runs_begun = 0
        """How many of its runs have begun, of all versions: the number of the latest."""
        self.events: Any = None
        """Its asynchronous events, once there was one (``async_queue``)."""

    def version(self, version: str) -> FunctionVersion | None:
        """The version of that number, or ``$LATEST``; None when there is none."""
        return self.latest if version == LATEST else self.versions.get(version)

    def forget_the_unqualified(self) -> None:
        """Forget the policies and settings of versions and aliases that are no more. Doing it again changes nothing."""
        known = {"", LATEST, *self.versions, *self.aliases}
        self.policies = {name: policy for name, policy in self.policies.items() if name in known}
        self.invoke_configs = {name: config for name, config in self.invoke_configs.items() if name in known}

    def mend(self) -> None:
        """Derive anew what can be: the versions and aliases that there are are true."""
        self.next_version = max(self.next_version, 1, *(int(number) + 1 for number in self.versions))
        self.forget_the_unqualified()

    def all_versions(self) -> Iterator[FunctionVersion]:
        """``$LATEST``, and those that were published, oldest first."""
        yield self.latest
        yield from self.versions.values()


class Resolved:
    """What a name stood for: a function, and maybe a version or an alias of it. It stays right when these move."""

    __slots__ = ("arn", "function", "qualifier")

    def __init__(self, function: Function, qualifier: str | None) -> None:
        self.function = function
        self.qualifier = qualifier
        """A number, ``"$LATEST"`` or the name of an alias; None when none was given."""
        self.arn = function.arn if qualifier is None else f"{function.arn}:{qualifier}"
        """With the qualifier as it was given."""

    def version(self) -> FunctionVersion | None:
        """The version that this is at this moment; None when it is no more. O(1).

        An alias that has two is one of them, by their weights: each call draws from the seed.
        """
        function = self.function
        if self.qualifier is None:
            return function.latest
        alias = function.aliases.get(self.qualifier)
        if alias is None:
            return function.version(self.qualifier)
        return function.version(alias.draw(function.state.routing) if alias.weights else alias.version)

    @property
    def exists(self) -> bool:
        """Whether the function and what is qualified of it are still there."""
        function = self.function
        if function.state.functions.get(function.name) is not function:
            return False
        return self.qualifier is None or self.qualifier in function.aliases or self.version() is not None


def text_of_time(nanoseconds: int) -> str:
    """A moment in Lambda's form: ``2025-01-01T00:00:00.000+0000``."""
    moment = datetime_of(nanoseconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}+0000"

"""Who uses a mock, and all that follows from that: what hooks ask, the environment, the fake boto3.

One list says what is true; the rest is derived from it, each time anew. An exception may come into any step of that (a
signal handler's, say), so every step bears that it was done before, and whoever is interrupted does all of it once
more on the way out: a use has begun with all that belongs to it, or not at all. Were that interrupted as well, the next
use to begin or to end would do the rest.

A use that began in a ``with`` statement lasts no longer than the statement: an exception that comes in when Python has
just entered ``__exit__`` would keep it from ending the use, so the use holds on to what the statement alone holds
(``ExitMethods``).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import ref

from ..engine import locks, new_clouds
from ..engine.forks import in_forked_processes
from ..exceptions import UsageError
from . import fake_boto3, left_threads, loops_of_tests
from .accounts import forget_credentials
from .activation import FAKE_KEY, Activation, state
from .other_mocks import find_other
from .shared_cloud import check_alike

if TYPE_CHECKING:
    from ..cloud import Cloud
    from .other_mocks import Moto

__all__ = ["FIXTURE", "ExitMethods", "LeftToOthers", "Use", "begin", "end", "end_latest", "hold"]

__unittest = True  # the runner of unittest leaves the frames of this file out

FIXTURE = "the fixture mock_aws"
"""The place of a use that is the fixture's."""

_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": FAKE_KEY,
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_SECURITY_TOKEN": "testing",
}


_WITHOUT = ("AWS_CREDENTIAL_EXPIRATION",)
"""What would have botocore ask the environment for other credentials."""


class LeftToOthers(NamedTuple):
    """What a mock leaves to others."""

    passthrough: frozenset[str]
    """The services whose calls it lets through."""
    other: str | None
    """The other mock that is to answer for services that minicloud does not have."""
    puts_credentials: bool
    """Whether it puts fake credentials into the environment; the outermost one's word holds."""


class Use:
    """One use of a mock, from its start to its stop."""

    __slots__ = ("beside", "by_start", "cloud", "marked", "owner", "owns_cloud", "place", "statement")

    def __init__(self, owner: object, beside: LeftToOthers, place: str, *, by_start: bool = False) -> None:
        self.owner = owner
        self.beside = beside
        self.place = place
        """Where it was begun, for people."""
        self.by_start = by_start
        """Whether ``start()`` began it, and no statement or decorator that ends it by itself."""
        self.marked = new_clouds.marked()
        """What the markers of the test say in which it was begun."""
        self.cloud: Any = None
        self.owns_cloud = False
        """Whether the cloud was made for the mock, and is closed with its last use."""
        self.statement: ref[object] | None = None
        """Alive as long as the ``with`` statement is not left; None for uses that began otherwise."""

    @property
    def was_left(self) -> bool:
        """Whether its ``with`` statement has been left, and could not end it."""
        return self.statement is not None and self.statement() is None


_uses: list[Use] = []
"""Those that have begun and not ended, the outermost first."""
_copied: list[Use] = []
"""Those of the process from which this one was forked. Their cloud goes on to answer, with a refusal, so that no call
gets out; a mock of this process takes its place."""
_lock = locks.rlock()  # a signal handler may use a mock, too


class _Environment:
    """What the environment had before the mock; None outside of any."""

    before: dict[str, str | None] | None = None


@in_forked_processes
def _start_over() -> None:
    global _lock  # noqa: PLW0603  # other threads may have held it; they were not copied
    _lock = locks.rlock()
    _copied[:] = [*_copied, *_uses]
    _uses.clear()


def begin(
    use: Use, prepare: Callable[[], tuple[bool, Cloud]], wanted: Cloud | None, options: Mapping[str, Any]
) -> Cloud:
    """Begin a use, of the cloud that the outermost one has. The cloud.

    The outermost one asks ``prepare`` for it, and whether it owns it. Raises ``UsageError`` when another cloud is
    wanted, or one that is otherwise: ``options`` are what the use was given.
    """
    for left in [one for one in _uses if one.was_left]:
        end(left)
    try:
        find_other(use.beside.other)  # loaded before the lock is held
        with _lock:
            if not _uses:
                use.owns_cloud, use.cloud = prepare()
            else:
                _check_nested(use, _uses[0], wanted, options)
                use.cloud, use.owns_cloud = _uses[0].cloud, _uses[0].owns_cloud
            _uses.append(use)
            _follow()
            is_outermost = _uses[0] is use
        cloud: Cloud = use.cloud
        if is_outermost:
            loops_of_tests.has_begun(cloud)
        return cloud
    except BaseException:
        if use in _uses:
            end(use)
        raise


def _check_nested(use: Use, outermost: Use, wanted: Cloud | None, options: Mapping[str, Any]) -> None:
    """Raise ``UsageError`` when the outermost use does not have what an inner one wants."""
    if wanted is not None and wanted is not outermost.cloud:
        if use.place == FIXTURE:
            raise UsageError(
                f"the fixture mock_aws inside another mock ({outermost.place}), whose cloud it would share: the test "
                "takes that one, by the fixture that began the mock or by current_cloud(), and leaves mock_aws out"
            )
        raise UsageError(
            "mock_aws(cloud=...) inside another mock: nested mocks share the outermost cloud; give the cloud to the "
            f"outermost one ({outermost.place})"
        )
    why = f"nested mocks share the outermost cloud; give the option to the outer one ({outermost.place})"
    check_alike(outermost.cloud, options, "mock_aws({}) inside another mock", why)
    if use.marked != outermost.marked:
        marked = {name: value for name, value in use.marked.items() if name not in options}
        check_alike(outermost.cloud, marked, "@pytest.mark.minicloud({}) on a test inside another mock", why)


def end(use: Use) -> None:
    """End a use, with all that ends with it. Ending it again changes nothing."""
    try:
        _end(use)
    except BaseException:
        _end(use)
        raise


def end_latest(owner: object | None) -> None:
    """End the last use that the owner has begun, or with None, that ``start()`` has. ``UsageError`` without one."""
    use = None
    try:
        with _lock:
            latest_first = (*reversed(_uses), *reversed(_copied))
            use = next((one for one in latest_first if (one.by_start if owner is None else one.owner is owner)), None)
            if use is not None:
                _leave(use)
    finally:
        if use is not None:
            end(use)
    if use is None:
        raise UsageError("mock_aws().stop() without start()")


def _end(use: Use) -> None:
    with _lock:
        was_copied = use in _copied
        _leave(use)
        was_last = not any(one.cloud is use.cloud for one in _uses)
    if was_last and not was_copied and use.cloud is not None:  # None: it could not be made
        if use.owns_cloud:
            use.cloud.close()
        else:
            use.cloud.tell_at_the_end()


def _leave(use: Use) -> None:
    """Take a use off the list, with what follows. Called under the lock."""
    for uses in (_uses, _copied):
        if use in uses:
            uses.remove(use)
    use.statement = None  # which holds the use, and so the cloud
    _follow()


def _end_if_left(use: Use, _: object) -> None:
    # The thread that has the lock, and so is not waited for, ends the use before it begins another one.
    if _lock.acquire(blocking=False):
        try:
            end(use)
        finally:
            _lock.release()


# --- ``with`` --------------------------------------------------------------------------------------------------------


class _Statement:
    """A ``with`` statement that has looked up its way out."""

    use: Use | None = None
    """The use that it has begun."""


class ExitMethods:
    """``__exit__`` and ``__aexit__``: what a ``with`` statement alone holds, and calls when it is left.

    Looked up on the class (as ``ExitStack`` does) it is a plain method: such a use lasts until it is ended.
    """

    def __init__(self, leave: Callable[..., Any], stop: Callable[..., Any]) -> None:
        self._leave = leave
        self._stop = stop

    def __get__(self, owner: Any, cls: type) -> Any:
        if owner is None:
            return self._stop
        way_out = partial(self._leave, owner, _Statement())
        owner._ways_out[threading.get_ident()] = ref(way_out)
        return way_out


def hold(use: Use, looked_up: ref[partial[Any]] | None) -> None:
    """Tie a use, before it begins, to the ``with`` statement that has looked up its way out just now, if one has."""
    way_out = None if looked_up is None else looked_up()
    if way_out is not None:
        way_out.args[1].use = use
        use.statement = ref(way_out, partial(_end_if_left, use))


# --- what follows ----------------------------------------------------------------------------------------------------


def _follow() -> None:
    """Make all that a mock does follow from who uses one. Called under the lock; bears to be done again."""
    uses = _uses or _copied
    if not uses:
        if state.activation is not None:
            left_threads.mock_ends()
        state.activation = None  # before all else that follows: from here on no call is answered
        state.injected_region = None
        _end_other()
        _restore_environment()
        fake_boto3.remove()
        forget_credentials()
        return
    cloud = uses[0].cloud
    if state.activation is None:
        left_threads.mock_begins()
    _enter_environment(cloud.region_name, cloud._region_is_said, uses[0].beside.puts_credentials)
    fake_boto3.put_in_place()
    passthrough = frozenset[str]().union(*(use.beside.passthrough for use in uses))
    other = next((find_other(use.beside.other) for use in uses if use.beside.other is not None), None)
    if other is None:
        _end_other()
    elif _Other.active is not other:
        _Other.active = other
        other.start(passthrough)
    activation = state.activation
    if (
        activation is None
        or activation.cloud is not cloud
        or activation.passthrough != passthrough
        or activation.other is not other
    ):
        state.activation = Activation(cloud, passthrough, other)


class _Other:
    """The other mock that was begun with ours."""

    active: Moto | None = None


def _end_other() -> None:
    other, _Other.active = _Other.active, None
    if other is not None:
        other.stop()


def _enter_environment(region_name: str, is_said: bool, puts_credentials: bool) -> None:
    """Put fake credentials into the environment, and the region: one that is said, or any where there is none."""
    before = _Environment.before
    if before is None:
        before = {name: os.environ.get(name) for name in (*_CREDENTIALS, *_WITHOUT)} if puts_credentials else {}
        if is_said or "AWS_DEFAULT_REGION" not in os.environ:
            before["AWS_DEFAULT_REGION"] = os.environ.get("AWS_DEFAULT_REGION")
        _Environment.before = before
    elif state.activation is not None:
        return  # the test may have changed it since
    if "AWS_DEFAULT_REGION" in before:
        # One that nobody has said steps back behind that of a profile.
        state.injected_region = None if is_said else os.environ.get("AWS_REGION", region_name)
        os.environ["AWS_DEFAULT_REGION"] = state.injected_region or region_name
    if puts_credentials:
        os.environ.update(_CREDENTIALS)
        for name in _WITHOUT:
            os.environ.pop(name, None)


def _restore_environment() -> None:
    for name, value in (_Environment.before or {}).items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    _Environment.before = None

"""The STS of one account in one region: who calls, and the credentials that it makes.

All that it remembers is how many credentials it has made: they say themselves whose they are (``keys``).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, Self

from ...core.hosts import partition_of
from ...core.service_state import ServiceState
from ...core.timeline import SECOND
from ...core.world import World
from . import shapes
from .keys import Caller, key_for, token_for

__all__ = ["StsState"]

_CHARACTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


class StsState(ServiceState):
    """What the operations work on. The groups of operations inherit from it."""

    def __init__(self, account_id: str, region_name: str, world: World) -> None:
        self.account_id = account_id
        self.region_name = region_name
        self.world = world
        self.partition = partition_of(region_name)
        self.caller: Caller | None = None
        """The role's session that the client acts as; None for the account's user."""
        self._before: Any
        """Where the random numbers stood before the credentials that are being made; None when none are."""
        self._salt: int
        self.reset()

    def mend(self, now: int) -> None:
        """Go on from where the last credentials came to their end: those that did not are not made."""
        if self._before is not None:
            self._random.setstate(self._before)
            self._before = None

    def reset(self) -> None:
        """Start over with the seed."""
        self._seed(f"sts/{self.account_id}/{self.region_name}")

    def acting_as(self, caller: Caller) -> Self:
        """What a client with a role's credentials sees. It makes credentials of its own."""
        seen = type(self)(self.account_id, self.region_name, self.world)
        seen.caller = caller
        seen._seed(f"sts/{self.account_id}/{self.region_name}/{caller[1]}")
        return seen

    def make_credentials(
        self, now: int, account_id: str, seconds: int, caller: Caller | None, least: int = 0
    ) -> shapes.Credentials:
        """Credentials of an account, good for so many seconds; for a role's session, or (None) the account's user.

        The session token has ``least`` characters at the least.
        """
        self.mend(now)  # nobody else mends what a role's session sees
        self._before = self._random.getstate()
        choices = self._random.choices
        salt = self._salt + 1
        credentials: shapes.Credentials = {
            "AccessKeyId": key_for(account_id, salt),
            "SecretAccessKey": "".join(choices(_CHARACTERS, k=40)),
            "SessionToken": token_for(caller, self._random.randbytes(max(255, least)), least),
            "Expiration": datetime.fromtimestamp(now // SECOND + seconds, UTC),
        }
        self._salt, self._before = salt, None
        return credentials

    def _seed(self, purpose: str) -> None:
        self._random = self.world.ids.random(purpose)
        self._salt = self._random.getrandbits(23)
        self._before = None

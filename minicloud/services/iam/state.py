"""The IAM of one account: roles and policies, whatever the region that a client is of, and no identity has to have one.

True are the two listings. A role or a policy is made in full before it comes into its listing, which is one step, and
what a role has beside that changes in one step as well; so all there is to mend is the order of the listings' keys.

Names differ by more than case [IAM API: CreateRole], so the keys are in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from ...core.hosts import partition_of
from ...core.listing import Listing
from ...core.service_state import ServiceState
from ...core.timeline import SECOND
from ...core.tokens import TokenMaker
from ...core.world import World
from . import errors
from .policy import Policy
from .role import Role

__all__ = ["IamState"]

_POLICY_ARN = re.compile(r"arn:[\w-]+:iam::(?:aws|\d{12}):policy(/(?:[\w.,+@=-]+/)*)([\w+=,.@-]+)", re.ASCII)
PAGE_SIZE: Final = 100
"""When no number of items is asked for. [IAM API: ListRoles]"""


class IamState(ServiceState):
    """What the operations work on. The groups of operations inherit from it."""

    def __init__(self, account_id: str, region_name: str, world: World) -> None:
        self.partition = partition_of(region_name)
        self.arn_prefix = f"arn:{self.partition}:iam::{account_id}:"
        self.managed_prefix = f"arn:{self.partition}:iam::aws:policy/"
        """What the ARNs of AWS's own policies begin with. All of these are there, and have no document here."""
        super().__init__(account_id, region_name, world)

    def mend(self, now: int) -> None:
        """Derive anew the order of names, and how often what there is was made. O(n log n)."""
        self.roles.mend()
        self.policies.mend()
        made: list[Role | Policy] = [*self.roles.items.values(), *self.policies.items.values()]
        for one in made:
            self.made[one.arn] = one.generation + 1

    def reset(self) -> None:
        """Forget all roles and policies; ids start over with the seed."""
        self.roles: Listing[str, Role] = Listing()
        self.policies: Listing[str, Policy] = Listing()
        self.made: dict[str, int] = {}
        """How often a role or a policy of an ARN was made: another one of the same name has another id."""
        self.markers = TokenMaker(self.world.ids.digest("iam/markers"))

    # --- finding -----------------------------------------------------------------------------------------------------

    def role(self, name: str) -> Role:
        """A role by its name, in the right case [inferred]. O(1). Raises NoSuchEntity."""
        role = self.roles.items.get(name.lower())
        if role is None or role.name != name:
            raise errors.role_not_found(name)
        return role

    def find_policy(self, arn: str) -> Policy | None:
        """A policy of this account by its ARN; None where there is none. Raises InvalidInput for what is no ARN."""
        name = self.policy_name(arn)
        policy = self.policies.items.get(name.lower())
        return policy if policy is not None and policy.arn == arn else None

    def is_attachable(self, arn: str) -> bool:
        """Whether there is a policy of that ARN, AWS's own included. Raises InvalidInput for what is no ARN."""
        return self.find_policy(arn) is not None or arn.startswith(self.managed_prefix)

    def policy_name(self, arn: str) -> str:
        """The name in a policy's ARN. Raises InvalidInput for what is none."""
        return self._parts_of(arn)[1]

    def policy_path(self, arn: str) -> str:
        """The path in a policy's ARN. Raises InvalidInput for what is none."""
        return self._parts_of(arn)[0]

    def _parts_of(self, arn: str) -> tuple[str, str]:
        found = _POLICY_ARN.fullmatch(arn)
        if found is None:
            raise errors.arn_invalid(arn)
        return found[1], found[2]

    # --- ids and dates -----------------------------------------------------------------------------------------------

    def new_id(self, prefix: str, arn: str) -> tuple[str, int]:
        """The id of what is made under this ARN, and how many there were before. Changes nothing.

        The first role of an ARN has the id that STS shows of who assumes it.
        """
        before = self.made.get(arn, 0)
        kind = "role" if prefix == "AROA" else "policy"
        return self.world.ids.iam_id(prefix, f"{kind}/{arn}/{before}" if before else f"{kind}/{arn}"), before

    def date(self, now: int) -> datetime:
        """A date as IAM shows it, to the second."""
        return datetime.fromtimestamp(now // SECOND, UTC)

    # --- pages -------------------------------------------------------------------------------------------------------

    def place_of(self, kind: str, marker: str) -> str | None:
        """The last key of the page that a marker was answered with; None when none is given.

        Raises ValidationError for a marker of another list, or of none.
        """
        if not marker:
            return None
        found = self.markers.read(kind, marker)
        if found is None:
            raise errors.marker_invalid()
        return found[1][0]

    def page(self, kind: str, now: int, keys: Sequence[str], size: int) -> tuple[Sequence[str], str | None]:
        """As many of the keys as a page has, and the marker of the next one; ``keys`` are one more if there is one."""
        if len(keys) <= size:
            return keys, None
        return keys[:size], self.markers.make(kind, now, keys[size - 1])

"""AWS STS: GetCallerIdentity."""

# No ``from __future__ import annotations``: a TypedDict with postponed annotations forgets which members are required.

from typing import TypedDict

from .._spec import operation
from .._world import World, partition_of

__all__ = ["GetCallerIdentityResponse", "Sts"]


class GetCallerIdentityResponse(TypedDict):
    """Who is calling."""

    UserId: str
    Account: str
    Arn: str


class Sts:
    """The STS of one account in one region; it has no state."""

    def __init__(self, account_id: str, region_name: str, world: World) -> None:
        self.account_id = account_id
        self.region_name = region_name
        self.world = world

    def reset(self) -> None:
        """Nothing to forget."""

    @operation("GetCallerIdentity")
    def get_caller_identity(self, now: int) -> GetCallerIdentityResponse:
        """The account, user id and ARN that the client acts for."""
        return {
            "UserId": self.world.ids.user_id(self.account_id),
            "Account": self.account_id,
            "Arn": f"arn:{partition_of(self.region_name)}:iam::{self.account_id}:user/minicloud",
        }

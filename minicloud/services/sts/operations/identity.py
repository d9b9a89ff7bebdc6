"""Who is calling, and whose a key is."""

from __future__ import annotations

from ....core.arns import caller_arn
from ....core.operation import operation
from .. import constraints, shapes
from ..constraints import check
from ..keys import account_of_key
from ..state import StsState

__all__ = ["IdentityOperations"]


class IdentityOperations(StsState):
    """The operations that ask and change nothing."""

    @operation("GetAccessKeyInfo")
    def get_access_key_info(self, now: int, *, AccessKeyId: shapes.AccessKeyId) -> shapes.GetAccessKeyInfoResponse:
        """The account of an access key: of one that this cloud's STS made, and the caller's own for any other."""
        check(("accessKeyId", constraints.ACCESS_KEY_ID, AccessKeyId))
        return {"Account": account_of_key(AccessKeyId) or self.account_id}

    @operation("GetCallerIdentity")
    def get_caller_identity(self, now: int) -> shapes.GetCallerIdentityResponse:
        """Whom the client acts as: the account's user, or, with credentials of AssumeRole, the role's session."""
        if self.caller is not None:
            arn, user_id = self.caller
            return {"UserId": user_id, "Account": self.account_id, "Arn": arn}
        return {
            "UserId": self.world.ids.user_id(self.account_id),
            "Account": self.account_id,
            "Arn": caller_arn(self.account_id, self.region_name),
        }

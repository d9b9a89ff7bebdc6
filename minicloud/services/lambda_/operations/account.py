"""What an account may have of Lambda in a region, and what it has."""

from __future__ import annotations

from typing import Final

from ....core.operation import operation
from .. import shapes
from ..state import LambdaState

__all__ = ["AccountOperations"]

_TOTAL_CODE: Final = 80_530_636_800
_UNZIPPED: Final = 262_144_000
_ZIPPED: Final = 52_428_800
"""Bytes: of all functions, and of one. [Lambda quotas]"""


class AccountOperations(LambdaState):
    """The account."""

    @operation("GetAccountSettings")
    def get_account_settings(self, now: int) -> shapes.GetAccountSettingsResponse:
        """The limits of the account, and how much it has. O(functions and versions)."""
        concurrency = self.world.limits.lambda_concurrency
        versions = [version for function in self.functions.values() for version in function.all_versions()]
        return {
            "AccountLimit": {
                "TotalCodeSize": _TOTAL_CODE,
                "CodeSizeUnzipped": _UNZIPPED,
                "CodeSizeZipped": _ZIPPED,
                "ConcurrentExecutions": concurrency,
                "UnreservedConcurrentExecutions": concurrency - self.reserved_concurrency(),
            },
            "AccountUsage": {
                "TotalCodeSize": sum(version.code.size for version in versions),
                "FunctionCount": len(self.functions),
            },
        }

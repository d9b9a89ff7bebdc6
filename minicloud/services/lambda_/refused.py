"""The operations of Lambda that minicloud does not have, and what to do instead."""

from __future__ import annotations

from typing import Final

__all__ = ["REFUSED"]

_URL: Final = "a function has no URL here: call it with invoke(), or call its handler, in the test"
_LAYER: Final = (
    "there are no layers here, and the names of layers that a function has are only stored: what a layer would bring "
    "is imported from the test's environment, so install it there"
)
_SIGNING: Final = "code is not signed here, and no signature is asked for: take the call out of the test"
_PROVISIONED: Final = "a run needs no warm environment here, so there is nothing to provision: take the call out"
_DURABLE: Final = "durable executions are not emulated: test the steps of the function by themselves"
_PROVIDER: Final = "capacity providers are not emulated, functions run in the test's process: take the call out"
_RUNTIME: Final = "functions run on the Python of the test's process, so no runtime is managed: take the call out"
_POLICY: Final = "policies of functions are made with add_permission(), and shown by get_policy()"

REFUSED: Final = {
    **dict.fromkeys(
        (
            "CreateFunctionUrlConfig",
            "DeleteFunctionUrlConfig",
            "GetFunctionUrlConfig",
            "ListFunctionUrlConfigs",
            "UpdateFunctionUrlConfig",
        ),
        _URL,
    ),
    **dict.fromkeys(
        (
            "AddLayerVersionPermission",
            "DeleteLayerVersion",
            "GetLayerVersion",
            "GetLayerVersionByArn",
            "GetLayerVersionPolicy",
            "ListLayerVersions",
            "ListLayers",
            "PublishLayerVersion",
            "RemoveLayerVersionPermission",
        ),
        _LAYER,
    ),
    **dict.fromkeys(
        (
            "CreateCodeSigningConfig",
            "DeleteCodeSigningConfig",
            "DeleteFunctionCodeSigningConfig",
            "GetCodeSigningConfig",
            "GetFunctionCodeSigningConfig",
            "ListCodeSigningConfigs",
            "ListFunctionsByCodeSigningConfig",
            "PutFunctionCodeSigningConfig",
            "UpdateCodeSigningConfig",
        ),
        _SIGNING,
    ),
    **dict.fromkeys(
        (
            "DeleteProvisionedConcurrencyConfig",
            "GetProvisionedConcurrencyConfig",
            "ListProvisionedConcurrencyConfigs",
            "PutProvisionedConcurrencyConfig",
        ),
        _PROVISIONED,
    ),
    **dict.fromkeys(
        (
            "CheckpointDurableExecution",
            "DeleteDurableExecution",
            "GetDurableExecution",
            "GetDurableExecutionHistory",
            "GetDurableExecutionState",
            "ListDurableExecutionsByFunction",
            "PauseDurableExecution",
            "ResumeDurableExecution",
            "SendDurableExecutionCallbackFailure",
            "SendDurableExecutionCallbackHeartbeat",
            "SendDurableExecutionCallbackSuccess",
            "StopDurableExecution",
        ),
        _DURABLE,
    ),
    **dict.fromkeys(
        (
            "CreateCapacityProvider",
            "DeleteCapacityProvider",
            "GetCapacityProvider",
            "GetFunctionScalingConfig",
            "ListCapacityProviders",
            "ListFunctionVersionsByCapacityProvider",
            "PutFunctionScalingConfig",
            "UpdateCapacityProvider",
        ),
        _PROVIDER,
    ),
    **dict.fromkeys(("GetRuntimeManagementConfig", "PutRuntimeManagementConfig"), _RUNTIME),
    **dict.fromkeys(("DeleteResourcePolicy", "GetResourcePolicy", "PutResourcePolicy"), _POLICY),
    "InvokeWithResponseStream": "responses are not streamed here: call the function with invoke()",
}
"""By AWS's name."""

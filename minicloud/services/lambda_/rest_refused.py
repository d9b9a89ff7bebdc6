"""How requests to AWS Lambda look whose operation is refused with a reason of its own. [botocore's model]"""

from __future__ import annotations

from typing import Final

__all__ = ["PATHS"]

PATHS: Final = {
    "AddLayerVersionPermission": ("POST", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy"),
    "CheckpointDurableExecution": ("POST", "/2025-12-01/durable-executions/{DurableExecutionArn}/checkpoint"),
    "CreateCapacityProvider": ("POST", "/2025-11-30/capacity-providers"),
    "CreateCodeSigningConfig": ("POST", "/2020-04-22/code-signing-configs"),
    "CreateFunctionUrlConfig": ("POST", "/2021-10-31/functions/{FunctionName}/url"),
    "DeleteCapacityProvider": ("DELETE", "/2025-11-30/capacity-providers/{CapacityProviderName}"),
    "DeleteCodeSigningConfig": ("DELETE", "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}"),
    "DeleteDurableExecution": ("DELETE", "/2025-12-01/durable-executions/{DurableExecutionArn}"),
    "DeleteFunctionCodeSigningConfig": ("DELETE", "/2020-06-30/functions/{FunctionName}/code-signing-config"),
    "DeleteFunctionUrlConfig": ("DELETE", "/2021-10-31/functions/{FunctionName}/url"),
    "DeleteLayerVersion": ("DELETE", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}"),
    "DeleteProvisionedConcurrencyConfig": ("DELETE", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency"),
    "DeleteResourcePolicy": ("DELETE", "/2026-07-09/resource-policy/{ResourceArn}"),
    "GetCapacityProvider": ("GET", "/2025-11-30/capacity-providers/{CapacityProviderName}"),
    "GetCodeSigningConfig": ("GET", "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}"),
    "GetDurableExecution": ("GET", "/2025-12-01/durable-executions/{DurableExecutionArn}"),
    "GetDurableExecutionHistory": ("GET", "/2025-12-01/durable-executions/{DurableExecutionArn}/history"),
    "GetDurableExecutionState": ("GET", "/2025-12-01/durable-executions/{DurableExecutionArn}/state"),
    "GetFunctionCodeSigningConfig": ("GET", "/2020-06-30/functions/{FunctionName}/code-signing-config"),
    "GetFunctionScalingConfig": ("GET", "/2025-11-30/functions/{FunctionName}/function-scaling-config"),
    "GetFunctionUrlConfig": ("GET", "/2021-10-31/functions/{FunctionName}/url"),
    "GetLayerVersion": ("GET", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}"),
    "GetLayerVersionByArn": ("GET", "/2018-10-31/layers?find=LayerVersion"),
    "GetLayerVersionPolicy": ("GET", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy"),
    "GetProvisionedConcurrencyConfig": ("GET", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency"),
    "GetResourcePolicy": ("GET", "/2026-07-09/resource-policy/{ResourceArn}"),
    "GetRuntimeManagementConfig": ("GET", "/2021-07-20/functions/{FunctionName}/runtime-management-config"),
    "InvokeWithResponseStream": ("POST", "/2021-11-15/functions/{FunctionName}/response-streaming-invocations"),
    "ListCapacityProviders": ("GET", "/2025-11-30/capacity-providers"),
    "ListCodeSigningConfigs": ("GET", "/2020-04-22/code-signing-configs"),
    "ListDurableExecutionsByFunction": ("GET", "/2025-12-01/functions/{FunctionName}/durable-executions"),
    "ListFunctionUrlConfigs": ("GET", "/2021-10-31/functions/{FunctionName}/urls"),
    "ListFunctionVersionsByCapacityProvider": (
        "GET",
        "/2025-11-30/capacity-providers/{CapacityProviderName}/function-versions",
    ),
    "ListFunctionsByCodeSigningConfig": ("GET", "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}/functions"),
    "ListLayerVersions": ("GET", "/2018-10-31/layers/{LayerName}/versions"),
    "ListLayers": ("GET", "/2018-10-31/layers"),
    "ListProvisionedConcurrencyConfigs": (
        "GET",
        "/2019-09-30/functions/{FunctionName}/provisioned-concurrency?List=ALL",
    ),
    "PauseDurableExecution": ("POST", "/2025-12-01/durable-executions/{DurableExecutionArn}/pause"),
    "PublishLayerVersion": ("POST", "/2018-10-31/layers/{LayerName}/versions"),
    "PutFunctionCodeSigningConfig": ("PUT", "/2020-06-30/functions/{FunctionName}/code-signing-config"),
    "PutFunctionScalingConfig": ("PUT", "/2025-11-30/functions/{FunctionName}/function-scaling-config"),
    "PutProvisionedConcurrencyConfig": ("PUT", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency"),
    "PutResourcePolicy": ("PUT", "/2026-07-09/resource-policy/{ResourceArn}"),
    "PutRuntimeManagementConfig": ("PUT", "/2021-07-20/functions/{FunctionName}/runtime-management-config"),
    "RemoveLayerVersionPermission": (
        "DELETE",
        "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy/{StatementId}",
    ),
    "ResumeDurableExecution": ("POST", "/2025-12-01/durable-executions/{DurableExecutionArn}/resume"),
    "SendDurableExecutionCallbackFailure": ("POST", "/2025-12-01/durable-execution-callbacks/{CallbackId}/fail"),
    "SendDurableExecutionCallbackHeartbeat": ("POST", "/2025-12-01/durable-execution-callbacks/{CallbackId}/heartbeat"),
    "SendDurableExecutionCallbackSuccess": ("POST", "/2025-12-01/durable-execution-callbacks/{CallbackId}/succeed"),
    "StopDurableExecution": ("POST", "/2025-12-01/durable-executions/{DurableExecutionArn}/stop"),
    "UpdateCapacityProvider": ("PUT", "/2025-11-30/capacity-providers/{CapacityProviderName}"),
    "UpdateCodeSigningConfig": ("PUT", "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}"),
    "UpdateFunctionUrlConfig": ("PUT", "/2021-10-31/functions/{FunctionName}/url"),
}
"""By AWS's name: method and path."""

"""Where requests to AWS Lambda have what they say: the method and the path of each operation. [botocore's model]

What the path names is in the path. Of requests without a body (GET, DELETE) all else is in the query, of others what
``OF_QUERIES`` and ``OF_HEADERS`` name. Where an answer has what it says is told beside its operation.
"""

from __future__ import annotations

from typing import Final

__all__ = ["OF_HEADERS", "OF_QUERIES", "PATHS", "PAYLOADS"]

PATHS: Final = {
    "PublishVersion": ("POST", "/2015-03-31/functions/{FunctionName}/versions"),
    "ListVersionsByFunction": ("GET", "/2015-03-31/functions/{FunctionName}/versions"),
    "CreateAlias": ("POST", "/2015-03-31/functions/{FunctionName}/aliases"),
    "GetAlias": ("GET", "/2015-03-31/functions/{FunctionName}/aliases/{Name}"),
    "UpdateAlias": ("PUT", "/2015-03-31/functions/{FunctionName}/aliases/{Name}"),
    "DeleteAlias": ("DELETE", "/2015-03-31/functions/{FunctionName}/aliases/{Name}"),
    "ListAliases": ("GET", "/2015-03-31/functions/{FunctionName}/aliases"),
    "UpdateFunctionCode": ("PUT", "/2015-03-31/functions/{FunctionName}/code"),
    "UpdateFunctionConfiguration": ("PUT", "/2015-03-31/functions/{FunctionName}/configuration"),
    "TagResource": ("POST", "/2017-03-31/tags/{Resource}"),
    "UntagResource": ("DELETE", "/2017-03-31/tags/{Resource}"),
    "ListTags": ("GET", "/2017-03-31/tags/{Resource}"),
    "AddPermission": ("POST", "/2015-03-31/functions/{FunctionName}/policy"),
    "RemovePermission": ("DELETE", "/2015-03-31/functions/{FunctionName}/policy/{StatementId}"),
    "GetPolicy": ("GET", "/2015-03-31/functions/{FunctionName}/policy"),
    "CreateEventSourceMapping": ("POST", "/2015-03-31/event-source-mappings"),
    "GetEventSourceMapping": ("GET", "/2015-03-31/event-source-mappings/{UUID}"),
    "ListEventSourceMappings": ("GET", "/2015-03-31/event-source-mappings"),
    "UpdateEventSourceMapping": ("PUT", "/2015-03-31/event-source-mappings/{UUID}"),
    "DeleteEventSourceMapping": ("DELETE", "/2015-03-31/event-source-mappings/{UUID}"),
    "Invoke": ("POST", "/2015-03-31/functions/{FunctionName}/invocations"),
    "InvokeAsync": ("POST", "/2014-11-13/functions/{FunctionName}/invoke-async"),
    "CreateFunction": ("POST", "/2015-03-31/functions"),
    "GetFunction": ("GET", "/2015-03-31/functions/{FunctionName}"),
    "GetFunctionConfiguration": ("GET", "/2015-03-31/functions/{FunctionName}/configuration"),
    "ListFunctions": ("GET", "/2015-03-31/functions"),
    "DeleteFunction": ("DELETE", "/2015-03-31/functions/{FunctionName}"),
    "PutFunctionConcurrency": ("PUT", "/2017-10-31/functions/{FunctionName}/concurrency"),
    "GetFunctionConcurrency": ("GET", "/2019-09-30/functions/{FunctionName}/concurrency"),
    "DeleteFunctionConcurrency": ("DELETE", "/2017-10-31/functions/{FunctionName}/concurrency"),
    "PutFunctionEventInvokeConfig": ("PUT", "/2019-09-25/functions/{FunctionName}/event-invoke-config"),
    "UpdateFunctionEventInvokeConfig": ("POST", "/2019-09-25/functions/{FunctionName}/event-invoke-config"),
    "GetFunctionEventInvokeConfig": ("GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config"),
    "ListFunctionEventInvokeConfigs": ("GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config/list"),
    "DeleteFunctionEventInvokeConfig": ("DELETE", "/2019-09-25/functions/{FunctionName}/event-invoke-config"),
    "PutFunctionRecursionConfig": ("PUT", "/2024-08-31/functions/{FunctionName}/recursion-config"),
    "GetFunctionRecursionConfig": ("GET", "/2024-08-31/functions/{FunctionName}/recursion-config"),
    "GetAccountSettings": ("GET", "/2016-08-19/account-settings"),
}

OF_QUERIES: Final = {"Qualifier": "Qualifier", "TagKeys": "tagKeys"}
"""Members that are in the query whatever the method, and what they are called there."""

OF_HEADERS: Final = {
    "Invoke": {
        "ClientContext": "X-Amz-Client-Context",
        "DurableExecutionName": "X-Amz-Durable-Execution-Name",
        "InvocationType": "X-Amz-Invocation-Type",
        "LogType": "X-Amz-Log-Type",
        "TenantId": "X-Amz-Tenant-Id",
    }
}
"""Members that are in headers, by operation."""

PAYLOADS: Final = {"Invoke": "Payload", "InvokeAsync": "InvokeArgs"}
"""The member that is the body itself."""

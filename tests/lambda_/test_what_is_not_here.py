"""What minicloud does not have of the service: its own client says what to do instead."""

from __future__ import annotations

import minicloud
from tests.support.answers import told_instead

INSTEAD = [
    (
        "a function has no URL here: call it with invoke(), or call its handler, in the test",
        [
            "create_function_url_config",
            "delete_function_url_config",
            "get_function_url_config",
            "list_function_url_configs",
            "update_function_url_config",
        ],
    ),
    (
        (
            "there are no layers here, and the names of layers that a function has are only stored: what a "
            "layer would bring is imported from the test's environment, so install it there"
        ),
        [
            "add_layer_version_permission",
            "delete_layer_version",
            "get_layer_version",
            "get_layer_version_by_arn",
            "get_layer_version_policy",
            "list_layer_versions",
            "list_layers",
            "publish_layer_version",
            "remove_layer_version_permission",
        ],
    ),
    (
        "code is not signed here, and no signature is asked for: take the call out of the test",
        [
            "create_code_signing_config",
            "delete_code_signing_config",
            "delete_function_code_signing_config",
            "get_code_signing_config",
            "get_function_code_signing_config",
            "list_code_signing_configs",
            "list_functions_by_code_signing_config",
            "put_function_code_signing_config",
            "update_code_signing_config",
        ],
    ),
    (
        "a run needs no warm environment here, so there is nothing to provision: take the call out",
        [
            "delete_provisioned_concurrency_config",
            "get_provisioned_concurrency_config",
            "list_provisioned_concurrency_configs",
            "put_provisioned_concurrency_config",
        ],
    ),
    (
        "durable executions are not emulated: test the steps of the function by themselves",
        [
            "checkpoint_durable_execution",
            "delete_durable_execution",
            "get_durable_execution",
            "get_durable_execution_history",
            "get_durable_execution_state",
            "list_durable_executions_by_function",
            "pause_durable_execution",
            "resume_durable_execution",
            "send_durable_execution_callback_failure",
            "send_durable_execution_callback_heartbeat",
            "send_durable_execution_callback_success",
            "stop_durable_execution",
        ],
    ),
    (
        "capacity providers are not emulated, functions run in the test's process: take the call out",
        [
            "create_capacity_provider",
            "delete_capacity_provider",
            "get_capacity_provider",
            "get_function_scaling_config",
            "list_capacity_providers",
            "list_function_versions_by_capacity_provider",
            "put_function_scaling_config",
            "update_capacity_provider",
        ],
    ),
    (
        "functions run on the Python of the test's process, so no runtime is managed: take the call out",
        ["get_runtime_management_config", "put_runtime_management_config"],
    ),
    (
        "policies of functions are made with add_permission(), and shown by get_policy()",
        ["delete_resource_policy", "get_resource_policy", "put_resource_policy"],
    ),
    ("responses are not streamed here: call the function with invoke()", ["invoke_with_response_stream"]),
]


def test_operations_that_are_not_here(cloud: minicloud.Cloud) -> None:
    client = cloud.client("lambda")
    for text, operations in INSTEAD:
        assert told_instead(client, *operations) == {text}

"""The Lambda clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..services.lambda_.service import SERVICE, Lambda
from .aio import AsyncClient
from .compiled import async_method, sync_method
from .sync import Client

if TYPE_CHECKING:
    from .declared import AsyncLambdaBase, LambdaBase
else:
    LambdaBase, AsyncLambdaBase = Client, AsyncClient

__all__ = ["AsyncLambdaClient", "LambdaClient"]


class LambdaClient(LambdaBase):
    """A boto3-like Lambda client."""

    service = SERVICE
    add_permission = sync_method(Lambda.add_permission)
    create_alias = sync_method(Lambda.create_alias)
    create_event_source_mapping = sync_method(Lambda.create_event_source_mapping)
    delete_event_source_mapping = sync_method(Lambda.delete_event_source_mapping)
    get_event_source_mapping = sync_method(Lambda.get_event_source_mapping)
    list_event_source_mappings = sync_method(Lambda.list_event_source_mappings)
    update_event_source_mapping = sync_method(Lambda.update_event_source_mapping)
    create_function = sync_method(Lambda.create_function)
    delete_alias = sync_method(Lambda.delete_alias)
    delete_function = sync_method(Lambda.delete_function)
    delete_function_concurrency = sync_method(Lambda.delete_function_concurrency)
    delete_function_event_invoke_config = sync_method(Lambda.delete_function_event_invoke_config)
    get_account_settings = sync_method(Lambda.get_account_settings)
    get_alias = sync_method(Lambda.get_alias)
    get_function = sync_method(Lambda.get_function)
    get_function_concurrency = sync_method(Lambda.get_function_concurrency)
    get_function_configuration = sync_method(Lambda.get_function_configuration)
    get_function_event_invoke_config = sync_method(Lambda.get_function_event_invoke_config)
    get_function_recursion_config = sync_method(Lambda.get_function_recursion_config)
    get_policy = sync_method(Lambda.get_policy)
    list_aliases = sync_method(Lambda.list_aliases)
    list_function_event_invoke_configs = sync_method(Lambda.list_function_event_invoke_configs)
    list_functions = sync_method(Lambda.list_functions)
    list_tags = sync_method(Lambda.list_tags)
    list_versions_by_function = sync_method(Lambda.list_versions_by_function)
    publish_version = sync_method(Lambda.publish_version)
    put_function_concurrency = sync_method(Lambda.put_function_concurrency)
    put_function_event_invoke_config = sync_method(Lambda.put_function_event_invoke_config)
    put_function_recursion_config = sync_method(Lambda.put_function_recursion_config)
    remove_permission = sync_method(Lambda.remove_permission)
    tag_resource = sync_method(Lambda.tag_resource)
    untag_resource = sync_method(Lambda.untag_resource)
    update_alias = sync_method(Lambda.update_alias)
    update_function_code = sync_method(Lambda.update_function_code)
    update_function_configuration = sync_method(Lambda.update_function_configuration)
    update_function_event_invoke_config = sync_method(Lambda.update_function_event_invoke_config)
    invoke = sync_method(Lambda.invoke)
    invoke_async = sync_method(Lambda.invoke_async)


class AsyncLambdaClient(AsyncLambdaBase):
    """An aiobotocore-like Lambda client."""

    service = SERVICE
    add_permission = async_method(Lambda.add_permission)
    create_alias = async_method(Lambda.create_alias)
    create_event_source_mapping = async_method(Lambda.create_event_source_mapping)
    delete_event_source_mapping = async_method(Lambda.delete_event_source_mapping)
    get_event_source_mapping = async_method(Lambda.get_event_source_mapping)
    list_event_source_mappings = async_method(Lambda.list_event_source_mappings)
    update_event_source_mapping = async_method(Lambda.update_event_source_mapping)
    create_function = async_method(Lambda.create_function)
    delete_alias = async_method(Lambda.delete_alias)
    delete_function = async_method(Lambda.delete_function)
    delete_function_concurrency = async_method(Lambda.delete_function_concurrency)
    delete_function_event_invoke_config = async_method(Lambda.delete_function_event_invoke_config)
    get_account_settings = async_method(Lambda.get_account_settings)
    get_alias = async_method(Lambda.get_alias)
    get_function = async_method(Lambda.get_function)
    get_function_concurrency = async_method(Lambda.get_function_concurrency)
    get_function_configuration = async_method(Lambda.get_function_configuration)
    get_function_event_invoke_config = async_method(Lambda.get_function_event_invoke_config)
    get_function_recursion_config = async_method(Lambda.get_function_recursion_config)
    get_policy = async_method(Lambda.get_policy)
    list_aliases = async_method(Lambda.list_aliases)
    list_function_event_invoke_configs = async_method(Lambda.list_function_event_invoke_configs)
    list_functions = async_method(Lambda.list_functions)
    list_tags = async_method(Lambda.list_tags)
    list_versions_by_function = async_method(Lambda.list_versions_by_function)
    publish_version = async_method(Lambda.publish_version)
    put_function_concurrency = async_method(Lambda.put_function_concurrency)
    put_function_event_invoke_config = async_method(Lambda.put_function_event_invoke_config)
    put_function_recursion_config = async_method(Lambda.put_function_recursion_config)
    remove_permission = async_method(Lambda.remove_permission)
    tag_resource = async_method(Lambda.tag_resource)
    untag_resource = async_method(Lambda.untag_resource)
    update_alias = async_method(Lambda.update_alias)
    update_function_code = async_method(Lambda.update_function_code)
    update_function_configuration = async_method(Lambda.update_function_configuration)
    update_function_event_invoke_config = async_method(Lambda.update_function_event_invoke_config)
    invoke = async_method(Lambda.invoke)
    invoke_async = async_method(Lambda.invoke_async)

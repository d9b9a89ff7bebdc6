"""The SNS clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..services.sns.service import SERVICE, Sns
from .aio import AsyncClient
from .compiled import async_method, sync_method
from .sync import Client

if TYPE_CHECKING:
    from .declared import AsyncSnsBase, SnsBase
else:
    SnsBase, AsyncSnsBase = Client, AsyncClient

__all__ = ["AsyncSnsClient", "SnsClient"]


class SnsClient(SnsBase):
    """A boto3-like SNS client."""

    service = SERVICE
    add_permission = sync_method(Sns.add_permission)
    check_if_phone_number_is_opted_out = sync_method(Sns.check_if_phone_number_is_opted_out)
    confirm_subscription = sync_method(Sns.confirm_subscription)
    create_platform_application = sync_method(Sns.create_platform_application)
    create_platform_endpoint = sync_method(Sns.create_platform_endpoint)
    create_sms_sandbox_phone_number = sync_method(Sns.create_sms_sandbox_phone_number)
    create_topic = sync_method(Sns.create_topic)
    delete_endpoint = sync_method(Sns.delete_endpoint)
    delete_platform_application = sync_method(Sns.delete_platform_application)
    delete_sms_sandbox_phone_number = sync_method(Sns.delete_sms_sandbox_phone_number)
    delete_topic = sync_method(Sns.delete_topic)
    get_data_protection_policy = sync_method(Sns.get_data_protection_policy)
    get_endpoint_attributes = sync_method(Sns.get_endpoint_attributes)
    get_platform_application_attributes = sync_method(Sns.get_platform_application_attributes)
    get_sms_attributes = sync_method(Sns.get_sms_attributes)
    get_sms_sandbox_account_status = sync_method(Sns.get_sms_sandbox_account_status)
    get_subscription_attributes = sync_method(Sns.get_subscription_attributes)
    get_topic_attributes = sync_method(Sns.get_topic_attributes)
    list_endpoints_by_platform_application = sync_method(Sns.list_endpoints_by_platform_application)
    list_origination_numbers = sync_method(Sns.list_origination_numbers)
    list_phone_numbers_opted_out = sync_method(Sns.list_phone_numbers_opted_out)
    list_platform_applications = sync_method(Sns.list_platform_applications)
    list_sms_sandbox_phone_numbers = sync_method(Sns.list_sms_sandbox_phone_numbers)
    list_subscriptions = sync_method(Sns.list_subscriptions)
    list_subscriptions_by_topic = sync_method(Sns.list_subscriptions_by_topic)
    list_tags_for_resource = sync_method(Sns.list_tags_for_resource)
    list_topics = sync_method(Sns.list_topics)
    opt_in_phone_number = sync_method(Sns.opt_in_phone_number)
    publish = sync_method(Sns.publish)
    publish_batch = sync_method(Sns.publish_batch)
    put_data_protection_policy = sync_method(Sns.put_data_protection_policy)
    remove_permission = sync_method(Sns.remove_permission)
    set_endpoint_attributes = sync_method(Sns.set_endpoint_attributes)
    set_platform_application_attributes = sync_method(Sns.set_platform_application_attributes)
    set_sms_attributes = sync_method(Sns.set_sms_attributes)
    set_subscription_attributes = sync_method(Sns.set_subscription_attributes)
    set_topic_attributes = sync_method(Sns.set_topic_attributes)
    subscribe = sync_method(Sns.subscribe)
    tag_resource = sync_method(Sns.tag_resource)
    unsubscribe = sync_method(Sns.unsubscribe)
    untag_resource = sync_method(Sns.untag_resource)
    verify_sms_sandbox_phone_number = sync_method(Sns.verify_sms_sandbox_phone_number)


class AsyncSnsClient(AsyncSnsBase):
    """An aiobotocore-like SNS client."""

    service = SERVICE
    add_permission = async_method(Sns.add_permission)
    check_if_phone_number_is_opted_out = async_method(Sns.check_if_phone_number_is_opted_out)
    confirm_subscription = async_method(Sns.confirm_subscription)
    create_platform_application = async_method(Sns.create_platform_application)
    create_platform_endpoint = async_method(Sns.create_platform_endpoint)
    create_sms_sandbox_phone_number = async_method(Sns.create_sms_sandbox_phone_number)
    create_topic = async_method(Sns.create_topic)
    delete_endpoint = async_method(Sns.delete_endpoint)
    delete_platform_application = async_method(Sns.delete_platform_application)
    delete_sms_sandbox_phone_number = async_method(Sns.delete_sms_sandbox_phone_number)
    delete_topic = async_method(Sns.delete_topic)
    get_data_protection_policy = async_method(Sns.get_data_protection_policy)
    get_endpoint_attributes = async_method(Sns.get_endpoint_attributes)
    get_platform_application_attributes = async_method(Sns.get_platform_application_attributes)
    get_sms_attributes = async_method(Sns.get_sms_attributes)
    get_sms_sandbox_account_status = async_method(Sns.get_sms_sandbox_account_status)
    get_subscription_attributes = async_method(Sns.get_subscription_attributes)
    get_topic_attributes = async_method(Sns.get_topic_attributes)
    list_endpoints_by_platform_application = async_method(Sns.list_endpoints_by_platform_application)
    list_origination_numbers = async_method(Sns.list_origination_numbers)
    list_phone_numbers_opted_out = async_method(Sns.list_phone_numbers_opted_out)
    list_platform_applications = async_method(Sns.list_platform_applications)
    list_sms_sandbox_phone_numbers = async_method(Sns.list_sms_sandbox_phone_numbers)
    list_subscriptions = async_method(Sns.list_subscriptions)
    list_subscriptions_by_topic = async_method(Sns.list_subscriptions_by_topic)
    list_tags_for_resource = async_method(Sns.list_tags_for_resource)
    list_topics = async_method(Sns.list_topics)
    opt_in_phone_number = async_method(Sns.opt_in_phone_number)
    publish = async_method(Sns.publish)
    publish_batch = async_method(Sns.publish_batch)
    put_data_protection_policy = async_method(Sns.put_data_protection_policy)
    remove_permission = async_method(Sns.remove_permission)
    set_endpoint_attributes = async_method(Sns.set_endpoint_attributes)
    set_platform_application_attributes = async_method(Sns.set_platform_application_attributes)
    set_sms_attributes = async_method(Sns.set_sms_attributes)
    set_subscription_attributes = async_method(Sns.set_subscription_attributes)
    set_topic_attributes = async_method(Sns.set_topic_attributes)
    subscribe = async_method(Sns.subscribe)
    tag_resource = async_method(Sns.tag_resource)
    unsubscribe = async_method(Sns.unsubscribe)
    untag_resource = async_method(Sns.untag_resource)
    verify_sms_sandbox_phone_number = async_method(Sns.verify_sms_sandbox_phone_number)

"""Clients and sessions against boto3's: names, signatures, ``meta``."""

from __future__ import annotations

import inspect
from typing import Any

import boto3
import botocore.exceptions
import pytest

import minicloud
from minicloud.services.registry import SERVICE_NAMES
from tests.clients.scripts import failure, public_names

pytestmark = pytest.mark.needs("boto3")

SERVICES = ["kinesis", "sns", "sqs"]
"""Those that have all that boto3's clients have."""


def real(service_name: str, region_name: str = "us-east-1") -> Any:
    return boto3.client(service_name, region_name, aws_access_key_id="a", aws_secret_access_key="b")


@pytest.mark.known_release
@pytest.mark.parametrize("service_name", SERVICES)
def test_methods(cloud: Any, service_name: str) -> None:
    ours, theirs = cloud.client(service_name), real(service_name)
    assert set(public_names(theirs)) - set(public_names(ours)) == set()
    assert ours.meta.method_to_api_mapping == theirs.meta.method_to_api_mapping


@pytest.mark.known_release
@pytest.mark.parametrize("region_name", ["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1"])
@pytest.mark.parametrize("service_name", SERVICE_NAMES)
def test_meta(cloud: Any, service_name: str, region_name: str) -> None:
    ours, theirs = cloud.client(service_name, region_name).meta, real(service_name, region_name).meta
    for name in ("region_name", "partition", "endpoint_url"):
        assert getattr(ours, name) == getattr(theirs, name)
    for name in ("service_name", "service_id", "api_version"):
        assert str(getattr(ours.service_model, name)) == str(getattr(theirs.service_model, name))
    assert set(ours.service_model.operation_names) <= set(theirs.service_model.operation_names)


@pytest.mark.known_release
@pytest.mark.parametrize("service_name", SERVICE_NAMES)
def test_exceptions(cloud: Any, service_name: str) -> None:
    ours, theirs = cloud.client(service_name).exceptions, real(service_name).exceptions
    assert set(public_names(ours)) == set(public_names(theirs))


def test_an_error_is_botocores_as_well(cloud: Any) -> None:
    sqs = cloud.client("sqs")
    for kind in (botocore.exceptions.ClientError, minicloud.exceptions.ClientError, sqs.exceptions.QueueDoesNotExist):
        with pytest.raises(kind):
            sqs.get_queue_url(QueueName="none")
    with pytest.raises(botocore.exceptions.ParamValidationError):
        sqs.get_queue_url()


def test_positional_arguments(cloud: Any) -> None:
    for client in (cloud.client("sqs"), real("sqs")):
        assert failure(lambda client=client: client.list_queues("q")) == (
            "TypeError",
            "list_queues() only accepts keyword arguments.",
        )


def test_a_session_takes_what_boto3s_takes() -> None:
    def names(function: Any) -> list[str]:
        positional = inspect.Parameter.POSITIONAL_OR_KEYWORD
        return [each.name for each in inspect.signature(function).parameters.values() if each.kind is positional]

    assert names(minicloud.Session) == names(boto3.Session)
    assert names(minicloud.Session.client) == names(boto3.Session.client)
    assert names(minicloud.Session.resource) == names(boto3.Session.resource)

"""The names that type checkers know are those that the services take."""

from __future__ import annotations

from typing import Any, get_args

import pytest

import minicloud
from minicloud import typing as names
from minicloud.exceptions import ClientError
from minicloud.services.registry import SERVICE_NAMES
from minicloud.services.sqs.attributes import READABLE_NAMES


def test_names_of_services_and_clouds() -> None:
    assert set(get_args(names.ServiceName)) == set(SERVICE_NAMES), (
        "ServiceName in minicloud/services/argument_types.py has all of SERVICE_NAMES"
    )
    for clock in get_args(names.ClockName):
        for limits in get_args(names.LimitsName):
            for delivery in get_args(names.DeliveryName):
                minicloud.Cloud(clock=clock, limits=limits, delivery=delivery).close()


def test_names_of_queue_attributes() -> None:
    assert set(get_args(names.QueueAttributeName)) == {"All"} | READABLE_NAMES


@pytest.mark.parametrize("name", get_args(names.MessageSystemAttributeName))
def test_names_of_what_a_message_has(sqs: Any, name: str) -> None:
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    sqs.receive_message(QueueUrl=url, MessageSystemAttributeNames=[name])
    with pytest.raises(ClientError, match=f"{name}s"):
        sqs.receive_message(QueueUrl=url, MessageSystemAttributeNames=[f"{name}s"])


def test_an_answer_has_what_its_type_says_of_the_transport(sqs: Any) -> None:
    assert list(sqs.list_queues()["ResponseMetadata"]) == list(names.ResponseMetadata.__annotations__)

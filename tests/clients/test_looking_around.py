"""What `dir`, `help` and `inspect.signature` show in a REPL or an editor, and what errors say of a misspelt name."""

from __future__ import annotations

import inspect
import pydoc
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

import minicloud
from minicloud.core.operation import operations_of
from minicloud.services.registry import BY_USE, SERVICE_NAMES

ROOT = Path(__file__).parents[2]


def public(names: list[str]) -> set[str]:
    return {name for name in names if not name.startswith("__")}


@pytest.mark.parametrize("service_name", SERVICE_NAMES)
def test_a_client_shows_its_operations_and_what_boto3s_have(cloud: Any, service_name: str) -> None:
    for client in (cloud.client(service_name), cloud.async_client(service_name)):
        common = {
            "can_paginate",
            "close",
            "exceptions",
            "generate_presigned_url",
            "get_paginator",
            "get_waiter",
            "meta",
        }
        assert public(dir(client)) == common | {"waiter_names"} | set(operations_of(client.service.api))


def test_a_cloud_shows_what_is_for_users(cloud: Any) -> None:
    shown = public(dir(cloud))
    assert shown >= {
        "account_id",
        "clock",
        "client",
        "queue",
        "outbox",
        "region_name",
        "reset",
        "seed",
        "sleep",
        "trace",
    }
    inside = {
        "lock",
        "timeline",
        "world",
        "drain",
        "settle",
        "effects",
        "errands",
        "on_closing",
        "is_a_copy",
        "service",
    }
    assert not shown & inside
    assert all(hasattr(cloud, name) for name in shown - {"ledger"})
    documented = inspect.getmembers(type(cloud), lambda value: isinstance(value, property) or callable(value))
    assert all(value.__doc__ for name, value in documented if name in shown)


def test_the_package_shows_its_public_names_and_nothing_else() -> None:
    assert public(dir(minicloud)) == {*minicloud.__all__, *minicloud._MODULES}


@pytest.mark.parametrize("service_name", SERVICE_NAMES)
def test_the_signature_of_each_operation_is_its_declaration(cloud: Any, service_name: str) -> None:
    client, aio = cloud.client(service_name), cloud.async_client(service_name)
    for name, operation in operations_of(client.service.api).items():
        signature = inspect.signature(getattr(client, name))
        assert list(signature.parameters) == list(operation.input.members)
        for parameter in signature.parameters.values():
            assert parameter.kind is parameter.KEYWORD_ONLY
            assert (parameter.default is parameter.empty) is (parameter.name in operation.input.required)
            assert parameter.annotation is not parameter.empty
        assert str(signature) == str(inspect.signature(getattr(aio, name)))
        assert "minicloud" not in str(signature)
        assert "UNSET" not in str(signature)
        assert getattr(client, name).__doc__


def test_the_help_of_an_operation(sqs: Any) -> None:
    shown = " ".join(pydoc.plain(pydoc.render_doc(sqs.send_message)).split()).replace("( *", "(*")
    parameters = "*, QueueUrl: str, MessageBody: str, DelaySeconds: int = ..., MessageAttributes: Mapping[str, Message"
    assert f"send_message({parameters}" in shown  # on one line, or from Python 3.13 on with a line for each
    assert "-> SendMessageResult" in shown
    assert "Put a message into a queue." in shown


def test_types_are_shown_in_few_words(cloud: Any) -> None:
    kinesis = cloud.client("kinesis")
    shown = str(inspect.signature(kinesis.get_shard_iterator))
    assert "ShardIteratorType: Literal['AFTER_SEQUENCE_NUMBER', " in shown
    assert "Timestamp: datetime | str | float = ..." in shown
    assert "Data: bytes | bytearray | str | IO" in str(inspect.signature(kinesis.put_record))
    assert str(inspect.signature(cloud.client("sqs").delete_queue)) == "(*, QueueUrl: str) -> dict"


def test_the_signature_of_mock_aws_names_the_options_of_a_cloud() -> None:
    parameters = inspect.signature(minicloud.mock_aws).parameters
    options = set(inspect.signature(minicloud.Cloud).parameters)
    assert set(parameters) >= {"decorated", "cloud", "passthrough"} | options
    assert "options" not in parameters
    for name in options:
        assert parameters[name].kind is inspect.Parameter.KEYWORD_ONLY


def test_a_mock_with_a_clients_signatures_refuses_what_it_lacks(sqs: Any) -> None:
    twin = mock.create_autospec(sqs)
    twin.send_message(QueueUrl="", MessageBody="")
    with pytest.raises(TypeError):
        twin.send_message(QueueUrl="")


def test_who_does_not_look_loads_nothing() -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import minicloud\n"
        "sqs = minicloud.Cloud().client('sqs')\n"
        "sqs.create_queue(QueueName='jobs')\n"
        "print('inspect' in sys.modules, 'minicloud.clients.signatures' in sys.modules, 'difflib' in sys.modules)\n"
    )
    finished = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], check=True, capture_output=True, text=True, timeout=60
    )
    assert finished.stdout.split() == ["False", "False", "False"]


def test_what_is_looked_for_by_name_loads_no_more_than_it_takes() -> None:
    assert sorted(BY_USE) == sorted(SERVICE_NAMES), "BY_USE in minicloud/services/registry.py has all of SERVICE_NAMES"
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import minicloud\n"
        "minicloud.Cloud().faults.refuse('RequestThrottled', operation='SendMessage')\n"
        "print([f'minicloud.services.{name}' in sys.modules for name in ('sqs', 'iam', 'lambda_', 'logs')])\n"
    )
    finished = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], check=True, capture_output=True, text=True, timeout=60
    )
    assert finished.stdout.strip() == "[True, False, False, False]"


def test_names_that_are_near(cloud: Any) -> None:
    with pytest.raises(
        minicloud.UsageError, match=r"SqsClient has no operation 'send_mesage'; did you mean 'send_message'\?"
    ):
        cloud.client("sqs").send_mesage()
    with pytest.raises(
        minicloud.UsageError, match=r"no operation 'make_coffee': dir\(\) and help\(\) of the client show"
    ):
        cloud.client("sqs").make_coffee()
    with pytest.raises(minicloud.UsageError, match=r"has no upload_fileobj\(\).* call put_object\(Body=file\), or"):
        cloud.client("s3").upload_fileobj()
    with pytest.raises(minicloud.UsageError, match=r"no service 'kinesys'; did you mean 'kinesis'\?"):
        cloud.client("kinesys")
    with pytest.raises(minicloud.UsageError, match=r"no resource 'sqss'; did you mean 'sqs'\?"):
        cloud.resource("sqss")
    with pytest.raises(minicloud.UsageError, match=r"takes no regoin_name=; did you mean region_name=\?"):
        minicloud.mock_aws(regoin_name="eu-west-1")  # type: ignore[call-overload]
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="orders", RecordDistributionStrategy="AUTO")
    stream = cloud.stream("orders")
    kinesis.create_queue(QueueName="billing", StreamConfigurationList=[{"StreamARN": stream.arn}])
    with pytest.raises(minicloud.UsageError, match=r"no queue 'biling' on orders; did you mean 'billing'\?"):
        stream.queue("biling")
    with pytest.raises(minicloud.UsageError, match=r"not an operation of .*; did you mean 'SendMessage'\?"):
        cloud.faults.refuse("RequestThrottled", operation="SendMesage")
    with pytest.raises(TypeError, match=r"no field 'sqs_purge_second'; did you mean 'sqs_purge_seconds'\? it has"):
        minicloud.Limits(sqs_purge_second=1)  # type: ignore[call-arg]


def test_python_knows_what_a_name_of_the_package_was_asked_of() -> None:
    with pytest.raises(AttributeError) as raised:
        minicloud.Clowd  # type: ignore[attr-defined]  # noqa: B018
    assert (raised.value.name, raised.value.obj) == ("Clowd", minicloud)  # from which Python shows what is near

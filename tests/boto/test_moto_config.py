"""``mock_aws(config=...)`` as moto's users have it, and ``mock_aws().stop()``."""

from __future__ import annotations

import os
import warnings
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse

import minicloud
from minicloud.boto import moto_config

pytestmark = pytest.mark.needs("boto3")


@pytest.fixture(autouse=True)
def is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moto_config._Told, "is_told", True)


class Raw:
    def stream(self) -> Any:
        yield b'{"UserPools":[]}'


def test_services_of_its_passthrough_are_let_through() -> None:
    # moto's names have no hyphens.
    config = {"core": {"passthrough": {"services": ["dynamodb", "cognitoidp"]}}}
    with minicloud.mock_aws(config=config, passthrough=("ssm",)):
        for service, method, params in (
            ("dynamodb", "list_tables", {}),
            ("cognito-idp", "list_user_pools", {"MaxResults": 1}),
            ("ssm", "describe_parameters", {}),
        ):
            client: Any = boto3.client(service, region_name="us-east-1")
            client.meta.events.register("before-send", lambda request, **_: AWSResponse(request.url, 200, {}, Raw()))
            getattr(client, method)(**params)
        with pytest.raises(minicloud.UsageError, match=r"does not answer glue\.GetDatabases"):
            boto3.client("glue").get_databases()


def test_credentials_may_be_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")
    with minicloud.mock_aws(config={"core": {"mock_credentials": False}}):
        assert os.environ["AWS_ACCESS_KEY_ID"] == "mine"
        assert "AWS_SESSION_TOKEN" not in os.environ
        boto3.Session(region_name="us-east-1").client("sqs").list_queues()
    assert os.environ["AWS_ACCESS_KEY_ID"] == "mine"
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with minicloud.mock_aws(config={"core": {"mock_credentials": False}}):
        boto3.Session(region_name="us-east-1").client("sqs").list_queues()


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"core": {"mock_credentials": True, "reset_boto3_session": False, "service_whitelist": None}},
        {"core": {"passthrough": {"services": [], "urls": []}}},
        {"batch": {"use_docker": False}, "lambda": {"use_docker": False}, "iam": {"load_aws_managed_policies": True}},
        {"stepfunctions": {"execute_state_machine": True}, "iot": {"use_valid_cert": True}},
    ],
)
def test_what_there_is_nothing_to_do_about_passes(config: dict[str, Any]) -> None:
    @minicloud.mock_aws(config=config)
    def listed() -> bool:
        return "QueueUrls" in boto3.client("sqs").list_queues()

    assert not listed()


@pytest.mark.parametrize(
    ("config", "complaint"),
    [
        ({"core": {"passthrough": {"urls": ["http://x"]}}}, r"no URLs through.*passthrough=\('s3',\)"),
        ({"core": {"service_whitelist": ["sqs"]}}, r"a service_whitelist is not needed.*passthrough=\('s3',\)"),
        ({"core": {"passthrough": {"services": "s3"}}}, "a list of names, not 's3'"),
        ({"core": {"passthrough": {"services": 3}}}, "a list of names, not 3"),
        ({"core": {"mock_credential": False}}, "core has no 'mock_credential'; did you mean 'mock_credentials'?"),
        ({"cores": {}}, "config has no 'cores'; did you mean 'core'?"),
        ({"core": []}, r"core is a dict, not \[\]"),
        ("x", "config is a dict, not 'x'"),
    ],
)
def test_what_minicloud_does_otherwise_is_refused_with_the_way_to_write_it(config: Any, complaint: str) -> None:
    with pytest.raises(minicloud.UsageError, match=complaint):
        minicloud.mock_aws(config=config)


def test_it_is_said_once_how_minicloud_writes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moto_config._Told, "is_told", False)
    with pytest.warns(UserWarning, match=r"moto's; minicloud's own is mock_aws\(passthrough=\('s3',\)\)") as told:
        minicloud.mock_aws(config={"core": {"passthrough": {"services": ["s3"]}}})
    assert told[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        minicloud.mock_aws(config={})


# --- stop() ----------------------------------------------------------------------------------------------------------


def is_active() -> bool:
    try:
        return minicloud.current_cloud() is not None
    except minicloud.UsageError:
        return False


def test_stop_of_another_mock_ends_what_start_has_begun_last() -> None:
    minicloud.mock_aws().start()
    assert is_active()
    minicloud.mock_aws().stop()
    assert not is_active()
    first = minicloud.mock_aws().start()
    second = minicloud.mock_aws().start()
    assert first is second
    minicloud.mock_aws().stop()
    assert is_active()
    minicloud.mock_aws().stop()
    assert not is_active()
    with pytest.raises(minicloud.UsageError, match="without start"):
        minicloud.mock_aws().stop()


def test_it_ends_no_statement_and_no_decorator() -> None:
    @minicloud.mock_aws
    def inside() -> None:
        with minicloud.mock_aws():
            with pytest.raises(minicloud.UsageError, match="without start"):
                minicloud.mock_aws().stop()
            minicloud.mock_aws().start()
            minicloud.mock_aws().stop()
            assert is_active()
        assert is_active()

    inside()
    assert not is_active()


def test_a_mock_that_was_started_ends_its_own_uses_only() -> None:
    mine, other = minicloud.mock_aws(), minicloud.mock_aws()
    mine.start()
    other.start()
    mine.stop()
    with pytest.raises(minicloud.UsageError, match="without start"):
        mine.stop()
    assert is_active()
    other.stop()
    assert not is_active()

"""The region that boto3 would take, for what stands where boto3 would: found without boto3, as boto3 finds it."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import minicloud
import minicloud.default
from minicloud import Cloud, UsageError
from minicloud.core import arns
from tests.support.runs import run_inside

CONFIG = """
[default]
region = eu-west-1

[profile plain]
region=eu-west-2

[profile "in quotes"]
region = eu-west-3
s3 =
    addressing_style = path

[profile shared]
region = eu-north-1

[profile without]
output = json

[not-a-profile]
region = us-west-1

[profile]
region = us-west-2
"""
CREDENTIALS = """
[shared]
region = eu-central-1

[only-here]
aws_access_key_id = x
region = eu-south-1
"""

PLACES: dict[str, tuple[dict[str, str], str]] = {
    "nothing": ({"AWS_CONFIG_FILE": "nowhere", "AWS_SHARED_CREDENTIALS_FILE": "nowhere"}, "us-east-1"),
    "AWS_DEFAULT_REGION": ({"AWS_DEFAULT_REGION": "sa-east-1", "AWS_REGION": "us-west-1"}, "sa-east-1"),
    "AWS_DEFAULT_REGION over a profile": ({"AWS_DEFAULT_REGION": "sa-east-1", "AWS_PROFILE": "plain"}, "sa-east-1"),
    "the default profile": ({}, "eu-west-1"),
    "the default profile over AWS_REGION": ({"AWS_REGION": "us-west-1"}, "eu-west-1"),
    "a profile": ({"AWS_PROFILE": "plain"}, "eu-west-2"),
    "the other variable for it": ({"AWS_DEFAULT_PROFILE": "plain", "AWS_PROFILE": "default"}, "eu-west-2"),
    "a profile in quotes": ({"AWS_PROFILE": "in quotes"}, "eu-west-3"),
    "a profile in both files": ({"AWS_PROFILE": "shared"}, "eu-central-1"),
    "a profile of the credentials": ({"AWS_PROFILE": "only-here"}, "eu-south-1"),
    "a profile without a region": ({"AWS_PROFILE": "without"}, "us-east-1"),
    "AWS_REGION behind all": ({"AWS_PROFILE": "without", "AWS_REGION": "us-west-1"}, "us-west-1"),
    "another config file": ({"AWS_CONFIG_FILE": "other"}, "ap-south-1"),
    "the home directory": ({"AWS_CONFIG_FILE": "~/mine"}, "ap-east-1"),
    "a file that is broken": ({"AWS_CONFIG_FILE": "broken"}, "us-east-1"),
    "a section that is broken": ({"AWS_CONFIG_FILE": "odd"}, "me-south-1"),
}


@pytest.fixture(params=PLACES)
def expected(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    files = {
        "config": CONFIG,
        "credentials": CREDENTIALS,
        "other": "[default]\nregion = ap-south-1\n",
        "mine": "[default]\nregion = ap-east-1\n",
        "broken": "region = eu-west-1\n",
        "odd": '[profile "]\nregion = x\n[default]\nregion = me-south-1\n',
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    environment, region = PLACES[request.param]
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    defaults = {
        "HOME": str(tmp_path),
        "USERPROFILE": str(tmp_path),
        "AWS_CONFIG_FILE": "config",
        "AWS_SHARED_CREDENTIALS_FILE": "credentials",
    }
    for name, value in {**defaults, **environment}.items():
        monkeypatch.setenv(name, value)
    return region


def by_mock() -> Cloud:
    with minicloud.mock_aws() as cloud:
        return cloud


def by_default(monkeypatch: pytest.MonkeyPatch) -> Cloud:
    monkeypatch.setattr(minicloud.default, "_default_cloud", None)
    return minicloud.default_cloud()


def test_mocks_and_the_default_cloud_take_it(expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert by_mock().region_name == expected
    assert by_default(monkeypatch).region_name == expected


@pytest.mark.needs("boto3")
def test_it_is_what_boto3_takes(expected: str) -> None:
    import boto3
    from botocore.exceptions import ConfigParseError

    with minicloud.mock_aws() as cloud:
        if os.environ["AWS_CONFIG_FILE"] == "broken":  # boto3 tells of it itself
            with pytest.raises(ConfigParseError):
                boto3.Session().client("sqs")
            return
        sqs = boto3.Session().client("sqs")
        assert sqs.meta.region_name == expected
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        assert cloud.queue("q").url == url
        assert expected in url


def test_the_fixtures_take_it(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    pytester.makepyfile("""
        import minicloud, pytest

        def test_fixtures(cloud, sqs, mock_aws):
            assert cloud.region_name == sqs.meta.region_name == "eu-west-1"
            assert minicloud.Cloud().region_name == "us-east-1"  # which stands for nobody

        @pytest.mark.minicloud(region_name="eu-west-3")
        def test_said(cloud, sqs, mock_aws):
            assert cloud.region_name == sqs.meta.region_name == "eu-west-3"
    """)
    run_inside(pytester).assert_outcomes(passed=2)


def test_what_is_no_region_says_where_it_is_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu west 1")
    with pytest.raises(
        UsageError, match=r"region_name='eu west 1' is not a region: .*; it comes from AWS_DEFAULT_REGI"
    ):
        by_mock()
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    (tmp_path / "config").write_text("[default]\nregion = /\n", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    with pytest.raises(UsageError, match="it comes from the profile in the AWS config or credentials file"):
        by_mock()


# --- what is said ----------------------------------------------------------------------------------------------------


def said_by_argument() -> Any:
    return minicloud.mock_aws(region_name="eu-west-3")


def said_by_a_cloud() -> Any:
    return minicloud.mock_aws(cloud=Cloud(region_name="eu-west-3"))


def said_by_a_marker() -> Any:
    return minicloud.mock_aws()


@pytest.mark.needs("boto3")
@pytest.mark.minicloud(region_name="eu-west-3")
@pytest.mark.parametrize("mock", [said_by_argument, said_by_a_cloud, said_by_a_marker])
@pytest.mark.parametrize("before", [None, "sa-east-1"])
def test_a_region_that_is_said_is_boto3s_inside(
    mock: Callable[[], Any], before: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import boto3

    (tmp_path / "config").write_text(CONFIG, encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    if before is not None:
        monkeypatch.setenv("AWS_DEFAULT_REGION", before)
    with mock() as cloud:
        assert cloud.region_name == boto3.Session().client("sqs").meta.region_name == "eu-west-3"
    assert os.environ.get("AWS_DEFAULT_REGION") == before


@pytest.mark.needs("boto3")
def test_one_that_a_cloud_has_by_default_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    import boto3

    monkeypatch.setenv("AWS_DEFAULT_REGION", "sa-east-1")
    with minicloud.mock_aws(cloud=Cloud()) as cloud:
        assert cloud.region_name == "us-east-1"
        boto3.Session().client("sqs").create_queue(QueueName="q")
        assert cloud.queue("q").arn.startswith("arn:aws:sqs:sa-east-1:")


# --- what is misspelt ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "meant"),
    [("us-esat-1", "us-east-1"), ("eu-west1", "eu-west-1"), ("us-east", "us-east-1"), ("EU-WEST-1", "eu-west-1")],
)
def test_a_name_that_is_nearly_a_regions_is_warned_of(name: str, meant: str) -> None:
    arns._known.discard(name)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        Cloud(region_name=name)
        Cloud(region_name=name)
    (only,) = told
    assert str(only.message).startswith(f"region_name='{name}' is not a region of AWS's: did you mean ")
    assert meant in str(only.message)
    assert only.filename == __file__


@pytest.mark.parametrize(
    "name", ["eu-west-9", "us-gov-west-1", "eusc-de-east-1", "ap-northeast-2", "elasticmq", "local"]
)
def test_one_that_may_be_meant_is_not(name: str) -> None:
    assert Cloud(region_name=name).region_name == name

"""Profiles whose credentials come from elsewhere, and what tests of them share."""

from __future__ import annotations

import json
import sys
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest

ACCOUNT = "222233334444"
MARK = "asked"
"""The file that a credential process leaves when it is run."""
WITH_ROLE = ("role", "process-role", "sso-role", "container-role", "machine-role", "web")
OUTSIDE = ("process", "sso", "container")
CLOCKS = ("real", "virtual", "frozen")


def write_profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A configuration file with one profile of each kind."""
    program = tmp_path / "process.py"
    answer = {
        "Version": 1,
        "AccessKeyId": "AKPROCESS",
        "SecretAccessKey": "s",
        "SessionToken": "t",
        "Expiration": "2099-01-01T00:00:00Z",
    }
    program.write_text(
        f"import pathlib\npathlib.Path({str(tmp_path / MARK)!r}).touch()\nprint({json.dumps(json.dumps(answer))})\n"
    )
    token = tmp_path / "token"
    claims = {"iss": "https://i", "sub": "s", "aud": "sts.amazonaws.com", "exp": 4102444800, "iat": 1}
    parts = [urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "none"}, claims)]
    token.write_text(".".join([*parts, "x"]))
    role = f"role_arn = arn:aws:iam::{ACCOUNT}:role/r\nregion = us-east-1\n"
    sso = "sso_session = s\nsso_account_id = 111122223333\nsso_role_name = r\nregion = us-east-1\n"
    config = tmp_path / "config"
    config.write_text(
        "[profile base]\nregion = us-east-1\naws_access_key_id = a\naws_secret_access_key = b\n"
        f"[profile role]\n{role}source_profile = base\n"
        f"[profile process]\nregion = us-east-1\ncredential_process = {sys.executable} {program}\n"
        f"[profile process-role]\n{role}source_profile = process\n"
        f"[profile sso]\n{sso}"
        "[sso-session s]\nsso_region = eu-west-3\nsso_start_url = https://example.awsapps.com/start\n"
        f"[profile sso-role]\n{role}source_profile = sso\n"
        "[profile container]\nregion = us-east-1\n"
        f"[profile container-role]\n{role}credential_source = EcsContainer\n"
        f"[profile machine-role]\n{role}credential_source = Ec2InstanceMetadata\n"
        f"[profile web]\n{role}web_identity_token_file = {token}\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/credentials")
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED", raising=False)
    monkeypatch.setenv("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "1")

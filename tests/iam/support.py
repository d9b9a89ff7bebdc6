"""Documents of policies."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["LAMBDA", "POLICY", "TRUST", "document", "policy"]

LAMBDA = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


def document(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


TRUST = document(Principal={"Service": "lambda.amazonaws.com"}, Action="sts:AssumeRole")
POLICY = document(Action=["sqs:SendMessage"], Resource="*")


def policy(size: int) -> str:
    """A policy of so many characters, whitespace not counted."""
    short = document(Action="a", Resource="*").replace(" ", "")
    return document(Action="a" * (1 + size - len(short)), Resource="*")

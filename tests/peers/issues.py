"""Marks a test as an issue that users of another emulator had, and that users of minicloud will not have.

The page ``issues-you-will-not-have.md`` is written from these tests: who had the issue, what it looked like, and, from
the test's docstring, what AWS does, and minicloud with it. See ``docs/_tools/make_issues.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_Test = TypeVar("_Test", bound=Callable[..., object])

REPOSITORIES = {
    "aiobotocore": "aio-libs/aiobotocore",
    "boto3": "boto/boto3",
    "botocore": "boto/botocore",
    "cloudemu": "stackshy/cloudemu",
    "elasticmq": "softwaremill/elasticmq",
    "emulate": "vercel-labs/emulate",
    "fakecloud": "faiscadev/fakecloud",
    "fake_sqs": "iain/fake_sqs",
    "fauxqs": "kibertoad/fauxqs",
    "floci": "floci-io/floci",
    "freezegun": "spulec/freezegun",
    "goaws": "Admiral-Piett/goaws",
    "gopherstack": "BlackbirdWorks/gopherstack",
    "kinesalite": "mhart/kinesalite",
    "kinesis-mock": "etspaceman/kinesis-mock",
    "kumo": "sivchari/kumo",
    "localstack": "localstack/localstack",
    "ministack": "ministackorg/ministack",
    "moto": "getmoto/moto",
    "responses": "getsentry/responses",
    "robotocore": "robotocore/robotocore",
    "yulin": "KensioSoftware/yulin",
    "zarr": "zarr-developers/zarr-python",
}


def issue(*references: str, symptom: str) -> Callable[[_Test], _Test]:
    """``@issue("moto#1438", "elasticmq#354", symptom="...")``: these threads report this symptom."""
    for reference in references:
        repository, _, number = reference.partition("#")
        if repository not in REPOSITORIES or not number.isdecimal():
            raise ValueError(f"{reference} is not repository#number, with a repository of REPOSITORIES")
    if not symptom.endswith("."):
        raise ValueError("a symptom is a sentence")
    return lambda test: test

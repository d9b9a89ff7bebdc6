"""Real clients of boto3 and aiobotocore, made for whoever asks for one inside of a mock (``minicloud.hypothesis``)."""

from __future__ import annotations

from functools import cache
from typing import Any

__all__ = ["open_async_client", "real_client"]


@cache
def real_client(service_name: str, region_name: str) -> Any:
    """A client of boto3's, the same for all mocks: each answers it while it is active. Making one takes 5 ms and more.

    Called inside of a mock, which has credentials in the environment. Where boto3 is not installed, it is the mock's.
    """
    import boto3

    return boto3.client(service_name, region_name=region_name)


def open_async_client(service_name: str, region_name: str) -> Any:
    """A context manager whose value is a client of aiobotocore's, for the event loop that runs."""
    return _async_session().create_client(service_name, region_name=region_name)


@cache
def _async_session() -> Any:
    from aiobotocore.session import get_session

    return get_session()

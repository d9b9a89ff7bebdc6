"""The services there are, loaded when they are first used."""

from __future__ import annotations

from functools import cache

from ..core.shown import shown
from ..exceptions import UsageError

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from typing import Final

    from ..core.service import Service

__all__ = ["BY_USE", "KNOWN_RELEASE", "SERVICE_NAMES", "load_service", "module_of", "title_of"]

SERVICE_NAMES = (
    "application-autoscaling",
    "cloudwatch",
    "events",
    "firehose",
    "iam",
    "kinesis",
    "lambda",
    "logs",
    "pipes",
    "s3",
    "scheduler",
    "sns",
    "sqs",
    "sts",
)

BY_USE: Final = (
    "sqs",
    "sns",
    "kinesis",
    "sts",
    "lambda",
    "logs",
    "iam",
    "cloudwatch",
    "events",
    "scheduler",
    "pipes",
    "firehose",
    "application-autoscaling",
    "s3",
)
"""All of them, first those that most programs use: whoever looks for a name in one after the other loads no more than
it takes."""

_FOLDERS: Final = {"application-autoscaling": "autoscaling", "lambda": "lambda_"}
"""The services whose name is none that Python lets a module have, or no name for one."""

KNOWN_RELEASE: Final = "1.44.8"
"""The release of botocore whose models the services are held to."""


@cache
def load_service(service_name: str) -> Service:
    """The description of a service by boto3's name. Raises ``UsageError`` when minicloud does not have it."""
    if service_name not in SERVICE_NAMES:
        known = ", ".join(SERVICE_NAMES)
        raise UsageError(f"minicloud has no service {shown(service_name)}: it emulates {known}")
    from importlib import import_module  # which imports more than `import minicloud` needs

    service: Service = import_module(f".{module_of(service_name)}.service", __package__).SERVICE
    return service


def module_of(service_name: str) -> str:
    """What the folder of a service is called, and the module of its clients."""
    return _FOLDERS.get(service_name, service_name)


def title_of(service_name: str) -> str:
    """How the classes of a service's clients begin: ``"ApplicationAutoscaling"``."""
    return "".join(part.capitalize() for part in service_name.split("-"))

"""The hosts of AWS's services, in all partitions: what URLs are made of, and whose a host is."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import re

__all__ = ["Host", "dns_suffix_of", "global_host_of", "global_region_of", "is_of_aws", "partition_of", "read_host"]

_PARTITIONS: Final = (
    ("cn-", "aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    ("eusc-", "aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu"),
    ("us-gov-", "aws-us-gov", "amazonaws.com", "api.aws"),
    ("us-iso-", "aws-iso", "c2s.ic.gov", "api.aws.ic.gov"),
    ("us-isob-", "aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud"),
    ("us-isof-", "aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
    ("", "aws", "amazonaws.com", "api.aws"),
)
"""How names of regions begin, the partition, the end of hosts, and that of hosts of dual stack. [botocore's
partitions.json]"""


_ENDS: Final = tuple(f".{end}" for row in _PARTITIONS for end in row[2:])
_FIRST: Final = "us-east-1"


class Host(NamedTuple):
    """Whose a host is. Where no region is in its name, it is in us-east-1."""

    service_name: str
    region_name: str


@cache
def partition_of(region_name: str) -> str:
    """The partition of a region, as ARNs name it."""
    return _row_of(region_name)[1]


@cache
def dns_suffix_of(region_name: str) -> str:
    """How the hosts of a region end."""
    return _row_of(region_name)[2]


def _row_of(region_name: str) -> tuple[str, str, str, str]:
    for row in _PARTITIONS:
        if region_name == f"{row[1]}-global" or region_name.startswith(row[0]):
            return row
    raise AssertionError(region_name)  # the last one takes all


# --- services that are one for a partition ----------------------------------------------------------------------------

_GLOBAL: Final = {
    "aws": "",
    "aws-cn": ".cn-north-1",
    "aws-iso": ".us-iso-east-1",
    "aws-iso-b": ".us-isob-east-1",
    "aws-iso-f": ".us-isof-south-1",
    "aws-us-gov": ".us-gov",
}
"""The partitions that have a region for them, and what is in their hosts behind the service's name. [endpoint rules of
IAM, botocore 1.44.8]"""


def global_region_of(region_name: str) -> str:
    """The region that services are in that are one for a partition: ``aws-global``."""
    partition = partition_of(region_name)
    return f"{partition}-global" if partition in _GLOBAL else region_name


def global_host_of(service_name: str, region_name: str) -> str:
    """The host of such a service."""
    place = _GLOBAL.get(partition_of(region_name), f".{region_name}")
    return f"{service_name}{place}.{dns_suffix_of(region_name)}"


def read_host(host: str) -> Host | None:
    """Whose a host is; None for one that is of none of the services here.

    With FIPS or dual stack, in any partition; those of Kinesis may begin with the id of an account, a stream, a queue
    or a channel [endpoint rules of botocore 1.44.8], those of SQS may be of its first years (``queue.amazonaws.com``).
    """
    found = _pattern().fullmatch(host.lower())
    if found is None:
        return None
    for name in ("cloudwatch", "kinesis", "sns", "sqs", "sts"):
        if found[name] is not None:
            return Host(name, found["region"])
    return Host("sqs", found["old_region"] or _FIRST) if "queue" in found[0] else Host("sts", _FIRST)


def is_of_aws(host: str) -> bool:
    """Whether it is a host of any of AWS's services."""
    return host.lower().endswith(_ENDS)


@cache
def _pattern() -> re.Pattern[str]:
    import re

    ends = "|".join(sorted({re.escape(end) for row in _PARTITIONS for end in row[2:]}, key=len, reverse=True))
    kinesis = r"(?P<kinesis>(?:[a-z0-9-]+\.){1,2}(?:control|data)-kinesis(?:-queues)?|kinesis(?:-queues)?)"
    return re.compile(
        rf"(?:{kinesis}|(?P<sns>sns)|(?P<sqs>sqs)|(?P<sts>sts)|(?P<cloudwatch>monitoring))(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:{ends})"
        r"|(?:(?P<old_region>[a-z0-9-]+)\.)?queue\.amazonaws\.com(?:\.cn)?"
        r"|sts\.amazonaws\.com"
    )

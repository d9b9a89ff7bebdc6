"""``mock_aws(config=...)`` as moto takes it, so that a suite which comes from moto need not begin with these lines.

    {"core": {"mock_credentials": ..., "passthrough": {"services": [...], "urls": [...]},
              "reset_boto3_session": ..., "service_whitelist": [...]},
     "batch": ..., "iam": ..., "iot": ..., "lambda": ..., "stepfunctions": ...}

What it says of other services is for whoever answers for them. [moto 5.2.5, moto/core/config.py]
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any, Final

from ..core.near import did_you_mean
from ..core.shown import shown
from ..exceptions import UsageError

__all__ = ["read_config"]

_SECTIONS: Final = ("batch", "core", "iam", "iot", "lambda", "stepfunctions")
_CORE: Final = ("mock_credentials", "passthrough", "reset_boto3_session", "service_whitelist")
_PASSTHROUGH: Final = ("services", "urls")


class _Told:
    """Whether it was said in this process that the options are moto's."""

    is_told = False


def read_config(config: Any) -> tuple[tuple[str, ...], bool]:
    """The services to let through, and whether fake credentials are put into the environment.

    Raises ``UsageError`` for what minicloud does otherwise, or there is not.
    """
    core = _section(_section(config, _SECTIONS, "config").get("core"), _CORE, "core")
    passthrough = _section(core.get("passthrough"), _PASSTHROUGH, "passthrough")
    services = passthrough.get("services") or ()
    if isinstance(services, str) or not all(isinstance(name, str) for name in _listed(services)):
        raise UsageError(f"mock_aws(config=...): passthrough services are a list of names, not {shown(services)}")
    if passthrough.get("urls"):
        raise UsageError(
            "mock_aws(config=...): minicloud lets no URLs through, for it answers none but those of the services that "
            "it has: leave urls out, and name the services whose calls are to go elsewhere: passthrough=('s3',)"
        )
    if core.get("service_whitelist") is not None:
        raise UsageError(
            "mock_aws(config=...): a service_whitelist is not needed, for a call of a service that minicloud does not "
            "have is an error: leave it out, and name the services whose calls are to go elsewhere: "
            "passthrough=('s3',)"
        )
    if not _Told.is_told:
        _Told.is_told = True
        names = tuple(services)
        instead = f"mock_aws(passthrough={names!r})" if names else "mock_aws()"
        warnings.warn(f"mock_aws(config=...) is moto's; minicloud's own is {instead}", stacklevel=3)
    return tuple(services), core.get("mock_credentials", True) is not False


def _section(found: Any, names: tuple[str, ...], title: str) -> dict[str, Any]:
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise UsageError(f"mock_aws(config=...): {title} is a dict, not {shown(found)}")
    for name in found:
        if name not in names:
            meant = did_you_mean(str(name), names)
            raise UsageError(f"mock_aws(config=...): {title} has no {shown(name)}{meant or ': ' + ', '.join(names)}")
    return found


def _listed(services: Any) -> Iterable[Any]:
    if not isinstance(services, Iterable):
        raise UsageError(f"mock_aws(config=...): passthrough services are a list of names, not {shown(services)}")
    return services

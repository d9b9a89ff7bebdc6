"""The runtimes that functions can have. What is not Python is stored; a run of it is refused (``invocation``)."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

__all__ = ["RUNTIMES", "version_arn"]

RUNTIMES: Final = (
    *("nodejs26.x", "nodejs24.x", "nodejs22.x", "nodejs20.x", "nodejs18.x", "nodejs16.x", "nodejs14.x", "nodejs12.x"),
    *("nodejs10.x", "nodejs8.10", "nodejs6.10", "nodejs4.3", "nodejs4.3-edge", "nodejs"),
    *("python3.15", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python3.9", "python3.8"),
    *("python3.7", "python3.6", "python2.7"),
    *("java25", "java21", "java17", "java11", "java8.al2", "java8", "java17.al2023", "java11.al2023", "java8.al2023"),
    *("dotnet10", "dotnet8", "dotnet6", "dotnetcore3.1", "dotnetcore2.1", "dotnetcore2.0", "dotnetcore1.0"),
    *("ruby4.0", "ruby3.4", "ruby3.3", "ruby3.2", "ruby2.7", "ruby2.5"),
    *("go1.x", "provided.al2023", "provided.al2", "provided"),
)
"""All of the model, the retired ones included: whether AWS still takes one is a matter of the day. [inferred: order]"""


def version_arn(partition: str, region_name: str, runtime: str) -> str:
    """The ARN of the exact version of a runtime, which AWS shows of a function."""
    return f"arn:{partition}:lambda:{region_name}::runtime:{sha256(runtime.encode()).hexdigest()}"

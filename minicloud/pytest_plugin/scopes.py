"""What to do where a fixture of a wider scope asks for one of minicloud's that is made anew for each test.

Loaded only where pytest has refused that.
"""

from __future__ import annotations

import re

__all__ = ["advice"]

_REFUSED = re.compile(r"ScopeMismatch: .*?function scoped fixture '?(\w+)'? with an? (\w+) scoped")

_INSTEAD = {
    "mock_aws": "have it begin a mock itself: with minicloud.mock_aws() as cloud: ... yield",
    "cloud": "have it ask for cloud_{scope}",
    "sqs": 'have it ask for cloud_{scope}, and call cloud_{scope}.client("sqs")',
    "sns": 'have it ask for cloud_{scope}, and call cloud_{scope}.client("sns")',
    "kinesis": 'have it ask for cloud_{scope}, and call cloud_{scope}.client("kinesis")',
}


def advice(refusal: str) -> list[tuple[str, str]]:
    """The sections, if any, for the report of a test that pytest has refused with this text."""
    found = _REFUSED.search(refusal)
    if found is None or found[1] not in _INSTEAD:
        return []
    fixture, scope = found.groups()
    instead = _INSTEAD[fixture].format(
        scope="module" if scope == "class" else "session" if scope == "package" else scope
    )
    return [
        ("minicloud", f"{fixture} is made anew for each test, so a fixture of {scope} scope cannot have it: {instead}")
    ]

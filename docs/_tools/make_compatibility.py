#!/usr/bin/env python3
"""Writes docs/reference/compatibility.md: ``python3 docs/_tools/make_compatibility.py``.

Ranges are those of ``pyproject.toml`` and of the models; what differs from AWS on purpose are those rows of the pages
in ``explanation/fidelity/`` that say so, and the sections *Choices* of the services' pages.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from minicloud.services.registry import KNOWN_RELEASE

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
PAGE = REFERENCE / "compatibility.md"
FIDELITY = ROOT / "docs" / "explanation" / "fidelity.md"
"""Has links to the pages with the rows, in their order."""

_HEAD = """\
# Compatibility

<!-- Written by docs/_tools/make_compatibility.py from pyproject.toml and the pages about fidelity. Do not edit. -->

## Versions

| what | range | how it is known |
|---|---|---|
| Python | {pythons} | the CI runs all tests with each that it finds; CPython alone |
| other packages | none | a test imports everything with the standard library alone |
| boto3, botocore | {boto3} and later, for `mock_aws()` only | \
contract tests run with the oldest, with the newest that aiobotocore takes ({newest}), and with the newest of the day \
([versions](boto3.md#versions)) |
| the models of the services | those of botocore {models} | \
a test compares names, parameters, answers, exceptions, paginators and waiters with them |
| aiobotocore | {aiobotocore} and later, for async clients of its own only | contract tests run with three releases |
| pytest, hypothesis | {test}, for the plugin and for `minicloud.hypothesis` only | the CI runs with the newest |
| operating systems | whatever runs CPython; the CI is Linux | \
nothing asks for one; Windows needs `tzdata` for time zones |
| other libraries | [a table](libraries.md) | each was put through a workload |

What is newer than minicloud is refused by name, never left out in silence: an operation, or a parameter, that your
boto3 knows and minicloud does not, is a `UsageError` that names both.

## What differs from AWS

Everywhere:

- Policies of queues, topics, streams, functions, buckets and roles are validated, stored and shown; nobody is refused
  anything because of them. A verdict says what AWS would refuse ([policies](sqs.md#what-a-policy-would-refuse)).
- Credentials and signatures are not verified, and nothing is encrypted: keys are names.
- Messages come in order, once and at once, unless `delivery="aws"` lets the cloud do all that AWS may do
  ([chaos](../how-to/chaos-with-hypothesis.md)).
- A call takes no time on the cloud's clock, and what AWS does in the background is done when a call returns, unless AWS
  has a time for it.
- Rates are enforced with `limits="strict"` only ([limits](limits.md)).
- Nothing is billed, and nothing leaves the process: emails, text messages and posts are in `cloud.outbox`.

Service by service, what is other than AWS on purpose; each page has more of it under *Choices*. What is not known of
AWS is on [How true to AWS](../explanation/fidelity.md), which these rows are from.
"""


def pages() -> dict[Path, str]:
    """The page, by where it is."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = {
        name: dict(re.findall(r"^([\w-]+)\s*[>=]=\s*([\d.]+)", "\n".join(packages), re.MULTILINE))
        for name, packages in project["optional-dependencies"].items()
    }
    pythons = [one.rpartition(" ")[2] for one in project["classifiers"] if re.search(r"Python :: 3\.\d+$", one)]
    head = _HEAD.format(
        pythons=f"{pythons[0]} to {pythons[-1]}",
        boto3=extras["boto3"]["boto3"],
        aiobotocore=extras["aio"]["aiobotocore"],
        newest=extras["dev"]["boto3"],
        models=KNOWN_RELEASE,
        test=", ".join(f"{name} {since}" for name, since in sorted(extras["test"].items(), reverse=True)),
    )
    return {PAGE: head + "".join(_differences())}


def _differences() -> list[str]:
    found = []
    chosen = {
        page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# "): page.name
        for page in sorted(REFERENCE.glob("*.md"))
        if "\n## Choices" in page.read_text(encoding="utf-8")
    }
    for title, body in _sections():
        rows = re.findall(r"(?m)^\| (.+?) \| (.+) \| (.*on purpose.*?) \|$", body)
        page = chosen.get(title) or chosen.get(f"{title} Data Streams")
        if not rows and not page:
            continue
        found.append(f"\n### {title}\n\n")
        if page:
            found.append(f"[Choices]({page}#choices).\n{'' if not rows else chr(10)}")
        for rule, does, why in rows:
            there = why.partition("other than AWS")[2].lstrip(", :").removeprefix("for the first")
            found.append(
                f"- {_capital(rule.replace('*: ', '*, '))}: {does}{f' (AWS: {_short(there)})' if there else ''}.\n"
            )
    return found


def _sections() -> Iterator[tuple[str, str]]:
    """What the pages about fidelity have, with titles. A page about one service has that one's in its own title."""
    for name in re.findall(r"\]\((fidelity/[\w-]+\.md)\)", FIDELITY.read_text(encoding="utf-8")):
        page = (FIDELITY.parent / name).read_text(encoding="utf-8")
        for section in re.split(r"(?m)^(?:# How true to AWS: |## )", page)[1:]:
            title, _, body = section.partition("\n")
            yield title, body


def _short(text: str) -> str:
    return text.removeprefix("where ").removeprefix("which ")


def _capital(text: str) -> str:
    return text if text.startswith("`") else text[:1].upper() + text[1:]


if __name__ == "__main__":
    for place, written in pages().items():
        place.write_text(written, encoding="utf-8")

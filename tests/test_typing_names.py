"""`minicloud.typing` as a program sees it. What type checkers see of it is in tests/typing/names.py."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest

import minicloud
from minicloud import typing as names

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "minicloud" / "typing.py"


@pytest.mark.parametrize("name", names.__all__)
def test_every_name_leads_to_a_documented_class_or_to_names(name: str) -> None:
    value = getattr(names, name)
    if get_origin(value) is Literal:
        assert all(isinstance(one, str) for one in get_args(value))
        return
    assert isinstance(value, type)
    assert value.__doc__
    assert value.__module__.startswith("minicloud.")


def test_type_checkers_and_programs_find_the_same() -> None:
    (checked,) = [node for node in ast.parse(SOURCE.read_text(encoding="utf-8")).body if isinstance(node, ast.If)]
    imported = {
        (alias.asname or alias.name).strip("_"): (node.module, alias.name)
        for node in checked.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    places = {name: place.partition(":") for name, place in names._PLACES.items()}
    found = {name: (module, original or name) for name, (module, _, original) in places.items()}
    # What boto3-stubs may take the place of is in clients/peers.pyi, which no program imports.
    of_peers = {name for name, (module, _) in imported.items() if module == "clients.peers"}
    assert imported == {name: ("clients.peers", name) if name in of_peers else place for name, place in found.items()}


def test_every_name_is_used_where_mypy_looks_and_told_of_in_the_docs() -> None:
    checked = (ROOT / "tests" / "typing" / "names.py").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "reference" / "typing.md").read_text(encoding="utf-8")
    streams = {"EventStream", "AsyncEventStream"}  # an answer's own type says no more than that it is iterable
    unchecked = {name for name in names.__all__ if not re.search(rf"\bnames\.{name}\b", checked)}
    assert unchecked - streams == set(), "each name has an assert_type in tests/typing/names.py"
    assert streams - unchecked == set(), "they are in tests/typing/names.py now: take them out of `streams` here"
    untold = [name for name in names.__all__ if not re.search(rf"`{name}`", page)]
    assert untold == [], "each name is told of on docs/reference/typing.md"


def test_objects_are_of_these_classes() -> None:
    with minicloud.Cloud(clock="virtual") as cloud:
        sqs = cloud.client("sqs")
        url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
        assert isinstance(sqs, names.SqsClient)
        assert isinstance(cloud.resource("sqs").Queue(url), names.Queue)
        assert isinstance(cloud.queue("jobs"), names.QueueView)
        assert isinstance(cloud.clock, names.Clock)
        assert isinstance(cloud.outbox, names.Outbox)


def test_names_that_are_not_there() -> None:
    with pytest.raises(AttributeError, match=r"module 'minicloud\.typing' has no attribute 'SqlClient'"):
        names.SqlClient  # type: ignore[attr-defined]  # noqa: B018
    assert set(names.__all__) <= set(dir(names))


def test_importing_it_loads_nothing() -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import minicloud; before = set(sys.modules)\n"
        "import minicloud.typing\n"
        "print(sorted(name for name in set(sys.modules) - before if name.startswith('minicloud')))\n"
        "from minicloud.typing import QueueView; print('minicloud.clients.sqs' in sys.modules)\n"
    )
    finished = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], check=True, capture_output=True, text=True, timeout=60
    )
    assert finished.stdout.splitlines() == ["['minicloud.typing']", "False"]

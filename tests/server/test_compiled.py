"""Compiled readers and writers of all operations that have any: they read and write what the protocol does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import urlencode

import pytest

from minicloud.exceptions import AwsError, UsageError
from minicloud.server.aio_plans import _KEPT, form_of
from minicloud.wire import json_protocol, query_protocol
from minicloud.wire.json_compiled import reader_of, writer_of
from minicloud.wire.model import declared_operation, load_service, operations_of
from minicloud.wire.query_compiled import form_reader_of, xml_writer_of

MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
SENT: dict[str, Any] = {"blob": "YQ==", "timestamp": 1_767_225_600.5, "boolean": True, "string": "a\u00e9<"}
GIVEN: dict[str, Any] = {**SENT, "blob": b"a\xff", "timestamp": MOMENT}


QUERY = ("cloudwatch", "iam", "sns", "sqs", "sts")


def models(protocol: str) -> Iterator[Any]:
    for name in sorted(_KEPT) if protocol == "json" else QUERY:
        for operation in operations_of(load_service(name).api).values():
            model: Any = declared_operation(name, operation.name, protocol)
            if model is not None and not operation.streaming:
                yield model


def example(shape: Any, scalars: dict[str, Any], depth: int = 0) -> Any:
    """A value with all members."""
    kind = shape.type_name
    if kind == "structure":
        if depth > 6:
            return {}
        return {name: example(member, scalars, depth + 1) for name, member in shape.members.items()}
    if kind == "list":
        return [example(shape.member, scalars, depth + 1)] * 2
    if kind == "map":
        return {"k<": example(shape.value, scalars, depth + 1)}
    return scalars.get(kind, 7)


def variants(value: Any) -> Iterator[Any]:
    """The value; and it with a part that is nothing, of another kind, or unknown."""
    yield value
    if isinstance(value, dict):
        yield {**value, "Unknown": 1}
        for name, inside in value.items():
            for one in islice(variants(inside), 1, 20):
                yield {**value, name: one}
    elif isinstance(value, list) and value:
        for one in islice(variants(value[0]), 1, 20):
            yield [value[0], one]
    yield from (None, "x", 1, 1.5, True, [], {}, [1], {"a": 1}, "Y")


def outcome(read: Any, *values: Any) -> Any:
    try:
        return repr(read(*values))
    except (AwsError, UsageError) as error:
        return type(error), str(error)


@pytest.mark.parametrize("service", sorted(_KEPT))
def test_bodies_in_json_are_read_as_the_protocol_does(service: str) -> None:
    for model in models("json"):
        if model.service.name != service or model.input_shape is None:
            continue
        read = reader_of(model)
        for one in islice(variants(example(model.input_shape, SENT)), 200):
            body = json.dumps(one).encode()
            expected = outcome(json_protocol.read_request, body, "", {}, model)
            assert outcome(read, body) == expected, (model.name, one)


def test_answers_in_json_are_written_as_the_protocol_does() -> None:
    for model in models("json"):
        shape = model.output_shape
        results = [{}] if shape is None else [{}, example(shape, GIVEN)]
        for result in results:
            written = json_protocol.write_answer(result, model, "")[2]
            assert writer_of(model)(result).encode() == written, (model.name, result)


def test_answers_in_xml_are_written_as_the_protocol_does() -> None:
    for model in models("query"):
        shape = model.output_shape
        for result in [{}] if shape is None else [{}, example(shape, GIVEN)]:
            written = xml_writer_of(model)(result, "id").encode("utf-8", "surrogatepass")
            assert written == query_protocol.write_answer(result, model, "id")[2], (model.name, result)


def test_forms_are_read_as_the_protocol_does() -> None:
    for model in models("query"):
        if model.input_shape is None:
            continue
        names = [name for name, member in model.input_shape.members.items() if member.type_name == "string"]
        others = [name for name in model.input_shape.members if name not in names]
        whole = {"Action": model.name, "Version": "v", **dict.fromkeys(names, "x+ \u00e9")}
        forms = [whole, {**whole, "Unknown": "1"}, {**whole, "SignatureMethod": "m"}, {"Action": model.name}]
        forms += [{name: value for name, value in whole.items() if name != left_out} for left_out in names]
        forms += [
            {**whole, f"{name}{end}": value} for name in others for end in ("", ".1", ".member.1") for value in "1x"
        ]
        for form in forms:
            body = urlencode(form).encode()
            expected = outcome(query_protocol.read_request, body, "", {}, model)
            assert outcome(form_reader_of(model), form_of(body)) == expected, (model.name, form)

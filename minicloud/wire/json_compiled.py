"""What reads the JSON of one operation's requests, and what writes that of its answers, made once of its model.

They know only what is plainly right: whatever else is there, ``json_protocol`` reads and writes, and says what is wrong
with it. So nothing is decided here, and both come to the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any, TypeAlias

from .json_protocol import blob_of, read_request, read_value, scan_json, value_of

__all__ = ["reader_of", "writer_of"]

Reader: TypeAlias = Callable[[Any], Any]
Writer: TypeAlias = Callable[[Any], str]

_encode = json.JSONEncoder(separators=(",", ":")).encode


_CLASSES = {"string": str, "boolean": bool, "integer": int, "long": int}
"""What is in Python what it is in JSON."""


class _Unclear(Exception):
    """A value that is not plainly what it is to be."""


def reader_of(model: Any) -> Callable[[bytes], dict[str, Any]]:
    """A function that reads the body of a request, and raises what ``json_protocol.read_request`` does."""
    members = model.input_shape.members
    others = {name: _reader_of(member) for name, member in members.items() if not member.serialization.get("name")}
    plain = {name: _CLASSES.get(members[name].type_name) for name in others}

    def read(body: bytes) -> dict[str, Any]:
        try:
            text = body.decode()
            content, end = scan_json(text, 0)
            if end != len(text) or content.__class__ is not dict:
                raise _Unclear
            for name, value in content.items():
                if value.__class__ is not plain.get(name):
                    if value is None:
                        raise _Unclear
                    content[name] = others[name](value)
        except Exception:  # noqa: BLE001  # whatever it is, it is not plainly right
            return read_request(body, "", {}, model)
        return content

    return read


def writer_of(model: Any) -> Callable[[dict[str, Any]], str]:
    """A function that writes the body of an answer, which has only characters of ASCII."""
    return _nothing if model.output_shape is None else _writer_of(model.output_shape)


def _nothing(_: dict[str, Any]) -> str:
    return ""


# --- reading ----------------------------------------------------------------------------------------------------------


def _reader_of(shape: Any) -> Reader:
    kind = shape.type_name
    if kind == "structure":
        return _structure_reader(shape)
    if kind == "list":
        return _list_reader(_reader_of(shape.member))
    if kind == "map":
        return _map_reader(_reader_of(shape.value))
    if kind == "blob":
        return _read_blob
    of_class = _CLASSES.get(kind)
    if of_class is not None:
        return _scalar_reader(of_class)
    return lambda value: read_value(shape, value)


def _structure_reader(shape: Any) -> Reader:
    members = {
        member.serialization.get("name", name): (name, member.type_name == "string", _reader_of(member))
        for name, member in shape.members.items()
    }

    def read(value: Any) -> Any:
        if value.__class__ is not dict:
            raise _Unclear
        found = {}
        for key, item in value.items():
            name, is_text, reader = members[key]
            if is_text and item.__class__ is str:
                found[name] = item
            elif item is not None:
                found[name] = reader(item)
        return found

    return read


def _list_reader(reader: Reader) -> Reader:
    def read(value: Any) -> Any:
        if value.__class__ is not list:
            raise _Unclear
        return [reader(item) for item in value if item is not None]

    return read


def _map_reader(reader: Reader) -> Reader:
    def read(value: Any) -> Any:
        if value.__class__ is not dict:
            raise _Unclear
        return {key: reader(item) for key, item in value.items() if item is not None}

    return read


def _read_blob(value: Any) -> bytes:
    if value.__class__ is not str:
        raise _Unclear
    return blob_of(value)


def _scalar_reader(of_class: type) -> Reader:
    def read(value: Any) -> Any:
        if value.__class__ is not of_class:
            raise _Unclear
        return value

    return read


# --- writing ----------------------------------------------------------------------------------------------------------


def _writer_of(shape: Any) -> Writer:
    kind = shape.type_name
    if kind == "structure":
        return _structure_writer(shape)
    if kind == "list":
        return _list_writer(_writer_of(shape.member))
    if kind == "map":
        return _map_writer(_writer_of(shape.value))

    def write(value: Any) -> str:
        return _quoted(value) if value.__class__ is str else _encode(value_of(shape, value))

    return write


def _structure_writer(shape: Any) -> Writer:
    members = {
        name: (f"{_quoted(member.serialization.get('name', name))}:", _writer_of(member))
        for name, member in shape.members.items()
    }

    def write(value: Any) -> str:
        parts = []
        for name, item in value.items():
            found = members.get(name)
            if found is not None:
                parts.append(found[0] + (_quoted(item) if item.__class__ is str else found[1](item)))
        return f"{{{','.join(parts)}}}"

    return write


def _list_writer(writer: Writer) -> Writer:
    def write(value: Any) -> str:
        return f"[{','.join([writer(item) for item in value])}]"

    return write


def _map_writer(writer: Writer) -> Writer:
    def write(value: Any) -> str:
        return f"{{{','.join([f'{_encode(key)}:{writer(item)}' for key, item in value.items()])}}}"

    return write

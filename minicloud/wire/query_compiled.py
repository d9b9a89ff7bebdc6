"""What reads the forms of one operation's requests, and what writes the XML of its answers, made once of its model.

As ``json_compiled.py``: the reader knows only what is plainly right, members that are texts, and leaves the rest to
``query_protocol``; the writer makes what that one's ``write_answer`` makes, with all names already in their brackets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from .bodies import XML_NAMESPACES, escaped_xml, scalar_text
from .query_protocol import OF_THE_REQUEST, is_flattened, member_name, namespace_of, params_of

__all__ = ["form_reader_of", "xml_writer_of"]

Writer: TypeAlias = Callable[[Any], str]
"""What an element says becomes the text of the element, or, of what is flattened, of all of them."""


def form_reader_of(model: Any) -> Callable[[dict[str, str]], dict[str, Any]]:
    """A function that reads a form. Raises what ``query_protocol.read_request`` does."""
    texts = {
        member_name(member, name): name
        for name, member in model.input_shape.members.items()
        if member.type_name == "string" and member_name(member, name) not in OF_THE_REQUEST
    }
    required = model.input_shape.required_members

    def read(form: dict[str, str]) -> dict[str, Any]:
        params = {}
        for key, value in form.items():
            name = texts.get(key)
            if name is not None:
                params[name] = value
            elif key not in OF_THE_REQUEST:
                return params_of(form.items(), model)
        return params if all(name in params for name in required) else params_of(form.items(), model)

    return read


def xml_writer_of(model: Any) -> Callable[[dict[str, Any], str], str]:
    """A function that writes the body of an answer, given the answer and the request's id."""
    namespace = namespace_of(model)
    layout = _Layout(is_one_line=namespace == XML_NAMESPACES["sqs"])
    step, shape = layout.step, model.output_shape
    wrapper = None if shape is None else shape.serialization.get("resultWrapper")
    members = _nothing if shape is None else layout.members(shape, step * 2 if wrapper else step)
    wrapped = layout.element(wrapper, step, members) if wrapper else members
    metadata = layout.element("ResponseMetadata", step, layout.scalar("RequestId", step * 2))
    name, line_end = f"{model.name}Response", layout.line_end
    begin = f'{layout.head}<{name} xmlns="{namespace}">{line_end}'
    end = f"</{name}>{line_end}"

    def write(result: dict[str, Any], request_id: str) -> str:
        return f"{begin}{wrapped(result)}{metadata(request_id)}{end}"

    return write


def _nothing(_: Any) -> str:
    return ""


class _Layout:
    """How elements are laid out: as ``bodies.xml`` does it, one to a line, or, of SQS, all on one."""

    def __init__(self, *, is_one_line: bool) -> None:
        self.head = '<?xml version="1.0"?>' if is_one_line else ""
        self.line_end = "" if is_one_line else "\n"
        self.step = "" if is_one_line else "  "
        self._escaped = _escaped_with_quotes if is_one_line else escaped_xml

    def scalar(self, name: str, indent: str) -> Writer:
        """Writes a text, a number, or what else has no parts."""
        begin, end, empty = f"{indent}<{name}>", f"</{name}>{self.line_end}", f"{indent}<{name}/>{self.line_end}"
        escaped = self._escaped

        def write(value: Any) -> str:
            text = value if value.__class__ is str else scalar_text(value)
            return f"{begin}{escaped(text)}{end}" if text else empty

        return write

    def element(self, name: str, indent: str, inside: Writer) -> Writer:
        """Writes an element with others inside."""
        begin, end = f"{indent}<{name}>{self.line_end}", f"{indent}</{name}>{self.line_end}"
        empty = f"{indent}<{name}/>{self.line_end}"

        def write(value: Any) -> str:
            text = inside(value)
            return f"{begin}{text}{end}" if text else empty

        return write

    def members(self, shape: Any, indent: str) -> Writer:
        """Writes what a structure has, in the order of the model."""
        writers = [
            (name, self.any(member, member_name(member, name), indent)) for name, member in shape.members.items()
        ]

        def write(value: Any) -> str:
            return "".join([writer(value[name]) for name, writer in writers if name in value])

        return write

    def any(self, shape: Any, name: str, indent: str) -> Writer:
        """Writes what a member is: an element, or, of a flattened list or map, one for each item."""
        kind = shape.type_name
        if kind == "structure":
            return self.element(name, indent, self.members(shape, indent + self.step))
        if kind not in ("list", "map"):
            return self.scalar(name, indent)
        flat = is_flattened(shape)
        within = indent if flat else indent + self.step
        if kind == "list":
            item = self.any(shape.member, name if flat else shape.member.serialization.get("name", "member"), within)
            items: Writer = lambda value: "".join([item(one) for one in value])  # noqa: E731
        else:
            items = self._entries(shape, name if flat else "entry", within)
        return items if flat else self.element(name, indent, items)

    def _entries(self, shape: Any, name: str, indent: str) -> Writer:
        deeper = indent + self.step
        key = self.any(shape.key, shape.key.serialization.get("name", "key"), deeper)
        item = self.any(shape.value, shape.value.serialization.get("name", "value"), deeper)
        entry = self.element(name, indent, lambda pair: key(pair[0]) + item(pair[1]))
        return lambda value: "".join([entry(pair) for pair in value.items()])


def _escaped_with_quotes(text: str) -> str:
    return escaped_xml(text).replace('"', "&quot;")

"""A message as filter policies look at it: a ``Document`` (``core/conditions/clauses``) of its attributes or its body.

Message attributes are flat; a body is flattened, the names along the way joined by dots, arrays being transparent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from ....core.conditions.clauses import Atom, Document
from ....core.json_text import refuse_constant
from ..shapes import MessageAttributeValue
from .values import atom_of, number_atom

__all__ = ["Candidate"]


class Candidate:
    """A message as filter policies look at it. Made once a publish; what it needs is worked out when first asked for.

    A publish with ``MessageStructure="json"`` needs one for each distinct text.
    """

    __slots__ = ("_attributes", "_body", "known_attributes", "known_body")

    def __init__(self, attributes: Mapping[str, MessageAttributeValue] | None, body: str) -> None:
        self._attributes = attributes
        self._body = body
        self.known_attributes: Document | None = None
        """``attribute_document``, once it has been asked for."""
        self.known_body: Document | None = None
        """``body_document``, once it has been asked for."""

    @property
    def attribute_document(self) -> Document:
        """The message's attributes."""
        document = self.known_attributes
        if document is None:
            document = self.known_attributes = _document_of_attributes(self._attributes or {})
        return document

    @property
    def body_document(self) -> Document:
        """The message's text, which must be a JSON object."""
        document = self.known_body
        if document is None:
            document = self.known_body = _document_of_body(self._body)
        return document


_NEEDS_ESCAPE = re.compile(r'["\\\x00-\x1f]').search


def _document_of_attributes(attributes: Mapping[str, MessageAttributeValue]) -> Document:
    document = Document()
    for name, value in attributes.items():
        kind = value["DataType"]
        try:
            if kind == "String":
                text = value["StringValue"]
                document.atoms[name] = [_unescaped(text) if _NEEDS_ESCAPE(text) else text]
            elif kind == "Number":
                document.atoms[name] = [_number_attribute(value["StringValue"])]
            elif kind == "String.Array":
                atoms = _array_attribute(value["StringValue"])
                if atoms:
                    document.atoms[name] = atoms
        except (ValueError, RecursionError):
            document.problem = (
                f'the attribute "{name}" of type {kind} has a value that cannot stand as it is in a JSON document '
                "(quotes and backslashes have to be escaped, control characters too), so AWS rejects the attributes"
            )
            return document
    if not document.atoms:
        document.problem = "the message has no attribute of type String, Number or String.Array"
    return document


def _unescaped(text: str) -> str:
    # AWS writes the value as it is between the quotes of a JSON document and parses that. So a value which holds
    # JSON itself spoils the whole document, and no filter policy lets the message pass, whatever it asks for.
    return str(json.loads(f'"{text}"'))


def _number_attribute(text: str) -> Atom:
    try:
        return number_atom(int(text))
    except ValueError:
        return number_atom(float(text))


def _array_attribute(text: str) -> list[Atom]:
    array = json.loads(text, parse_constant=refuse_constant)
    # AWS takes a value that stands alone for an array of one.
    members = array if isinstance(array, list) else [array]
    return [atom_of(member) for member in members if not isinstance(member, (list, dict))]


def _document_of_body(body: str) -> Document:
    try:
        tree = json.loads(body, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        return Document("the message's body is not JSON")
    if not isinstance(tree, dict):
        return Document("the message's body is not a JSON object")
    if not tree:
        return Document("the message's body is an empty object")
    document = Document()
    document.add_tree(tree, atom_of)
    return document

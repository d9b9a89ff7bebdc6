#!/usr/bin/env python3
"""Writes docs/reference/api*.md from signatures and docstrings: ``python3 docs/_tools/make_api.py``.

``api_pages.py`` says what stands where. Every name of a public module's ``__all__`` has to
(``tests/docs/test_generated.py``), and each public attribute of a class stands there unless ``INSIDE`` has it, with the
docstring that it then needs.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, is_typeddict

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parent))

from api_pages import CLOUD, INSIDE, PAGE_OF, PAGES, Entry, Page
from public_sources import Member, class_text, function_of, members_of

import minicloud

REFERENCE = Path(__file__).parents[1] / "reference"
WIDTH = 110
ARROW = "\N{RIGHTWARDS ARROW}"


# --- writing ----------------------------------------------------------------------------------------------------------


def pages() -> dict[Path, str]:
    """All pages, by where they are."""
    return {REFERENCE / page.file: _page(page) for page in PAGES}


def _page(page: Page) -> str:
    parts = [
        f"# {page.title}",
        "<!-- Written by docs/_tools/make_api.py from signatures and docstrings. Do not edit. -->",
        page.text,
    ]
    if page.file == "api-cloud.md":
        parts += _cloud(page.file)
    for section in page.sections:
        parts += [f"## {section.title}", section.text]
        for entry in section.entries:
            parts += _entry(entry, page.file)
    text = "\n\n".join(filter(None, parts)) + "\n"
    titles = re.findall(r"(?m)^#+ (.+)$", text)
    twice = {title for title in titles if titles.count(title) > 1}
    assert not twice, f"{page.file}: these headings stand there twice: {twice}"
    return text


def _cloud(file: str) -> Iterator[str]:
    yield from _class(Entry("Cloud", "minicloud:Cloud", is_made=True, has_members=False), file)
    known = members_of(minicloud.Cloud)
    for title, names in CLOUD.items():
        yield f"## {title}"
        for name in names:
            member = known[name]
            yield f"### `{name}`"
            if member.is_method:
                yield _code(f"{'await ' if member.signature.startswith('await ') else ''}cloud.", member.signature)
            annotation = member.signature.rpartition(" -> " if member.is_method else ": ")[2]
            kind = _kind(annotation, file, "Cloud") if annotation != member.signature else ""
            if kind and not member.is_method:
                yield f"{kind}. {_linked(member.text, file, 'Cloud')}"
            else:
                yield _linked(member.text, file, "Cloud")
                yield f"Returns {kind}." if "](" in kind else ""


def _entry(entry: Entry, file: str) -> Iterator[str]:
    value = _value(entry)
    if " " in entry.name:
        yield f"### {entry.name}"
    else:
        yield f"### `{_path(entry) if entry.name[0].islower() else entry.name}`"
    if is_typeddict(value):
        yield _linked(class_text(value), file, entry.name)
        yield "\n".join(f"- `{member.signature}`" for member in members_of(value).values())
    elif inspect.isclass(value):
        yield from _class(entry, file)
    elif get_args(value):
        yield ", ".join(f'`"{one}"`' for one in get_args(value))
    else:
        module = value.__module__ if value.__module__.startswith("minicloud") else entry.place.partition(":")[0]
        yield from _function(entry, module, file)


def _value(entry: Entry) -> Any:
    module, _, name = entry.place.partition(":")
    return getattr(import_module(module), name)


def _class(entry: Entry, file: str) -> Iterator[str]:
    kind = _value(entry)
    if entry.is_made:
        yield _code(_path(entry), _maker(kind))
    yield _linked(class_text(kind), file, entry.name)
    if entry.has_members:
        items = [_item(member, file, entry.name) for member in shown_members(entry)]
        yield "\n".join(items)
        bases = [base.__name__ for base in kind.__mro__[1:] if base.__name__ in PAGE_OF]
        if bases:
            yield f"Beside these it has what a {_linked(f'`{bases[0]}`', file, entry.name)} has."


def without_text() -> list[str]:
    """The attributes that these pages show and no docstring tells of; those of dicts are AWS's."""
    found = []
    for page in PAGES:
        for section in page.sections:
            for entry in section.entries:
                value = _value(entry)
                if inspect.isclass(value) and not is_typeddict(value) and entry.has_members:
                    found += [f"{entry.name}.{member.name}" for member in shown_members(entry) if not member.text]
    known = members_of(minicloud.Cloud)
    return found + [f"Cloud.{name}" for names in CLOUD.values() for name in names if not known[name].text]


def shown_members(entry: Entry) -> list[Member]:
    """The members of a class that are its users', but for those that another class on these pages has as well."""
    kind = _value(entry)
    of_bases: set[str] = set()
    for base in kind.__mro__[1:]:
        if base.__name__ in PAGE_OF:
            of_bases |= set(members_of(base))
    hidden = INSIDE.get(entry.name, frozenset())
    return [
        member
        for name, member in members_of(kind).items()
        if name not in hidden
        and (member.is_method or kind is not minicloud.Limits)  # whose fields have a page
        and (name not in of_bases or name in vars(kind))
    ]


def _maker(kind: type) -> str:
    """The arguments that a class takes."""
    for one in kind.__mro__:
        if "__init__" in vars(one) and one.__module__.startswith("minicloud"):
            signature = inspect.signature(one.__init__)
            shown = ", ".join(_parameters(list(signature.parameters.values())[1:]))
            return f"({shown})"
    return "()"


def _parameters(parameters: list[inspect.Parameter]) -> Iterator[str]:
    is_keyword = False
    for parameter in parameters:
        stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
        if parameter.kind is parameter.KEYWORD_ONLY and not is_keyword:
            is_keyword = True
            yield "*"
        is_keyword = is_keyword or parameter.kind is parameter.VAR_POSITIONAL
        annotation = "" if parameter.annotation is parameter.empty else f": {parameter.annotation}"
        default = "" if parameter.default is parameter.empty else f" = {_default(parameter.default)}"
        yield f"{stars}{parameter.name}{annotation}{default}"


def _default(value: Any) -> str:
    if isinstance(value, datetime):
        return f'datetime.fromisoformat("{value.isoformat()}")'
    return "..." if value is ... or type(value).__name__ == "Unset" else repr(value)


def _path(entry: Entry) -> str:
    module, _, name = entry.place.partition(":")
    return f"{module}.{name}"


def _function(entry: Entry, module: str, file: str) -> Iterator[str]:
    value = inspect.unwrap(_value(entry))
    signature, text = function_of(module, entry.name)
    if hasattr(value, "__signature__"):  # said otherwise than it is written
        signature = f"{entry.name}({', '.join(_parameters(list(value.__signature__.parameters.values())))})"
    signature = signature.replace("(draw: st.DrawFn, /, ", "(")
    prefix = entry.place.partition(":")[0]
    yield _code(f"{prefix}.", signature)
    yield _linked(text, file, entry.name)


def _code(before: str, signature: str) -> str:
    """A signature, broken where it is too long."""
    line = f"{before}{signature.removeprefix('await ')}"
    if len(line) > WIDTH:
        head, _, rest = line.partition("(")
        inner, _, returns = rest.rpartition(")")
        arguments = _split(inner)
        line = "\n".join([f"{head}(", *(f"    {argument}," for argument in arguments), f"){returns}"])
    return f"```text\n{line}\n```"


def _split(arguments: str) -> list[str]:
    """Arguments one by one: commas inside of brackets part none."""
    found, depth = [""], 0
    for character in arguments:
        depth += (character in "[({") - (character in "])}")
        if character == "," and not depth:
            found.append("")
        else:
            found[-1] += character
    return [argument.strip() for argument in found if argument.strip()]


def _item(member: Member, file: str, owner: str) -> str:
    """A member in a list: what follows its first paragraph is further in."""
    name, parted, annotation = member.signature.partition(" -> " if member.is_method else ": ")
    text = _linked(member.text, file, owner)
    kind = _kind(annotation, file, owner) if parted and annotation != "None" else ""
    lead = f"- **`{name}`**" + (f" {ARROW} {kind}" if kind and member.is_method else f" {kind}" if kind else "")
    first, *others = text.split("\n\n") if text else [""]
    lines = [f"{lead}: {first}" if first else lead]
    for paragraph in others:
        lines += ["", *_indented(paragraph)]
    return "\n".join(lines)


def _kind(annotation: str, file: str, owner: str) -> str:
    """A type, which leads to the first class in it that stands on these pages."""
    for name in re.findall(r"\w+", annotation):
        if name in PAGE_OF and name != owner:
            return f"[`{annotation}`]({_target(name, file)})"
    return f"`{annotation}`"


def _target(name: str, file: str) -> str:
    page = "" if PAGE_OF[name] == file else PAGE_OF[name]
    return page if name == "Cloud" else f"{page}#{name.lower()}"


def _indented(text: str) -> list[str]:
    return [f"  {line}" if line else "" for line in text.splitlines()]


def _linked(text: str, file: str, owner: str) -> str:
    """With links at the names that stand on these pages."""

    def link(found: re.Match[str]) -> str:
        name = found[1]
        if name == owner or name not in PAGE_OF:
            return found[0]
        return f"[`{name}`]({_target(name, file)})"

    parts = re.split(r"(?ms)(^```.*?^```$)", text)
    return "".join(part if part.startswith("```") else re.sub(r"(?<!\[)`(\w+)`", link, part) for part in parts)


if __name__ == "__main__":
    for place, written in pages().items():
        place.write_text(written, encoding="utf-8")

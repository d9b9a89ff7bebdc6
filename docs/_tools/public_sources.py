"""What the source says of public classes and functions: signatures as they are written, and docstrings as Markdown.

Read from the syntax tree, so that attributes have what stands below them, and each Python writes the same pages.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Member", "class_text", "function_of", "markdown", "members_of"]

ROOT = Path(__file__).parents[2]


class Member(NamedTuple):
    """A public attribute, property or method."""

    name: str
    signature: str
    """``name(arguments) -> type``, or ``name: type``."""
    text: str
    """Its docstring, as Markdown; empty where there is none."""
    is_method: bool


# --- finding ----------------------------------------------------------------------------------------------------------


@cache
def _tree_of(module_name: str) -> ast.Module:
    file = sys.modules[module_name].__file__
    assert file is not None
    return ast.parse(Path(file).read_text(encoding="utf-8"))


@cache
def _definition(module_name: str, name: str) -> Any:
    """The class or function of this name at the top of a module; of several (overloads), the last."""
    top = list(_tree_of(module_name).body)
    for node in top:
        if isinstance(node, ast.If):
            top += node.body + node.orelse
    found = [
        node
        for node in top
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
    ]
    if not found:
        raise LookupError(f"{module_name} does not define {name}")
    return found[-1]


def _is_ours(kind: type) -> bool:
    return kind.__module__.partition(".")[0] == "minicloud"


def _written_name(kind: type) -> str:
    """What the source calls a class; boto3's resources have names of boto3's."""
    names = [name for name, value in vars(sys.modules[kind.__module__]).items() if value is kind]
    return names[0] if names else kind.__name__


def members_of(kind: type) -> dict[str, Member]:
    """The public members of a class by name, its own first, in the order of the source; then those of its bases."""
    found: dict[str, Member] = {}
    for one in filter(_is_ours, kind.__mro__):
        for written in _own_members(_definition(one.__module__, _written_name(one))):
            is_told = written.text or written.is_method
            member = written if is_told else _made_otherwise(written, vars(one).get(written.name))
            known = found.get(member.name)
            # A class that overrides a method may leave it to its base to say what it does.
            if known is None:
                found[member.name] = member
            elif not known.text:
                found[member.name] = known._replace(text=member.text)
    return {name: member for name, member in found.items() if not name.startswith("_")}


def _made_otherwise(member: Member, value: Any) -> Member:
    """A method, or a property, that a call has made: those of resources are made of operations."""
    text = markdown(inspect.cleandoc(getattr(value, "__doc__", None) or "")) if _is_ours(type(value)) else ""
    if inspect.isfunction(value):
        return Member(
            member.name, f"{member.name}(**params: Any)", markdown(inspect.cleandoc(value.__doc__ or "")), True
        )
    return member._replace(signature=f"{member.name}: Collection", text=text) if text else member


def _own_members(node: ast.ClassDef) -> Iterator[Member]:
    yield from _fields(node.body, "")
    for statement in node.body:
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        decorators = {ast.unparse(decorator).partition("(")[0] for decorator in statement.decorator_list}
        if statement.name == "__init__":
            arguments = [*statement.args.posonlyargs, *statement.args.args, *statement.args.kwonlyargs]
            kinds = {one.arg: ast.unparse(one.annotation) for one in arguments if one.annotation is not None}
            yield from _fields(statement.body, "self.", kinds)
        if decorators & {"overload"} or any(name.endswith(".setter") for name in decorators):
            continue
        text = markdown(ast.get_docstring(statement) or "")
        if decorators & {"property", "cached_property", "_lazy"}:
            returns = ast.unparse(statement.returns) if statement.returns else "Any"
            yield Member(statement.name, f"{statement.name}: {returns}", text, False)
        else:
            yield Member(statement.name, _signature(statement), text, True)


def _fields(body: list[ast.stmt], prefix: str, kinds: dict[str, str] | None = None) -> Iterator[Member]:
    """What is assigned in a class, or to ``self`` in ``__init__``, with the text below it.

    ``kinds`` are the types of arguments that may be assigned.
    """
    for statement, following in zip(body, [*body[1:], None], strict=True):
        if isinstance(statement, ast.AnnAssign):
            target, annotation = ast.unparse(statement.target), ast.unparse(statement.annotation)
        elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target, annotation = ast.unparse(statement.targets[0]), (kinds or {}).get(ast.unparse(statement.value), "")
        else:
            continue
        if not re.fullmatch(rf"{re.escape(prefix)}[a-zA-Z]\w*", target):
            continue
        text = ""
        if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            text = markdown(inspect.cleandoc(str(following.value.value)))
        name = target.removeprefix(prefix)
        if annotation.startswith("ClassVar["):
            annotation = annotation.removeprefix("ClassVar[").removesuffix("]")
        yield Member(name, f"{name}: {annotation}" if annotation else name, text, False)


# --- writing ----------------------------------------------------------------------------------------------------------


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    returns = f" -> {ast.unparse(node.returns)}" if node.returns is not None else ""
    word = "await " if isinstance(node, ast.AsyncFunctionDef) else ""
    return f"{word}{node.name}({', '.join(_arguments(node.args))}){returns}"


def _arguments(arguments: ast.arguments) -> Iterator[str]:
    """As they are written, but for ``self``."""
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    defaults += arguments.defaults
    for number, (argument, default) in enumerate(zip(positional, defaults, strict=True)):
        if number or argument.arg not in ("self", "cls"):
            yield _argument(argument, default)
            if number == len(arguments.posonlyargs) - 1:
                yield "/"
    if arguments.vararg is not None:
        yield f"*{_argument(arguments.vararg, None)}"
    elif arguments.kwonlyargs:
        yield "*"
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _argument(argument, default)
    if arguments.kwarg is not None:
        yield f"**{_argument(arguments.kwarg, None)}"


def _argument(argument: ast.arg, default: ast.expr | None) -> str:
    annotation = "" if argument.annotation is None else f": {ast.unparse(argument.annotation)}"
    if default is None:
        return f"{argument.arg}{annotation}"
    value = ast.unparse(default)
    if value in ("ANYTHING", "UNSET"):
        value = "..."
    return f"{argument.arg}{annotation}{' = ' if annotation else '='}{value}"


def function_of(module_name: str, name: str) -> tuple[str, str]:
    """The signature and the text of a function."""
    node = _definition(module_name, name)
    return _signature(node), markdown(ast.get_docstring(node) or "")


def class_text(kind: type) -> str:
    """The docstring of a class."""
    return markdown(inspect.cleandoc(kind.__doc__ or ""))


def markdown(docstring: str) -> str:
    """A docstring as Markdown: names in backticks, a list where a paragraph lists names, a line for each paragraph."""
    paragraphs: list[str] = []
    for paragraph in re.split(r"\n[ ]*\n", docstring.strip()):
        if paragraphs and paragraph.startswith("    ") and paragraphs[-1].startswith("    "):
            paragraphs[-1] += f"\n\n{paragraph}"  # code with an empty line in it
        else:
            paragraphs.append(paragraph)
    return "\n\n".join(filter(None, map(_paragraph, paragraphs)))


def _paragraph(text: str) -> str:
    lines = text.splitlines()
    if all(line.startswith("    ") for line in lines if line):  # code
        return "\n".join(["```text", *textwrap.dedent(text).splitlines(), "```"])
    if len(lines) > 1 and lines[0].startswith("``") and _is_list(lines):
        items: list[str] = []
        for line in lines:
            if line.startswith("``"):
                name, rest = re.split(r"(?<=``) +", line, maxsplit=1)
                items.append(f"- {name}: {rest}")
            else:
                items[-1] += f" {line.strip()}"
        return "\n".join(_ticks(item) for item in items)
    return _ticks(" ".join(line.strip() for line in lines))


def _is_list(lines: list[str]) -> bool:
    """Whether each line begins with a name, or goes on below the text of one."""
    return all(re.match(r"``[^`]+``  ?\S|``[^`]+`` {2,}\S| {4,}\S", line) for line in lines) and any(
        re.match(r"``[^`]+`` {2,}", line) for line in lines
    )


def _ticks(text: str) -> str:
    text = re.sub(r"::$", ":", text)
    return re.sub(r"``(.+?)``", r"`\1`", text)
